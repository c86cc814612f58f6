"""Repairs that name the options of a study's layers, told where there is no study."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace

from ...geodata.faults import BadInput, Fault

_INSTEAD = (
    (r"Leave the others out: options = .*", "Leave the others out of the file."),
    (r'Say options = \{ layer = "(.*)" \}.*', r'Save the layer "\1" alone in a file.'),
    (r"Say options = \{ encoding = .*", "Save it in UTF-8, or as a GeoPackage."),
    (r"Say crs = .*", "Write it into the file: gdal_edit.py -a_srs EPSG:..."),
    (r"Give the right coordinate system: crs = .*", "Write the right coordinate system into it."),
    (r", or say (options|columns) = .*", "."),
    (r"; [^;]* say options = .*", "."),
)
"""What readers advise, and what one can do who has a file and a command."""


@contextmanager
def without_study() -> Generator[None]:
    """Let faults that are told within name nothing that only a study has.

    Examples
    --------
    >>> with without_study():
    ...     raise BadInput([Fault("a", "3G", "4G", "Leave the others out: options = { ... }.")])
    Traceback (most recent call last):
    deadzones.geodata.faults.BadInput: a: found 3G; wanted 4G. Leave the others out of the file.
    """
    try:
        yield
    except BadInput as error:
        raise BadInput([_plain(fault) for fault in error.faults]) from error


def _plain(fault: Fault) -> Fault:
    repair = fault.repair
    for pattern, words in _INSTEAD:
        repair = re.sub(pattern, words, repair)
    return replace(fault, repair=repair)
