"""Levels that come from rasters: a cell's is the same in whatever task it lies."""

from __future__ import annotations

from pathlib import Path

import drawn
import geopandas as gpd
import numpy as np
import pytest
import shapely
from affine import Affine
from test_batch import content
from test_batch_names import GROUND
from test_batch_names import country as predicted

import deadzones as dz
from deadzones.coverage import batch, batch_parts
from deadzones.coverage.batch import Options
from deadzones.coverage.services.by_operator import _rounded
from deadzones.coverage.study import Study
from deadzones.geodata import grid as grids

CELL = 0.0011
"""Degrees: no multiple of a pixel of the signal."""


def country(folder: Path, levels: np.ndarray, crs: str, place: Affine) -> Study:
    """Three provinces whose borders lie within cells, with a signal on another raster."""
    boxes = {"90001": (0, 0, 15, 30), "91001": (15, 0, 22.3, 30), "92001": (22.3, 0, 30, 30)}
    path = drawn.country(folder, boxes=boxes, extra=drawn.NO_PLAN)
    people = np.ones((273, 273))
    drawn.write_raster(
        folder / "people.tif", people, transform=Affine(CELL, 0, 105, 0, -CELL, 21.3)
    )
    drawn.write_raster(folder / "signal.tif", levels, crs=crs, transform=place)
    layer = (
        'role = "mobile"\nreader = "signal_raster"\npath = "signal.tif"\nevidence = "measured"\n'
    )
    drawn.replace_layer(path, "sites", layer)
    return Study.read(path)


def noise(shape: tuple[int, int]) -> np.ndarray:
    rng = np.random.default_rng(8)
    levels = rng.integers(-120, -100, shape).astype(float)
    levels[rng.random(shape) < 0.05] = np.nan
    return levels


COARSE = Affine(0.0053, 0, 104.9, 0, -0.0049, 21.5)
FINE = Affine(300.0, 0, 495000.7, 0, -310.0, 2362000.3)


@pytest.mark.parametrize(
    ("levels", "crs", "place"),
    [
        (noise((150, 150)), "EPSG:4326", COARSE),
        (noise((150, 150)), "EPSG:32648", FINE),
        (noise((900, 900)), "EPSG:32648", FINE @ Affine.scale(0.15, 0.15)),
    ],
    ids=["coarse", "another system", "fine"],
)
def test_where_tasks_are_cut_changes_no_level(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    levels: np.ndarray,
    crs: str,
    place: Affine,
) -> None:
    study = country(tmp_path / "in", levels, crs, place)
    many = batch.score(study, tmp_path / "many", Options(engine="serial", most_cells=20_000))
    monkeypatch.setattr(batch_parts, "split", lambda communes, *_: [np.arange(len(communes))])
    one = batch.score(study, tmp_path / "one", Options(engine="serial"))
    assert content(many) == content(one)
    found = gpd.read_parquet(one / "communes.parquet")
    assert found["mobile_people_pct"].between(1.0, 99.0).all()
    run = dz.run(study).communes
    assert run["mobile_people_pct"].tolist() == found["mobile_people_pct"].tolist()


def test_where_tasks_are_cut_changes_no_prediction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ground, woods and sea on rasters of their own, none of them that of the people."""
    home = tmp_path / "in"
    study = predicted(home, GROUND + '[radio]\nsea = "sea.tif"\n')
    rng = np.random.default_rng(1)
    to_utm = grids.transformer("EPSG:4326", "EPSG:32648").transform
    x, y = to_utm(drawn.WEST - 0.03, drawn.SOUTH + 0.09)
    high = np.abs(rng.normal(0.0, 1.0, (160, 180)).cumsum(axis=0).cumsum(axis=1)) % 300.0
    rasters = {
        "terrain": (high, 110.0),
        "cover": (rng.choice([10.0, 30.0, 50.0], (900, 900)), 23.0),
        "sea": ((rng.random((50, 50)) < 0.1).astype(float), 470.0),
    }
    for name, (values, side) in rasters.items():
        place = Affine(side, 0, x, 0, -side, y)
        drawn.write_raster(home / f"{name}.tif", values, transform=place, crs="EPSG:32648")
    many = batch.score(study, tmp_path / "many", Options(engine="serial", most_cells=3))
    monkeypatch.setattr(batch_parts, "split", lambda communes, *_: [np.arange(len(communes))])
    one = batch.score(study, tmp_path / "one", Options(engine="serial"))
    for name in ("communes.csv", "communes.parquet", "dead_zones.gpkg"):
        assert (many / name).read_bytes() == (one / name).read_bytes()
    found = gpd.read_parquet(one / "communes.parquet")["mobile_people_pct"]
    assert found.between(1.0, 99.0).sum() >= 2
    assert dz.run(study).communes["mobile_people_pct"].tolist() == found.tolist()


@pytest.mark.parametrize("level", [-110.0, 0.33333, 4e-5, 0.7, 0.0])
def test_a_level_keeps_the_digits_that_float32_holds(level: float) -> None:
    found = _rounded(np.array([np.float32(level), level * (1.0 + 1e-12), np.nan, -np.inf]))
    assert found[:2].tolist() == [level, level]
    assert np.isnan(found[2])


@pytest.mark.parametrize(("level", "percent"), [(-110.0, 100.0), (-110.01, 0.0)])
def test_a_signal_as_strong_as_the_threshold_serves_everybody(
    tmp_path: Path, level: float, percent: float
) -> None:
    study = country(tmp_path / "in", np.full((150, 150), level), "EPSG:4326", COARSE)
    folder = batch.score(study, tmp_path / "out", Options(engine="serial"))
    found = gpd.read_parquet(folder / "communes.parquet")
    assert found["mobile_people_pct"].tolist() == [percent] * 3


def test_what_lies_beyond_the_180th_meridian_is_near(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two provinces on either side of it, and the only node near them in the eastern one."""
    path = drawn.country(tmp_path / "in", extra=drawn.NO_PLAN)
    home = path.parent
    boxes = [shapely.box(179.9, -17, 180, -16.9), shapely.box(-180, -17, -179.9, -16.9)]
    told = {
        "commune_code": ["90001", "91001"],
        "commune_name": ["a", "b"],
        "province_code": ["90", "91"],
        "province_name": ["A", "B"],
    }
    gpd.GeoDataFrame(told, geometry=boxes, crs=4326).to_file(home / "communes.gpkg")
    people = gpd.points_from_xy([179.95, -179.95], [-16.95] * 2)
    gpd.GeoDataFrame({"people": [100.0] * 2}, geometry=people, crs=4326).to_file(
        home / "people.gpkg"
    )
    nodes = gpd.points_from_xy([10.0, -179.95], [10.0, -16.95])
    for name in ("sites", "nodes"):
        gpd.GeoDataFrame({"name": ["far", "near"]}, geometry=nodes, crs=4326).to_file(
            home / f"{name}.gpkg"
        )
    line = shapely.LineString([(-179.95, -16.95), (-179.9, -16.95)])
    gpd.GeoDataFrame({"voltage_kv": [22.0]}, geometry=[line], crs=4326).to_file(home / "lines.gpkg")
    text = path.read_text(encoding="utf-8").replace('"3 km"', '"30 km"')
    raster, points = '"people_raster"\npath = "people.tif"', '"people_points"\npath = "people.gpkg"'
    assert raster in text
    path.write_text(text.replace(raster, points), encoding="utf-8")
    study = Study.read(path)
    many = batch.score(study, tmp_path / "many", Options(engine="serial"))
    monkeypatch.setattr(batch_parts, "split", lambda communes, *_: [np.arange(len(communes))])
    one = batch.score(study, tmp_path / "one", Options(engine="serial"))
    assert content(many) == content(one)
    assert gpd.read_parquet(many / "communes.parquet")["fibre_people_pct"].tolist() == [100.0] * 2
