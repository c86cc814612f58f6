"""Classes of communes: what the study's table says holds, the ground tells the rest."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from affine import Affine

from deadzones.coverage import classes
from deadzones.coverage.inputs import load
from deadzones.coverage.study import Study
from deadzones.geodata import synthetic
from deadzones.geodata.faults import BadInput
from deadzones.geodata.grid import Grid
from deadzones.geodata.rasters import Field


def ground(*rows: list[float]) -> Field:
    return Field(np.array(rows), Grid("EPSG:4326", Affine(1, 0, 0, 0, -1, 1), (len(rows), 3)))


@pytest.mark.parametrize(
    ("heights", "answer"),
    [
        ([200.0, 200.0, 0.0], True),
        ([199.9, 200.0, 0.0], False),
        ([300.0, np.nan, 0.0], pd.NA),  # the unknown third decides
        ([300.0, 300.0, np.nan], True),  # it does not
        ([0.0, 0.0, np.nan], False),
    ],
)
def test_two_thirds_at_200_m_make_a_mountainous_commune(heights, answer):
    commune = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 3, 1)], crs=4326)
    found = classes.mountainous(commune, ground(heights))[0]
    assert found is answer or found == answer


def test_the_outline_is_cut_where_land_border_and_coast_meet(monkeypatch):
    # Three columns of three: the sea lies to the east, the corners of the border are in the east.
    boxes = np.array([shapely.box(x, y, x + 1, y + 1) for y in range(3) for x in range(3)])
    monkeypatch.setattr(classes, "_LAND_BORDER", ((3.1, 3.1), (3.1, -0.1)))
    line = classes._land_border(boxes)
    assert line.length == pytest.approx(9.0)
    assert line.intersection(shapely.LineString([(3, 0), (3, 3)])).length == 0


@pytest.mark.slow
def test_the_table_of_classes_holds_over_the_ground(tmp_path):
    path = synthetic.country(tmp_path, communes=4)
    code = "90001"
    before = classes.classed(load(Study.read(path)), None)
    (tmp_path / "classes.csv").write_text(
        f"commune_code,area_class,island\n{code},II,true\n", encoding="utf-8"
    )
    after = classes.classed(load(Study.read(path)), None)
    assert before["island"].isna().all()
    assert after.loc[code, "island"] is True or after.loc[code, "island"] == np.True_
    assert after.loc[code, "area_class"] == "II"
    assert after["island"].isna().sum() == len(after) - 1


def test_a_class_of_no_commune_is_told(tmp_path):
    path = synthetic.country(tmp_path, communes=2)
    (tmp_path / "classes.csv").write_text("commune_code,area_class\n00004,II\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"classes\.csv, row 1.*00004"):
        load(Study.read(path))
