"""One file over HTTP: resumed where it broke off, tried again, held against its checksum."""

from __future__ import annotations

import errno
import hashlib
import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, Final

from .faults import BadInput, Fault
from .sources import OpenSource

TRIES: Final = 5
TIMEOUT_S: Final = 60.0
MOST_BYTES: Final = 20_000_000_000
"""Of one file: more than any source of the catalogue."""
_CHUNK: Final = 1 << 18
_RETRIED: Final = (408, 425, 429, 500, 502, 503, 504)
"""Answers of a server that may be another one later."""
_DISK: Final = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)
_PAGE: Final = (b"<!doctype html", b"<html")
"""How a page begins that a gateway, or a source that asks for a login, puts in a file's place."""


class _Broken(Exception):
    """A try that failed in a way that the next may not."""


def download(
    source: OpenSource, path: Path, tell: Callable[[str], None], wait: Callable[[float], None]
) -> None:
    """Bring the file of a source to a path.

    Parameters
    ----------
    source : OpenSource
    path : Path
        Written when it is whole; what came so far lies beside it until then.
    tell, wait : callable
        Called with what is being done, and with the seconds to wait before the next try.

    Raises
    ------
    BadInput
        When it cannot be had, or is not what its publisher says.
    """
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
        digest = sha256_of(part)
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
    mark = read_json(_mark(part))
    start = part.stat().st_size if part.is_file() and mark.get("url") == source.url else 0
    request = urllib.request.Request(  # noqa: S310 - the catalogue's addresses are all https
        source.url, headers={"User-Agent": "deadzones", "Accept-Encoding": "identity"}
    )
    if start and mark.get("version"):
        request.add_header("Range", f"bytes={start}-")
        request.add_header("If-Range", mark["version"])
    try:
        with urllib.request.build_opener(_SafeRedirects).open(request, timeout=TIMEOUT_S) as answer:
            _save(answer, source, part, _beginning(answer, part, start), tell)
    except urllib.error.HTTPError as error:
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
            part.unlink(missing_ok=True)
            raise _Broken("the rest is no longer what it was") from error
        if error.code in _RETRIED:
            raise _Broken(f"the server answers {error.code}") from error
        found, wanted = f"an answer {error.code} from {source.url}", "the file"
        repair = "The address may have changed: look there by hand."
        raise BadInput([Fault(source.key, found, wanted, repair)]) from error
    except OSError as error:
        if error.errno in _DISK:
            raise BadInput([no_room(part.parent, error)]) from error
        raise _Broken(str(getattr(error, "reason", error)) or type(error).__name__) from error
    except http.client.HTTPException as error:
        raise _Broken(str(error) or type(error).__name__) from error


def _beginning(answer: Any, part: Path, start: int) -> int:
    """Return from which byte an answer goes on: 0 where it is the whole again."""
    if answer.status != http.client.PARTIAL_CONTENT:
        return 0
    if str(answer.headers.get("Content-Range", "")).startswith(f"bytes {start}-"):
        return start
    part.unlink(missing_ok=True)
    raise _Broken("the server sends another part than it was asked for")


def _save(
    answer: Any, source: OpenSource, part: Path, start: int, tell: Callable[[str], None]
) -> None:
    length = answer.headers.get("Content-Length")
    whole = start + int(length) if length and length.isdigit() else None
    if whole is not None and whole > MOST_BYTES:
        _too_large(source, whole)
    first = answer.read(_CHUNK)
    if not start:
        _check_kind(first, source)
    version = answer.headers.get("ETag") or answer.headers.get("Last-Modified") or ""
    version = "" if version.startswith("W/") else version  # a weak one does not vouch for bytes
    _mark(part).write_text(json.dumps({"url": source.url, "version": version}), encoding="utf-8")
    done, told = start, -1
    with part.open("ab" if start else "wb") as file:
        for chunk in chain([first], iter(partial(answer.read, _CHUNK), b"")):
            done += len(chunk)
            if done > MOST_BYTES:
                _too_large(source, done)
            file.write(chunk)
            if whole and (percent := 100 * done // whole) >= told + 5:
                told = percent
                tell(f"fetching {source.key}: {percent} %")
    if whole is not None and done != whole:
        raise _Broken(f"{done:,} of {whole:,} bytes came")
    if not done:
        raise _Broken("nothing came")


def _check_kind(first: bytes, source: OpenSource) -> None:
    """Refuse a web page: without a checksum it would be kept as the file."""
    if first.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_PAGE):
        found = f"a web page at {source.url}"
        repair = "Open it in a browser: the source, or your network, may ask for a login first."
        raise BadInput([Fault(source.key, found, source.file, repair)])


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


def no_room(folder: Path, error: OSError) -> Fault:
    """Tell of a folder into which nothing can be written."""
    found, repair = f"a folder that takes no more ({error})", "Make room, or choose another."
    return Fault(str(folder), found, "room to write", repair)


def read_json(path: Path) -> dict[str, Any]:
    """Read what we wrote; of what somebody spoiled, nothing."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def sha256_of(path: Path) -> str:
    """Return the checksum of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _mark(part: Path) -> Path:
    return part.with_name(part.name + ".json")
