"""Which figures of the register are held back where it is published: few people are not told apart."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from . import discretion
from .register_totals import totals

HELD = ("giữ kín", "withheld")
"""What stands in place of such a figure, in Vietnamese and English."""


@dataclass(frozen=True)
class Held:
    """Truth values by column: of settlements by number, of communes and provinces by code."""

    villages: pd.DataFrame
    communes: pd.DataFrame
    provinces: pd.DataFrame


def held(register: pd.DataFrame, minimum_people: int) -> Held:
    """Choose what a published register holds back, on every sheet so that none gives another away.

    Parameters
    ----------
    register : DataFrame
        The whole of it: a part of it that is published holds back the same.
    minimum_people : int
        Counts of people from 1 to below this are held back, and those that would give them away.

    Returns
    -------
    Held

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports import register
    >>> found = held(register.villages(dz.demo(communes=4)), 10)
    >>> list(found.villages), bool(found.communes["people"].any())
    (['people', 'households'], False)
    """
    people = pd.DataFrame(register)[["people"]]
    rows = discretion.hidden(people, register["commune_code"], [["people"]], minimum_people).rows
    villages = pd.DataFrame(dict.fromkeys(("people", "households"), rows["people"]))
    table = totals(register, "commune")
    parts = [name for name in table if str(name).endswith("_people")]
    found = discretion.hidden(table, table["province_code"], [["people"], parts], minimum_people)
    few = rows["people"].groupby(register["commune_code"]).any().reindex(table.index)
    communes = found.rows.assign(households=found.rows["people"] | few)
    provinces = found.groups.assign(households=found.groups["people"])
    return Held(villages, communes, provinces)
