"""The best of all sectors at each cell of a terrain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
import pandas as pd

from ...geodata import grid as grids
from ...geodata.faults import BadInput, Fault
from ...geodata.grid import Grid
from . import antennas
from .area_sweep import Area
from .link_budget import rsrp_dbm
from .mast_discs import Model, Run, in_order, prepared
from .probability import MODEL_SIGMA_DB, total_sigma_db
from .sites import Mast, masts
from .terrain import Terrain
from .variability import Building, entry_loss_db

_WIDEST_M = 1000.0
"""Of a cell whose places differ by the spread of ITU-R P.1812-8, section 4.7."""
_LEAST_DB = 1e-6
"""Standard deviation that stands for none, so that a signal can be told in deviations."""
_AT_ONCE = 500_000
"""Cells whose signal is worked out together: a bound on memory."""


@dataclass(frozen=True, eq=False)
class Scale:
    """What the signal of each sector counts for, (dBm - shift) / unit, and beside which others.

    Parameters
    ----------
    shift, unit : ndarray
    groups : ndarray of int
        Number of the group of each sector, from 0: the best of each group is looked for.
    """

    shift: np.ndarray
    unit: np.ndarray
    groups: np.ndarray

    @property
    def count(self) -> int:
        """How many groups there are."""
        return int(self.groups.max(initial=0)) + 1


@dataclass(frozen=True)
class Doubt:
    """What stands between a predicted median and a place.

    Parameters
    ----------
    building : {"traditional", "efficient"} or None
        None for outdoors.
    model_sigma_db : float
    rx_height_m : float
        Above ground: high above the clutter places differ less.
    """

    building: Building | None = None
    model_sigma_db: float = MODEL_SIGMA_DB
    rx_height_m: float = 1.5


def doubt(building: Building | None, model_sigma_db: float, model: Model | None) -> Doubt:
    """Return the doubt about what a model predicts."""
    return Doubt(building, model_sigma_db, (model or Model()).rx_height_m)


def levels(grid: Grid, sectors: pd.DataFrame, probability: float, about: Doubt) -> Scale:
    """Return the scale of dBm that a place has with a probability; one group."""
    if not 0.0 < probability < 1.0:
        wanted = "a share between 0 and 1, without them"
        raise BadInput([Fault("probability", f"{probability}", wanted, "Give 0.9 for 90 %.")])
    one, alike = np.zeros(len(sectors), np.int64), np.ones(len(sectors))
    if probability == 0.5 and about.building is None:
        return Scale(np.zeros(len(sectors)), alike, one)  # the median, of any cell
    walls_db, sigma_db = _doubts(grid, sectors, about)
    margins_db = NormalDist().inv_cdf(probability) * sigma_db
    return Scale(walls_db + margins_db, alike, one)


def chances(grid: Grid, sectors: pd.DataFrame, threshold_dbm: float, about: Doubt) -> Scale:
    """Return the scale of standard deviations above a threshold; one group."""
    walls_db, sigma_db = _doubts(grid, sectors, about)
    one = np.zeros(len(sectors), np.int64)
    return Scale(threshold_dbm + walls_db, np.maximum(sigma_db, _LEAST_DB), one)


def by_name(scale: Scale, names: pd.Series) -> tuple[list[str], Scale]:
    """Split a scale into a group for each name, and name them."""
    known, groups = np.unique(names.to_numpy(dtype=str), return_inverse=True)
    return known.tolist(), replace(scale, groups=groups)


def _doubts(grid: Grid, sectors: pd.DataFrame, about: Doubt) -> tuple[np.ndarray, np.ndarray]:
    """Loss into buildings and standard deviation of each sector, dB."""
    middle = (grid.shape[0] // 2) * grid.shape[1] + grid.shape[1] // 2
    width_m = float(np.sqrt(grids.areas_m2(grid, np.array([middle]))[0]))
    if width_m > _WIDEST_M:
        found, wanted = f"cells of {width_m:,.0f} m", f"at most {_WIDEST_M:,.0f} m"
        raise BadInput([Fault("terrain", found, wanted, "Give a finer elevation model.")])
    of_band: dict[float, tuple[float, float]] = {}
    for f_ghz in sorted(set(sectors["f_ghz"])):
        entry_db, spread_db = 0.0, 0.0
        if about.building is not None:
            entry_db, spread_db = entry_loss_db(f_ghz, building=about.building)
        sigma_db = total_sigma_db(
            f_ghz,
            width_m=width_m,
            height_m=about.rx_height_m,
            model_sigma_db=about.model_sigma_db,
            spread_db=spread_db,
        )
        of_band[f_ghz] = (entry_db, sigma_db)
    both = np.array([of_band[f_ghz] for f_ghz in sectors["f_ghz"]]).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def best(
    terrain: Terrain,
    sectors: pd.DataFrame,
    scales: Sequence[Scale],
    *,
    model: Model | None,
    run: Run | None,
) -> list[np.ndarray]:
    """Return the best value at each cell on each scale.

    Parameters
    ----------
    terrain : Terrain
    sectors : DataFrame
    scales : sequence of Scale
        All are found from the same discs.
    model : Model, optional
    run : Run, optional

    Returns
    -------
    list of ndarray of float32, groups x rows x columns
        NaN where no sector of the group reaches.
    """
    stands, laid = masts(sectors), list[np.ndarray]()
    disc = prepared(terrain, len(stands), model=model, run=run)

    def counted(mast: Mast) -> tuple[Grid, list[dict[int, np.ndarray]]]:
        there = disc(mast)
        return there.grid, on_disc(there, sectors, stands[mast], scales)

    for _, (grid, found) in in_order(list(stands), counted, run=run):
        # Not before the first disc is done: both together would be the peak of a single mast.
        laid = laid or _nothing(terrain, scales)
        window = window_of(terrain.grid, grid)
        for whole, of_scale in zip(laid, found, strict=True):
            for group, new in of_scale.items():
                here = whole[group][window]
                np.fmax(here, new, out=here)
    return laid or _nothing(terrain, scales)


def _nothing(terrain: Terrain, scales: Sequence[Scale]) -> list[np.ndarray]:
    shape = terrain.grid.shape
    return [np.full((scale.count, *shape), np.nan, np.float32) for scale in scales]


def on_disc(
    disc: Area, sectors: pd.DataFrame, rows: np.ndarray, scales: Sequence[Scale]
) -> list[dict[int, np.ndarray]]:
    """Return the best value of some sectors of one mast on its disc: by scale, by group."""
    shape = disc.grid.shape
    found = [
        {int(group): np.full(shape, np.nan, np.float32) for group in np.unique(scale.groups[rows])}
        for scale in scales
    ]
    for part in row_blocks(shape):
        for at in rows:
            signal = signal_dbm(disc, sectors.iloc[at], part)
            for scale, of_group in zip(scales, found, strict=True):
                here = of_group[int(scale.groups[at])][part]
                new = (signal - np.float32(scale.shift[at])) / np.float32(scale.unit[at])
                np.fmax(here, new, out=here)
    return found


def row_blocks(shape: tuple[int, int]) -> Iterator[slice]:
    """Cut rows of cells into blocks that are worked on at once."""
    rows = max(_AT_ONCE // max(shape[1], 1), 1)
    return (slice(start, start + rows) for start in range(0, shape[0], rows))


def signal_dbm(disc: Area, sector: pd.Series, rows: slice) -> np.ndarray:
    """Return the median signal of a sector on some rows of its mast's disc."""
    gain = antennas.gain_db(
        disc.azimuth_deg[rows],
        disc.elevation_deg[rows],
        boresight_deg=float(sector["azimuth_deg"]),
        tilt_deg=float(sector["tilt_deg"]),
        mechanical_tilt_deg=float(sector["mechanical_tilt_deg"]),
    )
    return rsrp_dbm(disc.loss_db[rows], gain, element_dbm=float(sector["element_dbm"]))


def servers(
    terrain: Terrain, sectors: pd.DataFrame, *, model: Model | None, run: Run | None
) -> np.ndarray:
    """Return the position of the sector with the strongest median at each cell.

    Returns
    -------
    ndarray of int32, rows x columns
        -1 where none reaches. Of equals the first sector serves.
    """
    shape, stands = terrain.grid.shape, masts(sectors)
    value, server = np.full(shape, -np.inf, np.float32), np.full(shape, -1, np.int32)
    disc = prepared(terrain, len(stands), model=model, run=run)

    def signals(mast: Mast) -> tuple[Grid, list[np.ndarray]]:
        there, all_rows = disc(mast), slice(None)
        return there.grid, [signal_dbm(there, sectors.iloc[at], all_rows) for at in stands[mast]]

    for mast, (grid, found) in in_order(list(stands), signals, run=run):
        window = window_of(terrain.grid, grid)
        top, who = value[window], server[window]
        for at, new in zip(stands[mast], found, strict=True):
            wins = (new > top) | ((new == top) & (who > at))
            np.copyto(top, new, where=wins)
            np.copyto(who, at, where=wins, casting="same_kind")
    return server


def window_of(whole: Grid, part: Grid) -> tuple[slice, slice]:
    """Return the rows and columns of a grid that a part of it is."""
    column, row = ~whole.transform * (part.transform.c, part.transform.f)
    left, top = round(column), round(row)
    return slice(top, top + part.shape[0]), slice(left, left + part.shape[1])
