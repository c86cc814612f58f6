"""What a published table holds back, so that few people are never told apart.

A count of one to nine people (the minimum is a parameter) is held back, and with it the other counts
of its row, because counts of one row limit each other. Sums would give it away by subtraction: so
further rows of its group are held back until those that are hidden add up to the minimum in every
column; where the group has too few of them its sum is held back as well, and the sum of another group.
Counts of a column that is zero in the whole group stay: nobody is behind them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray


@dataclass(frozen=True)
class Hidden:
    """Which counts are held back: of rows, of their groups, and of the whole."""

    rows: pd.DataFrame
    groups: pd.DataFrame
    whole: pd.Series


def hidden(
    counts: pd.DataFrame,
    groups: pd.Series,
    blocks: Sequence[Sequence[str]],
    minimum: int = 10,
    *,
    also: pd.Series | None = None,
) -> Hidden:
    """Choose what to hold back of a table whose sums are published too.

    Parameters
    ----------
    counts : DataFrame
        Persons; null where unknown.
    groups : Series
        The group of each row, on the same index.
    blocks : sequence of sequence of str
        Columns of counts that limit each other: they are held back together.
    minimum : int
        Counts from 1 to below this are held back.
    also : Series of bool, optional
        Rows that are held back whatever they count.

    Returns
    -------
    Hidden
        Truth values on the rows, on the groups, and of the whole, by column. Whoever knows all sums
        that are left knows no hidden count closer than to ``minimum`` persons.

    Raises
    ------
    ValueError
        When the minimum is below 1.

    Examples
    --------
    >>> table = pd.DataFrame({"people": [4, 30, 500, 900]}, index=list("abcd"))
    >>> found = hidden(table, pd.Series("x", table.index), [["people"]])
    >>> found.rows["people"].tolist(), bool(found.groups.loc["x", "people"])
    ([True, True, False, False], False)
    """
    if minimum < 1:
        raise ValueError(f"minimum: found {minimum}; wanted 1 or more. Give the fewest to be told.")
    columns = [name for block in blocks for name in block]
    keys = sorted(set(groups))
    rows = pd.DataFrame(data=False, index=counts.index, columns=columns)
    of_groups = pd.DataFrame(data=False, index=keys, columns=columns)
    whole = pd.Series(data=False, index=columns)
    codes = np.searchsorted(np.array(keys, dtype=object), groups.to_numpy(dtype=object))
    asked = np.zeros(len(counts), dtype=bool)
    if also is not None:
        asked = also.reindex(counts.index, fill_value=False).to_numpy(dtype=bool)
    for block in blocks:
        values = counts[list(block)].to_numpy(dtype=np.float64, na_value=0.0)
        row = ((values > 0) & (values < minimum)).any(axis=1) | asked
        mask, sums, all_of_it = _block(values, codes, row, minimum)
        rows[list(block)] = mask
        of_groups[list(block)] = sums
        whole[list(block)] = all_of_it
    return Hidden(rows, of_groups, whole)


def _block(
    values: NDArray[np.float64], codes: NDArray[np.intp], row: NDArray[np.bool_], minimum: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return what is hidden of rows, of groups, and of the whole; `row` are those of few people."""
    row, groups = row.copy(), int(codes.max(initial=-1)) + 1
    closed = np.zeros(groups, dtype=bool)
    for group in np.unique(codes[row]):
        here = np.flatnonzero(codes == group)
        row[here], enough = _completed(values[here], row[here], minimum)
        closed[group] = not enough
    while closed.any() and not _enough(values[row & closed[codes]], values, minimum):
        others = np.flatnonzero(~closed & (np.bincount(codes, minlength=groups) > 0))
        if not len(others):
            break
        # a group of which all rows are told has no secret sum: its smallest row is hidden as well
        found = min(others, key=lambda group: (values[codes == group].sum(), group))
        closed[found] = True
        here = np.flatnonzero((codes == found) & (values > 0).any(axis=1))
        if len(here) and not row[here].any():
            row[here[np.argmin(values[here].sum(axis=1))]] = True
    there = np.zeros((groups, values.shape[1]), dtype=bool)
    for group in range(groups):
        there[group] = values[codes == group].sum(axis=0) > 0
    everything = closed.any() and not _enough(values[row & closed[codes]], values, minimum)
    whole = np.full(values.shape[1], everything) & (values.sum(axis=0) > 0)
    # a zero of a group whose sum is published is known; of one whose sum is not it must stay hidden
    shown_zero = ~there[codes] & ~closed[codes][:, None]
    sums = np.repeat(closed[:, None], values.shape[1], axis=1)
    dead = values.sum(axis=0) == 0
    sums[:, dead] = False
    mask = row[:, None] & ~shown_zero
    mask[:, dead] = False
    return mask, sums, whole


def _completed(
    values: NDArray[np.float64], row: NDArray[np.bool_], minimum: int
) -> tuple[NDArray[np.bool_], bool]:
    """Hide further rows of a group, the smallest that help, until its sum gives none away."""
    row = row.copy()
    while not _enough(values[row], values, minimum):
        wanted = ~row & (values[:, _open(values[row], values, minimum)] > 0).any(axis=1)
        if not wanted.any():
            return row, False
        sizes = np.where(wanted, values.sum(axis=1), np.inf)
        row[int(np.argmin(sizes))] = True
    return row, True


def _open(
    hidden: NDArray[np.float64], values: NDArray[np.float64], minimum: int
) -> NDArray[np.bool_]:
    """Tell the columns in which what is hidden is too little, or stands in one row alone."""
    some = values.sum(axis=0) > 0
    return some & ((hidden.sum(axis=0) < minimum) | ((hidden > 0).sum(axis=0) < 2))


def _enough(hidden: NDArray[np.float64], values: NDArray[np.float64], minimum: int) -> bool:
    return not len(hidden) or not _open(hidden, values, minimum).any()


def tells_apart(
    hidden_rows: pd.DataFrame, counts: pd.DataFrame, split: pd.Series, minimum: int
) -> bool:
    """Tell whether sums by another split would give hidden rows away by subtraction.

    Parameters
    ----------
    hidden_rows : DataFrame
        As :func:`hidden` gives them.
    counts : DataFrame
        With the same columns.
    split : Series
        The class of each row.
    minimum : int

    Returns
    -------
    bool
        Whether in some class the hidden rows add up to fewer than the minimum, or are one alone.

    Examples
    --------
    >>> mask, table = pd.DataFrame({"people": [True]}), pd.DataFrame({"people": [4]})
    >>> tells_apart(mask, table, pd.Series(["I"]), 10)
    True
    """
    for name in hidden_rows:
        mark = hidden_rows[name].to_numpy(dtype=bool)
        values = counts[name].to_numpy(dtype=np.float64, na_value=0.0)
        grouped = pd.DataFrame({"sum": values * mark, "rows": mark & (values > 0), "any": mark})
        sums = grouped.groupby(split.to_numpy()).sum()
        if ((sums["any"] > 0) & ((sums["sum"] < minimum) | (sums["rows"] < 2))).any():
            return True
    return False


def few(proposals: pd.DataFrame, minimum: int) -> pd.Series:
    """Mark the proposals that are put together where they are published: the same in every report.

    Parameters
    ----------
    proposals : DataFrame
        ``gained`` (persons), ``commune_code``, ``province_code``.
    minimum : int
        Proposals for fewer people, down to one, are marked; with them, of each commune, each province
        and the whole, as many of the next larger ones as it takes that at least two are marked, for
        that many people together.

    Returns
    -------
    Series of bool

    Examples
    --------
    >>> table = pd.DataFrame({"gained": [4, 30, 90], "commune_code": "1", "province_code": "1"})
    >>> few(table, 10).tolist()
    [True, True, False]
    """
    gained = proposals["gained"].sort_values(kind="stable")
    mark = gained.between(1, minimum - 1)
    whole = pd.Series("", gained.index)
    for key in (proposals["commune_code"], proposals["province_code"], whole):
        home = key.reindex(gained.index)
        for place in home[mark].unique():
            there = gained[(home == place) & (gained > 0)]
            for code in there.index:
                held = there[mark[there.index]]
                if len(held) >= 2 and held.sum() >= minimum:
                    break
                mark[code] = True
    return mark.reindex(proposals.index)
