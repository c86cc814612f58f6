"""Budgeted coverage: the best by trying all, bounds that hold, and laws."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, csr_matrix, eye_array, hstack

from deadzones.coverage import _cover_kernels as kernels
from deadzones.coverage import max_cover
from deadzones.coverage.max_cover import cover
from deadzones.coverage.plan import Plan

SEARCH = 0
"""Problems up to this size are solved exactly: none."""


def searched(reach, people, cost, budget) -> Plan:
    """The plan of the search, however small the problem is."""
    return max_cover._cover(reach, people, cost, budget, SEARCH)


def both(reach, people, cost, budget) -> list[Plan]:
    return [cover(reach, people, cost, budget=budget), searched(reach, people, cost, budget)]


def every_plan(reach, people, cost) -> tuple[np.ndarray, np.ndarray]:
    """People and cost of every subset of the candidates."""
    rows = reach.toarray() != 0
    subsets = (np.arange(2 ** len(rows))[:, None] >> np.arange(len(rows)) & 1).astype(float)
    return (subsets @ rows > 0) @ people, subsets @ cost


def best(reach, people, cost, budget) -> tuple[float, float]:
    """The most people that the budget can serve, and the least cost at which it serves them."""
    served, spent = every_plan(reach, people, cost)
    most = served[spent <= budget].max()
    return most, spent[(spent <= budget) & (served == most)].min()


def discs(candidates: int, points: int, mean: float, seed: int = 1):
    """Points in a square, candidates that reach those near; no two numbers are equal."""
    rng = np.random.default_rng(seed)
    away = rng.random((candidates, 1, 2)) - rng.random((1, points, 2))
    reach = csr_array(np.hypot(*np.moveaxis(away, 2, 0)) < np.sqrt(mean / points / np.pi))
    return reach, rng.lognormal(1.0, 1.0, points), rng.lognormal(0.0, 0.4, candidates)


@st.composite
def problems(draw, candidates: int = 7, points: int = 8):
    """Small problems in whole numbers, with ties, empty rows, and what is free."""
    n, m = draw(st.integers(1, candidates)), draw(st.integers(1, points))
    bits = draw(st.lists(st.booleans(), min_size=n * m, max_size=n * m))
    people = draw(st.lists(st.integers(0, 9), min_size=m, max_size=m))
    cost = draw(st.lists(st.integers(0, 6), min_size=n, max_size=n))
    reach = csr_array(np.array(bits, dtype=np.int8).reshape(n, m))
    return reach, np.array(people, float), np.array(cost, float), float(draw(st.integers(0, 20)))


# --- against every plan -----------------------------------------------------------------------


@settings(max_examples=60)
@given(problems())
def test_a_small_problem_is_solved_exactly_and_at_the_least_cost(problem) -> None:
    plan = cover(*problem[:3], budget=problem[3])
    assert (plan.people, plan.cost) == best(*problem)
    assert plan.exact
    assert plan.gap == 0.0


@settings(max_examples=100)
@given(problems(candidates=9, points=12))
def test_the_search_stays_below_the_best_and_its_bound_above(problem) -> None:
    plan = searched(*problem)
    most, _ = best(*problem)
    assert plan.people <= most <= plan.upper_bound
    assert plan.cost <= problem[3]
    if plan.exact:
        assert plan.people == most


@pytest.mark.parametrize("seed", range(4))
def test_twelve_candidates_with_fractions_of_people(seed) -> None:
    reach, people, cost = discs(12, 60, 15.0, seed)
    budget = 0.4 * cost.sum()
    exact, other = both(reach, people, cost, budget)
    served, spent = every_plan(reach, people, cost)
    most = served[spent <= budget].max()
    assert exact.exact
    assert exact.people == pytest.approx(most, rel=1e-12)
    assert 0.95 * most < other.people <= most * (1 + 1e-12)
    assert most * (1 - 1e-12) <= other.upper_bound < 1.1 * most


@given(problems(candidates=9, points=12), st.lists(st.floats(0.0, 1.0), min_size=12, max_size=12))
def test_the_bound_holds_at_any_multipliers(problem, shares) -> None:
    reach, people, cost, budget = problem
    cost = cost + 1.0
    groups = max_cover._groups(reach, people, cost)
    paid = groups.people * np.array(shares)[: len(groups.people)]
    most, _ = best(reach, people, cost, budget)
    assert kernels.certificate(groups, budget, paid) * (1 + max_cover.ROUNDING) >= most


def test_a_middling_problem_is_within_a_hundredth_of_highs() -> None:
    reach, people, cost = discs(60, 400, 25.0)
    budget = 0.2 * cost.sum()
    plan = cover(reach, people, cost, budget=budget)
    n, m = reach.shape
    rows = hstack([-reach.T.astype(float), eye_array(m)])
    found = milp(
        np.concatenate([np.zeros(n), -people]),
        constraints=[
            LinearConstraint(rows, -np.inf, 0.0),
            LinearConstraint(np.concatenate([cost, np.zeros(m)]), -np.inf, budget),
        ],
        bounds=Bounds(0, 1),
        integrality=np.concatenate([np.ones(n), np.zeros(m)]),
        options={"mip_rel_gap": 0.0},
    )
    assert found.status == 0
    assert not plan.exact
    assert 0.99 * -found.fun <= plan.people <= -found.fun * (1 + 1e-6)
    assert -found.fun * (1 - 1e-6) <= plan.upper_bound <= 1.05 * -found.fun


# --- laws -------------------------------------------------------------------------------------


@pytest.mark.parametrize("plan_of", [lambda *a: cover(*a[:3], budget=a[3]), searched])
def test_greedys_worst_case_is_answered_right(plan_of) -> None:
    plan = plan_of(csr_array(np.eye(2)), np.array([2.0, 100.0]), np.array([1.0, 100.0]), 100.0)
    assert plan.chosen.tolist() == [1]
    assert plan.people == 100.0


@settings(max_examples=30)
@given(problems(), st.integers(0, 10))
def test_more_budget_serves_no_fewer(problem, more) -> None:
    reach, people, cost, budget = problem
    fewer = cover(reach, people, cost, budget=budget).people
    assert fewer <= cover(reach, people, cost, budget=budget + more).people


@given(problems(), st.integers(0, 10))
def test_the_search_never_beats_the_bound_of_a_larger_budget(problem, more) -> None:
    reach, people, cost, budget = problem
    bound = searched(reach, people, cost, budget + more).upper_bound
    assert searched(reach, people, cost, budget).people <= bound


@given(problems())
def test_gains_are_those_of_the_order_and_nobody_counts_twice(problem) -> None:
    reach, people, cost, _ = problem
    plan = searched(*problem)
    rows, seen = reach.toarray() != 0, np.zeros(len(people), bool)
    for row, gained, price in zip(plan.chosen, plan.gained, plan.costs, strict=True):
        assert gained == people[rows[row] & ~seen].sum() > 0
        assert price == cost[row]
        seen |= rows[row]
    assert plan.people == people[seen].sum()


def test_the_order_is_that_of_the_ratio() -> None:
    reach, people, cost = discs(80, 500, 30.0)
    plan = cover(reach, people, cost, budget=0.3 * cost.sum())
    ratio = plan.gained / plan.costs
    assert (np.diff(ratio) <= 1e-12 * ratio[:-1]).all()


@given(problems())
def test_what_is_free_and_gains_is_taken(problem) -> None:
    reach, people, cost, _ = problem
    for plan in both(*problem):
        free = np.flatnonzero(cost == 0)
        missed = people.copy()
        missed[(reach.toarray()[plan.chosen] != 0).any(axis=0)] = 0.0
        assert not (reach.toarray()[free] @ missed).any()


@pytest.mark.parametrize("size", [(12, 60, 15.0), (60, 400, 25.0)])
def test_a_duplicate_changes_nothing(size) -> None:
    reach, people, cost = discs(*size)
    budget = 0.3 * cost.sum()
    plan = cover(reach, people, cost, budget=budget)
    rows = np.concatenate([np.arange(len(cost)), plan.chosen, plan.chosen[:3]])
    dearer = np.concatenate([cost, cost[plan.chosen], 2.0 * cost[plan.chosen[:3]]])
    again = cover(reach[rows], people, dearer, budget=budget)
    assert again.chosen.tolist() == plan.chosen.tolist()
    assert (again.people, again.cost) == (plan.people, plan.cost)


@pytest.mark.parametrize("size", [(12, 60, 15.0), (60, 400, 25.0)])
def test_relabelling_changes_nothing(size) -> None:
    reach, people, cost = discs(*size)
    budget = 0.3 * cost.sum()
    plan = cover(reach, people, cost, budget=budget)
    rng = np.random.default_rng(2)
    rows, points = rng.permutation(len(cost)), rng.permutation(len(people))
    again = cover(reach[rows][:, points], people[points], cost[rows], budget=budget)
    assert rows[again.chosen].tolist() == plan.chosen.tolist()
    assert again.people == pytest.approx(plan.people, rel=1e-12)


@pytest.mark.parametrize("size", [(12, 60, 15.0), (60, 400, 25.0)])
@pytest.mark.parametrize("unit", [1e-9, 25_000.0])
def test_costs_may_come_in_any_unit(size, unit) -> None:
    reach, people, cost = discs(*size)
    plan = cover(reach, people, cost, budget=0.3 * cost.sum())
    again = cover(reach, people, cost * unit, budget=0.3 * cost.sum() * unit)
    assert again.chosen.tolist() == plan.chosen.tolist()
    assert again.upper_bound == pytest.approx(plan.upper_bound, rel=1e-6)


def test_equal_ratios_go_by_lower_cost_then_by_number() -> None:
    cost = np.array([2.0, 1.0, 4.0, 1.0])
    plan = cover(csr_array(np.eye(4)), 3.0 * cost, cost, budget=None)
    assert plan.chosen.tolist() == [1, 3, 0, 2]


def test_the_greedy_start_is_the_naive_one() -> None:
    reach, people, cost = discs(80, 500, 30.0)
    budget, left, chosen = 0.2 * cost.sum(), people.copy(), list[int]()
    while True:
        ratio = (reach @ left) / cost
        ratio[cost > budget - cost[chosen].sum()] = 0.0
        if ratio.max() <= 0:
            break
        chosen.append(int(ratio.argmax()))
        left[reach[[chosen[-1]]].indices] = 0.0
    groups = max_cover._groups(reach, people, cost)
    rows, gained = kernels.fill(groups, kernels.empty(groups), budget, 0.0)
    assert rows.tolist() == chosen
    assert gained.sum() == pytest.approx(people.sum() - left.sum(), rel=1e-12)


def test_a_plan_is_made_cheaper_at_equal_people() -> None:
    reach = csr_array([[1, 1, 0], [1, 1, 1], [0, 0, 1], [1, 0, 0]])
    people, cost = np.array([5.0, 5.0, 1.0]), np.array([6.0, 5.0, 3.0, 9.0])
    groups = max_cover._groups(reach, people, cost)
    wasteful = np.array([True, False, True, True])
    assert np.flatnonzero(max_cover._finished(groups, wasteful, 20.0).taken).tolist() == [1]


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [2, 3, 0, 1], [0, 2, 1, 3], [3, 1, 2, 0]])
def test_of_the_best_plans_the_exact_one_is_cheapest_though_nothing_single_is_swapped(
    order,
) -> None:
    reach = csr_array([[1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0], [0, 1, 0, 1]])
    cost = np.array([3.0, 3.0, 2.9, 2.9])
    plan = cover(reach[order], np.ones(4), cost[order], budget=6.0)
    assert (plan.people, plan.cost) == (4.0, 5.8)


def test_groups_keep_who_reaches_whom_and_all_people() -> None:
    reach, people, cost = discs(30, 300, 40.0)
    people[::7] = 0.0
    groups = max_cover._groups(reach, people, cost)
    reached = np.zeros((len(cost), len(groups.people)))
    for row in range(len(cost)):
        for run in range(groups.run_ptr[row], groups.run_ptr[row + 1]):
            reached[row, groups.first[run] : groups.stop[run]] = 1.0
    by_column = csr_array(
        (np.ones(len(groups.column)), groups.column, groups.column_ptr),
        shape=(len(groups.people), len(cost)),
    )
    assert (reached == by_column.toarray().T).all()
    assert len(np.unique(reached, axis=1).T) == len(groups.people)
    assert reached @ groups.people == pytest.approx(reach @ people, rel=1e-12)
    shared = (reached * groups.people) @ reached.T
    assert shared == pytest.approx(((reach * people) @ reach.T.astype(float)).toarray(), rel=1e-12)


# --- edges ------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0), (3, 3)])
def test_nothing_to_serve_is_an_empty_plan(shape) -> None:
    for plan in both(csr_array(shape), np.ones(shape[1]), np.ones(shape[0]), 10.0):
        assert (len(plan.chosen), plan.people, plan.cost, plan.upper_bound) == (0, 0.0, 0.0, 0.0)
        assert plan.gap == 0.0
        assert plan.chosen.dtype == np.int64


def test_a_budget_of_0_buys_what_is_free() -> None:
    for plan in both(csr_array(np.eye(3)), np.ones(3), np.array([0.0, 1.0, 0.0]), 0.0):
        assert plan.chosen.tolist() == [0, 2]
        assert (plan.people, plan.cost, plan.upper_bound) == (2.0, 0.0, 2.0)


def test_what_is_free_comes_first_and_most_people_first() -> None:
    plan = cover(csr_array(np.eye(3)), np.array([1.0, 9.0, 4.0]), np.array([0, 1e-6, 0]), budget=1)
    assert plan.chosen.tolist() == [2, 0, 1]


@pytest.mark.parametrize("budget", [None, np.inf])
@pytest.mark.parametrize("size", [(12, 60, 15.0), (60, 400, 25.0)])
def test_no_limit_serves_all_who_can_be(budget, size) -> None:
    reach, people, cost = discs(*size)
    plan = cover(reach, people, cost, budget=budget)
    assert plan.people == pytest.approx(people[reach.sum(axis=0) > 0].sum(), rel=1e-12)
    assert plan.exact
    assert plan.gap <= 1e-12
    assert plan.cost < cost.sum()


def test_a_budget_may_be_a_sum_of_costs() -> None:
    cost = np.array([0.1, 0.2, 0.3, 0.7, 0.6])
    for budget in (sum(cost), sum(cost[::-1]), cost.sum()):
        for plan in both(csr_array(np.eye(5)), np.ones(5), cost, budget):
            assert plan.people == 5.0


def test_few_people_beside_many_are_not_rounded_away() -> None:
    people = np.array([1e17, 1.0, 1.0, 1.0])
    reach = csr_array([[1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 0, 1]])
    for plan in both(reach, people, np.ones(3), None):
        assert sorted(plan.chosen.tolist()) == [0, 1, 2]


def test_any_layout_says_the_same() -> None:
    dense = np.array([[1.0, 0.0, -2.0], [0.0, 0.5, 1.0]])
    people, cost = np.array([3.0, 2.0, 1.0]), np.array([2.0, 1.0])
    want = cover(csr_array(dense), people, cost, budget=2.0)
    row, column = np.nonzero(dense)
    cancelling = coo_array(
        (
            np.concatenate([np.ones(4), -np.ones(4), np.zeros(1)]),
            (np.concatenate([row, row, [1]]), np.concatenate([column, column, [0]])),
        ),
        shape=(2, 3),
    )
    unsorted = csr_matrix(dense)
    unsorted.indices[:2], unsorted.data[:2] = unsorted.indices[1::-1].copy(), 1.0
    unsorted.has_sorted_indices = False
    zero = csr_array((np.array([1, 1, 1, 1, 0]), ([0, 0, 1, 1, 1], [0, 2, 1, 2, 0])))
    many = csr_array(np.tile(dense[:, :1], 300).astype(bool), shape=(2, 300))
    assert cover(many, np.ones(300), cost, budget=2.0).people == 300.0
    layouts = [csr_array(dense).tocsc(), csr_array(dense).tolil(), csr_array(dense).todok()]
    for reach in [*layouts, cancelling, unsorted, zero]:
        plan = cover(reach, people, cost, budget=2.0)
        assert (plan.chosen.tolist(), plan.people) == (want.chosen.tolist(), want.people)


def test_a_pair_may_be_given_many_times() -> None:
    reach = coo_array((np.ones(256, np.int8), (np.zeros(256, int), np.zeros(256, int))))
    assert cover(reach, np.array([4.0]), np.array([1.0]), budget=1.0).people == 4.0


def test_arguments_stay_as_they_are_and_may_be_read_only() -> None:
    reach, people, cost = discs(60, 400, 25.0)
    reach.data[::5] = False
    before = reach.copy()
    for array in (people, cost, reach.data, reach.indices, reach.indptr):
        array.flags.writeable = False
    cover(reach, people, cost, budget=5.0)
    assert (reach.indptr == before.indptr).all()
    assert (reach.data == before.data).all()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"people": [1.0, np.nan, -1.0]}, r"people\[1\]: found nan; wanted a finite .* \(2 are"),
        ({"people": [1.0, np.inf, 1.0]}, r"people\[1\]: found inf"),
        ({"people": [1.0, 1.0]}, r"people: found the shape \(2,\); wanted \(3,\)"),
        ({"cost": [1.0, -2.0]}, r"cost\[1\]: found -2.0; .* leave the row out"),
        ({"cost": [np.nan, 1.0]}, r"cost\[0\]: found nan"),
        ({"cost": [[1.0, 1.0]]}, r"cost: found the shape \(1, 2\)"),
        ({"budget": np.nan}, "budget: found nan; wanted a number >= 0"),
        ({"budget": -1.0}, "budget: found -1.0"),
        ({"reach": np.ones((2, 3))}, "reach: found ndarray; wanted a sparse matrix"),
        ({"reach": coo_array(np.ones(3))}, "reach: found coo_array; wanted a sparse matrix"),
    ],
)
def test_bad_input_is_told_with_the_place_and_the_repair(change, told) -> None:
    good: dict[str, Any] = {"people": np.ones(3), "cost": np.ones(2), "budget": 1.0}
    with pytest.raises(ValueError, match=told):
        cover(**{"reach": csr_array(np.ones((2, 3))), **good, **change})


RUN = """
import json, sys
sys.path.insert(0, sys.argv[1])
from test_max_cover import cover, discs
reach, people, cost = discs(40, 250, 25.0)
plan = cover(reach, people, cost, budget=0.3 * cost.sum())
print(json.dumps([plan.chosen.tolist(), plan.gained.tolist(), plan.upper_bound]))
"""


@pytest.mark.slow
def test_compiled_or_not_the_plan_is_the_same() -> None:
    plan = subprocess.run(
        [sys.executable, "-c", RUN, Path(__file__).parent],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    reach, people, cost = discs(40, 250, 25.0)
    here = cover(reach, people, cost, budget=0.3 * cost.sum())
    chosen, gained, bound = json.loads(plan)
    assert chosen == here.chosen.tolist()
    assert gained == pytest.approx(here.gained, rel=1e-12)
    assert bound == pytest.approx(here.upper_bound, rel=1e-9)
