"""The edges of a graph as compressed rows, which the searches walk along."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from . import _arcs_kernels as kernels


@dataclass(frozen=True, eq=False)
class Arcs:
    """A graph without loops and parallels; each edge is there as two arcs, once from either end.

    Parameters
    ----------
    indptr : ndarray of int64
        The arcs from node u are at ``indptr[u]:indptr[u + 1]``.
    indices : ndarray of int64
        Node that an arc comes to, lowest first from each node.
    weights : ndarray of float64
        >= 0.
    edge : ndarray of int64
        Number of the edge of each arc.
    """

    indptr: np.ndarray
    indices: np.ndarray
    weights: np.ndarray
    edge: np.ndarray

    @property
    def matrix(self) -> csr_array:
        """The weights, nodes x nodes. Edges that cost nothing are there as explicit zeros."""
        shape = (len(self.indptr) - 1,) * 2
        return csr_array((self.weights, self.indices, self.indptr), shape=shape)


def of_edges(nodes: int, tail: np.ndarray, head: np.ndarray, weight: np.ndarray) -> Arcs:
    """Arrange edges by node.

    Parameters
    ----------
    nodes : int
        How many there are.
    tail, head : ndarray of int64
        Nodes at the ends of each edge.
    weight : ndarray of float64
        >= 0; infinite where there is no way through.

    Returns
    -------
    Arcs
        Without loops and infinite weights; of parallel edges the cheapest, of equals the first.

    Raises
    ------
    ValueError
        When a weight is negative or NaN, or an edge ends at no node.

    Examples
    --------
    >>> arcs = of_edges(3, np.array([0, 1, 0]), np.array([1, 2, 1]), np.array([5.0, 0.0, 4.0]))
    >>> arcs.edge.tolist(), arcs.weights.tolist()
    ([2, 2, 1, 1], [4.0, 4.0, 0.0, 0.0])
    """
    tail, head = np.asarray(tail, dtype=np.int64), np.asarray(head, dtype=np.int64)
    weight = checked(weight, len(tail))
    outside = np.flatnonzero((np.minimum(tail, head) < 0) | (np.maximum(tail, head) >= nodes))
    if len(outside):
        first = int(outside[0])
        raise ValueError(
            f"edge {first}: found the nodes {tail[first]} and {head[first]};"
            f" wanted 0 to {nodes - 1}. Number the nodes from 0, or say how many there are."
        )
    indptr, indices, edge = kernels.cheapest(*kernels.rows(nodes, tail, head), weight)
    return Arcs(indptr, indices, weight[edge], edge)


def checked(weight: np.ndarray, edges: int) -> np.ndarray:
    """Return weights as float64 when each edge has one, and all are >= 0.

    Examples
    --------
    >>> checked(np.array([1, 2]), 2)
    array([1., 2.])
    """
    weight = np.asarray(weight, dtype=np.float64)
    if weight.shape != (edges,):
        raise ValueError(
            f"weight: found the shape {weight.shape}; wanted one number for each of {edges} edges."
            " Give one array by edge."
        )
    bad = np.flatnonzero(~(weight >= 0.0))
    if len(bad):
        raise ValueError(
            f"weight: found {weight[bad[0]]} at edge {bad[0]}, and {len(bad)} such in all;"
            " wanted numbers >= 0. Correct what the edges cost."
        )
    return weight
