"""Roads as arrays: what meets where, how long it is, and how places are joined to it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse.csgraph import dijkstra

from deadzones.coverage import arcs, road_graph
from deadzones.coverage.road_graph import ACCESS, JOIN, OPEN, ROAD, Network
from deadzones.geodata import distance

GEOD = pyproj.Geod(ellps="WGS84")
STEP = 0.01
"""Degrees between the places of pictures, about a kilometre."""


def roads(*lines: Sequence[tuple[float, float]]) -> gpd.GeoDataFrame:
    """Lines between the places of a picture."""
    shapes = [shapely.LineString(np.array(line) * STEP + [105, 21]) for line in lines]
    return gpd.GeoDataFrame(geometry=shapes, crs=4326)


def edges(network: Network) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """The ends of edges, as places of a picture."""
    place = np.column_stack([network.lon - 105, network.lat - 21]) / STEP
    named = [(int(x), int(y)) for x, y in place.round().tolist()]
    pairs = zip(network.tail.tolist(), network.head.tolist(), strict=True)
    return sorted((min(named[u], named[v]), max(named[u], named[v])) for u, v in pairs)


def same(one: Network, other: Network) -> bool:
    return all(np.array_equal(value, getattr(other, name)) for name, value in vars(one).items())


# --- from roads ---------------------------------------------------------------------------------


def test_a_shared_vertex_joins_and_a_crossing_does_not() -> None:
    joined = road_graph.from_roads(roads([(0, 1), (1, 1), (2, 1)], [(1, 0), (1, 1), (1, 2)]))
    assert len(joined.tail) == 4
    assert len(joined.lon) == 5
    crossing = road_graph.from_roads(roads([(0, 1), (2, 1)], [(1, 0), (1, 2)]))
    assert edges(crossing) == [((0, 1), (2, 1)), ((1, 0), (1, 2))]


def test_a_vertex_of_one_line_alone_is_no_node() -> None:
    network = road_graph.from_roads(roads([(0, 0), (1, 1), (2, 0), (3, 1)]))
    assert edges(network) == [((0, 0), (3, 1))]
    assert shapely.get_num_points(road_graph.lines(network)).tolist() == [4]


def test_the_end_of_a_line_is_a_node() -> None:
    network = road_graph.from_roads(roads([(0, 0), (1, 0)], [(1, 0), (2, 0)]))
    assert edges(network) == [((0, 0), (1, 0)), ((1, 0), (2, 0))]


@pytest.mark.parametrize(
    ("lines", "length"),
    [
        ([[(0, 0), (0, 0), (0, 1), (0, 1)]], 1),  # vertices twice
        ([[(0, 0), (0, 1)], [(0, 1), (0, 0)]], 1),  # the same road twice, once backward
        ([[(0, 0), (0, 1), (0, 2)], [(0, 1), (0, 2), (0, 3)]], 3),  # in part
        ([[(0, 0), (0, 1), (0, 0)]], 1),  # there and back
        ([[(0, 0), (0, 0)], [(0, 0), (0, 1)]], 1),  # no length
    ],
)
def test_what_is_drawn_twice_counts_once(
    lines: list[list[tuple[float, float]]], length: int
) -> None:
    network = road_graph.from_roads(roads(*lines))
    assert (network.length_m > 0).all()
    assert network.length_m.sum() == pytest.approx(
        length * GEOD.inv(105, 21, 105, 21.01)[2], rel=1e-4
    )


def test_a_ring_and_parallels_are_kept() -> None:
    ring = [(1, 0), (2, 0), (2, 1), (1, 1), (1, 0)]
    network = road_graph.from_roads(roads(ring, [(0, 0), (1, 0)], [(0, 0), (0.5, 1), (1, 0)]))
    assert edges(network) == [((0, 0), (1, 0)), ((0, 0), (1, 0)), ((1, 0), (1, 0))]


def test_parts_of_lines_and_rows_without_geometry() -> None:
    parts = shapely.MultiLineString([[(105, 21), (105.1, 21)], [(105.1, 21), (105.1, 21.1)]])
    table = gpd.GeoDataFrame(geometry=[None, parts, shapely.LineString()], crs=4326)
    assert len(road_graph.from_roads(table).tail) == 2


def test_no_roads_are_no_network() -> None:
    network = road_graph.from_roads(roads())
    assert len(network.lon) == len(network.tail) == len(road_graph.lines(network)) == 0
    grown, node = road_graph.attach(network, np.array([105.0]), np.array([21.0]), within_m=1e6)
    assert (len(grown.lon), len(grown.tail), node.tolist()) == (1, 0, [0])
    assert road_graph.joined(network, 100.0)[1].empty


@st.composite
def drawings(draw: st.DrawFn) -> list[list[tuple[int, int]]]:
    place = st.tuples(st.integers(0, 3), st.integers(0, 3))
    return draw(st.lists(st.lists(place, min_size=2, max_size=5), min_size=1, max_size=6))


@given(drawings(), st.randoms(use_true_random=False))
def test_neither_order_nor_direction_of_lines_matters(drawing, random) -> None:
    network = road_graph.from_roads(roads(*drawing))
    shuffled = [line[::-1] if random.random() < 0.5 else line for line in drawing]
    random.shuffle(shuffled)
    assert same(network, road_graph.from_roads(roads(*shuffled)))


@given(drawings())
def test_ways_are_as_long_as_over_every_single_piece(drawing) -> None:
    """The oracle joins all vertices, without contraction."""
    whole = nx.Graph()
    for line in drawing:
        for a, b in pairwise(line):
            start, end = np.array(a) * STEP + [105, 21], np.array(b) * STEP + [105, 21]
            if a != b:
                whole.add_edge(a, b, m=GEOD.inv(*start, *end)[2])
    network = road_graph.from_roads(roads(*drawing))
    place = np.column_stack([network.lon - 105, network.lat - 21]) / STEP
    named = [(int(x), int(y)) for x, y in place.round().tolist()]
    away = dijkstra(road_graph.matrix(network, network.length_m))
    for at, start in enumerate(named):
        found = nx.single_source_dijkstra_path_length(whole, start, weight="m")
        wanted = [found.get(name, np.inf) for name in named]
        assert away[at] == pytest.approx(wanted, rel=1e-9)
    ends = {line[0] for line in drawing} | {line[-1] for line in drawing}
    forks = {name for name in whole if whole.degree(name) != 2}
    assert sorted(named) == sorted(name for name in whole if name in ends | forks)


def test_the_courses_are_the_edges() -> None:
    network = road_graph.from_roads(roads([(0, 0), (1, 1), (2, 0)], [(1, 1), (1, 2), (3, 3)]))
    lines = road_graph.lines(network)
    lengths = [GEOD.geometry_length(line) for line in lines]
    assert network.length_m == pytest.approx(lengths, rel=1e-12)
    ends = np.column_stack([network.tail, network.head])
    for line, (tail, head) in zip(lines, ends, strict=True):
        assert line.coords[0] == (network.lon[tail], network.lat[tail])
        assert line.coords[-1] == (network.lon[head], network.lat[head])
    assert shapely.equals(road_graph.lines(network, np.array([2, 0])), lines[[2, 0]]).all()


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 0), (1, 1)])]), "no CRS"),
        (roads([(0, 0), (1, 1)]).to_crs(32648), "UTM zone 48N.*Reproject"),
        (gpd.GeoDataFrame(geometry=[shapely.Point(105, 21)], crs=4326), "found Point"),
        (roads([(0, 0), (np.inf, 1)]), "no finite number in line 0"),
    ],
)
def test_roads_that_are_none_are_told(table: gpd.GeoDataFrame, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        road_graph.from_roads(table)


# --- places ---------------------------------------------------------------------------------------


def at(*places: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    xy = np.array(places, dtype=float).reshape(-1, 2) * STEP
    return 105 + xy[:, 0], 21 + xy[:, 1]


def test_places_meet_edges_where_they_are_nearest() -> None:
    road = road_graph.from_roads(roads([(0, 0), (4, 0)]))
    network, node = road_graph.attach(road, *at((1, 1), (3, -0.5)), within_m=2000.0)
    assert node.tolist() == [4, 5]
    assert network.kind.tolist() == [ROAD, ROAD, ROAD, ACCESS, ACCESS]
    assert network.lon[2:4] == pytest.approx([105.01, 105.03], abs=1e-6)
    away = dijkstra(road_graph.matrix(network, network.length_m), indices=4)
    between = GEOD.inv(network.lon[2], 21, network.lon[3], 21)[2]
    assert away[5] == pytest.approx(network.length_m[3:].sum() + between, rel=1e-7)


def test_places_with_one_foot_share_it() -> None:
    road = road_graph.from_roads(roads([(0, 0), (4, 0)]))
    places = at((2, 1), (2, -1), (2, 0), (2, 1))
    network, node = road_graph.attach(road, *places, within_m=2000.0)
    assert len(network.lon) == 2 + 1 + 4
    assert min(network.length_m[network.kind == ACCESS]) == pytest.approx(0.0, abs=1e-3)
    assert len(set(node.tolist())) == 4


def test_feet_within_a_centimetre_are_one() -> None:
    road = road_graph.from_roads(roads([(0, 0), (4, 0)]))
    metre = 1 / GEOD.inv(105, 21, 105.01, 21)[2]
    for apart_m, feet in ((0.002, 1), (0.5, 2)):
        places = at((2, 1), (2 + apart_m * metre, 1))
        network, _ = road_graph.attach(road, *places, within_m=2000.0)
        assert len(network.lon) == 2 + feet + 2


def test_a_place_at_a_node_splits_nothing() -> None:
    road = road_graph.from_roads(roads([(0, 0), (2, 0)], [(2, 0), (2, 2)]))
    network, node = road_graph.attach(road, *at((2, 0), (-1, 0), (2, 3)), within_m=5000.0)
    assert (network.kind == ROAD).sum() == 2
    assert network.head[network.kind == ACCESS].tolist() == [1, 0, 2]
    assert network.length_m[2] == 0.0
    assert node.tolist() == [3, 4, 5]


def test_a_place_on_a_ring_splits_it() -> None:
    ring = road_graph.from_roads(roads([(0, 0), (2, 0), (2, 2), (0, 2), (0, 0)]))
    network, _ = road_graph.attach(ring, *at((3, 1)), within_m=5000.0)
    assert edges(network)[:2] == [((0, 0), (2, 1)), ((0, 0), (2, 1))]
    assert network.length_m[:2].sum() == pytest.approx(ring.length_m[0], rel=1e-12)


def test_a_place_that_is_far_from_every_road_stays_alone() -> None:
    road = road_graph.from_roads(roads([(0, 0), (4, 0)]))
    network, node = road_graph.attach(road, *at((1, 3), (1, 1)), within_m=2000.0)
    assert node.tolist() == [3, 4]
    assert 3 not in {*network.tail.tolist(), *network.head.tolist()}


def test_nothing_is_joined_to_the_access_of_others() -> None:
    road = road_graph.from_roads(roads([(0, 0), (4, 0)]))
    first, _ = road_graph.attach(road, *at((1, 2)), within_m=5000.0)
    second, node = road_graph.attach(first, *at((1.1, 1.9)), within_m=5000.0)
    access = second.tail == node[0]
    assert second.kind[access].tolist() == [ACCESS]
    assert second.length_m[access] == pytest.approx(
        1.9 * GEOD.inv(105, 21, 105, 21.01)[2], rel=1e-3
    )


def random_roads(seed: int, count: int = 30) -> gpd.GeoDataFrame:
    rng = np.random.default_rng(seed)
    starts = rng.uniform(0, 10, (count, 1, 2))
    return roads(*np.cumsum(np.concatenate([starts, rng.normal(0, 1, (count, 4, 2))], 1), axis=1))


@pytest.mark.parametrize("seed", range(4))
def test_many_places_on_many_roads(seed: int) -> None:
    """What is split stays as long; access is as long as the nearest road is far."""
    table, rng = random_roads(seed), np.random.default_rng(seed)
    road = road_graph.from_roads(table)
    road = Network(**{**vars(road), "climb_m": rng.uniform(0, 50, len(road.tail))})
    lon, lat = at(*rng.uniform(-1, 11, (300, 2)))
    network, node = road_graph.attach(road, lon, lat, within_m=1500.0)
    far_m, _ = distance.nearest(lon, lat, table)
    access = network.kind == ACCESS
    assert network.length_m[access] == pytest.approx(far_m[far_m <= 1500.0], rel=1e-5, abs=0.01)
    assert network.tail[access].tolist() == node[far_m <= 1500.0].tolist()
    assert np.array_equal(network.lon[node], lon)
    assert network.length_m[~access].sum() == pytest.approx(road.length_m.sum(), rel=1e-9)
    assert network.climb_m.sum() == pytest.approx(road.climb_m.sum(), rel=1e-9)
    assert (network.length_m[~access] > 0.005).all()
    drawn = [GEOD.geometry_length(line) for line in road_graph.lines(network)]
    assert network.length_m == pytest.approx(drawn, rel=1e-6)
    before = dijkstra(road_graph.matrix(road, road.length_m), indices=0)
    after = dijkstra(road_graph.matrix(network, network.length_m), indices=0)
    assert after[: len(before)] == pytest.approx(before, rel=1e-9)
    ends = np.column_stack([network.tail, network.head])
    for line, (tail, head) in zip(road_graph.lines(network), ends, strict=True):
        assert line.coords[0] == (network.lon[tail], network.lat[tail])
        assert line.coords[-1] == (network.lon[head], network.lat[head])


def test_a_place_meets_a_long_straight_edge() -> None:
    road = road_graph.from_roads(roads([(0, 0), (100, 0)]))
    network, _ = road_graph.attach(road, *at((50, 0.5), (50.001, -0.5)), within_m=1000.0)
    assert network.lon[2:4] == pytest.approx([105.5, 105.50001], abs=1e-6)
    assert (network.length_m[3:] < GEOD.inv(105, 21, 105, 21.01)[2]).all()


def test_places_that_are_none_are_told() -> None:
    road = road_graph.from_roads(roads([(0, 0), (4, 0)]))
    with pytest.raises(ValueError, match="1 of them no finite numbers"):
        road_graph.attach(road, np.array([np.nan]), np.array([21.0]), within_m=1.0)
    with pytest.raises(ValueError, match=r"\(1,\) longitudes and \(2,\) latitudes"):
        road_graph.attach(road, np.array([105.0]), np.array([21.0, 22.0]), within_m=1.0)


# --- pieces ---------------------------------------------------------------------------------------


def test_pieces_are_joined_only_within_the_distance() -> None:
    network = road_graph.from_roads(roads([(0, 0), (1, 0)], [(1, 0.1), (2, 1)], [(4, 0), (5, 0)]))
    grown, joins = road_graph.joined(network, 200.0)
    assert grown.kind.tolist() == [ROAD, ROAD, ROAD, JOIN]
    assert joins["length_m"].tolist() == pytest.approx([110.7], abs=0.1)
    assert joins[["from_nodes", "to_nodes"]].to_numpy().tolist() == [[2, 2]]
    assert road_graph.joined(network, 50.0)[1].empty
    assert same(road_graph.joined(network, 50.0)[0], network)


def test_a_join_is_as_long_as_it_is_along_the_ground() -> None:
    """In space, from which they are found, it is shorter by 13 cm."""
    network = road_graph.from_roads(roads([(-1, 0), (0, 0)], [(48, 0), (49, 0)]))
    length_m = GEOD.inv(105, 21, 105.48, 21)[2]
    assert road_graph.joined(network, length_m - 0.01)[1].empty
    assert road_graph.joined(network, length_m + 0.01)[1]["length_m"].tolist() == [length_m]


def by_hand(network: Network, within_m: float) -> list[float]:
    """All pairs of nodes, the nearest first, whenever they join two pieces."""
    pieces = nx.Graph()
    pieces.add_nodes_from(range(len(network.lon)))
    pieces.add_edges_from(zip(network.tail.tolist(), network.head.tolist(), strict=True))
    place = np.column_stack([network.lon, network.lat])
    pairs = np.array(list(combinations(range(len(place)), 2)))
    far = distance.length_m(place[pairs[:, 0]], place[pairs[:, 1]])
    joins = list[float]()
    for i in np.argsort(far):
        if far[i] <= within_m and not nx.has_path(pieces, *pairs[i].tolist()):
            pieces.add_edge(*pairs[i].tolist())
            joins.append(float(far[i]))
    return joins


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("within_m", [300.0, 1000.0, 50_000.0])
def test_joins_are_the_shortest(seed: int, within_m: float) -> None:
    network = road_graph.from_roads(random_roads(seed, count=15))
    network, _ = road_graph.attach(network, *at((20, 20), (3, 12)), within_m=0.0)
    grown, joins = road_graph.joined(network, within_m)
    assert joins["length_m"].tolist() == pytest.approx(by_hand(network, within_m), rel=1e-9)
    assert grown.length_m[grown.kind == JOIN].tolist() == joins["length_m"].tolist()
    if within_m == 50_000.0:
        whole = nx.Graph(zip(grown.tail.tolist(), grown.head.tolist(), strict=True))
        assert nx.is_connected(whole)
        assert joins[["from_nodes", "to_nodes"]].iloc[-1].sum() == len(network.lon)


@pytest.mark.parametrize("within_m", [-1.0, np.nan, np.inf])
def test_a_distance_that_is_none_is_told(within_m: float) -> None:
    network = road_graph.from_roads(roads([(0, 0), (1, 0)]))
    with pytest.raises(ValueError, match="wanted a number of metres >= 0"):
        road_graph.joined(network, within_m)


# --- open ground ----------------------------------------------------------------------------------


def test_open_ground_has_eight_neighbours_and_islands_stay_apart() -> None:
    lon, lat = np.meshgrid(np.arange(5) * STEP + 105, 21 - np.arange(4) * STEP)
    mask = np.array(
        [[1, 1, 0, 1, 1], [1, 0, 0, 0, 1], [1, 0, 0, 1, 0], [1, 1, 0, 0, 0]], dtype=bool
    )
    lon[0, 2] = np.nan
    height = np.where(lon > 105.025, np.nan, np.arange(20).reshape(4, 5) ** 2.0)
    network = road_graph.over_ground(lon, lat, mask, height)
    places = np.argwhere(mask)
    near = {
        (i, j): abs(np.nan_to_num(height[tuple(a)] - height[tuple(b)]))
        for (i, a), (j, b) in combinations(enumerate(places), 2)
        if np.abs(a - b).max() == 1
    }
    found = np.sort(np.column_stack([network.tail, network.head]), axis=1).tolist()
    assert sorted(map(tuple, found)) == sorted(near)
    assert network.climb_m.tolist() == [near[u, v] for u, v in found]
    assert set(network.kind.tolist()) == {OPEN}
    graph = nx.Graph(found)
    assert nx.number_connected_components(graph) == 2
    ends = [
        GEOD.inv(network.lon[u], network.lat[u], network.lon[v], network.lat[v])[2]
        for u, v in found
    ]
    assert network.length_m == pytest.approx(ends)


def test_grids_that_do_not_fit_are_told() -> None:
    lon, lat = np.meshgrid(np.arange(3) + 105.0, np.arange(2) + 21.0)
    with pytest.raises(ValueError, match=r"found the shapes \(2, 3\), \(2, 3\), \(3, 2\)"):
        road_graph.over_ground(lon, lat, np.ones((3, 2), dtype=bool))
    with pytest.raises(ValueError, match="no finite numbers"):
        road_graph.over_ground(np.full_like(lon, np.nan), lat)


# --- costs ----------------------------------------------------------------------------------------


def test_the_cheapest_parallel_counts_and_nothing_is_a_cost_too() -> None:
    tail, head = np.array([0, 1, 1, 2, 3, 0, 0]), np.array([1, 0, 2, 3, 3, 3, 1])
    weight = np.array([5.0, 4.0, 0.0, 0.0, 1.0, np.inf, 4.0])
    found = arcs.of_edges(4, tail, head, weight)
    assert found.matrix.toarray().tolist() == found.matrix.T.toarray().tolist()
    assert found.edge.tolist() == [1, 1, 2, 2, 3, 3]
    assert dijkstra(found.matrix, indices=0).tolist() == [0.0, 4.0, 4.0, 4.0]


def test_rows_are_as_scipy_sorts_them() -> None:
    rng = np.random.default_rng(3)
    tail, head = rng.integers(0, 40, (2, 200))
    weight = rng.permutation(200).astype(float)
    found = arcs.of_edges(40, tail, head, weight)
    table = pd.DataFrame({"u": np.append(tail, head), "v": np.append(head, tail)})
    table = table.assign(w=np.tile(weight, 2), e=np.tile(np.arange(200), 2)).query("u != v")
    table = table.sort_values("w").groupby(["u", "v"]).first().reset_index()
    assert found.indices.tolist() == table["v"].tolist()
    assert found.edge.tolist() == table["e"].tolist()
    assert np.diff(found.indptr).tolist() == np.bincount(table["u"], minlength=40).tolist()


@pytest.mark.parametrize(
    ("tail", "weight", "told"),
    [
        ([0], [-1.0], "found -1.0 at edge 0"),
        ([0], [np.nan], "found nan at edge 0"),
        ([0], [1.0, 2.0], "one number for each of 1 edges"),
        ([5], [1.0], "found the nodes 5 and 1; wanted 0 to 1"),
    ],
)
def test_costs_that_are_none_are_told(tail: list[int], weight: list[float], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        arcs.of_edges(2, np.array(tail), np.array([1]), np.array(weight))
