"""The nearest of many segments to each of many points in space: arrays in, arrays out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ._jit import kernel

_IN_TILE = 64.0
"""Points of a tile, about."""
_SMALLEST_DEGREES = 1e-4
"""Side of a tile, at least."""
_ARITY = 8
"""Segments in a smallest sphere, and spheres in a larger one."""
_BITS = 20
"""Of a place along each axis: 40 m, where places lie all around the Earth."""
_A_M = 6_378_137.0
_F = 1.0 / 298.257223563
"""WGS 84: half the equator's diameter, and the flattening."""
_RADIUS_M = 6_371_000.0
"""Mean radius of the Earth: an arc is longer than its chord by (chord / radius)^2 / 24."""


class Tree(NamedTuple):
    """Segments in spheres, these in larger ones, up to one of all.

    Parameters
    ----------
    sphere : ndarray, shape (spheres, 4)
        Middle and radius, m; each comes before those that are in it.
    skip : ndarray of int64
        By sphere: the first after it that is not in it.
    first : ndarray of int64
        By sphere: its first segment, where it is a smallest one; -1 elsewhere.
    """

    sphere: np.ndarray
    skip: np.ndarray
    first: np.ndarray


@kernel
def tiles(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Gather points in square tiles: their order, and where in it each tile starts, and the end."""
    west, south = lon.min(), lat.min()
    wide, tall = lon.max() - west, lat.max() - south
    side = max(np.sqrt(max(wide * tall, 1e-12) * _IN_TILE / len(lon)), _SMALLEST_DEGREES)
    per_degree = 1.0 / side
    rows, columns = int(tall * per_degree) + 1, int(wide * per_degree) + 1
    start = np.zeros(rows * columns + 1, np.int64)
    tile = np.empty(len(lon), np.int32)
    for at in range(len(lon)):
        row, column = int((lat[at] - south) * per_degree), int((lon[at] - west) * per_degree)
        tile[at] = row * columns + column
        start[tile[at] + 1] += 1
    count = 0
    for at in range(len(start) - 1):
        count += start[at + 1] > 0
        start[at + 1] += start[at]
    filled = np.empty(count + 1, np.int64)
    filled[count], count = len(lon), 0
    for at in range(len(start) - 1):
        if start[at + 1] > start[at]:
            filled[count], count = start[at], count + 1
    order = np.empty(len(lon), np.int32)
    for at in range(len(lon)):
        order[start[tile[at]]] = at
        start[tile[at]] += 1
    return order, filled


@kernel
def along_curve(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Number places along a curve that keeps near ones together: Morton's order."""
    west, south = lon.min(), lat.min()
    across = (2.0**_BITS - 1.0) / max(lon.max() - west, 1e-12)
    up = (2.0**_BITS - 1.0) / max(lat.max() - south, 1e-12)
    number = np.zeros(len(lon), np.int64)
    for at in range(len(lon)):
        column, row = int((lon[at] - west) * across), int((lat[at] - south) * up)
        for bit in range(_BITS):
            number[at] |= (column >> bit & 1) << 2 * bit | (row >> bit & 1) << (2 * bit + 1)
    return number


@kernel
def tree(ends: np.ndarray) -> Tree:
    """Put segments that follow one another into spheres.

    Parameters
    ----------
    ends : ndarray, shape (m, 6)
        Start and end of each segment in space, m.
    """
    widest, count = _ARITY, -(-len(ends) // _ARITY)
    while widest < len(ends):
        widest *= _ARITY
        count += -(-len(ends) // widest)
    sphere, skip, first = np.empty((count, 4)), np.empty(count, np.int64), np.full(count, -1)
    stop = np.empty(count, np.int64)
    at = 0
    for start in range(0, len(ends), _ARITY):
        size = widest
        while size >= _ARITY:
            if start % size == 0:
                stop[at] = min(start + size, len(ends))
                some = ends[start : stop[at]]
                sphere[at] = _sphere(some.reshape(2 * len(some), 3))
                if size == _ARITY:
                    first[at] = start
                at += 1
            size //= _ARITY
    for at in range(count - 1, -1, -1):
        after = at + 1
        while after < count and stop[after] <= stop[at]:
            after = skip[after]
        skip[at] = after
    return Tree(sphere, skip, first)


@kernel
def nearest(
    lon: np.ndarray,
    lat: np.ndarray,
    order: np.ndarray,
    tile_start: np.ndarray,
    ends: np.ndarray,
    tree: Tree,
    found: np.ndarray,
) -> None:
    """Find the distance of each point to the nearest segment.

    Parameters
    ----------
    lon, lat : ndarray of float64
        Degrees, WGS 84.
    order, tile_start : ndarray of int
        As :func:`tiles` gives them.
    ends : ndarray, shape (m, 6)
        Start and end of each segment in space, m; neighbours in space are near one another here.
    tree : Tree
        Of these segments.
    found : ndarray of float64
        Written: m, by point.
    """
    places = np.empty(((tile_start[1:] - tile_start[:-1]).max(), 3))
    near, near2 = np.empty(len(ends), np.int64), np.empty(len(ends))
    long_m = _longest(ends)
    best = 0  # what was nearest to the neighbour: the search begins with it
    for tile in range(len(tile_start) - 1):
        here = order[tile_start[tile] : tile_start[tile + 1]]
        _put(lon, lat, here, places)
        around = _sphere(places[: len(here)])
        count = _candidates(around, ends, tree, best, near, near2)
        for place in range(len(here)):
            x, y, z = places[place]
            least2 = _apart2(x, y, z, ends, best)
            start_m = _more(np.sqrt(least2) + long_m)  # what starts farther is no nearer
            for one in near[:count]:
                dx, dy, dz = x - ends[one, 0], y - ends[one, 1], z - ends[one, 2]
                if dx * dx + dy * dy + dz * dz > start_m * start_m:
                    continue
                apart2 = _apart2(x, y, z, ends, one)
                if apart2 < least2:
                    best, least2 = one, apart2
                    start_m = _more(np.sqrt(least2) + long_m)
            chord = min(np.sqrt(least2) / (2.0 * _RADIUS_M), 1.0)
            found[here[place]] = 2.0 * _RADIUS_M * np.arcsin(chord)


@kernel
def _candidates(
    around: tuple[float, float, float, float],
    ends: np.ndarray,
    tree: Tree,
    best: int,
    near: np.ndarray,
    near2: np.ndarray,
) -> int:
    """Write into `near` what may be nearest to a place of a tile; return how many these are.

    Parameters
    ----------
    around : tuple of float
        Middle and radius of the tile, m.
    ends, tree
        As in :func:`nearest`.
    best : int
        A segment that is near, so that less has to be looked at.
    near, near2 : ndarray
        Written: segments, and the squares of their distances from the tile's middle.
    """
    x, y, z, radius = around
    least2 = _apart2(x, y, z, ends, best)
    reach = _more(np.sqrt(least2) + 2.0 * radius)
    count = at = 0
    while at < len(tree.sphere):
        dx, dy, dz = x - tree.sphere[at, 0], y - tree.sphere[at, 1], z - tree.sphere[at, 2]
        far = reach + tree.sphere[at, 3]
        if dx * dx + dy * dy + dz * dz > far * far:
            at = tree.skip[at]
            continue
        start = tree.first[at]
        if start >= 0:
            for one in range(start, min(start + _ARITY, len(ends))):
                near[count], near2[count] = one, _apart2(x, y, z, ends, one)
                least2 = min(least2, near2[count])
                reach = _more(np.sqrt(least2) + 2.0 * radius)
                count += near2[count] <= reach * reach
        at += 1
    kept = 0
    for some in range(count):
        if near2[some] <= reach * reach:
            near[kept], kept = near[some], kept + 1
    return kept


@kernel
def _put(lon: np.ndarray, lat: np.ndarray, some: np.ndarray, places: np.ndarray) -> None:
    """Put some points on the ellipsoid: write their geocentric coordinates, m.

    Points of a grid come row by row: what a row and a column share is found once.
    """
    e2 = _F * (2.0 - _F)
    before, across, up = np.nan, 0.0, 0.0
    columns = np.empty((len(some), 3))
    count = column = 0
    for place in range(len(some)):
        at = some[place]
        if lat[at] != before:
            before, north = lat[at], np.radians(lat[at])
            normal = _A_M / np.sqrt(1.0 - e2 * np.sin(north) ** 2)
            across, up = normal * np.cos(north), normal * (1.0 - e2) * np.sin(north)
            column = 0
        while column < count and columns[column, 0] < lon[at]:
            column += 1
        if column == count or columns[column, 0] != lon[at]:
            east = np.radians(lon[at])
            columns[column] = lon[at], np.cos(east), np.sin(east)
            count = column + 1
        places[place] = across * columns[column, 1], across * columns[column, 2], up


@kernel
def _sphere(places: np.ndarray) -> tuple[float, float, float, float]:
    """Return the mean of places, and how far they are from it at most."""
    x = y = z = far2 = 0.0
    for at in range(len(places)):
        x, y, z = x + places[at, 0], y + places[at, 1], z + places[at, 2]
    x, y, z = x / len(places), y / len(places), z / len(places)
    for at in range(len(places)):
        dx, dy, dz = places[at, 0] - x, places[at, 1] - y, places[at, 2] - z
        far2 = max(far2, dx * dx + dy * dy + dz * dz)
    return x, y, z, np.sqrt(far2)


@kernel
def _longest(ends: np.ndarray) -> float:
    """Return the length of the longest segment, m."""
    most2 = 0.0
    for one in range(len(ends)):
        wx, wy = ends[one, 3] - ends[one, 0], ends[one, 4] - ends[one, 1]
        most2 = max(most2, wx * wx + wy * wy + (ends[one, 5] - ends[one, 2]) ** 2)
    return np.sqrt(most2)


@kernel
def _apart2(x: float, y: float, z: float, ends: np.ndarray, one: int) -> float:
    """Return the square of the distance of a place from a segment, m2."""
    dx, dy, dz = x - ends[one, 0], y - ends[one, 1], z - ends[one, 2]
    wx, wy = ends[one, 3] - ends[one, 0], ends[one, 4] - ends[one, 1]
    wz = ends[one, 5] - ends[one, 2]
    length2 = wx * wx + wy * wy + wz * wz
    share = (dx * wx + dy * wy + dz * wz) / length2 if length2 > 0.0 else 0.0
    share = min(max(share, 0.0), 1.0)
    dx, dy, dz = dx - share * wx, dy - share * wy, dz - share * wz
    return dx * dx + dy * dy + dz * dz


@kernel
def _more(distance_m: float) -> float:
    """Add to a bound what numbers may be rounded by."""
    return distance_m * (1.0 + 1e-9) + 1e-3
