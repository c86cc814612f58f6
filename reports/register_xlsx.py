"""The register as an Excel workbook that people keep working in: one sheet a level."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from ..coverage.classes import FLAGS
from . import _xlsx_sheet as sheets
from . import catalogue, column_words, register_held, register_tasks, register_words
from .register_definitions import DEFINITIONS, TEXTS
from .register_totals import UNKNOWN, several
from .words import LANGUAGES, Lang, word

if TYPE_CHECKING:
    from xlsxwriter import Workbook

_SHEET_DAY: Final = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - Excel knows no zones
"""When a workbook without a day says that it was made: the same input gives the same bytes."""
_FIRST: Final = (
    "number", "village", "commune_name", "commune_code", "province_name", "province_code", "record",
    "zone_id",
)  # fmt: skip
"""Of the settlements: their names stay in sight."""
_FROZEN: Final = {"summary": 2, "province": 2, "commune": 2, "villages": 3, "proposals": 2}
_SPLITS: Final = ("nation", "class", *FLAGS, "signal", "power", "fibre")
"""What the summary splits the settlements by; by what a study does not tell it does not."""
_SPARE: Final = (
    "clusters", "uncounted", "lacks_unknown", "signal_lacking", "no_5g", "signal_unknown",
    "local_power", "unstable_grid", "power_unknown", "fibre_unknown",
)  # fmt: skip
"""Sums that are left out where all are 0, with their people."""


@dataclass(frozen=True)
class Told:
    """A table whose headers and texts are in the language already, with marks of what is held back."""

    table: pd.DataFrame
    hidden: pd.DataFrame | None = None


@dataclass(frozen=True)
class Beside:
    """What a report adds to the workbook of its register.

    Parameters
    ----------
    communes, provinces : Told
        People by code, as the report counts them.
    proposals : Told
        The upgrades in rank.
    definitions : sequence of (term, rule, source)
        Ours and those of the study.
    margins : tuple of str
        What stands above each printed page, the stamps, and below.
    """

    communes: Told
    provinces: Told
    proposals: Told
    definitions: Sequence[tuple[str, str, str]] = ()
    margins: tuple[str, str] = field(default=("", ""))


def write_xlsx(
    register: pd.DataFrame,
    path: str | Path,
    lang: Lang = "vi",
    *,
    manifest: Mapping[str, Any] | None = None,
    as_of: dt.date | str | None = None,
    held: pd.DataFrame | None = None,
    beside: Beside | None = None,
) -> Path:
    """Write the register as a workbook: sums, provinces, communes, villages, sources and definitions.

    Parameters
    ----------
    register : DataFrame
        As :func:`deadzones.reports.register.villages` gives it.
    path : str or Path
        Replaced where it exists.
    lang : {"vi", "en"}
    manifest : mapping, optional
        Of the result: its sources, services and operators.
    as_of : date or str, optional
        The day of the register. The same input and day give the same bytes.
    held : DataFrame, optional
        What is held back of its rows, where it is published.
    beside : Beside, optional
        What a report adds: people by commune, proposals, definitions, stamps.

    Returns
    -------
    Path
        Texts are texts, also those that begin with ``=``, ``+``, ``-`` or ``@``; what is unknown
        says so; money is in millions of VND.

    Raises
    ------
    ModuleNotFoundError
        Without xlsxwriter, with the line that installs it.

    Examples
    --------
    >>> import deadzones as dz, tempfile
    >>> from deadzones.reports import register
    >>> table = register.villages(dz.demo(communes=4))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_xlsx(table, folder + "/register.xlsx").name
    'register.xlsx'
    """
    try:
        import xlsxwriter
    except ModuleNotFoundError as error:
        message = "writing Excel needs xlsxwriter: pip install 'deadzones[report]'"
        raise ModuleNotFoundError(message) from error

    day = None if as_of is None else register_tasks.day(as_of)
    safe = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), {"in_memory": True, **safe}) as book:
        book.set_properties({"created": _SHEET_DAY if day is None else day.to_pydatetime()})
        told = "" if day is None else _told(lang, day)
        if beside is not None and beside.margins[0]:
            told += f" · {beside.margins[0]}"
        elif (register["evidence"] == "synthetic").any():
            told += f" · {word('synthetic_band', lang)}"
        for level, columns in _sheets(register, lang, manifest, held, beside).items():
            title = _text("title", lang).format(level=_text(level, lang).lower()) + told
            margins = ("", "") if beside is None else beside.margins
            page = sheets.Page(_text(level, lang), title, lang, margins, _FROZEN[level])
            sheets.write(book, page, columns)
        _about(book, lang, manifest or {}, beside)
    return Path(path)


def _sheets(
    register: pd.DataFrame,
    lang: Lang,
    manifest: Mapping[str, Any] | None,
    held: pd.DataFrame | None,
    beside: Beside | None,
) -> dict[str, list[sheets.Column]]:
    """Give the columns of each sheet, from the whole to its parts."""
    sums = several(register, [*_SPLITS, "province", "commune"])
    found = {"summary": _summary(sums, lang, manifest, published=held is not None)}
    for level in ("province", "commune"):
        table = _without_spare(sums[level].reset_index())
        table = table if held is None else register_held.without_sums(table)
        columns = sheets.register_columns(table, lang, manifest)
        if beside is not None:
            more = beside.provinces if level == "province" else beside.communes
            codes = table.iloc[:, 0].to_numpy()
            marks = None if more.hidden is None else more.hidden.reindex(codes, fill_value=False)
            rows = more.table.reindex(codes)
            names = sum(str(name).endswith(("_code", "_name")) for name in table)
            columns[names:names] = sheets.told_columns(rows, lang, marks)
        found[level] = columns
    table = pd.DataFrame(register).drop(columns="geometry", errors="ignore").reset_index()
    table = table[[*_FIRST, *(name for name in table if name not in _FIRST)]]
    if held is not None:  # they would tell where sites are
        table = table.drop(columns=[name for name in table if str(name).endswith("_km")])
    hidden = None if held is None else held.reindex(table["number"], fill_value=False)
    if hidden is not None and beside is not None and beside.proposals.hidden is not None:
        few = beside.proposals.hidden.any(axis=1)
        gone = table["upgrade_id"].isin(few.index[few]).to_numpy()
        hidden = hidden.assign(upgrade_people_gained=gone)
    table = table.assign(number=range(1, len(table) + 1))  # of a province too it begins with 1
    found["villages"] = sheets.register_columns(table, lang, manifest, hidden)
    if beside is not None:
        proposals = beside.proposals
        found["proposals"] = sheets.told_columns(proposals.table, lang, proposals.hidden)
    return found


def _without_spare(table: pd.DataFrame) -> pd.DataFrame:
    """Leave out the sums that say nothing: of states that the study does not know, none anywhere."""
    told_apart = "signal_lacking" not in table or not table["signal_lacking"].any()
    names = _SPARE if told_apart else (*_SPARE, "no_signal", "weak_signal")  # not known is no zero
    pairs = [[one for one in (name, f"{name}_people") if one in table] for name in names]
    plain = table[[one for pair in pairs for one in pair]].astype("Float64").fillna(1.0)
    some = dict(zip(plain, plain.to_numpy(dtype=float).any(axis=0).tolist(), strict=True))
    spare = [one for pair in pairs for one in pair if not any(some[each] for each in pair)]
    return table.drop(columns=spare)


def _summary(
    sums: Mapping[str, pd.DataFrame],
    lang: Lang,
    manifest: Mapping[str, Any] | None,
    *,
    published: bool,
) -> list[sheets.Column]:
    """Split all settlements by class and state: each group adds up to the whole.

    What is published tells settlements only: people of so many splits would tell few apart.
    """
    parts: list[pd.DataFrame] = []
    groups: list[str] = []
    members: list[str] = []
    for by in _SPLITS:
        table = sums[by]
        if by in FLAGS and list(table.index) == [UNKNOWN]:
            continue
        of = {"class": "area_class"}.get(by, by)
        keys = pd.Series(table.index, dtype="str").replace(UNKNOWN, None)
        whole = by == "nation"
        groups += [_text("whole", lang) if whole else register_words.header(of, lang)] * len(table)
        members += [""] if whole else register_words.written(of, keys, lang, manifest)
        parts.append(table[[name for name in table if name != "nation"]])
    figures = pd.concat(parts, ignore_index=True)
    counted = ["settlements", "places", "clusters", "people", "uncounted", "households"]
    names = [name for name in figures if name in counted or not str(name).endswith("_people")]
    figures = figures[names]
    figures = register_held.without_sums(figures) if published else figures
    labels = pd.DataFrame({_text("group", lang): groups, _text("member", lang): members})
    kept = _without_spare(figures)
    return [*sheets.told_columns(labels, lang), *sheets.register_columns(kept, lang, manifest)]


def _told(lang: Lang, day: pd.Timestamp) -> str:
    date = register_words.written("due", pd.Series([day]), lang)[0]
    return ", " + _text("as_of", lang).format(date=date)


def _about(book: Workbook, lang: Lang, manifest: Mapping[str, Any], beside: Beside | None) -> None:
    """Write what the terms mean, and where the figures come from."""
    sheet = book.add_worksheet(_text("about", lang))
    bold = book.add_format({"bold": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    at = LANGUAGES.index(lang)
    lines = [(_text("term", lang), _text("meaning", lang), _text("source", lang))]
    if beside is not None and beside.definitions:
        lines += beside.definitions
    else:
        lines += [(term[at], meaning[at], "") for term, meaning in DEFINITIONS.values()]
    for row, line in enumerate(lines):
        for column, text in enumerate(line):
            sheet.write_string(row, column, text[: sheets.LONGEST], wrapped if row else bold)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 76)
    sheet.set_column(2, 5, 22)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    row = len(lines) + 1
    columns = ("role", "owner", "licence", "date", "evidence", "sha256")
    layers = manifest.get("layers", {})
    if not layers:
        return
    sheet.write_string(row, 0, word("sources", lang), bold)
    for column_at, column in enumerate(columns):
        sheet.write_string(row + 1, column_at, column_words.header(column, lang), bold)
        values = pd.Series([_said(layer, column, lang) for layer in layers.values()], dtype="str")
        for down, text in enumerate(column_words.written(column, values, lang, manifest)):
            sheet.write_string(row + 2 + down, column_at, text[: sheets.LONGEST], wrapped)


def _said(layer: Mapping[str, Any], column: str, lang: Lang) -> object:
    if column == "owner":
        return catalogue.owner(layer, lang) or None
    said = layer.get(column)
    return None if column == "licence" and said == "not stated" else said


def _text(key: str, lang: Lang) -> str:
    return TEXTS[key][LANGUAGES.index(lang)]
