"""The first page of a report: a few large figures, what they say, one map, and what is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pandas as pd

from . import report_voice as voice
from .catalogue import large, money, plural, text
from .document import Block, Figures, Heading, Paragraph, Picture
from .report_facts import Facts, Service
from .report_proposals import requests
from .report_results import against_target
from .report_shortcomings import reported, worst
from .report_situation import anything, evidence
from .report_solutions import plan
from .words import Lang, number, word

MOST_FIGURES: Final = 6
MOST_SENTENCES: Final = 5
MOST_REQUESTS: Final = 3
WORST: Final = 3
"""Places named."""


def summary(facts: Facts, picture: Picture | None, lang: Lang) -> tuple[Block, ...]:
    """Write the page for a minister.

    Parameters
    ----------
    facts : Facts
    picture : Picture, optional
        The map.
    lang : {"vi", "en"}

    Returns
    -------
    tuple of Block

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> summary(cut(base(dz.demo(communes=4)), "nation"), None, "en")[0].text
    'Summary'
    """
    asked = list(requests(facts, lang))[:MOST_REQUESTS]
    title = (
        text("What is asked of the minister", lang)
        if facts.kind == "nation"
        else text("What is asked", lang)
    )
    nothing = text("There is nothing to propose in this period.", lang)
    return (
        Heading(text("Summary", lang)),
        *(Paragraph(told, "lead") for told in evidence(facts, lang)),
        Figures(tuple(_figures(facts, lang))[:MOST_FIGURES]),
        *(Paragraph(told) for told in _sentences(facts, lang)),
        *(() if picture is None else (picture,)),
        Heading(title, 2),
        *(Paragraph(f"{at}. {told}") for at, told in enumerate(asked, 1)),
        *(() if asked else (Paragraph(nothing),)),
    )


def _figures(facts: Facts, lang: Lang) -> Iterator[tuple[str, str]]:
    """Choose the large figures: who lacks what, how many settlements, what it costs, whom it serves."""
    for one in facts.services[: MOST_FIGURES - 3]:
        name = voice.without(one, lang)
        yield (
            _large(facts, f"{one.key}_lacking", lang),
            plural("person {without}", "people {without}", _count(facts, one), lang, without=name),
        )
    lacking = int(facts.whole["settled_lacking"])
    every = number(int(facts.whole["settlements"]), lang)
    if int(facts.whole["settlements"]):
        yield (
            number(lacking, lang),
            plural(
                "settlement that lacks a service, of {all}",
                "settlements that lack a service, of {all}",
                lacking,
                lang,
                all=every,
            ),
        )
    upgrades = facts.upgrades
    if len(upgrades):
        cost, gained = int(upgrades["cost_million"].sum()), int(upgrades["gained"].sum())
        told = text("cost of {proposals}", lang, proposals=voice.proposals(len(upgrades), lang))
        yield money(cost, lang), told
        few = facts.public and 0 < gained < facts.base.minimum
        shown = f"< {facts.base.minimum}" if few else large(gained, lang)
        yield shown, text("people served anew, counted once a service", lang)


def _count(facts: Facts, service: Service) -> int:
    value = facts.whole[f"{service.key}_lacking"]
    return 0 if pd.isna(value) else int(value)


def _large(facts: Facts, column: str, lang: Lang) -> str:
    value = facts.whole[column]
    if pd.isna(value):
        return word("no_data", lang)
    if voice.held_back(facts, column) or (facts.public and 0 < int(value) < facts.base.minimum):
        return voice.cell(value, lang, hidden=True, least=facts.base.minimum)
    return large(int(value), lang)


def _sentences(facts: Facts, lang: Lang) -> list[str]:
    told = [anything(facts, lang), *worst(facts, lang, WORST)]
    lead = facts.of_type("mobile") or next(iter(facts.services), None)
    if lead is not None and lead.target_pct is not None:
        told.append(against_target(facts, lead, lang))
    if len(facts.upgrades):
        told.append(plan(facts, lang))
    else:
        told.append(text("Within the budget of the study nothing is proposed here.", lang))
    told += reported(facts, lang)
    return told[:MOST_SENTENCES]
