"""Zones of VN-2000: points and layers in them, to WGS 84 and back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from pyproj.crs import ProjectedCRS
from pyproj.crs.coordinate_operation import TransverseMercatorConversion

from ._vn2000_datum import GEOGRAPHIC, shift
from ._vn2000_meridians import meridian_of, meridians

_SCALES = {3: 0.9999, 6: 0.9996}
_PLANE = "+proj=tmerc +lat_0=0 +lon_0={} +k={} +x_0=500000 +y_0=0 +ellps=WGS84"
_REGISTERED = {(105.0, 6): 3405, (111.0, 6): 3406, (102.0, 3): 5896}
"""Zones of the EPSG registry that are no province's."""


@dataclass(frozen=True)
class Zone:
    """A zone of VN-2000, as *KTT 105°45', múi 3°* says on a drawing.

    Parameters
    ----------
    meridian_deg : float
        The central meridian, degrees east.
    width_deg : int
        3 (scale 0.9999: land register, works) or 6 (0.9996: UTM, national maps).

    Raises
    ------
    ValueError
        If no zone has this width, or the meridian is none of Viet Nam's: 105.45 is not 105°45'.

    Examples
    --------
    >>> str(Zone(105.75))
    "VN-2000, 105°45', 3°"
    """

    meridian_deg: float
    width_deg: int = 3

    def __post_init__(self) -> None:
        if self.width_deg not in _SCALES:
            raise ValueError(f"a zone of {self.width_deg} degrees; VN-2000 has zones of 3 and of 6")
        if not is_meridian(self.meridian_deg):
            raise ValueError(
                f"the meridian {self.meridian_deg:g}; those of Viet Nam are whole quarters of a degree "
                "from 102 to 117 degrees east. Write 105°45' as 105.75."
            )

    @property
    def epsg(self) -> int | None:
        """The zone's code in the EPSG registry, where it has one."""
        zones = meridians().drop_duplicates("meridian_deg").set_index("meridian_deg")["epsg"]
        known = {(float(at), 3): int(code) for at, code in zones.items()} | _REGISTERED
        return known.get((self.meridian_deg, self.width_deg))

    @property
    def crs(self) -> pyproj.CRS:
        """The zone as a coordinate system, easting first."""
        if self.epsg:
            return pyproj.CRS.from_epsg(self.epsg)
        scale = _SCALES[self.width_deg]
        return ProjectedCRS(
            TransverseMercatorConversion(0.0, self.meridian_deg, 500_000.0, 0.0, scale),
            name=str(self),
            geodetic_crs=pyproj.CRS.from_user_input(GEOGRAPHIC),
        )

    def __str__(self) -> str:
        degrees, minutes = divmod(round(self.meridian_deg * 60), 60)
        return f"VN-2000, {degrees}°{minutes:02d}', {self.width_deg}°"


def is_meridian(degrees_east: float) -> bool:
    """Whether zones of VN-2000 may have this central meridian.

    Examples
    --------
    >>> is_meridian(105.75), is_meridian(105.45)
    (True, False)
    """
    return 99.0 <= degrees_east <= 120.0 and (4.0 * degrees_east).is_integer()


def to_wgs84(
    east: np.ndarray, north: np.ndarray, zone: Zone | None
) -> tuple[np.ndarray, np.ndarray]:
    """Bring VN-2000 to WGS 84.

    Parameters
    ----------
    east, north : ndarray
        Easting and northing in the zone, m: Y and X of a survey file. Or longitude and latitude on
        VN-2000, degrees, where ``zone`` is None.
    zone : Zone or None

    Returns
    -------
    tuple of ndarray
        Longitude and latitude on WGS 84, degrees.

    Notes
    -----
    The seven parameters of ``DATUM``, for points on the ellipsoid.

    Examples
    --------
    >>> lon, lat = to_wgs84(np.array([500_000.0]), np.array([2_325_000.0]), Zone(105))
    >>> lon.round(6).tolist(), lat.round(6).tolist()
    ([105.001884], [21.018493])
    """
    lon, lat = (
        (east, north) if zone is None else flat(zone).transform(east, north, direction="INVERSE")
    )
    return shift().transform(lon, lat)


def from_wgs84(
    lon: np.ndarray, lat: np.ndarray, zone: Zone | None
) -> tuple[np.ndarray, np.ndarray]:
    """Bring WGS 84 to VN-2000: the inverse of :func:`to_wgs84`.

    Parameters
    ----------
    lon, lat : ndarray
        Degrees.
    zone : Zone or None
        None: longitude and latitude on VN-2000.

    Returns
    -------
    tuple of ndarray
        Easting and northing, m; degrees where ``zone`` is None.

    Notes
    -----
    The two ellipsoids lie up to 34 m apart in height, so that the seven parameters in reverse miss the
    point by up to 1.5 mm; what they miss is made good.

    Examples
    --------
    >>> east, north = from_wgs84(np.array([105.001884]), np.array([21.018493]), Zone(105))
    >>> east.round(0).tolist(), north.round(0).tolist()
    ([500000.0], [2325000.0])
    """
    x, y = (
        np.asarray(some, dtype=float) for some in shift().transform(lon, lat, direction="INVERSE")
    )
    for _ in range(2):
        there = shift().transform(x, y)
        x, y = x + (lon - there[0]), y + (lat - there[1])
    return (x, y) if zone is None else flat(zone).transform(x, y)


def in_wgs84(shapes: gpd.GeoDataFrame, zone: Zone | None) -> gpd.GeoDataFrame:
    """Bring a layer of VN-2000 to WGS 84, whatever system it says that it is in.

    Parameters
    ----------
    shapes : GeoDataFrame
        x is the easting, y the northing; or degrees on VN-2000, where ``zone`` is None.
    zone : Zone or None

    Returns
    -------
    GeoDataFrame
        In EPSG:4326.

    Examples
    --------
    >>> house = gpd.GeoDataFrame(geometry=[shapely.Point(500_000, 2_325_000)])
    >>> round(in_wgs84(house, Zone(105)).geometry.iloc[0].x, 6)
    105.001884
    """
    there = shapely.transform(
        shapes.geometry.to_numpy(), lambda xy: np.column_stack(to_wgs84(xy[:, 0], xy[:, 1], zone))
    )
    return shapes.set_geometry(gpd.GeoSeries(there, index=shapes.index, crs="EPSG:4326"))


def by_pinned_datum(shapes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Bring a layer in any system of VN-2000 to WGS 84 by the pinned operation.

    Parameters
    ----------
    shapes : GeoDataFrame
        In a system for which :func:`~deadzones.geodata._vn2000_datum.is_vn2000` holds.

    Returns
    -------
    GeoDataFrame
        In EPSG:4326. GeoPandas would leave the choice to PROJ, which takes EPSG:5194 in the south:
        0.8 m away.

    Examples
    --------
    >>> house = gpd.GeoDataFrame(geometry=[shapely.Point(500_000, 2_325_000)], crs=5897)
    >>> round(by_pinned_datum(house).geometry.iloc[0].x, 6)
    105.001884
    """
    assert shapes.crs is not None
    assert shapes.crs.geodetic_crs is not None
    return in_wgs84(shapes.to_crs(shapes.crs.geodetic_crs), None)


@lru_cache(maxsize=32)  # PROJ takes milliseconds to build one
def flat(zone: Zone) -> pyproj.Transformer:
    """Return the projection of a zone alone, without its datum: from degrees to metres.

    Examples
    --------
    >>> flat(Zone(105)).transform(105.0, 0.0)
    (500000.0, 0.0)
    """
    plane = _PLANE.format(zone.meridian_deg, _SCALES[zone.width_deg])
    return pyproj.Transformer.from_pipeline(
        f"+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step {plane}"
    )


def zone_of(province: str) -> Zone:
    """Return the 3-degree zone of an old province.

    Parameters
    ----------
    province : str
        One of the 63 up to 30 June 2025, with or without *tỉnh* or *thành phố*; Huế under either of
        its names.

    Raises
    ------
    ValueError
        If there was none of that name.

    Examples
    --------
    >>> str(zone_of("tỉnh Hoà Bình"))
    "VN-2000, 106°00', 3°"
    """
    return Zone(meridian_of(province))
