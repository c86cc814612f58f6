"""Who hangs where on a network, and the network cut in two along the lines where people live."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..geodata import distance
from ..geodata.vectors import WGS84
from . import road_graph
from .inputs import Inputs
from .network_arrays import Network
from .standing_lines import Drawn
from .weak_points import Circuit

NOWHERE = -1
"""Of what is too far from the network."""
_AT_END = 1e-9
"""Share of a line: what is nearer to its end is at its end."""


def sites(inputs: Inputs) -> pd.DataFrame:
    """Return the mobile sites of a study, each once: a mast may carry several radios."""
    parts = [pd.DataFrame({"site_id": [], "lon": [], "lat": []}).astype({"site_id": object})]
    for service in inputs.study.services:
        for layer in inputs.of(service):
            if layer.spec.reader == "sites":
                table = layer.table
                number = pd.Series(np.arange(1, len(table) + 1).astype(str), table.index)
                own = table["site_id"] if "site_id" in table else pd.Series(pd.NA, table.index)
                own = own.astype(object).where(own.notna(), layer.name + " " + number)
                place = table.geometry.representative_point()
                parts.append(pd.DataFrame({"site_id": own, "lon": place.x, "lat": place.y}))
    whole = pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)
    return whole.drop_duplicates(["lon", "lat"], ignore_index=True)


def nearest(network: Network, lon: np.ndarray, lat: np.ndarray, reach_m: float) -> np.ndarray:
    """Return where places hang on a network: a node, or a line counted on from the nodes; else -1."""
    nodes, lines = len(network.lon), road_graph.lines(network)
    alone = np.setdiff1d(np.arange(nodes), np.append(network.tail, network.head))
    points = np.asarray(gpd.points_from_xy(network.lon[alone], network.lat[alone]), dtype=object)
    layer = gpd.GeoDataFrame(geometry=np.append(lines, points), crs=WGS84)
    away_m, row = distance.nearest(lon, lat, layer)
    found = np.full(len(lon), NOWHERE)
    by_node = (away_m <= reach_m) & (row >= len(lines))
    found[by_node] = alone[row[by_node] - len(lines)]
    by_line = np.flatnonzero((away_m <= reach_m) & (row < len(lines)))
    row = row[by_line]
    share = shapely.line_locate_point(
        lines[row], shapely.points(lon[by_line], lat[by_line]), normalized=True
    )
    loop = network.tail[row] == network.head[row]  # fed from both of its ends, wherever it breaks
    place = np.where(share >= 1.0 - _AT_END, network.head[row], nodes + row)
    found[by_line] = np.where(loop | (share <= _AT_END), network.tail[row], place)
    return found


def cut_in_two(whole: Drawn, taken: np.ndarray) -> tuple[Circuit, np.ndarray, np.ndarray]:
    """Cut lines in two where somebody is along them, and all but the first of parallel ones.

    Returns
    -------
    Circuit
        Without people.
    line : ndarray of int64
        By edge of the circuit.
    middle : ndarray of int64
        Node of the circuit in the middle of each line; -1 where it is not cut.
    """
    network = whole.network
    nodes, count = len(network.lon), len(network.tail)
    low, high = np.minimum(network.tail, network.head), np.maximum(network.tail, network.head)
    cut = np.ones(count, dtype=bool)
    cut[np.unique(low * nodes + high, return_index=True)[1]] = False
    cut &= low != high
    cut[taken] = True
    middle = np.where(cut, nodes + np.cumsum(cut) - 1, NOWHERE)
    halved = np.flatnonzero(cut)
    tail = np.append(network.tail, middle[halved])
    head = np.append(np.where(cut, middle, network.head), network.head[halved])
    source = np.append(whole.source, np.zeros(len(halved), dtype=bool))
    line = np.append(np.arange(count), halved)
    return Circuit(len(source), tail, head, source, np.zeros(len(source))), line, middle


def in_circuit(at: np.ndarray, middle: np.ndarray, network: Network) -> np.ndarray:
    """Turn lines into the nodes in their middles."""
    nodes = len(network.lon)
    found = at.copy()
    found[at >= nodes] = middle[at[at >= nodes] - nodes]
    return found


def places(network: Network, middle: np.ndarray) -> np.ndarray:
    """Return where the nodes of a circuit are, degrees."""
    cut = np.flatnonzero(middle >= 0)
    half = shapely.line_interpolate_point(road_graph.lines(network, cut), 0.5, normalized=True)
    ends = np.column_stack([network.lon, network.lat])
    return np.concatenate([ends, shapely.get_coordinates(half).reshape(-1, 2)])
