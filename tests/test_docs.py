"""What docs/ says is so: its lines run, its defaults are those of the code, its pictures are there."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import drawn
import numpy as np
import pandas as pd
import pytest
import rasterio
from typer.testing import CliRunner

from deadzones.cli import app
from deadzones.coverage import radio
from deadzones.coverage.study import Layer, Study
from deadzones.coverage.study_parts import Radio

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
RADIO = (DOCS / "radio.md").read_text("utf-8")
MOST_BYTES = 250_000
"""Of a picture: for a slow line."""
BAND_COLUMNS = (
    "band_mhz", "downlink_mhz", "technology", "bandwidth_mhz", "power_dbm", "gain_dbi", "loss_db",
    "eirp_dbm", "height_m", "tilt_deg", "radius_km",
)  # fmt: skip


def blocks(language: str) -> list[str]:
    """The code in a page, by language."""
    return re.findall(rf"^```{language}\n(.*?)^```", RADIO, flags=re.MULTILINE | re.DOTALL)


def said(pattern: str) -> float:
    """The number that the only match of a pattern has in its group."""
    (found,) = re.findall(pattern, " ".join(RADIO.split()))
    return float(found.replace(",", ""))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files that the page names: hills of cells of some 100 m, and two sites."""
    rows, columns = np.mgrid[0:100, 0:100]
    drawn.write_raster(
        tmp_path / "terrain.tif",
        150 + 100 * np.sin(rows / 9) * np.cos(columns / 7),
        transform=rasterio.Affine(0.001, 0, 105, 0, -0.001, 21.1),
    )
    sites = pd.DataFrame({"lon": [105.03, 105.06], "lat": [21.04, 21.05], "operator": ["A", "B"]})
    sites.to_csv(tmp_path / "sites.csv", index=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("code", blocks("python"))
def test_the_python_lines_run(code: str, folder: Path) -> None:
    names: dict[str, np.ndarray] = {}
    exec(compile(code, "docs/radio.md", "exec"), names)
    rasters = [value for name, value in names.items() if name.endswith(("_db", "_dbm", "chance"))]
    assert rasters
    for raster in rasters:
        assert np.isfinite(raster).any()


def test_the_command_lines_run(folder: Path) -> None:
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    assert lines
    for line in lines:
        program, *words = shlex.split(line)
        assert program == "deadzones"
        done = CliRunner().invoke(app, [*words, "--quiet"])
        assert done.exit_code == 0, done.output
        assert (folder / words[words.index("--out") + 1]).is_file()


def test_the_study_is_one_and_shows_the_defaults() -> None:
    (text,) = blocks("toml")
    tables = tomllib.loads(text)
    assert set(tables) <= set(Study.model_fields)
    for name, layer in tables["layers"].items():
        Layer(**{"role": name} | layer)
    shown = Radio(**tables["radio"])
    assert shown == Radio()
    hidden = set(Radio.model_fields) - set(tables["radio"])
    assert all(f"# {name} = " in text for name in hidden)


def test_the_bands_are_those_of_the_table() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in RADIO.splitlines()
        if re.match(r"\| \d+ \|", line)
    ]
    found = pd.DataFrame(rows, columns=BAND_COLUMNS)
    bands = pd.read_csv(ROOT / "coverage" / "radio" / "bands.csv")
    bands["eirp_dbm"] = bands["power_dbm"] + bands["gain_dbi"] - bands["loss_db"]
    assert (found["technology"] == bands["technology"]).all()
    numbers = [name for name in BAND_COLUMNS if name != "technology"]
    assert np.array_equal(found[numbers].astype(float), bands[numbers].astype(float))


def test_the_numbers_in_the_text_are_those_of_the_code() -> None:
    assert said(r"(\d+) N-units \| ITU-R P.453-12") == radio.DELTA_N
    assert said(r"(\d+) N-units \| ITU-R P.453-13") == radio.N0
    assert said(r"predicted median \| ([\d.]+) dB") == radio.MODEL_SIGMA_DB
    assert said(r"enlarged radius \(([\d,]+) km\)") == round(6371 * 157 / (157 - radio.DELTA_N))
    sigma_db = radio.total_sigma_db(0.768, width_m=90)
    assert said(r"standard deviation is ([\d.]+) dB") == round(sigma_db, 1)
    assert said(r"lies ([\d.]+) dB below") == round(radio.margin_db(0.9, sigma_db=sigma_db), 1)
    assert said(r"median ([\d.]+) dB above") == round(radio.margin_db(0.9, sigma_db=8.0), 2)
    share = radio.area_probability(0.9, exponent=3.5, sigma_db=8.0)
    assert said(r"then gets ([\d.]+) %") == round(100 * share, 2)
    walls_db, spread_db = radio.entry_loss_db(0.768)
    assert said(r"asked for \| (\d+) dB") == round(walls_db)
    assert said(r"asked for \| \d+ dB, spread (\d+) dB") == round(spread_db)


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_what_a_page_links_to_is_there(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)", page.read_text("utf-8"))
    near = [link for link in links if "://" not in link]
    assert not [link for link in near if not (page.parent / link).is_file()]


def test_the_pictures_of_the_page_are_small_and_used() -> None:
    pictures = list(DOCS.glob("radio_*.png"))
    assert pictures
    for picture in pictures:
        assert f"]({picture.name})" in RADIO
        assert picture.stat().st_size < MOST_BYTES, picture.name
