"""What is done with exact shares of cells: sums over rasters, the shares one by one, cells of several."""

from __future__ import annotations

import numpy as np

from ._cell_fractions_kernels import Shared, Spans
from ._jit import kernel, summing


@kernel
def expanded(
    shared: Shared,
    spans: Spans,
    columns: int,
    cell: np.ndarray,
    unit: np.ndarray,
    fraction: np.ndarray,
) -> None:
    """Write every cell of spans and shared cells one by one: cell, unit, fraction; all sorted."""
    count = other = 0
    for at in range(len(spans.row) + 1):
        last = at == len(spans.row)
        row = np.int64(0) if last else np.int64(spans.row[at])
        start = 0 if last else row * columns + spans.start[at]
        while other < len(shared.row):
            here = np.int64(shared.row[other]) * columns + shared.column[other]
            if not last and here >= start:
                break
            cell[count], unit[count] = here, shared.unit[other]
            fraction[count] = shared.fraction[other]
            count, other = count + 1, other + 1
        if not last:
            for step in range(spans.stop[at] - spans.start[at]):
                cell[count], unit[count], fraction[count] = start + step, spans.unit[at], 1.0
                count += 1


@summing
def sums(
    values: np.ndarray, nodata: float, shared: Shared, spans: Spans, total: np.ndarray,
    known: np.ndarray,
) -> None:  # fmt: skip
    """Add a raster up over units, each cell by its fraction; count the cells that are known.

    Parameters
    ----------
    values : ndarray of float, rows x columns
    nodata : float
        Unknown, as NaN and infinities are.
    shared, spans : Shared, Spans
    total : ndarray of float64, by unit
        Added to.
    known : ndarray of int64, by unit
        Added to.
    """
    for at in range(len(spans.row)):
        unit, part, count = spans.unit[at], 0.0, 0
        line = values[spans.row[at], spans.start[at] : spans.stop[at]]
        for column in range(len(line)):
            value = line[column]
            good = (abs(value) < np.inf) & (value != nodata)
            part += value if good else 0.0
            count += 1 if good else 0
        total[unit] += part
        known[unit] += count
    for at in range(len(shared.row)):
        value = values[shared.row[at], shared.column[at]]
        if abs(value) < np.inf and value != nodata:
            total[shared.unit[at]] += value * shared.fraction[at]
            known[shared.unit[at]] += 1


@kernel
def row_sums(weight: np.ndarray, shared: Shared, spans: Spans, total: np.ndarray) -> None:
    """Add up over units what a cell of each row weighs, by its fraction."""
    for at in range(len(spans.row)):
        cells = spans.stop[at] - spans.start[at]
        total[spans.unit[at]] += weight[spans.row[at]] * cells
    for at in range(len(shared.row)):
        total[shared.unit[at]] += weight[shared.row[at]] * shared.fraction[at]


@kernel
def suspects(shared: Shared, noise: float, start: np.ndarray, stop: np.ndarray) -> int:
    """Write which entries are those of a cell where units may overlap; return how many cells there are.

    Units may overlap only where they meet in a cell and do not just fill it, or where an edge crosses
    it that they do not have in common.
    """
    row, column, share, open_edge = shared.row, shared.column, shared.fraction, shared.loose
    count = first = 0
    total, loose = 0.0, False
    for at in range(len(row)):
        total += share[at]
        loose |= open_edge[at]
        if at + 1 < len(row) and column[at + 1] == column[at] and row[at + 1] == row[at]:
            continue
        if at > first and (loose or abs(total - 1.0) > noise):
            start[count], stop[count] = first, at + 1
            count += 1
        first, total, loose = at + 1, 0.0, False
    return count


@kernel
def filled(row: np.ndarray, column: np.ndarray, noise: float, fraction: np.ndarray) -> None:
    """Scale up to 1, in place, the fractions of cells that several units fill but for noise."""
    first, total = 0, 0.0
    for at in range(len(row)):
        total += fraction[at]
        if at + 1 < len(row) and column[at + 1] == column[at] and row[at + 1] == row[at]:
            continue
        if at > first and total > 1.0 - noise and total != 1.0:
            for one in range(first, at + 1):
                fraction[one] = min(fraction[one] * (1.0 / total), 1.0)
        first, total = at + 1, 0.0
