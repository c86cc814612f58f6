"""Which upgrades first: most people for the money, under a budget, with a bound."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from . import _assembly as assembly
from . import _plan_tables as plan_tables
from ._assembly import Offers
from .cells import Cells
from .inputs import Inputs
from .max_cover import cover
from .plan import Plan
from .planning import Draft, draft
from .zones import Lacks

if TYPE_CHECKING:
    from .analysis import Tables

__all__ = ["Plan", "Prospect", "cover", "plan", "rank"]


@dataclass(frozen=True, eq=False)
class Prospect:
    """All that could be built in a study, and for whom.

    Parameters
    ----------
    offers : Offers
    inputs : Inputs
    cells : Cells
    state : Lacks
    zone_of_cell : ndarray of int64
        Dead zone of each cell.
    score : Series
        Index of each commune, by code.
    """

    offers: Offers
    inputs: Inputs
    cells: Cells
    state: Lacks
    zone_of_cell: np.ndarray
    score: pd.Series

    def weights(self, objective: str) -> np.ndarray:
        """Return what the people of each point count for by an objective."""
        cell = self.offers.candidates.points.cell
        return assembly.weights(cell, objective, self.cells, self.state, self.inputs, self.score)


def rank(tables: Tables, *, budget: float | None, objective: str = "people") -> Plan:
    """Rank what to build first within a budget.

    Parameters
    ----------
    tables : Tables
        As :func:`deadzones.coverage.analysis.analyse` gives them.
    budget : float or None
        Present value, VND; None for no limit.
    objective : {"people", "equity", "deprivation"}
        What a person newly served counts for.

    Returns
    -------
    Plan
        With its ``table`` and ``network``.

    Raises
    ------
    ValueError
        When the tables were read from a folder, the budget is not a number of at least 0, or there
        is no such objective.

    Examples
    --------
    >>> import deadzones as dz
    >>> tables = dz.demo(communes=4)
    >>> bool(rank(tables, budget=1e11).cost <= 1e11)
    True
    """
    if tables.prospect is None:
        raise ValueError(
            "tables: found a result that was read from a folder; wanted one that was just analysed. "
            "Run the study."
        )
    if objective not in assembly.OBJECTIVES:
        wanted = ", ".join(assembly.OBJECTIVES)
        raise ValueError(f"objective: found {objective!r}; wanted one of {wanted}. Choose one.")
    return plan(tables.prospect, budget, objective)


def plan(prospect: Prospect, budget: float | None, objective: str | None = None) -> Plan:
    """Rank what to build first within a budget, of a prospect.

    Parameters
    ----------
    prospect : Prospect
    budget : float or None
        Present value, VND; None for no limit.
    objective : str, optional
        The study's where absent.

    Returns
    -------
    Plan

    Raises
    ------
    ValueError
        When the budget is not a number of at least 0.

    Examples
    --------
    >>> import deadzones as dz
    >>> tables = dz.demo(communes=4)
    >>> plan(tables.prospect, 0.0).people
    0.0
    """
    if budget is not None and not budget >= 0.0:
        raise ValueError(
            f"budget: found {budget}; wanted a number of at least 0, or None. Mend it."
        )
    problem = prospect.offers.problem
    if objective is not None:
        problem = replace(problem, weight=prospect.weights(objective))
    study = prospect.inputs.study
    found = draft(problem, budget, seed=study.seed, max_gap=study.upgrades.max_gap)
    return _written(found, prospect)


def _written(found: Draft, prospect: Prospect) -> Plan:
    works, offers = found.works, prospect.offers
    table = plan_tables.upgrades_table(works, offers, prospect.cells, prospect.zone_of_cell)
    return replace(found.plan, table=table, network=plan_tables.network_table(works, offers))
