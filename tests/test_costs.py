"""Unit costs and present values, against tables made by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadzones.coverage import costs
from deadzones.coverage.services import SERVICES
from deadzones.geodata.faults import BadInput


@pytest.mark.parametrize(
    ("capital", "running", "life", "horizon", "rate", "expected"),
    [
        (100, 0, 10, 10, 0.05, 100.0),  # a replacement due on the last day is not bought
        (100, 0, 9, 10, 0.0, 200.0),
        (100, 0, 5, 11, 0.0, 300.0),
        (100, 10, 20, 2, 0.10, 100 + 10 / 1.1 + 10 / 1.21),
        (100, 0, 4, 10, 0.10, 100 * (1 + 1.1**-4 + 1.1**-8)),
        (100, 0, float("nan"), 10, 0.05, 100.0),
        (0, 0, 1, 10, 0.05, 0.0),
    ],
)
def test_present_value(
    capital: float, running: float, life: float, horizon: int, rate: float, expected: float
) -> None:
    assert costs.present_value(capital, running, life, horizon, rate) == pytest.approx(expected)


@given(st.floats(0, 1e9), st.floats(0, 1e8), st.integers(1, 40), st.floats(0, 0.3))
def test_capital_counts_in_full_and_time_only_discounts(
    capital: float, running: float, horizon: int, rate: float
) -> None:
    value = costs.present_value(capital, running, 100, horizon, rate)
    assert capital <= value <= (capital + running * horizon) * (1 + 1e-12)


def test_every_built_in_item_has_a_year_a_source_and_ordered_costs() -> None:
    table = costs.read(None, "base")
    assert (table["low_vnd"] <= table["base_vnd"]).all()
    assert (table["base_vnd"] <= table["high_vnd"]).all()
    assert table["source"].str.len().min() > 0
    assert table["price_year"].between(2010, 2030).all()


def test_every_remedy_is_made_of_known_items() -> None:
    items = set(costs.read(None, "base").index)
    for service in SERVICES.values():
        assert service.remedies or service.readers == ("speed_tests",)  # measured, not built
        assert {item for remedy in service.remedies for item in remedy.items} <= items
        assert set(service.supply.items if service.supply else ()) <= items


def test_what_is_paid_every_month_is_paid_to_the_end() -> None:
    unit_vnd = costs.unit_values(costs.read(None, "base"), 10, 0.05)
    yearly = [12 * 10_000_000 / 1.05**year for year in range(1, 11)]
    assert unit_vnd["leo_backhaul"] == pytest.approx(sum(yearly))


def test_a_table_without_a_year_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "costs.csv"
    rows = costs.read(None, "base").reset_index()[
        ["item", "unit", "low_vnd", "base_vnd", "high_vnd"]
    ]
    rows.assign(lifetime_years=10, running_share=0, source="me").to_csv(path)
    with pytest.raises(BadInput, match="price_year"):
        costs.read(path, "base")


def test_a_negative_cost_is_refused_with_its_row(tmp_path: Path) -> None:
    path = tmp_path / "costs.csv"
    rows = costs.read(None, "base").reset_index().drop(columns="cost_vnd")
    rows.loc[2, "base_vnd"] = -1
    rows.to_csv(path, index=False)
    with pytest.raises(BadInput) as caught:
        costs.read(path, "base")
    assert [(fault.row, fault.column) for fault in caught.value.faults] == [(3, "base_vnd")]
