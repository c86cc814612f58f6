"""What tasks do with millions of cells: arrays in, arrays out."""

from __future__ import annotations

import numpy as np

from ..geodata._jit import kernel
from ._union_kernels import root


@kernel
def numbered(cell: np.ndarray, number: np.ndarray, of_triple: np.ndarray) -> int:
    """Write the cells of sorted triples once each, and which each triple has; return their count."""
    count = 0
    for at in range(len(cell)):
        if at == 0 or cell[at] != cell[at - 1]:
            number[count] = cell[at]
            count += 1
        of_triple[at] = count - 1
    return count


@kernel
def of_first(marks: np.ndarray, unit: np.ndarray, of_triple: np.ndarray, count: int) -> np.ndarray:
    """Return for each cell the mark of the unit of its first triple."""
    found = np.empty(count, marks.dtype)
    for at in range(len(unit)):
        if at == 0 or of_triple[at] != of_triple[at - 1]:
            found[of_triple[at]] = marks[unit[at]]
    return found


@kernel
def add_known(people: np.ndarray, of_triple: np.ndarray, found: np.ndarray) -> None:
    """Add the people of triples, where they are known, to those of their cells, in this order."""
    for at in range(len(people)):
        if not np.isnan(people[at]):
            found[of_triple[at]] += people[at]


@kernel
def placed(
    number: np.ndarray,
    columns: int,
    corner: tuple[float, float],
    size: tuple[float, float],
    of_row: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
    alike: np.ndarray,
) -> None:
    """Write x and y of the centres of sorted cells, and what is alike along each row."""
    for at in range(len(number)):
        row = number[at] // columns
        x[at] = corner[0] + (number[at] - row * columns + 0.5) * size[0]
        y[at] = corner[1] + (row + 0.5) * size[1]
        alike[at] = of_row[row - number[0] // columns]


@kernel
def ranked(code: np.ndarray, size: int) -> np.ndarray:
    """Return the codes below ``size`` that there are, rising; each is overwritten by its place there."""
    rank = np.zeros(size, np.int32)
    for at in range(len(code)):
        rank[code[at]] = 1
    count = 0
    for at in range(size):
        if rank[at]:
            rank[at], count = count, count + 1
        else:
            rank[at] = -1
    values = np.empty(count, np.int64)
    for at in range(size):
        if rank[at] >= 0:
            values[rank[at]] = at
    for at in range(len(code)):
        code[at] = rank[code[at]]
    return values


@kernel
def sums(
    unit: np.ndarray,
    of_triple: np.ndarray,
    fraction: np.ndarray,
    people: np.ndarray,
    area_m2: np.ndarray,
    code: np.ndarray,
    lacks: np.ndarray,
    shape: tuple[int, int, int],
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Add people and area up over units, each in the order of triples.

    Parameters
    ----------
    unit, of_triple, fraction, people : ndarray, by triple
        NaN people are unknown.
    area_m2, code : ndarray, by cell
    lacks : ndarray of int
        By code: the class by which area is added up.
    shape : tuple of int
        Units, codes, classes.

    Returns
    -------
    known : ndarray of uint8, units x codes
        0 where there is no triple, 1 where people are unknown in all, else 2.
    total : ndarray of float64, units x codes
        People.
    there : ndarray of bool, units x classes
    area : ndarray of float64, units x classes
    """
    units, codes, classes = shape
    known, total = np.zeros((units, codes), np.uint8), np.zeros((units, codes))
    there, area = np.zeros((units, classes), np.bool_), np.zeros((units, classes))
    for at in range(len(unit)):
        cell, here = of_triple[at], unit[at]
        one = code[cell]
        if np.isnan(people[at]):
            known[here, one] = max(known[here, one], 1)
        else:
            known[here, one] = 2
            total[here, one] += people[at]
        there[here, lacks[one]] = True
        area[here, lacks[one]] += fraction[at] * area_m2[cell]
    return known, total, there, area


@kernel
def touching(row: np.ndarray, column: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Join sorted cells of equal mask that touch over an edge or a corner; return the first of each."""
    above = np.arange(len(row))
    up = 0
    for at in range(len(row)):
        beside = at > 0 and row[at - 1] == row[at] and column[at - 1] == column[at] - 1
        if beside and mask[at - 1] == mask[at]:
            _join(above, at, at - 1)
        while row[up] < row[at] - 1 or (row[up] == row[at] - 1 and column[up] < column[at] - 1):
            up += 1
        some = up
        while row[some] == row[at] - 1 and column[some] <= column[at] + 1:
            if mask[some] == mask[at]:
                _join(above, at, some)
            some += 1
    for at in range(len(row)):
        above[at] = above[above[at]]  # the first of a set is its root, and comes before it
    return above


@kernel
def _join(above: np.ndarray, one: int, other: int) -> None:
    a, b = root(above, one), root(above, other)
    above[max(a, b)] = min(a, b)


@kernel
def at_edge(
    number: np.ndarray, foreign: np.ndarray, wanted: np.ndarray, rows: int, columns: int
) -> np.ndarray:
    """Tell which of the wanted cells are foreign, or touch a cell of the grid that is not there.

    Parameters
    ----------
    number : ndarray of int64
        Of all cells, rising.
    foreign : ndarray of bool
        By cell.
    wanted : ndarray of int
        Positions.
    rows, columns : int
        Of the grid.
    """
    found = np.zeros(len(wanted), np.bool_)
    if not len(number):
        return found
    top, left, right = number[0] // columns, columns, 0
    for at in range(len(number)):
        column = number[at] % columns
        left, right = min(left, column), max(right, column)
    there = np.zeros((number[-1] // columns - top + 3, right - left + 3), np.bool_)
    for at in range(len(number)):
        there[number[at] // columns - top + 1, number[at] % columns - left + 1] = True
    for at in range(len(wanted)):
        here = number[wanted[at]]
        row, column = here // columns, here % columns
        edge = foreign[wanted[at]]
        for down in range(-1, 2):
            for across in range(-1, 2):
                if 0 <= row + down < rows and 0 <= column + across < columns:
                    edge |= not there[row + down - top + 1, column + across - left + 1]
        found[at] = edge
    return found


@kernel
def of_few(values: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the values of an array in their first order, and which each one is.

    Where there are more than ``most``, or one is unknown, none is returned.
    """
    few, count, found = np.empty(most), 0, np.empty(len(values), np.uint8)
    for at in range(len(values)):
        one = 0
        while one < count and few[one] != values[at]:
            one += 1
        if one == count:
            if count == most or np.isnan(values[at]):
                return few[:0], found[:0]
            few[count], count = values[at], count + 1
        found[at] = one
    return few[:count], found


@kernel
def most_peopled(zone: np.ndarray, people: np.ndarray, count: int) -> np.ndarray:
    """Return the position of each zone's cell with most people, the first of several."""
    found = np.full(count, -1, np.int64)
    for at in range(len(zone)):
        best = found[zone[at]]
        if best < 0 or people[at] > people[best]:
            found[zone[at]] = at
    return found
