"""Scores under many suppositions: each row is what a study of its own would say."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import made_up
import pandas as pd
import pytest
from spoil import call

from deadzones.coverage import batch, matrix
from deadzones.coverage.study import Study
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
    found = matrix.cases(supposing(study, 'thresholds = { fibre = ["9 km"] }'))
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
        ('thresholds = { water = ["1 km"] }', "a service water"),
        ('thresholds = { power = ["1 dBm"] }', "dBm"),
        ("until = [1999-12-31]", "no layer left"),
    ],
)
def test_suppositions_that_make_no_sense_are_told(study, tmp_path, text, said):
    wanted = supposing(study, text)
    with pytest.raises((BadInput, ValueError), match=said):
        matrix.score(wanted, tmp_path / "out")
    assert not (tmp_path / "out" / "demo.scenarios").exists()
