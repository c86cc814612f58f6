"""Write the made-up country: each file under a temporary name first, the same bytes each time."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
from rasterio.windows import Window

from . import geopackage
from ._synthetic_build import Country
from ._synthetic_grid import EPSG
from ._synthetic_terrain import TERRAIN_CELL_M, terrain_rows, terrain_size

MARK = "# A made-up country by deadzones."
STUDY = "study.toml"
PREVIOUS = "study.previous.toml"
TABLES = {
    "communes.gpkg": "communes",
    "roads.gpkg": "roads",
    "operator_a_5g.gpkg": "areas_5g",
    "fibre_nodes.gpkg": "nodes",
    "fibre_cables.gpkg": "cables",
    "power_lines.gpkg": "power",
    "operator_b_sites.csv": "sites",
    "places.csv": "places",
    "anchors.csv": "anchors",
    "classes.csv": "classes",
    "tasks.csv": "tasks",
    "definitions.csv": "definitions",
}
NO_PEOPLE, NO_TERRAIN = -99999.0, -32768
TIFF: dict[str, Any] = {
    "driver": "GTiff",
    "count": 1,
    "compress": "deflate",
    "tiled": True,
    "blockxsize": 256,
    "blockysize": 256,
    "crs": f"EPSG:{EPSG}",
}
FILES = (STUDY, "terrain.tif", "people.tif", *TABLES)


def check_folder(folder: Path) -> None:
    """Refuse a folder whose files are not ours to replace.

    Raises
    ------
    FileExistsError
        When a file of one of our names is there without our study.
    """
    study = folder / STUDY
    ours = study.is_file() and study.read_bytes().startswith(MARK.encode())
    taken = [name for name in FILES if (folder / name).exists()]
    if taken and not ours:
        raise FileExistsError(
            f"{folder} holds {', '.join(taken)}, which deadzones did not make up. "
            "Give another folder, or remove these files."
        )


def write(country: Country, study: str, folder: Path) -> None:
    """Write all files into a folder beside their final places, then move them there."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".making-", dir=folder) as name:
        making = Path(name)
        (making / STUDY).write_text(study, encoding="utf-8", newline="\n")
        _write_terrain(country, making / "terrain.tif")
        _write_people(country, making / "people.tif")
        for file, attribute in TABLES.items():
            _write_table(getattr(country, attribute), making / file)
        _keep_edited(folder, study)
        # The study first: it marks the folder as ours if the rest is cut short.
        for file in FILES:
            (making / file).replace(folder / file)


def _keep_edited(folder: Path, study: str) -> None:
    """Put a study that differs from the new one aside: somebody may have worked on it."""
    before = folder / STUDY
    if before.is_file() and before.read_text(encoding="utf-8") != study:
        before.replace(folder / PREVIOUS)


def _write_table(table: pd.DataFrame, path: Path) -> None:
    if isinstance(table, gpd.GeoDataFrame):
        if path.suffix == ".gpkg":
            geopackage.write(table, path)
            return
        degrees = table.geometry.to_crs(4326).get_coordinates().round(6)
        table = table.drop(columns="geometry").assign(lon=degrees["x"], lat=degrees["y"])
    table.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


def _write_terrain(country: Country, path: Path) -> None:
    n = terrain_size(country.land.frame)
    frame = country.land.frame
    transform = rasterio.Affine(TERRAIN_CELL_M, 0, frame.west_m, 0, -TERRAIN_CELL_M, frame.north_m)
    profile = TIFF | {"width": n, "height": n, "dtype": "int16", "predictor": 2}
    profile |= {"nodata": NO_TERRAIN, "transform": transform}
    with rasterio.open(path, "w", **profile) as file:
        for first, rows in terrain_rows(country.terrain_rng, country.land):
            file.write(rows, 1, window=Window(0, first, n, len(rows)))


def _write_people(country: Country, path: Path) -> None:
    frame = country.land.frame
    values = np.where(country.touched, country.persons, NO_PEOPLE).astype(np.float32)
    profile = TIFF | {"height": frame.shape[0], "width": frame.shape[1], "dtype": "float32"}
    profile |= {"nodata": NO_PEOPLE, "transform": frame.transform}
    with rasterio.open(path, "w", **profile) as file:
        file.write(values, 1)
