"""People of the made-up country: where one can live, towns, villages, persons by cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from scipy.spatial import KDTree

from ._synthetic_grid import Bools, Floats, Frame, Ints, fractal
from ._synthetic_terrain import Land

WARD_SHARE = 0.2  # of the communes; 21 % of the real ones are phường
WARD_GAP_CELLS = 6.0  # between neighbouring seeds of one town
VILLAGES = (3, 8)  # by commune
RIVER_KM2 = 25.0  # people like to live by rivers that drain at least this


@dataclass(frozen=True)
class Villages:
    """Villages by commune, the commune's centre first: cell, commune number, rank from 0."""

    cell: Ints
    commune: Ints
    rank: Ints


def room(rng: np.random.Generator, land: Land) -> Floats:
    """Return how well people can live in each cell, 0-1: low, flat and near a river."""
    flat = np.exp(-((land.slope / 0.10) ** 1.5))
    low = np.exp(-land.height_m / 700.0)
    river = ndimage.distance_transform_edt(land.drained_km2 < RIVER_KM2, land.frame.cell_km)
    near = 0.3 + 0.7 * np.exp(-river / 1.5)
    chance = np.exp(0.6 * fractal(rng, land.frame, 2.0, 12.0))
    good = flat * low * np.where(land.height_m > 60.0, near, 0.5 + 0.5 * near) * chance
    return good / good.max()


def wards(
    rng: np.random.Generator, frame: Frame, good: Floats, inside: Bools, count: int
) -> list[Ints]:
    """Return the seed cells of the wards of each town, the largest town first.

    Towns stand apart from each other, where there is most room around; sizes fall with rank.
    """
    total = round(WARD_SHARE * count)
    sizes = _town_sizes(total)
    if not sizes:
        return []
    radius_km = 4.0
    around = ndimage.gaussian_filter(np.where(inside, good, 0.0), radius_km / frame.cell_km)
    # Without the power nearly all towns would stand in the plain.
    liking = (around / around.max()) ** 0.35 * np.exp(0.25 * fractal(rng, frame, 2.0, 60.0))
    deep = ndimage.binary_erosion(inside, iterations=int(2 * radius_km)) if count > 8 else inside
    liking = np.where(deep if deep.any() else inside, liking, 0.0)
    gap_cells = 0.7 * np.sqrt(inside.sum() / len(sizes))
    towns = _pick_apart(liking, len(sizes), gap_cells)
    return [_ward_cells(rng, cell, size, inside) for cell, size in zip(towns, sizes, strict=False)]


def villages(rng: np.random.Generator, good: Floats, labels: Ints, towns: Ints) -> Villages:
    """Return 3-8 villages for each commune, apart where there is room; wards' at their middle."""
    draw = np.log(good + 1e-6) * 1.2 + rng.gumbel(size=good.shape)
    draw = np.where(labels >= 0, draw, -np.inf)
    lonely = draw == ndimage.maximum_filter(draw, 4)
    # A village keeps off the border, so that it is in its commune when the border is bent.
    deep = ndimage.maximum_filter(labels, 3) == ndimage.minimum_filter(labels, 3)
    wish = draw + 1000.0 * deep + 500.0 * lonely
    wish.ravel()[towns] += 5000.0 * deep.ravel()[towns]
    cells = np.flatnonzero(labels >= 0)
    commune = labels.ravel()[cells]
    order = np.lexsort((-wish.ravel()[cells], commune))
    cells, commune = cells[order], commune[order]
    rank = np.arange(cells.size) - np.searchsorted(commune, commune)
    most = rng.integers(VILLAGES[0], VILLAGES[1] + 1, int(commune.max()) + 1)
    kept = (rank < most[commune]) & ((rank < 1) | (wish.ravel()[cells] > 1000.0))
    return Villages(cells[kept], commune[kept], rank[kept])


def wanted(rng: np.random.Generator, good: Floats, labels: Ints, ward_count: int) -> Floats:
    """Return how many people each commune shall have: 5,000 in the hills to 40,000 in towns."""
    count = int(labels.max()) + 1
    inside = labels >= 0
    space = np.bincount(labels[inside], good[inside], count)
    place = np.argsort(np.argsort(space)) / max(1, count - 1)
    mean = 6_000.0 + 19_000.0 * place**1.3
    cells = np.bincount(labels[inside], minlength=count)[:ward_count]
    mean[:ward_count] = 28_000.0 * np.minimum(1.0, (cells + 10.0) / 60.0)
    return np.round(mean * np.exp(0.25 * rng.standard_normal(count)))


def persons(
    rng: np.random.Generator,
    good: Floats,
    labels: Ints,
    places: tuple[Ints, Ints, Ints],
    wish: Floats,
) -> Floats:
    """Return persons by cell: around town centres, villages and roads, and scattered farms.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of noise.
    good : array of float
        Room to live in each cell.
    labels : array of int
        Commune number of each cell that may have people, -1 elsewhere.
    places : tuple of arrays of int
        Cells of wards, villages and roads.
    wish : array of float
        People of each commune.
    """
    ward, village, road = (_impulse(cells, labels.shape) for cells in places)
    size = village * np.exp(0.5 * rng.standard_normal(labels.shape))
    liking = good / (good + 0.08)
    farms = rng.random(labels.shape) < 0.5 * liking**1.5
    blur = ndimage.gaussian_filter
    thick = 40.0 * blur(ward, 3.5) + 6.0 * blur(ward, 1.5)
    thick += 4.0 * blur(size, 0.8) + 6.0 * blur(size, 2.0) * liking
    thick += liking * (0.25 * blur(road, 0.7) + 0.12 * farms)
    thick *= np.exp(0.5 * rng.standard_normal(labels.shape)) * (0.1 + liking)
    inside = labels >= 0
    thick[~inside | ((thick < 0.02) & (village == 0.0))] = 0.0
    total = np.bincount(labels[inside], thick[inside], wish.size)
    people = np.zeros(labels.shape)
    people[inside] = (thick[inside] / total[labels[inside]]) * wish[labels[inside]]
    people[(people < 1.0) & (village == 0.0)] = 0.0
    return np.round(people, 1).astype(np.float32)


def people_by_place(people: Floats, labels: Ints, frame: Frame, at: Villages) -> Ints:
    """Return the people of each village: those who live nearer to it than to others of its commune."""
    cells = np.flatnonzero(people > 0.0)
    apart = 1e8  # metres; keeps communes from mixing
    where = np.column_stack([frame.xy(at.cell), at.commune * apart])
    here = np.column_stack([frame.xy(cells), labels.ravel()[cells] * apart])
    nearest = KDTree(where).query(here)[1]
    return np.round(np.bincount(nearest, people.ravel()[cells], at.cell.size)).astype(np.int64)


def _town_sizes(total: int) -> list[int]:
    """Return wards by town: 5 wards in the first, then fewer, 1 at last."""
    sizes: list[int] = []
    while sum(sizes) < total:
        sizes.append(min(total - sum(sizes), max(1, round(5 / (1 + 0.45 * len(sizes))))))
    return sizes


def _pick_apart(liking: Floats, count: int, gap_cells: float) -> list[int]:
    """Return the best-liked cells, best first, at a distance from each other that shrinks to 3 gaps."""
    peak = (liking == ndimage.maximum_filter(liking, 5)) & (liking > 0.0)
    cells = np.flatnonzero(peak)
    cells = cells[np.argsort(-liking.ravel()[cells], kind="stable")]
    where = np.column_stack(np.divmod(cells, liking.shape[1]))
    chosen: list[int] = []
    for gap in (gap_cells, gap_cells / 2.0, 3.0 * WARD_GAP_CELLS):
        for number in range(cells.size):
            if len(chosen) == count:
                break
            far = np.hypot(*(where[chosen] - where[number]).T)
            if not (far < max(gap, 3.0 * WARD_GAP_CELLS)).any():
                chosen.append(number)
    return cells[chosen].tolist()


def _ward_cells(rng: np.random.Generator, cell: int, size: int, inside: Bools) -> Ints:
    """Return distinct cells around a town's middle, within the country."""
    row, col = divmod(cell, inside.shape[1])
    turn = rng.uniform(0.0, 2.0 * np.pi) + 2.0 * np.pi * np.arange(size - 1) / max(1, size - 1)
    far = WARD_GAP_CELLS * rng.uniform(0.8, 1.2, size - 1)
    rows = np.round(np.r_[row, row + far * np.sin(turn)]).astype(np.int64)
    cols = np.round(np.r_[col, col + far * np.cos(turn)]).astype(np.int64)
    fits = (rows >= 0) & (rows < inside.shape[0]) & (cols >= 0) & (cols < inside.shape[1])
    cells = rows[fits] * inside.shape[1] + cols[fits]
    return cells[inside.ravel()[cells]]


def _impulse(cells: Ints, shape: tuple[int, int]) -> Floats:
    field = np.zeros(shape)
    field.ravel()[cells] = 1.0
    return field
