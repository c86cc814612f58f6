"""Budgeted coverage beside a naive greedy and HiGHS: the coverage part of `make bench`.

Points at random in a square; candidates at random places reach all points within a radius. People are
lognormal, costs lognormal within a factor of 4. Medians and ratios of interleaved repeats in one
process. Absolute figures are those of this machine, now.
"""

from __future__ import annotations

from collections.abc import Callable

import lines
import numpy as np
import radio
from lines import Line
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import csr_array, eye_array, hstack
from scipy.spatial import cKDTree

from deadzones.coverage import _cover_kernels as kernels
from deadzones.coverage.max_cover import _groups as group_points
from deadzones.coverage.max_cover import _matrix as check_matrix
from deadzones.coverage.max_cover import cover

REPEATS = 5
BUDGETS = (0.005, 0.01, 0.02, 0.03, 0.1, 0.3)
"""Shares of what all candidates cost. From some 4 % on, everybody can be served."""
LARGE, SMALL = (5_000, 200_000, 1_000), (1_000, 20_000, 50)
"""Candidates, points, mean number of points that a candidate reaches."""
SMALL_BUDGET = 0.1
HIGHS_S = 120.0


def instance(candidates: int, points: int, mean: int) -> tuple[csr_array, np.ndarray, np.ndarray]:
    """Who reaches what, people of points, costs of candidates."""
    rng = np.random.default_rng(1)
    where, masts = rng.random((points, 2)), rng.random((candidates, 2))
    radius = np.sqrt(mean / points / np.pi)
    near = cKDTree(where).query_ball_point(masts, radius, return_sorted=True)
    ends = np.cumsum([0, *map(len, near)])
    indices = np.concatenate([np.asarray(each, dtype=np.int32) for each in near])
    reach = csr_array((np.ones(len(indices)), indices, ends), shape=(candidates, points))
    cost = np.exp(rng.normal(0.0, 0.35, candidates).clip(-np.log(2), np.log(2)))
    return reach, rng.lognormal(1.0, 1.0, points), cost


def naive(reach: csr_array, people: np.ndarray, cost: np.ndarray, budget: float) -> list[int]:
    """Greedy by gain per cost with one product of the whole matrix a step."""
    left, dear, chosen, spent = people.copy(), np.zeros(len(cost), bool), list[int](), 0.0
    while True:
        ratio = (reach @ left) / cost
        dear |= spent + cost > budget
        ratio[dear] = 0.0
        row = int(ratio.argmax())
        if ratio[row] <= 0:
            return chosen
        chosen.append(row)
        spent += float(cost[row])
        left[reach.indices[reach.indptr[row] : reach.indptr[row + 1]]] = 0.0


def median(times: dict[str, np.ndarray], name: str) -> float:
    return float(np.median(times[name][:, 0]))


def selection(budgets: tuple[float, ...], repeats: int) -> list[Line]:
    """Compare greedy with naive greedy, and see whole plans, on the large instance at several budgets."""
    reach, people, cost = instance(*LARGE)
    print(
        f"{LARGE[0]:,} candidates x {LARGE[1]:,} points x {reach.nnz:,} pairs; "
        "greedy on ready arrays; a plan from the sparse matrix, with its bound"
    )
    groups = group_points(reach, people, cost)
    rows: list[tuple[str, ...]] = []
    found: list[Line] = []
    for share in budgets:
        budget = share * float(cost.sum())
        cases: dict[str, Callable[[], object]] = {
            "greedy": lambda b=budget: kernels.fill(groups, kernels.empty(groups), b, 0.0),
            "plan": lambda b=budget: cover(reach, people, cost, budget=b),
            "naive": lambda b=budget: naive(reach, people, cost, b),
        }
        plan = cover(reach, people, cost, budget=budget)
        same = cases["greedy"]()[0].tolist() == cases["naive"]()
        times = radio.interleaved(cases, repeats)
        work = f"greedy of {LARGE[0]:,} x {LARGE[1]:,}, budget {share:.1%}"
        both = times["greedy"][:, 0], times["naive"][:, 0]
        found.append(lines.beside(work, "naive scipy greedy", *both, 20.0))
        plan_s = median(times, "plan")
        found.append(lines.within(f"plan with bound, budget {share:.1%}", plan_s, 5.0, "s"))
        found.append(lines.within(f"its gap, budget {share:.1%}", 100 * plan.gap, 2.0, "%"))
        rows.append(
            (
                f"{share:.1%}",
                f"{median(times, 'naive'):.2f}",
                f"{1e3 * median(times, 'greedy'):.1f}",
                f"{np.median(times['naive'][:, 0] / times['greedy'][:, 0]):.0f}",
                "yes" if same else "no",
                f"{median(times, 'plan'):.2f}",
                f"{np.median(times['plan'][:, 1]):.2f}",
                f"{plan.people / people.sum():.2%}",
                f"{plan.gap:.2%}",
            )
        )
    heads = ("budget", "naive s", "greedy ms", "times as fast", "same choice")
    radio.table((*heads, "plan s", "of processor", "served", "gap"), rows)
    steps = radio.interleaved(
        {
            "check": lambda: check_matrix(reach),
            "group": lambda: group_points(reach, people, cost),
        },
        repeats,
    )
    print(
        f"conversion, part of a plan: {median(steps, 'check'):.2f} s to check the matrix, "
        f"{median(steps, 'group'):.2f} s to group {LARGE[1]:,} points into {len(groups.people):,}"
    )
    return found


def highs(
    reach: csr_array, people: np.ndarray, cost: np.ndarray, budget: float
) -> Callable[[], OptimizeResult]:
    """The same problem for HiGHS: a point counts if somebody reaches it."""
    n, m = reach.shape
    served = hstack([-reach.T, eye_array(m)]).tocsc()
    spent = np.concatenate([cost, np.zeros(m)])
    rules = [LinearConstraint(served, -np.inf, 0.0), LinearConstraint(spent, -np.inf, budget)]
    return lambda: milp(
        np.concatenate([np.zeros(n), -people]),
        constraints=rules,
        bounds=Bounds(0, 1),
        integrality=np.concatenate([np.ones(n), np.zeros(m)]),
        options={"time_limit": HIGHS_S},
    )


def optimum(*, repeats: int) -> list[Line]:
    """Compare the small instance with HiGHS."""
    reach, people, cost = instance(*SMALL)
    budget = SMALL_BUDGET * float(cost.sum())
    plan = cover(reach, people, cost, budget=budget)
    solve = highs(reach, people, cost, budget)
    solved: list[OptimizeResult] = []
    times = radio.interleaved(
        {
            "plan": lambda: cover(reach, people, cost, budget=budget),
            "highs": lambda: solved.append(solve()),
        },
        repeats,
    )
    best = -solved[-1].fun
    end = "optimum" if solved[-1].status == 0 else f"best after {HIGHS_S:.0f} s"
    print(
        f"{SMALL[0]:,} candidates x {SMALL[1]:,} points x {reach.nnz:,} pairs, "
        f"budget {SMALL_BUDGET:.0%}: plan {median(times, 'plan'):.3f} s, "
        f"HiGHS {median(times, 'highs'):.1f} s, "
        f"{np.median(times['highs'][:, 0] / times['plan'][:, 0]):.0f} times as long"
    )
    print(
        f"people of the plan: {plan.people / best - 1:+.3%} of the {end} of HiGHS; "
        f"gap of the plan by its own bound {plan.gap:.2%}, bound {plan.upper_bound / best - 1:+.3%}"
    )
    work = f"plan of {SMALL[0]:,} x {SMALL[1]:,}"
    both = times["plan"][:, 0], times["highs"][:, 0]
    short = 100.0 * (1.0 - plan.people / best)
    return [
        lines.beside(work, f"HiGHS in {lines.release('scipy')}", *both, 50.0),
        lines.within(f"{work}: short of the {end}", short, 1.0, "%"),
    ]


def coverage(*, quick: bool = False) -> list[Line]:
    """Compare both instances; the small one takes HiGHS minutes and is left out in a hurry."""
    if quick:
        return selection(BUDGETS[1:2], 1)
    return [*selection(BUDGETS, REPEATS), *optimum(repeats=REPEATS)]


PARTS: dict[str, Callable[..., list[Line]]] = {"cover": coverage}

if __name__ == "__main__":
    for part in PARTS.values():
        print(lines.markdown(part()))
