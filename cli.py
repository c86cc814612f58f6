"""The door: ``deadzones demo | run | rank | radio | map | check``.

Nothing heavy is imported here: ``deadzones --help`` answers at once.
"""

from __future__ import annotations

import json
import math
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ._terminal import BAD_INPUT, check_folder, complain, door, language, progress, say

if TYPE_CHECKING:
    from .coverage.study import Study
    from .geodata.faults import Fault
    from .reports.words import Lang

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


Cache = Annotated[
    Path | None, typer.Option(help="Folder where predictions are kept for the next run.")
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
    with door(log_level):
        from .geodata import synthetic
        from .geodata.faults import BadInput, Fault
        from .reports import products

        check_folder(out)
        products.refuse_foreign(out / "demo")
        try:
            with progress(1, quiet=quiet) as tell:
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
    cache: Cache = None,
    lang: Language = None,
    quiet: Quiet = False,
    log_level: Level = "warning",
) -> None:
    """Run a study: dead zones, scored communes, ranked upgrades, a map."""
    with door(log_level):
        check_folder(out)
        _run(study, out, lang, cache=cache, quiet=quiet)


@app.command(epilog="Example: deadzones rank out/inputs/study.toml --budget 500e9")
def rank(
    study: StudyFile,
    budget: Budget = None,
    objective: Annotated[
        Literal["people", "equity", "deprivation"] | None,
        typer.Option(help="What a person newly served counts for."),
    ] = None,
    max_gap: Annotated[
        float | None,
        typer.Option(help="Search longer for a plan proved within this share of the best."),
    ] = None,
    first: Annotated[int, typer.Option(help="How many upgrades to name.", min=1)] = 20,
    explain: Annotated[int, typer.Option(help="Of how many to say why.", min=0)] = 0,
    out: Annotated[Path | None, typer.Option(help="Write the result to OUT/<name>.")] = None,
    cache: Cache = None,
    lang: Language = None,
    quiet: Quiet = False,
    log_level: Level = "warning",
) -> None:
    """Rank upgrades under a budget."""
    with door(log_level):
        from .reports import products, summary

        wanted = _study(study, quiet=quiet)
        if out is not None:
            check_folder(out)
            products.refuse_foreign(out / wanted.name)
        changes = {"budget_vnd": budget, "objective": objective, "max_gap": max_gap}
        changes = {key: value for key, value in changes.items() if value is not None}
        upgrades = wanted.upgrades.model_copy(update=changes)
        wanted = wanted.model_copy(update={"upgrades": upgrades})
        with progress(_steps(wanted, written=out is not None), quiet=quiet) as tell:
            result = products.run(wanted, tell, cache=cache)
            if out is not None:
                result.write(out / wanted.name, lang=lang or "vi", tell=tell)
        say(*summary.first_upgrades(result, language(lang), first, explain=explain), quiet=quiet)


@app.command(epilog="Example: deadzones radio sites.csv --dem terrain.tif --out signal.tif")
def radio(
    sites: Annotated[Path, typer.Argument(help="Sites or sectors: CSV, GeoPackage and others.")],
    dem: Annotated[list[Path], typer.Option(help="Elevation model; repeat it for more tiles.")],
    out: Annotated[Path, typer.Option(help="The GeoTIFF to write.")] = Path("signal.tif"),
    threshold: Annotated[float, typer.Option(help="RSRP that suffices, dBm.")] = -110.0,
    land_cover: Annotated[Path | None, typer.Option(help="Raster of ESA WorldCover.")] = None,
    sea: Annotated[Path | None, typer.Option(help="Raster, above 0 where there is sea.")] = None,
    outside: Annotated[
        Literal["refuse", "sea"], typer.Option(help="What lies where no elevation model is.")
    ] = "refuse",
    indoors: Annotated[bool, typer.Option(help="Probability in ordinary buildings.")] = False,
    sectors: Annotated[int, typer.Option(help="Sectors of a site without azimuth.", min=1)] = 1,
    cache: Cache = None,
    quiet: Quiet = False,
    log_level: Level = "warning",
) -> None:
    """Predict the signal of sites over terrain, and the probability that it suffices."""
    with door(log_level):
        from .coverage.radio import survey

        survey.check_name(out)
        check_folder(out.parent)
        with progress(3, quiet=quiet) as tell:
            building = "traditional" if indoors else None
            found = survey.predict(
                dem, sites, threshold, land_cover=land_cover, sea=sea, outside=outside,
                building=building, sectors=sectors, cache=cache, tell=tell,
            )  # fmt: skip
            tell("writing the raster")
            out.parent.mkdir(parents=True, exist_ok=True)
            survey.write(found, out)
        say(*survey.lines(found), str(out), quiet=quiet)


@app.command("map", epilog="Example: deadzones map out/demo --out map.html --lang en")
def draw(
    result: Annotated[Path, typer.Argument(help="The folder of a result.")],
    out: Annotated[Path | None, typer.Option(help="The page; RESULT/map.html if absent.")] = None,
    measure: Annotated[str, typer.Option(help="What communes are coloured by.")] = "score",
    province: Annotated[str | None, typer.Option(help="Code of the only province drawn.")] = None,
    compare: Annotated[
        Path | None, typer.Option(help="Folder of the result before, to show what changed since.")
    ] = None,
    lang: Language = None,
    quiet: Quiet = False,
    log_level: Level = "warning",
) -> None:
    """Draw the map of a result anew, alone or beside the result that it is held against."""
    with door(log_level):
        from .geodata.faults import BadInput, Fault
        from .reports import comparison, offline, products

        target = out or result / "map.html"
        check_folder(target.parent)
        with progress(2 if compare is None else 3, quiet=quiet) as tell:
            tell("reading the result")
            tables = products.read(result)
            if compare is not None:
                tell("reading the result before")
            other = None if compare is None else products.read(compare)
            tell("drawing the map")
            try:
                page = tables.explore(
                    measure=measure, province=province, lang=lang or "vi", compare=other
                )
            except comparison.NotComparable as error:
                wanted = "two results of the same communes and services"
                repair = "Choose another result for --compare, or run both studies again."
                raise BadInput([Fault(str(compare), str(error), wanted, repair)]) from error
            except ValueError as error:
                wanted, repair = "a known measure or province", "Choose one of these."
                raise BadInput([Fault("command line", str(error), wanted, repair)]) from error
            offline.save(page, target)
        say(str(target), quiet=quiet)


@app.command(epilog="Example: deadzones check study.toml --json")
def check(
    study: StudyFile,
    as_json: Annotated[bool, typer.Option("--json", help="Faults as a JSON list.")] = False,
    explain: Annotated[bool, typer.Option(help="Show every setting and its source.")] = False,
    quiet: Quiet = False,
    log_level: Level = "warning",
) -> None:
    """Look into a study and all its files; tell every fault at once."""
    with door(log_level):
        found, faults = _inspect(study, always=True, quiet=quiet or as_json)
        if as_json:
            print(json.dumps([fault.as_dict() for fault in faults], ensure_ascii=False, indent=2))
        elif faults:
            complain(faults)
        else:
            say("No faults.", quiet=quiet)
        if faults:
            raise typer.Exit(BAD_INPUT)
        if explain and found is not None and not as_json:
            from .coverage import explain as explaining

            say(*explaining.lines(found), quiet=False)


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
        with progress(len(study.layers), quiet=quiet) as tell:
            faults += inputs.read_all(study, tell)[1]
    return study, faults


def _run(
    path: Path, out: Path, lang: Lang | None, *, quiet: bool, cache: Path | None = None
) -> None:
    from .reports import products, summary

    study = _study(path, quiet=quiet)
    products.refuse_foreign(out / study.name)
    with progress(_steps(study, written=True), quiet=quiet) as tell:
        result = products.run(study, tell, cache=cache)
        folder = result.write(out / study.name, lang=lang or "vi", tell=tell)
    say(*summary.sentences(result, language(lang)), quiet=quiet)
    name = {"vi": "Bản đồ", "en": "Map"}[language(lang)]
    say(f"{name}: {folder / 'map.html'}", quiet=quiet)


def _steps(study: Study, *, written: bool) -> int:
    from .coverage.analysis import Stage
    from .reports.products import WRITING

    return len(study.layers) + len(Stage) + written * len(WRITING)


def main() -> None:
    """Run the command line: ``deadzones``."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # one of few letters must not stop a run
            stream.reconfigure(errors="replace")
    app()
