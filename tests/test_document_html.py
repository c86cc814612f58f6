"""A report as a page: nothing loads, texts stay texts, phones and printers can read it."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from browsing import DESKTOP, PHONE, leaves
from sample_document import ENGLISH, EVIL, SAMPLE, png, register

from deadzones.reports import document_html
from deadzones.reports.document import Figures, Heading, PageBreak, Paragraph, Picture, Table

if TYPE_CHECKING:
    from playwright.sync_api import Browser

VOID = {"meta", "br", "col", "img"}


class Reader(HTMLParser):
    """Elements in order, with their attributes and texts; asserts that each one is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self.texts.setdefault(tag, []).append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in set(self.open):
            self.texts[tag][-1] += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


@pytest.fixture(scope="module")
def page() -> str:
    return document_html.write(SAMPLE).decode()


@pytest.fixture(scope="module")
def read(page: str) -> Reader:
    return Reader(page)


@pytest.mark.parametrize(("document", "tag"), [(SAMPLE, "vi-VN"), (ENGLISH, "en-GB")])
def test_the_language_is_told(document, tag) -> None:
    found = Reader(document_html.write(document).decode())
    assert found.all("html") == [{"lang": tag}]
    assert found.texts["title"][0].startswith(document.title)


def test_the_parts_are_in_order(read: Reader) -> None:
    assert [one["class"] for one in read.all("section")] == [
        "summary",
        "body",
        "annex wide",
        "annex",
    ]
    assert read.texts["h1"] == ["BÁO CÁO"]
    assert read.texts["h2"] == [
        "Tóm tắt dành cho lãnh đạo",
        "I. Tình hình chung",
        "II. Kết quả đạt được",
        "III. Tồn tại, hạn chế và nguyên nhân",
        "IV. Nhiệm vụ và giải pháp kỳ tới",
        "V. Đề xuất, kiến nghị",
        "Phụ lục IDANH MỤC THÔN, BẢN",
        "Phụ lục IINGUỒN VÀ ĐỊNH NGHĨA",
    ]
    links = [str(one["href"]) for one in read.all("a")]
    places = [f"#{one['id']}" for one in read.all("h2")]
    assert links == places


def test_numbers_are_on_the_right_and_tables_have_names(read: Reader, page: str) -> None:
    captions = [one.caption for one in (*SAMPLE.summary, *SAMPLE.body, *SAMPLE.annexes)
                if isinstance(one, Table)]  # fmt: skip
    assert read.texts["caption"] == captions
    assert '<td class="right">14.102</td>' in page
    assert all(one["scope"] == "col" for one in read.all("th"))
    assert '<tfoot><tr><td class="left">Tổng cộng</td>' in page


def test_pictures_are_inside_and_say_what_they_show(read: Reader) -> None:
    (picture,) = [one for one in SAMPLE.body if isinstance(one, Picture)]
    (shown,) = read.all("img")
    assert shown["alt"] == picture.alt
    start, _, data = str(shown["src"]).partition(",")
    assert start == "data:image/png;base64"
    assert base64.b64decode(data) == png()


def test_nothing_loads_and_nothing_runs(read: Reader, page: str) -> None:
    assert not {"script", "link", "iframe", "object", "base"} & {tag for tag, _ in read.found}
    assert not [key for _, attributes in read.found for key in attributes if key.startswith("on")]
    assert not re.search(r"url\(|@import", page)


def test_texts_stay_texts() -> None:
    table = Table(EVIL[2], EVIL, (EVIL,), ("left",) * 6, (1,) * 6)
    document = replace(
        SAMPLE,
        title=EVIL[4],
        subtitle=EVIL[2],
        stamps=EVIL,
        footer=EVIL[4],
        annexes=(
            Heading(EVIL[5]),
            table,
            Figures((EVIL[2:4],)),
            Picture(png(2, 2), EVIL[2], EVIL[5]),
            *(Paragraph(evil) for evil in EVIL),
        ),
    )
    plain, evil = (Reader(document_html.write(one).decode()) for one in (SAMPLE, document))
    assert {tag for tag, _ in evil.found} <= {tag for tag, _ in plain.found}
    assert evil.texts["th"][-6:] == list(EVIL)
    assert evil.texts["td"][-6:] == list(EVIL)
    assert evil.texts["strong"] == list(EVIL)
    assert evil.all("img")[-1]["alt"] == EVIL[2]
    assert evil.texts["title"][0] == f"{EVIL[4]} - {EVIL[2]}"
    assert evil.texts["style"][0].count("</") == 0


def test_the_same_document_gives_the_same_bytes(page: str) -> None:
    assert document_html.write(SAMPLE).decode() == page


def test_little_is_still_a_report() -> None:
    bare = replace(ENGLISH, summary=(), body=(), annexes=(), stamps=(), footer="", subtitle="")
    empty = Table("", ("STT", ""), (), ("right", "left"), (1, 9))
    found = Reader(document_html.write(replace(bare, annexes=(empty,))).decode())
    assert len(found.all("th")) == 2
    assert not found.all("caption")
    assert not found.all("nav")


@pytest.mark.parametrize("rows", [3_000, pytest.param(20_000, marks=pytest.mark.stress)])
def test_a_long_register_is_whole(rows: int) -> None:
    annex = (PageBreak(landscape=True), register(rows))
    found = document_html.write(replace(ENGLISH, annexes=annex)).decode()
    assert found.count("<tr>") == rows + 1
    assert f'<td class="left">Bản Nà Hẩu {rows}</td>' in found


def opened(browser: Browser, path: Path, size: Any) -> Any:
    context = browser.new_context(viewport=size, offline=True)
    page = context.new_page()
    page.on("request", lambda request: pytest.fail(request.url) if leaves(request.url) else None)
    page.goto(path.as_uri())
    return page


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_the_page_is_as_wide_as_the_screen(
    browser: Browser, page: str, tmp_path: Path, size
) -> None:
    path = tmp_path / "report.html"
    path.write_text(page, "utf-8")
    shown = opened(browser, path, size)
    assert shown.evaluate("document.documentElement.scrollWidth") <= size["width"]
    boxes = shown.evaluate(
        "[...document.querySelectorAll('.scroll')].map(e => [e.scrollWidth, e.clientWidth])"
    )
    assert len(boxes) == 4
    narrow = [whole > seen for whole, seen in boxes]
    assert narrow[-1] == (size == PHONE)
    cut = shown.evaluate(
        "[...document.querySelectorAll('td, th')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
    )
    assert cut == 0
    shown.context.close()


@pytest.mark.browser
def test_it_prints_on_a4_upright_and_wide(browser: Browser, page: str, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(page, "utf-8")
    shown = opened(browser, path, DESKTOP)
    printed = shown.pdf(prefer_css_page_size=True)
    shown.context.close()
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    sizes = [
        (round(float(width) / 72 * 25.4), round(float(height) / 72 * 25.4))
        for width, height in boxes
    ]
    assert set(sizes) == {(210, 297), (297, 210)}
    wide = [width > height for width, height in sizes]
    assert wide[:3] == [False] * 3
    assert not wide[-1]
