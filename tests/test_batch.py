"""Scores task by task: the same as of the whole study, whatever does them and whatever stops them."""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import drawn
import geopandas as gpd
import killed_runs
import lost_worker
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from spoil import call

import deadzones as dz
from deadzones.coverage import (
    batch,
    batch_engines,
    batch_files,
    batch_folder,
    batch_frame,
    batch_ground,
    batch_parts,
    batch_store,
    batch_tasks,
    zones,
)
from deadzones.coverage.analysis import survey
from deadzones.coverage.batch import Options
from deadzones.coverage.study import Study
from deadzones.geodata import _raster_checks, overlaps, people_rows, population, rasters, zonal
from deadzones.geodata.faults import BadInput
from deadzones.geodata.rasters import Raster

SAME = sorted(batch_files.FILES - {"timings.json"})
BOXES: dict[str, drawn.Box] = {
    "90001": (0, 0, 3, 4),
    "90002": (3, 0, 5.5, 4),
    "91001": (5.5, 0, 8, 2.3),
    "91002": (5.5, 2.3, 8, 4),
    "92001": (2.25, 1.2, 2.75, 1.6),  # smaller than a cell, and within another province
}
"""Borders within cells: tasks share some, and dead zones go from one to the other."""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return Study.read(country(tmp_path_factory.mktemp("country")))


def country(folder: Path, extra: str = "") -> Path:
    """Draw a country with places and roads, in which the ward has land of its own."""
    path = drawn.country(folder, boxes=BOXES, extra=extra)
    table = drawn.communes(BOXES)
    ward = table.geometry.iloc[4]
    table.geometry = [*(each.difference(ward) for each in table.geometry[:4]), ward]
    table.to_file(folder / "communes.gpkg")
    return path


def content(folder: Path) -> dict[str, bytes]:
    assert {path.name for path in folder.iterdir()} == batch_files.FILES
    return {name: (folder / name).read_bytes() for name in SAME}


@pytest.fixture(scope="module")
def one_task(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything at once: no seams."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch_parts, "split", lambda communes, *_: [np.arange(len(communes))])
        return batch.score(study, tmp_path_factory.mktemp("one"))


@pytest.fixture(scope="module")
def done_once(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A result and the work that it took."""
    out = tmp_path_factory.mktemp("done")
    batch.score(study, out, Options(engine="serial"))
    return out


@pytest.fixture
def done(done_once: Path, tmp_path: Path) -> Path:
    """The same, for a test of its own."""
    return Path(shutil.copytree(done_once, tmp_path / "done"))


@pytest.mark.slow
def test_communes_are_those_of_a_run(study: Study, one_task: Path) -> None:
    run = dz.run(study)
    found = gpd.read_parquet(one_task / "communes.parquet")
    pd.testing.assert_frame_equal(pd.DataFrame(found), pd.DataFrame(run.communes), check_exact=True)
    dead = gpd.read_file(one_task / "dead_zones.gpkg").set_index("zone_id")
    assert list(dead) == list(run.dead_zones)
    for name in ("lacks", "people", "area_km2", "commune_code", "communes", "nearest_place"):
        assert dead[name].fillna("").tolist() == run.dead_zones[name].fillna("").tolist()
    assert dead.geometry.geom_equals(run.dead_zones.geometry).all()


@pytest.mark.parametrize(
    ("most_cells", "engine"), [(1, "serial"), (10, "threads"), (1000, "threads")]
)
def test_tasks_leave_no_seams(
    study: Study, one_task: Path, tmp_path: Path, most_cells: int, engine: batch_engines.Engine
) -> None:
    found = batch.score(study, tmp_path, Options(engine=engine, most_cells=most_cells))
    assert content(found) == content(one_task)


KERNELS = """
import sys
from pathlib import Path
from numba.core.dispatcher import Dispatcher
from deadzones.coverage import batch, batch_tasks
from deadzones.coverage.study import Study

def loaded():
    return {
        (module, name): len(value.signatures)
        for module in ("coverage._batch_kernels", "geodata._near_kernels", "geodata._people_kernels")
        for name, value in vars(sys.modules[f"deadzones.{module}"]).items()
        if isinstance(value, Dispatcher) and not name.startswith("_")
    }

batch_tasks.load()
before = loaded()
batch.score(Study.read(Path(sys.argv[1])), Path(sys.argv[2]))
print(*(f"{name}: {count}" for name, count in before.items()), sep=chr(10))
assert loaded() == before, "a task has loaded a kernel"
"""


@pytest.mark.slow
def test_no_task_loads_a_kernel_that_was_compiled_before(tmp_path: Path) -> None:
    path = country(tmp_path)
    batch.score(Study.read(path), tmp_path / "first")
    command = [sys.executable, "-c", KERNELS, path, tmp_path / "second"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not told.returncode, told.stderr
    counts = dict(line.split(": ") for line in told.stdout.splitlines())
    assert int(counts["('geodata._near_kernels', 'nearest')"]) > 0


@pytest.mark.slow
def test_another_process_finds_the_same(study: Study, one_task: Path, tmp_path: Path) -> None:
    found = batch.score(study, tmp_path, Options(engine="processes", workers=1))
    assert content(found) == content(one_task)


@pytest.mark.stress
def test_two_processes_find_the_same(study: Study, one_task: Path, tmp_path: Path) -> None:
    found = batch.score(study, tmp_path, Options(engine="processes", workers=2, most_cells=1))
    assert content(found) == content(one_task)


@pytest.fixture
def dask_of_two() -> Iterator[str]:
    """Address of a scheduler with two workers, each a process."""
    distributed = pytest.importorskip("distributed")
    here = str(Path(__file__).parent)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=":0", env={"PYTHONPATH": here}
    ) as cluster:
        yield cluster.scheduler_address


@pytest.mark.stress
def test_dask_workers_find_the_same(
    study: Study, one_task: Path, tmp_path: Path, dask_of_two: str
) -> None:
    found = batch.score(study, tmp_path, Options(dask=dask_of_two, most_cells=1))
    assert content(found) == content(one_task)


@pytest.mark.stress
def test_a_lost_dask_worker_changes_no_byte(
    study: Study,
    one_task: Path,
    tmp_path: Path,
    dask_of_two: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(batch_tasks, "score", lost_worker.score)
        found = batch.score(study, tmp_path, Options(dask=dask_of_two, most_cells=1))
    assert (tmp_path / f"{study.name}.work" / "lost").exists()
    assert content(found) == content(one_task)


@pytest.mark.parametrize(("join_km", "min_people"), [(0.0, 0.0), (1.5, 300.0), (5.0, 0.0)])
def test_zones_go_across_tasks(
    study: Study, tmp_path: Path, join_km: float, min_people: float
) -> None:
    rules = study.dead_zones.model_copy(update={"join_km": join_km, "min_people": min_people})
    changed = study.model_copy(update={"dead_zones": rules})
    whole = survey(changed)
    wanted = zones.find(whole.cells, whole.state, whole.clusters)
    found = batch.score(changed, tmp_path, Options(engine="serial", most_cells=1))
    dead = gpd.read_file(found / "dead_zones.gpkg").set_index("zone_id")
    assert dead["people"].to_dict() == wanted["people"].to_dict()
    assert dead.geometry.geom_equals(wanted.geometry).all()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["points", "totals"])
def test_people_that_are_no_raster(tmp_path: Path, kind: str) -> None:
    path = country(tmp_path / "in")
    if kind == "points":
        middle = [(x + 0.5, y + 0.5) for x in range(8) for y in range(4)]
        people = drawn.points(middle, people=[float(n) for n in range(32)])
        people.to_file(tmp_path / "in" / "people.gpkg")
        text = 'reader = "people_points"\npath = "people.gpkg"'
    else:
        codes = list(BOXES)
        table = pd.DataFrame({"commune_code": codes, "people": [100.0, 50, 70, 20, 9]})
        table.to_csv(tmp_path / "in" / "people.csv", index=False)
        text = 'reader = "commune_totals"\npath = "people.csv"'
    before = 'reader = "people_raster"\npath = "people.tif"'
    told = path.read_text(encoding="utf-8")
    assert before in told
    path.write_text(told.replace(before, text), encoding="utf-8")
    found = batch.score(Study.read(path), tmp_path, Options(engine="serial", most_cells=1))
    communes = gpd.read_parquet(found / "communes.parquet")
    pd.testing.assert_frame_equal(
        pd.DataFrame(communes), pd.DataFrame(dz.run(Study.read(path)).communes), check_exact=True
    )


def test_counts_reconcile(one_task: Path) -> None:
    import json

    told = json.loads((one_task / "manifest.json").read_text(encoding="utf-8"))
    counts = told["counts"]
    assert counts["people_in_communes"] + counts["people_outside"] == counts["people_counted"]
    assert counts["people_counted"] == pytest.approx(counts["people_input"])
    communes = gpd.read_parquet(one_task / "communes.parquet")
    assert communes["people"].sum() == counts["people_in_communes"]
    assert communes["dead_people"].sum() == counts["people_in_dead_zones"]
    assert told["synthetic"]
    assert told["evidence"] == "synthetic"


# --- people, row by row ---------------------------------------------------------------------------


@pytest.mark.parametrize("step", [1, 3, 10_000])
def test_people_counted_in_blocks_are_those_counted_at_once(
    tmp_path: Path, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(4)
    values = rng.lognormal(1, 2, (9, 6)) * (rng.random((9, 6)) < 0.7)
    values[2, 3] = values[8, 5] = np.nan
    path = drawn.write_raster(tmp_path / "a.tif", values)
    there = drawn.transform(9)
    raster = Raster(path, rasters.Grid("EPSG:4326", there, (9, 6)), -99999.0)
    table = drawn.communes({"90001": (0, 0, 2.6, 9), "90002": (2.6, 1.3, 5.2, 8.8)})
    plan = zonal.fractions(table, transform=there, shape=(9, 6), crs="EPSG:4326")
    wanted = population.from_raster(rasters.read_part(raster, slice(0, 9), slice(0, 6)), plan)

    monkeypatch.setattr(people_rows, "_CELLS", step)
    rows = people_rows.survey(raster, slice(0, 9), slice(0, 6))
    number, of_triple = np.unique(plan.cell, return_inverse=True)
    counted = people_rows.at(rows, number)
    shared = people_rows.shared_out(counted, plan, of_triple) * rows.quantum
    assert np.array_equal(shared, wanted.people, equal_nan=True)
    assert rows.counted * rows.quantum == wanted.total


def test_operators_whose_first_site_is_off_the_terrain_keep_their_figures(tmp_path: Path) -> None:
    """Where all of A, B and C are known in each task, figures go by position."""
    ground = """
[layers.terrain]
reader = "terrain"
path = "terrain.tif"
evidence = "synthetic"
"""
    boxes: dict[str, drawn.Box] = {"90001": (0, 0, 4, 4), "91001": (40, 0, 44, 4)}
    people = "\n".join([" ".join(["10"] * 44)] * 4)
    path = drawn.country(tmp_path / "in", boxes=boxes, people=people, extra=ground)
    fine = rasterio.Affine(0.001, 0, drawn.WEST, 0, -0.001, drawn.SOUTH + 0.04)
    drawn.write_raster(tmp_path / "in" / "terrain.tif", np.zeros((40, 440)), transform=fine)
    places = [(60, 60), (61, 60), (41.5, 1.5), (1.5, 1.5), (42.5, 2.5)]
    sites = drawn.points(places, operator=["C", "A", "C", "A", "B"], radius_km=[1.5] * 5)
    sites = sites.assign(technology="5G", band_mhz=700.0)
    sites.to_file(tmp_path / "in" / "sites.gpkg")
    study = Study.read(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch_parts, "split", lambda communes, *_: [np.arange(len(communes))])
        whole = gpd.read_parquet(batch.score(study, tmp_path / "one") / "communes.parquet")
    found = batch.score(study, tmp_path / "many", Options(engine="serial"))
    parts = gpd.read_parquet(found / "communes.parquet")
    pd.testing.assert_frame_equal(pd.DataFrame(whole), pd.DataFrame(parts), check_exact=True)
    served = {name: parts[f"mobile_{name}_people_pct"] > 0 for name in "abc"}
    assert served["a"].tolist() == [True, False]
    assert served["b"].tolist() == served["c"].tolist() == [False, True]
    notes = json.loads((found / "manifest.json").read_text("utf-8"))["services"]["mobile"][
        "predicted"
    ]
    assert any(line.startswith("in 90: ") for line in notes["sites"])


# --- what is done again ---------------------------------------------------------------------------


def keys(study: Study) -> dict[str, tuple[str, dict[str, str]]]:
    """Name the work of each task: of scoring, and of the levels of each layer."""
    frame = batch_frame.lay(study, Options().most_cells, [])
    return {part.name: (part.key, dict(part.levels)) for part in frame.parts()}


def changed(study: Study, **parts: object) -> Study:
    return study.model_copy(update=parts)


def rule(study: Study, key: str, **words: object) -> Study:
    services = {**study.services, key: study.services[key].model_copy(update=words)}
    return changed(study, services=services)


def test_a_part_of_a_table_is_named_as_if_it_were_all() -> None:
    shapes = [shapely.Point(105, 21), None, shapely.box(105, 21, 106, 22), shapely.Point()]
    table = gpd.GeoDataFrame(
        {
            "text": ["a", None, "", "a"],
            "number": [1.0, np.nan, -0.0, 1.0],
            "kind": pd.Categorical(["x", "y", "x", "x"]),
            "many": [["a"], [], None, ["a", "b"]],
            "when": pd.to_datetime(["2026-01-01", None, "2026-01-02", "2026-01-01"]),
        },
        index=pd.Index(["00001", "00002", "00003", "00004"]),
        geometry=shapes,
        crs=4326,
    )
    whole = batch_store.names(table)
    for which in ([True, False, True, True], [False] * 4, [2, 0]):
        some = table[which] if isinstance(which[0], bool) else table.iloc[which]
        assert whole.of(which).rows.tolist() == batch_store.names(some).rows.tolist()
        assert batch_store.key(whole.of(which)) == batch_store.key(some)
    assert len({tuple(row) for row in whole.rows.tolist()}) == 4


@pytest.mark.parametrize(
    ("column", "value"),
    [("text", "b"), ("number", 2.0), ("many", ["a", "b"]), ("geometry", shapely.Point(105, 22))],
)
def test_every_value_is_in_the_name_of_its_table(column: str, value: object) -> None:
    columns = {"text": ["a"], "number": [1.0], "many": [["a"]]}
    table = gpd.GeoDataFrame(columns, geometry=[shapely.Point(105, 21)], crs=4326)
    other = table.copy()
    other.at[0, column] = value
    assert batch_store.key(table) != batch_store.key(other)
    renamed = table.rename(columns={"number": "figure"})
    moved, elsewhere = table.set_index(pd.Index([7])), table.set_crs(4756, allow_override=True)
    found = [table, other, renamed, moved, elsewhere, table.iloc[:0]]
    assert len(set(map(batch_store.key, found))) == len(found)


def test_a_layer_that_changes_touches_its_own_levels_alone(study: Study) -> None:
    before = keys(study)
    nodes = drawn.points([(2.6, 3.5)], name=["N0"])
    layers = {**study.layers}
    name = next(name for name, layer in layers.items() if layer.role == "fibre")
    layers[name] = layers[name].model_copy(update={"path": nodes})
    after = keys(changed(study, layers=layers))
    for task, (key, levels) in before.items():
        assert after[task][0] != key
        assert {n for n in levels if after[task][1][n] != levels[n]} == {name}


def test_a_site_far_away_touches_no_task_here(study: Study) -> None:
    near, far = drawn.points([(0.5, 0.5)]), drawn.points([(0.5, 0.5), (90.5, 0.5)])
    name = next(name for name, layer in study.layers.items() if layer.role == "power")

    def named(sites: gpd.GeoDataFrame) -> dict[str, tuple[str, dict[str, str]]]:
        spec = study.layers[name].model_copy(update={"path": sites, "reader": "nodes"})
        return keys(changed(study, layers={**study.layers, name: spec}))

    assert named(near) == named(far)


def test_a_raster_that_changes_touches_the_tasks_that_read_there(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    signal = rng.uniform(-130.0, -90.0, (4, 40))
    far = {"90001": (0.0, 0.0, 3.0, 4.0), "91001": (30.0, 0.0, 40.0, 4.0)}
    people = "\n".join([" ".join(["1"] * 40)] * 4)
    study = Study.read(drawn.country(tmp_path / "in", boxes=far, people=people))
    path = drawn.write_raster(tmp_path / "signal.tif", signal)
    name = next(name for name, layer in study.layers.items() if layer.role == "mobile")
    spec = study.layers[name].model_copy(
        update={"path": str(path), "reader": "signal_raster", "options": {}}
    )
    with_signal = changed(study, layers={**study.layers, name: spec})
    before = keys(with_signal)
    signal[2, 39] += 5.0
    drawn.write_raster(path, signal)
    after = keys(with_signal)
    assert after["90"] == before["90"]
    assert after["91"][1][name] != before["91"][1][name]


@pytest.fixture
def counted_levels(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The layers whose levels were found anew."""
    names: list[str] = []
    find = batch_tasks.access.find_levels

    def noted(layer, *rest):
        names.append(layer.name)
        return find(layer, *rest)

    monkeypatch.setattr(batch_tasks.access, "find_levels", noted)
    return names


@pytest.mark.slow
def test_another_threshold_finds_no_levels_anew(
    study: Study, one_task: Path, done: Path, counted_levels: list[str]
) -> None:
    other = rule(study, "power", threshold="1.5 km")
    assert content(batch.score(other, done, Options(engine="serial"))) != content(one_task)
    assert content(batch.score(study, done, Options(engine="serial"))) == content(one_task)
    assert counted_levels == []


@pytest.mark.slow
def test_another_threshold_lays_no_commune_and_checks_no_value_anew(
    study: Study, done: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def noted(name: str, function: Any) -> Any:
        return lambda *given, **named: (seen.append(name), function(*given, **named))[1]

    looked = (batch_ground.zonal, "fractions"), (_raster_checks, "check_values"), (overlaps, "find")
    for module, name in looked:
        monkeypatch.setattr(module, name, noted(name, getattr(module, name)))
    other = rule(study, "power", threshold="1.5 km")
    batch.score(other, done, Options(engine="serial"))
    assert seen == []
    batch.score(other, done, Options(engine="serial", resume=False))
    assert seen.count("check_values") == seen.count("find") == 1
    assert seen.count("fractions") == 1 + len(keys(study))  # once to count the cells of all


def test_a_raster_that_changes_is_checked_anew(tmp_path: Path) -> None:
    study = Study.read(country(tmp_path / "in"))
    batch.score(study, tmp_path, Options(engine="serial"))
    people = np.ones((4, 8))
    people[1, 1] = -5.0
    drawn.write_raster(tmp_path / "in" / "people.tif", people)
    with pytest.raises(BadInput, match="-5"):
        batch.score(study, tmp_path, Options(engine="serial"))


@pytest.mark.slow
def test_what_a_file_beside_a_raster_says_is_unknown_is_heeded(tmp_path: Path) -> None:
    study = Study.read(country(tmp_path / "in"))
    people = np.full((4, 8), 7.0)
    people[0, :2] = 9.0
    path = drawn.write_raster(tmp_path / "in" / "people.tif", people, nodata=None)
    before = content(batch.score(study, tmp_path / "out", Options(engine="serial")))
    beside = '<PAMRasterBand band="1"><NoDataValue>9</NoDataValue></PAMRasterBand>'
    Path(f"{path}.aux.xml").write_text(f"<PAMDataset>{beside}</PAMDataset>", encoding="utf-8")
    after = content(batch.score(study, tmp_path / "out", Options(engine="serial")))
    assert after != before
    assert after == content(batch.score(study, tmp_path / "new", Options(engine="serial")))


def test_work_of_before_is_used_or_not_as_asked(
    study: Study, one_task: Path, done: Path, counted_levels: list[str]
) -> None:
    batch.score(study, done, Options(engine="serial"))
    assert counted_levels == []
    found = batch.score(study, done, Options(engine="serial", resume=False))
    assert content(found) == content(one_task)
    assert counted_levels


def test_a_spoiled_file_of_work_is_made_anew(study: Study, one_task: Path, done: Path) -> None:
    chance = random.Random(3)
    for path in sorted((done / f"{study.name}.work").glob("*.work")):
        data = bytearray(path.read_bytes())
        if chance.random() < 0.5:
            data[chance.randrange(len(data))] ^= 0x55
            path.write_bytes(data)
        else:
            path.write_bytes(data[: len(data) // 2])
    assert content(batch.score(study, done, Options(engine="serial"))) == content(one_task)


def test_every_byte_of_work_is_checked(tmp_path: Path) -> None:
    path = tmp_path / "a.work"
    work = batch_store.Work(
        {"a": np.arange(5.0)}, {"t": pd.DataFrame({"x": [1, 2]})}, {"text": "Mộng"}
    )
    batch_store.save(path, work)
    whole = path.read_bytes()
    for at in range(0, len(whole), 7):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        found = batch_store.load(path)
        if found is not None:  # a byte that says nothing: a date, a permission
            assert found.arrays["a"].tolist() == [0, 1, 2, 3, 4]
            assert found.tables["t"]["x"].tolist() == [1, 2]
            assert found.about == {"text": "Mộng"}


@pytest.mark.parametrize(
    "array",
    [
        np.zeros(0),
        np.zeros((3, 0), dtype=bool),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(12, dtype=np.int32).reshape(3, 4)[::2, 1::2],
        np.arange(6, dtype=">i2")[::-1],
        np.array(["Mộng", "Cái"]),
        np.array(1.5),
    ],
    ids=["empty", "no columns", "by columns", "strided", "turned", "text", "one"],
)
def test_work_comes_back_as_it_was(tmp_path: Path, array: np.ndarray) -> None:
    batch_store.save(tmp_path / "a.work", batch_store.Work({"a": array}))
    found = batch_store.load(tmp_path / "a.work")
    assert found is not None
    assert found.arrays["a"].dtype == array.dtype
    assert np.array_equal(found.arrays["a"], array)


def test_tables_of_work_come_back_as_they_were(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "geometry": [shapely.to_wkb(shapely.Point(105, 21)), b""],
            "text": pd.array(["Mộng", None], dtype="str"),
            "people": [1.5, np.nan],
            "communes": pd.array([3, 4], dtype="int32"),
        },
        index=pd.Index(["00001", "00002"], name="commune_code"),
    )
    tables = {"two": table, "none": table.iloc[:0], "bare": pd.DataFrame(index=table.index)}
    batch_store.save(tmp_path / "a.work", batch_store.Work(tables=tables))
    found = batch_store.load(tmp_path / "a.work")
    assert found is not None
    for name, each in tables.items():
        pd.testing.assert_frame_equal(found.tables[name], each)


def test_only_the_work_of_the_last_run_is_kept(study: Study, done: Path) -> None:
    folder = done / f"{study.name}.work"
    before = {path.name for path in folder.iterdir()}
    (folder / "scores-00.work").touch()
    (folder / "half.tmp").touch()
    batch.score(study, done, Options(engine="serial"))
    assert {path.name for path in folder.iterdir()} == before


# --- what may go wrong ----------------------------------------------------------------------------


def test_two_runs_into_one_folder_are_refused(study: Study, tmp_path: Path) -> None:
    with (
        batch_folder.owned(tmp_path / f"{study.name}.work"),
        pytest.raises(BadInput, match=rf"a run that is under way \(process {os.getpid()}\)"),
    ):
        batch.score(study, tmp_path)


def test_a_lock_that_another_run_just_removed_holds_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_late(_: int) -> bool:
        (tmp_path / "work" / "lock").unlink()
        return True

    monkeypatch.setattr(batch_folder, "_locked", too_late)
    with (
        pytest.raises(BadInput, match="a run that is under way"),
        batch_folder.owned(tmp_path / "work"),
    ):
        pytest.fail("held")


def test_an_error_removes_no_folder_of_another_run(tmp_path: Path) -> None:
    work = tmp_path / "work"
    with ExitStack() as held:
        with pytest.raises(ZeroDivisionError), batch_folder.owned(work):  # noqa: PT012
            shutil.rmtree(work)
            held.enter_context(batch_folder.owned(work))
            raise ZeroDivisionError
        assert (work / "lock").is_file()


def test_a_fault_leaves_no_empty_folder(tmp_path: Path) -> None:
    study = Study.read(country(tmp_path / "in"))
    (tmp_path / "in" / "sites.gpkg").write_text("no layer")
    with pytest.raises(BadInput, match=r"sites\.gpkg"):
        batch.score(study, tmp_path / "new" / "out")
    assert not (tmp_path / "new").exists()
    (tmp_path / "mine").mkdir()
    with pytest.raises(BadInput, match=r"sites\.gpkg"):
        batch.score(study, tmp_path / "mine")
    assert not list((tmp_path / "mine").iterdir())


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda work: work.touch(), "no place for a folder"),
        (lambda work: work.symlink_to("nowhere"), "no place for a folder"),
        (lambda work: (work / "lock").mkdir(parents=True), "no work of scores"),
        (lambda work: [work.mkdir(), (work / "mine.tmp").touch()], "no work of scores"),
    ],
)
def test_what_is_no_folder_of_work_is_told_and_left_alone(
    study: Study, tmp_path: Path, make: Callable[[Path], object], said: str
) -> None:
    make(tmp_path / f"{study.name}.work")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(BadInput, match=said):
        batch.score(study, tmp_path, Options(resume=False))
    assert sorted(tmp_path.rglob("*")) == before


def test_a_place_where_no_folder_can_be_is_told(study: Study, tmp_path: Path) -> None:
    itself = tmp_path / "itself"
    itself.symlink_to(itself)
    for out in (itself, tmp_path / ("long" * 80)):
        with pytest.raises(BadInput, match="no place for a folder"):
            batch.score(study, out)
        said = call("score", study.folder / "study.toml", "--out", out)
        assert said.exit_code == 2, said.output


@pytest.mark.parametrize(
    ("number", "told"),
    [(errno.ENOSPC, "a full disk"), (errno.EROFS, "a folder that may not be written")],
)
def test_no_room_is_one_clear_message(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, told: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(batch_store.zipfile, "ZipFile", refuse)
        with pytest.raises(BadInput, match=told):
            batch.score(study, tmp_path, Options(engine="serial"))
    assert not (tmp_path / study.name).exists()


@pytest.mark.stress
def test_a_full_disk_is_told_and_what_is_finished_is_kept(
    study: Study, one_task: Path, tmp_path: Path
) -> None:
    disk, small = tmp_path / "disk", ["-t", "tmpfs", "-o", "size=20k", "tmpfs"]
    disk.mkdir()
    mount = shutil.which("mount")
    if mount is None or subprocess.run([mount, *small, disk], check=False).returncode:
        pytest.skip("a small disk can be mounted by the superuser alone")
    told: list[str] = []
    try:
        for room in range(20, 2000, 20):
            subprocess.run([mount, "-o", f"remount,size={room}k", disk], check=True)
            try:
                found = content(batch.score(study, disk, Options(engine="serial")))
            except BadInput as error:
                told.append(str(error))
                assert not (disk / study.name).exists()
            else:
                assert found == content(one_task)
                break
    finally:
        subprocess.run(["umount", disk], check=True)
    assert len(told) > 3
    assert all("a full disk" in text for text in told)


def test_a_file_that_changes_during_the_run_is_refused(tmp_path: Path) -> None:
    study = Study.read(country(tmp_path / "in"))

    def tell(text: str) -> None:
        if text == "joining dead zones":
            later = time.time_ns() + 10**9
            os.utime(tmp_path / "in" / "sites.gpkg", ns=(later, later))

    with pytest.raises(BadInput, match=r"sites\.gpkg: found a file changed during the run"):
        batch.score(study, tmp_path / "out", tell=tell)
    assert not (tmp_path / "out" / study.name).exists()
    assert list((tmp_path / "out" / f"{study.name}.work").glob("*.work"))  # finished: kept


@pytest.mark.parametrize("name", ["people.tfw", "people.tif.aux.xml", "sites.gpkg-wal"])
def test_a_file_that_is_read_with_another_may_not_come_during_the_run(
    tmp_path: Path, name: str
) -> None:
    study = Study.read(country(tmp_path / "in"))

    def tell(text: str) -> None:
        if text == "joining dead zones":
            (tmp_path / "in" / name).touch()

    with pytest.raises(BadInput, match=rf"{name}: found a file that came during the run"):
        batch.score(study, tmp_path / "out", tell=tell)
    assert not (tmp_path / "out" / study.name).exists()


@pytest.mark.parametrize("name", ["map.html", "my thesis.docx"])
def test_what_is_no_folder_of_scores_is_left_alone(study: Study, tmp_path: Path, name: str) -> None:
    (tmp_path / study.name).mkdir()
    (tmp_path / study.name / name).touch()
    with pytest.raises(BadInput, match="wanted a new folder"):
        batch.score(study, tmp_path)


def test_dask_that_is_not_there_is_told(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_engines, "_PATIENCE_S", 0.3)
    with pytest.raises(BadInput, match=r"no dask\.distributed here|no scheduler at"):
        batch.score(study, tmp_path, Options(dask="tcp://127.0.0.1:9"))


@pytest.mark.stress
def test_work_of_a_lost_process_is_done_by_another(tmp_path: Path) -> None:
    marks = [tmp_path / name for name in "abcde"]
    for mark in marks[1:]:
        mark.touch()
    found = batch_engines.run(lost_worker.once, marks, "processes", 2)
    assert sorted(found) == list("abcde")
    with pytest.raises(BadInput, match="worker processes that were lost"):
        list(batch_engines.run(lost_worker.always, marks, "processes", 1))


def test_a_public_study_tells_no_distance_to_sites(study: Study, tmp_path: Path) -> None:
    found = batch.score(changed(study, public=True), tmp_path, Options(engine="serial"))
    dead = gpd.read_file(found / "dead_zones.gpkg")
    assert not {f"{service}_km" for service in study.services} & set(dead)


def test_a_plan_says_what_is_left_to_do(study: Study, done: Path, tmp_path: Path) -> None:
    before = batch.plan(study, tmp_path / "new")
    assert list(before.tasks.index) == ["90", "91", "92"]
    assert before.tasks["communes"].tolist() == [2, 2, 1]
    assert not before.tasks["done"].any()
    assert before.seconds > 0
    assert not (tmp_path / "new").exists()
    after = batch.plan(study, done)
    assert after.tasks["done"].all()
    assert batch.lines(after)[-1].startswith("3 tasks, 3 of them done; some 0 s")


# --- killed ---------------------------------------------------------------------------------------


def kill_often(folder: Path, moments: int) -> None:
    if sys.platform == "win32":
        pytest.skip("processes are not forked there")
    program = Path(killed_runs.__file__)
    told = subprocess.run(
        [sys.executable, program, country(folder / "in"), folder, str(moments)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr


def test_two_kills_change_no_byte(tmp_path: Path) -> None:
    kill_often(tmp_path, 2)


@pytest.mark.stress
def test_twenty_kills_change_no_byte(tmp_path: Path) -> None:
    kill_often(tmp_path, 20)


def test_split_keeps_provinces_apart_and_neighbours_together() -> None:
    boxes = [shapely.box(x, y, x + 1, y + 1) for x in range(6) for y in range(4)]
    table = gpd.GeoDataFrame({"province_code": ["01"] * 12 + ["02"] * 12}, geometry=boxes, crs=4326)
    parts = batch_parts.split(table, np.full(24, 10), 40)
    assert np.array_equal(np.sort(np.concatenate(parts)), np.arange(24))
    for part in parts:
        assert len(set(table["province_code"].iloc[part])) == 1
        assert len(part) <= 4
        assert table.iloc[part].union_all().geom_type == "Polygon"
