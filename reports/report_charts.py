"""The charts of a report: provinces against a target, what money buys, how the communes stand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from . import report_voice as voice
from .document import Block, Picture
from .report_facts import Facts
from .report_png import WIDTH_MM, png
from .words import Lang

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from .products import Result


@dataclass(frozen=True)
class Charts:
    """The charts of a report, by the part in which they stand."""

    situation: tuple[Block, ...] = ()
    results: tuple[Block, ...] = ()
    solutions: tuple[Block, ...] = ()


def charts_of(facts: Facts, lang: Lang) -> Charts:
    """Draw the charts of the body: provinces against a target and what money buys, or the communes.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> len(charts_of(cut(base(dz.demo(communes=4)), "province", "97"), "en").situation)
    1
    """
    from . import charts

    result = rounded(facts)
    if facts.level == "commune" or facts.whole.isna()["people"]:
        return Charts()
    if facts.level == "province":
        if facts.hidden is not None and bool(facts.hidden["people"].any()):
            return Charts()  # classes of communes would tell few people apart
        mark = result.communes["province_code"] == facts.code
        manifest = {**facts.manifest, "title": voice.capital(voice.place(facts, lang))}
        part = replace(result, communes=result.communes[mark], manifest=manifest)
        return Charts(situation=(_chart(charts.distribution(part, measure="all", lang=lang)),))
    lead = facts.of_type("mobile") or next(iter(facts.services), None)
    targets, plan = (), ()
    if lead is not None and lead.target_pct is not None and len(facts.units) > 1:
        targets = (_chart(charts.against_target(result, service=lead.key, lang=lang)),)
    if len(result.upgrades):
        plan = (_chart(charts.budget_curve(result, lang=lang)),)
    return Charts(results=targets, solutions=plan)


def rounded(facts: Facts) -> Result:
    """Give the charts the whole persons and the names of the tables, so that both say the same.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> facts = cut(base(dz.demo(communes=4)), "nation")
    >>> int(rounded(facts).communes["people"].sum()) == int(facts.whole["people"])
    True
    """
    result = facts.base.result
    communes = _told(result.communes, facts.base.communes, facts)
    if facts.level != "nation":
        return replace(result, communes=communes)
    return replace(result, communes=communes, provinces=_told(result.provinces, facts.units, facts))


def _told(table: gpd.GeoDataFrame, counted: pd.DataFrame, facts: Facts) -> gpd.GeoDataFrame:
    """Put what was counted into a table of places, where it has such columns."""
    names = {f"{one.key}_lacking_people": f"{one.key}_lacking" for one in facts.services}
    names["people"] = "people"
    rows = counted.reindex(table.index)
    figures = {name: rows[of].astype(float) for name, of in names.items() if name in table}
    return table.assign(**figures, province_name=rows["province_name"].astype("str"))


def _chart(figure: Figure) -> Picture:
    """Take over a chart; its heading says what it shows."""
    title = str(figure.get_label())
    return Picture(png(figure), title, title, WIDTH_MM)
