"""Scores of a whole nation, task by task: stopped at any moment, it goes on where it was."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from . import batch_engines as engines
from . import batch_files as files
from . import batch_folder as folder
from . import batch_frame as frames
from . import batch_ground
from . import batch_results as results
from . import batch_seams as seams
from . import batch_store as store
from . import batch_tasks as tasks
from . import batch_watch as watch
from .batch_frame import Frame
from .batch_parts import Part
from .inputs import Step
from .study import Study
from .timing import stage

MOST_CELLS = 3_000_000
"""In one task: some 400 MB. The largest province has 2.9 million cells of 100 m."""
_THREADS = 4
"""Up to so many workers are threads of this process: they share what was read, and most of a task is
done by kernels that run beside one another. More would wait for each other between these."""
_FEW_CELLS = 2_000_000
"""Under which starting processes takes longer than they save."""
_CELLS_A_SECOND = 500_000.0
"""Scored by one worker, for estimates: three services of distances, on a small machine of 2026."""


@dataclass(frozen=True)
class Options:
    """How scores are found: nothing here changes them.

    Parameters
    ----------
    workers : int
        How many tasks are done at once.
    engine : {"serial", "threads", "processes"}, optional
        Who does them; by default whatever is best for their number and size.
    dask : str, optional
        Address of a dask scheduler whose workers do them.
    resume : bool
        Whether finished work of an earlier run is used.
    most_cells : int
        In one task.

    Examples
    --------
    >>> Options().workers
    2
    """

    workers: int = 2
    engine: engines.Engine | None = None
    dask: str | None = None
    resume: bool = True
    most_cells: int = MOST_CELLS


@dataclass(frozen=True, eq=False)
class Plan:
    """What a run would do.

    Parameters
    ----------
    tasks : DataFrame
        By name: ``communes``, ``cells``, and whether it is ``done``.
    seconds : float
        How long it may take: a rough guess, without predictions of radio.

    Examples
    --------
    >>> Plan(pd.DataFrame(), 1.0).seconds
    1.0
    """

    tasks: pd.DataFrame
    seconds: float


def score(
    study: Study, out: Path, options: Options | None = None, tell: Step = lambda _: None
) -> Path:
    """Score the communes of a study and find its dead zones, one task a province.

    Parameters
    ----------
    study : Study
    out : Path
        The result goes to ``out/<name>``, finished tasks to ``out/<name>.work``.
    options : Options, optional
    tell : callable
        Told what is being done, and how long it may still take.

    Returns
    -------
    Path
        Folder with ``communes.parquet``, ``communes.csv``, ``dead_zones.gpkg``, ``manifest.json``
        and ``timings.json``. All but the last are the same bytes whatever does the tasks.

    Raises
    ------
    BadInput
        With all faults of all layers; when another run has the folder, a disk is full, a folder may
        not be written, or a file changes during the run.

    Examples
    --------
    >>> import tempfile
    >>> from deadzones.geodata import synthetic
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     study = Study.read(synthetic.country(folder, communes=1))
    ...     sorted(path.name for path in score(study, Path(folder, "out")).glob("*.parquet"))
    ['communes.parquet']
    """
    options, out = options or Options(), folder.real(out)
    target, work = out / study.name, out / f"{study.name}.work"
    with folder.room(out), folder.owned(work):
        files.refuse_foreign(target)
        clean(target)
        if not options.resume:
            forget(work)
        used = score_in(study, target, work, options, tell)
        store.prune(work, used)
    return target


def score_in(study: Study, target: Path, work: Path, options: Options, tell: Step) -> set[Path]:
    """Score a study into a folder, with a folder of finished work that the caller holds.

    Parameters
    ----------
    study : Study
    target, work : Path
    options : Options
    tell : callable

    Returns
    -------
    set of Path
        The files of work that it took.

    Examples
    --------
    >>> score_in.__name__
    'score_in'
    """
    timings: list[Mapping[str, Any]] = []
    with ThreadPoolExecutor(1) as beside:
        # Before the tasks: workers that load kernels at once wait for each other.
        loaded = beside.submit(tasks.load)
        frame = frames.lay(study, options.most_cells, timings, tell, work=work)
        loaded.result()
    with stage("scoring communes", timings, tell):
        keys, used = _done(frame, work, options, tell)
    with stage("joining dead zones", timings, tell):
        paths = [store.place(work, tasks.SCORES, key) for key in keys]
        wanted = {"communes", "zones", *seams.NEEDED, *results.NEEDED}
        found = [store.needed(path, wanted) for path in paths]
        joined = seams.join(found, frame.grid, study.dead_zones)
        with ThreadPoolExecutor(1) as beside:
            ranked = beside.submit(results.communes, frame.inputs, frame.grid, found, joined)
            dead = results.dead_zones(frame.inputs, frame.grid, paths, found, joined)
            communes = ranked.result()
    with stage("writing", timings, tell):
        names = frame.names
        manifest = results.manifest(frame.inputs, frame.totals, communes, found, names, joined)
        if study.public:
            dead = results.published(dead, study)
        watch.refuse_changed(frame.states)
        files.write(target, communes, dead, manifest, timings)
    return used


def plan(study: Study, out: Path, options: Options | None = None) -> Plan:
    """Say what a run would do, and about how long it would take; write nothing.

    Parameters
    ----------
    study : Study
    out : Path
    options : Options, optional

    Returns
    -------
    Plan

    Raises
    ------
    BadInput
        With all faults of all layers.

    Examples
    --------
    >>> import tempfile
    >>> from deadzones.geodata import synthetic
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     study = Study.read(synthetic.country(folder, communes=1))
    ...     plan(study, Path(folder, "out")).tasks["done"].tolist()
    [False]
    """
    return plan_in(study, out / f"{study.name}.work", options or Options())


def plan_in(study: Study, work: Path, options: Options) -> Plan:
    """Say what a run with a folder of finished work would do; write nothing.

    Examples
    --------
    >>> plan_in.__name__
    'plan_in'
    """
    frame = frames.lay(study, options.most_cells, [])
    rows = [
        {
            "task": part.name,
            "communes": int(part.own.sum()),
            "cells": int(frame.cells[group].sum()),
            "done": options.resume and store.place(work, tasks.SCORES, part.key).is_file(),
        }
        for part, group in zip(frame.parts(), frame.groups, strict=True)
    ]
    table = pd.DataFrame(rows).set_index("task")
    open_cells = float(table.loc[~table["done"], "cells"].sum())
    return Plan(table, open_cells / _CELLS_A_SECOND / options.workers)


def lines(found: Plan) -> list[str]:
    """Write a plan in words.

    Examples
    --------
    >>> table = pd.DataFrame({"communes": [3], "cells": [9], "done": [True]}, index=["01"])
    >>> lines(Plan(table, 0.0))
    ['01: 3 communes, 9 cells, done', '1 task, 1 of them done; some 0 s to go, radio apart']
    """
    table = found.tasks
    told = [
        f"{row.Index}: {row.communes:,} communes, {row.cells:,} cells" + ", done" * bool(row.done)
        for row in table.itertuples()
    ]
    noun = "task" if len(table) == 1 else "tasks"
    done = int(table["done"].sum())
    return [
        *told,
        f"{len(table)} {noun}, {done} of them done; {_left(found.seconds)} to go, radio apart",
    ]


def _left(seconds: float) -> str:
    return f"some {seconds:.0f} s" if seconds < 100 else f"some {seconds / 60:.0f} min"


def clean(target: Path) -> None:
    """Remove what a killed run left of a half-written result.

    Examples
    --------
    >>> clean(Path("absent"))
    """
    for left in target.parent.glob(f".{target.name}.part-*"):
        shutil.rmtree(left, ignore_errors=True)


def forget(work: Path) -> None:
    """Remove finished work.

    Examples
    --------
    >>> forget(Path("absent"))
    """
    store.prune(work, set())
    shutil.rmtree(work / tasks.RADIO, ignore_errors=True)


def _done(frame: Frame, work: Path, options: Options, tell: Step) -> tuple[list[str], set[Path]]:
    """Do all tasks; return the keys of their work in order, and the files that it took."""
    keys: dict[int, str] = {}
    used = set(frame.kept)
    # The largest first: at the end no worker waits long for another.
    sizes = np.array([frame.cells[group].sum() for group in frame.groups])
    order = np.argsort(-sizes, kind="stable").tolist()

    def noted() -> Iterator[Part]:
        for at, part in zip(order, frame.parts(order), strict=True):
            keys[at] = part.key
            used.add(store.place(work, tasks.SCORES, part.key))
            used.add(store.place(work, batch_ground.GROUND, part.ground))
            used.update(store.place(work, tasks.LEVELS, name) for name in part.levels.values())
            yield part

    function = partial(tasks.score, folder=work)
    if options.dask is not None:
        found = engines.run_dask(
            function, noted(), options.dask, lambda text: tell(f"scoring communes: {text}")
        )
    else:
        engine = options.engine or _engine(frame, options)
        found = engines.run(function, noted(), engine, options.workers)
    began, count = time.perf_counter(), len(frame.groups)
    for done, _ in enumerate(found, start=1):
        passed = time.perf_counter() - began
        left = _left(passed / done * (count - done))
        tell(f"scoring communes: {done} of {count} tasks, {left} left")
    return [keys[at] for at in range(count)], used


def _engine(frame: Frame, options: Options) -> engines.Engine:
    if options.workers == 1 or len(frame.groups) == 1:
        return "serial"
    few = options.workers <= _THREADS or frame.cells.sum() < _FEW_CELLS
    return "threads" if few else "processes"
