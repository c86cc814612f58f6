"""What the communes can be coloured by: measures, their classes and their colours.

Palettes, chosen for colour-blind readers:

- ``SAND``: seven steps from cream to umber. Lightness falls evenly, in the manner of ColorBrewer's
  YlOrBr and Crameri's lajolla, so it also reads in grey. Dark always means that more is lacking.
- ``SERVICE_COLORS``: blue, reddish purple and bluish green of Okabe and Ito (2008), the same for a
  service on every page; ``OTHER_COLORS``, sky blue and vermilion, for those that a study adds. Each
  service also has its own hatch direction, drawn by ``map_layers.js``.
- ``COMBINATION_COLORS``: violet, pale cyan, yellow and near-black for what lacks several services.
  Under normal sight and under simulated protanopia, deuteranopia and tritanopia (Machado et al. 2009)
  each stays at least 0.13 in OKLab from every other and from the three services.
- ``WORSE``, ``SAME``, ``BETTER``: orange, a warm white, purple, for what changed between two results.
  The pair stays apart in every common kind of colour blindness, as in ColorBrewer's PuOr, where red
  and green would not; purple is no service's colour. Steps of the same size have the same lightness
  on both sides, so neither looks the stronger, and in grey, where they would be the same, worse is
  hatched. Purple is always better, whether the number went up or down.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from .words import pair

SAND: Final = ("#f8f2e2", "#efdcb4", "#e3bf86", "#d29c5e", "#b9763f", "#94502c", "#63291d")
SERVICE_COLORS: Final = {"mobile": "#0072b2", "fibre": "#cc79a7", "power": "#009e73"}
OTHER_COLORS: Final = ("#56b4e9", "#d55e00")
COMBINATION_COLORS: Final = {
    "mobile+fibre": "#4a1f8a",
    "mobile+power": "#8dddeb",
    "fibre+power": "#f0e442",
    "mobile+fibre+power": "#14172b",
}
WORSE: Final = ("#884916", "#d78935", "#fccea5")  # from the largest change to the smallest
SAME: Final = "#f5f3f0"
BETTER: Final = ("#6a45a6", "#a88ddf", "#dcd2f6")

SHARE_BREAKS: Final = (25, 50, 75, 90, 95, 99)  # percent or points
PEOPLE_BREAKS: Final = (1, 100, 500, 1_000, 2_500, 5_000)  # persons
# Sizes of a change, the same up and down; below the first it would be written as no change.
POINT_STEPS: Final = (0.1, 2, 10)  # percentage points or points of score
PERSON_STEPS: Final = (1, 100, 1_000)  # persons

Unit = Literal["pct", "points", "people"]
Label = tuple[str, str]  # Vietnamese, English


@dataclass(frozen=True)
class Measure:
    """One way to colour the communes.

    Attributes
    ----------
    key
        Column of ``result.communes``.
    label, group
        Vietnamese and English text of the choice and of the group it stands in.
    unit
        How values are written.
    breaks
        Lower limits of all classes but the first.
    colors
        One a class, from the lowest values up.
    """

    key: str
    label: Label
    group: Label
    unit: Unit
    breaks: tuple[float, ...]
    colors: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """How the change of a measure between two results colours the communes.

    Attributes
    ----------
    unit
        How a change is written; of a percentage in percentage points.
    steps
        Lower limits of the size of a change, whatever its sign; smaller ones are the middle class.
    colors
        One a class, from the largest fall to the largest rise.
    better
        Which sign is the better one, 1 or -1.
    """

    unit: Unit
    steps: tuple[float, ...]
    colors: tuple[str, ...]
    better: Literal[1, -1]


def change(measure: Measure) -> Change:
    """Say how the change of a measure is coloured.

    Parameters
    ----------
    measure
        One of those that ``available`` lists.

    Returns
    -------
    Change
        Classes that are the same on both sides of no change.

    Examples
    --------
    >>> score, people = available(["score", "dead_people"], {})
    >>> change(score).better, change(people).better
    (1, -1)
    """
    rising = (*WORSE, SAME, *BETTER[::-1])
    if measure.unit == "people":  # people in dead zones: fewer is better
        return Change(measure.unit, PERSON_STEPS, rising[::-1], -1)
    return Change(measure.unit, POINT_STEPS, rising, 1)


def available(columns: list[str], manifest: Mapping[str, Any]) -> list[Measure]:
    """List the measures that a result can be coloured by, in the order of the page.

    Parameters
    ----------
    columns
        Names of the columns of ``result.communes``.
    manifest
        ``result.manifest``; ``services`` gives the names in both languages.

    Returns
    -------
    list of Measure
        Score and people first, then services, then operators.

    Examples
    --------
    >>> [m.key for m in available(["score", "dead_people"], {})]
    ['score', 'dead_people']
    """
    services = service_names(manifest)
    found = [
        Measure("score", pair("score"), pair("overall"), "points", SHARE_BREAKS, SAND[::-1]),
        Measure("dead_people", pair("dead_people"), pair("overall"), "people", PEOPLE_BREAKS, SAND),
        _share("all_people_pct", pair("all_services"), pair("overall")),
        *(_share(f"{key}_people_pct", name, pair("by_service")) for key, name in services.items()),
        *_operators(columns, services, manifest),
    ]
    return [measure for measure in found if measure.key in columns]


def resolve(measure: str, choices: list[Measure]) -> str:
    """Find the column that a user means by a measure's name.

    Parameters
    ----------
    measure
        A column, or a service's key such as ``"mobile"``.
    choices
        What ``available`` lists.

    Returns
    -------
    str
        The column.

    Raises
    ------
    ValueError
        If there is no such measure; the message lists those that exist.

    Examples
    --------
    >>> resolve("score", available(["score"], {}))
    'score'
    """
    keys = [choice.key for choice in choices]
    for candidate in (measure, f"{measure}_people_pct"):
        if candidate in keys:
            return candidate
    raise ValueError(f"no measure {measure!r} in this result: choose one of {', '.join(keys)}")


def service_names(manifest: Mapping[str, Any]) -> dict[str, Label]:
    """Read the Vietnamese and English name of each service, with a capital.

    Parameters
    ----------
    manifest
        ``result.manifest``.

    Returns
    -------
    dict
        Service key to the pair of names, in the order of the manifest.

    Examples
    --------
    >>> service_names({"services": {"power": {"name_vi": "Điện lưới", "name_en": "Grid power"}}})
    {'power': ('Điện lưới', 'Grid power')}
    """
    return {
        key: (_capital(about.get("name_vi") or key), _capital(about.get("name_en") or key))
        for key, about in manifest.get("services", {}).items()
    }


def service_places(keys: Iterable[str]) -> dict[str, int]:
    """Number services: the known ones as ever, then the rest by name, whatever their order.

    Parameters
    ----------
    keys
        Keys of the services of a study.

    Returns
    -------
    dict
        Service key to its number, which gives its colour and its hatch.

    Examples
    --------
    >>> service_places(["water", "power", "fibre"])
    {'water': 3, 'power': 2, 'fibre': 1}
    """
    keys = list(keys)
    known = list(SERVICE_COLORS)
    order = known + sorted(set(keys) - set(known))
    return {key: order.index(key) for key in keys}


def service_color(place: int) -> str:
    """Give the colour of a service by its number; beyond five, colours come again.

    Examples
    --------
    >>> service_color(1), service_color(3)
    ('#cc79a7', '#56b4e9')
    """
    known = (*SERVICE_COLORS.values(),)
    others = OTHER_COLORS
    return known[place] if place < len(known) else others[(place - len(known)) % len(others)]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _share(key: str, label: Label, group: Label) -> Measure:
    return Measure(key, label, group, "pct", SHARE_BREAKS, SAND[::-1])


def _operators(
    columns: list[str], services: Mapping[str, Label], manifest: Mapping[str, Any]
) -> list[Measure]:
    found: list[Measure] = []
    for key, (vi, en) in services.items():
        operators = manifest["services"][key].get("operators") or {}
        for name, column in operators.items():
            if column in columns:
                label = (f"{vi}: {name}", f"{en}: {name}")
                found.append(_share(column, label, pair("by_operator")))
    return found
