"""Trees between terminals: the cheapest where they are few, and never worse than a known method."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from networkx.algorithms.approximation import steiner_tree
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import KDTree

from deadzones.coverage import _graph_kernels, _steiner_search, arcs, steiner
from deadzones.coverage.arcs import Arcs


def scattered(seed: int, count: int, reach: float = 1.7) -> tuple[Arcs, nx.Graph]:
    """Places joined with those that are near, as roads are; the largest piece of it."""
    rng = np.random.default_rng(seed)
    xy = rng.random((count, 2))
    ends = KDTree(xy).query_pairs(reach / np.sqrt(count), output_type="ndarray")
    far = np.hypot(*(xy[ends[:, 0]] - xy[ends[:, 1]]).T)
    return whole(ends, far * rng.uniform(1, 1.5, len(ends)))


def holes(seed: int, side: int) -> tuple[Arcs, nx.Graph]:
    """A grid of streets of whole lengths, a third of the crossings left out."""
    rng = np.random.default_rng(seed)
    streets = nx.grid_2d_graph(side, side)
    streets.remove_nodes_from(place for place in list(streets) if rng.random() < 0.33)
    numbered = nx.convert_node_labels_to_integers(streets)
    ends = np.array(numbered.edges)
    return whole(ends, rng.integers(1, 5, len(ends)).astype(float))


def whole(ends: np.ndarray, weight: np.ndarray) -> tuple[Arcs, nx.Graph]:
    """The largest piece of a graph, its nodes numbered anew."""
    graph = nx.Graph()
    for edge, (u, v) in enumerate(ends.tolist()):
        graph.add_edge(u, v, cost=float(weight[edge]))
    piece = nx.convert_node_labels_to_integers(
        graph.subgraph(max(nx.connected_components(graph), key=len))
    )
    return rows(piece), piece


def rows(graph: nx.Graph) -> Arcs:
    ends = np.array(graph.edges, dtype=np.int64).reshape(-1, 2)
    weight = np.array([cost for *_, cost in graph.edges(data="cost")])
    return arcs.of_edges(len(graph), ends[:, 0], ends[:, 1], weight)


def some(seed: int, graph: nx.Graph, count: int) -> np.ndarray:
    return np.random.default_rng(seed).choice(len(graph), count, replace=False)


def joined(graph: Arcs, terminals: np.ndarray) -> np.ndarray:
    return steiner.tree(graph.indptr, graph.indices, graph.weights, graph.edge, terminals)


def cost(graph: nx.Graph, edges: np.ndarray) -> float:
    """What a tree costs, after a look at whether it is one."""
    listed = list(graph.edges)
    found = graph.edge_subgraph([listed[edge] for edge in edges])
    assert nx.is_tree(found)
    return float(found.size("cost"))


def holds(graph: nx.Graph, edges: np.ndarray, terminals: np.ndarray) -> bool:
    """Whether all terminals are in a tree, and nothing else at its ends."""
    listed = list(graph.edges)
    found = graph.edge_subgraph([listed[edge] for edge in edges])
    ends = {node for node in found if found.degree(node) == 1}
    return ends <= set(terminals.tolist()) <= set(found)


def dreyfus_wagner(graph: Arcs, terminals: np.ndarray) -> float:
    """The oracle, from all distances and without any bound."""
    away = dijkstra(graph.matrix)
    *others, last = terminals.tolist()
    best = {1 << i: away[node] for i, node in enumerate(others)}
    full = (1 << len(others)) - 1
    for joined in sorted(range(1, full + 1), key=int.bit_count):
        if joined in best:
            continue
        part, split = (joined - 1) & joined, np.full(len(away), np.inf)
        while part > joined ^ part:
            split = np.minimum(split, best[part] + best[joined ^ part])
            part = (part - 1) & joined
        best[joined] = (split[None, :] + away).min(axis=1)
    return float(best[full][last])


# --- few terminals --------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("kind", ["scattered", "holes"])
def test_few_terminals_are_joined_in_the_cheapest_way(kind: str, seed: int) -> None:
    graph, drawn = scattered(seed, 150) if kind == "scattered" else holes(seed, 14)
    terminals = some(seed, drawn, 3 + seed % 6)
    found = joined(graph, terminals)
    assert holds(drawn, found, terminals)
    assert cost(drawn, found) == pytest.approx(dreyfus_wagner(graph, terminals), rel=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_it_is_never_worse_than_networkx(seed: int) -> None:
    graph, drawn = scattered(seed, 400)
    terminals = some(seed, drawn, 8 + seed)
    ours = cost(drawn, joined(graph, terminals))
    for method in ("mehlhorn", "kou"):
        other = steiner_tree(drawn, terminals.tolist(), weight="cost", method=method)
        assert ours <= other.size("cost") * (1 + 1e-12)


@st.composite
def small(draw: st.DrawFn) -> tuple[nx.Graph, np.ndarray]:
    """Graphs with many ties and edges that cost nothing."""
    count = draw(st.integers(2, 9))
    graph = nx.path_graph(count)
    pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1))
    graph.add_edges_from(pair for pair in draw(st.lists(pairs, max_size=14)) if pair[0] != pair[1])
    for *_, data in graph.edges(data=True):
        data["cost"] = float(draw(st.integers(0, 4)))
    chosen = draw(st.lists(st.integers(0, count - 1), min_size=1, max_size=6))
    return graph, np.array(chosen)


@given(small())
def test_the_cheapest_tree_with_ties_and_edges_for_nothing(case) -> None:
    drawn, terminals = case
    graph, asked = rows(drawn), np.unique(terminals)
    found = joined(graph, terminals)
    if len(asked) == 1:
        assert len(found) == 0
    else:
        assert holds(drawn, found, asked)
        assert cost(drawn, found) == pytest.approx(dreyfus_wagner(graph, asked))


@given(small(), st.randoms(use_true_random=False))
def test_other_numbers_of_nodes_give_a_tree_that_costs_the_same(case, random) -> None:
    drawn, terminals = case
    numbers = list(range(len(drawn)))
    random.shuffle(numbers)
    other = nx.relabel_nodes(drawn, dict(enumerate(numbers)))
    moved = nx.Graph()
    moved.add_nodes_from(range(len(other)))
    moved.add_edges_from(other.edges(data=True))
    one = drawn.edge_subgraph([list(drawn.edges)[e] for e in joined(rows(drawn), terminals)])
    two = moved.edge_subgraph(
        [list(moved.edges)[e] for e in joined(rows(moved), np.array(numbers)[terminals])]
    )
    assert one.size("cost") == two.size("cost")


def test_other_numbers_of_nodes_give_the_same_tree_where_costs_differ() -> None:
    graph, drawn = scattered(5, 300)
    terminals = some(5, drawn, 20)
    numbers = np.random.default_rng(1).permutation(len(drawn))
    ends = numbers[np.array(drawn.edges)]
    weight = np.array([cost for *_, cost in drawn.edges(data="cost")])
    moved = arcs.of_edges(len(drawn), ends[:, 0], ends[:, 1], weight)
    assert joined(moved, numbers[terminals]).tolist() == joined(graph, terminals).tolist()


# --- many terminals -------------------------------------------------------------------------------


def without(monkeypatch: pytest.MonkeyPatch, **limits: int) -> None:
    for name, value in limits.items():
        monkeypatch.setattr(_steiner_search, name, value)


def test_the_search_alone_is_within_a_percent_of_the_cheapest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ratios = list[float]()
    for seed in range(12):
        graph, drawn = scattered(seed, 300)
        terminals = some(seed, drawn, 8 + seed % 3)
        best = cost(drawn, joined(graph, terminals))
        with monkeypatch.context() as patch:
            without(patch, _FEW=0)
            ratios.append(cost(drawn, joined(graph, terminals)) / best)
    assert min(ratios) >= 1 - 1e-12
    assert np.mean(ratios) <= 1.01


@pytest.mark.parametrize("limits", [{}, {"_EFFORT": 0}, {"_LARGE": 0}])
@pytest.mark.parametrize("seed", range(3))
def test_many_terminals_cost_no_more_than_with_networkx(
    seed: int, limits: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    graph, drawn = scattered(seed, 500)
    terminals = some(seed, drawn, 40)
    without(monkeypatch, **limits)
    found = joined(graph, terminals)
    assert holds(drawn, found, terminals)
    other = steiner_tree(drawn, terminals.tolist(), weight="cost", method="mehlhorn")
    assert cost(drawn, found) <= other.size("cost")


def test_each_part_of_the_search_helps(monkeypatch: pytest.MonkeyPatch) -> None:
    costs = np.zeros(3)
    for seed in range(4):
        graph, drawn = scattered(seed, 500)
        terminals = some(seed, drawn, 30)
        for at, limits in enumerate([{}, {"_EFFORT": 0}, {"_LARGE": 0}]):
            with monkeypatch.context() as patch:
                without(patch, **limits)
                costs[at] += cost(drawn, joined(graph, terminals))
    assert costs[0] < costs[1] < costs[2]


def test_all_nodes_as_terminals_are_the_cheapest_spanning_tree() -> None:
    graph, drawn = scattered(2, 200)
    spanning = nx.minimum_spanning_tree(drawn, weight="cost")
    found = joined(graph, np.arange(len(drawn)))
    assert cost(drawn, found) == pytest.approx(spanning.size("cost"))


# --- bad input ------------------------------------------------------------------------------------


def test_terminals_apart_are_told() -> None:
    graph = nx.Graph()
    graph.add_weighted_edges_from([(0, 1, 1.0), (1, 2, 1.0), (3, 4, 1.0)], weight="cost")
    with pytest.raises(steiner.Apart, match="no way leads from 3, 4 to the others of 5") as told:
        joined(rows(graph), np.arange(5))
    assert told.value.terminals.tolist() == [3, 4]


@pytest.mark.parametrize(
    ("terminals", "told"), [([], "found none"), ([0, 9, -1], r"found \[-1, 9\]")]
)
def test_terminals_that_are_none_are_told(terminals: list[int], told: str) -> None:
    graph = nx.Graph()
    graph.add_weighted_edges_from([(0, 1, 1.0), (1, 2, 1.0)], weight="cost")
    with pytest.raises(ValueError, match=told):
        joined(rows(graph), np.array(terminals))


@pytest.mark.parametrize("weight", [-1.0, np.nan])
def test_weights_that_are_none_are_told(weight: float) -> None:
    graph = arcs.of_edges(2, np.array([0]), np.array([1]), np.array([1.0]))
    spoilt = replace(graph, weights=np.array([1.0, weight]))
    with pytest.raises(ValueError, match=f"found {weight} at edge 1"):
        joined(spoilt, np.array([0, 1]))


# --- shortest paths -------------------------------------------------------------------------------


Forest = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def grown(graph: Arcs, sources: list[int], start: list[float]) -> Forest:
    return _graph_kernels.multi_source(
        graph.indptr, graph.indices, graph.weights, np.array(sources), np.array(start)
    )


def check_forest(graph: Arcs, forest: Forest, start: dict[int, float]) -> None:
    """Every way is as long as it says, and comes from where it says."""
    dist, parent, via, origin = forest
    for v in range(len(dist)):
        if origin[v] < 0:
            assert (dist[v], parent[v], via[v]) == (np.inf, -1, -1)
        elif parent[v] < 0:
            assert (origin[v], dist[v]) == (v, start[v])
        else:
            assert graph.indptr[parent[v]] <= via[v] < graph.indptr[parent[v] + 1]
            assert graph.indices[via[v]] == v
            assert dist[v] == dist[parent[v]] + graph.weights[via[v]]
            assert origin[v] == origin[parent[v]]
        steps, at = 0, v
        while parent[at] >= 0:
            steps, at = steps + 1, parent[at]
            assert steps < len(dist), "a ring"


@given(small(), st.lists(st.integers(0, 5), min_size=6, max_size=6))
def test_shortest_ways_from_many_sources(case, start) -> None:
    drawn, sources = case
    drawn.add_node(len(drawn))  # nothing reaches it
    graph = rows(drawn)
    named = dict(zip(sources.tolist(), map(float, start), strict=False))
    forest = grown(graph, list(named), list(named.values()))
    check_forest(graph, forest, named)
    away = dijkstra(graph.matrix, indices=list(named)) + np.array(list(named.values()))[:, None]
    assert forest[0].tolist() == away.min(axis=0).tolist()


@given(small())
def test_of_equal_ways_the_one_over_the_lowest_nearer_node_is_kept(case) -> None:
    drawn, sources = case
    graph = rows(drawn)
    dist, parent, _, _ = grown(graph, sources.tolist(), [0.0] * len(sources))
    for v in range(len(dist)):
        before = graph.indices[graph.indptr[v] : graph.indptr[v + 1]]
        cost = graph.weights[graph.indptr[v] : graph.indptr[v + 1]]
        able = before[(dist[before] + cost == dist[v]) & (dist[before] < dist[v])]
        if parent[v] >= 0 and len(able) and dist[parent[v]] < dist[v]:
            assert parent[v] == able.min()


@given(small(), st.lists(st.integers(0, 8), max_size=4), st.integers(0, 3))
def test_a_forest_improved_is_as_one_grown_anew(case, later, start) -> None:
    drawn, sources = case
    graph, later = rows(drawn), [node for node in later if node < len(drawn)]
    first, second = dict.fromkeys(sources.tolist(), 1.0), dict.fromkeys(later, float(start))
    forest = grown(graph, list(first), list(first.values()))
    before = forest[0].copy()
    nearer = _graph_kernels.improve(
        graph.indptr, graph.indices, graph.weights, forest,
        np.array(later, dtype=np.int64), np.full(len(later), float(start)),
    )  # fmt: skip
    check_forest(
        graph, forest, {**first, **{v: min(d, first.get(v, d)) for v, d in second.items()}}
    )
    anew = grown(graph, [*first, *second], [*first.values(), *second.values()])
    assert forest[0].tolist() == anew[0].tolist()
    assert sorted(nearer.tolist()) == np.flatnonzero(forest[0] < before).tolist()
    assert (np.diff(forest[0][nearer]) >= 0).all()


def test_a_forest_as_far_as_a_radius() -> None:
    graph, drawn = scattered(1, 200)
    asked = graph.indptr, graph.indices, graph.weights, some(1, drawn, 3), np.zeros(3)
    far = _graph_kernels.multi_source(*asked)
    radius = float(np.median(far[0]))
    near = _graph_kernels.within(*asked, radius)
    for one, other in zip(near, far, strict=True):
        assert np.array_equal(one[far[0] <= radius], other[far[0] <= radius])
    assert np.isinf(near[0][far[0] > radius]).all()


# --- compiled and not -----------------------------------------------------------------------------

HERE = Path(__file__).resolve()


def samples() -> list[list[float]]:
    found = list[list[float]]()
    for seed, count in ((0, 5), (1, 14)):
        graph, drawn = scattered(seed, 60)
        terminals = some(seed, drawn, count)
        found.append(joined(graph, terminals).tolist())
        found += [each.tolist() for each in grown(graph, terminals.tolist(), [0.0] * count)]
    return found


@pytest.mark.slow
def test_the_kernels_say_the_same_uncompiled() -> None:
    code = f"""
import importlib.util, json
spec = importlib.util.spec_from_file_location("cases", {str(HERE)!r})
cases = importlib.util.module_from_spec(spec)
spec.loader.exec_module(cases)
print(json.dumps(cases.samples()))
"""
    plain = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        cwd=HERE.parents[1],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    ).stdout
    assert json.loads(plain) == samples(), "`make clean`, then again"
