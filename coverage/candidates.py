"""Upgrades that could be built: each service's remedy at the peopled cells of its dead zones."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import scipy.sparse
from scipy.sparse import csr_array
from scipy.spatial import KDTree

from ..geodata import distance
from .cells import Cells
from .services import SERVICES
from .services.service import Link, Remedy
from .study import Rule
from .zones import JOIN, Lacks

PERSONS_PER_HOUSEHOLD = 3.6
"""Population and housing census of Viet Nam, 2019."""

_LEAST_REACH_KM = 1.0
"""An upgrade serves at least its own village, also where the threshold is 0 km."""

_KM_PER_DEGREE = 111.32
"""Of latitude, on average; only squares for candidates are laid out with it."""


@dataclass(frozen=True)
class Candidates:
    """Upgrades to choose from.

    Parameters
    ----------
    table : DataFrame
        A row a candidate: ``service``, ``kind``, ``cell`` (position in the cells), ``link`` (cost
        item of the way to the network), ``link_km``, ``fixed_vnd`` (present value whatever it
        serves), ``per_person_vnd`` (and for each person that it serves), ``needs`` (services that
        must be there first, joined by "+": another candidate has to bring them to its cell).
    reach : csr_array, candidates x cells
        1 where a candidate would serve a cell that lacks its service.
    """

    table: pd.DataFrame
    reach: csr_array


def propose(
    cells: Cells,
    state: Lacks,
    zone_of_cell: np.ndarray,
    *,
    rules: Mapping[str, Rule],
    assets: Mapping[str, gpd.GeoDataFrame],
    unit_vnd: pd.Series,
) -> Candidates:
    """Propose upgrades in the dead zones.

    Parameters
    ----------
    cells : Cells
    state : Lacks
    zone_of_cell : ndarray of int64
        Dead zone of each cell, -1 in none.
    rules : mapping of str to Rule
        The study's services.
    assets : mapping of str to GeoDataFrame
        What there is of each type of service, in EPSG:4326: what upgrades are joined to.
    unit_vnd : Series
        Present value of one unit of each cost item, VND.

    Returns
    -------
    Candidates
        One in every square where people lack its service, at the cell with most of them; the
        squares are so small that it reaches all of its own. One whose place lacks another service
        that it needs, or may lack it, waits for a candidate that brings it there; where none can,
        it pays for a line of its own.

    Examples
    --------
    >>> import tempfile
    >>> from deadzones.coverage.analysis import survey
    >>> from deadzones.coverage.study import Study
    >>> from deadzones.geodata import synthetic
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = survey(Study.read(synthetic.country(folder, communes=1)))
    >>> offers = propose(
    ...     found.cells,
    ...     found.state,
    ...     found.clusters.zone_of_cell,
    ...     rules=found.inputs.study.services,
    ...     assets={},
    ...     unit_vnd=found.inputs.prices["cost_vnd"],
    ... )
    >>> offers.reach.shape == (len(offers.table), len(found.cells.number))
    True
    """
    tables = [pd.DataFrame({"service": [], "kind": [], "cell": []})]
    reaches: list[csr_array] = []
    for bit, (service, rule) in enumerate(rules.items()):
        remedy = SERVICES[rule.type].remedy
        if remedy is None:
            continue
        target = np.flatnonzero((state.mask >> bit & 1 > 0) & (zone_of_cell >= 0))
        reach_km = remedy.reach_km if remedy.reach_km is not None else rule.limit.value
        reach_km = max(reach_km, _LEAST_REACH_KM)
        chosen = _spread(cells, target, reach_km)
        tables.append(pd.DataFrame({"service": service, "kind": remedy.kind, "cell": chosen}))
        reaches.append(_reach(cells, chosen, target, reach_km))
    table = pd.concat(tables[1:] or tables, ignore_index=True)
    reach = (
        csr_array(scipy.sparse.vstack(reaches)) if reaches else csr_array((0, len(cells.number)))
    )
    table = _priced(table, cells, rules, assets, unit_vnd)
    return Candidates(_with_needs(table, reach, state, rules, cells, assets, unit_vnd), reach)


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


def _reach(cells: Cells, chosen: np.ndarray, target: np.ndarray, reach_km: float) -> csr_array:
    shape = (len(chosen), len(cells.number))
    if not len(chosen):
        return csr_array(shape)
    there = distance.in_space(cells.lon[target], cells.lat[target])
    here = distance.in_space(cells.lon[chosen], cells.lat[chosen])
    found = KDTree(there).query_ball_point(here, reach_km * 1000.0, return_sorted=True)
    rows = np.repeat(np.arange(len(chosen)), [len(some) for some in found])
    columns = target[np.concatenate(found).astype(np.int64)]
    return csr_array((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=shape)


def _priced(
    table: pd.DataFrame,
    cells: Cells,
    rules: Mapping[str, Rule],
    assets: Mapping[str, gpd.GeoDataFrame],
    unit_vnd: pd.Series,
) -> pd.DataFrame:
    table = table.assign(link="", link_km=0.0, fixed_vnd=0.0, per_person_vnd=0.0)
    for service in table["service"].unique():
        remedy = SERVICES[rules[service].type].remedy
        assert remedy is not None
        rows = table["service"] == service
        item, km, link_vnd = _link(
            remedy, cells, table.loc[rows, "cell"].to_numpy(), assets, unit_vnd
        )
        table.loc[rows, "link"], table.loc[rows, "link_km"] = item, km
        table.loc[rows, "fixed_vnd"] = link_vnd + _amount(remedy.fixed, unit_vnd)
        per_household = _amount(remedy.per_household, unit_vnd)
        table.loc[rows, "per_person_vnd"] = per_household / PERSONS_PER_HOUSEHOLD
    return table


def _amount(items: tuple[tuple[str, float], ...], unit_vnd: pd.Series) -> float:
    return sum(count * float(unit_vnd[item]) for item, count in items)


def _link(
    remedy: Remedy,
    cells: Cells,
    at: np.ndarray,
    assets: Mapping[str, gpd.GeoDataFrame],
    unit_vnd: pd.Series,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Find the cheapest way to the network: its cost item, its length, its cost.

    Where the study has no layer of that network, the way is not priced: its item is "", its length
    unknown.
    """
    if not remedy.links or remedy.link_to not in assets:
        unknown = np.full(len(at), np.nan)
        return np.full(len(at), "", dtype=object), unknown, np.zeros(len(at))
    km = distance.nearest(cells.lon[at], cells.lat[at], assets[remedy.link_to])[0] / 1000.0
    ways = np.stack([_way_vnd(link, km, unit_vnd) for link in remedy.links])
    best = ways.argmin(axis=0)
    items = np.array([link.item for link in remedy.links], dtype=object)[best]
    return items, km, ways[best, np.arange(len(at))]


def _way_vnd(link: Link, km: np.ndarray, unit_vnd: pd.Series) -> np.ndarray:
    units = km if link.step_km == 0 else np.ceil(km / link.step_km)
    return units * float(unit_vnd[link.item])


def _with_needs(
    table: pd.DataFrame,
    reach: csr_array,
    state: Lacks,
    rules: Mapping[str, Rule],
    cells: Cells,
    assets: Mapping[str, gpd.GeoDataFrame],
    unit_vnd: pd.Series,
) -> pd.DataFrame:
    """Say what each candidate waits for, and let it pay for what none brings."""
    names = table["service"].to_numpy(dtype=object)
    cell = table["cell"].to_numpy(dtype=np.int64)
    needs, fixed_vnd = np.full(len(table), "", dtype=object), table["fixed_vnd"].to_numpy(copy=True)
    absent = state.mask | state.unknown
    for bit, (needed, rule) in enumerate(rules.items()):
        remedy = SERVICES[rule.type].remedy
        waits = np.array([_needs(rules[name], rule.type) for name in names], dtype=bool)
        rows = np.flatnonzero(waits & (absent[cell] >> bit & 1 > 0))
        helped = reach[np.flatnonzero(names == needed)].sum(axis=0)[cell[rows]] > 0
        needs[rows[helped]] = [_joined(text, needed) for text in needs[rows[helped]]]
        alone = rows[~helped]
        if remedy is not None and len(alone):
            fixed_vnd[alone] += _link(remedy, cells, cell[alone], assets, unit_vnd)[2]
    return table.assign(needs=needs, fixed_vnd=fixed_vnd)


def _joined(text: str, service: str) -> str:
    return f"{text}{JOIN}{service}" if text else service


def _needs(rule: Rule, kind: str) -> bool:
    remedy = SERVICES[rule.type].remedy
    return remedy is not None and kind in remedy.needs
