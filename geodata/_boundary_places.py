"""Where boundaries have faults: overlaps, gaps, odd edges and rings, as shapes and row numbers."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from .grid import EQUAL_AREA

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]
Shapes = NDArray[np.object_]

LEAST_M2 = 1e-4
"""One square centimetre: an overlap or a hole of less is the rounding of coordinates."""


_HAIR_M = 1e-3
"""A gap that is narrower is no gap but an edge that does not match."""

_POLYGONS = ("Polygon", "MultiPolygon")

_NO_WIDTH_M = 1e-6
"""No circle is sought within less."""


def codes_of(communes: gpd.GeoDataFrame) -> np.ndarray:
    """Return the codes of communes, from their column or from the index."""
    codes = communes["commune_code"] if "commune_code" in communes else communes.index.to_series()
    if codes.duplicated().any():
        twice = codes[codes.duplicated()].iloc[0]
        raise ValueError(f"the code {twice} stands in two rows; give each commune one row.")
    for code, kind in zip(codes, communes.geometry.geom_type, strict=True):
        if kind not in _POLYGONS and isinstance(kind, str):
            raise ValueError(f"{code}: found a {kind}; wanted polygons. Take another layer.")
    return codes.to_numpy(dtype=object)


def local_crs(communes: gpd.GeoDataFrame) -> str:
    """Return an equal-area system in metres around the middle of a layer, to whole degrees."""
    west, south, east, north = communes.to_crs("EPSG:4326").total_bounds
    lon, lat = np.nan_to_num([(west + east) / 2.0, (south + north) / 2.0])  # of no shape at all
    return f"+proj=laea +lat_0={lat:.0f} +lon_0={lon:.0f} +datum=WGS84 +units=m +no_defs"


def area_m2(shapes: Shapes, crs: pyproj.CRS | str) -> Floats:
    """Return areas on the ellipsoid, m2."""
    return gpd.GeoSeries(shapes, crs=crs).to_crs(EQUAL_AREA).area.to_numpy()


def overlaps(shapes: Shapes, odd: Shapes, crs: pyproj.CRS | str) -> pd.DataFrame:
    """Return pairs of rows that overlap, one < other, and the land of both.

    Parameters
    ----------
    shapes : ndarray of valid polygons
    odd : ndarray
        Their edges that no neighbour shares, from which the search starts.
    crs : object
        Coordinate system of the shapes.
    """
    at = np.flatnonzero(~shapely.is_empty(odd))
    found, other = shapely.STRtree(shapes).query(shapes[at], predicate="intersects")
    pairs = np.sort(np.column_stack([at[found], other]), axis=1)
    pairs = np.unique(pairs[pairs[:, 0] < pairs[:, 1]], axis=0)
    land = dry(shapely.intersection(shapes[pairs[:, 0]], shapes[pairs[:, 1]]))
    area = area_m2(land, crs)
    kept = area >= LEAST_M2
    return pd.DataFrame(
        {
            "one": pairs[kept, 0],
            "other": pairs[kept, 1],
            "geometry": land[kept],
            "area_m2": area[kept],
        }
    )


def gaps(shapes: Shapes, odd: Shapes, crs: pyproj.CRS | str) -> pd.DataFrame:
    """Return the holes between rows and the two rows that border them most."""
    matched = bool(shapely.is_empty(odd).all())
    union = shapely.coverage_union_all(shapes) if matched else shapely.union_all(shapes)
    parts = shapely.get_parts(union)
    inner = [ring for part in parts for ring in shapely.get_rings(part)[1:]]
    rings = np.array([*inner, None], dtype=object)[:-1]
    holes = np.asarray(shapely.polygons(rings), dtype=object)
    area = area_m2(holes, crs)
    rings, holes, area = (each[area >= LEAST_M2] for each in (rings, holes, area))
    one, other = _neighbours(rings, shapes)
    return pd.DataFrame({"one": one, "other": other, "geometry": holes, "area_m2": area})


def unmatched(shapes: Shapes, odd: Shapes) -> pd.DataFrame:
    """Return rows with edges that no neighbour shares, and the neighbour that they run along."""
    at = np.flatnonzero(~shapely.is_empty(odd))
    other = _neighbours(odd[at], shapes, apart_from=at)[0]
    return pd.DataFrame({"one": at, "other": other, "geometry": odd[at], "area_m2": 0.0})


def same_rings(shapes: Shapes, crs: pyproj.CRS | str) -> pd.DataFrame:
    """Return pairs of rows that have the same outer ring, or one row that has it twice."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    outer = shapely.polygons(shapely.get_exterior_ring(parts))
    rings = np.asarray(shapely.normalize(outer), dtype=object)
    key = pd.Series(shapely.to_wkb(rings))
    first = key.groupby(key).transform(lambda same: same.index[0]).to_numpy(dtype=np.int64)
    twice = np.flatnonzero(first != np.arange(len(key)))
    return pd.DataFrame(
        {
            "one": owner[first[twice]],
            "other": owner[twice],
            "geometry": rings[twice],
            "area_m2": area_m2(rings[twice], crs),
        }
    )


def parts_of(shapes: Shapes, crs: pyproj.CRS | str) -> pd.DataFrame:
    """Return the parts of rows that have several, each with its area."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    several = np.bincount(owner, minlength=len(shapes))[owner] > 1
    return pd.DataFrame(
        {
            "one": owner[several],
            "other": -1,
            "geometry": parts[several],
            "area_m2": area_m2(parts[several], crs),
        }
    )


def width_m(shapes: Shapes, crs: pyproj.CRS | str, metres: str) -> Floats:
    """Return the width of shapes where they are widest: the diameter of a circle within."""
    there = gpd.GeoSeries(shapes, crs=crs).to_crs(metres).to_numpy()
    width = strip_width_m(shapes, crs, metres)
    real = np.flatnonzero(width > _NO_WIDTH_M)
    width[real] = 2.0 * shapely.length(shapely.maximum_inscribed_circle(there[real]))
    return width


def strip_width_m(shapes: Shapes, crs: pyproj.CRS | str, metres: str) -> Floats:
    """Return the width of a strip of the same area and perimeter: at most that of `width_m`."""
    there = gpd.GeoSeries(shapes, crs=crs).to_crs(metres)
    around = there.length.to_numpy()
    return np.where(around > 0.0, 2.0 * there.area.to_numpy() / np.maximum(around, 1e-12), 0.0)


def odd_edges(shapes: Shapes, crs: pyproj.CRS | str) -> Shapes:
    """Return the edges of each shape that its neighbours do not share, or leave by a hair."""
    hair = _HAIR_M / 111_195.0 if pyproj.CRS(crs).is_geographic else _HAIR_M
    return np.asarray(shapely.coverage_invalid_edges(shapes, gap_width=hair), dtype=object)


def _neighbours(
    lines: Shapes, shapes: Shapes, *, apart_from: Ints | None = None
) -> tuple[Ints, Ints]:
    """Return the two rows that share most of each line, -1 where there is none."""
    line, row = shapely.STRtree(shapes).query(lines, predicate="intersects")
    if apart_from is not None:
        line, row = line[row != apart_from[line]], row[row != apart_from[line]]
    shared = shapely.length(shapely.intersection(lines[line], shapes[row]))
    order = np.lexsort((row, -shared, line))
    line, row = line[order], row[order]
    start = np.searchsorted(line, np.arange(len(lines)))
    end = np.searchsorted(line, np.arange(len(lines)), side="right")
    padded = np.r_[row, -1, -1].astype(np.int64)
    one = np.where(end > start, padded[np.minimum(start, len(row))], -1)
    other = np.where(end > start + 1, padded[np.minimum(start + 1, len(row))], -1)
    return one, other


def dry(shapes: Shapes) -> Shapes:
    """Leave out the points and lines where shapes only touch."""
    kept = shapes.copy()
    kept[shapely.get_dimensions(shapes) < 2] = shapely.MultiPolygon()
    for row in _mixed(shapes):
        parts = shapely.get_parts(shapes[row])
        kept[row] = shapely.multipolygons(parts[shapely.get_dimensions(parts) == 2])
    return kept


def _mixed(shapes: Shapes) -> Ints:
    return np.flatnonzero(shapely.get_type_id(shapes) == shapely.GeometryType.GEOMETRYCOLLECTION)
