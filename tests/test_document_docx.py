"""A report in Word, read back: the decree's measures, what Word needs, texts that stay texts."""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from sample_document import DAY, ENGLISH, EVIL, SAMPLE, by_power, register

from deadzones.reports import document_docx
from deadzones.reports.document import Heading, PageBreak, Paragraph, Picture, Table


def opened(document: Any) -> Any:
    return docx.Document(io.BytesIO(document_docx.write(document)))


@pytest.fixture(scope="module")
def raw() -> bytes:
    return document_docx.write(SAMPLE)


@pytest.fixture(scope="module")
def word(raw: bytes) -> Any:
    return docx.Document(io.BytesIO(raw))


def table_with(word: Any, text: str) -> Any:
    return next(one for one in word.tables if text in one.cell(0, 0).text)


def test_margins_and_paper_are_those_of_the_decree(word: Any) -> None:
    assert len(word.sections) == 4
    for section, landscape in zip(word.sections, (False, False, True, False), strict=True):
        width, height = (297, 210) if landscape else (210, 297)
        assert (section.page_width.mm, section.page_height.mm) == pytest.approx(
            (width, height), abs=0.1
        )
        assert (section.orientation == WD_ORIENT.LANDSCAPE) == landscape
        assert Mm(20) - 999 <= section.top_margin <= Mm(25) + 999
        assert Mm(20) - 999 <= section.bottom_margin <= Mm(25) + 999
        assert Mm(30) - 999 <= section.left_margin <= Mm(35) + 999
        assert Mm(15) - 999 <= section.right_margin <= Mm(20) + 999


def test_text_is_times_new_roman_justified_and_indented(raw: bytes, word: Any) -> None:
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        styles = package.read("word/styles.xml").decode()
        content = package.read("word/document.xml").decode()
    (fonts,) = re.findall("<w:rFonts [^>]*>", styles)
    assert set(re.findall('"([^"]*)"', fonts)) == {"Times New Roman"}
    assert "rFonts" not in content
    assert re.search(r'<w:rPrDefault>.*?<w:sz w:val="2[678]"/>', styles)
    body = word.styles["Body Text"].paragraph_format
    assert body.alignment == WD_ALIGN_PARAGRAPH.JUSTIFY
    assert Mm(10) <= body.first_line_indent <= Mm(12.7) + 999
    assert body.space_after >= Pt(6)


def test_the_letterhead_has_two_columns_without_edges(word: Any) -> None:
    head = table_with(word, "ỦY BAN NHÂN DÂN")
    left, right = (column.width for column in head.columns)
    assert left / (left + right) == pytest.approx(0.4, abs=0.01)
    assert head.style.style_id == "TableNormal"
    assert not list(head._tbl.iter(qn("w:tblBorders")))
    assert [[cell.text.strip() for cell in row.cells] for row in head.rows] == [
        [
            "ỦY BAN NHÂN DÂN\nTỈNH TUYÊN QUANG\nSỞ KHOA HỌC VÀ CÔNG NGHỆ",
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc",
        ],
        [SAMPLE.letterhead.number, SAMPLE.letterhead.place_and_date],
    ]
    parent, issuer, rule = head.cell(0, 0).paragraphs
    country, motto, _ = head.cell(0, 1).paragraphs
    assert not parent.runs[0].bold
    assert all(one.runs[0].bold for one in (issuer, country, motto))
    assert Pt(12) <= country.style.font.size <= Pt(13) <= motto.style.font.size <= Pt(14)
    assert list(rule._p.iter(qn("w:pBdr")))
    assert head.cell(1, 1).paragraphs[0].runs[0].italic


def test_the_report_follows_the_summary_in_order(word: Any) -> None:
    told = [one.text for one in word.paragraphs if one.style.style_id in ("Title", "Heading1")]
    assert told == [
        "Tóm tắt dành cho lãnh đạo",
        "BÁO CÁO",
        "I. Tình hình chung",
        "II. Kết quả đạt được",
        "III. Tồn tại, hạn chế và nguyên nhân",
        "IV. Nhiệm vụ và giải pháp kỳ tới",
        "V. Đề xuất, kiến nghị",
        "Phụ lục I\nDANH MỤC THÔN, BẢN",
        "Phụ lục II\nNGUỒN VÀ ĐỊNH NGHĨA",
    ]
    levels = {
        style: re.findall(
            r"\d", str(word.styles[style].element.xpath("string(.//w:outlineLvl/@w:val)"))
        )
        for style in ("Heading 1", "Heading 2", "Heading 3")
    }
    assert levels == {"Heading 1": ["0"], "Heading 2": ["1"], "Heading 3": ["2"]}


def test_pages_are_numbered_above_but_not_the_first(raw: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        for direction in ("tall", "wide"):
            number = package.read(f"word/header_{direction}_default.xml").decode()
            cells = re.findall("<w:tc>.*?</w:tc>", number)
            assert ["PAGE" in cell for cell in cells] == [False, True, False]
            assert "PAGE" not in package.read(f"word/header_{direction}_first.xml").decode()
        content = package.read("word/document.xml").decode()
    assert content.count("<w:titlePg/>") == content.count('<w:pgNumType w:start="1"/>') == 4


def test_stamps_and_the_footer_are_on_every_page(raw: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        headers = [name for name in package.namelist() if "header_" in name]
        footers = [name for name in package.namelist() if "footer_" in name]
        assert len(headers) == len(footers) == 4
        for name in headers:
            text = package.read(name).decode()
            assert all(stamp in text for stamp in SAMPLE.stamps)
            assert "<w:bdr " in text
        assert all(SAMPLE.footer in package.read(name).decode() for name in footers)
        assert package.read("word/document.xml").decode().count("Reference ") == 4 * 4


def test_headers_of_tables_repeat_and_rows_stay_whole(word: Any) -> None:
    (table,) = [one for one in word.tables if len(one.columns) == 10]
    assert len(table.rows) == 61
    heads = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
    assert heads == [True] + [False] * 60
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    styles = [cell.paragraphs[0].style.style_id for cell in table.rows[1].cells]
    assert styles == [
        {"left": "TableLeft", "right": "TableRight", "centre": "TableCentre"}[one]
        for one in register(1).align
    ]
    assert word.styles["Table Right"].paragraph_format.alignment == WD_ALIGN_PARAGRAPH.RIGHT


def test_sums_are_bold(word: Any) -> None:
    table = table_with(word, "Địa bàn")
    bold = [bool(row.cells[1].paragraphs[0].runs[0].bold) for row in table.rows[1:]]
    assert bold == [False, False, False, True]


def test_pictures_say_what_they_show(word: Any) -> None:
    (picture,) = [one for one in SAMPLE.body if isinstance(one, Picture)]
    (shape,) = word.inline_shapes
    assert shape._inline.docPr.get("descr") == picture.alt
    assert shape.width.mm == pytest.approx(140, abs=0.1)
    assert shape.width / shape.height == pytest.approx(320 / 180, rel=1e-3)


def test_texts_stay_texts(word: Any) -> None:
    tasks = table_with(word, "Nhiệm vụ")
    found = [row.cells[0].text for row in tasks.rows[1:]]
    assert [one.endswith(evil) for one, evil in zip(found, EVIL, strict=True)] == [True] * 6


def test_the_signature_stands_beside_those_who_receive(word: Any) -> None:
    table = table_with(word, "Nơi nhận")
    left, right = (cell.text.strip().split("\n") for cell in table.rows[0].cells)
    assert left == [
        "Nơi nhận:",
        "- Bộ Khoa học và Công nghệ;",
        "- UBND tỉnh (để báo cáo);",
        "- Lưu: VT, BCVT.",
    ]
    assert right == ["GIÁM ĐỐC", "(Ký, ghi rõ họ tên, đóng dấu)"]


@pytest.mark.parametrize(("document", "tag"), [(SAMPLE, "vi-VN"), (ENGLISH, "en-GB")])
def test_the_language_is_told(document, tag) -> None:
    found = opened(document)
    (language,) = found.styles.element.iter(qn("w:lang"))
    assert language.get(qn("w:val")) == tag
    core = found.core_properties
    assert (core.author, core.language) == ("deadzones", tag)
    midnight = dt.datetime.combine(DAY, dt.time(tzinfo=dt.UTC))
    assert core.created == core.modified == midnight
    assert core.title.startswith(document.title)


def test_the_same_bytes_and_no_time_of_packing(raw: bytes) -> None:
    assert document_docx.write(SAMPLE) == raw
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        assert {one.date_time for one in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert package.namelist()[0] == "[Content_Types].xml"


def test_every_part_is_sound(raw: bytes) -> None:
    """XML that parses, numbers that are used once, styles and relations that are there."""
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        names = package.namelist()
        roots = {
            name: ET.fromstring(package.read(name))
            for name in names
            if name.endswith((".xml", ".rels"))
        }
    content, styles = roots["word/document.xml"], roots["word/styles.xml"]
    for tag in ("w:bookmarkStart", "wp:docPr"):
        key = qn("w:id") if tag.startswith("w:") else "id"
        numbers = [one.get(key) for one in content.iter(qn(tag))]
        assert numbers
        assert len(numbers) == len(set(numbers))
    known = {one.get(qn("w:styleId")) for one in styles.iter(qn("w:style"))}
    used = {
        one.get(qn("w:val"))
        for root in roots.values()
        for tag in ("w:pStyle", "w:tblStyle", "w:basedOn")
        for one in root.iter(qn(tag))
    }
    assert used <= known
    relations = roots["word/_rels/document.xml.rels"]
    targets = {one.attrib["Id"]: one.attrib["Target"] for one in relations}
    assert {f"word/{target}" for target in targets.values()} <= set(names)
    asked = [
        value
        for one in content.iter()
        for key, value in one.attrib.items()
        if key in (qn("r:id"), qn("r:embed"))
    ]
    assert asked
    assert set(asked) <= set(targets)


def test_every_table_is_followed_by_a_paragraph(word: Any) -> None:
    """Word grows tables together that touch, and repairs a file that ends with one."""
    tags = [one.tag for one in word.element.body]
    after = [following for one, following in pairwise(tags) if one == qn("w:tbl")]
    assert set(after) == {qn("w:p")}
    assert tags[-1] == qn("w:sectPr")


def test_the_last_sentence_stays_with_the_signature(word: Any) -> None:
    body = list(word.element.body)
    (sign,) = [at for at, one in enumerate(body) if "Nơi nhận:" in "".join(one.itertext())]
    texts = [at for at, one in enumerate(body[:sign]) if "".join(one.itertext()).strip()]
    assert all(one.find(f".//{qn('w:keepNext')}") is not None for one in body[texts[-1] : sign])


def test_a_small_table_stays_on_one_page() -> None:
    small = Table("Bảng nhỏ", ("Thôn",), (("a",), ("b",), ("c",)), ("left",), (1,))
    found = opened(replace(ENGLISH, body=(small,)))
    (table,) = [one for one in found.tables if one.cell(0, 0).text == "Thôn"]
    kept = [row.cells[0]._tc.find(f".//{qn('w:keepNext')}") is not None for row in table.rows]
    assert kept == [False, True, True, False]  # the header's style keeps it with the first


def test_little_is_still_a_report() -> None:
    bare = replace(ENGLISH, summary=(), body=(), annexes=(), stamps=(), footer="", subtitle="")
    found = opened(bare)
    assert len(found.sections) == 1
    assert len(found.tables) == 2
    empty = Table("Phụ lục", ("STT", "Thôn"), (), ("right", "left"), (1, 9))
    found = opened(replace(bare, annexes=(empty,)))
    assert len(found.tables[-1].rows) == 1


def test_a_long_summary_is_set_smaller_and_stays_in_the_outline() -> None:
    much = (Heading("Tóm tắt"), by_power(), *[Paragraph("Còn nhiều việc phải làm. " * 12)] * 20)
    found = opened(replace(ENGLISH, summary=much))
    heads = [one for one in found.paragraphs if "Heading1" in one.style.style_id]
    assert [one.style.style_id for one in heads] == ["SmallerHeading1", "Heading1"]
    small, usual = (one.style for one in heads)
    assert small.base_style == usual
    assert small.font.size < Pt(14)
    sizes = [one.style.font.size for one in found.paragraphs if one.text.startswith("Còn")]
    assert len(set(sizes)) == 1
    assert Pt(7) <= sizes[0] < Pt(14)


def test_a_crowded_table_is_set_smaller() -> None:
    words = tuple(f"{at}/12/2026-31/12/2026" for at in range(10, 18))
    crowded = Table("", words, (words,), ("left",) * 8, (1,) * 8)
    found = opened(replace(ENGLISH, body=(crowded,)))
    (table,) = [one for one in found.tables if len(one.columns) == 8]
    style = table.cell(1, 0).paragraphs[0].style
    assert Pt(8) <= style.font.size < Pt(11)


def test_a_very_long_name_is_cut() -> None:
    found = document_docx.write(replace(ENGLISH, subtitle="xa lắm " * 100))
    assert len(docx.Document(io.BytesIO(found)).core_properties.title) == 255


def long(rows: int) -> Any:
    annex = (PageBreak(landscape=True), Heading("Phụ lục"), register(rows))
    return replace(SAMPLE, annexes=annex)


def test_a_long_register_is_whole() -> None:
    raw = document_docx.write(long(1_000))
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        content = package.read("word/document.xml").decode()
    assert [content.count(f">Bản Nà Hẩu {n}<") for n in (1, 500, 1_000)] == [1, 1, 1]
    assert content.count("<w:tblHeader/>") == 4
    ET.fromstring(content)


@pytest.mark.stress
def test_20_000_villages_are_whole() -> None:
    with zipfile.ZipFile(io.BytesIO(document_docx.write(long(20_000)))) as package:
        assert package.read("word/document.xml").decode().count(">trắng sóng<") == 20_000


@pytest.mark.stress
def test_libreoffice_opens_it(raw: bytes, tmp_path: Path) -> None:
    office, pages = shutil.which("soffice"), shutil.which("pdfinfo")
    if not (office and pages):
        pytest.skip("needs LibreOffice and poppler")
    (tmp_path / "report.docx").write_bytes(raw)
    command = [office, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "report.docx")]
    subprocess.run(command, check=True, capture_output=True)
    told = subprocess.run([pages, tmp_path / "report.pdf"], check=True, capture_output=True)
    found = re.search(rb"Pages: +(\d+)\n", told.stdout)
    assert found
    assert 9 <= int(found[1]) <= 11  # ten with a font as wide as Times New Roman
