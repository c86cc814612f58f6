"""Coordinate systems: VN-2000 to WGS 84 and back by one pinned operation, and the usual mistakes.

VN-2000 lies on the ellipsoid of WGS 84, so that a file read without its datum looks right and is some
225 m off. Survey files give X to the north and Y to the east; here it is easting, northing.
"""

from ._crs_findings import detect
from ._vn2000 import Zone, from_wgs84, in_wgs84, to_wgs84, zone_of
from ._vn2000_datum import DATUM
from ._vn2000_meridians import meridians

__all__ = [
    "DATUM",
    "Zone",
    "detect",
    "from_wgs84",
    "in_wgs84",
    "meridians",
    "to_wgs84",
    "zone_of",
]
