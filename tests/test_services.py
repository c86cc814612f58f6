"""Services: levels, thresholds, operators, and what it takes to add one."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import drawn
import numpy as np
import pytest

import deadzones as dz
from deadzones.coverage import access, cells, inputs
from deadzones.coverage.services import SERVICES, by_operator, mobile
from deadzones.coverage.services.service import Service

if TYPE_CHECKING:
    from deadzones.coverage.cells import Cells
    from deadzones.coverage.inputs import LayerData


def assessed(study: Path, key: str) -> tuple[access.Access, Cells]:
    loaded = inputs.load(dz.Study.read(study))
    built = cells.build(loaded)
    return access.assess(key, loaded, built), built


def mobile_layer(folder: Path, text: str) -> Path:
    """A country whose only mobile layer is the one described."""
    study = drawn.country(folder)
    before, after = study.read_text().split("[layers.sites]")
    rest = after[after.index("[layers.nodes]") :]
    study.write_text(before + text + rest)
    return study


def test_a_site_serves_within_its_radius_and_not_beyond(tmp_path: Path) -> None:
    status, built = assessed(drawn.country(tmp_path), "mobile")
    served = built.number[status.union == access.SERVED]
    # The site is in the south-west cell; 2 km reach one cell north and east, and the diagonal.
    assert served.tolist() == [16, 17, 24, 25]
    assert status.evidence == "synthetic"


def test_a_declared_area_serves_cells_that_it_fills_by_half(tmp_path: Path) -> None:
    text = '[layers.area]\nrole = "mobile"\nreader = "polygons"\npath = "area.gpkg"\nevidence = "declared"\n'
    study = mobile_layer(tmp_path, text)
    drawn.communes({"90001": (0, 0, 1.6, 1.4)}).to_file(tmp_path / "area.gpkg")
    status, built = assessed(study, "mobile")
    assert built.number[status.union == access.SERVED].tolist() == [24, 25]
    assert status.evidence == "declared"


def test_areas_of_several_files_and_operators_fill_a_cell_together(tmp_path: Path) -> None:
    """Three strips of a third of a cell: two files of one operator, one of another."""
    layer = (
        '[layers.{name}]\nrole = "mobile"\nreader = "polygons"\npath = "{name}.gpkg"\n'
        'evidence = "declared"\noperator = "{operator}"\n'
    )
    strips = {
        "one": ("A", (0, 0, 0.3, 4)),
        "two": ("A", (0.3, 0, 0.6, 4)),
        "three": ("B", (1, 0, 1.3, 4)),
        "four": ("C", (1.3, 0, 1.6, 4)),
    }
    text = "\n".join(layer.format(name=name, operator=who) for name, (who, _) in strips.items())
    study = mobile_layer(tmp_path, text)
    for name, (_, box) in strips.items():
        drawn.communes({"90001": box}).to_file(tmp_path / f"{name}.gpkg")
    status, built = assessed(study, "mobile")
    served = {who: set(built.number[got == 1] % 8) for who, got in status.by_operator.items()}
    assert served == {"A": {0}, "B": set(), "C": set()}
    assert set(built.number[status.union == access.SERVED] % 8) == {0, 1}


def test_a_declared_level_below_the_threshold_serves_nobody(tmp_path: Path) -> None:
    text = (
        '[layers.area]\nrole = "mobile"\nreader = "polygons"\npath = "area.gpkg"\n'
        'evidence = "declared"\noptions = { level_dbm = -115.0 }\n'
    )
    study = mobile_layer(tmp_path, text)
    drawn.communes({"90001": (0, 0, 8, 4)}).to_file(tmp_path / "area.gpkg")
    assert (assessed(study, "mobile")[0].union == access.LACKING).all()


SIGNAL = """
-90 -100 -109 -110 -111 -120 . .
"""


@pytest.mark.parametrize(("nodata", "expected"), [("unknown", -1), ("no signal", 0)])
def test_a_signal_raster_is_held_against_the_threshold(
    tmp_path: Path, nodata: str, expected: int
) -> None:
    text = (
        '[layers.signal]\nrole = "mobile"\nreader = "signal_raster"\npath = "signal.tif"\n'
        f'evidence = "predicted"\noptions = {{ nodata = "{nodata}" }}\n'
    )
    study = mobile_layer(tmp_path, text)
    drawn.write_raster(tmp_path / "signal.tif", drawn.picture(SIGNAL))
    status, built = assessed(study, "mobile")
    south = status.union[np.isin(built.number, np.arange(24, 32))]
    assert south.tolist() == [1, 1, 1, 1, 0, 0, expected, expected]


def test_operators_are_told_apart_and_joined(tmp_path: Path) -> None:
    study = drawn.country(tmp_path)
    sites = drawn.points([(0.5, 0.5), (7.5, 0.5)], operator=["B", "A"])
    sites.to_file(tmp_path / "sites.gpkg")
    status, built = assessed(study, "mobile")
    assert list(status.by_operator) == ["A", "B"]
    assert built.number[status.by_operator["A"] == access.SERVED].tolist() == [22, 23, 30, 31]
    union = (status.by_operator["A"] == 1) | (status.by_operator["B"] == 1)
    assert (status.union == 1).tolist() == union.tolist()


def test_technologies_have_their_own_radius(tmp_path: Path) -> None:
    study = drawn.country(tmp_path)
    study.write_text(study.read_text().replace("options = { radius_km = 2.0 }", ""))
    for technology, radius_km in mobile.RADIUS_KM.items():
        drawn.points([(0.5, 0.5)], technology=[technology]).to_file(tmp_path / "sites.gpkg")
        status, built = assessed(study, "mobile")
        lon, lat = drawn.lonlat(0.5, 0.5)
        far = np.hypot((built.lon - lon) * 103.9, (built.lat - lat) * 110.7)
        assert far[status.union == access.SERVED].max() <= radius_km * 1.01
        assert far[status.union == access.LACKING].min(initial=99.0) >= radius_km * 0.99


FALLING_LAYER = """
role = "mobile"
reader = "signal_raster"
path = "s.tif"
evidence = "synthetic"
"""
FALLING = """
-70 -80 -90 -100 -110 -120 . .
-75 -85 -95 -105 -115 -125 . .
-75 -85 -95 -105 -115 -125 . .
-70 -80 -90 -100 -110 -120 . .
"""


@pytest.mark.parametrize(
    ("key", "steps"),
    [
        ("mobile", ("-115 dBm", "-105 dBm", "-85 dBm")),
        ("fibre", ("6 km", "3 km", "500 m")),
        ("power", ("6 km", "3 km", "500 m")),
    ],
)
def test_a_stricter_threshold_never_serves_more(
    tmp_path: Path, key: str, steps: tuple[str, ...]
) -> None:
    found: list[np.ndarray] = []
    for number, step in enumerate(steps):
        study = drawn.country(tmp_path / str(number))
        drawn.write_raster(study.parent / "s.tif", drawn.picture(FALLING))
        drawn.replace_layer(study, "sites", FALLING_LAYER)
        text = re.sub(r"threshold = .*\n", "", study.read_text(encoding="utf-8"))
        text = text.replace(f"[services.{key}]", f'[services.{key}]\nthreshold = "{step}"')
        study.write_text(text, encoding="utf-8")
        found.append(assessed(study, key)[0].union)
    for lax, strict in itertools.pairwise(found):
        assert ((lax == access.UNKNOWN) == (strict == access.UNKNOWN)).all()
        assert (strict <= lax).all()
        assert (strict == access.SERVED).sum() < (lax == access.SERVED).sum()


def test_lights_at_night_stand_in_for_power(tmp_path: Path) -> None:
    study = drawn.country(tmp_path)
    text = study.read_text().replace(
        'reader = "lines"\npath = "lines.gpkg"', 'reader = "lights_raster"\npath = "lights.tif"'
    )
    study.write_text(text)
    drawn.write_raster(tmp_path / "lights.tif", drawn.picture("0.1 0.6 9 0 . 0 0 0"))
    status, built = assessed(study, "power")
    south = status.union[np.isin(built.number, np.arange(24, 32))]
    assert south.tolist() == [0, 1, 1, 0, -1, 0, 0, 0]


@pytest.mark.slow
def test_a_new_service_is_one_value_in_the_registry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Water points: a file like this function and one line, and every table and page has them."""

    def level(layer: LayerData, built: Cells) -> dict[str, np.ndarray]:
        return {
            operator: by_operator.distance_km(rows, built)
            for operator, rows in by_operator.split(layer)
        }

    water = Service(
        name_vi="nước sạch",
        name_en="clean water",
        unit="km",
        higher_is_better=False,
        threshold=1.5,
        threshold_source="made up for this test",
        readers=("nodes",),
        proxies=("nodes",),
        level=level,
    )
    monkeypatch.setitem(SERVICES, "water", water)
    layer = '[layers.wells]\nrole = "water"\nreader = "nodes"\npath = "nodes.gpkg"\nevidence = "synthetic"\n'
    study = drawn.country(tmp_path / "in", extra=layer + "[services.water]\n")
    result = dz.run(dz.Study.read(study))
    assert {"water_people_pct", "water_area_pct"} <= set(result.communes.columns)
    assert "water_km" in result.dead_zones
    assert result.dead_zones["lacks"].str.contains("water").any()
    page = (result.write(tmp_path / "out") / "map.html").read_text()
    assert json.dumps("Nước sạch") in page
