"""Commands on results: ``map``, ``report``, ``compare``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ._cli_options import Language, Level, Quiet
from ._terminal import check_folder, door, language, progress, say

if TYPE_CHECKING:
    import pandas as pd


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
                    measure=measure,
                    province=province,
                    lang=lang or "vi",
                    compare=other,
                    names=None if other is None else (str(result), str(compare)),
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


def report(
    result: Annotated[Path, typer.Argument(help="The folder of a result.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder; RESULT/report if absent.")
    ] = None,
    level: Annotated[
        Literal["nation", "province", "commune"], typer.Option(help="What a report is on.")
    ] = "nation",
    province: Annotated[
        str | None, typer.Option(help="Code of the one province; else all of the level.")
    ] = None,
    commune: Annotated[str | None, typer.Option(help="Code of the one commune.")] = None,
    formats: Annotated[
        str, typer.Option("--format", help="Any of docx,pdf,xlsx,html.")
    ] = "docx,pdf,xlsx",
    as_of: Annotated[
        str | None, typer.Option(help="Day of the report; else that of the newest input.")
    ] = None,
    tasks: Annotated[
        Path | None, typer.Option(help="Table of tasks; else those of the study.")
    ] = None,
    before: Annotated[
        Path | None, typer.Option(help="Folder of the result of the previous period.")
    ] = None,
    spent: Annotated[
        float | None, typer.Option(help="VND spent since --before; else from its plan.")
    ] = None,
    meridian: Annotated[
        float | None,
        typer.Option(help="Add VN-2000 to the workbook: its central meridian, such as 105.75."),
    ] = None,
    secret: Annotated[bool, typer.Option(help="Stamp it Mật.")] = False,
    minimum_people: Annotated[
        int, typer.Option(help="Of a public result: fewer people are not told apart.", min=1)
    ] = 10,
    workers: Annotated[int, typer.Option(help="Processes.", min=1, max=64)] = 2,
    lang: Language = None,
    quiet: Quiet = False,
    log_level: Level = "warning",
) -> None:
    """Write reports as a ministry signs them: Word, PDF, Excel, a page."""
    with door(log_level):
        from .geodata.faults import BadInput, Fault
        from .reports import products, report_facts, report_files

        if spent is not None and before is None:
            repair = "Add --before with the folder of the result of the previous period."
            raise BadInput(
                [Fault("--spent", "no --before", "a period that began somewhere", repair)]
            )
        folder = out or result / "report"
        check_folder(folder)
        wanted = tuple(dict.fromkeys(one.strip().lower() for one in formats.split(",")))
        style = report_files.Style(lang or "vi", wanted, secret, meridian)
        with progress(3, quiet=quiet) as tell:
            tell("reading the result")
            tables = products.read(result)
            earlier = None if before is None else products.read(before)
            given = None if tasks is None else _tasks(tasks)
            tell("counting")
            counted = report_facts.base(
                tables,
                as_of=as_of,
                tasks=given,
                before=earlier,
                spent_vnd=spent,
                minimum_people=minimum_people,
            )
            places = report_files.places(counted, level, province, commune)
            files = report_files.write(counted, folder, places, style, workers=workers, tell=tell)
        say(*map(str, files), quiet=quiet)


def compare(
    old: Annotated[Path, typer.Argument(help="The folder of the result before.")],
    new: Annotated[Path, typer.Argument(help="The folder of the result after.")],
    as_of: Annotated[
        str | None, typer.Option(help="Day on which tasks are judged; else of the newest input.")
    ] = None,
    tasks: Annotated[
        Path | None, typer.Option(help="Table of tasks; else those of the study.")
    ] = None,
    spent: Annotated[float | None, typer.Option(help="VND spent; else from the plan.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="All of it as JSON.")] = False,
    lang: Language = None,
    quiet: Quiet = False,
    log_level: Level = "warning",
) -> None:
    """Say what changed from one result to the next: effect, not progress."""
    with door(log_level):
        from .geodata.faults import BadInput, Fault
        from .reports import comparison, effect_text, products
        from .reports.effect import effect

        with progress(3, quiet=quiet or as_json) as tell:
            tell("reading the result before")
            before = products.read(old)
            tell("reading the result after")
            after = products.read(new)
            given = None if tasks is None else _tasks(tasks)
            tell("comparing")
            try:
                found = effect(after, before, as_of=as_of, tasks=given, spent_vnd=spent)
            except comparison.NotComparable as error:
                wanted = "two results of the same communes and services"
                repair = "Choose another result, or run both studies again."
                raise BadInput([Fault(str(old), str(error), wanted, repair)]) from error
        if as_json:
            print(json.dumps(found.as_dict(), ensure_ascii=False, indent=2))
            return
        tongue = language(lang)
        services = after.manifest["services"].items()
        names = {key: str(one[f"name_{tongue}"]) for key, one in services}
        say(*effect_text.sentences(found, names, tongue), quiet=quiet)


def _tasks(path: Path) -> pd.DataFrame:
    """Read a table of tasks that is no layer of the study."""
    from .geodata.readers import records
    from .geodata.source import Source

    return records.read_tasks(Source(path, str(path)))
