"""The village register: a row a settlement, with what it has, what it lacks, and who mends it when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from ..coverage.access import weakest
from ..coverage.classes import FLAGS
from . import register_areas, register_rows, register_states, register_tasks
from .register_totals import check_bulletin, totals

if TYPE_CHECKING:
    from ..coverage.analysis import Tables

__all__ = ["check_bulletin", "totals", "villages"]

_FIRST: Final = (
    "province_code", "province_name", "commune_code", "commune_name", "record", "village", "kind",
    "area_class", *FLAGS, "households", "people",
)  # fmt: skip
_YES_NO: Final = {True: "yes", False: "no"}
_PROPOSED: Final = ("rank", "kind", "service", "people_gained", "cost_vnd")
"""What the register takes over from an upgrade."""


def villages(
    result: Tables, *, as_of: dt.date | str | None = None, tasks: pd.DataFrame | None = None
) -> gpd.GeoDataFrame:
    """Write the register of the settlements of a result.

    Parameters
    ----------
    result : Tables
        ``area_class`` of its communes and ``households`` of its settlements are taken over where
        it has them; :func:`deadzones.reports.register_areas.area_class` says who is outside. So are
        ``mountainous``, ``border`` and ``island``, as ``yes`` or ``no``.
    as_of : date or str, optional
        The day on which a task is judged overdue; without it nobody is.
    tasks : DataFrame, optional
        ``commune_code, village, owner, due, status_reported, status_date, fund, source``; without
        it those of the result.

    Returns
    -------
    GeoDataFrame
        Points in EPSG:4326 by ``number`` (1 = first): a row a settlement; in a commune without
        any, one a cluster of people in a dead zone and one for the other people (``record``).
        What is unknown is null.

        ``signal``, ``signal_<service>_<operator>``, ``power`` and ``fibre`` are states of
        :data:`deadzones.reports.register_words.STATES`; ``power`` is what a survey says
        (``power_supply`` of the places), else what follows from the grid. ``fibre_km``, ``power_km``, ``site_km`` are
        geodesic distances, null in a public result. ``upgrade_...`` is the first proposal of its
        commune that brings a service lacking there: in its dead zone, else elsewhere
        (``upgrade_scope``); one proposal may stand in many rows, so its cost is no summand.
        ``status_measured`` is what our own figures say, ``overdue`` and ``done_but_lacking`` are
        null where there is no task, no date or no figure.

    Raises
    ------
    BadInput
        With all faults of the tasks, or when ``as_of`` is no date.

    Examples
    --------
    >>> import deadzones as dz
    >>> table = villages(dz.demo(communes=4))
    >>> table.loc[1, ["commune_code", "village", "signal", "power", "fibre"]].tolist()
    ['90001', 'Phố Ngỡ Khê', 'served', 'grid', 'served']
    """
    day = None if as_of is None else register_tasks.day(as_of)
    rows = _with_areas(register_rows.settlements(result), result)
    lacks = register_states.lacking(rows, result)
    of_type = {
        kind: register_states.services_of(result.manifest, kind)
        for kind in ("mobile", "power", "fibre")
    }
    told = pd.concat(
        [
            register_states.signal(rows, result, lacks),
            register_states.power(rows, lacks, of_type["power"]).rename("power"),
            register_states.yes_no(lacks, of_type["fibre"], "served", "none").rename("fibre"),
            _lacks(rows["lacks"], lacks).rename("lacks"),
            _evidence(result.manifest, rows.index),
            pd.DataFrame({"lon": rows.geometry.x, "lat": rows.geometry.y}),
            rows["zone_id"],
            _distances(rows, result, of_type),
            _proposals(rows, result.upgrades, lacks),
        ],
        axis=1,
    )
    kept = result.tasks if tasks is None else tasks
    beside = _judged(told["lacks"], _tasks(kept, rows, result.communes.index), day)
    table = pd.concat([pd.DataFrame(rows[list(_FIRST)]), told, beside], axis=1)
    table.index = pd.RangeIndex(1, len(table) + 1, name="number")
    return gpd.GeoDataFrame(table, geometry=rows.geometry.to_numpy(), crs=rows.crs)


def _with_areas(rows: gpd.GeoDataFrame, result: Tables) -> gpd.GeoDataFrame:
    """Add names of commune and province, and its classes; by province, then commune."""
    code, communes = rows["commune_code"], result.communes
    names = {
        name: code.map(communes[name]).astype("str") if name in communes else None
        for name in ("commune_name", "province_code", "province_name")
    }
    names["area_class"] = code.map(register_areas.area_class(communes, result.manifest))
    for flag in FLAGS:
        said = communes[flag].map(_YES_NO, na_action="ignore") if flag in communes else None
        names[flag] = None if said is None else code.map(said)
    named = rows.assign(**names).astype(dict.fromkeys(names, "str"))
    return named.sort_values(["province_code", "commune_code"], kind="stable", ignore_index=True)


def _lacks(text: pd.Series, lacks: pd.DataFrame) -> pd.Series:
    """Return what lacks, also of people of whom only the single services are known."""
    keys = np.array([f"+{service}" for service in lacks], dtype=object)
    marks = lacks.fillna(value=False).to_numpy(dtype=bool)
    joined = pd.Series((marks * keys).sum(axis=1), lacks.index).astype("str").str.removeprefix("+")
    return text.fillna(joined.where(lacks.notna().all(axis=1)))


def _evidence(manifest: Mapping[str, Any], index: pd.Index) -> pd.Series:
    """Return the weakest evidence behind the states: made up where anything is made up."""
    found = [one["evidence"] for one in manifest["services"].values() if "evidence" in one]
    whole = manifest["evidence"] if manifest["synthetic"] or not found else weakest(found)
    return pd.Series(whole, index, dtype="str", name="evidence")


def _distances(
    rows: gpd.GeoDataFrame, result: Tables, of_type: Mapping[str, list[str]]
) -> pd.DataFrame:
    assets = result.assets.iloc[:0] if result.manifest["public"] else result.assets
    sites = assets["service"].isin(of_type["mobile"]) & (assets["kind"] == "site")
    there = {
        "fibre_km": assets["service"].isin(of_type["fibre"]),
        "power_km": assets["service"].isin(of_type["power"]),
        "site_km": sites,
    }
    return pd.DataFrame(
        {name: register_states.far_km(rows, assets[mark]) for name, mark in there.items()}
    )


def _proposals(
    rows: gpd.GeoDataFrame, upgrades: gpd.GeoDataFrame, lacks: pd.DataFrame
) -> pd.DataFrame:
    """Return the first upgrade in rank of its commune that brings a service which a settlement lacks."""
    ranked = pd.DataFrame(upgrades.drop(columns="geometry")).sort_values("rank", kind="stable")
    rank = pd.Series(np.nan, rows.index)
    scope = pd.Series(None, rows.index, dtype="str")
    homes, sites = _homes(rows), _homes(ranked)
    for name in homes:
        found = pd.Series(np.nan, rows.index)
        for service in lacks:
            brings = ranked["service"] == service
            first = ranked[brings].groupby(sites[name][brings])["rank"].min()
            near = homes[name].map(first).astype(float).where(lacks[service].fillna(value=False))
            found = pd.Series(np.fmin(found, near), rows.index)
        new = rank.isna() & found.notna()
        rank[new], scope[new] = found[new], name
    by_rank = ranked.reset_index(names="id").drop_duplicates("rank").set_index("rank", drop=False)
    taken = by_rank.reindex(rank.to_numpy())[["id", *_PROPOSED]].set_axis(rows.index)
    people = register_rows.whole(taken["people_gained"])
    taken = taken.assign(rank=rank.astype("Int64"), scope=scope, people_gained=people)
    return taken.astype({"id": "str", "kind": "str", "service": "str"}).add_prefix("upgrade_")


def _homes(table: pd.DataFrame) -> dict[str, pd.Series]:
    """Return keys of where something is: in which part of a dead zone, and in which commune."""
    code = table["commune_code"]
    return {"zone": code + "/" + table["zone_id"], "commune": code}


def _tasks(tasks: pd.DataFrame, rows: gpd.GeoDataFrame, communes: pd.Index) -> pd.DataFrame:
    none = pd.DataFrame(columns=list(register_tasks.COLUMNS))
    return register_tasks.checked(none if tasks.empty else tasks, rows, communes)


def _judged(lacks: pd.Series, tasks: pd.DataFrame, day: pd.Timestamp | None) -> pd.DataFrame:
    """Add what our own figures say, and on a day what is overdue."""
    measured = lacks.map(lambda text: "lacking" if text else "complete", na_action="ignore")
    done = tasks["status_reported"] == "done"
    overdue = pd.Series(pd.NA, tasks.index, dtype="boolean")
    if day is not None:
        closed = (done | (tasks["status_reported"] == "cancelled")) & ~(tasks["status_date"] > day)
        overdue = ((tasks["due"] < day) & ~closed).astype("boolean").where(tasks["due"].notna())
    known = tasks["status_reported"].notna() & measured.notna()
    contradicted = (done & (measured == "lacking")).astype("boolean").where(known)
    kept = tasks[list(register_tasks.COLUMNS[2:])]
    return kept.assign(
        status_measured=measured.astype("str"), overdue=overdue, done_but_lacking=contradicted
    )
