"""ITU-R P.1812-8 from profile to loss, as one compiled call."""

from __future__ import annotations

import numpy as np

from ._jit import kernel
from ._p1812_diffraction_kernels import delta_bullington
from ._p1812_loss_kernels import combine
from ._p1812_profile_kernels import BETA_RADIUS_KM, analyse, steepest, zone_stretches
from ._p1812_values import Diffraction, Link, Losses, Path


@kernel
def point_to_point(
    d_km: np.ndarray,
    h_m: np.ndarray,
    g_m: np.ndarray,
    zone: np.ndarray,
    heights_m: tuple[float, float],
    coasts_km: tuple[float, float],
    lat_deg: float,
    link: Link,
) -> tuple[Path, Diffraction, Diffraction, Losses]:
    """Section 4 on one profile, up to Lbc; diffraction at the median and at beta0 % of the time.

    `h_m` is the bare terrain and `g_m` the same with the clutter on it, except at the ends.
    """
    stretches = zone_stretches(d_km, zone)
    hts_m, hrs_m = h_m[0] + heights_m[0], h_m[-1] + heights_m[1]
    rises = steepest(d_km, h_m, hts_m, hrs_m, 500.0 / link.ae_km)
    path = analyse(d_km, h_m, rises, stretches, (hts_m, hrs_m), coasts_km, lat_deg, link.ae_km)
    flat_m = np.zeros_like(g_m)
    median = delta_bullington(d_km, g_m, flat_m, path, link.ae_km, link)
    beta = delta_bullington(d_km, g_m, flat_m, path, BETA_RADIUS_KM, link)
    return path, median, beta, combine(path, link, median, beta)
