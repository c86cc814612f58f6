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
import shapely
from affine import Affine

from . import _cell_shares as cell_shares
from . import grid as grids
from .grid import Grid

if TYPE_CHECKING:
    from ._cell_fractions_kernels import Shared, Spans

_PARTS = 8
"""In which a raster is summed: the sums of the parts are added in order, whatever does them."""
_THREADS = 2
_REAL = "biuf"
"""Kinds of numpy's types that are real numbers."""
_NAMED = 5
"""Rows at fault that an error names."""


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
            Amounts per cell. Masked cells are unknown.
        nodata : float, optional
            Value that means unknown, as the array's type holds it; NaN and infinities always do.

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

        if np.shape(array) != self.grid.shape:
            raise ValueError(f"a raster of {np.shape(array)}; wanted the grid's {self.grid.shape}")
        values, unknown = _amounts(array, nodata)
        total = np.zeros((_PARTS, len(self.index)))
        known = np.zeros((_PARTS, len(self.index)), dtype=np.int64)

        def add(part: int) -> None:
            sums(
                values,
                unknown,
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


def _amounts(array: np.ndarray, nodata: float | None) -> tuple[np.ndarray, float]:
    """Return a raster in float32 or float64, and what of its values is unknown beside NaN."""
    values, mask = np.ma.getdata(array), np.ma.getmask(array)
    if values.dtype.kind not in _REAL:
        raise TypeError(f"a raster of {values.dtype}; wanted real numbers")
    unknown = np.nan
    if nodata is not None and values.dtype.kind in "iu" and values.dtype.itemsize == 8:
        mask = mask | (values == nodata)  # as float64 it would be its neighbours too
    elif nodata is not None and values.dtype.kind == "f":
        with np.errstate(over="ignore"):
            unknown = float(values.dtype.type(nodata))
    elif nodata is not None:
        unknown = float(nodata)
    kind = np.float32 if values.dtype == np.float32 else np.float64
    values = np.ascontiguousarray(values, dtype=kind)
    return (values if mask is np.ma.nomask else np.where(mask, kind(np.nan), values)), unknown


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
        Valid polygons in any coordinate system. What a projection sends to infinity is left out.
    transform : Affine
        Of the grid, not rotated.
    shape : tuple of int
        Rows, columns of the grid.
    crs : str
        The grid's coordinate system.
    threads : int
        Bands of rows worked on at once; the result does not depend on it.

    Returns
    -------
    CellFractions
        Communes that overlap in a cell share in proportion what they cover of it together. Cells
        that several fill but for the rounding of borders (1e-6) are scaled up to 1.

    Raises
    ------
    ValueError
        If the grid is rotated or has no cells, or if polygons are found to cross themselves in their
        own coordinate system.

    Notes
    -----
    The shares are planar in the grid's system, to 1e-9 of a cell; smaller ones are left out. Pieces of
    edges are added up by cell, row by row, by Green's theorem: see :mod:`._cell_fractions_kernels`.
    Polygons are not checked one by one, which would take a third of the time: those are refused whose
    land in a cell comes to less than nothing or more than all. A loop that is smaller than a cell may
    go unseen; readers of communes refuse it.

    Examples
    --------
    >>> import shapely
    >>> half = gpd.GeoDataFrame(index=["a"], geometry=[shapely.box(0, 0, 1.5, 1)], crs=4326)
    >>> fractions(half, transform=Affine(1, 0, 0, 0, -1, 1), shape=(1, 2), crs="EPSG:4326").fraction
    array([1. , 0.5])
    """
    if transform.b or transform.d or not (transform.a and transform.e):
        raise ValueError(f"a grid of {transform[:6]}; wanted one that is neither rotated nor flat")
    if min(shape) < 1:
        raise ValueError(f"a grid of {shape} cells; wanted at least one")
    grid = Grid(crs, transform, shape)
    shapes = cell_shares.reachable(communes.to_crs(grids.pinned(crs)).geometry.to_numpy())
    shared, spans, tangled = cell_shares.find(shapes, grid, threads)
    if len(tangled):
        _refuse_invalid(communes.iloc[tangled])
        # Long edges that lay beside each other may cross in another system.
        shapes[tangled] = shapely.make_valid(shapes[tangled])
        shared, spans, _ = cell_shares.find(shapes, grid, threads)
    shared = cell_shares.once(shared, shapes, grid, threads)
    return CellFractions(grid, communes.index, shared, spans)


def _refuse_invalid(communes: gpd.GeoDataFrame) -> None:
    wrong = communes.index[~communes.is_valid].tolist()
    if wrong:
        rows = ", ".join(map(repr, wrong[:_NAMED]))
        more = f" and {len(wrong) - _NAMED:,} more" if len(wrong) > _NAMED else ""
        raise ValueError(f"polygons cross themselves: {rows}{more}; repair them with make_valid()")
