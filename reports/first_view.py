"""What a map page shows when it opens, and where the archipelagos stand in it."""

from collections.abc import Mapping
from typing import Any, Final

import geopandas as gpd
import shapely

from . import place_aliases, sovereignty

NEAR_DEG: Final = 0.3  # islands farther from all other land than this are left out
NATION_SPAN_DEG: Final = 6.0  # a view this wide has room for the archipelagos; others show an inset
NAME_ROOM_DEG: Final = 1.0  # below the southern archipelago, for its name


def extent(manifest: Mapping[str, Any], communes: gpd.GeoDataFrame) -> dict[str, Any]:
    """Choose the first view, and whether the archipelagos stand in it or in an inset.

    Parameters
    ----------
    manifest
        ``result.manifest``.
    communes
        The communes of the page, EPSG:4326.

    Returns
    -------
    dict
        ``bounds`` as Leaflet takes them (latitude first), the ``archipelagos`` of the real Viet
        Nam, whether they stand in an ``inset``, and the other names of its provinces.

    Examples
    --------
    >>> import deadzones as dz
    >>> extent({}, dz.demo(communes=4).communes)["archipelagos"]
    []
    """
    west, south, east, north = _mainland(communes)
    real = sovereignty.is_viet_nam(manifest, communes)
    wide = max(east - west, north - south) >= NATION_SPAN_DEG
    if real and wide:
        more = sovereignty.BOUNDS
        west, south = min(west, more[0]), min(south, more[1] - NAME_ROOM_DEG)
        east, north = max(east, more[2]), max(north, more[3])
    return {
        "bounds": [[south, west], [north, east]],
        "archipelagos": list(sovereignty.ARCHIPELAGOS) if real else [],
        "aliases": place_aliases.of_viet_nam() if real else {"former": [], "short": {}},
        "inset": real and not wide,
    }


def _mainland(communes: gpd.GeoDataFrame) -> tuple[float, float, float, float]:
    """Bounds of the largest piece of land with people and of all that lies near it, piece by piece.

    Islands far out would leave the land as a speck; the inset and the search lead to them.
    """
    parts, of = shapely.get_parts(communes.geometry.to_numpy(), return_index=True)
    boxes = shapely.bounds(parts)
    if not len(boxes):
        west, south, east, north = communes.total_bounds
        return float(west), float(south), float(east), float(north)
    land = shapely.area(parts) * communes["people"].notna().to_numpy()[of]
    here = boxes[[land.argmax()]]
    while True:
        west, south = here[:, :2].min(axis=0) - NEAR_DEG
        east, north = here[:, 2:].max(axis=0) + NEAR_DEG
        near = (boxes[:, 0] <= east) & (boxes[:, 2] >= west)
        near &= (boxes[:, 1] <= north) & (boxes[:, 3] >= south)
        if near.sum() == len(here):
            west, south, east, north = (*here[:, :2].min(axis=0), *here[:, 2:].max(axis=0))
            return float(west), float(south), float(east), float(north)
        here = boxes[near]
