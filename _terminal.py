"""What the commands share: how they speak, count their steps, and turn bad input away."""

from __future__ import annotations

import logging
import os
import signal
import sys
import unicodedata
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from .geodata.faults import Fault
    from .reports.words import Lang

BAD_INPUT = 2
"""Exit code: the input is at fault, all faults are told, no result is written."""


def language(lang: Lang | None) -> Lang:
    """Return the language asked for, else that of the system."""
    if lang is not None:
        return lang
    spoken = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "vi" if next(filter(None, spoken), "").startswith("vi") else "en"


def say(*lines: str, quiet: bool) -> None:
    """Print lines."""
    if not quiet:
        for line in lines:
            print(_harmless(line))


def complain(faults: list[Fault]) -> None:
    """Print faults to standard error."""
    for fault in faults:
        print(_harmless(str(fault)), file=sys.stderr)
    number = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    print(f"{number}; no result was written.", file=sys.stderr)


def _harmless(line: str) -> str:
    """Take out what would steer a terminal: names come from files."""
    return "".join("?" if unicodedata.category(letter)[0] == "C" else letter for letter in line)


def end_in_order() -> None:
    """Have Ctrl-C and SIGTERM end a command in order, and at once where they come again."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) != signal.SIG_IGN:  # as under nohup
            signal.signal(number, _end)


def _end(number: int, _: FrameType | None) -> None:
    signal.signal(number, signal.SIG_DFL)
    raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(128 + number)


@contextmanager
def door(log_level: str) -> Generator[None]:
    """Turn bad input into its faults and exit code 2; an interrupt ends without a word."""
    from .geodata.faults import BadInput

    logging.basicConfig(level=log_level.upper(), format="%(name)s: %(message)s")
    if log_level not in {"debug", "info"}:
        # What GDAL says of a bad file is told as its fault; so is what dask says of a lost scheduler.
        logging.getLogger("rasterio").setLevel(logging.CRITICAL)
        logging.getLogger("distributed.client").disabled = True
    try:
        yield
    except BadInput as error:
        complain(error.faults)
        raise typer.Exit(BAD_INPUT) from None
    except Exception as error:
        interrupt = _interrupt(error)
        if interrupt is None:
            raise
        raise interrupt from None


def _interrupt(error: BaseException | None) -> BaseException | None:
    """Find the interrupt that an error came of: in a kernel of numba it ends as a SystemError."""
    while error is not None and not isinstance(error, KeyboardInterrupt | SystemExit):
        error = error.__cause__ or error.__context__
    return error


@contextmanager
def progress(steps: int, *, quiet: bool) -> Generator[Callable[[str], None]]:
    """Say what is being done: a bar on a terminal, plain lines elsewhere."""
    if quiet:
        yield lambda _: None
    elif not sys.stderr.isatty():
        yield lambda text: print(_harmless(text), file=sys.stderr, flush=True)
    else:
        from rich import progress as bars
        from rich.console import Console

        words = bars.TextColumn("{task.description}", markup=False)
        columns = (bars.BarColumn(), bars.MofNCompleteColumn(), words, bars.TimeElapsedColumn())
        with bars.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task, told = bar.add_task("", total=steps), dict[str, None]()

            def tell(text: str) -> None:
                told[text.partition(":")[0]] = None  # what follows a colon is a part of the step
                bar.update(task, description=_harmless(text), completed=len(told) - 1)

            yield tell
            bar.update(task, completed=steps)


def check_folder(folder: Path) -> None:
    """Refuse at once a place where no folder can be made."""
    from .geodata.faults import BadInput, Fault

    try:
        there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    except OSError as error:
        found, wanted = f"no place for a folder ({error.strerror})", "a folder to write into"
        raise BadInput([Fault(str(folder), found, wanted, "Choose another place.")]) from error
    if not (there.is_dir() and os.access(there, os.W_OK)):
        found = "a folder that may not be written" if there.is_dir() else "a file"
        fault = Fault(str(there), found, "a folder to write into", "Choose another place.")
        raise BadInput([fault])
