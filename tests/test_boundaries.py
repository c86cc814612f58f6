"""Boundaries of the made-up country: what is planted is found, and repaired with a receipt."""

from __future__ import annotations

from pathlib import Path

import drawn
import geopandas as gpd
import numpy as np
import pandas as pd
import planted
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from deadzones.geodata import boundaries, synthetic
from deadzones.geodata.grid import EQUAL_AREA

# What a planted fault brings along: land that is claimed twice has borders that do not match.
# Where shapes are cut by rounded coordinates, a crumb may be left.
EDGES = {"unmatched_edge", "sliver", "tiny_part", "overlap"}
BRINGS = {
    "overlap": EDGES,
    "gap": EDGES,
    "sliver": EDGES,
    "unmatched_edge": EDGES,  # a corner is rounded to either side of the border
    "duplicate_ring": EDGES | {"stated_area", "invalid"},  # land counted twice, parts that touch
    "tiny_part": set[str](),
    "stated_area": set[str](),
    "far_unit": EDGES | {"gap"},  # it leaves a hole and covers others
    "shift": set[str](),
    "invalid": EDGES | {"gap", "stated_area"},
}
TOPOLOGICAL = ["overlap", "gap", "sliver", "unmatched_edge"]


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> gpd.GeoDataFrame:
    """A sound country, its stated areas rounded as published ones are."""
    study = synthetic.country(tmp_path_factory.mktemp("country"), communes=12, seed=3)
    communes = gpd.read_file(study.parent / "communes.gpkg")
    return communes.assign(area_km2=(communes.to_crs(EQUAL_AREA).area / 1e6).round(1))


def confusion(country: gpd.GeoDataFrame, trials: int) -> pd.DataFrame:
    """Plant each fault so many times; count in how many layers each fault is found.

    A planted fault counts as found where its own commune is named.
    """
    table = pd.DataFrame(0, index=[*planted.PLANTS, "none"], columns=list(boundaries.FAULTS))
    for number, (name, plant) in enumerate(planted.PLANTS.items()):
        for trial in range(trials):
            rng = np.random.default_rng([number, trial])
            layer, code = plant(rng, country)
            found = boundaries.audit(layer, reference=country)
            named = found["code"].eq(code) | found["other_code"].eq(code)
            mine = found["fault"].eq(name)
            right = found[~mine | named | (code is None)]
            for fault in set(right["fault"]):
                table.loc[name, fault] += 1
    for fault in set(boundaries.audit(country, reference=country)["fault"]):
        table.loc["none", fault] += 1
    return table


def check(table: pd.DataFrame, trials: int) -> None:
    print("\n" + table.to_string())  # noqa: T201 (the confusion table is what one wants to read)
    for name in planted.PLANTS:
        assert table.loc[name, name] == trials, f"{name} is missed"
        strange = set(table.columns[table.loc[name] > 0]) - BRINGS[name] - {name}
        assert not strange, f"{name} raises {strange}"
    assert table.loc["none"].sum() == 0


@pytest.mark.slow
def test_every_planted_fault_is_found_and_nothing_else(country: gpd.GeoDataFrame) -> None:
    check(confusion(country, 2), 2)


@pytest.mark.stress
def test_every_fault_planted_many_times_is_found(country: gpd.GeoDataFrame) -> None:
    check(confusion(country, 60), 60)


@pytest.mark.parametrize("seed", range(4))
def test_a_sound_country_has_no_fault_and_is_left_alone(tmp_path: Path, seed: int) -> None:
    study = synthetic.country(tmp_path / "c", communes=5, seed=seed)
    communes = gpd.read_file(study.parent / "communes.gpkg")
    assert boundaries.audit(communes, reference=communes).empty
    repaired, receipt = boundaries.repair(communes, tolerance_m=10.0)
    assert receipt.empty
    assert shapely.equals_exact(communes.geometry.to_numpy(), repaired.geometry.to_numpy()).all()


def planar(layer: gpd.GeoDataFrame) -> pd.Series:
    """Areas in the units of the layer's coordinates, degrees too: they add up."""
    return pd.Series(shapely.area(layer.geometry.to_numpy()), index=layer.index)


@pytest.mark.parametrize("crs", ["EPSG:9210", "EPSG:4326"])
@pytest.mark.parametrize("name", TOPOLOGICAL)
def test_a_repaired_layer_is_a_coverage_and_the_receipt_adds_up(
    country: gpd.GeoDataFrame, name: str, crs: str
) -> None:
    layer, code = planted.PLANTS[name](np.random.default_rng(5), country)
    layer = layer.to_crs(crs).set_index("commune_name").iloc[::-1]
    repaired, receipt = boundaries.repair(layer, tolerance_m=400.0)
    assert shapely.coverage_is_valid(repaired.geometry.to_numpy())
    assert not set(boundaries.audit(repaired)["fault"]) & set(TOPOLOGICAL)
    assert repaired.drop(columns="geometry").equals(layer.drop(columns="geometry"))
    assert repaired.crs == layer.crs
    assert receipt["moved_m"].between(0.0, 400.0).all()
    scale = layer.to_crs(EQUAL_AREA).area / planar(layer)
    area = [scale * planar(each) for each in (layer, repaired)]
    change = (receipt["won_m2"] - receipt["lost_m2"]).sum()
    assert (area[1] - area[0]).sum() == pytest.approx(change, rel=1e-6, abs=0.01)
    moved = set(layer.loc[np.abs(area[1] - area[0]) > 0.1, "commune_code"])
    assert moved <= set(receipt["code"])
    again, nothing = boundaries.repair(repaired, tolerance_m=400.0)
    assert nothing.empty
    assert shapely.equals_exact(again.geometry.to_numpy(), repaired.geometry.to_numpy()).all()
    assert code is not None


def test_what_is_far_from_a_fault_keeps_its_coordinates(country: gpd.GeoDataFrame) -> None:
    layer, _ = planted.overlap(np.random.default_rng(1), country)
    repaired, receipt = boundaries.repair(layer.to_crs("EPSG:4326"), tolerance_m=400.0)
    before = layer.to_crs("EPSG:4326").geometry.to_numpy()
    same = shapely.equals_exact(before, repaired.geometry.to_numpy())
    assert 0 < (~same).sum() <= len(receipt) + 1


strips = st.lists(st.floats(-30.0, 30.0), min_size=3, max_size=3)


@given(strips)
def test_strips_that_overlap_or_part_meet_again(off: list[float]) -> None:
    edges = np.array([0.0, 1000.0, 2000.0, 3000.0])
    boxes = [
        shapely.box(west + move, 0.0, east, 1000.0)
        for west, east, move in zip(edges[:-1], edges[1:], [0.0, *off[1:]], strict=True)
    ]
    layer = gpd.GeoDataFrame({"commune_code": ["1", "2", "3"]}, geometry=boxes, crs="EPSG:32648")
    repaired, receipt = boundaries.repair(layer, tolerance_m=40.0)
    assert shapely.coverage_is_valid(repaired.geometry.to_numpy())
    assert receipt["moved_m"].max() <= 40.0 if len(receipt) else True
    union = shapely.union_all(layer.geometry.to_numpy())
    assert repaired.area.sum() == pytest.approx(union.area, rel=1e-6)


def test_a_mended_polygon_is_in_the_receipt(country: gpd.GeoDataFrame) -> None:
    layer, code = planted.invalid(np.random.default_rng(3), country)
    repaired, receipt = boundaries.repair(layer, tolerance_m=400.0)
    assert shapely.coverage_is_valid(repaired.geometry.to_numpy())
    assert receipt.loc[receipt["mended"], "code"].tolist() == [code]


def test_a_border_is_not_moved_beyond_the_tolerance() -> None:
    boxes = {"90001": (0, 0, 3.2, 4), "90002": (3, 0, 6, 4)}
    with pytest.raises(ValueError, match=r"9000\d by 2\d\d\.\d m.*tolerance_m of 2\d\d or more"):
        boundaries.repair(drawn.communes(boxes), tolerance_m=100.0)


def test_a_wide_hole_stays_a_narrow_one_is_closed() -> None:
    ring = drawn.box(0, 0, 9, 9)
    for size, left in ((0.001, 0), (1.0, 1)):
        hole = drawn.box(4, 4, 4 + size, 4 + size)
        layer = gpd.GeoDataFrame(
            {"commune_code": ["1", "2"]},
            geometry=[drawn.box(0, 0, 4, 9), (ring - drawn.box(0, 0, 4, 9)) - hole],
            crs=4326,
        )
        repaired, _ = boundaries.repair(layer, tolerance_m=20.0)
        assert shapely.get_num_interior_rings(repaired.union_all()) == left


@pytest.mark.parametrize("tolerance", [0.0, -1.0, float("nan")])
def test_a_tolerance_is_metres(country: gpd.GeoDataFrame, tolerance: float) -> None:
    with pytest.raises(ValueError, match="tolerance_m"):
        boundaries.repair(country, tolerance_m=tolerance)


def test_what_cannot_be_judged_is_said(country: gpd.GeoDataFrame) -> None:
    with pytest.raises(ValueError, match="coordinate system"):
        boundaries.audit(
            gpd.GeoDataFrame(country.drop(columns="geometry"), geometry=country.geometry.to_numpy())
        )
    twice = pd.concat([country, country.iloc[:1]])
    with pytest.raises(ValueError, match="two rows"):
        boundaries.audit(gpd.GeoDataFrame(twice, crs=country.crs))
    bare, code = planted.put(country, 2, None)
    found = boundaries.audit(bare)
    assert (found.iloc[0]["fault"], found.iloc[0]["code"]) == ("missing", code)
    with pytest.raises(ValueError, match=str(code)):
        boundaries.repair(bare, tolerance_m=1.0)


def test_an_island_is_noted_and_a_commune_amid_another_province_is_wrong() -> None:
    boxes = {"90001": (0, 0, 2, 2), "90002": (60, 0, 61, 1), "91001": (2, 0, 4, 2)}
    found = boundaries.audit(drawn.communes(boxes))
    assert found[["code", "fault", "severity"]].to_numpy().tolist() == [
        ["90002", "far_unit", "note"]
    ]
    boxes["91002"] = (61, 0, 62, 1)
    found = boundaries.audit(drawn.communes(boxes)).set_index("code")
    assert found["severity"].to_dict() == {"90002": "error", "91002": "error"}


def test_findings_are_a_layer_of_a_geopackage(country: gpd.GeoDataFrame, tmp_path: Path) -> None:
    layer, code = planted.gap(np.random.default_rng(2), country)
    found = boundaries.audit(layer)
    found.to_file(tmp_path / "findings.gpkg", layer="boundaries")
    read = gpd.read_file(tmp_path / "findings.gpkg", layer="boundaries")
    assert read["fault"].tolist() == found["fault"].tolist()
    assert read.geometry.intersects(layer.union_all().envelope).all()
    assert code in set(read["code"]) | set(read["other_code"])


def test_every_fault_has_a_name_in_both_languages() -> None:
    assert all(set(names) == {"vi", "en"} for names in boundaries.FAULTS.values())


def test_severity_goes_by_the_ground_at_stake() -> None:
    """Strips of 1 m: 300 m long could hold a house, 30 m not, 0.3 m nothing."""
    for length, severity in ((300.0, "error"), (30.0, "warning"), (0.3, "note")):
        boxes = [shapely.box(0, 0, 1000, 1000), shapely.box(1000, 0, 2000, 1000)]
        strip = shapely.box(1000, 400, 1001, 400 + length)
        for fault, east in (("sliver", boxes[1] - strip), ("overlap", boxes[1])):
            west = boxes[0] | strip if fault == "overlap" else boxes[0]
            layer = gpd.GeoDataFrame(
                {"commune_code": ["90001", "90002"]}, geometry=[west, east], crs=9210
            ).translate(500_000, 2_300_000)
            table = gpd.GeoDataFrame({"commune_code": ["90001", "90002"]}, geometry=layer)
            found = boundaries.audit(table).set_index("fault")
            assert found.loc[fault, "severity"] == severity


def test_layers_that_are_none_or_not_of_polygons() -> None:
    none = gpd.GeoDataFrame({"commune_code": pd.Series([], dtype="str")}, geometry=[], crs=4326)
    assert boundaries.audit(none).empty
    assert boundaries.repair(none, tolerance_m=1.0)[1].empty
    bare = gpd.GeoDataFrame({"commune_code": ["90001"]}, geometry=[None], crs=4326)
    assert boundaries.audit(bare)["fault"].tolist() == ["missing"]
    road = gpd.GeoDataFrame({"commune_code": ["90001"]}, geometry=[drawn.line((0, 0), (1, 1))])
    with pytest.raises(ValueError, match="90001: found a LineString; wanted polygons"):
        boundaries.audit(road.set_crs(4326))
    twins = drawn.communes({"90001": (0, 0, 1, 1), "90002": (0, 0, 1, 1)})
    with pytest.raises(ValueError, match=r"9000[12]: all the land lies in other communes"):
        boundaries.repair(twins, tolerance_m=1.0)
    with pytest.raises(ValueError, match="row 2: found an area_km2 of '1,5'"):
        boundaries.audit(twins.assign(area_km2=["1.2", "1,5"]))
