"""What a notebook shows by itself; the kernel is stood in for, as IPython is no dependency."""

from __future__ import annotations

import html
import re
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from browsing import DESKTOP, PHONE, leaves
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser
from tiny_result import XSS, tiny

from deadzones.coverage.analysis import Stage
from deadzones.coverage.study import Study
from deadzones.geodata import schema
from deadzones.reports import column_words, maps, notebook, notebook_progress, products
from deadzones.reports.words import LANGUAGES, SYNTHETIC_BAND

MANIFEST = tiny().manifest | {
    "counts": {
        "communes": 9,
        "people_in_communes": 42_725.4,
        "dead_zones": 7,
        "people_in_dead_zones": 13_884.0,
    }
}
NOTHING = Study.model_construct(layers={})


@dataclass
class Shown:
    """What a stand-in for a notebook shows: pieces of HTML that take each other's place."""

    pages: list[str] = field(default_factory=list)

    def update(self, page: str) -> None:
        self.pages.append(page)


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Shown:
    """Stand in for IPython in a notebook's kernel."""
    shown = Shown()

    def display(page: str, *, display_id: bool) -> Shown:
        assert display_id
        assert not shown.pages, "one place, used anew"
        shown.update(page)
        return shown

    loaded(monkeypatch, SimpleNamespace(kernel=object()))
    module = ModuleType("IPython.display")
    vars(module).update(display=display, HTML=str)
    monkeypatch.setitem(sys.modules, "IPython.display", module)
    return shown


def loaded(monkeypatch: pytest.MonkeyPatch, shell: object) -> None:
    module = ModuleType("IPython")
    vars(module)["get_ipython"] = lambda: shell
    monkeypatch.setitem(sys.modules, "IPython", module)


class Cells(HTMLParser):
    """The text of each cell of a table, row by row, and the class of each."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.classes: list[list[str]] = []
        self.tags: set[str] = set()
        self.inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
            self.classes.append([])
        elif tag in ("td", "th"):
            self.inside = True
            self.rows[-1].append("")
            self.classes[-1].append(dict(attrs).get("class") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.rows[-1][-1] += data


def texts(page: str) -> str:
    """The words of a page without its marks."""
    return html.unescape(re.sub(r"<[^>]*>", "", page))


# --- how far a run is -------------------------------------------------------------------------


@pytest.mark.parametrize("shell", [None, SimpleNamespace(), SimpleNamespace(kernel=None)])
def test_a_terminal_is_no_notebook(monkeypatch: pytest.MonkeyPatch, shell: object) -> None:
    loaded(monkeypatch, shell)
    assert not notebook_progress.in_kernel()


def test_without_ipython_nothing_is_shown_and_nothing_imported(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = {name for name in sys.modules if name.startswith("IPython")}
    with notebook_progress.showing(NOTHING) as tell:
        tell("reading")
    assert capsys.readouterr() == ("", "")
    assert {name for name in sys.modules if name.startswith("IPython")} == before


@pytest.mark.slow
def test_a_run_in_a_notebook_shows_one_bar_that_grows_and_one_line_at_the_end(
    kernel: Shown,
) -> None:
    result = products.demo(communes=1)  # analysed here and now, not kept from another test
    *bars, last = kernel.pages
    values = [re.findall(r'value="(\d+)" max="(\d+)"', page) for page in bars]
    done, steps = np.array([pair for (pair,) in values], dtype=int).T
    assert (np.diff(done) >= 0).all()
    assert done[0] == 0
    assert set(steps) == {len(Stage) + len(result.manifest["layers"])}
    assert done[-1] == steps[0] - 1, "every step was told of"
    assert re.fullmatch(r"Xong sau \d+,\d giây\. · Done in \d+\.\d s\.", texts(last))
    assert "<progress" not in last


def test_who_listens_is_told_and_no_bar_is_shown(kernel: Shown) -> None:
    told: list[str] = []
    with notebook_progress.showing(NOTHING, told.append) as tell:
        tell("reading")
    assert told == ["reading"]
    assert kernel.pages == []


def test_a_run_that_fails_says_where(kernel: Shown) -> None:
    def fail() -> None:
        with notebook_progress.showing(NOTHING) as tell:
            tell(Stage.SCORE)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert texts(kernel.pages[-1]) == (
        "Dừng lại khi đang chấm điểm các xã và tỉnh. · "
        "Stopped while scoring communes and provinces."
    )


def test_every_step_has_vietnamese_words() -> None:
    assert set(notebook_progress.STEPS) == set(Stage)


@pytest.mark.parametrize(
    ("told", "vi", "en"),
    [
        ("reading", "Đọc dữ liệu", "reading"),
        ("reading communes", "Đọc dữ liệu: communes", "reading communes"),
        (
            f"{Stage.ASSESS}: mobile_b, block 1 of 2, 11 of 41 masts",
            "Tìm xem ai đã được phục vụ (11/41)",
            "finding who is served (11/41)",
        ),
        (f"reading {XSS}", f"Đọc dữ liệu: {XSS}", f"reading {XSS}"),
    ],
)
def test_a_bar_speaks_two_languages_and_escapes(told: str, vi: str, en: str) -> None:
    page = notebook_progress.bar(told, 1, 9)
    assert texts(page) == f"{vi} · {en}"
    assert Cells(page).tags == {"label", "span", "progress"}, "the label names the bar"


# --- a result in short ------------------------------------------------------------------------


def test_a_result_shows_itself_in_both_languages() -> None:
    found = products.Result(**tables(), manifest=MANIFEST)
    page = found._repr_html_()
    rows = {row[0]: row[1] for row in Cells(page).rows}
    assert rows["Dân sốPeople"] == "42.72542,725"
    assert rows["Người trong vùng lõmPeople in dead zones"] == "13.88413,884"
    assert rows["Bằng chứng yếu nhấtWeakest evidence"] == "giả lậpsynthetic"
    assert SYNTHETIC_BAND in page
    assert repr(found).startswith("<Result tiny: 9 communes")


def test_only_what_is_made_up_is_said_to_be() -> None:
    real = MANIFEST | {"synthetic": False, "evidence": "declared"}
    assert SYNTHETIC_BAND not in notebook.summary(real)
    assert SYNTHETIC_BAND not in notebook.table(tiny().communes, manifest=real).html
    assert SYNTHETIC_BAND in notebook.table(tiny().communes, manifest=MANIFEST).html


def test_a_title_from_a_file_is_escaped() -> None:
    page = notebook.summary(MANIFEST | {"title": XSS})
    assert html.escape(XSS) in page
    assert "img" not in Cells(page).tags


def tables() -> dict[str, Any]:
    result = tiny()
    names = ("communes", "provinces", "dead_zones", "upgrades", "villages", "assets")
    return {name: getattr(result, name) for name in names}


# --- tables -----------------------------------------------------------------------------------


def test_a_table_has_words_and_numbers_of_its_language() -> None:
    columns = ["commune_name", "people", "mobile_viettel_people_pct", "rank_tied"]
    vi, en = (
        Cells(notebook.table(tiny().communes, columns, lang=lang, manifest=MANIFEST).html)
        for lang in LANGUAGES
    )
    assert vi.rows[0] == [
        "Mã xã",
        "Xã, phường, đặc khu",
        "Dân số",
        "Sóng di động, Viettel (% người)",
        "Đồng hạng",
    ]
    assert vi.rows[1] == ["00001", "Phước An", "12.345", "90,0", "không"]
    assert en.rows[1] == ["00001", "Phước An", "12,345", "90.0", "no"]
    assert vi.rows[7] == ["00007", "Tân Hoà"] + ["chưa có dữ liệu"] * 3
    assert vi.classes[1] == ["", "", "dz-n", "dz-n", ""], "numbers stand to the right"
    assert vi.rows[3][1] == XSS, "shown as it is written"
    assert "img" not in vi.tags


def test_money_stands_in_millions_and_kinds_in_words() -> None:
    columns = ["kind", "service", "cost_vnd", "fibre_way", "people_per_billion_vnd"]
    page = notebook.table(tiny().upgrades, columns, manifest=MANIFEST).html
    assert Cells(page).rows[0][3] == "Chi phí (triệu đồng)"
    assert Cells(page).rows[4][1:4] == ["Trạm mới", "Sóng di động", "1.250.000"]
    assert Cells(page).rows[2][4] == "viba"
    waits = Cells(notebook.table(tiny().upgrades, ["depends_on"]).html).rows
    assert waits[4][1] == "U0001, U0003"


def test_what_lacks_is_named() -> None:
    rows = Cells(notebook.table(tiny().villages, ["lacks"], manifest=MANIFEST).html).rows[1:]
    said = ["sóng di động", "đủ dịch vụ", "sóng di động, cáp quang", "chưa có dữ liệu"]
    assert [row[0] for row in rows] == said


def test_layers_are_told_in_words() -> None:
    rows = {"layer": ["a"], "role": ["communes"], "evidence": ["proxy"], "date": ["2026-01-31"]}
    vi, en = (Cells(notebook.table(pd.DataFrame(rows), lang=lang).html).rows for lang in LANGUAGES)
    assert vi[1] == ["a", "Địa giới hành chính", "ước tính gián tiếp", "31/01/2026"]
    assert en[1] == ["a", "Administrative boundaries", "proxy", "2026-01-31"]


def test_a_column_of_ours_keeps_its_name_and_whole_numbers_stay_whole() -> None:
    mine = pd.DataFrame({"mine": [2_000.0, np.nan], "yours": [0.5, 1.0]})
    rows = Cells(notebook.table(mine).html).rows
    assert rows == [["mine", "yours"], ["2.000", "0,5"], ["chưa có dữ liệu", "1,0"]]


def test_a_long_table_says_how_much_of_it_is_shown() -> None:
    long = pd.DataFrame({"people": np.arange(2_000)})
    assert "30 dòng đầu trong 2.000 dòng" in notebook.table(long).html
    assert "first 3 of 2,000 rows" in notebook.table(long, lang="en", first=3).html
    assert repr(notebook.table(long, first=3)) == "<table of 3 of 2000 rows>"
    assert "<caption>" not in notebook.table(long.head(30)).html


def test_wrong_choices_are_told_with_what_there_is() -> None:
    with pytest.raises(ValueError, match=r"no column 'geometry'.*commune_name, province_code"):
        notebook.table(tiny().communes, ["geometry"])
    with pytest.raises(ValueError, match=r"no language 'fr'.*vi, en"):
        notebook.table(tiny().communes, lang="fr")  # pyright: ignore[reportArgumentType]


def test_a_table_is_not_changed() -> None:
    communes = tiny().communes
    notebook.table(communes, lang="en")
    pd.testing.assert_frame_equal(communes, tiny().communes)
    assert isinstance(communes, gpd.GeoDataFrame)


@pytest.mark.parametrize("name", ["result_communes", "result_dead_zones", "result_upgrades"])
def test_every_column_of_a_result_has_a_header(name: str) -> None:
    for column in schema.columns(name):
        real = column.replace("<service>", "mobile").replace("<operator>", "viettel")
        vi, en = (column_words.header(real, lang, MANIFEST) for lang in LANGUAGES)
        assert real not in (vi, en)
        assert vi != en


def test_a_service_of_the_study_keeps_its_own_name() -> None:
    about = {"water": {"name_vi": "nước sạch", "name_en": "clean water"}}
    assert column_words.header("water_km", "vi", {"services": about}).startswith("Nước sạch:")
    assert column_words.header("water_km", "vi") == "water_km"


@given(st.floats(-1e12, 1e12), st.sampled_from(LANGUAGES))
def test_a_written_number_reads_back(value: float, lang: Any) -> None:
    (text,) = column_words.written("score", pd.Series([value]), lang)
    thousands, decimal = {"vi": ".,", "en": ",."}[lang]
    assert float(text.replace(thousands, "").replace(decimal, ".")) == pytest.approx(
        value, abs=0.06
    )


# --- a notebook that was exported -------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_an_exported_notebook_opens_without_a_network(
    browser: Browser, tmp_path: Path, size: Any
) -> None:
    """All outputs on one page, as an export lays them out: the map last."""
    columns = ["commune_name", "people", "score", "mobile_people_pct"]
    outputs = [
        notebook_progress.bar(Stage.SCORE, 3, 12),
        notebook.summary(MANIFEST),
        notebook.table(tiny().communes, columns, manifest=MANIFEST).html,
        maps.draw(tiny())._repr_html_(),
    ]
    page_file = tmp_path / "exported.html"
    body = "".join(f"<div>{output}</div>" for output in outputs)
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    page_file.write_text(f"<!DOCTYPE html>{head}<body>{body}</body>", encoding="utf-8")
    context = browser.new_context(viewport=size, offline=True)
    page, left = context.new_page(), []
    page.on("request", lambda request: left.append(request.url) if leaves(request.url) else None)
    page.on("dialog", lambda dialog: left.append(dialog.message))
    page.goto(page_file.as_uri())
    page.frame_locator("iframe").locator("html[data-ready]").wait_for(timeout=20_000)
    bar = page.get_by_role("progressbar", name="Chấm điểm các xã và tỉnh")
    assert bar.evaluate("(node) => node.position") == pytest.approx(0.25)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= size["width"], "nothing hangs over the side"
    cell = page.locator("td", has_text="12.345")
    assert cell.evaluate("(node) => getComputedStyle(node).textAlign") == "right"
    context.close()
    assert not left
