"""Bad studies, paths and costs through the real command line: told clearly, nothing written."""

from __future__ import annotations

import json
import os
from pathlib import Path

import drawn
import pytest
from spoil import (
    KEYS,
    Damage,
    add,
    both,
    built_in_costs,
    call,
    commune_json,
    costs,
    costs_with,
    edit,
    hold,
    in_folder,
    linked,
    study_of,
)

import deadzones as dz
from deadzones.geodata.faults import BadInput

# Each damage, and file | row | column | found | wanted | repair of the one message it leads to.
CASES: dict[str, tuple[Damage, str]] = {
    # the study
    "no-toml": (edit('name = "drawn"', "name = "), "study.toml | 2 |  | not TOML | TOML | Mend"),
    "not-utf-8": (
        lambda folder: study_of(folder).write_bytes(b'name = "a"\ntitle = "M\xec"\n'),
        "study.toml | 2 |  | not UTF-8 | UTF-8 text | Save it as UTF-8",
    ),
    "layer-twice": (
        add('[layers.people] # again\nreader = "people_raster"\n'),
        "study.toml | # again |  | not TOML | TOML | Mend",
    ),
    "number-too-long": (
        edit('name = "drawn"', "seed = " + "9" * 5000),
        "study.toml |  |  | not TOML | TOML | Mend",
    ),
    "lists-without-end": (
        edit('name = "drawn"', "title = " + "[" * 5000),
        "study.toml |  |  | lists within lists | TOML | anew",
    ),
    "unknown-key": (
        edit("[dead_zones]\nmin_people", "[dead_zones]\nmin_peeple"),
        "study.toml | min_peeple | dead_zones.min_peeple | an unknown key min_peeple | min_people, join_km | Did you mean min_people?",
    ),
    "unknown-table": (
        add("[budget]\nvnd = 5\n"),
        "study.toml | [budget] | budget | an unknown key budget | upgrades | Remove",
    ),
    "unknown-option": (
        edit("radius_km", "radus_km"),
        "study.toml | radus_km | layers.sites.options.radus_km | an unknown option radus_km | an option of sites | Did you mean radius_km?",
    ),
    "option-of-another-type": (
        edit("radius_km = 2.0", 'radius_km = "2 km"'),
        "study.toml | 2 km | layers.sites.options.radius_km | '2 km' | a number from 0 to 200 | radius_km",
    ),
    "unknown-crs": (
        edit("radius_km = 2.0", 'crs = "EPSG:999999"'),
        "study.toml | EPSG:999999 | layers.sites.options.crs | 'EPSG:999999' | a coordinate system | crs",
    ),
    "unknown-encoding": (
        edit("radius_km = 2.0", 'encoding = "viscii2"'),
        "study.toml | viscii2 | layers.sites.options.encoding | 'viscii2' | a text encoding | encoding",
    ),
    "unknown-column": (
        edit('sites.gpkg"', 'sites.gpkg"\ncolumns = { hieght_m = "cao" }'),
        "study.toml | hieght_m | layers.sites.columns.hieght_m | an unknown column hieght_m | a column of sites | Did you mean height_m?",
    ),
    "threshold-of-another-unit": (
        edit('threshold = "3 km"', 'threshold = "-110 dBm"'),
        "study.toml | -110 dBm | services.fibre.threshold | -110 dBm | a value in km, not in dBm | Mend",
    ),
    "threshold-with-a-decimal-comma": (
        edit('threshold = "3 km"', 'threshold = "3,5 km"'),
        'study.toml | 3,5 km | services.fibre.threshold | 3,5 km | a decimal point: "3.5", not "3,5" | Mend',
    ),
    "threshold-without-a-unit": (
        edit('threshold = "3 km"', "threshold = 3"),
        "study.toml | threshold = 3 | services.fibre.threshold | 3 (a whole number) | a number with its unit | Mend",
    ),
    "threshold-that-cannot-be": (
        edit("[services.mobile]", '[services.mobile]\nthreshold = "110 dBm"'),
        "study.toml | 110 dBm | services.mobile.threshold | 110 dBm | at most 0 dBm | Mend",
    ),
    "wrong-type": (
        edit('name = "drawn"', 'name = "drawn"\nseed = 1.5'),
        "study.toml | 3 | seed | 1.5 (a number) | a whole number | Mend",
    ),
    "true-for-a-number": (
        edit("min_people = 20", "min_people = true"),
        "study.toml | min_people | dead_zones.min_people | True (a truth value) | a number | Mend",
    ),
    "no-number": (
        edit("min_people = 20", "min_people = nan"),
        "study.toml | min_people | dead_zones.min_people | nan | a finite number | Mend",
    ),
    "text-for-a-table": (
        both(
            edit("[dead_zones]\nmin_people = 20", ""), edit('name = "drawn"', 'dead_zones = "none"')
        ),
        "study.toml | dead_zones | dead_zones | 'none' (text) | a table of keys | Mend",
    ),
    "a-name-that-is-a-path": (
        edit('name = "drawn"', 'name = "../../drawn"'),
        "study.toml | 2 | name | '../../drawn' | small letters | Mend",
    ),
    "a-date-in-quotes": (
        edit('sites.gpkg"', 'sites.gpkg"\ndate = "2026-01-31"'),
        "study.toml | date | layers.sites.date | '2026-01-31' (text) | without quotes | Mend",
    ),
    "unknown-evidence": (
        edit('evidence = "synthetic"', 'evidence = "sythetic"'),
        "study.toml | sythetic | layers.communes.evidence | 'sythetic' | measured, declared | Did you mean synthetic?",
    ),
    "no-evidence": (
        edit('path = "sites.gpkg"\nevidence = "synthetic"', 'path = "sites.gpkg"'),
        "study.toml | [layers.sites] | layers.sites.evidence | nothing | a value for evidence: one of measured | Add",
    ),
    "unknown-reader": (
        edit('reader = "communes"', 'reader = "comune"'),
        "study.toml | comune | layers.communes.reader | 'comune' | communes, people_raster | Did you mean communes?",
    ),
    "reader-of-another-role": (
        edit('reader = "nodes"', 'reader = "sites"'),
        "study.toml | 23 | layers.nodes.reader | 'sites' | a reader of fibre | Choose",
    ),
    "unknown-role": (
        edit('role = "power"', 'role = "pover"'),
        "study.toml | pover | layers.lines.role | 'pover' | power | Did you mean power?",
    ),
    "two-layers-of-people": (
        add(
            '[layers.more]\nrole = "people"\nreader = "people_raster"\npath = "people.tif"\nevidence = "proxy"\n'
        ),
        "study.toml | [layers.more] | layers.more | another layer for people | exactly one | Keep one",
    ),
    "unknown-service": (
        add("[services.water]\n"),
        "study.toml | [services.water] | services.water.type | 'water' | mobile, fibre, power | Choose",
    ),
    "a-service-named-as-a-column": (
        add('[services."all people"]\ntype = "fibre"\n'),
        "study.toml | all people | services.all people | 'all people' | small letters | another name",
    ),
    "a-service-whose-column-is-there": (
        add('[services.road]\ntype = "fibre"\n'),
        "study.toml | [services.road] | services.road | 'road', which makes the columns road_km | no column of a result | another name",
    ),
    "a-service-whose-other-column-is-there": (
        add('[services.nearest_place]\ntype = "fibre"\n'),
        "study.toml | nearest_place | services.nearest_place | makes the columns nearest_place_km | no column of a result | another name",
    ),
    "a-service-of-all": (
        add('[services.all]\ntype = "fibre"\n'),
        "study.toml | [services.all] | services.all | makes the columns all_people_pct, all_known_people, all_area_pct | no column of a result | another name",
    ),
    "a-service-named-as-a-role": (
        add('[services.roads]\ntype = "fibre"\n'),
        "study.toml | [services.roads] | services.roads | 'roads' | that is no role | another name",
    ),
    "service-without-a-layer": (
        add('[services.village_fibre]\ntype = "fibre"\n'),
        'study.toml | [services.village_fibre] | services.village_fibre | no layer for it | role = "village_fibre" | Add one',
    ),
    "bbox-too-short": (
        add("[area]\nbbox = [105, 21, 106]\n"),
        "study.toml | bbox | area.bbox.3 | nothing | a value for 3 | Add",
    ),
    "area-both-ways": (
        add('[area]\nbbox = [105, 21, 106, 22]\nprovinces = ["90"]\n'),
        "study.toml | [area] | area | a table | not both | Mend",
    ),
    # paths
    "no-such-file": (
        edit("sites.gpkg", "mast.gpkg"),
        "study.toml | 17 | layers.sites.path | 'mast.gpkg', which is not there | a file | Check the path",
    ),
    "path-upwards": (
        edit("sites.gpkg", "../sites.gpkg"),
        "study.toml | 17 | layers.sites.path | '../sites.gpkg', which leaves it | inside the study's folder | allow_outside_paths = true",
    ),
    "absolute-path": (
        edit("sites.gpkg", "/etc/passwd"),
        "study.toml | 17 | layers.sites.path | '/etc/passwd', which leaves it | inside the study's folder | allow_outside_paths = true",
    ),
    "link-outside": (
        linked,
        "study.toml | 17 | layers.sites.path | 'sites.gpkg', which leaves it | inside the study's folder | allow_outside_paths = true",
    ),
    "link-to-itself": (
        lambda folder: (
            (folder / "loop.gpkg").symlink_to("loop.gpkg")
            or edit("sites.gpkg", "loop.gpkg")(folder)
        ),
        "study.toml | 17 | layers.sites.path | which is no path | a file | Check the path",
    ),
    "link-in-a-folder": (
        both(
            in_folder({"a.json": commune_json("90001")}),
            lambda folder: (folder / "parts" / "b.json").symlink_to("/etc/passwd"),
        ),
        "study.toml | 6 | layers.communes.path | 'parts', which leaves it | inside the study's folder | allow_outside_paths = true",
    ),
    "a-pipe-in-place-of-a-file": (
        lambda folder: (folder / "sites.gpkg").unlink() or os.mkfifo(folder / "sites.gpkg"),
        "study.toml | 17 | layers.sites.path | 'sites.gpkg', which is no file to read | a file | Check the path",
    ),
    "keep-nothing": (
        edit("radius_km = 2.0", "keep = { site_id = [] }"),
        "study.toml | keep | layers.sites.options.keep | {'site_id': []} | [values] | Mend the option keep",
    ),
    "zero-byte-in-a-path": (
        edit("sites.gpkg", "sites\\u0000.gpkg"),
        "study.toml | 17 | layers.sites.path | which is no path | a file | Check the path",
    ),
    "endless-path": (
        edit("sites.gpkg", "x" * 5000),
        "study.toml | 17 | layers.sites.path | which is no path | a file | Check the path",
    ),
    "path-that-is-a-number": (
        edit('path = "sites.gpkg"', "path = 5"),
        "study.toml | 17 | layers.sites.path | 5 (a whole number) | a path | Mend",
    ),
    "costs-outside": (
        add('[costs]\npath = "../costs.csv"\n'),
        "study.toml | ../costs.csv | costs.path | '../costs.csv', which leaves it | inside the study's folder | allow_outside_paths",
    ),
    "sea-outside": (
        add('[radio]\nsea = "../sea.tif"\n'),
        "study.toml | ../sea.tif | radio.sea | '../sea.tif', which leaves it | inside the study's folder | allow_outside_paths",
    ),
    # costs
    "costs-without-a-year": (
        costs(built_in_costs().drop(columns="price_year").to_csv(index=False)),
        "costs.csv |  | price_year | the columns item | a column price_year | coverage/costs.csv",
    ),
    "cost-without-its-year": (
        costs_with(price_year=""),
        "costs.csv | 2 | price_year | nothing |  | Fill it in",
    ),
    "cost-in-words": (
        costs_with(running_share="some"),
        "costs.csv | 2 | running_share | 'some' | a number | Fill it in",
    ),
    "a-life-of-no-years": (
        costs_with(lifetime_years="0"),
        "costs.csv | 2 | lifetime_years | '0' | a number | ",
    ),
    "costs-without-an-item": (
        costs(built_in_costs().query("item != 'mv_line'").to_csv(index=False)),
        "costs.csv |  | item | the items macro_site_5g | an item mv_line | coverage/costs.csv",
    ),
    "cost-below-zero": (
        costs_with(base_vnd="-5"),
        "costs.csv | 2 | base_vnd | '-5' | >= 0 | Fill it in",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_one_fault_is_told_once_and_nothing_is_written(name: str, tmp_path: Path) -> None:
    hold(*CASES[name], tmp_path)


@pytest.mark.parametrize("name", ["absent.toml", "in", "in/people.tif", "in/absent/study.toml"])
def test_a_study_that_cannot_be_read(name: str, tmp_path: Path) -> None:
    drawn.country(tmp_path / "in")
    said = call("check", tmp_path / name, "--json")
    assert said.exit_code == 2
    (fault,) = json.loads(said.stdout)
    assert list(fault) == KEYS
    assert call("run", tmp_path / name, "--out", tmp_path / "out").exit_code == 2
    assert not (tmp_path / "out").exists()


def test_what_leaves_the_folder_is_not_opened(tmp_path: Path) -> None:
    study = drawn.country(tmp_path / "in")
    (tmp_path / "secret.csv").write_text("the,secret,names\n1,2,3\n")
    edit('sites.gpkg"', '../secret.csv"')(tmp_path / "in")
    assert "the, secret" not in call("check", study).output


def test_paths_may_leave_the_folder_when_the_study_says_so(tmp_path: Path) -> None:
    study = drawn.country(tmp_path / "in")
    (tmp_path / "in" / "sites.gpkg").rename(tmp_path / "sites.gpkg")
    edit('sites.gpkg"', '../sites.gpkg"')(tmp_path / "in")
    edit('name = "drawn"', 'name = "drawn"\nallow_outside_paths = true')(tmp_path / "in")
    assert call("check", study, "--json").stdout == "[]\n"


def test_a_study_built_in_python_tells_of_missing_files(tmp_path: Path) -> None:
    base = {"evidence": "synthetic"}
    layers = {
        "communes": base | {"reader": "communes", "path": drawn.communes(drawn.BOXES)},
        "people": base | {"reader": "people_raster", "path": str(tmp_path / "people.tif")},
        "power": base | {"reader": "lines", "path": str(tmp_path / "lines.gpkg")},
    }
    study = dz.Study(name="built", layers=layers)  # pyright: ignore[reportArgumentType]
    with pytest.raises(BadInput) as told:
        dz.run(study)
    assert [Path(fault.file).name for fault in told.value.faults] == ["people.tif", "lines.gpkg"]
    assert {fault.found for fault in told.value.faults} == {"no such file"}


def test_faults_come_in_the_order_of_the_study(tmp_path: Path) -> None:
    study = drawn.country(tmp_path / "in")
    names = [f"{letter}{letter}{letter}_column" for letter in "qwertyuiop"]
    pairs = ", ".join(f'{name} = "a"' for name in names)
    edit('sites.gpkg"', f'sites.gpkg"\ncolumns = {{ {pairs} }}')(tmp_path / "in")
    faults = json.loads(call("check", study, "--json").stdout)
    assert [fault["column"].rpartition(".")[2] for fault in faults] == names
