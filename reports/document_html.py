"""A report as one page for a browser: nothing loads from elsewhere, it reads on a phone and prints on A4."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from html import escape
from importlib import resources
from itertools import count, groupby

from . import document_layout as layout
from .document import (
    Block,
    Document,
    Figures,
    Heading,
    Letterhead,
    Paragraph,
    Picture,
    Signature,
    Table,
)

_CONTENTS = {"vi": "Nội dung", "en": "Contents"}
_EM_OF_TEXT = 0.55
"""Width of a letter: a column is kept wide enough for its longest word."""


def write(document: Document) -> bytes:
    """Write a report as a page of its own.

    Parameters
    ----------
    document : Document

    Returns
    -------
    bytes
        HTML in UTF-8 with its style and pictures inside, without scripts. Whatever the texts
        hold is text.

    Examples
    --------
    >>> import datetime as dt
    >>> from deadzones.reports import document as d
    >>> head = d.Letterhead("Bộ", "Cục", "Số:", "Việt Nam", "Độc lập", "Hà Nội")
    >>> sign = d.Signature("Nơi nhận:", ("Lưu: VT",), "Cục trưởng", "")
    >>> body = (d.Heading("I. Tình hình <chung>"),)
    >>> day = dt.date(2026, 1, 5)
    >>> page = write(d.Document("vi", "Báo cáo", "", day, head, (), body, sign, (), (), ""))
    >>> "I. Tình hình &lt;chung&gt;</h2>" in page.decode()
    True
    """
    document = layout.cleaned(document)
    style = resources.files("deadzones.reports").joinpath("document_page.css").read_text("utf-8")
    page = [
        f'<!DOCTYPE html>\n<html lang="{document.lang}-{layout.REGIONS[document.lang]}">\n<head>',
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta name="author" content="{layout.AUTHOR}">',
        f'<meta name="date" content="{document.day.isoformat()}">',
        f"<title>{escape(layout.name(document))}</title>",
        f"<style>\n{style}{_margins(document)}</style>",
        "</head>\n<body>",
        _stamps(document),
        "<main>",
        *_parts(document),
        "</main>",
        f"<footer>{_lines(document.footer)}</footer>",
        "</body>\n</html>\n",
    ]
    return "\n".join(page).encode()


def _stamps(document: Document) -> str:
    if not document.stamps:
        return ""
    stamps = "".join(f"<strong>{escape(text)}</strong>" for text in document.stamps)
    return f'<div class="stamps">{stamps}</div>'


def _margins(document: Document) -> str:
    """Write what stands in the margins of printed pages."""
    width, height = layout.PAPER_MM
    edges = (layout.TOP_MM, layout.RIGHT_MM, layout.BOTTOM_MM, layout.LEFT_MM)
    margin = " ".join(f"{edge:g}mm" for edge in edges)
    stamps = _css_string("  ·  ".join(document.stamps))
    return (
        f"@page {{ size: {width:g}mm {height:g}mm; margin: {margin};\n"
        '  @top-center { content: counter(page); font: 13pt "Times New Roman", serif; }\n'
        f"  @top-right {{ content: {stamps}; color: #{layout.STAMP_RED}; font: bold 9pt serif; }}\n"
        f"  @bottom-center {{ content: {_css_string(document.footer)}; font: 8pt serif; }}\n"
        "}\n"
        "@page :first { @top-center { content: none; } }\n"
        f"@page wide {{ size: {height:g}mm {width:g}mm; }}\n"
    )


def _css_string(text: str) -> str:
    r"""Write a text for CSS, all but letters and digits by number.

    Examples
    --------
    >>> _css_string('a"</style>')
    '"a\\22 \\3c \\2f style\\3e "'
    """
    return '"' + "".join(c if c.isalnum() else f"\\{ord(c):x} " for c in text) + '"'


def _parts(document: Document) -> Iterator[str]:
    sheets = layout.sheets(document)
    heads = [one for sheet in sheets for one in sheet.blocks if isinstance(one, Heading)]
    levels = layout.consecutive([one.level for one in heads])
    numbered = iter(list(zip(count(1), levels, strict=False)))
    for sheet in sheets:
        wide = " wide" if sheet.landscape else ""
        yield f'<section class="{sheet.part}{wide}">'
        if sheet.part == "body" and sheet.restart:
            yield _letterhead(document.letterhead)
            yield f"<h1>{_lines(document.title.upper())}</h1>"
            if document.subtitle:
                yield f'<p class="about">{_lines(document.subtitle)}</p>'
            yield _contents(document, heads, levels)
        for item, group in groupby(sheet.blocks, lambda one: _kind(one) == "item"):
            if item:
                yield "<ul>"
                yield from (_block(one, numbered) for one in group)
                yield "</ul>"
            else:
                yield from (_block(one, numbered) for one in group)
        if sheet.signed:
            yield _signature(document.signature)
        yield "</section>"


def _kind(block: Block) -> str:
    return block.kind if isinstance(block, Paragraph) else ""


def _contents(document: Document, heads: list[Heading], levels: tuple[int, ...]) -> str:
    """Write links to the parts; a page for the screen needs them, paper does not."""
    links = [
        f'<li><a href="#part-{number}">{escape(head.text).replace(chr(10), " – ")}</a></li>'
        for number, (head, level) in enumerate(zip(heads, levels, strict=True), 1)
        if level == 1
    ]
    if len(links) < 3:
        return ""
    name = _CONTENTS[document.lang]
    return f'<nav aria-label="{name}"><details><summary>{name}</summary><ul>{"".join(links)}</ul></details></nav>'


def _block(block: Block, numbered: Iterator[tuple[int, int]]) -> str:
    match block:
        case Heading(text):
            number, level = next(numbered)
            return f'<h{level + 1} id="part-{number}">{_lines(text)}</h{level + 1}>'
        case Paragraph(text, "item"):
            return f"<li>{_lines(text)}</li>"
        case Paragraph(text, kind):
            return f'<p class="{kind}">{_lines(text)}</p>'
        case Figures(pairs):
            return _figures(pairs)
        case Table():
            return _table(block)
        case Picture():
            return _picture(block)
        case _:
            raise TypeError(f"no such block: {block!r}")


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _figures(pairs: tuple[tuple[str, str], ...]) -> str:
    found = (
        f"<div><dt>{_lines(label)}</dt><dd>{_lines(number)}</dd></div>" for number, label in pairs
    )
    return f'<dl class="figures">{"".join(found)}</dl>'


def _table(table: Table) -> str:
    """Write a table in a box of its own, which scrolls where the screen is narrower."""
    whole = sum(table.widths)
    columns = "".join(f'<col style="width:{100 * width / whole:.4g}%">' for width in table.widths)
    head = "".join(f'<th scope="col">{_lines(text)}</th>' for text in table.header)
    starts = [f'<td class="{align}">' for align in table.align]
    rows = [
        "<tr>" + "".join(
            f"{start}{_lines(text)}</td>" for start, text in zip(starts, texts, strict=True)
        ) + "</tr>"
        for texts in table.rows
    ]  # fmt: skip
    plain = len(rows) - table.totals
    total = f"<tfoot>{''.join(rows[plain:])}</tfoot>" if table.totals else ""
    caption = f"<caption><span>{_lines(table.caption)}</span></caption>" if table.caption else ""
    label = escape(table.caption.replace("\n", " "))
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{label}">'
        f'<table style="min-width:{_least_em(table):.1f}em">{caption}<colgroup>{columns}</colgroup>'
        f"<thead><tr>{head}</tr></thead><tbody>\n{chr(10).join(rows[:plain])}\n</tbody>{total}"
        "</table></div>"
    )


def _least_em(table: Table) -> float:
    """Give the width at which the longest word of each header and the first rows has room."""
    sample = (table.header, *table.rows[:50])
    longest = [max(_longest_word(row[at]) for row in sample) for at in range(len(table.header))]
    shares = [width / sum(table.widths) for width in table.widths]
    return max(
        (letters * _EM_OF_TEXT + 1) / share for letters, share in zip(longest, shares, strict=True)
    )


def _longest_word(text: str) -> int:
    return min(20, max(map(len, text.split()), default=1))


def _picture(picture: Picture) -> str:
    width, _ = layout.picture_mm(picture)
    data = base64.b64encode(picture.png).decode("ascii")
    caption = f"<figcaption>{_lines(picture.caption)}</figcaption>" if picture.caption else ""
    return (
        f'<figure><img src="data:image/png;base64,{data}" alt="{escape(picture.alt)}" '
        f'style="width:{width:.4g}mm">{caption}</figure>'
    )


def _letterhead(head: Letterhead) -> str:
    parent = f"<p>{_lines(head.parent.upper())}</p>" if head.parent else ""
    return (
        '<header class="letterhead"><div>'
        f'{parent}<p class="ruled issuer"><b>{_lines(head.issuer.upper())}</b></p>'
        f'<p class="number">{_lines(head.number)}</p></div><div>'
        f"<p><b>{_lines(head.country.upper())}</b></p>"
        f'<p class="ruled motto"><b>{_lines(head.motto)}</b></p>'
        f'<p class="place"><i>{_lines(head.place_and_date)}</i></p></div></header>'
    )


def _signature(sign: Signature) -> str:
    names = "".join(f"<li>{_lines(name)}</li>" for name in layout.recipients(sign))
    return (
        f'<div class="signature"><div><p class="to"><b><i>{_lines(sign.recipients_title)}</i></b></p>'
        f"<ul>{names}</ul></div><div><p><b>{_lines(sign.capacity.upper())}</b></p>"
        f"<p><i>{_lines(sign.note)}</i></p></div></div>"
    )
