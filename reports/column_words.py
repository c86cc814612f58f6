"""What the columns of a result are called in a table for people, and how their values are written.

The terms are those of the map and of the ministry's reports; units stand in the header, so that a
cell holds a number alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from ..coverage.services import SERVICES
from . import measures
from .words import LANGUAGES, WORDS, Lang, number, pair, word

Label = tuple[str, str]
"""Vietnamese, English."""

MILLION_VND: Final = 1e6
"""Money is shown in the unit of the ministry's forms, triệu đồng."""

HEADERS: Final[dict[str, Label]] = {
    "commune_code": ("Mã xã", "Commune code"),
    "commune_name": ("Xã, phường, đặc khu", "Commune"),
    "province_code": ("Mã tỉnh", "Province code"),
    "province_name": pair("province"),
    "name": ("Tên", "Name"),
    "area_km2": ("Diện tích (km²)", "Area (km²)"),
    "people": pair("people"),
    "dead_people": pair("dead_people"),
    "lacking_people": ("Người thiếu ít nhất một dịch vụ", "People lacking a service"),
    "score": pair("score_short"),
    "rank": pair("rank"),
    "rank_tied": ("Đồng hạng", "Tied"),
    "villages": ("Thôn, bản", "Villages"),
    "villages_lacking": ("Thôn, bản thiếu dịch vụ", "Villages lacking a service"),
    "anchors": ("Trường, trạm y tế, trụ sở", "Schools, clinics, offices"),
    "anchors_lacking": ("Trường, trạm y tế, trụ sở thiếu dịch vụ", "Those lacking a service"),
    "road_km": ("Đường bộ (km)", "Road (km)"),
    "people_total": ("Số dân công bố", "Published people"),
    "people_raster": ("Số dân theo lưới", "People of the raster"),
    "area_class": ("Khu vực", "Area class"),
    "mountainous": ("Miền núi", "Mountainous"),
    "border": ("Biên giới", "On the land border"),
    "island": ("Hải đảo", "Island"),
    "zone_id": pair("dead_zone"),
    "lacks": pair("lacks"),
    "severity": pair("severity"),
    "communes": ("Người theo xã", "People by commune"),
    "nearest_place": pair("nearest_place"),
    "nearest_place_km": ("Cách nơi gần nhất (km)", "To the nearest place (km)"),
    "elevation_m": ("Độ cao (m)", "Elevation (m)"),
    "lon": ("Kinh độ", "Longitude"),
    "lat": ("Vĩ độ", "Latitude"),
    "upgrade_id": pair("upgrade"),
    "kind": ("Loại", "Kind"),
    "service": pair("service"),
    "operator": pair("operator"),
    "people_gained": pair("people_gained"),
    "cost_vnd": ("Chi phí (triệu đồng)", "Cost (million VND)"),
    "budget_vnd": ("Ngân sách (triệu đồng)", "Budget (million VND)"),
    "people_per_billion_vnd": pair("people_per_billion_vnd"),
    "cumulative_people": ("Số người, cộng dồn", "People, cumulative"),
    "cumulative_cost_vnd": ("Chi phí, cộng dồn (triệu đồng)", "Cost, cumulative (million VND)"),
    "cumulative_distinct_people": (
        "Số người, cộng dồn, mỗi người tính một lần",
        "People, cumulative, each counted once",
    ),
    "depends_on": pair("depends_on"),
    "unlocks": pair("unlocks"),
    "alone_vnd": ("Nếu làm riêng (triệu đồng)", "If built alone (million VND)"),
    "lost_without": pair("lost_without"),
    "stability": ("Độ ổn định", "Stability"),
    "scenario": ("Kịch bản", "Scenario"),
    "upgrades": ("Số đề xuất", "Proposals"),
    "upper_bound": ("Cận trên", "Upper bound"),
    "length_km": ("Chiều dài (km)", "Length (km)"),
    "layer": ("Lớp dữ liệu", "Layer"),
    "role": ("Dùng làm", "Role"),
    "evidence": ("Bằng chứng", "Evidence"),
    "owner": ("Chủ số liệu", "Owner"),
    "date": ("Ngày", "Date"),
    "licence": ("Giấy phép sử dụng", "Licence"),
    "sha256": ("SHA-256", "SHA-256"),
}

_OF_A_SERVICE: Final[dict[str, Label]] = {
    "_people_pct": ("{name} (% người)", "{name} (% of people)"),
    "_area_pct": ("{name} (% diện tích)", "{name} (% of area)"),
    "_road_pct": ("{name} (% đường bộ)", "{name} (% of roads)"),
    "_lacking_people": ("{name}: người còn thiếu", "{name}: people lacking it"),
    "_known_people": ("{name}: người đã có dữ liệu", "{name}: people with data"),
    "_known_area": ("{name}: diện tích đã có dữ liệu (km²)", "{name}: area with data (km²)"),
    "_way_km": ("{name}: chiều dài nối (km)", "{name}: length of the link (km)"),
    "_way": ("{name}: nối bằng", "{name}: connected by"),
    "_km": ("{name}: cách hạ tầng (km)", "{name}: distance to the network (km)"),
}
"""Ends of the names of columns that each service has; a longer end stands before a shorter one."""

_DIGITS: Final = {
    "_pct": 1, "_km": 1, "_km2": 1, "_known_area": 1, "score": 1, "people": 0, "_vnd": 0, "_m": 0,
    "people_gained": 0, "lost_without": 0, "severity": 2, "stability": 2, "lon": 4, "lat": 4,
    "upper_bound": 0,
}  # fmt: skip
"""Decimals, by the end of a column's name."""

_OTHER_DIGITS: Final = 1
"""Of a column that we do not know, where it has decimals."""

_YES: Final[dict[bool, Label]] = {True: ("có", "yes"), False: ("không", "no")}


def header(column: str, lang: Lang, manifest: Mapping[str, Any] | None = None) -> str:
    """Say what a column is, in one language.

    Parameters
    ----------
    column : str
        Its name in a table of a result.
    lang : {"vi", "en"}
    manifest : mapping, optional
        Of the result: it names the services and the operators.

    Returns
    -------
    str
        The name itself where the column is none of a result's.

    Examples
    --------
    >>> header("fibre_people_pct", "vi"), header("cost_vnd", "en"), header("mine", "vi")
    ('Cáp quang (% người)', 'Cost (million VND)', 'mine')
    """
    at = LANGUAGES.index(lang)
    if column in HEADERS:
        return HEADERS[column][at]
    names = _service_names(manifest)
    for end, label in _OF_A_SERVICE.items():
        key = column.removesuffix(end)
        if key != column and key == "all":
            return label[at].format(name=pair("all_services")[at])
        if key != column and (name := _named(key, names, manifest)):
            return label[at].format(name=name[at])
    return column


def _service_names(manifest: Mapping[str, Any] | None) -> dict[str, Label]:
    known = {key: {"name_vi": one.name_vi, "name_en": one.name_en} for key, one in SERVICES.items()}
    said = (manifest or {}).get("services", {})
    return measures.service_names({"services": {**known, **said}})


def _named(
    key: str, names: Mapping[str, Label], manifest: Mapping[str, Any] | None
) -> Label | None:
    """Name a service, or an operator of one, by what its columns begin with."""
    if key in names:
        return names[key]
    for service, (vi, en) in names.items():
        if key.startswith(f"{service}_"):
            about = (manifest or {}).get("services", {}).get(service, {})
            column = f"{key}_people_pct"
            told = [name for name, own in about.get("operators", {}).items() if own == column]
            operator = told[0] if told else key.removeprefix(f"{service}_")
            return f"{vi}, {operator}", f"{en}, {operator}"
    return None


def is_number(values: pd.Series) -> bool:
    """Whether a column is written as numbers, and stands to the right.

    Examples
    --------
    >>> is_number(pd.Series([1.5])), is_number(pd.Series([True])), is_number(pd.Series(["01234"]))
    (True, False, False)
    """
    kind = values.dtype
    return pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind)


def written(
    column: str, values: pd.Series, lang: Lang, manifest: Mapping[str, Any] | None = None
) -> list[str]:
    """Write the values of a column as they are read, not yet escaped.

    Parameters
    ----------
    column : str
        Its name in a table of a result; money (``_vnd``) is written in millions.
    values : Series
    lang : {"vi", "en"}
    manifest : mapping, optional
        Of the result: it names the services.

    Returns
    -------
    list of str
        One text a value; what is unknown says so, and is never a zero.

    Examples
    --------
    >>> written("people", pd.Series([1234.5, None]), "vi")
    ['1.234', 'chưa có dữ liệu']
    >>> written("lacks", pd.Series(["mobile+fibre", ""]), "en")
    ['mobile signal, fibre', 'nothing']
    """
    if is_number(values):
        digits = _digits(column, values)
        scale = MILLION_VND if _is_money(column) else 1.0
        plain = values.to_numpy(dtype=np.float64, na_value=np.nan) / scale
        return [
            number(float(one), lang, digits) if np.isfinite(one) else word("no_data", lang)
            for one in plain
        ]
    names = {key: label[LANGUAGES.index(lang)] for key, label in _service_names(manifest).items()}
    return [
        word("no_data", lang) if pd.isna(one) else _text(column, one, lang, names) for one in values
    ]


def _is_money(column: str) -> bool:
    return column.endswith("_vnd") and column != "people_per_billion_vnd"


def _digits(column: str, values: pd.Series) -> int:
    if pd.api.types.is_integer_dtype(values.dtype):
        return 0
    ends = [end for end in _DIGITS if column.endswith(end)]
    if ends:
        return _DIGITS[max(ends, key=len)]
    known = values.to_numpy(dtype=np.float64, na_value=np.nan)
    known = known[np.isfinite(known)]
    return _OTHER_DIGITS if (known % 1.0).any() else 0


def _text(column: str, value: object, lang: Lang, services: Mapping[str, str]) -> str:
    if isinstance(value, bool | np.bool_):
        return _YES[bool(value)][LANGUAGES.index(lang)]
    text = str(value)
    if column == "lacks":
        keys = text.split("+") if text else []
        lacking = [_small(services[key]) if key in services else key for key in keys]
        return ", ".join(lacking) or word("lacks_nothing", lang)
    if column in ("service", "role") and text in services:
        return services[text]
    if column in ("depends_on", "unlocks"):
        return text.replace(";", ", ")
    if column == "date" and lang == "vi":
        return re.sub(r"^(\d{4})-(\d{2})-(\d{2})$", r"\3/\2/\1", text)
    key = f"role_{text}" if column == "role" else text
    in_words = column in ("kind", "evidence", "role") or column.endswith("_way")
    return word(key, lang) if in_words and key in WORDS else text


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]
