"""The whole analysis on one page: files in, tables out; no pages in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from ..geodata import rasters
from ..geodata.rasters import Field
from . import _assembly as assembly
from . import _plan_tables as plan_tables
from . import access, candidates, classes, costs, places, receipts, relief, scores, upgrades, zones
from . import assets as asset_table
from . import cells as cell_table
from . import scenarios as other_plans
from .access import Access
from .cells import Cells
from .inputs import Inputs, Step, load
from .services.service import How
from .study import Rule, Study
from .timing import stage
from .upgrades import Prospect
from .zones import Clusters, Lacks


class Stage(StrEnum):
    """What an analysis does, step by step, as it is told.

    Examples
    --------
    >>> print(Stage.READ)
    reading
    """

    READ = "reading"
    SHARE = "sharing people out over the communes"
    ASSESS = "finding who is served"
    CLUSTER = "finding dead zones"
    DESCRIBE = "describing dead zones"
    SCORE = "scoring communes and provinces"
    OFFER = "finding what could be built"
    RANK = "ranking upgrades"
    COMPARE = "holding the plan against others"


@dataclass(frozen=True)
class Tables:
    """What a study finds; every table in EPSG:4326.

    Parameters
    ----------
    communes, provinces : GeoDataFrame
        Scored, by code.
    dead_zones : GeoDataFrame
        Polygons, by ``zone_id``.
    upgrades : GeoDataFrame
        Points in the order to build, by ``upgrade_id``.
    villages : GeoDataFrame
        Settlements, with what lacks there.
    assets : GeoDataFrame
        What there is of each service; empty in a public study.
    signal : mapping of str to Field
        By service, where it was predicted: the level (dBm) that the best operator's sites give with
        the probability that the study asks for, on the terrain's grid; empty in a public study.
    network : GeoDataFrame
        Lines to build for the upgrades; empty in a public study.
    scenarios : DataFrame
        The study's own plan and its scenarios side by side.
    differences : GeoDataFrame
        Upgrades in which scenarios differ from the study's own plan.
    relief : Field, optional
        Heights of the ground (m), coarse, where the study has terrain.
    tasks, definitions : DataFrame
        Who does what until when, and what terms mean, as the study's layers say; empty without.
    prospect : Prospect, optional
        All that could be built, for further plans; not in a folder.
    manifest : mapping
        The study, versions, inputs with SHA-256, evidence, counts that reconcile.
    timings : list of mapping
        Stage, start (UTC), seconds, peak memory so far (MB; null where the system does not tell).

    Examples
    --------
    >>> import deadzones as dz
    >>> dz.demo(communes=4).manifest["evidence"]
    'synthetic'
    """

    communes: gpd.GeoDataFrame
    provinces: gpd.GeoDataFrame
    dead_zones: gpd.GeoDataFrame
    upgrades: gpd.GeoDataFrame
    villages: gpd.GeoDataFrame
    assets: gpd.GeoDataFrame
    manifest: Mapping[str, Any]
    timings: list[Mapping[str, Any]] = field(default_factory=list)
    signal: Mapping[str, Field] = field(default_factory=dict)
    network: gpd.GeoDataFrame = field(default_factory=plan_tables.no_network)
    scenarios: pd.DataFrame = field(default_factory=pd.DataFrame)
    differences: gpd.GeoDataFrame = field(default_factory=other_plans.nothing)
    relief: Field | None = None
    tasks: pd.DataFrame = field(default_factory=pd.DataFrame)
    definitions: pd.DataFrame = field(default_factory=pd.DataFrame)
    prospect: Prospect | None = None


@dataclass(frozen=True)
class Survey:
    """Who lacks what: the ground on which everything else is counted, ranked and drawn.

    Parameters
    ----------
    inputs : Inputs
    assets : GeoDataFrame
        What there is of each service, EPSG:4326.
    cells : Cells
    access : mapping of str to Access
        By service.
    state : Lacks
    clusters : Clusters
    """

    inputs: Inputs
    assets: gpd.GeoDataFrame
    cells: Cells
    access: Mapping[str, Access]
    state: Lacks
    clusters: Clusters


def analyse(
    study: Study, tell: Step = lambda _: None, *, cache: Path | None = None, workers: int = 2
) -> Tables:
    """Find who lacks what, score the communes, and rank what to build first.

    Parameters
    ----------
    study : Study
    tell : callable
        Called with what is being done, in a few words.
    cache : Path, optional
        A folder where predictions are kept for the next run.
    workers : int
        Threads for predictions.

    Returns
    -------
    Tables

    Raises
    ------
    BadInput
        With all faults of all layers.

    Examples
    --------
    >>> import tempfile
    >>> from deadzones.geodata import synthetic
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     tables = analyse(Study.read(synthetic.country(folder, communes=1)))
    >>> len(tables.communes)
    1
    """
    timings: list[Mapping[str, Any]] = []
    rules = study.services
    found = survey(study, How(cache, workers, tell), timings)
    inputs, cells, state = found.inputs, found.cells, found.state
    zone_of_cell = found.clusters.zone_of_cell
    with stage(Stage.DESCRIBE, timings, tell):
        dead = _dead_zones(found)
    with stage(Stage.SCORE, timings, tell):
        table = scores.communes(inputs.communes, cells, state, found.access, zone_of_cell, rules)
        villages = places.villages(_first(inputs, "places"), inputs.communes, cells, state)
        heights = relief.heights(inputs)
        table = _with_counts(table, found, villages)
        table = table.join(
            [cell_table.beside(inputs, cells.plan), classes.classed(inputs, heights)]
        )
        provinces = scores.provinces(table, rules)
    with stage(Stage.OFFER, timings, tell):
        part = How(cache, workers, lambda text: tell(f"{Stage.OFFER}: {text}"))
        prospect = offer(found, table["score"], part)
    with stage(Stage.RANK, timings, tell):
        plan = upgrades.plan(prospect, study.upgrades.budget_vnd)
    with stage(Stage.COMPARE, timings, tell):
        stays = other_plans.stability(prospect, plan)
        side_by_side, differences = other_plans.compare(prospect, plan)
    manifest = receipts.manifest(inputs, cells, found.access, found.clusters, table, prospect, plan)
    manifest["national"] = scores.national(table, rules)
    shown = asset_table.clipped(found.assets, inputs.communes)
    signal = {key: best for key in rules if (best := _signal(found.access[key])) is not None}
    assert plan.table is not None
    assert plan.network is not None
    ranked = plan.table.assign(stability=stays)
    tables = Tables(
        table,
        provinces,
        dead,
        ranked[[*ranked.columns.drop("geometry"), "geometry"]],
        villages,
        shown,
        manifest,
        timings,
        signal,
        plan.network,
        side_by_side,
        differences,
        heights,
        _kept(inputs, "tasks"),
        _kept(inputs, "definitions"),
        prospect,
    )
    return _published(tables, rules) if study.public else tables


def _published(tables: Tables, services: Mapping[str, Rule]) -> Tables:
    """Leave out what tells where sites are: they themselves, and every distance to them.

    From a few exact distances a site can be found to the metre; an exact cost is a distance too, also
    in a sum whose other parts are known, and the signal is strongest at the site.
    """
    told = [f"{service}_km" for service in services]
    ranked = plan_tables.published(tables.upgrades, tables.communes)
    plan = {**tables.manifest["upgrades"], "cost_vnd": float(ranked["cost_vnd"].sum())}
    return replace(
        tables,
        dead_zones=tables.dead_zones.drop(columns=told),
        upgrades=ranked,
        network=tables.network.iloc[:0],
        scenarios=other_plans.published(tables.scenarios),
        differences=tables.differences.iloc[:0],
        assets=tables.assets.iloc[:0],
        manifest={**tables.manifest, "upgrades": plan},
        signal={},
    )


def _signal(status: Access) -> Field | None:
    """Join what was predicted of a service, over its layers, into the best signal."""
    found = [each.signal for each in status.predictions.values()]
    return rasters.best(found) if found else None


def survey(
    study: Study, how: How | None = None, timings: list[Mapping[str, Any]] | None = None
) -> Survey:
    """Read a study's layers, lay them on the grid, and find who lacks what.

    Parameters
    ----------
    study : Study
    how : How, optional
        How the work is done, and who is told.
    timings : list, optional
        Each stage is added to it.

    Returns
    -------
    Survey

    Raises
    ------
    BadInput
        With all faults of all layers.

    Examples
    --------
    >>> import tempfile
    >>> from deadzones.geodata import synthetic
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = survey(Study.read(synthetic.country(folder, communes=1)))
    >>> found.state.services
    ('mobile', 'fibre', 'power')
    """
    timings, how = [] if timings is None else timings, how or How()
    tell = how.tell
    with stage(Stage.READ, timings, tell):
        inputs = load(study, tell)
        assets = asset_table.gather(inputs)
    with stage(Stage.SHARE, timings, tell):
        cells = cell_table.build(inputs)
    with stage(Stage.ASSESS, timings, tell):
        part = replace(how, tell=lambda text: tell(f"{Stage.ASSESS}: {text}"))
        status = {key: access.assess(key, inputs, cells, part) for key in study.services}
        state = zones.lacks(status)
    with stage(Stage.CLUSTER, timings, tell):
        clusters = zones.cluster(cells, state.mask, study.dead_zones)
    return Survey(inputs, assets, cells, status, state, clusters)


def offer(found: Survey, score: pd.Series, how: How | None = None) -> Prospect:
    """Propose the upgrades of a survey, priced as its study says, with the networks they need.

    Parameters
    ----------
    found : Survey
    score : Series
        Index of each commune, by code: what equity weighs by.
    how : How, optional

    Returns
    -------
    Prospect

    Examples
    --------
    >>> import tempfile
    >>> from deadzones.geodata import synthetic
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = survey(Study.read(synthetic.country(folder, communes=1)))
    ...     prospect = offer(found, pd.Series(dtype=float))
    >>> bool((prospect.offers.problem.fixed_vnd >= 0).all())
    True
    """
    inputs, rules, zone = found.inputs, found.inputs.study.costs, found.clusters.zone_of_cell
    assets = asset_table.by_type(inputs, found.assets)
    points = candidates.lacking(found.state, zone)
    offers = assembly.assemble(
        candidates.propose(points, found.cells, inputs, assets, how),
        inputs=inputs,
        cells=found.cells,
        state=found.state,
        assets=assets,
        unit_vnd=costs.unit_values(inputs.prices, rules.horizon_years, rules.discount_rate),
        score=score,
    )
    return Prospect(offers, inputs, found.cells, found.state, zone, score)


def _dead_zones(found: Survey) -> gpd.GeoDataFrame:
    inputs, assets = found.inputs, found.assets
    terrain = inputs.of("terrain")
    return zones.find(
        found.cells,
        found.state,
        found.clusters,
        places=_first(inputs, "places"),
        roads=_first(inputs, "roads"),
        terrain=terrain[0].raster if terrain else None,
        assets={key: assets[assets["service"] == key] for key in inputs.study.services},
    )


def _with_counts(
    table: gpd.GeoDataFrame, found: Survey, villages: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Add settlements, institutions and road lengths where the study has them."""
    inputs, cells, state = found.inputs, found.cells, found.state
    if inputs.of("places"):
        table = table.join(places.counted(villages, "villages", table.index))
    if inputs.of("anchors"):
        anchors = places.villages(_first(inputs, "anchors"), inputs.communes, cells, state)
        table = table.join(places.counted(anchors, "anchors", table.index))
    roads = _first(inputs, "roads")
    return (
        table if roads is None else table.join(places.road_km(roads, inputs.communes, cells, state))
    )


def _kept(inputs: Inputs, role: str) -> pd.DataFrame:
    """Join the layers of a role that are passed on as they are."""
    tables = [layer.data for layer in inputs.of(role) if isinstance(layer.data, pd.DataFrame)]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def _first(inputs: Inputs, role: str) -> gpd.GeoDataFrame | None:
    layers = inputs.of(role)
    return layers[0].table if layers else None
