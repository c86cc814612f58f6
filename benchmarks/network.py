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

import lines
import networkx as nx
import numpy as np
from lines import Line
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


def compared(
    cases: dict[str, Callable[[], object]], ours: str, repeats: int
) -> dict[str, np.ndarray]:
    """Print medians, and how many times ours is as fast; return the seconds."""
    for function in cases.values():
        function()  # compiles, and warms the caches of all alike
    times = {name: each[:, 0] for name, each in interleaved(cases, repeats).items()}
    told = [
        (name, f"{np.median(each):.3f}", f"{np.median(each / times[ours]):.1f}")
        for name, each in times.items()
    ]
    table(("", "seconds", "times ours"), told)
    return times


def paths(*, quick: bool = False) -> list[Line]:
    """Compare multi-source Dijkstra with scipy and networkx."""
    ends, cost = scattered(0)
    graph = rows(ends, cost)
    sources = np.sort(np.random.default_rng(1).choice(PLACES, SOURCES, replace=False))
    start = np.zeros(SOURCES)
    matrix = graph.matrix
    work = f"nearest of {SOURCES} sources over {len(ends):,} edges"
    print(work)
    ours = "ours: distance, parent, arc, source"
    times = compared(
        {
            ours: lambda: _graph_kernels.multi_source(
                graph.indptr, graph.indices, graph.weights, sources, start
            ),
            "scipy: distance, parent, source": lambda: dijkstra(
                matrix, indices=sources, min_only=True, return_predecessors=True
            ),
            "scipy: distance": lambda: dijkstra(matrix, indices=sources, min_only=True),
        },
        ours,
        1 if quick else REPEATS,
    )
    same = "scipy: distance, parent, source"
    found = [lines.beside(work, str(lines.release("scipy")), times[ours], times[same], 1.0)]
    if quick:
        return [*found, Line(work, peer="networkx", note="left out in a hurry")]
    build, _ = seconds(lambda: rows(ends, cost))
    convert, shown = seconds(lambda: graph_of(ends, cost))
    walks = [
        seconds(
            lambda: nx.multi_source_dijkstra_path_length(shown, sources.tolist(), weight="cost")
        )[0]
        for _ in range(REPEATS)
    ]
    walk = statistics.median(walks)
    print(f"networkx: {walk:.1f} s, and {convert:.1f} s to make the graph (ours: {build:.2f} s)")
    other = str(lines.release("networkx"))
    return [*found, lines.beside(work, other, times[ours], np.array(walks), 15.0)]


def few_terminals(*, quick: bool = False) -> list[Line]:
    """Find the quality of trees between few terminals, where the cheapest is known."""
    told: list[tuple[str, ...]] = []
    found: list[Line] = []
    for name, made in (("random geometric", near), ("streets with holes", streets)):
        weights: list[list[float]] = []
        spent = np.zeros(3)
        for seed in range(4 if quick else 12):
            ends, cost = made(seed, SMALL[seed % len(SMALL)])
            drawn = graph_of(ends, cost)
            piece = sorted(max(nx.connected_components(drawn), key=len))
            drawn = drawn.subgraph(piece).copy()
            asked = np.sort(np.random.default_rng(seed).choice(piece, 8 + seed % 3, replace=False))
            graph = rows(ends, cost)
            core = graph.indptr, graph.indices, graph.weights
            steiner.tree(*core, graph.edge, asked)
            each_weight: list[float] = []
            took, edges = seconds(lambda: steiner.tree(*core, graph.edge, asked))  # noqa: B023
            each_weight.append(float(cost[edges].sum()))
            spent[0] += took
            for at, method in enumerate(("mehlhorn", "kou"), start=1):
                took, tree = seconds(
                    lambda: steiner_tree(drawn, asked.tolist(), weight="cost", method=method)  # noqa: B023
                )
                each_weight.append(tree.size("cost"))
                spent[at] += took
            limit = min(each_weight) * (1 + 1e-9)
            best = _dreyfus_kernels.cheapest_tree(*core, asked, limit, 2**62)
            weights.append([each / float(graph.weights[best].sum()) for each in each_weight])
        ratio = np.array(weights)
        told += [
            (f"{name}, {peer}", f"{mean:.4f}", f"{most:.4f}", f"{1e3 * each / len(ratio):.0f}")
            for peer, mean, most, each in zip(
                ("ours", "networkx mehlhorn", "networkx kou"),
                ratio.mean(axis=0), ratio.max(axis=0), spent, strict=True,
            )
        ]  # fmt: skip
        work = f"tree of 8 to 10 terminals, {name}"
        over = 100.0 * (float(ratio[:, 0].mean()) - 1.0)
        found.append(lines.within(f"{work}: mean over the cheapest", over, 1.0, "%"))
        worse = float((ratio[:, 1:].min(axis=1) / ratio[:, 0]).min())
        peers = str(lines.release("networkx"))
        found.append(
            Line(
                f"{work}: weight, worst case", "1", peers, f"{worse:.4f}", worse, 1.0, worse >= 1.0
            )
        )
    print("8 to 10 terminals on graphs of 300 to 3,000 places, against Dreyfus and Wagner")
    table(("", "mean weight", "worst", "ms each"), told)
    return found


def many_terminals(*, quick: bool = False) -> list[Line]:
    """Compare trees between many terminals on a million edges beside rustworkx."""
    other, work = peer(), f"tree of {TERMINALS} terminals over a million edges"
    if other is None:
        return [lines.absent(work, "rustworkx")]
    ratios: list[float] = []
    times: list[tuple[float, float]] = []
    for seed in range(1 if quick else GRAPHS):
        ends, cost = scattered(seed)
        asked = np.sort(np.random.default_rng(seed).choice(PLACES, TERMINALS, replace=False))
        graph = rows(ends, cost)
        core = graph.indptr, graph.indices, graph.weights, graph.edge
        if not seed:
            steiner.tree(*core, asked)
        mine, edges = seconds(lambda: steiner.tree(*core, asked))  # noqa: B023
        shown = rust_graph(other, ends, cost)
        theirs, tree = seconds(lambda: other.steiner_tree(shown, asked.tolist(), float))  # noqa: B023
        times.append((mine, theirs))
        ratios.append(cost[edges].sum() / sum(weight for *_, weight in tree.weighted_edge_list()))
    mine_s, theirs_s = np.array(times).T
    weight = statistics.median(ratios)
    print(f"{work}: our weight over its, median {weight:.4f}, worst {max(ratios):.4f}")
    return [
        lines.beside(work, str(lines.release("rustworkx")), mine_s, theirs_s, 8.0),
        lines.within(f"{work}: weight over its", weight, 1.005, "x"),
    ]


def weak(*, quick: bool = False) -> list[Line]:
    """Compare bridges and articulation nodes with networkx and rustworkx."""
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
    work, ours = f"weak points of {len(ends):,} edges", "ours: bridges, nodes and the people behind"
    cases: dict[str, Callable[[], object]] = {
        ours: lambda: weak_points.find(circuit),
        "ours: pairs on rings": lambda: weak_points.pairs(circuit),
    }
    other = peer()
    if other is not None:
        shown = rust_graph(other, ends, np.ones(len(ends)))
        cases["rustworkx"] = lambda: (other.articulation_points(shown), other.bridges(shown))
    print(work)
    times = compared(cases, ours, 1 if quick else REPEATS)
    found = [lines.absent(work, "rustworkx")]
    if other is not None:
        found = [
            lines.beside(work, str(lines.release("rustworkx")), times[ours], times["rustworkx"])
        ]
    if quick:
        return found
    drawn = graph_of(ends, np.ones(len(ends)))
    walk, _ = seconds(
        lambda: (sum(1 for _ in nx.articulation_points(drawn)), sum(1 for _ in nx.bridges(drawn)))
    )
    name = str(lines.release("networkx"))
    return [*found, lines.beside(work, name, times[ours], np.full(1, walk))]


PARTS: dict[str, Callable[..., list[Line]]] = {
    "paths": paths,
    "few": few_terminals,
    "many": many_terminals,
    "weak": weak,
}

if __name__ == "__main__":
    for part in PARTS.values():
        print(lines.markdown(part()))
