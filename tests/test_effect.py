"""What changed between two results: effect by service and village, money, tasks, moved borders."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import made_up
import pandas as pd
import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st
from spoil import call

import deadzones as dz
from deadzones.reports import comparison, report_units
from deadzones.reports.effect import effect
from deadzones.reports.effect_text import sentences

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def demo() -> dz.Result:
    return made_up.demo()


def with_power_everywhere(result: dz.Result) -> dz.Result:
    """The same where nobody lacks power any more."""
    communes = result.communes.assign(power_people_pct=100.0, power_lacking_people=0.0)
    lacks = (
        result.villages["lacks"]
        .str.split("+")
        .map(lambda words: "+".join(word for word in words if word != "power"))
    )
    zones = result.dead_zones[~result.dead_zones["lacks"].str.contains("power")]
    villages = result.villages.assign(lacks=lacks)
    return replace(result, communes=communes, villages=villages, dead_zones=zones)


def test_nothing_changes_between_a_result_and_itself(demo):
    found = effect(demo, demo).as_dict()
    assert {one["newly_served"] for one in found["services"].values()} == {0}
    assert {one["no_longer_served"] for one in found["services"].values()} == {0}
    assert found["villages"]["changed"] == []
    assert found["cost"]["vnd"] is None
    assert found["cost"]["vnd_per_person"] is None


def test_who_gets_power_is_counted_once_and_backwards_lost(demo):
    after = with_power_everywhere(demo)
    lacking = demo.communes["power_lacking_people"].round().sum()
    gained, lost = effect(after, demo), effect(demo, after)
    assert gained.newly_served == lacking > 0
    assert gained.change.total("power", "gained") == lost.change.total("power", "lost")
    assert lost.newly_served == 0
    alone = demo.villages["lacks"] == "power"
    assert gained.as_dict()["villages"]["closed"] == alone.sum()
    assert lost.as_dict()["villages"]["opened"] == alone.sum()


def test_money_is_what_was_given_or_what_the_plan_asks_for_zones_that_are_gone(demo):
    after = with_power_everywhere(demo)
    assert effect(after, demo, spent_vnd=3e9).cost_per_person_vnd == pytest.approx(
        3e9 / effect(after, demo).newly_served
    )
    found = effect(after, demo)
    gone = demo.dead_zones.index.difference(after.dead_zones.index)
    planned = demo.upgrades.loc[demo.upgrades["zone_id"].isin(gone), "cost_vnd"].sum()
    assert found.cost_source == "plan"
    assert found.cost_vnd == pytest.approx(planned)


def test_overdue_tasks_have_their_owner_and_done_is_held_against_the_data(demo):
    lacking = demo.villages[demo.villages["lacks"] != ""].drop_duplicates(
        ["commune_code", "name"], keep=False
    )
    first, second = lacking.iloc[0], lacking.iloc[1]
    tasks = pd.DataFrame(
        {
            "commune_code": [first["commune_code"], second["commune_code"]],
            "village": [first["name"], second["name"]],
            "owner": ["Sở KH&CN", None],
            "due": ["2026-01-01", "2026-12-31"],
            "status_reported": ["in_progress", "done"],
            "status_date": [None, "2026-01-02"],
        }
    )
    found = effect(demo, demo, tasks=tasks, as_of="2026-06-30").as_dict()["tasks"]
    assert [(one["village"], one["owner"], one["due"]) for one in found["overdue"]] == [
        (first["name"], "Sở KH&CN", "2026-01-01")
    ]
    assert [one["village"] for one in found["done_but_lacking"]] == [second["name"]]
    text = "\n".join(sentences(effect(demo, demo, tasks=tasks, as_of="2026-06-30"), {}, "vi"))
    assert "1 nhiệm vụ quá hạn" in text
    assert "Sở KH&CN" in text


def boxes(*edges: float) -> gpd.GeoDataFrame:
    """Strips between these meridians, coded by their place."""
    shapes = [shapely.box(west, 21, east, 22) for west, east in itertools.pairwise(edges)]
    codes = [f"{number:05d}" for number in range(1, len(shapes) + 1)]
    return gpd.GeoDataFrame(index=codes, geometry=shapes, crs=4326)


def test_communes_that_did_not_change_are_matched_by_code():
    here = boxes(105, 106, 107)
    counts = pd.DataFrame({"served": [10, 20]}, index=here.index)
    found = report_units.bridge(here, here, counts)
    assert not found.moved
    assert found.counts["served"].tolist() == [10, 20]


def test_a_code_that_names_other_land_now_is_not_matched_by_code():
    """00002 was the east and is the middle now: by its code 20 people would move."""
    old, new = boxes(105, 106, 107), boxes(105, 106, 106.5, 107)
    counts = pd.DataFrame({"served": [10, 20]}, index=old.index)
    found = report_units.bridge(new, old, counts)
    assert found.moved
    assert found.counts["served"].tolist() == [10, 10, 10]
    assert list(found.estimated) == ["00002", "00003"]


@example([105.05000000000001, 105.05])
@given(st.lists(st.floats(105.05, 108.95), min_size=1, max_size=4, unique=True))
def test_moved_borders_lose_nobody(cuts):
    new = boxes(105, *sorted(cuts), 109)
    old = boxes(105, 106, 107, 108, 109)
    counts = pd.DataFrame({"served": [1000, 2000, 3000, 4000]}, index=old.index)
    found = report_units.bridge(new, old, counts)
    assert abs(int(found.counts["served"].sum()) - 10_000) <= len(new)


def test_results_of_other_lands_are_not_compared():
    far = boxes(1, 2).set_axis(["90001"])
    with pytest.raises(comparison.NotComparable):
        report_units.bridge(boxes(105, 106), far, pd.DataFrame({"served": [1]}, index=far.index))


def test_merged_communes_are_compared_with_what_they_were(demo):
    """Two communes become one: nobody gains and nobody loses."""
    communes = demo.communes
    one, two = communes.index[:2]
    counts = [name for name in communes if name.endswith(("people", "_known_people"))]
    merged = communes.drop(index=two)
    merged.loc[one, counts] = communes.loc[[one, two], counts].sum()
    for key in demo.manifest["services"]:
        known = merged.loc[one, f"{key}_known_people"]
        lacking = merged.loc[one, f"{key}_lacking_people"]
        merged.loc[one, f"{key}_people_pct"] = 100.0 * (1 - lacking / known)
    shape = shapely.union_all(communes.geometry[:2].to_numpy())
    merged.geometry = [shape if code == one else merged.geometry[code] for code in merged.index]
    villages = demo.villages.assign(commune_code=demo.villages["commune_code"].replace(two, one))
    after = replace(demo, communes=merged, villages=villages, tasks=demo.tasks.iloc[:0])
    found = effect(after, replace(demo, tasks=demo.tasks.iloc[:0]))
    assert found.change.estimated.empty
    for key in found.change.services:
        assert found.change.total(key, "gained") <= 2  # rounding of communes
        assert found.change.total(key, "lost") <= 2
    assert found.as_dict()["villages"]["changed"] == []


def test_the_command_speaks_and_writes_json(demo, tmp_path: Path):
    old, new = demo.write(tmp_path / "old"), with_power_everywhere(demo).write(tmp_path / "new")
    said = call("compare", old, new, "--json", "--quiet")
    assert said.exit_code == 0, said.output
    assert json.loads(said.stdout)["services"]["power"]["newly_served"] > 0
    said = call("compare", old, new, "--lang", "en")
    assert said.exit_code == 0
    assert "newly served" in said.stdout
    said = call("compare", old, tmp_path / "absent")
    assert said.exit_code == 2
    said = call("compare", old, new, "--as-of", "tomorrow")
    assert said.exit_code == 2
    assert "2026-03-31" in said.stderr


def test_days_and_names_are_those_of_the_language(demo):
    first = next(sentences(effect(demo, demo), {}, "vi"))
    assert first == "Từ Đất nước giả tưởng (31/01/2026) đến Đất nước giả tưởng (31/01/2026)"


def test_what_is_published_tells_changes_in_tens(demo):
    public = {**demo.manifest, "public": True}
    after = replace(with_power_everywhere(demo), manifest=public)
    found = effect(after, replace(demo, manifest=public))
    told = found.as_dict()["services"]["power"]
    assert {told[name] % 10 for name in ("newly_served", "served_before", "served_after")} == {0}
    assert abs(found.newly_served - found.change.total("power", "gained")) <= 5
