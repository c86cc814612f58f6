"""Two results side by side: where each place was, and where it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from . import measures
from ._chart_classes import title_of
from ._chart_page import Head, page, place_of, scaled, size_in
from ._chart_rows import MOST_ROWS, NAME_IN, column, only, row_axes, short_name, size_for
from ._chart_type import SOFT, drawable, shortened
from .chart_words import of_number, say, signed, units
from .measures import Measure
from .words import Lang, number, word

_BETTER, _WORSE = measures.SERVICE_COLORS["mobile"], measures.OTHER_COLORS[1]
_SAME: Final = "#8d9298"
_STILL: Final = 0.05
"""A smaller change (points, percent, people) is none: it is written as 0.0."""
_CHANGE_IN: Final = 0.75


def compared(
    before: pd.DataFrame, after: pd.DataFrame, key: str, name: str
) -> tuple[pd.DataFrame, int]:
    """Join two tables by their codes: name, before, after; and count what cannot be compared."""
    if not len(before.index.intersection(after.index)):
        raise ValueError("the two results have no place in common: compare results of one area")
    every = before.index.union(after.index)
    joined = pd.DataFrame(
        {
            "name": after[name].reindex(every),
            "before": before[key].reindex(every).astype(float),
            "after": after[key].reindex(every).astype(float),
        }
    )
    rows = joined.dropna(subset=["before", "after"])
    return rows, len(joined) - len(rows)


def before_after(
    rows: pd.DataFrame,
    missing: int,
    measure: Measure,
    manifests: tuple[Mapping[str, Any], Mapping[str, Any]],
    lang: Lang,
    *,
    provinces: bool,
) -> Figure:
    """Draw the values before and after of rows as :func:`compared` gives them."""
    sign = -1.0 if measure.unit == "people" else 1.0
    rows = rows.assign(gain=sign * (rows["after"] - rows["before"]))
    rows = rows.sort_values("gain", ascending=False, kind="stable")
    largest = rows["gain"].abs().sort_values(ascending=False, kind="stable").head(MOST_ROWS).index
    shown = rows[rows.index.isin(largest)]
    head = _head(rows, len(shown), missing, measure, manifests, lang, provinces=provinces)
    room = page(size_for(len(shown)), head, manifests, lang)
    axes = row_axes(room, [short_name(str(name)) for name in shown["name"]], _CHANGE_IN)
    _scale(axes, shown, measure, lang)
    _dumbbells(axes, shown)
    digits = 0 if measure.unit == "people" else 1
    change = (shown["after"] - shown["before"]).tolist()
    column(axes, _CHANGE_IN, say("change", lang), [signed(each, lang, digits) for each in change])
    _legend(axes, manifests, lang, worse=bool((shown["gain"] <= -_STILL).any()))
    return room.figure


def _head(
    rows: pd.DataFrame,
    shown: int,
    missing: int,
    measure: Measure,
    manifests: tuple[Mapping[str, Any], Mapping[str, Any]],
    lang: Lang,
    *,
    provinces: bool,
) -> Head:
    places = units(len(rows), lang, provinces=provinces)
    up, down = int((rows["gain"] >= _STILL).sum()), int((rows["gain"] <= -_STILL).sum())
    counts = {"up": number(up, lang), "down": number(down, lang), "places": places}
    title = say("changed", lang, **counts) if up or down else say("unchanged", lang)
    notes = only("most_changed_only", shown, len(rows), lang)
    notes += (
        [of_number("not_comparable", missing, lang, n=number(missing, lang))] if missing else []
    )
    return Head(title, f"{place_of(manifests[1], lang)}. {title_of(measure, lang)}.", notes)


def _scale(axes: Axes, shown: pd.DataFrame, measure: Measure, lang: Lang) -> None:
    if measure.unit == "people":
        top = float(shown[["before", "after"]].to_numpy().max(initial=0.0)) * 1.05 or 1.0
        axes.set_xlim(0, top)
        scaled(axes, "x", top, ((1.0, ""),), lang)
        return
    axes.set_xlim(0, 100)
    ticks = range(0, 101, 20)
    texts = [number(tick, lang) for tick in ticks]
    percent = measure.unit == "pct"
    axes.set_xticks(ticks, labels=[word("percent", lang, n=t) if percent else t for t in texts])


def _dumbbells(axes: Axes, shown: pd.DataFrame) -> None:
    at, gain = np.arange(len(shown)), shown["gain"].to_numpy(dtype=float)
    colors = np.select([gain >= _STILL, gain <= -_STILL], [_BETTER, _WORSE], _SAME).tolist()
    old, new = shown["before"].to_numpy(dtype=float), shown["after"].to_numpy(dtype=float)
    axes.hlines(at, old, new, colors=colors, linewidth=2.2, alpha=0.55, zorder=2)
    axes.scatter(
        old, at, 24, facecolors="white", edgecolors=colors, linewidths=1.2, zorder=3, clip_on=False
    )
    axes.scatter(new, at, 28, c=colors, linewidths=0, zorder=4, clip_on=False)


def _legend(
    axes: Axes,
    manifests: tuple[Mapping[str, Any], Mapping[str, Any]],
    lang: Lang,
    *,
    worse: bool,
) -> None:
    names = [shortened(place_of(manifest, lang), 150, 8) for manifest in manifests]
    texts = [say("before", lang), say("after", lang)]
    if names[0] != names[1]:
        keys = ("before_named", "after_named")
        texts = [say(key, lang, title=name) for key, name in zip(keys, names, strict=True)]
    wide_in, tall_in = size_in(axes)
    dot: dict[str, Any] = {"marker": "o", "linestyle": "none", "markersize": 5.5}
    handles = [
        Line2D([], [], color=_BETTER, markerfacecolor="white", **dot),
        Line2D([], [], color=_BETTER, **dot),
    ]
    if worse:
        handles.append(Line2D([], [], color=_WORSE, **dot))
        texts.append(say("worse", lang))
    drawn = axes.legend(
        handles,
        [drawable(text) for text in texts],
        loc="lower left",
        bbox_to_anchor=(-NAME_IN / wide_in, 1 + 0.2 / tall_in),
        borderaxespad=0.1,
        borderpad=0.2,
        ncols=3,
        frameon=False,
        fontsize=8,
        labelcolor=SOFT,
        handletextpad=0.1,
        columnspacing=1.4,
    )
    for text in drawn.get_texts():
        text.set_parse_math(False)
