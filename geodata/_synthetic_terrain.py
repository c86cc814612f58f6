"""Terrain of the made-up country: noise is uplifted, and rivers carve it.

The height of a cell is that of the cell it drains to plus a step that falls with the square root
of the area that drains through it (the steady state of the stream power law). That gives ridges,
forked valleys and rivers that never run uphill.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from scipy import ndimage, sparse
from scipy.sparse import csgraph

from ._synthetic_grid import Bools, Floats, Frame, Ints, fractal, neighbours, spline

TERRAIN_CELL_M = 90.0
TOP_M = 2_600.0  # no summit reaches it
CONCAVITY = 0.5  # exponent of the drained area in the stream power law
FLOOR_KM2 = 15.0  # rivers that drain more have a flat valley floor


@dataclass(frozen=True)
class Land:
    """The ground: height (m), drained area (km2), slope (m/m), upland (0 plain, 1 mountains)."""

    frame: Frame
    height_m: Floats
    drained_km2: Floats
    slope: Floats
    upland: Floats


def shape_land(rng: np.random.Generator, frame: Frame) -> Land:
    """Return the ground on the grid: a plain in the south-east, mountains in the north-west."""
    n = frame.shape[0]
    half = Frame(frame.west_m, frame.north_m, ((n + 1) // 2, (n + 1) // 2), 2 * frame.cell_m)
    upland = _upland(rng, half)
    strike = np.deg2rad(rng.uniform(30.0, 55.0))
    rock = np.exp(0.55 * fractal(rng, half, 3.0, 50.0, strike=strike, stretch=2.5))
    lift = (0.006 + _smoothstep((upland - 0.2) / 0.5)) * rock
    rough = fractal(rng, half, 2.8, 60.0, strike=strike, stretch=2.5)
    start = 3.0 * upland + 0.5 * (0.2 + upland) * rough
    height, *_ = _carve(start, lift, upland, rounds=10)
    upland, lift = _enlarge(upland, frame), _enlarge(lift, frame)
    start = _enlarge(height / height.std(), frame) + 0.05 * fractal(rng, frame, 2.0, 4.0)
    height, drained, order, below = _carve(start, lift, upland, rounds=4)
    metres = _in_metres(height, frame)
    floors = _fill_floors(metres, drained * frame.cell_km**2, order, below)
    smooth = ndimage.gaussian_filter(floors, 0.6).astype(np.float32)
    slope = np.hypot(*np.gradient(smooth, frame.cell_m)).astype(np.float32)
    return Land(frame, smooth, drained * frame.cell_km**2, slope, upland)


def terrain_rows(rng: np.random.Generator, land: Land, block: int = 512) -> Any:
    """Yield (first row, int16 heights) of the 90 m terrain, ``block`` rows at a time."""
    n = terrain_size(land.frame)
    steep = np.clip(land.slope / 0.3, 0.0, 1.2)
    layers = [(land.height_m, land.frame.cell_m), (steep, land.frame.cell_m)]
    for fold, size_m in ((2, 11.0), (4, 22.0)):
        coarse = size_m * rng.standard_normal((n // fold + 2,) * 2, dtype=np.float32)
        layers.append((coarse, fold * TERRAIN_CELL_M))
    splines = [spline(n, TERRAIN_CELL_M, a.shape[0], step) for a, step in layers]
    for first in range(0, n, block):
        height, rugged, *noise = (
            _sample(matrix, first, block, a) for matrix, (a, _) in zip(splines, layers, strict=True)
        )
        fine = height + sum(noise) * (1.7 * rugged + 0.01)
        yield first, np.round(np.clip(fine, 0.0, None)).astype(np.int16)


def terrain_size(frame: Frame) -> int:
    """Return rows (and columns) of the 90 m terrain that covers the frame."""
    return int(np.ceil(frame.shape[0] * frame.cell_m / TERRAIN_CELL_M))


def _sample(matrix: Any, first: int, block: int, coarse: Floats) -> Floats:
    return ((matrix[first : first + block] @ coarse) @ matrix.T).astype(np.float32)


def _enlarge(coarse: Floats, frame: Frame) -> Floats:
    matrix = spline(frame.shape[0], frame.cell_m, coarse.shape[0], 2 * frame.cell_m)
    return (matrix @ coarse) @ matrix.T


def _smoothstep(x: Floats) -> Floats:
    x = np.clip(x, 0.0, 1.0)
    return x * x * (3.0 - 2.0 * x)


def _upland(rng: np.random.Generator, frame: Frame) -> Floats:
    towards = np.deg2rad(rng.uniform(115.0, 160.0))  # from east to north: the mountains' side
    x = np.linspace(-1.0, 1.0, frame.shape[1])[None, :]
    y = np.linspace(1.0, -1.0, frame.shape[0])[:, None]
    side_km = frame.shape[0] * frame.cell_km
    ramp = x * np.cos(towards) + y * np.sin(towards) + 0.2 * fractal(rng, frame, 3.2, side_km)
    low, high = np.quantile(ramp, [0.02, 0.98])
    return np.clip((ramp - low) / (high - low), 0.0, 1.0).astype(np.float32)


def _in_metres(height: Floats, frame: Frame) -> Floats:
    """Scale to metres; a small country has lower mountains, or its slopes would be cliffs."""
    side_km = frame.shape[0] * frame.cell_km
    top = TOP_M * min(1.0, np.sqrt(side_km / 120.0))
    return (top * (1.0 - np.exp(-1.6 * height / np.quantile(height, 0.995)))).astype(np.float32)


def _carve(
    start: Floats, lift: Floats, upland: Floats, rounds: int
) -> tuple[Floats, Floats, Ints, Ints]:
    """Return height (no unit), drained cells, and the drainage tree (order, cell below)."""
    mouths = _mouths(upland)
    order, below = _flood(start, mouths)
    height, drained = _climb(order, below, lift)
    for _ in range(rounds):
        order, below = _steepest(height, mouths)
        height, drained = _climb(order, below, lift)
    return height, drained, order, below


def _mouths(upland: Floats) -> Ints:
    """Return the cells of the frame's edge where rivers leave: its lowest third."""
    edge: Bools = np.ones(upland.shape, dtype=bool)
    edge[1:-1, 1:-1] = False
    cells = np.flatnonzero(edge)
    level = upland.ravel()[cells]
    return cells[level <= np.quantile(level, 0.35)]


def _flood(start: Floats, mouths: Ints) -> tuple[Ints, Ints]:
    """Return the drainage tree of rough ground: the spanning tree of lowest passes."""
    sea = start.size
    one, other, _ = neighbours(start.shape, "8")
    flat = start.ravel() - start.min() + 1.0
    cost = np.r_[np.maximum(flat[one], flat[other]), np.full(mouths.size, 0.5)]
    ends = (np.r_[one, np.full(mouths.size, sea)], np.r_[other, mouths])
    net = sparse.csr_matrix((cost.astype(np.float64), ends), shape=(sea + 1, sea + 1))
    tree = csgraph.minimum_spanning_tree(net)
    return csgraph.breadth_first_order(tree, sea, directed=False)


def _steepest(height: Floats, mouths: Ints) -> tuple[Ints, Ints]:
    """Return the drainage tree of ground without hollows: each cell to its steepest neighbour."""
    rows, cols = height.shape
    sea = height.size
    padded = np.pad(height, 1, constant_values=np.inf)
    best = np.zeros(height.shape)
    step = np.zeros(height.shape, dtype=np.int64)
    for dy, dx in ((y, x) for y in (-1, 0, 1) for x in (-1, 0, 1) if y or x):
        there = padded[1 + dy : 1 + dy + rows, 1 + dx : 1 + dx + cols]
        drop = (height - there) / np.hypot(dy, dx)
        better = drop > best
        best[better] = drop[better]
        step[better] = dy * cols + dx
    below = np.arange(sea) + step.ravel()
    below[mouths] = sea
    ends = (below, np.arange(sea))
    net = sparse.csr_matrix((np.ones(sea, dtype=np.int8), ends), shape=(sea + 1, sea + 1))
    return csgraph.breadth_first_order(net, sea)


def _generations(order: Ints, below: Ints) -> list[Ints]:
    """Return the cells of a tree by their number of steps to the root."""
    place = np.empty(order.size, dtype=np.int64)
    place[order] = np.arange(order.size)
    parent = place[below[order[1:]]]  # rises, because the order is breadth first
    bounds = [1]
    while bounds[-1] < order.size:
        bounds.append(1 + int(np.searchsorted(parent, bounds[-1])))
    return [order[a:b] for a, b in pairwise(bounds)]


def _climb(order: Ints, below: Ints, lift: Floats) -> tuple[Floats, Floats]:
    """Return height and drained cells along a drainage tree."""
    rows, cols = lift.shape
    sea = lift.size
    generations = _generations(order, below)
    drained = np.ones(sea + 1)
    for cells in reversed(generations):
        np.add.at(drained, below[cells], drained[cells])
    here, there = np.arange(sea), np.where(below[:sea] == sea, np.arange(sea), below[:sea])
    far = np.hypot(here // cols - there // cols, here % cols - there % cols)
    rise = np.maximum(far, 1.0) * lift.ravel() * drained[:sea] ** -CONCAVITY
    height = np.zeros(sea + 1)
    for cells in generations:
        height[cells] = height[below[cells]] + rise[cells]
    return height[:sea].reshape(rows, cols), drained[:sea].reshape(rows, cols)


def _fill_floors(height: Floats, drained_km2: Floats, order: Ints, below: Ints) -> Floats:
    """Cut a flat floor beside each river: the more it drains, the higher up the slopes."""
    sea = height.size
    level, area = np.append(height.ravel(), 0.0), np.append(drained_km2.ravel(), FLOOR_KM2)
    small = area < FLOOR_KM2
    for cells in _generations(order, below):
        follow = cells[small[cells]]
        level[follow] = level[below[follow]]
        area[follow] = area[below[follow]]
    above = height.ravel() - level[:sea]
    cut = np.clip(25.0 + 35.0 * np.log(np.maximum(area[:sea] / FLOOR_KM2, 1.0)), 0.0, 220.0)
    return (height.ravel() - np.minimum(above, cut)).reshape(height.shape)
