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
from . import batch_parts as parts_of
from . import cells as cell_table
from .batch_parts import Part, file_state
from .inputs import Inputs, Step, load
from .study import Study
from .timing import stage


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
    states : mapping of Path to tuple of int
        Size and time of change of every file, before it was read.
    """

    inputs: Inputs
    grid: Grid
    people: PeopleRows | pd.DataFrame
    totals: Mapping[str, float]
    groups: Sequence[np.ndarray]
    cells: np.ndarray
    states: Mapping[Path, tuple[int, int]]

    def parts(self) -> Iterator[Part]:
        """Cut the study into its tasks, one at a time."""
        again = [layer.raster.path for layer in self.inputs.layers.values() if layer.is_raster]
        study = self.inputs.study
        if study.radio.sea is not None:
            again.append(study.folder / study.radio.sea)
        watched = {path: self.states.get(path) or file_state(path) for path in again}
        return parts_of.cut(self.inputs, self.groups, self.grid, self.people, watched)


def lay(
    study: Study,
    most_cells: int,
    timings: list[Mapping[str, Any]],
    tell: Step = lambda _: None,
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
    states = _states(study)
    with stage("reading", timings, tell):
        inputs = load(study, tell)
    with stage("sharing people out over the communes", timings, tell):
        grid, block = cell_table.frame(inputs)
        communes, size = inputs.communes, len(inputs.communes)
        laid = zonal.fractions(communes, transform=grid.transform, shape=grid.shape, crs=grid.crs)
        spans = laid.spans
        whole = np.bincount(spans.unit, weights=spans.stop - spans.start, minlength=size)
        cells = np.bincount(laid.shared.unit, minlength=size) + whole.astype(np.int64)
        people, totals = _people(inputs, block)
    groups = parts_of.split(communes, cells, most_cells)
    return Frame(inputs, grid, people, totals, groups, cells, states)


def _states(study: Study) -> dict[Path, tuple[int, int]]:
    """Note the size and the time of change of every file of a study."""
    sources = [study.source_of(layer).data for layer in study.layers.values()]
    paths = [path for source in sources if isinstance(source, Path) for path in files_of(source)]
    return {path: file_state(path) for path in paths if path.is_file()}


def _people(
    inputs: Inputs, block: tuple[slice, slice] | None
) -> tuple[PeopleRows | pd.DataFrame, dict[str, float]]:
    """Count the people: of a raster row by row, of other layers at once, on their coarse grid."""
    if block is not None and not cell_table.reconciles(inputs):
        rows = people_rows.survey(inputs.of("people")[0].raster, *block)
        totals = {"people_input": rows.raw_total, "people_counted": rows.counted * rows.quantum}
        return rows, totals
    cells = cell_table.build(inputs)
    plan, shares = cells.plan, cells.shares
    table = pd.DataFrame({"cell": plan.cell, "unit": plan.unit, "people": shares.people})
    return table, {"people_input": shares.raw_total, "people_counted": shares.total}
