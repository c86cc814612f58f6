"""Areas and centres of cells against geodesics."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely
from affine import Affine

from deadzones.geodata import _raster_checks
from deadzones.geodata import grid as grids
from deadzones.geodata.grid import Grid

GEOD = pyproj.Geod(ellps="WGS84")


def fine_ring(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """A box whose sides have many points, so that a parallel is not cut short by a geodesic."""
    return shapely.segmentize(shapely.box(west, south, east, north), (east - west) / 50)


@pytest.mark.parametrize("south", [8.0, 15.5, 22.9])
def test_area_of_a_geographic_cell_is_that_of_the_ellipsoid(south: float) -> None:
    grid = Grid("EPSG:4326", Affine(0.1, 0, 105, 0, -0.1, south + 0.1), (1, 1))
    expected = abs(GEOD.geometry_area_perimeter(fine_ring(105, south, 105.1, south + 0.1))[0])
    assert grids.areas_m2(grid, np.array([0]))[0] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("crs", ["EPSG:9210", "EPSG:3405", "ESRI:54009"])
def test_area_of_a_projected_cell_is_that_of_the_ellipsoid(crs: str) -> None:
    x, y = pyproj.Transformer.from_crs(4326, crs, always_xy=True).transform(104.2, 21.3)
    grid = Grid(crs, Affine(500, 0, x, 0, -500, y), (3, 3))
    back = pyproj.Transformer.from_crs(crs, 4326, always_xy=True)
    corners = [(x + dx, y - dy) for dx, dy in [(500, 500), (1000, 500), (1000, 1000), (500, 1000)]]
    cell = shapely.Polygon([back.transform(*corner) for corner in corners])
    expected = abs(GEOD.geometry_area_perimeter(cell)[0])
    assert grids.areas_m2(grid, np.array([4]))[0] == pytest.approx(expected, rel=1e-8)


def test_areas_do_not_depend_on_where_the_grid_begins() -> None:
    """WorldPop's and GHS-POP's rasters of the world begin a little west of 180 degrees."""
    cell = 0.0083333333
    wanted = grids.areas_m2(
        Grid("EPSG:4326", Affine(cell, 0, 105, 0, -cell, 84), (9, 9)), np.arange(81)
    )
    for west in (-180.001249265, -180.0, 179.995, 300.0):
        grid = Grid("EPSG:4326", Affine(cell, 0, west, 0, -cell, 84), (9, 9))
        assert grids.areas_m2(grid, np.arange(81)) == pytest.approx(wanted, rel=1e-9)


def test_cells_across_180_degrees_have_the_area_of_their_neighbours() -> None:
    grid = Grid("EPSG:32760", Affine(1000, 0, 800_000, 0, -1000, 8_140_000), (60, 60))
    longitude = grids.lonlat(grid, np.arange(3600))[0]
    assert longitude.min() < -179 < 179 < longitude.max()
    found = grids.areas_m2(grid, np.arange(3600)).reshape(60, 60)
    assert np.abs(np.diff(found, axis=1)).max() < 1e-4 * found.min()
    assert np.abs(np.diff(found, axis=0)).max() < 1e-4 * found.min()
    assert found[0, 0] == pytest.approx(998_300, rel=1e-3)


def test_rows_beyond_the_poles_have_no_area() -> None:
    grid = Grid("EPSG:4326", Affine(60, 0, -180, 0, -0.5, 90.75), (363, 6))
    area = grids.areas_m2(grid, np.arange(363 * 6)).reshape(363, 6)
    assert area[[0, -1]].tolist() == [[0.0] * 6] * 2
    assert area.sum() == pytest.approx(510_065_621_724_088, rel=1e-9)


@pytest.mark.parametrize(
    ("west", "cell", "good"),
    [(-180.001249265, 0.0083333333, True), (0.0, 0.0083333333, False), (-180.5, 0.25, False)],
)
def test_a_raster_of_the_world_may_begin_a_cell_beyond_180_degrees(
    west: float, cell: float, *, good: bool
) -> None:
    grid = Grid("EPSG:4326", Affine(cell, 0, west, 0, -cell, 80), (100, round(360 / cell)))
    faults = _raster_checks._check_grid(grid, pyproj.CRS(4326), "people.tif")
    assert (faults == []) is good


def test_cells_are_numbered_from_the_north_west_row_by_row() -> None:
    grid = Grid("EPSG:4326", Affine(1, 0, 105, 0, -1, 22), (2, 3))
    x, y = grids.centres(grid, np.array([0, 2, 3]))
    assert x.tolist() == [105.5, 107.5, 105.5]
    assert y.tolist() == [21.5, 21.5, 20.5]


def test_a_part_keeps_the_places_of_its_cells() -> None:
    grid = Grid("EPSG:4326", Affine(1, 0, 105, 0, -1, 22), (4, 5))
    part = grids.part(grid, slice(1, 3), slice(2, 5))
    assert grids.centres(part, np.array([0]))[0] == grids.centres(grid, np.array([7]))[0]
    assert part.shape == (2, 3)


def test_bounds_that_miss_the_grid_have_no_window() -> None:
    grid = Grid("EPSG:4326", Affine(1, 0, 105, 0, -1, 22), (2, 2))
    assert grids.window(grid, (110, 20, 111, 21)) is None


def test_vn2000_is_shifted_by_its_datum() -> None:
    """Reading VN-2000 as WGS 84 would be wrong by some 225 m (EPSG operation, 1 m)."""
    lon, lat = 105.85, 21.03
    x, y = pyproj.Transformer.from_crs(4326, 9209, always_xy=True).transform(lon, lat)
    grid = Grid("EPSG:9209", Affine(2, 0, x - 1, 0, -2, y + 1), (1, 1))
    there = grids.lonlat(grid, np.array([0]))
    assert GEOD.inv(lon, lat, float(there[0][0]), float(there[1][0]))[2] < 1.0
    naive = pyproj.Transformer.from_crs(9209, 4756, always_xy=True).transform(x, y)
    assert 220 < GEOD.inv(lon, lat, *naive)[2] < 230
