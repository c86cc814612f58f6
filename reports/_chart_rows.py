"""Charts with a row a place: the names, the rows and the columns of figures beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from matplotlib.axes import Axes

from ._chart_page import TALL, WIDE, Page, size_in
from ._chart_type import FAINT, INK, SOFT, shortened, write
from .chart_words import say
from .words import Lang, number

MOST_ROWS: Final = 40
"""More do not stand legibly on a page."""
_FEW_ROWS: Final = 10
"""So many or fewer stand on half a page."""
NAME_IN: Final = 1.45
_TOP_IN, _FOOT_IN = 0.42, 0.3
_ROW_IN: Final = 0.4
"""Height of a row where there is room."""

_PREFIXES: Final = (
    "Tỉnh ", "Thành phố ", "TP. ", "Xã ", "Phường ", "Đặc khu ", "Thị trấn ",
)  # fmt: skip


def short_name(name: str) -> str:
    """Leave out what kind of unit a place is.

    Examples
    --------
    >>> short_name("Tỉnh Lai Châu"), short_name("Huế")
    ('Lai Châu', 'Huế')
    """
    return next(
        (name.removeprefix(prefix) for prefix in _PREFIXES if name.startswith(prefix)), name
    )


def size_for(rows: int) -> tuple[float, float]:
    """Choose between half a page and a page."""
    return WIDE if rows <= _FEW_ROWS else TALL


def row_axes(room: Page, names: Sequence[str], beside_in: float) -> Axes:
    """Make axes with a named row a place, the first on top, and room for columns at the right."""
    rows = max(len(names), 1)
    free = room.height - _TOP_IN - _FOOT_IN
    tall = min(free, rows * _ROW_IN)
    axes = room.axes(NAME_IN, _FOOT_IN + free - tall, room.width - NAME_IN - beside_in, tall)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    for row, name in enumerate(names):
        write(
            axes,
            -0.012,
            row,
            shortened(name, (NAME_IN - 0.1) * 72, 8),
            transform=axes.get_yaxis_transform(),
            ha="right",
            va="center_baseline",
            fontsize=8,
            color=INK,
        )
    axes.set_axisbelow(True)
    axes.grid(axis="x", color=FAINT, linewidth=0.5)
    return axes


def column(
    axes: Axes, right_in: float, head: str, values: Iterable[str], *, color: str = INK
) -> None:
    """Write a column of figures, right-aligned so many inches right of the axes."""
    at = 1 + right_in / size_in(axes)[0]
    across = axes.get_yaxis_transform()
    above(axes, at, head, transform=across, ha="right", color=SOFT)
    for row, text in enumerate(values):
        write(
            axes,
            at,
            row,
            text,
            transform=across,
            ha="right",
            va="center_baseline",
            fontsize=8,
            color=color,
        )


def above(axes: Axes, x: float, text: str, *, line: int = 0, **style: object) -> None:
    """Write text over the first row, on a line so far up."""
    row_in = size_in(axes)[1] / abs(np.subtract(*axes.get_ylim()))
    up = -0.5 - (0.06 + 0.16 * line) / float(row_in)
    write(axes, x, up, text, va="bottom", **({"fontsize": 8} | style))


def only(key: str, shown: int, of: int, lang: Lang) -> list[str]:
    """Say that not all rows are drawn, where this is so."""
    return [say(key, lang, shown=number(shown, lang), n=number(of, lang))] if shown < of else []
