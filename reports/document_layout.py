"""How a report stands on paper by Decree 30/2020/NĐ-CP, whatever the format: sizes, sheets, letters.

The decree's first annex asks for A4 with margins of 20-25 mm above and below, 30-35 mm left and
15-20 mm right, Times New Roman, 13-14 pt text with a first line indented 1 or 1.27 cm, the country's
name at 12-13 pt and its motto at 13-14 pt. The page's number stands in the middle of the top
margin, not on the first page, and each annex counts its own pages.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Final, Literal

from .document import Block, Document, Figures, Heading, PageBreak, Paragraph, Picture, Signature
from .words import Lang

AUTHOR: Final = "deadzones"
REGIONS: Final[dict[Lang, str]] = {"vi": "VN", "en": "GB"}
PAPER_MM: Final = (210.0, 297.0)
TOP_MM, BOTTOM_MM, LEFT_MM, RIGHT_MM = 25.0, 20.0, 30.0, 15.0
HEADER_MM: Final = 9.0
"""From the paper's edge to the page's number."""
INDENT_MM: Final = 12.7
TEXT_PT: Final = 14.0
TABLE_PT, NOTE_PT, FOOTER_PT, STAMP_PT, CAPTION_PT = 11.0, 11.0, 8.0, 9.0, 12.0
COUNTRY_PT, MOTTO_PT, NUMBER_PT = 12.0, 13.0, 13.0
RECIPIENTS_PT: Final = (12.0, 11.0)
"""The words "Nơi nhận:", and each of those who receive."""
GAP_PT: Final = 6.0
"""Between paragraphs; the decree asks for no less."""
LETTERHEAD: Final = (0.4, 0.6)
"""Shares of the issuer's and the country's column: in halves the country's name would wrap."""
WHOLE_ROWS: Final = 12
"""A table of no more rows stays on one page."""
MOST_FIGURES: Final = 4
"""Side by side."""
STAMP_RED: Final = "C00000"
FIGURE_BLUE: Final = "1F3864"

_MOST_HEIGHT: Final = 0.78
"""Of a picture, as a share of the page's text: its caption stands on the same page."""
_BOUND: Final = re.compile(r"(?<=\d) (?=(?:%|km|dBm|triệu|tỷ|nghìn tỷ)(?!\w))")
"""Between a number and its unit: no line ends there."""
_UNWRITABLE: Final = re.compile("[\0-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""Control characters, half pairs and what is no character."""


@dataclass(frozen=True)
class Sheet:
    """Pages in one direction; `restart` where the pages are counted from 1 again."""

    part: Literal["summary", "body", "annex"]
    blocks: tuple[Block, ...]
    landscape: bool = False
    restart: bool = False
    signed: bool = False


def sheets(document: Document) -> tuple[Sheet, ...]:
    """Part a report into runs of pages in one direction.

    Parameters
    ----------
    document : Document

    Returns
    -------
    tuple of Sheet
        The summary where there is one, the body (its last sheet is signed), the annexes. A sheet
        holds no page break, and is empty only where it carries the letterhead or the signature.

    Examples
    --------
    >>> from deadzones.reports.document import Paragraph
    >>> def parts(*blocks):
    ...     return [(len(kept), wide) for kept, wide in _runs(blocks)]
    >>> parts(Paragraph("a"), PageBreak(landscape=True), Paragraph("b"), Paragraph("c"))
    [(1, False), (2, True)]
    >>> parts(PageBreak(), PageBreak(landscape=True))
    []
    """
    summary = [one for one in document.summary if _said(one) and not isinstance(one, PageBreak)]
    if document.subtitle and summary and isinstance(summary[0], Heading):
        summary.insert(1, Paragraph(document.subtitle.replace("\n", " "), "subtitle"))
    found = [Sheet("summary", tuple(summary), restart=True)] if summary else []
    body = list(_runs(document.body)) or [((), False)]
    if body[0][1]:
        # the letterhead and the title are for an upright page
        body.insert(0, ((), False))
    for at, (blocks, wide) in enumerate(body):
        last = at == len(body) - 1
        found.append(Sheet("body", blocks, wide, restart=at == 0, signed=last))
    for at, (blocks, wide) in enumerate(_runs(document.annexes)):
        begins = isinstance(blocks[0], Heading) and blocks[0].level == 1
        found.append(Sheet("annex", blocks, wide, restart=begins or at == 0))
    return tuple(found)


def _runs(blocks: Sequence[Block]) -> Iterator[tuple[tuple[Block, ...], bool]]:
    run: list[Block] = []
    landscape = False
    for block in (*blocks, PageBreak()):
        if not isinstance(block, PageBreak):
            run += [block] * _said(block)
            continue
        if run:
            yield tuple(run), landscape
        run, landscape = [], block.landscape


def _said(block: Block) -> bool:
    """Tell whether a block says anything: an empty heading is a hole in the bookmarks."""
    match block:
        case Heading(text) | Paragraph(text):
            return bool(text.strip())
        case Figures(pairs):
            return bool(pairs)
        case _:
            return True


def text_mm(*, landscape: bool = False) -> tuple[float, float]:
    """Give the width and the height of a page's text, mm.

    Examples
    --------
    >>> text_mm()
    (165.0, 252.0)
    """
    width, height = reversed(PAPER_MM) if landscape else PAPER_MM
    return width - LEFT_MM - RIGHT_MM, height - TOP_MM - BOTTOM_MM


def picture_mm(picture: Picture, *, landscape: bool = False) -> tuple[float, float]:
    r"""Give the width and height at which a picture fits the page, mm; its shape is kept.

    Examples
    --------
    >>> head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 400, 200)
    >>> picture_mm(Picture(head, "a slope", ""))
    (160.0, 80.0)
    """
    across, down = struct.unpack(">II", picture.png[16:24])  # ISO/IEC 15948, 11.2.2
    most_width, most_height = text_mm(landscape=landscape)
    width = min(picture.width_mm, most_width, most_height * _MOST_HEIGHT * across / down)
    return width, width * down / across


def cleaned(document: Document) -> Document:
    r"""Put every text of a document into letters that all formats can hold.

    Parameters
    ----------
    document : Document

    Returns
    -------
    Document
        Accents composed (fonts lack the other way), without control characters and half pairs,
        which XML forbids, and numbers bound to their units. Line ends stay.

    Examples
    --------
    >>> _cleaned(("Hạnh phúc", "bell \x07", "two\r\nlines", "99,9 % của 3 km"))
    ('Hạnh phúc', 'bell ', 'two\nlines', '99,9\xa0% của 3\xa0km')
    """
    return _cleaned(document)


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        plain = value if value.isascii() and value.isprintable() else _letters(value)
        return _BOUND.sub("\u00a0", plain)
    if isinstance(value, tuple):
        return tuple(map(_cleaned, value))
    if is_dataclass(value) and not isinstance(value, type):
        texts = {each.name: _cleaned(getattr(value, each.name)) for each in fields(value)}
        return replace(value, **texts)
    return value


def _letters(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    return unicodedata.normalize("NFC", _UNWRITABLE.sub("", lines.replace("\t", " ")))


def consecutive(levels: Sequence[int]) -> tuple[int, ...]:
    """Give heading levels of which none skips one: PDF/UA and Word's outline want that.

    Examples
    --------
    >>> consecutive([2, 3, 1, 3, 3])
    (1, 2, 1, 2, 2)
    """
    above: list[int] = []
    given: list[int] = []
    for level in levels:
        while above and above[-1] >= level:
            above.pop()
        above.append(level)
        given.append(len(above))
    return tuple(given)


def name(document: Document) -> str:
    r"""Name a report in one line, for its file's properties; no name would be no valid PDF/A.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> name(SimpleNamespace(title="Báo cáo", subtitle="Về sóng\nvà điện"))
    'Báo cáo - Về sóng và điện'
    """
    parts = (document.title, document.subtitle.replace("\n", " "))
    return " - ".join(part for part in parts if part.strip()) or AUTHOR


def recipients(signature: Signature) -> tuple[str, ...]:
    """Give those who receive the report as the decree writes them: `;` after each, `.` at the end.

    Examples
    --------
    >>> sign = Signature("Nơi nhận:", ("- Như trên;", "UBND tỉnh", "Lưu: VT"), "CHỦ TỊCH", "")
    >>> recipients(sign)
    ('Như trên;', 'UBND tỉnh;', 'Lưu: VT.')
    """
    names = [name.removeprefix("- ").rstrip(" ;.") for name in signature.recipients]
    return tuple(f"{name}{'.' if name == names[-1] else ';'}" for name in names)
