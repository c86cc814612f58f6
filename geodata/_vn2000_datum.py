"""The datum VN-2000: which systems rest on it, and the operation to WGS 84 that is pinned."""

from __future__ import annotations

from functools import cache
from typing import Any

import pyproj
from pyproj.crs import BoundCRS
from pyproj.crs.coordinate_operation import ToWGS84Transformation

GEOGRAPHIC = "EPSG:4756"
_MOVE_M = (-191.90441429, -39.30318279, -111.45032835)
_TURN_ARCSEC = (-0.00928836, 0.01975479, -0.00427372)
_SCALE_PPM = 0.252906278
DATUM = (
    "+proj=helmert +convention=coordinate_frame +x={} +y={} +z={} +rx={} +ry={} +rz={} +s={}"
).format(*_MOVE_M, *_TURN_ARCSEC, _SCALE_PPM)
"""EPSG:6960, VN-2000 to WGS 84 (2): m, seconds of arc, parts per million; good to 1 m. EPSG:5194, the
other one that PROJ has, leads 0.8 m away: left to itself, PROJ may take either."""

_SHIFT = (
    "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=push +v_3 "
    f"+step +proj=cart +ellps=WGS84 +step {DATUM} +step +inv +proj=cart +ellps=WGS84 "
    "+step +proj=pop +v_3 +step +proj=unitconvert +xy_in=rad +xy_out=deg"
)


def is_vn2000(crs: pyproj.CRS) -> bool:
    """Whether a system is on VN-2000 and brings no shift of its own.

    Examples
    --------
    >>> is_vn2000(pyproj.CRS(9210)), is_vn2000(pyproj.CRS(32648))
    (True, False)
    """
    return not crs.is_bound and crs.geodetic_crs is not None and "VN-2000" in crs.geodetic_crs.name


def pinned(crs: pyproj.CRS) -> pyproj.CRS:
    """Bind a system of VN-2000 to the pinned operation, for libraries that take no operation.

    Parameters
    ----------
    crs : CRS
        A system for which :func:`is_vn2000` holds.

    Returns
    -------
    CRS
        The same without codes of a registry: GDAL forgets an operation where it knows a code.

    Examples
    --------
    >>> pinned(pyproj.CRS(5897)).is_bound
    True
    """
    plain = pyproj.CRS.from_json_dict(_without_codes(crs.to_json_dict()))
    x, y, z = _TURN_ARCSEC
    turn = (-x, -y, -z)  # it takes those of a position vector
    operation = ToWGS84Transformation(plain.geodetic_crs, *_MOVE_M, *turn, _SCALE_PPM)
    return BoundCRS(plain, "EPSG:4326", operation)


def _without_codes(described: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _without_codes(value) if isinstance(value, dict) else value
        for name, value in described.items()
        if name not in {"id", "usages"}
    }


@cache
def shift() -> pyproj.Transformer:
    """Return the pinned operation, from degrees on VN-2000 to degrees on WGS 84, on the ellipsoid.

    Examples
    --------
    >>> [round(float(degrees), 6) for degrees in shift().transform(105.0, 21.0)]
    [105.001884, 20.999023]
    """
    return pyproj.Transformer.from_pipeline(_SHIFT)
