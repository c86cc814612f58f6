"""Part I of a report: who lives where, who has what, and how many settlements lack it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

import pandas as pd

from . import report_voice as voice
from .catalogue import date, plural, text
from .document import Block, Heading, Paragraph
from .report_facts import Facts, Service
from .report_places import classes, places
from .report_settlements import settled, split
from .words import Lang, word

NAMED: Final = 5
"""Places named in a sentence."""


def situation(facts: Facts, lang: Lang) -> tuple[Block, ...]:
    """Write part I.

    Parameters
    ----------
    facts : Facts
    lang : {"vi", "en"}

    Returns
    -------
    tuple of Block
        Sentences and tables of the same figures.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> facts = cut(base(dz.demo(communes=4)), "province", "97")
    >>> situation(facts, "en")[0].text
    'I. General situation'
    """
    return (
        Heading(text("I. General situation", lang)),
        Paragraph(_scope(facts, lang)),
        *(Paragraph(told) for told in evidence(facts, lang)),
        *(Paragraph(told) for told in _unknown_people(facts, lang)),
        Paragraph(text("Access to each service:", lang)),
        *(Paragraph(_by_service(facts, one, lang), "item") for one in facts.services),
        Paragraph(anything(facts, lang)),
        *_services_table(facts, lang),
        *settled(facts, lang),
        *split(facts, lang),
        *classes(facts, lang),
        *places(facts, lang),
    )


def _scope(facts: Facts, lang: Lang) -> str:
    whole = facts.whole
    told = [_first(facts, lang)]
    counted = text(
        "The report is of {day}; the day of each source stands in the last annex.",
        lang,
        day=date(facts.day, lang),
    )
    if not int(whole["settlements"]):
        return " ".join([*told, text("There are no data on villages.", lang), counted])
    villages = plural("{n} village", "{n} villages", int(whole["places"]), lang)
    if not int(whole["clusters"]):
        told.append(text("The report looks at {villages}.", lang, villages=villages))
        return " ".join([*told, counted])
    clusters = plural(
        "{n} cluster of people", "{n} clusters of people", int(whole["clusters"]), lang
    )
    if not int(whole["places"]):
        told.append(
            text(
                "The report looks at {clusters} in dead zones: there is no list of villages.",
                lang,
                clusters=clusters,
            )
        )
        return " ".join([*told, counted])
    told.append(
        text(
            "The report looks at {settlements}: {villages}, and {clusters} in dead zones of communes "
            "that have no list of villages.",
            lang,
            settlements=voice.settlements(int(whole["settlements"]), lang),
            villages=villages,
            clusters=clusters,
        )
    )
    return " ".join([*told, counted])


def _first(facts: Facts, lang: Lang) -> str:
    """Say how many communes and people there are, and of which day the people data are."""
    slots = {
        "place": voice.capital(voice.place(facts, lang)),
        "people": voice.total(facts, "people", lang),
        "source": _source(facts, lang),
    }
    if facts.level == "commune":
        return text("{place} has {people}{source}.", lang, **slots)
    slots["communes"] = voice.communes(int(facts.whole["communes"]), lang)
    if facts.level == "province":
        return text("{place} has {communes} with {people}{source}.", lang, **slots)
    slots["provinces"] = voice.provinces(len(facts.units), lang)
    return text("{place} has {provinces}, {communes} and {people}{source}.", lang, **slots)


def _source(facts: Facts, lang: Lang) -> str:
    layers = facts.manifest.get("layers", {}).values()
    told = [str(one["date"]) for one in layers if one.get("role") == "people" and one.get("date")]
    if not told:
        return ""
    day = date(dt.date.fromisoformat(max(told)), lang)
    return text(" (people data of {day})", lang, day=day)


def evidence(facts: Facts, lang: Lang) -> Iterator[str]:
    """Say how far the figures can be trusted.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> next(evidence(cut(base(dz.demo(communes=4)), "nation"), "en"))
    'The data are made up: this report describes no real place.'
    """
    if facts.manifest.get("synthetic"):
        yield text("The data are made up: this report describes no real place.", lang)
        return
    kinds = {
        kind: [one for one in facts.services if one.evidence == kind] for kind in voice.ESTIMATED
    }
    if kinds["proxy"]:
        yield text(
            "The figures on {services} are indirect estimates, neither measured nor declared by the "
            "operators; they show where to survey first and are no basis for publishing a coverage rate.",
            lang,
            services=voice.services_named(kinds["proxy"], lang),
        )
    if kinds["predicted"]:
        yield text(
            "The figures on {services} are predicted by a model; a drive test has to confirm them "
            "before anything is concluded about a single place.",
            lang,
            services=voice.services_named(kinds["predicted"], lang),
        )


def _unknown_people(facts: Facts, lang: Lang) -> Iterator[str]:
    unknown = facts.communes[facts.communes["people"].isna()]
    if not len(unknown):
        return
    first = unknown.head(NAMED)
    named = [
        f"{voice.commune(str(name), lang)} ({code})" for code, name in first["commune_name"].items()
    ]
    names = voice.listed(named, lang)
    if len(unknown) > NAMED:
        more = voice.communes(len(unknown) - NAMED, lang)
        names = text("{names}, and {more} more", lang, names=names, more=more)
    yield plural(
        "There are no data on the people of {n} commune: {names}.",
        "There are no data on the people of {n} communes: {names}.",
        len(unknown),
        lang,
        names=names,
    )


def _by_service(facts: Facts, service: Service, lang: Lang) -> str:
    """Say in one sentence who has a service and who does not."""
    key = service.key
    if pd.isna(facts.whole["people"]) or not int(facts.whole["people"]):
        return text("{service}: no data.", lang, service=voice.capital(service.name(lang)))
    name = voice.capital(service.name(lang))
    if service.evidence in voice.ESTIMATED:
        name = text("{service} (estimated)", lang, service=name)
    slots = {
        "service": name,
        "served": voice.total(facts, f"{key}_served", lang),
        "served_share": voice.share(facts, f"{key}_served", lang),
        "lacking": voice.total(facts, f"{key}_lacking", lang),
        "lacking_share": voice.share(facts, f"{key}_lacking", lang),
    }
    if not int(facts.whole[f"{key}_lacking"]) and not int(facts.whole[f"{key}_unknown"]):
        return text("{service}: everybody has it.", lang, service=slots["service"])
    told = text(
        "{service}: {served} with it ({served_share}), {lacking} without it ({lacking_share}).",
        lang,
        **slots,
    )
    if int(facts.whole[f"{key}_unknown"]):
        unknown = voice.total(facts, f"{key}_unknown", lang)
        told += " " + text("Nothing is known of {people}.", lang, people=unknown)
    return told


def anything(facts: Facts, lang: Lang) -> str:
    """Say how many people lack at least one service.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> facts = cut(base(dz.demo(communes=4)), "province", "97")
    >>> anything(facts, "en")
    'Altogether ... people (...%) lack at least one of these: mobile signal, fibre and grid power.'
    """
    names = voice.services_named(facts.services, lang)
    lacking, everyone = facts.whole["lacking"], facts.whole["people"]
    if pd.isna(everyone) or not int(everyone):
        return text("There are no people here by the data at hand.", lang)
    if pd.isna(lacking):
        return text("It is not known how many people lack a service.", lang)
    unknown = sum(int(facts.whole[f"{one.key}_unknown"]) for one in facts.services)
    if not int(lacking):
        told = text(
            "There are no dead zones left: nobody is known to lack {services}.",
            lang,
            services=names,
        )
        return (
            told
            if unknown
            else text(
                "There are no dead zones left: everybody has {services}.", lang, services=names
            )
        )
    return plural(
        "Altogether {people} ({share}) lacks at least one of these: {services}.",
        "Altogether {people} ({share}) lack at least one of these: {services}.",
        int(lacking),
        lang,
        people=voice.total(facts, "lacking", lang),
        share=voice.share(facts, "lacking", lang),
        services=names,
    )


def _services_table(facts: Facts, lang: Lang) -> Iterator[Block]:
    if pd.isna(facts.whole["people"]) or not int(facts.whole["people"]):
        return
    rows = []
    for one in facts.services:
        columns = ["people", *(f"{one.key}_{part}" for part in ("served", "lacking", "unknown"))]
        told = voice.total_cells(facts, columns, lang)
        if any(voice.held_back(facts, name) for name in columns):
            told[1] = "…"  # else it follows from the other three
        kind = word(one.evidence, lang)
        rows.append(
            [voice.capital(one.name(lang)), *told, voice.share(facts, columns[1], lang), kind]
        )
    header = [
        text("Service", lang), text("Persons", lang), text("With it", lang), text("Without it", lang),
        text("No data", lang), text("Share with it", lang), text("Evidence", lang),
    ]  # fmt: skip
    caption = text("People by access to each service (persons)", lang)
    yield voice.table(caption, header, rows, (3.6, 3, 3, 3, 2.6, 2.4, 4), but={6})
