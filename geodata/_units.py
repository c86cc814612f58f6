"""Units in time: tables of units with the days on which they are valid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from ._names import key
from .crosswalk import CODE
from .faults import BadInput, Fault, of_rows

_TYPES = {
    "code": "str",
    "name": "str",
    "province_code": "str",
    "valid_from": "datetime64[us]",
    "valid_to": "datetime64[us]",
    "old_names": "str",
    "since": "datetime64[us]",
}


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
        ``old_names``, and ``since``: the day from which the code names this land, under this name
        or an older one.

    Raises
    ------
    BadInput
        With all faults: no codes or names, codes that are no text, a code that is there twice.
    ValueError
        If the units cease before they begin.

    Examples
    --------
    >>> table = pd.DataFrame({"commune_code": ["26740"], "commune_name": ["Phường Sài Gòn"]})
    >>> units(table, valid_from=dt.date(2025, 7, 1)).loc[0, "name"]
    'Phường Sài Gòn'
    """
    if valid_to is not None and valid_to <= valid_from:
        raise ValueError(f"units valid from {valid_from} to {valid_to}; wanted a later day to end")
    table = pd.DataFrame(communes if CODE in communes else communes.reset_index(names=CODE))
    faults = check_codes(table[CODE], "communes", once=True)
    if "commune_name" not in table:
        found, wanted = ", ".join(map(str, table.columns)), "a column commune_name"
        repair = "Rename the column that holds the names."
        faults.append(Fault("communes", found, wanted, repair, column="commune_name"))
    else:
        named = table["commune_name"].map(lambda name: isinstance(name, str)).to_numpy(dtype=bool)
        faults += of_rows(
            "communes",
            np.flatnonzero(~named) + 1,
            table["commune_name"][~named],
            column="commune_name",
            wanted="a name",
            repair="Fill it in.",
        )
    if faults:
        raise BadInput(faults)
    found = pd.DataFrame(
        {
            "code": table[CODE].astype("str"),
            "name": table["commune_name"].astype("str"),
            "province_code": table.get("province_code"),
            "valid_from": pd.Timestamp(valid_from),
            "valid_to": pd.NaT if valid_to is None else pd.Timestamp(valid_to),
            "old_names": table.get("old_names"),
            "since": pd.Timestamp(valid_from),
        }
    )
    return found.astype(_TYPES)[list(_TYPES)]


def check_codes(codes: pd.Series | pd.Index, label: str, *, once: bool) -> list[Fault]:
    """Tell of codes that are no text and, where each may stand once, of those that stand again.

    Examples
    --------
    >>> print(*check_codes(pd.Series([4]), "communes", once=True))
    communes, row 1, column commune_code: found 4; wanted codes as text, such as '00004'. Store ...
    """
    values = pd.Series(codes.to_numpy(), dtype=object)
    text = values.map(lambda code: isinstance(code, str)).to_numpy(dtype=bool)
    twice = values.duplicated().to_numpy() & text & once
    told = (
        (~text, "codes as text, such as '00004'", "Store them as text; leading zeros are of them."),
        (twice, "each code once", "Take the units of one date only."),
    )
    return [
        fault
        for bad, wanted, repair in told
        for fault in of_rows(
            label,
            np.flatnonzero(bad) + 1,
            values[bad],
            column=CODE,
            wanted=wanted,
            repair=repair,
        )
    ]


def succeed(
    before: pd.DataFrame,
    after: pd.DataFrame,
    *,
    on: dt.date,
    same: Iterable[str] | Mapping[str, str] | pd.Series = (),
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
    same : iterable, mapping or Series of str
        Units of which the land stayed as it was: their codes, or the new code by the old one, as
        :func:`unchanged` gives it. All others of ``before`` cease, and a code that is in both maps
        and not here names another unit from that day.

    Returns
    -------
    DataFrame
        All units, in the order of code and first day. One of ``same`` whose code, name (a xã that
        becomes a phường) or province is another has a row for each; ``since`` goes on.

    Raises
    ------
    ValueError
        If one of ``same`` is not valid in ``before``, or not in the new map.

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
    day = pd.Timestamp(on)
    went = _new_codes(same)
    valid = before[before["valid_to"].isna()].set_index("code")
    coming = after.set_index("code")
    _check_same(went, valid.index, coming.index)
    was, becomes = valid.loc[went.index], coming.loc[went]
    provinces = [some["province_code"].fillna("").to_numpy() for some in (was, becomes)]
    alike = (
        (went.index == went.to_numpy())
        & (was["name"].map(key).to_numpy() == becomes["name"].map(key).to_numpy())
        & (provinces[0] == provinces[1])
    )
    stay = went.index[alike]
    ends = before["valid_to"].isna() & ~before["code"].isin(stay)
    closed = before.assign(valid_to=before["valid_to"].mask(ends, day))
    since = pd.Series(was["since"].to_numpy(), went.to_numpy())
    fresh = after[~after["code"].isin(stay)].assign(valid_from=day)
    fresh = fresh.assign(since=since.reindex(fresh["code"]).fillna(day).to_numpy())
    found = pd.concat([closed, fresh.astype(_TYPES)])
    return found.sort_values(["code", "valid_from"], ignore_index=True)


def _new_codes(same: Iterable[str] | Mapping[str, str] | pd.Series) -> pd.Series:
    """Return the new code by the old one."""
    if isinstance(same, pd.Series):
        return pd.Series(same, dtype="str")
    return pd.Series(
        dict(same) if isinstance(same, Mapping) else {code: code for code in same}, dtype="str"
    )


def _check_same(went: pd.Series, valid: pd.Index, coming: pd.Index) -> None:
    for codes, known, where in (
        (went.index, valid, "valid before"),
        (pd.Index(went), coming, "in the new map"),
    ):
        strange = codes.difference(known)
        if len(strange):
            some = ", ".join(map(str, strange[:5]))
            raise ValueError(
                f"{len(strange)} units said to be the same are not {where}, such as {some}; wanted "
                "codes of both maps, or the new code by the old one where it changed"
            )


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
