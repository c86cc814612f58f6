"""People of a raster counted in whole quanta block by block: the same counts as of the whole at once."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from . import rasters
from ._population_shares import in_quanta
from .rasters import Raster
from .zonal import CellFractions

_CELLS = 4_000_000
"""That are read at a time: some 30 MB."""


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
    carried : ndarray of float64
        What rounding took from the cells before each row, quanta.
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
    blocks = _blocks(rows, columns)
    raw_total = math.fsum(
        float(np.nansum(rasters.read_part(raster, block, columns))) for block in blocks
    )
    quantum = in_quanta(np.array([raw_total]))[1]
    carried, counted, before = np.zeros(rows.stop - rows.start), 0.0, 0.0
    for block in blocks:
        whole, left = _rounded(rasters.read_part(raster, block, columns), quantum)
        sums = np.cumsum(np.append(before, left.ravel()))
        first = block.start - rows.start
        carried[first : first + len(whole)] = sums[:-1][:: whole.shape[1]]
        counted += float(np.nansum(whole) + np.round(sums[-1]) - np.round(before))
        before = float(sums[-1])
    return PeopleRows(raster, rows, columns, quantum, carried, counted, raw_total)


def _blocks(rows: slice, columns: slice) -> list[slice]:
    step = max(_CELLS // max(columns.stop - columns.start, 1), 1)
    return [
        slice(start, min(start + step, rows.stop)) for start in range(rows.start, rows.stop, step)
    ]


def _rounded(people: np.ndarray, quantum: float) -> tuple[np.ndarray, np.ndarray]:
    """Return people in whole quanta, and what rounding took."""
    exact = people / quantum
    whole = np.round(exact)
    left = exact - whole
    left[np.isnan(left)] = 0.0
    return whole, left


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
    width = people.columns.stop - people.columns.start
    row, column = np.divmod(cells, width)
    across = slice(people.columns.start, people.columns.start + int(column.max()) + 1)
    first, last = int(row[0]), int(row[-1]) + 1
    for block in _blocks(slice(first, last), across):
        here = slice(people.rows.start + block.start, people.rows.start + block.stop)
        whole, left = _rounded(rasters.read_part(people.raster, here, across), people.quantum)
        before = people.carried[block.start : block.stop, None]
        sums = np.round(np.cumsum(np.concatenate([before, left], axis=1), axis=1))
        counted = whole + np.diff(sums, axis=1)
        some = slice(*np.searchsorted(row, [block.start, block.stop]))
        found[some] = counted[row[some] - block.start, column[some]]
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
    filled = _running(plan.fraction, of_triple).clip(max=1.0)
    upper = np.round(counted[of_triple] * filled)
    starts = np.diff(of_triple, prepend=-1) != 0
    return upper - np.where(starts, 0.0, np.append(0.0, upper[:-1])[: len(upper)])


def _running(fraction: np.ndarray, of_triple: np.ndarray) -> np.ndarray:
    """Return running sums of fractions within each cell."""
    return pd.Series(fraction).groupby(of_triple).cumsum().to_numpy()
