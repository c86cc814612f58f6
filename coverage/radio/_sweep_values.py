"""What the kernels of an area hand to each other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ._p1812_values import Link


class Chart(NamedTuple):
    """The neighbourhood of a mast: pixels to geodesic coordinates and back.

    `east` and `north` hold the terms of polynomials of (column - column0) / half_columns (first
    axis) and (row - row0) / half_rows, in km; `column` and `row` those of east / radius (first
    axis) and north / radius.
    """

    column0: float
    """The mast, counted between the centres of cells."""
    row0: float
    half_columns: float
    half_rows: float
    radius_km: float
    east: np.ndarray
    north: np.ndarray
    column: np.ndarray
    row: np.ndarray


HEIGHT, CLUTTER, SEA = 0, 1, 2
"""Layers of the ground: terrain and clutter in m, and 1 where it is sea. The last two may lack."""
DISTANCE, AZIMUTH = 0, 1
"""Layers of the polar coordinates: km, and degrees clockwise from north."""
LOSS, ELEVATION = 0, 1
"""Layers of what is found: dB, and degrees above the horizontal."""


class Fixed(NamedTuple):
    """Parts of losses that are the same for all pixels, at 50 % of the time."""

    free_db: float
    """Free space at 1 km, (8)."""
    scatter_db: float
    """Troposcatter at 1 km and no angle, (44)."""
    duct_db: float
    """Coupling into a duct 1 km long without obstacles, (47)."""
    duct_db_mrad: float
    """Attenuation in a duct, (51)."""
    shield_db_mrad: float
    """Least attenuation by an obstacle on the way into a duct, (48)."""


class Mast(NamedTuple):
    """What holds for all of a disc."""

    link: Link
    h_m: float
    """Ground at the mast."""
    hts_m: float
    """The antenna above sea level."""
    rx_height_m: float
    lat_deg: float
    at_sea: bool
    step_km: float
    """Between two samples of the terrain."""
    column: float
    """Where it stands, counted between the centres of cells."""
    row: float
    cluttered: bool
    """Whether the ground has this layer."""
    wet: bool
    """Whether the ground has sea."""
    fixed: Fixed
    step_db: float
    """20 log of a distance in km: the horizons of no path are nearer together."""
