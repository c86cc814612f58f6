"""What is carried along a radial: its samples, running maxima and sums, hulls, and its shores."""

from __future__ import annotations

import math

import numpy as np

from ._jit import inlined, kernel
from ._p1812_profile_kernels import BETA_RADIUS_KM
from ._sweep_hull_kernels import push, tangent
from ._sweep_terrain_kernels import between_centres, in_cells, track
from ._sweep_values import CLUTTER, HEIGHT, SEA, Chart, Mast

BARE, COVERED, PLAIN, BETA = 0, 1, 2, 3
"""Ways to look at a radial: bare terrain; with clutter; bare terrain on a flat Earth; with clutter
on the Earth of beta0 % of the time."""
OWN = 3
"""Samples before the receiver that each pixel takes on its own path."""


D, Z, COVER, WATER = 0, 1, 2, 3
"""Rows of a ray, the scratch of one radial, by sample: distance (km), terrain, terrain with clutter,
and 1 where it is sea. Sample i is i steps from the mast, so the first row is left empty."""
OWN_D = 4
"""Four such rows for the last samples before a pixel, on its own path, in the order of the path."""
FIRST_SUM, SECOND_SUM, HORIZON = 8, 9, 10
"""Up to each sample: v1 (83), v2 (84), distance of the highest bare horizon (km)."""
SHORE = 11
"""Four rows: start of this stretch of land or sea, longest land before, sea before, first sea, km."""
RISE, HULL_X, HULL_Y = 15, 19, 23
"""Four rows each, by way of looking: the steepest rise from the mast up to a sample (m per km), and
the hull."""
SIZE, DONE = 27, 28
"""Rows by way of looking: points of the hull, samples that it has taken in."""
AT = 29
"""Two rows: column and row of each sample."""
ROWS = 31


@inlined
def bend_of(way: int, ae_km: float) -> float:
    """Height of the Earth's bulge over d1 d2, m per km2, in a way of looking."""
    if way == PLAIN:
        return 0.0
    return 500.0 / (BETA_RADIUS_KM if way == BETA else ae_km)


@kernel
def walk(
    ground: np.ndarray, chart: Chart, azimuth: float, mast: Mast, ray: np.ndarray, last: int
) -> None:
    """Sample the terrain up to a sample."""
    columns, rows = ray[AT, : last + 1], ray[AT + 1, : last + 1]
    track(chart, azimuth, mast.step_km, columns, rows)
    between_centres(ground, HEIGHT, columns, rows, ray[Z, : last + 1])
    ray[Z, 0] = mast.h_m
    if mast.cluttered:
        between_centres(ground, CLUTTER, columns, rows, ray[COVER, : last + 1])
        for i in range(last + 1):
            ray[COVER, i] += ray[Z, i]
    if mast.wet:
        in_cells(ground, SEA, columns, rows, ray[WATER, : last + 1])


@kernel
def carry(ray: np.ndarray, mast: Mast, way: int, z: int, last: int) -> None:
    """Steepest rise from the mast up to each sample in one way of looking, with z the row looked at."""
    best, bend = -np.inf, bend_of(way, mast.link.ae_km)
    ray[RISE + way, 0] = best
    for i in range(1, last + 1):
        here = i * mast.step_km
        best = max(best, (ray[z, i] - mast.hts_m) / here - bend * here)
        ray[RISE + way, i] = best


@kernel
def carry_sums(ray: np.ndarray, step_km: float, last: int) -> None:
    """Sums and horizon along the samples."""
    at = first = second = 0.0
    for i in range(1, last + 1):
        at = i * step_km if ray[RISE + BARE, i] > ray[RISE + BARE, i - 1] else at
        ray[HORIZON, i] = at
        here, before = ray[Z, i], ray[Z, i - 1]
        first += step_km * (here + before)
        second += step_km * step_km * (here * (3 * i - 1) + before * (3 * i - 2))
        ray[FIRST_SUM, i], ray[SECOND_SUM, i] = first, second


@kernel
def cross_shore(
    shore: tuple[float, float, float, float], was_sea: float, at_km: float
) -> tuple[float, float, float, float]:
    """Carry the shores over one more of them."""
    start, land, sea, first = shore
    if was_sea > 0.0:
        return at_km, land, sea + at_km - start, first
    return at_km, max(land, at_km - start), sea, min(first, at_km)


@kernel
def carry_shores(ray: np.ndarray, mast: Mast, last: int) -> None:
    """Shores along the samples; they lie midway between two of them."""
    ray[WATER, 0] = 1.0 if mast.at_sea else 0.0
    shore = (0.0, 0.0, 0.0, 0.0 if mast.at_sea else np.inf)
    for i in range(last + 1):
        if i > 0 and ray[WATER, i] != ray[WATER, i - 1]:
            shore = cross_shore(shore, ray[WATER, i - 1], (i - 0.5) * mast.step_km)
        for part in range(4):
            ray[SHORE + part, i] = shore[part]


@kernel
def take_in(ray: np.ndarray, way: int, z: int, mast: Mast, last: int) -> None:
    """Bring a hull up to a sample; `z` is the row it is made of."""
    size, bend = int(ray[SIZE, way]), bend_of(way, mast.link.ae_km)
    for i in range(int(ray[DONE, way]) + 1, last + 1):
        x = i * mast.step_km
        size = push(ray, HULL_X + way, HULL_Y + way, size, x, ray[z, i] - bend * x * x)
    ray[SIZE, way], ray[DONE, way] = size, last


@inlined
def look_back(
    ray: np.ndarray, way: int, bend: float, d_km: float, hrs_m: float
) -> tuple[float, float]:
    """Steepest rise from a receiver to a hull (m per km), and how far from the mast."""
    size = int(ray[SIZE, way])
    if size == 0:
        return -np.inf, 0.0
    y = hrs_m - bend * d_km * d_km
    at = tangent(ray, HULL_X + way, HULL_Y + way, size, d_km, y)
    x = ray[HULL_X + way, at]
    return (ray[HULL_Y + way, at] - y) / (d_km - x) - 2.0 * bend * d_km, x


@inlined
def far_count(d_km: float, step_km: float, count: int) -> int:
    """Samples of a radial that a pixel uses: up to half a step or more before its own ones."""
    first_own = d_km * (count - min(OWN, count - 1)) / count
    return max(math.floor(first_own / step_km - 0.5), 0)
