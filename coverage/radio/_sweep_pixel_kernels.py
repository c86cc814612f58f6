"""ITU-R P.1812-8 for one pixel from what its radial carries: profile quantities."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from ._exact_kernels import FAR_COAST_KM
from ._jit import inlined, scalar_kernel
from ._p1812_diffraction_kernels import bullington_total_db, edge_height
from ._p1812_profile_kernels import LIGHT_M_GHZ, diffraction_surface_m
from ._sweep_hull_kernels import highest_above
from ._sweep_ray_kernels import (
    BARE,
    COVER,
    DONE,
    FIRST_SUM,
    HORIZON,
    HULL_X,
    HULL_Y,
    OWN_D,
    PLAIN,
    RISE,
    SECOND_SUM,
    SHORE,
    SIZE,
    WATER,
    Z,
    bend_of,
    cross_shore,
    look_back,
    take_in,
)
from ._sweep_terrain_kernels import bilinear, nearest
from ._sweep_values import CLUTTER, HEIGHT, SEA, Mast

NO_LOSS_NU = 0.78 + 1e-9
"""An edge with this nu below the sight line costs nothing, (12); a hair more than the limit itself."""


class Pixel(NamedTuple):
    """A receiver: where it is, and how much of its radial and of its own path it uses."""

    column: int
    row: int
    d_km: float
    azimuth: float
    """Radians."""
    h_m: float
    hrs_m: float
    sea: float
    """1 where it is sea."""
    parts: int
    """Intervals of its own path."""
    far: int
    """Samples of the radial in use."""
    own: int
    """Samples of its own path in use."""


class Rise(NamedTuple):
    """Steepest rise from either end, m per km, and where, in km from the mast."""

    t: float
    r: float
    at_t: float
    at_r: float


@inlined
def look_around(ground: np.ndarray, mast: Mast, pixel: Pixel, ray: np.ndarray) -> None:
    """Sample the last steps of the pixel's own path."""
    for j in range(pixel.own):
        share = (pixel.parts - pixel.own + j) / pixel.parts
        column = mast.column + share * (pixel.column - mast.column)
        row = mast.row + share * (pixel.row - mast.row)
        ray[OWN_D, j] = share * pixel.d_km
        ray[OWN_D + Z, j] = bilinear(ground, HEIGHT, column, row)
        if mast.cluttered:
            ray[OWN_D + COVER, j] = ray[OWN_D + Z, j] + bilinear(ground, CLUTTER, column, row)
        if mast.wet:
            ray[OWN_D + WATER, j] = nearest(ground, SEA, column, row)


@inlined
def rises(ray: np.ndarray, way: int, cover: int, mast: Mast, pixel: Pixel) -> Rise:
    """Steepest rises over the whole path in one way of looking; `cover` is 1 with clutter, else 0."""
    bend, hts_m, hrs_m = bend_of(way, mast.link.ae_km), mast.hts_m, pixel.hrs_m
    if ray[DONE, way] < pixel.far:
        take_in(ray, way, Z + cover, mast, pixel.far)
    t, at_t = ray[RISE + way, pixel.far], ray[HORIZON, pixel.far]
    r, at_r = look_back(ray, way, bend, pixel.d_km, hrs_m)
    for j in range(pixel.own):
        here = ray[OWN_D, j]
        back = pixel.d_km - here
        from_t = (ray[OWN_D + Z + cover, j] - hts_m) / here - bend * here
        from_r = (ray[OWN_D + Z + cover, j] - hrs_m) / back - bend * back
        if from_t > t:
            t, at_t = from_t, here
        if from_r >= r:
            r, at_r = from_r, here
    return Rise(t, r, at_t, at_r)


@inlined
def square_above(
    z_m: float, here_km: float, mast: Mast, pixel: Pixel, bend: float
) -> tuple[float, float]:
    """Square, with its sign, of the height above the sight line; and d1 d2."""
    product = here_km * (pixel.d_km - here_km)
    slope = (pixel.hrs_m - mast.hts_m) / pixel.d_km
    above = z_m + bend * product - mast.hts_m - slope * here_km
    return above * abs(above), product


@scalar_kernel
def tightest(
    ray: np.ndarray, z: int, mast: Mast, pixel: Pixel, bend: float, span_km: tuple[float, float]
) -> float:
    """Largest `square_above` over d1 d2 of the samples in a span of the radial, with z their row."""
    step, best = mast.step_km, -np.inf
    first = max(math.floor(span_km[0] / step), 1)
    last = min(math.ceil(span_km[1] / step), pixel.far)
    for i in range(first, last + 1):
        square, product = square_above(ray[z, i], i * step, mast, pixel, bend)
        best = max(best, square / product)
    return best


@inlined
def clear_height(
    ray: np.ndarray, cover: int, mast: Mast, pixel: Pixel, bend: float, rise: Rise
) -> float:
    """Largest height above the sight line over the root of d1 d2, m per km, on a clear path: (15).

    Given to -0.78 in terms of nu; below that it does not matter. All samples lie below a line from
    either end, the steepest to any of them. That bounds nu at every sample, so only those are
    looked at that may surpass the pixel's own ones and the one that the receiver sees highest.
    """
    total, slope = pixel.d_km, (pixel.hrs_m - mast.hts_m) / pixel.d_km
    below_t = slope - rise.t - bend * total
    below_r = max(-slope - rise.r - bend * total, 0.0)
    least = NO_LOSS_NU / math.sqrt(0.002 * total * mast.link.f_ghz / LIGHT_M_GHZ)
    if below_t * below_r >= least * least:
        return -least
    best = -(below_r**2) * (total - rise.at_r) / rise.at_r
    for j in range(pixel.own):
        z_m = ray[OWN_D + Z + cover, j]
        square, product = square_above(z_m, ray[OWN_D, j], mast, pixel, bend)
        best = max(best, square / product)
    limit = max(min(least, math.sqrt(max(-best, 0.0))), 1e-6)
    if below_t * below_r < limit * limit:
        from_part, to_part = (below_r / limit) ** 2, (limit / below_t) ** 2
        span_km = total * from_part / (1.0 + from_part), total * to_part / (1.0 + to_part)
        best = max(best, tightest(ray, Z + cover, mast, pixel, bend, span_km))
    return math.copysign(math.sqrt(abs(best)), best)


@scalar_kernel
def tightest_km(ray: np.ndarray, mast: Mast, pixel: Pixel, rise: Rise) -> float:
    """Where a clear bare path is tightest, the last of equals: (78) and (81).

    As in `clear_height`, only those samples of the radial are looked at that may be as tight as the
    pixel's own ones.
    """
    total, slope, step = pixel.d_km, (pixel.hrs_m - mast.hts_m) / pixel.d_km, mast.step_km
    bend, at, best = bend_of(BARE, mast.link.ae_km), 0.0, -np.inf
    for j in range(pixel.own):
        square, product = square_above(ray[OWN_D + Z, j], ray[OWN_D, j], mast, pixel, bend)
        if square / product >= best:
            at, best = ray[OWN_D, j], square / product
    first, last = 1, pixel.far
    limit = math.sqrt(max(-best, 0.0)) * (1.0 + 1e-9) + 1e-9
    if math.isfinite(limit):
        below_t = max(slope - rise.t - bend * total, 1e-9)
        below_r = max(-slope - rise.r - bend * total, 0.0)
        from_part, to_part = (below_r / limit) ** 2, (limit / below_t) ** 2
        first = max(math.floor(total * from_part / (1.0 + from_part) / step), 1)
        last = min(math.ceil(total * to_part / (1.0 + to_part) / step), pixel.far)
    for i in range(last, first - 1, -1):
        square, product = square_above(ray[Z, i], i * step, mast, pixel, bend)
        if square / product > best:
            at, best = i * step, square / product
    return at


@inlined
def actual_db(ray: np.ndarray, cover: int, mast: Mast, pixel: Pixel, way: int, rise: Rise) -> float:
    """Bullington loss of the path, Lbulla: section 4.3.1."""
    total, bend = pixel.d_km, bend_of(way, mast.link.ae_km)
    stim, srim = rise.t + bend * total, rise.r + bend * total
    if stim < (pixel.hrs_m - mast.hts_m) / total:
        height = clear_height(ray, cover, mast, pixel, bend, rise)
    else:
        height = edge_height(stim, srim, total, mast.hts_m, pixel.hrs_m)
    return bullington_total_db(height, total, mast.link.f_ghz)


@inlined
def surface_m(ray: np.ndarray, mast: Mast, pixel: Pixel) -> tuple[float, float]:
    """Smooth surface at the ends, hst and hsr: (83) to (86)."""
    first, second = ray[FIRST_SUM, pixel.far], ray[SECOND_SUM, pixel.far]
    before, was = pixel.far * mast.step_km, ray[Z, pixel.far]
    for j in range(pixel.own + 1):
        here = ray[OWN_D, j] if j < pixel.own else pixel.d_km
        now = ray[OWN_D + Z, j] if j < pixel.own else pixel.h_m
        first += (here - before) * (now + was)
        second += (here - before) * (now * (2.0 * here + before) + was * (here + 2.0 * before))
        before, was = here, now
    total = pixel.d_km
    return (2.0 * first * total - second) / total**2, (second - first * total) / total**2


@scalar_kernel
def sunk_surface_m(
    ray: np.ndarray, mast: Mast, pixel: Pixel, surface: tuple[float, float]
) -> tuple[float, float]:
    """Smooth surface for diffraction, hstd and hsrd: (87) to (89)."""
    slope = (pixel.hrs_m - mast.hts_m) / pixel.d_km
    rise = rises(ray, PLAIN, 0, mast, pixel)
    highest, size = -np.inf, int(ray[SIZE, PLAIN])
    if size > 0:
        highest = highest_above(ray, HULL_X + PLAIN, HULL_Y + PLAIN, size, slope)
    for j in range(pixel.own):
        highest = max(highest, ray[OWN_D + Z, j] - slope * ray[OWN_D, j])
    return diffraction_surface_m(
        mast.h_m, pixel.h_m, surface, highest - mast.hts_m, rise.t - slope, rise.r + slope
    )


@scalar_kernel
def roughness(
    ray: np.ndarray,
    mast: Mast,
    pixel: Pixel,
    line_m: tuple[float, float],
    between_km: tuple[float, float],
) -> float:
    """Highest terrain above a line between the two horizons, hm: (91) and (93)."""
    slope, step = (line_m[1] - line_m[0]) / pixel.d_km, mast.step_km
    first = max(math.floor(between_km[0] / step + 0.5), 1)
    last = min(math.floor(between_km[1] / step + 0.5), pixel.far)
    rough = -np.inf
    for i in range(first, last + 1):
        rough = max(rough, ray[Z, i] - line_m[0] - slope * i * step)
    for j in range(pixel.own):
        if between_km[0] <= ray[OWN_D, j] <= between_km[1]:
            rough = max(rough, ray[OWN_D + Z, j] - line_m[0] - slope * ray[OWN_D, j])
    return rough


@scalar_kernel
def sea_and_coasts(ray: np.ndarray, mast: Mast, pixel: Pixel) -> tuple[float, float, float, float]:
    """Share of the path over sea, longest land, and the coasts' distance from either end."""
    far = pixel.far
    shore = (ray[SHORE, far], ray[SHORE + 1, far], ray[SHORE + 2, far], ray[SHORE + 3, far])
    was, before, total = ray[WATER, far], far * mast.step_km, pixel.d_km
    for j in range(pixel.own + 1):
        now = ray[OWN_D + WATER, j] if j < pixel.own else pixel.sea
        here = ray[OWN_D, j] if j < pixel.own else total
        if now != was:
            shore = cross_shore(shore, was, 0.5 * (before + here))
        was, before = now, here
    start, land, sea, first = shore
    if first == np.inf:
        return 0.0, total, FAR_COAST_KM, FAR_COAST_KM
    if was > 0.0:
        return (sea + total - start) / total, land, first, 0.0
    return sea / total, max(land, total - start), first, total - start
