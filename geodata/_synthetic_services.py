"""Mobile, fibre and power of the made-up country: easy places first, the hills last."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from scipy import ndimage
from scipy.spatial import KDTree

from ._synthetic_grid import EPSG, Bools, Floats, Ints
from ._synthetic_roads import Roads, route
from ._synthetic_terrain import Land

# Share of people near the service, and what is near, in km.
FIBRE_NEAR = (0.64, 5.0)  # of a node; cables pass by more
POWER_NEAR = (0.82, 3.0)  # of a place with a line; lines pass by more
MOBILE_A_NEAR = (0.55, 4.0)
MOBILE_B_NEAR = (0.70, 4.0)
PEOPLE_PER_SITE = 8_000  # where one site would reach them all, more are built for capacity
SITE_RADIUS_KM = 10.0  # how far a site's signal is predicted; farther out it serves hardly anybody
MAST_M = 35.0
PHONE_M = 1.5
RAYS = 48  # bearings of a site's reach


@dataclass(frozen=True)
class Places:
    """All settlements: point (m), cell, people, height (m), slope, commune centre; towns first."""

    xy: Floats
    cell: Ints
    people: Ints
    height_m: Floats
    slope: Floats
    centre: Bools
    towns: int


def hardship(rng: np.random.Generator, places: Places, chance: float) -> Floats:
    """Return how late a network reaches each place: high, steep and small places come last."""
    size = np.log10(np.maximum(places.people, 10.0))
    hard = places.height_m / 500.0 + places.slope / 0.06 - 1.5 * size - 1.5 * places.centre
    hard = hard + chance * rng.standard_normal(size.size)
    hard[: places.towns] -= 100.0
    return hard


def first_enough(
    hard: Floats, xy: Floats, people: tuple[Floats, Floats], near: tuple[float, float]
) -> Ints:
    """Return the easiest places, as few as bring the wanted share of people near.

    Parameters
    ----------
    hard : array of float
        Order of the places.
    xy : array of float
        Their points, metres.
    people : tuple of arrays
        Points (metres) and numbers of the people.
    near : tuple of float
        Wanted share, 0-1, and distance in km.
    """
    order = np.argsort(hard, kind="stable")
    share, km = near
    low, high = 1, order.size
    while low < high:
        middle = (low + high) // 2
        far = KDTree(xy[order[:middle]]).query(people[0])[0]
        reached = people[1][far <= km * 1000.0].sum() / people[1].sum()
        low, high = (low, middle) if reached >= share else (middle + 1, high)
    return np.sort(order[:low])


def more_sites(
    rng: np.random.Generator, sites: Floats, crowd: tuple[Floats, Floats], most: float
) -> Floats:
    """Return the sites and further ones amid the people near them, metres.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where they stand.
    sites : array of float
        The first site of each place, metres.
    crowd : tuple of arrays
        Points (metres) and numbers of the people.
    most : float
        People by site.
    """
    near = np.flatnonzero(KDTree(sites).query(crowd[0])[0] < 2_500.0)
    weight = crowd[1][near]
    count = min(round(weight.sum() / most), near.size)
    chosen = rng.choice(near, count, replace=False, p=weight / weight.sum())
    every = np.concatenate([sites, crowd[0][np.sort(chosen)]])
    return every + rng.uniform(-200.0, 200.0, every.shape)


def reach(rng: np.random.Generator, land: Land, masts: Floats) -> gpd.GeoSeries:
    """Return the outlines that an operator declares: what masts see, up to 3-6 km."""
    most_m = rng.uniform(3_000.0, 6_000.0, len(masts))
    bearing = np.linspace(0.0, 2.0 * np.pi, RAYS, endpoint=False)
    out = np.arange(1, 25) / 24.0
    far = most_m[:, None, None] * out[None, None, :]
    x = masts[:, 0, None, None] + far * np.cos(bearing)[None, :, None]
    y = masts[:, 1, None, None] + far * np.sin(bearing)[None, :, None]
    top = _height(land, masts)[:, None, None] + MAST_M
    angle = (_height(land, np.stack([x, y], axis=-1)) + PHONE_M - top) / far
    horizon = np.maximum.accumulate(angle, axis=2)
    # A ray ends where the ground has been hidden for a quarter of the way.
    hidden = np.cumsum(angle < horizon - 0.01, axis=2) > out.size // 4
    steps = np.where(hidden.any(axis=2), hidden.argmax(axis=2), out.size)
    radius = most_m[:, None] * np.maximum(steps, 3) / out.size
    radius = ndimage.uniform_filter1d(radius, 3, axis=1, mode="wrap")
    sector = 3.0 * bearing[None, :] + rng.uniform(0.0, 2.0 * np.pi, (len(masts), 1))
    radius *= (0.85 + 0.15 * np.cos(sector)) * (1.0 + 0.05 * rng.standard_normal(radius.shape))
    star = np.stack([radius * np.cos(bearing), radius * np.sin(bearing)], axis=-1)
    areas = shapely.union_all(shapely.polygons(masts[:, None, :] + star))
    smooth = shapely.simplify(areas.buffer(150.0, quad_segs=2).buffer(-150.0, quad_segs=2), 60.0)
    parts = shapely.get_parts(shapely.set_precision(smooth, 1.0))
    return gpd.GeoSeries(parts, crs=EPSG)


def cables(roads: Roads, places: Places, nodes: Ints) -> Bools:
    """Return the road sections with a cable: from the first town to all fibre nodes."""
    return route(roads, places.cell[:1], places.cell[nodes])


def grid_lines(roads: Roads, places: Places, served: Ints) -> Bools:
    """Return the road sections with a 22 kV line: from the towns to all places served."""
    return route(roads, places.cell[: max(1, places.towns)], places.cell[served])


def trunk_lines(roads: Roads, places: Places) -> gpd.GeoSeries:
    """Return the 110 kV lines: from the first town to the others, straighter than the roads."""
    used = route(roads, places.cell[:1], places.cell[: max(1, places.towns)])
    merged = shapely.line_merge(shapely.multilinestrings(roads.lines[used]))
    return gpd.GeoSeries(shapely.get_parts(shapely.simplify(merged, 900.0)), crs=EPSG)


def _height(land: Land, xy: Floats) -> Floats:
    frame = land.frame
    row = (frame.north_m - xy[..., 1]) / frame.cell_m - 0.5
    col = (xy[..., 0] - frame.west_m) / frame.cell_m - 0.5
    return ndimage.map_coordinates(land.height_m, [row, col], order=1, mode="nearest")
