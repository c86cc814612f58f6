"""A report as PDF for the archive: PDF/A, fonts embedded, bookmarks, read aloud where it can be."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import fields
from importlib import resources
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from . import document_fit as fit
from . import document_layout as layout
from .document import Block, Document, Figures, Heading, Paragraph, Picture, Table
from .document_faces import FACES, drawable, face, fonts

MOST_TAGGED_CELLS: Final = 20_000
"""Tags for readers that speak take 200 bytes a cell, ten times what the cell itself takes."""

_LAYOUT: Final = {
    "margin": {
        "top": layout.TOP_MM,
        "bottom": layout.BOTTOM_MM,
        "left": layout.LEFT_MM,
        "right": layout.RIGHT_MM,
        "header": layout.HEADER_MM,
    },
    "indent": layout.INDENT_MM,
    "text-width": layout.text_mm()[0],
    "red": layout.STAMP_RED,
    "blue": layout.FIGURE_BLUE,
    "sizes": {
        "text": layout.TEXT_PT,
        "table": layout.TABLE_PT,
        "note": layout.NOTE_PT,
        "footer": layout.FOOTER_PT,
        "stamp": layout.STAMP_PT,
        "caption": layout.CAPTION_PT,
        "country": layout.COUNTRY_PT,
        "motto": layout.MOTTO_PT,
        "number": layout.NUMBER_PT,
        "recipients": layout.RECIPIENTS_PT,
        "gap": layout.GAP_PT,
        "letterhead": layout.LETTERHEAD,
        "figures": layout.MOST_FIGURES,
        "whole-rows": layout.WHOLE_ROWS,
    },
}
_KEPT_COMPILES: Final = 11
"""typst keeps what it laid out for its next ten compiles."""
_MIDNIGHT: Final = dt.time(tzinfo=dt.UTC)


def write(document: Document, *, faces: Sequence[str] = FACES) -> bytes:
    """Write a report as PDF/A-2.

    Parameters
    ----------
    document : Document
    faces : sequence of str
        Font families, best first; the first one that is there with all Vietnamese letters is
        taken.

    Returns
    -------
    bytes
        PDF/A-2a and PDF/UA-1, or PDF/A-2u without tags when the tables have more than
        ``MOST_TAGGED_CELLS`` cells. The same document and font give the same bytes. A letter that
        no font has is a box.

    Raises
    ------
    ModuleNotFoundError
        Without typst, with the line that installs it.
    ValueError
        When no face of ``faces`` is there.

    Warns
    -----
    UserWarning
        When the face is the one that comes with typst, which has other widths than Times New Roman.

    Examples
    --------
    >>> import datetime as dt
    >>> from deadzones.reports import document as d
    >>> head = d.Letterhead("Bộ", "Cục", "Số:", "Việt Nam", "Độc lập", "Hà Nội")
    >>> sign = d.Signature("Nơi nhận:", ("Lưu: VT",), "Cục trưởng", "")
    >>> body = (d.Heading("I. Tình hình chung"), d.Paragraph("Có 12 xã."))
    >>> day = dt.date(2026, 1, 5)
    >>> report = d.Document("vi", "Báo cáo", "", day, head, (), body, sign, (), (), "")
    >>> write(report, faces=["Libertinus Serif"])[:8]
    b'%PDF-1.7'
    """
    chosen = face(faces)
    if chosen == FACES[-1] and chosen != faces[0]:
        warnings.warn(
            f"the PDF is set in {chosen}: no font like Times New Roman is installed here. On Debian "
            "and Ubuntu: apt-get install fonts-liberation2",
            stacklevel=2,
        )
    document = layout.cleaned(document)
    pictures: list[bytes] = []
    text = drawable(json.dumps(_data(document, chosen, pictures), ensure_ascii=False), chosen)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        template = resources.files("deadzones.reports").joinpath("report.typ")
        (root / "report.typ").write_bytes(template.read_bytes())
        (root / "data.json").write_text(text, "utf-8")
        for at, png in enumerate(pictures):
            (root / _file(at)).write_bytes(png)
        return _compiled(root, document)


def _compiled(root: Path, document: Document) -> bytes:
    import typst

    tagged = _cells(document) <= MOST_TAGGED_CELLS
    try:
        return typst.compile(
            str(root / "report.typ"),
            root=str(root),
            font_paths=fonts(),
            pdf_standards=["a-2a", "ua-1"] if tagged else ["a-2u"],
            pdf_tags=tagged,
            timestamp=dt.datetime.combine(document.day, _MIDNIGHT),
        )
    finally:
        # it would hold 50 MB of each of them
        for _ in range(_KEPT_COMPILES):
            typst.compile(b"", font_paths=fonts(), timestamp=0)


def _cells(document: Document) -> int:
    blocks = (*document.summary, *document.body, *document.annexes)
    return sum(len(one.rows) * len(one.header) for one in blocks if isinstance(one, Table))


# --- what the template reads ---------------------------------------------------------------------


def _data(document: Document, face: str, pictures: list[bytes]) -> dict[str, Any]:
    """Turn a report into JSON values; its pictures are put aside, to be files."""
    sheets = layout.sheets(document)
    heads = [one.level for sheet in sheets for one in sheet.blocks if isinstance(one, Heading)]
    levels = iter(layout.consecutive(heads))
    letterhead = document.letterhead
    return {
        "face": face,
        "lang": document.lang,
        "region": layout.REGIONS[document.lang],
        "title": layout.name(document),
        "author": layout.AUTHOR,
        "day": [document.day.year, document.day.month, document.day.day],
        "heading": document.title.upper(),
        "subtitle": document.subtitle,
        "stamps": document.stamps,
        "footer": document.footer,
        "letterhead": {
            "parent": letterhead.parent.upper(),
            "issuer": letterhead.issuer.upper(),
            "country": letterhead.country.upper(),
            "motto": letterhead.motto,
            "number": letterhead.number,
            "place": letterhead.place_and_date,
        },
        "signature": {
            "recipients-title": document.signature.recipients_title,
            "recipients": layout.recipients(document.signature),
            "capacity": document.signature.capacity.upper(),
            "note": document.signature.note,
        },
        "sheets": [_sheet(sheet, levels, pictures) for sheet in sheets],
    } | _LAYOUT


def _sheet(sheet: layout.Sheet, levels: Iterator[int], pictures: list[bytes]) -> dict[str, Any]:
    blocks: list[dict[str, Any]] = []
    for kind, group in groupby(sheet.blocks, lambda one: isinstance(one, Paragraph) and one.kind):
        if kind == "item":
            texts = [one.text for one in group if isinstance(one, Paragraph)]
            blocks.append({"kind": "items", "texts": texts})
        else:
            blocks += [_block(one, sheet, levels, pictures) for one in group]
    return {
        "part": sheet.part,
        "landscape": sheet.landscape,
        "restart": sheet.restart,
        "signed": sheet.signed,
        "blocks": blocks,
    }


def _block(
    block: Block, sheet: layout.Sheet, levels: Iterator[int], pictures: list[bytes]
) -> dict[str, Any]:
    match block:
        case Heading(text):
            return {"kind": "heading", "text": text, "level": next(levels)}
        case Paragraph(text, kind):
            return {"kind": "paragraph", "text": text, "style": kind}
        case Figures(pairs):
            return {"kind": "figures", "pairs": pairs}
        case Table():
            width_pt = layout.text_mm(landscape=sheet.landscape)[0] * 72 / 25.4
            widths, size = fit.columns_pt(block, width_pt)
            told = {each.name: getattr(block, each.name) for each in fields(block)}
            return told | {"kind": "table", "widths": widths, "size": size}
        case Picture(png, alt, caption):
            width, _ = layout.picture_mm(block, landscape=sheet.landscape)
            pictures.append(png)
            file = _file(len(pictures) - 1)
            return {"kind": "picture", "file": file, "alt": alt, "caption": caption, "width": width}
        case _:
            raise TypeError(f"no such block: {block!r}")


def _file(at: int) -> str:
    return f"{at}.png"
