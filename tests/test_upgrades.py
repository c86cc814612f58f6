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
    needs: list[int] | None = None,
    service: list[str] | None = None,
    per_person: float = 0.0,
) -> Candidates:
    count = len(reach)
    table = pd.DataFrame(
        {
            "service": service or ["mobile"] * count,
            "fixed_vnd": cost,
            "per_person_vnd": per_person,
            "needs": needs or [-1] * count,
        }
    )
    return Candidates(
        table,
        csr_array(np.array(reach, dtype=np.int8).reshape(count, len(reach[0]) if reach else 0)),
    )


def value(some: Candidates, people: np.ndarray, rows: tuple[int, ...]) -> tuple[float, float]:
    """People and cost of a set, counted anew."""
    gained, cost = 0.0, 0.0
    for name in some.table["service"].unique():
        of = [row for row in rows if some.table.at[row, "service"] == name]
        served = some.reach.toarray()[of].any(axis=0)
        gained += float(people[served].sum())
    for row in rows:
        cost += float(some.table.at[row, "fixed_vnd"])
    return gained, cost


def best(some: Candidates, people: np.ndarray, budget: float) -> float:
    """The optimum, by trying every set."""
    most = 0.0
    rows = range(len(some.table))
    for size in range(len(rows) + 1):
        for chosen in combinations(rows, size):
            needs = {int(some.table.at[row, "needs"]) for row in chosen} - {-1}
            gained, cost = value(some, people, chosen)
            if needs <= set(chosen) and cost <= budget:
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
    some = candidates([[1, 1], [1, 0]], [5.0, 5.0], needs=[1, -1], service=["mobile", "power"])
    plan = choose(some, np.array([10.0, 10.0]), None)
    assert plan.chosen == (1, 0)
    assert plan.gained == (10.0, 20.0)


def test_what_cannot_be_had_with_its_need_is_not_bought() -> None:
    some = candidates([[1, 1], [1, 0]], [5.0, 6.0], needs=[1, -1], service=["mobile", "power"])
    plan = choose(some, np.array([10.0, 10.0]), 10.0)
    assert plan.chosen == (1,)


def test_a_shared_need_is_paid_once() -> None:
    some = candidates(
        [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        [1.0, 1.0, 4.0],
        needs=[2, 2, -1],
        service=["mobile", "mobile", "power"],
    )
    plan = choose(some, np.array([10.0, 10.0, 1.0]), 6.0)
    assert set(plan.chosen) == {0, 1, 2}
    assert sum(plan.cost_vnd) == 6.0


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
    assert plan == Plan((), (), (), 0.0)
    assert plan.gap == 0.0


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
    power = [row for row in range(count) if service[row] == "power"]
    needs = [
        draw(st.sampled_from([-1, *power])) if service[row] == "mobile" else -1
        for row in range(count)
    ]
    people = np.array(
        draw(st.lists(st.integers(0, 50), min_size=cells, max_size=cells)), dtype=float
    )
    some = candidates(reach, [float(c) for c in cost], needs=needs, service=service)
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
    for place, row in enumerate(plan.chosen):
        need = int(some.table.at[row, "needs"])
        assert need == -1 or need in plan.chosen[:place]
    optimum = best(some, people, budget)
    assert plan.people <= optimum + 1e-9
    assert optimum <= plan.upper_bound + 1e-9


@given(problems())
def test_without_needs_a_plan_is_within_the_guarantee_of_its_method(
    problem: tuple[Candidates, np.ndarray, float],
) -> None:
    """Khuller, Moss and Naor 1999: at least (1 - 1/e)/2 of the optimum."""
    some, people, budget = problem
    free = Candidates(some.table.assign(needs=-1), some.reach)
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
