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
from .zones import JOIN

_NOBODY = -1


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
    waits_for : tuple of tuple of int
        Rows of the chosen upgrades that bring each what it needs.
    """

    chosen: tuple[int, ...]
    gained: tuple[float, ...]
    cost_vnd: tuple[float, ...]
    upper_bound: float
    waits_for: tuple[tuple[int, ...], ...]

    @property
    def people(self) -> float:
        """What the whole plan gains."""
        return float(sum(self.gained))

    @property
    def gap(self) -> float:
        """How far the plan may be from the best one, as a share of the bound."""
        return 0.0 if self.upper_bound <= 0 else max(0.0, 1.0 - self.people / self.upper_bound)


@dataclass(frozen=True)
class _Offer:
    """Upgrades that are bought together, one after the other."""

    rows: list[int]
    gains: list[float]
    costs: list[float]

    @property
    def gain(self) -> float:
        return sum(self.gains)

    @property
    def cost(self) -> float:
        return sum(self.costs)


class _Purse:
    """What has been bought so far, and what each candidate would still add."""

    def __init__(self, candidates: Candidates, people: np.ndarray) -> None:
        table = candidates.table
        self.people, self.reach = people, candidates.reach
        self.reached_by = self.reach.tocsc()
        self.fixed_vnd = table["fixed_vnd"].to_numpy(dtype=float)
        self.per_person_vnd = table["per_person_vnd"].to_numpy(dtype=float)
        self.cell = table["cell"].to_numpy(dtype=np.int64)
        names, self.service = np.unique(table["service"].to_numpy(dtype=str), return_inverse=True)
        number = {name: at for at, name in enumerate(names.tolist())}
        self.needs = [
            [number[name] for name in text.split(JOIN) if name] for text in table["needs"]
        ]
        self.waiting: dict[tuple[int, int], list[int]] = {}
        for row, services in enumerate(self.needs):
            for service in services:
                self.waiting.setdefault((service, int(self.cell[row])), []).append(row)
        self.server = np.full((len(names), len(people)), _NOBODY)
        """Row of the upgrade that brought each service to each cell."""
        self.chosen: list[int] = []
        self.gained: list[float] = []
        self.cost: list[float] = []
        self.waits_for: list[tuple[int, ...]] = []
        self.spent = 0.0

    def cells_of(self, row: int) -> np.ndarray:
        return self.reach.indices[self.reach.indptr[row] : self.reach.indptr[row + 1]]

    def fresh(self, row: int) -> np.ndarray:
        """Return the cells that an upgrade would newly serve."""
        cells = self.cells_of(row)
        return cells[self.server[self.service[row], cells] == _NOBODY]

    def gain(self, row: int) -> float:
        return float(self.people[self.fresh(row)].sum())

    def price(self, row: int, gain: float) -> float:
        return float(self.fixed_vnd[row] + self.per_person_vnd[row] * gain)

    def helper(self, service: int, cell: int) -> int:
        """Return the upgrade that would bring a service to a cell for the least money."""
        rows = self.reached_by.indices[
            self.reached_by.indptr[cell] : self.reached_by.indptr[cell + 1]
        ]
        able = rows[self.service[rows] == service].tolist()
        return min(able, key=lambda row: (self.price(row, self.gain(row)), row))

    def bundle(self, row: int) -> list[int]:
        """Return the upgrade with all that it still needs, what comes first being first."""
        rows: list[int] = []
        for service in self.needs[row]:
            if self.server[service, self.cell[row]] == _NOBODY:
                rows += self.bundle(self.helper(service, int(self.cell[row])))
        return [*dict.fromkeys(rows), row]

    def offer(self, row: int) -> _Offer:
        """Return what an upgrade would gain and cost now, with all that it still needs."""
        rows, gains, costs = self.bundle(row), list[float](), list[float]()
        for at, each in enumerate(rows):
            fresh = self.fresh(each)
            for other in rows[:at]:
                if self.service[other] == self.service[each]:
                    fresh = np.setdiff1d(fresh, self.cells_of(other))
            gains.append(float(self.people[fresh].sum()))
            costs.append(self.price(each, gains[-1]))
        return _Offer(rows, gains, costs)

    def affords(self, offer: _Offer, budget: float) -> bool:
        """Tell whether an offer fits, added up item by item as the plan's table is."""
        return sum(offer.costs, self.spent) <= budget

    def buy(self, offer: _Offer) -> None:
        for row, gain, cost in zip(offer.rows, offer.gains, offer.costs, strict=True):
            servers = self.server[self.needs[row], self.cell[row]]
            self.waits_for.append(tuple(sorted(set(servers.tolist()))))
            self.server[self.service[row], self.fresh(row)] = row
            self.chosen.append(row)
            self.gained.append(gain)
            self.cost.append(cost)
            self.spent += cost

    def plan(self, upper_bound: float) -> Plan:
        return Plan(
            tuple(self.chosen),
            tuple(self.gained),
            tuple(self.cost),
            upper_bound,
            tuple(self.waits_for),
        )


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

    Raises
    ------
    ValueError
        When services wait for each other in a ring.

    Notes
    -----
    Lazy greedy by the ratio of marginal people to marginal cost, each upgrade together with what
    it needs and does not have yet, the cheapest way; then compared with the best single bundle
    (Khuller, Moss and Naor 1999, The budgeted maximum coverage problem). The bound is the
    fractional knapsack over the marginal gains, without any plan and at the plan found, the lower
    of the two.

    Examples
    --------
    >>> table = {"service": "mobile", "cell": [0, 1], "fixed_vnd": [1.0, 100.0]}
    >>> table |= {"per_person_vnd": 0.0, "needs": ""}
    >>> from scipy.sparse import csr_array
    >>> candidates = Candidates(pd.DataFrame(table), csr_array(np.eye(2)))
    >>> choose(candidates, np.array([2.0, 100.0]), 100.0).chosen
    (1,)
    """
    _check_needs(candidates.table)
    budget = np.inf if budget_vnd is None else float(budget_vnd)
    purse = _Purse(candidates, people)
    rows = range(len(candidates.table))
    offers = [purse.offer(row) for row in rows]
    possible = np.array([np.isfinite(offer.cost) for offer in offers], dtype=bool)
    alone = np.array([purse.gain(row) for row in rows]) * possible
    upper = _knapsack(alone, [purse.price(row, alone[row]) for row in rows], budget)
    _spend(purse, offers, budget)
    left = np.array([purse.gain(row) for row in rows]) * possible
    # A later gain may be cheaper within another plan: only its fixed part is sure to be paid.
    bound = min(upper, sum(purse.gained) + _knapsack(left, list(purse.fixed_vnd), budget))
    single = _best(offers, budget)
    if single is not None and single.gain > sum(purse.gained):
        purse = _Purse(candidates, people)
        purse.buy(single)
    return purse.plan(bound)


def _check_needs(table: pd.DataFrame) -> None:
    pairs = zip(table["service"], table["needs"], strict=True)
    waits = nx.DiGraph(
        (needed, service)
        for service, needs in dict.fromkeys(pairs)
        for needed in needs.split(JOIN)
        if needed
    )
    if not nx.is_directed_acyclic_graph(waits):
        ring = [service for _, service in nx.find_cycle(waits)][::-1]
        told = " waits for ".join([*ring, ring[0]])
        raise ValueError(f"needs: found {told}; wanted no ring. Let one of them need nothing.")


def _best(offers: list[_Offer], budget: float) -> _Offer | None:
    """Return the single offer that gains most, the cheapest of equals."""
    able = [offer for offer in offers if np.isfinite(offer.cost) and offer.cost <= budget]
    return min(able, key=lambda offer: (-offer.gain, offer.cost, offer.rows[-1]), default=None)


def _spend(purse: _Purse, offers: list[_Offer], budget: float) -> None:
    heap = [_entry(offer) for offer in offers if offer.gain > 0 and np.isfinite(offer.cost)]
    heapq.heapify(heap)
    bought: set[int] = set()
    while heap:
        row = heap[0][-1]
        offer = purse.offer(row)
        if row in bought or offer.gain <= 0 or not purse.affords(offer, budget):
            heapq.heappop(heap)
        elif _entry(offer) > heap[0]:
            heapq.heapreplace(heap, _entry(offer))
        else:
            heapq.heappop(heap)
            eased = _eased(purse, offer.rows)
            purse.buy(offer)
            bought.update(offer.rows)
            for other in sorted(eased - bought):
                heapq.heappush(heap, _entry(purse.offer(other)))


def _eased(purse: _Purse, rows: list[int]) -> set[int]:
    """Return what will be cheaper because these bring something that it waits for."""
    return {
        waiting
        for row in rows
        for cell in purse.fresh(row).tolist()
        for waiting in purse.waiting.get((int(purse.service[row]), cell), ())
    }


def _entry(offer: _Offer) -> tuple[float, float, int]:
    ratio = np.inf if offer.cost <= 0 else offer.gain / offer.cost
    return (-ratio, offer.cost, offer.rows[-1])


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
    names = _names(len(rows))
    name_of = dict(zip(rows, names, strict=True))
    cell = chosen["cell"].to_numpy(dtype=np.int64)
    return gpd.GeoDataFrame(
        {
            "rank": np.arange(1, len(rows) + 1),
            "kind": _words(chosen["kind"]),
            "service": _words(chosen["service"]),
            **_sums(plan),
            "cumulative_distinct_people": _distinct(rows, candidates, cells.people),
            "depends_on": _words(
                ";".join(sorted(name_of[row] for row in first)) for first in plan.waits_for
            ),
            "link": _words(chosen["link"]),
            "link_km": chosen["link_km"].to_numpy(dtype=float),
            "zone_id": _words(f"Z{number:05d}" for number in zone_of_cell[cell] + 1),
            "commune_code": _words(_home(cells)[cell]),
        },
        index=pd.Index(names, name="upgrade_id", dtype="str"),
        geometry=gpd.points_from_xy(cells.lon[cell], cells.lat[cell]),
        crs=WGS84,
    )


def _names(count: int) -> list[str]:
    """Number upgrades with as many digits as the last one takes, so that text sorts like them."""
    width = max(4, len(str(count)))
    return [f"U{number:0{width}d}" for number in range(1, count + 1)]


def _sums(plan: Plan) -> dict[str, np.ndarray]:
    gained, cost = np.array(plan.gained, dtype=float), np.array(plan.cost_vnd, dtype=float)
    return {
        "people_gained": gained,
        "cost_vnd": cost,
        "people_per_billion_vnd": per_billion(gained, cost),
        "cumulative_people": np.cumsum(gained),
        "cumulative_cost_vnd": np.cumsum(cost),
    }


def per_billion(people: np.ndarray, cost_vnd: np.ndarray) -> np.ndarray:
    """Return people per billion VND; NaN for what costs nothing.

    Examples
    --------
    >>> per_billion(np.array([50.0]), np.array([2e9]))
    array([25.])
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(cost_vnd > 0, people / (cost_vnd / 1e9), np.nan)


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
