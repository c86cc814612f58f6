"""The pixels of a disc by radial, and along each radial by distance."""

from __future__ import annotations

import numpy as np

from ._exact_kernels import RIM, SAME_PLACE_KM, intervals
from ._jit import inlined, kernel
from ._sweep_ray_kernels import far_count
from ._sweep_values import AZIMUTH, DISTANCE


@inlined
def radial_of(azimuth_deg: float, radials: int) -> int:
    """Number of the nearest of so many radials; the first points north."""
    at = int(float(azimuth_deg) * (radials / 360.0) + 0.5)
    return at if at < radials else 0


@kernel
def count_pixels(
    polar: np.ndarray, radius_km: float, rows: tuple[int, int], counts: np.ndarray
) -> None:
    """Count the pixels of each radial in some rows of cells."""
    for row in range(rows[0], rows[1]):
        for column in range(polar.shape[2]):
            if float(polar[DISTANCE, row, column]) <= radius_km * RIM:
                counts[radial_of(polar[AZIMUTH, row, column], len(counts))] += 1


@kernel
def sort_pixels(
    polar: np.ndarray, radius_km: float, rows: tuple[int, int], at: np.ndarray, places: np.ndarray
) -> None:
    """Put the pixels of some rows of cells to their radials.

    `at` is where the next pixel of each radial goes, and moves on; pixels are counted row by row.
    """
    for row in range(rows[0], rows[1]):
        for column in range(polar.shape[2]):
            if float(polar[DISTANCE, row, column]) <= radius_km * RIM:
                radial = radial_of(polar[AZIMUTH, row, column], len(at))
                places[at[radial]] = row * polar.shape[2] + column
                at[radial] += 1


@kernel
def order_radial(
    polar: np.ndarray, step_km: float, places: np.ndarray, rings: np.ndarray, first: np.ndarray
) -> None:
    """Sort the pixels of one radial by the last sample in use, by counting.

    `rings` and `first` are scratch, for as many pixels and for as many samples as there can be.
    """
    first[:] = 0
    distance = polar[DISTANCE].ravel()
    for i in range(len(places)):
        d_km = max(float(distance[places[i]]), SAME_PLACE_KM)
        rings[1, i] = far_count(d_km, step_km, intervals(d_km, step_km))
        rings[0, i] = places[i]
        first[rings[1, i] + 1] += 1
    for ring in range(len(first) - 1):
        first[ring + 1] += first[ring]
    for i in range(len(places)):
        ring = rings[1, i]
        places[first[ring]] = rings[0, i]
        first[ring] += 1
