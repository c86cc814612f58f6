"""Take files out of archives that strangers made: no path tricks, no bombs, whole or not at all."""

from __future__ import annotations

import errno
import fnmatch
import gzip
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import IO, Final

from .faults import BadInput, Fault

MOST_BYTES: Final = 60_000_000_000
"""Of all files together: the largest source of the catalogue unpacked, and room."""
MOST_FILES: Final = 20_000
MOST_RATIO: Final = 1_100
"""Deflate cannot do better than 1,032 to 1; a raster of nothing comes near it, a bomb of layers or a
header that lies goes beyond."""
_CHUNK: Final = 1 << 20
_NAMES: Final = (errno.EEXIST, errno.EISDIR, errno.ENOTDIR, errno.ENAMETOOLONG)
"""What a system says of a file in a folder's place, and the other way round."""


def unzip(
    path: Path, folder: Path, *, pattern: str = "*", most_bytes: int = MOST_BYTES
) -> list[Path]:
    """Take files out of a zip.

    Parameters
    ----------
    path : Path
    folder : Path
        Made where it is absent; files of the same names are replaced.
    pattern : str
        Which files, by name: ``*.tif``.
    most_bytes : int
        Of all these files together.

    Returns
    -------
    list of Path
        The files, in the archive's order.

    Raises
    ------
    BadInput
        When it is no zip, or one that would write elsewhere, hides behind a password or a link,
        swells beyond measure, or is spoiled. Nothing is then written.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as home:
    ...     with zipfile.ZipFile(home + "/a.zip", "w") as archive:
    ...         archive.writestr("in/people.csv", "people")
    ...     [found.name for found in unzip(Path(home, "a.zip"), Path(home, "out"))]
    ['people.csv']
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [
                one
                for one in archive.infolist()
                if not one.is_dir() and fnmatch.fnmatch(PurePosixPath(one.filename).name, pattern)
            ]
            _check(path, archive.infolist(), members, pattern, most_bytes)
            return _whole(
                folder,
                [
                    (one.filename, archive.open(one), one.file_size, f"{path.name}: {one.filename}")
                    for one in members
                ],
            )
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        found = f"an archive that cannot be read ({error})"
        repair = "Remove it and fetch it again."
        raise BadInput([Fault(path.name, found, "a whole zip", repair)]) from error
    except OSError as error:
        if error.errno not in _NAMES:
            raise
        found, wanted = f"names that no folder can hold ({error.strerror})", "files of one folder"
        repair = "Do not use this archive; get it from its owner."
        raise BadInput([Fault(path.name, found, wanted, repair)]) from error


def gunzip(path: Path, target: Path, *, most_bytes: int = MOST_BYTES) -> Path:
    """Take the file out of a gz.

    Parameters
    ----------
    path, target : Path
    most_bytes : int
        How large the file may be.

    Returns
    -------
    Path
        ``target``.

    Raises
    ------
    BadInput
        When it is no gz, is cut short, or larger than that. Nothing is then written.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as home:
    ...     _ = Path(home, "a.csv.gz").write_bytes(gzip.compress(b"people"))
    ...     gunzip(Path(home, "a.csv.gz"), Path(home, "a.csv")).read_text()
    'people'
    """
    try:
        with gzip.open(path) as file:
            return _whole(target.parent, [(target.name, file, most_bytes, path.name)])[0]
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        found = f"an archive that cannot be read ({error})"
        repair = "Remove it and fetch it again."
        raise BadInput([Fault(path.name, found, "a whole gz", repair)]) from error


def _check(
    path: Path,
    everything: list[zipfile.ZipInfo],
    members: list[zipfile.ZipInfo],
    pattern: str,
    most_bytes: int,
) -> None:
    """Refuse an archive as a whole for any member that is amiss."""
    told: list[tuple[str, str]] = [
        (f"a member {one.filename[:80]!r}", wanted)
        for one in everything
        if (wanted := _amiss(one)) is not None
    ]
    size = sum(one.file_size for one in members)
    if len(everything) > MOST_FILES:
        told.append((f"{len(everything):,} members", f"at most {MOST_FILES:,}"))
    if size > most_bytes:
        told.append((f"{size:,} bytes when unpacked", f"at most {most_bytes:,}"))
    names = [_inside(one.filename) for one in members]
    if len(set(names)) < len(names):
        told.append(("two members of one name", "each name once"))
    if not members:
        told.append((f"no member {pattern}", "one"))
    if told:
        repair = "Do not use this archive; get it from its owner."
        raise BadInput([Fault(path.name, found, wanted, repair) for found, wanted in told])


def _amiss(one: zipfile.ZipInfo) -> str | None:
    parts = PurePosixPath(one.filename).parts
    if one.filename.startswith(("/", "\\")) or ".." in parts or {":", "\\", "\0"} & {*one.filename}:
        return "a name that stays in its folder"
    if stat.S_ISLNK(one.external_attr >> 16):
        return "a file, not a link"
    if one.flag_bits & 0x1:
        return "a file without a password"
    if one.file_size > MOST_RATIO * max(one.compress_size, 1_000):
        return f"a file that swells at most {MOST_RATIO:,} times"
    return None


def _inside(name: str) -> str:
    return str(PurePosixPath(name))


def _whole(
    folder: Path, files: Iterable[tuple[str, IO[bytes] | gzip.GzipFile, int, str]]
) -> list[Path]:
    """Write files beside their places and move them there when all are whole."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".unpacking-", dir=folder) as making:
        done: list[tuple[Path, Path]] = []
        for name, source, most, label in files:
            part = Path(making) / name
            part.parent.mkdir(parents=True, exist_ok=True)
            _copy(source, part, most, label)
            done.append((part, folder / name))
        for part, target in done:
            target.parent.mkdir(parents=True, exist_ok=True)
            part.replace(target)
    return [target for _, target in done]


def _copy(source: IO[bytes] | gzip.GzipFile, target: Path, most: int, label: str) -> None:
    written = 0
    with source, target.open("wb") as file:
        while chunk := source.read(_CHUNK):
            written += len(chunk)
            if written > most:  # a header that lies
                found, wanted = "more bytes than it may have", f"at most {most:,}"
                raise BadInput([Fault(label, found, wanted, "Do not use this archive.")])
            file.write(chunk)
