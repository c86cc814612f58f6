"""From a list of sites to a raster, as the command does it."""

from __future__ import annotations

from pathlib import Path

import drawn
import numpy as np
import pandas as pd
import pytest
import rasterio
from typer.testing import CliRunner

from deadzones.cli import app
from deadzones.coverage.radio import survey, sweep
from deadzones.geodata.faults import BadInput

SIDE = 60


@pytest.fixture
def dem(tmp_path: Path) -> Path:
    """A plain of cells of some 100 m with a wall of 300 m along its middle column."""
    heights = np.full((SIDE, SIDE), 10.0)
    heights[:, SIDE // 2] = 300.0
    return drawn.write_raster(
        tmp_path / "dem.tif",
        heights,
        transform=rasterio.Affine(0.001, 0, drawn.WEST, 0, -0.001, drawn.SOUTH + 0.06),
    )


@pytest.fixture
def sites(tmp_path: Path) -> Path:
    """Two operators west of the wall."""
    table = pd.DataFrame(
        {
            "lon": 105.015, "lat": [21.02, 21.04], "operator": ["A", "B"], "technology": "5G",
            "band_mhz": 700, "radius_km": 4.0,
        }
    )  # fmt: skip
    table.to_csv(tmp_path / "sites.csv", index=False)
    return tmp_path / "sites.csv"


def test_the_command_writes_each_operator_and_the_probability(
    tmp_path: Path, dem: Path, sites: Path
) -> None:
    out = tmp_path / "new" / "signal.tif"
    done = CliRunner().invoke(
        app, ["radio", str(sites), "--dem", str(dem), "--out", str(out), "--quiet"]
    )
    assert done.exit_code == 0, done.output
    assert [path.name for path in out.parent.iterdir()] == ["signal.tif"]
    with rasterio.open(out) as file:
        assert file.descriptions == ("RSRP, dBm, A", "RSRP, dBm, B", "P(RSRP >= -110 dBm)")
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        signals, chance = file.read([1, 2]), file.read(3)
    assert np.nanmin(chance) >= 0
    assert np.nanmax(chance) <= 1
    assert (np.isnan(chance) == np.isnan(signals).all(axis=0)).all()
    strongest, _ = sweep(dem, sites)
    there = ~np.isnan(chance)
    assert np.nanmax(signals[:, there], axis=0) == pytest.approx(strongest[there], abs=0.06)


def test_the_wall_throws_a_shadow_and_houses_cost(dem: Path, sites: Path) -> None:
    found = survey.predict([dem], sites, -80.0)
    inside = survey.predict([dem], sites, -80.0, building="traditional")
    middle = found.grid.shape[1] // 2
    west, east = found.probability[:, : middle - 2], found.probability[:, middle + 3 :]
    assert np.nanmin(west[20:40]) > np.nanmax(east[20:40])
    there = found.probability >= 0.5  # in the tails the wider spread of houses counts for more
    assert there.any()
    assert (inside.probability[there] <= found.probability[there]).all()
    assert survey.lines(found)[0].startswith("At least -80 dBm with a probability of 90 %")
    assert survey.lines(inside)[0].startswith("At least -80 dBm indoors with a probability")
    assert "dem.tif gave the grid" in " ".join(survey.lines(found))
    assert "defaults stand in for" in " ".join(survey.lines(found))


def test_the_raster_says_that_it_is_for_indoors(tmp_path: Path, dem: Path, sites: Path) -> None:
    survey.write(
        survey.predict([dem], sites, -110.0, building="traditional"), tmp_path / "indoors.tif"
    )
    with rasterio.open(tmp_path / "indoors.tif") as file:
        assert file.descriptions[-1] == "P(RSRP >= -110 dBm), indoors"


def test_a_kept_disc_gives_the_same(tmp_path: Path, dem: Path, sites: Path) -> None:
    new = survey.predict([dem], sites, -110.0, cache=tmp_path / "kept")
    kept = survey.predict([dem], sites, -110.0, cache=tmp_path / "kept")
    assert len(list((tmp_path / "kept").iterdir())) == 2
    assert new.probability.tobytes() == kept.probability.tobytes()


def test_faults_of_the_command_are_told_and_nothing_is_written(tmp_path: Path, dem: Path) -> None:
    pd.DataFrame({"lon": [105.0, 120.0], "lat": [21.0, 21.0]}).to_csv(tmp_path / "far.csv")
    for sites, out, told in (
        ("far.csv", "a.tif", "far.csv, row 2"),
        ("absent.csv", "a.tif", "absent.csv"),
        ("far.csv", "a.png", "a name that ends in .tif"),
    ):
        arguments = [
            "radio",
            str(tmp_path / sites),
            "--dem",
            str(dem),
            "--out",
            str(tmp_path / out),
        ]
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == 2
        assert told in done.output
        assert not (tmp_path / out).exists()


def test_no_file_that_is_read_is_written_over(dem: Path, sites: Path) -> None:
    before = dem.read_bytes()
    arguments = ["radio", str(sites), "--dem", str(dem), "--out", str(dem)]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 2
    assert "one of the files that are read" in done.output
    assert dem.read_bytes() == before


def test_a_raster_that_cannot_be_written_leaves_nothing(
    tmp_path: Path, dem: Path, sites: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("the disc is full")

    found = survey.predict([dem], sites, -110.0)
    monkeypatch.setattr(survey.rasters, "write_cog", fail)
    with pytest.raises(OSError, match="full"):
        survey.write(found, tmp_path / "signal.tif")
    assert not list(tmp_path.glob("*signal*"))
    with pytest.raises(BadInput):
        survey.check_name(Path("signal.jpg"))


def test_discs_that_are_cut_and_columns_that_say_nothing_are_told(dem: Path, sites: Path) -> None:
    table = pd.read_csv(sites).assign(heigth_m=9)
    table.to_csv(sites, index=False)
    told = " ".join(survey.lines(survey.predict([dem], sites, -110.0)))
    assert "2 of 2 discs are cut at the edge of the terrain: beyond it nothing is predicted" in told
    assert "columns that were not used: heigth_m" in told
    table.assign(radius_km=1.4, heigth_m=9).drop(columns="heigth_m").to_csv(sites, index=False)
    told = " ".join(survey.lines(survey.predict([dem], sites, -110.0)))
    assert "cut at the edge" not in told
    assert "not used" not in told


def test_the_command_takes_sea_and_what_lies_outside(
    tmp_path: Path, dem: Path, sites: Path
) -> None:
    with rasterio.open(dem) as file:
        wet, transform = np.zeros(file.shape), file.transform
    wet[:, : SIDE // 2 - 5] = 1
    mask = drawn.write_raster(tmp_path / "sea.tif", wet, transform=transform)
    found: dict[str, np.ndarray] = {}
    options = {"land": [], "sea": ["--sea", str(mask)], "beyond": ["--outside", "sea"]}
    for name, more in options.items():
        out = tmp_path / f"with_{name}.tif"
        done = CliRunner().invoke(
            app, ["radio", str(sites), "--dem", str(dem), "--out", str(out), *more]
        )
        assert done.exit_code == 0, done.output
        with rasterio.open(out) as file:
            found[name] = file.read(1)
        assert ("cut at the edge" in done.output) == (name != "beyond")
        assert ("taken as sea" in done.output) == (name == "beyond")
    assert found["land"].shape == found["sea"].shape
    there = ~np.isnan(found["land"])
    assert (np.isnan(found["sea"]) == ~there).all()
    assert (found["sea"][there] != found["land"][there]).any()
    assert found["beyond"].size > found["land"].size
    assert np.isfinite(found["beyond"]).sum() > there.sum()


def test_repairs_of_the_command_are_of_the_command(tmp_path: Path, dem: Path) -> None:
    pd.DataFrame({"lon": [105.0], "lat": [21.0], "technology": ["3G"]}).to_csv(tmp_path / "3g.csv")
    (tmp_path / "old.csv").write_bytes(
        "lon,lat,operator\n105,21,Hà Nội\n".encode("cp1258", "replace")
    )
    pd.DataFrame({"lon": ["105,1"], "lat": ["21,1"]}).to_csv(tmp_path / "comma.csv")
    for name in ("3g.csv", "old.csv", "comma.csv"):
        with pytest.raises(BadInput) as caught:
            survey.predict([dem], tmp_path / name, -110.0)
        assert "options" not in str(caught.value)
        assert all(fault.repair.endswith(".") for fault in caught.value.faults)
    with pytest.raises(BadInput, match="threshold_dbm: found 110"):
        survey.predict([dem], tmp_path / "3g.csv", 110.0)


def test_a_void_under_a_site_is_told(tmp_path: Path, sites: Path) -> None:
    heights = np.full((SIDE, SIDE), 10.0)
    heights[18:22, 14:17] = np.nan
    place = rasterio.Affine(0.001, 0, drawn.WEST, 0, -0.001, drawn.SOUTH + 0.06)
    holes = drawn.write_raster(tmp_path / "holes.tif", heights, transform=place)
    with pytest.raises(BadInput, match=r"sites\.csv, row 2, column lon, lat: .* not a void"):
        survey.predict([holes], sites, -110.0)
