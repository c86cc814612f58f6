"""From signal to probability: laws, an integral, draws, and the handbook's example."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from deadzones.coverage import radio
from deadzones.geodata.faults import BadInput

SHARES = st.floats(0.01, 0.99)
EXPONENTS = st.floats(1.5, 6.0)
SIGMAS = st.floats(0.5, 20.0)


def test_the_example_of_the_handbooks() -> None:
    """Edge 90 %, exponent 3.5, 8 dB: a margin of 10.25 dB and 96.57 % of the area."""
    assert radio.margin_db(0.9, sigma_db=8) == pytest.approx(10.25, abs=0.005)
    assert radio.area_probability(0.9, exponent=3.5, sigma_db=8) == pytest.approx(0.9657, abs=5e-5)


@given(SHARES, EXPONENTS, SIGMAS)
def test_the_closed_form_is_the_integral_over_the_disc(
    edge: float, exponent: float, sigma_db: float
) -> None:
    margin_db = radio.margin_db(edge, sigma_db=sigma_db)

    def share(radius: float) -> float:
        rise_db = -10 * exponent * math.log10(radius)
        return 2 * radius * NormalDist().cdf((margin_db + rise_db) / sigma_db)

    wanted = quad(share, 0, 1, epsabs=1e-10, limit=200)[0]
    found = radio.area_probability(edge, exponent=exponent, sigma_db=sigma_db)
    assert found == pytest.approx(wanted, abs=1e-8)


def test_the_closed_form_is_what_draws_give() -> None:
    rng = np.random.default_rng(3)
    radius = np.sqrt(rng.uniform(size=400_000))
    level = radio.margin_db(0.75, sigma_db=7) - 38 * np.log10(radius) + rng.normal(0, 7, 400_000)
    drawn = (level > 0).mean()
    found = radio.area_probability(0.75, exponent=3.8, sigma_db=7)
    assert found == pytest.approx(drawn, abs=4 * 0.5 / math.sqrt(400_000))


@given(SHARES, EXPONENTS, SIGMAS)
def test_the_area_is_better_than_its_edge_and_back(
    edge: float, exponent: float, sigma_db: float
) -> None:
    area = radio.area_probability(edge, exponent=exponent, sigma_db=sigma_db)
    assert edge < area <= 1
    if area < 0.999999:
        back = radio.edge_probability(area, exponent=exponent, sigma_db=sigma_db)
        assert back == pytest.approx(edge, abs=1e-6)


@given(st.floats(0.001, 0.9), EXPONENTS, SIGMAS)
def test_any_area_has_an_edge(area: float, exponent: float, sigma_db: float) -> None:
    edge = radio.edge_probability(area, exponent=exponent, sigma_db=sigma_db)
    assert 0 <= edge < area
    if edge > 1e-9:
        again = radio.area_probability(edge, exponent=exponent, sigma_db=sigma_db)
        assert again == pytest.approx(area, abs=1e-6)


def test_a_steep_fall_makes_edge_and_area_differ_more() -> None:
    areas = [radio.area_probability(0.5, exponent=n, sigma_db=8) for n in (2, 3, 4, 5)]
    assert areas == sorted(areas)
    assert len(set(areas)) == 4


def test_extremes_neither_overflow_nor_leave_0_to_1() -> None:
    for edge in (1e-12, 0.5, 1 - 1e-12):
        for exponent in (1e-3, 3.5, 100.0):
            for sigma_db in (1e-3, 8.0, 1e3):
                area = radio.area_probability(edge, exponent=exponent, sigma_db=sigma_db)
                assert edge - 1e-12 <= area <= 1


def test_half_the_places_have_the_median() -> None:
    level = np.array([-110, -118, -102, np.nan, -1000, 1000], np.float32)
    found = radio.covered(level, -110, sigma_db=8)
    assert found.dtype == np.float32
    assert found[0] == 0.5
    assert found[1] + found[2] == pytest.approx(1)
    assert np.isnan(found[3])
    assert found[4:].tolist() == [0, 1]


def test_the_chance_of_a_place_is_what_draws_give() -> None:
    rng = np.random.default_rng(5)
    places = rng.normal(0, radio.location_sigma_db(0.7, width_m=90), 200_000)
    errors = rng.normal(0, 7.5, 200_000)
    drawn = (-105 + places + errors > -110).mean()
    sigma_db = radio.total_sigma_db(0.7, width_m=90, model_sigma_db=7.5)
    found = radio.covered(np.array([-105.0]), -110, sigma_db=sigma_db)[0]
    assert found == pytest.approx(drawn, abs=4 * 0.5 / math.sqrt(200_000))


def test_errors_add_as_squares() -> None:
    place_db = radio.location_sigma_db(1.8, width_m=90)
    found = radio.total_sigma_db(1.8, width_m=90, model_sigma_db=3, spread_db=4)
    assert found == pytest.approx(math.sqrt(place_db**2 + 25))


@pytest.mark.parametrize("building", ["traditional", "efficient"])
def test_the_loss_into_buildings_is_that_of_a_single_path(building: radio.Building) -> None:
    """The same median and spread as `indoor_loss_db` takes, at 10 % and 90 % of the places."""
    d_km = np.linspace(0, 10, 101)
    zeros = np.zeros(101)
    flat = radio.Profile(d_km, zeros, zeros, zeros + 4, 21.0, 105.0, 21.09, 105.0)
    loss = radio.path_loss(flat, f_ghz=0.7, tx_height_m=30, rx_height_m=1.5, polarisation=2)
    entry_db, spread_db = radio.entry_loss_db(0.7, building=building)
    low, high = (
        radio.indoor_loss_db(loss, f_ghz=0.7, building=building, location_pct=share, sigma_l_db=3)
        for share in (50, 90)
    )
    assert low - loss.Lbc == pytest.approx(entry_db)
    wanted = NormalDist().inv_cdf(0.9) * math.hypot(3, spread_db)
    assert high - low == pytest.approx(wanted, rel=2e-3)  # P.1812 rounds its quantiles


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: radio.covered(np.zeros(1), -110, sigma_db=0), "sigma_db: found 0"),
        (lambda: radio.covered(np.zeros(1), -110, sigma_db=math.nan), "sigma_db: found nan"),
        (
            lambda: radio.total_sigma_db(0.7, width_m=90, model_sigma_db=-1, spread_db=math.nan),
            "wanted 0 dB or more. Give a standard deviation in dB.\nspread_db: found nan",
        ),
        (lambda: radio.margin_db(90, sigma_db=8), "Give 0.9 for 90 %"),
        (lambda: radio.area_probability(1, exponent=3, sigma_db=8), "edge_probability: found 1"),
        (lambda: radio.area_probability(0.9, exponent=0, sigma_db=8), "exponent: found 0"),
        (lambda: radio.edge_probability(0, exponent=3, sigma_db=8), "area_share: found 0"),
    ],
)
def test_nonsense_is_told(call: object, told: str) -> None:
    with pytest.raises(BadInput) as caught:
        call()  # pyright: ignore[reportCallIssue]
    assert told in str(caught.value)
