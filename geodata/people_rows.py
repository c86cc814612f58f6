"""People of a raster counted in whole quanta block by block: the same counts as of the whole at once."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from . import _raster_rows, rasters
from ._population_shares import in_quanta
from .rasters import Raster
from .zonal import CellFractions

_CELLS = 4_000_000
"""That are read at a time: some 30 MB."""
_COLUMNS = 1024
"""From one note of what rounding took to the next: cells are counted from the note before them."""


@dataclass(frozen=True, eq=False)
class PeopleRows:
    """What counting the rows of a raster needs to know of the rows before.

    Parameters
    ----------
    raster : Raster
    rows, columns : slice
        The part of the raster that is counted.
    quantum : float
        Persons.
    carried : ndarray of float64, shape (rows, notes)
        What rounding took from all cells before every 1024th of each row, quanta.
    counted : float
        All people, quanta.
    raw_total : float
        All people as they were read, persons.
    """

    raster: Raster
    rows: slice
    columns: slice
    quantum: float
    carried: np.ndarray
    counted: float
    raw_total: float


def survey(raster: Raster, rows: slice, columns: slice) -> PeopleRows:
    """Look through a part of a raster of people, some rows at a time.

    Parameters
    ----------
    raster : Raster
        Persons per cell, >= 0.
    rows, columns : slice

    Returns
    -------
    PeopleRows

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from affine import Affine
    >>> from deadzones.geodata.grid import Grid
    >>> from deadzones.geodata.source import Source
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "a.tif")
    ...     grid = Grid("EPSG:4326", Affine(1, 0, 0, 0, -1, 2), (2, 1))
    ...     rasters.write(path, np.array([[1.0], [2.0]]), grid)
    ...     found = survey(rasters.open_raster(Source(path, "a")), slice(0, 2), slice(0, 1))
    >>> found.raw_total, found.counted * found.quantum
    (3.0, 3.0)
    """
    from ._people_kernels import carry  # numba takes a second to import

    blocks = _blocks(rows, columns)
    raw_total = math.fsum(map(_total, _raster_rows.ahead(raster, blocks, columns)))
    quantum = in_quanta(np.array([raw_total]))[1]
    notes = len(range(0, columns.stop - columns.start, _COLUMNS))
    carried, counted, before = np.zeros((rows.stop - rows.start, notes)), 0.0, 0.0
    for block, people in zip(blocks, _raster_rows.ahead(raster, blocks, columns), strict=True):
        here = carried[block.start - rows.start : block.stop - rows.start]
        some, before = carry(people, quantum, before, _COLUMNS, here)
        counted += some
    return PeopleRows(raster, rows, columns, quantum, carried, counted, raw_total)


def _total(people: np.ndarray) -> float:
    """Add up a block, nobody where unknown; it is overwritten."""
    people[np.isnan(people)] = 0.0
    return float(people.sum())


def _blocks(rows: slice, columns: slice) -> list[slice]:
    step = max(_CELLS // max(columns.stop - columns.start, 1), 1)
    return [
        slice(start, min(start + step, rows.stop)) for start in range(rows.start, rows.stop, step)
    ]


def at(people: PeopleRows, cells: np.ndarray) -> np.ndarray:
    """Count the people of some cells, as :func:`deadzones.geodata.population.from_raster` does.

    Parameters
    ----------
    people : PeopleRows
    cells : ndarray of int64
        Numbers on the part's grid, rising.

    Returns
    -------
    ndarray of float64
        Quanta; NaN where unknown.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from affine import Affine
    >>> from deadzones.geodata.grid import Grid
    >>> from deadzones.geodata.source import Source
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "a.tif")
    ...     grid = Grid("EPSG:4326", Affine(1, 0, 0, 0, -1, 2), (2, 1))
    ...     rasters.write(path, np.array([[1.0], [2.0]]), grid)
    ...     rows = survey(rasters.open_raster(Source(path, "a")), slice(0, 2), slice(0, 1))
    ...     at(rows, np.array([1])) * rows.quantum
    array([2.])
    """
    found = np.full(len(cells), np.nan)
    if not len(cells):
        return found
    from ._people_kernels import count, span

    columns = people.columns.stop - people.columns.start
    first, last = span(cells, columns)
    note = first // _COLUMNS
    left = note * _COLUMNS
    across = slice(people.columns.start + left, people.columns.start + last + 1)
    rows = slice(int(cells[0]) // columns, int(cells[-1]) // columns + 1)
    for block in _blocks(rows, across):
        here = slice(people.rows.start + block.start, people.rows.start + block.stop)
        some = slice(*np.searchsorted(cells, [block.start * columns, block.stop * columns]))
        count(
            rasters.read_part(people.raster, here, across),
            people.quantum,
            people.carried[block.start : block.stop, note],
            cells[some],
            columns,
            (block.start, left),
            found[some],
        )
    return found


def shared_out(counted: np.ndarray, plan: CellFractions, of_triple: np.ndarray) -> np.ndarray:
    """Share the people of cells between their communes, by area.

    Parameters
    ----------
    counted : ndarray of float64
        Quanta by cell, NaN where unknown.
    plan : CellFractions
    of_triple : ndarray of int64
        Position in ``counted`` of each triple's cell; cells in order, each with all its triples.

    Returns
    -------
    ndarray of float64
        Quanta by triple. Running sums are rounded, not shares: none is negative and they add up.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> from affine import Affine
    >>> from deadzones.geodata.zonal import fractions
    >>> half = gpd.GeoDataFrame(index=["a"], geometry=[shapely.box(0, 0, 1.5, 1)], crs=4326)
    >>> plan = fractions(half, transform=Affine(1, 0, 0, 0, -1, 1), shape=(1, 2), crs="EPSG:4326")
    >>> shared_out(np.array([10.0, 4.0]), plan, plan.cell).tolist()
    [10.0, 2.0]
    """
    from ._people_kernels import share

    found = np.empty(len(of_triple))
    share(counted, plan.fraction, of_triple, found)
    return found
