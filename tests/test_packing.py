from dataclasses import replace

import numpy as np
import pandas as pd
import shapely
import shapely.affinity
from hypothesis import given
from hypothesis import strategies as st
from tiny_result import tiny
from unpacked import layer, settings, unpack

from deadzones.reports import commune_layer, maps, offline, packing


@given(
    st.lists(
        st.lists(st.tuples(st.integers(-9_000_000, 9_000_000), st.integers(-900, 900)), min_size=2),
        max_size=5,
    )
)
def test_what_is_packed_comes_back(lines):
    given_lines = [np.array(line) / 1e4 for line in lines]
    shapes = np.array([shapely.LineString(line) for line in given_lines], dtype=object)
    columns, found = unpack(packing.pack({"row": list(range(len(lines)))}, shapes, 1e-4))
    assert columns == {"row": list(range(len(lines)))}
    for line, (part,) in zip(given_lines, found, strict=True):
        moved = np.append([True], np.any(np.diff(line, axis=0) != 0, axis=1))
        np.testing.assert_allclose(part, line[moved], atol=1e-9)


def test_polygons_are_packed_as_rings_and_nothing_as_no_part():
    ring = shapely.Polygon([(0, 0), (3, 0), (3, 3), (0, 3)], [[(1, 1), (1, 2), (2, 2), (2, 1)]])
    shapes = np.array([None, shapely.MultiPolygon([ring, shapely.box(5, 5, 6, 6)])], dtype=object)
    _, found = unpack(packing.pack({}, shapes, 1e-4))
    assert [len(parts) for parts in found] == [0, 3]


def test_unknown_values_are_null():
    column = pd.Series([1.26, np.nan, np.inf, None])
    assert packing.values(column, 1) == [1.3, None, None, None]
    assert packing.values(pd.Series([7, None], dtype="Int64"), 0) == [7, None]
    assert packing.values(pd.Series(["a", None])) == ["a", None]


@given(st.floats(0, 100))
def test_only_all_is_written_as_all_and_only_none_as_none(value):
    (written,) = packing.shares(pd.Series([value]))
    assert written is not None
    assert (written == 100) == (value == 100)
    assert (written == 0) == (value == 0)
    assert abs(written - value) <= 0.01


# --- communes ---------------------------------------------------------------------------------


def wavy_pair():
    """Two neighbours with one wavy border of many vertices."""
    y = np.linspace(0, 1, 400)
    border = np.column_stack([0.5 + 0.01 * np.sin(40 * y), y])
    west = shapely.Polygon([(0, 0), *border, (0, 1)])
    east = shapely.Polygon([(1, 0), (1, 1), *border[::-1]])
    return np.array([west, east], dtype=object)


def test_neighbours_keep_one_border_after_simplifying_and_rounding():
    shapes = commune_layer.simplify(wavy_pair(), 0.002)
    _, (west, east) = unpack(packing.pack({}, shapes, 1e-3))
    both = {tuple(p) for p in np.round(west[0], 4)} & {tuple(p) for p in np.round(east[0], 4)}
    inner = {tuple(p) for p in np.round(west[0], 4) if 0.4 < p[0] < 0.6}
    assert both == inner
    assert 10 < len(inner) < 400


def test_detail_is_full_for_a_province_and_stated_for_a_nation(monkeypatch):
    shapes = wavy_pair()
    assert commune_layer.detail(shapes).tolerance_deg == 0
    monkeypatch.setattr(commune_layer, "FULL_DETAIL_VERTICES", 100)
    stated = settings(maps.draw(tiny()))["detail"]
    assert stated == {"tolerance_deg": 0.0, "precision_deg": 1e-5}
    monkeypatch.setattr(commune_layer, "FULL_DETAIL_VERTICES", 10)
    stated = settings(maps.draw(tiny()))["detail"]
    assert stated["tolerance_deg"] == commune_layer.NATION_TOLERANCE_DEG


def test_unknown_is_never_zero():
    columns, _ = unpack(layer(maps.draw(tiny()), "communes").text)
    assert columns["mobile_people_pct"][5:7] == [0.0, None]
    assert columns["score"][6] is None
    assert columns["rank"][6] is None
    assert columns["people"][6:] == [None, 15_000, 0]


def test_a_commune_without_a_border_is_still_listed():
    result = tiny()
    communes = result.communes.copy()
    communes.loc["00009", "geometry"] = None
    drawn = maps.draw(replace(result, communes=communes))
    columns, shapes = unpack(layer(drawn, "communes").text)
    assert columns["code"][8] == "00009"
    assert shapes[8] == []
    assert columns["lon"][8] is None
    offline.page(drawn)


def test_communes_that_overlap_or_gape_are_drawn_too():
    result = tiny()
    shapes = result.communes.geometry.to_numpy().copy()
    shapes[0] = shapely.affinity.scale(shapes[0], 1.3, 1.1)
    shapes[1] = shapely.affinity.rotate(shapes[1], 3)
    shapes[4] = shapely.Polygon([(105.2, 20.2), (105.4, 20.4), (105.4, 20.2), (105.2, 20.4)])
    drawn = maps.draw(replace(result, communes=result.communes.set_geometry(shapes, crs=4326)))
    _, outlines = unpack(layer(drawn, "provinces").text)
    assert all(outlines)


def test_provinces_run_on_the_borders_of_their_communes():
    drawn = maps.draw(tiny())
    _, communes = unpack(layer(drawn, "communes").text)
    columns, provinces = unpack(layer(drawn, "provinces").text)
    corners = {tuple(point) for parts in communes for part in parts for point in part.round(5)}
    assert columns["name"] == ["Bắc Mây", "Nam Mây"]
    assert {tuple(p) for parts in provinces for part in parts for p in part.round(5)} <= corners
