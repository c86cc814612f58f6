"""The signal of sites, predicted over the terrain of a study and brought onto its cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.spatial import KDTree

from ..geodata import distance, rasters
from ..geodata import grid as grids
from ..geodata.grid import Grid
from ..geodata.rasters import Field
from . import radio
from .cells import Cells
from .inputs import Inputs, LayerData
from .pixels import on_cells
from .radio import Model, Terrain, TerrainNotes
from .radio._standing import bounds, cut_short, misplaced
from .services.service import How, Prediction
from .study_parts import Radio

_TOLD = 4
"""How often progress is told."""
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
    table = layer.table.assign(**operator(layer))
    sectors = radio.read_sectors(table, sectors=settings.sectors, label=layer.label)
    on, notes = _on_ground(sectors, cells, inputs)
    # Of all sites, also of those off the terrain: who is known does not depend on the place.
    names = np.unique(sectors["operator"].to_numpy(dtype=str)).tolist()
    levels = {name: np.empty(len(cells.number)) for name in names}
    nothing = Field(np.full((1, 1), np.nan, np.float32), grids.part(ground, _FIRST, _FIRST))
    fields: list[Field] = []
    for number, block in enumerate(blocks := _blocks(cells.lon, cells.lat, ground), start=1):
        part = _of_block(how, number, len(blocks), layer.name)
        near = _near(on, cells, block)
        signal, told = _signal(near, inputs, part)
        notes += tuple(line for line in told if line not in notes)
        fields += [rasters.best(list(signal.values()))] if signal else []
        for name in names:
            found = signal.get(name, nothing)
            levels[name][block] = on_cells(found, cells.grid, cells.number[block], ground)
    return Prediction(levels, rasters.best(fields) if fields else nothing, notes)


def _of_block(how: How, number: int, count: int, name: str = "sites") -> How:
    """Let progress be told with what it is of."""
    where = f"{name}, block {number} of {count}" if count > 1 else name
    return replace(how, tell=lambda text: how.tell(f"{where}, {text}"))


def operator(layer: LayerData) -> dict[str, str]:
    """Return the column that a study's operator of a whole layer stands for: none, where it has none.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> operator(SimpleNamespace(spec=SimpleNamespace(operator="Mộng Mobile")))
    {'operator': 'Mộng Mobile'}
    """
    return {"operator": layer.spec.operator} if layer.spec.operator else {}


def _blocks(lon: np.ndarray, lat: np.ndarray, ground: Grid) -> list[np.ndarray]:
    """Split places into squares that take a bounded amount of terrain: their positions."""
    side = _BLOCK * rasters.cell_size_m(ground) / _M_PER_DEGREE
    row = np.floor((lat - lat.min(initial=90.0)) / side).astype(int)
    column = np.floor((lon - lon.min(initial=180.0)) / side).astype(int)
    _, block = np.unique(np.stack([row, column]), axis=1, return_inverse=True)
    block = block.ravel()
    return [np.flatnonzero(block == number) for number in range(block.max(initial=-1) + 1)]


def _signal(
    sectors: pd.DataFrame, inputs: Inputs, how: How
) -> tuple[dict[str, Field], tuple[str, ...]]:
    """Predict the signal of each operator that has sectors here, and say how the ground was read."""
    if sectors.empty:
        return {}, ()
    settings = inputs.study.radio
    terrain, told = _terrain(sectors, inputs)
    signal, grid = radio.by_operator(
        terrain,
        sectors,
        probability=settings.probability,
        building=settings.building,
        model_sigma_db=settings.model_sigma_db,
        model=_model(settings),
        run=radio.Run(how.cache, how.workers, _progress(how)),
    )
    return {name: Field(values, grid) for name, values in signal.items()}, told.lines


def _progress(how: How) -> Callable[[int, int], None]:
    def progress(done: int, masts: int) -> None:
        if done * _TOLD // masts > (done - 1) * _TOLD // masts:
            how.tell(f"{done} of {masts} masts")

    return progress


def _terrain(sectors: pd.DataFrame, inputs: Inputs) -> tuple[Terrain, TerrainNotes]:
    """Read the ground within reach of sectors."""
    ground, settings = inputs.of("terrain")[0], inputs.study.radio
    cover = [each.raster for each in inputs.of("land_cover")]
    return radio.read_terrain(
        ground.raster,
        bounds=bounds(sectors),
        outside=settings.outside,
        sea=None if settings.sea is None else inputs.study.folder / settings.sea,
        land_cover=cover[0] if cover else None,
    )


def _model(settings: Radio) -> Model:
    return radio.Model(rx_height_m=settings.rx_height_m, delta_n=settings.delta_n, n0=settings.n0)


def reach(
    sites: pd.DataFrame,
    cells: Cells,
    inputs: Inputs,
    threshold_dbm: float,
    how: How | None = None,
) -> csr_array:
    """Predict which cells each of many sites would serve: sites that do not stand yet.

    Parameters
    ----------
    sites : DataFrame
        As :func:`radio.read_sectors` takes it; ``radius_km`` bounds the work.
    cells : Cells
    inputs : Inputs
        Its study says how (``[radio]``) and has the terrain.
    threshold_dbm : float
        The level that suffices.
    how : How, optional

    Returns
    -------
    csr_array of int8, sites x cells
        1 where at least half of the cell receives the threshold with the probability that the study
        asks for. A site off the terrain, or on a void of it, serves nobody.

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
    ...     cells = build(inputs)
    ...     here = {"lon": cells.lon[:2], "lat": cells.lat[:2], "band_mhz": 700, "radius_km": 2.0}
    ...     served = reach(pd.DataFrame(here), cells, inputs, -110.0)
    >>> served.shape == (2, len(cells.number))
    True
    """
    how, ground = how or How(), inputs.of("terrain")[0].raster.grid
    sectors = radio.read_sectors(sites, sectors=inputs.study.radio.sectors, label="sites")
    shape = (len(sites), len(cells.number))
    on, _ = _on_ground(sectors, cells, inputs)
    tree = KDTree(distance.in_space(cells.lon, cells.lat))
    first = on.drop_duplicates("row").set_index("row")
    spots = distance.in_space(first["lon"].to_numpy(), first["lat"].to_numpy())
    far_m = 1000.0 * first["radius_km"].to_numpy() + rasters.cell_size_m(cells.grid)
    around = dict(zip(first.index, tree.query_ball_point(spots, far_m), strict=True))
    rows, columns = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    blocks = _blocks(on["lon"].to_numpy(), on["lat"].to_numpy(), ground)
    for number, block in enumerate(blocks, start=1):
        for row, field in _one_by_one(on.iloc[block], inputs, _of_block(how, number, len(blocks))):
            near = np.sort(np.array(around[row], dtype=np.int64))
            level = on_cells(field, cells.grid, cells.number[near], ground)
            columns.append(near[level >= threshold_dbm])
            rows.append(np.full(len(columns[-1]), row))
    row, column = np.concatenate(rows), np.concatenate(columns)
    return csr_array((np.ones(len(row), np.int8), (row, column)), shape=shape)


def _one_by_one(sectors: pd.DataFrame, inputs: Inputs, how: How) -> Iterator[tuple[int, Field]]:
    settings, terrain = inputs.study.radio, _terrain(sectors, inputs)[0]
    _, blind = misplaced(terrain, sectors)
    if blind.any():
        how.tell(f"{sectors.loc[blind, 'row'].nunique()} on voids of the terrain left out")
    return radio.each_site(
        terrain,
        sectors[~blind],
        probability=settings.probability,
        building=settings.building,
        model_sigma_db=settings.model_sigma_db,
        model=_model(settings),
        run=radio.Run(how.cache, how.workers, _progress(how)),
    )


def _on_ground(
    sectors: pd.DataFrame, cells: Cells, inputs: Inputs
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Keep the sectors on the terrain, and say what of others, and beyond it, is left out."""
    ground = inputs.of("terrain")[0].raster.grid
    to_ground = grids.transformer(grids.WGS84, ground.crs)
    x, y = to_ground.transform(sectors["lon"].to_numpy(), sectors["lat"].to_numpy())
    west, south, east, north = ground.bounds
    on = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    near = _near(sectors, cells, np.arange(len(cells.number)))
    off = near.loc[~on[near.index], "row"].nunique()
    left_out = "1 site lies off the terrain and is left out"
    if off > 1:
        left_out = f"{off} sites lie off the terrain and are left out"
    notes = (left_out,) if off else ()
    if inputs.study.radio.outside == "refuse":
        notes += cut_short(ground, radio.masts(near[on[near.index]]))
    return sectors[on], notes


def _near(sectors: pd.DataFrame, cells: Cells, block: np.ndarray) -> pd.DataFrame:
    """Keep the sectors that may reach one of the cells, to their outer edges."""
    lon, lat = cells.lon[block], cells.lat[block]
    edge = rasters.cell_size_m(cells.grid) / _M_PER_DEGREE / np.cos(np.radians(lat)).min(initial=1)
    reach = [radio.around(*place) for place in sectors[["lon", "lat", "radius_km"]].to_numpy()]
    west, south, east, north = np.array(reach).reshape(-1, 4).T
    beside = (west <= lon.max() + edge) & (east >= lon.min() - edge)
    return sectors[beside & (south <= lat.max() + edge) & (north >= lat.min() - edge)]
