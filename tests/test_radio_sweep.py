"""The sweep over masts: laws in free space, cache, threads, what-if; and the real model once."""

from __future__ import annotations

import importlib
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyproj
import pytest
from affine import Affine
from drawn import write_raster
from hypothesis import given, settings
from hypothesis import strategies as st

from deadzones.coverage.radio import (
    Area,
    Mast,
    Model,
    Profile,
    Run,
    Terrain,
    best_server,
    by_operator,
    change,
    coverage,
    covered,
    discs,
    each_site,
    element_power_dbm,
    entry_loss_db,
    location_sigma_db,
    margin_db,
    masts,
    path_loss,
    read_sectors,
    sweep,
    total_sigma_db,
)
from deadzones.geodata.faults import BadInput
from deadzones.geodata.grid import Grid, lonlat

discs_module = importlib.import_module("deadzones.coverage.radio.mast_discs")
REAL_AREA = discs_module.area
GRID = Grid("EPSG:32648", Affine(250, 0, 490_000, 0, -250, 2_340_000), (80, 80))


def terrain(**changes: Any) -> Terrain:
    rng = np.random.default_rng(7)
    heights = rng.uniform(0, 300, GRID.shape).astype(np.float32)
    return replace(Terrain(GRID, heights), **changes)


@cache
def places(grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Longitude and latitude of the cells of a grid."""
    lon, lat = lonlat(grid, np.arange(grid.shape[0] * grid.shape[1]))
    return lon.reshape(grid.shape), lat.reshape(grid.shape)


class Count:
    """Free space in place of P.1812, on the whole grid; counts the discs it is asked for."""

    def __init__(self) -> None:
        self.masts: list[tuple[float, float, float]] = []
        self.numbers: dict[str, Any] = {}

    def __call__(self, ground: Terrain, **numbers: Any) -> Area:
        lon, lat, f_ghz = numbers["lon"], numbers["lat"], numbers["f_ghz"]
        self.masts.append((lon, lat, f_ghz))
        self.numbers = numbers
        lons, lats = places(ground.grid)
        here = np.full(lons.shape, lon), np.full(lons.shape, lat)
        azimuth, _, distance_m = pyproj.Geod(ellps="WGS84").inv(*here, lons, lats)
        d_km = np.maximum(distance_m / 1000, 0.05)
        loss = 92.4 + 20 * np.log10(f_ghz * d_km) + 0.001 * ground.h_m
        loss[d_km > numbers["radius_km"]] = np.nan
        up = np.degrees(np.arctan2(-numbers["tx_height_m"], 1000 * d_km))
        arrays = [loss, d_km, azimuth % 360, up]
        return Area(ground.grid, *(each.astype(np.float32) for each in arrays))


@pytest.fixture(autouse=True)
def free_space(monkeypatch: pytest.MonkeyPatch) -> Count:
    count = Count()
    monkeypatch.setattr(discs_module, "area", count)
    return count


def sites(*rows: dict[str, Any]) -> pd.DataFrame:
    """Sites by kilometres east and north of the middle, and other columns."""
    move = pyproj.Transformer.from_crs(32648, 4326, always_xy=True)
    made: list[dict[str, Any]] = []
    for row in rows:
        lon, lat = move.transform(
            500_000 + 1000 * row.get("east", 0), 2_330_000 + 1000 * row.get("north", 0)
        )
        rest = {name: value for name, value in row.items() if name not in ("east", "north")}
        made.append({"lon": lon, "lat": lat, "band_mhz": 700, "radius_km": 6.0, **rest})
    return pd.DataFrame(made)


THREE = sites(
    {"east": -4, "north": 3, "operator": "A", "azimuth_deg": 90},
    {"east": 3, "north": 1, "operator": "B", "band_mhz": 1800},
    {"east": 0, "north": -5, "operator": "A", "azimuth_deg": 200, "tilt_deg": 6},
)


def signal(table: pd.DataFrame, **options: Any) -> np.ndarray:
    return sweep(terrain(), table, **options)[0]


def same(one: np.ndarray, other: np.ndarray) -> bool:
    return np.array_equal(one, other, equal_nan=True)


# --- what a sweep is ----------------------------------------------------------------------------


def test_one_antenna_alike_in_all_directions_is_the_budget_by_hand() -> None:
    table = sites({"eirp_dbm": 60, "tilt_deg": 0})
    found, grid = sweep(terrain(h_m=np.zeros(GRID.shape, np.float32)), table)
    assert grid == GRID
    assert found.dtype == np.float32
    x, y = GRID.transform * (40 + 16 + 0.5, 40 + 0.5)  # 4 km to the east
    d_km = math.hypot(x - 500_000, y - 2_330_000) / 1000
    element = element_power_dbm(60, 10, scs_khz=15)
    fall = 12 * (math.degrees(math.atan2(30, 1000 * d_km)) / 10) ** 2
    wanted = element - fall - (92.4 + 20 * math.log10(0.768 * d_km))
    assert found[40, 56] == pytest.approx(wanted, abs=0.03)
    assert np.isnan(found[0, 0])  # 14 km away, beyond the radius


def test_a_sector_that_points_north_serves_the_north() -> None:
    found = signal(sites({"azimuth_deg": 0}))
    north, south = found[20:38, 40], found[60:42:-1, 40]
    assert (north[-12:] - south[-12:] > 10).all()
    ways = [np.nanmean(signal(sites({"azimuth_deg": turn}))[:, 41:]) for turn in (90, 270)]
    assert ways[0] > ways[1] + 10


def test_tilt_takes_from_afar_what_it_gives_nearby() -> None:
    level = signal(sites({"azimuth_deg": 90, "tilt_deg": 0, "height_m": 100}))
    for name in ("tilt_deg", "mechanical_tilt_deg"):
        table = sites({"azimuth_deg": 90, "tilt_deg": 0, "height_m": 100, name: 8})
        tilted = signal(table)
        assert tilted[40, 62] < level[40, 62] - 5  # 5.6 km to the east
        assert tilted[40, 42] > level[40, 42] + 3  # 600 m


def test_the_model_and_the_mast_are_handed_on(free_space: Count) -> None:
    model = Model(rx_height_m=2, polarisation=1, time_pct=10, delta_n=40, n0=350)
    mast = Mast(105.0, 21.068, 44.0, 1.8425, 5.0)
    list(discs(terrain(), [mast], model=model))
    assert free_space.numbers == {
        **asdict(model), "lon": 105.0, "lat": 21.068, "tx_height_m": 44.0, "f_ghz": 1.8425,
        "radius_km": 5.0, "workers": 2,
    }  # fmt: skip
    list(discs(terrain(), [mast] * 3, run=Run(workers=1)))
    assert free_space.numbers["workers"] == 1


def test_three_decibels_more_are_three_everywhere() -> None:
    low = signal(THREE.assign(eirp_dbm=[55, 56, 57]))
    high = signal(THREE.assign(eirp_dbm=[58, 59, 60]))
    np.testing.assert_allclose(high - low, np.where(np.isnan(low), np.nan, 3), atol=2e-5)


def test_another_site_never_lowers_the_signal() -> None:
    two, three = signal(THREE.head(2)), signal(THREE)
    assert (np.isnan(two) | (three >= two)).all()
    assert (np.isnan(two) & ~np.isnan(three)).any()


def test_order_and_threads_change_nothing() -> None:
    wanted = signal(THREE, run=Run(workers=1))
    for order in ([2, 0, 1], [1, 2, 0]):
        for workers in (1, 2, 5):
            assert same(signal(THREE.iloc[order], run=Run(workers=workers)), wanted)


def test_operators_together_are_the_whole() -> None:
    found, grid = by_operator(terrain(), THREE)
    assert list(found) == ["A", "B"]
    assert grid == GRID
    assert same(np.fmax(found["A"], found["B"]), signal(THREE))
    assert same(found["B"], signal(THREE[THREE["operator"] == "B"]))


def test_the_best_server_is_the_one_with_the_strongest_signal() -> None:
    server, _ = best_server(terrain(), THREE)
    alone = np.stack([signal(THREE.iloc[[row]]) for row in range(3)])
    assert server.dtype == np.int32
    assert np.array_equal(server < 0, np.isnan(alone).all(axis=0))
    reached = server >= 0
    assert np.array_equal(server[reached], np.nanargmax(alone[:, reached], axis=0))
    twins = pd.concat([THREE, THREE])
    assert np.array_equal(best_server(terrain(), twins)[0], server)  # the first of equals


def test_sectors_of_one_row_share_its_number(free_space: Count) -> None:
    sectors = read_sectors(THREE.drop(columns="azimuth_deg"), sectors=3)
    server, _ = best_server(terrain(), sectors)
    assert set(np.unique(server)) == {-1, 0, 1, 2}
    assert len(free_space.masts) == 3  # nine sectors


# --- probability --------------------------------------------------------------------------------


def test_the_chance_is_that_of_the_signal() -> None:
    table = sites({"azimuth_deg": 0}, {"east": 3, "azimuth_deg": 180})
    sigma_db = total_sigma_db(0.768, width_m=250)
    found, grid = coverage(terrain(), table, threshold_dbm=-60)
    assert grid == GRID
    assert found.dtype == np.float32
    wanted = covered(signal(table), -60, sigma_db=sigma_db)
    np.testing.assert_allclose(found, wanted, atol=2e-3)  # cells of UTM are not quite 250 m
    assert 0 <= np.nanmin(found) < 0.5 < np.nanmax(found) <= 1


def test_indoors_the_walls_take_their_loss_and_add_their_spread() -> None:
    table = sites({"azimuth_deg": 0})
    entry_db, spread_db = entry_loss_db(0.768, building="efficient")
    sigma_db = total_sigma_db(0.768, width_m=250, spread_db=spread_db)
    found, _ = coverage(terrain(), table, threshold_dbm=-80, building="efficient")
    wanted = covered(signal(table) - entry_db, -80, sigma_db=sigma_db)
    np.testing.assert_allclose(found, wanted, atol=2e-3)


def test_indoors_the_lower_band_may_have_the_better_chance() -> None:
    """The stronger signal outdoors is not always the better one behind walls."""
    table = sites({"band_mhz": 700, "eirp_dbm": 50}, {"band_mhz": 3700, "eirp_dbm": 80})
    both, _ = coverage(terrain(), table, threshold_dbm=-100, building="efficient")
    each = [
        coverage(terrain(), table.iloc[[row]], threshold_dbm=-100, building="efficient")[0]
        for row in range(2)
    ]
    assert same(both, np.fmax(*each))


@pytest.mark.parametrize("building", [None, "traditional"])
@pytest.mark.parametrize("probability", [0.1, 0.5, 0.9])
def test_a_level_is_reached_where_its_chance_is_as_asked(building: Any, probability: float) -> None:
    found, _ = sweep(terrain(), THREE, probability=probability, building=building)
    parts, _ = by_operator(terrain(), THREE, probability=probability, building=building)
    assert same(found, np.fmax(parts["A"], parts["B"]))
    for threshold_dbm in (-100, -85, -70):
        share, _ = coverage(terrain(), THREE, threshold_dbm=threshold_dbm, building=building)
        sure = ~np.isnan(share) & (abs(share - probability) > 1e-4)
        assert np.array_equal((found >= threshold_dbm)[sure], (share >= probability)[sure])


def test_a_surer_level_is_lower_by_its_margin() -> None:
    table = sites({"azimuth_deg": 0})
    median = signal(table)
    sure = signal(table, probability=0.9, model_sigma_db=6)
    margin = margin_db(0.9, sigma_db=total_sigma_db(0.768, width_m=250, model_sigma_db=6))
    reached = ~np.isnan(median)
    np.testing.assert_allclose((median - sure)[reached], margin, atol=2e-3)


def test_a_higher_threshold_and_a_larger_error_are_told_apart() -> None:
    low, high = (coverage(terrain(), THREE, threshold_dbm=t)[0] for t in (-90, -80))
    reached = ~np.isnan(low)
    assert (low[reached] >= high[reached]).all()
    wide, _ = coverage(terrain(), THREE, threshold_dbm=-80, model_sigma_db=15)
    assert (abs(wide - 0.5)[reached] <= abs(high - 0.5)[reached] + 1e-6).all()


# --- cache --------------------------------------------------------------------------------------


def test_a_cache_gives_the_same_bytes_and_computes_nothing_twice(
    tmp_path: Path, free_space: Count
) -> None:
    plain = signal(THREE)
    free_space.masts.clear()
    first = signal(THREE, run=Run(tmp_path / "new" / "folder"))
    assert len(free_space.masts) == 3
    second = signal(THREE, run=Run(tmp_path / "new" / "folder"))
    assert len(free_space.masts) == 3
    assert plain.tobytes() == first.tobytes() == second.tobytes()
    assert {path.suffix for path in (tmp_path / "new" / "folder").iterdir()} == {".npz"}


def test_discs_from_the_cache_are_whole(tmp_path: Path) -> None:
    stands = list(masts(read_sectors(THREE)))
    fresh = list(discs(terrain(), stands))
    list(discs(terrain(), stands, run=Run(tmp_path)))
    for (mast, one), (again, other) in zip(
        fresh, discs(terrain(), stands, run=Run(str(tmp_path))), strict=True
    ):
        assert mast == again
        assert one.grid == other.grid
        for name in ("loss_db", "distance_km", "azimuth_deg", "elevation_deg"):
            assert getattr(one, name).dtype == np.float32
            assert same(getattr(one, name), getattr(other, name))


def test_rounding_is_as_small_as_stated(free_space: Count) -> None:
    mast = next(iter(masts(read_sectors(THREE))))
    numbers = {"lon": mast.lon, "lat": mast.lat, "f_ghz": mast.f_ghz, "radius_km": mast.radius_km}
    exact = free_space(terrain(), **numbers, tx_height_m=mast.height_m)
    ((_, found),) = discs(terrain(), [mast])
    for name, step in (("loss_db", 0.01), ("azimuth_deg", 0.01), ("elevation_deg", 0.01)):
        off = abs(getattr(found, name) - getattr(exact, name))
        assert np.nanmax(off) <= 0.5 * step + 2e-5
        assert same(np.isnan(getattr(found, name)), np.isnan(getattr(exact, name)))
    assert np.nanmax(abs(found.distance_km - exact.distance_km)) <= 0.0013


@pytest.mark.parametrize("spoil", ["empty", "cut", "flipped", "text", "other"])
def test_a_damaged_file_is_computed_anew(tmp_path: Path, free_space: Count, spoil: str) -> None:
    wanted = signal(THREE, run=Run(tmp_path))
    path = sorted(tmp_path.iterdir())[1]
    whole = path.read_bytes()
    if spoil == "other":
        np.savez(path, transform=np.zeros(6), loss_db=np.zeros((2, 2)))
    else:
        middle = len(whole) // 2
        path.write_bytes(
            {
                "empty": b"",
                "cut": whole[:middle],
                "flipped": whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :],
                "text": b"not a disc",
            }[spoil]
        )
    free_space.masts.clear()
    assert same(signal(THREE, run=Run(tmp_path)), wanted)
    assert len(free_space.masts) == 1
    assert path.read_bytes() == whole


def test_what_a_disc_depends_on_is_in_its_name(tmp_path: Path, free_space: Count) -> None:
    one = THREE.head(1)

    def computed(ground: Terrain, table: pd.DataFrame, **options: Any) -> int:
        free_space.masts.clear()
        sweep(ground, table, run=Run(tmp_path), **options)
        return len(free_space.masts)

    assert computed(terrain(), one) == 1
    assert computed(terrain(), one) == 0
    assert computed(terrain(), one.assign(eirp_dbm=70, azimuth_deg=5, tilt_deg=1)) == 0
    for change_of in ({"height_m": 31}, {"band_mhz": 1800}, {"radius_km": 5.0}):
        assert computed(terrain(), one.assign(**change_of)) == 1
    assert computed(terrain(), one, model=Model(rx_height_m=2.0)) == 1
    heights = terrain().h_m.copy()
    heights[-1, -1] += 1  # far off
    assert computed(terrain(h_m=heights), one) == 0
    heights[30, 25] += 1
    assert computed(terrain(h_m=heights), one) == 1
    assert computed(terrain(clutter_m=np.ones(GRID.shape, np.float32)), one) == 1
    assert computed(terrain(sea=np.zeros(GRID.shape, bool)), one) == 1


def test_other_code_is_another_disc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache_module = importlib.import_module("deadzones.coverage.radio._disc_cache")
    signal(THREE, run=Run(tmp_path))
    monkeypatch.setattr(cache_module, "_code", lambda: b"other")
    signal(THREE, run=Run(tmp_path))
    assert len(list(tmp_path.iterdir())) == 6


# --- what if ------------------------------------------------------------------------------------


def test_one_changed_site_computes_one_mast(tmp_path: Path, free_space: Count) -> None:
    before = signal(THREE, run=Run(tmp_path))
    moved = THREE.assign(height_m=[30, 55, 30])
    free_space.masts.clear()
    after = change(before, terrain(), THREE, moved, run=Run(tmp_path))
    assert len(free_space.masts) == 1
    assert same(after, signal(moved))
    assert not same(after, before)


CHANGES = {
    "nothing": lambda table: table,
    "one goes": lambda table: table.drop(index=1),
    "one comes": lambda table: pd.concat([table, sites({"east": 5, "north": 5})]),
    "one turns": lambda table: table.assign(azimuth_deg=[90, 45, 200]),
    "one is louder": lambda table: table.assign(eirp_dbm=[60, 58, 58]),
    "all go but one": lambda table: table.head(1),
    "another order": lambda table: table.iloc[::-1],
    "a twin": lambda table: pd.concat([table, table.head(1)]),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_the_sweep_of_the_new_sites(name: str, free_space: Count) -> None:
    old, new = THREE.assign(eirp_dbm=58), CHANGES[name](THREE.assign(eirp_dbm=58))
    before = signal(old)
    copy = before.copy()
    free_space.masts.clear()
    after = change(before, terrain(), old, new)
    if name in ("nothing", "another order"):
        assert not free_space.masts
    assert same(after, signal(new))
    assert same(before, copy)


@pytest.mark.parametrize(
    ("column", "value"),
    [("eirp_dbm", 61.0), ("band_mhz", 1800.0), ("bandwidth_mhz", 5.0), ("scs_khz", 30.0),
     ("height_m", 45.0), ("tilt_deg", 6.0)],
)  # fmt: skip
def test_a_table_that_was_read_may_be_changed(column: str, value: float) -> None:
    raw = THREE.assign(eirp_dbm=58.0, technology="5G", bandwidth_mhz=10.0, scs_khz=15)
    changed = read_sectors(raw)
    changed.loc[0, column] = value
    kept = changed.copy()
    again = raw.copy()
    again.loc[0, column] = value
    assert same(signal(changed), signal(again))
    assert not same(signal(changed), signal(raw))
    assert changed.equals(kept)


def test_a_change_leaves_far_masts_alone(free_space: Count) -> None:
    old = sites({"east": -6, "radius_km": 3.0}, {"east": 6, "radius_km": 3.0})
    before = signal(old)
    free_space.masts.clear()
    after = change(before, terrain(), old, old.assign(eirp_dbm=[50, np.nan]))
    assert len(free_space.masts) == 1
    assert not same(after[:, :40], before[:, :40])
    assert same(after[:, 40:], before[:, 40:])


@pytest.mark.slow
@settings(max_examples=15)
@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=2, max_size=6))
def test_any_change_is_the_sweep_of_the_new_sites(places: list[tuple[int, int]]) -> None:
    rows = [{"east": x, "north": y, "radius_km": 3.0} for x, y in places]
    old, new = sites(*rows[:-1]), sites(*rows[1:])
    after = change(signal(old), terrain(), old, new)
    assert same(after, signal(new))


def test_a_signal_of_another_terrain_is_refused() -> None:
    with pytest.raises(BadInput, match="Sweep the old sites on this terrain"):
        change(np.zeros((2, 2), np.float32), terrain(), THREE, THREE)


# --- files, progress, faults --------------------------------------------------------------------


def test_a_file_is_read_around_the_sites_only(tmp_path: Path) -> None:
    whole = terrain()
    path = write_raster(
        tmp_path / "dem.tif", whole.h_m, crs=GRID.crs, transform=GRID.transform, nodata=-9999.0
    )
    table = sites({"east": -3, "radius_km": 2.0})
    found, grid = sweep(path, table)
    assert grid.shape[0] < 25
    assert grid.shape[1] < 25
    left, top = ~GRID.transform * (grid.transform.c, grid.transform.f)
    rows = slice(round(top), round(top) + grid.shape[0])
    columns = slice(round(left), round(left) + grid.shape[1])
    assert same(found, signal(table)[rows, columns])
    assert same(sweep([path], table)[0], found)


def test_progress_is_told_and_discs_come_in_order() -> None:
    told: list[tuple[int, int]] = []
    stands = list(masts(read_sectors(THREE)))
    found = discs(terrain(), stands, run=Run(workers=3, progress=lambda *each: told.append(each)))
    assert [mast for mast, _ in found] == stands
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_few_discs_are_held_at_a_time(free_space: Count) -> None:
    stands = [Mast(105.0, 21.068, float(height), 0.768, 1.0) for height in range(10, 40)]
    found: Iterator[tuple[Mast, Area]] = discs(terrain(), stands, run=Run(workers=2))
    next(found)
    time.sleep(0.5)  # long enough for all of them
    assert len(free_space.masts) == 3
    found.close()  # pyright: ignore[reportAttributeAccessIssue]
    assert len(free_space.masts) == 3


def test_masts_off_the_terrain_are_told_with_their_rows() -> None:
    table = pd.concat([THREE, sites({"east": 20}, {"north": -30})])
    with pytest.raises(BadInput) as caught:
        signal(table)
    assert [fault.row for fault in caught.value.faults] == [4, 5]
    assert "wanted a place on the terrain" in str(caught.value)
    lon, lat = (float(each) for each in caught.value.faults[0].found.split(", "))
    told = table[["lon", "lat"]].iloc[3].tolist()  # a metre may decide
    assert [lon, lat] == pytest.approx(told, abs=1e-5)


def test_a_mast_on_a_void_is_told(tmp_path: Path) -> None:
    heights = terrain().h_m.copy()
    heights[38:42, 38:42] = -9999
    path = write_raster(
        tmp_path / "dem.tif", heights, crs=GRID.crs, transform=GRID.transform, nodata=-9999.0
    )
    table = sites({"east": 5, "north": 5, "radius_km": 1}, {"radius_km": 1})
    table.to_csv(tmp_path / "sites.csv", index=False)
    with pytest.raises(BadInput) as caught:
        sweep(path, tmp_path / "sites.csv")
    (fault,) = caught.value.faults
    assert (fault.file, fault.row, fault.column) == ("sites.csv", 2, "lon, lat")
    assert "not a void" in fault.wanted


def test_a_void_is_told_by_all_that_take_a_terrain() -> None:
    guessed = np.zeros(GRID.shape, bool)
    guessed[38:42, 38:42] = True
    blind = terrain(guessed=guessed)
    bad = sites({"east": 5, "north": 5}, {"radius_km": 1})
    good = bad.head(1)
    before = sweep(blind, good)[0]
    assert same(before, sweep(terrain(), good)[0])
    doors: list[Callable[[], object]] = [
        lambda: sweep(blind, bad),
        lambda: coverage(blind, bad, threshold_dbm=-110),
        lambda: by_operator(blind, bad),
        lambda: best_server(blind, bad),
        lambda: change(before, blind, good, bad),
        lambda: list(each_site(blind, read_sectors(bad))),
    ]
    for door in doors:
        with pytest.raises(BadInput, match=r"row 2, column lon, lat: found 105, .*not a void"):
            door()


def test_higher_up_places_differ_less() -> None:
    """At 30 m the spread of places, section 4.7, is none: what is left is a step."""
    median = signal(THREE)
    for height_m in (1.5, 30.0):
        model = Model(rx_height_m=height_m)
        chance, _ = coverage(terrain(), THREE, threshold_dbm=-75, model=model, model_sigma_db=0)
        sigma_db = [
            location_sigma_db(f_ghz, width_m=250, height_m=height_m) for f_ghz in (0.768, 1.8425)
        ]
        if height_m == 30.0:
            assert sigma_db == [0, 0]
            there = ~np.isnan(median)
            assert np.array_equal(chance[there], median[there] >= -75)
            sure, _ = sweep(terrain(), THREE, probability=0.9, model=model, model_sigma_db=0)
            assert np.array_equal(sure, median, equal_nan=True)
        else:
            assert ((chance > 0.1) & (chance < 0.9)).any()
    assert total_sigma_db(0.7, width_m=90, height_m=30, model_sigma_db=3) == 3


def test_a_table_that_only_looks_as_if_it_were_read_is_read() -> None:
    half = pd.DataFrame({"row": [0], "f_ghz": [0.7], "element_dbm": [30.0]})
    with pytest.raises(BadInput, match="lon"):
        signal(half)
    placed = half.assign(lon=105.0, lat=21.068)
    assert read_sectors(placed).attrs["unused"] == ["element_dbm", "f_ghz", "row"]
    ready = read_sectors(THREE)
    assert read_sectors(ready) is ready
    assert same(signal(ready), signal(THREE))


def test_columns_that_say_nothing_are_named() -> None:
    assert read_sectors(THREE).attrs["unused"] == []
    odd = THREE.assign(heigth_m=50, name="a", site_id="b")
    assert read_sectors(odd).attrs["unused"] == ["heigth_m", "name"]
    assert same(signal(odd), signal(THREE))
    cells = pd.DataFrame(
        {"radio": "LTE", "mcc": 452, "net": 4, "area": 1, "cell": [7], "lon": 105.0, "lat": 21.0}
    )
    assert read_sectors(cells.assign(range=1, note="x")).attrs["unused"] == ["note"]


@pytest.mark.parametrize("workers", [1.5, True, 0, -1, "2", None])
def test_threads_are_a_whole_number(workers: Any) -> None:
    with pytest.raises(BadInput, match=r"workers: found .*; wanted a whole number, 1 or more"):
        signal(THREE, run=Run(workers=workers))


def test_blocks_of_rows_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = signal(THREE)
    monkeypatch.setattr("deadzones.coverage.radio._best._AT_ONCE", 999)
    assert same(signal(THREE), whole)


def test_nonsense_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="threshold_dbm: found 110"):
        coverage(terrain(), THREE, threshold_dbm=110)
    coarse = Grid(GRID.crs, Affine(2500, 0, 450_000, 0, -2500, 2_380_000), (40, 40))
    wide = Terrain(coarse, np.zeros(coarse.shape, np.float32))
    with pytest.raises(BadInput, match=r"terrain\.h_m: found NaN in 6,400 cells"):
        sweep(terrain(h_m=np.full(GRID.shape, np.nan)), THREE)
    with pytest.raises(BadInput, match="wanted at most 1,000 m"):
        coverage(wide, THREE, threshold_dbm=-110)
    assert sweep(wide, THREE)[0].shape == (40, 40)  # the median asks for no spread
    with pytest.raises(BadInput, match="probability: found 90"):
        signal(THREE, probability=90)
    with pytest.raises(BadInput, match="workers: found 0"):
        signal(THREE, run=Run(workers=0))
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="cache: found the file file; wanted a folder"):
        signal(THREE, run=Run(tmp_path / "file"))


# --- with the model itself ----------------------------------------------------------------------


def test_the_model_s_own_faults_pass_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discs_module, "area", REAL_AREA)
    with pytest.raises(BadInput, match="rx_height_m"):
        signal(THREE.head(1), model=Model(rx_height_m=0.1))


def test_over_a_plain_the_sweep_is_p1812(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discs_module, "area", REAL_AREA)
    plain = terrain(h_m=np.zeros(GRID.shape, np.float32))
    table = sites({"eirp_dbm": 60, "tilt_deg": 0})
    found, _ = sweep(plain, table)
    x, y = GRID.transform * (40 + 16 + 0.5, 40 + 0.5)
    d_km = math.hypot(x - 500_000, y - 2_330_000) / 1000
    steps = np.linspace(0, d_km, 101)
    flat = Profile(steps, 0 * steps, 0 * steps, 0 * steps + 4, 21.068, 105.0, 21.068, 105.04)
    loss = path_loss(flat, f_ghz=0.768, tx_height_m=30, rx_height_m=1.5, polarisation=2)
    assert found[40, 56] == pytest.approx(
        element_power_dbm(60, 10, scs_khz=15) - loss.lb_db, abs=0.1
    )
