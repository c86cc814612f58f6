"""Distances against geodesics and an equidistant projection."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

from deadzones.geodata import distance

GEOD = pyproj.Geod(ellps="WGS84")


@pytest.fixture(scope="module")
def places() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(11)
    return rng.uniform(103, 108, 60), rng.uniform(9, 22, 60)


def test_nearest_point_is_that_of_all_geodesics(places: tuple[np.ndarray, np.ndarray]) -> None:
    rng = np.random.default_rng(12)
    x, y = rng.uniform(103, 108, 200), rng.uniform(9, 22, 200)
    layer = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=4326)
    found_m, row = distance.nearest(*places, layer)
    lon, lat = places
    every_m = np.stack(
        [GEOD.inv(np.full(200, a), np.full(200, b), x, y)[2] for a, b in zip(lon, lat, strict=True)]
    )
    assert found_m == pytest.approx(every_m.min(axis=1), abs=1e-6)
    assert row.tolist() == every_m.argmin(axis=1).tolist()


@pytest.mark.slow
def test_nearest_place_on_lines_is_that_of_an_equidistant_projection(
    places: tuple[np.ndarray, np.ndarray],
) -> None:
    rng = np.random.default_rng(13)
    starts = rng.uniform([103, 9], [108, 22], (80, 2))
    steps = rng.normal(0, 0.05, (80, 6, 2)).cumsum(axis=1)
    lines = [shapely.LineString(path) for path in starts[:, None, :] + steps]
    layer = gpd.GeoDataFrame(geometry=lines, crs=4326)
    found_m, _ = distance.nearest(*places, layer)
    for lon, lat, far_m in zip(*places, found_m, strict=True):
        around = pyproj.CRS(f"+proj=aeqd +lon_0={lon} +lat_0={lat} +ellps=WGS84 +units=m")
        # A straight line in degrees is no straight line here: it needs points in between.
        near_m = layer.segmentize(0.002).to_crs(around).distance(shapely.Point(0, 0)).min()
        assert far_m == pytest.approx(near_m, rel=1e-5, abs=0.05)


def test_inside_an_area_the_distance_is_zero_and_outside_it_is_to_the_border() -> None:
    layer = gpd.GeoDataFrame(geometry=[shapely.box(105, 21, 106, 22)], crs=4326)
    far_m, row = distance.nearest([105.5, 104.9], [21.5, 21.5], layer)
    assert far_m[0] == 0.0
    assert far_m[1] == pytest.approx(GEOD.inv(104.9, 21.5, 105.0, 21.5)[2], rel=1e-5)
    assert row.tolist() == [0, 0]


def test_an_empty_layer_is_infinitely_far() -> None:
    far_m, row = distance.nearest([105.0], [21.0], gpd.GeoDataFrame(geometry=[], crs=4326))
    assert np.isinf(far_m[0])
    assert row[0] == -1


def test_points_and_lines_mix() -> None:
    shapes = [shapely.Point(105, 21), shapely.LineString([(106, 21), (107, 21)])]
    layer = gpd.GeoDataFrame(geometry=shapes, crs=4326)
    assert distance.nearest([105.1, 106.5], [21.0, 21.0], layer)[1].tolist() == [0, 1]
