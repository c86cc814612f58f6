"""Scores under many suppositions at once: operators, technologies, bands, thresholds, dates."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd

from ..geodata import writing
from ..geodata.faults import BadInput, Fault
from . import batch
from . import batch_folder as folders
from . import batch_store as store
from . import batch_watch as watch
from .batch import Options, Plan
from .batch_frame import states_of
from .inputs import Step
from .study import Study
from .suppositions import cases

TASKS = "tasks"
"""Folder of the work that scenarios share, beside what each gave."""
_SUMS = ("people", "lacking_people", "dead_people")


def score(
    study: Study, out: Path, options: Options | None = None, tell: Step = lambda _: None
) -> Path:
    r"""Score a study under each of its suppositions; what they share is computed once.

    Parameters
    ----------
    study : Study
        With ``[[scenario]]``.
    out : Path
    options : Options, optional
    tell : callable
        Told what is being done.

    Returns
    -------
    Path
        Folder ``out/<name>.scenarios`` with ``communes.parquet`` (a row a commune and scenario, what is
        supposed in columns of its own), ``communes.csv``, ``scenarios.csv`` (their sums).

    Raises
    ------
    BadInput
        As :func:`deadzones.coverage.batch.score` and :func:`deadzones.coverage.suppositions.cases`
        raise it.

    Examples
    --------
    >>> import tempfile
    >>> from deadzones.geodata import synthetic
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = synthetic.country(folder, communes=1)
    ...     text = path.read_text(encoding="utf-8")
    ...     more = '[[scenario]]\nthresholds = { power = ["1 km", "2 km"] }'
    ...     _ = path.write_text(f"{text}\n{more}\n", encoding="utf-8")
    ...     folder = score(Study.read(path), Path(folder, "out"))
    ...     pd.read_parquet(folder / "communes.parquet")["threshold_power"].tolist()
    ['1 km', '2 km']
    """
    options, out = options or Options(), folders.real(out)
    target, kept = out / f"{study.name}.scenarios", _kept(study, out)
    states = states_of(study)  # before anything is read
    work, wanted = kept / TASKS, cases(study)
    with folders.room(out), folders.owned(kept):
        _refuse_foreign(target)
        batch.clean(target)
        if not options.resume:
            batch.forget(work)
        used: set[Path] = set()
        tables: list[pd.DataFrame] = []
        columns = list(dict.fromkeys(key for supposed, _ in wanted.values() for key in supposed))
        for number, (name, (supposed, under)) in enumerate(wanted.items(), start=1):
            tell(f"scenario {number} of {len(wanted)}: {name}")
            folder = kept / f"{number:03d}" / study.name
            batch.clean(folder)
            used |= batch.score_in(under, folder, work, replace(options, resume=True), tell)
            watch.refuse_changed(states)
            communes = gpd.read_parquet(folder / "communes.parquet")
            plain = pd.DataFrame(communes.drop(columns="geometry")).reset_index()
            told = {"scenario": name} | {key: supposed.get(key) for key in columns}
            tables.append(pd.DataFrame(told, index=plain.index).astype("str").join(plain))
        together = pd.concat(tables, ignore_index=True)
        with writing.replacing(target) as part:
            together.to_parquet(part / "communes.parquet")
            writing.write_csv(together, part / "communes.csv", indexed=False)
            sums = _sums(together, ["scenario", *columns])
            writing.write_csv(sums, part / "scenarios.csv", indexed=False)
        store.prune(work, used)
        for before in kept.glob("[0-9][0-9][0-9]"):
            if int(before.name) > len(wanted):
                shutil.rmtree(before)
    return target


def plan(study: Study, out: Path, options: Options | None = None) -> Plan:
    """Say what scores under all suppositions would do; write nothing.

    Parameters
    ----------
    study : Study
        With ``[[scenario]]``.
    out : Path
    options : Options, optional

    Returns
    -------
    Plan
        Tasks are named by scenario and province.

    Raises
    ------
    BadInput
        With all faults of all layers and suppositions.

    Examples
    --------
    >>> plan.__name__
    'plan'
    """
    work = _kept(study, out) / TASKS
    plans = {
        name: batch.plan_in(under, work, options or Options())
        for name, (_, under) in cases(study).items()
    }
    tables = [found.tasks.rename(index=f"{name}: {{}}".format) for name, found in plans.items()]
    return Plan(pd.concat(tables), sum(found.seconds for found in plans.values()))


def _kept(study: Study, out: Path) -> Path:
    return out / f"{study.name}.scenarios.work"


def _sums(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Sum people up by scenario, in the order of the study."""
    names = [name for name in table if name in _SUMS or str(name).endswith("_lacking_people")]
    return table.groupby(keys, sort=False, dropna=False)[names].sum(min_count=1).reset_index()


def _refuse_foreign(folder: Path) -> None:
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else set[str]()
    if names - {"communes.parquet", "communes.csv", "scenarios.csv"} or folder.is_file():
        found, wanted = "something that is no table of scenarios", "a new folder, or an earlier one"
        raise BadInput([Fault(str(folder), found, wanted, "Choose another --out.")])
