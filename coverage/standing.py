"""The network of a service that stands in a study: what feeds it, and who hangs on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from . import _standing_circuit as circuits
from .cells import Cells
from .inputs import Inputs
from .network_arrays import Network
from .services import SERVICES
from .standing_lines import drawn, plant
from .weak_points import Circuit
from .zones import Lacks

if TYPE_CHECKING:
    from .analysis import Tables

NO_LINES, NO_SOURCES = "lines", "sources"
"""What a network may lack, so that its weak points cannot be told."""


@dataclass(frozen=True, eq=False)
class Standing:
    """A network as it stands, with the people and the mobile sites that hang on it.

    Parameters
    ----------
    service : str
        Its key in the study.
    network : Network
        Nodes, and lines from one to the next.
    circuit : Circuit
        The same with one node more in the middle of each line along which somebody lives, or that
        runs beside another: so those along a line are lost wherever it breaks. The people are those
        who are served within the service's threshold, each at the nearest place of the network.
    sites : ndarray of float64
        Mobile sites by node of the circuit.
    line : ndarray of int64
        Line of the network that each edge of the circuit is, or is half of.
    lon, lat : ndarray of float64
        By node of the circuit, degrees, WGS 84.
    name : ndarray of str
        By node of the network; "" where none is known.
    at_cell : ndarray of int64
        Node of the circuit by cell; -1 where nobody hangs on the network.
    at_site : Series of int64
        The same by name of mobile site; those that are far from the network are not in it.
    people_served : float
        People who have the service, from whatever layer.
    isolated : int
        Nodes of the layers that no line is near to.
    """

    service: str
    network: Network
    circuit: Circuit
    sites: np.ndarray
    line: np.ndarray
    lon: np.ndarray
    lat: np.ndarray
    name: np.ndarray
    at_cell: np.ndarray
    at_site: pd.Series
    people_served: float
    isolated: int

    @property
    def people(self) -> float:
        """Who hangs on the network."""
        return float(self.circuit.people.sum())


def networks(inputs: Inputs) -> dict[str, str]:
    """Tell which services of a study have a network, and what each lacks so that weak points show.

    Parameters
    ----------
    inputs : Inputs

    Returns
    -------
    dict of str to str
        By service: "" where weak points can be told, "lines" where no line is known, "sources" where
        nothing is known to feed the lines.

    Examples
    --------
    >>> import deadzones as dz
    >>> networks(dz.demo(communes=4).prospect.inputs)
    {'fibre': '', 'power': 'sources'}
    """
    found: dict[str, str] = {}
    for key, rule in inputs.study.services.items():
        if SERVICES[rule.type].supply is not None:
            there = plant(inputs, key)
            feeds = bool(there.lines["feeds"].any() or there.nodes["feeds"].any())
            found[key] = NO_LINES if there.lines.empty else "" if feeds else NO_SOURCES
    return found


def find(inputs: Inputs, cells: Cells, state: Lacks, service: str) -> Standing:
    """Build the network of a service from the layers of a study, and count who hangs on it.

    Parameters
    ----------
    inputs : Inputs
    cells : Cells
    state : Lacks
        Who is served.
    service : str
        Key of a service with a network: fibre or power.

    Returns
    -------
    Standing

    Raises
    ------
    ValueError
        When the service has no network, or its weak points cannot be told.

    Examples
    --------
    >>> import deadzones as dz
    >>> prospect = dz.demo(communes=4).prospect
    >>> found = find(prospect.inputs, prospect.cells, prospect.state, "fibre")
    >>> bool(found.people <= found.people_served)
    True
    """
    _check(networks(inputs), service)
    whole = drawn(plant(inputs, service))
    reach_m = 1000.0 * inputs.study.services[service].limit.value
    bit = state.services.index(service)
    served = (state.mask | state.unknown) >> bit & 1 == 0
    lived = np.flatnonzero(served & (cells.people > 0.0))
    cell_at = circuits.nearest(whole.network, cells.lon[lived], cells.lat[lived], reach_m)
    mobile = circuits.sites(inputs)
    site_at = circuits.nearest(
        whole.network, mobile["lon"].to_numpy(), mobile["lat"].to_numpy(), reach_m
    )
    taken = np.unique(np.concatenate([cell_at, site_at])) - len(whole.network.lon)
    circuit, line, middle = circuits.cut_in_two(whole, taken[taken >= 0])
    at_cell = np.full(len(cells.people), circuits.NOWHERE)
    at_cell[lived] = circuits.in_circuit(cell_at, middle, whole.network)
    near = at_cell >= 0
    people = np.bincount(at_cell[near], cells.people[near], minlength=circuit.nodes)
    mobile = mobile.assign(at=circuits.in_circuit(site_at, middle, whole.network))
    mobile = mobile[mobile["at"] >= 0]
    places = circuits.places(whole.network, middle)
    degree = np.bincount(
        np.append(whole.network.tail, whole.network.head), minlength=len(whole.network.lon)
    )
    return Standing(
        service=service,
        network=whole.network,
        circuit=Circuit(circuit.nodes, circuit.tail, circuit.head, circuit.source, people),
        sites=np.bincount(mobile["at"], minlength=circuit.nodes).astype(float),
        line=line,
        lon=places[:, 0],
        lat=places[:, 1],
        name=whole.name,
        at_cell=at_cell,
        at_site=mobile.set_index("site_id")["at"],
        people_served=float(cells.people[lived].sum()),
        isolated=int((degree[whole.at] == 0).sum()),
    )


def _check(known: Mapping[str, str], service: str) -> None:
    if service not in known:
        wanted = "one of " + ", ".join(known) if known else "a study with layers of fibre or power"
        raise ValueError(
            f"service: found {service!r}; wanted {wanted}. Choose a service with a network."
        )
    if known[service] == NO_LINES:
        raise ValueError(
            f"{service}: found no layer of lines; wanted its cables or power lines. Add a layer with"
            ' reader = "lines".'
        )
    if known[service]:
        raise ValueError(
            f"{service}: found lines, and nothing that feeds them; wanted sources. Add a layer with"
            ' reader = "nodes", or name what feeds with options = { sources = { column = [values] } }.'
        )


def graph(tables: Tables, service: str) -> Any:
    """Show the network of a service, as it stands, as a graph of networkx.

    Parameters
    ----------
    tables : Tables
        Of a study that was just analysed.
    service : str
        Key of a service with a network: fibre or power.

    Returns
    -------
    networkx.Graph
        As :func:`deadzones.coverage.network.weak_points` and its neighbours take it: nodes with
        ``source``, ``people``, ``sites``, ``name``, ``lon`` and ``lat``, edges with ``length_m`` and
        ``line``. A line along which people live has a node in its middle, and they are there.

    Raises
    ------
    ValueError
        When the tables were read from a folder, the service has no network, or nothing is known to
        feed it.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.coverage import network
    >>> backhaul = graph(dz.demo(communes=4), "fibre")
    >>> list(network.weak_points(backhaul).columns)
    ['kind', 'u', 'v', 'people_behind']
    """
    if tables.prospect is None:
        raise ValueError(
            "tables: found a result that was read from a folder; wanted one that was just analysed. "
            "Run the study."
        )
    prospect = tables.prospect
    return as_graph(find(prospect.inputs, prospect.cells, prospect.state, service))


def as_graph(there: Standing) -> Any:
    """Show a network that stands as a graph of networkx.

    Parameters
    ----------
    there : Standing

    Returns
    -------
    networkx.Graph
        As :func:`graph` describes it.

    Examples
    --------
    >>> import deadzones as dz
    >>> prospect = dz.demo(communes=4).prospect
    >>> there = find(prospect.inputs, prospect.cells, prospect.state, "fibre")
    >>> len(as_graph(there)) == there.circuit.nodes
    True
    """
    from . import network  # networkx is slow to import

    circuit = there.circuit
    parts = np.bincount(there.line, minlength=len(there.network.tail))[there.line]
    shown = network.as_graph(
        Network(
            there.lon,
            there.lat,
            circuit.tail,
            circuit.head,
            there.network.length_m[there.line] / parts,
            there.network.kind[there.line],
        ),
        line=there.line,
    )
    middles = circuit.nodes - len(there.name)
    columns = {
        "source": circuit.source.tolist(),
        "people": circuit.people.tolist(),
        "sites": there.sites.astype(int).tolist(),
        "name": [*there.name.tolist(), *[""] * middles],
    }
    for number, values in enumerate(zip(*columns.values(), strict=True)):
        shown.nodes[number].update(zip(columns, values, strict=True))
    return shown
