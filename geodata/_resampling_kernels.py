"""What a raster holds in each of many upright boxes: arrays in, arrays out.

Boxes are in pixels of the whole raster, so that a part of it gives the same bits as all of it.
"""

from __future__ import annotations

import numpy as np

from ._jit import kernel

_SAME = 1e-9
"""Pixels: shares of area that differ by less are alike."""


@kernel
def _touched(low: float, high: float, first: int, count: int) -> tuple[int, int]:
    """Tell which pixels of a part lie between two places: from, and up to."""
    start = max(int(np.floor(low)), first)
    return start, max(min(int(np.ceil(high)), first + count), start)


@kernel
def _shared(low: float, high: float, pixel: int) -> float:
    return max(min(high, pixel + 1.0) - max(low, float(pixel)), 0.0)


@kernel
def mean(values: np.ndarray, corner: tuple[int, int], boxes: np.ndarray, found: np.ndarray) -> None:
    """Average a raster over boxes, each taken at least as large as a pixel.

    Parameters
    ----------
    values : ndarray of float64, rows x columns
        A part of the raster; NaN where unknown.
    corner : tuple of int
        Row and column of the part's first pixel.
    boxes : ndarray of float64, shape (4, boxes)
        Left, top, right and bottom, pixels; NaN for none.
    found : ndarray of float64
        Written: NaN where all that the box itself touches is unknown.
    """
    for box in range(boxes.shape[1]):
        left, top, right, bottom = boxes[0, box], boxes[1, box], boxes[2, box], boxes[3, box]
        found[box] = np.nan
        if not (right > left and bottom > top):
            continue
        across, down = max(1.0 - (right - left), 0.0) / 2.0, max(1.0 - (bottom - top), 0.0) / 2.0
        west, east, north, south = left - across, right + across, top - down, bottom + down
        seen, first, weight, off = False, 0.0, 0.0, 0.0
        for row in range(*_touched(north, south, corner[0], values.shape[0])):
            for column in range(*_touched(west, east, corner[1], values.shape[1])):
                value = values[row - corner[0], column - corner[1]]
                share = _shared(north, south, row) * _shared(west, east, column)
                if np.isnan(value) or share == 0.0:
                    continue
                first = value if weight == 0.0 else first
                weight += share
                off += share * (value - first)  # from the first: alike values stay what they are
                seen |= _shared(top, bottom, row) * _shared(left, right, column) > 0.0
        if seen:
            found[box] = first + off / weight


@kernel
def mode(values: np.ndarray, corner: tuple[int, int], boxes: np.ndarray, found: np.ndarray) -> None:
    """Find the class that has most of each box; of those that have as much, the least.

    Parameters
    ----------
    values, corner, boxes
        As in `mean`.
    found : ndarray of float64
        Written: NaN where all that the box touches is unknown.
    """
    names, shares = np.empty(values.size), np.empty(values.size)
    for box in range(boxes.shape[1]):
        found[box] = np.nan
        if not np.isnan(boxes[:, box]).any():
            count = _classes(values, corner, boxes[:, box], names, shares)
            found[box] = _most(names[:count], shares[:count])


@kernel
def _classes(
    values: np.ndarray,
    corner: tuple[int, int],
    box: np.ndarray,
    names: np.ndarray,
    shares: np.ndarray,
) -> int:
    """Write what classes a box has and how much of it each has; return how many there are."""
    count = 0
    for row in range(*_touched(box[1], box[3], corner[0], values.shape[0])):
        for column in range(*_touched(box[0], box[2], corner[1], values.shape[1])):
            value = values[row - corner[0], column - corner[1]]
            share = _shared(box[1], box[3], row) * _shared(box[0], box[2], column)
            if np.isnan(value) or share == 0.0:
                continue
            at = 0
            while at < count and names[at] != value:
                at += 1
            if at == count:
                names[at], shares[at] = value, 0.0
                count += 1
            shares[at] += share
    return count


@kernel
def _most(names: np.ndarray, shares: np.ndarray) -> float:
    found, best = np.nan, 0.0
    for name, share in zip(names, shares):  # noqa: B905 - numba's zip has no strict
        alike = abs(share - best) <= _SAME
        if share > best + _SAME or (alike and name < found):
            found, best = name, share
    return found
