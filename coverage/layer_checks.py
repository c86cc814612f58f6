"""The layers of a study held against each other: what does not fit is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from ..geodata import grid as grids
from ..geodata import rasters, zonal
from ..geodata.faults import Fault, of_rows
from ..geodata.rasters import Raster
from .services import SERVICES

if TYPE_CHECKING:
    from .inputs import LayerData
    from .study import Study


NEAR_DEGREES = 1.0
"""How far from the communes' bounds a layer of points, lines or areas may begin: some 110 km, more
than any service reaches and less than a slip of the coordinate system moves."""


_BY_CODE = ("people", "people_totals", "classes")
"""Roles whose layers may name communes by code alone."""


def of_role(layers: Mapping[str, LayerData], role: str) -> list[LayerData]:
    """Return the layers of a role.

    Examples
    --------
    >>> of_role({}, "roads")
    []
    """
    return [layer for layer in layers.values() if layer.spec.role == role]


def apart(layers: Mapping[str, LayerData]) -> list[Fault]:
    """Tell of layers that lie wholly elsewhere than the communes; or that the communes do.

    Rasters and people must meet them. All else may lie outside, within ``NEAR_DEGREES``: a mast
    beyond the border reaches in, and the nearest node may be the neighbour's.

    Examples
    --------
    >>> apart({})
    []
    """
    base = of_role(layers, "communes")
    if not base:
        return []
    home = base[0].table.total_bounds
    others = [(layer, _bounds(layer.data)) for layer in layers.values() if layer is not base[0]]
    placed = [(layer, bounds) for layer, bounds in others if bounds is not None]
    away = [
        (layer, bounds) for layer, bounds in placed if not _overlap(_widened(home, layer), bounds)
    ]
    repair = "Check its coordinate system and its place, or take the layer out."
    if len(away) == len(placed) > 1:
        found, wanted = f"communes from {span(home)}", "communes that meet any other layer"
        return [Fault(base[0].label, found, wanted, repair, column="geometry")]
    return [
        Fault(
            layer.label,
            f"data from {span(bounds)}",
            f"data that {_nearness(layer)} the communes, {span(home)}",
            repair,
            column=None if layer.is_raster else "geometry",
        )
        for layer, bounds in away
    ]


def unpeopled(layers: Mapping[str, LayerData], communes: gpd.GeoDataFrame) -> list[Fault]:
    """Tell of people that are known in no commune of the study's area.

    Examples
    --------
    >>> unpeopled({}, gpd.GeoDataFrame())
    []
    """
    return [
        Fault(
            people.label,
            "no people known in any commune of the area",
            "people where the communes are",
            "Check both layers' coordinate systems, what is unknown in this one, and the area.",
        )
        for people in of_role(layers, "people")
        if not _is_peopled(people, communes)
    ]


def unplaced(layers: Mapping[str, LayerData]) -> list[Fault]:
    """Tell of people who are to be spread over places where a study has none.

    Examples
    --------
    >>> unplaced({})
    []
    """
    wanted, repair = "a layer of places", "Add one with the reader places, or leave spread out."
    return [
        Fault(people.label, 'spread = "places"', wanted, repair)
        for people in of_role(layers, "people")
        if people.spec.options.get("spread") == "places" and not of_role(layers, "places")
    ]


def _is_peopled(people: LayerData, communes: gpd.GeoDataFrame) -> bool:
    if isinstance(people.data, Raster):
        there, raster = (
            communes.geometry.to_crs(grids.pinned(people.raster.grid.crs)),
            people.raster,
        )
        return any(_is_known(raster, there.iloc[[row]]) for row in range(len(there)))
    known = people.data[people.data["people"].notna()]
    if isinstance(known, gpd.GeoDataFrame):
        return bool(known.sindex.query(communes.geometry, predicate="intersects").size)
    return bool(known.index.isin(communes.index).any())


def _is_known(raster: Raster, commune: gpd.GeoSeries) -> bool:
    """Look for a known cell that lies in a commune, wholly or in part."""
    west, south, east, north = commune.total_bounds
    block = grids.window(raster.grid, (west, south, east, north))
    if block is None:
        return False
    known, grid = np.isfinite(rasters.read_part(raster, *block)), grids.part(raster.grid, *block)
    within = commune.representative_point().iloc[0]
    column, row = (int(np.floor(place)) for place in ~grid.transform * (within.x, within.y))
    rows, columns = grid.shape
    if 0 <= row < rows and 0 <= column < columns and known[row, column]:
        return True  # as of most communes, without a look at their borders
    plan = zonal.fractions(
        commune.to_frame("geometry"), transform=grid.transform, shape=grid.shape, crs=grid.crs
    )
    return bool(known.ravel()[plan.cell].any())


def strangers(layers: Mapping[str, LayerData]) -> list[Fault]:
    """Tell of people and classes told of codes that no commune has.

    Examples
    --------
    >>> strangers({})
    []
    """
    faults: list[Fault] = []
    for told in [each for role in _BY_CODE for each in of_role(layers, role)]:
        for communes in of_role(layers, "communes"):
            if isinstance(told.data, Raster) or told.data.index.name != "commune_code":
                continue
            codes = told.data.index
            unknown = ~codes.isin(communes.table.index)
            faults += of_rows(
                told.label,
                np.flatnonzero(unknown) + 1,
                codes[unknown],
                column="commune_code",
                wanted="the code of a commune of the communes layer",
                repair="Use tables of the same date, or take the row out.",
            )
    return faults


def unpredictable(study: Study, layers: Mapping[str, LayerData]) -> list[Fault]:
    """Tell what of the layers the study's models cannot take.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> unpredictable(SimpleNamespace(predicts=True, services={}), {})
    []
    """
    faults: list[Fault] = []
    for key, rule in study.services.items() if study.predicts else ():
        service = SERVICES[rule.type]
        for layer in of_role(layers, key):
            if service.check is None or layer.spec.reader not in service.predicted:
                continue
            told = service.check(layer)
            faults += told or _on_voids(layer, layers)
    return faults


def _on_voids(sites: LayerData, layers: Mapping[str, LayerData]) -> list[Fault]:
    """Tell which sites near the communes stand where the terrain has no height."""
    terrain, communes = of_role(layers, "terrain"), of_role(layers, "communes")
    if not terrain or not communes or sites.table.empty:
        return []
    from .radio.sites import read_sectors  # tables of bands, for who predicts alone
    from .radio.terrain import around

    raster, home = terrain[0].raster, communes[0].table.total_bounds
    sectors = read_sectors(sites.table, label=sites.label)
    seen = sectors.sort_values("radius_km").drop_duplicates("row", keep="last").sort_values("row")
    reach = [around(*place) for place in seen[["lon", "lat", "radius_km"]].to_numpy()]
    seen = seen[[_overlap(np.array(each), home) for each in reach]]
    lon, lat = seen["lon"].to_numpy(dtype=float), seen["lat"].to_numpy(dtype=float)
    x, y = grids.transformer(grids.WGS84, raster.grid.crs).transform(lon, lat)
    west, south, east, north = raster.grid.bounds
    void = (x > west) & (x < east) & (y > south) & (y < north)
    void[void] = np.isnan(rasters.sample(raster, lon[void], lat[void]))
    return of_rows(
        sites.label,
        seen["row"].to_numpy()[void] + 1,
        [f"{place[0]:g}, {place[1]:g}" for place in zip(lon[void], lat[void], strict=True)],
        column="lon, lat",
        wanted=f"a known height of the ground, not a void of {terrain[0].label}",
        repair="Fill the void, give another elevation model, or leave the site out.",
        in_words=True,
    )


def _bounds(data: gpd.GeoDataFrame | pd.DataFrame | Raster) -> np.ndarray | None:
    if isinstance(data, Raster):
        west, south, east, north = data.grid.bounds
        move = grids.transformer(data.grid.crs, grids.WGS84)
        return np.array(move.transform_bounds(west, south, east, north))
    return data.total_bounds if isinstance(data, gpd.GeoDataFrame) and len(data) else None


def _must_meet(layer: LayerData) -> bool:
    return layer.is_raster or layer.spec.role == "people"


def _nearness(layer: LayerData) -> str:
    return "meets" if _must_meet(layer) else f"meets or lies within {NEAR_DEGREES:g} degree of"


def _widened(home: np.ndarray, layer: LayerData) -> np.ndarray:
    margin = 0.0 if _must_meet(layer) else NEAR_DEGREES
    return home + np.array([-margin, -margin, margin, margin])


def _overlap(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3])


def span(bounds: np.ndarray) -> str:
    """Write bounds (west, south, east, north) in degrees.

    Examples
    --------
    >>> span(np.array([105, 21, 106, 22]))
    '105.000 to 106.000 E, 21.000 to 22.000 N'
    """
    west, south, east, north = bounds
    return f"{west:.3f} to {east:.3f} E, {south:.3f} to {north:.3f} N"
