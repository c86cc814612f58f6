"""Who does what until when: the tasks that a ministry keeps, checked and laid beside the register."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from ..geodata.admin import key
from ..geodata.faults import BadInput, Fault, of_rows
from .register_words import STATUSES

COLUMNS: Final = (
    "commune_code", "village", "owner", "due", "status_reported", "status_date", "fund", "source",
)  # fmt: skip
KEYS: Final = COLUMNS[:2]
DATES: Final = ("due", "status_date")
DATE_FORMS: Final = ("%Y-%m-%d", "%d/%m/%Y")


def checked(tasks: pd.DataFrame, rows: pd.DataFrame, codes: pd.Index) -> pd.DataFrame:
    """Check tasks and find the settlement of each.

    Parameters
    ----------
    tasks : DataFrame
        ``commune_code`` and ``village`` (its name; of a cluster of people its ``zone_id``), and any
        of ``owner``, ``due``, ``status_reported``, ``status_date``, ``fund``, ``source``. Dates are
        2026-03-31 or 31/03/2026; a status is a key or a word of
        :data:`deadzones.reports.register_words.STATUSES`.
    rows : DataFrame
        The settlements: ``commune_code``, ``village``, ``zone_id``.
    codes : Index
        Codes of all communes.

    Returns
    -------
    DataFrame
        On the index of ``rows``: the six columns that are no key; null where there is no task.

    Raises
    ------
    BadInput
        With all faults of all rows.

    Examples
    --------
    >>> rows = pd.DataFrame({"commune_code": ["00004"], "village": ["Bản Mây"], "zone_id": [None]})
    >>> tasks = pd.DataFrame(
    ...     {"commune_code": ["00004"], "village": ["bản  mây"], "due": ["31/03/2026"]}
    ... )
    >>> checked(tasks, rows, pd.Index(["00004"]))["due"].dt.date.tolist()
    [datetime.date(2026, 3, 31)]
    """
    faults = _columns(tasks)
    if faults:
        raise BadInput(faults)
    table = tasks.reset_index(drop=True).reindex(columns=list(COLUMNS))
    plain = {name: _text(table[name]) for name in COLUMNS if name not in DATES}
    dates = {name: _dates(table[name]) for name in DATES}
    at, lost = _homes(plain, rows, codes)
    faults = [*lost, *(fault for name in DATES for fault in _bad_dates(name, table, dates[name]))]
    status, unread = _statuses(plain["status_reported"])
    faults += unread
    if faults:
        raise BadInput(faults)
    values = pd.DataFrame(plain | dates | {"status_reported": status}).drop(columns=list(KEYS))
    return values.set_axis(rows.index[at]).reindex(rows.index)


def day(value: dt.date | str, name: str = "as_of") -> pd.Timestamp:
    """Read one date.

    Raises
    ------
    BadInput
        When it is none.

    Examples
    --------
    >>> day("31/03/2026") == day("2026-03-31")
    True
    """
    found = _dates(pd.Series([value], dtype=object))[0]
    if pd.isna(found):
        repair = "Write it as 2026-03-31 or 31/03/2026."
        raise BadInput([Fault(name, repr(value), "a date", repair)])
    return found


def _columns(tasks: pd.DataFrame) -> list[Fault]:
    absent = [name for name in KEYS if name not in tasks]
    foreign = [str(name) for name in tasks if name not in COLUMNS]
    wanted = "columns " + ", ".join(COLUMNS)
    faults = [
        Fault("tasks", f"no column {name}", wanted, "Add it.", column=name) for name in absent
    ]
    return faults + [
        Fault("tasks", f"column {name!r}", wanted, "Rename it or leave it out.", column=name)
        for name in foreign
    ]


def _homes(
    plain: dict[str, pd.Series], rows: pd.DataFrame, codes: pd.Index
) -> tuple[np.ndarray, list[Fault]]:
    """Return the position of each task's settlement, and what is wrong with those that have none."""
    code, name = plain["commune_code"], plain["village"]
    keys = pd.MultiIndex.from_arrays([code, name.map(key, na_action="ignore")])
    said = rows["village"].fillna(rows["zone_id"]).map(key, na_action="ignore")
    homes = pd.MultiIndex.from_arrays([rows["commune_code"], said])
    foreign, unnamed = (~code.isin(codes)).to_numpy(), name.isna().to_numpy()
    usable = ~foreign & ~unnamed
    twin = homes[homes.duplicated(keep=False) & said.notna().to_numpy()]
    unsure = usable & keys.isin(twin)
    lost = usable & ~keys.isin(homes)
    double = usable & keys.duplicated(keep="first")
    wrong: list[tuple[np.ndarray, str, str, str]] = [
        (foreign, "commune_code", "a code of a commune of the result",
         "Write the code as text, with its leading zeros, after the newest list of communes."),
        (unnamed, "village", "the name of a settlement", "Name it."),
        (lost, "village", "a settlement of this commune, as the register spells it",
         "Copy the name from the register."),
        (unsure, "village", "a name that one settlement of the commune has",
         "Give the two settlements different names in the study's places."),
        (double, "village", "one row a settlement", "Keep the row that holds."),
    ]  # fmt: skip
    faults: list[Fault] = []
    for mark, column, wanted, repair in wrong:
        which = np.flatnonzero(mark)
        found = plain[column].iloc[which].astype(object)
        faults += of_rows("tasks", which + 1, found, column=column, wanted=wanted, repair=repair)
    if faults:
        return np.zeros(0, dtype=np.int64), faults
    unique = pd.Series(np.arange(len(homes)), homes)
    unique = unique[~homes.duplicated(keep=False)]
    return unique.reindex(keys).to_numpy(dtype=np.int64), []


def _bad_dates(name: str, table: pd.DataFrame, read: pd.Series) -> Sequence[Fault]:
    which = np.flatnonzero(read.isna() & _text(table[name]).notna())
    return of_rows(
        "tasks",
        which + 1,
        table[name].iloc[which],
        column=name,
        wanted="a date",
        repair="Write it as 2026-03-31 or 31/03/2026.",
    )


def _statuses(text: pd.Series) -> tuple[pd.Series, list[Fault]]:
    words = {key(word): name for name, both in STATUSES.items() for word in (name, *both)}
    read = text.map(key, na_action="ignore").map(words)
    which = np.flatnonzero(text.notna() & read.isna())
    wanted = "one of " + ", ".join(f"{name} ({both[0]})" for name, both in STATUSES.items())
    column, repair = "status_reported", "Use one of these words."
    return read.astype("str"), of_rows(
        "tasks", which + 1, text.iloc[which], column=column, wanted=wanted, repair=repair
    )


def _dates(values: pd.Series) -> pd.Series:
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return values.dt.tz_localize(None).dt.normalize().astype("datetime64[s]")
    text = _text(values).str.removesuffix(" 00:00:00")
    read = pd.Series(pd.NaT, values.index, dtype="datetime64[s]")
    for form in DATE_FORMS:
        read = read.fillna(
            pd.to_datetime(text, format=form, errors="coerce").astype("datetime64[s]")
        )
    return read


def _text(values: pd.Series) -> pd.Series:
    """Return values as trimmed text; what is empty is null."""
    missing = values.isna()
    text = values.astype(object).where(~missing, "").astype("str").str.strip()
    return text.where(~missing & (text != ""))
