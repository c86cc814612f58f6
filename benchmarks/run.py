"""Whole runs by time and memory, and the exact zonal sum beside exactextract: `make bench`.

Ratios are medians of interleaved pairs. Absolute seconds are those of this machine, now.
"""

from __future__ import annotations

import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DEADZONES = Path(sys.executable).with_name("deadzones")
SHARED = ROOT.parent / "shared" / "data"
PAIRS = 5


def whole_run(*arguments: str) -> tuple[float, float]:
    """Run the command; return wall seconds and peak memory in MB."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [DEADZONES, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"deadzones {' '.join(arguments)} failed")
    return time.perf_counter() - start, usage.ru_maxrss / 1024.0


def paired(ours: Callable[[], object], theirs: Callable[[], object]) -> tuple[float, float, float]:
    """Time two functions in turn; return both medians and the median of their ratios."""

    def seconds(function: Callable[[], object]) -> float:
        start = time.perf_counter()
        function()
        return time.perf_counter() - start

    pairs = [(seconds(ours), seconds(theirs)) for _ in range(PAIRS)]
    mine, other = zip(*pairs, strict=True)
    ratio = statistics.median(b / a for a, b in pairs)
    return statistics.median(mine), statistics.median(other), ratio


def runs() -> None:
    """Print the whole runs."""
    print("| run | seconds (median) | peak MB |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        cases = {
            "deadzones --help": ["--help"],
            "deadzones demo": ["demo", "--out", folder, "--quiet"],
        }
        nation = ROOT / "tests" / "real" / "nation.toml"
        if SHARED.is_dir():
            cases["the nation, command to map"] = ["run", str(nation), "--out", folder, "--quiet"]
        else:
            print("| the nation | skipped: needs the shared folder of real data | |")
        for name, arguments in cases.items():
            found = [whole_run(*arguments) for _ in range(3)]
            seconds = statistics.median(s for s, _ in found)
            print(f"| {name} | {seconds:.2f} | {max(m for _, m in found):.0f} |")


def zonal_sum() -> None:
    """Print the plan applied to a further raster beside exactextract on the same arrays."""
    import exactextract
    import numpy as np
    import pyproj
    from exactextract.raster import NumPyRasterSource

    import deadzones as dz
    from deadzones.coverage.analysis import survey
    from deadzones.geodata import synthetic

    with tempfile.TemporaryDirectory() as folder:
        found = survey(dz.Study.read(synthetic.country(folder)))
    plan, communes = found.cells.plan, found.inputs.communes.to_crs(found.cells.grid.crs)
    values = np.random.default_rng(0).random(plan.grid.shape)
    west, south, east, north = plan.grid.bounds
    wkt = pyproj.CRS(plan.grid.crs).to_wkt()
    raster = NumPyRasterSource(values, west, south, east, north, srs_wkt=wkt)
    mine, other, ratio = paired(
        lambda: plan.sum(values),
        lambda: exactextract.exact_extract(raster, communes, ["sum"], output="pandas"),
    )
    print(
        f"\n120 communes x {values.size:,} cells, a further raster: plan {mine * 1e3:.1f} ms, "
        f"exactextract {exactextract.__version__} {other * 1e3:.1f} ms, {ratio:.0f} times"
    )


if __name__ == "__main__":
    print(
        f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} processors\n"
    )
    runs()
    zonal_sum()
    print(
        f"\npeak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    )
