"""One number for a place, with fixed anchors, and the order that follows from it."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd

from .study import Rule


def index(figures: pd.DataFrame, rules: Mapping[str, Rule]) -> pd.Series:
    """Return the index of a place: 0 = a service that nobody has, 100 = every target met.

    The weighted geometric mean of the services' people percentages, each against its target (OECD
    and JRC 2008, Handbook on Constructing Composite Indicators): fixed anchors, so that another
    place changes nothing; a geometric mean, so that no service pays for another.

    Parameters
    ----------
    figures : DataFrame
        With ``<service>_people_pct``.
    rules : mapping of str to Rule
        Weights and targets.

    Returns
    -------
    Series
        0 to 100; NaN where a service is unknown.

    Examples
    --------
    >>> figures = pd.DataFrame(
    ...     {"mobile_people_pct": [100.0, 50.0], "power_people_pct": [25.0, 0.0]}
    ... )
    >>> rules = {"mobile": Rule(type="mobile"), "power": Rule(type="power")}
    >>> index(figures, rules).tolist()
    [50.0, 0.0]
    """
    total = sum(rule.weight for rule in rules.values())
    score = pd.Series(1.0, index=figures.index)
    for service, rule in rules.items():
        reached = (figures[f"{service}_people_pct"] / rule.target_pct).clip(upper=1.0)
        score *= reached ** (rule.weight / total)
    return (score * 100.0).round(9)


def ranked(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Rank places: 1 has the lowest score, then most people in dead zones, then the lowest code.

    Parameters
    ----------
    table : GeoDataFrame
        By code, with ``score`` and ``dead_people``.

    Returns
    -------
    GeoDataFrame
        With ``rank`` (null where the score is) and ``rank_tied`` (another place has this score).

    Examples
    --------
    >>> table = pd.DataFrame({"score": [5.0, 5.0, None], "dead_people": [1, 2, 0]}, list("abc"))
    >>> ranked(table)["rank"].tolist()
    [2, 1, <NA>]
    """
    known = table[table["score"].notna()]
    code = known.index.to_numpy(dtype=str)
    order = np.lexsort((code, -known["dead_people"].to_numpy(), known["score"].to_numpy()))
    rank = pd.Series(np.arange(1, len(order) + 1), index=known.index[order], dtype="Int64")
    tied = known["score"].duplicated(keep=False).astype("boolean")
    return table.assign(rank=rank.reindex(table.index), rank_tied=tied.reindex(table.index))
