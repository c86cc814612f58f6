"""What changed since the previous period: people newly served and people lost, villages closed, opened."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from . import comparison, register
from .products import Result
from .report_counts import counts


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
    settlements : DataFrame
        ``commune_code``, ``village``, ``closed``, ``opened``: settlements that lacked something and
        lack nothing now, and the other way round; of one name in one commune in both.
    """

    services: tuple[str, ...]
    communes: pd.DataFrame
    only_after: pd.Index
    only_before: pd.Index
    settlements: pd.DataFrame

    def within(self, codes: pd.Index) -> Change:
        """Cut it to some communes; those that are gone belong to no place of today."""
        return replace(
            self,
            communes=self.communes[self.communes.index.isin(codes)],
            only_after=self.only_after[self.only_after.isin(codes)],
            settlements=self.settlements[self.settlements["commune_code"].isin(codes)],
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
    communes: pd.DataFrame,
    rows: pd.DataFrame,
    services: list[str],
) -> Change:
    """Hold the counts of a result against an earlier one.

    Parameters
    ----------
    before : Result
    communes : DataFrame
        As :func:`deadzones.reports.report_counts.counts` gives them.
    rows : DataFrame
        The register.
    services : list of str

    Returns
    -------
    Change
        Only codes that agree are held against each other.

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
    >>> changes(result, table, rows, ["mobile"]).total("mobile", "gained")
    0
    """
    both = [key for key in services if key in before.manifest["services"]]
    earlier_rows = register.villages(before)
    earlier = counts(before, earlier_rows, both, None)
    met = comparison.match(communes.index, earlier.index)
    new, old = communes.loc[met.both], earlier.loc[met.both]
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
        communes=pd.DataFrame(table, index=met.both).astype("Int64"),
        only_after=met.only_after,
        only_before=met.only_before,
        settlements=_settlements(rows, earlier_rows),
    )


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
