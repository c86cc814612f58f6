"""The certificate of a plan: what no plan within the budget can exceed."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csc_array

from . import _bound_kernels as kernels
from ._bound_kernels import Left, Served
from ._growth_kernels import nearest
from ._selection import Ground
from .problem import Problem

_SHARES = (1.0, 0.8, 0.64, 0.5, 0.4, 0.3, 0.2)
"""Rates of exchange that are tried, as shares of what the known plan gains for its budget: the last
that it buys is dearer than its average."""
_FINER = (0.95, 0.9, 1.05, 1.1)
"""And around the best of them."""
_OTHERS = ((1, -1), (3, 1))
"""Other ways to charge at the best rate: rounds of rising room, and the order of points."""
_THOROUGH = ((2, 1), (2, -1), (3, -1), (5, 1), (8, 1))
"""More of them, where a plan is to be proved within a gap."""
_LARGE, _SHARES_LARGE, _FINER_LARGE = 2_000_000, (0.4, 0.3), ()
"""Pairs from which fewer are tried."""
_SAFE = 1.0 + 1e-9
"""What sums in floating point can lose."""


def upper_bound(ground: Ground, budget: float, reached: float, *, thorough: bool = False) -> float:
    """Return what no plan within the budget gains more than.

    Parameters
    ----------
    ground : Ground
    budget : float
        Present value; infinite where there is no limit.
    reached : float
        What a known plan gains: a bound is never below it.
    thorough : bool
        Whether a large problem gets as many trials as a small one, and all get more.

    Returns
    -------
    float

    Notes
    -----
    Each point is charged for what serving it surely costs, so that any plan pays at least the
    charges of all points that it serves, however cleverly they share trenches, poles and sites: a
    dual ascent on directed cuts in the graph that leads from what stands over the networks and the
    candidates to the points (after Wong 1984). What is left is a knapsack of points that may be
    served in part. Where a candidate needs two networks, the cuts of each are raised in turn.
    Limits on satellite terminals, minima by province, and that a hop needs its other end, are left
    out: that can only raise the bound.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> from deadzones.coverage.problem import plain
    >>> some = plain(csr_array(np.eye(2)), np.array([2.0, 100.0]), np.array([1.0, 100.0]))
    >>> upper_bound(Ground.of(some), 100.0, 100.0) < 101.1
    True
    """
    problem = ground.problem
    able = _able(ground, budget)
    pairs = csc_array(problem.reach)
    pairs.sort_indices()
    reached_by = np.diff(csc_array(problem.reach[able]).indptr) > 0
    best = float(problem.weight[reached_by].sum())
    order = np.flatnonzero(reached_by & (problem.weight > 0.0))
    if np.isfinite(budget) and len(order):

        def bound(rate: float, rounds: int = 1, direction: int = 1) -> float:
            charges = _charges(ground, pairs, able, order[::direction], rate, rounds)
            return _knapsack(problem.weight[order], charges[order], budget)

        average = max(reached, best * 1e-6) / max(budget, 1e-300)
        large = problem.reach.nnz > _LARGE and not thorough
        trials = {s * average: bound(s * average) for s in (_SHARES_LARGE if large else _SHARES)}
        middle = min(trials, key=lambda rate: (trials[rate], rate))
        trials |= {s * middle: bound(s * middle) for s in (_FINER_LARGE if large else _FINER)}
        middle = min(trials, key=lambda rate: (trials[rate], rate))
        more = () if large else _OTHERS + (_THOROUGH if thorough else ())
        others = [bound(middle, *other) for other in more]
        best = min(best, *trials.values(), *others)
    return max(best * _SAFE, reached)


def _charges(
    ground: Ground,
    pairs: csc_array,
    able: np.ndarray,
    order: np.ndarray,
    rate: float,
    rounds: int,
) -> np.ndarray:
    """Charge points up to what they are worth at a rate of exchange."""
    problem = ground.problem
    needs = np.ascontiguousarray(problem.needs.T)
    if not len(needs):  # without networks there is one layer that nobody needs
        needs = np.zeros((1, problem.size), dtype=bool)
    start, row = pairs.indptr.astype(np.int64), pairs.indices.astype(np.int64)
    served = Served(start, row, problem.node, needs)
    left = _prices(problem, start, row, able)
    worth = problem.weight / max(rate, 1e-300)
    charges = np.zeros(len(worth))
    for part in range(1, rounds + 1):
        for layer in range(len(needs)):
            room = worth * part / rounds - charges
            charges[order] += kernels.charge(
                ground.graph, problem.ways.tail, served, left, layer, order, room
            )
    return charges


def _prices(problem: Problem, start: np.ndarray, row: np.ndarray, able: np.ndarray) -> Left:
    point = np.repeat(np.arange(len(start) - 1), np.diff(start))
    edges, roots = _network(problem)
    return Left(
        problem.per_head_vnd[row] * problem.heads[point],
        np.where(able, problem.fixed_vnd, np.inf),
        np.ascontiguousarray(_alone(problem).T),
        edges.copy(),
        edges,
        roots,
    )


def _knapsack(weight: np.ndarray, vnd: np.ndarray, budget: float) -> float:
    """Return the most that fits a budget when points may be served in part."""
    free = vnd <= 0.0
    gained, weight, vnd = float(weight[free].sum()), weight[~free], vnd[~free]
    order = np.argsort(-weight / vnd, kind="stable")
    weight, vnd = weight[order], vnd[order]
    spent = np.cumsum(vnd)
    share = ((budget - (spent - vnd)) / vnd).clip(0.0, 1.0)
    return gained + float((weight * share).sum())


def _able(ground: Ground, budget: float) -> np.ndarray:
    """Tell which candidates a plan within the budget may hold.

    A plan pays at least for each of its candidates alone, its poles shared with whoever needs them.
    """
    problem, (edges, roots) = ground.problem, _network(ground.problem)
    vnd, alone = np.array(problem.fixed_vnd, dtype=float), _alone(problem)
    for layer in range(len(problem.ways.layers)):
        network = np.append(nearest(ground.graph, edges[layer], roots[layer]), np.inf)
        cheapest = np.minimum(network[problem.node], alone[:, layer])
        vnd += np.where(problem.needs[:, layer], cheapest, 0.0)
    return (vnd <= budget) & np.isfinite(vnd)


def _network(problem: Problem) -> tuple[np.ndarray, np.ndarray]:
    """Return edge and root prices by layer, such that shared poles are in no one's price."""
    ways = problem.ways
    edges = np.array(ways.edge_vnd, dtype=float)
    if ways.poles is not None:
        hanging, standing = ways.poles
        saved = np.maximum(edges[hanging] - ways.on_poles_vnd, 0.0)
        edges[hanging] = np.minimum(edges[hanging], ways.on_poles_vnd + edges[standing])
        edges[standing] = np.maximum(edges[standing] - saved, 0.0)
    if not len(edges):
        return np.zeros((1, len(ways.tail))), np.zeros((1, ways.nodes))
    return edges, np.array(ways.root_vnd, dtype=float)


def _alone(problem: Problem) -> np.ndarray:
    """Return the least that a need costs without the network, candidates x layers."""
    options, hops = problem.options, problem.hops
    vnd = np.array(options.vnd, dtype=float)
    if len(hops.end):
        vnd[hops.end, hops.option] = np.minimum(vnd[hops.end, hops.option], hops.vnd)
    found = np.full((problem.size, max(1, len(problem.ways.layers))), np.inf)
    for option, layer in enumerate(options.layer.tolist()):
        found[:, layer] = np.minimum(found[:, layer], vnd[:, option])
    return found
