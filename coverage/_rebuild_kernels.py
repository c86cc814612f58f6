"""The graph between the parts of a tree that has been taken apart."""

from __future__ import annotations

import numpy as np

from ..geodata._jit import kernel
from ._graph_kernels import grown, pop, push
from ._union_kernels import root


@kernel
def parts(
    tail: np.ndarray, head: np.ndarray, keep: np.ndarray, free: np.ndarray
) -> tuple[np.ndarray, int]:
    """Number the parts that a tree falls into when only some edges are kept; -1 for free nodes."""
    above = np.arange(len(free))
    for e in range(len(tail)):
        if keep[e]:
            above[root(above, int(tail[e]))] = root(above, int(head[e]))
    name, part, found = np.full(len(free), -1), np.full(len(free), -1), 0
    for v in range(len(free)):
        if not free[v]:
            at = root(above, v)
            if name[at] < 0:
                name[at] = found
                found += 1
            part[v] = name[at]
    return part, found


@kernel
def between(
    indptr: np.ndarray,
    indices: np.ndarray,
    weights: np.ndarray,
    name: np.ndarray,
    near: np.ndarray,
    sources: np.ndarray,
    limit: float,
) -> np.ndarray:
    """Give the nodes that ways shorter than `limit` from some sources to a tree can lead over.

    `name` is -1 but for nodes of the tree, which no way leads over; `near` is no more than the distance
    from the tree.
    """
    dist = np.full(len(name), np.inf)
    key, item, size = np.empty(64 + len(sources)), np.empty(64 + len(sources), np.int32), 0
    found, count = np.empty(64, np.int64), 0
    for s in sources:
        dist[s] = 0.0
        size = push(key, item, size, 0.0, s)
    while size > 0:
        here, u = key[0], item[0]
        size = pop(key, item, size)
        if here > dist[u]:
            continue
        degree = int(indptr[u + 1] - indptr[u])
        if size + degree > len(key):
            key, item = grown(key, degree), grown(item, degree)
        for a in range(indptr[u], indptr[u] + degree):
            v, there = indices[a], here + weights[a]
            if name[v] < 0 and there < dist[v] and there + near[v] < limit:
                if dist[v] == np.inf:
                    if count == len(found):
                        found = grown(found, 0)
                    found[count] = v
                    count += 1
                dist[v] = there
                size = push(key, item, size, there, v)
    return found[:count]


@kernel
def contracted(
    indptr: np.ndarray,
    indices: np.ndarray,
    name: np.ndarray,
    nodes: np.ndarray,
    count: int,
    outside: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the graph in which all nodes of one name are one, as rows, and an arc for each edge.

    Names are 0 to `count`, and -1 for what is left out. `nodes` are those with a name, but for the name
    `outside`. The arc is the same whichever way the edge is gone along.
    """
    start = np.zeros(count + 1, np.int64)
    for u in nodes:
        for a in range(indptr[u], indptr[u + 1]):
            one, other = name[u], name[indices[a]]
            if other >= 0 and one != other and (other == outside or u < indices[a]):
                start[one + 1] += 1
                start[other + 1] += 1
    for v in range(count):
        start[v + 1] += start[v]
    at, to, arc = start[:-1].copy(), np.empty(start[-1], np.int64), np.empty(start[-1], np.int64)
    for u in nodes:
        for a in range(indptr[u], indptr[u + 1]):
            one, other = name[u], name[indices[a]]
            if other >= 0 and one != other and (other == outside or u < indices[a]):
                to[at[one]], arc[at[one]] = other, a
                to[at[other]], arc[at[other]] = one, a
                at[one] += 1
                at[other] += 1
    return start, to, arc
