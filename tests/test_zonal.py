"""Exact shares of cells in communes."""

from __future__ import annotations

import drawn
import exactextract
import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from exactextract.raster import NumPyRasterSource
from hypothesis import given
from hypothesis import strategies as st

from deadzones.geodata.zonal import CellFractions, fractions


def plan_of(communes: gpd.GeoDataFrame, rows: int = 4, columns: int = 8) -> CellFractions:
    indexed = communes.set_index("commune_code").sort_index()
    return fractions(
        indexed, transform=drawn.transform(rows), shape=(rows, columns), crs="EPSG:4326"
    )


def test_a_border_through_a_cell_splits_it() -> None:
    plan = plan_of(drawn.communes({"90001": (0, 0, 1.25, 1), "90002": (1.25, 0, 2, 1)}), 1, 2)
    assert plan.cell.tolist() == [0, 1, 1]
    assert plan.unit.tolist() == [0, 0, 1]
    assert plan.fraction == pytest.approx([1.0, 0.25, 0.75], abs=1e-6)


def test_a_ward_smaller_than_a_cell_gets_its_people() -> None:
    plan = plan_of(drawn.communes({"90001": (0.4, 0.4, 0.6, 0.6)}), 1, 1)
    assert plan.sum(np.array([[1000.0]]))["90001"] == pytest.approx(40.0, rel=1e-5)


def test_overlapping_communes_share_a_cell_and_no_more() -> None:
    plan = plan_of(drawn.communes({"90001": (0, 0, 1, 1), "90002": (0, 0, 1, 1)}), 1, 1)
    assert plan.fraction.tolist() == [0.5, 0.5]


def test_land_of_two_communes_counts_once() -> None:
    """Both lie on the left half of the first cell; what is right of it is outside."""
    half = (0.0, 0.0, 0.5, 1.0)
    plan = plan_of(drawn.communes({"90001": half, "90002": half, "90003": (1, 0, 2, 1)}), 1, 2)
    assert plan.fraction == pytest.approx([0.25, 0.25, 1.0], abs=1e-6)
    assert plan.outside()[1] == pytest.approx([0.5], abs=1e-6)


def test_communes_that_fill_a_cell_leave_nothing_outside() -> None:
    third = 1 / 3
    boxes = {f"9000{n}": (n * third, 0.0, (n + 1) * third, 1.0) for n in range(3)}
    plan = plan_of(drawn.communes(boxes), 1, 1)
    assert plan.fraction.sum() == pytest.approx(1.0, abs=1e-15)
    assert len(plan.outside()[0]) == 0


def test_a_commune_off_the_raster_is_null_not_zero() -> None:
    plan = plan_of(drawn.communes({"90001": (0, 0, 1, 1), "90002": (50, 50, 51, 51)}))
    sums = plan.sum(np.ones((4, 8)))
    assert sums["90001"] == pytest.approx(1.0)
    assert np.isnan(sums["90002"])
    assert np.isnan(plan.area_m2["90002"])


def test_nodata_is_unknown_and_a_commune_of_it_is_null() -> None:
    plan = plan_of(drawn.communes({"90001": (0, 0, 2, 1), "90002": (1, 0, 2, 1)}), 1, 2)
    sums = plan.sum(np.array([[7.0, -99.0]]), nodata=-99.0)
    assert sums["90001"] == 7.0
    assert np.isnan(sums["90002"])


def test_what_only_touches_the_rim_of_the_grid_is_off_it() -> None:
    """Half a cell beyond the grid shapes are cut: here along their own edge, and at a corner."""
    boxes = {"90001": (8.5, 0, 9, 1), "90002": (7, 0, 12, 1), "90003": (-4, 4.5, -0.5, 8)}
    plan = plan_of(drawn.communes(boxes))
    assert (plan.cell.tolist(), plan.unit.tolist()) == ([31], [1])


def test_shapes_beyond_the_grid_that_touch_its_edge_are_harmless() -> None:
    """Of several parts, one within and one that begins where the grid ends."""
    parts = [drawn.box(2, 0, 8, 2), drawn.box(8, -1, 12, 2), drawn.box(-3, 3, 0, 5)]
    parts += [drawn.box(0, 4, 3, 9), drawn.box(0, -9, 1, -1e-9)]
    both = gpd.GeoDataFrame(
        {"commune_code": ["90001"]}, geometry=[shapely.union_all(parts)], crs="EPSG:4326"
    )
    plan = plan_of(both)
    wanted = [cell for cell in range(16, 32) if cell % 8 >= 2]
    assert plan.cell.tolist() == wanted
    assert plan.fraction == pytest.approx(np.ones(len(wanted)), abs=1e-6)


boxes = st.tuples(st.floats(-1, 8), st.floats(-1, 4), st.floats(0.05, 5), st.floats(0.05, 5)).map(
    lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3])
)


@given(st.lists(boxes, min_size=1, max_size=6))
def test_fractions_of_a_cell_are_positive_and_sum_to_at_most_one(some: list[drawn.Box]) -> None:
    plan = plan_of(drawn.communes({f"9{n:04d}": b for n, b in enumerate(some)}))
    total = np.bincount(plan.cell, weights=plan.fraction, minlength=32)
    assert (plan.fraction > 0).all()
    assert total.max(initial=0.0) <= 1.0 + 1e-12
    assert (plan.outside()[1] > 0).all()


@given(st.lists(boxes, min_size=2, max_size=5))
def test_a_cell_is_covered_by_the_union_of_its_communes(some: list[drawn.Box]) -> None:
    communes = drawn.communes({f"9{n:04d}": b for n, b in enumerate(some)})
    plan = plan_of(communes)
    total = np.bincount(plan.cell, weights=plan.fraction, minlength=32)
    union = communes.geometry.union_all()
    for cell, covered in enumerate(total):
        row, column = divmod(cell, 8)
        square = drawn.box(column, 3 - row, column + 1, 4 - row)
        share = shapely.intersection(square, union).area / square.area
        assert covered == pytest.approx(share, abs=1e-5)


@given(boxes)
def test_fractions_are_the_planar_shares_of_shapely(one: drawn.Box) -> None:
    plan = plan_of(drawn.communes({"90001": one}))
    commune = drawn.box(*one)
    for cell, fraction in zip(plan.cell, plan.fraction, strict=True):
        row, column = divmod(int(cell), 8)
        square = drawn.box(column, 3 - row, column + 1, 4 - row)
        expected = shapely.intersection(square, commune).area / square.area
        assert fraction == pytest.approx(expected, abs=1e-5)


def test_sums_are_those_of_exactextract() -> None:
    rng = np.random.default_rng(3)
    communes = drawn.communes({"90001": (0.3, 0.2, 4.7, 3.3), "90002": (4.7, 0.1, 7.9, 3.9)})
    communes["geometry"] = communes.geometry.rotate(7, origin=drawn.lonlat(4, 2))
    values = rng.random((4, 8)) * 100
    west, north = drawn.lonlat(0, 4)
    east, south = drawn.lonlat(8, 0)
    peer = exactextract.exact_extract(
        NumPyRasterSource(
            values, west, south, east, north, srs_wkt=pyproj.CRS("EPSG:4326").to_wkt()
        ),
        communes,
        ["sum"],
        output="pandas",
    )
    assert plan_of(communes).sum(values).to_numpy() == pytest.approx(peer["sum"], rel=1e-6)


def test_the_order_of_communes_changes_nothing() -> None:
    communes = drawn.communes(drawn.BOXES)
    one, other = plan_of(communes), plan_of(communes.iloc[::-1])
    assert one.fraction.tolist() == other.fraction.tolist()
    assert one.unit.tolist() == other.unit.tolist()
