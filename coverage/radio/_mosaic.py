"""Rasters of any system and resolution laid side by side on one grid."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import rasterio.warp
from affine import Affine
from rasterio.fill import fillnodata

from ...geodata import grid as grids
from ...geodata import resampling
from ...geodata.faults import BadInput, Fault
from ...geodata.grid import Grid
from ...geodata.rasters import Raster, read_part

MOST_CELLS = 400_000_000
"""Of one terrain in memory: 1.6 GB of heights; Viet Nam has as many at 30 m."""

_OFF = 0.01
"""Part of a cell by which two rasters may be out of step and still count as one: 30 cm at 30 m."""
_AT_ONCE = 256
"""Rows read at once: a bound on memory. Tiles are stored by the row, or in blocks of 256 or 512."""
_AROUND = 3
"""Cells read around a window for interpolation."""
Bounds = tuple[float, float, float, float]


def common_grid(
    tiles: Sequence[Raster], bounds: Bounds | None, *, beyond: bool = False
) -> tuple[Grid, Raster]:
    """Choose the grid: the finest tile's raster, over all that is wanted and that tiles reach.

    Parameters
    ----------
    tiles : sequence of Raster
    bounds : tuple of float, optional
        West, south, east, north in degrees.
    beyond : bool
        Whether all that is wanted counts, also where tiles do not reach.

    Returns
    -------
    Grid, Raster
        And the tile whose raster it continues.

    Raises
    ------
    BadInput
        When no tile reaches into the bounds, or they hold too many cells.
    """
    if bounds is not None:
        _check_bounds(bounds)
    near = [tile for tile in tiles if bounds is None or _touches(tile, bounds)]
    if not near:
        raise BadInput([_apart(tile, bounds) for tile in tiles])
    base = min(near, key=lambda tile: round(_cell_m(tile.grid), 2))
    inner = np.array([_moved(tile.grid.bounds, tile.grid.crs, base.grid.crs) for tile in near])
    west, south, east, north = *inner[:, :2].min(axis=0), *inner[:, 2:].max(axis=0)
    if bounds is not None:
        wanted = _moved(bounds, grids.WGS84, base.grid.crs)
        if beyond:
            west, south, east, north = wanted
        west, south = max(west, wanted[0]), max(south, wanted[1])
        east, north = min(east, wanted[2]), min(north, wanted[3])
    to_cell = ~base.grid.transform
    left, top = (math.floor(each + _OFF) for each in to_cell * (west, north))
    right, bottom = (math.ceil(each - _OFF) for each in to_cell * (east, south))
    rows, columns = max(bottom - top, 1), max(right - left, 1)
    if rows * columns > MOST_CELLS:
        found = f"an area of {rows:,} x {columns:,} cells of {base.path.name}"
        repair = "Give smaller bounds, fewer sites at once, or a coarser elevation model."
        raise BadInput([Fault("bounds", found, f"at most {MOST_CELLS:,} cells", repair)])
    moved = base.grid.transform * Affine.translation(left, top)
    return Grid(base.grid.crs, moved, (rows, columns)), base


def laid_over(tiles: Sequence[Raster], grid: Grid) -> np.ndarray:
    """Return heights on a grid, the first tile's where it has one, else the next one's.

    Parameters
    ----------
    tiles : sequence of Raster
    grid : Grid

    Returns
    -------
    ndarray of float32
        NaN where no tile has a height.
    """
    laid = np.full(grid.shape, np.nan, np.float32)
    for tile in tiles:
        block = _block(tile, grid)
        if block is None:
            continue
        same = _offset(tile, grid) is not None
        for rows in _bands(block[0]) if same else [block[0]]:
            here = laid[rows, block[1]]
            heights = _heights(tile, grid, rows, block[1])
            np.copyto(here, heights, where=np.isnan(here))
    return laid


def _bands(rows: slice) -> list[slice]:
    """Cut rows into bands that are read at once: a bound on memory."""
    starts = range(rows.start, rows.stop, _AT_ONCE)
    return [slice(start, min(start + _AT_ONCE, rows.stop)) for start in starts]


def uncovered(tiles: Sequence[Raster], grid: Grid, void: np.ndarray) -> np.ndarray:
    """Tell which void cells lie in no tile at all.

    Parameters
    ----------
    tiles : sequence of Raster
    grid : Grid
    void : ndarray of bool

    Returns
    -------
    ndarray of bool
    """
    bare = np.zeros(grid.shape, bool)
    cells = np.flatnonzero(void)
    bare.flat[cells[_owners(tiles, grid, cells) == len(tiles)]] = True
    return bare


def fill(h_m: np.ndarray, tiles: Sequence[Raster], grid: Grid, most_km: float) -> list[str]:
    """Interpolate the voids of an array in place, from heights up to a distance away.

    Parameters
    ----------
    h_m : ndarray of float32
        NaN in the voids; written into.
    tiles : sequence of Raster
        Where it comes from.
    grid : Grid
    most_km : float

    Returns
    -------
    list of str
        How many cells of which file were filled.

    Raises
    ------
    BadInput
        When a void is wider.
    """
    void = np.isnan(h_m)
    if not void.any():
        return []
    owners = _owners(tiles, grid, np.flatnonzero(void))
    _interpolate(h_m, void, math.ceil(1000.0 * most_km / _cell_m(grid)))
    left = np.isnan(h_m[void])
    lines: list[str] = []
    faults: list[Fault] = []
    for number, tile in enumerate(tiles):
        cells, far = int((owners == number).sum()), int(left[owners == number].sum())
        if far:
            found = f"a void of {cells:,} cells, {far:,} of them farther than {most_km:g} km from "
            wanted, repair = "heights, or narrow voids", "List another elevation model after it."
            faults.append(Fault(tile.path.name, found + "any height", wanted, repair))
        elif cells:
            lines.append(f"{tile.path.name}: {cells:,} cells without a height, interpolated")
    if faults:
        raise BadInput(faults)
    return lines


def _interpolate(h_m: np.ndarray, void: np.ndarray, reach: int) -> None:
    """Fill each void from its own rim, in place, as far from a height as `reach` cells."""
    from scipy.ndimage import distance_transform_edt, find_objects, label  # only for voids

    holes = np.empty(h_m.shape, np.int32)
    label(void, structure=np.ones((3, 3)), output=holes)
    for number, (down, across) in enumerate(find_objects(holes), 1):
        box = (
            slice(max(down.start - _AROUND, 0), down.stop + _AROUND),
            slice(max(across.start - _AROUND, 0), across.stop + _AROUND),
        )
        hole = holes[box] == number
        known = ~void[box]
        if not known.any():
            continue
        there = np.where(known, h_m[box], np.float32(0.0))
        guess = fillnodata(there, known.astype(np.uint8), max_search_distance=reach)
        near = hole & (np.asarray(distance_transform_edt(~known)) <= reach)
        h_m[box][near] = guess[near]


def sampled(raster: Raster, grid: Grid) -> np.ndarray:
    """Bring a raster of classes to a grid: the most frequent class of each cell.

    Parameters
    ----------
    raster : Raster
    grid : Grid

    Returns
    -------
    ndarray of float32
        NaN where the raster says nothing.
    """
    target = np.full(grid.shape, np.nan, np.float32)
    block = _block(raster, grid)
    if block is not None:
        target[block] = resampling.mode(raster, grid, *block)
    return target


def _heights(tile: Raster, whole: Grid, down: slice, across: slice) -> np.ndarray:
    """Heights of a tile on a part of the grid: copied where both are one raster, else averaged."""
    grid = grids.part(whole, down, across)
    offset = _offset(tile, grid)
    if offset is None:
        return resampling.mean(tile, whole, down, across).astype(np.float32)
    left, top = offset
    heights = np.full(grid.shape, np.nan, np.float32)
    rows = slice(max(top, 0), min(top + grid.shape[0], tile.grid.shape[0]))
    columns = slice(max(left, 0), min(left + grid.shape[1], tile.grid.shape[1]))
    inside = (
        slice(rows.start - top, rows.stop - top),
        slice(columns.start - left, columns.stop - left),
    )
    heights[inside] = read_part(tile, rows, columns)
    return heights


def _offset(tile: Raster, grid: Grid) -> tuple[int, int] | None:
    """Column and row of a tile where a grid on the same raster begins; None on another raster."""
    column, row = ~tile.grid.transform * (grid.transform.c, grid.transform.f)
    left, top = round(column), round(row)
    same = tile.grid.crs == grid.crs and max(abs(column - left), abs(row - top)) < _OFF
    far = np.array([[grid.shape[1], 0], [0, grid.shape[0]]])
    for across, down in far:
        end = ~tile.grid.transform * (grid.transform * (float(across), float(down)))
        same &= max(abs(end[0] - left - across), abs(end[1] - top - down)) < _OFF
    return (left, top) if same else None


def _block(tile: Raster, grid: Grid) -> tuple[slice, slice] | None:
    return grids.window(grid, _moved(tile.grid.bounds, tile.grid.crs, grid.crs))


def _owners(tiles: Sequence[Raster], grid: Grid, cells: np.ndarray) -> np.ndarray:
    """Number of the first tile whose bounds hold each cell; that of tiles for none."""
    owners = np.full(cells.size, len(tiles), np.int32)
    x, y = grids.centres(grid, cells)
    for number in reversed(range(len(tiles))):
        tile = tiles[number].grid
        at_x, at_y = x, y
        if tile.crs != grid.crs:
            at_x, at_y = grids.transformer(grid.crs, tile.crs).transform(x, y)
        west, south, east, north = tile.bounds
        owners[(at_x >= west) & (at_x <= east) & (at_y >= south) & (at_y <= north)] = number
    return owners


def _touches(tile: Raster, bounds: Bounds) -> bool:
    return grids.window(tile.grid, _moved(bounds, grids.WGS84, tile.grid.crs)) is not None


def _apart(tile: Raster, bounds: Bounds | None) -> Fault:
    reach = _moved(tile.grid.bounds, tile.grid.crs, grids.WGS84)
    found = "an area of {:.3f} to {:.3f} E, {:.3f} to {:.3f} N".format(
        *np.array(reach)[[0, 2, 1, 3]]
    )
    wanted = "one that meets " + "{}, {}, {}, {}".format(*(f"{each:.3f}" for each in bounds or ()))
    repair = "Give a tile of the area, or check longitude and latitude."
    return Fault(tile.path.name, found, wanted, repair)


def _check_bounds(bounds: Bounds) -> None:
    west, south, east, north = bounds
    if -180.0 <= west < east <= 180.0 and -90.0 <= south < north <= 90.0:
        return
    wanted = "west < east and south < north, in degrees"
    raise BadInput([Fault("bounds", f"{bounds}", wanted, "Give longitudes and latitudes.")])


def _moved(bounds: Bounds, source: str, target: str) -> Bounds:
    if source == target:
        return bounds
    west, south, east, north = rasterio.warp.transform_bounds(source, target, *bounds)
    return west, south, east, north


def _cell_m(grid: Grid) -> float:
    middle = (grid.shape[0] // 2) * grid.shape[1] + grid.shape[1] // 2
    return float(np.sqrt(grids.areas_m2(grid, np.array([middle]))[0]))
