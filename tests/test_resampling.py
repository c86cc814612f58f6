"""Rasters brought to another grid: held against exact shares of area, bilinear values, and GDAL."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio.warp
import scipy.ndimage
import shapely
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st

from deadzones.geodata import grid as grids
from deadzones.geodata import rasters, resampling, zonal
from deadzones.geodata.grid import Grid
from deadzones.geodata.rasters import Raster
from deadzones.geodata.source import Source

DEGREES, METRES = "EPSG:4326", "EPSG:32648"


def raster(folder: Path, values: np.ndarray, place: Affine, crs: str = DEGREES) -> Raster:
    path, grid = folder / "a.tif", Grid(crs, place, values.shape)
    rasters.write(path, values, grid)
    return rasters.open_raster(Source(path, path.name, sound=True))


def boxes(grid: Grid) -> gpd.GeoDataFrame:
    x, y = grids.centres(grid, np.arange(grid.shape[0] * grid.shape[1]))
    across, down = abs(grid.transform.a) / 2.0, abs(grid.transform.e) / 2.0
    cells = shapely.box(x - across, y - down, x + across, y + down)
    return gpd.GeoDataFrame(geometry=cells, crs=grid.crs)


def levels(shape: tuple[int, int], seed: int = 1, unknown: float = 0.2) -> np.ndarray:
    rng = np.random.default_rng(seed)
    values = rng.integers(-120, -90, shape).astype(float)
    values[rng.random(shape) < unknown] = np.nan
    return values


@given(
    cell=st.tuples(st.floats(1.0, 4.0), st.floats(1.0, 4.0)),
    off=st.tuples(st.floats(-3.0, 12.0), st.floats(-3.0, 12.0)),
    seed=st.integers(0, 99),
)
def test_the_mean_of_a_cell_goes_by_its_exact_shares_of_pixels(tmp_path_factory, cell, off, seed):
    values = levels((12, 15), seed)
    fine = raster(tmp_path_factory.mktemp("a"), values, Affine(1, 0, 0, 0, -1, 12))
    coarse = Grid(DEGREES, Affine(cell[0], 0, off[0], 0, -cell[1], off[1]), (3, 4))
    plan = zonal.fractions(
        boxes(coarse), transform=fine.grid.transform, shape=fine.grid.shape, crs=DEGREES
    )
    known = plan.sum((~np.isnan(values)).astype(float)).fillna(0.0).to_numpy()
    wanted = plan.sum(np.nan_to_num(values)).to_numpy() / np.where(known > 0.0, known, np.nan)
    found = resampling.mean(fine, coarse).ravel()
    clear = (known > 1e-4) | (known == 0.0)  # shares below 1e-6 are noise to the plan
    np.testing.assert_allclose(found[clear], wanted[clear], atol=1e-3)
    np.testing.assert_allclose(found[known > 0.1], wanted[known > 0.1], atol=1e-5)


def test_between_coarse_pixels_values_are_bilinear(tmp_path):
    values = levels((8, 9), unknown=0.0)
    coarse = raster(tmp_path, values, Affine(3, 0, 0, 0, -3, 24))
    fine = Grid(DEGREES, Affine(0.7, 0, 1.6, 0, -0.9, 22.4), (22, 33))
    x, y = grids.centres(fine, np.arange(22 * 33))
    rows, columns = (24 - y) / 3 - 0.5, x / 3 - 0.5
    wanted = scipy.ndimage.map_coordinates(values, [rows, columns], order=1, mode="nearest")
    np.testing.assert_allclose(resampling.mean(coarse, fine).ravel(), wanted, atol=1e-6)


def test_unknown_pixels_are_left_out_and_spread_no_farther(tmp_path):
    values = np.array([[np.nan, -100.0, -90.0]])
    coarse = raster(tmp_path, values, Affine(3, 0, 0, 0, -3, 3))
    fine = Grid(DEGREES, Affine(1, 0, 0, 0, -1, 3), (3, 11))
    middle = resampling.mean(coarse, fine)[1]
    assert np.isnan(middle[[0, 1, 2, 9, 10]]).all()
    assert middle[3:5].tolist() == [-100.0, -100.0]
    assert middle[5:9] == pytest.approx([-96.6667, -93.3333, -90.0, -90.0], abs=1e-4)


@pytest.mark.parametrize("kind", ["mean", "mode"])
@given(
    cuts=st.tuples(st.integers(1, 29), st.integers(1, 39)),
    size=st.sampled_from([40.0, 100.0, 163.0, 900.0]),
    seed=st.integers(0, 99),
    abroad=st.booleans(),
)
def test_a_cell_gets_the_same_bits_in_every_part(tmp_path_factory, kind, cuts, size, seed, abroad):
    rng = np.random.default_rng(seed)
    if abroad:
        place, crs = Affine(0.0009, 0, 105.9, 0, -0.0011, 21.1), DEGREES
    else:
        place, crs = Affine(90.0, 0, 593000.3, 0, -110.1, 2335000.7), METRES
    source = raster(tmp_path_factory.mktemp("a"), levels((60, 50), seed), place, crs)
    corner = 593000.0 + rng.uniform(-900, 900), 2334900.0 + rng.uniform(-900, 900)
    grid = Grid(METRES, Affine(size, 0, corner[0], 0, -size, corner[1]), (30, 40))
    bring = getattr(resampling, kind)
    whole = bring(source, grid)
    down, across = cuts
    for rows in (slice(0, down), slice(down, 30)):
        for columns in (slice(0, across), slice(across, 40)):
            part = bring(source, grid, rows, columns)
            assert part.tobytes() == whole[rows, columns].tobytes()


def test_bands_change_nothing(tmp_path, monkeypatch):
    source = raster(tmp_path, levels((60, 50)), Affine(0.0009, 0, 105.9, 0, -0.0011, 21.1))
    grid = Grid(METRES, Affine(163.0, 0, 593100.0, 0, -163.0, 2334100.0), (30, 40))
    whole = [bring(source, grid) for bring in (resampling.mean, resampling.mode)]
    assert np.isfinite(whole[0]).mean() > 0.5
    monkeypatch.setattr(resampling, "_CELLS", 100)
    for bring, wanted in zip((resampling.mean, resampling.mode), whole, strict=True):
        np.testing.assert_array_equal(bring(source, grid), wanted)


@pytest.mark.parametrize("cell", [0.0004, 0.0011, 0.0053])
@pytest.mark.parametrize("crs", [DEGREES, METRES])
def test_one_level_everywhere_stays_that_level(tmp_path, cell, crs):
    source = raster(
        tmp_path, np.full((150, 150), -110.0), Affine(0.0053, 0, 104.9, 0, -0.0049, 21.5)
    )
    degree = 1.0 if crs == DEGREES else 1e5
    corner = (105.1, 21.3) if crs == DEGREES else (510000.0, 2350000.0)
    place = Affine(cell * degree, 0, corner[0], 0, -cell * degree, corner[1])
    assert (resampling.mean(source, Grid(crs, place, (60, 60))) == -110.0).all()


def test_values_on_the_same_raster_are_copied_though_its_place_is_off_by_the_last_bit(tmp_path):
    values = levels((40, 40))
    source = raster(tmp_path, values, Affine(1 / 1200, 0, 105.3, 0, -1 / 1200, 21.7))
    part = grids.part(Grid(DEGREES, source.grid.transform, (40, 40)), slice(3, 33), slice(7, 37))
    np.testing.assert_array_equal(resampling.mean(source, part), values[3:33, 7:37])
    np.testing.assert_array_equal(resampling.mode(source, part), values[3:33, 7:37])


def test_gdal_agrees_where_pixels_make_up_cells(tmp_path):
    values = levels((60, 60), unknown=0.0)
    source = raster(tmp_path, values, Affine(0.001, 0, 105, 0, -0.001, 22))
    grid = Grid(DEGREES, Affine(0.005, 0, 105, 0, -0.005, 22), (12, 12))
    for bring, method in (
        (resampling.mean, rasterio.warp.Resampling.average),
        (resampling.mode, rasterio.warp.Resampling.mode),
    ):
        wanted = np.full(grid.shape, np.nan)
        rasterio.warp.reproject(
            values,
            wanted,
            src_transform=source.grid.transform,
            src_crs=DEGREES,
            dst_transform=grid.transform,
            dst_crs=DEGREES,
            resampling=method,
        )
        found = bring(source, grid)
        if bring is resampling.mean:
            np.testing.assert_allclose(found, wanted, atol=1e-9)
        else:  # of classes that are as frequent GDAL takes another
            counts = [
                [(block == value[row, column]).sum() for value in (found, wanted)]
                for row in range(12)
                for column in range(12)
                for block in [values[5 * row : 5 * row + 5, 5 * column : 5 * column + 5]]
            ]
            assert all(ours == theirs for ours, theirs in counts)


def test_of_classes_that_have_as_much_the_least_is_taken(tmp_path):
    source = raster(tmp_path, np.array([[80.0, 30.0], [10.0, 80.0]]), Affine(1, 0, 0, 0, -1, 2))
    grid = Grid(DEGREES, Affine(2, 0, 0, 0, -1, 2), (2, 1))
    assert resampling.mode(source, grid).ravel().tolist() == [30.0, 10.0]
    assert resampling.mode(source, Grid(DEGREES, Affine(2, 0, 0, 0, -2, 2), (1, 1)))[0, 0] == 80.0


def test_across_180_degrees_a_cell_is_as_small_as_elsewhere(tmp_path, monkeypatch):
    lon = np.arange(-179.95, 180.0, 0.1)
    values = np.repeat(np.where(np.abs(lon) > 170.0, -60.0, -110.0)[None], 1800, axis=0)
    world = raster(tmp_path, values, Affine(0.1, 0, -180, 0, -0.1, 90))
    x, y = grids.transformer(DEGREES, "EPSG:32760").transform(180.0, -17.0)
    fiji = Grid("EPSG:32760", Affine(1000.0, 0, x - 9700.0, 0, -1000.0, y), (5, 20))
    read: list[int] = []
    part = resampling.read_part
    monkeypatch.setattr(resampling, "_PIXELS", 1000)
    monkeypatch.setattr(
        resampling, "read_part", lambda *told: [found := part(*told), read.append(found.size)][0]
    )
    for bring in (resampling.mean, resampling.mode):
        assert (bring(world, fiji) == -60.0).all()
    assert max(read) <= 2000


def test_a_raster_elsewhere_says_nothing(tmp_path):
    source = raster(tmp_path, np.ones((2, 2)), Affine(1, 0, 0, 0, -1, 2))
    for crs, corner in ((DEGREES, (50.0, 9.0)), (METRES, (5e5, 2e6))):
        grid = Grid(crs, Affine(1, 0, corner[0], 0, -1, corner[1]), (2, 3))
        assert np.isnan(resampling.mean(source, grid)).all()
