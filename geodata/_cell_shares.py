"""Shares of cells in polygons: shapes to rings, bands of rows on threads, land of several told once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import shapely

from .grid import Grid

if TYPE_CHECKING:
    from ._cell_fractions_kernels import Rings, Shared, Spans

NOISE = 1e-6
"""What several communes leave of a cell is zero within this share, or real: borders are written with
some seven digits of a degree."""
_BAND = 256
"""Rows that are worked on at a time."""


def find(shapes: np.ndarray, grid: Grid, threads: int = 1) -> tuple[Shared, Spans]:
    """Find the shares of a grid's cells in shapes, each shape by itself.

    Parameters
    ----------
    shapes : ndarray of shapely geometries
        Valid polygons in the grid's system; what is no polygon has no cells.
    grid : Grid
        North up.
    threads : int
        Bands of rows worked on at once.

    Returns
    -------
    Shared, Spans
        Sorted. A cell that is in several shapes is in no span.

    Examples
    --------
    >>> from affine import Affine
    >>> grid = Grid("EPSG:4326", Affine(1, 0, 0, 0, -1, 1), (1, 4))
    >>> shared, spans = find(np.array([shapely.box(0.5, 0, 3.5, 1)]), grid)
    >>> shared.fraction.tolist(), (spans.start.tolist(), spans.stop.tolist())
    ([0.5, 0.5], ([1], [3]))
    """
    from . import _cell_fractions_kernels as kernels  # numba takes a second to import

    rings, (rows, columns) = _rings(shapes, grid), grid.shape

    def of_band(first: int) -> tuple[Shared, Spans]:
        shared, spans = kernels.band(rings, first, min(first + _BAND, rows), columns)
        shared, spans = kernels.sorted_shared(shared), kernels.sorted_spans(spans)
        again = kernels.meeting_again(shared, spans)
        if again.any():
            shared, spans = _told_apart(shared, spans, again)
            shared = kernels.sorted_shared(shared)
        return shared, spans

    top = int(max(np.floor(rings.top.min(initial=rows)), 0.0))
    bottom = int(min(np.ceil(rings.bottom.max(initial=0)), rows))
    starts = range(top - top % _BAND, bottom, _BAND) if top < bottom else range(1)
    if threads > 1 and len(starts) > 1:
        with ThreadPoolExecutor(threads) as pool:
            bands = list(pool.map(of_band, starts))
    else:
        bands = [of_band(first) for first in starts]
    return (
        kernels.Shared(*map(np.concatenate, zip(*(one for one, _ in bands), strict=True))),
        kernels.Spans(*map(np.concatenate, zip(*(one for _, one in bands), strict=True))),
    )


def _told_apart(shared: Shared, spans: Spans, some: np.ndarray) -> tuple[Shared, Spans]:
    """Tell the cells of some spans one by one; the result is by unit."""
    row, start, stop, unit = (each[some] for each in spans)
    count = stop - start
    column = np.arange(count.sum()) + np.repeat(start - np.cumsum(count) + count, count)
    new = (np.repeat(row, count), column.astype(np.int32), np.repeat(unit, count))
    whole = (np.ones(len(column)), np.zeros(len(column), dtype=bool))
    parts = [np.concatenate(pair) for pair in zip(shared, (*new, *whole), strict=True)]
    order = np.argsort(parts[2], kind="stable")
    return (
        type(shared)(*(part[order] for part in parts)),
        type(spans)(*(each[~some] for each in spans)),
    )


def _rings(shapes: np.ndarray, grid: Grid) -> Rings:
    """Bring shapes to cells of the grid, as rings by shape."""
    from . import _cell_fractions_kernels as kernels

    parts, owner = shapely.get_parts(shapes, return_index=True)
    land = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    parts, owner = parts[land], owner[land]
    if not len(parts):
        nothing = np.zeros(0)
        of_unit = np.zeros(len(shapes) + 1, dtype=np.int64)
        start, bounds = np.zeros(1, dtype=np.int64), np.zeros((2, len(shapes)))
        return kernels.Rings(nothing, nothing, nothing > 0, start, nothing, of_unit, *bounds)
    _, xy, (ring_start, part_start) = shapely.to_ragged_array(parts)
    place = ~grid.transform
    x, y = place.a * xy[:, 0] + place.c, place.e * xy[:, 1] + place.f
    start = ring_start.astype(np.int64)
    outer = np.zeros(len(start) - 1, dtype=bool)
    outer[part_start[:-1][np.diff(part_start) > 0]] = True
    sign = np.empty(len(outer))
    kernels.signs(x, y, start, ~outer, sign)
    loose = np.empty(len(x), dtype=bool)
    kernels.find_loose(x, y, start, sign, loose)
    rings_of = np.bincount(owner, weights=np.diff(part_start), minlength=len(shapes))
    of_unit = np.append(0, np.cumsum(rings_of)).astype(np.int64)
    top, bottom = np.full(len(shapes), np.inf), np.full(len(shapes), -np.inf)
    there = rings_of > 0
    first = start[of_unit[:-1][there]]
    top[there], bottom[there] = np.minimum.reduceat(y, first), np.maximum.reduceat(y, first)
    # What a projection sends to infinity is nowhere on the grid.
    wrong = ~np.isfinite(x + y)
    if wrong.any():
        lost = np.searchsorted(first, np.flatnonzero(wrong), side="right") - 1
        top[np.flatnonzero(there)[lost]], bottom[np.flatnonzero(there)[lost]] = np.inf, -np.inf
    return kernels.Rings(x, y, loose, start, sign, of_unit, top, bottom)


def once(shared: Shared, shapes: np.ndarray, grid: Grid) -> Shared:
    """Scale the fractions of cells so that land of several shapes counts once.

    Shapes may overlap only where they meet in a cell and more than fill it, or where an edge crosses
    it that they do not have in common. No other shape touches that land, so what is counted too
    often of a cell is the sum over the overlapping shapes less the share that their union covers.
    Cells that are filled but for noise are scaled up to 1.
    """
    cell = cells_of(shared, grid)
    starts = np.flatnonzero(np.diff(cell, prepend=-1))
    total = np.add.reduceat(shared.fraction, starts) if len(starts) else np.zeros(0)
    count = np.diff(np.append(starts, len(cell)))
    overlapping = _overlapping(shared, shapes, grid, starts, count, total)
    fraction = shared.fraction
    if len(overlapping):
        several = np.add.reduceat(fraction * np.isin(shared.unit, overlapping), starts)
        union = np.array([shapely.union_all(shapes[overlapping])])
        twice = several - _share_at(cell[starts], *find(union, grid), grid)
        scale = np.where((twice > NOISE) & (count > 1), (total - twice) / total, 1.0)
        fraction, total = fraction * np.repeat(scale, count), total * scale
    full = np.where(total > 1.0 - NOISE, 1.0 / np.maximum(total, NOISE), 1.0)
    return shared._replace(fraction=np.minimum(fraction * np.repeat(full, count), 1.0))


def cells_of(shared: Shared, grid: Grid) -> np.ndarray:
    """Return the numbers of shared cells."""
    return shared.row.astype(np.int64) * grid.shape[1] + shared.column


def _overlapping(
    shared: Shared,
    shapes: np.ndarray,
    grid: Grid,
    starts: np.ndarray,
    count: np.ndarray,
    total: np.ndarray,
) -> np.ndarray:
    """Return the positions of shapes that overlap another."""
    loose = np.logical_or.reduceat(shared.loose, starts) if len(starts) else count > 1
    suspect = np.flatnonzero((count > 1) & (loose | (np.abs(total - 1.0) > NOISE)))
    most = int(count[suspect].max(initial=1))
    pairs: list[np.ndarray] = [np.zeros((0, 4), dtype=np.int64)]
    for one in range(most - 1):
        for other in range(one + 1, most):
            at = starts[suspect[count[suspect] > other]]
            first, second = shared.unit[at + one], shared.unit[at + other]
            pairs.append(np.column_stack([first, second, shared.row[at], shared.column[at]]))
    found = np.concatenate(pairs)
    found = found[np.lexsort((found[:, 1], found[:, 0]))]
    new = np.flatnonzero((np.diff(found[:, :2], axis=0, prepend=-1) != 0).any(axis=1))
    if not len(new):
        return np.zeros(0, dtype=np.int64)
    top, left = (np.minimum.reduceat(found[:, axis], new) for axis in (2, 3))
    bottom, right = (np.maximum.reduceat(found[:, axis], new) + 1 for axis in (2, 3))
    place = grid.transform
    west, east = place.c + place.a * left, place.c + place.a * right
    north, south = place.f + place.e * top, place.f + place.e * bottom
    near = zip(found[new, :2].tolist(), zip(west, south, east, north, strict=True), strict=True)
    least = NOISE * abs(place.determinant)
    told = [pair for pair, bounds in near if _common_area(shapes, pair, bounds) > least]
    return np.unique(np.array(told, dtype=np.int64))


def _common_area(
    shapes: np.ndarray, pair: list[int], bounds: tuple[float, float, float, float]
) -> float:
    """Return the land of both shapes within bounds."""
    one, other = (_land(shapely.clip_by_rect(shapes[at], *bounds)) for at in pair)
    return float(shapely.area(shapely.intersection(one, other)))


def _land(shape: shapely.Geometry) -> shapely.Geometry:
    """Leave out the lines and points where a shape only touches what cut it."""
    if isinstance(shape, shapely.Polygon | shapely.MultiPolygon):
        return shape
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, shapely.Polygon)]
    return shapely.MultiPolygon(parts)


def _share_at(cell: np.ndarray, shared: Shared, spans: Spans, grid: Grid) -> np.ndarray:
    """Return the share of some cells that one shape covers."""
    share, columns = np.zeros(len(cell)), grid.shape[1]
    known = cells_of(shared, grid)
    if len(known):
        at = np.searchsorted(known, cell).clip(max=len(known) - 1)
        share = np.where(known[at] == cell, shared.fraction[at], 0.0)
    if len(spans.row):
        first = spans.row.astype(np.int64) * columns
        at = np.searchsorted(first + spans.start, cell, side="right") - 1
        within = (at >= 0) & (cell < (first + spans.stop)[at])
        share[within] = 1.0
    return share
