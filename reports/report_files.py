"""Reports as files: of one place or of many, in Word, PDF, Excel and as a page."""

from __future__ import annotations

import datetime as dt
import multiprocessing
from collections import deque
from collections.abc import Generator, Iterable, Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import pandas as pd

from ..coverage.inputs import Step
from ..geodata.faults import BadInput, Fault
from . import (
    document_docx,
    document_html,
    document_pdf,
    ministry,
    register_vn2000,
    register_xlsx,
    report_facts,
    report_sheets,
)
from .document import Document
from .report_facts import LEVELS, Base, Level
from .report_kinds import CHOSEN_BY
from .words import Lang

FORMATS: Final = ("docx", "pdf", "xlsx", "html")
_WRITERS: Final = {
    "docx": document_docx.write,
    "pdf": document_pdf.write,
    "html": document_html.write,
}
_AHEAD: Final = 4
"""Reports that wait for the other process: more would only fill memory."""


class Place(NamedTuple):
    """What a report is on: the whole, a province or a commune.

    Examples
    --------
    >>> Place("province", province="12").name
    'report-12'
    """

    level: Level
    province: str | None = None
    commune: str | None = None

    @property
    def name(self) -> str:
        """The name of its files, without their endings."""
        code = self.commune or self.province
        return f"report-{code}" if code else "report"


def places(
    counted: Base, level: str, province: str | None = None, commune: str | None = None
) -> list[Place]:
    """List the reports of a level.

    Parameters
    ----------
    counted : Base
        As :func:`deadzones.reports.report_facts.base` counts a result.
    level : {"nation", "province", "commune"}
    province, commune : str, optional
        Code of the one place wanted; of a level of provinces without it, all of them; of a level of
        communes with only a province, all of its communes.

    Returns
    -------
    list of Place

    Raises
    ------
    BadInput
        When there is no such level or place, or the two do not go together.

    Examples
    --------
    >>> import deadzones as dz
    >>> from deadzones.reports.report_facts import base
    >>> [place.name for place in places(base(dz.demo(communes=4)), "province")]
    ['report-97']
    """
    homes = counted.communes["province_code"]
    told: list[Fault] = []
    for name, code, known in (
        ("province", province, set(homes)),
        ("commune", commune, set(homes.index)),
    ):
        if code is not None and code not in known:
            some = ", ".join(sorted(map(str, known))[:8])
            repair = "Codes are text, with their leading zeros."
            told.append(Fault(f"--{name}", repr(code), f"a code of the result: {some}", repair))
        elif code is not None and name not in CHOSEN_BY.get(level, (name,)):
            repair = f"Add --level {name}, or leave --{name} out."
            told.append(Fault("--level", repr(level), f"the level that --{name} is for", repair))
    if province and commune and not told and homes[commune] != province:
        where = f"a commune of province {province}"
        told.append(Fault("--commune", repr(commune), where, "Leave one of the two out."))
    if level not in LEVELS:
        wanted = "one of " + ", ".join(LEVELS)
        told.append(Fault("--level", repr(level), wanted, "Choose one of these."))
    elif level == "commune" and province is None and commune is None:
        wanted = "a commune, or a province for all of its communes"
        told.append(Fault("--level", "commune alone", wanted, "Add --province or --commune."))
    if told:
        raise BadInput(told)
    if level == "nation":
        return [Place("nation")]
    if level == "province":
        codes = [province] if province else sorted(map(str, homes.dropna().unique()))
        return [Place("province", province=code) for code in codes]
    inside = [commune] if commune else list(map(str, homes.index[homes == province]))
    return [Place("commune", commune=code) for code in inside]


@dataclass(frozen=True)
class Style:
    """How reports are set.

    Parameters
    ----------
    lang : {"vi", "en"}
    formats : tuple of {"docx", "pdf", "xlsx", "html"}
    secret : bool
        Whether they are stamped *Mật*.
    meridian_deg : float, optional
        Adds VN-2000 to the workbook: the central meridian of its 3-degree zone.

    Raises
    ------
    BadInput
        When there is no such format, or no zone of VN-2000 with such a meridian.

    Examples
    --------
    >>> Style(formats=("docx",)).lang
    'vi'
    """

    lang: Lang = "vi"
    formats: tuple[str, ...] = FORMATS[:3]
    secret: bool = False
    meridian_deg: float | None = None

    def __post_init__(self) -> None:
        wanted, repair = "one of " + ", ".join(FORMATS), "Choose one of these."
        strange = [one for one in self.formats if one not in FORMATS]
        faults = [Fault("--format", repr(one), wanted, repair) for one in strange]
        if faults or not self.formats:
            raise BadInput(faults or [Fault("--format", "none", wanted, repair)])
        if self.meridian_deg is not None:
            register_vn2000.zone(self.meridian_deg)


def write(
    counted: Base,
    out: str | Path,
    wanted: Iterable[Place],
    style: Style | None = None,
    *,
    workers: int = 2,
    tell: Step = lambda _: None,
) -> list[Path]:
    """Write reports, each in all formats of a style.

    Parameters
    ----------
    counted : Base
        As :func:`deadzones.reports.report_facts.base` counts a result.
    out : str or Path
        Folder, made where it is absent. Files are called ``report``, ``report-12`` (a province) or
        ``report-02998`` (a commune), with the ending of their format; earlier ones are replaced.
    wanted : iterable of Place
    style : Style, optional
    workers : int
        Processes: the others set what this one has written.
    tell : callable
        Called with what is being done.

    Returns
    -------
    list of Path
        Every file, in order. The same input, day and language give the same bytes.

    Examples
    --------
    >>> import deadzones as dz, tempfile
    >>> from deadzones.reports.report_facts import base
    >>> counted = base(dz.demo(communes=4))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = write(counted, folder, places(counted, "province"), Style(formats=("html",)))
    ...     [path.name for path in files]
    ['report-97.html']
    """
    chosen, how = list(wanted), style or Style()
    folder, manifest = Path(out), counted.result.manifest
    folder.mkdir(parents=True, exist_ok=True)
    waiting: deque[Future[list[Path]]] = deque()
    paths: list[Path] = []
    with _pool(workers if len(chosen) > 1 else 1) as pool:
        for at, place in enumerate(chosen, 1):
            tell(f"writing reports: {at} of {len(chosen)}")
            document, sheets = None, None
            if how.formats != ("xlsx",):
                document = ministry.report(
                    counted,
                    level=place.level,
                    province=place.province,
                    commune=place.commune,
                    lang=how.lang,
                    secret=how.secret,
                )
            if "xlsx" in how.formats:
                rows = _register(counted, place, how.meridian_deg)
                facts = report_facts.cut(counted, place.level, place.province, place.commune)
                beside = report_sheets.beside(facts, how.lang, secret=how.secret)
                sheets = _Sheets(rows, how.lang, manifest, counted.day, counted.held, beside)
            work = (document, sheets, folder / place.name, how.formats)
            if pool is None:
                paths += _set(*work)
                continue
            waiting.append(pool.submit(_set, *work))
            while len(waiting) > _AHEAD:
                paths += waiting.popleft().result()
        while waiting:
            paths += waiting.popleft().result()
    return paths


def _register(counted: Base, place: Place, meridian_deg: float | None) -> pd.DataFrame:
    rows = counted.register
    if place.commune:
        rows = rows[rows["commune_code"] == place.commune]
    elif place.province:
        rows = rows[rows["province_code"] == place.province]
    return rows if meridian_deg is None else register_vn2000.added(rows, meridian_deg)


@contextmanager
def _pool(workers: int) -> Generator[Executor | None]:
    """Give other processes that set what this one writes; None where it does both itself."""
    if workers < 2:
        yield None
        return
    # Started anew: a copy of this process would carry the whole result with it.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers - 1, mp_context=context) as pool:
        yield pool


@dataclass(frozen=True)
class _Sheets:
    """What the workbook of a report is made of."""

    register: pd.DataFrame
    lang: Lang
    manifest: Mapping[str, Any]
    day: dt.date
    held: pd.DataFrame | None
    beside: register_xlsx.Beside


def _set(
    document: Document | None, sheets: _Sheets | None, stem: Path, forms: Iterable[str]
) -> list[Path]:
    """Set a report in each format: each file beside its place first, then moved there."""
    paths: list[Path] = []
    for form in forms:
        path = stem.with_name(f"{stem.name}.{form}")
        part = stem.with_name(f".{stem.name}.part.{form}")
        try:
            if form != "xlsx":
                assert document is not None
                part.write_bytes(_WRITERS[form](document))
            else:
                assert sheets is not None
                register_xlsx.write_xlsx(
                    sheets.register,
                    part,
                    sheets.lang,
                    manifest=sheets.manifest,
                    as_of=sheets.day,
                    held=sheets.held,
                    beside=sheets.beside,
                )
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        paths.append(path)
    return paths
