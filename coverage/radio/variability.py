"""How the loss differs from place to place, and what walls add: P.1812-8, sections 4.7 to 4.9."""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import NormalDist
from typing import Literal

from ...geodata.faults import BadInput
from . import _p1812_loss_kernels as kernels
from . import _p2109_kernels as p2109
from ._path_checks import Limits, number_faults
from .point_to_point import PathLoss

Building = Literal["traditional", "efficient"]

_BUILDINGS = {"traditional": p2109.TRADITIONAL, "efficient": p2109.EFFICIENT}
_STANDARD = NormalDist()
_PERCENT: Limits = (1.0, 99.0, "%", "Give a percentage: 50 for the median.")
_F_GHZ: Limits = (0.03, 6.0, "GHz", "Give the frequency in GHz, 0.7 for 700 MHz.")
_SIGMA: Limits = (0.0, 50.0, "dB", "Give a standard deviation, 0 for none.")


def location_sigma_db(
    f_ghz: float, *, width_m: float, height_m: float = 1.5, clutter_m: float = 10.0
) -> float:
    """Standard deviation of the loss between places in a square: ITU-R P.1812-8, section 4.7.

    Parameters
    ----------
    f_ghz : float
        Frequency, 0.03 to 6 GHz.
    width_m : float
        Side of the square that a prediction stands for, 1 to 1000 m: the cell of the terrain.
    height_m : float
        Receiver above ground.
    clutter_m : float
        Representative clutter at the receiver. The spread vanishes 10 m above it.

    Returns
    -------
    float
        dB, for the ``sigma_l_db`` of :func:`path_loss`.

    Raises
    ------
    BadInput
        A `ValueError` that tells every input outside its limits.

    Examples
    --------
    >>> round(location_sigma_db(0.7, width_m=100), 2)
    1.95
    >>> location_sigma_db(0.7, width_m=100, height_m=30)
    0.0
    """
    metres = "Give metres."
    _check(
        {"f_ghz": f_ghz, "width_m": width_m, "height_m": height_m, "clutter_m": clutter_m},
        {
            "f_ghz": _F_GHZ,
            "width_m": (1.0, 1000.0, "m", metres),
            "height_m": (0.0, 3000.0, "m above ground", metres),
            "clutter_m": (0.0, 1000.0, "m", metres),
        },
    )
    return kernels.location_sigma_db(
        float(f_ghz), float(width_m), float(height_m), float(clutter_m)
    )


def building_entry_loss_db(
    f_ghz: float,
    *,
    building: Building = "traditional",
    location_pct: float = 50.0,
    elevation_deg: float = 0.0,
) -> float:
    """Loss into a building by ITU-R P.2109-2, which P.1812-8 refers to in section 4.8.

    Parameters
    ----------
    f_ghz : float
        Frequency, 0.08 to 100 GHz.
    building : {"traditional", "efficient"}
        Efficient ones have metallised glass or foil-backed walls.
    location_pct : float
        The loss is not exceeded in this share of the buildings, 1 to 99 %.
    elevation_deg : float
        Of the path at the wall, -90 to 90 degrees.

    Returns
    -------
    float
        dB.

    Raises
    ------
    BadInput
        A `ValueError` that tells every input outside its limits.

    Examples
    --------
    >>> round(building_entry_loss_db(0.7), 1), round(building_entry_loss_db(3.5), 1)
    (14.1, 15.7)
    """
    table = _BUILDINGS.get(building)
    if table is None:
        found, wanted = repr(building), " or ".join(map(repr, _BUILDINGS))
        raise ValueError(f"building: found {found}; wanted {wanted}. Give one of them.")
    _check(
        {"f_ghz": f_ghz, "location_pct": location_pct, "elevation_deg": elevation_deg},
        {
            "f_ghz": (0.08, 100.0, "GHz", _F_GHZ[3]),
            "location_pct": _PERCENT,
            "elevation_deg": (-90.0, 90.0, "degrees", "Give 0 for a level path."),
        },
    )
    quantile = _STANDARD.inv_cdf(0.01 * float(location_pct))
    return p2109.entry_loss_db(float(f_ghz), quantile, float(elevation_deg), table)


def entry_loss_db(f_ghz: float, *, building: Building = "traditional") -> tuple[float, float]:
    """Return the median loss into buildings and its standard deviation.

    ITU-R P.2109-2; the deviation is half the distance between the 15.87 % and the 84.13 % loss.

    Parameters
    ----------
    f_ghz : float
        Frequency, 0.08 to 6 GHz.
    building : {"traditional", "efficient"}

    Returns
    -------
    tuple of float
        dB.

    Raises
    ------
    BadInput

    Examples
    --------
    >>> [round(each, 1) for each in entry_loss_db(0.7)]
    [14.1, 7.4]
    """
    low, middle, high = (
        building_entry_loss_db(f_ghz, building=building, location_pct=100.0 * _STANDARD.cdf(at))
        for at in (-1.0, 0.0, 1.0)
    )
    return middle, 0.5 * (high - low)


def indoor_loss_db(
    loss: PathLoss,
    *,
    f_ghz: float,
    building: Building = "traditional",
    location_pct: float = 50.0,
    sigma_l_db: float = 0.0,
) -> float:
    """Loss of a path to a receiver in a building: ITU-R P.1812-8, sections 4.8 and 4.9.

    The median entry loss is added, and the spreads of places and of buildings are added as squares.
    Both of buildings are those of :func:`entry_loss_db`.

    Parameters
    ----------
    loss : PathLoss
        To a receiver outdoors, of any ``location_pct``.
    f_ghz : float
        Frequency, 0.08 to 6 GHz.
    building : {"traditional", "efficient"}
    location_pct : float
        The loss is not exceeded at this share of the indoor places, 1 to 99 %.
    sigma_l_db : float
        Standard deviation between places outdoors, as :func:`location_sigma_db` gives it.

    Returns
    -------
    float
        dB.

    Raises
    ------
    BadInput
        A `ValueError` that tells every input outside its limits.

    Examples
    --------
    >>> import numpy as np
    >>> from deadzones.coverage.radio import Profile, path_loss
    >>> d_km = np.linspace(0, 10, 101)
    >>> plain = Profile(d_km, 0 * d_km, 0 * d_km, 0 * d_km + 4, 21.0, 105.0, 21.09, 105.0)
    >>> loss = path_loss(plain, f_ghz=0.7, tx_height_m=30, rx_height_m=1.5, polarisation=2)
    >>> round(indoor_loss_db(loss, f_ghz=0.7) - loss.lb_db, 1)
    14.1
    """
    _check(
        {"location_pct": location_pct, "sigma_l_db": sigma_l_db},
        {"location_pct": _PERCENT, "sigma_l_db": _SIGMA},
    )
    entry_db, spread_db = entry_loss_db(f_ghz, building=building)
    sigma_db = math.hypot(float(sigma_l_db), spread_db)
    return kernels.located_db(loss.Lbc + entry_db, loss.Lb0p, float(location_pct), sigma_db)


def _check(numbers: Mapping[str, object], limits: Mapping[str, Limits]) -> None:
    if faults := [*number_faults(numbers, limits)]:
        raise BadInput(faults)
