"""ITU-R P.1812-8, section 4.3: diffraction by the delta-Bullington method.

Distances are in km, heights in m. What looks at a profile is apart from what only needs its
maxima, so that a sweep along a radial can carry the maxima and use the rest as it is.
"""

from __future__ import annotations

import math

import numpy as np

from ._decibel_kernels import decibels
from ._jit import kernel
from ._p1812_profile_kernels import LIGHT_M_GHZ, steepest, tightest_point
from ._p1812_values import Diffraction, Link, Path

LAND_EPSILON, LAND_SIEMENS_M = 22.0, 0.003
"""Relative permittivity and conductivity of land, section 4.3.3."""
SEA_EPSILON, SEA_SIEMENS_M = 80.0, 5.0
"""The same of sea."""


@kernel
def knife_edge_db(nu: float) -> float:
    """J(nu) = 6.9 + 20 log(sqrt((nu - 0.1)^2 + 1) + nu - 0.1): (12) and (13), 0 to nu = -0.78."""
    if nu <= -0.78:
        return 0.0
    return 6.9 + 2.0 * decibels(math.sqrt((nu - 0.1) ** 2 + 1.0) + nu - 0.1)


@kernel
def edge_height(stim: float, srim: float, d_km: float, hts_m: float, hrs_m: float) -> float:
    """Height of the Bullington edge above the sight line over sqrt(d1 d2), m per km: (19), (20).

    NaN-free: terrain that just touches the sight line, where rounding may put the edge off the
    path, counts as touching it.
    """
    before = (hrs_m - hts_m + srim * d_km) / max(stim + srim, 1e-300)
    after = d_km - before
    if before <= 0.0 or after <= 0.0:
        return 0.0
    above = hts_m + stim * before - (hts_m * after + hrs_m * before) / d_km
    return above / math.sqrt(before * after)


@kernel
def bullington_total_db(height: float, d_km: float, f_ghz: float) -> float:
    """Bullington loss from a height of `tightest_point` or `edge_height`: (16), (17), (20), (21)."""
    nu = height * math.sqrt(0.002 * d_km * f_ghz / LIGHT_M_GHZ)
    luc = knife_edge_db(nu)
    return luc + (1.0 - math.exp(-luc / 6.0)) * (10.0 + 0.02 * d_km)


@kernel
def bullington_db(
    d_km: np.ndarray, g_m: np.ndarray, hts_m: float, hrs_m: float, ap_km: float, f_ghz: float
) -> float:
    """Loss by the Bullington construction on one profile: section 4.3.1, (14) and (18)."""
    rise_t, rise_r, _, _ = steepest(d_km, g_m, hts_m, hrs_m, 500.0 / ap_km)
    return risen_bullington_db(d_km, g_m, (rise_t, rise_r), (hts_m, hrs_m), ap_km, f_ghz)


@kernel
def risen_bullington_db(
    d_km: np.ndarray,
    g_m: np.ndarray,
    rises: tuple[float, float],
    heights_m: tuple[float, float],
    ap_km: float,
    f_ghz: float,
) -> float:
    """The same where the steepest rises from the antennas, `heights_m` above sea level, are known."""
    (rise_t, rise_r), (hts_m, hrs_m) = rises, heights_m
    total, bend = d_km[-1], 500.0 / ap_km
    stim, srim = rise_t + bend * total, rise_r + bend * total
    if stim < (hrs_m - hts_m) / total:
        height = tightest_point(d_km, g_m, hts_m, hrs_m, ap_km)[1]
    else:
        height = edge_height(stim, srim, total, hts_m, hrs_m)
    return bullington_total_db(height, total, f_ghz)


@kernel
def height_gain_db(y: float, beta: float, k: float) -> float:
    """Height term G(Y) of the first-term method: (34) to (36)."""
    b = beta * y
    if b > 2.0:
        gain = 17.6 * math.sqrt(b - 1.1) - 5.0 * math.log10(b - 1.1) - 8.0
    else:
        gain = 20.0 * math.log10(b + 0.1 * b**3)
    return max(gain, 2.0 + 20.0 * math.log10(k))


@kernel
def surface_admittance(
    adft_km: float, f_ghz: float, polarisation: int, epsilon: float, siemens_m: float
) -> float:
    """Normalized surface admittance K: (29a) horizontal, (29b) vertical."""
    loss = (18.0 * siemens_m / f_ghz) ** 2
    k = 0.036 * (adft_km * f_ghz) ** (-1.0 / 3.0) * ((epsilon - 1.0) ** 2 + loss) ** -0.25
    return k * math.sqrt(epsilon**2 + loss) if polarisation == 2 else k


@kernel
def first_term_surface_db(
    d_km: float, hte_m: float, hre_m: float, adft_km: float, f_ghz: float, k: float
) -> float:
    """First-term spherical-Earth loss over one kind of ground: (30) to (37)."""
    beta = (1.0 + 1.6 * k**2 + 0.67 * k**4) / (1.0 + 4.5 * k**2 + 1.53 * k**4)
    x = 21.88 * beta * (f_ghz / adft_km**2) ** (1.0 / 3.0) * d_km
    per_m = 0.9575 * beta * (f_ghz**2 / adft_km) ** (1.0 / 3.0)
    if x >= 1.6:
        fx = 11.0 + 10.0 * math.log10(x) - 17.6 * x
    else:
        fx = -20.0 * math.log10(x) - 5.6488 * x**1.425
    return -fx - height_gain_db(per_m * hte_m, beta, k) - height_gain_db(per_m * hre_m, beta, k)


@kernel
def first_term_db(
    d_km: float, hte_m: float, hre_m: float, adft_km: float, w: float, link: Link
) -> float:
    """First-term loss over a path of land and sea, Ldft: section 4.3.3, (28)."""
    f_ghz, loss = link.f_ghz, 0.0
    if w < 1.0:
        k = surface_admittance(adft_km, f_ghz, link.polarisation, LAND_EPSILON, LAND_SIEMENS_M)
        loss += (1.0 - w) * first_term_surface_db(d_km, hte_m, hre_m, adft_km, f_ghz, k)
    if w > 0.0:
        k = surface_admittance(adft_km, f_ghz, link.polarisation, SEA_EPSILON, SEA_SIEMENS_M)
        loss += w * first_term_surface_db(d_km, hte_m, hre_m, adft_km, f_ghz, k)
    return loss


@kernel
def smallest_clearance(
    d_km: float, hte_m: float, hre_m: float, ap_km: float
) -> tuple[float, float]:
    """Smallest height of the path above a smooth Earth (m), and d1 d2 / d there: (23), (24)."""
    both = hte_m + hre_m
    c, m = (hte_m - hre_m) / both, 250.0 * d_km**2 / (ap_km * both)
    angle = math.acos(1.5 * c * math.sqrt(3.0 * m / (m + 1.0) ** 3))
    b = 2.0 * math.sqrt((m + 1.0) / (3.0 * m)) * math.cos((math.pi + angle) / 3.0)
    dse1 = 0.5 * d_km * (1.0 + b)
    dse2 = d_km - dse1
    hse = (hte_m - 500.0 * dse1**2 / ap_km) * dse2 + (hre_m - 500.0 * dse2**2 / ap_km) * dse1
    return hse / d_km, dse1 * dse2 / d_km


@kernel
def spherical_earth_db(
    d_km: float, hte_m: float, hre_m: float, ap_km: float, w: float, link: Link
) -> float:
    """Diffraction loss over a smooth Earth, Ldsph: section 4.3.2, (22) to (27)."""
    roots = math.sqrt(hte_m) + math.sqrt(hre_m)
    if d_km >= math.sqrt(0.002 * ap_km) * roots:
        return first_term_db(d_km, hte_m, hre_m, ap_km, w, link)
    hse_m, product_km = smallest_clearance(d_km, hte_m, hre_m, ap_km)
    needed_m = 17.456 * math.sqrt(product_km * LIGHT_M_GHZ / link.f_ghz)
    if hse_m > needed_m:
        return 0.0
    loss = first_term_db(d_km, hte_m, hre_m, 500.0 * (d_km / roots) ** 2, w, link)
    return max((1.0 - hse_m / needed_m) * loss, 0.0)


@kernel
def delta_bullington(
    d_km: np.ndarray, g_m: np.ndarray, flat_m: np.ndarray, path: Path, ap_km: float, link: Link
) -> Diffraction:
    """Complete diffraction loss Ld = Lbulla + max(Ldsph - Lbulls, 0): section 4.3.4, (37) to (39).

    `g_m` is the terrain with the clutter on it, except at the ends; `flat_m` is zero everywhere.
    """
    hte_m, hre_m = path.hts_m - path.hstd_m, path.hrs_m - path.hsrd_m
    actual = bullington_db(d_km, g_m, path.hts_m, path.hrs_m, ap_km, link.f_ghz)
    smooth = bullington_db(d_km, flat_m, hte_m, hre_m, ap_km, link.f_ghz)
    sphere = spherical_earth_db(path.d_km, hte_m, hre_m, ap_km, path.w, link)
    return Diffraction(actual + max(sphere - smooth, 0.0), actual, smooth, sphere)
