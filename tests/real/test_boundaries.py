"""The raw communes of Lai Châu and the nation: faults found, borders repaired, a shift seen."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

from deadzones.geodata import boundaries

SHARED = Path(__file__).parents[3] / "shared" / "data"
TOPOLOGICAL = {"overlap", "gap", "sliver", "unmatched_edge", "duplicate_ring", "invalid"}
pytestmark = [pytest.mark.real, pytest.mark.slow]


@pytest.fixture(scope="module")
def lai_chau() -> gpd.GeoDataFrame:
    return gpd.read_file(SHARED / "lai_chau_communes_fullres.gpkg")


@pytest.fixture(scope="module")
def nation() -> gpd.GeoDataFrame:
    return gpd.read_parquet(SHARED / "communes_vn.parquet")


def test_the_raw_communes_are_audited_and_repaired(lai_chau: gpd.GeoDataFrame) -> None:
    found = boundaries.audit(lai_chau)
    odd = found.loc[found["fault"] == "unmatched_edge", "code"]
    assert odd.nunique() == 12  # the data's own note says so
    overlaps = found[found["fault"] == "overlap"]
    assert overlaps["area_m2"].max() < 1.0
    repaired, receipt = boundaries.repair(lai_chau, tolerance_m=1.0)
    assert shapely.coverage_is_valid(repaired.geometry.to_numpy())
    assert not set(boundaries.audit(repaired)["fault"]) & TOPOLOGICAL
    assert receipt["moved_m"].max() <= 1.0
    assert repaired.drop(columns="geometry").equals(lai_chau.drop(columns="geometry"))
    _, nothing = boundaries.repair(repaired, tolerance_m=1.0)
    assert nothing.empty


def test_islands_are_notes_and_no_commune_lies_in_another_province(
    nation: gpd.GeoDataFrame,
) -> None:
    coarse = nation.assign(geometry=shapely.coverage_simplify(nation.geometry.to_numpy(), 0.002))
    found = boundaries.audit(coarse)
    far = found[found["fault"] == "far_unit"]
    assert set(far["severity"]) == {"note"}
    assert {"20333", "22736", "11948"} <= set(far["code"])  # Hoàng Sa, Trường Sa, Bạch Long Vĩ
    # The attributes' own notes count 104; the polygons here are simplified.
    assert (found["fault"] == "stated_area").sum() == pytest.approx(104, abs=5)


def test_vn2000_read_as_wgs84_is_seen(lai_chau: gpd.GeoDataFrame) -> None:
    # The datum operation of EPSG's "VN-2000 to WGS 84 (2)", left out.
    helmert = (
        "+proj=helmert +x=-191.90441429 +y=-39.30318279 +z=-111.45032835 +rx=-0.00928836 "
        "+ry=0.01975479 +rz=-0.00427372 +s=0.252906278 +convention=coordinate_frame"
    )
    steps = (
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=cart "
        f"+ellps=WGS84 +step +inv {helmert} +step +inv +proj=cart +ellps=WGS84 "
        "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
    )
    unmoved = pyproj.Transformer.from_pipeline(steps)
    shifted = lai_chau.assign(
        geometry=shapely.transform(
            lai_chau.geometry.to_numpy(),
            lambda xy: np.column_stack(unmoved.transform(xy[:, 0], xy[:, 1])),
        )
    )
    found = boundaries.audit(shifted, reference=lai_chau)
    (west, south), (east, north) = (
        layer.union_all().centroid.coords[0] for layer in (shifted, lai_chau)
    )
    metres = pyproj.Geod(ellps="WGS84").inv(west, south, east, north)[2]
    assert 220 < metres < 226
    shift = found.loc[found["fault"] == "shift", "measure"].item()
    assert shift == pytest.approx(metres, rel=0.005)
    assert "shift" not in set(boundaries.audit(lai_chau, reference=lai_chau)["fault"])
