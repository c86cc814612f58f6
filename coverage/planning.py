"""From a problem to a plan: proved best where small, good with a bound where large."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter

import numpy as np

from ._selection import Ground, grow
from ._works import Works
from .bound import upper_bound
from .exact import EQUAL, is_small, solve
from .plan import Plan
from .problem import Problem
from .refine import best_plan, better, settled

_TRIES = 4
"""How often a plan is sought longer before its gap is told as it is."""


@dataclass(frozen=True, eq=False)
class Draft:
    """A plan as it was found.

    Parameters
    ----------
    works : Works
        Its steps, in order, and the networks as they build them.
    upper_bound : float
        No plan within the budget gains more.
    exact : bool
        Whether the plan is proved to be the best.
    """

    works: Works
    upper_bound: float
    exact: bool

    @property
    def plan(self) -> Plan:
        """The plan in numbers, without tables."""
        steps = self.works.steps
        return Plan(
            chosen=np.array([step.row for step in steps], dtype=np.int64),
            gained=np.array([step.heads for step in steps], dtype=float),
            costs=np.array([step.vnd for step in steps], dtype=float),
            upper_bound=self.upper_bound,
            exact=self.exact,
            worth=np.array([step.weight for step in steps], dtype=float),
        )


def draft(
    problem: Problem,
    budget: float | None,
    *,
    seed: int = 0,
    prove: bool = True,
    search: bool = True,
    max_gap: float | None = None,
) -> Draft:
    """Plan what to build within a budget.

    Parameters
    ----------
    problem : Problem
    budget : float or None
        Present value; None for no limit.
    seed : int
        Of the local search.
    prove : bool
        Whether small problems are solved exactly and large ones get a bound; without it the bound
        is what all candidates together would gain.
    search : bool
        Whether a plan found by the greedy rule is bettered by local search.
    max_gap : float, optional
        Share by which the plan may miss its bound before both are sought longer.

    Returns
    -------
    Draft

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> from deadzones.coverage.problem import plain
    >>> some = plain(csr_array(np.eye(2)), np.array([2.0, 100.0]), np.array([1.0, 100.0]))
    >>> found = draft(some, 100.0)
    >>> found.works.weight, found.exact
    (100.0, True)
    """
    limit = np.inf if budget is None else float(budget)
    if prove and is_small(problem):
        solution = solve(problem, limit)
        if solution is not None:
            works = Ground.of(solution.within).works()
            grow(works, np.inf)
            if works.spent <= limit:
                most = works.weight
                if not solution.cheapest:  # the search may find one that costs less
                    other = best_plan(Ground.of(problem), limit, seed, search=search)
                    sought = _in_order(other, limit)
                    works = min(
                        (each for each in (works, sought) if each.weight >= most * (1.0 - EQUAL)),
                        key=attrgetter("spent"),
                    )
                return Draft(works, max(most, works.weight), exact=True)
    ground = Ground.of(problem)
    found = best_plan(ground, limit, seed, search=search)
    if not prove:
        return Draft(found, float(problem.weight.sum()), exact=False)
    works = _in_order(found, limit)
    most = upper_bound(ground, limit, works.weight)
    for further in range(1, _TRIES + 1):
        if max_gap is None or most - works.weight <= max_gap * most:
            break
        found = better(ground, found, limit, seed + further)
        works = _in_order(found, limit)
        if further == 1:
            most = min(most, upper_bound(ground, limit, works.weight, thorough=True))
    return Draft(works, max(most, works.weight), exact=False)


def _in_order(works: Works, limit: float) -> Works:
    ordered = settled(works)
    return ordered if ordered.spent <= limit else works  # sums in another order may pass by an ulp
