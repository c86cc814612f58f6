"""Points of a network: fibre nodes, substations."""

from __future__ import annotations

import geopandas as gpd

from .. import vectors
from ..source import Source


def read(source: Source) -> gpd.GeoDataFrame:
    """Read points with ``node_id`` and ``name`` where there are any.

    Returns
    -------
    GeoDataFrame
        In EPSG:4326.

    Raises
    ------
    BadInput
        With all faults.

    Examples
    --------
    >>> import pandas as pd
    >>> len(read(Source(pd.DataFrame({"lon": [105.8], "lat": [21.0]}), "nodes")))
    1
    """
    return vectors.read(source, "nodes", {"Point", "MultiPoint"})
