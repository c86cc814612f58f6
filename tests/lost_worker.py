"""Work that loses its process the first time: for other processes to import."""

from __future__ import annotations

import os
from pathlib import Path


def once(mark: Path) -> str:
    """End the process without a word, unless it has been done before."""
    if not mark.exists():
        mark.touch()
        os._exit(9)
    return mark.name


def always(mark: Path) -> str:
    """End the process without a word, every time."""
    os._exit(9)
