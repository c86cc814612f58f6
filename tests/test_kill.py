"""Killed at any moment, a run leaves a whole result or none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import drawn
import killed_commands
import pytest

pytestmark = pytest.mark.slow


def kill_often(folder: Path, moments: int) -> None:
    program = Path(killed_commands.__file__)
    told = subprocess.run(
        [sys.executable, program, drawn.country(folder / "in"), folder / "out", str(moments)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr


def test_two_kills_leave_a_whole_result_or_none(tmp_path: Path) -> None:
    kill_often(tmp_path, 2)


@pytest.mark.stress
def test_twenty_kills_leave_a_whole_result_or_none(tmp_path: Path) -> None:
    kill_often(tmp_path, 20)
