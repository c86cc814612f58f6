"""Land of several communes in a cell, beside shapely: where corners lie on the borders of cells too."""

from __future__ import annotations

from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pytest
import shapely
from affine import Affine
from hypothesis import example, given
from hypothesis import strategies as st

from deadzones.geodata import _cell_shares as cell_shares
from deadzones.geodata.grid import Grid
from deadzones.geodata.zonal import CellFractions, fractions

ROWS, COLUMNS = 4, 5
PLACE = Affine(1, 0, 0, 0, -1, ROWS)
ROW, COLUMN = np.divmod(np.arange(ROWS * COLUMNS), COLUMNS)
SQUARES = shapely.box(COLUMN, ROWS - ROW - 1, COLUMN + 1, ROWS - ROW)


def plan_of(
    *shapes: shapely.Geometry, place: Affine = PLACE, shape: tuple[int, int] = (ROWS, COLUMNS)
) -> CellFractions:
    table = gpd.GeoDataFrame(geometry=list(shapes), crs=4326)
    return fractions(table, transform=place, shape=shape, crs="EPSG:4326")


def covered(plan: CellFractions) -> np.ndarray:
    return np.bincount(plan.cell, weights=plan.fraction, minlength=ROWS * COLUMNS)


def union_in_squares(shapes: list[shapely.Polygon]) -> np.ndarray:
    """Unite what the shapes have of each cell, on a net: GEOS alone may lose land of slivers."""
    pieces = [shapely.intersection(np.array(shapes), square) for square in SQUARES]
    return np.array([shapely.union_all(some, grid_size=1e-12).area for some in pieces])


def corners(step: float) -> st.SearchStrategy[list[tuple[float, float]]]:
    """Draw corners on a net that holds the borders of cells."""
    x = st.integers(round(-1 / step), round((COLUMNS + 1) / step)).map(lambda n: n * step)
    y = st.integers(round(-1 / step), round((ROWS + 1) / step)).map(lambda n: n * step)
    return st.lists(st.tuples(x, y), min_size=3, max_size=7, unique=True)


def on_net(step: float) -> st.SearchStrategy[shapely.Polygon]:
    """Draw polygons whose corners lie on such a net."""
    drawn = corners(step).map(shapely.Polygon)
    return drawn.filter(lambda shape: shape.is_valid and shape.area > 0)


shapes_on_nets = st.lists(st.one_of(on_net(1.0), on_net(0.5)), min_size=2, max_size=5)
STRIDES = shapely.from_wkt(
    ["POLYGON ((1 5, -1 4, -1 1, 1 0, 1 5))", "POLYGON ((0 1, 1 2, 1 3, -2 -1, 1 -1, 2 -1, 0 1))"]
)
LOST = shapely.from_wkt(
    ["POLYGON ((2 4, 1 4, 0 4, -1 5, 2 1, 2 4))", "POLYGON ((3 3, 0 3, 1 2, 0 1, 2 0, 3 3))"]
)


@example(STRIDES.tolist())
@example(LOST.tolist())
@given(shapes_on_nets)
def test_what_is_covered_is_the_union(shapes: list[shapely.Polygon]) -> None:
    assert covered(plan_of(*shapes)) == pytest.approx(union_in_squares(shapes), abs=2e-9)


@given(shapes_on_nets)
def test_a_commune_that_overlaps_none_in_a_cell_keeps_its_land(
    shapes: list[shapely.Polygon],
) -> None:
    plan = plan_of(*shapes)
    for cell, unit, fraction in zip(plan.cell, plan.unit, plan.fraction, strict=True):
        both = shapely.intersection(shapes[unit], np.delete(np.array(shapes), unit))
        if shapely.area(shapely.intersection(both, SQUARES[cell])).max() == 0.0:
            alone = shapely.area(shapely.intersection(shapes[unit], SQUARES[cell]))
            assert fraction == pytest.approx(alone, abs=2e-9)


def test_two_that_overlap_take_nothing_of_a_third_in_their_cell() -> None:
    west, east = shapely.box(0, 3, 0.5, 4), shapely.box(0.5, 3, 1, 4)
    assert plan_of(west, west, east).fraction.tolist() == [0.25, 0.25, 0.5]


@given(shapes_on_nets)
def test_a_grid_may_run_from_south_to_north_and_from_east_to_west(
    shapes: list[shapely.Polygon],
) -> None:
    wanted = covered(plan_of(*shapes)).reshape(ROWS, COLUMNS)
    southern = covered(plan_of(*shapes, place=Affine(1, 0, 0, 0, 1, 0)))
    western = covered(plan_of(*shapes, place=Affine(-1, 0, COLUMNS, 0, -1, ROWS)))
    assert southern.reshape(ROWS, COLUMNS)[::-1] == pytest.approx(wanted, abs=1e-9)
    assert western.reshape(ROWS, COLUMNS)[:, ::-1] == pytest.approx(wanted, abs=1e-9)


def voronoi(count: int) -> np.ndarray:
    points = shapely.multipoints(np.random.default_rng(3).uniform(0, 1, (count, 2)))
    parts = shapely.get_parts(shapely.voronoi_polygons(points))
    parts = shapely.intersection(parts, shapely.box(0.02, 0.02, 0.9, 0.9))
    return parts[~shapely.is_empty(parts)]


def whole(parts: np.ndarray) -> np.ndarray:
    return parts


def doubled(parts: np.ndarray) -> np.ndarray:
    return np.concatenate([parts, parts])


@pytest.mark.parametrize("some", [whole, doubled])
def test_many_in_a_cell_are_held_against_their_neighbours_only(
    some: Callable[[np.ndarray], np.ndarray],
) -> None:
    parts, place = some(voronoi(400)), Affine(1, 0, 0, 0, -1, 1)
    plan = plan_of(*parts, place=place, shape=(1, 1))
    assert plan.fraction.sum() == pytest.approx(0.88**2, abs=1e-8)
    grid = Grid("EPSG:4326", place, (1, 1))
    one, _ = cell_shares._meeting(cell_shares.find(parts, grid)[0], parts, grid)
    assert len(one) < 30 * len(parts) < len(parts) ** 2 / 2


@pytest.mark.parametrize("cell", [1.0 / 1200.0, 1e-5])
def test_cells_may_be_so_fine_that_numbers_lose_digits(cell: float) -> None:
    rng, place = np.random.default_rng(1), Affine(cell, 0, 105, 0, -cell, 21 + 6 * cell)
    for _ in range(50):
        stars = [one for one in (star(rng) for _ in range(4)) if one.is_valid]
        shapes = [shapely.transform(one, lambda xy: [105, 21] + cell * xy) for one in stars]
        union = shapely.union_all(stars, grid_size=1e-12)
        wanted = shapely.area(shapely.intersection(union, shapely.box(0, 0, 6, 6)))
        found = plan_of(*shapes, place=place, shape=(6, 6)).fraction.sum()
        assert found == pytest.approx(wanted, abs=1e-5)


def star(rng: np.random.Generator) -> shapely.Polygon:
    """Draw a polygon around a place on 6 x 6 cells, far from round."""
    middle, angle = rng.uniform(0, 6, 2), np.sort(rng.uniform(0, 6.28, 7))
    corners = np.column_stack([np.cos(angle), np.sin(angle)]) * rng.uniform(0.3, 4, (7, 1))
    return shapely.Polygon(middle + corners)
