"""Part V of a report: what is asked, and of whom."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from . import report_voice as voice
from .catalogue import money, plural, text
from .document import Block, Heading, Paragraph
from .report_facts import Facts
from .report_tasks import given
from .words import Lang


def proposals(facts: Facts, lang: Lang) -> tuple[Block, ...]:
    """Write part V.

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
    >>> proposals(cut(base(dz.demo(communes=4)), "nation"), "en")[0].text
    'V. Proposals'
    """
    asked = list(requests(facts, lang))
    nothing = text("There is nothing to propose in this period.", lang)
    return (
        Heading(text("V. Proposals", lang)),
        *(Paragraph(f"{at}. {told}") for at, told in enumerate(asked, 1)),
        *(() if asked else (Paragraph(nothing),)),
    )


def requests(facts: Facts, lang: Lang) -> Iterator[str]:
    """Ask for what the figures call for, the most important first.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> facts = cut(base(dz.demo(communes=4)), "province", "97")
    >>> next(requests(facts, "en")).startswith("The Ministry of Science and Technology")
    True
    """
    yield from _money(facts, lang)
    yield from _power(facts, lang)
    yield from _owners(facts, lang)
    yield from _overdue(facts, lang)
    yield from _data(facts, lang)


def _above(facts: Facts, lang: Lang) -> str:
    """Name who decides above the place of the report."""
    if facts.level == "commune":
        return text("People's Committee of {name}", lang, name=voice.province(facts, lang))
    if facts.level == "province":
        return text(
            "The Ministry of Science and Technology and the Ministry of Industry and Trade", lang
        )
    if facts.kind == "area":
        return text("The competent authorities", lang)
    return text("The Prime Minister", lang)


def _money(facts: Facts, lang: Lang) -> Iterator[str]:
    upgrades = facts.upgrades
    if upgrades.empty:
        return
    yield text(
        "{who}: consider the list of {proposals} with a total investment of {cost}, and settle the "
        "sources of funds (the public-utility telecom fund, the budget, enterprises, private and "
        "community funding).",
        lang,
        who=_above(facts, lang),
        proposals=voice.proposals(len(upgrades), lang),
        cost=money(int(upgrades["cost_million"].sum()), lang),
    )


def _power(facts: Facts, lang: Lang) -> Iterator[str]:
    dark = int(facts.whole["settled_no_grid"]) + int(facts.whole["settled_local_power"])
    if dark:
        yield plural(
            "Vietnam Electricity (EVN): bring power to {n} settlement that has no grid, together with the "
            "sites that need it.",
            "Vietnam Electricity (EVN): bring power to {n} settlements that have no grid, together with "
            "the sites that need it.",
            dark,
            lang,
        )
    unstable = int(facts.whole["settled_unstable_grid"])
    if unstable:
        yield plural(
            "Vietnam Electricity (EVN): strengthen the grid of {n} settlement whose supply is unstable.",
            "Vietnam Electricity (EVN): strengthen the grid of {n} settlements whose supply is unstable.",
            unstable,
            lang,
        )


def _owners(facts: Facts, lang: Lang) -> Iterator[str]:
    rows = pd.DataFrame(facts.register)
    lacking = rows["lacks"].fillna("").ne("")
    free = int((lacking & (rows["owner"].isna() | rows["due"].isna())).sum())
    if not free:
        return
    who = (
        text("The provincial People's Committees", lang)
        if facts.level == "nation"
        else text("The People's Committees of the communes", lang)
        if facts.level == "province"
        else text(
            "The provincial Departments of Science and Technology and of Industry and Trade", lang
        )
    )
    yield plural(
        "{who}: name a responsible unit and a deadline by quarter for {n} settlement that lacks a "
        "service and has none yet.",
        "{who}: name a responsible unit and a deadline by quarter for {n} settlements that lack a "
        "service and have none yet.",
        free,
        lang,
        who=who,
    )


def _overdue(facts: Facts, lang: Lang) -> Iterator[str]:
    rows = given(facts)
    late = rows[rows["overdue"].fillna(value=False).astype(bool)]
    if late.empty:
        return
    owners = sorted({str(one) for one in late["owner"].dropna()})
    if owners:
        yield plural(
            "{owners}: explain {n} overdue task and set a new date for its result.",
            "{owners}: explain {n} overdue tasks and set new dates for their results.",
            len(late),
            lang,
            owners=voice.listed(owners[:5], lang)
            if len(owners) <= 5
            else text("The responsible units", lang),
        )
    else:
        yield plural(
            "Name who answers for {n} overdue task.",
            "Name who answers for {n} overdue tasks.",
            len(late),
            lang,
        )


def _data(facts: Facts, lang: Lang) -> Iterator[str]:
    guessed = [one for one in facts.services if one.evidence in voice.ESTIMATED]
    if facts.of_type("mobile") is None or any(one.type == "mobile" for one in guessed):
        yield text(
            "Telecom enterprises: hand over the digital maps of their service areas that "
            "QCVN 81:2019/BTTTT and QCVN 126:2021/BTTTT ask for, so that estimates give way to declared "
            "and measured data.",
            lang,
        )
    if any(one.type == "power" for one in guessed) or facts.of_type("power") is None:
        yield text(
            "Vietnam Electricity (EVN): hand over the medium- and low-voltage lines and the list of "
            "settlements without power, so that distances give way to facts.",
            lang,
        )
    rows = facts.register
    unknown = int(rows["lacks"].isna().sum())
    if unknown:
        yield plural(
            "Survey {n} settlement of which not all services are known.",
            "Survey {n} settlements of which not all services are known.",
            unknown,
            lang,
        )
