"""Pictures of a report: what they show, where they are drawn, the same bytes each time."""

from __future__ import annotations

import io
from dataclasses import replace

import geopandas as gpd
import made_up
import pandas as pd
import pytest
import shapely
from matplotlib.figure import Figure
from PIL import Image

import deadzones as dz
from deadzones.reports import report_charts, report_facts, report_map, report_png
from deadzones.reports.document import Picture
from deadzones.reports.report_facts import Facts

pytestmark = pytest.mark.slow


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
    from deadzones.reports import _chart_communes

    write = _chart_communes.write

    def noted(where: object, x: float, y: float, text: str, **style: object) -> object:
        written.append(text)
        return write(where, x, y, text, **style)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(_chart_communes, "write", noted)
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


def two_provinces(result: dz.Result, **manifest: object) -> dz.Result:
    """The same, its last commune a province of its own."""
    communes, last = result.communes.copy(), result.communes.index[-1]
    communes.loc[last, ["province_code", "province_name"]] = ["98", "Tỉnh Hư Giang"]
    provinces = pd.concat([result.provinces, result.provinces.rename(index={"97": "98"})])
    changed = {**result.manifest, **manifest}
    return replace(result, communes=communes, provinces=provinces, manifest=changed)


def test_a_chart_has_the_shares_of_the_sentences(demo: dz.Result) -> None:
    facts = report_facts.cut(report_facts.base(two_provinces(demo)), "nation")
    drawn = report_charts.rounded(facts)
    whole = facts.whole
    share = 100.0 * float(whole["mobile_served"]) / float(whole["people"])
    assert drawn.manifest["national"]["mobile_people_pct"] == pytest.approx(share)
    units = facts.units.astype({"mobile_served": float, "people": float})
    shares = 100.0 * units["mobile_served"] / units["people"]
    assert drawn.provinces["mobile_people_pct"].tolist() == pytest.approx(shares.tolist())


def test_what_is_published_has_no_chart_of_what_is_held_back(demo: dz.Result) -> None:
    few = demo.communes.copy()
    few.loc[few.index[-1], ["mobile_lacking_people", "lacking_people"]] = 4.0
    whole = replace(demo, communes=few)
    full, public = (
        report_facts.cut(report_facts.base(two_provinces(whole, public=public)), "nation")
        for public in (False, True)
    )
    assert report_charts.charts_of(full, "vi").results
    assert not report_charts.charts_of(public, "vi").results


def test_a_chart_of_a_report_names_the_place_of_the_report(
    demo: dz.Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    from deadzones.reports import charts

    titles: list[str] = []

    def noted(result: dz.Result, **_: object) -> Figure:
        titles.append(str(result.manifest["title"]))
        return Figure(figsize=(0.2, 0.2))

    monkeypatch.setattr(charts, "distribution", noted)
    monkeypatch.setattr(charts, "budget_curve", noted)
    monkeypatch.setattr(report_charts, "_chart", lambda *_: None)
    whole = report_facts.base(demo)
    report_charts.charts_of(report_facts.cut(whole, "nation"), "vi")
    report_charts.charts_of(report_facts.cut(whole, "province", "97"), "en")
    assert titles == ["Vùng nghiên cứu “Đất nước giả tưởng”", "Mộng Sơn province"]
