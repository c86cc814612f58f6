"""Faults planted in a sound layer of communes, in metres: one of a kind at a random place."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import shapely
from shapely.affinity import translate

Rng = np.random.Generator
Planted = tuple[gpd.GeoDataFrame, str | None]  # the layer and the code of the commune at fault


def put(communes: gpd.GeoDataFrame, row: int, shape: shapely.Geometry | None) -> Planted:
    shapes = communes.geometry.to_numpy().copy()
    shapes[row] = shape
    layer = communes.set_geometry(gpd.GeoSeries(shapes, communes.index, crs=communes.crs))
    return layer, str(communes["commune_code"].iloc[row])


def border(rng: Rng, communes: gpd.GeoDataFrame, room_m: float) -> tuple[int, int, shapely.Point]:
    """Two neighbours and a point of their border with so much room around it."""
    shapes = communes.geometry.to_numpy()
    one, other = shapely.STRtree(shapes).query(shapes, predicate="touches")
    while True:
        at = rng.integers(len(one))
        line = shapely.line_merge(shapely.intersection(shapes[one[at]], shapes[other[at]]))
        if shapely.get_dimensions(line) < 1:
            continue
        point = shapely.line_interpolate_point(line, rng.uniform(0.2, 0.8), normalized=True)
        both = shapely.union(shapes[one[at]], shapes[other[at]])
        if shapely.within(shapely.buffer(point, room_m), both):
            return int(one[at]), int(other[at]), point


def overlap(rng: Rng, communes: gpd.GeoDataFrame) -> Planted:
    radius = rng.uniform(3.0, 150.0)
    one, other, point = border(rng, communes, radius)
    bite = shapely.buffer(point, radius) & communes.geometry.iloc[other]
    return put(communes, one, communes.geometry.iloc[one] | bite)


def gap(rng: Rng, communes: gpd.GeoDataFrame) -> Planted:
    radius = rng.uniform(25.0, 150.0)
    one, _, point = border(rng, communes, radius)
    return put(communes, one, communes.geometry.iloc[one] - shapely.buffer(point, radius))


def sliver(rng: Rng, communes: gpd.GeoDataFrame) -> Planted:
    one, other, point = border(rng, communes, 120.0)
    line = communes.geometry.iloc[one] & communes.geometry.iloc[other]
    near = line & shapely.buffer(point, 100.0)
    return put(communes, one, communes.geometry.iloc[one] - near.buffer(rng.uniform(0.2, 4.0)))


def unmatched_edge(rng: Rng, communes: gpd.GeoDataFrame) -> Planted:
    one, other, _ = border(rng, communes, 1.0)
    line = communes.geometry.iloc[one] & communes.geometry.iloc[other]
    start, end = shapely.get_coordinates(shapely.get_parts(line))[:2]
    middle = tuple(start + rng.uniform(0.2, 0.8) * (end - start))
    ring = shapely.get_coordinates(communes.geometry.iloc[one].exterior)
    for at in range(len(ring) - 1):
        if {tuple(ring[at]), tuple(ring[at + 1])} == {tuple(start), tuple(end)}:
            return put(communes, one, shapely.Polygon(np.insert(ring, at + 1, middle, axis=0)))
    raise AssertionError("the edge is one of the commune")


def duplicate_ring(rng: Rng, communes: gpd.GeoDataFrame) -> Planted:
    one, other = rng.choice(len(communes), 2, replace=False)
    parts = [communes.geometry.iloc[one], communes.geometry.iloc[other]]
    return put(communes, one, shapely.MultiPolygon(parts))


def tiny_part(rng: Rng, communes: gpd.GeoDataFrame) -> Planted:
    row = int(rng.integers(len(communes)))
    east, north = communes.total_bounds[2:] + rng.uniform(10.0, 5000.0, 2)
    part = shapely.box(east, north, east + rng.uniform(0.5, 9.5), north + rng.uniform(0.5, 9.5))
    return put(communes, row, shapely.MultiPolygon([communes.geometry.iloc[row], part]))


def stated_area(rng: Rng, communes: gpd.GeoDataFrame) -> Planted:
    row = int(rng.integers(len(communes)))
    stated = communes["area_km2"].to_numpy().copy()
    stated[row] *= rng.choice([rng.uniform(0.05, 0.85), rng.uniform(1.15, 20.0)])
    return communes.assign(area_km2=stated), str(communes["commune_code"].iloc[row])


def far_unit(rng: Rng, communes: gpd.GeoDataFrame) -> Planted:
    row, way = int(rng.integers(len(communes))), rng.uniform(0.0, 2.0 * np.pi)
    away = 1.2 * np.ptp(communes.total_bounds.reshape(2, 2), axis=0).max() + 30_000.0
    there = translate(communes.geometry.iloc[row], away * np.cos(way), away * np.sin(way))
    return put(communes, row, there)


def shift(rng: Rng, communes: gpd.GeoDataFrame) -> Planted:
    east, north = np.array([-195.0, 110.0]) + rng.uniform(-2.0, 2.0, 2)
    return communes.set_geometry(communes.translate(east, north)), None


def invalid(rng: Rng, communes: gpd.GeoDataFrame) -> Planted:
    while True:
        row = int(rng.integers(len(communes)))
        ring = shapely.get_coordinates(communes.geometry.iloc[row].exterior).copy()
        at = int(rng.integers(1, len(ring) - 3))
        ring[[at, at + 1]] = ring[[at + 1, at]]
        if not shapely.Polygon(ring).is_valid:
            return put(communes, row, shapely.Polygon(ring))


PLANTS: dict[str, Callable[[Rng, gpd.GeoDataFrame], Planted]] = {
    plant.__name__: plant
    for plant in (
        overlap, gap, sliver, unmatched_edge, duplicate_ring, tiny_part, stated_area, far_unit,
        shift, invalid,
    )
}  # fmt: skip
