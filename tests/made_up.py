"""The small made-up country, made once for all tests of a process: nobody writes into it."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

import deadzones as dz
from deadzones.geodata import synthetic


@cache
def demo(communes: int = 4) -> dz.Result:
    return dz.demo(communes=communes)


@cache
def _two_communes() -> tuple[tempfile.TemporaryDirectory[str], Path]:
    home = tempfile.TemporaryDirectory()
    return home, synthetic.country(home.name, communes=2)


def two_communes(folder: Path) -> Path:
    """Copy the files of a country of two communes, for a test of its own."""
    study = _two_communes()[1]
    shutil.copytree(study.parent, folder, dirs_exist_ok=True)
    return folder / study.name


def scores_only(study: Path) -> Path:
    """Let the study of a made-up country predict no signal and rank nothing: for tests of the rest."""
    text, plan = study.read_text(encoding="utf-8"), "budget_vnd = 500e9"
    assert plan in text
    text = text.replace(plan, "budget_vnd = 0\nstability = false")
    study.write_text(f'{text}\n[radio]\nmodel = "radius"\n', encoding="utf-8")
    return study
