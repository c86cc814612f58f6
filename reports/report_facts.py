"""The figures of a report: counted once for the whole result, then cut to a province or a commune.

People and money are whole numbers from here on (persons, millions of VND), rounded commune by commune
and proposal by proposal before anything is added: sentences, tables and totals all come from these.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypedDict, Unpack

import geopandas as gpd
import numpy as np
import pandas as pd

from . import discretion, register, register_states, register_tasks, sovereignty
from .products import Result
from .report_change import Change, changes
from .report_counts import FIGURES, counts
from .words import Lang

Level = Literal["nation", "province", "commune"]
Kind = Literal["nation", "area", "province", "city", "commune"]
"""Of place; an area is a study that is not the whole country."""
LEVELS: Final = ("nation", "province", "commune")
CITIES: Final = frozenset("01 31 46 48 75 79 92".split())
"""Provinces that are centrally run cities since 30 April 2026, in the real Viet Nam."""
MINIMUM_PEOPLE: Final = 10
"""Fewer people than this are not told apart in what is published."""


@dataclass(frozen=True)
class Service:
    """A service of the study, as the report speaks of it."""

    key: str
    type: str
    names: tuple[str, str]
    evidence: str
    target_pct: float | None
    generation: str | None

    def name(self, lang: Lang) -> str:
        """Give its name in a language."""
        return self.names[0 if lang == "vi" else 1]


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
        When the day is none, or with all faults of the tasks.
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
    services = tuple(_services(result.manifest))
    keys = [one.key for one in services]
    lead = next((one.key for one in services if one.type == "mobile"), None)
    communes = counts(result, rows, keys, lead)
    if sovereignty.is_viet_nam(result.manifest, result.communes):
        communes["province_name"] = communes["province_name"].replace(
            "Hồ Chí Minh", "TP. Hồ Chí Minh"
        )
    change = None
    if before is not None:
        change = changes(before, result, communes, rows, keys)
        change = replace(change, spent_vnd=how.get("spent_vnd"))
    hidden = None
    if result.manifest.get("public"):
        blocks = [["people"], [f"{key}_{part}" for key in keys for part in ("lacking", "unknown")]]
        blocks[1].append("lacking")
        hidden = discretion.hidden(communes, communes["province_code"], blocks, minimum_people)
    return Base(
        result=result,
        day=day,
        services=services,
        communes=communes,
        register=rows,
        upgrades=_upgrades(result, communes, minimum_people),
        change=change,
        hidden=hidden,
        minimum=minimum_people,
        digest=digest(result.manifest),
    )


def day_of(manifest: Mapping[str, Any]) -> dt.date:
    """Find the day of the newest input: a report is never dated by the clock.

    Examples
    --------
    >>> day_of({"layers": {"a": {"date": "2026-01-31"}, "b": {"date": None}}})
    datetime.date(2026, 1, 31)
    """
    told = [layer.get("date") for layer in manifest.get("layers", {}).values()]
    days = [
        one if isinstance(one, dt.date) else dt.date.fromisoformat(str(one)) for one in told if one
    ]
    if not days:
        raise ValueError("as_of: no layer of this result has a date; give the day of the report")
    return max(days)


def digest(manifest: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a manifest, as it stands in the folder of its result.

    Examples
    --------
    >>> digest({})[:8]
    'ca3d163b'
    """
    text = json.dumps(dict(manifest), ensure_ascii=False, indent=2, default=str)
    return hashlib.sha256((text + "\n").encode()).hexdigest()


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
    units = _by_province(communes) if level == "nation" else communes
    figures = [name for name in units if name in FIGURES or _counted(str(name))]
    rows = whole.register
    settled = rows[(rows["record"] != "rest") & rows["commune_code"].isin(communes.index)]
    in_city = _is_city(whole, communes)
    name, kind = _named(whole, communes, level, in_city=in_city)
    hidden, hidden_whole = _hidden(whole, communes, level)
    return Facts(
        level=level,
        code=code,
        name=name,
        kind=kind,
        province_name=_short(str(communes["province_name"].iloc[0])),
        in_city=in_city,
        base=whole,
        communes=communes,
        units=units,
        whole=units[figures].sum(min_count=1).astype("Int64"),
        register=settled,
        upgrades=whole.upgrades[whole.upgrades["commune_code"].isin(communes.index)],
        change=None if whole.change is None else whole.change.within(communes.index),
        hidden=hidden,
        hidden_whole=hidden_whole,
    )


def _services(manifest: Mapping[str, Any]) -> Any:
    asked = manifest.get("study", {}).get("services", {})
    for key, one in manifest["services"].items():
        target = one.get("target_pct", asked.get(key, {}).get("target_pct"))
        yield Service(
            key=key,
            type=one["type"],
            names=(one["name_vi"], one["name_en"]),
            evidence=str(one.get("evidence") or manifest["evidence"]),
            target_pct=None if target is None else float(target),
            generation=register_states.generation(key, one),
        )


def _counted(name: str) -> bool:
    return name.endswith(("_lacking", "_served", "_unknown"))


def _by_province(communes: pd.DataFrame) -> pd.DataFrame:
    figures = [name for name in communes if name in FIGURES or _counted(str(name))]
    groups = communes.groupby("province_code")
    sums = groups[figures].sum(min_count=1).astype("Int64")
    named = groups["province_name"].first().to_frame()
    return named.join(sums)


def _upgrades(result: Result, communes: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """Return the proposals in rank, in whole persons and millions of VND, with a mark of the ``few``."""
    plain = pd.DataFrame(result.upgrades.drop(columns="geometry")).sort_values(
        "rank", kind="stable"
    )
    gained, cost = (
        _carried(plain[name].astype(float) / unit).astype(np.int64).to_numpy()
        for name, unit in (("people_gained", 1.0), ("cost_vnd", 1e6))
    )
    code = plain["commune_code"].astype("str")
    home = communes.reindex(code)
    table = pd.DataFrame(
        {
            "rank": plain["rank"].astype(int),
            "kind": plain["kind"].astype("str"),
            "service": plain["service"].astype("str"),
            "commune_code": code,
            "commune_name": home["commune_name"].to_numpy(),
            "province_code": home["province_code"].to_numpy(),
            "province_name": home["province_name"].to_numpy(),
            "gained": gained,
            "cost_million": cost,
            "depends_on": plain["depends_on"].fillna("").astype("str"),
        },
        index=plain.index,
    )
    return table.assign(few=discretion.few(table, minimum) if result.manifest["public"] else False)


def _carried(values: pd.Series) -> pd.Series:
    """Round so that the sum is the rounded sum, for a budget is no million short or over."""
    so_far = np.rint(values.cumsum())
    return so_far - so_far.shift(fill_value=0.0)


def _is_city(whole: Base, communes: pd.DataFrame) -> bool:
    """Tell whether the first commune lies in a centrally run city."""
    name, code = (str(communes[key].iloc[0]) for key in ("province_name", "province_code"))
    real = sovereignty.is_viet_nam(whole.result.manifest, whole.result.communes)
    return (real and code in CITIES) or name.casefold().startswith("thành phố ")


def _named(whole: Base, communes: pd.DataFrame, level: Level, *, in_city: bool) -> tuple[str, Kind]:
    """Name the place of a report, and say what kind of place it is."""
    if level == "commune":
        return str(communes["commune_name"].iloc[0]), "commune"
    if level == "province":
        kind: Kind = "city" if in_city else "province"
        return _short(str(communes["province_name"].iloc[0])), kind
    real = sovereignty.is_viet_nam(whole.result.manifest, whole.result.communes)
    if real and set(communes["province_code"]) >= sovereignty.PROVINCE_CODES:
        return "", "nation"
    title = whole.result.manifest.get("title") or whole.result.manifest.get("name") or ""
    return str(title), "area"


def _short(name: str) -> str:
    """Strip the kind of a province off its name."""
    for kind in ("tỉnh ", "thành phố ", "tp. "):
        if name.casefold().startswith(kind):
            return name[len(kind) :]
    return name


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
