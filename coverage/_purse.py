"""What has been bought so far, and what each upgrade would still add to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .candidates import Candidates
from .zones import JOIN

NOBODY = -1


@dataclass(frozen=True)
class Offer:
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


class Purse:
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
        self.server = np.full((len(names), len(people)), NOBODY)
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
        return cells[self.server[self.service[row], cells] == NOBODY]

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
            if self.server[service, self.cell[row]] == NOBODY:
                rows += self.bundle(self.helper(service, int(self.cell[row])))
        return [*dict.fromkeys(rows), row]

    def offer(self, row: int) -> Offer:
        """Return what an upgrade would gain and cost now, with all that it still needs."""
        rows, gains, costs = self.bundle(row), list[float](), list[float]()
        for at, each in enumerate(rows):
            fresh = self.fresh(each)
            for other in rows[:at]:
                if self.service[other] == self.service[each]:
                    fresh = np.setdiff1d(fresh, self.cells_of(other))
            gains.append(float(self.people[fresh].sum()))
            costs.append(self.price(each, gains[-1]))
        return Offer(rows, gains, costs)

    def affords(self, offer: Offer, budget: float) -> bool:
        """Tell whether an offer fits, added up item by item as the plan's table is."""
        return sum(offer.costs, self.spent) <= budget

    def buy(self, offer: Offer) -> None:
        for row, gain, cost in zip(offer.rows, offer.gains, offer.costs, strict=True):
            servers = self.server[self.needs[row], self.cell[row]]
            self.waits_for.append(tuple(sorted(set(servers.tolist()))))
            self.server[self.service[row], self.fresh(row)] = row
            self.chosen.append(row)
            self.gained.append(gain)
            self.cost.append(cost)
            self.spent += cost
