"""The best of all sectors at each cell of a terrain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pandas as pd

from ...geodata import grid as grids
from ...geodata.faults import BadInput, Fault, of_rows
from ...geodata.grid import Grid
from . import antennas
from ._polar import place
from .area_sweep import Area
from .link_budget import rsrp_dbm
from .mast_discs import Model, Run, in_order, prepared
from .probability import MODEL_SIGMA_DB, total_sigma_db
from .sites import LABEL, Mast, Sites, masts, read_sectors
from .terrain import Terrain, around, check_terrain
from .terrain_files import read_terrain
from .variability import Building, entry_loss_db

_WIDEST_M = 1000.0
"""Of a cell whose places differ by the spread of ITU-R P.1812-8, section 4.7."""
Dem = str | Path | Sequence[str | Path] | Terrain


@dataclass(frozen=True, eq=False)
class Scale:
    """What the signal of each sector counts for: (dBm - shift) / unit."""

    shift: np.ndarray
    unit: np.ndarray


def ready(dem: Dem, sites: Sites) -> tuple[Terrain, pd.DataFrame]:
    """Return the terrain and the sectors, every mast on the terrain."""
    sectors = read_sectors(sites)
    guessed = None
    if isinstance(dem, Terrain):
        check_terrain(dem)
        terrain = dem
    else:
        reach = [around(mast.lon, mast.lat, mast.radius_km) for mast in masts(sectors)]
        least, most = np.min(reach, axis=0), np.max(reach, axis=0)
        bounds = float(least[0]), float(least[1]), float(most[2]), float(most[3])
        terrain, notes = read_terrain(dem, bounds=bounds)
        guessed = notes.guessed
    check_places(terrain, sectors, guessed)
    return terrain, sectors


def check_places(
    terrain: Terrain, sectors: pd.DataFrame, guessed: np.ndarray | None = None
) -> None:
    """Refuse masts off the terrain, and those that stand on a void of the elevation model."""
    seen = sectors.drop_duplicates("row")
    rows, columns = terrain.grid.shape
    spots = [
        place(terrain.grid, float(lon), float(lat))
        for lon, lat in zip(seen["lon"], seen["lat"], strict=True)
    ]
    column, row = np.array(spots, dtype=float).reshape(-1, 2).T
    off = ~(
        (abs(column - columns / 2 + 0.5) <= columns / 2) & (abs(row - rows / 2 + 0.5) <= rows / 2)
    )
    blind = np.zeros(len(seen), bool)
    if guessed is not None:
        down, across = np.rint(row[~off]).astype(int), np.rint(column[~off]).astype(int)
        blind[~off] = guessed[np.clip(down, 0, rows - 1), np.clip(across, 0, columns - 1)]
    faults: list[Fault] = []
    for wrong, wanted, repair in (
        (off, "a place on the terrain", "Load terrain around it, or check its coordinates."),
        (blind, "a known height of the ground, not a void", "List another elevation model too."),
    ):
        places = [f"{lon:g}, {lat:g}" for lon, lat in seen.loc[wrong, ["lon", "lat"]].to_numpy()]
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


@dataclass(frozen=True)
class Doubt:
    """What stands between a predicted median and a place.

    Parameters
    ----------
    building : {"traditional", "efficient"} or None
        None for outdoors.
    model_sigma_db : float
    """

    building: Building | None = None
    model_sigma_db: float = MODEL_SIGMA_DB


def levels(grid: Grid, sectors: pd.DataFrame, probability: float, doubt: Doubt) -> Scale:
    """Return the scale of dBm that a place has with a probability."""
    if not 0.0 < probability < 1.0:
        wanted = "a share between 0 and 1, without them"
        raise BadInput([Fault("probability", f"{probability}", wanted, "Give 0.9 for 90 %.")])
    if probability == 0.5 and doubt.building is None:
        return Scale(np.zeros(len(sectors)), np.ones(len(sectors)))  # the median, of any cell
    walls_db, sigma_db = _doubts(grid, sectors, doubt)
    margins_db = NormalDist().inv_cdf(probability) * sigma_db
    return Scale(walls_db + margins_db, np.ones(len(sectors)))


def chances(grid: Grid, sectors: pd.DataFrame, threshold_dbm: float, doubt: Doubt) -> Scale:
    """Return the scale of standard deviations above a threshold."""
    walls_db, sigma_db = _doubts(grid, sectors, doubt)
    return Scale(threshold_dbm + walls_db, sigma_db)


def _doubts(grid: Grid, sectors: pd.DataFrame, doubt: Doubt) -> tuple[np.ndarray, np.ndarray]:
    """Loss into buildings and standard deviation of each sector, dB."""
    middle = (grid.shape[0] // 2) * grid.shape[1] + grid.shape[1] // 2
    width_m = float(np.sqrt(grids.areas_m2(grid, np.array([middle]))[0]))
    if width_m > _WIDEST_M:
        found, wanted = f"cells of {width_m:,.0f} m", f"at most {_WIDEST_M:,.0f} m"
        raise BadInput([Fault("terrain", found, wanted, "Give a finer elevation model.")])
    of_band: dict[float, tuple[float, float]] = {}
    for f_ghz in sorted(set(sectors["f_ghz"])):
        entry_db, spread_db = 0.0, 0.0
        if doubt.building is not None:
            entry_db, spread_db = entry_loss_db(f_ghz, building=doubt.building)
        sigma_db = total_sigma_db(
            f_ghz, width_m=width_m, model_sigma_db=doubt.model_sigma_db, spread_db=spread_db
        )
        of_band[f_ghz] = (entry_db, sigma_db)
    both = np.array([of_band[f_ghz] for f_ghz in sectors["f_ghz"]]).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def best(
    terrain: Terrain,
    sectors: pd.DataFrame,
    scale: Scale,
    *,
    model: Model | None,
    run: Run | None,
    groups: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the best value at each cell, and the position of its sector.

    Parameters
    ----------
    terrain : Terrain
    sectors : DataFrame
    scale : Scale
        What counts as best.
    model : Model, optional
    run : Run, optional
    groups : ndarray of int, optional
        Number of the group of each sector, from 0; all in one by default.

    Returns
    -------
    ndarray of float32, ndarray of int32; groups x rows x columns
        NaN and -1 where no sector of the group reaches. Of equals the first sector serves.
    """
    teams = np.zeros(len(sectors), np.int64) if groups is None else groups
    shape = (int(teams.max(initial=0)) + 1, *terrain.grid.shape)
    value, server = np.full(shape, -np.inf, np.float32), np.full(shape, -1, np.int32)
    stands = masts(sectors)
    disc = prepared(terrain, len(stands), model=model, run=run)

    def counted(mast: Mast) -> tuple[Grid, list[np.ndarray]]:
        there = disc(mast)
        return there.grid, [
            valued(there, sectors.iloc[at], float(scale.shift[at]), float(scale.unit[at]))
            for at in stands[mast]
        ]

    found = in_order(list(stands), counted, run=run)
    for mast, (grid, values) in found:
        rows, columns = _window(terrain.grid, grid)
        for at, new in zip(stands[mast], values, strict=True):
            here = (teams[at], rows, columns)
            top, who = value[here], server[here]
            wins = (new > top) | ((new == top) & (who > at))
            np.copyto(top, new, where=wins)
            np.copyto(who, at, where=wins, casting="same_kind")
    value[server < 0] = np.nan
    return value, server


def valued(disc: Area, sector: pd.Series, shift: float, unit: float) -> np.ndarray:
    """What the signal of a sector counts for."""
    gain = antennas.gain_db(
        disc.azimuth_deg,
        disc.elevation_deg,
        boresight_deg=float(sector["azimuth_deg"]),
        tilt_deg=float(sector["tilt_deg"]),
        mechanical_tilt_deg=float(sector["mechanical_tilt_deg"]),
    )
    signal = rsrp_dbm(disc.loss_db, gain, element_dbm=float(sector["element_dbm"]))
    return (signal - np.float32(shift)) / np.float32(unit)


def _window(whole: Grid, part: Grid) -> tuple[slice, slice]:
    column, row = ~whole.transform * (part.transform.c, part.transform.f)
    left, top = round(column), round(row)
    return slice(top, top + part.shape[0]), slice(left, left + part.shape[1])
