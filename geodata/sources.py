"""The catalogue of open data: what there is, what it may be used for, and which reader takes it."""

from __future__ import annotations

import datetime as dt
import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final, Literal, get_args

from .faults import BadInput, Fault

Use = Literal["any", "non-commercial", "research"]
Access = Literal["open", "by hand", "registration", "token"]
Share = Literal["yes", "same licence", "no"]

_STRICTNESS: Final = get_args(Use)
"""Each use covers those before it: who does research may take all of them."""


@dataclass(frozen=True)
class OpenSource:
    """One source of open data.

    Parameters
    ----------
    key, title, owner : str
    format, crs, resolution : str
        What is delivered.
    licence, licence_url : str
    use : {"any", "non-commercial", "research"}
        For what it may be used.
    share : {"yes", "same licence", "no"}
        Whether what is made of it may be passed on.
    access : {"open", "by hand", "registration", "token"}
        Whether a program may fetch it, or a person must pick the file, or first log in.
    url, file : str
        Where it lies, and what it is called here.
    size : int
        About how many bytes; 0 where that is not known.
    sha256, unpack, opens, note : str
        Empty where there is none; ``opens`` is the pattern of the one of several files that the
        reader takes.
    role, reader, options, evidence : str
        For a study; empty where a step of one's own stands between. ``options`` as TOML has them.
    date, verified : date or None
        Of the data; of the last time that the makers tried the address, None if never.

    Examples
    --------
    >>> catalogue()["worldpop_2020_1km"].reader
    'people_raster'
    """

    key: str
    title: str
    owner: str
    format: str
    crs: str
    resolution: str
    licence: str
    licence_url: str
    use: Use
    share: Share
    access: Access
    url: str
    file: str
    size: int = 0
    sha256: str = ""
    unpack: str = ""
    opens: str = ""
    note: str = ""
    role: str = ""
    reader: str = ""
    options: str = ""
    evidence: str = ""
    date: dt.date | None = None
    verified: dt.date | None = None


@cache
def _read() -> Mapping[str, Any]:
    text = resources.files("deadzones.geodata").joinpath("sources.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def catalogue() -> Mapping[str, OpenSource]:
    """Return all sources by key.

    Examples
    --------
    >>> catalogue()["gadm_vnm"].use
    'research'
    """
    return {
        key: OpenSource(key=key, size=int(entry.pop("bytes", 0)), **entry)
        for key, entry in ((key, dict(entry)) for key, entry in _read()["sources"].items())
    }


def groups() -> dict[str, tuple[str, ...]]:
    """Return the names under which several sources are fetched together.

    Examples
    --------
    >>> "worldpop_2020_1km" in groups()["vietnam"]
    True
    """
    return {key: tuple(one["sources"]) for key, one in _read().items() if key != "sources"}


def beside(names: Iterable[str]) -> list[OpenSource]:
    """Return what a study needs beside the sources of groups, and a program may not just take.

    Examples
    --------
    >>> [source.key for source in beside(["vietnam"])][0]
    'vietnam_communes_2026'
    """
    told = [key for name in names if name in groups() for key in _read()[name].get("beside", ())]
    return [catalogue()[key] for key in dict.fromkeys(told)]


def chosen(names: Iterable[str]) -> list[OpenSource]:
    """Return the sources of keys and of groups, each once, in order.

    Raises
    ------
    BadInput
        With every name that is neither.

    Examples
    --------
    >>> [source.key for source in chosen(["gridfinder", "gridfinder"])]
    ['gridfinder']
    """
    known, several = catalogue(), groups()
    faults: list[Fault] = []
    found: dict[str, OpenSource] = {}
    for name in names:
        if name not in known and name not in several:
            near = difflib.get_close_matches(name, [*several, *known], n=1)
            repair = f"Did you mean {near[0]}?" if near else "deadzones fetch --list shows them."
            faults.append(Fault("command line", repr(name), "a source or a group", repair))
        found |= {key: known[key] for key in several.get(name, (name,)) if key in known}
    if faults:
        raise BadInput(faults)
    return list(found.values())


def refusal(source: OpenSource, use: Use = "any") -> Fault | None:
    """Tell why a source may not be fetched for a use; None where it may.

    Parameters
    ----------
    source : OpenSource
    use : {"any", "non-commercial", "research"}
        What the data is for: ``"any"`` holds commercial use, ``"research"`` neither trade nor
        publication.

    Examples
    --------
    >>> print(refusal(catalogue()["ookla_mobile_2025q2"]))
    ookla_mobile_2025q2: found a licence for non-commercial use (CC BY-NC-SA 4.0); wanted ...
    """
    if source.access != "open":
        found = {
            "by hand": "a page on which a person picks the file",
            "registration": "a source that needs a login of yours",
            "token": "a source that needs a token of yours",
        }[source.access]
        terms = f"{source.licence}; for {source.use} use" if source.use != "any" else source.licence
        repair = f"Get it at {source.url} ({terms}) and put it beside your study as {source.file}."
        return Fault(source.key, found, "an open address", repair)
    if _STRICTNESS.index(use) < _STRICTNESS.index(source.use):
        found = f"a licence for {source.use} use ({source.licence})"
        repair = f"If that is your use, say --use {source.use}; see {source.licence_url}."
        return Fault(source.key, found, f"one for {use} use", repair)
    return None


def layer(source: OpenSource, path: str) -> str:
    """Write the lines of a study that read a source; empty where a step stands between.

    Examples
    --------
    >>> print(layer(catalogue()["worldpop_2020_1km"], "people.tif"))
    [layers.people]
    reader = "people_raster"
    path = "people.tif"
    owner = "WorldPop, University of Southampton"
    licence = "CC BY 4.0"
    date = 2020-07-01
    evidence = "predicted"
    """
    if not source.reader:
        return ""
    options = [f"options = {source.options}"] if source.options else []
    date = [f"date = {source.date.isoformat()}"] if source.date else []
    return "\n".join(
        [
            f"[layers.{source.role}]",
            f'reader = "{source.reader}"',
            f'path = "{path}"',
            *options,
            f'owner = "{source.owner}"',
            f'licence = "{source.licence}"',
            *date,
            f'evidence = "{source.evidence}"',
        ]
    )
