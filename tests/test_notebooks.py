"""The stories in notebooks/ run from top to bottom and are kept without outputs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

FOLDER = Path(__file__).parents[1] / "notebooks"
STORIES = sorted(FOLDER.glob("*.ipynb"))


def cells_of(path: Path, kind: str) -> list[dict[str, Any]]:
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == kind]


def test_there_is_a_story() -> None:
    assert STORIES


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.name)
def test_a_story_runs_from_top_to_bottom(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(mpl.rcParams, "backend", "agg")
    names: dict[str, Any] = {"__name__": "__main__"}
    for number, cell in enumerate(cells_of(path, "code"), start=1):
        exec(compile("".join(cell["source"]), f"{path.name}, code cell {number}", "exec"), names)
    plt.close("all")
    result = names["result"]
    assert result.communes["rank"].min() == 1
    assert (names["worst"] <= names["everywhere"]).all()
    assert (names["written"] / "map.html").is_file()
    names["folder"].cleanup()


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.name)
def test_a_story_is_kept_without_outputs(path: Path) -> None:
    for cell in cells_of(path, "code"):
        assert (cell["outputs"], cell["execution_count"]) == ([], None)


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.name)
def test_every_code_cell_is_led_in_by_words(path: Path) -> None:
    cells = json.loads(path.read_text("utf-8"))["cells"]
    kinds = "".join(cell["cell_type"][0] for cell in cells)
    assert re.fullmatch("m(mc)+", kinds)
