"""The terrain between a transmitter and a receiver."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...geodata.faults import BadInput, Fault

SEA, COASTAL, INLAND = 1, 3, 4
"""Radio-climatic zones, ITU-R P.1812-8, section 3.3, Table 3."""

_EARTH_KM = 6371.0
"""Mean radius of the Earth, ITU-R P.1812-8, section 3.7."""
_NOWHERE = 1e-12
"""Sine of the arc between two ends that say no direction: 6 micrometres from one place or from
antipodes."""
_BEGIN, _END = "{Begin of Profile}", "{End of Profile}"
_ENDS = {
    "Tx LAT:": "tx_lat_deg",
    "Tx LON:": "tx_lon_deg",
    "Rx LAT:": "rx_lat_deg",
    "Rx LON:": "rx_lon_deg",
}
_COLUMNS = {"distance": 0, "height": 1, "clutter": 3, "zone": 4}
_REPAIR = "Export the profile again in the layout of the ITU-R test profiles."


@dataclass(frozen=True, eq=False)
class Profile:
    """A path from a transmitter (first point) to a receiver (last point).

    It holds what it is given; :func:`path_loss` checks it.

    Parameters
    ----------
    d_km : ndarray, shape (n,)
        Distance of each point from the transmitter, growing, the first 0.
    h_m : ndarray, shape (n,)
        Terrain above sea level.
    clutter_m : ndarray, shape (n,)
        Representative clutter (trees, buildings) above the terrain; not used at the two ends.
    zone : ndarray of int, shape (n,)
        Radio-climatic zone: 1 sea, 3 coastal land, 4 inland.
    tx_lat_deg, tx_lon_deg, rx_lat_deg, rx_lon_deg : float
        Ends of the path, degrees, WGS 84.

    Examples
    --------
    >>> hill = Profile(
    ...     d_km=np.array([0.0, 5.0, 10.0]),
    ...     h_m=np.array([20.0, 300.0, 20.0]),
    ...     clutter_m=np.zeros(3),
    ...     zone=np.full(3, 4),
    ...     tx_lat_deg=22.0,
    ...     tx_lon_deg=103.0,
    ...     rx_lat_deg=22.09,
    ...     rx_lon_deg=103.0,
    ... )
    >>> hill.h_m.max()
    np.float64(300.0)
    """

    d_km: np.ndarray
    h_m: np.ndarray
    clutter_m: np.ndarray
    zone: np.ndarray
    tx_lat_deg: float
    tx_lon_deg: float
    rx_lat_deg: float
    rx_lon_deg: float


def mid_latitude_deg(profile: Profile) -> float:
    """Return the latitude of the middle of a path.

    Half of the path's own length is walked from the transmitter along the great circle to the
    receiver, so that a path cut short keeps its place. The ends only say in which direction: how
    far apart they are is not held against the length (two of the ITU's own test paths have ends
    235 km apart and are 10 and 100 km long). Where they say none, being one place or antipodes, it
    is the latitude of the transmitter.

    Parameters
    ----------
    profile : Profile

    Returns
    -------
    float
        Degrees; phi of ITU-R P.1812-8, equation (4).

    Examples
    --------
    >>> path = Profile(
    ...     d_km=np.array([0.0, 50.0, 111.19]),
    ...     h_m=np.zeros(3),
    ...     clutter_m=np.zeros(3),
    ...     zone=np.full(3, 4),
    ...     tx_lat_deg=21.0,
    ...     tx_lon_deg=105.0,
    ...     rx_lat_deg=22.0,
    ...     rx_lon_deg=105.0,
    ... )
    >>> round(mid_latitude_deg(path), 3)
    21.5
    """
    lat_t, lat_r = math.radians(profile.tx_lat_deg), math.radians(profile.rx_lat_deg)
    turn = math.radians(profile.rx_lon_deg - profile.tx_lon_deg)
    north = math.cos(lat_t) * math.sin(lat_r) - math.sin(lat_t) * math.cos(lat_r) * math.cos(turn)
    east = math.sin(turn) * math.cos(lat_r)
    away = math.hypot(north, east)
    if away < _NOWHERE:
        return float(profile.tx_lat_deg)
    arc = 0.5 * float(profile.d_km[-1]) / _EARTH_KM
    sine = math.sin(lat_t) * math.cos(arc) + math.cos(lat_t) * math.sin(arc) * north / away
    return math.degrees(math.asin(min(max(sine, -1.0), 1.0)))


def read_profile(csv: str | Path) -> Profile:
    r"""Read a profile from a CSV file in the layout of the ITU-R test profiles.

    The header names the ends (``Tx LAT:``, ``Tx LON:``, ``Rx LAT:``, ``Rx LON:``). Between
    ``{Begin of Profile}`` and ``{End of Profile}`` each line is a point: distance in km, terrain in
    m, a code of the ground cover (not used), clutter in m, zone.

    Parameters
    ----------
    csv : str or Path

    Returns
    -------
    Profile

    Raises
    ------
    BadInput
        With every fault of the file: its row, what was found and what was wanted.

    Examples
    --------
    >>> import tempfile
    >>> text = (
    ...     "Tx LAT:,21\nTx LON:,105\nRx LAT:,21\nRx LON:,105.01\n{Begin of Profile}\n"
    ...     "Number of Points:,3\n0,10,2,0,4\n0.5,12,2,15,4\n1,9,2,0,4\n{End of Profile}\n"
    ... )
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "short.csv")
    ...     _ = path.write_text(text)
    ...     profile = read_profile(path)
    >>> profile.clutter_m.tolist(), profile.rx_lon_deg
    ([0.0, 15.0, 0.0], 105.01)
    """
    label, lines = Path(csv).name, _cells(Path(csv))
    faults: list[Fault] = []
    ends = _ends(lines, label, faults)
    first, stop = _block(lines, label, faults)
    points = [_point(lines[row], row + 1, label, faults) for row in range(first, stop)]
    if faults:
        raise BadInput(faults)
    table = np.array(points, dtype=float).reshape(-1, len(_COLUMNS))
    d_km, h_m, clutter_m, zone = table.T.copy()
    return Profile(d_km, h_m, clutter_m, zone.astype(np.int64), **ends)


def _cells(path: Path) -> list[list[str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        return [[cell.strip() for cell in row] for row in csv.reader(text.splitlines())]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        found = f"a file that cannot be read ({error})"
        raise BadInput([Fault(path.name, found, "a CSV file in UTF-8", _REPAIR)]) from error


def _ends(lines: list[list[str]], label: str, faults: list[Fault]) -> dict[str, float]:
    ends: dict[str, float] = {}
    for row, cells in enumerate(lines, 1):
        if cells and cells[0] in _ENDS:
            text = cells[1] if len(cells) > 1 else ""
            ends[_ENDS[cells[0]]] = _number(text, (label, row, cells[0]), faults)
    faults += [
        Fault(label, f"no line {name!r}", "latitude and longitude of both ends", _REPAIR)
        for name, key in _ENDS.items()
        if key not in ends
    ]
    return ends


def _block(lines: list[list[str]], label: str, faults: list[Fault]) -> tuple[int, int]:
    """Find the first line of the points, and the line after the last one."""
    names = [cells[0] if cells else "" for cells in lines]
    if _BEGIN not in names or _END not in names[names.index(_BEGIN) :]:
        wanted = f"points between {_BEGIN} and {_END}"
        faults.append(Fault(label, "no such lines", wanted, _REPAIR))
        return 0, 0
    begin = names.index(_BEGIN)
    stop = names.index(_END, begin)
    counted = begin + 1 < stop and names[begin + 1].startswith("Number of Points")
    first = begin + 1 + counted
    if counted and lines[begin + 1][1:2] != [str(stop - first)]:
        found = f"{stop - first} points where the file says {', '.join(lines[begin + 1][1:2])}"
        faults.append(Fault(label, found, "the same number", _REPAIR, row=begin + 2))
    return first, stop


def _point(cells: list[str], row: int, label: str, faults: list[Fault]) -> list[float]:
    if len(cells) <= max(_COLUMNS.values()):
        wanted = "distance, height, ground cover, clutter, zone"
        faults.append(Fault(label, f"{len(cells)} cells", wanted, _REPAIR, row=row))
        return [math.nan] * len(_COLUMNS)
    return [_number(cells[at], (label, row, name), faults) for name, at in _COLUMNS.items()]


def _number(text: str, place: tuple[str, int, str], faults: list[Fault]) -> float:
    label, row, column = place
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        found = repr(text[:40]) if text else "nothing"
        repair = "Write numbers with a decimal point."
        faults.append(Fault(label, found, "a number", repair, row=row, column=column))
    return number
