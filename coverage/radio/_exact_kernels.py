"""Each pixel of a disc by its own profile: ITU-R P.1812-8 from point to point, many times."""

from __future__ import annotations

import math

import numpy as np

from ._jit import inlined, kernel
from ._p1812_diffraction_kernels import risen_bullington_db
from ._p1812_loss_kernels import combine, free_space_db
from ._p1812_profile_kernels import BETA_RADIUS_KM, analyse, steepest, zone_stretches
from ._p1812_values import Diffraction, Link, Path
from ._sweep_smooth_kernels import smooth_excess_db
from ._sweep_terrain_kernels import between_centres, in_cells, track
from ._sweep_values import AZIMUTH, CLUTTER, DISTANCE, ELEVATION, HEIGHT, LOSS, SEA, Chart, Mast

SHORTEST_KM = 0.25
"""Below this the Recommendation does not hold (section 2): free space and the knife edge."""
SAME_PLACE_KM = 0.001
"""A receiver is at least this far from the mast, so that no loss is infinite."""
RIM = 1.0 + 1e-6
"""Times the radius a pixel still counts as inside: 25 mm at 25 km.

Distances are float32. Without this hair, whether one that equals the radius is inside would hang on
how it was rounded, and so on the compiler.
"""
FAR_COAST_KM = 500.0
"""Distance to the coast where there is none on the path, section 3.4."""
AT_SEA, INLAND = 1, 4
"""Radio-climatic zones, Table 3."""
Rows = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Along a profile: terrain and terrain with clutter (m), zone, column and row."""


@inlined
def intervals(distance_km: float, step_km: float) -> int:
    """Count the parts of a profile: as long as the step or a little shorter, at least two."""
    return max(math.ceil(distance_km / step_km), 2)


@kernel
def middle_latitude_deg(lat_deg: float, azimuth: float, distance_km: float) -> float:
    """Latitude half-way along a great circle from a latitude, phi of (4); azimuth in radians."""
    arc, lat = 0.5 * distance_km / 6371.0, math.radians(lat_deg)
    sine = math.sin(lat) * math.cos(arc) + math.cos(lat) * math.sin(arc) * math.cos(azimuth)
    return math.degrees(math.asin(min(max(sine, -1.0), 1.0)))


@kernel
def lines_of(scratch: np.ndarray, count: int) -> Rows:
    """The first points of each row but the first: without gaps, so loops run several at a time."""
    return (
        scratch[1, :count],
        scratch[2, :count],
        scratch[3, :count],
        scratch[4, :count],
        scratch[5, :count],
    )


@inlined
def sample(
    ground: np.ndarray, chart: Chart, mast: Mast, azimuth: float, step_km: float, rows: Rows
) -> None:
    """Terrain, terrain with clutter, and zone at equal steps."""
    h_m, g_m, zone, columns, lines = rows
    track(chart, azimuth, step_km, columns, lines)
    between_centres(ground, HEIGHT, columns, lines, h_m)
    if mast.cluttered:
        between_centres(ground, CLUTTER, columns, lines, g_m)
        for i in range(len(g_m)):
            g_m[i] += h_m[i]
    if mast.wet:
        in_cells(ground, SEA, columns, lines, zone)
        for i in range(len(zone)):
            zone[i] = AT_SEA if zone[i] > 0.0 else INLAND


@kernel
def coasts_km(d_km: np.ndarray, zone: np.ndarray) -> tuple[float, float]:
    """Distance over land from either end to the sea, midway between two points."""
    first = last = -1
    for i in range(len(d_km)):
        if zone[i] == AT_SEA:
            first = i if first < 0 else first
            last = i
    if first < 0:
        return FAR_COAST_KM, FAR_COAST_KM
    start = 0.0 if first == 0 else 0.5 * (d_km[first - 1] + d_km[first])
    stop = d_km[-1] if last == len(d_km) - 1 else 0.5 * (d_km[last] + d_km[last + 1])
    return start, d_km[-1] - stop


@kernel
def diffraction_of(
    d_km: np.ndarray,
    g_m: np.ndarray,
    rises: tuple[float, float],
    path: Path,
    ap_km: float,
    link: Link,
) -> Diffraction:
    """Delta-Bullington loss on a profile of equal steps: section 4.3.4."""
    actual = risen_bullington_db(d_km, g_m, rises, (path.hts_m, path.hrs_m), ap_km, link.f_ghz)
    hte_m, hre_m = path.hts_m - path.hstd_m, path.hrs_m - path.hsrd_m
    excess = smooth_excess_db(path.d_km, len(d_km) - 1, hte_m, hre_m, ap_km, path.w, link)
    return Diffraction(actual + excess, actual, 0.0, excess)


@inlined
def profile_loss(d_km: np.ndarray, rows: Rows, mast: Mast, lat_deg: float) -> tuple[float, float]:
    """Loss (dB) and elevation at the mast (mrad) on one profile."""
    h_m, g_m, zone, link = rows[0], rows[1], rows[2], mast.link
    if not mast.cluttered:
        g_m = h_m
    heights_m = mast.hts_m, h_m[-1] + mast.rx_height_m
    bare = steepest(d_km, h_m, heights_m[0], heights_m[1], 500.0 / link.ae_km)
    stretches, coasts = (0.0, d_km[-1], d_km[-1]), (FAR_COAST_KM, FAR_COAST_KM)
    if mast.wet:
        stretches, coasts = zone_stretches(d_km, zone), coasts_km(d_km, zone)
    path = analyse(d_km, h_m, bare, stretches, heights_m, coasts, lat_deg, link.ae_km)
    seen = bare[0], bare[1]
    if mast.cluttered:
        covered = steepest(d_km, g_m, heights_m[0], heights_m[1], 500.0 / link.ae_km)
        seen = covered[0], covered[1]
    if path.d_km < SHORTEST_KM:
        edge_db = risen_bullington_db(d_km, g_m, seen, heights_m, link.ae_km, link.f_ghz)
        free_db = free_space_db(path.d_km, path.hts_m, path.hrs_m, link.f_ghz)
        return free_db + edge_db, path.theta_t_mrad
    median = diffraction_of(d_km, g_m, seen, path, link.ae_km, link)
    beta = median  # at 50 % of the time it has no weight
    if link.time_pct < 50.0:
        risen = steepest(d_km, g_m, heights_m[0], heights_m[1], 500.0 / BETA_RADIUS_KM)
        beta = diffraction_of(d_km, g_m, (risen[0], risen[1]), path, BETA_RADIUS_KM, link)
    losses = combine(path, link, median, beta)
    return max(losses.Lbc, losses.Lb0p), path.theta_t_mrad  # (69), half of the places


@kernel
def exact_rows(
    ground: np.ndarray,
    chart: Chart,
    mast: Mast,
    rows: tuple[int, int],
    polar: np.ndarray,
    found: np.ndarray,
) -> None:
    """Find loss and elevation of the pixels of some rows; nothing is written beyond the radius."""
    size = intervals(chart.radius_km, mast.step_km) + 2
    scratch = np.zeros((6, size))
    for row in range(rows[0], rows[1]):
        for column in range(polar.shape[2]):
            distance = max(float(polar[DISTANCE, row, column]), SAME_PLACE_KM)
            if distance > chart.radius_km * RIM:
                continue
            azimuth = math.radians(np.float64(polar[AZIMUTH, row, column]))
            count = intervals(distance, mast.step_km)
            d_km, part = scratch[0, : count + 1], lines_of(scratch, count + 1)
            for i in range(count + 1):
                d_km[i] = distance * i / count
            sample(ground, chart, mast, azimuth, distance / count, part)
            for line in (part[0], part[1]):
                line[0], line[count] = mast.h_m, ground[HEIGHT, row, column]
            lat_deg = middle_latitude_deg(mast.lat_deg, azimuth, distance)
            loss_db, up_mrad = profile_loss(d_km, part, mast, lat_deg)
            found[LOSS, row, column] = loss_db
            found[ELEVATION, row, column] = math.degrees(0.001 * up_mrad)
