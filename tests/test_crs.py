"""VN-2000, and the usual mistakes with it."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import drawn
import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from affine import Affine

from deadzones import BadInput
from deadzones.geodata import crs, rasters, resampling, zonal
from deadzones.geodata import grid as grids
from deadzones.geodata.crs import Zone
from deadzones.geodata.grid import Grid
from deadzones.geodata.readers import READERS
from deadzones.geodata.source import Source

GEOD = pyproj.Geod(ellps="WGS84")
RNG = np.random.default_rng(5)
CITIES = {"Hà Nội": (105.85, 21.03), "Đà Nẵng": (108.2, 16.05), "TP.HCM": (106.7, 10.77)}


def metres(one: tuple[np.ndarray, np.ndarray], other: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    return GEOD.inv(one[0], one[1], other[0], other[1])[2]


def at(lon: float, lat: float) -> tuple[np.ndarray, np.ndarray]:
    return np.array([lon]), np.array([lat])


@pytest.mark.parametrize("city", CITIES)
def test_without_its_datum_a_point_lies_225_m_off_to_the_west_north_west(city: str) -> None:
    wrong = at(*CITIES[city])
    right = crs.to_wgs84(*wrong, None)
    back, _, length = GEOD.inv(right[0], right[1], wrong[0], wrong[1])
    assert 224.0 <= length[0] <= 226.0
    assert back[0] % 360.0 == pytest.approx(300.0, abs=1.0)


@pytest.mark.parametrize(
    "zone", [None, Zone(103), Zone(105.75), Zone(108.5), Zone(105, 6), Zone(111, 6), Zone(117, 6)]
)
def test_there_and_back_is_a_hundredth_of_a_millimetre(zone: Zone | None) -> None:
    """Over the land and the archipelagos; seven parameters in reverse alone miss by 1.5 mm."""
    there = RNG.uniform(102.0, 117.9, 4000), RNG.uniform(7.0, 23.4, 4000)
    assert metres(there, crs.to_wgs84(*crs.from_wgs84(*there, zone), zone)).max() < 1e-5


@pytest.mark.parametrize("zone", [Zone(105.75), Zone(107.75), Zone(105, 6), Zone(111, 6)])
def test_zones_are_those_of_the_registry_by_the_pinned_operation(zone: Zone) -> None:
    """PROJ, told to take EPSG:6960 and nothing else."""
    east, north = RNG.uniform(350e3, 650e3, 500), RNG.uniform(950e3, 2550e3, 500)
    plane = pyproj.Transformer.from_crs(zone.crs, zone.crs.geodetic_crs, always_xy=True)
    lon, lat = plane.transform(east, north)
    datum = pyproj.Transformer.from_pipeline("urn:ogc:def:coordinateOperation:EPSG::6960")
    lat, lon = datum.transform(lat, lon)
    assert metres(crs.to_wgs84(east, north, zone), (lon, lat)).max() < 1e-5


def test_the_other_operation_leads_elsewhere() -> None:
    other = pyproj.Transformer.from_pipeline("urn:ogc:def:coordinateOperation:EPSG::5194")
    gaps = [
        metres(crs.to_wgs84(*at(lon, lat), None), other.transform(*at(lat, lon))[::-1])[0]
        for lon, lat in CITIES.values()
    ]
    assert min(gaps) > 0.5
    assert max(gaps) < 1.0


def test_a_zone_without_a_code_is_a_system_all_the_same() -> None:
    """An old drawing's meridian; its neighbour in the registry a quarter of a degree away."""
    zone = Zone(104.25)
    assert zone.epsg is None
    assert str(zone) == "VN-2000, 104°15', 3°"
    assert zone.crs.geodetic_crs == pyproj.CRS(4756)
    lon, lat = at(104.4, 21.0)
    plane = pyproj.Transformer.from_crs(4756, zone.crs, always_xy=True)
    there, here = plane.transform(*crs.from_wgs84(lon, lat, None)), crs.from_wgs84(lon, lat, zone)
    assert np.abs(np.subtract(there, here)).max() < 1e-6


def test_impossible_zones_are_refused() -> None:
    with pytest.raises(ValueError, match="zones of 3 and of 6"):
        Zone(105, 5)
    with pytest.raises(ValueError, match=r"Write 105°45' as 105\.75"):
        Zone(10545)
    with pytest.raises(ValueError, match=r"Write 105°45' as 105\.75"):
        Zone(105.45)


# --- the table of meridians -----------------------------------------------------------------------


def plain(name: str) -> str:
    apart = unicodedata.normalize("NFD", name.replace("Đ", "D").replace("đ", "d"))
    return re.sub(r"[^a-z]", "", "".join(c for c in apart if not unicodedata.combining(c)).lower())


def test_every_old_province_has_its_meridian() -> None:
    table = crs.meridians()
    assert len(table) == 63
    assert table["province"].is_unique
    assert table["province_code"].nunique() == 34
    assert crs.zone_of("TP. Hồ Chí Minh") == Zone(105.75)
    assert crs.zone_of("lâm đồng").epsg == 5899
    assert crs.zone_of("Thành phố Huế") == crs.zone_of("Thừa Thiên - Huế") == Zone(107)
    assert crs.zone_of("Bà Rịa Vũng Tàu") == crs.zone_of("Bà Rịa – Vũng Tàu") == Zone(107.75)
    with pytest.raises(ValueError, match="did you mean Đắk Lắk"):
        crs.zone_of("tỉnh Đăk Lăk")
    with pytest.raises(ValueError, match="no province 'Sài Gòn' among the 63"):
        crs.zone_of("Sài Gòn")


def test_the_meridians_are_those_of_the_registry() -> None:
    """The parameters of every system, and the provinces that its area of use names."""
    for row in crs.meridians().itertuples():
        system = Zone(float(str(row.meridian_deg))).crs
        assert system.to_epsg() == row.epsg
        assert system.coordinate_operation is not None
        terms = {term.name: term.value for term in system.coordinate_operation.params}
        assert terms["Longitude of natural origin"] == row.meridian_deg
        assert terms["Scale factor at natural origin"] == 0.9999
        assert system.area_of_use is not None
        listed = plain(system.area_of_use.name)
        assert plain(str(row.province)) in listed or row.epsg in {5897, 5898}


# --- mistakes -------------------------------------------------------------------------------------

COMMUNES = drawn.communes(
    {
        f"12{row}{column:02d}": (column, row, column + 1, row + 1)
        for row in range(5)
        for column in range(10)
    }
)
COMMUNES["province_code"] = "01"
SPOTS = [(x + 0.5, y + dy) for x in range(10) for y in range(5) for dy in (0.03, 0.5, 0.97)]
VILLAGES = drawn.points(SPOTS, commune_code=[f"12{int(y)}{int(x):02d}" for x, y in SPOTS])
HOME = Zone(105)


def moved(
    layer: gpd.GeoDataFrame, zone: Zone | None, system: object, *, swapped: bool = False
) -> gpd.GeoDataFrame:
    """A layer in VN-2000, said to be in some system."""

    def move(xy: np.ndarray) -> np.ndarray:
        there = np.column_stack(crs.from_wgs84(xy[:, 0], xy[:, 1], zone))
        return there[:, ::-1] if swapped else there

    shapes = shapely.transform(layer.geometry.to_numpy(), move)
    return gpd.GeoDataFrame(layer.drop(columns="geometry"), geometry=shapes, crs=system)  # pyright: ignore[reportArgumentType]


def swapped_degrees(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    turned = shapely.transform(layer.geometry.to_numpy(), lambda xy: xy[:, ::-1])
    return layer.set_geometry(gpd.GeoSeries(turned, crs=layer.crs))


LAYERS = {
    "villages with codes": VILLAGES,
    "communes with codes": COMMUNES[["commune_code", "geometry"]],
    "communes without": COMMUNES[["geometry"]],
}
MISTAKES = {
    "none, in degrees": (lambda layer: layer, []),
    "none, in a zone": (lambda layer: moved(layer, HOME, HOME.crs), []),
    "swapped": (swapped_degrees, ["swapped_axes"]),
    "no datum, in degrees": (lambda layer: moved(layer, None, 4326), ["no_datum_shift"]),
    "no datum, in UTM": (lambda layer: moved(layer, Zone(105, 6), 32648), ["no_datum_shift"]),
    "X to the north": (lambda layer: moved(layer, HOME, HOME.crs, swapped=True), ["northing_as_x"]),
    "another meridian": (lambda layer: moved(layer, HOME, 9210), ["wrong_meridian"]),
    "degrees as metres": (
        lambda layer: layer.set_crs(32648, allow_override=True),
        ["degrees_as_metres"],
    ),
    "metres as degrees": (lambda layer: moved(layer, HOME, 4326), ["metres_as_degrees"]),
    "no system": (lambda layer: moved(layer, HOME, None), ["no_system"]),
    "three at once": (
        lambda layer: moved(layer, HOME, 32648, swapped=True),
        ["wrong_meridian", "northing_as_x", "no_datum_shift"],
    ),
}


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("mistake", MISTAKES)
def test_planted_mistakes_are_found_and_no_others(layer: str, mistake: str) -> None:
    plant, wanted = MISTAKES[mistake]
    found = crs.detect(plant(LAYERS[layer]), COMMUNES)
    assert found["fault"].tolist() == wanted
    assert (found["repaired_m"] < 1.0).all()


def test_the_repair_that_is_named_repairs() -> None:
    wrong = moved(VILLAGES, HOME, 9210)
    told = crs.detect(wrong, COMMUNES, lang="en").iloc[0]
    assert told["repair"].endswith("read it as VN-2000, 105°00', 3° (EPSG:5897).")
    mended = crs.in_wgs84(wrong, Zone(told["meridian_deg"], int(told["width_deg"])))
    assert mended.geometry.geom_equals_exact(VILLAGES.geometry, tolerance=1e-9).all()
    assert crs.detect(mended, COMMUNES).empty


def test_villages_without_codes_are_known_to_be_wrong_only_abroad() -> None:
    """225 m inland changes nothing that borders could tell; the sea does."""
    bare = VILLAGES[["geometry"]]
    inland = bare[[0.2 < y < 4.8 and 0.4 < x < 9.4 for x, y in SPOTS]]
    assert crs.detect(moved(inland, None, 4326), COMMUNES).empty
    assert crs.detect(moved(bare, HOME, 9210), COMMUNES)["fault"].tolist() == ["wrong_meridian"]


def test_a_layer_of_other_borders_is_no_mistake() -> None:
    """Declared areas follow no commune."""
    discs = gpd.GeoDataFrame(
        geometry=[shapely.Point(drawn.lonlat(x, 2.5)).buffer(0.014) for x in (2.2, 5.1, 7.7)],
        crs=4326,
    )
    assert crs.detect(discs, COMMUNES).empty


def test_a_layer_of_another_country_is_not_pulled_into_this_one() -> None:
    abroad = drawn.points([(-900, -400), (-905, -402), (-901, -399)])
    assert crs.detect(abroad, COMMUNES).empty
    nowhere = gpd.GeoDataFrame(geometry=[shapely.Point(9e6, 9e6)])
    told = crs.detect(nowhere, COMMUNES, lang="en")
    assert told["fault"].tolist() == ["no_system"]
    assert "ask its owner" in told["repair"].iloc[0]


def test_nothing_to_lay_over_is_refused() -> None:
    with pytest.raises(BadInput, match="shapes: found no coordinates"):
        crs.detect(VILLAGES.iloc[:0], COMMUNES)
    with pytest.raises(BadInput, match="communes: found no coordinates"):
        crs.detect(VILLAGES, COMMUNES.iloc[:0])


def test_one_village_in_its_place_is_not_suspected() -> None:
    assert isinstance(crs.detect(VILLAGES.iloc[:1], COMMUNES), pd.DataFrame)
    assert crs.detect(VILLAGES.iloc[:1], COMMUNES).empty


def test_repairs_are_said_in_vietnamese_first() -> None:
    told = crs.detect(moved(VILLAGES, HOME, 9210), COMMUNES)["repair"].item()
    assert told.startswith("Sai kinh tuyến trục")
    assert "kinh tuyến trục 105°00', múi 3° (EPSG:5897)" in told
    with pytest.raises(ValueError, match="lang"):
        crs.detect(VILLAGES, COMMUNES, lang="fr")


def test_a_datum_shift_of_zeros_is_none() -> None:
    """TOWGS84[0,0,0], as files on the web have it."""
    wkt = Zone(105).crs.to_wkt("WKT1_GDAL")
    naught = pyproj.CRS(
        re.sub(r'(SPHEROID\[".*?\]\])', r"\1,TOWGS84[0,0,0,0,0,0,0]", wkt, flags=re.DOTALL)
    )
    assert naught.is_bound
    assert crs.detect(moved(VILLAGES, HOME, naught), COMMUNES)["fault"].tolist() == [
        "no_datum_shift"
    ]


@pytest.mark.parametrize("system", [4756, 3405, 9210])
def test_readers_take_the_pinned_operation_in_the_south_too(system: int) -> None:
    """There PROJ, left alone, takes the one that was never adopted."""
    lon, lat = at(*CITIES["TP.HCM"])
    zone = {4756: None, 3405: Zone(105, 6), 9210: Zone(105.75)}[system]
    x, y = crs.from_wgs84(lon, lat, zone)
    house = gpd.GeoDataFrame({"name": ["A"]}, geometry=shapely.points(x, y), crs=system)
    read = READERS["places"](Source(house, "house"))
    assert isinstance(read, gpd.GeoDataFrame)
    there = read.geometry.x.to_numpy(), read.geometry.y.to_numpy()
    assert metres(there, (lon, lat)).max() < 1e-4


@pytest.mark.parametrize("system", [4756, 3405, 9210])
def test_rasters_take_the_pinned_operation_in_the_south_too(system: int, tmp_path: Path) -> None:
    """Cells of 1 m: PROJ's and GDAL's own choice would lead to the next one."""
    lon, lat = at(*CITIES["TP.HCM"])
    zone = {4756: None, 3405: Zone(105, 6), 9210: Zone(105.75)}[system]
    x, y = crs.from_wgs84(lon, lat, zone)
    size = 1e-5 if zone is None else 1.0
    corner = Affine(size, 0, x[0] - 3.5 * size, 0, -size, y[0] + 3.5 * size)
    picture = np.zeros((7, 7))
    picture[3, 3] = 9.0
    path = drawn.write_raster(tmp_path / "a.tif", picture, crs=system, transform=corner)
    raster = rasters.open_raster(Source(path, "a.tif"))
    assert raster.grid.crs == f"EPSG:{system}"  # what is written from it keeps its code
    assert metres(grids.lonlat(raster.grid, np.array([24])), (lon, lat)).max() < 1e-4
    assert rasters.sample(raster, lon, lat) == pytest.approx(9.0, abs=0.01)
    here = Grid("EPSG:4326", Affine(1e-5, 0, lon[0] - 5e-6, 0, -1e-5, lat[0] + 5e-6), (1, 1))
    assert resampling.mean(raster, here)[0, 0] > 6.0  # of a cell a fifth larger
    commune = gpd.GeoDataFrame(index=["a"], geometry=[shapely.box(*here.bounds)], crs="EPSG:4326")
    shape, place = raster.grid.shape, raster.grid.transform
    plan = zonal.fractions(commune, transform=place, shape=shape, crs=raster.grid.crs)
    assert plan.cell[np.argmax(plan.fraction)] == 24
