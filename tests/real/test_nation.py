"""Every commune of Viet Nam on real open layers."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import exactextract
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from browsing import PHONE, first_hits, opened
from playwright.sync_api import Browser, Page

import deadzones as dz

SHARED = Path(__file__).parents[3] / "shared" / "data"
pytestmark = [pytest.mark.real, pytest.mark.slow]

HOANG_SA, TRUONG_SA = "20333", "22736"
WORLDPOP_TOTAL = 97_338_582.98
"""The raster's float64 sum, as its provenance note states it."""


def test_every_commune_and_province_is_there(nation: dz.Result) -> None:
    assert len(nation.communes) == 3321
    assert len(nation.provinces) == 34
    assert nation.communes.index.str.fullmatch(r"\d{5}").all()
    assert nation.communes.index.str.startswith("0").sum() == 994
    assert nation.communes["province_code"].str.fullmatch(r"\d{2}").all()


def test_communes_on_the_land_border_and_on_islands_are_known(nation: dz.Result) -> None:
    """248 border communes after the merger, as VietNamNet reported in May 2025."""
    assert nation.communes["border"].sum() == 248
    islands = set(nation.communes.index[nation.communes["island"].astype(bool)])
    assert {HOANG_SA, TRUONG_SA} <= islands
    names = nation.communes.loc[list(islands), "commune_name"]
    assert {"Đặc khu Phú Quốc", "Đặc khu Côn Đảo", "Đặc khu Lý Sơn"} <= set(names)


def test_everybody_is_counted(nation: dz.Result) -> None:
    counts = nation.manifest["counts"]
    with rasterio.open(SHARED / "population_worldpop2020_1km.tif") as file:
        values = file.read(1)
        total = float(values[values != file.nodata].astype(np.float64).sum())
    assert total == pytest.approx(WORLDPOP_TOTAL, abs=0.01)
    assert counts["people_counted"] == pytest.approx(total, rel=1e-9)
    assert counts["people_in_communes"] + counts["people_outside"] == counts["people_counted"]
    assert counts["people_outside"] == pytest.approx(767_000, abs=500)
    assert nation.communes["people"].sum() == counts["people_in_communes"]


def test_the_archipelagos_are_listed_unknown_and_drawn(nation: dz.Result) -> None:
    assert nation.manifest["counts"]["communes_unknown"] == [HOANG_SA, TRUONG_SA]
    rows = nation.communes.loc[[HOANG_SA, TRUONG_SA]]
    assert (
        rows[["people", "score", "rank", "all_people_pct", "mobile_area_pct"]].isna().all(axis=None)
    )
    assert not rows.geometry.is_empty.any()


def test_no_other_commune_vanishes(nation: dz.Result) -> None:
    assert nation.communes["people"].notna().sum() == 3319
    assert (nation.communes["people"].dropna() > 0).all()


def test_people_by_commune_are_those_of_exactextract(nation: dz.Result) -> None:
    communes = gpd.read_parquet(SHARED / "communes_vn.parquet").sort_values("commune_code")
    raster = str(SHARED / "population_worldpop2020_1km.tif")
    peer = exactextract.exact_extract(raster, communes, ["sum"], output="pandas")["sum"]
    known = nation.communes["people"].notna().to_numpy()
    ours = nation.communes["people"].to_numpy()[known]
    assert ours == pytest.approx(peer.to_numpy(dtype=float)[known], rel=2e-5, abs=0.5)


def test_people_of_the_smallest_wards_are_those_of_planar_intersections(nation: dz.Result) -> None:
    """Wards of a cell or two, by shapely alone."""
    wards = nation.communes[nation.communes["people"].notna()].nsmallest(12, "area_km2")
    with rasterio.open(SHARED / "population_worldpop2020_1km.tif") as file:
        values, inverse, place = file.read(1).astype(float), ~file.transform, file.transform
        values[values == file.nodata] = 0.0
    for code, ward in wards.geometry.items():
        west, south, east, north = ward.bounds
        left, top = (int(np.floor(v)) for v in inverse * (west, north))
        right, bottom = (int(np.ceil(v)) for v in inverse * (east, south))
        people = 0.0
        for row in range(top, bottom):
            for column in range(left, right):
                (x0, y0), (x1, y1) = place * (column, row), place * (column + 1, row + 1)
                cell = shapely.box(x0, y1, x1, y0)
                people += values[row, column] * shapely.intersection(cell, ward).area / cell.area
        assert nation.communes.at[code, "people"] == pytest.approx(people, rel=1e-5)


def test_dead_zones_hold_everybody_who_lacks_something(nation: dz.Result) -> None:
    counts = nation.manifest["counts"]
    inside, dropped = counts["people_in_dead_zones"], counts["people_in_dropped_clusters"]
    assert inside + dropped == counts["people_lacking"]
    assert counts["people_lacking"] == nation.communes["lacking_people"].sum()


def test_the_page_of_the_nation_is_small(nation_page: Path) -> None:
    assert nation_page.stat().st_size < 5_000_000


@pytest.fixture(scope="module")
def desktop(browser: Browser, nation_page: Path) -> Iterator[Page]:
    """The page, opened once: nothing is chosen on it."""
    with opened(browser, nation_page) as page:
        yield page


@pytest.mark.browser
def test_the_archipelagos_stand_on_the_first_view(desktop: Page) -> None:
    for name in ("Quần đảo Hoàng Sa (TP. Đà Nẵng)", "Quần đảo Trường Sa (tỉnh Khánh Hòa)"):
        assert desktop.get_by_text(name).first.is_visible()


@pytest.mark.browser
def test_the_page_opens_without_network_and_finds_every_commune(
    nation: dz.Result, desktop: Page
) -> None:
    codes = nation.communes.index.tolist()
    assert first_hits(desktop, codes) == codes


@pytest.mark.browser
def test_the_page_opens_on_a_phone_and_finds_communes_everywhere(
    browser: Browser, nation: dz.Result, nation_page: Path
) -> None:
    codes = [*nation.communes.index[::25], HOANG_SA, TRUONG_SA]
    with opened(browser, nation_page, size=PHONE) as page:
        assert first_hits(page, codes) == codes


def plain(text: str) -> str:
    """As it is typed on a keyboard without accents."""
    apart = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).lower()


@pytest.mark.browser
def test_hard_names_are_found_without_accents(nation: dz.Result, desktop: Page) -> None:
    """Names that most communes share, names with most marks, the shortest: with their province."""
    table = nation.communes[["commune_name", "province_name"]]
    name = table["commune_name"].map(plain)
    shared = name.map(name.value_counts())
    marks = table["commune_name"].map(lambda text: len(unicodedata.normalize("NFD", text)))
    hard = pd.concat([
        table[shared > 1].assign(by=-shared).sort_values("by", kind="stable").head(20),
        table.assign(by=-marks).sort_values("by", kind="stable").head(10),
        table.assign(by=name.str.len()).sort_values("by", kind="stable").head(10),
    ])  # fmt: skip
    assert len(hard) == 40
    whole = table["commune_name"] + " " + table["province_name"]
    folded = whole.map(plain)
    assert first_hits(desktop, whole[hard.index].tolist()) == hard.index.tolist()
    found = first_hits(desktop, folded[hard.index].tolist())
    # Tân Thành and Tân Thạnh lie in one province: without accents either may come first.
    assert [folded[str(code)] for code in found] == folded[hard.index].tolist()


@pytest.mark.browser
def test_communes_are_found_by_the_names_before_the_merger(
    nation: dz.Result, desktop: Page
) -> None:
    """Parts of the ward Kim Mã went into several new ones, none of which bears its name."""
    old = nation.communes["old_names"].fillna("")
    holds = set(nation.communes.index[old.str.contains("Phường Kim Mã")])
    assert len(holds) > 1
    desktop.locator("#dz-find").fill("phuong kim ma")
    codes = set(desktop.locator("#dz-found li code").all_inner_texts())
    assert holds <= codes
