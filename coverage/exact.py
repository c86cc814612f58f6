"""The best plan of a small problem, proved: one mixed-integer program for HiGHS."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.sparse import coo_array

from .problem import NOBODY, Hops, Problem

MOST_CANDIDATES = 40
MOST_EDGES = 400
MOST_PAIRS = 4000
"""Candidates, edges and pairs of candidate and point up to which a problem is small."""
_NODES, _NODES_CHEAPEST = 300, 50
"""Of the search trees for the best plan, and for the cheapest that is as good: a bound on work that is
the same on every machine. A node takes up to a tenth of a second."""
EQUAL = 1e-9
"""Share by which a gain may fall in the search for the cheapest of equals."""
_WHOLE = 0.5


def is_small(problem: Problem) -> bool:
    """Tell whether a problem is one for :func:`solve`.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> from deadzones.coverage.problem import plain
    >>> is_small(plain(csr_array(np.eye(2)), np.ones(2), np.ones(2)))
    True
    """
    return (
        problem.size <= MOST_CANDIDATES
        and len(problem.ways.tail) <= MOST_EDGES
        and problem.reach.nnz <= MOST_PAIRS
        and problem.least_heads <= 0.0
    )


@dataclass(frozen=True, eq=False)
class Solution:
    """The best plan, and the problem cut down to it.

    Parameters
    ----------
    rows : ndarray of int64
        Candidates.
    weight : float
    within : Problem
        The same problem with nothing left to choose: only what the plan builds has a price.
    cheapest : bool
        Whether it is proved that no plan that gains as much costs less.
    """

    rows: np.ndarray
    weight: float
    within: Problem
    cheapest: bool = False


def solve(problem: Problem, budget: float) -> Solution | None:
    """Find the plan that gains most within a budget, and of equals a cheap one.

    Parameters
    ----------
    problem : Problem
        A small one.
    budget : float
        Present value; infinite where there is no limit.

    Returns
    -------
    Solution or None
        None where the search tree became too large.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> from deadzones.coverage.problem import plain
    >>> some = plain(csr_array(np.eye(2)), np.array([2.0, 100.0]), np.array([1.0, 100.0]))
    >>> solve(some, 100.0).rows.tolist()
    [1]
    """
    program = _Program(problem)
    limit = min(budget, program.everything())
    first, proved = program.run(-program.weight, [(program.vnd, -np.inf, limit)], _NODES)
    if first is None or not proved:
        return None
    gained = float(program.weight @ first)
    floor = gained - EQUAL * max(gained, 1.0)
    rules = [(program.vnd, -np.inf, limit), (program.weight, floor, np.inf)]
    second, proved = program.run(program.vnd, rules, _NODES_CHEAPEST)
    return replace(program.read(first if second is None else second), cheapest=proved)


class _Balance:
    """What flows into each place, less what flows out of it: terms of a rule."""

    def __init__(self) -> None:
        self.terms: dict[int, tuple[list[int], list[float]]] = {}

    def add(self, place: int, variable: int, factor: float) -> None:
        at, factors = self.terms.setdefault(place, ([], []))
        at.append(variable)
        factors.append(factor)

    def move(self, start: np.ndarray, end: np.ndarray, flow: np.ndarray) -> None:
        for one, other, part in zip(start.tolist(), end.tolist(), flow.tolist(), strict=True):
            self.add(one, part, -1.0)
            self.add(other, part, 1.0)


class _Program:
    """Variables, prices and rules of the mixed-integer program.

    Candidates are built or not; each need of one is a site that a flow from what stands must reach,
    along edges, straight links, options and hops that have been paid for.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.count = 0
        self.vnd_parts = list[np.ndarray]()
        self.weight_parts = list[np.ndarray]()
        self.whole = list[np.ndarray]()
        self.upper = list[np.ndarray]()
        self.rules = list[tuple[np.ndarray, np.ndarray, float, float]]()
        self._candidates()
        self.layers = [self._layer(layer) for layer in range(len(problem.ways.layers))]
        self._poles()
        self._caps()
        self.vnd = np.concatenate(self.vnd_parts)
        self.weight = np.concatenate(self.weight_parts)

    def everything(self) -> float:
        """Return what all that can be had costs: a limit that never binds."""
        return float(self.vnd[self.vnd > 0.0] @ np.concatenate(self.upper)[self.vnd > 0.0]) + 1.0

    def new(
        self, vnd: np.ndarray, *, whole: bool, upper: np.ndarray | float = 1.0, weight: float = 0.0
    ) -> np.ndarray:
        """Add variables with prices; those of infinite price stay 0."""
        vnd = np.asarray(vnd, dtype=float)
        able = np.isfinite(vnd)
        self.vnd_parts.append(np.where(able, vnd, 0.0))
        self.weight_parts.append(np.full(len(vnd), weight))
        self.whole.append(np.full(len(vnd), int(whole)))
        self.upper.append(np.where(able, upper, 0.0))
        self.count += len(vnd)
        return np.arange(self.count - len(vnd), self.count)

    def rule(self, at: list[int], factor: list[float], low: float, high: float) -> None:
        """Add low <= sum of factor times variable <= high."""
        self.rules.append((np.array(at), np.array(factor), low, high))

    def _candidates(self) -> None:
        problem = self.problem
        pairs = coo_array(problem.reach)
        self.row, self.point = (axis.astype(np.int64) for axis in pairs.coords)
        self.build = self.new(problem.fixed_vnd, whole=True)
        served_vnd = problem.per_head_vnd[self.row] * problem.heads[self.point]
        self.serve = self.new(served_vnd, whole=False)
        self.weight_parts[-1] = problem.weight[self.point].astype(float)
        for point in np.unique(self.point):
            at = np.flatnonzero(self.point == point)
            serve = self.serve[at].tolist()
            self.rule(serve, [1.0] * len(serve), -np.inf, 1.0)
            for pair in at.tolist():
                build = int(self.build[self.row[pair]])
                self.rule([int(self.serve[pair]), build], [1.0, -1.0], -np.inf, 0.0)
                self.rule([*serve, build], [1.0] * len(serve) + [-1.0], 0.0, np.inf)

    def _layer(self, layer: int) -> dict[str, np.ndarray]:
        problem, ways = self.problem, self.problem.ways
        rows = np.flatnonzero(problem.needs[:, layer])
        most = float(max(len(rows), 1))
        edge = self.new(ways.edge_vnd[layer], whole=True)
        nodes = np.flatnonzero(np.isfinite(ways.root_vnd[layer]))
        root = self.new(ways.root_vnd[layer, nodes], whole=True)
        along, back, rise = (self._flow(paid, most) for paid in (edge, edge, root))
        tap = self.new(np.zeros(len(rows)), whole=False, upper=most)
        site, place = _Balance(), _Balance()
        for row, part in zip(rows.tolist(), tap.tolist(), strict=True):
            site.add(row, part, 1.0)
            if problem.node[row] == NOBODY:
                self.upper_of(part, 0.0)
            else:
                place.add(int(problem.node[row]), part, -1.0)
        for start, end, flow in ((ways.tail, ways.head, along), (ways.head, ways.tail, back)):
            place.move(start, end, flow)
        for node, part in zip(nodes.tolist(), rise.tolist(), strict=True):
            place.add(node, part, 1.0)
        option = self._options(layer, rows, most, site)
        hop = self._hops(layer, most, site)
        for row, (at, factor) in site.terms.items():
            self.rule([*at, int(self.build[row])], [*factor, -1.0], 0.0, 0.0)
        for at, factor in place.terms.values():
            self.rule(at, factor, 0.0, 0.0)
        return {"edge": edge, "root": root, "nodes": nodes, "option": option, "hop": hop}

    def _flow(self, paid: np.ndarray, most: float) -> np.ndarray:
        """Add a flow through each of some variables, which is 0 where that is not paid."""
        flow = self.new(np.zeros(len(paid)), whole=False, upper=most)
        for one, part in zip(paid.tolist(), flow.tolist(), strict=True):
            self.rule([part, one], [1.0, -most], -np.inf, 0.0)
        return flow

    def upper_of(self, variable: int, upper: float) -> None:
        """Bound one variable that has been added."""
        for part in self.upper:
            if variable < len(part):
                part[variable] = upper
                return
            variable -= len(part)

    def _options(self, layer: int, rows: np.ndarray, most: float, site: _Balance) -> np.ndarray:
        """Add the options of a layer; return the variable of each candidate and option, or -1."""
        options = self.problem.options
        found = np.full(options.vnd.shape, NOBODY)
        for option in np.flatnonzero(options.layer == layer).tolist():
            had = rows[np.isfinite(options.vnd[rows, option])]
            paid = self.new(options.vnd[had, option], whole=True)
            flow = self._flow(paid, most)
            found[had, option] = paid
            for row, one, part in zip(had.tolist(), paid.tolist(), flow.tolist(), strict=True):
                self.rule([one, int(self.build[row])], [1.0, -1.0], -np.inf, 0.0)
                site.add(row, part, 1.0)
        return found

    def _hops(self, layer: int, most: float, site: _Balance) -> np.ndarray:
        hops = self.problem.hops
        if hops.option == NOBODY or self.problem.options.layer[hops.option] != layer:
            return np.zeros(0, dtype=np.int64)
        paid = self.new(np.full(len(hops.start), hops.vnd), whole=True)
        flow = self._flow(paid, most)
        needy = set(site.terms)
        ends = zip(hops.start.tolist(), hops.end.tolist(), strict=True)
        for (start, end), one, part in zip(ends, paid.tolist(), flow.tolist(), strict=True):
            self.rule([one, int(self.build[start])], [1.0, -1.0], -np.inf, 0.0)
            if start in needy:
                site.add(start, part, -1.0)
            if end in needy:
                site.add(end, part, 1.0)
            else:
                self.upper_of(one, 0.0)
        return paid

    def _poles(self) -> None:
        ways = self.problem.ways
        if ways.poles is None:
            return
        hanging, standing = ways.poles
        saved = np.maximum(ways.edge_vnd[hanging] - ways.on_poles_vnd, 0.0)
        both = self.new(-saved, whole=False)
        for layer in (hanging, standing):
            for one, edge in zip(both.tolist(), self.layers[layer]["edge"].tolist(), strict=True):
                self.rule([one, edge], [1.0, -1.0], -np.inf, 0.0)

    def _caps(self) -> None:
        caps, options = self.problem.caps, self.problem.options
        at = [*self.build.tolist(), *self.serve.tolist()]
        of = [*range(self.problem.size), *self.row.tolist()]
        taken = [*caps.terminals, *(caps.per_head[self.row] * self.problem.heads[self.point])]
        for layer in self.layers:
            rows, which = np.nonzero(layer["option"] != NOBODY)
            at += layer["option"][rows, which].tolist()
            of += rows.tolist()
            taken += options.terminals[which].tolist()
        of_square = caps.square[np.array(of, dtype=np.int64)]
        for square, limit in enumerate([*caps.by_square.tolist(), caps.total]):
            inside = of_square == square if square < len(caps.by_square) else np.ones(len(at), bool)
            inside &= np.array(taken) > 0.0
            if np.isfinite(limit) and inside.any():
                where = np.flatnonzero(inside).tolist()
                self.rule([at[one] for one in where], [taken[one] for one in where], -np.inf, limit)

    def run(
        self, aim: np.ndarray, more: list[tuple[np.ndarray, float, float]], nodes: int
    ) -> tuple[np.ndarray | None, bool]:
        """Minimise; return the best that HiGHS found, if any, and whether it proved it the best."""
        # It takes a third of a second to import.
        from scipy.optimize import Bounds, LinearConstraint, milp

        sizes = [len(at) for at, _, _, _ in self.rules]
        row = np.repeat(np.arange(len(sizes)), sizes)
        at = np.concatenate([one for one, _, _, _ in self.rules])
        factor = np.concatenate([one for _, one, _, _ in self.rules])
        matrix = coo_array((factor, (row, at)), shape=(len(sizes), self.count)).tocsr()
        low, high = (np.array([one[which] for one in self.rules]) for which in (2, 3))
        rules = [LinearConstraint(matrix, low, high)]
        rules += [LinearConstraint(each / _scale(each), lo / _scale(each), hi / _scale(each))
                  for each, lo, hi in more]  # fmt: skip
        with _silence():
            found = milp(
                aim / _scale(aim),
                integrality=np.concatenate(self.whole),
                bounds=Bounds(0.0, np.concatenate(self.upper)),
                constraints=rules,
                options={"mip_rel_gap": 0.0, "node_limit": nodes},
            )
        return found.x, found.status == 0

    def read(self, found: np.ndarray) -> Solution:
        """Return the plan that the variables tell."""
        problem, ways = self.problem, self.problem.ways
        taken = found > _WHOLE
        built = taken[self.build]
        edge_vnd, root_vnd = (
            np.full_like(ways.edge_vnd, np.inf),
            np.full_like(ways.root_vnd, np.inf),
        )
        option_vnd = np.full_like(problem.options.vnd, np.inf)
        hops = problem.hops
        for layer, part in enumerate(self.layers):
            edge = taken[part["edge"]]
            edge_vnd[layer, edge] = ways.edge_vnd[layer, edge]
            nodes = part["nodes"][taken[part["root"]]]
            root_vnd[layer, nodes] = ways.root_vnd[layer, nodes]
            had = (part["option"] != NOBODY) & taken[part["option"]]
            option_vnd[had] = problem.options.vnd[had]
            if len(part["hop"]):
                kept = taken[part["hop"]]
                hops = Hops(hops.start[kept], hops.end[kept], hops.option, hops.vnd)
        if not any(len(part["hop"]) for part in self.layers):
            hops = Hops(hops.start[:0], hops.end[:0], hops.option, hops.vnd)
        pairs = taken[self.serve] & built[self.row]
        reach = coo_array(
            (np.ones(int(pairs.sum()), np.int8), (self.row[pairs], self.point[pairs])),
            shape=problem.reach.shape,
        ).tocsr()
        within = replace(
            problem,
            reach=reach,
            ways=replace(ways, edge_vnd=edge_vnd, root_vnd=root_vnd),
            options=replace(problem.options, vnd=option_vnd),
            hops=hops,
        )
        return Solution(np.flatnonzero(built), float(self.weight @ found), within)


@contextmanager
def _silence() -> Generator[None]:
    """Keep from the terminal what HiGHS writes there in spite of its options."""
    sys.stdout.flush()
    try:
        kept = os.dup(1)
    except OSError:  # there is no such stream, as in a service
        yield
        return
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        try:
            yield
        finally:
            os.dup2(kept, 1)
            os.close(kept)


def _scale(values: np.ndarray) -> float:
    """Return what brings numbers near 1, where the solver's tolerances mean something."""
    return float(np.abs(values).max(initial=0.0)) or 1.0
