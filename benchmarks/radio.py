"""Area sweep of ITU-R P.1812 over rough terrain, beside SPLAT!: the radio parts of `make bench`.

A disc of 25 km, 1.8 GHz, antennas of 40 m and 1.5 m, fractal terrain with a mean slope of 8.7 degrees.
Rates of discs are medians and ratios of interleaved repeats; px are pixels of the disc. The many masts,
the memory and the time of compiling are of one run each, and say so. Absolute figures are those of this
machine, now. SPLAT! is timed as it is used: the whole process, with its terrain read from .sdf files and
a map written; beside it stands our own whole process, `deadzones radio`, with its terrain read from a
GeoTIFF and one written. crc-covlib cannot be had here: its rates are quoted by others, for one core of
another machine, and not measured.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import lines
import numpy as np
from affine import Affine
from lines import Line

from deadzones.coverage.radio.area_sweep import Area, area
from deadzones.coverage.radio.exact import area as exact
from deadzones.coverage.radio.terrain import LOWEST_M, Terrain
from deadzones.geodata.grid import Grid

REPEATS = 5
SLOPE_DEG = 8.7
LINK: dict[str, Any] = {"tx_height_m": 40.0, "f_ghz": 1.8, "radius_km": 25.0, "rx_height_m": 1.5}
PLACE: dict[str, Any] = {"lon": 105.5003, "lat": 20.5002}
DEGREE_M = 110_700.0
"""Length of a degree of latitude at 20.5 degrees."""
COVLIB_PX_S = {3: 31_000.0, 1: 7_600.0}
"""crc-covlib, ITU-R P.1812, pixels a second at arc-seconds: quoted by others, not measured here."""
MASTS, WORKERS = 1000, 2
DEADZONES = Path(sys.executable).with_name("deadzones")
OURS, THEIRS = "deadzones radio (P.1812, whole process)", "SPLAT! (ITM, whole process)"
SPLAT = {3: ("splat", ""), 1: ("splat-hd", "-hd")}
SPLAT_TIMES = {3: 10.0, 1: 17.0}
COVLIB_TIMES = {("sweep", 3): 100.0, ("sweep", 1): 400.0, ("exact", 3): 10.0}
"""How many times as fast a sweep should be, on one core of one machine."""


def fractal(size: int, arc_seconds: int) -> np.ndarray:
    """Terrain with a power spectrum f^-3.6, made as steep as wanted."""
    rng = np.random.default_rng(1)
    f = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None, :])
    f[0, 0] = np.inf
    noise = rng.normal(size=f.shape) + 1j * rng.normal(size=f.shape)
    shape = np.fft.irfft2(noise * f**-1.8, s=(size, size))
    down_m = arc_seconds / 3600 * DEGREE_M
    south, east = np.gradient(shape)
    rise = np.hypot(south, east / np.cos(np.radians(20.5))) / down_m
    low, high = 1e-9 / rise.mean(), 10 / rise.mean()
    for _ in range(60):
        middle = (low + high) / 2
        steep = np.degrees(np.arctan(middle * rise)).mean() > SLOPE_DEG
        low, high = (low, middle) if steep else (middle, high)
    h_m = (600 + low * shape).astype(np.float32)
    return h_m if h_m.min() > LOWEST_M else h_m - h_m.min()


def world(arc_seconds: int, degrees: int = 1) -> Terrain:
    """Square of fractal terrain whose south-west corner is 20 N 105 E."""
    size = degrees * 3600 // arc_seconds
    cell = arc_seconds / 3600
    grid = Grid("EPSG:4326", Affine(cell, 0, 105, 0, -cell, 20 + degrees), (size, size))
    return Terrain(grid, fractal(size, arc_seconds))


def pixels(disc: Area) -> int:
    return int(np.isfinite(disc.loss_db).sum())


def seconds(function: Callable[[], object]) -> tuple[float, float]:
    """Wall time, and the processor time of this process."""
    start, worked = time.perf_counter(), time.process_time()
    function()
    return time.perf_counter() - start, time.process_time() - worked


def interleaved(
    functions: Mapping[str, Callable[[], object]], repeats: int
) -> dict[str, np.ndarray]:
    """Time functions in turn, again and again: repeats x (wall, processor)."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in functions}
    for _ in range(repeats):
        for name, function in functions.items():
            times[name].append(seconds(function))
    return {name: np.array(each) for name, each in times.items()}


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print columns below each other, numbers to the right."""
    lines = [list(heads), *map(list, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        first, *others = (f"{each:>{width}}" for each, width in zip(line, widths, strict=True))
        print("  ".join([first.strip().ljust(widths[0]), *others]))


def write_sdf(folder: Path, h_m: np.ndarray, suffix: str) -> None:
    """One degree of terrain as SPLAT! reads it: northward, and westward in each line."""
    heights = h_m[::-1, ::-1].round().astype(int).ravel().tolist()
    header = "255\n20\n254\n21\n"  # west, south, east, north; longitudes count westward
    path = folder / f"20:21:254:255{suffix}.sdf"
    path.write_text(header + "\n".join(map(str, heights)) + "\n", encoding="ascii")


def whole(folder: Path, arc_seconds: int, terrain: Terrain) -> list[str]:
    """Our command over the same disc: its files, and its words."""
    import rasterio  # here, for what one disc asks for is measured too

    dem, sites = folder / f"dem{arc_seconds}.tif", folder / "sites.csv"
    profile = {
        "driver": "GTiff", "dtype": "float32", "count": 1, "crs": terrain.grid.crs,
        "transform": terrain.grid.transform, "height": terrain.h_m.shape[0],
        "width": terrain.h_m.shape[1],
    }  # fmt: skip
    with rasterio.open(dem, "w", **profile) as file:
        file.write(terrain.h_m, 1)
    row = f"{PLACE['lon']},{PLACE['lat']},{LINK['tx_height_m']},1800,{LINK['radius_km']}"
    sites.write_text(f"lon,lat,height_m,band_mhz,radius_km\n{row}\n", encoding="ascii")
    out = folder / f"signal{arc_seconds}.tif"
    words = [DEADZONES, "radio", sites, "--dem", dem, "--out", out, "--quiet"]
    return list(map(str, words))


def splat(folder: Path, arc_seconds: int, h_m: np.ndarray) -> list[str] | None:
    """The words of a run of SPLAT! with the Longley-Rice model over the same disc, if it is here."""
    name, suffix = SPLAT[arc_seconds]
    program = shutil.which(name)
    if program is None:
        return None
    write_sdf(folder, h_m, suffix)
    west = 360 - PLACE["lon"]
    (folder / "tx.qth").write_text(f"mast\n{PLACE['lat']}\n{west}\n40 meters\n", encoding="ascii")
    lrp = "15.0\n0.005\n301.0\n1800.0\n5\n1\n0.5\n0.5\n"  # average ground, vertical, 50 % and 50 %
    (folder / "tx.lrp").write_text(lrp, encoding="ascii")
    return f"{program} -t tx.qth -L 1.5 -metric -R 25 -N -olditm -d {folder} -o map".split()


def runner(words: Sequence[str], folder: Path) -> Callable[[], object]:
    return lambda: subprocess.run(words, cwd=folder, check=True, capture_output=True)


def child_mb(words: Sequence[str], folder: Path) -> float:
    """Peak of a process, ru_maxrss. A small one starts it: it counts what it was forked from too."""
    code = (
        "import os, subprocess, sys; null = subprocess.DEVNULL; "
        "child = subprocess.Popen(sys.argv[1:], stdout=null, stderr=null); "
        "_, status, usage = os.wait4(child.pid, 0); print(usage.ru_maxrss); sys.exit(status != 0)"
    )
    run = subprocess.run(
        [sys.executable, "-S", "-c", code, *words],
        cwd=folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return int(run.stdout) / 1024.0


def disc_rates(arc_seconds: int, folder: Path, terrain: Terrain, repeats: int) -> list[Line]:
    """Compare the rates of one resolution."""
    cases: dict[str, Callable[[], object]] = {
        "sweep": lambda: area(terrain, **PLACE, **LINK),
        "sweep, 2 threads": lambda: area(terrain, **PLACE, **LINK, workers=2),
    }
    if arc_seconds == 3:
        cases["exact"] = lambda: exact(terrain, **PLACE, **LINK)
        cases["exact, 2 threads"] = lambda: exact(terrain, **PLACE, **LINK, workers=2)
    cases[OURS] = runner(whole(folder, arc_seconds, terrain), folder)
    other = splat(folder, arc_seconds, terrain.h_m)
    if other is not None:
        cases[THEIRS] = runner(other, folder)
    count = pixels(area(terrain, **PLACE, **LINK))
    interleaved(cases, 1)
    times = interleaved(cases, repeats)
    quoted = COVLIB_PX_S[arc_seconds]
    rows = [
        (
            name,
            f"{count / np.median(wall):,.0f}",
            f"{np.median(wall / times['sweep'][:, 0]):.2f}",
            f"{count / np.median(wall) / quoted:.1f}",
        )
        for name, (wall, _) in ((name, each.T) for name, each in times.items())
    ]
    rows.append(("crc-covlib P.1812: rate quoted by others", f"{quoted:,.0f}", "", "1"))
    print(f"{arc_seconds} arc-seconds, a disc of {count:,} px")
    table(("", "px/s", "takes longer than the sweep by", "times crc-covlib (quoted)"), rows)
    wall = {name: each[:, 0] for name, each in times.items()}
    work, name = f'disc of 25 km at {arc_seconds}"', SPLAT[arc_seconds][0]
    if THEIRS in wall:
        told = f"{name} (whole process)"
        found = [
            lines.beside(
                f"{work}, sweep", told, wall["sweep"], wall[THEIRS], SPLAT_TIMES[arc_seconds]
            ),
            lines.beside(f"{work}, whole process", told, wall[OURS], wall[THEIRS]),
        ]
    else:
        note = "absent: `apt-get install splat` to compare with it"
        found = [Line(f"{work}, sweep", peer=name, note=note)]
    for what in ("sweep", "exact"):
        if what in wall:
            rate, wanted = count / float(np.median(wall[what])), COVLIB_TIMES[what, arc_seconds]
            note = "its rate is quoted by others, for another machine"
            found.append(
                Line(f"{work}, {what}", f"{rate:,.0f} px/s", "crc-covlib P.1812", f"{quoted:,.0f} px/s",
                     rate / quoted, wanted, bool(rate >= wanted * quoted), note)
            )  # fmt: skip
            both = wall[f"{what}, 2 threads"], wall[what]
            found.append(lines.beside(f"{work}, {what}, 2 threads", "1 thread", *both, 1.7))
    for name in ("sweep", "exact"):
        if name in times:
            two, (wall, worked) = times[f"{name}, 2 threads"].T, times[name].T
            print(
                f"{name}, 2 threads: {np.median(wall / two[0]):.2f} times as fast as one,"
                f" for {np.median(two[1] / worked):.2f} times the processor time"
            )
    return found


def accuracy(terrain: Terrain) -> list[Line]:
    """Find how far the sweep is from each pixel's own profile."""
    off_db = area(terrain, **PLACE, **LINK).loss_db - exact(terrain, **PLACE, **LINK).loss_db
    off_db = off_db[np.isfinite(off_db)]
    size = np.abs(off_db)
    print(
        f"sweep against exact: rms {np.sqrt((off_db**2).mean()):.2f} dB, bias {off_db.mean():+.3f} dB, "
        f"half within {np.median(size):.2f} dB, 95 % within {np.percentile(size, 95):.2f} dB"
    )
    rms_db, bias_db = float(np.sqrt((off_db**2).mean())), float(abs(off_db.mean()))
    return [
        lines.within("sweep against exact, rms", rms_db, 2.5, "dB"),
        lines.within("sweep against exact, bias", bias_db, 0.3, "dB"),
    ]


def memory(*, quick: bool = False) -> list[Line]:
    """Find peaks at 1 arc-second, of one run each: the bare sweep, the command, and SPLAT!."""
    if quick:
        return [Line("memory of radio", note="left out in a hurry")]
    with tempfile.TemporaryDirectory() as name:
        folder, terrain = Path(name), world(1)
        np.save(folder / "terrain.npy", terrain.h_m)
        run = subprocess.run(
            [sys.executable, __file__, "one", folder / "terrain.npy"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        count, bare_mb, imports_mb = run.stdout.split()
        words = [sys.executable, "-c", "import deadzones.coverage.radio.survey"]
        idle, command = child_mb(words, folder), whole(folder, 1, terrain)
        child_mb(command, folder)  # compiles
        whole_mb = child_mb(command, folder)
        other = splat(folder, 1, terrain.h_m)
        theirs = "absent" if other is None else f"{child_mb(other, folder):.0f} MB"
    print(f"memory at 1 arc-second, {count} px, one run each; {SPLAT[1][0]}: {theirs}")
    note = f"{float(imports_mb):.0f} MB of it for imports"
    return [
        lines.within('sweep at 1", memory', float(bare_mb), 300.0, "MB", note=note),
        lines.within('deadzones radio at 1", memory', whole_mb, 300.0, "MB",
                     note=f"{idle:.0f} MB of it for imports"),
    ]  # fmt: skip


def peak_mb() -> float:
    """Peak of this program; `getrusage` would count what started it too."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def one_disc(path: str) -> None:
    """Do what `memory` measures."""
    idle = peak_mb()
    cell = 1 / 3600
    grid = Grid("EPSG:4326", Affine(cell, 0, 105, 0, -cell, 21), (3600, 3600))
    count = pixels(area(Terrain(grid, np.load(path, mmap_mode="r")), **PLACE, **LINK))
    print(count, peak_mb(), idle)


def compile_time(*, quick: bool = False) -> list[Line]:
    """Time the first disc of a process with an empty cache of compiled code."""
    if quick:
        return [Line("first disc, compiling", note="left out in a hurry")]
    code = (
        "import radio as b, time; t = b.world(3); start = time.perf_counter(); "
        "b.area(t, **b.PLACE, **b.LINK); one = time.perf_counter() - start; "
        "b.exact(t, **b.PLACE, **{**b.LINK, 'radius_km': 1.0}); "
        "print(f'{one:.1f} s, {time.perf_counter() - start:.1f} s with exact')"
    )
    with tempfile.TemporaryDirectory() as cache:
        here = str(Path(__file__).parent)
        variables = {**os.environ, "NUMBA_CACHE_DIR": cache, "PYTHONPATH": here}
        run = subprocess.run(
            [sys.executable, "-c", code], env=variables, capture_output=True, text=True, check=True
        )
    return [Line("first disc, compiling", run.stdout.strip(), note="one run")]


def many_masts(*, quick: bool = False) -> list[Line]:
    """Find the time of a table of many masts, from it to the best signal at each cell."""
    import pandas as pd  # here, for what one disc asks for is measured too

    from deadzones.coverage.radio import Run, sweep

    if quick:
        return [Line(f"{MASTS:,} masts", note="left out in a hurry")]
    terrain = world(3, degrees=3)
    lon, lat = np.array([[105], [20]]) + np.random.default_rng(2).uniform(0.3, 2.7, (2, MASTS))
    masts = pd.DataFrame({"lon": lon, "lat": lat, "height_m": LINK["tx_height_m"]})
    masts = masts.assign(band_mhz=1800, radius_km=LINK["radius_km"])
    thirds = [masts.assign(azimuth_deg=azimuth) for azimuth in (0, 120, 240)]
    cases = {"one antenna each": masts, "three sectors each": pd.concat(thirds)}
    found: list[Line] = []
    for name, sites in cases.items():
        run = Run(workers=WORKERS)
        sweep(terrain, sites.head(1), run=run)
        wall, worked = seconds(lambda sites=sites, run=run: sweep(terrain, sites, run=run))
        work, note = (
            f'{MASTS:,} masts of 25 km at 3", {name}',
            f"{worked:.0f} s of processor, one run",
        )
        found.append(lines.within(work, wall, 60.0, "s", note=note))
    return found


def discs(*, quick: bool = False) -> list[Line]:
    """Compare rates of one disc, and find its accuracy."""
    with tempfile.TemporaryDirectory() as folder:
        coarse = world(3)
        found = disc_rates(3, Path(folder), coarse, 1 if quick else REPEATS)
        found += accuracy(coarse)
        print()
        if not quick:
            found += disc_rates(1, Path(folder), world(1), REPEATS)
    return found


PARTS: dict[str, Callable[..., list[Line]]] = {
    "discs": discs,
    "memory": memory,
    "masts": many_masts,
    "compile": compile_time,
}

if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        one_disc(sys.argv[2])
    else:
        for part in PARTS.values():
            print(lines.markdown(part()))
