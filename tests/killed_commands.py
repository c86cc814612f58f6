"""`deadzones run`, killed: a program of its own, which runs once and then forks.

python killed_commands.py STUDY OUT MOMENTS: ends without a word where each kill leaves a whole
result or none.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

import drawn

import deadzones as dz
from deadzones import cli

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


def run(study: Path, out: Path) -> None:
    """Run the command here, to its end."""
    sys.argv = ["deadzones", "run", str(study), "--out", str(out), "--quiet"]
    try:
        cli.main()
    except SystemExit as end:
        if end.code:
            raise


def start(study: Path, out: Path) -> int:
    """Run the command in a process of its own, which has all that was imported here."""
    child = os.fork()
    if child:
        return child
    try:
        run(study, out)
    except BaseException as error:  # noqa: BLE001 - two processes must not go on
        print(repr(error), file=sys.stderr, flush=True)  # noqa: T201 - the test shows it
        os._exit(1)
    os._exit(0)


def check(result: Path) -> None:
    """Hold that a result is whole."""
    assert {path.name for path in result.iterdir()} == CONTENT
    assert len(dz.read(result).communes) == len(drawn.BOXES)


def is_killed(study: Path, out: Path, after_s: float) -> bool:
    """Start a run and kill it; tell whether it was still there."""
    child = start(study, out)
    time.sleep(after_s)
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def kill_often(study: Path, out: Path, moments: int) -> None:
    run(study, out)  # the first one imports
    began = time.perf_counter()
    assert os.waitpid(start(study, out), 0)[1] == 0
    whole_s = time.perf_counter() - began
    chance = random.Random(57)
    for _ in range(moments):
        # Most moments near the end, where files are written.
        after_s = whole_s * chance.uniform(0.3, 1.0) ** 0.5
        while not is_killed(study, out, after_s):
            after_s *= 0.8
        if (out / "drawn").exists():
            check(out / "drawn")
    assert os.waitpid(start(study, out), 0)[1] == 0
    check(out / "drawn")


if __name__ == "__main__":
    kill_often(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
