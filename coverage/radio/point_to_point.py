"""Point-to-point path loss by ITU-R P.1812-8."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...geodata.faults import BadInput
from ._p1812_link_kernels import point_to_point
from ._p1812_loss_kernels import field_dbuv_m, located_db
from ._p1812_profile_kernels import median_radius_km
from ._p1812_values import Diffraction, Link, Losses, Path
from ._path_checks import find_faults
from .profile import SEA, Profile, mid_latitude_deg

DELTA_N = 47.0
"""Fall of the refractivity in the lowest km over Viet Nam, N-units/km.

Rounded middle of the annual medians of ITU-R P.453-12 at seven places: 40 in Lai Chau, 44 in Ha Noi,
47 to 48 from Vinh to Pleiku, 51 to 52 in the far south.
"""
N0 = 385.0
"""Refractivity at sea level over Viet Nam, N-units.

ITU-R P.453-13: a dry term 77.6 P / T of 263 (1010 hPa, 298 K), and an annual median of the wet term
of 115 in Ha Noi, 124 in Da Nang and 132 in Ca Mau: 378 to 395, rounded in the middle.
"""


@dataclass(frozen=True)
class PathLoss:
    """A path loss and what led to it, under the symbols of ITU-R P.1812-8.

    Losses are in dB, distances in km, heights in m, angles in mrad, percentages in %.

    Parameters
    ----------
    Lb, Ep : float
        The results, also as ``lb_db`` and ``field_dbuv_m``: basic transmission loss, and field
        strength in dB(uV/m) for 1 kW e.r.p., over a half-wave dipole (69, 70).
    d, dlt, dlr : float
        Length of the path; distance of the horizon from the transmitter and from the receiver.
    th_t, th_r, th : float
        Elevation of the horizons; angular distance (76 to 82).
    hts, hrs, htc, hrc : float
        Heights of the antennas above sea level; the two pairs are equal (Table 5).
    w : float
        Share of the path over sea.
    dtm, dlm : float
        Longest stretch over land, and inland.
    phi, b0, ae : float
        Latitude of the middle (degrees); time percentage of anomalous propagation (5); median
        effective Earth radius (7a).
    hst_n, hsr_n, hst, hsr, hstd, hsrd : float
        Smooth surface at the ends: as fitted (85, 86), for ducting (90), for diffraction (89).
    htd, hrd, hte, hre, hm : float
        Heights above it: for diffraction (37a, 37b), for ducting (92); roughness (93).
    Fi, Fj, Fk : float
        Interpolation factors (40, 57, 58).
    Lbfs, Lb0p, Lb0b : float
        Free space (8); line of sight at p % and at beta0 % of the time (10, 11).
    Lbulla50, Lbulls50, Ldsph50, Ld50 : float
        Diffraction at the median: Bullington on the profile and on the smooth one (21), spherical
        Earth (27), all together (39).
    Lbulla, Lbulls, Ldsph, Ldb : float
        The same at beta0 % of the time.
    Ldp, Lbd50, Lbd : float
        Diffraction at p % (41); with free space at the median (42) and at p % (43).
    Lba, Lbs : float
        Ducting and layer reflection (46); troposcatter (44).
    Lminb0p, Lminbap, Lbda, Lbam, Lbc : float
        Steps of the combination (59 to 63).

    Examples
    --------
    >>> from deadzones.coverage.radio import Profile, path_loss
    >>> d_km = np.linspace(0, 10, 101)
    >>> plain = Profile(d_km, 0 * d_km, 0 * d_km, 0 * d_km + 4, 21.0, 105.0, 21.09, 105.0)
    >>> loss = path_loss(plain, f_ghz=0.7, tx_height_m=30, rx_height_m=1.5, polarisation=2)
    >>> round(loss.Lbfs, 2), round(loss.Ld50, 2), round(loss.lb_db, 2)
    (109.3, 18.11, 127.41)
    """

    Lb: float
    Ep: float
    d: float
    dlt: float
    dlr: float
    th_t: float
    th_r: float
    th: float
    hts: float
    hrs: float
    htc: float
    hrc: float
    w: float
    dtm: float
    dlm: float
    phi: float
    b0: float
    ae: float
    hst_n: float
    hsr_n: float
    hst: float
    hsr: float
    hstd: float
    hsrd: float
    htd: float
    hrd: float
    hte: float
    hre: float
    hm: float
    Fi: float
    Fj: float
    Fk: float
    Lbfs: float
    Lb0p: float
    Lb0b: float
    Lbulla50: float
    Lbulls50: float
    Ldsph50: float
    Ld50: float
    Lbulla: float
    Lbulls: float
    Ldsph: float
    Ldb: float
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

    @property
    def lb_db(self) -> float:
        """Basic transmission loss in dB, not exceeded for p % of the time at pL % of the places."""
        return self.Lb

    @property
    def field_dbuv_m(self) -> float:
        """Field strength in dB(uV/m) for 1 kW e.r.p. (over a half-wave dipole).

        Exceeded for p % of the time at pL % of the places; 2.15 dB less for 1 kW e.i.r.p.
        """
        return self.Ep


def path_loss(  # noqa: PLR0913 - the Recommendation's own list of inputs
    profile: Profile,
    *,
    f_ghz: float,
    tx_height_m: float,
    rx_height_m: float,
    polarisation: int,
    time_pct: float = 50.0,
    location_pct: float = 50.0,
    delta_n: float = DELTA_N,
    n0: float = N0,
    dct_km: float = 500.0,
    dcr_km: float = 500.0,
    sigma_l_db: float = 0.0,
) -> PathLoss:
    """Predict the loss of one path with ITU-R P.1812-8.

    Parameters
    ----------
    profile : Profile
        At least three points, 0.25 to 3000 km.
    f_ghz : float
        Frequency, 0.03 to 6 GHz.
    tx_height_m, rx_height_m : float
        Antennas above ground, 1 to 3000 m.
    polarisation : int
        1 horizontal, 2 vertical.
    time_pct : float
        The loss is not exceeded for this share of an average year, 1 to 50 %.
    location_pct : float
        Nor at this share of the places around the receiver, 1 to 99 %. No effect without
        ``sigma_l_db``, or with the receiver at sea.
    delta_n : float
        Fall of the refractivity in the lowest km, N-units/km; by default Viet Nam's. Up to 104.6 a
        larger share of the time has more loss; above, the median Earth is flatter than that of
        beta0 % of the time (7b), and it may have less.
    n0 : float
        Refractivity at sea level, N-units; by default Viet Nam's.
    dct_km, dcr_km : float
        Distance over land from the transmitter and from the receiver to the coast, along the path.
        Taken as 0 for an end that lies at sea.
    sigma_l_db : float
        Standard deviation of the loss between places, as :func:`location_sigma_db` gives it.

    Returns
    -------
    PathLoss

    Raises
    ------
    BadInput
        A `ValueError` that tells every input outside the Recommendation's validity.

    Examples
    --------
    >>> from deadzones.coverage.radio import Profile, path_loss
    >>> d_km = np.linspace(0, 20, 201)
    >>> ridge = Profile(
    ...     d_km=d_km,
    ...     h_m=400 * np.exp(-((d_km - 8) ** 2)),
    ...     clutter_m=np.zeros(201),
    ...     zone=np.full(201, 4),
    ...     tx_lat_deg=22.0,
    ...     tx_lon_deg=103.0,
    ...     rx_lat_deg=22.18,
    ...     rx_lon_deg=103.0,
    ... )
    >>> loss = path_loss(ridge, f_ghz=0.7, tx_height_m=40, rx_height_m=1.5, polarisation=2)
    >>> round(loss.lb_db, 1), round(loss.Lbfs, 1), round(loss.dlt, 1)
    (160.0, 115.3, 7.9)
    """
    numbers = {
        "f_ghz": f_ghz,
        "tx_height_m": tx_height_m,
        "rx_height_m": rx_height_m,
        "polarisation": polarisation,
        "time_pct": time_pct,
        "location_pct": location_pct,
        "delta_n": delta_n,
        "n0": n0,
        "dct_km": dct_km,
        "dcr_km": dcr_km,
        "sigma_l_db": sigma_l_db,
    }
    if faults := find_faults(profile, numbers):
        raise BadInput(faults)
    ae_km = median_radius_km(float(delta_n))
    link = Link(float(f_ghz), int(polarisation), float(time_pct), ae_km, float(n0))
    spread_db = 0.0 if profile.zone[-1] == SEA else float(sigma_l_db)
    heights_m, coasts_km = (float(tx_height_m), float(rx_height_m)), (float(dct_km), float(dcr_km))
    parts = _run(profile, heights_m, coasts_km, link)
    loss_db = located_db(parts[3].Lbc, parts[3].Lb0p, float(location_pct), spread_db)
    return _gather(link, loss_db, parts)


def _run(
    profile: Profile, heights_m: tuple[float, float], coasts_km: tuple[float, float], link: Link
) -> tuple[Path, Diffraction, Diffraction, Losses]:
    arrays = (profile.d_km, profile.h_m, profile.clutter_m)
    d_km, h_m, clutter_m = (np.ascontiguousarray(each, dtype=np.float64) for each in arrays)
    zone = np.ascontiguousarray(profile.zone, dtype=np.int64)
    g_m = h_m + clutter_m
    g_m[[0, -1]] = h_m[[0, -1]]
    dct_km, dcr_km = coasts_km
    coasts_km = (0.0 if zone[0] == SEA else dct_km, 0.0 if zone[-1] == SEA else dcr_km)
    middle_deg = mid_latitude_deg(profile)
    return point_to_point(d_km, h_m, g_m, zone, heights_m, coasts_km, middle_deg, link)


def _gather(
    link: Link, loss_db: float, parts: tuple[Path, Diffraction, Diffraction, Losses]
) -> PathLoss:
    path, median, beta, losses = parts
    return PathLoss(
        Lb=loss_db,
        Ep=field_dbuv_m(loss_db, link.f_ghz),
        d=path.d_km,
        dlt=path.dlt_km,
        dlr=path.dlr_km,
        th_t=path.theta_t_mrad,
        th_r=path.theta_r_mrad,
        hts=path.hts_m,
        hrs=path.hrs_m,
        htc=path.hts_m,
        hrc=path.hrs_m,
        w=path.w,
        dtm=path.dtm_km,
        dlm=path.dlm_km,
        phi=path.phi_deg,
        b0=path.b0_pct,
        ae=link.ae_km,
        hst_n=path.hst_n_m,
        hsr_n=path.hsr_n_m,
        hst=path.hst_m,
        hsr=path.hsr_m,
        hstd=path.hstd_m,
        hsrd=path.hsrd_m,
        htd=path.hts_m - path.hstd_m,
        hrd=path.hrs_m - path.hsrd_m,
        hte=path.hte_m,
        hre=path.hre_m,
        hm=path.hm_m,
        Lbulla50=median.Lbulla,
        Lbulls50=median.Lbulls,
        Ldsph50=median.Ldsph,
        Ld50=median.Ld,
        Lbulla=beta.Lbulla,
        Lbulls=beta.Lbulls,
        Ldsph=beta.Ldsph,
        Ldb=beta.Ld,
        **losses._asdict(),
    )
