"""Scores under many suppositions: each row is what a study of its own would say."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path

import drawn
import geopandas as gpd
import made_up
import numpy as np
import pandas as pd
import pytest
from spoil import call

from deadzones.coverage import access, batch, batch_folder, matrix
from deadzones.coverage.batch import Options
from deadzones.coverage.study import Study
from deadzones.coverage.suppositions import cases
from deadzones.geodata.faults import BadInput

pytestmark = pytest.mark.slow

OPERATORS = ("Ảo Tel", "Mộng Mobile")


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """Two communes, without terrain: nothing is predicted."""
    path = made_up.two_communes(tmp_path / "in")
    text = path.read_text(encoding="utf-8")
    start = text.index("[layers.terrain]")
    path.write_text(text[:start] + text[text.index("[layers.roads]") :], encoding="utf-8")
    return path


def supposing(study: Path, text: str) -> Study:
    """The study with a ``[[scenario]]``."""
    before = study.read_text(encoding="utf-8")
    study.write_text(f"{before}\n[[scenario]]\n{text}\n", encoding="utf-8")
    return Study.read(study)


def test_lists_are_crossed_and_blocks_follow_each_other(study):
    supposing(
        study, 'operator = ["Ảo Tel", "Mộng Mobile"]\nthresholds = { power = ["1 km", "2 km"] }'
    )
    found = cases(supposing(study, 'thresholds = { fibre = ["9 km"] }'))
    assert len(found) == 5
    assert list(found)[-1] == "fibre 9 km"
    assert next(supposed for supposed, _ in found.values()) == {
        "operator": "Ảo Tel",
        "threshold_power": "1 km",
    }


def test_each_row_is_what_its_own_study_says(study, tmp_path):
    text = study.read_text(encoding="utf-8")
    wanted = supposing(
        study, 'operator = ["Ảo Tel", "Mộng Mobile"]\nthresholds = { power = ["500 m"] }'
    )
    table = pd.read_parquet(matrix.score(wanted, tmp_path / "out") / "communes.parquet")
    assert len(table) == 2 * 2
    for operator, other in zip(OPERATORS, reversed(OPERATORS), strict=True):
        start = text.index(f'operator = "{other}"')
        layer = text.rindex("[layers.", 0, start)
        end = text.index("\n\n", start)
        alone = text[:layer] + text[end:]
        alone = alone.replace('threshold = "3 km"', 'threshold = "500 m"')
        path = study.parent / "alone.toml"
        path.write_text(alone, encoding="utf-8")
        folder = batch.score(Study.read(path), tmp_path / operator)
        expected = gpd.read_parquet(folder / "communes.parquet")
        rows = table[table["operator"] == operator].set_index("commune_code")
        for name in ("people", "mobile_people_pct", "power_people_pct", "score", "dead_people"):
            pd.testing.assert_series_equal(
                rows[name],
                expected[name],
                check_exact=True,
                check_dtype=False,
                check_index_type=False,
            )


def test_what_scenarios_share_is_computed_once(study, tmp_path):
    wanted = supposing(study, 'thresholds = { power = ["1 km", "2 km", "4 km"] }')
    matrix.score(wanted, tmp_path / "out")
    work = tmp_path / "out" / "demo.scenarios.work" / "tasks"
    levels = list(work.glob("levels-*"))
    scores = list(work.glob("scores-*"))
    assert len(scores) == 3
    assert len(levels) < 3 * 3


def test_more_power_is_lacked_where_it_must_be_nearer(study, tmp_path):
    wanted = supposing(study, 'thresholds = { power = ["500 m", "2 km", "8 km"] }')
    said = call("score", study, "--out", tmp_path / "out")
    assert said.exit_code == 0, said.output
    sums = pd.read_csv(tmp_path / "out" / "demo.scenarios" / "scenarios.csv", encoding="utf-8-sig")
    assert sums["threshold_power"].tolist() == ["500 m", "2 km", "8 km"]
    assert sums["power_lacking_people"].is_monotonic_decreasing
    assert len(set(sums["mobile_lacking_people"])) == 1
    assert len(wanted.scenario) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('thresholds = { water = ["1 km"] }', r"row \d+, .*: found a service water"),
        ('thresholds = { power = ["1 dBm"] }', r"row \d+, .*: found '1 dBm'; wanted a value in km"),
        ("thresholds = { power = [] }", r"row \d+, .*thresholds.power: found"),
        ("until = [1999-12-31]", "no layer left of mobile and fibre and power"),
        (
            'operator = ["Ảo Tel", "Ao Tel"]',
            "no layer left of mobile; .* one of Mộng Mobile, Ảo Tel",
        ),
        ('technology = ["5G", "2G"]', "technology 2G: found no layer left of mobile"),
    ],
)
def test_suppositions_that_make_no_sense_are_told(study, tmp_path, text, said):
    with pytest.raises(BadInput, match=said):
        matrix.score(supposing(study, text), tmp_path / "out")
    assert not (tmp_path / "out").exists()


# --- rows of a drawn country ----------------------------------------------------------------------


def of_operators(folder: Path, extra: str) -> Study:
    """Sites of A and B in one list, of A alone in another."""
    other = """
[layers.others]
role = "mobile"
reader = "sites"
path = "others.gpkg"
evidence = "synthetic"
"""
    path = drawn.country(folder, extra=other + extra)
    where = [(0.5, 0.5), (6.5, 2.5)]
    sites = drawn.points(where, operator=["A", "B"], band_mhz=[700.0, 3500.0])
    sites = sites.assign(state=["stands", "plan"])
    sites.to_file(folder / "sites.gpkg")
    drawn.points([(3.5, 3.5)], operator=["A"], band_mhz=[700.0]).to_file(folder / "others.gpkg")
    return Study.read(path)


def test_a_layer_without_rows_of_an_operator_is_left_out(tmp_path):
    study = of_operators(tmp_path, '[[scenario]]\noperator = ["A", "B"]\n')
    found = {name: set(under.layers) for name, (_, under) in cases(study).items()}
    assert found["operator A"] - found["operator B"] == {"others"}
    table = pd.read_csv(matrix.score(study, tmp_path / "out") / "scenarios.csv")
    assert table["operator"].tolist() == ["A", "B"]


def test_rows_that_the_study_leaves_out_do_not_come_back(tmp_path):
    study = of_operators(tmp_path, '[[scenario]]\noperator = ["A", "B"]\n')
    text = (tmp_path / "study.toml").read_text(encoding="utf-8")
    text = text.replace("{ radius_km = 2.0 }", '{ radius_km = 2.0, keep = { state = ["stands"] } }')
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match="operator B: found no layer left of mobile"):
        cases(Study.read(tmp_path / "study.toml"))
    assert study.scenario


def test_bands_are_those_of_an_operator(tmp_path):
    text = '[[scenario]]\noperator = ["A", "B"]\nband_mhz = [700, 3500]\n'
    study = of_operators(tmp_path, text)
    with pytest.raises(BadInput) as told:
        cases(study)
    assert [fault.column for fault in told.value.faults] == [
        "scenario: operator A, band_mhz 3500.0",
        "scenario: operator B, band_mhz 700.0",
    ]


def test_numbers_of_text_files_are_numbers(tmp_path):
    path = drawn.country(tmp_path, extra="[[scenario]]\nband_mhz = [700, 3500]\n")
    drawn.replace_layer(
        path, "sites", 'role = "mobile"\nreader = "sites"\npath = "s.csv"\nevidence = "synthetic"'
    )
    rows = {"lon": [105.005, 105.065], "lat": [21.005, 21.025], "band_mhz": [700, 3500]}
    pd.DataFrame(rows).to_csv(tmp_path / "s.csv", index=False)
    study = Study.read(path)
    sums = pd.read_csv(matrix.score(study, tmp_path / "out") / "scenarios.csv")
    assert sums["mobile_lacking_people"].nunique() == 2


def test_areas_that_tell_no_band_are_refused(tmp_path):
    areas = """
[layers.areas]
role = "mobile"
reader = "polygons"
path = "communes.gpkg"
evidence = "declared"
"""
    study = of_operators(tmp_path, areas + "[[scenario]]\nband_mhz = [700]\n")
    with pytest.raises(BadInput, match="the layer areas, whose rows tell no band_mhz"):
        cases(study)


def test_what_could_be_supposed_instead_is_of_mobile_layers(tmp_path):
    study = of_operators(tmp_path, '[[scenario]]\noperator = ["Z"]\n')
    text = (tmp_path / "study.toml").read_text(encoding="utf-8")
    text = text.replace('path = "nodes.gpkg"', 'path = "nodes.gpkg"\noperator = "FibreCo"')
    (tmp_path / "study.toml").write_text(text, encoding="utf-8")
    assert study.scenario
    with pytest.raises(BadInput, match=r"operator one of A, B\. Mend"):
        cases(Study.read(tmp_path / "study.toml"))


def test_a_fault_before_any_work_leaves_nothing(tmp_path):
    study = Study.read(drawn.country(tmp_path / "in", extra=THREE))
    drawn.write_raster(tmp_path / "in" / "people.tif", np.full((4, 8), -5.0))
    with pytest.raises(BadInput, match=r"people\.tif"):
        matrix.score(study, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_layer_that_tells_no_operator_is_no_operators(tmp_path):
    study = drawn.country(tmp_path, extra='[[scenario]]\noperator = ["A"]\n')
    with pytest.raises(BadInput, match="the layer sites, whose rows tell no operator"):
        cases(Study.read(study))


# --- one run --------------------------------------------------------------------------------------

THREE = '[[scenario]]\nthresholds = { power = ["1 km", "2 km", "4 km"] }\n'


def test_a_file_that_changes_between_scenarios_is_refused(tmp_path):
    study = Study.read(drawn.country(tmp_path / "in", extra=THREE))

    def tell(text):
        if text.startswith("scenario 2"):
            drawn.write_raster(tmp_path / "in" / "people.tif", np.ones((4, 8)))

    with pytest.raises(BadInput, match=r"people\.tif: found a file changed during the run"):
        matrix.score(study, tmp_path / "out", tell=tell)
    assert not (tmp_path / "out" / "drawn.scenarios").exists()


def test_two_runs_are_refused(tmp_path):
    study = Study.read(drawn.country(tmp_path / "in", extra=THREE))
    with (
        batch_folder.owned(tmp_path / "drawn.scenarios.work"),
        pytest.raises(BadInput, match="a run that is under way"),
    ):
        matrix.score(study, tmp_path)


def test_a_full_disk_is_told_while_the_table_is_written(tmp_path, monkeypatch):
    study = Study.read(drawn.country(tmp_path / "in", extra=THREE))

    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(matrix, "_sums", full)
    with pytest.raises(BadInput, match="a full disk"):
        matrix.score(study, tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"drawn.scenarios.work"}


def test_all_anew_shares_what_scenarios_have_in_common_too(tmp_path, monkeypatch):
    study, counted = Study.read(drawn.country(tmp_path / "in", extra=THREE)), []
    found = access.find_levels
    monkeypatch.setattr(access, "find_levels", lambda *a: counted.append(a[0].name) or found(*a))
    how = Options(engine="serial")
    matrix.score(study, tmp_path / "out", how)
    once = len(counted)
    matrix.score(study, tmp_path / "out", how)
    assert len(counted) == once
    matrix.score(study, tmp_path / "out", replace(how, resume=False))
    assert len(counted) == 2 * once


def test_work_of_before_and_of_fewer_scenarios_goes(tmp_path):
    path = drawn.country(tmp_path / "in", extra=THREE)
    kept = tmp_path / "out" / "drawn.scenarios.work"
    matrix.score(Study.read(path), tmp_path / "out")
    work = {each.name for each in (kept / "tasks").iterdir()}
    drawn.write_raster(tmp_path / "in" / "people.tif", np.ones((4, 8)))
    path.write_text(path.read_text("utf-8").replace(', "4 km"', ""), encoding="utf-8")
    (tmp_path / "out" / ".drawn.scenarios.part-1").mkdir()
    matrix.score(Study.read(path), tmp_path / "out")
    assert {each.name for each in kept.iterdir()} == {"001", "002", "lock", "tasks"}
    after = {each.name for each in (kept / "tasks").iterdir()}
    assert {name for name in after & work if name.startswith("scores")} == set()
    assert len(after) < len(work)
    assert not list((tmp_path / "out").glob(".*"))


def test_a_plan_is_of_the_scenarios(tmp_path):
    study = Study.read(drawn.country(tmp_path / "in", extra=THREE))
    assert not matrix.plan(study, tmp_path / "out").tasks["done"].any()
    matrix.score(study, tmp_path / "out")
    found = matrix.plan(study, tmp_path / "out").tasks
    assert found["done"].all()
    assert list(found.index) == [f"power {km} km: {code}" for km in (1, 2, 4) for code in (90, 91)]
    said = call("score", tmp_path / "in" / "study.toml", "--out", tmp_path / "out", "--dry-run")
    assert "6 tasks, 6 of them done" in said.stdout
