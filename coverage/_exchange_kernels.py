"""A tree seen from a source, and other ways between its nodes.

A key node is a terminal, a fork or the source; a reach is the way from a key node up to the next one, and
is named by the lower of them. By node of the tree: `below` is the reach that it is on, or the key node
itself, and `offset` its distance from the lower end. By reach: `top`, the key node at its upper end,
`length`, and `depth`, the number of reaches up to the source.
"""

from __future__ import annotations

import numpy as np

from ..geodata._jit import kernel

Hung = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]


@kernel
def ordered(
    tail: np.ndarray, head: np.ndarray, weight: np.ndarray, degree: np.ndarray, source: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give the nodes of a tree, each after its parent; the parent; and the length of the way to it."""
    start = np.zeros(len(degree) + 1, np.int64)
    for v in range(len(degree)):
        start[v + 1] = start[v] + degree[v]
    at, by = start[:-1].copy(), np.empty(2 * len(tail), np.int64)
    for e in range(len(tail)):
        for v in (tail[e], head[e]):
            by[at[v]] = e
            at[v] += 1
    count = len(degree)
    order, parent, step = np.zeros(count, np.int64), np.full(count, -1), np.zeros(count)
    order[0], made = source, 1
    for i in range(count):
        u = order[i]
        for e in by[start[u] : start[u + 1]]:
            v = head[e] if tail[e] == u else tail[e]
            if v != parent[u]:
                order[made], parent[v], step[v] = v, u, weight[e]
                made += 1
    return order, parent, step


@kernel
def hung(order: np.ndarray, parent: np.ndarray, step: np.ndarray, is_key: np.ndarray) -> Hung:
    """Give `below, offset, top, length, depth` of a tree as `ordered` tells of it."""
    count = len(order)
    below, offset = np.arange(count), np.zeros(count)
    top, length, depth = np.full(count, -1), np.zeros(count), np.zeros(count, np.int64)
    for i in range(count - 1, 0, -1):
        v = order[i]
        up = parent[v]
        if is_key[up]:
            top[below[v]], length[below[v]] = up, offset[v] + step[v]
        else:
            below[up], offset[up] = below[v], offset[v] + step[v]
    for i in range(1, count):
        v = order[i]
        if below[v] == v:
            depth[v] = depth[top[v]] + 1
    return below, offset, top, length, depth


@kernel
def cycle(a: int, b: int, tree: Hung, reach: np.ndarray, low: np.ndarray, high: np.ndarray) -> int:
    """Write the pieces of reaches on the way from a to b, and give their number.

    Piece i is of `reach[i]`, from `low[i]` to `high[i]` above its lower end.
    """
    below, offset, top, length, depth = tree
    x, y = below[a], below[b]
    reach[0], low[0], high[0] = x, min(offset[a], offset[b]), max(offset[a], offset[b])
    if x == y:
        return 1
    count, x_from, y_from = 0, offset[a], offset[b]
    while x != y:
        if depth[x] >= depth[y]:
            reach[count], low[count], high[count] = x, x_from, length[x]
            x, x_from = top[x], 0.0
        else:
            reach[count], low[count], high[count] = y, y_from, length[y]
            y, y_from = top[y], 0.0
        count += 1
    for end in (x_from, y_from):
        if end > 0.0:  # one of both is within the reach that the other came up to
            reach[count], low[count], high[count] = x, 0.0, end
            count += 1
    return count


@kernel
def savings(way: np.ndarray, one: np.ndarray, other: np.ndarray, tree: Hung) -> np.ndarray:
    """Tell by how much the longest piece between both ends of each way is longer than the way."""
    reach = np.empty(len(tree[0]) + 2, np.int64)
    low, high = np.empty(len(reach)), np.empty(len(reach))
    saves = np.full(len(way), -np.inf)
    for i in range(len(way)):
        for piece in range(cycle(int(one[i]), int(other[i]), tree, reach, low, high)):
            saves[i] = max(saves[i], high[piece] - low[piece] - way[i])
    return saves


@kernel
def chosen(
    way: np.ndarray, one: np.ndarray, other: np.ndarray, tree: Hung, least: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Choose ways in turn that replace a piece that is longer by more than `least`.

    Tells which are taken, and by reach between which offsets a piece is taken out. A way is taken only
    where no other has changed what it relies on: the way in the tree between its ends is whole, and
    nothing new ends within the reach that it takes a piece of.
    """
    count = len(tree[0])
    reach, low, high = np.empty(count + 2, np.int64), np.empty(count + 2), np.empty(count + 2)
    ended, taken = np.zeros(count, np.bool_), np.zeros(len(way), np.bool_)
    start, stop = np.zeros(count), np.zeros(count)
    for i in range(len(way)):
        whole, best, longest = True, -1, way[i] + least
        for piece in range(cycle(int(one[i]), int(other[i]), tree, reach, low, high)):
            whole &= start[reach[piece]] == stop[reach[piece]]
            if not ended[reach[piece]] and high[piece] - low[piece] > longest:
                best, longest = piece, high[piece] - low[piece]
        if whole and best >= 0:
            taken[i] = True
            start[reach[best]], stop[reach[best]] = low[best], high[best]
            for end in (one[i], other[i]):
                ended[tree[0][end]] |= tree[1][end] > 0.0
    return taken, start, stop
