"""A mast, its link and the terrain of its disc, checked and ready for the kernels."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from ...geodata.grid import Grid, part
from ._exact_kernels import SHORTEST_KM
from ._p1812_profile_kernels import median_radius_km
from ._p1812_values import Link
from ._polar import chart, disc_window
from ._polar_checks import check
from ._sweep_median_kernels import fixed_parts
from ._sweep_terrain_kernels import bilinear, locate, nearest
from ._sweep_values import CLUTTER, HEIGHT, SEA, Chart, Mast
from .terrain import Terrain, check_terrain

_FEW = 500_000
"""Cells that are located in half a millisecond; a pool of threads takes as long to start."""


@dataclass(frozen=True, eq=False)
class Scene:
    """What a disc is computed from.

    Parameters
    ----------
    grid : Grid
        The part of the terrain's grid that the disc touches.
    ground, chart, mast, polar
        For the kernels; rows and columns are counted in `grid`.
    workers : int
    """

    grid: Grid
    ground: np.ndarray
    chart: Chart
    mast: Mast
    polar: np.ndarray
    workers: int


def scene(terrain: Terrain, numbers: Mapping[str, Any]) -> Scene:
    """Check the arguments of an area, cut its terrain out and find its pixels' polar coordinates.

    Parameters
    ----------
    terrain : Terrain
    numbers : mapping
        All arguments of `area` but the terrain, by name.

    Returns
    -------
    Scene

    Raises
    ------
    BadInput
    """
    check(terrain, numbers)
    lon, lat = float(numbers["lon"]), float(numbers["lat"])
    whole = chart(terrain.grid, lon, lat, float(numbers["radius_km"]))
    rows, columns = disc_window(whole, terrain.grid.shape)
    check_terrain(terrain, (rows, columns))
    disc = whole._replace(column0=whole.column0 - columns.start, row0=whole.row0 - rows.start)
    disc.column[0, 0] -= columns.start
    disc.row[0, 0] -= rows.start
    grid = part(terrain.grid, rows, columns)
    ground = _ground(terrain, rows, columns)
    polar = np.empty((2, *grid.shape), np.float32)
    workers = int(numbers["workers"])
    rows_of = row_parts(grid.shape, workers)
    on_threads(workers, lambda some: locate(disc, some[0], some[1], polar), rows_of)
    return Scene(grid, ground, disc, _mast(ground, disc, lat, numbers), polar, workers)


def parts(count: int, workers: int) -> list[tuple[int, int]]:
    """Cut the numbers 0 to `count` into parts, several a thread so that none has to wait long.

    Parameters
    ----------
    count, workers : int

    Returns
    -------
    list of tuple of int
        The first number of each part and the one after its last.
    """
    cuts = np.linspace(0, count, 2 if workers == 1 else 8 * workers + 1).astype(int).tolist()
    return list(pairwise(cuts))


def row_parts(shape: tuple[int, int], workers: int) -> list[tuple[int, int]]:
    """Cut rows of cells into parts; into one where threads would cost more than they save.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns.
    workers : int

    Returns
    -------
    list of tuple of int
        As `parts` gives them.
    """
    return parts(shape[0], workers if shape[0] * shape[1] > _FEW else 1)


def on_threads(workers: int, work: Callable[..., None], *parts: Iterable[Any]) -> None:
    """Do a work for each part, on several threads.

    Parameters
    ----------
    workers : int
    work : callable
        Takes one of each of `parts`; lets other threads run.
    *parts : iterable
    """
    all_of = list(zip(*parts, strict=True))
    if min(workers, len(all_of)) == 1:
        for each in all_of:
            work(*each)
        return
    with ThreadPoolExecutor(workers) as pool:
        for _ in pool.map(lambda each: work(*each), all_of):
            pass


def _ground(terrain: Terrain, rows: slice, columns: slice) -> np.ndarray:
    """Cut the layers out; those with nothing in them only where a later one has something."""
    none = np.broadcast_to(np.False_, terrain.grid.shape)
    given = (terrain.h_m, terrain.clutter_m, terrain.sea)
    layers = [(none if values is None else values)[rows, columns] for values in given]
    while len(layers) > 1 and not layers[-1].any():
        layers.pop()
    ground = np.empty((len(layers), *layers[0].shape), np.float32)
    for layer, values in enumerate(layers):
        ground[layer] = values
    return ground


def _mast(ground: np.ndarray, disc: Chart, lat: float, numbers: Mapping[str, Any]) -> Mast:
    names = ("f_ghz", "polarisation", "time_pct", "delta_n", "n0")
    f_ghz, polarisation, time_pct, delta_n, n0 = (float(numbers[name]) for name in names)
    h_m = bilinear(ground, HEIGHT, disc.column0, disc.row0)
    wet, step_km = len(ground) > SEA, _step_km(disc)
    link = Link(f_ghz, int(polarisation), time_pct, median_radius_km(delta_n), n0)
    return Mast(
        link=link,
        h_m=h_m,
        hts_m=h_m + float(numbers["tx_height_m"]),
        rx_height_m=float(numbers["rx_height_m"]),
        lat_deg=lat,
        at_sea=wet and bool(nearest(ground, SEA, disc.column0, disc.row0)),
        step_km=step_km,
        column=disc.column0,
        row=disc.row0,
        cluttered=len(ground) > CLUTTER and bool(ground[CLUTTER].any()),
        wet=wet,
        fixed=fixed_parts(link),
        step_db=20.0 * math.log10(min(step_km, SHORTEST_KM)),
    )


def _step_km(disc: Chart) -> float:
    """Side of the square with the area of a pixel, at the mast."""
    across = np.array([disc.east[1, 0], disc.north[1, 0]]) / disc.half_columns
    down = np.array([disc.east[0, 1], disc.north[0, 1]]) / disc.half_rows
    return math.sqrt(abs(across[0] * down[1] - across[1] * down[0]))
