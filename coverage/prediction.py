"""The signal of sites, predicted over the terrain of a study and brought onto its cells."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pyproj

from ..geodata import grid as grids
from ..geodata import rasters
from ..geodata.grid import Grid
from ..geodata.rasters import Field
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
_BLOCK = 3000
"""Cells of terrain along the side of a block; a bound on memory."""
_M_PER_DEGREE = 111_320.0
"""Of latitude, on average; only blocks are laid out with it."""
_FIRST = slice(0, 1)


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
    settings, ground = inputs.study.radio, inputs.of("terrain")[0].raster.grid
    table = layer.table.assign(**_operator(layer))
    sectors = radio.read_sectors(table, sectors=settings.sectors, label=layer.label)
    on, notes = _on_ground(sectors, cells, ground)
    names = np.unique(on["operator"].to_numpy(dtype=str)).tolist()
    levels = {name: np.empty(len(cells.number)) for name in names}
    nothing = Field(np.full((1, 1), np.nan, np.float32), grids.part(ground, _FIRST, _FIRST))
    fields: list[Field] = []
    for number, block in enumerate(blocks := _blocks(cells, ground), start=1):
        where = f", block {number} of {len(blocks)}" if len(blocks) > 1 else ""
        part = replace(how, tell=lambda text, where=where: how.tell(f"{layer.name}{where}, {text}"))
        near = _near(on, cells, block)
        signal, told = _signal(near, inputs, part)
        notes += tuple(line for line in told if line not in notes)
        fields += [rasters.best(list(signal.values()))] if signal else []
        for name in names:
            found = signal.get(name, nothing)
            levels[name][block] = on_cells(found, cells.grid, cells.number[block], ground)
    return Prediction(levels, rasters.best(fields) if fields else nothing, notes)


def _operator(layer: LayerData) -> dict[str, str]:
    return {"operator": layer.spec.operator} if layer.spec.operator else {}


def _blocks(cells: Cells, ground: Grid) -> list[np.ndarray]:
    """Split the cells into squares that take a bounded amount of terrain: positions in `cells`."""
    side = _BLOCK * rasters.cell_size_m(ground) / _M_PER_DEGREE
    row = np.floor((cells.lat - cells.lat.min()) / side).astype(int)
    column = np.floor((cells.lon - cells.lon.min()) / side).astype(int)
    _, block = np.unique(np.stack([row, column]), axis=1, return_inverse=True)
    block = block.ravel()
    return [np.flatnonzero(block == number) for number in range(block.max(initial=-1) + 1)]


def _signal(
    sectors: pd.DataFrame, inputs: Inputs, how: How
) -> tuple[dict[str, Field], tuple[str, ...]]:
    """Predict the signal of each operator that has sectors here, and say how the ground was read."""
    if sectors.empty:
        return {}, ()
    settings, ground = inputs.study.radio, inputs.of("terrain")[0]
    cover = [each.raster.path for each in inputs.of("land_cover")]
    terrain, told = radio.read_terrain(
        ground.raster.path,
        bounds=_bounds(sectors),
        crs=ground.spec.options.get("crs"),
        land_cover=cover[0] if cover else None,
    )

    def progress(done: int, masts: int) -> None:
        if done * _TOLD // masts > (done - 1) * _TOLD // masts:
            how.tell(f"{done} of {masts} masts")

    signal, grid = radio.by_operator(
        terrain,
        sectors,
        probability=settings.probability,
        building=settings.building,
        model_sigma_db=settings.model_sigma_db,
        model=radio.Model(
            rx_height_m=settings.rx_height_m, delta_n=settings.delta_n, n0=settings.n0
        ),
        run=radio.Run(how.cache, how.workers, progress),
    )
    return {name: Field(values, grid) for name, values in signal.items()}, told.lines


def _on_ground(
    sectors: pd.DataFrame, cells: Cells, ground: Grid
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Keep the sectors on the terrain, and say how many are not that could reach a cell."""
    to_ground = pyproj.Transformer.from_crs(grids.WGS84, ground.crs, always_xy=True)
    x, y = to_ground.transform(sectors["lon"].to_numpy(), sectors["lat"].to_numpy())
    west, south, east, north = ground.bounds
    on = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    near = _near(sectors, cells, np.arange(len(cells.number)))
    off = near.loc[~on[near.index], "row"].nunique()
    left_out = "1 site lies off the terrain and is left out"
    if off > 1:
        left_out = f"{off} sites lie off the terrain and are left out"
    return sectors[on], (left_out,) if off else ()


def _near(sectors: pd.DataFrame, cells: Cells, block: np.ndarray) -> pd.DataFrame:
    """Keep the sectors that may reach one of the cells, to their outer edges."""
    lon, lat = cells.lon[block], cells.lat[block]
    edge = rasters.cell_size_m(cells.grid) / _M_PER_DEGREE / np.cos(np.radians(lat)).min(initial=1)
    reach = [radio.around(*place) for place in sectors[["lon", "lat", "radius_km"]].to_numpy()]
    west, south, east, north = np.array(reach).reshape(-1, 4).T
    beside = (west <= lon.max() + edge) & (east >= lon.min() - edge)
    return sectors[beside & (south <= lat.max() + edge) & (north >= lat.min() - edge)]


def _bounds(sectors: pd.DataFrame) -> tuple[float, float, float, float]:
    reach = [radio.around(mast.lon, mast.lat, mast.radius_km) for mast in radio.masts(sectors)]
    west, south = np.min(reach, axis=0)[:2].tolist()
    east, north = np.max(reach, axis=0)[2:].tolist()
    return west, south, east, north


def on_cells(signal: Field, cells: Grid, number: np.ndarray, ground: Grid) -> np.ndarray:
    """Return what at least half of each cell receives.

    Parameters
    ----------
    signal : Field
        dBm, on a part of the terrain's grid; NaN where nothing reaches.
    cells : Grid
        The study's; finer or coarser.
    number : ndarray of int
        Numbers of the cells that are wanted.
    ground : Grid
        The whole terrain's.

    Returns
    -------
    ndarray of float64
        The median over points spread evenly in the cell; -inf for no signal, NaN where more than
        half of the points lie off the terrain.

    Examples
    --------
    >>> from affine import Affine
    >>> fine = Grid("EPSG:4326", Affine(1, 0, 0, 0, -1, 3), (3, 3))
    >>> coarse = Grid("EPSG:4326", Affine(3, 0, 0, 0, -3, 3), (1, 1))
    >>> signal = np.array([[-90, -91, -92], [-93, -94, np.nan], [np.nan, np.nan, np.nan]])
    >>> on_cells(Field(signal, fine), coarse, np.array([0]), fine)
    array([-94.])
    """
    count, grid = _samples(cells, signal.grid), signal.grid
    spread = (np.arange(count) + 0.5) / count - 0.5
    down, across = (part.ravel() for part in np.meshgrid(spread, spread, indexing="ij"))
    found = np.empty(len(number))
    move = pyproj.Transformer.from_crs(cells.crs, grid.crs, always_xy=True)
    for start in range(0, len(found), _AT_ONCE):
        some = slice(start, start + _AT_ONCE)
        x, y = grids.centres(cells, number[some])
        x = x[:, None] + across * cells.transform.a
        y = y[:, None] + down * cells.transform.e
        if pyproj.CRS(cells.crs) != pyproj.CRS(grid.crs):
            x, y = move.transform(x, y)
        values, inside = _at(signal.values, grid, x, y)
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
