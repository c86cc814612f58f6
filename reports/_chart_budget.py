"""What a budget buys: people gained against money, one step an upgrade."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from . import measures
from ._chart_classes import PEOPLE_UNITS
from ._chart_page import WIDE, Head, page, place_of, scaled
from ._chart_type import FAINT, INK, SOFT, note
from .catalogue import large, money, percent
from .chart_words import of_number, say
from .summary import SENTENCES
from .words import LANGUAGES, Lang, number, word

_MONEY_UNITS = ((1e12, "trillion_unit"), (1e9, "billion_unit"), (1e6, "million_unit"))
_CURVE = measures.SERVICE_COLORS["mobile"]
_LIMIT = measures.OTHER_COLORS[1]


def budget_curve(upgrades: pd.DataFrame, manifest: Mapping[str, Any], lang: Lang) -> Figure:
    """Draw the cumulative cost and people gained of the ranked upgrades."""
    ranked = upgrades.sort_values("rank", kind="stable")
    cost = np.concatenate([[0.0], ranked["cumulative_cost_vnd"].to_numpy(dtype=float)])
    gain = np.concatenate([[0.0], ranked["cumulative_people"].to_numpy(dtype=float)])
    plan: Mapping[str, Any] = manifest.get("upgrades", {})
    budget, bound = plan.get("budget_vnd"), _bound(plan)
    room = page(WIDE, _head(cost, gain, manifest, lang), [manifest], lang)
    axes = room.axes(0.62, 0.5, room.width - 0.72, room.height - 0.68)
    right = max(float(cost[-1]), float(budget or 0.0)) * 1.02 or 1.0
    top = max(float(gain[-1]), bound or 0.0) * 1.12 or 1.0
    axes.set_xlim(0, right)
    axes.set_ylim(0, top)
    _scales(axes, right, top, lang)
    axes.fill_between(cost, gain, step="post", color=_CURVE, alpha=0.13, linewidth=0)
    axes.plot(cost, gain, color=_CURVE, linewidth=1.8, drawstyle="steps-post", label="plan")
    if budget:
        _budget(axes, float(budget), top, lang)
    if bound:
        _limit(axes, bound, right, lang)
    if len(ranked):
        axes.plot(cost[-1], gain[-1], "o", color=_CURVE, markersize=5, clip_on=False)
        _half(axes, cost, gain, right, lang)
    return room.figure


def _bound(plan: Mapping[str, Any]) -> float | None:
    """The most that any plan could gain, where that is told in people."""
    told = plan.get("upper_bound")
    return float(told) if told and plan.get("objective", "people") == "people" else None


def _head(cost: np.ndarray, gain: np.ndarray, manifest: Mapping[str, Any], lang: Lang) -> Head:
    plan: Mapping[str, Any] = manifest.get("upgrades", {})
    index, place = LANGUAGES.index(lang), place_of(manifest, lang)
    if len(cost) == 1:
        return Head(SENTENCES["nothing"][index], place)
    spent, reached = float(cost[-1]), float(gain[-1])
    slots = {"cost": _money(spent, lang), "gain": large(round(reached), lang)}
    title = of_number("buys", round(reached), lang, **slots)
    half = float(cost[_halfway(gain)])
    subtitle = of_number(
        "steps",
        len(cost) - 1,
        lang,
        place=place,
        count=number(len(cost) - 1, lang),
        share=percent(half, spent, lang),
    )
    notes = [say("once_a_service", lang)]
    if plan.get("proved"):
        notes.append(SENTENCES["proved"][index])
    elif plan.get("gap") is not None:
        share, gap = (
            word("percent", lang, n=number(100 * part, lang, 1))
            for part in (1 - plan["gap"], plan["gap"])
        )
        notes.append(SENTENCES["bound"][index].format(share=share, gap=gap))
    notes = [" ".join(notes)]
    if plan.get("costs_rounded"):
        notes.append(SENTENCES["rounded"][index])
    return Head(title, subtitle, notes)


def _money(vnd: float, lang: Lang) -> str:
    return money(vnd / 1e6, lang)


def _scales(axes: Axes, right: float, top: float, lang: Lang) -> None:
    unit = say(scaled(axes, "x", right, _MONEY_UNITS, lang), lang)
    label = say("unit_of", lang, what=say("cost_axis", lang), unit=unit)
    axes.set_xlabel(label, color=SOFT, fontsize=8)
    name = scaled(axes, "y", top, PEOPLE_UNITS, lang)
    label = say("gain_axis", lang)
    label = say("unit_of", lang, what=label, unit=say(name, lang)) if name else label
    axes.set_ylabel(label, color=SOFT, fontsize=8)
    axes.set_axisbelow(True)
    axes.grid(color=FAINT, linewidth=0.5)


def _budget(axes: Axes, budget: float, top: float, lang: Lang) -> None:
    axes.plot([budget] * 2, [0, top], color=INK, linewidth=1.0, linestyle=(0, (4, 3)))
    text = say("budget", lang, cost=_money(budget, lang))
    note(axes, text, (budget, 0), (-5, 8), ha="right", color=INK)


def _limit(axes: Axes, bound: float, right: float, lang: Lang) -> None:
    axes.plot([0, right], [bound] * 2, color=_LIMIT, linewidth=1.0, linestyle=(0, (1, 1.5)))
    text = say("bound", lang, gain=large(round(bound), lang))
    note(axes, text, (0, bound), (5, 4), ha="left", color="#a34700")


def _halfway(gain: np.ndarray) -> int:
    """Find the step that brings half of the people."""
    return int(np.searchsorted(gain, gain[-1] / 2))


def _half(axes: Axes, cost: np.ndarray, gain: np.ndarray, right: float, lang: Lang) -> None:
    """Mark that step; its text stands below the curve, which only rises."""
    at = _halfway(gain)
    spot = (float(cost[at]), float(gain[at]))
    if spot[0] < 0.6 * right:
        axes.plot(*spot, "o", color="white", markeredgecolor=_CURVE, markersize=5, zorder=3)
        text = say("half", lang, cost=_money(spot[0], lang))
        note(axes, text, spot, (7, -4), ha="left", va="top", color=INK, path_effects=None)
