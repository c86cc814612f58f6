"""The charts of a report: provinces against a target, what money buys, how the communes stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from . import report_voice as voice
from .catalogue import text
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

    What is published has no chart from which figures that are held back could be read.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> len(charts_of(cut(base(dz.demo(communes=4)), "province", "97"), "en").situation)
    1
    """
    if facts.level == "commune" or facts.whole.isna()["people"]:
        return Charts()
    title = voice.capital(voice.place(facts, lang))
    result = rounded(facts)
    result = replace(result, manifest={**result.manifest, "title": title})
    if facts.level == "province":
        return Charts(situation=tuple(_distribution(facts, result, lang)))
    return Charts(
        results=tuple(_targets(facts, result, lang)), solutions=tuple(_plan(facts, result, lang))
    )


def _distribution(facts: Facts, result: Result, lang: Lang) -> Iterator[Picture]:
    from . import charts

    if not _holds_back(facts, "people"):
        mark = result.communes["province_code"] == facts.code
        part = replace(result, communes=result.communes[mark])
        caption = text("People by the share of their commune who have every service", lang)
        yield _chart(charts.distribution(part, measure="all", lang=lang), caption)


def _targets(facts: Facts, result: Result, lang: Lang) -> Iterator[Picture]:
    from . import charts

    lead = facts.of_type("mobile") or next(iter(facts.services), None)
    if lead is None or lead.target_pct is None or len(facts.units) < 2:
        return
    if not _holds_back(facts, "people", f"{lead.key}_lacking"):
        caption = text(
            "Share of people with {service} by province and city, against the target",
            lang,
            service=lead.name(lang),
        )
        yield _chart(charts.against_target(result, service=lead.key, lang=lang), caption)


def _plan(facts: Facts, result: Result, lang: Lang) -> Iterator[Picture]:
    from . import charts

    few = facts.public and 0 < int(facts.upgrades["gained"].sum()) < facts.base.minimum
    if len(result.upgrades) and not few:
        caption = text("People served anew by the money that is spent", lang)
        yield _chart(charts.budget_curve(result, lang=lang), caption)


def _holds_back(facts: Facts, *columns: str) -> bool:
    """Tell whether any unit has such a figure that is held back."""
    return facts.hidden is not None and bool(facts.hidden[list(columns)].to_numpy().any())


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
    whole = facts.whole.to_frame().T
    shares = {f"{one.key}_people_pct": _share_pct(whole, one.key).iloc[0] for one in facts.services}
    known = {name: share for name, share in shares.items() if pd.notna(share)}
    return replace(
        result,
        communes=communes,
        provinces=_told(result.provinces, facts.units, facts),
        manifest={**result.manifest, "national": {**result.manifest["national"], **known}},
    )


def _told(table: gpd.GeoDataFrame, counted: pd.DataFrame, facts: Facts) -> gpd.GeoDataFrame:
    """Put what was counted into a table of places, where it has such columns."""
    names = {f"{one.key}_lacking_people": f"{one.key}_lacking" for one in facts.services}
    names["people"] = "people"
    rows = counted.reindex(table.index)
    figures = {name: rows[of].astype(float) for name, of in names.items() if name in table}
    figures |= {f"{one.key}_people_pct": _share_pct(rows, one.key) for one in facts.services}
    return table.assign(**figures, province_name=rows["province_name"].astype("str"))


def _share_pct(counted: pd.DataFrame, key: str) -> pd.Series:
    """Give the share of all people who have a service, as the sentences do; null where nothing is known."""
    served, unknown, people = (
        counted[name].astype(float) for name in (f"{key}_served", f"{key}_unknown", "people")
    )
    return 100.0 * served / people.where((people > 0) & (unknown < people))


def _chart(figure: Figure, caption: str) -> Picture:
    """Take over a chart: what is drawn stands below it, what is found in its heading."""
    return Picture(png(figure), f"{caption}: {figure.get_label()}.", caption, WIDTH_MM)
