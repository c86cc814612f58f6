"""The tables of a whole study, put together from the work of its tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..geodata.grid import Grid
from ..geodata.vectors import WGS84
from . import (
    access,
    batch_figures,
    batch_outlines,
    classes,
    ranking,
    receipts,
    relief,
    scores,
    zones,
)
from . import assets as asset_table
from . import batch_store as store
from . import cells as cell_table
from .batch_figures import Alike
from .batch_seams import Joined
from .batch_store import Work
from .batch_tasks import ALIKE
from .inputs import Inputs
from .study import Study

NEEDED = tuple(ALIKE + name for name in Alike._fields)
"""Of a task's arrays, those of which the figures of communes are found."""
_KINDS: dict[str, type] = {
    "cell": np.int64, "cluster": np.int64, "mask": np.uint8,
    "triple_cell": np.int64, "triple_unit": np.int64,
}  # fmt: skip
"""Of the arrays of cells that are no decimal numbers."""


def communes(inputs: Inputs, grid: Grid, works: Sequence[Work], joined: Joined) -> gpd.GeoDataFrame:
    """Put the communes of all tasks together, and rank them.

    Parameters
    ----------
    inputs : Inputs
    grid : Grid
    works : sequence of Work
        Of the tasks, in their order.
    joined : Joined

    Returns
    -------
    GeoDataFrame
        As the analysis of the whole study gives them.

    Examples
    --------
    >>> communes.__name__
    'communes'
    """
    table, rules = inputs.communes, inputs.study.services
    few = [Alike(*(work.arrays[name] for name in NEEDED)) for work in works]
    operators = works[0].about["operators"]
    assert all(work.about["operators"] == operators for work in works), "figures go by position"
    counts = pd.concat([work.tables["communes"] for work in works]).reindex(table.index)
    figures = batch_figures.figures(few, table.index, grid, operators, rules).join(counts)
    dead = np.zeros(len(table))
    for work, zone in zip(works, joined.zone, strict=True):
        found = work.arrays
        kept = zone[found["dead_cluster"]] >= 0
        dead += np.bincount(
            found["dead_unit"][kept], weights=found["dead_people"][kept], minlength=len(table)
        )
    known = figures["people"].notna()
    figures = figures.assign(
        dead_people=pd.Series(dead, table.index).where(known),
        score=ranking.index(figures, rules).where(known),
    )
    ranked = table.join(figures).pipe(ranking.ranked)
    others = [cell_table.beside(inputs), classes.classed(inputs, relief.heights(inputs))]
    return ranked.join(others)


def dead_zones(
    inputs: Inputs, grid: Grid, paths: Sequence[Path], works: Sequence[Work], joined: Joined
) -> gpd.GeoDataFrame:
    """Describe the dead zones: those that tasks have described, and those that go over several.

    Parameters
    ----------
    inputs : Inputs
    grid : Grid
    paths : sequence of Path
        Of the tasks' work, in their order.
    works : sequence of Work
        What was read of it.
    joined : Joined

    Returns
    -------
    GeoDataFrame
        By ``zone_id``, as :func:`deadzones.coverage.zones.find` gives them.

    Examples
    --------
    >>> dead_zones.__name__
    'dead_zones'
    """
    study = inputs.study
    closed = [_closed(work, zone) for work, zone in zip(works, joined.zone, strict=True)]
    done = np.zeros(len(joined.people), dtype=bool)
    for table in closed:
        done[table.index] = True
    tables: list[gpd.GeoDataFrame] = [_across([], inputs, grid, np.zeros(0, np.int64))]
    for home in range(len(paths)):
        wanted = np.flatnonzero((joined.home == home) & ~done)
        if len(wanted):
            cells = [
                _cells_of(path, zone, wanted)
                for path, zone in zip(paths, joined.zone, strict=True)
                if np.isin(zone, wanted).any()
            ]
            tables.append(_across(cells, inputs, grid, wanted))
    filled = [table for table in [*closed, *tables] if len(table)] or tables[:1]
    table = gpd.GeoDataFrame(pd.concat(filled)).sort_index()
    names = [f"Z{number + 1:05d}" for number in table.index]
    table = table.set_index(pd.Index(names, name="zone_id", dtype="str"))
    assets = asset_table.gather(inputs)
    terrain = inputs.of("terrain")
    places, roads = (
        next((layer.table for layer in inputs.of(role)), None) for role in ("places", "roads")
    )
    return zones.measured(
        table,
        places=places,
        roads=roads,
        terrain=terrain[0].raster if terrain else None,
        assets={key: assets[assets["service"] == key] for key in study.services},
    )


def _closed(work: Work, zone: np.ndarray) -> gpd.GeoDataFrame:
    """Take the zones that end within a task, by their number in the whole study."""
    table = work.tables["zones"]
    shapes = shapely.from_wkb(table["geometry"].to_numpy())
    table = gpd.GeoDataFrame(table.drop(columns="geometry"), geometry=shapes, crs=WGS84)
    return table.set_index(pd.Index(zone[table.index], name="zone_id"))


def _cells_of(path: Path, zone: np.ndarray, wanted: np.ndarray) -> dict[str, np.ndarray]:
    """Read the cells of some zones from the work of one task."""
    found = store.needed(path, {*batch_outlines.CELLS, *batch_outlines.TRIPLES}).arrays
    of_cell = zone[found["cluster"]]
    kept = np.isin(of_cell, wanted)
    triple = kept[np.searchsorted(found["cell"], found["triple_cell"])]
    return {
        name: values[triple if name.startswith("triple_") else kept]
        for name, values in found.items()
    } | {"cluster": of_cell[kept]}


def _across(
    found: Sequence[Mapping[str, np.ndarray]], inputs: Inputs, grid: Grid, wanted: np.ndarray
) -> gpd.GeoDataFrame:
    """Describe zones by their cells in several tasks."""
    gathered = {
        name: np.concatenate(
            [np.zeros(0, _KINDS.get(name, float)), *(each[name] for each in found)]
        )
        for name in batch_outlines.CELLS + batch_outlines.TRIPLES
    }
    services = tuple(inputs.study.services)
    return batch_outlines.describe(gathered, inputs.communes.index, grid, services, wanted)


def published(dead: gpd.GeoDataFrame, study: Study) -> gpd.GeoDataFrame:
    """Leave out what tells where sites are: every distance to them.

    Examples
    --------
    >>> study = Study.model_construct(name="a", layers={}, services={"fibre": None})
    >>> list(published(gpd.GeoDataFrame({"fibre_km": [1.0], "people": [2.0]}), study))
    ['people']
    """
    return dead.drop(columns=[f"{service}_km" for service in study.services])


def manifest(
    inputs: Inputs,
    totals: Mapping[str, float],
    table: gpd.GeoDataFrame,
    works: Sequence[Work],
    names: Sequence[str],
    joined: Joined,
) -> dict[str, Any]:
    """Write down where scores come from and what they add up to.

    Parameters
    ----------
    inputs : Inputs
    totals : mapping of str to float
        All people as read, and as counted.
    table : GeoDataFrame
        The communes.
    works : sequence of Work
    names : sequence of str
        Of their tasks.
    joined : Joined

    Returns
    -------
    dict
        Plain values, ready for JSON.

    Examples
    --------
    >>> manifest.__name__
    'manifest'
    """
    study, layers = inputs.study, receipts.sources(inputs)
    within = sum(float.fromhex(work.about["people"]) for work in works)
    evidence = {key: access.evidence(key, inputs) for key in study.services}
    return {
        "name": study.name,
        "title": study.title or study.name,
        "public": study.public,
        "synthetic": any(layer["evidence"] == "synthetic" for layer in layers.values()),
        "evidence": access.weakest(
            [*(layer["evidence"] for layer in layers.values()), *evidence.values()]
        ),
        "layers": layers,
        "licences": receipts.licences(layers),
        "services": {
            key: {
                "type": rule.type,
                "threshold": rule.limit.value,
                "unit": rule.limit.unit,
                "weight": rule.weight,
                "target_pct": rule.target_pct,
                "evidence": evidence[key],
                "predicted": _notes(works, names, key),
                "operators": works[0].about["operators"].get(key, {}),
            }
            for key, rule in study.services.items()
        },
        "counts": {
            "communes": len(table),
            "provinces": int(table["province_code"].nunique()),
            "communes_unknown": table.index[table["people"].isna()].tolist(),
            **totals,
            "people_in_communes": within,
            "people_outside": totals["people_counted"] - within,
            "people_lacking": float(table["lacking_people"].sum()),
            "people_in_dead_zones": float(joined.people.sum()),
            "people_in_dropped_clusters": joined.dropped_people,
            "dead_zones": len(joined.people),
            "dropped_clusters": joined.dropped,
        },
        "national": scores.national(table, study.services),
        "study": study.model_dump(mode="json", exclude={"layers"}),
        "versions": receipts.versions(),
    }


def _notes(works: Sequence[Work], names: Sequence[str], service: str) -> dict[str, list[str]]:
    """Gather what predictions of a service did to their input: each line once, and in which tasks."""
    told: dict[str, dict[str, list[str]]] = {}
    for work, name in zip(works, names, strict=True):
        for layer, lines in work.about["predicted"][service].items():
            for line in lines:
                told.setdefault(layer, {}).setdefault(line, []).append(name)
    return {
        layer: [_where(line, tasks, len(works)) for line, tasks in lines.items()]
        for layer, lines in told.items()
    }


def _where(line: str, tasks: Sequence[str], count: int) -> str:
    """Say of what only some tasks tell, whose words and counts it is.

    Examples
    --------
    >>> _where("1 site lies off the terrain", ["79"], 34)
    'in 79: 1 site lies off the terrain'
    """
    return line if len(tasks) == count else f"in {', '.join(tasks)}: {line}"
