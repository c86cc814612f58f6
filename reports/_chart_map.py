"""A page with the communes of a result by class: the map, its legend and, where there is one, an inset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import geopandas as gpd
from matplotlib.figure import Figure

from . import _chart_communes as ours
from . import sovereignty
from ._chart_classes import class_of, title_of
from ._chart_ground import ground
from ._chart_legend import legend, scale_bar
from ._chart_page import TALL, Head, page, place_of
from .chart_words import say, units
from .measures import Measure
from .words import Lang, word

_STRIP_IN: Final = 0.62
_INSET_IN: Final = (1.5, 1.85)
_GAP_IN: Final = 0.12


def choropleth(
    communes: gpd.GeoDataFrame,
    provinces: gpd.GeoDataFrame,
    manifest: Mapping[str, Any],
    measure: Measure,
    lang: Lang,
) -> Figure:
    """Draw communes by class; ``provinces`` are those of the same communes."""
    real = sovereignty.is_viet_nam(manifest, communes)
    view, wide = ours.view(communes, real=real)
    inset = real and not wide
    room = page(TALL, _head(provinces, len(communes), manifest, measure, lang), [manifest], lang)
    strip = _INSET_IN[1] if inset else _STRIP_IN
    size = (room.width, room.height - strip - _GAP_IN)
    window = ground(view, size)
    axes = ours.framed(room.axes(0, strip + _GAP_IN, *size), window)
    places = class_of(communes[measure.key], measure)
    ours.fill(axes, window, communes, places, measure)
    outlines = window.shapes(provinces)
    ours.borders(axes, window, outlines)
    taken = ours.isles(axes, window) if real and wide else []
    if len(provinces) == 1:
        shapes = window.shapes(communes)
        ours.names(axes, window, shapes, communes, "commune_name", taken=taken)
    else:
        ours.names(axes, window, outlines, provinces, "province_name", taken=taken)
    legend(room, strip, places, measure, lang)
    scale_bar(room, strip, window.m_per_pt, lang, low=inset)
    if inset:
        corner = room.axes(room.width - _INSET_IN[0], 0, *_INSET_IN)
        isles = ground(ours.ISLES, _INSET_IN)
        far = ours.among_isles(communes)
        ours.fill(ours.framed(corner, isles), isles, communes[far], places[far], measure)
        ours.isles(corner, isles)
    return room.figure


def _head(
    provinces: gpd.GeoDataFrame,
    communes: int,
    manifest: Mapping[str, Any],
    measure: Measure,
    lang: Lang,
) -> Head:
    place = place_of(manifest, lang)
    if len(provinces) == 1:
        name = provinces["province_name"].iloc[0]
        place = f"{name}: {units(communes, lang, provinces=False)}"
    title = say("by_commune", lang, measure=title_of(measure, lang))
    return Head(title, f"{place}. {word('darker', lang)}.")
