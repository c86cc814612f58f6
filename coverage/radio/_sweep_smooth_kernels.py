"""Diffraction over level ground in equal steps: the second half of delta-Bullington."""

from __future__ import annotations

import math

import numpy as np

from ._jit import kernel
from ._p1812_diffraction_kernels import bullington_total_db, edge_height, spherical_earth_db
from ._p1812_values import Link


@kernel
def smooth_rise(length_km: float, count: int, height_m: float, bend: float) -> float:
    """Steepest rise from one end to the equal steps of a level profile, (14) and (18).

    bend (length - x) - height / x has one maximum, at the root of height / bend; it is next to it.
    """
    step = length_km / count
    at = min(max(int(math.sqrt(height_m / bend) / step), 1), count - 1)
    after = min(at + 1, count - 1)
    one = bend * (length_km - at * step) - height_m / (at * step)
    return max(one, bend * (length_km - after * step) - height_m / (after * step))


@kernel
def smooth_height(length_km: float, count: int, hte_m: float, hre_m: float, bend: float) -> float:
    """Largest height of a level profile above the sight line over the root of d1 d2, m per km.

    It changes slowly but for the ends. So first some steps, the more the nearer to an end, then all
    between the neighbours of the best one.
    """
    best, middle, first, last, sparse = -np.inf, 1, 1, count - 1, True
    while True:
        i = first
        while i <= last:
            product = i * (count - i) * (length_km / count) ** 2
            above = bend * product - (hte_m * (count - i) + hre_m * i) / count
            height = above / math.sqrt(product)
            if height > best:
                best, middle = height, i
            i += 1 + (min(i, count - i) // 8 if sparse else 0)
        if not sparse:
            return best
        reach = 1 + middle // 8
        first, last, sparse = max(middle - reach, 1), min(middle + reach, count - 1), False


@kernel
def smooth_db(
    length_km: float, count: int, hte_m: float, hre_m: float, ap_km: float, f_ghz: float
) -> float:
    """Bullington loss of a level profile of equal steps, Lbulls: section 4.3.1 and (38)."""
    bend, slope = 500.0 / ap_km, (hre_m - hte_m) / length_km
    stim = smooth_rise(length_km, count, hte_m, bend)
    if stim >= slope:
        srim = smooth_rise(length_km, count, hre_m, bend)
        height = edge_height(stim, srim, length_km, hte_m, hre_m)
        return bullington_total_db(height, length_km, f_ghz)
    height = smooth_height(length_km, count, hte_m, hre_m, bend)
    return bullington_total_db(height, length_km, f_ghz)


@kernel
def smooth_excess_db(
    length_km: float, count: int, hte_m: float, hre_m: float, ap_km: float, w: float, link: Link
) -> float:
    """Diffraction over the smooth Earth beyond the Bullington loss of the smooth profile: (39)."""
    sphere = spherical_earth_db(length_km, hte_m, hre_m, ap_km, w, link)
    if sphere <= 0.0:
        return 0.0
    return max(sphere - smooth_db(length_km, count, hte_m, hre_m, ap_km, link.f_ghz), 0.0)
