"""Which data a report lacks: no data is a reason to survey, not a zero."""

from __future__ import annotations

from collections.abc import Iterator

from . import report_voice as voice
from .catalogue import plural, text
from .report_facts import Facts
from .words import Lang


def gaps(facts: Facts, lang: Lang) -> Iterator[str]:
    """Say which data are missing: no data is a reason to survey, not a zero.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> facts = cut(base(dz.demo(communes=4)), "province", "97")
    >>> [told for told in gaps(facts, "en") if "5G" in told]
    ['There are no data on 5G coverage by operator, congestion ...']
    """
    unknown = int(facts.whole["people_unknown"])
    if unknown:
        yield plural(
            "The people of {n} commune are not known.",
            "The people of {n} communes are not known.",
            unknown,
            lang,
        )
    rows = facts.register
    if len(rows):
        uncounted, homes = int(rows["people"].isna().sum()), int(rows["households"].isna().sum())
        if uncounted:
            yield plural(
                "Of {n} settlement the number of persons is not known.",
                "Of {n} settlements the number of persons is not known.",
                uncounted,
                lang,
            )
        if homes:
            yield plural(
                "Of {n} settlement the number of households is not known.",
                "Of {n} settlements the number of households is not known.",
                homes,
                lang,
            )
    else:
        yield text("There are no data on villages.", lang)
    for kind, name in (
        ("mobile", text("mobile signal", lang)),
        ("fibre", text("fibre", lang)),
        ("power", text("power", lang)),
    ):
        if facts.of_type(kind) is None:
            yield text("There are no data on {service}.", lang, service=name)
    if absent := _absent(facts, lang):
        yield text("There are no data on {things}.", lang, things=voice.listed(absent, lang))


def _absent(facts: Facts, lang: Lang) -> list[str]:
    """Name what no layer of the study tells."""
    told = {
        text("5G coverage by operator", lang): any(
            one.generation == "5g" for one in facts.services
        ),
        text("congestion", lang): facts.of_type("speed") is not None,
        text("the stability of power supply", lang): _surveyed(facts),
        text("responsible units and deadlines", lang): bool(facts.register["owner"].notna().any()),
    }
    return [name for name, known in told.items() if not known]


def _surveyed(facts: Facts) -> bool:
    """Whether a survey of power tells of some settlement."""
    villages = facts.base.result.villages
    here = villages["commune_code"].isin(facts.communes.index)
    return "power_supply" in villages and bool(villages.loc[here, "power_supply"].notna().any())
