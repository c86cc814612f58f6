"""What there is already: sites, nodes, cables and lines, as one table."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from ..geodata.vectors import WGS84
from .inputs import Inputs

_KINDS = {"sites": "site", "nodes": "node", "lines": "line", "polygons": "area"}


def gather(inputs: Inputs) -> gpd.GeoDataFrame:
    """Put the vector layers of all services into one table.

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    GeoDataFrame
        In EPSG:4326: ``layer``, ``service`` (key in the study), ``kind`` (site, node, line or
        area), ``operator``, ``name``.

    Examples
    --------
    >>> import tempfile
    >>> from deadzones.coverage.inputs import load
    >>> from deadzones.coverage.study import Study
    >>> from deadzones.geodata import synthetic
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     inputs = load(Study.read(synthetic.country(folder, communes=1)))
    >>> sorted(gather(inputs)["service"].unique())
    ['fibre', 'mobile', 'power']
    """
    columns = ["layer", "service", "kind", "operator", "name", "geometry"]
    parts = [gpd.GeoDataFrame(columns=columns, geometry="geometry", crs=WGS84)]
    for service in inputs.study.services:
        for layer in inputs.of(service):
            if layer.spec.reader not in _KINDS:  # rasters, and what people measured
                continue
            table = layer.table
            part = gpd.GeoDataFrame(
                {
                    "layer": layer.name,
                    "service": service,
                    "kind": _KINDS[layer.spec.reader],
                    "operator": layer.spec.operator or _text(table, "operator"),
                    "name": _text(table, "name"),
                },
                index=table.index,
                geometry=table.geometry.to_numpy(),
                crs=WGS84,
            )
            parts.append(part)
    filled = [part for part in parts if len(part)] or parts
    return gpd.GeoDataFrame(pd.concat(filled, ignore_index=True), crs=WGS84)


def _text(table: gpd.GeoDataFrame, column: str) -> pd.Series:
    if column in table:
        return table[column].fillna("").astype("str")
    return pd.Series("", index=table.index, dtype="str")


def by_type(inputs: Inputs, assets: gpd.GeoDataFrame) -> dict[str, gpd.GeoDataFrame]:
    """Return the assets of each type of service that the study has a vector layer of.

    Examples
    --------
    >>> import tempfile
    >>> from deadzones.coverage.inputs import load
    >>> from deadzones.coverage.study import Study
    >>> from deadzones.geodata import synthetic
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     inputs = load(Study.read(synthetic.country(folder, communes=1)))
    >>> sorted(by_type(inputs, gather(inputs)))
    ['fibre', 'mobile', 'power']
    """
    found: dict[str, gpd.GeoDataFrame] = {}
    rules = inputs.study.services
    for kind in dict.fromkeys(rule.type for rule in rules.values()):
        keys = [key for key, rule in rules.items() if rule.type == kind]
        if any(not layer.is_raster for key in keys for layer in inputs.of(key)):
            found[kind] = assets[assets["service"].isin(keys)]
    return found


def clipped(assets: gpd.GeoDataFrame, communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Keep the assets near the communes: within their bounds and a tenth around.

    Examples
    --------
    >>> home = gpd.GeoDataFrame(geometry=[shapely.box(105, 21, 106, 22)], crs=4326)
    >>> points = gpd.GeoDataFrame(geometry=gpd.points_from_xy([105.5, 120], [21.5, 30]), crs=4326)
    >>> len(clipped(points, home))
    1
    """
    west, south, east, north = communes.total_bounds
    margin = 0.1 * max(east - west, north - south)
    box = shapely.box(west - margin, south - margin, east + margin, north + margin)
    return assets[assets.intersects(box)].reset_index(drop=True)
