"""Diffraction over level ground in equal steps: the second half of delta-Bullington."""

from __future__ import annotations

import math

import numpy as np

from ._jit import inlined, scalar_kernel
from ._p1812_diffraction_kernels import bullington_total_db, edge_height, spherical_earth_db
from ._p1812_profile_kernels import LIGHT_M_GHZ
from ._p1812_values import Link


@inlined
def lowest(hte_m: float, hre_m: float, bulge_m: float) -> tuple[float, float]:
    """Share of a path where it is lowest over a bulge 4 times as high at its middle, and how high."""
    at = min(max(0.5 - 0.5 * (hre_m - hte_m) / bulge_m, 0.0), 1.0)
    return at, hte_m + (hre_m - hte_m - bulge_m * (1.0 - at)) * at


@inlined
def clears_sphere(d_km: float, hte_m: float, hre_m: float, bend: float, f_ghz: float) -> bool:
    """Whether a path is everywhere as high over a smooth Earth as (26) asks for: nothing is lost.

    At a share u of the path, the Earth's bulge and the square of the height needed are multiples of
    u (1 - u). Its root lies below each of its tangents. With the tangent at about the lowest place
    the height left is a parabola in u.
    """
    bulge_m, needed_m = bend * d_km * d_km, 17.456 * math.sqrt(d_km * LIGHT_M_GHZ / f_ghz)
    at = lowest(hte_m, hre_m, bulge_m + needed_m)[0]
    root = max(math.sqrt(at * (1.0 - at)), 0.1)
    return lowest(hte_m, hre_m, bulge_m + 0.5 * needed_m / root)[1] > 0.5 * needed_m * root


@scalar_kernel
def smooth_rise(length_km: float, count: int, height_m: float, bend: float) -> float:
    """Steepest rise from one end to the equal steps of a level profile, (14) and (18).

    bend (length - x) - height / x has one maximum, at the root of height / bend; it is next to it.
    """
    step = length_km / count
    at = min(max(int(math.sqrt(height_m / bend) / step), 1), count - 1)
    after = min(at + 1, count - 1)
    one = bend * (length_km - at * step) - height_m / (at * step)
    return max(one, bend * (length_km - after * step) - height_m / (after * step))


@scalar_kernel
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


@scalar_kernel
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


@scalar_kernel
def smooth_excess_db(
    length_km: float, count: int, hte_m: float, hre_m: float, ap_km: float, w: float, link: Link
) -> float:
    """Diffraction over the smooth Earth beyond the Bullington loss of the smooth profile: (39)."""
    sphere = spherical_earth_db(length_km, hte_m, hre_m, ap_km, w, link)
    if sphere <= 0.0:
        return 0.0
    return max(sphere - smooth_db(length_km, count, hte_m, hre_m, ap_km, link.f_ghz), 0.0)
