"""Trees that join terminals: what the first one is made of, and the best on given nodes.

The graph is `indptr, indices, weights` as in `_graph_kernels`. A tree is three arrays by edge: `tail` and
`head`, its nodes, and `arc`, the place of the arc from one to the other.
"""

from __future__ import annotations

import numpy as np

from ..geodata._jit import kernel
from ._graph_kernels import grown


@kernel
def meetings(
    indptr: np.ndarray,
    indices: np.ndarray,
    weights: np.ndarray,
    dist: np.ndarray,
    origin: np.ndarray,
    longest: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the edges between the surroundings of two sources, and how long the way over each is.

    Returns the length of the way from source to source, the lower node of the edge, and its arc; ways
    that are not shorter than `longest` are left out.
    """
    length, tail, arc = np.empty(64), np.empty(64, np.int64), np.empty(64, np.int64)
    count = 0
    for u in range(len(origin)):
        if dist[u] >= longest:
            continue
        for a in range(indptr[u], indptr[u + 1]):
            v = indices[a]
            if u > v:
                continue
            way = dist[u] + weights[a] + dist[v]
            if way < longest and origin[u] != origin[v]:
                if count == len(arc):
                    length, tail, arc = grown(length, 0), grown(tail, 0), grown(arc, 0)
                length[count], tail[count], arc[count] = way, u, a
                count += 1
    return length[:count], tail[:count], arc[:count]


@kernel
def walked(nodes: np.ndarray, parent: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Give all nodes on the ways from some nodes to their sources. CHANGES `seen`, true at these."""
    found, count = np.empty(64, np.int64), 0
    for i in range(len(nodes)):
        at = nodes[i]
        while at >= 0 and not seen[at]:
            if count == len(found):
                found = grown(found, 0)
            seen[at] = True
            found[count] = at
            count += 1
            at = parent[at]
    return found[:count]


@kernel
def induced(
    indptr: np.ndarray, indices: np.ndarray, nodes: np.ndarray, place: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the edges between some nodes: the places of their ends among the nodes, and an arc.

    `place` is -1 for every node, and is so again afterwards.
    """
    for i in range(len(nodes)):
        place[nodes[i]] = i
    one, other, arc = np.empty(64, np.int64), np.empty(64, np.int64), np.empty(64, np.int64)
    count = 0
    for i in range(len(nodes)):
        for a in range(indptr[nodes[i]], indptr[nodes[i] + 1]):
            j = place[indices[a]]
            if i < j:
                if count == len(arc):
                    one, other, arc = grown(one, 0), grown(other, 0), grown(arc, 0)
                one[count], other[count], arc[count] = i, j, a
                count += 1
    for i in range(len(nodes)):
        place[nodes[i]] = -1
    return one[:count], other[:count], arc[:count]


@kernel
def leafless(tail: np.ndarray, head: np.ndarray, needed: np.ndarray) -> np.ndarray:
    """Tell which edges of a tree are left when ends that are not needed are cut off, again and again."""
    degree, linked = np.zeros(len(needed), np.int64), np.zeros(len(needed), np.int64)
    for e in range(len(tail)):
        for v in (tail[e], head[e]):
            degree[v] += 1
            linked[v] ^= e
    left = np.ones(len(tail), np.bool_)
    for v in range(len(needed)):
        at = v
        while degree[at] == 1 and not needed[at]:
            e = linked[at]  # all other edges here have been cut off and taken out of it
            left[e] = False
            degree[at] = 0
            at = head[e] if tail[e] == at else tail[e]
            degree[at] -= 1
            linked[at] ^= e
    return left
