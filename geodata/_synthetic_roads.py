"""Roads of the made-up country: least-cost paths over the terrain, noded at junctions and places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import csgraph

from ._synthetic_grid import Bools, Floats, Ints, Shapes, Wobble, graph, neighbours, spread, walk
from ._synthetic_terrain import Land

STEEP = 0.06  # m/m over 500 m: a road twice as long costs the same
ABROAD = 20.0  # times the cost: roads stay in the country unless it is split
LOOP_SHARE = 0.5  # of the short links between neighbouring centres that are not needed to connect


@dataclass(frozen=True)
class Roads:
    """A connected network; each section runs between two stops (junctions, places, ends).

    ``stops``: cells, sorted. ``ends``: (n, 2) numbers of stops. ``main``: joins commune centres.
    """

    cells: Ints
    stops: Ints
    ends: Ints
    length_km: Floats
    main: Bools
    lines: Shapes  # LineStrings, metres


def build(
    rng: np.random.Generator, land: Land, inside: Bools, centres: Ints, places: Ints, bend: Wobble
) -> Roads:
    """Join the centres by main roads and the places to these by side roads.

    Parameters
    ----------
    rng : numpy.random.Generator
        Detours and loops.
    land : Land
        The ground.
    inside : array of bool
        The country's cells.
    centres, places : array of int
        Cells of the commune centres, and of all that a road must reach.
    bend : Wobble
        Takes the grid out of the lines; shifts less than half a cell.
    """
    one, other, length = neighbours(inside.shape, "planar")
    length = length * land.frame.cell_km
    height, abroad = land.height_m.ravel(), ~inside.ravel()
    grade = np.abs(height[one] - height[other]) / (length * 1000.0)
    cost = length * (1.0 + (np.minimum(grade, 0.5) / STEEP) ** 2)
    cost *= 1.0 + 4.0 * np.minimum(land.slope.ravel()[one], 0.3)
    cost *= np.exp(0.35 * rng.standard_normal(cost.size))
    cost *= np.where(abroad[one] | abroad[other], ABROAD, 1.0)
    net = graph(one, other, cost, inside.size)
    main = _main(rng, net, (one, other, cost), centres)
    on_road = np.unique(np.append(main.ravel(), centres[0]))
    _, previous, _ = spread(net, on_road)
    side = walk(previous, places)
    pairs = np.concatenate([main, np.column_stack([side, previous[side]])])
    return _sections(land, pairs, len(main), places, bend)


def route(roads: Roads, sources: Ints, targets: Ints) -> Bools:
    """Return which sections lie on the shortest ways from cells of stops to the nearest source."""
    net = graph(roads.ends[:, 0], roads.ends[:, 1], roads.length_km, roads.stops.size)
    _, previous, _ = spread(net, np.searchsorted(roads.stops, sources))
    used = walk(previous, np.searchsorted(roads.stops, targets))
    order = np.argsort(-roads.length_km, kind="stable")
    number = {frozenset(pair): i for i, pair in zip(order, roads.ends[order].tolist(), strict=True)}
    chosen = np.zeros(roads.main.size, dtype=bool)
    steps = zip(used.tolist(), previous[used].tolist(), strict=True)
    chosen[[number[frozenset(step)] for step in steps]] = True
    return chosen


def _main(
    rng: np.random.Generator, net: object, links: tuple[Ints, Ints, Floats], centres: Ints
) -> Ints:
    """Return the cell pairs of main roads: a spanning tree of the centres and some loops."""
    one, other, cost = links
    distance, previous, source = spread(net, centres)
    near, far = source[one], source[other]
    meet = np.flatnonzero((near != far) & (near >= 0) & (far >= 0))
    if not meet.size:
        return np.empty((0, 2), dtype=np.int64)
    low = np.minimum(near[meet], far[meet]).astype(np.int64)
    high = np.maximum(near[meet], far[meet]).astype(np.int64)
    total = distance[one[meet]] + cost[meet] + distance[other[meet]]
    order = np.lexsort((total, high, low))
    fresh = np.r_[True, (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)]
    best = order[fresh]
    nodes = np.unique(centres)
    ends = np.searchsorted(nodes, np.column_stack([low[best], high[best]]))
    tree = csgraph.minimum_spanning_tree(graph(ends[:, 0], ends[:, 1], total[best], nodes.size))
    built = np.asarray(tree[ends[:, 0], ends[:, 1]]).ravel() > 0.0
    short = total[best] < np.quantile(total[best], 0.4)
    built |= short & (rng.random(best.size) < LOOP_SHARE)
    crossing = np.column_stack([one[meet[best]], other[meet[best]]])[built]
    passed = walk(previous, crossing.ravel())
    return np.concatenate([crossing, np.column_stack([passed, previous[passed]])])


def _sections(land: Land, pairs: Ints, main: int, places: Ints, bend: Wobble) -> Roads:
    """Cut the links into sections at places, junctions, ends and changes of class."""
    size = land.height_m.size
    degree = np.bincount(pairs.ravel(), minlength=size)
    on_main = np.bincount(pairs[:main].ravel(), minlength=size)
    stop = (degree > 0) & ((degree != 2) | (on_main == 1))
    stop[places] = True
    beside: dict[int, list[int]] = {}
    for a, b in pairs.tolist():
        beside.setdefault(a, []).append(b)
        beside.setdefault(b, []).append(a)
    chains = _chains(beside, stop)
    stops = np.flatnonzero(stop)
    ends = np.array([(chain[0], chain[-1]) for chain in chains], dtype=np.int64).reshape(-1, 2)
    first = {frozenset(pair) for pair in pairs[:main].tolist()}
    lines = np.array([_smooth(bend.move(land.frame.xy(np.array(chain)))) for chain in chains])
    return Roads(
        cells=np.flatnonzero(degree),
        stops=stops,
        ends=np.searchsorted(stops, ends),
        length_km=shapely.length(lines) / 1000.0,
        main=np.array([frozenset(chain[:2]) in first for chain in chains], dtype=bool),
        lines=lines,
    )


def _chains(beside: dict[int, list[int]], stop: Bools) -> list[list[int]]:
    """Walk from each stop along each link to the next stop; each chain once."""
    chains: list[list[int]] = []
    for start in sorted(cell for cell in beside if stop[cell]):
        for step in sorted(beside[start]):
            chain = [start, step]
            while not stop[chain[-1]]:
                ahead = beside[chain[-1]]
                chain.append(ahead[0] if ahead[0] != chain[-2] else ahead[1])
            if (chain[0], chain[1]) <= (chain[-1], chain[-2]):
                chains.append(chain)
    return chains


def _smooth(xy: Floats) -> shapely.LineString:
    """Cut corners twice (Chaikin); a cut stays within its corner, so lines do not cross."""
    for _ in range(2):
        cuts = [0.75 * xy[:-1] + 0.25 * xy[1:], 0.25 * xy[:-1] + 0.75 * xy[1:]]
        inner = np.stack(cuts, axis=1).reshape(-1, 2)[1:-1]
        xy = np.vstack([xy[:1], inner, xy[-1:]])
    return shapely.LineString(np.round(xy))
