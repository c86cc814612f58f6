"""Places joined to the nearest road: to its edge, not to its nodes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import shapely

from ..geodata import distance
from ..geodata.vectors import WGS84
from .network_arrays import ACCESS, Network

_SAME_M = 0.01
"""Feet that are nearer to each other, or to a node, are one: a centimetre is no piece of road."""


@dataclass(frozen=True, eq=False)
class _Feet:
    """Where places meet the edges: by place, those that meet none left out.

    ``place`` is the number of the place; ``edge`` the edge; ``position`` the number of the vertex in
    the courses that comes before the foot, and the share of the way to the next; ``xy`` in degrees.
    """

    place: np.ndarray
    edge: np.ndarray
    position: np.ndarray
    xy: np.ndarray


def attach(
    network: Network, lon: np.ndarray, lat: np.ndarray, *, within_m: float
) -> tuple[Network, np.ndarray]:
    """Join places to the network.

    Each becomes a node with a straight edge of kind ``ACCESS`` to the nearest place on an edge, which
    is split there. The access of other places is no road: nothing is joined to it.

    Parameters
    ----------
    network : Network
    lon, lat : ndarray of float64
        Places, degrees, WGS 84.
    within_m : float
        A place that is farther from every road becomes a node without edges.

    Returns
    -------
    network : Network
        The old nodes, then the feet along the edges, then the places. The parts of a split edge are
        together as long as it was, and climb as much; access is not known to climb.
    node : ndarray of int64
        Node of each place.

    Raises
    ------
    ValueError
        When coordinates are not finite, or their numbers differ.

    Examples
    --------
    >>> from deadzones.coverage.road_graph import from_roads
    >>> line = shapely.LineString([(105, 21), (105.2, 21)])
    >>> roads = from_roads(gpd.GeoDataFrame(geometry=[line], crs=4326))
    >>> network, node = attach(roads, np.array([105.1]), np.array([21.01]), within_m=2000.0)
    >>> node.tolist(), network.length_m.round().tolist(), network.kind.tolist()
    ([3], [10397.0, 10397.0, 1107.0], [0, 0, 1])
    """
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    if lon.ndim != 1 or lon.shape != lat.shape or not np.isfinite([lon, lat]).all():
        raise ValueError(
            f"attach: found {lon.shape} longitudes and {lat.shape} latitudes,"
            f" {int((~np.isfinite(lon)).sum() + (~np.isfinite(lat)).sum())} of them no finite numbers;"
            " wanted degrees for each place. Correct the places."
        )
    feet = _feet(network, lon, lat, within_m)
    split, foot = _split(network, feet)
    node = len(split.lon) + np.arange(len(lon))
    start = np.column_stack([lon, lat])[feet.place]
    end = np.column_stack([split.lon[foot], split.lat[foot]])
    places = len(feet.place)
    grown = Network(
        lon=np.append(split.lon, lon),
        lat=np.append(split.lat, lat),
        tail=np.append(split.tail, node[feet.place]),
        head=np.append(split.head, foot),
        length_m=np.append(split.length_m, distance.length_m(start, end)),
        kind=np.append(split.kind, np.full(places, ACCESS, dtype=np.int8)),
        climb_m=np.append(split.climb_m, np.zeros(places)),
        course=np.concatenate([split.course, np.stack([start, end], axis=1).reshape(-1, 2)]),
        course_start=np.append(
            split.course_start, split.course_start[-1] + 2 * np.arange(1, places + 1)
        ),
    )
    return grown, node


def _feet(network: Network, lon: np.ndarray, lat: np.ndarray, within_m: float) -> _Feet:
    """Find the nearest place on an edge for each place that has one near enough."""
    edge = np.repeat(np.arange(len(network.tail)), np.diff(network.course_start))
    first = np.flatnonzero((edge[1:] == edge[:-1]) & (network.kind[edge[1:]] != ACCESS))
    pieces = shapely.linestrings(
        np.stack([network.course[first], network.course[first + 1]], axis=1)
    )
    layer = gpd.GeoDataFrame(geometry=np.asarray(pieces, dtype=object), crs=WGS84)
    far_m, piece = distance.nearest(lon, lat, layer)
    place = np.flatnonzero(far_m <= within_m)
    piece = piece[place]
    share = _share(lon[place], lat[place], layer.geometry.to_numpy(), piece)
    before, after = network.course[first[piece]], network.course[first[piece] + 1]
    xy = before + share[:, None] * (after - before)
    return _Feet(place, edge[first[piece]], first[piece] + share, xy)


def _share(lon: np.ndarray, lat: np.ndarray, pieces: np.ndarray, piece: np.ndarray) -> np.ndarray:
    """Return how far along its own straight piece each place has its foot, 0 to 1."""
    asked, which = np.unique(piece, return_inverse=True)
    start, end, owner = distance.segments(pieces[asked])
    count = np.bincount(owner, minlength=len(asked))
    first = np.cumsum(count) - count
    place = np.repeat(np.arange(len(which)), count[which])
    number = np.arange(len(place)) - np.repeat(np.cumsum(count[which]) - count[which], count[which])
    cut = first[which][place] + number
    begin = distance.in_space(*start[cut].T)
    way = distance.in_space(*end[cut].T) - begin
    off = distance.in_space(lon, lat)[place] - begin
    along = ((off * way).sum(axis=1) / np.maximum((way**2).sum(axis=1), 1e-12)).clip(0.0, 1.0)
    gap = ((off - along[:, None] * way) ** 2).sum(axis=1)
    nearest = np.lexsort((gap, place))[np.cumsum(count[which]) - count[which]]
    return (number[nearest] + along[nearest]) / count[which]


def _split(network: Network, feet: _Feet) -> tuple[Network, np.ndarray]:
    """Split edges at feet; return the node of each foot too."""
    along_m, whole_m = _along(network, feet)
    foot = np.where(along_m <= _SAME_M, network.tail[feet.edge], network.head[feet.edge])
    inner = np.flatnonzero((along_m > _SAME_M) & (along_m < whole_m - _SAME_M))
    inner = inner[np.lexsort((feet.position[inner], feet.edge[inner]))]
    other = (np.diff(feet.edge[inner]) != 0) | (np.diff(along_m[inner]) > _SAME_M)
    new = np.append(True, other)[: len(inner)]
    foot[inner] = len(network.lon) + np.cumsum(new) - 1
    cut = inner[new]
    return _parts(network, feet.edge[cut], feet.position[cut], feet.xy[cut]), foot


def _along(network: Network, feet: _Feet) -> tuple[np.ndarray, np.ndarray]:
    """Return how far from the tail of its edge each foot is, and how long the edge is drawn, m."""
    edges, which = np.unique(feet.edge, return_inverse=True)
    first, passed_m = _passed(network.course, network.course_start, edges)
    start, last = network.course_start[feet.edge], network.course_start[feet.edge + 1] - 2
    before = np.minimum(np.floor(feet.position).astype(np.int64), last)
    at, begin_m = before - start + first[which], passed_m[first[which]]
    step_m = passed_m[at + 1] - passed_m[at]
    along_m = passed_m[at] - begin_m + (feet.position - before) * step_m
    return along_m, passed_m[first[which + 1] - 1] - begin_m


def _parts(network: Network, edge: np.ndarray, position: np.ndarray, xy: np.ndarray) -> Network:
    """Split edges where told, in order along each; the new nodes come last."""
    cuts = np.bincount(edge, minlength=len(network.tail))
    of = np.repeat(np.arange(len(cuts)), cuts + 1)
    node, last = len(network.lon) + np.arange(len(edge)), np.cumsum(cuts + 1) - 1
    cut = np.delete(np.arange(len(of)), last)  # parts that end at a cut
    tail, head = network.tail[of], network.head[of]
    head[cut], tail[cut + 1] = node, node
    vertex = np.arange(len(network.course))
    order = np.argsort(np.concatenate([vertex, position, position]), kind="stable")
    starts = np.zeros(len(order), dtype=bool)
    starts[network.course_start[:-1]], starts[len(vertex) + len(edge) :] = True, True
    course = np.concatenate([network.course, xy, xy])[order]
    start = np.append(np.flatnonzero(starts[order]), len(course))
    share = _shares(course, start, of, cuts[of] > 0)
    return replace(
        network,
        lon=np.append(network.lon, xy[:, 0]),
        lat=np.append(network.lat, xy[:, 1]),
        tail=tail,
        head=head,
        length_m=network.length_m[of] * share,
        kind=network.kind[of],
        climb_m=network.climb_m[of] * share,
        course=course,
        course_start=start,
    )


def _shares(
    course: np.ndarray, start: np.ndarray, of: np.ndarray, is_part: np.ndarray
) -> np.ndarray:
    """Return which share of its edge each part is, by the lengths of their courses."""
    share, parts = np.ones(len(of)), np.flatnonzero(is_part)
    first, passed_m = _passed(course, start, parts)
    drawn_m = passed_m[first[1:] - 1] - passed_m[first[:-1]] if len(parts) else np.zeros(0)
    share[parts] = drawn_m / np.bincount(of[parts], drawn_m)[of[parts]]
    return share


def _passed(
    course: np.ndarray, start: np.ndarray, edges: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Walk along some edges, one after the other; return where each begins and the metres so far."""
    count = np.diff(start)[edges]
    first = np.append(0, np.cumsum(count))
    vertex = np.repeat(start[edges] - first[:-1], count) + np.arange(first[-1])
    steps = distance.length_m(course[vertex[:-1]], course[vertex[1:]])
    steps[first[1:-1] - 1] = 0.0  # from one edge to the next
    return first, np.append(0.0, np.cumsum(steps))
