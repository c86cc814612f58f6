"""Every setting of a study, with its default and where that comes from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ..geodata import options
from . import candidates, costs
from .services import SERVICES, mobile, power
from .study import Layer, Study


def lines(study: Study) -> Iterator[str]:
    """Say what each setting of a study is, whether it is a default, and the default's source.

    Parameters
    ----------
    study : Study

    Yields
    ------
    str
        ``key = value   (default: source)`` or ``(set)``.

    Examples
    --------
    >>> import pandas as pd
    >>> base = {"evidence": "synthetic", "path": pd.DataFrame()}
    >>> layers = {"communes": base | {"reader": "communes"}}
    >>> layers |= {"people": base | {"reader": "people_points"}}
    >>> layers |= {"power": base | {"reader": "lines"}}
    >>> found = list(lines(Study(name="a", layers=layers)))
    >>> [line for line in found if line.startswith("dead_zones.min_people")][0][:28]
    'dead_zones.min_people = 50.0'
    """
    yield from _settings("", study)
    for name, layer in study.layers.items():
        yield from _settings(f"layers.{name}.", layer)
        yield from _options(name, layer)
    for key, rule in study.services.items():
        service = SERVICES[rule.type]
        origin = "set" if rule.threshold else f"default: {service.threshold_source}"
        yield f"services.{key}.type = {rule.type}   ({'set' if key != rule.type else 'default: its name'})"
        yield f"services.{key}.threshold = {rule.limit}   ({origin})"
        for name in ("weight", "target_pct"):
            yield _setting(f"services.{key}.", rule, name, type(rule).model_fields[name])
    yield from _constants()
    yield from _prices(study)


def _settings(prefix: str, part: BaseModel) -> Iterator[str]:
    for name, info in type(part).model_fields.items():
        value = getattr(part, name)
        if isinstance(value, BaseModel):
            yield from _settings(f"{prefix}{name}.", value)
        elif name not in {"layers", "services", "options"}:
            yield _setting(prefix, part, name, info)


def _setting(prefix: str, part: BaseModel, name: str, info: FieldInfo) -> str:
    extra: Any = info.json_schema_extra or {}
    given = name in part.model_fields_set
    origin = "set" if given or "source" not in extra else f"default: {extra['source']}"
    value = getattr(part, name)
    shown = str(value) if isinstance(part, Layer) else repr(value)
    return f"{prefix}{name} = {shown}   ({origin})"


def _options(name: str, layer: Layer) -> Iterator[str]:
    for key, option in options.of(layer.reader).items():
        given = key in layer.options
        value = layer.options[key] if given else option.default
        origin = "set" if given else f"default: {option.meaning}"
        yield f"layers.{name}.options.{key} = {value}   ({origin})"


def _constants() -> Iterator[str]:
    for technology, radius in mobile.RADIUS_KM.items():
        source = "FAO" if technology != "5G" else "none published; the 4G value"
        yield f"mobile fallback radius, {technology} = {radius:g} km   (default: {source})"
    unknown = mobile.RADIUS_UNKNOWN_KM
    yield f"mobile fallback radius, unknown technology = {unknown:g} km   (default: ITU CPP)"
    yield f"power lit cell = {power.LIT_NW:g} nW/cm2/sr   (default: VIIRS noise floor)"
    census = "census of Viet Nam, 2019"
    yield f"persons a household = {candidates.PERSONS_PER_HOUSEHOLD:g}   (default: {census})"
    grid = "electrification of Lai Châu to 2016"
    yield f"households a transformer = {power.HOUSEHOLDS_PER_TRANSFORMER:g}   (default: {grid})"
    yield f"low-voltage km a household = {power.LV_KM_PER_HOUSEHOLD:g}   (default: {grid})"


def _prices(study: Study) -> Iterator[str]:
    path = None if study.costs.path is None else study.folder / study.costs.path
    for item, row in costs.read(path, study.costs.column).iterrows():
        yield (
            f"cost of {item} = {row['cost_vnd']:,.0f} VND a {row['unit']}, {row['price_year']}"
            f"   ({study.costs.column}: {row['source']})"
        )
