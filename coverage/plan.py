"""A chosen order of upgrades, and how far from the best it may be."""

from __future__ import annotations

import math
from dataclasses import dataclass

import geopandas as gpd
import numpy as np


@dataclass(frozen=True, eq=False)
class Plan:
    """A chosen order of candidates, with a bound on what any plan could gain.

    Parameters
    ----------
    chosen : ndarray of int64
        Candidates in the order of choice.
    gained : ndarray of float64
        People whom each adds to those before it: nobody counts twice.
    costs : ndarray of float64
        Cost of each, in the currency of the budget.
    upper_bound : float
        No plan within the budget gains more.
    exact : bool
        Whether the plan is proven best, to the accuracy of the solver.
    worth : ndarray of float64, optional
        What each adds of what the plan was to gain most of, where that is not people alone.
    table : GeoDataFrame, optional
        The plan as the ranked table of upgrades.
    network : GeoDataFrame, optional
        The lines that it builds.

    Examples
    --------
    >>> plan = Plan(np.array([4, 1]), np.array([70.0, 20.0]), np.array([5.0, 3.0]), 100.0)
    >>> plan.people, plan.cost, round(plan.gap, 3)
    (90.0, 8.0, 0.1)
    """

    chosen: np.ndarray
    gained: np.ndarray
    costs: np.ndarray
    upper_bound: float
    exact: bool = False
    worth: np.ndarray | None = None
    table: gpd.GeoDataFrame | None = None
    network: gpd.GeoDataFrame | None = None

    @property
    def people(self) -> float:
        """People whom the whole plan serves."""
        return math.fsum(self.gained)

    @property
    def cost(self) -> float:
        """Cost of the whole plan."""
        return math.fsum(self.costs)

    @property
    def gap(self) -> float:
        """How far the plan may be from the best one, as a share of the bound."""
        reached = self.people if self.worth is None else math.fsum(self.worth)
        return 0.0 if self.upper_bound <= 0 else max(0.0, 1.0 - reached / self.upper_bound)
