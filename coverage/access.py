"""Who has a service: each cell's status by operator and for their union."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .cells import Cells
from .inputs import Inputs, LayerData
from .services import SERVICES
from .study import EVIDENCE, Rule

SERVED, LACKING, UNKNOWN = 1, 0, -1


@dataclass(frozen=True)
class Access:
    """The status of one service on the cells: 1 served, 0 lacking, -1 unknown.

    Parameters
    ----------
    union : ndarray of int8
        Served where any operator serves; unknown where none is known to and one is unknown.
    by_operator : mapping of str to ndarray of int8
        The same for each operator that is named.
    evidence : str
        The weakest class that it rests on.
    """

    union: np.ndarray
    by_operator: Mapping[str, np.ndarray]
    evidence: str


def weakest(classes: list[str]) -> str:
    """Return the weakest class of evidence.

    Examples
    --------
    >>> weakest(["measured", "proxy", "declared"])
    'proxy'
    """
    return max(classes, key=EVIDENCE.index)


def evidence_of(layer: LayerData, rule: Rule) -> str:
    """Return what a layer is worth to a service: a stand-in is ``proxy`` at best.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> spec = SimpleNamespace(reader="sites", evidence="measured")
    >>> evidence_of(SimpleNamespace(spec=spec), Rule(type="mobile"))
    'proxy'
    """
    stands_in = layer.spec.reader in SERVICES[rule.type].proxies
    return weakest([layer.spec.evidence, "proxy"] if stands_in else [layer.spec.evidence])


def assess(key: str, inputs: Inputs, cells: Cells) -> Access:
    """Find who has a service of the study.

    Parameters
    ----------
    key : str
        The service's key in the study.
    inputs : Inputs
    cells : Cells

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
    rule = inputs.study.services[key]
    service, threshold = SERVICES[rule.type], rule.limit.value
    by_operator: dict[str, np.ndarray] = {}
    layers = inputs.of(key)
    for layer in layers:
        for operator, level in service.level(layer, cells).items():
            status = service.serves(level, threshold)
            known = by_operator.get(operator)
            by_operator[operator] = status if known is None else either(known, status)
    union = np.zeros(len(cells.number), dtype=np.int8)
    for status in by_operator.values():
        union = either(union, status)
    named = {operator: by_operator[operator] for operator in sorted(by_operator) if operator}
    return Access(union, named, weakest([evidence_of(layer, rule) for layer in layers]))


def either(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Join two statuses: served if one serves, else unknown if one is unknown, else lacking.

    Examples
    --------
    >>> either(np.array([1, 0, 0]), np.array([-1, -1, 0])).tolist()
    [1, -1, 0]
    """
    served = (one == SERVED) | (other == SERVED)
    unknown = (one == UNKNOWN) | (other == UNKNOWN)
    return np.where(served, SERVED, np.where(unknown, UNKNOWN, LACKING)).astype(np.int8)
