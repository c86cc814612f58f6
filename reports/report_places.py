"""Tables by place and by class of place: provinces, communes, area classes, mountains, borders, islands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pandas as pd

from . import report_voice as voice
from .catalogue import text
from .discretion import tells_apart
from .document import Block, Paragraph
from .register_areas import OUTSIDE
from .report_counts import CLASSES
from .report_facts import Facts
from .words import Lang, word

WORST: Final = 10
"""Communes of a province in the table of those that lack most."""


def classes(facts: Facts, lang: Lang) -> Iterator[Block]:
    """Split people and settlements by class of commune, as far as the classes are known.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> next(classes(cut(base(dz.demo(communes=4)), "nation"), "en")).rows[-1][0]
    'Total'
    """
    if facts.level == "commune":
        return
    for name in CLASSES:
        communes = facts.communes
        if name not in communes or communes[name].isna().all():
            continue
        label = _class_labels(communes[name], name, lang)
        if label.nunique() < 2:
            continue
        if facts.base.hidden is not None and tells_apart(
            facts.base.hidden.rows.loc[communes.index, ["people", "lacking"]],
            communes,
            label,
            facts.base.minimum,
        ):
            yield Paragraph(
                text(
                    "The table by {name} is not published: it would tell few people apart.",
                    lang,
                    name=_class_name(name, lang),
                ),
                "note",
            )
            continue
        yield _class_table(facts, label, _class_name(name, lang), lang)


def _class_name(name: str, lang: Lang) -> str:
    return {
        "area_class": text("area class", lang),
        "mountainous": text("mountainous communes", lang),
        "border": text("border communes", lang),
        "island": text("island communes", lang),
    }[name]


def _class_labels(values: pd.Series, name: str, lang: Lang) -> pd.Series:
    """Say the class of each commune; the classes are in the order of a table, what is unknown last."""
    if name == "area_class":
        said = {key: text("Area {name}", lang, name=key) for key in ("I", "II", "III")}
        said[OUTSIDE] = text("Outside the ethnic-minority and mountainous region", lang)
        keys = values
    else:
        said = {"yes": voice.capital(_class_name(name, lang)), "no": text("Other communes", lang)}
        keys = values.map({True: "yes", False: "no"}, na_action="ignore")
    said["unknown"] = voice.capital(word("no_data", lang))
    told = keys.astype(object).where(keys.notna(), "unknown").map(said)
    return pd.Series(pd.Categorical(told, list(said.values())), values.index)


def _class_table(facts: Facts, label: pd.Series, name: str, lang: Lang) -> Block:
    columns = ["communes", "people", "lacking", "settlements", "settled_lacking"]
    groups = facts.communes.groupby(label, observed=True)
    sums = groups[columns].sum(min_count=1)
    rows = [
        [str(key), *(voice.cell(one, lang) for one in values)]
        for key, values in zip(sums.index, sums.itertuples(index=False), strict=True)
    ]
    rows.append([text("Total", lang), *voice.total_cells(facts, columns, lang)])
    header = [
        text("Communes by class", lang), text("Communes", lang), text("Persons", lang),
        text("Persons who lack a service", lang), text("Settlements", lang),
        text("Settlements that lack a service", lang),
    ]  # fmt: skip
    caption = text("People and settlements by {name}", lang, name=name)
    return voice.table(caption, header, rows, (4, 2, 3, 3, 2.5, 3), totals=1)


def places(facts: Facts, lang: Lang) -> Iterator[Block]:
    """Set all provinces of the nation, or the communes of a province where most is lacking.

    A single row would say again what was said.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> len(next(places(cut(base(dz.demo(communes=4)), "province", "97"), "en")).rows) <= WORST
    True
    """
    if len(facts.units) < 2 or pd.isna(facts.whole["people"]):
        return
    if facts.level == "nation":
        caption = text("By province and city", lang)
        yield units_table(facts, list(facts.units.index), caption, lang, whole=True)
        return
    worst = worst_units(facts, WORST)
    if worst:
        caption = text("Communes with most people who lack a service; all are in Annex I", lang)
        yield units_table(facts, worst, caption, lang, whole=False)


def worst_units(facts: Facts, most: int) -> list[str]:
    """Order the units where most people lack a service, none that is held back among them.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> facts = cut(base(dz.demo(communes=4)), "province", "97")
    >>> len(worst_units(facts, 2))
    2
    """
    units = facts.units[facts.units["lacking"].fillna(0) > 0]
    if facts.hidden is not None:
        units = units[~facts.hidden.loc[units.index, "lacking"]]
    ordered = units.sort_values("lacking", ascending=False, kind="stable")
    return [str(code) for code in ordered.index[:most]]


def units_table(facts: Facts, codes: list[str], caption: str, lang: Lang, *, whole: bool) -> Block:
    """Set provinces or communes with people, who lacks what, and settlements that lack something.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> facts = cut(base(dz.demo(communes=4)), "province", "97")
    >>> units_table(facts, ["90001"], "Communes", "en", whole=False).rows[0][0]
    '... (90001)'
    """
    name = "province_name" if facts.level == "nation" else "commune_name"
    lacking = [f"{one.key}_lacking" for one in facts.services]
    columns = ["people", *lacking, "lacking", "settlements", "settled_lacking"]
    rows = [
        [f"{facts.units.at[code, name]} ({code})", *voice.row_cells(facts, code, columns, lang)]
        for code in codes
    ]
    if whole:
        rows.append([text("Total", lang), *voice.total_cells(facts, columns, lang)])
    header = [
        text("Province or city (code)", lang) if facts.level == "nation" else text("Commune (code)", lang),
        text("Persons", lang),
        *(voice.capital(text("without {service}", lang, service=one.name(lang))) for one in facts.services),
        text("Persons who lack a service", lang), text("Settlements", lang),
        text("Settlements that lack a service", lang),
    ]  # fmt: skip
    widths = (6.2, *(2.4,) * (len(lacking) + 2), 1.9, 3)
    return voice.table(caption, header, rows, widths, totals=1 if whole else 0)
