"""The kernels of cell fractions beside shapely and exactextract, compiled or not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import drawn
import exactextract
import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from affine import Affine
from exactextract.raster import NumPyRasterSource
from hypothesis import given
from hypothesis import strategies as st

from deadzones.geodata.zonal import CellFractions, fractions

ROWS, COLUMNS = 7, 9
PLACE = Affine(1.0, 0, 100.0, 0, -1.0, 20.0)


def plan_of(*shapes: shapely.Geometry) -> CellFractions:
    table = gpd.GeoDataFrame(geometry=list(shapes), crs=4326)
    return fractions(table, transform=PLACE, shape=(ROWS, COLUMNS), crs="EPSG:4326")


def squares() -> np.ndarray:
    row, column = np.divmod(np.arange(ROWS * COLUMNS), COLUMNS)
    return shapely.box(100 + column, 20 - row - 1, 101 + column, 20 - row)


def dense(plan: CellFractions, unit: int = 0) -> np.ndarray:
    here = plan.unit == unit
    return np.bincount(plan.cell[here], weights=plan.fraction[here], minlength=ROWS * COLUMNS)


def shares(shape: shapely.Geometry) -> np.ndarray:
    """Let shapely say which share of each cell is covered."""
    return shapely.area(shapely.intersection(squares(), shape))


def star(middle: tuple[float, float], radii: list[float], turn: float) -> shapely.Polygon:
    """Draw a polygon whose corners lie at these distances around a middle."""
    angle = turn + 2 * np.pi * np.arange(len(radii)) / len(radii)
    x, y = middle[0] + np.cos(angle) * radii, middle[1] + np.sin(angle) * radii
    return shapely.Polygon(np.column_stack([x, y]))


stars = st.builds(
    star,
    st.tuples(st.floats(98, 111), st.floats(11, 22)),
    st.lists(st.floats(0.01, 6.0), min_size=3, max_size=24),
    st.floats(0, 6.3),
).filter(lambda shape: shape.is_valid and shape.area > 1e-6)


@given(stars)
def test_fractions_are_those_of_shapely(one: shapely.Polygon) -> None:
    assert dense(plan_of(one)) == pytest.approx(shares(one), abs=1.01e-9)


@given(stars, stars)
def test_holes_and_parts_are_those_of_shapely(one: shapely.Polygon, other: shapely.Polygon) -> None:
    for shape in (one.difference(other), one.symmetric_difference(other)):
        assert dense(plan_of(shape)) == pytest.approx(shares(shape), abs=1.01e-9)


@given(stars, stars)
def test_land_of_two_counts_once(one: shapely.Polygon, other: shapely.Polygon) -> None:
    plan = plan_of(one, other)
    wanted = shapely.area(shapely.intersection(squares(), one.union(other)))
    assert dense(plan) + dense(plan, 1) == pytest.approx(wanted, abs=3e-6)


@given(stars, st.floats(0, 6.3))
def test_what_is_cut_in_two_adds_up(one: shapely.Polygon, turn: float) -> None:
    """The halves share an edge, so no cell has more or less than the whole has."""
    far = 50.0 * np.array([np.cos(turn), np.sin(turn)])
    middle = np.array(one.centroid.coords[0])
    side = np.array([-far[1], far[0]])
    knife = shapely.Polygon([middle - far, middle + far, middle + far + side, middle - far + side])
    halves = [one.intersection(knife), one.difference(knife)]
    plan = plan_of(*halves)
    assert dense(plan) + dense(plan, 1) == pytest.approx(dense(plan_of(one)), abs=3e-6)


@given(stars)
def test_turning_rings_around_changes_nothing(one: shapely.Polygon) -> None:
    assert dense(plan_of(one.reverse())) == pytest.approx(dense(plan_of(one)), abs=1e-12)


@pytest.mark.parametrize(
    "shape",
    [
        shapely.box(100, 13, 109, 20),  # the whole grid
        shapely.box(90, 0, 120, 30),  # and far beyond
        shapely.box(102, 15, 104, 17),  # along the borders of cells
        shapely.box(102, 15.25, 107, 15.75),  # edges along the rows, within them
        shapely.box(99, 15.25, 120, 15.75),  # the same from rim to rim
        shapely.box(109, 13, 112, 20),  # beyond, touching the rim
        shapely.Polygon([(100, 13), (109, 20), (100, 20)]),  # through corners of cells
        shapely.Polygon([(50, 19.999), (160, 13.001), (160, 13.0)]),  # a long sliver
    ],
)
def test_special_places(shape: shapely.Polygon) -> None:
    wanted = shapely.area(shapely.intersection(squares(), shape))
    assert dense(plan_of(shape)) == pytest.approx(wanted, abs=1e-12)


def test_spans_are_whole_and_are_no_others_cells() -> None:
    west, east = shapely.box(100.5, 13, 104.5, 20), shapely.box(104.5, 13, 108.5, 20)
    plan = plan_of(west, east, shapely.box(102, 15, 106, 16))
    held = np.zeros((ROWS, COLUMNS), dtype=int)
    for row, start, stop, _ in zip(*plan.spans, strict=True):
        held[row, start:stop] += 1
    assert held.max() == 1
    assert not held[plan.shared.row, plan.shared.column].any()
    assert len(plan) == len(plan.cell) == held.sum() + len(plan.shared.row)
    assert (np.diff(plan.cell) >= 0).all()


@pytest.mark.parametrize("shape", [None, shapely.Point(), shapely.Polygon(), shapely.Point(1, 2)])
def test_what_has_no_area_has_no_cells(shape: shapely.Geometry | None) -> None:
    plan = plan_of(shapely.box(101, 14, 102, 15), shape)  # pyright: ignore[reportArgumentType]
    assert plan.unit.tolist() == [0]
    assert np.isnan(plan.area_m2.iloc[1])


def test_a_raster_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="wanted the grid's"):
        plan_of(shapely.box(101, 14, 102, 15)).sum(np.zeros((ROWS, COLUMNS + 1)))


@pytest.mark.parametrize("kind", ["float32", "float64", "int16", "bool", "float32, every second"])
def test_sums_of_any_raster_are_those_over_the_triples(kind: str) -> None:
    values = np.random.default_rng(1).random((ROWS, 2 * COLUMNS)) * 9
    array = values.astype(kind.split(",", maxsplit=1)[0])
    array = array[:, ::2] if "every" in kind else np.ascontiguousarray(array[:, :COLUMNS])
    plan = plan_of(shapely.box(100.5, 13.5, 106.25, 19), shapely.box(106.25, 13, 109, 20))
    wanted = np.bincount(plan.unit, array.ravel()[plan.cell].astype(float) * plan.fraction)
    assert plan.sum(array).to_numpy() == pytest.approx(wanted, rel=1e-12)


def test_infinities_are_unknown() -> None:
    array = np.full((ROWS, COLUMNS), np.inf)
    array[3, 3] = 2.0
    assert plan_of(shapely.box(100, 13, 109, 20)).sum(array).tolist() == [2.0]


@pytest.mark.parametrize(
    ("crs", "place", "box"),
    [
        # In a cell land is counted evenly, though a degree is narrower in the north: rows are whole.
        ("EPSG:4326", PLACE, (101.5, 14, 107.25, 19)),
        (
            "EPSG:32648",
            Affine(5000, 0, 480_000, 0, -5000, 2_340_000),
            (487e3, 2307e3, 521e3, 2336e3),
        ),
    ],
)
def test_areas_are_those_of_the_ellipsoid(
    crs: str, place: Affine, box: tuple[float, float, float, float]
) -> None:
    table = gpd.GeoDataFrame(geometry=[shapely.box(*box)], crs=crs)
    plan = fractions(table, transform=place, shape=(ROWS, COLUMNS), crs=crs)
    fine = table.segmentize((box[2] - box[0]) / 1000).to_crs(4326).iloc[0]
    wanted, _ = pyproj.Geod(ellps="WGS84").geometry_area_perimeter(fine)
    assert plan.area_m2.iloc[0] == pytest.approx(abs(wanted), rel=1e-6)


def made_up(count: int) -> gpd.GeoDataFrame:
    """Cut a part of the grid among polygons that share their borders."""
    rng = np.random.default_rng(5)
    points = shapely.multipoints(
        np.column_stack([rng.uniform(100, 109, count), rng.uniform(13, 20, count)])
    )
    cut = shapely.get_parts(shapely.voronoi_polygons(points))
    island = shapely.Point(104.3, 16.6).buffer(3.1)
    pieces = shapely.intersection(island, cut)
    return gpd.GeoDataFrame(geometry=pieces[~shapely.is_empty(pieces)], crs=4326)


def test_sums_are_those_of_exactextract() -> None:
    table = made_up(60)
    fine = Affine(0.05, 0, 100, 0, -0.05, 20)
    values = np.random.default_rng(2).random((140, 180))
    raster = NumPyRasterSource(values, 100, 13, 109, 20, srs_wkt=pyproj.CRS(4326).to_wkt())
    peer = exactextract.exact_extract(raster, table, ["sum"], output="pandas")["sum"]
    plan = fractions(table, transform=fine, shape=(140, 180), crs="EPSG:4326")
    assert plan.sum(values).to_numpy() == pytest.approx(peer.to_numpy(), rel=1e-4)


RUN = """
import json, sys
sys.path.insert(0, sys.argv[1])
from test_zonal_kernels import made_up, plan_of
import numpy as np, shapely
plan = plan_of(*made_up(6).geometry, shapely.box(101, 14, 105, 18))
total = plan.sum(np.arange(63.0).reshape(7, 9))
print(json.dumps([plan.cell.tolist(), plan.unit.tolist(), plan.fraction.tolist(), total.tolist()]))
"""


@pytest.mark.slow
def test_compiled_or_not_the_plan_is_the_same() -> None:
    told = subprocess.run(
        [sys.executable, "-c", RUN, Path(__file__).parent],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    cell, unit, fraction, total = json.loads(told)
    plan = plan_of(*made_up(6).geometry, shapely.box(101, 14, 105, 18))
    assert (plan.cell.tolist(), plan.unit.tolist()) == (cell, unit)
    assert plan.fraction == pytest.approx(fraction, rel=1e-13)
    assert plan.sum(np.arange(63.0).reshape(7, 9)).to_numpy() == pytest.approx(total, rel=1e-13)


def test_the_plan_is_the_same_on_a_grid_that_is_part_of_it() -> None:
    """What a task of a larger run finds: bands and rims change no bit."""
    communes = drawn.communes(drawn.BOXES)
    whole = fractions(communes, transform=drawn.transform(4), shape=(4, 8), crs="EPSG:4326")
    one = fractions(communes.iloc[[1]], transform=drawn.transform(4), shape=(4, 8), crs="EPSG:4326")
    here = whole.unit == 1
    assert one.cell.tolist() == whole.cell[here].tolist()
    assert one.fraction.tolist() == whole.fraction[here].tolist()
