"""The quality of a study's data as a page and as a table."""

from __future__ import annotations

import html
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Final

import pandas as pd

from ..coverage.quality import SEVERITIES, WEIGHTS, scores
from ..geodata.boundaries import FAULTS
from ..geodata.writing import write_csv
from .words import LANGUAGES, Lang, number

Label = tuple[str, str]

_TEXTS: Final[dict[str, Label]] = {
    "title": ("Chất lượng dữ liệu: {name}", "Data quality: {name}"),
    "none": ("Không thấy điều gì đáng lưu ý.", "Nothing to remark was found."),
    "stopped": (
        "Nghiên cứu chưa chạy được: hãy sửa các lỗi dưới đây trước.",
        "The study cannot run yet: mend the faults below first.",
    ),
    "layers": ("Điểm của từng lớp dữ liệu", "Score of each layer"),
    "found": ("Những điều đã thấy", "What was found"),
    "how": (
        (
            "Điểm bằng 100 trừ đi trọng số của từng loại phát hiện (lỗi {error}, cảnh báo {warning}, "
            "ghi chú {note}) nhân với tỷ lệ dòng bị ảnh hưởng, ít nhất một phần mười."
        ),
        (
            "A score is 100 less the weight of each kind of finding (error {error}, warning "
            "{warning}, note {note}) times the share of rows that it touches, a tenth at least."
        ),
    ),
    "layer": ("Lớp dữ liệu", "Layer"),
    "score": ("Điểm", "Score"),
    "severity": ("Mức độ", "Severity"),
    "kind": ("Phát hiện", "Finding"),
    "rows": ("Số dòng", "Rows"),
    "share": ("Tỷ lệ", "Share"),
    "detail": ("Chi tiết", "Detail"),
}
_SEVERITIES: Final[dict[str, Label]] = {
    "error": ("lỗi", "error"),
    "warning": ("cảnh báo", "warning"),
    "note": ("ghi chú", "note"),
}
_KINDS: Final[dict[str, Label]] = {
    "fault": ("Lỗi làm nghiên cứu không chạy được", "Fault that stops the study"),
    "no_owner": ("Chưa ghi chủ sở hữu dữ liệu", "No owner is stated"),
    "no_date": ("Chưa ghi ngày của dữ liệu", "No date is stated"),
    "no_licence": ("Chưa ghi giấy phép sử dụng", "No licence is stated"),
    "old": ("Dữ liệu cũ hơn các lớp khác trên 5 năm", "More than 5 years older than other layers"),
    "proxy": ("Chỉ là số liệu thay thế, chưa phải đo kiểm", "Stands in for a measurement"),
    "repaired": (
        "Đã sửa hình học theo yêu cầu của nghiên cứu",
        "Geometry mended as the study asks",
    ),
    "empty_cells": ("Ô trống", "Empty cells"),
    "twice": ("Dòng lặp lại", "Rows that stand twice"),
    "no_datum_shift": ("VN-2000 bị đọc như WGS 84", "VN-2000 read as WGS 84"),
    "swapped_axes": ("Đảo kinh độ và vĩ độ", "Latitude and longitude are swapped"),
    "northing_as_x": ("X là hướng Bắc, Y là hướng Đông", "X is the northing"),
    "wrong_meridian": ("Sai kinh tuyến trục", "Wrong central meridian"),
    "degrees_as_metres": ("Độ bị đọc như mét", "Degrees read as metres"),
    "metres_as_degrees": ("Mét bị đọc như độ", "Metres read as degrees"),
    "no_system": ("Không ghi hệ tọa độ", "No coordinate system is named"),
    "outside": ("Điểm nằm ngoài mọi xã", "Points in no commune"),
}


def write(
    found: pd.DataFrame, layers: Iterable[str], path: str | Path, *, name: str, lang: Lang = "vi"
) -> tuple[Path, Path]:
    """Write findings as an HTML page and, beside it, as CSV.

    Parameters
    ----------
    found : DataFrame
        As :func:`deadzones.coverage.quality.findings` gives them.
    layers : iterable of str
        All layers of the study.
    path : str or Path
        Of the page; the table has the same name and the ending ``.csv``.
    name : str
        Of the study.
    lang : {"vi", "en"}

    Returns
    -------
    tuple of Path
        The page and the table.

    Examples
    --------
    >>> import tempfile
    >>> from deadzones.coverage.quality import of_faults
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page, table = write(
    ...         of_faults([]), ["communes"], folder + "/q.html", name="a", lang="en"
    ...     )
    ...     "Nothing to remark" in page.read_text(encoding="utf-8"), table.name
    (True, 'q.csv')
    """
    page = Path(path)
    table = page.with_suffix(".csv")
    page.write_text(_page(found, list(layers), name, lang), encoding="utf-8")
    write_csv(found, table, indexed=False)
    return page, table


def _page(found: pd.DataFrame, layers: list[str], name: str, lang: Lang) -> str:
    title = _text("title", lang).format(name=name)
    style = resources.files("deadzones.reports").joinpath("quality_page.css").read_text("utf-8")
    parts = [f"<h1>{html.escape(title)}</h1>"]
    if (found["kind"] == "fault").any():
        parts.append(f"<p class='stopped'>{_text('stopped', lang)}</p>")
    points = scores(found, layers)
    bars = [
        f"<tr><th scope='row'>{html.escape(layer)}</th><td class='bar'>"
        f"<span style='width:{value}%'></span></td><td>{value}</td></tr>"
        for layer, value in points.items()
    ]
    weights = {key: number(value, lang) for key, value in WEIGHTS.items()}
    parts += [
        f"<h2>{_text('layers', lang)}</h2><table class='scores'>{''.join(bars)}</table>",
        f"<p class='note'>{_text('how', lang).format(**weights)}</p>",
        f"<h2>{_text('found', lang)}</h2>",
    ]
    if found.empty:
        parts.append(f"<p>{_text('none', lang)}</p>")
    else:
        parts.append(_table(found, lang))
    return (
        f"<!DOCTYPE html>\n<html lang='{lang}'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>{html.escape(title)}</title><style>{style}</style></head>"
        f"<body><main>{''.join(parts)}</main></body></html>\n"
    )


def _table(found: pd.DataFrame, lang: Lang) -> str:
    columns = ("severity", "layer", "kind", "rows", "share", "detail")
    head = "".join(f"<th scope='col'>{_text(name, lang)}</th>" for name in columns)
    rows = [
        f"<tr class='{row['severity']}'>"
        f"<td>{_SEVERITIES[row['severity']][LANGUAGES.index(lang)]}</td>"
        f"<td>{html.escape(str(row['layer']))}</td><td>{html.escape(kind_name(row['kind'], lang))}</td>"
        f"<td class='n'>{number(row['rows'], lang) if row['rows'] else ''}</td>"
        f"<td class='n'>{number(100 * row['share'], lang, 1)} %</td>"
        f"<td>{html.escape(str(row['detail']))}</td></tr>"
        for severity in SEVERITIES
        for row in found[found["severity"] == severity].to_dict("records")
    ]
    return f"<div class='wide'><table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"


def kind_name(kind: str, lang: Lang) -> str:
    """Name a kind of finding.

    Examples
    --------
    >>> kind_name("overlap", "vi"), kind_name("old", "en")
    ('Chồng lấn', 'More than 5 years older than other layers')
    """
    if kind in FAULTS:
        return FAULTS[kind][lang]
    return _KINDS[kind][LANGUAGES.index(lang)]


def _text(key: str, lang: Lang) -> str:
    return _TEXTS[key][LANGUAGES.index(lang)]
