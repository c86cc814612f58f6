"""Readers: the same places from any format, and what each format needs to be read right."""

from __future__ import annotations

import gzip
import re
import warnings
from pathlib import Path
from typing import Any

import drawn
import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from spoil import in_1258

import deadzones
from deadzones.geodata import csv_files, files, options, rasters, schema
from deadzones.geodata.faults import BadInput, Fault
from deadzones.geodata.readers import READERS
from deadzones.geodata.source import Source

ROOT = Path(deadzones.__file__).parent


def read(reader: str, path: Path | pd.DataFrame, **given: Any) -> Any:
    """Read with options; ``columns`` is the mapping of columns."""
    columns = given.pop("columns", {})
    return READERS[reader](Source(path, str(getattr(path, "name", "table")), columns, given))


def faults_of(reader: str, path: Path | pd.DataFrame, **given: Any) -> list[Fault]:
    with pytest.raises(BadInput) as told:
        read(reader, path, **given)
    return told.value.faults


def save(table: gpd.GeoDataFrame, path: Path, **options: Any) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # long names of columns, no coordinate system
        table.to_file(path, **options)
    return path


@pytest.fixture
def communes() -> gpd.GeoDataFrame:
    return drawn.communes(drawn.BOXES)


SHORT = {
    "commune_code": "code",
    "commune_name": "name",
    "province_code": "prov",
    "province_name": "prov_name",
}


def as_folder(table: gpd.GeoDataFrame, path: Path) -> None:
    path.mkdir()
    for row, code in enumerate(table["commune_code"]):
        table.iloc[[row]].to_file(path / f"{code}.geojson")


FORMATS = {
    "communes.gpkg": save,
    "communes.geojson": save,
    "communes.fgb": save,
    "communes.parquet": lambda table, path: table.to_parquet(path),
    "communes.shp": lambda table, path: save(table.rename(columns=SHORT), path),
    "folder": as_folder,
    "renamed.parquet": lambda table, path: table.rename_geometry("geom").to_parquet(path),
    "indexed.parquet": lambda table, path: table.set_index("commune_code").to_parquet(path),
    "metres.gpkg": lambda table, path: save(table.to_crs(9210), path),
    "solid.gpkg": lambda table, path: save(table.set_geometry(table.geometry.force_3d()), path),
}


@pytest.mark.parametrize("name", FORMATS)
def test_communes_are_the_same_from_any_format(
    name: str, communes: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    FORMATS[name](communes, tmp_path / name)
    columns = SHORT if name.endswith(".shp") else {}
    table = read("communes", tmp_path / name, columns=columns)
    wanted = read("communes", communes)
    assert table.drop(columns="geometry").equals(wanted.drop(columns="geometry")) or (
        name == "metres.gpkg"
    )
    shapes = table.geometry.force_2d().normalize()
    assert shapes.geom_equals_exact(wanted.geometry.normalize(), tolerance=1e-7).all()
    assert table.crs.to_epsg() == 4326


def test_a_table_in_memory_is_not_changed(communes: gpd.GeoDataFrame) -> None:
    before = communes.copy()
    read("communes", communes, swap_axes=False, crs="EPSG:4326", make_valid=True)
    assert communes.equals(before)


CSV = "site_id;name;lon;lat\nS1;Bản Mường;105,005;21,005\n"
POINTS = {
    "points.csv": CSV.replace(";", ",").replace("5,0", "5.0").replace("1,0", "1.0"),
    "semicolons.csv": CSV,
    "tabs.tsv": CSV.replace(";", "\t"),
    "bars.txt": CSV.replace(";", "|"),
    "marked.csv": "\ufeff" + CSV,
    "windows.csv": CSV.replace("\n", "\r\n"),
    "mac.csv": CSV.replace("\n", "\r"),
    "quoted.csv": re.sub(r"([^;\n]+)", r'"\1"', CSV),
    "decomposed.csv": CSV.replace("ư", "u\u031b").replace("ờ", "o\u031b\u0300"),
}


@pytest.mark.parametrize("name", POINTS)
def test_points_are_the_same_from_any_dialect(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(POINTS[name], encoding="utf-8", newline="")
    decimal = "." if name == "points.csv" else ","
    table = read("nodes", path, decimal=decimal)
    assert table["name"].tolist() == ["Bản Mường"]
    assert table.geometry.iloc[0].equals_exact(shapely.Point(105.005, 21.005), 1e-9)


def test_a_packed_csv_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(CSV.encode()))
    assert len(read("nodes", path, decimal=",")) == 1


def test_a_packed_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_files, "MOST_BYTES", 1000)
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(CSV.encode() + b"x" * 100_000))
    (fault,) = faults_of("nodes", path)
    assert "more than 1,000 bytes" in fault.found


def test_codes_stay_text(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("commune_code,people\n00004,12\nNULL1,3\n", encoding="utf-8")
    (fault,) = faults_of("commune_totals", path)
    assert (fault.row, fault.found) == (2, "'NULL1'")
    path.write_text("commune_code,people\n00004,12\n00001,\n", encoding="utf-8")
    assert read("commune_totals", path)["people"].to_dict() == pytest.approx(
        {"00004": 12.0, "00001": np.nan}, nan_ok=True
    )


@pytest.mark.parametrize("cpg", [None, "1258", "ANSI 1258", "windows-1258", "CP1258\n"])
def test_a_shapefile_in_windows_1258_loses_no_letter(cpg: str | None, tmp_path: Path) -> None:
    """Of a value that fills its field too: GDAL's own conversion loses the last letter there."""
    name = "Mường"
    table = drawn.points([(1, 1)], name=["x" * len(in_1258(name))])
    path = save(table, tmp_path / "nodes.shp")
    (tmp_path / "nodes.cpg").unlink()
    dbf = tmp_path / "nodes.dbf"
    width = len(in_1258(name))
    raw = dbf.read_bytes().replace(b"x" * width, in_1258(name))
    dbf.write_bytes(narrowed(raw, width))
    if cpg is not None:
        (tmp_path / "nodes.cpg").write_text(cpg)
    told = {} if cpg else {"encoding": "cp1258"}
    assert read("nodes", path, **told)["name"].tolist() == [name]


def narrowed(raw: bytes, width: int) -> bytes:
    """A DBF file of one row and one text field, with the field cut to its value's width."""
    header = bytearray(raw[: int.from_bytes(raw[8:10], "little")])
    header[10:12] = (1 + width).to_bytes(2, "little")
    header[32 + 16] = width
    start = len(header)
    return bytes(header) + raw[start : start + 1 + width] + b"\x1a"


def test_a_cpg_file_that_names_nothing_known_is_told(tmp_path: Path) -> None:
    path = save(drawn.points([(1, 1)], name=["A"]), tmp_path / "nodes.shp")
    (tmp_path / "nodes.cpg").write_text("klingon")
    assert "klingon" in faults_of("nodes", path)[0].found
    (tmp_path / "nodes.cpg").write_text("65001")
    assert len(read("nodes", path)) == 1


def test_the_hash_of_a_shapefile_covers_its_parts(tmp_path: Path) -> None:
    path = save(drawn.points([(1, 1)], name=["A"]), tmp_path / "nodes.shp")
    before = Source(path, "nodes.shp").sha256()
    dbf = tmp_path / "nodes.dbf"
    dbf.write_bytes(dbf.read_bytes().replace(b"A", b"B"))
    assert Source(path, "nodes.shp").sha256() != before


def test_a_layer_of_styles_is_no_second_layer(tmp_path: Path) -> None:
    path = save(drawn.points([(1, 1)], name=["A"]), tmp_path / "nodes.gpkg", layer="nodes")
    styles = pd.DataFrame({"styleQML": ["<qgis/>"]})
    pyogrio.write_dataframe(styles, path, layer="layer_styles", append=True)
    assert read("nodes", path)["name"].tolist() == ["A"]


def test_a_file_is_what_its_ending_says(communes: gpd.GeoDataFrame, tmp_path: Path) -> None:
    """GDAL goes by content: a text file would lead it to other files, or to the network."""
    secret = save(communes, tmp_path / "secret.gpkg")
    path = tmp_path / "communes.gpkg"
    path.write_text(
        f'<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>{secret}</SrcDataSource>'
        "</OGRVRTLayer></OGRVRTDataSource>"
    )
    assert len(pyogrio.read_dataframe(path)) == 3, "GDAL follows it"
    assert "begins with" in faults_of("communes", path)[0].found
    raster = tmp_path / "people.tif"
    raster.write_text(f"<VRTDataset><SourceFilename>{secret}</SourceFilename></VRTDataset>")
    assert "cannot be read" in faults_of("people_raster", raster)[0].found


def test_opencellid_is_recognised(tmp_path: Path) -> None:
    path = tmp_path / "452.csv"
    path.write_text(
        "radio,mcc,net,area,cell,unit,lon,lat,range,samples,changeable,created,updated,averageSignal\n"
        "LTE,452,04,1,7,0,105.01,21.01,1000,5,1,1,1,0\nGSM,452,1,1,8,0,105.02,21.01,1000,5,1,1,1,0\n"
        "NR,999,99,1,9,0,105.03,21.01,1000,5,1,1,1,0\n",
        encoding="utf-8",
    )
    sites = read("sites", path)
    assert sites["operator"].tolist() == ["Viettel", "MobiFone", "999-99"]
    assert sites["technology"].tolist() == ["4G", "2G", "5G"]
    assert sites["site_id"].tolist()[0] == "LTE-452-04-1-7"
    assert read("sites", path, technology=["5G"])["operator"].tolist() == ["999-99"]


def test_voltages_are_kept_by_their_bounds() -> None:
    shapes = [drawn.line((0, 0), (1, 1))] * 4
    table = gpd.GeoDataFrame({"voltage_kv": [22, 110, 500, None]}, geometry=shapes, crs=4326)
    assert read("lines", table, max_kv=35, min_kv=1)["voltage_kv"].fillna(0).tolist() == [22, 0]


def test_an_empty_column_is_text_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("operator,height_m,lon,lat\n,,105,21\n", encoding="utf-8")
    table = read("sites", path)
    assert (table["operator"].dtype, table["height_m"].dtype) == ("str", "float64")


def test_odd_types_are_told_and_never_crash() -> None:
    where = gpd.points_from_xy([105.0], [21.0])
    for odd in ([[1, 2]], [{"a": 1}], [pd.Timestamp("2020")], [True], [b"x"], [1 + 2j]):
        table = gpd.GeoDataFrame({"people": odd}, geometry=where, crs=4326)
        assert [fault.column for fault in faults_of("people_points", table)] == ["people"]
        sites = gpd.GeoDataFrame({"technology": odd}, geometry=where, crs=4326)
        assert [fault.column for fault in faults_of("sites", sites)] == ["technology"]


def test_tables_in_memory_without_a_shape_or_with_twins(communes: gpd.GeoDataFrame) -> None:
    flat = gpd.GeoDataFrame({"name": ["A"]})
    assert {fault.column for fault in faults_of("nodes", flat)} == {"lon", "lat"}
    twins = pd.concat([communes, communes[["commune_name"]]], axis=1)
    assert [fault.column for fault in faults_of("communes", twins)] == ["commune_name"]
    shuffled = communes.set_index(pd.Index(["x", "y", "z"]))
    assert read("communes", shuffled).equals(read("communes", communes))


def test_columns_may_change_places() -> None:
    table = pd.DataFrame({"lat": [105.0], "lon": [21.0]})
    point = read("nodes", table, columns={"lon": "lat", "lat": "lon"}).geometry.iloc[0]
    assert point.equals(shapely.Point(105, 21))


def test_lines_without_length_are_left_out_with_a_receipt() -> None:
    shapes = [drawn.line((0, 0), (1, 1)), drawn.line((0, 0), (0, 0))]
    table = gpd.GeoDataFrame(geometry=shapes, crs=4326)
    kept = read("lines", table, make_valid=True)
    assert len(kept) == 1
    assert kept.attrs["receipt"] == (
        "1 invalid geometries made valid, 1 of them left out: nothing remained"
    )


def test_a_mended_layer_holds_only_its_kind() -> None:
    spike = [(0, 0), (2, 0), (2, 2), (1, 2), (1, 3), (1, 2), (0, 2), (0, 0)]
    area = shapely.Polygon([drawn.lonlat(*xy) for xy in spike])
    table = gpd.GeoDataFrame(geometry=[area], crs=4326)
    assert read("polygons", table, make_valid=True).geom_type.tolist() == ["Polygon"]


def test_a_line_with_one_bad_point_is_told() -> None:
    """Its bounds are finite and it counts as valid."""
    with np.errstate(all="ignore"):
        line = shapely.LineString([(105, 21), (105.01, np.nan), (105.02, 21)])
    table = gpd.GeoDataFrame(geometry=[line], crs=4326)
    assert "finite" in faults_of("lines", table)[0].wanted


@pytest.mark.parametrize("system", ["EPSG:4978", "EPSG:5773", 'LOCAL_CS["x"]'])
def test_systems_that_are_no_maps_are_told(
    system: str, communes: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    far = communes.set_geometry(communes.geometry.scale(1e5, 1e5, origin=(0, 0)))
    for table in (communes, far):
        placed = table.set_crs(system, allow_override=True)
        assert "nothing on a map" in faults_of("communes", placed)[0].found
    raster = drawn.write_raster(tmp_path / "a.tif", np.ones((2, 2)), crs=system)
    assert "nothing on a map" in faults_of("people_raster", raster)[0].found


def test_rasters_of_any_type_and_nodata(tmp_path: Path) -> None:
    picture = drawn.picture("1 2\n. 4")
    for dtype, nodata in (
        ("float32", -99999.0),
        ("int16", -9999),
        ("uint8", 255),
        ("float64", -1.0),
    ):
        path = tmp_path / f"{dtype}.tif"
        filled = np.where(np.isnan(picture), nodata, picture)
        drawn.write_raster(path, filled, dtype=dtype, nodata=nodata)
        raster = read("people_raster", path)
        part = rasters.read_part(raster, slice(0, 2), slice(0, 2))
        np.testing.assert_array_equal(part, picture)


@pytest.mark.parametrize(
    ("profile", "piece"),
    [
        ({"count": 2}, "2 bands"),
        ({"dtype": "complex64", "nodata": None}, "complex64"),
        ({"transform": drawn.Affine.identity()}, "without a place"),
        ({"crs": "EPSG:32648", "transform": drawn.Affine(1, 0, 1e12, 0, -1, 1e12)}, "x from 1e+12"),
    ],
)
def test_rasters_of_another_make_are_told(
    profile: dict[str, Any], piece: str, tmp_path: Path
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = drawn.write_raster(tmp_path / "a.tif", np.ones((2, 2)), **profile)
    assert piece in faults_of("people_raster", path)[0].found


def test_packed_values_are_told(tmp_path: Path) -> None:
    import rasterio

    path = drawn.write_raster(tmp_path / "a.tif", np.ones((2, 2)))
    with rasterio.open(path, "r+") as file:
        file.scales = (0.1,)
    assert "scale 0.1" in faults_of("people_raster", path)[0].found


def test_a_raster_is_looked_into_block_by_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from deadzones.geodata import _raster_checks

    monkeypatch.setattr(_raster_checks, "_BLOCK", (2, 3))
    values = np.ones((5, 7))
    values[4, 6] = -1
    path = drawn.write_raster(tmp_path / "a.tif", values)
    (fault,) = faults_of("people_raster", path)
    assert (fault.row, fault.column, fault.found) == (5, "7", "-1")
    monkeypatch.setattr(_raster_checks, "MOST_CELLS", 34)
    assert "5 x 7 cells" in faults_of("people_raster", path)[0].found


def test_every_option_that_is_used_is_documented() -> None:
    used = {
        name
        for file in [*ROOT.glob("geodata/**/*.py"), *ROOT.glob("coverage/**/*.py")]
        for name in re.findall(r'options\.get\(\s*"(\w+)"', file.read_text(encoding="utf-8"))
    }
    assert used <= {option.name for option in options.OPTIONS}, "add it to geodata/options.py"


def test_every_option_names_readers_that_there_are() -> None:
    assert {reader for option in options.OPTIONS for reader in option.readers} <= set(READERS)
    assert set(options.TABLES) | set(options.RASTERS) == set(READERS)


@pytest.mark.parametrize("option", options.OPTIONS, ids=lambda option: option.name)
def test_no_option_takes_nonsense(option: options.Option) -> None:
    for nonsense in (None, [], {"a": None}, -1e9, float("nan"), "nonsense-é", b"x", object()):
        if option.name == "layer" and isinstance(nonsense, str):
            continue
        assert not option.accepts(nonsense), nonsense
    assert option.default
    assert option.meaning


def test_every_table_is_documented_for_its_reader() -> None:
    assert set(options.TABLES) <= set(schema._dictionary())
    assert all(
        column.description for table in schema._dictionary().values() for column in table.values()
    )


def test_an_unreadable_file_names_itself(tmp_path: Path) -> None:
    for name in ("a.gpkg", "a.csv", "a.tif", "a.parquet"):
        (tmp_path / name).mkdir()
        reader = "people_raster" if name == "a.tif" else "nodes"
        assert faults_of(reader, tmp_path / name)[0].file == name
    assert files.FILES


def test_records_of_an_administration_may_be_empty_but_not_wrong(tmp_path):
    path = tmp_path / "classes.csv"
    path.write_text("commune_code,area_class,border\n90001,III,true\n90004,,\n", encoding="utf-8")
    assert read("commune_classes", path)["border"].tolist() == [True, pd.NA]
    path.write_text("commune_code,area_class\n", encoding="utf-8")
    assert read("commune_classes", path).empty
    path.write_text("commune_code,area_class\n90001,IV\n90001,I\n", encoding="utf-8")
    assert {(fault.row, fault.column) for fault in faults_of("commune_classes", path)} == {
        (1, "area_class"),
        (2, "commune_code"),
    }
    path.write_text("commune_code,village\n90001,\n", encoding="utf-8")
    (fault,) = faults_of("tasks", path)
    assert (fault.row, fault.column) == (1, "village")
