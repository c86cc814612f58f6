"""Bad input through the real command line: told clearly, all at once, and nothing written."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import subprocess
import sys
import unicodedata
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import drawn
import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from click.testing import Result
from typer.testing import CliRunner

from deadzones import cli

KEYS = ["file", "row", "column", "found", "wanted", "repair"]
SITES = """
role = "mobile"
reader = "sites"
path = "{path}"
evidence = "declared"
"""


def call(*words: object) -> Result:
    return CliRunner().invoke(cli.app, [str(word) for word in words])


def state(folder: Path) -> dict[str, str]:
    """Every file below a folder, with its hash; every folder with none."""
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        if p.is_file()
        else ""
        for p in sorted(folder.rglob("*"))
        if p.exists()
    }


def refused(study: Path) -> list[dict[str, Any]]:
    """Check and run a bad study, and return its faults."""
    before = state(study.parent.parent)
    told = call("check", study, "--json")
    faults = json.loads(told.stdout)
    assert told.exit_code == 2
    assert faults
    assert all(list(fault) == KEYS for fault in faults)
    said = call("run", study, "--out", study.parent.parent / "out")
    assert said.exit_code == 2, said.output
    assert isinstance(said.exception, SystemExit)
    for fault in faults:
        assert fault["file"] in said.stderr
        assert fault["repair"] in said.stderr
    count = len(faults)
    assert f"{count} fault{'s' if count > 1 else ''}; nothing was written." in said.stderr
    assert state(study.parent.parent) == before
    return faults


@dataclass(frozen=True)
class Case:
    """A damage, and the pieces of the one message that it must lead to."""

    name: str
    damage: Callable[[Path], None]
    file: str
    found: str
    wanted: str
    repair: str
    row: int | str | None = None  # of a study: text that stands in the line
    column: str | None = None


def spoil(folder: Path, *damages: Callable[[Path], None]) -> None:
    """Damage a study's files; that the writers warn of it is beside the point."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for damage in damages:
            damage(folder)


def study_of(folder: Path) -> Path:
    return folder / "study.toml"


def edit(old: str, new: str) -> Callable[[Path], None]:
    """Change the text of the study."""

    def damage(folder: Path) -> None:
        text = study_of(folder).read_text(encoding="utf-8")
        assert old in text
        study_of(folder).write_text(text.replace(old, new, 1), encoding="utf-8")

    return damage


def add(text: str) -> Callable[[Path], None]:
    return lambda folder: study_of(folder).write_text(drawn.STUDY + text, encoding="utf-8")


def communes(change: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]) -> Callable[[Path], None]:
    """Change the communes, which stay a GeoPackage."""

    def damage(folder: Path) -> None:
        path = folder / "communes.gpkg"
        table = pyogrio.read_dataframe(path)
        path.unlink()
        pyogrio.write_dataframe(change(table), path)

    return damage


def communes_parquet(
    change: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame],
) -> Callable[[Path], None]:
    """Change the communes, and keep them as GeoParquet."""

    def damage(folder: Path) -> None:
        change(drawn.communes(drawn.BOXES)).to_parquet(folder / "communes.parquet")
        edit("communes.gpkg", "communes.parquet")(folder)

    return damage


def raster(picture: str = drawn.PEOPLE, **changes: Any) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        drawn.write_raster(folder / "people.tif", drawn.picture(picture), **changes)

    return damage


def sites(content: str | bytes, name: str = "sites.csv", more: str = "") -> Callable[[Path], None]:
    """Give the mobile sites as a text file."""

    def damage(folder: Path) -> None:
        raw = content.encode() if isinstance(content, str) else content
        (folder / name).write_bytes(raw)
        drawn.replace_layer(study_of(folder), "sites", SITES.format(path=name) + more)

    return damage


def people(content: str, reader: str) -> Callable[[Path], None]:
    """Give the people as a text file."""

    def damage(folder: Path) -> None:
        (folder / "people.csv").write_text(content, encoding="utf-8")
        text = f'reader = "{reader}"\npath = "people.csv"\nevidence = "declared"'
        drawn.replace_layer(study_of(folder), "people", text)

    return damage


def in_1258(text: str) -> bytes:
    """Vietnamese as Windows-1258 has it: the five tones stand behind their letters."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    letters = [unicodedata.normalize("NFD", letter) for letter in text]
    split = ["".join(sorted(letter, key=tones.__contains__)) for letter in letters]
    return "".join(
        unicodedata.normalize("NFC", letter.rstrip(tones)) + letter[len(letter.rstrip(tones)) :]
        for letter in split
    ).encode("cp1258")


def cut(name: str, share: float) -> Callable[[Path], None]:
    """Keep only the first part of a file."""

    def damage(folder: Path) -> None:
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(whole[: int(len(whole) * share)])

    return damage


def both(*steps: Callable[[Path], None]) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        for step in steps:
            step(folder)

    return damage


def without_crs(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(table.drop(columns="geometry"), geometry=table.geometry.to_numpy())


def said_to_be(crs: int, really: int = 4326) -> Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]:
    return lambda table: table.to_crs(really).set_crs(crs, allow_override=True)


def swapped(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    turned = shapely.transform(table.geometry.to_numpy(), lambda xy: xy[:, ::-1])
    return table.set_geometry(gpd.GeoSeries(turned, crs=table.crs))


def with_shape(row: int, shape: Any) -> Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]:
    def change(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        shapes = table.geometry.to_numpy().copy()
        shapes[row] = shape
        return table.set_geometry(gpd.GeoSeries(shapes, crs=table.crs))

    return change


def bow() -> shapely.Polygon:
    return shapely.Polygon([drawn.lonlat(*xy) for xy in [(0, 0), (3, 4), (3, 0), (0, 4), (0, 0)]])


def broken_corner() -> shapely.Polygon:
    corners = [(105.0, 21.0), (105.03, 21.0), (np.inf, 21.04), (105.0, 21.04), (105.0, 21.0)]
    return shapely.Polygon(corners)


def set_column(**values: Any) -> Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]:
    return lambda table: table.assign(**values)


def as_geojson(content: str | None = None, share: float = 1.0) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        path = folder / "communes.geojson"
        drawn.communes(drawn.BOXES).to_file(path)
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
        if content is not None:
            path.write_text(content, encoding="utf-8")
        edit("communes.gpkg", "communes.geojson")(folder)

    return damage


def as_shapefile(folder: Path) -> None:
    """Vietnamese names in Windows-1258, and no word on that."""
    table = drawn.communes(drawn.BOXES)
    table = table.assign(province_name="Tinh", commune_name=["Xa", "Xã 90002", "Xa"])
    short = dict(zip(table.columns, ["code", "name", "prov", "prov_name"], strict=False))
    pyogrio.write_dataframe(table.rename(columns=short), folder / "communes.shp")
    dbf = folder / "communes.dbf"
    old = in_1258("Xã").ljust(len("Xã".encode()))
    dbf.write_bytes(dbf.read_bytes().replace("Xã 90002".encode(), old + b" 90002"))
    (folder / "communes.cpg").unlink()
    columns = ", ".join(f'{ours} = "{theirs}"' for ours, theirs in short.items())
    edit('communes.gpkg"', f'communes.shp"\ncolumns = {{ {columns} }}')(folder)


def linked(folder: Path) -> None:
    outside = folder.parent / "elsewhere.gpkg"
    (folder / "sites.gpkg").rename(outside)
    (folder / "sites.gpkg").symlink_to(outside)


def two_layers(folder: Path) -> None:
    table = pyogrio.read_dataframe(folder / "sites.gpkg")
    pyogrio.write_dataframe(table, folder / "sites.gpkg", layer="masts", append=True)


def in_folder(files: dict[str, str]) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        (folder / "parts").mkdir()
        for name, text in files.items():
            (folder / "parts" / name).write_text(text, encoding="utf-8")
        edit("communes.gpkg", "parts")(folder)

    return damage


def commune_json(code: object, name: str = "Xã A") -> str:
    row = {"commune_code": code, "commune_name": name, "province_code": "90"}
    row["province_name"] = "Tỉnh 90"
    frame = gpd.GeoDataFrame([row], geometry=[drawn.box(0, 0, 3, 4)], crs=4326)
    return frame.to_json()


def costs(text: str) -> Callable[[Path], None]:
    return both(
        lambda folder: (folder / "costs.csv").write_text(text, encoding="utf-8") and None,
        add('[costs]\npath = "costs.csv"\n'),
    )


def built_in_costs() -> pd.DataFrame:
    path = Path(cli.__file__).parent / "coverage" / "costs.csv"
    return pd.read_csv(path, dtype=str)


def costs_with(**values: str) -> Callable[[Path], None]:
    """The built-in costs with other values in the second row."""
    table = built_in_costs()
    for name, value in values.items():
        table.loc[1, name] = value
    return costs(table.to_csv(index=False))


CSV = "site_id,lon,lat\nS1,105.005,21.005\n"
OCID = "radio,mcc,net,area,cell,unit,lon,lat\nLTE,452,4,1,1,0,105.01,21.01\n"

CASES = [
    # the coordinate system
    Case(
        "no-crs",
        communes(without_crs),
        "communes.gpkg",
        "no coordinate system",
        "EPSG:4326",
        "crs =",
    ),
    Case(
        "no-crs-raster",
        raster(crs=None),
        "people.tif",
        "no coordinate system",
        "EPSG:4326",
        "crs =",
    ),
    Case(
        "degrees-as-metres",
        communes(said_to_be(9210)),
        "communes.gpkg",
        "degrees, in VN-2000",
        "metre",
        "crs =",
        column="geometry",
    ),
    Case(
        "metres-as-degrees",
        communes(said_to_be(4326, really=9210)),
        "communes.gpkg",
        "metres (x from",
        "degrees",
        "crs =",
        column="geometry",
    ),
    Case(
        "raster-degrees-as-metres",
        raster(crs="EPSG:9210"),
        "people.tif",
        "degrees, in VN-2000",
        "metre",
        "crs =",
        column="geometry",
    ),
    Case(
        "raster-metres-as-degrees",
        raster(transform=drawn.Affine(1000, 0, 500_000, 0, -1000, 2_330_000)),
        "people.tif",
        "metres (x from",
        "degrees",
        "crs =",
        column="geometry",
    ),
    Case(
        "one-row-in-metres",
        sites("site_id,lon,lat\nS1,105.005,21.005\nS2,500000,2322000\n"),
        "sites.csv",
        "metres (x = 500000",
        "degrees",
        "crs =",
        row=2,
        column="geometry",
    ),
    Case(
        "swapped-axes",
        communes(swapped),
        "communes.gpkg",
        "axes are swapped",
        "x = longitude",
        "swap_axes = true",
        column="geometry",
    ),
    Case(
        "swapped-columns",
        sites("site_id,lon,lat\nS1,21.005,105.005\nS2,21.015,105.005\n"),
        "sites.csv",
        "axes are swapped",
        "x = longitude",
        "swap_axes = true",
        column="geometry",
    ),
    Case(
        "raster-swapped",
        raster(transform=drawn.Affine(0.01, 0, 21, 0, -0.01, 105.04)),
        "people.tif",
        "axes are swapped",
        "x = longitude",
        "",
        column="geometry",
    ),
    Case(
        "out-of-reach",
        communes_parquet(
            lambda table: table.set_geometry(
                gpd.GeoSeries([shapely.box(1e9, 1e9, 2e9, 2e9)] * 3, crs=32648)
            )
        ),
        "communes.parquet",
        "WGS 84 / UTM zone 48N does not reach",
        "within the reach",
        "crs =",
        column="geometry",
    ),
    # codes
    Case(
        "code-an-integer",
        communes(set_column(commune_code=[4, 5, 6])),
        "communes.gpkg",
        "numbers, such as 4",
        "text of 5 digits",
        "as text",
        row=1,
        column="commune_code",
    ),
    Case(
        "code-without-zeros",
        communes(set_column(commune_code=["00004", "5", "00006"])),
        "communes.gpkg",
        "'5'",
        "text of 5 digits",
        "leading zeros",
        row=2,
        column="commune_code",
    ),
    Case(
        "code-in-other-digits",
        communes(set_column(commune_code=["00004", "٠٠٠٠٥", "00006"])),
        "communes.gpkg",
        "'٠٠٠٠٥'",
        "text of 5 digits",
        "as text",
        row=2,
        column="commune_code",
    ),
    Case(
        "code-missing",
        communes(set_column(commune_code=["00004", None, "00006"])),
        "communes.gpkg",
        "nothing",
        "text of 5 digits",
        "as text",
        row=2,
        column="commune_code",
    ),
    Case(
        "province-code-an-integer",
        communes(set_column(province_code=[1, 1, 2])),
        "communes.gpkg",
        "numbers, such as 1",
        "text of 2 digits",
        "as text",
        row=1,
        column="province_code",
    ),
    Case(
        "code-twice",
        communes(set_column(commune_code=["00004", "00005", "00004"])),
        "communes.gpkg",
        "'00004'",
        "each code once",
        "Join the parts",
        row=3,
        column="commune_code",
    ),
    Case(
        "name-missing",
        communes(set_column(commune_name=["A", " ", "C"])),
        "communes.gpkg",
        "' '",
        "Name with its kind",
        "Fill it in",
        row=2,
        column="commune_name",
    ),
    Case(
        "column-missing",
        communes(lambda table: table.drop(columns="commune_name")),
        "communes.gpkg",
        "the columns commune_code, province_code",
        "a column commune_name",
        'columns = { commune_name = "..." }',
        column="commune_name",
    ),
    Case(
        "mapped-column-missing",
        edit('communes.gpkg"', 'communes.gpkg"\ncolumns = { commune_name = "ten_xa" }'),
        "communes.gpkg",
        "the columns commune_code, commune_name",
        "a column ten_xa",
        "commune_name = ...",
        column="ten_xa",
    ),
    # shapes
    Case(
        "invalid-polygon",
        communes(with_shape(1, bow())),
        "communes.gpkg",
        "Self-intersection",
        "a valid geometry",
        "make_valid = true",
        row=2,
        column="geometry",
    ),
    Case(
        "nothing-left",
        both(
            communes(
                with_shape(1, shapely.Polygon([(105, 21), (105.01, 21), (105.02, 21), (105, 21)]))
            ),
            edit('communes.gpkg"', 'communes.gpkg"\noptions = { make_valid = true }'),
        ),
        "communes.gpkg",
        "nothing is left",
        "with an area",
        "remove",
        row=2,
        column="geometry",
    ),
    Case(
        "empty-polygon",
        communes(with_shape(1, shapely.Polygon())),
        "communes.gpkg",
        "no geometry",
        "a geometry in every row",
        "remove",
        row=2,
        column="geometry",
    ),
    Case(
        "no-polygon",
        communes(with_shape(1, None)),
        "communes.gpkg",
        "no geometry",
        "a geometry in every row",
        "remove",
        row=2,
        column="geometry",
    ),
    Case(
        "infinite-corner",
        communes_parquet(with_shape(0, broken_corner())),
        "communes.parquet",
        "not a finite number",
        "finite coordinates",
        "remove",
        row=1,
        column="geometry",
    ),
    Case(
        "points-for-lines",
        edit("lines.gpkg", "sites.gpkg"),
        "sites.gpkg",
        "Point",
        "LineString or MultiLineString",
        "another reader",
        row=1,
        column="geometry",
    ),
    # places
    Case(
        "bbox-elsewhere",
        add("[area]\nbbox = [1, 45, 2, 46]\n"),
        "communes.gpkg",
        "communes from 105.000 to 105.080 E",
        "touch the bbox",
        "area.bbox",
        column="geometry",
    ),
    Case(
        "bbox-in-metres",
        add("[area]\nbbox = [500000, 2300000, 510000, 2310000]\n"),
        "study.toml",
        "a table",
        "bbox = [west, south, east, north] in degrees",
        "Mend",
        row="[area]",
        column="area",
    ),
    Case(
        "province-that-is-not-there",
        add('[area]\nprovinces = ["90", "12"]\n'),
        "communes.gpkg",
        "the provinces 90, 91",
        "province 12",
        "area.provinces",
        column="province_code",
    ),
    Case(
        "raster-elsewhere",
        raster(transform=drawn.Affine(0.01, 0, 1, 0, -0.01, 46)),
        "people.tif",
        "data from 1.000 to 1.080 E",
        "meets the communes",
        "coordinate system",
    ),
    Case(
        "communes-elsewhere",
        communes(lambda table: table.set_geometry(table.geometry.translate(-100, 20))),
        "communes.gpkg",
        "communes from 5.000",
        "meet any other layer",
        "coordinate system",
        column="geometry",
    ),
    Case(
        "raster-beside-the-area",
        both(
            raster(picture="1 2 3\n4 5 6"),
            add('[area]\nprovinces = ["91"]\n'),
        ),
        "people.tif",
        "no commune of the area meets",
        "people where the communes are",
        "the area",
    ),
    # rasters
    Case(
        "raster-all-nodata",
        raster(". . .\n. . ."),
        "people.tif",
        "nodata in every",
        "persons",
        "again",
    ),
    Case(
        "people-below-zero",
        raster("1 2 -3\n4 5 -6"),
        "people.tif",
        "-3, and 1 more",
        "persons per cell",
        "nodata",
        row=1,
        column="3",
    ),
    Case(
        "people-without-end",
        raster("1 2 3\n4 inf 6"),
        "people.tif",
        "inf",
        "persons per cell",
        "nodata",
        row=2,
        column="2",
    ),
    Case(
        "nodata-not-declared",
        raster("1 2 .\n4 5 6", nodata=None),
        "people.tif",
        "-99999",
        "persons per cell",
        "declare",
        row=1,
        column="3",
    ),
    Case(
        "rotated-raster",
        raster(transform=drawn.Affine(0.01, 0.001, 105, 0, -0.01, 21.04)),
        "people.tif",
        "rotated",
        "north to south",
        "gdalwarp",
    ),
    Case(
        "raster-upside-down",
        raster(transform=drawn.Affine(0.01, 0, 105, 0, 0.01, 21)),
        "people.tif",
        "upside down",
        "north to south",
        "gdalwarp",
    ),
    Case(
        "people-not-a-raster",
        edit('path = "people.tif"', 'path = "sites.gpkg"'),
        "sites.gpkg",
        "kind .gpkg",
        ".tif",
        "GeoTIFF",
    ),
    # people in tables
    Case(
        "points-below-zero",
        people("people,lon,lat\n5,105.01,21.01\n-3,105.01,21.01\n", "people_points"),
        "people.csv",
        "-3",
        "people >= 0",
        "Mend",
        row=2,
        column="people",
    ),
    Case(
        "totals-below-zero",
        people("commune_code,people\n90001,-3\n90002,1\n91001,\n", "commune_totals"),
        "people.csv",
        "-3",
        "people >= 0",
        "Mend",
        row=1,
        column="people",
    ),
    Case(
        "totals-of-another-map",
        people("commune_code,people\n99999,5\n90001,3\n", "commune_totals"),
        "people.csv",
        "'99999'",
        "the code of a commune",
        "same date",
        row=1,
        column="commune_code",
    ),
    Case(
        "totals-twice",
        people("commune_code,people\n90001,3\n90001,3\n", "commune_totals"),
        "people.csv",
        "'90001'",
        "each code once",
        "",
        row=2,
        column="commune_code",
    ),
    Case(
        "people-in-words",
        people("commune_code,people\n90001,many\n", "commune_totals"),
        "people.csv",
        "'many'",
        "a number in persons",
        "point",
        row=1,
        column="people",
    ),
    # text files
    Case(
        "decimal-commas",
        sites('site_id,lon,lat\nS1,"105,005",21.005\n'),
        "sites.csv",
        "'105,005'",
        "decimal point",
        'decimal = ","',
        row=1,
        column="lon",
    ),
    Case(
        "decimal-commas-and-semicolons",
        sites("site_id;lon;lat\nS1;105,005;21.005\n"),
        "sites.csv",
        "'105,005'",
        "decimal point",
        'decimal = ","',
        row=1,
        column="lon",
    ),
    Case(
        "not-a-number",
        sites("site_id,lon,lat\nS1,105.005,21.005\nS2,nan,21.005\n"),
        "sites.csv",
        "'nan'",
        "a number of degrees",
        "point",
        row=2,
        column="lon",
    ),
    Case(
        "infinite",
        sites("site_id,lon,lat\nS1,105.005,21.005\nS2,105.005,-inf\n"),
        "sites.csv",
        "'-inf'",
        "a number of degrees",
        "point",
        row=2,
        column="lat",
    ),
    Case(
        "no-coordinate",
        sites("site_id,lon,lat\nS1,105.005,21.005\nS2,105.005,\n"),
        "sites.csv",
        "nothing",
        "a number of degrees",
        "point",
        row=2,
        column="lat",
    ),
    Case(
        "no-lon",
        sites("site_id,kinh_do,lat\nS1,105.005,21.005\n"),
        "sites.csv",
        "the columns site_id, kinh_do, lat",
        "a column lon",
        'columns = { lon = "..." }',
        column="lon",
    ),
    Case(
        "windows-1258",
        sites(in_1258("operator,lon,lat\nA,105.005,21.005\nMường,105.005,21.005\n")),
        "sites.csv",
        "as Windows-1258: 'Mường'",
        "UTF-8",
        'encoding = "cp1258"',
        row=2,
        column="operator",
    ),
    Case(
        "windows-1258-shapefile",
        as_shapefile,
        "communes.shp",
        "'Xã 90002', if that is Windows-1258",
        ".cpg",
        'encoding = "cp1258"',
        row=2,
        column="name",
    ),
    Case(
        "utf-16",
        sites(CSV.encode("utf-16")),
        "sites.csv",
        "bytes that are not utf-8",
        "UTF-8",
        "Save the file as UTF-8",
    ),
    Case("zero-bytes", sites(CSV + "S2,\0,\0\n"), "sites.csv", "zero bytes", "a CSV file", "again"),
    Case(
        "quote-never-closed",
        sites(CSV + '"S2,105,21\n'),
        "sites.csv",
        "cannot be read",
        "a CSV file",
        "again",
        row=2,
    ),
    Case(
        "row-too-long",
        sites(CSV + "S2,105.005,21.005,9\n"),
        "sites.csv",
        "cannot be read",
        "a CSV file",
        "again",
        row=2,
    ),
    Case(
        "first-row-too-long",
        sites("site_id,lon,lat\nS2,105.005,21.005,9\n"),
        "sites.csv",
        "more cells than the header",
        "a CSV file",
        "again",
        row=1,
    ),
    Case(
        "column-twice",
        sites("lon,lat,lon\n105.005,21.005,105.005\n"),
        "sites.csv",
        "2 columns named 'lon'",
        "once",
        "Rename",
        column="lon",
    ),
    Case("empty-csv", sites(""), "sites.csv", "no names of columns", "names the columns", "again"),
    Case(
        "only-a-header", sites("site_id,lon,lat\n"), "sites.csv", "no rows", "at least one", "again"
    ),
    Case(
        "one-endless-line",
        sites("x" * 3_000_000),
        "sites.csv",
        "no rows",
        "at least one",
        "again",
    ),
    Case(
        "endless-header",
        sites("x" * 3_000_000 + ",lat\n1,21\n"),
        "sites.csv",
        "x…",
        "a column lon",
        "Rename",
        column="lon",
    ),
    Case(
        "cut-gz",
        sites(gzip.compress(CSV.encode() * 50)[:60], "sites.csv.gz"),
        "sites.csv.gz",
        "ended",
        "CSV",
        "again",
    ),
    Case("no-gz", sites(CSV, "sites.csv.gz"), "sites.csv.gz", "gzip", "CSV", "again"),
    Case(
        "not-a-csv-gz", sites(CSV, "sites.tar.gz"), "sites.tar.gz", "kind .gz", ".csv.gz", "Export"
    ),
    Case(
        "unknown-technology",
        sites("technology,lon,lat\n6G,105.005,21.005\n"),
        "sites.csv",
        "'6G'",
        "2G, 3G, 4G, 5G",
        "leave it empty",
        row=1,
        column="technology",
    ),
    Case(
        "opencellid-without-network",
        sites(OCID + "LTE,x,4,1,1,0,105.01,21.01\n"),
        "sites.csv",
        "'x'",
        "a network code",
        "remove",
        row=2,
        column="mcc",
    ),
    # files
    Case(
        "cut-geopackage",
        cut("communes.gpkg", 0.6),
        "communes.gpkg",
        "cannot be read",
        "whole",
        "again",
    ),
    Case("cut-geotiff", cut("people.tif", 0.5), "people.tif", "cannot be read", "whole", "again"),
    Case(
        "cut-parquet",
        both(communes_parquet(lambda table: table), cut("communes.parquet", 0.7)),
        "communes.parquet",
        "cannot be read",
        "whole",
        "again",
    ),
    Case(
        "cut-geojson", as_geojson(share=0.8), "communes.geojson", "cannot be read", "whole", "again"
    ),
    Case(
        "no-json",
        as_geojson("<html>"),
        "communes.geojson",
        "begins with b'<html>'",
        "whole",
        "again",
    ),
    Case(
        "other-json", as_geojson('{"a": 1}'), "communes.geojson", "cannot be read", "whole", "again"
    ),
    Case("empty-file", cut("communes.gpkg", 0), "communes.gpkg", "an empty file", "whole", "again"),
    Case("empty-raster", cut("people.tif", 0), "people.tif", "cannot be read", "whole", "again"),
    Case(
        "not-a-geopackage",
        lambda folder: (folder / "sites.gpkg").write_text("<OGRVRTDataSource/>") and None,
        "sites.gpkg",
        "no .gpkg file begins with",
        "whole",
        "again",
    ),
    Case(
        "a-spreadsheet",
        sites(b"PK\3\4", "sites.xlsx"),
        "sites.xlsx",
        "kind .xlsx",
        ".csv",
        "Export",
    ),
    Case(
        "two-layers",
        two_layers,
        "sites.gpkg",
        "the layers sites, masts",
        "one layer",
        'layer = "sites"',
    ),
    Case(
        "layer-that-is-not-there",
        both(two_layers, edit("radius_km = 2.0", 'layer = "mast"')),
        "sites.gpkg",
        "the layers sites, masts",
        "a layer mast",
        "Did you mean masts?",
    ),
    Case("empty-folder", in_folder({}), "parts", "without GeoJSON", "GeoJSON files", "again"),
    Case(
        "bad-file-in-a-folder",
        in_folder({"a.json": commune_json("90001"), "b.json": "{"}),
        "parts/b.json",
        "cannot be read",
        "whole",
        "again",
    ),
    Case(
        "bad-row-in-a-folder",
        in_folder({"a.json": commune_json("90001"), "b.json": commune_json("4")}),
        "parts/b.json",
        "'4'",
        "text of 5 digits",
        "as text",
        row=1,
        column="commune_code",
    ),
    Case(
        "raster-for-vectors",
        edit("communes.gpkg", "people.tif"),
        "people.tif",
        "kind .tif",
        ".gpkg",
        "another reader",
    ),
    Case(
        "kept-by-a-column-that-is-not-there",
        edit("radius_km = 2.0", "keep = { kind = [1] }"),
        "sites.gpkg",
        "the columns site_id",
        "a column kind",
        "keep = { kind = ... }",
        column="kind",
    ),
    Case(
        "nothing-kept",
        edit("radius_km = 2.0", 'keep = { site_id = ["S9"] }'),
        "sites.gpkg",
        "'S0'",
        "['S9']",
        "keep = { site_id = ... }",
        column="site_id",
    ),
    Case(
        "kept-by-a-technology-that-no-row-names",
        edit("radius_km = 2.0", 'technology = "5G"'),
        "sites.gpkg",
        "the columns site_id",
        "a column technology",
        'technology = "..."',
        column="technology",
    ),
    Case(
        "kept-by-a-voltage-that-no-row-names",
        both(
            lambda folder: drawn.points([]).to_csv(folder / "x") and None,
            lambda folder: gpd.GeoDataFrame(
                geometry=[drawn.line((0, 0), (1, 1))], crs=4326
            ).to_file(folder / "lines.gpkg"),
            edit('lines.gpkg"', 'lines.gpkg"\noptions = { max_kv = 35 }'),
        ),
        "lines.gpkg",
        "the columns",
        "a column voltage_kv",
        "voltage_kv",
        column="voltage_kv",
    ),
    # the study
    Case(
        "no-toml",
        edit('name = "drawn"', "name = "),
        "study.toml",
        "not TOML",
        "TOML",
        "Mend",
        row=2,
    ),
    Case(
        "not-utf-8",
        lambda folder: study_of(folder).write_bytes(b'name = "a"\ntitle = "M\xec"\n') and None,
        "study.toml",
        "not UTF-8",
        "UTF-8 text",
        "Save it as UTF-8",
        row=2,
    ),
    Case(
        "layer-twice",
        add('[layers.people] # again\nreader = "people_raster"\n'),
        "study.toml",
        "not TOML",
        "TOML",
        "Mend",
        row="# again",
    ),
    Case(
        "number-too-long",
        edit('name = "drawn"', "seed = " + "9" * 5000),
        "study.toml",
        "not TOML",
        "TOML",
        "Mend",
    ),
    Case(
        "lists-without-end",
        edit('name = "drawn"', "title = " + "[" * 5000),
        "study.toml",
        "lists within lists",
        "TOML",
        "anew",
    ),
    Case(
        "unknown-key",
        edit("[dead_zones]\nmin_people", "[dead_zones]\nmin_peeple"),
        "study.toml",
        "an unknown key min_peeple",
        "min_people, join_km",
        "Did you mean min_people?",
        row="min_peeple",
        column="dead_zones.min_peeple",
    ),
    Case(
        "unknown-table",
        add("[budget]\nvnd = 5\n"),
        "study.toml",
        "an unknown key budget",
        "upgrades",
        "Remove",
        row="[budget]",
        column="budget",
    ),
    Case(
        "unknown-option",
        edit("radius_km", "radus_km"),
        "study.toml",
        "an unknown option radus_km",
        "an option of sites",
        "Did you mean radius_km?",
        row="radus_km",
        column="layers.sites.options.radus_km",
    ),
    Case(
        "option-of-another-type",
        edit("radius_km = 2.0", 'radius_km = "2 km"'),
        "study.toml",
        "'2 km'",
        "a number from 0 to 200",
        "radius_km",
        row="2 km",
        column="layers.sites.options.radius_km",
    ),
    Case(
        "unknown-crs",
        edit("radius_km = 2.0", 'crs = "EPSG:999999"'),
        "study.toml",
        "'EPSG:999999'",
        "a coordinate system",
        "crs",
        row="999999",
        column="layers.sites.options.crs",
    ),
    Case(
        "unknown-encoding",
        edit("radius_km = 2.0", 'encoding = "viscii2"'),
        "study.toml",
        "'viscii2'",
        "a text encoding",
        "encoding",
        row="viscii2",
        column="layers.sites.options.encoding",
    ),
    Case(
        "unknown-column",
        edit('sites.gpkg"', 'sites.gpkg"\ncolumns = { hieght_m = "cao" }'),
        "study.toml",
        "an unknown column hieght_m",
        "a column of sites",
        "Did you mean height_m?",
        row="hieght_m",
        column="layers.sites.columns.hieght_m",
    ),
    Case(
        "threshold-of-another-unit",
        edit('threshold = "3 km"', 'threshold = "-110 dBm"'),
        "study.toml",
        "-110 dBm",
        "a value in km, not in dBm",
        "Mend",
        row="-110 dBm",
        column="services.fibre.threshold",
    ),
    Case(
        "threshold-without-a-unit",
        edit('threshold = "3 km"', "threshold = 3"),
        "study.toml",
        "3 (a whole number)",
        "a number with its unit",
        "Mend",
        row="threshold = 3",
        column="services.fibre.threshold",
    ),
    Case(
        "threshold-that-cannot-be",
        edit("[services.mobile]", '[services.mobile]\nthreshold = "110 dBm"'),
        "study.toml",
        "110 dBm",
        "at most 0 dBm",
        "Mend",
        row="110 dBm",
        column="services.mobile.threshold",
    ),
    Case(
        "wrong-type",
        edit('name = "drawn"', 'name = "drawn"\nseed = 1.5'),
        "study.toml",
        "1.5 (a number)",
        "a whole number",
        "Mend",
        row=3,
        column="seed",
    ),
    Case(
        "true-for-a-number",
        edit("min_people = 20", "min_people = true"),
        "study.toml",
        "True (a truth value)",
        "a number",
        "Mend",
        row="min_people",
        column="dead_zones.min_people",
    ),
    Case(
        "no-number",
        edit("min_people = 20", "min_people = nan"),
        "study.toml",
        "nan",
        "a finite number",
        "Mend",
        row="min_people",
        column="dead_zones.min_people",
    ),
    Case(
        "text-for-a-table",
        both(
            edit("[dead_zones]\nmin_people = 20", ""), edit('name = "drawn"', 'dead_zones = "none"')
        ),
        "study.toml",
        "'none' (text)",
        "a table of keys",
        "Mend",
        row="dead_zones",
        column="dead_zones",
    ),
    Case(
        "a-name-that-is-a-path",
        edit('name = "drawn"', 'name = "../../drawn"'),
        "study.toml",
        "'../../drawn'",
        "small letters",
        "Mend",
        row=2,
        column="name",
    ),
    Case(
        "a-date-in-quotes",
        edit('sites.gpkg"', 'sites.gpkg"\ndate = "2026-01-31"'),
        "study.toml",
        "'2026-01-31' (text)",
        "without quotes",
        "Mend",
        row="date",
        column="layers.sites.date",
    ),
    Case(
        "unknown-evidence",
        edit('evidence = "synthetic"', 'evidence = "sythetic"'),
        "study.toml",
        "'sythetic'",
        "measured, declared",
        "Did you mean synthetic?",
        row="sythetic",
        column="layers.communes.evidence",
    ),
    Case(
        "no-evidence",
        edit('path = "sites.gpkg"\nevidence = "synthetic"', 'path = "sites.gpkg"'),
        "study.toml",
        "nothing",
        "a value for evidence: one of measured",
        "Add",
        row="[layers.sites]",
        column="layers.sites.evidence",
    ),
    Case(
        "unknown-reader",
        edit('reader = "communes"', 'reader = "comune"'),
        "study.toml",
        "'comune'",
        "communes, people_raster",
        "Did you mean communes?",
        row="comune",
        column="layers.communes.reader",
    ),
    Case(
        "reader-of-another-role",
        edit('reader = "nodes"', 'reader = "sites"'),
        "study.toml",
        "'sites'",
        "a reader of fibre",
        "Choose",
        row=23,
        column="layers.nodes.reader",
    ),
    Case(
        "unknown-role",
        edit('role = "power"', 'role = "pover"'),
        "study.toml",
        "'pover'",
        "power",
        "Did you mean power?",
        row="pover",
        column="layers.lines.role",
    ),
    Case(
        "two-layers-of-people",
        add(
            '[layers.more]\nrole = "people"\nreader = "people_raster"\npath = "people.tif"\nevidence = "proxy"\n'
        ),
        "study.toml",
        "another layer for people",
        "exactly one",
        "Keep one",
        row="[layers.more]",
        column="layers.more",
    ),
    Case(
        "unknown-service",
        add("[services.water]\n"),
        "study.toml",
        "'water'",
        "mobile, fibre, power",
        "Did you mean",
        row="[services.water]",
        column="services.water.type",
    ),
    Case(
        "a-service-named-as-a-column",
        add('[services."all people"]\ntype = "fibre"\n'),
        "study.toml",
        "'all people'",
        "small letters",
        "another name",
        row="all people",
        column="services.all people",
    ),
    Case(
        "service-without-a-layer",
        add('[services.village_fibre]\ntype = "fibre"\n'),
        "study.toml",
        "no layer for it",
        'role = "village_fibre"',
        "Add one",
        row="[services.village_fibre]",
        column="services.village_fibre",
    ),
    Case(
        "bbox-too-short",
        add("[area]\nbbox = [105, 21, 106]\n"),
        "study.toml",
        "nothing",
        "a value for 3",
        "Add",
        row="bbox",
        column="area.bbox.3",
    ),
    Case(
        "area-both-ways",
        add('[area]\nbbox = [105, 21, 106, 22]\nprovinces = ["90"]\n'),
        "study.toml",
        "a table",
        "not both",
        "Mend",
        row="[area]",
        column="area",
    ),
    # paths
    Case(
        "no-such-file",
        edit("sites.gpkg", "mast.gpkg"),
        "study.toml",
        "'mast.gpkg', which is not there",
        "a file",
        "Check the path",
        row=17,
        column="layers.sites.path",
    ),
    Case(
        "path-upwards",
        edit("sites.gpkg", "../sites.gpkg"),
        "study.toml",
        "'../sites.gpkg', which leaves it",
        "inside the study's folder",
        "allow_outside_paths = true",
        row=17,
        column="layers.sites.path",
    ),
    Case(
        "absolute-path",
        edit("sites.gpkg", "/etc/passwd"),
        "study.toml",
        "'/etc/passwd', which leaves it",
        "inside the study's folder",
        "allow_outside_paths = true",
        row=17,
        column="layers.sites.path",
    ),
    Case(
        "link-outside",
        linked,
        "study.toml",
        "'sites.gpkg', which leaves it",
        "inside the study's folder",
        "allow_outside_paths = true",
        row=17,
        column="layers.sites.path",
    ),
    Case(
        "link-to-itself",
        lambda folder: (
            (folder / "loop.gpkg").symlink_to("loop.gpkg")
            or edit("sites.gpkg", "loop.gpkg")(folder)
        ),
        "study.toml",
        "which is no path",
        "a file",
        "Check the path",
        row=17,
        column="layers.sites.path",
    ),
    Case(
        "link-in-a-folder",
        both(
            in_folder({"a.json": commune_json("90001")}),
            lambda folder: (folder / "parts" / "b.json").symlink_to("/etc/passwd"),
        ),
        "study.toml",
        "'parts', which leaves it",
        "inside the study's folder",
        "allow_outside_paths = true",
        row=6,
        column="layers.communes.path",
    ),
    Case(
        "zero-byte-in-a-path",
        edit("sites.gpkg", "sites\\u0000.gpkg"),
        "study.toml",
        "which is no path",
        "a file",
        "Check the path",
        row=17,
        column="layers.sites.path",
    ),
    Case(
        "endless-path",
        edit("sites.gpkg", "x" * 5000),
        "study.toml",
        "which is no path",
        "a file",
        "Check the path",
        row=17,
        column="layers.sites.path",
    ),
    Case(
        "path-that-is-a-number",
        edit('path = "sites.gpkg"', "path = 5"),
        "study.toml",
        "5 (a whole number)",
        "a path",
        "Mend",
        row=17,
        column="layers.sites.path",
    ),
    Case(
        "costs-outside",
        add('[costs]\npath = "../costs.csv"\n'),
        "study.toml",
        "'../costs.csv', which leaves it",
        "inside the study's folder",
        "allow_outside_paths",
        row="../costs.csv",
        column="costs.path",
    ),
    # costs
    Case(
        "costs-without-a-year",
        costs(built_in_costs().drop(columns="price_year").to_csv(index=False)),
        "costs.csv",
        "the columns item",
        "a column price_year",
        "coverage/costs.csv",
        column="price_year",
    ),
    Case(
        "cost-without-its-year",
        costs_with(price_year=""),
        "costs.csv",
        "nothing",
        "",
        "Fill it in",
        row=2,
        column="price_year",
    ),
    Case(
        "cost-below-zero",
        costs_with(base_vnd="-5"),
        "costs.csv",
        "'-5'",
        ">= 0",
        "Fill it in",
        row=2,
        column="base_vnd",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_one_fault_is_told_once_and_nothing_is_written(case: Case, tmp_path: Path) -> None:
    study = drawn.country(tmp_path / "in")
    spoil(tmp_path / "in", case.damage)
    faults = refused(study)
    assert len(faults) == 1, faults
    fault = faults[0]
    row = line_of(case.row, study) if isinstance(case.row, str) else case.row
    assert (fault["file"], fault["row"], fault["column"]) == (case.file, row, case.column), fault
    for key in ("found", "wanted", "repair"):
        assert getattr(case, key) in fault[key], fault
    assert all(len(fault[key]) < 500 for key in ("found", "wanted", "repair"))


def line_of(words: str, study: Path) -> int:
    lines = study.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if words in line)


def test_names_of_cases_are_unique() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


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


@pytest.mark.parametrize("name", ["absent.toml", "in", "in/people.tif", "in/absent/study.toml"])
def test_a_study_that_cannot_be_read(name: str, tmp_path: Path) -> None:
    drawn.country(tmp_path / "in")
    said = call("check", tmp_path / name, "--json")
    assert said.exit_code == 2
    (fault,) = json.loads(said.stdout)
    assert list(fault) == KEYS
    assert call("run", tmp_path / name, "--out", tmp_path / "out").exit_code == 2
    assert not (tmp_path / "out").exists()


def test_what_leaves_the_folder_is_not_opened(tmp_path: Path) -> None:
    study = drawn.country(tmp_path / "in")
    (tmp_path / "secret.csv").write_text("the,secret,names\n1,2,3\n")
    edit('sites.gpkg"', '../secret.csv"')(tmp_path / "in")
    assert "the, secret" not in call("check", study).output


def test_paths_may_leave_the_folder_when_the_study_says_so(tmp_path: Path) -> None:
    study = drawn.country(tmp_path / "in")
    (tmp_path / "in" / "sites.gpkg").rename(tmp_path / "sites.gpkg")
    edit('sites.gpkg"', '../sites.gpkg"')(tmp_path / "in")
    edit('name = "drawn"', 'name = "drawn"\nallow_outside_paths = true')(tmp_path / "in")
    assert call("check", study, "--json").stdout == "[]\n"


def repaired(folder: Path, *damages: Callable[[Path], None]) -> None:
    """A study whose bad input is repaired because it says so passes the check."""
    study = drawn.country(folder)
    spoil(folder, *damages)
    said = call("check", study)
    assert said.exit_code == 0, said.output


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
