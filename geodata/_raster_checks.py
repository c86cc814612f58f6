"""An open raster held against what a layer needs: every fault told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyproj
import rasterio
from pyproj.exceptions import ProjError
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.windows import Window

from . import grid as grids
from . import shapes
from .faults import Fault
from .files import AGAIN
from .grid import Grid
from .source import Source

MOST_CELLS = 2**32
"""More than Viet Nam has at 30 m."""

MANY_CELLS, CELLS_PER_BYTE = 10**8, 20_000
"""A file with so many cells, and so many in a byte, is broken: no packing is that good."""

_REAL = "iuf"
"""Kinds of numpy's types that are real numbers."""

_BLOCK = (256, 16384)
"""Rows and columns that are looked into at a time: some 10 MB of a nation at 100 m."""


def describe(
    file: rasterio.DatasetReader, source: Source, *, classes: bool
) -> tuple[Grid, list[Fault]]:
    """Return the grid of a raster, of amounts or of classes, and what is wrong with it."""
    faults = [
        *_check_band(file, source.label, classes=classes),
        *_check_transform(file.transform, source.label),
    ]
    crs = _crs(file, source)
    if crs is None:
        repair = 'Say crs = "EPSG:..." in the layer\'s options.'
        faults.append(Fault(source.label, "no coordinate system", "one, such as EPSG:4326", repair))
        return Grid(grids.WGS84, file.transform, file.shape), faults
    grid = Grid(code_of(crs), file.transform, file.shape)
    return grid, faults or _check_grid(grid, crs, source.label)


def code_of(crs: pyproj.CRS) -> str:
    """Return the authority's code of exactly this system, else its WKT."""
    authority = crs.to_authority(min_confidence=100)
    return ":".join(authority) if authority else crs.to_wkt()


def _crs(file: rasterio.DatasetReader, source: Source) -> pyproj.CRS | None:
    told = source.options.get("crs")
    if told is None and not file.crs:
        return None
    return pyproj.CRS.from_user_input(told or file.crs.to_wkt())


def _check_band(file: rasterio.DatasetReader, label: str, *, classes: bool) -> Iterator[Fault]:
    if file.count != 1:
        yield Fault(label, f"{file.count} bands", "one band of numbers", "Export that band alone.")
    elif np.dtype(file.dtypes[0]).kind not in _REAL:
        yield Fault(label, f"values of type {file.dtypes[0]}", "real numbers", "Export it anew.")
    elif (file.scales[0], file.offsets[0]) != (1.0, 0.0):
        found = f"packed values (scale {file.scales[0]:g}, offset {file.offsets[0]:g})"
        yield Fault(label, found, "plain values", "Unpack it: gdal_translate -unscale -ot Float32.")
    elif not classes and file.colorinterp[0] == ColorInterp.palette:
        found, wanted = "a table of colours, so its values are classes", "one band of amounts"
        yield Fault(label, found, wanted, "Export the values themselves, without colours.")
    elif MaskFlags.per_dataset in file.mask_flag_enums[0]:
        found, wanted = "a mask beside the values", "a nodata value where nothing is known"
        yield Fault(label, found, wanted, "Write one: gdalwarp -dstnodata -99999.")
    if _is_too_large(file):
        found = f"a raster that claims {file.height:,} x {file.width:,} cells"
        yield Fault(label, found, f"at most {MOST_CELLS:,} cells, stored whole", AGAIN)


def _is_too_large(file: rasterio.DatasetReader) -> bool:
    cells, size = file.width * file.height, Path(file.name).stat().st_size
    return cells > MOST_CELLS or (cells > MANY_CELLS and cells > CELLS_PER_BYTE * size)


def _check_transform(transform: rasterio.Affine, label: str) -> Iterator[Fault]:
    wanted = "rows from north to south, columns from west to east"
    if transform == rasterio.Affine.identity() or not np.isfinite(transform[:6]).all():
        repair = "Give it a place with gdal_translate -a_ullr, or export it again."
        yield Fault(label, "a raster without a place on Earth", wanted, repair)
    elif transform.b or transform.d:
        yield Fault(label, "a rotated raster", wanted, "Warp it with gdalwarp.")
    elif transform.a <= 0 or transform.e >= 0:
        yield Fault(label, "a raster that is upside down", wanted, "Warp it with gdalwarp.")


def _check_grid(grid: Grid, crs: pyproj.CRS, label: str) -> list[Fault]:
    west, south, east, north = grid.bounds
    swap = "Export the raster again, its rows along the latitude."
    bounds = np.array([[west, south, east, north]])
    if crs.is_geographic:
        # Rasters of the world, such as WorldPop's, begin up to a cell beyond 180 degrees.
        ends = np.array([180.0, 90.0] * 2)
        beyond = np.abs(bounds) - ends
        cell = np.array([grid.transform.a, -grid.transform.e] * 2)
        bounds = np.where((beyond > 0.0) & (beyond <= cell), np.sign(bounds) * ends, bounds)
    faults = shapes.check_place(bounds, crs, label, swap)
    if faults:
        return [replace(fault, column=None) for fault in faults]
    corners = np.array([[west, south], [west, north], [east, south], [east, north]])
    x, y = np.vstack([corners, corners.mean(axis=0)]).T
    try:
        move = pyproj.Transformer.from_crs(crs, grids.WGS84, always_xy=True)
        if np.isfinite(move.transform(x, y)).any():
            return []
    except ProjError:
        pass  # a system of no place on Earth
    found = f"x from {west:.6g} to {east:.6g}, y from {south:.6g} to {north:.6g}"
    wanted = f"a place within the reach of {crs.name}"
    return [Fault(label, found, wanted, 'Say crs = "EPSG:..." in the layer\'s options.')]


def check_values(
    file: rasterio.DatasetReader, label: str, low: float, high: float, what: str
) -> list[Fault]:
    """Look at every cell: something must be known, and nothing below ``low`` or above ``high``."""
    if _is_too_large(file) or np.dtype(file.dtypes[0]).kind not in _REAL:
        return []
    known, wrong = 0, 0
    first: tuple[int, int, float] | None = None
    for window in _windows(file):
        values = file.read(1, window=window)  # pyright: ignore[reportCallIssue]
        data = ~np.isnan(values)
        if file.nodata is not None:
            data &= values != file.nodata
        known += int(data.sum())
        bad = data & ((values < low) | (values > high) | np.isinf(values))
        if bad.any() and first is None:
            row, column = np.argwhere(bad)[0]
            place = (int(window.row_off + row) + 1, int(window.col_off + column) + 1)
            first = (*place, float(values[row, column]))
        wrong += int(bad.sum())
    if not known:
        return [Fault(label, "nodata in every cell", what, "Export the raster again.")]
    if first is None:
        return []
    row, column, value = first
    found = f"{value:g}" if wrong == 1 else f"{value:g} ({wrong} cells at fault)"
    wanted = f"{what} >= {low:g}" if np.isinf(high) else f"{what} from {low:g} to {high:,.12g}"
    repair = "Mend the values, or declare that value as nodata."
    return [Fault(label, found, wanted, repair, row=row, column=str(column))]


def _windows(file: rasterio.DatasetReader) -> Iterator[Window]:
    rows, columns = _BLOCK
    for top in range(0, file.height, rows):
        for left in range(0, file.width, columns):
            width, height = min(columns, file.width - left), min(rows, file.height - top)
            yield Window(left, top, width, height)  # pyright: ignore[reportCallIssue]
