"""The village register: who stands in it, what it claims, its tasks, and sums that reconcile."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import drawn
import geopandas as gpd
import made_up
import numpy as np
import pandas as pd
import pytest
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from spoil import add
from tiny_result import XSS, TinyResult, tiny

import deadzones as dz
from deadzones.coverage.study import Study
from deadzones.geodata.faults import BadInput
from deadzones.geodata.grid import Grid
from deadzones.geodata.rasters import Field
from deadzones.geodata.readers import READERS
from deadzones.geodata.source import Source
from deadzones.reports import (
    register,
    register_rows,
    register_tasks,
    register_totals,
    register_words,
)

PLACES = """
[layers.places]
reader = "places"
path = "places.gpkg"
evidence = "declared"
"""
WHERE = {"A": (0.5, 0.5), "B": (2.5, 3.5), "C": (5.5, 3.5)}
"""A beside the site; B at the fibre node, far from the site; C in the next commune, far from all."""


@pytest.fixture(scope="module")
def demo() -> dz.Result:
    return made_up.demo()


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> dz.Result:
    """Three communes of which the third has no places."""
    folder = tmp_path_factory.mktemp("register")
    study = drawn.country(folder)
    drawn.points(list(WHERE.values()), name=list(WHERE)).to_file(folder / "places.gpkg")
    add(PLACES)(folder)
    return dz.run(Study.read(study))


def register_of(result: Any, **options: Any) -> gpd.GeoDataFrame:
    """Write the register of a result, or of what looks like one."""
    return register.villages(result, **options)


def tasks(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame({"commune_code": ["00001"], "village": ["Bản Suối"]} | columns)


def faults(result: Any, table: pd.DataFrame) -> list[Any]:
    with pytest.raises(BadInput) as caught:
        register_of(result, tasks=table)
    return caught.value.faults


def tiled(count: int) -> TinyResult:
    """The drawn country with many settlements in five of its communes."""
    drawn_country = tiny()
    random = np.random.default_rng(0)
    codes = random.choice(["00001", "00002", "00003", "00008", "00009"], count)
    table = {
        "name": [f"Bản {number}" for number in range(count)],
        "kind": "village",
        "people": random.integers(1, 900, count).astype(float),
        "commune_code": codes,
        "lacks": np.resize(["", "mobile", "fibre+power", "?"], count),
    }
    points = gpd.points_from_xy(random.uniform(105, 105.6, count), random.uniform(20, 20.6, count))
    villages = gpd.GeoDataFrame(table, geometry=points, crs=4326)
    villages["lacks"] = villages["lacks"].mask(villages["lacks"] == "?")
    return replace(drawn_country, villages=villages)


# who stands in it


@pytest.mark.slow
def test_every_settlement_has_its_row_and_every_commune_one_at_least(country: dz.Result) -> None:
    table = register_of(country)
    places = table[table["record"] == "place"]
    assert places["village"].tolist() == list(WHERE)
    assert set(table["commune_code"]) == set(country.communes.index)
    assert set(table.loc[table["commune_code"] == "91001", "record"]) <= {"zone", "rest"}
    assert table.index.tolist() == list(range(1, len(table) + 1))


def test_the_people_of_a_commune_without_settlements_are_all_there() -> None:
    result = tiny()
    table = register_of(result)
    without = table[table["record"] != "place"]
    people = without.groupby("commune_code")["people"].sum(min_count=1)
    expected = result.communes["people"].reindex(people.index).round().astype("Int64")
    assert people.tolist() == expected.tolist()
    assert people.loc["00004"] == 4_100
    assert pd.isna(people.loc["00007"])
    assert people.loc["00009"] == 0


@pytest.mark.slow
@given(st.lists(st.integers(1, 400), min_size=1, max_size=7), st.integers(0, 900))
def test_rounded_shares_are_never_more_than_the_commune(tenths: list[int], others: int) -> None:
    result = tiny()
    zone = result.dead_zones.iloc[[3] * len(tenths)].assign(
        communes=[f"00004:{one / 10:.1f}" for one in tenths]
    )
    zone.index = pd.Index([f"Z{number}" for number in range(len(tenths))], name="zone_id")
    communes = result.communes.copy()
    communes.loc["00004", "people"] = (sum(tenths) + others) / 10
    drawn_so: Any = replace(result, dead_zones=zone, communes=communes)
    table = register_rows.settlements(drawn_so)
    people = table.loc[table["commune_code"] == "00004", "people"]
    assert people.sum() == round((sum(tenths) + others) / 10)
    assert (people >= 0).all()


def test_a_country_without_places_is_its_dead_zones_and_the_rest(demo: dz.Result) -> None:
    table = register_of(replace(demo, villages=demo.villages.iloc[:0], tasks=demo.tasks.iloc[:0]))
    assert set(table["record"]) == {"zone", "rest"}
    assert table["people"].sum() == demo.communes["people"].round().sum()
    assert set(table["zone_id"].dropna()) == set(demo.dead_zones.index)


def test_people_of_a_wide_zone_stand_in_their_own_commune(demo: dz.Result) -> None:
    """One dead zone over all communes: its middle lies in one of them alone."""
    communes = demo.communes
    told = ";".join(f"{code}:10" for code in communes.index)
    zone = demo.dead_zones.iloc[:1].assign(communes=told)
    zone.geometry = [communes.geometry.union_all()]
    table = register_of(
        replace(demo, villages=demo.villages.iloc[:0], dead_zones=zone, tasks=demo.tasks.iloc[:0])
    )
    clusters = table[table["record"] == "zone"]
    assert sorted(clusters["commune_code"]) == sorted(communes.index)
    homes = communes.geometry.loc[clusters["commune_code"]]
    assert homes.intersects(clusters.geometry, align=False).all()


def test_a_proposal_of_another_commune_is_not_that_of_a_settlement(demo: dz.Result) -> None:
    """A dead zone may reach over a third of the country: a site at its other end serves nobody here."""
    first = demo.communes.index[0]
    wide = demo.dead_zones.iloc[:1].assign(lacks="mobile")
    wide.geometry = [demo.communes.geometry.union_all()]
    upgrades = demo.upgrades.assign(
        zone_id=wide.index[0], commune_code=first, service="mobile", kind="new_site"
    )
    villages = demo.villages.assign(lacks="mobile")
    table = register_of(replace(demo, villages=villages, dead_zones=wide, upgrades=upgrades))
    here = table["commune_code"] == first
    assert (table.loc[here, "upgrade_scope"] == "zone").all()
    assert table.loc[~here, "upgrade_id"].isna().all()


def test_a_country_without_anything_lacking_or_settled() -> None:
    result = tiny()
    bare = replace(
        result,
        villages=result.villages.iloc[:0],
        dead_zones=result.dead_zones.iloc[:0],
        upgrades=result.upgrades.iloc[:0],
        assets=result.assets.iloc[:0],
    )
    table = register_of(bare)
    assert table["record"].tolist() == ["rest"] * 9
    assert register.totals(table, "nation")["settlements"].tolist() == [0]
    assert register.totals(table, "nation")["people"].tolist() == [42_725]


def test_names_are_kept_as_they_are() -> None:
    table = register_of(tiny())
    assert XSS in set(table["village"])
    assert {XSS, "Ea M'Droh"} <= set(table["commune_name"])


def test_area_class_and_households_are_taken_over() -> None:
    result = tiny()
    result = replace(
        result,
        communes=result.communes.assign(area_class=["I", "II", None] * 3),
        villages=result.villages.assign(households=[40, None, 7, 0]),
    )
    table = register_of(result)
    places = table[table["record"] == "place"]
    assert places["households"].tolist() == [40, pd.NA, 7, 0]
    assert table.set_index("commune_code").loc["00002", "area_class"] == "II"
    assert register.totals(table, "class").index.tolist() == ["I", "II", "unknown"]


# what it claims


def test_classes_of_the_commune_stand_in_every_row(demo: dz.Result) -> None:
    first, *others = demo.communes.index
    border = pd.Series([True, *[False] * (len(others) - 1), None], [first, *others])
    result = replace(demo, communes=demo.communes.assign(border=border.astype("boolean")))
    table = register_of(result)
    said = table.groupby("commune_code")["border"].agg(lambda one: set(one.dropna()))
    assert said[first] == {"yes"}
    assert [said[code] for code in others] == [*[{"no"}] * (len(others) - 1), set()]
    nothing = demo.communes.drop(columns=["mountainous", "border", "island"])
    assert register_of(replace(demo, communes=nothing))["island"].isna().all()
    split = register.totals(table, "border")["settlements"]
    assert split["yes"] == (demo.villages["commune_code"] == first).sum()
    assert split.sum() == len(demo.villages)


def test_states_follow_what_lacks(country: dz.Result) -> None:
    table = register_of(country).set_index("village")
    lacks = country.villages.set_index("name")["lacks"]
    for village in WHERE:
        lacking = lacks[village].split("+")
        assert (table.loc[village, "signal"] != "served") == ("mobile" in lacking)
        assert (table.loc[village, "power"] == "none") == ("power" in lacking)
        assert (table.loc[village, "fibre"] == "none") == ("fibre" in lacking)
    assert table.loc["A", "signal"] == "served"
    assert table.loc["B", ["signal", "fibre", "power"]].tolist() == ["lacking", "served", "none"]


def test_power_is_as_surveyed_else_by_the_grid() -> None:
    result = tiny()
    names = sorted(result.villages["name"].dropna().unique())[:4]
    said = dict(zip(names, ["unstable", "local", "grid", "none"], strict=True))
    villages = result.villages.assign(power_supply=result.villages["name"].map(said))
    before = register_of(result).set_index("village")["power"]
    after = register_of(replace(result, villages=villages)).set_index("village")["power"]
    assert {name: after[name] for name in names} == said
    others = ~before.index.isin(names)
    assert after[others].equals(before[others])


@pytest.mark.slow
def test_a_survey_of_power_goes_through_a_run(tmp_path: Path) -> None:
    layer = 'role = "places"\nreader = "places"\npath = "surveyed.gpkg"\nevidence = "measured"\n'
    study = drawn.country(tmp_path, extra=f"[layers.surveyed]\n{layer}")
    table = drawn.points([(0.5, 0.5), (1.5, 0.5)], name=["A", "B"], power_supply=["unstable", None])
    table.to_file(tmp_path / "surveyed.gpkg")
    result = dz.read(dz.run(dz.Study.read(study)).write(tmp_path / "out"))
    power = register_of(result).set_index("village")["power"]
    assert power["A"] == "unstable"
    assert power["B"] in {"grid", "none"}


def test_another_word_for_a_power_supply_is_told() -> None:
    place = drawn.points([(0.5, 0.5)], name=["A"], power_supply=["often off"])
    with pytest.raises(
        BadInput, match="column power_supply: found 'often off'; wanted one of grid"
    ):
        READERS["places"](Source(place, "places"))


def test_nothing_is_claimed_of_a_service_that_may_be_unknown() -> None:
    table = register_of(tiny()).set_index("village")
    assert table.loc["Bản Suối", ["signal", "power"]].isna().tolist() == [False, True]
    assert table.loc["Ấp Cát", ["signal", "power", "fibre", "status_measured"]].isna().all()


def level(dbm: float) -> dict[str, Field]:
    grid = Grid("EPSG:4326", Affine(0.6, 0, 105.0, 0, -0.6, 20.6), (1, 1))
    return {"mobile": Field(np.array([[dbm]], dtype=np.float32), grid)}


@pytest.mark.parametrize(
    ("dbm", "state"),
    [(-90.0, "weak"), (-111.0, "weak"), (-121.0, "weak"), (-121.1, "none"), (np.nan, "none")],
)
def test_a_lacking_signal_is_weak_or_none_by_its_level(dbm: float, state: str) -> None:
    table = register_of(replace(tiny(), signal=level(dbm))).set_index("village")
    assert table.loc["Bản Suối", "signal"] == state
    assert table.loc["Thôn Đá", "signal"] == "served"


def test_beyond_the_prediction_weak_and_none_are_not_told_apart() -> None:
    far = Grid("EPSG:4326", Affine(1, 0, 0, 0, -1, 1), (1, 1))
    signal = {"mobile": Field(np.full((1, 1), -200.0, dtype=np.float32), far)}
    table = register_of(replace(tiny(), signal=signal)).set_index("village")
    assert table.loc["Bản Suối", "signal"] == "lacking"


def renamed(result: TinyResult, **names: str) -> TinyResult:
    services = result.manifest["services"]
    mobile = services["mobile"] | names
    return replace(result, manifest=result.manifest | {"services": services | {"mobile": mobile}})


def test_a_study_of_5g_alone_knows_no_dead_spot_of_signal() -> None:
    result = renamed(tiny(), name_vi="sóng 5G", name_en="5G signal")
    table = register_of(replace(result, signal=level(-200.0))).set_index("village")
    assert table.loc["Bản Suối", "signal"] == "no_5g"
    assert table.loc["Thôn Đá", "signal"] == "5g"


def test_an_operator_never_serves_where_nobody_does(demo: dz.Result) -> None:
    for result in (demo, tiny(), replace(tiny(), signal=level(-115.0))):
        table = register_of(result)
        operators = table.filter(regex="^signal_")
        assert operators.shape[1] == 2
        lacking = table["signal"].isin(["none", "weak", "lacking"])
        assert lacking.any()
        assert not operators[lacking].isin(["served"]).any(axis=None)
        assert operators[table["signal"] == "none"].isin(["none"]).all(axis=None)


def test_declared_areas_tell_operators_apart(demo: dz.Result) -> None:
    table = register_of(demo)
    area = demo.assets[demo.assets["kind"] == "area"].union_all()
    inside = table.geometry.intersects(area)
    assert inside.any()
    assert not inside.all()
    assert (table.loc[inside, "signal_mobile_ao_tel"] == "served").all()
    assert (table.loc[~inside, "signal_mobile_ao_tel"] == "none").all()


def test_the_weakest_evidence_stands_in_every_row(demo: dz.Result) -> None:
    assert set(register_of(demo)["evidence"]) == {"synthetic"}
    services = {
        key: one | {"evidence": evidence}
        for (key, one), evidence in zip(
            tiny().manifest["services"].items(), ["measured", "declared", "proxy"], strict=True
        )
    }
    table = register_of(tiny(services=services, synthetic=False))
    assert set(table["evidence"]) == {"proxy"}


def test_a_public_register_tells_no_distance_and_no_site(country: dz.Result) -> None:
    full, told = register_of(country), ["fibre_km", "power_km", "site_km"]
    assert full[told].notna().all(axis=None)
    public = replace(country, manifest={**country.manifest, "public": True})
    table = register_of(public)
    assert table[told].isna().all(axis=None)


def test_the_result_of_a_public_study_is_read(tmp_path: Path) -> None:
    study = drawn.country(tmp_path, extra="")
    text = study.read_text(encoding="utf-8").replace(
        'name = "drawn"', 'name = "drawn"\npublic = true'
    )
    study.write_text(text, encoding="utf-8")
    table = register_of(dz.run(Study.read(study)))
    assert table["fibre_km"].isna().all()
    assert table["people"].sum() > 0


@pytest.mark.slow
def test_a_register_survives_its_folder(demo: dz.Result, tmp_path: Path) -> None:
    back = dz.read(demo.write(tmp_path / "out"))
    table, again = (pd.DataFrame(register_of(one)) for one in (demo, back))
    shapes = ["geometry"]
    pd.testing.assert_frame_equal(
        table.drop(columns=shapes), again.drop(columns=shapes), check_column_type=False
    )


# what would mend it


def test_the_proposal_is_the_first_that_brings_what_lacks(demo: dz.Result) -> None:
    table = register_of(demo)
    upgrades = demo.upgrades
    for _, row in table.iterrows():
        lacking = row["lacks"].split("+")
        brings = upgrades["service"].isin(lacking)
        home = brings & (upgrades["commune_code"] == row["commune_code"])
        zone = upgrades[home & (upgrades["zone_id"] == row["zone_id"])]["rank"]
        commune = upgrades[home]["rank"]
        best = zone if len(zone) else commune
        if len(best):
            assert row["upgrade_rank"] == best.min()
            one = upgrades[upgrades["rank"] == best.min()].iloc[0]
            assert row["upgrade_cost_vnd"] == one["cost_vnd"]
            assert row["upgrade_service"] in lacking
            assert row["upgrade_scope"] == ("zone" if len(zone) else "commune")
        else:
            assert pd.isna(row["upgrade_rank"])
    assert table["upgrade_rank"].notna().any()


# who mends it


def test_tasks_find_their_settlement_by_name() -> None:
    table = tasks(
        village=["  BẢN  SUỐI "],
        owner=["UBND xã <Phước An>"],
        due=[dt.date(2026, 3, 31)],
        status_reported=["Đã xong"],
        status_date=["05/04/2026"],
        fund=["VTF"],
        source=["=BC 12"],
    )
    row = register_of(tiny(), tasks=table, as_of="2026-04-10").set_index("village")
    told = row.loc["Bản Suối"]
    assert told["owner"] == "UBND xã <Phước An>"
    assert told[["status_reported", "status_measured"]].tolist() == ["done", "lacking"]
    assert told[["overdue", "done_but_lacking"]].tolist() == [False, True]
    assert row["owner"].notna().sum() == 1


def test_a_task_may_name_a_cluster_by_its_dead_zone() -> None:
    table = tasks(commune_code=["00004"], village=["Z00004"], owner=["EVN"])
    row = register_of(tiny(), tasks=table).set_index("zone_id").loc["Z00004"]
    assert (row["owner"], row["record"]) == ("EVN", "zone")


@pytest.mark.parametrize(
    ("as_of", "status", "status_date", "overdue"),
    [
        ("2026-03-31", "đang làm", None, False),  # the last day is in time
        ("2026-04-01", "đang làm", None, True),
        ("01/04/2026", None, None, True),
        (dt.date(2026, 4, 1), "done", "2026-03-20", False),
        ("2026-04-01", "done", "2026-04-20", True),  # not yet reported on that day
        ("2026-04-01", "đã dừng", None, False),
        (None, "đang làm", None, pd.NA),
    ],
)
def test_the_day_decides_what_is_overdue(
    as_of: Any, status: str | None, status_date: str | None, overdue: object
) -> None:
    table = tasks(due=["2026-03-31"], status_reported=[status], status_date=[status_date])
    row = register_of(tiny(), tasks=table, as_of=as_of).set_index("village")
    assert row["overdue"]["Bản Suối"] is overdue or row["overdue"]["Bản Suối"] == overdue
    assert pd.isna(row["overdue"]["Thôn Đá"])


@pytest.mark.parametrize(
    ("changes", "column", "found"),
    [
        ({"commune_code": ["99999"]}, "commune_code", "'99999'"),
        ({"commune_code": [1]}, "commune_code", "'1'"),
        ({"village": ["Bản Xa"]}, "village", "'Bản Xa'"),
        ({"village": [None]}, "village", "nothing"),
        ({"due": ["31/02/2026"]}, "due", "'31/02/2026'"),
        ({"status_date": ["soon"]}, "status_date", "'soon'"),
        ({"status_reported": ["gần xong"]}, "status_reported", "'gần xong'"),
    ],
)
def test_a_bad_task_is_told(changes: dict[str, Any], column: str, found: str) -> None:
    (fault,) = faults(tiny(), tasks(**changes))
    assert (fault.file, fault.row, fault.column, fault.found) == ("tasks", 1, column, found)
    assert fault.repair


def test_all_faults_of_all_tasks_are_told_at_once() -> None:
    table = pd.DataFrame(
        {
            "commune_code": ["00001", "00001", "x"],
            "village": ["Bản Suối", "bản suối", "y"],
            "due": ["never", None, None],
        }
    )
    told = {(fault.row, fault.column) for fault in faults(tiny(), table)}
    assert told == {(1, "due"), (2, "village"), (3, "commune_code")}


def test_columns_that_nobody_knows_and_those_that_are_absent_are_told() -> None:
    told = faults(tiny(), pd.DataFrame({"commune_code": ["00001"], "phone": ["0900"]}))
    assert {fault.column for fault in told} == {"village", "phone"}


def test_a_name_that_two_settlements_share_is_not_guessed() -> None:
    result = tiny()
    villages = result.villages.assign(name="Bản Suối", commune_code="00001")
    (fault,) = faults(replace(result, villages=villages), tasks())
    assert "one settlement" in fault.wanted


def test_a_day_that_is_none_is_told() -> None:
    with pytest.raises(BadInput, match="as_of: found '2026-13-01'; wanted a date"):
        register_of(tiny(), as_of="2026-13-01")


# sums that reconcile

FAMILIES = [
    ["lacking", "complete", "lacks_unknown"],
    ["no_signal", "weak_signal", "signal_lacking", "no_5g", "with_signal", "signal_unknown"],
    ["no_grid", "local_power", "unstable_grid", "with_grid", "power_unknown"],
    ["no_fibre", "with_fibre", "fibre_unknown"],
]

ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "record": st.sampled_from(["place", "zone", "rest"]),
            "commune_code": st.sampled_from(["00001", "00004", "00007"]),
            "area_class": st.sampled_from(["I", "III", None]),
            "mountainous": st.sampled_from(["yes", "no", None]),
            "border": st.sampled_from(["yes", "no", None]),
            "island": st.sampled_from(["yes", "no", None]),
            "people": st.sampled_from([0, 1, 250, 12_345, None]),
            "households": st.sampled_from([3, None]),
            "lacks": st.sampled_from(["", "mobile", "mobile+fibre", None]),
            "signal": st.sampled_from([*register_words.STATES["signal"], None]),
            "power": st.sampled_from([*register_words.STATES["power"], None]),
            "fibre": st.sampled_from(["served", "none", None]),
            "overdue": st.sampled_from([True, False, None]),
        }
    ),
    min_size=1,
    max_size=25,
)


@pytest.mark.slow
@given(ROWS, st.sampled_from(list(register_totals.BY)))
def test_parts_add_up_to_the_whole_whatever_they_are(rows: list[dict[str, Any]], by: str) -> None:
    table = pd.DataFrame(rows).astype(
        {"people": "Int64", "households": "Int64", "overdue": "boolean"}
    )
    table = table.assign(commune_name="X", province_code="01", province_name="Y")
    parts, whole = register.totals(table, by), register.totals(table, "nation").iloc[0]
    figures = whole.index
    assert parts[figures].sum().tolist() == whole.fillna(0).tolist()
    for part in (*parts[figures].itertuples(index=False), whole):
        for family in FAMILIES:
            assert sum(getattr(part, name) for name in family) == part.settlements
            people = [getattr(part, f"{name}_people") for name in family]
            known = [one for one in people if not pd.isna(one)]
            assert sum(known) == (0 if pd.isna(part.people) else part.people)
        assert part.places + part.clusters == part.settlements
    settled = table[table["record"] != "rest"]
    assert whole["settlements"] == len(settled)
    assert whole["uncounted"] == settled["people"].isna().sum()


def test_what_nobody_counted_is_no_zero() -> None:
    table = register_of(tiny())
    whole = register.totals(table, "nation").iloc[0]
    assert pd.isna(whole["households"])
    assert pd.isna(whole["overdue"])
    communes = register.totals(table, "commune")
    assert pd.isna(communes.loc["00001", "people"])
    assert communes.loc["00009", "people"] == 0
    assert communes.loc["00001", "province_name"] == "Bắc Mây"


def test_totals_agree_with_the_counts_of_the_result(demo: dz.Result) -> None:
    communes = register.totals(register_of(demo), "commune")
    assert communes["places"].tolist() == demo.communes["villages"].tolist()
    assert communes["lacking"].tolist() == demo.communes["villages_lacking"].tolist()


@pytest.mark.slow
def test_twenty_thousand_villages() -> None:
    result = tiled(20_000)
    table = register_of(result)
    assert (table["record"] == "place").sum() == 20_000
    codes = result.villages["commune_code"].value_counts()
    communes = register.totals(table, "commune")["places"]
    assert communes[communes > 0].to_dict() == codes.to_dict()
    mobile = result.villages["lacks"] == "mobile"
    assert (table["signal"] == "lacking").sum() - mobile.sum() == 2  # two dead zones besides
    assert register.totals(table, "power")["people"].sum() == table["people"].sum()


def test_a_split_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="by: found 'village'; wanted one of nation, province"):
        register.totals(register_of(tiny()), "village")


# bulletins of others

SERIES = pd.DataFrame(
    {
        "power": [637, 537 + 63],
        "no_power": [124, 117],
        "villages": [761, 3_310 - 2_593],
    }
)
"""The ministry's own figures of September 2024 and March 2025, which reconcile."""


def test_the_published_series_reconcile() -> None:
    assert register.check_bulletin(SERIES, ["power", "no_power"], "villages") == []


@given(st.integers(-(10**6), 10**6).filter(bool), st.sampled_from([0, 1]))
def test_a_bulletin_that_is_off_is_told_with_the_difference(off: int, row: int) -> None:
    table = SERIES.copy()
    table.loc[row, "villages"] += off
    (fault,) = register.check_bulletin(table, ["power", "no_power"], "villages", name="bc.csv")
    assert (fault.file, fault.row, fault.column) == ("bc.csv", row + 1, "villages")
    assert f"{abs(off):,} {'less' if off > 0 else 'more'} than" in fault.found


def test_decimals_of_one_sum_are_no_difference() -> None:
    table = pd.DataFrame({"a": [0.1], "b": [0.2], "whole": [0.3]})
    assert register.check_bulletin(table, ["a", "b"], "whole") == []


def test_a_figure_that_is_absent_is_no_zero() -> None:
    table = pd.DataFrame({"a": [None, "mười"], "b": [5, 5], "whole": [5, 5]})
    told = register.check_bulletin(table, ["a", "b"], "whole")
    assert [(fault.row, fault.found) for fault in told] == [(1, "nothing"), (2, "'mười'")]


def test_a_bulletin_without_the_columns_is_refused() -> None:
    with pytest.raises(BadInput, match="found no column south"):
        register.check_bulletin(SERIES, ["power", "south"], "villages")
    with pytest.raises(BadInput, match="found no parts"):
        register.check_bulletin(SERIES, [], "villages")


# words


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_column_figure_and_state_has_a_word(demo: dz.Result, lang: Any) -> None:
    table = register_of(demo)
    columns = [*table.columns.drop("geometry"), *register.totals(table, "commune").columns]
    for column in columns:
        said = register_words.header(column, lang, demo.manifest)
        assert said != column
        assert "_" not in said
    for column in table.columns.drop("geometry"):
        said = register_words.written(column, table[column], lang, demo.manifest)
        assert len(said) == len(table)
        assert not {"nan", "NaT", "<NA>", "None"} & set(said)


def test_the_words_are_those_of_the_ministry() -> None:
    def said(column: str, *keys: Any) -> list[str]:
        return register_words.written(column, pd.Series(list(keys), dtype="str"), "vi")

    nothing = "chưa có dữ liệu"
    assert said("signal", "none", "weak", None) == ["trắng sóng", "lõm sóng", nothing]
    assert said("signal_mobile_viettel", "5g", "congested") == ["có 5G", "nghẽn mạng"]
    assert said("power", "grid", "none", None) == ["có điện lưới quốc gia", "lõm điện", nothing]
    assert said("upgrade_kind", "new_site", None) == ["Trạm mới", "không có"]
    assert said("status_reported", "done", None) == ["đã xong", nothing]
    assert register_words.header("signal_mobile_vnpt", "vi", tiny().manifest).endswith(": VNPT")


def test_every_state_of_a_register_is_a_word_of_ours(demo: dz.Result) -> None:
    for result in (demo, tiny(), replace(tiny(), signal=level(-115.0))):
        table = register_of(result)
        for column, states in register_words.STATES.items():
            assert set(table[column].dropna()) <= set(states)


# areas, congestion


@pytest.mark.parametrize(
    ("complete", "told"),
    [
        ("True", ["outside"] * 9),
        ("['02']", ["unknown"] * 6 + ["outside"] * 3),
        ("False", ["unknown"] * 9),
    ],
)
def test_a_complete_list_says_who_is_outside_the_region(complete: str, told: list[str]) -> None:
    layer = {"role": "classes", "evidence": "declared", "reader": "commune_classes"}
    layers = {"list": layer | {"options": {"complete": complete}}}
    result = tiny(layers=layers)
    classes = ["III" if at % 2 else None for at in range(9)]
    table = register_of(replace(result, communes=result.communes.assign(area_class=classes)))
    by_code = table.drop_duplicates("commune_code").set_index("commune_code")["area_class"]
    wanted = ["III" if given else one for given, one in zip(classes, told, strict=True)]
    assert by_code.fillna("unknown").reindex(result.communes.index).tolist() == wanted
    assert register_words.written("area_class", pd.Series(["outside", "I"]), "vi") == [
        "ngoài vùng",
        "I",
    ]


def test_signal_that_is_too_slow_is_congested(demo: dz.Result) -> None:
    first = demo.villages.index[demo.villages["lacks"] == ""][0]
    slow = demo.villages["lacks"].where(demo.villages.index != first, "speed")
    speed = {"type": "speed", "name_vi": "tốc độ", "name_en": "speed", "evidence": "measured"}
    services = demo.manifest["services"] | {"speed": speed}
    result = replace(
        demo,
        villages=demo.villages.assign(lacks=slow),
        manifest={**demo.manifest, "services": services},
    )
    table = register_of(result)
    names = demo.villages["name"]
    state = table[table["commune_code"] == demo.villages.at[first, "commune_code"]]
    assert state.set_index("village").at[names[first], "signal"] == "congested"
    assert "congested" not in set(register_of(demo)["signal"].dropna())
    parts = register.totals(table, "nation").iloc[0]
    assert (
        parts["with_signal"] == register.totals(register_of(demo), "nation")["with_signal"].iloc[0]
    )


def test_a_task_finds_its_settlement_wherever_its_tone_stands() -> None:
    rows = pd.DataFrame({"commune_code": ["00004"], "village": ["Bản Hoà"], "zone_id": [None]})
    tasks = {"commune_code": ["00004"], "village": ["bản  Hòa"], "owner": ["Viettel"]}
    told = register_tasks.checked(pd.DataFrame(tasks), rows, pd.Index(["00004"]))
    assert told["owner"].tolist() == ["Viettel"]
    other = pd.DataFrame({**tasks, "village": ["Bản Hoa"]})
    with pytest.raises(BadInput, match="a settlement of this commune"):
        register_tasks.checked(other, rows, pd.Index(["00004"]))


def test_a_village_outside_every_dead_zone_is_in_none() -> None:
    assert register_words.written("zone_id", pd.Series(["Z1", None]), "vi") == ["Z1", "không có"]
