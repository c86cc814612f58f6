"""Part II of a report: what came of it, against the previous period and against the targets."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import pandas as pd

from . import report_voice as voice
from .catalogue import money, plural, text
from .document import Block, Heading, Paragraph
from .report_change import Change
from .report_facts import Facts, Service
from .words import Lang, number, word

TARGET_5G_PCT: Final = 99.0
"""Decision 1132/QĐ-TTg of 9 October 2024: 5G for 99 % of people by 2030."""
_ROUNDED: Final = 10
"""In what is published changes are told to so many persons."""


def results(facts: Facts, lang: Lang, drawn: tuple[Block, ...] = ()) -> tuple[Block, ...]:
    """Write part II.

    Parameters
    ----------
    facts : Facts
    lang : {"vi", "en"}
    drawn : tuple of Block
        The charts that stand in it.

    Returns
    -------
    tuple of Block

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> blocks = results(cut(base(dz.demo(communes=4)), "nation"), "en")
    >>> blocks[0].text, blocks[2].text
    ('II. Results', 'There are no figures of a previous period to compare with.')
    """
    return (
        Heading(text("II. Results", lang)),
        Heading(text("1. Against the previous period", lang), 2),
        *_against_before(facts, lang),
        Heading(text("2. Against the targets", lang), 2),
        *_against_targets(facts, lang),
        *drawn,
    )


def _against_before(facts: Facts, lang: Lang) -> Iterator[Block]:
    change = facts.change
    if change is None:
        yield Paragraph(text("There are no figures of a previous period to compare with.", lang))
        return
    if not len(change.communes):
        yield Paragraph(
            text("None of these communes stands in the figures of the previous period.", lang)
        )
        return
    for service in facts.services:
        if service.key in change.services:
            yield Paragraph(_newly_served(facts, change, service, lang), "item")
        else:
            name = voice.capital(service.name(lang))
            yield Paragraph(
                text("{service}: not in the previous period.", lang, service=name), "item"
            )
    yield _change_table(facts, change, lang)
    yield from (Paragraph(told) for told in _villages(change, lang))
    yield Paragraph(_money(facts, change, lang))
    yield from (Paragraph(told, "note") for told in _not_compared(change, lang))


def _money(facts: Facts, change: Change, lang: Lang) -> str:
    """Say what a person newly served cost: by what was spent, else by the plan before."""
    served = _rounded(sum(change.total(key, "gained") for key in change.services), facts)
    if change.spent_vnd is not None and facts.level == "nation" and served:
        return text(
            "Spent in the period: {cost}, {each} for each person newly served, counted once a service.",
            lang,
            cost=money(change.spent_vnd / 1e6, lang),
            each=money(change.spent_vnd / 1e6 / served, lang),
        )
    planned = change.planned_vnd.sum()
    if planned and served and facts.level != "commune":
        return text(
            "By the prices of the plan before, the proposals whose dead zones are gone come to {cost}, "
            "{each} for each person newly served, counted once a service; an estimate, not what was "
            "spent.",
            lang,
            cost=money(planned / 1e6, lang),
            each=money(planned / 1e6 / served, lang),
        )
    return text(
        "There are no data on money spent in the period, so the cost per person newly served "
        "cannot be told.",
        lang,
    )


def _newly_served(facts: Facts, change: Change, service: Service, lang: Lang) -> str:
    """Say who was newly served and who lost a service."""
    name = voice.capital(service.name(lang))
    gained, lost = (change.total(service.key, part) for part in ("gained", "lost"))
    if not gained and not lost:
        if change.unclear(service.key) == len(change.communes):
            return text(
                "{service}: not comparable, for it is not known of the same people.",
                lang,
                service=name,
            )
        return text("{service}: nobody was newly served and nobody lost it.", lang, service=name)
    slots = {
        "service": name,
        "gained": voice.people(_rounded(gained, facts), lang),
        "lost": voice.people(_rounded(lost, facts), lang),
    }
    if not lost:
        return text("{service}: {gained} newly served, nobody lost it.", lang, **slots)
    if not gained:
        return text("{service}: nobody was newly served, {lost} no longer served.", lang, **slots)
    return text(
        "{service}: {gained} newly served, {lost} no longer served, counted net by commune.",
        lang,
        **slots,
    )


def _rounded(n: int, facts: Facts) -> int:
    return round(n / _ROUNDED) * _ROUNDED if facts.public else n


def _change_table(facts: Facts, change: Change, lang: Lang) -> Block:
    rows = []
    for service in facts.services:
        if service.key not in change.services:
            continue
        before, after, gained, lost = (
            _rounded(change.total(service.key, part), facts)
            for part in ("before", "after", "gained", "lost")
        )
        told = [number(one, lang) for one in (before, after, gained, lost)]
        name = voice.capital(service.name(lang))
        rows.append([name, *told, number(change.unclear(service.key), lang)])
    header = [
        text("Service", lang), text("Served before", lang), text("Served now", lang),
        text("Newly served", lang), text("No longer served", lang), text("Communes not comparable", lang),
    ]  # fmt: skip
    caption = text("Persons served, of the communes that both periods have", lang)
    return voice.table(caption, header, rows, (4, 3, 3, 3, 3, 3))


def _villages(change: Change, lang: Lang) -> Iterator[str]:
    if not len(change.settlements):
        yield text("No village can be followed by name from the previous period.", lang)
        return
    gone, new = change.count("closed"), change.count("opened")
    if not gone and not new:
        yield text(
            "No village lost or gained its place on the list of those that lack a service.", lang
        )
        return
    if gone:
        yield plural(
            "{n} village that lacked a service lacks none now.",
            "{n} villages that lacked a service lack none now.",
            gone,
            lang,
        )
    if new:
        yield plural(
            "{n} village is new on the list of those that lack a service.",
            "{n} villages are new on the list of those that lack a service.",
            new,
            lang,
        )


def _not_compared(change: Change, lang: Lang) -> Iterator[str]:
    fresh, gone = len(change.only_after), len(change.only_before)
    if len(change.estimated):
        yield plural(
            "Borders of {n} commune moved: its earlier figures are shared out by area, an estimate.",
            "Borders of {n} communes moved: their earlier figures are shared out by area, an estimate.",
            len(change.estimated),
            lang,
        )
    if fresh:
        yield plural(
            "{n} commune stands only in this period and is not compared.",
            "{n} communes stand only in this period and are not compared.",
            fresh,
            lang,
        )
    if gone:
        yield plural(
            "{n} commune of the previous period has no successor.",
            "{n} communes of the previous period have no successor.",
            gone,
            lang,
        )


def _against_targets(facts: Facts, lang: Lang) -> Iterator[Block]:
    asked = [one for one in facts.services if one.target_pct is not None]
    if asked:
        yield Paragraph(_targets_met(facts, asked, lang))
        yield _target_table(facts, asked, lang)
    else:
        yield Paragraph(text("The study sets no targets.", lang))
    yield Paragraph(_target_5g(facts, lang))


def _targets_met(facts: Facts, asked: list[Service], lang: Lang) -> str:
    """Say how many of the study's own targets are met."""
    met = sum(_met(facts, one) is True for one in asked)
    if not met:
        return text("No target of the study is met.", lang)
    if met == len(asked):
        return text("All targets of the study are met.", lang)
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
