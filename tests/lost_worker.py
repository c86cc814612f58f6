"""Work that loses its process the first time: for other processes to import."""

from __future__ import annotations

import os
from pathlib import Path

from deadzones.coverage import batch_tasks
from deadzones.coverage.batch_parts import Part


def once(mark: Path) -> str:
    """End the process without a word, unless it has been done before."""
    if not mark.exists():
        mark.touch()
        os._exit(9)
    return mark.name


def always(mark: Path) -> str:
    """End the process without a word, every time."""
    os._exit(9)


def score(part: Part, folder: Path) -> tuple[str, float]:
    """Score a task, but end the process of the first that is asked for a second one."""
    mark = folder / "lost"
    first = folder / f"first-{os.getpid()}"
    if first.exists() and not mark.exists():
        mark.touch()
        os._exit(9)
    first.touch()
    return batch_tasks.score(part, folder)
