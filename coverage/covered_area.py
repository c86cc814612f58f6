"""How much of each commune declared areas cover together: exact, by tiles, on threads."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..geodata.grid import EQUAL_AREA

_IN_TILE = 150
"""Polygons in a tile, about: joining many at once takes longer than joining few, many times."""
_LARGE = 1000
"""Corners of a polygon that is cut before it is joined."""
_THREADS = 2


def covered_area(polygons: gpd.GeoDataFrame, communes: gpd.GeoDataFrame) -> pd.Series:
    """Measure the land of each commune that lies in any of many polygons, which may overlap.

    Parameters
    ----------
    polygons : GeoDataFrame
        Valid polygons in any coordinate system.
    communes : GeoDataFrame
        Valid polygons, by code.

    Returns
    -------
    Series
        m2 on the ellipsoid, on the communes' index; 0 where no polygon reaches.

    Notes
    -----
    All is measured in EPSG:6933, equal-area on the ellipsoid, in which edges are straight. The
    polygons that reach into a tile are joined, cut to it and shared out over the communes; tiles
    have no land in common, so their areas add up. They are laid by the polygons alone, and their
    areas are added in order: the same bits on any number of threads. GEOS lets other threads run
    meanwhile.

    Examples
    --------
    >>> boxes = [shapely.box(105, 21, 105.01, 21.01), shapely.box(105, 21, 105.005, 21.01)]
    >>> polygons = gpd.GeoDataFrame(geometry=boxes, crs=4326)
    >>> communes = gpd.GeoDataFrame(
    ...     index=["a", "b"],
    ...     geometry=[shapely.box(105, 21, 106, 22), shapely.box(0, 0, 1, 1)],
    ...     crs=4326,
    ... )
    >>> covered_area(polygons, communes).round(-4).tolist()
    [1150000.0, 0.0]
    """
    areas = polygons.to_crs(EQUAL_AREA).geometry.to_numpy()
    areas = areas[~(shapely.is_missing(areas) | shapely.is_empty(areas))]
    homes = communes.to_crs(EQUAL_AREA).geometry.to_numpy()
    trees = shapely.STRtree(areas), shapely.STRtree(homes)

    def of_tile(bounds: tuple[float, float, float, float]) -> tuple[np.ndarray, np.ndarray]:
        tile = shapely.box(*bounds)
        some, here = (np.sort(tree.query(tile)) for tree in trees)
        if not len(some) or not len(here):
            return np.zeros(0, dtype=np.int64), np.zeros(0)
        # What is joined is cut, once; what is cut by it needs no cut of its own.
        joined = _land(shapely.intersection(_joined(areas[some], tile), tile))
        return here, shapely.area(shapely.intersection(homes[here], joined))

    with ThreadPoolExecutor(_THREADS) as pool:
        found = list(pool.map(of_tile, _tiles(areas)))
    commune = np.concatenate([np.zeros(0, dtype=np.int64), *(here for here, _ in found)])
    m2 = np.concatenate([np.zeros(0), *(area for _, area in found)])
    total = np.bincount(commune, weights=m2, minlength=len(homes))
    return pd.Series(total, index=communes.index, name="covered_area")


def _tiles(areas: np.ndarray) -> list[tuple[float, float, float, float]]:
    """Cover polygons with tiles of about as many each."""
    if not len(areas):
        return []
    bounds = shapely.bounds(areas)
    (west, south), (east, north) = bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)
    centres = (bounds[:, :2] + bounds[:, 2:]) / 2.0
    side = int(np.ceil(np.sqrt(len(areas) / _IN_TILE)))
    # Cut into columns, and these into tiles, where the middles of polygons are evenly shared.
    shares = np.linspace(0.0, 1.0, side + 1)[1:-1]
    x = [west, *np.quantile(centres[:, 0], shares), east]
    tiles: list[tuple[float, float, float, float]] = []
    for left, right in itertools.pairwise(x):
        here = centres[(centres[:, 0] >= left) & (centres[:, 0] <= right), 1]
        y = [south, *(np.quantile(here, shares) if len(here) else []), north]
        rows = itertools.pairwise(y)
        tiles += [
            (float(left), float(low), float(right), float(high))
            for low, high in rows
            if left < right and low < high
        ]
    return tiles


def _joined(areas: np.ndarray, tile: shapely.Polygon) -> shapely.Geometry:
    """Join what polygons have about a tile.

    The outline of a country is cut first: it would be joined whole in each of many tiles. A polygon
    as thin as a hair may have come out of the projection crossing itself.
    """
    try:
        large = np.flatnonzero(shapely.get_num_coordinates(areas) > _LARGE)
        areas[large] = [_land(shape) for shape in shapely.intersection(areas[large], tile)]
        return shapely.union_all(areas)
    except shapely.GEOSException:
        return shapely.union_all([_land(shape) for shape in shapely.make_valid(areas)])


def _land(shape: shapely.Geometry) -> shapely.Geometry:
    """Leave out lines and points: where a shape only touches a tile, or has no width."""
    if isinstance(shape, shapely.Polygon | shapely.MultiPolygon):
        return shape
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.union_all(parts[shapely.get_dimensions(parts) == 2])
