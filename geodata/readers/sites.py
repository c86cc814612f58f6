"""Mobile sites."""

from __future__ import annotations

import csv
from dataclasses import replace
from functools import cache
from importlib import resources

import geopandas as gpd
import numpy as np
import pandas as pd

from .. import files, vectors
from ..faults import BadInput, Fault, of_rows
from ..source import Source
from .areas import of_technology

_OPENCELLID = {"radio", "mcc", "net", "area", "cell"}
_TECHNOLOGY = {"GSM": "2G", "CDMA": "2G", "UMTS": "3G", "LTE": "4G", "NR": "5G"}


def read(source: Source) -> gpd.GeoDataFrame:
    """Read a list of sites: points, or a CSV with ``lon`` and ``lat``.

    A CSV in the column layout of OpenCelliD (``radio, mcc, net, area, cell, ...``) is recognised:
    its radio names become technologies, its network codes the operators of Viet Nam.

    Options: ``technology``, a list of those to keep.

    Returns
    -------
    GeoDataFrame
        In EPSG:4326, with ``site_id``, ``operator``, ``technology``, ``height_m`` where given.

    Raises
    ------
    BadInput
        With all faults.

    Examples
    --------
    >>> row = {"radio": ["LTE"], "mcc": [452], "net": [4], "area": [1], "cell": [7]}
    >>> table = pd.DataFrame(row | {"lon": [105.8], "lat": [21.0]})
    >>> read(Source(table, "cells"))[["operator", "technology"]].iloc[0].tolist()
    ['Viettel', '4G']
    """
    raw = files.open_table(source)
    if not raw.empty and set(raw.columns) >= _OPENCELLID:
        raw = _from_opencellid(raw, source.label)
    sites = vectors.read(replace(source, data=raw), "sites", {"Point", "MultiPoint"})
    return of_technology(sites, source)


def _from_opencellid(cells: pd.DataFrame, file: str) -> pd.DataFrame:
    codes = {name: cells[name].astype("string") for name in ("mcc", "net")}
    faults: list[Fault] = []
    for name, values in codes.items():
        bad = ~values.str.fullmatch("[0-9]{1,3}").fillna(value=False).to_numpy(dtype=bool)
        faults += of_rows(
            file,
            np.flatnonzero(bad) + 1,
            cells[name][bad],
            column=name,
            wanted="a network code of 1 to 3 digits",
            repair="Mend or remove the rows.",
        )
    if faults:
        raise BadInput(faults)
    network = codes["mcc"] + "-" + codes["net"].str.zfill(2)
    identity = ["radio", "mcc", "net", "area", "cell"]
    return cells.assign(
        site_id=cells[identity].astype("string").fillna("").agg("-".join, axis=1),
        operator=network.map(_operators()).fillna(network),
        technology=cells["radio"].map(_TECHNOLOGY).fillna(cells["radio"]),
    )


@cache
def _operators() -> dict[str, str]:
    # Network codes: github.com/pbakondy/mcc-mnc-list (4/2023).
    text = (
        resources.files("deadzones.geodata").joinpath("operators.csv").read_text(encoding="utf-8")
    )
    rows = csv.DictReader(text.splitlines())
    return {f"{row['mcc']}-{row['net']}": row["operator"] for row in rows}
