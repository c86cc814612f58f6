"""Borders of the made-up country: communes grow from seeds over the terrain and share edges."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from rasterio import features
from scipy import ndimage
from scipy.sparse import csgraph
from scipy.spatial import KDTree

from ._synthetic_grid import (
    EPSG,
    Bools,
    Floats,
    Frame,
    Ints,
    Shapes,
    fractal,
    graph,
    neighbours,
    spread,
)
from ._synthetic_terrain import Land

Links = tuple[Ints, Ints, Floats]  # cells, neighbouring cells, cost

COUNTRY_SHARE = 0.62  # of the frame
WARD_REACH = 5.0  # how far a ward grows from its seed: 3.5 km over flat ground
ROUGHNESS = 0.16  # shift of an edge's middle, in lengths of the edge
MENDS = 9  # times that crossings are sought and smoothed
PEOPLE_WEIGHT = 0.6  # 0: communes of equal area; 1: of equal room to live


def outline(rng: np.random.Generator, frame: Frame) -> Bools:
    """Return the cells of the country: one piece without holes, away from the frame's edge."""
    axis = np.abs(np.linspace(-1.0, 1.0, frame.shape[0]))
    far = (axis[:, None] ** 3 + axis[None, :] ** 3) ** (1.0 / 3.0)
    far = far + 4.0 * np.maximum(0.0, np.maximum(axis[:, None], axis[None, :]) - 0.85)
    far = far + 0.09 * fractal(rng, frame, 3.3, frame.shape[0] * frame.cell_km / 3.0)
    margin = max(2, frame.shape[0] // 60)
    inner = np.zeros(frame.shape, dtype=bool)
    inner[margin:-margin, margin:-margin] = True
    inside = inner & (far <= np.quantile(far, COUNTRY_SHARE))
    pieces, _ = ndimage.label(inside)
    largest = np.argmax(np.bincount(pieces.ravel())[1:]) + 1
    return ndimage.binary_fill_holes(pieces == largest)


def grow(
    rng: np.random.Generator, land: Land, inside: Bools, room: Floats, wards: list[Ints], count: int
) -> Ints:
    """Return the commune number of each cell, -1 outside: wards first, then the rest.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of noise.
    land : Land
        The ground; a border rather follows a ridge than crosses it.
    inside : array of bool
        The country's cells.
    room : array of float
        How well people can live in a cell: much room, small communes.
    wards : list of array of int
        Seed cells of the wards of each town; the wards get the first numbers, town by town.
    count : int
        Communes in all.
    """
    cost = _growth_cost(rng, land)
    seeds = np.concatenate([np.empty(0, dtype=np.int64), *wards])
    label = np.where(inside.ravel(), -1, -2)
    # The root, so that a ward finds some room on any ground.
    ward_cost = (*cost[:2], np.sqrt(cost[2]))
    label = _claim(label, ward_cost, seeds, np.arange(seeds.size), WARD_REACH)
    weight = (PEOPLE_WEIGHT * room / room[inside].mean() + 1.0 - PEOPLE_WEIGHT).ravel()
    # Not in pockets between wards: each commune has room for a few cells.
    open_land = ndimage.binary_erosion((label == -1).reshape(inside.shape), iterations=2)
    rest = _settle(rng, land.frame, weight, np.flatnonzero(open_land), count - seeds.size)
    label = _claim(label, cost, rest, np.arange(seeds.size, count), np.inf)
    label = _one_piece(label, inside)
    return label.reshape(inside.shape)


def polygons(rng: np.random.Generator, labels: Ints, frame: Frame) -> gpd.GeoSeries:
    """Return the communes' polygons in metres, a valid coverage, in the order of their numbers.

    Borders are smoothed and then roughened again: each half of an edge is moved by a noise that
    depends on the place only, so that neighbours keep the same edge.
    """
    origin = (frame.west_m, frame.north_m)
    found = features.shapes(labels.astype(np.int32), labels >= 0)
    pairs = [(int(number), shapely.geometry.shape(shape)) for shape, number in found]
    steps = np.array([shape for _, shape in sorted(pairs, key=lambda pair: pair[0])])
    # A vertex at each cell's corner: edges are shared only when both sides have the same vertices.
    corners = shapely.transform(shapely.segmentize(steps, 1.0), np.round)
    smooth = shapely.coverage_simplify(
        shapely.transform(corners, lambda xy: xy * [1.0, -1.0] * frame.cell_m + origin),
        1.4 * frame.cell_m,
    )
    noise = ROUGHNESS * rng.standard_normal((*labels.shape, 2), dtype=np.float32).clip(-2.0, 2.0)
    for mend in range(MENDS):
        rough = _halve_edges(_halve_edges(smooth, frame, noise), frame, noise)
        if shapely.is_valid(rough).all() and shapely.coverage_is_valid(rough):
            return gpd.GeoSeries(rough, crs=EPSG)
        calm = np.ones(labels.shape, dtype=bool)
        calm.ravel()[frame.at(_crossings(rough))] = False
        # Wider each time: the middle of a long edge is far from where it crosses another.
        noise[~ndimage.minimum_filter(calm, 5 + 4 * mend**2)] *= 0.3
    return gpd.GeoSeries(smooth, crs=EPSG)


def burn(shapes: gpd.GeoSeries, frame: Frame) -> Ints:
    """Return the number of the polygon at each cell's centre, -1 outside; each has a cell."""
    numbered = zip(shapes.to_numpy(), range(len(shapes)), strict=True)
    labels = features.rasterize(
        numbered, frame.shape, fill=-1, transform=frame.transform, dtype="int32"
    )
    missing = np.setdiff1d(np.arange(len(shapes)), labels)
    spots = shapely.get_coordinates(shapes.iloc[missing].representative_point().to_numpy())
    labels.ravel()[frame.at(spots)] = missing
    return labels


def edge_cells(shapes: gpd.GeoSeries, frame: Frame) -> tuple[Bools, Bools]:
    """Return the cells that the country's outline cuts, and all that the country touches."""
    country = shapely.coverage_union_all(shapes.to_numpy())
    cut, touched = (
        features.rasterize([shape], frame.shape, transform=frame.transform, all_touched=True) > 0
        for shape in (country.boundary, country)
    )
    return cut, touched | cut


def provinces(rng: np.random.Generator, labels: Ints, frame: Frame, wards: list[int]) -> Ints:
    """Return the province number of each commune: connected, about 40 communes each.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the first guess.
    labels : array of int
        Commune number by cell.
    frame : Frame
        Their grid.
    wards : list of int
        Wards of each town, which stay together.
    """
    count = int(labels.max()) + 1
    how_many = int(np.clip(round(count / 40), 1, 9))
    cells = np.flatnonzero(labels.ravel() >= 0)
    number, xy = labels.ravel()[cells], frame.xy(cells)
    size = np.bincount(number)
    centre = np.column_stack([np.bincount(number, axis) / size for axis in xy.T])
    chosen = _lloyd(centre[rng.choice(count, how_many, replace=False)], centre)
    one, other, _ = neighbours(frame.shape, "4")
    pair = np.column_stack([labels.ravel()[one], labels.ravel()[other]])
    pair = pair[(pair.min(axis=1) >= 0) & (pair[:, 0] != pair[:, 1])]
    far = np.hypot(*(centre[pair[:, 0]] - centre[pair[:, 1]]).T)
    town = np.repeat(np.arange(len(wards)), wards)
    town = np.r_[town, len(wards) + np.arange(count - town.size)]
    together = town[pair[:, 0]] == town[pair[:, 1]]
    net = graph(pair[:, 0], pair[:, 1], np.where(together, 1.0, far), count)
    seeds = np.unique(KDTree(centre).query(chosen)[1])
    return np.searchsorted(seeds, spread(net, seeds)[2])


def _growth_cost(rng: np.random.Generator, land: Land) -> Links:
    """Return links of neighbouring cells and their cost, in km over flat ground."""
    one, other, far = neighbours(land.frame.shape, "8")
    height, noise = land.height_m.ravel(), fractal(rng, land.frame, 2.0, 10.0).ravel()
    climb = np.abs(height[one] - height[other]) / 60.0
    cost = land.frame.cell_km * (far + climb) * np.exp(0.3 * (noise[one] + noise[other]))
    return one, other, cost


def _claim(label: Ints, links: Links, seeds: Ints, numbers: Ints, reach: float) -> Ints:
    """Give each free cell (label -1) to the seed that reaches it first over free cells."""
    if not seeds.size:
        return label
    one, other, cost = links
    free = label == -1
    both = free[one] & free[other]
    *_, source = spread(graph(one[both], other[both], cost[both], label.size), seeds, reach)
    number = np.full(label.size, -1)
    number[seeds] = numbers
    return np.where(free & (source >= 0), number[np.maximum(source, 0)], label)


def _one_piece(label: Ints, inside: Bools) -> Ints:
    """Keep the largest piece of each commune, joined by sides; the rest goes to the nearest piece."""
    one, other, far = neighbours(inside.shape, "4")
    same = label[one] == label[other]
    pieces = graph(one[same], other[same], far[same], label.size)
    _, piece = csgraph.connected_components(pieces, directed=False)
    size = np.bincount(piece)[piece]
    largest = np.zeros(label.max() + 1, dtype=np.int64)
    claimed = label >= 0
    np.maximum.at(largest, label[claimed], size[claimed])
    kept = np.flatnonzero(claimed & (size == largest[np.maximum(label, 0)]))
    # Two pieces of the same size: the first stays.
    first = np.full(largest.size, label.size)
    np.minimum.at(first, label[kept], piece[kept])
    kept = kept[piece[kept] == first[label[kept]]]
    both = inside.ravel()[one] & inside.ravel()[other]
    *_, source = spread(graph(one[both], other[both], far[both], label.size), kept)
    return np.where(inside.ravel(), label[np.maximum(source, 0)], -1)


def _settle(
    rng: np.random.Generator, frame: Frame, weight: Floats, cells: Ints, count: int
) -> Ints:
    """Return ``count`` distinct seed cells, each in the middle of about the same weight."""
    if count <= 0:
        return np.empty(0, dtype=np.int64)
    chance = weight[cells] / weight[cells].sum()
    sample = rng.choice(cells, min(cells.size, 200 * count), replace=False, p=chance)
    start = frame.xy(rng.choice(sample, count, replace=False))
    middle = _lloyd(start, frame.xy(sample))
    near = KDTree(frame.xy(cells)).query(middle)[1]
    seeds = np.unique(cells[near])
    spare = rng.permutation(np.setdiff1d(sample, seeds))
    return np.r_[seeds, spare[: count - seeds.size]]


def _lloyd(middle: Floats, points: Floats, rounds: int = 8) -> Floats:
    """Move each centre to the mean of the points that are nearest to it, a few times."""
    for _ in range(rounds):
        nearest = KDTree(middle).query(points)[1]
        total = np.bincount(nearest, minlength=len(middle))[:, None]
        sums = [np.bincount(nearest, axis, len(middle)) for axis in points.T]
        middle = np.where(total > 0, np.column_stack(sums) / np.maximum(total, 1), middle)
    return middle


def _crossings(shapes: Shapes) -> Floats:
    """Return the points, metres, where edges cross: those that noding adds."""
    rings = shapely.get_rings(shapes)
    noded = shapely.get_coordinates(shapely.node(shapely.multilinestrings(rings)))
    known = {(x, y) for x, y in shapely.get_coordinates(rings).tolist()}
    return np.array([xy for xy in noded.tolist() if tuple(xy) not in known]).reshape(-1, 2)


def _halve_edges(shapes: Shapes, frame: Frame, noise: Floats) -> Shapes:
    """Put a vertex beside the middle of each edge, the same one seen from either side."""
    rings, owner = shapely.get_rings(shapes, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    middle = (xy[:-1] + xy[1:]) / 2.0
    length = np.sqrt(((xy[1:] - xy[:-1]) ** 2).sum(axis=1))
    double = np.repeat(xy, 2, axis=0)[:-1]
    double[1::2] = np.round(middle + length[:, None] * noise.reshape(-1, 2)[frame.at(middle)])
    within = np.ones(len(double), dtype=bool)
    within[1::2] = ring[:-1] == ring[1:]
    halved: Shapes = shapely.linearrings(double[within], indices=np.repeat(ring, 2)[:-1][within])
    return shapely.polygons(halved, indices=owner)
