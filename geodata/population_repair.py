"""Published counts of people that lie: found and repaired by what other counts say.

The numbers of a table of communes are held against counts of other origin: the people that a raster
has in the commune, an older census. A count of that kind is wrong by a factor, much the same
throughout a province; a published number with a fault is wrong by powers of ten, or stands in
another row. So faults are told apart from growth.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from . import _population_checks as checks
from . import _population_digits as digits
from ._names import bare
from ._population_evidence import Floats
from ._population_settle import MOST_PER_KM2, Finding, Table, of_a_part, settle
from ._population_words import REASONS

DOUBT = 0.5
"""Confidence under which a number that is far from other counts is told as a fault."""

SURE = 2 / 3
"""Probability that the digits of a number are as repaired: twice that of all others together. With
less it is unknown."""


def repair(
    table: pd.DataFrame, evidence: pd.DataFrame, *, lang: str = "vi"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Repair commune totals by counts of other origin.

    Parameters
    ----------
    table : DataFrame
        By commune code, a column ``commune_code`` or the index, with ``population_raw`` (persons,
        or text as published; 39.98 is 39.980 whose separator was taken for a decimal mark),
        ``commune_name`` and ``province_code``. ``area_km2_raw``, where there is one, is the area
        published in the same row as the people: it tells which unit a row is about. ``area_km2`` is
        the area published for the unit, which may be put right already.
    evidence : DataFrame
        By the same codes. ``area_km2`` is that of the polygon; every other column is a count of
        people of its own origin (of a raster, a census), NaN where there is none.
    lang : {"vi", "en"}
        Language of the reasons.

    Returns
    -------
    repaired : DataFrame
        By commune code, in the table's order: ``population`` (persons; null where unknown),
        ``confidence`` (0 to 1), ``fault`` (those found, joined by ``+``; empty where there is
        none), ``source_code`` (the row that the number stood in), and ``expected``, ``low``,
        ``high``: the median and the central 90 % of what the counts alone say.
    receipt : DataFrame
        A row for each fault: ``code, fault, before, after, source_code, confidence, reason``.

    Raises
    ------
    ValueError
        When columns are missing, codes are not unique, a count or an area is no number, or the
        evidence is of other communes, or a copy of the published numbers.

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
    found = settle(rows)
    faults = _faults(rows, found, separated, zero)
    repaired = _repaired(rows, found, faults)
    return repaired, _receipt(table, repaired, faults, found, lang)


def _rows(table: pd.DataFrame, evidence: pd.DataFrame, people: Floats) -> Table:
    there = evidence.reindex(table.index)
    counts = there.drop(columns="area_km2", errors="ignore").to_numpy(dtype=float, na_value=np.nan)
    names = table["commune_name"].map(lambda name: bare(str(name)))
    order = names.groupby(table["province_code"].to_numpy()).rank(method="first")
    return Table(
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


def _faults(rows: Table, found: Finding, separated: np.ndarray, zero: np.ndarray) -> pd.DataFrame:
    """Which faults each row has, as columns of bool."""
    people = np.exp(found.log_people)
    there = np.isfinite(people)
    low, high = (np.exp(found.belief.quantile(share)) for share in (0.05, 0.95))
    outside = there & ((people < low) | (people > high))
    part = of_a_part(rows, found)
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


def _repaired(rows: Table, found: Finding, faults: pd.DataFrame) -> pd.DataFrame:
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
    table: pd.DataFrame, repaired: pd.DataFrame, faults: pd.DataFrame, found: Finding, lang: str
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
