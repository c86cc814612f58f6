"""Declared or served areas."""

from __future__ import annotations

import geopandas as gpd

from .. import schema, vectors
from ..faults import BadInput
from ..source import Source


def read(source: Source) -> gpd.GeoDataFrame:
    """Read polygons inside which a service is declared, with ``operator`` and ``technology`` if given.

    Options: ``technology``, a list of those to keep.

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
    >>> table = gpd.GeoDataFrame(geometry=[shapely.box(105, 21, 106, 22)], crs=4326)
    >>> len(read(Source(table, "areas")))
    1
    """
    return of_technology(vectors.read(source, "polygons", {"Polygon", "MultiPolygon"}), source)


def of_technology(table: gpd.GeoDataFrame, source: Source) -> gpd.GeoDataFrame:
    """Keep the rows of the technologies that the layer's options name; all where they name none.

    Raises
    ------
    BadInput
        When there is no column to go by, or no row of these technologies.

    Examples
    --------
    >>> import shapely
    >>> table = gpd.GeoDataFrame({"technology": ["4G", "5G"]}, geometry=[shapely.Point(0, 0)] * 2)
    >>> len(of_technology(table, Source(table, "sites", options={"technology": ["5G"]})))
    1
    """
    wanted = source.options.get("technology")
    if wanted is None:
        return table
    if "technology" not in table:
        meaning = "by which the study keeps rows"
        raise BadInput(schema.absent("technology", meaning, table, source.label))
    names = [wanted] if isinstance(wanted, str) else list(wanted)
    column = table["technology"]
    rows, option = column.isin(names), "technology = ..."
    vectors.check_filter(column, rows, source, wanted=" or ".join(names), option=option)
    return table[rows]
