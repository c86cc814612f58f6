"""Finished work as files named by the hash of all that it depends on, in a folder that one run owns."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import uuid
import zipfile
import zlib
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from ..geodata.faults import BadInput, Fault

_DAMAGED = (
    OSError,
    ValueError,
    LookupError,
    EOFError,
    TypeError,
    RuntimeError,  # a flag of the archive that asks for a password, or another way of packing
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
    pa.ArrowException,
)
_ABOUT = "about.json"
ENDING = ".work"
"""Of the names of finished work."""


@dataclass(frozen=True, eq=False)
class Work:
    """What a task leaves: arrays, tables, and a few plain values.

    Examples
    --------
    >>> Work({"people": np.zeros(2)}).arrays["people"].tolist()
    [0.0, 0.0]
    """

    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)


class Names(NamedTuple):
    """What a table is named by, row by row: a part of it needs no second look.

    Parameters
    ----------
    heads : str
        Of the columns.
    rows : ndarray of uint64, rows x (columns + 1)
        Hashes of the index and of each value.

    Examples
    --------
    >>> found = names(pd.DataFrame({"a": [1, 2]}))
    >>> found.heads, found.of([True, False]).rows.shape
    ("[('a', None)]", (1, 2))
    """

    heads: str
    rows: np.ndarray

    def of(self, which: Any) -> Names:
        """Return those of some rows."""
        return self._replace(rows=self.rows[which])


def names(table: pd.DataFrame) -> Names:
    """Hash a table row by row.

    Examples
    --------
    >>> one, other = (names(pd.DataFrame({"a": [each]})).rows for each in (1, 2))
    >>> bool((one == other).all())
    False
    """
    columns = [table[name] for name in table.columns]
    heads = [(str(each.name), _crs(each)) for each in columns]
    index = pd.util.hash_pandas_object(table.index).to_numpy()
    return Names(repr(heads), np.column_stack([index, *map(_hashes, columns)]))


def _crs(column: pd.Series) -> str | None:
    return str(column.crs) if isinstance(column, gpd.GeoSeries) else None


def _hashes(column: pd.Series) -> np.ndarray:
    if isinstance(column, gpd.GeoSeries):
        written = np.asarray(shapely.to_wkb(column.to_numpy()), dtype=object)
        return pd.util.hash_array(written, categorize=False)
    try:
        return pd.util.hash_pandas_object(column, index=False).to_numpy()
    except TypeError:  # lists and other things that have no hash
        return pd.util.hash_array(column.map(repr).to_numpy(dtype=object), categorize=False)


def key(*parts: object) -> str:
    """Return the hash of plain values, arrays and tables, and of the code that works on them.

    A table and its :func:`names` have the same.

    Examples
    --------
    >>> key("a", np.zeros(1)) == key("a", np.zeros(1)), key("a") == key("b")
    (True, False)
    """
    digest = hashlib.sha256(_code())
    for part in parts:
        _feed(digest, part)
    return digest.hexdigest()


def _feed(digest: Any, part: Any) -> None:
    """Add a part with its kind and size, so that no two lists of parts look alike."""
    if isinstance(part, pd.DataFrame):
        _feed(digest, names(part))
    elif isinstance(part, Names):
        _feed(digest, part.heads)
        _feed(digest, part.rows)
    elif isinstance(part, np.ndarray):
        digest.update(repr((part.dtype.str, part.shape)).encode())
        digest.update(np.ascontiguousarray(part).data)
    else:
        text = repr(part).encode()
        digest.update(b"%d:" % len(text) + text)


@cache
def _code() -> bytes:
    """Hash of the code and libraries that results depend on: other code makes other work."""
    libraries = [f"{name} {version(name)}" for name in ("numpy", "pandas", "pyproj", "shapely")]
    digest = hashlib.sha256(repr(libraries).encode())
    here = Path(__file__).parent
    for folder in (here, here.parent / "geodata"):
        for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.csv")]):
            digest.update(path.relative_to(here.parent).as_posix().encode() + path.read_bytes())
    return digest.digest()


def place(folder: Path, stage: str, name: str) -> Path:
    """Return the file of a finished task.

    Examples
    --------
    >>> place(Path("a"), "scores", "f00").name
    'scores-f00.work'
    """
    return folder / f"{stage}-{name}{ENDING}"


def save(path: Path, work: Work) -> None:
    """Write finished work: to another name first, so that no reader meets half a file.

    It is not forced to the disk: what a loss of power spoils is told by its checksums.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(Path(folder, "a.work"), Work({"a": np.zeros(1)}))
    ...     load(Path(folder, "a.work")).arrays["a"].tolist()
    [0.0]
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir():
        found, wanted = "a folder where finished work goes", "no such folder"
        raise BadInput([Fault(str(path), found, wanted, "Remove it.")])
    part = path.with_name(f"{uuid.uuid4().hex}.tmp")
    try:
        with part.open("xb") as raw, zipfile.ZipFile(raw, "w") as archive:
            members = [*(f"{name}.npy" for name in work.arrays)]
            members += [f"{name}.arrow" for name in work.tables]
            told = {"name": path.name, "members": members, "about": work.about}
            archive.writestr(_ABOUT, json.dumps(told))
            for name, array in work.arrays.items():
                values = np.asarray(array, order="C")
                with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                    header = np.lib.format.header_data_from_array_1_0(values)
                    np.lib.format.write_array_header_1_0(file, header)
                    file.write(values.ravel().view(np.uint8).data)  # as it lies: not copied first
            for name, table in work.tables.items():
                archive.writestr(f"{name}.arrow", _packed(table))
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _packed(table: pd.DataFrame) -> bytes:
    """Write a table as it lies in memory, by this thread alone."""
    packed, buffer = pa.Table.from_pandas(table, nthreads=1), io.BytesIO()
    with pa.ipc.new_file(buffer, packed.schema) as file:
        file.write_table(packed)
    return buffer.getvalue()


def load(path: Path, only: Container[str] | None = None) -> Work | None:
    """Read finished work; None where there is none, a damaged one, or one of another name.

    Parameters
    ----------
    path : Path
    only : container of str, optional
        Names of the arrays and tables wanted; all by default. Each has a checksum of its own.

    Examples
    --------
    >>> load(Path("absent.work")) is None
    True
    """
    arrays: dict[str, np.ndarray] = {}
    tables: dict[str, pd.DataFrame] = {}
    if not path.is_file():  # a pipe would be waited for
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            told = json.loads(archive.read(_ABOUT))
            if told["name"] != path.name or archive.namelist() != [_ABOUT, *told["members"]]:
                return None
            for name in told["members"]:
                stem, _, kind = name.rpartition(".")
                if only is not None and stem not in only:
                    continue
                content = archive.read(name)  # whole: its checksum is compared
                if kind == "npy":
                    arrays[stem] = _array(content)
                elif kind == "arrow":
                    tables[stem] = _table(content)
    except _DAMAGED:
        return None
    return Work(arrays, tables, told["about"])


def _table(content: bytes) -> pd.DataFrame:
    table = pa.ipc.open_file(content).read_all()
    table.validate(full=True)
    return table.to_pandas(use_threads=False)


def _array(content: bytes) -> np.ndarray:
    """Unpack an array in one piece: numpy's own reader takes a quarter of a megabyte at a time."""
    head = io.BytesIO(content)
    if np.lib.format.read_magic(head) != (1, 0):
        raise ValueError("an array of another version of numpy's format")
    shape, by_column, kind = np.lib.format.read_array_header_1_0(head)
    values = np.frombuffer(content, kind, offset=head.tell())
    return values.reshape(shape, order="F" if by_column else "C").copy(order="K")


def needed(path: Path, only: Container[str] | None = None) -> Work:
    """Read finished work that was there a moment ago.

    Raises
    ------
    BadInput
        When somebody else has spoiled it.

    Examples
    --------
    >>> needed(Path("there", "absent.work"))
    Traceback (most recent call last):
    deadzones.geodata.faults.BadInput: there: found finished work that cannot be read; ...
    """
    found = load(path, only)
    if found is None:
        told, wanted = "finished work that cannot be read", "files that nobody else changes"
        raise BadInput([Fault(str(path.parent), told, wanted, "Start again.")])
    return found


def prune(folder: Path, kept: set[Path]) -> None:
    """Remove work that a whole run did not need, and what was left half written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Path(folder, "a.work").touch()
    ...     prune(Path(folder), set())
    ...     list(Path(folder).iterdir())
    []
    """
    for path in [*folder.glob(f"*{ENDING}"), *folder.glob("*.tmp")]:
        if path not in kept and not path.is_dir():
            path.unlink(missing_ok=True)
