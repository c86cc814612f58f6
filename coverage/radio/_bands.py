"""What stands in for what a table of sectors lacks, by band: ``bands.csv``."""

from __future__ import annotations

from functools import cache
from importlib import resources
from io import StringIO

import numpy as np
import pandas as pd

COLUMNS = (
    "bandwidth_mhz", "scs_khz", "power_dbm", "gain_dbi", "loss_db", "height_m", "tilt_deg",
    "radius_km",
)  # fmt: skip
"""What the table gives for each band."""
_WIDEST_4G_MHZ = 20.0
"""Of one carrier: 3GPP TS 36.101, Table 5.6-1."""


@cache
def _bands() -> pd.DataFrame:
    text = resources.files(__package__ or "").joinpath("bands.csv").read_text("utf-8")
    return pd.read_csv(StringIO(text))


def defaults(bands: pd.DataFrame, technology: pd.Series) -> pd.DataFrame:
    """What the bands give; a 4G carrier in a band of wider ones takes its share of the power."""
    values = bands[list(COLUMNS)].astype(float)
    narrow = (technology == "4G") & (values["bandwidth_mhz"] > _WIDEST_4G_MHZ)
    share_db = 10.0 * np.log10(values["bandwidth_mhz"] / _WIDEST_4G_MHZ)
    values["power_dbm"] = values["power_dbm"] - share_db.where(narrow, 0.0)
    values["bandwidth_mhz"] = values["bandwidth_mhz"].where(~narrow, _WIDEST_4G_MHZ)
    return values


def of_sectors(table: pd.DataFrame) -> pd.DataFrame:
    """The band of each sector, on its index: the one it names, else its technology's default."""
    bands = _bands()
    rows = np.zeros(len(table), np.int64)
    known = table["band_mhz"].notna().to_numpy()
    given = table["band_mhz"].to_numpy(dtype=float)[known]
    off = np.abs(np.log(given[:, None] / bands["downlink_mhz"].to_numpy(dtype=float)))
    off = np.where(given[:, None] == bands["band_mhz"].to_numpy(dtype=float), -1.0, off)
    rows[known] = off.argmin(axis=1)
    wide = bands.index[bands["default_operator"] == "*"]
    of_technology = {str(bands.loc[at, "technology"]): int(at) for at in wide}
    of_operator = {
        (str(bands.loc[at, "technology"]), str(bands.loc[at, "default_operator"])): int(at)
        for at in bands.index
    }
    for at in np.flatnonzero(~known):
        technology = str(table["technology"].iloc[at]) or "4G"
        operator = str(table["operator"].iloc[at])
        fallback = of_technology.get(technology, 0)
        rows[at] = of_operator.get((technology, operator), fallback)
    return bands.iloc[rows].set_axis(table.index)
