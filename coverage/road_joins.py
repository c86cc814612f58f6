"""Pieces of a network joined where they come near: only when somebody asks for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from ..geodata import distance
from ._union_kernels import united
from .network_arrays import JOIN, Network


def joined(network: Network, within_m: float) -> tuple[Network, pd.DataFrame]:
    """Join pieces of a network whose nodes come near each other, the nearest first.

    Parameters
    ----------
    network : Network
    within_m : float
        No join is longer.

    Returns
    -------
    network : Network
        With a straight edge of kind ``JOIN`` more for each join; no ring comes into being.
    joins : DataFrame
        A row a join, the shortest first: ``from_lon, from_lat, to_lon, to_lat, length_m``, and
        ``from_nodes, to_nodes``, how many nodes hung together on either side before it.

    Raises
    ------
    ValueError
        When the distance is no number >= 0.

    Examples
    --------
    >>> lon, lat = np.array([105.0, 105.1, 105.101]), np.full(3, 21.0)
    >>> edge = np.array([0]), np.array([1]), np.array([10397.0]), np.array([0])
    >>> network, joins = joined(Network(lon, lat, *edge), 200.0)
    >>> network.kind.tolist(), joins["length_m"].round().tolist()
    ([0, 2], [104.0])
    """
    if not 0.0 <= within_m < np.inf:
        raise ValueError(
            f"within_m: found {within_m}; wanted a number of metres >= 0. Give the longest join."
        )
    piece = _pieces(len(network.lon), network.tail, network.head)
    start, end = _shortest(network, piece, within_m)
    place = np.column_stack([network.lon, network.lat])
    length_m = distance.length_m(place[start], place[end])
    order = np.lexsort((end, start, length_m))
    order = order[length_m[order] <= within_m]
    start, end, length_m = start[order], end[order], length_m[order]
    size = np.bincount(piece)
    _, start_size, end_size = united(piece[start], piece[end], size)
    joins = pd.DataFrame(
        {
            "from_lon": network.lon[start],
            "from_lat": network.lat[start],
            "to_lon": network.lon[end],
            "to_lat": network.lat[end],
            "length_m": length_m,
            "from_nodes": start_size,
            "to_nodes": end_size,
        }
    )
    return _with(network, start, end, length_m), joins


def _pieces(nodes: int, tail: np.ndarray, head: np.ndarray) -> np.ndarray:
    """Return a number for each node, the same for those that hang together."""
    graph = csr_array((np.ones(len(tail)), (tail, head)), shape=(nodes, nodes))
    return connected_components(graph, directed=False)[1].astype(np.int64)


def _shortest(
    network: Network, piece: np.ndarray, within_m: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the nodes at the ends of joins that are shortest in all.

    Every piece but the largest takes the shortest join that leads out of it, and again with what has
    become of the pieces (Borůvka 1926).
    """
    xyz = distance.in_space(network.lon, network.lat)
    start, end = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    now = piece
    while True:
        one, other = _ways_out(xyz, now, within_m)
        if not len(one):
            return start, end
        useful = united(now[one], now[other], np.bincount(now))[0]
        start, end = np.append(start, one[useful]), np.append(end, other[useful])
        now = _pieces(int(piece.max()) + 1, piece[start], piece[end])[piece]


def _ways_out(xyz: np.ndarray, piece: np.ndarray, within_m: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the shortest way out of each piece but the largest, the shortest of all first.

    Numbers of two pieces differ in some binary digit. So the nearest node of another piece is among
    the nearest of those that have another digit, looked for digit by digit.
    """
    count = np.bincount(piece) if len(piece) else np.ones(1)
    outer = np.flatnonzero(piece != count.argmax())
    far, near = np.full(len(outer), np.inf), np.full(len(outer), len(piece))
    for digit in range((len(count) - 1).bit_length()):
        side = piece >> digit & 1
        for own in (0, 1):
            asks, others = np.flatnonzero(side[outer] == own), np.flatnonzero(side != own)
            if len(asks) and len(others):
                longest = np.nextafter(within_m, np.inf)
                away, at = KDTree(xyz[others]).query(
                    xyz[outer[asks]], distance_upper_bound=longest, workers=-1
                )
                found = np.append(others, len(piece))[at]
                better = (away < far[asks]) | ((away == far[asks]) & (found < near[asks]))
                far[asks[better]], near[asks[better]] = away[better], found[better]
    order = np.lexsort((near, outer, far, piece[outer]))
    first = order[np.unique(piece[outer][order], return_index=True)[1]]
    first = first[np.isfinite(far[first])]
    first = first[np.lexsort((near[first], outer[first], far[first]))]
    return outer[first], near[first]


def _with(network: Network, start: np.ndarray, end: np.ndarray, length_m: np.ndarray) -> Network:
    """Return a network with straight joins."""
    ends = np.column_stack([start, end]).ravel()
    course = np.column_stack([network.lon[ends], network.lat[ends]])
    joins = len(start)
    return replace(
        network,
        tail=np.append(network.tail, start),
        head=np.append(network.head, end),
        length_m=np.append(network.length_m, length_m),
        kind=np.append(network.kind, np.full(joins, JOIN, dtype=np.int8)),
        climb_m=np.append(network.climb_m, np.zeros(joins)),
        course=np.concatenate([network.course, course]),
        course_start=np.append(
            network.course_start, network.course_start[-1] + 2 * np.arange(1, joins + 1)
        ),
    )
