"""Every word that stands on the map page, in Vietnamese and English, and how numbers are written.

The Vietnamese terms are those of the ministry's reports: *điểm lõm sóng*, *vùng lõm*, *chưa có dữ
liệu*. Unknown is never written as zero.
"""

from typing import Final, Literal, get_args

from .comparison_words import COMPARISON_WORDS
from .page_words import PAGE_WORDS

Lang = Literal["vi", "en"]
LANGUAGES: Final[tuple[Lang, ...]] = get_args(Lang)

# In both languages at once, for what cannot switch its language: a table in a notebook.
SYNTHETIC_BAND: Final = "Dữ liệu giả lập · synthetic data"

WORDS: Final[dict[str, tuple[str, str]]] = {
    # numbers
    "thousands": (".", ","),
    "decimal": (",", "."),
    "percent": ("{n} %", "{n}%"),
    "persons": ("{n} người", "{n} people"),
    "million_vnd": ("{n} triệu đồng", "VND {n} million"),
    "billion_vnd": ("{n} tỷ đồng", "VND {n} billion"),
    "trillion_vnd": ("{n} nghìn tỷ đồng", "VND {n} trillion"),
    "km": ("{n} km", "{n} km"),
    "km2": ("{n} km²", "{n} km²"),
    "no_data": ("chưa có dữ liệu", "no data yet"),
    "none": ("không có", "none"),
    # headline numbers
    "dead_people": ("Người trong vùng lõm", "People in dead zones"),
    "all_served": ("Người đủ mọi dịch vụ", "People with all services"),
    "all_services": ("Đủ mọi dịch vụ", "All services"),
    "dead_zones": ("Vùng lõm", "Dead zones"),
    # colouring
    "color_by": ("Tô màu xã theo", "Colour communes by"),
    "overall": ("Chung", "Overall"),
    "by_service": ("Tỷ lệ người được phục vụ", "Share of people served"),
    "by_operator": ("Từng nhà mạng", "By operator"),
    "score": ("Điểm số (0–100)", "Score (0–100)"),
    "darker": ("Màu càng đậm càng thiếu nhiều", "The darker, the more is lacking"),
    "communes_count": ("số xã", "communes"),
    "from": ("từ {n}", "{n} or more"),
    "below": ("dưới {n}", "below {n}"),
    # layers
    "layers": ("Lớp bản đồ", "Layers"),
    "layer_communes": ("Xã, phường, đặc khu", "Communes"),
    "layer_zones": ("Vùng lõm", "Dead zones"),
    "zones_off": (
        "Tắt lúc đầu: vùng lõm phủ {share} diện tích và che màu của các xã.",
        "Off at first: dead zones cover {share} of the area and hide the communes' colours.",
    ),
    "layer_upgrades": ("Đề xuất nâng cấp", "Proposed upgrades"),
    "layer_villages": ("Thôn, bản thiếu dịch vụ", "Villages lacking a service"),
    "layer_signal": ("Sóng dự báo", "Predicted signal"),
    "signal_level": (
        "Mức sóng ({unit}) đạt được ở {share} số điểm",
        "Level ({unit}) reached at {share} of places",
    ),
    "signal_usable": ("vừa đạt ngưỡng", "just usable"),
    "signal_weak": ("dưới ngưỡng", "not usable"),
    "signal_none": (
        "Không tô màu: yếu hơn nữa hoặc không có sóng.",
        "Left uncoloured: weaker still, or no signal.",
    ),
    "between": ("{low} đến {high}", "{low} to {high}"),
    "layer_borders": ("Ranh giới và tên", "Borders and names"),
    "layer_relief": ("Địa hình, bóng núi", "Relief"),
    "layer_graticule": ("Lưới kinh vĩ", "Graticule"),
    "to_build": ("Phương án và kịch bản", "The plan and its scenarios"),
    "existing": ("Hạ tầng hiện có", "Existing network"),
    "site": ("Trạm", "Sites"),
    "node": ("Nút", "Nodes"),
    "line": ("Tuyến", "Lines"),
    "area": ("Vùng công bố", "Declared areas"),
    "planned": ("Tuyến đề xuất xây dựng", "Lines to build"),
    "added": ("Kịch bản thêm", "Scenario adds"),
    "dropped": ("Kịch bản bỏ", "Scenario drops"),
    "lacks": ("Thiếu", "Lacks"),
    "shown_of": ("vẽ {shown} trong {n}", "{shown} of {n} drawn"),
    "largest": ("chỉ những mục lớn nhất", "only the largest"),
    "zoom_to_see": ("phóng to để thấy", "zoom in to see"),
    # a commune
    "code": ("mã {n}", "code {n}"),
    "rank": ("Thứ tự ưu tiên", "Priority rank"),
    "rank_of": ("{rank} trong {n}", "{rank} of {n}"),
    "tied": ("cùng điểm với xã khác", "tied"),
    "people": ("Dân số", "People"),
    "area_km2": ("Diện tích", "Area"),
    "score_short": ("Điểm số", "Score"),
    "served": ("Tỷ lệ người được phục vụ", "Share of people served"),
    "national": ("cả nước {n}", "nation {n}"),
    "overall_mark": ("toàn vùng {n}", "whole area {n}"),
    "area_served": ("Diện tích được phủ", "Area covered"),
    "operators": ("Từng nhà mạng", "By operator"),
    "zones_here": ("Vùng lõm trong xã", "Dead zones here"),
    "upgrades_here": ("Đề xuất trong xã", "Proposed upgrades here"),
    "and_more": ("và {n} mục nữa", "and {n} more"),
    "evidence_weakest": ("Bằng chứng yếu nhất", "Weakest evidence"),
    "link_here": ("Liên kết tới đây", "Link to this place"),
    "no_shape": ("Chưa có ranh giới để vẽ", "No border to draw"),
    "see_commune": ("Xem xã", "See the commune"),
    # a dead zone, an upgrade, a place, an asset
    "dead_zone": ("Vùng lõm", "Dead zone"),
    "upgrade": ("Đề xuất", "Proposal"),
    "severity": ("Mức thiếu", "Share of services lacking"),
    "nearest_place": ("Nơi gần nhất", "Nearest place"),
    "distance_to": ("Cách hạ tầng gần nhất: {name}", "Nearest network: {name}"),
    "service": ("Dịch vụ", "Service"),
    "people_gained": ("Thêm người được phục vụ", "People gained"),
    "cost": ("Chi phí", "Cost"),
    "people_per_billion_vnd": ("Người trên một tỷ đồng", "People per billion VND"),
    "cumulative": ("Cộng dồn tới đây", "Together with those before"),
    "depends_on": ("Phải chờ", "Waits for"),
    "connected_by": ("Nối bằng", "Connected by"),
    "cable": ("cáp quang", "fibre cable"),
    "microwave": ("viba", "microwave"),
    "leo": ("vệ tinh tầm thấp", "LEO satellite"),
    "grid": ("đường dây trung áp", "medium-voltage line"),
    "solar": ("điện mặt trời", "solar power"),
    "unlocks": ("Mở đường cho", "Opens the way for"),
    "alone": ("Nếu làm riêng", "If built alone"),
    "lost_without": ("Không có nó, số người mất", "People who lose without it"),
    "for_zone": ("Cho vùng lõm", "For dead zone"),
    "operator": ("Nhà mạng", "Operator"),
    "lacks_nothing": ("đủ dịch vụ", "nothing"),
    "new_site": ("Trạm mới", "New site"),
    "fibre_extension": ("Kéo dài cáp quang", "Fibre extension"),
    "grid_extension": ("Kéo dài lưới điện", "Grid extension"),
    "add_radio": ("Thêm sóng trên trạm có sẵn", "New radio on a standing site"),
    "tune_site": ("Tối ưu trạm có sẵn", "Standing site tuned"),
    "leo_community": ("Internet vệ tinh cho cộng đồng", "LEO satellite for a community"),
    "mini_grid": ("Lưới điện nhỏ", "Mini-grid"),
    "household_solar": ("Điện mặt trời hộ gia đình", "Household solar"),
    "city": ("thành phố", "city"),
    "town": ("thị trấn", "town"),
    "village": ("thôn, bản", "village"),
    "hamlet": ("xóm", "hamlet"),
    "suburb": ("khu dân cư", "suburb"),
    "locality": ("địa điểm", "locality"),
    "island": ("đảo", "island"),
    "farm": ("trang trại", "farm"),
    "county": ("huyện cũ", "former district"),
    "region": ("vùng", "region"),
    "national_capital": ("thủ đô", "national capital"),
    "settlement": ("nơi ở", "settlement"),
    # trust
    "sources": ("Nguồn dữ liệu", "Data sources"),
    "threshold": ("Ngưỡng", "Threshold"),
    "measured": ("đo thực tế", "measured"),
    "declared": ("đơn vị công bố", "declared by its owner"),
    "predicted": ("tính từ mô hình", "predicted by a model"),
    "proxy": ("ước tính gián tiếp", "proxy"),
    "synthetic": ("giả lập", "synthetic"),
    "role_communes": ("Địa giới hành chính", "Administrative boundaries"),
    "role_people": ("Dân cư", "People"),
    "role_places": ("Thôn, bản", "Villages"),
    "role_anchors": ("Trường học, trạm y tế, trụ sở", "Schools, clinics, offices"),
    "role_roads": ("Đường bộ", "Roads"),
    "role_terrain": ("Địa hình", "Terrain"),
    "role_land_cover": ("Lớp phủ mặt đất", "Land cover"),
    "role_people_totals": ("Số dân công bố của xã", "Published people of communes"),
    "role_classes": ("Phân loại xã", "Classes of communes"),
    "role_tasks": ("Nhiệm vụ", "Tasks"),
    "role_definitions": ("Định nghĩa", "Definitions"),
    "precision": (
        "Ranh giới được đơn giản hóa khoảng {m} m và làm tròn {r} m: chỉ để xem, không dùng để đo.",
        "Borders are simplified by about {m} m and rounded to {r} m: to look at, not to measure.",
    ),
    "precision_full": (
        "Ranh giới vẽ đầy đủ, tọa độ làm tròn {r} m.",
        "Borders are drawn in full, coordinates rounded to {r} m.",
    ),
    "palettes": (
        "Màu phân biệt được cả với người mù màu: dịch vụ theo Okabe và Ito, xã từ kem đến nâu sẫm.",
        "Colours are safe for colour-blind readers: Okabe and Ito for services, cream to umber for communes.",
    ),
    "public": (
        "Bản công khai: không có vị trí hạ tầng hiện có; vị trí đề xuất làm tròn khoảng 1 km.",
        "Public edition: no existing network; proposals are placed to about 1 km.",
    ),
    "synthetic_band": ("Dữ liệu giả lập", "Synthetic data"),
    "proxy_band": (
        "Ước tính gián tiếp, chưa phải vùng phủ thật",
        "Proxy evidence, not actual coverage",
    ),
    "synthetic_note": (
        "Trang này có lớp dữ liệu giả lập, không mô tả nơi có thật.",
        "This page holds made-up data and does not describe reality.",
    ),
    **PAGE_WORDS,
    **COMPARISON_WORDS,
}


def of_page(*, comparing: bool) -> dict[str, tuple[str, str]]:
    """Give the words that one page needs.

    Parameters
    ----------
    comparing
        Whether the page compares two results; only such a page carries the words for it.

    Returns
    -------
    dict
        A part of ``WORDS``.

    Examples
    --------
    >>> "view_change" in of_page(comparing=True), "view_change" in of_page(comparing=False)
    (True, False)
    """
    return {key: both for key, both in WORDS.items() if comparing or key not in COMPARISON_WORDS}


def pair(key: str) -> tuple[str, str]:
    """Give both languages of a word.

    Parameters
    ----------
    key
        A key of ``WORDS``.

    Returns
    -------
    tuple of str
        Vietnamese, English.

    Examples
    --------
    >>> pair("no_data")
    ('chưa có dữ liệu', 'no data yet')
    """
    return WORDS[key]


def word(key: str, lang: Lang, **slots: str) -> str:
    """Give a word in one language.

    Parameters
    ----------
    key
        A key of ``WORDS``.
    lang
        ``"vi"`` or ``"en"``.
    **slots
        Text for the named places of the word.

    Returns
    -------
    str
        The word with its places filled.

    Examples
    --------
    >>> word("persons", "vi", n="1.200")
    '1.200 người'
    """
    return WORDS[key][LANGUAGES.index(lang)].format(**slots)


def number(value: float, lang: Lang, digits: int = 0) -> str:
    """Write a number in a language's own form.

    Parameters
    ----------
    value
        A finite number.
    lang
        ``"vi"`` or ``"en"``.
    digits
        Decimals.

    Returns
    -------
    str
        1.234.567,8 in Vietnamese, 1,234,567.8 in English.

    Examples
    --------
    >>> number(1234567.8, "vi", 1)
    '1.234.567,8'
    """
    english = f"{value:,.{digits}f}"
    swap = str.maketrans({",": word("thousands", lang), ".": word("decimal", lang)})
    return english.translate(swap)
