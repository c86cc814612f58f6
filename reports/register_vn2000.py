"""The register in VN-2000 beside WGS 84, for those whose maps and deeds are in it."""

from __future__ import annotations

import pandas as pd

from ..geodata import crs
from ..geodata.faults import BadInput, Fault


def added(register: pd.DataFrame, meridian_deg: float) -> pd.DataFrame:
    """Add the centres of settlements in a 3-degree zone of VN-2000.

    Parameters
    ----------
    register : DataFrame
        With ``lon`` and ``lat``, degrees on WGS 84.
    meridian_deg : float
        The central meridian of the zone; a province of today may span several.

    Returns
    -------
    DataFrame
        After ``lat``: ``vn2000_x_m`` (northing) and ``vn2000_y_m`` (easting), as survey files name
        them, and ``vn2000_meridian_deg``.

    Raises
    ------
    BadInput
        When Viet Nam has no zone with such a meridian.

    Examples
    --------
    >>> table = pd.DataFrame({"lon": [105.001884], "lat": [21.018493], "fibre_km": [1.0]})
    >>> added(table, 105.0).round(0).iloc[0].to_dict()["vn2000_x_m"]
    2325000.0
    """
    east, north = crs.from_wgs84(
        register["lon"].to_numpy(dtype=float),
        register["lat"].to_numpy(dtype=float),
        zone(meridian_deg),
    )
    at = register.columns.get_loc("lat") + 1
    new = {"vn2000_x_m": north, "vn2000_y_m": east, "vn2000_meridian_deg": meridian_deg}
    table = pd.DataFrame(register).assign(**new)
    order = [*register.columns[:at], *new, *register.columns[at:]]
    return table[order]


def zone(meridian_deg: float) -> crs.Zone:
    """Return the 3-degree zone of a meridian.

    Raises
    ------
    BadInput
        When Viet Nam has none there.

    Examples
    --------
    >>> str(zone(105.75))
    "VN-2000, 105°45', 3°"
    """
    try:
        return crs.Zone(meridian_deg)
    except ValueError as error:
        wanted, repair = "a meridian from 102 to 117 degrees east", "Write 105°45' as 105.75."
        raise BadInput([Fault("--meridian", str(error), wanted, repair)]) from error
