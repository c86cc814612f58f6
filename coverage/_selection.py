"""Which candidates to build, in which order: most for the money, trenches and poles paid once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from . import _growth_kernels as kernels
from ._growth_kernels import UNMET, Graph, Offers, Queue
from ._works import Works, graph_of, offers_of
from .problem import Problem

_FALL, _FALL_LARGE = 0.97, 0.8
"""Bundles are sought again when the best single candidate's rate has fallen to this share; looking for
one takes as long as there are pairs of candidates and points."""
_LARGE = 1_000_000
"""Pairs from which a problem is large."""
_ROUNDS = 2
"""How often a bundle is trimmed to its own rate."""
_SLACK = 1e-9
"""Share by which sums in another order may differ."""


@dataclass(frozen=True, eq=False)
class Ground:
    """A problem laid out for the kernels, once for many plans."""

    problem: Problem
    graph: Graph
    offers: Offers

    @classmethod
    def of(cls, problem: Problem) -> Ground:
        """Lay a problem out."""
        return cls(problem, graph_of(problem), offers_of(problem))

    def works(self) -> Works:
        """Return the networks as they stand before any plan."""
        return Works(self.problem, self.graph, self.offers)


def grow(
    works: Works,
    budget: float,
    rows: np.ndarray | None = None,
    *,
    enough: float = np.inf,
    bundles: bool = True,
) -> None:
    """Buy candidates while they gain and can be paid: the best rate first, singly or in bundles.

    Lazy greedy: what a candidate gains only falls as others are bought, and what makes it cheaper
    puts it back into the queue, so a stale rate is never too low. Several candidates that share a
    trunk which none of them could carry alone are bought together, where together they have the
    better rate.

    Parameters
    ----------
    works : Works
        Changed: the steps are added to it.
    budget : float
        Present value of the whole plan.
    rows : ndarray of int64, optional
        Candidates to choose from; all where absent.
    enough : float
        People gained by these candidates at which to stop.
    bundles : bool
        Whether candidates are bought together where they share a trunk.
    """
    allowed = np.ones(works.problem.size, dtype=bool)
    if rows is not None:
        allowed[:] = False
        allowed[rows] = True
    queue = _Queue(works, allowed)
    last, fall = np.inf, _FALL_LARGE if works.problem.reach.nnz > _LARGE else _FALL
    while (enough == np.inf or _heads(works, allowed) < enough) and (best := queue.best(budget)):
        rate, row = best
        bundle = np.zeros(0, dtype=np.int64)
        if bundles and rate < last * fall:
            bundle = _bundle(works, allowed, rate, budget - works.spent)
            last = rate
        for each in bundle.tolist() or [row]:
            if works.can_buy(each, budget):
                queue.refresh(works.buy(each))


def _heads(works: Works, allowed: np.ndarray) -> float:
    return sum(step.heads for step in works.steps if allowed[step.row])


class _Queue:
    """Candidates by what they gained for their price when last looked at: never less than now.

    What a candidate gains only falls as others are bought, and what has become cheaper is looked at
    anew.
    """

    def __init__(self, works: Works, allowed: np.ndarray) -> None:
        self.works, self.allowed = works, allowed & ~works.bought
        size = len(allowed)
        self.queue = Queue(
            np.zeros(size), np.zeros(size), np.zeros(size, dtype=bool),
            np.zeros(size, dtype=np.int64), np.zeros(1, dtype=np.int64),
        )  # fmt: skip
        self.refresh(np.flatnonzero(self.allowed))

    def refresh(self, rows: np.ndarray) -> None:
        """Look at candidates anew; the others are stale."""
        works, queue = self.works, self.queue
        rows = np.unique(rows)
        rows = rows[self.allowed[rows] & ~works.bought[rows]]
        weight, _, vnd = works.prices(rows)
        queue.rate[rows], queue.vnd[rows] = kernels.rates(weight, vnd), vnd
        queue.rate[works.bought] = 0.0
        queue.fresh[:] = False
        kernels.arrange(queue)

    def best(self, budget: float) -> tuple[float, int] | None:
        """Return the rate and row of the best that can be paid; ties by price, then by row."""
        works = self.works
        how = np.full(len(works.problem.ways.layers), UNMET)
        money = budget - works.spent
        row = kernels.best(works.offers, works.state, works.poles, self.queue, money, how)
        return (float(self.queue.rate[row]), int(row)) if row >= 0 else None


def _bundle(works: Works, allowed: np.ndarray, rate: float, money: float) -> np.ndarray:
    """Return candidates on one branch of a network that together have a better rate than ``rate``.

    Nearest to the network first; none where there is no such bundle.
    """
    best, best_rate = np.zeros(0, dtype=np.int64), rate * (1.0 + _SLACK)
    rows = np.flatnonzero(allowed & ~works.bought & (works.problem.node >= 0))
    for layer in range(len(works.problem.ways.layers)):
        aim, found = rate, best
        for _ in range(_ROUNDS):
            found, its_rate, vnd = _branch(works, rows, layer, aim)
            if not len(found) or its_rate <= best_rate or vnd > money:
                break
            best, best_rate, aim = found, its_rate, its_rate
    return best


def _branch(
    works: Works, rows: np.ndarray, layer: int, rate: float
) -> tuple[np.ndarray, float, float]:
    """Find the branch of a layer's tree that gains most beyond ``rate`` times its price."""
    state, node = works.state, works.problem.node
    own, heads = kernels.apart(works.offers, state, rows, layer, rate)
    surplus = own - rate * heads
    at = np.flatnonzero((surplus > 0.0) & np.isfinite(state.vnd[layer, node[rows]]))
    nothing = np.zeros(0, dtype=np.int64), 0.0, 0.0
    at = at[state.vnd[layer, node[rows[at]]] > 0.0]
    if len(at) < 2:
        return nothing
    order, root = _ways_of(works, layer, node[rows[at]])
    worth = np.bincount(node[rows[at]], surplus[at], minlength=works.problem.ways.nodes)
    vnd, parent = state.vnd[layer], state.parent[layer]
    value = kernels.branches(vnd, parent, order, worth, rate)
    foot = order[root]
    net = value[foot] - rate * vnd[foot]
    if not len(net) or net.max() <= 0.0:
        return nothing
    inside = kernels.within(vnd, parent, order, value, rate, int(foot[net.argmax()]))
    members = at[inside[node[rows[at]]]]
    members = members[np.lexsort((rows[members], vnd[node[rows[members]]]))]
    chosen = rows[members]
    works.state.mark[0] += 1
    trunk = kernels.union_vnd(state, layer, node[chosen], works.seen, int(works.state.mark[0]))
    price = float(heads[members].sum() + trunk)
    return chosen, float(own[members].sum()) / price if price > 0.0 else np.inf, price


def _ways_of(works: Works, layer: int, nodes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the nodes on the ways of some nodes, the farthest first, and which are where ways end."""
    state = works.state
    works.state.mark[0] += 1
    found = kernels.on_ways(
        state.vnd[layer], state.parent[layer], nodes, works.seen, int(works.state.mark[0])
    )
    order = found[np.lexsort((found, -state.vnd[layer, found]))]
    parent = state.parent[layer, order]
    return order, (parent < 0) | (state.vnd[layer, parent] <= 0.0)


def replay(works: Works, rows: Iterable[int], budget: float) -> None:
    """Buy candidates in the order given, those that gain and can still be paid."""
    for row in rows:
        if works.can_buy(row, budget):
            works.buy(row)
