"""Chains of road between the nodes of a network: arrays in, arrays out, nothing checked."""

from __future__ import annotations

import numpy as np

from ..geodata._jit import kernel


@kernel
def chains(
    indptr: np.ndarray, indices: np.ndarray, edge: np.ndarray, is_node: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Follow the pieces of road from node to node, over places where exactly two of them meet.

    Gives the places on each chain, one chain after the other, and where each starts. Chains start at
    the lowest node that they have not been followed from, over its lowest neighbour first.
    """
    pieces = len(edge) // 2
    place, count = np.empty(2 * pieces, np.int64), 0
    start, made = np.empty(pieces + 1, np.int64), 0
    followed = np.zeros(pieces, np.bool_)
    for node in range(len(is_node)):
        if not is_node[node]:
            continue
        for first in range(indptr[node], indptr[node + 1]):
            if followed[edge[first]]:
                continue
            start[made] = count
            made += 1
            place[count] = node
            count += 1
            arc = first
            while True:
                followed[edge[arc]] = True
                here = indices[arc]
                place[count] = here
                count += 1
                if is_node[here]:
                    break
                onward = indptr[here]
                arc = onward + 1 if edge[onward] == edge[arc] else onward
    start[made] = count
    return place[:count].copy(), start[: made + 1].copy()
