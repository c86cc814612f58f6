"""Other plans beside a study's own: with other money, techniques, costs or aims."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd

from ..geodata.vectors import WGS84
from . import _assembly as assembly
from . import assets as asset_table
from . import costs
from .plan import Plan
from .planning import draft
from .problem import Problem
from .study_parts import COST_COLUMNS, Scenario, Upgrades
from .upgrades import Prospect

OWN = "study"
"""Name of the study's own plan among its scenarios."""
_WEIGHT_DRAWS = 4
"""Draws of what services count for: with the two other cost columns six plans, a step of 17 %."""


def problem_of(prospect: Prospect, scenario: Scenario) -> Problem:
    """Return the problem that a scenario poses.

    Parameters
    ----------
    prospect : Prospect
    scenario : Scenario

    Returns
    -------
    Problem
        The prospect's, with the scenario's costs and aim, and without what it does not allow.

    Examples
    --------
    >>> import deadzones as dz
    >>> tables = dz.demo(communes=4)
    >>> problem = problem_of(tables.prospect, Scenario(kinds=("tune_site",)))
    >>> bool(np.isinf(problem.fixed_vnd).any())
    True
    """
    offers, rules = prospect.offers, prospect.inputs.study.upgrades
    problem = offers.problem
    if scenario.costs is not None:
        problem = _priced(prospect, scenario.costs)
    if scenario.objective is not None:
        problem = replace(problem, weight=prospect.weights(scenario.objective))
    if scenario.kinds:
        allowed = offers.candidates.table["kind"].isin(scenario.kinds).to_numpy()
        problem = replace(problem, fixed_vnd=np.where(allowed, problem.fixed_vnd, np.inf))
    without = [name in scenario.without for name in problem.options.names]
    options, hops = problem.options, problem.hops
    if any(without):
        vnd = np.where(np.array(without), np.inf, options.vnd)
        problem = replace(problem, options=replace(options, vnd=vnd))
        if len(hops.start) and without[hops.option]:
            problem = replace(problem, hops=replace(hops, start=hops.start[:0], end=hops.end[:0]))
    return replace(problem, least_heads=rules.province_people)


def _priced(prospect: Prospect, column: str) -> Problem:
    """Return a prospect's problem with another column of the cost table."""
    inputs, offers = prospect.inputs, prospect.offers
    rules = inputs.study.costs
    path = None if rules.path is None else inputs.study.folder / rules.path
    unit_vnd = costs.unit_values(costs.read(path, column), rules.horizon_years, rules.discount_rate)
    again = assembly.assemble(
        offers.candidates,
        inputs=inputs,
        cells=prospect.cells,
        state=prospect.state,
        assets=asset_table.by_type(inputs, asset_table.gather(inputs)),
        unit_vnd=unit_vnd,
        score=prospect.score,
        before=offers,
    )
    return again.problem


def compare(prospect: Prospect, plan: Plan) -> tuple[pd.DataFrame, gpd.GeoDataFrame]:
    """Plan every scenario of a study, and lay the plans side by side.

    Parameters
    ----------
    prospect : Prospect
    plan : Plan
        The study's own.

    Returns
    -------
    DataFrame
        A row a plan, by ``scenario``, the study's own first: ``budget_vnd``, ``upgrades``,
        ``people_gained``, ``cost_vnd``, ``upper_bound`` and ``gap`` (of what it was to gain most
        of), ``proved``, ``shared`` (upgrades that the study's own plan has too).
    GeoDataFrame
        Points in EPSG:4326, a row for each upgrade in which a scenario differs: ``scenario``,
        ``service``, ``kind``, ``change`` ("added" or "dropped"), ``people_gained``, ``cost_vnd``.

    Examples
    --------
    >>> import deadzones as dz
    >>> tables = dz.demo(communes=4)
    >>> from deadzones.coverage.upgrades import rank
    >>> compare(tables.prospect, rank(tables, budget=5e11))[0].index.tolist()
    ['study']
    """
    study = prospect.inputs.study
    rows = [_row(OWN, plan, plan, study.upgrades.budget_vnd)]
    parts: list[gpd.GeoDataFrame] = []
    for name, scenario in study.scenarios.items():
        budget = study.upgrades.budget_vnd if scenario.budget_vnd is None else scenario.budget_vnd
        other = draft(problem_of(prospect, scenario), budget, seed=study.seed).plan
        rows.append(_row(name, other, plan, budget))
        parts.append(_differences(name, other, plan, prospect))
    table = pd.DataFrame(rows).set_index("scenario")
    return table, gpd.GeoDataFrame(pd.concat(parts, ignore_index=True)) if parts else nothing()


def nothing() -> gpd.GeoDataFrame:
    """Return the table of differences of a study without scenarios.

    Examples
    --------
    >>> len(nothing())
    0
    """
    words = {name: pd.Series([], dtype="str") for name in ("scenario", "service", "kind", "change")}
    numbers = {name: pd.Series([], dtype="float64") for name in ("people_gained", "cost_vnd")}
    return gpd.GeoDataFrame(words | numbers, geometry=gpd.GeoSeries([], crs=WGS84))


def published(table: pd.DataFrame) -> pd.DataFrame:
    """Return scenarios side by side with costs to the billion VND: exact ones tell distances.

    Examples
    --------
    >>> published(pd.DataFrame({"cost_vnd": [2.4e9]}))["cost_vnd"].tolist()
    [2000000000.0]
    """
    return table.assign(cost_vnd=(table["cost_vnd"] / 1e9).round() * 1e9)


def _row(name: str, plan: Plan, own: Plan, budget: float | None) -> dict[str, object]:
    return {
        "scenario": name,
        "budget_vnd": np.nan if budget is None else budget,
        "upgrades": len(plan.chosen),
        "people_gained": plan.people,
        "cost_vnd": plan.cost,
        "upper_bound": plan.upper_bound,
        "gap": plan.gap,
        "proved": plan.exact,
        "shared": len(np.intersect1d(plan.chosen, own.chosen)),
    }


def _differences(name: str, other: Plan, own: Plan, prospect: Prospect) -> gpd.GeoDataFrame:
    table, cells = prospect.offers.candidates.table, prospect.cells
    parts = [
        (change, plan, ~np.isin(plan.chosen, base.chosen))
        for change, plan, base in (("added", other, own), ("dropped", own, other))
    ]
    rows = np.concatenate([plan.chosen[new] for _, plan, new in parts])
    cell = table["cell"].to_numpy(dtype=np.int64)[rows]
    return gpd.GeoDataFrame(
        {
            "scenario": name,
            "service": table["service"].to_numpy()[rows],
            "kind": table["kind"].to_numpy()[rows],
            "change": np.concatenate([np.full(int(new.sum()), change) for change, _, new in parts]),
            "people_gained": np.concatenate([plan.gained[new] for _, plan, new in parts]),
            "cost_vnd": np.concatenate([plan.costs[new] for _, plan, new in parts]),
        },
        geometry=gpd.points_from_xy(cells.lon[cell], cells.lat[cell]),
        crs=WGS84,
    ).astype({"scenario": "str", "service": "str", "kind": "str", "change": "str"})


def stability(prospect: Prospect, plan: Plan) -> np.ndarray:
    """Return in what share of other plans each upgrade of a plan stays.

    The others have the other columns of the cost table, and draws of what each service counts for
    (Dirichlet with equal means).

    Parameters
    ----------
    prospect : Prospect
    plan : Plan

    Returns
    -------
    ndarray of float64
        0 to 1, by step of the plan; NaN where the study asks for none.

    Examples
    --------
    >>> import deadzones as dz
    >>> tables = dz.demo(communes=4)
    >>> from deadzones.coverage.upgrades import rank
    >>> share = stability(tables.prospect, rank(tables, budget=5e11))
    >>> bool(((share >= 0) & (share <= 1)).all())
    True
    """
    study = prospect.inputs.study
    rules: Upgrades = study.upgrades
    if not rules.stability:
        return np.full(len(plan.chosen), np.nan)
    problem = prospect.offers.problem
    others = [_priced(prospect, column) for column in COST_COLUMNS if column != study.costs.column]
    draws = np.random.default_rng(study.seed)
    service, count = prospect.offers.candidates.points.service, len(study.services)
    for _ in range(_WEIGHT_DRAWS if count > 1 else 0):
        counts = count * draws.dirichlet(np.full(count, float(count)))
        others.append(replace(problem, weight=problem.weight * counts[service]))
    stays = np.zeros(len(plan.chosen))
    for other in others:
        found = draft(other, rules.budget_vnd, seed=study.seed, prove=False, search=False)
        stays += np.isin(plan.chosen, [step.row for step in found.works.steps])
    return stays / len(others)
