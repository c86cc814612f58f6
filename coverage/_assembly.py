"""From a survey to one problem: candidates, the networks to build, what each costs and counts for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd

from . import _links as links
from . import sights
from ._links import Land, Routes
from .candidates import PERSONS_PER_HOUSEHOLD, Candidates
from .cells import Cells
from .inputs import Inputs
from .problem import NO_SQUARE, NOBODY, Caps, Hops, Options, Problem
from .services import SERVICES
from .services.service import Instead, Remedy
from .zones import Lacks

_SQUARE_KM = 10.0
"""Side of the squares of land in which satellite terminals are counted: some way below the beam of a
satellite, judgement."""
_KM_PER_DEGREE = 111.32
OBJECTIVES = ("people", "equity", "deprivation")
"""What a person newly served can count for."""
_EQUITY = {"I": 1.0, "II": 2.0, "III": 3.0}
"""What a person counts for by class of the commune, where the communes have one."""


@dataclass(frozen=True, eq=False)
class Offers:
    """All that can be built, as one problem.

    Parameters
    ----------
    candidates : Candidates
    problem : Problem
    routes : Routes
    land : Land
    hop_options : mapping of int to ndarray of float64, shape (candidates, 2)
        Options that are hops, and the standing site where one to each candidate starts, degrees.
    """

    candidates: Candidates
    problem: Problem
    routes: Routes
    land: Land
    hop_options: Mapping[int, np.ndarray]


def assemble(
    offered: Candidates,
    *,
    inputs: Inputs,
    cells: Cells,
    state: Lacks,
    assets: Mapping[str, gpd.GeoDataFrame],
    unit_vnd: pd.Series,
    score: pd.Series | None = None,
    before: Offers | None = None,
) -> Offers:
    """Turn candidates into a problem on a network.

    Parameters
    ----------
    offered : Candidates
    inputs : Inputs
    cells : Cells
    state : Lacks
    assets : mapping of str to GeoDataFrame
        What there is of each type of service, in EPSG:4326.
    unit_vnd : Series
        Present value of one unit of each cost item, VND.
    score : Series, optional
        Index of each commune, by code: what equity weighs by where communes have no class.
    before : Offers, optional
        The same candidates at other prices: where lines and hops can go is taken from it.

    Returns
    -------
    Offers
    """
    table, points = offered.table, offered.points
    rules, types = inputs.study.upgrades, {k: r.type for k, r in inputs.study.services.items()}
    remedies = _remedies(table, types)
    layers = links.layers_of(types, assets)
    spots = table[["lon", "lat"]].drop_duplicates(ignore_index=True)
    found = before.routes if before else _routes(spots, layers, cells, assets, inputs)
    land = links.priced(found, assets, unit_vnd, rules)
    spot = pd.MultiIndex.from_frame(spots).get_indexer(
        pd.MultiIndex.from_frame(table[["lon", "lat"]])
    )
    heads = cells.people[points.cell]
    instead = _instead(remedies, layers, rules.without)
    hop_starts = (
        before.hop_options if before else _hop_starts(table, remedies, instead, assets, inputs)
    )
    options = _options(remedies, instead, layers, hop_starts, unit_vnd)
    problem = Problem(
        reach=offered.reach,
        weight=weights(points.cell, inputs.study.upgrades.objective, cells, state, inputs, score),
        heads=heads,
        fixed_vnd=_amounts(remedies, unit_vnd, per_household=False),
        per_head_vnd=_amounts(remedies, unit_vnd, per_household=True) / PERSONS_PER_HOUSEHOLD,
        ways=land.ways,
        node=land.node[spot],
        needs=_needs(table, remedies, layers, types, state),
        options=options,
        hops=_hops(table, remedies, instead, inputs, unit_vnd, before),
        caps=_caps(table, remedies, cells, rules.leo_terminals, rules.leo_per_km2),
        least_heads=rules.province_people,
        group=_provinces(table, cells, inputs),
    )
    return Offers(offered, problem, found, land, hop_starts)


def _routes(
    spots: pd.DataFrame,
    layers: tuple[str, ...],
    cells: Cells,
    assets: Mapping[str, gpd.GeoDataFrame],
    inputs: Inputs,
) -> Routes:
    roads, terrain = inputs.of("roads"), inputs.of("terrain")
    return links.routes(
        spots,
        layers,
        cells=cells,
        assets=assets,
        roads=roads[0].table if roads else None,
        terrain=terrain[0].raster if terrain else None,
        rules=inputs.study.upgrades,
    )


def _remedies(table: pd.DataFrame, types: Mapping[str, str]) -> tuple[Remedy, ...]:
    known = {
        (service, remedy.kind): remedy
        for service, kind in types.items()
        for remedy in SERVICES[kind].remedies
    }
    pairs = zip(table["service"], table["kind"], strict=True)
    return tuple(known[pair] for pair in pairs)


def _amounts(
    remedies: tuple[Remedy, ...], unit_vnd: pd.Series, *, per_household: bool
) -> np.ndarray:
    def amount(remedy: Remedy) -> float:
        items = remedy.per_household if per_household else remedy.fixed
        return sum(count * float(unit_vnd[item]) for item, count in items)

    by_kind = {remedy: amount(remedy) for remedy in dict.fromkeys(remedies)}
    return np.array([by_kind[remedy] for remedy in remedies], dtype=float)


def _needs(
    table: pd.DataFrame,
    remedies: tuple[Remedy, ...],
    layers: tuple[str, ...],
    types: Mapping[str, str],
    state: Lacks,
) -> np.ndarray:
    """Tell which networks must still reach each candidate.

    A service that its place has already, for whatever reason, need not be brought there; only what
    the candidate itself is for always must.
    """
    cell = table["cell"].to_numpy(dtype=np.int64)
    absent = state.mask | state.unknown
    found = np.zeros((len(table), len(layers)), dtype=bool)
    for number, layer in enumerate(layers):
        wants = {remedy: layer in remedy.needs for remedy in dict.fromkeys(remedies)}
        wanted = np.array([wants[remedy] for remedy in remedies], dtype=bool)
        bits = [bit for bit, key in enumerate(state.services) if types[key] == layer]
        lacks = np.zeros(len(table), dtype=bool)
        for bit in bits:
            lacks |= (absent[cell] >> bit & 1) > 0
        found[:, number] = wanted & (lacks | _always(layer))
    return found


def _always(layer: str) -> bool:
    """Tell whether being served is not enough: within reach of fibre there is no backhaul yet."""
    supply = SERVICES[layer].supply
    return supply is not None and not supply.where_served


def _instead(
    remedies: tuple[Remedy, ...], layers: tuple[str, ...], without: tuple[str, ...]
) -> tuple[Instead, ...]:
    each = dict.fromkeys(one for remedy in dict.fromkeys(remedies) for one in remedy.instead)
    return tuple(one for one in each if one.of in layers and one.name not in without)


def _options(
    remedies: tuple[Remedy, ...],
    instead: tuple[Instead, ...],
    layers: tuple[str, ...],
    hop_starts: Mapping[int, np.ndarray],
    unit_vnd: pd.Series,
) -> Options:
    vnd = np.full((len(remedies), len(instead)), np.inf)
    for number, one in enumerate(instead):
        can = np.array([one in remedy.instead for remedy in remedies], dtype=bool)
        if number in hop_starts:
            can &= np.isfinite(hop_starts[number]).all(axis=1)
        vnd[can, number] = _price(one, unit_vnd)
    return Options(
        tuple(one.name for one in instead),
        np.array([layers.index(one.of) for one in instead], dtype=np.int64),
        vnd,
        np.array([one.terminals for one in instead], dtype=float),
    )


def _price(one: Instead, unit_vnd: pd.Series) -> float:
    return sum(count * float(unit_vnd[item]) for item, count in one.items)


def _hop_starts(
    table: pd.DataFrame,
    remedies: tuple[Remedy, ...],
    instead: tuple[Instead, ...],
    assets: Mapping[str, gpd.GeoDataFrame],
    inputs: Inputs,
) -> dict[int, np.ndarray]:
    """Return the standing site where a hop to each candidate can start, by option that is a hop."""
    found: dict[int, np.ndarray] = {}
    for number, one in enumerate(instead):
        if one.reach_km is not None:
            rows = np.flatnonzero([one in remedy.instead for remedy in remedies])
            found[number] = np.full((len(table), 2), np.nan)
            found[number][rows] = sights.from_sites(
                table.iloc[rows], _sites(assets), inputs, one.reach_km, one.reach_unseen_km
            )
    return found


def _sites(assets: Mapping[str, gpd.GeoDataFrame]) -> gpd.GeoDataFrame | None:
    """Return the standing sites: they are taken to have backhaul that a hop can start from."""
    mobile = assets.get("mobile")
    return None if mobile is None else mobile[mobile["kind"] == "site"]


def _hops(
    table: pd.DataFrame,
    remedies: tuple[Remedy, ...],
    instead: tuple[Instead, ...],
    inputs: Inputs,
    unit_vnd: pd.Series,
    before: Offers | None,
) -> Hops:
    none = np.zeros(0, dtype=np.int64)
    if before:
        hops = before.problem.hops
        vnd = _price(instead[hops.option], unit_vnd) if len(hops.start) else hops.vnd
        return replace(hops, vnd=vnd)
    for number, one in enumerate(instead):
        if one.reach_km is None:
            continue
        rows = np.flatnonzero([one in remedy.instead for remedy in remedies])
        start, end = sights.between(table.iloc[rows], inputs, one.reach_km, one.reach_unseen_km)
        return Hops(rows[start], rows[end], number, _price(one, unit_vnd))
    return Hops(none, none, NOBODY, 0.0)


def _caps(
    table: pd.DataFrame,
    remedies: tuple[Remedy, ...],
    cells: Cells,
    total: float,
    per_km2: float,
) -> Caps:
    """Limit satellite terminals: in all, and by the land of each square."""
    side = _SQUARE_KM / _KM_PER_DEGREE

    def squares(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        north = np.floor(lat / side)
        east = np.floor(lon * np.cos(np.radians((north + 0.5) * side)) / side)
        return np.column_stack([north, east])

    known, of_cell = np.unique(squares(cells.lon, cells.lat), axis=0, return_inverse=True)
    land_km2 = np.bincount(of_cell.ravel(), cells.area_m2 * cells.land / 1e6, minlength=len(known))
    cell = table["cell"].to_numpy(dtype=np.int64)
    per_head = np.array([one.terminals_per_household for one in remedies], dtype=float)
    takes = np.array(
        [
            bool(one.terminals_per_household or any(i.terminals for i in one.instead))
            for one in remedies
        ],
        dtype=bool,
    )
    square = np.where(takes, of_cell.ravel()[cell], NO_SQUARE)
    # One terminal may stand in every square with land, however small it is.
    by_square = np.where(land_km2 > 0.0, np.maximum(per_km2 * land_km2, float(per_km2 > 0.0)), 0.0)
    return Caps(total, by_square, square, np.zeros(len(table)), per_head / PERSONS_PER_HOUSEHOLD)


def weights(
    cell: np.ndarray,
    objective: str,
    cells: Cells,
    state: Lacks,
    inputs: Inputs,
    score: pd.Series | None = None,
) -> np.ndarray:
    """Return what the people of each point count for.

    Parameters
    ----------
    cell : ndarray of int64
        Cell of each point.
    objective : {"people", "equity", "deprivation"}
        One a person; more where the commune is worse off (its class I, II or III where it has one,
        else 2 less a hundredth of its score); as many as services lack (the intensity of Alkire and
        Foster 2011).
    cells : Cells
    state : Lacks
    inputs : Inputs
    score : Series, optional
        Index of each commune, by code.

    Returns
    -------
    ndarray of float64
    """
    people = cells.people[cell]
    if objective == "deprivation":
        bits = np.array([value.bit_count() for value in range(256)])
        return people * bits[state.mask[cell]]
    if objective == "equity":
        return people * _equity(inputs, score)[home_unit(cells)[cell]]
    return people


def _equity(inputs: Inputs, score: pd.Series | None) -> np.ndarray:
    """Return what a person of each commune counts for: by its class, else 2 less its score."""
    communes = inputs.communes
    if "area_class" in communes:
        return communes["area_class"].map(_EQUITY).fillna(1.0).to_numpy(dtype=float)
    if score is None:
        return np.ones(len(communes))
    return 2.0 - score.reindex(communes.index).fillna(0.0).to_numpy(dtype=float) / 100.0


def _provinces(table: pd.DataFrame, cells: Cells, inputs: Inputs) -> np.ndarray:
    code = inputs.communes["province_code"].to_numpy()[home_unit(cells)]
    return np.unique(code[table["cell"].to_numpy(dtype=np.int64)], return_inverse=True)[1]


def home_unit(cells: Cells) -> np.ndarray:
    """Return the commune where most of each cell's people live, by area where nobody does.

    Returns
    -------
    ndarray of int64
        Position of the commune in the plan's index, by cell.
    """
    people = np.nan_to_num(cells.shares.people)
    order = np.lexsort((cells.plan.unit, -cells.plan.fraction, -people, cells.of_triple))
    first = order[np.unique(cells.of_triple[order], return_index=True)[1]]
    return cells.plan.unit[first]
