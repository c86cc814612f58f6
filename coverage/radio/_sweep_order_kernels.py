"""The pixels of a disc by radial, and along each radial by distance."""

from __future__ import annotations

import numpy as np

from ._exact_kernels import SAME_PLACE_KM, intervals
from ._jit import kernel
from ._sweep_ray_kernels import far_count
from ._sweep_values import AZIMUTH, DISTANCE


@kernel
def order_pixels(
    polar: np.ndarray, radius_km: float, step_km: float, radials: int
) -> tuple[np.ndarray, np.ndarray]:
    """Sort by counting, first by the last sample in use and then by radial.

    Gives the first pixel of each radial (and one more), and the pixels, counted row by row.
    """
    distance, azimuth = polar[DISTANCE].ravel(), polar[AZIMUTH].ravel()
    rings = intervals(radius_km, step_km) + 2
    by_ring, by_radial = np.zeros(rings + 1, np.int64), np.zeros(radials + 1, np.int64)
    ring = np.empty(distance.size, np.int32)
    for i in range(distance.size):
        if distance[i] > radius_km:
            ring[i] = -1
            continue
        d_km = max(float(distance[i]), SAME_PLACE_KM)
        ring[i] = far_count(d_km, step_km, intervals(d_km, step_km))
        by_ring[ring[i] + 1] += 1
        by_radial[radial_of(azimuth[i], radials) + 1] += 1
    for i in range(rings):
        by_ring[i + 1] += by_ring[i]
    for i in range(radials):
        by_radial[i + 1] += by_radial[i]
    first = np.empty(by_ring[rings], np.int32)
    for i in range(distance.size):
        if ring[i] >= 0:
            first[by_ring[ring[i]]] = i
            by_ring[ring[i]] += 1
    places, at = np.empty_like(first), by_radial.copy()
    for i in first:
        radial = radial_of(azimuth[i], radials)
        places[at[radial]] = i
        at[radial] += 1
    return by_radial, places


@kernel
def radial_of(azimuth_deg: float, radials: int) -> int:
    """Number of the nearest of so many radials; the first points north."""
    at = int(azimuth_deg * (radials / 360.0) + 0.5)
    return at if at < radials else 0
