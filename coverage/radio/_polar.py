"""Where the pixels of a mast's disc lie on the ellipsoid, as short polynomials.

Around a mast, pixel coordinates and geodesic coordinates (distance times the sine and the cosine
of the azimuth) are smooth functions of each other. Polynomials of degree 6, fitted through
geodesics at Chebyshev nodes, give them to well under a metre at 50 km for a few multiplications.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pyproj

from ...geodata.grid import WGS84, Grid, transformer
from ._sweep_values import Chart

DEGREE = 6
_NODES = 12
_RIM = 720
"""Bearings at which the rim of a disc is looked at to find its rows and columns."""
_HAIR = 1e-6
"""Part of a cell by which a rim may miss a whole number: polynomials are fitted to 1e-12 or so."""
_GEOD = pyproj.Geod(ellps="WGS84")


def place(grid: Grid, lon: float, lat: float) -> tuple[float, float]:
    """Return column and row of a place, counted between the centres of cells.

    Parameters
    ----------
    grid : Grid
    lon, lat : float
        Degrees, WGS 84.

    Returns
    -------
    tuple of float

    Examples
    --------
    >>> from affine import Affine
    >>> grid = Grid("EPSG:4326", Affine(0.01, 0, 105, 0, -0.01, 22), (100, 200))
    >>> [round(abs(each), 6) for each in place(grid, 105.005, 21.985)]
    [0.0, 1.0]
    """
    column, row = _to_grid(grid, np.array([lon]), np.array([lat]))
    return float(column[0]), float(row[0])


def chart(grid: Grid, lon: float, lat: float, radius_km: float) -> Chart:
    """Fit the polynomials around a mast.

    Parameters
    ----------
    grid : Grid
    lon, lat : float
        The mast, degrees, WGS 84.
    radius_km : float

    Returns
    -------
    Chart

    Examples
    --------
    >>> from affine import Affine
    >>> grid = Grid("EPSG:4326", Affine(0.01, 0, 105, 0, -0.01, 22), (100, 200))
    >>> disc = chart(grid, 106, 21.5, 25)
    >>> round(disc.column0, 6), round(disc.row0, 6)
    (99.5, 49.5)
    """
    nodes, solver = _solver()
    column, row = place(grid, lon, lat)
    columns, rows = _from_geodesic(grid, lon, lat, radius_km * nodes)
    half_columns = float(np.abs(columns - column).max())
    half_rows = float(np.abs(rows - row).max())
    east, north = _to_geodesic(
        grid, lon, lat, column + half_columns * nodes[0], row + half_rows * nodes[1]
    )
    fitted = (_table(solver @ values) for values in (east, north, columns, rows))
    return Chart(column, row, half_columns, half_rows, radius_km, *fitted)


def disc_window(disc: Chart, shape: tuple[int, int]) -> tuple[slice, slice]:
    """Return the rows and columns of a grid that a disc touches.

    Parameters
    ----------
    disc : Chart
    shape : tuple of int
        Rows and columns of the grid.

    Returns
    -------
    tuple of slice

    Examples
    --------
    >>> from affine import Affine
    >>> grid = Grid("EPSG:4326", Affine(0.01, 0, 105, 0, -0.01, 22), (100, 200))
    >>> disc_window(chart(grid, 105, 22, 25), grid.shape)
    (slice(0, 24, None), slice(0, 25, None))
    """
    turn = np.linspace(0.0, 2.0 * np.pi, _RIM)
    sides: list[slice] = []
    for table, size in ((disc.row, shape[0]), (disc.column, shape[1])):
        rim = np.polynomial.polynomial.polyval2d(np.sin(turn), np.cos(turn), table)
        start = int(np.floor(rim.min() + _HAIR))
        stop = int(np.ceil(rim.max() - _HAIR)) + 1
        sides.append(slice(min(max(start, 0), size - 1), max(min(stop, size), 1)))
    return sides[0], sides[1]


@cache
def _solver() -> tuple[np.ndarray, np.ndarray]:
    """Nodes (two rows), and the matrix that fits the terms of a polynomial to values there."""
    line = np.cos(np.pi * (np.arange(_NODES) + 0.5) / _NODES)
    nodes = np.array(np.meshgrid(line, line)).reshape(2, -1)
    terms = np.polynomial.polynomial.polyvander2d(nodes[0], nodes[1], [DEGREE, DEGREE])
    kept = np.add.outer(np.arange(DEGREE + 1), np.arange(DEGREE + 1)).ravel() <= DEGREE
    solver = np.zeros((kept.size, nodes.shape[1]))
    solver[kept] = np.linalg.pinv(terms[:, kept])
    return nodes, solver


def _table(terms: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(terms.reshape(DEGREE + 1, DEGREE + 1))


def _to_grid(grid: Grid, lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    x, y = transformer(WGS84, grid.crs).transform(lon, lat)
    west_north = grid.transform
    return (x - west_north.c) / west_north.a - 0.5, (y - west_north.f) / west_north.e - 0.5


def _from_geodesic(
    grid: Grid, lon: float, lat: float, nodes_km: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    azimuth_deg = np.degrees(np.arctan2(*nodes_km))
    here = np.full(azimuth_deg.size, lon), np.full(azimuth_deg.size, lat)
    end_lon, end_lat, _ = _GEOD.fwd(*here, azimuth_deg, 1000.0 * np.hypot(*nodes_km))
    return _to_grid(grid, np.asarray(end_lon), np.asarray(end_lat))


def _to_geodesic(
    grid: Grid, lon: float, lat: float, column: np.ndarray, row: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    x = grid.transform.c + (column + 0.5) * grid.transform.a
    y = grid.transform.f + (row + 0.5) * grid.transform.e
    end_lon, end_lat = transformer(grid.crs, WGS84).transform(x, y)
    here = np.full(column.size, lon), np.full(column.size, lat)
    azimuth_deg, _, distance_m = _GEOD.inv(*here, end_lon, end_lat)
    turn, distance_km = np.radians(azimuth_deg), 0.001 * np.asarray(distance_m)
    return distance_km * np.sin(turn), distance_km * np.cos(turn)
