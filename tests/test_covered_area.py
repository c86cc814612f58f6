"""The land of communes that many areas cover together."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
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


def joined(polygons: gpd.GeoDataFrame) -> np.ndarray:
    """Do the same with one union and one overlay."""
    union = shapely.union_all(polygons.to_crs(EQUAL_AREA).geometry.to_numpy())
    return shapely.area(
        shapely.intersection(COMMUNES.to_crs(EQUAL_AREA).geometry.to_numpy(), union)
    )


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
