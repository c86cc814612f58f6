"""The map of a report's first page, small: people in dead zones by commune."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd

from . import report_voice as voice
from . import sovereignty
from .catalogue import text
from .document import Picture
from .report_facts import Facts
from .report_png import WIDTH_MM, png
from .words import Lang, number, word

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from ._chart_ground import Box
    from .measures import Measure

MEASURE: Final = "dead_people"
_MAP_IN: Final = (6.3, 3.15)
"""Width and height of the map of the first page: 160 by 80 mm."""
_GROUND_IN: Final = 4.3
"""Width of the ground; the key stands right of it."""
_ISLES_IN: Final = (1.3, 1.35)
_ROW_IN: Final = 0.175
"""Of the key: with it and a row for no data the key ends above the inset."""
_NAME_PT, _ISLES_PT = 6.0, 5.6
_MARK_PT: Final = 1.8
"""Border of the commune that the report is on."""


def map_of(facts: Facts, lang: Lang) -> Picture | None:
    """Draw the people in dead zones by commune; none where no commune has a border.

    On the real Viet Nam Hoàng Sa and Trường Sa are drawn and named: in their place on the nation's
    map, in an inset on a province's. The map of a commune is that of its province.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> map_of(cut(base(dz.demo(communes=4)), "nation"), "en").caption
    'People in dead zones by commune'
    """
    from ._chart_classes import chosen, title_of
    from ._chart_type import drawing

    communes = facts.base.result.communes
    if facts.level != "nation":
        code = str(facts.communes["province_code"].iloc[0])
        communes = communes[communes["province_code"] == code]
    geometry = communes.geometry
    if (geometry.isna() | geometry.is_empty).all() or MEASURE not in communes:
        return None
    measure = chosen(MEASURE, list(communes.columns), facts.manifest)
    title = title_of(measure, lang)
    with drawing():
        figure = _drawn(facts, communes, measure, lang)
    caption = text("{measure} by commune", lang, measure=title)
    alt = text(
        "Map of {place}: {measure} by commune; the darker, the more.",
        lang,
        place=voice.place(facts, lang),
        measure=title[:1].lower() + title[1:],
    )
    return Picture(png(figure), alt, caption, WIDTH_MM)


def _drawn(facts: Facts, communes: gpd.GeoDataFrame, measure: Measure, lang: Lang) -> Figure:
    from matplotlib.figure import Figure

    from . import _chart_communes as ours
    from ._chart_classes import class_of
    from ._chart_ground import ground

    figure = Figure(figsize=_MAP_IN, facecolor="white")
    real = sovereignty.is_viet_nam(facts.manifest, facts.base.result.communes)
    view, wide = ours.view(communes, real=real)
    window = ground(view, (_GROUND_IN, _MAP_IN[1]))
    axes = ours.framed(_axes(figure, (0, 0, _GROUND_IN, _MAP_IN[1])), window)
    places = class_of(communes[measure.key], measure)
    ours.fill(axes, window, communes, places, measure)
    whole = facts.base.result.provinces
    codes = communes["province_code"].unique()
    ours.borders(axes, window, window.shapes(whole[whole.index.isin(codes)]))
    if facts.level == "commune":
        marked = window.shapes(communes)[communes.index == facts.code]
        ours.borders(axes, window, marked, _MARK_PT)
    if real and wide:
        ours.isles(axes, window, _ISLES_PT)
    if facts.level != "nation":
        shapes = window.shapes(communes)
        ours.names(
            axes,
            window,
            shapes,
            communes,
            "commune_name",
            first=facts.code,
            size_pt=_NAME_PT,
        )
    _key(figure, places, measure, lang)
    if real and not wide:
        _inset(figure, communes, places, measure)
    return figure


def _axes(figure: Figure, box_in: Box) -> Any:
    across, up = _MAP_IN
    left, bottom, width, height = box_in
    return figure.add_axes((left / across, bottom / up, width / across, height / up))


def _inset(
    figure: Figure, communes: gpd.GeoDataFrame, places: NDArray[Any], measure: Measure
) -> None:
    from . import _chart_communes as ours
    from ._chart_ground import ground

    width, height = _ISLES_IN
    window = ground(ours.ISLES, _ISLES_IN)
    box = (_MAP_IN[0] - width - 0.05, 0.02, width, height)
    axes = ours.framed(_axes(figure, box), window)
    far = ours.among_isles(communes)
    ours.fill(axes, window, communes[far], places[far], measure)
    ours.isles(axes, window, _ISLES_PT)


def _key(figure: Figure, places: NDArray[Any], measure: Measure, lang: Lang) -> None:
    """Draw the classes from the highest down, and how many communes are in each."""
    from matplotlib.patches import Rectangle

    from ._chart_classes import class_names, title_of
    from ._chart_type import INK, SOFT, UNKNOWN_EDGE, UNKNOWN_FACE, UNKNOWN_HATCH, wrapped, write

    across, up = _MAP_IN
    axes = _axes(figure, (_GROUND_IN, 0, across - _GROUND_IN, up))
    axes.set(xlim=(0, across - _GROUND_IN), ylim=(0, up))
    axes.set_axis_off()
    title = wrapped(title_of(measure, lang), 120, 8, 2, "bold")
    write(axes, 0.12, up - 0.05, title, fontsize=8, weight="bold", va="top", color=INK)
    height = up - 0.05 - 0.16 * (title.count("\n") + 1)
    head, right = word("communes_count", lang), {"color": SOFT, "ha": "right"}
    write(axes, 1.9, height + 0.04, head, fontsize=6.5, va="top", **right)
    names = [" ".join(name.split()) for name in class_names(measure, lang)]
    told: list[tuple[str, dict[str, Any], int]] = [
        (names[at], {"facecolor": color}, int((places == at).sum()))
        for at, color in reversed(list(enumerate(measure.colors)))
    ]
    if (places < 0).any():
        unknown = {"facecolor": UNKNOWN_FACE, "edgecolor": UNKNOWN_EDGE, "hatch": UNKNOWN_HATCH}
        told.append((word("no_data", lang), unknown, int((places < 0).sum())))
    for at, (name, style, count) in enumerate(told, 1):
        foot = height - 0.03 - _ROW_IN * at
        middle = foot + _ROW_IN * 0.4
        face: dict[str, Any] = {"edgecolor": SOFT, "linewidth": 0.4} | style
        axes.add_patch(Rectangle((0.12, foot), 0.28, _ROW_IN * 0.75, **face))
        write(axes, 0.48, middle, name, fontsize=7, va="center", color=INK)
        write(axes, 1.9, middle, number(count, lang), fontsize=7, va="center", **right)
