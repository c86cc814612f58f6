"""What the services share: rows by operator, distances and shares on the cells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from ...geodata import near, resampling, zonal

if TYPE_CHECKING:
    from ..cells import Cells
    from ..inputs import LayerData

_HALF = 0.5
"""A cell has a declared service when at least this share of its land has: of its part in communes."""
_NOISE = 1e-6
"""Shares of area are exact to float32."""
_DIGITS = 7
"""Of a level: those that float32 holds."""


def split(layer: LayerData) -> Iterator[tuple[str, gpd.GeoDataFrame]]:
    """Yield the rows of a vector layer by operator, in the order of names.

    The operator is the one that the study names for the layer, else the column ``operator``, else
    "" (none named).

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> table = gpd.GeoDataFrame(
    ...     {"operator": ["B", "A"]}, geometry=gpd.points_from_xy([0, 1], [0, 0])
    ... )
    >>> layer = SimpleNamespace(spec=SimpleNamespace(operator=None), table=table)
    >>> [operator for operator, rows in split(layer)]
    ['A', 'B']
    """
    table, operators = layer.table, of_rows(layer)
    if operators is None:
        yield layer.spec.operator or "", table
        return
    for operator in sorted(operators.unique()):
        yield operator, table[operators == operator]


def of_rows(layer: LayerData) -> pd.Series | None:
    """Return the operator of each row; None where the layer has one for all, or none.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> table = gpd.GeoDataFrame({"operator": ["B", None]})
    >>> of_rows(SimpleNamespace(spec=SimpleNamespace(operator=None), table=table)).tolist()
    ['B', '']
    """
    if layer.spec.operator or "operator" not in layer.table:
        return None
    return layer.table["operator"].fillna("").astype(str)


def distance_km(table: gpd.GeoDataFrame, cells: Cells) -> np.ndarray:
    """Return the geodesic distance from each cell's centre to the nearest feature, km.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> cells = SimpleNamespace(lon=np.array([105.0]), lat=np.array([21.1]), tiles=None)
    >>> table = gpd.GeoDataFrame(geometry=gpd.points_from_xy([105], [21]), crs=4326)
    >>> distance_km(table, cells).round(2)
    array([11.07])
    """
    distance = near.distances_m(cells.lon, cells.lat, table, cells.tiles)
    distance /= 1000.0  # in place: another array of millions costs more than the division
    return distance


def inside(table: gpd.GeoDataFrame, cells: Cells) -> np.ndarray:
    """Tell which cells lie in the union of polygons by at least half of their land.

    Examples
    --------
    >>> import shapely
    >>> from types import SimpleNamespace
    >>> from affine import Affine
    >>> from deadzones.geodata.grid import Grid
    >>> grid = Grid("EPSG:4326", Affine(1, 0, 0, 0, -1, 1), (1, 2))
    >>> cells = SimpleNamespace(grid=grid, number=np.array([0, 1]), land=np.array([1.0, 1.0]))
    >>> inside(gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1.4, 1)], crs=4326), cells)
    array([ True, False])
    """
    grid = cells.grid
    if table.empty:
        return np.zeros(len(cells.number), dtype=bool)
    union = gpd.GeoDataFrame(geometry=[table.geometry.union_all()], crs=table.crs)
    plan = zonal.fractions(union, transform=grid.transform, shape=grid.shape, crs=grid.crs)
    covered = np.zeros(len(cells.number))
    at = np.searchsorted(cells.number, plan.cell).clip(max=len(cells.number) - 1)
    known = cells.number[at] == plan.cell
    covered[at[known]] = plan.fraction[known]
    return covered >= _HALF * cells.land - _NOISE


def values(layer: LayerData, cells: Cells) -> np.ndarray:
    """Return a raster's mean over each cell, NaN where it says nothing.

    It is rounded to the digits that float32 holds: a mean that is as good as the threshold must not
    fall to one side of it by the last bit.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from types import SimpleNamespace
    >>> from affine import Affine
    >>> from deadzones.geodata import rasters
    >>> from deadzones.geodata.grid import Grid
    >>> from deadzones.geodata.source import Source
    >>> grid = Grid("EPSG:4326", Affine(1, 0, 0, 0, -1, 1), (1, 2))
    >>> cells = SimpleNamespace(grid=grid, number=np.array([1]))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "a.tif")
    ...     rasters.write(path, np.array([[-90.0, -80.0]]), grid)
    ...     values(SimpleNamespace(raster=rasters.open_raster(Source(path, "a"))), cells)
    array([-80.])
    """
    grid, columns = cells.grid, cells.grid.shape[1]
    row, column = np.divmod(cells.number, columns)
    if not len(row):
        return np.zeros(0)
    rows = slice(int(row.min()), int(row.max()) + 1)
    across = slice(int(column.min()), int(column.max()) + 1)
    found = resampling.mean(layer.raster, grid, rows, across)
    return _rounded(found[row - rows.start, column - across.start])


def _rounded(levels: np.ndarray) -> np.ndarray:
    """Round to significant digits."""
    with np.errstate(divide="ignore", invalid="ignore"):
        unit = 10.0 ** (_DIGITS - 1 - np.floor(np.log10(np.abs(levels))))
        return np.where(levels == 0.0, levels, np.round(levels * unit) / unit)
