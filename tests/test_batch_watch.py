"""Files that change while tasks read them, and work that is not what its name says."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import drawn
import pytest
import rasterio
from test_batch import SAME
from test_batch_levels import COARSE, country, noise

from deadzones.coverage import batch, batch_frame, batch_store, batch_tasks, batch_watch
from deadzones.coverage.batch import Options
from deadzones.coverage.study import Study
from deadzones.geodata import _raster_checks, people_rows, resampling
from deadzones.geodata.faults import BadInput

SERIAL = Options(engine="serial")


def content(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in SAME}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return country(tmp_path_factory.mktemp("in"), noise((150, 150)), "EPSG:4326", COARSE)


@pytest.fixture(scope="module")
def done_once(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("right")
    batch.score(study, out, SERIAL)
    return out


@pytest.fixture(scope="module")
def right(study: Study, done_once: Path) -> dict[str, bytes]:
    return content(done_once / study.name)


@pytest.fixture
def done(done_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(done_once, tmp_path / "done"))


def rewrite(path: Path) -> None:
    """Put other values into a raster, in its place."""
    with rasterio.open(path) as file:
        values, place = file.read(1), file.transform
    drawn.write_raster(path, values + 5.0, transform=place)


@pytest.mark.parametrize(
    ("name", "module", "reading"),
    [
        ("people.tif", _raster_checks, "check_values"),
        ("people.tif", people_rows, "survey"),
        ("people.tif", people_rows, "at"),
        ("signal.tif", batch_frame, "window"),
        ("signal.tif", resampling, "mean"),
    ],
)
def test_what_a_file_held_for_a_moment_is_not_kept(
    study: Study,
    right: dict[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    module: Any,
    reading: str,
) -> None:
    """Another program writes a raster just as it is read, and its owner puts the old one back."""
    path, read = study.folder / name, getattr(module, reading)
    before = path.read_bytes()

    def overwritten(*told: Any, **more: Any) -> Any:
        if path.read_bytes() == before:
            rewrite(path)
        return read(*told, **more)

    with monkeypatch.context() as patch:
        patch.setattr(module, reading, overwritten)
        with pytest.raises(BadInput, match=rf"{name}: found a file changed during the run"):
            batch.score(study, tmp_path, SERIAL)
    path.write_bytes(before)
    assert content(batch.score(study, tmp_path, SERIAL)) == right


def test_a_file_that_a_worker_does_not_see_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "people.tif"
    path.touch()
    read = batch_watch.states([path])
    path.unlink()
    with pytest.raises(
        BadInput, match=r"no such file any more; wanted a file that .* every worker"
    ):
        batch_watch.refuse_changed(read)


def test_files_with_the_longest_names_are_watched(tmp_path: Path) -> None:
    path = tmp_path / f"{'ố' * 83}x.tif"
    path.touch()
    assert len(path.name.encode()) == 254
    found = batch_watch.states([path])
    assert [each for each, state in found.items() if state is not None] == [path]
    batch_watch.refuse_changed(found)


def test_rows_that_a_killed_program_left_beside_a_geopackage_are_no_change(tmp_path: Path) -> None:
    study = Study.read(drawn.country(tmp_path / "in"))
    path = study.folder / "sites.gpkg"
    rows = path.with_name("sites.gpkg-wal")
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("PRAGMA journal_mode = wal")
        file.execute("CREATE TABLE more (a)")
        kept = [(each, each.read_bytes()) for each in (path, rows)]
    for each, before in kept:
        each.write_bytes(before)
    assert rows.stat().st_size > 0
    assert (batch.score(study, tmp_path / "out", SERIAL) / "communes.csv").is_file()
    assert not rows.exists()


def test_a_worker_with_other_code_does_no_task(study: Study, tmp_path: Path) -> None:
    part = next(batch_frame.lay(study, batch.MOST_CELLS, []).parts())
    with pytest.raises(BadInput, match="workers: found another version of deadzones"):
        batch_tasks.score(replace(part, code="another"), tmp_path)
    assert not list(tmp_path.iterdir())


def test_work_under_the_name_of_another_is_not_taken(
    study: Study, right: dict[str, bytes], done: Path
) -> None:
    kept = sorted((done / f"{study.name}.work").glob("levels-*.work"))
    assert len(kept) > 2
    contents = [path.read_bytes() for path in kept]
    for path, other in zip(kept, [*contents[1:], contents[0]], strict=True):
        path.write_bytes(other)
    for path in (done / f"{study.name}.work").glob("scores-*.work"):
        path.unlink()
    assert content(batch.score(study, done, SERIAL)) == right


def test_work_may_be_read_by_whom_results_may(study: Study, done: Path) -> None:
    """Workers of other machines may run under another account."""
    wanted = (done / study.name / "communes.csv").stat().st_mode
    kept = list((done / f"{study.name}.work").glob("*.work"))
    assert kept
    assert all(path.stat().st_mode == wanted for path in kept)


def test_a_folder_in_place_of_work_is_told(study: Study, done: Path) -> None:
    path = next((done / f"{study.name}.work").glob("scores-*.work"))
    path.unlink()
    path.mkdir()
    with pytest.raises(BadInput, match=rf"{path.name}: found a folder where finished work goes"):
        batch.score(study, done, SERIAL)


def test_what_is_no_file_among_the_work_stays(
    study: Study, right: dict[str, bytes], done: Path
) -> None:
    work = done / f"{study.name}.work"
    (work / "mine.work").mkdir()
    pipe = next(work.glob("ground-*.work"))
    pipe.unlink()
    os.mkfifo(pipe)
    assert batch_store.load(pipe) is None
    assert content(batch.score(study, done, SERIAL)) == right
    assert (work / "mine.work").is_dir()
