"""Fibre: distance to where one can be joined to it.

The ITU counts people within 10, 25 and 50 km of a transmission node, and warns that this overstates
access; a cable that passes by is no node at all. So distances are a proxy; served areas are not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import by_operator
from .service import Levels, Remedy, Service, Supply

if TYPE_CHECKING:
    from ..cells import Cells
    from ..inputs import LayerData

HOUSEHOLDS_PER_TERMINAL = 20.0
"""That share a community's satellite terminal over Wi-Fi: judgement."""
LEO_REACH_KM = 3.0
"""The cells around a community's terminals: judgement."""


def level(layer: LayerData, cells: Cells) -> Levels:
    """Return the straight distance to the nearest node or cable by operator, km.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import numpy as np
    >>> from types import SimpleNamespace
    >>> nodes = gpd.GeoDataFrame(geometry=gpd.points_from_xy([105], [21]), crs=4326)
    >>> spec = SimpleNamespace(reader="nodes", operator=None, options={})
    >>> cells = SimpleNamespace(lon=np.array([105.0]), lat=np.array([21.1]), tiles=None)
    >>> level(SimpleNamespace(spec=spec, table=nodes), cells)[""].round(1)
    array([11.1])
    """
    return {
        operator: by_operator.distance_km(rows, cells)
        for operator, rows in by_operator.split(layer)
    }


def inside(layer: LayerData) -> float:
    """Return the distance within a served area, km.

    Examples
    --------
    >>> inside(None)
    0.0
    """
    del layer
    return 0.0


SERVICE = Service(
    name_vi="cáp quang",
    name_en="fibre",
    unit="km",
    higher_is_better=False,
    threshold=20.0,
    threshold_source="reach of a passive optical network, ITU-T G.984.1 (20 km); straight distance",
    readers=("polygons", "nodes", "lines"),
    proxies=("nodes", "lines"),
    level=level,
    inside=inside,
    remedies=(
        Remedy(
            kind="fibre_extension",
            per_household=(("ftth_connection", 1.0),),
            needs=("fibre",),
        ),
        Remedy(
            kind="leo_community",
            per_household=(
                ("leo_terminal", 1.0 / HOUSEHOLDS_PER_TERMINAL),
                ("leo_fee", 1.0 / HOUSEHOLDS_PER_TERMINAL),
            ),
            reach_km=LEO_REACH_KM,
            terminals_per_household=1.0 / HOUSEHOLDS_PER_TERMINAL,
        ),
    ),
    supply=Supply(
        "cable",
        line="fibre_aerial",
        difficult="fibre_difficult",
        on_poles="fibre_on_poles",
        poles_of="power",
    ),
)
