"""Terrain and a sweep from real SRTM tiles."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio

from deadzones.coverage.radio import Run, Terrain, around, best_server, change, read_terrain, sweep
from deadzones.geodata.faults import BadInput

DATA = Path(__file__).parents[3] / "shared" / "data"
pytestmark = pytest.mark.real

COARSE = DATA / "dem_srtm3_n21e105.tif"
FINE = [DATA / "dem_srtm1_hai_phong.tif", DATA / "dem_srtm1_da_nang.tif"]


def raw(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Heights of a file, and where they are voids."""
    with rasterio.open(path) as file:
        heights = file.read(1)
        return heights, heights == file.nodata


def test_a_tile_that_sticks_out_by_half_a_cell_is_read_whole() -> None:
    terrain, notes = read_terrain(COARSE)
    heights, void = raw(COARSE)
    assert void.sum() == 1539
    assert terrain.h_m.shape == (1201, 1201)
    assert np.array_equal(terrain.h_m[~void], heights[~void])
    assert notes.guessed is not None
    assert np.array_equal(notes.guessed, void)
    assert "dem_srtm3_n21e105.tif: 1,539 cells without a height, interpolated" in notes.lines
    assert terrain.h_m[void].min() >= heights[~void].min()
    assert terrain.h_m[void].max() <= heights[~void].max()


@pytest.mark.parametrize("path", FINE, ids=lambda path: path.stem)
def test_the_fine_tiles_are_read_as_they_are(path: Path) -> None:
    terrain, notes = read_terrain(path)
    heights, void = raw(path)
    assert not void.any()
    assert np.array_equal(terrain.h_m, heights)
    assert terrain.h_m.min() < 0  # the sea's surface in SRTM is not level
    assert terrain.sea is None
    assert len(notes.lines) == 1


def test_a_window_is_a_part_of_the_tile() -> None:
    whole, _ = read_terrain(COARSE)
    part, _ = read_terrain(COARSE, bounds=around(105.4, 21.6, 10.0))
    column, row = ~whole.grid.transform * (part.grid.transform.c, part.grid.transform.f)
    rows = slice(round(row), round(row) + part.grid.shape[0])
    columns = slice(round(column), round(column) + part.grid.shape[1])
    assert abs(column - columns.start) < 1e-6
    assert np.array_equal(part.h_m, whole.h_m[rows, columns])
    assert 200 < part.grid.shape[0] < 250


def test_a_coarse_model_fills_the_voids_of_a_fine_one() -> None:
    national = DATA / "dem_itu_p1511_vietnam_5arcmin.tif"
    bounds = (105.1, 21.1, 105.9, 21.9)
    alone, before = read_terrain(COARSE, bounds=bounds)
    both, after = read_terrain([COARSE, national], bounds=bounds)
    assert before.guessed is not None
    assert after.guessed is None
    assert both.grid == alone.grid
    known = ~before.guessed
    assert np.array_equal(both.h_m[known], alone.h_m[known])


def test_tiles_of_two_resolutions_lie_on_the_finer_grid() -> None:
    """The two do not touch: between them lies what no file has."""
    bounds = (105.95, 20.85, 106.1, 21.05)
    with pytest.raises(BadInput, match="cells that no file reaches"):
        read_terrain([COARSE, FINE[0]], bounds=bounds)
    terrain, _ = read_terrain([COARSE, FINE[0]], bounds=bounds, outside="sea")
    assert terrain.grid.transform.a == pytest.approx(1 / 3600)
    assert terrain.sea is not None
    assert 0.1 < terrain.sea.mean() < 0.9


def test_a_place_without_a_tile_is_told() -> None:
    with pytest.raises(BadInput) as caught:
        read_terrain([COARSE, *FINE], bounds=around(103.0, 22.0, 5.0))
    assert len(caught.value.faults) == 3


def test_mountains_stop_a_signal_that_the_plain_lets_pass() -> None:
    """Two masts in one valley of the tile: more is lost in terrain than over a plain."""
    mast = pd.DataFrame(
        {"lon": [105.45, 105.5], "lat": [21.75, 21.75], "band_mhz": [700, 1800], "radius_km": 12.0}
    )
    found, grid = sweep(COARSE, mast)
    reached = ~np.isnan(found)
    assert 0.7 < reached.mean() <= 1
    level = Terrain(grid, np.zeros(grid.shape, np.float32))
    plain, _ = sweep(level, mast)
    assert np.array_equal(reached, ~np.isnan(plain))
    assert np.median(found[reached]) < np.median(plain[reached]) - 10
    server, _ = best_server(COARSE, mast)
    assert np.array_equal(server >= 0, reached)


def test_threads_cache_and_what_if_change_no_byte(tmp_path: Path) -> None:
    old = pd.DataFrame(
        {
            "lon": [105.45, 105.5, 105.6], "lat": [21.75, 21.7, 21.55], "radius_km": 8.0,
            "band_mhz": [700, 1800, 3700], "azimuth_deg": [np.nan, 90, 200],
        }
    )  # fmt: skip
    terrain, _ = read_terrain(COARSE, bounds=(105.3, 21.4, 105.8, 21.9))
    wanted, _ = sweep(terrain, old, run=Run(workers=1))
    for workers in (2, 7):
        assert sweep(terrain, old, run=Run(workers=workers))[0].tobytes() == wanted.tobytes()
    for _ in range(2):
        assert sweep(terrain, old, run=Run(tmp_path))[0].tobytes() == wanted.tobytes()
    new = old.assign(height_m=[30, 30, 60])
    after = change(wanted, terrain, old, new, run=Run(tmp_path))
    assert len(list(tmp_path.iterdir())) == 4
    assert np.array_equal(after, sweep(terrain, new)[0], equal_nan=True)
    assert not np.array_equal(after, wanted, equal_nan=True)


def test_a_louder_mast_is_louder_by_as_much() -> None:
    quiet = pd.DataFrame({"lon": [105.45], "lat": [21.75], "eirp_dbm": [50.0], "radius_km": 5.0})
    low, _ = sweep(COARSE, quiet)
    high, _ = sweep(COARSE, quiet.assign(eirp_dbm=53.0))
    np.testing.assert_allclose(high - low, np.where(np.isnan(low), np.nan, 3.0), atol=5e-5)
