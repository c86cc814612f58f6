"""The block 105-106 E, 21-22 N: real land, made-up mobile sites and fibre nodes."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pyproj
import pytest
import shapely
from browsing import DESKTOP, PHONE, first_hits, opened
from playwright.sync_api import Browser

import deadzones as dz

SHARED = Path(__file__).parents[3] / "shared" / "data"
WHOLE = (105.0, 21.0, 106.0, 22.0)
Box = tuple[float, float, float, float]
pytestmark = [pytest.mark.real, pytest.mark.slow]


def test_it_takes_the_communes_that_touch_the_box(block: dz.Result, box: Box) -> None:
    every = gpd.read_parquet(SHARED / "communes_vn.parquet").set_index("commune_code")
    touching = every.index[every.intersects(shapely.box(*box))]
    assert block.communes.index.tolist() == sorted(touching)
    assert box != WHOLE or len(touching) == 293


def test_made_up_layers_make_the_whole_synthetic(block: dz.Result) -> None:
    assert block.manifest["synthetic"] is True
    assert block.manifest["evidence"] == "synthetic"
    assert block.manifest["services"]["power"]["evidence"] == "proxy"


def test_roads_are_measured(block: dz.Result, box: Box) -> None:
    roads = gpd.read_parquet(SHARED / "roads_osm2018_n21e105.parquet").to_crs("EPSG:4326")
    inside = shapely.intersection(
        shapely.union_all(roads.geometry.to_numpy()),
        shapely.union_all(block.communes.geometry.to_numpy()),
    )
    km = pyproj.Geod(ellps="WGS84").geometry_length(inside) / 1000
    assert block.communes["road_km"].sum() == pytest.approx(km, rel=0.02)
    # 9,069 km in the block (provenance note); a little lies in no commune of it.
    assert box != WHOLE or km == pytest.approx(9069, rel=0.02)


def test_zones_know_their_height_and_their_road(block: dz.Result) -> None:
    zones = block.dead_zones
    assert zones["elevation_m"].dropna().between(-60, 1582).all()
    assert zones["elevation_m"].notna().mean() > 0.5
    assert zones["road_km"].max() < 100


def test_what_is_built_keeps_the_budget_and_follows_real_roads(block: dz.Result) -> None:
    assert 0 < block.upgrades["cost_vnd"].sum() <= block.manifest["upgrades"]["budget_vnd"]
    assert (block.network["length_km"] > 0).any()


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
        assert page.get_by_text("Dữ liệu giả lập").locator("visible=true").count() > 0
