"""What is weak in a network that stands: lines, nodes and rings, with who is behind each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from . import weak_points as weak
from . import weak_tables
from .standing import Standing
from .weak_points import Circuit

BRIDGE, NODE, RING, LINK = "bridge", "node", "ring", "link"
"""Kinds of rows: a line; a node; two lines of one ring; a line to add."""
COMPARED = 1_000
"""Weak points of a network, the worst first, that are held against each other: each takes some ms."""
_ALIKE = 0.5
"""Share of the people behind either, from which two weak points are much the same."""
LONGEST_LINK_KM = 50.0
"""Of a line to add: judgement."""
_NAMED = 10
"""Sites of a weak point that are named."""
SEPARATOR = ";"
"""Between the names of sites."""


def fed(circuit: Circuit, *, edges: Iterable[int] = (), node: int | None = None) -> np.ndarray:
    """Tell which nodes of a circuit a source reaches, with or without some of its parts.

    Parameters
    ----------
    circuit : Circuit
    edges : iterable of int
        What fails.
    node : int, optional
        What fails too; it is not fed.

    Returns
    -------
    ndarray of bool

    Examples
    --------
    >>> chain = np.array([0, 1]), np.array([1, 2])
    >>> circuit = Circuit(3, *chain, np.array([True, False, False]), np.zeros(3))
    >>> fed(circuit, edges=[1]).tolist(), fed(circuit, node=0).tolist()
    ([True, True, False], [False, False, False])
    """
    stays = np.ones(len(circuit.tail), dtype=bool)
    stays[list(edges)] = False
    source = circuit.source.copy()
    if node is not None:
        stays &= (circuit.tail != node) & (circuit.head != node)
        source[node] = False
    ends = circuit.tail[stays], circuit.head[stays]
    shape = (circuit.nodes, circuit.nodes)
    part = connected_components(csr_array((np.ones(len(ends[0])), ends), shape=shape))[1]
    return np.isin(part, part[source])


def of(there: Standing) -> pd.DataFrame:
    """Find what is weak in one network.

    Parameters
    ----------
    there : Standing

    Returns
    -------
    DataFrame
        ``kind``, ``line``, ``other`` (lines of the network, -1 where there is none), ``node`` and
        ``end`` (nodes of the circuit, the second that of a link, else -1), ``people_behind``,
        ``sites_behind``, ``people_there``, ``sites_there``, ``people_freed``, ``sites`` and ``same``,
        the row of the worse one that is much the same (-1 none; null where it was not looked at).

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.coverage import standing
    >>> prospect = dz.demo(communes=4).prospect
    >>> there = standing.find(prospect.inputs, prospect.cells, prospect.state, "fibre")
    >>> table = of(there)
    >>> bool((table["people_behind"].dropna() + table["sites_behind"].dropna() > 0).all())
    True
    """
    alone = _alone(there)
    rings = _rings(there)
    parts = [part for part in (alone, rings) if len(part)]
    table = pd.concat(parts, ignore_index=True) if parts else alone
    order = np.lexsort(
        (
            table["node"],
            table["line"],
            table["kind"],
            -table["sites_behind"],
            -table["people_behind"],
        )
    )
    table = _compared(table.iloc[order].reset_index(drop=True), there)
    added = _link(there)
    return pd.concat([table, added], ignore_index=True) if len(added) else table


def silent_sites(there: Standing, node: int) -> list[str]:
    """Name the mobile sites that fall silent when a node of the network falls.

    Parameters
    ----------
    there : Standing
    node : int
        Of the network.

    Returns
    -------
    list of str
        By name: those that hang on the node itself, and those that lose every source with it.

    Raises
    ------
    ValueError
        When there is no such node.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.coverage import standing
    >>> prospect = dz.demo(communes=4).prospect
    >>> there = standing.find(prospect.inputs, prospect.cells, prospect.state, "fibre")
    >>> type(silent_sites(there, 0))
    <class 'list'>
    """
    if not 0 <= node < len(there.name):
        raise ValueError(
            f"node: found {node}; wanted one from 0 to {len(there.name) - 1}. Choose a node of the"
            " network."
        )
    return _named_sites(there, fed(there.circuit) & ~fed(there.circuit, node=node))


def _named_sites(there: Standing, lost: np.ndarray) -> list[str]:
    at = there.at_site
    return sorted(str(name) for name in at.index[lost[at.to_numpy()]])


def _alone(there: Standing) -> pd.DataFrame:
    """Return lines and nodes that cut somebody off alone, each line once: where most are lost."""
    circuit, nodes = there.circuit, len(there.name)
    found = weak.find(circuit)
    sites = weak.find(replace(circuit, people=there.sites))
    line = there.line[found.edge]
    order = np.lexsort((found.edge, -sites.edge_people, -found.edge_people, line))
    first = order[np.unique(line[order], return_index=True)[1]]
    own = np.flatnonzero(found.node < nodes)
    node = found.node[own]
    zero = np.zeros(len(first))
    table = _frame(
        kind=np.repeat([BRIDGE, NODE], [len(first), len(own)]),
        line=np.append(line[first], np.full(len(own), -1)),
        node=np.append(np.full(len(first), -1), node),
        piece=np.append(found.edge[first], np.full(len(own), -1)),
        people_behind=np.append(found.edge_people[first], found.node_people[own]),
        sites_behind=np.append(sites.edge_people[first], sites.node_people[own]),
        people_there=np.append(zero, circuit.people[node]),
        sites_there=np.append(zero, there.sites[node]),
    )
    return table[(table["people_behind"] > 0.0) | (table["sites_behind"] > 0.0)]


def _rings(there: Standing) -> pd.DataFrame:
    """Return for each ring the two lines that together cut most people off."""
    one, other, people = weak.pairs(there.circuit)
    line, along = there.line[one], there.line[other]
    apart = np.flatnonzero((line != along) & (people > 0.0))
    apart = apart[np.lexsort((other[apart], one[apart], -people[apart]))]
    if not len(apart):
        return _frame(kind=np.repeat(RING, 0))
    count = len(there.network.tail)
    ends = (line[apart], along[apart])
    ring = connected_components(csr_array((np.ones(len(apart)), ends), shape=(count, count)))[1]
    first = apart[np.sort(np.unique(ring[line[apart]], return_index=True)[1])]
    supplied = fed(there.circuit)
    sites = [
        float(there.sites[supplied & ~fed(there.circuit, edges=pair)].sum())
        for pair in zip(one[first].tolist(), other[first].tolist(), strict=True)
    ]
    return _frame(
        kind=np.repeat(RING, len(first)),
        line=line[first],
        other=along[first],
        piece=one[first],
        other_piece=other[first],
        people_behind=people[first],
        sites_behind=np.array(sites),
    )


def _frame(**columns: np.ndarray) -> pd.DataFrame:
    size = len(columns["kind"])
    numbers = ("line", "other", "node", "end", "piece", "other_piece")
    amounts = ("people_behind", "sites_behind", "people_there", "sites_there")
    return pd.DataFrame(
        {"kind": pd.array(columns["kind"], dtype="str")}
        | {name: columns.get(name, np.full(size, -1)) for name in numbers}
        | {name: columns.get(name, np.zeros(size)) for name in amounts}
        | {"people_freed": columns.get("people_freed", np.full(size, np.nan))}
    )


def _compared(table: pd.DataFrame, there: Standing) -> pd.DataFrame:
    """Name the sites behind each, and tell which are much the same as a worse one."""
    supplied = fed(there.circuit)
    weight = there.circuit.people + 1e-6 * there.sites  # without people, the sites tell
    same, sites = np.full(len(table), np.nan), np.full(len(table), None, dtype=object)
    kept: list[tuple[int, np.ndarray, float]] = []
    for row, (node, *pieces) in enumerate(
        table[["node", "piece", "other_piece"]].head(COMPARED).itertuples(index=False)
    ):
        edges = [piece for piece in pieces if piece >= 0]
        lost = supplied & ~fed(there.circuit, edges=edges, node=node if node >= 0 else None)
        names = _named_sites(there, lost)
        more = [f"+{len(names) - _NAMED}"] if len(names) > _NAMED else []
        sites[row] = SEPARATOR.join(names[:_NAMED] + more)
        if node >= 0:
            lost[node] = False
        behind = float(weight[lost].sum())
        alike = [
            worse
            for worse, others, most in kept
            if behind >= _ALIKE * most  # else they share too little, whatever it is
            and float(weight[lost & others].sum()) >= _ALIKE * float(weight[lost | others].sum())
        ]
        same[row] = alike[0] if alike else -1
        if not alike:
            kept.append((row, lost, behind))
    return table.assign(sites=pd.array(sites, dtype="str"), same=same)


def _link(there: Standing) -> pd.DataFrame:
    places = there.lon, there.lat
    names = range(there.circuit.nodes)
    found = weak_tables.link(there.circuit, names, places, LONGEST_LINK_KM)
    some = np.zeros(len(found), dtype=np.int64)
    table = _frame(
        kind=np.repeat(LINK, len(found)),
        node=found["u"].to_numpy(dtype=np.int64, na_value=0) if len(found) else some,
        end=found["v"].to_numpy(dtype=np.int64, na_value=0) if len(found) else some,
        people_freed=found["people_freed"].to_numpy(dtype=float),
    )
    amounts = ["people_behind", "sites_behind", "people_there", "sites_there"]
    unsaid = dict.fromkeys(amounts, np.nan)
    return table.assign(**unsaid, sites=pd.array([""] * len(found), dtype="str"), same=-1.0)
