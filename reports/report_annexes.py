"""The annexes of a report: communes, the register, all proposals, sources and definitions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pandas as pd

from . import report_voice as voice
from .catalogue import date, owner, plural, text
from .document import Block, Heading, PageBreak, Paragraph
from .register_definitions import DEFINITIONS
from .report_facts import Facts
from .report_letterhead import attached
from .report_places import units_table
from .report_solutions import FIRST, upgrades_table
from .report_villages import printed, villages
from .words import LANGUAGES, WORDS, Lang, number, word


def annexes(facts: Facts, lang: Lang) -> tuple[Block, ...]:
    r"""Write the annexes.

    Parameters
    ----------
    facts : Facts
    lang : {"vi", "en"}

    Returns
    -------
    tuple of Block

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> facts = cut(base(dz.demo(communes=4)), "province", "97")
    >>> [one.text for one in annexes(facts, "en") if hasattr(one, "level") and one.level == 1][0]
    'Annex I\nLIST OF COMMUNES'
    """
    parts = [_villages(facts, lang), _sources(facts, lang)]
    if len(facts.upgrades) > FIRST:  # else all of them stand in part IV
        parts.insert(1, _upgrades(facts, lang))
    if facts.level == "province":
        parts.insert(0, _communes(facts, lang))
    blocks: list[Block] = []
    for at, (title, wide, content) in enumerate(parts):
        blocks += [
            PageBreak(landscape=wide),
            Heading(text("Annex {n}", lang, n=_ROMAN[at]) + "\n" + title.upper()),
            Paragraph(attached(facts, lang), "subtitle"),
        ]
        blocks += content
    return tuple(blocks)


_ROMAN: Final = ("I", "II", "III", "IV")
_Part = tuple[str, bool, list[Block]]


def _communes(facts: Facts, lang: Lang) -> _Part:
    codes = [str(code) for code in facts.units.index.sort_values()]
    caption = text("All communes", lang)
    return (
        text("List of communes", lang),
        False,
        [units_table(facts, codes, caption, lang, whole=True)],
    )


def _villages(facts: Facts, lang: Lang) -> _Part:
    return text("Settlements that lack a service", lang), True, list(villages(facts, lang))


def _upgrades(facts: Facts, lang: Lang) -> _Part:
    most = printed(facts)
    more = len(facts.upgrades) - most
    caption = (
        text("All proposals in their order", lang)
        if more <= 0
        else text("The first proposals in their order", lang)
    )
    blocks: list[Block] = [upgrades_table(facts, most, caption, lang)]
    if more > 0:
        told = plural(
            "{n} more proposal stands in the workbook that goes with this report.",
            "{n} more proposals stand in the workbook that goes with this report.",
            more,
            lang,
        )
        blocks.append(Paragraph(told, "note"))
    return text("Proposed upgrades", lang), True, blocks


def _sources(facts: Facts, lang: Lang) -> _Part:
    return (
        text("Sources and definitions", lang),
        False,
        [
            *_layers(facts, lang),
            *_definitions(facts, lang),
            Heading(text("How figures are made", lang), 2),
            *(Paragraph(told, "item") for told in _methods(facts, lang)),
        ],
    )


def _layers(facts: Facts, lang: Lang) -> Iterator[Block]:
    rows: list[list[str]] = []
    for name, layer in facts.manifest.get("layers", {}).items():
        operator = f" ({layer['operator']})" if layer.get("operator") else ""
        row = [
            _role(str(layer.get("role") or name), facts, lang) + operator,
            owner(layer, lang) or word("no_data", lang),
            _day(layer.get("date"), lang),
            _word(str(layer.get("evidence") or ""), lang),
        ]
        rows += [] if row in rows else [row]
    if not rows:
        yield Paragraph(text("The result does not say which data it rests on.", lang))
        return
    header = [text("Data", lang), text("Owner", lang), text("Date", lang), text("Evidence", lang)]
    yield voice.table(
        text("Data that the report rests on", lang), header, rows, (4, 5, 2.4, 3.4), texts=4
    )
    yield Paragraph(_licences(facts, lang), "note")


def _licences(facts: Facts, lang: Lang) -> str:
    """Sum up under what terms the data may be used: each licence, and of which data."""
    of: dict[str, list[str]] = {}
    for name, layer in facts.manifest.get("layers", {}).items():
        given = str(layer.get("licence") or "")
        licence = text("not stated", lang) if given in {"", "not stated"} else given
        role = _role(str(layer.get("role") or name), facts, lang)
        of.setdefault(licence, [])
        of[licence] += [] if role in of[licence] else [role]
    told = " · ".join(f"{licence} ({'; '.join(roles)})" for licence, roles in of.items())
    return text("Licences of the data: {told}.", lang, told=told)


def _role(role: str, facts: Facts, lang: Lang) -> str:
    if f"role_{role}" in WORDS:
        return word(f"role_{role}", lang)
    said = {
        "classes": text("Classes of communes", lang),
        "tasks": text("Tasks", lang),
        "definitions": text("Definitions", lang),
    }
    for one in facts.services:
        said[one.key] = voice.capital(one.name(lang))
    return said.get(role, role)


def _day(value: object, lang: Lang) -> str:
    if not value:
        return word("no_data", lang)
    day = pd.to_datetime(str(value), format="ISO8601", errors="coerce")
    return str(value) if pd.isna(day) else date(day.date(), lang)


def _word(key: str, lang: Lang) -> str:
    return word(key, lang) if key in WORDS else key or word("no_data", lang)


def definitions(facts: Facts, lang: Lang) -> list[tuple[str, str, str]]:
    """List our definitions beside those of the study: term, rule, source; some terms stand twice.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> [one[0] for one in definitions(cut(base(dz.demo(communes=4)), "nation"), "en")][:3]
    ['Mobile signal', 'Fibre', 'Grid power']
    """
    at = LANGUAGES.index(lang)
    here = text("this report", lang)
    rows = [(one.name(lang), _threshold(facts, one.key, lang), here) for one in facts.services]
    kept = {
        key: one for key, one in DEFINITIONS.items() if key != "congested" or facts.of_type("speed")
    }
    rows += [(term[at], rule[at], here) for term, rule in kept.values()]
    told = facts.base.result.definitions
    for row in told.to_dict("records"):
        source = [str(row["source"])] if pd.notna(row.get("source")) else []
        source += [_day(row["date"], lang)] if pd.notna(row.get("date")) else []
        rows.append(
            (str(row["name"]), str(row["rule"]), ", ".join(source) or word("no_data", lang))
        )
    rows = [(voice.capital(term), rule, source) for term, rule, source in rows]
    terms = list(dict.fromkeys(row[0].casefold() for row in rows))
    return sorted(rows, key=lambda row: terms.index(row[0].casefold()))


def _definitions(facts: Facts, lang: Lang) -> Iterator[Block]:
    header = [text("Term", lang), text("How it is counted", lang), text("Source", lang)]
    rows = definitions(facts, lang)
    yield voice.table(text("Definitions", lang), header, rows, (3, 7, 3), texts=3)


def _threshold(facts: Facts, key: str, lang: Lang) -> str:
    service = facts.manifest["services"][key]
    limit = float(service["threshold"])
    told = f"{number(limit, lang, 0 if limit == round(limit) else 1)} {service['unit']}"
    if service["better"] == "higher":
        return text("Counts as served at {limit} or more.", lang, limit=told)
    return text("Counts as served at {limit} or nearer to the network.", lang, limit=told)


def _methods(facts: Facts, lang: Lang) -> Iterator[str]:
    yield text(
        "People are rounded to whole persons in each commune before they are added up, so that tables "
        "add up at every level; other products of the same result may differ slightly by rounding.",
        lang,
    )
    yield text(
        "Persons of a settlement come from the list of settlements, those of a commune from the people "
        "data: the two are counted apart and are not added together.",
        lang,
    )
    if facts.public:
        yield text(
            "Published edition: fewer than {n} people are not told apart; “…” stands for counts that "
            "would give them away. Sites are not shown.",
            lang,
            n=number(facts.base.minimum, lang),
        )
    yield text(
        "Before it is signed the issuing body checks that the legal bases are still in force.", lang
    )
