"""Lines and nodes that stand, as one network: cut where lines meet, with the nodes on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from ..geodata import distance, feeding
from ..geodata.vectors import WGS84
from . import road_graph
from .inputs import Inputs
from .network_arrays import ACCESS, Network

SNAP_M = 250.0
"""How near a node is to a line that it stands on: across the yard of a substation, judgement."""
_SAME_M = 1.0
"""What is nearer to a line that feeds is on it: both are cut at the same vertices."""


@dataclass(frozen=True, eq=False)
class Plant:
    """What there is of a network.

    Parameters
    ----------
    lines : GeoDataFrame
        Lines in EPSG:4326: ``name``, ``feeds``, and ``join_m``, over which distance their ends are
        joined to other lines.
    nodes : GeoDataFrame
        Points in EPSG:4326: ``name``, ``feeds``, and ``snap_m``, how near to a line they must be.
    """

    lines: gpd.GeoDataFrame
    nodes: gpd.GeoDataFrame


@dataclass(frozen=True, eq=False)
class Drawn:
    """A network with the nodes of its layers on it.

    Parameters
    ----------
    network : Network
        Nodes with and without a line; edges may run side by side, or lead back to where they begin.
    source : ndarray of bool
        By node of the network: whether it feeds the others.
    name : ndarray of str
        By node of the network; "" where none is known.
    at : ndarray of int64
        Node of the network of each row of the plant's nodes.
    """

    network: Network
    source: np.ndarray
    name: np.ndarray
    at: np.ndarray


def plant(inputs: Inputs, service: str) -> Plant:
    """Gather the lines and nodes of a service, over all of its layers.

    Parameters
    ----------
    inputs : Inputs
    service : str
        Its key in the study.

    Returns
    -------
    Plant

    Raises
    ------
    BadInput
        When the option ``sources`` of a layer names a column or values that are not there.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> table = gpd.GeoDataFrame(geometry=gpd.points_from_xy([105], [21]), crs=4326)
    >>> spec = SimpleNamespace(reader="nodes", options={})
    >>> layer = SimpleNamespace(spec=spec, table=table, label="nodes")
    >>> found = plant(SimpleNamespace(of=lambda service: [layer]), "fibre")
    >>> found.nodes["feeds"].tolist(), len(found.lines)
    ([True], 0)
    """
    return Plant(
        lines=_joined(_layers(inputs, service, "lines"), "join_m"),
        nodes=_joined(_layers(inputs, service, "nodes"), "snap_m"),
    )


def _layers(inputs: Inputs, service: str, reader: str) -> Iterator[gpd.GeoDataFrame]:
    reach, default = {"lines": ("join_m", 0.0), "nodes": ("snap_m", SNAP_M)}[reader]
    for layer in inputs.of(service):
        if layer.spec.reader != reader:
            continue
        table, options = layer.table, layer.spec.options
        feeds = feeding.feeds(table, layer.label, options, otherwise=reader == "nodes")
        yield gpd.GeoDataFrame(
            {
                "name": _names(table),
                "feeds": feeds,
                reach: float(options.get(reach, default)),
            },
            index=table.index,
            geometry=table.geometry.to_numpy(),
            crs=WGS84,
        )


def _joined(parts: Iterator[gpd.GeoDataFrame], reach: str) -> gpd.GeoDataFrame:
    """Put layers into one table, one line or point a row."""
    empty = {"name": np.zeros(0, str), "feeds": np.zeros(0, bool), reach: np.zeros(0)}
    filled = [part for part in parts if len(part)]
    if not filled:
        return gpd.GeoDataFrame(empty, geometry=[], crs=WGS84)
    whole = gpd.GeoDataFrame(pd.concat(filled, ignore_index=True), crs=WGS84)
    return whole.explode(ignore_index=True)


def _names(table: gpd.GeoDataFrame) -> np.ndarray:
    """Return the name of each row, else its owner's own name for it."""
    found = np.full(len(table), "", dtype=object)
    for column in ("node_id", "name"):
        if column in table:
            text = table[column].fillna("").astype(str).str.strip().to_numpy(dtype=object)
            found = np.where(text != "", text, found)
    return found


def drawn(found: Plant) -> Drawn:
    """Turn lines and nodes into a network.

    Lines meet where they share a vertex, and where one ends within its ``join_m`` of a vertex of
    another: it is drawn to there. So rings that a gap of some metres parts are rings. A line that
    ends within ``snap_m`` of a node ends at the nearest; a node that no line ends at is on the nearest
    line within that distance, which is cut there, or else stands alone.

    Parameters
    ----------
    found : Plant

    Returns
    -------
    Drawn
        Nodes feed that the layers name, and all on lines that feed.

    Examples
    --------
    >>> lines = gpd.GeoDataFrame(
    ...     {"name": ["a", "b"], "feeds": False, "join_m": 0.0},
    ...     geometry=[
    ...         shapely.LineString([(105, 21), (105.1, 21)]),
    ...         shapely.LineString([(105.1, 21), (105.2, 21)]),
    ...     ],
    ...     crs=4326,
    ... )
    >>> nodes = gpd.GeoDataFrame(
    ...     {"name": ["S"], "feeds": True, "snap_m": 250.0},
    ...     geometry=gpd.points_from_xy([105.0], [21.001]),
    ...     crs=4326,
    ... )
    >>> whole = drawn(Plant(lines, nodes))
    >>> whole.source.tolist(), whole.network.tail.tolist(), whole.network.head.tolist()
    ([True, False, False], [0, 1], [1, 2])
    """
    lines, nodes = found.lines, found.nodes
    place = shapely.get_coordinates(nodes.geometry.to_numpy()).reshape(-1, 2)
    course = _at_nodes(_at_lines(lines), place, nodes["snap_m"].to_numpy(dtype=float))
    network = road_graph.from_roads(course)
    at = np.zeros(len(nodes), dtype=np.int64)
    for within_m in np.unique(nodes["snap_m"]):
        some = np.flatnonzero(nodes["snap_m"].to_numpy() == within_m)
        network, at[some] = road_graph.attach(network, *place[some].T, within_m=float(within_m))
    network, at = _contracted(network, at)
    source = np.zeros(len(network.lon), dtype=bool)
    source[at[nodes["feeds"].to_numpy(dtype=bool)]] = True
    source |= _on(network, course[course["feeds"].to_numpy(dtype=bool)])
    name = np.full(len(network.lon), "", dtype=object)
    name[at[::-1]] = nodes["name"].to_numpy()[::-1]  # of several at one place the first
    return Drawn(network, source, name, at)


def _at_lines(lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Draw the ends of lines to the nearest vertex of another line within their distance.

    Joining pieces one by one, as roads are, would leave every ring open at one of its gaps.
    """
    reach_m = lines["join_m"].to_numpy(dtype=float)
    if not (reach_m > 0.0).any():
        return lines
    xy, line = shapely.get_coordinates(lines.geometry.to_numpy(), return_index=True)
    place, first, vertex = np.unique(
        xy[:, 0] + 1j * xy[:, 1], return_index=True, return_inverse=True
    )
    ends = _loose(line, vertex)
    ends = ends[reach_m[line[first[ends]]] > 0.0]
    tree = KDTree(distance.in_space(place.real, place.imag))
    near = tree.query_ball_point(tree.data[ends], reach_m[line[first[ends]]])
    own = pd.DataFrame({"vertex": vertex, "line": line}).drop_duplicates()
    owners = np.bincount(own["vertex"], minlength=len(place))
    target = np.arange(len(place))
    for end, found in zip(ends.tolist(), near, strict=True):
        about = np.array(sorted(found), dtype=np.int64)
        mine = (owners[about] == 1) & (line[first[about]] == line[first[end]])
        others = about[~mine]
        if len(others):
            gap = np.linalg.norm(tree.data[others] - tree.data[end], axis=1)
            target[end] = others[gap.argmin()]
    return _moved(lines, place[_roots(target)][vertex], line)


def _roots(target: np.ndarray) -> np.ndarray:
    """Return for each place the one where all that are drawn to each other meet: one that stays."""
    count = len(target)
    graph = csr_array((np.ones(count), (np.arange(count), target)), shape=(count, count))
    group = connected_components(graph, directed=False)[1]
    order = np.lexsort((np.arange(count), target != np.arange(count), group))
    first = order[np.unique(group[order], return_index=True)[1]]
    return first[group]


def _loose(line: np.ndarray, vertex: np.ndarray) -> np.ndarray:
    """Return the places at which a single line ends and nothing else is, sorted."""
    turns = line[1:] != line[:-1]
    ends = vertex[np.append(True, turns)[: len(line)] | np.append(turns, True)[: len(line)]]
    alone = np.bincount(vertex) == 1
    return np.unique(ends[alone[ends]])


def _at_nodes(lines: gpd.GeoDataFrame, place: np.ndarray, snap_m: np.ndarray) -> gpd.GeoDataFrame:
    """Draw the ends of lines to the nearest node that is near enough."""
    xy, line = shapely.get_coordinates(lines.geometry.to_numpy(), return_index=True)
    if not len(xy) or not len(place):
        return lines
    corner, vertex = np.unique(xy[:, 0] + 1j * xy[:, 1], return_inverse=True)
    ends = _loose(line, vertex)
    from_xyz = distance.in_space(corner[ends].real, corner[ends].imag)
    far_m, node = np.full(len(ends), np.inf), np.zeros(len(ends), dtype=np.int64)
    for within_m in np.unique(snap_m):
        some = np.flatnonzero(snap_m == within_m)
        away_m, row = KDTree(distance.in_space(*place[some].T)).query(from_xyz)
        better = (away_m <= within_m) & (away_m < far_m)
        far_m[better], node[better] = away_m[better], some[row[better]]
    near = np.isfinite(far_m)
    corner[ends[near]] = place[node[near], 0] + 1j * place[node[near], 1]
    return _moved(lines, corner[vertex], line)


def _moved(lines: gpd.GeoDataFrame, place: np.ndarray, line: np.ndarray) -> gpd.GeoDataFrame:
    shape = shapely.linestrings(np.column_stack([np.real(place), np.imag(place)]), indices=line)
    return lines.set_geometry(gpd.GeoSeries(shape, index=lines.index, crs=WGS84))


def _contracted(network: Network, at: np.ndarray) -> tuple[Network, np.ndarray]:
    """Put nodes to where they are joined to a line; without it a way of some metres would be weak."""
    alias = np.arange(len(network.lon))
    access = network.kind == ACCESS
    alias[network.tail[access]] = network.head[access]
    kept = np.unique(
        np.concatenate([alias[network.tail[~access]], alias[network.head[~access]], alias[at]])
    )
    number = np.searchsorted(kept, alias)
    count = np.diff(network.course_start)
    return replace(
        network,
        lon=network.lon[kept],
        lat=network.lat[kept],
        tail=number[network.tail[~access]],
        head=number[network.head[~access]],
        length_m=network.length_m[~access],
        kind=network.kind[~access],
        climb_m=network.climb_m[~access],
        course=network.course[np.repeat(~access, count)],
        course_start=np.append(0, np.cumsum(count[~access])),
    ), number[at]


def _on(network: Network, lines: gpd.GeoDataFrame) -> np.ndarray:
    """Tell which nodes are on some lines of the network."""
    if lines.empty:
        return np.zeros(len(network.lon), dtype=bool)
    return distance.nearest(network.lon, network.lat, lines)[0] <= _SAME_M
