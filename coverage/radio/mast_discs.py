"""The disc of losses around each mast: computed on several threads, kept in a folder."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from numbers import Integral
from pathlib import Path
from typing import TypeVar

import rasterio.warp

from ...geodata import grid as grids
from ...geodata.faults import BadInput, Fault
from ...geodata.grid import WGS84, Grid
from . import _disc_cache
from .area_sweep import Area, area
from .point_to_point import DELTA_N, N0
from .sites import Mast
from .terrain import Terrain, around

Progress = Callable[[int, int], None]
"""Told how many masts are done, of how many."""
_Found = TypeVar("_Found")


@dataclass(frozen=True)
class Model:
    """What all discs of a study have in common.

    Parameters
    ----------
    rx_height_m : float
        The phone above ground.
    polarisation : int
        1 horizontal, 2 vertical. Of a slanted pair: the worse of both, 2.
    time_pct : float
        The loss is not exceeded for this share of the time, 1 to 50 %.
    delta_n, n0 : float
        Refractivity, as `path_loss` takes it.

    Examples
    --------
    >>> Model().rx_height_m
    1.5
    """

    rx_height_m: float = 1.5
    polarisation: int = 2
    time_pct: float = 50.0
    delta_n: float = DELTA_N
    n0: float = N0


@dataclass(frozen=True)
class Run:
    """How discs are computed: nothing here changes a result.

    Parameters
    ----------
    cache : path, optional
        A folder where discs are kept, under the hash of all that they depend on: the mast, the
        model, the terrain around, and the code. Only what has changed is computed. A damaged file
        is computed anew; nothing is ever deleted. A mast takes about half a megabyte (20 km, 90 m).
    workers : int
        Threads. Few discs are held at a time.
    progress : callable, optional
        Called with the number of masts done, and of all, after each.

    Examples
    --------
    >>> Run(cache="out/discs", workers=4).workers
    4
    """

    cache: str | Path | None = None
    workers: int = 2
    progress: Progress | None = None


def discs(
    terrain: Terrain,
    masts: Sequence[Mast],
    *,
    model: Model | None = None,
    run: Run | None = None,
) -> Iterator[tuple[Mast, Area]]:
    """Give the disc of losses of each mast, in the order given, one by one.

    Losses and angles are rounded to 0.01 dB and 0.01 degrees, distances to 2.5 m, with a cache or
    without, so that a disc from the cache has the bytes of one computed anew.

    Parameters
    ----------
    terrain : Terrain
    masts : sequence of Mast
        Each on the terrain.
    model : Model, optional
    run : Run, optional

    Returns
    -------
    iterator of (Mast, Area)

    Raises
    ------
    BadInput
        When a mast or the model is outside the validity of ITU-R P.1812.

    Examples
    --------
    >>> import numpy as np
    >>> from affine import Affine
    >>> grid = Grid("EPSG:32648", Affine(100, 0, 500000, 0, -100, 2330000), (40, 40))
    >>> plain = Terrain(grid, np.zeros(grid.shape, np.float32))
    >>> mast = Mast(105.02, 21.05, 30.0, 0.768, 1.0)
    >>> [disc.loss_db.shape for _, disc in discs(plain, [mast])]
    [(22, 22)]
    """
    one = prepared(terrain, len(masts), model=model, run=run)
    return in_order(masts, one, run=run)


def prepared(
    terrain: Terrain,
    count: int,
    *,
    model: Model | None = None,
    run: Run | None = None,
) -> Callable[[Mast], Area]:
    """Return the function that gives the disc of one mast, from the cache or computed.

    Parameters
    ----------
    terrain : Terrain
    count : int
        How many masts there are: where they are few, threads share a disc.
    model : Model, optional
    run : Run, optional

    Returns
    -------
    callable
        Takes a Mast, returns its Area; may run on several threads.

    Raises
    ------
    BadInput
        When the cache is no folder, or there is no thread.

    Examples
    --------
    >>> import numpy as np
    >>> from affine import Affine
    >>> grid = Grid("EPSG:32648", Affine(100, 0, 500000, 0, -100, 2330000), (40, 40))
    >>> disc = prepared(Terrain(grid, np.zeros(grid.shape, np.float32)), 1)
    >>> disc(Mast(105.02, 21.05, 30.0, 0.768, 1.0)).loss_db.shape
    (22, 22)
    """
    how = run or Run()
    folder = None if how.cache is None else Path(how.cache)
    workers: object = how.workers
    if isinstance(workers, bool) or not isinstance(workers, Integral) or workers < 1:
        wanted = "a whole number, 1 or more"
        raise BadInput([Fault("workers", f"{workers}", wanted, "Give 2.")])
    if folder is not None and folder.exists() and not folder.is_dir():
        wanted, repair = "a folder, or a name for a new one", "Choose another name."
        raise BadInput([Fault("cache", f"the file {folder.name}", wanted, repair)])
    shared, chosen = max(how.workers // max(count, 1), 1), model or Model()
    return lambda mast: _disc(terrain, mast, chosen, folder, shared)


def in_order(
    masts: Sequence[Mast],
    work: Callable[[Mast], _Found],
    *,
    run: Run | None = None,
) -> Iterator[tuple[Mast, _Found]]:
    """Do a work for each mast on several threads, and yield what it gives in the order of masts.

    Parameters
    ----------
    masts : sequence of Mast
    work : callable
    run : Run, optional
        One result more than it has workers is held at a time.

    Yields
    ------
    Mast, and what `work` gave for it

    Examples
    --------
    >>> masts = [Mast(105.0, 21.0, height, 0.768, 1.0) for height in (30.0, 20.0)]
    >>> [height for _, height in in_order(masts, lambda mast: mast.height_m)]
    [30.0, 20.0]
    """
    how, waiting = run or Run(), iter(masts)
    with ThreadPoolExecutor(how.workers) as pool:
        first = islice(waiting, how.workers + 1)
        ahead = deque((mast, pool.submit(work, mast)) for mast in first)
        done = 0
        try:
            while ahead:
                mast, future = ahead.popleft()
                yield mast, future.result()
                ahead.extend((mast, pool.submit(work, mast)) for mast in islice(waiting, 1))
                done += 1
                if how.progress is not None:
                    how.progress(done, len(masts))
        finally:
            for _, future in ahead:
                future.cancel()


def box(grid: Grid, mast: Mast) -> tuple[slice, slice] | None:
    """Return rows and columns of a grid that hold the disc of a mast, and a little more.

    Parameters
    ----------
    grid : Grid
    mast : Mast

    Returns
    -------
    tuple of slice, or None
        None where the disc lies off the grid.

    Examples
    --------
    >>> from affine import Affine
    >>> grid = Grid("EPSG:4326", Affine(0.01, 0, 105, 0, -0.01, 22), (100, 200))
    >>> box(grid, Mast(105.0, 22.0, 30.0, 0.7, 10.0))
    (slice(0, 11, None), slice(0, 11, None))
    """
    west, south, east, north = around(mast.lon, mast.lat, mast.radius_km)
    if grid.crs != WGS84:
        west, south, east, north = rasterio.warp.transform_bounds(
            WGS84, grid.crs, west, south, east, north
        )
    across, down = grid.transform.a, -grid.transform.e
    return grids.window(grid, (west - across, south - down, east + across, north + down))


def _disc(terrain: Terrain, mast: Mast, model: Model, cache: Path | None, workers: int) -> Area:
    path = None
    if cache is not None:
        window = box(terrain.grid, mast)
        if window is not None:
            path = cache / f"{_disc_cache.key(terrain, window, (mast, model))}.npz"
            kept = _disc_cache.load(path, terrain.grid.crs)
            if kept is not None:
                return kept
    found = area(
        terrain,
        lon=mast.lon,
        lat=mast.lat,
        tx_height_m=mast.height_m,
        f_ghz=mast.f_ghz,
        radius_km=mast.radius_km,
        rx_height_m=model.rx_height_m,
        polarisation=model.polarisation,
        time_pct=model.time_pct,
        delta_n=model.delta_n,
        n0=model.n0,
        workers=workers,
    )
    _disc_cache.round_off(found)
    if path is not None:
        _disc_cache.save(path, found)
    return found
