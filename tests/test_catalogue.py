"""The Vietnamese catalogue of the reports: all of the code's sentences, and only these, well said."""

from __future__ import annotations

import ast
import re
import string
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from deadzones.reports import catalogue

REPORTS = Path(catalogue.__file__).parent
KEYWORDS = {"text": None, "plural": (1, 2)}


@cache
def extracted() -> frozenset[str | tuple[str, ...]]:
    found: set[str | tuple[str, ...]] = set()
    for file in REPORTS.glob("*.py"):
        for _, message, _, _ in extract_from_file("python", file, keywords=KEYWORDS):
            found.add(message if isinstance(message, str) else tuple(message))
    return frozenset(found)


@cache
def written() -> frozenset[str]:
    """Every text that stands in the code."""
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in REPORTS.glob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    return frozenset(
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def slots(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_nothing_is_untranslated() -> None:
    assert extracted() - set(catalogue.vietnamese()) == set()


def test_nothing_is_stale() -> None:
    said = [
        part for key in catalogue.vietnamese() for part in ((key,) if isinstance(key, str) else key)
    ]
    assert [part for part in said if part not in written()] == []


def test_nothing_is_fuzzy_or_empty() -> None:
    with catalogue.CATALOGUE.open("rb") as file:
        found = read_po(file, locale="vi")
    messages = [message for message in found if message.id]
    assert [message.id for message in messages if message.fuzzy or not message.string] == []
    assert not found.obsolete


def test_both_languages_have_the_same_slots() -> None:
    for key, said in catalogue.vietnamese().items():
        for english in (key,) if isinstance(key, str) else key:
            assert slots(english) == slots(said), english


def test_no_sentence_mixes_an_end_of_one_language_with_another() -> None:
    for key, said in catalogue.vietnamese().items():
        english = key if isinstance(key, str) else key[1]
        assert (english[-1] in ".:;") == (said[-1] in ".:;"), english
        assert english[0].isspace() == said[0].isspace(), english


@pytest.mark.parametrize(
    ("english", "term"),
    [
        ("no signal", "trắng sóng"),
        ("weak signal", "lõm sóng"),
        ("no grid", "lõm điện"),
        ("with the national grid", "có điện lưới quốc gia"),
        ("Responsible unit", "Đơn vị chịu trách nhiệm"),
        ("Overdue", "Quá hạn"),
        ("Deadline", "Thời hạn"),
        ("Target", "Mục tiêu"),
        ("III. Shortcomings and their causes", "III. Tồn tại, hạn chế, nguyên nhân"),
        ("V. Proposals", "V. Đề xuất, kiến nghị"),
        ("NOT FOR PUBLICATION", "KHÔNG CÔNG BỐ"),
        ("MADE-UP DATA", "DỮ LIỆU GIẢ LẬP"),
    ],
)
def test_the_terms_are_those_of_the_ministry(english: str, term: str) -> None:
    assert catalogue.text(english, "vi") == term


def test_vietnamese_is_composed_and_has_no_foreign_units() -> None:
    for said in catalogue.vietnamese().values():
        assert "ð" not in said
        assert not re.search(r"\b(bn|billion|million|VND)\b", said)


def test_a_sentence_without_translation_is_an_error() -> None:
    with pytest.raises(LookupError, match="translate it there"):
        catalogue.text("Nobody wrote this.", "vi")
    assert catalogue.text("Nobody wrote this.", "en") == "Nobody wrote this."


def test_what_stands_in_a_slot_is_not_read_again() -> None:
    assert catalogue.text(
        "{place} has {people}{source}.", "en", place="{x}", people="%s", source=""
    ) == ("{x} has %s.")


@pytest.mark.parametrize(
    ("million", "vi", "en"),
    [
        (0.0, "0 đồng", "VND 0"),
        (0.0867, "86.700 đồng", "VND 86,700"),
        (0.9999, "1 triệu đồng", "VND 1 million"),
        (250.55, "250,6 triệu đồng", "VND 250.6 million"),
        (999.96, "1 tỷ đồng", "VND 1 billion"),
        (20_724.0, "20,7 tỷ đồng", "VND 20.7 billion"),
        (999_950.0, "1 nghìn tỷ đồng", "VND 1 trillion"),
        (4_999_998.0, "5 nghìn tỷ đồng", "VND 5 trillion"),
        (12_345_678.0, "12,35 nghìn tỷ đồng", "VND 12.35 trillion"),
    ],
)
def test_money_is_said_in_the_unit_of_people(million: float, vi: str, en: str) -> None:
    assert (catalogue.money(million, "vi"), catalogue.money(million, "en")) == (vi, en)


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 5, "0 %"),
        (5, 5, "100 %"),
        (1, 3, "33,3 %"),
        (99_999, 100_000, "trên 99,9 %"),
        (1, 100_000, "dưới 0,1 %"),
        (0, 0, "chưa có dữ liệu"),
    ],
)
def test_a_share_is_never_rounded_to_all_or_nothing(part: int, whole: int, said: str) -> None:
    assert catalogue.percent(part, whole, "vi") == said
