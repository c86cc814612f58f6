"""The page of a chart: heading, band for made-up data, notes and sources around a free room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from . import catalogue
from ._chart_type import FAINT, INK, SOFT, drawable, wrapped, write
from .chart_words import say
from .words import LANGUAGES, WORDS, Lang, number, word

WIDE: Final = (7.5, 4.8)
"""Width and height in inches: half a page of A4."""
TALL: Final = (7.5, 9.8)
"""Width and height in inches: a page of A4."""
MARGIN_IN: Final = 0.35
_POINTS: Final = 72.0
"""To the inch."""
_BAND_FACE, _BAND_INK = "#ffe8a3", "#5a3d00"
_UNDATED: Final = ""


@dataclass(frozen=True)
class Head:
    """What stands around a chart.

    Attributes
    ----------
    title, subtitle : str
        A sentence that says what is found; what is drawn.
    notes : sequence of str
        Sentences for below the chart.
    """

    title: str
    subtitle: str
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Page:
    """A figure and the room that is free in it, in inches from its lower left corner."""

    figure: Figure
    left: float
    bottom: float
    width: float
    height: float

    def axes(self, left: float, bottom: float, width: float, height: float) -> Axes:
        """Add axes at a place in the room, inches."""
        across, up = self.figure.get_size_inches()
        box = (
            (self.left + left) / across,
            (self.bottom + bottom) / up,
            width / across,
            height / up,
        )
        axes = self.figure.add_axes(box)
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=8, colors=SOFT, labelcolor=SOFT, width=0.6, length=3)
        return axes


def page(
    size: tuple[float, float], head: Head, manifests: Sequence[Mapping[str, Any]], lang: Lang
) -> Page:
    """Make a figure with all that every chart carries, and tell which room is left."""
    across, up = size
    figure = Figure(figsize=size, facecolor="white")
    figure.set_label(drawable(head.title))
    room = across - 2 * MARGIN_IN
    top = _stacked(figure, head.title, up - 0.3, 13.0, 2, weight="bold", color=INK)
    top = _stacked(figure, head.subtitle, top - 0.07, 8.5, 2, color=SOFT)
    if any(bool(manifest.get("synthetic")) for manifest in manifests):
        top = _band(figure, top - 0.1, lang)
    below = wrapped(_source(manifests, lang), room * _POINTS, 6.5, 4)
    notes = [wrapped(note, room * _POINTS, 7.5, 2) for note in head.notes]
    bottom = 0.25 + _height(below, 6.5)
    write(
        figure,
        MARGIN_IN / across,
        bottom / up,
        below,
        fontsize=6.5,
        color=SOFT,
        va="top",
        linespacing=1.3,
    )
    bottom += 0.1
    rule = [MARGIN_IN / across, 1 - MARGIN_IN / across]
    figure.add_artist(Line2D(rule, [bottom / up] * 2, color=FAINT, linewidth=0.6))
    for note in reversed(notes):
        bottom += _height(note, 7.5) + 0.07
        write(
            figure,
            MARGIN_IN / across,
            bottom / up,
            note,
            fontsize=7.5,
            color=INK,
            va="top",
            linespacing=1.3,
        )
    bottom += 0.12
    return Page(figure, MARGIN_IN, bottom, room, top - 0.12 - bottom)


def _height(text: str, size: float) -> float:
    """Height of lines of text, inches."""
    return (text.count("\n") + 1) * size * 1.36 / _POINTS if text else 0.0


def _stacked(figure: Figure, text: str, top: float, size: float, lines: int, **style: Any) -> float:
    """Write text below a height, and give the height below it; inches."""
    across, up = figure.get_size_inches()
    room = (across - 2 * MARGIN_IN) * _POINTS
    fitted = wrapped(text, room, size, lines, style.get("weight", "normal"))
    write(
        figure,
        MARGIN_IN / across,
        top / up,
        fitted,
        fontsize=size,
        va="top",
        linespacing=1.25,
        **style,
    )
    return float(top - _height(fitted, size))


def _band(figure: Figure, top: float, lang: Lang) -> float:
    across, up = figure.get_size_inches()
    tall = 0.26
    width = 1 - 2 * MARGIN_IN / across
    corner = (MARGIN_IN / across, (top - tall) / up)
    figure.add_artist(Rectangle(corner, width, tall / up, facecolor=_BAND_FACE, edgecolor="none"))
    write(
        figure,
        0.5,
        (top - tall / 2) / up,
        word("synthetic_band", lang),
        fontsize=9.5,
        weight="bold",
        color=_BAND_INK,
        ha="center",
        va="center_baseline",
    )
    return float(top - tall)


def _source(manifests: Sequence[Mapping[str, Any]], lang: Lang) -> str:
    """Name the owners with the dates of their layers, and the weakest evidence."""
    dates: dict[str, list[str]] = {}
    for manifest in manifests:
        for layer in manifest.get("layers", {}).values():
            told = catalogue.owner(layer, lang) or say("owner_unknown", lang)
            owner = " ".join(told.split())
            day = _date(layer.get("date"), lang)
            if day not in dates.setdefault(owner, []):
                dates[owner].append(day)
    named = [
        f"{owner} ({', '.join(told)})" if (told := [date for date in each if date]) else owner
        for owner, each in dates.items()
    ]
    evidence = dict.fromkeys(str(manifest.get("evidence") or "") for manifest in manifests)
    known = [word(each, lang) if each in WORDS else each for each in evidence if each]
    lines = [say("evidence", lang, evidence=", ".join(known))] if known else []
    lines += [say("source", lang, layers="; ".join(named))] if named else []
    return " ".join(lines)


def _date(value: object, lang: Lang) -> str:
    try:
        day = value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))
    except ValueError:
        return _UNDATED
    return catalogue.date(day, lang)


def size_in(axes: Axes) -> tuple[float, float]:
    """Measure axes on paper: width and height, inches."""
    return float(axes.bbox.width / axes.figure.dpi), float(axes.bbox.height / axes.figure.dpi)


def place_of(manifest: Mapping[str, Any], lang: Lang) -> str:
    """Name what a result is about."""
    return catalogue.title(manifest, lang) or "deadzones"


def checked(lang: Lang) -> Lang:
    """Refuse a language that charts are not written in."""
    if lang not in LANGUAGES:
        raise ValueError(f"no language {lang!r}: choose one of {', '.join(LANGUAGES)}")
    return lang


def scaled(
    axes: Axes, side: str, top: float, units: Sequence[tuple[float, str]], lang: Lang
) -> str:
    """Set a scale from zero with a language's numbers, and give the name of its unit.

    ``units`` are (size, name), largest first; the largest that the scale reaches twice is taken.
    """
    size, name = next((unit for unit in units if top >= 2 * unit[0]), units[-1])
    ticks = MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]).tick_values(0, top / size)
    ticks = [float(value) for value in ticks if 0 <= value <= top / size * 1.001]
    digits = 0 if all(float(value).is_integer() for value in ticks) else 1
    digits = digits if all(round(value, digits) == round(value, 6) for value in ticks) else 2
    labels = [number(value, lang, digits) for value in ticks]
    axis = axes.xaxis if side == "x" else axes.yaxis
    axis.set_ticks([value * size for value in ticks], labels=labels)
    return name
