"""The network from roads, or over open ground where there are none."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from ..geodata import distance
from ..geodata.vectors import WGS84
from . import _arcs_kernels, _road_kernels
from .network_arrays import ACCESS, JOIN, OPEN, ROAD, Network, lines, matrix
from .road_access import attach
from .road_joins import joined

__all__ = [
    "ACCESS",
    "JOIN",
    "OPEN",
    "ROAD",
    "Network",
    "attach",
    "from_roads",
    "joined",
    "lines",
    "matrix",
    "over_ground",
]


def from_roads(roads: gpd.GeoDataFrame) -> Network:
    """Turn lines into a network.

    Nodes are the ends of lines and the places where they share a vertex; where lines cross without
    one, as a bridge does in OpenStreetMap, they do not meet. Whatever is drawn twice counts once.

    Parameters
    ----------
    roads : GeoDataFrame
        Lines in EPSG:4326. Rows without a geometry are passed over.

    Returns
    -------
    Network
        Nodes by longitude, then latitude. It does not depend on the order of the rows.

    Raises
    ------
    ValueError
        When there are other geometries than lines, another CRS, or coordinates that are not finite.

    Examples
    --------
    >>> lines = [[(105, 21), (105.1, 21), (105.2, 21)], [(105.1, 21), (105.1, 21.1)]]
    >>> roads = gpd.GeoDataFrame(geometry=[shapely.LineString(line) for line in lines], crs=4326)
    >>> network = from_roads(roads)
    >>> network.tail.tolist(), network.head.tolist(), network.length_m.round().tolist()
    ([0, 1, 1], [1, 2, 3], [10397.0, 11072.0, 10397.0])
    """
    xy, line = _vertices(roads)
    place, vertex = np.unique(xy[:, 0] + 1j * xy[:, 1], return_inverse=True)
    on = (line[1:] == line[:-1]) & (vertex[1:] != vertex[:-1])
    ends = np.sort(np.column_stack([vertex[:-1], vertex[1:]])[on], axis=1)
    pieces = np.unique(ends[:, 0] * len(place) + ends[:, 1])
    rows = _arcs_kernels.rows(len(place), *np.divmod(pieces, max(len(place), 1)))
    degree = np.diff(rows[0])
    is_node = (degree > 0) & (degree != 2)
    turns = line[1:] != line[:-1]  # from one line to the next
    is_node[vertex[np.append(True, turns)[: len(line)]]] = True
    is_node[vertex[np.append(turns, True)[: len(line)]]] = True
    along, start = _road_kernels.chains(*rows, is_node & (degree > 0))
    course = np.column_stack([place.real, place.imag])[along]
    nodes = np.flatnonzero(is_node & (degree > 0))
    return Network(
        lon=place.real[nodes],
        lat=place.imag[nodes],
        tail=np.searchsorted(nodes, along[start[:-1]]),
        head=np.searchsorted(nodes, along[start[1:] - 1]),
        length_m=_lengths(course, start),
        kind=np.full(len(start) - 1, ROAD, dtype=np.int8),
        course=course,
        course_start=start,
    )


def _vertices(roads: gpd.GeoDataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the vertices of all lines, and the line of each."""
    if roads.crs is None or not roads.crs.equals(WGS84, ignore_axis_order=True):
        name = "no CRS" if roads.crs is None else roads.crs.name
        raise ValueError(f"roads: found {name}; wanted EPSG:4326. Reproject them and rerun.")
    geometry = roads.geometry.to_numpy()
    parts = shapely.get_parts(geometry[~shapely.is_missing(geometry)])
    wrong = shapely.get_type_id(parts) != shapely.GeometryType.LINESTRING
    if wrong.any():
        found = sorted({part.geom_type for part in parts[wrong]})
        raise ValueError(f"roads: found {', '.join(found)}; wanted lines. Take the others out.")
    xy, line = shapely.get_coordinates(parts, return_index=True)
    if not np.isfinite(xy).all():
        row = int(line[~np.isfinite(xy).all(axis=1)][0])
        raise ValueError(
            f"roads: found a coordinate that is no finite number in line {row};"
            " wanted degrees. Correct it, or take the line out."
        )
    return xy + 0.0, line  # + 0.0 makes one of both zeros


def _lengths(course: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Return the geodesic length along each course, m."""
    steps = distance.length_m(course[:-1], course[1:]) if len(course) else np.zeros(0)
    last = start[1:-1] - 1
    steps[last] = 0.0  # from one course to the next
    return np.add.reduceat(steps, start[:-1]) if len(start) > 1 else np.zeros(0)


def over_ground(
    lon: np.ndarray,
    lat: np.ndarray,
    mask: np.ndarray | None = None,
    elevation_m: np.ndarray | None = None,
) -> Network:
    """Connect the places of a regular grid with their eight neighbours, where there are no roads.

    Parameters
    ----------
    lon, lat : ndarray of float64, shape (rows, columns)
        Degrees, WGS 84; whatever stands outside the mask.
    mask : ndarray of bool, shape (rows, columns), optional
        Where nodes are; everywhere by default. Islands stay apart.
    elevation_m : ndarray of float, shape (rows, columns), optional
        NaN where it is not known.

    Returns
    -------
    Network
        Nodes are the places of the mask in raster order; node i is at
        ``numpy.flatnonzero(mask)[i]``.

    Raises
    ------
    ValueError
        When the shapes differ, or a node's coordinates are not finite.

    Examples
    --------
    >>> lon, lat = np.meshgrid([105.0, 105.1], [21.1, 21.0])
    >>> network = over_ground(lon, lat, elevation_m=np.array([[0.0, 5.0], [0.0, np.nan]]))
    >>> len(network.tail), network.climb_m.tolist()
    (6, [5.0, 0.0, 0.0, 0.0, 0.0, 5.0])
    """
    mask = np.ones(lon.shape, dtype=bool) if mask is None else np.asarray(mask, dtype=bool)
    height = np.zeros(lon.shape) if elevation_m is None else np.asarray(elevation_m, dtype=float)
    if mask.ndim != 2 or not lon.shape == lat.shape == mask.shape == height.shape:
        raise ValueError(
            f"over_ground: found the shapes {lon.shape}, {lat.shape}, {mask.shape} and"
            f" {height.shape}; wanted the same rows and columns. Give all on one grid."
        )
    if not np.isfinite([lon[mask], lat[mask]]).all():
        raise ValueError(
            "over_ground: found coordinates that are no finite numbers; wanted degrees at every"
            " node. Take these places out of the mask."
        )
    number = np.where(mask, mask.cumsum().reshape(mask.shape) - 1, -1)
    ends = np.concatenate(
        [_neighbours(number, *step) for step in ((0, 1), (1, 0), (1, 1), (1, -1))]
    )
    tail, head = ends[(ends >= 0).all(axis=1)].T
    place, climb = np.column_stack([lon[mask], lat[mask]]), height[mask][head] - height[mask][tail]
    return Network(
        lon=place[:, 0],
        lat=place[:, 1],
        tail=tail.copy(),
        head=head.copy(),
        length_m=distance.length_m(place[tail], place[head]),
        kind=np.full(len(tail), OPEN, dtype=np.int8),
        climb_m=np.nan_to_num(np.abs(climb)),
    )


def _neighbours(number: np.ndarray, down: int, right: int) -> np.ndarray:
    """Return the numbers of places and of those that lie a step away, shape (n, 2)."""
    if right < 0:
        number = number[:, ::-1]
    rows, columns = number.shape
    here, there = number[: rows - down, : columns - abs(right)], number[down:, abs(right) :]
    return np.column_stack([here.ravel(), there.ravel()])
