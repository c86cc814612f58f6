"""The upper convex hull of a growing profile, and what a far point sees of it.

A hull is a stack of points from left to right in two rows of a table, `px` and `py`; the caller keeps
its size.
"""

from __future__ import annotations

import numpy as np

from ._jit import inlined, scalar_kernel


@scalar_kernel
def push(table: np.ndarray, px: int, py: int, size: int, x: float, y: float) -> int:
    """Add a point to the right of a hull, and give back the hull's size."""
    while size >= 2:
        before_x, before_y = table[px, size - 2], table[py, size - 2]
        last_x, last_y = table[px, size - 1], table[py, size - 1]
        if (last_y - before_y) * (x - before_x) > (y - before_y) * (last_x - before_x):
            break
        size -= 1
    table[px, size], table[py, size] = x, y
    return size + 1


@inlined
def tangent(table: np.ndarray, px: int, py: int, size: int, x: float, y: float) -> int:
    """Point of a hull that a place to its right sees at the steepest, the nearest of equals."""
    at = size - 1
    rise, run = table[py, at] - y, x - table[px, at]
    while at > 0:
        next_rise, next_run = table[py, at - 1] - y, x - table[px, at - 1]
        if next_rise * run <= rise * next_run:
            break
        rise, run = next_rise, next_run
        at -= 1
    return at


@scalar_kernel
def highest_above(table: np.ndarray, px: int, py: int, size: int, slope: float) -> float:
    """Largest y - slope x of a hull."""
    low, high = 0, size - 1
    while low < high:
        at = (low + high) // 2
        rise = table[py, at + 1] - table[py, at]
        if rise > slope * (table[px, at + 1] - table[px, at]):
            low = at + 1
        else:
            high = at
    return table[py, low] - slope * table[px, low]
