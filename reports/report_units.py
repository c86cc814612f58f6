"""The figures of an earlier result on the communes of a later one."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from ..geodata import crosswalk as crosswalks
from ..geodata import express as expressing
from . import comparison

_SAME_DEGREES = 1e-6
"""Corners that differ by less, some 0.1 m, are the same."""


@dataclass(frozen=True)
class Bridged:
    """What was counted earlier, by the codes of later communes.

    Attributes
    ----------
    counts : DataFrame
        Whole numbers; null where nothing of a commune was counted.
    estimated : Index
        Later communes into which parts of earlier ones went: their figures are shared out by area.
    only_after, only_before : Index
        Codes of communes that have no land in the other result.
    moved : bool
        Whether communes changed: settlements are then matched by place, not by code.
    """

    counts: pd.DataFrame
    estimated: pd.Index
    only_after: pd.Index
    only_before: pd.Index
    moved: bool


def bridge(after: gpd.GeoDataFrame, before: gpd.GeoDataFrame, counts: pd.DataFrame) -> Bridged:
    """Put counts of earlier communes on later ones.

    Parameters
    ----------
    after, before : GeoDataFrame
        Communes by code, EPSG:4326.
    counts : DataFrame
        Persons and other amounts by the codes of ``before``.

    Returns
    -------
    Bridged
        Where every code that both have names the same land, by code. Else by the area that earlier
        communes have in later ones: a code alone does not tell what it named at another date.

    Raises
    ------
    NotComparable
        When the two share no land.

    Examples
    --------
    >>> import shapely
    >>> old = gpd.GeoDataFrame(index=["1"], geometry=[shapely.box(105, 21, 107, 22)], crs=4326)
    >>> halves = [shapely.box(105, 21, 106, 22), shapely.box(106, 21, 107, 22)]
    >>> new = gpd.GeoDataFrame(index=["2", "3"], geometry=halves, crs=4326)
    >>> bridge(new, old, pd.DataFrame({"people": [300]}, index=["1"])).counts["people"].tolist()
    [150, 150]
    """
    if _same(after, before):
        met = comparison.match(after.index, before.index)
        found = counts.reindex(met.both)
        return Bridged(found, after.index[:0], met.only_after, met.only_before, moved=False)
    walk = crosswalks.crosswalk(_plain(before), _plain(after), weight="area")
    moved = walk[walk["new_code"].notna()]
    if moved.empty:
        raise comparison.NotComparable("the two results share no commune and no land")
    names = list(counts)
    told = expressing.express(counts.reindex(before.index), walk, counts=names)
    told = told[told.index.notna()]
    return Bridged(
        counts=told[names].round().astype("Int64"),
        estimated=told.index[(told["origin"] == expressing.ESTIMATED).to_numpy()],
        only_after=after.index.difference(told.index),
        only_before=before.index.difference(pd.Index(moved["old_code"])),
        moved=True,
    )


def placed(rows: gpd.GeoDataFrame, communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give settlements the code of the commune in which they lie.

    Parameters
    ----------
    rows : GeoDataFrame
        Points with ``commune_code``, EPSG:4326.
    communes : GeoDataFrame
        By code, EPSG:4326.

    Returns
    -------
    GeoDataFrame
        Those that lie in one.

    Examples
    --------
    >>> import shapely
    >>> land = gpd.GeoDataFrame(index=["2"], geometry=[shapely.box(0, 0, 1, 1)], crs=4326)
    >>> village = gpd.GeoDataFrame(
    ...     {"commune_code": ["1"]}, geometry=[shapely.Point(0.5, 0.5)], crs=4326
    ... )
    >>> placed(village, land)["commune_code"].tolist()
    ['2']
    """
    row, unit = communes.sindex.query(rows.geometry.to_numpy(), predicate="intersects")
    order = np.lexsort((unit, row))
    row, first = np.unique(row[order], return_index=True)
    return rows.iloc[row].assign(commune_code=communes.index.to_numpy()[unit[order][first]])


def _same(after: gpd.GeoDataFrame, before: gpd.GeoDataFrame) -> bool:
    """Tell whether each code that both have names the same land; none in common is no sign of it."""
    shared = after.index.intersection(before.index)
    if shared.empty or (len(shared) < len(after) and len(shared) < len(before)):
        return False
    here, there = after.geometry.loc[shared], before.geometry.loc[shared]
    return bool(here.geom_equals_exact(there, _SAME_DEGREES).all())


def _plain(communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=communes.geometry.make_valid())
