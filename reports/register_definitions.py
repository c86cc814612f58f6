"""What the terms of the register mean, as it is counted here; another definition stands beside it."""

from __future__ import annotations

from typing import Final

DEFINITIONS: Final[dict[str, tuple[tuple[str, str], tuple[str, str]]]] = {
    "none": (
        ("trắng sóng", "no signal"),
        (
            (
                "Tại trung tâm thôn, bản, không nhà mạng nào có sóng: nằm ngoài mọi vùng phủ đã công bố, "
                "và mức tín hiệu dự báo dưới -121 dBm."
            ),
            (
                "At the centre of the settlement no operator has any signal: outside all declared "
                "areas, and predicted below -121 dBm."
            ),
        ),
    ),
    "weak": (
        ("lõm sóng", "weak signal"),
        (
            "Có tín hiệu từ -121 dBm trở lên nhưng nơi ấy chưa đạt ngưỡng của bài toán.",
            "There is a signal of -121 dBm or more, but the place does not meet the threshold.",
        ),
    ),
    "lacking": (
        ("trắng sóng hoặc lõm sóng, chưa phân biệt được", "no signal or a weak one"),
        (
            "Chưa đạt ngưỡng; chưa có mức tín hiệu nên chưa phân biệt được trắng sóng hay lõm sóng.",
            "The threshold is not met; no level is known by which to tell the two apart.",
        ),
    ),
    "no_5g": (
        ("lõm 5G", "no 5G"),
        (
            "Không có 5G; bài toán chỉ xét 5G nên không nói gì về 4G.",
            "There is no 5G; the study looks at 5G alone and says nothing of 4G.",
        ),
    ),
    "congested": (
        ("nghẽn mạng", "congested"),
        (
            "Có sóng nhưng tốc độ đo được thấp hơn ngưỡng của bài toán.",
            "There is signal, but the speed that was measured is below the study's threshold.",
        ),
    ),
    "no_grid": (
        ("lõm điện", "no grid"),
        (
            "Cách lưới điện xa hơn ngưỡng của bài toán; có thể có nguồn điện tại chỗ.",
            "Farther from the grid than the study's threshold; there may be a local source.",
        ),
    ),
    "cluster": (
        ("cụm dân cư trong vùng lõm", "people of a dead zone"),
        (
            "Xã không có danh sách thôn, bản: mỗi vùng lõm là một dòng, dân cư còn lại là một dòng.",
            "Where a commune has no list of settlements: one row a dead zone, one for the others.",
        ),
    ),
    "overdue": (
        ("quá hạn", "overdue"),
        (
            "Đến ngày lập sổ đã qua thời hạn mà chưa được báo cáo là đã xong.",
            "On the day of the register the deadline has passed and it is not reported done.",
        ),
    ),
    "unknown": (
        ("chưa có dữ liệu", "no data yet"),
        (
            "Không suy ra được từ số liệu đã có; không phải là số không.",
            "Does not follow from the data at hand; it is no zero.",
        ),
    ),
}
"""By key: the term, and what it means; each in Vietnamese and English."""

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "summary": ("Tổng hợp", "Summary"),
    "villages": ("Thôn, bản", "Villages"),
    "proposals": ("Đề xuất", "Proposals"),
    "commune": ("Xã", "Communes"),
    "province": ("Tỉnh", "Provinces"),
    "about": ("Nguồn và định nghĩa", "Sources and definitions"),
    "title": ("Sổ theo dõi điểm lõm sóng, lõm điện: {level}", "Register of dead spots: {level}"),
    "as_of": ("tính đến {date}", "as of {date}"),
    "term": ("Thuật ngữ", "Term"),
    "meaning": ("Cách tính", "How it is counted"),
    "source": ("Nguồn", "Source"),
    "group": ("Phân theo", "Split by"),
    "member": ("Nhóm", "Group"),
    "whole": ("Tổng cộng", "Total"),
}
"""Of the workbook."""
