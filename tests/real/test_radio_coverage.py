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

from deadzones.coverage.radio import Area, Profile, Terrain, area, exact, path_loss, read_terrain

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
"""How far the sweep may be from each pixel's own profile; docs/radio.md tells how far it is."""


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
    place = grid.transform
    lon, lat = place.c + (column + 0.5) * place.a, place.f + (row + 0.5) * place.e
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
    to_the_ridge = (hidden.azimuth_deg > 315) | (hidden.azimuth_deg < 135)
    assert to_the_ridge.mean() > 0.8
    to_the_plain = (hidden.azimuth_deg > 180) & (hidden.azimuth_deg < 270)
    assert not to_the_plain.any()


@pytest.mark.parametrize("f_ghz", BANDS_GHZ)
def test_what_is_seen_clearly_is_received_as_in_free_space(f_ghz: float) -> None:
    """Below nu = -0.78 no ground bends anything: P.1812 adds nothing to free space."""
    clear = sights().only(bent(f_ghz, sights()) < -0.78)
    assert len(clear.d_km) > 200
    excess = excess_db(f_ghz, clear)
    assert excess.min() > -0.01
    assert (excess < 3).mean() > 0.99
    own = exact.area(tile(), **FOOT, f_ghz=f_ghz, radius_km=25.0).loss_db
    assert (clear.of(own) - free_space_db(f_ghz, clear.d_km)).max() < 3


# --- beside other ways to the same number -------------------------------------------------------


@pytest.mark.parametrize("f_ghz", BANDS_GHZ)
def test_the_sweep_is_near_each_pixels_own_path(f_ghz: float) -> None:
    mast: dict[str, Any] = FOOT | {"f_ghz": f_ghz, "radius_km": 10.0}
    error_db = off(area(tile(), **mast), exact.area(tile(), **mast))
    assert len(error_db) > 30_000
    assert rms(error_db) <= RMS_DB
    assert abs(error_db.mean()) <= BIAS_DB


def step_km() -> float:
    """Side of the square as large as the mast's cell, which the profiles of the model go by."""
    lon, lat, half = FOOT["lon"], FOOT["lat"], 1 / 2400
    across = GEOD.inv(lon - half, lat, lon + half, lat)[2]
    down = GEOD.inv(lon, lat - half, lon, lat + half)[2]
    return float(np.sqrt(across * down)) / 1000


def profile_to(lon: float, lat: float) -> Profile | None:
    """Ground along the geodesic to a place; None across a void."""
    start, stop = (FOOT["lon"], FOOT["lat"]), (lon, lat)
    d_km = GEOD.inv(*start, *stop)[2] / 1000
    count = int(np.ceil(d_km / step_km()))
    lons, lats = np.array([start, *GEOD.npts(*start, *stop, count - 1), stop]).T
    h_m = heights_at(lons, lats)
    if np.isnan(h_m).any():
        return None
    bare, inland = np.zeros(count + 1), np.full(count + 1, 4)
    along_km = np.linspace(0, d_km, count + 1)
    return Profile(along_km, h_m, bare, inland, start[1], start[0], lat, lon)


@pytest.mark.parametrize("f_ghz", BANDS_GHZ)
def test_profiles_drawn_here_lead_to_the_same_losses(f_ghz: float) -> None:
    """Eight bearings, ten pixels on each: heights by scipy, geodesics by PROJ, one path at a time."""
    swept = disc(f_ghz)
    mast: dict[str, Any] = FOOT | {"f_ghz": f_ghz}
    by_pixel = exact.area(tile(), **mast, radius_km=25.0)
    link = {name: mast[name] for name in ("f_ghz", "tx_height_m", "rx_height_m")}
    found: list[tuple[float, float, float]] = []
    for bearing in range(0, 360, 45):
        for away_km in range(2, 22, 2):
            place = GEOD.fwd(FOOT["lon"], FOOT["lat"], bearing, 1000 * away_km)[:2]
            column, row = (int(part) for part in ~swept.grid.transform * place)
            own = profile_to(*(swept.grid.transform * (column + 0.5, row + 0.5)))
            if own is not None:
                drawn_db = path_loss(own, **link, polarisation=2).lb_db
                losses = swept.loss_db[row, column], by_pixel.loss_db[row, column], drawn_db
                found.append(losses)
    swept_db, by_pixel_db, drawn_db = np.array(found).T
    assert len(drawn_db) > 60
    assert np.abs(by_pixel_db - drawn_db).max() < 0.01
    assert rms(swept_db - drawn_db) <= RMS_DB
    assert abs((swept_db - drawn_db).mean()) <= BIAS_DB


# --- ground below the sea -----------------------------------------------------------------------


def lowest(terrain: Terrain) -> dict[str, Any]:
    """A mast on the lowest ground of a tile, away from its edges."""
    inner = terrain.h_m[200:-200, 200:-200]
    assert inner.min() < 0
    row, column = np.unravel_index(inner.argmin(), inner.shape)
    lon, lat = terrain.grid.transform * (float(column) + 200.5, float(row) + 200.5)
    return {"lon": lon, "lat": lat, "tx_height_m": 30.0, "f_ghz": 0.768, "radius_km": 5.0}


@pytest.mark.parametrize("path", FINE, ids=lambda path: path.stem)
def test_a_mast_below_the_sea_is_a_mast(path: Path) -> None:
    """Two tiles of 30 m, on coasts where radar saw heights below 0."""
    terrain, _ = read_terrain(path)
    mast = lowest(terrain)
    found = area(terrain, **mast)
    assert found.loss_db.shape == found.distance_km.shape
    inside = found.distance_km < mast["radius_km"]
    assert inside.mean() > 0.7
    assert np.isfinite(found.loss_db[inside]).all()
    far = inside & (found.distance_km > 0.25)
    assert (found.loss_db[far] >= free_space_db(0.768, found.distance_km[far]) - 0.01).all()


@pytest.mark.parametrize("path", FINE, ids=lambda path: path.stem)
def test_the_level_of_the_sea_is_only_a_mark(path: Path) -> None:
    """The same ground 100 m higher, all of it above the sea: the same losses."""
    terrain, _ = read_terrain(path)
    mast = lowest(terrain)
    raised = replace(terrain, h_m=terrain.h_m + np.float32(100))
    assert raised.h_m.min() > 0
    moved_db = off(area(raised, **mast), area(terrain, **mast))
    assert np.abs(moved_db).max() < 0.01
