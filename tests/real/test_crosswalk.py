"""The communes of the 2009 census on those of 2026."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from deadzones.geodata import admin, crs
from deadzones.geodata.grid import EQUAL_AREA

SHARED = Path(__file__).parents[3] / "shared" / "data"
PEOPLE = SHARED / "population_worldpop2020_1km.tif"
pytestmark = [pytest.mark.real, pytest.mark.slow]

THANH_HOA, QUANG_CHAU = "38", "4014963"


@pytest.fixture(scope="module")
def census() -> gpd.GeoDataFrame:
    return gpd.read_parquet(SHARED / "communes_2009_census.parquet").set_index("commune_id")


@pytest.fixture(scope="module")
def communes() -> gpd.GeoDataFrame:
    return gpd.read_parquet(SHARED / "communes_vn.parquet")


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("Thanh Hóa", id="province"),
        pytest.param(None, id="nation", marks=pytest.mark.stress),
    ],
)
def old(census: gpd.GeoDataFrame, request: pytest.FixtureRequest) -> gpd.GeoDataFrame:
    if request.param is None:
        return census
    province = census["province_vn"].map(lambda name: admin.kind_of(name)[1])
    return census[province.map(admin.key) == admin.key(request.param)]


@pytest.fixture(scope="module")
def new(old: gpd.GeoDataFrame, communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    west, south, east, north = old.total_bounds
    near = communes.sindex.query(shapely.box(west, south, east, north))
    return communes.iloc[near].sort_index()


@pytest.fixture(scope="module")
def by_area(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> pd.DataFrame:
    return admin.crosswalk(old, new, weight="area")


@pytest.fixture(scope="module")
def by_people(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame) -> pd.DataFrame:
    return admin.crosswalk(old, new, weight=PEOPLE)


@pytest.fixture(params=["by_area", "by_people"])
def walk(request: pytest.FixtureRequest) -> pd.DataFrame:
    return request.getfixturevalue(request.param)


def test_shares_of_every_commune_of_2009_sum_to_one(
    old: gpd.GeoDataFrame, walk: pd.DataFrame
) -> None:
    sums = walk.groupby("old_code")["share"].sum()
    assert set(sums.index) == set(old.index)
    assert sums.to_numpy() == pytest.approx(1.0, abs=1e-12)
    assert (walk["share"] >= 0.0).all()


def test_land_that_the_communes_of_2009_claim_twice_counts_once(
    old: gpd.GeoDataFrame, by_area: pd.DataFrame
) -> None:
    """They overlap by 0.3 %; GEOS cuts one of them so that it would grow by 40 %."""
    there = old.to_crs(EQUAL_AREA)
    assert there.area.sum() > 1.001 * there.union_all().area
    assert by_area["area_m2"].sum() == pytest.approx(there.union_all().area, rel=1e-9)
    of_one = by_area.loc[by_area["old_code"] == QUANG_CHAU, "area_m2"].sum()
    assert of_one <= there.area[QUANG_CHAU]


def test_the_way_back_has_the_same_masses(
    old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, walk: pd.DataFrame
) -> None:
    mass = "area_m2" if "area_m2" in walk else "people"
    back = admin.crosswalk(new, old, weight="area" if mass == "area_m2" else PEOPLE)
    there = walk.dropna(subset="new_code").set_index(["old_code", "new_code"])[mass].fillna(0.0)
    again = back.dropna(subset="new_code").set_index(["new_code", "old_code"])[mass].fillna(0.0)
    again.index = again.index.set_names(there.index.names)
    gap = there.sub(again, fill_value=0.0).abs()
    assert gap.sum() < 1e-9 * there.sum()


def test_the_census_is_conserved_on_the_communes_of_2026(
    old: gpd.GeoDataFrame, walk: pd.DataFrame
) -> None:
    figures = old.drop(columns="geometry")
    found = admin.express(figures, walk, counts=["population_2009"])
    assert found["population_2009"].sum() == pytest.approx(old["population_2009"].sum(), rel=1e-12)
    certain = found["origin"].isin(["unchanged", "merged"])
    assert (found.loc[certain, "certain_pct"] >= 99.0).all()
    assert found.loc[found.index.isna(), "origin"].tolist() == ["outside"]


def test_what_is_counted_by_people_is_near_the_census_table(
    old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, walk: pd.DataFrame
) -> None:
    """Another hand put the census on the new communes, by area; people follow the same map."""
    found = admin.express(old.drop(columns="geometry"), walk, counts=["population_2009"])
    codes = new.loc[new["province_code"] == THANH_HOA, "commune_code"]
    other = new.set_index("commune_code").loc[codes, "pop_census2009"].astype(float)
    ours = found["population_2009"].reindex(codes)
    assert ours.sum() == pytest.approx(other.sum(), rel=0.02)
    assert (ours / other - 1.0).abs().median() < 0.05


def test_a_province_read_without_its_datum_is_found(communes: gpd.GeoDataFrame) -> None:
    """Lai Châu in VN-2000, said to be WGS 84, over the communes of the country."""
    part = communes.loc[communes["province_code"] == "12", ["commune_code", "geometry"]]
    assert crs.detect(part, communes).empty
    moved = shapely.transform(
        part.geometry.to_numpy(),
        lambda xy: shapely.get_coordinates(
            shapely.points(*crs.from_wgs84(xy[:, 0], xy[:, 1], None))
        ),
    )
    wrong = part.set_geometry(gpd.GeoSeries(moved, index=part.index, crs=part.crs))
    assert crs.detect(wrong, communes)["fault"].tolist() == ["no_datum_shift"]


def test_codes_of_2009_are_not_those_of_2026(
    census: gpd.GeoDataFrame, communes: gpd.GeoDataFrame
) -> None:
    """A code of the merger is another commune's, or none's, in a crosswalk from older units."""
    rows = {"old_code": census.index[:2], "new_code": ["00004"] * 2, "share": 1.0, "people": 1.0}
    with pytest.raises(ValueError, match="the table is of another date"):
        admin.express(communes.head(), pd.DataFrame(rows), counts=["population"])
