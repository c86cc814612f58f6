"""One run in one TOML file: what it may say, and what fits together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, Self

import pandas as pd
from pydantic import Field, PrivateAttr, model_validator
from pydantic_core import PydanticCustomError

from ..geodata import options, schema
from ..geodata.options import did_you_mean
from ..geodata.source import Source
from ..geodata.units import parse
from .services import SERVICES
from .study_parts import (
    EVIDENCE,
    OPTIONS,
    Area,
    Case,
    Costs,
    DeadZones,
    Layer,
    Part,
    People,
    Radio,
    Rule,
    Scenario,
    Upgrades,
    sourced,
    written_over,
)

__all__ = ["EVIDENCE", "ROLES", "DeadZones", "Layer", "Rule", "Study"]

ROLES = {
    "communes": ("communes",),
    "people": ("people_raster", "people_points", "commune_totals"),
    "places": ("places",),
    "anchors": ("places",),
    "roads": ("lines",),
    "terrain": ("terrain",),
    "land_cover": ("land_cover",),
    "people_totals": ("commune_totals",),
    "classes": ("commune_classes",),
    "tasks": ("tasks",),
    "definitions": ("definitions",),
}
"""What a layer is for, and the readers that it takes; each service of the study is one more."""

NEEDED = ("communes", "people")
"""Roles that a study must have a layer for."""

MOST_SERVICES = 8
"""What a cell lacks is one bit a service in one byte."""

INCONSISTENT = "inconsistent"
"""Type of the error that lists what does not fit together in a study."""

_SERVICE_KEY = "[a-z][a-z0-9_]*"
"""It becomes part of the names of columns."""


class Problem(NamedTuple):
    """What does not fit together, and at which key.

    Examples
    --------
    >>> Problem(("layers",), "nothing", "a layer", "Add one.").found
    'nothing'
    """

    key: tuple[str, ...]
    found: str
    wanted: str
    repair: str


class Study(Part):
    """One run: area, layers, services, rules.

    Read it with :meth:`read`, or build it in Python with tables in place of paths.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame()
    >>> communes = {"reader": "communes", "path": table, "evidence": "synthetic"}
    >>> people = {"reader": "commune_totals", "path": table, "evidence": "synthetic"}
    >>> sites = {"role": "mobile", "reader": "sites", "path": table, "evidence": "synthetic"}
    >>> study = Study(name="a", layers={"communes": communes, "people": people, "sites": sites})
    >>> list(study.services)
    ['mobile']
    """

    name: str = Field(pattern="^[a-z0-9_-]+$", max_length=100)
    title: str = sourced("", "the name")
    seed: int = sourced(0, "any whole number; the same seed gives the same bytes")
    public: bool = sourced(False, "true keeps the coordinates of sites out of every product")
    allow_outside_paths: bool = sourced(False, "paths may not leave the study's folder")
    area: Area = Area()
    people: People = People()
    layers: dict[str, Layer]
    services: dict[str, Rule] = sourced({}, "every type that has a layer, at its defaults")
    radio: Radio = Radio()
    dead_zones: DeadZones = DeadZones()
    costs: Costs = Costs()
    upgrades: Upgrades = Upgrades()
    scenarios: dict[str, Scenario] = sourced({}, "none: the study's own plan alone")
    scenario: tuple[Case, ...] = sourced((), "none: the study alone; for scores", strict=False)

    _folder: Path = PrivateAttr(default_factory=Path.cwd)

    @classmethod
    def read(cls, path: str | Path) -> Study:
        """Read a study from its TOML file.

        Parameters
        ----------
        path : str or Path
            The TOML file; paths in it are relative to its folder.

        Returns
        -------
        Study

        Raises
        ------
        BadInput
            With all faults of the study file; its layers are looked into when it is run or checked.

        Examples
        --------
        >>> Study.read("absent.toml")
        Traceback (most recent call last):
        deadzones.geodata.faults.BadInput: absent.toml: found no such file; ...
        """
        from .study_file import read  # study_file builds on this module

        return read(Path(path))

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, raw: Any) -> Any:
        return _with_defaults(raw) if isinstance(raw, dict) else raw

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        problems = [*self._layer_problems(), *self._count_problems(), *self._service_problems()]
        if problems:
            text = "; ".join(
                f"{'.'.join(key)}: found {found}; wanted {wanted}"
                for key, found, wanted, _ in problems
            )
            raise PydanticCustomError(INCONSISTENT, "{text}", {"text": text, "problems": problems})
        return self

    def _layer_problems(self) -> Iterator[Problem]:
        for name, layer in self.layers.items():
            key = ("layers", name)
            readers = self.readers_of(layer.role)
            if not readers:
                roles = [*ROLES, *self.services]
                repair = did_you_mean(layer.role, roles, "Choose one of these.")
                wanted = "one of " + ", ".join(roles)
                yield Problem((*key, "role"), repr(layer.role), wanted, repair)
            elif layer.reader not in readers:
                wanted = f"a reader of {layer.role}: one of " + ", ".join(readers)
                yield Problem((*key, "reader"), repr(layer.reader), wanted, "Choose one of these.")
            known = _columns_of(layer.reader)
            for column in [name for name in layer.columns if name not in known]:
                wanted = f"a column of {layer.reader}: one of " + (", ".join(known) or "(none)")
                repair = did_you_mean(column, known)
                yield Problem(
                    (*key, "columns", column), f"an unknown column {column}", wanted, repair
                )
            for option, found, wanted, repair in options.problems(layer.reader, layer.options):
                yield Problem((*key, "options", option), found, wanted, repair)

    def _count_problems(self) -> Iterator[Problem]:
        for role in ROLES:
            names = list(self.layers_of(role))
            if not names and role in NEEDED:
                found, wanted = f"no layer for {role}", f"exactly one layer for {role}"
                yield Problem(("layers",), found, wanted, f"Add [layers.{role}].")
            for name in names[1:]:
                found = f"another layer for {role}, beside {names[0]}"
                wanted = f"{'exactly' if role in NEEDED else 'at most'} one layer for {role}"
                yield Problem(("layers", name), found, wanted, "Keep one of them.")

    def _service_problems(self) -> Iterator[Problem]:
        strays = any(not self.readers_of(layer.role) for layer in self.layers.values())
        for key in self.services:
            place = ("services", key)
            if not re.fullmatch(_SERVICE_KEY, key) or key in ROLES:
                wanted = "a name of small letters, digits and _ that is no role"
                yield Problem(place, f"the name {key!r}", wanted, "Give it another name.")
            elif taken := written_over(key):
                found = f"the name {key!r}, which makes the columns {', '.join(taken)}"
                wanted = "a name that makes no column of a result that is there without it"
                yield Problem(place, found, wanted, "Give it another name.")
            elif not self.layers_of(key) and not strays:  # a stray is probably its layer
                wanted = f'a layer with role = "{key}"'
                yield Problem(place, "no layer for it", wanted, "Add one, or take the service out.")
        if self.radio.model == "p1812" and not self.layers_of("terrain"):
            wanted = "a layer of terrain to predict over"
            yield Problem(
                ("radio", "model"), "p1812 without terrain", wanted, "Add [layers.terrain]."
            )
        yield from self._upgrade_problems()
        yield from self._scenario_problems()
        if not 1 <= len(self.services) <= MOST_SERVICES:
            found = f"{len(self.services)} services"
            wanted = f"1 to {MOST_SERVICES}, each with a layer"
            yield Problem(("services",), found, wanted, f"Choose among {', '.join(SERVICES)}.")

    def _upgrade_problems(self) -> Iterator[Problem]:
        types = {rule.type for rule in self.services.values()}
        kinds = [remedy.kind for kind in sorted(types) for remedy in SERVICES[kind].remedies]
        if self.upgrades.reach == "p1812" and not self.layers_of("terrain"):
            found, wanted = "p1812 without terrain", "a layer of terrain to predict over"
            yield Problem(("upgrades", "reach"), found, wanted, "Add [layers.terrain].")
        parts = {("upgrades",): self.upgrades} | {
            ("scenarios", name): part for name, part in self.scenarios.items()
        }
        for key, part in parts.items():
            for name, known in (("kinds", kinds), ("without", list(OPTIONS))):
                for word in getattr(part, name):
                    if word not in known:
                        wanted = "one of " + ", ".join(known)
                        repair = did_you_mean(word, known, "Choose one of these.")
                        yield Problem((*key, name), repr(word), wanted, repair)

    def _scenario_problems(self) -> Iterator[Problem]:
        for number, case in enumerate(self.scenario):
            for service, values in case.thresholds.items():
                key = ("scenario", str(number), "thresholds", service)
                rule = self.services.get(service)
                if rule is None:
                    repair = did_you_mean(service, list(self.services), "Choose one of these.")
                    wanted = "one of " + ", ".join(self.services)
                    yield Problem(key, f"a service {service}", wanted, repair)
                    continue
                for value in values:
                    try:
                        parse(value, SERVICES[rule.type].unit)
                    except ValueError as error:
                        yield Problem(key, repr(value), str(error), "Mend the value.")

    @property
    def predicts(self) -> bool:
        """Whether the signal of sites is predicted over terrain, not taken from a radius."""
        has_terrain = bool(self.layers_of("terrain"))
        return self.radio.model == "p1812" or (self.radio.model == "auto" and has_terrain)

    @property
    def predicts_upgrades(self) -> bool:
        """Whether it is predicted over terrain whom a new site would serve."""
        asked = self.upgrades.reach
        return asked == "p1812" or (asked == "auto" and self.predicts)

    def readers_of(self, role: str) -> tuple[str, ...]:
        """Return the readers that a role takes; none when there is no such role.

        Examples
        --------
        >>> table = pd.DataFrame()
        >>> base = {"evidence": "synthetic", "path": table}
        >>> layers = {"communes": base | {"reader": "communes"}}
        >>> layers |= {"people": base | {"reader": "people_points"}}
        >>> layers |= {"power": base | {"reader": "lines"}}
        >>> Study(name="a", layers=layers).readers_of("power")
        ('polygons', 'lines', 'nodes', 'lights_raster')
        """
        if role in self.services:
            return SERVICES[self.services[role].type].readers
        return ROLES.get(role, ())

    def layers_of(self, role: str) -> dict[str, Layer]:
        """Return the layers of a role, by name.

        Examples
        --------
        >>> table = pd.DataFrame()
        >>> base = {"evidence": "synthetic", "path": table}
        >>> layers = {"communes": base | {"reader": "communes"}}
        >>> layers |= {"people": base | {"reader": "people_points"}}
        >>> layers |= {"lines": base | {"role": "power", "reader": "lines"}}
        >>> list(Study(name="a", layers=layers).layers_of("power"))
        ['lines']
        """
        return {name: layer for name, layer in self.layers.items() if layer.role == role}

    def source_of(self, layer: Layer) -> Source:
        """Return where a layer comes from, its path made absolute.

        Examples
        --------
        >>> layer = Layer(role="roads", reader="lines", path="/a/b.gpkg", evidence="proxy")
        >>> Study.model_construct(name="a", layers={}).source_of(layer).label
        '/a/b.gpkg'
        """
        if isinstance(layer.path, pd.DataFrame):
            return Source(layer.path, f"table of {layer.role}", layer.columns, layer.options)
        path = (self.folder / layer.path).resolve()
        return Source(path, str(layer.path), layer.columns, layer.options)

    @property
    def folder(self) -> Path:
        """The folder that paths are relative to."""
        return self._folder

    def at(self, folder: Path) -> Study:
        """Return the study with its paths relative to another folder.

        Examples
        --------
        >>> Study.model_construct(name="a", layers={}).at(Path("/b")).folder.name
        'b'
        """
        moved = self.model_copy()
        moved._folder = folder  # noqa: SLF001 - a copy of our own
        return moved


def _with_defaults(raw: dict[str, Any]) -> dict[str, Any]:
    """Fill in what follows from other keys: roles, types, and services that have layers."""
    raw = dict(raw)
    given = raw.get("services")
    services = given if isinstance(given, dict) else {}
    layers = raw.get("layers")
    if isinstance(layers, dict):
        raw["layers"] = {
            name: _with_role(str(name), layer, {*ROLES, *SERVICES, *services})
            for name, layer in layers.items()
        }
        roles = [layer.get("role") for layer in raw["layers"].values() if isinstance(layer, dict)]
        if given is None:
            services = {key: {} for key in SERVICES if key in roles}
    if given is None or isinstance(given, dict):
        raw["services"] = {
            key: {"type": key, **rule} if isinstance(rule, dict) else rule
            for key, rule in services.items()
        }
    return raw


def _with_role(name: str, layer: Any, roles: set[str]) -> Any:
    if isinstance(layer, dict) and "role" not in layer and name in roles:
        return {"role": name, **layer}
    return layer


def _columns_of(reader: str) -> list[str]:
    """Documented columns that a layer's own may stand for."""
    points = ["lon", "lat"] if reader in options.VECTORS else []
    return [*schema.columns(reader), *points]
