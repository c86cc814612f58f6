"""From radiated power to the power that one resource element arrives with (RSRP)."""

from __future__ import annotations

import math

import numpy as np

from ...geodata.faults import BadInput, Fault

_LTE = {1.4: 6, 3: 15, 5: 25, 10: 50, 15: 75, 20: 100}
"""Resource blocks by channel bandwidth (MHz): 3GPP TS 36.101, Table 5.6-1."""

_NR: dict[int, dict[float, int]] = {
    15: {
        3: 15, 5: 25, 10: 52, 15: 79, 20: 106, 25: 133, 30: 160, 35: 188, 40: 216, 45: 242, 50: 270,
    },
    30: {
        5: 11, 10: 24, 15: 38, 20: 51, 25: 65, 30: 78, 35: 92, 40: 106, 45: 119, 50: 133, 60: 162,
        70: 189, 80: 217, 90: 245, 100: 273,
    },
    60: {
        10: 11, 15: 18, 20: 24, 25: 31, 30: 38, 35: 44, 40: 51, 45: 58, 50: 65, 60: 79, 70: 93,
        80: 107, 90: 121, 100: 135,
    },
}  # fmt: skip
"""The same of 5G by subcarrier spacing (kHz): 3GPP TS 38.101-1, Table 5.3.2-1."""

SUBCARRIERS = 12
"""In a resource block: 3GPP TS 38.211, section 4.4.4.1."""


def resource_blocks(bandwidth_mhz: float, *, technology: str = "5G", scs_khz: int = 30) -> int:
    """Return how many resource blocks a carrier has.

    Parameters
    ----------
    bandwidth_mhz : float
        Of the channel.
    technology : {"4G", "5G"}
    scs_khz : int
        Subcarrier spacing of 5G: 15, 30 or 60; that of 4G is 15.

    Returns
    -------
    int

    Raises
    ------
    BadInput
        When no such carrier is defined.

    Examples
    --------
    >>> resource_blocks(100), resource_blocks(20, technology="4G")
    (273, 100)
    """
    tables = {15: _LTE} if technology == "4G" else _NR if technology == "5G" else {}
    spacing = 15 if technology == "4G" else scs_khz
    known = tables.get(spacing, {}).get(bandwidth_mhz)
    if known is not None:
        return known
    if not tables:
        wanted, repair = (
            "4G or 5G, which have an RSRP",
            'Leave the others out: options = { technology = ["4G", "5G"] }.',
        )
        raise BadInput([Fault("technology", repr(technology), wanted, repair)])
    widths = ", ".join(f"{width:g}" for width in tables.get(spacing, {}))
    if not widths:
        wanted = "a subcarrier spacing of 15, 30 or 60 kHz"
        raise BadInput([Fault("scs_khz", f"{spacing}", wanted, "Give one of them.")])
    wanted = f"a channel of {technology} at {spacing} kHz: {widths} MHz"
    raise BadInput([Fault("bandwidth_mhz", f"{bandwidth_mhz}", wanted, "Give one of them.")])


def element_power_dbm(
    eirp_dbm: float, bandwidth_mhz: float, *, technology: str = "5G", scs_khz: int = 30
) -> float:
    """Return the radiated power of one resource element.

    The power of the carrier is spread evenly over 12 subcarriers in each resource block.

    Parameters
    ----------
    eirp_dbm : float
        Of the whole carrier, in the main lobe. Of an active antenna: with the gain of its
        broadcast beams (SSB), which RSRP is measured on.
    bandwidth_mhz, technology, scs_khz
        As :func:`resource_blocks` takes them.

    Returns
    -------
    float
        dBm, isotropic.

    Raises
    ------
    BadInput

    Examples
    --------
    >>> round(element_power_dbm(61.0, 20, technology="4G"), 2)
    30.21
    """
    blocks = resource_blocks(bandwidth_mhz, technology=technology, scs_khz=scs_khz)
    return float(eirp_dbm) - 10.0 * math.log10(SUBCARRIERS * blocks)


def rsrp_dbm(
    loss_db: np.ndarray, gain_db: np.ndarray, *, element_dbm: float, more_loss_db: float = 0.0
) -> np.ndarray:
    """Return the reference signal received power.

    Parameters
    ----------
    loss_db : ndarray
        Basic transmission loss.
    gain_db : ndarray
        Of the antenna towards the place, relative to its peak.
    element_dbm : float
        As :func:`element_power_dbm` gives it.
    more_loss_db : float
        Of the user's body, a car, or walls. The phone's antenna is taken as isotropic.

    Returns
    -------
    ndarray of float32
        dBm; NaN where the loss or the gain is.

    Examples
    --------
    >>> rsrp_dbm(np.array([120.0]), np.array([-3.0]), element_dbm=30.0).tolist()
    [-93.0]
    """
    level = np.asarray(gain_db, np.float32) - np.asarray(loss_db, np.float32)
    return level + np.float32(element_dbm - more_loss_db)
