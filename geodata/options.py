"""The options of each reader: what they may be, their defaults, and what they do."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

import pyproj
from pyproj.exceptions import CRSError

VECTORS = ("communes", "people_points", "sites", "polygons", "nodes", "lines", "places")
TABLES = (*VECTORS, "speed_tests", "commune_totals", "commune_classes", "tasks", "definitions")
RASTERS = ("people_raster", "signal_raster", "lights_raster", "terrain", "land_cover")
SEPARATORS = (",", ";", "|", "\t")
TECHNOLOGIES = ("2G", "3G", "4G", "5G")


@dataclass(frozen=True)
class Option:
    """One option of a layer.

    Parameters
    ----------
    name : str
        Its key in the study.
    readers : tuple of str
        The readers that take it.
    accepts : callable
        Whether a value is right.
    wanted : str
        What a value must be, in words.
    default : str
        What holds without it.
    meaning : str
        What it does.
    source : str
        Where the default comes from.

    Examples
    --------
    >>> of("lines")["max_kv"].default
    'no limit'
    """

    name: str
    readers: tuple[str, ...]
    accepts: Callable[[object], bool]
    wanted: str
    default: str
    meaning: str
    source: str


def _flag(value: object) -> bool:
    return isinstance(value, bool)


def _whole(value: object) -> bool:
    codes = cast("list[object]", value) if isinstance(value, list) else []
    return _flag(value) or (
        bool(codes)
        and all(isinstance(one, str) and len(one) == 2 and one.isdigit() for one in codes)
    )


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _crs(value: object) -> bool:
    try:
        crs = pyproj.CRS.from_user_input(value)
    except CRSError:
        return False
    return isinstance(value, str) and (crs.is_geographic or crs.is_projected)


def _encoding(value: object) -> bool:
    try:
        return isinstance(value, str) and "Mường".encode(value, errors="replace") != b""
    except (LookupError, ValueError):
        return False


def _keep(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(item, str | int | float | list) and item != [] for item in value.values()
    )


def _one_of(*choices: str) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and value in choices


def _some_of(*choices: str) -> Callable[[object], bool]:
    def accepts(value: object) -> bool:
        values = value if isinstance(value, list) else [value]
        return bool(values) and all(item in choices for item in values)

    return accepts


def _number(low: float, high: float = math.inf) -> Callable[[object], bool]:
    def accepts(value: object) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return math.isfinite(value) and low <= value <= high

    return accepts


OPTIONS = (
    Option(
        "crs",
        (*VECTORS, *RASTERS),
        _crs,
        "a coordinate system, such as EPSG:9210",
        "the file's own",
        "takes the place of the file's coordinate system",
        "what the file declares; without any the layer is refused",
    ),
    Option(
        "swap_axes",
        VECTORS,
        _flag,
        "true or false",
        "false",
        "x and y change places",
        "GDAL and OGC simple features: x is the longitude or easting",
    ),
    Option(
        "make_valid",
        VECTORS,
        _flag,
        "true or false",
        "false",
        "invalid geometries are mended, with a receipt in the manifest",
        "nothing is changed that nobody asked for",
    ),
    Option(
        "keep",
        TABLES,
        _keep,
        "{ column = [values] }",
        "every row",
        "rows with these values are kept, the rest is left out",
        "nothing is left out that nobody named",
    ),
    Option(
        "layer",
        TABLES,
        _text,
        "the name of a layer",
        "the only one",
        "layer of a GeoPackage",
        "GDAL; a file of several layers is refused without it",
    ),
    Option(
        "encoding",
        TABLES,
        _encoding,
        "a text encoding, such as utf-8 or cp1258",
        "utf-8, or what a shapefile says",
        "how text is stored in a CSV file or shapefile",
        "what most programs write; of a shapefile its .cpg file or header",
    ),
    Option(
        "separator",
        TABLES,
        _one_of(*SEPARATORS),
        'one of "," ";" "|" "\\t"',
        "the one in the header",
        "what stands between the columns of a CSV file",
        "the one that stands most often in the header",
    ),
    Option(
        "decimal",
        TABLES,
        _one_of(".", ","),
        '"." or ","',
        ".",
        "decimal mark of a CSV file",
        "the mark of most programs; Vietnamese spreadsheets write a comma",
    ),
    Option(
        "technology",
        ("sites", "polygons"),
        _some_of(*TECHNOLOGIES),
        "one or a list of " + ", ".join(TECHNOLOGIES),
        "all",
        "rows of these technologies are kept",
        "every site or area counts until the study chooses",
    ),
    Option(
        "radius_km",
        ("sites",),
        _number(0.0, 200.0),
        "a number from 0 to 200",
        "by technology",
        "how far a site reaches",
        "FAO and ITU CPP, as listed below; made for predictions it does not hold",
    ),
    Option(
        "level_dbm",
        ("sites", "polygons"),
        _number(-200.0, 0.0),
        "a number from -200 to 0",
        "-110",
        "received signal within reach of a site or inside a declared area",
        "the threshold of mobile: within reach means just usable",
    ),
    Option(
        "nodata",
        ("signal_raster",),
        _one_of("unknown", "no signal"),
        '"unknown" or "no signal"',
        "unknown",
        "what a cell without a value means",
        "nothing measured is not the same as no signal",
    ),
    Option(
        "lit_nw",
        ("lights_raster",),
        _number(0.0),
        "a number of at least 0",
        "0.5",
        "radiance from which a cell is lit, nW/cm2/sr",
        "above the noise floor of the VIIRS annual composites (some 0.4)",
    ),
    Option(
        "min_kv",
        ("lines",),
        _number(0.0),
        "a number of at least 0",
        "0",
        "lower voltages are left out",
        "every line counts until the study chooses",
    ),
    Option(
        "max_kv",
        ("lines",),
        _number(0.0),
        "a number of at least 0",
        "no limit",
        "higher voltages are left out",
        "every line counts until the study chooses",
    ),
    Option(
        "sources",
        ("nodes", "lines"),
        _keep,
        "{ column = [values] }",
        "every node, no line",
        "rows with these values feed the network, whose weak points are told",
        "a network is fed at its nodes until the study chooses",
    ),
    Option(
        "snap_m",
        ("nodes",),
        _number(0.0, 5000.0),
        "a number from 0 to 5000",
        "250",
        "how near a node is to a line that it stands on, for weak points",
        "across the yard of a substation: judgement",
    ),
    Option(
        "join_m",
        ("lines",),
        _number(0.0, 5000.0),
        "a number from 0 to 5000",
        "0",
        "lines that end so near to a vertex of another are joined to it, for weak points",
        "nothing is joined that nobody asked for",
    ),
    Option(
        "spread",
        ("commune_totals",),
        _one_of("even", "places"),
        '"even" or "places"',
        "even",
        "where in a commune its people live: all over its land, or at the study's places, by their "
        "people where known",
        "a list of places may be far from complete",
    ),
    Option(
        "complete",
        ("commune_classes",),
        _whole,
        "true, or two-digit codes of provinces",
        "false",
        "there a commune that the list does not name lies outside areas I, II and III",
        "what is not named is unknown, until the owner of the list says that it is whole",
    ),
    Option(
        "cell_degrees",
        ("people_points", "commune_totals"),
        _number(0.0005, 1.0),
        "a number from 0.0005 to 1",
        "1/120",
        "side of the grid's cells, degrees",
        "30 arc-seconds, the grid of WorldPop 1 km",
    ),
)
"""Every option that a layer may have."""


def of(reader: str) -> dict[str, Option]:
    """Return the options of a reader, by name.

    Examples
    --------
    >>> list(of("terrain"))
    ['crs']
    """
    return {option.name: option for option in OPTIONS if reader in option.readers}


def problems(reader: str, given: Mapping[str, object]) -> Iterator[tuple[str, str, str, str]]:
    """Tell what is wrong with a layer's options.

    Yields
    ------
    tuple of str
        The option, what was found, what was wanted, the repair.

    Examples
    --------
    >>> list(problems("lines", {"max_kw": 35}))[0][3]
    'Did you mean max_kv?'
    """
    known = of(reader)
    for name, value in given.items():
        if name not in known:
            wanted = f"an option of {reader}: one of " + ", ".join(known)
            yield name, f"an unknown option {name}", wanted, did_you_mean(name, known)
        elif not known[name].accepts(value):
            yield name, repr(value), known[name].wanted, f"Mend the option {name}."


def did_you_mean(
    word: str, known: Iterable[str], otherwise: str = "Remove it, or correct its name."
) -> str:
    """Say what an unknown word was probably meant to be.

    Examples
    --------
    >>> did_you_mean("treshold", ["type", "threshold"])
    'Did you mean threshold?'
    """
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.65)
    return f"Did you mean {near[0]}?" if near else otherwise
