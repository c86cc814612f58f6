"""Which upgrades first: most people for the money, under a budget, with a bound."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd

from ..geodata.vectors import WGS84
from .candidates import Candidates
from .cells import Cells


@dataclass(frozen=True)
class Plan:
    """A chosen order of upgrades.

    Parameters
    ----------
    chosen : tuple of int
        Rows of the candidates, in order; what an upgrade needs comes before it.
    gained : tuple of float
        People who newly get the upgrade's service, each counted once a service.
    cost_vnd : tuple of float
        Present value of each.
    upper_bound : float
        No plan within the budget gains more.
    """

    chosen: tuple[int, ...]
    gained: tuple[float, ...]
    cost_vnd: tuple[float, ...]
    upper_bound: float

    @property
    def people(self) -> float:
        """What the whole plan gains."""
        return float(sum(self.gained))

    @property
    def gap(self) -> float:
        """How far the plan may be from the best one, as a share of the bound."""
        return 0.0 if self.upper_bound <= 0 else max(0.0, 1.0 - self.people / self.upper_bound)


class _Purse:
    """What has been bought so far, and what each candidate would still add."""

    def __init__(self, candidates: Candidates, people: np.ndarray) -> None:
        self.reach = candidates.reach
        self.people = people
        self.fixed_vnd = candidates.table["fixed_vnd"].to_numpy(dtype=float)
        self.per_person_vnd = candidates.table["per_person_vnd"].to_numpy(dtype=float)
        needs = candidates.table["needs"].to_numpy(dtype=np.int64)
        self.graph = nx.DiGraph((int(n), row) for row, n in enumerate(needs) if n >= 0)
        order = {row: at for at, row in enumerate(nx.topological_sort(self.graph))}
        self.before = {
            row: sorted(nx.ancestors(self.graph, row), key=order.__getitem__) for row in order
        }
        services, self.service = np.unique(
            candidates.table["service"].to_numpy(dtype=str), return_inverse=True
        )
        self.served = np.zeros((len(services), len(people)), dtype=bool)
        self.chosen: list[int] = []
        self.bought: set[int] = set()
        self.gained: list[float] = []
        self.cost: list[float] = []

    def cells_of(self, row: int) -> np.ndarray:
        return self.reach.indices[self.reach.indptr[row] : self.reach.indptr[row + 1]]

    def gain(self, row: int) -> float:
        cells = self.cells_of(row)
        return float(self.people[cells[~self.served[self.service[row], cells]]].sum())

    def price(self, row: int, gain: float) -> float:
        return float(self.fixed_vnd[row] + self.per_person_vnd[row] * gain)

    def bundle(self, row: int) -> list[int]:
        """Return the upgrade with all that it still needs, what comes first being first."""
        return [*(first for first in self.before.get(row, ()) if first not in self.bought), row]

    def offer(self, row: int) -> tuple[float, float]:
        """Return the people and the cost of an upgrade with all that it still needs."""
        gains = [(other, self.gain(other)) for other in self.bundle(row)]
        return sum(g for _, g in gains), sum(self.price(other, g) for other, g in gains)

    def buy(self, row: int) -> None:
        for other in self.bundle(row):
            gain = self.gain(other)
            self.chosen.append(other)
            self.bought.add(other)
            self.gained.append(gain)
            self.cost.append(self.price(other, gain))
            self.served[self.service[other], self.cells_of(other)] = True


def choose(candidates: Candidates, people: np.ndarray, budget_vnd: float | None) -> Plan:
    """Choose upgrades by people per cost, compared with the best single one.

    Parameters
    ----------
    candidates : Candidates
    people : ndarray of float64
        People by cell.
    budget_vnd : float or None
        What may be spent, present value; None for no limit.

    Returns
    -------
    Plan

    Notes
    -----
    Lazy greedy by the ratio of marginal people to marginal cost, each upgrade together with what
    it needs, then compared with the best single bundle (Khuller, Moss and Naor 1999, The budgeted
    maximum coverage problem). The bound is the fractional knapsack over the marginal gains,
    without any plan and at the plan found, the lower of the two.

    Examples
    --------
    >>> table = {"service": "mobile", "fixed_vnd": [1.0, 100.0], "per_person_vnd": 0.0, "needs": -1}
    >>> from scipy.sparse import csr_array
    >>> candidates = Candidates(pd.DataFrame(table), csr_array(np.eye(2)))
    >>> choose(candidates, np.array([2.0, 100.0]), 100.0).chosen
    (1,)
    """
    budget = np.inf if budget_vnd is None else float(budget_vnd)
    purse = _Purse(candidates, people)
    rows = range(len(candidates.table))
    first = [(row, *purse.offer(row)) for row in rows]
    possible = np.array([np.isfinite(cost) for _, _, cost in first], dtype=bool)
    alone = np.array([purse.gain(row) for row in rows]) * possible
    upper = _knapsack(alone, [purse.price(row, alone[row]) for row in rows], budget)
    _spend(purse, first, budget)
    single = max(
        ((gain, -cost, -row) for row, gain, cost in first if np.isfinite(cost) and cost <= budget),
        default=(0.0, 0.0, 0),
    )
    left = np.array([purse.gain(row) for row in rows]) * possible
    # A later gain may be cheaper within another plan: only its fixed part is sure to be paid.
    bound = min(upper, sum(purse.gained) + _knapsack(left, list(purse.fixed_vnd), budget))
    if single[0] > sum(purse.gained):
        purse = _Purse(candidates, people)
        purse.buy(-int(single[2]))
    return Plan(tuple(purse.chosen), tuple(purse.gained), tuple(purse.cost), bound)


def _spend(purse: _Purse, offers: list[tuple[int, float, float]], budget: float) -> None:
    heap = [_entry(row, gain, cost) for row, gain, cost in offers if gain > 0 and np.isfinite(cost)]
    heapq.heapify(heap)
    spent = 0.0
    while heap:
        row = heap[0][-1]
        gain, cost = purse.offer(row) if row not in purse.bought else (0.0, 0.0)
        if gain <= 0 or spent + cost > budget:
            heapq.heappop(heap)
        elif (fresh := _entry(row, gain, cost)) > heap[0]:
            heapq.heapreplace(heap, fresh)
        else:
            heapq.heappop(heap)
            new = purse.bundle(row)
            purse.buy(row)
            spent += cost
            for other in _waiting(purse, new):
                heapq.heappush(heap, _entry(other, *purse.offer(other)))


def _waiting(purse: _Purse, new: list[int]) -> list[int]:
    """Return what has become cheaper because something that it needs has been bought."""
    waiting = {child for row in new if row in purse.graph for child in purse.graph.successors(row)}
    return sorted(waiting - purse.bought)


def _entry(row: int, gain: float, cost: float) -> tuple[float, float, int]:
    ratio = np.inf if cost <= 0 else gain / cost
    return (-ratio, cost, row)


def _knapsack(gains: np.ndarray, costs: list[float], budget: float) -> float:
    """Return the most that fits a budget when candidates may be bought in part."""
    price = np.asarray(costs, dtype=float)
    gains, price = gains[np.isfinite(price)], price[np.isfinite(price)]
    if not np.isfinite(budget):
        return float(gains.sum())
    free = price <= 0
    order = np.argsort(-gains[~free] / price[~free], kind="stable")
    spent = np.cumsum(price[~free][order])
    share = ((budget - (spent - price[~free][order])) / price[~free][order]).clip(0.0, 1.0)
    return float(gains[free].sum() + (gains[~free][order] * share).sum())


def table(
    plan: Plan, candidates: Candidates, cells: Cells, zone_of_cell: np.ndarray
) -> gpd.GeoDataFrame:
    """Write a plan as the ranked table of upgrades.

    Parameters
    ----------
    plan : Plan
    candidates : Candidates
    cells : Cells
    zone_of_cell : ndarray of int64
        Dead zone of each cell.

    Returns
    -------
    GeoDataFrame
        Points in EPSG:4326 by ``upgrade_id`` ("U0001" is first). ``people_gained`` counts who
        newly gets this service; ``cumulative_people`` adds these up; in
        ``cumulative_distinct_people`` somebody who gets two services counts once.

    Examples
    --------
    >>> import tempfile
    >>> from deadzones.coverage.analysis import survey
    >>> from deadzones.coverage.study import Study
    >>> from deadzones.geodata import synthetic
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = survey(Study.read(synthetic.country(folder, communes=1)))
    >>> from deadzones.coverage.analysis import offer
    >>> offers = offer(found)
    >>> plan = choose(offers, found.cells.people, 1e11)
    >>> ranked = table(plan, offers, found.cells, found.clusters.zone_of_cell)
    >>> bool(ranked["cost_vnd"].sum() <= 1e11)
    True
    """
    rows = list(plan.chosen)
    chosen = candidates.table.iloc[rows].reset_index(drop=True)
    width = max(4, len(str(len(rows))))
    names = [f"U{number + 1:0{width}d}" for number in range(len(rows))]
    name_of = dict(zip(rows, names, strict=True))
    cell = chosen["cell"].to_numpy(dtype=np.int64)
    gained, cost = np.array(plan.gained, dtype=float), np.array(plan.cost_vnd, dtype=float)
    zone = zone_of_cell[cell] + 1
    with np.errstate(divide="ignore", invalid="ignore"):
        per_billion = np.where(cost > 0, gained / (cost / 1e9), np.nan)
    return gpd.GeoDataFrame(
        {
            "rank": np.arange(1, len(rows) + 1),
            "kind": _words(chosen["kind"]),
            "service": _words(chosen["service"]),
            "people_gained": gained,
            "cost_vnd": cost,
            "people_per_billion_vnd": per_billion,
            "cumulative_people": np.cumsum(gained),
            "cumulative_distinct_people": _distinct(rows, candidates, cells.people),
            "cumulative_cost_vnd": np.cumsum(cost),
            "depends_on": _words(name_of.get(int(need), "") for need in chosen["needs"]),
            "link": _words(chosen["link"]),
            "link_km": chosen["link_km"].to_numpy(dtype=float),
            "zone_id": _words(f"Z{number:05d}" for number in zone),
            "commune_code": _words(_home(cells)[cell]),
        },
        index=pd.Index(names, name="upgrade_id", dtype="str"),
        geometry=gpd.points_from_xy(cells.lon[cell], cells.lat[cell]),
        crs=WGS84,
    )


def _words(values: Iterable[str]) -> pd.api.extensions.ExtensionArray:
    return pd.array(list(values), dtype="str")


def _distinct(rows: list[int], candidates: Candidates, people: np.ndarray) -> np.ndarray:
    helped, total, totals = np.zeros(len(people), dtype=bool), 0.0, list[float]()
    for row in rows:
        cells = candidates.reach.indices[
            candidates.reach.indptr[row] : candidates.reach.indptr[row + 1]
        ]
        total += float(people[cells[~helped[cells]]].sum())
        helped[cells] = True
        totals.append(total)
    return np.array(totals)


def _home(cells: Cells) -> np.ndarray:
    """Code of the commune where most of each cell's people live, by area where nobody does."""
    people = np.nan_to_num(cells.shares.people)
    order = np.lexsort((cells.plan.unit, -cells.plan.fraction, -people, cells.of_triple))
    first = order[np.unique(cells.of_triple[order], return_index=True)[1]]
    return cells.plan.index.to_numpy()[cells.plan.unit[first]]
