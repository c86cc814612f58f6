"""Sites held against the terrain they stand on: off it, on a void of it, near its edge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from ...geodata.faults import BadInput, Fault, of_rows
from ...geodata.grid import WGS84, Grid, transformer
from ._polar import place
from .sites import LABEL, Mast, Sites, masts, read_sectors
from .terrain import Terrain, around, check_terrain
from .terrain_files import read_terrain

Dem = str | Path | Sequence[str | Path] | Terrain
_KINDS = (
    ("a place on the terrain", "Load terrain around it, or check its coordinates."),
    (
        "a known height of the ground, not a void of the elevation model",
        "Fill the void, list another elevation model too, or leave the site out.",
    ),
)
"""What is wanted of a place, and the repair."""


def ready(dem: Dem, sites: Sites) -> tuple[Terrain, pd.DataFrame]:
    """Return the terrain and the sectors, every mast on the terrain and none on a void."""
    sectors = read_sectors(sites)
    if isinstance(dem, Terrain):
        check_terrain(dem)
        terrain = dem
    else:
        terrain, _ = read_terrain(dem, bounds=bounds(sectors))
    check_places(terrain, sectors)
    return terrain, sectors


def bounds(sectors: pd.DataFrame) -> tuple[float, float, float, float]:
    """Return west, south, east and north of all that sectors reach, degrees."""
    reach = np.array([around(mast.lon, mast.lat, mast.radius_km) for mast in masts(sectors)])
    west, south = reach[:, :2].min(axis=0).tolist()
    east, north = reach[:, 2:].max(axis=0).tolist()
    return west, south, east, north


def misplaced(terrain: Terrain, sectors: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Tell of each sector whether it lies off the terrain, and whether on a void of it."""
    rows, columns = terrain.grid.shape
    spots = [
        place(terrain.grid, float(lon), float(lat))
        for lon, lat in zip(sectors["lon"], sectors["lat"], strict=True)
    ]
    column, row = np.array(spots, dtype=float).reshape(-1, 2).T
    off = ~(
        (abs(column - columns / 2 + 0.5) <= columns / 2) & (abs(row - rows / 2 + 0.5) <= rows / 2)
    )
    blind = np.zeros(len(sectors), bool)
    if terrain.guessed is not None:
        down, across = np.rint(row[~off]).astype(int), np.rint(column[~off]).astype(int)
        inside = np.clip(down, 0, rows - 1), np.clip(across, 0, columns - 1)
        blind[~off] = terrain.guessed[inside]
    return off, blind


def check_places(terrain: Terrain, sectors: pd.DataFrame) -> None:
    """Refuse masts off the terrain, and those that stand on a void of the elevation model."""
    seen = sectors.drop_duplicates("row")
    faults: list[Fault] = []
    for wrong, (wanted, repair) in zip(misplaced(terrain, seen), _KINDS, strict=True):
        places = [
            f"{lon:.8g}, {lat:.8g}" for lon, lat in seen.loc[wrong, ["lon", "lat"]].to_numpy()
        ]
        faults += of_rows(
            str(sectors.attrs.get(LABEL, "sites")),
            seen["row"].to_numpy()[wrong] + 1,
            places,
            column="lon, lat",
            wanted=wanted,
            repair=repair,
            in_words=True,
        )
    if faults:
        raise BadInput(faults)


def cut_short(grid: Grid, stands: Iterable[Mast]) -> tuple[str, ...]:
    """Say how many discs reach over the edge of the terrain; nothing where none does."""
    west, south, east, north = grid.bounds
    more = 0.5 * max(grid.transform.a, -grid.transform.e)
    discs = list(stands)
    # `around` has 0.1 % more than the disc.
    boxes = np.array([around(mast.lon, mast.lat, mast.radius_km / 1.001) for mast in discs])
    corner = boxes.reshape(-1, 4)[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2)
    rim = np.concatenate([corner, 0.5 * (corner + np.roll(corner, 1, axis=1))], axis=1)
    to_grid = transformer(WGS84, grid.crs)
    x, y = (np.asarray(axis) for axis in to_grid.transform(rim[..., 0], rim[..., 1]))
    inner = (x >= west - more) & (x <= east + more) & (y >= south - more) & (y <= north + more)
    cut = int((~inner.all(axis=1)).sum())
    if not cut:
        return ()
    of = f"{cut} of {len(discs)} discs" if len(discs) > 1 else "the disc of the mast"
    are = "are" if cut > 1 else "is"
    return (f"{of} {are} cut at the edge of the terrain: beyond it nothing is predicted",)
