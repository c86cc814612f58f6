"""Shapefiles, whose text has no encoding of its own."""

from __future__ import annotations

from pathlib import Path
from unicodedata import normalize

import numpy as np
import pandas as pd
import pyogrio

from .faults import BadInput, Fault, of_rows
from .source import Source

_AS_BYTES = "ISO-8859-1"
"""Every byte is one letter of it: text read so gives its bytes back. GDAL's own conversion from
Windows-1258 loses the last letter of whatever fills its field."""

_REPAIR = 'Say options = { encoding = "cp1258" } (or "utf-8") for this layer.'


def read(source: Source) -> pd.DataFrame:
    """Read a shapefile; its text in the encoding that the options or its .cpg file name.

    Raises
    ------
    BadInput
        When accented text has no encoding, or another one.

    Examples
    --------
    >>> import geopandas as gpd, tempfile
    >>> table = gpd.GeoDataFrame(
    ...     {"name": ["Bản"]}, geometry=gpd.points_from_xy([105], [21]), crs=4326
    ... )
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     table.to_file(Path(folder, "a.shp"))
    ...     read(Source(Path(folder, "a.shp"), "a.shp"))["name"].tolist()
    ['Bản']
    """
    assert isinstance(source.data, Path)
    raw = pyogrio.read_dataframe(source.data, encoding=_AS_BYTES, on_invalid="ignore")
    encoding = source.options.get("encoding") or _named(source.data, source.label)
    table = raw.rename(
        columns={str(name): _decode(str(name), encoding) or str(name) for name in raw}
    )
    faults: list[Fault] = []
    for place, name in enumerate(table.columns):
        texts = raw.iloc[:, place]
        if not pd.api.types.is_string_dtype(texts) and texts.dtype != object:
            continue
        decoded = texts.map(lambda text: _decode(text, encoding), na_action="ignore")
        faults += _undecoded(texts, decoded, str(name), source.label, encoding)
        table = table.assign(**{str(name): decoded})
    if faults:
        raise BadInput(faults)
    return table


def _named(path: Path, label: str) -> str:
    """Return the encoding that the .cpg file names; ASCII where there is none."""
    beside = path.with_suffix(".cpg")
    if not beside.is_file():
        return "ascii"
    name = beside.read_text(encoding="ascii", errors="replace").strip().lower()
    name = name.removeprefix("ansi").strip()
    name = f"cp{name}" if name.isdigit() and name != "65001" else name.replace("65001", "utf-8")
    try:
        "Bản".encode(name, errors="replace")
    except LookupError as error:
        found = f"the encoding {name!r} in its .cpg file"
        raise BadInput([Fault(label, found, "a known encoding", _REPAIR)]) from error
    return name


def _decode(text: object, encoding: str) -> str | None:
    try:
        return str(text).encode(_AS_BYTES).decode(encoding)
    except UnicodeError:
        return None


def _undecoded(
    texts: pd.Series, decoded: pd.Series, column: str, file: str, encoding: str
) -> list[Fault]:
    bad = (decoded.isna() & texts.notna()).to_numpy(dtype=bool)
    named = encoding != "ascii"
    shown = [normalize("NFC", _decode(text, "cp1258") or text) for text in texts[bad]]
    return of_rows(
        file,
        np.flatnonzero(bad) + 1,
        [f"{text[:40]!r}, if that is Windows-1258" for text in shown],
        column=column,
        wanted=f"text in {encoding}" if named else "a .cpg file that names the encoding",
        repair=_REPAIR,
        in_words=True,
    )
