"""The promises of the repository itself: layers, packaging, documentation, commands."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from io import StringIO
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import Any

import build
import pyproject_hooks
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import deadzones
from deadzones.coverage import analysis
from deadzones.coverage.study import Study
from deadzones.geodata import synthetic
from deadzones.reports import report_facts

ROOT = Path(__file__).parents[1]
DOOR = ["_terminal", "_cli_options", "_cli_data", "_cli_score", "_cli_pages", "cli"]
"""The files of the command line."""
ROOMS = ["geodata", "coverage", "reports", *DOOR]
"""Each may import itself and those before it."""
COMMAND_LINE = {f"{name}.py" for name in DOOR}
KEPT_TO = {  # library -> the only files that may import it
    "branca": r"reports/.+",
    "folium": r"reports/.+",
    "networkx": r"coverage/(network|upgrades)\.py",
    "numba": r"coverage/radio/.+|.*_kernels.*|geodata/_jit.py",
    "xstatic": r"reports/.+",
}
CONDA_NAMES = {
    "build": "python-build",
    "matplotlib": "matplotlib-base",
    "playwright": "playwright-python",
    "typst": "typst-py",
}
SLOW_TO_IMPORT = [
    "folium", "geopandas", "matplotlib", "networkx", "numba", "numpy", "pandas", "pyarrow",
    "pyproj", "rasterio", "scipy", "shapely",
]  # fmt: skip


def package_files() -> Iterator[PurePosixPath]:
    """Every file of the package, relative to the root."""
    files = [*ROOT.glob("*.py"), ROOT / "py.typed"]
    for room in ROOMS[: -len(DOOR)]:
        files += (path for path in (ROOT / room).rglob("*") if path.is_file())
    for path in sorted(files):
        if "__pycache__" not in path.parts:
            yield PurePosixPath(path.relative_to(ROOT).as_posix())


SOURCES = [file for file in package_files() if file.suffix == ".py"]


@cache
def tree_of(file: PurePosixPath) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse((ROOT / file).read_text("utf-8"))


def module_of(file: PurePosixPath) -> str:
    """The dotted name that a file is imported by."""
    parts = file.with_suffix("").parts
    return ".".join(("deadzones", *parts)).removesuffix(".__init__")


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a fresh Python at the root of the repository, as a user would."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


# --- layers -----------------------------------------------------------------------------------


def imports(tree: ast.Module, file: PurePosixPath) -> Iterator[tuple[bool, list[str]]]:
    """Whether each import is relative, and the parts of the name that it brings in."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((False, alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = ["deadzones", *file.parent.parts]
            base = package[: len(package) - node.level + 1] if node.level else []
            middle = node.module.split(".") if node.module else []
            yield from ((node.level > 0, [*base, *middle, alias.name]) for alias in node.names)


def broken_layers(tree: ast.Module, file: PurePosixPath) -> Iterator[str]:
    """What a file imports although its place forbids it. The face names every room."""
    if file == PurePosixPath("__init__.py"):
        return
    room = file.parts[0].removesuffix(".py")
    for relative, parts in imports(tree, file):
        name = ".".join(parts)
        if not relative:
            if parts[0] in ["deadzones", *ROOMS]:
                yield f"{file}: {name} is ours: import it relatively"
            elif parts[0] in KEPT_TO and not re.fullmatch(KEPT_TO[parts[0]], str(file)):
                yield f"{file}: {name} belongs in {KEPT_TO[parts[0]]}"
        elif parts[1] in ROOMS:
            if room not in ROOMS or ROOMS.index(parts[1]) > ROOMS.index(room):
                yield f"{file}: {name} is above {room}"
        elif not parts[1].startswith("__"):
            yield f"{file}: {name} is the face of the package: import from its room"


def test_each_layer_imports_only_what_lies_below() -> None:
    faults = [fault for file in SOURCES for fault in broken_layers(tree_of(file), file)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("file", "line", "allowed"),
    [
        ("geodata/grid.py", "from . import crs", True),
        ("geodata/readers/sites.py", "from ..faults import Fault", True),
        ("geodata/grid.py", "from ..coverage import zones", False),
        ("geodata/readers/sites.py", "from ...coverage.zones import find", False),
        ("coverage/zones.py", "from ..geodata import grid", True),
        ("coverage/services/mobile.py", "from ...geodata import grid", True),
        ("coverage/zones.py", "def f():\n    from ..reports import maps", False),
        ("coverage/zones.py", "import geodata", False),
        ("coverage/zones.py", "from deadzones.geodata import grid", False),
        ("coverage/zones.py", "from .. import Study", False),
        ("reports/products.py", "from .. import __version__", True),
        ("reports/maps.py", "from ..cli import main", False),
        ("reports/maps.py", "import folium.plugins", True),
        ("coverage/zones.py", "import folium", False),
        ("cli.py", "from .reports import products", True),
        ("cli.py", "from folium import Map", False),
        ("coverage/network.py", "import networkx as nx", True),
        ("reports/charts.py", "import networkx as nx", False),
        ("coverage/radio/p1812.py", "from numba import njit", True),
        ("geodata/_kernels.py", "import numba", True),
        ("geodata/zonal.py", "import numba", False),
    ],
)
def test_the_layer_rule_itself(file: str, line: str, *, allowed: bool) -> None:
    assert (not list(broken_layers(ast.parse(line), PurePosixPath(file)))) is allowed


def test_the_root_does_not_offer_the_name_coverage() -> None:
    assert python("-c", "import numba, deadzones").returncode == 0
    refused = python("-c", "import coverage")
    assert refused.returncode != 0
    assert "import deadzones.coverage" in refused.stderr


def test_nothing_prints_outside_the_command_line() -> None:
    prints = [
        f"{file}:{node.lineno}"
        for file in SOURCES
        if file.name not in COMMAND_LINE
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]
    assert not prints


# --- packaging --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The files in a wheel, built from a copy so that nothing is left in the tree."""
    source = tmp_path_factory.mktemp("source")
    for name in [*package_files(), *map(Path, ["pyproject.toml", "README.md", "LICENSE"])]:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, source / name)
    quiet = pyproject_hooks.quiet_subprocess_runner
    built = build.ProjectBuilder(source, runner=quiet).build("wheel", source / "dist")
    with zipfile.ZipFile(built) as wheel:
        return set(wheel.namelist())


def test_the_wheel_holds_the_whole_package_and_nothing_else(wheel_names: set[str]) -> None:
    found = {name for name in wheel_names if ".dist-info/" not in name}
    wanted = {f"deadzones/{file}" for file in package_files()}
    assert not wanted - found, "missing: see [tool.setuptools] in pyproject.toml"
    assert not found - wanted


def test_the_wheel_carries_the_licence(wheel_names: set[str]) -> None:
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in wheel_names)


def requirements() -> dict[str, Requirement]:
    """What pyproject.toml asks for, extras included, by normal name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = [*project["dependencies"]]
    for extra in project["optional-dependencies"].values():
        lines += extra
    return {canonicalize_name(need.name): need for need in map(Requirement, lines)}


def test_the_conda_environment_is_in_step() -> None:
    lines = (ROOT / "environment.yml").read_text("utf-8").split("dependencies:")[1].splitlines()
    items = [line.split("- ", 1)[1].strip() for line in lines if line.strip().startswith("- ")]
    conda = map(Requirement, (item for item in items if item[0] != "-" and item[-1] != ":"))
    found = {str(canonicalize_name(need.name)): str(need.specifier) for need in conda}
    assert found.pop("pip") == ""

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {
        CONDA_NAMES.get(name, name): str(need.specifier) for name, need in requirements().items()
    }
    assert found == {"python": project["requires-python"], **wanted}


def test_every_requirement_is_pinned_within_its_bounds() -> None:
    text = (ROOT / "constraints.txt").read_text("utf-8")
    assert "://" not in text, "constraints.txt names a host"
    pins = [Requirement(line) for line in text.splitlines() if not line.startswith("#")]
    for name, need in requirements().items():
        versions = [str(pin.specifier)[2:] for pin in pins if canonicalize_name(pin.name) == name]
        assert versions, f"{name} is not pinned: run `make lock`"
        assert all(map(need.specifier.contains, versions)), f"{name}: run `make lock`"


# --- documentation ----------------------------------------------------------------------------


def public_definitions(
    file: PurePosixPath,
) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]]:
    """Public functions, classes and their public methods, by dotted name."""
    if any(part.startswith("_") for part in file.parts if part != "__init__.py"):
        return
    definition = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    for node in tree_of(file).body:
        if isinstance(node, definition) and not node.name.startswith("_"):
            yield f"{module_of(file)}.{node.name}", node
            for inner in node.body if isinstance(node, ast.ClassDef) else []:
                if isinstance(inner, definition) and not inner.name.startswith("_"):
                    yield f"{module_of(file)}.{node.name}.{inner.name}", inner


def test_every_public_name_has_a_docstring() -> None:
    bare = [
        name
        for file in SOURCES
        for name, node in public_definitions(file)
        if not ast.get_docstring(node) and ast.unparse(node.body[0]) != "..."  # a protocol's member
    ]
    assert not bare, "\n".join(bare)


def without_hints(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """The parameters of a function that have no type, and `return`."""
    given = node.args
    parameters = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    bare = [each.arg for each in parameters if each and not each.annotation]
    return [name for name in bare if name not in ("self", "cls")] + ["return"] * (not node.returns)


def test_every_public_function_has_type_hints() -> None:
    bare = [
        f"{name}: {', '.join(without_hints(node))}"
        for file in SOURCES
        for name, node in public_definitions(file)
        if not isinstance(node, ast.ClassDef) and without_hints(node)
    ]
    assert not bare, "\n".join(bare)


def test_every_public_function_has_an_example() -> None:
    """Commands show theirs in --help."""
    bare = [
        name
        for file in SOURCES
        if file.name not in COMMAND_LINE
        for name, node in public_definitions(file)
        if isinstance(node, ast.FunctionDef)
        and name == f"{module_of(file)}.{node.name}"  # a method's example is its class's
        and ">>> " not in (ast.get_docstring(node) or "")
    ]
    assert not bare, "\n".join(bare)


@pytest.mark.parametrize("name", deadzones.__all__)
def test_every_name_of_the_face_loads_and_is_explained(name: str) -> None:
    thing = getattr(deadzones, name)
    text = inspect.getdoc(thing) or ""
    assert text, f"deadzones.{name} has no docstring"
    if not inspect.ismodule(thing) and not (
        inspect.isclass(thing) and issubclass(thing, Exception)
    ):
        assert ">>> " in text, f"deadzones.{name} has no example"


@pytest.fixture(scope="module")
def beginnings(
    tmp_path_factory: pytest.TempPathFactory,
) -> list[tuple[ModuleType, Callable[..., Any]]]:
    """What most examples begin with, done once: a made-up country, its survey, a result's figures."""
    make, look, count = synthetic.country, analysis.survey, report_facts.base
    made, seen, counted = dict[Any, Any](), dict[Any, Any](), dict[Any, Any]()
    copies = dict[Path, Path]()

    def country(folder: Path | str, *, communes: int = 120, seed: int = 0) -> Path:
        key = communes, seed
        if key not in made:
            made[key] = make(tmp_path_factory.mktemp("country"), communes=communes, seed=seed)
        shutil.copytree(made[key].parent, folder, dirs_exist_ok=True)
        copies[Path(folder).resolve()] = made[key].parent
        return Path(folder) / made[key].name

    def survey(study: Study, *more: Any) -> analysis.Survey:
        home = copies.get(study.folder.resolve())
        if more or home is None:
            return look(study, *more)
        key = home, study.model_dump_json()
        if key not in seen:
            seen[key] = look(study.at(home))  # which stays: terrain is read late
        return seen[key]

    def base(result: Any, **options: Any) -> report_facts.Base:
        key = id(result), repr(options)
        if key not in counted:
            counted[key] = result, count(result, **options)  # a result that is kept keeps its id
        return counted[key][1]

    return [(synthetic, country), (analysis, survey), (report_facts, base)]


@pytest.mark.slow
@pytest.mark.parametrize(
    "module",
    [module_of(file) for file in SOURCES if ">>> " in (ROOT / file).read_text("utf-8")],
)
def test_examples_run(
    module: str,
    tmp_path: Path,
    beginnings: list[tuple[ModuleType, Callable[..., Any]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    for home, quick in beginnings:
        if module != home.__name__:
            monkeypatch.setattr(home, quick.__name__, quick)
    runner = doctest.DocTestRunner(
        optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE, verbose=False
    )
    report = StringIO()
    examples = doctest.DocTestFinder().find(importlib.import_module(module))
    failed = sum(runner.run(example, out=report.write).failed for example in examples)
    assert not failed, report.getvalue()
    assert any(example.examples for example in examples), "doctest finds none of the examples"


def test_no_example_is_skipped() -> None:
    skipped = [str(file) for file in SOURCES if "+SKIP" in (ROOT / file).read_text("utf-8")]
    assert not skipped


# --- commands ---------------------------------------------------------------------------------


def targets() -> dict[str, str]:
    """The Makefile's targets and what `make help` says of each."""
    text = (ROOT / "Makefile").read_text("utf-8")
    return dict(re.findall(r"^([a-z]+):.*?## (.+)$", text, flags=re.MULTILINE))


def test_the_makefile_explains_every_target() -> None:
    wanted = {"help", "demo", "test", "slow", "check", "format", "bench", "stress", "clean"}
    assert wanted <= set(targets())


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", ".ci/run"])
def test_the_commands_that_are_written_down_exist(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    named = set(re.findall(r"(?:^|`|\$ |&& )make ([a-z]+)", text, flags=re.MULTILINE))
    assert "test" in named
    assert named <= set(targets())
    assert name != "README.md" or "demo" in named


def test_one_disc_of_radio_asks_for_no_tables() -> None:
    """They would take 80 MB, beside 120 of kernels and numpy."""
    tables = {"geopandas", "pandas", "pyarrow", "rasterio", "shapely"}
    code = f"""
import sys
import deadzones.coverage.radio.area_sweep, deadzones.coverage.radio.exact
import deadzones.coverage.radio.terrain
print(sorted({tables} & set(sys.modules)))
"""
    run = python("-c", code)
    assert run.stdout.strip() == "[]", run.stdout + run.stderr


def test_help_starts_quickly() -> None:
    """Seconds of the processor, the best of three: other work on the machine does not count."""
    code = f"""
import json, sys, time
from deadzones.cli import main
sys.argv = ["deadzones", "--help"]
try:
    main()
finally:
    slow = sorted(set({SLOW_TO_IMPORT}) & set(sys.modules))
    print(json.dumps([slow, time.process_time()]))
"""
    runs = [python("-c", code) for _ in range(3)]
    assert "Usage" in runs[0].stdout, runs[0].stderr
    results = [json.loads(run.stdout.splitlines()[-1]) for run in runs]
    assert results[0][0] == [], "imported before a command needs them"
    assert min(seconds for _, seconds in results) < 0.5
