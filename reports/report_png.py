"""A figure as a picture for print: the same bytes each time."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH_MM: Final = 160.0
DPI: Final = 200.0
"""Dots to the inch of paper."""


def png(figure: Figure, width_mm: float = WIDTH_MM) -> bytes:
    """Write a figure as PNG for print at a width, without a date or a version.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    width_mm : float
        On paper: there it has 200 dots to the inch.

    Returns
    -------
    bytes

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> png(Figure(figsize=(2, 1)))[1:4]
    b'PNG'
    """
    from ._chart_type import drawing

    out = BytesIO()
    dpi = DPI * width_mm / 25.4 / float(figure.get_size_inches()[0])
    with drawing():
        about: dict[str, Any] = {"Software": None}
        figure.savefig(out, format="png", dpi=dpi, metadata=about, pil_kwargs={"compress_level": 4})
    return out.getvalue()
