"""Suppositions of a study: its lists crossed, and the study under each."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from ..geodata.faults import BadInput, Fault
from ..geodata.vectors import composed, is_one_of
from .inputs import load
from .study import Study
from .study_parts import Case, Layer, Rule

_OF_ROWS = ("operator", "technology", "band_mhz")
"""What is supposed of the rows of mobile layers."""
_NO_ROWS = pd.DataFrame()


def cases(study: Study) -> dict[str, tuple[dict[str, str], Study]]:
    r"""Cross what each ``[[scenario]]`` of a study lists.

    Parameters
    ----------
    study : Study

    Returns
    -------
    dict
        By name, in the study's order: what is supposed, as text by column, and the study under it.

    Raises
    ------
    BadInput
        When a layer does not tell what is supposed, or when no layer of a service is left: without
        it, scores would say that less is lacking.

    Examples
    --------
    >>> import tempfile
    >>> from deadzones.geodata import synthetic
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = synthetic.country(folder, communes=1)
    ...     text = path.read_text(encoding="utf-8")
    ...     more = '[[scenario]]\noperator = ["Ảo Tel"]\nthresholds = { power = ["1 km", "2 km"] }'
    ...     _ = path.write_text(f"{text}\n{more}\n", encoding="utf-8")
    ...     list(cases(Study.read(path)))
    ['operator Ảo Tel, power 1 km', 'operator Ảo Tel, power 2 km']
    """
    rows = _told_apart(study)
    found: dict[str, tuple[dict[str, str], Study]] = {}
    faults: list[Fault] = []
    for case in study.scenario:
        for supposed in _crossed(case):
            name = ", ".join(
                f"{key.removeprefix('threshold_')} {value}" for key, value in supposed.items()
            )
            try:
                under = _under(study, supposed, rows, name)
            except BadInput as error:
                faults += error.faults
            else:
                found[name] = {key: str(value) for key, value in supposed.items()}, under
    if faults:
        raise BadInput(faults)
    return found


def _crossed(case: Case) -> Iterator[dict[str, Any]]:
    lists: dict[str, tuple[Any, ...]] = {
        name: tuple(map(composed, getattr(case, name)))
        for name in ("operator", "technology", "band_mhz", "until")
        if getattr(case, name)
    }
    lists |= {f"threshold_{key}": values for key, values in case.thresholds.items()}
    for values in itertools.product(*lists.values()):
        yield dict(zip(lists, values, strict=True))


def _told_apart(study: Study) -> dict[str, pd.DataFrame]:
    """Read what each layer's rows tell of operators, technologies and bands."""
    if not any(getattr(case, name) for case in study.scenario for name in _OF_ROWS):
        return {}
    layers = load(study, known=lambda *_: True).layers  # each scenario checks their values
    return {
        name: pd.DataFrame({each: layer.table[each] for each in _OF_ROWS if each in layer.table})
        for name, layer in layers.items()
        if isinstance(layer.data, gpd.GeoDataFrame)
    }


def _under(
    study: Study,
    supposed: Mapping[str, Any],
    rows: Mapping[str, pd.DataFrame],
    name: str,
) -> Study:
    """Return the study under a supposition."""
    column = f"scenario: {name}"
    layers: dict[str, Layer] = {}
    for key, layer in study.layers.items():
        try:
            cut = _cut(study, layer, supposed, rows.get(key, _NO_ROWS))
        except LookupError as error:
            what = error.args[0]
            found, wanted = f"the layer {key}, whose rows tell no {what}", f"their {what}"
            repair = f"Give the layer one, or leave {what} out of this [[scenario]]."
            raise BadInput([Fault(study.name, found, wanted, repair, column=column)]) from error
        if cut is not None:
            layers[key] = cut
    bare = [
        key for key in study.services if not any(layer.role == key for layer in layers.values())
    ]
    if bare:
        found, wanted = f"no layer left of {' and '.join(bare)}", _known(study, supposed, rows)
        repair = "Mend this [[scenario]] of the study."
        raise BadInput([Fault(study.name, found, wanted, repair, column=column)])
    services = {
        key: rule.model_copy(update={"threshold": supposed.get(f"threshold_{key}", rule.threshold)})
        for key, rule in study.services.items()
    }
    # Validated anew: a threshold is kept in its service's unit.
    checked = {key: type(rule).model_validate(rule.model_dump()) for key, rule in services.items()}
    return study.model_copy(update={"layers": layers, "services": checked, "scenario": ()})


def _known(
    study: Study,
    supposed: Mapping[str, Any],
    rows: Mapping[str, pd.DataFrame],
) -> str:
    """Say what could be supposed of the mobile layers instead."""
    told = ["a layer of each service"]
    mobile = {
        name: layer
        for name, layer in study.layers.items()
        if layer.role in study.services and study.services[layer.role].type == "mobile"
    }
    tables = [rows[name] for name in mobile if name in rows]
    for what in (name for name in _OF_ROWS if name in supposed):
        found = {one for table in tables if what in table for one in table[what].dropna()}
        if what == "operator":
            found |= {layer.operator for layer in mobile.values() if layer.operator}
        told.append(f"{what} one of " + ", ".join(sorted(map(str, found))))
    if "until" in supposed:
        dates = [layer.date for layer in study.layers.values() if layer.role in study.services]
        last = max((date for date in dates if date is not None), default="")
        told.append(f"until no earlier than their dates, up to {last}")
    return "; ".join(told)


def _cut(
    study: Study, layer: Layer, supposed: Mapping[str, Any], rows: pd.DataFrame
) -> Layer | None:
    """Return what of a layer there is under a supposition; None for nothing.

    Raises
    ------
    LookupError
        With what the layer does not tell.
    """
    if layer.role not in study.services:
        return layer
    until = supposed.get("until")
    if until is not None and layer.date is not None and layer.date > until:
        return None
    asked = _asked(study.services[layer.role], supposed)
    operator = composed(layer.operator)
    if operator is not None and asked.pop("operator", operator) != operator:
        return None
    kept = np.ones(len(rows), dtype=bool)
    for name, value in asked.items():
        if name not in rows:
            raise LookupError(name)
        kept &= is_one_of(rows[name], [value]).to_numpy()
    if not kept.any() and asked:
        return None
    options = dict(layer.options)
    if "technology" in asked:
        options["technology"] = asked.pop("technology")
    if asked:
        options["keep"] = {**options.get("keep", {}), **{key: [one] for key, one in asked.items()}}
    return layer.model_copy(update={"options": options})


def _asked(rule: Rule, supposed: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is supposed of the rows of a layer: of mobile ones alone."""
    if rule.type != "mobile":
        return {}
    return {name: supposed[name] for name in _OF_ROWS if name in supposed}
