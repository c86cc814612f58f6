"""The cells of a task, and its figures: as of the whole study."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyproj

from ..geodata import grid as grids
from ..geodata import people_rows
from ..geodata.grid import Grid
from ..geodata.people_rows import PeopleRows
from ..geodata.population import Shares
from ..geodata.zonal import CellFractions
from . import batch_ground
from .batch_parts import Part
from .cells import Cells


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
