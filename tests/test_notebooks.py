"""The stories in notebooks/ run from top to bottom, end as they say, and speak two languages."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parents[1] / "notebooks"
STORIES = sorted(FOLDER.glob("*.ipynb"))
MOST_CELLS = 15
VIETNAMESE = re.compile(
    "[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE
)
ENGLISH = re.compile(r"\b(the|and|of|is|are|for|with|to)\b", re.IGNORECASE)
ITALICS = re.compile(r"(?<!\*)\*(?!\*)(?:[^*]|\*\*)+(?<!\*)\*(?!\*)")
Names = dict[str, Any]


def first_look(names: Names) -> None:
    result = names["result"]
    assert result.communes["rank"].min() == 1
    assert (names["worst"] <= names["everywhere"]).all()
    assert (names["written"] / "map.html").is_file()


def your_own_data(names: Names) -> None:
    """Three mistakes are told at once, each in its file, and none is left."""
    told = {(fault.file, fault.column) for fault in names["faults"]}
    assert told == {
        ("study.toml", "services.fibre.threshold"),
        ("xa.gpkg", "commune_code"),
        ("tram.csv", "lon, lat"),
    }
    assert names["left"] == []
    result, counts = names["result"], names["counts"]
    assert list(result.communes.index) == ["97001", "97002", "97003", "97004"]
    assert counts["people_input"] == names["people"].sum(dtype="float64")
    assert counts["people_in_communes"] + counts["people_outside"] == counts["people_input"]
    assert 0 < result.communes["mobile_people_pct"].mean() < 100
    assert result.manifest["evidence"] == "synthetic"


def what_if(names: Names) -> None:
    """A stricter threshold serves nobody more, more sites nobody less, more money nobody less."""
    base, stricter, more = (names[name].communes for name in ("base", "stricter", "more_sites"))
    assert (stricter["fibre_lacking_people"] >= base["fibre_lacking_people"]).all()
    assert stricter["fibre_lacking_people"].sum() > base["fibre_lacking_people"].sum()
    pd.testing.assert_series_equal(stricter["mobile_lacking_people"], base["mobile_lacking_people"])
    assert (more["mobile_lacking_people"] <= base["mobile_lacking_people"]).all()
    assert names["helped"].sum() > 0
    bought = names["bought"]
    assert bought["people_gained"].is_monotonic_increasing
    assert (bought["people_gained"] <= bought["upper_bound"]).all()
    assert (bought["cost_vnd"] <= bought["budget_vnd"]).all()
    for row in bought.itertuples():
        along = names["path"]["cumulative_cost_vnd"] <= row.cost_vnd
        stopped = names["path"].loc[along, "cumulative_people"].max()
        assert row.people_gained > stopped, "the dots lie above the line"


def one_commune(names: Names) -> None:
    """All that is shown lies in the commune, and the evidence agrees with the verdict."""
    result, code = names["result"], names["code"]
    assert result.communes.at[code, "rank"] == 1
    for rows in ("villages", "zones", "works"):
        assert len(names[rows])
        assert set(names[rows]["commune_code"]) == {code}
    assert names["commune"].geometry.intersects(names["village"].geometry)
    served = "mobile" not in names["village"]["lacks"].split("+")
    assert served or names["level_dbm"] < names["threshold_dbm"]
    assert set(names["layers"]["evidence"]) == {"synthetic"}
    focus = names["focus"].communes
    assert code in focus.index
    assert len(focus) < len(result.communes)


def batch(names: Names) -> None:
    """What was gathered is the whole country, and the worst are those that rank first."""
    communes, out = names["communes"], names["out"]
    borders = gpd.read_file(names["study"].folder / "communes.gpkg")
    assert sorted(communes["commune_code"]) == sorted(borders["commune_code"])
    assert communes["people"].sum() == pytest.approx(names["raster_people"], rel=1e-9)
    assert len(names["by_province"]) == len(names["provinces"]) > 1
    whole = names["by_province"]["people"].sum()
    assert whole == pytest.approx(communes["people"].sum())
    for path in names["written"]:
        table = pd.read_parquet(path / "provinces.parquet").iloc[0]
        found = names["by_province"].loc[table["province_name"]]
        for key in names["services"]:
            assert found[f"{key}_people_pct"] == pytest.approx(table[f"{key}_people_pct"])
    listed = pd.read_csv(out / "xa_can_nhat.csv", dtype={"commune_code": str})
    rest = communes[~communes["commune_code"].isin(listed["commune_code"])]
    assert listed["score"].max() <= rest["score"].min() + 0.05
    assert names["score_province"](names["provinces"][0]) == names["written"][0]


ENDS: dict[str, Callable[[Names], None]] = {
    "01_first_look": first_look,
    "02_your_own_data": your_own_data,
    "03_what_if": what_if,
    "04_one_commune": one_commune,
    "05_batch": batch,
}
"""What must be so when a story has been told."""


def cells_of(path: Path, *kinds: str) -> list[dict[str, Any]]:
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return [cell for cell in cells if not kinds or cell["cell_type"] in kinds]


def text_of(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


every_story = pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)


def test_every_story_has_its_end() -> None:
    assert [path.stem for path in STORIES] == list(ENDS)


@every_story
def test_a_story_runs_from_top_to_bottom(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(mpl.rcParams, "backend", "agg")
    for module in ("IPython", "IPython.display"):  # a story needs none
        monkeypatch.setitem(sys.modules, module, None)
    names: Names = {"__name__": "__main__"}
    for number, cell in enumerate(cells_of(path, "code"), start=1):
        exec(compile(text_of(cell), f"{path.name}, code cell {number}", "exec"), names)
    plt.close("all")
    ENDS[path.stem](names)
    names["folder"].cleanup()


@every_story
def test_a_story_is_short_and_kept_without_outputs(path: Path) -> None:
    assert len(cells_of(path)) <= MOST_CELLS
    for cell in cells_of(path, "code"):
        assert (cell["outputs"], cell["execution_count"]) == ([], None)


@every_story
def test_every_code_cell_is_led_in_by_words(path: Path) -> None:
    kinds = "".join(cell["cell_type"][0] for cell in cells_of(path))
    assert re.fullmatch("m(mc)+", kinds)


@every_story
def test_all_words_are_in_vietnamese_and_then_in_english(path: Path) -> None:
    for cell in cells_of(path, "markdown"):
        text = re.sub(r"`[^`]*`", "", text_of(cell))
        english, vietnamese = " ".join(ITALICS.findall(text)), ITALICS.sub("", text)
        assert VIETNAMESE.search(vietnamese), f"no Vietnamese: {text}"
        assert ENGLISH.search(english), f"no English in italics: {text}"
        assert not ENGLISH.search(vietnamese), f"English that is not in italics: {text}"
        assert VIETNAMESE.search(ITALICS.split(text)[0]), f"English comes first: {text}"


@every_story
def test_a_story_says_that_its_data_is_made_up(path: Path) -> None:
    opening = text_of(cells_of(path, "markdown")[0])
    assert "made-up" in opening or "made up" in opening
    assert re.search("giả (lập|tưởng)", opening)


@every_story
def test_a_story_loads_nothing_from_the_network(path: Path) -> None:
    assert not re.search(r"https?://", path.read_text("utf-8"))
