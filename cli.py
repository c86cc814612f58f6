"""The door: ``deadzones demo | run | score | rank | map | report | compare | check | fetch | radio``.

Nothing heavy is imported here: ``deadzones --help`` answers at once.
"""

from __future__ import annotations

import gc
import math
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from . import _cli_data, _cli_pages, _cli_score
from ._cli_data import read_study
from ._cli_options import Cache, Language, Level, Out, Quiet, StudyFile
from ._terminal import check_folder, door, end_in_order, language, progress, say

if TYPE_CHECKING:
    from .coverage.study import Study
    from .reports.words import Lang

app = typer.Typer(
    help="Find where people live without 5G, fibre or power, and rank what to build first.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    rich_markup_mode=None,
)

_NEW_OBJECTS = 50_000
"""So many more are there before the garbage collector looks for those that nothing refers to."""


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
    weak_points: Annotated[
        bool, typer.Option("--weak-points", help="Say where networks break, and who is behind.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Write the result to OUT/<name>.")] = None,
    cache: Cache = None,
    lang: Language = None,
    quiet: Quiet = False,
    log_level: Level = "warning",
) -> None:
    """Rank upgrades under a budget."""
    with door(log_level):
        from .reports import products, summary, weak_summary

        wanted = read_study(study, quiet=quiet)
        if out is not None:
            check_folder(out)
            products.refuse_foreign(out / wanted.name)
        changes = {"budget_vnd": budget, "objective": objective, "max_gap": max_gap}
        changes = {key: value for key, value in changes.items() if value is not None}
        upgrades = wanted.upgrades.model_copy(update=changes)
        wanted = wanted.model_copy(update={"upgrades": upgrades})
        steps, weak = _steps(wanted, written=out is not None) + weak_points, list[str]()
        with progress(steps, quiet=quiet) as tell:
            result = products.run(wanted, tell, cache=cache)
            if out is not None:
                result.write(out / wanted.name, lang=lang or "vi", tell=tell)
            if weak_points:
                tell("finding weak points")
                weak = weak_summary.of_result(result, language(lang), out and out / wanted.name)
        say(*summary.first_upgrades(result, language(lang), first, explain=explain), quiet=quiet)
        say(*weak, quiet=quiet)


app.command(epilog="Example: deadzones score out/inputs/study.toml --out out/scores --workers 2")(
    _cli_score.score
)
app.command("map", epilog="Example: deadzones map out/demo --out map.html --lang en")(
    _cli_pages.draw
)
app.command(epilog="Example: deadzones report out/demo --level province --format docx,pdf,xlsx")(
    _cli_pages.report
)
app.command(epilog="Example: deadzones compare out/before out/after --json")(_cli_pages.compare)
app.command(epilog="Example: deadzones check study.toml --json")(_cli_data.check)
app.command(epilog="Example: deadzones fetch vietnam --dry-run")(_cli_data.fetch)
app.command(epilog="Example: deadzones radio sites.csv --dem terrain.tif --out signal.tif")(
    _cli_data.radio
)


def _run(
    path: Path, out: Path, lang: Lang | None, *, quiet: bool, cache: Path | None = None
) -> None:
    from .reports import products, summary

    study = read_study(path, quiet=quiet)
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
    # Libraries are two hundred thousand objects that stay. All threads wait while the collector walks
    # through them: half a second of a command, as often as Python has it come.
    gc.set_threshold(_NEW_OBJECTS, *gc.get_threshold()[1:])
    end_in_order()
    app()
