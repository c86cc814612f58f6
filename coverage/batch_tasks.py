"""What one task does: the same function on any number of processes or machines."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from ..geodata.faults import BadInput, Fault
from . import access, batch_cells, batch_figures, batch_zones, places, scores, zones
from . import batch_store as store
from .access import Access
from .batch_figures import Alike
from .batch_parts import Part
from .batch_store import Work
from .batch_watch import keep, refuse_changed
from .cells import Cells
from .inputs import LayerData
from .services import SERVICES
from .services.service import How, Levels
from .zones import Lacks

SCORES, LEVELS = "scores", "levels"
"""Names of the two kinds of work."""
RADIO = "radio"
"""Folder, beside the work, of discs around masts."""
ALIKE = "alike_"
"""Begins the names of arrays of what the cells of communes have alike."""
_FEW = 4
"""Values of a level that are kept apart from where they are."""


def score(part: Part, folder: Path) -> tuple[str, float]:
    """Score the communes of a part, and leave the work in a folder; what is there stays.

    Parameters
    ----------
    part : Part
    folder : Path

    Returns
    -------
    key : str
        What the work is named by.
    seconds : float

    Raises
    ------
    BadInput
        When a file has changed, or this machine has other code than the one that cut the part: its
        work would be named as if it were the same.

    Examples
    --------
    >>> score.__name__
    'score'
    """
    start, path = time.perf_counter(), store.place(folder, SCORES, part.key)
    if part.code != store.key():
        found, wanted = (
            "another version of deadzones, or of what it uses",
            "that which began the run",
        )
        raise BadInput([Fault("workers", found, wanted, "Install the same on every machine.")])
    if store.load(path) is None:
        refuse_changed(part.files)
        cells = batch_cells.build(part, folder)
        found = {key: _access(key, part, cells, folder) for key in part.inputs.study.services}
        status = {key: each for key, (each, _) in found.items()}
        work = _work(part, cells, status, {key: notes for key, (_, notes) in found.items()})
        keep(path, work, part.files)
    return part.key, time.perf_counter() - start


@cache
def load() -> None:
    """Load the kernels of tasks, once.

    Examples
    --------
    >>> load()
    """
    from ..geodata import (
        _cell_sums_kernels,
        _jit,
        _near_kernels,
        _people_kernels,
        _resampling_kernels,
    )
    from . import _batch_kernels, _outline_kernels

    for module in (
        _cell_sums_kernels,
        _near_kernels,
        _people_kernels,
        _resampling_kernels,
        _batch_kernels,
        _outline_kernels,
    ):
        _jit.load(module)


def _access(
    key: str, part: Part, cells: Cells, folder: Path
) -> tuple[Access, dict[str, list[str]]]:
    """Find who has a service, with levels from the folder where they are there.

    Returns what predictions did to their input too, by layer.
    """
    inputs = part.inputs
    found = {
        layer.name: _levels(layer, part, cells, folder)
        for layer in inputs.of(key)
        if layer.name in part.levels
    }
    known = {name: levels for name, (levels, _) in found.items()}
    notes = {name: told for name, (_, told) in found.items() if told}
    return access.assess(key, inputs, cells, known=known), notes


def _levels(layer: LayerData, part: Part, cells: Cells, folder: Path) -> tuple[Levels, list[str]]:
    path = store.place(folder, LEVELS, part.levels[layer.name])
    kept = store.load(path)
    if kept is not None:
        names, notes = kept.about["operators"], kept.about["notes"]
        return {name: _unpacked(kept.arrays, at) for at, name in enumerate(names)}, notes
    rule = part.inputs.study.services[layer.spec.role]
    how = How(cache=folder / RADIO, workers=1)
    levels, notes = access.find_levels(layer, rule, cells, part.inputs, how)
    if SERVICES[rule.type].unit == "km" and not layer.is_raster:
        # What lies farther was not looked for everywhere: it is far, and no more is said.
        for level_km in levels.values():
            level_km[~(level_km <= part.reach_km[layer.name])] = np.inf
    packed = (_packed(level, number) for number, level in enumerate(levels.values()))
    arrays = {name: values for some in packed for name, values in some.items()}
    work = Work(arrays, about={"operators": list(levels), "notes": list(notes)})
    keep(path, work, part.files)
    return levels, list(notes)


def _packed(level: np.ndarray, number: int) -> dict[str, np.ndarray]:
    """Name levels for the store: one byte each where they have few values, as those within a radius."""
    from ._batch_kernels import of_few  # numba takes a second to import

    few, which = of_few(np.asarray(level, dtype=float), _FEW)
    if len(few) or not len(level):
        return {f"few_{number}": few, f"which_{number}": which}
    return {f"level_{number}": level}


def _unpacked(arrays: Mapping[str, np.ndarray], number: int) -> np.ndarray:
    if f"level_{number}" in arrays:
        return arrays[f"level_{number}"]
    return arrays[f"few_{number}"][arrays[f"which_{number}"]]


def _work(
    part: Part,
    cells: Cells,
    status: Mapping[str, Access],
    notes: Mapping[str, Mapping[str, list[str]]],
) -> Work:
    state = zones.lacks(status)
    clusters = batch_zones.clusters(cells, state.mask, part.inputs.study.dead_zones)
    few = batch_figures.alike(cells, state, status)
    owned = _owned(part, cells)
    arrays, tables = batch_zones.arrays(part, cells, state, clusters, owned)
    return Work(
        {**arrays, **_of_own(part, few)},
        {"communes": _counts(part, cells, state), **tables},
        {
            "operators": scores.operator_columns(status),
            "people": _text(cells.people[owned].sum()),
            "predicted": notes,
        },
    )


def _text(value: np.floating) -> str:
    return float(value).hex()


def _of_own(part: Part, few: Alike) -> dict[str, np.ndarray]:
    """Name for the store what the part's own communes add up to."""
    own = part.own[few.unit]
    kept = few._replace(unit=part.position[few.unit].astype(np.int32))
    return {
        f"{ALIKE}{name}": values[..., own] for name, values in zip(kept._fields, kept, strict=True)
    }


def _counts(part: Part, cells: Cells, state: Lacks) -> pd.DataFrame:
    """Count what lies in the part's own communes: villages, anchor institutions, roads."""
    inputs = part.inputs
    table = pd.DataFrame(index=inputs.communes.index)
    for role, name in (("places", "villages"), ("anchors", "anchors")):
        for layer in inputs.of(role)[:1]:
            found = places.villages(layer.table, inputs.communes, cells, state)
            table = table.join(places.counted(found, name, table.index))
    for layer in inputs.of("roads")[:1]:
        table = table.join(places.road_km(layer.table, inputs.communes, cells, state))
    return table[part.own]


def _owned(part: Part, cells: Cells) -> np.ndarray:
    """Tell which cells are counted here: those whose first commune is scored here."""
    from ._batch_kernels import of_first

    return of_first(part.own, cells.plan.unit, cells.of_triple, len(cells.number))
