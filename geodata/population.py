"""People onto the grid and into the communes, each person counted once.

People are counted in whole quanta: a power of two so small that all people together are 2**51 to
2**52 of them. Whole numbers of that size add up without rounding in float64: every sum of people is
exact, in any order, and parts reconcile with their totals to the last digit.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from . import grid as grids
from ._population_shares import Shares, in_quanta, spread
from .population_repair import repair
from .population_totals import Reconciled, reconcile
from .zonal import CellFractions

__all__ = [
    "Reconciled",
    "Shares",
    "from_points",
    "from_raster",
    "from_totals",
    "reconcile",
    "repair",
]


def from_raster(raster: np.ndarray, plan: CellFractions) -> Shares:
    """Share the people of each cell between its communes and the outside, by area.

    Parameters
    ----------
    raster : ndarray, shape of the plan's grid
        Persons per cell, >= 0; NaN where unknown.
    plan : CellFractions

    Returns
    -------
    Shares

    Notes
    -----
    Within a cell the running sums of the shares are rounded, not the shares: none is negative and
    they add up to the cell.

    Examples
    --------
    >>> import shapely
    >>> from affine import Affine
    >>> from deadzones.geodata.zonal import fractions
    >>> half = gpd.GeoDataFrame(index=["a"], geometry=[shapely.box(0, 0, 1.5, 1)], crs=4326)
    >>> plan = fractions(half, transform=Affine(1, 0, 0, 0, -1, 1), shape=(1, 2), crs="EPSG:4326")
    >>> shares = from_raster(np.array([[10.0, 4.0]]), plan)
    >>> shares.people.tolist(), shares.outside
    ([10.0, 2.0], 2.0)
    """
    counted, quantum = in_quanta(raster.ravel())
    filled = pd.Series(plan.fraction).groupby(plan.cell).cumsum().to_numpy().clip(max=1.0)
    upper = np.round(counted[plan.cell] * filled)
    starts = np.r_[True, plan.cell[1:] != plan.cell[:-1]][: len(plan.cell)]
    lower = np.where(starts, 0.0, np.r_[0.0, upper[:-1]][: len(upper)])
    ends = np.r_[plan.cell[1:] != plan.cell[:-1], True][: len(plan.cell)]
    left = counted.copy()
    left[plan.cell[ends]] -= upper[ends]
    outside = float(np.nansum(left)) * quantum
    return Shares((upper - lower) * quantum, outside, float(np.nansum(raster)))


def from_points(
    points: gpd.GeoDataFrame, communes: gpd.GeoDataFrame, plan: CellFractions
) -> Shares:
    """Count people at points in the cell and commune that they lie in.

    Parameters
    ----------
    points : GeoDataFrame
        In EPSG:4326, with ``people`` (persons, >= 0).
    communes : GeoDataFrame
        In EPSG:4326; a point on a border belongs to the first.
    plan : CellFractions

    Returns
    -------
    Shares

    Examples
    --------
    >>> import shapely
    >>> from affine import Affine
    >>> from deadzones.geodata.zonal import fractions
    >>> communes = gpd.GeoDataFrame(index=["a"], geometry=[shapely.box(0, 0, 1.5, 1)], crs=4326)
    >>> plan = fractions(
    ...     communes, transform=Affine(1, 0, 0, 0, -1, 1), shape=(1, 2), crs="EPSG:4326"
    ... )
    >>> where = shapely.points([[0.5, 0.5], [1.9, 0.5]])
    >>> points = gpd.GeoDataFrame({"people": [7.0, 3.0]}, geometry=where, crs=4326)
    >>> from_points(points, communes, plan).outside
    3.0
    """
    people, quantum = in_quanta(points["people"].fillna(0.0).to_numpy(dtype=float))
    row, unit = communes.sindex.query(points.geometry.to_numpy(), predicate="intersects")
    order = np.lexsort((unit, row))
    row, keep = np.unique(row[order], return_index=True)
    unit = unit[order][keep]
    cell = _cells_of(points.iloc[row], plan.grid)
    triple = _find(plan, cell, unit)
    counted = np.bincount(
        triple[triple >= 0], weights=people[row][triple >= 0], minlength=len(plan.cell)
    )
    outside = (people.sum() - counted.sum()) * quantum
    raw = float(points["people"].sum())
    return Shares(counted * quantum, float(outside), raw)


def _cells_of(points: gpd.GeoDataFrame, grid: grids.Grid) -> np.ndarray:
    there = points.to_crs(grids.pinned(grid.crs)).geometry
    column, row = ~grid.transform * (there.x.to_numpy(), there.y.to_numpy())
    column = np.floor(column).astype(np.int64).clip(0, grid.shape[1] - 1)
    row = np.floor(row).astype(np.int64).clip(0, grid.shape[0] - 1)
    return row * grid.shape[1] + column


def _find(plan: CellFractions, cell: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """Position of (cell, unit) in the plan; the unit's first cell where there is no such triple."""
    size = len(plan.index)
    keys = plan.cell * size + plan.unit
    wanted = cell * size + unit
    at = np.searchsorted(keys, wanted).clip(max=max(len(keys) - 1, 0))
    found = np.full(len(wanted), -1) if not len(keys) else np.where(keys[at] == wanted, at, -1)
    units, first = np.unique(plan.unit, return_index=True)
    fallback = dict(zip(units.tolist(), first.tolist(), strict=True))
    # A point within rounding of a cell's edge may have no triple there: it stays in its commune.
    for i in np.flatnonzero(found < 0):
        found[i] = fallback.get(int(unit[i]), -1)
    return found


def from_totals(
    totals: pd.Series,
    plan: CellFractions,
    *,
    points: gpd.GeoDataFrame | None = None,
    communes: gpd.GeoDataFrame | None = None,
) -> Shares:
    """Spread commune totals: over villages or buildings, or evenly over the land as a last resort.

    Parameters
    ----------
    totals : Series
        Persons on the communes' index; NaN where unknown.
    plan : CellFractions
    points : GeoDataFrame, optional
        Villages or buildings, in EPSG:4326: a total is spread over those of its commune by their
        ``people``; without that column all weigh alike, and one of which it is not known weighs as
        the median of the others. A commune without any is spread evenly.
    communes : GeoDataFrame, optional
        In EPSG:4326, on the plan's index; needed with ``points``.

    Returns
    -------
    Shares
        Nobody lies outside, but for communes without a cell.

    Examples
    --------
    >>> import shapely
    >>> from affine import Affine
    >>> from deadzones.geodata.zonal import fractions
    >>> communes = gpd.GeoDataFrame(index=["a"], geometry=[shapely.box(0, 0, 1.5, 1)], crs=4326)
    >>> plan = fractions(
    ...     communes, transform=Affine(1, 0, 0, 0, -1, 1), shape=(1, 2), crs="EPSG:4326"
    ... )
    >>> from_totals(pd.Series({"a": 90.0}), plan).people.round(3).tolist()
    [60.0, 30.0]
    >>> village = gpd.GeoDataFrame(geometry=[shapely.Point(1.2, 0.5)], crs=4326)
    >>> from_totals(pd.Series({"a": 90.0}), plan, points=village, communes=communes).people.tolist()
    [0.0, 90.0]
    """
    people, quantum = in_quanta(totals.reindex(plan.index).to_numpy(dtype=float))
    weight = plan.fraction * grids.areas_m2(plan.grid, plan.cell)
    if points is not None and communes is not None:
        settled = from_points(_weighed(points), communes, plan).people
        total = np.bincount(plan.unit, weights=settled, minlength=len(plan.index))
        weight = np.where(total[plan.unit] > 0.0, settled, weight)
    counted = spread(people, weight, plan.unit)
    outside = (np.nansum(people) - np.nansum(counted)) * quantum
    return Shares(counted * quantum, float(outside), float(np.nansum(totals.to_numpy(dtype=float))))


def _weighed(points: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give each point people to weigh by."""
    known = pd.Series(np.nan, points.index)
    if "people" in points:
        known = points["people"].astype("Float64").astype(float)
    usual = known.median()
    people = known.fillna(1.0 if np.isnan(usual) else usual)
    return points.assign(people=people).set_geometry(points.geometry.representative_point())
