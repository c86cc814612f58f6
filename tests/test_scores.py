"""Figures of communes and provinces as sums of people, by service and by operator."""

from __future__ import annotations

from pathlib import Path

import drawn
import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import deadzones as dz
from deadzones.coverage import scores, zones
from deadzones.coverage.access import Access, either
from deadzones.coverage.cells import Cells
from deadzones.coverage.study import Rule
from deadzones.geodata import grid as grids
from deadzones.geodata import population, zonal

ROWS, COLUMNS = 4, 8
RULES = {"mobile": Rule(type="mobile")}
ROUNDING = 1e-9
"""Percent."""

people_maps = hnp.arrays(np.float64, (ROWS, COLUMNS), elements=st.floats(0, 500, width=32))
statuses = hnp.arrays(np.int8, ROWS * COLUMNS, elements=st.sampled_from([-1, 0, 1]))


def cells_of(people: np.ndarray) -> tuple[gpd.GeoDataFrame, Cells]:
    """Three communes in two provinces over a raster."""
    table = drawn.communes(drawn.BOXES).set_index("commune_code").assign(area_km2=1.0)
    plan = zonal.fractions(
        table, transform=drawn.transform(ROWS), shape=people.shape, crs="EPSG:4326"
    )
    shares = population.from_raster(people, plan)
    number = np.arange(people.size)
    in_cell = np.bincount(plan.cell, weights=shares.people, minlength=people.size)
    lon, lat = grids.lonlat(plan.grid, number)
    area_m2 = grids.areas_m2(plan.grid, number)
    return table, Cells(plan, shares, number, plan.cell, in_cell, area_m2, lon, lat)


def scored(people: np.ndarray, operators: dict[str, np.ndarray]) -> list[gpd.GeoDataFrame]:
    """Communes and provinces of a country where only operators of mobile are there."""
    table, cells = cells_of(people)
    union = np.zeros(people.size, dtype=np.int8)
    for number, status in enumerate(operators.values()):
        union = either(union, status) if number else status
    access = {"mobile": Access(union, operators, "proxy")}
    nowhere = np.full(people.size, -1)
    found = scores.communes(table, cells, zones.lacks(access), access, nowhere, RULES)
    return [found, scores.provinces(found, RULES)]


@pytest.mark.slow
@given(people_maps, statuses, statuses)
def test_no_operator_serves_more_than_all_together(
    people: np.ndarray, one: np.ndarray, other: np.ndarray
) -> None:
    for table in scored(people, {"A": one, "B": other}):
        for column in ("mobile_a_people_pct", "mobile_b_people_pct"):
            known = table[column].notna() & table["mobile_people_pct"].notna()
            excess = table[column][known] - table["mobile_people_pct"][known]
            assert (excess <= ROUNDING).all()


@pytest.mark.slow
@given(people_maps, statuses)
def test_a_province_counts_the_people_of_whom_an_operator_says_something(
    people: np.ndarray, status: np.ndarray
) -> None:
    _, provinces = scored(people, {"A": status, "B": np.zeros_like(status)})
    of_cell = np.where(np.arange(people.size) % COLUMNS < 6, "90", "91")
    for code in ("90", "91"):
        here = people.ravel() * (of_cell == code)
        served, known = here[status == 1].sum(), here[status >= 0].sum()
        assert provinces.at[code, "mobile_a_known_people"] == pytest.approx(known, abs=1e-6)
        if known > 1.0:
            share = provinces.at[code, "mobile_a_people_pct"]
            assert share == pytest.approx(100 * served / known, abs=1e-4)


def test_operators_keep_the_law_from_files_to_provinces(tmp_path: Path) -> None:
    """Two signal rasters, each silent of most people where the other speaks of them."""
    study = drawn.country(
        tmp_path,
        boxes={"90001": (0, 0, 4, 1), "90002": (4, 0, 8, 1)},
        people="10 330 330 330 250 250 250 250",
        nodes=((1.5, 0.5),),
        lines=(drawn.line((0, 0.5), (2, 0.5)),),
        extra=drawn.NO_PLAN,
    )
    drawn.write_raster(tmp_path / "a.tif", drawn.picture("-80 . . . -130 -130 -130 -80"))
    drawn.write_raster(tmp_path / "b.tif", drawn.picture("-130 -130 -80 . . . -130 -130"))
    layer = 'role = "mobile"\nreader = "signal_raster"\npath = "{0}.tif"\noperator = "{0}"\n'
    layer += 'evidence = "synthetic"\n'
    drawn.replace_layer(study, "sites", layer.format("a"))
    with study.open("a", encoding="utf-8") as file:
        file.write("[layers.b]\n" + layer.format("b"))
    found = dz.run(dz.Study.read(study))
    for table in (found.communes, found.provinces):
        for column in ("mobile_a_people_pct", "mobile_b_people_pct"):
            assert (table[column] <= table["mobile_people_pct"] + ROUNDING).all()
    province = found.provinces.loc["90"]
    assert province["mobile_a_known_people"] == pytest.approx(1010)
    assert province["mobile_a_people_pct"] == pytest.approx(100 * 260 / 1010)
    assert province["mobile_b_people_pct"] == pytest.approx(100 * 330 / 1170)
    assert found.manifest["national"]["mobile_a_people_pct"] == pytest.approx(100 * 260 / 1010)
