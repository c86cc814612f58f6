"""Settlements and anchor institutions."""

from __future__ import annotations

import geopandas as gpd

from .. import vectors
from ..source import Source


def read(source: Source) -> gpd.GeoDataFrame:
    """Read named points: settlements, schools, clinics, commune offices.

    Returns
    -------
    GeoDataFrame
        In EPSG:4326, with ``name`` and, where given, ``kind``, ``people``, ``households``,
        ``power_supply``, ``commune_code``.

    Raises
    ------
    BadInput
        With all faults.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"name": ["Bản Mơ"], "lon": [103.1], "lat": [22.3]})
    >>> read(Source(table, "places"))["name"].tolist()
    ['Bản Mơ']
    """
    places = vectors.read(source, "places", {"Point", "MultiPoint"})
    return places if "name" in places else places.assign(name=None)
