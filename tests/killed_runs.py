"""Runs of scoring that are killed: a program of its own, which imports all once and then forks.

python killed_runs.py STUDY FOLDER MOMENTS: ends without a word where no kill changes a byte.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

from deadzones.coverage import batch, batch_files
from deadzones.coverage.study import Study

SAME = sorted(batch_files.FILES - {"timings.json"})


def start(study: Path, out: Path) -> int:
    """Score in a process of its own."""
    child = os.fork()
    if child:
        return child
    batch.score(Study.read(study), out, batch.Options(engine="serial", most_cells=1))
    os._exit(0)


def content(folder: Path) -> dict[str, bytes]:
    """Read a whole result."""
    assert {path.name for path in folder.iterdir()} == batch_files.FILES, folder
    return {name: (folder / name).read_bytes() for name in SAME}


def kill_often(study: Path, folder: Path, moments: int) -> None:
    """Kill runs that go on where the one before was; the end is as of one that nobody disturbed."""
    taken_s: list[float] = []
    for name in ("first", "whole"):  # the first may have had kernels to compile
        began = time.perf_counter()
        assert os.waitpid(start(study, folder / name), 0)[1] == 0
        taken_s.append(time.perf_counter() - began)
    whole_s = min(taken_s)
    wanted = content(folder / "whole" / "drawn")
    chance, killed = random.Random(11), 0
    for round_ in range(moments):
        out = folder / f"out{round_ // 5}"  # anew after some: most kills meet work to be done
        child = start(study, out)
        time.sleep(whole_s * chance.uniform(0.1, 1.0) ** 0.5)
        os.kill(child, signal.SIGKILL)
        killed += os.WIFSIGNALED(os.waitpid(child, 0)[1])
        if (out / "drawn").exists():
            assert content(out / "drawn") == wanted, round_
        if round_ % 5 == 4 or round_ == moments - 1:
            assert os.waitpid(start(study, out), 0)[1] == 0, round_
            assert content(out / "drawn") == wanted, round_
            assert not list(out.glob(".drawn.part-*")), round_
    assert killed > moments // 3, f"only {killed} of {moments} met a run"


if __name__ == "__main__":
    kill_often(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
