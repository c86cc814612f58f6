"""What a notebook shows of a result: a summary in short, and tables that people read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Final

import pandas as pd

from . import column_words
from .words import LANGUAGES, SYNTHETIC_BAND, Lang, number, pair, word

FIRST: Final = 30
"""Rows of a table that are shown where nobody asks for more."""

_STYLE: Final = """<style>
.dz-table { border-collapse: collapse; margin: .4em 0; min-width: 18em }
.dz-table caption { caption-side: top; text-align: left; padding: .2em 0 }
.dz-table th, .dz-table td { padding: .25em .7em; text-align: left; vertical-align: top }
.dz-table th { font-weight: 600; white-space: normal; vertical-align: bottom; min-width: 5.5em }
.dz-table td { white-space: nowrap }
.dz-table td.dz-w { white-space: normal; min-width: 16em }
.dz-table small { font-weight: 400 }
.dz-table tr { border-bottom: 1px solid rgba(128, 128, 128, .35) }
.dz-table .dz-n { text-align: right; font-variant-numeric: tabular-nums }
.dz-table .dz-u { opacity: .75; font-style: italic }
</style>"""


_TABLE: Final[dict[Lang, str]] = {"vi": "Bảng", "en": "Table"}
"""What is reached with the keyboard, to move a wide one sideways."""


# --- a result in short ------------------------------------------------------------------------


def summary(manifest: Mapping[str, Any]) -> str:
    """Say in a small table what a result is, in Vietnamese and English.

    Parameters
    ----------
    manifest : mapping
        Of a result.

    Returns
    -------
    str
        HTML; what comes from files is escaped.

    Examples
    --------
    >>> import deadzones as dz
    >>> "synthetic data" in summary(dz.demo(communes=4).manifest)
    True
    """
    counts, evidence = manifest["counts"], manifest["evidence"]
    rows = [
        (("Xã, phường, đặc khu", "Communes"), counts["communes"]),
        (pair("people"), counts["people_in_communes"]),
        (pair("dead_zones"), counts["dead_zones"]),
        (pair("dead_people"), counts["people_in_dead_zones"]),
    ]
    lines = [(label, [number(value, lang) for lang in LANGUAGES]) for label, value in rows]
    lines += [(pair("evidence_weakest"), [word(evidence, lang) for lang in LANGUAGES])]
    body = "".join(
        f'<tr><th scope="row"><span lang="vi">{vi}</span><br><small lang="en">{en}</small></th>'
        f'<td class="dz-n"><span lang="vi">{told[0]}</span><br><small lang="en">{told[1]}</small>'
        "</td></tr>"
        for (vi, en), told in lines
    )
    title = escape(str(manifest.get("title") or manifest["name"]))
    band = _band(manifest)
    return (
        f'{_STYLE}<table class="dz-table"><caption><b>{title}</b>{band and f"<br>{band}"}'
        f"</caption><tbody>{body}</tbody></table>"
    )


def _band(manifest: Mapping[str, Any] | None) -> str:
    return f"⚠ {SYNTHETIC_BAND}" if manifest and manifest.get("synthetic") else ""


# --- tables -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class ShownTable:
    """A table that a notebook draws with words and numbers as people write them.

    Parameters
    ----------
    html : str
    rows, all_rows : int
        How many are shown, and how many there are.

    Examples
    --------
    >>> table(pd.DataFrame({"people": [1234.0]}))
    <table of 1 row>
    """

    html: str
    rows: int
    all_rows: int

    def __repr__(self) -> str:
        of = "" if self.rows == self.all_rows else f" of {self.all_rows}"
        return f"<table of {self.rows}{of} row{'s' * (self.all_rows != 1)}>"

    def _repr_html_(self) -> str:
        return self.html


def table(
    frame: pd.DataFrame,
    columns: Sequence[str] | None = None,
    *,
    lang: Lang = "vi",
    manifest: Mapping[str, Any] | None = None,
    first: int = FIRST,
) -> ShownTable:
    """Show a table of a result with the headers and the numbers of a language.

    Parameters
    ----------
    frame : DataFrame
        Such as ``result.communes``; its index stands first where it has a name. Shapes are left out.
    columns : sequence of str, optional
        Which, in this order; all where absent.
    lang : {"vi", "en"}
        1.234,5 and *chưa có dữ liệu*, or 1,234.5 and *no data yet*.
    manifest : mapping, optional
        ``result.manifest``: it names services and operators, and says that data is made up.
    first : int
        How many rows are shown.

    Returns
    -------
    ShownTable
        What a notebook draws; whatever comes from files is escaped.

    Raises
    ------
    ValueError
        When there is no such language or column; the message lists what there is.

    Examples
    --------
    >>> shown = table(pd.DataFrame({"people": [1234.0, None]}), lang="en")
    >>> "1,234" in shown.html, "no data yet" in shown.html
    (True, True)
    """
    if lang not in LANGUAGES:
        raise ValueError(f"no language {lang!r}: choose one of {', '.join(LANGUAGES)}")
    known = [str(name) for name in frame.columns if str(name) != "geometry"]
    if strays := [name for name in columns or [] if name not in known]:
        raise ValueError(f"no column {strays[0]!r} in this table: choose among {', '.join(known)}")
    plain = pd.DataFrame(frame)[list(columns) if columns is not None else known].head(first)
    keys = [str(name) for name in plain.index.names if name is not None]
    plain = plain.reset_index() if keys else plain
    heads = "".join(
        f'<th scope="col"{_side(plain[name])}>'
        f"{escape(column_words.header(str(name), lang, manifest))}</th>"
        for name in plain.columns
    )
    cells = [_cells(str(name), plain[name], lang, manifest) for name in plain.columns]
    rows = "".join(f"<tr>{''.join(row)}</tr>" for row in zip(*cells, strict=True))
    html = (
        f'<div lang="{lang}" role="group" aria-label="{_TABLE[lang]}" tabindex="0" '
        f'style="overflow-x:auto">{_STYLE}<table class="dz-table">'
        f"{_caption(len(plain), len(frame), lang, manifest)}"
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
    return ShownTable(html, len(plain), len(frame))


_UNKNOWN, _WIDE = ' class="dz-u"', ' class="dz-w"'
_LONG = 40
"""Letters from which a text may take more than one line."""


def _side(values: pd.Series) -> str:
    return ' class="dz-n"' if column_words.is_number(values) else ""


def _cells(
    name: str, values: pd.Series, lang: Lang, manifest: Mapping[str, Any] | None
) -> list[str]:
    side, unknown = _side(values), values.isna()
    texts = column_words.written(name, values, lang, manifest)
    return [
        f"<td{_UNKNOWN if blank else _WIDE if len(text) > _LONG else side}>{escape(text)}</td>"
        for text, blank in zip(texts, unknown, strict=True)
    ]


def _caption(rows: int, of: int, lang: Lang, manifest: Mapping[str, Any] | None) -> str:
    cut = {"vi": "{rows} dòng đầu trong {of} dòng", "en": "first {rows} of {of} rows"}[lang]
    told = [cut.format(rows=number(rows, lang), of=number(of, lang))] if rows < of else []
    lines = [line for line in (_band(manifest), *told) if line]
    return f"<caption>{'<br>'.join(lines)}</caption>" if lines else ""
