"""How much room the text of a report takes, estimated: no font need be there to lay out a Word file."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from . import document_layout as layout
from .document import Block, Figures, Heading, Paragraph, Picture, Table

TABLE_SIZES_PT: Final = (layout.TABLE_PT, 10.0, 9.0, 8.0)
"""The first at which no word of a table is cut."""
FIGURE_PT: Final = 24.0

_BESIDE_PT: Final = 8.5
"""Of a cell's text, both sides and the edges."""
_MEASURED: Final = 20
"""Words of a column: the longest by letters."""
_COUNTED: Final = 500
"""Rows of a table: how many lines they take tells how many the others do."""
_ROWS_A_PAGE: Final = 25
_HEAD_LINES: Final = 3
"""That the head of a column may take, where all others of it are on one line."""
_MOST_SHARE: Final = 0.4
"""Of a table's width that one long word may claim."""
_LINE: Final = 1.15
"""Height of a line of Times New Roman in Word, in its size."""
_SPREAD: Final = 1.1
"""Lines of text: see the styles of the Word file."""
_MM_PT: Final = 72 / 25.4
_SAFE: Final = 0.97


def written_pt(text: str, size_pt: float) -> float:
    """Estimate how long a bold line is in Times New Roman, pt: within a twelfth, for rules below it.

    Examples
    --------
    >>> round(written_pt("Độc lập - Tự do - Hạnh phúc", 13))  # 159 as a font measures it
    161
    """
    letters = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    plain = (one for one in letters if not unicodedata.combining(one))
    return sum(_em(one) for one in plain) * size_pt


def _em(letter: str) -> float:
    if letter in "ijlft.,;:'|()[]-/I ":
        return 0.3
    if letter in "mMwW":
        return 0.88
    return 0.71 if letter.isupper() else 0.52


def columns_pt(table: Table, width_pt: float) -> tuple[tuple[float, ...], float]:
    """Share the width of a page among the columns of a table: no word is cut, few cells take two lines.

    Parameters
    ----------
    table : Table
        Its `widths` are kept where they leave room for the longest word of each column, and where
        other ones do not make the table shorter.
    width_pt : float

    Returns
    -------
    widths : tuple of float
        Of the columns, pt; they sum to `width_pt`.
    size : float
        Of the text, pt: one of ``TABLE_SIZES_PT``.

    Examples
    --------
    >>> table = Table("", ("STT", "Hạn"), (("1", "31/12/2026"),), ("left", "left"), (9, 1))
    >>> widths, size = columns_pt(table, 300)
    >>> size, widths[1] > 10 * 0.5 * size, round(sum(widths))
    (11.0, True, 300)
    """
    letters = [_longest(column) for column in zip(table.header, *table.rows, strict=True)]
    needs: list[float] = []
    size = TABLE_SIZES_PT[0]
    for size in TABLE_SIZES_PT:
        needs = [min(one * size + _BESIDE_PT, _MOST_SHARE * width_pt) for one in letters]
        if sum(needs) <= width_pt:
            break
    else:
        return tuple(need * width_pt / sum(needs) for need in needs), size
    rows = table.rows[:_COUNTED]
    heads = [table.header] * math.ceil(len(rows) / _ROWS_A_PAGE)  # one on each page
    lengths = [[written_pt(text, size) for text in row] for row in (*heads, *rows)]
    best = _shared(table.widths, needs, width_pt)
    fewest = least = _line_count(lengths, best)
    heading = [written_pt(text, size) / _HEAD_LINES for text in table.header]
    columns = zip(heading, *lengths[len(heads) :], strict=True)
    wishes = [max(column) + _BESIDE_PT for column in columns]
    for at in sorted(range(len(needs)), key=lambda at: wishes[at] - needs[at]):
        tried = [*needs[:at], max(needs[at], wishes[at]), *needs[at + 1 :]]
        if sum(tried) > width_pt:
            break
        widths = _shared(table.widths, tried, width_pt)
        lines = _line_count(lengths, widths)
        # a row is as high as its highest cell: it may take several columns to make one lower
        if lines <= least:
            needs, least = tried, lines
        if lines < fewest:
            best, fewest = widths, lines
    return best, size


def _shared(shares: Sequence[float], needs: Sequence[float], width: float) -> tuple[float, ...]:
    """Share a width as asked; columns that are too narrow take what they need, the others the rest."""
    held: dict[int, float] = {}
    while True:
        left = width - sum(held.values())
        asked = {at: share for at, share in enumerate(shares) if at not in held}
        given = {at: share * left / sum(asked.values()) for at, share in asked.items()}
        short = {at: needs[at] for at, wide in given.items() if wide < needs[at] - 1e-9}
        held |= short
        if not short:
            found = held | given
            return tuple(found[at] for at in range(len(needs)))


def _line_count(lengths: Sequence[Sequence[float]], widths: Sequence[float]) -> int:
    """Count the lines of rows, each as high as its highest cell."""
    room = [max(wide - _BESIDE_PT, 1.0) for wide in widths]  # a column may be empty
    return sum(
        max(math.ceil(length / wide) for length, wide in zip(row, room, strict=True))
        for row in lengths
    )


def _longest(texts: Iterable[str]) -> float:
    """Give the length of the longest word, in its size."""
    words = {word for text in texts for word in text.split()}
    # by letters too: a set has another order in each process, and the same input gives the same bytes
    longest = sorted(words, key=lambda word: (len(word), word))[-_MEASURED:]
    return max((written_pt(word, 1) for word in longest), default=0)


def factor(blocks: Sequence[Block]) -> float:
    """Give the size, as a share of the usual one, at which blocks fit one upright page.

    Examples
    --------
    >>> factor([Paragraph("Ngắn.")])
    1.0
    >>> 0.5 <= factor([Paragraph("Còn nhiều việc phải làm. " * 20)] * 12) < 0.9
    True
    """
    width, height = (length * _MM_PT for length in layout.text_mm())
    shares = [step / 20 for step in range(20, 9, -1)]
    fits = (one for one in shares if sum(_height(b, width, one) for b in blocks) < height * _SAFE)
    return next(fits, shares[-1])


def _height(block: Block, width: float, share: float) -> float:
    """Estimate the height of a block, pt."""
    match block:
        case Heading(text):
            return _lines(text, width, layout.TEXT_PT * share) + 3 * layout.GAP_PT * share
        case Paragraph(text, kind):
            size = {"note": layout.NOTE_PT, "subtitle": layout.NUMBER_PT}.get(kind, layout.TEXT_PT)
            return (
                _lines(text, width, size * share, layout.INDENT_MM * _MM_PT) + layout.GAP_PT * share
            )
        case Figures(pairs):
            rows = math.ceil(len(pairs) / layout.MOST_FIGURES)
            across = width / min(len(pairs), layout.MOST_FIGURES)
            label = max(_lines(text, across, layout.TABLE_PT * share) for _, text in pairs)
            return rows * (FIGURE_PT * _LINE * share + label + 3 * layout.GAP_PT)
        case Table():
            widths, size = columns_pt(block, width)
            rows = (block.header, *block.rows)
            body = sum(
                2 + max(_lines(text, wide - _BESIDE_PT, size * share) / _SPREAD
                        for text, wide in zip(row, widths, strict=True))
                for row in rows
            )  # fmt: skip
            return body + _lines(block.caption, width, layout.CAPTION_PT * share) + 20
        case Picture():
            caption = _lines(block.caption, width, layout.CAPTION_PT * share)
            return layout.picture_mm(block)[1] * _MM_PT * share + caption + 3 * layout.GAP_PT
        case _:
            return 0


def _lines(text: str, width: float, size: float, indent: float = 0) -> float:
    """Estimate the height of a text, pt."""
    count = sum(
        max(1, math.ceil((written_pt(line, size) + indent) / width)) for line in text.split("\n")
    )
    return count * size * _LINE * _SPREAD if text else 0
