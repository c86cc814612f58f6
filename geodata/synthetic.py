"""A made-up country, written as the files a real study has: for the demo, tests and benchmarks."""

from __future__ import annotations

from pathlib import Path

from ._synthetic_build import OPERATORS, build
from ._synthetic_files import MARK, STUDY, check_folder, write
from ._synthetic_names import MOST_COMMUNES

_STUDY = f"""{MARK}
# Nothing in it is real: all layers say evidence = "synthetic". Change a number, run again.
# Paths are relative to this file. Numbers carry their unit.

name = "demo"                                # the result's folder
title = "Made-up country / Đất nước giả tưởng"
seed = @SEED
public = false                               # true keeps site coordinates out of every product

# Where people live and how the country is divided.

[layers.communes]
reader = "communes"
path = "communes.gpkg"
@ABOUT

[layers.people]                              # persons in each cell of 500 m
reader = "people_raster"
path = "people.tif"
@ABOUT

[layers.terrain]                             # metres above the sea, cells of 90 m
reader = "terrain"
path = "terrain.tif"
@ABOUT

[layers.roads]
reader = "lines"
path = "roads.gpkg"
@ABOUT

[layers.places]                              # towns and villages
reader = "places"
path = "places.csv"
@ABOUT

[layers.anchors]                             # schools, clinics, commune offices
reader = "places"
path = "anchors.csv"
@ABOUT

# What the administration keeps: classes of communes, who does what until when, what terms mean.

[layers.classes]
reader = "commune_classes"
path = "classes.csv"
options = {{ complete = true }}                # who is not named lies outside the region
@ABOUT

[layers.tasks]
reader = "tasks"
path = "tasks.csv"
@ABOUT

[layers.definitions]
reader = "definitions"
path = "definitions.csv"
@ABOUT

# Mobile: two operators. The first declares areas, the second lists its sites.

[layers.mobile_a]
role = "mobile"
reader = "polygons"
path = "operator_a_5g.gpkg"
operator = "{OPERATORS[0]}"
@ABOUT

[layers.mobile_b]
role = "mobile"
reader = "sites"
path = "operator_b_sites.csv"
operator = "{OPERATORS[1]}"
@ABOUT

# Fibre: access nodes, and the cables along the roads that feed them.

[layers.fibre_nodes]
role = "fibre"
reader = "nodes"
path = "fibre_nodes.gpkg"
@ABOUT

[layers.fibre_cables]
role = "fibre"
reader = "lines"
path = "fibre_cables.gpkg"
@ABOUT

# Power: 110 kV between towns, 22 kV along the roads.

[layers.power]
reader = "lines"
path = "power_lines.gpkg"
@ABOUT

# What counts as served.

[services.mobile]
threshold = "-110 dBm"                       # received power outdoors

[services.fibre]
threshold = "5 km"                           # distance to the nearest node or cable

[services.power]
threshold = "3 km"                           # distance to the nearest line

# A dead zone is a patch of cells that lack the same services and hold enough people.

[dead_zones]
min_people = 50
join_km = 0.0

# Upgrades are ranked until the money is spent.

[costs]
column = "base"                              # or "low", "high"

[upgrades]
budget_vnd = 500e9
"""
_ABOUT = 'owner = "Giả lập · made up"\ndate = 2026-01-31\nevidence = "synthetic"'


def country(folder: Path | str, *, communes: int = 120, seed: int = 0) -> Path:
    """Write a made-up country and its study.

    Mountains stand in the north-west, people live in the plain and in the valleys, and mobile,
    fibre and power thin out toward the hills. The default has the size of a large province: about
    2 million people in 120 communes, in a frame of 250 by 250 km; the area grows with the number
    of communes. Vector and raster files are in EPSG:9210 (VN-2000 / TM-3 105-45), CSV files in
    WGS 84 degrees.

    Parameters
    ----------
    folder : Path or str
        Where the files go; made if it is absent. A country made before is replaced; its study, if
        it differs, is kept as ``study.previous.toml``.
    communes : int, default 120
        How many communes, 1 to 9,999.
    seed : int, default 0
        The same seed makes the same bytes; another seed another country.

    Returns
    -------
    Path
        The study file, ``folder/study.toml``. Beside it: communes.gpkg, people.tif (persons by
        cell of 500 m), terrain.tif (metres, 90 m), roads.gpkg, places.csv, anchors.csv,
        operator_a_5g.gpkg, operator_b_sites.csv, fibre_nodes.gpkg, fibre_cables.gpkg,
        power_lines.gpkg, classes.csv, tasks.csv, definitions.csv.

    Raises
    ------
    ValueError
        When ``communes`` or ``seed`` is out of range.
    FileExistsError
        When the folder holds files of these names that this function did not make.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as home:
    ...     country(Path(home) / "inputs", communes=2).name
    'study.toml'
    """
    if not 1 <= communes <= MOST_COMMUNES:
        raise ValueError(f"communes is {communes}; give a number from 1 to {MOST_COMMUNES}.")
    if seed < 0:
        raise ValueError(f"seed is {seed}; give 0 or a positive number.")
    folder = Path(folder)
    check_folder(folder)
    study = _STUDY.replace("@SEED", str(seed)).replace("@ABOUT", _ABOUT)
    write(build(communes, seed), study, folder)
    return folder / STUDY
