"""Which share of each cell lies in which commune: a plan, made once and applied to any raster."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
from affine import Affine

from . import _cell_shares as cell_shares
from . import grid as grids
from .grid import Grid

if TYPE_CHECKING:
    from ._cell_fractions_kernels import Shared, Spans

_PARTS = 8
"""In which a raster is summed: the sums of the parts are added in order, whatever does them."""
_THREADS = 2


@dataclass(frozen=True, eq=False)
class CellFractions:
    """The triples (cell, commune, fraction), in the order of cells, then communes.

    In every cell the fractions sum to at most 1. What the communes leave of a cell is its
    ``outside`` part. Runs of cells that are wholly in one commune are kept as such: a nation of 40
    million cells takes 100 MB, and 800 MB more only if ``cell``, ``unit`` or ``fraction`` is asked.

    Parameters
    ----------
    grid : Grid
        The grid whose cells are numbered.
    index : Index
        The communes' index.
    shared : Shared
        Cells that borders cross, with row, column, position of the commune in ``index``, fraction.
    spans : Spans
        Runs of whole cells, with row, first column, column after the last, position of the commune.
    """

    grid: Grid
    index: pd.Index
    shared: Shared
    spans: Spans

    @property
    def cell(self) -> np.ndarray:
        """Number of each triple's cell: int64."""
        return self._triples[0]

    @property
    def unit(self) -> np.ndarray:
        """Position of each triple's commune in the index: int32."""
        return self._triples[1]

    @property
    def fraction(self) -> np.ndarray:
        """Share of the cell's area in the commune, in (0, 1]: float64."""
        return self._triples[2]

    @cached_property
    def _triples(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        from ._cell_sums_kernels import expanded

        size = len(self)
        cell, unit, fraction = np.empty(size, np.int64), np.empty(size, np.int32), np.empty(size)
        expanded(self.shared, self.spans, self.grid.shape[1], cell, unit, fraction)
        return cell, unit, fraction

    def __len__(self) -> int:
        """Count the triples."""
        return len(self.shared.row) + int((self.spans.stop - self.spans.start).sum())

    def sum(self, array: np.ndarray, nodata: float | None = None) -> pd.Series:
        """Sum a raster over each commune, each cell by its fraction.

        Parameters
        ----------
        array : ndarray, shape of the grid
            Amounts per cell.
        nodata : float, optional
            Value that means unknown; NaN and infinities always do.

        Returns
        -------
        Series
            On the communes' index; NaN where a commune has no cell with data.

        Examples
        --------
        >>> import shapely
        >>> half = gpd.GeoDataFrame(index=["a"], geometry=[shapely.box(0, 0, 1.5, 1)], crs=4326)
        >>> plan = fractions(
        ...     half, transform=Affine(1, 0, 0, 0, -1, 1), shape=(1, 2), crs="EPSG:4326"
        ... )
        >>> float(plan.sum(np.array([[10.0, 4.0]]))["a"])
        12.0
        """
        from ._cell_sums_kernels import sums

        values = np.asarray(array)
        if values.shape != self.grid.shape:
            raise ValueError(f"a raster of {values.shape}; wanted the grid's {self.grid.shape}")
        single = values.dtype == np.float32
        values = np.ascontiguousarray(values, dtype=np.float32 if single else np.float64)
        total = np.zeros((_PARTS, len(self.index)))
        known = np.zeros((_PARTS, len(self.index)), dtype=np.int64)

        def add(part: int) -> None:
            sums(
                values,
                np.nan if nodata is None else float(nodata),
                type(self.shared)(*(_part(each, part) for each in self.shared)),
                type(self.spans)(*(_part(each, part) for each in self.spans)),
                total[part],
                known[part],
            )

        with ThreadPoolExecutor(_THREADS) as pool:
            list(pool.map(add, range(_PARTS)))
        there = known.sum(axis=0) > 0
        return pd.Series(np.where(there, total.sum(axis=0), np.nan), index=self.index)

    def reduce(self, amounts: np.ndarray, known: np.ndarray | None = None) -> pd.Series:
        """Sum amounts per triple over each commune; NaN where none is known.

        Examples
        --------
        >>> import shapely
        >>> half = gpd.GeoDataFrame(index=["a"], geometry=[shapely.box(0, 0, 1.5, 1)], crs=4326)
        >>> plan = fractions(
        ...     half, transform=Affine(1, 0, 0, 0, -1, 1), shape=(1, 2), crs="EPSG:4326"
        ... )
        >>> float(plan.reduce(np.array([1.0, 2.0]))["a"])
        3.0
        """
        size = len(self.index)
        known = np.ones(len(self.cell), dtype=bool) if known is None else known
        sums = np.bincount(self.unit[known], weights=amounts[known], minlength=size)
        counts = np.bincount(self.unit[known], minlength=size)
        return pd.Series(np.where(counts > 0, sums, np.nan), index=self.index)

    @property
    def area_m2(self) -> pd.Series:
        """Ellipsoidal area of each commune within the grid, m2; NaN where there is none."""
        if not pyproj.CRS(self.grid.crs).is_geographic:
            return self.reduce(grids.areas_m2(self.grid, self.cell) * self.fraction)
        from ._cell_sums_kernels import row_sums

        rows, columns = self.grid.shape
        total = np.zeros(len(self.index))
        # On a grid of degrees the cells of a row are alike.
        of_row = grids.areas_m2(self.grid, np.arange(rows, dtype=np.int64) * columns)
        row_sums(of_row, self.shared, self.spans, total)
        return pd.Series(np.where(total > 0, total, np.nan), index=self.index)

    def outside(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the cells that communes touch but do not fill, and the share that they leave.

        Examples
        --------
        >>> import shapely
        >>> half = gpd.GeoDataFrame(index=["a"], geometry=[shapely.box(0, 0, 1.5, 1)], crs=4326)
        >>> fractions(
        ...     half, transform=Affine(1, 0, 0, 0, -1, 1), shape=(1, 2), crs="EPSG:4326"
        ... ).outside()
        (array([1]), array([0.5]))
        """
        numbers = cell_shares.cells_of(self.shared, self.grid)
        cells, inverse = np.unique(numbers, return_inverse=True)
        left = 1.0 - np.bincount(inverse, weights=self.shared.fraction, minlength=len(cells))
        open_cells = left > cell_shares.NOISE
        return cells[open_cells], left[open_cells]


def _part(array: np.ndarray, part: int) -> np.ndarray:
    """Return one of the parts of an array."""
    return array[len(array) * part // _PARTS : len(array) * (part + 1) // _PARTS]


def fractions(
    communes: gpd.GeoDataFrame,
    *,
    transform: Affine,
    shape: tuple[int, int],
    crs: str,
    threads: int = _THREADS,
) -> CellFractions:
    """Find the exact share of every cell in every commune.

    Parameters
    ----------
    communes : GeoDataFrame
        Polygons in any coordinate system.
    transform : Affine
        Of the grid, north up.
    shape : tuple of int
        Rows, columns of the grid.
    crs : str
        The grid's coordinate system.
    threads : int
        Bands of rows worked on at once; the result does not depend on it.

    Returns
    -------
    CellFractions
        Where communes overlap, those of a cell share in proportion what they cover together. Cells
        that they fill but for the rounding of borders (1e-6) are scaled up to 1.

    Notes
    -----
    The shares are planar in the grid's system, to the rounding of float64. Pieces of edges are
    added up by cell, row by row, by Green's theorem: see :mod:`._cell_fractions_kernels`.

    Examples
    --------
    >>> import shapely
    >>> half = gpd.GeoDataFrame(index=["a"], geometry=[shapely.box(0, 0, 1.5, 1)], crs=4326)
    >>> fractions(half, transform=Affine(1, 0, 0, 0, -1, 1), shape=(1, 2), crs="EPSG:4326").fraction
    array([1. , 0.5])
    """
    grid = Grid(crs, transform, shape)
    shapes = communes.to_crs(grids.pinned(crs)).geometry.to_numpy()
    shared, spans = cell_shares.find(shapes, grid, threads)
    return CellFractions(grid, communes.index, cell_shares.once(shared, shapes, grid), spans)
