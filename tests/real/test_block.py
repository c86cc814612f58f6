"""The block 105-106 E, 21-22 N: real land, made-up mobile sites and fibre nodes."""

from __future__ import annotations

from pathlib import Path

import pytest

import deadzones as dz

HERE = Path(__file__).parent
pytestmark = [pytest.mark.real, pytest.mark.xdist_group("block")]


@pytest.fixture(scope="module")
def block() -> dz.Result:
    return dz.run(dz.Study.read(HERE / "block_n21e105.toml"))


def test_it_takes_the_communes_that_touch_the_block(block: dz.Result) -> None:
    assert len(block.communes) == 293


def test_made_up_layers_make_the_whole_synthetic(block: dz.Result) -> None:
    assert block.manifest["synthetic"] is True
    assert block.manifest["evidence"] == "synthetic"
    assert block.manifest["services"]["power"]["evidence"] == "proxy"


def test_roads_of_the_block_are_measured(block: dz.Result) -> None:
    # 9,069 km in the block (provenance note); a little lies in no commune of it.
    assert block.communes["road_km"].sum() == pytest.approx(9069, rel=0.02)


def test_zones_know_their_height_and_their_road(block: dz.Result) -> None:
    zones = block.dead_zones
    assert zones["elevation_m"].dropna().between(-60, 1582).all()
    assert zones["elevation_m"].notna().mean() > 0.5
    assert zones["road_km"].max() < 100


def test_the_page_says_synthetic(block: dz.Result, tmp_path: Path) -> None:
    page = (block.write(tmp_path / "block") / "map.html").read_text(encoding="utf-8")
    assert "synthetic data" in page
