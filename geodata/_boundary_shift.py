"""A layer that lies beside its place: VN-2000 read as WGS 84, a wrong datum."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ._boundary_places import Floats, Shapes, local_crs

LEAST_SHIFT_M = 20.0
"""Less is the drawing of the borders."""

_ALIKE_M = 30.0
"""From the layer's median shift, for one commune to bear it out."""

_ALIKE_SHARE = 0.5
_SAME_UNIT = 0.5  # of what two polygons cover together, for them to be one unit
_ENOUGH = 3


def find_shift(communes: gpd.GeoDataFrame, reference: gpd.GeoDataFrame) -> pd.DataFrame:
    """Find the shift that most communes, or else most provinces, share.

    Returns
    -------
    DataFrame
        Empty, or one row: ``measure`` is the shift in metres and ``geometry`` the line from where
        the layer's middle lies to where it belongs.
    """
    if reference.crs is None:
        raise ValueError("the reference has no coordinate system; set it: reference.set_crs(...).")
    assert communes.crs is not None
    metres = local_crs(communes)
    here = communes.to_crs(metres)
    there = reference.to_crs(metres).geometry.to_numpy()
    moves = _moves(here.geometry.to_numpy(), there)
    if len(moves) < _ENOUGH and "province_code" in communes:
        moves = _moves(here.dissolve("province_code").geometry.to_numpy(), there)
    if not len(moves):
        return _found(np.zeros(0), np.zeros(0, dtype=object))
    shift = np.median(moves, axis=0)
    size = float(np.hypot(*shift))
    alike = float((np.hypot(*(moves - shift).T) <= _ALIKE_M).mean())
    if size < LEAST_SHIFT_M or alike < _ALIKE_SHARE:
        return _found(np.zeros(0), np.zeros(0, dtype=object))
    west, south, east, north = here.total_bounds
    middle = np.array([(west + east) / 2.0, (south + north) / 2.0])
    line = gpd.GeoSeries([shapely.LineString([middle, middle + shift])], crs=metres)
    return _found(np.array([size]), line.to_crs(communes.crs).to_numpy())


def _found(size: Floats, lines: Shapes) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "one": np.full(len(size), -1),
            "other": -1,
            "geometry": lines,
            "area_m2": 0.0,
            "fault": "shift",
            "severity": "error",
            "measure": size,
        }
    )


def _moves(here: Shapes, there: Shapes) -> Floats:
    """Return the way from the centre of each polygon to that of the same unit in the reference."""
    one, other = shapely.STRtree(there).query(here, predicate="intersects")
    both = shapely.area(shapely.intersection(here[one], there[other]))
    whole = shapely.area(here[one]) + shapely.area(there[other]) - both
    same = both > _SAME_UNIT * whole
    centre = shapely.get_coordinates(shapely.centroid(here[one[same]]))
    return shapely.get_coordinates(shapely.centroid(there[other[same]])) - centre
