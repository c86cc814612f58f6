"""Part IV of a report: who has to do what until which quarter, and what to build, at what cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pandas as pd

from . import report_voice as voice
from .catalogue import date, plural, quarter, text
from .document import Block, Heading, Paragraph
from .report_facts import Facts
from .report_solutions import solutions
from .words import Lang, number, word

OVERDUE: Final = 20
"""Overdue tasks named one by one; the others stand in the workbook."""


def tasks(facts: Facts, lang: Lang, drawn: tuple[Block, ...] = ()) -> tuple[Block, ...]:
    """Write part IV.

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
    >>> tasks(cut(base(dz.demo(communes=4)), "nation"), "en")[1].text
    '1. Tasks'
    """
    return (
        Heading(text("IV. Tasks and solutions of the next period", lang)),
        Heading(text("1. Tasks", lang), 2),
        *_assigned(facts, lang),
        Heading(text("2. Solutions", lang), 2),
        *solutions(facts, lang),
        *drawn,
    )


def given(facts: Facts) -> pd.DataFrame:
    """Select the settlements that somebody has a task in.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> facts = cut(base(dz.demo(communes=4)), "province", "97")
    >>> len(given(facts)) <= len(facts.register)
    True
    """
    rows = pd.DataFrame(facts.register)
    told = rows[["owner", "due", "status_reported"]].notna().any(axis=1)
    return rows[told]


def _assigned(facts: Facts, lang: Lang) -> Iterator[Block]:
    rows = given(facts)
    if rows.empty:
        yield Paragraph(
            text(
                "There are no data on tasks: no settlement has a responsible unit or a deadline yet.",
                lang,
            )
        )
        return
    done = rows["status_reported"] == "done"
    overdue = rows["overdue"].fillna(value=False).astype(bool)
    lost = rows["done_but_lacking"].fillna(value=False).astype(bool)
    marks = pd.DataFrame({"tasks": True, "done": done, "overdue": overdue, "lost": lost})
    yield Paragraph(
        text(
            "{tasks} in all: {done} reported done, {overdue} overdue on {day}.",
            lang,
            tasks=voice.tasks(len(rows), lang),
            done=number(int(done.sum()), lang),
            overdue=number(int(overdue.sum()), lang),
            day=date(facts.day, lang),
        )
    )
    owner = rows["owner"].astype(object).where(rows["owner"].notna(), word("no_data", lang))
    due = [
        word("no_data", lang) if pd.isna(day) else voice.capital(quarter(day, lang))
        for day in rows["due"]
    ]
    order = rows["due"].dt.to_period("Q").astype("str").where(rows["due"].notna(), "9")
    by_quarter = pd.Series(due, rows.index, dtype=object)
    yield _counted(
        marks, by_quarter, order, text("Deadline", lang), text("Tasks by quarter", lang), lang
    )
    yield _counted(
        marks,
        owner,
        owner,
        text("Responsible unit", lang),
        text("Tasks by responsible unit", lang),
        lang,
    )
    yield from _overdue(facts, rows[overdue], lang)


def _counted(
    marks: pd.DataFrame, key: pd.Series, order: pd.Series, first: str, caption: str, lang: Lang
) -> Block:
    sums = marks.assign(order=order.astype("str"), key=key).groupby(["order", "key"]).sum()
    rows = [
        [str(name), *(number(int(one), lang) for one in values)]
        for (_, name), values in zip(sums.index, sums.itertuples(index=False), strict=True)
    ]
    rows.append([text("Total", lang), *(number(int(one), lang) for one in marks.sum())])
    header = [
        first, text("Tasks", lang), text("Reported done", lang), text("Overdue", lang),
        text("Reported done, still lacking", lang),
    ]  # fmt: skip
    return voice.table(caption, header, rows, (5, 2, 2, 2, 3), totals=1)


def _overdue(facts: Facts, rows: pd.DataFrame, lang: Lang) -> Iterator[Block]:
    if rows.empty:
        yield Paragraph(text("No task is overdue.", lang))
        return
    ordered = rows.sort_values("due", kind="stable")
    told = [
        [
            settlement_name(row, lang),
            f"{row['commune_name']} ({row['commune_code']})",
            word("no_data", lang) if pd.isna(row["owner"]) else str(row["owner"]),
            date(row["due"].date(), lang),
            number((pd.Timestamp(facts.day) - row["due"]).days, lang),
        ]
        for row in ordered.head(OVERDUE).to_dict("records")
    ]
    header = [
        text("Settlement", lang), text("Commune (code)", lang), text("Responsible unit", lang),
        text("Deadline", lang), text("Days overdue", lang),
    ]  # fmt: skip
    yield voice.table(text("Overdue tasks", lang), header, told, (4, 4, 4, 2.2, 1.8), texts=4)
    if len(ordered) > OVERDUE:
        yield Paragraph(
            plural(
                "{n} more overdue task stands in the workbook that goes with this report.",
                "{n} more overdue tasks stand in the workbook that goes with this report.",
                len(ordered) - OVERDUE,
                lang,
            ),
            "note",
        )


def settlement_name(row: object, lang: Lang) -> str:
    """Name a settlement; a cluster of people is named by its dead zone.

    Examples
    --------
    >>> settlement_name({"village": None, "record": "zone", "zone_id": "Z00001"}, "en")
    'cluster of people Z00001'
    """
    assert isinstance(row, dict)
    if pd.notna(row["village"]):
        return str(row["village"])
    if row["record"] == "zone":
        return text("cluster of people {id}", lang, id=str(row["zone_id"]))
    return text("settlement without a name", lang)
