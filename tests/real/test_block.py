"""The block 105-106 E, 21-22 N: real land, made-up mobile sites and fibre nodes."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing import DESKTOP, PHONE, first_hits, opened
from playwright.sync_api import Browser

import deadzones as dz

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("block")]


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


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_page_opens_without_network_and_finds_every_commune(
    browser: Browser, block: dz.Result, block_page: Path, size: dict[str, int]
) -> None:
    codes = block.communes.index.tolist()
    with opened(browser, block_page, size=size) as page:
        assert first_hits(page, codes) == codes


@pytest.mark.browser
def test_made_up_layers_are_told_across_the_page(browser: Browser, block_page: Path) -> None:
    with opened(browser, block_page) as page:
        assert page.get_by_text("synthetic data").locator("visible=true").count() > 0
