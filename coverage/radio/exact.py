"""Path loss from a mast to every pixel around it, each by its own profile.

For checking :mod:`deadzones.coverage.radio.area_sweep`, and for small areas.
"""

from __future__ import annotations

import numpy as np

from ._exact_kernels import exact_rows
from ._polar_scene import on_threads, parts, scene
from ._sweep_values import AZIMUTH, DISTANCE, ELEVATION, LOSS
from .area_sweep import Area
from .point_to_point import DELTA_N, N0
from .terrain import Terrain


def area(  # noqa: PLR0913 - the same list as that of the sweep
    terrain: Terrain,
    *,
    lon: float,
    lat: float,
    tx_height_m: float,
    f_ghz: float,
    radius_km: float,
    rx_height_m: float = 1.5,
    polarisation: int = 2,
    time_pct: float = 50.0,
    delta_n: float = DELTA_N,
    n0: float = N0,
    workers: int = 1,
) -> Area:
    """Predict the median loss to every pixel of a disc, as `area.area` does but without radials.

    Each profile has steps as long as a cell or a little shorter, along the geodesic, and goes
    through the functions of :func:`path_loss`.

    Parameters
    ----------
    terrain : Terrain
    lon, lat, tx_height_m, f_ghz, radius_km, rx_height_m, polarisation, time_pct, delta_n, n0, workers
        As for `area.area`.

    Returns
    -------
    Area

    Raises
    ------
    BadInput
        As `area.area` does.

    Examples
    --------
    >>> from affine import Affine
    >>> from deadzones.geodata.grid import Grid
    >>> grid = Grid("EPSG:4326", Affine(0.001, 0, 105, 0, -0.001, 21.1), (100, 100))
    >>> plain = Terrain(grid, np.zeros(grid.shape, np.float32))
    >>> disc = area(plain, lon=105.05, lat=21.05, tx_height_m=30, f_ghz=0.7, radius_km=2)
    >>> disc.grid.shape, float(np.nanmax(disc.loss_db).round())
    ((38, 40), 99.0)
    """
    numbers = {name: value for name, value in locals().items() if name != "terrain"}
    given = scene(terrain, numbers)
    found = np.full((2, *given.grid.shape), np.nan, np.float32)

    def work(rows: tuple[int, int]) -> None:
        exact_rows(given.ground, given.chart, given.mast, rows, given.polar, found)

    polar = given.polar[DISTANCE], given.polar[AZIMUTH]
    on_threads(given.workers, work, parts(given.grid.shape[0], given.workers))
    return Area(given.grid, found[LOSS], *polar, found[ELEVATION])
