"""Dead zones of two results: which are gone, which are new, and the old ones packed for the page.

A zone is gone or new where no zone of the other result shares land with it, whatever either lacks.
Only old zones that differ from every new one are packed; the others stand on the page already.
"""

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from . import packing

LEAST_SHARE = 0.01  # of the smaller zone; less is a sliver between neighbours, not shared land
LIMIT_BYTES = 1_000_000  # of base64 text: a nation's page that compares stays below 4 MB


def same(zones: gpd.GeoDataFrame, others: gpd.GeoDataFrame) -> "pd.Series[bool]":
    """Tell which zones stand unaltered among the others: the same land, lacking the same.

    Parameters
    ----------
    zones, others
        Dead zones with ``lacks``, in one CRS.

    Returns
    -------
    pandas.Series
        One truth value a zone, on the index of ``zones``.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> zones = gpd.GeoDataFrame({"lacks": ["power"]}, geometry=[shapely.box(0, 0, 1, 1)])
    >>> same(zones, zones.assign(lacks="mobile")).tolist()
    [False]
    """
    known = set(_keys(others))
    return pd.Series([key in known for key in _keys(zones)], index=zones.index, dtype=bool)


def met(zones: gpd.GeoDataFrame, others: gpd.GeoDataFrame) -> "pd.Series[bool]":
    """Tell which zones share land with any of the others.

    Parameters
    ----------
    zones, others
        Dead zones in one CRS.

    Returns
    -------
    pandas.Series
        One truth value a zone, on the index of ``zones``. Zones that only touch share no land.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> left = gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1, 1)])
    >>> met(left, left.translate(1, 0).to_frame("geometry")).tolist()
    [False]
    """
    ours, theirs = (_valid(table) for table in (zones, others))
    one, other = shapely.STRtree(theirs).query(ours, predicate="intersects")
    shared = shapely.area(shapely.intersection(ours[one], theirs[other]))
    smaller = np.minimum(shapely.area(ours[one]), shapely.area(theirs[other]))
    found = np.zeros(len(zones), dtype=bool)
    found[one[shared > LEAST_SHARE * smaller]] = True
    return pd.Series(found, index=zones.index)


def counts(after: gpd.GeoDataFrame, before: gpd.GeoDataFrame) -> dict[str, list[int]]:
    """Count the zones of both results and their people.

    Parameters
    ----------
    after, before
        Dead zones with ``people``, in one CRS.

    Returns
    -------
    dict
        ``before``, ``after``, ``gone`` and ``new``: how many zones, and how many people in them.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> zones = gpd.GeoDataFrame({"people": [60.0]}, geometry=[shapely.box(0, 0, 1, 1)])
    >>> counts(zones.iloc[:0], zones)["gone"]
    [1, 60]
    """
    tables = {
        "before": before,
        "after": after,
        "gone": before[~met(before, after)],
        "new": after[~met(after, before)],
    }
    return {name: [len(each), round(float(each["people"].sum()))] for name, each in tables.items()}


def marks(after: gpd.GeoDataFrame, before: gpd.GeoDataFrame) -> str:
    """Pack what the page must know of the zones that it draws already.

    Parameters
    ----------
    after, before
        Dead zones with ``lacks``, indexed by zone.

    Returns
    -------
    str
        Text for ``map_data.js``: ``id``, ``new`` and ``same``, without shapes.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> zones = gpd.GeoDataFrame({"lacks": ["power"]}, geometry=[shapely.box(0, 0, 1, 1)])
    >>> marks(zones, zones)[:2]
    'eN'
    """
    columns = {
        "id": packing.values(after.index.to_series()),
        "new": (~met(after, before)).tolist(),
        "same": same(after, before).tolist(),
    }
    return packing.pack(columns, np.full(len(after), None, dtype=object), 1.0)


def old(after: gpd.GeoDataFrame, before: gpd.GeoDataFrame, precision: float) -> str:
    """Pack the zones before that are no more as they were, those with most people if not all fit.

    Parameters
    ----------
    after, before
        Dead zones with ``lacks`` and ``people``, EPSG:4326.
    precision
        Unit of the stored coordinates, degrees.

    Returns
    -------
    str
        Text for ``map_data.js``.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> zones = gpd.GeoDataFrame(
    ...     {"lacks": ["power"], "people": [60.0]}, geometry=[shapely.box(0, 0, 1, 1)]
    ... )
    >>> old(zones.iloc[:0], zones, 1e-4)[:2]
    'eN'
    """
    part = before[~same(before, after)]
    gone = ~met(part, after)
    while True:
        columns = {
            "lacks": packing.values(part["lacks"]),
            "people": packing.values(part["people"], 0),
            "gone": gone.loc[part.index].tolist(),
        }
        text = packing.pack(columns, np.asarray(part.geometry.array, dtype=object), precision)
        if len(text) <= LIMIT_BYTES:
            return text
        share = 0.9 * LIMIT_BYTES / len(text)
        part = part.nlargest(int(share * len(part)), "people")


def _keys(zones: gpd.GeoDataFrame) -> list[tuple[str, bytes]]:
    shapes = shapely.to_wkb(shapely.normalize(np.asarray(zones.geometry.array, dtype=object)))
    return list(zip(zones["lacks"].astype(str), shapes, strict=True))


def _valid(table: gpd.GeoDataFrame) -> NDArray[Any]:
    return shapely.make_valid(np.asarray(table.geometry.array, dtype=object))
