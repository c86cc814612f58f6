"""Speed and memory, ours and of peers: `make bench`, or some of it, `make bench ARGS="zonal discs"`.

Whole runs, the exact zonal sum beside exactextract, the map page, radio, coverage, networks. Ratios are medians of interleaved
pairs. Absolute seconds are those of this machine, now.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import map_page
import max_cover
import network
import radio

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
    rows: list[tuple[str, str, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        cases = {
            "deadzones --help": ["--help"],
            "deadzones demo": ["demo", "--out", folder, "--quiet"],
        }
        nation = ROOT / "tests" / "real" / "nation.toml"
        if SHARED.is_dir():
            cases["the nation, command to map"] = ["run", str(nation), "--out", folder, "--quiet"]
        else:
            print("the nation is left out: it needs the shared folder of real data")
        for name, arguments in cases.items():
            found = [whole_run(*arguments) for _ in range(3)]
            seconds = statistics.median(s for s, _ in found)
            rows.append((name, f"{seconds:.2f}", f"{max(m for _, m in found):.0f}"))
    radio.table(("run", "seconds (median)", "peak MB"), rows)


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
        f"120 communes x {values.size:,} cells, a further raster: plan {mine * 1e3:.1f} ms, "
        f"exactextract {exactextract.__version__} {other * 1e3:.1f} ms, {ratio:.0f} times"
    )


PARTS = {
    "runs": runs,
    "zonal": zonal_sum,
    **map_page.PARTS,
    **radio.PARTS,
    **max_cover.PARTS,
    **network.PARTS,
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("part", nargs="*", help=f"of {', '.join(PARTS)}; all by default")
    parts = parser.parse_args().part or list(PARTS)
    if unknown := set(parts) - set(PARTS):
        parser.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    print(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} processors")
    for part in parts:
        print()
        PARTS[part]()
