"""Published counts of people that lie: found and repaired by what other counts say.

The numbers of a table of communes are held against counts of other origin: the people that a raster
has in the commune, an older census. A count of that kind is wrong by a factor, much the same
throughout a province; a published number with a fault is wrong by powers of ten, or stands in
another row. So faults are told apart from growth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from . import _population_checks as checks
from . import _population_digits as digits
from ._names import bare
from ._population_evidence import Belief, Floats, Ints, believe, mean
from ._population_rows import GARBAGE, assign, ring_gain, rings
from ._population_words import REASONS

ROUNDS = 4
"""Of learning from the repair and repairing anew; later ones change some ten rows of 3,321."""

MOST_PER_KM2 = 100_000.0
"""The densest of the real wards, in Thành phố Hồ Chí Minh, has 90,000."""

DOUBT = 0.5
"""Confidence under which a number that is far from other counts is told as a fault."""

SURE = 2 / 3
"""Probability that the digits of a number are as repaired: twice that of all others together. With
less it is unknown."""

PART = 1.5
"""How many times larger than the published area a polygon is when a row tells of a part of it.

Coasts are drawn in more than one way, so a little is no sign."""

_AREA_SPREAD = 0.02
_PRIOR_ROWS = 10.0  # weight of the usual shares of lost zeros against a province's own
_DIGITS = 10  # numbers with more are counted with these
_WRONG = 0.03  # share of rows whose number says nothing of the row


@dataclass(frozen=True)
class _Table:
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
class _Finding:
    """Where each row's number came from, and how sure that is."""

    source: Ints
    power: Ints
    log_people: Floats
    confidence: Floats
    sure_of_digits: Floats
    belief: Belief


def repair(
    table: pd.DataFrame, evidence: pd.DataFrame, *, lang: str = "vi"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Repair commune totals by counts of other origin.

    Parameters
    ----------
    table : DataFrame
        By commune code, a column ``commune_code`` or the index, with ``population_raw`` (persons,
        or text as published; 39.98 is 39.980 whose separator was taken for a decimal mark),
        ``commune_name`` and ``province_code``. ``area_km2_raw``, where there is one, is the area published in the same
        row as the people: it tells which unit a row is about. ``area_km2`` is the area published
        for the unit, which may be put right already.
    evidence : DataFrame
        By the same codes. ``area_km2`` is that of the polygon; every other column is a count of
        people of its own origin (of a raster, a census), NaN where there is none.
    lang : {"vi", "en"}
        Language of the reasons.

    Returns
    -------
    repaired : DataFrame
        By commune code, in the table's order: ``population`` (persons; null where unknown),
        ``confidence`` (0 to 1), ``fault`` (those found, joined by ``+``; empty where there is none), ``source_code`` (the
        row that the number stood in), and ``expected``, ``low``, ``high``: the median and the
        central 90 % of what the counts alone say.
    receipt : DataFrame
        A row for each fault: ``code, fault, before, after, source_code, confidence, reason``.

    Raises
    ------
    ValueError
        When columns are missing, codes are not unique, a count is no number, or the evidence is of
        other communes, or a copy of the published numbers.

    Notes
    -----
    A number is taken, unchanged or repaired, when it is likelier than its alternatives; it is kept
    with a low confidence when nothing explains it, and unknown when its row is about another unit,
    its density is impossible, or its last digits cannot be told. Nothing is filled in from
    ``expected``.

    The people of a province are only moved between its rows. Slipped rows are sought in the order of
    names without marks: tables sorted by two alphabets and then joined by place slip there.

    Examples
    --------
    >>> names = ["An", "Bình", "Chi", "Dung"]
    >>> table = pd.DataFrame(
    ...     {"population_raw": [9123, 1298, 20417, 15333], "commune_name": names},
    ...     index=["90001", "90002", "90003", "90004"],
    ... ).assign(province_code="90")
    >>> evidence = pd.DataFrame({"raster": [9000, 12500, 20000, 15000]}, index=table.index)
    >>> repaired, receipt = repair(table, evidence, lang="en")
    >>> repaired["population"].tolist()
    [9123, 12980, 20417, 15333]
    >>> receipt["reason"].tolist()
    ['Trailing zeros were lost: other counts say 10 times as many.']
    """
    if lang not in ("vi", "en"):
        raise ValueError(f"lang is {lang!r}; give 'vi' or 'en'.")
    table, evidence = checks.by_code(table), checks.by_code(evidence)
    checks.check(table, evidence)
    people, separated = digits.read(table["population_raw"])
    checks.check_origin(pd.Series(people, table.index), evidence)
    zero = people == 0.0
    rows = _rows(table, evidence, np.where(zero, np.nan, people))
    found = _settle(rows)
    faults = _faults(rows, found, separated, zero)
    repaired = _repaired(rows, found, faults)
    return repaired, _receipt(table, repaired, faults, found, lang)


def _rows(table: pd.DataFrame, evidence: pd.DataFrame, people: Floats) -> _Table:
    there = evidence.reindex(table.index)
    counts = there.drop(columns="area_km2", errors="ignore").to_numpy(dtype=float, na_value=np.nan)
    names = table["commune_name"].map(lambda name: bare(str(name)))
    order = names.groupby(table["province_code"].to_numpy()).rank(method="first")
    return _Table(
        table.index,
        people,
        pd.factorize(table["province_code"], sort=True)[0],
        order.to_numpy(dtype=np.int64),
        np.log(np.where((counts > 0.0) & np.isfinite(counts), counts, np.nan)),
        _column(there, "area_km2"),
        _column(table, "area_km2_raw"),
        _column(table, "area_km2"),
    )


def _column(table: pd.DataFrame, name: str) -> Floats:
    if name not in table:
        return np.full(len(table), np.nan)
    area = table[name].to_numpy(dtype=float, na_value=np.nan)
    return np.where(area > 0.0, area, np.nan)  # an area of 0 was never measured


def _settle(rows: _Table) -> _Finding:
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
        log_people = np.where(_of_a_part(rows, found), np.nan, found.log_people)
        lost = _shares_lost(rows, found)
    assert found is not None
    return found


def _of_a_part(rows: _Table, found: _Finding) -> np.ndarray:
    """Rows that tell of a part of their unit: published area and people are both too small."""
    small = rows.unit_area_km2 * PART < rows.area_km2
    return small & (found.log_people < found.belief.quantile(0.05))


def _shares_lost(rows: _Table, found: _Finding | None) -> Floats:
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


def _repair_once(rows: _Table, belief: Belief, lost: Floats, *, moving: bool) -> _Finding:
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
    return _Finding(source, power, log_people, sure * place_sure * agrees, sure, belief)


def _likelihood(rows: _Table, belief: Belief, here: Ints, lost: Floats) -> Floats:
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


def _faults(rows: _Table, found: _Finding, separated: np.ndarray, zero: np.ndarray) -> pd.DataFrame:
    """Which faults each row has, as columns of bool."""
    people = np.exp(found.log_people)
    there = np.isfinite(people)
    low, high = (np.exp(found.belief.quantile(share)) for share in (0.05, 0.95))
    outside = there & ((people < low) | (people > high))
    part = _of_a_part(rows, found)
    unsure = there & (found.sure_of_digits < SURE)
    moved = there & (found.source != np.arange(len(people)))
    return pd.DataFrame(
        {
            "zero_for_unknown": zero,
            "missing": ~there & ~zero,
            "thousands_separator": separated,
            "permuted_row": moved,
            "lost_zeros": there & (found.power > 0) & ~unsure,
            "too_many_digits": there & (found.power < 0) & ~unsure,
            "impossible_density": there & (people / rows.area_km2 > MOST_PER_KM2),
            "part_of_unit": part,
            "unsure_digits": unsure,
            "disagrees": outside & (found.confidence < DOUBT) & ~part & ~unsure,
        },
        index=rows.index,
    )


def _repaired(rows: _Table, found: _Finding, faults: pd.DataFrame) -> pd.DataFrame:
    unknown = (
        ~np.isfinite(found.log_people)
        | faults["impossible_density"].to_numpy()
        | faults["part_of_unit"].to_numpy()
        | faults["unsure_digits"].to_numpy()
    )
    people = pd.array(np.rint(np.exp(found.log_people)), dtype="Int64")
    people[unknown] = pd.NA
    names = faults.columns.to_numpy()
    told = ["+".join(names[row]) for row in faults.to_numpy()]
    expected, low, high = (np.exp(found.belief.quantile(share)) for share in (0.5, 0.05, 0.95))
    return pd.DataFrame(
        {
            "population": people,
            "confidence": np.where(unknown, 0.0, found.confidence).round(4),
            "fault": told,
            "source_code": rows.index.to_numpy()[found.source],
            "expected": np.rint(expected),
            "low": np.rint(low),
            "high": np.rint(high),
        },
        index=rows.index,
    )


def _receipt(
    table: pd.DataFrame, repaired: pd.DataFrame, faults: pd.DataFrame, found: _Finding, lang: str
) -> pd.DataFrame:
    row, fault = np.nonzero(faults.to_numpy())
    names = faults.columns.to_numpy()[fault]
    factor = 10 ** np.abs(found.power[row])
    most = f"{MOST_PER_KM2:,.0f}"
    words = {"vi": most.replace(",", "."), "en": most}[lang]
    source = repaired["source_code"].to_numpy()[row]
    return pd.DataFrame(
        {
            "code": repaired.index.to_numpy()[row],
            "fault": names,
            "before": table["population_raw"].to_numpy()[row],
            "after": repaired["population"].array[row],
            "source_code": source,
            "confidence": repaired["confidence"].to_numpy()[row],
            "reason": [
                REASONS[name][lang].format(factor=times, source=code, most=words)
                for name, times, code in zip(names, factor, source, strict=True)
            ],
        }
    )
