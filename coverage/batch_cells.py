"""The cells of a task, and its figures: as of the whole study."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..geodata import grid as grids
from ..geodata import people_rows
from ..geodata.grid import WGS84, Grid
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
    from ._batch_kernels import add_known  # numba takes a second to import

    plan, number, of_triple, counted = batch_ground.lay(part, folder)
    shares = _shares(part, plan, of_triple, counted)
    people = np.zeros(len(number))
    add_known(shares.people, of_triple, people)
    lon, lat, area_m2 = _placed(part.grid, number)
    return Cells(plan, shares, number, of_triple, people, area_m2, lon, lat)


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


def _placed(grid: Grid, number: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return longitude, latitude and area (m2) of sorted cells: a row at a time on a grid of degrees."""
    if not len(number) or grid.crs != WGS84:
        return *grids.lonlat(grid, number), grids.areas_m2(grid, number)
    from ._batch_kernels import placed

    columns = grid.shape[1]
    rows = np.arange(number[0] // columns, number[-1] // columns + 1)
    of_row = grids.areas_m2(grid, rows * columns)
    place = grid.transform
    x, y, alike = np.empty((3, len(number)))
    placed(number, columns, (place.c, place.f), (place.a, place.e), of_row, x, y, alike)
    return x, y, alike
