"""Upgrades that could be built: each service's remedies at the peopled cells of its dead zones."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import scipy.sparse
from scipy.sparse import csr_array
from scipy.spatial import KDTree

from ..geodata import distance
from .cells import Cells
from .inputs import Inputs
from .services import SERVICES
from .services.service import How, Remedy
from .study import Rule
from .zones import Lacks

PERSONS_PER_HOUSEHOLD = 3.6
"""Population and housing census of Viet Nam, 2019."""

_LEAST_REACH_KM = 1.0
"""An upgrade serves at least its own village, also where the threshold is 0 km."""

_KM_PER_DEGREE = 111.32
"""Of latitude, on average; only squares for candidates are laid out with it."""

_DISTANCES = 2
"""In squares of how many sizes candidates stand where a prediction says what they serve: behind a
ridge the first may not reach all of its own."""

PLACES = ("service", "kind", "cell", "lon", "lat")
"""Columns of candidates: key of the service, name of the remedy, position of the cell, degrees."""


class Points(NamedTuple):
    """What is lacking: a service at a cell of a dead zone.

    Parameters
    ----------
    service : ndarray of int64
        Position among the study's services.
    cell : ndarray of int64
        Position among the cells.
    """

    service: np.ndarray
    cell: np.ndarray


@dataclass(frozen=True, eq=False)
class Candidates:
    """Upgrades to choose from.

    Parameters
    ----------
    table : DataFrame
        A row a candidate: ``service``, ``kind``, ``cell``, ``lon``, ``lat`` (degrees, WGS 84).
    points : Points
    reach : csr_array, candidates x points
        1 where a candidate would serve a point.
    """

    table: pd.DataFrame
    points: Points
    reach: csr_array


def lacking(state: Lacks, zone_of_cell: np.ndarray) -> Points:
    """Return what is lacking in dead zones, service by service.

    Examples
    --------
    >>> state = Lacks(("mobile", "power"), np.array([1, 2, 3]), np.zeros(3, int))
    >>> points = lacking(state, np.array([0, 0, -1]))
    >>> points.service.tolist(), points.cell.tolist()
    ([0, 1], [0, 1])
    """
    where = [
        np.flatnonzero((state.mask >> bit & 1 > 0) & (zone_of_cell >= 0))
        for bit in range(len(state.services))
    ]
    service = np.repeat(np.arange(len(where)), [len(each) for each in where])
    return Points(service, np.concatenate(where) if where else service)


def propose(
    points: Points,
    cells: Cells,
    inputs: Inputs,
    assets: Mapping[str, gpd.GeoDataFrame],
    how: How | None = None,
) -> Candidates:
    """Propose upgrades in the dead zones.

    Parameters
    ----------
    points : Points
    cells : Cells
    inputs : Inputs
        Its study says which kinds are allowed and how it is found whom a site would serve.
    assets : mapping of str to GeoDataFrame
        What there is of each type of service, in EPSG:4326.
    how : How, optional

    Returns
    -------
    Candidates
        One of each kind in every square where people lack its service, at the cell with most of
        them; the squares are so small that a circle around it holds all of its own. Some kinds
        stand on the sites that there are. In order of services, kinds and cells.

    Examples
    --------
    >>> import tempfile
    >>> from deadzones.coverage.analysis import survey
    >>> from deadzones.coverage.study import Study
    >>> from deadzones.geodata import synthetic
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = survey(Study.read(synthetic.country(folder, communes=1)))
    ...     points = lacking(found.state, found.clusters.zone_of_cell)
    ...     offers = propose(points, found.cells, found.inputs, {})
    >>> offers.reach.shape == (len(offers.table), len(points.cell))
    True
    """
    scene = _Scene(cells, inputs, assets, how or How())
    tables = [pd.DataFrame({name: [] for name in PLACES})]
    reaches: list[csr_array] = []
    allowed = inputs.study.upgrades.kinds
    for number, (service, rule) in enumerate(inputs.study.services.items()):
        target = points.cell[points.service == number]
        first = int(np.searchsorted(points.service, number))
        for remedy in SERVICES[rule.type].remedies:
            if not len(target) or (allowed and remedy.kind not in allowed):
                continue
            where, reach = _placed(remedy, rule, target, scene)
            enough = reach @ cells.people[target] >= max(
                remedy.least_households * PERSONS_PER_HOUSEHOLD, np.nextafter(0.0, 1.0)
            )
            tables.append(where[enough].assign(service=service, kind=remedy.kind))
            before = csr_array((int(enough.sum()), first), dtype=np.int8)
            after = csr_array(
                (int(enough.sum()), len(points.cell) - first - len(target)), dtype=np.int8
            )
            reaches.append(csr_array(scipy.sparse.hstack([before, reach[enough], after])))
    table = pd.concat(tables[1:] or tables, ignore_index=True)[list(PLACES)]
    empty = csr_array((0, len(points.cell)), dtype=np.int8)
    reach = csr_array(scipy.sparse.vstack(reaches)) if reaches else empty
    return Candidates(table.astype({"cell": np.int64}), points, reach)


class _Scene(NamedTuple):
    """Where candidates are sought, with what, and how."""

    cells: Cells
    inputs: Inputs
    assets: Mapping[str, gpd.GeoDataFrame]
    how: How


def _placed(
    remedy: Remedy, rule: Rule, target: np.ndarray, scene: _Scene
) -> tuple[pd.DataFrame, csr_array]:
    """Return where a remedy could be built, and which of the targets it would serve."""
    cells = scene.cells
    reach_km = remedy.reach_km if remedy.reach_km is not None else rule.limit.value
    reach_km = max(reach_km, _LEAST_REACH_KM)
    if remedy.on_sites:
        return _on_sites(remedy, rule, target, scene, reach_km)
    if not _predicts(rule, scene):
        where = _at_cells(cells, _spread(cells, target, reach_km))
        return where, _reach(cells, where, target, reach_km)
    parts, found, left = list[pd.DataFrame](), list[csr_array](), target
    for _ in range(_DISTANCES):
        where = _at_cells(cells, _spread(cells, left, reach_km))
        parts.append(where)
        found.append(_predicted(where, rule, target, scene))
        served = np.asarray(scipy.sparse.vstack(found).sum(axis=0)).ravel() > 0
        left, reach_km = target[~served], reach_km / 2.0
    where = pd.concat(parts, ignore_index=True)
    new = ~where.duplicated("cell").to_numpy()
    return where[new].reset_index(drop=True), csr_array(scipy.sparse.vstack(found))[new]


def _predicts(rule: Rule, scene: _Scene) -> bool:
    return SERVICES[rule.type].predict is not None and scene.inputs.study.predicts_upgrades


def _at_cells(cells: Cells, chosen: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"cell": chosen, "lon": cells.lon[chosen], "lat": cells.lat[chosen]})


def _on_sites(
    remedy: Remedy, rule: Rule, target: np.ndarray, scene: _Scene, reach_km: float
) -> tuple[pd.DataFrame, csr_array]:
    """Return the standing sites near enough to serve somebody, each place once."""
    cells, found = scene.cells, scene.assets.get(rule.type)
    sites = None if found is None else found[found["kind"] == "site"]
    if sites is None or sites.empty:
        return _at_cells(cells, target[:0]), csr_array((0, len(target)), dtype=np.int8)
    point = sites.geometry.explode(ignore_index=True)
    spots = pd.DataFrame({"lon": point.x, "lat": point.y})
    spots = spots.drop_duplicates().sort_values(["lon", "lat"], ignore_index=True)
    tree = KDTree(distance.in_space(cells.lon, cells.lat))
    cell = tree.query(distance.in_space(spots["lon"].to_numpy(), spots["lat"].to_numpy()))[1]
    where = spots.assign(cell=cell)
    reach = _reach(cells, where, target, reach_km)
    near = np.diff(reach.indptr) > 0
    where, reach = where[near].reset_index(drop=True), reach[near]
    if _predicts(rule, scene) and len(where):
        tuned = remedy.gain_db > 0.0
        reach = (
            _tuned(where, rule, target, scene, remedy.gain_db)
            if tuned
            else _predicted(where, rule, target, scene)
        )
    return where, reach


def _predicted(where: pd.DataFrame, rule: Rule, target: np.ndarray, scene: _Scene) -> csr_array:
    """Return which targets new radio at some places would serve over the study's terrain."""
    from .prediction import reach  # numba takes a second to import: only who predicts pays it

    if where.empty:
        return csr_array((0, len(target)), dtype=np.int8)
    new = scene.inputs.study.upgrades
    sites = where[["lon", "lat"]].assign(
        band_mhz=new.site_band_mhz, height_m=new.site_height_m, radius_km=new.site_radius_km
    )
    served = reach(sites, scene.cells, scene.inputs, rule.limit.value, scene.how)
    return csr_array(served[:, target])


def _tuned(
    where: pd.DataFrame, rule: Rule, target: np.ndarray, scene: _Scene, gain_db: float
) -> csr_array:
    """Return which targets standing sites would serve if they were so much stronger.

    All that is added to a site's power is added to what is received of it.
    """
    from .prediction import operator, reach

    inputs = scene.inputs
    parts = [
        points.assign(lon=points.geometry.x, lat=points.geometry.y, **operator(layer))
        for key, each in inputs.study.services.items()
        if each.type == rule.type
        for layer in inputs.of(key)
        if layer.spec.reader == "sites"
        for points in [layer.table.explode(ignore_index=True)]
    ]
    rows = pd.DataFrame(pd.concat(parts, ignore_index=True).drop(columns="geometry"))
    place = pd.MultiIndex.from_frame(where[["lon", "lat"]])
    at = place.get_indexer(pd.MultiIndex.from_frame(rows[["lon", "lat"]]))
    rows, at = rows[at >= 0].reset_index(drop=True), at[at >= 0]
    radius = rows["radius_km"] if "radius_km" in rows else pd.Series(np.nan, index=rows.index)
    rows = rows.assign(radius_km=radius.fillna(inputs.study.upgrades.site_radius_km))
    served = reach(rows, scene.cells, inputs, rule.limit.value - gain_db, scene.how)[:, target]
    gather = csr_array((np.ones(len(at)), (at, np.arange(len(at)))), shape=(len(where), len(at)))
    return csr_array((gather @ served > 0).astype(np.int8))


def _spread(cells: Cells, target: np.ndarray, reach_km: float) -> np.ndarray:
    """Pick the most peopled target cell of every square whose diagonal is the reach."""
    side = reach_km / math.sqrt(2.0) / _KM_PER_DEGREE
    north = np.floor(cells.lat[target] / side)
    # All squares of a row are as wide as at its edge nearest to the equator, so that none is wider.
    equatorward = np.where(north >= 0, north, north + 1) * side
    east = np.floor(cells.lon[target] * np.cos(np.radians(equatorward)) / side)
    order = np.lexsort((target, -cells.people[target], east, north))
    new = np.r_[True, (np.diff(north[order]) != 0) | (np.diff(east[order]) != 0)][: len(order)]
    return np.sort(target[order[new]])


def _reach(cells: Cells, where: pd.DataFrame, target: np.ndarray, reach_km: float) -> csr_array:
    shape = (len(where), len(target))
    if where.empty:
        return csr_array(shape, dtype=np.int8)
    there = distance.in_space(cells.lon[target], cells.lat[target])
    here = distance.in_space(where["lon"].to_numpy(), where["lat"].to_numpy())
    found = KDTree(there).query_ball_point(here, reach_km * 1000.0, return_sorted=True)
    sizes = np.array([len(some) for some in found])
    rows = np.repeat(np.arange(len(where)), sizes)
    columns = np.concatenate(found).astype(np.int64)
    return csr_array((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=shape)
