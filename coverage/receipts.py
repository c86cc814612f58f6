"""The manifest: what went in, what it is worth, and counts that reconcile."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

import geopandas as gpd
import numpy as np

from ..geodata import overlaps
from ..geodata.rasters import Raster
from . import scores
from ._works import Works
from .access import Access, weakest
from .cells import Cells
from .inputs import Inputs, LayerData
from .plan import Plan
from .services import SERVICES
from .upgrades import Prospect
from .zones import Clusters

_PACKAGES = ("deadzones", "geopandas", "numpy", "pandas", "pyproj", "rasterio", "shapely")
_WHOLE_PCT = 99.0
"""A commune with less of its area than this on the people's grid is listed as cut."""


def manifest(
    inputs: Inputs,
    cells: Cells,
    access: Mapping[str, Access],
    clusters: Clusters,
    communes: gpd.GeoDataFrame,
    prospect: Prospect,
    plan: Plan,
) -> dict[str, Any]:
    """Write down where a result comes from and what it adds up to.

    Returns
    -------
    dict
        Plain values, ready for JSON.

    Examples
    --------
    >>> import deadzones as dz
    >>> tables = dz.demo(communes=4)
    >>> tables.manifest["counts"]["communes"]
    4
    """
    study, operators = inputs.study, scores.operator_columns(access)
    layers = sources(inputs)
    return {
        "name": study.name,
        "title": study.title or study.name,
        "public": study.public,
        "synthetic": any(layer["evidence"] == "synthetic" for layer in layers.values()),
        "evidence": weakest(
            [layer["evidence"] for layer in layers.values()]
            + [status.evidence for status in access.values()]
        ),
        "layers": layers,
        "licences": licences(layers),
        "services": {
            key: _service(key, inputs, access[key], operators.get(key, {}))
            for key in study.services
        },
        "counts": _counts(cells, clusters, communes),
        "upgrades": {
            "budget_vnd": study.upgrades.budget_vnd,
            "cost_column": study.costs.column,
            "people_gained": plan.people,
            "cost_vnd": plan.cost,
            "objective": study.upgrades.objective,
            "worth": plan.people if plan.worth is None else float(plan.worth.sum()),
            "upper_bound": plan.upper_bound,
            "gap": plan.gap,
            "max_gap": study.upgrades.max_gap,
            "proved": plan.exact,
            "costs_rounded": study.public,
            "unpriced": _unpriced(inputs, prospect),
            "isolated": _isolated(prospect),
            "joined_roads": len(prospect.offers.land.joins),
            "price_years": sorted({int(year) for year in inputs.prices["price_year"]}),
            "currency": "VND",
        },
        "study": study.model_dump(mode="json", exclude={"layers"}),
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    """Name the versions of Python and of the libraries that figures rest on.

    Examples
    --------
    >>> "deadzones" in versions()
    True
    """
    return {"python": sys.version.split()[0], **{name: version(name) for name in _PACKAGES}}


def sources(inputs: Inputs) -> dict[str, dict[str, Any]]:
    """Say of each layer where it comes from, what it is worth, and the hash of what was read.

    Examples
    --------
    >>> import deadzones as dz
    >>> sorted(sources(dz.demo(communes=4).prospect.inputs))[:2]
    ['anchors', 'classes']
    """
    return {name: _layer(layer, inputs) for name, layer in inputs.layers.items()}


def licences(layers: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """Sum up under what terms the layers may be used: by licence, which layers.

    Examples
    --------
    >>> licences({"roads": {"licence": "ODbL 1.0"}, "places": {"licence": "ODbL 1.0"}})
    {'ODbL 1.0': ['roads', 'places']}
    """
    found: dict[str, list[str]] = {}
    for name, layer in layers.items():
        found.setdefault(layer["licence"], []).append(name)
    return dict(sorted(found.items()))


def _unpriced(inputs: Inputs, prospect: Prospect) -> list[str]:
    """Return the types of service whose networks upgrades need but the study has no layer of.

    Nobody knows how far they are, so what brings them is not in any price.
    """
    types = {rule.type for rule in inputs.study.services.values()}
    layers = prospect.offers.problem.ways.layers
    needed = {need for kind in types for remedy in SERVICES[kind].remedies for need in remedy.needs}
    return sorted(needed - set(layers))


def _isolated(prospect: Prospect) -> dict[str, int]:
    """Count the places, by network, to which it cannot be brought: too far from any way to it."""
    problem = prospect.offers.problem
    works = Works(problem)
    vnd = np.concatenate([works.state.vnd, np.full((len(problem.ways.layers), 1), np.inf)], axis=1)
    return {
        layer: len(
            np.unique(
                prospect.offers.candidates.table.loc[
                    problem.needs[:, number] & ~np.isfinite(vnd[number, problem.node]), "cell"
                ]
            )
        )
        for number, layer in enumerate(problem.ways.layers)
    }


def _layer(layer: LayerData, inputs: Inputs) -> dict[str, Any]:
    spec, data = layer.spec, layer.data
    receipt = getattr(data, "attrs", {}).get("receipt")
    entry: dict[str, Any] = {
        "role": spec.role,
        "reader": spec.reader,
        "path": inputs.study.source_of(spec).label,
        "owner": spec.owner,
        "licence": spec.licence,
        "date": spec.date.isoformat() if spec.date else None,
        "evidence": spec.evidence,
        "operator": spec.operator,
        "options": {key: str(value) for key, value in sorted(spec.options.items())},
        "sha256": layer.sha256,
        "rows": None if isinstance(data, Raster) else len(data),
    }
    return entry if receipt is None else entry | {"repaired": receipt}


def _service(
    key: str, inputs: Inputs, status: Access, operators: Mapping[str, str]
) -> dict[str, Any]:
    rule = inputs.study.services[key]
    service = SERVICES[rule.type]
    return {
        "type": rule.type,
        "name_vi": service.name_vi,
        "name_en": service.name_en,
        "unit": service.unit,
        "threshold": rule.limit.value,
        "better": "higher" if service.higher_is_better else "lower",
        "weight": rule.weight,
        "target_pct": rule.target_pct,
        "evidence": status.evidence,
        "predicted": {layer: list(each.notes) for layer, each in status.predictions.items()},
        "operators": dict(operators),
    }


def _counts(cells: Cells, clusters: Clusters, communes: gpd.GeoDataFrame) -> dict[str, Any]:
    shares, kept = cells.shares, clusters.kept
    covered = 100.0 * cells.plan.area_m2 / 1e6 / communes["area_km2"]
    cut = covered.notna() & (covered < _WHOLE_PCT)
    shared = overlaps.find(communes)
    return {
        "communes": len(communes),
        "provinces": int(communes["province_code"].nunique()),
        "communes_unknown": communes.index[communes["people"].isna()].tolist(),
        "communes_cut": communes.index[cut].tolist(),
        "overlapping_pairs": len(shared),
        "overlapping_km2": float(shared["km2"].sum()),
        "people_input": shares.raw_total,
        "people_counted": shares.total,
        "people_in_communes": float(np.nansum(shares.people)),
        "people_outside": shares.outside,
        "people_lacking": float(communes["lacking_people"].sum()),
        "people_in_dead_zones": float(clusters.people[kept].sum()),
        "people_in_dropped_clusters": float(clusters.people[~kept].sum()),
        "dead_zones": int(kept.sum()),
        "dropped_clusters": int((~kept).sum()),
    }
