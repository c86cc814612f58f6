"""What candidates would gain and cost as networks grow: arrays in, numbers out.

A layer is a forest that grows from what stands. ``vnd[l, v]`` is what it still costs to bring layer
``l`` to node ``v``, ``parent[l, v]`` and ``via[l, v]`` are the next node and the edge of the way
there; -1 where the way goes straight to what stands.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..geodata._jit import kernel

NETWORK = -1
"""A need that is met along the network."""
UNMET = -2
"""A need that nothing can meet."""
_TINY = 1e-9
"""Share of a price below which two ways cost the same: sums of edges in another order."""


class Graph(NamedTuple):
    """A graph by node: the neighbours and edges of ``v`` are at ``start[v]`` to ``start[v + 1]``."""

    start: np.ndarray
    neighbour: np.ndarray
    edge: np.ndarray


class Offers(NamedTuple):
    """Candidates as arrays: what `problem.Problem` says of them."""

    reach_start: np.ndarray
    reach_point: np.ndarray
    weight: np.ndarray
    heads: np.ndarray
    fixed_vnd: np.ndarray
    per_head_vnd: np.ndarray
    node: np.ndarray
    needs: np.ndarray
    option_layer: np.ndarray
    option_terminals: np.ndarray
    square: np.ndarray
    terminals: np.ndarray
    per_head_terminals: np.ndarray


class State(NamedTuple):
    """What has been built: changed in place by whoever owns it."""

    served: np.ndarray
    """bool, points."""
    option_vnd: np.ndarray
    """float64, candidates x options."""
    edge_vnd: np.ndarray
    """float64, layers x edges: 0 where built."""
    vnd: np.ndarray
    parent: np.ndarray
    via: np.ndarray
    left: np.ndarray
    """Terminals left: of each square, and last of all."""
    stamp: np.ndarray
    """int64, edges: scratch for walks; ``mark[0]`` counts them."""
    mark: np.ndarray


class Poles(NamedTuple):
    """Which layer hangs on which one's poles, and its price by edge then; -1 where none does."""

    hanging: int
    standing: int
    vnd: np.ndarray


@kernel
def gain(offers: Offers, served: np.ndarray, row: int) -> tuple[float, float]:
    """Return weight and heads of the points that a candidate would newly serve."""
    weight, heads = 0.0, 0.0
    for at in range(offers.reach_start[row], offers.reach_start[row + 1]):
        point = offers.reach_point[at]
        if not served[point]:
            weight += float(offers.weight[point])
            heads += float(offers.heads[point])
    return weight, heads


@kernel
def cheapest(offers: Offers, state: State, row: int, layer: int, left: float) -> tuple[float, int]:
    """Return the price of meeting a need and how: along the network, or by which option."""
    node = offers.node[row]
    best, way = np.inf, UNMET
    if node >= 0 and state.vnd[layer, node] < np.inf:
        best, way = state.vnd[layer, node], NETWORK
    for option in range(len(offers.option_layer)):
        if offers.option_layer[option] == layer and offers.option_terminals[option] <= left:
            price = state.option_vnd[row, option]
            if price < best * (1.0 - _TINY):
                best, way = price, option
    return best, way


@kernel
def terminals_left(offers: Offers, state: State, row: int) -> float:
    """Return how many satellite terminals a candidate may take."""
    left = state.left[-1]
    if offers.square[row] >= 0:
        left = min(left, state.left[offers.square[row]])
    return left


@kernel
def price(offers: Offers, state: State, row: int, heads: float, how: np.ndarray) -> float:
    """Return what a candidate costs now, infinite where it cannot be had; ``how`` tells the ways."""
    left = terminals_left(offers, state, row)
    left -= offers.terminals[row] + offers.per_head_terminals[row] * heads
    total = offers.fixed_vnd[row] + offers.per_head_vnd[row] * heads
    if left < 0.0:
        return np.inf
    for layer in range(offers.needs.shape[1]):
        how[layer] = UNMET
        if offers.needs[row, layer]:
            vnd, way = cheapest(offers, state, row, layer, left)
            how[layer] = way
            total += vnd
            if way >= 0:
                left -= offers.option_terminals[way]
    return total


@kernel
def saving(state: State, poles: Poles, node: int, how: np.ndarray) -> float:
    """Return what a candidate saves that builds poles and hangs its own cable on them."""
    if poles.hanging < 0 or how[poles.hanging] != NETWORK or how[poles.standing] != NETWORK:
        return 0.0
    total, at = 0.0, node
    state.mark[0] += 1
    while state.vnd[poles.standing, at] > 0.0 and state.parent[poles.standing, at] >= 0:
        state.stamp[state.via[poles.standing, at]] = state.mark[0]
        at = state.parent[poles.standing, at]
    at = node
    while state.vnd[poles.hanging, at] > 0.0 and state.parent[poles.hanging, at] >= 0:
        edge = state.via[poles.hanging, at]
        if state.stamp[edge] == state.mark[0]:
            total += max(0.0, state.edge_vnd[poles.hanging, edge] - poles.vnd[edge])
        at = state.parent[poles.hanging, at]
    return total


@kernel
def prices(
    offers: Offers, state: State, poles: Poles, rows: np.ndarray, how: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return weight, heads and price of many candidates; ``how`` (rows x layers) tells the ways."""
    weight, heads, vnd = np.empty(len(rows)), np.empty(len(rows)), np.empty(len(rows))
    for at in range(len(rows)):
        weight[at], heads[at] = gain(offers, state.served, rows[at])
        vnd[at] = price(offers, state, rows[at], heads[at], how[at])
        if vnd[at] < np.inf:
            vnd[at] -= saving(state, poles, int(offers.node[rows[at]]), how[at])
    return weight, heads, vnd


@kernel
def rates(weight: np.ndarray, vnd: np.ndarray) -> np.ndarray:
    """Return gain for price: infinite for what is free, 0 for what gains or can be had nothing."""
    found = np.zeros(len(weight))
    for at in range(len(weight)):
        if weight[at] > 0.0 and vnd[at] < np.inf:
            found[at] = weight[at] / vnd[at] if vnd[at] > 0.0 else np.inf
    return found


class Queue(NamedTuple):
    """Candidates by rate, then price, then number: a heap of rows, and what they were then."""

    rate: np.ndarray
    """By candidate, as it was last looked at: never less than now; 0 where it is out."""
    vnd: np.ndarray
    fresh: np.ndarray
    """bool: looked at since the last purchase."""
    heap: np.ndarray
    """Rows."""
    size: np.ndarray


@kernel
def _before(queue: Queue, one: int, other: int) -> bool:
    if queue.rate[one] != queue.rate[other]:
        return queue.rate[one] > queue.rate[other]
    if queue.vnd[one] != queue.vnd[other]:
        return queue.vnd[one] < queue.vnd[other]
    return one < other


@kernel
def _sink(queue: Queue, at: int) -> None:
    heap, count = queue.heap, queue.size[0]
    while True:
        child = 2 * at + 1
        if child >= count:
            break
        if child + 1 < count and _before(queue, heap[child + 1], heap[child]):
            child += 1
        if not _before(queue, heap[child], heap[at]):
            break
        heap[child], heap[at] = heap[at], heap[child]
        at = child


@kernel
def arrange(queue: Queue) -> None:
    """Put all candidates that have a rate into the heap."""
    count = 0
    for row in range(len(queue.rate)):
        if queue.rate[row] > 0.0:
            queue.heap[count] = row
            count += 1
    queue.size[0] = count
    for at in range(count // 2 - 1, -1, -1):
        _sink(queue, at)


@kernel
def best(
    offers: Offers, state: State, poles: Poles, queue: Queue, money: float, how: np.ndarray
) -> int:
    """Return the candidate with the best rate that can be paid, -1 where there is none.

    Stale ones that are in the way are brought up to date.
    """
    while queue.size[0] > 0:
        top = queue.heap[0]
        if queue.rate[top] > 0.0 and queue.fresh[top] and queue.vnd[top] <= money:
            return top
        weight, heads = gain(offers, state.served, top)
        vnd = price(offers, state, top, heads, how)
        if vnd < np.inf:
            vnd -= saving(state, poles, int(offers.node[top]), how)
        queue.vnd[top], queue.fresh[top] = vnd, True
        if queue.rate[top] > 0.0 and weight > 0.0 and vnd < np.inf and vnd <= money:
            queue.rate[top] = weight / vnd if vnd > 0.0 else np.inf
        else:
            queue.rate[top] = 0.0
            queue.size[0] -= 1
            queue.heap[0] = queue.heap[queue.size[0]]
        _sink(queue, 0)
    return -1


@kernel
def way(state: State, layer: int, node: int) -> tuple[np.ndarray, int, float]:
    """Return the edges still to be built from a node, where they end, and the straight rest's price.

    The last node is on the network, or joined straight to what stands for the price.
    """
    count, at = 0, node
    while state.vnd[layer, at] > 0.0 and state.parent[layer, at] >= 0:
        at = state.parent[layer, at]
        count += 1
    edges = np.empty(count, np.int64)
    at = node
    for step in range(count):
        edges[step] = state.via[layer, at]
        at = state.parent[layer, at]
    return edges, at, state.vnd[layer, at]


@kernel
def sift_up(key: np.ndarray, item: np.ndarray, at: int) -> None:
    """Restore the order of a heap after its last entry was added."""
    while at > 0:
        above = (at - 1) // 2
        if key[above] <= key[at]:
            break
        key[above], key[at] = key[at], key[above]
        item[above], item[at] = item[at], item[above]
        at = above


@kernel
def sift_down(key: np.ndarray, item: np.ndarray, count: int) -> None:
    """Restore the order of a heap after its first entry was replaced."""
    at = 0
    while True:
        child = 2 * at + 1
        if child >= count:
            break
        if child + 1 < count and key[child + 1] < key[child]:
            child += 1
        if key[at] <= key[child]:
            break
        key[child], key[at] = key[at], key[child]
        item[child], item[at] = item[at], item[child]
        at = child


@kernel
def spread(
    graph: Graph,
    edge_vnd: np.ndarray,
    vnd: np.ndarray,
    parent: np.ndarray,
    via: np.ndarray,
    seeds: np.ndarray,
) -> np.ndarray:
    """Let the prices of some nodes, which have fallen, lower those of others (Dijkstra 1959).

    ``vnd``, ``parent`` and ``via`` are of one layer, and changed in place. Only nodes whose price
    falls are visited; they are returned, in no order, perhaps more than once.
    """
    key, item = np.empty(1024), np.empty(1024, np.int64)
    changed = np.empty(1024, np.int64)
    count = found = 0
    for seed in seeds:
        if count == len(key):
            key, item = _longer(key), _longer(item)
        key[count], item[count] = vnd[seed], seed
        sift_up(key, item, count)
        count += 1
    while count > 0:
        here, price_here = item[0], key[0]
        count -= 1
        key[0], item[0] = key[count], item[count]
        sift_down(key, item, count)
        if price_here > vnd[here]:
            continue
        if found == len(changed):
            changed = _longer(changed)
        changed[found] = here
        found += 1
        for at in range(graph.start[here], graph.start[here + 1]):
            there = graph.neighbour[at]
            new = price_here + edge_vnd[graph.edge[at]]
            if new < vnd[there] * (1.0 - _TINY):
                vnd[there], parent[there], via[there] = new, here, graph.edge[at]
                if count == len(key):
                    key, item = _longer(key), _longer(item)
                key[count], item[count] = new, there
                sift_up(key, item, count)
                count += 1
    return changed[:found]


@kernel
def _longer(array: np.ndarray) -> np.ndarray:
    longer = np.empty(2 * len(array), array.dtype)
    longer[: len(array)] = array
    return longer


@kernel
def branches(
    vnd: np.ndarray,
    parent: np.ndarray,
    order: np.ndarray,
    surplus: np.ndarray,
    rate: float,
) -> np.ndarray:
    """Return what each branch of a layer's tree of ways is worth beyond what it costs.

    ``surplus`` is what the candidates at each node gain less ``rate`` times their price without the
    way along this layer. ``order`` has the nodes that matter, the farthest first. A branch hands
    its value down only where that is above 0: the best connected subtree.
    """
    value = surplus.copy()
    for node in order:
        below = parent[node]
        if below >= 0 and vnd[node] > 0.0:
            handed = value[node] - rate * (vnd[node] - vnd[below])
            if handed > 0.0:
                value[below] += handed
    return value


@kernel
def union_vnd(state: State, layer: int, nodes: np.ndarray, stamp: np.ndarray, mark: int) -> float:
    """Return the price of joining nodes along their ways, each edge paid once."""
    total = 0.0
    for node in nodes:
        at = node
        while stamp[at] != mark:
            stamp[at] = mark
            below = state.parent[layer, at]
            if state.vnd[layer, at] <= 0.0:
                break
            if below < 0:
                total += state.vnd[layer, at]
                break
            total += state.edge_vnd[layer, state.via[layer, at]]
            at = below
    return total


@kernel
def ease(
    graph: Graph,
    tail: np.ndarray,
    head: np.ndarray,
    edge_vnd: np.ndarray,
    vnd: np.ndarray,
    parent: np.ndarray,
    via: np.ndarray,
    edges: np.ndarray,
) -> np.ndarray:
    """Let edges of one layer, which have become cheaper, lower prices; return the nodes changed."""
    seeds = np.empty(2 * len(edges), np.int64)
    count = 0
    for edge in edges:
        for here, there in ((tail[edge], head[edge]), (head[edge], tail[edge])):
            new = vnd[here] + edge_vnd[edge]
            if new < vnd[there] * (1.0 - _TINY):
                vnd[there], parent[there], via[there] = new, here, edge
                seeds[count] = there
                count += 1
    return spread(graph, edge_vnd, vnd, parent, via, seeds[:count])


@kernel
def lay(state: State, layer: int, node: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Build the way of a node: its edges and nodes cost nothing any more.

    Return the edges, the nodes from ``node`` to where the way ends, and what the straight rest cost.
    """
    edges, end, rest = way(state, layer, node)
    nodes = np.empty(len(edges) + 1, np.int64)
    at = node
    for step in range(len(edges)):
        nodes[step] = at
        at = state.parent[layer, at]
        state.edge_vnd[layer, edges[step]] = 0.0
    nodes[-1] = end
    for one in nodes:
        state.vnd[layer, one] = 0.0
    return edges, nodes, rest


@kernel
def apart(
    offers: Offers, state: State, rows: np.ndarray, layer: int, rate: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return what candidates gain apart from each other, and their price without one layer.

    Each point is counted for one candidate only: the one with most to spare at ``rate``, taken in
    turn. Candidates that do not need the layer gain nothing here.
    """
    weight, vnd, spare = np.zeros(len(rows)), np.zeros(len(rows)), np.zeros(len(rows))
    for at in range(len(rows)):
        if not offers.needs[rows[at], layer]:
            continue
        weight[at], heads = gain(offers, state.served, rows[at])
        vnd[at] = _without(offers, state, rows[at], heads, layer)
        spare[at] = weight[at] - rate * vnd[at]
    taken = state.served.copy()
    for at in np.argsort(-spare, kind="mergesort"):
        row = int(rows[at])
        if spare[at] <= 0.0:
            weight[at] = 0.0
            continue
        weight[at], heads = gain(offers, taken, row)
        vnd[at] = _without(offers, state, row, heads, layer)
        if weight[at] > rate * vnd[at]:
            for point in offers.reach_point[offers.reach_start[row] : offers.reach_start[row + 1]]:
                taken[point] = True
        else:
            weight[at] = 0.0
    return weight, vnd


@kernel
def _without(offers: Offers, state: State, row: int, heads: float, layer: int) -> float:
    """Return a candidate's price without what one layer costs it."""
    left = terminals_left(offers, state, row)
    left -= offers.terminals[row] + offers.per_head_terminals[row] * heads
    total = offers.fixed_vnd[row] + offers.per_head_vnd[row] * heads
    if left < 0.0:
        return np.inf
    for other in range(offers.needs.shape[1]):
        if other != layer and offers.needs[row, other]:
            vnd, chosen = cheapest(offers, state, row, other, left)
            total += vnd
            if chosen >= 0:
                left -= offers.option_terminals[chosen]
    return total


@kernel
def on_ways(
    vnd: np.ndarray, parent: np.ndarray, nodes: np.ndarray, seen: np.ndarray, mark: int
) -> np.ndarray:
    """Return each node once that lies on the ways of some nodes and is not on the network."""
    found, count = np.empty(1024, np.int64), 0
    for node in nodes:
        at = node
        while at >= 0 and seen[at] != mark and vnd[at] > 0.0:
            seen[at] = mark
            if count == len(found):
                found = _longer(found)
            found[count] = at
            count += 1
            at = parent[at]
    return found[:count]


@kernel
def within(
    vnd: np.ndarray,
    parent: np.ndarray,
    order: np.ndarray,
    value: np.ndarray,
    rate: float,
    foot: int,
) -> np.ndarray:
    """Tell which nodes belong to the best subtree that stands on ``foot``."""
    inside = np.zeros(len(vnd), np.bool_)
    inside[foot] = True
    for at in range(len(order) - 1, -1, -1):
        node = order[at]
        below = parent[node]
        if node != foot and below >= 0 and inside[below] and vnd[below] > 0.0:
            inside[node] = value[node] - rate * (vnd[node] - vnd[below]) > 0.0
    return inside


@kernel
def nearest(graph: Graph, edge_vnd: np.ndarray, root_vnd: np.ndarray) -> np.ndarray:
    """Return what it costs at least to bring a layer to each node."""
    vnd = root_vnd.copy()
    parent, via = np.full(len(vnd), -1), np.full(len(vnd), -1)
    spread(graph, edge_vnd, vnd, parent, via, np.flatnonzero(np.isfinite(vnd)))
    return vnd
