"""Shares of cells in polygons: shapes to rings, bands of rows on threads, land of several told once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array, csgraph

from .grid import Grid

if TYPE_CHECKING:
    from ._cell_fractions_kernels import Rings, Shared, Spans

NOISE = 1e-6
"""What several communes leave of a cell is zero within this share, or real: borders are written with
some seven digits of a degree."""
_BAND = 256
"""Rows that are worked on at a time."""
_NET = 1e-10
"""Part of a cell to which the corners of land of several shapes are rounded."""
_FEW = 8
"""Shapes of a cell that are all held against each other; of more, only those that are near."""


def reachable(shapes: np.ndarray) -> np.ndarray:
    """Leave out polygons with a corner at infinity, where a projection sends what it cannot show.

    Examples
    --------
    >>> far = shapely.Polygon([(0, 0), (1, 0), (np.inf, 1)])
    >>> reachable(np.array([shapely.MultiPolygon([shapely.box(5, 0, 6, 1), far])]))[0].bounds
    (5.0, 0.0, 6.0, 1.0)
    """
    far = np.isinf(shapely.bounds(shapes)).any(axis=1)
    return _near_land(shapes, np.flatnonzero(far))


def _near_land(shapes: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Leave of the shapes at some positions only the polygons that have no corner at infinity."""
    shapes = shapes.copy()
    parts, owner = _polygons(shapes[at])
    near = ~np.isinf(shapely.bounds(parts)).any(axis=1)
    for place, one in enumerate(at):
        shapes[one] = shapely.MultiPolygon(parts[near & (owner == place)].tolist())
    return shapes


def find(shapes: np.ndarray, grid: Grid, threads: int = 1) -> tuple[Shared, Spans, np.ndarray]:
    """Find the shares of a grid's cells in shapes, each shape by itself.

    Parameters
    ----------
    shapes : ndarray of shapely geometries
        Valid polygons in the grid's system; what is no polygon has no cells.
    grid : Grid
        Not rotated.
    threads : int
        Bands of rows worked on at once.

    Returns
    -------
    Shared, Spans
        Sorted. A cell that is in several shapes is in no span.
    ndarray of int
        Positions of invalid shapes: those found to cover less than nothing of a cell, or more than
        all of it. A loop that is smaller than a cell may go unseen.

    Examples
    --------
    >>> from affine import Affine
    >>> grid = Grid("EPSG:4326", Affine(1, 0, 0, 0, -1, 1), (1, 4))
    >>> shared, spans, _ = find(np.array([shapely.box(0.5, 0, 3.5, 1)]), grid)
    >>> shared.fraction.tolist(), (spans.start.tolist(), spans.stop.tolist())
    ([0.5, 0.5], ([1], [3]))
    """
    from . import _cell_fractions_kernels as kernels  # numba takes a second to import

    rings, (rows, columns) = _rings(shapes, grid), grid.shape
    tangled = np.zeros(len(shapes), dtype=bool)
    tangled[np.repeat(np.arange(len(shapes)), np.diff(rings.of_unit))[rings.sign == 0.0]] = True

    def of_band(first: int) -> tuple[Shared, Spans]:
        shared, spans = kernels.band(rings, first, min(first + _BAND, rows), columns, tangled)
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
    suspect = np.flatnonzero(tangled)
    return (
        kernels.Shared(*map(np.concatenate, zip(*(one for one, _ in bands), strict=True))),
        kernels.Spans(*map(np.concatenate, zip(*(one for _, one in bands), strict=True))),
        suspect[~shapely.is_valid(shapes[suspect])],
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


def _polygons(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the polygons of shapes, and the position of each one's shape."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    while (shapely.get_type_id(parts) > shapely.GeometryType.POLYGON).any():
        parts, of_part = shapely.get_parts(parts, return_index=True)
        owner = owner[of_part]
    land = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    return parts[land], owner[land]


def _rings(shapes: np.ndarray, grid: Grid) -> Rings:
    """Bring shapes to cells of the grid, as rings by shape."""
    from . import _cell_fractions_kernels as kernels

    parts, owner = _polygons(shapes)
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
    # What has a corner that is no place is nowhere on the grid.
    wrong = ~np.isfinite(x + y)
    if wrong.any():
        lost = np.searchsorted(first, np.flatnonzero(wrong), side="right") - 1
        top[np.flatnonzero(there)[lost]], bottom[np.flatnonzero(there)[lost]] = np.inf, -np.inf
    return kernels.Rings(x, y, loose, start, sign, of_unit, top, bottom)


def once(shared: Shared, shapes: np.ndarray, grid: Grid, threads: int = 1) -> Shared:
    """Scale the fractions of cells so that land of several shapes counts once.

    Shapes that overlap in a cell, each other or by way of others, share what they cover together; the
    rest keep theirs. Cells that several fill but for noise are scaled up to 1.
    """
    from ._cell_sums_kernels import filled

    fraction = shared.fraction.copy()
    one, other = _meeting(shared, shapes, grid)
    overlap = _overlapping(shared, one, other, shapes, grid, threads)
    entry, group = _grouped(one[overlap], other[overlap])
    if len(entry):
        together = _covered(shared.unit[entry], cells_of(shared, grid, entry), group, shapes, grid)
        fraction[entry] *= (together / np.bincount(group, weights=fraction[entry]))[group]
    filled(shared.row, shared.column, NOISE, fraction)
    return shared._replace(fraction=fraction)


def cells_of(shared: Shared, grid: Grid, some: np.ndarray | slice = slice(None)) -> np.ndarray:
    """Return the numbers of the cells of shared entries, or of some of them."""
    return shared.row[some].astype(np.int64) * grid.shape[1] + shared.column[some]


def _meeting(shared: Shared, shapes: np.ndarray, grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs of entries of a cell, one < other, whose shapes may overlap there."""
    from ._cell_sums_kernels import suspects

    start, stop = np.empty((2, len(shared.row) // 2), dtype=np.int64)
    size = suspects(shared, NOISE, start, stop)
    start, count = start[:size], stop[:size] - start[:size]
    crowd = [
        np.arange(*ends)
        for ends in zip(start[count > _FEW], stop[:size][count > _FEW], strict=True)
    ]
    pairs = [_near(shared, np.concatenate([start[:0], *crowd]), shapes, grid)]
    start, count = start[count <= _FEW], count[count <= _FEW]
    for one, other in combinations(range(int(count.max(initial=0))), 2):
        at = start[count > other]
        pairs.append((at + one, at + other))
    first, second = (np.concatenate(each) for each in zip(*pairs, strict=True))
    return first, second


def _near(
    shared: Shared, entry: np.ndarray, shapes: np.ndarray, grid: Grid
) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs of some entries of a cell whose shapes have boxes that meet there."""
    place, bounds = ~grid.transform, shapely.bounds(shapes[shared.unit[entry]])
    x = np.sort(place.a * bounds[:, ::2] + place.c, axis=1) - shared.column[entry, None]
    y = np.sort(place.e * bounds[:, 1::2] + place.f, axis=1) - shared.row[entry, None]
    (west, east), (north, south) = np.clip(x, 0.0, 1.0).T, np.clip(y, 0.0, 1.0).T
    # Cells are laid out in a row, apart from each other.
    _, cell = np.unique(cells_of(shared, grid, entry), return_inverse=True)
    boxes = shapely.box(2.0 * cell + west, north, 2.0 * cell + east, south)
    one, other = shapely.STRtree(boxes).query(boxes)
    rising = one < other
    return entry[one[rising]], entry[other[rising]]


def _overlapping(
    shared: Shared, one: np.ndarray, other: np.ndarray, shapes: np.ndarray, grid: Grid, threads: int
) -> np.ndarray:
    """Tell which pairs of entries are of shapes that overlap in their cell."""
    unit, cell = shared.unit, cells_of(shared, grid, one)
    key, pair = np.unique(unit[one] * np.int64(len(shapes)) + unit[other], return_inverse=True)
    first, second = np.divmod(key, len(shapes))
    about = _about(cell, pair, len(key), grid)

    def common(some: np.ndarray) -> np.ndarray:
        near = shapely.intersection(shapes[first[some]], about[some])
        mixed = shapely.get_type_id(near) == shapely.GeometryType.GEOMETRYCOLLECTION
        return shapely.intersection(_near_land(near, np.flatnonzero(mixed)), shapes[second[some]])

    with ThreadPoolExecutor(threads) as pool:
        parts = list(pool.map(common, np.array_split(np.arange(len(key)), threads)))
    return _share_at(cell, pair, np.concatenate(parts), grid) > 0.0


def _grouped(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the entries that pairs link, and the number of the group of each."""
    entry, node = np.unique(np.concatenate([one, other]), return_inverse=True)
    ends, shape = (node[: len(one)], node[len(one) :]), (len(entry), len(entry))
    links = coo_array((np.ones(len(one)), ends), shape=shape)
    return entry, csgraph.connected_components(links, directed=False)[1]


def _covered(
    unit: np.ndarray, cell: np.ndarray, group: np.ndarray, shapes: np.ndarray, grid: Grid
) -> np.ndarray:
    """Return the share of its cell that each group of shapes covers together."""
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    members = [tuple(some.tolist()) for some in np.split(unit[order], starts[1:])]
    kinds = {some: at for at, some in enumerate(dict.fromkeys(members))}
    kind, cell = np.array([kinds[some] for some in members]), cell[order[starts]]
    about = _about(cell, kind, len(kinds), grid)
    # On a fine net: without one, edges that all but coincide may cost GEOS whole pieces of land. A
    # net as fine as the numbers themselves is too fine for it.
    finest = 4.0 * np.spacing(np.abs(shapely.total_bounds(about)).max())
    net = max(_NET * min(abs(grid.transform.a), abs(grid.transform.e)), finest)
    unions = [
        shapely.union_all(shapely.intersection(shapes[list(some)], box), grid_size=net)
        for some, box in zip(kinds, about, strict=True)
    ]
    return _share_at(cell, kind, np.array(unions), grid)


def _about(cell: np.ndarray, key: np.ndarray, size: int, grid: Grid) -> np.ndarray:
    """Return for each key the box around its cells."""
    ends, place = np.empty((2, 2, size)), grid.transform
    for axis, at in enumerate(np.divmod(cell, grid.shape[1])):
        ends[axis] = [[np.inf], [-np.inf]]
        np.minimum.at(ends[axis, 0], key, at)
        np.maximum.at(ends[axis, 1], key, at + 1)
    y, x = (
        np.sort(place.e * ends[0] + place.f, axis=0),
        np.sort(place.a * ends[1] + place.c, axis=0),
    )
    return shapely.box(x[0], y[0], x[1], y[1])


def _share_at(cell: np.ndarray, at: np.ndarray, shapes: np.ndarray, grid: Grid) -> np.ndarray:
    """Return the share of each cell that lies in the shape at a position."""
    shared, spans, _ = find(shapes, grid)
    size, columns = np.int64(grid.shape[0]) * grid.shape[1], grid.shape[1]
    in_spans = spans.unit * size + spans.row.astype(np.int64) * columns + spans.start
    first = np.concatenate([shared.unit * size + cells_of(shared, grid), in_spans])
    if not len(first):
        return np.zeros(len(cell))
    length = np.concatenate([np.ones(len(shared.unit), dtype=np.int64), spans.stop - spans.start])
    share = np.concatenate([shared.fraction, np.ones(len(spans.unit))])
    order, wanted = np.argsort(first), at * size + cell
    found = order[(np.searchsorted(first[order], wanted, side="right") - 1).clip(min=0)]
    within = (first[found] <= wanted) & (wanted < first[found] + length[found])
    return np.where(within, share[found], 0.0)
