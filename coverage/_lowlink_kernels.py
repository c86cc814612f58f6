"""A walk through a graph that finds what hangs on one edge or node: arrays in, arrays out.

Hopcroft and Tarjan 1973, without recursion. The walk goes deep first; `place` is the number of a node on
it, `low` the lowest number that a node and those below it lead to without the edge to its parent.
"""

from __future__ import annotations

import numpy as np

from ..geodata._jit import kernel


@kernel
def walk(
    indptr: np.ndarray, indices: np.ndarray, edge: np.ndarray, first: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Walk from a node, then from every other that has not been reached, the lowest first.

    Gives the nodes in their order, and by node `place`, `low`, the parent and the edge to it (-1 where
    the walk begins).
    """
    n = len(indptr) - 1
    order, place, low = np.empty(n, np.int64), np.full(n, -1), np.empty(n, np.int64)
    parent, by, at, count = np.full(n, -1), np.full(n, -1), indptr[:-1].copy(), 0
    for start in range(-1, n):
        u = first if start < 0 else start
        if place[u] >= 0:
            continue
        order[count], place[u], low[u] = u, count, count
        count += 1
        while u >= 0:
            if at[u] == indptr[u + 1]:
                up = parent[u]
                if up >= 0:
                    low[up] = min(low[up], low[u])
                u = up
                continue
            v, e = indices[at[u]], edge[at[u]]
            at[u] += 1
            if place[v] < 0:
                order[count], place[v], low[v], parent[v], by[v] = v, count, count, u, e
                count += 1
                u = v
            elif e != by[u]:
                low[u] = min(low[u], place[v])
    return order, place, low, parent, by


@kernel
def summed(order: np.ndarray, parent: np.ndarray, value: np.ndarray) -> np.ndarray:
    """Add up a value over each node and all below it."""
    total = value.copy()
    for i in range(len(order) - 1, -1, -1):
        if parent[order[i]] >= 0:
            total[parent[order[i]]] += total[order[i]]
    return total


@kernel
def labelled(
    order: np.ndarray,
    parent: np.ndarray,
    by: np.ndarray,
    tail: np.ndarray,
    head: np.ndarray,
    label: np.ndarray,
) -> np.ndarray:
    """Label each edge of the walk by all the other edges that close a ring over it.

    The other edges keep their own labels. Two edges have the same one when they lie on the same rings,
    but for a chance of 2**-64.
    """
    label, over = label.copy(), np.zeros(len(order), label.dtype)
    walked = np.zeros(len(tail), np.bool_)
    for v in range(len(by)):
        if by[v] >= 0:
            walked[by[v]] = True
    for e in range(len(tail)):
        if not walked[e]:
            over[tail[e]] ^= label[e]
            over[head[e]] ^= label[e]
    for i in range(len(order) - 1, -1, -1):
        v = order[i]
        if parent[v] >= 0:
            label[by[v]] = over[v]
            over[parent[v]] ^= over[v]
    return label


@kernel
def blocks(
    order: np.ndarray, place: np.ndarray, low: np.ndarray, parent: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Find the parts in which no single node or edge comes between any two, where the walk began.

    Gives by node the first node of the part that it hangs in by its parent; and its group: itself where
    that part holds the beginning, otherwise the node of such a part that it hangs below. -1 for the
    beginning and what it does not lead to.
    """
    block, group = np.full(len(order), -1), np.full(len(order), -1)
    for i in range(1, len(order)):
        v = order[i]
        up = parent[v]
        if up < 0:
            break
        block[v] = v if low[v] >= place[up] else block[up]
        top = parent[block[v]]
        group[v] = v if top == order[0] else group[top]
    return block, group


@kernel
def gathered(
    order: np.ndarray, parent: np.ndarray, block: np.ndarray, people: np.ndarray
) -> np.ndarray:
    """Add up, by node, the people of all parts on its way to the beginning. `people` is by first node."""
    total = np.zeros(len(order))
    for i in range(1, len(order)):
        v = order[i]
        if block[v] < 0:
            break
        if block[v] != v:
            total[v] = total[block[v]]
        elif parent[v] == order[0]:
            total[v] = people[v]
        else:
            total[v] = people[v] + total[parent[v]]
    return total


@kernel
def best_pair(
    order: np.ndarray,
    gain: np.ndarray,
    group: np.ndarray,
    xyz: np.ndarray,
    longest: float,
    indptr: np.ndarray,
    indices: np.ndarray,
) -> tuple[int, int, float, float]:
    """Find the two nodes of different groups without an edge that gain most together.

    `order` lists nodes by falling gain. The shortest of equals, at most `longest`, then the first in the
    order; -1 where there is none that gains anything.
    """
    best, other, most, length = -1, -1, 0.0, np.inf
    linked = np.full(len(gain), -1)
    for i in range(len(order)):
        a = order[i]
        if gain[a] <= 0.0 or 2.0 * gain[a] < most:
            break
        for at in range(indptr[a], indptr[a + 1]):
            linked[indices[at]] = a
        for b in order[i + 1 :]:
            total = float(gain[a] + gain[b])
            if total < most:
                break
            if group[a] == group[b] or linked[b] == a:
                continue
            x, y, z = xyz[a, 0] - xyz[b, 0], xyz[a, 1] - xyz[b, 1], xyz[a, 2] - xyz[b, 2]
            away = float(np.sqrt(x * x + y * y + z * z))
            if away <= longest and (total > most or away < length):
                best, other, most, length = a, b, total, away
    return best, other, most, length
