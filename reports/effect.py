"""Effect, not progress: what became of two results between them, in people, villages and money."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd

from . import zone_changes
from .report_change import ROUNDED, Change
from .report_facts import base

if TYPE_CHECKING:
    from .products import Result

_TASK: Final = (
    "commune_code", "commune_name", "village", "zone_id", "owner", "due", "status_reported",
)  # fmt: skip


@dataclass(frozen=True)
class Effect:
    """What changed from one result to the next.

    Parameters
    ----------
    names : tuple of str
        Of the result before and of the one after.
    manifests : tuple of mapping
        Of both, in the same order.
    day : date
        On which tasks are judged.
    change : Change
        By commune and settlement.
    zones : mapping of str to list of int
        ``before``, ``after``, ``gone``, ``new``: how many dead zones, and how many people in them.
    cost_vnd : float or None
        What the change cost; None where nobody says.
    cost_source : {"given", "plan"} or None
        Whether it was handed in; or is what the plan before asks for the dead zones that are gone.
    overdue, contradicted : DataFrame
        Settlements with a task whose day has passed; whose task is reported done although a service
        lacks there.
    """

    names: tuple[str, str]
    manifests: tuple[Mapping[str, Any], Mapping[str, Any]]
    day: dt.date
    change: Change
    zones: Mapping[str, list[int]]
    cost_vnd: float | None
    cost_source: Literal["given", "plan"] | None
    overdue: pd.DataFrame
    contradicted: pd.DataFrame

    def persons(self, count: int) -> int:
        """Round a count of people where either result is published, so that few are not told apart."""
        public = any(one.get("public") for one in self.manifests)
        return round(count / ROUNDED) * ROUNDED if public else count

    def total(self, service: str, part: str) -> int:
        """Sum persons up: ``gained``, ``lost``, ``before`` or ``after``."""
        return self.persons(self.change.total(service, part))

    @property
    def newly_served(self) -> int:
        """Persons who got a service, each once a service, net in each commune."""
        every = (self.change.total(key, "gained") for key in self.change.services)
        return self.persons(sum(every))

    @property
    def cost_per_person_vnd(self) -> float | None:
        """Cost for each person newly served; None where there is no such cost or person."""
        if self.cost_vnd is None or not self.newly_served:
            return None
        return self.cost_vnd / self.newly_served

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON.

        Examples
        --------
        >>> import deadzones as dz
        >>> result = dz.demo(communes=4)
        >>> effect(result, result).as_dict()["villages"]["closed"]
        0
        """
        change = self.change
        return {
            "before": self.names[0],
            "after": self.names[1],
            "as_of": self.day.isoformat(),
            "communes": {
                "compared": len(change.communes),
                "only_before": list(map(str, change.only_before)),
                "only_after": list(map(str, change.only_after)),
                "estimated": list(map(str, change.estimated)),
            },
            "services": {
                key: {
                    "served_before": self.total(key, "before"),
                    "served_after": self.total(key, "after"),
                    "newly_served": self.total(key, "gained"),
                    "no_longer_served": self.total(key, "lost"),
                    "communes_unclear": change.unclear(key),
                }
                for key in change.services
            },
            "dead_zones": {
                name: {"zones": zones, "people": self.persons(people)}
                for name, (zones, people) in self.zones.items()
            },
            "villages": {
                "closed": int(np.count_nonzero(change.settlements["closed"])),
                "opened": int(np.count_nonzero(change.settlements["opened"])),
                "changed": _plain(change.settlements.query("closed or opened")),
            },
            "cost": {
                "vnd": self.cost_vnd,
                "source": self.cost_source,
                "newly_served": self.newly_served,
                "vnd_per_person": self.cost_per_person_vnd,
            },
            "tasks": {
                "overdue": _plain(self.overdue),
                "done_but_lacking": _plain(self.contradicted),
            },
        }


def effect(
    after: Result,
    before: Result,
    *,
    as_of: dt.date | str | None = None,
    tasks: pd.DataFrame | None = None,
    spent_vnd: float | None = None,
) -> Effect:
    """Hold a result against the one before it.

    Parameters
    ----------
    after, before : Result
    as_of : date or str, optional
        The day on which tasks are judged; else that of the newest input of ``after``.
    tasks : DataFrame, optional
        As :func:`deadzones.reports.register.villages` takes it; else those of ``after``.
    spent_vnd : float, optional
        What was spent. Else it is told from the plan before: the cost of those of its upgrades whose
        dead zone is gone.

    Returns
    -------
    Effect

    Raises
    ------
    NotComparable
        When the two share no commune.
    BadInput
        With all faults of the tasks, or when ``as_of`` is no date.

    Examples
    --------
    >>> import deadzones as dz
    >>> result = dz.demo(communes=4)
    >>> effect(result, result).newly_served
    0
    """
    counted = base(after, as_of=as_of, tasks=tasks, before=before, spent_vnd=spent_vnd)
    assert counted.change is not None
    rows = pd.DataFrame(counted.register)
    planned = counted.change.planned_vnd
    cost = spent_vnd if spent_vnd is not None else float(planned.sum()) if len(planned) else None
    source: Literal["given", "plan"] = "plan" if spent_vnd is None else "given"
    return Effect(
        names=(_called(before), _called(after)),
        manifests=(before.manifest, after.manifest),
        day=counted.day,
        change=counted.change,
        zones=zone_changes.counts(after.dead_zones, before.dead_zones),
        cost_vnd=cost,
        cost_source=None if cost is None else source,
        overdue=_tasks(rows, "overdue"),
        contradicted=_tasks(rows, "done_but_lacking"),
    )


def _called(result: Result) -> str:
    """Return the title of a result, and the day of its newest layer: two often have one title."""
    days = [layer["date"] for layer in result.manifest["layers"].values() if layer["date"]]
    newest = f" ({max(days)})" if days else ""
    return f"{result.manifest['title']}{newest}"


def _tasks(rows: pd.DataFrame, mark: str) -> pd.DataFrame:
    marked = rows[mark].fillna(value=False).to_numpy(dtype=bool)
    return rows.loc[marked, list(_TASK)].sort_values(["due", "commune_code"], kind="stable")


def _plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as plain values: dates as text, what is unknown as None."""
    return [
        {str(key): _value(value) for key, value in row.items()} for row in table.to_dict("records")
    ]


def _value(value: Any) -> Any:
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return bool(value) if isinstance(value, np.bool_) else value
