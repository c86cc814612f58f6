"""The cells of a task, and its figures: as of the whole study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj

from ..geodata import grid as grids
from ..geodata import people_rows
from ..geodata.grid import Grid
from ..geodata.people_rows import PeopleRows
from ..geodata.population import Shares
from ..geodata.zonal import CellFractions
from . import batch_ground, scores
from .access import Access
from .batch_parts import Part
from .cells import Cells
from .zones import Lacks


def build(part: Part, folder: Path) -> Cells:
    """Lay the communes of a part and its people on the grid.

    Parameters
    ----------
    part : Part
    folder : Path
        Of finished work: what no threshold changes is kept there.

    Returns
    -------
    Cells
        Those of the part's own communes, each with all that it has of others.

    Examples
    --------
    >>> build.__name__
    'build'
    """
    plan, number, of_triple, counted = batch_ground.lay(part, folder)
    shares = _shares(part, plan, of_triple, counted)
    people = np.bincount(of_triple, weights=np.nan_to_num(shares.people), minlength=len(number))
    lon, lat = grids.lonlat(part.grid, number)
    return Cells(plan, shares, number, of_triple, people, _areas_m2(part.grid, number), lon, lat)


def _shares(part: Part, plan: CellFractions, of_triple: np.ndarray, counted: np.ndarray) -> Shares:
    people = part.people
    if isinstance(people, PeopleRows):
        shared = people_rows.shared_out(counted, plan, of_triple) * people.quantum
        return Shares(shared, 0.0, 0.0)
    keys = people["cell"].to_numpy() * len(part.position) + np.searchsorted(
        part.position, people["unit"].to_numpy()
    )
    at = np.searchsorted(keys, plan.cell * len(part.position) + plan.unit)
    return Shares(people["people"].to_numpy()[at], 0.0, 0.0)


def _areas_m2(grid: Grid, number: np.ndarray) -> np.ndarray:
    """Return the areas of sorted cells: of a row at a time, where its cells are alike."""
    if not len(number) or not pyproj.CRS(grid.crs).is_geographic:
        return grids.areas_m2(grid, number)
    row = number // grid.shape[1]
    first, last = int(row[0]), int(row[-1])
    return grids.areas_m2(grid, np.arange(first, last + 1) * grid.shape[1])[row - first]


def figures(part: Part, cells: Cells, state: Lacks, status: Mapping[str, Access]) -> pd.DataFrame:
    """Find the figures of a part's own communes, before zones are joined.

    Parameters
    ----------
    part : Part
    cells : Cells
    state : Lacks
    status : mapping of str to Access

    Returns
    -------
    DataFrame
        By code, the figures alone.

    Examples
    --------
    >>> figures.__name__
    'figures'
    """
    few, few_lack, few_status = summed(cells, state, status)
    codes = gpd.GeoDataFrame(index=part.inputs.communes.index)
    nowhere = np.full(len(few.number), -1, dtype=np.int64)
    rules = part.inputs.study.services
    return scores.communes(codes, few, few_lack, few_status, nowhere, rules)


def summed(
    cells: Cells, state: Lacks, status: Mapping[str, Access]
) -> tuple[Cells, Lacks, dict[str, Access]]:
    """Add up what a commune's cells have alike: the same figures, of very few cells.

    Parameters
    ----------
    cells : Cells
    state : Lacks
    status : mapping of str to Access

    Returns
    -------
    Cells
        Made up, each of one commune: for all that lack the same, with their area and nobody; for all
        that each operator serves alike too, with their people and no area.
    Lacks
    dict of str to Access
        Of these; only what :func:`deadzones.coverage.scores.communes` asks for.

    Examples
    --------
    >>> import tempfile
    >>> from deadzones.coverage.analysis import survey
    >>> from deadzones.coverage.study import Study
    >>> from deadzones.geodata import synthetic
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = survey(Study.read(synthetic.country(folder, communes=1)))
    >>> few, _, _ = summed(found.cells, found.state, found.access)
    >>> len(few.number) < len(found.cells.number)
    True
    >>> bool(few.people.sum() == found.cells.people.sum())
    True
    """
    from ..geodata._cell_fractions_kernels import Shared
    from . import _batch_kernels as kernels

    plan = cells.plan
    lacks, code = kernels.ranked(state.mask | (state.unknown.astype(np.int32) << 8), 1 << 16)
    lack_of, each = np.arange(len(lacks)), list[np.ndarray]()
    names = [(key, name) for key, one in status.items() for name in one.by_operator]
    for key, name in names:
        value = status[key].by_operator[name].astype(np.int32) + 1
        values, code = kernels.ranked(code * 3 + value, 3 * len(lack_of))
        lack_of = lack_of[values // 3]
        each = [*(one[values // 3] for one in each), (values % 3 - 1).astype(np.int8)]
    shape = (len(plan.index), len(lack_of), len(lacks))
    known, total, there, area = kernels.sums(
        plan.unit, cells.of_triple, plan.fraction, cells.shares.people, cells.area_m2, code,
        lack_of, shape,
    )  # fmt: skip
    land, peopled = np.nonzero(there), np.nonzero(known)
    people = np.where(known[peopled] == 2, total[peopled], np.nan)
    people = np.concatenate([np.full(len(land[0]), np.nan), people])
    area_m2 = np.concatenate([area[land], np.zeros(len(peopled[0]))])
    unit = np.concatenate([land[0], peopled[0]]).astype(np.int32)
    number = np.arange(len(unit))
    shared = Shared(
        np.zeros(len(unit), np.int32), number.astype(np.int32), unit, np.ones(len(unit)),
        np.zeros(len(unit), dtype=bool),
    )  # fmt: skip
    few = Cells(
        replace(plan, shared=shared, spans=type(plan.spans)(*(some[:0] for some in plan.spans))),
        Shares(people, 0.0, 0.0),
        number,
        number,
        np.nan_to_num(people),
        area_m2,
        np.zeros(len(unit)),
        np.zeros(len(unit)),
    )
    lack = lacks[np.concatenate([land[1], lack_of[peopled[1]]])]
    mask, unknown = (lack & 255).astype(np.uint8), (lack >> 8).astype(np.uint8)
    of_land = np.zeros(len(land[0]), dtype=np.int8)
    served: dict[str, dict[str, np.ndarray]] = {key: {} for key in status}
    for (key, name), values in zip(names, each, strict=True):
        served[key][name] = np.concatenate([of_land, values[peopled[1]]])
    nothing = np.zeros(len(unit), dtype=np.int8)
    few_status = {key: Access(nothing, served[key], one.evidence) for key, one in status.items()}
    return few, Lacks(state.services, mask, unknown), few_status
