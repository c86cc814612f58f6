"""Unit costs with year and source, and their present value."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from importlib import resources
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..geodata import files
from ..geodata.faults import BadInput, Fault, of_rows
from ..geodata.source import Source

_NUMBERS = ("low_vnd", "base_vnd", "high_vnd", "price_year", "lifetime_years", "running_share")
_MONTHLY = "-month"
"""Ending of the unit of what is paid every month."""
_MONTHS = 12.0
_NEEDED = ("item", "unit", *_NUMBERS, "source")


def read(path: Path | None, column: str) -> pd.DataFrame:
    """Read a cost table.

    Parameters
    ----------
    path : Path or None
        A CSV file in the layout of ``coverage/costs.csv``; that one itself where None.
    column : {"low", "base", "high"}
        Which of the three costs is used.

    Returns
    -------
    DataFrame
        Indexed by item, with ``cost_vnd`` (VND per unit), ``unit``, ``price_year``,
        ``lifetime_years`` (years; NaN for a running cost), ``running_share`` (of the cost, a year).

    Raises
    ------
    BadInput
        When a column, a year or a cost is missing, or a cost is below 0.

    Examples
    --------
    >>> int(read(None, "base").loc["macro_site_5g", "cost_vnd"])
    1800000000
    """
    if path is None:
        text = (
            resources.files("deadzones.coverage").joinpath("costs.csv").read_text(encoding="utf-8")
        )
        table, label = pd.read_csv(StringIO(text)), "costs.csv"
    else:
        table, label = files.open_table(Source(path, path.name)), path.name
    faults = _check(table, label)
    if faults:
        raise BadInput(faults)
    return table.assign(cost_vnd=table[f"{column}_vnd"].astype(float)).set_index("item")


def _check(table: pd.DataFrame, label: str) -> list[Fault]:
    absent = [name for name in _NEEDED if name not in table]
    if absent:
        found = "the columns " + ", ".join(map(str, table.columns))
        return [
            Fault(label, found, f"a column {name}", "Add it; see coverage/costs.csv.", column=name)
            for name in absent
        ]
    faults: list[Fault] = []
    for name in _NUMBERS:
        numbers = pd.to_numeric(table[name], errors="coerce").to_numpy(dtype=float)
        bad = ~np.isfinite(numbers) | (numbers < 0)
        if name == "lifetime_years":  # empty where the cost is a running one
            bad = (bad | (numbers == 0)) & table[name].notna().to_numpy()
        faults += of_rows(
            label,
            np.flatnonzero(bad) + 1,
            table[name][bad],
            column=name,
            wanted="a number of years above 0"
            if name == "lifetime_years"
            else "a number >= 0 in every row",
            repair="Fill it in, or take the item out.",
        )
    twice = table["item"].duplicated().to_numpy()
    return faults + of_rows(
        label,
        np.flatnonzero(twice) + 1,
        table["item"][twice],
        column="item",
        wanted="each item once",
        repair="Leave one row an item.",
    )


def present_value(
    capital: float, running: float, lifetime_years: float, horizon_years: int, rate: float
) -> float:
    """Return the present value of an asset's costs over a horizon.

    Parameters
    ----------
    capital : float
        Paid at time 0, and again whenever the asset's life ends before the horizon does.
    running : float
        Paid at the end of every year.
    lifetime_years : float
        Life of the asset; infinite or NaN where it need not be replaced.
    horizon_years : int
        Years looked at. A replacement due on the last day is not bought.
    rate : float
        Discount rate, a year.

    Returns
    -------
    float
        In the currency of the arguments.

    Examples
    --------
    >>> present_value(100.0, 0.0, 5, 10, 0.0)
    200.0
    >>> round(present_value(100.0, 10.0, 20, 10, 0.05), 2)
    177.22
    """
    if not np.isfinite(lifetime_years):
        lifetime_years = np.inf
    bought = (
        np.arange(0.0, horizon_years, lifetime_years) if lifetime_years < horizon_years else [0.0]
    )
    years = np.arange(1, horizon_years + 1)
    capital_then = sum(capital / (1.0 + rate) ** year for year in bought)
    return float(capital_then + (running / (1.0 + rate) ** years).sum())


def unit_values(prices: pd.DataFrame, horizon_years: int, rate: float) -> pd.Series:
    """Return the present value of one unit of each item, VND.

    Examples
    --------
    >>> unit_values(read(None, "low"), 10, 0.05)["household_connection"]
    np.float64(2500000.0)
    >>> int(unit_values(read(None, "base"), 10, 0.0)["leo_fee"])  # 120 months
    192000000
    """
    values = [
        present_value(*_payments(item), float(item["lifetime_years"]), horizon_years, rate)
        for item in prices.to_dict("records")
    ]
    return pd.Series(values, index=prices.index, dtype=float)


def _payments(item: Mapping[Hashable, Any]) -> tuple[float, float]:
    """Return what an item costs at first, and every year."""
    cost = float(item["cost_vnd"])
    if str(item["unit"]).endswith(_MONTHLY):
        return 0.0, _MONTHS * cost
    return cost, cost * float(item["running_share"])
