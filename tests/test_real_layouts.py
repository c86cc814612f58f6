"""Files in the layouts in which open sources deliver them, made up and tiny."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import osm_pbf
import pandas as pd
import pytest
import rasterio
import shapely
from made_up import scores_only
from rasterio.warp import transform_bounds

import deadzones as dz
from deadzones.coverage.analysis import survey
from deadzones.coverage.radio import read_terrain
from deadzones.coverage.study import Study
from deadzones.geodata import openstreetmap, rasters, synthetic
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


@pytest.mark.parametrize(
    ("written", "people"),
    [
        ("420", 420),
        ("1.200", 1200),
        ("1,200", 1200),
        ("12 345", 12345),
        ("2.5", None),
        ("~90", None),
    ],
)
def test_a_population_of_openstreetmap_is_whole_or_unknown(written, people):
    table = pd.DataFrame({"other_tags": [f'"population"=>"{written}"', None]})
    found = openstreetmap.tagged(table)["people"].astype(object)
    assert found.where(found.notna(), None).tolist() == [people, None]


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


@pytest.mark.slow
def test_speed_is_known_where_people_tested(tmp_path):
    path = scores_only(synthetic.country(tmp_path, communes=2))
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
    path = scores_only(synthetic.country(tmp_path, communes=2))
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


def test_geofabrik_shapefiles_give_roads_and_places(tmp_path):
    """Text in UTF-8 with its .cpg; a population of 0 where the map has none."""
    ways = [
        shapely.LineString([(105, 21), (105.1, 21)]),
        shapely.LineString([(105, 21), (105, 22)]),
    ]
    roads = {"osm_id": ["1", "2"], "code": [5113, 5152], "fclass": ["primary", "path"]}
    roads |= {"name": ["Quốc lộ 4D", None], "ref": ["QL4D", None], "oneway": ["B", "B"]}
    path = tmp_path / "gis_osm_roads_free_1.shp"
    gpd.GeoDataFrame(roads, geometry=ways, crs=4326).to_file(path, encoding="utf-8")
    assert len(read("lines", path)) == 2
    assert read("lines", path, keep={"fclass": ["primary"]})["name"].tolist() == ["Quốc lộ 4D"]
    towns = {"osm_id": ["7", "8"], "code": [1003, 1004], "fclass": ["village", "hamlet"]}
    towns |= {"population": [420, 0], "name": ["Bản Mơ", "Bản Mới"]}
    path = tmp_path / "gis_osm_places_free_1.shp"
    points = shapely.points([[105.1, 21.1], [105.2, 21.2]])
    gpd.GeoDataFrame(towns, geometry=points, crs=4326).to_file(path, encoding="utf-8")
    columns = {"kind": "fclass", "people": "population"}
    places = READERS["places"](Source(path, path.name, columns))
    assert isinstance(places, gpd.GeoDataFrame)
    assert places["kind"].tolist() == ["village", "hamlet"]
    assert places["people"].iloc[0] == 420
    assert places["people"].isna().tolist() == [False, True]


def test_ookla_tiles_with_all_their_columns(tmp_path):
    row = {"quadkey": "1322230110231201", "tile": "POLYGON((0 0, 1 0, 1 1, 0 0))"}
    row |= {"tile_x": 105.8, "tile_y": 21.0, "avg_d_kbps": 48211, "avg_u_kbps": 20133}
    row |= {"avg_lat_ms": 31, "avg_lat_down_ms": None, "avg_lat_up_ms": None}
    path = tmp_path / "2025-04-01_performance_mobile_tiles.parquet"
    pd.DataFrame([row | {"tests": 12, "devices": 5}]).to_parquet(path)
    tile = read("speed_tests", path)
    assert tile[["avg_d_kbps", "tests"]].iloc[0].tolist() == [48211, 12]
    assert tile.total_bounds == pytest.approx(mercator(str(row["quadkey"])))


@pytest.mark.parametrize("odd", ["132223011023120", "13222301102312010"])
def test_a_quadkey_that_lost_or_won_a_digit_is_told(odd):
    """It would be a tile of another size: over its neighbours, or far from its place."""
    keys = ["1322230110231201", "1322230110231203", odd]
    tiles = pd.DataFrame({"quadkey": keys, "avg_d_kbps": 1000.0, "tests": 3})
    with pytest.raises(BadInput, match=rf"row 3, column quadkey: found '{odd}'; wanted 16 digits"):
        READERS["speed_tests"](Source(tiles, "tiles"))


def tif(path: Path, values: Any, west: float, north: float, size: float, **profile: Any) -> Path:
    values = np.asarray(values)
    profile = {"driver": "GTiff", "count": 1, "crs": "EPSG:4326", "dtype": values.dtype} | profile
    rows, columns = values.shape
    place = rasterio.Affine(size, 0, west, 0, -size, north)
    with rasterio.open(path, "w", height=rows, width=columns, transform=place, **profile) as file:
        file.write(values, 1)
    return path


def test_worldpop_leaves_what_nobody_lives_in_unknown(tmp_path):
    people = np.array([[-99999.0, 12.5], [0.25, 3.0]], np.float32)
    path = tif(tmp_path / "vnm_pop_2025_CN_100m_R2025A_v1.tif", people, 105, 21, 1 / 1200,
               nodata=-99999.0, compress="lzw")  # fmt: skip
    raster = read("people_raster", path)
    values = rasters.read_part(raster, slice(0, 2), slice(0, 2))
    assert np.isnan(values).sum() == 1
    assert np.nansum(values) == 15.75


def test_night_lights_without_nodata_and_below_zero(tmp_path):
    """The annual composites have no nodata value, and some radiances just below 0."""
    lights = np.array([[0.0, -0.3], [0.5, 61.2]], np.float32)
    path = tif(tmp_path / "VNL_v22_median_masked.tif", lights, 105, 21, 1 / 240)
    raster = read("lights_raster", path)
    values = rasters.read_part(raster, slice(0, 2), slice(0, 2))
    assert values == pytest.approx(lights)


def test_copernicus_tiles_lie_half_a_cell_off_and_share_nothing(tmp_path):
    """Cells around full degrees: a tile begins half a cell west and north of its corner."""
    size = 1 / 4
    heights = np.arange(16, dtype=np.float32).reshape(4, 4)
    west, east = (
        tif(tmp_path / f"E{lon}.tif", heights + lon, lon - size / 2, 22 + size / 2, size)
        for lon in (105, 106)
    )
    terrain, _ = read_terrain([west, east])
    assert terrain.h_m.tolist() == np.hstack([heights + 105, heights + 106]).tolist()


def test_an_srtm_tile_has_voids_and_sticks_out_by_half_a_cell(tmp_path):
    heights = np.full((1201, 1201), 40, dtype=">i2")
    heights[600, 600:603] = -32768
    path = tmp_path / "N21E105.hgt"
    path.write_bytes(heights.tobytes())
    raster = read("terrain", path)
    west, south, east, north = raster.grid.bounds
    half = 0.5 / 1200
    assert (west, south) == pytest.approx((105 - half, 21 - half))
    assert (east, north) == pytest.approx((106 + half, 22 + half))
    values = rasters.read_part(raster, slice(600, 601), slice(598, 605))
    assert np.isnan(values).tolist() == [[False, False, True, True, True, False, False]]


def test_communes_come_as_a_folder_of_single_features(tmp_path):
    """A file a unit, in folders by province; properties of other names."""
    for number, code in enumerate(("03385", "03388")):
        square = shapely.box(103 + number, 22, 104 + number, 23)
        row = {"code": code, "fullName": f"Xã {code}", "provinceCode": "12", "province": "Lai Châu"}
        feature = {
            "type": "Feature",
            "properties": row,
            "geometry": shapely.geometry.mapping(square),
        }
        file = tmp_path / "communes" / "12" / f"{code}.geojson"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(feature, ensure_ascii=False), encoding="utf-8")
    columns = {"commune_code": "code", "commune_name": "fullName"}
    columns |= {"province_code": "provinceCode", "province_name": "province"}
    communes = READERS["communes"](Source(tmp_path / "communes", "communes", columns))
    assert isinstance(communes, gpd.GeoDataFrame)
    assert communes.index.tolist() == ["03385", "03388"]
    assert communes["commune_name"].tolist() == ["Xã 03385", "Xã 03388"]
