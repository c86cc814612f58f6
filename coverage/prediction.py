"""The signal of sites, predicted over the terrain of a study and brought onto its cells."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyproj

from ..geodata import grid as grids
from ..geodata import rasters
from ..geodata.grid import Grid
from ..geodata.rasters import Raster
from . import radio
from .cells import Cells
from .inputs import Inputs, LayerData
from .services.service import How, Prediction

_MOST_SAMPLES = 7
"""Along each side of a cell; odd, so that the middle of their values is one of them."""
_TOLD = 4
"""How often progress is told."""
_AT_ONCE = 20_000
"""Cells that are looked at together; a bound on memory."""


def predict(layer: LayerData, cells: Cells, inputs: Inputs, how: How) -> Prediction:
    """Predict the signal of a layer of sites on the cells.

    Parameters
    ----------
    layer : LayerData
        Sites, in EPSG:4326.
    cells : Cells
    inputs : Inputs
        Its study says how (``[radio]``) and has the terrain.
    how : How

    Returns
    -------
    Prediction
        The level of a cell is what at least half of it receives, with the probability that the
        study asks for; -inf where no site reaches, NaN off the terrain.

    Raises
    ------
    BadInput
        When a site is not what a prediction takes.

    Examples
    --------
    >>> import tempfile
    >>> from deadzones.coverage.cells import build
    >>> from deadzones.coverage.inputs import load
    >>> from deadzones.coverage.study import Study
    >>> from deadzones.geodata import synthetic
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     inputs = load(Study.read(synthetic.country(folder, communes=1)))
    ...     found = predict(inputs.layers["mobile_b"], build(inputs), inputs, How())
    >>> list(found.levels)
    ['Mộng Mobile']
    """
    settings, ground = inputs.study.radio, inputs.of("terrain")[0]
    table = layer.table.assign(**_operator(layer))
    sectors = radio.read_sectors(table, sectors=settings.sectors, label=layer.label)
    near, notes = _near(sectors, cells, ground.raster)
    if near.empty:
        return Prediction({}, {}, ground.raster.grid, notes)
    bounds = _bounds(near)
    cover = [each.raster.path for each in inputs.of("land_cover")]
    terrain, told = radio.read_terrain(
        ground.raster.path,
        bounds=bounds,
        crs=ground.spec.options.get("crs"),
        land_cover=cover[0] if cover else None,
    )

    def progress(done: int, masts: int) -> None:
        if done * _TOLD // masts > (done - 1) * _TOLD // masts:
            how.tell(f"signal of {layer.name}, {done} of {masts} masts")

    signal, grid = radio.by_operator(
        terrain,
        near,
        probability=settings.probability,
        building=settings.building,
        model_sigma_db=settings.model_sigma_db,
        model=radio.Model(
            rx_height_m=settings.rx_height_m, delta_n=settings.delta_n, n0=settings.n0
        ),
        run=radio.Run(how.cache, how.workers, progress),
    )
    levels = {
        name: on_cells(raster, grid, cells, ground.raster.grid) for name, raster in signal.items()
    }
    return Prediction(levels, signal, grid, (*notes, *told.lines))


def _operator(layer: LayerData) -> dict[str, str]:
    return {"operator": layer.spec.operator} if layer.spec.operator else {}


def _near(
    sectors: pd.DataFrame, cells: Cells, ground: Raster
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Keep the sectors on the terrain that can reach a cell, and say how many are not on it."""
    to_ground = pyproj.Transformer.from_crs(grids.WGS84, ground.grid.crs, always_xy=True)
    x, y = to_ground.transform(sectors["lon"].to_numpy(), sectors["lat"].to_numpy())
    west, south, east, north = ground.grid.bounds
    on = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    reach = [
        radio.around(lon, lat, radius_km)
        for lon, lat, radius_km in sectors[["lon", "lat", "radius_km"]].to_numpy()
    ]
    left, low, right, top = np.array(reach).reshape(-1, 4).T
    meets = (
        (left <= cells.lon.max())
        & (right >= cells.lon.min())
        & (low <= cells.lat.max())
        & (top >= cells.lat.min())
    )
    off = sectors.loc[meets & ~on, "row"].nunique()
    notes = (f"{off} sites lie off the terrain and are left out",) if off else ()
    return sectors[meets & on], notes


def _bounds(sectors: pd.DataFrame) -> tuple[float, float, float, float]:
    reach = [radio.around(mast.lon, mast.lat, mast.radius_km) for mast in radio.masts(sectors)]
    west, south = np.min(reach, axis=0)[:2].tolist()
    east, north = np.max(reach, axis=0)[2:].tolist()
    return west, south, east, north


def on_cells(signal_dbm: np.ndarray, grid: Grid, cells: Cells, ground: Grid) -> np.ndarray:
    """Return what at least half of each cell receives.

    Parameters
    ----------
    signal_dbm : ndarray, rows x columns
        NaN where nothing reaches.
    grid : Grid
        Of the signal: a part of the terrain's.
    cells : Cells
        The study's; they may be finer or coarser.
    ground : Grid
        The whole terrain's.

    Returns
    -------
    ndarray of float64
        The median over points spread evenly in the cell; -inf for no signal, NaN where more than
        half of the points lie off the terrain.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from affine import Affine
    >>> fine = Grid("EPSG:4326", Affine(1, 0, 0, 0, -1, 3), (3, 3))
    >>> coarse = Grid("EPSG:4326", Affine(3, 0, 0, 0, -3, 3), (1, 1))
    >>> signal = np.array([[-90, -91, -92], [-93, -94, np.nan], [np.nan, np.nan, np.nan]])
    >>> on_cells(signal, fine, SimpleNamespace(grid=coarse, number=np.array([0])), fine)
    array([-94.])
    """
    count = _samples(cells.grid, grid)
    spread = (np.arange(count) + 0.5) / count - 0.5
    down, across = (part.ravel() for part in np.meshgrid(spread, spread, indexing="ij"))
    found = np.empty(len(cells.number))
    move = pyproj.Transformer.from_crs(cells.grid.crs, grid.crs, always_xy=True)
    for start in range(0, len(found), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        x, y = grids.centres(cells.grid, cells.number[some])
        x = x[:, None] + across * cells.grid.transform.a
        y = y[:, None] + down * cells.grid.transform.e
        if pyproj.CRS(cells.grid.crs) != pyproj.CRS(grid.crs):
            x, y = move.transform(x, y)
        values, inside = _at(signal_dbm, grid, x, y)
        level = np.median(np.where(inside & ~np.isnan(values), values, -np.inf), axis=1)
        west, south, east, north = ground.bounds
        known = (x >= west) & (x < east) & (y > south) & (y <= north)
        found[some] = np.where(2 * known.sum(axis=1) > known.shape[1], level, np.nan)
    return found


def _samples(cells: Grid, fine: Grid) -> int:
    """Points along each side of a cell: as many as it has finer cells, odd, within bounds."""
    wanted = int(np.ceil(rasters.cell_size_m(cells) / rasters.cell_size_m(fine)))
    return min(wanted + 1 - wanted % 2, _MOST_SAMPLES)


def _at(
    values: np.ndarray, grid: Grid, x: np.ndarray, y: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the values of the cells at points, and which points are on the grid."""
    columns = (x - grid.transform.c) / grid.transform.a
    rows = (y - grid.transform.f) / grid.transform.e
    row, column = np.floor(rows).astype(int), np.floor(columns).astype(int)
    inside = (row >= 0) & (row < grid.shape[0]) & (column >= 0) & (column < grid.shape[1])
    return values[np.where(inside, row, 0), np.where(inside, column, 0)], inside
