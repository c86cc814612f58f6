"""The ground that radio waves pass over: heights, clutter and sea on one raster grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyproj

from ...geodata.faults import BadInput, Fault
from ...geodata.grid import Grid

LOWEST_M, HIGHEST_M = -500.0, 9000.0
"""Of the ground: below the Dead Sea's shore, above Mount Everest. What lies beyond is in feet, or
an undeclared nodata."""
_TALLEST_M = 1000.0
"""Of clutter, as `path_loss` takes it."""

_GEOD = pyproj.Geod(ellps="WGS84")


@dataclass(frozen=True, eq=False)
class Terrain:
    """Ground without gaps.

    Parameters
    ----------
    grid : Grid
        North-up; geographic or projected. Heights stand for the centres of its cells.
    h_m : ndarray of float32, rows x columns
        Above sea level; no NaN.
    clutter_m : ndarray of float32 or None
        Representative clutter height on each cell; None for none anywhere.
    sea : ndarray of bool or None
        Where water is sea; None for land everywhere.
    """

    grid: Grid
    h_m: np.ndarray
    clutter_m: np.ndarray | None = None
    sea: np.ndarray | None = None


def check_terrain(terrain: Terrain, window: tuple[slice, slice] | None = None) -> None:
    """Refuse a terrain that is none: for values that were not read but made.

    Parameters
    ----------
    terrain : Terrain
    window : tuple of slice, optional
        Rows and columns to look at; by default all.

    Raises
    ------
    BadInput
        Where arrays do not fit the grid, or hold what no ground is.

    Examples
    --------
    >>> from affine import Affine
    >>> grid = Grid("EPSG:4326", Affine(0.01, 0, 105, 0, -0.01, 22), (1, 2))
    >>> check_terrain(Terrain(grid, np.array([[1.0, np.nan]])))
    Traceback (most recent call last):
    deadzones.geodata.faults.BadInput: terrain.h_m: found NaN in 1 cells; wanted ...
    """
    faults: list[Fault] = []
    limits = {"h_m": (LOWEST_M, HIGHEST_M), "clutter_m": (0.0, _TALLEST_M), "sea": (0.0, 1.0)}
    for name, (low, high) in limits.items():
        values = getattr(terrain, name)
        if values is None:
            continue
        label, repair = f"terrain.{name}", "Mend the array, or read it with read_terrain."
        if np.shape(values) != terrain.grid.shape:
            found, wanted = f"shape {np.shape(values)}", f"{terrain.grid.shape}, as its grid has"
            faults.append(Fault(label, found, wanted, repair))
            continue
        seen = np.asarray(values)[window or ...]
        if not (np.min(seen) >= low and np.max(seen) <= high):
            found = f"{np.min(seen):g} to {np.max(seen):g}"
            if void := int(np.isnan(seen).sum()):
                found = f"NaN in {void:,} cells"
            faults.append(Fault(label, found, f"{low:g} to {high:g} in every cell", repair))
    if faults:
        raise BadInput(faults)


def around(lon: float, lat: float, radius_km: float) -> tuple[float, float, float, float]:
    """Return the bounds of a disc: west, south, east, north in degrees.

    Parameters
    ----------
    lon, lat : float
        Degrees, WGS 84.
    radius_km : float

    Returns
    -------
    tuple of float

    Examples
    --------
    >>> [round(each, 2) for each in around(105.0, 21.0, 10.0)]
    [104.9, 20.91, 105.1, 21.09]
    """
    turn = np.arange(0.0, 360.0, 5.0)
    # Between two bearings the rim bulges out by less than 1 - cos(2.5 degrees).
    away_m = np.full(turn.size, 1001.0 * radius_km)
    lons, lats, _ = _GEOD.fwd(np.full(turn.size, lon), np.full(turn.size, lat), turn, away_m)
    return float(lons.min()), float(lats.min()), float(lons.max()), float(lats.max())
