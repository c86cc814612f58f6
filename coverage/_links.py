"""Along what networks can be built to the places of upgrades, and what that costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..geodata import distance, rasters
from ..geodata.rasters import Raster
from . import _growth_kernels, _reduction_kernels, road_graph
from ._works import node_graph
from .cells import Cells
from .problem import NOBODY, Ways
from .road_graph import Network
from .services import SERVICES
from .services.service import Supply
from .study_parts import Upgrades

_NEAR_POLES_M = 150.0
"""A way runs along a line when both of its ends are this near to it: the width of a road and a
village street."""
_DISTRIBUTION_KV = 35.0
"""Lines above this have no poles for cables of others: Vietnamese distribution ends at 35 kV."""
_OPEN_NODES = 150_000
"""Nodes of a graph over open land, at most."""
_ROUTE_FACTOR = 1.1
"""A route over a straight line where no road is known: ITU Connectivity Planning Platform."""
_PLACE_DECIMALS = 7
"""Of a degree, 1 cm: places nearer than that are one."""


@dataclass(frozen=True, eq=False)
class Land:
    """The graph on which networks can be built.

    Parameters
    ----------
    ways : Ways
        The smaller graph that has the same cheapest trees.
    network : Network
        The whole one, with its geometry.
    chain_start, chain_edge : ndarray of int64
        Edges of the whole graph in each edge of the smaller one.
    node_of : ndarray of int64
        Node of the whole graph by node of the smaller one.
    node : ndarray of int64
        Where each place of the table of places stands in the smaller graph.
    near : ndarray of float64, shape (layers, nodes, 2)
        The nearest place of what stands, from each node of the smaller graph, degrees.
    joins : DataFrame
        Pieces of road that were joined because the study says so.
    """

    ways: Ways
    network: Network
    chain_start: np.ndarray
    chain_edge: np.ndarray
    node_of: np.ndarray
    node: np.ndarray
    near: np.ndarray
    joins: pd.DataFrame

    def edges_of(self, edges: np.ndarray) -> np.ndarray:
        """Return the edges of the whole graph in edges of the smaller one."""
        parts = [self.chain_edge[self.chain_start[e] : self.chain_start[e + 1]] for e in edges]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)

    def straight(self, layer: int, node: int) -> shapely.LineString:
        """Return the straight way from a node to what stands."""
        whole = self.node_of[node]
        start = (self.network.lon[whole], self.network.lat[whole])
        return shapely.LineString([start, self.near[layer, node]])

    def straight_m(self, layer: int, node: int) -> float:
        """Return its length."""
        whole = self.node_of[node]
        place = (float(self.network.lon[whole]), float(self.network.lat[whole]))
        return self.far_m(*place, *self.near[layer, node].tolist())

    @staticmethod
    def far_m(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
        """Return a geodesic distance, m."""
        return float(
            distance.length_m(np.array([[lon, lat]]), np.array([[other_lon, other_lat]]))[0]
        )


def layers_of(types: Mapping[str, str], assets: Mapping[str, gpd.GeoDataFrame]) -> tuple[str, ...]:
    """Return the types of service whose networks can be built in a study: those it has layers of.

    Parameters
    ----------
    types : mapping of str to str
        Type by service.
    assets : mapping of str to GeoDataFrame
        By type.

    Examples
    --------
    >>> nodes = gpd.GeoDataFrame(geometry=gpd.points_from_xy([105], [21]), crs=4326)
    >>> layers_of({"mobile": "mobile", "fibre": "fibre"}, {"fibre": nodes})
    ('fibre',)
    """
    kinds = dict.fromkeys(types.values())
    return tuple(kind for kind in kinds if SERVICES[kind].supply is not None and kind in assets)


@dataclass(frozen=True, eq=False)
class Routes:
    """Along what lines can be built, whatever they cost.

    Parameters
    ----------
    network : Network
    at : ndarray of int64
        Node of each place.
    joins : DataFrame
        Pieces of road that were joined because the study says so.
    on_roads : bool
        Whether roads are known; else lines go over open land.
    far_m : mapping of str to ndarray of float64
        By layer: geodesic distance of each node to what stands.
    along_poles : ndarray of bool
        Edges along which poles stand that a cable can hang on.
    """

    network: Network
    at: np.ndarray
    joins: pd.DataFrame
    on_roads: bool
    far_m: Mapping[str, np.ndarray]
    along_poles: np.ndarray


def routes(
    places: pd.DataFrame,
    layers: tuple[str, ...],
    *,
    cells: Cells,
    assets: Mapping[str, gpd.GeoDataFrame],
    roads: gpd.GeoDataFrame | None,
    terrain: Raster | None,
    rules: Upgrades,
) -> Routes:
    """Find along what lines can be built to some places.

    Parameters
    ----------
    places : DataFrame
        ``lon``, ``lat``, degrees.
    layers : tuple of str
        Types of service, of :func:`layers_of`.
    cells : Cells
        Where there are no roads, networks are built from cell to cell.
    assets : mapping of str to GeoDataFrame
        What stands of each type, EPSG:4326: the root of its layer.
    roads : GeoDataFrame, optional
        Lines, EPSG:4326.
    terrain : Raster, optional
        Elevations, m.
    rules : Upgrades

    Returns
    -------
    Routes
    """
    joins = pd.DataFrame()
    lon, lat = places["lon"].to_numpy(dtype=float), places["lat"].to_numpy(dtype=float)
    on_roads = roads is not None and len(roads) > 0
    network = road_graph.from_roads(roads) if roads is not None and on_roads else _over_land(cells)
    if on_roads and rules.join_roads_m > 0.0:
        network, joins = road_graph.joined(network, rules.join_roads_m)
    within_m = 1000.0 * rules.off_road_km
    network, at = road_graph.attach(network, lon, lat, within_m=within_m)
    if terrain is not None:
        height = rasters.sample(terrain, network.lon, network.lat)
        climb = np.nan_to_num(np.abs(height[network.head] - height[network.tail]))
        network = replace(network, climb_m=climb)
    far_m = {name: distance.nearest(network.lon, network.lat, assets[name])[0] for name in layers}
    carriers = {_supply(name).poles_of for name in layers}
    lines = [assets[name] for name in layers if name in carriers]
    along = _along_poles(network, lines[0]) if lines else np.zeros(len(network.tail), dtype=bool)
    return Routes(network, at, joins, on_roads, far_m, along)


def priced(
    found: Routes,
    assets: Mapping[str, gpd.GeoDataFrame],
    unit_vnd: pd.Series,
    rules: Upgrades,
) -> Land:
    """Price the graph along which networks can be built.

    Parameters
    ----------
    found : Routes
    assets : mapping of str to GeoDataFrame
        What stands of each type, EPSG:4326: the root of its layer.
    unit_vnd : Series
        Present value of one unit of each cost item.
    rules : Upgrades

    Returns
    -------
    Land
        Along a road a line costs what it costs on new poles or, for what can hang there, on poles
        that stand; in steep land, away from roads and straight to what stands what it costs in
        difficult land. Without roads it costs as along one, over a route that is longer than the
        straight line.
    """
    ways = _priced(found, unit_vnd, rules)
    return _smaller(ways, found, assets)


def _over_land(cells: Cells) -> Network:
    """Return a graph over the land of the communes, from cell to cell, coarse enough to search."""
    rows, columns = cells.grid.shape
    step = max(1, int(np.ceil(np.sqrt(len(cells.number) / _OPEN_NODES))))
    position = np.full((rows, columns), NOBODY)
    position.ravel()[cells.number] = np.arange(len(cells.number))
    position = position[step // 2 :: step, step // 2 :: step]
    mask = position != NOBODY
    lon, lat = (np.where(mask, values[position], np.nan) for values in (cells.lon, cells.lat))
    return road_graph.over_ground(lon, lat, mask)


def _priced(found: Routes, unit_vnd: pd.Series, rules: Upgrades) -> Ways:
    """Price every edge of a network, and every node's straight way to what stands."""
    network, layers = found.network, tuple(found.far_m)
    km = network.length_m / 1000.0 * (1.0 if found.on_roads else _ROUTE_FACTOR)
    off_road = found.on_roads & (network.kind == road_graph.ACCESS)
    steep = 100.0 * network.climb_m > rules.steep_pct * np.maximum(network.length_m, 1.0)
    edge_vnd, root_vnd = list[np.ndarray](), list[np.ndarray]()
    on_poles, poles = np.zeros(0), None
    for number, layer in enumerate(layers):
        supply = _supply(layer)
        line, difficult = float(unit_vnd[supply.line]), float(unit_vnd[supply.difficult])
        price = km * np.where(off_road | steep, difficult, line)
        if supply.on_poles and supply.poles_of in layers:
            poles = number, layers.index(supply.poles_of)
            on_poles = km * float(unit_vnd[supply.on_poles])
            price = np.where(found.along_poles, np.minimum(price, on_poles), price)
        edge_vnd.append(price)
        far_m = found.far_m[layer]
        near = far_m <= 1000.0 * rules.off_road_km
        straight = difficult if found.on_roads else line * _ROUTE_FACTOR
        root_vnd.append(np.where(near, far_m / 1000.0 * straight, np.inf))
    empty = np.zeros((0, len(km)))
    edges = np.stack(edge_vnd) if edge_vnd else empty
    if poles is not None:  # poles save at most what the line that has them costs
        on_poles = np.minimum(
            np.maximum(on_poles, edges[poles[0]] - edges[poles[1]]), edges[poles[0]]
        )
    roots = np.stack(root_vnd) if root_vnd else np.zeros((0, len(network.lon)))
    return Ways(network.tail, network.head, edges, roots, layers, on_poles, poles)


def _supply(layer: str) -> Supply:
    supply = SERVICES[layer].supply
    assert supply is not None, "layers_of asks for it"
    return supply


def _along_poles(network: Network, lines: gpd.GeoDataFrame) -> np.ndarray:
    """Tell which edges run along standing poles."""
    lines = lines[lines["kind"] == "line"]
    if "voltage_kv" in lines:
        lines = lines[lines["voltage_kv"].fillna(np.inf) <= _DISTRIBUTION_KV]
    far_m = distance.nearest(network.lon, network.lat, lines)[0]
    return (far_m[network.tail] <= _NEAR_POLES_M) & (far_m[network.head] <= _NEAR_POLES_M)


def _smaller(ways: Ways, found: Routes, assets: Mapping[str, gpd.GeoDataFrame]) -> Land:
    """Cut off dead ends, join chains, and keep only the straight ways to what stands that can pay."""
    network, at = found.network, found.at
    graph = node_graph(ways.tail, ways.head, ways.nodes)
    root_vnd = np.array(ways.root_vnd)
    for layer in range(len(ways.layers)):
        vnd = root_vnd[layer].copy()
        parent, via = np.full(ways.nodes, NOBODY), np.full(ways.nodes, NOBODY)
        seeds = np.flatnonzero(np.isfinite(vnd))
        _growth_kernels.spread(graph, ways.edge_vnd[layer], vnd, parent, via, seeds)
        root_vnd[layer, parent != NOBODY] = np.inf
    keep = np.asarray(np.isfinite(root_vnd).any(axis=0))
    keep[at[at != NOBODY]] = True
    alive, degree = _reduction_kernels.pruned(graph, keep, len(ways.tail))
    tail, head, start, member = _reduction_kernels.chains(graph, keep, alive, degree)
    node_of = np.unique(np.concatenate([tail, head, np.flatnonzero(keep)]))
    new = np.full(ways.nodes + 1, NOBODY)
    new[node_of] = np.arange(len(node_of))

    def summed(values: np.ndarray) -> np.ndarray:
        return (
            np.add.reduceat(values[..., member], start[:-1], axis=-1)
            if len(member)
            else values[..., :0]
        )

    small = Ways(
        new[tail],
        new[head],
        summed(ways.edge_vnd),
        root_vnd[:, node_of],
        ways.layers,
        summed(ways.on_poles_vnd) if len(ways.on_poles_vnd) else ways.on_poles_vnd,
        ways.poles,
    )
    lon, lat = network.lon[node_of], network.lat[node_of]
    near = np.full((len(ways.layers), len(node_of), 2), np.nan)
    for number, layer in enumerate(ways.layers):
        rooted = np.flatnonzero(np.isfinite(small.root_vnd[number]))
        near[number, rooted] = distance.nearest_place(lon[rooted], lat[rooted], assets[layer])
    return Land(small, network, start, member, node_of, new[at], near, found.joins)
