"""From elevation models and land cover to the ground that radio waves pass over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import rasterio

from ...geodata.faults import BadInput, Fault
from ...geodata.grid import Grid
from ...geodata.rasters import Raster, open_raster
from ...geodata.source import Source
from . import _mosaic
from .clutter import clutter_heights, is_water, read_clutter
from .terrain import HIGHEST_M, LOWEST_M, Terrain

MOST_VOID_KM = 5.0
"""Radar shadows and lakes in SRTM tiles are narrower; no guess reaches farther into a void."""
BLOCKS_BYTES = 16_000_000
"""Of files kept by GDAL while it reads or writes; by default it takes a twentieth of all memory."""

_File = str | Path | Raster


@dataclass(frozen=True, eq=False)
class TerrainNotes:
    """What was done to the files to make a terrain of them.

    Parameters
    ----------
    lines : tuple of str
        In plain words: the file that gave the grid, how many cells were voids of which file, how
        many were taken as sea.
    guessed : ndarray of bool or None
        Cells whose height was a void and is interpolated, as the terrain has them; None for none.
    """

    lines: tuple[str, ...]
    guessed: np.ndarray | None = None


def read_terrain(
    dem: _File | Sequence[_File],
    *,
    bounds: tuple[float, float, float, float] | None = None,
    crs: str | None = None,
    outside: Literal["refuse", "sea"] = "refuse",
    sea: str | Path | None = None,
    land_cover: _File | None = None,
    clutter_table: pd.DataFrame | None = None,
    water_is_sea: bool = False,
) -> tuple[Terrain, TerrainNotes]:
    """Read the terrain of an area from one or many files.

    The finest file that touches the area gives the grid (the first of them, where several are
    alike); files on the same raster are copied cell by cell, others are averaged or interpolated
    onto it. Where files overlap the first one listed holds, and where it has a void the next. Voids
    that are left are interpolated from their rim.

    Parameters
    ----------
    dem : path or Raster, or a sequence of them
        Elevation models, m above sea level: GeoTIFF, ESRI ASCII grid or SRTM (.hgt), in any
        coordinate system and resolution. A Raster was opened before, and is not checked again.
    bounds : tuple of float, optional
        West, south, east, north in degrees (WGS 84): what is read, as far as files reach. By
        default all of them. See :func:`around`.
    crs : str, optional
        Takes the place of the coordinate system of the elevation models that are given as paths.
    outside : {"refuse", "sea"}
        What a cell is that no file has: a fault, or sea at 0 m (tiles of open sea are not published).
        With "sea" all of `bounds` is read, also beyond the last file.
    sea : path, optional
        A raster that is above 0 where there is sea. Without it (and without the two ways to call
        for it above and below) there is no sea, which P.1812 predicts more loss for.
    land_cover : path or Raster, optional
        Land-cover classes, for the clutter.
    clutter_table : DataFrame, optional
        As :func:`read_clutter` gives it; by default that of ESA WorldCover.
    water_is_sea : bool
        Whether the water of the land cover counts as sea: right on a coast without large lakes.

    Returns
    -------
    Terrain, TerrainNotes

    Raises
    ------
    BadInput
        With all faults of all files; or where files leave gaps.

    Examples
    --------
    >>> read_terrain("absent.tif")
    Traceback (most recent call last):
    deadzones.geodata.faults.BadInput: absent.tif: found ...
    """
    files = [dem] if isinstance(dem, str | Path | Raster) else dem
    with rasterio.Env(GDAL_CACHEMAX=BLOCKS_BYTES):
        tiles, mask, cover = _opened(files, crs, sea, land_cover)
        grid, base = _mosaic.common_grid(tiles, bounds, beyond=outside == "sea")
        lines = [f"{base.path.name} gave the grid, {grid.shape[0]} x {grid.shape[1]} cells"]
        h_m, wet, guessed = _ground(tiles, grid, outside, lines)
    if mask is not None:
        wet = _joined(wet, _mosaic.sampled(mask, grid) > 0.0)
    clutter_m = None
    if cover is not None:
        table = read_clutter() if clutter_table is None else clutter_table
        classes = _mosaic.sampled(cover, grid)
        clutter_m = clutter_heights(classes, table, cover.path.name)
        if water_is_sea:
            wet = _joined(wet, is_water(classes, table, cover.path.name))
        unknown = np.isnan(classes)
        if wet is not None:
            unknown &= ~wet
            clutter_m[wet] = 0.0
        if bare := int(unknown.sum()):
            lines.append(f"{cover.path.name}: {bare:,} cells without a class, taken as open land")
    if wet is not None and not wet.any():
        wet = None
    return Terrain(grid, h_m, clutter_m, wet, guessed), TerrainNotes(tuple(lines), guessed)


def _joined(wet: np.ndarray | None, more: np.ndarray) -> np.ndarray:
    return more if wet is None else wet | more


def _ground(
    tiles: Sequence[Raster], grid: Grid, outside: str, lines: list[str]
) -> tuple[np.ndarray, np.ndarray | None, np.ndarray | None]:
    """Heights, cells that are sea because no file has them, cells that were voids; None for none."""
    h_m = _mosaic.laid_over(tiles, grid)
    void = np.isnan(h_m)
    if not void.any():
        return h_m, None, None
    bare = _mosaic.uncovered(tiles, grid, void)
    cells = f"{int(bare.sum()):,} of {bare.size:,} cells"
    if bare.any() and outside != "sea":
        repair = 'Add the missing tiles; over open sea say outside = "sea" (--outside sea).'
        names = ", ".join(tile.path.name for tile in tiles[:3])
        found = f"{cells} that no file reaches"
        raise BadInput([Fault(names, found, "files that fill the area", repair)])
    if bare.any():
        lines.append(f"{cells} are in no file: taken as sea at 0 m")
        h_m[bare] = 0.0
    lines += _mosaic.fill(h_m, tiles, grid, MOST_VOID_KM)
    void &= ~bare
    return h_m, bare, void if void.any() else None


def _without_layer(fault: Fault) -> Fault:
    """The fault of a file that is no layer of a study: what has no options."""
    if not fault.repair.startswith("Say crs"):
        return fault
    repair = (
        'Write it into the file (gdal_edit.py -a_srs EPSG:...); in Python say crs = "EPSG:...".'
    )
    return replace(fault, repair=repair)


def _opened(
    dem: Sequence[_File], crs: str | None, sea: str | Path | None, land_cover: _File | None
) -> tuple[list[Raster], Raster | None, Raster | None]:
    """Open all files and tell the faults of all."""
    faults: list[Fault] = []
    heights = "heights in m (feet are 3.28 times as high)"
    options = {} if crs is None else {"crs": crs}

    def opened(file: _File, low: float, high: float, what: str) -> list[Raster]:
        if isinstance(file, Raster):
            return [file]
        source = Source(Path(file), Path(file).name, options=options if what == heights else {})
        try:
            return [open_raster(source, low=low, high=high, what=what, classes=what != heights)]
        except BadInput as error:
            faults.extend(map(_without_layer, error.faults))
            return []

    if not dem:
        faults.append(Fault("dem", "no file", "one or more", "Give an elevation model."))
    tiles = [each for file in dem for each in opened(file, LOWEST_M, HIGHEST_M, heights)]
    mask = [] if sea is None else opened(sea, -np.inf, np.inf, "a mask of the sea")
    cover = [] if land_cover is None else opened(land_cover, 0.0, 65535.0, "classes")
    if faults:
        raise BadInput(faults)
    return tiles, next(iter(mask), None), next(iter(cover), None)
