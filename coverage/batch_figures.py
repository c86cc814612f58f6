"""The figures of communes, from what tasks have added up: as of all cells, to the last bit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from ..geodata.grid import Grid
from ..geodata.population import Shares
from ..geodata.zonal import CellFractions
from . import scores
from .access import Access
from .cells import Cells
from .study import Rule
from .zones import Lacks


class Alike(NamedTuple):
    """What a commune's cells have alike, added up: very few rows of a commune.

    One row for all its cells that lack the same, with their area and nobody; one for all that each
    operator serves alike too, with their people and no area.

    Parameters
    ----------
    unit : ndarray of int32
        Position of the commune.
    mask, unknown : ndarray of uint8
        Bits of the services lacking, and of those unknown.
    people : ndarray of float64
        NaN where there is no cell of known people.
    area_m2 : ndarray of float64
    served : ndarray of int8, operators x rows
        1 served, 0 lacking, -1 unknown; the operators of one service after the other.
    """

    unit: np.ndarray
    mask: np.ndarray
    unknown: np.ndarray
    people: np.ndarray
    area_m2: np.ndarray
    served: np.ndarray


def alike(cells: Cells, state: Lacks, status: Mapping[str, Access]) -> Alike:
    """Add up what the cells of communes have alike.

    Parameters
    ----------
    cells : Cells
    state : Lacks
    status : mapping of str to Access

    Returns
    -------
    Alike

    Examples
    --------
    >>> import tempfile
    >>> from deadzones.coverage.analysis import survey
    >>> from deadzones.coverage.study import Study
    >>> from deadzones.geodata import synthetic
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = survey(Study.read(synthetic.country(folder, communes=1)))
    >>> few = alike(found.cells, found.state, found.access)
    >>> len(few.unit) < len(found.cells.number)
    True
    >>> bool(np.nansum(few.people) == found.cells.people.sum())
    True
    """
    from . import _batch_kernels as kernels

    plan = cells.plan
    code = state.mask | (state.unknown.astype(np.int32) << 8)
    lacks = kernels.ranked(code, 1 << 16)
    lack_of, served = np.arange(len(lacks)), list[np.ndarray]()
    for one in status.values():
        for covered in one.by_operator.values():
            code *= 3
            code += covered + 1
            values = kernels.ranked(code, 3 * len(lack_of))
            lack_of = lack_of[values // 3]
            served = [*(each[values // 3] for each in served), (values % 3 - 1).astype(np.int8)]
    shape = (len(plan.index), len(lack_of), len(lacks))
    known, total, there, area = kernels.sums(
        plan.unit, cells.of_triple, plan.fraction, cells.shares.people, cells.area_m2, code,
        lack_of, shape,
    )  # fmt: skip
    land, peopled = np.nonzero(there), np.nonzero(known)
    nobody, no_area = np.full(len(land[0]), np.nan), np.zeros(len(peopled[0]))
    lack = lacks[np.concatenate([land[1], lack_of[peopled[1]]])]
    of_land = np.zeros(len(land[0]), dtype=np.int8)
    by_operator = [np.concatenate([of_land, each[peopled[1]]]) for each in served]
    return Alike(
        np.concatenate([land[0], peopled[0]]).astype(np.int32),
        (lack & 255).astype(np.uint8),
        (lack >> 8).astype(np.uint8),
        np.concatenate([nobody, np.where(known[peopled] == 2, total[peopled], np.nan)]),
        np.concatenate([area[land], no_area]),
        np.array(by_operator, dtype=np.int8).reshape(len(served), len(lack)),
    )


def figures(
    found: Sequence[Alike],
    index: pd.Index,
    grid: Grid,
    operators: Mapping[str, Sequence[str]],
    rules: Mapping[str, Rule],
) -> pd.DataFrame:
    """Find the figures of communes, before dead zones are known.

    Parameters
    ----------
    found : sequence of Alike
        Of all tasks, with positions in ``index``.
    index : Index
        Of the communes.
    grid : Grid
    operators : mapping of str to sequence of str
        Their names, by service.
    rules : mapping of str to Rule

    Returns
    -------
    DataFrame
        By code, the figures alone, as :func:`deadzones.coverage.scores.communes` finds them.

    Examples
    --------
    >>> figures.__name__
    'figures'
    """
    few = Alike(*(np.concatenate(parts, axis=-1) for parts in zip(*found, strict=True)))
    cells = _made_up(few, index, grid)
    nothing, rows = np.zeros(len(few.unit), dtype=np.int8), iter(few.served)
    access = {
        key: Access(nothing, {name: next(rows) for name in operators.get(key, ())}, "")
        for key in rules
    }
    state = Lacks(tuple(rules), few.mask, few.unknown)
    nowhere = np.full(len(few.unit), -1, dtype=np.int64)
    codes = gpd.GeoDataFrame(index=index)
    return pd.DataFrame(scores.communes(codes, cells, state, access, nowhere, rules))


def _made_up(few: Alike, index: pd.Index, grid: Grid) -> Cells:
    """Put each row into a cell of its own, wholly in its commune."""
    from ..geodata._cell_fractions_kernels import Shared, Spans

    number, size = np.arange(len(few.unit)), len(few.unit)
    shared = Shared(
        np.zeros(size, np.int32), number.astype(np.int32), few.unit, np.ones(size),
        np.zeros(size, dtype=bool),
    )  # fmt: skip
    none = np.zeros(0, dtype=np.int32)
    return Cells(
        CellFractions(grid, index, shared, Spans(none, none, none, none)),
        Shares(few.people, 0.0, 0.0),
        number,
        number,
        np.nan_to_num(few.people),
        few.area_m2,
        np.zeros(size),
        np.zeros(size),
    )
