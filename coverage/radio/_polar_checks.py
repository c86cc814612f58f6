"""The door of an area: what a mast's disc may be."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...geodata.faults import BadInput, Fault
from ._path_checks import Limits, find_faults, number_faults
from ._polar import place
from .profile import INLAND, Profile
from .terrain import Terrain, grid_faults

_LIMITS: dict[str, Limits] = {
    "lon": (-180.0, 180.0, "degrees", "Give longitude and latitude in degrees, not swapped."),
    "lat": (-80.0, 80.0, "degrees", "Give longitude and latitude in degrees, not swapped."),
    "radius_km": (0.1, 150.0, "km", "Give the radius of the disc in km."),
    "workers": (1.0, 1024.0, "threads", "Give the number of threads, 1 for none besides this one."),
}
_ANYWHERE = Profile(
    d_km=np.array([0.0, 1.0, 2.0]),
    h_m=np.zeros(3),
    clutter_m=np.zeros(3),
    zone=np.full(3, INLAND),
    tx_lat_deg=0.0,
    tx_lon_deg=0.0,
    rx_lat_deg=0.0,
    rx_lon_deg=0.0,
)
"""A path without faults: what is left to find is in the numbers."""
_OF_PLACES = {"location_pct": 50.0, "dct_km": 500.0, "dcr_km": 500.0, "sigma_l_db": 0.0}
"""What only a single path is asked for."""


def check(terrain: Terrain, numbers: Mapping[str, object]) -> None:
    """Refuse numbers outside the model's validity, and a mast outside the terrain.

    Parameters
    ----------
    terrain : Terrain
    numbers : mapping
        All arguments of `area` but the terrain, by name.

    Raises
    ------
    BadInput
        With all faults.
    """
    faults = [*grid_faults(terrain.grid), *number_faults(numbers, _LIMITS)]
    place_known = not any(fault.file in {"lon", "lat", "terrain.grid"} for fault in faults)
    faults += find_faults(_ANYWHERE, {**_OF_PLACES, **numbers})
    if place_known:
        faults += _outside(terrain, float(str(numbers["lon"])), float(str(numbers["lat"])))
    if faults:
        raise BadInput(faults)


def _outside(terrain: Terrain, lon: float, lat: float) -> list[Fault]:
    column, row = place(terrain.grid, lon, lat)
    rows, columns = terrain.grid.shape
    if -0.5 <= column <= columns - 0.5 and -0.5 <= row <= rows - 0.5:
        return []
    west, south, east, north = terrain.grid.bounds
    wanted = f"a place on the terrain, x {west:.8g} to {east:.8g}"
    wanted += f" and y {south:.8g} to {north:.8g}"
    wanted += f" in {terrain.grid.crs[:40]}"
    repair = "Check longitude and latitude, or load terrain around the mast."
    return [Fault("lon, lat", f"{lon:.8g}, {lat:.8g}", wanted, repair)]
