"""What one mast covers on real SRTM terrain, beside profiles that this file draws itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import pytest
import rasterio
from scipy.ndimage import map_coordinates

from deadzones.coverage import radio
from deadzones.coverage.radio import Area, Terrain, area, exact, read_terrain

DATA = Path(__file__).parents[3] / "shared" / "data"
pytestmark = pytest.mark.real

COARSE = DATA / "dem_srtm3_n21e105.tif"
FINE = [DATA / "dem_srtm1_hai_phong.tif", DATA / "dem_srtm1_da_nang.tif"]
FOOT: dict[str, Any] = {"lon": 105.60, "lat": 21.40, "tx_height_m": 40.0, "rx_height_m": 1.5}
"""A mast in the plain at the south-western foot of Tam Đảo, which runs from north-west to south-east."""
BANDS_GHZ = (0.768, 1.8425)
EARTH_KM = 6371.0 * 157 / (157 - 47)
"""Median effective radius, ITU-R P.1812-8 (7a), where the refractivity falls by 47 N-units a km."""
LIGHT_M_GHZ = 0.2998
GEOD = pyproj.Geod(ellps="WGS84")
RMS_DB, BIAS_DB = 2.5, 0.3
"""How far the sweep may be from each pixel's own profile, as docs/radio.md promises."""


@cache
def heights() -> tuple[np.ndarray, Any]:
    """The tile by rasterio alone, NaN where it has voids."""
    with rasterio.open(COARSE) as file:
        h_m = file.read(1).astype(float)
        h_m[h_m == file.nodata] = np.nan
        return h_m, file.transform


def heights_at(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    h_m, transform = heights()
    column = (lon - transform.c) / transform.a
    row = (lat - transform.f) / transform.e
    return map_coordinates(h_m, [row - 0.5, column - 0.5], order=1, mode="nearest")


@cache
def tile() -> Terrain:
    return read_terrain(COARSE)[0]


@cache
def disc(f_ghz: float) -> Area:
    return area(tile(), **FOOT, f_ghz=f_ghz, radius_km=25.0)


def free_space_db(f_ghz: float, d_km: np.ndarray) -> np.ndarray:
    """ITU-R P.525: 92.4 dB at 1 km and 1 GHz."""
    return 92.4 + 20 * np.log10(f_ghz * d_km)


def off(one: Area, other: Area) -> np.ndarray:
    found = one.loss_db - other.loss_db
    assert np.array_equal(np.isnan(one.loss_db), np.isnan(other.loss_db))
    return found[~np.isnan(found)]


def rms(values: np.ndarray) -> float:
    return float(np.sqrt((np.asarray(values) ** 2).mean()))


# --- a ridge throws a shadow --------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Sights:
    """Straight views from the mast to some pixels: a row a pixel, a column a point on the way."""

    row: np.ndarray
    column: np.ndarray
    azimuth_deg: np.ndarray
    d_km: np.ndarray
    above_m: np.ndarray
    """Of the ground above the line between the antennas, on the effective Earth."""
    product_km: np.ndarray
    """d1 d2 / d of each point."""

    def of(self, values: np.ndarray) -> np.ndarray:
        return values[self.row, self.column]

    def only(self, which: np.ndarray) -> Sights:
        return Sights(**{name: values[which] for name, values in vars(self).items()})


@cache
def sights() -> Sights:
    """Every sixth pixel of the disc that is farther than 2 km and seen across known ground."""
    grid = disc(BANDS_GHZ[0]).grid
    row, column = (part.ravel() for part in np.mgrid[3 : grid.shape[0] : 6, 3 : grid.shape[1] : 6])
    lon, lat = grid.transform * (column + 0.5, row + 0.5)
    mast = np.full(lon.shape, FOOT["lon"]), np.full(lon.shape, FOOT["lat"])
    azimuth_deg, _, d_m = GEOD.inv(*mast, lon, lat)
    d_km = np.asarray(d_m)[:, None] / 1000
    share = np.arange(0, 401) / 400
    h_m = heights_at(
        mast[0][:, None] + share * (lon - mast[0])[:, None],
        mast[1][:, None] + share * (lat - mast[1])[:, None],
    )
    ends_m = h_m[:, :1] + FOOT["tx_height_m"], h_m[:, -1:] + FOOT["rx_height_m"]
    product_km = (d_km * share * (1 - share))[:, 1:-1]
    line_m = (ends_m[0] + share * (ends_m[1] - ends_m[0]))[:, 1:-1]
    above_m = h_m[:, 1:-1] + 500 * product_km * d_km / EARTH_KM - line_m
    known = ~np.isnan(h_m).any(axis=1) & (d_km[:, 0] > 2) & (d_km[:, 0] < 25)
    every = Sights(row, column, np.asarray(azimuth_deg) % 360, d_km[:, 0], above_m, product_km)
    return every.only(known)


def excess_db(f_ghz: float, seen: Sights) -> np.ndarray:
    return seen.of(disc(f_ghz).loss_db) - free_space_db(f_ghz, seen.d_km)


def bent(f_ghz: float, seen: Sights) -> np.ndarray:
    """The largest nu of Fresnel and Kirchhoff on each way."""
    return (seen.above_m * np.sqrt(2e-3 * f_ghz / LIGHT_M_GHZ / seen.product_km)).max(axis=1)


@pytest.mark.parametrize("f_ghz", BANDS_GHZ)
def test_behind_the_ridge_lies_a_shadow(f_ghz: float) -> None:
    """Ground stands 100 m or more above the line of sight: 20 dB, and on the ridge's side."""
    hidden = sights().only(sights().above_m.max(axis=1) > 100)
    assert len(hidden.d_km) > 1000
    assert excess_db(f_ghz, hidden).min() >= 20
    toward_the_ridge = (hidden.azimuth_deg > 315) | (hidden.azimuth_deg < 135)
    assert toward_the_ridge.mean() > 0.8


@pytest.mark.parametrize("f_ghz", BANDS_GHZ)
def test_what_is_seen_clearly_is_received_as_in_free_space(f_ghz: float) -> None:
    """Below nu = -0.78 no ground bends anything: P.1812 adds nothing to free space."""
    clear = sights().only(bent(f_ghz, sights()) < -0.78)
    assert len(clear.d_km) > 200
    excess = excess_db(f_ghz, clear)
    assert excess.min() > -0.01
    assert (excess < 3).mean() > 0.99


# --- beside other ways to the same number -------------------------------------------------------


@pytest.mark.parametrize("f_ghz", BANDS_GHZ)
def test_the_sweep_is_near_each_pixels_own_path(f_ghz: float) -> None:
    mast: dict[str, Any] = FOOT | {"f_ghz": f_ghz, "radius_km": 10.0}
    error_db = off(area(tile(), **mast), exact.area(tile(), **mast))
    assert len(error_db) > 30_000
    assert rms(error_db) <= RMS_DB
    assert abs(error_db.mean()) <= BIAS_DB


@pytest.mark.parametrize("f_ghz", BANDS_GHZ)
def test_the_sweep_is_near_profiles_drawn_by_hand(f_ghz: float) -> None:
    """Eight bearings, ten pixels on each, sampled here from the file."""
    found, grid = disc(f_ghz), disc(f_ghz).grid
    errors: list[float] = []
    for bearing in range(0, 360, 45):
        for away_km in np.arange(2.0, 22.0, 2.0):
            lon, lat, _ = GEOD.fwd(FOOT["lon"], FOOT["lat"], bearing, 1000 * away_km)
            column, row = (int(part) for part in ~grid.transform * (lon, lat))
            lon, lat = grid.transform * (column + 0.5, row + 0.5)
            loss_db = found.loss_db[row, column]
            own = profile_to(lon, lat)
            if own is None:
                continue
            path = radio.path_loss(
                own, f_ghz=f_ghz, tx_height_m=FOOT["tx_height_m"], rx_height_m=1.5, polarisation=2
            )
            errors.append(float(loss_db) - path.lb_db)
    assert len(errors) > 60
    assert rms(np.array(errors)) <= RMS_DB
    assert abs(np.median(errors)) <= BIAS_DB


def profile_to(lon: float, lat: float) -> radio.Profile | None:
    """Ground every 90 m on the way to a place; None across a void."""
    _, _, d_m = GEOD.inv(FOOT["lon"], FOOT["lat"], lon, lat)
    count = max(int(d_m / 90), 3)
    share = np.linspace(0, 1, count + 1)
    h_m = heights_at(
        FOOT["lon"] + share * (lon - FOOT["lon"]), FOOT["lat"] + share * (lat - FOOT["lat"])
    )
    if np.isnan(h_m).any():
        return None
    nothing = np.zeros(count + 1)
    return radio.Profile(
        share * d_m / 1000, h_m, nothing, nothing + 4, FOOT["lat"], FOOT["lon"], lat, lon
    )


@pytest.mark.parametrize("path", FINE, ids=lambda path: path.stem)
def test_ground_below_the_sea_is_ground(path: Path) -> None:
    """Two tiles of 30 m, on coasts where radar saw heights below 0."""
    terrain, _ = read_terrain(path)
    assert terrain.h_m.min() < 0
    west, south, east, north = terrain.grid.bounds
    found = area(
        terrain, lon=(west + east) / 2, lat=(south + north) / 2, tx_height_m=30.0, f_ghz=0.768,
        radius_km=10.0,
    )  # fmt: skip
    inside = (found.distance_km < 9.9) & ~np.isnan(found.distance_km)
    assert np.isfinite(found.loss_db[inside]).all()
    low = free_space_db(0.768, found.distance_km[inside].clip(min=0.01))
    assert (found.loss_db[inside] >= low - 1.0).all()
