"""The folder of a run: held by one run at a time; what is wrong with it told in one message."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from ..geodata.faults import BadInput, Fault

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_CLOSED = {errno.EROFS, errno.EACCES, errno.EPERM}


@contextmanager
def owned(folder: Path) -> Generator[None]:
    """Hold a folder for one run at a time; the hold ends with the process, however it ends.

    After an error, a folder that this run made and put nothing into is removed.

    Raises
    ------
    BadInput
        When another run holds it, when it holds something else than work, which might be removed,
        or when there can be no folder.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place, owned(Path(place, "work")):
    ...     Path(place, "work", "lock").exists()
    True
    """
    made = [place for place in (folder, *folder.parents) if not _exists(place)]
    lock = folder / "lock"
    with _opened(lock) as file:
        if not (_locked(file.fileno()) and _is_at(lock, file.fileno())):
            file.seek(0)
            other = file.read().strip()
            found = "a run that is under way" + (f" (process {other})" if other else "")
            repair = "Wait until it ends, or choose another --out."
            raise BadInput([Fault(str(folder), found, "a folder for one run at a time", repair)])
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        try:
            yield
        except BaseException:
            with suppress(OSError):  # another run may put something there
                is_mine = made and _is_at(lock, file.fileno())
                if is_mine and list(folder.iterdir()) == [lock]:
                    lock.unlink()
                    for place in made:
                        place.rmdir()
            raise


def _opened(lock: Path) -> IO[str]:
    """Open a lock, in a folder that is made where there is none; one without a lock is somebody's."""
    folder = lock.parent
    try:
        if folder.is_dir() and not lock.is_file() and any(folder.iterdir()):
            found, wanted = "something that is no work of scores", "a new folder, or that of a run"
            raise BadInput([Fault(str(folder), found, wanted, "Move it, or choose another --out.")])
        folder.mkdir(parents=True, exist_ok=True)
        return lock.open("a+", encoding="ascii")
    except OSError as error:
        if error.errno in _FULL | _CLOSED:
            raise
        found, wanted = f"no place for a folder ({error.strerror})", "a folder to write into"
        fault = Fault(str(folder), found, wanted, "Choose another --out.")
        raise BadInput([fault]) from error


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # too long a name
        return False


def _is_at(path: Path, handle: int) -> bool:
    """Tell whether an open file is still the one of that name: another run may just have removed it."""
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def _locked(handle: int) -> bool:
    """Lock an open file; tell whether that could be done."""
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def real(folder: Path) -> Path:
    """Return where a folder is or will be, without links; that of a link to itself is the link.

    Examples
    --------
    >>> real(Path("a", "..", "b")) == Path.cwd() / "b"
    True
    """
    return Path(os.path.realpath(folder))


@contextmanager
def room(folder: Path) -> Generator[None]:
    """Say in one message that a disk is full, or that a folder may not be written.

    Examples
    --------
    >>> with room(Path("there")):
    ...     raise OSError(errno.ENOSPC, "No space left on device")
    Traceback (most recent call last):
    deadzones.geodata.faults.BadInput: there: found a full disk; ...
    """
    try:
        yield
    except (OSError, RuntimeError) as error:
        fault = _told(error, folder)
        if fault is None:
            raise
        raise BadInput([fault]) from error


def _told(error: Exception, folder: Path) -> Fault | None:
    number = error.errno if isinstance(error, OSError) else None
    there = next(
        (place for place in (folder, *folder.absolute().parents) if _exists(place)), folder
    )
    full = _exists(there) and shutil.disk_usage(there).free < 1 << 20
    if number in _FULL or (number is None and full):
        repair = "Free some space and start again: what is finished is kept."
        return Fault(str(folder), "a full disk", "room for the work and the result", repair)
    if number in _CLOSED:
        wanted, repair = "a folder to write into", "Choose another --out."
        return Fault(str(folder), "a folder that may not be written", wanted, repair)
    return None
