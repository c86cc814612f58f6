"""Charts: what they draw is in the tables, what they say is right, and files are the same twice."""

from __future__ import annotations

import re
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
import shapely
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from tiny_result import SERVICES, TinyResult, real_viet_nam, tiny

import deadzones as dz
from deadzones.reports import chart_words, charts, measures, sovereignty
from deadzones.reports._chart_ground import ground, path_of
from deadzones.reports._chart_legend import round_length_km
from deadzones.reports._chart_type import FONT, drawable, width_pt, wrapped
from deadzones.reports.words import LANGUAGES, WORDS, Lang, number, word

Draw = Callable[..., Figure]
TARGET = 90.0
FRAME = "#d5d9dc"
UNKNOWN = "#ececec"


def country(**manifest: Any) -> TinyResult:
    """Nine communes in two provinces, with all that charts read of a manifest."""
    made = tiny(**manifest)
    for about in made.manifest["services"].values():
        about["target_pct"] = TARGET
    plan = {
        "budget_vnd": 1.3e12, "upper_bound": 6_000.0, "gap": 0.155, "proved": False,
        "objective": "people", "costs_rounded": False,
    }  # fmt: skip
    lacking = {f"{key}_lacking_people": [1_234.0, 5_678.0] for key in SERVICES}
    provinces = made.provinces.assign(**lacking)
    return replace(made, provinces=provinces, manifest={"upgrades": plan} | made.manifest)


def nation() -> TinyResult:
    """The same, as wide as Viet Nam and said to be it."""
    made = real_viet_nam(country())
    west, south, *_ = made.communes.total_bounds

    def widened(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        moved = shapely.transform(
            table.geometry.to_numpy(), lambda xy: (xy - [west, south]) * [12, 22] + [102.2, 8.5]
        )
        return table.set_geometry(gpd.GeoSeries(moved, index=table.index, crs=4326))

    return replace(made, communes=widened(made.communes), provinces=widened(made.provinces))


@cache
def made_up() -> dz.Result:
    """A result as it comes."""
    return dz.demo(communes=4)


def later(result: TinyResult) -> TinyResult:
    """The same after something was built, and something fell down."""
    better = result.provinces.assign(score=result.provinces["score"] + [7.5, -3.5])
    return replace(result, provinces=better, manifest=result.manifest | {"title": "Xứ Mây 2030"})


DRAWINGS: dict[str, Callable[[TinyResult, Any], Figure]] = {
    "choropleth": lambda result, lang: charts.choropleth(result, lang=lang),
    "province": lambda result, lang: charts.choropleth(
        result, measure="mobile", province="01", lang=lang
    ),
    "budget_curve": lambda result, lang: charts.budget_curve(result, lang=lang),
    "against_target": lambda result, lang: charts.against_target(
        result, service="fibre", lang=lang
    ),
    "distribution": lambda result, lang: charts.distribution(
        result, measure="dead_people", lang=lang
    ),
    "before_after": lambda result, lang: charts.before_after(result, later(result), lang=lang),
}


@cache
def drawn(name: str, lang: str) -> Figure:
    """Each chart of the made-up country."""
    return DRAWINGS[name](country(), lang)


def texts(figure: Figure) -> list[str]:
    """All that stands on a figure, lines joined."""
    found = [each for each in figure.findobj(Text) if each.get_visible()]
    return [" ".join(each.get_text().split()) for each in found if each.get_text().strip()]


def title(figure: Figure) -> str:
    """What a figure says in one sentence."""
    return str(figure.get_label())


def everything(figure: Figure) -> str:
    return "\n".join(texts(figure))


each_drawing = pytest.mark.parametrize("name", DRAWINGS)
each_language = pytest.mark.parametrize("lang", LANGUAGES)


# --- all charts -------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "kind"),
    [*((name, "svg") for name in DRAWINGS), ("province", "png"), ("choropleth", "pdf")],
)
def test_the_same_figure_is_the_same_bytes(name: str, kind: str, tmp_path: Path) -> None:
    charts.save(drawn(name, "vi"), tmp_path / f"one.{kind}")
    charts.save(DRAWINGS[name](country(), "vi"), tmp_path / f"two.{kind}")
    one = (tmp_path / f"one.{kind}").read_bytes()
    assert one == (tmp_path / f"two.{kind}").read_bytes()
    assert one.startswith({"svg": b"<?xml", "pdf": b"%PDF", "png": b"\x89PNG"}[kind])
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"one.{kind}", f"two.{kind}"]
    # no day, no version, and letters that need no font of the reader
    assert not re.search(rb"<dc:date>|CreationDate|Matplotlib v|<text", one)
    assert mpl.__version__.encode() not in one
    assert kind != "pdf" or (b"/FontFile2" in one and b"/Type3" not in one)


@pytest.mark.parametrize("path", ["chart.jpg", "chart"])
def test_an_unknown_format_is_refused(path: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"choose one of \.png, \.pdf, \.svg"):
        charts.save(drawn("budget_curve", "vi"), tmp_path / path)
    assert not list(tmp_path.iterdir())


def test_a_file_is_whole_or_absent(tmp_path: Path) -> None:
    class Broken(Figure):
        def draw(self, renderer: Any) -> None:  # noqa: ARG002 - as Figure has it
            raise RuntimeError("power cut")

    old = tmp_path / "deep" / "chart.svg"
    charts.save(drawn("budget_curve", "vi"), old)
    before = old.read_bytes()
    with pytest.raises(RuntimeError, match="power cut"):
        charts.save(Broken(), old)
    assert old.read_bytes() == before
    assert [path.name for path in old.parent.iterdir()] == ["chart.svg"]


def settings() -> dict[str, Any]:
    """All but the backend, which matplotlib chooses when it is looked at."""
    return {str(key): mpl.rcParams[key] for key in mpl.rcParams if key != "backend"}


@each_drawing
def test_nothing_of_matplotlib_is_changed(name: str, tmp_path: Path) -> None:
    loaded = "matplotlib.pyplot" in sys.modules
    with mpl.rc_context({"font.size": 31.0, "axes.facecolor": "red", "font.family": "serif"}):
        before = settings()
        charts.save(DRAWINGS[name](country(), "vi"), tmp_path / "styled.svg")
        assert settings() == before
    assert ("matplotlib.pyplot" in sys.modules) == loaded
    charts.save(drawn(name, "vi"), tmp_path / "plain.svg")
    assert (tmp_path / "styled.svg").read_bytes() == (tmp_path / "plain.svg").read_bytes()


@each_drawing
@each_language
def test_every_letter_has_a_glyph(name: str, lang: str) -> None:
    for weight in ("normal", "bold"):
        font = get_font(findfont(FontProperties(family=FONT, weight=weight)))
        missing = {
            letter
            for letter in everything(drawn(name, lang))
            if not font.get_char_index(ord(letter))
        }
        assert missing <= {"\n"}


ENGLISH = {
    part.lower()
    for _, english in [*WORDS.values(), *chart_words.CHART_WORDS.values()]
    for part in re.findall(r"[A-Za-z]{3,}", re.sub(r"\{\w+\}", "", english))
}
SHARED = {"img", "src", "onerror", "alert"}
"""On Vietnamese charts too: the hostile owner of the test."""


@each_drawing
def test_a_vietnamese_chart_has_no_english_word(name: str) -> None:
    vietnamese = {
        part.lower()
        for text, _ in [*WORDS.values(), *chart_words.CHART_WORDS.values()]
        for part in re.findall(r"[A-Za-z]{3,}", text)
    }
    shown = set(re.findall(r"\b[a-z]{3,}\b", everything(drawn(name, "vi")).lower()))
    assert not shown & ENGLISH - vietnamese - SHARED
    assert set(re.findall(r"\b[a-z]{3,}\b", everything(drawn(name, "en")).lower())) & ENGLISH


@each_drawing
@each_language
def test_made_up_data_says_so(name: str, lang: Lang) -> None:
    band = word("synthetic_band", lang)
    assert band in texts(drawn(name, lang))
    assert band not in texts(DRAWINGS[name](country(synthetic=False), lang))


def test_one_made_up_result_of_two_says_so() -> None:
    real = country(synthetic=False)
    assert "Dữ liệu giả lập" in texts(charts.before_after(real, later(country())))


@each_drawing
def test_the_sources_and_the_evidence_are_named(name: str) -> None:
    (line,) = [text for text in texts(drawn(name, "vi")) if "Nguồn:" in text]
    assert "Sở KHCN Bắc Mây (31/01/2026)" in line
    assert "Bằng chứng yếu nhất: giả lập" in line
    assert "/secret" not in everything(drawn(name, "vi"))


@each_drawing
@each_language
def test_numbers_are_written_as_the_language_does(name: str, lang: str) -> None:
    shown = everything(drawn(name, lang))
    dates = r"\d+[/-]\d+[/-]\d+"
    wrong = r"\d,\d{3}\b|\d\.\d{1,2}\b" if lang == "vi" else r"\d\.\d{3}\b|\d,\d{1,2}\b"
    assert not re.findall(wrong, re.sub(dates, "", shown))


@each_drawing
@each_language
def test_all_text_stands_on_the_page(name: str, lang: str) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = drawn(name, lang)
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw_without_rendering()  # the legend finds its place
    for each in figure.findobj(Text):
        if each.get_text().strip() and each.get_visible():
            box = each.get_window_extent(renderer)
            assert box.x0 >= 0, each.get_text()
            assert box.y0 >= 0, each.get_text()
            assert box.x1 <= figure.bbox.width, each.get_text()
            assert box.y1 <= figure.bbox.height, each.get_text()


@pytest.mark.parametrize("draw", [charts.choropleth, charts.budget_curve, charts.distribution])
def test_an_unknown_language_is_refused(draw: Draw) -> None:
    with pytest.raises(ValueError, match="choose one of vi, en"):
        draw(country(), lang="fr")


@pytest.mark.parametrize("draw", [charts.choropleth, charts.distribution])
def test_an_unknown_measure_lists_those_there_are(draw: Draw) -> None:
    with pytest.raises(ValueError, match=r"no measure 'water'.*score, dead_people, .*mobile_"):
        draw(country(), measure="water")


def test_an_unknown_province_lists_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"no province '99'.*choose one of 01, 02"):
        charts.choropleth(country(), province="99")


def test_an_unknown_service_lists_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"no service 'water'.*mobile, fibre, power"):
        charts.against_target(country(), service="water")


def test_without_matplotlib_the_error_says_what_to_install() -> None:
    code = "import sys; sys.modules['matplotlib'] = None; import deadzones.reports.charts"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=False
    )
    assert "ImportError: charts need matplotlib: pip install deadzones[report]" in done.stderr


@pytest.mark.slow
def test_hostile_text_is_drawn_as_it_is(tmp_path: Path) -> None:
    hostile = "$\\frac{a}{b}$ \x00\u202e ພາສາ 漢字 \U0001f600 " + "rất-dài" * 200
    result = country(title=hostile)
    result.manifest["layers"]["people"]["owner"] = hostile
    names = [hostile] * len(result.provinces)
    result = replace(result, provinces=result.provinces.assign(province_name=names))
    for draw in DRAWINGS.values():
        figure = draw(result, "vi")
        assert any("$\\frac{a}{b}$" in text for text in texts(figure))
        charts.save(figure, tmp_path / "hostile.svg")


# --- type -------------------------------------------------------------------------------------


def test_letters_that_the_font_lacks_become_boxes() -> None:
    assert drawable("Hòa 漢") == "Hòa □"
    assert drawable("a\tb\nc") == "a b\nc"


@pytest.mark.parametrize("room", [30.0, 80.0, 200.0])
@pytest.mark.parametrize("lines", [1, 2, 5])
def test_wrapped_text_fits_and_loses_nothing_unsaid(room: float, lines: int) -> None:
    text = "Tỷ lệ người được phục vụ ở các xã, phường, đặc khu của tỉnh"
    found = wrapped(text, room, 8, lines)
    assert len(found.split("\n")) <= lines
    assert all(width_pt(line, 8) <= room for line in found.split("\n"))
    assert found.replace("\n", " ") == text or "…" in found


def test_changes_have_their_sign() -> None:
    assert chart_words.signed(-0.04, "en", 1) == "0.0"
    assert chart_words.signed(12_345.6, "vi") == "+12.346"


def test_each_word_has_the_same_places_in_both_languages() -> None:
    for key, (vi, en) in chart_words.CHART_WORDS.items():
        assert sorted(re.findall(r"\{\w+\}", vi)) == sorted(re.findall(r"\{\w+\}", en)), key
    assert not set(chart_words.CHART_WORDS) & {"map", "menu"}


# --- the map ----------------------------------------------------------------------------------


def patches(figure: Figure, gid: str) -> list[PathCollection]:
    """The communes of the main map."""
    found = [each for each in figure.axes[0].collections if each.get_gid() == gid]
    return [each for each in found if isinstance(each, PathCollection)]


def faces(collection: PathCollection) -> list[str]:
    """The colour of each shape."""
    return [to_hex((r, g, b)) for r, g, b, _ in np.asarray(collection.get_facecolor()).tolist()]


def oracle(values: pd.Series, key: str) -> list[str]:
    """The class colours of known values, as numpy sorts them in."""
    columns = ["score", "dead_people", "mobile_people_pct", "mobile_vnpt_people_pct"]
    manifest = country().manifest
    (measure,) = [m for m in measures.available(columns, manifest) if m.key == key]
    known = values.dropna().to_numpy(dtype=float)
    return [measure.colors[place] for place in np.digitize(known, measure.breaks)]


@pytest.mark.parametrize(
    "key", ["score", "dead_people", "mobile_people_pct", "mobile_vnpt_people_pct"]
)
def test_communes_have_the_colours_of_their_classes(key: str) -> None:
    result = country()
    figure = charts.choropleth(result, measure=key)
    (known,), (unknown,) = patches(figure, "known"), patches(figure, "unknown")
    assert faces(known) == oracle(result.communes[key], key)
    assert len(unknown.get_paths()) == result.communes[key].isna().sum()
    assert set(faces(unknown)) == {UNKNOWN}
    assert unknown.get_hatch()
    assert word("no_data", "vi") in texts(figure)


def test_a_value_on_a_break_is_in_the_class_above() -> None:
    result = country()
    values = pd.Series([24.999, 25.0, 49.0, 50.0, 95.0, 99.0, 100.0, 0.0, np.nan])
    communes = result.communes.assign(score=values.to_numpy())
    figure = charts.choropleth(replace(result, communes=communes))
    (known,) = patches(figure, "known")
    assert faces(known) == oracle(values, "score")


def test_the_legend_counts_every_commune() -> None:
    result = country()
    for province, name in ((None, 9), ("01", 6), ("02", 3)):
        figure = charts.choropleth(result, province=province)
        legend = figure.axes[1]
        above = max(each.get_position()[1] for each in legend.texts)
        counts = [
            int(each.get_text()) for each in legend.texts
            if each.get_position()[1] == above and each.get_text().isdigit()
        ]  # fmt: skip
        assert sum(counts) == name


def test_without_unknown_communes_the_legend_does_not_speak_of_them() -> None:
    result = country()
    figure = charts.choropleth(replace(result, communes=result.communes.assign(score=50.0)))
    assert word("no_data", "vi") not in texts(figure)
    assert not patches(figure, "unknown")


@pytest.mark.parametrize("result", [nation(), real_viet_nam(country())], ids=["wide", "inset"])
@pytest.mark.parametrize("province", [None, "01"])
def test_the_archipelagos_are_named_on_the_real_viet_nam(
    result: TinyResult, province: str | None
) -> None:
    for lang in LANGUAGES:
        shown = texts(charts.choropleth(result, province=province, lang=lang))
        for isles in sovereignty.ARCHIPELAGOS:
            assert isles["name"] in shown


def test_the_archipelagos_stand_in_the_frame() -> None:
    for result in (nation(), real_viet_nam(country())):
        figure = charts.choropleth(result)
        named = [each for each in figure.findobj(Text) if "Quần đảo" in each.get_text()]
        assert len(named) == 2
        for axes in figure.axes:
            (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
            for line in axes.lines:
                points = np.asarray(line.get_xydata())
                if len(points) in (12, 23):  # islands
                    x, y = points.T
                    assert ((left < x) & (x < right) & (bottom < y) & (y < top)).all()


def test_they_are_not_named_elsewhere() -> None:
    assert "Sa" not in everything(charts.choropleth(country())).replace("Sở", "")


def test_a_province_with_an_archipelago_is_drawn_large() -> None:
    """Its islands are in the inset: the mainland is not a corner of the sea."""
    result = real_viet_nam(country())
    moved = result.communes.geometry.to_list()
    moved[0] = shapely.box(112.0, 16.0, 112.6, 16.8)
    far = result.communes.set_geometry(gpd.GeoSeries(moved, index=result.communes.index, crs=4326))
    frame = charts.choropleth(replace(result, communes=far)).axes[0]
    assert np.ptp(frame.get_xlim()) < 200_000
    inset = charts.choropleth(replace(result, communes=far)).axes[-1]
    assert sum(len(each.get_paths()) for each in inset.collections if each.get_gid()) == 1


def test_names_do_not_touch_and_the_largest_is_there() -> None:
    figure = charts.choropleth(nation())
    assert "Bắc Mây" in texts(figure)
    figure = charts.choropleth(country(), province="01")
    people = country().communes.loc[lambda table: table["province_code"] == "01", "people"]
    assert country().communes.at[people.idxmax(), "commune_name"] in texts(figure)
    crowded = country().communes.assign(commune_name="Một tên rất dài " * 3)
    figure = charts.choropleth(replace(country(), communes=crowded), province="01")
    assert 0 < sum("rất dài" in text for text in texts(figure)) < 6


def test_holes_stay_holes() -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    ring = shapely.box(1, 1, 9, 9) - shapely.box(3, 3, 6, 6)
    shape = shapely.union_all([ring, shapely.box(10, 1, 12, 2)])
    figure = Figure(figsize=(1.3, 1.0), dpi=100)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, 13), ylim=(0, 10))
    axes.set_axis_off()
    axes.add_collection(PathCollection([path_of(shape)], facecolors="black", linewidths=0))
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    dark = np.asarray(canvas.buffer_rgba())[::-1, :, 0] < 128
    rows, columns = (np.indices(dark.shape) + 0.5) / 10
    assert (dark == shapely.contains_xy(shape, columns, rows)).mean() > 0.99


@pytest.mark.parametrize("box", [(104.0, 20.0, 104.5, 20.2), (102.0, 7.0, 118.0, 23.5)])
def test_the_scale_is_true(box: tuple[float, float, float, float]) -> None:
    """Metres on the sheet are metres on the Earth, to a hundredth, all over the nation."""
    from pyproj import Geod

    window = ground(box, (6.8, 7.5))
    west, south, east, north = box
    for lat in (south, (south + north) / 2, north):
        lon = np.array([(west + east) / 2, (west + east) / 2 + 0.1])
        (x0, y0), (x1, y1) = window.points([(lon[0], lat), (lon[1], lat)])
        wanted = Geod(ellps="WGS84").inv(lon[0], lat, lon[1], lat)[2]
        assert np.hypot(x1 - x0, y1 - y0) == pytest.approx(wanted, rel=0.01)
    width, height = np.subtract(window.frame[2:], window.frame[:2])
    assert width / height == pytest.approx(6.8 / 7.5)


@pytest.mark.parametrize("most", [0.3, 1.0, 1.99, 7.0, 49.9, 50.0, 1_234.0])
def test_the_scale_bar_is_round_and_as_long_as_may_be(most: float) -> None:
    length = round_length_km(most)
    assert f"{length:e}"[0] in "125"
    assert most / 2.5 < length <= most


# --- the budget -------------------------------------------------------------------------------


def steps(figure: Figure) -> np.ndarray:
    """The points of the curve."""
    (curve,) = [line for line in figure.axes[0].lines if line.get_label() == "plan"]
    assert curve.get_drawstyle() == "steps-post"
    return np.asarray(curve.get_xydata())


@pytest.mark.slow
@pytest.mark.parametrize("make", [country, made_up])
def test_the_curve_ends_at_the_sums_of_the_table(make: Callable[[], Any]) -> None:
    result = make()
    points = steps(charts.budget_curve(result))
    assert points[0].tolist() == [0, 0]
    assert len(points) == len(result.upgrades) + 1
    sums = result.upgrades[["cost_vnd", "people_gained"]].sum().to_list()
    assert points[-1] == pytest.approx(sums)
    assert (np.diff(points, axis=0) >= 0).all()


def test_what_the_budget_buys_is_the_title() -> None:
    assert (
        title(charts.budget_curve(country()))
        == "1,26 nghìn tỷ đồng đưa dịch vụ đến thêm 5.070 lượt người"
    )


def levels(figure: Figure) -> Iterator[tuple[str, float]]:
    """Straight lines over the whole chart: along which axis, and at what value."""
    for line in figure.axes[0].lines:
        x, y = np.asarray(line.get_xydata()).T
        if line.get_label() != "plan" and len(x) == 2:
            yield ("x", x[0]) if x[0] == x[1] else ("y", y[0])


def test_the_budget_and_the_bound_are_marked() -> None:
    figure = charts.budget_curve(country())
    assert set(levels(figure)) == {("x", 1.3e12), ("y", 6_000.0)}
    assert "Ngân sách 1,3 nghìn tỷ đồng" in texts(figure)
    assert "84,5 %" in everything(figure)


def test_a_bound_that_is_not_in_people_is_not_drawn_as_people() -> None:
    result = country()
    result.manifest["upgrades"]["objective"] = "equity"
    assert ("y", 6_000.0) not in set(levels(charts.budget_curve(result)))


def test_a_plan_of_nothing_says_so() -> None:
    result = country()
    figure = charts.budget_curve(replace(result, upgrades=result.upgrades.iloc[:0]))
    assert title(figure) == "Không có đề xuất nào trong ngân sách."
    assert steps(figure).tolist() == [[0, 0]]


# --- the target -------------------------------------------------------------------------------


def bars(figure: Figure) -> list[Rectangle]:
    """Bars that stand for a value, from the top."""
    found = [each for each in figure.axes[0].patches if isinstance(each, Rectangle)]
    return sorted(
        (each for each in found if to_hex(each.get_facecolor()) not in ("#f3f4f5", UNKNOWN)),
        key=lambda each: each.get_y(),
    )


@pytest.mark.parametrize("service", SERVICES)
def test_bars_are_the_shares_from_the_lowest(service: str) -> None:
    result = country()
    figure = charts.against_target(result, service=service)
    served = result.provinces[f"{service}_people_pct"].sort_values()
    assert [each.get_width() for each in bars(figure)] == pytest.approx(served.to_list())
    full = [
        to_hex(each.get_facecolor()) == measures.SERVICE_COLORS[service] for each in bars(figure)
    ]
    assert full == (served >= TARGET).to_list()
    assert ("x", TARGET) in set(levels(figure))
    met = f"{(served >= TARGET).sum()} trên {len(served)}"
    assert met in title(figure)


def many(rows: int, **columns: Any) -> TinyResult:
    """A country of many provinces."""
    result = country()
    table = pd.concat([result.provinces.iloc[[0]]] * rows)
    table.index = pd.Index([f"{row:02d}" for row in range(rows)], name="province_code")
    return replace(result, provinces=table.assign(**columns))


def test_34_provinces_are_legible() -> None:
    names = [f"Tỉnh số {row}" for row in range(34)]
    figure = charts.against_target(
        many(34, province_name=names, power_people_pct=np.linspace(20, 99, 34)), service="power"
    )
    rows = [each for each in figure.axes[0].texts if each.get_text() in {n[5:] for n in names}]
    assert [each.get_text() for each in rows] == [name[5:] for name in names]
    height_pt = figure.axes[0].bbox.height / figure.dpi * 72 / 34
    assert all(float(each.get_fontsize()) * 1.3 <= height_pt for each in rows)


def test_beyond_40_provinces_the_lowest_are_drawn_and_it_says_so() -> None:
    figure = charts.against_target(
        many(63, power_people_pct=np.linspace(1, 99, 63)), service="power"
    )
    assert len(bars(figure)) == 40
    assert "Chỉ vẽ 40 nơi thấp nhất trong 63." in texts(figure)
    assert "63" in title(figure)


def test_a_province_without_data_is_no_zero() -> None:
    result = country()
    provinces = result.provinces.assign(power_people_pct=[np.nan, 50.0])
    figure = charts.against_target(replace(result, provinces=provinces), service="power")
    assert len(bars(figure)) == 1
    assert word("no_data", "vi") in texts(figure)
    assert "0,0 %" not in texts(figure)


def test_a_service_without_a_target_says_what_to_do() -> None:
    with pytest.raises(ValueError, match="run its study again"):
        charts.against_target(tiny(), service="power")


def test_the_target_may_be_told_by_the_study_alone() -> None:
    asked = {"services": {"power": {"target_pct": 33.0}}}
    assert ("x", 33.0) in set(levels(charts.against_target(tiny(study=asked), service="power")))


# --- the classes ------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["score", "dead_people", "mobile_people_pct"])
def test_bars_are_the_people_of_each_class(key: str) -> None:
    result = country()
    figure = charts.distribution(result, measure=key)
    (measure,) = [m for m in measures.available([key], result.manifest) if m.key == key]
    known = result.communes.dropna(subset=[key])
    place = np.digitize(known[key], measure.breaks)
    people = [known["people"][place == at].sum() for at in range(len(measure.colors))]
    found = [each for each in figure.axes[0].patches if isinstance(each, Rectangle)]
    assert [each.get_height() for each in found[:-1]] == pytest.approx(people)
    assert tuple(to_hex(each.get_facecolor()) for each in found[:-1]) == measure.colors
    assert found[-1].get_hatch()


def test_shares_of_the_classes_add_up() -> None:
    figure = charts.distribution(country(), lang="en")
    shares = [float(text[:-1]) for text in texts(figure) if re.fullmatch(r"[\d.]+%", text)]
    assert len(shares) == 7
    assert sum(shares) == pytest.approx(100, abs=0.4)
    assert "–" in texts(figure)  # of how many people nothing is known is not known


def test_the_title_is_a_sum_of_bars() -> None:
    result = country()
    known = result.communes.dropna(subset=["score"])
    share = 100 * known["people"][known["score"] < 50].sum() / known["people"].sum()
    told = number(share, "vi", 1)
    assert title(charts.distribution(result)).startswith(f"{told} % dân số sống ở các xã dưới 50")


def test_nothing_known_is_said() -> None:
    result = country()
    blank = result.communes.assign(score=np.nan)
    assert title(charts.distribution(replace(result, communes=blank))) == "Chưa xã nào có dữ liệu"


# --- before and after -------------------------------------------------------------------------


def dots(figure: Figure) -> np.ndarray:
    """Before and after of each row, from the top."""
    found = [each for each in figure.axes[0].collections if isinstance(each, PathCollection)]
    return np.column_stack([np.asarray(each.get_offsets())[:, 0] for each in found])


def test_dumbbells_run_from_before_to_after_the_greatest_gain_on_top() -> None:
    before = country()
    figure = charts.before_after(before, later(before))
    scores = before.provinces["score"].to_numpy()
    assert dots(figure) == pytest.approx(np.column_stack([scores, scores + np.array([7.5, -3.5])]))
    assert {"+7,5", "−3,5"} <= set(texts(figure))
    assert title(figure) == "1 trên 2 tỉnh, thành phố tốt lên, 1 kém đi"
    assert "sau: Xứ Mây 2030" in texts(figure)


def test_fewer_people_in_dead_zones_is_better() -> None:
    before = country()
    before = replace(before, provinces=before.provinces.assign(dead_people=[500.0, 900.0]))
    after = replace(before, provinces=before.provinces.assign(dead_people=[100.0, 950.0]))
    figure = charts.before_after(before, after, measure="dead_people")
    assert title(figure) == "1 trên 2 tỉnh, thành phố tốt lên, 1 kém đi"
    assert dots(figure).tolist() == [[500.0, 100.0], [900.0, 950.0]]


def test_one_province_is_compared_by_its_communes() -> None:
    def only(result: TinyResult) -> TinyResult:
        here = result.communes["province_code"] == "01"
        return replace(
            result, communes=result.communes[here], provinces=result.provinces.loc[["01"]]
        )

    before = only(country())
    after = replace(before, communes=before.communes.assign(score=before.communes["score"] + 0.01))
    figure = charts.before_after(before, after)
    assert len(dots(figure)) == 6
    assert title(figure) == "Không nơi nào thay đổi"


def test_places_known_on_one_side_only_are_counted() -> None:
    before = country()
    after = replace(before, provinces=before.provinces.assign(score=[np.nan, 80.0]))
    figure = charts.before_after(before, after)
    assert len(dots(figure)) == 1
    assert any(text.startswith("Không so sánh được 1 nơi") for text in texts(figure))


def test_results_of_other_places_are_refused() -> None:
    before, after = many(3), many(3)
    after.provinces.index = pd.Index(["77", "78", "79"], name="province_code")
    with pytest.raises(ValueError, match="no place in common"):
        charts.before_after(before, after)


def test_a_measure_that_one_side_lacks_is_not_offered() -> None:
    before = country()
    with pytest.raises(ValueError, match="no measure 'dead_people'"):
        charts.before_after(before, before, measure="dead_people")


def test_beyond_40_rows_those_that_change_most_are_drawn() -> None:
    before = many(63, score=50.0)
    change = np.linspace(-31, 31, 63)
    figure = charts.before_after(before, many(63, score=50.0 + change))
    drawn_change = np.diff(dots(figure), axis=1).ravel()
    assert len(drawn_change) == 40
    assert np.abs(drawn_change).min() >= 11
    assert "Chỉ vẽ 40 nơi thay đổi nhiều nhất trong 63." in texts(figure)


# --- a result as it is made -------------------------------------------------------------------


@pytest.mark.slow
def test_a_made_up_country_is_drawn_whole() -> None:
    result = made_up()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for figure in (
            charts.choropleth(result),
            charts.distribution(result, measure="power"),
            charts.against_target(result, service="mobile"),
            charts.before_after(result, result),
        ):
            assert "Dữ liệu giả lập" in texts(figure)


# --- one language, and the numbers of the reports ---------------------------------------------


@each_language
def test_names_of_made_up_data_stand_in_one_language(lang: Lang) -> None:
    both = country(title="Cloud land / Xứ Mây")
    for layer in both.manifest["layers"].values():
        layer |= {"owner": "Giả lập · made up", "evidence": "synthetic"}
    shown = everything(charts.distribution(both, lang=lang))
    vietnamese, english = ("Xứ Mây", "Giả lập"), ("Cloud land", "made up")
    mine, other = (vietnamese, english) if lang == "vi" else (english, vietnamese)
    assert all(name in shown for name in mine)
    assert not any(name in shown for name in other)


def test_a_round_amount_has_no_zeros_behind_it() -> None:
    result = country()
    result.manifest["upgrades"]["budget_vnd"] = 5e12
    assert "Ngân sách 5 nghìn tỷ đồng" in texts(charts.budget_curve(result))


def test_a_share_that_is_not_all_is_never_100() -> None:
    result = country()
    provinces = result.provinces.assign(power_people_pct=[99.99, 100.0])
    shown = texts(charts.against_target(replace(result, provinces=provinces), service="power"))
    assert {"trên 99,9 %", "100 %"} <= set(shown)


def test_english_charts_know_one_from_many() -> None:
    result = country()
    one = charts.budget_curve(replace(result, upgrades=result.upgrades.iloc[:1]), lang="en")
    assert any(text.endswith(". 1 upgrade.") for text in texts(one))
    provinces = result.provinces.assign(power_people_pct=[50.0, 95.0])
    met = charts.against_target(replace(result, provinces=provinces), service="power", lang="en")
    assert "1 of 2 provinces and cities meets the target" in title(met)
