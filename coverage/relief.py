"""Heights of the ground, coarse: what a map needs to show mountains and valleys."""

from __future__ import annotations

import numpy as np
from affine import Affine

from ..geodata import rasters, resampling
from ..geodata.grid import WGS84, Grid
from ..geodata.rasters import Field
from .inputs import Inputs

MOST_CELLS = 800
"""Along the longer side: a screen shows little more at once."""
_METRES_A_DEGREE = 111_000.0


def heights(inputs: Inputs) -> Field | None:
    """Return the heights of a study's terrain around its communes.

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    Field or None
        Metres above the sea, whole, on a grid of at most ``MOST_CELLS`` a side in EPSG:4326; NaN
        where no layer knows. None for a study without terrain, or with terrain elsewhere.

    Examples
    --------
    >>> import tempfile
    >>> from deadzones.coverage.inputs import load
    >>> from deadzones.coverage.study import Study
    >>> from deadzones.geodata import synthetic
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = heights(load(Study.read(synthetic.country(folder, communes=1))))
    >>> found.grid.crs
    'EPSG:4326'
    """
    layers = [layer.raster for layer in inputs.of("terrain")]
    if not layers:
        return None
    west, south, east, north = inputs.communes.total_bounds
    finest = min(rasters.cell_size_m(raster.grid) for raster in layers) / _METRES_A_DEGREE
    cell = max(finest, (east - west) / MOST_CELLS, (north - south) / MOST_CELLS)
    shape = (int(np.ceil((north - south) / cell)), int(np.ceil((east - west) / cell)))
    grid = Grid(WGS84, Affine(cell, 0, west, 0, -cell, north), shape)
    values = np.full(shape, np.nan)
    for raster in layers:  # the first that knows a height gives it
        values = np.where(np.isnan(values), resampling.mean(raster, grid), values)
    return None if np.isnan(values).all() else Field(np.round(values).astype(np.float32), grid)
