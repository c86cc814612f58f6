"""What finished work of scores is named by: found again where nothing that matters has changed.

A change to a field of a study, or to a file, is told by what it makes anew, which is written beside it;
and whatever is found again, the result is that of a run which found nothing.
"""

from __future__ import annotations

import datetime as dt
import shutil
import warnings
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import drawn
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
from pydantic import BaseModel

from deadzones.coverage import batch, batch_files, batch_frame, study_parts
from deadzones.coverage.batch import Options
from deadzones.coverage.study import Study

pytestmark = pytest.mark.slow

SAME = sorted(batch_files.FILES - {"timings.json"})
BOXES: dict[str, drawn.Box] = {"90001": (0, 0, 3, 4), "90002": (3, 0, 5, 4), "91001": (5, 0, 8, 4)}
FINE = 0.001
"""Degrees: ten cells of terrain along each cell of people."""
MORE = """
[layers.places]
reader = "places"
path = "places.gpkg"
evidence = "synthetic"
[layers.anchors]
reader = "places"
path = "places.gpkg"
evidence = "synthetic"
[layers.roads]
reader = "lines"
path = "lines.gpkg"
evidence = "synthetic"
[layers.areas]
role = "mobile"
reader = "polygons"
path = "areas.gpkg"
evidence = "declared"
operator = "B"
[layers.people_totals]
reader = "commune_totals"
path = "totals.csv"
evidence = "synthetic"
"""
GROUND = """
[layers.terrain]
reader = "terrain"
path = "terrain.tif"
evidence = "synthetic"
[layers.land_cover]
reader = "land_cover"
path = "cover.tif"
evidence = "synthetic"
"""


def country(folder: Path, more: str) -> Study:
    path = drawn.country(folder, boxes=BOXES, extra=MORE + more)
    sites = drawn.points([(1.5, 2.5), (6.5, 1.5)], operator=["A", "B"], radius_km=[3.0, 2.0])
    sites = sites.assign(technology="5G", band_mhz=700.0, state="stands")
    sites.to_file(folder / "sites.gpkg")
    drawn.points([(0.5, 0.5), (7.5, 3.5)], name=["P", "Q"]).to_file(folder / "places.gpkg")
    both = [drawn.line((0, 2), (4, 2)), drawn.line((5, 0), (8, 4))]
    lines = gpd.GeoDataFrame({"voltage_kv": [22.0, 110.0]}, geometry=both, crs="EPSG:4326")
    lines.to_file(folder / "lines.gpkg")
    areas = gpd.GeoDataFrame(geometry=[drawn.box(4, 2, 6, 4)], crs="EPSG:4326")
    areas.to_file(folder / "areas.gpkg")
    pd.DataFrame({"commune_code": list(BOXES), "people": [500, 300, 600]}).to_csv(
        folder / "totals.csv", index=False
    )
    for name in ("terrain", "cover", "sea"):
        write_ground(folder, name)
    drawn.write_raster(folder / "more.tif", 2.0 * drawn.picture(drawn.PEOPLE))
    costs = resources.files("deadzones.coverage").joinpath("costs.csv")
    (folder / "costs.csv").write_bytes(costs.read_bytes())
    return Study.read(path)


def write_ground(folder: Path, name: str, *, other: bool = False) -> None:
    """Hills, woods and a lake; or others."""
    high = np.add.outer(np.arange(60), np.arange(100)) % 17 * (9.0 if other else 5.0)
    values = {
        "terrain": high,
        "cover": np.full(high.shape, 50.0 if other else 10.0),
        "sea": np.where(np.arange(100) < (40 if other else 20), 1.0, 0.0) * np.ones((60, 1)),
    }[name]
    west, north = drawn.WEST - 10 * FINE, drawn.SOUTH + 50 * FINE
    place = rasterio.Affine(FINE, 0, west, 0, -FINE, north)
    drawn.write_raster(folder / f"{name}.tif", values, transform=place)


PLAIN, HILLS = "plain", "hills"
STUDIES = {PLAIN: "", HILLS: GROUND + '[radio]\nsea = "sea.tif"\n'}


@pytest.fixture(scope="module", params=list(STUDIES))
def study(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Sites that serve within a radius; and sites whose signal is predicted."""
    study = country(tmp_path_factory.mktemp(request.param), STUDIES[request.param])
    assert study.predicts == (request.param == HILLS)
    return study


@pytest.fixture(scope="module")
def done(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("done")
    batch.score(study, out, Options(engine="serial"))
    return out


# --- the fields -----------------------------------------------------------------------------------

NOTHING, SCORES, LEVELS, ALL = "nothing", "scores", "levels", "all"
"""What is made anew: nothing; scores; also levels of a layer; also people and cells of communes."""
IF_PREDICTED = {PLAIN: NOTHING, HILLS: LEVELS}

Change = tuple[str, Any, str | dict[str, str]]
FIELDS: list[Change] = [
    ("name", "another", NOTHING),  # another folder
    ("title", "another", NOTHING),
    ("seed", 9, NOTHING),
    ("public", True, NOTHING),
    ("allow_outside_paths", True, NOTHING),
    ("area.provinces", ("90",), ALL),
    ("area.bbox", (105.0, 21.0, 105.025, 21.03), ALL),
    ("people.totals", "reconcile", ALL),
    ("layers.areas.role", "power", SCORES),
    ("layers.nodes.reader+path", ("polygons", "areas.gpkg"), LEVELS),
    ("layers.nodes.path", "places.gpkg", LEVELS),
    ("layers.people.path", "more.tif", ALL),
    ("layers.sites.evidence", "proxy", NOTHING),
    ("layers.nodes.evidence", "measured", NOTHING),
    ("layers.people.evidence", "measured", NOTHING),
    ("layers.sites.owner", "another", NOTHING),
    ("layers.sites.date", dt.date(2026, 1, 31), NOTHING),
    ("layers.sites.licence", "another", NOTHING),
    ("layers.nodes.operator", "C", LEVELS),
    ("layers.areas.operator", "A", SCORES),
    ("layers.sites.columns", {"operator": "state"}, LEVELS),
    ("layers.sites.options", {"radius_km": 4.0}, LEVELS),
    ("layers.sites.options", {"level_dbm": -120.0}, {PLAIN: LEVELS, HILLS: LEVELS}),
    ("layers.sites.options", {"keep": {"operator": ["A"]}}, LEVELS),
    ("layers.areas.options", {"level_dbm": -120.0}, SCORES),
    ("layers.lines.options", {"min_kv": 50}, LEVELS),
    ("layers.lines.options", {"join_m": 5.0}, NOTHING),
    ("layers.nodes.options", {"snap_m": 5.0}, NOTHING),
    ("layers.roads.options", {"min_kv": 50}, SCORES),
    ("layers.places.options", {"keep": {"name": ["P"]}}, SCORES),
    ("layers.anchors.options", {"keep": {"name": ["P"]}}, SCORES),
    ("layers.terrain.options", {"crs": "EPSG:4756"}, {HILLS: LEVELS}),
    ("services.fibre.type", "power", LEVELS),
    ("services.mobile.threshold", "-90 dBm", SCORES),
    ("services.fibre.threshold", "2 km", SCORES),
    ("services.fibre.threshold", "60 km", LEVELS),  # farther than was looked
    ("services.power.weight", 2.0, NOTHING),
    ("services.power.target_pct", 50.0, NOTHING),
    ("radio.model", "radius", IF_PREDICTED),
    ("radio.model", "p1812", {HILLS: NOTHING}),
    ("radio.probability", 0.5, IF_PREDICTED),
    ("radio.model_sigma_db", 3.0, IF_PREDICTED),
    ("radio.building", "traditional", IF_PREDICTED),
    ("radio.rx_height_m", 5.0, IF_PREDICTED),
    ("radio.sectors", 3, IF_PREDICTED),
    ("radio.delta_n", 60.0, IF_PREDICTED),
    ("radio.n0", 330.0, IF_PREDICTED),
    ("radio.outside", "sea", IF_PREDICTED),
    ("radio.sea", None, IF_PREDICTED),
    ("dead_zones.min_people", 1.0, SCORES),
    ("dead_zones.join_km", 3.0, SCORES),
    ("costs.path", "costs.csv", NOTHING),
    ("costs.column", "low", NOTHING),
    ("costs.horizon_years", 20, NOTHING),
    ("costs.discount_rate", 0.1, NOTHING),
    ("upgrades.budget_vnd", 1.0, NOTHING),
    ("upgrades.objective", "equity", NOTHING),
    ("upgrades.kinds", ("new_site",), NOTHING),
    ("upgrades.without", ("leo",), NOTHING),
    ("upgrades.reach", "radius", NOTHING),
    ("upgrades.site_band_mhz", 900.0, NOTHING),
    ("upgrades.site_height_m", 30.0, NOTHING),
    ("upgrades.site_radius_km", 2.0, NOTHING),
    ("upgrades.off_road_km", 1.0, NOTHING),
    ("upgrades.join_roads_m", 1.0, NOTHING),
    ("upgrades.steep_pct", 9.0, NOTHING),
    ("upgrades.leo_terminals", 1.0, NOTHING),
    ("upgrades.leo_per_km2", 1.0, NOTHING),
    ("upgrades.stability", False, NOTHING),
    ("upgrades.max_gap", 0.5, NOTHING),
    ("upgrades.province_people", 1.0, NOTHING),
    ("scenarios", {"poor": {"budget_vnd": 1.0}}, NOTHING),
    ("scenario", ({"operator": ("A",)},), NOTHING),
]


def changed(study: Study, field: str, value: Any) -> Study:
    """Return a study with another value of a field; `a.b+c` are two, with two values."""
    whole = study.model_dump()
    *where, last = field.split(".")
    part = whole
    for name in where:
        part = part[name]
    together = last.split("+")
    part.update(zip(together, value if len(together) > 1 else [value], strict=True))
    return Study.model_validate(whole).at(study.folder)


Names = list[dict[str, object]]


def names(study: Study) -> Names:
    """Return what the work of each task is named by: of laying, of levels, of scoring."""
    parts = list(batch_frame.lay(study, Options().most_cells, []).parts())
    return [
        {part.name: part.ground for part in parts},
        {part.name: part.levels for part in parts},
        {part.name: part.key for part in parts},
    ]


@pytest.fixture(scope="module")
def before(study: Study) -> Names:
    return names(study)


def made_anew(before: Names, after: Names) -> str:
    kinds = zip([ALL, LEVELS, SCORES], before, after, strict=True)
    return next((kind for kind, one, other in kinds if one != other), NOTHING)


def in_study(wanted: str | dict[str, str], study: Study) -> str:
    """Return what is wanted of a study, or skip the test where it has no such layer."""
    kind = HILLS if study.predicts else PLAIN
    if isinstance(wanted, dict) and kind not in wanted:
        pytest.skip(f"the study of {kind} has no such layer")
    return wanted if isinstance(wanted, str) else wanted[kind]


def hold(after: Study, done: Path, folder: Path) -> None:
    """Hold that work which is found again leads to what a new run finds."""
    again, new = Path(shutil.copytree(done, folder / "again")), folder / "new"
    found, wanted = (batch.score(after, out, Options(engine="serial")) for out in (again, new))
    assert {path.name for path in wanted.iterdir()} == batch_files.FILES
    for name in SAME:
        assert (found / name).read_bytes() == (wanted / name).read_bytes(), name


@pytest.mark.parametrize(("field", "value", "wanted"), FIELDS)
def test_a_field_names_anew_what_it_matters_to(
    study: Study, before: Names, field: str, value: object, wanted: str | dict[str, str]
) -> None:
    anew = in_study(wanted, study)
    assert made_anew(before, names(changed(study, field, value))) == anew


@pytest.mark.parametrize(("field", "value", "wanted"), [one for one in FIELDS if one[2] != NOTHING])
def test_with_another_field_work_is_found_again_as_it_would_be_new(
    study: Study,
    done: Path,
    tmp_path: Path,
    field: str,
    value: object,
    wanted: str | dict[str, str],
) -> None:
    assert in_study(wanted, study)
    hold(changed(study, field, value), done, tmp_path)


def test_with_all_fields_that_matter_to_nothing_changed_too(
    study: Study, done: Path, tmp_path: Path
) -> None:
    after = study
    for field, value, wanted in FIELDS:
        if wanted == NOTHING and field != "name":
            after = changed(after, field, value)
    hold(after, done, tmp_path)


def leaves(model: type[BaseModel], before: str = "") -> Iterator[str]:
    for name, info in model.model_fields.items():
        kind = info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from leaves(kind, f"{before}{name}.")
        else:
            yield before + name


def test_no_field_is_left_out() -> None:
    several = {"layers": study_parts.Layer, "services": study_parts.Rule}
    wanted = {
        leaf
        for field in leaves(Study)
        for leaf in (leaves(several[field], f"{field}.*.") if field in several else [field])
    }
    found: set[str] = set()
    for field, _, _ in FIELDS:
        *where, last = field.split(".")
        where = [where[0], "*"] if where and where[0] in several else where
        found |= {".".join([*where, name]) for name in last.split("+")}
    assert found == wanted


# --- the files ------------------------------------------------------------------------------------


def raster(folder: Path, name: str) -> None:
    with rasterio.open(folder / name) as file:
        values, place = file.read(1), file.transform
    drawn.write_raster(folder / name, np.where(values > 0, values + 1.0, values), transform=place)


def table(folder: Path, name: str) -> None:
    found = gpd.read_file(folder / name)
    found.geometry = found.geometry.translate(-0.003, 0.002)
    found.to_file(folder / name)


def totals(folder: Path, name: str) -> None:
    pd.read_csv(folder / name).assign(people=[1, 2, 3]).to_csv(folder / name, index=False)


def ground(folder: Path, name: str) -> None:
    write_ground(folder, name.partition(".")[0], other=True)


FILES: list[tuple[str, Callable[[Path, str], None], str | dict[str, str]]] = [
    ("communes.gpkg", table, ALL),
    ("people.tif", raster, ALL),
    ("sites.gpkg", table, LEVELS),
    ("nodes.gpkg", table, LEVELS),
    ("lines.gpkg", table, LEVELS),
    ("areas.gpkg", table, SCORES),
    ("places.gpkg", table, SCORES),
    ("totals.csv", totals, NOTHING),
    ("terrain.tif", ground, IF_PREDICTED),
    ("cover.tif", ground, IF_PREDICTED),
    ("sea.tif", ground, IF_PREDICTED),
]


@pytest.mark.parametrize(("name", "change", "wanted"), FILES)
def test_a_file_names_anew_what_it_matters_to(
    study: Study,
    before: Names,
    done: Path,
    tmp_path: Path,
    name: str,
    change: Callable[[Path, str], None],
    wanted: str | dict[str, str],
) -> None:
    there = Path(shutil.copytree(study.folder, tmp_path / "country"))
    change(there, name)
    after = study.at(there)
    assert made_anew(before, names(after)) == in_study(wanted, study)
    hold(after, done, tmp_path)


def test_a_raster_that_is_placed_anew_is_read_anew(tmp_path: Path) -> None:
    """A world file beside it says where it lies: not a byte of the raster changes."""
    layer = """
[layers.signal]
role = "mobile"
reader = "signal_raster"
path = "signal.tif"
evidence = "synthetic"
"""
    signal = np.where(np.arange(8) < 2, -80.0, -120.0) * np.ones((4, 1))
    place = drawn.write_raster(tmp_path / "plain.tif", signal)
    with rasterio.open(place) as file:
        profile = {key: value for key, value in file.profile.items() if key != "transform"}
    path = tmp_path / "in" / "signal.tif"
    path.parent.mkdir()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
        with rasterio.open(path, "w", **profile) as file:
            file.write(signal.astype("float32"), 1)

    def put(west: float) -> None:
        middle = (west + drawn.CELL / 2, drawn.SOUTH + 3.5 * drawn.CELL)
        numbers = (drawn.CELL, 0.0, 0.0, -drawn.CELL, *middle)
        path.with_suffix(".tfw").write_text("\n".join(map(str, numbers)), encoding="ascii")

    put(drawn.WEST)
    study = country(path.parent, layer)
    before = names(study)
    batch.score(study, tmp_path / "done", Options(engine="serial"))
    put(drawn.WEST + 3 * drawn.CELL)
    assert made_anew(before, names(study)) == LEVELS
    hold(study, tmp_path / "done", tmp_path)


def test_land_cover_that_was_taken_for_the_sea_is_another(tmp_path: Path) -> None:
    terrain = GROUND[: GROUND.index("[layers.land_cover]")]
    wrong = country(tmp_path / "wrong", terrain + '[radio]\nsea = "cover.tif"\n')
    right = country(tmp_path / "right", GROUND)
    batch.score(wrong, tmp_path / "done", Options(engine="serial"))
    assert made_anew(names(wrong), names(right)) == LEVELS
    hold(right, tmp_path / "done", tmp_path)
