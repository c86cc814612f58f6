"""Classes of a measure: which value is in which, how they are written, and who lives in them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from . import measures
from ._chart_page import WIDE, Head, page, place_of, scaled
from ._chart_type import (
    FAINT,
    INK,
    SOFT,
    UNKNOWN_EDGE,
    UNKNOWN_FACE,
    UNKNOWN_HATCH,
    note,
    width_pt,
    wrapped,
)
from .catalogue import percent
from .chart_words import of_number, say
from .measures import Measure
from .words import LANGUAGES, Lang, number, word

PEOPLE_UNITS = ((1e6, "millions"), (1e3, "thousands_of"), (1.0, ""))
"""Sizes of the units that axes of people are written in, with their words."""
_BAR_PT = 54.0
_SHARE_AT, _PEOPLE_AT = 1, 3
"""The break that the title speaks of: 50 percent or points, 1,000 people."""


def chosen(measure: str, columns: Sequence[str], manifest: Mapping[str, Any]) -> Measure:
    """Find a measure by its name; the error lists what there is."""
    choices = measures.available(list(columns), manifest)
    key = measures.resolve(measure, choices)
    return next(choice for choice in choices if choice.key == key)


def class_of(values: pd.Series, measure: Measure) -> np.ndarray:
    """Number the class of each value from the lowest up; -1 is unknown."""
    plain = values.to_numpy(dtype=float, na_value=np.nan)
    found = np.searchsorted(measure.breaks, plain, side="right")
    return np.where(np.isnan(plain), -1, found)


def title_of(measure: Measure, lang: Lang) -> str:
    """Name a measure in full: a service's name alone does not say that it is a share."""
    label = measure.label[LANGUAGES.index(lang)]
    if measure.unit != "pct":
        return label
    name = label[:1].lower() + label[1:] if label[1:2].islower() else label
    return say("served_of", lang, name=name)


def value_text(value: float, measure: Measure, lang: Lang, digits: int = 0) -> str:
    """Write a value with its unit, where the unit is a percentage."""
    text = number(value, lang, digits)
    return word("percent", lang, n=text) if measure.unit == "pct" else text


def distribution(
    communes: pd.DataFrame, manifest: Mapping[str, Any], measure: Measure, lang: Lang
) -> Figure:
    """Draw how many people live in communes of each class."""
    place = class_of(communes[measure.key], measure)
    people = communes["people"].to_numpy(dtype=float, na_value=np.nan)
    slots = len(measure.colors) + bool((place < 0).any())
    at = np.where(place < 0, len(measure.colors), place)
    sums = np.bincount(at, weights=np.nan_to_num(people), minlength=slots)
    counts = np.bincount(at, minlength=slots)
    subtitle = ". ".join(
        [place_of(manifest, lang), title_of(measure, lang), word("darker", lang) + "."]
    )
    head = Head(_finding(measure, sums, lang), subtitle)
    room = page(WIDE, head, [manifest], lang)
    axes = room.axes(0.62, 0.55, room.width - 0.62, room.height - 0.75)
    _bars(axes, measure, sums, lang)
    _labels(axes, sums, counts, len(measure.colors), lang)
    return room.figure


def _bars(axes: Axes, measure: Measure, sums: np.ndarray, lang: Lang) -> None:
    known = len(measure.colors)
    axes.bar(range(known), sums[:known], 0.82, color=measure.colors, edgecolor=SOFT, linewidth=0.4)
    if len(sums) > known:
        axes.bar(
            known,
            sums[known],
            0.82,
            color=UNKNOWN_FACE,
            edgecolor=UNKNOWN_EDGE,
            hatch=UNKNOWN_HATCH,
            linewidth=0.6,
        )
    top = float(sums.max()) * 1.25 or 1.0
    axes.set_ylim(0, top)
    axes.set_xlim(-0.6, len(sums) - 0.4)
    unit = scaled(axes, "y", top, PEOPLE_UNITS, lang)
    label = say("people_axis", lang)
    label = say("unit_of", lang, what=label, unit=say(unit, lang)) if unit else label
    axes.set_ylabel(label, color=SOFT, fontsize=8)
    axes.set_axisbelow(True)
    axes.grid(axis="y", color=FAINT, linewidth=0.5)
    names = class_names(measure, lang) + [word("no_data", lang)] * (len(sums) - known)
    names = [name if "\n" in name else _halved(name) for name in names]
    axes.set_xticks(range(len(sums)), labels=names, color=INK)
    axes.tick_params(axis="x", length=0)


def _halved(name: str) -> str:
    """Break a name that is wider than its bar into two lines of about one length."""
    width = width_pt(name, 8)
    return name if width <= _BAR_PT else wrapped(name, 0.65 * width, 8, 2)


def _labels(axes: Axes, sums: np.ndarray, counts: np.ndarray, known: int, lang: Lang) -> None:
    """Write above each bar the share of all people, and how many communes it stands for."""
    total = float(sums.sum())
    small: dict[str, Any] = {"color": SOFT, "fontsize": 7.5}
    large: dict[str, Any] = {"color": INK, "fontsize": 9, "weight": "bold"}
    for at, (people, communes) in enumerate(zip(sums, counts, strict=True)):
        told = total and (at < known or people)  # people who are not known are not none
        share = percent(people, total, lang) if told else "–"
        few = of_number("communes", communes, lang, n=number(communes, lang))
        note(axes, few, (at, people), (0, 3), ha="center", va="bottom", **small)
        note(
            axes,
            share,
            (at, people),
            (0, 3 + 10 * (1 + few.count("\n"))),
            ha="center",
            va="bottom",
            **large,
        )


def class_names(measure: Measure, lang: Lang) -> list[str]:
    """Write the limits of each class."""
    texts = [value_text(limit, measure, lang) for limit in measure.breaks]
    between = [
        say("class_between", lang, low=low, high=high) for low, high in itertools.pairwise(texts)
    ]
    below, above = say("class_below", lang, n=texts[0]), say("class_from", lang, n=texts[-1])
    return [below, *between, above]


def _finding(measure: Measure, sums: np.ndarray, lang: Lang) -> str:
    """Say in one sentence how many live where much is lacking."""
    known = sums[: len(measure.colors)]
    if not known.sum():
        return say("nothing_known", lang)
    at = _PEOPLE_AT if measure.unit == "people" else _SHARE_AT
    low = known[: at + 1].sum()
    part = known.sum() - low if measure.unit == "people" else low
    key = {"people": "live_dead_from", "pct": "live_served_below", "points": "live_below"}
    share = percent(float(part), float(known.sum()), lang)
    told = say(
        key[measure.unit], lang, share=share, n=value_text(measure.breaks[at], measure, lang)
    )
    return told[:1].upper() + told[1:]
