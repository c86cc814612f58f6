"""Distances of many points at once beside the geodesic ones, one by one."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from deadzones.geodata import distance
from deadzones.geodata.near import distances_m, in_tiles

GEOD = pyproj.Geod(ellps="WGS84")
places = st.tuples(st.floats(104, 107), st.floats(20, 23))


def table(*shapes: shapely.Geometry | None) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=list(shapes), crs=4326)


@given(
    st.lists(places, min_size=1, max_size=30, unique=True),
    st.lists(st.lists(places, min_size=2, max_size=5, unique=True), max_size=4),
    st.integers(0, 99),
)
def test_distances_are_the_geodesic_ones(
    nodes: list[tuple[float, float]], lines: list[list[tuple[float, float]]], seed: int
) -> None:
    layer = table(*map(shapely.Point, nodes), *map(shapely.LineString, lines))
    lon, lat = np.random.default_rng(seed).uniform([[104.0], [20.0]], [[107.0], [23.0]], (2, 60))
    wanted = distance.nearest(lon, lat, layer)[0]
    assert distances_m(lon, lat, layer) == pytest.approx(wanted, rel=1e-6, abs=0.01)


def test_a_point_has_its_distance_whatever_others_are_asked_for() -> None:
    rng = np.random.default_rng(0)
    layer = table(*map(shapely.Point, rng.uniform([104, 20], [107, 23], (40, 2))))
    lon, lat = rng.uniform([[104.0], [20.0]], [[107.0], [23.0]], (2, 5000))
    some = rng.permutation(5000)[:77]
    assert (
        distances_m(lon[some], lat[some], layer).tolist()
        == distances_m(lon, lat, layer)[some].tolist()
    )


def test_tiles_found_once_give_every_layer_the_same_distances() -> None:
    rng = np.random.default_rng(2)
    lon, lat = rng.uniform([[104.0], [20.0]], [[107.0], [23.0]], (2, 3000))
    tiles = in_tiles(lon, lat)
    assert sorted(tiles.order.tolist()) == list(range(3000))
    assert tiles.start[[0, -1]].tolist() == [0, 3000]
    for count in (1, 40):
        layer = table(*map(shapely.Point, rng.uniform([104, 20], [107, 23], (count, 2))))
        found = distances_m(lon, lat, layer, tiles)
        assert found.tolist() == distances_m(lon, lat, layer).tolist()
    assert distances_m([], [], layer, in_tiles([], [])).tolist() == []


def test_cells_of_a_grid_with_holes_and_a_feature_far_from_all_others() -> None:
    rng = np.random.default_rng(1)
    lon, lat = (
        axis.ravel() for axis in np.meshgrid(105 + np.arange(90) / 90, 21 - np.arange(70) / 90)
    )
    there = rng.random(len(lon)) < 0.7
    lon, lat = lon[there], lat[there]
    nodes = rng.normal([105.4, 20.7], 0.05, (300, 2))
    steps = rng.normal(0.0, 0.02, (20, 9, 2))
    ways = list(steps.cumsum(axis=1) + np.array([105.7, 20.5]))
    far = [shapely.Point(0.0, 0.0), shapely.LineString([(-75.0, -12.0), (-75.0, -12.1)])]
    layer = table(*map(shapely.Point, nodes), *map(shapely.LineString, ways), *far)
    wanted = distance.nearest(lon, lat, layer)[0]
    assert distances_m(lon, lat, layer) == pytest.approx(wanted, rel=1e-6, abs=0.01)


@pytest.mark.parametrize("count", [1, 7, 8, 9, 64, 65, 513])
def test_features_in_a_row_or_at_one_place(count: int) -> None:
    lon, lat = np.random.default_rng(2).uniform([[104.0], [20.0]], [[107.0], [23.0]], (2, 500))
    row = table(*map(shapely.Point, np.linspace(104.0, 107.0, count), np.full(count, 21.0)))
    heap = table(*[shapely.Point(105.0, 21.0)] * count)
    for layer in (row, heap):
        wanted = distance.nearest(lon, lat, layer)[0]
        assert distances_m(lon, lat, layer) == pytest.approx(wanted, rel=1e-6, abs=0.01)


@pytest.mark.parametrize("count", [1, 8, 9, 64, 65, 700])
def test_each_sphere_holds_its_segments_and_those_skipped_with_it(count: int) -> None:
    from deadzones.geodata import _near_kernels as kernels

    ends = np.random.default_rng(count).uniform(0.0, 1000.0, (count, 6))
    sphere, skip, first = kernels.tree(ends)
    held = [
        range(start, min(start + kernels._ARITY, count)) if start >= 0 else range(0)
        for start in first
    ]
    assert sorted(one for some in held for one in some) == list(range(count))
    assert skip[0] == len(sphere)
    for at, (*middle, radius) in enumerate(sphere):
        inside = [one for some in held[at : skip[at]] for one in some]
        apart = np.linalg.norm(ends[inside].reshape(-1, 3) - middle, axis=1)
        assert apart.max() == pytest.approx(radius, rel=1e-12)


@pytest.mark.parametrize(
    ("far_km", "rel"), [(50, 1e-6), (300, 1e-6), (1000, 2e-5), (5000, 1e-2), (15_000, 1e-2)]
)
def test_far_distances_are_as_exact_as_is_said(far_km: int, rel: float) -> None:
    rng = np.random.default_rng(far_km)
    for _ in range(60):
        here_lon, here_lat = rng.uniform([-180.0, -80.0], [180.0, 80.0])
        lon, lat, _ = GEOD.fwd(here_lon, here_lat, rng.uniform(0.0, 360.0), 1000.0 * far_km)
        found = distances_m([lon], [lat], table(shapely.Point(here_lon, here_lat)))
        assert found[0] == pytest.approx(1000.0 * far_km, rel=rel, abs=0.01)


def test_collections_of_collections_are_taken_apart() -> None:
    inner = [shapely.MultiPoint([(105.0, 21.05), (1.0, 1.0)])]
    layer = table(shapely.GeometryCollection(inner))
    for found in (distances_m([105.0], [21.0], layer), distance.nearest([105.0], [21.0], layer)[0]):
        assert found[0] == pytest.approx(GEOD.inv(105.0, 21.0, 105.0, 21.05)[2], abs=0.01)


def test_half_around_the_earth() -> None:
    found = distances_m([105.0], [0.0], table(shapely.Point(-75.0, 0.001)))
    assert found[0] == pytest.approx(2.0e7, rel=0.01)


def test_an_empty_layer_is_infinitely_far_and_an_area_holds_its_points() -> None:
    nowhere = table(None, shapely.Point(), shapely.GeometryCollection())
    for layer in (table(), nowhere):
        assert distances_m([105.0], [21.0], layer).tolist() == [np.inf]
        assert [each.tolist() for each in distance.nearest([105.0], [21.0], layer)] == [
            [np.inf],
            [-1],
        ]
        assert np.isnan(distance.nearest_place([105.0], [21.0], layer)).all()
    assert distances_m([], [], table(shapely.Point(105, 21))).tolist() == []
    assert distances_m([105.0], [21.0], table(shapely.box(104, 20, 106, 22))).tolist() == [0.0]
