"""A plan as tables: what to build in which order and why, and the lines to build for it."""

from __future__ import annotations

from collections.abc import Iterable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..geodata.vectors import WGS84
from . import road_graph
from ._assembly import Offers, home_unit
from ._growth_kernels import NETWORK
from ._works import Step, Way, Works
from .cells import Cells
from .problem import NOBODY
from .services import SERVICES

SEPARATOR = ";"
"""Between the names of upgrades."""


_ON_SITES = {
    remedy.kind for service in SERVICES.values() for remedy in service.remedies if remedy.on_sites
}
"""Kinds of upgrades that tell where a site stands."""


def upgrades_table(
    works: Works, offers: Offers, cells: Cells, zone_of_cell: np.ndarray
) -> gpd.GeoDataFrame:
    """Write a plan as the ranked table of upgrades.

    Parameters
    ----------
    works : Works
        Of a plan that is settled.
    offers : Offers
    cells : Cells
    zone_of_cell : ndarray of int64
        Dead zone of each cell.

    Returns
    -------
    GeoDataFrame
        Points in EPSG:4326 by ``upgrade_id`` ("U0001" is first). ``people_gained`` counts who newly
        gets this service; ``cumulative_people`` adds these up; in ``cumulative_distinct_people``
        somebody who gets two services counts once. ``depends_on`` names the upgrades whose lines or
        sites this one starts from; ``unlocks`` those that start from it; ``lost_without`` is who of
        the whole plan would go without if it, and with it all that starts from it, were not built;
        ``alone_vnd`` what it would cost if nothing else were built.
    """
    steps = works.steps
    rows = np.array([step.row for step in steps], dtype=np.int64)
    chosen = offers.candidates.table.iloc[rows].reset_index(drop=True)
    names = _names(len(steps))
    first, opened = _starts(steps), _opened(steps)
    cell = chosen["cell"].to_numpy(dtype=np.int64)
    people = np.array([step.heads for step in steps])
    cost = np.array([step.vnd for step in steps])
    return gpd.GeoDataFrame(
        {
            "rank": np.arange(1, len(steps) + 1),
            "kind": _words(chosen["kind"]),
            "service": _words(chosen["service"]),
            "people_gained": people,
            "cost_vnd": cost,
            "people_per_billion_vnd": per_billion(people, cost),
            "cumulative_people": np.cumsum(people),
            "cumulative_cost_vnd": np.cumsum(cost),
            "cumulative_distinct_people": _distinct(works, offers, cells),
            "depends_on": _words(_joined(names, each) for each in first),
            "unlocks": _words(_joined(names, each) for each in opened),
            **_ways(works, offers),
            "alone_vnd": _alone(works, offers, rows),
            "lost_without": _lost(works, opened),
            "zone_id": _words(
                f"Z{number + 1:05d}" for number in _zones(works, offers, cells, zone_of_cell)
            ),
            "commune_code": _words(cells.plan.index.to_numpy()[home_unit(cells)[cell]]),
        },
        index=pd.Index(names, name="upgrade_id", dtype="str"),
        geometry=gpd.points_from_xy(cells.lon[cell], cells.lat[cell]),
        crs=WGS84,
    )


def network_table(works: Works, offers: Offers) -> gpd.GeoDataFrame:
    """Write the lines that a plan builds.

    Parameters
    ----------
    works : Works
    offers : Offers

    Returns
    -------
    GeoDataFrame
        Lines in EPSG:4326, by the upgrade that builds them: ``upgrade_id``, ``layer`` (type of
        service), ``way`` (cable, grid, microwave), ``length_km`` (geodesic), ``cost_vnd`` (present
        value of the way). Ways without a line, a satellite or solar power, are not in it.
    """
    names = _names(len(works.steps))
    layers = works.problem.ways.layers
    rows = [
        {
            "upgrade_id": name,
            "layer": layers[way.layer],
            "way": _way_name(works, way),
            "length_km": _length_km(offers, way) + _hop_km(works, offers, step, way),
            "cost_vnd": way.vnd,
            "geometry": shape,
        }
        for name, step in zip(names, works.steps, strict=True)
        for way in step.ways
        if (shape := _shape(works, offers, step, way)) is not None
    ]
    return gpd.GeoDataFrame(rows, crs=WGS84) if rows else no_network()


def _zones(works: Works, offers: Offers, cells: Cells, zone_of_cell: np.ndarray) -> list[int]:
    """Return the dead zone in which each step serves most people."""
    reach, found = works.offers, list[int]()
    for step in works.steps:
        points = reach.reach_point[reach.reach_start[step.row] : reach.reach_start[step.row + 1]]
        cell = offers.candidates.points.cell[points]
        zone, at = np.unique(zone_of_cell[cell], return_inverse=True)
        found.append(int(zone[np.bincount(at, cells.people[cell]).argmax()]))
    return found


def no_network() -> gpd.GeoDataFrame:
    """Return the table of lines of a plan that builds none.

    Examples
    --------
    >>> len(no_network())
    0
    """
    columns = {"upgrade_id": "str", "layer": "str", "way": "str"}
    columns |= {"length_km": "float64", "cost_vnd": "float64"}
    empty = {name: pd.Series([], dtype=kind) for name, kind in columns.items()}
    return gpd.GeoDataFrame(empty, geometry=gpd.GeoSeries([], crs=WGS84))


def _names(count: int) -> list[str]:
    """Number upgrades with as many digits as the last one takes, so that text sorts like them."""
    width = max(4, len(str(count)))
    return [f"U{number:0{width}d}" for number in range(1, count + 1)]


def _joined(names: list[str], steps: Iterable[int]) -> str:
    return SEPARATOR.join(names[step] for step in sorted(steps))


def _starts(steps: list[Step]) -> list[set[int]]:
    """Return the steps that each step starts from."""
    return [{way.from_step for way in step.ways if way.from_step != NOBODY} for step in steps]


def _opened(steps: list[Step]) -> list[set[int]]:
    """Return the steps that start from each step."""
    found: list[set[int]] = [set() for _ in steps]
    for number, first in enumerate(_starts(steps)):
        for one in first:
            found[one].add(number)
    return found


def _lost(works: Works, opened: list[set[int]]) -> np.ndarray:
    """Return who would go without a step and all that starts from it."""
    found = np.empty(len(opened))
    for number in range(len(opened)):
        fallen, ahead = set[int](), [number]
        while ahead:
            step = ahead.pop()
            if step not in fallen:
                fallen.add(step)
                ahead += opened[step]
        found[number] = sum(works.steps[step].heads for step in fallen)
    return found


def _alone(works: Works, offers: Offers, rows: np.ndarray) -> np.ndarray:
    """Return what each candidate would cost for the same people if nothing else were built."""
    start = Works(offers.problem, works.graph, works.offers)
    return start.prices(rows)[2]


def _ways(works: Works, offers: Offers) -> dict[str, object]:
    """Return how each step is joined to each layer, and how long its own part of that is."""
    columns: dict[str, object] = {}
    for layer, name in enumerate(works.problem.ways.layers):
        way, km = list[str](), list[float]()
        for step in works.steps:
            own = [one for one in step.ways if one.layer == layer]
            way.append(_way_name(works, own[0]) if own else "")
            km.append(
                sum(_length_km(offers, one) + _hop_km(works, offers, step, one) for one in own)
            )
        columns |= {f"{name}_way": _words(way), f"{name}_way_km": np.array(km, dtype=float)}
    return columns


def _way_name(works: Works, way: Way) -> str:
    if way.option != NETWORK:
        return works.problem.options.names[way.option]
    supply = SERVICES[works.problem.ways.layers[way.layer]].supply
    return supply.way if supply is not None else ""


def _length_km(offers: Offers, way: Way) -> float:
    """Return the length of what a way newly builds: along edges, and straight to what stands."""
    if way.option != NETWORK:
        return 0.0
    land = offers.land
    edges = land.edges_of(way.edges)
    straight_m = land.straight_m(way.layer, int(way.nodes[-1])) if way.straight_vnd > 0.0 else 0.0
    return float(land.network.length_m[edges].sum() + straight_m) / 1000.0


def _hop_km(works: Works, offers: Offers, step: Step, way: Way) -> float:
    shape = _hop(works, offers, step, way)
    if shape is None:
        return 0.0
    start, end = shapely.get_coordinates(shape)
    return float(offers.land.far_m(*start, *end)) / 1000.0


def _shape(works: Works, offers: Offers, step: Step, way: Way) -> shapely.Geometry | None:
    if way.option != NETWORK:
        return _hop(works, offers, step, way)
    land = offers.land
    parts = list(road_graph.lines(land.network, land.edges_of(way.edges)))
    if way.straight_vnd > 0.0:
        parts.append(land.straight(way.layer, int(way.nodes[-1])))
    return shapely.multilinestrings(parts) if parts else None


def _hop(works: Works, offers: Offers, step: Step, way: Way) -> shapely.Geometry | None:
    """Return a microwave hop as a line from the site where it starts."""
    hops = offers.hop_options
    if way.option == NETWORK or way.option not in hops:
        return None
    place = offers.candidates.table[["lon", "lat"]].to_numpy(dtype=float)
    end = place[step.row]
    if way.from_step != NOBODY:
        return shapely.linestrings([place[works.steps[way.from_step].row], end])
    start = hops[way.option][step.row]
    return shapely.linestrings([start, end]) if np.isfinite(start).all() else None


def per_billion(people: np.ndarray, cost_vnd: np.ndarray) -> np.ndarray:
    """Return people per billion VND; NaN for what costs nothing.

    Examples
    --------
    >>> per_billion(np.array([50.0]), np.array([2e9]))
    array([25.])
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(cost_vnd > 0, people / (cost_vnd / 1e9), np.nan)


def published(ranked: gpd.GeoDataFrame, communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return ranked upgrades without what tells where the networks are.

    Costs are given to the billion VND, some four km of cable; below one billion to their first
    digit. Lengths, and what it would cost alone, are left out. What is built on a standing site is
    placed within its commune only.

    Examples
    --------
    >>> home = gpd.GeoDataFrame(geometry=gpd.points_from_xy([105.0], [21.0]), index=["00004"])
    >>> table = gpd.GeoDataFrame(
    ...     {"kind": ["tune_site"], "people_gained": [50.0], "cost_vnd": [2.4e9]}
    ...     | {"fibre_way_km": [9.1], "commune_code": ["00004"]},
    ...     geometry=gpd.points_from_xy([105.1], [21.1]),
    ... )
    >>> published(table, home)[["cost_vnd", "people_per_billion_vnd"]].iloc[0].tolist()
    [2000000000.0, 25.0]
    """
    cost = ranked["cost_vnd"].to_numpy()
    with np.errstate(divide="ignore"):
        step = np.minimum(10.0 ** np.floor(np.log10(cost)), 1e9)
    cost = np.where(cost > 0, np.round(cost / step) * step, 0.0)
    hidden = [name for name in ranked if name.endswith("_way_km") or name == "alone_vnd"]
    on_sites = ranked["kind"].isin(_ON_SITES).to_numpy()
    inside = communes.geometry.reindex(ranked["commune_code"]).representative_point()
    place = np.where(on_sites, inside.to_numpy(), ranked.geometry.to_numpy())
    return ranked.assign(
        cost_vnd=cost,
        people_per_billion_vnd=per_billion(ranked["people_gained"].to_numpy(), cost),
        cumulative_cost_vnd=np.cumsum(cost),
        **dict.fromkeys(hidden, np.nan),
    ).set_geometry(gpd.GeoSeries(place, index=ranked.index, crs=ranked.crs))


def _words(values: Iterable[str]) -> pd.api.extensions.ExtensionArray:
    return pd.array(list(values), dtype="str")


def _distinct(works: Works, offers: Offers, cells: Cells) -> np.ndarray:
    """Return people whom the plan has helped so far, each once, whatever they got."""
    helped, total, totals = np.zeros(len(cells.people), dtype=bool), 0.0, list[float]()
    reach = works.offers
    for step in works.steps:
        points = reach.reach_point[reach.reach_start[step.row] : reach.reach_start[step.row + 1]]
        cell = np.unique(offers.candidates.points.cell[points])
        total += float(cells.people[cell[~helped[cell]]].sum())
        helped[cell] = True
        totals.append(total)
    return np.array(totals)
