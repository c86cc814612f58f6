"""Rows whose numbers slipped: which row each number of a province belongs to."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]

GARBAGE = -1.6
"""Log density of a number that says nothing of its row: even over some five units of log people."""

_STAY, _TURN, _END = np.log(0.9), np.log(0.01), np.log(0.1)
"""Log odds that rows go on as before, that a run of slipped rows begins, and that it ends."""

_SLIP = 4.6
"""Log odds against a ring of displaced rows: one in a hundred."""

_OWN, _NEXT, _BEFORE, _FREE, _USED = range(5)
"""Whose number a row should have: its own, the next row's, the one's before; or one from afar,
while its own number is still free or has been used by the row before."""


def assign(fit: Floats) -> Ints:
    """Find the row whose number each row should have.

    Parameters
    ----------
    fit : ndarray, shape (n, n)
        Log likelihood of row i having the number that stands in row j, in an order of rows in which
        neighbours may have slipped.

    Returns
    -------
    ndarray of int
        A permutation; its own place for a row that stands right.

    Notes
    -----
    Runs of rows that slipped by one are found as the likeliest path of a hidden Markov model
    (Viterbi 1967). What is left at their ends is matched by an assignment (Kuhn 1955) in which any
    row may leave its run, and a ring of displaced rows is put back unless its own evidence bears it.
    """
    from scipy.optimize import linear_sum_assignment  # it takes a third of a second to import

    count = len(fit)
    row, source = np.arange(count), _slips(fit)
    apart = np.flatnonzero(source < 0)
    free = np.setdiff1d(row, source)
    worth = fit - np.where(row[:, None] == row, 0.0, np.log(count))
    worth[np.ix_(apart, free)] = fit[np.ix_(apart, free)] - np.log(max(len(free), 1))
    worth[row[source >= 0], source[source >= 0]] = fit[row[source >= 0], source[source >= 0]]
    _, source = linear_sum_assignment(-worth)
    for ring in rings(source):
        if ring_gain(fit, ring, source) <= 0.0:
            source[ring] = ring
    return source


def rings(source: Ints) -> list[Ints]:
    """Return the rings of a permutation that are longer than one."""
    left, found = np.ones(len(source), dtype=bool), list[Ints]()
    for start in np.flatnonzero(source != np.arange(len(source))):
        ring, at = list[int](), int(start)
        while left[at]:
            left[at] = False
            ring.append(at)
            at = int(source[at])
        if ring:
            found.append(np.array(ring))
    return found


def ring_gain(fit: Floats, ring: Ints, source: Ints) -> float:
    """Return the log odds for a ring of displaced rows: its gain in fit, less how odd it is."""
    far = np.abs(ring - source[ring]) > 1
    # One jump closes a run; a choice among all rows is made for each of the others.
    price = _SLIP + np.log(len(fit)) * max(int(far.sum()) - 1, 0)
    return float(fit[ring, source[ring]].sum() - fit[ring, ring].sum() - price)


def _slips(fit: Floats) -> Ints:
    """Return each row's source along the likeliest path, -1 where it lies afar."""
    count, moves = len(fit), _moves()
    worth = np.full((count, 5), GARBAGE)
    worth[:, _OWN] = np.diag(fit)
    worth[:-1, _NEXT], worth[1:, _BEFORE] = np.diag(fit, 1), np.diag(fit, -1)
    score = worth[0] + np.array([0.0, _TURN, -np.inf, _TURN, -np.inf])
    back = np.zeros((count, 5), dtype=np.int64)
    for at in range(1, count):
        ways = score[:, None] + moves
        back[at] = ways.argmax(axis=0)
        score = ways.max(axis=0) + worth[at]
    score[_NEXT] = -np.inf  # after the last row there is none
    state = np.zeros(count, dtype=np.int64)
    state[-1] = score.argmax()
    for at in range(count - 1, 0, -1):
        state[at - 1] = back[at, state[at]]
    step = np.select([state == _NEXT, state == _BEFORE], [1, -1], 0)
    return np.where(state >= _FREE, -1, np.arange(count) + step)


def _moves() -> Floats:
    """Log odds of one row's state after another's: no number is used twice."""
    no = -np.inf
    return np.array(
        [  # own    next   before free   used
            [0.0, _TURN, no, _TURN, no],  # own
            [no, _STAY, no, no, _END],  # next
            [_END, _TURN, _STAY, _END, no],  # before
            [_END, _END, _END, _END, no],  # free
            [_STAY, _END, no, _END, no],  # used
        ]
    )
