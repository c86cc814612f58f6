"""ITU-R P.1812-8, sections 4.2 and 4.4 to 4.10: every mechanism but diffraction, and the sum.

All functions take and give scalars, so they serve a single path and each point of a sweep alike.
"""

from __future__ import annotations

import math

from ._jit import kernel
from ._p1812_profile_kernels import inland_tau
from ._p1812_values import Diffraction, Link, Losses, Path


@kernel
def normal_quantile(share: float) -> float:
    """Inverse cumulative normal distribution I(x), to 0.00054: Attachment 2, (94) to (96)."""
    tail = min(share, 1.0 - share)
    t = math.sqrt(-2.0 * math.log(tail))
    top = (0.010328 * t + 0.802853) * t + 2.515516698
    bottom = ((0.001308 * t + 0.189269) * t + 1.432788) * t + 1.0
    size = t - top / bottom
    return size if share > 0.5 else -size


@kernel
def free_space_db(d_km: float, hts_m: float, hrs_m: float, f_ghz: float) -> float:
    """Free-space loss Lbfs over the straight distance: section 4.2, (8) and (8a)."""
    square_km2 = d_km**2 + (0.001 * (hts_m - hrs_m)) ** 2
    return 92.4 + 20.0 * math.log10(f_ghz) + 10.0 * math.log10(square_km2)


@kernel
def multipath_db(dlt_km: float, dlr_km: float, time_pct: float) -> float:
    """Multipath and focusing, Esp and Esb: 2.6 (1 - exp(-(dlt + dlr) / 10)) log(p / 50), (9)."""
    return 2.6 * (1.0 - math.exp(-0.1 * (dlt_km + dlr_km))) * math.log10(0.02 * time_pct)


@kernel
def troposcatter_db(d_km: float, theta_mrad: float, link: Link) -> float:
    """Loss by troposcatter Lbs: section 4.4, (44) and (45)."""
    fading = 10.125 * math.log10(max(50.0 / link.time_pct, 1.0)) ** 0.7
    colour = 25.0 * math.log10(link.f_ghz) - 2.5 * math.log10(0.5 * link.f_ghz) ** 2
    return 190.1 + colour + 20.0 * math.log10(d_km) + 0.573 * theta_mrad - 0.15 * link.n0 - fading


@kernel
def shielding(excess_mrad: float, horizon_km: float, f_ghz: float) -> float:
    """What 20 log is taken of in (48)."""
    return 1.0 + 0.361 * excess_mrad * math.sqrt(f_ghz * horizon_km)


@kernel
def site_shielding_db(theta_mrad: float, horizon_km: float, f_ghz: float) -> float:
    """Diffraction at a terminal's horizon on the way into a duct, Ast or Asr: (48) and (48a)."""
    excess = theta_mrad - 0.1 * horizon_km
    if excess <= 0.0:
        return 0.0
    near = 20.0 * math.log10(shielding(excess, horizon_km, f_ghz))
    return near + 0.264 * excess * f_ghz ** (1.0 / 3.0)


@kernel
def sea_coupling_db(coast_km: float, horizon_km: float, height_m: float, w: float) -> float:
    """Coupling into a duct over the sea close by, Act or Acr: (49)."""
    if w < 0.75 or coast_km > horizon_km or coast_km > 5.0:
        return 0.0
    return -3.0 * math.exp(-0.25 * coast_km**2) * (1.0 + math.tanh(0.07 * (50.0 - height_m)))


@kernel
def duct_coupling_db(path: Path, f_ghz: float) -> float:
    """Fixed coupling losses between the antennas and a duct, Af: (47) and (47a)."""
    low = 45.375 - 137.0 * f_ghz + 92.5 * f_ghz**2 if f_ghz < 0.5 else 0.0
    return (
        102.45
        + 20.0 * math.log10(f_ghz)
        + 20.0 * math.log10(path.dlt_km + path.dlr_km)
        + low
        + site_shielding_db(path.theta_t_mrad, path.dlt_km, f_ghz)
        + site_shielding_db(path.theta_r_mrad, path.dlr_km, f_ghz)
        + sea_coupling_db(path.dct_km, path.dlt_km, path.hts_m, path.w)
        + sea_coupling_db(path.dcr_km, path.dlr_km, path.hrs_m, path.w)
    )


@kernel
def duct_time_pct(path: Path, ae_km: float) -> float:
    """Share of the time that ducts matter on this path, beta: (54) to (56a)."""
    alpha = max(-0.6 - 3.5e-9 * path.d_km**3.1 * inland_tau(path.dlm_km), -3.4)
    roots = math.sqrt(path.hte_m) + math.sqrt(path.hre_m)
    mu2 = min((500.0 / ae_km * (path.d_km / roots) ** 2) ** alpha, 1.0)
    mu3 = 1.0
    if path.hm_m > 10.0:
        between_km = min(path.d_km - path.dlt_km - path.dlr_km, 40.0)
        mu3 = math.exp(-4.6e-5 * (path.hm_m - 10.0) * (43.0 + 6.0 * between_km))
    return path.b0_pct * mu2 * mu3


@kernel
def duct_fading_db(time_pct: float, beta_pct: float, d_km: float) -> float:
    """Loss in a duct by time percentage, A(p): (53) and (53a)."""
    log_beta, ratio = math.log10(beta_pct), time_pct / beta_pct
    gamma = 1.076 / (2.0058 - log_beta) ** 1.012
    gamma *= math.exp(-(9.51 - 4.8 * log_beta + 0.198 * log_beta**2) * 1e-6 * d_km**1.13)
    return -12.0 + (1.2 + 3.7e-3 * d_km) * math.log10(ratio) + 12.0 * ratio**gamma


@kernel
def ducting_db(path: Path, link: Link) -> float:
    """Loss by ducting and layer reflection, Lba: section 4.5, (46) and (50) to (52a)."""
    bent_mrad = 1000.0 * path.d_km / link.ae_km
    bent_mrad += min(path.theta_t_mrad, 0.1 * path.dlt_km)
    bent_mrad += min(path.theta_r_mrad, 0.1 * path.dlr_km)
    per_mrad = 5e-5 * link.ae_km * link.f_ghz ** (1.0 / 3.0)
    fading = duct_fading_db(link.time_pct, duct_time_pct(path, link.ae_km), path.d_km)
    return duct_coupling_db(path, link.f_ghz) + per_mrad * bent_mrad + fading


@kernel
def time_factor(time_pct: float, b0_pct: float) -> float:
    """Interpolation between the diffraction losses of 50 % and of beta0 %, Fi: (40)."""
    if time_pct < b0_pct:
        return 1.0
    return normal_quantile(0.01 * time_pct) / normal_quantile(0.01 * b0_pct)


@kernel
def fade_out(value: float, middle: float, steepness: float) -> float:
    """Step from 1 to 0 about a middle: Fj (57) with 0.3 mrad and 0.8, Fk (58) with 20 km and 0.5."""
    return 0.5 * (1.0 - math.tanh(3.0 * steepness * (value - middle) / middle))


@kernel
def power_sum_db(one_db: float, other_db: float, scale: float) -> float:
    """Scale ln(exp(a / scale) + exp(b / scale)), without overflow: (60), and (63) with -5 log."""
    most, gap = max(one_db / scale, other_db / scale), abs((one_db - other_db) / scale)
    return scale * (most + math.log1p(math.exp(-gap)))


@kernel
def combine(path: Path, link: Link, median: Diffraction, beta: Diffraction) -> Losses:
    """Loss not exceeded for p % of the time at half of the places, Lbc: sections 4.2 to 4.6.

    `median` and `beta` are the diffraction losses for the median effective Earth radius and for
    that of beta0 % of the time. At p = 50 the second has no weight (below 1e-8).
    """
    th = 1000.0 * path.d_km / link.ae_km + path.theta_t_mrad + path.theta_r_mrad
    fi = time_factor(link.time_pct, path.b0_pct)
    fj, fk = fade_out(th, 0.3, 0.8), fade_out(path.d_km, 20.0, 0.5)
    lbfs = free_space_db(path.d_km, path.hts_m, path.hrs_m, link.f_ghz)
    lb0p = lbfs + multipath_db(path.dlt_km, path.dlr_km, link.time_pct)
    lb0b = lbfs + multipath_db(path.dlt_km, path.dlr_km, path.b0_pct)
    ldp = median.Ld + fi * (beta.Ld - median.Ld)  # (41)
    lbd50, lbd = lbfs + median.Ld, lb0p + ldp  # (42), (43)
    lminb0p = lb0p + (1.0 - path.w) * ldp  # (59)
    if link.time_pct >= path.b0_pct:
        lminb0p = lbd50 + (lb0b + (1.0 - path.w) * ldp - lbd50) * fi
    lba = ducting_db(path, link)
    lminbap = power_sum_db(lba, lb0p, 2.5)
    lbda = lbd if lminbap > lbd else lminbap + (lbd - lminbap) * fk  # (61)
    lbam = lbda + (lminb0p - lbda) * fj  # (62)
    lbs = troposcatter_db(path.d_km, th, link)
    lbc = power_sum_db(lbs, lbam, -5.0 / math.log(10.0))  # (63)
    return Losses(
        th, fi, fj, fk, lbfs, lb0p, lb0b, ldp, lbd50, lbd, lminb0p, lba, lminbap, lbda, lbam, lbs,
        lbc,
    )  # fmt: skip


@kernel
def location_sigma_db(f_ghz: float, width_m: float, height_m: float, clutter_m: float) -> float:
    """Spread of the loss between places in a square, sigmaL: section 4.7, (64) to (66)."""
    open_sky = min(max(0.1 * (height_m - clutter_m), 0.0), 1.0)
    return (0.52 + 0.024 * f_ghz) * width_m**0.28 * (1.0 - open_sky)


@kernel
def located_db(lbc_db: float, lb0p_db: float, location_pct: float, sigma_l_db: float) -> float:
    """Loss not exceeded at pL % of the places, Lb: sections 4.7 and 4.9, (67) and (69)."""
    return max(lb0p_db, lbc_db + normal_quantile(0.01 * location_pct) * sigma_l_db)


@kernel
def field_dbuv_m(loss_db: float, f_ghz: float) -> float:
    """Field strength for 1 kW e.r.p. (over a half-wave dipole): section 4.10, (70)."""
    return 199.36 + 20.0 * math.log10(f_ghz) - loss_db
