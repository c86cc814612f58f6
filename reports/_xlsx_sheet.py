"""One sheet of a workbook: a table under a title, with frozen headers, filters, formats and colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from . import column_words, register_words
from .register_held import HELD
from .words import LANGUAGES, Lang, word

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

HEADER_ROW: Final = 1
"""Below the title."""
LONGEST: Final = 32_767
"""Characters that a cell of Excel holds."""
_WIDTHS: Final = (8, 36)
"""Of columns, in characters."""
_HEADER_PT: Final = 62.0
"""Height of the headers: four lines."""
_EVERYWHERE: Final = "A1:XFD1048576"
"""Codes are texts, with their leading zeros: Excel would mark each of them as a mistake."""
_COLOURS: Final = {
    "none": "#F4B6AE", "weak": "#FBDDB0", "lacking": "#F8CFA8", "no_5g": "#FBF0C4",
    "local": "#FBDDB0", "unstable": "#FBF0C4",
}  # fmt: skip
"""Fill of a state, beside its word."""
_LATE: Final = "#F4B6AE"
_GREY: Final = "#7F7F7F"
_WIDE: Final = 16
"""Columns; more are printed on A3, on two sheets side by side."""
_A3, _A4 = 8, 9


@dataclass(frozen=True)
class Column:
    """A column as it stands in a sheet.

    Parameters
    ----------
    head : str
    cells : Series
        Numbers and days are written as such.
    texts : sequence of str
        What stands for a value that is no number and no day, or is unknown.
    form : str
        How Excel shows its numbers.
    fills : mapping of str to str
        Colours of cells by what they say.
    """

    head: str
    cells: pd.Series
    texts: Sequence[str]
    form: str
    fills: Mapping[str, str]


@dataclass(frozen=True)
class Page:
    """What a sheet is besides its columns."""

    name: str
    title: str
    lang: Lang
    margins: tuple[str, str] = ("", "")
    """What stands above and below each printed page."""
    frozen: int = 0
    """Columns that stay in sight."""


def register_columns(
    table: pd.DataFrame,
    lang: Lang,
    manifest: Mapping[str, Any] | None,
    hidden: pd.DataFrame | None = None,
) -> list[Column]:
    """Give the columns of the register or of its sums; what is held back is a word, no number.

    Examples
    --------
    >>> (found,) = register_columns(pd.DataFrame({"people": [1200, 4]}), "vi", None)
    >>> found.head, found.form
    ('Số nhân khẩu', '#,##0')
    """
    columns: list[Column] = []
    for column, values in table.items():
        name = str(column)
        head = register_words.header(name, lang, manifest)
        texts = _texts(name, values, lang, manifest)
        if hidden is not None and name in hidden:
            marks = hidden[name].to_numpy(dtype=bool)
            values, texts = _withheld(values, texts, marks, lang)  # noqa: PLW2901
        scaled = values
        if name.endswith("_vnd"):
            scaled = values / column_words.MILLION_VND
        columns.append(Column(head, scaled, texts, _form(name, values), _fills(name, lang)))
    return columns


def told_columns(
    table: pd.DataFrame, lang: Lang, hidden: pd.DataFrame | None = None
) -> list[Column]:
    """Give the columns of a table whose headers and texts are in the language already.

    Examples
    --------
    >>> (found,) = told_columns(pd.DataFrame({"Tên": ["Xã A", None]}), "vi")
    >>> list(found.texts)
    ['Xã A', 'chưa có dữ liệu']
    """
    columns: list[Column] = []
    nothing = word("no_data", lang)
    for name, values in table.items():
        texts = [
            nothing if one else str(value) for one, value in zip(values.isna(), values, strict=True)
        ]
        if hidden is not None and name in hidden:
            marks = hidden[name].to_numpy(dtype=bool)
            values, texts = _withheld(values, texts, marks, lang)  # noqa: PLW2901
        form = "@"
        if column_words.is_number(values):
            whole = pd.api.types.is_integer_dtype(values.dtype)
            form = "#,##0" if whole else "#,##0.0"
        columns.append(Column(str(name), values, texts, form, {}))
    return columns


def _withheld(
    values: pd.Series, texts: Sequence[str], marks: NDArray[np.bool_], lang: Lang
) -> tuple[pd.Series, list[str]]:
    said = HELD[LANGUAGES.index(lang)]
    told = [said if mark else one for one, mark in zip(texts, marks, strict=True)]
    return values.mask(marks), told


def _texts(
    column: str, values: pd.Series, lang: Lang, manifest: Mapping[str, Any] | None
) -> list[str]:
    """Write each value once, however often it stands there; of numbers only what is unknown."""
    if column_words.is_number(values) or pd.api.types.is_datetime64_any_dtype(values.dtype):
        (unknown,) = register_words.written(column, values.iloc[:0].reindex([0]), lang, manifest)
        return [unknown] * len(values)
    codes, kinds = pd.factorize(values, use_na_sentinel=False)
    once = pd.Series(kinds, dtype=values.dtype)
    said = np.array(register_words.written(column, once, lang, manifest), dtype=object)
    return said[codes].tolist()


def _fills(column: str, lang: Lang) -> dict[str, str]:
    at = LANGUAGES.index(lang)
    if column in ("overdue", "done_but_lacking"):
        return {register_words.written(column, pd.Series([True]), lang)[0]: _LATE}
    states = register_words.STATES.get(column.split("_", maxsplit=1)[0], {})
    return {states[key][at]: colour for key, colour in _COLOURS.items() if key in states}


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


def write(book: Workbook, page: Page, columns: Sequence[Column]) -> None:
    """Write a sheet; a table without rows is its headers.

    Parameters
    ----------
    book : Workbook
    page : Page
    columns : sequence of Column
        Of one length.
    """
    sheet = book.add_worksheet(page.name)
    sheet.write_string(0, 0, page.title, book.add_format({"bold": True, "font_size": 13}))
    head = book.add_format(
        {"bold": True, "text_wrap": True, "valign": "top", "border": 1, "bg_color": "#EEEEEE"}
    )
    sheet.set_row(HEADER_ROW, _HEADER_PT)
    rows = max((len(one.cells) for one in columns), default=0)
    last = HEADER_ROW + rows
    styles: dict[str, Any] = {}
    for at, column in enumerate(columns):
        sheet.write_string(HEADER_ROW, at, column.head, head)
        style = styles.setdefault(column.form, book.add_format(_look(column.form)))
        sheet.set_column(at, at, _width(column), style)
        _cells(sheet, at, column, style)
        for text, colour in column.fills.items() if rows else ():
            _rule(
                sheet, (HEADER_ROW + 1, at, last, at), text, book.add_format({"bg_color": colour})
            )
    if rows:
        grey = book.add_format({"font_color": _GREY, "italic": True})
        whole = (HEADER_ROW + 1, 0, last, len(columns) - 1)
        _rule(sheet, whole, word("no_data", page.lang), grey)
    sheet.freeze_panes(HEADER_ROW + 1, min(page.frozen, len(columns) - 1))
    sheet.autofilter(HEADER_ROW, 0, max(last, HEADER_ROW + 1), len(columns) - 1)
    sheet.ignore_errors({"number_stored_as_text": _EVERYWHERE})
    _print(sheet, page, len(columns))


def _rule(sheet: Worksheet, cells: tuple[int, int, int, int], text: str, style: Any) -> None:
    rule = {"type": "cell", "criteria": "==", "value": f'"{text}"', "format": style}
    sheet.conditional_format(*cells, rule)


def _print(sheet: Worksheet, page: Page, columns: int) -> None:
    wide = columns > _WIDE
    sheet.set_landscape()
    sheet.set_paper(_A3 if wide else _A4)
    sheet.fit_to_pages(2 if wide else 1, 0)
    sheet.repeat_rows(HEADER_ROW)
    if page.frozen:
        sheet.repeat_columns(0, page.frozen - 1)
    above, below = (one.replace("&", "&&")[:200] for one in page.margins)
    sheet.set_header(f"&R&8{above}" if above else "")
    sheet.set_footer(f"&L&8{below}&R&8&P/&N")


def _cells(sheet: Worksheet, at: int, column: Column, style: Any) -> None:
    """Write numbers as numbers, dates as dates, all else and what is unknown as text."""
    values = column.cells
    first = HEADER_ROW + 1
    dated = pd.api.types.is_datetime64_any_dtype(values.dtype)
    if not (dated or column_words.is_number(values)):
        for row, text in enumerate(column.texts, first):
            sheet.write_string(row, at, text[:LONGEST])
        return
    told = zip(values.isna().tolist(), values.tolist(), column.texts, strict=True)
    for row, (missing, value, text) in enumerate(told, first):
        if missing:
            sheet.write_string(row, at, text)
        elif dated:
            sheet.write_datetime(row, at, value.to_pydatetime(), style)
        else:
            sheet.write_number(row, at, float(value), style)


def _width(column: Column) -> int:
    words = max(map(len, column.head.split()), default=0)
    longest = max(words, len(column.head) // 3, *(len(text) for text in set(column.texts)), 0)
    if column_words.is_number(column.cells) and column.cells.notna().any():
        most = float(column.cells.abs().max())
        longest = max(
            words, len(column.head) // 3, len(f"{most:,.0f}") + column.form.count("0") - 1
        )
    elif pd.api.types.is_datetime64_any_dtype(column.cells.dtype):
        longest = max(longest, len("31/12/2026"))
    return min(max(longest + 2, _WIDTHS[0]), _WIDTHS[1])


def _look(form: str) -> dict[str, Any]:
    """Keep texts off the numbers that end beside them."""
    return {"num_format": form, "indent": int(form == "@")}
