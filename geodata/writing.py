"""Folders that are whole or absent, and the plain files in them."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pandas as pd

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""How text begins that a spreadsheet would run."""


@contextmanager
def replacing(folder: Path) -> Generator[Path]:
    """Give a new folder that takes the place of ``folder`` once it is whole.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as home:
    ...     with replacing(Path(home, "out")) as part:
    ...         _ = (part / "a.txt").write_text("whole")
    ...     [path.name for path in Path(home).iterdir()]
    ['out']
    """
    folder = folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}.part-", dir=folder.parent))
    old = part.with_name(part.name + ".old")
    try:
        yield part
        part.chmod(0o755)
        if folder.exists():
            folder.rename(old)
        part.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        if old.exists() and not folder.exists():
            old.rename(folder)
        shutil.rmtree(part, ignore_errors=True)


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write plain values, in their order: UTF-8, no NaN.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as home:
    ...     write_json(Path(home, "a.json"), {"name": "Mường"})
    ...     Path(home, "a.json").read_text(encoding="utf-8").split()
    ['{', '"name":', '"Mường"', '}']
    """
    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def write_csv(table: pd.DataFrame, path: Path, *, indexed: bool) -> None:
    """Write a table for spreadsheets: UTF-8 with a mark, decimal points, no live formulas.

    Examples
    --------
    >>> table = pd.DataFrame({"name": ["=1+1"]})
    >>> with tempfile.TemporaryDirectory() as home:
    ...     write_csv(table, Path(home, "a.csv"), indexed=False)
    ...     Path(home, "a.csv").read_text(encoding="utf-8-sig").split()
    ['name', "'=1+1"]
    """
    plain = pd.DataFrame(table.drop(columns="geometry", errors="ignore"))
    if indexed:
        plain = plain.reset_index()
    for name in plain.select_dtypes(include=["object", "string"]).columns:
        plain[name] = plain[name].map(_harmless)
    plain.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n", float_format="%.10g")


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
