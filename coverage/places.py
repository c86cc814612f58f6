"""Settlements, institutions and roads: what lacks where they are, counted by commune."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd

from ..geodata import distance
from ..geodata.vectors import WGS84
from .cells import Cells
from .zones import Lacks, words


def villages(
    places: gpd.GeoDataFrame | None, communes: gpd.GeoDataFrame, cells: Cells, state: Lacks
) -> gpd.GeoDataFrame:
    """Say of each settlement what is lacking where it stands.

    Parameters
    ----------
    places : GeoDataFrame or None
        Points with ``name`` and perhaps ``kind``, ``people``, ``households`` and ``power_supply``,
        EPSG:4326.
    communes : GeoDataFrame
        In EPSG:4326, by code.
    cells : Cells
    state : Lacks

    Returns
    -------
    GeoDataFrame
        The places in the communes: ``name``, ``kind``, ``people``, ``households`` and
        ``power_supply`` where the layer has them, ``commune_code``, ``lacks`` ("" nothing; null where the cell's services are not
        all known and none is lacking).

    Examples
    --------
    >>> import tempfile
    >>> from deadzones.coverage.analysis import survey
    >>> from deadzones.coverage.study import Study
    >>> from deadzones.geodata import synthetic
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = survey(Study.read(synthetic.country(folder, communes=1)))
    ...     places = found.inputs.of("places")[0].table
    >>> list(villages(places, found.inputs.communes, found.cells, found.state).columns[:3])
    ['name', 'kind', 'people']
    """
    if places is None:
        places = gpd.GeoDataFrame({"name": pd.Series(dtype="str")}, geometry=[], crs=WGS84)
    row, unit = _home(places, communes)
    inside = places.iloc[row].reset_index(drop=True)
    code = communes.index.to_numpy()[unit]
    at, known = cells.find(inside)
    text = pd.Series(words(state.mask[at], state.services), dtype="str")
    unsure = (state.unknown[at] > 0) & (state.mask[at] == 0)
    table = gpd.GeoDataFrame(
        {
            "name": inside["name"],
            "kind": inside["kind"]
            if "kind" in inside
            else pd.Series(pd.NA, inside.index, dtype="str"),
            "people": inside["people"].astype("Float64").astype(float)
            if "people" in inside
            else np.nan,
            **{
                name: inside[name].round().astype("Int64")
                for name in ("households",)
                if name in inside
            },
            **{name: inside[name].astype("str") for name in ("power_supply",) if name in inside},
            "commune_code": code,
            "lacks": text.where(known & ~unsure),
        },
        geometry=inside.geometry.to_numpy(),
        crs=WGS84,
    )
    return table.sort_values(["commune_code", "name", "kind"], kind="stable", ignore_index=True)


def counted(places: gpd.GeoDataFrame, name: str, index: pd.Index) -> pd.DataFrame:
    """Count the places of each commune, and those that lack something.

    Parameters
    ----------
    places : GeoDataFrame
        As :func:`villages` gives them.
    name : str
        What they are: the columns are ``<name>`` and ``<name>_lacking``.
    index : Index
        Codes of all communes.

    Returns
    -------
    DataFrame
        ``<name>_lacking`` counts those that are known to lack something; it is null where a commune
        has places and of none is known what it lacks, such as off the grid of the people.

    Examples
    --------
    >>> places = pd.DataFrame({"commune_code": ["00004", "00004"], "lacks": ["", "mobile"]})
    >>> counted(places, "villages", pd.Index(["00004"])).iloc[0].tolist()
    [2, 1]
    """
    known = places["lacks"].notna()
    lacking = known & (places["lacks"] != "")
    marks = pd.DataFrame({"there": True, "known": known, "lacking": lacking}, places.index)
    counts = marks.groupby(places["commune_code"]).sum().reindex(index, fill_value=0)
    settled = (counts["known"] > 0) | (counts["there"] == 0)
    return pd.DataFrame(
        {
            name: counts["there"].astype("int64"),
            f"{name}_lacking": counts["lacking"].astype("Int64").where(settled),
        }
    )


def road_km(
    roads: gpd.GeoDataFrame, communes: gpd.GeoDataFrame, cells: Cells, state: Lacks
) -> pd.DataFrame:
    """Measure the roads of each commune, and how much of them each service reaches.

    Parameters
    ----------
    roads : GeoDataFrame
        Lines in EPSG:4326.
    communes : GeoDataFrame
        In EPSG:4326, by code.
    cells : Cells
    state : Lacks

    Returns
    -------
    DataFrame
        By commune: ``road_km`` (null off the grid of the people) and ``<service>_road_pct`` (null
        where it has no road, or nothing is known there). A piece of road of at most 500 m belongs
        to the commune and to the cell of its middle.

    Examples
    --------
    >>> import tempfile
    >>> from deadzones.coverage.analysis import survey
    >>> from deadzones.coverage.study import Study
    >>> from deadzones.geodata import synthetic
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = survey(Study.read(synthetic.country(folder, communes=1)))
    ...     roads = found.inputs.of("roads")[0].table
    >>> table = road_km(roads, found.inputs.communes, found.cells, found.state)
    >>> bool(table["road_km"].sum() > 0)
    True
    """
    start, end, _ = distance.segments(roads.geometry.to_numpy())
    middle = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*((start + end) / 2).T), crs=WGS84)
    row, unit = _home(middle, communes)
    length_km = distance.length_m(start, end)[row] / 1000.0
    size = len(communes)
    there = np.bincount(cells.plan.unit, minlength=size) > 0
    total_km = np.bincount(unit, weights=length_km, minlength=size)
    table = {"road_km": np.where(there, total_km, np.nan)}
    at, known = cells.find(middle.iloc[row])
    at, unit, length_km = at[known], unit[known], length_km[known]
    for bit, service in enumerate(state.services):
        seen = state.unknown[at] >> bit & 1 == 0
        served = seen & (state.mask[at] >> bit & 1 == 0)
        whole = np.bincount(unit[seen], weights=length_km[seen], minlength=size)
        part = np.bincount(unit[served], weights=length_km[served], minlength=size)
        with np.errstate(invalid="ignore", divide="ignore"):
            table[f"{service}_road_pct"] = np.where(whole > 0, 100.0 * (part / whole), np.nan)
    return pd.DataFrame(table, index=cells.plan.index)


def _home(points: gpd.GeoDataFrame, communes: gpd.GeoDataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of the points that lie in communes, and each one's commune: the first of two."""
    row, unit = communes.sindex.query(points.geometry.to_numpy(), predicate="intersects")
    order = np.lexsort((unit, row))
    row, keep = np.unique(row[order], return_index=True)
    return row, unit[order][keep]
