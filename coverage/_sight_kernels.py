"""Whether two antennas see each other over terrain: arrays in, arrays out."""

from __future__ import annotations

import numpy as np

from ..geodata._jit import kernel

_EARTH_KM = 6371.0
"""Mean radius."""


@kernel
def least_clearance(
    height_m: np.ndarray, distance_km: float, start_m: float, end_m: float, f_ghz: float, k: float
) -> float:
    """Return the least clearance of a path, as a share of the first Fresnel zone's radius.

    Parameters
    ----------
    height_m : ndarray of float64
        Terrain at even steps from one end to the other, m above the sea.
    distance_km : float
        Length of the path.
    start_m, end_m : float
        Antennas above ground, m.
    f_ghz : float
        Frequency.
    k : float
        Effective earth radius over the true one: the bulge is d1 d2 / (2 k a).

    Notes
    -----
    Radius of the first Fresnel zone: 17.3 sqrt(d1 d2 / (f d)) m with km and GHz (ITU-R P.530).
    """
    count = len(height_m)
    low, high = height_m[0] + start_m, height_m[count - 1] + end_m
    least = np.inf
    for at in range(1, count - 1):
        share = at / (count - 1)
        near, far = share * distance_km, (1.0 - share) * distance_km
        bulge_m = 1000.0 * near * far / (2.0 * k * _EARTH_KM)
        radius_m = 17.3 * np.sqrt(near * far / (f_ghz * distance_km))
        ray_m = low + share * (high - low)
        least = min(least, (ray_m - height_m[at] - bulge_m) / radius_m)
    return least
