"""Reports: figures that reconcile, plain sentences, no empty section, nothing told that must not be."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import made_up
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import deadzones as dz
from deadzones.geodata.faults import BadInput
from deadzones.reports import (
    catalogue,
    ministry,
    report_annexes,
    report_facts,
    report_letterhead,
    report_solutions,
)
from deadzones.reports.document import Document, Figures, Heading, Paragraph, Picture, Table
from deadzones.reports.report_charts import Charts
from deadzones.reports.report_facts import Base, base
from deadzones.reports.report_png import png
from deadzones.reports.words import Lang, number

pytestmark = pytest.mark.slow

XSS = 'Xã <b>“Ea M\'Droh”</b> & "Cù {Lao}" %s'
SERVICES = ("mobile", "fibre", "power")


@pytest.fixture(scope="module", autouse=True)
def sketched() -> Iterator[None]:
    """Draw no pictures: they are looked at in test_report_pictures.py, and take most of the time."""
    picture = Picture(png(Figure(figsize=(0.2, 0.2))), "Bản đồ", "Bản đồ")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ministry, "map_of", lambda *_: picture)
        patch.setattr(ministry, "charts_of", lambda *_: Charts(results=(picture,)))
        yield


@pytest.fixture(scope="module")
def demo() -> dz.Result:
    """Two provinces: one of three communes, one of a single one."""
    result = made_up.demo()
    communes = result.communes.copy()
    second = communes.index[3:]
    communes.loc[second, "province_code"] = "98"
    communes.loc[second, "province_name"] = "Tỉnh Hư Giang"
    provinces = pd.concat([result.provinces, result.provinces.rename(index={"97": "98"})])
    provinces.loc["98", "province_name"] = "Tỉnh Hư Giang"
    return replace(result, communes=communes, provinces=provinces)


@pytest.fixture(scope="module")
def counted(demo: dz.Result) -> Base:
    return base(demo)


@pytest.fixture(scope="module")
def nation(counted: Base) -> Document:
    return ministry.report(counted)


@pytest.fixture(scope="module")
def province(counted: Base) -> Document:
    return ministry.report(counted, level="province", province="97")


@pytest.fixture(scope="module")
def complete(demo: dz.Result) -> Base:
    return base(served(demo, 1.0))


@pytest.fixture(scope="module")
def bare(demo: dz.Result) -> Base:
    return base(served(demo, 0.0))


@pytest.fixture(scope="module")
def empty(demo: dz.Result) -> tuple[Base, str, str]:
    """A commune without people and one that nobody counted, and their codes."""
    first, second = (str(code) for code in demo.communes.index[:2])
    return base(with_people(demo, **{f"c{first}": 0.0, f"c{second}": None})), first, second


@pytest.fixture(scope="module")
def tasked(demo: dz.Result) -> Base:
    return base(demo, tasks=tasks(demo), as_of="2026-02-01")


def manifest(result: dz.Result, **changes: Any) -> dz.Result:
    return replace(result, manifest={**result.manifest, **changes})


def served(result: dz.Result, share: float) -> dz.Result:
    """Give all people all services, or none: 1 or 0."""
    communes, villages = result.communes.copy(), result.villages.copy()
    for key in (*SERVICES, "all"):
        name = "lacking_people" if key == "all" else f"{key}_lacking_people"
        communes[name] = communes["people"] * (1.0 - share)
        communes[f"{key}_people_pct"] = 100.0 * share
    communes["dead_people"] = communes["people"] * (1.0 - share)
    villages["lacks"] = "" if share else "+".join(SERVICES)
    zones = result.dead_zones.iloc[:0] if share else result.dead_zones
    upgrades = result.upgrades.iloc[:0] if share else result.upgrades
    return replace(
        result, communes=communes, villages=villages, dead_zones=zones, upgrades=upgrades
    )


def with_people(result: dz.Result, **people: float | None) -> dz.Result:
    """Scale communes to so many people; unknown for None."""
    communes = result.communes.copy()
    columns = [name for name in communes if str(name).endswith("people") and name != "people"]
    for code, count in people.items():
        key = code.removeprefix("c")
        factor = np.nan if count is None else count / communes.at[key, "people"]
        communes.loc[key, columns] = communes.loc[key, columns].astype(float) * factor
        communes.loc[key, "people"] = np.nan if count is None else count
    return replace(result, communes=communes)


def tasks(result: dz.Result) -> pd.DataFrame:
    """One overdue, one done (which the figures deny), one to come: of settlements that lack something."""
    rows = result.villages[result.villages["lacks"].fillna("") != ""].head(3)
    assert len(rows) == 3
    return pd.DataFrame(
        {
            "commune_code": rows["commune_code"].to_numpy(),
            "village": rows["name"].to_numpy(),
            "owner": ["UBND xã <A>", "Viettel", "EVN"],
            "due": ["2025-12-31", "2025-11-30", "2026-06-30"],
            "status_reported": ["in_progress", "done", None],
            "status_date": ["2025-12-01", "2025-11-20", None],
        }
    )


def one_task(result: dz.Result) -> pd.DataFrame:
    place = result.villages.iloc[0]
    return pd.DataFrame(
        {"commune_code": [place["commune_code"]], "village": [place["name"]], "owner": ["EVN"]}
    )


def blocks(document: Document) -> Iterator[Any]:
    yield from (*document.summary, *document.body, *document.annexes)


def sentences(document: Document) -> list[str]:
    return [block.text for block in blocks(document) if isinstance(block, Paragraph)]


def tables(document: Document, caption: str) -> list[Table]:
    return [b for b in blocks(document) if isinstance(b, Table) and caption in b.caption]


def table(document: Document, caption: str) -> Table:
    (found,) = tables(document, caption)
    return found


def texts(document: Document) -> Iterator[str]:
    """Everything that a reader sees, but the pictures."""
    yield from (document.title, document.subtitle, document.footer, *document.stamps)
    head, sign = document.letterhead, document.signature
    yield from (
        head.parent,
        head.issuer,
        head.number,
        head.country,
        head.motto,
        head.place_and_date,
    )
    yield from (sign.recipients_title, *sign.recipients, sign.capacity, sign.note)
    for block in blocks(document):
        if isinstance(block, Heading | Paragraph):
            yield block.text
        elif isinstance(block, Figures):
            yield from (part for pair in block.pairs for part in pair)
        elif isinstance(block, Table):
            yield from (block.caption, *block.header, *(cell for row in block.rows for cell in row))
        elif isinstance(block, Picture):
            yield from (block.alt, block.caption)


def whole_number(text: str, lang: Lang) -> int | None:
    plain = text.replace("." if lang == "vi" else ",", "")
    return int(plain) if plain.isdecimal() else None


UNSUMMED = {
    "Suất đầu tư (nghìn đồng mỗi lượt người)", "Cost per person and service (thousand VND)",
    "Tỷ lệ", "Share", "Thứ tự", "Order",
}  # fmt: skip


def reconciles(found: Table, lang: Lang) -> None:
    """The last row is the sum of the others, in every column of counts."""
    *rows, last = found.rows
    for at, name in enumerate(found.header):
        total = whole_number(last[at], lang)
        parts = [whole_number(row[at], lang) for row in rows]
        if name in UNSUMMED or total is None or at == 0:
            continue
        groups: dict[str, int] = defaultdict(int)
        for row, part in zip(rows, parts, strict=True):
            several = "sóng, điện" in found.caption or "signal, power" in found.caption
            groups[row[0].split(":")[0] if several else ""] += part or 0
        assert set(groups.values()) == {total}, (found.caption, name)


# figures that reconcile


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_all_tables_add_up_at_all_levels(tasked: Base, lang: Lang) -> None:
    commune = str(tasked.communes.index[3])
    found = [ministry.report(tasked, level="province", province="97", lang=lang)]
    if lang == "vi":  # the figures are the same in both
        found += [
            ministry.report(tasked),
            ministry.report(tasked, level="commune", commune=commune),
        ]
    summed = [
        one
        for document in found
        for one in blocks(document)
        if isinstance(one, Table) and one.totals
    ]
    assert len(summed) > 6 * len(found)
    for one in summed:
        reconciles(one, lang)
    for document in found:
        for row in tables(document, {"vi": "từng dịch vụ", "en": "to each service"}[lang])[0].rows:
            people, *parts = (whole_number(cell, lang) for cell in row[1:5])
            assert people == sum(part or 0 for part in parts)


def test_a_province_says_the_same_in_its_report_and_in_the_nations(
    counted: Base, nation: Document
) -> None:
    whole = table(nation, "theo tỉnh, thành phố")
    for code, document in ministry.reports(counted):
        (row,) = [row for row in whole.rows if f"({code})" in row[0]]
        assert table(document, "Toàn bộ các xã").rows[-1][1:] == row[1:]


def test_people_are_those_of_the_result(demo: dz.Result, counted: Base) -> None:
    facts = report_facts.cut(counted, "nation")
    assert abs(int(facts.whole["people"]) - float(demo.communes["people"].sum())) < 4.0
    for key in SERVICES:
        exact = float(demo.communes[f"{key}_lacking_people"].sum())
        assert abs(int(facts.whole[f"{key}_lacking"]) - exact) < 4.0
        parts = [facts.communes[f"{key}_{part}"] for part in ("served", "lacking", "unknown")]
        assert (sum(parts) == facts.communes["people"]).all()
        assert (facts.communes["lacking"] >= facts.communes[f"{key}_lacking"]).all()
    causes = facts.communes[[f"cause_{name}" for name in ("power", "fibre", "site", "unclear")]]
    assert (causes.sum(axis=1) == facts.communes["mobile_lacking"]).all()
    assert int(facts.upgrades["cost_million"].sum()) == round(demo.upgrades["cost_vnd"].sum() / 1e6)


def test_sentences_say_the_figures_of_the_tables(counted: Base, province: Document) -> None:
    facts = report_facts.cut(counted, "province", "97")
    told = " ".join(sentences(province))
    for key in ("people", "lacking", "mobile_lacking", "power_served"):
        assert f"{number(int(facts.whole[key]), 'vi')} người" in told
    assert f"{len(facts.upgrades)} đề xuất" in told


def test_the_standard_split_parts_the_settlements_without_signal(demo: dz.Result) -> None:
    communes = demo.communes.assign(area_class=["I", "III", None, "III"])
    document = ministry.report(replace(demo, communes=communes))
    split = table(document, "theo khu vực và điện")
    reconciles(split, "vi")
    assert [row[0].split(",")[0] for row in split.rows[:3]] == [
        "Đặc biệt khó khăn (xã khu vực III)",
        "Ngoài khu vực khó khăn (xã khu vực I",
        "Chưa có điện",
    ]
    silent = demo.villages.assign(lacks="mobile")
    no_class = demo.communes.assign(area_class=None)
    outside = ministry.report(replace(demo, communes=no_class, villages=silent))
    assert table(outside, "theo khu vực và điện").rows[0][1] == "0"
    layers = demo.manifest["layers"]
    partial = {
        **demo.manifest,
        "layers": {**layers, "classes": {**layers["classes"], "options": {}}},
    }
    unknown = ministry.report(replace(demo, communes=no_class, villages=silent, manifest=partial))
    assert table(unknown, "theo khu vực và điện").rows[0][1] == "chưa có dữ liệu"


def test_classes_split_the_tables_where_the_result_has_them(demo: dz.Result) -> None:
    flags = pd.array([True, False, None, False], dtype="boolean")
    communes = demo.communes.assign(mountainous=flags, border=flags, island=None)
    document = ministry.report(replace(demo, communes=communes))
    found = table(document, "xã miền núi")
    assert [row[0] for row in found.rows] == [
        "Xã miền núi",
        "Xã khác",
        "Chưa có dữ liệu",
        "Tổng cộng",
    ]
    assert tables(document, "xã biên giới")
    assert not tables(document, "xã hải đảo")


# what a report is made of


@pytest.mark.parametrize("level", ["nation", "province", "commune"])
def test_the_structure_is_that_of_a_report(demo: dz.Result, counted: Base, level: Any) -> None:
    commune = str(demo.communes.index[0])
    document = ministry.report(counted, level=level, province="97", commune=commune)
    parts = [b.text for b in document.body if isinstance(b, Heading) and b.level == 1]
    assert [part.split(".")[0] for part in parts] == ["I", "II", "III", "IV", "V"]
    annexes = [b.text for b in document.annexes if isinstance(b, Heading) and b.level == 1]
    facts = report_facts.cut(counted, level, "97", commune)
    long = len(facts.upgrades) > report_solutions.FIRST
    assert len(annexes) == 2 + long + (level == "province")
    assert [one.split("\n")[0] for one in annexes] == [
        f"Phụ lục {n}" for n in ("I", "II", "III", "IV")[: len(annexes)]
    ]
    attached = [one for one in sentences(document) if one.startswith("(Kèm theo Báo cáo số")]
    assert len(attached) == len(annexes)
    no_empty_section(document)
    assert isinstance(document.summary[0], Heading)
    (figures,) = [block for block in document.summary if isinstance(block, Figures)]
    assert 4 <= len(figures.pairs) <= 6
    assert len([block for block in document.summary if isinstance(block, Picture)]) == 1
    assert document.letterhead.country == "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    assert document.day == dt.date(2026, 1, 31)
    assert report_facts.digest(demo.manifest) in document.footer


def no_empty_section(document: Document) -> None:
    for part in (document.summary, document.body, document.annexes):
        for block, after in zip(part, (*part[1:], None), strict=True):
            if isinstance(block, Heading):
                deeper = isinstance(after, Heading) and after.level > block.level
                assert deeper or isinstance(after, Paragraph | Table | Figures | Picture), (
                    block.text
                )
            if isinstance(block, Table):
                assert block.rows, block.caption
    for told in texts(document):
        assert not re.search(r"\bnan\b|None|NaT|<NA>|\{\w*\}", told), told


@pytest.mark.parametrize(
    ("level", "lang"), [("nation", "vi"), ("province", "en"), ("commune", "vi"), ("commune", "en")]
)
def test_nothing_is_lacking(complete: Base, level: Any, lang: Lang) -> None:
    code = str(complete.communes.index[0])
    document = ministry.report(complete, level=level, province="97", commune=code, lang=lang)
    no_empty_section(document)
    told = " ".join(sentences(document))
    assert {"vi": "Không còn vùng lõm", "en": "There are no dead zones left"}[lang] in told
    assert {"vi": "không có đề xuất nào trên địa bàn", "en": "nothing is proposed here"}[
        lang
    ] in told
    assert {"vi": "đã đạt mục tiêu", "en": ": met."}[lang] in told


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_everything_is_lacking(bare: Base, lang: Lang) -> None:
    document = ministry.report(bare, level="province", province="98", lang=lang)
    no_empty_section(document)
    told = " ".join(sentences(document))
    assert {"vi": "0 người đã có (0 %)", "en": "0 people with it (0%)"}[lang] in told
    assert {"vi": "thiếu ít nhất một dịch vụ, bằng 100 %", "en": "at least one service (100%)"}[
        lang
    ] in told


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_commune_with_nobody_and_one_that_nobody_counted(
    empty: tuple[Base, str, str], lang: Lang
) -> None:
    whole, first, second = empty
    for code in (first, second):
        no_empty_section(ministry.report(whole, level="commune", commune=code, lang=lang))
    document = ministry.report(whole, level="province", province="97", lang=lang)
    no_empty_section(document)
    (all_of_them,) = tables(document, {"vi": "Toàn bộ các xã", "en": "All communes"}[lang])
    rows = {row[0][-6:-1]: row[1:] for row in all_of_them.rows}
    assert rows[first][:5] == ("0",) * 5
    assert set(rows[second][:5]) == {{"vi": "chưa có dữ liệu", "en": "no data yet"}[lang]}
    reconciles(all_of_them, lang)
    assert any(second in told for told in sentences(document))


def test_a_study_of_other_services_says_what_it_does_not_know(demo: dz.Result) -> None:
    services = {"power": demo.manifest["services"]["power"]}
    villages = demo.villages.assign(
        lacks=demo.villages["lacks"].map(lambda text: "power" if "power" in text else "")
    )
    zones = demo.dead_zones[demo.dead_zones["lacks"] == "power"]
    upgrades = demo.upgrades[demo.upgrades["service"] == "power"]
    part = replace(demo, villages=villages, dead_zones=zones, upgrades=upgrades)
    document = ministry.report(manifest(part, services=services))
    no_empty_section(document)
    told = sentences(document)
    assert "Chưa có dữ liệu về sóng di động." in told
    assert "Chưa có dữ liệu về sóng di động nên chưa nêu được nguyên nhân." in told


def test_5g_is_held_against_the_national_target(
    demo: dz.Result, counted: Base, nation: Document
) -> None:
    (told,) = [one for one in sentences(nation) if "1132" in one and "99 %" in one]
    assert "chưa có dữ liệu về vùng phủ sóng 5G" in told
    named = {**demo.manifest["services"]["mobile"], "name_vi": "5G", "name_en": "5G"}
    services = {**demo.manifest["services"], "mobile": named}
    document = ministry.report(manifest(served(demo, 0.0), services=services))
    (told,) = [one for one in sentences(document) if "99 %" in one]
    people = counted.communes["people"].sum()
    assert f"thêm cho {number(int(np.ceil(people * 0.99)), 'vi')} người" in told


# names, languages


def test_names_are_taken_over_as_they_are(demo: dz.Result) -> None:
    communes = demo.communes.assign(commune_name=XSS)
    villages = demo.villages.assign(name=[f"{XSS} {at}" for at in range(len(demo.villages))])
    named = replace(demo, communes=communes, villages=villages, tasks=pd.DataFrame())
    document = ministry.report(named, level="province", province="97")
    assert table(document, "Toàn bộ các xã").rows[0][0].startswith(XSS)
    assert any(XSS in row[1] for row in table(document, "Sổ theo dõi").rows)


def english_words() -> set[str]:
    """The words of our English sentences that no Vietnamese one has."""
    said = catalogue.vietnamese()
    keys = [part for key in said for part in ((key,) if isinstance(key, str) else key)]
    english = {word for key in keys for word in re.findall(r"[a-z]{3,}", key.lower())}
    vietnamese = {word for text in said.values() for word in re.findall(r"\w+", text.lower())}
    return (english | {"the", "of", "and", "with", "for"}) - vietnamese - VIETNAMESE


VIETNAMESE = {"day", "long", "thanh", "chi", "an", "sang", "theo", "hang"}
"""Words of English that are words of Vietnamese too."""
ALLOWED = (
    "Mộng Mobile",
    "SHA-256",
    "Excel",
)
"""Names of data and things, which have no translation."""


@pytest.mark.parametrize("public", [False, True])
def test_no_english_word_stands_in_a_vietnamese_report(demo: dz.Result, public: bool) -> None:
    before = None if public else demo
    whole = base(manifest(demo, public=public), tasks=tasks(demo), before=before)
    commune = str(demo.communes.index[2])
    english = english_words()
    assert {"settlement", "lacks", "unit", "coverage"} <= english
    places: list[dict[str, Any]] = [
        {},
        {"level": "province", "province": "97"},
        {"level": "commune", "commune": commune},
    ]
    for place in places:
        for told in texts(ministry.report(whole, secret=True, **place)):
            plain = re.sub("|".join(map(re.escape, ALLOWED)), "", told)
            words = set(re.findall(r"\w+", plain.lower()))
            assert not words & english, told
            assert "bn" not in words


def test_numbers_are_written_the_vietnamese_way(nation: Document) -> None:
    for told in texts(nation):
        assert not re.search(r"\d,\d{3}\b(?!\d*,)", told.replace(", ", "; ")), told
        assert not re.search(r"\d%|VND", told), told


def test_english_knows_one_from_many(demo: dz.Result) -> None:
    everybody = served(demo, 0.0)
    result = replace(
        everybody,
        communes=everybody.communes.iloc[3:],
        villages=everybody.villages.query("commune_code == @demo.communes.index[3]").head(1),
        upgrades=demo.upgrades.query("commune_code == @demo.communes.index[3]").head(1),
    )
    document = ministry.report(result, lang="en", tasks=one_task(result), as_of="2026-02-01")
    for told in texts(document):
        many = "people|communes|settlements|villages|proposals|tasks|provinces|clusters|Persons"
        assert not re.search(rf"(?<![\d.,])1 ({many})\b", told), told
    assert any(told.startswith("1 task in all") for told in sentences(document))


# tasks, previous period


def test_overdue_tasks_are_named_with_owner_and_days(tasked: Base) -> None:
    document = ministry.report(tasked)
    overdue = table(document, "quá hạn")
    (row,) = overdue.rows
    assert row[2:] == ("UBND xã <A>", "31/12/2025", "32")
    quarters = table(document, "Nhiệm vụ theo quý")
    assert [row[0] for row in quarters.rows] == ["Quý IV/2025", "Quý II/2026", "Tổng cộng"]
    assert quarters.rows[-1][1:] == ("3", "1", "1", "1")
    told = " ".join(sentences(document))
    assert (
        "Tổng số 3 nhiệm vụ, trong đó 1 nhiệm vụ được báo cáo là đã xong, "
        "1 nhiệm vụ quá hạn tính đến ngày 01/02/2026."
    ) in told
    assert "Có 1 điểm dân cư được báo cáo là đã xong nhưng" in told
    assert "Đề nghị UBND xã <A> báo cáo nguyên nhân 1 nhiệm vụ quá hạn" in told


def test_a_day_in_time_has_no_overdue_task_of_those_of_the_study(demo: dz.Result) -> None:
    document = ministry.report(replace(demo, tasks=tasks(demo)), as_of="2025-10-01")
    assert table(document, "Nhiệm vụ theo quý").rows[-1][1] == "3"
    assert "Không có nhiệm vụ quá hạn." in sentences(document)
    assert not tables(document, "Danh sách nhiệm vụ quá hạn")


def test_who_does_it_until_when_stands_in_one_column(tasked: Base) -> None:
    found = table(ministry.report(tasked), "Sổ theo dõi")
    at = found.header.index("Đơn vị chịu trách nhiệm; thời hạn; tình trạng")
    said = {row[at] for row in found.rows}
    assert {"UBND xã <A>; 31/12/2025; đang làm", "chưa có dữ liệu"} <= said


def test_the_previous_period_tells_who_was_newly_served(demo: dz.Result) -> None:
    after, before = served(demo, 1.0), served(demo, 0.0)
    whole = base(after, before=before)
    document = ministry.report(whole, lang="en")
    people = number(int(whole.communes["people"].sum()), "en")
    told = " ".join(sentences(document))
    assert f"Mobile signal: {people} people newly served, nobody lost it." in told
    count = len(demo.villages)
    assert f"{count} villages that lacked a service lack none now." in told
    assert "new on the list" not in told
    found = table(document, "both periods")
    assert [row[1:5] for row in found.rows] == [("0", people, people, "0")] * 3
    lost = " ".join(sentences(ministry.report(before, before=after, lang="en")))
    assert f"Mobile signal: nobody was newly served, {people} people no longer served" in lost
    assert f"{count} villages are new on the list" in lost


def test_a_person_newly_served_costs_what_was_spent_or_what_the_plan_asked_for(
    demo: dz.Result, bare: Base
) -> None:
    whole = base(served(demo, 1.0), before=bare.result, spent_vnd=3e9)
    assert whole.change is not None
    served_anew = sum(whole.change.total(key, "gained") for key in SERVICES)
    spent = " ".join(sentences(ministry.report(whole, lang="en")))
    each = catalogue.money(3e3 / served_anew, "en")
    assert f"Spent in the period: VND 3 billion, {each} for each person newly served" in spent
    planned = whole.change.planned_vnd
    assert planned.sum() == pytest.approx(demo.upgrades["cost_vnd"].sum())
    part = ministry.report(whole, level="province", province="98", lang="en")
    own = catalogue.money(planned[planned.index == demo.communes.index[3]].sum() / 1e6, "en")
    assert f"the proposals whose dead zones are gone come to {own}" in " ".join(sentences(part))


def test_money_that_served_nobody_is_told_and_money_that_is_none_refused(demo: dz.Result) -> None:
    told = sentences(ministry.report(demo, before=demo, spent_vnd=3e9))
    assert "Vốn đã chi trong kỳ: 3 tỷ đồng; không có thêm người được phục vụ." in told
    for spent in (-3e9, np.nan, np.inf):
        with pytest.raises(BadInput, match=r"--spent: found .*; wanted what was spent"):
            base(demo, before=demo, spent_vnd=spent)


def test_the_earlier_plan_is_summed_up_where_borders_moved(demo: dz.Result, bare: Base) -> None:
    """Of four communes and their codes two are left: the plan of the others is not lost."""
    communes, codes = demo.communes, demo.communes.index
    whole = communes.iloc[:2].copy()
    whole.geometry = [communes.geometry.iloc[0], communes.geometry.iloc[1:].union_all()]
    homes = demo.villages["commune_code"].where(demo.villages["commune_code"] == codes[0], codes[1])
    villages = demo.villages.assign(commune_code=homes)
    after = replace(served(demo, 1.0), communes=whole, villages=villages, tasks=demo.tasks.iloc[:0])
    change = base(after, before=bare.result).change
    assert change is not None
    assert change.within(whole.index).planned_vnd.sum() == pytest.approx(
        demo.upgrades["cost_vnd"].sum()
    )


def test_a_survey_of_power_is_told_and_asked_for_where_there_is_none(
    demo: dz.Result, nation: Document
) -> None:
    supply = np.resize(["unstable", "local", "grid"], len(demo.villages))
    surveyed = replace(demo, villages=demo.villages.assign(power_supply=supply))
    told = " ".join(sentences(ministry.report(surveyed)))
    unstable, dark = int((supply == "unstable").sum()), int((supply == "local").sum())
    assert f"(EVN) nâng cấp lưới điện cho {unstable} điểm dân cư có điện nhưng chưa ổn định" in told
    assert f"(EVN) cấp điện cho {dark} điểm dân cư chưa có điện lưới quốc gia" in told
    missing = "độ ổn định của nguồn điện"
    assert missing in " ".join(sentences(nation))
    assert missing not in told


def test_a_made_up_period_before_is_told(demo: dz.Result) -> None:
    document = ministry.report(manifest(demo, synthetic=False), before=demo)
    assert "DỮ LIỆU GIẢ LẬP" in document.stamps
    assert "Số liệu kỳ trước là dữ liệu giả lập." in sentences(document)
    assert "Số liệu kỳ trước là dữ liệu giả lập." not in sentences(
        ministry.report(demo, before=demo)
    )


def test_the_annex_and_the_workbook_name_the_same_proposals(counted: Base) -> None:
    rows = counted.register.loc[counted.register["lacks"].fillna("") != ""]
    printed = table(ministry.report(counted), "Sổ theo dõi").rows
    wanted = {
        (name, "chưa có đề xuất" if pd.isna(at) else at)
        for name, at in zip(rows["village"], rows["upgrade_id"], strict=True)
    }
    assert {(row[1], row[-1].rpartition("(")[2].rstrip(")")) for row in printed} == wanted


def test_the_order_of_a_part_is_that_of_the_whole_plan(demo: dz.Result, counted: Base) -> None:
    told = f"Thứ tự lấy theo toàn bộ danh mục gồm {number(len(demo.upgrades), 'vi')} đề xuất."
    assert told in sentences(ministry.report(counted, level="province", province="97"))
    assert told not in sentences(ministry.report(counted))


def test_a_commune_reports_to_its_own_province(demo: dz.Result, counted: Base) -> None:
    code = str(demo.communes.index[3])
    document = ministry.report(counted, level="commune", commune=code)
    assert document.signature.recipients[0] == "- Ủy ban nhân dân tỉnh Hư Giang (để báo cáo);"
    assert any("Kính đề nghị Ủy ban nhân dân tỉnh Hư Giang" in one for one in sentences(document))


def test_communes_that_are_new_are_not_compared(demo: dz.Result) -> None:
    before = replace(demo, communes=demo.communes.iloc[1:])
    told = sentences(ministry.report(demo, before=before))
    assert "Có 1 xã, phường, đặc khu chỉ có ở kỳ này nên không so sánh." in told
    assert any("không có thêm người được phục vụ" in one for one in told)


# discretion, stamps, the same again


def test_a_published_report_tells_no_few_people_apart(demo: dz.Result) -> None:
    few, *others = (str(code) for code in demo.communes.index[:3])
    public = manifest(with_people(demo, **{f"c{few}": 6.0}), public=True)
    whole = base(public)
    document = ministry.report(whole, level="province", province="97")
    no_empty_section(document)
    rows = {row[0][-6:-1]: row for row in table(document, "Toàn bộ các xã").rows}
    assert rows[few][1] == "< 10"
    assert [rows[code][1] for code in others].count("…") == 1
    assert "KHÔNG CÔNG BỐ" not in document.stamps
    assert any("không nêu riêng nhóm dưới 10 người" in told for told in sentences(document))
    heads = {name for one in blocks(document) if isinstance(one, Table) for name in one.header}
    assert not [name for name in heads if "Cách điểm" in name or "độ" in name.split()]
    alone = ministry.report(whole, level="commune", commune=few)
    no_empty_section(alone)
    counted = {whole_number(cell, "vi") for cell in table(alone, "từng dịch vụ").rows[0][1:5]}
    assert counted <= {None, 0}
    assert not any(re.search(r"(?<!dưới )\b[1-9] người\b", told) for told in texts(alone))


def test_fewer_people_may_be_told_where_it_is_asked(demo: dz.Result) -> None:
    few = str(demo.communes.index[0])
    public = manifest(with_people(demo, **{f"c{few}": 6.0}), public=True)
    document = ministry.report(public, level="province", province="97", minimum_people=1)
    rows = {row[0][-6:-1]: row for row in table(document, "Toàn bộ các xã").rows}
    assert rows[few][1] == "6"


def test_stamps(demo: dz.Result, counted: Base) -> None:
    def facts_of(**changes: bool) -> report_facts.Facts:
        return report_facts.cut(replace(counted, result=manifest(demo, **changes)), "nation")

    facts = facts_of(synthetic=False)
    assert not facts.public
    stamps = report_letterhead.stamps
    assert stamps(facts, "vi", secret=True) == ("MẬT", "KHÔNG CÔNG BỐ")
    assert stamps(facts, "en", secret=False) == ("NOT FOR PUBLICATION",)
    assert stamps(facts_of(public=True), "vi", secret=False) == ("DỮ LIỆU GIẢ LẬP",)


def test_the_same_input_gives_the_same_report(demo: dz.Result, province: Document) -> None:
    assert ministry.report(demo, level="province", province="97") == province


def test_the_real_nation_is_reported_by_its_ministry(demo: dz.Result) -> None:
    communes = demo.communes.assign(
        province_code=["79"] * 3 + ["12"],
        province_name=["Hồ Chí Minh"] * 3 + ["Lai Châu"],
    )
    provinces = demo.provinces.set_axis(pd.Index(["79", "12"], name="province_code"))
    real = manifest(replace(demo, communes=communes, provinces=provinces), country="VN")
    whole = base(real)
    city = ministry.report(whole, level="province", province="79")
    assert city.letterhead.issuer == "ỦY BAN NHÂN DÂN\nTHÀNH PHỐ HỒ CHÍ MINH"
    assert city.letterhead.place_and_date.startswith("Thành phố Hồ Chí Minh, ngày")
    assert city.signature.capacity.startswith("TM. ỦY BAN NHÂN DÂN")
    other = ministry.report(whole, level="province", province="12")
    assert other.letterhead.issuer == "ỦY BAN NHÂN DÂN\nTỈNH LAI CHÂU"
    assert other.letterhead.place_and_date.startswith("Lai Châu, ngày")


@pytest.mark.parametrize(
    ("name", "place"), [("Xã Mường Than", "Mường Than"), ("Phường 1", "Phường 1")]
)
def test_a_commune_that_is_a_number_is_named_in_full(
    demo: dz.Result, counted: Base, name: str, place: str
) -> None:
    facts = report_facts.cut(counted, "commune", commune=str(demo.communes.index[0]))
    head = report_letterhead.letterhead(replace(facts, name=name), "vi")
    assert head.place_and_date.startswith(f"{place}, ngày")


def test_legal_bases_are_those_of_the_day(counted: Base) -> None:
    document = ministry.report(replace(counted, day=dt.date(2024, 11, 1)))
    cited = [b.text for b in document.body if isinstance(b, Paragraph) and b.kind == "basis"]
    assert len(cited) == 2
    assert cited[0] == "Căn cứ Luật Viễn thông ngày 24 tháng 11 năm 2023;"
    assert cited[1].startswith("Căn cứ Quyết định số 1132/QĐ-TTg ngày 09 tháng 10")
    assert cited[1].endswith(".")


def test_the_annex_sums_up_the_licences_of_the_data(counted: Base) -> None:
    facts = report_facts.cut(counted, "province", "97")
    layers = facts.manifest["layers"]
    first = next(iter(layers))
    stated = {**layers, first: {**layers[first], "licence": "ODbL 1.0"}}
    result: Any = replace(counted.result, manifest={**facts.manifest, "layers": stated})
    told = replace(facts, base=replace(counted, result=result))
    notes = [b.text for b in report_annexes.annexes(told, "vi") if isinstance(b, Paragraph)]
    (said,) = [note for note in notes if note.startswith("Giấy phép sử dụng dữ liệu: ")]
    assert "ODbL 1.0 (" in said
    assert "chưa nêu (" in said


@pytest.mark.parametrize(("level", "most"), [("nation", 50), ("province", 500)])
def test_a_long_register_and_plan_are_cut_and_point_to_the_workbook(
    counted: Base, level: Any, most: int
) -> None:
    """However many villages lack something: 20,000 rows would be a thousand pages."""
    facts = report_facts.cut(counted, level, "97")
    lacking = facts.register[facts.register["lacks"].fillna("") != ""]
    many = pd.concat([lacking] * 120, ignore_index=True).iloc[:1_200]
    plan = pd.concat([facts.upgrades] * 40).iloc[:520]
    annexed = report_annexes.annexes(replace(facts, register=many, upgrades=plan), "vi")
    rows = {b.caption: len(b.rows) for b in annexed if isinstance(b, Table)}
    assert rows["Sổ theo dõi điểm dân cư còn thiếu dịch vụ"] == most
    assert rows["Những đề xuất đứng đầu theo thứ tự ưu tiên"] == most
    notes = [b.text for b in annexed if isinstance(b, Paragraph) and "Excel" in b.text]
    left = [re.findall(r"[\d.]+", one)[0] for one in notes]
    assert left == [number(1_200 - most, "vi"), number(520 - most, "vi")]


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"level": "district"}, "no level 'district': choose one of nation, province, commune"),
        ({"level": "province"}, "no province None in this result: choose one of 97, 98"),
        ({"level": "province", "province": "12"}, "no province '12'"),
        ({"level": "commune", "commune": "1"}, "no commune '1'"),
        ({"lang": "fr"}, "no language 'fr': choose one of vi, en"),
    ],
)
def test_what_there_is_not_is_told(counted: Base, how: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        ministry.report(counted, **how)


def test_a_base_is_not_counted_anew(counted: Base) -> None:
    with pytest.raises(ValueError, match="a base is counted already: found as_of"):
        ministry.report(counted, as_of="2026-02-01")


def test_a_result_without_a_date_asks_for_one(demo: dz.Result) -> None:
    layers = {name: {**layer, "date": None} for name, layer in demo.manifest["layers"].items()}
    with pytest.raises(ValueError, match="give the day of the report"):
        ministry.report(manifest(demo, layers=layers))


def test_few_people_of_a_plan_do_not_follow_from_its_rate(demo: dz.Result) -> None:
    one = demo.upgrades.head(1).assign(people_gained=4.0, cost_vnd=8e9, depends_on="")
    document = ministry.report(manifest(replace(demo, upgrades=one), public=True))
    (told,) = [said for said in sentences(document) if "phục vụ thêm" in said and "8 tỷ" in said][
        :1
    ]
    assert "dưới 10" in told
    assert "bình quân" not in told
    assert not [said for said in texts(document) if "2 tỷ đồng" in said]


def test_households_are_held_back_with_their_people(demo: dz.Result) -> None:
    lacking = demo.villages.index[demo.villages["lacks"] != ""]
    villages = demo.villages.assign(households=40)
    villages.loc[lacking[0], ["people", "households"]] = [6, 2]
    document = ministry.report(manifest(replace(demo, villages=villages), public=True))
    found = table(document, "Sổ theo dõi")
    at = found.header.index("Số hộ")
    (row,) = [row for row in found.rows if "< 10" in row]
    assert row[at] == "…"
    assert {one[at] for one in found.rows} == {"…", "40"}
