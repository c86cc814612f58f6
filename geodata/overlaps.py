"""Communes that claim the same land."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .grid import EQUAL_AREA

LEAST_KM2 = 1e-6
"""One square metre: less is the rounding of coordinates."""


def find(communes: gpd.GeoDataFrame) -> pd.DataFrame:
    """Find the pairs of polygons that overlap.

    Parameters
    ----------
    communes : GeoDataFrame
        Valid polygons in any coordinate system.

    Returns
    -------
    DataFrame
        ``one``, ``other`` (positions of the rows, one < other), ``km2`` (the land of both, on the
        ellipsoid) and ``share`` (of the smaller one's land), in the order of positions. Overlaps
        of less than a square metre are left out.

    Notes
    -----
    Only polygons at an edge that is wrong in a coverage (JTS, CoverageValidator) are intersected:
    a clean nation of 779,000 vertices takes little more than a second.

    Examples
    --------
    >>> boxes = [shapely.box(105, 21, 105.1, 21.1), shapely.box(105.05, 21, 105.15, 21.1)]
    >>> find(gpd.GeoDataFrame(geometry=boxes, crs=4326)).round(2).iloc[0].tolist()
    [0.0, 1.0, 57.54, 0.5]
    """
    geometry = communes.geometry.to_numpy()
    one, other = _suspects(geometry)
    both = shapely.intersection(geometry[one], geometry[other])
    km2 = _km2(both, communes)
    smaller = np.minimum(_km2(geometry[one], communes), _km2(geometry[other], communes))
    table = pd.DataFrame({"one": one, "other": other, "km2": km2, "smaller_km2": smaller})
    table = table[km2 >= LEAST_KM2]  # first: a sliver may have no land at all
    table["share"] = table["km2"] / table.pop("smaller_km2")
    return table.sort_values(["one", "other"], ignore_index=True)


def _suspects(geometry: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs that meet, one of which has an edge that its neighbours do not share."""
    wrong = ~shapely.is_empty(shapely.coverage_invalid_edges(geometry))
    at = np.flatnonzero(wrong)
    found, other = shapely.STRtree(geometry).query(geometry[at], predicate="intersects")
    pairs = np.sort(np.column_stack([at[found], other]), axis=1)
    pairs = np.unique(pairs[pairs[:, 0] < pairs[:, 1]], axis=0)
    return pairs[:, 0], pairs[:, 1]


def _km2(geometry: np.ndarray, communes: gpd.GeoDataFrame) -> np.ndarray:
    return gpd.GeoSeries(geometry, crs=communes.crs).to_crs(EQUAL_AREA).area.to_numpy() / 1e6
