"""What has been built so far, and what each candidate would still add to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array

from . import _growth_kernels as kernels
from ._growth_kernels import NETWORK, UNMET, Graph, Offers, Poles, State
from .problem import NOBODY, Problem


@dataclass(frozen=True, eq=False)
class Way:
    """How one need of a bought candidate is met.

    Parameters
    ----------
    layer : int
    option : int
        What stands in for the network; -1 for the network itself.
    edges, nodes : ndarray of int64
        What is newly built, from the candidate to where it joins what there is.
    straight_vnd : float
        Price of the last, straight piece to what stood before any plan; 0 where none is needed.
    vnd : float
        Present value of all of it.
    from_step : int
        Step of the plan that built what the way starts from; -1 where it stood before.
    """

    layer: int
    option: int
    edges: np.ndarray
    nodes: np.ndarray
    straight_vnd: float
    vnd: float
    from_step: int


@dataclass(frozen=True, eq=False)
class Step:
    """A candidate as it was bought.

    Parameters
    ----------
    row : int
        The candidate.
    weight, heads : float
        What it newly gains.
    vnd : float
        Present value of all that it takes and that is not there yet.
    ways : tuple of Way
    """

    row: int
    weight: float
    heads: float
    vnd: float
    ways: tuple[Way, ...]


def node_graph(tail: np.ndarray, head: np.ndarray, nodes: int) -> Graph:
    """Lay edges out by node, both directions of each."""
    edge = np.arange(len(tail))
    here, there = np.concatenate([tail, head]), np.concatenate([head, tail])
    order = np.lexsort((there, here))
    start = np.searchsorted(here[order], np.arange(nodes + 1))
    return Graph(start, there[order], np.concatenate([edge, edge])[order])


def graph_of(problem: Problem) -> Graph:
    """Lay a problem's edges out by node."""
    return node_graph(problem.ways.tail, problem.ways.head, problem.ways.nodes)


def offers_of(problem: Problem) -> Offers:
    """Lay a problem's candidates out as the kernels take them."""
    reach = coo_array(problem.reach).tocsr()
    reach.sort_indices()
    caps = problem.caps
    return Offers(
        reach.indptr.astype(np.int64),
        reach.indices.astype(np.int64),
        np.asarray(problem.weight, dtype=float),
        np.asarray(problem.heads, dtype=float),
        np.asarray(problem.fixed_vnd, dtype=float),
        np.asarray(problem.per_head_vnd, dtype=float),
        problem.node.astype(np.int64),
        problem.needs.astype(bool),
        problem.options.layer.astype(np.int64),
        problem.options.terminals.astype(float),
        caps.square.astype(np.int64),
        caps.terminals.astype(float),
        caps.per_head.astype(float),
    )


class Works:
    """The networks and the plan as they grow, step by step.

    Parameters
    ----------
    problem : Problem
    graph, offers : Graph, Offers, optional
        Of the same problem, where they have been laid out already.
    """

    def __init__(
        self, problem: Problem, graph: Graph | None = None, offers: Offers | None = None
    ) -> None:
        ways, layers = problem.ways, len(problem.ways.layers)
        self.problem = problem
        self.graph = graph_of(problem) if graph is None else graph
        self.offers = offers_of(problem) if offers is None else offers
        self.state = State(
            np.zeros(len(problem.weight), dtype=bool),
            np.array(problem.options.vnd, dtype=float),
            np.array(ways.edge_vnd, dtype=float),
            np.array(ways.root_vnd, dtype=float),
            np.full((layers, ways.nodes), NOBODY),
            np.full((layers, ways.nodes), NOBODY),
            np.append(problem.caps.by_square, problem.caps.total).astype(float),
            np.zeros(len(ways.tail), dtype=np.int64),
            np.zeros(1, dtype=np.int64),
        )
        self.poles = Poles(*(ways.poles or (NOBODY, NOBODY)), np.asarray(ways.on_poles_vnd, float))
        for layer in range(layers):
            self._spread(layer, np.flatnonzero(np.isfinite(ways.root_vnd[layer])))
        self.built_by = np.full((layers, ways.nodes), NOBODY)
        """Step that brought a layer to a node."""
        self.hop_from = np.full(problem.options.vnd.shape, NOBODY)
        """Step whose site a candidate's cheapest hop comes from."""
        self.seen = np.zeros(ways.nodes, dtype=np.int64)
        """Scratch for walks over nodes, marked with ``state.mark``."""
        self.steps: list[Step] = []
        self.bought = np.zeros(problem.size, dtype=bool)
        self.spent = 0.0

    @property
    def weight(self) -> float:
        """What the plan gains so far."""
        return float(sum(step.weight for step in self.steps))

    def prices(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return weight, heads and present value of candidates as they would be bought now."""
        how = np.full((len(rows), len(self.problem.ways.layers)), UNMET)
        return kernels.prices(self.offers, self.state, self.poles, rows, how)

    def can_buy(self, row: int, budget: float) -> bool:
        """Tell whether a candidate gains somebody, can be had, and is within a budget."""
        weight, _, vnd = (found[0] for found in self.prices(np.array([row])))
        return bool(weight > 0.0 and np.isfinite(vnd) and self.spent + vnd <= budget)

    def buy(self, row: int) -> np.ndarray:
        """Build a candidate with all that it needs; return the candidates that it makes cheaper."""
        number = len(self.steps)
        weight, heads = kernels.gain(self.offers, self.state.served, row)
        how = np.full(len(self.problem.ways.layers), UNMET)
        vnd = kernels.price(self.offers, self.state, row, heads, how)
        if not np.isfinite(vnd):
            raise ValueError(f"candidate {row}: found no way to meet what it needs; wanted one")
        poles = self.problem.ways.poles
        first = poles[1] if poles is not None else 0
        found = list[Way]()
        touched = [np.zeros(0, dtype=np.int64)]
        for layer in sorted(range(len(how)), key=lambda each: each != first):  # poles come first
            if how[layer] == NETWORK:
                made, changed = self._lay(layer, row, number)
                found.append(made)
                touched += changed
            elif how[layer] >= 0:
                found.append(self._alone(layer, row, int(how[layer])))
        total = float(
            self.problem.fixed_vnd[row]
            + self.problem.per_head_vnd[row] * heads
            + sum(one.vnd for one in found)
        )
        self._take_terminals(row, heads, how)
        reach = self.offers
        self.state.served[
            reach.reach_point[reach.reach_start[row] : reach.reach_start[row + 1]]
        ] = True
        self.bought[row] = True
        self.spent += total
        self.steps.append(Step(row, weight, heads, total, tuple(found)))
        return np.concatenate([self._at(np.concatenate(touched)), self._hop(row, number)])

    def _lay(self, layer: int, row: int, number: int) -> tuple[Way, list[np.ndarray]]:
        """Bring a layer to a candidate; return the way, and the nodes that are cheaper now."""
        state, node = self.state, int(self.problem.node[row])
        edges, end, rest = kernels.way(state, layer, node)
        vnd = float(state.edge_vnd[layer, edges].sum() + rest)
        origin = int(self.built_by[layer, end]) if rest <= 0.0 else NOBODY
        edges, nodes, rest = kernels.lay(state, layer, node)
        fresh = nodes[self.built_by[layer, nodes] == NOBODY]
        self.built_by[layer, fresh] = number
        changed = [self._spread(layer, nodes)]
        changed += [self._share_poles(layer, edges)] if len(edges) else []
        return Way(layer, NETWORK, edges, nodes, float(rest), vnd, origin), changed

    def _share_poles(self, layer: int, edges: np.ndarray) -> np.ndarray:
        """Let the other layer share poles along edges; return the nodes that are cheaper now.

        Whichever comes first, the plan puts up one row of poles.
        """
        state, ways = self.state, self.problem.ways
        if ways.poles is None or layer not in ways.poles:
            return edges[:0]
        hanging, standing = ways.poles
        other = hanging if layer == standing else standing
        edges = edges[np.isfinite(ways.edge_vnd[:, edges]).all(axis=0)]
        saved = np.maximum(ways.edge_vnd[hanging, edges] - ways.on_poles_vnd[edges], 0.0)
        state.edge_vnd[other, edges] = np.minimum(
            state.edge_vnd[other, edges], np.maximum(ways.edge_vnd[other, edges] - saved, 0.0)
        )
        return kernels.ease(
            self.graph, ways.tail, ways.head, state.edge_vnd[other],
            state.vnd[other], state.parent[other], state.via[other], edges,
        )  # fmt: skip

    def _alone(self, layer: int, row: int, option: int) -> Way:
        none = np.zeros(0, dtype=np.int64)
        vnd = float(self.state.option_vnd[row, option])
        return Way(layer, option, none, none, 0.0, vnd, int(self.hop_from[row, option]))

    def _take_terminals(self, row: int, heads: float, how: np.ndarray) -> None:
        caps, options = self.problem.caps, self.problem.options
        taken = float(caps.terminals[row] + caps.per_head[row] * heads)
        taken += float(options.terminals[how[how >= 0]].sum())
        self.state.left[-1] -= taken
        if caps.square[row] >= 0:
            self.state.left[caps.square[row]] -= taken

    def _hop(self, row: int, number: int) -> np.ndarray:
        """Let microwave hops start from a new site; return the candidates that are cheaper now."""
        hops = self.problem.hops
        if not len(hops.start):
            return hops.end
        end = hops.end[np.searchsorted(hops.start, row) : np.searchsorted(hops.start, row + 1)]
        end = end[self.state.option_vnd[end, hops.option] > hops.vnd]
        self.state.option_vnd[end, hops.option] = hops.vnd
        self.hop_from[end, hops.option] = number
        return end

    def _spread(self, layer: int, seeds: np.ndarray) -> np.ndarray:
        state = self.state
        return kernels.spread(
            self.graph, state.edge_vnd[layer],
            state.vnd[layer], state.parent[layer], state.via[layer], seeds,
        )  # fmt: skip

    def _at(self, nodes: np.ndarray) -> np.ndarray:
        """Return the candidates that stand at some nodes."""
        marked = np.zeros(self.problem.ways.nodes + 1, dtype=bool)
        marked[nodes] = True
        return np.flatnonzero(marked[self.problem.node])
