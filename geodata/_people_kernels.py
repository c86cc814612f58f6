"""People of cells in whole quanta, what rounding takes from one given to the next: arrays in, arrays out."""

from __future__ import annotations

import numpy as np

from ._jit import kernel


@kernel
def carry(
    people: np.ndarray, quantum: float, before: float, stride: int, carried: np.ndarray
) -> tuple[float, float]:
    """Go through rows of people; note what rounding took from all cells before some of the columns.

    Parameters
    ----------
    people : ndarray of float64, rows x columns
        NaN where unknown.
    quantum : float
    before : float
        What rounding took from the cells before the first, quanta.
    stride : int
        Columns from one note to the next.
    carried : ndarray of float64, rows x notes
        Written.

    Returns
    -------
    counted : float
        Quanta.
    before : float
        As above, after the last cell.
    """
    counted, running = 0.0, before
    for row in range(people.shape[0]):
        for column in range(people.shape[1]):
            if column % stride == 0:
                carried[row, column // stride] = running
            exact = people[row, column] / quantum
            if not np.isnan(exact):
                whole = np.rint(exact)
                counted += whole
                running += exact - whole
    return counted + (np.rint(running) - np.rint(before)), running


@kernel
def span(cells: np.ndarray, columns: int) -> tuple[int, int]:
    """Return the first and the last column that cells of a grid with so many columns have."""
    first, last = columns - 1, 0
    for cell in cells:
        column = cell % columns
        first, last = min(first, column), max(last, column)
    return first, last


@kernel
def count(
    people: np.ndarray,
    quantum: float,
    carried: np.ndarray,
    cells: np.ndarray,
    columns: int,
    corner: tuple[int, int],
    found: np.ndarray,
) -> None:
    """Count the people of some cells.

    Parameters
    ----------
    people : ndarray of float64, rows x columns
        NaN where unknown.
    quantum : float
    carried : ndarray of float64
        What rounding took from all cells before each row, quanta.
    cells : ndarray of int64
        Their numbers, rising.
    columns : int
        Of the grid of these numbers.
    corner : tuple of int
        Row and column on that grid of the first of ``people``.
    found : ndarray of float64
        Written: quanta, NaN where unknown.
    """
    at = 0
    while at < len(cells):
        here = cells[at] // columns - corner[0]
        start = (here + corner[0]) * columns + corner[1]
        running, next_column = carried[here], 0
        before = np.rint(running)
        while at < len(cells) and cells[at] < start - corner[1] + columns:
            column = cells[at] - start
            for some in range(next_column, column + 1):
                exact = people[here, some] / quantum
                whole = np.rint(exact)
                if not np.isnan(exact):
                    running += exact - whole
                after = np.rint(running)
                if some == column:
                    found[at] = whole + (after - before)
                before = after
            next_column = column + 1
            at += 1


@kernel
def share(
    counted: np.ndarray, fraction: np.ndarray, of_triple: np.ndarray, found: np.ndarray
) -> None:
    """Write how the quanta of cells are shared between triples: running sums are rounded, not shares.

    Fractions are added up with what rounding took (Kahan), as pandas does for all cells at once.
    """
    filled = lost = before = 0.0
    for at in range(len(fraction)):
        if at == 0 or of_triple[at] != of_triple[at - 1]:
            filled = lost = before = 0.0
        one = fraction[at] - lost
        after = filled + one
        lost = after - filled - one
        filled = after
        upper = np.rint(counted[of_triple[at]] * min(filled, 1.0))
        found[at], before = upper - before, upper
