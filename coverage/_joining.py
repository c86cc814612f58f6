"""Which labelled points hang together over a distance, in bounded memory."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

_MOST_PAIRS = 2_000_000
"""Pairs of points that are measured at a time: some 100 MB."""


def groups(points: np.ndarray, label: np.ndarray, reach: float) -> np.ndarray:
    """Group points: of one label, or joined by a chain of points each within reach of the next.

    Parameters
    ----------
    points : ndarray of float64, shape (n, 3)
        Positions, m.
    label : ndarray of int64, shape (n,)
        Points of one label are in one group wherever they lie.
    reach : float
        Over which points are joined, m, > 0.

    Returns
    -------
    ndarray of int64
        Group of each point, numbered from 0.

    Notes
    -----
    Points are sorted into cubes whose diagonal is the reach: those of a cube are joined without
    measuring, and only cubes that are near and not yet joined are held against each other. Listing
    every pair of points within reach takes memory that grows with the fourth power of the reach
    over the distance between points; this does not grow with it.

    Examples
    --------
    >>> points = np.array([[0.0, 0, 0], [3, 0, 0], [9, 0, 0]])
    >>> groups(points, np.arange(3), 4.0).tolist()
    [0, 0, 1]
    """
    names, of_point = np.unique(label, return_inverse=True)
    group = np.arange(len(names))
    key, steps = _cubes(points, reach)
    order = np.argsort(key, kind="stable")
    cubes, start, count = np.unique(key[order], return_index=True, return_counts=True)
    sorted_points, lead = points[order], of_point[order[start]]
    same = np.flatnonzero(np.diff(key[order]) == 0)
    group = _merged(group, of_point[order[same]], of_point[order[same + 1]])
    for step in steps:
        at = np.searchsorted(cubes, cubes + step).clip(max=len(cubes) - 1)
        one = np.flatnonzero((cubes[at] == cubes + step) & (group[lead] != group[lead[at]]))
        other = at[one]
        near = _are_near(sorted_points, start, count, (one, other), reach)
        group = _merged(group, lead[one[near]], lead[other[near]])
    return group[of_point]


def _cubes(points: np.ndarray, reach: float) -> tuple[np.ndarray, list[int]]:
    """Number the cube of each point; return the steps to half of its neighbours too, nearest first."""
    side = reach / np.sqrt(3.0) * (1.0 - 1e-9)  # rounding must not make a diagonal longer
    cube = np.floor((points - points.min(axis=0)) / side).astype(np.int64) + 2
    size = cube.max(axis=0) + 3
    unit = np.array([size[1] * size[2], size[2], 1])
    around = np.array(list(itertools.product(range(-2, 3), repeat=3)))
    step = around @ unit
    ahead = step > 0
    nearest = np.argsort((around[ahead] ** 2).sum(axis=1), kind="stable")
    return cube @ unit, step[ahead][nearest].tolist()


def _merged(group: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Join groups of labels along links between labels."""
    size = len(group)
    links = coo_matrix((np.ones(len(one)), (group[one], group[other])), shape=(size, size))
    return connected_components(links, directed=False)[1][group]


def _are_near(
    points: np.ndarray,
    start: np.ndarray,
    count: np.ndarray,
    pairs: tuple[np.ndarray, np.ndarray],
    reach: float,
) -> np.ndarray:
    """Tell which pairs of cubes hold two points within reach."""
    one, other = pairs
    work = count[one] * count[other]
    near = np.zeros(len(one), dtype=bool)
    for at in np.flatnonzero(work > _MOST_PAIRS):
        tree = KDTree(points[start[one[at]] : start[one[at]] + count[one[at]]])
        there = points[start[other[at]] : start[other[at]] + count[other[at]]]
        near[at] = bool((tree.query(there)[0] <= reach).any())
    for some in _chunks(np.flatnonzero(work <= _MOST_PAIRS), work):
        pair = np.repeat(np.arange(len(some)), work[some])
        place = np.arange(len(pair)) - np.repeat(np.cumsum(work[some]) - work[some], work[some])
        row, column = np.divmod(place, count[other[some]][pair])
        gap = points[start[one[some]][pair] + row] - points[start[other[some]][pair] + column]
        close = (gap**2).sum(axis=1) <= reach**2
        near[some[np.unique(pair[close])]] = True
    return near


def _chunks(rows: np.ndarray, work: np.ndarray) -> Iterator[np.ndarray]:
    """Cut rows into runs of bounded work."""
    run = np.cumsum(work[rows]) // _MOST_PAIRS
    yield from np.split(rows, np.flatnonzero(np.diff(run)) + 1) if len(rows) else ()
