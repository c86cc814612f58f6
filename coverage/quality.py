"""How good the data of a study is: findings by severity, and a score for each layer."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from ..geodata import boundaries, crs, files, schema
from ..geodata.faults import Fault
from . import quality_people
from .cells import reconciles
from .inputs import Inputs, LayerData

SEVERITIES: Final = ("error", "warning", "note")
WEIGHTS: Final = {"error": 60.0, "warning": 25.0, "note": 5.0}
"""Points of 100 that a kind of finding takes where it touches every row of a layer; judgement. The
least is a tenth of it: one bad row of a thousand is still a reason to look."""
LEAST_SHARE: Final = 0.1
OLD_YEARS: Final = 5
"""Age beside the study's newest layer from which data is told to be old: judgement."""
MISSING_SHARE: Final = 0.05
"""Share of empty cells of a column from which it is told."""

MOST_NAMED: Final = 3500
"""Codes or rows of a finding: all communes of the country, and no more than the 32,767 characters of a
spreadsheet's cell."""

REPAIRED: Final = ("repaired", "left_out", "axes_swapped", "system_given", "scaled_to_totals")
"""Kinds that tell what was put right, because the study says so."""

COLUMNS: Final = ("layer", "severity", "kind", "rows", "share", "detail")
_VALUES: Final = ("operator", "technology", "voltage_kv", "name", "people", "height_m")
"""Optional columns whose empty cells cost a study something."""


def findings(
    inputs: Inputs, audited: gpd.GeoDataFrame | None = None, *, lang: str = "vi"
) -> pd.DataFrame:
    """Look into the layers of a study for what is no fault and still bears on its result.

    Parameters
    ----------
    inputs : Inputs
    audited : GeoDataFrame, optional
        The audit of its boundaries, where that is there already.
    lang : {"vi", "en"}
        Language of the repairs that ``detail`` names.

    Returns
    -------
    DataFrame
        A row a kind of finding and layer, worst first: ``layer``, ``severity`` (``error``,
        ``warning``, ``note``), ``kind``, ``rows`` (how many it touches), ``share`` (of the layer's
        rows), ``detail`` (its codes, rows or values, at most ``MOST_NAMED`` of them).

    Examples
    --------
    >>> import tempfile
    >>> from deadzones.coverage.inputs import load
    >>> from deadzones.coverage.study import Study
    >>> from deadzones.geodata import synthetic
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = findings(load(Study.read(synthetic.country(folder, communes=2))))
    >>> set(found["severity"]) <= {"error", "warning", "note"}
    True
    """
    newest = max(
        (layer.spec.date for layer in inputs.layers.values() if layer.spec.date), default=None
    )
    audited = of_boundaries(inputs) if audited is None else audited
    told = [
        (layer.name, *row)
        for layer in inputs.layers.values()
        for row in _of_layer(layer, newest, inputs, audited, lang)
    ]
    table = pd.DataFrame(told, columns=list(COLUMNS))
    order = table["severity"].map(SEVERITIES.index)
    return (
        table.assign(order=order)
        .sort_values(["order", "layer", "kind"], kind="stable", ignore_index=True)
        .drop(columns="order")
    )


def of_boundaries(inputs: Inputs) -> gpd.GeoDataFrame:
    """Audit the boundaries of a study's communes, and the areas that their file states.

    Examples
    --------
    >>> import tempfile
    >>> from deadzones.coverage.inputs import load
    >>> from deadzones.coverage.study import Study
    >>> from deadzones.geodata import synthetic
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     len(of_boundaries(load(Study.read(synthetic.country(folder, communes=2)))))
    0
    """
    stated = _stated_km2(inputs)
    return boundaries.audit(inputs.communes.assign(area_km2=stated).reset_index())


def _stated_km2(inputs: Inputs) -> pd.Series:
    """Read the areas that the file of communes states, which readers pass over; NaN without."""
    source = inputs.study.source_of(inputs.of("communes")[0].spec)
    none = pd.Series(np.nan, inputs.communes.index)
    if isinstance(source.data, Path) and source.data.is_dir():
        return none  # thousands of files, each read once already
    raw = pd.DataFrame(files.open_table(source))
    code = source.columns.get("commune_code", "commune_code")
    if code not in raw or "area_km2" not in raw:
        return none
    area = pd.Series(pd.to_numeric(raw["area_km2"], errors="coerce").to_numpy(), raw[code])
    return area[~area.index.duplicated()].reindex(inputs.communes.index).astype(float)


def of_faults(faults: Iterable[Fault]) -> pd.DataFrame:
    """Write the faults of a study as findings: each is an error that stops it.

    Examples
    --------
    >>> of_faults([Fault("a.csv", "-3", "people >= 0", "Mend it.", row=7)])["detail"].tolist()
    ['a.csv, row 7: found -3; wanted people >= 0. Mend it.']
    """
    rows = [(fault.file, "error", "fault", 1, 1.0, str(fault)) for fault in faults]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def scores(found: pd.DataFrame, layers: Iterable[str]) -> pd.Series:
    """Score each layer: 100 less the weight of each finding, by the share of rows that it touches.

    Parameters
    ----------
    found : DataFrame
        As :func:`findings` gives them.
    layers : iterable of str
        All layers; one without a finding has 100.

    Returns
    -------
    Series
        0 to 100, whole.

    Examples
    --------
    >>> found = pd.DataFrame({"layer": ["a"], "severity": ["warning"], "share": [0.4]})
    >>> scores(found, ["a", "b"]).to_dict()
    {'a': 90, 'b': 100}
    """
    taken = found["severity"].map(WEIGHTS) * found["share"].clip(lower=LEAST_SHARE)
    lost = taken.groupby(found["layer"]).sum().reindex(list(layers), fill_value=0.0)
    return (100.0 - lost).clip(lower=0.0).round().astype(int)


_Row = tuple[str, str, int, float, str]


def _of_layer(
    layer: LayerData, newest: dt.date | None, inputs: Inputs, audited: gpd.GeoDataFrame, lang: str
) -> Iterator[_Row]:
    yield from _stated(layer, newest)
    yield from _repaired(layer, inputs)
    if isinstance(layer.data, pd.DataFrame):
        yield from _table(layer, inputs)
    if layer.spec.role == "communes":
        yield from _boundaries(inputs, audited)
        return
    yield from _placed(layer, inputs, lang)
    for severity, kind, codes in quality_people.faults(layer, inputs):
        yield severity, kind, len(codes), len(codes) / len(inputs.communes), _some(codes)


def _stated(layer: LayerData, newest: dt.date | None) -> Iterator[_Row]:
    """Tell what is not stated of a layer: who owns it, from when it is, under what terms."""
    spec = layer.spec
    for kind, missing in (
        ("no_owner", spec.owner == "not stated"),
        ("no_date", spec.date is None),
        ("no_licence", spec.licence == "not stated"),
    ):
        if missing:
            yield "note", kind, 0, 1.0, ""
    if spec.date and newest and (newest - spec.date).days > OLD_YEARS * 365.25:
        yield "warning", "old", 0, 1.0, spec.date.isoformat()
    if spec.evidence == "proxy":
        yield "note", "proxy", 0, 1.0, ""


def _repaired(layer: LayerData, inputs: Inputs) -> Iterator[_Row]:
    """Tell what was put right of a layer on its way in."""
    receipt = str(getattr(layer.data, "attrs", {}).get("receipt") or "")
    invalid, gone = [*map(int, re.findall(r"\d+", receipt)), 0, 0][:2]
    for kind, count in (("repaired", invalid - gone), ("left_out", gone)):
        if count > 0:
            yield "note", kind, count, min(count / max(len(layer.table), 1), 1.0), ""
    if layer.spec.options.get("swap_axes"):
        yield "note", "axes_swapped", 0, LEAST_SHARE, ""
    if given := layer.spec.options.get("crs"):
        yield "note", "system_given", 0, LEAST_SHARE, str(given)[:80]
    if layer.spec.role == "people" and layer.is_raster and reconciles(inputs):
        yield "note", "scaled_to_totals", 0, LEAST_SHARE, ""


def _table(layer: LayerData, inputs: Inputs) -> Iterator[_Row]:
    """Tell of rows that say nothing, that stand twice, or that lie in no commune."""
    table = pd.DataFrame(layer.data)
    known = schema.columns(layer.spec.reader)
    for name in _VALUES:
        if name in table and name in known and len(table):
            empty = table[name].isna()
            if empty.mean() > MISSING_SHARE and not (name == "operator" and layer.spec.operator):
                yield "note", "empty_cells", int(empty.sum()), float(empty.mean()), name
    if isinstance(layer.data, gpd.GeoDataFrame) and layer.spec.role != "communes" and len(table):
        twice = _same(layer.data)
        if twice.any():
            detail = _some(np.flatnonzero(twice) + 1)
            yield "warning", "twice", int(twice.sum()), float(twice.mean()), detail
        if set(layer.data.geom_type.unique()) <= {"Point", "MultiPoint"}:
            row, _ = inputs.communes.sindex.query(layer.data.geometry, predicate="intersects")
            outside = np.setdiff1d(np.arange(len(table)), row)
            if inputs.study.area.is_all and len(outside):
                share = len(outside) / len(table)
                yield "note", "outside", len(outside), share, _some(outside + 1)


def _placed(layer: LayerData, inputs: Inputs, lang: str) -> Iterator[_Row]:
    """Tell of a layer whose rows lie elsewhere than in the communes that they name."""
    if not isinstance(layer.data, gpd.GeoDataFrame) or "commune_code" not in layer.data:
        return
    coded = layer.data[layer.data["commune_code"].isin(inputs.communes.index)]
    if len(coded):
        for row in crs.detect(coded, inputs.communes, lang=lang).to_dict("records"):
            yield "error", str(row["fault"]), int(row["points"]), 1.0, str(row["repair"])


def _same(table: gpd.GeoDataFrame) -> np.ndarray:
    """Mark rows that repeat an earlier one, shape and all."""
    plain = pd.DataFrame(table.drop(columns=table.geometry.name)).astype("str")
    return plain.assign(shape=table.geometry.to_wkb()).duplicated().to_numpy()


def _boundaries(inputs: Inputs, audited: gpd.GeoDataFrame) -> Iterator[_Row]:
    for (fault, severity), rows in audited.groupby(["fault", "severity"], sort=True):
        codes = pd.unique(pd.concat([rows["code"], rows["other_code"]]).dropna())
        share = len(codes) / max(len(inputs.communes), 1)
        yield str(severity), str(fault), len(rows), share, _some(codes)


def _some(values: Iterable[object]) -> str:
    listed = [str(value) for value in values]
    more = f" +{len(listed) - MOST_NAMED}" if len(listed) > MOST_NAMED else ""
    return ", ".join(listed[:MOST_NAMED]) + more
