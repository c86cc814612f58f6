"""Provinces against a service's target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure

from . import measures
from ._chart_page import Head, page, place_of
from ._chart_rows import MOST_ROWS, above, column, only, row_axes, short_name, size_for
from ._chart_type import INK, SOFT, UNKNOWN_EDGE, UNKNOWN_FACE, UNKNOWN_HATCH
from .catalogue import percent
from .chart_words import of_number, say
from .sovereignty import PROVINCE_CODES
from .words import LANGUAGES, Lang, number, word

_PALE: Final = 0.5
"""How much white there is in the colour of what misses its target."""
_VALUE_IN, _COUNT_IN = 0.82, 1.0
_BAR: Final = 0.7


def against_target(
    provinces: pd.DataFrame, manifest: Mapping[str, Any], service: str, lang: Lang
) -> Figure:
    """Draw the share of people served by province against a service's target."""
    target, key = target_pct(manifest, service), f"{service}_people_pct"
    rows = provinces.sort_values([key, "people"], ascending=[True, False], kind="stable")
    shown = rows.head(MOST_ROWS)
    room = page(
        size_for(len(shown)), _head(rows, service, target, manifest, lang), [manifest], lang
    )
    lacking = f"{service}_lacking_people"
    beside = _VALUE_IN + (_COUNT_IN if lacking in rows else 0.0)
    axes = row_axes(room, [short_name(str(name)) for name in shown["province_name"]], beside)
    axes.set_xlim(0, 100)
    ticks = range(0, 101, 20)
    axes.set_xticks(ticks, labels=[_percent(tick, lang) for tick in ticks])
    served = shown[key].to_numpy(dtype=float, na_value=np.nan)
    color = measures.service_color(measures.service_places(manifest["services"])[service])
    _bars(axes, served, target, color)
    values = [
        word("no_data", lang) if np.isnan(each) else percent(each, 100.0, lang) for each in served
    ]
    known = [text if np.isfinite(each) else "–" for text, each in zip(values, served, strict=True)]
    column(axes, _VALUE_IN, "", known)
    for row in np.flatnonzero(np.isnan(served)):
        note = axes.annotate(values[row], (50, row), ha="center", va="center", fontsize=8)
        note.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 1.5})
    if lacking in rows:
        people = shown[lacking].to_numpy(dtype=float, na_value=np.nan)
        told = ["–" if np.isnan(each) else number(each, lang) for each in people]
        column(axes, beside, say("without", lang), told, color=SOFT)
    _marks(axes, target, manifest.get("national", {}).get(key), _whole(provinces), lang)
    return room.figure


def target_pct(manifest: Mapping[str, Any], service: str) -> float:
    """Look up a service's target in percent of people."""
    services: Mapping[str, Any] = manifest.get("services", {})
    if service not in services:
        known = ", ".join(services) or "none"
        raise ValueError(f"no service {service!r} in this result: choose one of {known}")
    asked = manifest.get("study", {}).get("services", {}).get(service, {})
    target = services[service].get("target_pct", asked.get("target_pct"))
    if target is None:
        raise ValueError(f"no target of {service!r} in this result: run its study again")
    return float(target)


def _head(
    rows: pd.DataFrame, service: str, target: float, manifest: Mapping[str, Any], lang: Lang
) -> Head:
    names = measures.service_names(manifest)[service]
    met = int((rows[f"{service}_people_pct"] >= target).sum())
    title = of_number(
        "on_target",
        met,
        lang,
        name=names[LANGUAGES.index(lang)],
        met=number(met, lang),
        n=number(len(rows), lang),
        target=_percent(target, lang),
    )
    subtitle = say("served_by_province", lang, place=place_of(manifest, lang))
    notes = only("lowest_only", min(len(rows), MOST_ROWS), len(rows), lang)
    return Head(title, subtitle, notes)


def _percent(value: float, lang: Lang) -> str:
    """Write a percentage with as many decimals as it has, up to two."""
    digits = next((few for few in (0, 1) if round(value, few) == value), 2)
    return word("percent", lang, n=number(value, lang, digits))


def _bars(axes: Axes, served: np.ndarray, target: float, color: str) -> None:
    """Draw full colour where the target is met, a paler one where not, a hatch where unknown."""
    red, green, blue = (part + (1 - part) * _PALE for part in to_rgb(color))
    pale = to_hex((red, green, blue))
    at = np.arange(len(served))
    unknown = np.isnan(served)
    axes.barh(at, 100.0, _BAR, color="#f3f4f5", linewidth=0)
    for which, face in ((served >= target, color), (served < target, pale)):
        axes.barh(at[which], served[which], _BAR, color=face, linewidth=0)
    axes.barh(
        at[unknown],
        100.0,
        _BAR,
        color=UNKNOWN_FACE,
        edgecolor=UNKNOWN_EDGE,
        hatch=UNKNOWN_HATCH,
        linewidth=0.4,
    )


def _marks(axes: Axes, target: float, whole: float | None, name: str, lang: Lang) -> None:
    """Draw the target, and the average of the whole area where it is known."""
    ends = axes.get_ylim()
    axes.plot([target] * 2, ends, color=INK, linewidth=1.4, clip_on=False)
    text = say("target", lang, n=_percent(target, lang))
    above(axes, target, text, ha="right" if target > 50 else "left", color=INK, weight="bold")
    if whole is not None and np.isfinite(whole):
        axes.plot([whole] * 2, ends, color=INK, linewidth=0.9, linestyle=(0, (2, 2)))
        text = word(name, lang, n=percent(whole, 100.0, lang))
        above(axes, whole, text, line=1, ha="right" if whole > 50 else "left", color=SOFT)


def _whole(provinces: pd.DataFrame) -> str:
    return "national" if set(provinces.index) >= PROVINCE_CODES else "overall_mark"
