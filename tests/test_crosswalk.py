"""From the units of one date to those of another."""

from __future__ import annotations

import itertools
from pathlib import Path

import drawn
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from deadzones import BadInput
from deadzones.geodata import admin, crs
from deadzones.geodata._integrals import over
from deadzones.geodata.crosswalk import Weight
from deadzones.geodata.grid import EQUAL_AREA, Grid
from deadzones.geodata.rasters import Field

ROWS, COLUMNS = 4, 8
GRID = Grid("EPSG:4326", drawn.transform(ROWS), (ROWS, COLUMNS))
PEOPLE = np.random.default_rng(7).random(GRID.shape) * 1000.0
FEW = settings(max_examples=max(settings().max_examples // 4, 6))
WHOLE = {"90001": (0.0, 0.0, 8.0, 4.0)}


def masses(walk: pd.DataFrame, one: str, other: str) -> pd.Series:
    """The mass of every pair, without what lies in no new unit."""
    mass = "people" if "people" in walk else "area_m2"
    return walk.dropna(subset="new_code").set_index([one, other])[mass].sort_index()


@pytest.mark.parametrize("zone", [None, crs.Zone(105.75), crs.Zone(105.0, 6)])
def test_a_layer_on_vn2000_lies_where_the_same_on_wgs84_does(zone: crs.Zone | None) -> None:
    """A ward of 1 km and a house 0.3 m within it, in the south, where PROJ would choose another way."""
    west, south, side = 106.70, 10.77, 0.01
    house = shapely.Point(west + 3e-6, south + 3e-6)
    shapes = np.array([shapely.box(west, south, west + side, south + side), house], dtype=object)
    moved = shapely.transform(
        shapes, lambda xy: np.column_stack(crs.from_wgs84(xy[:, 0], xy[:, 1], zone))
    )
    told = "EPSG:4756" if zone is None else zone.crs
    here = gpd.GeoDataFrame({"commune_code": ["26740"]}, geometry=shapes[:1], crs="EPSG:4326")
    there = here.set_geometry(gpd.GeoSeries(moved[:1], crs=told))
    point = gpd.GeoDataFrame(geometry=moved[1:], crs=told)
    assert admin.crosswalk(there, here, weight="area")["share"].max() > 1.0 - 1e-6
    assert admin.crosswalk(here, there, weight="area")["share"].max() > 1.0 - 1e-6
    assert admin.crosswalk(here, here, weight=point)["people"].sum() == 1.0


def tiling(cuts_x: list[float], cuts_y: list[float], code: str) -> gpd.GeoDataFrame:
    """The drawn country cut into boxes; every second row is sheared, so that no border is a cell's."""
    xs, ys = (sorted({0.0, *cuts, end}) for cuts, end in ((cuts_x, 8.0), (cuts_y, 4.0)))
    boxes: list[shapely.Polygon] = []
    for south, north in itertools.pairwise(ys):
        for west, east in itertools.pairwise(xs):
            lean = [0.0 if x in (0.0, 8.0) else 0.3 for x in (west, east)]
            corners = [
                (west, south),
                (east, south),
                (east + lean[1], north),
                (west + lean[0], north),
            ]
            boxes.append(shapely.Polygon([drawn.lonlat(x, y) for x, y in corners]))
    codes = [f"{code}{number:04d}" for number in range(len(boxes))]
    return gpd.GeoDataFrame({"commune_code": codes}, geometry=boxes, crs="EPSG:4326")


cuts = st.lists(st.floats(0.5, 7.4).map(lambda x: round(x, 2)), max_size=3)
rows = st.lists(st.floats(0.5, 3.5).map(lambda y: round(y, 2)), max_size=2)
tilings = st.tuples(cuts, rows)
villages = drawn.points(
    [(0.5, 0.5), (2.0, 2.0), (7.9, 3.9), (4.0, 1.0)], people=[10.0, 200.0, 3000.0, 5.0]
)
weights: st.SearchStrategy[Weight] = st.sampled_from(["area", (GRID, PEOPLE), villages])


# --- pictures -----------------------------------------------------------------------------------


def test_a_split_commune_is_shared_out_and_never_given_whole_to_one() -> None:
    new = drawn.communes({"90011": (0, 0, 6, 4), "90012": (6, 0, 8, 4)})
    walk = admin.crosswalk(drawn.communes(WHOLE), new, weight="area")
    assert walk["new_code"].tolist() == ["90011", "90012"]
    assert walk["share"].tolist() == pytest.approx([0.75, 0.25], rel=1e-12)


def test_people_weigh_what_land_does_not() -> None:
    """Nine in ten live in the east quarter."""
    people = np.ones(GRID.shape)
    people[:, 6:] = 27.0
    new = drawn.communes({"90011": (0, 0, 6, 4), "90012": (6, 0, 8, 4)})
    walk = admin.crosswalk(drawn.communes(WHOLE), new, weight=Field(people, GRID))
    assert walk["share"].tolist() == pytest.approx([0.1, 0.9], rel=1e-9)
    assert walk["people"].tolist() == pytest.approx([24.0, 216.0], rel=1e-9)


def test_a_file_a_field_and_its_values_weigh_alike(tmp_path: Path) -> None:
    file = drawn.write_raster(tmp_path / "people.tif", PEOPLE)
    single = PEOPLE.astype(np.float32)
    old, new = tiling([3.3], [], "91"), tiling([5.1], [1.2], "92")
    told = [
        admin.crosswalk(old, new, weight=weight)
        for weight in (file, str(file), Field(single, GRID), (GRID, single))
    ]
    for walk in told[1:]:
        pd.testing.assert_frame_equal(walk, told[0])


def test_what_lies_in_no_new_unit_has_a_row_without_a_code() -> None:
    new = drawn.communes({"90011": (0, 0, 6, 4)})
    walk = admin.crosswalk(drawn.communes(WHOLE), new, weight="area")
    assert walk["new_code"].isna().tolist() == [False, True]
    assert walk["share"].tolist() == pytest.approx([0.75, 0.25], rel=1e-12)


def test_a_commune_beside_all_new_ones_is_outside_whole() -> None:
    new = drawn.communes({"90011": (20, 0, 21, 4)})
    walk = admin.crosswalk(drawn.communes(WHOLE), new, weight=(GRID, PEOPLE))
    assert walk["share"].tolist() == [1.0]
    assert walk["new_code"].isna().all()
    assert walk["people"].sum() == pytest.approx(PEOPLE.sum(), rel=1e-12)


def test_where_nobody_is_counted_the_land_is_shared_and_it_says_so() -> None:
    old = drawn.communes({"90001": (0, 0, 4, 4), "90002": (4, 0, 8, 4)})
    new = drawn.communes({"90011": (0, 0, 3, 4), "90012": (3, 0, 8, 4)})
    people = np.full(GRID.shape, 5.0)
    people[:, :4] = 0.0
    walk = admin.crosswalk(old, new, weight=(GRID, people)).set_index(["old_code", "new_code"])
    assert walk.loc["90001", "share"].tolist() == pytest.approx([0.75, 0.25], rel=1e-9)
    assert walk["share_by"].tolist() == ["area", "area", "people"]
    assert walk.loc["90001", "people"].tolist() == [0.0, 0.0]


def test_where_the_raster_knows_nothing_the_people_are_null_not_zero() -> None:
    people = np.where(np.arange(COLUMNS) < 4, np.nan, PEOPLE)
    old = drawn.communes({"90001": (0, 0, 4, 4), "90002": (4, 0, 8, 4), "90003": (30, 0, 31, 1)})
    walk = admin.crosswalk(old, old, weight=(GRID, people)).set_index("old_code")
    assert walk["people"].isna().to_dict() == {"90001": True, "90002": False, "90003": True}
    assert walk["share"].tolist() == [1.0, 1.0, 1.0]


def test_land_that_two_new_units_claim_counts_half_in_each() -> None:
    new = drawn.communes({"90011": (0, 0, 5, 4), "90012": (3, 0, 8, 4)})
    walk = admin.crosswalk(drawn.communes(WHOLE), new, weight="area")
    assert walk["share"].tolist() == pytest.approx([0.5, 0.5], rel=1e-9)


def test_a_village_on_a_border_counts_half_on_each_side() -> None:
    new = drawn.communes({"90011": (0, 0, 2, 4), "90012": (2, 0, 8, 4)})
    walk = admin.crosswalk(drawn.communes(WHOLE), new, weight=villages)
    assert walk["people"].tolist() == pytest.approx([110.0, 3105.0])
    assert walk["share_by"].tolist() == ["people", "people"]


def test_a_village_whose_people_are_not_known_is_not_empty() -> None:
    old = drawn.communes({"90001": (0, 0, 4, 4), "90002": (4, 0, 8, 4)})
    walk = admin.crosswalk(old, old, weight=drawn.points([(1, 1)], people=[np.nan]))
    assert walk["people"].isna().tolist() == [True, False]
    assert walk["share_by"].tolist() == ["area", "area"]


def test_no_units_at_all_are_no_rows() -> None:
    old, none = drawn.communes(WHOLE), drawn.communes(WHOLE).iloc[:0]
    assert admin.crosswalk(none, old, weight="area").empty
    assert admin.crosswalk(old, none, weight=(GRID, PEOPLE))["new_code"].isna().tolist() == [True]


# --- laws ---------------------------------------------------------------------------------------


@pytest.mark.slow
@settings(max_examples=settings().max_examples // 2)
@given(tilings, tilings, weights, st.floats(-1.0, 1.0))
def test_laws_of_any_two_tilings(
    one: tuple[list[float], list[float]],
    other: tuple[list[float], list[float]],
    weight: Weight,
    shift: float,
) -> None:
    """Split, merged and shifted: shares add up, masses are kept, and both ways are transposes."""
    a, b = tiling(*one, "91"), tiling(*other, "92")
    b["geometry"] = b.geometry.translate(shift * drawn.CELL, 0.0)
    there, back = admin.crosswalk(a, b, weight=weight), admin.crosswalk(b, a, weight=weight)
    assert (there["share"] >= 0.0).all()
    assert there.groupby("old_code")["share"].sum().to_numpy() == pytest.approx(1.0, abs=1e-12)
    mass = "area_m2" if isinstance(weight, str) else "people"
    total = a.to_crs(EQUAL_AREA).area.sum()
    if not isinstance(weight, str):
        total = villages["people"].sum() if weight is villages else PEOPLE.sum()
    assert there[mass].sum() == pytest.approx(total, rel=1e-9)
    forth = masses(there, "old_code", "new_code").fillna(0.0)
    pair = masses(back, "new_code", "old_code").fillna(0.0).reindex(forth.index, fill_value=0.0)
    assert forth.to_numpy() == pytest.approx(pair.to_numpy(), rel=1e-9, abs=1e-9 * total)
    assert forth.sum() == pytest.approx(masses(back, "new_code", "old_code").sum(), rel=1e-9)


@FEW
@given(tilings, weights)
def test_a_layer_to_itself_is_the_identity(
    one: tuple[list[float], list[float]], weight: Weight
) -> None:
    units = tiling(*one, "91")
    walk = admin.crosswalk(units, units, weight=weight)
    assert walk["old_code"].tolist() == walk["new_code"].tolist() == units["commune_code"].tolist()
    assert walk["share"].to_numpy() == pytest.approx(1.0, abs=1e-12)


@pytest.mark.slow
@FEW
@given(tilings, tilings, st.sampled_from(["area", (GRID, PEOPLE)]))
def test_the_way_over_a_refinement_is_the_straight_way(
    one: tuple[list[float], list[float]], other: tuple[list[float], list[float]], weight: Weight
) -> None:
    """The middle layer is finer than the first: from its units on nothing is lost."""
    first, last = tiling(*one, "91"), tiling(*other, "93")
    finer = gpd.overlay(first, last.rename(columns={"commune_code": "last"}), keep_geom_type=True)
    finer["commune_code"] = [f"92{number:04d}" for number in range(len(finer))]
    finer = finer[["commune_code", "geometry"]]
    down = admin.crosswalk(first, finer, weight=weight)
    on = admin.crosswalk(finer, last, weight=weight)
    steps = down.merge(on, left_on="new_code", right_on="old_code", suffixes=("", "_on"))
    steps["share"] *= steps["share_on"]
    composed = steps.groupby(["old_code", "new_code_on"])["share"].sum()
    straight = admin.crosswalk(first, last, weight=weight).set_index(["old_code", "new_code"])
    gap = composed.sub(straight["share"], fill_value=0.0).abs()
    assert gap.max() < 1e-7


@given(st.lists(st.tuples(st.floats(-2, 9), st.floats(-2, 5), st.floats(0.05, 4)), max_size=5))
def test_integrals_are_those_of_planar_intersections(
    discs: list[tuple[float, float, float]],
) -> None:
    """Discs with a hole, in and about the grid, by shapely cell by cell."""
    shapes = np.array(
        [
            shapely.Point(drawn.lonlat(x, y)).buffer(size * drawn.CELL)
            - shapely.Point(drawn.lonlat(x, y)).buffer(0.4 * size * drawn.CELL)
            for x, y, size in discs
        ],
        dtype=object,
    )
    cells = np.array(
        [drawn.box(x, ROWS - 1 - y, x + 1, ROWS - y) for y in range(ROWS) for x in range(COLUMNS)]
    )
    shares = shapely.area(shapely.intersection(shapes[:, None], cells)) / shapely.area(cells)
    assert over(shapes, PEOPLE, GRID) == pytest.approx(shares @ PEOPLE.ravel(), abs=1e-7)


# --- re-expression ------------------------------------------------------------------------------


def express(figures: pd.DataFrame, **options: object) -> pd.DataFrame:
    """1 goes on unchanged, 2 and 3 are merged, 4 is split between 8 and what is outside."""
    rows = pd.DataFrame(
        [
            ("1", "6", 1.0, 10.0),
            ("2", "7", 1.0, 20.0),
            ("3", "7", 1.0, 60.0),
            ("4", "8", 0.75, 30.0),
            ("4", None, 0.25, 10.0),
        ],
        columns=["old_code", "new_code", "share", "people"],
    )
    return admin.express(figures, rows, **options)  # pyright: ignore[reportArgumentType]


FIGURES = pd.DataFrame(
    {"dead": [1.0, 2.0, 3.0, 4.0], "pct": [50.0, 100.0, 60.0, 20.0]}, index=["1", "2", "3", "4"]
)


def test_counts_are_split_and_rates_are_means_by_people() -> None:
    found = express(FIGURES, counts=["dead"], rates=["pct"])
    assert found["dead"].tolist() == [1.0, 5.0, 3.0, 1.0]
    assert found["pct"].tolist() == [50.0, 70.0, 20.0, 20.0]
    assert found["dead"].sum() == FIGURES["dead"].sum()


def test_what_is_certain_is_told_from_what_is_estimated() -> None:
    found = express(FIGURES, counts=["dead"])
    assert found["origin"].tolist() == ["unchanged", "merged", "estimated", "outside"]
    assert found["certain_pct"].tolist() == [100.0, 100.0, 0.0, 0.0]


def test_what_is_not_known_is_not_zero() -> None:
    """Of 7, a quarter of the people is known; of 6, nobody."""
    holes = FIGURES.assign(dead=[np.nan, 2.0, np.nan, 4.0], pct=[np.nan, 100.0, np.nan, 20.0])
    found = express(holes, counts=["dead"], rates=["pct"])
    assert found["dead"].isna().tolist() == [True, False, False, False]
    assert found["dead_known_pct"].tolist() == [0.0, 25.0, 100.0, 100.0]
    assert found["pct"].iloc[1] == 100.0
    assert np.isnan(found["pct"].iloc[0])


def test_a_rate_may_name_what_it_is_a_rate_of() -> None:
    known = FIGURES.assign(seen=[5.0, 30.0, 10.0, 8.0])
    assert express(known, rates={"pct": "seen"})["pct"].iloc[1] == pytest.approx(90.0)


def test_codes_of_another_date_are_refused() -> None:
    with pytest.raises(ValueError, match=r"1 codes of the table .* 26740: .* another date"):
        express(FIGURES.rename(index={"4": "26740"}), counts=["dead"])
    with pytest.raises(ValueError, match="no column score"):
        express(FIGURES, rates=["score"])
    with pytest.raises(ValueError, match="the code 4, column dead: found '1,5'; wanted a number"):
        express(FIGURES.assign(dead=["1", "2", None, "1,5"]), counts=["dead"])
    with pytest.raises(ValueError, match="1 stands in the table twice"):
        express(FIGURES.rename(index={"4": "1"}), counts=["dead"])
    with pytest.raises(ValueError, match="wanted a crosswalk"):
        admin.express(FIGURES, FIGURES, counts=["dead"])


@FEW
@given(tilings, tilings, weights)
def test_counts_are_conserved(
    one: tuple[list[float], list[float]], other: tuple[list[float], list[float]], weight: Weight
) -> None:
    old, new = tiling(*one, "91"), tiling(*other, "92")
    new = new.iloc[1:] if len(new) > 1 else new
    counted = old.assign(people=np.arange(1.0, len(old) + 1.0)).drop(columns="geometry")
    found = admin.express(counted, admin.crosswalk(old, new, weight=weight), counts=["people"])
    assert found["people"].sum() == pytest.approx(counted["people"].sum(), rel=1e-12)


def test_unchanged_units_are_found() -> None:
    old = tiling([3.0], [2.0], "91")
    new = old.dissolve(["92001", "92001", "92003", "92004"]).drop(columns="commune_code")
    same = admin.unchanged(admin.crosswalk(old, new, weight="area"))
    assert same.to_dict() == {"910002": "92003", "910003": "92004"}


# --- bad input ----------------------------------------------------------------------------------


def faults(old: gpd.GeoDataFrame, weight: Weight = "area") -> str:
    with pytest.raises(BadInput) as told:
        admin.crosswalk(old, drawn.communes(WHOLE), weight=weight)
    return str(told.value)


def test_bad_layers_are_refused_with_every_fault() -> None:
    row = drawn.communes({"00004": (0, 0, 1, 1), "00008": (1, 0, 2, 1)})
    assert "found 4; wanted codes as text" in faults(row.assign(commune_code=[4, 8]))
    assert "wanted each code once" in faults(row.assign(commune_code="00004"))
    bow = shapely.Polygon([drawn.lonlat(*at) for at in ((0, 0), (1, 1), (1, 0), (0, 1))])
    told = faults(row.set_geometry([bow, None], crs=row.crs))
    assert "Self-intersection" in told
    assert "no geometry" in told
    nowhere = gpd.GeoDataFrame(row.drop(columns="geometry"), geometry=row.geometry.to_list())
    assert "no coordinate system" in faults(nowhere)


def test_bad_people_are_refused() -> None:
    old = drawn.communes(WHOLE)
    assert "found -1; wanted people >= 0" in faults(old, (GRID, np.full(GRID.shape, -1.0)))
    assert "found inf; wanted people >= 0" in faults(old, (GRID, np.full(GRID.shape, np.inf)))
    assert "row 1, column people" in faults(old, drawn.points([(1, 1)], people=[-3.0]))
    told = faults(old, drawn.points([(1, 1)] * 3, people=["5", None, "mười"]))
    assert told.startswith("weight, row 3, column people: found 'mười'; wanted people >= 0")
    with pytest.raises(ValueError, match="wanted that of the grid"):
        admin.crosswalk(old, old, weight=(GRID, np.ones((1, 2))))
    with pytest.raises(BadInput, match="absent"):
        admin.crosswalk(old, old, weight="absent.tif")
