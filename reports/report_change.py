"""What changed since the previous period: people newly served and people lost, villages closed, opened."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import geopandas as gpd
import pandas as pd

from ..geodata.faults import BadInput, Fault
from . import register, report_units, zone_changes
from .products import Result
from .report_counts import counts

ROUNDED: Final = 10
"""In what is published changes are told to so many persons."""


@dataclass(frozen=True)
class Change:
    """Two periods held against each other, commune by commune.

    Attributes
    ----------
    services : tuple of str
        Those that both have.
    communes : DataFrame
        By code, of those in both: ``<service>_gained`` and ``<service>_lost`` in persons, null where
        the people of whom nothing is known are not the same; ``<service>_before`` and
        ``<service>_after``: persons served.
    only_after, only_before : Index
        Communes that stand in one only.
    estimated : Index
        Communes whose earlier figures were shared out by area, because borders moved.
    settlements : DataFrame
        ``commune_code``, ``village``, ``closed``, ``opened``: settlements that lacked something and
        lack nothing now, and the other way round; of one name in one commune in both.
    planned_vnd : Series
        By commune, what the plan before asks for those of its upgrades whose dead zone is gone.
    spent_vnd : float or None
        What was spent on the whole, where somebody says it.
    made_up : bool
        Whether the earlier period is, of a result that is not.
    """

    services: tuple[str, ...]
    communes: pd.DataFrame
    only_after: pd.Index
    only_before: pd.Index
    estimated: pd.Index
    settlements: pd.DataFrame
    planned_vnd: pd.Series
    spent_vnd: float | None = None
    made_up: bool = False

    def within(self, codes: pd.Index) -> Change:
        """Cut it to some communes; those that are gone belong to no place of today."""
        return replace(
            self,
            communes=self.communes[self.communes.index.isin(codes)],
            only_after=self.only_after[self.only_after.isin(codes)],
            estimated=self.estimated[self.estimated.isin(codes)],
            settlements=self.settlements[self.settlements["commune_code"].isin(codes)],
            planned_vnd=self.planned_vnd[self.planned_vnd.index.isin(codes)],
        )

    def total(self, service: str, part: str) -> int:
        """Sum persons up: ``gained``, ``lost``, ``before`` or ``after``."""
        return int(self.communes[f"{service}_{part}"].sum())

    def count(self, mark: str) -> int:
        """Count settlements that are ``closed`` or ``opened``."""
        return int(self.settlements[mark].sum())

    def unclear(self, service: str) -> int:
        """Count the communes of which the change is not known."""
        return int(self.communes[f"{service}_gained"].isna().sum())


def changes(
    before: Result,
    after: Result,
    communes: pd.DataFrame,
    rows: pd.DataFrame,
    services: list[str],
) -> Change:
    """Hold the counts of a result against an earlier one.

    Parameters
    ----------
    before, after : Result
    communes : DataFrame
        Of the later one, as :func:`deadzones.reports.report_counts.counts` gives them.
    rows : DataFrame
        Its register.
    services : list of str

    Returns
    -------
    Change
        Commune by commune where both have the same; else on the later ones, by area.

    Raises
    ------
    NotComparable
        When the two share no commune.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports import register
    >>> result = dz.demo(communes=4)
    >>> rows = register.villages(result)
    >>> table = counts(result, rows, ["mobile"], "mobile")
    >>> changes(result, result, table, rows, ["mobile"]).total("mobile", "gained")
    0
    """
    both = [key for key in services if key in before.manifest["services"]]
    earlier_rows = register.villages(before)
    earlier = counts(before, earlier_rows, both, None)
    wanted = [f"{key}_{part}" for key in both for part in ("served", "unknown")]
    land = after.communes
    units = report_units.bridge(land, before.communes, earlier[wanted])
    if units.moved:
        earlier_rows = report_units.placed(earlier_rows, land)
    new, old = communes.loc[units.counts.index], units.counts
    table: dict[str, pd.Series] = {}
    for key in both:
        net = new[f"{key}_served"] - old[f"{key}_served"]
        net = net.where(new[f"{key}_unknown"] == old[f"{key}_unknown"])
        table |= {
            f"{key}_before": old[f"{key}_served"],
            f"{key}_after": new[f"{key}_served"],
            f"{key}_gained": net.clip(lower=0),
            f"{key}_lost": (-net).clip(lower=0),
        }
    return Change(
        services=tuple(both),
        communes=pd.DataFrame(table, index=old.index).astype("Int64"),
        only_after=units.only_after,
        only_before=units.only_before,
        estimated=units.estimated,
        settlements=_settlements(rows, earlier_rows),
        planned_vnd=_planned_vnd(before, after, land if units.moved else None),
        made_up=bool(before.manifest["synthetic"] and not after.manifest["synthetic"]),
    )


def spent(vnd: float | None) -> float | None:
    """Check what was spent.

    Raises
    ------
    BadInput
        When it is no amount of money.

    Examples
    --------
    >>> spent(12.5e9)
    12500000000.0
    """
    if vnd is not None and not 0 <= vnd < math.inf:
        wanted, repair = "what was spent, 0 VND or more", "Write it as 12.5e9."
        raise BadInput([Fault("--spent", f"{vnd:g}", wanted, repair)])
    return vnd


def _settlements(rows: pd.DataFrame, earlier: pd.DataFrame) -> pd.DataFrame:
    """Find the settlements of one name in one commune in both, and what became of them."""
    keys = ["commune_code", "village"]
    now, then = (_named(table) for table in (rows, earlier))
    both = now.merge(then, on=keys, suffixes=("", "_then"))
    lacks, lacked = ((both[name] != "").to_numpy(dtype=bool) for name in ("lacks", "lacks_then"))
    return both[keys].assign(closed=lacked & ~lacks, opened=lacks & ~lacked)


def _named(register_rows: pd.DataFrame) -> pd.DataFrame:
    known = register_rows["village"].notna() & register_rows["lacks"].notna()
    named = pd.DataFrame(register_rows).loc[known, ["commune_code", "village", "lacks"]]
    return named.drop_duplicates(["commune_code", "village"], keep=False)


def _planned_vnd(before: Result, after: Result, land: gpd.GeoDataFrame | None) -> pd.Series:
    """Sum what the plan before asks for upgrades whose dead zone is gone, by their commune of today."""
    gone = ~zone_changes.met(before.dead_zones, after.dead_zones)
    upgrades = before.upgrades
    built = upgrades["zone_id"].map(gone).astype("boolean").fillna(value=False).to_numpy(dtype=bool)
    chosen = upgrades[built]
    if land is not None:
        there = report_units.placed(chosen, land)["commune_code"]
        chosen = chosen.assign(commune_code=there.reindex(chosen.index, fill_value=""))
    return chosen.groupby("commune_code")["cost_vnd"].sum()
