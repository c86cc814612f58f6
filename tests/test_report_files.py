"""Reports as files: which, what they are called, the same bytes, and nothing half-written."""

from __future__ import annotations

import hashlib
import warnings
import zipfile
from dataclasses import replace
from pathlib import Path

import made_up
import pandas as pd
import pytest
from spoil import call

import deadzones as dz
from deadzones.geodata import crs
from deadzones.geodata.faults import BadInput
from deadzones.reports import register, register_held, register_vn2000, report_files
from deadzones.reports.report_facts import Base, base

pytestmark = [pytest.mark.filterwarnings("ignore:.*Libertinus:UserWarning"), pytest.mark.slow]


EVERY = report_files.Style(formats=report_files.FORMATS)


@pytest.fixture(scope="module")
def counted() -> Base:
    return base(made_up.demo())


def test_places_of_each_level(counted):
    communes = counted.communes
    provinces = sorted(communes["province_code"].unique())
    assert [one.name for one in report_files.places(counted, "nation")] == ["report"]
    assert [one.province for one in report_files.places(counted, "province")] == provinces
    first = report_files.places(counted, "commune", province=provinces[0])
    assert [one.commune for one in first] == list(
        communes.index[communes["province_code"] == provinces[0]]
    )


@pytest.mark.parametrize(
    ("level", "province", "commune", "said"),
    [
        ("commune", None, None, "neither|alone"),
        ("province", "00", None, "--province: found '00'"),
        ("commune", None, "1", "--commune: found '1'"),
        ("village", None, None, "--level: found 'village'"),
        ("nation", "97", None, "--level: found 'nation'; wanted the level that --province is for"),
        ("province", None, "90001", "--level: found 'province'; .* --commune is for"),
    ],
)
def test_places_that_are_not_there_are_told(counted, level, province, commune, said):
    with pytest.raises(BadInput, match=said):
        report_files.places(counted, level, province, commune)


def test_a_commune_of_another_province_is_told(counted):
    codes = counted.communes.index
    homes = counted.communes["province_code"].mask(codes == codes[0], "98")
    two = replace(counted, communes=counted.communes.assign(province_code=homes))
    with pytest.raises(BadInput, match="wanted a commune of province 97"):
        report_files.places(two, "commune", "97", codes[0])


def test_the_same_result_gives_the_same_bytes_from_one_process_or_two(counted, tmp_path):
    places = report_files.places(
        counted, "commune", province=str(counted.communes["province_code"].iloc[0])
    )[:2]
    one = report_files.write(counted, tmp_path / "1", places, EVERY, workers=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        two = report_files.write(counted, tmp_path / "2", places, EVERY, workers=2)
    assert [path.name for path in one] == [path.name for path in two]
    assert len(one) == 8
    for first, second in zip(one, two, strict=True):
        assert digest(first) == digest(second), first.name
    assert not [path for path in (tmp_path / "1").iterdir() if path.name.startswith(".")]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_an_unknown_format_or_meridian_is_told():
    with pytest.raises(BadInput, match="'odt'; wanted one of docx, pdf, xlsx, html"):
        report_files.Style(formats=("docx", "odt"))
    with pytest.raises(BadInput, match="--meridian"):
        report_files.Style(meridian_deg=10575)


def test_the_command_writes_and_refuses(tmp_path):
    folder = made_up.demo().write(tmp_path / "demo")
    said = call("report", folder, "--level", "province", "--format", "html,xlsx", "--lang", "en")
    assert said.exit_code == 0, said.output
    assert {path.name for path in (folder / "report").iterdir()} == {
        "report-97.html",
        "report-97.xlsx",
    }
    assert "report-97.html" in said.stdout
    assert call("report", folder, "--level", "province", "--province", "12").exit_code == 2
    assert call("report", folder, "--as-of", "soon").exit_code == 2
    assert "--before" in call("report", folder, "--spent", "1e9").stderr
    assert call("report", tmp_path / "absent").exit_code == 2


def test_a_period_before_of_another_country_is_refused(tmp_path):
    demo = made_up.demo()
    far = demo.communes.set_geometry(demo.communes.geometry.translate(-20.0, 0.0))
    away = replace(
        demo,
        communes=far.rename(index=lambda code: f"8{code[1:]}"),
        villages=demo.villages.iloc[:0],
        tasks=demo.tasks.iloc[:0],
    )
    here, there = demo.write(tmp_path / "here"), away.write(tmp_path / "there")
    said = call("report", here, "--before", there, "--format", "html")
    assert said.exit_code == 2
    assert "the two results share no commune and no land" in said.stderr


def bare(few: int = 6) -> dz.Result:
    """A published country without villages, one of its communes of few people."""
    result = made_up.demo()
    communes = result.communes.copy()
    people = [name for name in communes if name.endswith("people") and name != "dead_people"]
    communes.loc[communes.index[0], people] = float(few)
    return replace(
        result,
        communes=communes,
        villages=result.villages.iloc[:0],
        tasks=result.tasks.iloc[:0],
        manifest={**result.manifest, "public": True},
    )


def test_few_people_of_a_village_are_held_back_and_where_they_live():
    result = made_up.demo()
    table = register.villages(replace(result, tasks=result.tasks.iloc[:0]))
    table.loc[table.index[::7], "people"] = 4
    nothing = pd.DataFrame({"people": False}, index=result.communes.index)
    held = register_held.held(table, 10, nothing)
    assert (held["people"] == table["people"].between(1, 9)).all()
    assert (held["lon"] == held["people"]).all()


def test_rows_of_a_commune_without_villages_do_not_give_its_people_away():
    """They add up to its people data: where these are held back, all of them are."""
    whole = base(bare())
    assert whole.hidden is not None
    assert whole.held is not None
    closed = whole.hidden.rows.any(axis=1)
    assert closed.sum() > 1  # one alone would follow from the others
    told = whole.register["commune_code"].map(closed)
    assert (whole.held["people"] == told).all()


def test_a_few_people_of_a_dead_zone_hold_the_people_data_of_their_commune_back():
    result = bare(few=600)
    zones = result.dead_zones.copy()
    code = str(result.communes.index[1])
    zones.loc[zones.index[0], "communes"] = f"{code}:4"
    whole = base(replace(result, dead_zones=zones))
    assert whole.hidden is not None
    assert whole.hidden.rows.loc[code, "lacking"]


def test_the_published_workbook_has_no_sums_of_people_and_no_distances(tmp_path):
    whole = base(bare())
    style = report_files.Style(formats=("xlsx",))
    (path,) = report_files.write(whole, tmp_path, report_files.places(whole, "nation"), style)
    with zipfile.ZipFile(path) as book:
        said = book.read("xl/sharedStrings.xml").decode()
    assert "giữ kín" in said
    assert "(số nhân khẩu)" not in said
    assert "(km)" not in said


def test_the_workbook_has_vn_2000_on_request(counted, tmp_path):
    place = report_files.places(counted, "nation")
    style = report_files.Style(formats=("xlsx",), meridian_deg=105.75)
    report_files.write(counted, tmp_path, place, style)
    with zipfile.ZipFile(tmp_path / "report.xlsx") as book:
        assert "VN-2000 X, Bắc (m)" in book.read("xl/sharedStrings.xml").decode()
    rows = counted.register.iloc[:1]
    there = register_vn2000.added(rows, 105.75)
    back = crs.to_wgs84(
        there["vn2000_y_m"].to_numpy(), there["vn2000_x_m"].to_numpy(), crs.Zone(105.75)
    )
    assert [float(part[0]) for part in back] == pytest.approx(rows[["lon", "lat"]].iloc[0].tolist())
