"""The made-up country in memory: land, communes, people, roads and networks, from one seed."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from . import _synthetic_borders as borders
from . import _synthetic_names as names
from . import _synthetic_people as people
from . import _synthetic_records as records
from . import _synthetic_roads as roads
from . import _synthetic_services as services
from ._synthetic_grid import EPSG, Bools, Floats, Frame, Ints, Shapes, square, wobble
from ._synthetic_terrain import Land, shape_land

SIDE_KM = 250.0  # of the frame around 120 communes
OPERATORS = ("Ảo Tel", "Mộng Mobile")
HILL_M = 250.0  # villages above are a bản


@dataclass(frozen=True)
class Country:
    """All that is written: rasters on the land's grid, tables in metres (EPSG:9210)."""

    land: Land
    terrain_rng: np.random.Generator
    persons: Floats
    touched: Bools
    communes: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    anchors: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    areas_5g: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    nodes: gpd.GeoDataFrame
    cables: gpd.GeoDataFrame
    power: gpd.GeoDataFrame
    classes: pd.DataFrame
    tasks: pd.DataFrame
    definitions: pd.DataFrame


@dataclass(frozen=True)
class _Settled:
    """Communes and who lives where."""

    labels: Ints
    wards: list[Ints]
    communes: gpd.GeoDataFrame
    villages: people.Villages
    roads: roads.Roads
    persons: Floats
    touched: Bools
    xy: Floats


def build(communes: int, seed: int) -> Country:
    """Make the country.

    Parameters
    ----------
    communes : int
        How many communes.
    seed : int
        The same seed makes the same country.
    """
    rng = np.random.default_rng(seed).spawn(6)
    frame = square(SIDE_KM * np.sqrt(communes / 120.0))
    land = shape_land(rng[0], frame)
    settled = _settle(rng[1], land, communes)
    places = _place_table(rng[2], land, settled)
    served = _served(land, places, len(settled.wards))
    sites, areas_5g = _mobile(rng[3], land, settled, served)
    nodes, cables, power = _wires(rng[3], settled, served, places)
    height_m = land.height_m.ravel()[places["cell"].to_numpy()]
    return Country(
        land=land,
        terrain_rng=rng[4],
        persons=settled.persons,
        touched=settled.touched,
        communes=settled.communes,
        places=places.drop(columns=["cell", "rank"]),
        anchors=_anchors(rng[2], places, settled.communes),
        roads=_frame(settled.roads.lines, kind=np.where(settled.roads.main, "main", "side")),
        areas_5g=areas_5g,
        sites=sites,
        nodes=nodes,
        cables=cables,
        power=power,
        classes=records.classes(places, height_m),
        tasks=records.tasks(rng[5], places, height_m > HILL_M),
        definitions=records.DEFINITIONS,
    )


def _settle(rng: np.random.Generator, land: Land, count: int) -> _Settled:
    frame = land.frame
    inside = borders.outline(rng, frame)
    good = people.room(rng, land)
    wards = people.wards(rng, frame, good, inside, count)
    grown = borders.grow(rng, land, inside, good, wards, count)
    shapes = borders.polygons(rng, grown, frame)
    labels = borders.burn(shapes, frame)
    town_cells = np.concatenate([np.empty(0, dtype=np.int64), *wards])
    villages = people.villages(rng, good, labels, town_cells)
    bend = wobble(rng, frame, 120.0, 220.0, 9.0)
    centres = villages.cell[villages.rank == 0]
    built = roads.build(rng, land, labels >= 0, centres, villages.cell, bend)
    wish = people.wanted(rng, good, labels, town_cells.size)
    cut, touched = borders.edge_cells(shapes, frame)
    lived = np.where(cut, -1, labels)
    lived.ravel()[villages.cell] = villages.commune
    kinds = (town_cells, villages.cell, built.cells)
    persons = people.persons(rng, good, lived, kinds, wish)
    return _Settled(
        labels=labels,
        wards=wards,
        communes=_commune_table(rng, shapes, labels, frame, wards),
        villages=villages,
        roads=built,
        persons=persons,
        touched=touched,
        xy=np.round(bend.move(frame.xy(villages.cell))),
    )


def _commune_table(
    rng: np.random.Generator, shapes: gpd.GeoSeries, labels: Ints, frame: Frame, wards: list[Ints]
) -> gpd.GeoDataFrame:
    province = borders.provinces(rng, labels, frame, [ward.size for ward in wards])
    code, name = zip(*names.province_names(province), strict=True)
    columns = {
        "commune_code": names.commune_codes(len(shapes)),
        "commune_name": names.commune_names(rng, province, sum(ward.size for ward in wards)),
        "province_code": code,
        "province_name": name,
    }
    return gpd.GeoDataFrame(columns, geometry=shapes.to_numpy(), crs=EPSG)


def _place_table(rng: np.random.Generator, land: Land, settled: _Settled) -> gpd.GeoDataFrame:
    """Return all places, towns first; ``cell`` and ``rank`` are for the networks."""
    at = settled.villages
    upland = land.height_m.ravel()[at.cell] > HILL_M
    table = _frame(
        shapely.points(settled.xy),
        name=names.village_names(rng, at.commune, at.rank, upland),
        kind="village",
        commune_code=settled.communes["commune_code"].to_numpy()[at.commune],
        people=people.people_by_place(settled.persons, settled.labels, land.frame, at),
        cell=at.cell,
        rank=at.rank,
    )
    table["households"] = (table["people"] / records.PERSONS_A_HOUSEHOLD).round().astype(int)
    table.loc[table["people"] < 300, "kind"] = "hamlet"
    sizes = np.array([ward.size for ward in settled.wards], dtype=np.int64)
    town_commune = np.cumsum(sizes) - sizes
    town_row = np.searchsorted(at.commune, town_commune)
    home = settled.communes.iloc[town_commune]
    table.loc[town_row, "kind"] = np.where(home["province_code"].duplicated(), "town", "city")
    plain = home["commune_name"].str.removeprefix("Phường ").to_numpy()
    table.loc[town_row, "name"] = [f"Phố {name}" for name in plain]
    order = np.r_[town_row, np.setdiff1d(np.arange(len(table)), town_row)]
    return table.iloc[order].reset_index(drop=True)


def _served(land: Land, places: gpd.GeoDataFrame, towns: int) -> services.Places:
    cell = places["cell"].to_numpy()
    return services.Places(
        xy=shapely.get_coordinates(places.geometry.to_numpy()),
        cell=cell,
        people=places["people"].to_numpy(),
        height_m=land.height_m.ravel()[cell],
        slope=land.slope.ravel()[cell],
        centre=(places["rank"] == 0).to_numpy(),
        towns=towns,
    )


def _anchors(
    rng: np.random.Generator, places: gpd.GeoDataFrame, communes: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Return offices and clinics at commune centres, schools in the larger villages."""
    name = places["commune_code"].map(communes.set_index("commune_code")["commune_name"])
    centre = places["rank"] == 0
    school = centre | (places["people"] > 1_000)
    parts = [
        places[chosen].assign(kind=kind, name=title + text[chosen])
        for chosen, kind, title, text in (
            (centre, "commune_office", "UBND ", name),
            (centre, "clinic", "Trạm y tế ", name),
            (school, "school", "Trường ", places["name"]),
        )
    ]
    table = pd.concat(parts, ignore_index=True).drop(
        columns=["people", "households", "cell", "rank"]
    )
    near = table.geometry.get_coordinates().to_numpy() + rng.uniform(-80.0, 80.0, (len(table), 2))
    return gpd.GeoDataFrame(table, geometry=shapely.points(np.round(near)), crs=EPSG)


def _mobile(
    rng: np.random.Generator, land: Land, settled: _Settled, served: services.Places
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    crowd = _crowd(land.frame, settled.persons)
    hard = services.hardship(rng, served, 1.5)
    own = services.first_enough(hard, served.xy, crowd, services.MOBILE_B_NEAR)
    masts = services.more_sites(rng, served.xy[own], crowd, services.PEOPLE_PER_SITE)
    height = land.height_m.ravel()[land.frame.at(masts)]
    sites = _frame(
        shapely.points(np.round(masts)),
        site_id=[f"MM-{number:05d}" for number in range(1, len(masts) + 1)],
        operator=OPERATORS[1],
        technology=np.where(height + rng.uniform(0.0, 300.0, len(masts)) < 700.0, "5G", "4G"),
        height_m=rng.choice([30, 36, 42, 45], len(masts)),
        radius_km=services.SITE_RADIUS_KM,
    )
    hard = services.hardship(rng, served, 1.5)
    other = services.first_enough(hard, served.xy, crowd, services.MOBILE_A_NEAR)
    masts = services.more_sites(rng, served.xy[other], crowd, 2.0 * services.PEOPLE_PER_SITE)
    reach = services.reach(rng, land, masts)
    areas = _frame(reach.to_numpy(), operator=OPERATORS[0], technology="5G")
    return sites, areas


def _wires(
    rng: np.random.Generator, settled: _Settled, served: services.Places, places: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, gpd.GeoDataFrame]:
    crowd = served.xy, served.people.astype(np.float64)
    hard = services.hardship(rng, served, 1.0)
    has_node = services.first_enough(hard, served.xy, crowd, services.FIBRE_NEAR)
    nodes = _frame(
        shapely.points(served.xy[has_node]),
        node_id=[f"N{number:04d}" for number in range(1, has_node.size + 1)],
        name=("Trạm quang " + places["name"].iloc[has_node]).to_numpy(),
    )
    laid = services.cables(settled.roads, served, has_node)
    titles = [f"Tuyến cáp {number}" for number in range(1, int(laid.sum()) + 1)]
    hard = services.hardship(rng, served, 0.8)
    powered = services.first_enough(hard, served.xy, crowd, services.POWER_NEAR)
    local = settled.roads.lines[services.grid_lines(settled.roads, served, powered)]
    trunk = services.trunk_lines(settled.roads, served).to_numpy()
    voltage = np.repeat([110, 22], [len(trunk), len(local)])
    lines = _frame(np.concatenate([trunk, local]), voltage_kv=voltage)
    return nodes, _frame(settled.roads.lines[laid], name=titles), lines


def _crowd(frame: Frame, persons: Floats) -> tuple[Floats, Floats]:
    cells = np.flatnonzero(persons > 0.0)
    return frame.xy(cells), persons.ravel()[cells].astype(np.float64)


def _frame(shapes: Shapes, **columns: object) -> gpd.GeoDataFrame:
    table = gpd.GeoDataFrame(geometry=np.asarray(shapes), crs=EPSG)
    return table.assign(**columns)[[*columns, "geometry"]]
