"""Exact shares of cells in communes."""

from __future__ import annotations

from random import Random
from typing import Any

import drawn
import exactextract
import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from affine import Affine
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


def shares(shape: shapely.Geometry) -> np.ndarray:
    """Let shapely say which share of each of 4 x 8 cells is covered."""
    squares = np.array([drawn.box(x, 3 - y, x + 1, 4 - y) for y in range(4) for x in range(8)])
    return np.divide(shapely.area(shapely.intersection(squares, shape)), shapely.area(squares))


@given(st.lists(boxes, min_size=1, max_size=6))
def test_fractions_of_a_cell_are_positive_and_leave_what_is_outside(some: list[drawn.Box]) -> None:
    communes = drawn.communes({f"9{n:04d}": b for n, b in enumerate(some)})
    plan, share = plan_of(communes), shares(communes.geometry.union_all())
    total = np.bincount(plan.cell, weights=plan.fraction, minlength=32)
    assert (plan.fraction > 0).all()
    assert total.max(initial=0.0) <= 1.0 + 1e-12
    assert (total[share > 1e-6] > 0).all()
    cells, left = plan.outside()
    assert left == pytest.approx(1.0 - share[cells], abs=1e-5)
    assert set(np.flatnonzero((share > 1e-5) & (share < 1.0 - 1e-5))) <= set(cells)


@given(st.lists(boxes, min_size=2, max_size=5))
def test_a_cell_is_covered_by_the_union_of_its_communes(some: list[drawn.Box]) -> None:
    communes = drawn.communes({f"9{n:04d}": b for n, b in enumerate(some)})
    plan = plan_of(communes)
    total = np.bincount(plan.cell, weights=plan.fraction, minlength=32)
    assert total == pytest.approx(shares(communes.geometry.union_all()), abs=1e-5)


@given(boxes)
def test_fractions_are_the_planar_shares_of_shapely(one: drawn.Box) -> None:
    plan = plan_of(drawn.communes({"90001": one}))
    found = np.bincount(plan.cell, weights=plan.fraction, minlength=32)
    assert found == pytest.approx(shares(drawn.box(*one)), abs=2e-9)


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


@given(st.lists(boxes, min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_communes_changes_nothing(some: list[drawn.Box], chance: Random) -> None:
    communes = drawn.communes({f"9{n:04d}": b for n, b in enumerate(some)})
    turned = communes.sample(frac=1.0, random_state=chance.randrange(1000))
    one, other = (by_code(each) for each in (communes, turned[::-1]))
    assert one.index.equals(other.index)
    assert len(one) or shares(communes.geometry.union_all()).max() < 1e-6
    assert one.to_numpy() == pytest.approx(other.to_numpy(), abs=1e-12)


def by_code(communes: gpd.GeoDataFrame) -> pd.Series:
    """Fractions by cell and commune code, of communes in the order they come."""
    plan = fractions(communes, transform=drawn.transform(4), shape=(4, 8), crs="EPSG:4326")
    codes = communes["commune_code"].to_numpy()[plan.unit]
    return pd.Series(plan.fraction, [plan.cell, codes]).sort_index()


# --- what is not as it should be ------------------------------------------------------------------


def squared(
    *shapes: shapely.Geometry, index: list[str] | None = None, **changes: Any
) -> CellFractions:
    """Plan shapes on 2 x 3 cells of a degree."""
    table = gpd.GeoDataFrame(geometry=list(shapes), index=index, crs=4326)
    grid: dict[str, Any] = {"transform": Affine(1, 0, 0, 0, -1, 2), "shape": (2, 3)}
    return fractions(table, **(grid | changes), crs="EPSG:4326")


@pytest.mark.parametrize(
    "changes",
    [
        {"transform": Affine(1, 0.1, 0, 0, -1, 2)},
        {"transform": Affine(1, 0, 0, 0.1, -1, 2)},
        {"transform": Affine(0, 0, 0, 0, -1, 2)},
        {"transform": Affine(1, 0, 0, 0, 0, 2)},
        {"shape": (0, 3)},
    ],
)
def test_a_grid_that_has_no_upright_cells_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"a grid of .* wanted"):
        squared(shapely.box(0, 0, 1, 1), **changes)


@pytest.mark.parametrize("loop", ["0 0, 2 2, 2 0, 0 2, 0 0", "0 0, 3 3, 3 0, 0 2, 0 0"])
def test_polygons_that_cross_themselves_are_named(loop: str) -> None:
    crossed = shapely.from_wkt(f"POLYGON (({loop}))")
    with pytest.raises(ValueError, match=r"'90002'; repair them with make_valid"):
        squared(shapely.box(0, 0, 1, 1), crossed, index=["90001", "90002"])
    land = shapely.make_valid(crossed)
    within = shapely.intersection(land, shapely.box(0, 0, 3, 2)).area
    assert squared(land).fraction.sum() == pytest.approx(within, abs=1e-8)


def test_land_is_found_in_collections_of_any_depth() -> None:
    spiked = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2), (0, 0), (-0.5, 0), (0, 0)])
    land = shapely.make_valid(spiked)
    assert isinstance(land, shapely.GeometryCollection)
    deeper = shapely.GeometryCollection([shapely.GeometryCollection([land]), shapely.Point(1, 1)])
    for each in (land, deeper):
        assert squared(each).fraction.sum() == pytest.approx(land.area, abs=1e-9)


def test_a_part_out_of_reach_of_the_projection_leaves_the_others() -> None:
    near, far = shapely.box(104, 20, 105, 21), shapely.box(-166, -1, -165, 1)
    table = gpd.GeoDataFrame(geometry=[near, shapely.MultiPolygon([near, far]), far], crs=4326)
    assert not np.isfinite(table.to_crs(32648).total_bounds).all()
    place = Affine(1e4, 0, 3e5, 0, -1e4, 24e5)
    alone, both, none = (
        fractions(table.iloc[[row]], transform=place, shape=(30, 40), crs="EPSG:32648")
        for row in range(3)
    )
    assert both.fraction.tolist() == alone.fraction.tolist()
    assert len(none) == 0


def test_only_what_several_share_is_filled_up() -> None:
    """What lacks of a cell is less than the noise of borders."""
    hole = shapely.box(0.5, 0.5, 0.5009, 0.5009)
    land = shapely.box(0, 0, 1, 1).difference(hole)
    assert squared(land).fraction == pytest.approx([land.area], abs=1e-9)
    west, east = (shapely.box(x, 0, x + 0.5, 1).difference(hole) for x in (0, 0.5))
    assert squared(west, east).fraction.sum() == pytest.approx(1.0, abs=1e-15)


def test_masked_cells_are_unknown() -> None:
    known = np.array([[True, False, True], [True, True, False]])
    values = np.arange(6.0).reshape(2, 3)
    left, right = squared(shapely.box(0, 0, 2, 2)), squared(shapely.box(2, 0, 3, 1))
    for kind in ("float32", "float64", "int16", "int64"):
        array = np.ma.array(values.astype(kind), mask=~known)
        assert left.sum(array).tolist() == [values[:, :2][known[:, :2]].sum()]
        assert right.sum(array).isna().all()


@pytest.mark.parametrize(
    ("kind", "written", "nodata"),
    [
        ("float32", -999.9, -999.9),
        ("float16", -999.9, -999.9),
        ("float64", -999.9, -999.9),
        ("uint8", 255, 255.0),
        ("int16", -32768, -32768),
        ("int64", 2**63 - 1, 2**63 - 1),
        ("uint64", 2**64 - 1, 2**64 - 1),
        ("int64", -(2**63), -(2.0**63)),
    ],
)
def test_nodata_is_what_the_type_of_the_array_holds(
    kind: str, written: float, nodata: float
) -> None:
    array = np.full((2, 3), 7, dtype=kind)
    array[1, 0] = written
    assert squared(shapely.box(0, 0, 2, 1)).sum(array, nodata=nodata).tolist() == [7.0]


@pytest.mark.parametrize("nodata", [-1, 256, -1.8e308])
def test_nodata_that_no_cell_can_hold_hides_none(nodata: float) -> None:
    kind = "uint8" if nodata in (-1, 256) else "float32"
    array = np.full((2, 3), 255, dtype=kind)
    assert squared(shapely.box(0, 0, 2, 1)).sum(array, nodata=nodata).tolist() == [510.0]


def test_neighbours_of_a_large_nodata_are_known() -> None:
    array = np.full((2, 3), 2**63 - 2)
    total = squared(shapely.box(0, 0, 2, 1)).sum(array, nodata=2**63 - 1)
    assert total.tolist() == [2.0**64]


@pytest.mark.parametrize("kind", ["complex128", "datetime64[s]", "object", "U3"])
def test_what_are_no_real_numbers_is_refused(kind: str) -> None:
    with pytest.raises(TypeError, match="wanted real numbers"):
        squared(shapely.box(0, 0, 2, 1)).sum(np.zeros((2, 3), dtype=kind))


def test_edges_that_cross_only_once_projected_are_no_fault() -> None:
    """An edge along a straight line in degrees, and one of many pieces 50 m beside it."""
    along = np.linspace(0.0, 1.0, 40)[:, None]
    low, high = np.array([105.2, 20.0]), np.array([107.8, 20.3])
    beside = low + along * (high - low) + [0.0, 0.0005]
    shape = shapely.Polygon([low, high, *beside[::-1]])
    communes = gpd.GeoDataFrame(index=["a"], geometry=[shape], crs="EPSG:4326")
    projected = communes.to_crs("EPSG:32648")
    assert communes.is_valid.all()
    assert not projected.is_valid.any()
    west, south, east, north = projected.total_bounds
    place = Affine(100.0, 0, west - 50.0, 0, -100.0, north + 50.0)
    shape_of_grid = int((north - south) / 100.0) + 3, int((east - west) / 100.0) + 3
    plan = fractions(communes, transform=place, shape=shape_of_grid, crs="EPSG:32648")
    wanted = shapely.make_valid(projected.geometry.iloc[0]).area
    assert plan.fraction.sum() * 1e4 == pytest.approx(wanted, rel=1e-6)
    with pytest.raises(ValueError, match=r"cross themselves: 'a'; repair them with make_valid\(\)"):
        fractions(projected, transform=place, shape=shape_of_grid, crs="EPSG:32648")
