"""The cheapest tree that joins some nodes of a graph: what a shared trench costs."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from . import _graph_kernels, _steiner_kernels, _steiner_search
from ._union_kernels import united
from .arcs import checked


class Apart(ValueError):
    """Terminals do not hang together; ``terminals`` are those outside the largest group of them."""

    def __init__(self, terminals: np.ndarray, count: int) -> None:
        """Say which of how many."""
        self.terminals = terminals
        shown = ", ".join(map(str, terminals[:8].tolist())) + ", ..." * (len(terminals) > 8)
        super().__init__(
            f"terminals: found that no way leads from {shown} to the others of {count}; wanted nodes"
            " that hang together. Leave them out, or connect them."
        )


def tree(
    indptr: np.ndarray,
    indices: np.ndarray,
    weights: np.ndarray,
    edge_id: np.ndarray,
    terminals: np.ndarray,
) -> np.ndarray:
    """Join terminals by a tree that costs little.

    Parameters
    ----------
    indptr, indices, weights, edge_id : ndarray
        The graph as compressed rows, as of :class:`~deadzones.coverage.arcs.Arcs`: the arcs from node
        u are at ``indptr[u]:indptr[u + 1]``, each edge is there from either end, weights are >= 0.
    terminals : ndarray of int64
        Nodes.

    Returns
    -------
    ndarray of int64
        Numbers of the edges of the tree, sorted; none for one terminal.

    Raises
    ------
    ValueError
        When there are no terminals, some are no nodes, or a weight is negative or NaN.
    Apart
        When they do not hang together; a ValueError too.

    Notes
    -----
    Mehlhorn (1988, A faster approximation algorithm for the Steiner problem in graphs), then the
    cheapest tree on the nodes found, then pieces of it exchanged for shorter ways for as long as that
    helps (above 100,000 nodes: once). Up to 100,000 nodes, parts around up to three forks are joined
    anew in the cheapest way, for as long as a limit of work allows. Up to 12 terminals are joined
    exactly where 2**(terminals - 1) times the nodes that a cheaper tree could lead over are at most 8
    million: some 15,000 such nodes for ten terminals.

    Examples
    --------
    >>> from deadzones.coverage.arcs import of_edges
    >>> star = of_edges(4, np.array([0, 1, 2, 0, 1]), np.array([3, 3, 3, 1, 2]), np.full(5, 1.0))
    >>> tree(star.indptr, star.indices, star.weights, star.edge, np.array([0, 1, 2])).tolist()
    [3, 4]
    """
    graph = (indptr, indices, checked(weights, len(indices)))
    terminals = _checked(np.unique(np.asarray(terminals, dtype=np.int64)), len(indptr) - 1)
    if len(terminals) == 1:
        return np.zeros(0, dtype=np.int64)
    needed = np.zeros(len(indptr) - 1, dtype=bool)
    needed[terminals] = True
    found = _first(graph, terminals, needed)
    found = _steiner_search.exchanged(graph, found, needed)
    found = _steiner_search.rebuilt(graph, found, needed)
    best = _steiner_search.exact(graph, found, terminals)
    return np.sort(edge_id[best if len(best) else found[2]])


def _checked(terminals: np.ndarray, nodes: int) -> np.ndarray:
    if not len(terminals) or terminals[0] < 0 or terminals[-1] >= nodes:
        outside = terminals[(terminals < 0) | (terminals >= nodes)].tolist()
        raise ValueError(
            f"terminals: found {outside or 'none'}; wanted one node or more of 0 to {nodes - 1}."
            " Name the nodes that are to be joined."
        )
    return terminals


def _first(
    graph: _steiner_search.Graph, terminals: np.ndarray, needed: np.ndarray
) -> _steiner_search.Tree:
    """Return the tree of Mehlhorn's method, made the cheapest on its nodes."""
    dist, parent, _, origin = _graph_kernels.multi_source(
        *graph, terminals, np.zeros(len(terminals))
    )
    length, one, arc = _steiner_kernels.meetings(*graph, dist, origin, np.inf)
    order = np.argsort(length, kind="stable")
    one, other = one[order], graph[1][arc[order]]
    ends = np.searchsorted(terminals, origin[one]), np.searchsorted(terminals, origin[other])
    useful = united(*ends, np.ones(len(terminals), dtype=np.int64))[0]
    if useful.sum() < len(terminals) - 1:
        linked = np.ones(useful.sum()), (ends[0][useful], ends[1][useful])
        group = connected_components(csr_array(linked, shape=(len(terminals),) * 2))[1]
        raise Apart(terminals[group != np.bincount(group).argmax()], len(terminals))
    seen = np.zeros(len(needed), dtype=bool)
    nodes = _steiner_kernels.walked(np.append(one[useful], other[useful]), parent, seen)
    return _steiner_search.on_nodes(graph, np.sort(nodes), needed)
