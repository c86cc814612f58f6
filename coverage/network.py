"""Networks as graphs of networkx: trees between places, weak points, and what would help."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

from . import _graph_parts, arcs, weak_tables
from . import steiner as trees
from . import weak_points as weak
from .road_graph import Network, attach, from_roads, joined, lines, matrix, over_ground

__all__ = [
    "Network",
    "as_graph",
    "attach",
    "best_link",
    "from_roads",
    "joined",
    "lines",
    "matrix",
    "over_ground",
    "ring_cuts",
    "silent",
    "steiner",
    "weak_points",
]


def as_graph(network: Network, **edges: np.ndarray) -> nx.Graph[Any]:
    """Show a network as a graph.

    Parameters
    ----------
    network : Network
    **edges : ndarray
        More attributes of edges, one value for each edge of the network, such as ``cost``.

    Returns
    -------
    networkx.Graph
        Nodes 0, 1, ... with ``lon`` and ``lat``; edges with ``length_m``, ``kind``, ``climb_m``,
        ``edge`` (its number in the network) and those given. Of parallel edges it has the one with the
        lowest ``cost`` where that is given, otherwise the shortest; no loops.

    Raises
    ------
    ValueError
        When an attribute has not one value for each edge.

    Examples
    --------
    >>> network = over_ground(*np.meshgrid([105.0, 105.1], [21.0]))
    >>> graph = as_graph(network, cost=np.array([7.0]))
    >>> graph.nodes[1], graph.edges[0, 1]["cost"]
    ({'lon': 105.1, 'lat': 21.0}, 7.0)
    """
    count = len(network.tail)
    values = {
        "length_m": network.length_m,
        "kind": network.kind,
        "climb_m": network.climb_m,
        "edge": np.arange(count),
        **{name: np.asarray(value) for name, value in edges.items()},
    }
    for name, value in values.items():
        if value.shape != (count,):
            raise ValueError(
                f"{name}: found the shape {value.shape}; wanted one value for each of {count} edges."
                " Give one array by edge."
            )
    kept = _cheapest(network, values.get("cost", network.length_m))
    names, columns = list(values), [value[kept].tolist() for value in values.values()]
    graph: nx.Graph[Any] = nx.Graph()
    places = zip(network.lon.tolist(), network.lat.tolist(), strict=True)
    graph.add_nodes_from((node, {"lon": lon, "lat": lat}) for node, (lon, lat) in enumerate(places))
    ends = network.tail[kept].tolist(), network.head[kept].tolist()
    graph.add_edges_from(
        (tail, head, dict(zip(names, row, strict=True)))
        for tail, head, *row in zip(*ends, *columns, strict=True)
    )
    return graph


def _cheapest(network: Network, cost: np.ndarray) -> np.ndarray:
    """Return the edges without loops, and of parallels the cheapest, the first of equals."""
    low, high = np.minimum(network.tail, network.head), np.maximum(network.tail, network.head)
    pair = low * len(network.lon) + high
    order = np.lexsort((cost, pair))
    order = order[np.unique(pair[order], return_index=True)[1]]
    return np.sort(order[low[order] != high[order]])


def steiner(
    graph: nx.Graph[Any], terminals: Iterable[Hashable], *, weight: str = "cost"
) -> nx.Graph[Any]:
    """Join nodes by a tree that costs little.

    Parameters
    ----------
    graph : networkx.Graph
    terminals : iterable of nodes
    weight : str
        Attribute of edges, a number >= 0; infinite where there is no way through.

    Returns
    -------
    networkx.Graph
        A copy of part of the graph, with all attributes.

    Raises
    ------
    ValueError
        When terminals are not in the graph or do not hang together, there are none, or a weight is
        missing, negative or NaN.

    See Also
    --------
    deadzones.coverage.steiner.tree : How, and how near to the cheapest it comes.

    Examples
    --------
    >>> graph = nx.Graph()
    >>> graph.add_weighted_edges_from([("A", "B", 3), ("B", "C", 3), ("A", "C", 5)], weight="cost")
    >>> sorted(steiner(graph, ["A", "B", "C"]).edges)
    [('A', 'B'), ('B', 'C')]
    """
    names, number, edges = _graph_parts.parts(graph)
    asked = list(dict.fromkeys(terminals))
    if unknown := [name for name in asked if name not in number]:
        raise ValueError(
            f"terminals: found {_graph_parts.told(unknown)}, not in the graph; wanted its nodes. Add them, or"
            " leave them out."
        )
    tail, head = _graph_parts.ends(edges, number)
    rows = arcs.of_edges(len(names), tail, head, _graph_parts.weights(graph, edges, weight))
    try:
        chosen = trees.tree(
            rows.indptr,
            rows.indices,
            rows.weights,
            rows.edge,
            np.array([number[name] for name in asked], dtype=np.int64),
        )
    except trees.Apart as error:
        lost = _graph_parts.told([names[at] for at in error.terminals.tolist()])
        raise ValueError(
            f"terminals: found that no way leads from {lost} to the others; wanted nodes that hang"
            " together. Leave them out, or connect them."
        ) from None
    if not len(chosen):
        return graph.subgraph(asked).copy()
    return graph.edge_subgraph([edges[at] for at in chosen.tolist()]).copy()


def weak_points(graph: nx.Graph[Any]) -> pd.DataFrame:
    """Find the edges and nodes that cut people off when they fail alone.

    Parameters
    ----------
    graph : networkx.Graph
        Nodes with ``source`` (whether it is one; False by default) and ``people`` (0 by default).

    Returns
    -------
    DataFrame
        Every bridge and every articulation node, all sources taken as connected: ``kind`` ("bridge"
        or "node"); ``u`` and ``v``, the ends of a bridge, ``u`` toward the sources, and no ``v`` for a
        node; ``people_behind``, who loses every source when it fails, at a node without the people at
        the node itself. Most people first, then by name. What no source reaches has nobody to lose.

    Raises
    ------
    ValueError
        When no node is a source, or people are no numbers >= 0.

    Examples
    --------
    >>> graph = nx.path_graph(["core", "town", "village"])
    >>> nx.set_node_attributes(graph, {"core": True}, "source")
    >>> nx.set_node_attributes(graph, {"town": 900, "village": 100}, "people")
    >>> weak_points(graph)
         kind     u        v  people_behind
    0    node  core     None         1000.0
    1  bridge  core     town         1000.0
    2    node  town     None          100.0
    3  bridge  town  village          100.0
    """
    names, circuit = _graph_parts.circuit(graph)
    return weak_tables.single(circuit, names)


def ring_cuts(graph: nx.Graph[Any]) -> pd.DataFrame:
    """Find pairs of edges that cut people off when both fail, and neither alone.

    Parameters
    ----------
    graph : networkx.Graph
        As for :func:`weak_points`.

    Returns
    -------
    DataFrame
        ``u1, v1, u2, v2``, the ends of both edges, and ``people_behind``, who loses every source with
        both. Most people first, then by name. A ring of n edges has n (n - 1) / 2 pairs.

    Raises
    ------
    ValueError
        When no node is a source, or people are no numbers >= 0.

    Examples
    --------
    >>> graph = nx.cycle_graph(["core", "town", "village"])
    >>> nx.set_node_attributes(graph, {"core": True}, "source")
    >>> nx.set_node_attributes(graph, {"town": 900, "village": 100}, "people")
    >>> ring_cuts(graph)
         u1       v1    u2       v2  people_behind
    0  core     town  core  village         1000.0
    1  core     town  town  village          900.0
    2  core  village  town  village          100.0
    """
    names, circuit = _graph_parts.circuit(graph)
    return weak_tables.double(circuit, names)


def silent(graph: nx.Graph[Any], node: Hashable) -> list[Any]:
    """Return the other nodes that lose every source when one falls.

    Parameters
    ----------
    graph : networkx.Graph
        As for :func:`weak_points`.
    node : hashable
        What falls.

    Returns
    -------
    list
        By name. Nodes that no source reached before are not among them.

    Raises
    ------
    ValueError
        When the node is not in the graph, or no node is a source.

    Examples
    --------
    >>> graph = nx.path_graph(["core", "town", "village"])
    >>> nx.set_node_attributes(graph, {"core": True}, "source")
    >>> silent(graph, "town")
    ['village']
    """
    names, circuit = _graph_parts.circuit(graph)
    if node not in graph:
        raise ValueError(
            f"node: found {node!r}, not in the graph; wanted one of its nodes. Correct the name."
        )
    lost = [names[at] for at in weak.silent(circuit, names.index(node)).tolist()]
    return [lost[at] for at in weak_tables.ordered(lost)]


def best_link(graph: nx.Graph[Any], *, max_km: float | None = None) -> pd.DataFrame:
    """Find the one new link that frees most people from standing behind a single edge or node.

    Sources are taken to stand: where one falls, another source helps and no link.

    Parameters
    ----------
    graph : networkx.Graph
        As for :func:`weak_points`; with ``lon`` and ``lat`` (degrees) at every node, the shortest of
        equally good links is found.
    max_km : float, optional
        No link is longer.

    Returns
    -------
    DataFrame
        One row: ``u`` and ``v``, two nodes without an edge; ``people_freed``; ``length_km`` straight
        along the ground, NaN without coordinates. No row where no link frees anybody.

    Raises
    ------
    ValueError
        When no node is a source, people are no numbers >= 0, or a length is asked for and a node has
        no coordinates.

    Examples
    --------
    >>> graph = nx.path_graph(["core", "town", "village"])
    >>> nx.set_node_attributes(graph, {"core": True}, "source")
    >>> nx.set_node_attributes(graph, {"town": 900, "village": 100}, "people")
    >>> best_link(graph)
          u        v  people_freed  length_km
    0  core  village        1000.0        NaN
    """
    names, circuit = _graph_parts.circuit(graph)
    places = _graph_parts.places(graph)
    if max_km is not None and (places is None or not max_km >= 0.0):
        raise ValueError(
            f"max_km: found {max_km} and {'no ' if places is None else ''}coordinates at all nodes;"
            " wanted a number >= 0 and lon and lat at every node. Set them, or leave max_km out."
        )
    return weak_tables.link(circuit, names, places, max_km)
