"""ITU-R P.1812-8, sections 3.3 to 3.8 and Attachment 1: what a profile says about its path.

Distances are in km from the transmitter, heights in m above sea level. Zones are 1 (sea), 3
(coastal land) and 4 (inland).
"""

from __future__ import annotations

import math

import numpy as np

from ._jit import kernel
from ._p1812_values import Path

EARTH_KM = 6371.0
"""Mean radius of the Earth, section 3.7."""
BETA_RADIUS_KM = 3.0 * EARTH_KM
"""Effective Earth radius exceeded for beta0 % of the time, equation (7b)."""
LIGHT_M_GHZ = 0.2998
"""Wavelength in m times frequency in GHz, as the Recommendation rounds it."""
LAND, INLAND = 3, 4


@kernel
def median_radius_km(delta_n: float) -> float:
    """Median effective Earth radius ae = 6371 * 157 / (157 - DeltaN): section 3.7, (6) and (7a)."""
    return EARTH_KM * 157.0 / (157.0 - delta_n)


@kernel
def longest_stretch_km(d_km: np.ndarray, zone: np.ndarray, least: int) -> float:
    """Longest unbroken part of a path in zones of at least a number: dtm and dlm of section 3.6.

    Zones change midway between two points.
    """
    longest, start, inside = 0.0, d_km[0], zone[0] >= least
    for i in range(1, len(d_km)):
        if (zone[i] >= least) != inside:
            border = 0.5 * (d_km[i - 1] + d_km[i])
            if inside:
                longest = max(longest, border - start)
            inside, start = not inside, border
    return max(longest, d_km[-1] - start) if inside else longest


@kernel
def sea_share(d_km: np.ndarray, zone: np.ndarray) -> float:
    """Share of a path that lies over sea: omega of section 3.8, Table 5."""
    sea, start, inside = 0.0, d_km[0], zone[0] < LAND
    for i in range(1, len(d_km)):
        if (zone[i] < LAND) != inside:
            border = 0.5 * (d_km[i - 1] + d_km[i])
            if inside:
                sea += border - start
            inside, start = not inside, border
    return (sea + (d_km[-1] - start if inside else 0.0)) / (d_km[-1] - d_km[0])


@kernel
def zone_stretches(d_km: np.ndarray, zone: np.ndarray) -> tuple[float, float, float]:
    """Share of a path over sea, and its longest stretches over land and inland."""
    land_km, inland_km = (
        longest_stretch_km(d_km, zone, LAND),
        longest_stretch_km(d_km, zone, INLAND),
    )
    return sea_share(d_km, zone), land_km, inland_km


@kernel
def inland_tau(dlm_km: float) -> float:
    """Tau = 1 - exp(-4.12e-4 dlm^2.41): section 3.6, equation (3)."""
    return 1.0 - math.exp(-4.12e-4 * dlm_km**2.41)


@kernel
def anomalous_time_pct(lat_deg: float, dtm_km: float, dlm_km: float) -> float:
    """Point incidence of anomalous propagation, beta0: section 3.6, equations (2) to (5).

    `lat_deg` is the latitude of the middle of the path.
    """
    tau = inland_tau(dlm_km)
    mu1 = 10.0 ** (-dtm_km / (16.0 - 6.6 * tau)) + 10.0 ** (-5.0 * (0.496 + 0.354 * tau))
    mu1 = min(mu1**0.2, 1.0)
    lat = abs(lat_deg)
    if lat > 70.0:
        return 4.17 * mu1 * mu1**0.3
    return 10.0 ** (1.67 - 0.015 * lat) * mu1 * mu1 ** (0.0176 * lat - 0.935)


@kernel
def steepest(
    d_km: np.ndarray, z_m: np.ndarray, hts_m: float, hrs_m: float, bend: float
) -> tuple[float, float, int, int]:
    """Steepest rise to a profile from either end, m per km, and where: (76), (79), (14) and (18).

    (z - hts) / d - bend d from the transmitter, the same with d counted from the other end from the
    receiver. Of equal rises the one nearest to its terminal counts. All rises come first, so that
    several points can be worked on at a time.
    """
    total, last = d_km[-1], len(d_km) - 2
    rises = np.empty((2, len(d_km)))
    for i in range(1, last + 1):
        here, back = d_km[i], total - d_km[i]
        rises[0, i] = (z_m[i] - hts_m) / here - bend * here
        rises[1, i] = (z_m[i] - hrs_m) / back - bend * back
    rise_t, rise_r, at_t, at_r = rises[0, 1], rises[1, last], 1, last
    for i in range(2, last + 1):
        rise_t, rise_r = max(rise_t, rises[0, i]), max(rise_r, rises[1, i - 1])
    while rises[0, at_t] < rise_t:
        at_t += 1
    while rises[1, at_r] < rise_r:
        at_r -= 1
    return rise_t, rise_r, at_t, at_r


@kernel
def tightest_point(
    d_km: np.ndarray, h_m: np.ndarray, hts_m: float, hrs_m: float, ae_km: float
) -> tuple[int, float]:
    """Point with the largest diffraction parameter nu, the last of equals: (15), (78) and (81).

    nu is the height above the sight line over the root of d1 d2, but for a constant. That height
    (m per km) is given back too. Its square is compared, with its sign, so no root is taken.
    """
    total, bend = d_km[-1], 500.0 / ae_km
    slope = (hrs_m - hts_m) / total
    at, best = 1, -np.inf
    for i in range(1, len(d_km) - 1):
        product = d_km[i] * (total - d_km[i])
        above = h_m[i] + bend * product - hts_m - slope * d_km[i]
        square = above * abs(above)
        if square >= best * product:
            at, best = i, square / product
    height = math.sqrt(abs(best))
    return at, height if best > 0.0 else -height


@kernel
def smooth_surface_m(d_km: np.ndarray, h_m: np.ndarray) -> tuple[float, float]:
    """Ends of the straight line that fits the terrain best: hst and hsr, (83) to (86)."""
    total, v1, v2 = d_km[-1], 0.0, 0.0
    for i in range(1, len(d_km)):
        here, before = d_km[i], d_km[i - 1]
        step = here - before
        v1 += step * (h_m[i] + h_m[i - 1])
        v2 += step * (h_m[i] * (2.0 * here + before) + h_m[i - 1] * (here + 2.0 * before))
    return (2.0 * v1 * total - v2) / total**2, (v2 - v1 * total) / total**2


@kernel
def obstructions(
    d_km: np.ndarray, h_m: np.ndarray, hts_m: float, hrs_m: float
) -> tuple[float, float, float]:
    """Highest obstruction above the sight line (m), and its slopes (m per km): (87a) to (87d)."""
    slope = (hrs_m - hts_m) / d_km[-1]
    rise_t, rise_r, _, _ = steepest(d_km, h_m, hts_m, hrs_m, 0.0)
    hobs = -np.inf
    for i in range(1, len(d_km) - 1):
        hobs = max(hobs, h_m[i] - hts_m - slope * d_km[i])
    return hobs, rise_t - slope, rise_r + slope


@kernel
def diffraction_surface_m(
    first_m: float,
    last_m: float,
    surface_m: tuple[float, float],
    hobs_m: float,
    alpha_t: float,
    alpha_r: float,
) -> tuple[float, float]:
    """Smooth surface for diffraction, hstd and hsrd: (88) and (89).

    The fitted line sinks below an obstruction, and never lies above the ground at the ends.
    """
    hst_m, hsr_m = surface_m
    if hobs_m > 0.0:
        sink = hobs_m / (alpha_t + alpha_r)
        hst_m, hsr_m = hst_m - sink * alpha_t, hsr_m - sink * alpha_r
    return min(hst_m, first_m), min(hsr_m, last_m)


@kernel
def roughness_m(
    d_km: np.ndarray, h_m: np.ndarray, hst_m: float, hsr_m: float, at_t: int, at_r: int
) -> float:
    """Highest terrain above the smooth surface between the two horizons: hm, (91) and (93)."""
    slope = (hsr_m - hst_m) / d_km[-1]
    rough = -np.inf
    for i in range(at_t, at_r + 1):
        rough = max(rough, h_m[i] - hst_m - slope * d_km[i])
    return rough


@kernel
def horizons(
    d_km: np.ndarray,
    h_m: np.ndarray,
    rises: tuple[float, float, int, int],
    heights_m: tuple[float, float],
    ae_km: float,
) -> tuple[float, float, int, int]:
    """Elevation of both horizons (mrad) and their points: Attachment 1, sections 4 and 5.1 to 5.4.

    On a clear path each terminal sees the other one, and the tightest point stands for both. `rises`
    are what `steepest` gives, `heights_m` those of the antennas above sea level.
    """
    total, (hts_m, hrs_m) = d_km[-1], heights_m
    rise_t, rise_r, at_t, at_r = rises
    direct_t = (hrs_m - hts_m) / total - 500.0 * total / ae_km
    if rise_t <= direct_t:
        rise_t, rise_r = direct_t, (hts_m - hrs_m) / total - 500.0 * total / ae_km
        at_t = at_r = tightest_point(d_km, h_m, hts_m, hrs_m, ae_km)[0]
    return (
        1000.0 * math.atan(0.001 * rise_t),
        1000.0 * math.atan(0.001 * rise_r),
        at_t,
        at_r,
    )


@kernel
def analyse(
    d_km: np.ndarray,
    h_m: np.ndarray,
    rises: tuple[float, float, int, int],
    stretches: tuple[float, float, float],
    heights_m: tuple[float, float],
    coasts_km: tuple[float, float],
    lat_deg: float,
    ae_km: float,
) -> Path:
    """Profile to scalars: sections 3.6 and 3.8 and all of Attachment 1.

    `rises` are what `steepest` finds on the bare terrain, `stretches` the share of the path over sea,
    and the longest stretches over land and inland (km); `heights_m` are those of the antennas above
    sea level, `coasts_km` the distances over land to the coast, transmitter first.
    """
    hts_m, hrs_m = heights_m
    theta_t, theta_r, at_t, at_r = horizons(d_km, h_m, rises, heights_m, ae_km)
    surface_m = smooth_surface_m(d_km, h_m)
    hobs_m, alpha_t, alpha_r = obstructions(d_km, h_m, hts_m, hrs_m)
    hstd_m, hsrd_m = diffraction_surface_m(h_m[0], h_m[-1], surface_m, hobs_m, alpha_t, alpha_r)
    hst_m, hsr_m = min(surface_m[0], h_m[0]), min(surface_m[1], h_m[-1])
    w, dtm_km, dlm_km = stretches
    return Path(
        d_km[-1],
        d_km[at_t],
        d_km[-1] - d_km[at_r],
        theta_t,
        theta_r,
        hts_m,
        hrs_m,
        w,
        dtm_km,
        dlm_km,
        lat_deg,
        anomalous_time_pct(lat_deg, dtm_km, dlm_km),
        coasts_km[0],
        coasts_km[1],
        surface_m[0],
        surface_m[1],
        hst_m,
        hsr_m,
        hstd_m,
        hsrd_m,
        hts_m - hst_m,
        hrs_m - hsr_m,
        roughness_m(d_km, h_m, hst_m, hsr_m, at_t, at_r),
    )
