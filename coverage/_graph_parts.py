"""What a graph of networkx is made of, as arrays, and whether that makes sense.

networkx itself is not needed here: a graph is whatever walks like one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .weak_points import Circuit


def parts(graph: Any) -> tuple[list[Any], dict[Any, int], list[tuple[Any, ...]]]:
    """Return the nodes, the number of each, and the edges (with keys where there are parallels)."""
    if graph.is_directed():
        raise ValueError(
            "graph: found directed edges; wanted a graph without. Use graph.to_undirected()."
        )
    names = list(graph)
    edges = list(graph.edges(keys=True) if graph.is_multigraph() else graph.edges())
    return names, {name: at for at, name in enumerate(names)}, edges


def ends(edges: list[tuple[Any, ...]], number: dict[Any, int]) -> tuple[np.ndarray, np.ndarray]:
    tail = np.array([number[edge[0]] for edge in edges], dtype=np.int64)
    return tail, np.array([number[edge[1]] for edge in edges], dtype=np.int64)


def weights(graph: Any, edges: list[tuple[Any, ...]], weight: str) -> np.ndarray:
    """Return an attribute of all edges as numbers, or tell which edge lacks it."""
    values = [value for *_, value in graph.edges(data=weight)]
    bad = [at for at, value in enumerate(values) if not is_number(value) or not value >= 0]
    if bad:
        raise ValueError(
            f"{weight}: found {values[bad[0]]} at the edge {edges[bad[0]]}, and {len(bad)} such in all;"
            " wanted a number >= 0 at every edge. Set it, or name another attribute as the weight."
        )
    return np.array(values, dtype=np.float64)


def told(names: list[Any]) -> str:
    return ", ".join(map(repr, names[:8])) + ", ..." * (len(names) > 8)


def circuit(graph: Any) -> tuple[list[Any], Circuit]:
    """Return the nodes of a graph, and the graph as arrays."""
    names, number, edges = parts(graph)
    source = np.array([bool(graph.nodes[name].get("source", False)) for name in names], dtype=bool)
    if not source.any():
        raise ValueError(
            "graph: found no node with source=True; wanted at least one that feeds the others. Set it"
            " with networkx.set_node_attributes(graph, {name: True}, 'source')."
        )
    people = [graph.nodes[name].get("people", 0.0) for name in names]
    bad = [at for at, heads in enumerate(people) if not is_number(heads) or not 0 <= heads < np.inf]
    if bad:
        raise ValueError(
            f"people: found {people[bad[0]]} at {names[bad[0]]!r}, and {len(bad)} such in all; wanted"
            " numbers >= 0. Correct them, or leave them out where nobody lives."
        )
    tail, head = ends(edges, number)
    return names, Circuit(len(names), tail, head, source, np.array(people, dtype=np.float64))


def is_number(value: Any) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def places(graph: Any) -> tuple[np.ndarray, np.ndarray] | None:
    """Return longitude and latitude of all nodes, where every node has them."""
    place = np.array(
        [[data.get("lon", np.nan), data.get("lat", np.nan)] for _, data in graph.nodes(data=True)],
        dtype=np.float64,
    ).reshape(-1, 2)
    return (place[:, 0], place[:, 1]) if np.isfinite(place).all() else None
