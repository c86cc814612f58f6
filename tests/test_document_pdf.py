"""A report as PDF, read back: PDF/A, bookmarks, pages and their margins, texts that stay texts."""

from __future__ import annotations

import re
import shutil
import subprocess
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sample_document import ENGLISH, EVIL, SAMPLE, register

from deadzones.reports import document_faces, document_pdf
from deadzones.reports import document_layout as layout
from deadzones.reports.document import (
    Figures,
    Heading,
    PageBreak,
    Paragraph,
    Picture,
    Table,
)

EMBEDDED = ("Libertinus Serif",)
"""Comes with typst: the same pages on every machine."""
MM = 72 / 25.4
poppler = pytest.mark.skipif(
    not (shutil.which("pdftotext") and shutil.which("pdfinfo")),
    reason="needs poppler: apt-get install poppler-utils",
)


def write(document: Any) -> bytes:
    return document_pdf.write(document, faces=EMBEDDED)


@pytest.fixture(scope="module")
def raw() -> bytes:
    return write(SAMPLE)


def said(raw: bytes, folder: Path, *options: str) -> str:
    """What poppler reads; pages end with a form feed."""
    path = folder / "report.pdf"
    path.write_bytes(raw)
    command = ["pdftotext", *options, str(path), "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def pages(raw: bytes, folder: Path) -> list[str]:
    return said(raw, folder, "-layout").split("\f")[:-1]


def strings(raw: bytes, key: bytes) -> list[str]:
    """Texts of a key in the PDF, which are UTF-16 or, when ASCII, plain."""
    found = re.findall(rb"/%b *(?:<FEFF([0-9A-F]*)>|\(([^)]*)\))" % key, raw)
    return [bytes.fromhex(wide.decode()).decode("utf-16-be") if wide else plain.decode("latin-1")
            for wide, plain in found]  # fmt: skip


def heads(document: Any) -> list[str]:
    blocks = (*document.summary, *document.body, *document.annexes)
    return [one.text.replace("\n", " ") for one in blocks if isinstance(one, Heading)]


def test_it_is_for_the_archive_and_for_all_readers(raw: bytes) -> None:
    assert re.search(rb"<pdfaid:part>2<.*?<pdfaid:conformance>A<", raw, re.DOTALL)
    assert re.search(rb"<pdfuaid:part>1<", raw)
    assert b"/StructTreeRoot" in raw


def test_fonts_are_embedded(raw: bytes) -> None:
    fonts = re.findall(rb"/Type/FontDescriptor.*?endobj", raw, re.DOTALL)
    assert len(fonts) == 4  # upright, bold, italic, both
    assert all(b"/FontFile" in one for one in fonts)
    assert all(b"Libertinus" in one for one in fonts)


def test_headings_are_bookmarks(raw: bytes) -> None:
    titles = [re.sub(r"\s+", " ", one) for one in strings(raw, b"Title")]
    # a heading follows those below it in the file
    assert sorted(titles[:-1]) == sorted(heads(SAMPLE))


def test_pictures_say_what_they_show(raw: bytes) -> None:
    (picture,) = [one for one in SAMPLE.body if isinstance(one, Picture)]
    assert picture.alt in strings(raw, b"Alt")


@pytest.mark.parametrize(("document", "tag"), [(SAMPLE, "vi-VN"), (ENGLISH, "en-GB")])
def test_the_language_and_the_day_are_told(document, tag) -> None:
    found = write(document)
    assert strings(found, b"Lang")[0] == tag
    assert set(strings(found, b"CreationDate")) == {"D:20260405000000Z"}
    assert strings(found, b"Author") == ["deadzones"]


def test_the_same_document_gives_the_same_bytes(raw: bytes) -> None:
    assert write(SAMPLE) == raw
    assert write(replace(SAMPLE, footer="khác")) != raw


@poppler
def test_pages_are_a4_and_wide_where_they_are_told_to_be(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(raw)
    command = ["pdfinfo", "-f", "1", "-l", "99", str(path)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    sizes = re.findall(r"size: +([\d.]+) x ([\d.]+)", told)
    wide = [float(width) > float(height) for width, height in sizes]
    assert {tuple(sorted((round(float(a) / MM), round(float(b) / MM)))) for a, b in sizes} == {
        (210, 297)
    }
    found = pages(raw, tmp_path)
    first, last = (
        next(at for at, page in enumerate(found) if f"Phụ lục {n}\n" in page) for n in ("I", "II")
    )
    assert wide == [first <= at < last for at in range(len(found))]


@poppler
def test_the_summary_has_a_page_of_its_own(raw: bytes, tmp_path: Path) -> None:
    found = pages(raw, tmp_path)
    assert "Tóm tắt" in found[0]
    assert "BÁO CÁO" not in found[0]
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in found[1]


@poppler
@pytest.mark.parametrize("sentences", [30, 90])
def test_a_long_summary_is_set_smaller(tmp_path: Path, sentences: int) -> None:
    much = tuple(
        Paragraph(f"Điều {n}: " + "còn nhiều việc phải làm. " * 6) for n in range(sentences)
    )
    found = pages(write(replace(ENGLISH, summary=(Heading("Tóm tắt"), *much))), tmp_path)
    assert len(found) == 2
    assert f"Điều {sentences - 1}:" in found[0]
    assert "I. Situation" in found[1]


@poppler
def test_a_small_table_stays_on_one_page(tmp_path: Path) -> None:
    rows = tuple((f"Hàng {n}",) for n in range(layout.WHOLE_ROWS))
    table = Table("Bảng nhỏ", ("Thôn",), rows, ("left",), (1,))
    for count in range(20, 32, 2):
        body = (*(Paragraph(f"Câu {n}.") for n in range(count)), table)
        found = pages(write(replace(ENGLISH, summary=(), annexes=(), body=body)), tmp_path)
        held = [page for page in found if "Hàng" in page]
        assert len(held) == 1
        assert "Bảng nhỏ" in held[0]


@poppler
def test_no_signature_stands_alone_on_a_page(tmp_path: Path) -> None:
    """Whatever stands above it; without what holds them together, one of these parts them."""
    for count in range(20, 26):
        body = tuple(Paragraph(f"Câu {n}.") for n in range(1, count + 1))
        document = replace(ENGLISH, summary=(), annexes=(), body=body)
        *_, last = pages(write(document), tmp_path)
        assert ENGLISH.signature.recipients[-1] in last
        assert f"Câu {count}." in last


@poppler
def test_stamps_and_the_footer_are_on_every_page(raw: bytes, tmp_path: Path) -> None:
    for page in pages(raw, tmp_path):
        assert all(page.count(text) == 1 for text in (*SAMPLE.stamps, SAMPLE.footer))


@poppler
def test_numbers_stand_in_the_middle_of_the_top_margin(raw: bytes, tmp_path: Path) -> None:
    """None on the first page of a part; each annex counts its own pages."""
    boxes = said(raw, tmp_path, "-bbox")
    numbers: list[int | None] = []
    for width, words in re.findall(r'<page width="([\d.]+)".*?>(.*?)</page>', boxes, re.DOTALL):
        middle = (layout.LEFT_MM * MM + float(width) - layout.RIGHT_MM * MM) / 2
        found = [
            int(text)
            for left, top, right, bottom, text in re.findall(
                r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(\d+)<', words
            )
            if float(bottom) < layout.TOP_MM * MM
            and (float(left) + float(right)) / 2 == pytest.approx(middle, abs=1)
            and float(top) > 0
        ]
        numbers += found or [None]
    starts = [at for at, number in enumerate(numbers) if number is None]
    assert len(starts) == 4
    assert numbers == [
        at - max(one for one in starts if one <= at) + 1 if at not in starts else None
        for at in range(len(numbers))
    ]
    assert max(one or 0 for one in numbers) >= 3


@poppler
def test_text_keeps_to_the_margins(raw: bytes, tmp_path: Path) -> None:
    boxes = said(raw, tmp_path, "-bbox")
    for width, words in re.findall(r'<page width="([\d.]+)".*?>(.*?)</page>', boxes, re.DOTALL):
        edges = re.findall(r'xMin="([\d.]+)".*?xMax="([\d.]+)"', words)
        assert min(float(left) for left, _ in edges) >= layout.LEFT_MM * MM - 0.5
        assert max(float(right) for _, right in edges) <= float(width) - layout.RIGHT_MM * MM + 0.5


@poppler
def test_texts_stay_texts(tmp_path: Path) -> None:
    table = Table("Bảng", ("Thôn",), tuple((evil,) for evil in EVIL), ("left",), (1,))
    lines = tuple(Paragraph(evil, kind) for evil in EVIL for kind in ("body", "item"))
    annex = (Heading(EVIL[3]), table, *lines, Figures((EVIL[2:4],)), Heading(EVIL[1], 2))
    found = said(write(replace(SAMPLE, annexes=annex, footer=EVIL[2])), tmp_path, "-raw")
    found = re.sub(r"\s+", " ", found.partition("GIÁM ĐỐC")[2])
    for evil in EVIL:
        assert found.count(evil) >= 3


def test_whatever_a_text_is_it_is_set() -> None:
    odd = ("", " ", "\n", "\ue000\U0010fffd", "漢\x07\ud800", "a\u0301\u200d\u202eb", "x" * 3_000)
    for text in odd:
        body = (
            Heading(text, 3),
            Paragraph(text),
            Paragraph(text, "item"),
            Figures(((text, text),)),
            Table(text, (text,), ((text,),), ("left",), (1,)),
        )
        document = replace(ENGLISH, body=body, subtitle=text, stamps=(text,), footer=text)
        assert write(document).startswith(b"%PDF-")


@poppler
def test_a_letter_that_no_font_has_is_a_box(tmp_path: Path) -> None:
    found = said(write(replace(ENGLISH, body=(Paragraph("thôn \U0010fffd Đá"),))), tmp_path)
    assert "thôn □ Đá" in found


def test_a_face_without_vietnamese_is_passed_over(monkeypatch) -> None:
    assert document_faces._undrawable("aẶ漢", EMBEDDED[0], fallback=False) == "漢"
    assert document_faces.face(["No Such Face", *EMBEDDED]) == EMBEDDED[0]
    monkeypatch.setattr(document_faces, "_VIETNAMESE", "aẶ漢")
    with pytest.raises(ValueError, match=f"Other, {EMBEDDED[0]}"):
        document_faces.face(["Other", *EMBEDDED])


def test_the_last_resort_is_told() -> None:
    with pytest.warns(UserWarning, match="fonts-liberation2"):
        document_pdf.write(ENGLISH, faces=("No Such Face", *EMBEDDED))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "the PDF is set in")
        assert document_pdf.write(ENGLISH).startswith(b"%PDF-")


@poppler
def test_little_is_still_a_report(tmp_path: Path) -> None:
    bare = replace(ENGLISH, summary=(), body=(), annexes=(), stamps=(), footer="", subtitle="")
    assert len(pages(write(bare), tmp_path)) == 1
    empty = Table("Register", ("STT", "Thôn"), (), ("right", "left"), (1, 9))
    found = pages(write(replace(bare, annexes=(empty,))), tmp_path)
    assert len(found) == 2
    assert "Register" in found[1]


def long(rows: int) -> Any:
    return replace(ENGLISH, annexes=(PageBreak(landscape=True), Heading("Phụ lục"), register(rows)))


@poppler
def test_a_long_register_is_whole_and_its_header_repeats(tmp_path: Path) -> None:
    rows = tuple((str(n), f"Bản Nà Hẩu {n}") for n in range(1, 1_001))
    table = Table("Danh mục", ("STT", "Thôn, bản"), rows, ("right", "left"), (1, 4))
    found = pages(write(replace(ENGLISH, annexes=(table,))), tmp_path)
    assert sum(page.count("Bản Nà Hẩu ") for page in found) == 1_000
    assert len(found) > 14
    assert all(page.count("STT") == 1 for page in found[2:])
    assert "Bản Nà Hẩu 1000\n" in found[-1]


def test_beyond_many_cells_tags_are_left_out(monkeypatch) -> None:
    monkeypatch.setattr(document_pdf, "MOST_TAGGED_CELLS", 50)
    found = write(long(6))
    assert re.search(rb"<pdfaid:part>2<.*?<pdfaid:conformance>U<", found, re.DOTALL)
    assert b"/StructTreeRoot" not in found
    assert [one for one in strings(found, b"Title") if one == "I. Situation"]


@poppler
@pytest.mark.stress
def test_20_000_villages_are_whole(tmp_path: Path) -> None:
    found = said(write(long(20_000)), tmp_path)
    assert found.count("trắng sóng") == 20_000
