"""Shortest paths from many sources, on a graph as compressed rows.

A graph is `indptr, indices, weights`: the arcs from node u are at `indptr[u]:indptr[u + 1]`, and each
edge is there twice, once from either end. Weights are numbers >= 0; zero is a weight like any other.

A forest of shortest paths is four arrays by node: `dist`, the distance (infinite where no source
reaches); `parent`, the node before it on the way; `via`, the arc by which the way comes; and `origin`,
the source where it starts. The last three are -1 where nothing reaches; a source has itself for an
origin and nothing before it.
"""

from __future__ import annotations

import numpy as np

from ..geodata._jit import kernel

_ZERO, _ONE = np.uint64(0), np.uint64(1)
"""Places in arrays are unsigned where it counts: of a signed one numba asks whether it is below 0."""


@kernel
def push(key: np.ndarray, item: np.ndarray, size: int, new_key: float, new_item: int) -> int:
    """Add to a heap whose lowest key is first, and give its size."""
    at = np.uint64(size)
    while at > _ZERO:
        up = (at - _ONE) >> _ONE
        if key[up] <= new_key:
            break
        key[at], item[at] = key[up], item[up]
        at = up
    key[at], item[at] = new_key, new_item
    return size + 1


@kernel
def pop(key: np.ndarray, item: np.ndarray, size: int) -> int:
    """Take the first off a heap (the caller has read it), and give its size.

    The hole goes down to a leaf and the last entry up from there: it seldom rises far. Which child is
    lower cannot be foretold, so it is added rather than branched on.
    """
    last = np.uint64(size - 1)
    last_key, last_item = key[last], item[last]
    at, child = _ZERO, _ONE
    while child + _ONE < last:
        child += np.uint64(key[child + _ONE] < key[child])
        key[at], item[at] = key[child], item[child]
        at, child = child, child + child + _ONE
    if child < last:
        key[at], item[at] = key[child], item[child]
        at = child
    while at > _ZERO:
        up = (at - _ONE) >> _ONE
        if key[up] <= last_key:
            break
        key[at], item[at] = key[up], item[up]
        at = up
    key[at], item[at] = last_key, last_item
    return size - 1


@kernel
def grown(array: np.ndarray, more: int) -> np.ndarray:
    """Copy an array with room for as many again, and more."""
    wider = np.empty(2 * len(array) + more, array.dtype)
    wider[: len(array)] = array
    return wider


@kernel
def plant(
    forest: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
    sources: np.ndarray,
    dist0: np.ndarray,
    radius: float,
) -> tuple[np.ndarray, np.ndarray, int]:
    """Set sources into a forest where they are nearer. CHANGES it; gives a heap of them."""
    dist, parent, via, origin = forest
    key, item, size = np.empty(64 + len(sources)), np.empty(64 + len(sources), np.int32), 0
    for i in range(len(sources)):
        s = sources[i]
        if dist0[i] < dist[s] and dist0[i] <= radius:
            dist[s], parent[s], via[s], origin[s] = dist0[i], -1, -1, s
            size = push(key, item, size, dist0[i], s)
    return key, item, size


@kernel
def within(
    indptr: np.ndarray,
    indices: np.ndarray,
    weights: np.ndarray,
    sources: np.ndarray,
    dist0: np.ndarray,
    radius: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Grow a forest of shortest paths as far as `radius` from sources that start at their `dist0`.

    Of equally short ways to a node, the one over the lowest of the strictly nearer nodes is kept, and a
    source that is as near as any other way to it keeps itself. Dijkstra's algorithm; outdated entries
    stay in the heap and are passed over.
    """
    n = len(indptr) - 1
    dist = np.full(n, np.inf)
    parent, via, origin = np.full(n, -1), np.full(n, -1), np.full(n, -1)
    key, item, size = plant((dist, parent, via, origin), sources, dist0, radius)
    while size > 0:
        d, u = key[0], item[0]
        size = pop(key, item, size)
        if d > dist[u]:
            continue
        first, degree, o = indptr[u], int(indptr[u + 1] - indptr[u]), origin[u]
        if size + degree > len(key):
            key, item = grown(key, degree), grown(item, degree)
        for arc in range(first, first + degree):
            v = np.uint64(indices[arc])
            there, before = d + weights[arc], dist[v]
            if there < before and there <= radius:
                dist[v], parent[v], via[v], origin[v] = there, u, arc, o
                size = push(key, item, size, there, int(v))
            elif there == before and there > d and u < parent[v]:
                parent[v], via[v], origin[v] = u, arc, o
    return dist, parent, via, origin


@kernel
def multi_source(
    indptr: np.ndarray,
    indices: np.ndarray,
    weights: np.ndarray,
    sources: np.ndarray,
    dist0: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Grow `within` as far as the graph goes."""
    return within(indptr, indices, weights, sources, dist0, np.inf)


@kernel
def improve(
    indptr: np.ndarray,
    indices: np.ndarray,
    weights: np.ndarray,
    forest: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
    sources: np.ndarray,
    dist0: np.ndarray,
) -> np.ndarray:
    """Lower a forest where new sources are nearer. CHANGES the forest, which the caller owns.

    Gives the nodes that became nearer, nearest first. Only these and their neighbours are looked at. A
    way that is no shorter than the one before does not replace it: that could leave the nodes behind
    with an outdated origin.
    """
    dist, parent, via, origin = forest
    key, item, size = plant(forest, sources, dist0, np.inf)
    nearer, count = np.empty(64, np.int64), 0
    while size > 0:
        d, u = key[0], item[0]
        size = pop(key, item, size)
        if d > dist[u]:
            continue
        if count == len(nearer):
            nearer = grown(nearer, 0)
        nearer[count] = u
        count += 1
        first, degree, o = indptr[u], int(indptr[u + 1] - indptr[u]), origin[u]
        if size + degree > len(key):
            key, item = grown(key, degree), grown(item, degree)
        for arc in range(first, first + degree):
            v = indices[arc]
            there = d + weights[arc]
            if there < dist[v]:
                dist[v], parent[v], via[v], origin[v] = there, u, arc, o
                size = push(key, item, size, there, int(v))
    return nearer[:count]
