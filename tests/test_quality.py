"""The quality of data: what is told, how it is scored, and that the page lets nothing in."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import drawn
import folium
import geopandas as gpd
import made_up
import numpy as np
import pandas as pd
import planted
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from spoil import call

from deadzones.coverage import quality, quality_people
from deadzones.coverage.inputs import load
from deadzones.coverage.study import Study
from deadzones.geodata import boundaries, crs
from deadzones.geodata.faults import BadInput
from deadzones.geodata.readers import READERS
from deadzones.geodata.source import Source
from deadzones.reports import findings_map, quality_page, quality_words

pytestmark = pytest.mark.slow


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return made_up.two_communes(tmp_path / "in")


def edited(study: Path, old: str, new: str) -> pd.DataFrame:
    text = study.read_text(encoding="utf-8")
    assert old in text
    study.write_text(text.replace(old, new), encoding="utf-8")
    return quality.findings(load(Study.read(study)))


def kinds(found: pd.DataFrame, layer: str) -> set[str]:
    return set(found.loc[found["layer"] == layer, "kind"])


def test_what_is_not_stated_is_told(study):
    before = quality.findings(load(Study.read(study)))
    assert kinds(before, "places") == {"no_licence"}
    after = edited(
        study,
        'path = "places.csv"\nowner = "Giả lập · made up"\ndate = 2026-01-31',
        'path = "places.csv"\nlicence = "CC0"',
    )
    assert kinds(after, "places") == {"no_owner", "no_date"}


def test_data_much_older_than_the_rest_is_told(study):
    found = edited(
        study,
        'path = "roads.gpkg"\nowner = "Giả lập · made up"\ndate = 2026-01-31',
        'path = "roads.gpkg"\ndate = 2019-12-31',
    )
    old = found[found["kind"] == "old"]
    assert old[["layer", "severity", "detail"]].to_numpy().tolist() == [
        ["roads", "warning", "2019-12-31"]
    ]


def test_places_that_lie_off_by_the_datum_are_told_with_the_repair(study):
    """Houses just within their communes, in degrees of VN-2000 that pass for WGS 84: 225 m off."""
    communes = load(Study.read(study)).communes
    rows = [
        (f"Nhà {code} {at}", code, point.x, point.y)
        for code, shape in communes.geometry.items()
        for at, point in enumerate(
            shapely.line_interpolate_point(
                shape.buffer(-0.0005).exterior, np.linspace(0, 1, 40), normalized=True
            )
        )
    ]
    places = pd.DataFrame(rows, columns=["name", "commune_code", "lon", "lat"])
    path = study.parent / "places.csv"
    places.to_csv(path, index=False)
    right = quality.findings(load(Study.read(study)))
    lon, lat = crs.from_wgs84(places["lon"].to_numpy(), places["lat"].to_numpy(), None)
    places.assign(lon=lon, lat=lat).to_csv(path, index=False)
    shifted = quality.findings(load(Study.read(study)))
    assert "no_datum_shift" not in kinds(right, "places")
    told = shifted[shifted["kind"] == "no_datum_shift"]
    assert told["severity"].tolist() == ["error"]
    assert "225 m" in told["detail"].iloc[0]


def test_rows_that_stand_twice_and_points_in_no_commune_are_told(study):
    path = study.parent / "places.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    far = lines[1].split(",")
    far[-2:] = ["106.9", "20.9"]
    path.write_text("\n".join([*lines, lines[1], ",".join(far)]) + "\n", encoding="utf-8")
    found = quality.findings(load(Study.read(study))).set_index(["layer", "kind"])
    twice, outside = found.loc[("places", "twice")], found.loc[("places", "outside")]
    assert (twice["rows"], twice["detail"]) == (1, str(len(lines)))
    assert (outside["rows"], outside["detail"]) == (1, str(len(lines) + 1))


findings = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from(quality.SEVERITIES), st.floats(0, 1)),
    max_size=8,
)


@given(findings, findings)
def test_scores_fall_with_every_finding(some, more):
    columns = ["layer", "severity", "share"]
    few, many = (pd.DataFrame(rows, columns=columns) for rows in (some, some + more))
    before, after = (quality.scores(table, ["a", "b", "c"]) for table in (few, many))
    assert (after <= before).all()
    assert before["c"] == 100
    assert after.between(0, 100).all()


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_kind_has_a_name(lang):
    for kind in [*boundaries.FAULTS, *quality_words.KINDS]:
        assert quality_words.kind_name(kind, lang)


def test_text_from_files_stays_text(tmp_path):
    evil = "<img src=x onerror=alert(1)>"
    found = pd.DataFrame(
        [(evil, "note", "empty_cells", 1, 0.5, "=cmd()")], columns=list(quality.COLUMNS)
    )
    page, table = quality_page.write(found, [evil], tmp_path / "q.html", name=evil, lang="en")
    assert "<img" not in page.read_text(encoding="utf-8")
    assert "'=cmd()" in table.read_text(encoding="utf-8-sig")


def test_the_page_names_the_first_codes_of_a_finding_and_the_table_all(tmp_path):
    codes = [f"{number:05d}" for number in range(quality.MOST_NAMED + 5)]
    for named, told in ((codes[:20], "+12"), (codes, f"+{len(codes) - 8}")):
        rows = [("people", "error", "lost_zeros", len(named), 0.5, quality._some(named))]
        found = pd.DataFrame(rows, columns=list(quality.COLUMNS))
        page, table = quality_page.write(found, ["people"], tmp_path / "q.html", name="a")
        assert f"{', '.join(codes[:8])} {told}<" in page.read_text(encoding="utf-8")
        (listed,) = pd.read_csv(table)["detail"]
        assert listed.split(" +")[0].split(", ") == named[: quality.MOST_NAMED]
        assert len(listed) < 32_767
    fault = ", ".join("abcdefghijklm")
    found = pd.DataFrame([("a", "error", "fault", 1, 1.0, fault)], columns=list(quality.COLUMNS))
    page, _ = quality_page.write(found, ["a"], tmp_path / "q.html", name="a")
    assert fault in page.read_text(encoding="utf-8")


def test_boundaries_that_overlap_are_told_as_table_layer_and_map(study, tmp_path):
    path = study.parent / "communes.gpkg"
    communes = gpd.read_file(path)
    communes.geometry = [communes.geometry[0].buffer(3.0), *communes.geometry[1:]]
    communes.to_file(path)
    page = tmp_path / "quality.html"
    said = call("check", study, "--report", page, "--lang", "en")
    assert said.exit_code == 0, said.output
    placed = gpd.read_file(tmp_path / "quality.gpkg")
    assert "overlap" in set(placed["fault"])
    assert "Overlap" in page.read_text(encoding="utf-8")
    drawn = (tmp_path / "quality.map.html").read_text(encoding="utf-8")
    assert "<b>Overlap</b>" in drawn
    assert "Synthetic data" in drawn
    assert "Hoàng Sa" not in drawn  # a made-up country


@pytest.mark.parametrize("name", ["places.html", "communes.html", "study.toml", "q.csv"])
def test_a_report_takes_the_place_of_no_data(tmp_path, name):
    found = quality.of_faults([])
    for data in ("places.csv", "communes.gpkg", "study.toml"):
        (tmp_path / data).write_text("data", encoding="utf-8")
    with pytest.raises(BadInput, match=f"{name}: found "):
        quality_page.write(found, ["a"], tmp_path / name, name="a")
    assert {path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == {"data"}
    for _ in range(2):
        quality_page.write(found, ["a"], tmp_path / "quality.html", name="a")


def test_a_strip_of_centimetres_is_on_the_map_too():
    west, cut, east = 105.0, 105.1, 105.2
    hair = [(cut, 21), (east, 21), (east, 21.1), (cut, 21.1), (cut, 21.06), (cut + 3e-7, 21.05)]
    shapes = [shapely.box(west, 21, cut, 21.1), shapely.Polygon([*hair, (cut, 21.04)])]
    two = gpd.GeoDataFrame({"commune_code": ["00001", "00002"]}, geometry=shapes, crs=4326)
    found = boundaries.audit(two)
    assert "sliver" in set(found["fault"])
    drawn = findings_map.layer(found)._children.values()
    assert sum(isinstance(one, folium.CircleMarker) for one in drawn) == len(found)


def test_the_command_reports_on_good_and_on_bad_studies(study, tmp_path):
    page = tmp_path / "out" / "quality.html"
    said = call("check", study, "--report", page, "--lang", "en")
    assert said.exit_code == 0, said.output
    assert "Score of each layer" in page.read_text(encoding="utf-8")
    assert {path.suffix for path in page.parent.iterdir()} == {".html", ".csv"}
    (study.parent / "places.csv").write_text("name,lon,lat\nA,x,21\n", encoding="utf-8")
    said = call("check", study, "--report", page)
    assert said.exit_code == 2
    text = page.read_text(encoding="utf-8")
    assert "hãy sửa các lỗi dưới đây trước" in text
    assert "places.csv, row 1" in text


def counted(folder: Path, change: Any) -> dict[str, tuple[str, list[str]]]:
    """Totals of 64 communes of one cell each, spoilt, against a raster that grew by a tenth."""
    codes = [f"90{number:03d}" for number in range(64)]
    boxes = {code: (at % 8, at // 8, at % 8 + 1, at // 8 + 1) for at, code in enumerate(codes)}
    communes = drawn.communes(boxes).set_index("commune_code")  # pyright: ignore[reportArgumentType]
    rng = np.random.default_rng(4)
    people = pd.Series(np.exp(rng.normal(9.5, 0.5, 64)).round(), codes)
    cells = (people * 1.1 * np.exp(rng.normal(0.0, 0.05, 64))).to_numpy().reshape(8, 8)[::-1]
    path = drawn.write_raster(folder / "people.tif", cells)
    raster = READERS["people_raster"](Source(path, path.name))
    layer: Any = SimpleNamespace(
        spec=SimpleNamespace(reader="commune_totals"),
        data=pd.DataFrame({"people": change(people)}),
    )
    inputs: Any = SimpleNamespace(
        communes=communes, of=lambda _: [SimpleNamespace(is_raster=True, raster=raster)]
    )
    return {kind: (severity, told) for severity, kind, told in quality_people.faults(layer, inputs)}


def test_totals_of_people_that_lie_are_told(tmp_path):
    def spoil(people: pd.Series) -> pd.Series:
        spoilt = people.copy()
        spoilt.iloc[[3, 9]] = (people.iloc[[3, 9]] // 100).clip(lower=11.0) // 10 * 10 + 1
        spoilt.iloc[20], spoilt.iloc[30] = 0.0, np.nan
        return spoilt

    assert set(counted(tmp_path, lambda people: people)) <= {"disagrees"}
    found = counted(tmp_path, spoil)
    assert found["lost_zeros"] == ("error", ["90003", "90009"])
    assert found["zero_for_unknown"] == ("warning", ["90020"])
    assert found["missing_people"] == ("note", ["90030"])
    assert not counted(tmp_path, lambda people: people.iloc[:20])  # too few to learn from

    def written_by_hand(people: pd.Series) -> pd.Series:
        few = people.iloc[:20].copy()
        few.iloc[3], few.iloc[5] = 39.98, 0.0
        return few

    assert counted(tmp_path, written_by_hand) == {
        "thousands_separator": ("error", ["90003"]),
        "zero_for_unknown": ("warning", ["90005"]),
    }
    shares = counted(tmp_path, lambda people: people + 0.123456)
    assert set(shares) <= {"disagrees"}


def test_what_was_repaired_and_what_is_made_up_is_said(study, tmp_path):
    text = study.read_text(encoding="utf-8")
    path = study.parent / "communes.gpkg"
    communes = gpd.read_file(path)
    communes, _ = planted.invalid(np.random.default_rng(3), communes)
    communes.to_file(path)
    mend = 'path = "communes.gpkg"\noptions = { make_valid = true }'
    study.write_text(text.replace('path = "communes.gpkg"', mend), encoding="utf-8")
    found = quality.findings(load(Study.read(study)))
    told = found[found["kind"] == "repaired"]
    assert told[["layer", "rows"]].to_numpy().tolist() == [["communes", 1]]
    page = tmp_path / "quality.html"
    assert call("check", study, "--report", page).exit_code == 0
    said = page.read_text(encoding="utf-8")
    assert said.index("Những gì đã sửa") < said.index("Đã sửa hình học không hợp lệ")
    assert "DỮ LIỆU TỰ TẠO" in said
    communes.attrs["receipt"] = "5 invalid geometries made valid, 2 of them left out: nothing rem"
    layer: Any = SimpleNamespace(
        data=communes, table=communes, spec=SimpleNamespace(options={}, role="communes")
    )
    told = [row[1:3] for row in quality._repaired(layer, SimpleNamespace())]  # pyright: ignore[reportArgumentType]
    assert told == [("repaired", 3), ("left_out", 2)]
    table = pd.read_csv(page.with_suffix(".csv"))
    assert set(table["layer"]) == set(load(Study.read(study)).layers)
    assert table["score"].between(0, 100).all()


def test_areas_that_the_file_states_are_held_against_its_polygons(study):
    path = study.parent / "communes.gpkg"
    communes = gpd.read_file(path)
    right = (communes.to_crs("EPSG:6933").area / 1e6).round(2)
    communes.assign(area_km2=right).to_file(path)
    assert "stated_area" not in set(quality.findings(load(Study.read(study)))["kind"])
    communes.assign(area_km2=right.where(right.index > 0, 1000.0 * right)).to_file(path)
    found = quality.findings(load(Study.read(study)))
    told = found[found["kind"] == "stated_area"]
    assert told[["severity", "rows", "detail"]].to_numpy().tolist() == [
        ["warning", 1, communes["commune_code"][0]]
    ]
