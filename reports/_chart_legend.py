"""The strip below a drawn map: the classes with their limits, and the scale."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from ._chart_classes import value_text
from ._chart_page import Page
from ._chart_type import INK, SOFT, UNKNOWN_EDGE, UNKNOWN_FACE, UNKNOWN_HATCH, write
from .measures import Measure
from .words import Lang, number, word

_BOX_IN: Final = (0.5, 0.17)
_CAPTION_IN: Final = 0.75
_BOXES_DOWN_IN: Final = 0.36
"""From the top of the strip to the foot of the boxes."""
_BAR_IN: Final = 1.1
"""The scale bar is this long or shorter."""


def legend(room: Page, strip: float, places: NDArray[Any], measure: Measure, lang: Lang) -> None:
    """Draw the classes from the lowest up, their limits below, and above how many communes."""
    wide, tall = _BOX_IN
    classes = len(measure.colors)
    axes = _paper(room, 0, strip, 5.4)
    foot = strip - _BOXES_DOWN_IN
    text: dict[str, Any] = {"fontsize": 7, "color": SOFT}
    write(axes, 0, foot + tall + 0.05, word("communes_count", lang), va="bottom", **text)
    for at, color in enumerate(measure.colors):
        left = _CAPTION_IN + at * wide
        box = Rectangle((left, foot), wide, tall, facecolor=color, edgecolor=SOFT, linewidth=0.4)
        axes.add_patch(box)
        count = number(int((places == at).sum()), lang)
        write(axes, left + wide / 2, foot + tall + 0.05, count, ha="center", va="bottom", **text)
    for at, limit in enumerate(measure.breaks, 1):
        left = _CAPTION_IN + at * wide
        axes.plot([left] * 2, [foot - 0.03, foot], color=SOFT, linewidth=0.5)
        told = value_text(limit, measure, lang)
        write(axes, left, foot - 0.05, told, ha="center", va="top", fontsize=7, color=INK)
    unknown = int((places < 0).sum())
    if unknown:
        left = _CAPTION_IN + (classes + 0.35) * wide
        box = Rectangle((left, foot), wide, tall, facecolor=UNKNOWN_FACE, edgecolor=UNKNOWN_EDGE)
        box.set(hatch=UNKNOWN_HATCH, linewidth=0.6)
        axes.add_patch(box)
        middle = left + wide / 2
        write(
            axes,
            middle,
            foot + tall + 0.05,
            number(unknown, lang),
            ha="center",
            va="bottom",
            **text,
        )
        write(
            axes, middle, foot - 0.05, word("no_data", lang), ha="center", va="top", fontsize=7,
            color=INK,
        )  # fmt: skip


def scale_bar(room: Page, strip: float, m_per_pt: float, lang: Lang, *, low: bool) -> None:
    """Draw a scale of a round number of kilometres, right of the classes or below them."""
    km = round_length_km(_BAR_IN * 72 * m_per_pt / 1000)
    length = km * 1000 / m_per_pt / 72
    left = _CAPTION_IN if low else room.width - length - 0.3
    axes = _paper(room, 0, strip, room.width)
    foot = strip - _BOXES_DOWN_IN - (0.62 if low else 0.0)
    for half, face in enumerate((INK, "white")):
        corner = (left + half * length / 2, foot)
        axes.add_patch(
            Rectangle(corner, length / 2, 0.055, facecolor=face, edgecolor=INK, linewidth=0.6)
        )
    digits = 0 if km >= 1 else 1
    for at, text in ((left, "0"), (left + length, word("km", lang, n=number(km, lang, digits)))):
        write(axes, at, foot + 0.1, text, ha="center", va="bottom", fontsize=7, color=INK)


def round_length_km(most: float) -> float:
    """Find the longest of 1, 2, 5, 10 ... that is not longer."""
    power = 10.0 ** np.floor(np.log10(most))
    return float(next(step for step in (5, 2, 1) if step * power <= most) * power)


def _paper(room: Page, left: float, height: float, width: float) -> Axes:
    """Add axes without lines, measured in inches."""
    axes = room.axes(left, 0, width, height)
    axes.set_xlim(0, width)
    axes.set_ylim(0, height)
    axes.set_axis_off()
    return axes
