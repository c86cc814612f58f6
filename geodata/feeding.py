"""Which rows of a layer feed its network, as the study says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from . import schema
from .faults import BadInput, Fault
from .source import Source
from .vectors import check_filter

OPTION = "sources"


def feeds(
    table: pd.DataFrame, label: str, options: Mapping[str, Any], *, otherwise: bool
) -> np.ndarray:
    """Tell which rows feed the network: those that the option ``sources`` names.

    Parameters
    ----------
    table : DataFrame
        A layer of nodes or lines.
    label : str
        Its name in messages.
    options : mapping
        Of the layer; ``sources = { column = [values] }``, all columns at once.
    otherwise : bool
        What holds of all rows without that option.

    Returns
    -------
    ndarray of bool

    Raises
    ------
    BadInput
        When a column is not there, or no row has the values.

    Examples
    --------
    >>> nodes = pd.DataFrame({"kind": ["pop", "cabinet"]})
    >>> feeds(nodes, "nodes", {"sources": {"kind": ["core", "pop"]}}, otherwise=True)
    array([ True, False])
    >>> feeds(nodes, "nodes", {}, otherwise=True)
    array([ True,  True])
    """
    if OPTION not in options:
        return np.full(len(table), otherwise)
    rows = np.ones(len(table), dtype=bool)
    for name, values in options[OPTION].items():
        asked = f"{OPTION} = {{ {name} = ... }}"
        if name not in table:
            wanted = f"a column {name}, by which the study names what feeds the network"
            repair = f"Mend {asked} of this layer in the study."
            raise BadInput([Fault(label, schema.listed(table), wanted, repair, column=name)])
        chosen = values if isinstance(values, list) else [values]
        rows &= table[name].isin(chosen).to_numpy(dtype=bool)
        check_filter(
            table[name],
            pd.Series(rows),
            Source(table, label),
            wanted=f"one of {chosen}",
            option=asked,
        )
    return rows
