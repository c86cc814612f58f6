"""The command ``score``: communes alone, in tasks that can be stopped and go on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ._cli_data import read_study
from ._cli_options import Level, Out, Quiet, StudyFile
from ._terminal import check_folder, door, progress, say

_STEPS = 4
"""Of a run, beside the layers that it reads."""


def score(
    study: StudyFile,
    out: Out = Path("out"),
    workers: Annotated[int, typer.Option(help="Tasks done at once.", min=1)] = 2,
    dask: Annotated[
        str | None, typer.Option(help="Address of a dask scheduler, such as tcp://host:8786.")
    ] = None,
    resume: Annotated[
        bool, typer.Option(help="Use what an earlier run has finished, or compute all anew.")
    ] = True,
    dry_run: Annotated[bool, typer.Option(help="Only say what would be done.")] = False,
    quiet: Quiet = False,
    log_level: Level = "warning",
) -> None:
    """Score all communes and find dead zones, one task a province; no upgrades, no map."""
    with door(log_level):
        from .coverage import batch, batch_engines, matrix

        wanted = read_study(study, quiet=quiet)
        options = batch.Options(workers=workers, dask=dask, resume=resume)
        scores = matrix if wanted.scenario else batch
        if dry_run:
            say(*batch.lines(scores.plan(wanted, out, options)), quiet=quiet)
            return
        check_folder(out)
        if dask is not None:
            batch_engines.client(dask).close()  # a bad address is told before layers are read
        with progress(len(wanted.layers) + _STEPS, quiet=quiet) as tell:
            folder = scores.score(wanted, out, options, tell)
        say(str(folder), quiet=quiet)
