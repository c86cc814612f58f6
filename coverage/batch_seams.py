"""Dead zones joined across tasks: as if all cells had been looked at together."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ..geodata import distance
from ..geodata import grid as grids
from ..geodata.grid import Grid
from ._joining import groups
from .batch_store import Work
from .study import DeadZones

NEEDED = (
    "rim_cell", "rim_cluster", "rim_mask", "cluster_people", "cluster_first",
    "dead_cluster", "dead_unit", "dead_people",
)  # fmt: skip
"""Of a task's arrays, those that are small: what joining needs."""


@dataclass(frozen=True, eq=False)
class Joined:
    """Zones of all tasks, in the order of a whole study: by falling people, then the first cell.

    Parameters
    ----------
    zone : list of ndarray of int64
        By task, for each of its clusters: the number of its zone, -1 where it makes none.
    people : ndarray of float64
        By zone.
    home : ndarray of int64
        By zone: the task of its first cell.
    dropped : int
        Clusters with too few people.
    dropped_people : float
    """

    zone: list[np.ndarray]
    people: np.ndarray
    home: np.ndarray
    dropped: int
    dropped_people: float


def join(works: Sequence[Work], grid: Grid, rules: DeadZones) -> Joined:
    """Join the clusters of tasks where they touch, or are near, and lack the same.

    Parameters
    ----------
    works : sequence of Work
        Of the tasks, in their order.
    grid : Grid
    rules : DeadZones

    Returns
    -------
    Joined

    Examples
    --------
    >>> from affine import Affine
    >>> row = Grid("EPSG:4326", Affine(1, 0, 0, 0, -1, 1), (1, 2))
    >>> def one(cell):
    ...     arrays = {name: np.array([cell]) for name in ("cluster_first", "rim_cell")}
    ...     arrays |= {"rim_cluster": np.array([0]), "rim_mask": np.array([1])}
    ...     return Work(arrays | {"cluster_people": np.array([30.0])})
    >>> join([one(0), one(1)], row, DeadZones()).people.tolist()
    [60.0]
    """
    counts = [len(work.arrays["cluster_people"]) for work in works]
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    size = int(first[-1])
    one, other = _links(works, first, grid, rules)
    links = coo_array((np.ones(len(one), dtype=bool), (one, other)), shape=(size, size))
    count, group = (
        connected_components(links, directed=False) if size else (0, np.zeros(0, dtype=np.int64))
    )
    counted, cell = (
        np.concatenate([np.zeros(0, kind), *(work.arrays[name] for work in works)])
        for name, kind in (("cluster_people", np.float64), ("cluster_first", np.int64))
    )
    people = np.bincount(group, weights=counted, minlength=count)
    least = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(least, group, cell)
    begins = np.flatnonzero(cell == least[group])[::-1]  # the first of several is written last
    home = np.zeros(count, dtype=np.int64)
    home[group[begins]] = np.repeat(np.arange(len(works)), counts)[begins]
    order = np.lexsort((least, -people))
    kept = people[order] >= rules.min_people
    zone = np.full(count, -1, dtype=np.int64)
    zone[order[kept]] = np.arange(int(kept.sum()))
    return Joined(
        [zone[group[start:stop]] for start, stop in itertools.pairwise(first)],
        people[order[kept]],
        home[order[kept]],
        int((~kept).sum()),
        float(people[order[~kept]].sum()),
    )


def _links(
    works: Sequence[Work], first: np.ndarray, grid: Grid, rules: DeadZones
) -> tuple[np.ndarray, np.ndarray]:
    """Return pairs of clusters that are one."""
    cell = np.concatenate([np.zeros(0, np.int64), *(work.arrays["rim_cell"] for work in works)])
    mask = np.concatenate([np.zeros(0, np.uint8), *(work.arrays["rim_mask"] for work in works)])
    cluster = np.concatenate(
        [
            np.zeros(0, np.int64),
            *(
                start + work.arrays["rim_cluster"]
                for start, work in zip(first[:-1], works, strict=True)
            ),
        ]
    )
    order = np.argsort(cell, kind="stable")
    cell, mask, cluster = cell[order], mask[order], cluster[order]
    again = np.flatnonzero(np.diff(cell) == 0)  # a cell of two tasks
    one, other = [cluster[again]], [cluster[again + 1]]
    row, column = np.divmod(cell, grid.shape[1])
    for down, across in ((0, 1), (1, -1), (1, 0), (1, 1)):
        beside = (row + down) * grid.shape[1] + column + across
        at = np.searchsorted(cell, beside).clip(max=max(len(cell) - 1, 0))
        inside = (column + across >= 0) & (column + across < grid.shape[1])
        touch = (
            np.flatnonzero(inside & (cell[at] == beside) & (mask[at] == mask)) if len(cell) else at
        )
        one.append(cluster[touch])
        other.append(cluster[at[touch]])
    if rules.join_km > 0:
        points = distance.in_space(*grids.lonlat(grid, cell))
        for value in np.unique(mask):
            here = np.flatnonzero(mask == value)
            group = groups(points[here], cluster[here], rules.join_km * 1000.0)
            lead = here[np.unique(group, return_index=True)[1]]
            one.append(cluster[here])
            other.append(cluster[lead[group]])
    return np.concatenate(one), np.concatenate(other)
