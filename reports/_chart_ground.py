"""The ground of a drawn map: shapes simplified to what print shows, projected, and framed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely
from matplotlib.path import Path
from numpy.typing import NDArray
from pyproj import Transformer

from . import commune_layer

Box = tuple[float, float, float, float]
"""West, south, east, north; or left, bottom, right, top."""
_DOTS_PER_IN: Final = 250.0
"""Of print: borders are simplified to this."""
_AROUND: Final = 0.03
"""Free edge around what is shown, as a share of it."""


@dataclass(frozen=True)
class Ground:
    """A window on the Earth, in metres on a transverse Mercator grid about its own middle.

    Attributes
    ----------
    frame : tuple
        Left, bottom, right, top of the window, m.
    size_in : tuple
        Width and height on paper, inches.
    tolerance_deg : float
        How far simplified borders may shift.
    """

    project: Transformer
    frame: Box
    size_in: tuple[float, float]
    tolerance_deg: float

    @property
    def m_per_pt(self) -> float:
        """Metres on the ground to a point on paper."""
        return (self.frame[2] - self.frame[0]) / (self.size_in[0] * 72.0)

    def shapes(self, table: gpd.GeoDataFrame) -> NDArray[Any]:
        """Simplify polygons as one coverage, and project them."""
        geometry = np.asarray(table.geometry.array, dtype=object)
        simple = commune_layer.simplify(geometry, self.tolerance_deg)
        return shapely.transform(simple, self._moved)

    def points(self, lonlat: Sequence[tuple[float, float]]) -> NDArray[Any]:
        """Project places in degrees."""
        return self._moved(np.array(lonlat, dtype=float))

    def _moved(self, lonlat: NDArray[Any]) -> NDArray[Any]:
        return np.column_stack(self.project.transform(lonlat[:, 0], lonlat[:, 1]))


def ground(view: Box, size_in: tuple[float, float]) -> Ground:
    """Lay a window around a box in degrees, so wide and high as the paper asks."""
    west, south, east, north = view
    middle = f"+lat_0={(south + north) / 2:.3f} +lon_0={(west + east) / 2:.3f}"
    grid = f"+proj=tmerc {middle} +k=1 +ellps=WGS84 +units=m"
    project = Transformer.from_crs("EPSG:4326", grid, always_xy=True)
    edge = shapely.get_coordinates(shapely.segmentize(shapely.box(*view), 0.25))
    x, y = project.transform(edge[:, 0], edge[:, 1])
    left, bottom, right, top = (float(v) for v in (np.min(x), np.min(y), np.max(x), np.max(y)))
    per_in = (1 + 2 * _AROUND) * max((right - left) / size_in[0], (top - bottom) / size_in[1], 1.0)
    across, up = per_in * size_in[0] / 2, per_in * size_in[1] / 2
    x0, y0 = (left + right) / 2, (bottom + top) / 2
    frame = (x0 - across, y0 - up, x0 + across, y0 + up)
    tolerance_deg = per_in / _DOTS_PER_IN / 111_195.0
    return Ground(project, frame, size_in, tolerance_deg)


def path_of(shape: Any) -> Path:
    """Turn a polygon with its holes and islands into one path."""
    rings = shapely.get_rings(shapely.get_parts(shapely.orient_polygons(shape)))
    points, ring = shapely.get_coordinates(rings, return_index=True)
    codes = np.full(len(points), Path.LINETO, dtype=Path.code_type)
    codes[np.flatnonzero(np.diff(ring, prepend=-1))] = Path.MOVETO
    codes[np.flatnonzero(np.diff(ring, append=-1))] = Path.CLOSEPOLY
    return Path(points, codes)


def middle_of(shape: Any) -> tuple[float, float] | None:
    """Find where the name of a shape is written: inside its largest piece."""
    pieces = shapely.get_parts(shape)
    if not len(pieces):
        return None
    largest = pieces[int(np.argmax(shapely.area(pieces)))]
    point = shapely.centroid(largest)
    if not shapely.contains(largest, point):
        point = shapely.point_on_surface(largest)
    return float(shapely.get_x(point)), float(shapely.get_y(point))
