"""Terrain at a place between the centres of cells, and the pixels of a disc in polar coordinates."""

from __future__ import annotations

import math

import numpy as np

from ._jit import inlined, kernel
from ._sweep_values import AZIMUTH, DISTANCE, Chart

_SQUARES = 0.5 - 0.5 * np.cos(np.pi * (np.arange(40) + 0.5) / 40)
ARC_TANGENT = (
    np.polynomial.Polynomial.fit(_SQUARES, np.arctan(np.sqrt(_SQUARES)) / np.sqrt(_SQUARES), 6)
    .convert()
    .coef
)
"""Terms of arctan(x) / x in the square of x, from 0 to 1."""
HAIR = 1e-9
"""Of a cell."""


@inlined
def bilinear(ground: np.ndarray, layer: int, column: float, row: float) -> float:
    """Value between four centres of cells; beyond the outermost centres, that of the edge."""
    _, rows, columns = ground.shape
    column, row = min(max(column, 0.0), columns - 1.0), min(max(row, 0.0), rows - 1.0)
    left, top = int(column), int(row)
    right, below = min(left + 1, columns - 1), min(top + 1, rows - 1)
    across, down = column - left, row - top
    # float: numpy would keep to 32 bits where the compiler does not.
    upper = float(ground[layer, top, left]) * (1.0 - across)
    upper += float(ground[layer, top, right]) * across
    lower = float(ground[layer, below, left]) * (1.0 - across)
    lower += float(ground[layer, below, right]) * across
    return upper * (1.0 - down) + lower * down


@inlined
def nearest(ground: np.ndarray, layer: int, column: float, row: float) -> float:
    """Value of the cell that holds a place; beyond the edge, that of the edge."""
    _, rows, columns = ground.shape
    at = min(max(int(column + 0.5), 0), columns - 1)
    return ground[layer, min(max(int(row + 0.5), 0), rows - 1), at]


@inlined
def polynomial(terms: np.ndarray, x: float) -> float:
    """Value of a polynomial of degree 6, lowest term first."""
    value = terms[6]
    for i in range(5, -1, -1):
        value = value * x + terms[i]
    return value


@kernel
def polynomial_at_steps(terms: np.ndarray, step: float, values: np.ndarray) -> None:
    """Values of a polynomial of degree 6 at whole steps from 0 on, several at a time."""
    a, b, c, d, e, f, g = terms[0], terms[1], terms[2], terms[3], terms[4], terms[5], terms[6]
    for i in range(len(values)):
        x = i * step
        values[i] = a + x * (b + x * (c + x * (d + x * (e + x * (f + x * g)))))


@kernel
def row_terms(table: np.ndarray, y: float, terms: np.ndarray) -> None:
    """Terms in x of a polynomial of x and y, for one y."""
    for i in range(7):
        terms[i] = polynomial(table[i], y)


@kernel
def ray_terms(table: np.ndarray, azimuth: float, radius_km: float, terms: np.ndarray) -> None:
    """Terms in the distance (km) of a polynomial of east and north, for one azimuth (radians)."""
    sine, cosine = math.sin(azimuth) / radius_km, math.cos(azimuth) / radius_km
    terms[:] = 0.0
    east = 1.0
    for i in range(7):
        both = east
        for j in range(7 - i):
            terms[i + j] += table[i, j] * both
            both *= cosine
        east *= sine


@kernel
def track(
    chart: Chart, azimuth: float, step_km: float, columns: np.ndarray, rows: np.ndarray
) -> None:
    """Columns and rows at whole steps along an azimuth, from 0 on."""
    terms = np.empty(7)
    ray_terms(chart.column, azimuth, chart.radius_km, terms)
    polynomial_at_steps(terms, step_km, columns)
    ray_terms(chart.row, azimuth, chart.radius_km, terms)
    polynomial_at_steps(terms, step_km, rows)


@kernel
def between_centres(
    ground: np.ndarray, layer: int, columns: np.ndarray, rows: np.ndarray, values: np.ndarray
) -> None:
    """Fill in `bilinear` of one layer at many places; moves places beyond the edge onto it.

    A hair before the last centre there is always a next cell. No index is below zero, which need
    not be asked for then.
    """
    _, down, across = ground.shape
    if min(down, across) < 2:
        for i in range(len(values)):
            values[i] = bilinear(ground, layer, columns[i], rows[i])
        return
    last_column, last_row, one = across - 1 - HAIR, down - 1 - HAIR, np.uint64(1)
    for i in range(len(values)):
        columns[i] = min(max(columns[i], 0.0), last_column)
        rows[i] = min(max(rows[i], 0.0), last_row)
    for i in range(len(values)):
        left, top = np.uint64(columns[i]), np.uint64(rows[i])
        east, south, right, below = columns[i] - left, rows[i] - top, left + one, top + one
        upper = ground[layer, top, left] * (1.0 - east) + ground[layer, top, right] * east
        lower = ground[layer, below, left] * (1.0 - east) + ground[layer, below, right] * east
        values[i] = upper * (1.0 - south) + lower * south


@kernel
def in_cells(
    ground: np.ndarray, layer: int, columns: np.ndarray, rows: np.ndarray, values: np.ndarray
) -> None:
    """Fill in `nearest` of one layer at many places."""
    for i in range(len(values)):
        values[i] = nearest(ground, layer, columns[i], rows[i])


@inlined
def bearing(east: float, north: float) -> float:
    """Azimuth of a direction, 0 to 2 pi, to 2e-6 and without branches."""
    far, near = max(abs(east), abs(north)), min(abs(east), abs(north))
    ratio = near / max(far, 1e-12)
    turn = ratio * polynomial(ARC_TANGENT, ratio * ratio)
    turn = 0.5 * math.pi - turn if abs(east) > abs(north) else turn
    turn = math.pi - turn if north < 0.0 else turn
    return 2.0 * math.pi - turn if east < 0.0 else turn


@kernel
def locate(chart: Chart, first: int, last: int, polar: np.ndarray) -> None:
    """Distance and azimuth (0 to 360) of the pixels of some rows."""
    east, north = np.empty(7), np.empty(7)
    for row in range(first, last):
        y = (row - chart.row0) / chart.half_rows
        row_terms(chart.east, y, east)
        row_terms(chart.north, y, north)
        for column in range(polar.shape[2]):
            x = (column - chart.column0) / chart.half_columns
            e, n = polynomial(east, x), polynomial(north, x)
            polar[DISTANCE, row, column] = math.sqrt(e * e + n * n)
            polar[AZIMUTH, row, column] = math.degrees(bearing(e, n))
