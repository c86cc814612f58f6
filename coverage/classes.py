"""Mountainous, border and island communes: as the study's classes say, else from the ground."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ..geodata import grid as grids
from ..geodata import zonal
from ..geodata.rasters import Field
from .inputs import Inputs, LayerData

HIGH_M: Final = 200.0
HIGH_SHARE: Final = 2.0 / 3.0
"""Decree 272/2025/NĐ-CP: a commune is mountainous with two thirds of its area at 200 m or above; or
with two thirds of its villages mountainous, which is not looked at here."""

_VIET_NAM: Final = 34
"""Provinces of the whole country since 1 July 2025."""
_LAND_BORDER: Final = ((108.06, 21.54), (104.45, 10.42))
"""Where the land border of Viet Nam meets the sea (lon, lat): the mouth of the Bắc Luân, and Hà Tiên.
To 0.05 degree: they choose two corners of the outline, and measure nothing."""
_TOUCH_DEGREES: Final = 1e-3
"""Less border in common, some 100 m, is a corner."""

FLAGS: Final = ("mountainous", "border", "island")


def classed(inputs: Inputs, heights: Field | None) -> pd.DataFrame:
    """Class the communes of a study.

    Parameters
    ----------
    inputs : Inputs
    heights : Field, optional
        Heights of the ground, m.

    Returns
    -------
    DataFrame
        On the communes' index: ``area_class`` where the study has classes; ``mountainous``,
        ``border``, ``island`` (boolean, null where unknown). What the study's classes say of a
        commune holds; border and island are else told only where the layer holds the whole of Viet
        Nam, for only then is the edge of the layer that of the land.

    Examples
    --------
    >>> import tempfile
    >>> from deadzones.coverage.inputs import load
    >>> from deadzones.coverage.study import Study
    >>> from deadzones.geodata import synthetic
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = classed(load(Study.read(synthetic.country(folder, communes=1))), None)
    >>> list(found.columns)
    ['area_class', 'mountainous', 'border', 'island']
    """
    index = inputs.communes.index
    high = mountainous(inputs.communes, heights)
    border, island = _edges(inputs.of("communes")[0])
    told = {"mountainous": high, "border": border.reindex(index), "island": island.reindex(index)}
    table = pd.DataFrame(told, index=index).astype("boolean")
    for layer in inputs.of("classes"):
        given = pd.DataFrame(layer.data).reindex(index)
        table = given.combine_first(table)
    return table[[name for name in ("area_class", *FLAGS) if name in table]]


def mountainous(communes: gpd.GeoDataFrame, heights: Field | None) -> pd.Series:
    """Tell which communes are mountainous: two thirds of their area lie at 200 m or above.

    Parameters
    ----------
    communes : GeoDataFrame
        By code, EPSG:4326.
    heights : Field, optional
        Heights of the ground, m; NaN where unknown.

    Returns
    -------
    Series of boolean
        Null where what is not known could turn the answer.

    Examples
    --------
    >>> from affine import Affine
    >>> from deadzones.geodata.grid import Grid
    >>> grid = Grid("EPSG:4326", Affine(1, 0, 0, 0, -1, 1), (1, 2))
    >>> ground = Field(np.array([[500.0, 10.0]]), grid)
    >>> boxes = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), shapely.box(5, 5, 6, 6)]
    >>> mountainous(gpd.GeoDataFrame(geometry=boxes, crs=4326), ground).tolist()
    [True, False, <NA>]
    """
    answer = pd.Series(pd.NA, communes.index, dtype="boolean")
    if heights is None:
        return answer
    grid = heights.grid
    plan = zonal.fractions(communes, transform=grid.transform, shape=grid.shape, crs=grid.crs)
    area = _outlines_area(communes, grid.crs)
    cell, metres = abs(grid.transform.determinant), heights.values  # noqa: PD011 - an array's
    high = _amount(plan, metres >= HIGH_M) * cell / area
    low = _amount(plan, metres < HIGH_M) * cell / area
    answer[high >= HIGH_SHARE] = True
    answer[low > 1.0 - HIGH_SHARE] = False
    return answer


def _amount(plan: zonal.CellFractions, cells: np.ndarray) -> np.ndarray:
    return plan.sum(cells.astype(float)).fillna(0.0).to_numpy()


def _outlines_area(communes: gpd.GeoDataFrame, crs: str) -> np.ndarray:
    """Return areas in the units of the grid: shares are of these."""
    return shapely.area(communes.geometry.to_crs(grids.pinned(crs)).to_numpy())


def _edges(layer: LayerData) -> tuple[pd.Series, pd.Series]:
    """Tell which communes reach the land border, and which no land joins to the main land."""
    communes = layer.table
    if layer.spec.evidence == "synthetic" or communes["province_code"].nunique() != _VIET_NAM:
        unknown = pd.Series(pd.NA, communes.index, dtype="boolean")
        return unknown, unknown
    shapes = communes.geometry.to_numpy()
    main = _main_land(shapes)
    border = np.zeros(len(shapes), dtype=bool)
    line = _land_border(shapes[main])
    near = shapely.STRtree(shapes).query(line, predicate="intersects")
    common = shapely.intersection(shapely.boundary(shapes[near]), line)
    border[near[shapely.length(common) > _TOUCH_DEGREES]] = True
    return pd.Series(border, communes.index), pd.Series(~main, communes.index)


def _main_land(shapes: np.ndarray) -> np.ndarray:
    """Mark the largest group of shapes that touch one another."""
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = coo_array((np.ones(len(one), dtype=bool), (one, other)), shape=(len(shapes),) * 2)
    _, group = connected_components(pairs, directed=False)
    return group == np.bincount(group).argmax()


def _land_border(shapes: np.ndarray) -> shapely.LineString:
    """Cut the outline of the main land where land border and coast meet; return the inland part."""
    whole = shapely.get_parts(shapely.coverage_union_all(shapes))
    outline = shapely.get_coordinates(
        shapely.get_exterior_ring(whole[shapely.area(whole).argmax()])
    )[:-1]
    first, last = (
        int(np.hypot(*(outline - np.array(corner)).T).argmin()) for corner in _LAND_BORDER
    )
    turned = np.roll(outline, -first, axis=0)
    cut = (last - first) % len(outline)
    ways = turned[: cut + 1], np.vstack([turned[cut:], turned[:1]])
    inland = min(ways, key=lambda way: way[:, 0].mean())  # the coast lies to the east
    return shapely.LineString(inland)
