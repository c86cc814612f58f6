"""A tree that joins terminals made cheaper, piece by piece; the best one where terminals are few.

`graph` is `indptr, indices, weights`; a tree is `tail, head, arc` by edge.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from . import _dreyfus_kernels as dreyfus
from . import _exchange_kernels as exchange
from . import _graph_kernels, _rebuild_kernels, _steiner_kernels
from ._union_kernels import united

Graph = tuple[np.ndarray, np.ndarray, np.ndarray]
Tree = tuple[np.ndarray, np.ndarray, np.ndarray]

_LEAST = 1e-12
"""Share of a tree's cost that is no saving but rounding."""
_LARGE = 100_000
"""Nodes of a graph above which there is one pass of exchanges, none of them for a way that is longer than
half of the reaches, and no part is joined anew."""
_EFFORT = 4_000_000
"""Labels that joining parts anew may make: some seconds. An upper bound of them is counted."""
_PARTS = 6
"""Most parts that are joined anew at a time."""
_FEW = 12
"""Most terminals that are joined exactly."""
_LABELS = 8_000_000
"""Most labels of an exact search: some 130 MB."""


@dataclass(frozen=True, eq=False)
class _View:
    """A tree seen from a terminal; the names are those of `_exchange_kernels`.

    `reach` is that of each edge; `near` no more than the distance from the tree, by node of the graph.
    """

    nodes: np.ndarray
    tail: np.ndarray
    head: np.ndarray
    hung: exchange.Hung
    reach: np.ndarray
    near: np.ndarray

    @property
    def below(self) -> np.ndarray:
        return self.hung[0]

    @property
    def top(self) -> np.ndarray:
        return self.hung[2]

    @property
    def length(self) -> np.ndarray:
        return self.hung[3]


def cost(graph: Graph, tree: Tree) -> float:
    """Return what a tree costs."""
    return float(graph[2][tree[2]].sum())


def on_nodes(graph: Graph, nodes: np.ndarray, needed: np.ndarray) -> Tree:
    """Return the cheapest tree on nodes that hang together, without ends that are not needed."""
    place = np.full(len(needed), -1)
    one, other, arc = _steiner_kernels.induced(*graph[:2], nodes, place)
    order = np.argsort(graph[2][arc], kind="stable")
    order = order[united(one[order], other[order], np.ones(len(nodes), dtype=np.int64))[0]]
    order = order[_steiner_kernels.leafless(one[order], other[order], needed[nodes])]
    return nodes[one[order]], nodes[other[order]], arc[order]


def exchanged(graph: Graph, tree: Tree, needed: np.ndarray) -> Tree:
    """Exchange pieces for shorter ways until none is left, or once where the graph is large."""
    large = len(needed) > _LARGE
    while True:
        before = cost(graph, tree)
        found = _exchanged_once(graph, tree, needed, large)
        better = cost(graph, found) < before - _LEAST * before
        tree = found if better else tree
        if large or not better:
            return tree


def _exchanged_once(graph: Graph, tree: Tree, needed: np.ndarray, large: bool) -> Tree:  # noqa: FBT001
    """Exchange pieces for ways over an edge between the surroundings of two nodes of the tree."""
    nodes, tail, head = _nodes(tree)
    hung = _hung(graph, (tail, head, tree[2]), needed[nodes])
    below, offset, top, length, _ = hung
    longest = float(np.median(length[top >= 0]) if large else length.max())
    away = _graph_kernels.within(*graph, nodes, np.zeros(len(nodes)), longest / 2)
    way, one, arc = _steiner_kernels.meetings(*graph, away[0], away[3], longest)
    other = graph[1][arc]
    ends = np.searchsorted(nodes, away[3][one]), np.searchsorted(nodes, away[3][other])
    saves, least = exchange.savings(way, *ends, hung), _LEAST * cost(graph, tree)
    order = np.argsort(-saves, kind="stable")[: (saves > least).sum()]
    taken, start, stop = exchange.chosen(way[order], ends[0][order], ends[1][order], hung, least)
    stays = nodes[(offset <= start[below]) | (offset >= stop[below])]
    seen = np.zeros(len(needed), dtype=bool)
    seen[nodes] = True
    ends = np.append(one[order[taken]], other[order[taken]])
    added = _steiner_kernels.walked(ends, away[1], seen)
    return on_nodes(graph, np.sort(np.append(stays, added)), needed)


def _nodes(tree: Tree) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the nodes of a tree, sorted, and where among them its edges begin and end."""
    nodes, place = np.unique(np.append(tree[0], tree[1]), return_inverse=True)
    return nodes, place[: len(tree[0])], place[len(tree[0]) :]


def _hung(graph: Graph, tree: Tree, needed: np.ndarray) -> exchange.Hung:
    tail, head, arc = tree
    degree = np.bincount(np.append(tail, head), minlength=len(needed))
    source = int(needed.argmax())
    order = exchange.ordered(tail, head, graph[2][arc], degree, source)
    return exchange.hung(*order, needed | (degree != 2))


def rebuilt(graph: Graph, tree: Tree, needed: np.ndarray) -> Tree:
    """Take out reaches that meet, and join the parts that are left in the cheapest way."""
    if len(needed) > _LARGE:
        return tree
    effort, better = _EFFORT, True
    forest = _graph_kernels.multi_source(*graph, nodes := _nodes(tree)[0], np.zeros(len(nodes)))
    while better:
        better, view = False, _view(graph, tree, needed, forest[0])
        for reaches in [view.nodes[each] for each in _meeting(view)]:
            found, work = _joined_anew(graph, view, _still(view, reaches), needed)
            effort -= work
            if effort < 0:
                return tree
            if found is not None:
                tree, better, nodes = found, True, _nodes(found)[0]
                _graph_kernels.improve(*graph, forest, nodes, np.zeros(len(nodes)))
                view = _view(graph, tree, needed, forest[0])
    return tree


def _view(graph: Graph, tree: Tree, needed: np.ndarray, near: np.ndarray) -> _View:
    nodes, tail, head = _nodes(tree)
    hung = _hung(graph, (tail, head, tree[2]), needed[nodes])
    below, top = hung[0], hung[2]
    up = (below[tail] == below[head]) | (top[below[tail]] == head)
    return _View(nodes, tail, head, hung, np.where(up, below[tail], below[head]), near)


def _meeting(view: _View) -> Iterator[list[int]]:
    """Yield sets of reaches: each alone, those that meet at a key node, and at two or three of them."""
    key = np.flatnonzero((view.below == np.arange(len(view.below))) & (view.top >= 0)).tolist()
    top = dict(zip(key, view.top[key].tolist(), strict=True))
    at: dict[int, list[int]] = {}
    for reach in key:
        at.setdefault(top[reach], []).append(reach)
        at.setdefault(reach, []).append(reach)
    hubs = [hub for hub in sorted(at) if len(at[hub]) > 1]
    linked = [(hub, top[hub]) for hub in hubs if hub in top and len(at[top[hub]]) > 1]
    pairs: dict[int, list[tuple[int, int]]] = {}
    for pair in linked:
        for hub in pair:
            pairs.setdefault(hub, []).append(pair)
    three = {
        tuple(sorted({*one, *other}))
        for hub in hubs
        for one, other in combinations(pairs.get(hub, []), 2)
    }
    yield from ([reach] for reach in key)
    for meet in [*((hub,) for hub in hubs), *linked, *sorted(three)]:
        yield sorted({reach for hub in meet for reach in at[hub]})


def _still(view: _View, reaches: np.ndarray) -> np.ndarray:
    """Tell which nodes of the tree name one of some reaches, which may have changed by now."""
    at = np.searchsorted(view.nodes, reaches).clip(max=len(view.nodes) - 1)
    at = at[(view.nodes[at] == reaches) & (view.below[at] == at) & (view.top[at] >= 0)]
    drop = np.zeros(len(view.nodes), dtype=bool)
    drop[at] = True
    return drop


def _joined_anew(
    graph: Graph, view: _View, drop: np.ndarray, needed: np.ndarray
) -> tuple[Tree | None, int]:
    """Return a cheaper tree without some reaches, if there is one, and the labels that it took."""
    keep = ~drop[view.reach]
    degree = np.bincount(np.append(view.tail[keep], view.head[keep]), minlength=len(drop))
    free = (degree == 0) & ~needed[view.nodes]
    part, count = _rebuild_kernels.parts(view.tail, view.head, keep, free)
    if not 2 <= count <= _PARTS:
        return None, 1
    limit = float(view.length[drop].sum()) - _LEAST * float(view.length.sum())
    kept, part = view.nodes[~free], part[~free]
    name = np.full(len(needed), -1)
    name[kept] = part
    large = int(np.bincount(part).argmax())
    small = kept[part != large]
    nodes = _rebuild_kernels.between(*graph, name, view.near, small, limit)
    name[nodes] = count + np.arange(len(nodes))
    size = count + len(nodes)
    indptr, indices, arc = _rebuild_kernels.contracted(
        *graph[:2], name, np.append(nodes, small), size, large
    )
    found = dreyfus.cheapest_tree(indptr, indices, graph[2][arc], np.arange(count), limit, _LABELS)
    work = size << (count - 1)
    if not len(found):
        return None, work
    arc = arc[found]
    tail = np.searchsorted(graph[0], arc, side="right") - 1
    return on_nodes(graph, np.unique(np.concatenate([kept, tail, graph[1][arc]])), needed), work


def exact(graph: Graph, tree: Tree, terminals: np.ndarray) -> np.ndarray:
    """Return the arcs of the cheapest tree where terminals are few and the graph is small enough.

    None, where it is not, or where the tree is the cheapest.
    """
    if len(terminals) > _FEW or len(terminals) * (len(graph[0]) - 1) > _LABELS:
        return np.zeros(0, dtype=np.int64)
    limit = cost(graph, tree) * (1.0 - _LEAST)
    away, _ = dreyfus.distances(*graph, terminals)
    useful = dreyfus.useful(away, dreyfus.paths(away[terminals])[-1], limit)
    useful[terminals] = True
    nodes = np.flatnonzero(useful)
    if len(nodes) << (len(terminals) - 1) > _LABELS:
        return np.zeros(0, dtype=np.int64)
    name = np.where(useful, np.cumsum(useful) - 1, -1)
    indptr, indices, arc = _rebuild_kernels.contracted(*graph[:2], name, nodes, len(nodes), -1)
    found = dreyfus.cheapest_tree(indptr, indices, graph[2][arc], name[terminals], limit, _LABELS)
    return arc[found]
