"""Commune boundaries."""

from __future__ import annotations

import geopandas as gpd

from .. import schema, vectors
from ..faults import BadInput, Fault
from ..grid import EQUAL_AREA
from ..source import Source

_LEAST_KM2 = 1e-6
"""One square metre: what is smaller is no commune, but a slip of a pen."""


def read(source: Source) -> gpd.GeoDataFrame:
    """Read communes: polygons with codes and names.

    Parameters
    ----------
    source : Source
        Columns of the table ``communes`` in the data dictionary.

    Returns
    -------
    GeoDataFrame
        In EPSG:4326, indexed by ``commune_code`` and in its order; ``area_km2`` is that of the
        polygon on the ellipsoid, whatever the file says.

    Raises
    ------
    BadInput
        With all faults, duplicate codes among them.

    Examples
    --------
    >>> import shapely
    >>> row = {"commune_code": ["00004"], "commune_name": ["Phường Ba Đình"]}
    >>> row |= {"province_code": ["01"], "province_name": ["Hà Nội"]}
    >>> table = gpd.GeoDataFrame(row, geometry=[shapely.box(105, 21, 105.1, 21.1)], crs=4326)
    >>> read(Source(table, "communes"))["area_km2"].round(1).tolist()
    [115.1]
    """
    table = vectors.read(source, "communes", {"Polygon", "MultiPolygon"})
    receipt = table.attrs
    table = table[[*schema.columns("communes"), "geometry"]].set_index("commune_code").sort_index()
    table = table.assign(area_km2=table.geometry.to_crs(EQUAL_AREA).area / 1e6)
    _check_area(table, source.label)
    table.attrs = receipt
    return table


def _check_area(table: gpd.GeoDataFrame, file: str) -> None:
    codes = table.index[table["area_km2"] < _LEAST_KM2].tolist()
    if codes:
        found = "less than one square metre of land in " + ", ".join(codes[:10])
        wanted, repair = "communes with an area", "Mend or remove the rows."
        raise BadInput([Fault(file, found, wanted, repair, column="geometry")])
