"""Smaller graphs that have the same cheapest trees: dead ends cut off, chains of edges made one."""

from __future__ import annotations

import numpy as np

from ..geodata._jit import kernel
from ._growth_kernels import Graph


@kernel
def pruned(graph: Graph, keep: np.ndarray, edges: int) -> tuple[np.ndarray, np.ndarray]:
    """Cut off dead ends that lead to no node of ``keep``; return living edges and degrees."""
    nodes = len(keep)
    alive = np.ones(edges, np.bool_)
    degree = graph.start[1:] - graph.start[:-1]
    stack, count = np.empty(nodes, np.int64), 0
    for node in range(nodes):
        if degree[node] == 1 and not keep[node]:
            stack[count] = node
            count += 1
    while count > 0:
        count -= 1
        node = stack[count]
        for at in range(graph.start[node], graph.start[node + 1]):
            edge, there = graph.edge[at], graph.neighbour[at]
            if alive[edge]:
                alive[edge] = False
                degree[node] -= 1
                degree[there] -= 1
                if degree[there] == 1 and not keep[there]:
                    stack[count] = there
                    count += 1
    return alive, degree


@kernel
def chains(
    graph: Graph, keep: np.ndarray, alive: np.ndarray, degree: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Join living edges that meet where nothing else does.

    Return the ends of each chain, where its edges start (one more than chains), and the edges.
    """
    edges = len(alive)
    used = np.zeros(edges, np.bool_)
    tail, head = np.empty(edges, np.int64), np.empty(edges, np.int64)
    start, member = np.zeros(edges + 1, np.int64), np.empty(edges, np.int64)
    count = filled = 0
    for node in range(len(keep)):
        if not keep[node] and degree[node] == 2:
            continue
        for at in range(graph.start[node], graph.start[node + 1]):
            edge, here = graph.edge[at], graph.neighbour[at]
            if not alive[edge] or used[edge]:
                continue
            while True:
                used[edge] = True
                member[filled] = edge
                filled += 1
                if keep[here] or degree[here] != 2:
                    break
                for on in range(graph.start[here], graph.start[here + 1]):
                    if alive[graph.edge[on]] and not used[graph.edge[on]]:
                        edge, after = graph.edge[on], graph.neighbour[on]
                        break
                else:
                    break
                here = after
            tail[count], head[count] = node, here
            count += 1
            start[count] = filled
    return tail[:count], head[:count], start[: count + 1], member[:filled]
