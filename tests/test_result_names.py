import datetime as dt

import pytest
from tiny_result import tiny
from two_results import earlier

from deadzones.reports import result_names


@pytest.mark.parametrize(
    ("text", "vi", "en"),
    [
        ("Made-up country / Đất nước giả tưởng", "Đất nước giả tưởng", "Made-up country"),
        ("Giả lập · made up", "Giả lập", "made up"),
        ("Lai Châu / Điện Biên", "Lai Châu / Điện Biên", "Lai Châu / Điện Biên"),
        ("Viettel / VNPT", "Viettel / VNPT", "Viettel / VNPT"),
        ("a / b / Ấp", "a / b / Ấp", "a / b / Ấp"),
    ],
)
def test_only_a_text_that_says_the_same_twice_is_taken_apart(text, vi, en):
    assert result_names.both_languages(text) == (vi, en)


def test_what_differs_is_told_and_what_is_the_same_is_not():
    plan = {"name": "plan", "title": "Xứ Mây", "upgrades": {"budget_vnd": 2e9}}
    more = plan | {"upgrades": {"budget_vnd": 5e9}}
    told = result_names.differing(more, plan)
    assert told["after"] == [["budget", 5e9]]
    assert told["before"] == [["budget", 2e9]]
    assert not told["alike"]


def test_results_that_nothing_tells_apart_are_said_to_be_alike():
    assert result_names.differing(tiny().manifest, tiny().manifest)["alike"]
    assert not result_names.differing(tiny().manifest, earlier().manifest)["alike"]


@pytest.mark.parametrize(
    ("after", "before", "told"),
    [
        ("out/plan_b", "out/plan_a", ["plan_b", "plan_a"]),
        ("/secret/2026/out", "/secret/2025/out", ["2026/out", "2025/out"]),
    ],
)
def test_folders_name_results_and_the_way_to_them_stays_at_home(after, before, told):
    found = result_names.differing({"name": "a"}, {"name": "a"}, (after, before))
    assert [found["after"][0][1], found["before"][0][1]] == told


def test_layers_with_other_data_are_told_by_role():
    old = {"layers": {"grid": {"role": "power", "date": dt.date(2025, 1, 1), "sha256": "1"}}}
    new = {"layers": {"grid": {"role": "power", "date": dt.date(2025, 1, 1), "sha256": "2"}}}
    assert result_names.differing(new, old)["layers"] == ["power"]
    assert result_names.differing(new, {})["layers"] == ["power"]
    assert result_names.differing({}, new)["layers"] == ["power"]
    assert result_names.differing(new, new)["layers"] == []
