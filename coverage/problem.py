"""Upgrades on a network as one problem of arrays: what is to be gained, and what it takes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array

NOBODY = -1
"""No place on the network; no server; no step."""
NO_SQUARE = -1


@dataclass(frozen=True, eq=False)
class Ways:
    """A graph of places and, layer by layer, what it costs to build along it.

    A layer is a network that upgrades are joined to: fibre, power. What stands already is one root;
    every layer is a tree that grows from it.

    Parameters
    ----------
    tail, head : ndarray of int64, shape (edges,)
        Nodes that an edge joins; edges have no direction.
    edge_vnd : ndarray of float64, shape (layers, edges)
        Present value of building a layer along an edge.
    root_vnd : ndarray of float64, shape (layers, nodes)
        Present value of joining a node straight to what stands; 0 where it stands there, infinite
        where it is out of reach.
    layers : tuple of str
        Types of service.
    on_poles_vnd : ndarray of float64, shape (edges,)
        The same for the first layer of ``poles``, where the second one's poles stand along the edge.
    poles : tuple of int, optional
        The layer that hangs on poles, and the layer whose poles they are.

    Examples
    --------
    >>> ends = np.array([0]), np.array([1])
    >>> Ways(*ends, np.array([[5.0]]), np.array([[0.0, np.inf]]), ("fibre",)).nodes
    2
    """

    tail: np.ndarray
    head: np.ndarray
    edge_vnd: np.ndarray
    root_vnd: np.ndarray
    layers: tuple[str, ...]
    on_poles_vnd: np.ndarray = field(default_factory=lambda: np.zeros(0))
    poles: tuple[int, int] | None = None

    @property
    def nodes(self) -> int:
        """How many places there are."""
        return self.root_vnd.shape[1]


@dataclass(frozen=True, eq=False)
class Options:
    """What candidates can have in place of a network: a microwave hop, a satellite, solar power.

    Parameters
    ----------
    names : tuple of str
    layer : ndarray of int64, shape (options,)
        The layer that it stands in for.
    vnd : ndarray of float64, shape (candidates, options)
        Present value; infinite where it cannot be had.
    terminals : ndarray of float64, shape (options,)
        Satellite terminals that it takes.

    Examples
    --------
    >>> Options(("solar",), np.array([1]), np.array([[5e8]]), np.zeros(1)).names
    ('solar',)
    """

    names: tuple[str, ...]
    layer: np.ndarray
    vnd: np.ndarray
    terminals: np.ndarray


@dataclass(frozen=True, eq=False)
class Hops:
    """Microwave hops from the site of one candidate to that of another, once the first is built.

    Parameters
    ----------
    start, end : ndarray of int64, shape (hops,)
        Candidates.
    option : int
        The option that a hop is.
    vnd : float
        Present value of one hop.

    Examples
    --------
    >>> Hops(np.array([0, 1]), np.array([1, 0]), 0, 9e8).vnd
    900000000.0
    """

    start: np.ndarray
    end: np.ndarray
    option: int
    vnd: float


@dataclass(frozen=True, eq=False)
class Caps:
    """How many satellite terminals there may be, in all and in each square of land.

    Parameters
    ----------
    total : float
        In all.
    by_square : ndarray of float64, shape (squares,)
    square : ndarray of int64, shape (candidates,)
        Square of each candidate.
    terminals, per_head : ndarray of float64, shape (candidates,)
        What a candidate takes whatever it serves, and for each person that it serves.

    Examples
    --------
    >>> Caps(6e5, np.array([10.0]), np.zeros(1, int), np.zeros(1), np.array([0.01])).total
    600000.0
    """

    total: float
    by_square: np.ndarray
    square: np.ndarray
    terminals: np.ndarray
    per_head: np.ndarray


@dataclass(frozen=True, eq=False)
class Problem:
    """What can be built, what it gains, and what it costs.

    A plan is a set of candidates, and for each of their needs a way: along the network, where an
    edge is paid once for each layer whoever uses it, or an option in its place. A point counts once,
    and belongs to the first candidate of the plan that reaches it.

    Parameters
    ----------
    reach : csr_array, candidates x points
        1 where a candidate serves a point. A point is a service at a cell that lacks it.
    weight : ndarray of float64, shape (points,)
        What a point newly served counts for.
    heads : ndarray of float64, shape (points,)
        People there.
    fixed_vnd, per_head_vnd : ndarray of float64, shape (candidates,)
        Present value whatever a candidate serves, and for each person that it newly serves.
    ways : Ways
    node : ndarray of int64, shape (candidates,)
        Where a candidate stands on the network.
    needs : ndarray of bool, shape (candidates, layers)
        What must reach a candidate.
    options : Options
    hops : Hops
    caps : Caps
    least_heads : float
        People to be gained in each group first, where they can be.
    group : ndarray of int64, shape (candidates,)
        Province of each candidate.

    Examples
    --------
    >>> plain(csr_array(np.eye(2)), np.ones(2), np.ones(2)).size
    2
    """

    reach: csr_array
    weight: np.ndarray
    heads: np.ndarray
    fixed_vnd: np.ndarray
    per_head_vnd: np.ndarray
    ways: Ways
    node: np.ndarray
    needs: np.ndarray
    options: Options
    hops: Hops
    caps: Caps
    least_heads: float = 0.0
    group: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @property
    def size(self) -> int:
        """How many candidates there are."""
        return len(self.fixed_vnd)


def plain(reach: csr_array, heads: np.ndarray, fixed_vnd: np.ndarray) -> Problem:
    """Return a problem without a network: candidates that reach points at a cost.

    Examples
    --------
    >>> plain(csr_array(np.eye(2)), np.ones(2), np.ones(2)).needs.shape
    (2, 0)
    """
    count, none, nothing = len(fixed_vnd), np.zeros(0, dtype=np.int64), np.zeros(0)
    return Problem(
        reach=reach,
        weight=heads,
        heads=heads,
        fixed_vnd=fixed_vnd,
        per_head_vnd=np.zeros(count),
        ways=Ways(none, none, np.zeros((0, 0)), np.zeros((0, 0)), ()),
        node=np.full(count, NOBODY),
        needs=np.zeros((count, 0), dtype=bool),
        options=Options((), none, np.zeros((count, 0)), nothing),
        hops=Hops(none, none, NOBODY, 0.0),
        caps=Caps(np.inf, nothing, np.full(count, NO_SQUARE), np.zeros(count), np.zeros(count)),
        group=np.zeros(count, dtype=np.int64),
    )
