"""The quality of a study's data as a page and as a table."""

from __future__ import annotations

import html
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Any, Final

import pandas as pd

from ..coverage.quality import REPAIRED, SEVERITIES, WEIGHTS, scores
from ..geodata.boundaries import FAULTS
from ..geodata.writing import write_csv
from .result_names import both_languages
from .words import LANGUAGES, Lang, number

Label = tuple[str, str]

_TEXTS: Final[dict[str, Label]] = {
    "title": ("Chất lượng dữ liệu: {name}", "Data quality: {name}"),
    "none": ("Không thấy điều gì đáng lưu ý.", "Nothing to remark was found."),
    "stopped": (
        "Nghiên cứu chưa chạy được: hãy sửa các lỗi dưới đây trước.",
        "The study cannot run yet: mend the faults below first.",
    ),
    "made_up": (
        "DỮ LIỆU TỰ TẠO, không phải số liệu thật: {layers}.",
        "MADE-UP DATA, nothing of it is real: {layers}.",
    ),
    "repaired": ("Những gì đã sửa", "What was repaired"),
    "untouched": (
        "Không sửa gì: dữ liệu được dùng đúng như đã giao.",
        "Nothing: the data is used as it was delivered.",
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
        "Đã sửa hình học không hợp lệ theo yêu cầu của nghiên cứu",
        "Invalid geometry mended, as the study asks",
    ),
    "left_out": (
        "Đã bỏ hình học không còn gì sau khi sửa",
        "Geometry of which nothing remained was left out",
    ),
    "axes_swapped": (
        "Đã đổi chỗ x và y theo yêu cầu của nghiên cứu",
        "x and y changed places, as the study asks",
    ),
    "system_given": (
        "Đã dùng hệ tọa độ do nghiên cứu nêu",
        "The coordinate system that the study names was used",
    ),
    "scaled_to_totals": (
        "Đã điều chỉnh lưới dân số theo tổng số của từng xã",
        "The raster of people was scaled to the totals of communes",
    ),
    "lost_zeros": ("Mất chữ số 0 ở cuối số dân", "Counts of people lost trailing zeros"),
    "too_many_digits": ("Số dân thừa chữ số", "Counts of people have too many digits"),
    "thousands_separator": (
        "Dấu phân cách hàng nghìn bị đọc thành dấu thập phân",
        "A thousands separator was read as a decimal mark",
    ),
    "permuted_row": (
        "Số dân đặt nhầm dòng, là của đơn vị khác",
        "Counts of people stand in another unit's row",
    ),
    "impossible_density": ("Mật độ dân số không thể có", "Impossible density of people"),
    "part_of_unit": ("Số dân chỉ của một phần đơn vị", "Counts of people of a part of the unit"),
    "unsure_digits": (
        "Chưa rõ đã mất bao nhiêu chữ số 0 của số dân",
        "How many zeros counts of people lost cannot be told",
    ),
    "zero_for_unknown": (
        "Ghi số 0 thay cho chưa có dữ liệu",
        "Zero was written for unknown",
    ),
    "disagrees": ("Số dân khác xa lưới dân số", "Counts of people far from the raster"),
    "missing_people": ("Chưa có số dân", "No count of people"),
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
    found: pd.DataFrame,
    layers: Iterable[str],
    path: str | Path,
    *,
    name: str,
    lang: Lang = "vi",
    made_up: Iterable[str] = (),
) -> tuple[Path, Path]:
    """Write findings as an HTML page and, beside it, as CSV.

    Parameters
    ----------
    found : DataFrame
        As :func:`deadzones.coverage.quality.findings` gives them.
    layers : iterable of str
        All layers of the study.
    path : str or Path
        Of the page; the table has the same name and the ending ``.csv``: the findings, each with
        the score of its layer, and a row for every layer of which nothing was found.
    name : str
        Of the study.
    lang : {"vi", "en"}
    made_up : iterable of str
        Layers that hold made-up data, which the page says.

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
    page, names = Path(path), list(layers)
    table = page.with_suffix(".csv")
    points = scores(found, names)
    invented = [layer for layer in names if layer in set(made_up)]
    page.write_text(_page(found, points, invented, name, lang), encoding="utf-8")
    write_csv(_scored(found, points), table, indexed=False)
    return page, table


def _scored(found: pd.DataFrame, points: pd.Series) -> pd.DataFrame:
    """Give each finding the score of its layer, and each layer a row."""
    quiet = [str(layer) for layer in points.index if layer not in set(found["layer"])]
    bare = pd.DataFrame({"layer": quiet}).reindex(columns=found.columns)
    both = pd.concat([found, bare], ignore_index=True) if quiet else found
    return both.assign(score=both["layer"].map(points))


def _page(found: pd.DataFrame, points: pd.Series, made_up: list[str], name: str, lang: Lang) -> str:
    title = _text("title", lang).format(name=both_languages(name)[LANGUAGES.index(lang)])
    style = resources.files("deadzones.reports").joinpath("quality_page.css").read_text("utf-8")
    parts = [f"<h1>{html.escape(title)}</h1>"]
    if made_up:
        told = _text("made_up", lang).format(layers=", ".join(made_up))
        parts.append(f"<p class='made-up'>{html.escape(told)}</p>")
    stopped = bool((found["kind"] == "fault").any())
    if stopped:
        parts.append(f"<p class='stopped'>{_text('stopped', lang)}</p>")
    bars = [
        f"<tr><th scope='row'>{html.escape(str(layer))}</th><td class='bar'>"
        f"<span style='width:{value}%'></span></td><td class='n'>{value}</td></tr>"
        for layer, value in points.items()
    ]
    weights = {key: number(value, lang) for key, value in WEIGHTS.items()}
    parts += [
        f"<h2>{_text('layers', lang)}</h2><table class='scores'>{''.join(bars)}</table>",
        f"<p class='note'>{_text('how', lang).format(**weights)}</p>",
        f"<h2>{_text('found', lang)}</h2>",
    ]
    mended = found["kind"].isin(REPAIRED)
    if mended.all():
        parts.append(f"<p>{_text('none', lang)}</p>")
    else:
        parts += [f"<p>{_counts(found[~mended], lang)}</p>", _table(found[~mended], lang)]
    if not stopped:
        parts.append(f"<h2>{_text('repaired', lang)}</h2>")
        parts.append(
            _table(found[mended], lang) if mended.any() else f"<p>{_text('untouched', lang)}</p>"
        )
    return (
        f"<!DOCTYPE html>\n<html lang='{lang}'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>{html.escape(title)}</title><style>{style}</style></head>"
        f"<body><main>{''.join(parts)}</main></body></html>\n"
    )


def _counts(found: pd.DataFrame, lang: Lang) -> str:
    """Count the findings by severity."""
    at, counts = LANGUAGES.index(lang), found["severity"].value_counts()
    told = " · ".join(
        f"{_SEVERITIES[severity][at]}: {number(int(counts.get(severity, 0)), lang)}"
        for severity in SEVERITIES
    )
    return told.capitalize()


def _table(found: pd.DataFrame, lang: Lang) -> str:
    columns = ("severity", "layer", "kind", "rows", "share", "detail")
    head = "".join(f"<th scope='col'>{_text(name, lang)}</th>" for name in columns)
    rows = [
        f"<tr class='{row['severity']}'>"
        f"<td>{_SEVERITIES[row['severity']][LANGUAGES.index(lang)]}</td>"
        f"<td>{html.escape(str(row['layer']))}</td><td>{html.escape(kind_name(row['kind'], lang))}</td>"
        f"<td class='n'>{number(row['rows'], lang) if row['rows'] else ''}</td>"
        f"<td class='n'>{_share(row, lang)}</td>"
        f"<td>{html.escape(str(row['detail']))}</td></tr>"
        for severity in SEVERITIES
        for row in _together(found[found["severity"] == severity]).to_dict("records")
    ]
    return f"<div class='wide'><table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"


def _share(row: dict[Any, Any], lang: Lang) -> str:
    return f"{number(100 * row['share'], lang, 1)} %" if row["rows"] else ""


def _together(found: pd.DataFrame) -> pd.DataFrame:
    """Tell once of several layers what is said of whole layers and of no row."""
    same = found["kind"].where((found["rows"] == 0) & (found["detail"] == ""))
    several = same.duplicated(keep=False) & same.notna()
    names = found[several].groupby("kind", sort=False)["layer"].agg(", ".join)
    once = found[several].drop_duplicates("kind")
    once = once.assign(layer="", detail=once["kind"].map(names))
    return pd.concat([found[~several], once])


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
