"""People shared out: nobody lost, nobody twice."""

from __future__ import annotations

import drawn
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from deadzones.geodata import population
from deadzones.geodata.population import QUANTUM
from deadzones.geodata.zonal import CellFractions, fractions


def plan_of(boxes: dict[str, drawn.Box]) -> CellFractions:
    communes = drawn.communes(boxes).set_index("commune_code")
    return fractions(communes, transform=drawn.transform(3), shape=(3, 4), crs="EPSG:4326")


TILTED = {
    "90001": (0.0, 0.0, 1.3, 2.2),
    "90002": (1.3, 0.0, 2.9, 2.2),
    "90003": (0.2, 2.2, 2.9, 2.8),
}
rasters = hnp.arrays(np.float32, (3, 4), elements=st.floats(0, 1e6, width=32, allow_nan=False))


@given(rasters)
def test_people_in_communes_and_outside_are_all_people(raster: np.ndarray) -> None:
    shares = population.from_raster(raster.astype(float), plan_of(TILTED))
    assert shares.total == pytest.approx(shares.raw_total, rel=1e-9, abs=12 * QUANTUM)
    assert shares.people.min() >= 0
    assert shares.outside >= 0


@given(rasters, st.permutations(range(8)))
def test_sums_are_exact_in_any_order(raster: np.ndarray, order: list[int]) -> None:
    people = population.from_raster(raster.astype(float), plan_of(TILTED)).people
    assert float(people[order].sum()) == float(sum(people[:8].tolist()))


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
