"""What changed since the previous period: people newly served, at what cost, villages off the list."""

from __future__ import annotations

from collections.abc import Iterator

from . import report_voice as voice
from .catalogue import money, plural, text
from .document import Block, Paragraph
from .report_change import ROUNDED, Change
from .report_facts import Facts, Service
from .report_nouns import made_up_before, moved_borders
from .words import Lang, number


def against_before(facts: Facts, lang: Lang) -> Iterator[Block]:
    """Hold the figures of a place against those of the previous period, where there are any.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> next(against_before(cut(base(dz.demo(communes=4)), "nation"), "en")).text
    'There are no figures of a previous period to compare with.'
    """
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
    if change.spent_vnd is not None and facts.level == "nation":
        cost = money(change.spent_vnd / 1e6, lang)
        return text("Spent in the period: {cost}; nobody was newly served.", lang, cost=cost)
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
    return round(n / ROUNDED) * ROUNDED if facts.public else n


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
        if voice.held_back(facts, f"{service.key}_lacking"):
            told[:2] = ["…", "…"]  # those without it follow from those who have it
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
    if change.made_up:
        yield made_up_before(lang)
    if len(change.estimated):
        yield moved_borders(len(change.estimated), lang)
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
