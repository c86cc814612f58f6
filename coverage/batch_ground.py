"""The communes of a task and their people on the grid: kept, since no threshold changes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..geodata import people_rows, zonal
from ..geodata.people_rows import PeopleRows
from ..geodata.zonal import CellFractions
from . import batch_store as store
from .batch_parts import Part
from .batch_store import Work
from .batch_watch import keep

GROUND = "ground"
"""Name of this work."""


def lay(part: Part, folder: Path) -> tuple[CellFractions, np.ndarray, np.ndarray, np.ndarray]:
    """Lay the communes of a part on the grid, and count the people, or read what is kept of both.

    Parameters
    ----------
    part : Part
    folder : Path
        Of finished work.

    Returns
    -------
    plan : CellFractions
        Of the cells of the part's own communes, each with all that it has of others.
    number : ndarray of int64
        Of the cells, rising.
    of_triple : ndarray of int64
        Position of each triple's cell in ``number``.
    counted : ndarray of float64
        People by cell, quanta, NaN where unknown; empty where people are counted by commune.

    Examples
    --------
    >>> lay.__name__
    'lay'
    """
    path = store.place(folder, GROUND, part.ground)
    kept = store.load(path)
    if kept is not None:
        plan = _unpacked(part, kept.arrays)
        number, of_triple = _numbered(plan.cell)
        return plan, number, of_triple, _spread(kept.arrays, len(number))
    grid = part.grid
    # By one thread: the tasks run beside one another.
    whole = zonal.fractions(
        part.inputs.communes, transform=grid.transform, shape=grid.shape, crs=grid.crs, threads=1
    )
    plan = _of_own(whole, part.own)
    number, of_triple = _numbered(plan.cell)
    rows = part.people
    counted = people_rows.at(rows, number) if isinstance(rows, PeopleRows) else number[:0] * 1.0
    keep(path, Work({**_packed(plan), **_gathered(counted)}), part.files)
    return plan, number, of_triple, counted


def _numbered(cell: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers of sorted triples' cells, and the position of each triple's among them."""
    from ._batch_kernels import numbered  # numba takes a second to import

    number, of_triple = np.empty((2, len(cell)), dtype=np.int64)
    return number[: numbered(cell, number, of_triple)], of_triple


def _of_own(plan: CellFractions, own: np.ndarray) -> CellFractions:
    """Keep the cells of the part's own communes, with all triples of these cells."""
    shared, spans = plan.shared, plan.spans
    cell = shared.row.astype(np.int64) * plan.grid.shape[1] + shared.column
    kept = np.isin(cell, cell[own[shared.unit]])
    whole = own[spans.unit]
    return replace(
        plan,
        shared=type(shared)(*(each[kept] for each in shared)),
        spans=type(spans)(*(each[whole] for each in spans)),
    )


def _packed(plan: CellFractions) -> dict[str, np.ndarray]:
    parts = {"shared": plan.shared, "spans": plan.spans}
    return {
        f"{kind}_{name}": getattr(some, name)
        for kind, some in parts.items()
        for name in some._fields
    }


def _unpacked(part: Part, arrays: Mapping[str, np.ndarray]) -> CellFractions:
    from ..geodata._cell_fractions_kernels import Shared, Spans

    shared = Shared(*(arrays[f"shared_{name}"] for name in Shared._fields))
    spans = Spans(*(arrays[f"spans_{name}"] for name in Spans._fields))
    return CellFractions(part.grid, part.inputs.communes.index, shared, spans)


def _gathered(counted: np.ndarray) -> dict[str, np.ndarray]:
    """Keep people where there are any: one bit of a cell where there is nobody."""
    there = counted != 0
    return {"peopled": np.packbits(there), "quanta": counted[there]}


def _spread(arrays: Mapping[str, np.ndarray], size: int) -> np.ndarray:
    """Give the people back to so many cells; to none where people are counted by commune."""
    if not len(arrays["peopled"]):
        return np.zeros(0)
    counted = np.zeros(size)
    counted[np.unpackbits(arrays["peopled"], count=size).view(bool)] = arrays["quanta"]
    return counted
