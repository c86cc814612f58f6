"""The data dictionary of the input tables, and the check against it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import pandas as pd

from .faults import Fault, of_rows

WITH_POINT = (
    "Write 1234.5, with a point and no separators of thousands; of a CSV file with decimal commas "
    'say options = { decimal = "," }.'
)
_NAMES, _NAME = 30, 40
"""Columns that are named in a message, and letters of each."""


@dataclass(frozen=True)
class Column:
    """One row of ``schema.csv``.

    Examples
    --------
    >>> columns("sites")["height_m"].unit
    'm'
    """

    name: str
    type: str
    unit: str
    required: bool
    unique: bool
    low: float
    high: float
    description: str


@cache
def _dictionary() -> dict[str, dict[str, Column]]:
    tables: dict[str, dict[str, Column]] = {}
    text = resources.files("deadzones.geodata").joinpath("schema.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        tables.setdefault(row["table"], {})[row["column"]] = Column(
            name=row["column"],
            type=row["type"],
            unit=row["unit"],
            required=row["required"] == "yes",
            unique=row["unique"] == "yes",
            low=float(row["min"] or "-inf"),
            high=float(row["max"] or "inf"),
            description=row["description"],
        )
    return tables


def columns(table: str) -> dict[str, Column]:
    """Return the documented columns of a table, by name.

    Examples
    --------
    >>> list(columns("commune_totals"))
    ['commune_code', 'people']
    """
    return dict(_dictionary().get(table, {}))


def check(table: pd.DataFrame, name: str, file: str) -> list[Fault]:
    """Hold a table against the dictionary and tell all its faults at once.

    Parameters
    ----------
    table : DataFrame
        The table, with its columns already under their documented names.
    name : str
        Its name in the dictionary.
    file : str
        The file to name in the faults.

    Returns
    -------
    list of Fault
        Empty when the table is sound.

    Examples
    --------
    >>> bad = pd.DataFrame({"commune_code": ["00004", "4"], "people": [10, -2]})
    >>> [fault.column for fault in check(bad, "commune_totals", "totals.csv")]
    ['commune_code', 'people']
    """
    faults: list[Fault] = []
    for column in columns(name).values():
        if column.name in table:
            faults += _check_column(table[column.name], column, file)
        elif column.required:
            faults += absent(column.name, column.description, table, file)
    return faults


def typed(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a sound table, its documented numbers as numbers and all else as text.

    A CSV file holds only text; an empty column of it looks like numbers.

    Examples
    --------
    >>> typed(pd.DataFrame({"people": ["12", None]}), "commune_totals")["people"].tolist()
    [12.0, nan]
    """
    there = [column for column in columns(name).values() if column.name in table]
    cast = {
        column.name: _as_floats(table[column.name])
        if column.type == "number"
        else _as_text(table[column.name]).astype("str")
        for column in there
    }
    return table.assign(**cast)


def _as_floats(values: pd.Series) -> pd.Series:
    real = values.dtype.kind in "iuf"
    numbers = pd.to_numeric(values if real else _as_text(values), errors="coerce")
    return numbers.astype("Float64").astype("float64")


def _as_text(values: pd.Series) -> pd.Series:
    """Return any values as text, missing ones as missing; a file may hold lists, dates, truths."""
    return values.map(str, na_action="ignore").astype("string")


def absent(name: str, meaning: str, table: pd.DataFrame, file: str) -> list[Fault]:
    """Tell that a required column is not there, and what is.

    Examples
    --------
    >>> absent("name", "Name of the place", pd.DataFrame({"ten": ["A"]}), "a.csv")[0].found
    'the columns ten'
    """
    return [
        Fault(
            file,
            listed(table),
            f"a column {name}: {meaning}",
            f'Rename it in the file, or say columns = {{ {name} = "..." }} in the study.',
            column=name,
        )
    ]


def listed(table: pd.DataFrame) -> str:
    """Name the columns of a table, the first of them and in short.

    Examples
    --------
    >>> listed(pd.DataFrame({"ten": ["A"], "ma": ["00004"]}))
    'the columns ten, ma'
    """
    names = [str(name) for name in table.columns if name != "geometry"]
    short = [name if len(name) <= _NAME else name[: _NAME - 1] + "…" for name in names[:_NAMES]]
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return f"the columns {', '.join(short) or '(none)'}{more}"


def _check_column(values: pd.Series, column: Column, file: str) -> list[Fault]:
    kind, _, choices = column.type.partition(":")
    faults = _CHECKS[kind](values, column, file, choices)
    return faults + (_check_unique(values, column, file) if column.unique else [])


def _check_unique(values: pd.Series, column: Column, file: str) -> list[Fault]:
    bad = _as_text(values).duplicated() & values.notna()
    repair = "Join the parts of a thing into one row, or mend the code."
    return _of_rows(values, bad, column, file, wanted="each code once", repair=repair)


def _of_rows(
    values: pd.Series, bad: pd.Series, column: Column, file: str, *, wanted: str, repair: str
) -> list[Fault]:
    wrong = bad.to_numpy(dtype=bool)
    rows = np.flatnonzero(wrong) + 1
    return of_rows(file, rows, values[wrong], column=column.name, wanted=wanted, repair=repair)


def _check_code(values: pd.Series, column: Column, file: str, _: str) -> list[Fault]:
    digits = int(column.type[-1])
    repair = "Store the codes as text; leading zeros are part of them."
    wanted = f"text of {digits} digits, such as {'00004'[-digits:]!r}"
    if pd.api.types.is_numeric_dtype(values):
        first = values.dropna().iloc[:1].tolist()
        found = f"numbers, such as {first[0]}" if first else "an empty column"
        return [Fault(file, found, wanted, repair, row=1, column=column.name)]
    bad = ~_as_text(values).str.fullmatch(f"[0-9]{{{digits}}}").fillna(value=False)
    if not column.required:
        bad &= values.notna()
    return _of_rows(values, bad, column, file, wanted=wanted, repair=repair)


def _check_text(values: pd.Series, column: Column, file: str, _: str) -> list[Fault]:
    if not column.required:
        return []
    bad = values.isna() | (_as_text(values).str.strip() == "").fillna(value=True)
    wanted = f"{column.name}: {column.description}"
    return _of_rows(values, bad, column, file, wanted=wanted, repair="Fill it in.")


def _check_choice(values: pd.Series, column: Column, file: str, choices: str) -> list[Fault]:
    known = choices.split("|")
    bad = values.notna() & ~_as_text(values).isin(known)
    wanted, repair = "one of " + ", ".join(known), "Write it so, or leave it empty where unknown."
    return _of_rows(values, bad, column, file, wanted=wanted, repair=repair)


def _check_number(values: pd.Series, column: Column, file: str, _: str) -> list[Fault]:
    numbers = _as_floats(values)
    unreadable = values.notna() & numbers.isna()
    unit = f" in {column.unit}" if column.unit else ""
    wanted = f"a number{unit} with a decimal point"
    faults = _of_rows(values, unreadable, column, file, wanted=wanted, repair=WITH_POINT)
    outside = ((numbers < column.low) | (numbers > column.high)) | np.isinf(numbers)
    wanted = f"{column.name} {_range(column)}{unit}"
    repair = "Mend the value, or leave it empty where unknown."
    return faults + _of_rows(values, outside, column, file, wanted=wanted, repair=repair)


def _range(column: Column) -> str:
    if np.isinf(column.high):
        return f">= {column.low:g}"
    return f"from {column.low:g} to {column.high:g}"


_CHECKS: dict[str, Callable[[pd.Series, Column, str, str], list[Fault]]] = {
    "code2": _check_code,
    "code5": _check_code,
    "text": _check_text,
    "choice": _check_choice,
    "number": _check_number,
}
