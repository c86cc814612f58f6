"""Every setting of a study, with its default and where that comes from."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from importlib import resources
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ..geodata import options
from . import candidates, costs, layer_checks
from .services import SERVICES, by_operator, mobile, power
from .study import Layer, Study

_BAND_VALUES = (
    ("downlink_mhz", "downlink", "MHz"),
    ("bandwidth_mhz", "channel", "MHz"),
    ("scs_khz", "spacing", "kHz"),
    ("power_dbm", "transmitter", "dBm"),
    ("gain_dbi", "antenna", "dBi"),
    ("loss_db", "feeder", "dB"),
    ("height_m", "height", "m"),
    ("tilt_deg", "tilt", "degrees"),
    ("radius_km", "predicted to", "km"),
)
"""Columns of ``radio/bands.csv``, in words."""


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
    yield from _bands()
    yield from _clutter()
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
        meaning = option.meaning
        origin = f"set; {meaning}" if given else f"default: {meaning}; source: {option.source}"
        yield f"layers.{name}.options.{key} = {value}   ({origin})"


def _constants() -> Iterator[str]:
    half = by_operator._HALF  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - shown, not used
    most = "convention: most of it; no rule is published"
    yield f"land of a cell within declared areas that serves it = {half:.0%}   (default: {most})"
    near = "some 110 km, more than any service reaches"
    yield f"layers beside the communes = within {layer_checks.NEAR_DEGREES:g} degree   (default: {near})"
    for technology, radius in mobile.RADIUS_KM.items():
        source = "FAO" if technology != "5G" else "none published; the 4G value"
        yield f"mobile fallback radius, {technology} = {radius:g} km   (default: {source})"
    unknown = mobile.RADIUS_UNKNOWN_KM
    yield f"mobile fallback radius, unknown technology = {unknown:g} km   (default: ITU CPP)"
    yield f"power lit cell = {power.LIT_NW:g} nW/cm2/sr   (default: VIIRS noise floor)"
    census = "census of Viet Nam, 2019"
    yield from _upgrades()
    yield f"persons a household = {candidates.PERSONS_PER_HOUSEHOLD:g}   (default: {census})"
    grid = "electrification of Lai Châu to 2016"
    yield f"households a transformer = {power.HOUSEHOLDS_PER_TRANSFORMER:g}   (default: {grid})"
    yield f"low-voltage km a household = {power.LV_KM_PER_HOUSEHOLD:g}   (default: {grid})"


def _upgrades() -> Iterator[str]:
    """How far the upgrades of each service reach, and what can stand in for networks."""
    for name, service in SERVICES.items():
        for remedy in service.remedies:
            own = remedy.reach_km is not None
            reach = f"{remedy.reach_km:g} km" if own else "its threshold"
            source = (
                "a radius, where the signal is not predicted"
                if own
                else "who is within it is served"
            )
            yield f"reach of {remedy.kind} ({name}) = {reach}   (default: {source})"
            for one in remedy.instead:
                if one.reach_km is not None:
                    source = "line of sight in heavy rain, e3nb; half-seen paths shorter"
                    far = f"{one.reach_km:g} km in sight, {one.reach_unseen_km:g} km where it is not known"
                    yield f"reach of {one.name} ({remedy.kind}) = {far}   (default: {source})"


def _bands() -> Iterator[str]:
    """What stands in for what a list of sites does not say, band by band."""
    text = resources.files(__package__ or "").joinpath("radio/bands.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        values = ", ".join(
            f"{meaning} {row[name]} {unit}".rstrip() for name, meaning, unit in _BAND_VALUES
        )
        yield f"radio band {row['band_mhz']} MHz, {row['technology']} = {values}   (default: {row['source']})"


def _clutter() -> Iterator[str]:
    text = resources.files(__package__ or "").joinpath("radio/clutter.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        name = f"clutter of {row['land_cover']} {row['code']}, {row['name']}"
        yield f"{name} = {row['height_m']} m   (default: {row['source']})"


def _prices(study: Study) -> Iterator[str]:
    path = None if study.costs.path is None else study.folder / study.costs.path
    for item, row in costs.read(path, study.costs.column).iterrows():
        yield (
            f"cost of {item} = {row['cost_vnd']:,.0f} VND a {row['unit']}, {row['price_year']}"
            f"   ({study.costs.column}: {row['source']})"
        )
