"""Distances of many points at once beside the geodesic ones, one by one."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from deadzones.geodata import distance
from deadzones.geodata.near import distances_m

places = st.tuples(st.floats(104, 107), st.floats(20, 23))


def table(*shapes: shapely.Geometry) -> gpd.GeoDataFrame:
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


def test_half_around_the_earth() -> None:
    found = distances_m([105.0], [0.0], table(shapely.Point(-75.0, 0.001)))
    assert found[0] == pytest.approx(2.0e7, rel=0.01)


def test_an_empty_layer_is_infinitely_far_and_an_area_holds_its_points() -> None:
    assert distances_m([105.0], [21.0], table()).tolist() == [np.inf]
    assert distances_m([], [], table(shapely.Point(105, 21))).tolist() == []
    assert distances_m([105.0], [21.0], table(shapely.box(104, 20, 106, 22))).tolist() == [0.0]
