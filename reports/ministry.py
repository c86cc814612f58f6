"""A report that a ministry can sign: its text from the figures of a result.

What is written is a :class:`deadzones.reports.document.Document`; how it is set (Word, PDF, a page) is
the business of others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Unpack

from . import report_voice as voice
from .catalogue import text
from .document import Block, Document, Paragraph, Picture, Table
from .report_annexes import annexes
from .report_charts import charts_of
from .report_facts import Base, Counting, Facts, Level, base, cut
from .report_letterhead import bases, footer, issuer, letterhead, signature, stamps
from .report_map import map_of
from .report_proposals import proposals
from .report_results import results
from .report_shortcomings import shortcomings
from .report_situation import situation
from .report_summary import summary
from .report_tasks import tasks as task_part
from .words import LANGUAGES, Lang

if TYPE_CHECKING:
    from .products import Result


def report(
    result: Result | Base,
    *,
    level: Level = "nation",
    province: str | None = None,
    commune: str | None = None,
    lang: Lang = "vi",
    secret: bool = False,
    **how: Unpack[Counting],
) -> Document:
    """Write the report of a result, or of one of its places.

    Parameters
    ----------
    result : Result or Base
        A result; or what :func:`deadzones.reports.report_facts.base` counted of it, for many reports
        of one.
    level : {"nation", "province", "commune"}
    province, commune : str, optional
        Code of the place, where the level asks for one.
    lang : {"vi", "en"}
    secret : bool
        Whether it is stamped *Mật*.
    **how
        How a result is counted: ``as_of`` (the day of the report; else that of the newest input,
        never the clock's), ``tasks`` (as :func:`deadzones.reports.register.villages` takes them; else
        those of the study), ``before`` (the result of the previous period), ``spent_vnd`` (since
        then), ``minimum_people`` (in a public result fewer are not told apart). A base is counted already.

    Returns
    -------
    Document
        The same for the same input.

    Raises
    ------
    BadInput
        When the day is none, or with all faults of the tasks.
    ValueError
        When there is no such level, place or language; or a base is to be counted anew.

    Examples
    --------
    >>> import deadzones as dz
    >>> document = report(dz.demo(communes=4), level="province", province="97")
    >>> document.title, document.stamps
    ('BÁO CÁO', ('KHÔNG CÔNG BỐ', 'DỮ LIỆU GIẢ LẬP'))
    """
    if lang not in LANGUAGES:
        raise ValueError(f"no language {lang!r}: choose one of {', '.join(LANGUAGES)}")
    return _written(cut(_counted(result, how), level, province, commune), lang, secret=secret)


def reports(
    result: Result | Base,
    *,
    lang: Lang = "vi",
    secret: bool = False,
    **how: Unpack[Counting],
) -> Iterator[tuple[str, Document]]:
    """Write the reports of all provinces of a result, which is counted once.

    Parameters
    ----------
    result, lang, secret, **how
        As :func:`report` takes them.

    Yields
    ------
    tuple of str and Document
        Code of the province, and its report.

    Examples
    --------
    >>> import deadzones as dz
    >>> [code for code, _ in reports(dz.demo(communes=4))]
    ['97']
    """
    counted = _counted(result, how)
    for code in sorted(map(str, counted.communes["province_code"].unique())):
        yield code, report(counted, level="province", province=code, lang=lang, secret=secret)


def _counted(result: Result | Base, how: Counting) -> Base:
    if not isinstance(result, Base):
        return base(result, **how)
    if how:
        told = ", ".join(how)
        raise ValueError(f"a base is counted already: found {told}; give them to base()")
    return result


def _written(facts: Facts, lang: Lang, *, secret: bool) -> Document:
    drawn = charts_of(facts, lang)
    parts = (
        *_opening(facts, lang),
        *situation(facts, lang),
        *drawn.situation,
        *results(facts, lang, drawn.results),
        *shortcomings(facts, lang),
        *task_part(facts, lang, drawn.solutions),
        *proposals(facts, lang),
    )
    front = summary(facts, map_of(facts, lang), lang)
    body, annexed = _numbered(parts, annexes(facts, lang), lang)
    return Document(
        lang=lang,
        title=text("REPORT", lang),
        subtitle=text(
            "Signal and power dead zones in {place}: situation, results and tasks",
            lang,
            place=voice.place(facts, lang),
        ),
        day=facts.day,
        letterhead=letterhead(facts, lang),
        summary=front,
        body=body,
        signature=signature(facts, lang),
        annexes=annexed,
        stamps=stamps(facts, lang, secret=secret),
        footer=footer(facts, lang),
    )


def _opening(facts: Facts, lang: Lang) -> Iterator[Block]:
    """Cite the legal bases, and say what the report is on."""
    yield from (Paragraph(told, "basis") for told in bases(facts, lang))
    yield Paragraph(text("{issuer} reports as follows:", lang, issuer=issuer(facts, lang)))


def _numbered(
    body: tuple[Block, ...], annexed: tuple[Block, ...], lang: Lang
) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """Number tables and figures through the report."""
    counted = {Table: 0, Picture: 0}
    told: list[Block] = []
    for block in (*body, *annexed):
        if isinstance(block, Table):
            counted[Table] += 1
            caption = text(
                "Table {n}. {caption}", lang, n=str(counted[Table]), caption=block.caption
            )
            told.append(replace(block, caption=caption))
        elif isinstance(block, Picture):
            counted[Picture] += 1
            caption = text(
                "Figure {n}. {caption}", lang, n=str(counted[Picture]), caption=block.caption
            )
            told.append(replace(block, caption=caption))
        else:
            told.append(block)
    return tuple(told[: len(body)]), tuple(told[len(body) :])
