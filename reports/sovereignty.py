"""Hoàng Sa and Trường Sa on every page of the real Viet Nam.

Decree 18/2020/NĐ-CP fines a map of Viet Nam that leaves them out. Positions are rounded to 0.01
degree: they place dots and names, and measure nothing.
"""

from collections.abc import Mapping
from typing import Any, Final

import geopandas as gpd

# The 34 provinces and cities since 1 July 2025.
PROVINCE_CODES: Final = frozenset(
    "01 04 08 11 12 14 15 19 20 22 24 25 31 33 37 38 40 42 44 46 48 51 52 56 66 68 75 79 80 82 86 "
    "91 92 96".split()
)

# Name as it must be written, where it stands on a page without room below the islands and where it
# hangs below them (lon, lat), islands and reefs (lon, lat).
ARCHIPELAGOS: Final = (
    {
        "name": "Quần đảo Hoàng Sa (TP. Đà Nẵng)",
        "label": (112.2, 16.5),
        "below": (112.8, 15.6),
        "islands": (
            (111.20, 15.78), (111.53, 16.45), (111.61, 16.20), (111.61, 16.53), (111.71, 16.57),
            (111.76, 16.24), (112.25, 15.72), (112.26, 16.95), (112.33, 16.83), (112.50, 16.33),
            (112.54, 16.03), (112.73, 16.67),
        ),
    },
    {
        "name": "Quần đảo Trường Sa (tỉnh Khánh Hòa)",
        "label": (114.0, 9.6),
        "below": (113.6, 7.7),
        "islands": (
            (110.01, 7.88), (111.64, 7.87), (111.92, 8.65), (112.23, 8.85), (112.59, 8.84),
            (112.85, 8.87), (112.91, 7.89), (112.89, 9.55), (113.30, 8.13), (113.66, 8.97),
            (113.98, 8.81), (114.09, 10.92), (114.28, 9.72), (114.33, 9.88), (114.32, 10.18),
            (114.37, 10.38), (114.48, 10.38), (114.36, 11.43), (114.28, 11.05), (115.02, 9.35),
            (115.54, 9.75), (116.17, 10.93), (117.29, 8.87),
        ),
    },
)  # fmt: skip

BOUNDS: Final = (109.8, 7.2, 117.9, 17.2)  # west, south, east, north of both, degrees


def is_viet_nam(manifest: Mapping[str, Any], communes: gpd.GeoDataFrame) -> bool:
    """Tell whether a result is about the real Viet Nam.

    Parameters
    ----------
    manifest
        ``result.manifest``. Its ``country``, where given, decides; otherwise the communes must
        carry a province code of Viet Nam and come from a layer that is not synthetic.
    communes
        ``result.communes``.

    Returns
    -------
    bool
        True where Hoàng Sa and Trường Sa must be drawn.

    Examples
    --------
    >>> is_viet_nam({"country": "VN"}, gpd.GeoDataFrame())
    True
    """
    if "country" in manifest:
        return manifest["country"] == "VN"
    for layer in manifest.get("layers", {}).values():
        if layer.get("role") == "communes" and layer.get("evidence") == "synthetic":
            return False
    return bool(communes["province_code"].isin(PROVINCE_CODES).any())
