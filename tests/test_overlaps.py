"""Communes on the same land, against every pair intersected."""

from __future__ import annotations

import itertools

import drawn
import geopandas as gpd
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from deadzones.geodata import overlaps

GEOD = pyproj.Geod(ellps="WGS84")


def km2(shape: shapely.Geometry) -> float:
    return abs(GEOD.geometry_area_perimeter(shape)[0]) / 1e6 if shapely.area(shape) else 0.0


def table_of(*shapes: shapely.Geometry) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=list(shapes), crs="EPSG:4326")


corner = st.integers(0, 6)
boxes = st.tuples(corner, corner, st.integers(1, 4), st.integers(1, 4)).map(
    lambda b: drawn.box(b[0], b[1], b[0] + b[2], b[1] + b[3])
)


@given(st.lists(boxes, min_size=1, max_size=7))
def test_pairs_are_those_of_every_intersection(shapes: list[shapely.Polygon]) -> None:
    found = overlaps.find(table_of(*shapes))
    expected = {
        (one, other): shapes[one].intersection(shapes[other])
        for one, other in itertools.combinations(range(len(shapes)), 2)
    }
    expected = {pair: shape for pair, shape in expected.items() if km2(shape) > 1e-6}
    assert list(zip(found["one"], found["other"], strict=True)) == list(expected)
    for row, (pair, shape) in zip(found.itertuples(), expected.items(), strict=True):
        assert row.km2 == pytest.approx(km2(shape), rel=1e-5)
        assert row.share == pytest.approx(
            km2(shape) / min(km2(shapes[place]) for place in pair), rel=1e-5
        )


def test_neighbours_do_not_overlap_whatever_corners_their_border_has() -> None:
    left = drawn.box(0, 0, 3, 4)
    right = [drawn.box(3, 0, 6, 1.7), drawn.box(3, 1.7, 6, 4)]
    assert overlaps.find(table_of(left, *right)).empty


def test_less_than_a_square_metre_is_rounding() -> None:
    assert overlaps.find(table_of(drawn.box(0, 0, 3, 1), drawn.box(3 - 1e-8, 0, 6, 1))).empty
    assert len(overlaps.find(table_of(drawn.box(0, 0, 3, 1), drawn.box(3 - 1e-5, 0, 6, 1)))) == 1


def test_a_hole_is_no_land() -> None:
    ring = drawn.box(0, 0, 5, 5).difference(drawn.box(2, 2, 3, 3))
    assert overlaps.find(table_of(ring, drawn.box(2, 2, 3, 3))).empty
