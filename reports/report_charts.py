"""The charts of a report: provinces against a target, what money buys, how the communes stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from . import report_voice as voice
from .document import Block, Picture
from .report_facts import Facts
from .report_png import WIDTH_MM, png
from .words import Lang

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def charts_of(facts: Facts, lang: Lang) -> Iterator[Block]:
    """Draw the charts of the body: provinces against a target and what money buys, or the communes.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> len(list(charts_of(cut(base(dz.demo(communes=4)), "province", "97"), "en")))
    1
    """
    from . import charts

    result = facts.base.result
    if facts.level == "commune" or facts.whole.isna()["people"]:
        return
    if facts.level == "province":
        if facts.hidden is not None and bool(facts.hidden["people"].any()):
            return  # classes of communes would tell few people apart
        mark = result.communes["province_code"] == facts.code
        manifest = {**facts.manifest, "title": voice.capital(voice.place(facts, lang))}
        part = replace(result, communes=result.communes[mark], manifest=manifest)
        yield _chart(charts.distribution(part, measure="all", lang=lang))
        return
    lead = facts.of_type("mobile") or next(iter(facts.services), None)
    if lead is not None and lead.target_pct is not None and len(facts.units) > 1:
        yield _chart(charts.against_target(result, service=lead.key, lang=lang))
    if len(result.upgrades):
        yield _chart(charts.budget_curve(result, lang=lang))


def _chart(figure: Figure) -> Picture:
    """Take over a chart; its heading says what it shows."""
    title = str(figure.get_label())
    return Picture(png(figure), title, title, WIDTH_MM)
