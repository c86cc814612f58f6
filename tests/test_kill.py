"""Killed at any moment, a run leaves a whole result or none."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import drawn
import pytest

import deadzones as dz

DEADZONES = Path(sys.executable).with_name("deadzones")
CONTENT = {
    "assets.parquet",
    "communes.csv",
    "communes.parquet",
    "dead_zones.gpkg",
    "manifest.json",
    "map.html",
    "provinces.csv",
    "provinces.parquet",
    "timings.json",
    "upgrades.csv",
    "network.gpkg",
    "upgrades.gpkg",
    "villages.csv",
    "villages.parquet",
}


def start(study: Path, out: Path) -> subprocess.Popen[bytes]:
    quiet = subprocess.DEVNULL
    return subprocess.Popen([DEADZONES, "run", study, "--out", out], stdout=quiet, stderr=quiet)


def kill_often(folder: Path, moments: int) -> None:
    study, out = drawn.country(folder / "in"), folder / "out"
    began = time.perf_counter()
    assert start(study, out).wait() == 0
    whole_s = time.perf_counter() - began
    chance = random.Random(57)
    for _ in range(moments):
        process = start(study, out)
        # Most moments near the end, where files are written.
        time.sleep(whole_s * chance.uniform(0.3, 1.0) ** 0.5)
        process.kill()
        process.wait()
        result = out / "drawn"
        if result.exists():
            assert {path.name for path in result.iterdir()} == CONTENT
            assert len(dz.read(result).communes) == len(drawn.BOXES)
    assert start(study, out).wait() == 0
    assert {path.name for path in (out / "drawn").iterdir()} == CONTENT


def test_two_kills_leave_a_whole_result_or_none(tmp_path: Path) -> None:
    kill_often(tmp_path, 2)


@pytest.mark.stress
def test_twenty_kills_leave_a_whole_result_or_none(tmp_path: Path) -> None:
    kill_often(tmp_path, 20)
