"""A result in plain words: what the command line says at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from ..coverage.services import SERVICES
from .words import LANGUAGES, WORDS, Lang, number, word

if TYPE_CHECKING:
    from .products import Result

FIRST: Final = 5
"""Communes and upgrades named one by one."""

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "synthetic": (
        "DỮ LIỆU GIẢ LẬP: có lớp dữ liệu là giả lập, kết quả không mô tả nơi có thật.",
        "SYNTHETIC DATA: at least one layer is made up; this describes no real place.",
    ),
    "evidence": (
        "Bằng chứng yếu nhất: {evidence}.",
        "Weakest evidence: {evidence}.",
    ),
    "people": (
        "{people} người trong {communes} xã, phường, đặc khu; {outside} người ở ngoài các xã này.",
        "{people} people in {communes} communes; {outside} people live outside them.",
    ),
    "people_area": (
        "{people} người trong {communes} xã, phường, đặc khu; khung quanh các xã này còn {outside} người khác.",
        "{people} people in {communes} communes; the window around them holds {outside} more.",
    ),
    "overlaps": (
        "{pairs} cặp xã chồng lên nhau, tổng cộng {km2} km²; người ở đó được chia cho các xã này.",
        "{pairs} pairs of communes overlap, by {km2} km² in all; people there are shared between them.",
    ),
    "unknown": (
        "Chưa có dữ liệu dân cư: {names}.",
        "No people data: {names}.",
    ),
    "lacking": (
        "  thiếu {service}: {people} người ({pct})",
        "  without {service}: {people} people ({pct})",
    ),
    "not_known": (
        "    chưa biết về {people} người khác",
        "    not known of {people} more people",
    ),
    "all": (
        "  thiếu ít nhất một dịch vụ: {people} người",
        "  without at least one of these: {people} people",
    ),
    "zones": (
        "{people} người sống trong {zones} vùng lõm.",
        "{people} people live in {zones} dead zones.",
    ),
    "dropped": (
        "{people} người ở trong {clusters} cụm nhỏ hơn {least} người, không tính là vùng lõm.",
        "{people} people live in {clusters} clusters of fewer than {least}, which are no zones.",
    ),
    "worst": ("Cần ưu tiên nhất:", "Most in need:"),
    "commune": (
        "  {rank}. {name} ({province}), mã {code}: {score} điểm, {people} người trong vùng lõm",
        "  {rank}. {name} ({province}), code {code}: score {score}, {people} people in dead zones",
    ),
    "best": (
        "Nên làm trước ({count} đề xuất, {cost}, thêm {gain} lượt người):",
        "Build first ({count} upgrades, {cost}, {gain} people served anew):",
    ),
    "bound": (
        "Phương án này đạt ít nhất {share} của phương án tốt nhất có thể (sai khác tối đa {gap}).",
        "This plan reaches at least {share} of what the best possible plan could (gap at most {gap}).",
    ),
    "proved": (
        "Đã chứng minh không có phương án nào đạt nhiều hơn trong ngân sách này.",
        "No plan within this budget gains more: proved.",
    ),
    "too_wide": (
        "LƯU Ý: sai khác này lớn hơn mức {asked} đã yêu cầu.",
        "NOTE: this gap is wider than the {asked} that was asked for.",
    ),
    "isolated": (
        "Không kéo được {network} tới {places} nơi: xa đường, hoặc đường ở đó không dẫn tới mạng này.",
        "No {network} can be brought to {places} places: too far from roads, or no road there leads to it.",
    ),
    "joined": (
        "Đã nối {count} đoạn đường rời theo yêu cầu của bài toán.",
        "{count} separate pieces of road were joined, as the study asks.",
    ),
    "why": (
        "     vì sao: {rate} người trên một tỷ đồng{ways}{saved}{opens}; không có nó mất {lost} người",
        "     why: {rate} people per billion VND{ways}{saved}{opens}; without it {lost} people lose",
    ),
    "by_way": ("; {way}", "; {way}"),
    "by_way_km": ("; {way} {km} km", "; {way} {km} km"),
    "saved": (
        ", dùng chung nên bớt {cost} so với làm riêng",
        ", {cost} less than alone, thanks to what is shared",
    ),
    "opens": ("; mở đường cho {ids}", "; opens the way for {ids}"),
    "upgrade": (
        "  {rank}. {kind} tại {commune}: thêm {people} người, {cost}{waits}",
        "  {rank}. {kind} in {commune}: {people} people, {cost}{waits}",
    ),
    "unpriced": (
        "Chưa tính chi phí kéo {services} tới nơi xây dựng: bài toán không có lớp dữ liệu về mạng này.",
        "Bringing {services} to where it is needed is not priced: the study has no layer of it.",
    ),
    "rounded": (
        "Chi phí từng đề xuất đã làm tròn, vì chi phí chính xác để lộ vị trí hạ tầng.",
        "The cost of each upgrade is rounded: exact ones would tell where sites are.",
    ),
    "waits": (", sau {ids}", ", after {ids}"),
    "nothing": (
        "Không có đề xuất nào trong ngân sách.",
        "No upgrade fits the budget.",
    ),
}


def sentences(result: Result, lang: Lang) -> Iterator[str]:
    """Say in plain words who lacks what, where it is worst, and what to build first.

    Parameters
    ----------
    result : Result
    lang : {"vi", "en"}

    Yields
    ------
    str
        One line.

    Examples
    --------
    >>> import deadzones as dz
    >>> result = dz.demo(communes=4)
    >>> next(sentences(result, "en"))
    'SYNTHETIC DATA: at least one layer is made up; this describes no real place.'
    """
    manifest, counts = result.manifest, result.manifest["counts"]
    if manifest["synthetic"]:
        yield _say("synthetic", lang)
    yield _say("evidence", lang, evidence=word(manifest["evidence"], lang))
    area = manifest["study"]["area"]
    yield _say(
        "people_area" if area["provinces"] or area["bbox"] else "people",
        lang,
        people=number(counts["people_in_communes"], lang),
        communes=number(counts["communes"], lang),
        outside=number(counts["people_outside"], lang),
    )
    if counts["overlapping_pairs"]:
        yield _say(
            "overlaps",
            lang,
            pairs=number(counts["overlapping_pairs"], lang),
            km2=number(counts["overlapping_km2"], lang, 2),
        )
    yield from _unknown(result, lang)
    yield from _lacking(manifest, lang)
    yield _say(
        "zones",
        lang,
        people=number(counts["people_in_dead_zones"], lang),
        zones=number(counts["dead_zones"], lang),
    )
    if counts["dropped_clusters"]:
        yield _say(
            "dropped",
            lang,
            people=number(counts["people_in_dropped_clusters"], lang),
            clusters=number(counts["dropped_clusters"], lang),
            least=number(manifest["study"]["dead_zones"]["min_people"], lang),
        )
    yield from worst_communes(result, lang)
    yield from first_upgrades(result, lang)


def _say(key: str, lang: Lang, **slots: str) -> str:
    return SENTENCES[key][LANGUAGES.index(lang)].format(**slots)


def _unknown(result: Result, lang: Lang) -> Iterator[str]:
    codes = result.manifest["counts"]["communes_unknown"]
    if codes:
        named = [f"{result.communes.at[code, 'commune_name']} ({code})" for code in codes[:FIRST]]
        more = [f"+{len(codes) - FIRST}"] if len(codes) > FIRST else []
        yield _say("unknown", lang, names=", ".join(named + more))


def _lacking(manifest: Any, lang: Lang) -> Iterator[str]:
    national = manifest["national"]
    for key, service in manifest["services"].items():
        served = national[f"{key}_people_pct"]
        yield _say(
            "lacking",
            lang,
            service=service[f"name_{lang}"],
            people=number(national[f"{key}_lacking_people"], lang),
            pct=word("no_data", lang) if served is None else _percent(100.0 - served, lang),
        )
        unknown = national["people"] - national[f"{key}_known_people"]
        if unknown >= 1.0:
            yield _say("not_known", lang, people=number(unknown, lang))
    yield _say("all", lang, people=number(national["lacking_people"], lang))


def _percent(value: float, lang: Lang) -> str:
    return word("percent", lang, n=number(value, lang, 1))


def worst_communes(result: Result, lang: Lang) -> Iterator[str]:
    """Name the communes most in need.

    Examples
    --------
    >>> import deadzones as dz
    >>> result = dz.demo(communes=4)
    >>> len(list(worst_communes(result, "en")))
    5
    """
    yield _say("worst", lang)
    for code, row in result.communes.sort_values("rank").head(FIRST).iterrows():
        if pd.notna(row["rank"]):
            yield _say(
                "commune",
                lang,
                rank=str(row["rank"]),
                name=row["commune_name"],
                province=row["province_name"],
                code=str(code),
                score=number(row["score"], lang, 1),
                people=number(row["dead_people"], lang),
            )


def first_upgrades(
    result: Result, lang: Lang, count: int = FIRST, *, explain: int = 0
) -> Iterator[str]:
    """Name the upgrades to build first.

    Examples
    --------
    >>> import deadzones as dz
    >>> result = dz.demo(communes=4)
    >>> next(first_upgrades(result, "en")).startswith("Build first")
    True
    """
    plan, upgrades = result.manifest["upgrades"], result.upgrades
    if upgrades.empty:
        yield _say("nothing", lang)
        return
    yield _say(
        "best",
        lang,
        count=number(len(upgrades), lang),
        cost=money(plan["cost_vnd"], lang),
        gain=number(plan["people_gained"], lang),
    )
    for row in upgrades.head(count).to_dict("records"):
        yield _upgrade(row, result, lang)
        if row["rank"] <= explain:
            yield _why(row, lang)
    yield from _caveats(plan, lang)


def _upgrade(row: Mapping[str, Any], result: Result, lang: Lang) -> str:
    waits, kind = row["depends_on"], row["kind"]
    return _say(
        "upgrade",
        lang,
        rank=str(row["rank"]),
        kind=word(kind, lang) if kind in WORDS else kind,
        commune=result.communes.at[row["commune_code"], "commune_name"],
        people=number(row["people_gained"], lang),
        cost=money(row["cost_vnd"], lang),
        waits=_say("waits", lang, ids=waits.replace(";", ", ")) if waits else "",
    )


def _why(row: Mapping[str, Any], lang: Lang) -> str:
    """Say why an upgrade is where it is in the plan."""
    ways = ""
    for name, way in row.items():
        if str(name).endswith("_way") and way:
            km, text = row[f"{name}_km"], word(way, lang)
            length = "by_way_km" if km > 0 else "by_way"
            ways += _say(length, lang, way=text, km=number(km, lang, 1))
    saved, opens = row["alone_vnd"] - row["cost_vnd"], row["unlocks"]
    return _say(
        "why",
        lang,
        rate=number(row["people_per_billion_vnd"], lang),
        ways=ways,
        saved=_say("saved", lang, cost=money(saved, lang)) if saved >= 1e6 else "",
        opens=_say("opens", lang, ids=opens.replace(";", ", ")) if opens else "",
        lost=number(row["lost_without"], lang),
    )


def _caveats(plan: Mapping[str, Any], lang: Lang) -> Iterator[str]:
    """Say what the plan does not hold, and how good it is."""
    for layer in plan["unpriced"]:
        name = getattr(SERVICES[layer], f"name_{lang}")
        yield _say("unpriced", lang, services=name)
    for layer, places in plan["isolated"].items():
        if places:
            name = getattr(SERVICES[layer], f"name_{lang}")
            yield _say("isolated", lang, network=name, places=number(places, lang))
    if plan["joined_roads"]:
        yield _say("joined", lang, count=number(plan["joined_roads"], lang))
    if plan["costs_rounded"]:
        yield _say("rounded", lang)
    if plan["proved"]:
        yield _say("proved", lang)
    else:
        share, gap = (
            _percent(100.0 * (1.0 - plan["gap"]), lang),
            _percent(100.0 * plan["gap"], lang),
        )
        yield _say("bound", lang, share=share, gap=gap)
    if plan["max_gap"] is not None and plan["gap"] > plan["max_gap"]:
        yield _say("too_wide", lang, asked=_percent(100.0 * plan["max_gap"], lang))


def money(vnd: float, lang: Lang) -> str:
    """Write an amount of đồng in the unit that people say it in.

    Examples
    --------
    >>> money(1.8e9, "vi"), money(2.5e7, "en")
    ('1,8 tỷ đồng', 'VND 25 million')
    """
    if vnd >= 1e12:
        return word("trillion_vnd", lang, n=number(vnd / 1e12, lang, 2))
    if vnd >= 1e9:
        return word("billion_vnd", lang, n=number(vnd / 1e9, lang, 1))
    return word("million_vnd", lang, n=number(vnd / 1e6, lang))
