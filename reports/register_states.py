"""What each settlement has, in the words of the ministry's forms: signal, power, fibre.

A state is said only where the result proves it; else it is null, which is never a zero.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from ..coverage.zones import JOIN
from ..geodata import distance
from ..geodata import grid as grids

if TYPE_CHECKING:
    from ..coverage.analysis import Tables
    from ..geodata.rasters import Field

EDGE_DBM: Final = -121.0
"""Below this there is no signal at all, from here to the threshold it is weak: a working value, as
no regulation that we know gives one."""

_ALL_PCT: Final = 100.0 - 1e-9
_WHOLE: Final = 0.999
"""Share of a commune's people and area that must be known to say that what is not lacking is there:
borders and cells do not agree to the metre."""


def services_of(manifest: Mapping[str, Any], kind: str) -> list[str]:
    """Give the keys of the services of a type, in the study's order.

    Examples
    --------
    >>> services_of({"services": {"lte": {"type": "mobile"}, "fibre": {"type": "fibre"}}}, "mobile")
    ['lte']
    """
    return [key for key, one in manifest["services"].items() if one["type"] == kind]


def lacking(rows: pd.DataFrame, result: Tables) -> pd.DataFrame:
    """Say of each service whether a settlement lacks it.

    Parameters
    ----------
    rows : DataFrame
        As :func:`deadzones.reports.register_rows.settlements` gives them.
    result : Tables

    Returns
    -------
    DataFrame of boolean
        By service; null where it is not known. That a service is not among those lacking proves it
        only where nothing else is lacking, or where the service is known in the whole commune.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports import register_rows
    >>> result = dz.demo(communes=4)
    >>> lacking(register_rows.settlements(result), result).dtypes.unique().tolist()
    [BooleanDtype]
    """
    text, code = rows["lacks"], rows["commune_code"]
    marked = JOIN + text.fillna("") + JOIN
    rest = rows["record"] == "rest"
    found: dict[str, pd.Series] = {}
    for service in result.manifest["services"]:
        state = pd.Series(pd.NA, rows.index, dtype="boolean")
        known = code.map(_known(result.communes, service)).astype(bool)
        share = code.map(_column(result.communes, f"{service}_people_pct"))
        listed = marked.str.contains(f"{JOIN}{service}{JOIN}", regex=False)
        state[(text == "") | (text.notna() & ~listed & known)] = False
        state[rest & known & (share >= _ALL_PCT)] = False
        state[listed | (rest & known & (share == 0.0))] = True
        found[service] = state
    return pd.DataFrame(found, index=rows.index)


def signal(rows: gpd.GeoDataFrame, result: Tables, lacks: pd.DataFrame) -> pd.DataFrame:
    """Say what mobile signal a settlement has: overall, and from each operator.

    Parameters
    ----------
    rows : GeoDataFrame
    result : Tables
    lacks : DataFrame
        As :func:`lacking` gives it.

    Returns
    -------
    DataFrame
        ``signal`` and ``signal_<service>_<operator>``: ``none`` (no signal), ``weak`` (some, below
        the threshold), ``lacking`` (below it, which of both is not known), ``no_5g`` (no 5G, in a
        study of 5G alone), ``served``, ``2g`` to ``5g`` where the service is of one generation,
        overall ``congested`` where there is signal but a speed that was measured is too low;
        null where it is not known.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports import register_rows
    >>> result = dz.demo(communes=4)
    >>> rows = register_rows.settlements(result)
    >>> signal(rows, result, lacking(rows, result))["signal"].dropna().isin(
    ...     ["weak", "served"]
    ... ).any()
    np.True_
    """
    mobile = services_of(result.manifest, "mobile")
    each = {key: _service(key, rows, result, lacks[key]) for key in mobile}
    overall = _overall(each, result.manifest, rows.index)
    found = {"signal": overall.mask(_slow(overall, result.manifest, lacks), "congested")}
    for key in mobile:
        operators = {
            "signal_" + column.removesuffix("_people_pct"): _operator(
                key, operator, rows, result, each[key]
            )
            for operator, column in result.manifest["services"][key].get("operators", {}).items()
        }
        found |= _last_left(operators, each[key])
    return pd.DataFrame(found, index=rows.index).astype("str")


def yes_no(lacks: pd.DataFrame, keys: list[str], has: str, has_not: str) -> pd.Series:
    """Name the state of services of one type: any of them is enough.

    Examples
    --------
    >>> known = pd.DataFrame({"power": pd.array([True, False, None], dtype="boolean")})
    >>> yes_no(known, ["power"], "grid", "none").tolist()
    ['none', 'grid', nan]
    """
    state = pd.Series(None, lacks.index, dtype="str")
    if keys:
        state[lacks[keys].fillna(value=False).all(axis=1)] = has_not
        state[(~lacks[keys]).fillna(value=False).any(axis=1)] = has
    return state


def power(rows: pd.DataFrame, lacks: pd.DataFrame, keys: list[str]) -> pd.Series:
    """Name the power supply of settlements: as surveyed, else as the grid is near or not.

    Examples
    --------
    >>> rows = pd.DataFrame({"power_supply": ["unstable", "local", None]})
    >>> known = pd.DataFrame({"power": pd.array([False, True, True], dtype="boolean")})
    >>> power(rows, known, ["power"]).tolist()
    ['unstable', 'local', 'none']
    """
    return rows["power_supply"].fillna(yes_no(lacks, keys, "grid", "none"))


def far_km(rows: gpd.GeoDataFrame, assets: gpd.GeoDataFrame) -> pd.Series:
    """Measure the geodesic distance from settlements to the nearest of some assets, km.

    Examples
    --------
    >>> rows = gpd.GeoDataFrame(geometry=gpd.points_from_xy([105.0], [21.0]), crs=4326)
    >>> there = gpd.GeoDataFrame(geometry=gpd.points_from_xy([105.0], [21.1]), crs=4326)
    >>> far_km(rows, there).round(1).tolist(), far_km(rows, there.iloc[:0]).tolist()
    ([11.1], [nan])
    """
    far = pd.Series(np.nan, rows.index)
    placed = _placed(rows)
    if len(assets) and placed.any():
        at = rows.geometry[placed]
        far[placed] = distance.nearest(at.x.to_numpy(), at.y.to_numpy(), assets)[0] / 1000.0
    return far


def generation(key: str, service: Mapping[str, Any]) -> str | None:
    """Tell the generation of a mobile service from its key and names.

    Examples
    --------
    >>> generation("mobile_5g", {}), generation("mobile", {"name_vi": "sóng di động"})
    ('5g', None)
    """
    text = " ".join([key, service.get("name_vi", ""), service.get("name_en", "")])
    found = re.search(r"(?<![0-9A-Za-z])([2-5])[Gg](?![0-9A-Za-z])", text.replace("_", " "))
    return f"{found[1]}g" if found else None


def _service(key: str, rows: gpd.GeoDataFrame, result: Tables, lacks: pd.Series) -> pd.Series:
    """Return none, weak, lacking or what the service gives."""
    state = pd.Series(None, rows.index, dtype="str")
    less = lacks.fillna(value=False).astype(bool)
    state[~lacks.fillna(value=True).astype(bool)] = (
        generation(key, result.manifest["services"][key]) or "served"
    )
    state[less] = "none" if _declared_only(key, result.manifest) else "lacking"
    if key in result.signal:
        level, inside = _levels(rows, result.signal[key])
        state[less & inside] = "none"
        state[less & inside & (level >= EDGE_DBM)] = "weak"
    return state


def _overall(
    each: Mapping[str, pd.Series], manifest: Mapping[str, Any], index: pd.Index
) -> pd.Series:
    """Join the mobile services of a study: the newest generation that is there, else the best left."""
    state = pd.Series(None, index, dtype="str")
    named = {key: generation(key, manifest["services"][key]) for key in each}
    if not each:
        return state
    less = pd.DataFrame({key: one.isin(["none", "weak", "lacking"]) for key, one in each.items()})
    table = pd.DataFrame(dict(each))
    none, weak = (table == "none").all(axis=1), (table == "weak").any(axis=1)
    state[less.all(axis=1)] = "lacking"
    state[none] = "none"
    state[less.all(axis=1) & weak] = "weak"
    if set(named.values()) == {"5g"}:
        state[less.all(axis=1)] = "no_5g"
    for key in sorted(each, key=lambda key: named[key] or ""):
        there = each[key].notna() & ~less[key]
        state[there] = named[key] or "served"
    return state


def _slow(state: pd.Series, manifest: Mapping[str, Any], lacks: pd.DataFrame) -> pd.Series:
    """Tell where there is signal and a speed is known to lack."""
    speeds = lacks[services_of(manifest, "speed")].fillna(value=False).astype(bool)
    return state.isin(["served", "2g", "3g", "4g", "5g"]) & speeds.any(axis=1)


def _operator(
    key: str, operator: str, rows: gpd.GeoDataFrame, result: Tables, overall: pd.Series
) -> pd.Series:
    service = result.manifest["services"][key]
    column = service["operators"][operator]
    has = generation(key, service) or "served"
    code, communes = rows["commune_code"], result.communes
    share = code.map(_column(communes, column))
    stem = column.removesuffix("_people_pct")
    known = code.map(_column(communes, f"{stem}_known_people") >= _WHOLE * communes["people"])
    known = known.astype(bool)
    state = pd.Series(None, rows.index, dtype="str")
    state[known & (share >= _ALL_PCT)] = has
    state[known & (share == 0.0)] = "lacking"
    if _declared_only(key, result.manifest, operator) and len(result.assets):
        assets = result.assets
        areas = assets[(assets["service"] == key) & (assets["operator"] == operator)]
        state[_placed(rows)] = "none"
        state[_within(rows, areas)] = has
    state[overall.isin(["weak", "lacking"]) & ~state.isin(["none"])] = "lacking"
    state[overall == "none"] = "none"
    if len(service["operators"]) == 1:
        state[overall.notna()] = overall
    return state


def _last_left(operators: Mapping[str, pd.Series], overall: pd.Series) -> dict[str, pd.Series]:
    """Give the weak signal of all operators together to the only one that has any."""
    weak = overall == "weak"
    none = {name: state == "none" for name, state in operators.items()}
    absent = pd.DataFrame(none).sum(axis=1) if none else 0
    last = weak & (absent == len(operators) - 1)
    return {name: state.mask(last & ~none[name], "weak") for name, state in operators.items()}


def _declared_only(key: str, manifest: Mapping[str, Any], operator: str | None = None) -> bool:
    """Whether all that is known of a service, or of one operator's, are areas of usable signal."""
    layers = [
        layer
        for layer in manifest["layers"].values()
        if layer["role"] == key and operator in (None, layer.get("operator"))
    ]
    return bool(layers) and all(
        layer["reader"] == "polygons" and "level_dbm" not in layer.get("options", {})
        for layer in layers
    )


def _levels(rows: gpd.GeoDataFrame, field: Field) -> tuple[pd.Series, pd.Series]:
    """Return the predicted level at each settlement, dBm, and whether the prediction reaches there."""
    placed = _placed(rows)
    level, inside = pd.Series(np.nan, rows.index), pd.Series(data=False, index=rows.index)
    at = rows.geometry[placed].to_crs(grids.pinned(field.grid.crs))
    column, row = ~field.grid.transform * (at.x.to_numpy(), at.y.to_numpy())
    row, column = np.floor(row).astype(np.int64), np.floor(column).astype(np.int64)
    height, width = field.grid.shape
    there = (row >= 0) & (row < height) & (column >= 0) & (column < width)
    predicted = np.asarray(field.values)
    level[at.index[there]] = predicted[row[there], column[there]]
    inside[at.index[there]] = True
    return level, inside


def _within(rows: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> np.ndarray:
    mark = np.zeros(len(rows), dtype=bool)
    if len(areas):
        mark[areas.sindex.query(rows.geometry.to_numpy(), predicate="intersects")[0]] = True
    return mark


def _placed(rows: gpd.GeoDataFrame) -> pd.Series:
    return rows.geometry.notna() & ~rows.geometry.is_empty


def _known(communes: gpd.GeoDataFrame, service: str) -> pd.Series:
    """Whether a service is known of all people and all of the area of each commune."""
    people = _column(communes, f"{service}_known_people") >= _WHOLE * communes["people"]
    return people & (_column(communes, f"{service}_known_area") >= _WHOLE * communes["area_km2"])


def _column(communes: gpd.GeoDataFrame, name: str) -> pd.Series:
    return communes[name] if name in communes else pd.Series(np.nan, communes.index)
