"""Ways to spoil a small country's files and study, and to hold the answer of the command line."""

from __future__ import annotations

import hashlib
import json
import unicodedata
import warnings
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import drawn
import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import rasterio
import shapely
from typer.testing import CliRunner, Result

from deadzones import cli
from deadzones.geodata.readers import READERS
from deadzones.geodata.source import Source

Damage = Callable[[Path], object]
"""Changes files in the folder of a study."""

KEYS = ["file", "row", "column", "found", "wanted", "repair"]
SITES = """
role = "mobile"
reader = "sites"
path = "{path}"
evidence = "declared"
"""
CSV = "site_id,lon,lat\nS1,105.005,21.005\n"


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


def read_once(reader: Callable[[Source], Any]) -> Callable[[Source], Any]:
    """Read a table that no damage has touched a single time: hundreds of studies have the same."""
    kept: dict[str, Any] = {}

    def read(source: Source) -> Any:
        if not (isinstance(source.data, Path) and drawn.is_as_drawn(source.data)):
            return reader(source)
        key = repr((source.label, sorted(source.columns.items()), sorted(source.options.items())))
        if key not in kept:
            kept[key] = reader(source)
        return kept[key].copy()

    return read


TABLES = {name: read_once(READERS[name]) for name in ("communes", "sites", "nodes", "lines")}


@contextmanager
def undamaged_read_once() -> Generator[None]:
    """Read anew only what is damaged."""
    with pytest.MonkeyPatch.context() as patch:
        for name, reader in TABLES.items():
            patch.setitem(READERS, name, reader)
        yield


def refused(study: Path) -> list[dict[str, Any]]:
    """Check and run a bad study, and return its faults."""
    with undamaged_read_once():
        return _refused(study)


def _refused(study: Path) -> list[dict[str, Any]]:
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
    assert f"{count} fault{'s' if count > 1 else ''}; no result was written." in said.stderr
    assert state(study.parent.parent) == before
    return faults


def hold(damage: Damage, message: str, folder: Path) -> None:
    """Hold that a damage leads to one fault, with these pieces of file, row, column and the rest.

    A row in words stands for the line of the study that holds them.
    """
    study = drawn.country(folder / "in")
    spoil(folder / "in", damage)
    faults = refused(study)
    assert len(faults) == 1, faults
    told = faults[0]
    file, row, column, *rest = message.split(" | ")
    place = int(row) if row.isdigit() else line_of(row, study) if row else None
    assert (told["file"], told["row"], told["column"] or "") == (file, place, column), told
    for key, piece in zip(KEYS[3:], rest, strict=True):
        assert piece in told[key], told
        assert len(told[key]) < 500


def line_of(words: str, study: Path) -> int:
    lines = study.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if words in line)


def spoil(folder: Path, *damages: Damage) -> None:
    """Damage a study's files; that the writers warn of it is beside the point."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for damage in damages:
            damage(folder)


def study_of(folder: Path) -> Path:
    return folder / "study.toml"


def edit(old: str, new: str) -> Damage:
    """Change the text of the study."""

    def damage(folder: Path) -> None:
        text = study_of(folder).read_text(encoding="utf-8")
        assert old in text
        study_of(folder).write_text(text.replace(old, new, 1), encoding="utf-8")

    return damage


def add(text: str) -> Damage:
    return lambda folder: study_of(folder).write_text(drawn.STUDY + text, encoding="utf-8")


def communes(change: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]) -> Damage:
    """Change the communes, which stay a GeoPackage."""

    def damage(folder: Path) -> None:
        path = folder / "communes.gpkg"
        table = pyogrio.read_dataframe(path)
        path.unlink()
        pyogrio.write_dataframe(change(table), path)

    return damage


def communes_parquet(
    change: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame],
) -> Damage:
    """Change the communes, and keep them as GeoParquet."""

    def damage(folder: Path) -> None:
        change(drawn.communes(drawn.BOXES)).to_parquet(folder / "communes.parquet")
        edit("communes.gpkg", "communes.parquet")(folder)

    return damage


def raster(picture: str = drawn.PEOPLE, **changes: Any) -> Damage:
    def damage(folder: Path) -> None:
        drawn.write_raster(folder / "people.tif", drawn.picture(picture), **changes)

    return damage


def coloured(folder: Path) -> None:
    """Make the raster of people one of classes, each with its colour."""
    path = folder / "people.tif"
    drawn.write_raster(path, drawn.picture("1 2 1\n2 1 2"), dtype="uint8", nodata=None)
    with rasterio.open(path, "r+") as file:
        file.write_colormap(1, {1: (255, 0, 0, 255), 2: (0, 255, 0, 255)})


def masked(folder: Path) -> None:
    """Say what is unknown in a mask, in place of a nodata value."""
    path = folder / "people.tif"
    drawn.write_raster(path, drawn.picture("1 2 1\n2 1 2"), nodata=None)
    with rasterio.open(path, "r+") as file:
        file.write_mask(drawn.picture("0 1 1\n1 1 1") > 0)


def sites(content: str | bytes, name: str = "sites.csv", more: str = "") -> Damage:
    """Give the mobile sites as a text file."""

    def damage(folder: Path) -> None:
        raw = content.encode() if isinstance(content, str) else content
        (folder / name).write_bytes(raw)
        drawn.replace_layer(study_of(folder), "sites", SITES.format(path=name) + more)

    return damage


def people(content: str, reader: str) -> Damage:
    """Give the people as a text file."""

    def damage(folder: Path) -> None:
        (folder / "people.csv").write_text(content, encoding="utf-8")
        text = f'reader = "{reader}"\npath = "people.csv"\nevidence = "declared"'
        drawn.replace_layer(study_of(folder), "people", text)

    return damage


def areas(options: str, **columns: Any) -> Damage:
    """Give the mobile service as declared areas."""

    def damage(folder: Path) -> None:
        shapes = [drawn.box(0, 0, 2, 2)]
        gpd.GeoDataFrame(columns, geometry=shapes, crs=4326).to_file(folder / "areas.gpkg")
        text = SITES.format(path="areas.gpkg").replace('"sites"', '"polygons"')
        drawn.replace_layer(study_of(folder), "sites", f"{text}options = {{ {options} }}")

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


def cut(name: str, share: float) -> Damage:
    """Keep only the first part of a file."""

    def damage(folder: Path) -> None:
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(whole[: int(len(whole) * share)])

    return damage


def both(*steps: Damage) -> Damage:
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
    return shapely.Polygon([drawn.lonlat(*xy) for xy in [(3, 0), (6, 4), (6, 0), (3, 4), (3, 0)]])


def broken_corner() -> shapely.Polygon:
    corners = [(105.0, 21.0), (105.03, 21.0), (np.inf, 21.04), (105.0, 21.04), (105.0, 21.0)]
    return shapely.Polygon(corners)


def set_column(**values: Any) -> Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]:
    return lambda table: table.assign(**values)


def as_geojson(content: str | None = None, share: float = 1.0) -> Damage:
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


def in_folder(files: dict[str, str]) -> Damage:
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


def costs(text: str) -> Damage:
    return both(
        lambda folder: (folder / "costs.csv").write_text(text, encoding="utf-8"),
        add('[costs]\npath = "costs.csv"\n'),
    )


def built_in_costs() -> pd.DataFrame:
    path = Path(cli.__file__).parent / "coverage" / "costs.csv"
    return pd.read_csv(path, dtype=str)


def costs_with(**values: str) -> Damage:
    """The built-in costs with other values in the second row."""
    table = built_in_costs()
    for name, value in values.items():
        table.loc[1, name] = value
    return costs(table.to_csv(index=False))
