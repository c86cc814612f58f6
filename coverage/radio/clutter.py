"""From land cover to the height of the trees and buildings that stand on it."""

from __future__ import annotations

from importlib import resources
from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd

from ...geodata import files
from ...geodata.faults import BadInput, Fault, of_rows
from ...geodata.source import Source

_NEEDED = ("land_cover", "code", "height_m", "water")
_TALLEST_M = 200.0
"""A representative height is that of many trees or houses, not of the tallest tower."""


def read_clutter(land_cover: str = "worldcover", path: Path | None = None) -> pd.DataFrame:
    """Read the table that gives each class of a land-cover map its clutter height.

    Parameters
    ----------
    land_cover : str
        The map: ``worldcover`` (ESA WorldCover), ``p1812`` (the classes 1 to 5 of ITU-R P.1812
        profiles), or one of your own table.
    path : Path, optional
        A CSV file in the layout of ``coverage/radio/clutter.csv``; that one itself by default.

    Returns
    -------
    DataFrame
        Indexed by code, with ``height_m`` (representative clutter height) and ``water`` (bool).

    Raises
    ------
    BadInput
        With every fault of the table.

    Examples
    --------
    >>> read_clutter().loc[10, "height_m"]
    np.float64(15.0)
    """
    if path is None:
        text = resources.files(__package__ or "").joinpath("clutter.csv").read_text("utf-8")
        table, label = pd.read_csv(StringIO(text)), "clutter.csv"
    else:
        table, label = files.open_table(Source(path, path.name)), path.name
    if faults := _faults(table, label):
        raise BadInput(faults)
    rows = table[table["land_cover"] == land_cover]
    if rows.empty:
        known = ", ".join(sorted(set(table["land_cover"].astype(str))))
        repair = "Give one of them, or a table of your own."
        raise BadInput([Fault(label, f"no land cover {land_cover!r}", f"one of {known}", repair)])
    codes = pd.Index(rows["code"].astype(float).astype(int), name="code")
    if twice := sorted(set(codes[codes.duplicated()])):
        wanted, repair = "each code once", "Leave one row a code."
        raise BadInput([Fault(label, f"the codes {twice} twice", wanted, repair, column="code")])
    heights = rows["height_m"].astype(float).to_numpy()
    return pd.DataFrame({"height_m": heights, "water": (rows["water"] == "yes").array}, codes)


def clutter_heights(classes: np.ndarray, table: pd.DataFrame, label: str = "classes") -> np.ndarray:
    """Give each cell of a land-cover map its clutter height.

    Parameters
    ----------
    classes : ndarray
        Codes; NaN where the map says nothing, which counts as open land.
    table : DataFrame
        As :func:`read_clutter` gives it.
    label : str
        The map's name in messages.

    Returns
    -------
    ndarray of float32, shape of `classes`

    Raises
    ------
    BadInput
        When a class is not in the table.

    Examples
    --------
    >>> clutter_heights(np.array([[10, 40], [50, np.nan]]), read_clutter()).tolist()
    [[15.0, 0.0], [10.0, 0.0]]
    """
    return _looked_up(classes, table, label, "height_m").astype(np.float32)


def is_water(classes: np.ndarray, table: pd.DataFrame, label: str = "classes") -> np.ndarray:
    """Tell which cells of a land-cover map are water: sea, lakes and rivers alike.

    Parameters
    ----------
    classes, table, label
        As :func:`clutter_heights` takes them.

    Returns
    -------
    ndarray of bool, shape of `classes`

    Raises
    ------
    BadInput
        When a class is not in the table.

    Examples
    --------
    >>> is_water(np.array([80, 10]), read_clutter()).tolist()
    [True, False]
    """
    return _looked_up(classes, table, label, "water").astype(bool)


def _looked_up(classes: np.ndarray, table: pd.DataFrame, label: str, column: str) -> np.ndarray:
    found, where = np.unique(np.asarray(classes, np.float64), return_inverse=True)
    known = np.isin(found, table.index) | np.isnan(found)
    if not known.all():
        strange = ", ".join(f"{code:g}" for code in found[~known][:8])
        wanted = "one of " + ", ".join(str(code) for code in table.index)
        repair = "Give a map with those classes; in Python a clutter_table may have others."
        raise BadInput([Fault(label, f"the classes {strange}", wanted, repair)])
    values = table[column].reindex(np.nan_to_num(found, nan=-1.0)).astype(float).fillna(0.0)
    return values.to_numpy()[where].reshape(np.shape(classes))


def _faults(table: pd.DataFrame, label: str) -> list[Fault]:
    absent = [name for name in _NEEDED if name not in table]
    if absent:
        found = "the columns " + ", ".join(map(str, table.columns))
        repair = "Add it; see coverage/radio/clutter.csv."
        return [Fault(label, found, f"a column {name}", repair, column=name) for name in absent]
    codes = pd.to_numeric(table["code"], errors="coerce").to_numpy(dtype=float)
    heights = pd.to_numeric(table["height_m"], errors="coerce").to_numpy(dtype=float)
    checks = {
        "code": (~np.isfinite(codes) | (codes % 1 != 0), "a whole number"),
        "height_m": (~((heights >= 0) & (heights <= _TALLEST_M)), f"0 to {_TALLEST_M:g} m"),
        "water": (~table["water"].isin(["yes", "no"]).to_numpy(), "yes or no"),
    }
    faults: list[Fault] = []
    for name, (bad, wanted) in checks.items():
        rows, found = np.flatnonzero(bad) + 1, table[name][bad]
        faults += of_rows(label, rows, found, column=name, wanted=wanted, repair="Fill it in.")
    return faults
