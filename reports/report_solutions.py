"""What to build, at what cost, for how many: the second half of part IV of a report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pandas as pd

from . import report_voice as voice
from .catalogue import money, percent, text
from .document import Block, Paragraph
from .report_facts import Facts, Service
from .words import WORDS, Lang, number, word

FIRST: Final = 10
"""Proposals in the table of those to build first."""


def solutions(facts: Facts, lang: Lang) -> Iterator[Block]:
    """Say what is proposed: sums, by solution, and what to build first.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> facts = cut(base(dz.demo(communes=4)), "province", "97")
    >>> next(solutions(facts, "en")).text == plan(facts, "en")
    True
    """
    upgrades = facts.upgrades
    if upgrades.empty:
        yield Paragraph(text("Within the budget of the study nothing is proposed here.", lang))
        return
    yield Paragraph(plan(facts, lang))
    yield from _effects(facts, lang)
    yield _by_kind(facts, lang)
    caption = (
        text("Proposals to build first; all that are listed are in the annex", lang)
        if len(upgrades) > FIRST
        else text("All proposals in their order", lang)
    )
    yield upgrades_table(facts, FIRST, caption, lang)
    yield from (Paragraph(told, "note") for told in _notes(facts, lang))
    if upgrades["depends_on"].ne("").any():
        told = text(
            "Some proposals wait for others: they are built in the order of the table.", lang
        )
        yield Paragraph(told, "note")


def _notes(facts: Facts, lang: Lang) -> Iterator[str]:
    """Say what the costs are, and whom a proposal may serve too."""
    made = facts.manifest.get("upgrades", {})
    years = sorted(made.get("price_years", []))
    if years:
        told = str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"
        yield text("Costs are estimates at prices of {years}, not tenders.", lang, years=told)
    if made.get("costs_rounded"):
        yield text("Each cost is rounded: exact ones would tell where sites are.", lang)
    if len(facts.upgrades) < len(facts.base.upgrades):
        every = number(len(facts.base.upgrades), lang)
        yield text("The order is that of the whole plan, of {n} proposals.", lang, n=every)
    if facts.level == "province":
        yield text(
            "A proposal stands in the province of its site and may serve people of the next one.",
            lang,
        )


def plan(facts: Facts, lang: Lang) -> str:
    """Say in one sentence what is proposed, at what cost, for how many.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> facts = cut(base(dz.demo(communes=4)), "province", "97")
    >>> plan(facts, "en")
    '... proposals at VND ...: a service for ... more, VND ... per person and service; ...'
    """
    upgrades = facts.upgrades
    cost, gained = int(upgrades["cost_million"].sum()), int(upgrades["gained"].sum())
    slots = {
        "proposals": voice.proposals(len(upgrades), lang),
        "cost": money(cost, lang),
        "gained": _told(gained, facts, lang),
    }
    if facts.public and 0 < gained < facts.base.minimum:  # cost and rate would tell how few
        return text("{proposals} at {cost}: a service for {gained} more.", lang, **slots)
    if not gained:
        return text(
            "{proposals} at {cost}: by itself nobody gets a service from this.", lang, **slots
        )
    return text(
        "{proposals} at {cost}: a service for {gained} more, {each} per person and service; who "
        "gets two services is counted twice.",
        lang,
        **slots,
        each=money(cost / gained, lang),
    )


def _effects(facts: Facts, lang: Lang) -> Iterator[Block]:
    if facts.public or facts.level != "nation":
        return  # a proposal beside a border serves people of both sides
    for service in facts.services:
        after = _share_after(facts, service, lang)
        before = voice.share(facts, f"{service.key}_served", lang)
        if after is not None and after != before:
            told = text(
                "{service}: from {before} to about {after} of people once all is built.",
                lang,
                service=voice.capital(service.name(lang)),
                before=before,
                after=after,
            )
            yield Paragraph(told, "item")


def _share_after(facts: Facts, service: Service, lang: Lang) -> str | None:
    """Say which share would have a service once all proposals are built; none where nothing changes."""
    gained = int(facts.upgrades.loc[facts.upgrades["service"] == service.key, "gained"].sum())
    served, everyone = facts.whole[f"{service.key}_served"], facts.whole["people"]
    if not gained or pd.isna(served) or not int(everyone):
        return None
    return percent(min(int(served) + gained, int(everyone)), int(everyone), lang)


def _told(gained: int, facts: Facts, lang: Lang) -> str:
    if facts.public and 0 < gained < facts.base.minimum:
        return text("fewer than {n}", lang, n=number(facts.base.minimum, lang))
    return number(gained, lang)


def kind_name(kind: str, lang: Lang) -> str:
    """Name a solution.

    Examples
    --------
    >>> kind_name("new_site", "vi"), kind_name("balloon", "vi")
    ('Trạm mới', 'balloon')
    """
    return word(kind, lang) if kind in WORDS else kind


def _by_kind(facts: Facts, lang: Lang) -> Block:
    """Add the proposals up by solution."""
    upgrades, few = facts.upgrades, bool(facts.upgrades["few"].any())
    groups = upgrades.groupby("kind", sort=False)
    sums = groups[["gained", "cost_million"]].sum().assign(count=groups.size())

    def row(name: str, count: int, gained: int, cost: int, *, hidden: bool) -> list[str]:
        each = "…" if hidden else _each(cost, gained, lang)
        told = "…" if hidden else number(gained, lang)
        return [name, number(count, lang), told, number(cost, lang), each]

    rows = [
        row(kind_name(str(one.Index), lang), one.count, one.gained, one.cost_million, hidden=few)  # pyright: ignore[reportArgumentType]
        for one in sums.itertuples()
    ]
    gained, cost = int(upgrades["gained"].sum()), int(upgrades["cost_million"].sum())
    hidden = facts.public and 0 < gained < facts.base.minimum
    rows.append(row(text("Total", lang), len(upgrades), gained, cost, hidden=hidden))
    header = [
        text("Solution", lang), text("Proposals", lang), text("People served anew", lang),
        text("Cost (million VND)", lang), text("Cost per person and service (thousand VND)", lang),
    ]  # fmt: skip
    caption = text("Proposals by solution", lang)
    return voice.table(caption, header, rows, (4.4, 2, 3, 3, 3.4), totals=1)


def upgrades_table(facts: Facts, most: int | None, caption: str, lang: Lang) -> Block:
    """List the proposals in rank; with all of them the table ends in their sums.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> facts = cut(base(dz.demo(communes=4)), "province", "97")
    >>> len(upgrades_table(facts, 3, "Proposals", "en").rows)
    3
    """
    few = facts.upgrades["few"]
    upgrades = facts.upgrades[~few]
    shown = upgrades if most is None else upgrades.head(most)
    rows = [
        _upgrade_row(facts, row, lang) for row in shown.reset_index(names="id").to_dict("records")
    ]
    totals = 0
    if most is None or len(upgrades) <= most:
        if few.any():
            part = facts.upgrades[few]
            name = text("Other proposals ({n})", lang, n=number(len(part), lang))
            rows.append(_sum_row(name, part, facts, lang))
        rows.append(_sum_row(text("Total", lang), facts.upgrades, facts, lang))
        totals = 1
    place = text("Commune, province", lang) if facts.level == "nation" else text("Commune", lang)
    header = [
        text("Order", lang), text("Proposal", lang), text("Solution", lang), place,
        text("People served anew", lang), text("Cost (million VND)", lang),
        text("Cost per person and service (thousand VND)", lang), text("Waits for", lang),
    ]  # fmt: skip
    widths = [1.6, 2, 3.4, 4.4, 2.4, 2.4, 2.8, 2.2]
    if not shown["depends_on"].ne("").any():
        header, widths, rows = header[:-1], widths[:-1], [row[:-1] for row in rows]
    return voice.table(caption, header, rows, widths, texts=4, totals=totals, but={0, 7})


def _upgrade_row(facts: Facts, row: dict[str, object], lang: Lang) -> list[str]:
    where = str(row["commune_name"])
    if facts.level == "nation":
        where = f"{where}, {row['province_name']}"
    gained, cost = int(str(row["gained"])), int(str(row["cost_million"]))
    return [
        str(row["rank"]),
        str(row["id"]),
        kind_name(str(row["kind"]), lang),
        where,
        number(gained, lang),
        number(cost, lang),
        _each(cost, gained, lang),
        str(row["depends_on"]).replace(";", ", ") or "–",
    ]


def _sum_row(name: str, upgrades: pd.DataFrame, facts: Facts, lang: Lang) -> list[str]:
    gained, cost = int(upgrades["gained"].sum()), int(upgrades["cost_million"].sum())
    hidden = facts.public and 0 < gained < facts.base.minimum
    told = voice.cell(gained, lang, hidden=hidden, least=facts.base.minimum)
    each = "…" if hidden else _each(cost, gained, lang)
    return ["", "", name, "", told, number(cost, lang), each, ""]


def _each(cost_million: int, gained: int, lang: Lang) -> str:
    """Write what a person served anew costs, thousand VND."""
    return number(1_000.0 * cost_million / gained, lang, 1) if gained else "–"
