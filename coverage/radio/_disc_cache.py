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


def pack(disc: Area) -> dict[str, np.ndarray]:
    """Round the arrays of a disc to 16 bits, and write down where it lies."""
    packed: dict[str, np.ndarray] = {"transform": np.array(disc.grid.transform[:6])}
    for name, (step, least) in _STEPS.items():
        steps = getattr(disc, name) - np.float32(least)
        steps /= np.float32(step)
        np.rint(steps, out=steps)
        np.clip(steps, 0, _NONE - 1, out=steps)
        np.copyto(steps, _NONE, where=np.isnan(steps))
        packed[name] = steps.astype(np.uint16)
    return packed


def unpack(packed: dict[str, np.ndarray], crs: str) -> Area:
    """Return the disc of 16-bit arrays."""
    arrays: dict[str, np.ndarray] = {}
    for name, (step, least) in _STEPS.items():
        values = packed[name] * np.float32(step) + np.float32(least)
        values[packed[name] == _NONE] = np.nan
        arrays[name] = values
    shape = arrays["loss_db"].shape
    where = Affine(*packed["transform"].tolist())
    return Area(Grid(crs, where, (int(shape[0]), int(shape[1]))), **arrays)


def load(path: Path, crs: str) -> Area | None:
    """Return a disc from its file; None where there is none, or a damaged one."""
    try:
        # Opened here: numpy leaves a damaged archive open.
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            packed = {name: file[name] for name in ("transform", *_STEPS)}
    except _DAMAGED:
        return None
    shape, arrays = packed["loss_db"].shape, [packed[name] for name in _STEPS]
    alike = all(each.shape == shape and each.dtype == np.uint16 for each in arrays)
    if not alike or len(shape) != 2 or packed["transform"].shape != (6,):
        return None
    for name in _STEPS:
        packed[name] = np.cumsum(packed[name], axis=1, dtype=np.uint16)
    return unpack(packed, crs)


def save(path: Path, packed: dict[str, np.ndarray]) -> None:
    """Write a disc: to another name first, so that no reader meets half a file.

    Differences along the rows (they wrap around, and so do their sums) take half the space.
    """
    first = np.uint16(0)
    rows = {name: np.diff(packed[name], axis=1, prepend=first) for name in _STEPS}
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez_compressed(file, **{**packed, **rows})  # pyright: ignore[reportArgumentType]
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


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
