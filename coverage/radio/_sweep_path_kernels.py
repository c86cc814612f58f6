"""ITU-R P.1812-8 for one pixel: all of what a profile says about its path, and diffraction on it."""

from __future__ import annotations

import math

import numpy as np

from ._exact_kernels import FAR_COAST_KM, middle_latitude_deg
from ._jit import inlined, scalar_kernel
from ._p1812_profile_kernels import BETA_RADIUS_KM, anomalous_time_pct
from ._p1812_values import Diffraction, Path
from ._sweep_pixel_kernels import (
    Pixel,
    Rise,
    actual_db,
    rises,
    roughness,
    sea_and_coasts,
    sunk_surface_m,
    surface_m,
    tightest_km,
)
from ._sweep_ray_kernels import BARE, BETA, bend_of
from ._sweep_smooth_kernels import smooth_excess_db
from ._sweep_values import Mast


@scalar_kernel
def diffraction(
    ray: np.ndarray, mast: Mast, pixel: Pixel, path: Path, way: int, cover: int
) -> Diffraction:
    """Delta-Bullington loss in one way of looking: section 4.3.4."""
    ap_km = BETA_RADIUS_KM if way == BETA else mast.link.ae_km
    rise = rises(ray, way, cover, mast, pixel)
    actual = actual_db(ray, cover, mast, pixel, way, rise)
    hte_m, hre_m = path.hts_m - path.hstd_m, path.hrs_m - path.hsrd_m
    excess = smooth_excess_db(pixel.d_km, pixel.parts, hte_m, hre_m, ap_km, path.w, mast.link)
    return Diffraction(actual + excess, actual, 0.0, excess)


@inlined
def departure(mast: Mast, pixel: Pixel, rise: Rise) -> Rise:
    """Rise of the rays that leave either end: to its horizon, or on a clear path to the other end.

    That of a clear path is put at the receiver; the tightest point has still to be looked for.
    """
    total = pixel.d_km
    direct, drop = (pixel.hrs_m - mast.hts_m) / total, bend_of(BARE, mast.link.ae_km) * total
    if rise.t <= direct - drop:
        return Rise(direct - drop, -direct - drop, total, 0.0)
    return rise


@scalar_kernel
def trace(ray: np.ndarray, mast: Mast, pixel: Pixel, rise: Rise) -> Path:
    """Profile to scalars: sections 3.6 and 3.8 and Attachment 1."""
    total = pixel.d_km
    leaving = departure(mast, pixel, rise)
    if leaving.at_t == total:
        at = tightest_km(ray, mast, pixel, rise)
        leaving = Rise(leaving.t, leaving.r, at, at)
    surface = surface_m(ray, mast, pixel)
    hstd_m, hsrd_m = sunk_surface_m(ray, mast, pixel, surface)
    hst_m, hsr_m = min(surface[0], mast.h_m), min(surface[1], pixel.h_m)
    hm_m = roughness(ray, mast, pixel, (hst_m, hsr_m), (leaving.at_t, leaving.at_r))
    w, land_km, dct_km, dcr_km = 0.0, total, FAR_COAST_KM, FAR_COAST_KM
    if mast.wet:
        w, land_km, dct_km, dcr_km = sea_and_coasts(ray, mast, pixel)
    lat_deg = middle_latitude_deg(mast.lat_deg, pixel.azimuth, total)
    return Path(
        total,
        leaving.at_t,
        total - leaving.at_r,
        1000.0 * math.atan(0.001 * leaving.t),
        1000.0 * math.atan(0.001 * leaving.r),
        mast.hts_m,
        pixel.hrs_m,
        w,
        land_km,
        land_km,
        lat_deg,
        anomalous_time_pct(lat_deg, land_km, land_km),
        dct_km,
        dcr_km,
        surface[0],
        surface[1],
        hst_m,
        hsr_m,
        hstd_m,
        hsrd_m,
        mast.hts_m - hst_m,
        pixel.hrs_m - hsr_m,
        hm_m,
    )
