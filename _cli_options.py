"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

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
