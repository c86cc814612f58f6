"""What cuts people off when it fails: single edges and nodes, pairs of edges, and what would help."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import _arcs_kernels
from . import _lowlink_kernels as kernels

_SEED = 20_201_027
"""Of the labels of rings; any other gives the same result but for a chance of 2**-64 a pair."""
_EARTH_M = 6_371_008.8
"""Mean radius: IUGG."""


@dataclass(frozen=True, eq=False)
class Circuit:
    """A network that serves people from sources.

    Parameters
    ----------
    nodes : int
        How many there are.
    tail, head : ndarray of int64
        Nodes at the ends of each edge.
    source : ndarray of bool
        By node: whether it is a source.
    people : ndarray of float64
        By node: who is served there, >= 0.
    """

    nodes: int
    tail: np.ndarray
    head: np.ndarray
    source: np.ndarray
    people: np.ndarray


@dataclass(frozen=True, eq=False)
class Weak:
    """Edges and nodes whose failure parts the network. What has no source has nobody to lose.

    Parameters
    ----------
    edge : ndarray of int64
        Edges, sorted.
    near, far : ndarray of int64
        Their ends: the one toward the sources, and the other.
    edge_people : ndarray of float64
        People who lose every source with the edge.
    node : ndarray of int64
        Nodes, sorted.
    node_people : ndarray of float64
        People elsewhere who lose every source with the node.
    """

    edge: np.ndarray
    near: np.ndarray
    far: np.ndarray
    edge_people: np.ndarray
    node: np.ndarray
    node_people: np.ndarray


@dataclass(frozen=True, eq=False)
class _Walk:
    """A walk from all sources at once, which hang on a node more; see `_lowlink_kernels`.

    `behind` are the people who hang on the way from the parent; 0 where there is no source.
    """

    order: np.ndarray
    place: np.ndarray
    low: np.ndarray
    parent: np.ndarray
    by: np.ndarray
    behind: np.ndarray
    tail: np.ndarray
    head: np.ndarray


def _walked(circuit: Circuit) -> _Walk:
    sources = np.flatnonzero(circuit.source)
    tail = np.append(circuit.tail, np.full(len(sources), circuit.nodes)).astype(np.int64)
    head = np.append(circuit.head, sources).astype(np.int64)
    rows = _arcs_kernels.rows(circuit.nodes + 1, tail, head)
    order, place, low, parent, by = kernels.walk(*rows, circuit.nodes)
    begins = np.flatnonzero(parent[order] < 0)
    people = np.append(circuit.people, 0.0)
    if len(begins) > 1:
        people[order[begins[1] :]] = 0.0
    behind = kernels.summed(order, parent, people)
    return _Walk(order, place, low, parent, by, behind, tail, head)


def find(circuit: Circuit) -> Weak:
    """Find every bridge and every articulation node, seen from the sources.

    Parameters
    ----------
    circuit : Circuit
        All sources count as connected with each other.

    Returns
    -------
    Weak

    Examples
    --------
    >>> chain = np.array([0, 1]), np.array([1, 2])
    >>> weak = find(Circuit(3, *chain, np.array([True, False, False]), np.array([0.0, 5.0, 7.0])))
    >>> weak.edge_people.tolist(), weak.node.tolist(), weak.node_people.tolist()
    ([12.0, 7.0], [0, 1], [12.0, 7.0])
    """
    walk = _walked(circuit)
    below = np.flatnonzero(walk.parent >= 0)
    parent = walk.parent[below]
    bridge = below[(walk.low[below] > walk.place[parent]) & (walk.by[below] < len(circuit.tail))]
    bridge = bridge[np.argsort(walk.by[bridge])]
    cut = below[(walk.low[below] >= walk.place[parent]) & (walk.parent[parent] >= 0)]
    people = np.bincount(walk.parent[cut], walk.behind[cut], minlength=circuit.nodes + 1)
    parts = np.bincount(walk.parent[cut], minlength=circuit.nodes + 1)
    # Where a walk begins without a source, a node parts the network when two ways lead on from it.
    begins = (walk.parent < 0) & (np.bincount(parent, minlength=circuit.nodes + 1) > 1)
    node = np.flatnonzero((parts > 0) | begins)
    node = node[node < circuit.nodes]
    return Weak(
        edge=walk.by[bridge],
        near=walk.parent[bridge],
        far=bridge,
        edge_people=walk.behind[bridge],
        node=node,
        node_people=people[node],
    )


def silent(circuit: Circuit, node: int) -> np.ndarray:
    """Return the other nodes that lose every source when one falls, sorted.

    Parameters
    ----------
    circuit : Circuit
    node : int
        What falls.

    Returns
    -------
    ndarray of int64

    Examples
    --------
    >>> chain = np.array([0, 1]), np.array([1, 2])
    >>> silent(Circuit(3, *chain, np.array([True, False, False]), np.zeros(3)), 1).tolist()
    [2]
    """
    before = _served(circuit)
    stays = (circuit.tail != node) & (circuit.head != node)
    source = circuit.source.copy()
    source[node] = False
    after = _served(
        Circuit(circuit.nodes, circuit.tail[stays], circuit.head[stays], source, circuit.people)
    )
    lost = before & ~after
    lost[node] = False
    return np.flatnonzero(lost)


def _served(circuit: Circuit) -> np.ndarray:
    """Tell which nodes hang together with a source."""
    walk = _walked(circuit)
    begins = np.flatnonzero(walk.parent[walk.order] < 0)
    served = np.zeros(circuit.nodes + 1, dtype=bool)
    served[walk.order[: begins[1] if len(begins) > 1 else None]] = True
    return served[:-1]


def pairs(circuit: Circuit) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Find pairs of edges that cut people off together, and neither of them alone.

    Parameters
    ----------
    circuit : Circuit

    Returns
    -------
    one, other : ndarray of int64
        Edges.
    people : ndarray of float64
        Who loses every source with both.

    Notes
    -----
    Two edges part a network, and neither does alone, when they lie on the same rings. Each edge that
    closes a ring has a random label of 64 bits, and every other one that of all rings over it.

    Examples
    --------
    >>> ring = np.array([0, 1, 2]), np.array([1, 2, 0])
    >>> one, other, people = pairs(Circuit(3, *ring, np.arange(3) == 0, np.array([0.0, 5.0, 7.0])))
    >>> sorted(people.tolist())
    [5.0, 7.0, 12.0]
    """
    walk = _walked(circuit)
    rng = np.random.default_rng(_SEED)
    label = rng.integers(0, 2**64, size=len(walk.tail), dtype=np.uint64)
    label = kernels.labelled(walk.order, walk.parent, walk.by, walk.tail, walk.head, label)
    node = np.full(len(walk.tail), -1)
    node[walk.by[walk.by >= 0]] = np.flatnonzero(walk.by >= 0)
    bridge = (node >= 0) & (walk.low[node] == walk.place[node])
    edge = np.flatnonzero(~bridge[: len(circuit.tail)] & (circuit.tail != circuit.head))
    # On each ring, from the sources outward: what lies between two edges is cut off by both.
    outward = np.where(node[edge] >= 0, walk.place[node[edge]], len(walk.order))
    edge = edge[np.lexsort((outward, label[edge]))]
    behind = np.where(node[edge] >= 0, walk.behind[node[edge]], 0.0)
    one, other = _in_groups(label[edge])
    cuts = behind[one] > behind[other]
    one, other = one[cuts], other[cuts]
    return edge[one], edge[other], behind[one] - behind[other]


def _in_groups(label: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return all pairs of places with the same label, which stand together."""
    last = np.append(np.flatnonzero(label[1:] != label[:-1]), len(label) - 1)
    size = np.diff(last, prepend=-1) if len(label) else np.zeros(0, dtype=np.int64)
    after = np.repeat(np.cumsum(size), size) - np.arange(len(label)) - 1
    one = np.repeat(np.arange(len(label)), after)
    number = np.arange(len(one)) - np.repeat(np.cumsum(after) - after, after)
    return one, one + 1 + number


def new_link(
    circuit: Circuit, xyz: np.ndarray | None = None, longest_m: float = np.inf
) -> tuple[int, int, float] | None:
    """Find the one new edge that frees most people from standing behind a single edge or node.

    Parameters
    ----------
    circuit : Circuit
    xyz : ndarray of float64, shape (nodes, 3), optional
        Geocentric coordinates, m: the shortest of equally good edges is found. Without them it is the
        first.
    longest_m : float
        No edge is longer, m along the ground.

    Returns
    -------
    tuple of int, int, float or None
        Its nodes and the people freed; None where no edge frees anybody.

    Notes
    -----
    Sources are taken to stand: where one falls, another source helps and no link. With them as one
    node, people are free who have two ways to it that share neither node nor edge. A new edge frees
    those on the way to the sources from either of its ends, where both ways meet only there.

    Examples
    --------
    >>> chain = np.array([0, 1]), np.array([1, 2])
    >>> new_link(Circuit(3, *chain, np.array([True, False, False]), np.array([0.0, 5.0, 7.0])))
    (2, 0, 12.0)
    """
    one = np.where(circuit.source, 0, np.cumsum(~circuit.source))
    rows = _arcs_kernels.rows(int(one.max(initial=0)) + 1, one[circuit.tail], one[circuit.head])
    order, place, low, parent, _ = kernels.walk(*rows, 0)
    block, group = kernels.blocks(order, place, low, parent)
    safe = (parent[block] == 0) & (low[block] < place[block])
    hangs = (block[one] >= 0) & ~safe[one]
    people = np.bincount(block[one[hangs]], circuit.people[hangs], minlength=len(order))
    gain = kernels.gathered(order, parent, block, people)
    served = (one == 0) | (block[one] >= 0)
    gain, group = np.where(served, gain[one], -1.0), np.where(one == 0, -1, group[one])
    able = np.flatnonzero(served)
    able = able[np.argsort(-gain[able], kind="stable")]
    own = _arcs_kernels.rows(circuit.nodes, circuit.tail, circuit.head)
    straight_m = 2.0 * _EARTH_M * np.sin(min(longest_m / (2.0 * _EARTH_M), np.pi / 2.0))
    a, b, most, _ = kernels.best_pair(
        able,
        gain,
        group,
        np.zeros((circuit.nodes, 3)) if xyz is None else xyz,
        np.inf if xyz is None else straight_m,
        *own[:2],
    )
    return (int(a), int(b), float(most)) if a >= 0 else None
