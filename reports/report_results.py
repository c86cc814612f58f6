"""Part II of a report: what came of it, against the previous period and against the targets."""

from __future__ import annotations

from .catalogue import text
from .document import Block, Heading
from .report_before import against_before
from .report_facts import Facts
from .report_targets import TARGET_5G_PCT, against_target, against_targets
from .words import Lang

__all__ = ["TARGET_5G_PCT", "against_target", "results"]


def results(facts: Facts, lang: Lang, drawn: tuple[Block, ...] = ()) -> tuple[Block, ...]:
    """Write part II.

    Parameters
    ----------
    facts : Facts
    lang : {"vi", "en"}
    drawn : tuple of Block
        The charts that stand in it.

    Returns
    -------
    tuple of Block

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base, cut
    >>> blocks = results(cut(base(dz.demo(communes=4)), "nation"), "en")
    >>> blocks[0].text, blocks[2].text
    ('II. Results', 'There are no figures of a previous period to compare with.')
    """
    return (
        Heading(text("II. Results", lang)),
        Heading(text("1. Against the previous period", lang), 2),
        *against_before(facts, lang),
        Heading(text("2. Against the targets", lang), 2),
        *against_targets(facts, lang),
        *drawn,
    )
