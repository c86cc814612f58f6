"""The register in Excel: read back, the same numbers; the same bytes; texts that stay texts."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import made_up
import pandas as pd
import pytest
from tiny_result import XSS, tiny

from deadzones.reports import register
from deadzones.reports.register_definitions import DEFINITIONS, TEXTS
from deadzones.reports.register_xlsx import write_xlsx
from deadzones.reports.report_facts import Base, base, cut
from deadzones.reports.report_files import Style, places, write

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
EVIL = ["=1+1", "+84", "-5 tỷ", "@SUM(A1)"]


def read(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Read the cells of each sheet, a row a mapping from column letters to text or number."""
    with zipfile.ZipFile(path) as package:
        strings = [
            "".join(part.text or "" for part in one.iter(f"{MAIN}t"))
            for one in ET.fromstring(package.read("xl/sharedStrings.xml"))
        ]
        names = [
            one.attrib["name"]
            for one in ET.fromstring(package.read("xl/workbook.xml")).iter(f"{MAIN}sheet")
        ]
        sheets: dict[str, list[dict[str, Any]]] = {}
        for number, name in enumerate(names, 1):
            root = ET.fromstring(package.read(f"xl/worksheets/sheet{number}.xml"))
            assert not list(root.iter(f"{MAIN}f"))
            sheets[name] = [
                {
                    re.sub(r"\d", "", cell.attrib["r"]): strings[int(value)]
                    if cell.attrib.get("t") == "s"
                    else float(value)
                    for cell in row
                    if (value := cell.findtext(f"{MAIN}v")) is not None
                }
                for row in root.iter(f"{MAIN}row")
            ]
    return sheets


def column(rows: list[dict[str, Any]], header: str) -> list[Any]:
    (letter,) = [letter for letter, text in rows[1].items() if text == header]
    return [row[letter] for row in rows[2:]]


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    result: Any = tiny()
    tasks = pd.DataFrame(
        {
            "commune_code": ["00001", "00002", "00003", "00008"],
            "village": ["Bản Suối", "Thôn Đá", XSS, "Ấp Cát"],
            "owner": EVIL,
            "due": ["2026-03-31", None, None, None],
        }
    )
    return register.villages(result, tasks=tasks, as_of="2026-04-01")


@pytest.fixture(scope="module")
def book(table: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("xlsx") / "register.xlsx"
    return write_xlsx(table, path, "vi", manifest=tiny().manifest, as_of="2026-04-01")


def test_the_numbers_are_those_of_the_register(book: Path, table: pd.DataFrame) -> None:
    sheets = read(book)
    assert list(sheets) == ["Tổng hợp", "Tỉnh", "Xã", "Thôn, bản", "Nguồn và định nghĩa"]
    nothing = "chưa có dữ liệu"
    expected = [nothing if pd.isna(one) else one for one in table["people"]]
    assert column(sheets["Thôn, bản"], "Số nhân khẩu") == expected
    communes = register.totals(table, "commune")
    said = [nothing if pd.isna(one) else one for one in communes["people"]]
    assert column(sheets["Xã"], "Số nhân khẩu") == said
    assert column(sheets["Xã"], "Mã xã") == communes.index.tolist()
    provinces = register.totals(table, "province")
    assert column(sheets["Tỉnh"], "Số thôn, bản") == provinces["places"].tolist()


def test_each_split_of_the_summary_adds_up_to_the_whole(book: Path, table: pd.DataFrame) -> None:
    rows = read(book)["Tổng hợp"]
    groups = pd.Series(column(rows, "Phân theo"))
    assert set(groups) == {
        "Tổng cộng",
        "Khu vực",
        "Tình trạng sóng",
        "Tình trạng điện",
        "Cáp quang",
    }
    settlements = int((table["record"] != "rest").sum())
    for name in ("Số điểm dân cư", "Có sóng", "Lõm điện"):
        sums = pd.Series(column(rows, name)).groupby(groups).sum()
        assert (sums == sums.iloc[0]).all()
        assert name != "Số điểm dân cư" or sums.iloc[0] == settlements


def test_money_is_in_millions_and_dates_are_days(book: Path, table: pd.DataFrame) -> None:
    rows = read(book)["Thôn, bản"]
    cost = [one for one in column(rows, "Kinh phí đề xuất (triệu đồng)") if isinstance(one, float)]
    assert cost == (table["upgrade_cost_vnd"].dropna() / 1e6).tolist()
    days = [one for one in column(rows, "Thời hạn") if isinstance(one, float)]
    assert days == [(pd.Timestamp("2026-03-31") - pd.Timestamp("1899-12-30")).days]


def test_what_looks_like_a_formula_stays_text(book: Path) -> None:
    rows = read(book)["Thôn, bản"]
    assert set(EVIL) <= set(column(rows, "Đơn vị chịu trách nhiệm"))
    assert XSS in column(rows, "Thôn, bản")


def test_headers_are_frozen_and_filtered(book: Path) -> None:
    with zipfile.ZipFile(book) as package:
        for number in (1, 2, 3, 4):
            root = ET.fromstring(package.read(f"xl/worksheets/sheet{number}.xml"))
            (pane,) = root.iter(f"{MAIN}pane")
            assert (pane.attrib["state"], pane.attrib["ySplit"]) == ("frozen", "2")
            assert len(list(root.iter(f"{MAIN}autoFilter"))) == 1


def test_what_is_made_up_says_so(book: Path) -> None:
    sheets = read(book)
    assert all("giả lập" in sheets[name][0]["A"] for name in ("Xã", "Tỉnh", "Thôn, bản"))
    assert "tính đến 01/04/2026" in sheets["Xã"][0]["A"]


def test_terms_and_sources_are_explained(book: Path) -> None:
    words = [text for row in read(book)["Nguồn và định nghĩa"] for text in row.values()]
    assert {term[0] for term, _ in DEFINITIONS.values()} <= set(words)
    assert {"Viettel", XSS, "đơn vị công bố", "Nguồn dữ liệu"} <= set(words)


def test_licences_of_the_data_stand_in_the_book(table: pd.DataFrame, tmp_path: Path) -> None:
    manifest = tiny().manifest
    layers = {name: {**layer, "licence": "ODbL 1.0"} for name, layer in manifest["layers"].items()}
    book = write_xlsx(table, tmp_path / "x.xlsx", manifest={**manifest, "layers": layers})
    words = [text for row in read(book)["Nguồn và định nghĩa"] for text in row.values()]
    assert {"Giấy phép sử dụng", "ODbL 1.0"} <= set(words)


def test_the_same_input_gives_the_same_bytes(
    book: Path, table: pd.DataFrame, tmp_path: Path
) -> None:
    def again(day: str) -> bytes:
        path = write_xlsx(table, tmp_path / "x.xlsx", manifest=tiny().manifest, as_of=day)
        return path.read_bytes()

    assert again("01/04/2026") == book.read_bytes()
    assert again("2026-04-02") != book.read_bytes()


def test_an_english_book_has_no_vietnamese_header(table: pd.DataFrame, tmp_path: Path) -> None:
    sheets = read(write_xlsx(table, tmp_path / "x.xlsx", "en", manifest=tiny().manifest))
    names = ("summary", "province", "commune", "villages", "about")
    assert list(sheets) == [TEXTS[k][1] for k in names]
    headers = [text for name in list(sheets)[:4] for text in sheets[name][1].values()]
    assert all(text.isascii() for text in headers)
    assert "no data yet" in column(sheets["Villages"], "Persons")


@pytest.fixture(scope="module")
def report_book(tmp_path_factory: pytest.TempPathFactory) -> tuple[Base, Path]:
    """The workbook of a report, with two definitions of one term."""
    result = made_up.demo()
    told = pd.DataFrame(
        {
            "name": ["trắng sóng"] * 2,
            "rule": ["A", "=B"],
            "source": ["S1", "S2"],
            "date": [pd.NaT] * 2,
        }
    )
    counted = base(replace(result, definitions=told))
    folder = tmp_path_factory.mktemp("report")
    style = Style(formats=("xlsx",), secret=True)
    (path,) = write(counted, folder, places(counted, "nation"), style)
    return counted, path


@pytest.mark.slow
def test_the_workbook_of_a_report_has_the_figures_of_the_report(
    report_book: tuple[Base, Path],
) -> None:
    counted, path = report_book
    sheets, facts = read(path), cut(counted, "nation")
    for name in ("Tỉnh", "Xã"):
        for head, figure in (
            ("Số người (dữ liệu dân cư)", "people"),
            ("Số người chưa có sóng di động", "mobile_lacking"),
            ("Số người thiếu dịch vụ", "lacking"),
        ):
            assert sum(column(sheets[name], head)) == int(facts.whole[figure])
    rows = sheets["Đề xuất"]
    assert column(rows, "Mã đề xuất") == facts.upgrades.index.tolist()
    assert sum(column(rows, "Kinh phí (triệu đồng)")) == int(facts.upgrades["cost_million"].sum())
    known = [one for one in column(sheets["Thôn, bản"], "Mã đề xuất") if one.startswith("U")]
    assert known
    assert set(known) <= set(facts.upgrades.index)


def test_rows_of_a_part_are_numbered_from_one(
    report_book: tuple[Base, Path], tmp_path: Path
) -> None:
    counted, _ = report_book
    code = str(counted.register["commune_code"].iloc[-1])
    wanted = places(counted, "commune", commune=code)
    (path,) = write(counted, tmp_path, wanted, Style(formats=("xlsx",)))
    rows = counted.register[counted.register["commune_code"] == code]
    sheet = read(path)["Thôn, bản"]
    assert column(sheet, "STT") == list(range(1, len(rows) + 1))
    assert column(sheet, "Thôn, bản") == rows["village"].tolist()


def test_codes_are_not_marked_as_mistakes(report_book: tuple[Base, Path]) -> None:
    with zipfile.ZipFile(report_book[1]) as package:
        for number in range(1, 6):
            root = ET.fromstring(package.read(f"xl/worksheets/sheet{number}.xml"))
            (found,) = root.iter(f"{MAIN}ignoredError")
            assert found.attrib["numberStoredAsText"] == "1"


def test_rows_can_be_filtered_by_the_class_of_their_commune(report_book: tuple[Base, Path]) -> None:
    counted, path = report_book
    sheets = read(path)
    told = column(sheets["Thôn, bản"], "Miền núi")
    assert told == [{"yes": "có", "no": "không"}[one] for one in counted.register["mountainous"]]
    summary = sheets["Tổng hợp"]
    counts = dict(zip(column(summary, "Nhóm"), column(summary, "Số điểm dân cư"), strict=True))
    groups = column(summary, "Phân theo")
    assert [name for name in groups if name == "Miền núi"]
    assert sum(counts.get(name, 0) for name in ("có", "không")) == len(told)


def test_it_is_stamped_and_shows_definitions_side_by_side(report_book: tuple[Base, Path]) -> None:
    sheets = read(report_book[1])
    for name in ("Tổng hợp", "Tỉnh", "Xã", "Thôn, bản", "Đề xuất"):
        assert "MẬT · KHÔNG CÔNG BỐ" in sheets[name][0]["A"]
    terms = [tuple(row.values()) for row in sheets["Nguồn và định nghĩa"]]
    assert {("Trắng sóng", "A", "S1"), ("Trắng sóng", "=B", "S2")} <= set(terms)
    assert [row[0] for row in terms].count("Trắng sóng") == 3
