"""Ranked upgrades of whole studies: what the tables promise, and what a planner can ask."""

from __future__ import annotations

from pathlib import Path

import drawn
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import deadzones as dz
from deadzones.coverage import analysis, scenarios, upgrades
from deadzones.coverage.analysis import Tables
from deadzones.geodata import distance, synthetic

BUDGET = 60e9


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    study = synthetic.country(tmp_path_factory.mktemp("country"), communes=4, seed=3)
    text = study.read_text()
    start, end = text.index("[upgrades]"), len(text)
    assert "[" not in text[start + 1 : end]
    study.write_text(
        text[:start]
        + f"[upgrades]\nbudget_vnd = {BUDGET}\n"
        + "[scenarios.no_satellite]\nwithout = ['leo']\n"
        + "[scenarios.half]\nbudget_vnd = 30e9\n"
        + "[scenarios.dear]\ncosts = 'high'\n"
        + "[scenarios.fibre_only]\nkinds = ['fibre_extension']\n"
    )
    return analysis.analyse(dz.Study.read(study))


@pytest.mark.slow
def test_a_plan_keeps_its_budget_and_says_how_good_it_is(tables: Tables) -> None:
    plan = upgrades.rank(tables, budget=BUDGET)
    assert 0 < plan.cost <= BUDGET
    assert plan.people <= plan.upper_bound
    assert 0 <= plan.gap < 0.2
    assert plan.table is not None
    assert plan.table["people_gained"].sum() == pytest.approx(plan.people)


def test_the_columns_of_a_plan_add_up(tables: Tables) -> None:
    table = tables.upgrades
    assert table["rank"].tolist() == list(range(1, len(table) + 1))
    assert (table["cumulative_people"] == table["people_gained"].cumsum()).all()
    assert (table["cumulative_cost_vnd"] == table["cost_vnd"].cumsum()).all()
    assert (table["cumulative_distinct_people"] <= table["cumulative_people"] + 1e-9).all()
    rate = table["people_gained"] / (table["cost_vnd"] / 1e9)
    assert table["people_per_billion_vnd"].to_numpy() == pytest.approx(rate.to_numpy())


def test_what_is_waited_for_comes_first_and_knows_it(tables: Tables) -> None:
    rank = tables.upgrades["rank"]
    for name, row in tables.upgrades.iterrows():
        for first in filter(None, row["depends_on"].split(";")):
            assert rank[first] < row["rank"]
            assert name in tables.upgrades.at[first, "unlocks"].split(";")


def test_without_a_step_at_least_its_own_people_lose(tables: Tables) -> None:
    table = tables.upgrades
    assert (table["lost_without"] >= table["people_gained"] - 1e-9).all()
    alone = table["unlocks"] == ""
    assert table.loc[alone, "lost_without"].to_numpy() == pytest.approx(
        table.loc[alone, "people_gained"].to_numpy()
    )


def test_a_plan_costs_no_more_than_its_parts_alone(tables: Tables) -> None:
    """One step may: it pays for the way round that others then share."""
    table = tables.upgrades[np.isfinite(tables.upgrades["alone_vnd"])]
    assert table["cost_vnd"].sum() <= table["alone_vnd"].sum() * (1 + 1e-9)
    assert (table["cost_vnd"] <= table["alone_vnd"]).mean() > 0.8


def test_the_lines_are_as_long_as_the_table_says(tables: Tables) -> None:
    lines, table = tables.network, tables.upgrades
    assert len(lines)
    assert lines.crs == "EPSG:4326"
    for layer in ("fibre", "power"):
        of = lines[(lines["layer"] == layer)].groupby("upgrade_id")["length_km"].sum()
        km = table[f"{layer}_way_km"]
        assert of.reindex(km.index, fill_value=0.0).to_numpy() == pytest.approx(km.to_numpy())


def test_lengths_are_geodesic(tables: Tables) -> None:
    for shape, km in zip(tables.network.geometry, tables.network["length_km"], strict=True):
        start, end, _ = distance.segments(shapely.get_parts(np.array([shape])))
        assert distance.length_m(start, end).sum() / 1000 == pytest.approx(km, rel=2e-3, abs=1e-3)


def test_no_line_is_built_twice(tables: Tables) -> None:
    for _, lines in tables.network.groupby("layer"):
        parts = [part for shape in lines.geometry for part in shapely.get_parts(shape)]
        keys = [shapely.normalize(part).wkb for part in parts if part.length > 0]
        assert len(keys) == len(set(keys))


def test_scenarios_stand_beside_the_study(tables: Tables) -> None:
    table = tables.scenarios
    assert table.index.tolist() == ["study", "no_satellite", "half", "dear", "fibre_only"]
    assert (table["people_gained"] <= table["upper_bound"] * (1 + 1e-9)).all()
    assert table.at["half", "cost_vnd"] <= 30e9
    assert table.at["half", "people_gained"] <= table.at["study", "upper_bound"]
    assert table.at["dear", "people_gained"] <= table.at["study", "upper_bound"]
    new = tables.differences
    fibre = new[(new["scenario"] == "fibre_only") & (new["change"] == "added")]
    assert set(fibre["kind"]) <= {"fibre_extension"}
    dropped = new[(new["scenario"] == "half") & (new["change"] == "dropped")]
    kept = table.at["study", "upgrades"] - table.at["half", "shared"]
    assert len(dropped) == kept


def test_stability_is_a_share_of_other_plans(tables: Tables) -> None:
    found = tables.upgrades["stability"]
    assert found.between(0, 1).all()
    assert (found * 6 % 1 < 1e-9).all() or ((found * 6).round() == found * 6).all()
    assert found.max() == 1.0


def test_no_satellite_means_none(tables: Tables) -> None:
    assert tables.prospect is not None
    problem = scenarios.problem_of(tables.prospect, scenarios.Scenario(without=("leo",)))
    assert not np.isfinite(problem.options.vnd[:, problem.options.names.index("leo")]).any()


@pytest.mark.slow
def test_objectives_weigh_people(tables: Tables) -> None:
    found = {name: upgrades.rank(tables, budget=BUDGET, objective=name) for name in
             ("people", "equity", "deprivation")}  # fmt: skip
    assert found["people"].worth is not None
    assert found["people"].worth.sum() == pytest.approx(found["people"].people)
    for name in ("equity", "deprivation"):
        worth = found[name].worth
        assert worth is not None
        assert worth.sum() >= found[name].people
        assert worth.sum() <= found[name].upper_bound
        assert found[name].people <= found["people"].upper_bound


def test_what_cannot_be_asked_is_said(tables: Tables) -> None:
    with pytest.raises(ValueError, match="objective: found 'fame'"):
        upgrades.rank(tables, budget=1e9, objective="fame")
    with pytest.raises(ValueError, match="budget: found -1"):
        upgrades.rank(tables, budget=-1.0)
    with pytest.raises(ValueError, match="budget: found nan"):
        upgrades.rank(tables, budget=float("nan"))
    assert len(upgrades.rank(tables, budget=0.0).chosen) == 0


@pytest.mark.slow
def test_a_result_from_a_folder_cannot_be_ranked_anew(tmp_path: Path) -> None:
    result = dz.run(dz.Study.read(drawn.country(tmp_path / "in")))
    again = dz.read(result.write(tmp_path / "out"))
    with pytest.raises(ValueError, match="Run the study"):
        upgrades.rank(again, budget=1e9)
    assert again.network.drop(columns="geometry").equals(result.network.drop(columns="geometry"))


ROADS = [drawn.line((0.5, 0.5), (7.5, 0.5)), drawn.line((4.5, 0.5), (4.5, 3.5))]


def with_roads(folder: Path, roads: list[shapely.LineString], extra: str = "") -> Path:
    layer = '[layers.roads]\nreader = "lines"\npath = "roads.gpkg"\nevidence = "synthetic"\n'
    study = drawn.country(folder, extra=layer + extra)
    gpd.GeoDataFrame(geometry=roads, crs=4326).to_file(folder / "roads.gpkg")
    return study


def test_cables_follow_the_roads(tmp_path: Path) -> None:
    study = with_roads(tmp_path, ROADS, '[upgrades]\nkinds = ["fibre_extension"]\n')
    tables = analysis.analyse(dz.Study.read(study))
    built = tables.network[tables.network["layer"] == "fibre"]
    assert len(built)
    roads = shapely.union_all(ROADS)
    assert tables.prospect is not None
    places = tables.prospect.offers.candidates.table
    far = shapely.distance(shapely.points(places["lon"], places["lat"]), roads).max()
    on = shapely.buffer(roads, far + 0.04)
    assert all(shapely.covers(on, shape) for shape in built.geometry)


@pytest.mark.slow
def test_separate_roads_are_joined_only_when_asked(tmp_path: Path) -> None:
    apart = [drawn.line((0.5, 0.5), (3.5, 0.5)), drawn.line((3.6, 0.5), (7.5, 0.5))]
    for name, extra, joined in (("a", "", 0), ("b", "[upgrades]\njoin_roads_m = 200\n", 1)):
        tables = analysis.analyse(dz.Study.read(with_roads(tmp_path / name, apart, extra)))
        assert tables.manifest["upgrades"]["joined_roads"] == joined


def test_places_that_no_network_reaches_are_told(tmp_path: Path) -> None:
    far = [drawn.line((100, 100), (101, 100))]
    study = with_roads(tmp_path, far, "[upgrades]\noff_road_km = 0.1\n")
    tables = analysis.analyse(dz.Study.read(study))
    assert tables.manifest["upgrades"]["isolated"]["fibre"] > 0
    assert (tables.upgrades["fibre_way"] != "cable").all()


def test_cover_is_plain() -> None:
    reach = pd.DataFrame([[1, 1, 0], [0, 1, 1]]).astype("Sparse[int]").sparse.to_coo()
    plan = upgrades.cover(reach.tocsr(), np.array([1.0, 5.0, 2.0]), np.ones(2), budget=1.0)
    assert plan.chosen.tolist() == [1]
    assert plan.people == 7.0
