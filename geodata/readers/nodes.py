"""Points of a network: fibre nodes, substations."""

from __future__ import annotations

import geopandas as gpd

from .. import feeding, vectors
from ..source import Source


def read(source: Source) -> gpd.GeoDataFrame:
    """Read points with ``node_id`` and ``name`` where there are any.

    Options, for the weak points of the network: ``sources``, the rows that feed it; ``snap_m``, how
    near to a line a point must be to be on it.

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
    table = vectors.read(source, "nodes", {"Point", "MultiPoint"})
    feeding.feeds(table, source.label, source.options, otherwise=True)  # tells what is amiss
    return table
