"""The communes of a result on the units of another date, so that two dates can be compared."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from ..geodata.crosswalk import mass_of
from ..geodata.express import express

_OF_AREA = ("_area_pct", "_known_area", "area_km2", "road_km", "_road_pct")
"""Endings of what goes with the land, not with the people."""
_WEIGHTS = {"road": "road_km"}
_NOT_SHARED = ("score", "rank", "area_class", "mountainous", "border", "island")
"""What is made of the other figures of a unit, and its classes: to be found anew, not shared out."""


def reexpress(
    communes: pd.DataFrame, crosswalk: pd.DataFrame, *, area: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Re-express the communes of a result on the units of another date.

    Parameters
    ----------
    communes : DataFrame
        A result's communes by code.
    crosswalk : DataFrame
        From the result's units to the others, by people (:func:`deadzones.geodata.admin.crosswalk`
        with a raster or points); by area where there is nothing better.
    area : DataFrame, optional
        The same by area: with it, figures of land and of roads follow the land. Else they are left
        out, but for a ``crosswalk`` that is by area itself.

    Returns
    -------
    DataFrame
        By the other date's code; the row without a code is what lies in none. People, percentages
        (each by the people or the land of which it is known), people in dead zones, villages, with
        how much of each was known (``<figure>_known_pct``); ``origin`` and ``certain_pct`` as
        :func:`deadzones.geodata.express.express` tells them, of people. Names, score and rank are
        left out: they belong to the units of their date.

    Raises
    ------
    ValueError
        If the crosswalk is from the units of another date, or a percentage has no column that says
        of how much it is known.

    Examples
    --------
    >>> import deadzones as dz
    >>> communes = dz.demo(communes=4).communes
    >>> rows = {"old_code": communes.index, "new_code": ["98001", "98001", "98002", "98002"]}
    >>> walk = pd.DataFrame(rows).assign(share=1.0, people=communes["people"].to_numpy())
    >>> merged = reexpress(communes, walk)
    >>> bool(merged["dead_people"].sum().round(6) == communes["dead_people"].sum().round(6))
    True
    """
    figures = communes.select_dtypes("number")
    figures = figures[[name for name in figures if name not in _NOT_SHARED]]
    land = [name for name in figures if name.endswith(_OF_AREA)]
    people = [name for name in figures if name not in land]
    found = _expressed(figures, crosswalk, people)
    by_land = crosswalk if mass_of(crosswalk) == "area_m2" else area
    if by_land is None:
        return found
    of_land = _expressed(figures, by_land, land).drop(columns=["origin", "certain_pct"])
    both = found.join(of_land, how="outer")
    order = [*people, *land]
    kept = sorted(
        (name for name in both if name not in {"origin", "certain_pct"}),
        key=lambda name: order.index(name.removesuffix("_known_pct")),
    )
    return both[[*kept, "origin", "certain_pct"]]


def _expressed(
    figures: pd.DataFrame, crosswalk: pd.DataFrame, names: Iterable[str]
) -> pd.DataFrame:
    """Share out the amounts, and average the percentages by what they are percentages of."""
    chosen = list(names)
    rates = {name: _whole(name, figures) for name in chosen if name.endswith("_pct")}
    counts = [name for name in chosen if name not in rates]
    return express(figures, crosswalk, counts=counts, rates=rates)


def _whole(rate: str, figures: pd.DataFrame) -> str:
    """Name the column of how much is known of what a percentage is of."""
    name, _, of = rate.removesuffix("_pct").rpartition("_")
    known = f"{name}_known_{of}"
    if known not in figures and _WEIGHTS.get(of) not in figures:
        raise ValueError(
            f"the column {rate} is a share of nothing that the table has; wanted {known}. Leave it out."
        )
    return known if known in figures else _WEIGHTS[of]
