"""What a report adds to the workbook of its register: people, proposals, definitions, stamps."""

from __future__ import annotations

import pandas as pd

from . import report_voice as voice
from .catalogue import text
from .register_xlsx import Beside, Told
from .report_annexes import definitions
from .report_facts import Facts
from .report_letterhead import footer, stamps
from .report_solutions import kind_name
from .words import Lang


def beside(facts: Facts, lang: Lang, *, secret: bool = False) -> Beside:
    """Gather what a report adds to its workbook, so that both say the same figures.

    Parameters
    ----------
    facts : Facts
        The place of the report.
    lang : {"vi", "en"}
    secret : bool
        Whether it is stamped *Mật*.

    Returns
    -------
    Beside

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> found = beside(cut(base(dz.demo(communes=4)), "nation"), "en")
    >>> list(found.communes.table)[:2]
    ['People (people data)', 'People without mobile signal']
    """
    whole = facts.base
    hidden = whole.hidden
    return Beside(
        communes=_people(
            facts.communes,
            None if hidden is None else hidden.rows.loc[facts.communes.index],
            facts,
            lang,
        ),
        provinces=_people(
            _by_province(facts), None if hidden is None else hidden.groups, facts, lang
        ),
        proposals=_proposals(facts, lang),
        definitions=definitions(facts, lang),
        margins=(" · ".join(stamps(facts, lang, secret=secret)), footer(facts, lang)),
    )


def _by_province(facts: Facts) -> pd.DataFrame:
    """Sum the people of the report's provinces; of a single commune no province is told."""
    if facts.level == "commune":
        return facts.communes.iloc[:0]
    columns = ["people", *(f"{one.key}_lacking" for one in facts.services), "lacking"]
    return facts.communes.groupby("province_code")[columns].sum(min_count=1)


def _people(table: pd.DataFrame, hidden: pd.DataFrame | None, facts: Facts, lang: Lang) -> Told:
    names = {"people": text("People (people data)", lang)}
    for one in facts.services:
        names[f"{one.key}_lacking"] = text("People without {service}", lang, service=one.name(lang))
    names["lacking"] = text("Persons who lack a service", lang)
    told = table.reindex(columns=list(names)).astype("Int64").rename(columns=names)
    if hidden is None:
        return Told(told)
    marks = hidden.reindex(index=table.index, columns=list(names), fill_value=False)
    return Told(told, marks.rename(columns=names))


def _proposals(facts: Facts, lang: Lang) -> Told:
    upgrades = facts.upgrades
    services = {one.key: voice.capital(one.name(lang)) for one in facts.services}
    gained, cost = text("People served anew", lang), text("Cost (million VND)", lang)
    each = text("Cost per person and service (thousand VND)", lang)
    people = upgrades["gained"].astype(float)
    table = pd.DataFrame(
        {
            text("Order", lang): upgrades["rank"],
            text("Proposal", lang): upgrades.index.astype("str"),
            text("Solution", lang): [kind_name(kind, lang) for kind in upgrades["kind"]],
            text("Service", lang): [services.get(key, key) for key in upgrades["service"]],
            text("Commune code", lang): upgrades["commune_code"],
            text("Commune", lang): upgrades["commune_name"],
            text("Province or city", lang): upgrades["province_name"],
            gained: upgrades["gained"],
            cost: upgrades["cost_million"],
            each: (1_000.0 * upgrades["cost_million"] / people.where(people > 0)).round(1),
            text("Waits for", lang): upgrades["depends_on"].str.replace(";", ", ", regex=False),
        },
        index=upgrades.index,
    )
    few = upgrades["few"]
    return Told(table, pd.DataFrame({gained: few, each: few}) if few.any() else None)
