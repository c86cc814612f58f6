"""Dead zones in pictures: who clusters with whom, and that everybody is counted."""

from __future__ import annotations

from dataclasses import dataclass

import drawn
import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from deadzones.coverage import zones
from deadzones.coverage.access import Access
from deadzones.coverage.cells import Cells
from deadzones.coverage.study import DeadZones
from deadzones.geodata import grid as grids
from deadzones.geodata import population, zonal


def cells_of(people: np.ndarray) -> Cells:
    """One commune over a whole raster."""
    rows, columns = people.shape
    communes = drawn.communes({"90001": (0, 0, columns, rows)}).set_index("commune_code")
    plan = zonal.fractions(
        communes, transform=drawn.transform(rows), shape=people.shape, crs="EPSG:4326"
    )
    shares = population.from_raster(people, plan)
    number = np.arange(people.size)
    lon, lat = grids.lonlat(plan.grid, number)
    return Cells(
        plan,
        shares,
        number,
        plan.cell,
        np.bincount(plan.cell, weights=shares.people, minlength=people.size),
        grids.areas_m2(plan.grid, number),
        lon,
        lat,
    )


@dataclass(frozen=True)
class Drawn:
    """Clusters of a picture of masks."""

    text: str

    def of(self, people: np.ndarray | None = None, **rules: float) -> np.ndarray:
        mask = drawn.picture(self.text).astype(np.uint8)
        cells = cells_of(np.ones(mask.shape) if people is None else people)
        found = zones.cluster(cells, mask.ravel(), DeadZones(**({"min_people": 0.0} | rules)))
        return found.of_cell.reshape(mask.shape)


def test_cells_join_over_edges_and_corners_but_not_across_a_gap() -> None:
    found = Drawn(
        """
        1 1 0 0 1
        0 0 1 0 1
        0 0 0 0 1
        """
    ).of()
    assert found.tolist() == [[0, 0, -1, -1, 1], [-1, -1, 0, -1, 1], [-1, -1, -1, -1, 1]]


def test_zones_are_cut_by_what_is_lacking() -> None:
    found = Drawn("1 1 3 3 2").of()
    assert found.tolist() == [[0, 0, 1, 1, 2]]


def test_an_empty_cell_parts_two_zones() -> None:
    found = Drawn("1 1 1").of(people=np.array([[1.0, 0.0, 1.0]]))
    assert found.tolist() == [[0, -1, 1]]


@pytest.mark.parametrize(("join_km", "count"), [(0.0, 3), (2.1, 2), (3.2, 1)])
def test_zones_join_over_a_distance(join_km: float, count: int) -> None:
    found = Drawn("1 0 1 0 0 1").of(join_km=join_km)
    assert found.max() + 1 == count


def test_a_distance_does_not_join_what_lacks_different_things() -> None:
    assert Drawn("1 0 2").of(join_km=5.0).tolist() == [[0, -1, 1]]


def test_small_clusters_are_dropped_but_counted() -> None:
    mask = np.array([1, 0, 1, 1], dtype=np.uint8)
    cells = cells_of(np.array([[4.0, 9.0, 3.0, 3.0]]))
    found = zones.cluster(cells, mask, DeadZones(min_people=5.0))
    assert found.people.tolist() == [6.0, 4.0]
    assert found.kept.tolist() == [True, False]
    assert found.zone_of_cell.tolist() == [-1, -1, 0, 0]


masks = hnp.arrays(np.uint8, (6, 7), elements=st.integers(0, 7))
crowds = hnp.arrays(np.float32, (6, 7), elements=st.floats(0, 500, width=32))


@given(masks, crowds, st.sampled_from([0.0, 1.6, 2.5]), st.floats(0, 300))
def test_people_in_zones_and_dropped_clusters_are_people_lacking_exactly(
    mask: np.ndarray, people: np.ndarray, join_km: float, least: float
) -> None:
    cells = cells_of(people.astype(float))
    rules = DeadZones(min_people=least, join_km=join_km)
    found = zones.cluster(cells, mask.ravel(), rules)
    lacking = cells.people[mask.ravel() > 0].sum()
    assert found.people[found.kept].sum() + found.people[~found.kept].sum() == lacking


@given(masks, crowds)
def test_a_higher_least_number_only_drops_zones(mask: np.ndarray, people: np.ndarray) -> None:
    cells = cells_of(people.astype(float))
    few = zones.cluster(cells, mask.ravel(), DeadZones(min_people=10.0))
    many = zones.cluster(cells, mask.ravel(), DeadZones(min_people=100.0))
    assert few.of_cell.tolist() == many.of_cell.tolist()
    assert not (many.kept & ~few.kept).any()


def geodesic_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Distance between places in cells, after PROJ."""
    return pyproj.Geod(ellps="WGS84").inv(*drawn.lonlat(*one), *drawn.lonlat(*other))[2] / 1000.0


def table_of(mask: np.ndarray, people: np.ndarray, services: tuple[str, ...]):
    cells = cells_of(people)
    bits = mask.ravel().astype(np.uint8)
    state = zones.Lacks(services, bits, np.zeros_like(bits))
    clusters = zones.cluster(cells, bits, DeadZones(min_people=0.0))
    return zones.find(
        cells,
        state,
        clusters,
        places=drawn.points([(0.2, 0.5), (3.9, 0.5)], name=["Tây", "Đông"]),
        assets={"mobile": drawn.points([(0.5, 0.5)])},
    )


def test_a_zone_tells_what_it_lacks_where_it_is_and_how_far_things_are() -> None:
    table = table_of(
        np.array([[0, 0, 0, 3]]), np.array([[1.0, 1.0, 1.0, 8.0]]), ("mobile", "fibre", "power")
    )
    zone = table.loc["Z00001"]
    assert zone["lacks"] == "mobile+fibre"
    assert zone["severity"] == pytest.approx(2 / 3)
    assert zone["people"] == 8.0
    assert zone["communes"] == "90001:8.0"
    assert zone["nearest_place"] == "Đông"
    assert zone["nearest_place_km"] == pytest.approx(geodesic_km((3.5, 0.5), (3.9, 0.5)))
    assert zone["mobile_km"] == pytest.approx(geodesic_km((3.5, 0.5), (0.5, 0.5)))
    width, height = geodesic_km((3, 0.5), (4, 0.5)), geodesic_km((3, 0), (3, 1))
    assert zone["area_km2"] == pytest.approx(width * height, rel=1e-5)
    assert zone.geometry.symmetric_difference(drawn.box(3, 0, 4, 1)).area < 1e-12


def test_zones_are_numbered_by_people() -> None:
    table = table_of(np.array([[1, 0, 1, 0, 1]]), np.array([[5.0, 0, 50.0, 0, 20.0]]), ("mobile",))
    assert table["people"].tolist() == [50.0, 20.0, 5.0]
    assert table.index.tolist() == ["Z00001", "Z00002", "Z00003"]


def test_a_zone_that_touches_itself_at_a_corner_is_valid() -> None:
    table = table_of(np.array([[1, 0], [0, 1]]), np.ones((2, 2)), ("mobile",))
    assert len(table) == 1
    assert table.geometry.is_valid.all()


def test_no_zone_is_a_table_without_rows() -> None:
    table = table_of(np.array([[0, 0]]), np.ones((1, 2)), ("mobile",))
    assert len(table) == 0
    assert {"lacks", "people", "area_km2", "commune_code", "nearest_place", "severity"} <= set(
        table
    )


def test_bits_follow_the_order_of_services() -> None:
    served, lacking = np.array([1], dtype=np.int8), np.array([0], dtype=np.int8)
    access = {"a": Access(lacking, {}, "proxy"), "b": Access(served, {}, "proxy")}
    assert zones.lacks(access).mask.tolist() == [1]
    assert zones.words([1, 2, 3], ("a", "b")) == ["a", "b", "a+b"]
