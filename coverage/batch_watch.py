"""Files that tasks read again: whether they are still as they were, and which part matters to a task."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import rasterio.warp

from ..geodata import grid as grids
from ..geodata import rasters
from ..geodata.faults import BadInput, Fault
from ..geodata.rasters import Raster
from . import batch_store as store

_AROUND_CELLS = 5
"""Of a raster, beyond those where a task's cells lie: values are interpolated between them."""


def window(raster: Raster, home: np.ndarray) -> str:
    """Return the hash of a raster's values where a task may read them.

    Parameters
    ----------
    raster : Raster
    home : ndarray
        Bounds, degrees: see :func:`homes`.

    Examples
    --------
    >>> import tempfile
    >>> from affine import Affine
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     grid = grids.Grid("EPSG:4326", Affine(1, 0, 105, 0, -1, 22), (1, 20))
    ...     raster = rasters.Raster(Path(folder, "a.tif"), grid, None)
    ...     told = []
    ...     for last in (1.0, 2.0):
    ...         rasters.write(raster.path, np.append(np.zeros(19), last)[None], grid)
    ...         places = np.array([105.0, 21.0, 106.0, 22.0]), np.array([124.0, 21.0, 125.0, 22.0])
    ...         told.append([window(raster, home) for home in places])
    >>> told[0][0] == told[1][0], told[0][1] == told[1][1]
    (True, False)
    """
    west, south, east, north = rasterio.warp.transform_bounds(grids.WGS84, raster.grid.crs, *home)
    across, down = (_AROUND_CELLS * abs(raster.grid.transform[at]) for at in (0, 4))
    bounds = (west - across, south - down, east + across, north + down)
    block = grids.window(raster.grid, bounds)
    if block is None:
        return "nothing"
    return store.key(grids.part(raster.grid, *block), rasters.read_part(raster, *block))


def file_state(path: Path) -> tuple[int, int]:
    """Return the size and the time of change (ns) of a file.

    Examples
    --------
    >>> file_state(Path(__file__))[0] > 0
    True
    """
    there = path.stat()
    return there.st_size, there.st_mtime_ns


def refuse_changed(states: Mapping[Path, tuple[int, int]]) -> None:
    """Refuse files that are no longer those that were read and checked.

    Raises
    ------
    BadInput
        With each that changed.

    Examples
    --------
    >>> refuse_changed({Path("absent.tif"): (1, 1)})
    Traceback (most recent call last):
    deadzones.geodata.faults.BadInput: absent.tif: found a file changed during the run; ...
    """
    wanted, repair = "the file as it was at the start", "Start again when it is whole."
    faults = [
        Fault(str(path), "a file changed during the run", wanted, repair)
        for path, state in states.items()
        if not path.is_file() or file_state(path) != state
    ]
    if faults:
        raise BadInput(faults)
