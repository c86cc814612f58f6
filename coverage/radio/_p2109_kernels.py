"""ITU-R P.2109-2, section 3: building entry loss."""

from __future__ import annotations

import math

from ._jit import kernel

TRADITIONAL = (12.64, 3.72, 0.96, 9.6, 2.0, 9.1, -3.0, 4.5, -2.0)
"""Coefficients r, s, t, u, v, w, x, y, z of Table 1: buildings without coated glass or foil."""
EFFICIENT = (28.19, -3.0, 8.48, 13.5, 3.8, 27.8, -2.9, 9.4, -2.1)
"""The same for thermally efficient buildings: metallised glass, foil-backed walls."""


@kernel
def entry_loss_db(
    f_ghz: float, quantile: float, elevation_deg: float, table: tuple[float, ...]
) -> float:
    """Loss not exceeded in a share of the buildings, (1) to (10).

    10 log(10^(A/10) + 10^(B/10) + 10^(C/10)), with `quantile` that of the share in a standard
    normal distribution, A = quantile s1 + m1, B = quantile s2 + m2 and C = -3.
    """
    r, s, t, u, v, w, x, y, z = table
    log_f = math.log10(f_ghz)
    horizontal = r + s * log_f + t * log_f**2
    a = quantile * (u + v * log_f) + horizontal + 0.212 * abs(elevation_deg)
    b = quantile * (y + z * log_f) + w + x * log_f
    return 10.0 * math.log10(10.0 ** (0.1 * a) + 10.0 ** (0.1 * b) + 10.0**-0.3)
