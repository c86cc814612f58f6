"""Terrain from files: small rasters drawn here, laid side by side, with holes and faults."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyproj
import pytest
from affine import Affine
from drawn import CELL, SOUTH, WEST, picture, write_raster

from deadzones.coverage.radio import (
    Terrain,
    TerrainNotes,
    area,
    around,
    check_terrain,
    clutter_heights,
    is_water,
    read_clutter,
    read_terrain,
)
from deadzones.geodata.faults import BadInput
from deadzones.geodata.grid import Grid, lonlat


def at(x: float, y: float, cell: float = CELL) -> Affine:
    """Place a raster with its north-west corner so many cells east and north of the corner."""
    return Affine(cell, 0, WEST + x * CELL, 0, -cell, SOUTH + y * CELL)


def read(*paths: Path, **options: Any) -> tuple[Terrain, TerrainNotes]:
    return read_terrain(list(paths), **options)


def told(*paths: Path, **options: Any) -> str:
    with pytest.raises(BadInput) as caught:
        read(*paths, **options)
    return str(caught.value)


@pytest.fixture
def west(tmp_path: Path) -> Path:
    return write_raster(tmp_path / "west.tif", picture("1 2 .\n4 5 6"))


@pytest.fixture
def east(tmp_path: Path) -> Path:
    """Shares its first column with the last one of `west`."""
    return write_raster(tmp_path / "east.tif", picture("30 40\n60 70"), transform=at(2, 2))


# --- mosaics ------------------------------------------------------------------------------------


def test_one_file_is_read_as_it_is(east: Path) -> None:
    terrain, notes = read_terrain(east)
    assert terrain.h_m.dtype == np.float32
    assert terrain.h_m.tolist() == [[30, 40], [60, 70]]
    assert terrain.grid.transform == at(2, 2)
    assert terrain.sea is None
    assert notes.guessed is None
    assert notes.lines == ("east.tif gave the grid, 2 x 2 cells",)


def test_the_first_file_holds_and_the_next_fills_its_void(west: Path, east: Path) -> None:
    terrain, notes = read(west, east)
    assert terrain.h_m.tolist() == [[1, 2, 30, 40], [4, 5, 6, 70]]
    assert notes.guessed is None
    turned, _ = read(east, west)
    assert turned.h_m.tolist() == [[1, 2, 30, 40], [4, 5, 60, 70]]
    assert turned.grid.shape == terrain.grid.shape
    np.testing.assert_allclose(turned.grid.transform[:6], terrain.grid.transform[:6])


def test_a_void_is_interpolated_from_its_rim_and_told(tmp_path: Path) -> None:
    hole = write_raster(tmp_path / "hole.tif", picture("7 7 7\n7 . 7\n7 7 7"))
    terrain, notes = read_terrain(hole)
    assert terrain.h_m.tolist() == [[7] * 3] * 3
    assert notes.guessed is not None
    assert notes.guessed.tolist() == [[False] * 3, [False, True, False], [False] * 3]
    assert "hole.tif: 1 cells without a height, interpolated" in notes.lines


def test_a_void_of_several_files_is_told_of_the_first(tmp_path: Path) -> None:
    one = write_raster(tmp_path / "one.tif", picture("1 . 3"))
    two = write_raster(tmp_path / "two.tif", picture("4 . 6"))
    _, notes = read(two, one)
    assert notes.lines[1:] == ("two.tif: 1 cells without a height, interpolated",)


def test_a_guess_lies_between_the_heights_around(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    heights = rng.uniform(100, 200, (20, 20))
    heights[rng.uniform(size=(20, 20)) < 0.3] = np.nan
    path = write_raster(tmp_path / "holes.tif", heights)
    terrain, notes = read_terrain(path)
    known = ~np.isnan(heights)
    assert np.array_equal(terrain.h_m[known], heights[known].astype(np.float32))
    assert terrain.h_m.min() >= np.nanmin(heights) - 1e-3
    assert terrain.h_m.max() <= np.nanmax(heights) + 1e-3
    assert notes.guessed is not None
    assert np.array_equal(notes.guessed, ~known)


def test_a_void_too_wide_to_guess_is_refused(tmp_path: Path) -> None:
    heights = np.full((3, 30), np.nan)
    heights[:, 0] = 5
    path = write_raster(tmp_path / "wide.tif", heights)
    message = told(path)
    assert "wide.tif: found a void of 87 cells" in message
    assert "farther than 5 km" in message
    assert "List another elevation model after it." in message


def test_tiles_that_stick_out_by_half_a_cell_fit_together(tmp_path: Path) -> None:
    """Two SRTM tiles share the posts on their common border."""
    half = CELL / 2
    left = Affine(CELL, 0, WEST - half, 0, -CELL, SOUTH + 2 * CELL + half)
    right = Affine(CELL, 0, WEST + 2 * CELL - half, 0, -CELL, SOUTH + 2 * CELL + half)
    one = write_raster(tmp_path / "a.tif", picture("1 2 3\n4 5 6\n7 8 9"), transform=left)
    two = write_raster(tmp_path / "b.tif", picture("3 11 12\n6 13 14\n9 15 16"), transform=right)
    terrain, _ = read(one, two)
    assert terrain.h_m.tolist() == [[1, 2, 3, 11, 12], [4, 5, 6, 13, 14], [7, 8, 9, 15, 16]]


def test_the_finest_file_gives_the_grid(tmp_path: Path) -> None:
    coarse = write_raster(tmp_path / "coarse.tif", picture("100 200"), transform=at(0, 1))
    fine = write_raster(tmp_path / "fine.tif", np.full((4, 4), 7.0), transform=at(2, 1, CELL / 4))
    terrain, notes = read(coarse, fine)
    assert notes.lines[0] == "fine.tif gave the grid, 4 x 12 cells"
    assert terrain.h_m[:, 8:].tolist() == [[7] * 4] * 4
    assert terrain.h_m[:, :2].max() == 100
    assert 100 <= terrain.h_m[:, :8].min() <= terrain.h_m[:, :8].max() <= 200
    assert (np.diff(terrain.h_m[0, :8]) >= 0).all()  # interpolated, not stepped


def test_another_system_is_brought_onto_the_grid(tmp_path: Path) -> None:
    """A plane in degrees, and the same plane in metres of UTM: heights agree."""
    move = pyproj.Transformer.from_crs(4326, 32648, always_xy=True)
    x, y = move.transform(WEST + 0.1, SOUTH + 0.1)
    frame = Affine(500, 0, x - 10_000, 0, -500, y + 10_000)
    utm = Grid("EPSG:32648", frame, (40, 40))
    lon, lat = (each.reshape(40, 40) for each in lonlat(utm, np.arange(1600)))
    plane = 100 + 1000 * (lon - WEST) + 2000 * (lat - SOUTH)
    path = write_raster(tmp_path / "utm.tif", plane, crs="EPSG:32648", transform=frame)
    terrain, _ = read_terrain(path)
    assert terrain.grid.crs == "EPSG:32648"
    np.testing.assert_allclose(terrain.h_m, plane, atol=1e-3)
    corner = write_raster(tmp_path / "corner.tif", picture("7 7\n7 7"), transform=at(10, 11, 0.002))
    both, notes = read(corner, path, bounds=(WEST + 0.08, SOUTH + 0.08, WEST + 0.12, SOUTH + 0.12))
    assert notes.lines[0].startswith("corner.tif gave the grid")
    lon, lat = (
        each.reshape(both.grid.shape) for each in lonlat(both.grid, np.arange(both.h_m.size))
    )
    wanted = 100 + 1000 * (lon - WEST) + 2000 * (lat - SOUTH)
    away = both.h_m != 7
    assert (~away).sum() == 4
    np.testing.assert_allclose(both.h_m[away], wanted[away], atol=0.5)


def test_a_void_is_told_of_a_file_in_another_system(tmp_path: Path) -> None:
    move = pyproj.Transformer.from_crs(4326, 32648, always_xy=True)
    x, y = move.transform(WEST + 0.1, SOUTH + 0.1)
    heights = np.full((40, 40), 50.0)
    heights[18:22, 18:22] = np.nan
    frame = Affine(500, 0, x - 10_000, 0, -500, y + 10_000)
    hole = write_raster(tmp_path / "hole.tif", heights, crs="EPSG:32648", transform=frame)
    fine = write_raster(tmp_path / "fine.tif", picture("50 50"), transform=at(9, 9, 0.002))
    bounds = (WEST + 0.07, SOUTH + 0.07, WEST + 0.13, SOUTH + 0.13)
    terrain, notes = read(fine, hole, bounds=bounds)
    assert notes.lines[0].startswith("fine.tif gave the grid")
    assert notes.lines[1].startswith("hole.tif: ")
    np.testing.assert_allclose(terrain.h_m, 50, atol=1e-3)


def test_only_what_is_asked_for_is_read(tmp_path: Path) -> None:
    heights = np.arange(400.0).reshape(20, 20)
    path = write_raster(tmp_path / "big.tif", heights)
    bounds = (WEST + 2.5 * CELL, SOUTH + 3.5 * CELL, WEST + 5.5 * CELL, SOUTH + 4.5 * CELL)
    terrain, _ = read_terrain(path, bounds=bounds)
    assert terrain.h_m.tolist() == heights[15:17, 2:6].tolist()
    whole, _ = read_terrain(path, bounds=(104.0, 20.0, 106.0, 22.0))
    assert whole.h_m.tolist() == heights.tolist()


def test_bounds_of_a_disc_hold_it() -> None:
    geod = pyproj.Geod(ellps="WGS84")
    west, south, east, north = around(105.0, 21.0, 30.0)
    for turn in np.arange(0.0, 360.0, 0.7):
        lon, lat, _ = geod.fwd(105.0, 21.0, turn, 30_000)
        assert west <= lon <= east
        assert south <= lat <= north
    lon, _, _ = geod.fwd(105.0, 21.0, 90, 30_100)
    assert lon > east


# --- sea and land cover -------------------------------------------------------------------------


def test_cells_that_no_file_has_are_sea_only_where_told(tmp_path: Path) -> None:
    low = write_raster(tmp_path / "low.tif", picture("1 2"), transform=at(0, 1))
    high = write_raster(tmp_path / "high.tif", picture("3 4"), transform=at(1, 2))
    message = told(low, high)
    assert "low.tif, high.tif: found 2 of 6 cells that no file reaches" in message
    assert 'outside = "sea" (--outside sea)' in message
    terrain, notes = read(low, high, outside="sea")
    assert terrain.h_m.tolist() == [[0, 3, 4], [1, 2, 0]]
    assert terrain.sea is not None
    assert terrain.sea.tolist() == [[True, False, False], [False, False, True]]
    assert notes.guessed is None
    assert "2 of 6 cells are in no file: taken as sea at 0 m" in notes.lines


def test_a_mask_says_what_is_sea(west: Path, east: Path, tmp_path: Path) -> None:
    mask = write_raster(tmp_path / "sea.tif", picture("0 1 .\n0 0 1"))
    terrain, _ = read(west, east, sea=mask)
    assert terrain.sea is not None
    assert terrain.sea.astype(int).tolist() == [[0, 1, 0, 0], [0, 0, 1, 0]]


def test_land_cover_becomes_clutter(west: Path, east: Path, tmp_path: Path) -> None:
    cover = write_raster(tmp_path / "cover.tif", picture("10 50 80 40\n95 30 80 ."))
    terrain, notes = read(west, east, land_cover=cover)
    assert terrain.clutter_m is not None
    assert terrain.clutter_m.dtype == np.float32
    assert terrain.clutter_m.tolist() == [[15, 10, 0, 0], [15, 0, 0, 0]]
    assert terrain.sea is None
    assert "cover.tif: 1 cells without a class, taken as open land" in notes.lines
    wet, _ = read(west, east, land_cover=cover, water_is_sea=True)
    assert wet.sea is not None
    assert wet.sea.astype(int).tolist() == [[0, 0, 1, 0], [0, 0, 1, 0]]


def test_nothing_stands_on_the_sea(west: Path, tmp_path: Path) -> None:
    cover = write_raster(tmp_path / "cover.tif", picture("10 10 10\n10 10 10"))
    mask = write_raster(tmp_path / "sea.tif", picture("1 0 0\n0 0 0"))
    terrain, _ = read(west, land_cover=cover, sea=mask)
    assert terrain.clutter_m is not None
    assert terrain.clutter_m.tolist() == [[0, 15, 15], [15, 15, 15]]


def test_a_finer_land_cover_gives_its_most_frequent_class(west: Path, tmp_path: Path) -> None:
    fine = np.full((8, 12), 40.0)
    fine[:4, :4] = picture("10 10 10 40\n10 10 10 40\n10 10 50 50\n10 10 50 50")
    cover = write_raster(tmp_path / "cover.tif", fine, transform=at(0, 2, CELL / 4))
    terrain, _ = read(west, land_cover=cover)
    assert terrain.clutter_m is not None
    assert terrain.clutter_m.tolist() == [[15, 0, 0], [0, 0, 0]]


def test_own_tables_of_clutter(west: Path, tmp_path: Path) -> None:
    table = tmp_path / "own.csv"
    table.write_text("land_cover,code,height_m,water\nmine,1,3.5,no\nmine,2,0,yes\nother,1,9,no\n")
    own = read_clutter("mine", table)
    cover = write_raster(tmp_path / "cover.tif", picture("1 1 2\n2 2 1"))
    terrain, _ = read(west, land_cover=cover, clutter_table=own)
    assert terrain.clutter_m is not None
    assert terrain.clutter_m.tolist() == [[3.5, 3.5, 0], [0, 0, 3.5]]


def test_the_packaged_tables_hold_the_heights_of_p1812() -> None:
    """ITU-R P.1812-8, Table 2, in the order of the classes of its test profiles."""
    profile = read_clutter("p1812")
    assert profile["height_m"].to_dict() == {1: 0, 2: 0, 3: 10, 4: 15, 5: 20}
    assert profile.index[profile["water"]].tolist() == [1]
    world = read_clutter()
    assert world.index.tolist() == [10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 100]
    assert set(world["height_m"]) <= set(profile["height_m"])
    assert is_water(np.array([80.0, np.nan, 90.0]), world).tolist() == [True, False, False]


def test_faults_of_clutter_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"cover\.tif: found the classes 11, 12; wanted one of 10"):
        clutter_heights(np.array([10.0, 11.0, 12.0]), read_clutter(), "cover.tif")
    with pytest.raises(BadInput, match="one of p1812, worldcover"):
        read_clutter("corine")
    table = tmp_path / "own.csv"
    table.write_text("land_cover,code,height_m,water\nmine,a,-1,maybe\n")
    with pytest.raises(BadInput) as caught:
        read_clutter("mine", table)
    assert [fault.column for fault in caught.value.faults] == ["code", "height_m", "water"]
    table.write_text("land_cover,code,height_m,water\nmine,1,1,no\nmine,1,2,no\n")
    with pytest.raises(BadInput, match="each code once"):
        read_clutter("mine", table)
    table.write_text("code\n1\n")
    with pytest.raises(BadInput, match="a column height_m"):
        read_clutter("mine", table)


# --- faults -------------------------------------------------------------------------------------


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path, east: Path) -> None:
    nowhere = write_raster(tmp_path / "nowhere.tif", picture("1 2"), crs=None)
    empty = write_raster(tmp_path / "empty.tif", picture(". ."))
    feet = write_raster(tmp_path / "feet.tif", picture("10311 9"))
    deep = write_raster(tmp_path / "deep.tif", picture("-9999 9"))
    text = tmp_path / "text.tif"
    text.write_text("not a raster")
    message = told(nowhere, empty, feet, deep, text, east, sea=tmp_path / "absent.tif")
    for part in (
        "nowhere.tif: found no coordinate system",
        "empty.tif: found nodata in every cell",
        "feet.tif, row 1, column 1: found 10311; wanted heights in m (feet are",
        "3.28 times as high) from -500 to 9,000. Mend",
        "deep.tif, row 1, column 1: found -9999",
        "text.tif: found a raster that cannot be read",
        "absent.tif: found a raster that cannot be read",
    ):
        assert part in message


def test_a_file_of_another_place_is_told(west: Path) -> None:
    message = told(west, bounds=(107.0, 10.0, 108.0, 11.0))
    assert "west.tif: found an area of 105.000 to 105.030 E, 21.000 to 21.020 N" in message
    assert "wanted one that meets 107.000, 10.000, 108.000, 11.000" in message


@pytest.mark.parametrize("bounds", [(106, 21, 105, 22), (105, 22, 106, 21), (105, 21, 900, 22)])
def test_bounds_the_wrong_way_round_are_told(west: Path, bounds: Any) -> None:
    assert "bounds: found" in told(west, bounds=bounds)


def test_no_file_and_too_large_an_area_are_told(tmp_path: Path) -> None:
    assert "dem: found no file" in told()
    coarse = write_raster(tmp_path / "coarse.tif", np.zeros((10, 10)), transform=at(0, 100, 1.0))
    fine = write_raster(tmp_path / "fine.tif", np.zeros((2, 2)), transform=at(0, 1, CELL / 60))
    assert "at most 400,000,000 cells" in told(coarse, fine)


def test_nothing_given_is_changed(west: Path, east: Path) -> None:
    before = west.read_bytes(), east.read_bytes()
    table = read_clutter()
    copy = table.copy()
    read(west, east)
    assert (west.read_bytes(), east.read_bytes()) == before
    pd.testing.assert_frame_equal(table, copy)


def test_a_terrain_made_by_hand_is_checked() -> None:
    grid = Grid("EPSG:4326", at(0, 1), (1, 2))
    good = np.array([[1.0, 2.0]], np.float32)
    check_terrain(Terrain(grid, good, good, good > 1))
    wrong = Terrain(grid, good * np.nan, -good, np.zeros((2, 1), bool))
    with pytest.raises(BadInput) as caught:
        check_terrain(wrong)
    assert [fault.found for fault in caught.value.faults] == [
        "NaN in 2 cells", "-2 to -1", "shape (2, 1)",
    ]  # fmt: skip
    masked = np.ma.masked_equal(good, 2.0)
    with pytest.raises(BadInput, match=r"terrain\.h_m: found 1 cells masked"):
        check_terrain(Terrain(grid, masked))
    with pytest.raises(BadInput, match=r"terrain\.guessed: found shape"):
        check_terrain(Terrain(grid, good, guessed=np.zeros((2, 2), bool)))
    with pytest.raises(BadInput, match="found 3000 to 10000; wanted -500 to 9000"):
        check_terrain(Terrain(grid, np.array([[3000.0, 10000.0]])))


@pytest.mark.parametrize(
    ("transform", "words"),
    [
        (Affine(0.01, 0, 105, 0, 0.01, 21), "upside down"),
        (Affine(-0.01, 0, 105, 0, -0.01, 21), "upside down"),
        (Affine(0.01, 0.001, 105, 0, -0.01, 21), "sheared or rotated"),
        (Affine(0, 0.01, 105, 0.01, 0, 21), "sheared or rotated"),
    ],
)
def test_a_grid_that_is_not_north_up_is_refused(transform: Affine, words: str) -> None:
    terrain = Terrain(Grid("EPSG:4326", transform, (40, 40)), np.zeros((40, 40), np.float32))
    with pytest.raises(BadInput, match=rf"terrain\.grid: found a grid that is {words}"):
        check_terrain(terrain)
    with pytest.raises(BadInput, match=rf"terrain\.grid: found a grid that is {words}"):
        area(terrain, lon=105.1, lat=20.9, tx_height_m=30, f_ghz=0.7, radius_km=2)


def test_with_sea_outside_all_that_is_wanted_is_read(east: Path) -> None:
    wanted = (WEST + 1 * CELL, SOUTH, WEST + 5 * CELL, SOUTH + 3 * CELL)
    cut, _ = read(east, bounds=wanted)
    whole, notes = read(east, bounds=wanted, outside="sea")
    assert cut.h_m.tolist() == [[30, 40], [60, 70]]
    assert whole.h_m.tolist() == [[0, 0, 0, 0], [0, 30, 40, 0], [0, 60, 70, 0]]
    assert whole.sea is not None
    assert np.array_equal(whole.sea, whole.h_m == 0)
    assert "8 of 12 cells are in no file: taken as sea at 0 m" in notes.lines


def test_terrain_carries_what_was_guessed(tmp_path: Path, east: Path) -> None:
    hole = write_raster(tmp_path / "hole.tif", picture("7 7 7\n7 . 7\n7 7 7"))
    terrain, notes = read(hole)
    assert terrain.guessed is notes.guessed is not None
    assert read(east)[0].guessed is None


def test_rows_are_read_in_bands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    first, second = (
        np.where(rng.uniform(size=(9, 7)) < 0.2, np.nan, rng.uniform(1, 9, (9, 7)))
        for _ in range(2)
    )
    paths = [
        write_raster(tmp_path / "a.tif", first, transform=at(0, 9)),
        write_raster(tmp_path / "b.tif", second, transform=at(3, 12)),
    ]
    whole, _ = read(*paths, outside="sea")
    monkeypatch.setattr("deadzones.coverage.radio._mosaic._AT_ONCE", 2)
    bands, _ = read(*paths, outside="sea")
    assert whole.h_m.tobytes() == bands.h_m.tobytes()


def test_a_repair_names_what_there_is_without_a_study(tmp_path: Path) -> None:
    nowhere = write_raster(tmp_path / "nowhere.tif", picture("1 2"), crs=None)
    message = told(nowhere)
    assert "layer's options" not in message
    assert "gdal_edit.py -a_srs" in message
