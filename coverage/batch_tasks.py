"""What one task does: the same function on any number of processes or machines."""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from ..geodata import grid as grids
from ..geodata import people_rows, zonal
from ..geodata.people_rows import PeopleRows
from ..geodata.population import Shares
from ..geodata.zonal import CellFractions
from . import access, places, scores, zones
from . import batch_store as store
from .access import Access
from .batch_parts import Part, refuse_changed
from .batch_store import Work
from .cells import Cells
from .inputs import LayerData
from .services import SERVICES
from .services.service import How, Levels
from .zones import Clusters, Lacks

SCORES, LEVELS = "scores", "levels"
"""Names of the two kinds of work."""
RADIO = "radio"
"""Folder, beside the work, of discs around masts."""


def score(part: Part, folder: Path) -> tuple[str, float]:
    """Score the communes of a part, and leave the work in a folder; what is there stays.

    Parameters
    ----------
    part : Part
    folder : Path

    Returns
    -------
    key : str
        What the work is named by.
    seconds : float

    Examples
    --------
    >>> score.__name__
    'score'
    """
    start, path = time.perf_counter(), store.place(folder, SCORES, part.key)
    if store.load(path) is None:
        refuse_changed(part.files)
        cells = _cells(part)
        status = {key: _access(key, part, cells, folder) for key in part.inputs.study.services}
        work = _work(part, cells, status)
        refuse_changed(part.files)
        store.save(path, work)
    return part.key, time.perf_counter() - start


def _cells(part: Part) -> Cells:
    """Lay the communes of a part and its people on the grid."""
    grid = part.grid
    whole = zonal.fractions(
        part.inputs.communes, transform=grid.transform, shape=grid.shape, crs=grid.crs
    )
    plan = _of_own(whole, part.own)
    number, of_triple = np.unique(plan.cell, return_inverse=True)
    shares = _shares(part, plan, number, of_triple)
    people = np.bincount(of_triple, weights=np.nan_to_num(shares.people), minlength=len(number))
    lon, lat = grids.lonlat(grid, number)
    return Cells(plan, shares, number, of_triple, people, grids.areas_m2(grid, number), lon, lat)


def _of_own(plan: CellFractions, own: np.ndarray) -> CellFractions:
    """Keep the cells of the part's own communes, with all triples of these cells."""
    shared, spans = plan.shared, plan.spans
    cell = shared.row.astype(np.int64) * plan.grid.shape[1] + shared.column
    kept = np.isin(cell, cell[own[shared.unit]])
    whole = own[spans.unit]
    return replace(
        plan,
        shared=type(shared)(*(each[kept] for each in shared)),
        spans=type(spans)(*(each[whole] for each in spans)),
    )


def _shares(part: Part, plan: CellFractions, number: np.ndarray, of_triple: np.ndarray) -> Shares:
    people = part.people
    if isinstance(people, PeopleRows):
        counted = people_rows.at(people, number)
        shared = people_rows.shared_out(counted, plan, of_triple) * people.quantum
        return Shares(shared, 0.0, 0.0)
    keys = people["cell"].to_numpy() * len(part.position) + np.searchsorted(
        part.position, people["unit"].to_numpy()
    )
    at = np.searchsorted(keys, plan.cell * len(part.position) + plan.unit)
    return Shares(people["people"].to_numpy()[at], 0.0, 0.0)


def _access(key: str, part: Part, cells: Cells, folder: Path) -> Access:
    """Find who has a service, with levels from the folder where they are there."""
    inputs = part.inputs
    known = {
        layer.name: _levels(layer, part, cells, folder)
        for layer in inputs.of(key)
        if layer.name in part.levels
    }
    return access.assess(key, inputs, cells, known=known)


def _levels(layer: LayerData, part: Part, cells: Cells, folder: Path) -> Levels:
    path = store.place(folder, LEVELS, part.levels[layer.name])
    kept = store.load(path)
    if kept is not None:
        return dict(zip(kept.about["operators"], kept.arrays.values(), strict=True))
    rule = part.inputs.study.services[layer.spec.role]
    how = How(cache=folder / RADIO, workers=1)
    levels = access.find_levels(layer, rule, cells, part.inputs, how)
    if SERVICES[rule.type].unit == "km" and not layer.is_raster:
        # What lies farther was not looked for everywhere: it is far, and no more is said.
        far_km = part.reach_km[layer.name]
        levels = {
            name: np.where(level_km <= far_km, level_km, np.inf)
            for name, level_km in levels.items()
        }
    arrays = {f"level_{number}": level for number, level in enumerate(levels.values())}
    store.save(path, Work(arrays, about={"operators": list(levels)}))
    return levels


def _work(part: Part, cells: Cells, status: Mapping[str, Access]) -> Work:
    inputs, rules = part.inputs, part.inputs.study.services
    state = zones.lacks(status)
    clusters = zones.cluster(cells, state.mask, inputs.study.dead_zones)
    nowhere = np.full(len(cells.number), -1, dtype=np.int64)
    table = scores.communes(inputs.communes, cells, state, status, nowhere, rules)
    table = _with_counts(table, part, cells, state)
    figures = pd.DataFrame(table[part.own]).drop(columns=inputs.communes.columns)
    owned = _owned(part, cells)
    operators = scores.operator_columns(status)
    return Work(
        {**_rim(part, cells, state, clusters), **_clustered(part, cells, state, clusters, owned)},
        {"communes": figures},
        {
            "operators": operators,
            "people": _text(cells.people[owned].sum()),
            "evidence": {key: each.evidence for key, each in status.items()},
        },
    )


def _text(value: np.floating) -> str:
    return float(value).hex()


def _with_counts(table: pd.DataFrame, part: Part, cells: Cells, state: Lacks) -> pd.DataFrame:
    inputs = part.inputs
    for role, name in (("places", "villages"), ("anchors", "anchors")):
        for layer in inputs.of(role)[:1]:
            found = places.villages(layer.table, inputs.communes, cells, state)
            table = table.join(places.counted(found, name, table.index))
    for layer in inputs.of("roads")[:1]:
        table = table.join(places.road_km(layer.table, inputs.communes, cells, state))
    return table


def _owned(part: Part, cells: Cells) -> np.ndarray:
    """Tell which cells are counted here: those whose first commune is scored here."""
    first = np.flatnonzero(np.diff(cells.of_triple, prepend=-1))
    return part.own[cells.plan.unit[first]]


def _rim(part: Part, cells: Cells, state: Lacks, clusters: Clusters) -> dict[str, np.ndarray]:
    """Return the lacking cells that touch another task's, or are another's too."""
    (rows, columns), number = part.grid.shape, cells.number
    lacking = np.flatnonzero(clusters.of_cell >= 0)
    if part.inputs.study.dead_zones.join_km > 0:
        edge = lacking
    else:
        foreign = np.zeros(len(number), dtype=bool)
        foreign[cells.of_triple[~part.own[cells.plan.unit]]] = True
        at_edge = foreign[lacking]
        row, column = np.divmod(number[lacking], columns)
        for down, across in itertools.product((-1, 0, 1), repeat=2):
            beside = number[lacking] + down * columns + across
            at = np.searchsorted(number, beside).clip(max=len(number) - 1)
            there = (row + down >= 0) & (row + down < rows)
            there &= (column + across >= 0) & (column + across < columns)
            at_edge |= there & (number[at] != beside)
        edge = lacking[at_edge]
    return {
        "rim_cell": number[edge],
        "rim_cluster": clusters.of_cell[edge],
        "rim_mask": state.mask[edge],
    }


def _clustered(
    part: Part, cells: Cells, state: Lacks, clusters: Clusters, owned: np.ndarray
) -> dict[str, np.ndarray]:
    """Return the cells of clusters that are counted here, with their people by commune."""
    at = np.flatnonzero(owned & (clusters.of_cell >= 0))
    place = np.full(len(cells.number), -1, dtype=np.int64)
    place[at] = np.arange(len(at))
    triple = np.flatnonzero(place[cells.of_triple] >= 0)
    plan = cells.plan
    return {
        **_by_cluster(part, cells, clusters, owned),
        "cell": cells.number[at],
        "cluster": clusters.of_cell[at],
        "mask": state.mask[at],
        "people": cells.people[at],
        "area_m2": cells.area_m2[at],
        "lon": cells.lon[at],
        "lat": cells.lat[at],
        "triple_cell": place[cells.of_triple[triple]],
        "triple_unit": part.position[plan.unit[triple]],
        "triple_fraction": plan.fraction[triple],
        "triple_people": np.nan_to_num(cells.shares.people[triple]),
    }


def _by_cluster(
    part: Part, cells: Cells, clusters: Clusters, owned: np.ndarray
) -> dict[str, np.ndarray]:
    """Return what is counted here of each cluster: people, first cell, people by commune."""
    size, of_cell = len(clusters.people), clusters.of_cell
    at = np.flatnonzero(owned & (of_cell >= 0))
    first = np.full(size, np.iinfo(np.int64).max)
    np.minimum.at(first, of_cell[at], cells.number[at])
    triple = np.flatnonzero((owned & (of_cell >= 0))[cells.of_triple])
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
