"""Commands on results: ``map``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ._cli_options import Language, Level, Quiet
from ._terminal import check_folder, door, progress, say


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
