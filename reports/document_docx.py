"""A report as a Word file laid out by Decree 30/2020/NĐ-CP, to be edited, signed and sent."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from . import _docx_blocks as wml
from . import _docx_styles as looks
from . import document_fit as fit
from . import document_layout as layout
from .document import Document, Heading, Picture

if TYPE_CHECKING:
    from docx.document import Document as Package

_ZIP_DAY: Final = (1980, 1, 1, 0, 0, 0)
"""The first one that a zip can tell."""
_CONTENT: Final = "word/document.xml"
_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_EMU: Final = 36_000
"""In a millimetre."""
_LONGEST: Final = 255
"""Letters of a property that python-docx takes."""
_UNUSED: Final = (
    "stylesWithEffects",
    "webSettings",
    "customXml",
    "thumbnail",
    "extended-properties",
)
"""Parts of python-docx's template that say nothing about this report."""
_NAMES: Final = {
    "w": looks.NAMESPACE,
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
}
_HEADER: Final = (45, 10, 45)
"""Shares: the number is in the middle whatever stands beside it."""


def write(document: Document) -> bytes:
    """Write a report as DOCX.

    Parameters
    ----------
    document : Document

    Returns
    -------
    bytes
        A file of Word 2013 and later. The same document gives the same bytes.

    Raises
    ------
    ModuleNotFoundError
        Without python-docx, with the line that installs it.

    Examples
    --------
    >>> import datetime as dt
    >>> from deadzones.reports import document as d
    >>> head = d.Letterhead("Bộ", "Cục", "Số:", "Việt Nam", "Độc lập", "Hà Nội")
    >>> sign = d.Signature("Nơi nhận:", ("Lưu: VT",), "Cục trưởng", "")
    >>> body = (d.Heading("I. Tình hình chung"), d.Paragraph("Có 12 xã."))
    >>> day = dt.date(2026, 1, 5)
    >>> report = d.Document("vi", "Báo cáo", "", day, head, (), body, sign, (), (), "")
    >>> write(report) == write(report)
    True
    """
    try:
        import docx
    except ModuleNotFoundError as error:
        message = "writing Word files needs python-docx: pip install 'deadzones[report]'"
        raise ModuleNotFoundError(message) from error

    document = layout.cleaned(document)
    package = docx.Document()
    _dress(package, document)
    content = _content(package, document)
    raw = io.BytesIO()
    package.save(raw)
    return _zipped(raw, content)


def _zipped(raw: io.BytesIO, content: bytes) -> bytes:
    """Pack the parts, the report's own content among them, without the time of packing."""
    found = io.BytesIO()
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as new:
        # readers want the list of types first
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, _ZIP_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, content if name == _CONTENT else old.read(name))
    return found.getvalue()


def _dress(package: Package, document: Document) -> None:
    """Give the package our styles, lists, settings and properties, and nothing else."""
    whole = package.part.package
    assert whole
    for rels in (package.part.rels, whole.rels):
        for key in [key for key, rel in rels.items() if rel.reltype.endswith(_UNUSED)]:
            del rels[key]
    numbering = package.part.numbering_part.element
    _replace(package.styles.element, looks.styles(document.lang, _factor(document)))
    _replace(package.settings.element, looks.settings(document.lang))
    _replace(numbering, looks.NUMBERING)
    core = package.core_properties
    made = dt.datetime.combine(document.day, dt.time())
    core.title = layout.name(document)[:_LONGEST]
    core.author = core.last_modified_by = layout.AUTHOR
    core.created = core.modified = made
    core.comments, core.language, core.revision = "", looks.language(document.lang), 1


def _replace(element: Any, xml: str) -> None:
    """Put the children of an XML text in place of those of an element."""
    from docx.oxml import parse_xml

    element[:] = list(parse_xml(xml))


def _content(package: Package, document: Document) -> bytes:
    """Write what the package's pages hold; the pictures go into the package."""
    margins = _margins(package, document)
    sheets = layout.sheets(document)
    heads = [one.level for sheet in sheets for one in sheet.blocks if isinstance(one, Heading)]
    levels = iter(layout.consecutive(heads))
    numbers = count(1)
    content: list[str] = []
    for at, sheet in enumerate(sheets):
        factor = _factor(document) if sheet.part == "summary" else 1
        setting = wml.Setting(sheet, lambda *told: _drawing(package, *told), numbers, factor)
        if sheet.part == "body" and sheet.restart:
            content.append(wml.letterhead(document.letterhead, setting.width))
            content.append(wml.title(document, setting.width))
        content += wml.blocks(setting, levels)
        if sheet.signed:
            content.append(wml.signature(document, setting.width))
        section = _section(sheet, margins[sheet.landscape])
        # the last section is the body's own; a table is followed by a paragraph also there
        last = at == len(sheets) - 1
        content += [wml.paragraph("Break", "", "" if last else section), section * last]
    names = " ".join(f'xmlns:{key}="{name}"' for key, name in _NAMES.items())
    body = f"<w:body>{''.join(content)}</w:body>"
    return f"{_XML}<w:document {names}>{body}</w:document>".encode()


def _factor(document: Document) -> float:
    """Give the size of the summary, as a share of the usual one: it has one page."""
    return min(
        (fit.factor(one.blocks) for one in layout.sheets(document) if one.part == "summary"),
        default=1.0,
    )


def _drawing(package: Package, picture: Picture, number: int, size_mm: tuple[float, float]) -> str:
    """Put a picture into the package, and give the XML that shows it."""
    from lxml import etree

    width, height = (round(length * _EMU) for length in size_mm)
    inline = package.part.new_pic_inline(io.BytesIO(picture.png), width, height)
    properties = inline.docPr
    properties.id = number
    properties.set("name", f"Picture {number}")
    properties.set("descr", picture.alt)
    return etree.tostring(inline, encoding="unicode")


def _section(sheet: layout.Sheet, margins: str) -> str:
    """Write the paper of a sheet; where pages are counted anew, the first has no number."""
    across, down = map(looks.twips, layout.PAPER_MM)
    turned = ' w:orient="landscape"' if sheet.landscape else ""
    if sheet.landscape:
        across, down = down, across
    edges = {
        "top": layout.TOP_MM,
        "right": layout.RIGHT_MM,
        "bottom": layout.BOTTOM_MM,
        "left": layout.LEFT_MM,
        "header": layout.HEADER_MM,
        "footer": layout.HEADER_MM,
        "gutter": 0,
    }
    margin = " ".join(f'w:{name}="{looks.twips(length)}"' for name, length in edges.items())
    counted = '<w:pgNumType w:start="1"/><w:titlePg/>' if sheet.restart else ""
    return (
        f'<w:sectPr>{margins}<w:type w:val="nextPage"/><w:pgSz w:w="{across}" w:h="{down}"{turned}/>'
        f"<w:pgMar {margin}/>{counted}</w:sectPr>"
    )


def _margins(package: Package, document: Document) -> dict[bool, str]:
    """Put what stands in the margins into the package; give the XML that names it, by direction."""
    found: dict[bool, str] = {}
    footer = wml.paragraph("Footer", wml.run(document.footer))
    for landscape, name in ((False, "tall"), (True, "wide")):
        width = looks.twips(layout.text_mm(landscape=landscape)[0])
        parts = (
            ("header", "default", _header(document, width, numbered=True)),
            ("header", "first", _header(document, width, numbered=False)),
            ("footer", "default", footer),
            ("footer", "first", footer),
        )
        found[landscape] = "".join(
            f'<w:{kind}Reference w:type="{use}" '
            f'r:id="{_part(package, kind, f"{kind}_{name}_{use}", content)}"/>'
            for kind, use, content in parts
        )
    return found


def _part(package: Package, kind: str, name: str, content: str) -> str:
    """Put a header or a footer into the package; give the key of its relation."""
    from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    tag = {"header": "w:hdr", "footer": "w:ftr"}[kind]
    types = {"header": CONTENT_TYPE.WML_HEADER, "footer": CONTENT_TYPE.WML_FOOTER}
    relations = {"header": RELATIONSHIP_TYPE.HEADER, "footer": RELATIONSHIP_TYPE.FOOTER}
    blob = f"{_XML}<{tag} {looks.XMLNS}>{content}</{tag}>".encode()
    part = Part(PackURI(f"/word/{name}.xml"), types[kind], blob, package.part.package)
    return package.part.relate_to(part, relations[kind])


def _header(document: Document, width: int, *, numbered: bool) -> str:
    """Write the stamps on the right and, in the middle, the page's number."""
    number = f'<w:fldSimple w:instr="PAGE">{wml.run("2")}</w:fldSimple>'
    red = layout.STAMP_RED
    halves = round(layout.STAMP_PT * 2)
    look = (
        f'<w:b/><w:bCs/><w:color w:val="{red}"/><w:sz w:val="{halves}"/><w:szCs w:val="{halves}"/>'
        f'<w:bdr w:val="single" w:sz="8" w:space="0" w:color="{red}"/>'
    )
    stamps = [
        wml.paragraph("Stamp", wml.run(f"\u00a0{text}\u00a0", look)) for text in document.stamps
    ]
    contents = (
        wml.paragraph("Header", ""),
        wml.paragraph("Header", number if numbered else ""),
        "".join(stamps) or wml.paragraph("Stamp", ""),
    )
    widths = wml.columns(_HEADER, width)
    cells = [wml.cell(wide, one) for wide, one in zip(widths, contents, strict=True)]
    return wml.grid(widths, [wml.row(cells)]) + wml.paragraph("Break", "")
