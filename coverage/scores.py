"""Figures of communes and provinces: who is served, who is not, by people and by area."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from . import ranking
from .access import LACKING, SERVED, Access
from .cells import Cells
from .study import Rule
from .zones import Lacks

_WEIGHTS = {"road": "road_km"}
"""What a percentage is of, by the word before "_pct", where how much of it is known is not kept."""


@dataclass(frozen=True)
class Tally:
    """People and area of every commune by what its cells lack: all figures derive from it.

    Parameters
    ----------
    unit : ndarray of int64
        Position of the commune.
    mask, unknown : ndarray of uint8
        Bits of the services lacking, and of those unknown.
    people : ndarray of float64
        Persons.
    area_m2 : ndarray of float64
        Area, m2.
    """

    unit: np.ndarray
    mask: np.ndarray
    unknown: np.ndarray
    people: np.ndarray
    area_m2: np.ndarray


def tally(cells: Cells, state: Lacks) -> Tally:
    """Count people and area by commune and by what is lacking.

    Examples
    --------
    >>> import tempfile
    >>> from deadzones.coverage.analysis import survey
    >>> from deadzones.coverage.study import Study
    >>> from deadzones.geodata import synthetic
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = survey(Study.read(synthetic.country(folder, communes=1)))
    >>> counts = tally(found.cells, found.state)
    >>> bool(counts.people.sum() == found.cells.people.sum())
    True
    """
    plan = cells.plan
    bits = state.mask.astype(np.int64) | (state.unknown.astype(np.int64) << 8)
    key = (plan.unit.astype(np.int64) << 16) | bits[cells.of_triple]
    found, inverse = np.unique(key, return_inverse=True)
    people = np.bincount(inverse, weights=np.nan_to_num(cells.shares.people), minlength=len(found))
    area = np.bincount(
        inverse, weights=plan.fraction * cells.area_m2[cells.of_triple], minlength=len(found)
    )
    return Tally(
        found >> 16,
        (found & 255).astype(np.uint8),
        ((found >> 8) & 255).astype(np.uint8),
        people,
        area,
    )


def communes(
    table: gpd.GeoDataFrame,
    cells: Cells,
    state: Lacks,
    access: Mapping[str, Access],
    zone_of_cell: np.ndarray,
    rules: Mapping[str, Rule],
) -> gpd.GeoDataFrame:
    """Score the communes.

    Parameters
    ----------
    table : GeoDataFrame
        Communes by code, in the order of the cells' plan.
    cells : Cells
    state : Lacks
    access : mapping of str to Access
        By service.
    zone_of_cell : ndarray of int64
        Dead zone of each cell, -1 in none.
    rules : mapping of str to Rule
        Weights and targets by service.

    Returns
    -------
    GeoDataFrame
        The table with its figures; null where a commune has no cell with data.

    Examples
    --------
    >>> import tempfile
    >>> from deadzones.coverage.analysis import survey
    >>> from deadzones.coverage.study import Study
    >>> from deadzones.geodata import synthetic
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = survey(Study.read(synthetic.country(folder, communes=1)))
    >>> table = communes(
    ...     found.inputs.communes,
    ...     found.cells,
    ...     found.state,
    ...     found.access,
    ...     found.clusters.zone_of_cell,
    ...     found.inputs.study.services,
    ... )
    >>> table["rank"].tolist()
    [1]
    """
    counts = tally(cells, state)
    known = cells.plan.reduce(cells.shares.people, np.isfinite(cells.shares.people))
    figures = _figures(counts, state.services, table.index)
    figures.insert(0, "people", known)
    in_zone = (zone_of_cell >= 0)[cells.of_triple]
    figures["dead_people"] = cells.plan.reduce(np.nan_to_num(cells.shares.people) * in_zone)
    figures["score"] = ranking.index(figures, rules)
    for service, columns in operator_columns(access).items():
        for operator, column in columns.items():
            cover = access[service].by_operator[operator]
            figures = figures.assign(**_operator(column, cells, cover))
    figures = figures.mask(known.isna())
    return table.join(figures).pipe(ranking.ranked)


def provinces(communes: gpd.GeoDataFrame, rules: Mapping[str, Rule]) -> gpd.GeoDataFrame:
    """Sum the communes up to provinces and score these.

    Parameters
    ----------
    communes : GeoDataFrame
        As :func:`communes` gives them.
    rules : mapping of str to Rule

    Returns
    -------
    GeoDataFrame
        By ``province_code``, with the same figures, ``communes`` (how many) and borders dissolved.

    Examples
    --------
    >>> import deadzones as dz
    >>> tables = dz.demo(communes=4)
    >>> len(provinces(tables.communes, tables.prospect.inputs.study.services))
    1
    """
    key = communes["province_code"]
    table = _summed(communes, key, rules)
    table.insert(0, "province_name", communes.groupby(key)["province_name"].agg("first"))
    shapes = communes.geometry.groupby(key).agg(lambda some: some.union_all())
    return ranking.ranked(gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes, crs=communes.crs)))


def national(communes: gpd.GeoDataFrame, rules: Mapping[str, Rule]) -> dict[str, float | None]:
    """Sum the communes up to one row: the whole area of the study.

    Parameters
    ----------
    communes : GeoDataFrame
        As :func:`communes` gives them.
    rules : mapping of str to Rule

    Returns
    -------
    dict
        Figure by name; None where unknown.

    Examples
    --------
    >>> import deadzones as dz
    >>> tables = dz.demo(communes=4)
    >>> national(tables.communes, tables.prospect.inputs.study.services)["communes"]
    4.0
    """
    row = _summed(communes, pd.Series(0, index=communes.index), rules).iloc[0]
    return {str(name): None if pd.isna(value) else float(value) for name, value in row.items()}


def _summed(communes: gpd.GeoDataFrame, key: pd.Series, rules: Mapping[str, Rule]) -> pd.DataFrame:
    figures = communes.select_dtypes("number").drop(columns=["score", "rank"])
    rates = [column for column in figures if str(column).endswith("_pct")]
    table = figures.drop(columns=rates).groupby(key).sum(min_count=1)
    table.insert(0, "communes", communes.groupby(key).size())
    for column in rates:
        table[column] = _weighted(communes, str(column), key)
    return table.assign(score=ranking.index(table, rules))


def _weighted(communes: gpd.GeoDataFrame, column: str, key: pd.Series) -> pd.Series:
    """Mean of a percentage over the communes where it is known, by what it is a percentage of."""
    known = _known(column)
    weight = communes[known if known in communes else _WEIGHTS[known.rsplit("_", 1)[1]]]
    weight = weight.where(communes[column].notna())
    total = weight.groupby(key).sum(min_count=1)
    return (communes[column] * weight).groupby(key).sum(min_count=1) / total.where(total > 0)


def _figures(counts: Tally, services: tuple[str, ...], index: pd.Index) -> pd.DataFrame:
    size, columns = len(index), dict[str, np.ndarray]()
    everything = (1 << len(services)) - 1
    for bit, service in enumerate(services):
        lacking, unknown = counts.mask >> bit & 1 > 0, counts.unknown >> bit & 1 > 0
        served = ~lacking & ~unknown
        columns |= _rates(service, counts, served, ~unknown, size)
        columns[f"{service}_lacking_people"] = _by_unit(counts.unit, counts.people, lacking, size)
    settled = (counts.mask > 0) | (counts.unknown & everything == 0)
    none_lacking = (counts.mask == 0) & settled
    columns |= _rates("all", counts, none_lacking, settled, size)
    columns["lacking_people"] = _by_unit(counts.unit, counts.people, counts.mask > 0, size)
    return pd.DataFrame(columns, index=index)


def _rates(
    name: str, counts: Tally, served: np.ndarray, known: np.ndarray, size: int
) -> dict[str, np.ndarray]:
    """Percentages served of the people and of the area of which something is known, and these."""
    columns: dict[str, np.ndarray] = {}
    for of, amount in (("people", counts.people), ("area", counts.area_m2 / 1e6)):
        seen = _by_unit(counts.unit, amount, known, size)
        columns[f"{name}_{of}_pct"] = _pct(_by_unit(counts.unit, amount, served, size), seen)
        columns[f"{name}_known_{of}"] = seen
    return columns


def _by_unit(unit: np.ndarray, amount: np.ndarray, where: np.ndarray, size: int) -> np.ndarray:
    return np.bincount(unit[where], weights=amount[where], minlength=size)


def _pct(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(whole > 0, 100.0 * (part / whole), np.nan)


def _operator(column: str, cells: Cells, cover: np.ndarray) -> dict[str, np.ndarray]:
    """Share of the people of whom it is known that an operator serves, and how many these are."""
    status, size = cover[cells.of_triple], len(cells.plan.index)
    people, unit = np.nan_to_num(cells.shares.people), cells.plan.unit
    served = _by_unit(unit, people, status == SERVED, size)
    seen = served + _by_unit(unit, people, status == LACKING, size)
    return {column: _pct(served, seen), _known(column): seen}


def _known(column: str) -> str:
    """Name the column of how much is known of what a percentage is of."""
    name, of = column.removesuffix("_pct").rsplit("_", 1)
    return f"{name}_known_{of}"


def operator_columns(access: Mapping[str, Access]) -> dict[str, dict[str, str]]:
    """Name the column of each operator's share of people, by service and operator.

    Examples
    --------
    >>> nobody = np.zeros(1)
    >>> operator_columns(
    ...     {"mobile": Access(nobody, {"Mộng 5G": nobody, "Mong-5G": nobody}, "proxy")}
    ... )
    {'mobile': {'Mộng 5G': 'mobile_mong_5g_people_pct', 'Mong-5G': 'mobile_mong_5g_2_people_pct'}}
    """
    taken = {f"{service}_people_pct" for service in access}
    found: dict[str, dict[str, str]] = {}
    for service, status in access.items():
        for operator in status.by_operator:
            stem = f"{service}_{_slug(operator)}"
            numbered = (f"{stem}_{number}_people_pct" for number in itertools.count(2))
            names = itertools.chain([f"{stem}_people_pct"], numbered)
            column = next(name for name in names if name not in taken)
            taken.add(column)
            found.setdefault(service, {})[operator] = column
    return found


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "_", letters).strip("_")
