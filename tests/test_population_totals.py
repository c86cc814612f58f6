"""A raster made to agree with commune totals, nobody lost."""

from __future__ import annotations

import math
from collections.abc import Mapping

import drawn
import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from deadzones.geodata import population
from deadzones.geodata.population_totals import fit_raster, reconcile
from deadzones.geodata.zonal import CellFractions, fractions

TILTED = {
    "90001": (0.0, 0.0, 1.3, 2.2),
    "90002": (1.3, 0.0, 2.9, 2.2),
    "90003": (0.2, 2.2, 2.9, 2.8),
}
rasters = hnp.arrays(np.float64, (3, 4), elements=st.floats(0, 1e6) | st.just(0.0))
totals = st.lists(st.floats(1e-3, 1e7) | st.just(0.0) | st.just(np.nan), min_size=3, max_size=3)


def plan_of(boxes: Mapping[str, drawn.Box]) -> CellFractions:
    communes = drawn.communes(boxes).set_index("commune_code")
    return fractions(communes, transform=drawn.transform(3), shape=(3, 4), crs="EPSG:4326")


PLAN = plan_of(TILTED)


@example(np.full((3, 4), 2.3e-308), [0.0, 0.0, 7.0])
@example(
    np.array(
        [
            [974433.6875] + [602734.59481907] * 3,
            [602734.59481907, 0.0] + [602734.59481907] * 2,
            [602734.59481907] * 4,
        ]
    ),
    [1596427.0, 0.0, 1.0],
)
@given(rasters, totals)
def test_each_commune_gets_its_total_and_the_outside_keeps_its_people(
    raster: np.ndarray, people: list[float]
) -> None:
    wanted = pd.Series(people, index=list(TILTED))
    done = reconcile(raster, PLAN, wanted)
    raw = population.from_raster(raster, PLAN)
    sums = pd.Series(done.shares.people).groupby(PLAN.unit).sum().to_numpy()
    before = PLAN.sum(raster).to_numpy()
    quantum = done.shares.total * 2.0**-51
    expected = np.where(np.isnan(wanted), before, wanted)
    assert sums == pytest.approx(expected, rel=1e-9, abs=2 * quantum)
    assert done.report["people"].to_numpy() == pytest.approx(sums, rel=1e-15)
    assert done.report["people_raster"].to_numpy() == pytest.approx(before, rel=1e-12)
    assert done.shares.outside == pytest.approx(
        raw.outside, rel=1e-6, abs=1e-6 * raw.total + quantum
    )
    assert done.shares.total == math.fsum([*done.shares.people, done.shares.outside])
    assert (done.shares.people >= 0).all()


@given(hnp.arrays(np.float64, (3, 4), elements=st.floats(1.0, 1e3)))
def test_within_a_commune_the_raster_tells_where(raster: np.ndarray) -> None:
    wanted = pd.Series([500.0, 700.0, 900.0], index=list(TILTED))
    done = reconcile(raster, PLAN, wanted)
    weight = raster.ravel()[PLAN.cell] * PLAN.fraction
    ratio = done.shares.people / weight
    for unit in range(3):
        here = ratio[PLAN.unit == unit]
        assert here == pytest.approx(np.full(len(here), here[0]), rel=1e-6)


def test_where_neither_the_raster_nor_a_total_tells_people_are_unknown() -> None:
    """As of Hoàng Sa: no cell of WorldPop is known there, and no count is published."""
    raster = np.full((3, 4), np.nan)
    raster[:, 3], raster[2, 2] = 7.0, 5.0
    boxes = {"90001": (0, 0, 2, 3), "90002": (2, 0, 4, 3)}
    plan = plan_of(boxes)
    for total in (np.nan, 60.0):
        done = reconcile(raster, plan, pd.Series({"90001": total, "90002": np.nan}))
        assert done.report.loc["90001", ["people_raster", "people"]].isna().tolist() == [
            True,
            np.isnan(total),
        ]
        assert np.isnan(done.shares.people[plan.unit == 0]).all() == np.isnan(total)
        assert done.report.loc["90002", "people"] == 26.0
        plain = population.from_raster(raster, plan).people
        here = plan.unit == 1
        assert done.shares.people[here].tolist() == pytest.approx(plain[here], nan_ok=True)
        assert done.shares.total == np.nansum(done.shares.people)


def test_integers_are_met_to_the_last_digit() -> None:
    wanted = pd.Series([512_601.0, 3.0, 17.0], index=list(TILTED))
    done = reconcile(np.full((3, 4), 1.7), PLAN, wanted)
    assert done.report["people"].tolist() == wanted.tolist()


def test_a_commune_that_the_raster_leaves_empty_is_filled_evenly_and_told() -> None:
    raster = np.full((3, 4), 10.0)
    raster[2, :2] = raster[1, :2] = raster[0, :2] = 0.0
    boxes = {"90001": (0, 0, 2, 3), "90002": (2, 0, 4, 3)}
    plan = plan_of(boxes)
    done = reconcile(raster, plan, pd.Series({"90001": 60.0, "90002": np.nan}))
    assert done.report["how"].tolist() == ["even", "raster"]
    filled = done.shares.people[plan.unit == 0]
    assert filled == pytest.approx(np.full(6, 10.0), rel=1e-3)
    assert done.report.loc["90002", "people"] == 60.0


def test_people_of_a_commune_beyond_the_grid_are_counted_outside() -> None:
    plan = plan_of({"90001": (0, 0, 2, 3), "90002": (50, 50, 51, 51)})
    done = reconcile(np.full((3, 4), 1.0), plan, pd.Series({"90001": 60.0, "90002": 7.0}))
    assert done.report.loc["90002", "how"] == "no cell"
    assert (done.report.loc["90001", "people"], done.shares.outside) == (60.0, 13.0)


positive = hnp.arrays(np.float64, (3, 4), elements=st.floats(1.0, 1e3))


@given(positive, positive)
def test_a_fitted_raster_has_the_totals_when_summed_by_area(
    raster: np.ndarray, other: np.ndarray
) -> None:
    wanted = PLAN.sum(other)
    fitted = fit_raster(raster, PLAN, wanted)
    assert fitted.converged
    assert PLAN.sum(fitted.raster).to_numpy() == pytest.approx(wanted.to_numpy(), rel=1e-9)
    outside = np.setdiff1d(np.arange(raster.size), PLAN.cell)
    assert (fitted.raster.ravel()[outside] == raster.ravel()[outside]).all()


def test_the_fit_is_the_limit_of_proportional_steps() -> None:
    raster = drawn.picture("1 2 3 4\n 5 6 7 8\n 9 8 7 6")
    wanted = np.array([30.0, 44.0, 15.0])
    member = np.zeros((12, 3))
    member[PLAN.cell, PLAN.unit] = PLAN.fraction
    cells = raster.ravel()
    for _ in range(2000):
        cells = cells * np.exp(member @ np.log(wanted / (cells @ member)))
    fitted = fit_raster(raster, PLAN, pd.Series(wanted, index=list(TILTED)))
    assert fitted.raster.ravel() == pytest.approx(cells, rel=1e-6)


def test_two_wards_within_one_cell_have_no_such_raster_and_it_is_said() -> None:
    plan = plan_of({"90001": (0.1, 0.1, 0.5, 0.9), "90002": (0.5, 0.1, 0.9, 0.9)})
    wanted = pd.Series({"90001": 10.0, "90002": 1000.0})
    fitted = fit_raster(np.full((3, 4), 50.0), plan, wanted)
    assert not fitted.converged
    assert fitted.missed.abs().max() > 0.1
    done = reconcile(np.full((3, 4), 50.0), plan, wanted)
    assert done.report["people"].tolist() == [10.0, 1000.0]


def test_an_unknown_cell_stays_unknown_and_a_total_of_none_empties_the_land() -> None:
    raster = np.full((3, 4), 10.0)
    raster[2, 3] = np.nan
    fitted = fit_raster(raster, PLAN, pd.Series({"90001": 0.0, "90002": 70.0, "90003": np.nan}))
    assert np.isnan(fitted.raster[2, 3])
    assert PLAN.sum(fitted.raster)["90001"] == 0.0
    assert PLAN.sum(fitted.raster)["90002"] == pytest.approx(70.0, rel=1e-9)


@pytest.mark.parametrize(
    ("people", "told"),
    [({"90001": -1.0}, "commune 90001"), ({"77777": 1.0}, "belong to no commune")],
)
def test_totals_that_cannot_be_are_told(people: dict[str, float], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        reconcile(np.ones((3, 4)), PLAN, pd.Series(people))


@given(totals)
def test_villages_tell_where_the_people_of_a_commune_live(people: list[float]) -> None:
    """Two villages in one commune, one of a number that is not known, none in the last."""
    communes = drawn.communes(TILTED).set_index("commune_code")
    villages = drawn.points([(0.5, 0.5), (0.5, 1.5), (2.0, 1.0)], people=[300.0, 100.0, np.nan])
    wanted = pd.Series(people, index=list(TILTED))
    found = population.from_totals(wanted, PLAN, points=villages, communes=communes)
    even = population.from_totals(wanted, PLAN)
    assert found.total == even.total
    by_cell = pd.DataFrame({"unit": PLAN.unit, "cell": PLAN.cell, "people": found.people})
    rows = [by_cell.loc[by_cell["unit"] == unit, "people"].to_numpy() for unit in range(3)]
    slack = found.total * 2.0**-48 + 1e-300
    if not np.isnan(people[0]):
        assert sorted(rows[0])[-2:] == pytest.approx(
            [0.25 * people[0], 0.75 * people[0]], rel=1e-9, abs=slack
        )
    if not np.isnan(people[1]):
        assert rows[1].max() == pytest.approx(people[1], rel=1e-9, abs=slack)
    if not np.isnan(people[2]):
        last = even.people[PLAN.unit == 2]
        assert rows[2] == pytest.approx(last, rel=1e-9, abs=slack)
