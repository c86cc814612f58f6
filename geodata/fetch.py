"""Fetch open data: resumed where it broke off, tried again, held against its checksum, kept."""

from __future__ import annotations

import errno
import fnmatch
import hashlib
import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from . import unpack
from .faults import BadInput, Fault
from .sources import OpenSource, Use, refusal

TRIES: Final = 5
TIMEOUT_S: Final = 60.0
MOST_BYTES: Final = 20_000_000_000
"""Of one file: more than any source of the catalogue."""
RECEIPTS: Final = "sources.json"
_CHUNK: Final = 1 << 18
_RETRIED: Final = (408, 425, 429, 500, 502, 503, 504)
"""Answers of a server that may be another one later."""
_DISK: Final = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)


class _Broken(Exception):
    """A try that failed in a way that the next may not."""


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
    size = 0
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
            size += source.size
    return [*lines, f"To fetch: {_size(size)} into {folder}"], faults


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
        unpacked. What was fetched of it so far is kept for the next time, save what is wrong.

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
    if path.is_file() and (wanted == "" or _sha256(path) == wanted):
        new = False
    elif offline:
        raise BadInput([_no_network(source, folder)])
    else:
        folder.mkdir(parents=True, exist_ok=True)
        _download(source, path, tell, wait)
        new = True
    digest = _sha256(path)
    files = _unpacked(source, path, new=new)
    if known.get("sha256") != digest:
        entry = {"url": source.url, "sha256": digest, "bytes": path.stat().st_size}
        _keep(folder, receipts | {source.key: entry | {"licence": source.licence}})
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
    found, repair = f"no {source.file} in {folder}", "Fetch it once while there is a network."
    return Fault(source.key, found, "the file, for there is no network", repair)


def _download(
    source: OpenSource, path: Path, tell: Callable[[str], None], wait: Callable[[float], None]
) -> None:
    part = path.with_name(f".{path.name}.part")
    said = ""
    for attempt in range(TRIES):
        if attempt:
            tell(f"{source.key}: trying again ({said})")
            wait(2.0 ** (attempt - 1))
        try:
            _one_try(source, part, tell)
        except _Broken as error:
            said = str(error)
            continue
        digest = _sha256(part)
        if source.sha256 and digest != source.sha256:
            part.unlink()
            _mark(part).unlink(missing_ok=True)
            found, wanted = f"a file with SHA-256 {digest}", f"{source.sha256}, as published"
            repair = "Try again later; if it stays so, tell the makers: the source has changed."
            raise BadInput([Fault(source.key, found, wanted, repair)])
        part.replace(path)
        _mark(part).unlink(missing_ok=True)
        return
    found, wanted = f"no whole file after {TRIES} tries ({said})", f"{source.file} whole"
    repair = "Run it again: it goes on where it broke off."
    raise BadInput([Fault(source.key, found, wanted, repair)])


def _one_try(source: OpenSource, part: Path, tell: Callable[[str], None]) -> None:
    """Fetch what is missing of a file; raise _Broken when it is still not whole."""
    mark = _read_json(_mark(part))
    start = part.stat().st_size if part.is_file() and mark.get("url") == source.url else 0
    request = urllib.request.Request(  # noqa: S310 - the catalogue's addresses are all https
        source.url, headers={"User-Agent": "deadzones", "Accept-Encoding": "identity"}
    )
    if start and mark.get("version"):
        request.add_header("Range", f"bytes={start}-")
        request.add_header("If-Range", mark["version"])
    try:
        with urllib.request.build_opener(_SafeRedirects).open(request, timeout=TIMEOUT_S) as answer:
            start = start if _goes_on(answer, start) else 0
            _save(answer, source, part, start, tell)
    except urllib.error.HTTPError as error:
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
            part.unlink(missing_ok=True)
            raise _Broken("the rest is no longer what it was") from error
        if error.code in _RETRIED:
            raise _Broken(f"the server answers {error.code}") from error
        found, wanted = f"an answer {error.code} from {source.url}", "the file"
        repair = "The address may have changed: look there by hand."
        raise BadInput([Fault(source.key, found, wanted, repair)]) from error
    except (OSError, http.client.HTTPException) as error:
        if getattr(error, "errno", None) in _DISK:
            found, repair = (
                f"a folder that takes no more ({error})",
                "Make room, or choose another.",
            )
            raise BadInput([Fault(str(part.parent), found, "room to write", repair)]) from error
        raise _Broken(str(getattr(error, "reason", error)) or type(error).__name__) from error


def _goes_on(answer: Any, start: int) -> bool:
    """Tell whether an answer is the rest of what is there, and not the whole again."""
    return answer.status == http.client.PARTIAL_CONTENT and str(
        answer.headers.get("Content-Range", "")
    ).startswith(f"bytes {start}-")


def _save(
    answer: Any, source: OpenSource, part: Path, start: int, tell: Callable[[str], None]
) -> None:
    length = answer.headers.get("Content-Length")
    whole = start + int(length) if length and length.isdigit() else None
    if whole is not None and whole > MOST_BYTES:
        _too_large(source, whole)
    version = answer.headers.get("ETag") or answer.headers.get("Last-Modified") or ""
    version = "" if version.startswith("W/") else version  # a weak one does not vouch for bytes
    _mark(part).write_text(json.dumps({"url": source.url, "version": version}), encoding="utf-8")
    done, told = start, -1
    with part.open("ab" if start else "wb") as file:
        while chunk := answer.read(_CHUNK):
            done += len(chunk)
            if done > MOST_BYTES:
                _too_large(source, done)
            file.write(chunk)
            if whole and (percent := 100 * done // whole) >= told + 5:
                told = percent
                tell(f"fetching {source.key}: {percent} %")
    if whole is not None and done != whole:
        raise _Broken(f"{done:,} of {whole:,} bytes came")


def _too_large(source: OpenSource, size: int) -> None:
    found, wanted = f"{size:,} bytes or more", f"at most {MOST_BYTES:,}"
    raise BadInput([Fault(source.key, found, wanted, "Do not use this address.")])


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    """Follow a server elsewhere, but never from https to something that is not."""

    def redirect_request(
        self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        """Refuse another scheme; see the base class."""
        if not newurl.startswith(req.full_url.split(":", 1)[0] + ":"):
            found, wanted = f"an answer that leads to {newurl[:200]}", "an address of the same kind"
            raise BadInput([Fault(req.full_url, found, wanted, "Do not use this address.")])
        return super().redirect_request(req, fp, code, msg, headers, newurl)


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


def _mark(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _receipts(folder: Path) -> dict[str, Any]:
    return _read_json(folder / RECEIPTS)


def _keep(folder: Path, receipts: dict[str, Any]) -> None:
    text = json.dumps(receipts, ensure_ascii=False, indent=2, sort_keys=True)
    part = folder / f".{RECEIPTS}.part"
    part.write_text(text + "\n", encoding="utf-8")
    part.replace(folder / RECEIPTS)


def _read_json(path: Path) -> dict[str, Any]:
    """Read what we wrote; of what somebody spoiled, nothing."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
