"""What every plan pays for the points that it serves: shares of all prices by dual ascent."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..geodata._jit import kernel
from ._growth_kernels import Graph, sift_down, sift_up


class Left(NamedTuple):
    """What is left of every price that shares have not been charged for: changed in place."""

    pair: np.ndarray
    """Of serving a point by a candidate, by pair: points in turn, candidates of each."""
    fixed: np.ndarray
    """Of building a candidate."""
    alone: np.ndarray
    """Of doing without the network, layers x candidates."""
    into_tail: np.ndarray
    """Of an edge towards its tail, layers x edges."""
    into_head: np.ndarray
    root: np.ndarray
    """Of joining a node straight to what stands, layers x nodes."""


class Served(NamedTuple):
    """By whom points can be served, and where that is."""

    start: np.ndarray
    """Points in turn: their candidates are at ``start[p]`` to ``start[p + 1]``."""
    candidate: np.ndarray
    node: np.ndarray
    """Of each candidate on the network, -1 where it is not on it."""
    needs: np.ndarray
    """bool, layers x candidates."""


class Search(NamedTuple):
    """Scratch of a search: labels of nodes, a heap, what is settled and what was seen."""

    label: np.ndarray
    key: np.ndarray
    item: np.ndarray
    settled: np.ndarray
    seen: np.ndarray
    sizes: np.ndarray
    """Of the heap, of what is settled, of what was seen."""


@kernel
def charge(
    graph: Graph,
    tail: np.ndarray,
    served: Served,
    left: Left,
    layer: int,
    order: np.ndarray,
    room: np.ndarray,
) -> np.ndarray:
    """Charge points in turn for what serving them surely costs along one layer.

    Dual ascent on directed cuts (after Wong 1984) in the graph that leads from what stands over the
    network to candidates and from them to points. A point raises the cuts around it, nested balls by
    what is left of prices, until what stands is reached or its ``room`` is used up. Each raise is
    taken from the prices of the arcs that enter the ball, so no price is charged twice: any plan
    pays at least the sum of the charges of the points that it serves.
    """
    paid, nodes = np.zeros(len(order)), left.root.shape[1]
    most = 2 * len(tail) + len(served.node) + 1
    search = Search(
        np.full(nodes, np.inf), np.empty(most), np.empty(most, np.int64),
        np.empty(nodes, np.int64), np.empty(nodes, np.int64), np.zeros(3, np.int64),
    )  # fmt: skip
    for turn in range(len(order)):
        point = order[turn]
        if room[point] > 0.0:
            search.sizes[:] = 0
            reach = _enter(served, left, layer, point, float(room[point]), search)
            reach = _widen(graph, tail, left, layer, reach, search)
            _take_from_candidates(served, left, layer, point, reach)
            _take_from_network(graph, tail, left, layer, reach, search)
            paid[turn] = reach
    return paid


@kernel
def _see(search: Search, node: int, far: float) -> None:
    if search.label[node] == np.inf:
        search.seen[search.sizes[2]] = node
        search.sizes[2] += 1
    search.label[node] = far
    search.key[search.sizes[0]], search.item[search.sizes[0]] = far, node
    sift_up(search.key, search.item, search.sizes[0])
    search.sizes[0] += 1


@kernel
def _enter(
    served: Served, left: Left, layer: int, point: int, room: float, search: Search
) -> float:
    """Start from the candidates that reach a point; return how far it can surely go."""
    reach = room
    for at in range(served.start[point], served.start[point + 1]):
        row = served.candidate[at]
        inside = left.pair[at] + left.fixed[row]
        if inside >= reach:
            continue
        if not served.needs[layer, row]:
            reach = inside
            continue
        reach = min(reach, inside + left.alone[layer, row])
        here = served.node[row]
        if here >= 0 and inside < search.label[here]:
            _see(search, int(here), inside)
    return reach


@kernel
def _widen(
    graph: Graph, tail: np.ndarray, left: Left, layer: int, reach: float, search: Search
) -> float:
    """Widen the ball over the network until what stands is met; return its radius."""
    while search.sizes[0] > 0 and search.key[0] < reach:
        here, far = search.item[0], search.key[0]
        search.sizes[0] -= 1
        last = search.sizes[0]
        search.key[0], search.item[0] = search.key[last], search.item[last]
        sift_down(search.key, search.item, last)
        if far > search.label[here]:
            continue
        search.settled[search.sizes[1]] = here
        search.sizes[1] += 1
        reach = min(reach, far + left.root[layer, here])
        for at in range(graph.start[here], graph.start[here + 1]):
            edge, there = graph.edge[at], graph.neighbour[at]
            into = left.into_tail if tail[edge] == here else left.into_head
            new = far + into[layer, edge]
            if new < search.label[there] and new < reach:
                _see(search, there, new)
    return reach


@kernel
def _take_from_candidates(served: Served, left: Left, layer: int, point: int, reach: float) -> None:
    for at in range(served.start[point], served.start[point + 1]):
        row = served.candidate[at]
        outside = left.pair[at]
        inside = outside + left.fixed[row]
        left.pair[at] = max(0.0, outside - reach)
        if outside < reach:
            left.fixed[row] = max(0.0, inside - reach)
        if served.needs[layer, row] and inside < reach:
            left.alone[layer, row] = max(0.0, left.alone[layer, row] - (reach - inside))


@kernel
def _take_from_network(
    graph: Graph, tail: np.ndarray, left: Left, layer: int, reach: float, search: Search
) -> None:
    for at_node in range(search.sizes[1]):
        here = search.settled[at_node]
        depth = reach - search.label[here]
        if depth <= 0.0:
            continue
        left.root[layer, here] = max(0.0, left.root[layer, here] - depth)
        for at in range(graph.start[here], graph.start[here + 1]):
            edge, there = graph.edge[at], graph.neighbour[at]
            raised = min(reach, search.label[there]) - search.label[here]
            if raised > 0.0:
                into = left.into_tail if tail[edge] == here else left.into_head
                into[layer, edge] = max(0.0, into[layer, edge] - raised)
    for at_node in range(search.sizes[2]):
        search.label[search.seen[at_node]] = np.inf
