"""Outlines of zones of cells, as rings of corners: arrays in, arrays out."""

from __future__ import annotations

import numpy as np

from ..geodata._jit import kernel
from ._union_kernels import root

_DOWN, _RIGHT, _UP, _LEFT = 0, 1, 2, 3
"""Ways; the side of a cell that is gone along in each is its left, bottom, right and top."""


@kernel
def beside(row: np.ndarray, column: np.ndarray, zone: np.ndarray) -> np.ndarray:
    """Return the neighbours of sorted cells in their own zone; -1 where there is none.

    Those over an edge come first, by way, then those over the corner where a side ends, by side.
    """
    found = np.full((8, len(row)), -1, np.int32)
    up = 0
    for at in range(len(row)):
        before = at - 1
        joined = at > 0 and row[before] == row[at] and column[before] == column[at] - 1
        if joined and zone[before] == zone[at]:
            found[_LEFT, at], found[_RIGHT, before] = before, at
        while row[up] < row[at] - 1 or (row[up] == row[at] - 1 and column[up] < column[at] - 1):
            up += 1
        some = up
        while row[some] == row[at] - 1 and column[some] <= column[at] + 1:
            if zone[some] == zone[at]:
                if column[some] == column[at]:
                    found[_UP, at], found[_DOWN, some] = some, at
                elif column[some] < column[at]:
                    found[4 + _LEFT, at], found[4 + _RIGHT, some] = some, at
                else:
                    found[4 + _UP, at], found[4 + _DOWN, some] = some, at
            some += 1
    return found


@kernel
def pieces(near: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the first cell of the piece that each cell is in, and one that names the piece.

    By their names, within the row where they end, GDAL's polygonizer gives out the pieces: it names
    a piece anew where nothing of it is to the left or above, and after what is to the left where
    what is above meets it.
    """
    size = near.shape[1]
    above, name = np.arange(size), np.arange(size)
    for at in range(size):
        left, up = near[_LEFT, at], near[_UP, at]
        if left >= 0:
            name[at] = root(name, left)
            if up >= 0:
                name[root(name, up)] = name[at]
        elif up >= 0:
            name[at] = root(name, up)
        for other in (left, up):
            if other >= 0:
                a, b = root(above, at), root(above, other)
                above[max(a, b)] = min(a, b)
    for at in range(size):
        above[at] = above[above[at]]  # the first of a piece is its root, and comes before it
        name[at] = root(name, at)
    return above, name


@kernel
def traced(
    row: np.ndarray, column: np.ndarray, near: np.ndarray, first: np.ndarray, order: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Go around pieces with the cells to the left, one after the other in their order.

    Parameters
    ----------
    row, column : ndarray of int
    near : ndarray of int64, shape (4, n)
        As :func:`beside` returns them.
    first : ndarray of int64
        By cell: the first of its piece.
    order : ndarray of int64
        Sorted by piece; within it, as cells are sorted: the first one's left side is outside.

    Returns
    -------
    corner : ndarray of int64, shape (corners, 2)
        Column and row; the first of a ring is its last too.
    ring : ndarray of int64
        Where each ring starts, and the end.
    piece : ndarray of int64
        By ring: the first cell of its piece. The first ring of a piece is its outside.
    """
    done = np.zeros((4, len(row)), np.bool_)
    corner, ring, piece = (
        np.empty((64, 2), np.int64),
        np.empty(16, np.int64),
        np.empty(16, np.int64),
    )
    count = rings = 0
    for start in order:
        for side in range(4):
            if done[side, start] or near[(side + 3) % 4, start] >= 0:
                continue
            if rings + 2 > len(ring):
                ring, piece = np.append(ring, ring), np.append(piece, piece)
            ring[rings], piece[rings], rings = count, first[start], rings + 1
            at, way, turned = start, side, True
            while not done[way, at]:
                done[way, at] = True
                if turned:
                    if count + 2 > len(corner):
                        corner = np.concatenate((corner, corner))
                    corner[count, 0] = column[at] + (1 if way in (_UP, _LEFT) else 0)
                    corner[count, 1] = row[at] + (1 if way in (_RIGHT, _UP) else 0)
                    count += 1
                ahead, aside, turned = near[way, at], near[4 + way, at], True
                if aside >= 0 and first[aside] == first[at]:
                    at, way = aside, (way + 3) % 4
                elif ahead >= 0:
                    at, turned = ahead, False
                else:
                    way = (way + 1) % 4
            corner[count], count = corner[ring[rings - 1]], count + 1
    ring[rings] = count
    return corner[:count], ring[: rings + 1], piece[:rings]
