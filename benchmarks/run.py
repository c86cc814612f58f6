"""Speed and memory, ours and of peers: `make bench`, or some of it, `make bench ARGS="zonal discs"`.

Whole runs, zonal sums, covered areas, a nation scored at 100 m, the map page, radio, coverage, networks.
Ratios are medians of interleaved repeats in one process tree. Absolute figures are those of this
machine, now. The table of all comparisons comes last, and with `--out FILE` as Markdown and JSON.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import lines
import map_page
import max_cover
import network
import numpy as np
import radio
import score
import zonal
from lines import Line

ROOT = Path(__file__).resolve().parents[1]
DEADZONES = Path(sys.executable).with_name("deadzones")
SHARED = ROOT.parent / "shared" / "data"
REPEATS = 5
_MEASURED = """
import resource, subprocess, sys, time
start = time.perf_counter()
quiet = subprocess.DEVNULL
code = subprocess.call(sys.argv[1:], stdout=quiet, stderr=quiet)
print(time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""
"""Between this process and the command, whose peak would else count what this one had at its start."""


def whole_run(*arguments: str) -> tuple[float, float]:
    """Run the command; return wall seconds and peak memory in MB."""
    command = [sys.executable, "-c", _MEASURED, str(DEADZONES), *arguments]
    told = subprocess.run(command, stdout=subprocess.PIPE, check=False, text=True)
    if told.returncode:
        sys.exit(f"deadzones {' '.join(arguments)} failed")
    seconds, kilobytes = told.stdout.split()
    return float(seconds), float(kilobytes) / 1024.0


def runs(*, quick: bool = False) -> list[Line]:
    """Time whole runs."""
    found: list[Line] = []
    nation = ROOT / "tests" / "real" / "nation.toml"
    with tempfile.TemporaryDirectory() as folder:
        cases = {
            "deadzones --help": (["--help"], 0.5),
            "deadzones demo": (["demo", "--out", folder, "--quiet"], 60.0),
            "deadzones run, the nation": (["run", str(nation), "--out", folder, "--quiet"], 60.0),
        }
        for name, (arguments, limit_s) in cases.items():
            real = name.endswith("nation")
            if (real and not SHARED.is_dir()) or (quick and limit_s > 1.0):
                note = (
                    "left out: it needs the shared folder of real data"
                    if real and not SHARED.is_dir()
                    else "left out in a hurry"
                )
                found.append(Line(name, note=note))
                continue
            told = [whole_run(*arguments) for _ in range(1 if quick else REPEATS)]
            wall_s = statistics.median(seconds for seconds, _ in told)
            peak_mb = max(each_mb for _, each_mb in told)
            found.append(lines.within(name, wall_s, limit_s, "s"))
            found.append(lines.within(f"{name}: memory", peak_mb, 2000.0, "MB"))
    return [*found, importing()]


def importing() -> Line:
    """Time `import deadzones`, without what Python itself takes to start."""
    both = {"ours": "import deadzones", "nothing": "pass"}
    times = radio.interleaved(
        {
            name: lambda code=code: subprocess.run([sys.executable, "-c", code], check=True)
            for name, code in both.items()
        },
        9,
    )
    import_s = float(np.median(times["ours"][:, 0] - times["nothing"][:, 0]))
    return lines.within("import deadzones", import_s, 0.15, "s")


PARTS: dict[str, Callable[..., list[Line]]] = {
    "runs": runs,
    **zonal.PARTS,
    **score.PARTS,
    **map_page.PARTS,
    **radio.PARTS,
    **max_cover.PARTS,
    **network.PARTS,
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("part", nargs="*", help=f"of {', '.join(PARTS)}; all by default")
    parser.add_argument("--quick", action="store_true", help="small inputs, one repeat: 3 minutes")
    parser.add_argument("--out", type=Path, metavar="FILE.md", help="write the table, and as JSON")
    asked = parser.parse_args()
    parts = asked.part or list(PARTS)
    if unknown := set(parts) - set(PARTS):
        parser.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    machine = (
        f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} processors, "
        f"{dt.datetime.now(tz=dt.UTC).date().isoformat()}"
    )
    print(machine)
    words = " ".join([*(["--quick"] if asked.quick else []), *asked.part])
    command = f'make bench ARGS="{words}"' if words else "make bench"
    title = f"`{command}` on {machine}."
    told: list[Line] = []
    for part in parts:
        print(f"\n{part}")
        start = time.perf_counter()
        told += PARTS[part](quick=asked.quick)
        print(f"{time.perf_counter() - start:.0f} s")
        if asked.out is not None:
            lines.write(asked.out, title, told)  # also of a run that is cut short
    print(f"\n{lines.markdown(told)}")
