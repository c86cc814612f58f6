"""Small made-up problems of upgrades on a network, and every plan of them tried out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations, product

import numpy as np
from scipy.sparse import csr_array

from deadzones.coverage.problem import NO_SQUARE, NOBODY, Caps, Hops, Options, Problem, Ways

LAYERS = ("fibre", "power")


def problem(
    seed: int, *, candidates: int = 5, edges: int = 6, nodes: int = 5, poles: bool = False
) -> Problem:
    """Draw a problem: a ring of places and some chords, one source for each layer."""
    rng = np.random.default_rng(seed)
    points = 8
    tail = np.r_[np.arange(nodes), rng.integers(0, nodes, edges)][:edges]
    head = np.r_[(np.arange(nodes) + 1) % nodes, rng.integers(0, nodes, edges)][:edges]
    length = rng.uniform(1.0, 5.0, edges)
    root = np.full((2, nodes), np.inf)
    root[0, rng.integers(nodes)] = rng.choice([0.0, 1.0])
    root[1, rng.integers(nodes)] = 0.0
    where = rng.random((candidates, 3))
    options = Options(
        ("microwave", "leo", "solar"),
        np.array([0, 0, 1]),
        np.where(where < 0.5, np.inf, rng.uniform(3.0, 12.0, (candidates, 3))),
        np.array([0.0, 1.0, 0.0]),
    )
    heads = rng.integers(1, 50, points).astype(float)
    return Problem(
        reach=csr_array((rng.random((candidates, points)) < 0.35).astype(np.int8)),
        weight=heads * rng.choice([1.0, 2.0], points),
        heads=heads,
        fixed_vnd=rng.uniform(1.0, 6.0, candidates),
        per_head_vnd=np.where(rng.random(candidates) < 0.5, 0.0, 0.03),
        ways=Ways(
            tail, head, np.stack([length, 2.0 * length]), root, LAYERS,
            on_poles_vnd=0.3 * length if poles else np.zeros(0), poles=(0, 1) if poles else None,
        ),
        node=rng.integers(0, nodes, candidates),
        needs=rng.random((candidates, 2)) < 0.7,
        options=options,
        hops=Hops(np.zeros(0, np.int64), np.zeros(0, np.int64), 0, 0.0),
        caps=Caps(
            1.0, np.array([1.0, 0.0]), rng.integers(NO_SQUARE, 2, candidates),
            np.zeros(candidates), np.zeros(candidates),
        ),
        group=np.zeros(candidates, dtype=np.int64),
    )  # fmt: skip


def with_hops(some: Problem, seed: int) -> Problem:
    """Let some candidates be the start of a microwave hop to others."""
    rng = np.random.default_rng(seed)
    pairs = [
        pair
        for pair in product(range(some.size), repeat=2)
        if pair[0] != pair[1] and rng.random() < 0.3
    ]
    start, end = np.array(pairs or np.zeros((0, 2)), dtype=np.int64).T
    return replace(some, hops=Hops(start, end, 0, 2.0))


def best(some: Problem, budget: float) -> tuple[float, float]:
    """Return what the best plan gains and the least that such a plan costs: everything is tried."""
    found = (0.0, 0.0)
    for size in range(1, some.size + 1):
        for rows in combinations(range(some.size), size):
            reached = some.reach[list(rows)].toarray().any(axis=0)
            gained = float(some.weight[reached].sum())
            if gained < found[0] - 1e-9:
                continue
            cost = least(some, rows)
            if cost <= budget * (1 + 1e-12) and (gained > found[0] + 1e-9 or cost < found[1]):
                found = gained, cost
    return found


@cache
def least(some: Problem, rows: tuple[int, ...]) -> float:
    """Return the least that a set of candidates costs, with all that it needs."""
    matrix = some.reach[list(rows)].toarray() > 0
    prices = np.where(matrix, some.per_head_vnd[list(rows), None], np.inf).min(axis=0)
    own = float(some.fixed_vnd[list(rows)].sum())
    own += float((some.heads * np.where(np.isfinite(prices), prices, 0.0)).sum())
    cheapest = np.inf
    for chosen in _choices(some, rows):
        if not _within_caps(some, rows, chosen):
            continue
        alone = sum(_alone(some, row, each) for row, each in zip(rows, chosen, strict=True))
        if own + alone < cheapest:
            cheapest = min(cheapest, own + alone + _networks(some, rows, chosen))
    return cheapest


def _choices(some: Problem, rows: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Every way to meet the needs: by layer the network (-1), an option, or nothing to meet (-2)."""
    ways = []
    for row in rows:
        by_layer = []
        for layer in range(len(some.ways.layers)):
            options = np.flatnonzero(
                (some.options.layer == layer) & np.isfinite(some.options.vnd[row])
            ).tolist()
            by_layer.append([-1, *options] if some.needs[row, layer] else [-2])
        ways.append(list(product(*by_layer)))
    return product(*ways)


def _alone(some: Problem, row: int, chosen: tuple[int, ...]) -> float:
    return float(sum(some.options.vnd[row, one] for one in chosen if one >= 0))


def _within_caps(some: Problem, rows: tuple[int, ...], chosen: tuple) -> bool:
    taken = np.zeros(len(some.caps.by_square) + 1)
    for row, each in zip(rows, chosen, strict=True):
        terminals = sum(some.options.terminals[one] for one in each if one >= 0)
        taken[-1] += terminals
        if some.caps.square[row] != NO_SQUARE:
            taken[some.caps.square[row]] += terminals
    return bool((taken[:-1] <= some.caps.by_square).all() and taken[-1] <= some.caps.total)


def _networks(some: Problem, rows: tuple[int, ...], chosen: tuple) -> float:
    pairs = list(zip(rows, chosen, strict=True))
    wanted = [
        frozenset(int(some.node[row]) for row, each in pairs if each[layer] == -1)
        for layer in range(len(some.ways.layers))
    ]
    return _cheapest(some, tuple(wanted))


@cache
def _cheapest(some: Problem, wanted: tuple[frozenset[int], ...]) -> float:
    """Return the price of the edges that join all who use the networks, every set of edges tried."""
    if any(NOBODY in nodes for nodes in wanted):
        return np.inf
    built = [_joining(some, layer, nodes) for layer, nodes in enumerate(wanted)]
    if some.ways.poles is None:
        return sum(min((vnd for _, vnd in each), default=np.inf) for each in built)
    hanging, standing = some.ways.poles
    saved = some.ways.edge_vnd[hanging] - some.ways.on_poles_vnd
    return min(
        (
            vnd + other_vnd - sum(saved[edge] for edge in set(edges) & set(others))
            for edges, vnd in built[hanging]
            for others, other_vnd in built[standing]
        ),
        default=np.inf,
    )


@cache
def _joining(
    some: Problem, layer: int, wanted: frozenset[int]
) -> list[tuple[tuple[int, ...], float]]:
    """Return every set of edges that joins some nodes to what stands, with its price."""
    return [(edges, vnd) for edges, vnd, joined in _joined(some, layer) if wanted <= joined]


@cache
def _joined(some: Problem, layer: int) -> list[tuple[tuple[int, ...], float, frozenset[int]]]:
    """Return every set of edges, the price of it and of its sources, and what it joins to them."""
    found: list[tuple[tuple[int, ...], float, frozenset[int]]] = []
    ways = some.ways
    sources = np.flatnonzero(np.isfinite(ways.root_vnd[layer])).tolist()
    for size in range(len(ways.tail) + 1):
        for edges in combinations(range(len(ways.tail)), size):
            for used in (
                each for n in range(len(sources) + 1) for each in combinations(sources, n)
            ):
                joined, grown = set(used), True
                while grown:
                    grown = False
                    for edge in edges:
                        ends = {int(ways.tail[edge]), int(ways.head[edge])}
                        if ends & joined and not ends <= joined:
                            joined, grown = joined | ends, True
                vnd = float(ways.edge_vnd[layer, list(edges)].sum())
                vnd += float(ways.root_vnd[layer, list(used)].sum())
                found.append((edges, vnd, frozenset(joined)))
    return found
