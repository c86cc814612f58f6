"""A study cut into tasks: the communes of a province each, with what lies near enough to matter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from ..geodata import rasters
from ..geodata.grid import Grid
from ..geodata.people_rows import PeopleRows
from ..geodata.source import Source
from . import batch_near as near
from . import batch_store as store
from .access import POLYGONS, is_predicted
from .batch_store import Names
from .batch_watch import State
from .inputs import Inputs, LayerData
from .study import Layer, Study

_OF_NETWORKS = {"sources", "snap_m", "join_m"}
"""Options of layers that no task looks at: they say how lines and nodes make a network."""


@dataclass(frozen=True, eq=False)
class Part:
    """One task: some communes, all that is needed to score them, and what its work is named by.

    Parameters
    ----------
    name : str
        Code of the province, and a number where it takes several tasks.
    inputs : Inputs
        Layers cut to what matters here; the communes with their neighbours.
    position : ndarray of int64
        Of these communes in the whole study.
    own : ndarray of bool
        Which of them are scored here.
    grid : Grid
        Of the whole study.
    people : PeopleRows or DataFrame
        How people are counted; or ``cell``, ``unit`` (position in the whole study) and ``people``.
    reach_km : mapping of str to float
        By layer whose distances are taken: how far is looked.
    ground : str
        What the work of laying communes and people on the grid is named by.
    levels : mapping of str to str
        By layer: what the work of finding its levels is named by.
    key : str
        What the work of scoring is named by.
    files : mapping of Path to tuple of int or None
        Files that are read again by the task: see :func:`deadzones.coverage.batch_watch.states`.
    code : str
        Hash of the code that cut it: a worker with another may not do it.
    """

    name: str
    inputs: Inputs
    position: np.ndarray
    own: np.ndarray
    grid: Grid
    people: PeopleRows | pd.DataFrame
    reach_km: Mapping[str, float]
    ground: str
    levels: Mapping[str, str]
    key: str
    files: Mapping[Path, State]
    code: str


def split(communes: gpd.GeoDataFrame, cells: np.ndarray, most_cells: int) -> list[np.ndarray]:
    """Gather communes into tasks: a province each, or several where it is too large.

    Parameters
    ----------
    communes : GeoDataFrame
        With ``province_code``.
    cells : ndarray of int64
        How many cells each has.
    most_cells : int
        In one task, where it has more than one commune.

    Returns
    -------
    list of ndarray of int64
        Positions of communes, rising, in the order of provinces; neighbours are kept together.

    Examples
    --------
    >>> import shapely
    >>> table = gpd.GeoDataFrame(
    ...     {"province_code": ["01", "02", "02"]},
    ...     geometry=[shapely.box(at, 0, at + 1, 1) for at in range(3)],
    ...     crs=4326,
    ... )
    >>> [part.tolist() for part in split(table, np.array([5, 5, 5]), 10)]
    [[0], [1, 2]]
    """
    along = communes.geometry.hilbert_distance().to_numpy()
    parts: list[np.ndarray] = []
    province = communes["province_code"].to_numpy()
    for code in np.unique(province):
        members = np.flatnonzero(province == code)
        members = members[np.argsort(along[members], kind="stable")]
        number = (np.cumsum(cells[members]) - 1) // most_cells
        parts += [np.sort(members[number == one]) for one in np.unique(number)]
    return parts


def cut(
    inputs: Inputs,
    groups: Sequence[np.ndarray],
    grid: Grid,
    people: PeopleRows | pd.DataFrame,
    files: Mapping[Path, State],
    windows: Mapping[str, Sequence[str]] | None = None,
    order: Sequence[int] | None = None,
) -> Iterator[Part]:
    """Cut a study into the tasks of its groups of communes, one at a time.

    Parameters
    ----------
    inputs : Inputs
    groups : sequence of ndarray of int64
        As :func:`split` gives them.
    grid : Grid
        Of the whole study.
    people : PeopleRows or DataFrame
    files : mapping of Path to tuple of int or None
    windows : mapping of str to sequence of str, optional
        What :func:`deadzones.coverage.batch_watch.window` tells, by layer and task; the whole raster
        matters to all tasks without.
    order : sequence of int, optional
        Positions of the groups, as their tasks are to come; their own order by default.

    Yields
    ------
    Part

    Examples
    --------
    >>> import tempfile
    >>> from deadzones.coverage.cells import frame
    >>> from deadzones.coverage.inputs import load
    >>> from deadzones.geodata import people_rows, synthetic
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     inputs = load(Study.read(synthetic.country(folder, communes=1)))
    ...     grid, block = frame(inputs)
    ...     people = people_rows.survey(inputs.of("people")[0].raster, *block)
    ...     part = next(cut(inputs, [np.array([0])], grid, people, {}))
    >>> part.own.tolist()
    [True]
    """
    study = _plain_study(inputs.study)
    tables = {
        name: layer.table
        for name, layer in inputs.layers.items()
        if isinstance(layer.data, gpd.GeoDataFrame) and layer.spec.role != "people"
    }
    rows = {name: near.rows(inputs.layers[name]) for name in tables}
    row_names = {name: store.names(table) for name, table in tables.items()}
    shapes = store.names(inputs.communes[["geometry"]])
    corners = inputs.communes.geometry.bounds.to_numpy()
    reach = {name: near.reach_km(layer, inputs) for name, layer in _leveled(inputs)}
    called = names(inputs.communes, groups)
    code = store.key()
    homes_of, terrain = near.homes(inputs, groups, grid), _terrain(inputs)
    for at in range(len(groups)) if order is None else order:
        home = homes_of[at]
        position = np.flatnonzero(near.overlap(corners, home))
        kept = near.kept(inputs, rows, reach, home)
        part = Part(
            called[at],
            Inputs(study, _cut(inputs, kept), inputs.communes.iloc[position], inputs.prices),
            position,
            np.isin(position, groups[at]),
            grid,
            people if isinstance(people, PeopleRows) else people[people["unit"].isin(position)],
            reach,
            "",
            {},
            "",
            files,
            code,
        )
        yield _named(
            part,
            shapes.of(position),
            {layer: row_names[layer].of(which) for layer, which in kept.items()},
            {layer: told[at] for layer, told in (windows or {}).items()},
            terrain,
        )


def _cut(inputs: Inputs, kept: Mapping[str, np.ndarray]) -> dict[str, LayerData]:
    """Keep some rows of layers of features, and rasters whole."""
    return {
        name: layer if layer.is_raster else replace(layer, data=layer.table[kept[name]])
        for name, layer in inputs.layers.items()
        if layer.is_raster or name in kept
    }


def leveled_rasters(inputs: Inputs) -> dict[str, LayerData]:
    """Return the rasters that give a service a level, by name: a task reads some of each.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> leveled_rasters(SimpleNamespace(study=SimpleNamespace(services={})))
    {}
    """
    return {name: layer for name, layer in _leveled(inputs) if layer.is_raster}


def names(communes: gpd.GeoDataFrame, groups: Sequence[np.ndarray]) -> list[str]:
    """Name tasks by their province, and number those of one that takes several.

    Examples
    --------
    >>> table = gpd.GeoDataFrame({"province_code": ["01", "02", "02"]})
    >>> names(table, [np.array([0]), np.array([1]), np.array([2])])
    ['01', '02-1', '02-2']
    """
    codes = [str(communes["province_code"].iloc[group[0]]) for group in groups]
    return [
        code if codes.count(code) == 1 else f"{code}-{codes[:at].count(code) + 1}"
        for at, code in enumerate(codes)
    ]


def _plain_study(study: Study) -> Study:
    """Leave tables out of a study: each layer goes with the task in its part."""
    layers = {
        name: layer.model_copy(update={"path": study.source_of(layer).label})
        for name, layer in study.layers.items()
    }
    return study.model_copy(update={"layers": layers})


def _leveled(inputs: Inputs) -> Iterator[tuple[str, LayerData]]:
    """Go through the layers that give a service a level."""
    for service in inputs.study.services:
        for layer in inputs.of(service):
            if layer.spec.reader != POLYGONS:
                yield layer.name, layer


def _named(
    part: Part,
    shapes: Names,
    tables: Mapping[str, Names],
    windows: Mapping[str, str],
    terrain: str,
) -> Part:
    """Name the work of a part by all that it depends on."""
    inputs, study = part.inputs, part.inputs.study
    laid = store.key(part.grid, shapes, part.own)
    levels: dict[str, str] = {}
    for name, layer in _leveled(inputs):
        spec, rule = layer.spec, inputs.study.services[layer.spec.role]
        how: list[object] = [rule.type, spec.reader, spec.operator, _options(spec)]
        if is_predicted(layer, rule, inputs):
            how += [study.radio.model_dump(exclude={"model", "sea"}), terrain]
        else:
            how.append(part.reach_km[name])
        what = windows.get(name, layer.sha256) if layer.is_raster else tables[name]
        levels[name] = store.key("levels", laid, how, what)
    people = part.people
    in_rows = isinstance(people, PeopleRows)
    raster = [inputs.of("people")[0].sha256, people.raster.nodata] if in_rows else []
    counted = [*raster, people.quantum, people.carried] if in_rows else [people]
    areas = [
        tables[layer.name]
        for key in study.services
        for layer in inputs.of(key)
        if layer.spec.reader == POLYGONS
    ]
    rows = [tables[layer.name] for role in near.COUNTED for layer in inputs.of(role)]
    rules = {key: (rule.type, rule.limit) for key, rule in study.services.items()}
    specs = {
        name: (layer.spec.role, layer.spec.reader, layer.spec.operator, _options(layer.spec))
        for name, layer in inputs.layers.items()
        if layer.spec.role in {"people", *near.COUNTED, *study.services}
    }
    key = store.key("scores", laid, levels, rules, specs, study.dead_zones, *counted, *areas, *rows)
    ground = store.key("ground", laid, *(counted if in_rows else []))
    return replace(part, ground=ground, levels=levels, key=key)


def _options(spec: Layer) -> list[tuple[str, object]]:
    return sorted(item for item in spec.options.items() if item[0] not in _OF_NETWORKS)


def _terrain(inputs: Inputs) -> str:
    """Name what predictions read of the ground: values, where they lie, and which are unknown."""
    read = [
        (role, layer.sha256, layer.raster)
        for role in ("terrain", "land_cover")
        for layer in inputs.of(role)
    ]
    sea = inputs.study.radio.sea
    if inputs.study.predicts and sea is not None:
        source = Source(inputs.study.folder / sea, sea, sound=True)
        read.append(("sea", source.sha256(), rasters.open_raster(source)))
    return store.key("terrain", [(*told, each.grid, each.nodata) for *told, each in read])
