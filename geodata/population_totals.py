"""Commune totals and a raster that disagree: the raster says where, the totals say how many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array
from scipy.sparse.linalg import spsolve

from . import grid as grids
from ._population_shares import Shares, in_quanta, spread
from .zonal import CellFractions

Floats = NDArray[np.floating[Any]]

AGREED = 1e-9
"""Share of a total by which the communes of a raster may miss it when the fit has converged."""

_ROUNDS = 60
_SCALE_MOST = 20.0
"""Logarithm of the largest factor of one step: a raster that needs more cannot be fitted."""


@dataclass(frozen=True)
class Reconciled:
    """A raster scaled to commune totals.

    Parameters
    ----------
    shares : Shares
        People by (cell, commune), exactly the totals, and those outside all communes.
    report : DataFrame
        On the communes' index: ``people_raster`` and ``people_total`` as they came, ``people`` as
        they are now (all three NaN where unknown), ``factor`` (people by people_raster) and
        ``how``: ``scaled``; ``even`` over the land where the raster has nobody; ``raster`` where no
        total is known; ``no cell`` where the grid has none of the commune's land, so that its
        people are counted outside.
    """

    shares: Shares
    report: pd.DataFrame


@dataclass(frozen=True)
class Fitted:
    """A raster whose sums over communes, by the area of each cell, are their totals.

    Parameters
    ----------
    raster : ndarray
        Persons per cell.
    converged : bool
        Whether every total is met within ``AGREED``, but for communes that the grid has no cell of.
    rounds : int
        Steps that it took.
    missed : Series
        By how much each commune's sum differs from its total, as a share of it; NaN where no total
        is known.
    """

    raster: Floats
    converged: bool
    rounds: int
    missed: pd.Series


def reconcile(raster: np.ndarray, plan: CellFractions, totals: pd.Series) -> Reconciled:
    """Scale the people of a raster within each commune so that they add up to its total.

    Parameters
    ----------
    raster : ndarray, shape of the plan's grid
        Persons per cell, >= 0; NaN where unknown.
    plan : CellFractions
        Exact shares of cells in communes.
    totals : Series
        Persons on the communes' index; NaN where unknown: such a commune keeps the raster's people.

    Returns
    -------
    Reconciled

    Raises
    ------
    ValueError
        When a total is negative or infinite, or belongs to no commune of the plan.

    Notes
    -----
    Pycnophylactic in the sense of Tobler (1979): the volume of each commune is kept. A part of a
    cell in a commune is scaled by that commune's factor, so cells of several communes need no
    compromise, and the parts outside all communes stay as they are. Whole totals are met to the
    last digit, others to 2**-51 of all people.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> from affine import Affine
    >>> from deadzones.geodata.zonal import fractions
    >>> half = gpd.GeoDataFrame(index=["a"], geometry=[shapely.box(0, 0, 1.5, 1)], crs=4326)
    >>> plan = fractions(half, transform=Affine(1, 0, 0, 0, -1, 1), shape=(1, 2), crs="EPSG:4326")
    >>> done = reconcile(np.array([[10.0, 4.0]]), plan, pd.Series({"a": 18.0}))
    >>> done.shares.people.tolist(), done.shares.outside
    ([15.0, 3.0], 2.0)
    >>> print(done.report.to_string(index=False))
     people_raster  people_total  people  factor    how
              12.0          18.0    18.0     1.5 scaled
    """
    wanted = _checked(totals, plan)
    values = np.asarray(raster, dtype=float).ravel()
    weight = np.nan_to_num(values[plan.cell]) * plan.fraction
    before = _by_unit(weight, plan)
    there = np.bincount(plan.unit, minlength=len(plan.index)) > 0
    # A known total is the sum of known parts: where the raster knows nothing the land does not.
    even = there & (wanted > 0.0) & (before <= 0.0)
    area = plan.fraction * grids.areas_m2(plan.grid, plan.cell)
    weight = np.where((even | (before <= 0.0))[plan.unit], area, weight)
    told = np.where(np.isnan(wanted), before, wanted)
    inside = np.bincount(plan.cell, plan.fraction, minlength=len(values)).clip(max=1.0)
    outside = float((np.nan_to_num(values) * (1.0 - inside)).sum() + told[~there].sum())
    counted, quantum = in_quanta(np.r_[np.where(there, told, 0.0), outside])
    said = ~np.isnan(values[plan.cell])
    unsaid = np.isnan(wanted)[plan.unit] & ~said
    people = np.where(unsaid, np.nan, spread(counted[:-1], weight, plan.unit))
    known = there & (~np.isnan(wanted) | (_by_unit(said, plan) > 0.0))
    shares = Shares(
        people * quantum, float(counted[-1]) * quantum, float(told[there].sum()) + outside
    )
    how = np.select(
        [~there, np.isnan(wanted), even], ["no cell", "raster", "even"], default="scaled"
    )
    after = _by_unit(np.nan_to_num(shares.people), plan)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        factor = np.where(before > 0.0, after / before, np.nan)
    report = pd.DataFrame(
        {
            "people_raster": np.where(_by_unit(said, plan) > 0.0, before, np.nan),
            "people_total": wanted,
            "people": np.where(known | ~there, after, np.nan),
            "factor": factor,
            "how": how,
        },
        index=plan.index,
    )
    return Reconciled(shares, report)


def _checked(totals: pd.Series, plan: CellFractions) -> Floats:
    if not totals.index.is_unique:
        raise ValueError("a commune has two totals; give one each.")
    strange = totals.index.difference(plan.index)
    if len(strange):
        raise ValueError(
            f"{len(strange)} totals belong to no commune, the first {strange[0]!r}. "
            "Give totals of the same communes, of the same date."
        )
    wanted = totals.reindex(plan.index).to_numpy(dtype=float, na_value=np.nan)
    bad = (wanted < 0.0) | np.isinf(wanted)
    if bad.any():
        at = int(bad.argmax())
        raise ValueError(
            f"commune {plan.index[at]}: found a total of {wanted[at]:g}; wanted a number of at "
            "least 0. Mend it, or leave it empty if it is unknown."
        )
    return wanted


def _by_unit(amounts: Floats, plan: CellFractions) -> Floats:
    return np.bincount(plan.unit, weights=amounts, minlength=len(plan.index)).astype(float)


def fit_raster(raster: np.ndarray, plan: CellFractions, totals: pd.Series) -> Fitted:
    """Fit a raster to commune totals, for those who sum it over communes by area.

    Parameters
    ----------
    raster : ndarray, shape of the plan's grid
        Persons per cell, >= 0; NaN where unknown, and so it stays.
    plan : CellFractions
    totals : Series
        As for `reconcile`.

    Returns
    -------
    Fitted
        Cells of no commune are unchanged. A commune without people in the raster gets its own
        evenly; one whose total is 0 empties its cells, those that it shares with others too.

    Notes
    -----
    The raster nearest to the given one (least relative entropy) with these sums is the given one
    times exp(sum of fraction times a number for each commune): the limit of iterative proportional
    fitting (Deming and Stephan 1940; Darroch and Ratcliff 1972 for fractions). Its numbers are
    found by Newton's method, in a few steps where proportional steps need thousands. Where no
    raster has these sums, as for two wards within one cell, it does not converge and says so;
    `reconcile` has no such case.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> from affine import Affine
    >>> from deadzones.geodata.zonal import fractions
    >>> boxes = [shapely.box(0, 0, 1.5, 1), shapely.box(1.5, 0, 3, 1)]
    >>> two = gpd.GeoDataFrame(index=["a", "b"], geometry=boxes, crs=4326)
    >>> plan = fractions(two, transform=Affine(1, 0, 0, 0, -1, 1), shape=(1, 3), crs="EPSG:4326")
    >>> fitted = fit_raster(np.array([[10.0, 10.0, 10.0]]), plan, pd.Series({"a": 30.0, "b": 15.0}))
    >>> fitted.converged, plan.sum(fitted.raster).round(6).tolist()
    (True, [30.0, 15.0])
    """
    wanted = _checked(totals, plan)
    values, member = _start(np.asarray(raster, dtype=float).ravel(), plan, wanted)
    known = np.flatnonzero((wanted > 0.0) & (member.sum(axis=0) > 0.0))
    goal, member = wanted[known], member[:, known]
    number = np.zeros(len(known))
    rounds, scaled = 0, values
    while rounds < _ROUNDS:
        rounds += 1
        scaled = values * np.exp(member @ number)
        off = goal - member.T @ scaled
        if not len(known) or np.abs(off / goal).max() <= 0.1 * AGREED:
            break
        number = number + _step(member, scaled, off, goal, number, values)
    sums = _by_unit(np.nan_to_num(scaled)[plan.cell] * plan.fraction, plan)
    with np.errstate(divide="ignore", invalid="ignore"):
        missed = np.where(
            wanted > 0.0, (sums - wanted) / wanted, np.where(wanted == 0, sums, np.nan)
        )
    unknown = np.isnan(np.asarray(raster, dtype=float).ravel())
    fitted = np.where(unknown & (scaled == 0.0), np.nan, scaled).reshape(raster.shape)
    on_grid = np.bincount(plan.unit, minlength=len(plan.index)) > 0
    agreed = bool((np.abs(missed[on_grid & np.isfinite(missed)]) <= AGREED).all())
    return Fitted(fitted, agreed, rounds, pd.Series(missed, index=plan.index))


def _start(values: Floats, plan: CellFractions, wanted: Floats) -> tuple[Floats, csr_array]:
    """Return people per cell to begin with, and the share of each cell in each commune."""
    values = np.nan_to_num(values)
    before = _by_unit(values[plan.cell] * plan.fraction, plan)
    area = grids.areas_m2(plan.grid, plan.cell)
    land = _by_unit(area * plan.fraction, plan)
    even = (wanted > 0.0) & (before <= 0.0) & (land > 0.0)
    density = np.where(even, np.nan_to_num(wanted) / np.where(land > 0.0, land, 1.0), 0.0)
    here = even[plan.unit]
    np.add.at(values, plan.cell[here], (density[plan.unit] * area * plan.fraction)[here])
    values[plan.cell[wanted[plan.unit] == 0.0]] = 0.0
    shape = (len(values), len(plan.index))
    return values, csr_array((plan.fraction, (plan.cell, plan.unit)), shape=shape)


def _step(
    member: csr_array, scaled: Floats, off: Floats, goal: Floats, number: Floats, values: Floats
) -> Floats:
    """Newton's step of the dual, shortened until it gains, or a proportional step."""
    bend = (member.T @ diags_array(scaled) @ member).tocsc()
    ridge = diags_array(1e-12 * goal)
    step = spsolve(bend + ridge, off)
    if not np.isfinite(step).all():
        return np.log(goal / (goal - off))
    step = step * min(1.0, _SCALE_MOST / max(float(np.abs(step).max()), 1e-300))

    def worth(at: Floats) -> float:
        return float((values * np.exp((member @ at).clip(max=500.0))).sum() - goal @ at)

    now, slope = worth(number), float(off @ step)
    for _ in range(40):
        if worth(number + step) <= now - 1e-4 * slope + 1e-12 * abs(now):
            break
        step, slope = 0.5 * step, 0.5 * slope
    return step
