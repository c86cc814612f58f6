"""How much room text takes: near to what fonts say, no word cut, a summary on one page."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_document import SAMPLE, by_power, register

from deadzones.reports import document_fit as fit
from deadzones.reports.document import Heading, Paragraph, Table

MEASURED_PT = {
    "Độc lập - Tự do - Hạnh phúc": 159,
    "SỞ KHOA HỌC VÀ CÔNG NGHỆ": 198,
    "Independence - Freedom - Happiness": 206,
    "tính đến ngày 31 tháng 3 năm 2026": 194,
    "ỦY BAN NHÂN DÂN": 122,
    "1.865.270": 52,
}
"""By Liberation Serif Bold, which has the widths of Times New Roman, at 13 pt."""


@pytest.mark.parametrize(("text", "length"), MEASURED_PT.items())
def test_lengths_are_near_to_those_of_the_font(text, length) -> None:
    assert fit.written_pt(text, 13) == pytest.approx(length, rel=1 / 12)


def test_room_enough_is_shared_as_asked() -> None:
    widths, size = fit.columns_pt(by_power(), 700)
    assert widths == pytest.approx([700 * share / 110 for share in by_power().widths])
    assert size == 11


@given(
    st.lists(st.tuples(st.floats(0.1, 50), st.integers(1, 12)), min_size=1, max_size=14),
    st.floats(300, 800),
)
def test_no_word_is_cut_where_all_have_room(columns, width) -> None:
    words = tuple("đ" * letters for _, letters in columns)
    table = Table("", words, (), ("left",) * len(words), tuple(share for share, _ in columns))
    widths, size = fit.columns_pt(table, width)
    assert sum(widths) == pytest.approx(width)
    needs = [fit.written_pt(word, size) for word in words]
    if size > fit.TABLE_SIZES_PT[-1]:
        short = [wide < min(need, 0.4 * width) for wide, need in zip(widths, needs, strict=True)]
        assert not any(short)
    else:
        larger = fit.TABLE_SIZES_PT[-2]
        assert sum(fit.written_pt(word, larger) + 8.5 for word in words) > width


def test_a_date_in_a_narrow_column_is_whole() -> None:
    table = register(3)
    narrow = replace(table, widths=(*table.widths[:-1], 0.1))
    widths, size = fit.columns_pt(narrow, 715)
    assert widths[-1] > fit.written_pt("30/06/2026", size)


def lines(table: Table, width: float) -> list[int]:
    widths, size = fit.columns_pt(table, width)
    return [
        max(
            math.ceil(fit.written_pt(text, size) / (wide - 8.5))
            for text, wide in zip(row, widths, strict=True)
        )
        for row in table.rows
    ]


def test_cells_take_one_line_where_the_page_has_room_for_them() -> None:
    rows = (("1", "có điện lưới quốc gia", "chưa có dữ liệu"),) * 9
    narrow = Table("", ("STT", "Tình trạng điện", "Dân số"), rows, ("left",) * 3, (30, 1, 1))
    assert lines(narrow, 300) == [1] * 9


@pytest.mark.parametrize("rows", [0, 1, 9])
def test_a_column_that_is_empty_has_a_width_too(rows: int) -> None:
    """Its longest word has no letter, so that it needs no more than the room beside a text."""
    table = Table("", ("STT", ""), (("1", ""),) * rows, ("left",) * 2, (1e6, 1e-6))
    widths, size = fit.columns_pt(table, 300)
    assert sum(widths) == pytest.approx(300)
    assert min(widths) > 0
    assert size == fit.TABLE_SIZES_PT[0]


def test_a_long_text_is_not_squeezed_for_a_short_one() -> None:
    rows = (("Điểm dân cư ở vùng lõm", "Nơi có người ở mà chưa có sóng. " * 4),) * 9
    table = Table("", ("Thuật ngữ", "Cách tính"), rows, ("left",) * 2, (1, 4))
    squeezed = replace(table, widths=(2, 3))
    assert sum(lines(table, 400)) <= sum(lines(squeezed, 400)) <= 9 * 4


def test_the_more_is_said_the_smaller_it_is_set() -> None:
    assert fit.factor(SAMPLE.summary) == 1
    much = [Heading("Tóm tắt"), *[Paragraph("Còn nhiều việc phải làm. " * 12)] * 40]
    found = [fit.factor(much[:count]) for count in range(0, 41, 4)]
    assert found == sorted(found, reverse=True)
    assert found[0] == 1
    assert found[-1] == 0.5
