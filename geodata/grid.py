"""The one grid that every layer meets on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyproj
from affine import Affine

from . import _vn2000_datum as vn2000

WGS84 = "EPSG:4326"
EQUAL_AREA = "EPSG:6933"
"""WGS 84 / NSIDC EASE-Grid 2.0 Global: cylindrical, equal-area on the ellipsoid."""
_WORLD_M = 34_735_060.890322745
"""Its width, from 180 W to 180 E."""


@dataclass(frozen=True)
class Grid:
    """A north-up raster grid. Cells are numbered row by row from the north-west corner.

    Parameters
    ----------
    crs : str
        Coordinate system, as an authority code or WKT.
    transform : Affine
        From (column, row) of a cell's corner to x, y.
    shape : tuple of int
        Rows, columns.

    Examples
    --------
    >>> grid = Grid("EPSG:4326", Affine(0.01, 0, 105, 0, -0.01, 22), (100, 200))
    >>> grid.bounds
    (105.0, 21.0, 107.0, 22.0)
    """

    crs: str
    transform: Affine
    shape: tuple[int, int]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north, in the grid's own system."""
        rows, columns = self.shape
        west, north = self.transform.c, self.transform.f
        return (west, north + rows * self.transform.e, west + columns * self.transform.a, north)


@lru_cache(maxsize=64)
def pinned(crs: str) -> str:
    """Return a system of VN-2000 with the way to WGS 84 that points take, any other as it is.

    Left alone, PROJ and GDAL take a way that in the south leads 0.8 m beside it. What is written
    keeps the plain system.

    Examples
    --------
    >>> pinned("EPSG:32648")
    'EPSG:32648'
    >>> "TOWGS84[-191.9" in pinned("EPSG:9210")
    True
    """
    system = pyproj.CRS(crs)
    if not vn2000.is_vn2000(system):
        return crs
    return vn2000.pinned(system).to_wkt("WKT1_GDAL")


@lru_cache(maxsize=64)  # to find the way from one system to another takes PROJ 60 ms
def transformer(here: str, there: str) -> pyproj.Transformer:
    """Return what brings x and y (longitude and latitude) from one coordinate system to another.

    Parameters
    ----------
    here, there : str
        Coordinate systems, as authority codes or WKT.

    Raises
    ------
    pyproj.exceptions.ProjError
        If there is no such system or no way between them.

    Examples
    --------
    >>> x, y = transformer("EPSG:4326", "EPSG:32648").transform(105.0, 0.0)
    >>> round(x, 3), round(y, 3)
    (500000.0, 0.0)
    """
    return pyproj.Transformer.from_crs(pinned(here), pinned(there), always_xy=True)


def centres(grid: Grid, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return x and y of the centres of cells, in the grid's system.

    Examples
    --------
    >>> grid = Grid("EPSG:4326", Affine(1, 0, 105, 0, -1, 22), (2, 2))
    >>> centres(grid, np.array([3]))
    (array([106.5]), array([20.5]))
    """
    rows, columns = np.divmod(np.asarray(cells), grid.shape[1])
    x = grid.transform.c + (columns + 0.5) * grid.transform.a
    y = grid.transform.f + (rows + 0.5) * grid.transform.e
    return x, y


def lonlat(grid: Grid, cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return longitude and latitude (WGS 84, degrees) of the centres of cells.

    Examples
    --------
    >>> grid = Grid("EPSG:4326", Affine(1, 0, 105, 0, -1, 22), (2, 2))
    >>> lonlat(grid, np.array([0]))
    (array([105.5]), array([21.5]))
    """
    x, y = centres(grid, cells)
    if pyproj.CRS(grid.crs) == pyproj.CRS(WGS84):
        return x, y
    return transformer(grid.crs, WGS84).transform(x, y)


def areas_m2(grid: Grid, cells: np.ndarray) -> np.ndarray:
    """Return the areas of cells on the ellipsoid, m2.

    The corners are brought to an equal-area projection of the ellipsoid. It maps meridians and
    parallels to straight lines, so a geographic cell is exact; a projected one is to 1e-6.

    Examples
    --------
    >>> grid = Grid("EPSG:4326", Affine(0.01, 0, 105, 0, -0.01, 21.005), (1, 1))
    >>> areas_m2(grid, np.array([0])).round(-3)
    array([1151000.])
    """
    cells = np.asarray(cells)
    if pyproj.CRS(grid.crs).is_geographic:
        # The cells of a row are alike: longitude does not matter.
        rows, of_cell = np.unique(cells // grid.shape[1], return_inverse=True)
        return _areas_m2(grid, rows * grid.shape[1])[of_cell]
    return _areas_m2(grid, cells)


def _areas_m2(grid: Grid, cells: np.ndarray) -> np.ndarray:
    x, y = centres(grid, cells)
    half = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
    degrees = pyproj.CRS(grid.crs).is_geographic
    if degrees:  # a cell across 180 degrees, or beyond, is measured beside it
        x = np.clip(x, abs(grid.transform.a) / 2 - 180.0, 180.0 - abs(grid.transform.a) / 2)
    corner_x = x[:, None] + half[:, 0] * grid.transform.a
    corner_y = y[:, None] + half[:, 1] * grid.transform.e
    if degrees:  # beyond the poles there is no land
        corner_y = np.clip(corner_y, -90.0, 90.0)
    change = transformer(grid.crs, EQUAL_AREA)
    east, north = change.transform(corner_x, corner_y)
    east, north = east - east[:, :1], north - north[:, :1]  # small numbers keep their digits
    if not degrees:  # the corners of a cell across 180 degrees are at both ends of the world
        east -= _WORLD_M * np.round(east / _WORLD_M)
    across = east * np.roll(north, -1, axis=1) - north * np.roll(east, -1, axis=1)
    return np.abs(across.sum(axis=1)) / 2.0


def window(grid: Grid, bounds: tuple[float, float, float, float]) -> tuple[slice, slice] | None:
    """Return the rows and columns of the cells that bounds touch, or None.

    Parameters
    ----------
    grid : Grid
    bounds : tuple of float
        West, south, east, north, in the grid's system.

    Examples
    --------
    >>> grid = Grid("EPSG:4326", Affine(1, 0, 105, 0, -1, 22), (2, 4))
    >>> window(grid, (106.2, 20.5, 107.5, 20.9))
    (slice(1, 2, None), slice(1, 3, None))
    """
    west, south, east, north = bounds
    inverse = ~grid.transform
    left, top = inverse * (west, north)
    right, bottom = inverse * (east, south)
    rows = slice(max(int(np.floor(top)), 0), min(int(np.ceil(bottom)), grid.shape[0]))
    columns = slice(max(int(np.floor(left)), 0), min(int(np.ceil(right)), grid.shape[1]))
    return (rows, columns) if rows.start < rows.stop and columns.start < columns.stop else None


def part(grid: Grid, rows: slice, columns: slice) -> Grid:
    """Return the grid of a block of rows and columns.

    Examples
    --------
    >>> grid = Grid("EPSG:4326", Affine(1, 0, 105, 0, -1, 22), (2, 4))
    >>> part(grid, slice(1, 2), slice(1, 3)).bounds
    (106.0, 20.0, 108.0, 21.0)
    """
    moved = grid.transform * Affine.translation(columns.start, rows.start)
    return Grid(grid.crs, moved, (rows.stop - rows.start, columns.stop - columns.start))
