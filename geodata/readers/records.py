"""What an administration keeps beside its maps: classes of communes, tasks, definitions."""

from __future__ import annotations

import pandas as pd

from .. import schema, vectors
from ..source import Source


def read_classes(source: Source) -> pd.DataFrame:
    """Read how communes are classed.

    Returns
    -------
    DataFrame
        ``area_class`` (I, II, III) and ``mountainous``, ``border``, ``island`` (boolean), those
        that the source has, null where it says nothing; indexed by ``commune_code``.

    Raises
    ------
    BadInput
        With all faults, duplicate codes among them.

    Examples
    --------
    >>> table = pd.DataFrame({"commune_code": ["00004"], "area_class": ["III"], "border": ["true"]})
    >>> read_classes(Source(table, "classes"))["border"].tolist()
    [True]
    """
    table = _read(source, "commune_classes").set_index("commune_code")
    kept = table[[name for name in schema.columns("commune_classes") if name in table]]
    flags = kept.columns.drop("area_class", errors="ignore")
    truth = {"true": True, "false": False}
    return kept.assign(
        **{
            name: kept[name].astype("str").str.lower().map(truth).astype("boolean")
            for name in flags
        }
    )


def read_tasks(source: Source) -> pd.DataFrame:
    """Read who does what in which settlement until when.

    Returns
    -------
    DataFrame
        Text in the columns of the data dictionary, null where nothing is said; whether its
        settlements, dates and states are known is told where it is laid beside the register.

    Raises
    ------
    BadInput
        With all faults.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"commune_code": ["00004"], "village": ["Bản Mây"], "due": "31/03/2026"}
    ... )
    >>> read_tasks(Source(table, "tasks"))["due"].tolist()
    ['31/03/2026']
    """
    return _text(source, "tasks")


def read_definitions(source: Source) -> pd.DataFrame:
    """Read what terms mean; a term that is defined twice has two rows.

    Returns
    -------
    DataFrame
        Text in the columns of the data dictionary, null where nothing is said.

    Raises
    ------
    BadInput
        With all faults.

    Examples
    --------
    >>> table = pd.DataFrame({"name": ["trắng sóng"], "rule": ["no operator has a signal"]})
    >>> read_definitions(Source(table, "definitions"))["source"].isna().tolist()
    [True]
    """
    return _text(source, "definitions")


def _text(source: Source, table: str) -> pd.DataFrame:
    found = _read(source, table).reindex(columns=list(schema.columns(table)))
    return found.astype("str").reset_index(drop=True)


def _read(source: Source, table: str) -> pd.DataFrame:
    """Read a table that may have no rows: no task is given yet, no commune is classed."""
    return vectors.read_table(source, table, may_be_empty=True)
