"""Who has a service: each cell's status by operator and for their union."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import itemgetter

import geopandas as gpd
import numpy as np
import pandas as pd

from .cells import Cells
from .inputs import Inputs, LayerData
from .services import SERVICES
from .services.by_operator import inside, split
from .services.service import How, Levels, Prediction
from .study import EVIDENCE, Rule

SERVED, LACKING, UNKNOWN = 1, 0, -1
POLYGONS = "polygons"
"""The reader of declared areas."""


@dataclass(frozen=True)
class Access:
    """The status of one service on the cells: 1 served, 0 lacking, -1 unknown.

    Parameters
    ----------
    union : ndarray of int8
        Served where any operator serves, or the declared areas of several fill half of the cell's
        land together; unknown where none is known to serve and one is unknown.
    by_operator : mapping of str to ndarray of int8
        The same for each operator that is named.
    evidence : str
        The weakest class that it rests on.
    predictions : mapping of str to Prediction
        By layer, where a model found its level.
    """

    union: np.ndarray
    by_operator: Mapping[str, np.ndarray]
    evidence: str
    predictions: Mapping[str, Prediction] = field(default_factory=dict)


def weakest(classes: list[str]) -> str:
    """Return the weakest class of evidence.

    Examples
    --------
    >>> weakest(["measured", "proxy", "declared"])
    'proxy'
    """
    return max(classes, key=EVIDENCE.index)


def evidence_of(layer: LayerData, rule: Rule, inputs: Inputs) -> str:
    """Return what a layer is worth to a service.

    A stand-in is ``proxy`` at best. What a model finds from it is ``predicted`` at best, and no
    better than the terrain.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> spec = SimpleNamespace(reader="sites", evidence="measured")
    >>> study = SimpleNamespace(predicts=False)
    >>> layer, inputs = SimpleNamespace(spec=spec), SimpleNamespace(study=study)
    >>> evidence_of(layer, Rule(type="mobile"), inputs)
    'proxy'
    """
    if is_predicted(layer, rule, inputs):
        terrain = [each.spec.evidence for each in inputs.of("terrain")]
        return weakest([layer.spec.evidence, "predicted", *terrain])
    stands_in = layer.spec.reader in SERVICES[rule.type].proxies
    return weakest([layer.spec.evidence, "proxy"] if stands_in else [layer.spec.evidence])


def evidence(key: str, inputs: Inputs) -> str:
    """Return what a service rests on: the evidence of its weakest layer.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> layer = SimpleNamespace(spec=SimpleNamespace(reader="polygons", evidence="declared"))
    >>> study = SimpleNamespace(predicts=False, services={"fibre": Rule(type="fibre")})
    >>> evidence("fibre", SimpleNamespace(study=study, of=lambda role: [layer]))
    'declared'
    """
    rule = inputs.study.services[key]
    return weakest([evidence_of(layer, rule, inputs) for layer in inputs.of(key)])


def is_predicted(layer: LayerData, rule: Rule, inputs: Inputs) -> bool:
    """Tell whether a model finds a layer's level.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> layer = SimpleNamespace(spec=SimpleNamespace(reader="sites"))
    >>> inputs = SimpleNamespace(study=SimpleNamespace(predicts=True))
    >>> is_predicted(layer, Rule(type="mobile"), inputs)
    True
    """
    return layer.spec.reader in SERVICES[rule.type].predicted and inputs.study.predicts


def find_levels(
    layer: LayerData, rule: Rule, cells: Cells, inputs: Inputs, how: How
) -> tuple[Levels, tuple[str, ...]]:
    """Find the level of a service that a layer gives the cells: the costly part of a run.

    Parameters
    ----------
    layer : LayerData
        Of any reader but ``polygons``.
    rule : Rule
        Its threshold does not matter.
    cells : Cells
    inputs : Inputs
    how : How

    Returns
    -------
    dict of str to ndarray
        By operator.
    tuple of str
        What a prediction did to its input, in plain words.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> nodes = gpd.GeoDataFrame(geometry=gpd.points_from_xy([105], [21]), crs=4326)
    >>> layer = SimpleNamespace(
    ...     spec=SimpleNamespace(reader="nodes", operator=None, options={}), table=nodes
    ... )
    >>> cells = SimpleNamespace(lon=np.array([105.0]), lat=np.array([21.1]), tiles=None)
    >>> inputs = SimpleNamespace(study=SimpleNamespace(predicts=False))
    >>> find_levels(layer, Rule(type="fibre"), cells, inputs, How())[0][""].round(1)
    array([11.1])
    """
    service = SERVICES[rule.type]
    if service.predict is not None and is_predicted(layer, rule, inputs):
        found = service.predict(layer, cells, inputs, how)
        return found.levels, found.notes
    return service.level(layer, cells), ()


def assess(
    key: str,
    inputs: Inputs,
    cells: Cells,
    how: How | None = None,
    *,
    known: Mapping[str, Levels] | None = None,
) -> Access:
    """Find who has a service of the study.

    Parameters
    ----------
    key : str
        The service's key in the study.
    inputs : Inputs
    cells : Cells
    how : How, optional
        How a prediction is done.
    known : mapping of str to dict of str to ndarray, optional
        Levels by layer, and in it by operator, that were found before: :func:`find_levels`.

    Returns
    -------
    Access

    Examples
    --------
    >>> import tempfile
    >>> from deadzones.coverage.cells import build
    >>> from deadzones.coverage.inputs import load
    >>> from deadzones.coverage.study import Study
    >>> from deadzones.geodata import synthetic
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     inputs = load(Study.read(synthetic.country(folder, communes=1)))
    ...     cells = build(inputs)
    ...     status = assess("mobile", inputs, cells)
    >>> status.evidence, sorted(status.by_operator) != []
    ('synthetic', True)
    """
    rule, layers, known = inputs.study.services[key], inputs.of(key), known or {}
    areas = _areas(layers, rule)
    predict = SERVICES[rule.type].predict
    predictions = {
        layer.name: predict(layer, cells, inputs, how or How())
        for layer in layers
        if predict is not None and is_predicted(layer, rule, inputs) and layer.name not in known
    }
    known = {**known, **{name: each.levels for name, each in predictions.items()}}
    found = [
        *_by_level(layers, rule, cells, known),
        *((operator, _within(parts, cells)) for operator, parts in areas.items()),
    ]
    by_operator: dict[str, np.ndarray] = {}
    for operator, status in sorted(found, key=itemgetter(0)):
        before = by_operator.get(operator)
        by_operator[operator] = status if before is None else either(before, status)
    every = [part for parts in areas.values() for part in parts] if len(areas) > 1 else []
    union = reduce(either, by_operator.values(), _within(every, cells))
    by_operator.pop("", None)
    return Access(union, by_operator, evidence(key, inputs), predictions)


def _by_level(
    layers: list[LayerData], rule: Rule, cells: Cells, known: Mapping[str, Levels]
) -> Iterator[tuple[str, np.ndarray]]:
    service = SERVICES[rule.type]
    for layer in layers:
        if layer.spec.reader == POLYGONS:
            continue
        levels = known[layer.name] if layer.name in known else service.level(layer, cells)
        for operator, level in levels.items():
            yield operator, service.serves(level, rule.limit.value)


def _areas(layers: list[LayerData], rule: Rule) -> dict[str, list[gpd.GeoDataFrame]]:
    """Gather the declared areas by operator, over all layers; those too weak to serve are left out."""
    service = SERVICES[rule.type]
    areas: dict[str, list[gpd.GeoDataFrame]] = {}
    for layer in layers:
        if layer.spec.reader == POLYGONS and service.inside is not None:
            level = np.array(service.inside(layer))
            serves = service.serves(level, rule.limit.value) == SERVED
            for operator, rows in split(layer):
                areas.setdefault(operator, []).append(rows if serves else rows.iloc[:0])
    return areas


def _within(parts: list[gpd.GeoDataFrame], cells: Cells) -> np.ndarray:
    """Tell who is within areas: a cell is when together they fill half of its land."""
    if not parts:
        return np.zeros(len(cells.number), dtype=np.int8)
    table = gpd.GeoDataFrame(geometry=pd.concat([part.geometry for part in parts]))
    return inside(table, cells).astype(np.int8)


def either(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Join two statuses: served if one serves, else unknown if one is unknown, else lacking.

    Examples
    --------
    >>> either(np.array([1, 0, 0]), np.array([-1, -1, 0])).tolist()
    [1, -1, 0]
    """
    joined = one.astype(np.int8) | other.astype(np.int8)  # unknown, -1, has all bits: it stays
    joined[(one == SERVED) | (other == SERVED)] = SERVED
    return joined
