"""Names as people mean them, and units in time."""

from __future__ import annotations

import datetime as dt
import unicodedata

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadzones import BadInput
from deadzones.geodata import admin

MERGER, LATER = dt.date(2025, 7, 1), dt.date(2026, 4, 30)
BEFORE = dt.date(2025, 6, 30)


def table(*rows: tuple[str, str], province: str = "79", **columns: list[str]) -> pd.DataFrame:
    codes, names = zip(*rows, strict=True)
    return pd.DataFrame(
        {"commune_code": codes, "commune_name": names, "province_code": province} | columns
    )


OLD = table(("26740", "Phường Bến Nghé"), ("26734", "Phường Tân Định"), ("26767", "Xã Thạnh An"))
NEW = table(
    ("26740", "Phường Sài Gòn"),
    ("26734", "Phường Tân Định"),
    ("26767", "Xã Thạnh An"),
    old_names=[
        "Phường Bến Nghé, Phường Đa Kao (phần còn lại, sau khi chia)",
        "Phường Tân Định; Phường Đa Kao (phần còn lại)",
        "Xã Thạnh An",
    ],
)
HISTORY = admin.succeed(
    admin.units(OLD, valid_from=dt.date(1997, 4, 1)),
    admin.units(NEW, valid_from=MERGER),
    on=MERGER,
    same=["26767"],
)


# --- names --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hoà Bình", "Hòa Bình"),
        ("Thuỷ Nguyên", "THỦY NGUYÊN"),
        ("Khoái Châu", "Khóai Châu"),
        ("Đắk R'lấp", "Đắk R’Lấp"),
        ("Xã B'Lao", "Xã B` Lao"),
        (
            "Xã B'Lao",
            "Xã B\ua78cLao",
        ),  # the saltillo of some keyboards for languages of the highlands
        ("Bà Rịa - Vũng Tàu", "Bà Rịa–Vũng Tàu"),
        ("Đà  Nẵng", "\u00d0à\u00a0Nẵng "),
    ],
)
def test_spellings_of_a_name_have_one_key(one: str, other: str) -> None:
    assert admin.key(one) == admin.key(other)
    assert admin.key(unicodedata.normalize("NFD", one)) == admin.key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Đa", "Da"),
        ("Hoà", "Hoa"),
        ("Hòa", "Hóa"),
        ("Tân", "Tăn"),
        ("U Minh", "Ư Minh"),
        ("Tân Thành", "Tân Thạnh"),
        ("Xã Tân An", "Phường Tân An"),
    ],
)
def test_other_names_have_other_keys(one: str, other: str) -> None:
    assert admin.key(one) != admin.key(other)


letters = st.text("aăâeêioôơuưyđdbchngtrAĐ '’-àáảãạếờựỷ", max_size=12)


@given(letters)
def test_a_key_is_its_own_key_in_nfc(name: str) -> None:
    found = admin.key(name)
    assert admin.key(found) == found == unicodedata.normalize("NFC", found)
    assert found == admin.key(unicodedata.normalize("NFD", name)) == admin.key(name.upper())


def test_short_kinds_are_kinds_too() -> None:
    assert admin.kind_of("TP Huế") == ("thành phố", "Huế")
    assert admin.kind_of("TX. Sa Pa") == ("thị xã", "Sa Pa")
    assert admin.kind_of("TPA") == ("", "TPA")


def test_kinds_are_parted_from_names() -> None:
    assert admin.kind_of("Phường 12") == ("phường", "12")
    assert admin.kind_of("TP.Hồ Chí Minh") == ("thành phố", "Hồ Chí Minh")
    assert admin.kind_of("Thị xã Phú Mỹ") == ("thị xã", "Phú Mỹ")
    assert admin.kind_of("Xãng") == ("", "Xãng")
    assert admin.kind_of("Xã") == ("", "Xã")


# --- units in time ------------------------------------------------------------------------------


def test_a_code_names_other_communes_on_other_days() -> None:
    assert admin.by_code(HISTORY, "26740", BEFORE)["name"] == "Phường Bến Nghé"
    assert admin.by_code(HISTORY, "26740", MERGER)["name"] == "Phường Sài Gòn"
    with pytest.raises(
        ValueError, match=r"1990-01-01; Phường Bến Nghé has it from 1997-04-01 until"
    ):
        admin.by_code(HISTORY, "26740", dt.date(1990, 1, 1))
    with pytest.raises(ValueError, match="nor on any day"):
        admin.by_code(HISTORY, "00000", MERGER)


def test_a_unit_that_goes_on_is_one_unit() -> None:
    spans = HISTORY[HISTORY["code"] == "26767"]
    assert len(spans) == 1
    assert spans["valid_to"].isna().all()
    assert HISTORY["code"].value_counts()["26734"] == 2


def test_two_units_of_a_code_on_a_day_are_refused() -> None:
    both = pd.concat(
        [admin.units(some, valid_from=MERGER) for some in (OLD, NEW)], ignore_index=True
    )
    with pytest.raises(ValueError, match="names two units on 2025-07-01"):
        admin.at(both, MERGER)
    with pytest.raises(BadInput, match="row 4, column commune_code: found '26740'"):
        admin.units(pd.concat([OLD, NEW], ignore_index=True), valid_from=MERGER)


def test_names_are_found_with_or_without_their_kind_within_a_province() -> None:
    found = admin.by_name(HISTORY, "phường sài gòn", MERGER)
    assert found.index.tolist() == admin.by_name(HISTORY, "Sài  Gòn", MERGER).index.tolist()
    assert found.index.tolist() == ["26740"]
    assert admin.by_name(HISTORY, "Xã Sài Gòn", MERGER).empty
    bare = admin.units(table(("26740", "Sài Gòn")), valid_from=MERGER)
    assert admin.by_name(bare, "Phường Sài Gòn", MERGER).index.tolist() == ["26740"]
    assert admin.by_name(HISTORY, "Sài Gòn", BEFORE).empty
    assert admin.by_name(HISTORY, "Sài Gòn", MERGER, province_code="01").empty


def test_an_old_name_leads_to_every_unit_that_got_a_part() -> None:
    assert admin.by_old_name(HISTORY, "Đa Kao", MERGER).index.tolist() == ["26734", "26740"]
    assert admin.by_old_name(HISTORY, "Phường Bến Nghé", LATER).index.tolist() == ["26740"]
    assert admin.by_old_name(HISTORY, "sau khi chia", MERGER).empty


def test_tables_of_two_dates_are_not_joined_by_bare_code() -> None:
    people, sites = OLD.assign(people=1), NEW.assign(sites=2)
    with pytest.raises(BadInput) as told:
        admin.join(people, sites, left_date=BEFORE, right_date=MERGER)
    text = str(told.value)
    assert "26740 is Phường Bến Nghé in the one and Phường Sài Gòn in the other" in text
    assert "admin.crosswalk" in text
    assert "admin.express" in text
    with pytest.raises(BadInput, match="26734 is Phường Tân Định in both, on other land"):
        admin.join(people[1:], sites, left_date=BEFORE, right_date=MERGER, history=HISTORY)
    counts = [some.drop(columns="commune_name") for some in (people, sites)]
    with pytest.raises(BadInput, match="of 2026-04-30, which may name different units; wanted"):
        admin.join(*counts, left_date=BEFORE, right_date=LATER)


def test_tables_of_one_date_or_of_the_same_units_are_joined() -> None:
    people = pd.DataFrame({"people": [5, 7]}, index=["26767", "26740"])
    sites = pd.DataFrame({"sites": [2]}, index=["26767"])
    joined = admin.join(people, sites, left_date=MERGER, right_date=MERGER)
    assert joined["sites"].tolist()[0] == 2
    assert joined["sites"].isna().tolist() == [False, True]
    across = admin.join(people, sites, left_date=BEFORE, right_date=LATER, history=HISTORY)
    pd.testing.assert_frame_equal(across, joined)


def test_codes_that_lost_their_zeros_are_refused() -> None:
    numbers = table(("00004", "Phường Ba Đình")).assign(commune_code=[4])
    with pytest.raises(BadInput, match="row 1, column commune_code: found 4; wanted codes as text"):
        admin.units(numbers, valid_from=MERGER)
    with pytest.raises(BadInput, match="right, row 1, column commune_code: found 26740"):
        admin.join(OLD, NEW.assign(commune_code=[26740, 1, 2]), left_date=MERGER, right_date=MERGER)
    twice = pd.concat([NEW, NEW.head(1)])
    with pytest.raises(
        BadInput, match="right, row 4, column commune_code: found '26740'; wanted each"
    ):
        admin.join(OLD, twice, left_date=MERGER, right_date=MERGER)
    with pytest.raises(BadInput, match="wanted a column commune_name"):
        admin.units(OLD.drop(columns="commune_name"), valid_from=MERGER)
    for name in (None, float("nan"), 5):
        unnamed = OLD.assign(commune_name=["A", name, "C"])
        with pytest.raises(BadInput, match=r"row 2, column commune_name: found .*wanted a"):
            admin.units(unnamed, valid_from=MERGER)
    with pytest.raises(ValueError, match="wanted a later day to end"):
        admin.units(OLD, valid_from=MERGER, valid_to=BEFORE)


def test_a_xa_that_becomes_a_phuong_is_the_same_land_under_a_new_name() -> None:
    before = admin.units(table(("26206", "Xã An Phước"), ("26209", "Xã A")), valid_from=MERGER)
    wards = table(("26206", "Phường An Phước"), ("26209", "Xã A"))
    history = admin.succeed(
        before, admin.units(wards, valid_from=LATER), on=LATER, same=["26206", "26209"]
    )
    day_before = LATER - dt.timedelta(days=1)
    assert admin.by_code(history, "26206", day_before)["name"] == "Xã An Phước"
    assert admin.by_code(history, "26206", LATER)["name"] == "Phường An Phước"
    assert history["code"].tolist() == ["26206", "26206", "26209"]
    assert (history["since"] == pd.Timestamp(MERGER)).all()
    people = pd.DataFrame({"people": [5]}, index=["26206"])
    joined = admin.join(people, people, left_date=MERGER, right_date=LATER, history=history)
    assert joined["people_right"].tolist() == [5]


def test_a_unit_that_went_on_under_another_code_is_there_once() -> None:
    before = admin.units(table(("06970", "Xã Ba Chẽ")), valid_from=MERGER)
    after = admin.units(table(("06978", "Xã Ba Chẽ")), valid_from=LATER)
    walk = pd.DataFrame({"old_code": ["06970"], "new_code": ["06978"], "share": 1.0, "people": 9.0})
    history = admin.succeed(before, after, on=LATER, same=admin.unchanged(walk))
    assert admin.at(history, LATER).index.tolist() == ["06978"]
    assert history["since"].tolist() == [pd.Timestamp(MERGER)] * 2
    with pytest.raises(ValueError, match="1 units said to be the same are not in the new map"):
        admin.succeed(before, after, on=LATER, same=["06970"])


# --- provinces ----------------------------------------------------------------------------------


def test_there_are_six_cities_and_then_seven_of_34() -> None:
    first, then = admin.provinces(MERGER), admin.provinces(LATER)
    assert len(first) == len(then) == 34
    cities = [set(some[some["status"] != "tỉnh"]["name"]) for some in (first, then)]
    assert [len(some) for some in cities] == [6, 7]
    assert cities[1] - cities[0] == {"Đồng Nai"}
    assert then["status"].unique().tolist() == ["thành phố trực thuộc trung ương", "tỉnh"]
    with pytest.raises(ValueError, match="wanted 2025-07-01 or a later day"):
        admin.provinces(BEFORE)
