"""Rasters brought to another grid, cell by cell: whatever part is asked for, a cell gets the same bits."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pyproj

from . import grid as grids
from .grid import Grid
from .rasters import Raster, read_part

_CELLS, _PIXELS = 1_000_000, 8_000_000
"""Done and read at a time, about: a bound on memory."""
_DIGITS = 8
"""Of a pixel: what rounding does to the corners of cells that lie on those of pixels is less."""

_Kernel = Callable[[np.ndarray, tuple[int, int], np.ndarray, np.ndarray], None]


def mean(
    raster: Raster, grid: Grid, rows: slice | None = None, columns: slice | None = None
) -> np.ndarray:
    """Bring a raster of intensities (dBm, metres, radiance) to a grid: the mean over each cell.

    Parameters
    ----------
    raster : Raster
        In any coordinate system.
    grid : Grid
        The grid wanted.
    rows, columns : slice, optional
        The part of the grid that is wanted; by default all of it.

    Returns
    -------
    ndarray of float64, shape of the part
        NaN where the raster says nothing of all that a cell touches.

    Notes
    -----
    A cell in another coordinate system is the upright box around its corners. One that is smaller
    than a pixel is taken as large as a pixel around the same middle: bilinear interpolation. Of a cell
    across an edge of the raster, or of the world, the part on one side counts.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from affine import Affine
    >>> from deadzones.geodata import rasters
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     fine = Grid("EPSG:4326", Affine(1, 0, 0, 0, -1, 2), (2, 2))
    ...     rasters.write(Path(folder, "a.tif"), np.array([[1.0, 2.0], [3.0, 6.0]]), fine)
    ...     coarse = Grid("EPSG:4326", Affine(2, 0, 0, 0, -2, 2), (1, 1))
    ...     mean(rasters.Raster(Path(folder, "a.tif"), fine, None), coarse)
    array([[3.]])
    """
    from . import _resampling_kernels as kernels  # numba takes a second to import

    return _cell_by_cell(kernels.mean, 1.0, raster, grid, rows, columns)


def mode(
    raster: Raster, grid: Grid, rows: slice | None = None, columns: slice | None = None
) -> np.ndarray:
    """Bring a raster of classes to a grid: the class that has most of each cell.

    Parameters
    ----------
    raster : Raster
    grid : Grid
    rows, columns : slice, optional
        As in :func:`mean`.

    Returns
    -------
    ndarray of float64, shape of the part
        Of classes that have as much of a cell the least; NaN where the raster says nothing of all
        that a cell touches.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from affine import Affine
    >>> from deadzones.geodata import rasters
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     fine = Grid("EPSG:4326", Affine(1, 0, 0, 0, -1, 2), (2, 2))
    ...     rasters.write(Path(folder, "a.tif"), np.array([[10.0, 80.0], [80.0, 30.0]]), fine)
    ...     coarse = Grid("EPSG:4326", Affine(2, 0, 0, 0, -2, 2), (1, 1))
    ...     mode(rasters.Raster(Path(folder, "a.tif"), fine, None), coarse)
    array([[80.]])
    """
    from . import _resampling_kernels as kernels

    return _cell_by_cell(kernels.mode, 0.0, raster, grid, rows, columns)


def _cell_by_cell(
    kernel: _Kernel,
    least: float,
    raster: Raster,
    grid: Grid,
    rows: slice | None,
    columns: slice | None,
) -> np.ndarray:
    """Ask a kernel about each cell; it may look at boxes of at least so many pixels a side."""
    rows, columns = rows or slice(0, grid.shape[0]), columns or slice(0, grid.shape[1])
    found = np.full((rows.stop - rows.start, columns.stop - columns.start), np.nan)
    pieces = [(band, columns) for band in _bands(raster.grid, grid, rows, columns)]
    while pieces:
        down, across = piece = pieces.pop()
        boxes = _boxes(raster.grid, grid, *piece)
        window = _window(boxes, least, raster.grid.shape)
        if window is None:
            continue
        if _count(window) > 2 * _PIXELS and _count(piece) > 1:
            pieces += _halves(*piece)
            continue
        values = np.empty(_count(piece))
        kernel(read_part(raster, *window), (window[0].start, window[1].start), boxes, values)
        here = slice(down.start - rows.start, down.stop - rows.start)
        there = slice(across.start - columns.start, across.stop - columns.start)
        found[here, there] = values.reshape(found[here, there].shape)
    return found


def _count(block: tuple[slice, slice]) -> int:
    down, across = (some.stop - some.start for some in block)
    return down * across


def _halves(rows: slice, columns: slice) -> list[tuple[slice, slice]]:
    """Cut a block in two: its rows while there are several."""
    down, across = ((some.start + some.stop) // 2 for some in (rows, columns))
    if rows.stop - rows.start > 1:
        return [(slice(rows.start, down), columns), (slice(down, rows.stop), columns)]
    return [(rows, slice(columns.start, across)), (rows, slice(across, columns.stop))]


def _bands(pixels: Grid, grid: Grid, rows: slice, columns: slice) -> Iterator[slice]:
    """Cut rows of a grid into bands of bounded size; the cell in the middle tells how many pixels."""
    row, column = ((some.start + some.stop) // 2 for some in (rows, columns))
    box = _boxes(pixels, grid, slice(row, row + 1), slice(column, column + 1))[:, 0]
    each = np.nan_to_num(max((box[2] - box[0]) * (box[3] - box[1]), 1.0), nan=1.0, posinf=1.0)
    wide = columns.stop - columns.start
    step = max(int(min(_CELLS, _PIXELS / each) / max(wide, 1)), 1)
    for start in range(rows.start, rows.stop, step):
        yield slice(start, min(start + step, rows.stop))


def _boxes(pixels: Grid, grid: Grid, rows: slice, columns: slice) -> np.ndarray:
    """Return left, top, right and bottom of cells in pixels; NaN where a corner has no place."""
    down = np.arange(rows.start, rows.stop + 1, dtype=float)
    across = np.arange(columns.start, columns.stop + 1, dtype=float)
    x = grid.transform.c + across * grid.transform.a
    y = grid.transform.f + down * grid.transform.e
    x, y = np.meshgrid(x, y)
    if pyproj.CRS(grid.crs) != pyproj.CRS(pixels.crs):
        x, y = grids.transformer(grid.crs, pixels.crs).transform(x, y)
    place = pixels.transform
    with np.errstate(invalid="ignore"):
        corner = np.stack([(x - place.c) / place.a, (y - place.f) / place.e]).round(_DIGITS)
    corner[:, ~np.isfinite(corner).all(axis=0)] = np.nan
    four = np.stack(
        [corner[:, :-1, :-1], corner[:, :-1, 1:], corner[:, 1:, :-1], corner[:, 1:, 1:]]
    )
    if pyproj.CRS(pixels.crs).is_geographic:  # across 180 degrees: from -179.99 to -180.01
        turn = 360.0 / place.a
        four[:, 0] -= turn * np.round((four[:, 0] - four[:1, 0]) / turn)
    low, high = four.min(axis=0), four.max(axis=0)
    return np.concatenate([low, high]).reshape(4, -1)


def _window(boxes: np.ndarray, least: float, shape: tuple[int, int]) -> tuple[slice, slice] | None:
    """Return the rows and columns of pixels that boxes touch, or None."""
    known = boxes[:, ~np.isnan(boxes).any(axis=0)]
    if not known.size:
        return None
    low, high = known[:2].min(axis=1) - least, known[2:].max(axis=1) + least
    columns, rows = (
        slice(max(int(np.floor(first)), 0), min(int(np.ceil(last)), most))
        for first, last, most in zip(low, high, shape[::-1], strict=True)
    )
    return (rows, columns) if rows.start < rows.stop and columns.start < columns.stop else None
