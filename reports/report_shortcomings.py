"""Part III of a report: what is still lacking, where, and why, as far as the data say it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pandas as pd

from . import report_voice as voice
from .catalogue import percent, plural, text
from .document import Block, Heading, Paragraph
from .report_facts import Facts
from .report_gaps import gaps
from .report_places import worst_units
from .report_situation import NAMED, anything
from .words import Lang, number, word

__all__ = ["gaps", "reported", "shortcomings", "worst"]

_SHARES_FROM: Final = 1_000
"""Of fewer people no shares of causes are published."""


def shortcomings(facts: Facts, lang: Lang) -> tuple[Block, ...]:
    """Write part III.

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
    >>> shortcomings(cut(base(dz.demo(communes=4)), "nation"), "en")[1].text
    '1. Shortcomings'
    """
    return (
        Heading(text("III. Shortcomings and their causes", lang)),
        Heading(text("1. Shortcomings", lang), 2),
        *(Paragraph(told) for told in _lacking(facts, lang)),
        Heading(text("2. Causes", lang), 2),
        *_causes(facts, lang),
        *(Paragraph(told) for told in _ground(facts, lang)),
        Heading(text("3. Data", lang), 2),
        *(Paragraph(told, "item") for told in gaps(facts, lang)),
    )


def _lacking(facts: Facts, lang: Lang) -> Iterator[str]:
    lacking = facts.whole["lacking"]
    if pd.isna(lacking):
        yield text("It is not known how many people lack a service.", lang)
    elif not int(lacking):
        yield text("By the data at hand nobody lacks a service.", lang)
    else:
        # how many they are altogether stands in part I
        yield from list(worst(facts, lang)) or [anything(facts, lang)]
    yield from reported(facts, lang)


def worst(facts: Facts, lang: Lang, most: int = NAMED) -> Iterator[str]:
    """Name the units where most people lack a service.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> facts = cut(base(dz.demo(communes=4)), "province", "97")
    >>> next(worst(facts, "en", 1))
    'Most people who lack a service live in: ...'
    """
    if len(facts.units) < 2:
        return
    codes = worst_units(facts, most)
    if not codes:
        return
    called = (
        facts.units["province_name"].map(str)
        if facts.level == "nation"
        else facts.units["commune_name"].map(lambda name: voice.commune(str(name), lang))
    )
    named = [
        text(
            "{name} ({people}, {share} of its people)",
            lang,
            name=called[code],
            people=voice.people(int(facts.units.at[code, "lacking"]), lang),
            share=percent(
                int(facts.units.at[code, "lacking"]), int(facts.units.at[code, "people"]), lang
            ),
        )
        if facts.hidden is None or not facts.hidden.at[code, "people"]
        else called[code]
        for code in codes
    ]
    yield text("Most people who lack a service live in: {names}.", lang, names="; ".join(named))


def reported(facts: Facts, lang: Lang) -> Iterator[str]:
    """Say what is overdue, and what is reported done and still lacks.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> facts = cut(base(dz.demo(communes=4)), "province", "97")
    >>> list(reported(facts, "en"))
    [...]
    """
    rows = facts.register
    overdue = int(rows["overdue"].fillna(value=False).sum())
    contradicted = int(rows["done_but_lacking"].fillna(value=False).sum())
    if overdue:
        yield plural(
            "{n} task is overdue; it is named in part IV with its responsible unit.",
            "{n} tasks are overdue; they are named in part IV with their responsible units.",
            overdue,
            lang,
        )
    if contradicted:
        yield plural(
            "{n} settlement is reported done but still lacks a service by this analysis; it has to be "
            "measured on the spot.",
            "{n} settlements are reported done but still lack a service by this analysis; they have to "
            "be measured on the spot.",
            contradicted,
            lang,
        )


def _causes(facts: Facts, lang: Lang) -> Iterator[Block]:
    """Say why people have no signal: no power, no backhaul, or no site; parts of one sum."""
    lead = facts.of_type("mobile")
    if lead is None:
        yield Paragraph(text("There are no data on mobile signal, so no causes can be told.", lang))
        return
    whole = facts.whole[f"{lead.key}_lacking"]
    if pd.isna(whole):
        yield Paragraph(text("It is not known who has no signal, so no causes can be told.", lang))
        return
    if not int(whole):
        yield Paragraph(
            text("Nobody is known to be without signal, so there is no cause to tell.", lang)
        )
        return
    told = {
        "cause_power": text("There is no power either: a site cannot run without it", lang),
        "cause_fibre": text("There is power, but fibre for backhaul is far away", lang),
        "cause_site": text(
            "Neither power nor fibre lacks by the data at hand: there is no site near enough", lang
        ),
        "cause_unclear": text("Not told apart (outside the dead zones that are counted)", lang),
    }
    parts = {key: int(facts.whole[key]) for key in told if int(facts.whole[key])}
    slots = {
        "without": voice.without(lead, lang),
        "people": voice.total(facts, f"{lead.key}_lacking", lang),
    }
    if facts.public and int(whole) < _SHARES_FROM:
        yield Paragraph(
            text("People {without}: {people}; why is not published of so few.", lang, **slots)
        )
        return
    first = max(parts, key=lambda key: (parts[key], key))
    yield Paragraph(
        text(
            "People {without}: {people}. The most frequent cause ({share}): {cause}.",
            lang,
            **slots,
            share=_share(parts[first], int(whole), facts, lang),
            cause=told[first][:1].lower() + told[first][1:],
        )
    )
    rows = []
    for key, count in parts.items():
        people = [] if facts.public else [number(count, lang)]
        rows.append([told[key], *people, _share(count, int(whole), facts, lang)])
    last = [] if facts.public else [number(int(whole), lang)]
    rows.append([text("Total", lang), *last, percent(1, 1, lang)])
    header = [
        text("Cause", lang),
        *([] if facts.public else [text("Persons", lang)]),
        text("Share", lang),
    ]
    yield voice.table(
        text("People without signal, by cause", lang), header, rows,
        (7, 2) if facts.public else (7, 2.5, 2), totals=1,
    )  # fmt: skip
    missing = [
        name
        for name, kind in ((text("power", lang), "power"), (text("fibre", lang), "fibre"))
        if facts.of_type(kind) is None
    ]
    if missing:
        yield Paragraph(
            text(
                "There are no data on {services}, so these causes cannot be told.",
                lang,
                services=voice.listed(missing, lang),
            ),
            "note",
        )


def _share(part: int, whole: int, facts: Facts, lang: Lang) -> str:
    if facts.public:  # whole percents of a thousand people and more tell no single ones
        shown = word("percent", lang, n=number(max(round(100.0 * part / whole), 1), lang))
        return shown if part >= whole / 200 else text("under {share}", lang, share=shown)
    return percent(part, whole, lang)


def _ground(facts: Facts, lang: Lang) -> Iterator[str]:
    """Say how many of those who lack a service live in mountains, at the border, on islands."""
    said = {
        "mountainous": text("in mountainous communes", lang),
        "border": text("in border communes", lang),
        "island": text("in island communes", lang),
    }
    known = [name for name in said if name in facts.communes and facts.communes[name].notna().any()]
    if not known:
        yield text("There are no data on terrain, so its part in this cannot be told.", lang)
        return
    lacking = facts.whole["lacking"]
    if pd.isna(lacking) or not int(lacking) or facts.public or facts.level == "commune":
        return
    parts = []
    for name in known:
        mark = facts.communes[name].fillna(value=False).astype(bool)
        count = int(facts.communes.loc[mark, "lacking"].sum())
        if not count:
            continue
        parts.append(
            plural(
                "{people} ({share}) lives {where}",
                "{people} ({share}) live {where}",
                count,
                lang,
                where=said[name],
                people=voice.people(count, lang),
                share=percent(count, int(lacking), lang),
            )
        )
    if parts:
        told = voice.listed(parts, lang)
        yield text("Of those who lack a service, {parts}.", lang, parts=told)
