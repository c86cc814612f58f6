"""The weak points of a study's networks, as a table: where they are, and who is behind each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..geodata import distance
from ..geodata.vectors import WGS84
from . import access, road_graph, standing, standing_lines
from .cells import Cells
from .inputs import Inputs
from .standing import Standing
from .standing_weak import BRIDGE, LINK, RING, fed, of
from .zones import Lacks

_AMOUNTS = ("people_behind", "sites_behind", "people_there", "sites_there", "people_freed")


@dataclass(frozen=True, eq=False)
class Weakness:
    """What is weak in the networks of a study.

    Parameters
    ----------
    table : GeoDataFrame
        As :func:`find` describes it.
    networks : DataFrame
        A row a service with a network: ``lacks`` ("", "lines" or "sources": what is missing before
        weak points can be told), ``people_served``, ``people_near`` (who of them hangs on this
        network), ``people_fed`` (on a part that something feeds), ``isolated`` (nodes that no line
        is near to), ``evidence``.
    public : bool
        Whether the table only counts, by commune.
    """

    table: gpd.GeoDataFrame
    networks: pd.DataFrame
    public: bool


def find(inputs: Inputs, cells: Cells, state: Lacks) -> Weakness:
    """Find the weak points of each network of a study.

    Parameters
    ----------
    inputs : Inputs
    cells : Cells
    state : Lacks
        Who is served.

    Returns
    -------
    Weakness
        The table in EPSG:4326 by ``weak_id``, service by service, most people first: ``service``;
        ``kind`` ("bridge", "node", or "ring": the two lines of a ring that together cut most people
        off; last "link": the best single line to add); ``name`` of the node or line;
        ``nearest_place`` and ``commune_code`` of its middle, of a ring those of the first line;
        ``other_place`` and ``other_commune`` of the other line or end; ``people_behind`` and
        ``sites_behind``, who loses every source when it fails; ``people_there`` and ``sites_there``,
        who hangs on the node itself; ``people_freed`` by a link, from standing behind a single line
        or node; ``length_km`` (geodesic); ``sites``, mobile sites that fall silent, the first ten by
        name; ``same_as``, the worse weak point behind which mostly the same people stand (both null
        beyond the first 1,000); ``evidence``. Weak points without anybody behind them are left out.
        Of a public study: only ``service``, ``kind``, ``commune_code`` and ``weak_points``, how many
        there are.

    Examples
    --------
    >>> import deadzones as dz
    >>> prospect = dz.demo(communes=4).prospect
    >>> found = find(prospect.inputs, prospect.cells, prospect.state)
    >>> found.networks["lacks"].to_dict()
    {'fibre': '', 'power': 'sources'}
    """
    rows: list[dict[str, object]] = []
    tables: list[gpd.GeoDataFrame] = []
    for service, lacks in standing.networks(inputs).items():
        evidence = _evidence(inputs, service)
        row: dict[str, object] = {"service": service, "lacks": lacks, "evidence": evidence}
        if not lacks:
            there = standing.find(inputs, cells, state, service)
            row |= {
                "people_served": there.people_served,
                "people_near": there.people,
                "people_fed": float(there.circuit.people[fed(there.circuit)].sum()),
                "isolated": there.isolated,
            }
            tables.append(_described(of(there), there, inputs, evidence))
        rows.append(row)
    columns = ["lacks", "people_served", "people_near", "people_fed", "isolated", "evidence"]
    told = pd.DataFrame(rows, columns=["service", *columns]).set_index("service")
    whole = _together(tables)
    public = inputs.study.public
    return Weakness(_counted(whole, inputs) if public else whole, told, public)


def _described(
    table: pd.DataFrame, there: Standing, inputs: Inputs, evidence: str
) -> gpd.GeoDataFrame:
    """Say where weak points are, and how long their lines."""
    network = there.network
    line, other = table["line"].to_numpy(), table["other"].to_numpy()
    node, end = table["node"].to_numpy(), table["end"].to_numpy()
    shapes = road_graph.lines(network)
    length = np.append(network.length_m, 0.0) / 1000.0  # of -1, no line, 0
    middle = _middles(shapes, there, line, node)
    beyond = _middles(shapes, there, other, end)
    far = _where(beyond, inputs)
    straight = np.flatnonzero(end >= 0)
    km = length[line] + length[other]
    km[straight] = distance.length_m(middle[straight], beyond[straight]) / 1000.0
    width = max(4, len(str(len(table))))
    names = [f"{there.service}-{number:0{width}d}" for number in range(1, len(table) + 1)]
    by_number = np.array([*names, ""], dtype=object)
    same = table["same"].to_numpy()
    same_as = by_number[np.nan_to_num(same, nan=-1.0).astype(np.int64)]
    same_as[np.isnan(same)] = None
    return gpd.GeoDataFrame(
        {
            "service": _text([there.service] * len(table)),
            "kind": table["kind"].to_numpy(),
            "name": _text(_node_or_line(there, inputs, line, node, middle)),
            **_where(middle, inputs),
            "other_place": far["nearest_place"],
            "other_commune": far["commune_code"],
            **{name: table[name].to_numpy() for name in _AMOUNTS},
            "length_km": np.where(node >= 0, np.where(end >= 0, km, np.nan), km),
            "sites": table["sites"].to_numpy(),
            "same_as": _text(same_as),
            "evidence": _text([evidence] * len(table)),
        },
        index=pd.Index(names, name="weak_id", dtype="str"),
        geometry=_shapes(shapes, there, table),
        crs=WGS84,
    )


def _middles(shapes: np.ndarray, there: Standing, line: np.ndarray, node: np.ndarray) -> np.ndarray:
    """Return the middle of lines, or the places of nodes; NaN where there is neither."""
    place = np.full((len(line), 2), np.nan)
    drawn = line >= 0
    half = shapely.line_interpolate_point(shapes[line[drawn]], 0.5, normalized=True)
    place[drawn] = shapely.get_coordinates(half).reshape(-1, 2)
    at = node >= 0
    place[at] = np.column_stack([there.lon[node[at]], there.lat[node[at]]])
    return place


def _shapes(shapes: np.ndarray, there: Standing, table: pd.DataFrame) -> list[Any]:
    place = np.column_stack([there.lon, there.lat])
    found: list[Any] = []
    for kind, line, other, node, end in zip(
        table["kind"], table["line"], table["other"], table["node"], table["end"], strict=True
    ):
        if kind == RING:
            found.append(shapely.multilinestrings([shapes[line], shapes[other]]))
        elif kind == LINK:
            found.append(shapely.linestrings([place[node], place[end]]))
        else:
            found.append(shapes[line] if kind == BRIDGE else shapely.Point(place[node]))
    return found


def _node_or_line(
    there: Standing, inputs: Inputs, line: np.ndarray, node: np.ndarray, middle: np.ndarray
) -> np.ndarray:
    """Return the name of a node; of a line that of the layer's line at its middle."""
    name = np.append(there.name, np.full(there.circuit.nodes - len(there.name) + 1, ""))[node]
    rows = np.flatnonzero(line >= 0)
    table = standing_lines.plant(inputs, there.service).lines
    if len(rows) and (table["name"] != "").any():
        name[rows] = table["name"].to_numpy()[_row(middle[rows], table)]
    return name


def _where(place: np.ndarray, inputs: Inputs) -> Mapping[str, pd.api.extensions.ExtensionArray]:
    """Name the nearest place, and the commune; null where there is none."""
    known = np.flatnonzero(np.isfinite(place).all(axis=1))
    near = np.full(len(place), None, dtype=object)
    code = np.full(len(place), None, dtype=object)
    layers = inputs.of("places")
    named = layers[0].table if layers else None
    named = named[named["name"].notna()] if named is not None else None
    if named is not None and len(named) and len(known):
        near[known] = named["name"].to_numpy()[_row(place[known], named)]
    points = shapely.points(place[known])
    row, unit = inputs.communes.sindex.query(points, predicate="intersects")
    order = np.lexsort((unit, row))
    row, first = np.unique(row[order], return_index=True)
    code[known[row]] = inputs.communes.index.to_numpy()[unit[order][first]]
    return {"nearest_place": _text(near), "commune_code": _text(code)}


def _row(place: np.ndarray, table: gpd.GeoDataFrame) -> np.ndarray:
    return distance.nearest(place[:, 0], place[:, 1], table)[1]


def _evidence(inputs: Inputs, service: str) -> str:
    """Return the weakest class of what a network is drawn from, and of the people counted at it."""
    layers = [each for each in inputs.of(service) if each.spec.reader in {"lines", "nodes"}]
    every = [*layers, *inputs.of("people")]
    return access.weakest([each.spec.evidence for each in every])


def _together(tables: list[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    if len(tables) > 1:
        return gpd.GeoDataFrame(pd.concat(tables), crs=WGS84)
    return tables[0] if tables else _nothing()


def _nothing() -> gpd.GeoDataFrame:
    places = ("nearest_place", "commune_code", "other_place", "other_commune")
    columns = {name: _text([]) for name in ("service", "kind", "name", *places)}
    columns |= {name: np.zeros(0) for name in (*_AMOUNTS, "length_km")}
    columns |= {name: _text([]) for name in ("sites", "same_as", "evidence")}
    return gpd.GeoDataFrame(
        columns, index=pd.Index([], name="weak_id", dtype="str"), geometry=[], crs=WGS84
    )


def _counted(table: gpd.GeoDataFrame, inputs: Inputs) -> gpd.GeoDataFrame:
    """Count by commune, with its outline: a place, a length or a number of people tells too much."""
    seen = table[table["commune_code"].notna() & (table["kind"] != LINK)]
    counts = seen.groupby(["service", "kind", "commune_code"], sort=True).size()
    found = counts.rename("weak_points").reset_index()
    return gpd.GeoDataFrame(
        found,
        geometry=inputs.communes.geometry.reindex(found["commune_code"]).to_numpy(),
        crs=WGS84,
    )


def _text(values: Iterable[object]) -> pd.api.extensions.ExtensionArray:
    return pd.array(list(values), dtype="str")
