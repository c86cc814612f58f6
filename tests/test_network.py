"""Networks as graphs of networkx: names kept, attributes kept, nonsense told."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely

from deadzones.coverage import network


def backhaul() -> nx.Graph[Any]:
    """A core with a ring of three towns and a line of two villages."""
    graph = nx.Graph()
    graph.add_edges_from(
        [("core", "A"), ("A", "B"), ("B", "C"), ("C", "core"), ("B", "V"), ("V", "W")]
    )
    people = {"A": 10, "B": 20.0, "C": np.int64(30), "V": 5, "W": 2}
    for name, heads in people.items():
        graph.nodes[name]["people"] = heads
    graph.nodes["core"]["source"] = True
    return graph


def told(table: pd.DataFrame) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in table.itertuples(index=False)]


# --- as a graph -----------------------------------------------------------------------------------


def test_a_network_is_shown_with_all_it_has() -> None:
    straight, bent = [(105, 21), (105.1, 21)], [(105, 21), (105.05, 21.01), (105.1, 21)]
    ring = [(105.1, 21), (105.2, 21), (105.2, 21.1), (105.1, 21)]
    lines = [shapely.LineString(line) for line in (bent, straight, ring)]
    roads = network.from_roads(gpd.GeoDataFrame(geometry=lines, crs=4326))
    assert len(roads.tail) == 3
    graph = network.as_graph(roads)
    assert list(graph.nodes(data=True)) == [
        (0, {"lon": 105.0, "lat": 21.0}),
        (1, {"lon": 105.1, "lat": 21.0}),
    ]
    assert list(graph.edges) == [(0, 1)]
    shown = graph.edges[0, 1]
    assert shown["length_m"] == roads.length_m[:2].min() == roads.length_m[shown["edge"]]
    assert (shown["kind"], shown["climb_m"]) == (0, 0.0)


def test_of_parallels_the_cheapest_is_shown() -> None:
    ends = np.array([0, 1]), np.array([1, 0])
    roads = network.Network(np.array([105.0, 105.1]), np.full(2, 21.0), *ends, *np.ones((2, 2)))
    assert network.as_graph(roads).edges[0, 1]["edge"] == 0
    graph = network.as_graph(roads, cost=np.array([5, 4]), name=np.array(["a", "b"]))
    assert graph.edges[0, 1] == {
        "length_m": 1.0, "kind": 1.0, "climb_m": 0.0, "edge": 1, "cost": 4, "name": "b",
    }  # fmt: skip
    with pytest.raises(ValueError, match=r"cost: found the shape \(3,\).*each of 2 edges"):
        network.as_graph(roads, cost=np.ones(3))


# --- trees ----------------------------------------------------------------------------------------


def test_a_tree_is_a_copy_with_all_attributes() -> None:
    graph = nx.Graph(region="north")
    graph.add_weighted_edges_from([("A", "X", 2), ("B", "X", 2), ("C", "X", 2)], weight="cost")
    graph.add_weighted_edges_from([("A", "B", 3), ("B", "C", 3), ("C", "D", 1)], weight="cost")
    graph.nodes["X"]["lon"] = 105.0
    tree = network.steiner(graph, ["C", "A", "C"])
    assert sorted(map(sorted, tree.edges)) == [["A", "X"], ["C", "X"]]
    graph.edges["A", "B"]["cost"] = 4
    tree = network.steiner(graph, {"A", "B", "C"})
    assert sorted(map(sorted, tree.edges)) == [["A", "X"], ["B", "X"], ["C", "X"]]
    assert tree.nodes["X"] == {"lon": 105.0}
    assert tree.graph == {"region": "north"}
    tree.nodes["X"]["lon"] = 1.0
    assert graph.nodes["X"]["lon"] == 105.0


def test_one_terminal_is_a_tree_without_edges() -> None:
    graph = nx.Graph()
    graph.add_edge(1, 2, cost=1.0)
    graph.add_node(3, people=7)
    tree = network.steiner(graph, [3])
    assert list(tree.nodes(data=True)) == [(3, {"people": 7})]
    assert not tree.edges


def test_parallel_edges_and_edges_for_nothing() -> None:
    graph = nx.MultiGraph()
    graph.add_edge("A", "B", key="dear", cost=5.0)
    graph.add_edge("A", "B", key="cheap", cost=0.0)
    graph.add_edge("B", "B", key="loop", cost=0.0)
    tree = network.steiner(graph, ["A", "B"])
    assert [tuple(edge) for edge in tree.edges] == [("A", "B", "cheap")]


@pytest.mark.parametrize(
    ("terminals", "message"),
    [
        (["A", "Z"], "found 'Z', not in the graph"),
        (["A", "B", "alone"], "no way leads from 'alone' to the others"),
        ([], "found none"),
    ],
)
def test_terminals_that_cannot_be_joined_are_named(terminals: list[str], message: str) -> None:
    graph = backhaul()
    graph.add_node("alone")
    for *_, data in graph.edges(data=True):
        data["cost"] = 1.0
    with pytest.raises(ValueError, match=message):
        network.steiner(graph, terminals)


@pytest.mark.parametrize("cost", [-1.0, np.nan, None, "3", True])
def test_a_weight_that_is_none_is_told(cost: object) -> None:
    graph = backhaul()
    for *_, data in graph.edges(data=True):
        data["cost"] = 1.0
    graph.edges["A", "B"]["cost"] = cost
    with pytest.raises(ValueError, match=r"cost: found .* at the edge \('A', 'B'\), and 1 such"):
        network.steiner(graph, ["A", "C"])


def test_an_edge_of_infinite_cost_is_no_way() -> None:
    graph = nx.Graph()
    graph.add_edge("A", "B", cost=np.inf)
    with pytest.raises(ValueError, match="no way leads from 'B'"):
        network.steiner(graph, ["A", "B"])


def test_edges_with_a_direction_are_told() -> None:
    with pytest.raises(ValueError, match=r"found directed edges.*to_undirected"):
        network.steiner(nx.DiGraph([("A", "B")]), ["A"])
    with pytest.raises(ValueError, match="found directed edges"):
        network.weak_points(nx.DiGraph([("A", "B")]))


# --- weak points ----------------------------------------------------------------------------------


def test_weak_points_are_told_with_the_people_behind() -> None:
    found = network.weak_points(backhaul())
    assert told(found) == [
        ("node", "core", None, 67.0),
        ("node", "B", None, 7.0),
        ("bridge", "B", "V", 7.0),
        ("node", "V", None, 2.0),
        ("bridge", "V", "W", 2.0),
    ]
    graph = backhaul()
    graph.nodes["A"]["source"] = True
    assert told(network.weak_points(graph))[0] == ("node", "B", None, 7.0)


def test_weak_points_do_not_depend_on_the_order_of_the_graph() -> None:
    graph, other = backhaul(), nx.Graph()
    other.add_nodes_from(reversed(list(graph.nodes(data=True))))
    other.add_edges_from((v, u) for u, v in reversed(list(graph.edges)))
    for function in (network.weak_points, network.ring_cuts, network.best_link):
        pd.testing.assert_frame_equal(function(graph), function(other))


def test_names_need_not_compare() -> None:
    graph = nx.Graph([("core", 1), (1, ("a", 2)), (("a", 2), "core"), (("a", 2), 3)])
    graph.nodes["core"]["source"] = True
    assert network.weak_points(graph)["u"].tolist() == [("a", 2), ("a", 2), "core"]
    numbers = nx.path_graph(12)
    numbers.nodes[0]["source"] = True
    assert network.weak_points(numbers)["u"].tolist()[-2:] == [10, 10]


def test_what_falls_silent_with_a_node() -> None:
    graph = backhaul()
    graph.add_edge("X", "Y")  # never had a source
    assert network.silent(graph, "B") == ["V", "W"]
    assert network.silent(graph, "A") == []
    assert network.silent(graph, "core") == ["A", "B", "C", "V", "W"]
    assert network.silent(graph, "X") == []
    with pytest.raises(ValueError, match="found 'Z', not in the graph"):
        network.silent(graph, "Z")


def test_pairs_on_a_ring() -> None:
    found = network.ring_cuts(backhaul())
    assert told(found)[:3] == [
        ("A", "core", "C", "core", 67.0),
        ("A", "B", "C", "core", 57.0),
        ("A", "core", "B", "C", 37.0),
    ]
    assert len(found) == 6


def test_the_best_link_and_its_length() -> None:
    graph = backhaul()
    found = network.best_link(graph)
    assert told(found.drop(columns="length_km")) == [("A", "W", 7.0)]
    assert found["length_km"].isna().all()
    for at, name in enumerate(["core", "A", "B", "C", "V", "W"]):
        graph.nodes[name].update(lon=105 + at / 10, lat=21.0)
    found = network.best_link(graph)
    assert told(found.drop(columns="length_km")) == [("C", "W", 7.0)]
    assert found["length_km"].item() == pytest.approx(20.79, abs=0.01)
    assert told(network.best_link(graph, max_km=20.79))[0][:3] == ("C", "V", 5.0)
    assert network.best_link(graph, max_km=1.0).empty


def test_a_sound_network_needs_no_link() -> None:
    ring = nx.cycle_graph(5)
    ring.nodes[0]["source"] = True
    found = network.best_link(ring)
    assert found.empty
    assert list(found) == ["u", "v", "people_freed", "length_km"]
    assert network.weak_points(nx.create_empty_copy(ring)).empty


@pytest.mark.parametrize("function", [network.weak_points, network.ring_cuts, network.best_link])
def test_a_network_that_is_none_is_told(function: Any) -> None:
    graph = backhaul()
    graph.nodes["core"]["source"] = False
    with pytest.raises(ValueError, match=r"found no node with source=True.*set_node_attributes"):
        function(graph)
    for people in (-1, np.nan, np.inf, "12", None):
        graph = backhaul()
        graph.nodes["B"]["people"] = people
        with pytest.raises(ValueError, match=r"people: found .* at 'B', and 1 such in all"):
            function(graph)


def test_a_length_without_coordinates_is_told() -> None:
    with pytest.raises(ValueError, match="no coordinates at all nodes"):
        network.best_link(backhaul(), max_km=5.0)
    graph = backhaul()
    for name in graph:
        graph.nodes[name].update(lon=105.0, lat=21.0)
    with pytest.raises(ValueError, match="found nan"):
        network.best_link(graph, max_km=np.nan)
