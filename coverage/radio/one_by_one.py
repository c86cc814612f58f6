"""The signal of each site on its own: what one more of them would add."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from ...geodata.grid import Grid
from ...geodata.rasters import Field
from ._best import doubt, levels, on_disc
from ._standing import check_places
from .mast_discs import Model, Run, in_order, prepared
from .probability import MODEL_SIGMA_DB
from .sites import Mast, masts
from .terrain import Terrain, check_terrain
from .variability import Building


def each_site(
    terrain: Terrain,
    sectors: pd.DataFrame,
    *,
    probability: float = 0.5,
    building: Building | None = None,
    model_sigma_db: float = MODEL_SIGMA_DB,
    model: Model | None = None,
    run: Run | None = None,
) -> Iterator[tuple[int, Field]]:
    """Give the signal of each record of a table of sites, one by one.

    Parameters
    ----------
    terrain : Terrain
    sectors : DataFrame
        As :func:`read_sectors` gives it, every mast on the terrain and none on a void of it. All
        sectors of a record stand on one mast.
    probability, building, model_sigma_db, model, run
        As :func:`by_operator` takes them.

    Yields
    ------
    int, Field
        The record's ``row``, and the best of its sectors on the disc around it: dBm of float32, NaN
        out of reach. In the order of masts, few held at a time.

    Raises
    ------
    BadInput

    Examples
    --------
    >>> from affine import Affine
    >>> from deadzones.coverage.radio import read_sectors
    >>> grid = Grid("EPSG:32648", Affine(100, 0, 500000, 0, -100, 2330000), (40, 40))
    >>> plain = Terrain(grid, np.zeros(grid.shape, np.float32))
    >>> sites = pd.DataFrame({"lon": [105.01, 105.03], "lat": [21.05, 21.05], "radius_km": 1.0})
    >>> [row for row, field in each_site(plain, read_sectors(sites))]
    [0, 1]
    """
    check_terrain(terrain)
    check_places(terrain, sectors)
    scale = levels(terrain.grid, sectors, probability, doubt(building, model_sigma_db, model))
    _, groups = np.unique(sectors["row"].to_numpy(dtype=int), return_inverse=True)
    scale, stands, rows = replace(scale, groups=groups), masts(sectors), np.unique(sectors["row"])
    disc = prepared(terrain, len(stands), model=model, run=run)

    def signals(mast: Mast) -> tuple[Grid, dict[int, np.ndarray]]:
        there = disc(mast)
        return there.grid, on_disc(there, sectors, stands[mast], [scale])[0]

    for _, (grid, found) in in_order(list(stands), signals, run=run):
        for group, values in found.items():
            yield int(rows[group]), Field(values, grid)
