"""Light and shadow of the ground: slopes whose light is known, and a study's heights."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from rasterio.io import MemoryFile

import deadzones as dz
from deadzones.coverage import inputs, relief
from deadzones.geodata import synthetic
from deadzones.geodata.grid import Grid
from deadzones.geodata.rasters import Field
from deadzones.reports import relief_layer as layer

EQUATOR = Grid("EPSG:3857", Affine(100, 0, 0, 0, -100, 500), (10, 10))
ROW, COLUMN = np.mgrid[0:10, 0:10] * 100.0  # metres to the south and to the east


def slope(east: float, north: float) -> np.ndarray:
    """A plane that rises by so much a metre, made gentler as the picture makes it steeper."""
    return (east * COLUMN - north * ROW) / layer.STEEPER


def test_level_ground_is_neither_lit_nor_dark() -> None:
    assert (layer.shade(np.full((10, 10), 812.0), EQUATOR) == 0.0).all()


@given(st.floats(0, 360), st.floats(1, 80))
def test_light_is_the_cosine_between_slope_and_sun(facing_deg: float, steep_deg: float) -> None:
    facing, steep = np.radians(facing_deg), np.tan(np.radians(steep_deg))
    plane = slope(-steep * np.sin(facing), -steep * np.cos(facing))  # falls where it faces
    normal = np.array([np.sin(facing) * steep, np.cos(facing) * steep, 1.0])
    sun, high = np.radians(layer.SUN_AZIMUTH_DEG), np.radians(layer.SUN_HEIGHT_DEG)
    ray = np.array([np.sin(sun) * np.cos(high), np.cos(sun) * np.cos(high), np.sin(high)])
    light = normal @ ray / np.linalg.norm(normal)
    level = np.sin(high)
    wanted = (light - level) / (1 - level) if light > level else (light - level) / level
    assert layer.shade(plane, EQUATOR) == pytest.approx(max(wanted, -1.0), abs=2e-3)


def test_a_ridge_is_bright_to_the_north_west_and_dark_to_the_south_east() -> None:
    ridge = -np.abs(COLUMN + ROW - 900.0)
    light = layer.shade(ridge, EQUATOR)
    assert (light[COLUMN + ROW < 800] > 0).all()
    assert (light[COLUMN + ROW > 1000] < 0).all()


def test_a_slope_is_as_steep_in_the_north() -> None:
    """A metre of Web Mercator is half a metre of ground at 60 degrees."""
    y = 6_378_137.0 * np.log(np.tan(np.pi / 4 + np.radians(60.0) / 2))
    north = Grid("EPSG:3857", Affine(200, 0, 0, 0, -200, y + 1000), (10, 10))
    plane = slope(0.2, 0.1)
    assert layer.shade(plane, north) == pytest.approx(layer.shade(plane, EQUATOR), abs=2e-3)


def test_unknown_heights_make_no_light() -> None:
    heights = slope(0.3, 0.0)
    heights[4, 4] = np.nan
    light = layer.shade(heights, EQUATOR)
    assert light[4, 4] == 0.0
    assert np.isfinite(light).all()


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_the_picture_lies_where_the_communes_are() -> None:
    grid = Grid("EPSG:4326", Affine(0.01, 0, 105, 0, -0.01, 21), (40, 40))
    heights = Field(np.add.outer(np.arange(40.0), np.arange(40.0)) * 50, grid)
    place = gpd.GeoDataFrame(geometry=[shapely.box(105.1, 20.7, 105.3, 20.9)], crs=4326)
    found = layer.picture(heights, place)
    assert found is not None
    png, bounds = found
    assert np.array(bounds) == pytest.approx(np.array([[20.7, 105.1], [20.9, 105.3]]), abs=1e-5)
    with MemoryFile(png) as memory, memory.open() as file:
        opacity = np.array([file.colormap(1)[value][3] for value in np.unique(file.read(1))])
    assert opacity.max() > 0


def test_a_plain_and_a_study_elsewhere_have_no_picture() -> None:
    grid = Grid("EPSG:4326", Affine(0.01, 0, 105, 0, -0.01, 21), (40, 40))
    place = gpd.GeoDataFrame(geometry=[shapely.box(105.1, 20.7, 105.3, 20.9)], crs=4326)
    assert layer.picture(Field(np.zeros((40, 40)), grid), place) is None
    far = gpd.GeoDataFrame(geometry=[shapely.box(10, 20, 11, 21)], crs=4326)
    assert layer.picture(Field(np.add.outer(np.arange(40.0), np.arange(40.0)), grid), far) is None


def test_heights_of_a_study_are_those_of_its_terrain(tmp_path: Path) -> None:
    read = inputs.load(dz.Study.read(synthetic.country(tmp_path, communes=2)))
    found = relief.heights(read)
    assert found is not None
    assert max(found.grid.shape) <= relief.MOST_CELLS
    west, south, east, north = read.communes.total_bounds
    assert found.grid.bounds[0] <= west < east <= found.grid.bounds[2]
    assert found.grid.bounds[1] <= south < north <= found.grid.bounds[3] + 1e-9
    known = found.values[~np.isnan(found.values)]
    assert (known == np.round(known)).all()
    with rasterio.open(tmp_path / "terrain.tif") as file:
        ground = file.read(1, masked=True)
    assert ground.min() - 1 <= known.min() < known.max() <= ground.max() + 1
