"""A study laid out for tasks: read, checked, its communes on the grid, its people looked through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..geodata import people_rows, zonal
from ..geodata.grid import Grid
from ..geodata.people_rows import PeopleRows
from ..geodata.source import files_of
from . import batch_near as near
from . import batch_parts as parts_of
from . import batch_store as store
from . import cells as cell_table
from .batch_parts import Part
from .batch_store import Work
from .batch_watch import State, keep, read_with, settle, states, window
from .inputs import Inputs, LayerData, Step, load
from .study import Layer, Study
from .timing import stage

CHECKED, PEOPLE, WINDOWS = "checked", "people", "windows"
"""Names of the work of looking through rasters: at every value, at people, and at levels."""


@dataclass(frozen=True, eq=False)
class Frame:
    """What all tasks have in common.

    Parameters
    ----------
    inputs : Inputs
    grid : Grid
    people : PeopleRows or DataFrame
        How people are counted, as :class:`deadzones.coverage.batch_parts.Part` has it.
    totals : mapping of str to float
        ``people_input``, ``people_counted``.
    groups : sequence of ndarray of int64
        Positions of each task's communes.
    cells : ndarray of int64
        How many each commune has.
    states : mapping of Path to tuple of int or None
        Of every file, before it was read: see :func:`deadzones.coverage.batch_watch.states`.
    windows : mapping of str to sequence of str
        By raster of a service's level and task: the hash of what the task may read of it.
    kept : sequence of Path
        Where what was found of rasters is kept.
    """

    inputs: Inputs
    grid: Grid
    people: PeopleRows | pd.DataFrame
    totals: Mapping[str, float]
    groups: Sequence[np.ndarray]
    cells: np.ndarray
    states: Mapping[Path, State]
    windows: Mapping[str, Sequence[str]]
    kept: Sequence[Path]

    @property
    def names(self) -> list[str]:
        """Of the tasks, in the order of the groups."""
        return parts_of.names(self.inputs.communes, self.groups)

    def parts(self, order: Sequence[int] | None = None) -> Iterator[Part]:
        """Cut the study into its tasks, one at a time, in an order of the groups or in theirs."""
        again = [layer.raster.path for layer in self.inputs.layers.values() if layer.is_raster]
        again += _sea(self.inputs.study)
        watched = {each: self.states[each] for path in again for each in read_with(path)}
        return parts_of.cut(
            self.inputs, self.groups, self.grid, self.people, watched, self.windows, order
        )


def lay(
    study: Study,
    most_cells: int,
    timings: list[Mapping[str, Any]],
    tell: Step = lambda _: None,
    *,
    work: Path | None = None,
) -> Frame:
    """Read a study, lay its communes on the grid, and count its people.

    Parameters
    ----------
    study : Study
    most_cells : int
        In one task.
    timings : list
        Each stage is added to it.
    tell : callable
        Told what is being done.
    work : Path, optional
        A folder where what was found of rasters is kept for another run.

    Returns
    -------
    Frame

    Raises
    ------
    BadInput
        With all faults of all layers.

    Examples
    --------
    >>> import tempfile
    >>> from deadzones.geodata import synthetic
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     frame = lay(Study.read(synthetic.country(folder, communes=1)), 1000, [])
    >>> frame.groups
    [array([0])]
    """
    before = states_of(study)
    with stage("reading", timings, tell):
        inputs, checked = _read(study, tell, work, before)
    with stage("sharing people out over the communes", timings, tell):
        grid, block = cell_table.frame(inputs)
        cells, people, totals, kept = _looked_through(inputs, grid, block, work, before)
        groups = parts_of.split(inputs.communes, cells, most_cells)
        windows, also = _windows(inputs, near.homes(inputs, groups, grid), work, before)
    kept += [*checked, *also]
    return Frame(inputs, grid, people, totals, groups, cells, before, windows, kept)


def _read(
    study: Study, tell: Step, work: Path | None, before: Mapping[Path, State]
) -> tuple[Inputs, list[Path]]:
    """Read a study; what an earlier run found sound is not looked at again.

    Of rasters that is their values, of communes whether they overlap.
    """
    if work is None:
        return load(study, tell), []

    def place(spec: Layer, sha256: str) -> Path:
        words = (sha256, spec.reader, sorted(spec.options.items()))
        return store.place(work, CHECKED, store.key("checked", *words))

    inputs = load(study, tell, lambda *layer: store.load(place(*layer)) is not None)
    looked = [layer for layer in inputs.layers.values() if layer.is_raster or _is_communes(layer)]
    paths = [place(layer.spec, layer.sha256) for layer in looked]
    unknown = [{"nodata": repr(layer.raster.nodata)} if layer.is_raster else {} for layer in looked]
    notes = [store.load(path) for path in paths]
    if any(note and note.about != told for note, told in zip(notes, unknown, strict=True)):
        inputs = load(study, tell)  # a file beside a raster says anew what is unknown in it
    for path, note, told in zip(paths, notes, unknown, strict=True):
        if note is None or note.about != told:
            keep(path, Work(about=told), before)
    return inputs, paths


def _is_communes(layer: LayerData) -> bool:
    return layer.spec.role == "communes"


def _windows(
    inputs: Inputs, homes: Sequence[np.ndarray], work: Path | None, before: Mapping[Path, State]
) -> tuple[dict[str, list[str]], list[Path]]:
    """Tell what each task may read of rasters, or read what an earlier run has told."""
    found: dict[str, list[str]] = {}
    paths: list[Path] = []
    for name, layer in parts_of.leveled_rasters(inputs).items():
        key = store.key(
            "windows", layer.sha256, layer.raster.grid, layer.raster.nodata, np.array(homes)
        )
        path = None if work is None else store.place(work, WINDOWS, key)
        kept = None if path is None else store.load(path)
        if kept is not None:
            found[name] = list(kept.about["windows"])
        else:
            found[name] = [window(layer.raster, home) for home in homes]
            if path is not None:
                keep(path, Work(about={"windows": found[name]}), before)
        paths += [] if path is None else [path]
    return found, paths


def states_of(study: Study) -> dict[Path, State]:
    """Note how every file of a study is.

    Examples
    --------
    >>> states_of(Study.model_construct(name="a", layers={}))
    {}
    """
    sources = [study.source_of(layer).data for layer in study.layers.values()]
    paths = [path for source in sources if isinstance(source, Path) for path in files_of(source)]
    settle(paths)
    return states([*paths, *_sea(study)])


def _sea(study: Study) -> list[Path]:
    """Return the raster of the sea, where predictions read one."""
    sea = study.radio.sea
    return [study.folder / sea] if study.predicts and sea is not None else []


def _looked_through(
    inputs: Inputs,
    grid: Grid,
    block: tuple[slice, slice] | None,
    work: Path | None,
    before: Mapping[Path, State],
) -> tuple[np.ndarray, PeopleRows | pd.DataFrame, dict[str, float], list[Path]]:
    """Count the cells of the communes and the people, or read what an earlier run has counted."""
    if block is None or cell_table.reconciles(inputs):
        return _cells(inputs, grid), *_people(inputs), []
    layer = inputs.of("people")[0]
    shapes = inputs.communes[["geometry"]]
    name = store.key("people", layer.sha256, layer.raster.nodata, block, grid, shapes)
    path = None if work is None else store.place(work, PEOPLE, name)
    kept = None if path is None else store.load(path)
    if kept is not None:
        cells, carried = kept.arrays["cells"], kept.arrays["carried"]
        quantum, counted, raw = (
            float.fromhex(kept.about[each]) for each in ("quantum", "counted", "raw")
        )
        rows = PeopleRows(layer.raster, *block, quantum, carried, counted, raw)
    else:
        cells, rows = _cells(inputs, grid), people_rows.survey(layer.raster, *block)
        about = {"quantum": rows.quantum, "counted": rows.counted, "raw": rows.raw_total}
        told = {each: float(value).hex() for each, value in about.items()}
        if path is not None:
            keep(path, Work({"cells": cells, "carried": rows.carried}, about=told), before)
    totals = {"people_input": rows.raw_total, "people_counted": rows.counted * rows.quantum}
    return cells, rows, totals, [] if path is None else [path]


def _cells(inputs: Inputs, grid: Grid) -> np.ndarray:
    """Count the cells that each commune has."""
    communes, size = inputs.communes, len(inputs.communes)
    laid = zonal.fractions(communes, transform=grid.transform, shape=grid.shape, crs=grid.crs)
    whole = np.bincount(laid.spans.unit, weights=laid.spans.stop - laid.spans.start, minlength=size)
    return np.bincount(laid.shared.unit, minlength=size) + whole.astype(np.int64)


def _people(inputs: Inputs) -> tuple[pd.DataFrame, dict[str, float]]:
    """Count people that are not taken from a raster row by row, at once."""
    cells = cell_table.build(inputs)
    plan, shares = cells.plan, cells.shares
    table = pd.DataFrame({"cell": plan.cell, "unit": plan.unit, "people": shares.people})
    return table, {"people_input": shares.raw_total, "people_counted": shares.total}
