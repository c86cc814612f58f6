"""What fails alone, what fails in pairs, and what one new edge would free: all by brute force."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadzones.coverage import weak_points
from deadzones.coverage.weak_points import Circuit

SUPER = -1
"""The node that all sources hang on."""


def circuit(edges: list[tuple[int, int]], sources: list[int], people: list[float]) -> Circuit:
    ends = np.array(edges, dtype=np.int64).reshape(-1, 2)
    source = np.isin(np.arange(len(people)), sources)
    return Circuit(len(people), ends[:, 0], ends[:, 1], source, np.array(people, dtype=float))


@st.composite
def circuits(draw: st.DrawFn) -> Circuit:
    """Small networks of any shape, with parallel edges, loops, and pieces without a source."""
    count = draw(st.integers(1, 9))
    node = st.integers(0, count - 1)
    edges = draw(st.lists(st.tuples(node, node), max_size=14))
    people = draw(st.lists(st.integers(0, 9), min_size=count, max_size=count))
    return circuit(edges, draw(st.lists(node, min_size=1, max_size=3)), list(map(float, people)))


def drawn(
    some: Circuit, *, without: tuple[int, ...] = (), plus: tuple[int, int] | None = None
) -> nx.MultiGraph:
    """The network with its numbered edges and the node of all sources."""
    graph = nx.MultiGraph()
    graph.add_nodes_from(range(some.nodes))
    for edge, ends in enumerate(zip(some.tail.tolist(), some.head.tolist(), strict=True)):
        if edge not in without:
            graph.add_edge(*ends, key=edge)
    for source in np.flatnonzero(some.source).tolist():
        graph.add_edge(SUPER, source)
    if plus:
        graph.add_edge(*plus)
    return graph


def dark(graph: nx.MultiGraph) -> set[int]:
    """Nodes that no source reaches."""
    return set(graph) - nx.node_connected_component(graph, SUPER)


def lost(some: Circuit, nodes: set[int]) -> float:
    """People at nodes, but for those who never had a source."""
    return float(sum(some.people[node] for node in nodes - dark(drawn(some))))


def felled(some: Circuit, node: int) -> set[int]:
    """Other nodes without a source when one falls."""
    graph = drawn(some)
    graph.remove_node(node)
    return dark(graph)


# --- alone ----------------------------------------------------------------------------------------


@given(circuits())
def test_bridges_are_those_of_networkx(some: Circuit) -> None:
    found = weak_points.find(some)
    graph = drawn(some)
    simple = nx.Graph((u, v) for u, v in graph.edges() if u != v)
    twice = {frozenset(pair) for pair in simple.edges if graph.number_of_edges(*pair) > 1}
    wanted = {frozenset(pair) for pair in nx.bridges(simple)} - twice
    ends = {
        edge: frozenset((int(some.tail[edge]), int(some.head[edge])))
        for edge in found.edge.tolist()
    }
    assert set(ends.values()) == {pair for pair in wanted if SUPER not in pair}
    for edge, near, far in zip(found.edge.tolist(), found.near, found.far, strict=True):
        assert ends[edge] == {near, far}


@given(circuits())
def test_nodes_are_those_of_networkx(some: Circuit) -> None:
    found = weak_points.find(some)
    wanted = set(nx.articulation_points(nx.Graph(drawn(some)))) - {SUPER}
    assert found.node.tolist() == sorted(wanted)


@given(circuits())
def test_behind_is_who_loses_every_source(some: Circuit) -> None:
    found = weak_points.find(some)
    for edge, near, far, people in zip(
        found.edge.tolist(), found.near.tolist(), found.far.tolist(), found.edge_people, strict=True
    ):
        cut = dark(drawn(some, without=(edge,)))
        assert people == lost(some, cut)
        assert near in dark(drawn(some)) or (near not in cut and far in cut)
    for node, people in zip(found.node.tolist(), found.node_people, strict=True):
        assert people == lost(some, felled(some, node))


@given(circuits(), st.integers(0, 8))
def test_silent_is_what_falls_with_a_node(some: Circuit, node: int) -> None:
    node %= some.nodes
    found = weak_points.silent(some, node)
    assert found.tolist() == sorted(felled(some, node) - dark(drawn(some)))


# --- in pairs -------------------------------------------------------------------------------------


@given(circuits())
def test_pairs_are_those_that_cut_people_off_together(some: Circuit) -> None:
    one, other, people = weak_points.pairs(some)
    found = {
        (min(a, b), max(a, b)): heads
        for a, b, heads in zip(one.tolist(), other.tolist(), people.tolist(), strict=True)
    }
    assert len(found) == len(one)
    alone = set(weak_points.find(some).edge.tolist())
    for a, b in combinations(range(len(some.tail)), 2):
        heads = lost(some, dark(drawn(some, without=(a, b)))) if not {a, b} & alone else 0.0
        assert found.get((a, b), 0.0) == heads


def test_a_pair_that_cuts_nobody_off_is_none() -> None:
    ring = circuit([(0, 1), (1, 2), (2, 3), (3, 0)], [0], [0.0, 0.1, 0.0, 0.2])
    one, other, people = weak_points.pairs(ring)
    assert sorted(people) == pytest.approx([0.1, 0.1, 0.2, 0.2, 0.3], abs=1e-12)
    assert len(one) == len(other) == 5


# --- one new edge ---------------------------------------------------------------------------------


def exposed(some: Circuit, plus: tuple[int, int] | None = None) -> set[int]:
    """Nodes that one edge or one other node can cut off; sources stand."""
    graph = drawn(some, plus=plus)
    never = dark(graph)
    found = set[int]()
    for u, v, key in list(graph.edges(keys=True)):
        if SUPER not in (u, v):
            graph.remove_edge(u, v, key)
            found |= dark(graph) - never
            graph.add_edge(u, v, key)
    for node in range(some.nodes):
        if not some.source[node]:
            smaller = graph.copy()
            smaller.remove_node(node)
            found |= dark(smaller) - never
    return found


def best(some: Circuit) -> float:
    """What the best new edge frees, by trying all."""
    before, never = exposed(some), dark(drawn(some))
    linked = {frozenset(pair) for pair in zip(some.tail.tolist(), some.head.tolist(), strict=True)}
    pairs = combinations(sorted(set(range(some.nodes)) - never), 2)
    frees = [
        float(sum(some.people[node] for node in before - exposed(some, pair)))
        for pair in pairs
        if frozenset(pair) not in linked
    ]
    return max(frees, default=0.0)


@given(circuits())
def test_the_new_edge_frees_most(some: Circuit) -> None:
    found = weak_points.new_link(some)
    assert (found[2] if found else 0.0) == best(some)
    if found:
        freed = exposed(some) - exposed(some, found[:2])
        assert sum(some.people[node] for node in freed) == found[2]


def test_the_shortest_of_equally_good_edges_is_found() -> None:
    """A chain from the source, bent so that its end comes near the other source and near its start."""
    chain = circuit([(0, 1), (1, 2), (2, 3), (4, 5)], [0, 4], [0.0, 1, 1, 1, 0, 1])
    xyz = np.array([[0, 0], [0, 1], [1, 1], [1, 0], [1.5, 0], [9, 9]])
    xyz = np.column_stack([xyz, np.zeros(6)])
    a, b, people = weak_points.new_link(chain, xyz) or (-1, -1, 0)
    assert (sorted((a, b)), people) == ([3, 5], 4.0)
    a, b, people = weak_points.new_link(chain, xyz, 5.0) or (-1, -1, 0)
    assert (sorted((a, b)), people) == ([3, 4], 3.0)
    assert weak_points.new_link(chain, xyz, 0.1) is None


# --- large ----------------------------------------------------------------------------------------


def test_a_long_chain_needs_no_recursion() -> None:
    count = 200_000
    chain = np.arange(count - 1)
    some = Circuit(count, chain, chain + 1, np.arange(count) == 0, np.ones(count))
    found = weak_points.find(some)
    assert found.edge_people.tolist() == list(range(count - 1, 0, -1))
    assert found.node_people.tolist() == list(range(count - 1, 0, -1))


def test_no_edges_are_no_weak_points() -> None:
    some = circuit([], [0], [1.0, 2.0])
    found = weak_points.find(some)
    assert len(found.edge) == len(found.node) == len(weak_points.pairs(some)[0]) == 0
    assert weak_points.new_link(some) is None


# --- compiled and not -----------------------------------------------------------------------------

HERE = Path(__file__).resolve()


def samples() -> list[list[float]]:
    rng = np.random.default_rng(4)
    ends = rng.integers(0, 60, (70, 2)).tolist()
    some = circuit([(u, v) for u, v in ends], [0, 1], rng.integers(0, 9, 60).tolist())
    found = weak_points.find(some)
    arrays = [*vars(found).values(), *weak_points.pairs(some), weak_points.silent(some, 0)]
    return [*(each.tolist() for each in arrays), list(weak_points.new_link(some) or ())]


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
