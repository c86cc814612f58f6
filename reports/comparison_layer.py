"""What a page that compares two results shows beside the result after: packed values and totals.

The communes' shapes are those of the result after and are not repeated: ``before`` and ``change``
are columns on the same rows. ``comparison.py`` does the counting.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import geopandas as gpd
import numpy as np
import pandas as pd

from ..coverage.access import weakest
from . import comparison, measures, packing, zone_changes
from .map_elements import PackedLayer
from .measures import Measure
from .province_page import zones_within
from .words import pair

RULES = ("weight", "target_pct")  # of a service: what its part of the score rests on


class Compared(Protocol):
    """What a result must hold to be held against another."""

    @property
    def communes(self) -> gpd.GeoDataFrame: ...  # noqa: D102 - named in the class
    @property
    def provinces(self) -> gpd.GeoDataFrame: ...  # noqa: D102
    @property
    def dead_zones(self) -> gpd.GeoDataFrame: ...  # noqa: D102
    @property
    def manifest(self) -> Mapping[str, Any]: ...  # noqa: D102


@dataclass(frozen=True)
class Comparison:
    """What is added to a page.

    Attributes
    ----------
    layers
        Packed values: before and change, of communes and provinces.
    settings
        JSON values for ``map_compare.js``.
    """

    layers: list[PackedLayer]
    settings: dict[str, Any]


def caution(after: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Give the manifest of the result after the stricter label of the two.

    Parameters
    ----------
    after, before
        Manifests.

    Returns
    -------
    dict
        That of ``after``: synthetic or public if either is, and with the weaker evidence.

    Examples
    --------
    >>> caution({"evidence": "measured"}, {"evidence": "proxy", "public": True})
    {'evidence': 'proxy', 'synthetic': False, 'public': True}
    """
    known = [str(each["evidence"]) for each in (after, before) if each.get("evidence")]
    return dict(after) | {
        "evidence": weakest(known) if known else None,
        "synthetic": bool(after.get("synthetic") or before.get("synthetic")),
        "public": bool(after.get("public") or before.get("public")),
    }


def shared(offered: list[Measure], after: Compared, before: Compared) -> list[Measure]:
    """Keep the measures by which two results can be compared.

    Parameters
    ----------
    offered
        Measures of the result after.
    after, before
        The results.

    Returns
    -------
    list of Measure
        Those that both have. What is of all services together (score, dead zones) stays only where
        both have the same services.

    Raises
    ------
    NotComparable
        If none is left.

    Examples
    --------
    >>> import deadzones as dz
    >>> result = dz.demo(communes=4)
    >>> offered = measures.available(list(result.communes.columns), result.manifest)
    >>> shared(offered, result, result) == offered
    True
    """
    same = set(_services(after)) == set(_services(before))
    there = measures.available(list(before.communes.columns), before.manifest)
    keys = {measure.key for measure in there}
    kept = [each for each in offered if each.key in keys and (same or not _overall(each))]
    if not kept:
        raise comparison.NotComparable(
            f"the two results share no measure: services {', '.join(_services(after)) or 'none'} "
            f"in the one, {', '.join(_services(before)) or 'none'} in the other"
        )
    return kept


def compare(
    after: Compared,
    before: Compared,
    choices: list[Measure],
    province: str | None,
    precision: float,
) -> Comparison:
    """Hold a result against another.

    Parameters
    ----------
    after
        The communes, provinces and dead zones that the page shows.
    before
        The result that they are held against, whole.
    choices
        What ``shared`` keeps.
    province
        Code of the one province that is drawn, else None.
    precision
        Unit of the stored coordinates, degrees.

    Returns
    -------
    Comparison
        Layers and settings of the page.

    Raises
    ------
    NotComparable
        If the two share no commune.

    Examples
    --------
    >>> import deadzones as dz
    >>> result = dz.demo(communes=4)
    >>> offered = measures.available(list(result.communes.columns), result.manifest)
    >>> found = compare(result, result, offered, None, 1e-4)
    >>> found.settings["matched"]
    {'both': 4, 'only_after': 0, 'only_before': 0}
    """
    other = _chosen(after.communes, before.communes, province)
    match = comparison.match(after.communes.index, other.index)
    keys = [choice.key for choice in choices]
    settings = {
        "changes": {choice.key: asdict(measures.change(choice)) for choice in choices},
        "national": _national(before.manifest, keys),
        "matched": {name: len(codes) for name, codes in asdict(match).items()},
        "people": [_people(table.loc[match.both]) for table in (other, after.communes)],
        **_totals(after.communes, other, choices),
        **_differences(after, before, keys),
    }
    layers = [
        *_packed("communes", after.communes, other, keys),
        *_packed("provinces", after.provinces, before.provinces, keys),
    ]
    if _same(after, before):  # of other services, a dead zone would be another thing
        old = before.dead_zones if province is None else zones_within(before.dead_zones, other)
        zones = _of(after.dead_zones, match.both), _of(old, match.both)
        settings["zones"] = zone_changes.counts(*zones)
        marks = {"of": "zones", "view": "change"}
        layers.append(PackedLayer("compared", zone_changes.marks(*zones), marks))
        layers.append(PackedLayer("old_zones", zone_changes.old(*zones, precision), {}))
    return Comparison(layers, settings)


def _chosen(
    after: gpd.GeoDataFrame, before: gpd.GeoDataFrame, province: str | None
) -> gpd.GeoDataFrame:
    """Communes of before that the page is about; one may have come from another province."""
    if province is None:
        return before
    return before[(before["province_code"] == province) | before.index.isin(after.index)]


def _packed(
    of: str, after: pd.DataFrame, before: pd.DataFrame, keys: list[str]
) -> list[PackedLayer]:
    keys = [key for key in (*keys, "people") if key in after.columns and key in before.columns]
    nowhere = np.full(len(after), None, dtype=object)
    old = comparison.aligned(after, before, keys)
    new = comparison.change(after, old)
    columns = {
        "before": {key: _values(old, key, whole=key.endswith("people")) for key in keys},
        "change": {
            key: packing.values(new[key], 0 if key.endswith("people") else 2)
            for key in keys
            if key != "people"
        },
    }
    return [
        PackedLayer("compared", packing.pack(each, nowhere, 1.0), {"of": of, "view": view})
        for view, each in columns.items()
    ]


def _values(table: pd.DataFrame, key: str, *, whole: bool) -> Sequence[Any]:
    return packing.values(table[key], 0) if whole else packing.shares(table[key])


def _totals(
    after: gpd.GeoDataFrame, before: gpd.GeoDataFrame, choices: list[Measure]
) -> dict[str, Any]:
    """Persons who gained and who lost by each measure that counts persons."""
    keys = [choice.key for choice in choices if choice.unit != "points"]
    net = comparison.persons(after, before, keys)
    provinces = comparison.totals(net, after["province_code"])
    nation = provinces.sum(min_count=1)
    return {
        "totals": _pairs(nation, keys),
        "provinces": {str(code): _pairs(row, keys) for code, row in provinces.iterrows()},
    }


def _pairs(row: "pd.Series[float]", keys: list[str]) -> dict[str, list[int]]:
    gained, lost = row["gained"], row["lost"]
    return {key: [round(gained[key]), round(lost[key])] for key in keys if np.isfinite(gained[key])}


def _of(zones: gpd.GeoDataFrame, codes: "pd.Index[str]") -> gpd.GeoDataFrame:
    return zones[zones["commune_code"].isin(codes)]


def _people(table: pd.DataFrame) -> int:
    return round(float(pd.to_numeric(table["people"]).sum()))


def _differences(after: Compared, before: Compared, keys: list[str]) -> dict[str, Any]:
    """What the two results do not have in common, so that nobody takes it for a change."""
    offered = [
        choice
        for each in (after, before)
        for choice in measures.available(list(each.communes.columns), each.manifest)
    ]
    left_out = {
        each.key: each.label for each in offered if each.key not in keys and not _overall(each)
    }
    names = measures.service_names(after.manifest)
    new, old = _services(after), _services(before)
    common = [key for key in new if key in old]
    same = _same(after, before)
    return {
        "left_out": list(left_out.values()),
        "overall": same,
        "thresholds": [
            {"name": names[key], "before": _limit(old[key]), "after": _limit(new[key])}
            for key in common
            if _limit(old[key]) != _limit(new[key])
        ],
        "rules_differ": same
        and any(new[key].get(rule) != old[key].get(rule) for key in common for rule in RULES),
    }


def _limit(about: Mapping[str, Any]) -> dict[str, Any]:
    """The threshold of a service as the page writes it."""
    return {
        "threshold": about.get("threshold"),
        "unit": str(about.get("unit") or ""),
        "better": str(about.get("better") or ""),
    }


def _national(manifest: Mapping[str, Any], keys: list[str]) -> dict[str, float]:
    found = manifest.get("national", {})
    return {key: float(found[key]) for key in keys if np.isfinite(found.get(key, np.nan))}


def _services(result: Compared) -> Mapping[str, Any]:
    return result.manifest.get("services", {})


def _same(after: Compared, before: Compared) -> bool:
    return set(_services(after)) == set(_services(before))


def _overall(measure: Measure) -> bool:
    return measure.group == pair("overall")
