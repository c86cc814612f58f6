"""Commune boundaries."""

from __future__ import annotations

import geopandas as gpd

from .. import overlaps, schema, vectors
from ..faults import SHOWN_PER_KIND, BadInput, Fault
from ..grid import EQUAL_AREA
from ..source import Source

_LEAST_KM2 = 1e-6
"""One square metre: what is smaller is no commune, but a slip of a pen."""

MOST_OVERLAP = 0.01
"""Of the smaller commune's land: less is how borders are drawn, more counts people in two places."""


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
        With all faults: duplicate codes, and communes that overlap by more than ``MOST_OVERLAP``,
        among them.

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
    there = [name for name in schema.columns("communes") if name in table]
    table = table[[*there, "geometry"]].set_index("commune_code").sort_index()
    table = table.assign(area_km2=table.geometry.to_crs(EQUAL_AREA).area / 1e6)
    faults = _check_area(table, source.label)
    if not source.sound:
        faults += _check_overlaps(table, source.label)
    if faults:
        raise BadInput(faults)
    table.attrs = receipt
    return table


def _check_area(table: gpd.GeoDataFrame, file: str) -> list[Fault]:
    codes = table.index[table["area_km2"] < _LEAST_KM2].tolist()
    found = "less than one square metre of land in " + ", ".join(codes[:10])
    wanted, repair = "communes with an area", "Mend or remove the rows."
    return [Fault(file, found, wanted, repair, column="geometry")] if codes else []


def _check_overlaps(table: gpd.GeoDataFrame, file: str) -> list[Fault]:
    """Tell the pairs that overlap too much, the largest overlaps first."""
    pairs = overlaps.find(table)
    pairs = pairs[pairs["share"] > MOST_OVERLAP].sort_values("km2", ascending=False, kind="stable")
    wanted = f"communes that overlap by at most {MOST_OVERLAP:.0%} of the smaller one"
    repair = "Take one of the two out, or cut the overlap from one of them."
    codes = table.index.to_numpy()
    told = [
        f"{codes[one]} and {codes[other]} on the same {km2:.3g} km2, {share:.0%} of the smaller"
        for one, other, km2, share in pairs.itertuples(index=False)
    ]
    if len(told) > SHOWN_PER_KIND:
        rest = f"{len(told) - SHOWN_PER_KIND} more pairs of communes on the same land"
        told = [*told[:SHOWN_PER_KIND], f"{rest}, {pairs['km2'].sum():.3g} km2 in all"]
    return [Fault(file, found, wanted, repair, column="geometry") for found in told]
