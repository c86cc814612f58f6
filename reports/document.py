"""A report as blocks of text, tables and pictures: what is said, apart from how a format sets it."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Final, Literal

from .words import Lang

Align = Literal["left", "right", "centre"]

_PNG: Final = b"\x89PNG\r\n\x1a\n"
"""How a PNG begins (ISO/IEC 15948, 5.2)."""


@dataclass(frozen=True)
class Heading:
    """A heading; `level` 1 is a part of the report (I, II ...), 2 and 3 stand below it."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """Sentences.

    A `note` is set small, a `lead` is the first thing to read, an `item` is one of a list, a
    `subtitle` stands below a heading in the middle, a `basis` cites a law.
    """

    text: str
    kind: Literal["body", "note", "lead", "item", "subtitle", "basis"] = "body"


@dataclass(frozen=True)
class Figures:
    """A few large numbers side by side: each a number as it is written, and what it counts."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Table:
    """A table of texts that are written already.

    `widths` are shares of the page's width; the last `totals` rows are sums and set bold.

    Raises
    ------
    ValueError
        Without a column, with a width that is not above 0, or where a row, `align` or `widths`
        has not one entry a column.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    align: tuple[Align, ...]
    widths: tuple[float, ...]
    totals: int = 0

    def __post_init__(self) -> None:
        name, columns = f"table {self.caption!r}", len(self.header)
        if not columns:
            raise ValueError(f"{name} has no column: give it a header")
        for what, found in (("align", len(self.align)), ("widths", len(self.widths))):
            if found != columns:
                raise ValueError(f"{name} has {columns} columns, but {found} entries in {what}")
        for at, row in enumerate(self.rows, 1):
            if len(row) != columns:
                raise ValueError(f"{name}, row {at}: {len(row)} cells, wanted {columns}")
        if not all(0 < width < math.inf for width in self.widths):
            raise ValueError(f"{name}: widths {self.widths} are not all above 0")


@dataclass(frozen=True)
class Picture:
    """A picture as PNG; `alt` says what it shows to those who do not see it.

    Raises
    ------
    ValueError
        Where the bytes are no PNG, or nothing says what the picture shows.
    """

    png: bytes
    alt: str
    caption: str
    width_mm: float = 160.0

    def __post_init__(self) -> None:
        if not self.png.startswith(_PNG):
            raise ValueError(f"picture {self.caption!r} is no PNG: it begins with {self.png[:8]!r}")
        if not self.alt.strip():
            raise ValueError(f"picture {self.caption!r} has no alt: say in words what it shows")


@dataclass(frozen=True)
class PageBreak:
    """What follows begins a page; `landscape` pages are for wide tables."""

    landscape: bool = False


Block = Heading | Paragraph | Figures | Table | Picture | PageBreak


@dataclass(frozen=True)
class Letterhead:
    """What stands above the title by Decree 30/2020/NĐ-CP, number and day left to the registry."""

    parent: str
    issuer: str
    number: str
    country: str
    motto: str
    place_and_date: str


@dataclass(frozen=True)
class Signature:
    """What stands below the last part: who receives the report (left), and who signs it (right)."""

    recipients_title: str
    recipients: tuple[str, ...]
    capacity: str
    note: str


@dataclass(frozen=True)
class Document:
    """A whole report.

    `summary` is its first page, with `subtitle` below its heading; `body` follows below the letterhead and the title; `signature`
    stands after `body`; `annexes` come last. `stamps` are short warnings on every page (made-up
    data, not for publication); `footer` names the result by the hash of its manifest. `day` is the
    report's own date: nothing is dated by the clock.
    """

    lang: Lang
    title: str
    subtitle: str
    day: dt.date
    letterhead: Letterhead
    summary: tuple[Block, ...]
    body: tuple[Block, ...]
    signature: Signature
    annexes: tuple[Block, ...]
    stamps: tuple[str, ...]
    footer: str
