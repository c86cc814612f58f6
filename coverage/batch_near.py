"""What lies near enough to a task to matter, and how far that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from ..geodata import rasters
from ..geodata.grid import Grid
from . import radio
from .access import is_predicted
from .inputs import Inputs, LayerData
from .services import SERVICES
from .services.by_operator import of_rows

REACHES_KM = (50.0, 100.0, 200.0, 400.0, 800.0, 1600.0, 20_100.0)
"""How far is looked for the nearest feature: the first that is no less than a threshold. The same
for all thresholds up to 50 km, so that another one needs no new distances."""
_KM_PER_DEGREE = 110.5
"""Of latitude, at the equator: the least."""
_AROUND_KM = 5.0
"""Beyond the corners of communes: cells reach a little further."""
_HALF_TURN = 180.0
COUNTED = ("places", "anchors", "roads")
"""Roles whose rows are counted in communes."""


def homes(inputs: Inputs, groups: Sequence[np.ndarray], grid: Grid) -> list[np.ndarray]:
    """Return the bounds of what each task works on, degrees: its communes and some around them.

    Examples
    --------
    >>> import geopandas as gpd
    >>> import shapely
    >>> from affine import Affine
    >>> from types import SimpleNamespace
    >>> table = gpd.GeoDataFrame(geometry=[shapely.box(105, 21, 106, 22)], crs=4326)
    >>> grid = Grid("EPSG:4326", Affine(0.01, 0, 105, 0, -0.01, 22), (100, 100))
    >>> homes(SimpleNamespace(communes=table), [np.array([0])], grid)[0].round(1)
    array([104.9,  20.9, 106.1,  22.1])
    """
    around_km = _AROUND_KM + 2.0 * rasters.cell_size_m(grid) / 1000.0
    corners = inputs.communes.geometry.bounds.to_numpy()
    return [_widened(_hull(corners[group]), around_km) for group in groups]


def reach_km(layer: LayerData, inputs: Inputs) -> float:
    """Return how far features of a layer that gives a service a level matter to a place, km.

    Examples
    --------
    >>> reach_km.__name__
    'reach_km'
    """
    rule = inputs.study.services[layer.spec.role]
    if layer.is_raster:
        return 0.0
    if is_predicted(layer, rule, inputs):
        if layer.table.empty:
            return 0.0
        sectors = radio.read_sectors(layer.table, label=layer.label)
        return float(sectors["radius_km"].max()) + _AROUND_KM
    limit = rule.limit.value if SERVICES[rule.type].unit == "km" else 0.0
    limit = max(limit, float(layer.spec.options.get("radius_km", 0.0)))
    return next((reach for reach in REACHES_KM if reach >= limit), REACHES_KM[-1])


class Rows(NamedTuple):
    """Where the rows of a layer are, and whose.

    Parameters
    ----------
    bounds : ndarray of float64, rows x 4
        West, south, east, north, degrees.
    operator : ndarray of int64
        A number for each operator; 0 where the layer does not tell them apart.

    Examples
    --------
    >>> Rows(np.zeros((1, 4)), np.array([0])).operator.tolist()
    [0]
    """

    bounds: np.ndarray
    operator: np.ndarray


def rows(layer: LayerData) -> Rows:
    """Find where the rows of a layer are, and whose.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from types import SimpleNamespace
    >>> points = gpd.points_from_xy([105, 106], [21, 21])
    >>> table = gpd.GeoDataFrame({"operator": ["B", "A"]}, geometry=points)
    >>> rows(SimpleNamespace(table=table, spec=SimpleNamespace(operator=None))).operator.tolist()
    [0, 1]
    """
    bounds, operators = layer.table.geometry.bounds.to_numpy(), of_rows(layer)
    if operators is None:
        return Rows(bounds, np.zeros(len(bounds), dtype=np.int64))
    return Rows(bounds, pd.factorize(operators)[0])


def kept(
    inputs: Inputs, found: Mapping[str, Rows], reach: Mapping[str, float], home: np.ndarray
) -> dict[str, np.ndarray]:
    """Tell which rows of which layers matter to a part.

    Parameters
    ----------
    inputs : Inputs
    found : mapping of str to Rows
        By layer.
    reach : mapping of str to float
        As :func:`reach_km` gives it, by layer.
    home : ndarray of float64
        West, south, east, north of the part, as :func:`homes` gives it.

    Returns
    -------
    dict of str to ndarray of bool
        By row, for each layer of features that a task works on.

    Examples
    --------
    >>> kept.__name__
    'kept'
    """
    near: dict[str, np.ndarray] = {}
    for name, layer_rows in found.items():
        role = inputs.layers[name].spec.role
        if role in inputs.study.services:
            near[name] = _near(layer_rows, _widened(home, reach.get(name, 0.0)))
        elif role in COUNTED:
            near[name] = overlap(layer_rows.bounds, home)
    return near


def _near(found: Rows, home: np.ndarray) -> np.ndarray:
    """Keep the rows near a part, and of each operator who has none there the first of all.

    It is too far to matter, and keeps the operator known everywhere.
    """
    near = overlap(found.bounds, home)
    is_here = np.zeros(found.operator.max(initial=-1) + 1, dtype=bool)
    is_here[found.operator[near]] = True
    at = np.flatnonzero(~is_here[found.operator])
    near[at[np.unique(found.operator[at], return_index=True)[1]]] = True
    return near


def _hull(bounds: np.ndarray) -> np.ndarray:
    return np.concatenate([bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)])


def _widened(bounds: np.ndarray, reach_km: float) -> np.ndarray:
    """Widen bounds in degrees by at least a distance."""
    west, south, east, north = bounds
    down = reach_km / _KM_PER_DEGREE
    most = min(max(abs(south), abs(north)) + down, 89.0)
    across = down / np.cos(np.radians(most))
    return np.array([west - across, south - down, east + across, north + down])


def overlap(bounds: np.ndarray, home: np.ndarray) -> np.ndarray:
    """Tell which bounds meet those of a part; what has none does not.

    Examples
    --------
    >>> rows = np.array([[0.0, 0.0, 1.0, 1.0], [5.0, 5.0, 6.0, 6.0], [np.nan] * 4])
    >>> overlap(rows, np.array([1.0, 0.0, 2.0, 2.0])).tolist()
    [True, False, False]
    >>> overlap(rows - 180.0, np.array([178.0, -180.0, 180.5, -170.0])).tolist()
    [True, False, False]
    """
    west, south, east, north = bounds.reshape(-1, 4).T
    across = (west <= home[2]) & (east >= home[0])
    if home[2] > _HALF_TURN:  # what lies beyond the 180th meridian is called -179
        across |= west + 2.0 * _HALF_TURN <= home[2]
    if home[0] < -_HALF_TURN:
        across |= east - 2.0 * _HALF_TURN >= home[0]
    return across & (south <= home[3]) & (north >= home[1])
