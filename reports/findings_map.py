"""Where the boundaries of communes are amiss: the findings of an audit as a map."""

from __future__ import annotations

import html
from typing import Any, Final, cast

import folium
import geopandas as gpd
import shapely
from branca.element import Element, Figure
from jinja2 import Template

from ..geodata.boundaries import FAULTS
from ..geodata.vectors import WGS84
from . import sovereignty
from .maps import OfflineMap
from .words import Lang, number, word

COLOURS: Final = {"error": "#d55e00", "warning": "#e69f00", "note": "#0072b2"}
"""Of Okabe and Ito's palette for all kinds of colour vision."""
_AREA: Final = {"vi": "{area} m²", "en": "{area} m²"}
_TITLE: Final = {"vi": "Ranh giới: những điều đã thấy", "en": "Boundaries: what was found"}
_SEVERITIES: Final = {
    "error": {"vi": "lỗi", "en": "error"},
    "warning": {"vi": "cảnh báo", "en": "warning"},
    "note": {"vi": "ghi chú", "en": "note"},
}
_PRECISION: Final = 1e-6  # degrees, some 0.1 m


def layer(findings: gpd.GeoDataFrame, lang: Lang = "vi") -> folium.FeatureGroup:
    """Draw findings as a layer of a folium map.

    Parameters
    ----------
    findings : GeoDataFrame
        As :func:`deadzones.geodata.boundaries.audit` gives them.
    lang : {"vi", "en"}

    Returns
    -------
    folium.FeatureGroup
        A ring at each place, its shape, and on a click what it is.

    Examples
    --------
    >>> from deadzones.geodata import boundaries
    >>> boxes = [shapely.box(105, 21, 105.1, 21.1), shapely.box(105.09, 21, 105.2, 21.1)]
    >>> two = gpd.GeoDataFrame({"commune_code": ["00001", "00002"]}, geometry=boxes, crs=4326)
    >>> len(layer(boundaries.audit(two))._children) > 0
    True
    """
    group = folium.FeatureGroup(name=_TITLE[lang])
    placed = findings.to_crs(WGS84)
    # The worst come last, so that nothing hides them.
    for row in placed.iloc[::-1].to_dict("records"):
        colour, told = COLOURS[str(row["severity"])], _told(row, lang)
        whole = row[placed.geometry.name]
        if whole is not None and not whole.is_empty:
            shape = shapely.set_precision(whole, _PRECISION)
            if not shape.is_empty:  # as a strip of centimetres is then; its ring stays
                style = {"color": colour, "weight": 2, "fillOpacity": 0.5}
                folium.GeoJson(
                    shapely.to_geojson(shape),
                    style_function=lambda _, style=style: style,
                ).add_to(group)
            place = whole.representative_point()
            folium.CircleMarker(
                (place.y, place.x),
                radius=7,
                color=colour,
                weight=2,
                fill=False,
                popup=folium.Popup(told, max_width=280),
            ).add_to(group)
    return group


def draw(
    findings: gpd.GeoDataFrame,
    communes: gpd.GeoDataFrame,
    lang: Lang = "vi",
    *,
    made_up: bool = False,
) -> folium.Map:
    """Draw the findings over the communes that they touch.

    Parameters
    ----------
    findings : GeoDataFrame
        As :func:`deadzones.geodata.boundaries.audit` gives them.
    communes : GeoDataFrame
        Those that were audited, by code.
    lang : {"vi", "en"}
    made_up : bool
        Whether the communes are made up, which the map says.

    Returns
    -------
    folium.Map
        For :func:`deadzones.reports.offline.save`. On communes with the codes of Viet Nam's provinces
        Hoàng Sa and Trường Sa are drawn and named.

    Examples
    --------
    >>> from deadzones.geodata import boundaries
    >>> box = gpd.GeoDataFrame(index=["00001"], geometry=[shapely.box(105, 21, 106, 22)], crs=4326)
    >>> draw(boundaries.audit(box), box).get_bounds()
    [[21.0, 105.0], [22.0, 106.0]]
    """
    placed = communes.to_crs(WGS84)
    touched = placed.index.isin([*findings["code"], *findings["other_code"].dropna()])
    shown = placed[touched] if touched.any() else placed
    drawn = OfflineMap(tiles=None, prefer_canvas=True, attribution_control=False)
    if "province_code" in placed:
        folium.GeoJson(
            shapely.to_geojson(_provinces(placed)),
            style_function=lambda _: {"color": "#9aa7b2", "weight": 1, "fillColor": "#fff"},
        ).add_to(drawn)
    for code, shape in shown.geometry.items():
        outline = shapely.to_geojson(shapely.set_precision(shape, 1e-5))
        folium.GeoJson(
            outline,
            style_function=lambda _: {"color": "#7b8794", "weight": 1, "fillOpacity": 0.04},
            tooltip=html.escape(str(code)),
        ).add_to(drawn)
    layer(findings, lang).add_to(drawn)
    if "province_code" in placed and placed["province_code"].isin(sovereignty.PROVINCE_CODES).any():
        _archipelagos(drawn)
    cast("Figure", drawn.get_root()).html.add_child(
        Legend(_legend(findings, lang, made_up=made_up))
    )
    west, south, east, north = shown.total_bounds
    drawn.fit_bounds([[south, west], [north, east]])
    return drawn


class Legend(Element):
    """Text in a corner of the map: markup of ours, not read as a template."""

    _template = Template("{{ this.markup }}")

    def __init__(self, markup: str) -> None:
        super().__init__()
        self._name = "Legend"
        self.markup = markup


def _legend(findings: gpd.GeoDataFrame, lang: Lang, *, made_up: bool) -> str:
    counts = findings["severity"].value_counts()
    rows = "".join(
        f"<div><span style='display:inline-block;width:.7rem;height:.7rem;border-radius:50%;"
        f"border:2px solid {colour}'></span> {_SEVERITIES[severity][lang]}: "
        f"{number(int(counts.get(severity, 0)), lang)}</div>"
        for severity, colour in COLOURS.items()
    )
    rows += f"<div><b>{word('synthetic_band', lang)}</b></div>" if made_up else ""
    style = (
        "position:fixed;right:1rem;top:1rem;z-index:1000;background:#fff;padding:.5rem .8rem;"
        "border:1px solid #c3ccd4;border-radius:4px;font:14px/1.5 system-ui,sans-serif"
    )
    return f"<div style='{style}'><b>{_TITLE[lang]}</b>{rows}</div>"


def _provinces(communes: gpd.GeoDataFrame) -> shapely.Geometry:
    """Return the provinces as one shape: coarse, for the eye."""
    parts = [
        shapely.simplify(shapely.coverage_union_all(group.geometry.to_numpy()), 0.005)
        for _, group in communes.groupby("province_code")
    ]
    return shapely.set_precision(shapely.geometrycollections(parts), 1e-4, mode="pointwise")


def _archipelagos(drawn: folium.Map) -> None:
    archipelagos = cast("tuple[dict[str, Any], ...]", sovereignty.ARCHIPELAGOS)
    for one in archipelagos:
        lon, lat = one["label"]
        label = folium.DivIcon(html=f"<b style='white-space:nowrap'>{html.escape(one['name'])}</b>")
        folium.Marker((lat, lon), icon=label).add_to(drawn)
        for islet_lon, islet_lat in one["islands"]:
            folium.CircleMarker((islet_lat, islet_lon), radius=2, color="#52606d").add_to(drawn)


def _told(row: dict[str, Any], lang: Lang) -> str:
    codes = " / ".join(
        html.escape(str(row[key])) for key in ("code", "other_code") if _there(row[key])
    )
    area = _AREA[lang].format(area=number(float(row["area_m2"]), lang, 1))
    return f"<b>{html.escape(FAULTS[str(row['fault'])][lang])}</b><br>{codes}<br>{area}"


def _there(value: Any) -> bool:
    return isinstance(value, str) and bool(value)
