"""The styles, lists and settings of a report in Word, as WordprocessingML (ISO/IEC 29500-1, 17)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from . import document_layout as layout
from .document_fit import TABLE_SIZES_PT
from .words import Lang

FACE: Final = "Times New Roman"
"""What the decree asks for. Word takes another one by itself where it is missing."""
NAMESPACE: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
XMLNS: Final = f'xmlns:w="{NAMESPACE}"'
SMALLER: Final = "Smaller"
"""Begins the names of the styles of a summary that would not fit its page."""
LINE: Final = 264
"""1.1 lines, in 240ths of one: the decree allows 1 to 1.5."""
_WORD_2013: Final = 15
"""The mode of Word 2013 and later; below it the window says "compatibility mode"."""


def twips(mm: float) -> int:
    """Give a length in 20ths of a point.

    Examples
    --------
    >>> twips(25.4)
    1440
    """
    return round(mm * 1440 / 25.4)


def styles(lang: Lang, factor: float = 1.0) -> str:
    """Write the styles of a report in one language, and smaller ones for its summary.

    Examples
    --------
    >>> "Heading1" in styles("vi"), "SmallerHeading1" in styles("vi", 0.8)
    (True, True)
    """
    plain = [*_plain(lang), *_tables()]
    smaller = [_smaller(one, factor) for one in plain if 'type="paragraph"' in one]
    return f"<w:styles {XMLNS}>{''.join(plain + smaller * (factor < 1))}</w:styles>"


def _smaller(style: str, factor: float) -> str:
    """Write a style like another one, that keeps all but its size and the room below it."""
    (key,) = re.findall('w:styleId="([^"]*)"', style)
    size = re.search('<w:sz w:val="([0-9]+)"/>', style)
    points = int(size[1]) / 2 if size else layout.TEXT_PT
    after = re.search('w:after="([0-9]+)"', style)
    spacing = f'<w:spacing w:after="{round(int(after[1]) * factor)}"/>' if after else ""
    return (
        f'<w:style w:type="paragraph" w:styleId="{SMALLER}{key}"><w:name w:val="{SMALLER} {key}"/>'
        f'<w:basedOn w:val="{key}"/><w:pPr>{spacing}</w:pPr>'
        f"<w:rPr>{_run(points * factor)}</w:rPr></w:style>"
    )


def _tables() -> Iterator[str]:
    """Write the styles of cells, at each size that a table may have."""
    cell = '<w:spacing w:before="20" w:after="20" w:line="240" w:lineRule="auto"/>'
    centred = '<w:jc w:val="center"/>'
    for size in TABLE_SIZES_PT:
        end = "" if size == layout.TABLE_PT else f"{size:g}"
        run = _run(size)
        yield _paragraph(f"TableLeft{end}", f"Table Left {end}".strip(), cell, run)
        yield _paragraph(
            f"TableRight{end}", f"Table Right {end}".strip(), f'{cell}<w:jc w:val="right"/>', run
        )
        yield _paragraph(f"TableCentre{end}", f"Table Centre {end}".strip(), cell + centred, run)
        yield _paragraph(
            f"TableHead{end}",
            f"Table Head {end}".strip(),
            f"<w:keepNext/>{cell}{centred}",
            "<w:b/><w:bCs/>" + run,
        )


def _plain(lang: Lang) -> list[str]:
    gap = round(layout.GAP_PT * 20)
    indent = f'<w:ind w:firstLine="{twips(layout.INDENT_MM)}"/>'
    hanging = f'<w:ind w:left="{twips(layout.INDENT_MM) + 200}" w:hanging="200"/>'
    below = f'<w:spacing w:after="{gap}"/>'
    centred = '<w:jc w:val="center"/>'
    tight = '<w:spacing w:after="0" w:line="240" w:lineRule="auto"/>'
    table = _run(layout.TABLE_PT)
    large = "<w:keepNext/><w:keepLines/>"
    head = f'{large}<w:spacing w:before="{2 * gap}" w:after="{gap}"/>{indent}'
    return [
        _defaults(lang),
        _NORMAL,
        _paragraph("BodyText", "Body Text", f'{below}{indent}<w:jc w:val="both"/>'),
        _paragraph("Lead", "Lead", f'{below}{indent}<w:jc w:val="both"/>', "<w:b/><w:bCs/>"),
        _paragraph("Note", "Note", f'{below}<w:jc w:val="both"/>', "<w:i/><w:iCs/>" + _run(layout.NOTE_PT)),
        _paragraph(
            "ListBullet",
            "List Bullet",
            f'<w:numPr><w:numId w:val="1"/></w:numPr>{below}{hanging}<w:jc w:val="both"/>',
        ),
        _paragraph("Heading1", "heading 1", f'{head}<w:outlineLvl w:val="0"/>', "<w:b/><w:bCs/>"),
        _paragraph("Heading2", "heading 2", f'{head}<w:outlineLvl w:val="1"/>', "<w:b/><w:bCs/>"),
        _paragraph(
            "Heading3", "heading 3", f'{head}<w:outlineLvl w:val="2"/>', "<w:b/><w:bCs/><w:i/><w:iCs/>"
        ),
        _paragraph("Title", "Title", f'{large}<w:spacing w:before="360" w:after="60"/>{centred}', "<w:b/><w:bCs/>"),
        _paragraph("Subtitle", "Subtitle", f'{large}<w:spacing w:after="0"/>{centred}', "<w:b/><w:bCs/>"),
        _paragraph("SummarySubtitle", "Summary Subtitle", below + centred, "<w:i/><w:iCs/>" + _run(layout.NUMBER_PT)),
        _paragraph("Basis", "Basis", f'{below}{indent}<w:jc w:val="both"/>', "<w:i/><w:iCs/>"),
        _paragraph(
            "Caption", "caption", f'<w:spacing w:before="60" w:after="{gap}"/>{centred}', _run(layout.CAPTION_PT)
        ),
        _paragraph(
            "TableCaption",
            "Table Caption",
            f'{large}<w:spacing w:before="{gap}" w:after="80"/>{centred}',
            "<w:b/><w:bCs/>" + _run(layout.CAPTION_PT),
        ),
        _paragraph("Picture", "Picture", f'<w:keepNext/><w:spacing w:before="{gap}" w:after="0"/>{centred}'),
        _paragraph(
            "FigureNumber",
            "Figure Number",
            f'<w:keepNext/><w:spacing w:before="80" w:after="0" w:line="240" w:lineRule="auto"/>{centred}',
            f'<w:b/><w:bCs/><w:color w:val="{layout.FIGURE_BLUE}"/>',
        ),
        _paragraph(
            "FigureLabel",
            "Figure Label",
            f'<w:spacing w:after="80" w:line="240" w:lineRule="auto"/>{centred}',
            table,
        ),
        _paragraph("Country", "Country", tight + centred, _run(layout.COUNTRY_PT)),
        _paragraph("Motto", "Motto", tight + centred, _run(layout.MOTTO_PT)),
        _paragraph("Signer", "Signer", tight + centred),
        _paragraph("RecipientsTitle", "Recipients Title", tight, _run(layout.RECIPIENTS_PT[0])),
        _paragraph("Recipients", "Recipients", tight, _run(layout.RECIPIENTS_PT[1])),
        _paragraph("Header", "header", tight + centred),
        _paragraph("Stamp", "Stamp", '<w:spacing w:after="40" w:line="240" w:lineRule="auto"/><w:jc w:val="right"/>'),
        _paragraph("Footer", "footer", tight + centred, _run(layout.FOOTER_PT)),
        _paragraph(
            "Rule", "Rule", '<w:spacing w:before="40" w:after="0" w:line="60" w:lineRule="exact"/>', _run(2)
        ),
        _paragraph("Gap", "Gap", '<w:spacing w:after="0" w:line="160" w:lineRule="exact"/>', _run(2)),
        _paragraph("Break", "Break", '<w:spacing w:after="0" w:line="20" w:lineRule="exact"/>', _run(1)),
        _TABLES,
    ]  # fmt: skip


def _defaults(lang: Lang) -> str:
    return (
        f'<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="{FACE}" w:hAnsi="{FACE}" '
        f'w:eastAsia="{FACE}" w:cs="{FACE}"/><w:color w:val="000000"/>{_run(layout.TEXT_PT)}'
        f'<w:lang w:val="{language(lang)}" w:eastAsia="{language(lang)}" w:bidi="ar-SA"/></w:rPr>'
        f'</w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="0" w:line="{LINE}" '
        'w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>'
    )


def language(lang: Lang) -> str:
    """Give the tag of a language and its country (BCP 47).

    Examples
    --------
    >>> language("vi")
    'vi-VN'
    """
    return f"{lang}-{layout.REGIONS[lang]}"


def _run(points: float) -> str:
    halves = round(points * 2)
    return f'<w:sz w:val="{halves}"/><w:szCs w:val="{halves}"/>'


def _paragraph(key: str, name: str, paragraph: str, run: str = "") -> str:
    return (
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{paragraph}</w:pPr>'
        f"<w:rPr>{run}</w:rPr></w:style>"
    )


_NORMAL: Final = (
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
    "<w:qFormat/></w:style>"
)
_EDGES: Final = "".join(
    f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="000000"/>'
    for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_TABLES: Final = (
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
    '<w:tblPr><w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/>'
    "</w:tblCellMar></w:tblPr></w:style>"
    '<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/>'
    f'<w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>{_EDGES}</w:tblBorders>'
    '</w:tblPr><w:tcPr><w:vAlign w:val="center"/></w:tcPr></w:style>'
)

NUMBERING: Final = (
    f'<w:numbering {XMLNS}><w:abstractNum w:abstractNumId="0"><w:multiLevelType '
    'w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/>'
    '<w:pStyle w:val="ListBullet"/><w:lvlText w:val="-"/><w:lvlJc w:val="left"/></w:lvl>'
    '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
)


def settings(lang: Lang) -> str:
    """Write the settings of a report in one language.

    Examples
    --------
    >>> 'decimalSymbol w:val=","' in settings("vi")
    True
    """
    decimal, separator = (",", ";") if lang == "vi" else (".", ",")
    return (
        f'<w:settings {XMLNS}><w:zoom w:percent="100"/><w:defaultTabStop w:val="720"/>'
        '<w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:compatSetting '
        'w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" '
        f'w:val="{_WORD_2013}"/></w:compat><w:themeFontLang w:val="{language(lang)}"/>'
        f'<w:decimalSymbol w:val="{decimal}"/><w:listSeparator w:val="{separator}"/></w:settings>'
    )
