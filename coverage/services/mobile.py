"""Mobile broadband: received signal, from declared areas, signal rasters or sites.

Sources: FAO and the ITU Connectivity Planning Platform for radii around sites of which nothing else
is known. A circle is the lowest class of evidence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np

from ...geodata.faults import BadInput, Fault
from . import by_operator
from .service import How, Instead, Levels, Prediction, Remedy, Service

if TYPE_CHECKING:
    from ..cells import Cells
    from ..inputs import Inputs, LayerData

USABLE_DBM = -110.0
"""Outdoor usable RSRP to start with (Ofcom's 5G SS-RSRP at some 80 % confidence); not a limit of
QCVN 126:2021, which confirms none."""

RADIUS_KM = {"2G": 12.0, "3G": 4.0, "4G": 4.0, "5G": 4.0}
"""Fallback radius around a site: 2G, 3G and 4G after FAO; none is published for 5G, which takes
the 4G value."""

RADIUS_UNKNOWN_KM = 5.0
"""The same where the technology is not known: the ITU Connectivity Planning Platform's."""

TUNED_DB = 3.0
"""What tilt, power and feeders of a standing site give when they are tuned: judgement."""
TUNED_REACH = 10.0 ** (TUNED_DB / 35.0)
"""How much farther that carries where signal falls by the power of 3.5 of distance."""


def level(layer: LayerData, cells: Cells) -> Levels:
    """Return the received signal by operator, dBm.

    Parameters
    ----------
    layer : LayerData
        ``signal_raster``: its mean over the cell. ``sites``: ``level_dbm`` within the fallback
        radius, nothing beyond.
        Options: ``level_dbm`` (default -110), ``radius_km`` (for all sites), ``nodata``:
        ``"unknown"`` (default) or ``"no signal"``.
    cells : Cells

    Returns
    -------
    dict of str to ndarray
        -inf where there is no signal, NaN where unknown.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from types import SimpleNamespace
    >>> sites = gpd.GeoDataFrame(geometry=gpd.points_from_xy([105], [21]), crs=4326)
    >>> spec = SimpleNamespace(reader="sites", operator="A", options={})
    >>> lon, lat = np.array([105.0, 105.0]), np.array([21.01, 21.1])
    >>> cells = SimpleNamespace(lon=lon, lat=lat, tiles=None)
    >>> level(SimpleNamespace(spec=spec, table=sites), cells)
    {'A': array([-110.,  -inf])}
    """
    if layer.spec.reader == "signal_raster":
        return {layer.spec.operator or "": _signal(layer, cells)}
    return {
        operator: np.where(_within(rows, layer, cells), inside(layer), -np.inf)
        for operator, rows in by_operator.split(layer)
    }


def inside(layer: LayerData) -> float:
    """Return the signal within a declared area or a site's radius, dBm: option ``level_dbm``.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> inside(SimpleNamespace(spec=SimpleNamespace(options={"level_dbm": -100})))
    -100.0
    """
    return float(layer.spec.options.get("level_dbm", USABLE_DBM))


def predict(layer: LayerData, cells: Cells, inputs: Inputs, how: How) -> Prediction:
    """Predict the received signal of sites over the study's terrain, dBm.

    See :func:`deadzones.coverage.prediction.predict`.

    Examples
    --------
    >>> predict.__name__
    'predict'
    """
    from ..prediction import predict  # numba takes a second to import: only who predicts pays it

    return predict(layer, cells, inputs, how)


def check(layer: LayerData) -> list[Fault]:
    """Tell which sites cannot be predicted.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from types import SimpleNamespace
    >>> point = gpd.points_from_xy([105], [21])
    >>> sites = gpd.GeoDataFrame({"technology": ["3G"]}, geometry=point, crs=4326)
    >>> [fault.column for fault in check(SimpleNamespace(table=sites, label="sites.csv"))]
    ['technology']
    """
    from ..radio.sites import read_sectors

    try:
        read_sectors(layer.table, label=layer.label)
    except BadInput as told:
        return list(told.faults)
    return []


def _signal(layer: LayerData, cells: Cells) -> np.ndarray:
    signal_dbm = by_operator.values(layer, cells)
    if layer.spec.options.get("nodata", "unknown") == "no signal":
        return np.where(np.isnan(signal_dbm), -np.inf, signal_dbm)
    return signal_dbm


def _within(rows: gpd.GeoDataFrame, layer: LayerData, cells: Cells) -> np.ndarray:
    radius_km = layer.spec.options.get("radius_km")
    if radius_km is not None or "technology" not in rows:
        reach_km = RADIUS_UNKNOWN_KM if radius_km is None else float(radius_km)
        return by_operator.distance_km(rows, cells) <= reach_km
    reached = np.zeros(len(cells.lon), dtype=bool)
    for technology, sites in rows.groupby(rows["technology"].fillna("")):
        reach_km = RADIUS_KM.get(str(technology), RADIUS_UNKNOWN_KM)
        reached |= by_operator.distance_km(sites, cells) <= reach_km
    return reached


SERVICE = Service(
    name_vi="sóng di động",
    name_en="mobile signal",
    unit="dBm",
    higher_is_better=True,
    threshold=USABLE_DBM,
    threshold_source="outdoor usable RSRP, Ofcom 5G SS-RSRP (about 80 % confidence); no dBm limit "
    "of QCVN 126:2021 is confirmed",
    readers=("polygons", "signal_raster", "sites"),
    proxies=("sites",),
    level=level,
    inside=inside,
    predict=predict,
    check=check,
    predicted=("sites",),
    remedies=(
        Remedy(
            kind="new_site",
            fixed=(("macro_site_5g", 1.0),),
            needs=("fibre", "power"),
            instead=(
                Instead(
                    "microwave",
                    "fibre",
                    (("microwave_hop", 1.0),),
                    reach_km=15.0,
                    reach_unseen_km=5.0,
                ),
                Instead(
                    "leo", "fibre", (("leo_terminal", 1.0), ("leo_backhaul", 1.0)), terminals=1.0
                ),
                Instead("solar", "power", (("site_solar", 1.0),)),
            ),
            reach_km=RADIUS_KM["5G"],
        ),
        Remedy(
            kind="add_radio",
            fixed=(("overlay_5g", 1.0),),
            reach_km=RADIUS_KM["5G"],
            on_sites=True,
        ),
        Remedy(
            kind="tune_site",
            fixed=(("tune_site", 1.0),),
            reach_km=RADIUS_KM["5G"] * TUNED_REACH,
            on_sites=True,
            gain_db=TUNED_DB,
        ),
    ),
)
