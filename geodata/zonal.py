"""Which share of each cell lies in which commune: a plan, made once and applied to any raster."""

from __future__ import annotations

from dataclasses import dataclass

import exactextract
import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from affine import Affine
from exactextract.feature import GeoPandasFeatureSource
from exactextract.raster import NumPyRasterSource

from . import grid as grids
from . import overlaps
from .grid import Grid

# exactextract stores a fraction as float32: what several communes leave of a cell is zero within
# that precision, or real.
_NOISE = 1e-6
_DUST = 1e-9
"""Share of a cell under which a commune only grazes it, by the rounding of coordinates."""


@dataclass(frozen=True)
class CellFractions:
    """The triples (cell, commune, fraction), in the order of cells, then communes.

    In every cell the fractions sum to at most 1. What the communes leave of a cell is its
    ``outside`` part.

    Parameters
    ----------
    grid : Grid
        The grid whose cells are numbered.
    index : Index
        The communes' index.
    cell : ndarray of int64
        Number of the cell.
    unit : ndarray of int32
        Position of the commune in ``index``.
    fraction : ndarray of float64
        Share of the cell's area in the commune, in (0, 1].
    """

    grid: Grid
    index: pd.Index
    cell: np.ndarray
    unit: np.ndarray
    fraction: np.ndarray

    def sum(self, array: np.ndarray, nodata: float | None = None) -> pd.Series:
        """Sum a raster over each commune, each cell by its fraction.

        Parameters
        ----------
        array : ndarray, shape of the grid
            Amounts per cell.
        nodata : float, optional
            Value that means unknown; NaN always does.

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
        values = np.asarray(array, dtype=float).ravel()[self.cell]
        known = np.isfinite(values) if nodata is None else np.isfinite(values) & (values != nodata)
        return self.reduce(np.where(known, values, 0.0) * self.fraction, known)

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
        return self.reduce(grids.areas_m2(self.grid, self.cell) * self.fraction)

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
        cells, inverse = np.unique(self.cell, return_inverse=True)
        left = 1.0 - np.bincount(inverse, weights=self.fraction, minlength=len(cells))
        open_cells = left > _NOISE
        return cells[open_cells], left[open_cells]


def fractions(
    communes: gpd.GeoDataFrame, *, transform: Affine, shape: tuple[int, int], crs: str
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

    Returns
    -------
    CellFractions
        Where communes overlap, those of a cell share in proportion what they cover together. Cells
        that they fill but for the rounding of the fractions (1e-6) are scaled up to 1.

    Notes
    -----
    The shares are those of exactextract (Baston 2018), planar in the grid's system.

    Examples
    --------
    >>> import shapely
    >>> half = gpd.GeoDataFrame(index=["a"], geometry=[shapely.box(0, 0, 1.5, 1)], crs=4326)
    >>> fractions(half, transform=Affine(1, 0, 0, 0, -1, 1), shape=(1, 2), crs="EPSG:4326").fraction
    array([1. , 0.5])
    """
    grid = Grid(crs, transform, shape)
    there = communes.to_crs(crs)
    cell, unit, fraction = _triples(there, grid)
    order = np.lexsort((unit, cell))
    cell, unit, fraction = cell[order], unit[order], fraction[order]
    fraction = _once(cell, unit, fraction, _overlapping(there), grid)
    return CellFractions(grid, communes.index, cell, unit, _at_most_one(cell, fraction))


def _overlapping(communes: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Return the shapes of the communes that overlap another, by their position."""
    pairs = overlaps.find(communes) if len(communes) > 1 else pd.DataFrame({"one": [], "other": []})
    at = np.unique(pairs[["one", "other"]].to_numpy(dtype=np.int64))
    return gpd.GeoSeries(communes.geometry.to_numpy()[at], index=at, crs=communes.crs)


def _once(
    cell: np.ndarray, unit: np.ndarray, fraction: np.ndarray, shapes: gpd.GeoSeries, grid: Grid
) -> np.ndarray:
    """Scale the fractions of cells so that land of several communes counts once.

    No other commune touches that land, so what is counted too often of a cell is the sum over the
    overlapping communes less the share that their union covers.
    """
    if shapes.empty or not len(cell):
        return fraction
    union = gpd.GeoDataFrame(geometry=[shapes.union_all()], crs=shapes.crs)
    covered, _, share = _triples(union, grid)
    cells, inverse = np.unique(cell, return_inverse=True)
    several = np.isin(unit, shapes.index)
    twice = np.bincount(inverse, weights=fraction * several, minlength=len(cells))
    at = np.searchsorted(cells, covered)
    twice[at] -= share
    total = np.bincount(inverse, weights=fraction, minlength=len(cells))
    scale = np.where(twice > _NOISE, (total - twice) / total, 1.0)
    return fraction * scale[inverse]


def _triples(communes: gpd.GeoDataFrame, grid: Grid) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return cells, communes and fractions.

    exactextract 0.3.0 crashes on some shapes of several parts of which one lies beyond the raster and
    touches its edge. So it is given a raster with a rim of one more cell, and shapes that end within.
    """
    (rows_there, columns), place = grid.shape, grid.transform
    rim = Grid(grid.crs, place * Affine.translation(-1.0, -1.0), (rows_there + 2, columns + 2))
    west, south, east, north = rim.bounds
    raster = NumPyRasterSource(
        np.broadcast_to(np.uint8(0), rim.shape),
        west,
        south,
        east,
        north,
        srs_wkt=pyproj.CRS(grid.crs).to_wkt(),
    )
    within = _within(communes.geometry.to_numpy(), grid)
    there = np.flatnonzero(shapely.area(within) > 0.0)
    if not len(there):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32), np.zeros(0)
    shapes = gpd.GeoDataFrame({"unit": there}, geometry=within[there], crs=grid.crs)
    rows = exactextract.exact_extract(
        raster,
        GeoPandasFeatureSource(shapes),
        ["cell_id", "coverage"],
        include_cols=["unit"],
        output="pandas",
    )
    cell = np.concatenate([np.zeros(0, dtype=np.int64), *rows["cell_id"]]).astype(np.int64)
    fraction = np.concatenate([np.zeros(0), *rows["coverage"]]).astype(np.float64)
    sizes = [len(cells) for cells in rows["cell_id"]]
    unit = np.repeat(rows["unit"].to_numpy(dtype=np.int32), sizes)
    row, column = (at - 1 for at in np.divmod(cell, columns + 2))
    inside = (row >= 0) & (row < rows_there) & (column >= 0) & (column < columns)
    inside &= fraction > _DUST
    return (row * columns + column)[inside], unit[inside], fraction[inside]


def _within(shapes: np.ndarray, grid: Grid) -> np.ndarray:
    """Cut what lies more than half a cell beyond the grid from the shapes that do."""
    west, south, east, north = grid.bounds
    across, down = 0.5 * abs(grid.transform.a), 0.5 * abs(grid.transform.e)
    most = (west - across, south - down, east + across, north + down)
    bounds = shapely.bounds(shapes)
    beyond = (bounds[:, :2] < most[:2]).any(axis=1) | (bounds[:, 2:] > most[2:]).any(axis=1)
    cut = shapes.copy()
    cut[beyond] = [
        _land(shape) for shape in shapely.intersection(shapes[beyond], shapely.box(*most))
    ]
    return cut


def _land(shape: shapely.Geometry) -> shapely.Geometry:
    """Leave out the lines and points where a shape only touches what cut it."""
    if isinstance(shape, shapely.Polygon | shapely.MultiPolygon):
        return shape
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, shapely.Polygon)]
    return shapely.MultiPolygon(parts)


def _at_most_one(cell: np.ndarray, fraction: np.ndarray) -> np.ndarray:
    _, inverse = np.unique(cell, return_inverse=True)
    total = np.bincount(inverse, weights=fraction) if len(cell) else np.zeros(0)
    scale = np.where(total > 1.0 - _NOISE, 1.0 / np.maximum(total, _NOISE), 1.0)
    return np.minimum(fraction * scale[inverse], 1.0)
