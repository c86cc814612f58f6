"""Path loss from a mast to every pixel around it: ITU-R P.1812-8 along radials.

Radials leave the mast a cell apart at the rim of the disc. Along each, everything that
P.1812 asks of a profile is carried from sample to sample, so that a pixel costs no walk of its own.
Each pixel keeps its own distance and height, and takes the last three samples before it on its own
path: there an offset by part of a cell would matter most.

Many masts: call :func:`area` from several threads (`concurrent.futures.ThreadPoolExecutor`) with
one worker each. The compiled parts run side by side, and nothing is shared but the terrain.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...geodata.grid import Grid
from ._polar_scene import Scene, on_threads, parts, row_parts, scene
from ._sweep_loss_kernels import sweep_radials
from ._sweep_order_kernels import count_pixels, sort_pixels
from ._sweep_values import AZIMUTH, DISTANCE, ELEVATION, LOSS
from .point_to_point import DELTA_N, N0
from .terrain import Terrain


@dataclass(frozen=True, eq=False)
class Area:
    """The disc around a mast, on a part of the terrain's grid.

    Parameters
    ----------
    grid : Grid
        Rows and columns of the terrain's grid that the disc touches.
    loss_db : ndarray of float32
        Basic transmission loss Lb at the median place; NaN outside the disc.
    distance_km : ndarray of float32
        From the mast, geodesic on the WGS 84 ellipsoid.
    azimuth_deg : ndarray of float32
        From the mast, clockwise from true north, 0 to 360.
    elevation_deg : ndarray of float32
        Above the horizontal, of the ray that leaves the mast: to the pixel's antenna when the bare
        terrain lets it be seen, else to the horizon; NaN outside the disc.
    """

    grid: Grid
    loss_db: np.ndarray
    distance_km: np.ndarray
    azimuth_deg: np.ndarray
    elevation_deg: np.ndarray


def area(  # noqa: PLR0913 - the Recommendation's own list of inputs
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
    """Predict the median loss to every pixel of a disc with ITU-R P.1812-8.

    All land counts as inland. Nearer than 0.25 km, where the Recommendation does not hold, the loss
    is that of free space and of the knife edge by terrain and clutter. The clutter at a pixel
    itself does not count: add the loss of what stands around the receiver.

    Parameters
    ----------
    terrain : Terrain
        Its cells are the pixels. Heights between their centres are bilinear.
    lon, lat : float
        The mast, degrees, WGS 84.
    tx_height_m, rx_height_m : float
        Antennas above ground, 1 to 3000 m.
    f_ghz : float
        Frequency, 0.03 to 6 GHz.
    radius_km : float
        Of the disc, 0.1 to 150 km.
    polarisation : int
        1 horizontal, 2 vertical.
    time_pct : float
        The loss is not exceeded for this share of an average year, 1 to 50 %. Other shares than
        50 take several times as long.
    delta_n, n0 : float
        Fall of the refractivity in the lowest km and refractivity at sea level, N-units; by default
        Viet Nam's.
    workers : int
        Threads. The result does not depend on it.

    Returns
    -------
    Area

    Raises
    ------
    BadInput
        A `ValueError` that tells every input outside the model's validity, and a mast outside the
        terrain.

    Examples
    --------
    >>> from affine import Affine
    >>> grid = Grid("EPSG:4326", Affine(0.001, 0, 105, 0, -0.001, 21.1), (100, 100))
    >>> plain = Terrain(grid, np.zeros(grid.shape, np.float32))
    >>> disc = area(plain, lon=105.05, lat=21.05, tx_height_m=30, f_ghz=0.7, radius_km=4)
    >>> disc.grid.shape, float(np.nanmax(disc.loss_db).round())
    ((74, 78), 111.0)
    """
    numbers = {name: value for name, value in locals().items() if name != "terrain"}
    given = scene(terrain, numbers)
    radials = 4 * math.ceil(0.5 * math.pi * given.chart.radius_km / given.mast.step_km)
    start, places = _by_radial(given, radials)
    found = np.full((2, *given.grid.shape), np.nan, np.float32)

    def work(part: tuple[int, int]) -> None:
        sweep_radials(
            given.ground,
            given.chart,
            given.mast,
            (*part, radials),
            start,
            places,
            given.polar,
            found,
        )

    polar = given.polar[DISTANCE], given.polar[AZIMUTH]
    on_threads(given.workers, work, parts(radials, given.workers))
    return Area(given.grid, found[LOSS], *polar, found[ELEVATION])


def _by_radial(given: Scene, radials: int) -> tuple[np.ndarray, np.ndarray]:
    """The first pixel of each radial (and one more), and the pixels, counted row by row."""
    polar, radius_km = given.polar, given.chart.radius_km
    rows = row_parts(given.grid.shape, given.workers)
    counts = np.zeros((len(rows), radials), np.int64)
    on_threads(
        given.workers, lambda part, own: count_pixels(polar, radius_km, part, own), rows, counts
    )
    start = np.append(0, counts.sum(axis=0).cumsum())
    at = start[:-1] + counts.cumsum(axis=0) - counts
    places = np.empty(start[-1], np.int32)
    on_threads(
        given.workers, lambda part, own: sort_pixels(polar, radius_km, part, own, places), rows, at
    )
    return start, places
