"""Discs of losses as small files, named by the hash of all that they depend on."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
import zlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

import numpy as np
from affine import Affine

from ...geodata import grid as grids
from ...geodata.grid import Grid
from .area_sweep import Area
from .terrain import Terrain

_STEPS = {
    "loss_db": (0.01, 0.0),
    "distance_km": (0.0025, 0.0),
    "azimuth_deg": (0.01, 0.0),
    "elevation_deg": (0.01, -90.0),
}
"""Each array of a disc: its step, and its least value. 16 bits reach 655 dB, 163 km, 655 degrees."""

_ROWS = 256
"""Rows of a disc that are worked on at once."""
_NONE = 65535
"""Stands for NaN."""
_DAMAGED = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)


def key(terrain: Terrain, window: tuple[slice, slice], what: object) -> str:
    """Return the hash of a disc's inputs: terrain in a window, mast and model, and the code."""
    digest = hashlib.sha256(_code())
    part = grids.part(terrain.grid, *window)
    digest.update(repr((what, part.crs, part.transform[:6], part.shape)).encode())
    for values in (terrain.h_m, terrain.clutter_m, terrain.sea):
        digest.update(b"none" if values is None else np.ascontiguousarray(values[window]).tobytes())
    return digest.hexdigest()


def round_off(disc: Area) -> None:
    """Round the arrays of a disc in place, to what 16 bits hold.

    Then a disc from its file has the bytes of one computed anew. In blocks, without copies.
    """
    for name, (step, least) in _STEPS.items():
        for rows in _blocks(getattr(disc, name)):
            np.subtract(rows, np.float32(least), out=rows)
            np.divide(rows, np.float32(step), out=rows)
            np.rint(rows, out=rows)
            np.clip(rows, 0, _NONE - 1, out=rows)
            np.multiply(rows, np.float32(step), out=rows)
            np.add(rows, np.float32(least), out=rows)


def _packed(values: np.ndarray, step: float, least: float) -> np.ndarray:
    """Return the 16-bit numbers of a rounded array."""
    packed = np.empty(values.shape, np.uint16)
    for rows, into in zip(_blocks(values), _blocks(packed), strict=True):
        steps = np.rint((rows - np.float32(least)) / np.float32(step))
        np.copyto(into, np.where(np.isnan(steps), _NONE, steps), casting="unsafe")
    return packed


def _unpacked(packed: np.ndarray, step: float, least: float) -> np.ndarray:
    values = packed * np.float32(step)
    values += np.float32(least)
    values[packed == _NONE] = np.nan
    return values


def _blocks(values: np.ndarray) -> list[np.ndarray]:
    """Views of some rows of an array."""
    return [values[start : start + _ROWS] for start in range(0, len(values), _ROWS)]


def load(path: Path, crs: str) -> Area | None:
    """Return a disc from its file; None where there is none, or a damaged one."""
    arrays: dict[str, np.ndarray] = {}
    try:
        # Opened here: numpy leaves a damaged archive open.
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            transform = file["transform"]
            for name, (step, least) in _STEPS.items():
                rows = file[name]
                if rows.ndim != 2 or rows.dtype != np.uint16:
                    return None
                np.cumsum(rows, axis=1, dtype=np.uint16, out=rows)
                arrays[name] = _unpacked(rows, step, least)
    except _DAMAGED:
        return None
    shape = arrays["loss_db"].shape
    if any(each.shape != shape for each in arrays.values()) or transform.shape != (6,):
        return None
    where = Affine(*transform.tolist())
    return Area(Grid(crs, where, (int(shape[0]), int(shape[1]))), **arrays)


def save(path: Path, disc: Area) -> None:
    """Write a rounded disc: to another name first, so that no reader meets half a file.

    Differences along the rows (they wrap around, and so do their sums) take half the space. One
    array is packed at a time.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(suffix=".tmp", dir=path.parent)
    try:
        with (
            os.fdopen(handle, "wb") as raw,
            zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            _write(archive, "transform", np.array(disc.grid.transform[:6]))
            for name, (step, least) in _STEPS.items():
                packed = _packed(getattr(disc, name), step, least)
                packed[:, 1:] = np.diff(packed, axis=1)
                _write(archive, name, packed)
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


def _write(archive: zipfile.ZipFile, name: str, values: np.ndarray) -> None:
    with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
        np.lib.format.write_array(file, values, allow_pickle=False)


@cache
def _code() -> bytes:
    """Hash of the code that losses depend on: a disc of other code is another disc.

    Ours, the compiler of it, and what places pixels. Defaults come with the model.
    """
    libraries = [f"{name} {version(name)}" for name in ("numba", "numpy", "pyproj")]
    digest = hashlib.sha256(repr(libraries).encode())
    folder = Path(__file__).parent
    for path in sorted([*folder.glob("_*.py"), folder / "area_sweep.py"]):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.digest()
