"""The figures of a report against the targets of the study, and 5G against that of the nation."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import pandas as pd

from . import report_voice as voice
from .catalogue import plural, text
from .document import Block, Paragraph
from .report_facts import Facts, Service
from .words import Lang, number, word

TARGET_5G_PCT: Final = 99.0
"""Decision 1132/QĐ-TTg of 9 October 2024: 5G for 99 % of people by 2030."""


def against_targets(facts: Facts, lang: Lang) -> Iterator[Block]:
    """Judge every target of the study in a sentence and a table, then 5G.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> next(against_targets(cut(base(dz.demo(communes=4)), "nation"), "en")).text
    'No target of the study is met.'
    """
    asked = [one for one in facts.services if one.target_pct is not None]
    if asked:
        yield Paragraph(_targets_met(facts, asked, lang))
        yield _target_table(facts, asked, lang)
    else:
        yield Paragraph(text("The study sets no targets.", lang))
    yield Paragraph(_target_5g(facts, lang))


def _targets_met(facts: Facts, asked: list[Service], lang: Lang) -> str:
    """Say how many of the study's own targets are met."""
    judged = [_met(facts, one) for one in asked]
    met = judged.count(True)
    if judged.count(None) == len(asked):
        return text("There are no data by which to judge the targets of the study.", lang)
    if not met:
        return plural(
            "The target of the study is not met.",
            "No target of the study is met.",
            len(asked),
            lang,
        )
    if met == len(asked):
        return plural(
            "The target of the study is met.",
            "All targets of the study are met.",
            len(asked),
            lang,
        )
    return plural(
        "{n} of the {all} targets of the study is met.",
        "{n} of the {all} targets of the study are met.",
        met,
        lang,
        all=number(len(asked), lang),
    )


def _target_5g(facts: Facts, lang: Lang) -> str:
    """Hold 5G against the national target, where the study looks at 5G."""
    found = next((one for one in facts.services if one.generation == "5g"), None)
    goal = _pct(TARGET_5G_PCT, lang)
    if found is None:
        return text(
            "Decision 1132/QĐ-TTg asks for 5G for {goal} of people by 2030. There are no data on 5G "
            "coverage in this report, so this target is not judged.",
            lang,
            goal=goal,
        )
    served, everyone = facts.whole[f"{found.key}_served"], facts.whole["people"]
    if (
        pd.isna(served)
        or not int(everyone)
        or voice.share(facts, f"{found.key}_served", lang) == text("not published", lang)
    ):
        return text(
            "Decision 1132/QĐ-TTg asks for 5G for {goal} of people by 2030; the share here is not known.",
            lang,
            goal=goal,
        )
    reached = voice.share(facts, f"{found.key}_served", lang)
    missing = math.ceil(int(everyone) * TARGET_5G_PCT / 100.0) - int(served)
    if missing <= 0:
        return text(
            "Decision 1132/QĐ-TTg asks for 5G for {goal} of people by 2030; {reached} have it, the target is met.",
            lang,
            goal=goal,
            reached=reached,
        )
    return text(
        "Decision 1132/QĐ-TTg asks for 5G for {goal} of people by 2030; {reached} have it, the target "
        "needs it for {missing} more.",
        lang,
        goal=goal,
        reached=reached,
        missing=voice.guarded(missing, facts, lang),
    )


def against_target(facts: Facts, service: Service, lang: Lang) -> str:
    """Say how far a service is from the study's own target.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> facts = cut(base(dz.demo(communes=4)), "province", "97")
    >>> against_target(facts, facts.services[0], "en")
    'Mobile signal: target 100%, reached ...: not met; ...'
    """
    assert service.target_pct is not None
    name, goal = voice.capital(service.name(lang)), _pct(service.target_pct, lang)
    met = _met(facts, service)
    if met is None:
        return text("{service}: target {goal}; no data.", lang, service=name, goal=goal)
    reached = voice.share(facts, f"{service.key}_served", lang)
    if met:
        return text(
            "{service}: target {goal}, reached {reached}: met.",
            lang,
            service=name,
            goal=goal,
            reached=reached,
        )
    if len(facts.units) == 1:
        return text(
            "{service}: target {goal}, reached {reached}: not met.",
            lang,
            service=name,
            goal=goal,
            reached=reached,
        )
    good, known = _units_met(facts, service)
    every = (voice.provinces if facts.level == "nation" else voice.communes)(known, lang)
    units = (
        plural("{n} of {every} meets it", "{n} of {every} meet it", good, lang, every=every)
        if good
        else text("none of {every} meets it", lang, every=every)
    )
    return text(
        "{service}: target {goal}, reached {reached}: not met; {units}.",
        lang,
        service=name,
        goal=goal,
        reached=reached,
        units=units,
    )


def _units_met(facts: Facts, service: Service) -> tuple[int, int]:
    """Count the units that meet a target, and those of which it is known."""
    people = facts.units["people"].astype(float)
    known = (facts.units[f"{service.key}_unknown"] == 0).fillna(value=False) & (people > 0)
    share = facts.units[f"{service.key}_served"].astype(float) / people.where(people > 0) * 100.0
    goal = 0.0 if service.target_pct is None else service.target_pct
    return int((known & (share >= goal)).sum()), int(known.sum())


def _met(facts: Facts, service: Service) -> bool | None:
    """Tell whether a target is met; null where it is not known of everybody and may be."""
    served, everyone = facts.whole[f"{service.key}_served"], facts.whole["people"]
    if pd.isna(served) or pd.isna(everyone) or not int(everyone):
        return None
    goal = (service.target_pct or 0.0) / 100.0 * int(everyone)
    if int(served) >= goal:
        return True
    return None if int(served) + int(facts.whole[f"{service.key}_unknown"]) >= goal else False


def _target_table(facts: Facts, asked: list[Service], lang: Lang) -> Block:
    rows: list[list[str]] = []
    several = len(facts.units) > 1
    for one in asked:
        met = _met(facts, one)
        assert one.target_pct is not None
        judged = (
            word("no_data", lang)
            if met is None
            else text("met", lang)
            if met
            else text("not met", lang)
        )
        rows.append(
            [
                voice.capital(one.name(lang)),
                _pct(one.target_pct, lang),
                voice.share(facts, f"{one.key}_served", lang),
                _still_to_serve(facts, one, lang),
                *([_of_units(facts, one, lang)] if several else []),
                judged,
            ]
        )
    met_by = (
        text("Provinces that meet it", lang)
        if facts.level == "nation"
        else text("Communes that meet it", lang)
    )
    header = [
        text("Service", lang), text("Target", lang), text("Reached", lang),
        text("Persons still to be served", lang), *([met_by] if several else []), text("Judged", lang),
    ]  # fmt: skip
    widths = (4, 2, 2.5, 3, *((3,) if several else ()), 2.5)
    return voice.table(
        text("Against the targets of the study", lang), header, rows, widths, but={len(header) - 1}
    )


def _of_units(facts: Facts, service: Service, lang: Lang) -> str:
    good, known = _units_met(facts, service)
    return f"{number(good, lang)}/{number(known, lang)}" if known else word("no_data", lang)


def _still_to_serve(facts: Facts, service: Service, lang: Lang) -> str:
    served, everyone = facts.whole[f"{service.key}_served"], facts.whole["people"]
    if pd.isna(served) or pd.isna(everyone):
        return word("no_data", lang)
    goal = math.ceil((service.target_pct or 0.0) / 100.0 * int(everyone))
    missing, hidden = max(goal - int(served), 0), voice.held_back(facts, f"{service.key}_lacking")
    few = facts.public and 0 < missing < facts.base.minimum
    return voice.cell(missing, lang, hidden=hidden or few, least=facts.base.minimum)


def _pct(value: float, lang: Lang) -> str:
    digits = 0 if value == round(value) else 1
    return word("percent", lang, n=number(value, lang, digits))
