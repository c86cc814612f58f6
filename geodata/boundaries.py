"""Boundaries of communes: what is wrong with them, and a coverage without it."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from scipy.sparse import coo_array, csgraph

from . import _boundary_places as places
from ._boundary_places import Floats, Shapes
from ._boundary_shift import find_shift
from .boundaries_repair import repair

__all__ = ["FAULTS", "audit", "repair"]

SLIVER_M = 10.0
"""Width under which a hole between communes, or a part of one, is a slip of a pen."""

TINY_M2 = 100.0
"""Less ground holds no house: a part of a commune is a slip then, and overlaps and holes are warnings
and no errors. Of 100 slivers of the nation above ``LEAST_M2``, 94 are smaller: strips of 5 cm."""

STATED_OFF = 0.10
"""By how much a stated area may differ from that of the polygon."""

FAR_M = 20_000.0
"""Between a commune and the body of its province, when it lies in another or in the open."""

LEAST_M2 = 1.0
"""Ground that matters to a count: overlaps and holes with less are noted, no more."""

FAULTS: dict[str, dict[str, str]] = {
    "missing": {"vi": "Không có ranh giới", "en": "No geometry"},
    "invalid": {"vi": "Đa giác không hợp lệ", "en": "Invalid polygon"},
    "overlap": {"vi": "Chồng lấn", "en": "Overlap"},
    "gap": {"vi": "Khoảng hở giữa các đơn vị", "en": "Gap between units"},
    "sliver": {"vi": "Dải hẹp", "en": "Sliver"},
    "unmatched_edge": {"vi": "Cạnh chung không khớp", "en": "Unmatched edge"},
    "duplicate_ring": {"vi": "Vòng ranh giới bị lặp", "en": "Duplicate ring"},
    "tiny_part": {"vi": "Mảnh quá nhỏ", "en": "Tiny part"},
    "stated_area": {"vi": "Diện tích công bố khác đa giác", "en": "Stated area differs"},
    "far_unit": {"vi": "Nằm xa tỉnh của mình", "en": "Far from its province"},
    "shift": {"vi": "Cả lớp bị lệch", "en": "The layer is shifted"},
}
"""Names of the faults by language."""

_COLUMNS = ["code", "other_code", "fault", "area_m2", "severity", "measure", "geometry"]


def audit(
    communes: gpd.GeoDataFrame, *, reference: gpd.GeoDataFrame | None = None
) -> gpd.GeoDataFrame:
    """Find what is wrong with the boundaries of communes.

    Parameters
    ----------
    communes : GeoDataFrame
        Polygons in any coordinate system, with codes in a column ``commune_code`` or in the index.
        ``area_km2``, where there is one, is held against the polygons, and ``province_code`` says
        which communes belong together.
    reference : GeoDataFrame, optional
        Polygons of the same communes, or of their provinces, that lie right. Without it no shift of
        the whole layer can be seen.

    Returns
    -------
    GeoDataFrame
        A row for each finding, in the coordinate system of the communes: ``code, other_code``
        (null where there is none), ``fault`` (a key of ``FAULTS``), ``area_m2`` (ground that is
        wrong, on the ellipsoid), ``severity`` (``error``, ``warning`` or ``note``), ``measure``
        and the place of the fault. ``measure`` is, in metres, the width of overlaps, gaps, slivers
        and parts where they are widest, the length of unmatched edges, and the distance of a far
        unit and of a shift; for a stated area its ratio to the polygon's.

    Raises
    ------
    ValueError
        When there is no coordinate system, or a code stands twice.

    Notes
    -----
    Edges and overlaps are those of the coverage (JTS, CoverageValidator); gaps are the holes of the
    union, so what opens to the outside is none. A shift of 222-226 m, the layer lying
    west-north-west of its place, is VN-2000 read as WGS 84.

    Examples
    --------
    >>> boxes = [shapely.box(105, 21, 105.1, 21.1), shapely.box(105.09, 21, 105.2, 21.1)]
    >>> two = gpd.GeoDataFrame({"commune_code": ["00001", "00002"]}, geometry=boxes, crs=4326)
    >>> found = audit(two)
    >>> found.loc[0, ["code", "other_code", "fault", "severity"]].tolist()
    ['00001', '00002', 'overlap', 'error']
    >>> print(f"{found.loc[0, 'area_m2'] / 1e6:.1f} km2")
    11.5 km2
    """
    codes = places.codes_of(communes)
    if communes.crs is None:
        raise ValueError("the communes have no coordinate system; set it: communes.set_crs(...).")
    shapes = communes.geometry.to_numpy()
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    metres = places.local_crs(communes)
    drawn = shapes.copy()
    drawn[~there] = shapely.Polygon()
    bad = ~shapely.is_valid(drawn)
    found = [
        _rows(np.flatnonzero(~there), shapely.Polygon(), "missing", "error"),
        _invalid(shapes, np.flatnonzero(bad), communes.crs),
    ]
    mended = drawn.copy()
    mended[bad] = shapely.make_valid(shapes[bad], method="structure", keep_collapsed=False)
    odd = places.odd_edges(mended, communes.crs)
    found += [
        _overlaps(mended, odd, communes.crs, metres),
        _gaps(mended, odd, communes.crs, metres),
        _unmatched(mended, odd, communes.crs, metres),
        places.same_rings(drawn, communes.crs).assign(fault="duplicate_ring", severity="error"),
        _parts(mended, communes.crs, metres),
        _stated(communes, mended),
        _far(communes, mended, metres),
    ]
    if reference is not None:
        found.append(find_shift(communes.set_geometry(mended), reference))
    return _table(found, codes, communes.crs)


def _rows(rows: np.ndarray, shapes: Any, fault: str, severity: str) -> pd.DataFrame:
    where = np.full(len(rows), None, dtype=object)
    where[:] = shapes
    return pd.DataFrame(
        {
            "one": rows,
            "other": -1,
            "geometry": where,
            "area_m2": 0.0,
            "fault": fault,
            "severity": severity,
        }
    )


def _invalid(shapes: Shapes, rows: np.ndarray, crs: pyproj.CRS | str) -> pd.DataFrame:
    whole = shapely.make_valid(shapes[rows], method="structure", keep_collapsed=False)
    found = _rows(rows, shapes[rows], "invalid", "error")
    return found.assign(geometry=whole, area_m2=places.area_m2(whole, crs))


def _overlaps(shapes: Shapes, odd: Shapes, crs: pyproj.CRS | str, metres: str) -> pd.DataFrame:
    found = places.overlaps(shapes, odd, crs)
    return found.assign(
        fault="overlap",
        severity=_by_ground(found["area_m2"]),
        measure=places.width_m(found["geometry"].to_numpy(), crs, metres),
    )


def _gaps(shapes: Shapes, odd: Shapes, crs: pyproj.CRS | str, metres: str) -> pd.DataFrame:
    """Holes: slivers where narrow; wide ones may be lakes, which the reader has to judge."""
    found = places.gaps(shapes, odd, crs)
    width = places.width_m(found["geometry"].to_numpy(), crs, metres)
    narrow = width < SLIVER_M
    by_ground = _by_ground(found["area_m2"])
    return found.assign(
        fault=np.where(narrow, "sliver", "gap"),
        severity=np.where(narrow | (by_ground == "note"), by_ground, "warning"),
        measure=width,
    )


def _by_ground(area_m2: pd.Series) -> np.ndarray:
    """Tell how severe it is that ground has two owners, or none."""
    return np.select([area_m2 >= TINY_M2, area_m2 >= LEAST_M2], ["error", "warning"], "note")


def _unmatched(shapes: Shapes, odd: Shapes, crs: pyproj.CRS | str, metres: str) -> pd.DataFrame:
    found = places.unmatched(shapes, odd)
    length = gpd.GeoSeries(found["geometry"].to_numpy(), crs=crs).to_crs(metres).length.to_numpy()
    return found.assign(fault="unmatched_edge", severity="warning", measure=length)


def _parts(shapes: Shapes, crs: pyproj.CRS | str, metres: str) -> pd.DataFrame:
    found = places.parts_of(shapes, crs)
    tiny = found["area_m2"].to_numpy() < TINY_M2
    thin = places.strip_width_m(found["geometry"].to_numpy(), crs, metres) < SLIVER_M
    found = found.assign(fault=np.where(tiny, "tiny_part", "sliver"), severity="warning")
    found = found[tiny | thin]
    width = places.width_m(found["geometry"].to_numpy(), crs, metres)
    return found.assign(measure=width)[found["fault"].eq("tiny_part") | (width < SLIVER_M)]


def _stated(communes: gpd.GeoDataFrame, shapes: Shapes) -> pd.DataFrame:
    if "area_km2" not in communes:
        return _rows(np.zeros(0, dtype=np.int64), None, "stated_area", "warning")
    assert communes.crs is not None
    drawn = places.area_m2(shapes, communes.crs)
    numbers = pd.to_numeric(communes["area_km2"], errors="coerce")
    odd = communes["area_km2"].notna() & numbers.isna()
    if odd.any():
        row = int(odd.to_numpy().argmax())
        found = communes["area_km2"].iloc[row]
        raise ValueError(f"row {row + 1}: found an area_km2 of {found!r}; wanted a number of km2.")
    stated = numbers.to_numpy(dtype=float, na_value=np.nan) * 1e6
    ratio = stated / np.where(drawn > 0.0, drawn, np.nan)
    at = np.flatnonzero(np.abs(ratio - 1.0) > STATED_OFF)
    found = _rows(at, shapes[at], "stated_area", "warning")
    return found.assign(area_m2=np.abs(stated - drawn)[at], measure=ratio[at])


def _far(communes: gpd.GeoDataFrame, shapes: Shapes, metres: str) -> pd.DataFrame:
    """Communes apart from their province: an error amid another one, a note in the open sea."""
    none = _rows(np.zeros(0, dtype=np.int64), None, "far_unit", "note")
    if "province_code" not in communes:
        return none
    there = np.flatnonzero(~shapely.is_empty(shapes))
    local = gpd.GeoSeries(shapes, crs=communes.crs).to_crs(metres).to_numpy()
    province = pd.factorize(communes["province_code"])[0]
    found = [none]
    for each in np.unique(province[there[province[there] >= 0]]):
        rows = there[province[there] == each]
        apart = _apart_m(local[rows])
        far = rows[apart > FAR_M]
        others = there[province[there] != each]
        amid = np.array(
            [bool(shapely.intersects(shapes[row], shapes[others]).any()) for row in far],
            dtype=bool,
        )
        severity = np.where(amid, "error", "note")
        found.append(
            _rows(far, shapes[far], "far_unit", "note").assign(
                severity=severity, measure=apart[apart > FAR_M]
            )
        )
    return pd.concat(found)


def _apart_m(shapes: Shapes) -> Floats:
    """Distance of each shape from the largest body of shapes that meet; 0 within it."""
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    size = (len(shapes), len(shapes))
    _, body = csgraph.connected_components(coo_array((np.ones(len(one)), (one, other)), shape=size))
    largest = np.bincount(body, weights=shapely.area(shapes)).argmax()
    apart, out = np.zeros(len(shapes)), np.flatnonzero(body != largest)
    if len(out):
        main = shapely.STRtree(shapes[body == largest])
        (row, _), distance = main.query_nearest(shapes[out], return_distance=True)
        apart[out[row]] = distance
    return apart


def _table(found: list[pd.DataFrame], codes: np.ndarray, crs: pyproj.CRS | str) -> gpd.GeoDataFrame:
    rows = pd.concat([part for part in found if len(part)] or [found[0]], ignore_index=True)
    named = np.r_[codes, np.array([None], dtype=object)]
    rows["code"] = named[rows["one"].to_numpy(dtype=np.int64)]
    rows["other_code"] = named[rows["other"].to_numpy(dtype=np.int64)]
    if "measure" not in rows:
        rows["measure"] = np.nan
    order = pd.Categorical(rows["severity"], ["error", "warning", "note"], ordered=True)
    rows = rows.assign(rank=order).sort_values(["rank", "fault", "area_m2"], kind="stable")
    table = gpd.GeoDataFrame(rows[_COLUMNS], geometry="geometry", crs=crs)
    return table.reset_index(drop=True)
