"""The nearest of a few segments to each of many points in space: arrays in, arrays out."""

from __future__ import annotations

import numpy as np

from ._jit import kernel

_A_M = 6_378_137.0
_F = 1.0 / 298.257223563
"""WGS 84: half the equator's diameter, and the flattening."""
_RADIUS_M = 6_371_000.0
"""Mean radius of the Earth: an arc is longer than its chord by (chord / radius)^2 / 24."""


@kernel
def tiles(lon: np.ndarray, lat: np.ndarray, side: float) -> tuple[np.ndarray, np.ndarray]:
    """Gather points in square tiles: their order, and where in it each tile starts, and the end."""
    west, south, columns = lon.min(), lat.min(), 1
    rows = int(np.floor((lat.max() - south) / side)) + 1
    columns = int(np.floor((lon.max() - west) / side)) + 1
    start = np.zeros(rows * columns + 1, np.int64)
    tile = np.empty(len(lon), np.int64)
    for at in range(len(lon)):
        row, column = int((lat[at] - south) / side), int((lon[at] - west) / side)
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
    order = np.empty(len(lon), np.int64)
    for at in range(len(lon)):
        order[start[tile[at]]] = at
        start[tile[at]] += 1
    return order, filled


@kernel
def gathered(
    lon: np.ndarray, lat: np.ndarray, order: np.ndarray, tile_start: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Place the points of some tiles on the ellipsoid, and find the middle and radius of each tile.

    Returns
    -------
    points : ndarray, shape (n, 3)
        Geocentric coordinates, m, tile by tile.
    middle : ndarray, shape (tiles, 3)
    radius : ndarray
        By tile: how far its points are from the middle at most, m.
    """
    first, e2 = tile_start[0], _F * (2.0 - _F)
    points = np.empty((tile_start[-1] - first, 3))
    middle, radius = np.zeros((len(tile_start) - 1, 3)), np.zeros(len(tile_start) - 1)
    before, across, up = np.nan, 0.0, 0.0
    for tile in range(len(tile_start) - 1):
        start, stop = tile_start[tile] - first, tile_start[tile + 1] - first
        for place in range(start, stop):
            at = order[first + place]
            if lat[at] != before:  # points of a grid come row by row
                before, north = lat[at], np.radians(lat[at])
                normal = _A_M / np.sqrt(1.0 - e2 * np.sin(north) ** 2)
                across, up = normal * np.cos(north), normal * (1.0 - e2) * np.sin(north)
            east = np.radians(lon[at])
            points[place, 0], points[place, 1] = across * np.cos(east), across * np.sin(east)
            points[place, 2] = up
            for axis in range(3):
                middle[tile, axis] += points[place, axis] / (stop - start)
        far2 = 0.0
        for place in range(start, stop):
            x, y = points[place, 0] - middle[tile, 0], points[place, 1] - middle[tile, 1]
            far2 = max(far2, x * x + y * y + (points[place, 2] - middle[tile, 2]) ** 2)
        radius[tile] = np.sqrt(far2)
    return points, middle, radius


@kernel
def nearest(
    points: np.ndarray,
    order: np.ndarray,
    tile_start: np.ndarray,
    near_start: np.ndarray,
    near: np.ndarray,
    ends: np.ndarray,
    long_m: float,
    found: np.ndarray,
) -> None:
    """Write the distance of each point to the nearest of its tile's segments, m.

    Parameters
    ----------
    points : ndarray, shape (n, 3)
        By tile: those of ``t`` are at ``tile_start[t] - tile_start[0]`` onwards.
    order : ndarray of int
        Where the distance of each point is written.
    tile_start, near_start : ndarray of int
    near : ndarray of int
        Positions of segments, by tile: those of ``t`` are at ``near_start[t]`` onwards.
    ends : ndarray, shape (m, 6)
        Start and end of each segment.
    long_m : float
        No segment is longer.
    found : ndarray of float64
        Written.
    """
    for tile in range(len(tile_start) - 1):
        for place in range(tile_start[tile] - tile_start[0], tile_start[tile + 1] - tile_start[0]):
            x, y, z = points[place, 0], points[place, 1], points[place, 2]
            least2 = reach2 = np.inf
            for some in range(near_start[tile], near_start[tile + 1]):
                one = near[some]
                dx, dy, dz = x - ends[one, 0], y - ends[one, 1], z - ends[one, 2]
                if dx * dx + dy * dy + dz * dz > reach2:
                    continue
                wx = ends[one, 3] - ends[one, 0]
                wy = ends[one, 4] - ends[one, 1]
                wz = ends[one, 5] - ends[one, 2]
                length2 = wx * wx + wy * wy + wz * wz
                share = (dx * wx + dy * wy + dz * wz) / length2 if length2 > 0.0 else 0.0
                share = min(max(share, 0.0), 1.0)
                dx, dy, dz = dx - share * wx, dy - share * wy, dz - share * wz
                here2 = dx * dx + dy * dy + dz * dz
                if here2 < least2:  # and no segment is nearer that starts farther than its length
                    least2 = here2
                    reach2 = (np.sqrt(least2) + long_m) ** 2 * (1.0 + 1e-9) + 1e-3
            chord = min(np.sqrt(least2) / (2.0 * _RADIUS_M), 1.0)
            found[order[place]] = 2.0 * _RADIUS_M * np.arcsin(chord)
