"""ITU-R P.1812 from point to point: a reference case, laws, oracles and bad input."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from scipy.special import fresnel

from deadzones.coverage import radio
from deadzones.coverage.radio import _p1812_diffraction_kernels as diffraction
from deadzones.coverage.radio import _p1812_loss_kernels as losses
from deadzones.coverage.radio import _p1812_profile_kernels as profiles

PHONE = {"f_ghz": 1.8, "tx_height_m": 40.0, "rx_height_m": 1.5, "polarisation": 2}


def flat(length_km: float = 20.0, count: int = 201, zone: int = 4) -> radio.Profile:
    d_km = np.linspace(0, length_km, count)
    zeros = np.zeros(count)
    north_deg = math.degrees(length_km / 6371)
    return radio.Profile(
        d_km, zeros, zeros, np.full(count, zone), 21.0, 105.0, 21.0 + north_deg, 105.0
    )


def rough(seed: int, length_km: float = 30.0) -> radio.Profile:
    """Uneven steps, hills, clutter, and a bay of the sea."""
    rng = np.random.default_rng(seed)
    d_km = np.concatenate([[0], np.sort(rng.uniform(0, length_km, 300)), [length_km]])
    h_m = np.maximum(np.cumsum(rng.normal(0, 12, 302)), -450)
    zone = np.repeat([4, 3, 1, 3, 4], [100, 20, 40, 20, 122])
    h_m[zone == 1] = 0
    clutter_m = np.where(zone == 1, 0, rng.choice([0, 10, 15], 302))
    return replace(flat(length_km), d_km=d_km, h_m=h_m, clutter_m=clutter_m, zone=zone)


def reverse(profile: radio.Profile) -> radio.Profile:
    return radio.Profile(
        profile.d_km[-1] - profile.d_km[::-1],
        profile.h_m[::-1],
        profile.clutter_m[::-1],
        profile.zone[::-1],
        profile.rx_lat_deg,
        profile.rx_lon_deg,
        profile.tx_lat_deg,
        profile.tx_lon_deg,
    )


def run(profile: radio.Profile, **changes: float) -> radio.PathLoss:
    arguments: dict[str, Any] = {**PHONE, **changes}
    return radio.path_loss(profile, **arguments)


# --- a reference case: eeveetza/Py1812, validation profile b2iseac_rural_land_1km -------------------

WALK = radio.Profile(
    d_km=np.array([0, 0.2, 0.4, 0.6, 0.8, 1]),
    h_m=np.array([754.4, 754.4, 729.9, 685.3, 634.3, 610.3]),
    clutter_m=np.full(6, 10.0),
    zone=np.full(6, 4),
    tx_lat_deg=53.1833333333,
    tx_lon_deg=-6.3333333333,
    rx_lat_deg=53.1876885850,
    rx_lon_deg=-6.3202462429,
)


@pytest.mark.parametrize(
    ("time_pct", "field_dbuv_m"), [(1, 91.90331472), (10, 91.63917679), (50, 91.45198697)]
)
def test_the_reference_field(time_pct: float, field_dbuv_m: float) -> None:
    loss = radio.path_loss(
        WALK,
        f_ghz=0.0953,
        tx_height_m=60,
        rx_height_m=7,
        polarisation=1,
        time_pct=time_pct,
        delta_n=45,
        n0=326.079979,
    )
    assert loss.field_dbuv_m == pytest.approx(field_dbuv_m, abs=1e-6)


def test_the_reference_intermediates() -> None:
    loss = radio.path_loss(
        WALK, f_ghz=0.0953, tx_height_m=60, rx_height_m=7, polarisation=1, delta_n=45, n0=326.079979
    )
    wanted = {
        "dlt": 0.4, "th_t": -194.6594415, "th": 0.004187278468, "b0": 7.244912027,
        "ae": 8930.776786, "hst_n": 783.304, "hsrd": 610.3, "hm": 33.14, "Fj": 0.9912767644,
        "Lbfs": 72.14737981, "Lb0b": 71.93980777, "Ld50": 15.34252882, "Ldb": 15.33794877,
        "Lba": 187.2264202, "Lbs": 111.2989308, "Lbda": 87.48990862, "Lb": 87.48987104,
    }  # fmt: skip
    found = asdict(loss)
    assert {name: found[name] for name in wanted} == pytest.approx(wanted, abs=1e-6)


# --- laws of the whole ------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("time_pct", [1, 7, 50])
def test_there_and_back_cost_the_same(seed: int, time_pct: float) -> None:
    there = run(rough(seed), dct_km=3, dcr_km=20, time_pct=time_pct)
    swapped = {"tx_height_m": 1.5, "rx_height_m": 40, "dct_km": 20, "dcr_km": 3}
    back = run(reverse(rough(seed)), time_pct=time_pct, **swapped)
    assert back.lb_db == pytest.approx(there.lb_db, abs=1e-9)


@pytest.mark.parametrize("length_km", [1, 10, 30, 60, 200])
@pytest.mark.parametrize("f_ghz", [0.03, 0.7, 6])
def test_a_smooth_earth_gives_the_larger_of_the_two(length_km: float, f_ghz: float) -> None:
    loss = run(flat(length_km), f_ghz=f_ghz)
    assert loss.Lbulla50 == pytest.approx(loss.Lbulls50, abs=1e-12)
    assert loss.Ld50 == pytest.approx(max(loss.Lbulls50, loss.Ldsph50), abs=1e-12)
    assert loss.Ldb == pytest.approx(max(loss.Lbulls, loss.Ldsph), abs=1e-12)


@pytest.mark.parametrize("delta_n", [1.0, 47.0, 104.6])
@pytest.mark.parametrize("seed", range(8))
def test_a_larger_time_percentage_never_gives_more_field(seed: int, delta_n: float) -> None:
    for length_km in (2.0, 30.0, 150.0):
        fields = [
            run(rough(seed, length_km), time_pct=p, delta_n=delta_n).field_dbuv_m
            for p in np.linspace(1, 50, 40)
        ]
        assert np.diff(fields).max() <= 1e-6


def test_a_larger_share_of_places_never_gives_more_field() -> None:
    fields = [
        run(flat(), location_pct=p, sigma_l_db=6).field_dbuv_m for p in np.linspace(1, 99, 50)
    ]
    assert np.diff(fields).max() <= 0


@pytest.mark.parametrize("seed", range(3))
def test_a_land_path_may_lie_below_the_sea(seed: int) -> None:
    land = replace(rough(seed), zone=np.full(302, 4))
    sunk = replace(land, h_m=land.h_m - land.h_m.min() - 490)
    assert run(sunk).lb_db == pytest.approx(run(land).lb_db, abs=1e-9)


def test_a_clear_short_path_is_free_space() -> None:
    loss = run(flat(1.0), tx_height_m=200, rx_height_m=200)
    assert (loss.Ld50, loss.Ldsph50) == (0, 0)
    assert loss.lb_db == pytest.approx(loss.Lbfs, abs=0.01)
    free_db = 20 * math.log10(4 * math.pi * 1000 * 1.8e9 / 299_792_458)
    assert loss.Lbfs == pytest.approx(free_db, abs=0.06)  # the Recommendation rounds to 92.4


def test_all_sea_is_no_land() -> None:
    loss = run(flat(100, zone=1), time_pct=1)
    assert (loss.w, loss.dtm, loss.dlm) == (1, 0, 0)
    assert loss.lb_db < run(flat(100), time_pct=1).lb_db


def test_zones_change_midway_between_points() -> None:
    path = replace(flat(10, 11), zone=np.array([1, 1, 3, 4, 4, 4, 3, 1, 3, 3, 4]))
    loss = run(path)
    assert (loss.dtm, loss.dlm, loss.w) == pytest.approx((5, 3, 0.25))


def test_a_mast_in_the_sea_stands_at_the_coast() -> None:
    sea = flat(60, zone=1)
    near, far = run(sea, dct_km=0, dcr_km=0), run(sea)
    assert near == far


def test_vertical_waves_cling_to_the_sea() -> None:
    long = flat(100, zone=1)
    vertical, horizontal = (run(long, f_ghz=0.03, polarisation=pol).Ldsph50 for pol in (2, 1))
    assert vertical < horizontal - 10


def test_the_loss_between_places() -> None:
    median = run(flat())
    far = run(flat(), location_pct=90, sigma_l_db=8)
    assert far.lb_db - median.lb_db == pytest.approx(8 * NormalDist().inv_cdf(0.9), abs=0.01)
    assert run(flat(), location_pct=1, sigma_l_db=40).lb_db == median.Lb0p
    at_sea = replace(flat(), zone=np.append(np.full(200, 4), 1))
    assert run(at_sea, location_pct=90, sigma_l_db=8).lb_db == run(at_sea).lb_db


def test_ten_thousand_points_are_no_worse_than_a_thousand() -> None:
    hill = [
        replace(flat(40, count), h_m=300 * np.exp(-((np.linspace(0, 40, count) - 12) ** 2) / 8))
        for count in (1_000, 10_000)
    ]
    assert run(hill[0]).lb_db == pytest.approx(run(hill[1]).lb_db, abs=0.01)


def test_three_points_are_enough() -> None:
    ridge = replace(flat(10, 3), h_m=np.array([0, 200, 0]))
    loss = run(ridge)
    assert (loss.dlt, loss.dlr) == (5, 5)
    assert loss.Ld50 > run(flat(10, 3)).Ld50 + 20


def test_nothing_is_written_into_the_profile() -> None:
    path = rough(0)
    before = [values.copy() for values in (path.d_km, path.h_m, path.clutter_m, path.zone)]
    run(path)
    after = [path.d_km, path.h_m, path.clutter_m, path.zone]
    assert all(map(np.array_equal, before, after))


def test_integers_and_lists_will_do() -> None:
    path = replace(flat(10, 3), d_km=[0, 5, 10], h_m=[0, 0, 0], clutter_m=[0, 0, 0], zone=[4, 4, 4])
    assert run(path, tx_height_m=40, f_ghz=2) == run(flat(10, 3), tx_height_m=40.0, f_ghz=2.0)


# --- laws and oracles of the sections ---------------------------------------------------------


def test_a_higher_edge_never_lowers_the_bullington_part() -> None:
    d_km = np.linspace(0, 20, 101)
    for at in (1, 30, 60, 99):
        for hts_m, hrs_m in ((40.0, 1.5), (300.0, 2.0), (2.0, 800.0)):
            found = []
            for top_m in np.linspace(-200, 1500, 300):
                g_m = np.zeros(101)
                g_m[at] = top_m
                found.append(diffraction.bullington_db(d_km, g_m, hts_m, hrs_m, 8500.0, 1.8))
            assert np.diff(found).min() >= -1e-9


def test_terrain_that_touches_the_sight_line() -> None:
    d_km, g_m = np.array([0.0, 1, 2]), np.array([0.0, 10, 0])
    touching = diffraction.bullington_db(d_km, g_m, 10.0, 10.0, 1e30, 1.0)
    assert touching == pytest.approx(6.03 + (1 - math.exp(-6.03 / 6)) * 10.04, abs=0.01)


def test_the_knife_edge_against_fresnel() -> None:
    for nu in np.linspace(-0.7, 5, 58):
        sine, cosine = fresnel(nu)
        field = math.hypot(1 - cosine - sine, cosine - sine) / 2
        assert diffraction.knife_edge_db(nu) == pytest.approx(-20 * math.log10(field), abs=0.3)
    assert diffraction.knife_edge_db(-0.78) == 0


def test_the_normal_distribution() -> None:
    for share in (1e-6, 0.01, 0.1, 0.4, 0.5, 0.6, 0.99):
        exact = NormalDist().inv_cdf(share)
        assert losses.normal_quantile(share) == pytest.approx(exact, abs=5.4e-4)


def test_a_straight_slope_is_its_own_smooth_surface() -> None:
    d_km = np.sort(np.append(np.random.default_rng(0).uniform(0, 50, 80), [0, 50]))
    found = profiles.smooth_surface_m(d_km, 120 + 3 * d_km)
    assert found == pytest.approx((120, 270))


def test_sums_of_power_do_not_overflow() -> None:
    assert losses.power_sum_db(4000.0, 100.0, 2.5) == pytest.approx(4000)
    assert losses.power_sum_db(100.0, 4000.0, -5 / math.log(10)) == pytest.approx(100)


def test_the_middle_of_a_path() -> None:
    assert radio.mid_latitude_deg(flat(111.19)) == pytest.approx(21.5, abs=1e-3)
    nowhere = replace(flat(), rx_lat_deg=21.0)
    assert radio.mid_latitude_deg(nowhere) == 21.0


def test_building_entry_loss() -> None:
    # P.2109, 1 GHz, median: 10 log(10^1.264 + 10^0.91 + 10^-0.3) and 10 log(10^2.819 + 10^2.78 + ..)
    assert radio.building_entry_loss_db(1) == pytest.approx(14.312, abs=1e-3)
    assert radio.building_entry_loss_db(1, building="efficient") == pytest.approx(31.011, abs=1e-3)
    steps = [radio.building_entry_loss_db(1, location_pct=p) for p in range(1, 100)]
    assert np.diff(steps).min() > 0
    assert radio.building_entry_loss_db(1, elevation_deg=-30) > steps[49]


def test_indoors_costs_the_walls_and_widens_the_spread() -> None:
    loss = run(flat())
    inside = [
        radio.indoor_loss_db(loss, f_ghz=1.8, location_pct=p, sigma_l_db=5) for p in (10, 50, 90)
    ]
    walls = [radio.building_entry_loss_db(1.8, location_pct=p) for p in (10, 50, 90)]
    assert inside[1] - loss.Lbc == pytest.approx(walls[1], abs=1e-6)
    assert inside[2] - inside[1] > walls[2] - walls[1]


def test_location_sigma() -> None:
    # Section 4.7: (0.52 + 0.024 f) w^0.28, none 10 m above the clutter, half of it 5 m above.
    full = radio.location_sigma_db(2, width_m=100)
    assert full == pytest.approx(0.568 * 100**0.28)
    assert radio.location_sigma_db(2, width_m=100, height_m=15) == pytest.approx(full / 2)
    assert radio.location_sigma_db(2, width_m=100, height_m=20) == 0


# --- compiled and not -------------------------------------------------------------------------

HERE = Path(__file__).resolve()


def python(code: str, **variables: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **variables},
        cwd=HERE.parents[1],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    ).stdout


@pytest.mark.slow
def test_the_kernels_say_the_same_uncompiled() -> None:
    code = f"""
import importlib.util, json
from dataclasses import asdict
spec = importlib.util.spec_from_file_location("cases", {str(HERE)!r})
cases = importlib.util.module_from_spec(spec)
spec.loader.exec_module(cases)
print(json.dumps(cases.samples()))
"""
    plain = json.loads(python(code, NUMBA_DISABLE_JIT="1"))
    for with_jit, without in zip(samples(), plain, strict=True):
        assert with_jit == pytest.approx(without, abs=1e-9, rel=1e-9), "`make clean`, then again"


def samples() -> list[dict[str, float]]:
    paths = [rough(0), rough(1, 2.0), rough(2, 200.0), flat(5), flat(300, zone=1), WALK]
    found = [asdict(run(path, time_pct=p)) for path in paths for p in (1, 50)]
    return [{name: float(value) for name, value in each.items()} for each in found]


def test_importing_compiles_nothing() -> None:
    code = """
import sys
import deadzones.coverage.radio.exact
import deadzones.coverage.radio.point_to_point
from numba.core.registry import CPUDispatcher
kernels = [
    thing for name, module in list(sys.modules.items()) if name.startswith("deadzones.coverage.radio")
    for thing in vars(module).values() if isinstance(thing, CPUDispatcher)
]
print(len(kernels) > 20, sum(len(kernel.signatures) for kernel in kernels))
"""
    assert python(code).split() == ["True", "0"]


# --- bad input --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("f_ghz", 1800, "0.03 to 6 GHz"),
        ("f_ghz", math.nan, "0.03 to 6 GHz"),
        ("f_ghz", "0.7", "0.03 to 6 GHz"),
        ("f_ghz", True, "0.03 to 6 GHz"),
        ("tx_height_m", 0, "1 to 3000 m"),
        ("rx_height_m", 4000, "1 to 3000 m"),
        ("polarisation", 3, "1 .horizontal. or 2 .vertical."),
        ("time_pct", 0.5, "1 to 50 %"),
        ("time_pct", 90, "1 to 50 %"),
        ("location_pct", 100, "1 to 99 %"),
        ("delta_n", -40, "1 to 150 N-units/km"),
        ("n0", math.inf, "200 to 500 N-units"),
        ("dct_km", -1, "0 km or more"),
        ("sigma_l_db", -8, "0 to 50 dB"),
    ],
)
def test_a_number_outside_the_validity(name: str, value: object, wanted: str) -> None:
    with pytest.raises(ValueError, match=f"^{name}: found .*; wanted {wanted}.*[.]$"):
        run(flat(), **{name: value})  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"d_km": np.linspace(0, 0.2, 201)}, "a path of 0.2 km; wanted a path of 0.25 to 3000 km"),
        ({"d_km": np.linspace(0, 4000, 201)}, "a path of 4000 km"),
        ({"d_km": np.linspace(1, 20, 201)}, "found 1; wanted 0 at the first point"),
        ({"d_km": np.append(np.linspace(0, 19, 200), 18)}, "row 201: found 18 km after 19 km"),
        ({"d_km": np.append(np.linspace(0, 19, 200), 19)}, "Sort the points"),
        ({"d_km": np.append(np.linspace(0, 19, 200), np.nan)}, "d_km, row 201: found nan"),
        ({"h_m": np.append(np.zeros(200), np.nan)}, "h_m, row 201: found nan; wanted -500 to"),
        ({"h_m": np.append(np.zeros(200), -9999)}, "h_m, row 201: found -9999; wanted -500 to"),
        (
            {"h_m": np.ma.masked_equal(np.append(np.zeros(200), 7), 7)},
            "h_m: found an array with 1 points masked",
        ),
        ({"h_m": np.full(201, -32768)}, "h_m, row 1: found -32768"),
        ({"h_m": np.zeros(200)}, "found shape .200,.; wanted .201,., as d_km has"),
        ({"h_m": ["high"] * 201}, "h_m: found no numbers"),
        ({"clutter_m": np.full(201, -1.0)}, "clutter_m, row 1: found -1; wanted 0 to 1000 m"),
        ({"zone": np.full(201, 2)}, "zone, row 1: found 2; wanted 1 .sea., 3 .coastal land. or 4"),
        ({"tx_lat_deg": 105.0}, "tx_lat_deg: found 105.0; wanted -80 to 80 degrees"),
        ({"rx_lon_deg": math.nan}, "rx_lon_deg: found nan; wanted -180 to 180 degrees"),
    ],
)
def test_a_profile_outside_the_validity(changes: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        run(replace(flat(), **changes))  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_points(count: int) -> None:
    none = np.zeros(count)
    few = replace(flat(), d_km=np.linspace(0, 1, count), h_m=none, clutter_m=none, zone=none + 4)
    with pytest.raises(ValueError, match=f"found {count} points; wanted 3 points or more"):
        run(few)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(ValueError) as caught:
        run(replace(flat(), zone=np.full(201, 7)), f_ghz=28, time_pct=99)
    assert len(str(caught.value).splitlines()) == 3


def test_an_array_without_masked_points_is_one() -> None:
    plain = flat()
    masked = replace(plain, h_m=np.ma.masked_equal(plain.h_m, -9999))
    assert run(masked) == run(plain)


@pytest.mark.parametrize("wrong", [np.array([1, 2]), True, "2", 1.5, None])
def test_a_polarisation_that_is_none(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"polarisation: found .*; wanted 1 .horizontal. or 2"):
        run(flat(), polarisation=wrong)


@pytest.mark.parametrize(
    ("rx_lat_deg", "rx_lon_deg"), [(-21.0, -75.0), (21.0, 105.0), (-21.0, -74.9999), (-20.9, -75.0)]
)
def test_ends_only_say_the_direction(rx_lat_deg: float, rx_lon_deg: float) -> None:
    """A path of 10 km whose ends are antipodes, or one place: the middle is near the transmitter."""
    near = rough(3, 10.0)
    odd = replace(near, rx_lat_deg=rx_lat_deg, rx_lon_deg=rx_lon_deg)
    assert radio.mid_latitude_deg(odd) == pytest.approx(21.0, abs=0.046)
    for time_pct in (1, 50):
        assert run(odd, time_pct=time_pct).lb_db == pytest.approx(
            run(near, time_pct=time_pct).lb_db, abs=0.01
        )


@pytest.mark.parametrize("lat_deg", [0.0, 21.0, 37.3, -80.0])
def test_antipodes_have_the_middle_of_one_place(lat_deg: float) -> None:
    for lon_deg in (-105.3, 0.0, 75.1):
        odd = replace(
            flat(10.0), tx_lat_deg=lat_deg, tx_lon_deg=lon_deg, rx_lat_deg=-lat_deg,
            rx_lon_deg=lon_deg + 180 if lon_deg <= 0 else lon_deg - 180,
        )  # fmt: skip
        assert radio.mid_latitude_deg(odd) == lat_deg


def test_field_is_that_over_a_half_wave_dipole() -> None:
    """1 kW e.r.p. in free space: 106.9 dB(uV/m) at 1 km, which is 2.15 dB above 1 kW e.i.r.p."""
    loss_db = 20 * math.log10(4 * math.pi * 1000 * 1e9 / 299_792_458)
    over_isotropic = 10 * math.log10(30 * 1000) - 60 + 120
    assert losses.field_dbuv_m(loss_db, 1.0) == pytest.approx(over_isotropic + 2.15, abs=0.02)


def test_other_functions_refuse_too() -> None:
    with pytest.raises(ValueError, match="width_m: found 0; wanted 1 to 1000 m"):
        radio.location_sigma_db(0.7, width_m=0)
    with pytest.raises(ValueError, match="building: found 'hut'; wanted 'traditional' or"):
        radio.building_entry_loss_db(0.7, building="hut")  # pyright: ignore[reportArgumentType]
    with pytest.raises(ValueError, match=r"f_ghz: found 0\.03; wanted 0\.08 to 100 GHz"):
        radio.indoor_loss_db(run(flat()), f_ghz=0.03)
    with pytest.raises(ValueError, match="location_pct: found 0"):
        radio.indoor_loss_db(run(flat()), f_ghz=0.7, location_pct=0)


ITU = """name
Tx LAT:,21
Tx LON:,105
Rx LAT:,21.009
Rx LON:,105
{Begin of Profile}
Number of Points:,3
0,10,2,0,4
0.5,12,2,15,4
1,9,2,0,4
{End of Profile}
"""


def test_reading_a_profile(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(ITU, encoding="utf-8")
    path = radio.read_profile(tmp_path / "a.csv")
    assert path.h_m.tolist() == [10, 12, 9]
    assert path.zone.tolist() == [4, 4, 4]
    assert run(path).lb_db > 90


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("0.5,12", "0.5,", "a.csv, row 9, column height: found nothing; wanted a number"),
        ("0.5,12", "0.5,twelve", "found 'twelve'"),
        ("1,9,2,0,4", "1,9", "a.csv, row 10: found 2 cells; wanted distance, height"),
        ("Points:,3", "Points:,4", "row 7: found 3 points where the file says 4"),
        ("{Begin of Profile}", "", "wanted points between"),
        ("{End of Profile}", "", "wanted points between"),
        ("Rx LON:,105", "", "no line 'Rx LON:'"),
        ("Tx LAT:,21", "Tx LAT:,", "row 2, column Tx LAT:: found nothing"),
    ],
)
def test_a_profile_that_cannot_be_read(tmp_path: Path, old: str, new: str, words: str) -> None:
    (tmp_path / "a.csv").write_text(ITU.replace(old, new), encoding="utf-8")
    with pytest.raises(ValueError, match=words):
        radio.read_profile(tmp_path / "a.csv")


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="found a file that cannot be read"):
        radio.read_profile(tmp_path / "none.csv")
