"""The figures of a report: counted once for the whole result, then cut to a province or a commune.

People and money are whole numbers from here on (persons, millions of VND), rounded commune by commune
and proposal by proposal before anything is added: sentences, tables and totals all come from these.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypedDict, Unpack

import geopandas as gpd
import pandas as pd

from . import discretion, register, register_held, register_tasks, report_plan, sovereignty
from .products import Result
from .report_change import Change, changes, spent
from .report_counts import by_province, counts, figures
from .report_kinds import CITIES, LEVELS, Kind, Level, in_city, named, short
from .report_services import Service, services
from .report_source import day_of, digest

__all__ = [
    "CITIES",
    "LEVELS",
    "MINIMUM_PEOPLE",
    "Base",
    "Counting",
    "Facts",
    "Kind",
    "Level",
    "Service",
    "base",
    "cut",
    "day_of",
    "digest",
]

MINIMUM_PEOPLE: Final = 10
"""Fewer people than this are not told apart in what is published."""


@dataclass(frozen=True)
class Base:
    """What is counted of a whole result, for the reports of all its places."""

    result: Result
    day: dt.date
    services: tuple[Service, ...]
    communes: pd.DataFrame
    register: gpd.GeoDataFrame
    upgrades: pd.DataFrame
    change: Change | None
    hidden: discretion.Hidden | None
    held: pd.DataFrame | None
    minimum: int
    digest: str


@dataclass(frozen=True)
class Facts:
    """What is counted of the place of one report.

    Attributes
    ----------
    communes : DataFrame
        A row a commune of the place: whole numbers, null where unknown.
    units : DataFrame
        The rows of the report's own table: provinces of the nation, communes of a province.
    whole : Series
        Their sums.
    register : GeoDataFrame
        The settlements of the place, without rows of other people.
    in_city : bool
        Whether a province, or that of a commune, is a centrally run city.
    upgrades : DataFrame
        The proposals of the place, in rank.
    hidden, hidden_whole : DataFrame, Series or None
        In what is published: figures that are held back.
    """

    level: Level
    code: str
    name: str
    kind: Kind
    province_name: str
    in_city: bool
    base: Base
    communes: pd.DataFrame
    units: pd.DataFrame
    whole: pd.Series
    register: gpd.GeoDataFrame
    upgrades: pd.DataFrame
    change: Change | None
    hidden: pd.DataFrame | None
    hidden_whole: pd.Series | None

    @property
    def services(self) -> tuple[Service, ...]:
        """The services of the study."""
        return self.base.services

    @property
    def day(self) -> dt.date:
        """The day of the report."""
        return self.base.day

    @property
    def manifest(self) -> Mapping[str, Any]:
        """The manifest of the result."""
        return self.base.result.manifest

    @property
    def public(self) -> bool:
        """Whether the report may be published."""
        return bool(self.manifest.get("public"))

    def of_type(self, kind: str) -> Service | None:
        """Find the first service of a type: ``mobile``, ``fibre``, ``power``."""
        return next((one for one in self.services if one.type == kind), None)


class Counting(TypedDict, total=False):
    """How a result is counted.

    Attributes
    ----------
    as_of : date or str
        The day of the report; else that of the newest input.
    tasks : DataFrame
        As :func:`deadzones.reports.register.villages` takes it; else those of the study.
    before : Result
        The previous period.
    spent_vnd : float
        What was spent since then; else told from the plan before.
    minimum_people : int
        In a public result fewer people than this are not told apart; 10 unless told.
    """

    as_of: dt.date | str | None
    tasks: pd.DataFrame | None
    before: Result | None
    spent_vnd: float | None
    minimum_people: int


def base(result: Result, **how: Unpack[Counting]) -> Base:
    """Count a whole result, once for all its reports.

    Parameters
    ----------
    result : Result
    **how
        Of :class:`Counting`: ``as_of``, ``tasks``, ``before``, ``spent_vnd``, ``minimum_people``.

    Returns
    -------
    Base

    Raises
    ------
    BadInput
        When the day or the money spent is none, or with all faults of the tasks.
    ValueError
        When neither a day is given nor any input has a date.

    Examples
    --------
    >>> import deadzones as dz
    >>> base(dz.demo(communes=4)).day
    datetime.date(2026, 1, 31)
    """
    as_of, tasks, before = how.get("as_of"), how.get("tasks"), how.get("before")
    minimum_people = how.get("minimum_people", MINIMUM_PEOPLE)
    day = day_of(result.manifest) if as_of is None else register_tasks.day(as_of).date()
    told = result.tasks if tasks is None and len(result.tasks) else tasks
    rows = register.villages(result, as_of=day, tasks=told)
    asked = tuple(services(result.manifest))
    keys = [one.key for one in asked]
    lead = next((one.key for one in asked if one.type == "mobile"), None)
    communes = counts(result, rows, keys, lead)
    if sovereignty.is_viet_nam(result.manifest, result.communes):
        communes["province_name"] = communes["province_name"].replace(
            "Hồ Chí Minh", "TP. Hồ Chí Minh"
        )
    change = None
    if before is not None:
        change = changes(before, result, communes, rows, keys)
        change = replace(change, spent_vnd=spent(how.get("spent_vnd")))
    hidden, held = None, None
    if result.manifest.get("public"):
        blocks = [["people"], [f"{key}_{part}" for key in keys for part in ("lacking", "unknown")]]
        blocks[1].append("lacking")
        few = register_held.few(rows, minimum_people, communes.index)
        hidden = discretion.hidden(
            communes, communes["province_code"], blocks, minimum_people, also=few
        )
        held = register_held.held(rows, minimum_people, hidden.rows)
    return Base(
        result=result,
        day=day,
        services=asked,
        communes=communes,
        register=rows,
        upgrades=report_plan.ranked(result, communes, minimum_people),
        change=change,
        hidden=hidden,
        held=held,
        minimum=minimum_people,
        digest=digest(result.manifest),
    )


def cut(
    whole: Base, level: Level, province: str | None = None, commune: str | None = None
) -> Facts:
    """Cut what was counted to the place of a report.

    Parameters
    ----------
    whole : Base
    level : {"nation", "province", "commune"}
    province, commune : str, optional
        Code of the place, where the level asks for one.

    Returns
    -------
    Facts

    Raises
    ------
    ValueError
        When there is no such level or place, with those that there are.

    Examples
    --------
    >>> import deadzones as dz
    >>> facts = cut(base(dz.demo(communes=4)), "province", "97")
    >>> facts.name, len(facts.units)
    ('Mộng Sơn', 4)
    """
    if level not in LEVELS:
        raise ValueError(f"no level {level!r}: choose one of {', '.join(LEVELS)}")
    communes, code = whole.communes, ""
    if level != "nation":
        column, asked = ("province_code", province) if level == "province" else ("code", commune)
        keys = communes["province_code"] if level == "province" else pd.Series(communes.index)
        if asked is None or not (keys == asked).any():
            known = ", ".join(sorted(set(keys))[:40])
            raise ValueError(f"no {level} {asked!r} in this result: choose one of {known}")
        code = asked
        mark = communes[column] == asked if level == "province" else communes.index == asked
        communes = communes[mark]
    units = by_province(communes) if level == "nation" else communes
    rows = whole.register
    settled = rows[(rows["record"] != "rest") & rows["commune_code"].isin(communes.index)]
    name, kind = named(whole.result, communes, level)
    hidden, hidden_whole = _hidden(whole, communes, level)
    return Facts(
        level=level,
        code=code,
        name=name,
        kind=kind,
        province_name=short(str(communes["province_name"].iloc[0])),
        in_city=in_city(whole.result, communes),
        base=whole,
        communes=communes,
        units=units,
        whole=units[figures(units)].sum(min_count=1).astype("Int64"),
        register=settled,
        upgrades=whole.upgrades[whole.upgrades["commune_code"].isin(communes.index)],
        change=None if whole.change is None else whole.change.within(communes.index),
        hidden=hidden,
        hidden_whole=hidden_whole,
    )


def _hidden(
    whole: Base, communes: pd.DataFrame, level: Level
) -> tuple[pd.DataFrame | None, pd.Series | None]:
    found = whole.hidden
    if found is None:
        return None, None
    rows = found.rows.loc[communes.index]
    if level == "nation":
        return found.groups, found.whole
    if level == "province":
        return rows, found.groups.loc[str(communes["province_code"].iloc[0])]
    return rows, rows.iloc[0]
