"""Distances of very many points to the nearest feature: a tenth of a microsecond each."""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import ArrayLike

from . import distance


class Tiles(NamedTuple):
    """Points gathered in square tiles, some 64 in each.

    Parameters
    ----------
    order : ndarray of int32
        Positions of the points, tile by tile.
    start : ndarray of int64
        Where in that order each tile starts, and the end.

    Examples
    --------
    >>> in_tiles([105.0, 106.0], [21.0, 21.0]).order.tolist()
    [0, 1]
    """

    order: np.ndarray
    start: np.ndarray


def in_tiles(lon: ArrayLike, lat: ArrayLike) -> Tiles:
    """Gather points in tiles.

    Parameters
    ----------
    lon, lat : array_like
        Points, degrees, WGS 84; fewer than 2**31.

    Returns
    -------
    Tiles

    Examples
    --------
    >>> in_tiles([105.0], [21.0]).start.tolist()
    [0, 1]
    """
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    if not len(lon):
        return Tiles(np.zeros(0, dtype=np.int32), np.zeros(1, dtype=np.int64))
    from . import _near_kernels as kernels  # numba takes a second to import

    return Tiles(*kernels.tiles(lon, lat))


def distances_m(
    lon: ArrayLike, lat: ArrayLike, layer: gpd.GeoDataFrame, tiles: Tiles | None = None
) -> np.ndarray:
    """Return the distance of each point to the nearest feature of a layer.

    Parameters
    ----------
    lon, lat : array_like
        Points, degrees, WGS 84.
    layer : GeoDataFrame
        Points, lines or polygons in EPSG:4326; a point inside a polygon is at distance 0.
    tiles : Tiles, optional
        The points as :func:`in_tiles` gathers them, where several layers are asked for.

    Returns
    -------
    ndarray of float64
        m; infinite where the layer is empty. As :func:`deadzones.geodata.distance.nearest` to a
        centimetre and a millionth up to 300 km, to 2e-5 up to 1,000 km, and to a hundredth across
        half the earth. Each point's is the same whatever other points are asked for.

    Notes
    -----
    Points are gathered in tiles, segments in a tree of spheres. What is nearest to a point of a tile is
    no farther from the tile's middle than what is nearest to that, and twice the tile's radius: these
    segments are found once for the tile, and each point finds its own among them.

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
    areas = (shapely.get_dimensions(geometry) == 2).any()
    if areas or not len(lon) or distance.nowhere(geometry):
        return distance.nearest(lon, lat, layer)[0]
    from . import _near_kernels as kernels  # numba takes a second to import

    start, end, _ = distance.segments(geometry)
    order = np.argsort(kernels.along_curve(*np.ascontiguousarray(start.T)))
    ends = np.hstack([distance.in_space(*start[order].T), distance.in_space(*end[order].T)])
    tiles, found = tiles or in_tiles(lon, lat), np.empty(len(lon))
    kernels.nearest(lon, lat, *tiles, ends, kernels.tree(ends), found)
    return found
