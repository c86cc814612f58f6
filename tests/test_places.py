"""Villages and roads by commune, and that what is unknown is no zero."""

from __future__ import annotations

import drawn
import geopandas as gpd
import pandas as pd
import pytest
from spoil import add

import deadzones as dz
from deadzones.coverage import places
from deadzones.coverage.study import Study
from deadzones.geodata import schema

FAR = {"90001": (0, 0, 4, 4), "90002": (4, 0, 8, 4), "91001": (80, 0, 84, 4)}
"""The last commune lies off the grid of the people."""

LAYERS = """
[layers.roads]
reader = "lines"
path = "roads.gpkg"
evidence = "proxy"

[layers.places]
reader = "places"
path = "places.gpkg"
evidence = "proxy"

[layers.anchors]
reader = "places"
path = "anchors.gpkg"
evidence = "proxy"
"""


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> dz.Result:
    folder = tmp_path_factory.mktemp("far")
    study = drawn.country(folder, boxes=FAR)
    roads = [drawn.line((1, 1), (2, 1)), drawn.line((81, 1), (82, 1))]
    gpd.GeoDataFrame(geometry=roads, crs=4326).to_file(folder / "roads.gpkg")
    where = [(0.5, 0.5), (6.5, 0.5), (81.5, 1.5)]
    drawn.points(where, name=["A", "B", "C"]).to_file(folder / "places.gpkg")
    drawn.points(where[:1], name=["school"]).to_file(folder / "anchors.gpkg")
    add(LAYERS)(folder)
    return dz.run(Study.read(study))


def test_what_is_unknown_of_a_commune_off_the_grid_is_null(result: dz.Result) -> None:
    home, served, far = (result.communes.loc[code] for code in FAR)
    assert pd.isna(far["people"])
    assert pd.isna(far["road_km"])
    assert pd.isna(far["fibre_road_pct"])
    assert far["villages"] == 1
    assert pd.isna(far["villages_lacking"])
    assert home["road_km"] > 1.0
    assert served["road_km"] == 0.0
    assert (home["villages_lacking"], served["villages_lacking"]) == (1, 1)


def test_where_no_place_is_there_none_lacks(result: dz.Result) -> None:
    assert result.communes["anchors"].tolist() == [1, 0, 0]
    assert result.communes["anchors_lacking"].tolist() == [1, 0, 0]


def test_a_province_adds_up_what_is_known(result: dz.Result) -> None:
    known, far = result.provinces.loc["90"], result.provinces.loc["91"]
    assert known["road_km"] == result.communes["road_km"].sum()
    assert known["villages_lacking"] == 2
    assert pd.isna(far["road_km"])
    assert pd.isna(far["villages_lacking"])


def test_one_known_place_settles_a_commune() -> None:
    table = pd.DataFrame(
        {
            "commune_code": ["a", "a", "a", "b", "b"],
            "lacks": pd.Series(["", None, "power", None, None], dtype="str"),
        }
    )
    counts = places.counted(gpd.GeoDataFrame(table), "villages", pd.Index(["a", "b", "c"]))
    assert counts["villages"].tolist() == [3, 2, 0]
    assert counts["villages_lacking"].tolist() == [1, pd.NA, 0]


@pytest.mark.parametrize("table", ["communes", "dead_zones", "upgrades"])
def test_the_dictionary_has_every_column_of_a_result(table: str, result: dz.Result) -> None:
    """So that a study's service which would write over one is refused."""
    documented = schema.columns(f"result_{table}")
    services = result.manifest["services"]
    names = {name.replace("<service>", key) for name in documented for key in services}
    frame = getattr(result, table)
    found = {frame.index.name, *frame.columns} - {"geometry"}
    assert found <= names
    # There is no terrain, no table of classes, and there are no totals beside the raster.
    absent = {"elevation_m", "area_class", "people_total", "people_raster"}
    assert (names - found) & set(documented) <= absent
