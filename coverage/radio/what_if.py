"""Predicted coverage after a change of sites, without computing all of it again."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from ...geodata.faults import BadInput, Fault
from . import _best
from ._standing import ready
from .mast_discs import Model, Run, box
from .sites import Sites, masts, read_sectors
from .terrain import Terrain


def change(
    before: np.ndarray,
    terrain: Terrain,
    old: Sites,
    new: Sites,
    *,
    model: Model | None = None,
    run: Run | None = None,
) -> np.ndarray:
    """Predict the strongest signal (the median) after a change of sites, from that before.

    Only cells that a changed sector reached, or reaches now, are looked at again, and only the
    discs that touch them; with a cache, only new masts are computed. The result is that of
    `sweep` with the new sites, to the bit.

    Parameters
    ----------
    before : ndarray
        What :func:`sweep` returned for the old sites on this terrain.
    terrain : Terrain
    old, new : path or table
        The sites before and after.
    model, run
        As :func:`sweep` took them.

    Returns
    -------
    ndarray of float32

    Raises
    ------
    BadInput
        When `before` is not of this terrain, or a new site is off it or on a void of it.

    Examples
    --------
    >>> from affine import Affine
    >>> from deadzones.coverage.radio import sweep
    >>> from deadzones.geodata.grid import Grid
    >>> grid = Grid("EPSG:32648", Affine(100, 0, 500000, 0, -100, 2330000), (40, 40))
    >>> plain = Terrain(grid, np.zeros(grid.shape, np.float32))
    >>> old = pd.DataFrame({"lon": [105.01], "lat": [21.05], "radius_km": [1]})
    >>> new = pd.DataFrame({"lon": [105.01, 105.03], "lat": [21.05, 21.05], "radius_km": [1, 1]})
    >>> after = change(sweep(plain, old)[0], plain, old, new)
    >>> np.array_equal(after, sweep(plain, new)[0], equal_nan=True)
    True
    """
    if before.shape != terrain.grid.shape:
        found, wanted = f"shape {before.shape}", f"{terrain.grid.shape}, that of the terrain"
        raise BadInput([Fault("before", found, wanted, "Sweep the old sites on this terrain.")])
    was = read_sectors(old)
    _, now = ready(terrain, new)
    touched = np.zeros(terrain.grid.shape, bool)
    for sectors, gone in ((was, _less(was, now)), (now, _less(now, was))):
        for mast, rows in masts(sectors).items():
            window = box(terrain.grid, mast)
            if window is not None and gone[rows].any():
                touched[window] = True
    near = [
        rows
        for mast, rows in masts(now).items()
        if (window := box(terrain.grid, mast)) is not None and touched[window].any()
    ]
    rows = np.sort(np.concatenate([np.zeros(0, np.int64), *near]))
    again = now.iloc[rows].reset_index(drop=True)
    scale = _best.levels(terrain.grid, again, 0.5, _best.Doubt())
    (signal,) = _best.best(terrain, again, [scale], model=model, run=run)
    return np.where(touched, signal[0], before)


def _less(some: pd.DataFrame, others: pd.DataFrame) -> np.ndarray:
    """Which sectors are not, or not as often, among others."""
    columns = [
        "lon", "lat", "height_m", "f_ghz", "azimuth_deg", "tilt_deg", "mechanical_tilt_deg",
        "element_dbm", "radius_km",
    ]  # fmt: skip
    left = Counter(map(repr, others[columns].itertuples(index=False)))
    gone = np.zeros(len(some), bool)
    for at, each in enumerate(map(repr, some[columns].itertuples(index=False))):
        gone[at] = left[each] == 0
        left[each] -= 1
    return gone
