"""Predicted mobile coverage: the best signal at each cell of a terrain, and its probability."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from ...geodata.faults import BadInput, Fault
from ...geodata.grid import Grid
from ._best import best, by_name, chances, doubt, levels, servers
from ._standing import Dem, ready
from .mast_discs import Model, Run
from .probability import MODEL_SIGMA_DB
from .sites import Sites
from .variability import Building


def sweep(
    dem: Dem,
    sites: Sites,
    *,
    probability: float = 0.5,
    building: Building | None = None,
    model_sigma_db: float = MODEL_SIGMA_DB,
    model: Model | None = None,
    run: Run | None = None,
) -> tuple[np.ndarray, Grid]:
    """Predict the strongest reference signal (RSRP) at each cell.

    At the median place and time by ITU-R P.1812-8; or what a place has with another probability.

    Parameters
    ----------
    dem : path, sequence of paths, or Terrain
        Elevation models, read around the sites by :func:`read_terrain`; or a terrain.
    sites : path or table
        As :func:`read_sectors` takes it; or what that returns.
    probability : float
        That the signal at a place is at least the one returned: it is lower than the median by as
        many standard deviations. A level is reached with this probability where :func:`coverage`
        says so.
    building : {"traditional", "efficient"}, optional
        Predict indoors, in such buildings (ITU-R P.2109-2); outdoors by default.
    model_sigma_db : float
        Error of the predicted median. The spread of places, and of buildings, is added as squares.
    model : Model, optional
    run : Run, optional

    Returns
    -------
    ndarray of float32, Grid
        dBm; NaN where no sector reaches. The grid is the terrain's.

    Raises
    ------
    BadInput
        With all faults of the sites.

    Examples
    --------
    >>> import pandas as pd
    >>> from affine import Affine
    >>> from deadzones.coverage.radio import Terrain
    >>> grid = Grid("EPSG:32648", Affine(100, 0, 500000, 0, -100, 2330000), (40, 40))
    >>> plain = Terrain(grid, np.zeros(grid.shape, np.float32))
    >>> mast = pd.DataFrame({"lon": [105.02], "lat": [21.05], "band_mhz": [700], "radius_km": [1]})
    >>> signal_dbm, _ = sweep(plain, mast)
    >>> bool(np.nanmax(signal_dbm) > -60)
    True
    """
    terrain, sectors = ready(dem, sites)
    scale = levels(terrain.grid, sectors, probability, doubt(building, model_sigma_db, model))
    (signal,) = best(terrain, sectors, [scale], model=model, run=run)
    return signal[0], terrain.grid


def best_server(
    dem: Dem,
    sites: Sites,
    *,
    model: Model | None = None,
    run: Run | None = None,
) -> tuple[np.ndarray, Grid]:
    """Tell which record of the sites gives the strongest signal at each cell.

    Parameters
    ----------
    dem, sites, model, run
        As :func:`sweep` takes them.

    Returns
    -------
    ndarray of int32, Grid
        Number of the record in the source, 0 = first, the first of equals; -1 where none reaches.

    Raises
    ------
    BadInput

    Examples
    --------
    >>> import pandas as pd
    >>> from affine import Affine
    >>> from deadzones.coverage.radio import Terrain
    >>> grid = Grid("EPSG:32648", Affine(100, 0, 500000, 0, -100, 2330000), (40, 40))
    >>> plain = Terrain(grid, np.zeros(grid.shape, np.float32))
    >>> masts = pd.DataFrame({"lon": [105.01, 105.03], "lat": [21.05, 21.05], "radius_km": [1, 1]})
    >>> server, _ = best_server(plain, masts)
    >>> np.unique(server).tolist()
    [-1, 0, 1]
    """
    terrain, sectors = ready(dem, sites)
    server = servers(terrain, sectors, model=model, run=run)
    rows = np.append(sectors["row"].to_numpy(dtype=np.int32), np.int32(-1))
    return rows[server], terrain.grid


def by_operator(
    dem: Dem,
    sites: Sites,
    *,
    probability: float = 0.5,
    building: Building | None = None,
    model_sigma_db: float = MODEL_SIGMA_DB,
    model: Model | None = None,
    run: Run | None = None,
) -> tuple[dict[str, np.ndarray], Grid]:
    """Predict the strongest signal of each operator at each cell.

    Parameters
    ----------
    dem, sites, probability, building, model_sigma_db, model, run
        As :func:`sweep` takes them.

    Returns
    -------
    dict of str to ndarray of float32, Grid
        Operator ("" where none is named) -> dBm. The maximum of all is what `sweep` returns.

    Raises
    ------
    BadInput

    Examples
    --------
    >>> import pandas as pd
    >>> from affine import Affine
    >>> from deadzones.coverage.radio import Terrain
    >>> grid = Grid("EPSG:32648", Affine(100, 0, 500000, 0, -100, 2330000), (40, 40))
    >>> plain = Terrain(grid, np.zeros(grid.shape, np.float32))
    >>> mast = pd.DataFrame({"lon": [105.02], "lat": [21.05], "operator": ["A"], "radius_km": [1]})
    >>> list(by_operator(plain, mast)[0])
    ['A']
    """
    terrain, sectors = ready(dem, sites)
    scale = levels(terrain.grid, sectors, probability, doubt(building, model_sigma_db, model))
    names, scale = by_name(scale, sectors["operator"])
    (signal,) = best(terrain, sectors, [scale], model=model, run=run)
    return dict(zip(names, signal, strict=True)), terrain.grid


def coverage(
    dem: Dem,
    sites: Sites,
    *,
    threshold_dbm: float,
    building: Building | None = None,
    model_sigma_db: float = MODEL_SIGMA_DB,
    model: Model | None = None,
    run: Run | None = None,
) -> tuple[np.ndarray, Grid]:
    """Predict the probability that some sector is received at a place in each cell.

    That of the sector with the best chance. It is a share of the places *at* a cell, not of those
    in the area around a mast: see :func:`area_probability`.

    Parameters
    ----------
    dem, sites, building, model_sigma_db, model, run
        As :func:`sweep` takes them.
    threshold_dbm : float
        RSRP that suffices. For a phone at the head or in a car, add what these take: Report ITU-R
        M.2292 has 4 dB for the body.

    Returns
    -------
    ndarray of float32, Grid
        0 to 1; NaN where no sector reaches.

    Raises
    ------
    BadInput

    Examples
    --------
    >>> import pandas as pd
    >>> from affine import Affine
    >>> from deadzones.coverage.radio import Terrain
    >>> grid = Grid("EPSG:32648", Affine(100, 0, 500000, 0, -100, 2330000), (40, 40))
    >>> plain = Terrain(grid, np.zeros(grid.shape, np.float32))
    >>> mast = pd.DataFrame({"lon": [105.02], "lat": [21.05], "radius_km": [1]})
    >>> outdoors, _ = coverage(plain, mast, threshold_dbm=-110)
    >>> indoors, _ = coverage(plain, mast, threshold_dbm=-110, building="traditional")
    >>> bool(np.nanmin(outdoors) > np.nanmin(indoors))
    True
    """
    check_threshold(threshold_dbm)
    terrain, sectors = ready(dem, sites)
    scale = chances(terrain.grid, sectors, threshold_dbm, doubt(building, model_sigma_db, model))
    (chance,) = best(terrain, sectors, [scale], model=model, run=run)
    return ndtr(chance[0], out=chance[0]), terrain.grid


def check_threshold(threshold_dbm: float) -> None:
    """Refuse a threshold that is no RSRP.

    Examples
    --------
    >>> check_threshold(-110.0)
    """
    if not -200.0 <= threshold_dbm <= 0.0:
        wanted, repair = "-200 to 0 dBm", "Give -110 to start with."
        raise BadInput([Fault("threshold_dbm", f"{threshold_dbm}", wanted, repair)])
