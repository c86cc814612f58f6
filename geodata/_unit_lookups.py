"""Lookups in tables of units in time: by code, by name, by an older name."""

from __future__ import annotations

import datetime as dt
import re

import pandas as pd

from ._names import key, kind_of
from ._units import at

_LISTED = re.compile(r"\([^()]*\)")
"""What stands in brackets behind an old name: that it is the remaining part, and where the rest is."""


def by_code(history: pd.DataFrame, code: str, on: dt.date) -> pd.Series:
    """Return the unit that a code names on a day.

    Raises
    ------
    ValueError
        If it names none, with the days on which it does.

    Examples
    --------
    >>> from deadzones.geodata.admin import units
    >>> names = {"commune_code": ["26740"], "commune_name": ["Phường Sài Gòn"]}
    >>> history = units(pd.DataFrame(names), valid_from=dt.date(2025, 7, 1))
    >>> by_code(history, "26740", dt.date(2026, 1, 1))["name"]
    'Phường Sài Gòn'
    >>> by_code(history, "26740", dt.date(2020, 1, 1))
    Traceback (most recent call last):
    ValueError: no unit has the code 26740 on 2020-01-01; Phường Sài Gòn has it from 2025-07-01
    """
    valid = at(history, on)
    if code in valid.index:
        return valid.loc[code]
    others = history[history["code"] == code]
    spans = [
        f"{name} has it from {start:%Y-%m-%d}" + ("" if pd.isna(end) else f" until {end:%Y-%m-%d}")
        for name, start, end in zip(
            others["name"], others["valid_from"], others["valid_to"], strict=True
        )
    ]
    raise ValueError(f"no unit has the code {code} on {on}; {'; '.join(spans) or 'nor on any day'}")


def by_name(
    history: pd.DataFrame, name: str, on: dt.date, *, province_code: str | None = None
) -> pd.DataFrame:
    """Find the units of a name on a day.

    Parameters
    ----------
    history : DataFrame
    name : str
        With its kind (*Xã Tân An*), or without: then all kinds.
    on : date
    province_code : str, optional
        Names are not unique: 299 stand in more than one province.

    Returns
    -------
    DataFrame
        By code; empty where there is none, several rows where the name does not decide.

    Examples
    --------
    >>> from deadzones.geodata.admin import units
    >>> names = {"commune_code": ["00004"], "commune_name": ["Phường Ngọc Hoà"]}
    >>> history = units(pd.DataFrame(names), valid_from=dt.date(2025, 7, 1))
    >>> by_name(history, "ngọc hòa", dt.date(2026, 1, 1)).index.tolist()
    ['00004']
    """
    valid = _within(at(history, on), province_code)
    return valid[[_is(name, title) for title in valid["name"]]]


def by_old_name(
    history: pd.DataFrame, name: str, on: dt.date, *, province_code: str | None = None
) -> pd.DataFrame:
    """Find the units of a day into which units of an older name went, whole or in part.

    Parameters
    ----------
    history : DataFrame
        With ``old_names``: a comma or semicolon between them, remarks in brackets.
    name : str
        With its kind, or without.
    on : date
    province_code : str, optional

    Returns
    -------
    DataFrame
        By code; several rows where the old unit was split, or the name was borne by several.

    Examples
    --------
    >>> from deadzones.geodata.admin import units
    >>> names = {"commune_code": ["00004"], "commune_name": ["Phường Ba Đình"]}
    >>> names["old_names"] = ["Phường Kim Mã, Phường Đội Cấn (phần còn lại, phía bắc)"]
    >>> history = units(pd.DataFrame(names), valid_from=dt.date(2025, 7, 1))
    >>> by_old_name(history, "Đội Cấn", dt.date(2026, 1, 1)).index.tolist()
    ['00004']
    """
    valid = _within(at(history, on), province_code)
    listed = valid["old_names"].fillna("").map(old_names)
    return valid[[any(_is(name, old) for old in some) for some in listed]]


def old_names(text: str) -> list[str]:
    """Part the names of merged communes, without what is said of each in brackets.

    Examples
    --------
    >>> old_names("Xã A Lưới (phần còn lại, sau khi chia); Xã A Ngo")
    ['Xã A Lưới', 'Xã A Ngo']
    """
    parts = re.split("[,;]", _LISTED.sub("", text))
    return [part.strip() for part in parts if part.strip()]


def _within(valid: pd.DataFrame, province_code: str | None) -> pd.DataFrame:
    return valid if province_code is None else valid[valid["province_code"] == province_code]


def _is(asked: str, name: str) -> bool:
    """Whether two names are one, kinds being compared where both say theirs."""
    (one, wanted), (other, title) = kind_of(asked), kind_of(name)
    return key(wanted) == key(title) and (one == other or not one or not other)
