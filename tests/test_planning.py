"""Plans on a network: the exact one against every plan, the others within their bound."""

from __future__ import annotations

import os
from dataclasses import replace

import made_up_problem
import numpy as np
import pytest
from scipy.sparse import csr_array

from deadzones.coverage import exact, planning
from deadzones.coverage._selection import Ground
from deadzones.coverage.bound import upper_bound
from deadzones.coverage.planning import Draft, draft
from deadzones.coverage.problem import Caps, Hops, Options, Problem, Ways, plain
from deadzones.coverage.refine import best_plan, settled

BUDGETS = (6.0, 14.0, 30.0)


def heuristic(some: Problem, budget: float) -> Draft:
    """Plan as for a large problem."""
    ground = Ground.of(some)
    works = settled(best_plan(ground, budget))
    return Draft(works, upper_bound(ground, budget, works.weight), exact=False)


@pytest.mark.parametrize("poles", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_the_exact_plan_is_the_best_of_all_plans(seed: int, poles: bool) -> None:
    some = made_up_problem.problem(seed, candidates=4, poles=poles)
    for budget in BUDGETS:
        gained, cost = made_up_problem.best(some, budget)
        found = draft(some, budget)
        assert found.exact
        assert found.works.weight == pytest.approx(gained)
        assert found.works.spent == pytest.approx(cost, abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_a_plan_is_within_its_budget_and_its_bound(seed: int) -> None:
    some = made_up_problem.problem(seed, candidates=9, nodes=7, edges=10, poles=seed % 2 == 1)
    some = made_up_problem.with_hops(some, seed)
    for budget in BUDGETS:
        found, best = heuristic(some, budget), draft(some, budget)
        assert best.exact
        assert found.works.spent <= budget
        assert found.works.weight <= best.works.weight + 1e-6
        assert best.works.weight <= found.upper_bound + 1e-6


@pytest.mark.parametrize("seed", range(8))
def test_the_exact_plan_serves_no_fewer_with_more_money(seed: int) -> None:
    some = made_up_problem.problem(seed, candidates=7, nodes=6, edges=8)
    gained = [draft(some, budget).works.weight for budget in (0.0, *BUDGETS, 60.0)]
    assert gained == sorted(gained)


@pytest.mark.parametrize("seed", range(8))
def test_less_money_never_beats_the_bound_of_more(seed: int) -> None:
    some = made_up_problem.problem(seed, candidates=9, nodes=7, edges=10)
    found = [heuristic(some, budget) for budget in BUDGETS]
    for number, poor in enumerate(found):
        for rich in found[number:]:
            assert poor.works.weight <= rich.upper_bound + 1e-6


@pytest.mark.parametrize("seed", range(8))
def test_steps_add_up_and_nobody_counts_twice(seed: int) -> None:
    some = made_up_problem.problem(seed, candidates=9, nodes=7, edges=10, poles=True)
    steps = heuristic(some, 30.0).works.steps
    reached = some.reach[[step.row for step in steps]].toarray().any(axis=0)
    assert sum(step.heads for step in steps) == pytest.approx(some.heads[reached].sum())
    assert sum(step.weight for step in steps) == pytest.approx(some.weight[reached].sum())
    assert len({step.row for step in steps}) == len(steps)


@pytest.mark.parametrize("seed", range(8))
def test_what_a_step_starts_from_was_built_before_it(seed: int) -> None:
    some = made_up_problem.with_hops(made_up_problem.problem(seed, candidates=9), seed)
    for number, step in enumerate(heuristic(some, 40.0).works.steps):
        assert all(way.from_step < number for way in step.ways)


@pytest.mark.parametrize("seed", range(6))
def test_costs_in_another_currency_change_nothing(seed: int) -> None:
    some = made_up_problem.problem(seed, candidates=8, nodes=6, edges=9)
    ways, options = some.ways, some.options
    other = replace(
        some,
        fixed_vnd=4096.0 * some.fixed_vnd,
        per_head_vnd=4096.0 * some.per_head_vnd,
        ways=replace(ways, edge_vnd=4096.0 * ways.edge_vnd, root_vnd=4096.0 * ways.root_vnd),
        options=replace(options, vnd=4096.0 * options.vnd),
    )
    one, two = heuristic(some, 20.0), heuristic(other, 4096.0 * 20.0)
    assert [step.row for step in one.works.steps] == [step.row for step in two.works.steps]
    assert two.upper_bound == pytest.approx(one.upper_bound)


@pytest.mark.parametrize("seed", range(6))
def test_other_labels_change_nothing(seed: int) -> None:
    some = made_up_problem.problem(seed, candidates=8, nodes=6, edges=9)
    order = np.random.default_rng(seed).permutation(some.size)
    caps, options = some.caps, some.options
    other = replace(
        some,
        reach=csr_array(some.reach[order]),
        fixed_vnd=some.fixed_vnd[order],
        per_head_vnd=some.per_head_vnd[order],
        node=some.node[order],
        needs=some.needs[order],
        options=replace(options, vnd=options.vnd[order]),
        caps=replace(caps, square=caps.square[order]),
    )
    one, two = draft(some, 20.0).works, draft(other, 20.0).works
    assert two.weight == pytest.approx(one.weight)
    assert two.spent == pytest.approx(one.spent, abs=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_a_duplicated_candidate_changes_nothing(seed: int) -> None:
    some = made_up_problem.problem(seed, candidates=6)
    twice = np.r_[np.arange(some.size), seed % some.size]
    caps, options = some.caps, some.options
    other = replace(
        some,
        reach=csr_array(some.reach[twice]),
        fixed_vnd=some.fixed_vnd[twice],
        per_head_vnd=some.per_head_vnd[twice],
        node=some.node[twice],
        needs=some.needs[twice],
        options=replace(options, vnd=options.vnd[twice]),
        caps=Caps(
            caps.total,
            caps.by_square,
            caps.square[twice],
            np.zeros(len(twice)),
            np.zeros(len(twice)),
        ),
    )
    one, two = draft(some, 20.0).works, draft(other, 20.0).works
    assert (two.weight, two.spent) == (
        pytest.approx(one.weight),
        pytest.approx(one.spent, abs=1e-6),
    )


def road(trunk: float, *branches: float) -> Problem:
    """Villages on one road: a long trunk from the source, then a short branch to each village."""
    count = len(branches)
    tail, head = np.r_[0, np.full(count, 1)], np.r_[1, 2 + np.arange(count)]
    root = np.full((1, count + 2), np.inf)
    root[0, 0] = 0.0
    base = plain(csr_array(np.eye(count)), np.full(count, 100.0), np.ones(count))
    return replace(
        base,
        ways=Ways(tail, head, np.array([[trunk, *branches]]), root, ("fibre",)),
        node=2 + np.arange(count),
        needs=np.ones((count, 1), dtype=bool),
        options=Options((), np.zeros(0, np.int64), np.zeros((count, 0)), np.zeros(0)),
    )


def test_villages_on_one_road_pay_for_one_trench() -> None:
    found = draft(road(50.0, 1.0, 1.0, 1.0), 56.0)
    assert found.works.spent == pytest.approx(50.0 + 3 * (1.0 + 1.0))
    assert found.works.weight == 300.0


def test_a_trunk_that_no_village_carries_alone_is_bought_for_all() -> None:
    """Beside a cheap single village of a better rate than any one on the trunk, but not than all."""
    shared = road(50.0, *([1.0] * 10))
    ways = shared.ways
    lone = replace(
        shared,
        reach=csr_array(np.eye(11)),
        weight=np.r_[np.full(10, 100.0), 60.0],
        heads=np.r_[np.full(10, 100.0), 60.0],
        fixed_vnd=np.r_[np.ones(10), 20.0],
        per_head_vnd=np.zeros(11),
        node=np.r_[shared.node, 0],
        needs=np.r_[shared.needs, [[True]]],
        options=replace(shared.options, vnd=np.zeros((11, 0))),
        caps=Caps(np.inf, np.zeros(0), np.full(11, -1), np.zeros(11), np.zeros(11)),
        ways=ways,
        group=np.zeros(11, dtype=np.int64),
    )
    found = heuristic(lone, 70.0)
    assert found.works.weight == 1000.0
    assert found.works.steps[0].row != 10


def test_a_fixed_tree_is_beaten_by_one_that_shares() -> None:
    """Three villages around a crossroads: each one's own shortest way avoids it.

    The tree of shortest ways costs 30; one of them and three branches of the crossroads 13.
    """
    tail = np.array([0, 0, 0, 0, 1, 1, 1])
    head = np.array([2, 3, 4, 1, 2, 3, 4])
    root = np.full((1, 5), np.inf)
    root[0, 0] = 0.0
    base = road(16.0, 1.0, 1.0, 1.0)
    some = replace(
        base, ways=Ways(tail, head, np.array([[10.0, 10, 10, 16, 1, 1, 1]]), root, ("fibre",)),
        node=np.array([2, 3, 4]),
    )  # fmt: skip
    for found in (draft(some, 22.0), heuristic(some, 22.0)):
        assert found.works.weight == 300.0
        assert found.works.spent == pytest.approx(13 + 3)
    fixed = replace(
        some, ways=replace(some.ways, edge_vnd=np.where(tail > 0, np.inf, some.ways.edge_vnd))
    )
    assert draft(fixed, 22.0).works.weight == 200.0


def test_a_hop_starts_from_a_site_that_is_built() -> None:
    some = replace(
        road(5.0, 1.0, 100.0),
        options=Options(("microwave",), np.array([0]), np.full((2, 1), np.inf), np.zeros(1)),
        hops=Hops(np.array([0, 1]), np.array([1, 0]), 0, 3.0),
    )
    for found in (draft(some, 11.0), heuristic(some, 11.0)):
        assert found.works.weight == 200.0
        assert found.works.spent == pytest.approx((5 + 1 + 1) + (3 + 1))
        assert found.works.steps[1].ways[0].from_step == 0


def test_satellites_end_at_their_cap() -> None:
    count = 6
    base = plain(csr_array(np.eye(count)), np.full(count, 10.0), np.ones(count))
    caps = Caps(100.0, np.array([2.0, 1.0]), np.array([0, 0, 0, 1, 1, 1]), np.zeros(count),
                np.full(count, 0.1))  # fmt: skip
    some = replace(base, caps=caps)
    for found in (draft(some, None), heuristic(some, np.inf)):
        assert found.works.weight == 30.0
    one = replace(some, caps=replace(caps, total=1.0))
    for found in (draft(one, None), heuristic(one, np.inf)):
        assert found.works.weight == 10.0


def test_every_province_first() -> None:
    some = plain(csr_array(np.eye(4)), np.array([9.0, 9.0, 9.0, 1.0]), np.ones(4))
    group = np.array([0, 0, 0, 1])
    assert {s.row for s in draft(replace(some, group=group), 2.0).works.steps} <= {0, 1, 2}
    fair = draft(replace(some, group=group, least_heads=1.0), 2.0)
    assert 3 in {step.row for step in fair.works.steps}


def test_a_free_candidate_that_gains_is_taken() -> None:
    some = plain(csr_array(np.eye(3)), np.array([1.0, 5.0, 0.0]), np.array([0.0, 9.0, 0.0]))
    for found in (draft(some, 0.0), heuristic(some, 0.0)):
        assert [step.row for step in found.works.steps] == [0]


def test_greedys_worst_case_is_answered_right() -> None:
    some = plain(csr_array(np.eye(2)), np.array([2.0, 100.0]), np.array([1.0, 100.0]))
    for found in (draft(some, 100.0), heuristic(some, 100.0)):
        assert found.works.weight == 100.0


def test_a_village_that_nothing_reaches_is_not_in_a_plan() -> None:
    some = road(1.0, 1.0, 1.0)
    some = replace(some, node=np.array([2, -1]))
    for found in (draft(some, None), heuristic(some, np.inf)):
        assert [step.row for step in found.works.steps] == [0]


def test_the_same_seed_gives_the_same_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "is_small", lambda _: False)
    some = made_up_problem.problem(3, candidates=10, nodes=8, edges=14)
    one, two = draft(some, 20.0, seed=5), draft(some, 20.0, seed=5)
    assert [s.row for s in one.works.steps] == [s.row for s in two.works.steps]


def test_a_large_problem_is_not_solved_exactly() -> None:
    count = exact.MOST_CANDIDATES + 1
    some = plain(csr_array(np.eye(count)), np.ones(count), np.ones(count))
    assert not draft(some, 3.0).exact


@pytest.mark.parametrize("seed", range(4))
def test_a_gap_that_is_too_wide_is_sought_to_be_closed(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Longer search gains no less and proves no less, and what it says stays true."""
    monkeypatch.setattr(planning, "is_small", lambda _: False)
    some = made_up_problem.problem(seed, candidates=4)
    gained, _ = made_up_problem.best(some, 14.0)
    first, longer = draft(some, 14.0), draft(some, 14.0, max_gap=0.0)
    assert first.works.weight <= longer.works.weight <= gained * (1 + 1e-9)
    assert gained <= longer.upper_bound * (1 + 1e-9) <= first.upper_bound * (1 + 2e-9)


def test_a_solver_that_speaks_is_not_heard(capfd: pytest.CaptureFixture[str]) -> None:
    with exact._silence():
        os.write(1, b"a line of its own\n")
    os.write(1, b"ours\n")
    assert capfd.readouterr().out == "ours\n"
