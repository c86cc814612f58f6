"""Budgeted maximum coverage: who serves most people for the money, and a bound on the best plan."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.sparse import csr_array, eye_array, hstack, issparse

from . import _cover_kernels as kernels
from ._cover_kernels import Groups, State
from .plan import Plan

EXACT_CANDIDATES, EXACT_PAIRS = 20, 1_000
"""A problem up to this size is solved exactly; pairs are of candidates and groups of points."""
FIRST_ROUNDS, ROUNDS, STEPS = 4, 20, 400
"""Rounds of the local search from each of its two starts; most steps of the bound."""
SCALE = 1e4
"""Largest numbers that HiGHS is given: its tolerances are absolute."""
CHEAPER, CUTS = 1e-6, 100
"""What a cheaper plan must save at least, as a share; how often a problem is solved again at most."""
ROUNDING = 1e-12
"""Share by which a sum of costs may exceed the budget, and by which the bound is raised."""


def cover(reach: Any, people: np.ndarray, cost: np.ndarray, *, budget: float | None) -> Plan:
    """Choose candidates that serve most people within a budget, each person counted once.

    Parameters
    ----------
    reach : sparse array or matrix, candidates x points
        Whatever is not 0 says that a candidate serves a point.
    people : ndarray of float64, points
        People at each point, >= 0.
    cost : ndarray of float64, candidates
        Cost of each candidate, >= 0, in the currency of the budget.
    budget : float or None
        What may be spent; None or infinity for no limit. A plan that exceeds it by no more than
        sums are rounded by (1e-12 of the budget) is within it.

    Returns
    -------
    Plan
        In the order of people per cost. What costs nothing comes first, most people first.

    Raises
    ------
    ValueError
        When shapes differ, or a number is NaN, infinite (the budget may be) or below 0.

    Notes
    -----
    Greedy by gain per cost, compared with the best single candidate (Khuller, Moss and Naor 1999,
    The budgeted maximum coverage problem), then a local search that drops, adds and swaps. Ties go
    by lower cost, then by number. At equal people the plan is made cheaper.

    The bound relaxes "a point counts if somebody serves it" with a multiplier for each point, the
    people who are paid for: what is left is a fractional knapsack of prizes. It holds at any
    multipliers from 0 to the people of a point; the lowest met is given, raised by 1e-12 for
    rounding. The multipliers also give the search a second start.

    Candidates that reach nobody new, cost more than the budget or reach just what a cheaper one
    does are left out. If 20 or fewer remain, with 1,000 pairs of them and groups of points at most,
    HiGHS solves the problem to its own accuracy, some 1e-6, and the plan is `exact`.

    Examples
    --------
    >>> reach = csr_array([[1, 1, 0], [0, 1, 1], [0, 0, 1]])
    >>> plan = cover(reach, np.array([10.0, 20.0, 5.0]), np.array([3.0, 3.0, 1.0]), budget=4.0)
    >>> plan.chosen.tolist(), plan.people, plan.gap
    ([0, 2], 35.0, 0.0)
    """
    with np.errstate(over="ignore"):  # of people per next to nothing
        return _cover(reach, people, cost, budget, EXACT_CANDIDATES)


def _cover(
    reach: Any, people: np.ndarray, cost: np.ndarray, budget: float | None, exact_up_to: int
) -> Plan:
    matrix = _matrix(reach)
    people = _numbers("people", people, matrix.shape[1], "column")
    cost = _numbers("cost", cost, matrix.shape[0], "row")
    limit = _limit(budget)
    gifts, given, people = _free(matrix, people, cost)
    able = np.flatnonzero((cost > 0) & (cost <= limit) & (matrix @ people > 0))
    groups, kept = _distinct(matrix[able], people, cost[able])
    taken, bound, exact = _solve(groups, limit, exact_up_to)
    rows, gained = _ordered(groups, taken)
    bought = able[kept[rows]]
    gained = np.concatenate([given, gained])
    return Plan(
        np.concatenate([gifts, bought]),
        gained,
        cost[np.concatenate([gifts, bought])],
        # What is served may be summed up to more than the same people in another order.
        max(math.fsum(given) + bound, math.fsum(gained)),
        exact,
    )


# --- input ------------------------------------------------------------------------------------


def _matrix(reach: Any) -> csr_array:
    """Who reaches what: sorted, each pair once, as a matrix of its own."""
    if not issparse(reach) or reach.ndim != 2:
        raise ValueError(
            f"reach: found {type(reach).__name__}; wanted a sparse matrix of candidates x points. "
            "Make one: scipy.sparse.csr_array(reach)."
        )
    matrix = csr_array(reach.astype(bool))
    if not matrix.has_canonical_format or not matrix.data.all():
        matrix = matrix.copy()
        matrix.eliminate_zeros()
        matrix.sum_duplicates()
    return matrix


def _numbers(name: str, values: Any, count: int, of: str) -> np.ndarray:
    """Return values as floats, if they are as many as wanted, finite and not below 0."""
    numbers = np.array(values, dtype=float)
    if numbers.shape != (count,):
        raise ValueError(
            f"{name}: found the shape {numbers.shape}; wanted ({count},), one number for each {of} "
            f"of reach. Give as many as reach has {of}s."
        )
    bad = np.flatnonzero(~(np.isfinite(numbers) & (numbers >= 0)))
    if len(bad):
        raise ValueError(
            f"{name}[{bad[0]}]: found {numbers[bad[0]]}; wanted a finite number >= 0 "
            f"({len(bad)} are not). Correct it, or leave the {of} out."
        )
    return numbers


def _limit(budget: float | None) -> float:
    limit = math.inf if budget is None else float(budget)
    if not limit >= 0:
        raise ValueError(
            f"budget: found {budget}; wanted a number >= 0. Correct it, or give None for no limit."
        )
    return limit * (1 + ROUNDING)


# --- what is left to decide -------------------------------------------------------------------


def _free(
    matrix: csr_array, people: np.ndarray, cost: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Take what costs nothing: who, what each gains, and the people whom they leave."""
    free = np.flatnonzero(cost == 0)
    if len(free) == 0:
        return free, np.zeros(0), people
    reach = matrix[free]
    groups = _groups(reach, people, np.ones(len(free)))
    rows, gained = kernels.fill(groups, kernels.empty(groups), math.inf, 0.0)
    left = people.copy()
    left[reach.indices] = 0.0
    return free[rows], gained, left


def _groups(matrix: csr_array, people: np.ndarray, cost: np.ndarray) -> Groups:
    """Group the points that the same candidates reach; nobody's and empty ones are left out."""
    pointers, points = matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32)
    order, label = kernels.split(pointers, points, people)
    reached = people > 0
    reached &= np.bincount(points, minlength=len(people)) > 0
    order = order[reached[order]]
    new = np.diff(label[order], prepend=-1) != 0
    group = np.cumsum(new) - 1
    total = np.bincount(group, people[order]).astype(float)
    of_groups = matrix[:, order[new]].tocsc()
    pointers, column = of_groups.indptr.astype(np.int64), of_groups.indices.astype(np.int32)
    return Groups(*_runs(of_groups.tocsr()), pointers, column, total, cost)


def _runs(matrix: csr_array) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return pointers, first groups and groups after the last of each candidate's runs."""
    groups = matrix.indices.astype(np.int32)
    begins = np.ones(len(groups), dtype=bool)
    begins[1:] = groups[1:] != groups[:-1] + np.int32(1)
    begins[matrix.indptr[:-1][np.diff(matrix.indptr) > 0]] = True
    at = np.flatnonzero(begins)
    ends = np.append(at[1:], len(groups))[: len(at)] - 1
    pointers = np.searchsorted(at, matrix.indptr).astype(np.int64)
    return pointers, groups[at], groups[ends] + np.int32(1)


def _distinct(matrix: csr_array, people: np.ndarray, cost: np.ndarray) -> tuple[Groups, np.ndarray]:
    """Group the points, with the cheapest only of candidates that reach the same; who these are."""
    groups = _groups(matrix, people, cost)
    cheapest: dict[bytes, int] = {}
    for row, price in enumerate(cost.tolist()):
        own = slice(groups.run_ptr[row], groups.run_ptr[row + 1])
        reached = groups.first[own].tobytes() + groups.stop[own].tobytes()
        if price < cost[cheapest.setdefault(reached, row)]:
            cheapest[reached] = row
    kept = np.sort(np.fromiter(cheapest.values(), np.int64))
    if len(kept) < len(cost):
        groups = _groups(matrix[kept], people, cost[kept])
    return groups, kept


# --- plans: who is taken ----------------------------------------------------------------------


def _solve(groups: Groups, limit: float, exact_up_to: int) -> tuple[np.ndarray, float, bool]:
    """Return who is taken, a bound on all plans, and whether this one is proven best."""
    if len(groups.cost) == 0:
        return np.zeros(0, dtype=bool), 0.0, True
    if len(groups.cost) <= exact_up_to and len(groups.column) <= EXACT_PAIRS:
        best = _exact(groups, min(limit, math.fsum(groups.cost)))
        if best is not None:
            state = _finished(groups, best, limit)
            return state.taken, kernels.served(groups, state), True
    everybody = math.fsum(groups.people)
    state, bound = _searched(groups, _greedy(groups, limit), limit, FIRST_ROUNDS), everybody
    served = kernels.served(groups, state)
    if served < everybody * (1 - ROUNDING):
        start = groups.people / np.maximum(state.hits, 1)
        paid = kernels.relax(groups, limit, start, served, STEPS)
        bound = min(bound, kernels.certificate(groups, limit, paid) * (1 + ROUNDING))
        other = _searched(groups, _prized(groups, paid, limit), limit, ROUNDS)
        state = max(state, other, key=lambda each: _worth(groups, each))
    return state.taken, bound, kernels.served(groups, state) >= everybody * (1 - ROUNDING)


def _worth(groups: Groups, state: State) -> tuple[float, float]:
    return kernels.served(groups, state), -math.fsum(groups.cost[state.taken])


def _greedy(groups: Groups, limit: float) -> State:
    """Greedy by gain per cost, or after the best single candidate if that alone gains more."""
    state = kernels.empty(groups)
    alone = state.gain.copy()
    kernels.fill(groups, state, limit, 0.0)
    best = np.lexsort((groups.cost, -alone))[0]
    if alone[best] > kernels.served(groups, state):
        state = kernels.empty(groups)
        kernels.add(groups, state, best)
        kernels.fill(groups, state, limit, 0.0)
    return state


def _prized(groups: Groups, paid: np.ndarray, limit: float) -> State:
    """Greedy by what the multipliers pay."""
    prizes = groups._replace(people=paid)
    rows, _ = kernels.fill(prizes, kernels.empty(prizes), limit, 0.0)
    state = _state(groups, rows)
    kernels.fill(groups, state, limit, 0.0)
    return state


def _state(groups: Groups, rows: np.ndarray) -> State:
    state = kernels.empty(groups)
    for row in rows:
        kernels.add(groups, state, row)
    return state


def _searched(groups: Groups, state: State, limit: float, rounds: int) -> State:
    return _finished(groups, kernels.improve(groups, state, limit, rounds), limit)


def _finished(groups: Groups, taken: np.ndarray, limit: float) -> State:
    """Make a plan cheaper at equal people, and spend what that frees."""
    state = _state(groups, np.flatnonzero(taken))
    while True:
        moves = 1
        while moves:
            rows = np.flatnonzero(state.taken)
            rows = rows[np.argsort(-groups.cost[rows], kind="stable")]
            moves = kernels.cheapen(groups, state, rows)
            kernels.refresh(groups, state)
        rows, _ = kernels.fill(groups, state, limit, 0.0)
        if not len(rows):
            return state


def _ordered(groups: Groups, taken: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return who is taken in greedy order, and what each gains after those before it."""
    state = kernels.empty(groups)
    state.taken[~taken] = True
    rows, gained = kernels.fill(groups, state, math.inf, 0.0)
    # Beside huge gains, rounding can hide small ones: they show once gains are summed anew.
    kernels.refresh(groups, state)
    last, more = kernels.fill(groups, state, math.inf, 0.0)
    return np.concatenate([rows, last]), np.concatenate([gained, more])


# --- small problems ---------------------------------------------------------------------------


def _exact(groups: Groups, limit: float) -> np.ndarray | None:
    """Return who is in the cheapest of the best plans, or None where HiGHS does not tell."""
    best, most = None, 0.0
    for _ in range(CUTS):
        taken = _optimum(groups, limit)
        if taken is None:
            break
        people = kernels.served(groups, _state(groups, np.flatnonzero(taken)))
        if people < most * (1 - ROUNDING) or people == 0:
            break
        best, most = taken, max(most, people)
        limit = math.fsum(groups.cost[taken]) * (1 - CHEAPER)
    return best


def _optimum(groups: Groups, limit: float) -> np.ndarray | None:
    """Solve with HiGHS; plans that only its tolerance lets into the budget are cut off."""
    # It takes a third of a second to import.
    from scipy.optimize import Bounds, LinearConstraint, milp

    n, m = len(groups.cost), len(groups.people)
    nobody, nowhere = np.zeros(n), np.zeros(m)
    ones = np.ones(len(groups.column))
    reached_by = csr_array((-ones, groups.column, groups.column_ptr), shape=(m, n))
    cost = np.concatenate([groups.cost * (SCALE / limit), nowhere])
    rules = [
        LinearConstraint(hstack([reached_by, eye_array(m)]), -np.inf, 0.0),
        LinearConstraint(cost, -np.inf, SCALE),
    ]
    for _ in range(CUTS):
        found = milp(
            np.concatenate([nobody, groups.people * (-SCALE / groups.people.max())]),
            constraints=rules,
            bounds=Bounds(0, 1),
            integrality=np.concatenate([nobody + 1, nowhere]),
            options={"mip_rel_gap": 0.0},
        )
        if found.status != 0:
            return None
        taken = found.x[:n] > 0.5
        if math.fsum(groups.cost[taken]) <= limit:
            return taken
        too_dear = np.concatenate([taken.astype(float), nowhere])
        rules.append(LinearConstraint(too_dear, -np.inf, taken.sum() - 1.0))
    return None
