"""Fetch open data into a folder that keeps it: what there is, what is fetched, what came of it."""

from __future__ import annotations

import contextlib
import fnmatch
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from . import unpack
from ._download import (
    MOST_BYTES,
    TIMEOUT_S,
    TRIES,
    download,
    no_room,
    read_json,
    sha256_of,
)
from .faults import BadInput, Fault
from .sources import OpenSource, Use, refusal

__all__ = [
    "MOST_BYTES",
    "RECEIPTS",
    "TIMEOUT_S",
    "TRIES",
    "Fetched",
    "absent",
    "fetch",
    "plan",
]

RECEIPTS: Final = "sources.json"


@dataclass(frozen=True)
class Fetched:
    """A source as it lies in the folder.

    Parameters
    ----------
    source : OpenSource
    path : Path
        The file as it was delivered.
    files : tuple of Path
        What was taken out of it; else the file itself.
    sha256 : str
        Of ``path``.
    new : bool
        Whether it was fetched now.
    changed : bool
        Whether it is another file than that of the last time: its publisher has made a new one.
    """

    source: OpenSource
    path: Path
    files: tuple[Path, ...]
    sha256: str
    new: bool
    changed: bool = False

    @property
    def opened(self) -> Path:
        """The file that a reader takes, of all that were taken out."""
        fit = [path for path in self.files if fnmatch.fnmatch(path.name, self.source.opens or "*")]
        return (fit or list(self.files))[0]


def plan(
    sources: Iterable[OpenSource], folder: Path, use: Use = "any"
) -> tuple[list[str], list[Fault]]:
    """Say what would be fetched, without fetching it.

    Parameters
    ----------
    sources : iterable of OpenSource
    folder : Path
        Where they would lie.
    use : {"any", "non-commercial", "research"}

    Returns
    -------
    lines : list of str
        Two a source: what it is and how large, and its terms; then the sum.
    faults : list of Fault
        Why some may not be fetched.

    Examples
    --------
    >>> from deadzones.geodata.sources import chosen
    >>> lines, faults = plan(chosen(["worldpop_2020_1km"]), Path("absent"))
    >>> print(lines[0])
    worldpop_2020_1km: WorldPop 2020, Viet Nam, UN-adjusted, 1 km; some 2 MB, to fetch
    """
    lines: list[str] = []
    faults: list[Fault] = []
    sizes: list[int] = []
    for source in sources:
        refused = refusal(source, use)
        there = (folder / source.file).exists()
        state = "there already" if there else "not to be fetched" if refused else "to fetch"
        lines.append(f"{source.key}: {source.title}; {_size(source.size)}, {state}")
        tried = f"tried on {source.verified}" if source.verified else "unverified"
        lines.append(
            f"  {source.licence}; use: {source.use}; share: {source.share}; {source.format}, "
            f"{source.crs}, {source.resolution}; {source.url} ({tried})"
            + (f"; {source.note}" if source.note else "")
        )
        if refused and not there:
            faults.append(refused)
        elif not there:
            sizes.append(source.size)
    whole = f"{_size(sum(sizes))} into {folder}" if sizes else "nothing"
    return [*lines, f"To fetch: {whole}"], faults


def _size(count: int) -> str:
    if not count:
        return "size unknown"
    return f"some {count / 1e9:.1f} GB" if count >= 1e9 else f"some {max(count / 1e6, 1):.0f} MB"


def fetch(
    source: OpenSource,
    folder: Path,
    *,
    offline: bool = False,
    tell: Callable[[str], None] = lambda _: None,
    wait: Callable[[float], None] = time.sleep,
) -> Fetched:
    """Fetch a source into a folder, or find it there.

    Parameters
    ----------
    source : OpenSource
    folder : Path
        Made where it is absent.
    offline : bool
        Only look whether it is there.
    tell : callable
        Called with what is being done.
    wait : callable
        Called with the seconds to wait before the next try.

    Returns
    -------
    Fetched

    Raises
    ------
    BadInput
        When it is not there and cannot be had, is not what its publisher says, or cannot be
        unpacked, or when the folder takes nothing. What was fetched of it so far is kept for the
        next time, save what is wrong.

    Notes
    -----
    Where its publisher states no checksum, that of the first time is kept: a file that is no longer
    that one is fetched again, and if it still is another, ``changed`` says so.

    Examples
    --------
    >>> from deadzones.geodata.sources import catalogue
    >>> fetch(catalogue()["gridfinder"], Path("absent"), offline=True)
    Traceback (most recent call last):
    deadzones.geodata.faults.BadInput: gridfinder: found no ...
    """
    path, receipts = folder / source.file, _receipts(folder)
    known = receipts.get(source.key, {})
    wanted = source.sha256 or known.get("sha256", "")
    new = not (path.is_file() and (wanted == "" or sha256_of(path) == wanted))
    if new and offline:
        raise BadInput([_no_network(source, folder)])
    try:
        if new:
            folder.mkdir(parents=True, exist_ok=True)
            download(source, path, tell, wait)
        digest = sha256_of(path)
        files = _unpacked(source, path, new=new)
        if known.get("sha256") != digest:
            entry = {"url": source.url, "sha256": digest, "bytes": path.stat().st_size}
            # What is there can be used in a folder that takes no receipt, too.
            with contextlib.nullcontext() if new else contextlib.suppress(OSError):
                _keep(folder, receipts | {source.key: entry | {"licence": source.licence}})
    except OSError as error:
        raise BadInput([no_room(folder, error)]) from error
    changed = bool(known) and known.get("sha256") != digest
    return Fetched(source, path, files, digest, new, changed)


def absent(source: OpenSource, folder: Path) -> list[Fault]:
    """Tell of a source that is not in a folder, where there is no network.

    Examples
    --------
    >>> from deadzones.geodata.sources import catalogue
    >>> len(absent(catalogue()["gridfinder"], Path("absent")))
    1
    """
    return [] if (folder / source.file).is_file() else [_no_network(source, folder)]


def _no_network(source: OpenSource, folder: Path) -> Fault:
    there = (folder / source.file).is_file()
    which = f"another {source.file} than was fetched" if there else f"no {source.file}"
    found, repair = f"{which} in {folder}", "Fetch it once while there is a network."
    return Fault(source.key, found, "the file, for there is no network", repair)


def _unpacked(source: OpenSource, path: Path, *, new: bool) -> tuple[Path, ...]:
    if not source.unpack:
        return (path,)
    folder = path.with_name(f"{source.key}.files")
    there = sorted(one for one in folder.rglob("*") if one.is_file()) if folder.is_dir() else []
    if there and not new:
        return tuple(there)
    if path.suffix == ".gz":
        return (unpack.gunzip(path, folder / source.unpack),)
    return tuple(unpack.unzip(path, folder, pattern=source.unpack))


def _receipts(folder: Path) -> dict[str, dict[str, Any]]:
    entries = read_json(folder / RECEIPTS).items()
    return {key: entry for key, entry in entries if isinstance(entry, dict)}


def _keep(folder: Path, receipts: dict[str, dict[str, Any]]) -> None:
    text = json.dumps(receipts, ensure_ascii=False, indent=2, sort_keys=True)
    part = folder / f".{RECEIPTS}.part"
    part.write_text(text + "\n", encoding="utf-8")
    part.replace(folder / RECEIPTS)
