"""A study's TOML file: read, every fault told with its line."""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from ..geodata.faults import BadInput, Fault
from ..geodata.options import did_you_mean
from ..geodata.readers import READERS
from ..geodata.source import files_of
from .services import SERVICES
from .study import EVIDENCE, INCONSISTENT, ROLES, Study
from .study_parts import PATTERNS
from .toml_lines import Key, line_of

Told = tuple[str, str, str]
"""Found, wanted, repair."""

_CHOICES = {
    "role": (*ROLES, *SERVICES),
    "reader": tuple(READERS),
    "evidence": EVIDENCE,
    "type": tuple(SERVICES),
    "column": ("low", "base", "high"),
    "model": ("auto", "p1812", "radius"),
    "building": ("traditional", "efficient"),
}
"""Keys that take one of a few words."""

_WANTED = {
    "string_type": "text in quotes",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "date_type": "a date such as 2026-01-31, without quotes",
    "model_type": "a table of keys",
    "dict_type": "a table of keys",
    "tuple_type": "a list",
}
"""Kinds of pydantic's errors, in words."""

_TYPES = {
    "str": "text",
    "bool": "a truth value",
    "int": "a whole number",
    "float": "a number",
    "list": "a list",
}
_SHOWN = 60
"""Letters of a value that are shown."""


def read(path: Path) -> Study:
    """Read a study, or raise with all faults of its file.

    Examples
    --------
    >>> read(Path("absent.toml"))
    Traceback (most recent call last):
    deadzones.geodata.faults.BadInput: absent.toml: found no such file; ...
    """
    study, faults = inspect(path)
    if faults or study is None:
        raise BadInput(faults)
    return study


def inspect(path: Path) -> tuple[Study | None, list[Fault]]:
    """Read as much of a study as can be read, and tell all faults of its file.

    Parameters
    ----------
    path : Path
        The TOML file.

    Returns
    -------
    study : Study or None
        What is left when every key at fault is taken out, so that the layers can still be looked
        into; None when that is no study.
    faults : list of Fault
        Rows are lines of the file, columns dotted keys.

    Examples
    --------
    >>> inspect(Path("absent.toml"))[0] is None
    True
    """
    raw, text, faults = _parse(path)
    if raw is None:
        return None, faults
    raw.setdefault("name", re.sub(r"[^a-z0-9_-]+", "_", path.stem.lower()) or "study")
    folder = path.resolve().parent
    misplaced = list(_check_paths(raw, folder))
    study, problems = _validate(raw)
    faults = [_fault(key, problem, path.name, text) for key, problem in [*misplaced, *problems]]
    if study is not None:
        study = _without(study, [key for key, _ in misplaced]).at(folder)
    return study, sorted(faults, key=lambda fault: fault.row or 0)


def _without(study: Study, misplaced: Sequence[Key]) -> Study:
    """Leave out what must not be opened, or cannot be."""
    layers = {
        name: layer
        for name, layer in study.layers.items()
        if ("layers", name, "path") not in misplaced
    }
    costs = {"path": None} if ("costs", "path") in misplaced else {}
    radio = {"sea": None} if ("radio", "sea") in misplaced else {}
    changes = {
        "layers": layers,
        "costs": study.costs.model_copy(update=costs),
        "radio": study.radio.model_copy(update=radio),
    }
    return study.model_copy(update=changes)


def _fault(key: Key, problem: Told, file: str, text: str) -> Fault:
    found, wanted, repair = problem
    return Fault(file, found, wanted, repair, line_of(text, key), ".".join(key) or None)


def _parse(path: Path) -> tuple[dict[str, Any] | None, str, list[Fault]]:
    row, repair = None, "Check the path."
    try:
        text = path.read_text(encoding="utf-8-sig")
        return tomllib.loads(text), text, []
    except FileNotFoundError:
        found, wanted = "no such file", "a study in TOML"
    except IsADirectoryError:
        found, wanted, repair = "a folder", "a study in TOML", "Name the file in it."
    except OSError as error:
        found, wanted = f"a file that cannot be read ({error.strerror})", "a study in TOML"
    except UnicodeDecodeError as error:
        row = error.object.count(b"\n", 0, error.start) + 1
        found, wanted, repair = "bytes that are not UTF-8", "UTF-8 text", "Save it as UTF-8."
    except RecursionError:
        found, wanted, repair = "lists within lists without end", "TOML", "Write it anew."
    except ValueError as error:  # TOMLDecodeError, or a number with too many digits
        line = re.search(r"line (\d+)", str(error))
        row = int(line[1]) if line else None
        found, wanted, repair = f"text that is not TOML ({error})", "TOML", "Mend the line."
    return None, "", [Fault(path.name, found, wanted, repair, row=row)]


def _validate(raw: dict[str, Any]) -> tuple[Study | None, list[tuple[Key, Told]]]:
    """Validate, take out every key at fault, and validate again, until nothing is amiss."""
    told: list[tuple[Key, Told]] = []
    rest: dict[str, Any] = copy.deepcopy(raw)
    cut: list[Key] = []
    while True:
        try:
            return Study.model_validate(rest), told
        except ValidationError as error:
            found = list(_problems(error))
        # What is amiss only because a key was taken out before is no fault of the file.
        told += [(key, problem) for key, problem in found if not _follows(key, cut)]
        removed = [gone for key, _ in found if (gone := _prune(rest, key))]
        if not removed:
            return None, told
        cut += [*(key for key, _ in found), *removed]


def _follows(key: Key, cut: Sequence[Key]) -> bool:
    if key in cut:
        return True
    whole = {gone[0] for gone in cut if len(gone) == 2}
    if key[-1:] == ("role",):
        return "services" in whole
    return (key == ("layers",) or key[0] == "services") and len(key) <= 2 and "layers" in whole


def _prune(raw: dict[str, Any], key: Key) -> Key:
    """Take out the key at fault, or where it is missing the table that lacks it; tell which."""
    trail: list[tuple[dict[str, Any], str]] = []
    here: Any = raw
    for part in key:
        if not isinstance(here, dict):
            break
        trail.append((here, part))
        here = here.get(part)
    table, last = trail[-1]
    stand_in = _stand_in(key)
    if stand_in is not None and len(trail) == len(key) and table.get(last) != stand_in:
        table[last] = stand_in
        return key
    gone = key[: len(trail)]
    if last not in table:
        gone = gone[:-1]
    if gone in {(), ("layers",)}:
        return ()
    table, last = trail[len(gone) - 1]
    del table[last]
    return gone


def _stand_in(key: Key) -> str | None:
    """Return a value that lets the rest be looked into when the key is at fault."""
    if key == ("name",):
        return "study"
    return "proxy" if key[:1] == ("layers",) and key[2:] == ("evidence",) else None


def _problems(error: ValidationError) -> Iterator[tuple[Key, Told]]:
    for item in error.errors(include_url=False):
        if item["type"] == INCONSISTENT:
            for key, *problem in item.get("ctx", {})["problems"]:
                yield key, tuple(problem)
        else:
            key = tuple(str(part) for part in item["loc"])
            yield key, _said(item, key)


def _said(item: Any, key: Key) -> Told:
    """Say in plain words what pydantic found."""
    kind, value = item["type"], item["input"]
    if kind == "extra_forbidden":
        known = _known_keys(key[:-1])
        wanted = "one of " + ", ".join(known)
        return f"an unknown key {key[-1]}", wanted, did_you_mean(key[-1], known)
    if kind == "missing":
        known = _CHOICES.get(key[-1], ())
        wanted = f"a value for {key[-1]}" + (": one of " + ", ".join(known) if known else "")
        return "nothing", wanted, "Add it."
    wanted = _WANTED.get(kind) or item["msg"].removeprefix("Value error, ")
    wanted = PATTERNS.get(item.get("ctx", {}).get("pattern"), wanted)
    known = _CHOICES.get(key[-1], ())
    if isinstance(value, str) and known:
        return (
            repr(value),
            "one of " + ", ".join(known),
            did_you_mean(value, known, "Choose one of these."),
        )
    return _show(value), wanted.removeprefix("Input should be "), "Mend the value."


def _show(value: Any) -> str:
    if isinstance(value, dict):
        pairs = ", ".join(f"{key} = {item!r}" for key, item in value.items())
        return f"a table ({pairs[:_SHOWN]})"
    text = repr(value)
    short = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return f"{short} ({_TYPES.get(type(value).__name__, type(value).__name__)})"


def _known_keys(place: Key) -> list[str]:
    model: Any = Study
    for part in place:
        field = model.model_fields.get(part)
        if field is None:
            continue  # the name of a layer or a service
        inner = [field.annotation, *getattr(field.annotation, "__args__", ())]
        models = [a for a in inner if isinstance(a, type) and issubclass(a, BaseModel)]
        model = models[0] if models else model
    return list(model.model_fields)


def _check_paths(raw: dict[str, Any], folder: Path) -> Iterator[tuple[Key, Told]]:
    for key, given in _paths(raw):
        try:
            target = (folder / given).resolve()
            there, files = target.is_file() or target.is_dir(), [target, *files_of(target)]
            inside = all(file.resolve().is_relative_to(folder) for file in files)
        except (OSError, ValueError, RuntimeError) as error:
            # Too long, with a zero byte, or a link to itself.
            reason = getattr(error, "strerror", None) or str(error)[:_SHOWN]
            found = f"{given[:_SHOWN]!r}, which is no path ({reason})"
            yield key, (found, "a file", "Check the path.")
            continue
        if not inside and raw.get("allow_outside_paths") is not True:
            wanted = "a path inside the study's folder"
            repair = "Move the file there, or say allow_outside_paths = true."
            yield key, (f"{given!r}, which leaves it", wanted, repair)
        elif not there:
            what = "no file to read" if target.exists() else "not there"  # a pipe, a device
            yield key, (f"{given!r}, which is {what}", "a file", "Check the path.")


def _paths(raw: dict[str, Any]) -> Iterator[tuple[Key, str]]:
    layers = raw.get("layers")
    for name, layer in layers.items() if isinstance(layers, dict) else ():
        if isinstance(layer, dict) and isinstance(layer.get("path"), str) and layer["path"]:
            yield ("layers", name, "path"), layer["path"]
    for key in (("costs", "path"), ("radio", "sea")):
        part = raw.get(key[0])
        if isinstance(part, dict) and isinstance(part.get(key[1]), str):
            yield key, part[key[1]]
