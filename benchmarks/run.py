"""Speed and memory, ours and of peers: `make bench`, or some of it, `make bench ARGS="zonal discs"`.

Whole runs, zonal sums beside exactextract, covered areas beside geopandas, a nation scored at 100 m, the
map page, radio, coverage, networks. Ratios are medians of interleaved pairs. Absolute seconds are those of this machine, now.
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
from pathlib import Path

import map_page
import max_cover
import network
import radio
import score
import zonal

ROOT = Path(__file__).resolve().parents[1]
DEADZONES = Path(sys.executable).with_name("deadzones")
SHARED = ROOT.parent / "shared" / "data"


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


PARTS = {
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
    parser.add_argument("--quick", action="store_true", help="zonal and score on small inputs")
    asked = parser.parse_args()
    parts = asked.part or list(PARTS)
    if unknown := set(parts) - set(PARTS):
        parser.error(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    print(f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} processors")
    for part in parts:
        print()
        small = asked.quick and part in {**zonal.PARTS, **score.PARTS}
        PARTS[part](**({"quick": True} if small else {}))
