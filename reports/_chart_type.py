"""The type of charts: one font on every machine, its glyphs and its widths."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patheffects import AbstractPathEffect, withStroke
from matplotlib.text import Text
from matplotlib.textpath import text_to_path

FONT: Final = "DejaVu Sans"
"""Comes with matplotlib and has every Vietnamese letter."""
INK, SOFT, FAINT = "#22262a", "#5b6167", "#d5d9dc"
"""Text; second text and axes; rules and tracks."""
UNKNOWN_FACE, UNKNOWN_EDGE, UNKNOWN_HATCH = "#ececec", "#8d9298", "/////"
"""No data: grey and hatched, so that it is no class in black and white either."""

_MOST_LETTERS: Final = 300
"""Of a word or name: no line of a page holds more."""

_STYLE: Final[dict[str, Any]] = {
    "font.family": FONT,
    "font.size": 8.0,
    "text.color": INK,
    "axes.edgecolor": SOFT,
    "axes.linewidth": 0.6,
    "axes.unicode_minus": True,
    "hatch.linewidth": 0.5,
    "path.simplify": False,
    "pdf.fonttype": 42,
    "svg.fonttype": "path",
    "svg.hashsalt": "deadzones",
}


@contextmanager
def drawing() -> Generator[None]:
    """Draw in our own style whatever the user's is, and leave the user's as it was."""
    looks: Any = {key: mpl.rcParamsDefault[key] for key in mpl.rcParamsDefault if _looks(key)}
    with mpl.rc_context(looks | _STYLE):
        yield


def _looks(key: str) -> bool:
    """Tell whether a setting is about looks, not about windows and programs."""
    return not key.startswith(("backend", "interactive", "toolbar", "tk.", "webagg.", "animation."))


def drawable(text: str) -> str:
    """Compose accents, and put a box for each letter that the font does not have."""
    letters = _letters()
    composed = unicodedata.normalize("NFC", text)
    return "".join(
        letter
        if letter == "\n" or ord(letter) in letters
        else " "
        if letter.isspace() or unicodedata.category(letter) in ("Cc", "Cf")
        else "□"
        for letter in composed
    )


@cache
def _letters() -> frozenset[int]:
    fonts = [FontProperties(family=FONT, weight=weight) for weight in ("normal", "bold")]
    maps = [font_manager.get_font(font_manager.findfont(font)).get_charmap() for font in fonts]
    return frozenset(maps[0]) & frozenset(maps[1])


def width_pt(text: str, size: float, weight: str = "normal") -> float:
    """Measure a line, in points."""
    font = FontProperties(family=FONT, size=size, weight=weight)
    return float(text_to_path.get_text_width_height_descent(drawable(text), font, ismath=False)[0])


def wrapped(text: str, room_pt: float, size: float, lines: int, weight: str = "normal") -> str:
    """Break text between words into at most so many lines; what does not fit ends in dots."""
    found = [""]
    words = [word[:_MOST_LETTERS] for word in drawable(text).split()]
    while words:
        word = words.pop(0)
        longer = f"{found[-1]} {word}".strip()
        if width_pt(longer, size, weight) <= room_pt:
            found[-1] = longer
        elif len(found) == lines or not found[-1]:
            found[-1] = _cut(longer, room_pt, size, weight)
            if len(found) == lines:
                break
            found.append("")
        else:
            found.append("")
            words.insert(0, word)
    return "\n".join(line for line in found if line)


def shortened(text: str, room_pt: float, size: float) -> str:
    """Cut a name that is too long for its place."""
    name = " ".join(drawable(text).split())[:_MOST_LETTERS]
    return name if width_pt(name, size) <= room_pt else _cut(name, room_pt, size, "normal")


def _cut(text: str, room_pt: float, size: float, weight: str) -> str:
    """Keep as many letters as there is room for, with dots behind them."""

    def width(letters: int) -> float:
        return width_pt(f"{text[:letters].rstrip()}…", size, weight)

    fits = bisect_right(range(min(len(text), _MOST_LETTERS) + 1), room_pt, key=width)
    return f"{text[: max(fits - 1, 0)].rstrip()}…"


def write(where: Axes | Figure, x: float, y: float, text: str, **style: Any) -> Text:
    """Write text as it is: a dollar sign is no formula."""
    return where.text(x, y, drawable(text), parse_math=False, **style)


def halo() -> list[AbstractPathEffect]:
    """Surround letters with white, so that they are read on any ground."""
    return [withStroke(linewidth=1.8, foreground="white")]


def note(
    axes: Axes, text: str, at: tuple[float, float], shift_pt: tuple[float, float], **style: Any
) -> Text:
    """Write text beside a point of the data, shifted by so many points of print."""
    style = {"fontsize": 8, "path_effects": halo()} | style
    written = axes.annotate(drawable(text), at, shift_pt, textcoords="offset points", **style)
    written.set_parse_math(False)
    return written
