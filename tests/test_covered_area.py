"""The land of communes that many areas cover together."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from deadzones.coverage import covered_area as module
from deadzones.coverage.zones import covered_area
from deadzones.geodata.grid import EQUAL_AREA

COMMUNES = gpd.GeoDataFrame(
    index=["90001", "90002", "90003"],
    geometry=[
        shapely.box(0, 0, 4e4, 9e4),
        shapely.box(4e4, 0, 8e4, 9e4),
        shapely.box(3e5, 0, 4e5, 1),
    ],
    crs=EQUAL_AREA,
).to_crs("EPSG:4326")


def discs(count: int, seed: int = 0) -> gpd.GeoDataFrame:
    rng = np.random.default_rng(seed)
    middle = shapely.points(rng.uniform(-1e4, 9e4, count), rng.uniform(-1e4, 1e5, count))
    shapes = shapely.buffer(middle, rng.uniform(500, 6000, count), quad_segs=4)
    return gpd.GeoDataFrame(geometry=shapes, crs=EQUAL_AREA).to_crs("EPSG:4326")


def joined(polygons: gpd.GeoDataFrame, communes: gpd.GeoDataFrame = COMMUNES) -> np.ndarray:
    """Do the same with one union and one overlay."""
    union = shapely.union_all(polygons.to_crs(EQUAL_AREA).geometry.to_numpy())
    homes = communes.to_crs(EQUAL_AREA).geometry.to_numpy()
    return np.nan_to_num(shapely.area(shapely.intersection(homes, union)))


@pytest.mark.parametrize("count", [1, 7, 700])
def test_it_is_the_area_of_one_union(count: int) -> None:
    found = covered_area(discs(count), COMMUNES)
    assert found.index.equals(COMMUNES.index)
    assert found.to_numpy() == pytest.approx(joined(discs(count)), rel=1e-10, abs=1e-3)


def test_tiles_and_threads_change_no_more_than_rounding(monkeypatch: pytest.MonkeyPatch) -> None:
    many = covered_area(discs(200), COMMUNES)
    monkeypatch.setattr(module, "_IN_TILE", 10)
    cut = covered_area(discs(200), COMMUNES)
    assert cut.to_numpy() == pytest.approx(many.to_numpy(), rel=1e-11)
    monkeypatch.setattr(module, "_THREADS", 1)
    assert covered_area(discs(200), COMMUNES).tolist() == cut.tolist()


def on_a_lattice(rng: np.random.Generator, count: int) -> list[shapely.Geometry]:
    """Draw boxes, rings, triangles and hulls whose corners meet those of others and of tiles."""
    shapes: list[shapely.Geometry] = []
    while len(shapes) < count:
        x, y, width, height = *rng.integers(0, 40, 2), *rng.integers(3, 12, 2)
        box = shapely.box(x, y, x + width, y + height)
        corners = shapely.MultiPoint(np.array([x, y]) + rng.integers(0, 12, (5, 2)))
        hole = shapely.polygons([(x, y), (x + width - 1, y + 1), (x + 1, y + height - 1)])
        some = [
            box,
            shapely.difference(box, shapely.box(x + 1, y + 1, x + width - 1, y + height - 1)),
            shapely.difference(box, hole),
            shapely.polygons([(x, y), (x + width, y), (x + width // 2, y + height)]),
            shapely.convex_hull(corners),
        ][rng.integers(5)]
        if shapely.area(some) > 0.0:
            shapes.append(some)
    return shapes


@given(st.integers(0, 10**6), st.integers(1, 40), st.sampled_from([1, 2, 5, 150]))
def test_holes_and_corners_that_meet_those_of_tiles(seed: int, count: int, in_tile: int) -> None:
    rng = np.random.default_rng(seed)
    some = on_a_lattice(rng, count)
    half = shapely.union_all(some[: count // 2])
    polygons = gpd.GeoDataFrame(geometry=[*some[count // 2 :], half], crs=EQUAL_AREA)
    homes = [*on_a_lattice(rng, 6), shapely.box(0, 0, 60, 60), None, shapely.Polygon()]
    communes = gpd.GeoDataFrame(geometry=homes, crs=EQUAL_AREA)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_IN_TILE", in_tile)
        found = covered_area(polygons, communes).to_numpy()
    assert found == pytest.approx(joined(polygons, communes), rel=1e-9, abs=1e-6)


def test_the_outline_of_a_country_among_many_small_areas() -> None:
    angle = np.linspace(0.0, 2.0 * np.pi, 3000, endpoint=False)
    far = 3e4 * (1.0 + 0.05 * np.sin(40.0 * angle))
    outline = shapely.Polygon(
        np.column_stack([4e4 + far * np.cos(angle), 4.5e4 + far * np.sin(angle)])
    )
    country = gpd.GeoDataFrame(geometry=[outline], crs=EQUAL_AREA).to_crs("EPSG:4326")
    assert shapely.get_num_coordinates(outline) > module._LARGE
    some = gpd.GeoDataFrame(pd.concat([discs(500), country], ignore_index=True))
    assert covered_area(some, COMMUNES).to_numpy() == pytest.approx(joined(some), rel=1e-10)


def test_an_enclave_covers_nothing_of_the_commune_around_it() -> None:
    town = shapely.Polygon([(105.2, 21.0), (105.0, 21.1), (105.0, 21.4)])
    around = shapely.box(104, 20, 106, 22).difference(town)
    communes = gpd.GeoDataFrame(index=["town", "around"], geometry=[town, around], crs=4326)
    town_m2, around_m2 = covered_area(communes.iloc[:1], communes)
    assert town_m2 == pytest.approx(communes.to_crs(EQUAL_AREA).area["town"], rel=1e-9)
    assert around_m2 == pytest.approx(0.0, abs=1e-3)


def test_a_polygon_that_crosses_itself_once_projected_is_no_fault() -> None:
    hair = shapely.from_wkt(
        "POLYGON ((105.55433692162997 20.182761688159005, 105.60942009875762 20.240778371895583,"
        " 105.63696768732146 20.26978671376387, 105.5818785101938 20.211770030027296,"
        " 105.55433692162997 20.182761688159005))"
    )
    some = gpd.GeoDataFrame(geometry=[hair, shapely.box(105, 20, 105.5, 20.5)], crs=4326)
    home = gpd.GeoDataFrame(index=["a"], geometry=[shapely.box(104, 20, 108, 22)], crs=4326)
    assert some.is_valid.all()
    assert covered_area(some, home)["a"] == pytest.approx(
        covered_area(some.iloc[1:], home)["a"], rel=1e-6
    )


@given(st.integers(0, 50), st.integers(1, 40))
def test_more_areas_cover_no_less_and_never_more_than_there_is(seed: int, count: int) -> None:
    some = discs(count, seed)
    fewer, more = (covered_area(part, COMMUNES) for part in (some.iloc[1:], some))
    whole = COMMUNES.to_crs(EQUAL_AREA).area
    assert (fewer <= more * (1 + 1e-12) + 1e-6).all()
    assert (more <= whole * (1 + 1e-9)).all()


def test_the_same_area_twice_counts_once() -> None:
    one = discs(1, 3)
    twice = one.iloc[[0, 0, 0]]
    assert covered_area(twice, COMMUNES).to_numpy() == pytest.approx(joined(one), rel=1e-12)


def test_no_areas_cover_nothing() -> None:
    nothing = gpd.GeoDataFrame(geometry=[shapely.Polygon(), None], crs="EPSG:4326")
    for some in (nothing, nothing.iloc[:0]):
        assert covered_area(some, COMMUNES).tolist() == [0.0, 0.0, 0.0]


def test_areas_may_come_in_any_system() -> None:
    some = discs(20)
    found = covered_area(some.to_crs("EPSG:32631"), COMMUNES)
    assert found.to_numpy() == pytest.approx(covered_area(some, COMMUNES).to_numpy(), rel=1e-6)


def test_a_polygon_over_everything_covers_everything() -> None:
    all_over = gpd.GeoDataFrame(geometry=[shapely.box(-5, -5, 10, 10)], crs="EPSG:4326")
    whole = COMMUNES.to_crs(EQUAL_AREA).area
    assert covered_area(all_over, COMMUNES).to_numpy() == pytest.approx(whole.to_numpy(), rel=1e-12)
