"""What each cell lacks, the dead zones that such cells make, and the villages in them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio.features
import scipy.ndimage
import shapely

from ..geodata import distance, rasters
from ..geodata.grid import Grid
from ..geodata.rasters import Raster
from ..geodata.vectors import WGS84
from ._joining import groups
from .access import LACKING, UNKNOWN, Access
from .cells import Cells
from .covered_area import covered_area
from .study import DeadZones

__all__ = [
    "Clusters",
    "Lacks",
    "cluster",
    "covered_area",
    "find",
    "lacks",
    "measured",
    "outlined",
    "words",
]

_EIGHT = np.ones((3, 3), dtype=bool)
JOIN = "+"
"""Between the names of the services that a zone lacks."""


@dataclass(frozen=True)
class Lacks:
    """What cells lack, one bit a service, in the order of ``services``.

    Parameters
    ----------
    services : tuple of str
        Keys; the first has the lowest bit.
    mask : ndarray of uint8
        Bits of the services that a cell is known to lack.
    unknown : ndarray of uint8
        Bits of the services of which nothing is known in the cell.
    """

    services: tuple[str, ...]
    mask: np.ndarray
    unknown: np.ndarray


def lacks(access: Mapping[str, Access]) -> Lacks:
    """Gather the statuses of the services into bits.

    Examples
    --------
    >>> status = np.array([1, 0, -1], dtype=np.int8)
    >>> lacks({"mobile": Access(status, {}, "proxy")}).mask.tolist()
    [0, 1, 0]
    """
    size = len(next(iter(access.values())).union)
    mask, unknown = np.zeros(size, dtype=np.uint8), np.zeros(size, dtype=np.uint8)
    for bit, status in enumerate(access.values()):
        mask |= ((status.union == LACKING).astype(np.uint8) << bit).astype(np.uint8)
        unknown |= ((status.union == UNKNOWN).astype(np.uint8) << bit).astype(np.uint8)
    return Lacks(tuple(access), mask, unknown)


def words(masks: Sequence[int] | np.ndarray, services: tuple[str, ...]) -> list[str]:
    """Write masks as names joined by "+".

    Examples
    --------
    >>> words([0, 5], ("mobile", "fibre", "power"))
    ['', 'mobile+power']
    """
    texts = [
        JOIN.join(name for bit, name in enumerate(services) if mask >> bit & 1)
        for mask in range(1 << len(services))
    ]
    return [texts[int(mask)] for mask in masks]


@dataclass(frozen=True)
class Clusters:
    """Cells that lack the same, joined where they touch or are near.

    Parameters
    ----------
    of_cell : ndarray of int64
        Cluster of each cell; -1 where nobody lives or nothing lacks.
    people : ndarray of float64
        People in communes, by cluster.
    kept : ndarray of bool
        Whether the cluster has the people that a dead zone needs.
    """

    of_cell: np.ndarray
    people: np.ndarray
    kept: np.ndarray

    @property
    def zone_of_cell(self) -> np.ndarray:
        """Zone of each cell, numbered over the kept clusters; -1 in none."""
        number = np.where(self.kept, np.cumsum(self.kept) - 1, -1)
        return np.append(number, -1)[self.of_cell]  # -1 takes the last: no zone


def cluster(cells: Cells, mask: np.ndarray, rules: DeadZones) -> Clusters:
    """Join populated cells that lack the same into clusters.

    Parameters
    ----------
    cells : Cells
    mask : ndarray of uint8
        What each cell lacks.
    rules : DeadZones
        Least people of a zone; distance over which cells are joined.

    Returns
    -------
    Clusters
        Ordered by falling people, then by the first cell.

    Examples
    --------
    >>> import tempfile
    >>> from deadzones.coverage.analysis import survey
    >>> from deadzones.coverage.study import Study
    >>> from deadzones.geodata import synthetic
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = survey(Study.read(synthetic.country(folder, communes=1)))
    >>> rules = DeadZones(min_people=0.0)
    >>> clusters = cluster(found.cells, found.state.mask, rules)
    >>> bool(clusters.people.sum() == found.cells.people[found.state.mask > 0].sum())
    True
    """
    lacking = (cells.people > 0) & (mask > 0)
    label = _touching(cells, np.where(lacking, mask, 0))
    if rules.join_km > 0:
        label = _near(cells, label, mask, rules.join_km * 1000.0)
    at = np.flatnonzero(label >= 0)
    found, first, inverse = np.unique(label[at], return_index=True, return_inverse=True)
    people = np.bincount(inverse, weights=cells.people[at], minlength=len(found))
    order = np.lexsort((first, -people))
    rank = np.empty(len(found), dtype=np.int64)
    rank[order] = np.arange(len(found))
    of_cell = np.full(len(label), -1, dtype=np.int64)
    of_cell[at] = rank[inverse]
    return Clusters(of_cell, people[order], people[order] >= rules.min_people)


def _touching(cells: Cells, mask: np.ndarray) -> np.ndarray:
    """Label cells of equal mask that touch over an edge or a corner; -1 where the mask is 0."""
    at = np.flatnonzero(mask)
    row, column, shape = _window(cells.number[at], cells.grid)
    full = np.zeros(shape, dtype=np.uint8)
    full[row, column] = mask[at]
    label = np.full(len(mask), -1, dtype=np.int64)
    count = 0
    for value in np.unique(mask[at]):
        numbered, found = scipy.ndimage.label(full == value, structure=_EIGHT)
        here = mask[at] == value
        label[at[here]] = numbered[row[here], column[here]] - 1 + count
        count += found
    return label


def _window(number: np.ndarray, grid: Grid) -> tuple[np.ndarray, np.ndarray, tuple[int, int]]:
    """Place cells in the rows and columns that hold them all; return these and the shape."""
    row, column = np.divmod(number, grid.shape[1])
    row, column = (axis - axis.min() if len(axis) else axis for axis in (row, column))
    return row, column, (int(row.max(initial=0)) + 1, int(column.max(initial=0)) + 1)


def _near(cells: Cells, label: np.ndarray, mask: np.ndarray, join_m: float) -> np.ndarray:
    """Join clusters of equal mask whose cells' centres lie within a distance."""
    joined = label.copy()
    for value in np.unique(mask[label >= 0]):
        here = np.flatnonzero((label >= 0) & (mask == value))
        points = distance.in_space(cells.lon[here], cells.lat[here])
        group = groups(points, label[here], join_m)
        joined[here] = label[here][np.unique(group, return_index=True)[1]][group]
    return joined


def find(
    cells: Cells,
    state: Lacks,
    clusters: Clusters,
    *,
    places: gpd.GeoDataFrame | None = None,
    roads: gpd.GeoDataFrame | None = None,
    terrain: Raster | None = None,
    assets: Mapping[str, gpd.GeoDataFrame] | None = None,
) -> gpd.GeoDataFrame:
    """Describe the dead zones.

    Parameters
    ----------
    cells : Cells
    state : Lacks
    clusters : Clusters
    places : GeoDataFrame, optional
        Named points in EPSG:4326.
    roads : GeoDataFrame, optional
        Lines in EPSG:4326.
    terrain : Raster, optional
        Elevations, m.
    assets : mapping of str to GeoDataFrame, optional
        What there is of each service, in EPSG:4326.

    Returns
    -------
    GeoDataFrame
        In EPSG:4326, indexed by ``zone_id`` ("Z00001" has most people): ``lacks``, ``people``,
        ``area_km2``, ``commune_code`` (where most of its people live), ``communes`` (each with its
        people), ``nearest_place`` and how far it is, ``severity`` (share of the services that is
        lacking, the intensity of Alkire and Foster); ``lon``, ``lat`` of its most peopled cell, and
        from there the distance to the nearest road and asset of each service, km; ``elevation_m``.

    Examples
    --------
    >>> import tempfile
    >>> from deadzones.coverage.analysis import survey
    >>> from deadzones.coverage.study import Study
    >>> from deadzones.geodata import synthetic
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = survey(Study.read(synthetic.country(folder, communes=1)))
    >>> table = find(found.cells, found.state, found.clusters)
    >>> len(table) == found.clusters.kept.sum()
    np.True_
    """
    table = outlined(cells, state, clusters)
    return measured(table, places=places, roads=roads, terrain=terrain, assets=assets)


def outlined(cells: Cells, state: Lacks, clusters: Clusters) -> gpd.GeoDataFrame:
    """Describe the dead zones by their own cells alone.

    Parameters
    ----------
    cells : Cells
    state : Lacks
    clusters : Clusters

    Returns
    -------
    GeoDataFrame
        As :func:`find`, without what is near them.

    Examples
    --------
    >>> import tempfile
    >>> from deadzones.coverage.analysis import survey
    >>> from deadzones.coverage.study import Study
    >>> from deadzones.geodata import synthetic
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = survey(Study.read(synthetic.country(folder, communes=1)))
    >>> "nearest_place" in outlined(found.cells, found.state, found.clusters)
    False
    """
    zone = clusters.zone_of_cell
    at = np.flatnonzero(zone >= 0)
    count = int(clusters.kept.sum())
    first = np.zeros(count, dtype=np.int64)
    first[zone[at][::-1]] = at[::-1]
    names = [f"Z{number + 1:05d}" for number in range(count)]
    mask = state.mask[first]
    land_m2 = cells.area_m2 * cells.land
    bits = np.array([value.bit_count() for value in range(256)])[mask]
    lon, lat = _people_centre(cells, zone, at, count)
    table = gpd.GeoDataFrame(
        {
            "lacks": words(mask, state.services),
            "people": clusters.people[clusters.kept],
            "area_km2": np.bincount(zone[at], land_m2[at], minlength=count) / 1e6,
            "severity": bits / len(state.services),
            "lon": lon,
            "lat": lat,
        },
        index=pd.Index(names, name="zone_id", dtype="str"),
        geometry=_polygons(cells, zone, count),
        crs=WGS84,
    )
    return table.join(_communes(cells, zone, table.index))


def measured(
    table: gpd.GeoDataFrame,
    *,
    places: gpd.GeoDataFrame | None = None,
    roads: gpd.GeoDataFrame | None = None,
    terrain: Raster | None = None,
    assets: Mapping[str, gpd.GeoDataFrame] | None = None,
) -> gpd.GeoDataFrame:
    """Add to dead zones what is near them, and how far: see :func:`find`.

    Examples
    --------
    >>> there = gpd.points_from_xy([105], [21])
    >>> zone = gpd.GeoDataFrame({"lon": [105.0], "lat": [21.1]}, geometry=there, crs=4326)
    >>> places = gpd.GeoDataFrame({"name": ["Mộng"]}, geometry=there, crs=4326)
    >>> measured(zone, places=places)["nearest_place"].tolist()
    ['Mộng']
    """
    lon, lat = table["lon"].to_numpy(), table["lat"].to_numpy()
    table = table.assign(**_nearest_place(places, lon, lat))
    table = table.assign(**_distances_km(lon, lat, {"road": roads, **(assets or {})}))
    if terrain is not None:
        table["elevation_m"] = rasters.sample(terrain, lon, lat)
    # Last, where it is after reading back: the same map is drawn from both.
    return table[[*table.columns.drop("geometry"), "geometry"]]


def _people_centre(
    cells: Cells, zone: np.ndarray, at: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """Centre of the zone's most populated cell: a place where people live, unlike a centroid."""
    order = at[np.lexsort((at, -cells.people[at], zone[at]))]
    first = order[np.unique(zone[order], return_index=True)[1]]
    assert len(first) == count
    return cells.lon[first], cells.lat[first]


def _communes(cells: Cells, zone: np.ndarray, names: pd.Index) -> pd.DataFrame:
    plan, people = cells.plan, np.nan_to_num(cells.shares.people)
    of_triple = zone[cells.of_triple]
    at = (of_triple >= 0) & (people > 0)
    table = pd.DataFrame({"zone": of_triple[at], "unit": plan.unit[at], "people": people[at]})
    table = table.groupby(["zone", "unit"], as_index=False)["people"].sum()
    table["code"] = plan.index.to_numpy()[table["unit"]]
    table = table.sort_values(["zone", "people", "code"], ascending=[True, False, True])
    table["text"] = table["code"] + ":" + table["people"].map("{:.1f}".format)
    by_zone = table.groupby("zone")
    return pd.DataFrame(
        {"commune_code": by_zone["code"].first(), "communes": by_zone["text"].agg(";".join)}
    ).set_index(names)


def _nearest_place(
    places: gpd.GeoDataFrame | None, lon: np.ndarray, lat: np.ndarray
) -> dict[str, np.ndarray]:
    named = None if places is None else places[places["name"].notna()]
    if named is None or named.empty:
        nobody = pd.array([pd.NA] * len(lon), dtype="str")
        return {"nearest_place": np.asarray(nobody), "nearest_place_km": np.full(len(lon), np.nan)}
    far_m, row = distance.nearest(lon, lat, named)
    return {"nearest_place": named["name"].to_numpy()[row], "nearest_place_km": far_m / 1000.0}


def _distances_km(
    lon: np.ndarray, lat: np.ndarray, layers: Mapping[str, gpd.GeoDataFrame | None]
) -> dict[str, np.ndarray]:
    """Distances to the nearest of each layer that there is; null where the layer is empty."""
    found: dict[str, np.ndarray] = {}
    for name, layer in layers.items():
        if layer is not None:
            far_m = distance.nearest(lon, lat, layer)[0]
            found[f"{name}_km"] = np.where(np.isfinite(far_m), far_m / 1000.0, np.nan)
    return found


def _polygons(cells: Cells, zone: np.ndarray, count: int) -> gpd.GeoSeries:
    """Join each zone's cells, as squares of the grid, into one polygon."""
    grid, at = cells.grid, np.flatnonzero(zone >= 0)
    if not count:
        return gpd.GeoSeries([], crs=WGS84).array
    row, column, size = _window(cells.number[at], grid)
    full = np.zeros(size, dtype=np.int32)
    full[row, column] = zone[at] + 1
    # In whole cells of the whole grid, so that nothing depends on where the window lies.
    top, left = divmod(int(cells.number[at[0]]), grid.shape[1])
    corner = (left - column[0], top - row[0])
    found = rasterio.features.shapes(full, mask=full > 0, connectivity=4)
    shapes: list[list[list[tuple[float, float]]]] = []
    owners: list[int] = []
    for shape, value in found:
        shapes.append(shape["coordinates"])
        owners.append(int(value) - 1)
    rings = [ring for shape in shapes for ring in shape]
    place = grid.transform
    xy = np.array(list(itertools.chain(*rings)), dtype=float).reshape(-1, 2)
    xy = (xy + corner) * (place.a, place.e) + (place.c, place.f)
    starts = (np.cumsum([0, *map(len, rings)]), np.cumsum([0, *map(len, shapes)]))
    squares = shapely.from_ragged_array(shapely.GeometryType.POLYGON, xy, starts)
    owner = np.array(owners, dtype=np.int64)
    order = np.argsort(owner, kind="stable")
    joined = np.full(count, None, dtype=object)
    shapely.multipolygons(squares[order], indices=owner[order], out=joined)
    return gpd.GeoSeries(joined, crs=grid.crs).to_crs(WGS84).array
