"""The nearest of a few segments to each of many points in space: arrays in, arrays out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numba import njit

_Function = TypeVar("_Function", bound=Callable[..., Any])
_A_M = 6_378_137.0
_F = 1.0 / 298.257223563
"""WGS 84: half the equator's diameter, and the flattening."""


def kernel(function: _Function) -> _Function:
    """Compile a function of arrays when it is first called, and keep the code beside the module."""
    compiled: Any = njit(cache=True, nogil=True, error_model="numpy")(function)
    return compiled


@kernel
def space(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Return geocentric coordinates (m), shape (n, 3), of points on the ellipsoid (degrees)."""
    found, e2 = np.empty((len(lon), 3)), _F * (2.0 - _F)
    for at in range(len(lon)):
        up, east = np.radians(lat[at]), np.radians(lon[at])
        normal = _A_M / np.sqrt(1.0 - e2 * np.sin(up) ** 2)
        found[at, 0] = normal * np.cos(up) * np.cos(east)
        found[at, 1] = normal * np.cos(up) * np.sin(east)
        found[at, 2] = normal * (1.0 - e2) * np.sin(up)
    return found


@kernel
def nearest(
    points: np.ndarray,
    order: np.ndarray,
    tile_start: np.ndarray,
    near_start: np.ndarray,
    near: np.ndarray,
    start: np.ndarray,
    end: np.ndarray,
    found: np.ndarray,
) -> None:
    """Write the distance of each point to the nearest of its tile's segments, m.

    Parameters
    ----------
    points : ndarray, shape (n, 3)
    order : ndarray of int
        Positions of the points, by tile: those of ``t`` are at ``tile_start[t]`` onwards.
    tile_start, near_start : ndarray of int
    near : ndarray of int
        Positions of segments, by tile: those of ``t`` are at ``near_start[t]`` onwards.
    start, end : ndarray, shape (m, 3)
        Of the segments.
    found : ndarray of float64, shape (n,)
        Written.
    """
    for tile in range(len(tile_start) - 1):
        for place in range(tile_start[tile], tile_start[tile + 1]):
            at, least2 = order[place], np.inf
            x, y, z = points[at, 0], points[at, 1], points[at, 2]
            for some in range(near_start[tile], near_start[tile + 1]):
                one = near[some]
                wx = end[one, 0] - start[one, 0]
                wy = end[one, 1] - start[one, 1]
                wz = end[one, 2] - start[one, 2]
                dx, dy, dz = x - start[one, 0], y - start[one, 1], z - start[one, 2]
                length2 = wx * wx + wy * wy + wz * wz
                share = (dx * wx + dy * wy + dz * wz) / length2 if length2 > 0.0 else 0.0
                share = min(max(share, 0.0), 1.0)
                dx, dy, dz = dx - share * wx, dy - share * wy, dz - share * wz
                least2 = min(least2, dx * dx + dy * dy + dz * dz)
            found[at] = np.sqrt(least2)
