"""Sums of the register that add up, and bulletins that do not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from ..geodata.faults import BadInput, Fault, of_rows

BY: Final[dict[str, tuple[str, ...]]] = {
    "nation": (),
    "province": ("province_code", "province_name"),
    "commune": ("commune_code", "commune_name", "province_code", "province_name"),
    "class": ("area_class",),
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
    "power": {"no_grid": ("none",), "with_grid": ("grid",)},
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
    by : {"nation", "province", "commune", "class", "lacks", "signal", "power", "fibre"}

    Returns
    -------
    DataFrame
        By key, ``"unknown"`` last; every figure is a whole number, null where there are settlements
        and nothing is known. ``settlements`` is ``places`` +
        ``clusters``, and of these ``lacking`` + ``complete`` + ``lacks_unknown``, ``no_signal`` +
        ``weak_signal`` + ``signal_lacking`` + ``no_5g`` + ``with_signal`` + ``signal_unknown``,
        ``no_grid`` + ``with_grid`` + ``power_unknown`` and ``no_fibre`` + ``with_fibre`` +
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
    if by not in BY:
        wanted = ", ".join(BY)
        message = f"by: found {by!r}; wanted one of {wanted}. Split by one of these."
        raise ValueError(message)
    columns = BY[by]
    if not columns:
        key = pd.Series("nation", register.index, name="nation")
    else:
        key = register[columns[0]].fillna(UNKNOWN).rename(columns[0])
    summed = _summed(register, key)
    order = sorted(summed.index, key=lambda one: (one == UNKNOWN, one))
    names = register.groupby(key)[list(columns[1:])].first()
    return names.join(summed).loc[order]


def _summed(register: pd.DataFrame, key: pd.Series) -> pd.DataFrame:
    people, settled = register["people"].astype("Int64"), register["record"] != "rest"
    everyone = pd.Series(data=True, index=register.index)
    groups = _groups(register)
    counts = {
        "settlements": settled,
        "places": register["record"] == "place",
        "clusters": register["record"] == "zone",
        "uncounted": settled & people.isna(),
        **{name: mark & settled for name, mark in groups.items()},
    }
    sums = {
        "people": (people, everyone),
        "households": (register["households"].astype("Int64"), settled),
        **{f"{name}_people": (people, mark) for name, mark in groups.items()},
        "overdue": (register["overdue"].astype("Int64"), settled),
    }
    counted = pd.DataFrame(counts).groupby(key).sum().astype("Int64")
    found = counted.join(_sums(sums, key))
    pairs = [column for name in groups for column in (name, f"{name}_people")]
    first = ["settlements", "places", "clusters", "people", "uncounted", "households"]
    return found[[*first, *pairs, "overdue"]]


def _sums(sums: dict[str, tuple[pd.Series, pd.Series]], key: pd.Series) -> pd.DataFrame:
    """Sum what is known of marked rows; null where there are such and nothing is known."""
    marks = pd.DataFrame({name: mark for name, (_, mark) in sums.items()})
    values = pd.DataFrame({name: value.where(mark) for name, (value, mark) in sums.items()})
    known = values.groupby(key).sum(min_count=1)
    return known.where(marks.groupby(key).any(), 0).astype("Int64")


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
