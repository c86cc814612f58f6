"""Blocks of rows of a raster, one after the other: the file is opened once, and each tile unpacked once."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import rasterio
from rasterio.windows import Window

from .rasters import BLOCKS_BYTES, Raster, unpacking

_ROOMS = 2
"""One block is read while one is worked on."""


def ahead(raster: Raster, blocks: Sequence[slice], columns: slice) -> Iterator[np.ndarray]:
    """Read blocks of rows, the next while one is worked on.

    Parameters
    ----------
    raster : Raster
    blocks : sequence of slice
        Rows, from north to south.
    columns : slice

    Yields
    ------
    ndarray of float64, shape (rows, columns)
        NaN where unknown. It may be changed, and holds something else once the next is asked for.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from affine import Affine
    >>> from deadzones.geodata import rasters
    >>> from deadzones.geodata.grid import Grid
    >>> grid = Grid("EPSG:4326", Affine(1, 0, 0, 0, -1, 2), (2, 1))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "a.tif")
    ...     rasters.write(path, np.array([[1.0], [2.0]]), grid)
    ...     blocks = ahead(Raster(path, grid, None), [slice(0, 1), slice(1, 2)], slice(0, 1))
    ...     [float(block.sum()) for block in blocks]
    [1.0, 2.0]
    """
    reading = _each(raster, blocks, columns)
    with ThreadPoolExecutor(1) as pool:
        try:
            coming = pool.submit(next, reading, None)
            while (block := coming.result()) is not None:
                coming = pool.submit(next, reading, None)
                yield block
        finally:  # also where nobody asks for the rest: the file is closed by the thread that opened it
            pool.submit(reading.close)


def _each(raster: Raster, blocks: Sequence[slice], columns: slice) -> Generator[np.ndarray]:
    # Rooms in one array: the system gets so large a one back as soon as it is done with.
    most = max((rows.stop - rows.start for rows in blocks), default=0)
    rooms = np.empty((_ROOMS, most, columns.stop - columns.start))
    with (
        rasterio.Env(GDAL_CACHEMAX=BLOCKS_BYTES),
        rasterio.open(raster.path, **unpacking(raster.path)) as file,
    ):
        for number, rows in enumerate(blocks):
            values = rooms[number % _ROOMS, : rows.stop - rows.start]
            window = Window.from_slices(rows, columns)  # pyright: ignore[reportArgumentType]
            file.read(1, window=window, out=values)
            if raster.nodata is not None:
                values[values == raster.nodata] = np.nan
            yield values
