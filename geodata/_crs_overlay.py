"""Points of a layer laid over the communes: how far they lie from where they belong."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from . import grid as grids
from .crosswalk import CODE
from .faults import BadInput, Fault
from .grid import WGS84

MOST, MOST_CORNERS = 2000, 500
"""Points of a layer that are laid over the communes: more tell no more."""
FAR_M = 1e7
"""Of what is nowhere."""


@dataclass(frozen=True)
class Overlay:
    """Points of a layer, and the communes that they belong to.

    Parameters
    ----------
    xy : ndarray, shape (n, 2)
        As the file has them.
    shape : ndarray of int64
        Number of the shape that each is of.
    own : ndarray of int64
        Position of the commune that the file says; -1 where it says none.
    corners : bool
        Whether they are corners of polygons, which lie on borders.
    communes : ndarray of geometries
        In metres.
    province : ndarray of str
    metres : str
        The system of the communes.
    """

    xy: np.ndarray
    shape: np.ndarray
    own: np.ndarray
    corners: bool
    communes: np.ndarray
    province: np.ndarray
    metres: str

    @classmethod
    def of(cls, shapes: gpd.GeoDataFrame, communes: gpd.GeoDataFrame) -> Overlay:
        """Take at most some points of each shape."""
        geometry = shapes.geometry.to_numpy()
        xy, shape = shapely.get_coordinates(geometry, return_index=True)
        if not len(xy) or communes.empty:
            what = "communes" if communes.empty else "shapes"
            fault = Fault(
                what, "no coordinates", "at least one place", "Give the layer, not empty."
            )
            raise BadInput([fault])
        corners = bool(np.isin(shapely.get_type_id(geometry), (3, 6)).all())
        most = min(len(xy), MOST_CORNERS if corners else MOST)
        some = np.linspace(0, len(xy) - 1, most).astype(np.int64)
        places = communes.set_index(CODE) if CODE in communes else communes
        codes = pd.Series(shapes[CODE].to_numpy() if CODE in shapes else None, range(len(shapes)))
        own = places.index.get_indexer(pd.Index(codes.astype(object)))[shape[some]]
        west, south, east, north = places.to_crs(WGS84).total_bounds
        metres = f"+proj=aeqd +lat_0={(south + north) / 2} +lon_0={(west + east) / 2} +ellps=WGS84"
        return cls(
            xy[some],
            shape[some],
            own,
            corners,
            places.to_crs(metres).geometry.to_numpy(),
            places["province_code"].to_numpy() if "province_code" in places else np.array([]),
            metres,
        )

    def typical(self, misfit: np.ndarray) -> float:
        """The mean of points, which mostly lie within; the median of corners, which never quite fit."""
        return float(np.median(misfit) if self.corners else misfit.mean())

    def misfits(self, lonlat: np.ndarray) -> np.ndarray:
        """How far each point lies from where it belongs, m."""
        points, there = self._points(lonlat)
        misfit = np.full(len(lonlat), FAR_M)
        if not there.any():
            return misfit
        own, of_point = np.unique(self._owners(points, there), return_inverse=True)
        target = shapely.boundary(self.communes[own]) if self.corners else self.communes[own]
        misfit[there] = np.minimum(shapely.distance(points, target[of_point]), FAR_M)
        return misfit

    def official(self, lonlat: np.ndarray, provinces: list[str]) -> float:
        """Share of points that lie in, or nearest to, communes of these provinces."""
        points, there = self._points(lonlat)
        if not len(self.province) or not there.any():
            return 0.0
        at = shapely.STRtree(self.communes).nearest(points)
        return float(np.isin(self.province[at].astype(str), provinces).mean())

    def _points(self, lonlat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Points in metres, and which of all they are: those that lie on Earth."""
        on_earth = np.isfinite(lonlat) & (np.abs(lonlat) <= (180.0, 90.0))
        at = np.flatnonzero(on_earth.all(axis=1))
        move = grids.transformer(WGS84, self.metres)
        xy = np.column_stack(move.transform(lonlat[at, 0], lonlat[at, 1]))
        on_map = np.isfinite(xy).all(axis=1)
        there = np.zeros(len(lonlat), dtype=bool)
        there[at[on_map]] = True
        return np.asarray(shapely.points(xy[on_map]), dtype=object), there

    def _owners(self, points: np.ndarray, there: np.ndarray) -> np.ndarray:
        """The commune that each point says to be of; else the one nearest to it, or to its shape."""
        own = self.own[there].copy()
        lost = own < 0
        if not lost.any():
            return own
        tree = shapely.STRtree(self.communes)
        if not self.corners:
            own[lost] = tree.nearest(points[lost])
            return own
        xy = pd.DataFrame(shapely.get_coordinates(points[lost]))
        middle = xy.groupby(self.shape[there][lost]).mean()
        nearest = pd.Series(tree.nearest(shapely.points(middle.to_numpy())), middle.index)
        own[lost] = nearest.loc[self.shape[there][lost]].to_numpy()
        return own
