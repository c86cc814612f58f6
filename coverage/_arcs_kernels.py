"""From a list of edges to compressed rows: arrays in, arrays out, nothing checked."""

from __future__ import annotations

import numpy as np

from ..geodata._jit import kernel


@kernel
def rows(
    nodes: int, tail: np.ndarray, head: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the neighbours of each node, lowest first, and the edge to each, lowest first of parallels.

    Sorted twice by counting: by the node that an arc comes to, then by the one that it leaves. A loop
    is left out.
    """
    indptr = np.zeros(nodes + 1, np.int64)
    for e in range(len(tail)):
        if tail[e] != head[e]:
            indptr[tail[e] + 1] += 1
            indptr[head[e] + 1] += 1
    for v in range(nodes):
        indptr[v + 1] += indptr[v]
    place, to_edge = indptr[:-1].copy(), np.empty(indptr[-1], np.int64)
    for e in range(len(tail)):
        if tail[e] != head[e]:
            for v in (tail[e], head[e]):
                to_edge[place[v]] = e
                place[v] += 1
    place = indptr[:-1].copy()
    indices, edge = np.empty(indptr[-1], np.int64), np.empty(indptr[-1], np.int64)
    for v in range(nodes):
        for at in range(indptr[v], indptr[v + 1]):
            e = to_edge[at]
            u = head[e] if tail[e] == v else tail[e]
            indices[place[u]], edge[place[u]] = v, e
            place[u] += 1
    return indptr, indices, edge


@kernel
def cheapest(
    indptr: np.ndarray, indices: np.ndarray, edge: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Keep the cheapest of parallel edges, the lowest number of equals, and none of infinite weight."""
    start, count = np.zeros(len(indptr), np.int64), 0
    to, by = np.empty(len(indices), np.int64), np.empty(len(indices), np.int64)
    for u in range(len(indptr) - 1):
        for at in range(indptr[u], indptr[u + 1]):
            if weight[edge[at]] == np.inf:
                continue
            if count > start[u] and to[count - 1] == indices[at]:
                if weight[edge[at]] < weight[by[count - 1]]:
                    by[count - 1] = edge[at]
            else:
                to[count], by[count] = indices[at], edge[at]
                count += 1
        start[u + 1] = count
    return start, to[:count].copy(), by[:count].copy()
