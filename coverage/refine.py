"""Better plans from a good one: take a part out, let others fill the gap, keep what is better."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import coo_array, csr_array

from ._growth_kernels import NETWORK
from ._selection import Ground, grow, replay
from ._works import Works
from .problem import NOBODY, Hops, Problem

_WORK = 1e8
"""Array elements that the search may touch: a bound that is the same on every machine."""
_MOST_ROUNDS = 60
_LEAST_ROUNDS = 5
"""Fewer are not worth the time."""
_LEAST_GAIN = 1e-9
"""Share by which a plan must be better; less is rounding."""


def best_plan(ground: Ground, budget: float, seed: int = 0, *, search: bool = True) -> Works:
    """Find a good plan within a budget: greedy, then local search, against the best single candidate.

    Parameters
    ----------
    ground : Ground
    budget : float
        Present value.
    seed : int
        Of the choice of what is taken out.
    search : bool
        Whether the greedy plan is bettered.

    Returns
    -------
    Works
        The networks as the plan builds them, with its steps.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> from deadzones.coverage.problem import plain
    >>> some = plain(csr_array(np.eye(2)), np.array([2.0, 100.0]), np.array([1.0, 100.0]))
    >>> best_plan(Ground.of(some), 100.0).weight
    100.0
    """
    works = _grown(ground, budget, [], bundles=search)
    weight, single = _single(ground, budget)
    if weight > works.weight and ground.problem.least_heads <= 0.0:
        works = _better(works, _grown(ground, budget, [single]))
    return better(ground, works, budget, seed) if search else works


def _grown(
    ground: Ground,
    budget: float,
    kept: list[int],
    barred: np.ndarray | None = None,
    *,
    bundles: bool = True,
) -> Works:
    """Return a plan that starts from some candidates and is filled up; the barred come last."""
    works = ground.works()
    replay(works, kept, budget)
    _provinces_first(works, budget)
    if barred is not None and len(barred):
        free = np.ones(ground.problem.size, dtype=bool)
        free[barred] = False
        grow(works, budget, np.flatnonzero(free), bundles=False)
    grow(works, budget, bundles=bundles and barred is None)
    return works


def _provinces_first(works: Works, budget: float) -> None:
    """Buy what gives every province the people that it must gain first."""
    problem = works.problem
    if problem.least_heads > 0.0:
        for group in np.unique(problem.group):
            grow(works, budget, np.flatnonzero(problem.group == group), enough=problem.least_heads)


def _single(ground: Ground, budget: float) -> tuple[float, int]:
    """Return the candidate that gains most of those that can be paid alone, and what it gains."""
    rows = np.arange(ground.problem.size)
    weight, _, vnd = ground.works().prices(rows)
    able = np.flatnonzero((vnd <= budget) & (weight > 0.0))
    if not len(able):
        return 0.0, -1
    best = int(able[np.lexsort((able, vnd[able], -weight[able]))][0])
    return float(weight[best]), best


def _better(one: Works, other: Works) -> Works:
    """Return the plan that gains more; the cheaper of equals; the first of the same."""
    gap = other.weight - one.weight
    slack = _LEAST_GAIN * max(one.weight, 1.0)
    if gap > slack or (gap >= -slack and other.spent < one.spent * (1.0 - _LEAST_GAIN)):
        return other
    return one


def better(ground: Ground, works: Works, budget: float, seed: int) -> Works:
    """Search around a plan for one that gains more, or the same for less.

    Parameters
    ----------
    ground : Ground
    works : Works
        The plan.
    budget : float
        Present value.
    seed : int
        Of the choice of what is taken out.

    Returns
    -------
    Works
        The same one where no better is found.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> from deadzones.coverage.problem import plain
    >>> ground = Ground.of(plain(csr_array(np.eye(2)), np.array([2.0, 9.0]), np.array([1.0, 9.0])))
    >>> better(ground, best_plan(ground, 9.0, search=False), 9.0, seed=1).weight
    9.0
    """
    draw = np.random.default_rng(seed)
    size = ground.problem.ways.root_vnd.size + ground.problem.reach.nnz + ground.problem.size
    rounds = int(min(_MOST_ROUNDS, _WORK // (10 * max(size, 1))))
    if len(works.steps) < 2 or rounds < _LEAST_ROUNDS:
        return works
    for number in range(rounds):
        if number % 2:
            works = _better(works, _grown(ground, budget, _in_another_order(works, number, draw)))
        out = _taken_out(works, number, draw)
        rows = _rows(works)
        works = _better(works, _grown(ground, budget, rows[~out].tolist(), rows[out]))
    return works


def _in_another_order(works: Works, number: int, draw: np.random.Generator) -> list[int]:
    """Order the steps anew, the dearest first or any: what is laid first, the others can share."""
    rows = _rows(works)
    if number % 4 == 1:
        return draw.permutation(rows).tolist()
    return rows[np.argsort([-step.vnd for step in works.steps], kind="stable")].tolist()


def _rows(works: Works) -> np.ndarray:
    return np.array([step.row for step in works.steps], dtype=np.int64)


def _taken_out(works: Works, number: int, draw: np.random.Generator) -> np.ndarray:
    """Choose steps to take out: those that stand on one, the last ones, or any."""
    count = len(works.steps)
    out = np.zeros(count, dtype=bool)
    size = int(draw.integers(1, max(2, min(count, 12)) + 1))
    if number % 3 == 0:
        out[draw.integers(count)] = True
        for at, step in enumerate(works.steps):
            out[at] |= any(way.from_step >= 0 and out[way.from_step] for way in step.ways)
    elif number % 3 == 1:
        rate = np.array([step.weight / max(step.vnd, 1e-300) for step in works.steps])
        out[np.argsort(rate, kind="stable")[:size]] = True
    else:
        out[draw.choice(count, min(size, count), replace=False)] = True
    return out


def settled(works: Works) -> Works:
    """Return the same plan put in order, with nothing left to choose, each step as it is then.

    People that two candidates reach belong to the one that serves them for less. The best rate
    comes first.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> from deadzones.coverage.problem import plain
    >>> some = plain(csr_array([[1, 1, 0], [0, 1, 1]]), np.array([1.0, 5.0, 2.0]), np.ones(2))
    >>> [(step.row, step.weight) for step in settled(best_plan(Ground.of(some), 9.0)).steps]
    [(1, 7.0), (0, 1.0)]
    """
    rows = _rows(works)
    cheapest = rows[np.lexsort((np.arange(len(rows)), works.problem.per_head_vnd[rows]))]
    for order in (cheapest, rows):
        ordered = Ground.of(_within(works, order)).works()
        grow(ordered, np.inf, bundles=False)
        if ordered.weight >= works.weight * (1.0 - _LEAST_GAIN):
            return ordered
    return works


def _within(works: Works, order: np.ndarray) -> Problem:
    """Cut a problem down to what a plan builds; points go to the first of ``order``."""
    problem = works.problem
    ways, options = problem.ways, problem.options
    edge_vnd, root_vnd = np.full_like(ways.edge_vnd, np.inf), np.full_like(ways.root_vnd, np.inf)
    root_vnd[ways.root_vnd <= 0.0] = 0.0
    option_vnd = np.full_like(options.vnd, np.inf)
    hops = list[tuple[int, int]]()
    for step in works.steps:
        for way in step.ways:
            if way.option == NETWORK:
                edge_vnd[way.layer, way.edges] = ways.edge_vnd[way.layer, way.edges]
                if way.straight_vnd > 0.0:
                    end = way.nodes[-1]
                    root_vnd[way.layer, end] = ways.root_vnd[way.layer, end]
            elif way.from_step != NOBODY:
                hops.append((works.steps[way.from_step].row, step.row))
            else:
                option_vnd[step.row, way.option] = options.vnd[step.row, way.option]
    start, end = np.array(sorted(hops), dtype=np.int64).reshape(-1, 2).T
    return replace(
        problem,
        reach=_shared_out(problem, order),
        ways=replace(ways, edge_vnd=edge_vnd, root_vnd=root_vnd),
        options=replace(options, vnd=option_vnd),
        hops=Hops(start, end, problem.hops.option, problem.hops.vnd),
        least_heads=0.0,
    )


def _shared_out(problem: Problem, order: np.ndarray) -> csr_array:
    """Give each point to the first candidate of an order that reaches it."""
    place = np.full(problem.size, NOBODY)
    place[order] = np.arange(len(order))
    pairs = coo_array(problem.reach)
    row, point = (axis.astype(np.int64) for axis in pairs.coords)
    kept = place[row] >= 0
    row, point = row[kept], point[kept]
    by = np.lexsort((place[row], point))
    first = by[np.unique(point[by], return_index=True)[1]]
    shape = problem.reach.shape
    return coo_array(
        (np.ones(len(first), np.int8), (row[first], point[first])), shape=shape
    ).tocsr()
