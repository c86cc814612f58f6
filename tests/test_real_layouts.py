"""Files in the layouts in which open sources deliver them, made up and tiny."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import osm_pbf
import pandas as pd
import pytest
import rasterio
import shapely
from rasterio.warp import transform_bounds

import deadzones as dz
from deadzones.coverage.analysis import survey
from deadzones.coverage.study import Study
from deadzones.geodata import synthetic
from deadzones.geodata.faults import BadInput
from deadzones.geodata.readers import READERS
from deadzones.geodata.readers.speed_tests import boxes
from deadzones.geodata.source import Source


def read(reader: str, path: Path, **options: Any) -> Any:
    return READERS[reader](Source(path, path.name, {}, options))


CELLS = (
    "LTE,452,4,21301,1234,0,105.85,21.02,1000,12,1,1459813819,1459813819,0\n"
    "NR,452,1,21301,77,,105.86,21.03,500,3,1,1459813819,1459813819,\n"
)


def test_opencellid_of_a_country_has_no_header(tmp_path):
    path = tmp_path / "452.csv.gz"
    path.write_bytes(gzip.compress(CELLS.encode()))
    sites = read("sites", path)
    assert sites["technology"].tolist() == ["4G", "5G"]
    assert sites["operator"].tolist() == ["Viettel", "MobiFone"]
    assert sites.geometry.x.tolist() == [105.85, 105.86]
    path.write_bytes(gzip.compress(CELLS.replace("105.86", "905.86").encode()))
    with pytest.raises(BadInput, match=r"452\.csv\.gz, row 2"):
        read("sites", path)


def test_openstreetmap_gives_roads_power_lines_and_places(tmp_path):
    corners = [(number, 105.0 + number / 100, 21.0, {}) for number in (1, 2, 3)]
    town = (9, 105.5, 21.5, {"place": "village", "name": "Bản Mơ", "population": "420"})
    ways = [
        (1, [1, 2], {"highway": "primary", "name": "Đường 1"}),
        (2, [2, 3], {"power": "line", "voltage": "220000;110000"}),
    ]
    path = osm_pbf.write(tmp_path / "vietnam.osm.pbf", [*corners, town], ways)
    power = read("lines", path, layer="lines", keep={"power": ["line", "minor_line"]})
    assert power["voltage_kv"].tolist() == [220.0]
    assert shapely.get_coordinates(power.geometry.to_numpy()).tolist() == [
        [105.02, 21.0],
        [105.03, 21.0],
    ]
    places = read("places", path, layer="points", keep={"place": ["village"]})
    assert places[["name", "people"]].iloc[0].tolist() == ["Bản Mơ", 420.0]
    with pytest.raises(BadInput, match="one layer"):
        read("lines", path)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(BadInput):
        read("lines", path, layer="lines")


@pytest.mark.parametrize("depth", [1, 4, 16, 20])
def test_tiles_part_the_map(depth):
    """Four children fill their parent; the north-west one comes first."""
    rng = np.random.default_rng(depth)
    parent = "".join(rng.choice(list("0123"), depth))
    whole = boxes(pd.Series([parent]))[0]
    children = boxes(pd.Series([parent + digit for digit in "0123"]))
    assert shapely.union_all(children).symmetric_difference(whole).area < 1e-12 * whole.area
    west, _, _, north = whole.bounds
    assert children[0].bounds[0] == pytest.approx(west)
    assert children[0].bounds[3] == pytest.approx(north)
    assert whole.bounds == pytest.approx(mercator(parent))


def mercator(quadkey: str) -> tuple[float, ...]:
    """Bounds by halving the square of Web Mercator, and PROJ for the rest."""
    side = 20037508.342789244
    west, north, size = -side, side, 2 * side
    for digit in quadkey:
        size /= 2
        west += size * (int(digit) & 1)
        north -= size * (int(digit) >> 1)
    return transform_bounds("EPSG:3857", "EPSG:4326", west, north - size, west + size, north)


def test_speed_is_known_where_people_tested(tmp_path):
    path = synthetic.country(tmp_path, communes=2)
    text = path.read_text(encoding="utf-8")
    cells = survey(Study.read(path)).cells
    busiest = int(np.argmax(cells.people))
    lon, lat = float(cells.lon[busiest]), float(cells.lat[busiest])
    tile = {"quadkey": [quadkey(lon, lat)], "avg_d_kbps": [80_000.0], "tests": [4]}
    pd.DataFrame(tile).to_parquet(tmp_path / "tiles.parquet")
    layer = (
        '[layers.speed]\nreader = "speed_tests"\npath = "tiles.parquet"\nevidence = "synthetic"\n'
    )
    path.write_text(f"{text}\n{layer}\n[services.speed]\n", encoding="utf-8")
    speed = survey(Study.read(path)).access["speed"]
    assert speed.union[busiest] == 1
    assert (speed.union == -1).any()
    result = dz.run(Study.read(path))
    known = result.communes["speed_known_people"].sum()
    assert 0 < known < result.communes["people"].sum()


def quadkey(lon: float, lat: float, depth: int = 16) -> str:
    x = (lon + 180) / 360
    y = (1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2
    column, row = int(x * 2**depth), int(y * 2**depth)
    return "".join(str((column >> at & 1) + 2 * (row >> at & 1)) for at in reversed(range(depth)))


def test_people_in_mollweide_are_all_counted(tmp_path):
    """GHS-POP comes in ESRI:54009 with cells of 100 m, which lie aslant to degrees."""
    path = synthetic.country(tmp_path, communes=2)
    text = path.read_text(encoding="utf-8")
    communes = gpd.read_file(tmp_path / "communes.gpkg").to_crs("ESRI:54009")
    west, south, east, north = communes.total_bounds
    size = 500.0
    shape = (int((north - south) / size) + 2, int((east - west) / size) + 2)
    people = np.random.default_rng(1).integers(0, 50, shape).astype(np.float32)
    profile = {"driver": "GTiff", "dtype": "float32", "count": 1, "crs": "ESRI:54009"}
    profile |= {"height": shape[0], "width": shape[1], "nodata": -200.0}
    transform = rasterio.Affine(size, 0, west - size, 0, -size, north + size)
    with rasterio.open(tmp_path / "ghs.tif", "w", transform=transform, **profile) as file:
        file.write(people, 1)
    path.write_text(text.replace('path = "people.tif"', 'path = "ghs.tif"'), encoding="utf-8")
    cells = survey(Study.read(path)).cells
    total = cells.shares.people.sum() + cells.shares.outside
    assert total == pytest.approx(float(people.sum(dtype=np.float64)), rel=1e-9)
