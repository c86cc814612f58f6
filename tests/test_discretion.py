"""What is held back of a published table: nobody can solve for it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from deadzones.reports import discretion

MINIMUM = 10
COUNTS = st.sampled_from([0, 0, 1, 3, 9, 10, 25, 400, 12_000])
TABLES = st.lists(st.tuples(st.sampled_from("abc"), COUNTS, COUNTS, COUNTS), min_size=1, max_size=9)


def table_of(rows: list[tuple[str, int, int, int]]) -> tuple[pd.DataFrame, pd.Series]:
    counts = pd.DataFrame([row[1:] for row in rows], columns=["people", "mobile", "power"])
    return counts, pd.Series([row[0] for row in rows])


def bounds(
    values: np.ndarray, groups: np.ndarray, found: discretion.Hidden, column: str
) -> list[tuple[float, float]]:
    """What a reader of the table can conclude of each hidden count, by linear programming."""
    rows = found.rows[column].to_numpy()
    if not rows.any():
        return []
    sums, wanted = [], []
    names = list(found.groups.index)
    closed = found.groups[column].to_numpy()
    for at, name in enumerate(names):
        if not closed[at]:
            mark = groups == name
            sums.append(mark[rows].astype(float))
            wanted.append(values[mark & rows].sum())
    if not found.whole[column]:
        sums.append(np.ones(int(rows.sum())))
        wanted.append(values[rows].sum())
    told: list[tuple[float, float]] = []
    for at in range(int(rows.sum())):
        goal = np.zeros(int(rows.sum()))
        goal[at] = 1.0
        ends = []
        for sign in (1.0, -1.0):
            solved = linprog(
                sign * goal, A_eq=np.array(sums) if sums else None, b_eq=wanted or None
            )
            ends.append(sign * solved.fun if solved.status == 0 else np.inf)
        told.append((ends[0], ends[1]))
    return told


@settings(max_examples=25)  # a linear program a hidden count
@given(TABLES)
def test_no_hidden_count_follows_from_the_sums(rows: list[tuple[str, int, int, int]]) -> None:
    counts, groups = table_of(rows)
    found = discretion.hidden(counts, groups, [["people"], ["mobile", "power"]], MINIMUM)
    for column in counts:
        values = counts[column].to_numpy(dtype=float)
        for low, high in bounds(values, groups.to_numpy(), found, str(column)):
            assert high - low >= MINIMUM


@given(TABLES)
def test_every_small_count_is_hidden_and_with_it_its_row(
    rows: list[tuple[str, int, int, int]],
) -> None:
    counts, groups = table_of(rows)
    found = discretion.hidden(counts, groups, [["people"], ["mobile", "power"]], MINIMUM)
    small = (counts > 0) & (counts < MINIMUM)
    assert not (small & ~found.rows).any(axis=None)
    sums = counts.groupby(groups).sum()
    few = (sums > 0) & (sums < MINIMUM)
    assert not (few & ~found.groups).any(axis=None)
    whole = counts.sum()
    assert not ((whole > 0) & (whole < MINIMUM) & ~found.whole).any()
    beside = small["mobile"] & (counts["power"] > 0)
    assert found.rows.loc[beside, "power"].all()


@given(TABLES)
def test_a_zero_of_a_whole_column_stays(rows: list[tuple[str, int, int, int]]) -> None:
    counts, groups = table_of(rows)
    found = discretion.hidden(counts.assign(power=0), groups, [["mobile", "power"]], MINIMUM)
    assert not found.rows["power"].any()
    assert not found.groups["power"].any()


@given(TABLES)
def test_nothing_is_hidden_where_nothing_is_small(rows: list[tuple[str, int, int, int]]) -> None:
    counts, groups = table_of(rows)
    large = counts.where(counts >= MINIMUM, 0)
    found = discretion.hidden(large, groups, [["people"], ["mobile", "power"]], MINIMUM)
    assert not found.rows.any(axis=None)
    assert not found.groups.any(axis=None)
    assert not found.whole.any()


def test_the_smallest_row_that_helps_is_hidden_too() -> None:
    counts = pd.DataFrame({"people": [4, 900, 30, 500]}, index=list("abcd"))
    found = discretion.hidden(counts, pd.Series("x", counts.index), [["people"]], MINIMUM)
    assert found.rows["people"].tolist() == [True, False, True, False]
    assert not found.groups["people"].any()


def test_a_group_of_one_small_row_closes_its_sum_and_another_group() -> None:
    counts = pd.DataFrame({"people": [4, 700, 300, 90, 20]})
    groups = pd.Series(["x", "y", "y", "z", "z"])
    found = discretion.hidden(counts, groups, [["people"]], MINIMUM)
    assert found.groups["people"].to_dict() == {"x": True, "y": False, "z": True}
    assert found.rows["people"].tolist() == [True, False, False, False, True]
    assert not found.whole["people"]


def test_a_table_of_one_small_row_closes_everything() -> None:
    counts = pd.DataFrame({"people": [4]})
    found = discretion.hidden(counts, pd.Series(["x"]), [["people"]], MINIMUM)
    assert found.rows["people"].all()
    assert found.groups["people"].all()
    assert found.whole["people"]


def test_unknown_counts_are_no_small_ones() -> None:
    counts = pd.DataFrame({"people": pd.array([None, 500], dtype="Int64")})
    found = discretion.hidden(counts, pd.Series("x", counts.index), [["people"]], MINIMUM)
    assert not found.rows["people"].any()


def test_another_split_must_not_single_a_hidden_row_out() -> None:
    mask = pd.DataFrame({"people": [True, True, False]})
    counts = pd.DataFrame({"people": [4, 30, 500]})
    together, apart = pd.Series(["I", "I", "II"]), pd.Series(["I", "II", "II"])
    assert not discretion.tells_apart(mask, counts, together, MINIMUM)
    assert discretion.tells_apart(mask, counts, apart, MINIMUM)


def test_a_minimum_of_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="minimum: found 0; wanted 1 or more"):
        discretion.hidden(pd.DataFrame({"people": [1]}), pd.Series(["x"]), [["people"]], 0)


@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.sampled_from("abc"), st.sampled_from("xy")), max_size=14
    )
)
def test_few_people_of_proposals_follow_from_no_sum_of_any_place(
    rows: list[tuple[int, str, str]],
) -> None:
    """A commune is its letter in its province; every place prints its sum and what is not marked."""
    table = pd.DataFrame(rows, columns=["gained", "letter", "province_code"])
    table["commune_code"] = table["province_code"] + table["letter"]
    mark = discretion.few(table, MINIMUM)
    assert mark[table["gained"].between(1, MINIMUM - 1)].all()
    assert not mark[table["gained"] == 0].any()
    for key in ("commune_code", "province_code"):
        for _, part in [*table.groupby(key), ("", table)]:
            held = part[mark[part.index]]
            if not (held["gained"] < MINIMUM).any():
                continue
            everything = len(held) == (part["gained"] > 0).sum()
            assert everything or (len(held) >= 2 and held["gained"].sum() >= MINIMUM)
