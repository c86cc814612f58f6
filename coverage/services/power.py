"""Grid power: distance to the grid, served areas, or lights at night."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from . import by_operator, fibre
from .service import Levels, Remedy, Service, Supply

if TYPE_CHECKING:
    from ..cells import Cells
    from ..inputs import LayerData

LIT_NW = 0.5
"""Radiance, nW/cm2/sr, from which a cell counts as lit: above the noise floor of the VIIRS annual
composites (some 0.4). A dark cell is no proof that small hamlets lack power."""

HOUSEHOLDS_PER_TRANSFORMER = 55.0
LV_KM_PER_HOUSEHOLD = 0.03
"""From the programme of Lai Châu to 2016: 682 substations and 1,120 km of low-voltage line for
37,430 households (dantocmiennui.vn 2904)."""

MINI_GRID_HOUSEHOLDS = 100.0
"""Least number for which OnSSET proposes a mini-grid."""


def level(layer: LayerData, cells: Cells) -> Levels:
    """Return the straight distance to the grid by operator, km.

    A ``lights_raster`` puts cells with at least ``lit_nw`` (option, default 0.5) at distance 0 and
    finds no grid in darker ones.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from types import SimpleNamespace
    >>> posts = gpd.GeoDataFrame(geometry=gpd.points_from_xy([105], [21]), crs=4326)
    >>> spec = SimpleNamespace(reader="nodes", operator=None, options={})
    >>> cells = SimpleNamespace(lon=np.array([105.0]), lat=np.array([21.0]), tiles=None)
    >>> level(SimpleNamespace(spec=spec, table=posts), cells)
    {'': array([0.])}
    """
    if layer.spec.reader != "lights_raster":
        return fibre.level(layer, cells)
    radiance = by_operator.values(layer, cells)
    lit = radiance >= float(layer.spec.options.get("lit_nw", LIT_NW))
    distance_km = np.where(lit, 0.0, np.inf)
    return {layer.spec.operator or "": np.where(np.isnan(radiance), np.nan, distance_km)}


SERVICE = Service(
    name_vi="điện lưới",
    name_en="grid power",
    unit="km",
    higher_is_better=False,
    threshold=3.0,
    threshold_source="working value: a medium-voltage line within some 3 km can be tapped; to be "
    "replaced by EVN's list of villages",
    readers=("polygons", "lines", "nodes", "lights_raster"),
    proxies=("lines", "nodes", "lights_raster"),
    level=level,
    inside=fibre.inside,
    remedies=(
        Remedy(
            kind="grid_extension",
            per_household=(
                ("transformer", 1.0 / HOUSEHOLDS_PER_TRANSFORMER),
                ("lv_line", LV_KM_PER_HOUSEHOLD),
                ("household_connection", 1.0),
            ),
            needs=("power",),
        ),
        Remedy(
            kind="mini_grid",
            per_household=(
                ("mini_grid", 1.0),
                ("lv_line", LV_KM_PER_HOUSEHOLD),
                ("household_connection", 1.0),
            ),
            least_households=MINI_GRID_HOUSEHOLDS,
        ),
        Remedy(kind="household_solar", per_household=(("household_solar", 1.0),)),
    ),
    supply=Supply("grid", line="mv_line", difficult="mv_line_difficult", where_served=True),
)
