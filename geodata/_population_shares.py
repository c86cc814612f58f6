"""People counted in whole quanta, so that every sum of them is exact."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

_SPARE_BITS = 1
"""Of the 53 of a float64: what rounding adds to a total, and what its own sum may lack."""

_LEAST_EXPONENT = -1074
"""Of the least number that float64 holds."""


@dataclass(frozen=True)
class Shares:
    """People by (cell, commune) and what lies outside; ``total`` is the sum of both, exactly.

    Parameters
    ----------
    people : ndarray of float64
        Multiples of one quantum, one per triple of the plan; NaN where unknown.
    outside : float
        People in no commune, in the same quanta.
    raw_total : float
        The float64 sum of the input, as it was read.
    """

    people: np.ndarray
    outside: float
    raw_total: float

    @property
    def total(self) -> float:
        """People in communes and outside."""
        return float(np.nansum(self.people)) + self.outside


def in_quanta(people: np.ndarray) -> tuple[np.ndarray, float]:
    """Count people in whole quanta; return the quantum too.

    What rounding takes from one is given to the next, so that the error of a sum does not grow with
    their number: equal values would all be rounded the same way.
    """
    _, exponent = math.frexp(float(np.nansum(people)))
    quantum = math.ldexp(1.0, max(exponent - 53 + _SPARE_BITS, _LEAST_EXPONENT))
    exact = people / quantum
    whole = np.round(exact)
    carried = np.round(np.cumsum(np.nan_to_num(exact - whole)))
    return whole + np.diff(carried, prepend=0.0), quantum


def spread(people: np.ndarray, weight: np.ndarray, unit: np.ndarray) -> np.ndarray:
    """Spread whole quanta of each unit over its triples by weight; the last takes what is left.

    Parameters
    ----------
    people : ndarray, shape (units,)
        In quanta; NaN where unknown.
    weight : ndarray, shape (triples,)
        At least 0, with a positive sum in each unit.
    unit : ndarray of int, shape (triples,)

    Returns
    -------
    ndarray, shape (triples,)
        In quanta. Running sums are rounded, not shares: none is negative and they add up.
    """
    by_unit = pd.Series(weight).groupby(unit)
    share = by_unit.cumsum() / by_unit.transform("sum")
    share = share.groupby(unit).cummax().to_numpy()  # pandas' compensated sum may step back
    last = ~pd.Series(unit).duplicated(keep="last").to_numpy()
    upper = pd.Series(np.round(people[unit] * np.where(last, 1.0, share.clip(max=1.0))))
    lower = upper.groupby(unit).shift(fill_value=0.0)
    return (upper - lower).to_numpy()
