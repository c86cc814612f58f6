"""Files of any format, opened as tables; what cannot be read is told."""

from __future__ import annotations

import re
import warnings
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely

from . import csv_files, openstreetmap, shapefiles
from .faults import BadInput, Fault
from .options import did_you_mean
from .source import Source, files_of

AGAIN = "Copy or export the file again."
_REASON = 100
"""Letters of a library's reason that are shown."""

FILES = "files"
"""Attribute of a table from a folder: (name, rows) of each file, in the order of the rows."""

# How a file of each kind begins. GDAL would go by the content alone: it would follow a text file
# with the ending of a GeoPackage to other files, or to the network.
_BEGINS = {
    ".gpkg": (b"SQLite format 3\0",),
    ".shp": (b"\0\0\x27\x0a",),
    ".fgb": (b"fgb",),
    ".pbf": (b"\0\0",),
    ".geojson": (b"{",),
    ".json": (b"{",),
    ".parquet": (b"PAR1",),
    ".geoparquet": (b"PAR1",),
}
_BROKEN = (
    OSError,
    RuntimeError,  # pyogrio's and pyproj's errors
    ValueError,  # text in another encoding, wrong JSON
    LookupError,  # metadata that lack a part
    TypeError,  # metadata of another shape
    UnboundLocalError,  # pyogrio, on a coordinate system that cannot be written down
    pa.ArrowException,
    shapely.errors.ShapelyError,
)


def open_table(source: Source) -> pd.DataFrame:
    """Open a vector file, a table or a folder of GeoJSON as it is.

    Returns
    -------
    DataFrame
        Numbered from 0. A GeoDataFrame, its geometry named ``geometry``, where the source has one.

    Raises
    ------
    BadInput
        When the source cannot be read.

    Examples
    --------
    >>> open_table(Source(pd.DataFrame({"a": [1]}), "table")).shape
    (1, 1)
    """
    path = source.data
    if isinstance(path, pd.DataFrame):
        return _plain(path, source)
    if path.is_dir():
        return _open_folder(path, source)
    if path.name.lower().endswith(csv_files.ENDINGS):
        return csv_files.read(source)
    fault = _wrong_kind(path, source.label)
    if fault is not None:
        raise BadInput([fault])
    try:
        with warnings.catch_warnings():
            # What GDAL mends on its way (an unclosed ring, a number cut short) is checked below.
            warnings.simplefilter("ignore")
            parquet = path.suffix.lower().endswith("parquet")
            opened = _open_parquet(path) if parquet else _open_ogr(path, source)
            return _plain(openstreetmap.uncounted(opened), source)
    except BadInput:
        raise
    except _BROKEN as error:
        found = f"a file that cannot be read ({why(error, path)})"
        raise BadInput([Fault(source.label, found, "a whole file", AGAIN)]) from error


def _wrong_kind(path: Path, label: str) -> Fault | None:
    suffix = path.suffix.lower()
    if suffix not in _BEGINS:
        wanted = "one of " + ", ".join([*_BEGINS, *csv_files.ENDINGS])
        repair = "Export it in one of these formats, or choose another reader."
        return Fault(label, f"a file of the kind {suffix or '(none)'}", wanted, repair)
    try:
        with path.open("rb") as file:
            first = file.read(64)
    except OSError as error:
        return Fault(label, f"a file that cannot be read ({error.strerror})", "a file", AGAIN)
    if not first:
        return Fault(label, "an empty file", "a whole file", AGAIN)
    if not first.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_BEGINS[suffix]):
        found = f"a file that cannot be read (no {suffix} file begins with {first[:16]!r})"
        return Fault(label, found, "a whole file", AGAIN)
    return None


def why(error: Exception, path: Path) -> str:
    """Say in short why a library could not read a file.

    Examples
    --------
    >>> why(OSError("'/a/b.gpkg' not recognized as a file; try others"), Path("/a/b.gpkg"))
    'not recognized as a file'
    """
    said = str(error.__cause__ or error) or type(error).__name__
    short = said.splitlines()[0].split(";")[0].rpartition(" failed: ")[2]
    return re.sub(rf"\S*{re.escape(str(path))}\S*", "", short).strip(" :'\"")[:_REASON]


def _plain(table: pd.DataFrame, source: Source) -> pd.DataFrame:
    """Number the rows, name the geometry, and make columns of a named index."""
    names = [str(name) for name in table.columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        wanted, repair = "each column once", "Rename or remove one of them."
        found = "columns of the same name"
        raise BadInput([Fault(source.label, found, wanted, repair, column=name) for name in twice])
    kept = [name for name in table.index.names if name is not None and name not in table]
    numbered = table.reset_index(level=kept) if kept else table
    numbered = numbered.reset_index(drop=True)
    if not isinstance(numbered, gpd.GeoDataFrame):
        return numbered
    geometry = numbered.active_geometry_name
    if geometry is None:
        return pd.DataFrame(numbered)
    if geometry == "geometry":
        return numbered
    return numbered.drop(columns="geometry", errors="ignore").rename_geometry("geometry")


def _open_parquet(path: Path) -> pd.DataFrame:
    table = pq.read_table(path)
    table.validate(full=True)  # text that is no UTF-8 would fail only when it is looked at
    metadata = table.schema.metadata or {}
    # A plain Parquet file may still carry lon and lat.
    return gpd.read_parquet(path) if b"geo" in metadata else pd.read_parquet(path)


def _open_ogr(path: Path, source: Source) -> pd.DataFrame:
    if path.suffix.lower() == ".shp":
        return shapefiles.read(source)
    # A geometry that cannot be built comes as none, and its row is told.
    table = pyogrio.read_dataframe(path, layer=_layer(path, source), on_invalid="ignore")
    return openstreetmap.tagged(table) if path.suffix.lower() == ".pbf" else table


def _layer(path: Path, source: Source) -> str | None:
    """Choose the layer: the one that the study names, else the only one with geometry."""
    layers = [(str(name), kind) for name, kind in pyogrio.list_layers(path)]
    names = [name for name, _ in layers]
    drawn = [name for name, kind in layers if kind is not None] or names
    told = source.options.get("layer")
    if told in names or (told is None and len(drawn) == 1):
        return told or drawn[0]
    found = "no layer" if not names else "the layers " + ", ".join(names)
    wanted = "one layer" if told is None else f"a layer {told}"
    repair = f'Say options = {{ layer = "{drawn[0]}" }} for this layer.' if drawn else AGAIN
    if told is not None:
        repair = did_you_mean(told, names)
    raise BadInput([Fault(source.label, found, wanted, repair)])


def _open_folder(path: Path, source: Source) -> pd.DataFrame:
    files = files_of(path)
    if not files:
        found = "a folder without GeoJSON"
        raise BadInput([Fault(source.label, found, "GeoJSON files in the folder", AGAIN)])
    parts: dict[str, pd.DataFrame] = {}
    faults: list[Fault] = []
    for file in files:
        name = f"{source.label}/{file.relative_to(path).as_posix()}"
        try:
            parts[name] = open_table(replace(source, data=file, label=name))
        except BadInput as error:
            faults += error.faults
    systems = {name: getattr(part, "crs", None) for name, part in parts.items()}
    first = next(iter(systems.values()), None)
    faults += [
        Fault(name, f"the coordinate system {crs}", f"that of the first file, {first}", AGAIN)
        for name, crs in systems.items()
        if crs != first
    ]
    if faults:
        raise BadInput(faults)
    together = pd.concat(list(parts.values()), ignore_index=True)
    together.attrs[FILES] = [(name, len(part)) for name, part in parts.items()]
    return together
