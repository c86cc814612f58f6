"""The map of a report's first page, small: people in dead zones by commune."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import shapely

from . import report_voice as voice
from . import sovereignty
from .catalogue import text
from .document import Picture
from .report_facts import Facts
from .report_png import WIDTH_MM, png
from .words import Lang, number, word

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from ._chart_ground import Box, Ground
    from .measures import Measure

MEASURE: Final = "dead_people"
_MAP_IN: Final = (6.3, 3.15)
"""Width and height of the map of the first page: 160 by 80 mm."""
_GROUND_IN: Final = 4.3
"""Width of the ground; the key stands right of it."""
_ISLES_IN: Final = (1.3, 1.35)
_ROW_IN: Final = 0.175
"""Of the key: with it and a row for no data the key ends above the inset."""
_NAME_PT: Final = 6.0
_MOST_NAMES: Final = 24
_ISLET_PT2: Final = 12.0
"""A piece of land that covers less of the paper is an islet, square points."""
_WIDE_DEG: Final = 6.0
"""A view this wide has room for the archipelagos in their place."""


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

    from ._chart_classes import class_of
    from ._chart_ground import ground

    figure = Figure(figsize=_MAP_IN, facecolor="white")
    real = sovereignty.is_viet_nam(facts.manifest, facts.base.result.communes)
    view, wide = _view(communes, real=real)
    window = ground(view, (_GROUND_IN, _MAP_IN[1]))
    axes = _framed(figure, (0, 0, _GROUND_IN, _MAP_IN[1]), window)
    places = class_of(communes[measure.key], measure)
    shapes = window.shapes(communes)
    _fill(axes, shapes, places, measure)
    whole = facts.base.result.provinces
    codes = communes["province_code"].unique()
    outlines = window.shapes(whole[whole.index.isin(codes)])
    islet = _ISLET_PT2 * window.m_per_pt**2
    _lines(axes, outlines, 0.5, islet)
    if facts.level == "commune":
        _lines(axes, shapes[communes.index == facts.code], 1.8, 0.0)
    if real and wide:
        _isles(axes, window)
    if facts.level != "nation":
        _names(axes, window, communes, shapes, facts.code)
    _key(figure, places, measure, lang)
    if real and not wide:
        _inset(figure, communes, places, measure)
    return figure


def _view(communes: gpd.GeoDataFrame, *, real: bool) -> tuple[Box, bool]:
    """Choose the window, degrees; a province is drawn without its archipelago, which is an inset."""
    bounds = communes.geometry.bounds
    x, y = (bounds["minx"] + bounds["maxx"]) / 2, (bounds["miny"] + bounds["maxy"]) / 2
    west, south, east, north = sovereignty.BOUNDS
    far = x.between(west, east) & y.between(south, north)
    near = communes[~far] if real and not far.all() else communes
    left, bottom, right, top = (float(side) for side in near.total_bounds)
    wide = max(right - left, top - bottom) >= _WIDE_DEG
    if real and wide:
        return (min(left, west), min(bottom, south), max(right, east), max(top, north)), True
    return (left, bottom, right, top), wide


def _framed(figure: Figure, box_in: Box, window: Ground) -> Axes:
    from ._chart_type import FAINT

    across, up = _MAP_IN
    left, bottom, width, height = box_in
    axes = figure.add_axes((left / across, bottom / up, width / across, height / up))
    axes.set(xlim=window.frame[::2], ylim=window.frame[1::2], xticks=[], yticks=[])
    axes.spines[:].set(color=FAINT, linewidth=0.6)
    return axes


def _fill(axes: Axes, shapes: NDArray[Any], places: NDArray[Any], measure: Measure) -> None:
    from matplotlib.collections import PathCollection

    from ._chart_ground import path_of
    from ._chart_type import UNKNOWN_EDGE, UNKNOWN_FACE, UNKNOWN_HATCH

    drawn = ~shapely.is_empty(shapes)
    hair = 0.05 if len(shapes) > 500 else 0.3
    known, unknown = np.flatnonzero(drawn & (places >= 0)), np.flatnonzero(drawn & (places < 0))
    colors = [measure.colors[place] for place in places[known]]
    ground: dict[str, Any] = {"facecolors": colors, "edgecolors": "white", "linewidths": hair}
    hatched = {"facecolors": UNKNOWN_FACE, "edgecolors": UNKNOWN_EDGE, "hatch": UNKNOWN_HATCH}
    for rows, style in ((known, ground), (unknown, hatched | {"linewidths": hair})):
        if len(rows):
            paths = [path_of(shape) for shape in shapes[rows]]
            axes.add_collection(PathCollection(paths, **style), autolim=False)


def _lines(axes: Axes, shapes: NDArray[Any], width: float, islet: float) -> None:
    """Draw borders; pieces that are smaller than an islet would drown in their own line."""
    from matplotlib.collections import LineCollection

    from ._chart_type import INK

    pieces = shapely.get_parts(shapes)
    rings = shapely.get_rings(pieces[shapely.area(pieces) > islet])
    lines = [shapely.get_coordinates(ring) for ring in rings]
    for color, wide in (("white", width + 0.6), (INK, width)):
        axes.add_collection(LineCollection(lines, colors=color, linewidths=wide), autolim=False)


def _isles(axes: Axes, window: Ground) -> None:
    """Draw Hoàng Sa and Trường Sa with their names, each clear of its own islands."""
    from ._chart_type import INK, halo, write

    for at, isles in enumerate(sovereignty.ARCHIPELAGOS):
        dots = window.points(isles["islands"])  # pyright: ignore[reportArgumentType]
        axes.plot(dots[:, 0], dots[:, 1], ".", color=INK, markersize=2, linestyle="none")
        name, _, owner = str(isles["name"]).partition(" (")
        x = float((dots[:, 0].min() + dots[:, 0].max()) / 2)
        y, side = (dots[:, 1].max(), "bottom") if at else (dots[:, 1].min(), "top")
        away = 3.0 * window.m_per_pt
        write(
            axes, x, float(y) + (away if at else -away), f"{name}\n({owner}", fontsize=5.6,
            style="italic", ha="center", va=side, color=INK, path_effects=halo(), zorder=5,
        )  # fmt: skip


def _inset(
    figure: Figure, communes: gpd.GeoDataFrame, places: NDArray[Any], measure: Measure
) -> None:
    from ._chart_ground import ground

    width, height = _ISLES_IN
    window = ground(sovereignty.BOUNDS, _ISLES_IN)
    axes = _framed(figure, (_MAP_IN[0] - width - 0.05, 0.02, width, height), window)
    x = communes.geometry.bounds["minx"].to_numpy()
    far = x >= sovereignty.BOUNDS[0]
    if far.any():
        _fill(axes, window.shapes(communes[far]), places[far], measure)
    _isles(axes, window)


def _names(
    axes: Axes, window: Ground, communes: gpd.GeoDataFrame, shapes: NDArray[Any], first: str
) -> None:
    """Write names, a marked commune's and those of most people first; none touches another."""
    from ._chart_ground import middle_of
    from ._chart_rows import short_name
    from ._chart_type import INK, halo, width_pt, write

    taken: list[Any] = []
    frame = shapely.box(*window.frame)
    people = np.nan_to_num(communes["people"].to_numpy(dtype=float, na_value=np.nan))
    people[communes.index == first] = np.inf
    for row in np.argsort(-people, kind="stable"):
        spot = middle_of(shapes[row])
        if spot is None or len(taken) >= _MOST_NAMES:
            continue
        name = short_name(str(communes["commune_name"].iloc[row]))[:60]
        across = (width_pt(name, _NAME_PT) / 2 + 2) * window.m_per_pt
        up = (_NAME_PT * 0.6 + 1) * window.m_per_pt
        box = shapely.box(spot[0] - across, spot[1] - up, spot[0] + across, spot[1] + up)
        if not shapely.contains(frame, box) or any(shapely.intersects(box, one) for one in taken):
            continue
        taken.append(box)
        write(
            axes, *spot, name, fontsize=_NAME_PT, ha="center", va="center_baseline", color=INK,
            path_effects=halo(), zorder=5,
        )  # fmt: skip


def _key(figure: Figure, places: NDArray[Any], measure: Measure, lang: Lang) -> None:
    """Draw the classes from the highest down, and how many communes are in each."""
    from matplotlib.patches import Rectangle

    from ._chart_classes import class_names, title_of
    from ._chart_type import INK, SOFT, UNKNOWN_EDGE, UNKNOWN_FACE, UNKNOWN_HATCH, wrapped, write

    across, up = _MAP_IN
    axes = figure.add_axes((_GROUND_IN / across, 0, 1 - _GROUND_IN / across, 1))
    axes.set(xlim=(0, across - _GROUND_IN), ylim=(0, up))
    axes.set_axis_off()
    title = wrapped(title_of(measure, lang), 120, 8, 2, "bold")
    write(axes, 0.12, up - 0.05, title, fontsize=8, weight="bold", va="top", color=INK)
    height = up - 0.05 - 0.16 * (title.count("\n") + 1)
    write(
        axes,
        1.9,
        height + 0.04,
        word("communes_count", lang),
        fontsize=6.5,
        color=SOFT,
        ha="right",
        va="top",
    )
    names = [" ".join(name.split()) for name in class_names(measure, lang)]
    rows = [
        (names[at], {"facecolor": color}, int((places == at).sum()))
        for at, color in enumerate(measure.colors)
    ]
    unknown: dict[str, Any] = {
        "facecolor": UNKNOWN_FACE,
        "edgecolor": UNKNOWN_EDGE,
        "hatch": UNKNOWN_HATCH,
    }
    told: list[tuple[str, Mapping[str, Any], int]] = [*reversed(rows)]
    if (places < 0).any():
        told.append((word("no_data", lang), unknown, int((places < 0).sum())))
    for at, (name, style, count) in enumerate(told, 1):
        foot = height - 0.03 - _ROW_IN * at
        face: dict[str, Any] = {"edgecolor": SOFT, "linewidth": 0.4} | dict(style)
        axes.add_patch(Rectangle((0.12, foot), 0.28, _ROW_IN * 0.75, **face))
        write(axes, 0.48, foot + _ROW_IN * 0.4, name, fontsize=7, va="center", color=INK)
        write(
            axes,
            1.9,
            foot + _ROW_IN * 0.4,
            number(count, lang),
            fontsize=7,
            ha="right",
            va="center",
            color=SOFT,
        )
