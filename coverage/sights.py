"""Between which sites a microwave hop is possible.

In sight means clear by 0.6 of the first Fresnel zone over the terrain and the bulge of the Earth
(ITU-R P.530). In heavy rain a hop reaches 15 km in sight and 5 km where it is not known to be.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
from scipy.spatial import KDTree

from ..geodata import distance, rasters
from ..geodata.rasters import Raster
from ._sight_kernels import least_clearance
from .inputs import Inputs

CLEAR = 0.6
"""Of the first Fresnel zone, ITU-R P.530."""
F_GHZ = 15.0
"""A common band of microwave backhaul: a lower one would need more clearance."""
K = 4.0 / 3.0
"""Effective earth radius over the true one, median."""
MAST_M = 40.0
"""Of a standing site whose height is not known: judgement."""
_MOST = 6
"""Other ends that are looked at, the nearest first."""
_STEP_M = 100.0
"""Between the heights of a path."""
_GEOD = pyproj.Geod(ellps="WGS84")


def in_sight(
    start: np.ndarray,
    end: np.ndarray,
    terrain: Raster,
    *,
    start_m: float,
    end_m: float,
    f_ghz: float = F_GHZ,
) -> np.ndarray:
    """Tell which pairs of antennas see each other.

    Parameters
    ----------
    start, end : ndarray of float64, shape (pairs, 2)
        Longitude and latitude, degrees.
    terrain : Raster
        Elevations, m.
    start_m, end_m : float
        Antennas above ground, m.
    f_ghz : float

    Returns
    -------
    ndarray of bool
        False where the terrain is not known all the way.

    Examples
    --------
    >>> in_sight(np.zeros((0, 2)), np.zeros((0, 2)), None, start_m=30.0, end_m=30.0)
    array([], dtype=bool)
    """
    if not len(start):
        return np.zeros(0, dtype=bool)
    far_m = _GEOD.inv(*start.T, *end.T)[2]
    counts = np.maximum(np.ceil(far_m / _STEP_M).astype(np.int64), 2) + 1
    pair = np.repeat(np.arange(len(start)), counts)
    first = np.cumsum(counts) - counts
    share = (np.arange(len(pair)) - first[pair]) / (counts[pair] - 1)
    place = start[pair] + share[:, None] * (end[pair] - start[pair])
    height = rasters.sample(terrain, place[:, 0], place[:, 1]).astype(float)
    found = np.zeros(len(start), dtype=bool)
    for at in range(len(start)):
        profile = height[first[at] : first[at] + counts[at]]
        if np.isfinite(profile).all():
            least = least_clearance(profile, far_m[at] / 1000.0, start_m, end_m, f_ghz, K)
            found[at] = least >= CLEAR
    return found


def from_sites(
    table: pd.DataFrame,
    sites: gpd.GeoDataFrame | None,
    inputs: Inputs,
    reach_km: float,
    unseen_km: float,
) -> np.ndarray:
    """Find the standing site from which a hop can reach each candidate, the nearest that does.

    Parameters
    ----------
    table : DataFrame
        ``lon``, ``lat`` of the candidates, degrees.
    sites : GeoDataFrame or None
        Standing sites, EPSG:4326.
    inputs : Inputs
        Its study may have terrain.
    reach_km, unseen_km : float
        How long a hop may be in sight, and where it is not known to be.

    Returns
    -------
    ndarray of float64, shape (candidates, 2)
        Degrees; NaN where no hop does.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> rules = SimpleNamespace(upgrades=SimpleNamespace(site_height_m=40.0))
    >>> flat = SimpleNamespace(of=lambda role: [], study=rules)  # a study without terrain
    >>> village = pd.DataFrame({"lon": [105.0, 106.0], "lat": [21.0, 21.0]})
    >>> mast = gpd.GeoDataFrame(geometry=gpd.points_from_xy([105.02], [21.0]), crs=4326)
    >>> from_sites(village, mast, flat, 15.0, 5.0).tolist()
    [[105.02, 21.0], [nan, nan]]
    """
    found = np.full((len(table), 2), np.nan)
    if sites is None or sites.empty or table.empty:
        return found
    here = table[["lon", "lat"]].to_numpy(dtype=float)
    point = sites.geometry.explode(ignore_index=True)
    there = np.column_stack([point.x, point.y])
    pairs = _near(here, there, reach_km)
    able = _able(here[pairs[:, 0]], there[pairs[:, 1]], inputs, unseen_km, MAST_M)
    row, first = np.unique(pairs[able, 0], return_index=True)  # pairs come nearest first
    found[row] = there[pairs[able, 1][first]]
    return found


def between(
    table: pd.DataFrame, inputs: Inputs, reach_km: float, unseen_km: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs of candidates that a hop can join, both ways, by their start.

    Parameters
    ----------
    table : DataFrame
        ``lon``, ``lat`` of the candidates, degrees.
    inputs : Inputs
    reach_km, unseen_km : float

    Returns
    -------
    start, end : ndarray of int64
        Positions in the table.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> rules = SimpleNamespace(upgrades=SimpleNamespace(site_height_m=40.0))
    >>> flat = SimpleNamespace(of=lambda role: [], study=rules)  # a study without terrain
    >>> sites = pd.DataFrame({"lon": [105.0, 105.02, 106.0], "lat": 21.0})
    >>> [ends.tolist() for ends in between(sites, flat, 15.0, 5.0)]
    [[0, 1], [1, 0]]
    """
    here = table[["lon", "lat"]].to_numpy(dtype=float)
    pairs = _near(here, here, reach_km)
    pairs = np.unique(np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1), axis=0)
    height_m = inputs.study.upgrades.site_height_m
    able = _able(here[pairs[:, 0]], here[pairs[:, 1]], inputs, unseen_km, height_m)
    pairs = pairs[able]
    start, end = np.concatenate([pairs, pairs[:, ::-1]]).T
    order = np.lexsort((end, start))
    return start[order], end[order]


def _near(here: np.ndarray, there: np.ndarray, reach_km: float) -> np.ndarray:
    """Return pairs of places no farther apart than a hop reaches, a few for each."""
    if not len(here) or not len(there):
        return np.zeros((0, 2), dtype=np.int64)
    tree = KDTree(distance.in_space(*there.T))
    count = min(_MOST + 1, len(there))
    far_m, other = tree.query(distance.in_space(*here.T), k=np.arange(1, count + 1))
    near = far_m <= 1000.0 * reach_km
    return np.column_stack([np.nonzero(near)[0], other[near]])


def _able(
    start: np.ndarray, end: np.ndarray, inputs: Inputs, unseen_km: float, start_m: float
) -> np.ndarray:
    far_m = _GEOD.inv(*start.T, *end.T)[2] if len(start) else np.zeros(0)
    able = far_m <= 1000.0 * unseen_km
    terrain = inputs.of("terrain")
    if terrain:
        far = np.flatnonzero(~able)
        height_m = inputs.study.upgrades.site_height_m
        able[far] = in_sight(
            start[far], end[far], terrain[0].raster, start_m=start_m, end_m=height_m
        )
    return able
