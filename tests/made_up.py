"""The small made-up country, made once for all tests of a process: nobody writes into it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import deadzones as dz


@cache
def demo(communes: int = 4) -> dz.Result:
    return dz.demo(communes=communes)


def scores_only(study: Path) -> Path:
    """Let the study of a made-up country predict no signal and rank nothing: for tests of the rest."""
    text, plan = study.read_text(encoding="utf-8"), "budget_vnd = 500e9"
    assert plan in text
    text = text.replace(plan, "budget_vnd = 0\nstability = false")
    study.write_text(f'{text}\n[radio]\nmodel = "radius"\n', encoding="utf-8")
    return study
