"""What docs/data.md says is so: its lines run, its names are there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import drawn
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from deadzones.coverage import quality, quality_people
from deadzones.coverage.study import Layer
from deadzones.geodata import admin, boundaries, crs, population
from deadzones.geodata.readers import READERS
from deadzones.geodata.source import Source

PAGE = (Path(__file__).parents[1] / "docs" / "data.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """The code in the page, by language."""
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files that the page names: two communes that became three, and what is counted there."""
    old = drawn.communes({"90001": (0, 0, 4, 4), "90002": (4, 0, 8, 4)})
    old.to_file(tmp_path / "communes_old.gpkg")
    new = drawn.communes({"90001": (0, 0, 4, 2), "90003": (0, 2, 4, 4), "90004": (4, 0, 8, 4)})
    new.to_file(tmp_path / "communes_new.gpkg")
    overlapping = old.set_geometry([shapely.buffer(old.geometry[0], 1e-6), old.geometry[1]])
    overlapping.to_file(tmp_path / "communes.gpkg")
    drawn.write_raster(tmp_path / "people.tif", np.full((4, 8), 25.0))
    villages = pd.DataFrame({"commune_code": ["90001", "90002"], "villages": [12, 7]})
    villages.to_csv(tmp_path / "villages_old.csv", index=False)
    published = old.drop(columns="geometry").assign(population_raw=["9.123", "12,98"])
    published.to_csv(tmp_path / "published.csv", index=False)
    evidence = pd.DataFrame({"commune_code": old["commune_code"], "raster": [9000, 12500]})
    evidence.assign(area_km2=[18.5, 18.5]).to_csv(tmp_path / "evidence.csv", index=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_python_lines_run(folder: Path) -> None:
    names: dict[str, Any] = {}
    for code in blocks("python"):
        exec(compile(code, "docs/data.md", "exec"), names)
    assert names["moved"]["villages"].round(9).tolist() == [6.0, 6.0, 7.0]
    assert names["moved"]["origin"].tolist() == ["estimated", "estimated", "unchanged"]
    assert shapely.coverage_is_valid(gpd.read_file("communes_repaired.gpkg").geometry.to_numpy())
    assert "overlap" in set(gpd.read_file("findings.gpkg")["fault"])
    assert names["repaired"]["population"].tolist() == [9123, 12980]


def test_the_layer_is_one_and_its_file_is_read_as_the_page_says(tmp_path: Path) -> None:
    """An Excel sheet of a survey: X is the northing, Y the easting."""
    (text,) = blocks("toml")
    (named,) = tomllib.loads(text)["layers"].values()
    layer = Layer(role="places", **named)
    where = np.array([[104.9, 21.7], [105.0, 21.8]])
    east, north = crs.from_wgs84(where[:, 0], where[:, 1], crs.Zone(104.75))
    path = tmp_path / layer.path
    pd.DataFrame({"Ten thon": ["A", "B"], "X": north, "Y": east}).to_csv(path, index=False)
    source = Source(path, path.name, layer.columns, layer.options)
    places = READERS[layer.reader](source)
    assert isinstance(places, gpd.GeoDataFrame)
    assert places["name"].tolist() == ["A", "B"]
    assert shapely.get_coordinates(places.geometry.to_numpy()) == pytest.approx(where, abs=1e-9)


def test_the_names_and_numbers_are_those_of_the_code() -> None:
    modules = {"admin": admin, "boundaries": boundaries, "crs": crs, "population": population}
    called = re.findall(r"`(admin|boundaries|crs|population)\.(\w+)", PAGE)
    assert len(called) > 8
    for module, name in called:
        assert hasattr(modules[module], name)
    weights = "error {error:.0f}, warning {warning:.0f}, note {note:.0f}".format(**quality.WEIGHTS)
    assert weights in PAGE
    assert f"{quality_people.ENOUGH} communes or more" in PAGE
    assert quality.OLD_YEARS == 5
    assert "data five years older" in PAGE
