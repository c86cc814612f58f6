"""People that do not come as a raster."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from .. import vectors
from ..source import Source


def read_points(source: Source) -> gpd.GeoDataFrame:
    """Read people counted at points, such as villages or buildings.

    Returns
    -------
    GeoDataFrame
        In EPSG:4326, with ``people`` (persons).

    Raises
    ------
    BadInput
        With all faults.

    Examples
    --------
    >>> table = pd.DataFrame({"people": [120], "lon": [103.1], "lat": [22.3]})
    >>> int(read_points(Source(table, "villages"))["people"].sum())
    120
    """
    return vectors.read(source, "people_points", {"Point"})


def read_totals(source: Source) -> pd.DataFrame:
    """Read a total of people a commune.

    Returns
    -------
    DataFrame
        ``people`` (persons, NaN where unknown), indexed by ``commune_code``, in the source's order.

    Raises
    ------
    BadInput
        With all faults, duplicate codes among them.

    Examples
    --------
    >>> table = pd.DataFrame({"commune_code": ["00004"], "people": [65023]})
    >>> int(read_totals(Source(table, "totals")).loc["00004", "people"])
    65023
    """
    table = vectors.read_table(source, "commune_totals")
    return table.set_index("commune_code")[["people"]]
