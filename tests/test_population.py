"""People shared out: nobody lost, nobody twice."""

from __future__ import annotations

import math
import random

import drawn
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from deadzones.geodata import population
from deadzones.geodata.zonal import CellFractions, fractions


def plan_of(boxes: dict[str, drawn.Box]) -> CellFractions:
    communes = drawn.communes(boxes).set_index("commune_code")
    return fractions(communes, transform=drawn.transform(3), shape=(3, 4), crs="EPSG:4326")


TILTED = {
    "90001": (0.0, 0.0, 1.3, 2.2),
    "90002": (1.3, 0.0, 2.9, 2.2),
    "90003": (0.2, 2.2, 2.9, 2.8),
}
counts = st.floats(0, 1e10, allow_nan=False) | st.floats(0, 1e-3, allow_nan=False)
rasters = hnp.arrays(np.float64, (3, 4), elements=counts)


def whole_land(rows: int, columns: int) -> CellFractions:
    """One commune over a whole raster."""
    communes = drawn.communes({"90001": (0, 0, columns, rows)}).set_index("commune_code")
    place = drawn.transform(rows)
    return fractions(communes, transform=place, shape=(rows, columns), crs="EPSG:4326")


@given(rasters)
def test_people_in_communes_and_outside_are_all_people(raster: np.ndarray) -> None:
    shares = population.from_raster(raster, plan_of(TILTED))
    assert shares.total == pytest.approx(math.fsum(raster.ravel()), rel=1e-14, abs=0)
    assert shares.total == pytest.approx(shares.raw_total, rel=1e-14, abs=0)
    assert shares.people.min() >= 0
    assert shares.outside >= 0


@given(rasters, st.randoms(use_true_random=False))
def test_sums_are_exact_in_any_order(raster: np.ndarray, chance: random.Random) -> None:
    shares = population.from_raster(raster, plan_of(TILTED))
    people = [*shares.people.tolist(), shares.outside]
    exact = math.fsum(people)
    chance.shuffle(people)
    assert sum(people) == exact == shares.total
    part = people[: chance.randrange(len(people) + 1)]
    assert sum(part) == math.fsum(part)


@pytest.mark.parametrize("each", [0.1, 0.7, 97.3e-6, 1e-5, 97.1, 1e-300, 3.3e9])
def test_equal_cells_are_not_all_rounded_the_same_way(each: float) -> None:
    raster = np.full((1000, 1000), each)
    shares = population.from_raster(raster, whole_land(1000, 1000))
    assert shares.total == pytest.approx(1e6 * each, rel=1e-14, abs=0)
    quantum = shares.raw_total * 2.0**-51  # at most: a total has 51 bits or more
    assert np.abs(shares.people - each).max() <= 1.5 * quantum
    assert sum(shares.people.tolist()) == math.fsum(shares.people) == shares.people.sum()


def test_a_nation_with_empty_land_is_counted_to_the_last_digit() -> None:
    # 97 million people, most of the land empty, a tenth of a person in many cells.
    chance = np.random.default_rng(7)
    raster = np.where(
        chance.random((1000, 1000)) < 0.5, 0.0, chance.exponential(194.0, (1000, 1000))
    )
    raster[::3] = np.float32(0.1)
    raster *= 97e6 / raster.sum()
    shares = population.from_raster(raster, whole_land(1000, 1000))
    assert shares.total == pytest.approx(math.fsum(raster.ravel()), rel=1e-15, abs=0)
    assert (shares.people[raster.ravel() == 0] == 0).all()
    assert np.abs(shares.people - raster.ravel()).max() < 1e-7
    assert shares.people.sum() == math.fsum(shares.people)


def test_the_dead_and_the_few_are_counted() -> None:
    plan = plan_of(TILTED)
    nobody = population.from_raster(np.zeros((3, 4)), plan)
    assert (nobody.total, nobody.outside) == (0.0, 0.0)
    least = population.from_raster(np.full((3, 4), 5e-324), plan)
    assert least.total <= 12 * 5e-324


@given(hnp.arrays(np.float64, 20, elements=counts))
def test_points_and_totals_are_conserved_too(people: np.ndarray) -> None:
    boxes = {"90001": (0.0, 0.0, 1.5, 1.0), "90002": (1.5, 0.0, 3.0, 1.0)}
    plan = plan_of(boxes)
    communes = drawn.communes(boxes).set_index("commune_code")
    points = drawn.points([(0.1 + 0.19 * n, 0.5) for n in range(20)], people=people.tolist())
    shares = population.from_points(points, communes, plan)
    assert shares.total == pytest.approx(math.fsum(people), rel=1e-14, abs=0)
    totals = pd.Series(people[:2], index=["90001", "90002"])
    spread = population.from_totals(totals, plan)
    assert spread.total == pytest.approx(math.fsum(people[:2]), rel=1e-14, abs=0)
    assert sum(spread.people.tolist()[::-1]) == math.fsum(spread.people)


def test_people_of_a_cell_go_by_area() -> None:
    shares = population.from_raster(np.full((3, 4), 100.0), plan_of({"90001": (0, 0, 1.5, 1)}))
    assert shares.people.tolist() == [100.0, 50.0]
    assert shares.outside == 1050.0


def test_an_unknown_cell_gives_nobody_and_is_told_as_unknown() -> None:
    raster = np.full((3, 4), 10.0)
    raster[2, 0] = np.nan
    shares = population.from_raster(raster, plan_of({"90001": (0, 0, 2, 1)}))
    assert np.isnan(shares.people[0])
    assert shares.people[1] == 10.0
    assert shares.total == 110.0


def test_points_count_where_they_stand() -> None:
    boxes = {"90001": (0.0, 0.0, 1.5, 1.0), "90002": (1.5, 0.0, 3.0, 1.0)}
    communes = drawn.communes(boxes).set_index("commune_code")
    points = drawn.points([(1.4, 0.5), (1.6, 0.5), (3.5, 2.5)], people=[10, 20, 5])
    shares = population.from_points(points, communes, plan_of(boxes))
    by_commune = np.bincount(plan_of(boxes).unit, weights=shares.people)
    assert by_commune.tolist() == [10.0, 20.0]
    assert shares.outside == 5.0


def test_totals_are_spread_over_the_land_and_kept() -> None:
    plan = plan_of(TILTED)
    totals = pd.Series({"90001": 1000.0, "90002": 777.0, "90003": np.nan})
    shares = population.from_totals(totals, plan)
    by_commune = pd.Series(shares.people).groupby(plan.unit).sum(min_count=1)
    assert by_commune.tolist()[:2] == [1000.0, 777.0]
    assert np.isnan(by_commune[2])
    density = shares.people[:4] / plan.fraction[:4]
    assert density[plan.unit[:4] == 0] == pytest.approx(density[0], rel=1e-3)
