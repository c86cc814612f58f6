"""The door: ``deadzones demo | run | rank | map | check``.

Nothing heavy is imported here: ``deadzones --help`` answers at once.
"""

from __future__ import annotations

import itertools
import json
import logging
import math
import os
import sys
import unicodedata
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from .coverage.study import Study
    from .geodata.faults import Fault
    from .reports.words import Lang

BAD_INPUT = 2
"""Exit code: the input is at fault, all faults are told, nothing is written."""

app = typer.Typer(
    help="Find where people live without 5G, fibre or power, and rank what to build first.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    rich_markup_mode=None,
)

StudyFile = Annotated[Path, typer.Argument(help="The study, a TOML file.")]
Out = Annotated[Path, typer.Option("--out", help="Folder; the result goes to OUT/<name>.")]
Language = Annotated[
    Literal["vi", "en"] | None,
    typer.Option("--lang", help="Language of the summary and of the map when it opens."),
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Say nothing but faults.")]
Level = Annotated[
    Literal["debug", "info", "warning", "error"],
    typer.Option("--log-level", help="How much the libraries may say."),
]


def _finite(value: float | None) -> float | None:
    if value is not None and not (math.isfinite(value) and value >= 0):
        raise typer.BadParameter("a finite number of VND, at least 0")
    return value


Budget = Annotated[float | None, typer.Option(help="VND; else the study's.", callback=_finite)]


@app.command(epilog="Example: deadzones demo --out out")
def demo(
    out: Out = Path("out"),
    communes: Annotated[int, typer.Option(help="How many communes.", min=1, max=9999)] = 120,
    seed: Annotated[int, typer.Option(help="The same seed makes the same country.", min=0)] = 0,
    lang: Language = None,
    quiet: Quiet = False,
    log_level: Level = "warning",
) -> None:
    """Make up a country, analyse it, draw it. Its study is left in OUT/inputs."""
    with _door(log_level):
        from .geodata import synthetic
        from .geodata.faults import BadInput, Fault
        from .reports import products

        _check_folder(out)
        products.refuse_foreign(out / "demo")
        try:
            with _progress(1, quiet=quiet) as tell:
                tell("making up a country")
                study = synthetic.country(out / "inputs", communes=communes, seed=seed)
        except FileExistsError as error:
            wanted = "a new folder, or one with a country that deadzones made up"
            fault = Fault(str(out), str(error), wanted, "Choose another folder.")
            raise BadInput([fault]) from error
        _run(study, out, lang, quiet=quiet)


@app.command(epilog="Example: deadzones run out/inputs/study.toml --out out")
def run(
    study: StudyFile,
    out: Out = Path("out"),
    lang: Language = None,
    quiet: Quiet = False,
    log_level: Level = "warning",
) -> None:
    """Run a study: dead zones, scored communes, ranked upgrades, a map."""
    with _door(log_level):
        _check_folder(out)
        _run(study, out, lang, quiet=quiet)


@app.command(epilog="Example: deadzones rank out/inputs/study.toml --budget 500e9")
def rank(
    study: StudyFile,
    budget: Budget = None,
    first: Annotated[int, typer.Option(help="How many upgrades to name.", min=1)] = 20,
    out: Annotated[Path | None, typer.Option(help="Write the result to OUT/<name>.")] = None,
    lang: Language = None,
    quiet: Quiet = False,
    log_level: Level = "warning",
) -> None:
    """Rank upgrades under a budget."""
    with _door(log_level):
        from .reports import products, summary

        wanted = _study(study, quiet=quiet)
        if out is not None:
            _check_folder(out)
            products.refuse_foreign(out / wanted.name)
        if budget is not None:
            upgrades = wanted.upgrades.model_copy(update={"budget_vnd": budget})
            wanted = wanted.model_copy(update={"upgrades": upgrades})
        with _progress(_steps(wanted, written=out is not None), quiet=quiet) as tell:
            result = products.run(wanted, tell)
            if out is not None:
                result.write(out / wanted.name, lang=lang or "vi", tell=tell)
        _print(summary.first_upgrades(result, _language(lang), first), quiet=quiet)


@app.command("map", epilog="Example: deadzones map out/demo --out map.html --lang en")
def draw(
    result: Annotated[Path, typer.Argument(help="The folder of a result.")],
    out: Annotated[Path | None, typer.Option(help="The page; RESULT/map.html if absent.")] = None,
    measure: Annotated[str, typer.Option(help="What communes are coloured by.")] = "score",
    province: Annotated[str | None, typer.Option(help="Code of the only province drawn.")] = None,
    lang: Language = None,
    quiet: Quiet = False,
    log_level: Level = "warning",
) -> None:
    """Draw the map of a result anew."""
    with _door(log_level):
        from .geodata.faults import BadInput, Fault
        from .reports import offline, products

        target = out or result / "map.html"
        _check_folder(target.parent)
        with _progress(2, quiet=quiet) as tell:
            tell("reading the result")
            tables = products.read(result)
            tell("drawing the map")
            try:
                page = tables.explore(measure=measure, province=province, lang=lang or "vi")
            except ValueError as error:
                wanted, repair = "a known measure or province", "Choose one of these."
                raise BadInput([Fault("command line", str(error), wanted, repair)]) from error
            offline.save(page, target)
        _print(iter([str(target)]), quiet=quiet)


@app.command(epilog="Example: deadzones check study.toml --json")
def check(
    study: StudyFile,
    as_json: Annotated[bool, typer.Option("--json", help="Faults as a JSON list.")] = False,
    explain: Annotated[bool, typer.Option(help="Show every setting and its source.")] = False,
    quiet: Quiet = False,
    log_level: Level = "warning",
) -> None:
    """Look into a study and all its files; tell every fault at once."""
    with _door(log_level):
        found, faults = _inspect(study, always=True, quiet=quiet or as_json)
        if as_json:
            print(json.dumps([fault.as_dict() for fault in faults], ensure_ascii=False, indent=2))
        elif faults:
            _complain(faults)
        else:
            _print(iter(["No faults."]), quiet=quiet)
        if faults:
            raise typer.Exit(BAD_INPUT)
        if explain and found is not None and not as_json:
            from .coverage import explain as explaining

            _print(explaining.lines(found), quiet=False)


def _study(path: Path, *, quiet: bool) -> Study:
    """Read a study, telling the faults of its layers with its own."""
    from .geodata.faults import BadInput

    study, faults = _inspect(path, always=False, quiet=quiet)
    if faults or study is None:
        raise BadInput(faults)
    return study


def _inspect(path: Path, *, always: bool, quiet: bool) -> tuple[Study | None, list[Fault]]:
    """Look into a study; into its layers too if there is a fault already, or always."""
    from .coverage import inputs, study_file

    study, faults = study_file.inspect(path)
    if study is not None and (faults or always):
        with _progress(len(study.layers), quiet=quiet) as tell:
            faults += inputs.read_all(study, tell)[1]
    return study, faults


def _check_folder(folder: Path) -> None:
    """Refuse at once a place where no folder can be made."""
    from .geodata.faults import BadInput, Fault

    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not (there.is_dir() and os.access(there, os.W_OK)):
        found = "a folder that may not be written" if there.is_dir() else "a file"
        fault = Fault(str(there), found, "a folder to write into", "Choose another place.")
        raise BadInput([fault])


def _run(path: Path, out: Path, lang: Lang | None, *, quiet: bool) -> None:
    from .reports import products, summary

    study = _study(path, quiet=quiet)
    products.refuse_foreign(out / study.name)
    with _progress(_steps(study, written=True), quiet=quiet) as tell:
        result = products.run(study, tell)
        folder = result.write(out / study.name, lang=lang or "vi", tell=tell)
    _print(summary.sentences(result, _language(lang)), quiet=quiet)
    name = {"vi": "Bản đồ", "en": "Map"}[_language(lang)]
    _print(iter([f"{name}: {folder / 'map.html'}"]), quiet=quiet)


def _steps(study: Study, *, written: bool) -> int:
    from .coverage.analysis import Stage
    from .reports.products import WRITING

    return len(study.layers) + len(Stage) + written * len(WRITING)


def _language(lang: Lang | None) -> Lang:
    if lang is not None:
        return lang
    spoken = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "vi" if next(filter(None, spoken), "").startswith("vi") else "en"


def _print(lines: Iterator[str], *, quiet: bool) -> None:
    if not quiet:
        for line in lines:
            print(_harmless(line))


def _complain(faults: list[Fault]) -> None:
    for fault in faults:
        print(_harmless(str(fault)), file=sys.stderr)
    number = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    print(f"{number}; nothing was written.", file=sys.stderr)


def _harmless(line: str) -> str:
    """Take out what would steer a terminal: names come from files."""
    return "".join("?" if unicodedata.category(letter)[0] == "C" else letter for letter in line)


@contextmanager
def _door(log_level: str) -> Generator[None]:
    """Turn bad input into its faults and exit code 2."""
    from .geodata.faults import BadInput

    logging.basicConfig(level=log_level.upper(), format="%(name)s: %(message)s")
    if log_level not in {"debug", "info"}:
        # What GDAL says of a bad file is told as its fault.
        logging.getLogger("rasterio").setLevel(logging.CRITICAL)
    try:
        yield
    except BadInput as error:
        _complain(error.faults)
        raise typer.Exit(BAD_INPUT) from None


@contextmanager
def _progress(steps: int, *, quiet: bool) -> Generator[Callable[[str], None]]:
    """Say what is being done: a bar on a terminal, plain lines elsewhere."""
    if quiet:
        yield lambda _: None
    elif not sys.stderr.isatty():
        yield lambda text: print(_harmless(text), file=sys.stderr, flush=True)
    else:
        from rich import progress as rich
        from rich.console import Console

        words = rich.TextColumn("{task.description}", markup=False)
        columns = (rich.BarColumn(), rich.MofNCompleteColumn(), words, rich.TimeElapsedColumn())
        with rich.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task, done = bar.add_task("", total=steps), itertools.count()
            yield lambda text: bar.update(task, description=_harmless(text), completed=next(done))
            bar.update(task, completed=steps)


def main() -> None:
    """Run the command line: ``deadzones``."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # one of few letters must not stop a run
            stream.reconfigure(errors="replace")
    app()
