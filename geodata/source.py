"""Where a layer comes from: the one argument of every reader."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

_IN_FOLDER = {".geojson", ".json"}
_SHAPEFILE = {".shp", ".shx", ".dbf", ".prj", ".cpg"}


@dataclass(frozen=True)
class Source:
    """A file (or a table in memory) and how to read it.

    Parameters
    ----------
    data : Path or GeoDataFrame or DataFrame
        The file or folder, or the table itself.
    label : str
        Its name in messages: the path as the study gives it.
    columns : mapping of str to str
        Documented column name -> the file's own column name.
    options : mapping
        Options of the reader.
    sound : bool
        Whether the same bytes were read and checked before: it is not looked again at the values of
        a raster, nor whether communes overlap.

    Examples
    --------
    >>> Source(Path("sites.csv"), "sites.csv").options
    {}
    """

    data: Path | gpd.GeoDataFrame | pd.DataFrame
    label: str
    columns: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    sound: bool = False

    def sha256(self) -> str:
        """Return the SHA-256 of the bytes that the data was read from.

        That of a folder or a shapefile is over its files' names and hashes; a table's over its
        columns' values.

        Examples
        --------
        >>> len(Source(pd.DataFrame({"a": [1]}), "table").sha256())
        64
        """
        if not isinstance(self.data, Path):
            return _table_sha256(self.data)
        files = files_of(self.data)
        if files == [self.data]:
            return _file_sha256(self.data)
        home = self.data if self.data.is_dir() else self.data.parent
        text = "\n".join(f"{p.relative_to(home).as_posix()} {_file_sha256(p)}" for p in files)
        return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def files_of(path: Path) -> list[Path]:
    """Return all files that are read for a path: the GeoJSON of a folder, the parts of a shapefile.

    Examples
    --------
    >>> [path.name for path in files_of(Path("sites.csv"))]
    ['sites.csv']
    """
    if path.is_dir():
        return sorted(p for p in path.rglob("*") if p.suffix.lower() in _IN_FOLDER and p.is_file())
    if path.suffix.lower() == ".shp":
        return sorted(
            p
            for p in path.parent.glob("*")
            if p.stem == path.stem and p.suffix.lower() in _SHAPEFILE
        )
    return [path]


def _file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _table_sha256(table: pd.DataFrame) -> str:
    digest = hashlib.sha256(str(getattr(table, "crs", None)).encode())
    for name in table.columns:
        values = table[name]
        plain = values.to_wkb() if isinstance(values, gpd.GeoSeries) else values
        digest.update(str(name).encode())
        digest.update(pd.util.hash_pandas_object(plain, index=True).to_numpy().tobytes())
    return digest.hexdigest()
