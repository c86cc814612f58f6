"""Every word that stands on the charts and not on the map page, in Vietnamese and English."""

from __future__ import annotations

from typing import Final

from .words import LANGUAGES, Lang, number, word

CHART_WORDS: Final[dict[str, tuple[str, str]]] = {
    # numbers
    "millions": ("triệu", "million"),
    "thousands_of": ("nghìn", "thousand"),
    "unit_of": ("{what} ({unit})", "{what} ({unit})"),
    "billion_unit": ("tỷ đồng", "VND billion"),
    "trillion_unit": ("nghìn tỷ đồng", "VND trillion"),
    "million_unit": ("triệu đồng", "VND million"),
    "points": ("{n} điểm", "{n} points"),
    # below every chart
    "source": ("Nguồn: {layers}.", "Sources: {layers}."),
    "owner_unknown": ("chưa ghi tên đơn vị", "owner not given"),
    "evidence": ("Bằng chứng yếu nhất: {evidence}.", "Weakest evidence: {evidence}."),
    # classes
    "class_between": ("{low} đến\ndưới {high}", "{low} to\nbelow {high}"),
    "class_below": ("dưới {n}", "below {n}"),
    "class_from": ("từ {n}", "{n} or more"),
    "served_of": ("Tỷ lệ người được phục vụ ({name})", "Share of people served ({name})"),
    # the map
    "by_commune": ("{measure} theo xã", "{measure} by commune"),
    # the budget
    "buys": (
        "{cost} đưa dịch vụ đến thêm {gain} lượt người",
        "{cost} brings a service to {gain} more people",
    ),
    "buys_one": (
        "{cost} đưa dịch vụ đến thêm {gain} lượt người",
        "{cost} brings a service to {gain} more person",
    ),
    "steps_one": ("{place}. {count} đề xuất.", "{place}. {count} upgrade."),
    "steps": (
        "{place}. {count} đề xuất; {share} chi phí đầu tiên đem lại một nửa kết quả.",
        "{place}. {count} upgrades; the first {share} of the cost brings half of the gain.",
    ),
    "half": ("một nửa kết quả: {cost}", "half of the gain: {cost}"),
    "budget": ("Ngân sách {cost}", "Budget {cost}"),
    "bound": (
        "Không phương án nào vượt quá {gain} lượt người",
        "No plan can reach more than {gain} people",
    ),
    "cost_axis": ("Chi phí cộng dồn", "Cumulative cost"),
    "gain_axis": ("Lượt người được phục vụ thêm", "People gained"),
    "once_a_service": (
        "Mỗi người tính một lần cho mỗi dịch vụ.",
        "Each person counts once a service.",
    ),
    # targets
    "on_target": (
        "{name}: {met} trên {n} tỉnh, thành phố đạt mục tiêu {target}",
        "{name}: {met} of {n} provinces and cities meet the target of {target}",
    ),
    "on_target_one": (
        "{name}: {met} trên {n} tỉnh, thành phố đạt mục tiêu {target}",
        "{name}: {met} of {n} provinces and cities meets the target of {target}",
    ),
    "served_by_province": (
        "{place}. Tỷ lệ người được phục vụ; thanh đậm là nơi đã đạt mục tiêu.",
        "{place}. Share of people served; a full-coloured bar meets the target.",
    ),
    "target": ("mục tiêu {n}", "target {n}"),
    "without": ("Người chưa có", "People without"),
    "lowest_only": (
        "Chỉ vẽ {shown} nơi thấp nhất trong {n}.",
        "Only the lowest {shown} of {n} are drawn.",
    ),
    # classes of communes
    "live_below": (
        "{share} dân số sống ở các xã dưới {n} điểm",
        "{share} of people live in communes that score below {n}",
    ),
    "live_served_below": (
        "{share} dân số sống ở các xã có dưới {n} người được phục vụ",
        "{share} of people live in communes with less than {n} served",
    ),
    "live_dead_from": (
        "{share} dân số sống ở các xã có từ {n} người trong vùng lõm trở lên",
        "{share} of people live in communes with {n} or more people in dead zones",
    ),
    "nothing_known": (
        "Chưa xã nào có dữ liệu",
        "No commune has data yet",
    ),
    "people_axis": ("Dân số của các xã", "People in these communes"),
    "communes": ("{n} xã", "{n}\ncommunes"),
    "communes_one": ("{n} xã", "{n}\ncommune"),
    # before and after
    "changed": (
        "{up} trên {places} tốt lên, {down} kém đi",
        "Better in {up} of {places}, worse in {down}",
    ),
    "unchanged": ("Không nơi nào thay đổi", "No place changes"),
    "before": ("trước", "before"),
    "after": ("sau", "after"),
    "before_named": ("trước: {title}", "before: {title}"),
    "after_named": ("sau: {title}", "after: {title}"),
    "worse": ("kém đi", "worse"),
    "change": ("Thay đổi", "Change"),
    "most_changed_only": (
        "Chỉ vẽ {shown} nơi thay đổi nhiều nhất trong {n}.",
        "Only the {shown} of {n} that change most are drawn.",
    ),
    "units_one": ("{n} xã, phường, đặc khu", "{n} commune, ward or special zone"),
    "in_provinces_one": ("{n} tỉnh, thành phố", "{n} province or city"),
    "not_comparable_one": (
        "Không so sánh được {n} nơi: chỉ có hoặc chỉ có dữ liệu ở một bên.",
        "{n} place cannot be compared: it is, or is known, on one side only.",
    ),
    "not_comparable": (
        "Không so sánh được {n} nơi: chỉ có hoặc chỉ có dữ liệu ở một bên.",
        "{n} places cannot be compared: they are, or are known, on one side only.",
    ),
}


def say(key: str, lang: Lang, **slots: str) -> str:
    """Give a word or sentence of the charts in one language.

    Parameters
    ----------
    key : str
        A key of ``CHART_WORDS``.
    lang : {"vi", "en"}
    **slots : str
        Text for its named places.

    Returns
    -------
    str

    Examples
    --------
    >>> say("budget", "vi", cost="500 tỷ đồng")
    'Ngân sách 500 tỷ đồng'
    """
    return CHART_WORDS[key][LANGUAGES.index(lang)].format(**slots)


def of_number(key: str, count: int, lang: Lang, /, **slots: str) -> str:
    r"""Give a sentence about a number of things: that of ``key_one`` where there is one thing.

    Examples
    --------
    >>> of_number("communes", 1, "en", n="1"), of_number("communes", 2, "vi", n="2")
    ('1\ncommune', '2 xã')
    """
    one = f"{key}_one"
    return say(one if count == 1 and one in CHART_WORDS else key, lang, **slots)


def units(count: int, lang: Lang, *, provinces: bool) -> str:
    """Count provinces or communes.

    Examples
    --------
    >>> units(1, "en", provinces=True), units(1200, "vi", provinces=False)
    ('1 province or city', '1.200 xã, phường, đặc khu')
    """
    key = "in_provinces" if provinces else "units"
    if count == 1:
        return say(f"{key}_one", lang, n=number(count, lang))
    return word(key, lang, n=number(count, lang))


def signed(value: float, lang: Lang, digits: int = 0) -> str:
    """Write a change with its sign, which nothing has that rounds to zero.

    Examples
    --------
    >>> signed(-1.25, "vi", 1), signed(0.01, "vi", 1)
    ('−1,2', '0,0')
    """
    text = number(abs(value), lang, digits)
    if not any(figure in "123456789" for figure in text):
        return text
    return f"{'−' if value < 0 else '+'}{text}"
