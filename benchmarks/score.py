"""A nation scored at 100 m, task by task: the score part of `make bench`.

All communes of Viet Nam, real power lines, and made-up people, sites (20,000) and fibre nodes (500),
where the shared folder of real data is there; else a made-up country. No peer does it. Memory is that
of the largest process. Absolute figures are those of this machine, now.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import radio
import rasterio
import shapely
from affine import Affine
from rasterio.windows import Window

from deadzones.geodata import synthetic

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
DEADZONES = Path(sys.executable).with_name("deadzones")
ROWS, COLUMNS, CELL, WEST, NORTH = 19_200, 9_600, 8.0 / 9_600, 102.0, 24.0
BLOCK = 512
STUDY = """
name = "nation"
allow_outside_paths = true
{area}
[layers.communes]
reader = "communes"
path = "{shared}/communes_vn.parquet"
columns = {{ commune_name = "commune_full_name", old_names = "merged_from" }}
evidence = "declared"
[layers.people]
reader = "people_raster"
path = "people.tif"
evidence = "synthetic"
[layers.sites]
role = "mobile"
reader = "sites"
path = "sites.parquet"
evidence = "synthetic"
[layers.nodes]
role = "fibre"
reader = "nodes"
path = "nodes.parquet"
evidence = "synthetic"
[layers.power_lines]
role = "power"
reader = "lines"
path = "{shared}/power_lines_osm2025.parquet"
evidence = "proxy"
options = {{ keep = {{ likely_artifact = [false] }}, make_valid = true }}
[services.mobile]
[services.fibre]
threshold = "20 km"
[services.power]
threshold = "{power_km} km"
"""
SIZES = {"1x": ("12",), "4x": ("12", "11", "04", "15")}
"""Codes of provinces for the scaling: one, and four of about that size."""


def nation(folder: Path) -> None:
    """Make up people, sites and nodes where there are communes."""
    rng = np.random.default_rng(0)
    profile = {
        "driver": "GTiff", "height": ROWS, "width": COLUMNS, "count": 1, "dtype": "float32",
        "crs": "EPSG:4326", "transform": Affine(CELL, 0, WEST, 0, -CELL, NORTH),
        "nodata": -99999.0, "compress": "deflate", "tiled": True,
        "blockxsize": BLOCK, "blockysize": BLOCK,
    }  # fmt: skip
    with rasterio.open(folder / "people.tif", "w", **profile) as file:
        for row in range(0, ROWS, BLOCK):
            shape = (min(BLOCK, ROWS - row), COLUMNS)
            people = np.where(rng.random(shape) < 0.2, rng.lognormal(1.0, 1.0, shape), 0.0)
            window = Window(0, row, COLUMNS, shape[0])  # pyright: ignore[reportCallIssue]
            file.write(people.astype(np.float32), 1, window=window)
    table = gpd.read_parquet(SHARED / "communes_vn.parquet")
    centre = shapely.get_coordinates(table.geometry.representative_point().to_numpy())

    def places(count: int) -> np.ndarray:
        where = centre[rng.integers(0, len(centre), count)]
        return np.asarray(shapely.points(where + rng.normal(0.0, 0.05, (count, 2))))

    sites = {
        "site_id": [f"S{n}" for n in range(20_000)],
        "operator": rng.choice(list("ABC"), 20_000),
    }
    gpd.GeoDataFrame(sites, geometry=places(20_000), crs=4326).to_parquet(folder / "sites.parquet")
    nodes = {"name": [f"N{n}" for n in range(500)]}
    gpd.GeoDataFrame(nodes, geometry=places(500), crs=4326).to_parquet(folder / "nodes.parquet")


def study(folder: Path, *, power_km: float = 10.0, provinces: tuple[str, ...] = ()) -> Path:
    """Write the study of the nation, or of some of its provinces."""
    area = f"[area]\nprovinces = {json.dumps(list(provinces))}" if provinces else ""
    path = folder / "study.toml"
    path.write_text(STUDY.format(area=area, shared=SHARED, power_km=power_km), encoding="utf-8")
    return path


def run(path: Path, out: Path, *more: str) -> tuple[float, float]:
    """Run the command; return wall seconds and peak memory in MB."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [DEADZONES, "score", path, "--out", out, *more], stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"deadzones score {path} failed")
    return time.perf_counter() - start, usage.ru_maxrss / 1024.0


def row(name: str, found: tuple[float, float]) -> tuple[str, str, str]:
    return name, f"{found[0]:.1f}", f"{found[1]:.0f}"


def score(*, quick: bool = False) -> None:
    """Print whole runs, another threshold, one worker and two, and how time grows with the area."""
    rows: list[tuple[str, str, str]] = []
    heads = ("run", "seconds", "peak MB")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        if quick or not SHARED.is_dir():
            path = synthetic.country(folder / "in", communes=12 if quick else 120)
            names = ("a made-up country", "again, all work done")
            radio.table(heads, [row(name, run(path, folder / "out")) for name in names])
            return
        nation(folder)
        path = study(folder)
        rows.append(row("the nation, 2 workers", run(path, folder / "out")))
        path = study(folder, power_km=9.0)
        rows.append(row("the same, another threshold", run(path, folder / "out")))
        path = study(folder)
        one = run(path, folder / "one", "--workers", "1")
        rows.append(row("the nation, 1 worker", one))
        grown: dict[str, float] = {}
        for name, provinces in SIZES.items():
            path = study(folder, provinces=provinces)
            found = run(path, folder / name, "--workers", "1")
            grown[name] = found[0]
            rows.append(row(f"{name}: {len(provinces)} of 34 provinces, 1 worker", found))
        radio.table(heads, rows)
        print(f"4 times the provinces take {grown['4x'] / grown['1x']:.1f} times as long")


PARTS: dict[str, Callable[..., None]] = {"score": score}

if __name__ == "__main__":
    for part in PARTS.values():
        part()
