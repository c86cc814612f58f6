"""Who stands in the register: settlements, or clusters of people where a commune has none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..geodata.vectors import WGS84

if TYPE_CHECKING:
    from ..coverage.analysis import Tables

RECORDS: Final = ("place", "zone", "rest")
"""A settlement; people of a dead zone; the other people of a commune without settlements."""


def settlements(result: Tables) -> gpd.GeoDataFrame:
    """List the settlements of a result; of a commune without any, its clusters of people.

    People are whole persons from here on, so that what is printed adds up at every level.

    Parameters
    ----------
    result : Tables

    Returns
    -------
    GeoDataFrame
        Points in EPSG:4326 with ``record`` (one of ``RECORDS``), ``commune_code``, ``village``,
        ``kind``, ``households``, ``people``, ``power_supply`` (as surveyed), ``lacks`` and ``zone_id``
        (the dead zone in which it stands). The people of a commune without settlements are those of its dead zones, as far
        as they live in it, and one row for the rest: together the people of the commune.

    Examples
    --------
    >>> import deadzones as dz
    >>> rows = settlements(dz.demo(communes=4))
    >>> rows["record"].unique().tolist()
    ['place']
    """
    placed = _places(result)
    empty = result.communes.index.difference(placed["commune_code"])
    zoned = _zones(result.dead_zones, result.communes.loc[empty])
    parts = [placed, zoned, _rest(result.communes.loc[empty], zoned)]
    table = pd.concat([pd.DataFrame(part) for part in parts if len(part)] or [pd.DataFrame(placed)])
    order = table["record"].map({record: at for at, record in enumerate(RECORDS)})
    table = table.assign(order=order).sort_values(
        ["commune_code", "order", "village", "kind", "zone_id"], kind="stable", ignore_index=True
    )
    return gpd.GeoDataFrame(table.drop(columns="order"), geometry="geometry", crs=WGS84)


def whole(people: pd.Series) -> pd.Series:
    """Round people to whole persons; unknown stays unknown.

    Examples
    --------
    >>> whole(pd.Series([12.6, None])).tolist()
    [13, <NA>]
    """
    values = people.to_numpy(dtype=np.float64, na_value=np.nan)
    return pd.Series(np.rint(values), people.index).astype("Int64")


def _places(result: Tables) -> gpd.GeoDataFrame:
    places, zones = result.villages, result.dead_zones
    points = places.geometry.representative_point()
    row, zone = zones.sindex.query(points.to_numpy(), predicate="intersects")
    order = np.lexsort((zone, row))
    row, first = np.unique(row[order], return_index=True)
    within = np.full(len(places), None, dtype=object)
    within[row] = zones.index.to_numpy()[zone[order][first]]
    unknown = pd.Series(np.nan, places.index)
    table = {
        "record": "place",
        "commune_code": places["commune_code"],
        "village": places["name"],
        "kind": places.get("kind"),
        "households": whole(places.get("households", unknown)),
        "people": whole(places.get("people", unknown)),
        "power_supply": places.get("power_supply"),
        "lacks": places["lacks"],
        "zone_id": within,
    }
    return _table(table, points.to_numpy(), places.index)


def _zones(zones: gpd.GeoDataFrame, communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a row for each dead zone in each of these communes, with the people that live in it."""
    said = zones["communes"].astype("str").str.split(";").explode().dropna()
    parts = said.str.rsplit(":", n=1, expand=True).reindex(columns=[0, 1])
    parts = parts[parts[0].isin(communes.index)]
    home = zones.loc[parts.index]
    table = {
        "record": "zone",
        "commune_code": parts[0].to_numpy(),
        "village": None,
        "kind": None,
        "households": pd.array([pd.NA] * len(parts), dtype="Int64"),
        "power_supply": None,
        "people": _shares(parts[0], parts[1].astype(float), communes["people"]),
        "lacks": home["lacks"].to_numpy(),
        "zone_id": parts.index.to_numpy(),
    }
    land, wide = communes.geometry.make_valid(), zones.geometry.make_valid()
    points = _centres(wide.loc[parts.index].to_numpy(), land.loc[parts[0]].to_numpy())
    return _table(table, points, pd.RangeIndex(len(parts)))


def _centres(zones: np.ndarray, communes: np.ndarray) -> np.ndarray:
    """Return a point of each zone in its commune: a zone may reach over many."""
    there = shapely.intersection(zones, communes)
    return shapely.point_on_surface(np.where(shapely.is_empty(there), communes, there))


def _shares(code: pd.Series, people: pd.Series, all_people: pd.Series) -> Any:
    """Round people to whole persons so that those of a commune are never more than it has."""
    code, people = code.reset_index(drop=True), people.reset_index(drop=True)
    most = np.rint(code.map(all_people).fillna(np.inf).astype(float))
    so_far = pd.Series(np.minimum(np.rint(people.groupby(code).cumsum()), most))
    return (so_far - so_far.groupby(code).shift(fill_value=0.0)).astype("Int64").array


def _rest(communes: gpd.GeoDataFrame, zoned: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a row a commune for the people outside its dead zones, where there are such."""
    told = zoned.groupby("commune_code")["people"].sum()
    told = told.reindex(communes.index, fill_value=0).astype("Int64")
    people = (whole(communes["people"]) - told).clip(lower=0)
    kept = ~communes.index.isin(zoned["commune_code"]) | (people > 0).fillna(value=False)
    communes, people = communes[kept], people[kept]
    table = {
        "record": "rest",
        "commune_code": communes.index.to_numpy(),
        "village": None,
        "kind": None,
        "households": pd.array([pd.NA] * len(communes), dtype="Int64"),
        "people": people.array,
        "power_supply": None,
        "lacks": None,
        "zone_id": None,
    }
    points = communes.geometry.representative_point().to_numpy()
    return _table(table, points, pd.RangeIndex(len(communes)))


def _table(columns: Mapping[str, Any], points: np.ndarray, index: pd.Index) -> gpd.GeoDataFrame:
    table = gpd.GeoDataFrame(dict(columns), index=index, geometry=points, crs=WGS84)
    texts = ["record", "commune_code", "village", "kind", "power_supply", "lacks", "zone_id"]
    return table.astype(dict.fromkeys(texts, "str"))
