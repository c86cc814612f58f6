"""Every word of the village register, in Vietnamese and English: columns, states, figures.

The terms are those of the ministry's reports: *trắng sóng* where there is no signal, *lõm sóng* where
it is weak, *lõm điện* where there is no grid, *chưa có dữ liệu* where nothing is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from ..coverage.classes import FLAGS
from . import column_words
from .words import LANGUAGES, Lang, pair, word

Label = tuple[str, str]
"""Vietnamese, English."""

COLUMNS: Final[dict[str, Label]] = {
    "number": ("STT", "No."),
    "province_code": column_words.HEADERS["province_code"],
    "province_name": column_words.HEADERS["province_name"],
    "commune_code": column_words.HEADERS["commune_code"],
    "commune_name": column_words.HEADERS["commune_name"],
    "record": ("Dòng này là", "This row is"),
    "village": ("Thôn, bản", "Village"),
    "kind": ("Loại", "Kind"),
    "area_class": ("Khu vực", "Area class"),
    **{flag: column_words.HEADERS[flag] for flag in FLAGS},
    "households": ("Số hộ", "Households"),
    "people": ("Số nhân khẩu", "Persons"),
    "signal": ("Tình trạng sóng", "Signal"),
    "power": ("Tình trạng điện", "Power"),
    "fibre": ("Cáp quang", "Fibre"),
    "lacks": pair("lacks"),
    "evidence": ("Loại bằng chứng", "Evidence class"),
    "vn2000_x_m": ("VN-2000 X, Bắc (m)", "VN-2000 X, north (m)"),
    "vn2000_y_m": ("VN-2000 Y, Đông (m)", "VN-2000 Y, east (m)"),
    "vn2000_meridian_deg": ("VN-2000, kinh tuyến trục (°)", "VN-2000, central meridian (°)"),
    "lon": column_words.HEADERS["lon"],
    "lat": column_words.HEADERS["lat"],
    "zone_id": pair("dead_zone"),
    "fibre_km": ("Cách điểm cáp quang gần nhất (km)", "To the nearest fibre (km)"),
    "power_km": ("Cách lưới điện gần nhất (km)", "To the nearest grid (km)"),
    "site_km": ("Cách trạm gần nhất (km)", "To the nearest site (km)"),
    "upgrade_id": ("Mã đề xuất", "Proposal"),
    "upgrade_rank": ("Thứ tự đề xuất", "Rank of the proposal"),
    "upgrade_kind": ("Giải pháp đề xuất", "Proposed solution"),
    "upgrade_service": ("Dịch vụ được bổ sung", "Service it brings"),
    "upgrade_people_gained": (
        "Số người được phục vụ thêm nhờ đề xuất",
        "People gained by the proposal",
    ),
    "upgrade_cost_vnd": ("Kinh phí đề xuất (triệu đồng)", "Cost of the proposal (million VND)"),
    "upgrade_scope": ("Phạm vi đề xuất", "Scope of the proposal"),
    "owner": ("Đơn vị chịu trách nhiệm", "Responsible unit"),
    "due": ("Thời hạn", "Deadline"),
    "status_reported": ("Tình trạng theo báo cáo", "Status reported"),
    "status_date": ("Ngày báo cáo", "Date of the report"),
    "fund": ("Nguồn vốn", "Source of funds"),
    "source": ("Nguồn số liệu", "Source"),
    "status_measured": ("Tình trạng theo kết quả phân tích", "Status by this analysis"),
    "overdue": ("Quá hạn", "Overdue"),
    "done_but_lacking": (
        "Báo cáo đã xong nhưng phân tích cho thấy còn thiếu",
        "Reported done, still lacking by this analysis",
    ),
}
"""Of the register; the signal of each operator comes beside them."""

STATES: Final[dict[str, dict[str, Label]]] = {
    "record": {
        "place": ("thôn, bản, khu dân cư", "settlement"),
        "zone": ("cụm dân cư trong vùng lõm", "people of a dead zone"),
        "rest": ("dân cư còn lại của xã", "other people of the commune"),
    },
    "area_class": {
        "I": ("I", "I"),
        "II": ("II", "II"),
        "III": ("III", "III"),
        "outside": ("ngoài vùng", "outside the region"),
    },
    **{flag: {"yes": ("có", "yes"), "no": ("không", "no")} for flag in FLAGS},
    "signal": {
        "none": ("trắng sóng", "no signal"),
        "weak": ("lõm sóng", "weak signal"),
        "lacking": (
            "trắng sóng hoặc lõm sóng, chưa phân biệt được",
            "no signal or a weak one, not known which",
        ),
        "no_5g": ("lõm 5G", "no 5G"),
        "served": ("có sóng", "signal"),
        "2g": ("có 2G", "2G"),
        "3g": ("có 3G", "3G"),
        "4g": ("có 4G", "4G"),
        "5g": ("có 5G", "5G"),
        "congested": ("nghẽn mạng", "congested"),
    },
    "power": {
        "grid": ("có điện lưới quốc gia", "national grid"),
        "unstable": ("có điện lưới, chưa ổn định", "national grid, unstable"),
        "local": ("nguồn điện tại chỗ", "local source"),
        "none": ("lõm điện", "no grid"),
    },
    "fibre": {
        "served": ("có cáp quang", "fibre"),
        "none": ("chưa có cáp quang", "no fibre"),
    },
    "upgrade_scope": {
        "zone": ("vùng lõm của thôn, bản", "the settlement's dead zone"),
        "commune": ("cùng xã", "the same commune"),
    },
    "status_measured": {
        "complete": ("đủ dịch vụ", "nothing lacking"),
        "lacking": ("còn thiếu", "still lacking"),
    },
}
"""What a cell may say, by column; null is *chưa có dữ liệu* everywhere."""

STATUSES: Final[dict[str, Label]] = {
    "done": ("đã xong", "done"),
    "in_progress": ("đang làm", "in progress"),
    "not_started": ("chưa làm", "not started"),
    "cancelled": ("đã dừng", "cancelled"),
}
"""What a task's owner may report."""

_PEOPLE: Final[Label] = ("{name} (số nhân khẩu)", "{name} (persons)")

FIGURES: Final[dict[str, Label]] = {
    "nation": ("Cả nước", "Nation"),
    "settlements": ("Số điểm dân cư", "Settlements and clusters"),
    "places": ("Số thôn, bản", "Villages"),
    "clusters": ("Số cụm dân cư trong vùng lõm", "Clusters in dead zones"),
    "people": COLUMNS["people"],
    "households": COLUMNS["households"],
    "uncounted": ("Chưa có số nhân khẩu", "Persons not known"),
    "lacking": ("Thiếu ít nhất một dịch vụ", "Lacking a service"),
    "complete": ("Đủ dịch vụ", "Nothing lacking"),
    "lacks_unknown": ("Dịch vụ: chưa có dữ liệu", "Services: no data yet"),
    "no_signal": ("Trắng sóng", "No signal"),
    "weak_signal": ("Lõm sóng", "Weak signal"),
    "signal_lacking": ("Trắng sóng hoặc lõm sóng", "No signal or a weak one"),
    "no_5g": ("Lõm 5G", "No 5G"),
    "with_signal": ("Có sóng", "With signal"),
    "signal_unknown": ("Sóng: chưa có dữ liệu", "Signal: no data yet"),
    "no_grid": ("Lõm điện", "No grid"),
    "local_power": ("Nguồn điện tại chỗ", "Local source"),
    "unstable_grid": ("Có điện lưới, chưa ổn định", "National grid, unstable"),
    "with_grid": ("Có điện lưới quốc gia", "With the national grid"),
    "power_unknown": ("Điện: chưa có dữ liệu", "Power: no data yet"),
    "no_fibre": ("Chưa có cáp quang", "No fibre"),
    "with_fibre": ("Có cáp quang", "With fibre"),
    "fibre_unknown": ("Cáp quang: chưa có dữ liệu", "Fibre: no data yet"),
    "overdue": ("Quá hạn", "Overdue"),
}
"""Of the totals; those that end in ``_people`` are made of these."""


def header(column: str, lang: Lang, manifest: Mapping[str, Any] | None = None) -> str:
    """Say what a column of the register or of its totals is.

    Parameters
    ----------
    column : str
    lang : {"vi", "en"}
    manifest : mapping, optional
        Of the result: it names the services and the operators.

    Returns
    -------
    str

    Examples
    --------
    >>> header("households", "vi"), header("no_signal_people", "vi")
    ('Số hộ', 'Trắng sóng (số nhân khẩu)')
    """
    at = LANGUAGES.index(lang)
    if column in COLUMNS:
        return COLUMNS[column][at]
    if column in FIGURES:
        return FIGURES[column][at]
    stem = column.removesuffix("_people")
    if stem in FIGURES:
        return _PEOPLE[at].format(name=FIGURES[stem][at])
    return _of_operator(column, lang, manifest or {}) or column_words.header(column, lang, manifest)


def written(
    column: str, values: pd.Series, lang: Lang, manifest: Mapping[str, Any] | None = None
) -> list[str]:
    """Write the values of a column as they are read, not yet escaped.

    Parameters
    ----------
    column : str
    values : Series
    lang : {"vi", "en"}
    manifest : mapping, optional
        Of the result.

    Returns
    -------
    list of str
        What is unknown says so; where no upgrade is proposed, or no dead zone is, there is none.

    Examples
    --------
    >>> written("signal", pd.Series(["none", "weak", None]), "vi")
    ['trắng sóng', 'lõm sóng', 'chưa có dữ liệu']
    >>> written("due", pd.Series(pd.to_datetime(["2026-03-31"])), "vi")
    ['31/03/2026']
    """
    at, nothing = LANGUAGES.index(lang), word("no_data", lang)
    if (column.startswith("upgrade_") or column == "zone_id") and values.isna().any():
        known = written(column, values.dropna(), lang, manifest)
        told = pd.Series(word("none", lang), values.index)
        told[values.notna()] = known
        return told.tolist()
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        form = "%d/%m/%Y" if lang == "vi" else "%Y-%m-%d"
        return values.dt.strftime(form).fillna(nothing).tolist()
    states = STATUSES if column == "status_reported" else STATES.get(_family(column))
    if states is not None:
        words = {key: both[at] for key, both in states.items()}
        return [nothing if pd.isna(one) else words.get(str(one), str(one)) for one in values]
    return column_words.written(_TWINS.get(column, column), values, lang, manifest)


_TWINS: Final = {
    "upgrade_kind": "kind",
    "upgrade_service": "service",
    "upgrade_cost_vnd": "cost_vnd",
    "upgrade_people_gained": "people_gained",
}
"""Columns of the register that are written as those of another table."""


def _family(column: str) -> str:
    return "signal" if column.startswith("signal_") else column


def _of_operator(column: str, lang: Lang, manifest: Mapping[str, Any]) -> str | None:
    """Name the signal of one operator, with the service where the study has several mobile ones."""
    services = {
        key: one for key, one in manifest.get("services", {}).items() if one["type"] == "mobile"
    }
    for service in services.values():
        for operator, share in service.get("operators", {}).items():
            if column == "signal_" + share.removesuffix("_people_pct"):
                name = f"{operator}, {service[f'name_{lang}']}" if len(services) > 1 else operator
                return f"{COLUMNS['signal'][LANGUAGES.index(lang)]}: {name}"
    return None
