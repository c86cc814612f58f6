"""The blocks of a report as WordprocessingML (ISO/IEC 29500-1, 17), written as text.

A table of 20,000 rows has 200,000 cells: elements made one by one take minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, pairwise
from xml.sax.saxutils import escape

from . import document_fit as fit
from . import document_layout as layout
from ._docx_styles import SMALLER, twips
from .document import Block, Document, Figures, Heading, Letterhead, Paragraph, Picture, Table

_PARAGRAPHS = {
    "body": "BodyText",
    "note": "Note",
    "lead": "Lead",
    "item": "ListBullet",
    "subtitle": "SummarySubtitle",
    "basis": "Basis",
}
_CELLS = {"left": "TableLeft", "right": "TableRight", "centre": "TableCentre"}
_MARGIN = 60
"""Beside the text in a table's cell, twips."""
_ROOM = '<w:spacing w:before="200"/>'
_SHADE = "EEEEEE"
_SIGNING_MM = 26.0
"""For the signature and the seal."""


@dataclass(frozen=True)
class Setting:
    """What a block needs to know of its sheet."""

    sheet: layout.Sheet
    drawing: Callable[[Picture, int, tuple[float, float]], str]
    """Puts a picture, with a number and a size in mm, into the package; gives its inline element."""
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    factor: float = 1.0
    """Of all sizes."""

    @property
    def width(self) -> int:
        """Of the text, twips."""
        return twips(layout.text_mm(landscape=self.sheet.landscape)[0])


def blocks(setting: Setting, levels: Iterator[int]) -> Iterator[str]:
    """Write the blocks of a sheet; `levels` are those of its headings."""
    sheet = setting.sheet
    for at, block in enumerate(sheet.blocks, 1):
        written = _block(block, setting, levels)
        if sheet.signed and at == len(sheet.blocks) and isinstance(block, Paragraph):
            # no signature stands alone on a page
            written = written.replace("</w:pPr>", "<w:keepNext/><w:keepLines/></w:pPr>", 1)
        if setting.factor < 1:
            # each style has a smaller one beside it; no text holds a bare "<"
            written = written.replace('<w:pStyle w:val="', f'<w:pStyle w:val="{SMALLER}')
        yield written


def _block(block: Block, setting: Setting, levels: Iterator[int]) -> str:
    match block:
        case Heading(text):
            return _heading(text, next(levels), setting)
        case Paragraph(text, kind):
            return paragraph(_PARAGRAPHS[kind], run(text))
        case Figures(pairs):
            most = layout.MOST_FIGURES
            rows = [pairs[at : at + most] for at in range(0, len(pairs), most)]
            return "".join(_figures(row, setting) for row in rows)
        case Table():
            return _table(block, setting.width)
        case Picture():
            return _picture(block, setting)
        case _:
            raise TypeError(f"no such block: {block!r}")


# --- runs and paragraphs ---------------------------------------------------------------------


def run(text: str, look: str = "") -> str:
    """Write text; `look` holds the properties of its run.

    Examples
    --------
    >>> run("a < b")
    '<w:r><w:t xml:space="preserve">a &lt; b</w:t></w:r>'
    """
    look = look and f"<w:rPr>{look}</w:rPr>"
    lines = escape(text).replace("\n", '</w:t><w:br/><w:t xml:space="preserve">')
    return f'<w:r>{look}<w:t xml:space="preserve">{lines}</w:t></w:r>'


def paragraph(style: str, content: str, look: str = "") -> str:
    """Write a paragraph; `look` holds the properties that differ from its style."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{look}</w:pPr>{content}</w:p>'


def _heading(text: str, level: int, setting: Setting) -> str:
    centred = setting.sheet.part != "body" and level == 1
    look = '<w:ind w:firstLine="0"/><w:jc w:val="center"/>' if centred else ""
    number = next(setting.numbers)
    mark = f'<w:bookmarkStart w:id="{number}" w:name="part_{number}"/>'
    content = f'{mark}{run(text)}<w:bookmarkEnd w:id="{number}"/>'
    return paragraph(f"Heading{level}", content, look)


def _rule(length_pt: float, width: int) -> str:
    """Write a rule in the middle, as the edge of a paragraph that is indented on both sides."""
    side = max(0, round((width - length_pt * 20) / 2))
    edge = '<w:pBdr><w:top w:val="single" w:sz="6" w:space="0" w:color="000000"/></w:pBdr>'
    return paragraph("Rule", "", f'{edge}<w:ind w:left="{side}" w:right="{side}"/>')


def _picture(picture: Picture, setting: Setting) -> str:
    width, height = layout.picture_mm(picture, landscape=setting.sheet.landscape)
    size = width * setting.factor, height * setting.factor
    inline = setting.drawing(picture, next(setting.numbers), size)
    drawn = f"<w:r><w:drawing>{inline}</w:drawing></w:r>"
    if not picture.caption:
        return paragraph("Picture", drawn, '<w:keepNext w:val="0"/>')
    return paragraph("Picture", drawn) + paragraph("Caption", run(picture.caption))


# --- tables ----------------------------------------------------------------------------------


def grid(widths: Sequence[int], rows: Iterable[str], look: str = "", *, margin: int = 0) -> str:
    """Write a table of columns that stay as wide as they are told; it has no edges of its own.

    `margin` is beside the content of a cell, twips.
    """
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    whole = f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
    margins = "".join(f'<w:{side} w:w="{margin}" w:type="dxa"/>' for side in ("left", "right"))
    kept = f'{whole}{look}<w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar>'
    return (
        f"<w:tbl><w:tblPr>{kept}</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def cell(width: int, content: str, look: str = "") -> str:
    """Write a cell of a table."""
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{look}</w:tcPr>{content}</w:tc>'


def row(cells: Iterable[str], look: str = "<w:cantSplit/>") -> str:
    """Write a row that stays on one page."""
    return f"<w:tr><w:trPr>{look}</w:trPr>{''.join(cells)}</w:tr>"


def columns(shares: Sequence[float], width: int) -> list[int]:
    """Part a width by shares; the parts sum to it.

    Examples
    --------
    >>> columns([1, 1, 1], 100)
    [33, 34, 33]
    """
    ends = [round(width * sum(shares[:at]) / sum(shares)) for at in range(len(shares) + 1)]
    return [after - before for before, after in pairwise(ends)]


def _table(table: Table, width: int) -> str:
    shares, size = fit.columns_pt(table, width / 20)
    widths = columns(shares, width)
    smaller = "" if size == layout.TABLE_PT else f"{size:g}"
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{_SHADE}"/>'
    middle = '<w:vAlign w:val="center"/>'
    head = row(
        (
            cell(wide, paragraph(f"TableHead{smaller}", run(text)), shade + middle)
            for wide, text in zip(widths, table.header, strict=True)
        ),
        "<w:cantSplit/><w:tblHeader/>",
    )
    starts = [
        f'<w:tc><w:tcPr><w:tcW w:w="{wide}" w:type="dxa"/></w:tcPr><w:p><w:pPr>'
        f'<w:pStyle w:val="{_CELLS[align]}{smaller}"/></w:pPr>'
        for wide, align in zip(widths, table.align, strict=True)
    ]
    plain = len(table.rows) - table.totals
    rows = [
        row(
            f"{start}{run(text, '' if at < plain else '<w:b/>')}</w:p></w:tc>"
            for start, text in zip(starts, texts, strict=True)
        )
        for at, texts in enumerate(table.rows)
    ]
    if len(rows) <= layout.WHOLE_ROWS:
        rows[:-1] = [one.replace("</w:pPr>", "<w:keepNext/></w:pPr>") for one in rows[:-1]]
    found = grid(widths, [head, *rows], margin=_MARGIN)
    look = '<w:tblLook w:val="0020" w:firstRow="1"/>'
    named = f'<w:tblCaption w:val="{escape(table.caption, {chr(34): "&quot;", chr(10): " "})}"/>'
    found = found.replace("<w:tblPr>", '<w:tblPr><w:tblStyle w:val="TableGrid"/>', 1)
    found = found.replace("</w:tblPr>", f"{look}{named}</w:tblPr>", 1)
    caption = paragraph("TableCaption", run(table.caption)) if table.caption else ""
    # two tables without a paragraph between them grow together
    return f"{caption}{found}{paragraph('Gap', '')}"


def _figures(pairs: Sequence[tuple[str, str]], setting: Setting) -> str:
    widths = columns([1] * len(pairs), setting.width)
    room = widths[0] / 20 - 12
    size = min(
        [
            fit.FIGURE_PT,
            *(
                fit.FIGURE_PT * room / fit.written_pt(number, fit.FIGURE_PT)
                for number, _ in pairs
                if number
            ),
        ]
    )
    halves = int(size * setting.factor * 2)
    look = f'<w:sz w:val="{halves}"/><w:szCs w:val="{halves}"/>'
    cells = (
        cell(
            wide,
            paragraph("FigureNumber", run(number, look)) + paragraph("FigureLabel", run(label)),
        )
        for wide, (number, label) in zip(widths, pairs, strict=True)
    )
    edges = "".join(
        f'<w:{edge} w:val="single" w:sz="6" w:space="0" w:color="{layout.FIGURE_BLUE}"/>'
        for edge in ("top", "bottom")
    )
    borders = f"<w:tblBorders>{edges}</w:tblBorders>"
    return grid(widths, [row(cells)], borders, margin=_MARGIN) + paragraph("Gap", "")


# --- what the decree asks for ------------------------------------------------------------------


def letterhead(head: Letterhead, width: int) -> str:
    """Write who reports and for which country, in two columns without edges."""
    left, right = columns(layout.LETTERHEAD, width)
    issuer, country = head.issuer.upper(), head.country.upper()
    longest = max(fit.written_pt(line, layout.COUNTRY_PT) for line in issuer.split("\n"))
    motto_pt = fit.written_pt(head.motto, layout.MOTTO_PT)
    bold, italic = "<w:b/><w:bCs/>", "<w:i/><w:iCs/>"
    parent = paragraph("Country", run(head.parent.upper())) if head.parent else ""
    issued = (
        parent
        + paragraph("Country", run(issuer, bold))
        + _rule(0.4 * min(longest, left / 20), left)
    )
    named = (
        paragraph("Country", run(country, bold))
        + paragraph("Motto", run(head.motto, bold))
        + _rule(min(motto_pt, right / 20), right)
    )
    above = '<w:spacing w:before="120"/>'
    number = paragraph("Motto", run(head.number), above)
    place = paragraph("Motto", run(head.place_and_date, italic), above)
    rows = [
        row([cell(left, issued), cell(right, named)]),
        row([cell(left, number), cell(right, place)]),
    ]
    return grid((left, right), rows)


def title(document: Document, width: int) -> str:
    """Write the kind of the document and what it is about, with a rule below."""
    kind = paragraph("Title", run(document.title.upper()))
    if not document.subtitle:
        return kind + paragraph("Gap", "", _ROOM)
    longest = max(fit.written_pt(line, layout.TEXT_PT) for line in document.subtitle.split("\n"))
    rule = _rule(0.4 * min(longest, width / 20), width)
    return kind + paragraph("Subtitle", run(document.subtitle)) + rule + paragraph("Gap", "", _ROOM)


def signature(document: Document, width: int) -> str:
    """Write who receives the report, and beside it the room to sign."""
    sign = document.signature
    left, right = columns((1, 1), width)
    names = layout.recipients(sign)
    look = "<w:b/><w:bCs/><w:i/><w:iCs/>"
    received = [paragraph("RecipientsTitle", run(sign.recipients_title, look))]
    received += [paragraph("Recipients", run(f"- {name}")) for name in names]
    room = f'<w:spacing w:before="{twips(_SIGNING_MM)}"/>'
    signed = [
        paragraph("Signer", run(sign.capacity.upper(), "<w:b/><w:bCs/>")),
        paragraph("Signer", run(sign.note, "<w:i/><w:iCs/>")),
        paragraph("Signer", "", room),
    ]
    cells = [cell(left, "".join(received)), cell(right, "".join(signed))]
    return paragraph("Gap", "", "<w:keepNext/>" + _ROOM) + grid((left, right), [row(cells)])
