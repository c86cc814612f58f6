"""Kernels of budgeted coverage: points in groups, greedy choice, local search, dual bound.

Points that the same candidates reach are one group, and groups are put in an order in which what a
candidate reaches is a few long runs. The people of a row are then differences of a running sum.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ..geodata._jit import kernel

GOLDEN = 0.6180339887498949
"""Fractions of its multiples fill an interval evenly."""
DEEPEST = 0.25
"""Largest share of a plan that one round of the local search puts in question."""
SWEEPS = 30
"""Most sweeps of one descent; it ends by itself after some three."""
NOISE = 1e-10
"""Changes below this share of all people are rounding."""
PACE, FRESH = 0.1, 0.1
"""Of the bound: the first step as a share of the gap, and what a new cover counts for at first."""
SLOW, CLOSE = 0.05, 1e-4
"""Of the bound: it ends when it closes less of the gap, or where the gap is less."""


class Groups(NamedTuple):
    """Groups of points: runs `first[k]:stop[k]` of each candidate, candidates of each group."""

    run_ptr: np.ndarray
    first: np.ndarray
    stop: np.ndarray
    column_ptr: np.ndarray
    column: np.ndarray
    people: np.ndarray
    cost: np.ndarray


class State(NamedTuple):
    """A plan in the making.

    `hits` chosen candidates reach a group, and the sum of their numbers is `owner`: where one does,
    it is its number. `gain` is what a candidate would add, `loss` what would go without it.
    """

    hits: np.ndarray
    owner: np.ndarray
    gain: np.ndarray
    loss: np.ndarray
    taken: np.ndarray
    spent: np.ndarray


# --- points to groups -------------------------------------------------------------------------


@kernel
def split(
    row_ptr: np.ndarray, points: np.ndarray, people: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Order the points by who reaches them, and label those that the same candidates reach.

    Partition refinement (Paige and Tarjan 1987): each row splits the classes that it cuts, and its
    own part goes first. Points without people stay where they are.
    """
    count = len(people)
    order = np.arange(count).astype(np.int32)
    place = np.arange(count).astype(np.int32)
    label = np.zeros(count, np.int32)
    start, size = np.zeros(count + 1, np.int32), np.zeros(count + 1, np.int32)
    inside, cut = np.zeros(count + 1, np.int32), np.empty(count + 1, np.int32)
    size[0], labels = count, 1
    for row in range(len(row_ptr) - 1):
        cuts = 0
        for k in range(row_ptr[row], row_ptr[row + 1]):
            point = points[k]
            own = label[point]
            if size[own] == 1 or people[point] <= 0:
                continue
            if inside[own] == 0:
                cut[cuts] = own
                cuts += 1
            front, back = start[own] + inside[own], place[point]
            other = order[front]
            order[back], place[other] = other, back
            order[front], place[point] = point, front
            inside[own] += 1
        for k in range(cuts):
            own = cut[k]
            part, rest = inside[own], size[own] - inside[own]
            inside[own] = 0
            if rest == 0:
                continue
            # The smaller part is relabelled.
            begin = start[own] if part <= rest else start[own] + part
            smaller = min(part, rest)
            start[labels], size[labels] = begin, smaller
            for at in range(begin, begin + smaller):
                label[order[at]] = labels
            if part <= rest:
                start[own] += part
            size[own] -= smaller
            labels += 1
    return order, label


# --- choosing ---------------------------------------------------------------------------------


def empty(groups: Groups) -> State:
    """Return a plan of nobody."""
    n, m = len(groups.cost), len(groups.people)
    hits, owner = np.zeros(m, np.int32), np.zeros(m, np.int64)
    state = State(hits, owner, np.zeros(n), np.zeros(n), np.zeros(n, np.bool_), np.zeros(1))
    refresh(groups, state)
    return state


def served(groups: Groups, state: State) -> float:
    """People whom a plan serves."""
    return float(groups.people[state.hits > 0].sum())


@kernel
def left(groups: Groups, state: State, row: int) -> float:
    """People whom a candidate reaches and no chosen one does."""
    people = 0.0
    for run in range(groups.run_ptr[row], groups.run_ptr[row + 1]):
        for group in range(groups.first[run], groups.stop[run]):
            if state.hits[group] == 0:
                people += groups.people[group]
    return people


@kernel
def refresh(groups: Groups, state: State) -> None:
    """Sum gains and spending anew, so that rounding does not pile up."""
    state.spent[0] = 0.0
    for row in range(len(groups.cost)):
        state.gain[row] = left(groups, state, row)
        state.loss[row] = 0.0
        if state.taken[row]:
            state.spent[0] += groups.cost[row]
    for group in range(len(groups.people)):
        if state.hits[group] == 1:
            state.loss[state.owner[group]] += groups.people[group]


@kernel
def add(groups: Groups, state: State, row: int) -> None:
    state.taken[row] = True
    state.spent[0] += groups.cost[row]
    loss = 0.0
    for run in range(groups.run_ptr[row], groups.run_ptr[row + 1]):
        for group in range(groups.first[run], groups.stop[run]):
            people, count = groups.people[group], state.hits[group]
            if count == 0:
                loss += people
                for k in range(groups.column_ptr[group], groups.column_ptr[group + 1]):
                    state.gain[groups.column[k]] -= people
            elif count == 1:
                state.loss[state.owner[group]] -= people
            state.hits[group] = count + 1
            state.owner[group] += row
    state.loss[row] = loss


@kernel
def drop(groups: Groups, state: State, row: int) -> None:
    state.taken[row] = False
    state.spent[0] -= groups.cost[row]
    state.loss[row] = 0.0
    for run in range(groups.run_ptr[row], groups.run_ptr[row + 1]):
        for group in range(groups.first[run], groups.stop[run]):
            people, count = groups.people[group], state.hits[group]
            state.hits[group] = count - 1
            state.owner[group] -= row
            if count == 1:
                for k in range(groups.column_ptr[group], groups.column_ptr[group + 1]):
                    state.gain[groups.column[k]] += people
            elif count == 2:
                state.loss[state.owner[group]] += people


@kernel
def best_ratio(groups: Groups, state: State, room: float, price: float) -> int:
    """Who costs no more than `room` and gains most for its cost, above a price; -1 if nobody does.

    Equal ratios go by lower cost, then by number; equal are those that only rounding tells apart.
    """
    most = price
    for row in range(len(groups.cost)):
        if state.gain[row] > 0 and not state.taken[row] and groups.cost[row] <= room:
            most = max(most, state.gain[row] / groups.cost[row])
    best = -1
    for row in range(len(groups.cost)):
        cost = groups.cost[row]
        if state.gain[row] > 0 and not state.taken[row] and cost <= room:
            own = state.gain[row] / cost
            enough = own > price and own >= most * (1 - NOISE)
            if enough and (best < 0 or cost < groups.cost[best]):
                best = row
    return best


@kernel
def fill(
    groups: Groups, state: State, budget: float, price: float
) -> tuple[np.ndarray, np.ndarray]:
    """Greedily take what fits the budget and gains most for its cost; return who and how much.

    The gain of whoever is next is summed anew: what rounding has left of a gain of 0 is none.
    """
    rows, gained = np.empty(len(groups.cost), np.int64), np.empty(len(groups.cost))
    count = 0
    while True:
        row = best_ratio(groups, state, budget - state.spent[0], price)
        if row < 0:
            return rows[:count].copy(), gained[:count].copy()
        gain = left(groups, state, row)
        if gain >= state.gain[row] * (1 - NOISE):
            rows[count], gained[count] = row, gain
            count += 1
            add(groups, state, row)
        else:
            state.gain[row] = gain


# --- local search -----------------------------------------------------------------------------


@kernel
def others(
    groups: Groups, state: State, row: int, shared: np.ndarray, met: np.ndarray
) -> tuple[int, float]:
    """Sum into `shared`, by candidate, those whom this one alone serves; who and how many."""
    count, alone = 0, 0.0
    for run in range(groups.run_ptr[row], groups.run_ptr[row + 1]):
        for group in range(groups.first[run], groups.stop[run]):
            if state.hits[group] == 1:
                people = groups.people[group]
                alone += people
                for k in range(groups.column_ptr[group], groups.column_ptr[group + 1]):
                    other = groups.column[k]
                    if shared[other] == 0.0:
                        met[count] = other
                        count += 1
                    shared[other] += people
    return count, alone


@kernel
def sweep(
    groups: Groups, state: State, rows: np.ndarray, budget: float, price: float, noise: float
) -> int:
    """Drop or swap each of some rows if people - price x cost rises by more than noise."""
    n, moves = len(groups.cost), 0
    shared, met = np.zeros(n), np.empty(n, np.int64)
    for row in rows:
        count, alone = others(groups, state, row, shared, met)
        worth = price * groups.cost[row] - alone
        room = budget - state.spent[0] + groups.cost[row]
        best, most = -1, max(worth, noise)
        for k in range(count):
            other = met[k]
            cost = groups.cost[other]
            value = worth + state.gain[other] + shared[other] - price * cost
            shared[other] = 0.0
            if state.taken[other] or cost > room or value < most:
                continue
            least = groups.cost[best] if best >= 0 else 0.0
            if value > most or cost < least or (cost == least and other < best):
                best, most = other, value
        if best >= 0 or worth > noise:
            moves += 1
            drop(groups, state, row)
            if best >= 0:
                add(groups, state, best)
    return moves


@kernel
def cheapen(groups: Groups, state: State, rows: np.ndarray) -> int:
    """Drop each row that serves nobody alone, or swap it to the cheapest that serves as many."""
    n, moves = len(groups.cost), 0
    shared, met = np.zeros(n), np.empty(n, np.int64)
    for row in rows:
        count, alone = others(groups, state, row, shared, met)
        best = row
        for k in range(count):
            other = met[k]
            enough = max(state.gain[other], 0.0) + shared[other] >= alone
            shared[other] = 0.0
            if state.taken[other] or not enough:
                continue
            cost, least = groups.cost[other], groups.cost[best]
            if cost < least or (cost == least and best != row and other < best):
                best = other
        if count == 0 or best != row:
            moves += 1
            drop(groups, state, row)
            if count > 0:
                add(groups, state, best)
    return moves


def improve(groups: Groups, state: State, budget: float, rounds: int) -> np.ndarray:
    """Swing a plan about the budget, and return who is in the best one met.

    Each round asks a price at which some of the plan is not worth its cost, settles there, and
    spends what this frees.
    """
    total = groups.people.sum()
    noise = NOISE * total
    best, keep = served(groups, state), state.taken.copy()
    for turn in range(rounds):
        refresh(groups, state)
        ratios = np.sort((state.loss / groups.cost)[state.taken])
        if len(ratios) == 0 or best >= total - noise:
            break
        share = DEEPEST * ((turn + 1) * GOLDEN % 1.0)
        settle(groups, state, budget, ratios[int(share * len(ratios))], noise)
        fill(groups, state, budget, 0.0)
        settle(groups, state, budget, 0.0, noise)
        people = served(groups, state)
        if people > best + noise:
            best, keep = people, state.taken.copy()
    return keep


def settle(groups: Groups, state: State, budget: float, price: float, noise: float) -> None:
    """Swap until nothing rises, those of least people per cost first; then add what fits."""
    for _ in range(SWEEPS):
        rows = np.flatnonzero(state.taken)
        rows = rows[np.argsort(state.loss[rows] / groups.cost[rows], kind="stable")]
        if sweep(groups, state, rows, budget, price, noise) == 0:
            break
    fill(groups, state, budget, price)


# --- bound ------------------------------------------------------------------------------------


def knapsack(prize: np.ndarray, cost: np.ndarray, budget: float) -> tuple[np.ndarray, float]:
    """Return what share of each to buy for most prizes, and the prize per cost of the last."""
    ratio = prize / cost
    order = np.argsort(-ratio, kind="stable")
    price = cost[order]
    share = np.empty(len(cost))
    share[order] = ((budget - (np.cumsum(price) - price)) / price).clip(0.0, 1.0)
    share[prize <= 0] = 0.0
    partly = np.flatnonzero((share < 1.0) & (prize > 0))
    return share, float(ratio[partly].max()) if len(partly) else 0.0


@kernel
def prizes(groups: Groups, paid: np.ndarray) -> np.ndarray:
    """What is paid for the people of each candidate, but for rounding."""
    below = np.empty(len(paid) + 1)
    total, below[0] = 0.0, 0.0
    for group in range(len(paid)):
        total += paid[group]
        below[group + 1] = total
    prize = np.empty(len(groups.cost))
    for row in range(len(prize)):
        total = 0.0
        for run in range(groups.run_ptr[row], groups.run_ptr[row + 1]):
            total += below[groups.stop[run]] - below[groups.first[run]]
        prize[row] = total
    return prize


@kernel
def covers(groups: Groups, share: np.ndarray) -> np.ndarray:
    """How often shares of candidates reach each group."""
    cover = np.zeros(len(groups.people) + 1)
    for row in range(len(share)):
        if share[row] > 0:
            for run in range(groups.run_ptr[row], groups.run_ptr[row + 1]):
                cover[groups.first[run]] += share[row]
                cover[groups.stop[run]] -= share[row]
    total = 0.0
    for group in range(len(cover)):
        total += cover[group]
        cover[group] = total
    return cover[:-1]


def dual(groups: Groups, budget: float, paid: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the bound at some multipliers, but for rounding, and the cover of who is bought."""
    prize = prizes(groups, paid)
    share, _ = knapsack(prize, groups.cost, budget)
    value = float(share @ prize + groups.people.sum() - paid.sum())
    return value, covers(groups, share)


@kernel
def move(groups: Groups, paid: np.ndarray, mean: np.ndarray, way: float, trial: np.ndarray) -> bool:
    """Step from multipliers against a mean cover, into `trial`, to lower the bound by `way`."""
    norm = 0.0
    for group in range(len(paid)):
        over, people = mean[group] - 1.0, groups.people[group]
        if (over < 0 and paid[group] < people) or (over > 0 and paid[group] > 0):
            norm += over * over * people
    if norm == 0 or way <= 0:
        return False
    for group in range(len(paid)):
        people = groups.people[group]
        moved = paid[group] - way / norm * people * (mean[group] - 1.0)
        trial[group] = min(max(moved, 0.0), people)
    return True


@kernel
def blend(mean: np.ndarray, cover: np.ndarray, fresh: float) -> bool:
    """Blend a cover into the mean of covers; whether it points the same way."""
    along = 0.0
    for group in range(len(mean)):
        along += (cover[group] - 1.0) * (mean[group] - 1.0)
        mean[group] += fresh * (cover[group] - mean[group])
    return along > 0


def relax(
    groups: Groups, budget: float, start: np.ndarray, target: float, steps: int
) -> np.ndarray:
    """Lower the bound from multipliers `start`; return the best multipliers met.

    The volume algorithm (Barahona and Anbil 2000): steps from the best multipliers against the mean
    of the covers met, each in proportion to a group's people. It ends when a hundred steps have
    closed less than `SLOW` of the gap to `target`.
    """
    paid, trial = start.copy(), np.empty(len(start))
    best, mean = dual(groups, budget, paid)
    before, fresh, pace, failures = np.inf, 2 * FRESH, PACE, 0
    for step in range(steps):
        if step % 100 == 0:
            gap = best - target
            if before - best < SLOW * gap or gap <= CLOSE * best:
                break
            before, fresh = best, fresh / 2
        if not move(groups, paid, mean, pace * (best - target), trial):
            break
        value, cover = dual(groups, budget, trial)
        onward = blend(mean, cover, fresh)
        if value < best:
            best, failures = value, 0
            paid, trial = trial, paid
            pace *= 1.1 if onward else 1.0
        else:
            failures += 1
            if failures == 10:
                pace, failures = pace * 0.66, 0
    return paid


@kernel
def exactly(total: float, lost: float, value: float) -> tuple[float, float]:
    """Add a value to a sum that keeps what rounding takes from it (Knuth's two-sum)."""
    after = total + value
    part = after - total
    return after, lost + ((total - (after - part)) + (value - part))


@kernel
def excess(groups: Groups, paid: np.ndarray, price: float) -> float:
    """What prizes exceed their cost by at a price, and people who are not paid for, together."""
    total, lost = 0.0, 0.0
    for row in range(len(groups.cost)):
        prize, rest = 0.0, 0.0
        for run in range(groups.run_ptr[row], groups.run_ptr[row + 1]):
            for group in range(groups.first[run], groups.stop[run]):
                prize, rest = exactly(prize, rest, paid[group])
        total, lost = exactly(total, lost, max(prize + rest - price * groups.cost[row], 0.0))
    for group in range(len(groups.people)):
        total, lost = exactly(total, lost, groups.people[group] - paid[group])
    return total + lost


def certificate(groups: Groups, budget: float, paid: np.ndarray) -> float:
    """Return the bound at multipliers from 0 to the people of each group, to some last digits.

    It holds at any price >= 0 of the budget.
    """
    _, price = knapsack(prizes(groups, paid), groups.cost, budget)
    return price * budget + excess(groups, paid, price)
