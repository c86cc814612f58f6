"""The upgrades of a result as a report counts them: whole persons, millions of VND, in rank."""

from __future__ import annotations

import numpy as np
import pandas as pd

from . import discretion
from .products import Result


def ranked(result: Result, communes: pd.DataFrame, minimum: int) -> pd.DataFrame:
    """List the proposals in rank, in whole persons and millions of VND, with a mark of the ``few``.

    Parameters
    ----------
    result : Result
    communes : DataFrame
        Names of communes and provinces by code.
    minimum : int
        In a public result proposals for fewer people are marked.

    Returns
    -------
    DataFrame
        By upgrade: ``rank``, ``kind``, ``service``, codes and names of its place, ``gained``
        (persons), ``cost_million`` (VND), ``depends_on``, ``few``.

    Examples
    --------
    >>> import deadzones as dz
    >>> result = dz.demo(communes=4)
    >>> table = ranked(result, result.communes, 10)
    >>> round(result.upgrades["cost_vnd"].sum() / 1e6) == int(table["cost_million"].sum())
    True
    """
    plain = pd.DataFrame(result.upgrades.drop(columns="geometry")).sort_values(
        "rank", kind="stable"
    )
    gained, cost = (
        _carried(plain[name].astype(float) / unit).astype(np.int64).to_numpy()
        for name, unit in (("people_gained", 1.0), ("cost_vnd", 1e6))
    )
    code = plain["commune_code"].astype("str")
    home = communes.reindex(code)
    table = pd.DataFrame(
        {
            "rank": plain["rank"].astype(int),
            "kind": plain["kind"].astype("str"),
            "service": plain["service"].astype("str"),
            "commune_code": code,
            "commune_name": home["commune_name"].to_numpy(),
            "province_code": home["province_code"].to_numpy(),
            "province_name": home["province_name"].to_numpy(),
            "gained": gained,
            "cost_million": cost,
            "depends_on": plain["depends_on"].fillna("").astype("str"),
        },
        index=plain.index,
    )
    return table.assign(few=discretion.few(table, minimum) if result.manifest["public"] else False)


def _carried(values: pd.Series) -> pd.Series:
    """Round so that the sum is the rounded sum, for a budget is no million short or over."""
    so_far = np.rint(values.cumsum())
    return so_far - so_far.shift(fill_value=0.0)
