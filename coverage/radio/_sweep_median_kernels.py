"""ITU-R P.1812-8 for one pixel at 50 % of the time, without what cannot matter.

Diffraction over the smooth Earth, troposcatter and ducting are bounded from what is at hand; what
cannot change the loss by 0.001 dB is left out. The pixels left over go the whole way.
"""

from __future__ import annotations

import math

import numpy as np

from ._decibel_kernels import decibels
from ._jit import inlined, scalar_kernel
from ._p1812_loss_kernels import (
    combine,
    duct_fading_db,
    free_space_db,
    shielding,
    troposcatter_db,
)
from ._p1812_profile_kernels import anomalous_time_pct
from ._p1812_values import Diffraction, Link
from ._sweep_path_kernels import departure, trace
from ._sweep_pixel_kernels import (
    Pixel,
    Rise,
    actual_db,
    rises,
    sea_and_coasts,
    sunk_surface_m,
    surface_m,
)
from ._sweep_ray_kernels import BARE, COVERED, bend_of
from ._sweep_smooth_kernels import clears_sphere, smooth_excess_db
from ._sweep_values import Fixed, Mast

NEGLIGIBLE_DB = 18.0
"""A mechanism with this much more loss than another changes their sum (63) by 0.0006 dB."""
SCALE_DB = 5.0 / math.log(10.0)
"""Of that sum."""
COUPLING_DB = 12.0
"""Most that the sea close by takes off the loss in a duct, twice (49)."""
WANDER_DEG = 1.5
"""Degrees of latitude that no disc reaches beyond its mast: 150 km."""
SPREADING, FADING = 0, 1
"""Rows of a table by whole km of distance: least 20 log of the km, and least fading in a duct, dB."""


@inlined
def arctan(x: float) -> float:
    """Arc tangent to 1e-7, for small slopes by its series."""
    if abs(x) > 0.4:
        return math.atan(x)
    s = x * x
    terms = 1 / 9 - s * (1 / 11 - s * (1 / 13))
    return x * (1.0 - s * (1 / 3 - s * (1 / 5 - s * (1 / 7 - s * terms))))


@inlined
def added_db(one_db: float, other_db: float) -> float:
    """Loss by two ways at once, (63), to 1e-5 dB.

    log(1 + y) is twice the inverse hyperbolic tangent of y / (2 + y), at most a third.
    """
    least, gap = min(one_db, other_db), abs(one_db - other_db)
    if gap > NEGLIGIBLE_DB:
        return least
    y = math.exp(-gap / SCALE_DB)
    t = y / (2.0 + y)
    s = t * t
    return least - 2.0 * SCALE_DB * t * (
        1.0 + s * (1 / 3 + s * (1 / 5 + s * (1 / 7 + s * (1 / 9))))
    )


@scalar_kernel
def fixed_parts(link: Link) -> Fixed:
    """Parts of losses that are the same for all pixels."""
    f_ghz = link.f_ghz
    low_db = 45.375 - 137.0 * f_ghz + 92.5 * f_ghz**2 if f_ghz < 0.5 else 0.0
    third = f_ghz ** (1.0 / 3.0)
    return Fixed(
        free_space_db(1.0, 0.0, 0.0, f_ghz),
        troposcatter_db(1.0, 0.0, link),
        102.45 + 20.0 * math.log10(f_ghz) + low_db,
        5e-5 * link.ae_km * third,
        0.264 * third,
    )


@scalar_kernel
def least_by_km(mast: Mast, least_db: np.ndarray) -> None:
    """Least losses by whole km of distance.

    Fading in a duct is that of (53), with beta at its largest, (54): beta0 falls with the length over
    land and rises toward the equator. Over the sea it does not fall.
    """
    lat_deg = max(abs(mast.lat_deg) - WANDER_DEG, 0.0)
    for km in range(least_db.shape[1]):
        least_db[SPREADING, km] = 2.0 * decibels(float(km)) if km > 0 else mast.step_db
        beta = anomalous_time_pct(lat_deg, 0.0, 0.0)
        if not mast.wet:
            beta = min(beta, anomalous_time_pct(lat_deg, float(km), float(km)))
        near, far = duct_fading_db(50.0, beta, float(km)), duct_fading_db(50.0, beta, km + 1.0)
        least_db[FADING, km] = min(near, far) - (COUPLING_DB if mast.wet else 0.0)


@inlined
def sphere_matters(mast: Mast, pixel: Pixel, rise: Rise, surface: tuple[float, float]) -> bool:
    """Whether diffraction over the smooth Earth may cost anything.

    The two horizons are obstructions, so the surface sinks below them at least (88). The lower it
    lies the clearer the smooth path.
    """
    total, link = pixel.d_km, mast.link
    bend, slope = bend_of(BARE, link.ae_km), (pixel.hrs_m - mast.hts_m) / total
    hst_m, hsr_m, back = surface[0], surface[1], total - rise.at_r
    low_t, low_r = rise.t + bend * rise.at_t - slope, rise.r + bend * back + slope
    above_m = max(low_t * rise.at_t, low_r * back)
    if above_m > 0.0 and low_t > 0.0 and low_r > 0.0:
        hst_m -= above_m * low_t / (low_t + rise.r + bend * total + slope)
        hsr_m -= above_m * low_r / (low_r + rise.t + bend * total - slope)
    hte_m = mast.hts_m - min(hst_m, mast.h_m)
    hre_m = pixel.hrs_m - min(hsr_m, pixel.h_m)
    return not clears_sphere(total, hte_m, hre_m, bend, link.f_ghz)


@inlined
def duct_matters(
    mast: Mast,
    pixel: Pixel,
    leaving: Rise,
    angles: tuple[float, float],
    least_db: np.ndarray,
    most_db: float,
) -> bool:
    """Whether ducting may have less loss than a limit: (46) to (52a).

    First without a logarithm, by whole km, and with the least shielding; then as they are.
    """
    total, f_ghz, fixed = pixel.d_km, mast.link.f_ghz, mast.fixed
    clear = leaving.at_t == total
    dlt_km, dlr_km = leaving.at_t, total - leaving.at_r
    limits = (0.0, 0.0) if clear else (0.1 * dlt_km, 0.1 * dlr_km)
    horizons_km = total if clear else dlt_km + dlr_km
    bent = 1000.0 * total / mast.link.ae_km + min(angles[0], limits[0]) + min(angles[1], limits[1])
    least = fixed.duct_db + fixed.duct_db_mrad * bent + least_db[FADING, int(total)]
    over_t, over_r = max(angles[0] - limits[0], 0.0), max(angles[1] - limits[1], 0.0)
    if not clear:
        least += fixed.shield_db_mrad * (over_t + over_r)
    if least + least_db[SPREADING, int(min(horizons_km, total))] > most_db:
        return False
    ratio = horizons_km
    if not clear:
        ratio *= shielding(over_t, dlt_km, f_ghz) * shielding(over_r, dlr_km, f_ghz)
    return least + 2.0 * decibels(ratio) <= most_db


@inlined
def median_loss(
    ray: np.ndarray, mast: Mast, pixel: Pixel, bare: Rise, least_db: np.ndarray
) -> tuple[float, float]:
    """Loss at 50 % of the time (dB), and elevation at the mast (mrad)."""
    total, link = pixel.d_km, mast.link
    rise, way, cover = bare, BARE, 0
    if mast.cluttered:
        rise, way, cover = rises(ray, COVERED, 1, mast, pixel), COVERED, 1
    square_km2 = total * total + (0.001 * (mast.hts_m - pixel.hrs_m)) ** 2
    lbfs = mast.fixed.free_db + decibels(square_km2)
    lbd = lbfs + actual_db(ray, cover, mast, pixel, way, rise)
    surface = surface_m(ray, mast, pixel)
    if sphere_matters(mast, pixel, bare, surface):
        w = sea_and_coasts(ray, mast, pixel)[0] if mast.wet else 0.0
        hstd_m, hsrd_m = sunk_surface_m(ray, mast, pixel, surface)
        hte_m, hre_m = mast.hts_m - hstd_m, pixel.hrs_m - hsrd_m
        if not clears_sphere(total, hte_m, hre_m, bend_of(BARE, link.ae_km), link.f_ghz):
            lbd += smooth_excess_db(total, pixel.parts, hte_m, hre_m, link.ae_km, w, link)
    leaving = departure(mast, pixel, bare)
    angles = 1000.0 * arctan(0.001 * leaving.t), 1000.0 * arctan(0.001 * leaving.r)
    th = 1000.0 * total / link.ae_km + angles[0] + angles[1]
    lbs = mast.fixed.scatter_db + least_db[SPREADING, int(total)] + 0.573 * th
    if lbs < lbd + NEGLIGIBLE_DB:
        lbs = mast.fixed.scatter_db + 2.0 * decibels(total) + 0.573 * th
    most_db = min(lbd, lbs + NEGLIGIBLE_DB)
    if duct_matters(mast, pixel, leaving, angles, least_db, most_db):
        path = trace(ray, mast, pixel, bare)
        diffracted = Diffraction(lbd - lbfs, 0.0, 0.0, 0.0)
        return max(combine(path, link, diffracted, diffracted).Lbc, lbfs), angles[0]
    return max(added_db(lbs, lbd), lbfs), angles[0]
