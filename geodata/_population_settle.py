"""Where each published number came from: its row and its digits, learned from other counts in turns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from . import _population_digits as digits
from ._population_evidence import Belief, Floats, Ints, believe, mean
from ._population_rows import GARBAGE, assign, ring_gain, rings

ROUNDS = 4
"""Of learning from the repair and repairing anew; later ones change some ten rows of 3,321."""

MOST_PER_KM2 = 100_000.0
"""The densest of the real wards, in Thành phố Hồ Chí Minh, has 90,000."""

PART = 1.5
"""How many times larger than the published area a polygon is when a row tells of a part of it.

Coasts are drawn in more than one way, so a little is no sign."""

_AREA_SPREAD = 0.02
_PRIOR_ROWS = 10.0  # weight of the usual shares of lost zeros against a province's own
_DIGITS = 10  # numbers with more are counted with these
_WRONG = 0.03  # share of rows whose number says nothing of the row


@dataclass(frozen=True)
class Table:
    """What a repair works on, row by row."""

    index: pd.Index
    people: Floats  # as read; NaN where unknown
    province: Ints
    order: Ints  # place of each row among its province's in the order of names
    log_counts: Floats
    area_km2: Floats  # of the polygon
    row_area_km2: Floats  # published in the same row as the people, so it goes where they go
    unit_area_km2: Floats  # published for the unit


@dataclass(frozen=True)
class Finding:
    """Where each row's number came from, and how sure that is."""

    source: Ints
    power: Ints
    log_people: Floats
    confidence: Floats
    sure_of_digits: Floats
    belief: Belief


def settle(rows: Table) -> Finding:
    """Learn how counts relate to people and repair by it, in turns."""
    with np.errstate(divide="ignore"):
        log_raw = np.log(rows.people)
    guess = mean(rows.log_counts)
    short = np.rint((guess - log_raw) / np.log(10.0)).clip(0, 3)
    log_people = log_raw + np.nan_to_num(short) * np.log(10.0)
    lost = _shares_lost(rows, None)
    found = None
    for turn in range(ROUNDS):
        belief = believe(
            rows.log_counts, np.log(rows.area_km2), log_people, rows.province, pooled=turn < 2
        )
        found = _repair_once(rows, belief, lost, moving=turn > 0)
        log_people = np.where(of_a_part(rows, found), np.nan, found.log_people)
        lost = _shares_lost(rows, found)
    assert found is not None
    return found


def of_a_part(rows: Table, found: Finding) -> np.ndarray:
    """Rows that tell of a part of their unit: published area and people are both too small."""
    small = rows.unit_area_km2 * PART < rows.area_km2
    return small & (found.log_people < found.belief.quantile(0.05))


def _shares_lost(rows: Table, found: Finding | None) -> Floats:
    """How often zeros were lost, by province and by how many digits are left of a number.

    Where a table is rounded to thousands, nearly all numbers of two digits have lost three.
    """
    shares = np.tile(_PRIOR_ROWS * digits.LOST, (int(rows.province.max()) + 1, _DIGITS, 1))
    if found is not None:
        there = np.isfinite(found.log_people) & found.belief.known & (found.power >= 0)
        power = np.searchsorted(digits.POWERS, found.power[there])
        left = _digits_of(rows.people[found.source[there]])
        np.add.at(shares, (rows.province[there], left, power), 1.0)
    return shares / shares.sum(axis=2, keepdims=True)


def _digits_of(people: Floats) -> Ints:
    return np.floor(np.log10(people.clip(min=1.0))).astype(np.int64).clip(max=_DIGITS - 1)


def _repair_once(rows: Table, belief: Belief, lost: Floats, *, moving: bool) -> Finding:
    count = len(rows.people)
    source, power = np.arange(count), np.zeros(count, dtype=np.int64)
    sure, place_sure, fit = np.zeros(count), np.zeros(count), np.full(count, np.nan)
    for each in range(int(rows.province.max()) + 1):
        here = np.flatnonzero((rows.province == each) & np.isfinite(rows.people))
        here = here[np.argsort(rows.order[here])]
        if not len(here):
            continue
        by_power = _likelihood(rows, belief, here, lost[each])
        whole = np.logaddexp.reduce(by_power, axis=0)
        place = assign(whole) if moving else np.arange(len(here))
        chosen = by_power[:, np.arange(len(here)), place]
        source[here], power[here] = here[place], digits.POWERS[chosen.argmax(axis=0)]
        fit[here] = whole[np.arange(len(here)), place]
        sure[here] = np.exp(chosen.max(axis=0) - fit[here])
        place_sure[here] = _odds_of_place(whole, place)
    log_people = np.log(rows.people[source]) + power * np.log(10.0)
    right = (1.0 - _WRONG) * np.exp(fit)
    agrees = np.where(belief.known, right / (right + _WRONG * np.exp(GARBAGE)), 1.0 - _WRONG)
    return Finding(source, power, log_people, sure * place_sure * agrees, sure, belief)


def _likelihood(rows: Table, belief: Belief, here: Ints, lost: Floats) -> Floats:
    """Log likelihood by power of ten, row and source, for the rows of a province."""
    number = rows.people[here]
    log_number = np.log(number)[None, None, :] + digits.POWERS[:, None, None] * np.log(10.0)
    fit = (
        belief.at(here[None, :, None], log_number) + np.log(lost[_digits_of(number)]).T[:, None, :]
    )
    dense = log_number - np.log(rows.area_km2[here])[None, :, None] > np.log(MOST_PER_KM2)
    more = digits.POWERS[:, None, None] > 0
    fit = np.where(more & (dense | (log_number > np.log(digits.MOST_PEOPLE))), -np.inf, fit)
    # Of a row that nothing else tells of, no digits can be told either.
    unheard = ~belief.known[here][None, :, None] & (digits.POWERS[:, None, None] != 0)
    fit = np.where(unheard, -np.inf, fit)
    broken = np.rint(np.exp(log_number)) * 10.0 ** -digits.POWERS[:, None, None] != number
    fit = np.where((digits.POWERS[:, None, None] < 0) & broken, -np.inf, fit)
    off = np.log(rows.row_area_km2[here])[None, :] - np.log(rows.area_km2[here])[:, None]
    told = np.isfinite(off)
    return fit + np.where(
        told, -1.5 * np.log1p((np.where(told, off, 0.0) / _AREA_SPREAD) ** 2), 0.0
    )


def _odds_of_place(fit: Floats, place: Ints) -> Floats:
    """Confidence in the place of each row: that of its ring, 1 for a row that stands right."""
    sure = np.ones(len(place))
    for ring in rings(place):
        sure[ring] = 1.0 / (1.0 + np.exp(-min(ring_gain(fit, ring, place), 50.0)))
    return sure
