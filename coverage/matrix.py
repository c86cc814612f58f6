"""Scores under many suppositions at once: operators, technologies, bands, thresholds, dates."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from ..geodata import writing
from ..geodata.faults import BadInput, Fault
from . import batch
from .batch import Options
from .inputs import Step
from .study import Study
from .study_parts import Case, Layer

_SITES = ("sites",)
_TECHNOLOGY = ("sites", "polygons")
_SUMS = ("people", "lacking_people", "dead_people")


def cases(study: Study) -> dict[str, tuple[dict[str, str], Study]]:
    r"""Cross what each ``[[scenario]]`` of a study lists.

    Parameters
    ----------
    study : Study

    Returns
    -------
    dict
        By name, in the study's order: what is supposed, as text by column, and the study under it.
        A service that has no layer left under a supposition is left out of that one.

    Raises
    ------
    BadInput
        When nothing is left of a study, or a threshold has the wrong unit.

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
    found: dict[str, tuple[dict[str, str], Study]] = {}
    for case in study.scenario:
        for supposed in _crossed(case):
            name = ", ".join(
                f"{key.removeprefix('threshold_')} {value}" for key, value in supposed.items()
            )
            found[name] = (
                {key: str(value) for key, value in supposed.items()},
                _under(study, supposed, name),
            )
    return found


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
        As :func:`deadzones.coverage.batch.score` raises it.

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
    out = out.resolve()
    target, kept = out / f"{study.name}.scenarios", out / f"{study.name}.scenarios.work"
    _refuse_foreign(target)
    how = replace(options or Options(), work=kept / "tasks")
    tables: list[pd.DataFrame] = []
    wanted = cases(study)
    columns = list(dict.fromkeys(key for supposed, _ in wanted.values() for key in supposed))
    for number, (name, (supposed, under)) in enumerate(wanted.items(), start=1):
        tell(f"scenario {number} of {len(wanted)}: {name}")
        folder = batch.score(under, kept / f"{number:03d}", how)
        communes = gpd.read_parquet(folder / "communes.parquet")
        plain = pd.DataFrame(communes.drop(columns="geometry")).reset_index()
        told = {"scenario": name} | {key: supposed.get(key) for key in columns}
        tables.append(pd.DataFrame(told, index=plain.index).astype("str").join(plain))
    together = pd.concat(tables, ignore_index=True)
    with writing.replacing(target) as part:
        together.to_parquet(part / "communes.parquet")
        writing.write_csv(together, part / "communes.csv", indexed=False)
        writing.write_csv(
            _sums(together, ["scenario", *columns]), part / "scenarios.csv", indexed=False
        )
    return target


def _crossed(case: Case) -> Iterator[dict[str, Any]]:
    lists: dict[str, tuple[Any, ...]] = {
        name: getattr(case, name)
        for name in ("operator", "technology", "band_mhz", "until")
        if getattr(case, name)
    }
    lists |= {f"threshold_{key}": values for key, values in case.thresholds.items()}
    for values in itertools.product(*lists.values()):
        yield dict(zip(lists, values, strict=True))


def _under(study: Study, supposed: Mapping[str, Any], name: str) -> Study:
    """Return the study under a supposition."""
    layers = {key: _cut(study, layer, supposed) for key, layer in study.layers.items()}
    kept = {key: layer for key, layer in layers.items() if layer is not None}
    services = {
        key: rule.model_copy(update={"threshold": supposed.get(f"threshold_{key}", rule.threshold)})
        for key, rule in study.services.items()
        if any(layer.role == key for layer in kept.values())
    }
    strange = [key for key in supposed if key.startswith("threshold_")]
    unknown = [key for key in strange if key.removeprefix("threshold_") not in study.services]
    if unknown or not services:
        found = f"a service {unknown[0].removeprefix('threshold_')}" if unknown else "no layer left"
        wanted = "one of " + ", ".join(study.services)
        repair = "Mend this [[scenario]] of the study."
        raise BadInput([Fault(study.name, found, wanted, repair, column=f"scenario: {name}")])
    # Validated anew: a threshold must have its service's unit.
    checked = {key: type(rule).model_validate(rule.model_dump()) for key, rule in services.items()}
    return study.model_copy(update={"layers": kept, "services": checked, "scenario": ()})


def _cut(study: Study, layer: Layer, supposed: Mapping[str, Any]) -> Layer | None:
    """Return what of a layer there is under a supposition; None for nothing."""
    rule = study.services.get(layer.role)
    if rule is None:
        return layer
    until = supposed.get("until")
    if until is not None and layer.date is not None and layer.date > until:
        return None
    if rule.type != "mobile":
        return layer
    options, keep = dict(layer.options), dict(layer.options.get("keep", {}))
    operator = supposed.get("operator")
    if operator is not None and layer.operator is not None and layer.operator != operator:
        return None
    if operator is not None and layer.operator is None:
        keep["operator"] = [operator]
    if "band_mhz" in supposed and layer.reader in _SITES:
        keep["band_mhz"] = [supposed["band_mhz"]]
    if "technology" in supposed and layer.reader in _TECHNOLOGY:
        options["technology"] = supposed["technology"]
    if keep:
        options["keep"] = keep
    return layer.model_copy(update={"options": options})


def _sums(table: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Sum people up by scenario, in the order of the study."""
    names = [name for name in table if name in _SUMS or str(name).endswith("_lacking_people")]
    return table.groupby(keys, sort=False, dropna=False)[names].sum(min_count=1).reset_index()


def _refuse_foreign(folder: Path) -> None:
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else set[str]()
    if names - {"communes.parquet", "communes.csv", "scenarios.csv"} or folder.is_file():
        found, wanted = "something that is no table of scenarios", "a new folder, or an earlier one"
        raise BadInput([Fault(str(folder), found, wanted, "Choose another --out.")])
