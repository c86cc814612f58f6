"""What tasks find with kernels of their own beside what a whole run finds."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import rasterio.features
import shapely
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from deadzones.coverage import (
    batch_cells,
    batch_figures,
    batch_outlines,
    batch_zones,
    scores,
    zones,
)
from deadzones.coverage.analysis import survey
from deadzones.coverage.study import DeadZones, Study
from deadzones.geodata import grid as grids
from deadzones.geodata import synthetic
from deadzones.geodata.grid import Grid

pictures = hnp.arrays(
    np.int64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=9), elements=st.integers(0, 2)
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A made-up country, whose zones reach over communes."""
    folder = tmp_path_factory.mktemp("country")
    return survey(Study.read(synthetic.country(folder, communes=4)))


def on_cells(picture: np.ndarray) -> tuple[Grid, np.ndarray, np.ndarray]:
    """Return the grid of a picture, and number and value of the cells that have one."""
    grid = Grid("EPSG:4326", Affine(1, 0, 10, 0, -1, 50), (picture.shape[0], picture.shape[1]))
    return grid, np.flatnonzero(picture), picture.ravel()[picture.ravel() > 0]


def polygonized(picture: np.ndarray, grid: Grid) -> list[list[Any]]:
    """Outline each value by GDAL: parts in the order in which they come."""
    found: list[list[Any]] = [[], []]
    place = grid.transform
    for shape, value in rasterio.features.shapes(
        picture.astype(np.int32), mask=picture > 0, connectivity=4, transform=place
    ):
        found[int(value) - 1].append(shapely.geometry.shape(shape))
    return found


@given(pictures)
def test_outlines_are_those_of_gdal_corner_by_corner(picture: np.ndarray) -> None:
    grid, number, value = on_cells(picture)
    wanted = [parts for parts in polygonized(picture, grid) if parts]
    zone = np.unique(value, return_inverse=True)[1]
    found = batch_outlines.outlines(number, zone, grid, len(wanted))
    for one, parts in zip(found, wanted, strict=True):
        assert shapely.to_wkb(one) == shapely.to_wkb(shapely.MultiPolygon(parts))


@pytest.mark.stress
@pytest.mark.parametrize("filled", [0.2, 0.5, 0.6, 0.8, 0.95])
def test_outlines_of_large_pictures_are_those_of_gdal(filled: float) -> None:
    rng = np.random.default_rng(3)
    picture = np.where(rng.random((300, 200)) < filled, 1 + (rng.random((300, 200)) < 0.1), 0)
    test_outlines_are_those_of_gdal_corner_by_corner.hypothesis.inner_test(picture)  # pyright: ignore[reportFunctionMemberAccess]


@given(pictures, st.integers(0, 9))
def test_clusters_are_those_of_a_run(picture: np.ndarray, seed: int) -> None:
    grid, number, value = on_cells(picture)
    people = np.random.default_rng(seed).integers(0, 3, len(number)).astype(float)
    cells: Any = SimpleNamespace(grid=grid, number=number, people=people)
    mask, rules = value.astype(np.uint8), DeadZones(min_people=2.0)
    wanted = zones.cluster(cells, mask, rules)
    found = batch_zones.clusters(cells, mask, rules)
    assert found.of_cell.tolist() == wanted.of_cell.tolist()
    assert found.people.tolist() == wanted.people.tolist()
    assert found.kept.tolist() == wanted.kept.tolist()


@pytest.mark.slow
def test_zones_are_described_as_by_a_run(whole: Any) -> None:
    cells, plan, zone = whole.cells, whole.cells.plan, whole.clusters.zone_of_cell
    at, shuffled = np.flatnonzero(zone >= 0), np.random.default_rng(0)
    triple = np.flatnonzero(zone[cells.of_triple] >= 0)
    at, triple = shuffled.permutation(at), shuffled.permutation(triple)
    arrays = {
        "cell": cells.number[at],
        "cluster": zone[at] + 7,
        "mask": whole.state.mask[at],
        **{name: getattr(cells, name)[at] for name in ("people", "area_m2", "lon", "lat")},
        "triple_cell": cells.number[cells.of_triple[triple]],
        "triple_unit": plan.unit[triple],
        "triple_fraction": plan.fraction[triple],
        "triple_people": np.nan_to_num(cells.shares.people[triple]),
    }
    wanted = zones.outlined(cells, whole.state, whole.clusters)
    assert len(wanted) > 3
    found = batch_outlines.describe(
        arrays, plan.index, cells.grid, whole.state.services, np.arange(len(wanted)) + 7
    )
    assert found.index.tolist() == list(range(7, 7 + len(wanted)))
    found = found.set_index(wanted.index)[list(wanted)]
    assert found.to_wkb().equals(wanted.to_wkb())


def test_figures_of_cells_added_up_are_those_of_all_cells(whole: Any) -> None:
    cells, nowhere = whole.cells, np.full(len(whole.cells.number), -1)
    table, rules = whole.inputs.communes, whole.inputs.study.services
    wanted = scores.communes(table, cells, whole.state, whole.access, nowhere, rules)
    few = batch_figures.alike(cells, whole.state, whole.access)
    operators = {key: list(one.by_operator) for key, one in whole.access.items()}
    found = batch_figures.figures([few], table.index, cells.grid, operators, rules)
    pd.testing.assert_frame_equal(found, pd.DataFrame(wanted)[list(found)], check_exact=True)
    assert set(wanted) - set(found) == set(table)


@given(st.lists(st.integers(0, 599), min_size=1, unique=True).map(sorted))
def test_cells_are_placed_as_one_by_one(number: list[int]) -> None:
    grid = Grid("EPSG:4326", Affine(1 / 1200, 0, 102.1, 0, -1 / 1200, 23.4), (20, 30))
    cells = np.array(number)
    found = batch_cells._placed(grid, cells)
    wanted = *grids.lonlat(grid, cells), grids.areas_m2(grid, cells)
    for one, other in zip(found, wanted, strict=True):
        assert one.tolist() == other.tolist()


@pytest.mark.parametrize("join_km", [0.0, 3.0])
def test_the_rim_is_where_other_tasks_may_join(join_km: float) -> None:
    """Ten cells in a row, the last another task's: what is within reach of the edge is kept."""
    grid = Grid("EPSG:4326", Affine(0.01, 0, 105, 0, -0.01, 21), (1, 20))
    number, lon = np.arange(10), 105.005 + 0.01 * np.arange(10)
    plan = SimpleNamespace(unit=np.append(np.zeros(9, dtype=int), 1))
    cells: Any = SimpleNamespace(
        number=number, of_triple=number, plan=plan, lon=lon, lat=np.full(10, 20.995),
        area_m2=np.full(10, 1.15e6),
    )  # fmt: skip
    rules = SimpleNamespace(dead_zones=DeadZones(join_km=join_km))
    part: Any = SimpleNamespace(
        own=np.array([True, False]), grid=grid, inputs=SimpleNamespace(study=rules)
    )
    clusters: Any = SimpleNamespace(of_cell=np.where(number == 5, -1, 0))
    kept = batch_zones.rim(part, cells, clusters).tolist()
    assert kept == [9] if join_km == 0.0 else {6, 7, 8, 9} <= set(kept) < set(range(10)) - {5}
