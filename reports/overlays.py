"""What lies over the communes: dead zones, upgrades, villages and the existing network.

Each function returns an ``Overlay``: the packed text, and how many rows are drawn of how many, so
that a page never drops anything in silence.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from . import packing
from .commune_layer import Detail

LIMIT_BYTES: Final = 1_800_000  # of base64 text, one overlay; the whole page stays below 5 MB
PUBLIC_DEG: Final = 0.01  # about 1 km: where a proposal may stand on a site that is not public


@dataclass(frozen=True)
class Overlay:
    """One packed layer.

    Attributes
    ----------
    text
        What ``packing.pack`` gives.
    shown, total
        Rows drawn, and rows there are.
    """

    text: str
    shown: int
    total: int


def dead_zones(table: gpd.GeoDataFrame, detail: Detail, *, public: bool) -> Overlay:
    """Pack the dead zones, those with most people where not all fit.

    Parameters
    ----------
    table
        ``result.dead_zones``, EPSG:4326.
    detail
        How closely the communes are drawn; the zones keep their cell edges and are only rounded.
    public
        True leaves out the distances to the network: from several of them a site could be found.

    Returns
    -------
    Overlay
        The packed zones.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> table = gpd.GeoDataFrame(
    ...     {"lacks": ["mobile"], "people": [60.0], "area_km2": [1.2], "severity": [0.5]}
    ...     | {"commune_code": ["00004"], "nearest_place": ["Bản Mây"], "nearest_place_km": [0.4]},
    ...     index=["Z00001"],
    ...     geometry=[shapely.box(105.81, 21.02, 105.82, 21.03)],
    ... )
    >>> dead_zones(table, Detail(0, 1e-4), public=False).shown
    1
    """

    def build(part: gpd.GeoDataFrame) -> str:
        columns = {
            "id": packing.values(part.index.to_series()),
            "lacks": packing.values(part["lacks"]),
            "people": packing.values(part["people"], 0),
            "area_km2": packing.values(part["area_km2"], 2),
            "severity": packing.values(part["severity"], 3),
            "commune": packing.values(part["commune_code"]),
            **({"of": packing.values(part["communes"])} if "communes" in part else {}),
            "place": packing.values(part["nearest_place"]),
            "place_km": packing.values(part["nearest_place_km"], 1),
        }
        if not public:
            columns |= {name: packing.values(part[name], 1) for name in _distances(part)}
        return packing.pack(columns, _shapes(part), detail.precision_deg)

    return _within_limit(table, table["people"], build)


def shares(communes: pd.Series) -> pd.DataFrame:
    """Read who of which commune lives in which zone.

    Parameters
    ----------
    communes
        The column of that name of ``result.dead_zones``: ``code:people;code:people``.

    Returns
    -------
    DataFrame
        ``zone``, ``commune``, ``people``, in the order of the zones.

    Examples
    --------
    >>> shares(pd.Series(["00004:12.5;00007:3"], index=["Z00001"]))["people"].tolist()
    [12.5, 3.0]
    """
    each = communes.fillna("").str.split(";").explode()
    each = each[each != ""]
    pairs = [text.split(":") for text in each]
    return pd.DataFrame(
        {
            "zone": each.index,
            "commune": pd.Series([code for code, _ in pairs], dtype="str").to_numpy(),
            "people": np.array([float(people) for _, people in pairs]),
        }
    )


def upgrades(table: gpd.GeoDataFrame, *, public: bool) -> Overlay:
    """Pack the ranked upgrades.

    Parameters
    ----------
    table
        ``result.upgrades``, EPSG:4326 points.
    public
        True places each of them to ``PUBLIC_DEG`` only and leaves out its distance to the network.

    Returns
    -------
    Overlay
        The packed points, in the order of their ranks.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> table = gpd.GeoDataFrame(
    ...     {"rank": [1], "kind": ["new_site"], "service": ["mobile"], "people_gained": [60.0]}
    ...     | {"cost_vnd": [1.8e9], "people_per_billion_vnd": [33.3], "cumulative_people": [60.0]}
    ...     | {"cumulative_cost_vnd": [1.8e9], "depends_on": [""], "unlocks": [""]}
    ...     | {"alone_vnd": [1.8e9], "lost_without": [60.0], "fibre_way": ["cable"]}
    ...     | {"fibre_way_km": [2.0], "zone_id": ["Z00001"], "commune_code": ["00004"]},
    ...     index=["U0001"],
    ...     geometry=[shapely.Point(105.815, 21.025)],
    ... )
    >>> upgrades(table, public=False).total
    1
    """
    table = table.sort_values("rank", kind="stable")

    def build(part: gpd.GeoDataFrame) -> str:
        columns = {
            "id": packing.values(part.index.to_series()),
            "rank": packing.values(part["rank"], 0),
            "kind": packing.values(part["kind"]),
            "service": packing.values(part["service"]),
            "people_gained": packing.values(part["people_gained"], 0),
            "cost_vnd": packing.values(part["cost_vnd"], 0),
            "people_per_billion_vnd": packing.values(part["people_per_billion_vnd"], 1),
            "cumulative_people": packing.values(part["cumulative_people"], 0),
            "cumulative_cost_vnd": packing.values(part["cumulative_cost_vnd"], 0),
            "depends_on": packing.values(part["depends_on"]),
            "unlocks": packing.values(part["unlocks"]),
            "lost_without": packing.values(part["lost_without"], 0),
            **{name: packing.values(part[name]) for name in part if name.endswith("_way")},
            "zone": packing.values(part["zone_id"]),
            "commune": packing.values(part["commune_code"]),
        }
        if not public:
            columns["alone_vnd"] = packing.values(part["alone_vnd"], 0)
            columns |= {
                name: packing.values(part[name], 1) for name in part if name.endswith("_way_km")
            }
        return packing.pack(columns, _shapes(part), PUBLIC_DEG if public else 1e-5)

    return _within_limit(table, -table["rank"], build)


def villages(table: gpd.GeoDataFrame) -> Overlay:
    """Pack the villages that lack a service or of which that is not known.

    Parameters
    ----------
    table
        ``result.villages``, EPSG:4326 points; ``lacks`` is "" where nothing is lacking.

    Returns
    -------
    Overlay
        The packed villages.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> table = gpd.GeoDataFrame(
    ...     {"name": ["Bản Mây", "Bản Suối"], "kind": ["village", "village"]}
    ...     | {"commune_code": ["00004", "00004"], "lacks": ["mobile", ""]},
    ...     geometry=[shapely.Point(105.81, 21.02), shapely.Point(105.82, 21.03)],
    ... )
    >>> villages(table).shown
    1
    """
    wanted = table[table["lacks"].isna() | (table["lacks"] != "")]

    def build(part: gpd.GeoDataFrame) -> str:
        columns = {
            "name": packing.values(part["name"]),
            "kind": packing.values(part["kind"]),
            "lacks": packing.values(part["lacks"]),
            "commune": packing.values(part["commune_code"]),
        }
        return packing.pack(columns, _shapes(part), 1e-5)

    return _within_limit(wanted, wanted["lacks"].fillna("").str.count(r"\+"), build)


_TOLD = {"upgrade": None, "way": None, "length_km": 1, "people_gained": 0, "cost_vnd": 0}
"""What is told of planned lines and points, and its decimals."""


def assets(table: gpd.GeoDataFrame, detail: Detail) -> list[tuple[dict[str, str], Overlay]]:
    """Pack the existing network, one overlay for each layer and kind.

    Parameters
    ----------
    table
        ``result.assets``, EPSG:4326.
    detail
        How closely lines and areas are drawn.

    Returns
    -------
    list
        Pairs of ``layer``, ``service`` and ``kind``, and the packed rows.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> table = gpd.GeoDataFrame(
    ...     {"layer": ["sites"], "service": ["mobile"], "kind": ["site"]}
    ...     | {"operator": ["Viettel"], "name": ["T-001"]},
    ...     geometry=[shapely.Point(105.81, 21.02)],
    ... )
    >>> assets(table, Detail(0, 1e-4))[0][0]
    {'layer': 'sites', 'service': 'mobile', 'kind': 'site'}
    """

    def build(part: gpd.GeoDataFrame) -> str:
        columns = {
            "name": packing.values(part["name"]),
            "operator": packing.values(part["operator"]),
        }
        told = {name: digits for name, digits in _TOLD.items() if name in part}
        columns |= {name: packing.values(part[name], digits) for name, digits in told.items()}
        shapes = shapely.simplify(_shapes(part), detail.tolerance_deg)
        return packing.pack(columns, shapes, detail.precision_deg)

    found: list[tuple[dict[str, str], Overlay]] = []
    for (layer, service, kind), part in table.groupby(["layer", "service", "kind"], sort=True):
        about = {"layer": str(layer), "service": str(service), "kind": str(kind)}
        size = part.geometry.bounds.eval("maxx - minx + maxy - miny")
        found.append((about, _within_limit(part, size, build)))
    return found


def planned(
    network: gpd.GeoDataFrame, differences: gpd.GeoDataFrame, services: Mapping[str, str]
) -> gpd.GeoDataFrame:
    """Return what plans build as a table that :func:`assets` packs.

    Parameters
    ----------
    network
        ``result.network``, EPSG:4326: the lines of the study's own plan.
    differences
        ``result.differences``, EPSG:4326: upgrades in which scenarios differ from it.
    services
        Type of each service of the study.

    Returns
    -------
    GeoDataFrame
        Lines of kind ``planned``; points of kind ``added`` and ``dropped``, a layer a scenario.

    Examples
    --------
    >>> from deadzones.coverage import _plan_tables as plan_tables, scenarios
    >>> len(planned(plan_tables.no_network(), scenarios.nothing(), {"fibre": "fibre"}))
    0
    """
    key_of = {kind: key for key, kind in reversed(list(services.items()))}
    lines = network.assign(
        layer="plan",
        service=network["layer"].map(key_of),
        kind="planned",
        operator="",
        name=network["upgrade_id"],
    )
    points = differences.assign(
        layer=differences["scenario"],
        upgrade=differences["kind"],
        kind=differences["change"],
        operator="",
        name="",
    )
    columns = ["layer", "service", "kind", "operator", "name", *_TOLD, "geometry"]
    parts = [part.reindex(columns=columns) for part in (lines, points) if len(part)]
    return gpd.GeoDataFrame(pd.concat(parts or [lines.reindex(columns=columns)], ignore_index=True))


def _shapes(table: gpd.GeoDataFrame) -> NDArray[Any]:
    return np.asarray(table.geometry.array, dtype=object)


def _distances(table: gpd.GeoDataFrame) -> list[str]:
    return [name for name in table if name.endswith("_km") and name != "nearest_place_km"]


def _within_limit(
    table: gpd.GeoDataFrame, weight: "pd.Series[Any]", build: Callable[[gpd.GeoDataFrame], str]
) -> Overlay:
    """Pack all rows, or the heaviest that fit, in their own order."""
    text = build(table)
    kept = len(table)
    order = weight.rank(method="first", ascending=False, na_option="bottom").to_numpy()
    while len(text) > LIMIT_BYTES:
        kept = int(kept * min(0.9, 0.97 * LIMIT_BYTES / len(text)))
        text = build(table[order <= kept])
    return Overlay(text, kept, len(table))
