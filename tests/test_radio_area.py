"""Area sweep of ITU-R P.1812 over terrain: against each pixel's own profile, laws, bad input."""

from __future__ import annotations

import copy
import math
import os
import subprocess
import sys
from dataclasses import replace
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args, get_type_hints

import numpy as np
import pyproj
import pytest
from affine import Affine

from deadzones.coverage import radio
from deadzones.coverage.radio import _exact_kernels, _polar, _polar_scene, _sweep_loss_kernels
from deadzones.coverage.radio import _sweep_pixel_kernels as pixels
from deadzones.coverage.radio import _sweep_ray_kernels as rays
from deadzones.coverage.radio import _sweep_smooth_kernels as smooth
from deadzones.coverage.radio._p1812_diffraction_kernels import spherical_earth_db
from deadzones.coverage.radio._p1812_values import Link
from deadzones.coverage.radio._sweep_terrain_kernels import locate, track
from deadzones.coverage.radio._sweep_values import Chart
from deadzones.coverage.radio.area_sweep import Area, area
from deadzones.coverage.radio.exact import area as exact
from deadzones.coverage.radio.terrain import Terrain
from deadzones.geodata.faults import BadInput
from deadzones.geodata.grid import Grid, centres

LON, LAT = 105.2, 21.1
ROUND = f"+proj=aeqd +lat_0={LAT} +lon_0={LON} +ellps=WGS84"
"""Metres, and the same in all directions from the mast."""
PHONE: dict[str, Any] = {"lon": LON, "lat": LAT, "tx_height_m": 40, "f_ghz": 1.8, "radius_km": 4}


def ground(h_m: np.ndarray, **layers: np.ndarray) -> Terrain:
    """Cells of 100 m around the mast, which stands in the middle of the middle cell."""
    rows, columns = h_m.shape
    west_north = Affine(100, 0, -50 * columns, 0, -100, 50 * rows)
    return Terrain(Grid(ROUND, west_north, (rows, columns)), h_m.astype(np.float32), **layers)


def hills(size: int = 101, seed: int = 0) -> np.ndarray:
    """Rough on all scales, with a mean slope of 9 degrees."""
    rng = np.random.default_rng(seed)
    f = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None, :])
    f[0, 0] = np.inf
    noise = rng.normal(size=f.shape) + 1j * rng.normal(size=f.shape)
    h_m = np.fft.irfft2(noise * f**-1.8, s=(size, size))
    return 96 * h_m / h_m.std() + 400


def bay(size: int = 101) -> Terrain:
    """Hills, forest on half of them, and a bay of the sea in the east."""
    h_m = hills(size)
    sea = np.zeros((size, size), bool)
    sea[30:80, 65:90] = True
    clutter_m = np.where(np.arange(size)[:, None] % 20 < 10, 15, 0) * ~sea
    return ground(np.where(sea, 0, h_m), clutter_m=clutter_m.astype(np.float32), sea=sea)


def given(terrain: Terrain, **changes: Any) -> _polar_scene.Scene:
    numbers = {
        "rx_height_m": 1.5, "polarisation": 2, "time_pct": 50.0, "delta_n": radio.DELTA_N,
        "n0": radio.N0, "workers": 1,
    }  # fmt: skip
    return _polar_scene.scene(terrain, {**numbers, **PHONE, **changes})


def own_path(
    terrain: Terrain, row: int, column: int, **changes: Any
) -> tuple[float, radio.PathLoss]:
    """Loss of one pixel by the kernel of the exact mode, and by `path_loss` on the same profile."""
    scene = given(terrain, **changes)
    mast, polar = scene.mast, scene.polar[:, row, column].astype(float)
    distance, azimuth = polar[0], math.radians(polar[1])
    d_km = distance * np.arange(_exact_kernels.intervals(distance, mast.step_km) + 1)
    d_km /= len(d_km) - 1
    rows = np.zeros((5, len(d_km)))
    rows[2] = 4
    lines: Any = tuple(rows)
    _exact_kernels.sample(scene.ground, scene.chart, mast, azimuth, d_km[1], lines)
    if not mast.cluttered:
        rows[1] = rows[0]
    rows[:2, 0], rows[:2, -1] = mast.h_m, scene.ground[0, row, column]
    lat_deg = _exact_kernels.middle_latitude_deg(LAT, azimuth, distance)
    found = _exact_kernels.profile_loss(d_km, lines, mast, lat_deg)[0]
    dct_km, dcr_km = _exact_kernels.coasts_km(d_km, rows[2])
    loss = radio.path_loss(
        sphere_path(d_km, rows, azimuth),
        f_ghz=mast.link.f_ghz, tx_height_m=40, rx_height_m=1.5, polarisation=2,
        time_pct=mast.link.time_pct, dct_km=dct_km, dcr_km=dcr_km,
    )  # fmt: skip
    return found, loss


def sphere_path(d_km: np.ndarray, rows: np.ndarray, azimuth: float) -> radio.Profile:
    """The profile with ends that lie on this azimuth on a sphere, where `path_loss` looks for them."""
    arc, lat = d_km[-1] / 6371, math.radians(LAT)
    north = math.sin(lat) * math.cos(arc) + math.cos(lat) * math.sin(arc) * math.cos(azimuth)
    east = math.sin(azimuth) * math.sin(arc) * math.cos(lat)
    turn = math.atan2(east, math.cos(arc) - math.sin(lat) * north)
    end = math.degrees(math.asin(north)), LON + math.degrees(turn)
    return radio.Profile(d_km, rows[0], rows[1] - rows[0], rows[2], LAT, LON, *end)


def difference(one: Area, other: Area) -> np.ndarray:
    assert np.array_equal(np.isnan(one.loss_db), np.isnan(other.loss_db))
    return (one.loss_db - other.loss_db)[np.isfinite(one.loss_db)]


# --- where pixels are -------------------------------------------------------------------------


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3405", "EPSG:32648", "EPSG:3857"])
def test_pixels_are_within_a_metre_at_50_km(crs: str) -> None:
    x, y = pyproj.Transformer.from_crs(4326, crs, always_xy=True).transform(104.6, 21.6)
    cell = 0.01 if crs == "EPSG:4326" else 1000
    grid = Grid(crs, Affine(cell, 0, x, 0, -cell, y), (120, 120))
    chart = _polar.chart(grid, LON, LAT, 50.0)
    polar = np.empty((2, *grid.shape), np.float32)
    locate(chart, 0, 120, polar)
    x, y = map(np.reshape, centres(grid, np.arange(120 * 120)), [grid.shape] * 2)
    lon, lat = pyproj.Transformer.from_crs(crs, 4326, always_xy=True).transform(x, y)
    here = np.full(lon.shape, LON), np.full(lon.shape, LAT)
    azimuth, _, distance_m = pyproj.Geod(ellps="WGS84").inv(*here, lon, lat)
    disc = distance_m < 50_000
    assert disc.sum() > 5000
    along_m = 1000 * polar[0] - distance_m
    across_m = np.sin(np.radians(polar[1] - azimuth)) * distance_m
    assert max(np.abs(along_m[disc]).max(), np.abs(across_m[disc]).max()) < 1
    there = np.empty((2, 51))
    track(chart, math.radians(200), 1.0, *there)
    x = grid.transform.c + (there[0] + 0.5) * grid.transform.a
    y = grid.transform.f + (there[1] + 0.5) * grid.transform.e
    lon, lat = pyproj.Transformer.from_crs(crs, 4326, always_xy=True).transform(x, y)
    wanted = pyproj.Geod(ellps="WGS84").fwd(LON, LAT, 200, 50_000)[:2]
    assert pyproj.Geod(ellps="WGS84").inv(lon[50], lat[50], *wanted)[2] < 1


# --- against each pixel's own profile ----------------------------------------------------------


@pytest.mark.parametrize("time_pct", [1, 50])
def test_the_exact_mode_is_point_to_point(time_pct: float) -> None:
    for terrain in (ground(hills()), bay()):
        disc = exact(terrain, **PHONE, time_pct=time_pct)
        for row, column in [(2, 40), (40, 79), (41, 35), (60, 70), (65, 15), (41, 44)]:
            found, loss = own_path(terrain, row, column, time_pct=time_pct)
            assert found == pytest.approx(loss.lb_db, abs=1e-6)
            assert disc.loss_db[row, column] == pytest.approx(found, abs=1e-4)
            up_deg = math.degrees(1e-3 * loss.th_t)
            assert disc.elevation_deg[row, column] == pytest.approx(up_deg, abs=1e-4)


@pytest.mark.parametrize("time_pct", [3, 50])
def test_the_sweep_is_close_to_exact(time_pct: float) -> None:
    for terrain in (ground(hills()), bay()):
        swept = area(terrain, **PHONE, time_pct=time_pct)
        off_db = difference(swept, exact(terrain, **PHONE, time_pct=time_pct))
        assert abs(off_db.mean()) < 0.3
        assert np.sqrt((off_db**2).mean()) < 1.5


def test_what_is_left_out_does_not_matter() -> None:
    for terrain in (ground(hills()), bay(), ground(0 * hills())):
        whole = area(terrain, **PHONE, time_pct=50 * (1 - 1e-12))
        assert np.abs(difference(area(terrain, **PHONE), whole)).max() < 1e-3


def test_a_smooth_earth_that_is_cleared_costs_nothing() -> None:
    """All such paths, and most of those that cost nothing, are found without their trigonometry."""
    rng = np.random.default_rng(4)
    cleared = free = 0
    for f_ghz, ap_km in ((0.1, 8500.0), (0.7, 9093.0), (3.7, 6371.0)):
        link = Link(f_ghz, 2, 50.0, ap_km, 385.0)
        for d_km, one_m, other_m in 10 ** rng.uniform((-0.6, 0, 0), (2.2, 3.5, 3.5), (2000, 3)):
            lost_db = spherical_earth_db(d_km, one_m, other_m, ap_km, 0.0, link)
            found = smooth.clears_sphere(d_km, one_m, other_m, 500 / ap_km, f_ghz)
            assert lost_db == 0 or not found, (f_ghz, ap_km, d_km, one_m, other_m)
            cleared, free = cleared + found, free + (lost_db == 0)
    assert 1000 < 0.9 * free < cleared


def test_high_above_all_ground_nothing_is_lost() -> None:
    terrain = ground(hills())
    disc, scene = area(terrain, **{**PHONE, "tx_height_m": 3000}), given(terrain, tx_height_m=3000)
    rise_km = 1e-3 * (scene.mast.hts_m - scene.ground[0] - 1.5)
    square_km2 = np.maximum(disc.distance_km, _exact_kernels.SAME_PLACE_KM) ** 2 + rise_km**2
    free_db = 92.4 + 20 * math.log10(1.8) + 10 * np.log10(square_km2)
    assert np.nanmax(np.abs(disc.loss_db - free_db)) < 1e-3


def test_kernels_that_do_not_count_holders_give_no_array() -> None:
    told: dict[str, bool] = {}
    for path in Path(_exact_kernels.__file__).parent.glob("*_kernels.py"):
        for name, value in vars(import_module(f"{radio.__name__}.{path.stem}")).items():
            if hasattr(value, "py_func"):
                counts = value.targetoptions["_nrt"]
                told[name] = counts or np.ndarray not in types_in(
                    get_type_hints(value.py_func)["return"]
                )
    assert len(told) > 60
    assert np.ndarray in types_in(tuple[float, Chart])
    assert [name for name, well in told.items() if not well] == []


def types_in(hint: Any) -> list[Any]:
    """A type, and all that it is made of."""
    fields = get_type_hints(hint).values() if hasattr(hint, "_fields") else ()
    inner = [*get_args(hint), *fields]
    return [hint, *(each for part in inner for each in types_in(part))]


@pytest.mark.parametrize("sea", [False, True])
@pytest.mark.parametrize("time_pct", [5, 50])
def test_level_ground_is_point_to_point_everywhere(sea: bool, time_pct: float) -> None:
    level = np.zeros((101, 101))
    terrain = ground(level, sea=np.full(level.shape, sea))
    disc = area(terrain, **PHONE, time_pct=time_pct)
    for row, column in [(1, 40), (20, 20), (41, 36), (50, 78), (37, 40), (15, 17), (70, 60)]:
        wanted = own_path(terrain, row, column, time_pct=time_pct)[1]
        assert wanted.w == sea
        assert disc.loss_db[row, column] == pytest.approx(wanted.lb_db, abs=2e-3)


@pytest.mark.parametrize("tx_height_m", [40, 300, 1500])
def test_the_tightest_point_is_found_without_looking_at_all(tx_height_m: float) -> None:
    """On clear paths, against every sample of the radial and of the pixel's own path."""
    seen = 0
    for terrain in (ground(hills()), ground(0 * hills()), ground(0.2 * hills(seed=1))):
        scene = given(terrain, tx_height_m=tx_height_m)
        mast, ray = scene.mast, np.zeros((rays.ROWS, 60))
        near = scene.polar[0]
        for row, column in [(2, 40), (20, 60), (40, 79), (41, 44), (60, 5), (70, 66), (40, 50)]:
            pixel = _sweep_loss_kernels.pixel_at(
                scene.ground, mast, row * near.shape[1] + column, scene.polar
            )
            _sweep_loss_kernels.prepare(
                scene.ground, scene.chart, mast, pixel.azimuth, ray, pixel.far
            )
            pixels.look_around(scene.ground, mast, pixel, ray)
            rise = pixels.rises(ray, rays.BARE, 0, mast, pixel)
            slope, bend = (pixel.hrs_m - mast.hts_m) / pixel.d_km, 500.0 / mast.link.ae_km
            if rise.t > slope - bend * pixel.d_km:
                continue
            own = slice(0, pixel.own)
            d_km = np.append(mast.step_km * np.arange(1, pixel.far + 1), ray[rays.OWN_D, own])
            z_m = np.append(ray[rays.Z, 1 : pixel.far + 1], ray[rays.OWN_D + rays.Z, own])
            product = d_km * (pixel.d_km - d_km)
            above = z_m + bend * product - mast.hts_m - slope * d_km
            wanted = d_km[np.argmax(above * np.abs(above) / product)]
            assert pixels.tightest_km(ray, mast, pixel, rise) == pytest.approx(wanted, abs=1e-9)
            seen += 1
    assert seen > 4


# --- laws --------------------------------------------------------------------------------------


def test_turning_the_ground_turns_the_answer() -> None:
    h_m = hills()
    for mode, share in ((exact, 0.0), (area, 0.01)):
        before = mode(ground(h_m), **PHONE)
        after = mode(ground(np.rot90(h_m)), **PHONE)
        turned = replace(before, loss_db=np.rot90(before.loss_db))
        assert (np.abs(difference(after, turned)) > 0.01).mean() <= share
        assert after.azimuth_deg[10, 10] == pytest.approx(before.azimuth_deg[10, -11] - 90 + 360)


def test_more_time_is_more_loss() -> None:
    discs = [area(bay(), **PHONE, time_pct=p) for p in (1, 5, 20, 49, 50)]
    for less, more in pairwise(discs):
        assert difference(more, less).min() > -1e-3


def test_a_wall_shadows_what_lies_behind_it() -> None:
    level = np.zeros((101, 101))
    wall = level.copy()
    wall[:, 60] = 100
    loss_db = [area(ground(each), **PHONE).loss_db for each in (level, wall, 2 * wall)]
    west, east = np.s_[:, :40], np.s_[30:50, 65:75]
    assert np.array_equal(loss_db[0][west], loss_db[1][west], equal_nan=True)
    assert (loss_db[1][east] > loss_db[0][east] + 10).all()
    assert (loss_db[2][east] > loss_db[1][east] + 3).all()


def test_land_may_lie_below_the_sea() -> None:
    h_m = hills().round()
    high, low = (area(ground(each), **PHONE) for each in (h_m, h_m - 500))
    assert np.abs(difference(high, low)).max() < 1e-3
    assert np.nanmax(np.abs(high.elevation_deg - low.elevation_deg)) < 1e-4


def test_elevation_looks_at_the_pixel_or_the_horizon() -> None:
    wall = np.zeros((101, 101))
    wall[:, 70] = 240
    disc = area(ground(wall), **PHONE)
    down_deg = math.degrees(math.atan((1.5 - 40) / 1000))
    assert disc.elevation_deg[40, 30] == pytest.approx(down_deg, abs=0.01)
    assert disc.elevation_deg[40, 75] == pytest.approx(math.degrees(math.atan(0.1)), abs=0.3)


def test_the_nearest_pixels_are_free_space() -> None:
    disc = area(ground(np.zeros((101, 101))), **PHONE)
    assert disc.loss_db[40, 40] == pytest.approx(92.4 + 20 * math.log10(1.8 * 0.0385), abs=0.01)
    above_km = math.hypot(0.1, 0.0385)
    assert disc.loss_db[40, 41] == pytest.approx(92.4 + 20 * math.log10(1.8 * above_km), abs=0.01)


def test_no_clutter_and_no_sea_are_no_layers() -> None:
    h_m = hills()
    empty = ground(h_m, clutter_m=0 * h_m, sea=np.zeros(h_m.shape, bool))
    assert np.array_equal(
        area(ground(h_m), **PHONE).loss_db,
        area(empty, **PHONE).loss_db,
        equal_nan=True,
    )


def test_workers_change_nothing() -> None:
    for mode in (area, exact):
        one, two = (mode(bay(), **PHONE, workers=workers) for workers in (1, 2))
        for name in ("loss_db", "distance_km", "azimuth_deg", "elevation_deg"):
            assert getattr(one, name).tobytes() == getattr(two, name).tobytes()
            assert getattr(one, name).dtype == np.float32


def test_nothing_is_written_into_the_terrain() -> None:
    terrain = bay()
    before = copy.deepcopy(terrain)
    area(terrain, **PHONE)
    for name in ("h_m", "clutter_m", "sea"):
        assert np.array_equal(getattr(before, name), getattr(terrain, name))


@pytest.mark.slow
def test_the_kernels_say_the_same_uncompiled(tmp_path: Path) -> None:
    code = f"""
import importlib.util, numpy as np
spec = importlib.util.spec_from_file_location("cases", {str(Path(__file__).resolve())!r})
cases = importlib.util.module_from_spec(spec)
spec.loader.exec_module(cases)
np.savez({str(tmp_path / "plain.npz")!r}, *cases.small_discs())
"""
    subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        cwd=Path(__file__).parents[1],
        check=True,
        timeout=300,
    )
    with np.load(tmp_path / "plain.npz") as plain:
        for found, wanted in zip(small_discs(), plain.values(), strict=True):
            assert np.array_equal(np.isnan(found), np.isnan(wanted)), "`make clean`, then again"
            assert np.nanmax(np.abs(found - wanted)) < 1e-4


def small_discs() -> list[np.ndarray]:
    """Loss and elevation of discs of 1.6 km by both modes; several pixels lie just on the rim."""
    near: dict[str, Any] = {**PHONE, "radius_km": 1.6}
    discs = [
        mode(terrain, **near, time_pct=p)
        for mode in (area, exact)
        for terrain in (ground(hills(41)), bay(41))
        for p in (5, 50)
    ]
    return [each for disc in discs for each in (disc.loss_db, disc.elevation_deg)]


@pytest.mark.parametrize("radius_km", [0.1, 0.3, 0.7, 1.1, 1.3, 2.6, 3.7])
def test_a_pixel_at_the_radius_is_inside(radius_km: float) -> None:
    """Radii that float32 can not hold, some of whose neighbours lie below and some above."""
    cells = round(10 * radius_km)
    for mode in (area, exact):
        numbers: dict[str, Any] = {**PHONE, "radius_km": radius_km}
        disc = mode(ground(np.zeros((101, 101))), **numbers)
        assert disc.grid.shape == (2 * cells + 1, 2 * cells + 1)
        rim = disc.loss_db[[0, cells, cells, -1], [cells, 0, -1, cells]]
        assert np.isfinite(rim).all()


# --- the edge of the terrain -------------------------------------------------------------------


def test_a_disc_is_cut_at_the_edge_of_the_terrain() -> None:
    terrain = ground(hills(31))
    disc = area(terrain, **PHONE)
    assert disc.grid == terrain.grid
    assert np.isfinite(disc.loss_db).all()


def test_the_disc_lies_on_a_part_of_the_grid() -> None:
    disc = area(ground(hills()), **PHONE)
    assert disc.grid.shape == disc.loss_db.shape == (81, 81)
    assert disc.grid.transform * (40.5, 40.5) == (0, 0)
    assert np.array_equal(np.isfinite(disc.loss_db), disc.distance_km <= 4)


def test_the_terrain_may_be_one_cell_wide() -> None:
    line = hills(31)[:, :1]
    for mode in (area, exact):
        one, three = (mode(ground(each), **PHONE) for each in (line, np.repeat(line, 3, axis=1)))
        assert one.loss_db.shape == (31, 1)
        assert one.loss_db[:, 0] == pytest.approx(three.loss_db[:, 1], abs=1e-4)


@pytest.mark.parametrize(("x", "y"), [(0, 4990), (-5049, 0), (5049, -5049)])
def test_a_mast_may_stand_at_the_edge(x: float, y: float) -> None:
    lon, lat = pyproj.Transformer.from_crs(ROUND, 4326, always_xy=True).transform(x, y)
    place = {**PHONE, "lon": lon, "lat": lat}
    swept, by_pixel = (mode(ground(hills()), **place) for mode in (area, exact))
    off_db = difference(swept, by_pixel)
    assert off_db.size > 1000
    assert np.sqrt((off_db**2).mean()) < 1.5


# --- bad input ---------------------------------------------------------------------------------


def test_a_mast_outside_the_terrain() -> None:
    with pytest.raises(BadInput, match="lon, lat: found 106, 21; wanted a place on the terrain"):
        area(ground(hills()), **{**PHONE, "lon": 106, "lat": 21})
    metres_off: Any = {**PHONE, "lon": 105.76543, "lat": 21}
    with pytest.raises(BadInput, match=r"found 105\.76543, 21; wanted"):
        area(ground(hills()), **metres_off)


@pytest.mark.parametrize("mode", [area, exact])
def test_ground_that_is_none(mode: Any) -> None:
    h_m = hills()
    h_m[50, 40:43] = np.nan
    with pytest.raises(BadInput, match=r"terrain\.h_m: found NaN in 3 cells"):
        mode(ground(h_m), **PHONE)
    with pytest.raises(BadInput, match=r"terrain\.sea: found shape \(101, 100\)"):
        mode(ground(hills(), sea=np.zeros((101, 100), bool)), **PHONE)


@pytest.mark.parametrize("mode", [area, exact])
def test_all_faults_are_told(mode: Any) -> None:
    wrong = {"lat": 105, "f_ghz": 1800, "radius_km": -1, "tx_height_m": 0, "time_pct": 90}
    with pytest.raises(BadInput) as caught:
        mode(ground(hills()), **{**PHONE, **wrong}, workers=0, polarisation=3)
    named = {fault.file for fault in caught.value.faults}
    assert named == {*wrong, "workers", "polarisation"}


@pytest.mark.parametrize("mode", [area, exact])
@pytest.mark.parametrize("worst", [np.nan, np.inf, -32768])
def test_a_gap_in_the_terrain_is_told(mode: Any, worst: float) -> None:
    h_m, clutter_m = hills(), 0 * hills()
    h_m[20:22, 40] = clutter_m[50, 60] = worst
    found = "NaN in 2 cells" if np.isnan(worst) else ".* to .*"
    with pytest.raises(
        BadInput, match=rf"terrain\.h_m: found {found}; wanted -500 to 9000"
    ) as caught:
        mode(ground(h_m, clutter_m=clutter_m), **PHONE)
    named = [fault.file for fault in caught.value.faults]
    assert named == ["terrain.h_m", "terrain.clutter_m"]


@pytest.mark.parametrize("mode", [area, exact])
def test_a_gap_far_from_the_disc_is_none_of_it(mode: Any) -> None:
    h_m = hills()
    before = mode(ground(h_m), **PHONE)
    h_m[0, :] = h_m[:, -1] = np.nan
    assert not difference(mode(ground(h_m), **PHONE), before).any()
