"""Pictures of a report: what they show, where they are drawn, the same bytes each time."""

from __future__ import annotations

import io
from dataclasses import replace

import geopandas as gpd
import made_up
import pandas as pd
import pytest
import shapely
from PIL import Image

import deadzones as dz
from deadzones.reports import report_charts, report_facts, report_map, report_png
from deadzones.reports.document import Picture
from deadzones.reports.report_facts import Facts


@pytest.fixture(scope="module")
def demo() -> dz.Result:
    return made_up.demo()


@pytest.fixture(scope="module")
def province(demo: dz.Result) -> Facts:
    return report_facts.cut(report_facts.base(demo), "province", "97")


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


def test_the_map_is_of_the_paper_and_says_what_it_shows(province: Facts) -> None:
    found = report_map.map_of(province, "vi")
    assert found is not None
    image = opened(found.png)
    assert image.width == pytest.approx(report_png.DPI * 160 / 25.4, abs=1)
    assert image.height < image.width / 1.9
    assert found.alt.startswith("Bản đồ tỉnh Mộng Sơn: người trong vùng lõm")
    assert found.caption == "Người trong vùng lõm theo xã, phường, đặc khu"


def test_the_same_figures_give_the_same_bytes(province: Facts) -> None:
    first, second = (report_map.map_of(province, "en") for _ in range(2))
    assert first == second
    assert b"matplotlib" not in (first.png if first else b"")


def test_a_commune_is_marked_on_the_map_of_its_province(demo: dz.Result, province: Facts) -> None:
    code = str(demo.communes.index[0])
    commune = report_facts.cut(province.base, "commune", commune=code)
    whole, marked = report_map.map_of(province, "vi"), report_map.map_of(commune, "vi")
    assert whole is not None
    assert marked is not None
    assert opened(whole.png).size == opened(marked.png).size
    assert whole.png != marked.png


def test_no_border_no_map(demo: dz.Result) -> None:
    empty = demo.communes.set_geometry([shapely.Polygon()] * len(demo.communes), crs=4326)
    facts = report_facts.cut(report_facts.base(replace(demo, communes=empty)), "nation")
    assert report_map.map_of(facts, "vi") is None


def test_hoang_sa_and_truong_sa_stand_on_the_real_country(
    demo: dz.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    from deadzones.reports import _chart_type

    write = _chart_type.write

    def noted(where: object, x: float, y: float, text: str, **style: object) -> object:
        written.append(text)
        return write(where, x, y, text, **style)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(_chart_type, "write", noted)
    real = replace(demo, manifest={**demo.manifest, "country": "VN"})
    shapes = [shapely.box(102.5 + at, 9.0 + 3 * at, 103.5 + at, 12.0 + 3 * at) for at in range(4)]
    nation = replace(
        real, communes=gpd.GeoDataFrame(pd.DataFrame(real.communes), geometry=shapes, crs=4326)
    )
    for result in (real, nation):
        written.clear()
        facts = report_facts.cut(report_facts.base(result), "nation")
        assert report_map.map_of(facts, "vi") is not None
        assert "Quần đảo Hoàng Sa\n(TP. Đà Nẵng)" in written
        assert "Quần đảo Trường Sa\n(tỉnh Khánh Hòa)" in written
    written.clear()
    report_map.map_of(report_facts.cut(report_facts.base(demo), "nation"), "vi")
    assert not [text for text in written if "Hoàng Sa" in text]


def test_charts_of_a_province_and_of_the_nation(province: Facts) -> None:
    drawn = report_charts.charts_of(province, "vi")
    (one,) = drawn.situation
    assert isinstance(one, Picture)
    assert "% dân số sống ở các xã" in one.alt
    assert not drawn.results + drawn.solutions
    nation = report_charts.charts_of(report_facts.cut(province.base, "nation"), "en")
    assert not nation.situation + nation.results  # one province is no comparison
    assert len(nation.solutions) == 1


def test_charts_say_the_persons_and_names_of_the_tables(province: Facts) -> None:
    """Fractions of persons are rounded commune by commune, as in the tables, not once in a province."""
    facts = report_facts.cut(province.base, "nation")
    drawn = report_charts.rounded(facts)
    for key in ("people", "mobile_lacking"):
        name = key if key == "people" else f"{key}_people"
        assert drawn.provinces[name].tolist() == facts.units[key].tolist()
        assert drawn.communes[name].tolist() == facts.communes[key].tolist()
