"""What the kernels of ITU-R P.1812 hand to each other. Names and units as in the Recommendation."""

from __future__ import annotations

from typing import NamedTuple


class Link(NamedTuple):
    """What holds for every path of a transmitter: radio and climate."""

    f_ghz: float
    polarisation: int
    """1 horizontal, 2 vertical."""
    time_pct: float
    ae_km: float
    """Median effective Earth radius, section 3.7."""
    n0: float
    """Sea-level surface refractivity, N-units."""


class Path(NamedTuple):
    """What is left of a profile once it has been looked at: scalars only."""

    d_km: float
    dlt_km: float
    """Distance from the transmitter to its horizon; on a clear path, to the tightest point."""
    dlr_km: float
    theta_t_mrad: float
    theta_r_mrad: float
    hts_m: float
    """Height of the transmitter above sea level."""
    hrs_m: float
    w: float
    """Share of the path over sea."""
    dtm_km: float
    """Longest stretch over land."""
    dlm_km: float
    """Longest stretch inland."""
    phi_deg: float
    """Latitude of the middle."""
    b0_pct: float
    dct_km: float
    """Distance over land from the transmitter to the coast."""
    dcr_km: float
    hst_n_m: float
    """Height of the smooth surface at the transmitter, equation (85)."""
    hsr_n_m: float
    hst_m: float
    """The same for ducting, equation (90a)."""
    hsr_m: float
    hstd_m: float
    """The same for diffraction, equation (89)."""
    hsrd_m: float
    hte_m: float
    """Effective height of the transmitter for ducting, equation (92a)."""
    hre_m: float
    hm_m: float
    """Roughness of the terrain, equation (93)."""


class Diffraction(NamedTuple):
    """Delta-Bullington loss for one effective Earth radius, and its three parts, dB."""

    Ld: float
    Lbulla: float
    Lbulls: float
    Ldsph: float


class Losses(NamedTuple):
    """Interpolation factors, and the losses in dB that lead to Lbc."""

    th: float
    Fi: float
    Fj: float
    Fk: float
    Lbfs: float
    Lb0p: float
    Lb0b: float
    Ldp: float
    Lbd50: float
    Lbd: float
    Lminb0p: float
    Lba: float
    Lminbap: float
    Lbda: float
    Lbam: float
    Lbs: float
    Lbc: float
