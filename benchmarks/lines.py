"""Lines of the table of results: work of ours beside a peer's, or beside what is asked of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Line:
    """One comparison.

    ``times`` is how many times as good as the peer ours is: above 1, ours is better. ``wanted`` is
    how many times it should be. Where there is no figure, ``note`` says why.
    """

    work: str
    ours: str = ""
    peer: str = ""
    theirs: str = ""
    times: float | None = None
    wanted: float | None = None
    reached: bool | None = None
    note: str = ""


def beside(
    work: str, peer: str, ours_s: np.ndarray, theirs_s: np.ndarray, wanted: float | None = None
) -> Line:
    """Compare interleaved seconds: medians, and the median of the ratios."""
    times = float(np.median(theirs_s / ours_s))
    return Line(
        work,
        seconds(float(np.median(ours_s))),
        peer,
        seconds(float(np.median(theirs_s))),
        times,
        wanted,
        None if wanted is None else bool(times >= wanted),
    )


def within(work: str, found: float, limit: float, unit: str, *, note: str = "") -> Line:
    """Compare a figure with the largest that it should be."""
    told = f"{found:,.0f}" if found >= 100 else f"{found:.3g}"
    at_most = f"{limit:,g} {unit}"
    return Line(work, f"{told} {unit}", "at most", at_most, reached=bool(found <= limit), note=note)


def at_least(work: str, found: float, least: float, unit: str, *, note: str = "") -> Line:
    """Compare a figure with the smallest that it should be."""
    told = f"{found:,.3g} {unit}"
    return Line(
        work, told, "at least", f"{least:,g} {unit}", reached=bool(found >= least), note=note
    )


def seconds(value: float) -> str:
    return f"{1e3 * value:.2g} ms" if value < 0.1 else f"{value:.2f} s"


def release(package: str) -> str | None:
    """Name a peer with its version; None where it is absent."""
    try:
        return f"{package} {metadata.version(package)}"
    except metadata.PackageNotFoundError:
        return None


def absent(work: str, package: str) -> Line:
    return Line(work, peer=package, note=f"absent: `pip install {package}` to compare with it")


_HEADS: dict[str, Callable[[Line], str]] = {
    "work": lambda line: line.work,
    "ours": lambda line: line.ours,
    "beside": lambda line: line.peer,
    "theirs": lambda line: line.theirs,
    "times": lambda line: "" if line.times is None else f"{line.times:.3g}",
    "wanted": lambda line: "" if line.wanted is None else f"{line.wanted:g}",
    "reached": lambda line: {None: "", True: "yes", False: "no"}[line.reached],
    "note": lambda line: line.note,
}


def markdown(lines: Iterable[Line]) -> str:
    """Set lines as a table."""
    rows = [list(_HEADS), ["---"] * len(_HEADS)]
    rows += [[cell(line) for cell in _HEADS.values()] for line in lines]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def write(path: Path, title: str, lines: list[Line]) -> None:
    """Write lines as Markdown, and beside it as JSON."""
    path.write_text(f"# Results\n\n{title}\n\n{markdown(lines)}", encoding="utf-8")
    text = json.dumps({"run": title, "lines": list(map(asdict, lines))}, indent=1)
    path.with_suffix(".json").write_text(f"{text}\n", encoding="utf-8")
