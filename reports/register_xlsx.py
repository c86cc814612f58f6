"""The register as an Excel workbook that people keep working in: one sheet a level."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from . import column_words, register_tasks, register_words
from .register_definitions import DEFINITIONS, TEXTS
from .register_held import HELD, Held
from .register_totals import totals
from .words import LANGUAGES, SYNTHETIC_BAND, Lang, word

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

_HEADER_ROW: Final = 1
"""Below the title."""
_WIDTHS: Final = (8, 42)
"""Of columns, in characters."""
_LONGEST: Final = 32_767
"""Characters that a cell of Excel holds."""
_SHEET_DAY: Final = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - Excel knows no zones
"""When a workbook without a day says that it was made: the same input gives the same bytes."""
_COLOURS: Final = {"none": "#F4B6AE", "weak": "#FBDDB0", "lacking": "#F8CFA8", "no_5g": "#FBF0C4"}
"""Fill of a state, beside its word."""
_OFF: Final = ("geometry", "zone_id", "upgrade_id")


def write_xlsx(
    register: pd.DataFrame,
    path: str | Path,
    lang: Lang = "vi",
    *,
    manifest: Mapping[str, Any] | None = None,
    as_of: dt.date | str | None = None,
    held: Held | None = None,
) -> Path:
    """Write the register as a workbook: communes, provinces, villages, sources and definitions.

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
    held : Held, optional
        What is held back, where it is published.

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
        if (register["evidence"] == "synthetic").any():
            told += f" · {SYNTHETIC_BAND}"
        for level in ("commune", "province", "villages"):
            table = _level(register, level)
            title = _text("title", lang).format(level=_text(level, lang).lower()) + told
            sheet = book.add_worksheet(_text(level, lang))
            hidden = None if held is None else _hidden(held, level, table)
            _fill(book, sheet, table, title, lang, manifest, hidden)
        _about(book, lang, manifest or {})
    return Path(path)


def _level(register: pd.DataFrame, level: str) -> pd.DataFrame:
    if level == "villages":
        return pd.DataFrame(register).drop(columns=[*_OFF], errors="ignore").reset_index()
    return totals(register, level).reset_index()


def _hidden(held: Held, level: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return the marks of a sheet's rows: its first column is their key."""
    marks = {"villages": held.villages, "commune": held.communes, "province": held.provinces}[level]
    return marks.reindex(table.iloc[:, 0].to_numpy(), fill_value=False)


def _told(lang: Lang, day: pd.Timestamp) -> str:
    date = register_words.written("due", pd.Series([day]), lang)[0]
    return ", " + _text("as_of", lang).format(date=date)


def _fill(
    book: Workbook,
    sheet: Worksheet,
    table: pd.DataFrame,
    title: str,
    lang: Lang,
    manifest: Mapping[str, Any] | None,
    hidden: pd.DataFrame | None,
) -> None:
    """Write a table with a title, frozen headers, filters and formats."""
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    sheet.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 13}))
    last = _HEADER_ROW + len(table)
    for at, column in enumerate(table):
        name = register_words.header(str(column), lang, manifest)
        sheet.write_string(_HEADER_ROW, at, name, head)
        texts = register_words.written(str(column), table[column], lang, manifest)
        style = book.add_format({"num_format": _form(str(column), table[column])})
        sheet.set_column(at, at, _width(name, texts), style)
        values = table[column]
        if hidden is not None and column in hidden:
            marks = hidden[column].to_numpy(dtype=bool)
            values = values.mask(marks)
            withheld = HELD[LANGUAGES.index(lang)]
            texts = [withheld if mark else one for one, mark in zip(texts, marks, strict=True)]
        _column(sheet, at, values, texts, style)
        for state, colour in _COLOURS.items() if len(table) else ():
            said = register_words.STATES.get(str(column).split("_")[0], {}).get(state)
            if said:
                rule = {
                    "type": "cell",
                    "criteria": "==",
                    "format": book.add_format({"bg_color": colour}),
                }
                value = said[LANGUAGES.index(lang)]
                sheet.conditional_format(
                    _HEADER_ROW + 1, at, last, at, rule | {"value": f'"{value}"'}
                )
    sheet.freeze_panes(_HEADER_ROW + 1, min(4, table.shape[1] - 1))
    sheet.autofilter(_HEADER_ROW, 0, max(last, _HEADER_ROW + 1), table.shape[1] - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEADER_ROW)


def _column(sheet: Worksheet, at: int, values: pd.Series, texts: Sequence[str], style: Any) -> None:
    """Write numbers as numbers, dates as dates, all else and what is unknown as text."""
    numeric = column_words.is_number(values)
    dated = pd.api.types.is_datetime64_any_dtype(values.dtype)
    if not (numeric or dated):
        for row, text in enumerate(texts, _HEADER_ROW + 1):
            sheet.write_string(row, at, text[:_LONGEST])
        return
    scale = column_words.MILLION_VND if str(values.name).endswith("_vnd") else 1.0
    told = zip(values.isna().tolist(), values.tolist(), texts, strict=True)
    for row, (missing, value, text) in enumerate(told, _HEADER_ROW + 1):
        if missing:
            sheet.write_string(row, at, text)
        elif dated:
            sheet.write_datetime(row, at, value.to_pydatetime(), style)
        else:
            sheet.write_number(row, at, float(value) / scale, style)


def _form(column: str, values: pd.Series) -> str:
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return "dd/mm/yyyy"
    if not column_words.is_number(values):
        return "@"
    if column in ("lon", "lat"):
        return "0.00000"
    if column.startswith("vn2000"):
        return "0.00"
    return "#,##0.0" if column.endswith(("_km", "_vnd")) else "#,##0"


def _width(name: str, texts: Sequence[str]) -> int:
    longest = max([len(name) // 2, *(len(text) for text in texts)], default=0)
    return min(max(longest + 2, _WIDTHS[0]), _WIDTHS[1])


def _about(book: Workbook, lang: Lang, manifest: Mapping[str, Any]) -> None:
    """Write what the terms mean, and where the figures come from."""
    sheet = book.add_worksheet(_text("about", lang))
    bold = book.add_format({"bold": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    at = LANGUAGES.index(lang)
    lines = [(_text("term", lang), _text("meaning", lang))]
    lines += [(term[at], meaning[at]) for term, meaning in DEFINITIONS.values()]
    for row, (term, meaning) in enumerate(lines):
        sheet.write_string(row, 0, term, wrapped if row else bold)
        sheet.write_string(row, 1, meaning, wrapped if row else bold)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 76)
    sheet.set_column(2, 4, 22)
    row = len(lines) + 1
    columns = ("role", "owner", "date", "evidence", "sha256")
    layers = manifest.get("layers", {})
    if not layers:
        return
    sheet.write_string(row, 0, word("sources", lang), bold)
    for column_at, column in enumerate(columns):
        sheet.write_string(row + 1, column_at, column_words.header(column, lang), bold)
        values = pd.Series([layer.get(column) for layer in layers.values()], dtype="str")
        for down, text in enumerate(column_words.written(column, values, lang, manifest)):
            sheet.write_string(row + 2 + down, column_at, text[:_LONGEST], wrapped)


def _text(key: str, lang: Lang) -> str:
    return TEXTS[key][LANGUAGES.index(lang)]
