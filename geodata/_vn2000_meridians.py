"""The central meridians of VN-2000's 3-degree zones, by province as they were up to 30 June 2025."""

from __future__ import annotations

import difflib
from functools import cache
from importlib import resources
from io import StringIO

import pandas as pd

from ._names import key, kind_of

_RENAMED = {"huế": "Thừa Thiên Huế"}
"""Since 1 January 2025."""


@cache
def _table() -> pd.DataFrame:
    text = resources.files("deadzones.geodata").joinpath("vn2000.csv").read_text(encoding="utf-8")
    codes = {"old_code": "str", "province_code": "str"}
    return pd.read_csv(StringIO(text), dtype=codes).set_index("old_code")


def meridians() -> pd.DataFrame:
    """Return the central meridian of the 3-degree zone of each of the 63 old provinces.

    Returns
    -------
    DataFrame
        By ``old_code``: ``province``, ``meridian_deg``, ``epsg``, ``province_code`` (of the one of
        the 34 that it went into), ``source``. A new province has up to three meridians: ask for
        that of each file.

    Examples
    --------
    >>> table = meridians()
    >>> table[table["province_code"] == "25"]["meridian_deg"].tolist()
    [106.0, 104.75, 105.0]
    """
    return _table().copy()


def meridian_of(province: str) -> float:
    """Return the central meridian of an old province, degrees east.

    Raises
    ------
    ValueError
        If there was none of that name.

    Examples
    --------
    >>> meridian_of("tỉnh Hoà Bình")
    106.0
    """
    asked = {_words(province), _words(kind_of(province)[1])}
    asked |= {_words(_RENAMED[name]) for name in asked if name in _RENAMED}
    table = _table()
    found = table[[_words(name) in asked for name in table["province"]]]
    if found.empty:
        near = difflib.get_close_matches(kind_of(province)[1], table["province"], n=1)
        hint = f"; did you mean {near[0]}?" if near else "; their names are in meridians()"
        raise ValueError(f"no province {province!r} among the 63 up to 30 June 2025{hint}")
    return float(found["meridian_deg"].iloc[0])


def _words(name: str) -> str:
    """Compare names of provinces with and without the hyphen between their parts."""
    return " ".join(key(name).replace("-", " ").split())
