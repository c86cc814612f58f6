"""A list of sites to a raster: the signal of each operator, and the probability that it suffices."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import rasterio
from scipy.special import ndtr

from ...geodata import grid as grids
from ...geodata import rasters
from ...geodata.faults import BadInput, Fault
from ...geodata.grid import Grid
from ...geodata.rasters import Field
from ._best import Doubt, best, by_name, chances, levels
from ._repairs import without_study
from ._standing import bounds, check_places, cut_short
from .mast_discs import Run
from .signal import check_threshold
from .sites import DEFAULTED, UNUSED, masts, read_sectors
from .terrain import Terrain
from .terrain_files import BLOCKS_BYTES, read_terrain
from .variability import Building

_TOLD = 4
"""How often progress is told."""
_SUFFIXES = (".tif", ".tiff")


@dataclass(frozen=True, eq=False)
class Survey:
    """What a list of sites covers.

    Parameters
    ----------
    signal_dbm : dict of str to ndarray of float32
        Operator ("" where none is named) -> RSRP at the median place outdoors, to 0.1 dB; NaN out
        of reach.
    probability : ndarray of float32
        That some sector reaches the threshold at a place in the cell, to 0.001; NaN out of reach.
    grid : Grid
        Of the terrain.
    threshold_dbm : float
    notes : tuple of str
        What was done to the input, in plain words.
    inputs : tuple of Path
        The files that it was made from.
    building : {"traditional", "efficient"} or None
        Where the probability is for; None for outdoors.
    """

    signal_dbm: dict[str, np.ndarray]
    probability: np.ndarray
    grid: Grid
    threshold_dbm: float
    notes: tuple[str, ...]
    inputs: tuple[Path, ...] = ()
    building: Building | None = None


def predict(  # noqa: PLR0913 - the options of the command
    dem: Sequence[Path],
    sites: Path,
    threshold_dbm: float,
    *,
    land_cover: Path | None = None,
    sea: Path | None = None,
    outside: Literal["refuse", "sea"] = "refuse",
    building: Building | None = None,
    sectors: int = 1,
    cache: Path | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Survey:
    """Predict what a list of sites covers.

    Parameters
    ----------
    dem : sequence of Path
        Elevation models, read around the sites.
    sites : Path
        As :func:`read_sectors` takes it.
    threshold_dbm : float
        RSRP that suffices.
    land_cover : Path, optional
        Classes of ESA WorldCover, for the clutter.
    sea, outside
        As :func:`read_terrain` takes them: a mask of the sea, and what lies where no file is.
    building : {"traditional", "efficient"}, optional
        Where the probability is for: indoors; outdoors by default.
    sectors : int
        What a site without azimuth is.
    cache : Path, optional
        A folder where discs are kept for the next run.
    tell : callable
        Told what is being done.

    Returns
    -------
    Survey

    Raises
    ------
    BadInput
        With all faults of the sites, or of the elevation models.

    Examples
    --------
    >>> predict([Path("dem.tif")], Path("absent.csv"), -110.0)
    Traceback (most recent call last):
    deadzones.geodata.faults.BadInput: absent.csv: found ...
    """
    tell("reading sites and terrain")
    check_threshold(threshold_dbm)
    with without_study():
        table = read_sectors(sites, sectors=sectors)
        terrain, notes = read_terrain(
            dem, bounds=bounds(table), land_cover=land_cover, sea=sea, outside=outside
        )
    check_places(terrain, table)
    names, median = by_name(levels(terrain.grid, table, 0.5, Doubt()), table["operator"])
    chance = chances(terrain.grid, table, threshold_dbm, Doubt(building))
    run = Run(cache, progress=_progress(tell))
    signal, likely = best(terrain, table, [median, chance], model=None, run=run)
    np.round(ndtr(likely, out=likely), 3, out=likely)
    np.round(signal, 1, out=signal)
    told = notes.lines + _notes(table, terrain)
    inputs = sites, *dem, *(path for path in (land_cover, sea) if path is not None)
    by_operator = dict(zip(names, signal, strict=True))
    return Survey(by_operator, likely[0], terrain.grid, threshold_dbm, told, inputs, building)


def _notes(table: pd.DataFrame, terrain: Terrain) -> tuple[str, ...]:
    """What a reader of the raster has to know of its sites."""
    filled = [f"{count} of {name}" for name, count in table.attrs[DEFAULTED].items()]
    unused = table.attrs[UNUSED]
    return (
        *cut_short(terrain.grid, masts(table)),
        *((f"defaults stand in for {', '.join(filled)}",) if filled else ()),
        *((f"columns that were not used: {', '.join(unused)}",) if unused else ()),
    )


def _progress(tell: Callable[[str], None]) -> Callable[[int, int], None]:
    def progress(done: int, of: int) -> None:
        if done * _TOLD // of > (done - 1) * _TOLD // of:
            tell(f"predicting: {done} of {of} masts")

    return progress


def write(found: Survey, path: Path) -> None:
    """Write a survey as a cloud-optimised GeoTIFF: a band an operator, and the probability.

    Parameters
    ----------
    found : Survey
    path : Path
        Written under another name first, so that it is whole or absent.

    Raises
    ------
    BadInput
        When the name is not that of a GeoTIFF, or is that of a file it was made from.

    Examples
    --------
    >>> from affine import Affine
    >>> cell = Grid("EPSG:4326", Affine(1, 0, 105, 0, -1, 22), (1, 1))
    >>> one = Survey({"A": np.array([[-90.0]])}, np.array([[0.9]]), cell, -110.0, ())
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "signal.tif")
    ...     write(one, path)
    ...     bool(rasters.read_field(path, band=2).values.item() > 0.89)
    True
    """
    check_name(path, found.inputs)
    bands = {
        f"RSRP, dBm{', ' if name else ''}{name}": Field(signal, found.grid)
        for name, signal in found.signal_dbm.items()
    }
    threshold = f"{found.threshold_dbm:g} dBm"
    where = ", indoors" if found.building else ""
    bands[f"P(RSRP >= {threshold}){where}"] = Field(found.probability, found.grid)
    part = path.with_name(f".{path.stem}.part-{os.getpid()}{path.suffix}")
    try:
        with rasterio.Env(GDAL_CACHEMAX=BLOCKS_BYTES):
            rasters.write_cog(part, bands, threshold=threshold, model="ITU-R P.1812-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def check_name(path: Path, inputs: Sequence[Path] = ()) -> None:
    """Refuse a name that is not that of a GeoTIFF, or is that of a file that was read.

    Examples
    --------
    >>> check_name(Path("signal.tif"))
    """
    if path.suffix.lower() not in _SUFFIXES:
        wanted = "a name that ends in .tif"
        raise BadInput([Fault(str(path), "another kind of file", wanted, "Name it signal.tif.")])
    if path.exists() and any(each.exists() and path.samefile(each) for each in inputs):
        found, wanted = "one of the files that are read", "a file of its own to write"
        raise BadInput([Fault(str(path), found, wanted, "Choose another name.")])


def lines(found: Survey) -> list[str]:
    """Say how much is covered.

    Examples
    --------
    >>> from affine import Affine
    >>> cell = Grid("EPSG:4326", Affine(0.01, 0, 105, 0, -0.01, 21.005), (1, 1))
    >>> one = Survey({"": np.array([[-90.0]])}, np.array([[0.95]]), cell, -110.0, ())
    >>> lines(one)[0]
    'At least -110 dBm with a probability of 90 % on 1.2 km2; of 50 % on 1.2 km2.'
    """
    rows = np.arange(found.grid.shape[0]) * found.grid.shape[1] + found.grid.shape[1] // 2
    row_km2 = grids.areas_m2(found.grid, rows) / 1e6
    sure, likely = (
        float(((found.probability >= share).sum(axis=1) * row_km2).sum()) for share in (0.9, 0.5)
    )
    where = " indoors" if found.building else ""
    level = f"At least {found.threshold_dbm:g} dBm{where} with a probability of"
    covered = f"{level} 90 % on {sure:,.1f} km2; of 50 % on {likely:,.1f} km2."
    return [covered, *(f"Note: {note}." for note in found.notes)]
