"""Shortest paths, trees and weak points on a million edges, beside peers: the network parts of `make bench`.

Made-up road graphs: places scattered over a square, each joined with its neighbours (Delaunay), lengths
straight times 1 to 2. Medians of interleaved repeats in one process, after compiling; conversions are
printed apart. Absolute seconds are those of this machine, now. rustworkx is no dependency: without it
its lines are left out.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from importlib import import_module, util
from typing import Any

import networkx as nx
import numpy as np
from networkx.algorithms.approximation import steiner_tree
from radio import interleaved, table
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import Delaunay, KDTree

from deadzones.coverage import _dreyfus_kernels, _graph_kernels, arcs, steiner, weak_points
from deadzones.coverage.arcs import Arcs

PLACES = 333_500
"""Some million edges."""
SOURCES, TERMINALS, GRAPHS, REPEATS = 500, 200, 5, 5
SMALL = (300, 800, 1500, 3000)
"""Places of the small graphs, where the cheapest tree is known."""
RUSTWORKX = "rustworkx is absent: `.venv/bin/pip install rustworkx` to compare with it"


def scattered(seed: int, places: int = PLACES) -> tuple[np.ndarray, np.ndarray]:
    """Edges of a road graph, and what they cost."""
    rng = np.random.default_rng(seed)
    xy = rng.random((places, 2))
    corners = Delaunay(xy).simplices
    sides = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
    ends = np.unique(np.sort(sides, axis=1), axis=0).astype(np.int64)
    return ends, np.hypot(*(xy[ends[:, 0]] - xy[ends[:, 1]]).T) * rng.uniform(1, 2, len(ends))


def near(seed: int, places: int) -> tuple[np.ndarray, np.ndarray]:
    """Edges between places that are near each other: a random geometric graph."""
    xy = np.random.default_rng(seed).random((places, 2))
    ends = KDTree(xy).query_pairs(1.7 / np.sqrt(places), output_type="ndarray").astype(np.int64)
    return ends, np.hypot(*(xy[ends[:, 0]] - xy[ends[:, 1]]).T)


def streets(seed: int, places: int) -> tuple[np.ndarray, np.ndarray]:
    """Edges of a grid of streets with holes."""
    rng, side = np.random.default_rng(seed), int(np.sqrt(places))
    number = np.where(
        rng.random((side, side)) < 0.25, -1, np.arange(side * side).reshape(side, side)
    )
    across, down = (number[:, :-1], number[:, 1:]), (number[:-1], number[1:])
    ends = np.concatenate([np.stack(pair, axis=-1).reshape(-1, 2) for pair in (across, down)])
    ends = ends[(ends >= 0).all(axis=1)]
    return ends, rng.uniform(1, 3, len(ends))


def rows(ends: np.ndarray, cost: np.ndarray) -> Arcs:
    return arcs.of_edges(int(ends.max()) + 1, ends[:, 0], ends[:, 1], cost)


def graph_of(ends: np.ndarray, cost: np.ndarray) -> nx.Graph[Any]:
    graph: nx.Graph[Any] = nx.Graph()
    triples = zip(*ends.T.tolist(), cost.tolist(), strict=True)
    graph.add_weighted_edges_from(triples, weight="cost")
    return graph


def peer() -> Any:
    """rustworkx, or None."""
    return import_module("rustworkx") if util.find_spec("rustworkx") else None


def rust_graph(peer: Any, ends: np.ndarray, cost: np.ndarray) -> Any:
    graph = peer.PyGraph(multigraph=False)
    graph.add_nodes_from(range(int(ends.max()) + 1))
    graph.add_edges_from(list(zip(*ends.T.tolist(), cost.tolist(), strict=True)))
    return graph


def seconds(function: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    found = function()
    return time.perf_counter() - start, found


def compared(cases: dict[str, Callable[[], object]], ours: str, repeats: int = REPEATS) -> None:
    """Print medians, and how many times ours is as fast."""
    for function in cases.values():
        function()  # compiles, and warms the caches of all alike
    times = {name: each[:, 0] for name, each in interleaved(cases, repeats).items()}
    lines = [
        (name, f"{np.median(each):.3f}", f"{np.median(each / times[ours]):.1f}")
        for name, each in times.items()
    ]
    table(("", "seconds", "times ours"), lines)


def paths() -> None:
    """Print multi-source Dijkstra beside scipy and networkx."""
    ends, cost = scattered(0)
    graph = rows(ends, cost)
    sources = np.sort(np.random.default_rng(1).choice(PLACES, SOURCES, replace=False))
    start = np.zeros(SOURCES)
    matrix = graph.matrix
    print(f"shortest paths from {SOURCES} sources over {len(ends):,} edges")
    compared(
        {
            "ours: distance, parent, arc, source": lambda: _graph_kernels.multi_source(
                graph.indptr, graph.indices, graph.weights, sources, start
            ),
            "scipy: distance, parent, source": lambda: dijkstra(
                matrix, indices=sources, min_only=True, return_predecessors=True
            ),
            "scipy: distance": lambda: dijkstra(matrix, indices=sources, min_only=True),
        },
        "ours: distance, parent, arc, source",
    )
    build, _ = seconds(lambda: rows(ends, cost))
    convert, shown = seconds(lambda: graph_of(ends, cost))
    walk, _ = seconds(
        lambda: nx.multi_source_dijkstra_path_length(shown, sources.tolist(), weight="cost")
    )
    print(f"networkx: {walk:.1f} s, and {convert:.1f} s to make the graph (ours: {build:.2f} s)")


def few_terminals() -> None:
    """Print the quality of trees between few terminals, where the cheapest is known."""
    lines: list[tuple[str, ...]] = []
    for name, made in (("random geometric", near), ("streets with holes", streets)):
        weights: list[list[float]] = []
        spent = np.zeros(3)
        for seed in range(12):
            ends, cost = made(seed, SMALL[seed % len(SMALL)])
            drawn = graph_of(ends, cost)
            piece = sorted(max(nx.connected_components(drawn), key=len))
            drawn = drawn.subgraph(piece).copy()
            asked = np.sort(np.random.default_rng(seed).choice(piece, 8 + seed % 3, replace=False))
            graph = rows(ends, cost)
            core = graph.indptr, graph.indices, graph.weights
            steiner.tree(*core, graph.edge, asked)
            found: list[float] = []
            took, edges = seconds(lambda: steiner.tree(*core, graph.edge, asked))  # noqa: B023
            found.append(float(cost[edges].sum()))
            spent[0] += took
            for at, method in enumerate(("mehlhorn", "kou"), start=1):
                took, tree = seconds(
                    lambda: steiner_tree(drawn, asked.tolist(), weight="cost", method=method)  # noqa: B023
                )
                found.append(tree.size("cost"))
                spent[at] += took
            limit = min(found) * (1 + 1e-9)
            best = _dreyfus_kernels.cheapest_tree(*core, asked, limit, 2**62)
            weights.append([each / float(graph.weights[best].sum()) for each in found])
        ratio = np.array(weights)
        lines += [
            (f"{name}, {peer}", f"{mean:.4f}", f"{most:.4f}", f"{1e3 * each / len(ratio):.0f}")
            for peer, mean, most, each in zip(
                ("ours", "networkx mehlhorn", "networkx kou"),
                ratio.mean(axis=0), ratio.max(axis=0), spent, strict=True,
            )
        ]  # fmt: skip
    print("8 to 10 terminals on 24 graphs of 300 to 3,000 places, against Dreyfus and Wagner")
    table(("", "mean weight", "worst", "ms each"), lines)


def many_terminals() -> None:
    """Print trees between many terminals on a million edges beside rustworkx."""
    other = peer()
    ratios: list[float] = []
    times: list[tuple[float, float]] = []
    for seed in range(GRAPHS):
        ends, cost = scattered(seed)
        asked = np.sort(np.random.default_rng(seed).choice(PLACES, TERMINALS, replace=False))
        graph = rows(ends, cost)
        core = graph.indptr, graph.indices, graph.weights, graph.edge
        if not seed:
            steiner.tree(*core, asked)
        mine, edges = seconds(lambda: steiner.tree(*core, asked))  # noqa: B023
        if other is None:
            times.append((mine, np.nan))
            continue
        shown = rust_graph(other, ends, cost)
        theirs, tree = seconds(lambda: other.steiner_tree(shown, asked.tolist(), float))  # noqa: B023
        times.append((mine, theirs))
        ratios.append(cost[edges].sum() / sum(weight for *_, weight in tree.weighted_edge_list()))
    print(f"{TERMINALS} terminals over a million edges, {GRAPHS} graphs")
    print(f"ours {statistics.median(mine for mine, _ in times):.2f} s")
    if other is None:
        print(RUSTWORKX)
        return
    print(
        f"rustworkx {other.__version__} {statistics.median(each for _, each in times):.2f} s,"
        f" {statistics.median(each / mine for mine, each in times):.1f} times ours;"
        f" our weight over its, median {statistics.median(ratios):.4f}, worst {max(ratios):.4f}"
    )


def weak() -> None:
    """Print bridges and articulation nodes beside networkx and rustworkx."""
    places, rng = PLACES * 5 // 3, np.random.default_rng(0)
    ends = scattered(0, places)[0]
    ends = ends[
        rng.choice(len(ends), 1_000_000, replace=False)
    ]  # with all there are no weak points
    source = np.zeros(places, dtype=bool)
    source[rng.choice(places, 100, replace=False)] = True
    circuit = weak_points.Circuit(
        places, ends[:, 0], ends[:, 1], source, rng.integers(0, 100, places).astype(float)
    )
    cases: dict[str, Callable[[], object]] = {
        "ours: bridges, nodes and the people behind": lambda: weak_points.find(circuit),
        "ours: pairs on rings": lambda: weak_points.pairs(circuit),
    }
    other = peer()
    if other is not None:
        shown = rust_graph(other, ends, np.ones(len(ends)))
        cases["rustworkx: articulation nodes"] = lambda: other.articulation_points(shown)
        cases["rustworkx: bridges"] = lambda: other.bridges(shown)
    print(f"weak points of {len(ends):,} edges")
    compared(cases, "ours: bridges, nodes and the people behind", repeats=3)
    drawn = graph_of(ends, np.ones(len(ends)))
    nodes, _ = seconds(lambda: sum(1 for _ in nx.articulation_points(drawn)))
    bridges, _ = seconds(lambda: sum(1 for _ in nx.bridges(drawn)))
    print(f"networkx: articulation nodes {nodes:.1f} s, bridges {bridges:.1f} s")
    if other is None:
        print(RUSTWORKX)


PARTS = {"paths": paths, "few": few_terminals, "many": many_terminals, "weak": weak}

if __name__ == "__main__":
    for part in PARTS.values():
        part()
        print()
