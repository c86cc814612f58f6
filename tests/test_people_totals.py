"""Totals of communes beside a raster of people: told, or met."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from made_up import scores_only
from spoil import call

import deadzones as dz
from deadzones.coverage import batch
from deadzones.coverage.cells import build
from deadzones.coverage.inputs import load
from deadzones.coverage.study import Study
from deadzones.geodata import synthetic
from deadzones.geodata.faults import BadInput

pytestmark = pytest.mark.slow

LAYER = """
[layers.people_totals]
reader = "commune_totals"
path = "totals.csv"
evidence = "synthetic"
"""
KNOWN, UNKNOWN = "90001", "90004"


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> tuple[Path, pd.DataFrame]:
    """A study without totals, and its communes."""
    path = scores_only(synthetic.country(tmp_path_factory.mktemp("plain"), communes=2))
    return path, dz.run(Study.read(path)).communes


def with_totals(plain: Path, folder: Path, how: str, total: float) -> Study:
    """The same with a total of one commune."""
    for file in plain.parent.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / "totals.csv").write_text(
        f"commune_code,people\n{KNOWN},{total}\n{UNKNOWN},\n", encoding="utf-8"
    )
    text = plain.read_text(encoding="utf-8")
    path = folder / "study.toml"
    path.write_text(f'{text}{LAYER}\n[people]\ntotals = "{how}"\n', encoding="utf-8")
    return Study.read(path)


def test_apart_both_numbers_stand_side_by_side(plain, tmp_path):
    path, before = plain
    after = dz.run(with_totals(path, tmp_path, "apart", 1234)).communes
    assert after.loc[KNOWN, "people_total"] == 1234
    assert pd.isna(after.loc[UNKNOWN, "people_total"])
    pd.testing.assert_series_equal(after["people"], before["people"])


def test_reconciled_people_have_the_total_and_shares_stay(plain, tmp_path):
    path, before = plain
    twice = 2 * round(before.loc[KNOWN, "people"])
    result = dz.run(with_totals(path, tmp_path, "reconcile", twice))
    after = result.communes
    assert after.loc[KNOWN, "people"] == pytest.approx(twice, rel=1e-12)
    assert after.loc[UNKNOWN, "people"] == pytest.approx(before.loc[UNKNOWN, "people"], rel=1e-9)
    assert after["people_raster"].tolist() == pytest.approx(before["people"].tolist(), rel=1e-9)
    for name in ("mobile_people_pct", "all_people_pct"):
        assert after[name].tolist() == pytest.approx(before[name].tolist(), rel=1e-9)
    counts = result.manifest["counts"]
    assert counts["people_in_communes"] == pytest.approx(after["people"].sum(), rel=1e-12)
    assert counts["people_in_communes"] + counts["people_outside"] == pytest.approx(
        counts["people_counted"], rel=1e-12
    )


@pytest.mark.parametrize("how", ["apart", "reconcile"])
def test_scores_in_tasks_are_those_of_a_run(plain, tmp_path, how):
    path, before = plain
    study = with_totals(path, tmp_path, how, 2 * round(before.loc[KNOWN, "people"]))
    run = dz.run(study).communes
    scored = gpd.read_parquet(batch.score(study, tmp_path / "out") / "communes.parquet")
    pd.testing.assert_frame_equal(scored, run, check_exact=True)


def test_a_total_of_no_commune_is_told(plain, tmp_path):
    study = with_totals(plain[0], tmp_path, "apart", 5)
    (tmp_path / "totals.csv").write_text("commune_code,people\n00001,5\n", encoding="utf-8")
    said = call("check", study.folder / "study.toml")
    assert said.exit_code == 2
    assert "totals.csv, row 1, column commune_code: found '00001'" in said.stderr


def test_totals_alone_may_be_spread_over_the_places(plain, tmp_path):
    path, _ = plain
    study = with_totals(path, tmp_path, "apart", 0)
    codes = load(study).communes.index
    rows = "".join(f"{code},1000\n" for code in codes)
    (tmp_path / "totals.csv").write_text(f"commune_code,people\n{rows}", encoding="utf-8")
    text = path.read_text(encoding="utf-8")
    start = text.index("[layers.people]")
    end = text.index("[layers.", start + 1)
    layer = LAYER.replace("people_totals", "people")
    lived: dict[str, int] = {}
    for spread in ("even", "places"):
        options = f'options = {{ spread = "{spread}", cell_degrees = 0.01 }}\n'
        (tmp_path / "study.toml").write_text(text[:start] + layer + options + text[end:], "utf-8")
        cells = build(load(Study.read(tmp_path / "study.toml")))
        assert cells.shares.total == 1000 * len(codes)
        lived[spread] = int((cells.people > 1.0).sum())
    assert lived["places"] < 0.5 * lived["even"]
    whole = (tmp_path / "study.toml").read_text("utf-8")
    start = whole.index("[layers.places]")
    end = whole.index("[layers.", start + 1)
    (tmp_path / "study.toml").write_text(whole[:start] + whole[end:], "utf-8")
    with pytest.raises(BadInput, match='found spread = "places"; wanted a layer of places'):
        load(Study.read(tmp_path / "study.toml"))
