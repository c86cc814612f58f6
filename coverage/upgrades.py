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
from ._purse import Offer, Purse
from .candidates import Candidates
from .cells import Cells
from .zones import JOIN


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
    purse = Purse(candidates, people)
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
        purse = Purse(candidates, people)
        purse.buy(single)
    return Plan(
        tuple(purse.chosen),
        tuple(purse.gained),
        tuple(purse.cost),
        bound,
        tuple(purse.waits_for),
    )


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


def _best(offers: list[Offer], budget: float) -> Offer | None:
    """Return the single offer that gains most, the cheapest of equals."""
    able = [offer for offer in offers if np.isfinite(offer.cost) and offer.cost <= budget]
    return min(able, key=lambda offer: (-offer.gain, offer.cost, offer.rows[-1]), default=None)


def _spend(purse: Purse, offers: list[Offer], budget: float) -> None:
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


def _eased(purse: Purse, rows: list[int]) -> set[int]:
    """Return what will be cheaper because these bring something that it waits for."""
    return {
        waiting
        for row in rows
        for cell in purse.fresh(row).tolist()
        for waiting in purse.waiting.get((int(purse.service[row]), cell), ())
    }


def _entry(offer: Offer) -> tuple[float, float, int]:
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


def published(ranked: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return ranked upgrades without what tells where the networks are.

    Costs are given to the billion VND, some four km of cable; below one billion to their first
    digit. The length of the link is left out.

    Examples
    --------
    >>> table = pd.DataFrame({"people_gained": [50.0], "cost_vnd": [2.4e9], "link_km": [9.1]})
    >>> published(table)[["cost_vnd", "people_per_billion_vnd"]].iloc[0].tolist()
    [2000000000.0, 25.0]
    """
    cost = ranked["cost_vnd"].to_numpy()
    with np.errstate(divide="ignore"):
        step = np.minimum(10.0 ** np.floor(np.log10(cost)), 1e9)
    cost = np.where(cost > 0, np.round(cost / step) * step, 0.0)
    return ranked.assign(
        cost_vnd=cost,
        people_per_billion_vnd=per_billion(ranked["people_gained"].to_numpy(), cost),
        cumulative_cost_vnd=np.cumsum(cost),
        link_km=np.nan,
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
