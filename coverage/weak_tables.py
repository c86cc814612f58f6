"""Weak points of a network as tables, with the names of its nodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..geodata import distance
from . import weak_points as weak
from .weak_points import Circuit


def single(circuit: Circuit, names: Sequence[Any]) -> pd.DataFrame:
    """Return what cuts people off alone.

    Parameters
    ----------
    circuit : Circuit
    names : sequence
        Of its nodes.

    Returns
    -------
    DataFrame
        As :func:`deadzones.coverage.network.weak_points` describes it.

    Examples
    --------
    >>> chain = np.array([0]), np.array([1])
    >>> single(Circuit(2, *chain, np.array([True, False]), np.array([0.0, 5.0])), "ab")[
    ...     "v"
    ... ].tolist()
    [None, 'b']
    """
    found = weak.find(circuit)
    kind = np.repeat(["bridge", "node"], [len(found.edge), len(found.node)])
    one = np.append(found.near, found.node)
    other = np.append(found.far, np.full(len(found.node), -1))
    people = np.append(found.edge_people, found.node_people)
    rank = np.append(_ranks(names), -1)
    order = np.lexsort((rank[other], rank[one], -people))
    return pd.DataFrame(
        {
            "kind": kind[order],
            "u": _named(names, one[order]),
            "v": _named(names, other[order]),
            "people_behind": people[order],
        }
    )


def double(circuit: Circuit, names: Sequence[Any]) -> pd.DataFrame:
    """Return pairs of edges that cut people off together, and neither alone.

    Parameters
    ----------
    circuit : Circuit
    names : sequence
        Of its nodes.

    Returns
    -------
    DataFrame
        As :func:`deadzones.coverage.network.ring_cuts` describes it.

    Examples
    --------
    >>> ring = np.array([0, 1, 2]), np.array([1, 2, 0])
    >>> double(Circuit(3, *ring, np.arange(3) == 0, np.array([0.0, 5.0, 7.0])), "abc")[
    ...     "u2"
    ... ].tolist()
    ['a', 'b', 'b']
    """
    one, other, people = weak.pairs(circuit)
    rank = _ranks(names)
    swap = rank[circuit.tail] > rank[circuit.head]
    low = np.where(swap, circuit.head, circuit.tail)
    high = np.where(swap, circuit.tail, circuit.head)
    edge_rank = np.empty(len(low), dtype=np.int64)
    edge_rank[np.lexsort((rank[high], rank[low]))] = np.arange(len(low))
    swap = edge_rank[one] > edge_rank[other]
    one, other = np.where(swap, other, one), np.where(swap, one, other)
    order = np.lexsort((edge_rank[other], edge_rank[one], -people))
    one, other = one[order], other[order]
    return pd.DataFrame(
        {
            "u1": _named(names, low[one]),
            "v1": _named(names, high[one]),
            "u2": _named(names, low[other]),
            "v2": _named(names, high[other]),
            "people_behind": people[order],
        }
    )


def link(
    circuit: Circuit,
    names: Sequence[Any],
    places: tuple[np.ndarray, np.ndarray] | None,
    max_km: float | None,
) -> pd.DataFrame:
    """Return the one new edge that frees most people.

    Parameters
    ----------
    circuit : Circuit
    names : sequence
        Of its nodes.
    places : tuple of ndarray, optional
        Longitude and latitude of the nodes, degrees.
    max_km : float, optional
        No edge is longer.

    Returns
    -------
    DataFrame
        As :func:`deadzones.coverage.network.best_link` describes it.

    Examples
    --------
    >>> chain = np.array([0, 1]), np.array([1, 2])
    >>> circuit = Circuit(3, *chain, np.arange(3) == 0, np.array([0.0, 5.0, 7.0]))
    >>> link(circuit, "abc", None, None)["people_freed"].tolist()
    [12.0]
    """
    order = np.argsort(_ranks(names))  # of equals the first by name is found
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.arange(len(order))
    ranked = Circuit(
        circuit.nodes,
        number[circuit.tail],
        number[circuit.head],
        circuit.source[order],
        circuit.people[order],
    )
    xyz = distance.in_space(places[0][order], places[1][order]) if places else None
    found = weak.new_link(ranked, xyz, np.inf if max_km is None else 1000.0 * max_km)
    ends = order[np.sort(np.array(found[:2] if found else [], dtype=np.int64)).reshape(-1, 2)]
    length_km = np.full(len(ends), np.nan)
    if places:
        start, end = (np.column_stack(places)[ends[:, side]] for side in (0, 1))
        length_km = distance.length_m(start, end) / 1000.0
    return pd.DataFrame(
        {
            "u": _named(names, ends[:, 0]),
            "v": _named(names, ends[:, 1]),
            "people_freed": np.array([found[2]] if found else [], dtype=float),
            "length_km": length_km,
        }
    )


def ordered(names: Sequence[Any]) -> list[int]:
    """Return the places of names in their order; of names that do not compare, as text.

    Examples
    --------
    >>> ordered([10, 9]), ordered([10, "9"])
    ([1, 0], [0, 1])
    """
    try:
        return sorted(range(len(names)), key=lambda at: names[at])
    except TypeError:
        return sorted(range(len(names)), key=lambda at: (str(names[at]), type(names[at]).__name__))


def _ranks(names: Sequence[Any]) -> np.ndarray:
    rank = np.empty(len(names), dtype=np.int64)
    rank[ordered(names)] = np.arange(len(names))
    return rank


def _named(names: Sequence[Any], at: np.ndarray) -> pd.Series:
    return pd.Series([names[i] if i >= 0 else None for i in at.tolist()], dtype=object)
