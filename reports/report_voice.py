"""How a report says its figures: places, people that may be held back, rows of tables."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import Final

import pandas as pd

from . import catalogue
from .catalogue import percent, text
from .document import Align, Table
from .report_facts import Facts, Service
from .report_nouns import (
    capital,
    commune,
    communes,
    listed,
    people,
    proposals,
    provinces,
    settlements,
    tasks,
)
from .words import Lang, number, word

__all__ = [
    "ESTIMATED",
    "capital",
    "cell",
    "commune",
    "communes",
    "guarded",
    "held_back",
    "listed",
    "people",
    "place",
    "proposals",
    "province",
    "provinces",
    "row_cells",
    "services_named",
    "settlements",
    "share",
    "table",
    "tasks",
    "total",
    "total_cells",
    "without",
]

ESTIMATED: Final = ("proxy", "predicted")
"""Evidence of figures that are no measurement and that nobody declared."""


def place(facts: Facts, lang: Lang) -> str:
    """Name the place of a report inside a sentence.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> facts = cut(base(dz.demo(communes=4)), "province", "97")
    >>> place(facts, "vi"), place(facts, "en")
    ('tỉnh Mộng Sơn', 'Mộng Sơn province')
    """
    if facts.kind == "nation":
        return text("the whole country", lang)
    if facts.kind == "area":
        name = catalogue.title(facts.manifest, lang)
        return text("the area of the study “{name}”", lang, name=name)
    if facts.kind != "commune":
        return province(facts, lang)
    named = commune(facts.name, lang)
    return text("{commune}, {province}", lang, commune=named, province=province(facts, lang))


def province(facts: Facts, lang: Lang) -> str:
    """Name the province or the city in which the place of a report lies.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> province(cut(base(dz.demo(communes=4)), "commune", commune="90001"), "vi")
    'tỉnh Mộng Sơn'
    """
    if facts.in_city:
        return text("{name} city", lang, name=facts.province_name)
    return text("{name} province", lang, name=facts.province_name)


def services_named(services: Iterable[Service], lang: Lang) -> str:
    """Name services in a sentence.

    Examples
    --------
    >>> from deadzones.reports.report_facts import Service
    >>> power = Service("power", "power", ("điện lưới", "grid power"), "proxy", 100.0, None)
    >>> services_named([power, power], "vi")
    'điện lưới và điện lưới'
    """
    return listed([one.name(lang) for one in services], lang)


def without(service: Service, lang: Lang) -> str:
    """Say that people lack a service, and when it is an estimate that it is one.

    Examples
    --------
    >>> from deadzones.reports.report_facts import Service
    >>> power = Service("power", "power", ("điện lưới", "grid power"), "proxy", 100.0, None)
    >>> without(power, "en")
    'without grid power (estimated)'
    """
    if service.evidence in ESTIMATED:
        return text("without {service} (estimated)", lang, service=service.name(lang))
    return text("without {service}", lang, service=service.name(lang))


def guarded(n: int, facts: Facts, lang: Lang) -> str:
    """Count people in a sentence; in what is published few people are not told apart.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> facts = cut(base(dz.demo(communes=4)), "province", "97")
    >>> guarded(7, facts, "en")
    '7 people'
    """
    least = facts.base.minimum
    if facts.public and 0 < n < least:
        return text("fewer than {n} people", lang, n=number(least, lang))
    return people(n, lang)


def held_back(facts: Facts, column: str) -> bool:
    """Tell whether a sum of the whole place is held back.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> facts = cut(base(dz.demo(communes=4)), "province", "97")
    >>> held_back(facts, "people")
    False
    """
    hidden = facts.hidden_whole
    return hidden is not None and column in hidden.index and bool(hidden[column])


def total(facts: Facts, column: str, lang: Lang) -> str:
    """Say a sum of people of the whole place, in a sentence.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> facts = cut(base(dz.demo(communes=4)), "province", "97")
    >>> total(facts, "people", "en") == people(int(facts.whole["people"]), "en")
    True
    """
    value = facts.whole.get(column, pd.NA)
    if pd.isna(value):
        return text("an unknown number of people", lang)
    if held_back(facts, column):
        return text("a number of people that is not published", lang)
    return guarded(int(value), facts, lang)


def share(facts: Facts, part: str, lang: Lang, of: str = "people") -> str:
    """Say the share of a sum in another; nothing of what is held back.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> facts = cut(base(dz.demo(communes=4)), "province", "97")
    >>> share(facts, "people", "vi")
    '100 %'
    """
    value, whole = facts.whole.get(part, pd.NA), facts.whole.get(of, pd.NA)
    if pd.isna(value) or pd.isna(whole):
        return word("no_data", lang)
    if held_back(facts, part) or held_back(facts, of):
        return text("not published", lang)
    if facts.public and 0 < int(value) < facts.base.minimum:
        return text("not published", lang)
    return percent(int(value), int(whole), lang)


def cell(value: object, lang: Lang, *, hidden: bool = False, least: int = 0) -> str:
    """Write a count in a table; what is held back says whether it is few people.

    Examples
    --------
    >>> (
    ...     cell(1234, "vi"),
    ...     cell(4, "vi", hidden=True, least=10),
    ...     cell(400, "vi", hidden=True, least=10),
    ... )
    ('1.234', '< 10', '…')
    """
    if pd.isna(value):  # pyright: ignore[reportArgumentType]  # any scalar
        return word("no_data", lang)
    count = int(value)  # pyright: ignore[reportArgumentType]
    if hidden:
        return f"< {number(least, lang)}" if 0 < count < least else "…"
    return number(count, lang)


def row_cells(facts: Facts, code: str, columns: Sequence[str], lang: Lang) -> list[str]:
    """Write counts of one unit of the place.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> facts = cut(base(dz.demo(communes=4)), "province", "97")
    >>> row_cells(facts, facts.units.index[0], ["communes"], "en")
    ['1']
    """
    unit, hidden = facts.units.loc[code], facts.hidden
    told: list[str] = []
    for column in columns:
        kept = hidden is not None and column in hidden and bool(hidden.at[code, column])
        told.append(cell(unit[column], lang, hidden=kept, least=facts.base.minimum))
    return told


def total_cells(facts: Facts, columns: Sequence[str], lang: Lang) -> list[str]:
    """Write the sums of the place.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> facts = cut(base(dz.demo(communes=4)), "province", "97")
    >>> total_cells(facts, ["communes"], "en")
    ['4']
    """
    least = facts.base.minimum
    return [
        cell(facts.whole[column], lang, hidden=held_back(facts, column), least=least)
        for column in columns
    ]


def table(
    caption: str,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
    *,
    texts: int = 1,
    totals: int = 0,
    but: Container[int] = (),
) -> Table:
    """Set a table: the first `texts` columns are words, the others numbers, `but` some of either.

    Examples
    --------
    >>> table("A caption", ["Place", "People"], [["here", "12"]], [3, 1]).align
    ('left', 'right')
    """
    align: list[Align] = [
        "left" if (at < texts) != (at in but) else "right" for at in range(len(header))
    ]
    whole = sum(widths)
    return Table(
        caption=caption,
        header=tuple(header),
        rows=tuple(tuple(row) for row in rows),
        align=tuple(align),
        widths=tuple(width / whole for width in widths),
        totals=totals,
    )
