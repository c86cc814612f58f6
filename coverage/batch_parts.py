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
from . import batch_store as store
from . import radio
from .access import POLYGONS, is_predicted
from .inputs import Inputs, LayerData
from .services import SERVICES
from .study import Rule, Study

REACHES_KM = (50.0, 100.0, 200.0, 400.0, 800.0, 1600.0, 20_100.0)
"""How far is looked for the nearest feature: the first that is no less than a threshold. The same
for all thresholds up to 50 km, so that another one needs no new distances."""
_KM_PER_DEGREE = 110.5
"""Of latitude, at the equator: the least."""
_AROUND_KM = 5.0
"""Beyond the corners of communes: cells reach a little further."""
_COUNTED = ("places", "anchors", "roads")
"""Roles whose rows are counted in communes."""


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
    files : mapping of Path to tuple of int
        Files that are read again by the task, with size and time of change (ns).
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
    files: Mapping[Path, tuple[int, int]]


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
    files: Mapping[Path, tuple[int, int]],
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
    files : mapping of Path to tuple of int
    windows : mapping of str to sequence of str, optional
        What :func:`deadzones.coverage.batch_watch.window` tells, by layer and task; the whole raster matters to all tasks without.

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
    bounds = {
        name: layer.table.geometry.bounds.to_numpy()
        for name, layer in inputs.layers.items()
        if isinstance(layer.data, gpd.GeoDataFrame) and layer.spec.role != "people"
    }
    corners = inputs.communes.geometry.bounds.to_numpy()
    reach = {name: _reach_km(layer, inputs) for name, layer in _leveled(inputs)}
    names = _names(inputs.communes, groups)
    homes_of = homes(inputs, groups, grid)
    for at in range(len(groups)) if order is None else order:
        home = homes_of[at]
        near = np.flatnonzero(_overlap(corners, home))
        communes = inputs.communes.iloc[near]
        here = _layers(inputs, bounds, reach, home)
        part = Part(
            names[at],
            Inputs(study, here, communes, inputs.prices),
            near,
            np.isin(near, groups[at]),
            grid,
            people if isinstance(people, PeopleRows) else people[people["unit"].isin(near)],
            reach,
            "",
            {},
            "",
            files,
        )
        yield _named(part, {layer: told[at] for layer, told in (windows or {}).items()})


def homes(inputs: Inputs, groups: Sequence[np.ndarray], grid: Grid) -> list[np.ndarray]:
    """Return the bounds of what each task works on, degrees: its communes and some around them.

    Examples
    --------
    >>> import shapely
    >>> from affine import Affine
    >>> from types import SimpleNamespace
    >>> table = gpd.GeoDataFrame(geometry=[shapely.box(105, 21, 106, 22)], crs=4326)
    >>> grid = Grid("EPSG:4326", Affine(0.01, 0, 105, 0, -0.01, 22), (100, 100))
    >>> homes(SimpleNamespace(communes=table), [np.array([0])], grid)[0].round(1)
    array([104.9,  20.9, 106.1,  22.1])
    """
    around_km = _AROUND_KM + 2.0 * rasters.cell_size_m(grid) / 1000.0
    corners = inputs.communes.geometry.bounds.to_numpy()
    return [_widened(_hull(corners[group]), around_km) for group in groups]


def leveled_rasters(inputs: Inputs) -> dict[str, LayerData]:
    """Return the rasters that give a service a level, by name: a task reads some of each.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> leveled_rasters(SimpleNamespace(study=SimpleNamespace(services={})))
    {}
    """
    return {name: layer for name, layer in _leveled(inputs) if layer.is_raster}


def _names(communes: gpd.GeoDataFrame, groups: Sequence[np.ndarray]) -> list[str]:
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


def _rule(layer: LayerData, inputs: Inputs) -> Rule:
    return inputs.study.services[layer.spec.role]


def _reach_km(layer: LayerData, inputs: Inputs) -> float:
    """Return how far features of a layer matter to a place."""
    rule = _rule(layer, inputs)
    if layer.is_raster:
        return 0.0
    if is_predicted(layer, rule, inputs):
        if layer.table.empty:
            return 0.0
        sectors = radio.read_sectors(layer.table, label=layer.label)
        return float(sectors["radius_km"].max()) + _AROUND_KM
    limit = rule.limit.value if SERVICES[rule.type].unit == "km" else 0.0
    limit = max(limit, float(layer.spec.options.get("radius_km", 0.0)))
    return next((reach for reach in REACHES_KM if reach >= limit), REACHES_KM[-1])


def _layers(
    inputs: Inputs, bounds: Mapping[str, np.ndarray], reach: Mapping[str, float], home: np.ndarray
) -> dict[str, LayerData]:
    """Cut the layers to what matters to a part."""
    found: dict[str, LayerData] = {}
    services = set(inputs.study.services)
    for name, layer in inputs.layers.items():
        role = layer.spec.role
        if role in services and not layer.is_raster:
            found[name] = _near(layer, bounds[name], _widened(home, reach.get(name, 0.0)))
        elif role in _COUNTED and not layer.is_raster:
            found[name] = replace(layer, data=layer.table[_overlap(bounds[name], home)])
        elif layer.is_raster:
            found[name] = layer
    return found


def _near(layer: LayerData, bounds: np.ndarray, home: np.ndarray) -> LayerData:
    """Keep the rows near a part, and of each operator who has none there the first of all.

    It is too far to matter, and keeps the operator known everywhere.
    """
    table, kept = layer.table, _overlap(bounds, home)
    by = table["operator"].fillna("").astype(str).to_numpy() if "operator" in table else None
    by = np.zeros(len(table)) if by is None or layer.spec.operator else by
    absent = ~np.isin(by, np.unique(by[kept]))
    if absent.any():
        at = np.flatnonzero(absent)
        kept[at[np.unique(by[at], return_index=True)[1]]] = True
    return replace(layer, data=table[kept])


def _named(part: Part, windows: Mapping[str, str]) -> Part:
    """Name the work of a part by all that it depends on."""
    inputs, study = part.inputs, part.inputs.study
    laid = store.key(part.grid, inputs.communes.index.tolist(), _shapes(inputs), part.own)
    levels: dict[str, str] = {}
    for name, layer in _leveled(inputs):
        spec, rule = layer.spec, _rule(layer, inputs)
        how: list[object] = [rule.type, spec.reader, spec.operator, sorted(spec.options.items())]
        if is_predicted(layer, rule, inputs):
            how += [study.radio, *(each.sha256 for each in _of_ground(inputs))]
        else:
            how.append(part.reach_km[name])
        what = windows.get(name, layer.sha256) if layer.is_raster else layer.table
        levels[name] = store.key("levels", laid, how, what)
    people = part.people
    in_rows = isinstance(people, PeopleRows)
    raster = [inputs.of("people")[0].sha256, people.raster.nodata] if in_rows else []
    counted = [*raster, people.quantum, people.carried] if in_rows else [people]
    areas = [
        layer.table
        for key in study.services
        for layer in inputs.of(key)
        if layer.spec.reader == POLYGONS
    ]
    rows = [layer.table for role in _COUNTED for layer in inputs.of(role)]
    rules = {key: (rule.type, rule.limit) for key, rule in study.services.items()}
    specs = {
        name: (layer.spec.role, layer.spec.reader, layer.spec.operator, layer.spec.options)
        for name, layer in inputs.layers.items()
    }
    key = store.key("scores", laid, levels, rules, specs, study.dead_zones, *counted, *areas, *rows)
    ground = store.key("ground", laid, *(counted if in_rows else []))
    return replace(part, ground=ground, levels=levels, key=key)


def _of_ground(inputs: Inputs) -> list[LayerData]:
    return [layer for role in ("terrain", "land_cover") for layer in inputs.of(role)]


def _shapes(inputs: Inputs) -> gpd.GeoDataFrame:
    return inputs.communes[["geometry"]]


def _hull(bounds: np.ndarray) -> np.ndarray:
    return np.concatenate([bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)])


def _widened(bounds: np.ndarray, reach_km: float) -> np.ndarray:
    """Widen bounds in degrees by at least a distance."""
    west, south, east, north = bounds
    down = reach_km / _KM_PER_DEGREE
    most = min(max(abs(south), abs(north)) + down, 89.0)
    across = down / np.cos(np.radians(most))
    return np.array([west - across, south - down, east + across, north + down])


def _overlap(bounds: np.ndarray, home: np.ndarray) -> np.ndarray:
    """Tell which bounds meet those of a part; what has none does not."""
    west, south, east, north = bounds.reshape(-1, 4).T
    return (west <= home[2]) & (east >= home[0]) & (south <= home[3]) & (north >= home[1])
