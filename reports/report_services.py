"""The services of a study, as a report speaks of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from . import register_states
from .words import Lang


@dataclass(frozen=True)
class Service:
    """A service of the study, as the report speaks of it."""

    key: str
    type: str
    names: tuple[str, str]
    evidence: str
    target_pct: float | None
    generation: str | None

    def name(self, lang: Lang) -> str:
        """Give its name in a language."""
        return self.names[0 if lang == "vi" else 1]


def services(manifest: Mapping[str, Any]) -> Iterator[Service]:
    """Read the services of a result, in the order of its study.

    Examples
    --------
    >>> import deadzones as dz
    >>> [one.name("en") for one in services(dz.demo(communes=4).manifest)]
    ['mobile signal', 'fibre', 'grid power']
    """
    asked = manifest.get("study", {}).get("services", {})
    for key, one in manifest["services"].items():
        target = one.get("target_pct", asked.get(key, {}).get("target_pct"))
        yield Service(
            key=key,
            type=one["type"],
            names=(one["name_vi"], one["name_en"]),
            evidence=str(one.get("evidence") or manifest["evidence"]),
            target_pct=None if target is None else float(target),
            generation=register_states.generation(key, one),
        )
