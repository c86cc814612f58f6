"""The map page of a result: ``draw`` makes a folium map that works without the internet.

Colours are listed, with the reason for each palette, in ``measures.py``.
"""

import base64
from collections.abc import Mapping
from dataclasses import asdict
from html import escape
from typing import Any, Protocol

import folium
import geopandas as gpd
import numpy as np

from ..geodata.rasters import Field
from . import (
    commune_layer,
    comparison_layer,
    first_view,
    map_about,
    measures,
    offline,
    overlays,
    province_page,
    relief_layer,
    result_names,
    signal_layer,
    sovereignty,
)
from .map_elements import PackedLayer, Page
from .overlays import Overlay
from .province_page import Rows
from .words import LANGUAGES, Lang, of_page

MIN_ZOOM, MAX_ZOOM = 4, 16


class Mapped(Protocol):
    """What a result must hold to be drawn; ``products.Result`` does.

    All tables are in EPSG:4326. ``assets`` and ``signal`` may be empty.
    """

    @property
    def communes(self) -> gpd.GeoDataFrame: ...  # noqa: D102 - named in the class
    @property
    def provinces(self) -> gpd.GeoDataFrame: ...  # noqa: D102
    @property
    def dead_zones(self) -> gpd.GeoDataFrame: ...  # noqa: D102
    @property
    def upgrades(self) -> gpd.GeoDataFrame: ...  # noqa: D102
    @property
    def villages(self) -> gpd.GeoDataFrame: ...  # noqa: D102
    @property
    def assets(self) -> gpd.GeoDataFrame: ...  # noqa: D102
    @property
    def network(self) -> gpd.GeoDataFrame: ...  # noqa: D102
    @property
    def differences(self) -> gpd.GeoDataFrame: ...  # noqa: D102
    @property
    def signal(self) -> Mapping[str, Field]: ...  # noqa: D102
    @property
    def relief(self) -> Field | None: ...  # noqa: D102
    @property
    def manifest(self) -> Mapping[str, Any]: ...  # noqa: D102


class OfflineMap(folium.Map):
    """A folium map that shows and saves itself as one page without the internet."""

    def _repr_html_(self, **kwargs: Any) -> str:  # noqa: ARG002 - folium's own signature
        return (
            f'<iframe srcdoc="{escape(offline.page(self))}" title="deadzones" '
            'style="width:100%;height:640px;border:0" allowfullscreen></iframe>'
        )

    def save(self, outfile: Any, close_file: bool = True, **kwargs: Any) -> None:  # noqa: ARG002, FBT001, FBT002 - folium's own signature
        """Save as ``offline.save`` does.

        Parameters
        ----------
        outfile
            Path of the page.
        close_file, **kwargs
            Taken for folium's sake; they change nothing.

        Examples
        --------
        >>> OfflineMap(tiles=None).save("map.html")
        """
        offline.save(self, outfile)


def draw(
    result: Mapped,
    *,
    measure: str = "score",
    province: str | None = None,
    lang: Lang = "vi",
    compare: Mapped | None = None,
    names: tuple[str, str] | None = None,
) -> OfflineMap:
    """Draw a result as one interactive page.

    Parameters
    ----------
    result
        A ``Result``, or anything with the same tables and manifest.
    measure
        What colours the communes at first: ``"score"``, ``"dead_people"``, ``"all_people_pct"``,
        a service such as ``"mobile"``, or any ``..._people_pct`` column. The page can switch.
    province
        Two-digit code of the one province to draw; None draws all.
    lang
        First language of the page, ``"vi"`` or ``"en"``. The page can switch.
    compare
        Another result to hold this one against: the state before a plan, an earlier date, another
        operator. The page then shows before, after and what changed, and who gained and lost.
    names
        What to call ``result`` and ``compare``, such as their folders, where the names of their
        studies are the same.

    Returns
    -------
    OfflineMap
        A ``folium.Map``: shows itself in a notebook, takes further folium layers, and is written
        with ``save``.

    Raises
    ------
    ValueError
        If there is no such measure, province or language; the message lists what there is.
    comparison.NotComparable
        A ``ValueError``: if the two results share no commune or no measure.

    Examples
    --------
    >>> import deadzones as dz
    >>> result = dz.demo(communes=4)
    >>> draw(result, measure="fibre", lang="en").save("map.html")
    >>> draw(result, compare=result).save("compared.html")
    """
    if lang not in LANGUAGES:
        raise ValueError(f"no language {lang!r}: choose one of {', '.join(LANGUAGES)}")
    choices = measures.available(list(result.communes.columns), result.manifest)
    manifest: Mapping[str, Any] = result.manifest
    if compare is not None:
        choices = comparison_layer.shared(choices, result, compare)
        manifest = comparison_layer.caution(manifest, compare.manifest)
        if measure == "score" and choices[0].key != measure:  # nobody asked for it: the default
            measure = choices[0].key
    first = measures.resolve(measure, choices)
    tables = _choose(result, province)
    shapes = np.asarray(tables.communes.geometry.array, dtype=object)
    detail = commune_layer.detail(shapes)
    settings = map_about.about(manifest) | {
        "lang": lang,
        "words": of_page(comparing=compare is not None),
        "measure": first,
        "measures": [asdict(choice) for choice in choices],
        "detail": asdict(detail),
        "province": province,
        "ranked": int(result.communes["rank"].notna().sum()),
        "nation": set(result.provinces.index) >= sovereignty.PROVINCE_CODES,
        "lacks_colors": measures.COMBINATION_COLORS,
        **first_view.extent(manifest, tables.communes),
    }
    if province is not None:  # pages of many provinces are told apart by their names
        settings["title"] = (str(tables.provinces["province_name"].iloc[0]),) * 2
    drawn = _empty_map()
    public = bool(manifest.get("public"))
    layers = _layers(tables, shapes, detail, public=public)
    layers += [] if public else _signal(result, tables.communes)
    layers += _relief(result, tables.communes)
    if compare is not None:
        held = comparison_layer.compare(tables, compare, choices, province, detail.precision_deg)
        layers += held.layers
        told = map_about.about(compare.manifest)
        settings["compare"] = held.settings | {
            "title": told["title"],
            "sources": told["sources"],
            "names": result_names.differing(result.manifest, compare.manifest, names),
            "study": map_about.about(result.manifest)["title"],
        }
    for layer in layers:
        layer.add_to(drawn)
    Page(settings).add_to(drawn)
    return drawn


def _empty_map() -> OfflineMap:
    return OfflineMap(
        tiles=None,
        zoom_control=False,
        attribution_control=True,
        zoom_snap=0.25,
        zoom_delta=0.5,
        min_zoom=MIN_ZOOM,
        max_zoom=MAX_ZOOM,
        font_size="13px",
    )


def _choose(result: Mapped, province: str | None) -> Rows:
    services = result.manifest.get("services", {})
    types = {key: str(about.get("type", key)) for key, about in services.items()}
    rows = Rows(
        result.communes,
        result.provinces,
        result.dead_zones,
        result.upgrades,
        result.villages,
        result.assets,
        overlays.planned(result.network, result.differences, types),
        result.manifest,
    )
    return rows if province is None else province_page.choose(rows, province)


def _layers(
    tables: Rows,
    shapes: np.ndarray[Any, Any],
    detail: commune_layer.Detail,
    *,
    public: bool,
) -> list[PackedLayer]:
    simple = commune_layer.simplify(shapes, detail.tolerance_deg)
    precision = detail.precision_deg
    codes = tables.communes["province_code"].to_numpy()
    provinces = [str(code) for code in tables.provinces.index]
    communes = commune_layer.communes(tables.communes, simple, provinces, precision)
    outlines = commune_layer.provinces(tables.provinces, simple, codes, precision)
    zones = {"share": _share(tables.dead_zones, tables.communes)}
    assets = [] if public or tables.planned.empty else overlays.assets(tables.planned, detail)
    assets += [] if public or tables.assets.empty else overlays.assets(tables.assets, detail)
    return [
        PackedLayer("communes", communes, {}),
        PackedLayer("provinces", outlines, {}),
        _overlay("zones", overlays.dead_zones(tables.dead_zones, detail, public=public), zones),
        _overlay("upgrades", overlays.upgrades(tables.upgrades, public=public)),
        _overlay("villages", overlays.villages(tables.villages)),
        *(_overlay("assets", packed, about) for about, packed in assets),
    ]


def _share(zones: gpd.GeoDataFrame, communes: gpd.GeoDataFrame) -> float:
    """Share of the land that dead zones cover; those of one province may reach beyond it."""
    land_km2 = float(communes["area_km2"].sum())
    return round(min(float(zones["area_km2"].sum()) / land_km2, 1.0), 4) if land_km2 else 0.0


def _overlay(role: str, packed: Overlay, about: Mapping[str, Any] | None = None) -> PackedLayer:
    counts = {"shown": packed.shown, "total": packed.total}
    return PackedLayer(role, packed.text, {**(about or {}), **counts})


def _signal(result: Mapped, communes: gpd.GeoDataFrame) -> list[PackedLayer]:
    found = signal_layer.pictures(result.signal, communes, result.manifest)
    return [
        PackedLayer("signal", base64.b64encode(picture.png).decode("ascii"), about)
        for about, picture in found
    ]


def _relief(result: Mapped, communes: gpd.GeoDataFrame) -> list[PackedLayer]:
    found = None if result.relief is None else relief_layer.picture(result.relief, communes)
    if found is None:
        return []
    png, bounds = found
    return [PackedLayer("relief", base64.b64encode(png).decode("ascii"), {"bounds": bounds})]
