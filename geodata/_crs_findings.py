"""The usual mistakes with coordinates, found by laying a file over the communes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import scipy.stats

from . import grid as grids
from ._crs_overlay import Overlay
from ._vn2000 import Zone, flat, is_meridian, to_wgs84
from ._vn2000_datum import GEOGRAPHIC
from ._vn2000_meridians import meridians
from .grid import WGS84

_PLAIN_M = 5000.0
"""What lies so far from its commune is misplaced, though it be one point."""
_DOUBT = 0.01
"""Chance at which as many points would come nearer by accident, and are believed."""
_STANDARD = (Zone(102.0), Zone(105.0), Zone(108.0), Zone(105.0, 6), Zone(111.0, 6))
_COLUMNS = ["fault", "points", "misfit_m", "repaired_m", "meridian_deg", "width_deg", "repair"]

REPAIRS: dict[str, dict[str, str]] = {
    "no_system": {
        "vi": "Tệp không ghi hệ tọa độ: hãy đọc theo {system}.",
        "en": "The file names no coordinate system: read it as {system}.",
    },
    "degrees_as_metres": {
        "vi": "Số liệu là độ, không phải mét: hãy đọc theo {system}.",
        "en": "The numbers are degrees, not metres: read it as {system}.",
    },
    "metres_as_degrees": {
        "vi": "Số liệu là mét, không phải độ: hãy đọc theo {system}.",
        "en": "The numbers are metres, not degrees: read it as {system}.",
    },
    "swapped_axes": {
        "vi": "Vĩ độ và kinh độ bị đảo: hãy đổi chỗ x và y (swap_axes = true).",
        "en": "Latitude and longitude are swapped: swap x and y (swap_axes = true).",
    },
    "northing_as_x": {
        "vi": (
            "X là hướng Bắc, Y là hướng Đông theo lối ghi của trắc địa: hãy đổi chỗ x và y "
            "(swap_axes = true)."
        ),
        "en": (
            "X is the northing, Y the easting, as surveyors write: swap x and y (swap_axes = true)."
        ),
    },
    "wrong_meridian": {
        "vi": "Sai kinh tuyến trục hoặc độ rộng múi chiếu: hãy đọc theo {system}.",
        "en": "The central meridian or the width of the zone is wrong: read it as {system}.",
    },
    "no_datum_shift": {
        "vi": (
            "Số liệu VN-2000 bị đọc như WGS 84 nên lệch khoảng 225 m: hãy đọc theo {system} "
            "(crs.in_wgs84, bảy tham số của EPSG:6960)."
        ),
        "en": (
            "VN-2000 was read as WGS 84 and lies some 225 m off: read it as {system} "
            "(crs.in_wgs84, the seven parameters of EPSG:6960)."
        ),
    },
    "nothing_fits": {
        "vi": (
            "Tệp không ghi hệ tọa độ và không hệ nào dùng ở Việt Nam khớp: hãy hỏi đơn vị cung cấp."
        ),
        "en": "The file names no coordinate system, and none of Viet Nam fits: ask its owner.",
    },
}
"""What to do, by fault and language."""


@dataclass(frozen=True)
class _Reading:
    """One way to read numbers as places."""

    zone: Zone | None
    datum: bool
    swapped: bool

    def system(self, lang: str) -> str:
        if self.zone is None:
            degrees = {"vi": "VN-2000 tính bằng độ", "en": "VN-2000 in degrees"}[lang]
            return f"{degrees} ({GEOGRAPHIC})" if self.datum else f"WGS 84 ({WGS84})"
        code = f" (EPSG:{self.zone.epsg})" if self.datum and self.zone.epsg else ""
        datum, meridian, width = str(self.zone).split(", ")
        plane = {"vi": f"kinh tuyến trục {meridian}, múi {width}", "en": f"{meridian}, {width}"}
        return f"{datum if self.datum else 'WGS 84'}, {plane[lang]}{code}"

    def lonlat(self, xy: np.ndarray) -> np.ndarray:
        """Longitude and latitude of numbers, degrees; not finite where there are none."""
        x, y = xy[:, ::-1].T if self.swapped else xy.T
        with np.errstate(invalid="ignore"):
            if self.datum:
                return np.column_stack(to_wgs84(x, y, self.zone))
            if self.zone is None:
                return np.column_stack([x, y])
            return np.column_stack(flat(self.zone).transform(x, y, direction="INVERSE"))


def detect(
    shapes: gpd.GeoDataFrame, communes: gpd.GeoDataFrame, *, lang: str = "vi"
) -> pd.DataFrame:
    """Find what is wrong with the coordinates of a layer, and the repair.

    Parameters
    ----------
    shapes : GeoDataFrame
        Points, lines or polygons, with the coordinate system that the file says, or none. A column
        ``commune_code`` tells where each belongs; without it a layer is only known to be wrong
        where it leaves the country, or its polygons the borders.
    communes : GeoDataFrame
        By ``commune_code`` (a column or the index), in their right place.
    lang : {"vi", "en"}
        Language of the repairs.

    Returns
    -------
    DataFrame
        A row a fault; none where the layer is in place, or no reading of it is clearly better.
        ``fault``: ``no_system``, ``degrees_as_metres``, ``metres_as_degrees``, ``swapped_axes``,
        ``northing_as_x``, ``wrong_meridian`` or ``no_datum_shift``; ``points`` that were laid over
        the communes; ``misfit_m``, how far they lie from where they belong, m, and ``repaired_m``
        once all faults are mended; ``meridian_deg`` and ``width_deg`` of the zone found (null: in
        degrees); ``repair``.

    Raises
    ------
    BadInput
        If there is nothing to lay over the communes.
    ValueError
        For another language.

    Notes
    -----
    Every reading (order of the axes, zone, datum) is laid over the communes. That of the fewest
    changes among the nearest is held to be right if it halves the misfit, and if by a sign test the
    points come nearer by more than chance. Points and lines are measured to their commune, polygons
    by their corners to its border.

    Examples
    --------
    >>> import shapely
    >>> commune = gpd.GeoDataFrame(geometry=[shapely.box(105, 21, 105.1, 21.1)], crs=4326)
    >>> house = gpd.GeoDataFrame(geometry=[shapely.Point(21.05, 105.05)], crs=4326)
    >>> detect(house, commune.set_axis(["00004"]))["fault"].tolist()
    ['swapped_axes']
    """
    if lang not in ("vi", "en"):
        raise ValueError(f"lang is {lang!r}; give 'vi' or 'en'.")
    layer = Overlay.of(shapes, communes)
    told = _told(shapes.crs)
    before = layer.misfits(_as_told(layer.xy, shapes.crs))
    found = [
        (reading, layer.misfits(reading.lonlat(layer.xy))) for reading in _readings(layer.xy, told)
    ]
    best, after = _best(found, told, layer)
    if told.kind == "nothing" and layer.typical(after) > _PLAIN_M:
        return _nothing_fits(layer, lang)
    if shapes.crs is not None and not _better(before, after, layer):
        return pd.DataFrame(columns=_COLUMNS)
    rows = [
        {
            "fault": fault,
            "points": len(layer.xy),
            "misfit_m": np.nan if shapes.crs is None else layer.typical(before),
            "repaired_m": layer.typical(after),
            "meridian_deg": np.nan if best.zone is None else best.zone.meridian_deg,
            "width_deg": np.nan if best.zone is None else best.zone.width_deg,
            "repair": REPAIRS[fault][lang].format(system=best.system(lang)),
        }
        for fault in _changes(told, best)
    ]
    return pd.DataFrame(rows, columns=_COLUMNS)


def _nothing_fits(layer: Overlay, lang: str) -> pd.DataFrame:
    row = dict.fromkeys(_COLUMNS, np.nan) | {"fault": "no_system", "points": len(layer.xy)}
    row["repair"] = REPAIRS["nothing_fits"][lang]
    return pd.DataFrame([row], columns=_COLUMNS)


@dataclass(frozen=True)
class _Told:
    """What the file says: nothing, degrees, a zone, or another plane."""

    kind: str
    zone: Zone | None = None
    datum: bool | None = None


def _told(crs: pyproj.CRS | None) -> _Told:
    if crs is None:
        return _Told("nothing")
    base = crs.source_crs if crs.is_bound and crs.source_crs else crs
    datum = base.geodetic_crs is not None and "VN-2000" in base.geodetic_crs.name
    # TOWGS84[0,0,0], as examples on the web have it, is VN-2000 by name and no datum at all.
    if crs.is_bound and crs.coordinate_operation is not None:
        datum = datum and any(crs.coordinate_operation.towgs84)
    if base.is_geographic:
        return _Told("degrees", None, datum)
    terms = {term.name: term.value for term in getattr(base.coordinate_operation, "params", [])}
    meridian = terms.get("Longitude of natural origin", 0.0)
    scale = terms.get("Scale factor at natural origin", 0.0)
    width = {0.9999: 3, 0.9996: 6}.get(round(scale, 6))
    if width is None or not is_meridian(meridian):
        return _Told("plane", None, datum)
    return _Told("plane", Zone(meridian, width), datum)


def _as_told(xy: np.ndarray, crs: pyproj.CRS | None) -> np.ndarray:
    if crs is None:
        return np.full_like(xy, np.inf)
    move = grids.transformer(crs.to_wkt(), WGS84)
    return np.column_stack(move.transform(xy[:, 0], xy[:, 1]))


def _readings(xy: np.ndarray, told: _Told) -> Iterator[_Reading]:
    """All ways to read the numbers that Vietnamese files know."""
    datums = [True] if told.datum else [False, True]
    if (np.abs(xy) <= 180.0).all():
        zones: list[Zone | None] = [None]
    else:
        own = [] if told.zone is None else [told.zone]
        zones = [*own, *map(Zone, meridians()["meridian_deg"].unique()), *_STANDARD]
    ways = itertools.product(dict.fromkeys(zones), datums, [False, True])
    yield from (_Reading(zone, datum, swapped) for zone, datum, swapped in ways)


def _changes(told: _Told, reading: _Reading) -> list[str]:
    """Name what a reading changes in what the file says, in the order of the repairs."""
    faults: list[str] = []
    if told.kind == "nothing":
        faults.append("no_system")
    elif told.kind == "plane" and reading.zone is None:
        faults.append("degrees_as_metres")
    elif told.kind == "degrees" and reading.zone is not None:
        faults.append("metres_as_degrees")
    elif reading.zone != told.zone:
        faults.append("wrong_meridian")
    if reading.swapped:
        faults.append("swapped_axes" if reading.zone is None else "northing_as_x")
    same_kind = told.kind != "nothing" and (told.kind == "degrees") == (reading.zone is None)
    if same_kind and reading.datum and not told.datum:
        faults.append("no_datum_shift")
    return faults


def _best(
    found: list[tuple[_Reading, np.ndarray]], told: _Told, layer: Overlay
) -> tuple[_Reading, np.ndarray]:
    """Choose the reading of the fewest changes among those that lie nearest.

    Between zones that fit alike, the one that is official in the provinces where it puts the points.
    """
    typical = np.array([layer.typical(misfit) for _, misfit in found])
    near = typical <= 1.5 * typical.min() + 1.0
    ranked = sorted(
        np.flatnonzero(near).tolist(),
        key=lambda at: (
            len(_changes(told, found[at][0])),
            -_official(found[at][0], layer),
            typical[at],
        ),
    )
    return found[ranked[0]]


def _official(reading: _Reading, layer: Overlay) -> float:
    """Share of points in provinces whose official meridian the reading has."""
    if reading.zone is None or not reading.datum or reading.zone.width_deg != 3:
        return 0.0
    table = meridians()
    known = table.loc[table["meridian_deg"] == reading.zone.meridian_deg, "province_code"]
    return layer.official(reading.lonlat(layer.xy), known.to_list())


def _better(before: np.ndarray, after: np.ndarray, layer: Overlay) -> bool:
    """Whether points lie nearer by half, and more of them than chance would bring nearer."""
    was, now = layer.typical(before), layer.typical(after)
    if now > 0.5 * was or not len(before):
        return False
    nearer, farther = int((before - after > 1.0).sum()), int((after - before > 1.0).sum())
    if was - now > _PLAIN_M or not nearer:
        return nearer > 0 and now <= _PLAIN_M
    sign = scipy.stats.binomtest(nearer, nearer + farther, alternative="greater")
    return bool(sign.pvalue < _DOUBT)
