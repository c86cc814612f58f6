"""CSV files as tables of text; what cannot be read is told with its row and column."""

from __future__ import annotations

import codecs
import csv
import gzip
import re
import unicodedata
import warnings
import zlib
from io import StringIO
from pathlib import Path

import pandas as pd

from .faults import BadInput, Fault
from .options import SEPARATORS
from .source import Source

ENDINGS = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz")
MOST_BYTES = 2**31
"""Of text, unpacked: a file that claims more is no list of sites or places."""

_AGAIN = "Copy or export the file again."
_OPENCELLID = (
    "radio,mcc,net,area,cell,unit,lon,lat,range,samples,changeable,created,updated,averageSignal"
)
_CELL = re.compile(r"(GSM|CDMA|UMTS|LTE|NR),[0-9]{3}(,[-0-9.]*){12}")
"""A line of such a file."""
_LONGEST = 100_000
"""Characters of a line that are looked into for its cells."""


def read(source: Source) -> pd.DataFrame:
    r"""Read a CSV file as text, UTF-8 unless the options say otherwise.

    Every column stays text, so that no leading zero is lost; the data dictionary says which are
    numbers.

    Parameters
    ----------
    source : Source
        Options: ``encoding``, ``separator``, ``decimal``.

    Returns
    -------
    DataFrame

    Raises
    ------
    BadInput
        When the bytes are no text in the stated encoding, or no table.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "a.csv")
    ...     _ = path.write_text("commune_code,people\n00004,12.5\n")
    ...     read(Source(path, "a.csv"))["commune_code"].tolist()
    ['00004']
    """
    text = _headed(_text(source))
    header = text.partition("\n")[0]
    separator = _separator(source, header)
    faults = _check_names(_cells(header, separator), source.label)
    if faults:
        raise BadInput(faults)
    table = _parse(text, separator, source.label)
    return _with_points(table) if source.options.get("decimal") == "," else table


def _headed(text: str) -> str:
    """Give cells of OpenCelliD the names of its columns: its files of countries have none."""
    first = text.partition("\n")[0]
    return f"{_OPENCELLID}\n{text}" if _CELL.fullmatch(first) else text


def _text(source: Source) -> str:
    encoding = source.options.get("encoding", "utf-8-sig")
    raw = _bytes(source)
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadInput([_wrong_encoding(source, error)]) from error
    except UnicodeError as error:
        raise _unreadable(source.label, str(error)) from error
    if "\0" in text:
        raise _unreadable(source.label, "it holds zero bytes")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _bytes(source: Source) -> bytes:
    assert isinstance(source.data, Path)
    packed = source.data.suffix.lower() == ".gz"
    try:
        with gzip.open(source.data) if packed else source.data.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(source.label, str(error)) from error
    if len(raw) > MOST_BYTES:
        raise _unreadable(source.label, f"more than {MOST_BYTES:,} bytes of text")
    return raw


def _unreadable(label: str, reason: str, row: int | None = None) -> BadInput:
    short = reason.strip().removeprefix("Error tokenizing data. C error: ")[:100]
    found = f"a file that cannot be read ({short})"
    return BadInput([Fault(label, found, "a CSV file", _AGAIN, row=row)])


def _wrong_encoding(source: Source, error: UnicodeDecodeError) -> Fault:
    """Name the record and the column of the first byte that is amiss."""
    raw = error.object
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        found = f"bytes that are not {error.encoding} (they begin as UTF-16 does)"
        repair = 'Save the file as UTF-8, or say options = { encoding = "utf-16" } for this layer.'
        return Fault(source.label, found, "UTF-8 text", repair)
    start = raw.rfind(b"\n", 0, error.start) + 1
    row = raw.count(b"\n", 0, start)
    header = raw.partition(b"\n")[0].decode("latin-1")
    separator = _separator(source, header)
    names = _cells(header, separator)
    column = len(_cells(raw[start : error.start + 1].decode("latin-1"), separator)) - 1
    line = raw[start:].partition(b"\n")[0].decode("latin-1")
    cells = _cells(line, separator)
    cell = (cells[column] if 0 <= column < len(cells) else line).encode("latin-1")
    shown = unicodedata.normalize("NFC", cell.decode("cp1258", "replace"))[:40]
    return Fault(
        source.label,
        f"bytes that are not {error.encoding} (as Windows-1258: {shown!r})",
        "UTF-8 text",
        'Save the file as UTF-8, or say options = { encoding = "cp1258" } for this layer.',
        row=row or None,
        column=names[column] if row and 0 <= column < len(names) else None,
    )


def _separator(source: Source, header: str) -> str:
    return source.options.get("separator") or max(SEPARATORS, key=header.count)


def _cells(line: str, separator: str) -> list[str]:
    """Split one line; an overlong or broken one has no cells."""
    try:
        return next(csv.reader([line[:_LONGEST].strip("\r\n")], delimiter=separator), [])
    except csv.Error:
        return []


def _check_names(names: list[str], label: str) -> list[Fault]:
    if not any(name.strip() for name in names):
        return [Fault(label, "no names of columns", "a first line that names the columns", _AGAIN)]
    twice = sorted({name for name in names if names.count(name) > 1})
    wanted, repair = "each column once", "Rename or remove one of them."
    return [
        Fault(label, f"{names.count(name)} columns named {name!r}", wanted, repair, column=name)
        for name in twice
    ]


def _parse(text: str, separator: str, label: str) -> pd.DataFrame:
    try:
        with warnings.catch_warnings():
            # pandas only warns where a first row has more cells than the header, and drops them.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            return pd.read_csv(
                StringIO(text),
                dtype=str,
                sep=separator,
                index_col=False,
                keep_default_na=False,
                na_values=[""],
            )
    except pd.errors.ParserWarning as warning:
        reason = "it has more cells than the header has names"
        raise _unreadable(label, reason, row=1) from warning
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        line = re.search(r"in line (\d+)|row (\d+)", str(error))
        row = None if line is None else int(line[1]) - 1 if line[1] else int(line[2])
        raise _unreadable(label, str(error), row=row) from error


def _with_points(table: pd.DataFrame) -> pd.DataFrame:
    """Write the numbers of a table with points in place of decimal commas."""
    return table.apply(
        lambda cells: cells.str.replace(r"^(\s*[-+]?\d+),(\d+\s*)$", r"\1.\2", regex=True)
    )
