from dataclasses import replace

import geopandas as gpd
import pytest
import shapely
from tiny_result import tiny
from unpacked import settings

from deadzones.reports import maps, province_page

LAND = shapely.box(0, 0, 2, 2)


def test_what_is_cut_lies_on_the_land():
    """A point in and out, lines within, across, along the edge and beyond, an area that sticks out."""
    shapes = {
        "in": shapely.Point(1, 1),
        "out": shapely.Point(3, 3),
        "within": shapely.LineString([(0.5, 1), (1.5, 1)]),
        "across": shapely.LineString([(1, 1), (5, 1)]),
        "edge": shapely.LineString([(2, 0), (2, 2)]),
        "touching": shapely.LineString([(2, 1), (5, 1)]),
        "area": shapely.box(1, 1, 4, 4),
        "beside": shapely.box(2, 0, 4, 2),
    }
    table = gpd.GeoDataFrame(geometry=gpd.GeoSeries(shapes))
    found = province_page.cut(table, LAND).geometry
    assert list(found.index) == ["in", "within", "across", "edge", "area"]
    assert shapely.covers(LAND, found.to_numpy()).all()
    assert found["across"].length == pytest.approx(1)
    assert found["area"].area == pytest.approx(1)


def test_nothing_is_cut_of_no_rows():
    assert province_page.cut(gpd.GeoDataFrame(geometry=[]), LAND).empty


def test_a_province_counts_no_asset_of_its_neighbours():
    """Every commune has a site; a far piece makes the box of the second province that of the country."""
    result = tiny()
    far = result.communes["province_code"].where(result.communes.index != "00001", "02")
    communes = result.communes.assign(province_code=far)
    sites = gpd.GeoDataFrame(
        {"layer": "s", "service": "mobile", "kind": "site", "operator": "", "name": communes.index},
        geometry=communes.representative_point().to_numpy(),
        crs=4326,
    )
    result = replace(result, communes=communes, assets=sites)
    for code in ("01", "02"):
        shown = maps._choose(result, code).assets
        assert set(shown["name"]) == set(communes.index[far == code])


def test_lines_to_build_are_those_of_the_upgrades_of_the_province():
    result = tiny()
    rows = maps._choose(result, "01")
    planned = rows.planned[rows.planned["kind"] == "planned"]
    assert set(planned["name"]) <= set(rows.upgrades.index)
    lines = result.network[result.network["upgrade_id"].isin(rows.upgrades.index)]
    assert len(planned) == len(lines) > 0


def test_a_rank_is_told_of_all_communes_that_have_one():
    result = tiny()
    told = settings(maps.draw(result, province="02"))
    assert told["ranked"] == result.communes["rank"].notna().sum()
    assert told["title"] == ("Nam Mây", "Nam Mây")
