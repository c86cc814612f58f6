"""ITU-R P.1812-8 for the pixels of a disc, radial by radial."""

from __future__ import annotations

import math

import numpy as np

from ._exact_kernels import SAME_PLACE_KM, SHORTEST_KM, intervals
from ._jit import inlined, kernel, scalar_kernel
from ._p1812_loss_kernels import combine, free_space_db
from ._sweep_median_kernels import arctan, least_by_km, median_loss
from ._sweep_order_kernels import order_radial
from ._sweep_path_kernels import departure, diffraction, trace
from ._sweep_pixel_kernels import Pixel, actual_db, look_around, rises
from ._sweep_ray_kernels import (
    BARE,
    BETA,
    COVER,
    COVERED,
    DONE,
    OWN,
    PLAIN,
    ROWS,
    SIZE,
    Z,
    carry,
    carry_shores,
    carry_sums,
    far_count,
    walk,
)
from ._sweep_values import AZIMUTH, DISTANCE, ELEVATION, HEIGHT, LOSS, SEA, Chart, Mast


@inlined
def pixel_loss(
    ray: np.ndarray, mast: Mast, pixel: Pixel, least_db: np.ndarray
) -> tuple[float, float]:
    """Loss (dB) and elevation at the mast (mrad) of one pixel."""
    bare = rises(ray, BARE, 0, mast, pixel)
    if pixel.d_km >= SHORTEST_KM and mast.link.time_pct == 50.0:
        return median_loss(ray, mast, pixel, bare, least_db)
    cover, way = (1, COVERED) if mast.cluttered else (0, BARE)
    if pixel.d_km < SHORTEST_KM:
        rise = rises(ray, COVERED, 1, mast, pixel) if mast.cluttered else bare
        edge_db = actual_db(ray, cover, mast, pixel, way, rise)
        free_db = free_space_db(pixel.d_km, mast.hts_m, pixel.hrs_m, mast.link.f_ghz)
        return free_db + edge_db, 1000.0 * arctan(0.001 * departure(mast, pixel, bare).t)
    path = trace(ray, mast, pixel, bare)
    median = diffraction(ray, mast, pixel, path, way, cover)
    beta = diffraction(ray, mast, pixel, path, BETA, cover)
    losses = combine(path, mast.link, median, beta)
    return max(losses.Lbc, losses.Lb0p), path.theta_t_mrad  # (69), half of the places


@inlined
def pixel_at(ground: np.ndarray, mast: Mast, place: int, polar: np.ndarray) -> Pixel:
    """The receiver in a cell, cells counted row by row."""
    row = place // polar.shape[2]
    column = place - row * polar.shape[2]
    d_km = max(float(polar[DISTANCE, row, column]), SAME_PLACE_KM)
    count, h_m = intervals(d_km, mast.step_km), float(ground[HEIGHT, row, column])
    return Pixel(
        column,
        row,
        d_km,
        math.radians(np.float64(polar[AZIMUTH, row, column])),
        h_m,
        h_m + mast.rx_height_m,
        float(ground[SEA, row, column]) if mast.wet else 0.0,
        count,
        far_count(d_km, mast.step_km, count),
        min(OWN, count - 1),
    )


@kernel
def prepare(
    ground: np.ndarray, chart: Chart, mast: Mast, azimuth: float, ray: np.ndarray, last: int
) -> None:
    """Walk a radial up to a sample, with all that is carried along it."""
    ray[SIZE, :4] = ray[DONE, :4] = 0.0
    walk(ground, chart, azimuth, mast, ray, last)
    carry(ray, mast, BARE, Z, last)
    carry(ray, mast, PLAIN, Z, last)
    if mast.cluttered:
        carry(ray, mast, COVERED, COVER, last)
    if mast.link.time_pct < 50.0:
        carry(ray, mast, BETA, COVER if mast.cluttered else Z, last)
    carry_sums(ray, mast.step_km, last)
    if mast.wet:
        carry_shores(ray, mast, last)


@scalar_kernel
def sweep_radial(
    ground: np.ndarray,
    mast: Mast,
    places: np.ndarray,
    polar: np.ndarray,
    least_db: np.ndarray,
    ray: np.ndarray,
    found: np.ndarray,
) -> None:
    """Find loss and elevation of the pixels of one radial, sorted by distance."""
    for i in range(len(places)):
        pixel = pixel_at(ground, mast, int(places[i]), polar)
        look_around(ground, mast, pixel, ray)
        loss_db, up_mrad = pixel_loss(ray, mast, pixel, least_db)
        found[LOSS, pixel.row, pixel.column] = loss_db
        found[ELEVATION, pixel.row, pixel.column] = math.degrees(0.001 * up_mrad)


@kernel
def sweep_radials(
    ground: np.ndarray,
    chart: Chart,
    mast: Mast,
    radials: tuple[int, int, int],
    start: np.ndarray,
    places: np.ndarray,
    polar: np.ndarray,
    found: np.ndarray,
) -> None:
    """Find loss and elevation of the pixels of some radials.

    `radials` are the first, the one after the last, and how many there are in the circle; `start`
    the first pixel of each radial, and `places` the pixels by radial, sorted here by distance.
    """
    size = intervals(chart.radius_km, mast.step_km) + 4
    ray, first_of = np.zeros((ROWS, size)), np.empty(size, np.int64)
    most = 0
    for radial in range(radials[0], radials[1]):
        most = max(most, start[radial + 1] - start[radial])
    rings = np.empty((2, most), np.int64)
    least_db = np.empty((2, int(chart.radius_km) + 1))
    least_by_km(mast, least_db)
    for radial in range(radials[0], radials[1]):
        if start[radial] == start[radial + 1]:
            continue
        own = places[start[radial] : start[radial + 1]]
        order_radial(polar, mast.step_km, own, rings, first_of)
        last = pixel_at(ground, mast, int(own[-1]), polar).far
        prepare(ground, chart, mast, 2.0 * math.pi * radial / radials[2], ray, last)
        sweep_radial(ground, mast, own, polar, least_db, ray, found)
