"""Files that tasks read again: whether they are still as they were, and which part matters to a task."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from pathlib import Path

import numpy as np
import rasterio.warp

from ..geodata import grid as grids
from ..geodata import rasters
from ..geodata.faults import BadInput, Fault
from ..geodata.rasters import Raster
from . import batch_store as store
from .batch_store import Work

State = tuple[int, int] | None
"""Size and time of change (ns) of a file; None where there is none."""

_INSTEAD = (".tfw", ".tifw", ".wld", ".prj", ".tab")
_ROWS = "-wal"
_BESIDE = (".aux.xml", ".msk", _ROWS)
"""Endings of files that are read with another: in place of its own ending, and after it. They say
where a raster lies and what is unknown in it, or hold the latest rows of a GeoPackage."""
_NOT_THERE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG}

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


def states(paths: Iterable[Path]) -> dict[Path, State]:
    """Note how files are, and those that are read with them.

    Examples
    --------
    >>> found = states([Path(__file__)])
    >>> found[Path(__file__)][0] > 0, found[Path(__file__ + ".aux.xml")] is None
    (True, True)
    """
    return {each: _state(each) for path in paths for each in read_with(path)}


def read_with(path: Path) -> list[Path]:
    """Return a file and those that are watched with it: they may be read with it.

    Examples
    --------
    >>> [path.name for path in read_with(Path("a.tif"))][:3]
    ['a.tif', 'a.tfw', 'a.tifw']
    """
    endings = (*_INSTEAD, *map(str.upper, _INSTEAD))
    instead = [path.with_suffix(ending) for ending in endings]
    return [path, *instead, *(path.with_name(path.name + ending) for ending in _BESIDE)]


def _state(path: Path) -> State:
    try:
        there = path.stat()
    except OSError as error:
        if error.errno in _NOT_THERE:
            return None
        raise
    return there.st_size, there.st_mtime_ns


def refuse_changed(before: Mapping[Path, State]) -> None:
    """Refuse files that are no longer those that were read and checked.

    Raises
    ------
    BadInput
        With each that changed, came or went.

    Examples
    --------
    >>> refuse_changed({Path("absent.tif"): (1, 1)})
    Traceback (most recent call last):
    deadzones.geodata.faults.BadInput: absent.tif: found no such file any more; ...
    """
    faults = [
        _changed(path, state, now)
        for path, state in before.items()
        for now in [_state(path)]
        if now != state
    ]
    if faults:
        raise BadInput(faults)


def _changed(path: Path, before: State, now: State) -> Fault:
    again = "Start again when files are whole."
    if before is None:
        found = "a file that came during the run"
        return Fault(str(path), found, "no such file, as at the start", again)
    if now is None:
        found, wanted = "no such file any more", "a file that stays, and that every worker sees"
        return Fault(str(path), found, wanted, again)
    found, wanted = "a file changed during the run", "the file as it was at the start"
    return Fault(str(path), found, wanted, again)


def settle(paths: Iterable[Path]) -> None:
    """Have SQLite fold in the rows that a killed program left beside GeoPackages.

    Whoever opens one does so; done before files are watched, it is no change of theirs. Beside a
    program that lives they stay.

    Examples
    --------
    >>> settle([Path("absent.gpkg")])
    """
    for path in paths:
        rows = path.with_name(path.name + _ROWS)
        if path.suffix.lower() == ".gpkg" and (_state(rows) or (0, 0))[0]:
            # What is wrong with a file is told by its reader.
            with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as file:
                file.execute("PRAGMA schema_version").fetchone()


def keep(path: Path, work: Work, read: Mapping[Path, State]) -> None:
    """Save work that was found from files, which must still be as they were: its name tells of them.

    Raises
    ------
    BadInput
        With each file that changed.

    Examples
    --------
    >>> keep(Path("a.work"), Work(), {Path("absent.tif"): (1, 1)})
    Traceback (most recent call last):
    deadzones.geodata.faults.BadInput: absent.tif: found no such file any more; ...
    """
    refuse_changed(read)
    store.save(path, work)
