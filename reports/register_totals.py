"""Sums of the register that add up, and bulletins that do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from ..coverage.classes import FLAGS
from ..geodata.faults import BadInput, Fault, of_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

BY: Final[dict[str, tuple[str, ...]]] = {
    "nation": (),
    "province": ("province_code", "province_name"),
    "commune": ("commune_code", "commune_name", "province_code", "province_name"),
    "class": ("area_class",),
    **{flag: (flag,) for flag in FLAGS},
    "lacks": ("lacks",),
    "signal": ("signal",),
    "power": ("power",),
    "fibre": ("fibre",),
}
"""What the register can be split by: the first column is the key, the others say its name."""

UNKNOWN: Final = "unknown"
"""Key of those of whom it is not known."""

_STATES: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "signal": {
        "no_signal": ("none",),
        "weak_signal": ("weak",),
        "signal_lacking": ("lacking",),
        "no_5g": ("no_5g",),
        "with_signal": ("served", "2g", "3g", "4g", "5g", "congested"),
    },
    "power": {
        "no_grid": ("none",),
        "local_power": ("local",),
        "unstable_grid": ("unstable",),
        "with_grid": ("grid",),
    },
    "fibre": {"no_fibre": ("none",), "with_fibre": ("served",)},
}
_ATOL: Final = 1e-6
"""A difference of sums that is none: tables carry decimals of thousands or millions."""


def totals(register: pd.DataFrame, by: str) -> pd.DataFrame:
    """Sum the register up; whatever it is split by, the parts add up to the whole.

    Parameters
    ----------
    register : DataFrame
        As :func:`deadzones.reports.register.villages` gives it.
    by : str
        One of ``nation``, ``province``, ``commune``, ``class`` (of area), ``mountainous``, ``border``,
        ``island``, ``lacks``, ``signal``, ``power``, ``fibre``.

    Returns
    -------
    DataFrame
        By key, ``"unknown"`` last; every figure is a whole number, null where there are settlements
        and nothing is known. ``settlements`` is ``places`` +
        ``clusters``, and of these ``lacking`` + ``complete`` + ``lacks_unknown``, ``no_signal`` +
        ``weak_signal`` + ``signal_lacking`` + ``no_5g`` + ``with_signal`` + ``signal_unknown``,
        ``no_grid`` + ``local_power`` + ``unstable_grid`` + ``with_grid`` + ``power_unknown`` and ``no_fibre`` + ``with_fibre`` +
        ``fibre_unknown``; each with ``_people`` too, which add up to ``people``: everyone whose
        number is known, in settlements or not. ``uncounted``: settlements whose people are not
        known. ``overdue``: settlements with an overdue task, null where none
        was judged.

    Raises
    ------
    ValueError
        When ``by`` is none of these.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports import register
    >>> table = register.villages(dz.demo(communes=4))
    >>> parts, whole = totals(table, "commune"), totals(table, "nation")
    >>> int(parts["settlements"].sum()) == int(whole["settlements"].iloc[0]) == 19
    True
    """
    return several(register, [by])[by]


def several(register: pd.DataFrame, bys: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Sum the register up by several things at once: what is summed is told apart only once.

    Parameters
    ----------
    register : DataFrame
    bys : sequence of str
        Each as :func:`totals` takes it.

    Returns
    -------
    dict of str to DataFrame

    Raises
    ------
    ValueError
        When there is no such split.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports import register
    >>> found = several(register.villages(dz.demo(communes=4)), ["nation", "province"])
    >>> [len(one) for one in found.values()]
    [1, 1]
    """
    for by in bys:
        if by not in BY:
            wanted = ", ".join(BY)
            message = f"by: found {by!r}; wanted one of {wanted}. Split by one of these."
            raise ValueError(message)
    summands = _summands(register)
    return {by: _split(register, by, summands) for by in bys}


@dataclass(frozen=True)
class _Summands:
    """What is summed of each row: a count is 1 where a row is marked, a sum is null where unknown."""

    counts: dict[str, NDArray[np.bool_]]
    sums: dict[str, tuple[NDArray[np.float64], NDArray[np.bool_]]]
    order: list[str]


def _split(register: pd.DataFrame, by: str, summands: _Summands) -> pd.DataFrame:
    columns = BY[by]
    if columns:
        key = register[columns[0]].fillna(UNKNOWN).rename(columns[0])
    else:
        key = pd.Series("nation", register.index, name="nation")
    codes, kinds = pd.factorize(key)
    summed = _summed(codes, pd.Index(kinds, name=key.name), summands)
    order = sorted(summed.index, key=lambda one: (one == UNKNOWN, one))
    names = register.groupby(key)[list(columns[1:])].first()
    return names.join(summed).loc[order]


def _summands(register: pd.DataFrame) -> _Summands:
    people = _plain(register["people"])
    settled = (register["record"] != "rest").to_numpy(dtype=bool)
    everyone = np.ones(len(register), dtype=bool)
    groups = {name: mark.to_numpy(dtype=bool) for name, mark in _groups(register).items()}
    counts = {
        "settlements": settled,
        "places": (register["record"] == "place").to_numpy(dtype=bool),
        "clusters": (register["record"] == "zone").to_numpy(dtype=bool),
        "uncounted": settled & np.isnan(people),
        **{name: mark & settled for name, mark in groups.items()},
    }
    sums = {
        "people": (people, everyone),
        "households": (_plain(register["households"]), settled),
        **{f"{name}_people": (people, mark) for name, mark in groups.items()},
        "overdue": (_plain(register["overdue"]), settled),
    }
    pairs = [column for name in groups for column in (name, f"{name}_people")]
    first = ["settlements", "places", "clusters", "people", "uncounted", "households"]
    return _Summands(counts, sums, [*first, *pairs, "overdue"])


def _plain(values: pd.Series) -> NDArray[np.float64]:
    return values.astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)


def _summed(codes: NDArray[np.intp], kinds: pd.Index, summands: _Summands) -> pd.DataFrame:
    """Sum marked rows by group; null where there are such rows and nothing is known of them."""

    def by_group(values: NDArray[Any]) -> NDArray[np.float64]:
        weights = values.astype(np.float64)
        return np.asarray(np.bincount(codes, weights, minlength=len(kinds)), dtype=np.float64)

    found = {name: by_group(mark) for name, mark in summands.counts.items()}
    for name, (values, mark) in summands.sums.items():
        known = mark & ~np.isnan(values)
        nothing = (by_group(mark) > 0) & (by_group(known) == 0)
        found[name] = np.where(nothing, np.nan, by_group(np.where(known, values, 0.0)))
    return pd.DataFrame(found, index=kinds)[summands.order].astype("Int64")


def _groups(register: pd.DataFrame) -> dict[str, pd.Series]:
    """Return marks that part the register: each row has one of those of services, of signal, ..."""
    lacks = register["lacks"]
    groups = {
        "lacking": lacks.notna() & (lacks != ""),
        "complete": lacks == "",
        "lacks_unknown": lacks.isna(),
    }
    for column, states in _STATES.items():
        groups |= {name: register[column].isin(values) for name, values in states.items()}
        groups[f"{column}_unknown"] = register[column].isna()
    return groups


def check_bulletin(
    table: pd.DataFrame, parts: Sequence[str], whole: str, *, name: str = "bulletin"
) -> list[Fault]:
    """Tell the rows of a bulletin whose parts do not add up to the whole, with the difference.

    Parameters
    ----------
    table : DataFrame
        A row a place or a period.
    parts : sequence of str
        Columns that together should be the whole.
    whole : str
        The column of the whole.
    name : str
        What the bulletin is called in a fault.

    Returns
    -------
    list of Fault
        Empty where all rows reconcile. A figure that is absent or no number is told as well.

    Raises
    ------
    BadInput
        When the table has no such columns, or none are given as parts.

    Examples
    --------
    >>> table = pd.DataFrame({"power": [637, 600], "no_power": [124, 117], "villages": [761, 718]})
    >>> print(*check_bulletin(table, ["power", "no_power"], "villages"))
    bulletin, row 2, column villages: found power + no_power = 600 + 117 = 717, 1 less than 718; ...
    """
    absent = [column for column in (*parts, whole) if column not in table]
    if absent or not parts:
        found = "no column " + ", ".join(absent) if absent else "no parts"
        wanted = "the columns of the parts and of the whole"
        raise BadInput([Fault(name, found, wanted, "Name the columns as the table does.")])
    columns = [*parts, whole]
    plain = table[columns].reset_index(drop=True).astype(object)
    figures = plain.apply(pd.to_numeric, errors="coerce").astype(float)
    faults: list[Fault] = []
    for column in columns:
        which = np.flatnonzero(~np.isfinite(figures[column]))
        faults += of_rows(
            name,
            which + 1,
            plain[column].iloc[which],
            column=column,
            wanted="a number",
            repair="Ask its owner for the figure; unknown is no zero.",
        )
    more = figures[list(parts)].sum(axis=1, skipna=False) - figures[whole]
    which = np.flatnonzero(more.abs() > _ATOL)
    told = [_told(figures.iloc[row], parts, whole) for row in which]
    return faults + of_rows(
        name,
        which + 1,
        told,
        column=whole,
        wanted="parts that add up to the whole",
        repair="Ask its owner which figure holds; none is changed here.",
        in_words=True,
    )


def _told(row: pd.Series, parts: Sequence[str], whole: str) -> str:
    total, wanted = float(row[list(parts)].sum()), float(row[whole])
    sums = " + ".join(_figure(row[part]) for part in parts)
    way = "more" if total > wanted else "less"
    gap = f"{_figure(abs(total - wanted))} {way} than {_figure(wanted)}"
    return f"{' + '.join(parts)} = {sums} = {_figure(total)}, {gap}"


def _figure(value: float) -> str:
    return f"{value:,.6f}".rstrip("0").rstrip(".")
