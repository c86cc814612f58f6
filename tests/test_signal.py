"""Predicted signal: its files, and its picture on the map page."""

import base64
import json
import re
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyproj
import pytest
import rasterio
from affine import Affine
from rasterio.errors import NotGeoreferencedWarning
from rasterio.io import MemoryFile
from tiny_result import SIDE, SOUTH, WEST, tiny, with_signal
from unpacked import layer

import deadzones as dz
from deadzones.geodata import rasters, synthetic
from deadzones.geodata.grid import Grid
from deadzones.geodata.rasters import Field
from deadzones.reports import maps, measures, offline, signal_files, signal_layer

pytestmark = pytest.mark.slow

LIMIT = -110.0  # of mobile in the tiny country
WEAK, USABLE, FAIR, GOOD, STRONG = signal_layer.COLORS
NONE = None  # transparent
NAN = float("nan")

DEGREES = Grid("EPSG:4326", Affine(0.01, 0, WEST, 0, -0.01, SOUTH + 3 * SIDE), (60, 60))
VN_2000 = Grid("EPSG:3405", Affine(900, 0, 498_000, 0, -900, 2_280_000), (80, 80))
WITHOUT_CODE = replace(
    VN_2000, crs=pyproj.CRS("+proj=tmerc +lon_0=105 +k=0.9999 +x_0=500000 +datum=WGS84").to_wkt()
)
GRIDS = {"degrees": DEGREES, "vn-2000": VN_2000, "no code": WITHOUT_CODE}


def on(grid, values):
    """The tiny country with levels of mobile on a grid."""
    return replace(tiny(), signal={"mobile": Field(np.asarray(values, np.float32), grid)})


def sent(html):
    """What the page hands its scripts of each signal."""
    calls = re.findall(r'deadzones\.receive\("signal", (\{.*?\}), "([^"]*)"\);', html)
    return [(json.loads(about), base64.b64decode(text)) for about, text in calls]


def opened(png):
    """The red, green, blue and opacity of each pixel."""
    with (
        warnings.catch_warnings(action="ignore", category=NotGeoreferencedWarning),
        MemoryFile(png) as memory,
        memory.open() as file,
    ):
        assert file.driver == "PNG"
        table = file.colormap(1)
        return np.array([table[k] for k in range(len(table))], np.uint8)[file.read(1)]


def shown(result, **options):
    (found,) = sent(offline.page(maps.draw(result, **options)))
    return found[0], opened(found[1])


def world(lon, lat):
    """A place on Leaflet's square world, 0-1 from the north-west."""
    return lon / 360 + 0.5, 0.5 - np.log(np.tan(np.pi / 4 + np.radians(lat) / 2)) / (2 * np.pi)


def at(about, pixels, lon, lat):
    """The colour where Leaflet puts a place, None where the picture is transparent."""
    (south, west), (north, east) = about["bounds"]
    left, top = world(west, north)
    right, bottom = world(east, south)
    x, y = world(lon, lat)
    across, down = (x - left) / (right - left), (y - top) / (bottom - top)
    if not (0 <= across < 1 and 0 <= down < 1):
        return NONE
    red, green, blue, alpha = pixels[int(down * len(pixels)), int(across * len(pixels[0]))]
    return f"#{red:02x}{green:02x}{blue:02x}" if alpha else NONE


def lonlat(grid, row, column):
    x, y = grid.transform @ (column + 0.5, row + 0.5)
    return pyproj.Transformer.from_crs(grid.crs, 4326, always_xy=True).transform(x, y)


def colors(pixels):
    seen = np.unique(pixels[pixels[..., 3] > 0][:, :3], axis=0)
    return {f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in seen.tolist()}


# --- the picture ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", GRIDS)
@pytest.mark.parametrize("cell", [(30, 12), (31, 31), (47, 5)])
def test_one_strong_cell_lies_where_it_is(name, cell):
    grid = GRIDS[name]
    values = np.full(grid.shape, NAN)
    values[cell] = -60
    about, pixels = shown(on(grid, values))
    assert at(about, pixels, *lonlat(grid, *cell)) == STRONG
    for down, across in [(-1, 0), (1, 0), (0, -1), (0, 1)]:
        place = lonlat(grid, cell[0] + down, cell[1] + across)
        assert at(about, pixels, *place) is NONE
    assert colors(pixels) == {STRONG}


def test_the_picture_ends_where_the_field_ends():
    grid = Grid("EPSG:4326", Affine(0.01, 0, 105.2, 0, -0.01, 20.4), (10, 20))
    about, _ = shown(on(grid, np.full(grid.shape, -60)))
    np.testing.assert_allclose(about["bounds"], [[20.3, 105.2], [20.4, 105.4]], atol=1e-6)


def test_classes_begin_at_their_limits():
    levels = [-120.1, -120, -110.1, -110, -100.1, -100, -90.1, -90, -80.1, -80, -30, NAN]
    wanted = [
        NONE, WEAK, WEAK, USABLE, USABLE, FAIR, FAIR, GOOD, GOOD, STRONG, STRONG, NONE,
    ]  # fmt: skip
    grid = Grid("EPSG:4326", Affine(0.04, 0, 105.05, 0, -0.04, 20.4), (1, len(levels)))
    about, pixels = shown(on(grid, [levels]))
    found = [at(about, pixels, *lonlat(grid, 0, column)) for column in range(len(levels))]
    assert found == wanted
    assert about["breaks"] == [LIMIT - 10, LIMIT, LIMIT + 10, LIMIT + 20, LIMIT + 30]


def test_classes_follow_the_threshold_to_a_tenth():
    services = tiny().manifest["services"]
    services = services | {"mobile": services["mobile"] | {"threshold": -105.3}}
    grid = Grid("EPSG:4326", Affine(0.1, 0, 105.1, 0, -0.1, 20.4), (1, 3))
    result = on(grid, [[-105.3, -105.34, -105.36]])  # rounded before they are classed
    about, pixels = shown(replace(result, manifest=result.manifest | {"services": services}))
    assert about["breaks"][:2] == [-115.3, -105.3]
    found = [at(about, pixels, *lonlat(grid, 0, column)) for column in range(3)]
    assert found == [USABLE, USABLE, WEAK]


@pytest.mark.parametrize("level", [NAN, -121.0])
def test_nothing_to_see_is_no_layer(level):
    drawn = maps.draw(on(DEGREES, np.full(DEGREES.shape, level)))
    assert sent(offline.page(drawn)) == []


def test_a_field_elsewhere_is_no_layer():
    far = Grid("EPSG:4326", Affine(0.01, 0, 120, 0, -0.01, 10), (9, 9))
    assert sent(offline.page(maps.draw(on(far, np.full(far.shape, -60))))) == []


def test_one_class_is_one_colour_up_to_the_border_of_the_communes():
    around = Grid("EPSG:4326", Affine(0.1, 0, WEST - 1, 0, -0.1, SOUTH + 2), (30, 30))
    about, pixels = shown(on(around, np.full(around.shape, -95)))
    assert colors(pixels) == {FAIR}
    assert at(about, pixels, WEST + 0.01, SOUTH + 0.01) == FAIR
    (south, west), (north, east) = about["bounds"]
    assert west >= WEST - 0.1 - 1e-9
    assert east <= WEST + 3 * SIDE + 0.1 + 1e-9
    assert south >= SOUTH - 0.1 - 1e-9
    assert north <= SOUTH + 3 * SIDE + 0.1 + 1e-9


def test_what_lies_outside_the_communes_is_left_out():
    result = with_signal(tiny())
    hole = replace(result, communes=result.communes.drop(index="00005"))
    about, pixels = shown(hole)
    middle = (WEST + 1.5 * SIDE, SOUTH + 1.5 * SIDE)
    assert at(about, pixels, *middle) is NONE
    assert at(*shown(result), *middle) is not NONE
    about, pixels = shown(result, province="02")
    assert about["bounds"][0][0] == pytest.approx(SOUTH + 2 * SIDE, abs=0.011)
    assert at(about, pixels, *middle) is NONE


def test_communes_without_a_border_are_no_hindrance():
    result = with_signal(tiny())
    communes = result.communes.copy()
    communes.loc["00009", "geometry"] = None
    assert shown(replace(result, communes=communes))[0]["service"] == "mobile"
    communes["geometry"] = None
    assert list(signal_layer.pictures(result.signal, communes, result.manifest)) == []


def test_many_cells_become_few_pixels_of_the_class_that_most_have(monkeypatch):
    monkeypatch.setattr(signal_layer, "MOST_PIXELS", 60)
    grid = Grid("EPSG:4326", Affine(0.001, 0, 105, 0, -0.001, 20.6), (600, 600))
    values = np.where(np.indices(grid.shape).sum(axis=0) % 4, -95, -60)  # a quarter is strong
    about, pixels = shown(on(grid, values))
    assert max(pixels.shape) == 60
    assert colors(pixels) == {FAIR}
    np.testing.assert_allclose(about["bounds"], [[20, 105], [20.6, 105.6]], atol=0.01)


def test_a_picture_that_is_too_long_becomes_smaller(monkeypatch):
    noise = np.random.default_rng(0).uniform(-130, -60, DEGREES.shape)
    whole = shown(on(DEGREES, noise))[1]
    monkeypatch.setattr(signal_layer, "LIMIT_BYTES", 2_000)
    ((about, png),) = sent(offline.page(maps.draw(on(DEGREES, noise))))
    assert len(png) <= 2_000
    assert opened(png).size < whole.size
    np.testing.assert_allclose(about["bounds"], [[20, 105], [20.6, 105.6]], atol=0.001)


def test_the_legend_tells_the_probability_and_the_evidence():
    assert shown(with_signal(tiny()))[0]["probability_pct"] == 90
    services = {key: about | {"evidence": "predicted"} for key, about in
                tiny().manifest["services"].items()}  # fmt: skip
    told = tiny(study={"radio": {"probability": 0.955}}, services=services)
    about, _ = shown(replace(with_signal(tiny()), manifest=told.manifest))
    assert about["probability_pct"] == 95.5
    assert about["evidence"] == "predicted"
    assert about["colors"] == list(signal_layer.COLORS)
    assert len(about["breaks"]) == len(about["colors"])


def test_the_same_signal_gives_the_same_page():
    one, other = (offline.page(maps.draw(with_signal(tiny()))) for _ in range(2))
    assert one == other


def test_a_public_page_holds_no_signal():
    result = with_signal(tiny(public=True))
    assert result.signal
    assert sent(offline.page(maps.draw(result))) == []


# --- colours ----------------------------------------------------------------------------------

SIGHT = {  # Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB
    "normal": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
)  # of linear sRGB, IEC 61966-2-1


def seen(color, sight):
    """CIE L*a*b* of a colour, as an eye sees it."""
    rgb = np.array([int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = XYZ @ np.clip(np.array(SIGHT[sight]) @ linear, 0, 1) / XYZ.sum(axis=1)
    x, y, z = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("sight", SIGHT)
def test_no_class_looks_like_another_or_like_a_commune(sight):
    classes = [seen(color, sight) for color in signal_layer.COLORS]
    others = [seen(color, sight) for color in measures.SAND]
    for place, one in enumerate(classes):
        for other in classes[:place] + others:
            assert np.linalg.norm(one - other) > 15  # a difference of 2.3 can just be seen
    assert (np.diff([one[0] for one in classes[1:]]) > 10).all(), "alike in grey"


# --- files ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made_up(tmp_path_factory):
    """A result of a small country, its signal taken from the hills: rough, and with nothing in it."""
    folder = tmp_path_factory.mktemp("country")
    study = Path(synthetic.country(folder, communes=2))
    study.write_text(study.read_text("utf-8") + '\n[radio]\nmodel = "radius"\n', "utf-8")
    result = dz.run(dz.Study.read(study))
    with rasterio.open(next(folder.rglob("terrain.tif"))) as file:
        height, grid = file.read(1), Grid(file.crs.to_string(), file.transform, file.shape)
    level = np.where(height > np.median(height), np.nan, -60 - height / 10).astype(np.float32)
    return replace(result, signal={"mobile": Field(level, grid)})


def test_a_result_read_back_draws_the_same_page(made_up, tmp_path):
    folder = made_up.write(tmp_path / "out")
    html = (folder / "map.html").read_text("utf-8")
    assert len(sent(html)) == 1
    assert offline.page(dz.read(folder).explore()) == html
    again = dz.read(folder).write(tmp_path / "again")
    for name in ("signal_mobile.tif", "map.html", "manifest.json"):
        assert (again / name).read_bytes() == (folder / name).read_bytes()


def test_a_file_tells_what_it_holds(made_up, tmp_path):
    folder = made_up.write(tmp_path / "out")
    with rasterio.open(folder / "signal_mobile.tif") as file:
        assert file.descriptions == ("mobile signal",)
        assert file.tags()["unit"] == "dBm"
        assert file.tags()["service"] == "mobile"
    back = dz.read(folder).signal["mobile"]
    given = made_up.signal["mobile"]
    assert pyproj.CRS(back.grid.crs) == pyproj.CRS(given.grid.crs)
    assert back.grid.shape == given.grid.shape
    np.testing.assert_allclose(back.values, given.values, atol=0.0501)
    np.testing.assert_array_equal(back.values, signal_files.rounded(back).values)


def test_a_public_result_writes_no_signal(made_up, tmp_path):
    public = replace(made_up, manifest=dict(made_up.manifest) | {"public": True})
    folder = public.write(tmp_path / "out")
    assert not list(folder.glob("signal_*.tif"))
    assert dz.read(folder).signal == {}
    assert sent((folder / "map.html").read_text("utf-8")) == []


def test_a_spoiled_file_is_told(made_up, tmp_path):
    folder = made_up.write(tmp_path / "out")
    (folder / "signal_mobile.tif").write_bytes(b"II*")
    with pytest.raises(dz.BadInput, match=r"signal_mobile\.tif"):
        dz.read(folder)


@pytest.mark.parametrize("name", GRIDS)
def test_files_keep_the_place(name, tmp_path):
    grid = GRIDS[name]
    values = np.full(grid.shape, NAN)
    values[30, 12] = -60.04
    result = on(grid, values)
    signal_files.write(result.signal, tmp_path, result.manifest["services"])
    (path,) = signal_files.files(tmp_path).values()
    back = replace(result, signal={"mobile": rasters.read_field(path)})
    assert offline.page(maps.draw(back)) == offline.page(maps.draw(result))
    assert layer(maps.draw(back), "signal").about["service"] == "mobile"
