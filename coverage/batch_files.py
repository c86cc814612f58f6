"""Scores as files: whole or absent, the same bytes for the same tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import geopandas as gpd

from ..geodata import geopackage, writing
from ..geodata.faults import BadInput, Fault

FILES = {"communes.parquet", "communes.csv", "dead_zones.gpkg", "manifest.json", "timings.json"}
"""All that a folder of scores holds."""


def write(
    folder: Path,
    communes: gpd.GeoDataFrame,
    dead_zones: gpd.GeoDataFrame,
    manifest: Mapping[str, Any],
    timings: Sequence[Mapping[str, Any]],
) -> None:
    """Write scores into a folder, whole or not at all; earlier scores there are replaced.

    Parameters
    ----------
    folder : Path
    communes, dead_zones : GeoDataFrame
        By code and by zone.
    manifest : mapping
    timings : sequence of mapping

    Raises
    ------
    BadInput
        When the folder holds something else.

    Examples
    --------
    >>> import tempfile
    >>> there = gpd.points_from_xy([105], [21])
    >>> table = gpd.GeoDataFrame({"people": [1.0]}, index=["00001"], geometry=there, crs=4326)
    >>> with tempfile.TemporaryDirectory() as place:
    ...     write(Path(place, "a"), table, table, {}, [{"start": "now"}])
    ...     {path.name for path in Path(place, "a").iterdir()} == FILES
    True
    """
    refuse_foreign(folder.resolve())
    with writing.replacing(folder) as part:
        with ThreadPoolExecutor(1) as beside:
            zones = beside.submit(
                geopackage.write, dead_zones.reset_index(), part / "dead_zones.gpkg"
            )
            communes.to_parquet(part / "communes.parquet")
            writing.write_csv(communes, part / "communes.csv", indexed=True)
            zones.result()
        writing.write_json(part / "manifest.json", manifest)
        start = timings[0]["start"]
        writing.write_json(part / "timings.json", {"start": start, "stages": list(timings)})


def refuse_foreign(folder: Path) -> None:
    """Refuse a folder that holds something else than earlier scores: it would be replaced.

    Raises
    ------
    BadInput
        When it does, or is no folder.

    Examples
    --------
    >>> refuse_foreign(Path("absent"))
    """
    if not folder.exists():
        return
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else {""}
    if names - FILES:
        found = "something that is no folder of scores"
        if "map.html" in names:
            found = "the result of `deadzones run`, which has more than scores"
        wanted = "a new folder, an empty one, or earlier scores"
        raise BadInput([Fault(str(folder), found, wanted, "Choose another --out.")])
