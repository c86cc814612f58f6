"""What a report is made of: bad blocks are refused, sheets are parted, letters are cleaned."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sample_document import DAY, SAMPLE, by_power, png

from deadzones.reports import document_layout as layout
from deadzones.reports.document import Heading, PageBreak, Paragraph, Picture, Table

HERE = Path(__file__).parent


@pytest.mark.parametrize(
    ("header", "row", "align", "widths", "message"),
    [
        ((), (), (), (), "has no column"),
        (("a", "b"), ("1",), ("left", "left"), (1, 1), "row 1: 1 cells, wanted 2"),
        (("a", "b"), ("1", "2"), ("left",), (1, 1), "1 entries in align"),
        (("a", "b"), ("1", "2"), ("left", "left"), (1,), "1 entries in widths"),
        (("a", "b"), ("1", "2"), ("left", "left"), (1, 0), "not all above 0"),
    ],
)
def test_a_table_that_is_not_square_is_refused(header, row, align, widths, message) -> None:
    with pytest.raises(ValueError, match=message):
        Table("Bảng", header, (row,), align, widths)


def test_a_picture_is_a_png_and_says_what_it_shows() -> None:
    with pytest.raises(ValueError, match="no PNG"):
        Picture(b"GIF89a", "Bản đồ", "Hình 1")
    with pytest.raises(ValueError, match="no alt"):
        Picture(png(), " ", "Hình 1")


def test_sheets_are_the_summary_the_body_and_the_annexes() -> None:
    found = layout.sheets(SAMPLE)
    assert [one.part for one in found] == ["summary", "body", "annex", "annex"]
    assert [one.landscape for one in found] == [False, False, True, False]
    assert [one.restart for one in found] == [True, True, True, True]
    assert [one.signed for one in found] == [False, True, False, False]


def test_every_block_that_says_something_stands_on_one_sheet() -> None:
    body = (PageBreak(landscape=True), by_power(), PageBreak(), Paragraph("a"), Heading(" "))
    found = layout.sheets(replace(SAMPLE, summary=(PageBreak(),), body=body, annexes=body))
    assert [(one.part, one.landscape, len(one.blocks)) for one in found] == [
        ("body", False, 0),
        ("body", True, 1),
        ("body", False, 1),
        ("annex", True, 1),
        ("annex", False, 1),
    ]
    assert [one.restart for one in found] == [True, False, False, True, False]
    assert [one.signed for one in found] == [False, False, True, False, False]


def test_the_decree_is_kept() -> None:
    """Decree 30/2020/NĐ-CP, annex I."""
    assert layout.PAPER_MM == (210, 297)
    assert 20 <= layout.TOP_MM <= 25
    assert 20 <= layout.BOTTOM_MM <= 25
    assert 30 <= layout.LEFT_MM <= 35
    assert 15 <= layout.RIGHT_MM <= 20
    assert 10 <= layout.INDENT_MM <= 12.7
    assert 13 <= layout.TEXT_PT <= 14
    assert 12 <= layout.COUNTRY_PT <= 13 <= layout.MOTTO_PT <= 14
    assert layout.GAP_PT >= 6


@pytest.mark.parametrize("landscape", [False, True])
@pytest.mark.parametrize("size", [(400, 10), (10, 400), (300, 200)])
def test_a_picture_fits_its_page_and_keeps_its_shape(size, landscape) -> None:
    picture = Picture(png(*size), "dốc màu", "", 10_000)
    width, height = layout.picture_mm(picture, landscape=landscape)
    most_width, most_height = layout.text_mm(landscape=landscape)
    assert width / height == pytest.approx(size[0] / size[1])
    assert width <= most_width
    assert height < most_height
    assert width == pytest.approx(most_width) or height > 0.7 * most_height


_HASHES = """
import hashlib
from sample_document import SAMPLE
from deadzones.reports import document_docx, document_html, document_pdf
written = [document_docx.write(SAMPLE), document_html.write(SAMPLE)]
written.append(document_pdf.write(SAMPLE, faces=["Libertinus Serif"]))
print([hashlib.sha256(one).hexdigest() for one in written])
"""


def test_another_process_writes_the_same_bytes() -> None:
    """In another order of sets, at another time, in another zone."""
    told = {
        subprocess.run(
            [sys.executable, "-P", "-c", _HASHES],
            env=os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": str(HERE)},
            check=True,
            capture_output=True,
        ).stdout
        for seed, zone in (("1", "Asia/Ho_Chi_Minh"), ("2", "America/Lima"))
    }
    assert len(told) == 1


def test_all_texts_are_cleaned_and_nothing_else() -> None:
    bad = replace(
        SAMPLE,
        summary=(
            Paragraph("Ha\u0323nh\x00 \ud800phúc\ufffe"),
            replace(by_power(), caption="a\x0bb"),
        ),
        stamps=("mo\u0301c\x1b",),
    )
    found = layout.cleaned(bad)
    assert found.summary[0] == Paragraph("Hạnh phúc")
    assert found.summary[1] == replace(by_power(), caption="ab")
    assert found.stamps == ("móc",)
    assert layout.cleaned(replace(SAMPLE, body=SAMPLE.body[:2])).body == SAMPLE.body[:2]
    (percents,) = [one for one in found.body if isinstance(one, Paragraph) and "99,1" in one.text]
    assert "93,4\u00a0% dân số có sóng 5G, 99,1\u00a0% có điện" in percents.text
    assert isinstance(found.day, dt.date)
    assert found.day == DAY
