"""The made-up country keeps its promises: same bytes, whole borders, people only inside, laws."""

from __future__ import annotations

import hashlib
import tomllib
import unicodedata
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely

from deadzones.geodata import _synthetic_grid as grid
from deadzones.geodata import _synthetic_terrain as terrain
from deadzones.geodata.synthetic import country

COMMUNES = 12
REAL_PROVINCES = set(
    "01 04 08 11 12 14 15 19 20 22 24 25 31 33 37 38 40 42 44 46 48 51 52 56 66 68 75 79 80 82 86 "
    "91 92 96".split()
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return country(tmp_path_factory.mktemp("made") / "inputs", communes=COMMUNES, seed=4).parent


@pytest.fixture(scope="module")
def communes(folder):
    return gpd.read_file(folder / "communes.gpkg")


@pytest.fixture(scope="module")
def roads(folder):
    return gpd.read_file(folder / "roads.gpkg")


@pytest.fixture(scope="module")
def places(folder):
    return read_points(folder / "places.csv")


@pytest.fixture(scope="module")
def cells(folder):
    """Centres (metres) and persons of the cells with people."""
    with rasterio.open(folder / "people.tif") as file:
        people, transform = file.read(1), file.transform
    row, col = np.nonzero(people > 0)
    x, y = transform * (col + 0.5, row + 0.5)
    return np.column_stack([x, y]), people[row, col].astype(float)


def read_points(path):
    table = pd.read_csv(path, dtype={"commune_code": str})
    points = gpd.points_from_xy(table["lon"], table["lat"])
    return gpd.GeoDataFrame(table, geometry=points, crs=4326).to_crs(grid.EPSG)


def nearest(shapes, points):
    """Distance to the nearest shape, metres."""
    tree = shapely.STRtree(shapes.to_numpy())
    return tree.query_nearest(points, all_matches=False, return_distance=True)[1]


def hashes(folder):
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


@pytest.mark.slow
def test_same_seed_same_bytes(folder, tmp_path):
    again = country(str(tmp_path / "again"), communes=COMMUNES, seed=4).parent
    assert hashes(again) == hashes(folder)


def test_other_seed_other_country(folder, tmp_path):
    other = country(tmp_path, communes=COMMUNES, seed=5).parent
    mine, theirs = hashes(folder), hashes(other)
    assert mine.keys() == theirs.keys()
    assert [name for name in mine if mine[name] == theirs[name]] == ["definitions.csv"]


def test_study_names_every_file_and_says_synthetic(folder):
    study = tomllib.loads((folder / "study.toml").read_text(encoding="utf-8"))
    layers = study["layers"].values()
    named = {layer["path"] for layer in layers}
    assert named | {"study.toml"} == {path.name for path in folder.iterdir()}
    assert {layer["evidence"] for layer in layers} == {"synthetic"}
    assert {layer["owner"] for layer in layers} == {"Giả lập · made up"}
    assert study["seed"] == 4
    assert set(study["services"]) == {"mobile", "fibre", "power"}


def test_vector_files_are_in_the_tm3_zone(folder):
    for path in folder.glob("*.gpkg"):
        table = gpd.read_file(path)
        assert table.crs == "EPSG:9210", path.name
        assert len(table) > 0, path.name
        assert table.geometry.is_valid.all(), path.name
        x, y = table.total_bounds[:2]
        assert 300_000 < x < 700_000, path.name
        assert 2_000_000 < y < 2_800_000, path.name


def test_rasters_cover_the_communes(folder, communes):
    west, south, east, north = communes.total_bounds
    for name, dtype, nodata, cell in (
        ("people.tif", "float32", -99999, 500),
        ("terrain.tif", "int16", -32768, 90),
    ):
        with rasterio.open(folder / name) as file:
            assert file.crs.to_epsg() == 9210
            assert (file.dtypes[0], file.nodata, file.res) == (dtype, nodata, (cell, cell))
            assert (file.profile["compress"], file.profile["tiled"]) == ("deflate", True)
            frame = shapely.box(*file.bounds)
        assert frame.contains(shapely.box(west, south, east, north))


def test_csv_positions_are_wgs84_degrees(folder, communes):
    """VN-2000 read as WGS 84 would shift by 225 m; the places' own communes hold them."""
    sites = pd.read_csv(folder / "operator_b_sites.csv")
    columns = ["site_id", "operator", "technology", "height_m", "radius_km", "lon", "lat"]
    assert list(sites) == columns
    assert sites["site_id"].is_unique
    assert set(sites["technology"]) <= {"4G", "5G"}
    west, south, east, north = communes.to_crs(4326).total_bounds
    assert sites["lon"].between(west, east).mean() > 0.98
    assert sites["lat"].between(south, north).mean() > 0.98


def test_communes_are_a_valid_coverage(communes):
    shapes = communes.geometry.to_numpy()
    assert len(shapes) == COMMUNES
    assert set(communes.geom_type) == {"Polygon"}
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    assert shapely.coverage_union_all(shapes).geom_type == "Polygon"


def test_borders_are_irregular(communes):
    outline = shapely.coverage_union_all(communes.geometry.to_numpy())
    box = shapely.envelope(outline)
    assert shapely.area(outline) < 0.95 * shapely.area(box)
    assert (communes.length > 1.1 * communes.convex_hull.length).mean() > 0.5


def test_codes_are_unique_text_and_not_real(communes):
    assert communes["commune_code"].is_unique
    assert communes["commune_code"].str.fullmatch(r"9\d{4}").all()
    assert communes["province_code"].str.fullmatch(r"\d\d").all()
    assert not set(communes["province_code"]) & REAL_PROVINCES


def test_names_are_vietnamese_and_composed(communes, places):
    assert communes["commune_name"].str.match(r"(Xã|Phường) ").all()
    assert communes["province_name"].str.startswith("Tỉnh ").all()
    for name in [*communes["commune_name"], *places["name"]]:
        assert unicodedata.is_normalized("NFC", name)


@pytest.mark.slow
def test_provinces_share_some_commune_names(tmp_path):
    country(tmp_path, communes=60, seed=1)
    table = gpd.read_file(tmp_path / "communes.gpkg", ignore_geometry=True)
    assert not table.duplicated(["province_code", "commune_name"]).any()
    twice = table.groupby("commune_name")["province_code"].nunique()
    assert (twice > 1).sum() >= 1
    assert table["province_code"].nunique() == 2


def test_every_commune_has_people_and_nobody_lives_outside(communes, cells):
    xy, people = cells
    outline = shapely.coverage_union_all(communes.geometry.to_numpy())
    squares = shapely.box(*(xy - 250).T, *(xy + 250).T)
    whole = shapely.contains(outline, squares)
    assert people[whole].sum() > 0.999 * people.sum()
    assert shapely.intersects_xy(outline, *xy.T).all()
    points = gpd.GeoDataFrame({"people": people}, geometry=shapely.points(xy), crs=communes.crs)
    joined = points.sjoin(communes, predicate="intersects")
    lived = joined.groupby("commune_code")["people"].sum()
    assert set(lived.index) == set(communes["commune_code"])
    assert lived.min() > 500
    assert 5_000 < people.sum() / COMMUNES < 30_000


def test_many_cells_are_empty(folder):
    with rasterio.open(folder / "people.tif") as file:
        people = file.read(1, masked=True)
    assert (people == 0).sum() > 0.5 * people.count()
    assert people.mask.any()


def test_wards_are_smaller_than_rural_communes(communes):
    ward = communes["commune_name"].str.startswith("Phường")
    assert ward.any()
    assert communes.area[ward].median() < 0.5 * communes.area[~ward].median()


def test_people_live_low(folder, cells):
    xy, people = cells
    with rasterio.open(folder / "terrain.tif") as file:
        height = np.array([value[0] for value in file.sample(xy)], dtype=float)
        every = file.read(1)
    assert every.min() >= 0
    assert 300 < every.max() < 2_600
    assert np.average(height, weights=people) < 0.5 * every.mean()


def test_places_lie_in_their_communes_and_hold_the_people(communes, places, cells):
    joined = places.sjoin(communes[["commune_code", "geometry"]], predicate="intersects")
    assert (joined["commune_code_left"] == joined["commune_code_right"]).all()
    assert len(joined) == len(places)
    by_commune = places.groupby("commune_code").size()
    assert len(by_commune) == COMMUNES
    assert by_commune.max() <= 8
    assert not places.duplicated(["commune_code", "name"]).any()
    assert set(places["kind"]) <= {"city", "town", "village", "hamlet"}
    assert places["people"].sum() == pytest.approx(cells[1].sum(), rel=0.001)


def test_each_commune_has_an_office_and_a_school(folder, communes):
    anchors = read_points(folder / "anchors.csv")
    kinds = anchors.groupby("commune_code")["kind"].agg(set)
    assert set(kinds.index) == set(communes["commune_code"])
    assert kinds.map({"commune_office", "clinic", "school"}.issubset).all()


def test_roads_are_one_network_noded_at_junctions(roads):
    lines = roads.geometry.to_numpy()
    coordinates, line = shapely.get_coordinates(lines, return_index=True)
    ends = [tuple(sorted({g.coords[0], g.coords[-1]})) for g in lines]
    group = {point: point for pair in ends for point in pair}

    def root(point):
        while group[point] != point:
            point = group[point]
        return point

    for pair in ends:
        group[root(pair[0])] = root(pair[-1])
    assert len({root(point) for point in group}) == 1
    first = np.r_[True, np.diff(line) > 0]
    inner = coordinates[~(first | np.roll(first, -1))]
    assert not set(map(tuple, inner.tolist())) & set(group)
    noded = shapely.get_coordinates(shapely.node(shapely.multilinestrings(lines)))
    assert len(np.unique(noded, axis=0)) == len(np.unique(coordinates, axis=0))


def test_roads_reach_every_village(roads, places):
    far = nearest(roads.geometry, places.geometry.to_numpy())
    assert far.max() < 2  # metres; CSV degrees are rounded


def test_cables_and_local_lines_follow_roads(folder, roads):
    power = gpd.read_file(folder / "power_lines.gpkg")
    assert set(power["voltage_kv"]) <= {22, 110}
    cables = gpd.read_file(folder / "fibre_cables.gpkg")
    known = set(roads.geometry.to_wkb())
    assert set(cables.geometry.to_wkb()) < known
    assert set(power[power["voltage_kv"] == 22].geometry.to_wkb()) < known


def test_networks_thin_out_toward_the_hills(folder, cells):
    """In the higher half of the land people are less often near each service than in the lower."""
    xy, people = cells
    with rasterio.open(folder / "terrain.tif") as file:
        height = np.array([value[0] for value in file.sample(xy)])
    high = height > np.median(height)
    sites = read_points(folder / "operator_b_sites.csv").geometry
    areas = gpd.read_file(folder / "operator_a_5g.gpkg").geometry
    nodes = gpd.read_file(folder / "fibre_nodes.gpkg").geometry
    cables = gpd.read_file(folder / "fibre_cables.gpkg").geometry
    power = gpd.read_file(folder / "power_lines.gpkg").geometry
    points = shapely.points(xy)
    served = {
        "mobile": (nearest(sites, points) < 4_000)
        | shapely.contains(shapely.union_all(areas.to_numpy()), points),
        "fibre": nearest(pd.concat([nodes, cables]), points) < 5_000,
        "power": nearest(power, points) < 3_000,
    }
    for service, near in served.items():
        share = np.average(near, weights=people)
        assert 0.65 < share < 0.95, service
        low, hills = (np.average(near[w], weights=people[w]) for w in (~high, high))
        assert hills < low - 0.05, service


@pytest.mark.parametrize("communes", [1, 2, 3])
def test_tiny_countries_are_whole(tmp_path, communes):
    country(tmp_path, communes=communes, seed=2)
    table = gpd.read_file(tmp_path / "communes.gpkg")
    assert len(table) == communes
    assert shapely.coverage_is_valid(table.geometry.to_numpy())
    with rasterio.open(tmp_path / "people.tif") as file:
        assert (file.read(1) > 0).any()


@pytest.mark.parametrize("bad", [{"communes": 0}, {"communes": 10_000}, {"seed": -1}])
def test_numbers_out_of_range_are_refused(tmp_path, bad):
    with pytest.raises(ValueError, match="give"):
        country(tmp_path / "new", **bad)
    assert not (tmp_path / "new").exists()


def test_foreign_files_are_not_replaced(tmp_path):
    (tmp_path / "communes.gpkg").write_text("mine")
    with pytest.raises(FileExistsError, match=r"communes\.gpkg.*Give another folder"):
        country(tmp_path, communes=1)
    assert (tmp_path / "communes.gpkg").read_text() == "mine"


def test_a_country_made_before_is_replaced_and_other_files_stay(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    country(tmp_path, communes=1, seed=0)
    before = hashes(tmp_path)
    country(tmp_path, communes=1, seed=1)
    after = hashes(tmp_path)
    assert after.keys() == before.keys() | {"study.previous.toml"}
    assert before["notes.txt"] == after["notes.txt"]
    assert all(
        before[name] != after[name] for name in ("communes.gpkg", "people.tif", "places.csv")
    )


def test_rivers_never_run_uphill():
    frame = grid.square(20.0)
    rng = np.random.default_rng(3)
    start, lift = grid.fractal(rng, frame, 2.8, 20.0), np.ones(frame.shape)
    height, drained, order, below = terrain._carve(start, lift, start, rounds=3)
    sea = height.size
    level = np.append(height.ravel(), 0.0)
    cells = order[order != sea]
    assert (level[cells] > level[below[cells]]).all()
    mouths = cells[below[cells] == sea]
    assert drained.ravel()[mouths].sum() == sea


def test_a_wobble_does_not_fold_the_plane():
    frame = grid.square(20.0)
    bend = grid.wobble(np.random.default_rng(0), frame, 400.0, 900.0, 6.0)
    x, y = np.meshgrid(np.arange(frame.west_m, frame.west_m + 20_000, 100.0), frame.north_m - 5_000)
    moved = bend.move(np.column_stack([x.ravel(), y.ravel()]))
    assert (np.diff(moved[:, 0]) > 0).all()


def test_planar_links_do_not_cross():
    one, other, length = grid.neighbours((5, 6), "planar")
    frame = grid.Frame(0.0, 0.0, (5, 6), 1.0)
    lines = np.array(shapely.linestrings(np.stack([frame.xy(one), frame.xy(other)], axis=1)))
    assert shapely.length(lines) == pytest.approx(length)
    noded = shapely.get_coordinates(shapely.node(shapely.multilinestrings(lines)))
    assert len(np.unique(noded, axis=0)) == 30


def test_a_spline_keeps_constants():
    matrix = grid.spline(40, 90.0, 9, 500.0)
    assert matrix @ np.full(9, 7.0) == pytest.approx(7.0)


def test_a_study_that_somebody_changed_is_kept_aside(tmp_path: Path) -> None:
    study = country(tmp_path, communes=1)
    changed = study.read_text(encoding="utf-8").replace("500e9", "900e9")
    study.write_text(changed, encoding="utf-8")
    country(tmp_path, communes=1)
    assert (tmp_path / "study.previous.toml").read_text(encoding="utf-8") == changed
    assert "500e9" in study.read_text(encoding="utf-8")
