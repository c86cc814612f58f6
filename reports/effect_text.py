"""What changed between two results, in plain sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pandas as pd

from . import catalogue
from .catalogue import money, plural, text
from .effect import Effect
from .report_nouns import capital, made_up_before, moved_borders, people
from .words import Lang, number

_NAMED: Final = 10
"""Villages and tasks that are named one by one."""


def sentences(effect: Effect, names: dict[str, str], lang: Lang) -> Iterator[str]:
    """Say what changed, effect first.

    Parameters
    ----------
    effect : Effect
    names : dict of str to str
        How the services are called in the language.
    lang : {"vi", "en"}

    Yields
    ------
    str
        A line each.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.effect import effect
    >>> result = dz.demo(communes=4)
    >>> lines = list(sentences(effect(result, result), {}, "en"))
    >>> lines[1]
    'Mobile: 0 people newly served, 0 people no longer served.'
    """
    change = effect.change
    before, after = (_called(one, lang) for one in effect.manifests)
    yield text("From {before} to {after}", lang, before=before, after=after)
    for key in change.services:
        yield text(
            "{service}: {gained} newly served, {lost} no longer served.",
            lang,
            service=capital(names.get(key, key)),
            gained=people(effect.total(key, "gained"), lang),
            lost=people(effect.total(key, "lost"), lang),
        )
    yield from _money(effect, lang)
    yield text(
        "Dead zones: {gone} gone, {new} new; {before} before, {after} now.",
        lang,
        **{
            name: number(effect.zones[name][0], lang) for name in ("gone", "new", "before", "after")
        },
    )
    yield from _villages(change.settlements, lang)
    yield from _tasks(effect, lang)
    yield from _units(effect, lang)


def _called(manifest: Mapping[str, Any], lang: Lang) -> str:
    """Name a result, and the day of its newest layer: two often have one title."""
    title = catalogue.title(manifest, lang)
    days = [layer["date"] for layer in manifest.get("layers", {}).values() if layer.get("date")]
    if not days:
        return title
    newest = catalogue.date(dt.date.fromisoformat(max(map(str, days))), lang)
    return f"{title} ({newest})"


def _money(effect: Effect, lang: Lang) -> Iterator[str]:
    if effect.cost_vnd is None:
        yield text("What it cost is not known.", lang)
        return
    given = effect.cost_source == "given"
    told = text("Spent: {money}.", lang, money=money(effect.cost_vnd / 1e6, lang))
    if not given:
        told = text(
            "By the prices of the plan before, the upgrades whose dead zones are gone cost {money}.",
            lang,
            money=money(effect.cost_vnd / 1e6, lang),
        )
    yield told
    if effect.cost_per_person_vnd is not None:
        yield text(
            "That is {money} for each person newly served, each counted once a service.",
            lang,
            money=money(effect.cost_per_person_vnd / 1e6, lang),
        )


def _villages(settlements: pd.DataFrame, lang: Lang) -> Iterator[str]:
    closed = list(settlements.loc[settlements["closed"], "village"])
    opened = list(settlements.loc[settlements["opened"], "village"])
    yield plural(
        "{n} village lacks nothing any more",
        "{n} villages lack nothing any more",
        len(closed),
        lang,
    ) + _listed(closed, lang)
    yield plural(
        "{n} village lacks something anew",
        "{n} villages lack something anew",
        len(opened),
        lang,
    ) + _listed(opened, lang)


def _listed(names: list[str], lang: Lang) -> str:
    if not names:
        return "."
    more = len(names) - _NAMED
    rest = text(" and {n} more", lang, n=number(more, lang)) if more > 0 else ""
    return ": " + ", ".join(map(str, names[:_NAMED])) + rest + "."


def _tasks(effect: Effect, lang: Lang) -> Iterator[str]:
    day = catalogue.date(effect.day, lang)
    late = len(effect.overdue)
    yield (
        text("On {day}:", lang, day=day)
        + " "
        + plural("{n} task is overdue", "{n} tasks are overdue", late, lang)
        + "; "
        + plural(
            "{n} is reported done although a service lacks there",
            "{n} are reported done although a service lacks there",
            len(effect.contradicted),
            lang,
        )
        + "."
    )
    for title, rows in (
        (text("Overdue", lang), effect.overdue),
        (text("Reported done, measured lacking", lang), effect.contradicted),
    ):
        for row in rows.head(_NAMED).to_dict("records"):
            owner = text("no owner", lang) if pd.isna(row["owner"]) else str(row["owner"])
            due = "" if pd.isna(row["due"]) else ", " + catalogue.date(row["due"].date(), lang)
            place = (
                text("cluster of people {id}", lang, id=str(row["zone_id"]))
                if pd.isna(row["village"])
                else str(row["village"])
            )
            yield f"  {title}: {place} ({row['commune_name']}), {owner}{due}"


def _units(effect: Effect, lang: Lang) -> Iterator[str]:
    change = effect.change
    if change.made_up:
        yield made_up_before(lang)
    if len(change.estimated):
        yield moved_borders(len(change.estimated), lang)
    lost, new = len(change.only_before), len(change.only_after)
    if lost or new:
        yield text(
            "Communes that have no land in the other result are left out: {lost} before, {new} after.",
            lang,
            lost=number(lost, lang),
            new=number(new, lang),
        )
