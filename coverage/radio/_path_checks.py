"""The door of :func:`path_loss`: what ITU-R P.1812-8 is valid for, section 3 and Table 1."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from numbers import Real

import numpy as np

from ...geodata.faults import Fault
from .profile import COASTAL, INLAND, SEA, Profile
from .terrain import HIGHEST_M, LOWEST_M

Limits = tuple[float, float, str, str]
"""Least and most, the unit, and the repair."""

_PERCENT = "Give a percentage: 50 for the median."
_LIMITS: dict[str, Limits] = {
    "f_ghz": (0.03, 6.0, "GHz", "Give the frequency in GHz, 0.7 for 700 MHz."),
    "tx_height_m": (1.0, 3000.0, "m above ground", "Give the height without that of the terrain."),
    "rx_height_m": (1.0, 3000.0, "m above ground", "Give the height without that of the terrain."),
    "time_pct": (1.0, 50.0, "%", _PERCENT),
    "location_pct": (1.0, 99.0, "%", _PERCENT),
    "delta_n": (
        1.0,
        150.0,
        "N-units/km",
        "Give the fall of the refractivity as a positive number.",
    ),
    "n0": (200.0, 500.0, "N-units", "Give the refractivity at sea level."),
    "dct_km": (0.0, math.inf, "km", "Give 500 when the coast is far or unknown."),
    "dcr_km": (0.0, math.inf, "km", "Give 500 when the coast is far or unknown."),
    "sigma_l_db": (0.0, 50.0, "dB", "Give a standard deviation, 0 for none."),
}
_LATITUDE = (-80.0, 80.0, "degrees", "Give latitude and longitude in degrees, not swapped.")
_LONGITUDE = (-180.0, 180.0, "degrees", "Give latitude and longitude in degrees, not swapped.")
_FEWEST = 3
_SHORTEST_KM, _LONGEST_KM = 0.25, 3000.0
_TALLEST_M = 1_000.0
_METRES = "Give metres, with voids filled: -9999 and the like are no heights."


def find_faults(profile: Profile, numbers: Mapping[str, object]) -> list[Fault]:
    """Find all that lies outside the Recommendation's validity."""
    faults = [*number_faults(numbers, _LIMITS), *_other_faults(profile, numbers)]
    arrays: dict[str, np.ndarray] = {}
    for name in ("d_km", "h_m", "clutter_m", "zone"):
        values = getattr(profile, name)
        if masked := int(np.ma.count_masked(values)) if np.ma.isMaskedArray(values) else 0:
            found = f"an array with {masked} points masked"
            faults.append(Fault(f"profile.{name}", found, "a value at every point", _METRES))
            continue
        try:
            arrays[name] = np.asarray(values, dtype=np.float64)
        except (TypeError, ValueError):
            faults.append(Fault(f"profile.{name}", "no numbers", "an array of numbers", "Mend it."))
    if len(arrays) < 4:
        return faults
    if shape_faults := [*_shape_faults(arrays)]:
        return [*faults, *shape_faults]
    return [*faults, *_distance_faults(arrays["d_km"]), *_value_faults(arrays)]


def number_faults(numbers: Mapping[str, object], limits: Mapping[str, Limits]) -> Iterator[Fault]:
    """Find the numbers that lie outside their limits, or are none."""
    for name, limit in limits.items():
        yield from _outside(name, numbers[name], limit)


def _other_faults(profile: Profile, numbers: Mapping[str, object]) -> Iterator[Fault]:
    for end in ("tx", "rx"):
        for part, limits in (("lat", _LATITUDE), ("lon", _LONGITUDE)):
            name = f"{end}_{part}_deg"
            yield from _outside(f"profile.{name}", getattr(profile, name), limits)
    if not _is_one_of(numbers["polarisation"], (1, 2)):
        found, wanted = repr(numbers["polarisation"]), "1 (horizontal) or 2 (vertical)"
        yield Fault("polarisation", found, wanted, "Give one of them; slanted: the worse of both.")


def _is_one_of(value: object, known: tuple[int, ...]) -> bool:
    """Whether a value is one of some numbers; no truth value is, and no array."""
    return not isinstance(value, bool) and isinstance(value, Real) and value in known


def _outside(name: str, value: object, limits: Limits) -> Iterator[Fault]:
    least, most, unit, repair = limits
    number = float(value) if not isinstance(value, bool) and isinstance(value, Real) else math.nan
    if math.isfinite(number) and least <= number <= most:
        return
    wanted = f"{least:g} to {most:g} {unit}" if math.isfinite(most) else f"{least:g} {unit} or more"
    yield Fault(name, repr(value) if isinstance(value, str) else str(value), wanted, repair)


def _shape_faults(arrays: Mapping[str, np.ndarray]) -> Iterator[Fault]:
    d_km = arrays["d_km"]
    if d_km.ndim != 1 or d_km.size < _FEWEST:
        found = f"{d_km.size} points" if d_km.ndim == 1 else f"an array of shape {d_km.shape}"
        repair = "Sample the terrain between the two ends, every 30 to 100 m."
        yield Fault("profile.d_km", found, f"{_FEWEST} points or more", repair)
        return
    for name, values in arrays.items():
        if values.shape != d_km.shape:
            found, wanted = f"shape {values.shape}", f"{d_km.shape}, as d_km has"
            yield Fault(f"profile.{name}", found, wanted, "Give one value a point.")


def _distance_faults(d_km: np.ndarray) -> Iterator[Fault]:
    name = "profile.d_km"
    if not np.isfinite(d_km).all():
        row = int(np.argmin(np.isfinite(d_km)))
        yield Fault(name, str(d_km[row]), "kilometres", "Mend this point.", row=row + 1)
        return
    if d_km[0] != 0.0:
        wanted = "0 at the first point, the transmitter"
        yield Fault(name, f"{d_km[0]:g}", wanted, "Subtract the first distance from all.", row=1)
    if not (np.diff(d_km) > 0.0).all():
        row = int(np.argmax(np.diff(d_km) <= 0.0)) + 1
        found = f"{d_km[row]:g} km after {d_km[row - 1]:g} km"
        wanted = "distances that grow from point to point"
        yield Fault(name, found, wanted, "Sort the points and drop repeated ones.", row=row + 1)
    if not _SHORTEST_KM <= d_km[-1] <= _LONGEST_KM:
        wanted = f"a path of {_SHORTEST_KM:g} to {_LONGEST_KM:g} km"
        repair = "Give kilometres; for a shorter path use free space and the clutter."
        yield Fault(name, f"a path of {d_km[-1]:g} km", wanted, repair)


def _value_faults(arrays: Mapping[str, np.ndarray]) -> Iterator[Fault]:
    wanted = f"{LOWEST_M:g} to {HIGHEST_M:g} m"
    yield from _first_bad("h_m", arrays["h_m"], (LOWEST_M, HIGHEST_M), wanted)
    yield from _first_bad("clutter_m", arrays["clutter_m"], (0.0, _TALLEST_M), "0 to 1000 m")
    zone = arrays["zone"]
    known = np.isin(zone, (SEA, COASTAL, INLAND))
    if not known.all():
        row = int(np.argmin(known))
        wanted = f"{SEA} (sea), {COASTAL} (coastal land) or {INLAND} (inland)"
        repair = "Give each point its radio-climatic zone."
        yield Fault("profile.zone", f"{zone[row]:g}", wanted, repair, row=row + 1)


def _first_bad(
    name: str, values: np.ndarray, limits: tuple[float, float], wanted: str
) -> Iterator[Fault]:
    good = (values >= limits[0]) & (values <= limits[1])
    if not good.all():
        row = int(np.argmin(good))
        yield Fault(f"profile.{name}", f"{values[row]:g}", wanted, _METRES, row=row + 1)
