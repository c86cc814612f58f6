"""Speed of mobile Internet, as people measured it: unknown where nobody did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .service import Levels, Service

if TYPE_CHECKING:
    from ..cells import Cells
    from ..inputs import LayerData

_KBIT = 1000.0


def level(layer: LayerData, cells: Cells) -> Levels:
    """Return the mean download speed, Mbit/s: NaN where nobody tested.

    A cell has the mean of the tiles whose middle lies in it, weighted by their tests; a cell without
    any has that of the tile around its own middle.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> tiles = gpd.GeoDataFrame(
    ...     {"avg_d_kbps": [40_000.0], "tests": [3.0]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4326
    ... )
    >>> cells = SimpleNamespace(lon=np.array([0.5, 5.5]), lat=np.array([0.5, 0.5]))
    >>> cells.find = lambda points: (np.array([0]), np.array([True]))
    >>> level(SimpleNamespace(spec=SimpleNamespace(operator=None), table=tiles), cells)[""]
    array([40., nan])
    """
    tiles = layer.table
    speed = tiles["avg_d_kbps"].to_numpy(dtype=float) / _KBIT
    tests = tiles["tests"].to_numpy(dtype=float)
    at, there = cells.find(_middles(tiles))
    size = len(cells.lon)
    weight = np.bincount(at[there], weights=tests[there], minlength=size)
    total = np.bincount(at[there], weights=(tests * speed)[there], minlength=size)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = total / weight
    bare = np.flatnonzero(weight == 0)
    points = shapely.points(np.asarray(cells.lon)[bare], np.asarray(cells.lat)[bare])
    point, tile = tiles.sindex.query(points, predicate="intersects")
    around = pd.Series(speed[tile]).groupby(point).mean()
    found[bare[around.index.to_numpy()]] = around.to_numpy()
    return {layer.spec.operator or "": found}


def _middles(tiles: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    bounds = tiles.bounds
    x, y = (bounds["minx"] + bounds["maxx"]) / 2, (bounds["miny"] + bounds["maxy"]) / 2
    return gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=tiles.crs)


SERVICE = Service(
    name_vi="tốc độ Internet di động",
    name_en="mobile Internet speed",
    unit="Mbit/s",
    higher_is_better=True,
    threshold=35.0,
    threshold_source="35 Mbit/s down: the faster of the FCC's two classes of 5G",
    readers=("speed_tests",),
    proxies=(),
    level=level,
)
