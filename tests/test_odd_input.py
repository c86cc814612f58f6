"""Input that is odd but right: a run must come to its end, without a warning."""

from __future__ import annotations

from pathlib import Path

import drawn
import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from spoil import (
    Damage,
    add,
    both,
    call,
    communes,
    edit,
    people,
    raster,
    set_column,
    sites,
    spoil,
    undamaged_read_once,
)

import deadzones as dz
from deadzones.coverage import cells, inputs

pytestmark = pytest.mark.slow

FOUR_ROWS = "{0}\n{0}\n{0}\n{0}"


def placed(*boxes: drawn.Box) -> Damage:
    """Put the communes elsewhere."""
    return communes(lambda table: table.set_geometry([drawn.box(*box) for box in boxes], crs=4326))


def layer(name: str, role: str, reader: str, path: str) -> str:
    text = f'role = "{role}"\nreader = "{reader}"\npath = "{path}"\nevidence = "proxy"\n'
    return f"[layers.{name}]\n{text}"


def with_points(role: str, table: gpd.GeoDataFrame) -> Damage:
    return both(
        lambda folder: table.to_file(folder / "points.gpkg"),
        add(layer(role, role, "places", "points.gpkg")),
    )


def with_raster(name: str, role: str, reader: str, picture: str) -> Damage:
    """Put a raster in place of a service's layer."""

    def damage(folder: Path) -> None:
        drawn.write_raster(folder / "level.tif", drawn.picture(picture))
        _, _, text = layer(name, role, reader, "level.tif").partition("]\n")
        drawn.replace_layer(folder / "study.toml", name, text)

    return damage


def operators(*names: str) -> Damage:
    rows = [f'"{name}",105.0{place},21.01\n' for place, name in enumerate(names)]
    return sites("operator,lon,lat\n" + "".join(rows))


def in_metres(folder: Path) -> None:
    place = drawn.Affine(1000, 0, 500_000, 0, -1000, 2_327_000)
    drawn.write_raster(
        folder / "people.tif", np.full((5, 9), 7.0), crs="EPSG:32648", transform=place
    )


def not_a_number(folder: Path) -> None:
    profile = {"driver": "GTiff", "height": 4, "width": 8, "count": 1, "dtype": "float32"}
    place = {"crs": "EPSG:4326", "transform": drawn.transform(4), "nodata": np.nan}
    with rasterio.open(folder / "people.tif", "w", **profile, **place) as file:
        file.write(drawn.picture(drawn.PEOPLE).astype("float32"), 1)


def searched(damage: Damage) -> Damage:
    """Let the plan be sought and not proved: here a proof would take as long as ten runs."""
    return both(damage, add_at_end("[upgrades]\nprovince_people = 1.0\n"))


def add_at_end(text: str) -> Damage:
    def damage(folder: Path) -> None:
        with (folder / "study.toml").open("a", encoding="utf-8") as file:
            file.write(text)

    return damage


POINTS = drawn.points([(1, 1), (2, 2)], name=["<b>A</b>", None], kind=[None, "town"])
SCATTERED = gpd.GeoDataFrame(
    {"name": ["A"]},
    geometry=[shapely.MultiPoint([drawn.lonlat(1, 1), drawn.lonlat(3, 3)])],
    crs=4326,
)
CASES: dict[str, Damage] = {
    "nobody-lives-there": raster(FOUR_ROWS.format("0 0 0 0 0 0 0 0")),
    "one-cell": raster("5", transform=drawn.Affine(0.08, 0, 105, 0, -0.04, 21.04)),
    "one-known-cell": raster("5 . . .\n. . . .\n. . . .\n. . . ."),
    "nodata-is-nan": not_a_number,
    "whole-numbers": searched(raster(drawn.PEOPLE.replace(".", "7"), dtype="uint16", nodata=7)),
    "a-grid-in-metres": in_metres,
    "a-commune-off-the-grid": placed((0, 0, 3, 4), (3, 0, 6, 4), (900, 0, 901, 1)),
    "communes-a-little-over-each-other": placed((0, 0, 3.02, 4), (3, 0, 6.01, 4), (6, 0, 8, 4)),
    "a-commune-within-a-cell": placed((0.1, 0.1, 0.2, 0.2), (3, 0, 6, 4), (6, 0, 8, 4)),
    "one-commune": communes(lambda table: table.iloc[:1]),
    "heights": communes(lambda table: table.set_geometry(table.geometry.force_3d(), crs=4326)),
    "strange-names": communes(set_column(commune_name=["A\nB\x1b", "'\"`", "𝕏" * 500])),
    "operators-alike": operators("A B", "A-B", "a b", "Ă", "", "+", "x" * 300, "=1", "people", "đ"),
    "operators-not-named": searched(operators("", "")),
    "operators-by-number": sites("operator,lon,lat\n1,105.01,21.01\n2.5,105.02,21.01\n"),
    "one-site-of-that-kind": sites(
        "technology,lon,lat\n4G,105.01,21.01\n5G,105.02,21.01\n,105.02,21.01\n",
        more='options = { technology = ["5G", "3G"] }',
    ),
    "lines-of-unknown-voltage": both(
        lambda folder: gpd.GeoDataFrame(
            {"voltage_kv": [None]}, geometry=[drawn.line((0, 0), (1, 1))], crs=4326
        ).to_file(folder / "lines.gpkg"),
        edit('lines.gpkg"', 'lines.gpkg"\noptions = { max_kv = 35 }'),
    ),
    "a-mark-and-windows-lines": searched(
        sites(b"\xef\xbb\xbfsite_id,lon,lat\r\nS1,105.005,21.005\r\n")
    ),
    "old-lines": searched(sites("site_id,lon,lat\rS1,105.005,21.005\r")),
    "places-of-one-name": with_points("places", drawn.points([(1, 1), (2, 2)], name=["A", "A"])),
    "sites-of-many-points": lambda folder: SCATTERED.to_file(folder / "sites.gpkg"),
    "people-at-points": people(
        "people,lon,lat\n5,105.01,21.01\n,105.02,21.01\n7,120,30\n", "people_points"
    ),
    "people-by-commune": people("commune_code,people\n90001,3\n90002,\n", "commune_totals"),
    "places": with_points("places", POINTS),
    "places-of-many-points": with_points("places", SCATTERED),
    "anchors": with_points("anchors", POINTS),
    "places-beyond-the-border": with_points("places", drawn.points([(-50, 60)], name=["A"])),
    "roads-beyond-the-border": both(
        lambda folder: gpd.GeoDataFrame(geometry=[drawn.line((9, 1), (12, 1))], crs=4326).to_file(
            folder / "roads.gpkg"
        ),
        add(layer("roads", "roads", "lines", "roads.gpkg")),
    ),
    "a-node-beyond-the-border": lambda folder: drawn.points([(8.5, 2)], name=["A"]).to_file(
        folder / "nodes.gpkg"
    ),
    "a-site-on-the-edge-of-the-communes": lambda folder: drawn.points([(8, 4)]).to_file(
        folder / "sites.gpkg"
    ),
    "a-line-beyond-the-border": lambda folder: gpd.GeoDataFrame(
        {"voltage_kv": [22.0]}, geometry=[drawn.line((-3, 1), (-0.5, 1))], crs=4326
    ).to_file(folder / "lines.gpkg"),
    "roads": add(layer("roads", "roads", "lines", "lines.gpkg")),
    "lights": searched(with_raster("lines", "power", "lights_raster", drawn.PEOPLE)),
    "signal": with_raster(
        "sites", "mobile", "signal_raster", FOUR_ROWS.format("-90 -100 -120 . . -80 -70 .")
    ),
    "a-small-box": add("[area]\nbbox = [105.0, 21.0, 105.01, 21.01]\n"),
    "one-province": add('[area]\nprovinces = ["91"]\n'),
    "no-money": add("[upgrades]\nbudget_vnd = 0\n"),
    "a-century": add('[costs]\nhorizon_years = 100\ndiscount_rate = 0\ncolumn = "high"\n'),
    "everything-is-one-zone": edit("min_people = 20", "min_people = 0\njoin_km = 100"),
    "nothing-is-a-zone": edit("min_people = 20", "min_people = 1e9"),
    "tiny-weights": edit(
        "[services.fibre]\n", "[services.fibre]\nweight = 1e-300\ntarget_pct = 1e-300\n"
    ),
    "huge-weights": edit("[services.fibre]\n", "[services.fibre]\nweight = 1e300\n"),
    "only-at-the-node": edit('threshold = "3 km"', 'threshold = "0 km"'),
    "within-a-metre": edit('threshold = "3 km"', 'threshold = "1 m"'),
    "two-services-of-a-type": add(
        '[services.village]\ntype = "fibre"\n' + layer("v", "village", "nodes", "nodes.gpkg")
    ),
    "public": edit('name = "drawn"', 'name = "drawn"\npublic = true'),
    "a-huge-seed": edit('name = "drawn"', 'name = "drawn"\nseed = 99999999999999999999999'),
}


@pytest.mark.usefixtures("short_search")
@pytest.mark.parametrize("name", CASES)
def test_a_run_comes_to_its_end(name: str, tmp_path: Path) -> None:
    study = drawn.country(tmp_path / "in")
    spoil(tmp_path / "in", CASES[name])
    with undamaged_read_once():
        said = call("run", study, "--out", tmp_path)
    assert said.exit_code == 0, f"{said.exception!r}\n{said.output}"
    result = dz.read(tmp_path / "drawn")
    known = result.communes["people"].notna()
    assert (result.communes["people"][known] >= 0).all()
    assert result.communes["score"][known].dropna().between(0, 100).all()
    assert result.communes["rank"].notna().sum() <= known.sum()
    assert "\x1b" not in said.output


@pytest.mark.parametrize("reader", ["people_raster", "people_points"])
def test_of_a_smaller_area_only_its_window_is_counted(reader: str, tmp_path: Path) -> None:
    """One person in the middle of every cell; the area's commune is the lower right quarter."""
    study = drawn.country(
        tmp_path,
        boxes={"90001": (0, 0, 4, 4), "91001": (4.6, 0, 8, 2)},
        people=FOUR_ROWS.format("1 " * 8),
    )
    add('[area]\nprovinces = ["91"]\n')(tmp_path)
    if reader == "people_points":
        middles = [(x + 0.5, y + 0.5) for x in range(8) for y in range(4)]
        rows = ["1,{:.3f},{:.3f}\n".format(*drawn.lonlat(*xy)) for xy in middles]
        people("people,lon,lat\n" + "".join(rows), reader)(tmp_path)
        edit('"people.csv"', '"people.csv"\noptions = { cell_degrees = 0.01 }')(tmp_path)
    shares = cells.build(inputs.load(dz.Study.read(study))).shares
    assert shares.raw_total == shares.total == 8.0  # the cells from column 4 on, rows 0 and 1
    inside = {"people_raster": 6.8, "people_points": 6.0}[reader]  # a point is not cut
    assert float(shares.people.sum()) == pytest.approx(inside, rel=1e-6)
    assert shares.outside == pytest.approx(8.0 - inside, abs=1e-6)


@pytest.mark.parametrize("reader", ["people_raster", "people_points"])
def test_of_a_whole_country_everybody_is_counted(reader: str, tmp_path: Path) -> None:
    home = {"90001": (0, 0, 1, 4)}
    people_there, nodes = FOUR_ROWS.format("1 1"), [(0.5, 0.5)]
    study = drawn.country(tmp_path, boxes=home, people=people_there, nodes=nodes)
    if reader == "people_points":
        rows = "".join("8,{:.3f},{:.3f}\n".format(*drawn.lonlat(x, 0.5)) for x in (0.5, 1.5))
        people("people,lon,lat\n" + rows, reader)(tmp_path)
    shares = cells.build(inputs.load(dz.Study.read(study))).shares
    assert (shares.outside, shares.total) in [(4.0, 8.0), (8.0, 16.0)]
