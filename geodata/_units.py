"""Units in time: tables of units with the days on which they are valid, and lookups in them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

import pandas as pd

from ._names import key, kind_of
from .crosswalk import CODE
from .faults import BadInput, of_rows

_TYPES = {
    "code": "str",
    "name": "str",
    "province_code": "str",
    "valid_from": "datetime64[us]",
    "valid_to": "datetime64[us]",
    "old_names": "str",
}
_LISTED = re.compile(r"\([^()]*\)")
"""What stands in brackets behind an old name: that it is the remaining part, and where the rest is."""


def units(
    communes: pd.DataFrame, *, valid_from: dt.date, valid_to: dt.date | None = None
) -> pd.DataFrame:
    """Give the communes of one date the days from which and to which they are valid.

    Parameters
    ----------
    communes : DataFrame
        ``commune_code`` (a column or the index), ``commune_name``; ``province_code`` and
        ``old_names`` where known.
    valid_from : date
        The first day.
    valid_to : date, optional
        The day on which they ceased: the first on which they are not valid.

    Returns
    -------
    DataFrame
        ``code``, ``name``, ``province_code``, ``valid_from``, ``valid_to`` (null: still valid),
        ``old_names``.

    Raises
    ------
    BadInput
        If a code is there twice.

    Examples
    --------
    >>> table = pd.DataFrame({"commune_code": ["26740"], "commune_name": ["Phường Sài Gòn"]})
    >>> units(table, valid_from=dt.date(2025, 7, 1)).loc[0, "name"]
    'Phường Sài Gòn'
    """
    table = pd.DataFrame(communes if CODE in communes else communes.reset_index(names=CODE))
    twice = table[CODE].duplicated()
    if twice.any():
        rows = [number + 1 for number, bad in enumerate(twice) if bad]
        raise BadInput(
            of_rows(
                "communes",
                rows,
                table[CODE][twice],
                column=CODE,
                wanted="each code once",
                repair="Take the units of one date only.",
            )
        )
    found = pd.DataFrame(
        {
            "code": table[CODE].astype("str"),
            "name": table["commune_name"].astype("str"),
            "province_code": table.get("province_code"),
            "valid_from": pd.Timestamp(valid_from),
            "valid_to": pd.NaT if valid_to is None else pd.Timestamp(valid_to),
            "old_names": table.get("old_names"),
        }
    )
    return found.astype(_TYPES)[list(_TYPES)]


def succeed(
    before: pd.DataFrame, after: pd.DataFrame, *, on: dt.date, same: Iterable[str] = ()
) -> pd.DataFrame:
    """Let the units of a new map follow those that are valid.

    Parameters
    ----------
    before : DataFrame
        Units, as :func:`units` gives them.
    after : DataFrame
        Those of the new map, as :func:`units` gives them.
    on : date
        The day on which the new map came into force.
    same : iterable of str
        Codes of units that went on unchanged (see :func:`unchanged`); all others of ``before``
        cease. A code that is in both maps and not here names another unit from that day.

    Returns
    -------
    DataFrame
        All units, in the order of code and first day.

    Examples
    --------
    >>> names = {"commune_code": ["26740"], "commune_name": ["Phường Bến Nghé"]}
    >>> before = units(pd.DataFrame(names), valid_from=dt.date(1997, 1, 1))
    >>> names["commune_name"] = ["Phường Sài Gòn"]
    >>> merger = dt.date(2025, 7, 1)
    >>> both = succeed(before, units(pd.DataFrame(names), valid_from=merger), on=merger)
    >>> both["name"].tolist(), both["valid_to"].isna().tolist()
    (['Phường Bến Nghé', 'Phường Sài Gòn'], [False, True])
    """
    kept, day = set(same), pd.Timestamp(on)
    ends = before["valid_to"].isna() & ~before["code"].isin(kept)
    closed = before.assign(valid_to=before["valid_to"].mask(ends, day))
    fresh = after[~after["code"].isin(kept)].assign(valid_from=day)
    found = pd.concat([closed, fresh.astype(_TYPES)])
    return found.sort_values(["code", "valid_from"], ignore_index=True)


def at(history: pd.DataFrame, on: dt.date) -> pd.DataFrame:
    """Return the units that are valid on a day.

    Parameters
    ----------
    history : DataFrame
        As :func:`units` or :func:`succeed` gives it.
    on : date

    Returns
    -------
    DataFrame
        The same columns, by code.

    Raises
    ------
    ValueError
        If two units have the same code on that day.

    Examples
    --------
    >>> names = {"commune_code": ["26740"], "commune_name": ["Phường Sài Gòn"]}
    >>> history = units(pd.DataFrame(names), valid_from=dt.date(2025, 7, 1))
    >>> len(at(history, dt.date(2025, 6, 30))), len(at(history, dt.date(2025, 7, 1)))
    (0, 1)
    """
    day = pd.Timestamp(on)
    open_end = history["valid_to"].isna() | (history["valid_to"] > day)
    found = history[(history["valid_from"] <= day) & open_end]
    twice = found["code"].duplicated()
    if twice.any():
        raise ValueError(
            f"the code {found['code'][twice].iloc[0]} names two units on {on}; "
            "wanted one: let the older one cease on the day on which the newer one begins"
        )
    return found.set_index("code")


def by_code(history: pd.DataFrame, code: str, on: dt.date) -> pd.Series:
    """Return the unit that a code names on a day.

    Raises
    ------
    ValueError
        If it names none, with the days on which it does.

    Examples
    --------
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
