"""Commands on what goes in: ``check``, ``fetch``, ``radio``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ._cli_options import Cache, Language, Level, Quiet, StudyFile
from ._terminal import BAD_INPUT, check_folder, complain, door, progress, say

if TYPE_CHECKING:
    from .coverage.inputs import Inputs
    from .coverage.study import Study
    from .geodata.faults import Fault
    from .reports.words import Lang


def check(
    study: StudyFile,
    as_json: Annotated[bool, typer.Option("--json", help="Faults as a JSON list.")] = False,
    explain: Annotated[bool, typer.Option(help="Show every setting and its source.")] = False,
    report: Annotated[
        Path | None, typer.Option(help="Write the quality of the data: an HTML page, and CSV.")
    ] = None,
    lang: Language = None,
    quiet: Quiet = False,
    log_level: Level = "warning",
) -> None:
    """Look into a study and all its files; tell every fault at once."""
    with door(log_level):
        silent = quiet or as_json
        found, inputs, faults = _inspect(study, always=True, quiet=silent)
        if report is not None:
            check_folder(report.parent)
            say(*_quality(study, inputs, faults, report, lang or "vi"), quiet=silent)
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


def fetch(
    names: Annotated[
        list[str] | None, typer.Argument(help="Sources or groups, such as vietnam.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="Folder where they are kept.")] = Path("data"),
    use: Annotated[
        Literal["any", "non-commercial", "research"],
        typer.Option(help="What the data is for; some licences forbid others."),
    ] = "any",
    dry_run: Annotated[bool, typer.Option(help="Only say what would be fetched.")] = False,
    offline: Annotated[bool, typer.Option(help="Only look whether all is there.")] = False,
    quiet: Quiet = False,
    log_level: Level = "warning",
) -> None:
    """Fetch open data, or show what there is to fetch: names, sizes, licences."""
    with door(log_level):
        from .geodata import fetch as fetching
        from .geodata import sources
        from .geodata.faults import BadInput

        wanted = sources.chosen(names or sources.catalogue())
        lines, faults = fetching.plan(wanted, out, use)
        if dry_run or not names:
            say(*lines, *map(str, faults), quiet=quiet)
            more, why = fetching.plan(sources.beside(names or ()), out, use)
            if more[:-1]:
                say(
                    "Needed besides, and not in this plan:", *more[:-1], *map(str, why), quiet=quiet
                )
            return
        if faults:
            raise BadInput(faults)
        if offline:
            absent = [fault for one in wanted for fault in fetching.absent(one, out)]
            if absent:
                raise BadInput(absent)
        check_folder(out)
        found: list[fetching.Fetched] = []
        with progress(len(wanted), quiet=quiet) as tell:
            for source in wanted:
                tell(f"fetching {source.key}")
                found.append(fetching.fetch(source, out, offline=offline, tell=tell))
        for one in found:
            state = "fetched" if one.new else "there already"
            state += ", and another file than the one fetched before" if one.changed else ""
            note = f" ({one.source.note})" if one.source.note else ""
            say(f"{one.path}: {state}; {one.source.licence}{note}", quiet=quiet)
            say(*sources.layer(one.source, one.opened.as_posix()).splitlines(), quiet=quiet)


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

        read = [sites, *dem, *(path for path in (land_cover, sea) if path)]
        survey.check_name(out, read)
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


def _quality(
    path: Path, inputs: Inputs | None, faults: list[Fault], page: Path, lang: Lang
) -> Iterator[str]:
    """Write what is to be said of a study's data, whether it can run or not; name the files."""
    from .coverage import quality
    from .geodata import geopackage
    from .reports import findings_map, offline, quality_page

    page.parent.mkdir(parents=True, exist_ok=True)
    if inputs is None:
        told = quality.of_faults(faults)
        layers = list(told["layer"].unique())
        yield from map(str, quality_page.write(told, layers, page, name=path.stem, lang=lang))
        return
    audited = quality.of_boundaries(inputs)
    told = quality.findings(inputs, audited, lang=lang)
    name, layers = inputs.study.title or inputs.study.name, inputs.layers
    made_up = [key for key, layer in layers.items() if layer.spec.evidence == "synthetic"]
    written = quality_page.write(told, layers, page, name=name, lang=lang, made_up=made_up)
    yield from map(str, written)
    if len(audited):
        places, drawn = page.with_suffix(".gpkg"), page.with_suffix(".map.html")
        geopackage.write(audited, places)
        invented = any(inputs.layers[key].spec.role == "communes" for key in made_up)
        found = findings_map.draw(audited, inputs.communes, lang, made_up=invented)
        offline.save(found, drawn)
        yield from map(str, (places, drawn))


def read_study(path: Path, *, quiet: bool) -> Study:
    """Read a study, telling the faults of its layers with its own."""
    from .geodata.faults import BadInput

    study, _, faults = _inspect(path, always=False, quiet=quiet)
    if faults or study is None:
        raise BadInput(faults)
    return study


def _inspect(
    path: Path, *, always: bool, quiet: bool
) -> tuple[Study | None, Inputs | None, list[Fault]]:
    """Look into a study; into its layers too if there is a fault already, or always."""
    from .coverage import inputs, study_file

    study, faults = study_file.inspect(path)
    if study is None or not (faults or always):
        return study, None, faults
    with progress(len(study.layers), quiet=quiet) as tell:
        read, more = inputs.read_all(study, tell)
    faults += more
    return study, None if faults else read, faults
