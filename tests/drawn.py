"""Small countries drawn in the test: a few boxes and cells, written to real files.

The south-west corner is 105 E, 21 N; a cell is 0.01 degrees (about 1.04 x 1.11 km). Positions are
given in cells: x to the east, y to the north, from that corner.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from affine import Affine

WEST, SOUTH, CELL = 105.0, 21.0, 0.01
Box = tuple[float, float, float, float]


def lonlat(x: float, y: float) -> tuple[float, float]:
    """Place cell coordinates on Earth."""
    return WEST + x * CELL, SOUTH + y * CELL


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """Draw a box, in cells."""
    return shapely.box(*lonlat(west, south), *lonlat(east, north))


def picture(text: str) -> np.ndarray:
    """Read a raster from rows of numbers; ``.`` is nodata."""
    rows = [line.split() for line in text.strip().splitlines()]
    return np.array([[np.nan if word == "." else float(word) for word in row] for row in rows])


def transform(rows: int) -> Affine:
    """Place a raster of so many rows with its south-west corner at the corner."""
    return Affine(CELL, 0, WEST, 0, -CELL, SOUTH + rows * CELL)


def write_raster(path: Path, values: np.ndarray, **changes: Any) -> Path:
    """Write a raster whose south-west cell is the corner's."""
    filled = np.where(np.isnan(values), -99999.0, values).astype("float32")
    profile: dict[str, Any] = {
        "driver": "GTiff",
        "height": values.shape[0],
        "width": values.shape[1],
        "count": 1,
        "dtype": "float32",
        "crs": "EPSG:4326",
        "transform": transform(values.shape[0]),
        "nodata": -99999.0,
    }
    with rasterio.open(path, "w", **(profile | changes)) as file:
        file.write(filled, 1)
    return path


def communes(boxes: Mapping[str, Box]) -> gpd.GeoDataFrame:
    """Make communes of boxes, by code; the first two digits are the province."""
    codes = list(boxes)
    return gpd.GeoDataFrame(
        {
            "commune_code": codes,
            "commune_name": [f"Xã {code}" for code in codes],
            "province_code": [code[:2] for code in codes],
            "province_name": [f"Tỉnh {code[:2]}" for code in codes],
        },
        geometry=[box(*boxes[code]) for code in codes],
        crs="EPSG:4326",
    )


def points(places: Sequence[tuple[float, float]], **columns: Sequence[Any]) -> gpd.GeoDataFrame:
    """Make points, in cells."""
    where = [shapely.Point(lonlat(x, y)) for x, y in places]
    return gpd.GeoDataFrame(dict(columns), geometry=where, crs="EPSG:4326")


def line(*places: tuple[float, float]) -> shapely.LineString:
    """Draw a line, in cells."""
    return shapely.LineString([lonlat(x, y) for x, y in places])


SITES, NODES, LINES = ((0.5, 0.5),), ((2.5, 3.5),), (line((0, 2), (4, 2)),)
BOXES: dict[str, Box] = {"90001": (0, 0, 3, 4), "90002": (3, 0, 6, 4), "91001": (6, 0, 8, 4)}
PEOPLE = """
 10  20  30   0  50  60  70   .
100 200   0   0   5   5   5   .
  0   0   0 400  90  10   0   .
  1   2   3   4   5   6   7   .
"""


def country(
    folder: Path,
    *,
    boxes: Mapping[str, Box] = BOXES,
    people: str = PEOPLE,
    sites: Sequence[tuple[float, float]] = SITES,
    nodes: Sequence[tuple[float, float]] = NODES,
    lines: Sequence[shapely.LineString] = LINES,
    extra: str = "",
) -> Path:
    """Write a small country and return the path of its study.

    Mobile sites reach 2 km, fibre nodes 3 km, power lines 1 km. ``extra`` is added to the study.
    """
    folder.mkdir(parents=True, exist_ok=True)
    content = _files(
        tuple(boxes.items()), people, tuple(sites), tuple(nodes), tuple(map(shapely.to_wkb, lines))
    )
    for name, raw in content.items():
        (folder / name).write_bytes(raw)
    study = folder / "study.toml"
    study.write_text(STUDY + extra, encoding="utf-8")
    return study


def is_as_drawn(path: Path) -> bool:
    """Whether a file is one of the default country's, to the byte."""
    lines = tuple(map(shapely.to_wkb, LINES))
    whole = _files(tuple(BOXES.items()), PEOPLE, SITES, NODES, lines).get(path.name)
    return whole is not None and path.is_file() and path.read_bytes() == whole


@cache
def _files(
    boxes: tuple[tuple[str, Box], ...],
    people: str,
    sites: tuple[tuple[float, float], ...],
    nodes: tuple[tuple[float, float], ...],
    lines: tuple[bytes, ...],
) -> dict[str, bytes]:
    """The layers of a country as bytes: hundreds of tests draw the same one."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        communes(dict(boxes)).to_file(folder / "communes.gpkg")
        write_raster(folder / "people.tif", picture(people))
        points(sites, site_id=[f"S{n}" for n in range(len(sites))]).to_file(folder / "sites.gpkg")
        points(nodes, name=[f"N{n}" for n in range(len(nodes))]).to_file(folder / "nodes.gpkg")
        gpd.GeoDataFrame(
            {"voltage_kv": 22.0},
            index=range(len(lines)),
            geometry=list(shapely.from_wkb(lines)),
            crs=4326,
        ).to_file(folder / "lines.gpkg")
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


STUDY = """
name = "drawn"

[layers.communes]
reader = "communes"
path = "communes.gpkg"
evidence = "synthetic"

[layers.people]
reader = "people_raster"
path = "people.tif"
evidence = "synthetic"

[layers.sites]
role = "mobile"
reader = "sites"
path = "sites.gpkg"
evidence = "synthetic"
options = { radius_km = 2.0 }

[layers.nodes]
role = "fibre"
reader = "nodes"
path = "nodes.gpkg"
evidence = "synthetic"

[layers.lines]
role = "power"
reader = "lines"
path = "lines.gpkg"
evidence = "synthetic"

[services.mobile]
[services.fibre]
threshold = "3 km"
[services.power]
threshold = "1 km"

[dead_zones]
min_people = 20
"""


NO_PLAN = '[upgrades]\nbudget_vnd = 0\nstability = false\nreach = "radius"\n'
"""Nothing is ranked and the signal of no new site predicted: for tests of the rest."""


def replace_layer(study: Path, name: str, text: str) -> None:
    """Put another text in place of a layer's table; the rest of the study stays."""
    whole = study.read_text(encoding="utf-8")
    start = whole.index(f"[layers.{name}]")
    end = whole.find("\n[", start + 1)
    rest = whole[end:] if end >= 0 else "\n"
    study.write_text(f"{whole[:start]}[layers.{name}]\n{text.strip()}\n{rest}", encoding="utf-8")
