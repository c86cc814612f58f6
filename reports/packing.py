"""Tables and shapes packed into one short text that a page can carry.

The bytes before compression are: the length of a JSON text (four bytes, little-endian), the JSON
(``rows``, ``precision`` and ``columns``), then variable-length integers: the number of parts of each
shape, the number of vertices of each part, all steps in x, all steps in y. A step is the
difference to the vertex before, in units of ``precision`` degrees, folded so that small negative
numbers stay small (0, -1, 1, -2 become 0, 1, 2, 3). Deflate and base64 follow. ``map_data.js``
reads it back.
"""

import base64
import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

_POLYGONAL = (3, 6)  # shapely's type numbers: Polygon, MultiPolygon


def pack(columns: Mapping[str, Sequence[Any]], geometry: NDArray[Any], precision: float) -> str:
    """Pack columns and shapes into base64 text.

    Parameters
    ----------
    columns
        JSON values by column name, each as long as ``geometry``.
    geometry
        Shapely objects in degrees; None and empty shapes have no parts. Polygons are taken as
        their rings, holes included.
    precision
        The unit of the stored coordinates, degrees. Borders that are shared before stay shared.

    Returns
    -------
    str
        Base64 text. The same input gives the same text.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> text = pack({"name": ["a"]}, np.array([shapely.Point(105.8, 21.0)]), 1e-4)
    >>> text.isascii()
    True
    """
    table = {"rows": len(geometry), "precision": precision, "columns": dict(columns)}
    head = json.dumps(table, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    raw = struct.pack("<I", len(head)) + head + _shapes(geometry, precision)
    return base64.b64encode(zlib.compress(raw, 9)).decode("ascii")


def values(series: "pd.Series[Any]", digits: int | None = None) -> list[Any]:
    """Turn a column into JSON values, with None for what is unknown.

    Parameters
    ----------
    series
        Any column; NaN, infinite, NA and None are unknown.
    digits
        Decimals to keep of a number; 0 gives whole numbers. None leaves the values as text.

    Returns
    -------
    list
        One value a row.

    Examples
    --------
    >>> values(pd.Series([1.26, None]), 1)
    [1.3, None]
    """
    if digits is None:
        return [None if pd.isna(value) else str(value) for value in series]
    rounded = pd.to_numeric(series).astype("Float64").to_numpy(float, na_value=np.nan).round(digits)
    kind = int if digits == 0 else float
    return [kind(value) if np.isfinite(value) else None for value in rounded]


def shares(series: "pd.Series[Any]") -> list[float | None]:
    """Round percentages to two decimals without turning nearly all into all, or few into none.

    Parameters
    ----------
    series
        Percentages, 0-100; NaN is unknown.

    Returns
    -------
    list of float or None
        99.999 becomes 99.99 and 0.001 becomes 0.01, because 100 and 0 are claims of their own.

    Examples
    --------
    >>> shares(pd.Series([99.999, 100.0, None]))
    [99.99, 100.0, None]
    """
    exact = pd.to_numeric(series).astype("Float64").to_numpy(float, na_value=np.nan)
    rounded = exact.round(2)
    rounded = np.where((exact < 100) & (rounded >= 100), 99.99, rounded)
    rounded = np.where((exact > 0) & (rounded <= 0), 0.01, rounded)
    return [float(value) if np.isfinite(value) else None for value in rounded]


def _shapes(geometry: NDArray[Any], precision: float) -> bytes:
    parts, owner = _parts(geometry)
    xy, part = shapely.get_coordinates(parts, return_index=True)
    steps = np.rint(xy / precision).astype(np.int64)
    steps[1:] -= steps[:-1].copy()
    first = np.append(True, part[1:] != part[:-1])[: len(part)]
    keep = first | steps.any(axis=1)
    counts = np.concatenate(
        [
            np.bincount(owner, minlength=len(geometry)),
            np.bincount(part[keep], minlength=len(parts)),
        ]
    )
    folded = np.where(steps < 0, -2 * steps - 1, 2 * steps)[keep]
    return _varints(np.concatenate([counts, folded[:, 0], folded[:, 1]]).astype(np.uint64))


def _parts(geometry: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Rings of polygons and the simple parts of everything else, in the order of their owners."""
    pieces, owner = shapely.get_parts(geometry, return_index=True)
    if not np.isin(shapely.get_type_id(pieces), _POLYGONAL).any():
        return pieces, owner
    rings, piece = shapely.get_rings(pieces, return_index=True)
    return rings, owner[piece]


def _varints(numbers: NDArray[np.uint64]) -> bytes:
    """Seven bits a byte, lowest first; the top bit says that more follow."""
    length = np.ones(len(numbers), dtype=np.int64)
    for extra in range(1, 5):
        length += numbers >= np.uint64(1 << (7 * extra))
    start = np.concatenate([[0], np.cumsum(length)[:-1]]) if len(numbers) else length
    out = np.zeros(int(length.sum()), dtype=np.uint8)
    for place in range(5):
        has = length > place
        byte = (numbers[has] >> np.uint64(7 * place)) & np.uint64(127)
        more = np.where(length[has] > place + 1, 128, 0)
        out[start[has] + place] = (byte + more.astype(np.uint64)).astype(np.uint8)
    return out.tobytes()
