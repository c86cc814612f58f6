"""A nation scored at 100 m, task by task: the score part of `make bench`.

All communes of Viet Nam, real power lines, and made-up people, sites (20,000) and fibre nodes (500),
where the shared folder of real data is there. How time and memory grow, and what a second worker is
worth, is found on a made-up nation of 1, 4 and 16 squares. No peer does any of it; joblib's processes,
where it is installed, do the same tasks: that tells what the machine gives a second worker just then.
Memory is that of the process and all that it starts, together, looked at four times a second. Of another
threshold, and of tasks by one worker, by two and by joblib's, in turn, medians of five; else one run
each. Absolute figures are those of this machine, now.
"""

from __future__ import annotations

import contextlib
import json
import math
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from pathlib import Path

import geopandas as gpd
import lines
import numpy as np
import radio
import rasterio
import shapely
from affine import Affine
from lines import Line
from rasterio.windows import Window

from deadzones.coverage import batch, batch_engines, batch_frame, batch_tasks
from deadzones.coverage.study import Study

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
DEADZONES = Path(sys.executable).with_name("deadzones")
ROWS, COLUMNS, CELL, WEST, NORTH = 19_200, 9_600, 8.0 / 9_600, 102.0, 24.0
BLOCK = 512
STUDY = """
name = "nation"
allow_outside_paths = true
[layers.communes]
reader = "communes"
path = "{communes}"
evidence = "{evidence}"
{columns}
[layers.people]
reader = "people_raster"
path = "people.tif"
evidence = "synthetic"
[layers.sites]
role = "mobile"
reader = "sites"
path = "sites.parquet"
evidence = "synthetic"
[layers.nodes]
role = "fibre"
reader = "nodes"
path = "nodes.parquet"
evidence = "synthetic"
[layers.power_lines]
role = "power"
reader = "lines"
path = "{lines}"
evidence = "{lines_evidence}"
{options}
[services.mobile]
[services.fibre]
threshold = "20 km"
[services.power]
threshold = "{power_km} km"
"""
REAL = {
    "communes": f"{SHARED}/communes_vn.parquet",
    "columns": 'columns = { commune_name = "commune_full_name", old_names = "merged_from" }',
    "evidence": "declared",
    "lines": f"{SHARED}/power_lines_osm2025.parquet",
    "lines_evidence": "proxy",
    "options": "options = { keep = { likely_artifact = [false] }, make_valid = true }",
}
MADE_UP = {
    "communes": "communes.parquet",
    "columns": "",
    "evidence": "synthetic",
    "lines": "lines.parquet",
    "lines_evidence": "synthetic",
    "options": "",
}
SITES, NODES = 20_000, 500
SIDES = (1, 2, 4)
"""Squares along the side of a made-up nation: each is a province, of 100 communes."""
PAIRS = 5
"""Runs of one worker, of two, and of joblib's, in turn."""
WORTH, OF_JOBLIB = 1.85, 0.96
"""What two workers should be worth beside one, and beside joblib's two, where those are worth 1.93."""
COMMUNES_ALONG, SITES_OF_SQUARE, NODES_OF_SQUARE, LINES_OF_SQUARE = 10, 600, 15, 30


WORK = "score of a made-up nation"


@dataclass(frozen=True)
class Run:
    """Wall seconds of a run and of its stages, and the most memory of all its processes (MB)."""

    seconds: float
    peak_mb: float
    stages: Mapping[str, float]


def write_people(path: Path, shape: tuple[int, int], west: float, north: float) -> None:
    """Write people: in a fifth of the cells some, wherever they lie."""
    rng = np.random.default_rng(0)
    profile = {
        "driver": "GTiff", "height": shape[0], "width": shape[1], "count": 1, "dtype": "float32",
        "crs": "EPSG:4326", "transform": Affine(CELL, 0, west, 0, -CELL, north),
        "nodata": -99999.0, "compress": "deflate", "tiled": True,
        "blockxsize": BLOCK, "blockysize": BLOCK,
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as file:
        for row in range(0, shape[0], BLOCK):
            block = (min(BLOCK, shape[0] - row), shape[1])
            people = np.where(rng.random(block) < 0.2, rng.lognormal(1.0, 1.0, block), 0.0)
            window = Window(0, row, block[1], block[0])  # pyright: ignore[reportCallIssue]
            file.write(people.astype(np.float32), 1, window=window)


def write_places(folder: Path, centre: np.ndarray, sites: int, nodes: int, spread: float) -> None:
    """Write sites of three operators, and nodes, around some places."""
    rng = np.random.default_rng(1)

    def places(count: int) -> np.ndarray:
        where = centre[rng.integers(0, len(centre), count)]
        return np.asarray(shapely.points(where + rng.normal(0.0, spread, (count, 2))))

    columns = {
        "site_id": [f"S{n}" for n in range(sites)],
        "operator": rng.choice(list("ABC"), sites),
    }
    gpd.GeoDataFrame(columns, geometry=places(sites), crs=4326).to_parquet(folder / "sites.parquet")
    names = {"name": [f"N{n}" for n in range(nodes)]}
    gpd.GeoDataFrame(names, geometry=places(nodes), crs=4326).to_parquet(folder / "nodes.parquet")


def nation(folder: Path) -> None:
    """Make up people, sites and nodes where there are communes."""
    write_people(folder / "people.tif", (ROWS, COLUMNS), WEST, NORTH)
    table = gpd.read_parquet(SHARED / "communes_vn.parquet")
    centre = shapely.get_coordinates(table.geometry.representative_point().to_numpy())
    write_places(folder, centre, SITES, NODES, 0.05)


def squares(folder: Path, along: int, side_degrees: float) -> Path:
    """Make up a nation of so many squares along its side; return its study."""
    folder.mkdir()
    west, north, whole = 104.0, 20.0, along * side_degrees
    count, side = along * COMMUNES_ALONG, side_degrees / COMMUNES_ALONG
    row, column = (axis.ravel() for axis in np.indices((count, count)))
    province = row // COMMUNES_ALONG * along + column // COMMUNES_ALONG
    codes = [f"{number:05d}" for number in range(count * count)]
    boxes = shapely.box(
        west + column * side,
        north - (row + 1) * side,
        west + (column + 1) * side,
        north - row * side,
    )
    table = {
        "commune_code": codes,
        "commune_name": [f"Xã {code}" for code in codes],
        "province_code": [f"{number:02d}" for number in province],
        "province_name": [f"Tỉnh {number:02d}" for number in province],
    }
    gpd.GeoDataFrame(table, geometry=boxes, crs=4326).to_parquet(folder / "communes.parquet")
    cells = round(whole / CELL)
    write_people(folder / "people.tif", (cells, cells), west, north)
    times = along * along
    centre = shapely.get_coordinates(shapely.centroid(boxes))
    write_places(folder, centre, SITES_OF_SQUARE * times, NODES_OF_SQUARE * times, side)
    rng = np.random.default_rng(2)
    start = centre[rng.integers(0, len(centre), LINES_OF_SQUARE * times)]
    ways = rng.normal(0.0, side, (len(start), 12, 2)).cumsum(axis=1) + start[:, None]
    lines = np.asarray(shapely.linestrings(ways))
    gpd.GeoDataFrame({"voltage_kv": 22.0}, index=range(len(lines)), geometry=lines, crs=4326).to_parquet(
        folder / "lines.parquet"
    )  # fmt: skip
    return study(folder, MADE_UP)


def study(folder: Path, parts: Mapping[str, str], *, power_km: float = 10.0) -> Path:
    path = folder / "study.toml"
    path.write_text(STUDY.format(power_km=power_km, **parts), encoding="utf-8")
    return path


def family(process: int) -> list[int]:
    """Return a process and all that it started."""
    found = [process]
    for place in Path(f"/proc/{process}/task").glob("*/children"):
        found += [each for child in place.read_text().split() for each in family(int(child))]
    return found


def memory_mb(process: int) -> float:
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:  # it has ended
        return 0.0
    return sum(float(line.split()[1]) / 1024.0 for line in lines if line.startswith("VmRSS"))


def tables_mb(folder: Path) -> float:
    """What the tables of a result take in memory, found by reading them."""
    code = (
        "import sys, geopandas as gpd; from pathlib import Path; "
        "rss = lambda: int(next(line for line in open('/proc/self/status') "
        "if line.startswith('VmRSS')).split()[1]) / 1024; "
        "folder, none = Path(sys.argv[1]), gpd.read_file(Path(sys.argv[1], 'dead_zones.gpkg'), rows=1); "
        "idle = rss(); communes = gpd.read_parquet(folder / 'communes.parquet'); "
        "zones = gpd.read_file(folder / 'dead_zones.gpkg'); print(rss() - idle)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, folder], capture_output=True, text=True, check=True
    )
    return float(told.stdout)


def run(path: Path, out: Path, *more: str) -> Run:
    """Run the command."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [DEADZONES, "score", path, "--out", out, *more], stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    peak_mb = 0.0
    while process.poll() is None:
        with contextlib.suppress(OSError):  # one has ended while it was looked for
            peak_mb = max(peak_mb, sum(map(memory_mb, family(process.pid))))
        time.sleep(0.25)
    seconds = time.perf_counter() - start
    if process.returncode:
        sys.exit(f"deadzones score failed: {process.communicate()[1].decode()}")
    told = json.loads((out / "nation" / "timings.json").read_text(encoding="utf-8"))
    stages = {each["stage"]: float(each["seconds"]) for each in told["stages"]}
    return Run(seconds, peak_mb, stages)


def row(name: str, found: Run) -> tuple[str, ...]:
    stages = [f"{seconds:.1f}" for seconds in found.stages.values()]
    return name, f"{found.seconds:.1f}", *stages, f"{found.peak_mb:.0f}"


HEADS = ("run", "seconds", "reading", "people", "scoring", "joining", "peak MB")


def whole(folder: Path) -> list[Line]:
    """Time the nation: as it is, with another threshold, and by one worker."""
    nation(folder)
    out = folder / "out"
    first = run(study(folder, REAL), out)
    others = [run(study(folder, REAL, power_km=km), out) for km in (9.0, 8.5, 8.0, 7.5, 7.0)]
    rows = [row("the nation, 2 workers", first)]
    rows += [row("the same, another threshold", other) for other in others]
    rows.append(
        row("the nation, 1 worker", run(study(folder, REAL), folder / "1", "--workers", "1"))
    )
    radio.table(HEADS, rows)
    work = "score the nation at 100 m"
    return [
        lines.within(work, first.seconds, 120.0, "s", note="2 workers, one run"),
        lines.within(f"{work}: memory of all processes", first.peak_mb, 2000.0, "MB"),
        lines.within(
            f"{work}, another threshold",
            statistics.median(other.seconds for other in others),
            20.0,
            "s",
            note="median of five",
        ),
    ]


def growing(folder: Path, side_degrees: float) -> list[Line]:
    """Find how time and memory grow with the area, and what a second worker is worth."""
    paths = {along: squares(folder / f"in{along}", along, side_degrees) for along in SIDES}
    run(paths[1], folder / "first")  # which loads what the system then has at hand
    found = {
        along: run(path, folder / f"out{along}", "--workers", "1") for along, path in paths.items()
    }
    both = run(paths[SIDES[-1]], folder / "two")
    cells = round((side_degrees / CELL) ** 2)
    rows = [
        row(f"{along * along:2d}x: {cells * along * along / 1e6:.1f} M cells, 1 worker", each)
        for along, each in found.items()
    ]
    rows.append(row(f"{SIDES[-1] ** 2:2d}x, 2 workers", both))
    radio.table(HEADS, rows)
    small, middle, large = (found[along] for along in SIDES)
    exponents = [
        f"{name} {math.log(large.stages[name] / small.stages[name]) / math.log(SIDES[-1] ** 2):.2f}"
        for name in small.stages
    ]
    print(f"time grows with the area to the power of: {', '.join(exponents)}")
    beyond_mb = {
        along: each.peak_mb - tables_mb(folder / f"out{along}" / "nation")
        for along, each in found.items()
    }
    growth = 100.0 * (beyond_mb[SIDES[-1]] / beyond_mb[SIDES[0]] - 1.0)
    return [
        *(
            lines.within(
                f"{WORK}: {name} the area", more.seconds / less.seconds, 4.5, "times as long"
            )
            for name, more, less in (("1x to 4x", middle, small), ("4x to 16x", large, middle))
        ),
        lines.within(f"{WORK}: memory beyond its tables, more at 16x", growth, 20.0, "%"),
        Line(f"{WORK}: all with 2 workers beside 1", f"{large.seconds / both.seconds:.2f} times"),
        *second_worker(paths[SIDES[-1]], folder),
    ]


def second_worker(path: Path, folder: Path) -> list[Line]:
    """Find what a second worker is worth, to us and to joblib: in one process, all of them warm.

    Each cuts the tasks while it does them, the largest first. joblib's processes are started before.
    """
    frame = batch_frame.lay(Study.read(path), batch.MOST_CELLS, [])
    sizes = np.array([frame.cells[group].sum() for group in frame.groups])
    order = np.argsort(-sizes, kind="stable").tolist()

    def by_engine(engine: batch_engines.Engine, workers: int) -> None:
        with tempfile.TemporaryDirectory(dir=folder) as work:
            task = partial(batch_tasks.score, folder=Path(work))
            for _ in batch_engines.run(task, frame.parts(order), engine, workers):
                pass

    def by_joblib() -> None:
        with tempfile.TemporaryDirectory(dir=folder) as work:
            task = joblib.delayed(partial(batch_tasks.score, folder=Path(work)))
            processes(task(part) for part in frame.parts(order))

    cases: dict[str, Callable[[], object]] = {
        "1 worker": lambda: by_engine("serial", 1),
        "2 workers": lambda: by_engine("threads", 2),
    }
    peer = lines.release("joblib")
    with contextlib.ExitStack() as stack:
        if peer:
            joblib = import_module("joblib")
            processes = stack.enter_context(joblib.Parallel(2))
            cases["2 of joblib"] = by_joblib
        for case in cases.values():
            case()
        times = {name: each[:, 0] for name, each in radio.interleaved(cases, PAIRS).items()}
    radio.table(
        list(times),
        [[f"{each:.2f}" for each in turn] for turn in zip(*times.values(), strict=True)],
    )
    alone_s, both_s = times["1 worker"], times["2 workers"]
    worth = float(np.median(alone_s / both_s))
    found = [lines.at_least(f"{WORK}: tasks of 2 workers beside 1", worth, WORTH, "times")]
    work = f"{WORK}: tasks of 2 workers"
    if peer is None:
        return [*found, lines.absent(work, "joblib")]
    theirs_s = times["2 of joblib"]
    note = f"its 2 are worth {np.median(alone_s / theirs_s):.2f} of our 1"
    return [*found, replace(lines.beside(work, peer, both_s, theirs_s, OF_JOBLIB), note=note)]


def score(*, quick: bool = False) -> list[Line]:
    """Time whole runs, another threshold, one worker and two, and how time grows with the area."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        if quick or not SHARED.is_dir():
            note = "left out: it needs the shared folder of real data, and minutes"
            found = [Line("score the nation at 100 m", note=note)]
        else:
            found = whole(folder)
        return [*found, *growing(folder, 0.25 if quick else 1.0)]


PARTS: dict[str, Callable[..., list[Line]]] = {"score": score}

if __name__ == "__main__":
    for part in PARTS.values():
        print(lines.markdown(part(quick="--quick" in sys.argv)))
