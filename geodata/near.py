"""Distances of very many points to the nearest feature: a quarter of a microsecond each."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import ArrayLike
from scipy.spatial import KDTree

from . import distance

_IN_TILE = 100.0
"""Points of a tile, about: they share a list of the segments that may be nearest."""
_TILES = 5_000
"""Whose lists are held at a time."""


def distances_m(lon: ArrayLike, lat: ArrayLike, layer: gpd.GeoDataFrame) -> np.ndarray:
    """Return the distance of each point to the nearest feature of a layer.

    Parameters
    ----------
    lon, lat : array_like
        Points, degrees, WGS 84.
    layer : GeoDataFrame
        Points, lines or polygons in EPSG:4326; a point inside a polygon is at distance 0.

    Returns
    -------
    ndarray of float64
        m; infinite where the layer is empty. As :func:`deadzones.geodata.distance.nearest` to a
        centimetre and a millionth up to 300 km, to 1e-5 beyond. Each point's is the same whatever
        other points are asked for.

    Notes
    -----
    Points are gathered in tiles. What is nearest to a point of a tile is no farther from the tile's
    middle than the end of a segment that is nearest to it, and twice the tile's radius.

    Examples
    --------
    >>> layer = gpd.GeoDataFrame(
    ...     geometry=[shapely.Point(105, 21), shapely.Point(105, 22)], crs=4326
    ... )
    >>> distances_m([105.0], [21.1], layer).round()
    array([11072.])
    """
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    geometry = layer.geometry.to_numpy()
    if not len(geometry) or not len(lon) or (shapely.get_dimensions(geometry) == 2).any():
        return distance.nearest(lon, lat, layer)[0]
    from . import _near_kernels as kernels  # numba takes a second to import

    start, end, _ = distance.segments(geometry)
    start, end = distance.in_space(*start.T), distance.in_space(*end.T)
    tree = KDTree(np.concatenate([start, end]))
    ends = np.concatenate([start, end], axis=1)
    half_m = float(np.linalg.norm(end - start, axis=1).max()) / 2.0
    order, tile_start = kernels.tiles(lon, lat, _side(lon, lat))
    found_m = np.empty(len(lon))
    for first in range(0, len(tile_start) - 1, _TILES):
        some = tile_start[first : first + _TILES + 1]
        points, middle, radius = kernels.gathered(lon, lat, order, some)
        near_start, near = _near(middle, radius, tree, half_m)
        here = order[some[0] : some[-1]]
        near %= len(start)
        kernels.nearest(points, here, some, near_start, near, ends, 2.0 * half_m, found_m)
    return found_m


def _side(lon: np.ndarray, lat: np.ndarray) -> float:
    """Return the side of a tile, degrees."""
    tall, wide = float(np.ptp(lat)), float(np.ptp(lon))
    return max(np.sqrt(max(tall * wide, 1e-12) * _IN_TILE / len(lon)), 1e-4)


def _near(
    middle: np.ndarray, radius: np.ndarray, tree: KDTree, half_m: float
) -> tuple[np.ndarray, np.ndarray]:
    """List the ends of segments that may be nearest to a point of each tile."""
    end_m = tree.query(middle)[0]
    found = tree.query_ball_point(middle, (end_m + 2.0 * radius + half_m) * (1.0 + 1e-9) + 1e-3)
    sizes = np.fromiter(map(len, found), dtype=np.int64, count=len(found))
    return np.append(0, np.cumsum(sizes)), np.concatenate([np.asarray(each) for each in found])
