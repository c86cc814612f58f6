"""Speed tests summed up by map tile, as Ookla publishes them."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from .. import files, schema
from ..faults import BadInput, of_rows
from ..source import Source
from ..vectors import WGS84

_LONGEST: Final = 24
"""Digits of a quadkey: no map is cut finer."""


def read(source: Source) -> gpd.GeoDataFrame:
    """Read tiles of speed tests: a quadkey, the mean speed, how many tests.

    Returns
    -------
    GeoDataFrame
        Boxes in EPSG:4326 with ``quadkey``, ``avg_d_kbps``, ``tests``, in the source's order.

    Raises
    ------
    BadInput
        With all faults.

    Examples
    --------
    >>> tile = {"quadkey": ["1322"], "avg_d_kbps": [52000], "tests": [7]}
    >>> read(Source(pd.DataFrame(tile), "tiles.parquet")).geometry.iloc[0].bounds[:3]
    (90.0, 0.0, 112.5)
    """
    table = pd.DataFrame(files.open_table(source)).rename(
        columns={theirs: ours for ours, theirs in source.columns.items()}
    )
    faults = schema.check(table, "speed_tests", source.label)
    if "quadkey" in table:
        keys = table["quadkey"].astype("str")
        length = keys.str.len()
        bad = ~keys.str.fullmatch(f"[0-3]{{1,{_LONGEST}}}").to_numpy(dtype=bool)
        usual = length[~bad].mode().max()
        cut = ~bad & (length != usual).to_numpy(dtype=bool)
        for rows, wanted in (
            (bad, f"1 to {_LONGEST} digits from 0 to 3"),
            (cut, f"{usual:.0f} digits, as most rows have: tiles of one zoom"),
        ):
            faults += of_rows(
                source.label,
                np.flatnonzero(rows) + 1,
                table["quadkey"][rows],
                column="quadkey",
                wanted=wanted,
                repair="Copy the file again; quadkeys are text.",
            )
    if faults:
        raise BadInput(faults)
    kept = schema.typed(table, "speed_tests")[list(schema.columns("speed_tests"))]
    return gpd.GeoDataFrame(kept, geometry=boxes(kept["quadkey"]), crs=WGS84)


def boxes(quadkeys: pd.Series) -> np.ndarray:
    """Return the tiles of quadkeys as boxes, degrees, of the Web Mercator tiling.

    After Microsoft's description of the Bing Maps tile system: each digit halves a tile, its first
    bit is the column's, its second the row's.

    Examples
    --------
    >>> boxes(pd.Series(["1"]))[0].bounds
    (0.0, 0.0, 180.0, 85.0511287798066)
    """
    column, row = (np.zeros(len(quadkeys), dtype=np.int64) for _ in range(2))
    keys = np.array(quadkeys.to_list(), dtype=f"S{_LONGEST}")
    letters = keys.view(np.uint8).reshape(len(keys), _LONGEST)  # 0 beyond a key's end
    depth = np.count_nonzero(letters, axis=1)
    size = 1 << depth
    for at in range(int(depth.max(initial=0))):
        there = letters[:, at] > 0
        digit = letters[:, at].astype(np.int64) - ord("0")
        column = np.where(there, column * 2 + (digit & 1), column)
        row = np.where(there, row * 2 + (digit >> 1), row)
    west, east = (360.0 * (column + step) / size - 180.0 for step in (0, 1))
    north, south = (
        np.degrees(np.arctan(np.sinh(np.pi * (1.0 - 2.0 * (row + step) / size)))) for step in (0, 1)
    )
    return shapely.box(west, south, east, north)
