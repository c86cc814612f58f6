"""From the pixels of a terrain to the cells of a study."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyproj

from ..geodata import grid as grids
from ..geodata import rasters
from ..geodata.grid import Grid
from ..geodata.rasters import Field

_MOST_SAMPLES = 7
"""Along each side of a cell; odd, so that the middle of their values is one of them."""
_EDGE = 1e-6
"""Of a pixel: a point on the border of two belongs to the next one, whatever rounding says."""
_AT_ONCE = 20_000
"""Cells that are looked at together; a bound on memory."""


def on_cells(signal: Field, cells: Grid, number: np.ndarray, ground: Grid) -> np.ndarray:
    """Return what at least half of each cell receives.

    Parameters
    ----------
    signal : Field
        dBm, on a part of the terrain's grid; NaN where nothing reaches.
    cells : Grid
        The study's; finer or coarser.
    number : ndarray of int
        Numbers of the cells that are wanted.
    ground : Grid
        The whole terrain's.

    Returns
    -------
    ndarray of float64
        The median over points spread evenly in the cell; -inf for no signal, NaN where more than
        half of the points lie off the terrain.

    Examples
    --------
    >>> from affine import Affine
    >>> fine = Grid("EPSG:4326", Affine(1, 0, 0, 0, -1, 3), (3, 3))
    >>> coarse = Grid("EPSG:4326", Affine(3, 0, 0, 0, -3, 3), (1, 1))
    >>> signal = np.array([[-90, -91, -92], [-93, -94, np.nan], [np.nan, np.nan, np.nan]])
    >>> on_cells(Field(signal, fine), coarse, np.array([0]), fine)
    array([-94.])
    """
    count, grid = _samples(cells, ground), signal.grid
    spread = (np.arange(count) + 0.5) / count - 0.5
    down, across = (part.ravel() for part in np.meshgrid(spread, spread, indexing="ij"))
    found = np.empty(len(number))
    move = _move(cells.crs, grid.crs)
    for start in range(0, len(found), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        x, y = grids.centres(cells, number[some])
        x = x[:, None] + across * cells.transform.a
        y = y[:, None] + down * cells.transform.e
        if move is not None:
            x, y = move.transform(x, y)
        values, inside = _at(signal.values, grid, x, y)
        level = np.median(np.where(inside & ~np.isnan(values), values, -np.inf), axis=1)
        west, south, east, north = ground.bounds
        known = (x >= west) & (x < east) & (y > south) & (y <= north)
        found[some] = np.where(2 * known.sum(axis=1) > known.shape[1], level, np.nan)
    return found


@cache
def _move(here: str, there: str) -> pyproj.Transformer | None:
    """Return what brings places from one coordinate system to another; None where they are alike."""
    alike = pyproj.CRS(here) == pyproj.CRS(there)
    return None if alike else grids.transformer(here, there)


@cache
def _samples(cells: Grid, fine: Grid) -> int:
    """Points along each side of a cell: as many as it has finer cells, odd, within bounds."""
    wanted = int(np.ceil(rasters.cell_size_m(cells) / rasters.cell_size_m(fine)))
    return min(wanted + 1 - wanted % 2, _MOST_SAMPLES)


def _at(
    values: np.ndarray, grid: Grid, x: np.ndarray, y: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the values of the cells at points, and which points are on the grid."""
    columns = (x - grid.transform.c) / grid.transform.a
    rows = (y - grid.transform.f) / grid.transform.e
    row, column = (np.floor(place + _EDGE).astype(int) for place in (rows, columns))
    inside = (row >= 0) & (row < grid.shape[0]) & (column >= 0) & (column < grid.shape[1])
    return values[np.where(inside, row, 0), np.where(inside, column, 0)], inside
