"""The cheapest tree that joins a few terminals, exactly.

Dreyfus and Wagner 1971, one search for each set of terminals (Erickson, Monma and Veinott 1987). A label is
the cost of the cheapest tree that joins a set of terminals with a node. Labels are passed over that no
tree cheaper than a known one can contain (Hougardy, Silvanus and Vygen 2017): what is left to join
costs at least half of the shortest round trip to all of it, for twice the edges of a tree make one.

A set of terminals is a number, bit by bit; the last terminal is in none of those that labels are for.
"""

from __future__ import annotations

import numpy as np

from ..geodata._jit import kernel
from ._graph_kernels import multi_source, pop, push

_SEED = -1


@kernel
def distances(
    indptr: np.ndarray, indices: np.ndarray, weights: np.ndarray, terminals: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Give the distances of all terminals by node, and by terminal the arcs that lead to nodes."""
    n, count = len(indptr) - 1, len(terminals)
    away, by = np.empty((n, count)), np.empty((count, n), np.int32)
    for i in range(count):
        dist, _, via, _ = multi_source(indptr, indices, weights, terminals[i : i + 1], np.zeros(1))
        away[:, i], by[i] = dist, via
    return away, by


@kernel
def paths(between: np.ndarray) -> np.ndarray:
    """Give the length of the shortest path over all of a set from i to j, by set, i and j."""
    count = len(between)
    path = np.full((1 << count, count, count), np.inf)
    for i in range(count):
        path[1 << i, i, i] = 0.0
    for over in range(1, 1 << count):
        for k in range(count):
            if over >> k & 1:
                continue
            further = path[over | 1 << k, :, k]
            for i in range(count):
                for j in range(count):
                    further[i] = min(further[i], path[over, i, j] + between[j, k])
    return path


@kernel
def rest(away: np.ndarray, path: np.ndarray) -> float:
    """Give a bound from below on what joins a node with a set of terminals.

    `away` are their distances from the node, `path` the shortest paths over the set.
    """
    least = np.inf
    for i in range(len(away)):
        for j in range(i + 1):
            least = min(least, away[i] + path[i, j] + away[j])
    return least / 2.0


@kernel
def useful(away: np.ndarray, path: np.ndarray, limit: float) -> np.ndarray:
    """Tell which nodes a tree cheaper than `limit` can contain."""
    found = np.zeros(len(away), np.bool_)
    for v in range(len(away)):
        found[v] = rest(away[v], path) < limit
    return found


@kernel
def alone(
    joined: int,
    away: np.ndarray,
    by: np.ndarray,
    cost: np.ndarray,
    step: np.ndarray,
    spare: np.ndarray,
) -> np.ndarray:
    """Make the labels of a single terminal; give their nodes. CHANGES `cost` and `step`."""
    i = 0
    while joined >> i != 1:
        i += 1
    nodes, count = np.empty(len(spare), np.int32), 0
    for v in range(len(spare)):
        step[v] = by[i, v]
        if away[v, i] < spare[v]:
            cost[v], nodes[count] = away[v, i], v
            count += 1
    return nodes[:count]


@kernel
def merged(
    joined: int,
    cost: np.ndarray,
    step: np.ndarray,
    label: np.ndarray,
    first: np.ndarray,
    spare: np.ndarray,
) -> np.ndarray:
    """Join pairs of labels at a node; give the nodes where that makes one. CHANGES `cost` and `step`.

    A label may cost less than `spare` at its node. The labels of set s are at `first[s]:first[s + 1]`.
    """
    made, count = np.empty(len(spare), np.int32), 0
    part = (joined - 1) & joined
    while part > joined ^ part:
        other = joined ^ part
        fewer = part
        if first[other + 1] - first[other] < first[part + 1] - first[part]:
            fewer = other
        for v in label[first[fewer] : first[fewer + 1]]:
            there = cost[part, v] + cost[other, v]
            if there < cost[joined, v] and there < spare[v]:
                if cost[joined, v] == np.inf:
                    made[count] = v
                    count += 1
                cost[joined, v], step[joined, v] = there, -2 - part
        part = (part - 1) & joined
    return made[:count]


@kernel
def carried(
    indptr: np.ndarray,
    indices: np.ndarray,
    weights: np.ndarray,
    cost: np.ndarray,
    step: np.ndarray,
    seeds: np.ndarray,
    spare: np.ndarray,
) -> np.ndarray:
    """Carry labels of one set along the arcs; give the nodes that have one. CHANGES `cost` and `step`."""
    room = len(seeds) + len(indices)
    key, item, size = np.empty(room), np.empty(room, np.int32), 0
    for v in seeds:
        size = push(key, item, size, float(cost[v]), v)
    nodes, count = np.empty(len(spare), np.int32), 0
    while size > 0:
        here, u = key[0], item[0]
        size = pop(key, item, size)
        if here > cost[u]:
            continue
        nodes[count] = u
        count += 1
        for arc in range(indptr[u], indptr[u + 1]):
            v, there = indices[arc], here + weights[arc]
            if there < cost[v] and there < spare[v]:
                cost[v], step[v] = there, arc
                size = push(key, item, size, there, v)
    return nodes[:count]


@kernel
def cheapest_tree(
    indptr: np.ndarray,
    indices: np.ndarray,
    weights: np.ndarray,
    terminals: np.ndarray,
    limit: float,
    most: int,
) -> np.ndarray:
    """Give the arcs of the cheapest tree, or none when no tree costs less than `limit`.

    Gives none either when more than `most` labels are made.
    """
    n, full = len(indptr) - 1, (1 << (len(terminals) - 1)) - 1
    away, by = distances(indptr, indices, weights, terminals)
    path = paths(away[terminals])
    cost, step = np.full((full + 1, n), np.inf), np.full((full + 1, n), _SEED, np.int32)
    label, first = np.empty(full * n, np.int32), np.zeros(full + 2, np.int64)
    spare = np.empty(n)
    for joined in range(1, full + 1):
        left = path[(2 * full + 1) ^ joined]
        for v in range(n):
            spare[v] = limit - rest(away[v], left)
        if joined & (joined - 1) == 0:
            nodes = alone(joined, away, by, cost[joined], step[joined], spare)
        else:
            nodes = merged(joined, cost, step, label, first, spare)
            nodes = carried(indptr, indices, weights, cost[joined], step[joined], nodes, spare)
        first[joined + 1] = first[joined] + len(nodes)
        for i in range(len(nodes)):
            label[first[joined] + i] = nodes[i]
        if first[joined + 1] > most:
            return np.empty(0, np.int64)
    return traced(indptr, step, full, terminals[-1], cost[full, terminals[-1]])


@kernel
def tail_of(indptr: np.ndarray, arc: int) -> int:
    """Give the node that an arc leaves."""
    low, high = 0, len(indptr) - 1
    while high - low > 1:
        middle = (low + high) // 2
        if indptr[middle] <= arc:
            low = middle
        else:
            high = middle
    return low


@kernel
def traced(indptr: np.ndarray, step: np.ndarray, full: int, last: int, cost: float) -> np.ndarray:
    """Give the arcs of the tree that the label of all terminals at the last one stands for."""
    arcs, made = np.empty(step.shape[1], np.int64), 0
    if cost == np.inf:
        return arcs[:0]
    todo, waiting = np.empty((len(step) + 1, 2), np.int64), 1
    todo[0, 0], todo[0, 1] = full, last
    while waiting > 0:
        waiting -= 1
        joined, at = todo[waiting, 0], todo[waiting, 1]
        while step[joined, at] >= 0:
            arcs[made] = step[joined, at]
            made += 1
            at = tail_of(indptr, step[joined, at])
        part = -2 - step[joined, at]
        if step[joined, at] != _SEED:
            for half in (part, joined ^ part):
                todo[waiting, 0], todo[waiting, 1] = half, at
                waiting += 1
    return arcs[:made]
