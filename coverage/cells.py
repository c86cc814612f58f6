"""The cells that matter: those of the communes, with their people."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import cast

import geopandas as gpd
import numpy as np
import pandas as pd
from affine import Affine

from ..geodata import grid as grids
from ..geodata import near, population, rasters, zonal
from ..geodata.grid import Grid
from ..geodata.near import Tiles
from ..geodata.population import Shares
from ..geodata.zonal import CellFractions
from .inputs import Inputs

DEFAULT_CELL_DEGREES = 1.0 / 120.0
"""30 arc-seconds, some 0.9 km: the grid where people do not come as a raster."""


@dataclass(frozen=True)
class Cells:
    """Cells that lie in the communes, wholly or in part, in the order of their numbers.

    Parameters
    ----------
    plan : CellFractions
        The triples (cell, commune, fraction).
    shares : Shares
        People by triple, and outside.
    number : ndarray of int64
        Numbers of the cells on the grid.
    of_triple : ndarray of int64
        Position in ``number`` of each triple's cell.
    people : ndarray of float64
        People in communes, by cell; multiples of the same quantum as ``shares``.
    area_m2 : ndarray of float64
        Area of the cell, m2 on the ellipsoid.
    lon, lat : ndarray of float64
        Centre of the cell, degrees, WGS 84.
    """

    plan: CellFractions
    shares: Shares
    number: np.ndarray
    of_triple: np.ndarray
    people: np.ndarray
    area_m2: np.ndarray
    lon: np.ndarray
    lat: np.ndarray

    @property
    def land(self) -> np.ndarray:
        """Share of each cell that lies in communes."""
        return np.bincount(self.of_triple, weights=self.plan.fraction, minlength=len(self.number))

    @cached_property
    def tiles(self) -> Tiles:
        """The centres of the cells gathered in tiles."""
        return near.in_tiles(self.lon, self.lat)

    @property
    def grid(self) -> Grid:
        """The grid of the cells."""
        return self.plan.grid

    def find(self, points: gpd.GeoDataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Return the position of each point's cell, and whether it is one of these cells."""
        there = points.to_crs(grids.pinned(self.grid.crs)).geometry.representative_point()
        rows, columns = self.grid.shape
        column, row = ~self.grid.transform * (there.x.to_numpy(), there.y.to_numpy())
        inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
        number = np.where(inside, np.floor(row) * columns + np.floor(column), -1).astype(np.int64)
        at = np.searchsorted(self.number, number).clip(max=len(self.number) - 1)
        return at, inside & (self.number[at] == number)


def build(inputs: Inputs) -> Cells:
    """Lay the communes and the people on the grid.

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    Cells
        The people of a study without an area are all that the layer has. Those of a study with one
        are the people of its window: the rectangle of whole cells around its communes. In both,
        who lives in none of the study's communes is outside.

    Examples
    --------
    >>> import tempfile
    >>> from deadzones.coverage.inputs import load
    >>> from deadzones.coverage.study import Study
    >>> from deadzones.geodata import synthetic
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     cells = build(load(Study.read(synthetic.country(folder, communes=1))))
    >>> cells.grid.crs, len(cells.people) == len(cells.number)
    ('EPSG:9210', True)
    """
    grid, block = frame(inputs)
    values = None if block is None else rasters.read_part(inputs.of("people")[0].raster, *block)
    plan = zonal.fractions(
        inputs.communes, transform=grid.transform, shape=grid.shape, crs=grid.crs
    )
    shares = _shares(inputs, values, plan)
    number, of_triple = np.unique(plan.cell, return_inverse=True)
    people = np.bincount(of_triple, weights=np.nan_to_num(shares.people), minlength=len(number))
    lon, lat = grids.lonlat(grid, number)
    return Cells(plan, shares, number, of_triple, people, grids.areas_m2(grid, number), lon, lat)


def frame(inputs: Inputs) -> tuple[Grid, tuple[slice, slice] | None]:
    """Return the grid of a study, and which part of the people's raster it is.

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    Grid
        That of the people, cut to the communes of a smaller area.
    tuple of slice, or None
        Rows and columns of the raster; None where the people are no raster.

    Examples
    --------
    >>> import tempfile
    >>> from deadzones.coverage.inputs import load
    >>> from deadzones.coverage.study import Study
    >>> from deadzones.geodata import synthetic
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     grid, block = frame(load(Study.read(synthetic.country(folder, communes=1))))
    >>> (block[0].stop, block[1].stop) == grid.shape
    True
    """
    layer, communes = inputs.of("people")[0], inputs.communes
    if not layer.is_raster:
        size = float(layer.spec.options.get("cell_degrees", DEFAULT_CELL_DEGREES))
        return _grid_over(communes.total_bounds, size), None
    raster = layer.raster
    west, south, east, north = communes.to_crs(grids.pinned(raster.grid.crs)).total_bounds
    block = grids.window(raster.grid, (west, south, east, north))
    assert block is not None, "layer_checks.unpeopled tells of it"
    if inputs.study.area.is_all:
        block = (slice(0, raster.grid.shape[0]), slice(0, raster.grid.shape[1]))
    return grids.part(raster.grid, *block), block


def _grid_over(bounds: np.ndarray, size: float) -> Grid:
    west, south, east, north = bounds
    left, top = np.floor(west / size) * size, np.ceil(north / size) * size
    shape = (int(np.ceil((top - south) / size)), int(np.ceil((east - left) / size)))
    return Grid(grids.WGS84, Affine(size, 0.0, left, 0.0, -size, top), shape)


def _shares(inputs: Inputs, values: np.ndarray | None, plan: CellFractions) -> Shares:
    layer, communes = inputs.of("people")[0], inputs.communes
    if values is not None and reconciles(inputs):
        return population.reconcile(values, plan, totals(inputs)).shares
    if values is not None:
        return population.from_raster(values, plan)
    if isinstance(layer.data, gpd.GeoDataFrame):
        west, south, east, north = plan.grid.bounds
        whole = inputs.study.area.is_all
        points = layer.table if whole else layer.table.cx[west:east, south:north]
        return population.from_points(points, communes, plan)
    counted = cast("pd.DataFrame", layer.data)["people"].reindex(communes.index)
    places = inputs.of("places") if layer.spec.options.get("spread") == "places" else []
    points = pd.concat([each.table for each in places]) if places else None
    return population.from_totals(counted, plan, points=points, communes=communes)


def reconciles(inputs: Inputs) -> bool:
    """Tell whether the people of a raster are scaled to totals of communes.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> study = SimpleNamespace(people=SimpleNamespace(totals="apart"))
    >>> reconciles(SimpleNamespace(study=study, of=lambda role: []))
    False
    """
    return inputs.study.people.totals == "reconcile" and bool(inputs.of("people_totals"))


def totals(inputs: Inputs) -> pd.Series:
    """Return the totals of people that stand beside a raster, on the communes; NaN where unknown.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> communes = pd.DataFrame(index=["00004", "00007"])
    >>> table = pd.DataFrame({"people": [5.0]}, index=["00004"])
    >>> found = SimpleNamespace(communes=communes, of=lambda role: [SimpleNamespace(data=table)])
    >>> totals(found).tolist()
    [5.0, nan]
    """
    tables = [pd.DataFrame(layer.data)["people"] for layer in inputs.of("people_totals")]
    return pd.concat(tables).reindex(inputs.communes.index).astype(float)


def beside(inputs: Inputs, plan: CellFractions | None = None) -> pd.DataFrame:
    """Return what other sources count in each commune.

    Parameters
    ----------
    inputs : Inputs
    plan : CellFractions, optional
        On the grid of the people; laid anew where it is needed and not given.

    Returns
    -------
    DataFrame
        ``people_total`` where the study has totals beside its people, and ``people_raster`` where the
        raster was scaled to them; no column without.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> communes = pd.DataFrame(index=["00004"])
    >>> len(beside(SimpleNamespace(communes=communes, of=lambda role: [])).columns)
    0
    """
    table = pd.DataFrame(index=inputs.communes.index)
    if not inputs.of("people_totals"):
        return table
    table["people_total"] = totals(inputs)
    layer = inputs.of("people")[0]
    if reconciles(inputs) and layer.is_raster:
        grid, block = frame(inputs)
        assert block is not None
        plan = plan or zonal.fractions(
            inputs.communes, transform=grid.transform, shape=grid.shape, crs=grid.crs
        )
        table["people_raster"] = plan.sum(rasters.read_part(layer.raster, *block))
    return table
