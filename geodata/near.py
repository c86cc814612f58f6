"""Distances of very many points to the nearest feature: a microsecond each."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import ArrayLike
from scipy.spatial import KDTree

from . import distance

_IN_TILE = 100.0
"""Points of a tile, about: they share a list of the segments that may be nearest."""
_RADIUS_M = 6_371_000.0
"""Mean radius of the Earth: an arc is longer than its chord by (chord / radius)^2 / 24."""
_TILES = 20_000
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
    from ._near_kernels import nearest, space  # numba takes a second to import

    start, end, _ = distance.segments(geometry)
    start, end = distance.in_space(*start.T), distance.in_space(*end.T)
    points, order, tile_start = space(lon, lat), *_tiles(lon, lat)
    tree = KDTree(np.concatenate([start, end]))
    half_m = float(np.linalg.norm(end - start, axis=1).max()) / 2.0
    chord_m = np.empty(len(lon))
    for first in range(0, len(tile_start) - 1, _TILES):
        some = tile_start[first : first + _TILES + 1]
        near_start, near = _near(points[order], some, tree, half_m)
        nearest(points, order, some, near_start, near % len(start), start, end, chord_m)
    share = (chord_m / (2.0 * _RADIUS_M)).clip(max=1.0)
    return 2.0 * _RADIUS_M * np.arcsin(share)


def _tiles(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Gather points in tiles: their order, and where in it each tile starts."""
    tall, wide = np.ptp(lat), np.ptp(lon)
    side = max(np.sqrt(max(tall * wide, 1e-12) * _IN_TILE / len(lon)), 1e-4)
    row = np.floor((lat - lat.min()) / side).astype(np.int64)
    column = np.floor((lon - lon.min()) / side).astype(np.int64)
    tile = row * (int(column.max()) + 1) + column
    order = np.argsort(tile, kind="stable")
    starts = np.flatnonzero(np.diff(tile[order], prepend=-1))
    return order, np.append(starts, len(order))


def _near(
    points: np.ndarray, start: np.ndarray, tree: KDTree, half_m: float
) -> tuple[np.ndarray, np.ndarray]:
    """List the ends of segments that may be nearest to a point of each tile."""
    some = points[start[0] : start[-1]]
    first = start[:-1] - start[0]
    count = np.diff(start)
    middle = np.add.reduceat(some, first) / count[:, None]
    far = np.linalg.norm(some - np.repeat(middle, count, axis=0), axis=1)
    radius = np.maximum.reduceat(far, first)
    end_m = tree.query(middle)[0]
    found = tree.query_ball_point(middle, (end_m + 2.0 * radius + half_m) * (1.0 + 1e-9) + 1e-3)
    sizes = np.fromiter(map(len, found), dtype=np.int64, count=len(found))
    return np.append(0, np.cumsum(sizes)), np.concatenate([np.asarray(each) for each in found])
