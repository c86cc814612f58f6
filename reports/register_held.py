"""Which figures of the register are held back where it is published: few people are not told apart.

Sums of its people are not published at all, for they would tell few apart by subtraction. But in a
commune without settlements the people of its rows are those of the people data, whose sums are.
"""

from __future__ import annotations

from typing import Final

import pandas as pd

HELD: Final = ("giữ kín", "withheld")
"""What stands in place of such a figure, in Vietnamese and English."""
COLUMNS: Final = ("people", "households", "lon", "lat", "vn2000_x_m", "vn2000_y_m")
"""Of a settlement of few people: how many they are, and where they live."""
SUMS: Final = ("people", "households", "uncounted")


def held(register: pd.DataFrame, minimum_people: int, counted: pd.DataFrame) -> pd.DataFrame:
    """Choose the rows of a published register that are held back.

    Parameters
    ----------
    register : DataFrame
        The whole of it: a part of it that is published holds back the same.
    minimum_people : int
        Counts of people from 1 to below this are held back.
    counted : DataFrame
        Truth values by commune: what is held back of the people data. Where a commune has no
        settlements all of its rows are then held back, for together they are that commune.

    Returns
    -------
    DataFrame
        Truth values by number and column.

    Examples
    --------
    >>> register = pd.DataFrame(
    ...     {
    ...         "people": [4, 40, 400],
    ...         "commune_code": ["1", "1", "2"],
    ...         "record": ["place"] * 2 + ["rest"],
    ...     }
    ... )
    >>> told = pd.DataFrame({"people": [False, True]}, index=["1", "2"])
    >>> held(register, 10, told)["people"].tolist()
    [True, False, True]
    """
    closed = counted.any(axis=1) & _without_settlements(register, counted.index)
    rows = _few(register, minimum_people) | register["commune_code"].map(closed).astype(bool)
    return pd.DataFrame(dict.fromkeys(COLUMNS, rows))


def few(register: pd.DataFrame, minimum_people: int, codes: pd.Index) -> pd.Series:
    """Mark the communes whose people data would tell few people of the register apart.

    Parameters
    ----------
    register : DataFrame
    minimum_people : int
    codes : Index
        Of communes.

    Returns
    -------
    Series of bool
        Those without settlements that have a row of few people.

    Examples
    --------
    >>> register = pd.DataFrame(
    ...     {"people": [4, 4], "commune_code": ["1", "2"], "record": ["place", "zone"]}
    ... )
    >>> few(register, 10, pd.Index(["1", "2"])).tolist()
    [False, True]
    """
    small = register.loc[_few(register, minimum_people), "commune_code"]
    return pd.Series(codes.isin(small), codes) & _without_settlements(register, codes)


def without_sums(table: pd.DataFrame) -> pd.DataFrame:
    """Leave people out of sums of the register: so many splits would tell few apart.

    Examples
    --------
    >>> list(
    ...     without_sums(
    ...         pd.DataFrame(columns=["settlements", "people", "no_grid", "no_grid_people"])
    ...     )
    ... )
    ['settlements', 'no_grid']
    """
    return table[[name for name in table if name not in SUMS and not str(name).endswith("_people")]]


def _few(register: pd.DataFrame, minimum_people: int) -> pd.Series:
    people = register["people"].astype("Float64").fillna(0.0).astype(float)
    return (people > 0.0) & (people < minimum_people)


def _without_settlements(register: pd.DataFrame, codes: pd.Index) -> pd.Series:
    placed = register.loc[register["record"] == "place", "commune_code"]
    return pd.Series(~codes.isin(placed), codes)
