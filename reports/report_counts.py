"""Whole persons and settlements of each commune, from the tables of a result and its register."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from . import register_areas, register_totals
from .products import Result

STATES: Final = (
    "lacking", "complete", "lacks_unknown", "no_signal", "weak_signal", "signal_lacking", "no_5g",
    "with_signal", "signal_unknown", "no_grid", "local_power", "unstable_grid", "with_grid", "power_unknown", "no_fibre",
    "with_fibre", "fibre_unknown",
)  # fmt: skip
"""What settlements and clusters have or lack, as the register counts them."""
SETTLED: Final = ("settlements", "places", "clusters", *(f"settled_{name}" for name in STATES))
"""Numbers of settlements; ``settled_...`` is in which state."""
CAUSES: Final = ("cause_power", "cause_fibre", "cause_site", "cause_unclear")
"""Parts of the people without signal: those without power too; with it, but without fibre; with both;
and those of whom no dead zone says it, such as clusters that are too small for one."""
FIGURES: Final = frozenset(("communes", "people", "people_unknown", "lacking", *SETTLED, *CAUSES))
"""Columns that add up, besides those of each service."""
CLASSES: Final = ("area_class", "mountainous", "border", "island")
"""What communes may be split by, where the result says it."""


def counts(
    result: Result, register: pd.DataFrame, services: list[str], lead: str | None
) -> pd.DataFrame:
    """Count each commune.

    Parameters
    ----------
    result : Result
    register : DataFrame
        As :func:`deadzones.reports.register.villages` gives it.
    services : list of str
    lead : str, optional
        The service of whose lack the causes are told.

    Returns
    -------
    DataFrame
        By commune code: names, classes, and whole numbers, null where unknown. ``people`` is
        ``<service>_served`` + ``<service>_lacking`` + ``<service>_unknown`` for every service;
        ``<lead>_lacking`` is the sum of the causes.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports import register
    >>> result = dz.demo(communes=4)
    >>> table = counts(result, register.villages(result), ["mobile"], "mobile")
    >>> parts = table[["mobile_served", "mobile_lacking", "mobile_unknown"]].sum(axis=1)
    >>> bool((parts == table["people"]).all())
    True
    """
    communes = pd.DataFrame(result.communes.drop(columns="geometry"))
    names = ["commune_name", "province_code", "province_name"]
    kept = communes[[*names, *(name for name in CLASSES if name in communes)]]
    if "area_class" in kept:
        kept = kept.assign(area_class=register_areas.area_class(communes, result.manifest))
    communes = communes.sort_values("province_code", kind="stable")
    people = _floats(communes, "people")
    everyone = np.rint(people)
    table: dict[str, pd.Series] = {
        "communes": pd.Series(1, communes.index),
        "people": everyone,
        "people_unknown": people.isna().astype(float),
    }
    for key in services:
        table |= _parts(communes, key, people, everyone)
    each = pd.DataFrame({key: table[f"{key}_lacking"] for key in services}, index=communes.index)
    some = _of_these(_lacking(communes, "all", people), people, everyone)
    table["lacking"] = np.maximum(some, each.max(axis=1)).where(some.notna())
    if lead is not None:
        table |= _causes(result, table[f"{lead}_lacking"], lead)
    numbers = pd.DataFrame(table, index=communes.index).astype("Int64")
    totals = register_totals.totals(register, "commune")
    renamed = {name: f"settled_{name}" for name in STATES}
    settled = totals.rename(columns=renamed).reindex(communes.index)
    return (
        kept.loc[communes.index]
        .join(numbers)
        .join(settled[list(SETTLED)].fillna(0).astype("Int64"))
    )


def _of_these(part: pd.Series, people: pd.Series, everyone: pd.Series) -> pd.Series:
    """Round a part of the people: all of them stay all of them, and nobody nobody."""
    rounded = np.minimum(np.rint(part), everyone)
    return rounded.where(part < people * (1.0 - 1e-9), everyone).where(part.notna())


def _floats(table: pd.DataFrame, column: str) -> pd.Series:
    if column not in table:
        return pd.Series(np.nan, table.index)
    values = table[column].to_numpy(dtype=np.float64, na_value=np.nan)
    return pd.Series(values, table.index)


def _lacking(communes: pd.DataFrame, key: str, people: pd.Series) -> pd.Series:
    """Look up the people who lack a service; where only a share is told they follow from it."""
    name = "lacking_people" if key == "all" else f"{key}_lacking_people"
    if name in communes:
        return _floats(communes, name)
    return people * (1.0 - _floats(communes, f"{key}_people_pct") / 100.0)


def _parts(
    communes: pd.DataFrame, key: str, people: pd.Series, whole: pd.Series
) -> dict[str, pd.Series]:
    """Part the people of each commune into those with a service, without it, and not known."""
    lacking = _of_these(_lacking(communes, key, people), people, whole)
    known = f"{key}_known_people"
    share = _floats(communes, f"{key}_people_pct")
    told = _floats(communes, known) if known in communes else people.where(share.notna(), 0.0)
    unknown = (whole - _of_these(told, people, whole)).where(lacking.notna(), whole)
    lacking = np.minimum(lacking.fillna(0.0), whole - unknown).where(whole.notna())
    return {
        f"{key}_lacking": lacking,
        f"{key}_unknown": unknown,
        f"{key}_served": whole - lacking - unknown,
    }


def _causes(result: Result, lacking: pd.Series, lead: str) -> dict[str, pd.Series]:
    """Part the people without signal by what else lacks in their dead zone."""
    types = {key: one["type"] for key, one in result.manifest["services"].items()}
    power, fibre = (
        [key for key, kind in types.items() if kind == wanted] for wanted in ("power", "fibre")
    )
    zones = result.dead_zones
    lacks = zones["lacks"].astype("str").str.split("+")
    said = zones["communes"].astype("str").str.split(";").explode().dropna()
    parts = said.str.rsplit(":", n=1, expand=True).reindex(columns=[0, 1])
    code, people = parts[0], parts[1].astype(float)
    here = lacks.reindex(parts.index)
    without = np.array([lead in each for each in here], dtype=bool)
    dark = np.array([any(key in each for key in power) for each in here], dtype=bool)
    far = np.array([any(key in each for key in fibre) for each in here], dtype=bool)
    marks = {
        "cause_power": without & dark,
        "cause_fibre": without & ~dark & far,
        "cause_site": without & ~dark & ~far,
    }
    left, found = lacking.fillna(0.0), dict[str, pd.Series]()
    for name, mark in marks.items():
        sums = people[mark].groupby(code[mark]).sum().reindex(lacking.index, fill_value=0.0)
        found[name] = np.minimum(np.rint(sums), left).where(lacking.notna())
        left = left - found[name].fillna(0.0)
    return found | {"cause_unclear": left.where(lacking.notna())}


def figures(table: pd.DataFrame) -> list[str]:
    """Name the columns of counts that add up.

    Examples
    --------
    >>> figures(pd.DataFrame(columns=["people", "border", "mobile_lacking"]))
    ['people', 'mobile_lacking']
    """
    ends = ("_lacking", "_served", "_unknown")
    return [str(name) for name in table if name in FIGURES or str(name).endswith(ends)]


def by_province(communes: pd.DataFrame) -> pd.DataFrame:
    """Sum what was counted up by province.

    Examples
    --------
    >>> table = {"province_code": "12", "province_name": "Lai Châu", "people": [3, 4]}
    >>> int(by_province(pd.DataFrame(table)).at["12", "people"])
    7
    """
    groups = communes.groupby("province_code")
    sums = groups[figures(communes)].sum(min_count=1).astype("Int64")
    return groups["province_name"].first().to_frame().join(sums)
