"""Rasters on disk: what they are, read by window, written."""

from __future__ import annotations

import warnings
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyproj
import rasterio
from pyproj.exceptions import CRSError
from rasterio._err import CPLE_BaseError
from rasterio.windows import Window

from . import _raster_checks
from . import grid as grids
from .faults import BadInput, Fault
from .files import AGAIN, why
from .grid import Grid
from .source import Source

_DRIVERS = {".tif": "GTiff", ".tiff": "GTiff", ".asc": "AAIGrid", ".hgt": "SRTMHGT"}
"""GDAL's other drivers may follow a file to others, or to the network."""

BLOCKS_BYTES = 64_000_000
"""Of files kept by GDAL while it reads; by default it takes a twentieth of all memory."""
_THREADS = {"GTiff": {"num_threads": "all_cpus"}}
"""Of the drivers that can unpack several blocks at a time."""

_BROKEN = (
    rasterio.errors.RasterioError,
    CPLE_BaseError,  # what GDAL says, where rasterio does not wrap it: `colorinterp`
    rasterio.errors.CRSError,
    CRSError,
)

_BLOCK = 1024
"""Cells along the side of what is read at once where points are looked up."""


@dataclass(frozen=True)
class Raster:
    """One band of a raster file.

    Parameters
    ----------
    path : Path
        The file.
    grid : Grid
        Its grid.
    nodata : float or None
        The value that means unknown.
    """

    path: Path
    grid: Grid
    nodata: float | None


@dataclass(frozen=True, eq=False)
class Field:
    """Values on a grid, in memory.

    Parameters
    ----------
    values : ndarray of float32, rows x columns
        NaN where there is none.
    grid : Grid
    """

    values: np.ndarray
    grid: Grid


def open_raster(
    source: Source,
    *,
    low: float = -np.inf,
    high: float = np.inf,
    what: str = "values",
    classes: bool = False,
) -> Raster:
    """Open a raster and check all of it.

    Parameters
    ----------
    source : Source
        A GeoTIFF, an ESRI ASCII grid or an SRTM tile (.hgt) of one band. Option: ``crs``.
    low, high : float
        The least and the greatest value allowed.
    what : str
        What the values are, for messages.
    classes : bool
        Whether they are names of classes, not amounts; then a table of colours is no fault.

    Returns
    -------
    Raster

    Raises
    ------
    BadInput
        With all faults: unreadable, no CRS, no place, rotated, all nodata, values out of range.

    Examples
    --------
    >>> open_raster(Source(Path("absent.tif"), "absent.tif"))
    Traceback (most recent call last):
    deadzones.geodata.faults.BadInput: absent.tif: found ...
    """
    if not isinstance(source.data, Path):
        fault = Fault(source.label, "a table", "a raster file", "Choose another reader.")
        raise BadInput([fault])
    suffix = source.data.suffix.lower()
    if suffix not in _DRIVERS:
        found, wanted = f"a file of the kind {suffix or '(none)'}", "one of " + ", ".join(_DRIVERS)
        raise BadInput([Fault(source.label, found, wanted, "Export it as a GeoTIFF.")])
    driver = _DRIVERS[suffix]
    try:
        with (
            _quietly(),
            rasterio.Env(GDAL_CACHEMAX=BLOCKS_BYTES),
            rasterio.open(source.data, driver=driver, **unpacking(source.data)) as file,
        ):
            grid, faults = _raster_checks.describe(file, source, classes=classes)
            if not source.sound:
                faults += _raster_checks.check_values(file, source.label, low, high, what)
            nodata = file.nodata
    except _BROKEN as error:
        found = f"a raster that cannot be read ({why(error, source.data)})"
        wanted = "a whole raster file"
        raise BadInput([Fault(source.label, found, wanted, AGAIN)]) from error
    if faults:
        raise BadInput(faults)
    return Raster(source.data, grid, nodata)


def unpacking(path: Path) -> dict[str, str]:
    """Return the option with which a file's blocks are unpacked several at a time, where that can be.

    Examples
    --------
    >>> unpacking(Path("a.tif")), unpacking(Path("a.asc"))
    ({'num_threads': 'all_cpus'}, {})
    """
    return _THREADS.get(_DRIVERS.get(path.suffix.lower(), ""), {})


@contextmanager
def _quietly() -> Generator[None]:
    """Say nothing of a raster without a place: that is told as a fault."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        yield


def read_part(raster: Raster, rows: slice, columns: slice) -> np.ndarray:
    """Read a block as float64, NaN where unknown.

    Parameters
    ----------
    raster : Raster
    rows, columns : slice
        Of the raster's grid.

    Returns
    -------
    ndarray, shape (rows, columns)

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.tif")
    ...     grid = Grid("EPSG:4326", rasterio.Affine(1, 0, 105, 0, -1, 22), (1, 2))
    ...     write(path, np.array([[1.0, np.nan]]), grid)
    ...     read_part(open_raster(Source(path, "a.tif")), slice(0, 1), slice(0, 2))
    array([[ 1., nan]])
    """
    window = Window.from_slices(rows, columns)  # pyright: ignore[reportArgumentType]
    with rasterio.Env(GDAL_CACHEMAX=BLOCKS_BYTES), rasterio.open(raster.path) as file:
        values = file.read(1, window=window, out_dtype=np.float64)
    if raster.nodata is not None:
        values[values == raster.nodata] = np.nan
    return values


def cell_size_m(grid: Grid) -> float:
    """Return the side of a square as large as the cell in the middle of a grid, m.

    Examples
    --------
    >>> round(cell_size_m(Grid("EPSG:4326", rasterio.Affine(1, 0, 105, 0, -1, 22), (2, 2))), -3)
    107000.0
    """
    middle = (grid.shape[0] // 2) * grid.shape[1] + grid.shape[1] // 2
    return float(np.sqrt(grids.areas_m2(grid, np.array([middle]))[0]))


def sample(raster: Raster, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Return the value of the cell at each point (degrees, WGS 84); NaN off the raster.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.tif")
    ...     grid = Grid("EPSG:4326", rasterio.Affine(1, 0, 105, 0, -1, 22), (1, 2))
    ...     write(path, np.array([[7.0, 8.0]]), grid)
    ...     sample(
    ...         open_raster(Source(path, "a.tif")), np.array([106.5, 90.0]), np.array([21.5, 21.5])
    ...     )
    array([ 8., nan])
    """
    move = grids.transformer(grids.WGS84, raster.grid.crs)
    x, y = move.transform(np.asarray(lon, dtype=float), np.asarray(lat, dtype=float))
    column, row = (np.floor(axis) for axis in ~raster.grid.transform * (x, y))
    rows, columns = raster.grid.shape
    values = np.full(len(x), np.nan)
    inside = np.flatnonzero((row >= 0) & (row < rows) & (column >= 0) & (column < columns))
    row, column = row[inside].astype(np.int64), column[inside].astype(np.int64)
    block, of_point = np.unique(
        np.column_stack([row // _BLOCK, column // _BLOCK]), axis=0, return_inverse=True
    )
    order = np.argsort(of_point.ravel(), kind="stable")
    ends = np.searchsorted(of_point.ravel()[order], np.arange(len(block) + 1))
    for number, (top, left) in enumerate((block * _BLOCK).tolist()):
        here = order[ends[number] : ends[number + 1]]
        window = slice(top, min(top + _BLOCK, rows)), slice(left, min(left + _BLOCK, columns))
        values[inside[here]] = read_part(raster, *window)[row[here] - top, column[here] - left]
    return values


def write(path: Path, values: np.ndarray, grid: Grid) -> None:
    """Write values as a float32 GeoTIFF, deflated; NaN becomes nodata.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     grid = Grid("EPSG:4326", rasterio.Affine(1, 0, 105, 0, -1, 22), (1, 1))
    ...     write(Path(folder, "a.tif"), np.array([[7.0]]), grid)
    """
    nodata = -99999.0
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=grid.shape[0],
        width=grid.shape[1],
        count=1,
        dtype="float32",
        crs=grid.crs,
        transform=grid.transform,
        nodata=nodata,
        compress="deflate",
    ) as file:
        file.write(np.where(np.isnan(values), nodata, values).astype(np.float32), 1)


def write_cog(path: Path, bands: Mapping[str, Field], **tags: str) -> None:
    """Write fields on one grid as a cloud-optimised GeoTIFF of float32, one band a field.

    Tiled, deflated, with overviews: a viewer or a web server reads the part that it shows. The same
    values give the same bytes.

    Parameters
    ----------
    path : Path
    bands : mapping of str to Field
        By the description of the band.
    **tags : str
        Metadata of the file, such as ``unit="dBm"``.

    Examples
    --------
    >>> import tempfile
    >>> grid = Grid("EPSG:4326", rasterio.Affine(1, 0, 105, 0, -1, 22), (1, 1))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.tif")
    ...     write_cog(path, {"all": Field(np.array([[-90.0]], np.float32), grid)}, unit="dBm")
    ...     read_field(path).values.tolist()
    [[-90.0]]
    """
    fields = list(bands.values())
    grid = fields[0].grid
    profile = {
        "driver": "COG",
        "height": grid.shape[0],
        "width": grid.shape[1],
        "count": len(fields),
        "dtype": "float32",
        "crs": grid.crs,
        "transform": grid.transform,
        "nodata": np.nan,
        "compress": "deflate",
        "predictor": 3,
        "overview_resampling": "nearest",
    }
    with rasterio.open(path, "w", **profile) as file:
        for number, (name, field) in enumerate(bands.items(), start=1):
            file.write(field.values.astype(np.float32), number)
            file.set_band_description(number, name)
        file.update_tags(**tags)


def read_field(path: Path, band: int = 1) -> Field:
    """Read a band that :func:`write_cog` wrote.

    Parameters
    ----------
    path : Path
    band : int
        From 1.

    Returns
    -------
    Field

    Examples
    --------
    >>> read_field(Path("absent.tif"))
    Traceback (most recent call last):
    rasterio.errors.RasterioIOError: absent.tif: No such file or directory
    """
    with rasterio.open(path) as file:
        code = _raster_checks.code_of(pyproj.CRS.from_wkt(file.crs.to_wkt()))
        grid = Grid(code, file.transform, file.shape)
        return Field(file.read(band), grid)


def best(fields: Sequence[Field]) -> Field:
    """Return the greatest value of each cell, over fields on parts of one grid.

    Parameters
    ----------
    fields : sequence of Field
        Their grids are windows of the same grid.

    Returns
    -------
    Field
        On the window that holds all of them; NaN where none has a value.

    Examples
    --------
    >>> whole = Grid("EPSG:4326", rasterio.Affine(1, 0, 105, 0, -1, 22), (1, 3))
    >>> left, right = (grids.part(whole, slice(0, 1), slice(at, at + 2)) for at in (0, 1))
    >>> joined = best(
    ...     [Field(np.array([[1.0, 2.0]]), left), Field(np.array([[3.0, np.nan]]), right)]
    ... )
    >>> joined.values.tolist()
    [[1.0, 3.0, nan]]
    """
    first = fields[0].grid
    places = [~first.transform * (one.grid.transform.c, one.grid.transform.f) for one in fields]
    left, top = (min(round(place[axis]) for place in places) for axis in (0, 1))
    spots: list[tuple[slice, slice]] = []
    for (column, row), one in zip(places, fields, strict=True):
        down, across = round(row) - top, round(column) - left
        spots.append(
            (slice(down, down + one.grid.shape[0]), slice(across, across + one.grid.shape[1]))
        )
    shape = (max(rows.stop for rows, _ in spots), max(columns.stop for _, columns in spots))
    values = np.full(shape, np.nan, np.float32)
    for spot, one in zip(spots, fields, strict=True):
        values[spot] = np.fmax(values[spot], one.values)
    return Field(
        values, Grid(first.crs, first.transform * rasterio.Affine.translation(left, top), shape)
    )
