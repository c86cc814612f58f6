"""The network as arrays: nodes, edges and the courses that they take."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely
from scipy.sparse import csr_array

from . import arcs

ROAD, ACCESS, JOIN, OPEN = range(4)
"""Kinds of edge: a road; from a place to its foot on a road; between pieces; over open ground."""


def _nothing() -> np.ndarray:
    return np.zeros(0)


@dataclass(frozen=True, eq=False)
class Network:
    """A graph in the landscape; edges have no direction.

    Parameters
    ----------
    lon, lat : ndarray of float64
        By node, degrees, WGS 84.
    tail, head : ndarray of int64
        Nodes at the ends of each edge.
    length_m : ndarray of float64
        Geodesic length along the edge.
    kind : ndarray of int8
        ``ROAD``, ``ACCESS``, ``JOIN`` or ``OPEN``.
    climb_m : ndarray of float64
        Difference in height between the ends; 0 by default, and where it is not known.
    course : ndarray of float64, shape (n, 2)
        Longitude and latitude of the places along the edges, from tail to head, one edge after the
        other; straight from end to end by default.
    course_start : ndarray of int64
        Where each edge starts in ``course``, and at the end its length.

    Examples
    --------
    >>> edge = np.array([0]), np.array([1]), np.array([10397.0]), np.array([ROAD])
    >>> network = Network(np.array([105.0, 105.1]), np.full(2, 21.0), *edge)
    >>> network.course.tolist(), network.climb_m.tolist()
    ([[105.0, 21.0], [105.1, 21.0]], [0.0])
    """

    lon: np.ndarray
    lat: np.ndarray
    tail: np.ndarray
    head: np.ndarray
    length_m: np.ndarray
    kind: np.ndarray
    climb_m: np.ndarray = field(default_factory=_nothing)
    course: np.ndarray = field(default_factory=_nothing)
    course_start: np.ndarray = field(default_factory=_nothing)

    def __post_init__(self) -> None:
        """Fill in the defaults."""
        if len(self.climb_m) != len(self.tail):
            object.__setattr__(self, "climb_m", np.zeros(len(self.tail)))
        if not len(self.course_start):
            ends = np.column_stack([self.tail, self.head]).ravel().astype(np.int64)
            object.__setattr__(self, "course", np.column_stack([self.lon[ends], self.lat[ends]]))
            object.__setattr__(self, "course_start", np.arange(0, len(ends) + 1, 2))


def matrix(network: Network, weight: np.ndarray) -> csr_array:
    """Return what edges cost as a sparse matrix, nodes x nodes.

    Parameters
    ----------
    network : Network
    weight : ndarray of float64
        By edge, >= 0; infinite where there is no way through.

    Returns
    -------
    csr_array
        Symmetric; of parallel edges the cheapest, no loops. An edge that costs nothing is an explicit
        zero: ``scipy.sparse.csgraph.dijkstra`` walks along it, but arithmetic on the matrix may drop
        it, and so does ``csgraph.minimum_spanning_tree``.

    Raises
    ------
    ValueError
        When a weight is negative or NaN.

    Examples
    --------
    >>> edge = np.array([0]), np.array([1]), np.array([10397.0]), np.array([ROAD])
    >>> network = Network(np.array([105.0, 105.1]), np.full(2, 21.0), *edge)
    >>> matrix(network, np.array([7.0])).toarray().tolist()
    [[0.0, 7.0], [7.0, 0.0]]
    """
    return arcs.of_edges(len(network.lon), network.tail, network.head, weight).matrix


def lines(network: Network, edges: np.ndarray | None = None) -> np.ndarray:
    """Return edges as lines, EPSG:4326.

    Parameters
    ----------
    network : Network
    edges : ndarray of int64, optional
        Numbers of edges; all by default.

    Returns
    -------
    ndarray of shapely.LineString

    Examples
    --------
    >>> edge = np.array([0]), np.array([1]), np.array([10397.0]), np.array([ROAD])
    >>> network = Network(np.array([105.0, 105.1]), np.full(2, 21.0), *edge)
    >>> lines(network)[0].wkt
    'LINESTRING (105 21, 105.1 21)'
    """
    start = network.course_start
    which = np.arange(len(start) - 1) if edges is None else np.asarray(edges, dtype=np.int64)
    count = np.diff(start)[which]
    line = np.repeat(np.arange(len(which)), count)
    place = np.repeat(start[which] - (np.cumsum(count) - count), count) + np.arange(len(line))
    return np.asarray(shapely.linestrings(network.course[place], indices=line))
