"""What a raster of amounts holds within polygons, exactly, in double precision."""

from __future__ import annotations

import numpy as np
import shapely

from .grid import Grid


def over(shapes: np.ndarray, values: np.ndarray, grid: Grid) -> np.ndarray:
    """Integrate amounts per cell over polygons, each cell by the share of it that lies within.

    Parameters
    ----------
    shapes : ndarray of geometries
        Valid, in the grid's system; what of them is no polygon counts for nothing.
    values : ndarray, shape of the grid
        Amounts per cell, all finite; there is nothing beyond the grid.
    grid : Grid

    Returns
    -------
    ndarray of float64
        One per shape.

    Notes
    -----
    By Green's theorem the integral over a polygon is that along its border of F dy, where F sums the
    amounts west of a point in its row. F is linear within a cell, so that each edge, cut where it
    leaves a cell, is taken at its middle. What the parts of a polygon hold adds up to what it holds
    but for the rounding of float64: shares of cells in float32, which do for maps, do not add up.

    Examples
    --------
    >>> from affine import Affine
    >>> grid = Grid("EPSG:4326", Affine(1, 0, 0, 0, -1, 1), (1, 2))
    >>> over(np.array([shapely.box(0, 0, 1.5, 1)]), np.array([[10.0, 4.0]]), grid)
    array([12.])
    """
    owner, start, end = _edges(shapes, grid)
    edge, mid_x, mid_y, down = _cut(start, end)
    rows, columns = grid.shape
    row = np.floor(mid_y).astype(np.int64)
    inside = (row >= 0) & (row < rows)
    edge, mid_x, row, down = edge[inside], mid_x[inside], row[inside], down[inside]
    owner = owner[edge]
    x = np.clip(mid_x, 0.0, columns)
    column = np.minimum(np.floor(x).astype(np.int64), columns - 1)
    west = np.zeros((rows, columns + 1))
    np.cumsum(values, axis=1, out=west[:, 1:])
    # Counted from the west end of its shape, a sum stays small, and so does its rounding.
    first = np.full(len(shapes), columns, dtype=np.int64)
    np.minimum.at(first, owner, column)
    amount = west[row, column] - west[row, first[owner]] + (x - column) * values[row, column]
    return np.bincount(owner, weights=down * amount, minlength=len(shapes))


def _edges(shapes: np.ndarray, grid: Grid) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Owner, start and end of every edge, in columns and rows; the land is on its left on the map."""
    part, owner = shapely.get_parts(shapes, return_index=True)
    part, of_part = shapely.get_parts(part, return_index=True)
    flat = shapely.get_type_id(part) == shapely.GeometryType.POLYGON
    part, owner = shapely.orient_polygons(part[flat]), owner[of_part[flat]]
    ring, of_ring = shapely.get_rings(part, return_index=True)
    xy, of_point = shapely.get_coordinates(ring, return_index=True)
    inverse = ~grid.transform
    x = inverse.a * (xy[:, 0] - grid.transform.c)
    y = inverse.e * (xy[:, 1] - grid.transform.f)
    place = np.column_stack([x, y])
    same = of_point[1:] == of_point[:-1]
    return owner[of_ring[of_point[:-1][same]]], place[:-1][same], place[1:][same]


def _cut(
    start: np.ndarray, end: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Cut edges at the borders of cells: edge, middle and height (up the map) of every piece."""
    edges = np.arange(len(start))
    owners, places = [edges, edges], [np.zeros(len(start)), np.ones(len(start))]
    for axis in (0, 1):
        one, other = start[:, axis], end[:, axis]
        low, high = np.minimum(one, other), np.maximum(one, other)
        first = np.floor(low).astype(np.int64) + 1
        count = np.maximum(np.ceil(high).astype(np.int64) - first, 0)
        edge = np.repeat(edges, count)
        nth = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
        line = first[edge] + nth
        owners.append(edge)
        places.append((line - one[edge]) / (other[edge] - one[edge]))
    owner, place = np.concatenate(owners), np.concatenate(places)
    order = np.lexsort((place, owner))
    owner, place = owner[order], place[order]
    same = owner[1:] == owner[:-1]
    edge, begin, finish = owner[:-1][same], place[:-1][same], place[1:][same]
    step = end[edge] - start[edge]
    middle = start[edge] + step * ((begin + finish) / 2.0)[:, None]
    return edge, middle[:, 0], middle[:, 1], -step[:, 1] * (finish - begin)
