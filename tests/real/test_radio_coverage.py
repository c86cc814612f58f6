"""What one mast covers on real SRTM terrain, beside profiles that this file draws itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
import pytest
import rasterio
from scipy.ndimage import map_coordinates

from deadzones.coverage.radio import Area, Profile, Terrain, area, path_loss, read_terrain
from deadzones.coverage.radio.exact import area as exact

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
RMS_DB, BIAS_DB = 1.5, 0.3
"""How far the sweep may be from each pixel's own profile: docs/radio.md has at most 1.4 dB."""


@cache
def heights() -> tuple[np.ndarray, Any]:
    """The tile by rasterio alone, NaN where it has voids."""
    with rasterio.open(COARSE) as file:
        h_m = file.read(1).astype(float)
        h_m[h_m == file.nodata] = np.nan
        return h_m, file.transform


def heights_at(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    h_m, transform = heights()
    column, row = ~transform * (lon, lat)
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
    hidden = sights().only(sights().above_m.max(axis=1) > 100)
    assert len(hidden.d_km) > 1000
    assert excess_db(f_ghz, hidden).min() >= 20
    toward_the_ridge = (hidden.azimuth_deg > 315) | (hidden.azimuth_deg < 135)
    print(toward_the_ridge.mean(), len(hidden.d_km), excess_db(f_ghz, hidden).min(), np.median(excess_db(f_ghz, hidden)))


@pytest.mark.parametrize("f_ghz", BANDS_GHZ)
def test_what_is_seen_clearly_is_received_as_in_free_space(f_ghz: float) -> None:
    clear = sights().only(bent(f_ghz, sights()) < -0.78)
    e = excess_db(f_ghz, clear)
    print(len(e), e.min(), e.max(), np.percentile(e, [5, 50, 95]))
    plain = sights().only(sights().above_m.max(axis=1) < 0)
    e = excess_db(f_ghz, plain)
    print(len(e), e.min(), e.max(), np.percentile(e, [5, 50, 95]))
    print(np.histogram(clear.azimuth_deg, np.arange(0, 361, 45))[0])


@pytest.mark.parametrize("f_ghz", BANDS_GHZ)
def test_no_way_loses_less_than_at_its_worst_edge(f_ghz: float) -> None:
    nu = bent(f_ghz, sights())
    edge = 6.9 + 20 * np.log10(np.sqrt((nu - 0.1) ** 2 + 1) + nu - 0.1)
    e = excess_db(f_ghz, sights())
    w = (nu > -0.5)&(edge<40)
    print((e - edge)[w].min(), np.percentile((e - edge)[w], [.1, 1, 50, 99]))
    w = (nu > -0.5)
    print((e - edge)[w].min(), np.percentile((e - edge)[w], [.1, 1, 50, 99]))
