"""Files cut short or with flipped bits: told as bad input, or read; never anything else."""

from __future__ import annotations

import contextlib
import gzip
import random
import signal
import tempfile
import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import drawn
import geopandas as gpd
import numpy as np
import osm_pbf
import pandas as pd
import pytest
import rasterio

from deadzones.coverage import costs, study_file
from deadzones.geodata.faults import BadInput, Fault
from deadzones.geodata.readers import READERS
from deadzones.geodata.source import Source

FEW, MANY = 20, 500
PATIENCE_S = 20
"""Longer than any reader takes for a small file."""

CSV = "site_id,operator,technology,height_m,lon,lat\n" + "".join(
    f"S{n},Mạng {n % 3},{n % 4 + 2}G,{n + 1},105.0{n % 8},21.0{n % 4}\n" for n in range(40)
)
OPENCELLID = "radio,mcc,net,area,cell,unit,lon,lat\n" + "".join(
    f"LTE,452,{n % 8},1,{n},0,105.0{n % 8},21.0{n % 4}\n" for n in range(40)
)
CELLS = "".join(
    f"LTE,452,{n % 8},1,{n},0,105.0{n % 8},21.0{n % 4},500,3,1,1459813819,1459813819,0\n"
    for n in range(40)
)
CLASSES = "commune_code,area_class,border\n" + "".join(f"{n:05d},III,true\n" for n in range(40))
TASKS = "commune_code,village,due\n" + "".join(f"{n:05d},Bản {n},2026-03-31\n" for n in range(40))
TOTALS = "commune_code,people\n" + "".join(f"{n:05d},{n}\n" for n in range(40))


def _communes() -> gpd.GeoDataFrame:
    boxes = {f"9{n:04d}": (n % 8, n // 8, n % 8 + 1, n // 8 + 1) for n in range(40)}
    return drawn.communes(boxes)  # pyright: ignore[reportArgumentType]


def _points() -> gpd.GeoDataFrame:
    where = [(n % 8 + 0.5, n % 4 + 0.5) for n in range(40)]
    return drawn.points(where, name=[f"Bản {n}" for n in range(40)], people=list(range(40)))


def _lines() -> gpd.GeoDataFrame:
    lines = [drawn.line((n % 8, 0), (n % 8 + 1, 4)) for n in range(40)]
    return gpd.GeoDataFrame({"voltage_kv": 22.0}, index=range(40), geometry=lines, crs=4326)


def _raster(path: Path, **profile: object) -> None:
    values = drawn.picture("\n".join(["-8 -7 -6 -5 -4 -3 -2 -1 " * 4] * 32))
    drawn.write_raster(path, values, **({"nodata": -32768} | profile))


def _people(path: Path, **profile: object) -> None:
    values = drawn.picture("\n".join(["1 2 3 4 5 6 7 8 " * 4] * 32))
    drawn.write_raster(path, values, **profile)


def _cover(path: Path) -> None:
    """Classes, with the table of colours that such files have."""
    drawn.write_raster(path, np.full((40, 40), 10.0), dtype="uint8", nodata=0)
    with rasterio.open(path, "r+") as file:
        file.write_colormap(1, {10: (0, 100, 0, 255)})


def _shapefile(path: Path) -> None:
    names = {"commune_name": "operator"}
    _communes().rename(columns=names)[["operator", "geometry"]].to_file(path.with_suffix(".shp"))


def _openstreetmap(path: Path) -> None:
    nodes = [(n, 105 + n / 100, 21.0, {}) for n in range(1, 21)]
    ways = [(n, [n, n + 1], {"highway": "path", "name": f"Đường {n}"}) for n in range(1, 20)]
    osm_pbf.write(path, nodes, ways)


def _tiles() -> pd.DataFrame:
    keys = [f"132230{n % 4}{n // 4 % 4}{n // 16}" for n in range(40)]
    return pd.DataFrame({"quadkey": keys, "avg_d_kbps": 1000.0 * np.arange(40), "tests": 3})


FILES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "communes.gpkg": ("communes", lambda path: _communes().to_file(path)),
    "communes.parquet": ("communes", lambda path: _communes().to_parquet(path)),
    "communes.geojson": ("communes", lambda path: _communes().to_file(path)),
    "communes.fgb": ("communes", lambda path: _communes().to_file(path)),
    "areas.shp": ("polygons", _shapefile),
    "areas.dbf": ("polygons", _shapefile),
    "areas.shx": ("polygons", _shapefile),
    "areas.prj": ("polygons", _shapefile),
    "areas.cpg": ("polygons", _shapefile),
    "people.tif": ("people_raster", _people),
    "packed.tif": (
        "people_raster",
        lambda path: _people(path, compress="deflate", tiled=True, blockxsize=16, blockysize=16),
    ),
    "signal.tif": ("signal_raster", lambda path: _raster(path, dtype="int16", compress="lzw")),
    "lights.asc": ("lights_raster", lambda path: _raster(path, driver="AAIGrid")),
    "terrain.tif": (
        "terrain",
        lambda path: _raster(path, dtype="int16", predictor=2, compress="zstd"),
    ),
    "cover.tif": ("land_cover", _cover),
    "points.gpkg": ("people_points", lambda path: _points().to_file(path)),
    "places.parquet": ("places", lambda path: _points().to_parquet(path)),
    "nodes.geojson": ("nodes", lambda path: _points().to_file(path)),
    "lines.gpkg": ("lines", lambda path: _lines().to_file(path)),
    "lines.fgb": ("lines", lambda path: _lines().to_file(path)),
    "sites.csv": ("sites", lambda path: path.write_text(CSV, encoding="utf-8")),
    "sites.csv.gz": ("sites", lambda path: path.write_bytes(gzip.compress(CSV.encode(), mtime=0))),
    "cells.csv": ("sites", lambda path: path.write_text(OPENCELLID, encoding="utf-8")),
    "452.csv.gz": ("sites", lambda path: path.write_bytes(gzip.compress(CELLS.encode(), mtime=0))),
    "roads.pbf": ("lines", _openstreetmap),
    "tiles.parquet": ("speed_tests", lambda path: _tiles().to_parquet(path)),
    "classes.csv": ("commune_classes", lambda path: path.write_text(CLASSES, encoding="utf-8")),
    "tasks.csv": ("tasks", lambda path: path.write_text(TASKS, encoding="utf-8")),
    "definitions.csv": (
        "definitions",
        lambda path: path.write_text("name,rule\nlõm điện,không có lưới\n" * 20, encoding="utf-8"),
    ),
    "totals.csv": ("commune_totals", lambda path: path.write_text(TOTALS, encoding="utf-8")),
}


@contextmanager
def patience(seconds: int) -> Generator[None]:
    """Fail when something takes too long (where the system can tell)."""

    def stop(signum: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"took more than {seconds} s")

    if not hasattr(signal, "SIGALRM"):
        yield
        return
    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def damaged(whole: bytes, rng: random.Random) -> bytes:
    """Cut bytes short, flip some bits, or blank a stretch."""
    kind = rng.randrange(4)
    if kind == 0:
        return whole[: rng.randrange(len(whole))]
    raw = bytearray(whole)
    if kind == 1:
        start = rng.randrange(len(raw))
        length = min(rng.randrange(1, 200), len(raw) - start)
        raw[start : start + length] = bytes(rng.randrange(256) for _ in range(length))
        return bytes(raw)
    # Most of what a format says of itself stands near its beginning or its end.
    near = [rng.randrange(min(400, len(raw))), -1 - rng.randrange(min(400, len(raw)))]
    for _ in range(rng.choice([1, 1, 2, 8, 32])):
        place = (
            rng.choice([*near, rng.randrange(len(raw))]) if kind == 2 else rng.randrange(len(raw))
        )
        raw[place] ^= 1 << rng.randrange(8)
    return bytes(raw)


def source_of(path: Path) -> Source:
    """The file to read: of the parts of a shapefile, the one that the study names."""
    read = path.with_suffix(".shp") if path.stem == "areas" else path
    options = {"layer": "lines"} if path.suffix == ".pbf" else {}
    return Source(read, read.name, {}, options)


def hold(name: str, count: int, folder: Path) -> None:
    """Damage a file ``count`` times, and read it each time."""
    reader, write = FILES[name]
    path = folder / name
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the writers
        write(path)
    whole = path.read_bytes()
    source = source_of(path)
    READERS[reader](source)
    rng = random.Random(f"{name} {count}")
    for number in range(count):
        raw = damaged(whole, rng)
        path.write_bytes(raw)
        faults: list[Fault] = []
        try:
            with patience(PATIENCE_S):
                READERS[reader](source)
        except BadInput as told:
            faults = told.faults
        except BaseException as error:
            kept = Path(tempfile.gettempdir()) / f"damaged-{number}-{name}"
            kept.write_bytes(raw)
            raise AssertionError(f"number {number}, kept as {kept}: {error!r}") from error
        assert all(fault.file == source.label and fault.repair for fault in faults)


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_bad_input_or_read(name: str, tmp_path: Path) -> None:
    hold(name, FEW, tmp_path)


@pytest.mark.stress
@pytest.mark.parametrize("name", FILES)
def test_a_file_damaged_many_times_is_bad_input_or_read(name: str, tmp_path: Path) -> None:
    hold(name, MANY, tmp_path)


def test_every_reader_is_held() -> None:
    assert {reader for reader, _ in FILES.values()} == set(READERS)


def hold_study(count: int, folder: Path) -> None:
    study = drawn.country(folder)
    whole = study.read_bytes()
    rng = random.Random(count)
    for _ in range(count):
        study.write_bytes(damaged(whole, rng))
        with patience(PATIENCE_S):
            found, faults = study_file.inspect(study)
        assert found is not None or faults


def test_a_damaged_study_is_told(tmp_path: Path) -> None:
    hold_study(FEW, tmp_path)


@pytest.mark.stress
def test_a_study_damaged_many_times_is_told(tmp_path: Path) -> None:
    hold_study(MANY, tmp_path)


@pytest.mark.parametrize("count", [FEW, pytest.param(MANY, marks=pytest.mark.stress)])
def test_damaged_costs_are_told(count: int, tmp_path: Path) -> None:
    whole = (Path(costs.__file__).parent / "costs.csv").read_bytes()
    rng = random.Random(count)
    for _ in range(count):
        path = tmp_path / "costs.csv"
        path.write_bytes(damaged(whole, rng))
        with contextlib.suppress(BadInput):
            costs.unit_values(costs.read(path, "base"), 10, 0.05)
