import shutil
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from spoil import call
from test_maps import lightness
from tiny_result import tiny
from two_results import GAINED, LOST, earlier, without
from unpacked import settings, unpack

import deadzones as dz
from deadzones.reports import comparison, maps, measures, offline, zone_changes
from deadzones.reports.map_elements import PackedLayer

pytestmark = pytest.mark.slow

SHARES = ["mobile_people_pct", "all_people_pct"]
COLUMNS = [*SHARES, "score", "dead_people"]


@st.composite
def tables(draw):
    """Communes of a few provinces; some numbers and some communes are missing."""
    codes = draw(st.lists(st.integers(1, 99).map("{:05d}".format), min_size=1, unique=True))
    share = st.none() | st.floats(0, 100)
    rows = [
        {
            "people": draw(st.floats(0, 1e5)),
            "province_code": draw(st.sampled_from(["01", "02", "04"])),
            "dead_people": draw(st.none() | st.floats(0, 1e5)),
            **{name: draw(share) for name in [*SHARES, "score"]},
        }
        for _ in codes
    ]
    return pd.DataFrame(rows, index=pd.Index(codes, dtype=str))


def changed(after, before, columns):
    return comparison.change(after, comparison.aligned(after, before, columns))


# --- laws -------------------------------------------------------------------------------------


@given(tables())
def test_a_result_held_against_itself_has_not_changed(table):
    known = table[COLUMNS].astype(float).notna()
    assert (changed(table, table, COLUMNS)[known].fillna(0) == 0).all(axis=None)
    net = comparison.persons(table, table, [*SHARES, "dead_people"])
    found = comparison.totals(net, table["province_code"])
    assert (found.fillna(0) == 0).all(axis=None)


@given(tables(), tables())
def test_swapping_the_two_negates_the_change(one, other):
    there = changed(one, other, COLUMNS)
    back = changed(other, one, COLUMNS)
    both = one.index.intersection(other.index)
    pd.testing.assert_frame_equal(there.loc[both], -back.loc[both])
    persons = [*SHARES, "dead_people"]
    there = comparison.persons(one, other, persons).loc[both]
    back = comparison.persons(other, one, persons).loc[both]
    same = pd.Series("all", index=both)
    gone, come = comparison.totals(there, same), comparison.totals(back, same)
    pd.testing.assert_frame_equal(gone["gained"], come["lost"])
    pd.testing.assert_frame_equal(gone["lost"], come["gained"])


@given(tables(), tables())
def test_the_provinces_add_up_to_the_nation(after, before):
    net = comparison.persons(after, before, SHARES)
    provinces = comparison.totals(net, after["province_code"])
    nation = comparison.totals(net, pd.Series("all", index=net.index))
    np.testing.assert_allclose(
        provinces.sum(min_count=1).to_numpy(float), nation.iloc[0].to_numpy(float)
    )
    np.testing.assert_allclose(
        (nation["gained"] - nation["lost"]).fillna(0).to_numpy(float)[0], net.sum().to_numpy(float),
        atol=1e-6,
    )  # fmt: skip


@given(tables(), tables())
def test_every_commune_is_matched_or_counted(after, before):
    if not after.index.isin(before.index).any():
        with pytest.raises(comparison.NotComparable, match="share no commune"):
            comparison.match(after.index, before.index)
        return
    found = comparison.match(after.index, before.index)
    assert set(found.both) | set(found.only_after) == set(after.index)
    assert set(found.both) | set(found.only_before) == set(before.index)
    assert len(found.both) + len(found.only_after) == len(after)


def test_an_unknown_on_either_side_stays_unknown():
    after = pd.DataFrame({"score": [80.0, None, 70.0]}, index=["00001", "00002", "00003"])
    before = pd.DataFrame({"score": [None, 50.0]}, index=["00001", "00002"])
    assert changed(after, before, ["score"])["score"].isna().all()


def test_percentages_are_of_the_people_that_are_known():
    after = pd.DataFrame(
        {"people": [1000.0], "mobile_known_people": [200.0], "mobile_people_pct": [50.0]},
        index=["00001"],
    )
    net = comparison.persons(after, after.assign(mobile_people_pct=0.0), ["mobile_people_pct"])
    assert net.to_numpy() == 100


def test_fewer_people_in_dead_zones_is_a_gain():
    after = pd.DataFrame({"people": [1000.0], "dead_people": [40.0]}, index=["00001"])
    net = comparison.persons(after, after + 60, ["dead_people"])
    assert net.to_numpy() == 60


# --- dead zones -------------------------------------------------------------------------------


def squares(*corners, lacks="mobile", people: Any = 60.0):
    shapes = [shapely.box(x, 0, x + 1, 1) for x in corners]
    table = pd.DataFrame({"lacks": lacks, "people": people}, index=range(len(corners)))
    return gpd.GeoDataFrame(table, geometry=shapes, crs=4326)


def test_zones_that_only_touch_share_no_land():
    here = squares(0, 2)
    assert zone_changes.met(here, squares(1)).tolist() == [False, False]
    assert zone_changes.met(here, squares(0.5)).tolist() == [True, False]
    assert zone_changes.met(here, squares()).tolist() == [False, False]


def test_gone_and_new_zones_change_places_when_the_results_do():
    one, other = squares(0, 2, 9), squares(0.5, 5)
    there, back = zone_changes.counts(one, other), zone_changes.counts(other, one)
    assert there["new"] == back["gone"] == [2, 120]
    assert there["gone"] == back["new"] == [1, 60]
    assert zone_changes.counts(one, one)["gone"] == [0, 0]


def test_a_zone_that_stays_as_it_was_is_not_packed_again():
    before = squares(0, 2)
    columns, shapes = unpack(zone_changes.old(before, before, 1e-4))
    assert columns["lacks"] == shapes == []
    columns, _ = unpack(zone_changes.old(squares(0, lacks="power"), before, 1e-4))
    assert columns["gone"] == [False, True]


def test_the_largest_old_zones_stay_when_not_all_fit(monkeypatch):
    rng = np.random.default_rng(0)
    many = squares(*rng.uniform(0, 99, 400), people=rng.permutation(400).astype(float))
    whole = zone_changes.old(many.iloc[:0], many, 1e-5)
    monkeypatch.setattr(zone_changes, "LIMIT_BYTES", len(whole) // 2)
    part = zone_changes.old(many.iloc[:0], many, 1e-5)
    people = unpack(part)[0]["people"]
    assert len(part) <= len(whole) // 2
    assert sorted(people) == list(range(400 - len(people), 400))


# --- classes and colours ----------------------------------------------------------------------


@pytest.mark.parametrize("measure", measures.available(COLUMNS[2:], {}))
def test_the_classes_of_a_change_are_the_same_up_and_down(measure):
    change = measures.change(measure)
    assert len(change.colors) == 2 * len(change.steps) + 1
    assert list(change.steps) == sorted(change.steps)
    light = [lightness(color) for color in change.colors]
    np.testing.assert_allclose(light, light[::-1], atol=0.5)
    assert (np.diff(light[: len(change.steps) + 1]) > 8).all()


def test_purple_is_better_whether_the_number_rises_or_falls():
    score, dead = (measures.change(each) for each in measures.available(COLUMNS[2:], {}))
    assert score.colors[-1] == dead.colors[0] == measures.BETTER[0]
    assert (score.better, dead.better) == (1, -1)


# --- the page ---------------------------------------------------------------------------------


def compared(drawn):
    """The packed columns of a page, by table and view."""
    return {
        (child.about["of"], child.about["view"]): unpack(child.text)[0]
        for child in drawn._children.values()
        if isinstance(child, PackedLayer) and child.role == "compared"
    }


def test_the_page_carries_before_and_change_without_shapes():
    drawn = maps.draw(tiny(), compare=earlier())
    found = compared(drawn)
    change = dict(zip(tiny().communes.index, found["communes", "change"]["mobile_people_pct"]))  # noqa: B905
    assert {code: change[code] for code in (*GAINED, *LOST)} == {
        **GAINED,
        **{code: -points for code, points in LOST.items()},
    }
    assert change["00001"] == 0
    assert change["00009"] is None
    before = found["communes", "before"]["mobile_people_pct"]
    assert before[2] == pytest.approx(25)
    assert found["provinces", "change"]["score"][0] == 0


def test_a_page_of_a_result_and_itself_tells_of_no_change():
    about = settings(maps.draw(tiny(), compare=tiny()))["compare"]
    pairs = [*about["totals"].values(), *about["provinces"]["01"].values()]
    assert len(pairs) > 8
    assert all(pair == [0, 0] for pair in pairs)
    assert about["zones"]["gone"] == about["zones"]["new"] == [0, 0]
    assert about["matched"] == {"both": 9, "only_after": 0, "only_before": 0}
    assert about["thresholds"] == about["left_out"] == []
    assert about["overall"]
    assert not about["rules_differ"]


def test_the_page_tells_what_is_held_against_what():
    about = settings(maps.draw(tiny(), compare=earlier()))
    assert about["title"] == ("Xứ Mây (bịa ra)",) * 2
    assert about["compare"]["title"][0].startswith("Xứ Mây năm trước")
    assert {source["date"] for source in about["compare"]["sources"]} == {"2025-01-31"}
    assert about["compare"]["matched"] == {"both": 8, "only_after": 1, "only_before": 1}
    assert about["compare"]["zones"]["gone"] == about["compare"]["zones"]["new"] == [1, 60]


def test_provinces_of_the_page_add_up_to_its_nation():
    about = settings(maps.draw(tiny(), compare=earlier()))["compare"]
    for key, pair in about["totals"].items():
        parts = [found[key] for found in about["provinces"].values() if key in found]
        assert np.abs(np.sum(parts, axis=0) - pair).max() <= 1  # each is rounded
    gained = tiny().communes["people"][list(GAINED)] @ list(GAINED.values()) / 100
    assert about["totals"]["mobile_people_pct"] == [round(gained), round(4_100 * 0.09)]


def test_only_common_services_are_compared_and_the_rest_is_told():
    about = settings(maps.draw(tiny(), compare=without(earlier(), "power")))
    keys = [each["key"] for each in about["measures"]]
    assert keys[:2] == ["mobile_people_pct", "fibre_people_pct"]
    assert not {"score", "dead_people", "power_people_pct"} & set(keys)
    assert about["measure"] == "mobile_people_pct"
    assert about["compare"]["left_out"] == [("Điện lưới", "Grid power")]
    assert not about["compare"]["overall"]
    assert "zones" not in about["compare"]
    with pytest.raises(ValueError, match=r"no measure 'power'.*mobile_people_pct"):
        maps.draw(tiny(), measure="power", compare=without(earlier(), "power"))


def test_another_threshold_is_told():
    other = earlier()
    services = other.manifest["services"]
    changed = services | {"fibre": services["fibre"] | {"threshold": 5.0}}
    about = settings(maps.draw(tiny(), compare=earlier(services=changed)))["compare"]
    (found,) = about["thresholds"]
    assert (found["before"]["threshold"], found["after"]["threshold"]) == (5.0, 2.5)


@pytest.mark.parametrize("side", [0, 1])
def test_a_page_is_synthetic_public_and_as_weak_as_the_weaker_of_the_two(side):
    plain = {"synthetic": False, "public": False, "evidence": "declared"}
    bare = [plain, plain]
    bare[side] = {"synthetic": True, "public": True, "evidence": "proxy"}
    drawn = maps.draw(tiny(**bare[0]), compare=earlier(**bare[1]))
    about = settings(drawn)
    assert (about["synthetic"], about["public"], about["evidence"]) == (True, True, "proxy")
    page = offline.page(drawn)
    assert 'id="dz-band" data-word="synthetic_band"' in page
    assert 'receive("assets"' not in page


def test_results_that_share_nothing_are_told_apart():
    other = earlier()
    away = replace(other, communes=other.communes.rename(index=lambda code: f"9{code[1:]}"))
    with pytest.raises(ValueError, match=r"share no commune: .*00001.*90001"):
        maps.draw(tiny(), compare=away)
    for service in ("mobile", "fibre"):
        other = without(other, service)
    with pytest.raises(ValueError, match=r"share no measure: .*mobile, fibre.*power"):
        maps.draw(without(tiny(), "power"), compare=other)


def test_one_province_is_compared_alone():
    about = settings(maps.draw(tiny(), province="02", compare=earlier()))["compare"]
    assert about["matched"] == {"both": 2, "only_after": 1, "only_before": 1}
    assert list(about["provinces"]) == ["02"]


def test_a_page_without_comparison_carries_nothing_for_it():
    page, compared_page = (offline.page(maps.draw(tiny(), compare=o)) for o in (None, earlier()))
    for text in ("view_change", 'id="dz-views"', "setUpCompare = "):
        assert text not in page
        assert text in compared_page


def test_the_same_two_results_give_the_same_bytes():
    one, other = (offline.page(maps.draw(tiny(), compare=earlier())) for _ in range(2))
    assert one == other


def test_a_match_is_counted_by_its_parts():
    found = comparison.match(pd.Index(["a", "b"]), pd.Index(["b"]))
    assert {name: len(codes) for name, codes in asdict(found).items()} == {
        "both": 1,
        "only_after": 1,
        "only_before": 0,
    }


# --- the command line -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A result, and one of communes with other codes."""
    folder = tmp_path_factory.mktemp("results")
    result = dz.demo(communes=4)
    result.write(folder / "now")
    shutil.copytree(folder / "now", folder / "away")
    away = result.communes.rename(index=lambda code: f"0{code[1:]}")
    away.to_parquet(folder / "away" / "communes.parquet")
    return folder


def test_a_map_is_held_against_another_result(results, tmp_path):
    page = tmp_path / "map.html"
    said = call("map", results / "now", "--compare", results / "now", "--out", page)
    assert (said.exit_code, said.stdout) == (0, f"{page}\n"), said.output
    assert 'id="dz-views"' in page.read_text("utf-8")


@pytest.mark.parametrize(
    ("other", "piece"), [("away", "share no commune"), ("absent", "folder of a result")]
)
def test_what_cannot_be_compared_is_refused(results, other, piece, tmp_path):
    page = tmp_path / "map.html"
    said = call("map", results / "now", "--compare", results / other, "--out", page)
    assert said.exit_code == 2, repr(said.exception)
    assert piece in said.stderr
    assert other in said.stderr
    assert not page.exists()
