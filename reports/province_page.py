"""What the page of one province shows of a result: nothing of its neighbours.

Communes, upgrades and villages are chosen by code. Dead zones and the existing network are cut to
the province, so that what the page counts is what lies in it. A line to build is the province's
where its upgrade is, and is drawn whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import shapely

from ..geodata.grid import EQUAL_AREA
from . import overlays


@dataclass(frozen=True)
class Rows:
    """The rows of a result that one page shows, all in EPSG:4326.

    Attributes
    ----------
    communes, provinces, dead_zones, upgrades, villages, assets
        As in the result.
    planned
        What plans build; see ``overlays.planned``.
    manifest
        That of the whole result.
    """

    communes: gpd.GeoDataFrame
    provinces: gpd.GeoDataFrame
    dead_zones: gpd.GeoDataFrame
    upgrades: gpd.GeoDataFrame
    villages: gpd.GeoDataFrame
    assets: gpd.GeoDataFrame
    planned: gpd.GeoDataFrame
    manifest: Mapping[str, Any]


def choose(rows: Rows, province: str) -> Rows:
    """Keep what is of one province.

    Parameters
    ----------
    rows
        The rows of the whole result.
    province
        Two-digit code.

    Returns
    -------
    Rows
        Those of the province.

    Raises
    ------
    ValueError
        If there is no such province; the message lists those that there are.

    Examples
    --------
    >>> import deadzones as dz
    >>> it = dz.demo(communes=4)
    >>> rows = Rows(
    ...     it.communes,
    ...     it.provinces,
    ...     it.dead_zones,
    ...     it.upgrades,
    ...     it.villages,
    ...     it.assets,
    ...     overlays.planned(it.network, it.differences, {}),
    ...     it.manifest,
    ... )
    >>> code = rows.provinces.index[0]
    >>> set(choose(rows, code).communes["province_code"]) == {code}
    True
    """
    if province not in rows.provinces.index:
        known = ", ".join(rows.provinces.index.astype(str))
        raise ValueError(f"no province {province!r} in this result: choose one of {known}")
    communes = rows.communes[rows.communes["province_code"] == province]
    land = _land(communes)
    upgrades = _of(rows.upgrades, communes)
    return Rows(
        communes,
        rows.provinces.loc[[province]],
        zones_within(rows.dead_zones, communes),
        upgrades,
        _of(rows.villages, communes),
        cut(rows.assets, land),
        _planned(rows.planned, upgrades, land),
        rows.manifest,
    )


def zones_within(zones: gpd.GeoDataFrame, communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Keep what of the dead zones lies in some communes: their land, and the people there.

    Parameters
    ----------
    zones
        ``result.dead_zones``; without the column ``communes``, zones are taken whole.
    communes
        The communes.

    Returns
    -------
    GeoDataFrame
        Zones with ``people``, ``area_km2``, ``commune_code`` and ``communes`` of their part here.

    Examples
    --------
    >>> import deadzones as dz
    >>> result = dz.demo(communes=4)
    >>> len(zones_within(result.dead_zones, result.communes)) == len(result.dead_zones)
    True
    """
    if "communes" not in zones:
        return _of(zones, communes)
    shares = overlays.shares(zones["communes"])
    here = shares[shares["commune"].isin(communes.index)]
    people = here.groupby("zone")["people"].sum()
    most = here.sort_values("people", kind="stable").groupby("zone")["commune"].last()
    told = here.assign(text=here["commune"] + ":" + here["people"].map("{:.1f}".format))
    found = cut(zones.loc[zones.index.intersection(people.index)], _land(communes))
    return found.assign(
        people=people.reindex(found.index),
        commune_code=most.reindex(found.index),
        communes=told.groupby("zone")["text"].agg(";".join).reindex(found.index),
        area_km2=found.geometry.to_crs(EQUAL_AREA).area / 1e6,
    )


def cut(table: gpd.GeoDataFrame, land: Any) -> gpd.GeoDataFrame:
    """Keep the parts of shapes that lie on some land.

    Parameters
    ----------
    table
        Any shapes.
    land
        A polygon or multipolygon in the same CRS.

    Returns
    -------
    GeoDataFrame
        The rows that reach into the land, cut to it; what only touches its edge is left out.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> lines = gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 0.5), (9, 0.5)])])
    >>> cut(lines, shapely.box(0, 0, 1, 1)).length.tolist()
    [1.0]
    """
    if table.empty:
        return table
    shapely.prepare(land)
    shapes = table.geometry.to_numpy()
    near = table[shapely.intersects(land, shapes)]
    shapes = near.geometry.to_numpy()
    whole = shapely.covers(land, shapes)
    parts = shapes.copy()
    parts[~whole] = shapely.intersection(shapely.make_valid(shapes[~whole]), land)
    kept = shapely.get_dimensions(parts) >= shapely.get_dimensions(shapes)
    found = near.set_geometry(gpd.GeoSeries(parts, index=near.index, crs=near.crs))
    return found[kept & ~shapely.is_empty(parts)]


def _land(communes: gpd.GeoDataFrame) -> Any:
    return shapely.union_all(shapely.make_valid(communes.geometry.to_numpy()))


def _of(table: gpd.GeoDataFrame, communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return table[table["commune_code"].isin(communes.index)]


def _planned(planned: gpd.GeoDataFrame, upgrades: gpd.GeoDataFrame, land: Any) -> gpd.GeoDataFrame:
    """Lines whose upgrade stands here, and points that lie here."""
    lines = (planned["kind"] == "planned") & planned["name"].isin(upgrades.index)
    points = (planned["kind"] != "planned") & planned.geometry.intersects(land)
    return planned[lines | points]
