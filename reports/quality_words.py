"""What the page on the quality of data says, in Vietnamese and English."""

from __future__ import annotations

from typing import Final

from ..geodata.boundaries import FAULTS
from .words import LANGUAGES, Lang

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
KINDS: Final[dict[str, Label]] = {
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
"""Kinds of findings that are not of boundaries; those have their names in ``FAULTS``."""


def kind_name(kind: str, lang: Lang) -> str:
    """Name a kind of finding.

    Examples
    --------
    >>> kind_name("overlap", "vi"), kind_name("old", "en")
    ('Chồng lấn', 'More than 5 years older than other layers')
    """
    if kind in FAULTS:
        return FAULTS[kind][lang]
    return KINDS[kind][LANGUAGES.index(lang)]


def severity_name(severity: str, lang: Lang) -> str:
    """Name a severity.

    Examples
    --------
    >>> severity_name("warning", "vi")
    'cảnh báo'
    """
    return _SEVERITIES[severity][LANGUAGES.index(lang)]


def phrase(name: str, lang: Lang) -> str:
    """Say a sentence or a heading of the page.

    Examples
    --------
    >>> phrase("layers", "en")
    'Score of each layer'
    """
    return _TEXTS[name][LANGUAGES.index(lang)]
