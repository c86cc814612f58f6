"""Numbers as tables write them, and what lost zeros and separators may have made of them."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

POWERS = np.array([-3, -2, -1, 0, 1, 2, 3])
"""By how many digits a number may be short (or long, below zero)."""

LOST = np.array([1e-5, 1e-5, 1e-4, 0.9, 0.09, 0.009, 0.001])
"""How often: a tenth of all numbers end in 0 and lose it when 39.980 is read as 39,98."""

MOST_PEOPLE = 500_000
"""No commune has as many: the most populous of 3,321 has half of it."""

_GROUPED = re.compile(r"\d{1,3}(?:[.,\s\u00a0]\d{3})+")
_BROKEN = re.compile(r"(\d{1,3})[.,](\d{1,2})")
_PLAIN = re.compile(r"\d+(?:[.,]0+)?")


def read(values: pd.Series) -> tuple[Floats, NDArray[np.bool_]]:
    """Read counts of people as they are written.

    Parameters
    ----------
    values : Series
        Numbers, or text such as ``39980``, ``39.980`` or ``1 429 841``.

    Returns
    -------
    people : ndarray
        NaN where there is none.
    separated : ndarray of bool
        Where a thousands separator stands, or was taken for a decimal mark: 39,98 means 39.980.

    Raises
    ------
    ValueError
        For text that is no number, or a negative one.
    """
    pairs = [_number(value, row) for row, value in values.items()]
    return np.array([p for p, _ in pairs], dtype=float), np.array([s for _, s in pairs], dtype=bool)


def _number(value: object, row: object) -> tuple[float, bool]:
    text = "" if value is None or value is pd.NA else str(value).strip()
    if text.lower() in ("", "nan", "none", "đang cập nhật"):
        return np.nan, False
    if _GROUPED.fullmatch(text):
        return float(re.sub(r"\D", "", text)), True
    if _PLAIN.fullmatch(text):
        return float(re.split(r"[.,]", text)[0]), False
    if broken := _BROKEN.fullmatch(text):
        return float(broken[1] + broken[2].ljust(3, "0")), True
    raise ValueError(
        f"row {row}: found {text[:40]!r}; wanted people as a number of at least 0, such as 39980 "
        "or 39.980. Mend the row."
    )
