"""Lines of a network: cables, power lines, roads."""

from __future__ import annotations

import geopandas as gpd

from .. import feeding, schema, vectors
from ..faults import BadInput
from ..source import Source


def read(source: Source) -> gpd.GeoDataFrame:
    """Read lines, with ``name`` and, of power lines, ``voltage_kv``.

    Options: ``max_kv`` and ``min_kv`` keep the lines of these voltages; a line of unknown voltage
    stays. For the weak points of the network: ``sources``, the rows that feed it; ``join_m``, over
    which distance a line that ends short of another is joined to it.

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
    >>> import shapely
    >>> lines = [shapely.LineString([(105, 21), (106, 21)])] * 2
    >>> table = gpd.GeoDataFrame({"voltage_kv": [22, 500]}, geometry=lines, crs=4326)
    >>> len(read(Source(table, "lines", options={"max_kv": 35})))
    1
    """
    table = vectors.read(source, "lines", {"LineString", "MultiLineString"})
    limits = {name: source.options[name] for name in ("min_kv", "max_kv") if name in source.options}
    if not limits:
        return _told(table, source)
    if "voltage_kv" not in table:
        meaning = "by which the study keeps rows"
        raise BadInput(schema.absent("voltage_kv", meaning, table, source.label))
    voltage = table["voltage_kv"]
    low, high = limits.get("min_kv", 0.0), limits.get("max_kv", float("inf"))
    rows = voltage.isna() | voltage.between(low, high)
    wanted = " and ".join(f"{name} = {value:g}" for name, value in limits.items())
    vectors.check_filter(voltage, rows, source, wanted=wanted, option=" and ".join(limits))
    return _told(table[rows], source)


def _told(table: gpd.GeoDataFrame, source: Source) -> gpd.GeoDataFrame:
    """Return a table; tell what is amiss with what the study says feeds it."""
    feeding.feeds(table, source.label, source.options, otherwise=False)
    return table
