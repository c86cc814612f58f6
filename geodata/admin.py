"""Units in time: a commune is its code and the days from which and to which it is valid.

A code alone names nothing: 26740 was phường Bến Nghé up to 30 June 2025, and has been phường Sài Gòn,
made of several, since 1 July 2025. Figures go from one date to another by :func:`crosswalk` and
:func:`express`, never by code.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from importlib import resources
from io import StringIO

import pandas as pd

from ._names import key, kind_of
from ._unit_lookups import by_code, by_name, by_old_name, old_names
from ._units import at, check_codes, succeed, units
from .crosswalk import CODE, crosswalk, unchanged
from .express import express
from .faults import BadInput, Fault

__all__ = [
    "at",
    "by_code",
    "by_name",
    "by_old_name",
    "crosswalk",
    "express",
    "join",
    "key",
    "kind_of",
    "old_names",
    "provinces",
    "succeed",
    "unchanged",
    "units",
]


def join(
    left: pd.DataFrame,
    right: pd.DataFrame,
    *,
    left_date: dt.date,
    right_date: dt.date,
    history: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Join two tables by code, where the codes name the same units.

    Parameters
    ----------
    left, right : DataFrame
        By ``commune_code``, a column or the index.
    left_date, right_date : date
        The day of whose units each table tells.
    history : DataFrame, optional
        Units, as :func:`succeed` gives them: tables of two dates may then be joined where every
        code names the same unit on both.

    Returns
    -------
    DataFrame
        All rows of ``left``, by code, with what ``right`` has of them; a column of both has the
        ending ``_right`` where it is from there.

    Raises
    ------
    BadInput
        If the dates differ, and it is not known that the units are the same; if codes are no text,
        or ``right`` has one twice.

    Examples
    --------
    >>> left = pd.DataFrame({"people": [19000]}, index=["26740"])
    >>> right = pd.DataFrame({"sites": [41]}, index=["26740"])
    >>> join(left, right, left_date=dt.date(2024, 12, 31), right_date=dt.date(2026, 1, 1))
    Traceback (most recent call last):
    deadzones.geodata.faults.BadInput: the tables to join, column commune_code: found codes of 2024-12-31 and ...
    """
    one, other = (table.set_index(CODE) if CODE in table else table for table in (left, right))
    faults = check_codes(one.index, "left", once=False)
    faults += check_codes(other.index, "right", once=True)
    if faults:
        raise BadInput(faults)
    if left_date != right_date:
        _same_units(one, other, left_date, right_date, history)
    return one.merge(other, how="left", left_index=True, right_index=True, suffixes=("", "_right"))


def _same_units(
    one: pd.DataFrame,
    other: pd.DataFrame,
    day: dt.date,
    another: dt.date,
    history: pd.DataFrame | None,
) -> None:
    """Refuse codes that do not name, or may not name, the same unit on both days."""
    codes = one.index.intersection(other.index)
    example = ""
    if history is not None:
        first, then = (at(history, some).reindex(codes) for some in (day, another))
        lasting = first["since"].eq(then["since"])
        if lasting.all():
            return
        code = codes[~lasting][0]
        example = _told(code, first.loc[code, "name"], then.loc[code, "name"])
    elif "commune_name" in one and "commune_name" in other:
        names = pd.DataFrame({"first": one["commune_name"], "then": other["commune_name"]})
        names = names.loc[codes].dropna()
        differ = names[names["first"].map(key) != names["then"].map(key)]
        example = "" if differ.empty else _told(differ.index[0], *differ.iloc[0])
    differ = "name" if example else "may name"
    found = f"codes of {day} and of {another}, which {differ} different units{example}"
    repair = (
        "Make a crosswalk from the boundaries of both dates (admin.crosswalk) and bring one table "
        "to the units of the other (admin.express), then join."
    )
    raise BadInput([Fault("the tables to join", found, "units of one date", repair, column=CODE)])


def _told(code: str, first: object, then: object) -> str:
    was, became = ("no unit" if pd.isna(name) else str(name) for name in (first, then))
    if key(was) == key(became):
        return f": {code} is {was} in both, on other land"
    return f": {code} is {was} in the one and {became} in the other"


@cache
def _provinces() -> pd.DataFrame:
    text = (
        resources.files("deadzones.geodata").joinpath("provinces.csv").read_text(encoding="utf-8")
    )
    return pd.read_csv(StringIO(text), dtype="str", parse_dates=["valid_from"])


def provinces(on: dt.date) -> pd.DataFrame:
    """Return the 34 provinces and cities with the status that they have on a day.

    Parameters
    ----------
    on : date
        1 July 2025 or later.

    Returns
    -------
    DataFrame
        By ``code``: ``name`` (without its kind), ``status`` (*tỉnh* or *thành phố trực thuộc trung
        ương*), ``valid_from`` (since when it has this status as one of the 34) and ``source``.

    Raises
    ------
    ValueError
        For an earlier day: there were 63, and codes that name other provinces now.

    Examples
    --------
    >>> provinces(dt.date(2026, 4, 29)).loc["75", "status"]
    'tỉnh'
    >>> provinces(dt.date(2026, 4, 30)).loc["75", "status"]
    'thành phố trực thuộc trung ương'
    """
    table = _provinces()
    known = table[table["valid_from"] <= pd.Timestamp(on)]
    if known.empty:
        first = table["valid_from"].min().date()
        raise ValueError(f"no provinces are known of {on}; wanted {first} or a later day")
    return known.groupby("code").tail(1).set_index("code")
