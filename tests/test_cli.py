"""The command line from end to end on a small made-up country."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

import drawn
import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
from spoil import call, state
from typer.testing import Result

import deadzones as dz
from deadzones import cli
from deadzones.coverage.analysis import Stage
from deadzones.geodata import _synthetic_names as names
from deadzones.geodata import options
from deadzones.reports import offline, products

PROGRAM = [sys.executable, "-P", "-c", "from deadzones.cli import main; main()"]
pytestmark = pytest.mark.usefixtures("short_search")
INSTALLED = Path(sys.executable).with_name("deadzones")
RESULT = {
    "assets.parquet",
    "communes.csv",
    "communes.parquet",
    "dead_zones.gpkg",
    "manifest.json",
    "map.html",
    "timings.json",
    "upgrades.csv",
    "upgrades.gpkg",
}


@pytest.fixture(scope="module")
def made_up(short_search: None, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """The demo of three communes: its folder, and what was said."""
    out = tmp_path_factory.mktemp("demo")
    return out, call("demo", "--communes", 3, "--out", out, "--lang", "en")


@pytest.fixture
def study(made_up: tuple[Path, Result]) -> Path:
    return made_up[0] / "inputs" / "study.toml"


@pytest.fixture(scope="module")
def explained(made_up: tuple[Path, Result]) -> str:
    """What `check --explain` says of the demo."""
    said = call("check", made_up[0] / "inputs" / "study.toml", "--explain", "--quiet")
    assert said.exit_code == 0
    return said.stdout


@pytest.fixture(scope="module")
def silent(short_search: None, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """The same demo, told to be quiet: its folder, and what was said."""
    out = tmp_path_factory.mktemp("silent")
    return out, call("demo", "--communes", 3, "--out", out, "--lang", "en", "--quiet")


@pytest.fixture(scope="module")
def ran(short_search: None, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """The drawn country, run once: the folder of its inputs and its result, and what was said."""
    folder = tmp_path_factory.mktemp("ran")
    said = call("run", drawn.country(folder / "in"), "--out", folder, "--lang", "vi")
    assert said.exit_code == 0, said.output
    return folder, said


@pytest.fixture
def result(ran: tuple[Path, Result], tmp_path: Path) -> Path:
    """Its result, copied for a test of its own."""
    return Path(shutil.copytree(ran[0] / "drawn", tmp_path / "drawn"))


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return drawn.country(tmp_path / "in")


def tables(folder: Path) -> dict[str, str]:
    """A result's files and their hashes, but for the one that may differ."""
    return {name: hashed for name, hashed in state(folder).items() if name != "timings.json"}


def test_the_demo_leaves_inputs_and_a_whole_result(made_up: tuple[Path, Result]) -> None:
    out, said = made_up
    assert said.exit_code == 0, said.output
    assert sorted(p.name for p in out.iterdir()) == ["demo", "inputs"]
    assert (out / "inputs" / "study.toml").is_file()
    assert {p.name for p in (out / "demo").iterdir()} >= RESULT


def test_the_demo_closes_with_a_summary_in_plain_words(made_up: tuple[Path, Result]) -> None:
    out, said = made_up
    lines = said.stdout.splitlines()
    assert lines[0].startswith("SYNTHETIC DATA")
    assert any("people in 3 communes" in line for line in lines)
    for service in ("mobile signal", "fibre", "grid power"):
        assert any(f"without {service}:" in line for line in lines)
    worst, best = (
        lines.index("Most in need:"),
        next(number for number, line in enumerate(lines) if line.startswith("Build first")),
    )
    assert len([line for line in lines[worst:best] if re.match(r"  \d\. ", line)]) == 3
    assert len([line for line in lines[best:] if re.match(r"  \d\. ", line)]) == 5
    assert lines[-1] == f"Map: {out / 'demo' / 'map.html'}"


def test_plain_lines_tell_each_step_where_there_is_no_terminal(
    made_up: tuple[Path, Result],
) -> None:
    steps = made_up[1].stderr.splitlines()
    assert steps[0] == "making up a country"
    assert "reading communes" in steps
    assert steps[-1] == "drawing the map"
    assert "\x1b" not in made_up[1].output


def test_the_bar_knows_its_steps(ran: tuple[Path, Result], small: Path) -> None:
    folder, said = ran
    study = dz.Study.read(small)
    assert len(said.stderr.splitlines()) == cli._steps(study, written=True)
    told = json.loads((folder / "drawn" / "timings.json").read_text(encoding="utf-8"))["stages"]
    assert [one["stage"] for one in told] == [*Stage, *products.WRITING]
    assert len(call("check", small).stderr.splitlines()) == len(study.layers)


def on_a_terminal(*words: object) -> bytes:
    """Run a program whose faults and progress go to a terminal, and return what that shows."""
    import pty

    ours, theirs = pty.openpty()
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "100"}
    command = [*PROGRAM, *map(str, words)]
    with subprocess.Popen(
        command, stderr=theirs, stdout=subprocess.DEVNULL, env=environment
    ) as process:
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # raised when the other end is closed
            while piece := os.read(ours, 4096):
                shown += piece
    os.close(ours)
    assert process.returncode == 0, shown
    return re.sub(rb"\x1b\[[0-9;?]*[a-zA-Z]", b"", shown)


@pytest.mark.slow
def test_a_terminal_shows_a_bar_that_names_of_layers_do_not_steer(small: Path) -> None:
    pytest.importorskip("pty", reason="there are no such terminals here")
    text = small.read_text(encoding="utf-8")
    last = text.replace("[layers.lines]", '[layers."[/red]\\u001b[2J"]')
    small.write_text(last, encoding="utf-8")
    shown = on_a_terminal("check", small)
    assert b"5/5" in shown
    assert b"reading [/red]?[2J" in shown


@pytest.mark.slow
def test_quiet_is_silent(silent: tuple[Path, Result], small: Path, tmp_path: Path) -> None:
    assert (silent[1].exit_code, silent[1].output) == (0, "")
    for words in (
        ["run", small, "--out", tmp_path],
        ["rank", small],
        ["map", tmp_path / "drawn"],
        ["check", small],
    ):
        said = call(*words, "--quiet")
        assert (said.exit_code, said.output) == (0, ""), words


@pytest.mark.slow
def test_the_summary_speaks_both_languages(
    ran: tuple[Path, Result], small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vietnamese = ran[1].stdout.replace(str(ran[0]), str(tmp_path))
    assert "người sống trong" in vietnamese
    assert f"Bản đồ: {tmp_path / 'drawn' / 'map.html'}" in vietnamese
    english = call("run", small, "--out", tmp_path, "--lang", "en").stdout
    assert "people live in" in english
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    for spoken, expected in (("vi_VN.UTF-8", vietnamese), ("C.UTF-8", english)):
        monkeypatch.setenv("LC_ALL", spoken)
        assert call("run", small, "--out", tmp_path).stdout == expected


def cost_of(line: str) -> float:
    unit = {"billion": 1e9, "million": 1e6, "trillion": 1e12}
    amount, word = re.findall(r"VND ([\d.,]+) (\w+)", line)[0]
    return float(amount.replace(",", "")) * unit[word]


@pytest.mark.slow
def test_ranking_keeps_to_a_budget(small: Path) -> None:
    poor = call("rank", small, "--budget", 2e9, "--lang", "en").stdout.splitlines()
    rich = call("rank", small, "--budget", 1e12, "--lang", "en").stdout.splitlines()
    assert 0 < cost_of(poor[0]) <= 2e9 < cost_of(rich[0])
    few = call("rank", small, "--budget", 1e12, "--first", 2, "--lang", "en").stdout.splitlines()
    assert [line for line in few if re.match(r"  \d+\. ", line)] == rich[1:3]
    nothing = call("rank", small, "--budget", 0, "--lang", "en")
    assert (nothing.exit_code, nothing.stdout) == (0, "No upgrade fits the budget.\n")


@pytest.mark.slow
def test_ranking_writes_only_when_asked(small: Path, tmp_path: Path) -> None:
    assert call("rank", small).exit_code == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in"]
    said = call("rank", small, "--budget", 5e9, "--out", tmp_path)
    assert said.exit_code == 0
    steps = cli._steps(dz.Study.read(small), written=True)
    assert len(said.stderr.splitlines()) == steps
    manifest = json.loads((tmp_path / "drawn" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["upgrades"]["budget_vnd"] == 5e9


@pytest.mark.parametrize("budget", ["nan", "inf", "-1", "many"])
def test_a_budget_is_a_finite_number(budget: str, small: Path) -> None:
    said = call("rank", small, "--budget", budget)
    assert said.exit_code == 2
    assert "--budget" in said.stderr


@pytest.mark.slow
def test_maps_are_drawn_anew(made_up: tuple[Path, Result], tmp_path: Path) -> None:
    result = made_up[0] / "demo"
    before = state(result)
    pages: dict[str, bytes] = {}
    province = dz.read(result).provinces.index[0]
    for name, words in {
        "vi": [],
        "en": ["--lang", "en"],
        "fibre": ["--measure", "fibre"],
        "province": ["--province", province],
    }.items():
        page = tmp_path / "pages" / f"{name}.html"
        said = call("map", result, "--out", page, *words)
        assert (said.exit_code, said.stdout) == (0, f"{page}\n"), said.output
        pages[name] = page.read_bytes()
    assert len(set(pages.values())) == len(pages)
    assert all(page.startswith(b"<!DOCTYPE html>") for page in pages.values())
    assert state(result) == before
    assert sorted(p.name for p in (tmp_path / "pages").iterdir()) == [
        f"{n}.html" for n in sorted(pages)
    ]


def test_a_map_takes_the_place_of_the_results_own(result: Path) -> None:
    before = state(result)
    assert call("map", result, "--lang", "en").exit_code == 0
    after = state(result)
    assert {name for name in after if after[name] != before.get(name)} == {"map.html"}


@pytest.mark.parametrize(
    ("words", "piece"),
    [
        (["--measure", "water"], "fibre"),
        (["--province", "99"], "99"),
        (["--lang", "fr"], "--lang"),
    ],
)
def test_a_map_of_what_is_not_there_is_refused(
    words: list[str], piece: str, made_up: tuple[Path, Result], tmp_path: Path
) -> None:
    said = call("map", made_up[0] / "demo", "--out", tmp_path / "map.html", *words)
    assert said.exit_code == 2
    assert piece in said.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("spoiled", [None, "manifest.json", "communes.parquet", "dead_zones.gpkg"])
def test_a_map_of_no_whole_result_is_refused(
    spoiled: str | None, result: Path, tmp_path: Path
) -> None:
    if spoiled is None:
        shutil.rmtree(result)
    else:
        (result / spoiled).write_bytes((result / spoiled).read_bytes()[:100])
    said = call("map", result, "--out", tmp_path / "page.html")
    assert said.exit_code == 2, repr(said.exception)
    assert (spoiled or "drawn") in said.stderr
    assert not (tmp_path / "page.html").exists()


def test_check_finds_no_fault_in_the_demo(study: Path) -> None:
    said = call("check", study)
    assert (said.exit_code, said.stdout) == (0, "No faults.\n")
    assert call("check", study, "--json").stdout == "[]\n"


def settings(model: dict[str, Any], prefix: str = "") -> set[str]:
    """The dotted keys of a study."""
    keys: set[str] = set()
    for key, value in model.items():
        nested = isinstance(value, dict) and bool(value) and key not in {"options", "columns"}
        keys |= settings(value, f"{prefix}{key}.") if nested else {f"{prefix}{key}"}
    return {key for key in keys if not key.endswith("options")}


def test_check_explains_every_setting_with_its_source(
    explained: str, study: Path, small: Path
) -> None:
    lines = explained.splitlines()
    for line in lines:
        key, _, rest = line.partition(" = ")
        assert re.fullmatch(r".+   \((set(; .+)?|(default|low|base|high): .+)\)", rest), line
        assert key
    told = {line.partition(" = ")[0] for line in lines}
    assert settings(dz.Study.read(study).model_dump()) <= told
    assert {"layers.mobile_b.options.radius_km", "layers.communes.options.make_valid"} <= told
    assert {"persons a household", "cost of macro_site_5g", "reach of new_site (mobile)"} <= told
    assert "land of a cell within declared areas that serves it = 50%" in explained
    assert "Ofcom" in call("check", small, "--explain").stdout


def test_check_explains_what_stands_in_for_a_site(explained: str) -> None:
    bands = pd.read_csv(Path(dz.__file__).parent / "coverage" / "radio" / "bands.csv", dtype=str)
    for row in bands.itertuples():
        begins = f"radio band {row.band_mhz} MHz"
        (line,) = [each for each in explained.splitlines() if each.startswith(begins)]
        assert line.endswith(f"(default: {row.source})")
        for value in (row.power_dbm, row.gain_dbi, row.loss_db, row.height_m, row.radius_km):
            assert f" {value} " in line
    clutter = pd.read_csv(Path(dz.__file__).parent / "coverage" / "radio" / "clutter.csv")
    assert explained.count("clutter of ") == len(clutter)


def test_every_option_has_a_source_beside_its_meaning(explained: str) -> None:
    assert all(option.source not in {"", option.meaning} for option in options.OPTIONS)
    for option in options.of("sites").values():
        (line,) = re.findall(rf"layers\.mobile_b\.options\.{option.name} = .*", explained)
        assert option.meaning in line
        assert option.source in line or "(set; " in line


@pytest.mark.slow
def test_running_the_demos_inputs_gives_the_demos_result(
    silent: tuple[Path, Result], tmp_path: Path
) -> None:
    study = silent[0] / "inputs" / "study.toml"
    assert call("run", study, "--out", tmp_path, "--lang", "en").exit_code == 0
    assert tables(tmp_path / "demo") == tables(silent[0] / "demo")


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes(
    made_up: tuple[Path, Result], silent: tuple[Path, Result]
) -> None:
    assert (made_up[1].exit_code, silent[1].exit_code) == (0, 0)
    assert tables(made_up[0] / "demo") == tables(silent[0] / "demo")
    assert state(made_up[0] / "inputs") == state(silent[0] / "inputs")


@pytest.mark.slow
def test_the_demos_inputs_can_be_changed(made_up: tuple[Path, Result], tmp_path: Path) -> None:
    shutil.copytree(made_up[0], tmp_path, dirs_exist_ok=True)
    study = tmp_path / "inputs" / "study.toml"
    before = pd.read_csv(tmp_path / "demo" / "communes.csv", dtype={"commune_code": str})
    text = study.read_text(encoding="utf-8")
    text = text.replace('threshold = "5 km"', 'threshold = "500 m"')
    unplanned = drawn.NO_PLAN.partition("\n")[2]
    study.write_text(text.replace("budget_vnd = 500e9\n", unplanned), encoding="utf-8")
    assert call("run", study, "--out", tmp_path).exit_code == 0
    after = pd.read_csv(tmp_path / "demo" / "communes.csv", dtype={"commune_code": str})
    assert (after["fibre_people_pct"] < before["fibre_people_pct"]).all()
    assert after["mobile_people_pct"].equals(before["mobile_people_pct"])


def test_running_twice_replaces_the_result(small: Path, result: Path, tmp_path: Path) -> None:
    before = tables(result)
    (result / "left.txt").write_text("of an earlier version")
    assert call("run", small, "--out", tmp_path, "--lang", "vi").exit_code == 0
    assert tables(result) == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["drawn", "in"]


@pytest.mark.slow
@pytest.mark.parametrize("error", [OSError("no space left"), KeyboardInterrupt(), RuntimeError()])
def test_a_result_is_whole_or_absent(
    error: BaseException,
    result: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> NoReturn:
        raise error

    monkeypatch.setattr(offline, "save", fail)
    small = drawn.country(tmp_path / "in", extra=drawn.NO_PLAN)
    assert call("run", small, "--out", tmp_path / "out").exit_code not in {0, 2}
    assert not list((tmp_path / "out").glob("**/*"))
    before = state(tmp_path)
    assert call("run", small, "--out", result.parent).exit_code not in {0, 2}
    assert state(tmp_path) == before, "the earlier result stays"


@pytest.mark.parametrize("name", ["thesis.docx", "manifest.json"])
def test_a_folder_that_is_no_result_stays_as_it_is(name: str, small: Path, tmp_path: Path) -> None:
    (tmp_path / "drawn").mkdir()
    (tmp_path / "drawn" / name).write_text('{"versions": {"years": "of work"}}')
    before = state(tmp_path)
    for words in (["run", small], ["rank", small], ["demo", "--communes", 1]):
        if words[0] == "demo":
            (tmp_path / "drawn").rename(tmp_path / "demo")
            before = state(tmp_path)
        said = call(*words, "--out", tmp_path)
        assert said.exit_code == 2
        assert "no result of ours" in said.stderr
        assert "reading" not in said.stderr, "told before the work"
    assert state(tmp_path) == before


def test_an_output_folder_that_cannot_be_is_refused_at_once(small: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for words in (["run", small], ["rank", small], ["demo"]):
        for place in ("file", "file/below"):
            said = call(*words, "--out", tmp_path / place)
            assert said.exit_code == 2, said.exception
            assert "a folder to write into" in said.stderr
            assert "reading" not in said.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "in"]


def test_the_demo_takes_no_place_of_other_inputs(tmp_path: Path) -> None:
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs" / "communes.gpkg").write_text("mine")
    before = state(tmp_path)
    said = call("demo", "--communes", 2, "--out", tmp_path)
    assert said.exit_code == 2
    assert "communes.gpkg" in said.stderr
    assert state(tmp_path) == before


@pytest.mark.parametrize(
    "words",
    [
        ["demo", "--communes", 0],
        ["demo", "--communes", names.MOST_COMMUNES + 1],
        ["demo", "--seed", -1],
        ["run"],
        ["run", "a", "b"],
        ["walk"],
        ["check", "a", "--jsn"],
    ],
)
def test_wrong_words_are_refused(words: list[object], tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    assert call(*words).exit_code == 2
    assert not list(tmp_path.iterdir())


def test_an_unexpected_fault_is_exit_code_1(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> NoReturn:
        raise ZeroDivisionError

    monkeypatch.setattr("deadzones.coverage.inputs.read_all", fail)
    assert call("check", small).exit_code == 1


@pytest.mark.parametrize("command", ["demo", "run", "rank", "map", "check"])
def test_help_shows_an_example(command: str) -> None:
    said = call(command, "--help")
    assert said.exit_code == 0
    assert f"Example: deadzones {command}" in said.stdout
    assert "--quiet" in said.stdout
    assert "--log-level" in said.stdout


@pytest.mark.slow
def test_a_terminal_of_few_letters_does_not_stop_a_run(small: Path) -> None:
    text = small.read_text(encoding="utf-8")
    small.write_text(
        text.replace('name = "drawn"', 'name = "drawn"\ntitle = "Đất nước"'), encoding="utf-8"
    )
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    command = [INSTALLED, "check", small, "--explain", "--quiet"]
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert done.returncode == 0
    assert b"title = '??t n??c'" in done.stdout


def test_a_result_can_be_a_layer(small: Path, result: Path) -> None:
    """The key of a table that we wrote is its index: read back, it is a column again."""
    (result / "communes.parquet").rename(small.parent / "communes.parquet")
    text = small.read_text(encoding="utf-8")
    small.write_text(text.replace("communes.gpkg", "communes.parquet"), encoding="utf-8")
    assert call("check", small).exit_code == 0


def test_inputs_are_only_read(ran: tuple[Path, Result], small: Path) -> None:
    used = ran[0] / "in" / "study.toml"
    call("check", used, "--explain")
    call("rank", used)
    assert state(used.parent) == state(small.parent)


def test_the_files_of_a_result_open_in_other_programs(made_up: tuple[Path, Result]) -> None:
    result = made_up[0] / "demo"
    communes = gpd.read_parquet(result / "communes.parquet")
    zones = pyogrio.read_dataframe(result / "dead_zones.gpkg")
    upgrades = pd.read_csv(result / "upgrades.csv")
    assert len(communes) == 3
    assert zones["zone_id"].is_unique
    assert upgrades["rank"].tolist() == list(range(1, len(upgrades) + 1))


def test_an_earlier_result_stays_when_the_new_one_cannot_take_its_place(
    made_up: tuple[Path, Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = dz.read(made_up[0] / "demo")
    result = dataclasses.replace(result, timings=[{"stage": "x", "start": "", "seconds": 0.0}])
    folder = result.write(tmp_path / "demo")
    before, rename = state(tmp_path), Path.rename

    def failing(self: Path, target: Path) -> Path:
        if target == folder and not self.name.endswith(".old"):
            raise PermissionError(13, "no")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(PermissionError):
        result.write(folder)
    assert state(tmp_path) == before
