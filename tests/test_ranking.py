"""Scores: fixed anchors, a geometric mean, ranks that nobody can argue with."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadzones.coverage import ranking
from deadzones.coverage.study import Rule

RULES = {"mobile": Rule(type="mobile"), "fibre": Rule(type="fibre"), "power": Rule(type="power")}
pct = st.floats(0, 100)


def figures(*rows: tuple[float, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=[f"{key}_people_pct" for key in RULES])


@given(pct, pct, pct)
def test_a_score_lies_between_its_worst_and_its_best_service(a: float, b: float, c: float) -> None:
    score = ranking.index(figures((a, b, c)), RULES).iloc[0]
    assert min(a, b, c) - 1e-6 <= score <= max(a, b, c) + 1e-6


@given(pct, pct)
def test_no_service_pays_for_one_that_nobody_has(a: float, b: float) -> None:
    assert ranking.index(figures((a, b, 0.0)), RULES).iloc[0] == 0.0


@given(pct, pct, pct, st.floats(0.1, 50))
def test_serving_more_people_never_lowers_a_score(
    a: float, b: float, c: float, more: float
) -> None:
    before, after = ranking.index(figures((a, b, c), (min(a + more, 100.0), b, c)), RULES)
    assert after >= before


def test_the_anchors_are_nobody_and_the_target() -> None:
    rules = {"mobile": Rule(type="mobile", target_pct=80.0)}
    table = pd.DataFrame({"mobile_people_pct": [0.0, 40.0, 80.0, 100.0]})
    assert ranking.index(table, rules).tolist() == [0.0, 50.0, 100.0, 100.0]


def test_weights_are_exponents() -> None:
    rules = {"mobile": Rule(type="mobile", weight=3.0), "power": Rule(type="power", weight=1.0)}
    table = pd.DataFrame({"mobile_people_pct": [50.0], "power_people_pct": [100.0]})
    assert ranking.index(table, rules).iloc[0] == pytest.approx(100 * 0.5**0.75)


def test_an_unknown_service_makes_the_score_unknown() -> None:
    assert ranking.index(figures((50.0, float("nan"), 50.0)), RULES).isna().all()


def table(*rows: tuple[str, float | None, float]) -> pd.DataFrame:
    columns = ["code", "score", "dead_people"]
    return pd.DataFrame(rows, columns=columns).astype({"score": float}).set_index("code")


def test_rank_goes_by_score_then_dead_people_then_code() -> None:
    ranked = ranking.ranked(
        table(
            ("00003", 0.0, 10.0), ("00001", 0.0, 90.0), ("00002", 0.0, 10.0), ("00004", 7.0, 999.0)
        )
    )
    assert ranked["rank"].to_dict() == {"00001": 1, "00002": 2, "00003": 3, "00004": 4}
    assert ranked["rank_tied"].to_dict() == {
        "00001": True,
        "00002": True,
        "00003": True,
        "00004": False,
    }


def test_the_unknown_has_no_rank() -> None:
    ranked = ranking.ranked(table(("00001", None, 5.0), ("00002", 9.0, 1.0)))
    assert ranked["rank"].isna().tolist() == [True, False]
    assert ranked["rank_tied"].isna().tolist() == [True, False]
