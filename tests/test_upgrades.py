"""Upgrades: the best for the money, bought with what they need, never people twice."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from deadzones.coverage.candidates import Candidates
from deadzones.coverage.upgrades import Plan, choose


def candidates(
    reach: list[list[int]],
    cost: list[float],
    *,
    needs: list[str] | None = None,
    cell: list[int] | None = None,
    service: list[str] | None = None,
    per_person: float = 0.0,
) -> Candidates:
    """Candidates by what they reach; without `cell` each stands where it reaches first."""
    count = len(reach)
    table = pd.DataFrame(
        {
            "service": service or ["mobile"] * count,
            "cell": cell or [row.index(1) if 1 in row else 0 for row in reach],
            "fixed_vnd": cost,
            "per_person_vnd": per_person,
            "needs": needs or [""] * count,
        }
    )
    return Candidates(
        table,
        csr_array(np.array(reach, dtype=np.int8).reshape(count, len(reach[0]) if reach else 0)),
    )


def value(some: Candidates, people: np.ndarray, rows: tuple[int, ...]) -> tuple[float, float]:
    """People and cost of a set, counted anew."""
    gained = sum(float(people[served(some, rows, name)].sum()) for name in names(some))
    return gained, float(some.table["fixed_vnd"].iloc[list(rows)].sum())


def names(some: Candidates) -> list[str]:
    return some.table["service"].unique().tolist()


def served(some: Candidates, rows: tuple[int, ...], service: str) -> np.ndarray:
    of = [row for row in rows if some.table.at[row, "service"] == service]
    return some.reach.toarray()[of].any(axis=0)


def stands(some: Candidates, rows: tuple[int, ...]) -> bool:
    """Whether everything has what it needs, where it is."""
    return all(
        served(some, rows, needed)[some.table.at[row, "cell"]]
        for row in rows
        for needed in some.table.at[row, "needs"].split("+")
        if needed
    )


def best(some: Candidates, people: np.ndarray, budget: float) -> float:
    """The optimum, by trying every set."""
    most = 0.0
    rows = range(len(some.table))
    for size in range(len(rows) + 1):
        for chosen in combinations(rows, size):
            gained, cost = value(some, people, chosen)
            if stands(some, chosen) and cost <= budget:
                most = max(most, gained)
    return most


def test_greedys_worst_case_is_answered_right() -> None:
    some = candidates([[1, 0], [0, 1]], [1.0, 100.0])
    plan = choose(some, np.array([2.0, 100.0]), 100.0)
    assert plan.chosen == (1,)
    assert plan.people == 100.0


def test_nobody_is_counted_twice() -> None:
    some = candidates([[1, 1, 0], [0, 1, 1]], [1.0, 1.0])
    plan = choose(some, np.array([10.0, 20.0, 5.0]), None)
    assert plan.gained == (30.0, 5.0)


def test_a_site_waits_for_the_power_that_it_needs() -> None:
    some = candidates(
        [[1, 1], [1, 0]], [5.0, 5.0], needs=["power", ""], service=["mobile", "power"]
    )
    plan = choose(some, np.array([10.0, 10.0]), None)
    assert plan.chosen == (1, 0)
    assert plan.gained == (10.0, 20.0)
    assert plan.waits_for == ((), (1,))


def test_what_cannot_be_had_with_its_need_is_not_bought() -> None:
    some = candidates(
        [[1, 1], [1, 0]], [5.0, 6.0], needs=["power", ""], service=["mobile", "power"]
    )
    plan = choose(some, np.array([10.0, 10.0]), 10.0)
    assert plan.chosen == (1,)


def test_a_shared_need_is_paid_once() -> None:
    some = candidates(
        [[1, 0, 0], [0, 1, 0], [1, 1, 1]],
        [1.0, 1.0, 4.0],
        needs=["power", "power", ""],
        service=["mobile", "mobile", "power"],
    )
    plan = choose(some, np.array([10.0, 10.0, 1.0]), 6.0)
    assert set(plan.chosen) == {0, 1, 2}
    assert sum(plan.cost_vnd) == 6.0


def test_power_that_is_there_by_then_is_not_paid_again() -> None:
    """The site's cheapest power is candidate 1, but 2 has been bought for its many people."""
    some = candidates(
        [[1, 0, 0], [1, 0, 0], [1, 1, 1]],
        [50.0, 2.0, 3.0],
        needs=["power", "", ""],
        service=["mobile", "power", "power"],
    )
    plan = choose(some, np.array([1.0, 500.0, 500.0]), None)
    assert plan.chosen == (2, 0)
    assert plan.waits_for == ((), (2,))


def test_every_service_that_is_needed_is_waited_for() -> None:
    some = candidates(
        [[1, 1], [1, 0], [1, 0]],
        [5.0, 5.0, 5.0],
        needs=["grid+lights", "", ""],
        service=["mobile", "grid", "lights"],
    )
    plan = choose(some, np.array([10.0, 10.0]), None)
    assert plan.chosen[-1] == 0
    assert plan.waits_for[-1] == (1, 2)


def test_services_that_wait_for_each_other_are_told() -> None:
    some = candidates(
        [[1], [1]], [1.0, 1.0], needs=["power", "mobile"], service=["mobile", "power"]
    )
    with pytest.raises(ValueError, match=r"mobile waits for power|power waits for mobile"):
        choose(some, np.array([1.0]), None)


def test_cost_by_person_is_paid_for_new_people_only() -> None:
    some = candidates([[1, 1], [0, 1]], [1.0, 0.5], per_person=2.0)
    plan = choose(some, np.array([10.0, 10.0]), None)
    assert sum(plan.cost_vnd) == pytest.approx(40.0 + sum([1.0, 0.5][row] for row in plan.chosen))


def test_a_budget_of_nothing_buys_what_costs_nothing() -> None:
    some = candidates([[1, 0], [0, 1]], [0.0, 1.0])
    assert choose(some, np.array([3.0, 9.0]), 0.0).chosen == (0,)


def test_what_no_network_reaches_is_never_bought() -> None:
    some = candidates([[1, 0], [0, 1]], [np.inf, 1.0])
    plan = choose(some, np.array([3.0, 9.0]), None)
    assert plan.chosen == (1,)
    assert np.isfinite(plan.upper_bound)


def test_nothing_to_choose_from_is_an_empty_plan() -> None:
    plan = choose(candidates([], []), np.zeros(3), 1e9)
    assert plan == Plan((), (), (), 0.0, ())
    assert plan.gap == 0.0


def ones(row: list[int]) -> list[int]:
    return [at for at, one in enumerate(row) if one]


@st.composite
def problems(draw: st.DrawFn) -> tuple[Candidates, np.ndarray, float]:
    count, cells = draw(st.integers(1, 7)), 6
    reach = draw(
        st.lists(
            st.lists(st.integers(0, 1), min_size=cells, max_size=cells),
            min_size=count,
            max_size=count,
        )
    )
    cost = draw(st.lists(st.integers(1, 20), min_size=count, max_size=count))
    service = draw(st.lists(st.sampled_from(["mobile", "power"]), min_size=count, max_size=count))
    cell = [draw(st.integers(0, cells - 1)) for _ in range(count)]
    powered = {at for row in range(count) if service[row] == "power" for at in ones(reach[row])}
    needs = [
        draw(st.sampled_from(["", "power"])) if service[row] == "mobile" and cell[row] in powered
        else ""
        for row in range(count)
    ]  # fmt: skip
    people = np.array(
        draw(st.lists(st.integers(0, 50), min_size=cells, max_size=cells)), dtype=float
    )
    some = candidates(reach, [float(c) for c in cost], needs=needs, cell=cell, service=service)
    return some, people, float(draw(st.integers(0, 60)))


@given(problems())
def test_a_plan_keeps_its_budget_its_order_and_its_bound(
    problem: tuple[Candidates, np.ndarray, float],
) -> None:
    some, people, budget = problem
    plan = choose(some, people, budget)
    gained, cost = value(some, people, plan.chosen)
    assert plan.people == pytest.approx(gained)
    assert sum(plan.cost_vnd) == pytest.approx(cost)
    assert cost <= budget
    for place in range(len(plan.chosen)):
        assert stands(some, plan.chosen[: place + 1])
        assert set(plan.waits_for[place]) <= set(plan.chosen[:place])
    optimum = best(some, people, budget)
    assert plan.people <= optimum + 1e-9
    assert optimum <= plan.upper_bound + 1e-9


@given(problems())
def test_without_needs_a_plan_is_within_the_guarantee_of_its_method(
    problem: tuple[Candidates, np.ndarray, float],
) -> None:
    """Khuller, Moss and Naor 1999: at least (1 - 1/e)/2 of the optimum."""
    some, people, budget = problem
    free = Candidates(some.table.assign(needs=""), some.reach)
    plan = choose(free, people, budget)
    assert plan.people >= (1 - 1 / np.e) / 2 * best(free, people, budget) - 1e-9


@given(problems(), st.integers(0, 60))
def test_a_smaller_budget_never_beats_the_bound_of_a_larger_one(
    problem: tuple[Candidates, np.ndarray, float], less: int
) -> None:
    some, people, budget = problem
    small = choose(some, people, max(budget - less, 0.0))
    assert small.people <= choose(some, people, budget).upper_bound + 1e-9


@given(problems())
def test_a_duplicated_candidate_gains_nobody(problem: tuple[Candidates, np.ndarray, float]) -> None:
    some, people, budget = problem
    twice = Candidates(
        pd.concat([some.table, some.table.iloc[[0]]], ignore_index=True),
        csr_array(np.vstack([some.reach.toarray(), some.reach.toarray()[:1]])),
    )
    assert choose(twice, people, budget).people == pytest.approx(
        choose(some, people, budget).people
    )
