"""The annex of settlements that lack a service: the register as it is printed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pandas as pd

from . import register_words
from . import report_voice as voice
from .catalogue import plural, text
from .document import Block, Paragraph
from .report_facts import Facts
from .report_solutions import kind_name
from .report_tasks import settlement_name
from .words import Lang, number, word

NATION_ROWS: Final = 50
PLACE_ROWS: Final = 500
"""Rows of a list of the nation, or of another place, that are printed: the workbook has them all."""


def printed(facts: Facts) -> int:
    """Say how many rows of a list are printed.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> printed(cut(base(dz.demo(communes=4)), "nation"))
    50
    """
    return NATION_ROWS if facts.level == "nation" else PLACE_ROWS


def _lacking_rows(facts: Facts) -> pd.DataFrame:
    """Order the settlements that lack something: by commune, or where some are left out the worst first.

    Those come first that lack most services, of these the ones without any signal, then those of most
    people.
    """
    rows = pd.DataFrame(facts.register.drop(columns="geometry"))
    rows = rows[rows["lacks"].fillna("").ne("")]
    if len(rows) <= printed(facts) and facts.level != "nation":
        return rows
    ordered = rows.assign(
        many=-rows["lacks"].str.count(r"\+"),
        silent=rows["signal"].ne("none"),
        few=-rows["people"].fillna(0).astype("int64"),
    )
    return ordered.sort_values(["many", "silent", "few"], kind="stable").drop(
        columns=["many", "silent", "few"]
    )


def villages(facts: Facts, lang: Lang) -> Iterator[Block]:
    """Write the settlements that lack a service: all, or where they are many those worst off.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> facts = cut(base(dz.demo(communes=4)), "province", "97")
    >>> next(villages(facts, "en")).caption
    'Register of the settlements that lack a service'
    """
    rows = _lacking_rows(facts)
    if rows.empty:
        told = (
            text("No settlement is known to lack a service.", lang)
            if len(facts.register)
            else text("There are no data on villages.", lang)
        )
        yield Paragraph(told)
        return
    shown = rows.head(printed(facts))
    yield from _register_table(facts, shown, lang)
    if len(rows) > len(shown):
        told = plural(
            "{n} more settlement that lacks a service stands in the workbook that goes with this report.",
            "{n} more settlements that lack a service stand in the workbook that goes with this report.",
            len(rows) - len(shown),
            lang,
        )
        yield Paragraph(told, "note")


def _register_table(facts: Facts, rows: pd.DataFrame, lang: Lang) -> Iterator[Block]:
    kept, alike = _columns(facts, rows)
    few = _hidden_people(facts, rows)
    told = {name: register_words.written(name, rows[name], lang, facts.manifest) for name in kept}
    least = facts.base.minimum
    told["people"] = [
        voice.cell(value, lang, hidden=mark, least=least)
        for value, mark in zip(rows["people"], few, strict=True)
    ]
    if "households" in told:
        homes = zip(rows["households"], few, strict=True)
        told["households"] = [voice.cell(value, lang, hidden=mark) for value, mark in homes]
    names = [settlement_name(row, lang) for row in rows.to_dict("records")]
    where = [
        f"{name} ({code})" + (f", {province}" if facts.level == "nation" else "")
        for name, code, province in zip(
            rows["commune_name"], rows["commune_code"], rows["province_name"], strict=True
        )
    ]
    solution = _solutions(rows, lang)
    charged = _charged(facts, rows, lang)
    numbers = [number(at, lang) for at in range(1, len(rows) + 1)]
    columns: list[list[str]] = [numbers, names, where, *told.values(), *charged.values(), solution]
    header = [
        register_words.header("number", lang), text("Settlement", lang), text("Commune (code)", lang),
        *(register_words.header(name, lang, facts.manifest) for name in told), *charged,
        text("Proposed solution", lang),
    ]  # fmt: skip
    widths = (1.2, 3.4, 4, *(_WIDTHS.get(name, 2.4) for name in told), *(3.4 for _ in charged), 3.4)
    caption = text("Register of the settlements that lack a service", lang)
    cells = [list(row) for row in zip(*columns, strict=True)]
    right = {0, *(at for at, name in enumerate(told, 3) if name in _NUMBERS)}
    yield voice.table(caption, header, cells, widths, texts=len(header), but=right)
    for name in alike:
        yield Paragraph(
            text(
                "{column} of all of them: {value}.",
                lang,
                column=register_words.header(name, lang, facts.manifest),
                value=register_words.written(name, rows[name].head(1), lang, facts.manifest)[0],
            ),
            "note",
        )


_WIDTHS: Final = {
    "signal": 3.4,
    "area_class": 1.4,
    "households": 1.8,
    "people": 1.9,
    "fibre_km": 1.8,
}
_NUMBERS: Final = frozenset({"households", "people", "fibre_km"})


def _charged(facts: Facts, rows: pd.DataFrame, lang: Lang) -> dict[str, list[str]]:
    """Say in one column who does it until when and how far that is, where anybody is charged at all."""
    parts = [name for name in ("owner", "due", "status_reported") if rows[name].notna().any()]
    if not parts:
        return {}
    written = [register_words.written(name, rows[name], lang, facts.manifest) for name in parts]
    known = [rows[name].notna().tolist() for name in parts]
    told = [
        "; ".join(one for one, known_ in zip(said, there, strict=True) if known_)
        for said, there in zip(zip(*written, strict=True), zip(*known, strict=True), strict=True)
    ]
    nothing = word("no_data", lang)
    return {text("Responsible unit; deadline; status", lang): [one or nothing for one in told]}


def _columns(facts: Facts, rows: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Choose the columns, and those states that are the same in all rows: they are said once below."""
    types = {one.type for one in facts.services}
    kept = ["people"]
    kept += [
        name
        for name, kind in (("signal", "mobile"), ("power", "power"), ("fibre", "fibre"))
        if kind in types
    ]
    optional = ["area_class", "households", "fibre_km"]
    if facts.public:
        optional.remove("fibre_km")
    known = [name for name in optional if rows[name].notna().any()]
    order = ["area_class", "households", *kept, "fibre_km"]
    shown = [name for name in order if name in kept or name in known]
    states = [name for name in ("signal", "power", "fibre") if name in shown and len(rows) > 1]
    alike = [
        name for name in states if (rows[name].fillna("") == rows[name].fillna("").iloc[0]).all()
    ]
    return [name for name in shown if name not in alike], alike


def _hidden_people(facts: Facts, rows: pd.DataFrame) -> list[bool]:
    """Mark people that what is published holds back: few, or telling few apart within a commune."""
    held = facts.base.held  # as the workbook has it, so that neither gives the other away
    if held is None:
        return [False] * len(rows)
    return [bool(one) for one in held.loc[rows.index, "people"]]


def _solutions(rows: pd.DataFrame, lang: Lang) -> list[str]:
    """Name the proposal that the register has for each settlement, as the workbook does."""
    nothing = text("no proposal yet", lang)
    return [
        nothing if pd.isna(at) else f"{kind_name(str(kind), lang)} ({at})"
        for kind, at in zip(rows["upgrade_kind"], rows["upgrade_id"], strict=True)
    ]
