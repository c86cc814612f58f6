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

_LIMITS = {
    "h_m": (LOWEST_M, HIGHEST_M),
    "clutter_m": (0.0, _TALLEST_M),
    "sea": (0.0, 1.0),
    "guessed": (0.0, 1.0),
}
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
    guessed : ndarray of bool or None
        Where the height was a void and is interpolated: no place for a mast. None for none.
    """

    grid: Grid
    h_m: np.ndarray
    clutter_m: np.ndarray | None = None
    sea: np.ndarray | None = None
    guessed: np.ndarray | None = None


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
        Where arrays do not fit the grid, or hold what no ground is; where the grid is not north-up.

    Examples
    --------
    >>> from affine import Affine
    >>> grid = Grid("EPSG:4326", Affine(0.01, 0, 105, 0, -0.01, 22), (1, 2))
    >>> check_terrain(Terrain(grid, np.array([[1.0, np.nan]])))
    Traceback (most recent call last):
    deadzones.geodata.faults.BadInput: terrain.h_m: found NaN in 1 cells; wanted ...
    """
    faults = grid_faults(terrain.grid)
    for name, limits in _LIMITS.items():
        values = getattr(terrain, name)
        if values is not None:
            faults += _array_faults(f"terrain.{name}", values, terrain.grid.shape, limits, window)
    if faults:
        raise BadInput(faults)


def grid_faults(grid: Grid) -> list[Fault]:
    """Tell that a grid is not north-up.

    Examples
    --------
    >>> from affine import Affine
    >>> grid_faults(Grid("EPSG:4326", Affine(0.01, 0, 105, 0, 0.01, 21), (1, 2)))[0].found
    'a grid that is upside down'
    """
    across, shear, _, turn, down, _ = grid.transform[:6]
    if across > 0.0 > down and shear == turn == 0.0:
        return []
    found = "a grid that is sheared or rotated" if shear or turn else "a grid that is upside down"
    wanted = "rows from north to south, columns from west to east"
    return [Fault("terrain.grid", found, wanted, "Warp the raster, or turn the arrays.")]


def _array_faults(
    label: str,
    values: np.ndarray,
    shape: tuple[int, int],
    limits: tuple[float, float],
    window: tuple[slice, slice] | None,
) -> list[Fault]:
    repair, (low, high) = "Mend the array, or read it with read_terrain.", limits
    if np.shape(values) != shape:
        found, wanted = f"shape {np.shape(values)}", f"{shape}, as its grid has"
        return [Fault(label, found, wanted, repair)]
    wanted = f"{low:g} to {high:g} in every cell"
    if np.ma.isMaskedArray(values) and (masked := int(np.ma.count_masked(values))):
        return [Fault(label, f"{masked:,} cells masked", wanted, repair)]
    seen = np.asarray(values)[window or ...]
    if np.min(seen) >= low and np.max(seen) <= high:
        return []
    found = f"{np.min(seen):g} to {np.max(seen):g}"
    if void := int(np.isnan(seen).sum()):
        found = f"NaN in {void:,} cells"
    return [Fault(label, found, wanted, repair)]


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
