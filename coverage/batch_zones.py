"""Dead zones within one task: those that end there are described, of the others the cells are kept."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from scipy.spatial import KDTree

from ..geodata import distance
from . import batch_outlines, zones
from .batch_parts import Part
from .cells import Cells
from .study import DeadZones
from .zones import Clusters, Lacks

_ASIDE = 4.0
"""Sides of a cell, for certain more than from its middle over a corner to the next one's."""


def clusters(cells: Cells, mask: np.ndarray, rules: DeadZones) -> Clusters:
    """Join populated cells that lack the same, as :func:`deadzones.coverage.zones.cluster` does.

    Parameters
    ----------
    cells : Cells
    mask : ndarray of uint8
    rules : DeadZones

    Returns
    -------
    Clusters
        Ordered by falling people, then by the first cell.

    Examples
    --------
    >>> clusters.__name__
    'clusters'
    """
    if rules.join_km > 0:
        return zones.cluster(cells, mask, rules)
    from ._batch_kernels import touching  # numba takes a second to import

    at = np.flatnonzero((cells.people > 0) & (mask > 0))
    row, column = np.divmod(cells.number[at], cells.grid.shape[1])
    lead = touching(row, column, mask[at])
    first = np.flatnonzero(lead == np.arange(len(at)))
    rank = np.empty(len(at), dtype=np.int64)
    rank[first] = np.arange(len(first))
    people = np.bincount(rank[lead], weights=cells.people[at], minlength=len(first))
    order = np.lexsort((first, -people))
    place = np.empty(len(first), dtype=np.int64)
    place[order] = np.arange(len(first))
    of_cell = np.full(len(mask), -1, dtype=np.int64)
    of_cell[at] = place[rank[lead]]
    return Clusters(of_cell, people[order], people[order] >= rules.min_people)


def rim(part: Part, cells: Cells, found: Clusters) -> np.ndarray:
    """Return the positions of lacking cells that another task's may be joined to.

    They are another task's too, or touch one's that is; or they are so near to such a cell that a
    way of the length over which cells are joined may lead out of the part.

    Examples
    --------
    >>> rim.__name__
    'rim'
    """
    from ._batch_kernels import at_edge

    foreign = np.zeros(len(cells.number), dtype=bool)
    foreign[cells.of_triple[~part.own[cells.plan.unit]]] = True
    lacking = np.flatnonzero(found.of_cell >= 0)
    join_m = part.inputs.study.dead_zones.join_km * 1000.0
    wanted = np.arange(len(cells.number)) if join_m > 0 else lacking
    edge = wanted[at_edge(cells.number, foreign, wanted, *part.grid.shape)]
    if not join_m > 0 or not len(lacking) or not len(edge):
        return edge if join_m == 0 else edge[:0]
    tree = KDTree(distance.in_space(cells.lon[edge], cells.lat[edge]))
    reach_m = join_m + _ASIDE * float(np.sqrt(cells.area_m2.max()))
    points = distance.in_space(cells.lon[lacking], cells.lat[lacking])
    return lacking[np.isfinite(tree.query(points, distance_upper_bound=reach_m)[0])]


def arrays(
    part: Part, cells: Cells, state: Lacks, found: Clusters, owned: np.ndarray
) -> tuple[dict[str, np.ndarray], dict[str, pd.DataFrame]]:
    """Return what joining needs of a part's clusters, and the zones that end within it.

    Parameters
    ----------
    part : Part
    cells : Cells
    state : Lacks
    found : Clusters
    owned : ndarray of bool
        Which cells are counted here.

    Returns
    -------
    dict of str to ndarray
        The rim, what each cluster adds up to, and the cells of open clusters.
    dict of str to DataFrame
        ``zones``: by cluster, those that are closed and have people enough.

    Examples
    --------
    >>> arrays.__name__
    'arrays'
    """
    edge = rim(part, cells, found)
    is_open = np.zeros(len(found.people) + 1, dtype=bool)
    is_open[found.of_cell[edge]] = True
    closed = np.flatnonzero(found.kept & ~is_open[:-1])
    is_closed = np.zeros(len(found.people) + 1, dtype=bool)
    is_closed[closed] = True
    table = batch_outlines.describe(
        _of_cells(np.flatnonzero(is_closed[found.of_cell]), cells, state, found),
        part.inputs.communes.index,
        part.grid,
        state.services,
        closed,
    )
    shapes = shapely.to_wkb(table.geometry.to_numpy())
    closed_zones = pd.DataFrame(table.drop(columns="geometry")).assign(geometry=shapes)
    kept = _of_cells(np.flatnonzero(owned & is_open[found.of_cell]), cells, state, found)
    kept["triple_unit"] = part.position[kept["triple_unit"]]
    seam = {
        "rim_cell": cells.number[edge],
        "rim_cluster": found.of_cell[edge],
        "rim_mask": state.mask[edge],
    }
    return (
        {**seam, **_by_cluster(part, cells, found, owned), **kept},
        {"zones": closed_zones},
    )


def _of_cells(at: np.ndarray, cells: Cells, state: Lacks, found: Clusters) -> dict[str, np.ndarray]:
    """Describe some cells, with their people by commune."""
    chosen = np.zeros(len(cells.number), dtype=bool)
    chosen[at] = True
    triple, plan = np.flatnonzero(chosen[cells.of_triple]), cells.plan
    return {
        "cell": cells.number[at],
        "cluster": found.of_cell[at],
        "mask": state.mask[at],
        "people": cells.people[at],
        "area_m2": cells.area_m2[at],
        "lon": cells.lon[at],
        "lat": cells.lat[at],
        "triple_cell": cells.number[cells.of_triple[triple]],
        "triple_unit": plan.unit[triple],
        "triple_fraction": plan.fraction[triple],
        "triple_people": np.nan_to_num(cells.shares.people[triple]),
    }


def _by_cluster(
    part: Part, cells: Cells, found: Clusters, owned: np.ndarray
) -> dict[str, np.ndarray]:
    """Return what is counted here of each cluster: people, first cell, people by commune."""
    size, of_cell = len(found.people), found.of_cell
    here = owned & (of_cell >= 0)
    at = np.flatnonzero(here)
    first = np.full(size, np.iinfo(np.int64).max)
    first[of_cell[at][::-1]] = cells.number[at][::-1]  # cells rise: the first is written last
    triple = np.flatnonzero(here[cells.of_triple])
    unit = part.position[cells.plan.unit[triple]]
    span = int(part.position.max(initial=0)) + 1
    pair, inverse = np.unique(of_cell[cells.of_triple[triple]] * span + unit, return_inverse=True)
    people = np.nan_to_num(cells.shares.people[triple])
    return {
        "cluster_people": np.bincount(of_cell[at], weights=cells.people[at], minlength=size),
        "cluster_first": first,
        "dead_cluster": pair // span,
        "dead_unit": pair % span,
        "dead_people": np.bincount(inverse, weights=people, minlength=len(pair)),
    }
