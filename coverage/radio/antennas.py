"""How much of its power an antenna sends where: patterns of 3GPP."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...geodata.faults import BadInput, Fault


@dataclass(frozen=True)
class Pattern:
    """A parabolic main lobe in either cut, over an even floor.

    Parameters
    ----------
    horizontal_deg, vertical_deg : float
        Width of the main lobe between the points 3 dB below its peak.
    front_to_back_db : float
        The most that is lost in any direction.
    side_lobe_db : float
        The most that is lost in the vertical cut.

    Examples
    --------
    >>> SECTOR.vertical_deg
    10.0
    """

    horizontal_deg: float
    vertical_deg: float
    front_to_back_db: float
    side_lobe_db: float


SECTOR = Pattern(70.0, 10.0, 25.0, 20.0)
"""The antenna of a macro sector: 3GPP TR 36.814, Table A.2.1.1-2."""

ELEMENT = Pattern(65.0, 65.0, 30.0, 30.0)
"""One element of an array: 3GPP TR 38.901, Table 7.3-1."""

ISOTROPIC = Pattern(360.0, 180.0, 0.0, 0.0)
"""Alike in all directions."""

OMNI = math.nan
"""Boresight of an antenna that is alike in all azimuths."""


def gain_db(
    azimuth_deg: np.ndarray,
    elevation_deg: np.ndarray,
    *,
    boresight_deg: float,
    tilt_deg: float = 0.0,
    mechanical_tilt_deg: float = 0.0,
    pattern: Pattern = SECTOR,
) -> np.ndarray:
    """Return the gain towards a direction, relative to the peak of the pattern.

    With the angles from the boresight, A_H = -min(12 (azimuth / width)^2, front-to-back),
    A_V = -min(12 ((elevation + tilt) / width)^2, side lobe), and together
    -min(-(A_H + A_V), front-to-back): 3GPP TR 38.901, Table 7.3-1, and TR 36.814, Table A.2.1.1-2.

    Parameters
    ----------
    azimuth_deg, elevation_deg : ndarray
        Of the ray: clockwise from north, and above the horizontal.
    boresight_deg : float
        Azimuth of the main lobe; `OMNI` (NaN) for an antenna without one, which keeps its vertical
        cut.
    tilt_deg : float
        Electrical downtilt: lowers the main lobe in all azimuths alike.
    mechanical_tilt_deg : float
        Downtilt of the antenna itself: lowers the front and lifts the back (the rotation of
        TR 38.901, section 7.1.3, about one axis). Not for an omnidirectional antenna.
    pattern : Pattern

    Returns
    -------
    ndarray of float32
        dB, 0 or less; NaN where an angle is.

    Raises
    ------
    BadInput
        When the antenna is none: a width of 0, an angle that is no number.

    Examples
    --------
    >>> level = np.zeros(3)
    >>> gain_db(np.array([0.0, 35.0, 180.0]), level, boresight_deg=0).tolist()
    [0.0, -3.0, -25.0]
    """
    angles = {"tilt_deg": tilt_deg, "mechanical_tilt_deg": mechanical_tilt_deg}
    _check(boresight_deg, angles, pattern)
    aside, up = np.asarray(azimuth_deg, np.float32), np.asarray(elevation_deg, np.float32)
    omni = math.isnan(boresight_deg)
    if not omni:
        aside = aside - np.float32(boresight_deg)
        if mechanical_tilt_deg:
            aside, up = _turned(aside, up, math.radians(mechanical_tilt_deg))
        # to within half a turn on either side
        aside = aside - np.float32(360.0) * np.rint(aside * np.float32(1.0 / 360.0))
    most = pattern.front_to_back_db
    lost = _cut(up + np.float32(tilt_deg), pattern.vertical_deg, pattern.side_lobe_db)
    lost = lost + (0.0 * aside if omni else _cut(aside, pattern.horizontal_deg, most))
    return np.float32(0.0) - np.minimum(lost, np.float32(most))


def _cut(off_deg: np.ndarray, width_deg: float, most_db: float) -> np.ndarray:
    return np.minimum(
        np.float32(12.0) * (off_deg / np.float32(width_deg)) ** 2, np.float32(most_db)
    )


def _turned(aside: np.ndarray, up: np.ndarray, tilt: float) -> tuple[np.ndarray, np.ndarray]:
    """Turn directions into those that an antenna sees which leans forward by `tilt` (radians)."""
    aside, up = np.radians(aside), np.radians(up)
    level = np.cos(up)
    ahead, beside, above = level * np.cos(aside), level * np.sin(aside), np.sin(up)
    cosine, sine = np.float32(math.cos(tilt)), np.float32(math.sin(tilt))
    forward = ahead * cosine - above * sine
    upward = np.clip(ahead * sine + above * cosine, -1.0, 1.0)
    return np.degrees(np.arctan2(beside, forward)), np.degrees(np.arcsin(upward))


def _check(boresight_deg: float, angles: dict[str, float], pattern: Pattern) -> None:
    faults = [
        Fault(name, f"{value}", "-90 to 90 degrees", "Give degrees, down is positive.")
        for name, value in angles.items()
        if not -90.0 <= value <= 90.0
    ]
    if math.isinf(boresight_deg):
        wanted = "an azimuth, or NaN for an omnidirectional antenna"
        faults.append(Fault("boresight_deg", "infinity", wanted, "Give degrees from north."))
    if math.isnan(boresight_deg) and angles["mechanical_tilt_deg"]:
        wanted = "an azimuth to lean towards"
        faults.append(Fault("mechanical_tilt_deg", "no azimuth", wanted, "Give tilt_deg alone."))
    if min(pattern.horizontal_deg, pattern.vertical_deg) <= 0.0:
        faults.append(Fault("pattern", str(pattern), "widths above 0 degrees", "Mend them."))
    if faults:
        raise BadInput(faults)
