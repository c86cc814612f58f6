"""What independent counts say a commune's people can be: a density of log people for each row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]

STEP = 0.01
REACH = 6.0
"""Of the density on both sides of its centre, in natural logarithms: a factor of 400."""

FREEDOM = 3.0
"""Of Student's t: tails so heavy that one wrong count does not outweigh the others."""

PEER_SPREAD = 0.7
"""Of log people among the communes of a province; the nation's is 0.65 (3,319 published totals)."""

SMALL = 0.1
"""Of the province's median area: an island or a quarter need not have as many people as others."""

FEW = 10.0
"""A count of n people errs by a factor of exp(FEW / sqrt(n)) besides: a village on the border."""

NARROWEST, WIDEST = 0.6, 3.0
"""How far the spread of a province may lie from that of all provinces."""

OUT_OF_REACH = -14.0
_MAD = 1.4826  # of a normal distribution: standard deviation over median absolute deviation


@dataclass(frozen=True)
class Belief:
    """Log density of log people on a grid around each row's centre.

    Parameters
    ----------
    centre : ndarray, shape (n,)
        Natural logarithm of people.
    log_density : ndarray, shape (n, grid)
        Per unit of log people.
    known : ndarray of bool, shape (n,)
        Whether any count says anything of the row.
    """

    centre: Floats
    log_density: Floats
    known: NDArray[np.bool_]

    def at(self, row: Ints, log_people: Floats) -> Floats:
        """Return the log density of a number of people in a row; arrays broadcast."""
        row, log_people = np.broadcast_arrays(row, log_people)
        off = log_people - self.centre[row]
        place = np.rint((np.nan_to_num(off, nan=2 * REACH).clip(-REACH, REACH) + REACH) / STEP)
        found = self.log_density[row, place.astype(np.int64)]
        return np.where(np.abs(off) <= REACH, found, OUT_OF_REACH)

    def quantile(self, share: float) -> Floats:
        """Return the log people below which a share of each row's density lies."""
        mass = np.exp(self.log_density).cumsum(axis=1)
        place = (mass >= share * mass[:, -1:]).argmax(axis=1)
        return np.where(self.known, self.centre + place * STEP - REACH, np.nan)


def believe(
    log_counts: Floats, log_area: Floats, log_people: Floats, province: Ints, *, pooled: bool
) -> Belief:
    """Learn from numbers held to be right how counts relate to people, and say what each row can be.

    Parameters
    ----------
    log_counts : ndarray, shape (n, counts)
        Natural logarithm of each independent count; NaN where there is none.
    log_area : ndarray, shape (n,)
        Of the polygons; NaN where unknown.
    log_people : ndarray, shape (n,)
        Of the present repair; NaN where unknown.
    province : ndarray of int, shape (n,)
    pooled : bool
        Whether to take the spread of all provinces, while the rows of some are still in disorder.

    Returns
    -------
    Belief
        The product of Student's t of each count, shifted by the province's median ratio and scaled
        by its spread, and a wide one of the people of the province's other communes.
    """
    shift, spread = _relation(log_people[:, None] - log_counts, province, pooled=pooled)
    middle = log_counts + shift[province]
    known = np.isfinite(middle).sum(axis=1) > 0
    peers = _by_province(log_people, province)[province]
    island = log_area < _by_province(log_area, province)[province] + np.log(SMALL)
    centre = np.where(known, mean(middle), peers)
    at = centre[:, None] + np.linspace(-REACH, REACH, round(2 * REACH / STEP) + 1)
    density = np.where(island[:, None], 0.0, _log_t((at - peers[:, None]) / PEER_SPREAD))
    for each in range(log_counts.shape[1]):
        noise = FEW * np.exp(-0.5 * np.nan_to_num(log_counts[:, each]))
        width = np.hypot(spread[province, each], noise)[:, None]
        term = _log_t((at - middle[:, each, None]) / width)
        density = density + np.where(np.isfinite(middle[:, each, None]), term, 0.0)
    density = np.where(known[:, None], density, 0.0)
    top = density.max(axis=1, keepdims=True)
    area = np.log(np.exp(density - top).sum(axis=1, keepdims=True) * STEP) + top
    return Belief(centre, density - area, known)


def mean(values: Floats) -> Floats:
    """Return the mean of the finite values of each row, NaN where there is none."""
    there = np.isfinite(values)
    count = there.sum(axis=1)
    return np.where(count > 0, np.where(there, values, 0.0).sum(axis=1) / count.clip(min=1), np.nan)


def _relation(ratio: Floats, province: Ints, *, pooled: bool) -> tuple[Floats, Floats]:
    """Median and spread of log ratios by province and count."""
    columns = range(ratio.shape[1])
    shift = np.column_stack([_by_province(ratio[:, each], province) for each in columns])
    off = np.abs(ratio - shift[province])
    spread = _MAD * np.column_stack([_by_province(off[:, each], province) for each in columns])
    nation = np.array([_median(spread[:, each], 0.3) for each in columns]).clip(min=0.02)
    if pooled:
        return shift, np.broadcast_to(nation, spread.shape)
    return shift, spread.clip(NARROWEST * nation, WIDEST * nation)


def _by_province(values: Floats, province: Ints) -> Floats:
    nation = _median(values, 0.0)
    count = int(province.max()) + 1
    return np.array([_median(values[province == each], nation) for each in range(count)])


def _median(values: Floats, otherwise: float) -> float:
    there = values[np.isfinite(values)]
    return float(np.median(there)) if len(there) else otherwise


def _log_t(x: Floats) -> Floats:
    return -0.5 * (FREEDOM + 1.0) * np.log1p(x * x / FREEDOM)
