"""How many settlements have signal, power and fibre, and the split of the ministry's own series."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from . import report_voice as voice
from .catalogue import percent, plural, text
from .document import Block, Paragraph
from .register_areas import OUTSIDE
from .report_facts import Facts
from .words import Lang, number, word

WITHOUT_SIGNAL: Final = ("none", "weak", "lacking", "no_5g")


def settled(facts: Facts, lang: Lang) -> Iterator[Block]:
    """Count the settlements by state: each group adds up to all of them.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> facts = cut(base(dz.demo(communes=4)), "province", "97")
    >>> [type(block).__name__ for block in settled(facts, "en")]
    ['Paragraph', 'Table']
    """
    whole = facts.whole
    every = int(whole["settlements"])
    if not every:
        return
    lacking = int(whole["settled_lacking"])
    if not lacking:
        yield Paragraph(text("No settlement is known to lack a service.", lang))
    else:
        yield Paragraph(
            plural(
                "Of all settlements {n} lacks at least one service ({share}).",
                "Of all settlements {n} lack at least one service ({share}).",
                lacking,
                lang,
                share=percent(lacking, every, lang),
            )
        )
    rows = [
        [f"{group}: {state}", number(count, lang), percent(count, every, lang)]
        for group, state, count in _states(facts, lang)
        if count
    ]
    rows.append([text("All settlements", lang), number(every, lang), percent(every, every, lang)])
    header = [text("State", lang), text("Settlements", lang), text("Share", lang)]
    yield voice.table(
        text("Settlements by signal, power and fibre; each adds up to all", lang),
        header,
        rows,
        (6, 2, 2),
        totals=1,
    )


def _states(facts: Facts, lang: Lang) -> Iterator[tuple[str, str, int]]:
    said = {
        "mobile": (
            ("no_signal", text("no signal", lang)), ("weak_signal", text("weak signal", lang)),
            ("signal_lacking", text("no signal or a weak one, not told apart", lang)),
            ("no_5g", text("no 5G", lang)), ("with_signal", text("with signal", lang)),
            ("signal_unknown", word("no_data", lang)),
        ),
        "power": (
            ("no_grid", text("no grid", lang)), ("local_power", text("a local source", lang)),
            ("unstable_grid", text("with the national grid, unstable", lang)),
            ("with_grid", text("with the national grid", lang)),
            ("power_unknown", word("no_data", lang)),
        ),
        "fibre": (
            ("no_fibre", text("no fibre", lang)), ("with_fibre", text("with fibre", lang)),
            ("fibre_unknown", word("no_data", lang)),
        ),
    }  # fmt: skip
    groups = {
        "mobile": text("Signal", lang),
        "power": text("Power", lang),
        "fibre": text("Fibre", lang),
    }
    for kind, states in said.items():
        if facts.of_type(kind) is not None:
            for name, told in states:
                yield groups[kind], told, int(facts.whole[f"settled_{name}"])


def split(facts: Facts, lang: Lang) -> Iterator[Block]:
    """Split the settlements without signal as the ministry's own series does.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> facts = cut(base(dz.demo(communes=4)), "province", "97")
    >>> next(split(facts, "en")).rows[-1][0]
    'Settlements without signal'
    """
    if facts.of_type("mobile") is None:
        yield Paragraph(text("There are no data on mobile signal.", lang))
        return
    rows = facts.register[facts.register["signal"].isin(WITHOUT_SIGNAL)]
    if not len(rows):
        if len(facts.register) and not facts.register["signal"].isna().any():
            yield Paragraph(text("No settlement is without signal.", lang))
        return
    power, area = rows["power"], rows["area_class"]
    dark = power == "none"
    lit = power.isin(["grid", "unstable", "local"])
    parts = {
        text("Extremely difficult area (area III), with power", lang): lit & (area == "III"),
        text("Outside the extremely difficult area, with power", lang): lit
        & area.isin(["I", "II", OUTSIDE]),
        text("Without power", lang): dark,
    }
    rest = len(rows) - sum(int(mark.sum()) for mark in parts.values())
    told = [[name, number(int(mark.sum()), lang)] for name, mark in parts.items()]
    if not area[lit].notna().any() and lit.any():  # nobody knows: that is no zero
        told[0][1] = told[1][1] = word("no_data", lang)
    if power.isna().all():
        told[2][1] = word("no_data", lang)
    told.append([text("No data on the area class or on power", lang), number(rest, lang)])
    told.append([text("Settlements without signal", lang), number(len(rows), lang)])
    header = [text("Group", lang), text("Settlements", lang)]
    caption = text("Settlements without signal or with a weak one, by area and power", lang)
    yield voice.table(caption, header, told, (7, 2), totals=1)
    if area.isna().all():
        yield Paragraph(
            text("There are no data on the area class (I, II, III) of the communes.", lang), "note"
        )
