"""A result's communes on the units of another date."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import deadzones as dz
from deadzones.coverage import scores
from deadzones.coverage.reexpress import reexpress
from deadzones.geodata import admin


@pytest.fixture(scope="module")
def result() -> dz.Result:
    return dz.demo(communes=4)


@pytest.fixture(scope="module")
def provinces(result: dz.Result) -> gpd.GeoDataFrame:
    """The made-up country as one unit, which is what the product itself sums up."""
    whole = result.communes.dissolve()[["geometry"]]
    return whole.set_axis(["99001"])


def walk(result: dz.Result, new: gpd.GeoDataFrame) -> pd.DataFrame:
    """By the people at the communes' own middle: whole units, each with its people."""
    middle = result.communes.representative_point().to_frame("geometry")
    return admin.crosswalk(
        result.communes, new, weight=middle.assign(people=result.communes["people"])
    )


def test_merged_communes_have_the_figures_that_the_product_sums_up(
    result: dz.Result, provinces: gpd.GeoDataFrame
) -> None:
    area = admin.crosswalk(result.communes, provinces, weight="area")
    found = reexpress(result.communes, walk(result, provinces), area=area).loc["99001"]
    assert result.prospect is not None
    summed = scores.national(result.communes, result.prospect.inputs.study.services)
    summed = {name: value for name, value in summed.items() if value is not None}
    shared = [name for name in summed if name not in {"communes", "score"}]
    assert len(shared) > 30
    assert found[shared].to_numpy(dtype=float) == pytest.approx(
        [summed[name] for name in shared], rel=1e-9
    )
    assert found["origin"] == "merged"
    assert found["certain_pct"] == pytest.approx(100.0)


def test_a_result_on_its_own_units_is_itself(result: dz.Result) -> None:
    area = admin.crosswalk(result.communes, result.communes, weight="area")
    found = reexpress(result.communes, walk(result, result.communes), area=area)
    for name in ("people", "dead_people", "mobile_people_pct", "fibre_area_pct", "road_km"):
        assert found[name].to_numpy() == pytest.approx(result.communes[name].to_numpy(), rel=1e-9)
    assert (found["origin"] == "unchanged").all()
    assert not {"score", "rank"} & set(found.columns)


def test_land_is_not_shared_out_by_people(result: dz.Result, provinces: gpd.GeoDataFrame) -> None:
    found = reexpress(result.communes, walk(result, provinces))
    assert "mobile_area_pct" not in found
    assert "area_km2" not in found
    assert found["people"].sum() == pytest.approx(result.communes["people"].sum())


def test_by_area_alone_everything_is_an_area_s_estimate(result: dz.Result) -> None:
    west, south, east, north = result.communes.total_bounds
    middle = (west + east) / 2.0
    halves = gpd.GeoDataFrame(
        geometry=gpd.GeoSeries.from_wkt(
            [
                f"POLYGON (({a} {south}, {b} {south}, {b} {north}, {a} {north}, {a} {south}))"
                for a, b in ((west, middle), (middle, east))
            ],
            index=["99001", "99002"],
        ),
        crs=result.communes.crs,
    )
    found = reexpress(result.communes, admin.crosswalk(result.communes, halves, weight="area"))
    for name in ("people", "dead_people", "area_km2", "road_km", "villages"):
        assert found[name].sum() == pytest.approx(result.communes[name].sum(), rel=1e-9)
    assert "estimated" in found["origin"].to_list()


def test_communes_that_are_not_known_are_not_counted_as_zero(
    result: dz.Result, provinces: gpd.GeoDataFrame
) -> None:
    communes = result.communes.copy()
    figures = communes.select_dtypes("number").columns
    communes.loc[communes.index[0], figures] = np.nan
    found = reexpress(communes, walk(result, provinces)).loc["99001"]
    known = 100.0 * (1.0 - result.communes["people"].iloc[0] / result.communes["people"].sum())
    assert found["people"] == pytest.approx(result.communes["people"].iloc[1:].sum())
    assert found["dead_people_known_pct"] == pytest.approx(known)


def test_a_crosswalk_of_other_units_is_refused(result: dz.Result) -> None:
    rows = {"old_code": ["26740"], "new_code": ["26740"], "share": [1.0], "people": [1.0]}
    with pytest.raises(ValueError, match="the table is of another date"):
        reexpress(result.communes, pd.DataFrame(rows))
