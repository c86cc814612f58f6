"""Signal predicted for a study: on its cells, of its sites, over its terrain."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import drawn
import numpy as np
import pandas as pd
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st

import deadzones as dz
from deadzones.coverage import access, analysis, batch, cells, inputs, prediction, radio
from deadzones.coverage.pixels import on_cells
from deadzones.coverage.services.service import How
from deadzones.coverage.study_parts import Radio
from deadzones.geodata.faults import BadInput
from deadzones.geodata.grid import Grid
from deadzones.geodata.rasters import Field, read_field
from deadzones.reports import summary

FINE = 0.001
"""Degrees: ten cells of terrain along each cell of the drawn country."""


def terrain(folder: Path, heights: np.ndarray) -> None:
    """Ground whose south-west corner is that of the drawn country."""
    north = drawn.SOUTH + heights.shape[0] * FINE
    place = rasterio.Affine(FINE, 0, drawn.WEST, 0, -FINE, north)
    drawn.write_raster(folder / "terrain.tif", heights, transform=place)


LAYER = '[layers.terrain]\nreader = "terrain"\npath = "terrain.tif"\nevidence = "{evidence}"\n'


def country(
    folder: Path, *, wall_m: float = 0.0, extra: str = "", evidence: str = "measured", **sites: Any
) -> Path:
    """The drawn country, 8 x 4 cells, with a wall along the border of its columns 4 and 5."""
    layers = LAYER.format(evidence=evidence)
    study = drawn.country(folder, extra=layers + extra + drawn.NO_PLAN)
    heights = np.zeros((40, 80))
    heights[:, 50] = wall_m
    terrain(folder, heights)
    columns: dict[str, Any] = {"technology": ["5G"], "band_mhz": [700.0]} | sites
    drawn.points([(2.5, 2.5)], **columns).to_file(folder / "sites.gpkg")
    study.write_text(study.read_text().replace("options = { radius_km = 2.0 }", ""))
    return study


def status(study: Path, how: How | None = None) -> tuple[access.Access, np.ndarray]:
    found = analysis.survey(dz.Study.read(study), how)
    return found.access["mobile"], found.cells.number


def test_a_mountain_takes_the_signal_of_who_lives_behind_it(tmp_path: Path) -> None:
    plain, number = status(country(tmp_path / "plain"))
    walled, _ = status(country(tmp_path / "walled", wall_m=900.0))
    column = number % 8
    assert (plain.union == access.SERVED).all()
    assert (walled.union[column < 5] == access.SERVED).all()
    assert (walled.union[column >= 6] == access.LACKING).all()


def test_evidence_is_no_better_than_a_model_and_the_terrain(tmp_path: Path) -> None:
    study = country(tmp_path / "a", evidence="measured")
    sites = study.read_text().index("[layers.sites]")
    text = study.read_text()
    study.write_text(text[:sites] + text[sites:].replace('"synthetic"', '"declared"', 1))
    assert status(study)[0].evidence == "predicted"
    assert status(country(tmp_path / "b", evidence="synthetic"))[0].evidence == "synthetic"


@pytest.mark.parametrize(
    ("model", "has_terrain", "predicts"),
    [("auto", True, True), ("auto", False, False), ("radius", True, False), ("p1812", True, True)],
)
def test_one_switch_chooses_between_model_and_radius(
    tmp_path: Path, model: str, *, has_terrain: bool, predicts: bool
) -> None:
    study = country(tmp_path, extra=f'[radio]\nmodel = "{model}"\n')
    if not has_terrain:
        study.write_text(study.read_text().replace(LAYER.format(evidence="measured"), ""))
    assert bool(status(study)[0].predictions) is predicts


def test_a_model_without_terrain_is_a_fault(tmp_path: Path) -> None:
    study = drawn.country(tmp_path, extra='[radio]\nmodel = "p1812"\n')
    with pytest.raises(BadInput, match=r"radio.model: found p1812 without terrain"):
        dz.Study.read(study)


def test_a_stricter_demand_never_serves_more(tmp_path: Path) -> None:
    served: list[np.ndarray] = []
    for number, extra in enumerate(
        (
            "[radio]\nprobability = 0.5\n",
            "[radio]\nprobability = 0.95\n",
            '[radio]\nprobability = 0.95\nbuilding = "efficient"\n',
        )
    ):
        study = country(tmp_path / str(number), wall_m=150.0, extra=extra, eirp_dbm=[35.0])
        served.append(status(study)[0].union == access.SERVED)
    assert (served[1] <= served[0]).all()
    assert (served[2] <= served[1]).all()
    assert served[0].sum() > served[2].sum()


def test_operators_are_predicted_apart(tmp_path: Path) -> None:
    study = country(tmp_path, wall_m=900.0)
    drawn.points(
        [(2.5, 2.5), (7.5, 2.5)], technology=["5G"] * 2, band_mhz=[700.0] * 2, operator=["W", "E"]
    ).to_file(tmp_path / "sites.gpkg")
    found, number = status(study)
    west = number % 8 < 5
    assert (found.by_operator["W"][west] == access.SERVED).all()
    assert (found.by_operator["E"][number % 8 >= 6] == access.SERVED).all()
    assert (found.by_operator["E"][number % 8 < 4] == access.LACKING).all()


def test_people_off_the_terrain_are_unknown_and_sites_there_are_told(tmp_path: Path) -> None:
    study = country(tmp_path)
    terrain(tmp_path, np.zeros((40, 45)))  # ends in the middle of the fifth column
    drawn.points([(2.5, 2.5), (7.5, 2.5)], technology=["5G"] * 2, band_mhz=[700.0] * 2).to_file(
        tmp_path / "sites.gpkg"
    )
    found, number = status(study)
    assert (found.union[number % 8 > 4] == access.UNKNOWN).all()
    assert (found.union[number % 8 < 4] == access.SERVED).all()
    result = dz.run(dz.Study.read(study))
    notes = result.manifest["services"]["mobile"]["predicted"]["sites"]
    assert "1 site lies off the terrain and is left out" in notes
    assert any("not known of" in line for line in summary.sentences(result, "en"))


def test_land_cover_weakens_the_signal(tmp_path: Path) -> None:
    layer = (
        '[layers.land_cover]\nreader = "land_cover"\npath = "cover.tif"\nevidence = "measured"\n'
    )
    bare = analysis.analyse(dz.Study.read(country(tmp_path / "bare"))).signal["mobile"]
    study = country(tmp_path / "wood", extra=layer)
    place = rasterio.Affine(FINE, 0, drawn.WEST, 0, -FINE, drawn.SOUTH + 0.04)
    drawn.write_raster(tmp_path / "wood" / "cover.tif", np.full((40, 80), 10.0), transform=place)
    wood = analysis.analyse(dz.Study.read(study)).signal["mobile"]
    assert np.nanmean(wood.values) < np.nanmean(bare.values) - 3.0


def test_the_system_that_a_study_says_of_its_land_cover_holds(tmp_path: Path) -> None:
    layer = (
        '[layers.land_cover]\nreader = "land_cover"\npath = "cover.tif"\nevidence = "measured"\n'
    )
    place = rasterio.Affine(FINE, 0, drawn.WEST, 0, -FINE, drawn.SOUTH + 0.04)
    found = []
    for name, crs in (("said", "EPSG:4326"), ("silent", None)):
        option = "" if crs else 'options = { crs = "EPSG:4326" }\n'
        study = country(tmp_path / name, extra=layer + option)
        path = tmp_path / name / "cover.tif"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
            drawn.write_raster(path, np.full((40, 80), 10.0), transform=place, crs=crs)
        found.append(analysis.analyse(dz.Study.read(study)).signal["mobile"].values)
    np.testing.assert_array_equal(*found)


@pytest.mark.slow
def test_results_carry_the_signal_and_public_ones_do_not(tmp_path: Path) -> None:
    study = country(tmp_path / "in", wall_m=900.0)
    folder = dz.run(dz.Study.read(study)).write(tmp_path / "out")
    signal = read_field(folder / "signal_mobile.tif")
    assert signal.grid.crs == "EPSG:4326"
    row, column = divmod(int(np.nanargmax(signal.values)), signal.grid.shape[1])
    # Within some 500 m of the site: right below it the antenna looks over one's head.
    assert np.hypot(row - 14.5, column - 24.5) < 5
    study.write_text("public = true\n" + study.read_text())
    public = dz.run(dz.Study.read(study))
    assert not public.signal
    assert not list(public.write(tmp_path / "public").glob("signal*"))


def test_a_cache_changes_nothing_and_is_used(tmp_path: Path) -> None:
    study, kept, told = country(tmp_path / "in", wall_m=200.0), tmp_path / "kept", list[str]()
    new, _ = status(study, How(kept, 2, told.append))
    files = {path: path.stat().st_mtime_ns for path in kept.iterdir()}
    again, _ = status(study, How(kept))
    assert len(files) == 1
    assert {path: path.stat().st_mtime_ns for path in kept.iterdir()} == files
    assert new.predictions["sites"].levels[""].tobytes() == (
        again.predictions["sites"].levels[""].tobytes()
    )
    assert "finding who is served: sites, 1 of 1 masts" in told


def test_blocks_of_any_size_give_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = country(tmp_path, wall_m=300.0)
    drawn.points(
        [(1.5, 2.5), (6.5, 1.5)], technology=["5G"] * 2, band_mhz=[700.0] * 2, operator=["W", "E"],
        radius_km=[3.0] * 2,
    ).to_file(tmp_path / "sites.gpkg")  # fmt: skip
    whole, _ = status(study)
    monkeypatch.setattr(prediction, "_BLOCK", 17)
    parts, _ = status(study)
    one, other = whole.predictions["sites"], parts.predictions["sites"]
    assert list(other.levels) == ["E", "W"]
    for name in one.levels:
        assert other.levels[name] == pytest.approx(one.levels[name], abs=0.011)
    assert other.signal.grid == one.signal.grid
    assert np.isnan(other.signal.values).tolist() == np.isnan(one.signal.values).tolist()
    assert np.nan_to_num(other.signal.values) == pytest.approx(
        np.nan_to_num(one.signal.values), abs=0.011
    )


@pytest.mark.slow
@pytest.mark.parametrize("sectors", [1, 3])
def test_what_sites_would_serve_is_what_they_serve_once_they_stand(
    tmp_path: Path, sectors: int
) -> None:
    """Many candidates in one call, against a study that has just that one site."""
    study = country(tmp_path, wall_m=400.0, extra=f"[radio]\nsectors = {sectors}\n")
    loaded = inputs.load(dz.Study.read(study))
    built = cells.build(loaded)
    places = [(2.5, 2.5), (6.5, 1.5), (5.05, 3.5), (-9.0, 1.0)]
    lonlat = np.array([drawn.lonlat(*place) for place in places])
    table = pd.DataFrame({"lon": lonlat[:, 0], "lat": lonlat[:, 1], "band_mhz": 700.0})
    table["radius_km"], table["eirp_dbm"] = 5.0, 38.0  # so little that the pattern matters
    found = prediction.reach(table, built, loaded, -110.0)
    assert found.shape == (4, len(built.number))
    for row, place in enumerate(places[:3]):
        drawn.points(
            [place], technology=["5G"], band_mhz=[700.0], radius_km=[5.0], eirp_dbm=[38.0]
        ).to_file(tmp_path / "sites.gpkg")  # fmt: skip
        one, _ = status(study)
        assert found[[row]].toarray()[0].tolist() == (one.union == access.SERVED).tolist()
    assert found[[3]].sum() == 0  # off the terrain
    assert found.sum() > 0


def test_progress_of_many_sites_is_told(tmp_path: Path) -> None:
    loaded = inputs.load(dz.Study.read(country(tmp_path)))
    built = cells.build(loaded)
    lon, lat = np.array([drawn.lonlat(each, 1.5) for each in (1.5, 2.5, 3.5, 4.5)]).T
    table, told = (
        pd.DataFrame({"lon": lon, "lat": lat, "band_mhz": 700, "radius_km": 2}),
        list[str](),
    )
    prediction.reach(table, built, loaded, -110.0, How(tell=told.append))
    assert told == [f"sites, {done} of 4 masts" for done in (1, 2, 3, 4)]


def test_a_site_on_a_void_is_told_at_the_check_and_refused(tmp_path: Path) -> None:
    study = country(tmp_path)
    heights = np.zeros((40, 80))
    terrain(tmp_path, heights)
    assert inputs.check(study) == []
    loaded = inputs.load(dz.Study.read(study))
    heights[12:18, 22:28] = np.nan
    terrain(tmp_path, heights)
    (fault,) = inputs.check(study)
    assert (fault.file, fault.row, fault.column) == ("sites.gpkg", 1, "lon, lat")
    assert fault.wanted == "a known height of the ground, not a void of terrain.tif"
    built = cells.build(loaded)
    with pytest.raises(BadInput, match="not a void"):
        prediction.predict(loaded.layers["sites"], built, loaded, How())
    lonlat = np.array([drawn.lonlat(*place) for place in [(2.5, 2.5), (6.5, 1.5)]])
    new = pd.DataFrame({"lon": lonlat[:, 0], "lat": lonlat[:, 1], "band_mhz": 700, "radius_km": 4})
    told = list[str]()
    served = prediction.reach(new, built, loaded, -110.0, How(tell=told.append))
    assert np.diff(served.indptr)[0] == 0 < np.diff(served.indptr)[1]
    assert "sites, 1 on voids of the terrain left out" in told
    study.write_text(study.read_text() + '[radio]\nmodel = "radius"\n')
    assert inputs.check(study) == []


def test_the_edge_of_the_terrain_is_told_and_sea_may_lie_beyond(tmp_path: Path) -> None:
    study = country(tmp_path, radius_km=[9.0])
    sea = drawn.write_raster(
        tmp_path / "sea.tif", np.ones((1, 1)),
        transform=rasterio.Affine(1, 0, drawn.WEST - 0.5, 0, -1, drawn.SOUTH + 0.5),
    )  # fmt: skip
    land, plain = status(study)[0].predictions["sites"], study.read_text()
    study.write_text(plain + f'[radio]\nsea = "{sea.name}"\n')
    wet = status(study)[0].predictions["sites"]
    study.write_text(plain + '[radio]\noutside = "sea"\n')
    beyond = status(study)[0].predictions["sites"]
    cut = "the disc of the mast is cut at the edge of the terrain: beyond it nothing is predicted"
    assert cut in land.notes
    assert cut not in beyond.notes
    assert any("taken as sea at 0 m" in note for note in beyond.notes)
    assert np.prod(beyond.signal.grid.shape) > np.prod(land.signal.grid.shape)
    assert not np.array_equal(wet.levels[""], land.levels[""])


def test_a_technology_without_rsrp_is_told_with_its_repair(tmp_path: Path) -> None:
    study = country(tmp_path, technology=["3G"], band_mhz=[None])
    (fault,) = inputs.check(study)
    assert (fault.file, fault.row, fault.column) == ("sites.gpkg", 1, "technology")
    assert 'technology = ["4G", "5G"]' in fault.repair
    study.write_text(study.read_text() + '[radio]\nmodel = "radius"\n')
    assert inputs.check(study) == []


def test_defaults_of_a_study_are_those_of_the_model() -> None:
    settings = Radio()
    assert (settings.delta_n, settings.n0) == (radio.DELTA_N, radio.N0)
    assert settings.model_sigma_db == radio.MODEL_SIGMA_DB
    assert settings.rx_height_m == radio.Model().rx_height_m


# --- from pixels to cells -----------------------------------------------------------------------


def on(signal: np.ndarray, fine: Grid, side: int, width: float) -> np.ndarray:
    """Bring a signal to a square of cells whose north-west corner is 105 E, 21 N."""
    grid = Grid("EPSG:4326", rasterio.Affine(width, 0, 105, 0, -width, 21), (side, side))
    return on_cells(Field(signal, fine), grid, np.arange(side * side), fine)


def test_a_cell_has_what_half_of_it_receives() -> None:
    fine = Grid("EPSG:4326", rasterio.Affine(0.01, 0, 105, 0, -0.01, 21), (6, 6))
    signal = np.full((6, 6), np.nan)
    signal[:, :4] = -80.0  # the west cell whole, a third of the east one
    signal[:3, 0] = -120.0
    assert on(signal, fine, 2, 0.03).tolist() == [-80, -np.inf, -80, -np.inf]


def test_a_cell_finer_than_the_terrain_takes_the_pixel_that_it_lies_in() -> None:
    coarse = Grid("EPSG:4326", rasterio.Affine(0.1, 0, 105, 0, -0.1, 21), (2, 2))
    signal = np.array([[-70.0, -80.0], [-90.0, np.nan]])
    found = on(signal, coarse, 4, 0.05).reshape(4, 4)
    assert (
        found.tolist()
        == np.kron(np.where(np.isnan(signal), -np.inf, signal), np.ones((2, 2))).tolist()
    )


@given(st.floats(-130, -50), st.integers(1, 12))
def test_an_even_signal_stays_as_it_is(level: float, side: int) -> None:
    fine = Grid("EPSG:4326", rasterio.Affine(0.01, 0, 105, 0, -0.01, 21), (side, side))
    signal = np.full((side, side), level)
    assert on(signal, fine, 1, 0.01 * side).tolist() == [level]


@given(st.integers(-1000, 1000), st.integers(-1000, 1000))
def test_where_points_fall_on_borders_of_pixels_rounding_decides_nothing(
    east: int, north: int
) -> None:
    """Cells of two pixels' width, whose middle is on a border, anywhere on a grid of 1/1200 degree."""
    size = 1 / 1200
    signal = -100.0 - np.arange(36.0).reshape(6, 6)

    def at(west: float, top: float) -> list[float]:
        fine = Grid("EPSG:4326", rasterio.Affine(size, 0, west, 0, -size, top), (6, 6))
        cells = Grid("EPSG:4326", rasterio.Affine(2 * size, 0, west, 0, -2 * size, top), (3, 3))
        return on_cells(Field(signal, fine), cells, np.arange(9), fine).tolist()

    assert at(105 + east * size, 21 + north * size) == at(0.0, 0.0)


def test_other_coordinate_systems_meet_at_the_same_places() -> None:
    """A signal that rises to the east, in UTM and in degrees."""
    utm = Grid("EPSG:32648", rasterio.Affine(100, 0, 500000, 0, -100, 2322000), (60, 60))
    signal = np.tile(np.arange(60.0), (60, 1)) - 120.0
    found = on(signal, utm, 1, 0.02)
    middle = rasterio.warp.transform("EPSG:4326", "EPSG:32648", [105.01], [20.99])
    assert found[0] == pytest.approx((middle[0][0] - 500000) / 100 - 120, abs=1.0)


@pytest.mark.slow
def test_scores_tell_what_a_prediction_did_to_its_input(tmp_path: Path) -> None:
    """Also where levels come from the work of an earlier run."""
    study = country(tmp_path)
    terrain(tmp_path, np.zeros((40, 45)))
    places = drawn.points([(2.5, 2.5), (7.5, 2.5)], technology=["5G"] * 2, band_mhz=[700.0] * 2)
    places.to_file(tmp_path / "sites.gpkg")
    told = status(study)[0].predictions["sites"].notes
    assert told
    plain = study.read_text()
    for threshold in ("-110 dBm", "-105 dBm"):
        rule = f'[services.mobile]\nthreshold = "{threshold}"'
        study.write_text(plain.replace("[services.mobile]", rule))
        out = batch.score(dz.Study.read(study), tmp_path / "out", batch.Options(engine="serial"))
        manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
        assert manifest["services"]["mobile"]["predicted"] == {"sites": list(told)}
