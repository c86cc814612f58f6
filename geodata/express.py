"""The figures of one date on the units of another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from . import crosswalk as crosswalks
from .crosswalk import CODE, TOLERANCE

UNCHANGED, MERGED, ESTIMATED, OUTSIDE = "unchanged", "merged", "estimated", "outside"


def express(
    table: pd.DataFrame,
    crosswalk: pd.DataFrame,
    *,
    counts: Sequence[str] = (),
    rates: Sequence[str] | Mapping[str, str] = (),
    tolerance: float = TOLERANCE,
) -> pd.DataFrame:
    """Re-express figures of old units on new ones.

    Parameters
    ----------
    table : DataFrame
        Figures by old code: in a column ``commune_code``, or else in the index.
    crosswalk : DataFrame
        As :func:`~deadzones.geodata.crosswalk.crosswalk` gives it.
    counts : sequence of str
        Columns of amounts, split by share: people, villages, km2.
    rates : sequence of str, or mapping of str to str
        Columns of means and percentages. A mapping names the column of ``table`` that says of how
        much each is the mean; in a sequence that is the mass of the crosswalk.
    tolerance : float
        Share of a unit that may be out of place before its figures are an estimate.

    Returns
    -------
    DataFrame
        By ``new_code``; the row without a code is what lies in no new unit. The figures; of each
        ``<figure>_known_pct``, for which share of the unit (%, by mass) it was known; ``origin``:
        ``"unchanged"`` and ``"merged"`` (from whole old units) are certain, ``"estimated"`` rests
        on the shares of old units that were split, ``"outside"`` is in no new unit; and
        ``certain_pct``, the share (%, by mass) that comes from whole old units.

    Raises
    ------
    ValueError
        If the table is of another date (codes that the crosswalk does not have), has a code twice,
        lacks a column, or has text in one that is no number.

    Notes
    -----
    A count is the sum of what is known of it, so that the rows add up to the table; it is null where
    nothing is known.

    Examples
    --------
    >>> rows = {"old_code": ["1", "2", "2"], "new_code": ["8", "8", "9"], "share": [1.0, 0.6, 0.4]}
    >>> walk = pd.DataFrame(rows).assign(people=[30.0, 60.0, 40.0])
    >>> figures = pd.DataFrame({"villages": [3, 10], "pct": [10.0, 40.0]}, index=["1", "2"])
    >>> found = express(figures, walk, counts=["villages"], rates=["pct"])
    >>> found[["villages", "pct", "origin"]].to_dict("index")["8"]
    {'villages': 9.0, 'pct': 30.0, 'origin': 'estimated'}
    """
    mass = crosswalks.mass_of(crosswalk)
    weights = dict(rates) if isinstance(rates, Mapping) else dict.fromkeys(rates)
    figures = _of_its_date(table, crosswalk, [*counts, *weights, *filter(None, weights.values())])
    new = crosswalk["new_code"]
    there = figures.reindex(crosswalk["old_code"]).set_axis(crosswalk.index)
    moved = _moved(crosswalk, mass)
    of_new = moved.groupby(new, dropna=False).transform("sum")
    part = (moved / of_new.where(of_new > 0.0)).fillna(0.0)
    columns: dict[str, pd.Series] = {}
    for name in counts:
        columns[name] = _sum(there[name] * crosswalk["share"], new)
        columns[f"{name}_known_pct"] = 100.0 * _sum(part * there[name].notna(), new)
    for name, by in weights.items():
        weight = crosswalk[mass].fillna(0.0) if by is None else there[by] * crosswalk["share"]
        known = weight.where(there[name].notna())
        total = _sum(known, new)
        columns[name] = _sum(there[name] * known, new) / total.where(total > 0.0)
        columns[f"{name}_known_pct"] = 100.0 * _sum(part * there[name].notna(), new)
    return pd.DataFrame(columns | _origins(crosswalk, part, tolerance))


def _moved(crosswalk: pd.DataFrame, mass: str) -> pd.Series:
    """Return the mass that moves; where nobody is counted in a whole new unit, the shares."""
    moved = crosswalk[mass].fillna(0.0)
    counted = moved.groupby(crosswalk["new_code"], dropna=False).transform("sum") > 0.0
    return moved.where(counted, crosswalk["share"])


def _sum(values: pd.Series, new: pd.Series) -> pd.Series:
    return values.groupby(new, dropna=False).sum(min_count=1)


def _origins(crosswalk: pd.DataFrame, part: pd.Series, tolerance: float) -> dict[str, pd.Series]:
    """Tell what comes from whole old units from what their shares estimate."""
    new, least = crosswalk["new_code"], 1.0 - tolerance
    whole = crosswalk["share"] >= least
    certain = _sum(part * whole, new)
    most = part.where(whole, 0.0).groupby(new, dropna=False).max()
    origin = np.select(
        [most.index.isna(), most >= least, certain >= least],
        [OUTSIDE, UNCHANGED, MERGED],
        ESTIMATED,
    )
    return {"origin": pd.Series(origin, most.index), "certain_pct": 100.0 * certain}


def _of_its_date(
    table: pd.DataFrame, crosswalk: pd.DataFrame, wanted: Sequence[str]
) -> pd.DataFrame:
    """Return the wanted columns as numbers, by old code."""
    figures = pd.DataFrame(table.set_index(CODE) if CODE in table else table)
    absent = [name for name in wanted if name not in figures]
    if absent:
        raise ValueError(f"no column {', '.join(absent)} in the table")
    if figures.index.has_duplicates:
        code = figures.index[figures.index.duplicated()][0]
        raise ValueError(f"the code {code} stands in the table twice; wanted each code once")
    strange = figures.index.difference(pd.Index(crosswalk["old_code"]))
    if len(strange):
        some = ", ".join(map(str, strange[:5]))
        raise ValueError(
            f"{len(strange)} codes of the table are not old codes of the crosswalk, such as {some}: "
            "the table is of another date. Make the crosswalk from the units of the table's date."
        )
    return pd.DataFrame({name: _numbers(figures[name]) for name in dict.fromkeys(wanted)})


def _numbers(figures: pd.Series) -> pd.Series:
    """Return a column as numbers; text such as 1,5 is told, with its code."""
    numbers = pd.to_numeric(figures, errors="coerce").astype("Float64").astype("float64")
    odd = figures[numbers.isna() & figures.notna()]
    if len(odd):
        raise ValueError(
            f"the code {odd.index[0]}, column {figures.name}: found {odd.iloc[0]!r}; wanted a number "
            "with a decimal point, such as 1234.5. Mend it, or leave it empty if it is unknown."
        )
    return numbers
