"""Dead zones described by their cells: as of a whole study, without a table of each."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ..geodata.grid import Grid
from ..geodata.vectors import WGS84
from .zones import words

CELLS = ("cell", "cluster", "mask", "people", "area_m2", "lon", "lat")
TRIPLES = ("triple_cell", "triple_unit", "triple_fraction", "triple_people")
"""Names of the arrays by cell and by (cell, commune): ``triple_unit`` is a commune's position."""


def describe(
    found: Mapping[str, np.ndarray],
    index: pd.Index,
    grid: Grid,
    services: tuple[str, ...],
    wanted: np.ndarray,
) -> gpd.GeoDataFrame:
    """Describe some zones by their cells.

    Parameters
    ----------
    found : mapping of str to ndarray
        Arrays named as in ``CELLS`` and ``TRIPLES``, in any order; ``cluster`` is the zone's number.
    index : Index
        Codes of the communes.
    grid : Grid
        Of the whole study.
    services : tuple of str
    wanted : ndarray of int64
        Numbers of the zones, rising.

    Returns
    -------
    GeoDataFrame
        By number, what :func:`deadzones.coverage.zones.outlined` gives, to the last bit.

    Examples
    --------
    >>> from affine import Affine
    >>> row = Grid("EPSG:4326", Affine(1, 0, 0, 0, -1, 1), (1, 2))
    >>> found = {name: np.array([0, 0]) for name in CELLS + TRIPLES}
    >>> found |= {name: np.array([0, 1]) for name in ("cell", "triple_cell")}
    >>> found |= {name: np.array([5.0, 2.0]) for name in ("people", "triple_people")}
    >>> table = describe(found, pd.Index(["00001"]), row, ("fibre",), np.array([0]))
    >>> table[["people", "communes"]].values.tolist()
    [[7.0, '00001:7.0']]
    """
    from ._batch_kernels import most_peopled  # numba takes a second to import

    order = np.argsort(found["cell"], kind="stable")
    number, mask, people, area_m2, lon, lat = (
        found[name][order] for name in CELLS if name != "cluster"
    )
    zone, count = np.searchsorted(wanted, found["cluster"][order]), len(wanted)
    first = np.zeros(count, dtype=np.int64)
    first[zone[::-1]] = np.arange(len(zone))[::-1]
    mask = mask[first]
    bits = np.array([value.bit_count() for value in range(256)])[mask]
    triples = np.lexsort((found["triple_unit"], found["triple_cell"]))
    cell, unit, fraction, of_commune = (found[name][triples] for name in TRIPLES)
    of_triple = np.searchsorted(number, cell)
    land_m2 = area_m2 * np.bincount(of_triple, weights=fraction, minlength=len(number))
    middle = most_peopled(zone, people, count)
    code, text = _communes(zone[of_triple], unit, of_commune, index, count)
    return gpd.GeoDataFrame(
        {
            "lacks": words(mask, services),
            "people": np.bincount(zone, weights=people, minlength=count),
            "area_km2": np.bincount(zone, land_m2, minlength=count) / 1e6,
            "severity": bits / len(services),
            "lon": lon[middle],
            "lat": lat[middle],
            "commune_code": pd.array(code, dtype="str"),
            "communes": pd.array(text, dtype="str"),
        },
        index=pd.Index(wanted, name="zone_id"),
        geometry=outlines(number, zone, grid, count),
        crs=WGS84,
    )


def _communes(
    zone: np.ndarray, unit: np.ndarray, people: np.ndarray, index: pd.Index, count: int
) -> tuple[list[str], list[str]]:
    """Return the commune where most people of each zone live, and all, with their people, as text."""
    there = people > 0
    pair, inverse = np.unique(zone[there] * len(index) + unit[there], return_inverse=True)
    total = np.bincount(inverse, weights=people[there], minlength=len(pair))
    of_pair, unit = pair // len(index), pair % len(index)
    rank = np.empty(len(index), dtype=np.int64)
    rank[index.argsort()] = np.arange(len(index))
    order = np.lexsort((rank[unit], -total, of_pair))
    codes = index.to_numpy()[unit[order]].tolist()
    texts = [f"{code}:{each:.1f}" for code, each in zip(codes, total[order].tolist(), strict=True)]
    starts = np.searchsorted(of_pair, np.arange(count + 1)).tolist()
    return (
        [codes[start] for start in starts[:-1]],
        [";".join(texts[start:stop]) for start, stop in itertools.pairwise(starts)],
    )


def outlines(number: np.ndarray, zone: np.ndarray, grid: Grid, count: int) -> np.ndarray:
    """Join each zone's cells, as squares of the grid, into one polygon of several parts.

    Parameters
    ----------
    number : ndarray of int64
        Of the cells, rising.
    zone : ndarray of int64
        By cell.
    grid : Grid
    count : int
        Zones.

    Returns
    -------
    ndarray of shapely geometries
        In WGS 84. Corners, rings and parts come as from GDAL's polygonizer with cells joined over
        edges alone, which :func:`deadzones.coverage.zones.outlined` asks.

    Examples
    --------
    >>> from affine import Affine
    >>> row = Grid("EPSG:4326", Affine(1, 0, 0, 0, -1, 1), (1, 2))
    >>> print(outlines(np.array([0, 1]), np.array([0, 0]), row, 1)[0])
    MULTIPOLYGON (((0 1, 0 0, 2 0, 2 1, 0 1)))
    """
    from . import _outline_kernels as kernels

    if not count:
        return np.asarray(gpd.GeoSeries([], crs=WGS84).array)
    row, column = np.divmod(number, grid.shape[1])
    near = kernels.beside(row, column, zone)
    first, name = kernels.pieces(near)
    last_row = np.zeros(len(number), dtype=np.int64)
    np.maximum.at(last_row, first, row)
    order = np.lexsort((number, name, last_row[first], zone))
    corner, ring, piece = kernels.traced(row, column, near, first, order)
    place = grid.transform
    xy = corner * (place.a, place.e) + (place.c, place.f)
    outer = np.flatnonzero(np.diff(piece, prepend=-1))
    squares = shapely.from_ragged_array(
        shapely.GeometryType.POLYGON, xy, (ring, np.append(outer, len(piece)))
    )
    joined = np.full(count, None, dtype=object)
    shapely.multipolygons(squares, indices=zone[piece[outer]], out=joined)
    return np.asarray(gpd.GeoSeries(joined, crs=grid.crs).to_crs(WGS84).array)
