"""Geodesic distance to the nearest point, line or area of a layer."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import ArrayLike
from scipy.spatial import KDTree

_GEOD = pyproj.Geod(ellps="WGS84")
_TO_SPACE = pyproj.Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True)
_SEGMENT_M = 500.0
"""Lines are cut to this length: a chord of 500 m leaves the ellipsoid by 5 mm."""
_CHUNK = 50_000
"""Points that are looked up at a time, in each of the threads."""
_THREADS = 2


def in_space(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Return geocentric coordinates (WGS 84, m), shape (n, 3), of points on the ellipsoid.

    Straight distances between near points in space are their geodesic distances to 1e-6 up to
    some 30 km, anywhere on Earth and in no projection.

    Examples
    --------
    >>> in_space(np.array([0.0]), np.array([0.0])).round()
    array([[6378137.,       0.,       0.]])
    """
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    return np.column_stack(_TO_SPACE.transform(lon, lat, np.zeros_like(lon)))


def nearest(
    lon: ArrayLike, lat: ArrayLike, layer: gpd.GeoDataFrame
) -> tuple[np.ndarray, np.ndarray]:
    """Find the nearest feature of a layer to each point, and how far it is.

    Parameters
    ----------
    lon, lat : array_like
        Points, degrees, WGS 84.
    layer : GeoDataFrame
        Points, lines or polygons in EPSG:4326; a point inside a polygon is at distance 0.

    Returns
    -------
    distance_m : ndarray of float64
        Geodesic distance; infinite where the layer is empty.
    row : ndarray of int64
        Position of the nearest feature; -1 where the layer is empty.

    Examples
    --------
    >>> layer = gpd.GeoDataFrame(
    ...     geometry=[shapely.Point(105, 21), shapely.Point(105, 22)], crs=4326
    ... )
    >>> distance_m, row = nearest([105.0], [21.1], layer)
    >>> float(distance_m[0].round()), int(row[0])
    (11072.0, 0)
    """
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    geometry = layer.geometry.to_numpy()
    if not len(lon) or nowhere(geometry):
        return np.full(len(lon), np.inf), np.full(len(lon), -1)
    near_lon, near_lat, row = _nearest_points(lon, lat, geometry)
    distance_m = _GEOD.inv(lon, lat, near_lon, near_lat)[2]
    if (shapely.get_dimensions(geometry) == 2).any():
        inside, polygon = shapely.STRtree(geometry).query(shapely.points(lon, lat), "within")
        distance_m[inside], row[inside] = 0.0, polygon
    return distance_m, row


def nearest_place(lon: ArrayLike, lat: ArrayLike, layer: gpd.GeoDataFrame) -> np.ndarray:
    """Find the nearest place of a layer to each point.

    Parameters
    ----------
    lon, lat : array_like
        Points, degrees, WGS 84.
    layer : GeoDataFrame
        Points, lines or polygons in EPSG:4326.

    Returns
    -------
    ndarray of float64, shape (n, 2)
        Degrees; the point itself within a polygon, NaN where the layer is empty.

    Examples
    --------
    >>> line = shapely.LineString([(105, 21), (106, 21)])
    >>> nearest_place([105.5], [21.1], gpd.GeoDataFrame(geometry=[line], crs=4326)).round(3)
    array([[105.5,  21. ]])
    """
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    if not len(lon) or nowhere(layer.geometry.to_numpy()):
        return np.full((len(lon), 2), np.nan)
    near = np.column_stack(_nearest_points(lon, lat, layer.geometry.to_numpy())[:2])
    inside = nearest(lon, lat, layer)[0] == 0.0
    near[inside] = np.column_stack([lon, lat])[inside]
    return near


def nowhere(geometry: np.ndarray) -> bool:
    """Tell whether no geometry has a place: all are missing or empty.

    Examples
    --------
    >>> nowhere(np.array([None, shapely.Point()])), nowhere(np.array([shapely.Point(105, 21)]))
    (True, False)
    """
    return not shapely.get_num_coordinates(geometry).any()


def _nearest_points(
    lon: np.ndarray, lat: np.ndarray, geometry: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    start, end, feature = segments(geometry)
    start_xyz, end_xyz = in_space(*start.T), in_space(*end.T)
    tree = KDTree(np.concatenate([start_xyz, end_xyz]))
    half_m = np.linalg.norm(end_xyz - start_xyz, axis=1).max() / 2
    segment, along = np.empty(len(lon), dtype=np.int64), np.empty(len(lon))

    def search(first: int) -> None:
        chunk = slice(first, first + _CHUNK)
        points = in_space(lon[chunk], lat[chunk])
        segment[chunk], along[chunk] = _search(points, tree, start_xyz, end_xyz, half_m)

    with ThreadPoolExecutor(_THREADS) as pool:
        deque(pool.map(search, range(0, len(lon), _CHUNK)), maxlen=0)  # so that faults are raised
    near = start[segment] + along[:, None] * (end[segment] - start[segment])
    return near[:, 0], near[:, 1], feature[segment]


def _search(
    points: np.ndarray, tree: KDTree, start: np.ndarray, end: np.ndarray, half_m: float
) -> tuple[np.ndarray, np.ndarray]:
    """Find each point's nearest segment among those whose ends are nearest.

    The nearest place of a segment is one of its ends, or lies at a right angle to it and within
    half its length of an end. So a segment that was not looked at, its ends being farther than
    ``end_m``, is no nearer than the root of ``end_m`` squared less ``half_m`` squared. Points that
    this does not settle look at more ends.
    """
    segment, along = np.zeros(len(points), dtype=np.int64), np.zeros(len(points))
    open_points, count = np.arange(len(points)), 1 if half_m == 0 else 6
    while len(open_points):
        count = min(count, tree.n)
        end_m, ends = tree.query(points[open_points], k=np.arange(1, count + 1), workers=-1)
        candidates = ends % len(start)
        share, distance_m = _to_segments(points[open_points], start[candidates], end[candidates])
        best = distance_m.argmin(axis=1)
        here = np.arange(len(open_points))
        segment[open_points], along[open_points] = candidates[here, best], share[here, best]
        settled = distance_m[here, best] ** 2 <= end_m[:, -1] ** 2 - half_m**2
        everything = half_m == 0 or count == tree.n
        open_points = open_points[:0] if everything else open_points[~settled]
        count *= 4
    return segment, along


def _to_segments(
    points: np.ndarray, start: np.ndarray, end: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    way = end - start
    length2 = np.maximum((way**2).sum(axis=-1), 1e-12)
    share = (((points[:, None, :] - start) * way).sum(axis=-1) / length2).clip(0.0, 1.0)
    gap = points[:, None, :] - (start + share[..., None] * way)
    return share, np.sqrt((gap**2).sum(axis=-1))


def length_m(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return geodesic lengths, m, of segments between points (degrees), each of shape (n, 2).

    Examples
    --------
    >>> length_m(np.array([[105.0, 21.0]]), np.array([[105.0, 21.1]])).round()
    array([11072.])
    """
    return _GEOD.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])[2]


def segments(geometry: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cut points, lines and rings into segments of at most 500 m.

    Parameters
    ----------
    geometry : ndarray of shapely geometries
        In degrees, WGS 84.

    Returns
    -------
    start, end : ndarray, shape (n, 2)
        Degrees; the same for a point.
    feature : ndarray of int64
        Position of the geometry.

    Examples
    --------
    >>> start, end, feature = segments(np.array([shapely.LineString([(105, 21), (105, 21.01)])]))
    >>> len(start), feature.tolist()
    (3, [0, 0, 0])
    """
    parts, feature = shapely.get_parts(geometry, return_index=True)
    parts, within = shapely.get_parts(parts, return_index=True)  # of collections that hold some
    feature = feature[within]
    polygons = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    rings, ring_of = shapely.get_rings(parts[polygons], return_index=True)
    lines = np.concatenate([parts[~polygons], rings])
    owner = np.concatenate([feature[~polygons], feature[polygons][ring_of]])
    xy, line = shapely.get_coordinates(lines, return_index=True)
    if (shapely.get_type_id(lines) == shapely.GeometryType.POINT).all():
        return xy, xy, owner[line]
    joined = np.flatnonzero(line[1:] == line[:-1])
    alone = np.flatnonzero(np.bincount(line, minlength=len(lines))[line] == 1)
    first, last = np.concatenate([joined, alone]), np.concatenate([joined + 1, alone])
    return _cut(xy[first], xy[last], owner[line[first]])


def _cut(
    start: np.ndarray, end: np.ndarray, owner: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    pieces = np.maximum(np.ceil(length_m(start, end) / _SEGMENT_M), 1).astype(np.int64)
    whole = np.repeat(np.arange(len(start)), pieces)
    number = np.arange(len(whole)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    step = ((end - start) / pieces[:, None])[whole]
    piece_start = start[whole] + number[:, None] * step
    return piece_start, piece_start + step, owner[whole]
