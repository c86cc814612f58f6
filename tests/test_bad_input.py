"""Bad files through the real command line: told clearly, all at once, and nothing written."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from pathlib import Path

import drawn
import geopandas as gpd
import pandas as pd
import pytest
import shapely
from spoil import (
    CSV,
    SITES,
    Damage,
    add,
    areas,
    as_geojson,
    as_shapefile,
    both,
    bow,
    broken_corner,
    call,
    coloured,
    commune_json,
    communes,
    communes_parquet,
    costs_with,
    cut,
    edit,
    hold,
    in_1258,
    in_folder,
    masked,
    people,
    raster,
    refused,
    said_to_be,
    set_column,
    sites,
    spoil,
    swapped,
    two_layers,
    with_shape,
    without_crs,
)

NOBODY = " |  |  | no people known in any commune | where the communes are | coordinate systems"
OCID = "radio,mcc,net,area,cell,unit,lon,lat\nLTE,452,4,1,1,0,105.01,21.01\n"

# Each damage, and file | row | column | found | wanted | repair of the one message it leads to.
CASES: dict[str, tuple[Damage, str]] = {
    # the coordinate system
    "no-crs": (
        communes(without_crs),
        "communes.gpkg |  |  | no coordinate system | EPSG:4326 | crs =",
    ),
    "no-crs-raster": (
        raster(crs=None),
        "people.tif |  |  | no coordinate system | EPSG:4326 | crs =",
    ),
    "degrees-as-metres": (
        communes(said_to_be(9210)),
        "communes.gpkg |  | geometry | degrees, in VN-2000 | metres | crs =",
    ),
    "metres-as-degrees": (
        communes(said_to_be(4326, really=9210)),
        "communes.gpkg |  | geometry | metres (x from | degrees | crs =",
    ),
    "raster-degrees-as-metres": (
        raster(crs="EPSG:9210"),
        "people.tif |  |  | degrees, in VN-2000 | metres | crs =",
    ),
    "raster-metres-as-degrees": (
        raster(transform=drawn.Affine(1000, 0, 500_000, 0, -1000, 2_330_000)),
        "people.tif |  |  | metres (x from | degrees | crs =",
    ),
    "one-row-in-metres": (
        sites("site_id,lon,lat\nS1,105.005,21.005\nS2,500000,2322000\n"),
        "sites.csv | 2 | lon, lat | metres (x = 500000 | degrees | crs =",
    ),
    "swapped-axes": (
        communes(swapped),
        "communes.gpkg |  | geometry | axes are swapped | x = longitude | swap_axes = true",
    ),
    "swapped-columns": (
        sites("site_id,lon,lat\nS1,21.005,105.005\nS2,21.015,105.005\n"),
        "sites.csv |  | lon, lat | axes are swapped | x = longitude | swap_axes = true",
    ),
    "raster-swapped": (
        raster(transform=drawn.Affine(0.01, 0, 21, 0, -0.01, 105.04)),
        "people.tif |  |  | axes are swapped | x = longitude | ",
    ),
    "out-of-reach": (
        communes_parquet(
            lambda table: table.set_geometry(
                gpd.GeoSeries([shapely.box(1e9, 1e9, 2e9, 2e9)] * 3, crs=32648)
            )
        ),
        "communes.parquet |  | geometry | WGS 84 / UTM zone 48N does not reach | within the reach | crs =",
    ),
    # codes
    "code-an-integer": (
        communes(set_column(commune_code=[4, 5, 6])),
        "communes.gpkg | 1 | commune_code | numbers, such as 4 | text of 5 digits | as text",
    ),
    "code-without-zeros": (
        communes(set_column(commune_code=["00004", "5", "00006"])),
        "communes.gpkg | 2 | commune_code | '5' | text of 5 digits | leading zeros",
    ),
    "code-in-other-digits": (
        communes(set_column(commune_code=["00004", "٠٠٠٠٥", "00006"])),
        "communes.gpkg | 2 | commune_code | '٠٠٠٠٥' | text of 5 digits | as text",
    ),
    "code-missing": (
        communes(set_column(commune_code=["00004", None, "00006"])),
        "communes.gpkg | 2 | commune_code | nothing | text of 5 digits | as text",
    ),
    "province-code-an-integer": (
        communes(set_column(province_code=[1, 1, 2])),
        "communes.gpkg | 1 | province_code | numbers, such as 1 | text of 2 digits | as text",
    ),
    "code-twice": (
        communes(set_column(commune_code=["00004", "00005", "00004"])),
        "communes.gpkg | 3 | commune_code | '00004' | each code once | Join the parts",
    ),
    "name-missing": (
        communes(set_column(commune_name=["A", " ", "C"])),
        "communes.gpkg | 2 | commune_name | ' ' | Name with its kind | Fill it in",
    ),
    "column-missing": (
        communes(lambda table: table.drop(columns="commune_name")),
        'communes.gpkg |  | commune_name | the columns commune_code, province_code | a column commune_name | columns = { commune_name = "..." }',
    ),
    "mapped-column-missing": (
        edit('communes.gpkg"', 'communes.gpkg"\ncolumns = { commune_name = "ten_xa" }'),
        "communes.gpkg |  | ten_xa | the columns commune_code, commune_name | a column ten_xa | commune_name = ...",
    ),
    # shapes
    "invalid-polygon": (
        communes(with_shape(1, bow())),
        "communes.gpkg | 2 | geometry | Self-intersection | a valid geometry | make_valid = true",
    ),
    "nothing-left": (
        both(
            communes(
                with_shape(1, shapely.Polygon([(105, 21), (105.01, 21), (105.02, 21), (105, 21)]))
            ),
            edit('communes.gpkg"', 'communes.gpkg"\noptions = { make_valid = true }'),
        ),
        "communes.gpkg | 2 | geometry | nothing is left | with an area | remove",
    ),
    "a-speck": (
        communes(with_shape(1, shapely.box(105.0, 21.0, 105.0 + 1e-9, 21.0 + 1e-9))),
        "communes.gpkg |  | geometry | less than one square metre of land in 90002 | an area | remove",
    ),
    "empty-polygon": (
        communes(with_shape(1, shapely.Polygon())),
        "communes.gpkg | 2 | geometry | no geometry | a geometry in every row | remove",
    ),
    "no-polygon": (
        communes(with_shape(1, None)),
        "communes.gpkg | 2 | geometry | no geometry | a geometry in every row | remove",
    ),
    "infinite-corner": (
        communes_parquet(with_shape(0, broken_corner())),
        "communes.parquet | 1 | geometry | not a finite number | finite coordinates | remove",
    ),
    "points-for-lines": (
        edit("lines.gpkg", "sites.gpkg"),
        "sites.gpkg | 1 | geometry | Point | LineString or MultiLineString | another reader",
    ),
    # places
    "bbox-elsewhere": (
        add("[area]\nbbox = [1, 45, 2, 46]\n"),
        "communes.gpkg |  | geometry | communes from 105.000 to 105.080 E | touch the bbox | area.bbox",
    ),
    "bbox-in-metres": (
        add("[area]\nbbox = [500000, 2300000, 510000, 2310000]\n"),
        "study.toml | [area] | area | a table | bbox = [west, south, east, north] in degrees | Mend",
    ),
    "province-that-is-not-there": (
        add('[area]\nprovinces = ["90", "12"]\n'),
        "communes.gpkg |  | province_code | the provinces 90, 91 | province 12 | area.provinces",
    ),
    "raster-elsewhere": (
        raster(transform=drawn.Affine(0.01, 0, 1, 0, -0.01, 46)),
        "people.tif |  |  | data from 1.000 to 1.080 E | meets the communes | coordinate system",
    ),
    "communes-elsewhere": (
        communes(lambda table: table.set_geometry(table.geometry.translate(-100, 20))),
        "communes.gpkg |  | geometry | communes from 5.000 | meet any other layer | coordinate system",
    ),
    "a-raster-that-only-touches": (
        raster(transform=drawn.Affine(0.01, 0, 105.08, 0, -0.01, 21.04)),
        "people.tif |  |  | data from 105.080 to 105.160 E | meets the communes | coordinate system",
    ),
    "nodes-elsewhere": (
        lambda folder: drawn.points([(110, 2)], name=["A"]).to_file(folder / "nodes.gpkg"),
        "nodes.gpkg |  | geometry | data from 106.100 | within 1 degree of the communes | coordinate system",
    ),
    "a-commune-twice": (
        communes(with_shape(1, drawn.box(0, 0, 3, 4))),
        "communes.gpkg |  | geometry | 90001 and 90002 on the same 13.8 km2, 100% of the smaller | at most 1% | Take one",
    ),
    "a-commune-within-another": (
        communes(with_shape(0, drawn.box(3.5, 1, 4, 2))),
        "communes.gpkg |  | geometry | 90001 and 90002 on the same 0.576 km2, 100% | at most 1% | cut the overlap",
    ),
    "communes-that-overlap": (
        communes(with_shape(0, drawn.box(0, 0, 3.1, 4))),
        "communes.gpkg |  | geometry | 90001 and 90002 on the same 0.46 km2, 3% | at most 1% | cut the overlap",
    ),
    "raster-beside-the-area": (
        both(
            raster(picture="1 2 3\n4 5 6"),
            add('[area]\nprovinces = ["91"]\n'),
        ),
        f"people.tif{NOBODY}",
    ),
    "nobody-known-in-the-area": (
        both(
            raster(". . . . . . 5 .\n1 2 3 4 5 6 . ."),
            communes(with_shape(2, drawn.box(6.5, 0, 8, 1))),
            add('[area]\nprovinces = ["91"]\n'),
        ),
        f"people.tif{NOBODY}",
    ),
    "nobody-known-in-any-commune": (
        raster(". . . . . . . . 5\n. . . . . . . . 5"),
        f"people.tif{NOBODY}",
    ),
    "points-of-people-elsewhere": (
        both(
            add('[area]\nprovinces = ["91"]\n'),
            people("people,lon,lat\n5,105.01,21.01\n,105.07,21.01\n", "people_points"),
        ),
        f"people.csv{NOBODY}",
    ),
    "totals-of-other-communes": (
        both(
            add('[area]\nprovinces = ["91"]\n'),
            people("commune_code,people\n90001,5\n91001,\n", "commune_totals"),
        ),
        f"people.csv{NOBODY}",
    ),
    "more-people-than-on-earth": (
        people("commune_code,people\n90001,1e300\n", "commune_totals"),
        "people.csv | 1 | people | '1e300' | people from 0 to 1e+10 in persons | Mend",
    ),
    # rasters
    "raster-all-nodata": (
        raster(". . .\n. . ."),
        "people.tif |  |  | nodata in every | persons | again",
    ),
    "people-below-zero": (
        raster("1 2 -3\n4 5 -6"),
        "people.tif | 1 | 3 | -3 (2 cells | persons per cell | nodata",
    ),
    "people-without-end": (
        raster("1 2 3\n4 inf 6"),
        "people.tif | 2 | 2 | inf | persons per cell | nodata",
    ),
    "nodata-not-declared": (
        raster("1 2 .\n4 5 6", nodata=None),
        "people.tif | 1 | 3 | -99999 | persons per cell | declare",
    ),
    "rotated-raster": (
        raster(transform=drawn.Affine(0.01, 0.001, 105, 0, -0.01, 21.04)),
        "people.tif |  |  | rotated | north to south | gdalwarp",
    ),
    "raster-upside-down": (
        raster(transform=drawn.Affine(0.01, 0, 105, 0, 0.01, 21)),
        "people.tif |  |  | upside down | north to south | gdalwarp",
    ),
    "classes-for-people": (
        coloured,
        "people.tif |  |  | a table of colours | one band of amounts | without colours",
    ),
    "a-mask-for-nodata": (
        masked,
        "people.tif |  |  | a mask beside the values | a nodata value | -dstnodata",
    ),
    "people-not-a-raster": (
        edit('path = "people.tif"', 'path = "sites.gpkg"'),
        "sites.gpkg |  |  | kind .gpkg | .tif | GeoTIFF",
    ),
    # people in tables
    "points-below-zero": (
        people("people,lon,lat\n5,105.01,21.01\n-3,105.01,21.01\n", "people_points"),
        "people.csv | 2 | people | -3 | people from 0 | Mend",
    ),
    "totals-below-zero": (
        people("commune_code,people\n90001,-3\n90002,1\n91001,\n", "commune_totals"),
        "people.csv | 1 | people | -3 | people from 0 | Mend",
    ),
    "totals-of-another-map": (
        people("commune_code,people\n99999,5\n90001,3\n", "commune_totals"),
        "people.csv | 1 | commune_code | '99999' | the code of a commune | same date",
    ),
    "totals-twice": (
        people("commune_code,people\n90001,3\n90001,3\n", "commune_totals"),
        "people.csv | 2 | commune_code | '90001' | each code once | ",
    ),
    "people-in-words": (
        people("commune_code,people\n90001,many\n", "commune_totals"),
        "people.csv | 1 | people | 'many' | a number in persons | point",
    ),
    # text files
    "decimal-commas": (
        sites('site_id,lon,lat\nS1,"105,005",21.005\n'),
        "sites.csv | 1 | lon | '105,005' | decimal point | decimal = \",\"",
    ),
    "decimal-commas-and-semicolons": (
        sites("site_id;lon;lat\nS1;105,005;21.005\n"),
        "sites.csv | 1 | lon | '105,005' | decimal point | decimal = \",\"",
    ),
    "not-a-number": (
        sites("site_id,lon,lat\nS1,105.005,21.005\nS2,nan,21.005\n"),
        "sites.csv | 2 | lon | 'nan' | a number of degrees | point",
    ),
    "infinite": (
        sites("site_id,lon,lat\nS1,105.005,21.005\nS2,105.005,-inf\n"),
        "sites.csv | 2 | lat | '-inf' | a number of degrees | point",
    ),
    "coordinates-beyond-all-bounds": (
        sites("site_id,lon,lat\nS1,1e308,1e308\n"),
        "sites.csv |  | lon, lat | metres (x from 1e+308 | degrees | crs =",
    ),
    "no-coordinate": (
        sites("site_id,lon,lat\nS1,105.005,21.005\nS2,105.005,\n"),
        "sites.csv | 2 | lat | nothing | a number of degrees | point",
    ),
    "no-lon": (
        sites("site_id,kinh_do,lat\nS1,105.005,21.005\n"),
        'sites.csv |  | lon | the columns site_id, kinh_do, lat | a column lon | columns = { lon = "..." }',
    ),
    "windows-1258": (
        sites(in_1258("operator,lon,lat\nA,105.005,21.005\nMường,105.005,21.005\n")),
        "sites.csv | 2 | operator | as Windows-1258: 'Mường' | UTF-8 | encoding = \"cp1258\"",
    ),
    "windows-1258-shapefile": (
        as_shapefile,
        "communes.shp | 2 | name | 'Xã 90002', if that is Windows-1258 | .cpg | encoding = \"cp1258\"",
    ),
    "utf-16": (
        sites(CSV.encode("utf-16")),
        'sites.csv |  |  | they begin as UTF-16 does | UTF-8 | encoding = "utf-16"',
    ),
    "zero-bytes": (sites(CSV + "S2,\0,\0\n"), "sites.csv |  |  | zero bytes | a CSV file | again"),
    "quote-never-closed": (
        sites(CSV + '"S2,105,21\n'),
        "sites.csv | 2 |  | cannot be read | a CSV file | again",
    ),
    "row-too-long": (
        sites(CSV + "S2,105.005,21.005,9\n"),
        "sites.csv | 2 |  | cannot be read | a CSV file | again",
    ),
    "first-row-too-long": (
        sites("site_id,lon,lat\nS2,105.005,21.005,9\n"),
        "sites.csv | 1 |  | more cells than the header | a CSV file | again",
    ),
    "column-twice": (
        sites("lon,lat,lon\n105.005,21.005,105.005\n"),
        "sites.csv |  | lon | 2 columns named 'lon' | once | Rename",
    ),
    "empty-csv": (sites(""), "sites.csv |  |  | no names of columns | names the columns | again"),
    "only-a-header": (
        sites("site_id,lon,lat\n"),
        "sites.csv |  |  | no rows | at least one | again",
    ),
    "one-endless-line": (
        sites("x" * 3_000_000),
        "sites.csv |  |  | no rows | at least one | again",
    ),
    "endless-header": (
        sites("x" * 3_000_000 + ",lat\n1,21\n"),
        "sites.csv |  | lon | x… | a column lon | Rename",
    ),
    "cut-gz": (
        sites(gzip.compress(CSV.encode() * 50)[:60], "sites.csv.gz"),
        "sites.csv.gz |  |  | ended | CSV | again",
    ),
    "no-gz": (sites(CSV, "sites.csv.gz"), "sites.csv.gz |  |  | gzip | CSV | again"),
    "not-a-csv-gz": (
        sites(CSV, "sites.tar.gz"),
        "sites.tar.gz |  |  | kind .gz | .csv.gz | Export",
    ),
    "unknown-technology": (
        sites("technology,lon,lat\n6G,105.005,21.005\n"),
        "sites.csv | 1 | technology | '6G' | 2G, 3G, 4G, 5G | leave it empty",
    ),
    "opencellid-without-network": (
        sites(OCID + "LTE,x,4,1,1,0,105.01,21.01\n"),
        "sites.csv | 2 | mcc | 'x' | a network code | remove",
    ),
    # files
    "cut-geopackage": (
        cut("communes.gpkg", 0.6),
        "communes.gpkg |  |  | cannot be read | whole | again",
    ),
    "cut-geotiff": (cut("people.tif", 0.5), "people.tif |  |  | cannot be read | whole | again"),
    "cut-parquet": (
        both(communes_parquet(lambda table: table), cut("communes.parquet", 0.7)),
        "communes.parquet |  |  | cannot be read | whole | again",
    ),
    "cut-geojson": (
        as_geojson(share=0.8),
        "communes.geojson |  |  | cannot be read | whole | again",
    ),
    "no-json": (
        as_geojson("<html>"),
        "communes.geojson |  |  | begins with b'<html>' | whole | again",
    ),
    "other-json": (
        as_geojson('{"a": 1}'),
        "communes.geojson |  |  | cannot be read | whole | again",
    ),
    "empty-file": (cut("communes.gpkg", 0), "communes.gpkg |  |  | an empty file | whole | again"),
    "empty-raster": (cut("people.tif", 0), "people.tif |  |  | cannot be read | whole | again"),
    "not-a-geopackage": (
        lambda folder: (folder / "sites.gpkg").write_text("<OGRVRTDataSource/>"),
        "sites.gpkg |  |  | no .gpkg file begins with | whole | again",
    ),
    "a-spreadsheet": (
        sites(b"PK\3\4", "sites.xlsx"),
        "sites.xlsx |  |  | kind .xlsx | .csv | Export",
    ),
    "two-layers": (
        two_layers,
        'sites.gpkg |  |  | the layers sites, masts | one layer | layer = "sites"',
    ),
    "layer-that-is-not-there": (
        both(two_layers, edit("radius_km = 2.0", 'layer = "mast"')),
        "sites.gpkg |  |  | the layers sites, masts | a layer mast | Did you mean masts?",
    ),
    "empty-folder": (in_folder({}), "parts |  |  | without GeoJSON | GeoJSON files | again"),
    "bad-file-in-a-folder": (
        in_folder({"a.json": commune_json("90001"), "b.json": "{"}),
        "parts/b.json |  |  | cannot be read | whole | again",
    ),
    "bad-row-in-a-folder": (
        in_folder({"a.json": commune_json("90001"), "b.json": commune_json("4")}),
        "parts/b.json | 1 | commune_code | '4' | text of 5 digits | as text",
    ),
    "raster-for-vectors": (
        edit("communes.gpkg", "people.tif"),
        "people.tif |  |  | kind .tif | .gpkg | another reader",
    ),
    "kept-by-a-column-that-is-not-there": (
        edit("radius_km = 2.0", "keep = { kind = [1] }"),
        "sites.gpkg |  | kind | the columns site_id | a column kind | keep = { kind = ... }",
    ),
    "nothing-kept": (
        edit("radius_km = 2.0", 'keep = { site_id = ["S9"] }'),
        "sites.gpkg |  | site_id | 'S0' | ['S9'] | keep = { site_id = ... }",
    ),
    "no-site-of-the-technology": (
        sites(
            "technology,lon,lat\n4G,105.01,21.01\n3G,105.01,21.01\n",
            more='options = { technology = ["5G", "2G"] }',
        ),
        "sites.csv |  | technology | only the values '4G', '3G' | 5G or 2G, which the study keeps | Mend technology = ...",
    ),
    "no-site-with-a-technology": (
        sites("technology,lon,lat\n,105.01,21.01\n", more='options = { technology = "5G" }'),
        "sites.csv |  | technology | no value in any row | 5G, which the study keeps | Mend technology = ...",
    ),
    "no-area-of-the-technology": (
        areas('technology = "5G"', technology=["4G"]),
        "areas.gpkg |  | technology | only the values '4G' | 5G, which the study keeps | Mend technology = ...",
    ),
    "no-line-of-the-voltage": (
        edit('lines.gpkg"', 'lines.gpkg"\noptions = { min_kv = 35, max_kv = 110 }'),
        "lines.gpkg |  | voltage_kv | only the values 22.0 | min_kv = 35 and max_kv = 110, which | Mend min_kv and max_kv",
    ),
    "no-line-so-weak": (
        edit('lines.gpkg"', 'lines.gpkg"\noptions = { max_kv = 10 }'),
        "lines.gpkg |  | voltage_kv | only the values 22.0 | max_kv = 10, which | Mend max_kv of",
    ),
    "no-line-with-a-length": (
        both(
            lambda folder: gpd.GeoDataFrame(
                geometry=[drawn.line((1, 1), (1, 1))], crs=4326
            ).to_file(folder / "lines.gpkg"),
            edit('lines.gpkg"', 'lines.gpkg"\noptions = { make_valid = true }'),
        ),
        "lines.gpkg |  | geometry | nothing is left | at least one | again",
    ),
    "a-geopackage-without-rows": (
        lambda folder: drawn.points([]).to_file(folder / "sites.gpkg"),
        "sites.gpkg |  |  | no rows | at least one | again",
    ),
    "kept-by-a-technology-that-no-row-names": (
        edit("radius_km = 2.0", 'technology = "5G"'),
        'sites.gpkg |  | technology | the columns site_id | a column technology | technology = "..."',
    ),
    "kept-by-a-voltage-that-no-row-names": (
        both(
            lambda folder: gpd.GeoDataFrame(
                geometry=[drawn.line((0, 0), (1, 1))], crs=4326
            ).to_file(folder / "lines.gpkg"),
            edit('lines.gpkg"', 'lines.gpkg"\noptions = { max_kv = 35 }'),
        ),
        "lines.gpkg |  | voltage_kv | the columns | a column voltage_kv | voltage_kv",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_one_fault_is_told_once_and_nothing_is_written(name: str, tmp_path: Path) -> None:
    hold(*CASES[name], tmp_path)


def test_all_faults_of_a_study_are_told_in_one_go(tmp_path: Path) -> None:
    study = drawn.country(tmp_path / "in")
    folder = tmp_path / "in"
    communes(set_column(commune_code=["00004", "5", "00004"], commune_name=["A", None, "C"]))(
        folder
    )
    raster("1 -2\n3 4")(folder)
    sites("technology,lon,lat\n6G,105.005,21.005\n5G,x,21.005\n")(folder)
    cut("nodes.gpkg", 0.5)(folder)
    costs_with(base_vnd="-5")(folder)
    text = study.read_text(encoding="utf-8")
    drawn.replace_layer(study, "sites", SITES.format(path="sites.csv"))
    text = study.read_text(encoding="utf-8").replace('name = "drawn"', 'name = "Đ"\ntitel = "x"')
    text = text.replace('threshold = "3 km"', 'threshold = "3 dBm"')
    text = text.replace("lines.gpkg", "../lines.gpkg")
    study.write_text(text, encoding="utf-8")
    faults = refused(study)
    assert call("check", study).stderr == call("run", study, "--out", tmp_path).stderr
    told = {(fault["file"], fault["column"]) for fault in faults}
    assert told == {
        ("study.toml", "name"),
        ("study.toml", "titel"),
        ("study.toml", "services.fibre.threshold"),
        ("study.toml", "layers.lines.path"),
        ("communes.gpkg", "commune_code"),
        ("communes.gpkg", "commune_name"),
        ("people.tif", "2"),
        ("sites.csv", "technology"),
        ("sites.csv", "lon"),
        ("nodes.gpkg", None),
        ("costs.csv", "base_vnd"),
    }


def test_many_rows_with_one_fault_are_counted(tmp_path: Path) -> None:
    study = drawn.country(tmp_path / "in")
    rows = "".join(f"S{n},x,21.0\n" for n in range(1000))
    sites("site_id,lon,lat\n" + rows)(tmp_path / "in")
    faults = refused(study)
    assert [fault["row"] for fault in faults] == [1, 2, 3, 4, 5, None]
    assert "995 more rows" in faults[-1]["found"]


def test_rows_are_those_of_the_file_when_some_are_left_out(tmp_path: Path) -> None:
    study = drawn.country(tmp_path / "in")
    text = "kind,lon,lat\nold,105.005,21.005\nnew,105.005,21.005\nnew,x,21.005\n"
    sites(text, more='options = { keep = { kind = ["new"] } }')(tmp_path / "in")
    assert [fault["row"] for fault in refused(study)] == [3]


def repaired(folder: Path, *damages: Damage) -> None:
    """A study whose bad input is repaired because it says so passes the check."""
    study = drawn.country(folder)
    spoil(folder, *damages)
    said = call("check", study)
    assert said.exit_code == 0, said.output


@pytest.mark.slow
def test_the_repairs_that_messages_name_work(tmp_path: Path) -> None:
    option = 'communes.gpkg"\noptions = {{ {} }}'.format
    gpkg = 'communes.gpkg"'
    repaired(tmp_path / "a", communes(without_crs), edit(gpkg, option('crs = "EPSG:4326"')))
    repaired(tmp_path / "b", communes(swapped), edit(gpkg, option("swap_axes = true")))
    repaired(tmp_path / "c", communes(said_to_be(9210)), edit(gpkg, option('crs = "EPSG:4326"')))
    repaired(
        tmp_path / "d", communes(with_shape(1, bow())), edit(gpkg, option("make_valid = true"))
    )
    semicolons = "site_id;lon;lat\nS1;105,005;21,005\n"
    repaired(tmp_path / "e", sites(semicolons, more='options = { decimal = "," }'))
    old = in_1258("operator,lon,lat\nMường,105.005,21.005\n")
    repaired(tmp_path / "f", sites(old, more='options = { encoding = "cp1258" }'))
    cp1258 = 'prov_name" }\noptions = { encoding = "cp1258" }'
    repaired(tmp_path / "g", as_shapefile, edit('prov_name" }', cp1258))
    repaired(tmp_path / "h", two_layers, edit("radius_km = 2.0", 'layer = "masts"'))
    repaired(
        tmp_path / "i",
        raster(crs=None),
        edit('people.tif"', 'people.tif"\noptions = { crs = "EPSG:4326" }'),
    )


def test_text_in_windows_1258_comes_out_composed(tmp_path: Path) -> None:
    from deadzones.geodata.readers import READERS
    from deadzones.geodata.source import Source

    path = tmp_path / "sites.csv"
    path.write_bytes(in_1258("operator,lon,lat\nMường,105.005,21.005\n"))
    table = READERS["sites"](Source(path, "sites.csv", options={"encoding": "cp1258"}))
    assert isinstance(table, gpd.GeoDataFrame)
    assert table["operator"].tolist() == ["Mường"]


def test_formulas_and_pages_in_names_do_no_harm(tmp_path: Path) -> None:
    study = drawn.country(tmp_path / "in")
    names = ["=cmd|' /C calc'!A0", "<script>alert(1)</script>", "@SUM(1)\x1b[2J"]
    communes(set_column(commune_name=names))(tmp_path / "in")
    said = call("run", study, "--out", tmp_path)
    assert said.exit_code == 0, said.output
    assert "\x1b" not in said.output
    table = pd.read_csv(tmp_path / "drawn" / "communes.csv", dtype=str)
    assert all(name[0] not in "=+-@" for name in table["commune_name"])
    assert "<script>alert(1)" not in (tmp_path / "drawn" / "map.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_same_in_a_process_of_its_own(tmp_path: Path) -> None:
    study = drawn.country(tmp_path / "in")
    cut("people.tif", 0.5)(tmp_path / "in")
    cut("communes.gpkg", 0.5)(tmp_path / "in")
    program = [sys.executable, "-P", "-c", "from deadzones.cli import main; main()"]
    command = [*program, "run", str(study), "--out", str(tmp_path / "out"), "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert [re.match(r"[\w.]+", line)[0] for line in lines] == ["communes.gpkg", "people.tif", "2"]  # pyright: ignore[reportOptionalSubscript]
    assert not (tmp_path / "out").exists()
