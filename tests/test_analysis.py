"""From files to tables: counts that reconcile, laws, and what others rely on."""

from __future__ import annotations

import hashlib
import json
from itertools import permutations
from pathlib import Path

import drawn
import exactextract
import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest

import deadzones as dz
from deadzones.coverage import scores
from deadzones.coverage.access import Access
from deadzones.geodata import synthetic
from deadzones.reports import summary

GEOD = pyproj.Geod(ellps="WGS84")
ONLY_91 = '[area]\nprovinces = ["91"]\n'
PEOPLE_LINES = drawn.PEOPLE.strip().splitlines()


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthetic.country(tmp_path_factory.mktemp("country"), communes=3)


@pytest.fixture(scope="module")
def inputs_before(country: Path) -> dict[str, str]:
    return digest(country.parent)


@pytest.fixture(scope="module")
def result(country: Path, inputs_before: dict[str, str]) -> dz.Result:
    assert inputs_before  # taken before anything runs
    return dz.run(dz.Study.read(country))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> dz.Result:
    """The drawn country as it is: others are held against it."""
    return planned(tmp_path_factory.mktemp("plain"))


def test_counts_reconcile(result: dz.Result) -> None:
    counts, communes = result.manifest["counts"], result.communes
    assert counts["people_counted"] == counts["people_in_communes"] + counts["people_outside"]
    assert counts["people_counted"] == pytest.approx(counts["people_input"], rel=1e-9)
    assert counts["people_in_communes"] == communes["people"].sum()
    assert counts["people_lacking"] == communes["lacking_people"].sum()
    assert (
        counts["people_in_dead_zones"] + counts["people_in_dropped_clusters"]
        == counts["people_lacking"]
    )
    assert counts["people_in_dead_zones"] == result.dead_zones["people"].sum()
    assert counts["people_in_dead_zones"] == communes["dead_people"].sum()
    assert result.provinces["people"].sum() == communes["people"].sum()


def test_people_by_commune_are_those_of_exactextract(country: Path, result: dz.Result) -> None:
    folder = country.parent
    communes = gpd.read_file(folder / "communes.gpkg").sort_values("commune_code")
    peer = exactextract.exact_extract(
        str(folder / "people.tif"), communes, ["sum"], output="pandas"
    )
    assert result.communes["people"].to_numpy() == pytest.approx(peer["sum"], rel=1e-5)


def test_areas_are_those_of_the_ellipsoid(result: dz.Result) -> None:
    expected = [abs(GEOD.geometry_area_perimeter(g)[0]) / 1e6 for g in result.communes.geometry]
    assert result.communes["area_km2"].to_numpy() == pytest.approx(expected, rel=1e-5)


def test_percentages_follow_from_people(result: dz.Result) -> None:
    communes = result.communes
    for key in ("mobile", "fibre", "power"):
        expected = 100 * (1 - communes[f"{key}_lacking_people"] / communes["people"])
        assert communes[f"{key}_people_pct"].to_numpy() == pytest.approx(expected)
    all_served = 100 * (1 - communes["lacking_people"] / communes["people"])
    assert communes["all_people_pct"].to_numpy() == pytest.approx(all_served)


def test_the_output_contract(result: dz.Result) -> None:
    assert result.communes.index.name == "commune_code"
    assert {
        "commune_name",
        "province_code",
        "province_name",
        "people",
        "area_km2",
        "all_people_pct",
        "dead_people",
        "score",
        "rank",
        "rank_tied",
        "mobile_people_pct",
        "mobile_area_pct",
        "fibre_people_pct",
        "fibre_area_pct",
        "power_people_pct",
        "power_area_pct",
    } <= set(result.communes)
    assert {
        "lacks",
        "people",
        "area_km2",
        "commune_code",
        "nearest_place",
        "severity",
        "geometry",
    } <= set(result.dead_zones)
    assert {
        "rank",
        "kind",
        "people_gained",
        "cost_vnd",
        "people_per_billion_vnd",
        "cumulative_people",
        "cumulative_cost_vnd",
        "depends_on",
    } <= set(result.upgrades)
    assert sorted(result.communes["rank"]) == [1, 2, 3]
    assert result.upgrades.index.is_unique


def test_upgrades_add_up_and_keep_the_budget(result: dz.Result) -> None:
    upgrades = result.upgrades
    assert upgrades["cumulative_people"].iloc[-1] == pytest.approx(upgrades["people_gained"].sum())
    assert upgrades["cumulative_cost_vnd"].iloc[-1] <= 500e9
    assert upgrades["cumulative_distinct_people"].is_monotonic_increasing
    assert (
        upgrades["cumulative_distinct_people"].iloc[-1]
        <= result.manifest["counts"]["people_lacking"]
    )
    rank = upgrades["rank"]
    for name, waits in upgrades["depends_on"].items():
        assert all(rank[first] < rank[name] for first in waits.split(";") if first)
    lacking = sum(
        result.manifest["national"][f"{key}_lacking_people"] for key in ("mobile", "fibre", "power")
    )
    assert upgrades["people_gained"].sum() <= lacking


def test_evidence_is_the_weakest_and_runs_through(result: dz.Result) -> None:
    assert result.manifest["synthetic"] is True
    assert result.manifest["evidence"] == "synthetic"
    assert all(layer["sha256"] for layer in result.manifest["layers"].values())


def digest(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.name != "timings.json"
    }


@pytest.mark.slow
def test_same_study_same_bytes(country: Path, result: dz.Result, tmp_path: Path) -> None:
    one = digest(result.write(tmp_path / "one"))
    other = digest(dz.run(dz.Study.read(country)).write(tmp_path / "other"))
    assert one == other
    assert set(one) >= {
        "communes.parquet",
        "communes.csv",
        "dead_zones.gpkg",
        "upgrades.gpkg",
        "upgrades.csv",
        "map.html",
        "manifest.json",
    }


def test_a_result_reads_back_as_it_was(result: dz.Result, tmp_path: Path) -> None:
    back = dz.read(result.write(tmp_path / "out"))
    pd.testing.assert_frame_equal(
        pd.DataFrame(back.communes.drop(columns="geometry")),
        pd.DataFrame(result.communes.drop(columns="geometry")),
    )
    assert back.dead_zones["people"].tolist() == result.dead_zones["people"].tolist()
    assert back.upgrades.index.tolist() == result.upgrades.index.tolist()
    assert dict(back.manifest) == json.loads(json.dumps(dict(result.manifest)))


def test_codes_stay_text_in_the_csv(result: dz.Result, tmp_path: Path) -> None:
    path = result.write(tmp_path / "out") / "communes.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    table = pd.read_csv(path, dtype={"commune_code": str, "province_code": str})
    assert table["commune_code"].tolist() == result.communes.index.tolist()


def planned(folder: Path, **changes: object) -> dz.Result:
    return dz.run(dz.Study.read(drawn.country(folder, **changes)))  # pyright: ignore[reportArgumentType]


def ran(folder: Path, extra: str = "", **changes: object) -> dz.Result:
    """Without upgrades."""
    return planned(folder, extra=extra + drawn.NO_PLAN, **changes)


def test_a_commune_off_the_raster_is_unknown_but_listed(tmp_path: Path) -> None:
    boxes = drawn.BOXES | {"92001": (50.0, 50.0, 51.0, 51.0)}
    found = ran(tmp_path, boxes=boxes)
    row = found.communes.loc["92001"]
    unknown = [
        "people",
        "score",
        "rank",
        "rank_tied",
        "mobile_people_pct",
        "power_area_pct",
        "dead_people",
    ]
    assert row[unknown].isna().all()
    assert row["area_km2"] > 0
    assert found.manifest["counts"]["communes_unknown"] == ["92001"]
    assert sorted(found.communes["rank"].dropna()) == [1, 2, 3]
    assert np.isnan(found.provinces.loc["92", "people"])


def test_a_commune_far_away_changes_nobodys_score(tmp_path: Path) -> None:
    """It lies 40 cells to the east and worse off than all: ranks move, no figure does."""
    wide = "\n".join(line + " 0" * 38 + " 900 900" for line in PEOPLE_LINES)
    before = ran(tmp_path / "before", people=wide).communes
    far = drawn.BOXES | {"92001": (46.0, 0.0, 48.0, 4.0)}
    after = ran(tmp_path / "after", boxes=far, people=wide).communes
    assert after.at["92001", "people"] == 7200.0
    assert after.at["92001", "score"] == 0.0
    moving = ["rank", "rank_tied"]
    pd.testing.assert_frame_equal(
        after.drop(index="92001", columns=moving), before.drop(columns=moving)
    )


@pytest.mark.slow
@pytest.mark.parametrize("order", list(permutations(drawn.BOXES))[1:], ids="-".join)
def test_the_order_of_communes_changes_nothing(
    plain: dz.Result, tmp_path: Path, order: tuple[str, ...]
) -> None:
    shuffled = planned(tmp_path, boxes={code: drawn.BOXES[code] for code in order})
    pd.testing.assert_frame_equal(plain.communes, shuffled.communes)
    pd.testing.assert_frame_equal(plain.dead_zones, shuffled.dead_zones)
    pd.testing.assert_frame_equal(plain.upgrades, shuffled.upgrades)


@pytest.mark.slow
def test_more_sites_never_lower_a_score(plain: dz.Result, tmp_path: Path) -> None:
    few = plain.communes["score"]
    many = ran(tmp_path, sites=((0.5, 0.5), (4.5, 1.5))).communes["score"]
    assert (many >= few).all()


def test_people_beside_an_area_are_not_said_to_be_in_no_commune(
    plain: dz.Result, tmp_path: Path
) -> None:
    whole = "\n".join(summary.sentences(plain, "en"))
    part = ran(tmp_path, boxes=drawn.BOXES | {"91001": (6.5, 0, 8, 4)}, extra=ONLY_91)
    said = "\n".join(summary.sentences(part, "en"))
    assert "live outside them" in whole
    assert "live outside them" not in said
    assert "the window around them holds 41 more" in said
    assert "khung quanh các xã này còn 41 người khác" in "\n".join(summary.sentences(part, "vi"))


def test_communes_that_overlap_a_little_are_counted_and_said(
    plain: dz.Result, tmp_path: Path
) -> None:
    found = ran(tmp_path, boxes=drawn.BOXES | {"90001": (0, 0, 3.02, 4)})
    counts = found.manifest["counts"]
    assert counts["overlapping_pairs"] == 1
    overlap = abs(GEOD.geometry_area_perimeter(drawn.box(3, 0, 3.02, 4))[0]) / 1e6
    assert counts["overlapping_km2"] == pytest.approx(overlap, rel=1e-5)
    assert "1 pairs of communes overlap, by 0.09 km² in all" in "\n".join(
        summary.sentences(found, "en")
    )
    assert plain.manifest["counts"]["overlapping_pairs"] == 0
    assert not any("overlap" in line for line in summary.sentences(plain, "en"))
    assert counts["people_outside"] == plain.manifest["counts"]["people_outside"]


def test_an_area_takes_only_its_provinces(tmp_path: Path) -> None:
    found = ran(tmp_path, extra='[area]\nprovinces = ["91"]\n')
    assert found.communes.index.tolist() == ["91001"]
    assert found.manifest["counts"]["people_in_communes"] == 82.0


def test_a_box_takes_the_communes_that_it_touches(tmp_path: Path) -> None:
    west, south = drawn.lonlat(1, 1)
    east, north = drawn.lonlat(4, 2)
    found = ran(tmp_path, extra=f"[area]\nbbox = [{west}, {south}, {east}, {north}]\n")
    assert found.communes.index.tolist() == ["90001", "90002"]


def test_tables_in_memory_do_as_well_as_files(plain: dz.Result, tmp_path: Path) -> None:
    study = dz.Study.read(drawn.country(tmp_path))
    tables = {
        name: gpd.read_file(tmp_path / f"{file}.gpkg")
        for name, file in {"communes": "communes", "sites": "sites"}.items()
    }
    raw = study.model_dump(exclude={"layers"})
    layers = {
        name: {**layer.model_dump(), "path": tables.get(name, str(tmp_path / str(layer.path)))}
        for name, layer in study.layers.items()
    }
    found = dz.run(dz.Study.model_validate({**raw, "layers": layers}))
    pd.testing.assert_frame_equal(found.communes, plain.communes)


@pytest.mark.slow
def test_people_at_points_and_as_totals_are_read_too(tmp_path: Path) -> None:
    study = drawn.country(tmp_path, extra=drawn.NO_PLAN)
    text = study.read_text()
    points = drawn.points([(0.5, 0.5), (7.5, 1.5)], people=[30.0, 70.0])
    points.to_file(tmp_path / "people.gpkg")
    study.write_text(
        text.replace(
            '"people_raster"\npath = "people.tif"', '"people_points"\npath = "people.gpkg"'
        )
    )
    by_points = dz.run(dz.Study.read(study)).communes["people"]
    assert by_points.tolist() == [30.0, 0.0, 70.0]
    (tmp_path / "people.csv").write_text("commune_code,people\n90001,30\n91001,70\n")
    study.write_text(
        text.replace(
            '"people_raster"\npath = "people.tif"', '"commune_totals"\npath = "people.csv"'
        )
    )
    by_totals = dz.run(dz.Study.read(study)).communes["people"]
    assert by_totals[["90001", "91001"]].tolist() == [30.0, 70.0]
    assert np.isnan(by_totals["90002"])


def test_a_public_study_holds_no_place_of_a_site(tmp_path: Path) -> None:
    study = drawn.country(tmp_path / "in", sites=((1.23457, 2.34567),))
    study.write_text("public = true\n" + study.read_text())
    folder = dz.run(dz.Study.read(study)).write(tmp_path / "out")
    lon, lat = drawn.lonlat(1.23457, 2.34567)
    assert len(gpd.read_parquet(folder / "assets.parquet")) == 0
    for path in folder.iterdir():
        content = path.read_bytes()
        assert f"{lon:.5f}".encode() not in content
        assert f"{lat:.5f}".encode() not in content


@pytest.mark.slow
def test_names_from_files_do_no_harm(tmp_path: Path) -> None:
    study = drawn.country(tmp_path / "in")
    communes = drawn.communes(drawn.BOXES)
    communes.loc[0, "commune_name"] = '=HYPERLINK("http://x")'
    communes.loc[1, "commune_name"] = "<img src=x onerror=alert(1)>"
    communes.to_file(tmp_path / "in" / "communes.gpkg")
    folder = dz.run(dz.Study.read(study)).write(tmp_path / "out")
    csv = (folder / "communes.csv").read_text(encoding="utf-8-sig")
    assert "'=HYPERLINK" in csv
    assert "\n=" not in csv
    assert ",=" not in csv
    assert "<img src=x" not in (folder / "map.html").read_text()


def test_villages_roads_and_anchors_are_counted(result: dz.Result) -> None:
    communes = result.communes
    assert communes["villages"].sum() == len(result.villages)
    lacking = result.villages["lacks"].fillna("") != ""
    assert communes["villages_lacking"].sum() == lacking.sum()
    assert communes["road_km"].sum() > 0
    assert communes["mobile_road_pct"].between(0, 100).all()
    assert (communes["anchors_lacking"] <= communes["anchors"]).all()


@pytest.mark.usefixtures("result")
def test_inputs_are_left_as_they_were(country: Path, inputs_before: dict[str, str]) -> None:
    assert digest(country.parent) == inputs_before


@pytest.mark.parametrize(
    ("name", "expected"), [("VNPT VinaPhone", "vnpt_vinaphone"), ("Đài 5G", "dai_5g")]
)
def test_operators_become_parts_of_column_names(name: str, expected: str) -> None:
    nobody = np.zeros(1, dtype=np.int8)
    columns = scores.operator_columns({"mobile": Access(nobody, {name: nobody}, "proxy")})
    assert columns == {"mobile": {name: f"mobile_{expected}_people_pct"}}


def with_signal(folder: Path, people: str, signal: str) -> dz.Result:
    """A country of two communes whose mobile layer is a raster."""
    study = drawn.country(
        folder,
        boxes={"90001": (0, 0, 4, 1), "90002": (4, 0, 8, 1)},
        people=people,
        nodes=((1.5, 0.5),),
        lines=(drawn.line((0, 0.5), (2, 0.5)),),
        extra=drawn.NO_PLAN,
    )
    text = study.read_text().replace(
        'reader = "sites"\npath = "sites.gpkg"', 'reader = "signal_raster"\npath = "s.tif"'
    )
    study.write_text(text.replace("options = { radius_km = 2.0 }", ""))
    drawn.write_raster(folder / "s.tif", drawn.picture(signal))
    return dz.run(dz.Study.read(study))


def test_a_province_counts_only_people_of_whom_something_is_known(tmp_path: Path) -> None:
    people, signal = "10 330 330 330 250 250 250 250", "-80 . . . -130 -130 -130 -130"
    found = with_signal(tmp_path, people, signal)
    assert found.communes["mobile_people_pct"].tolist() == [100.0, 0.0]
    assert found.provinces.at["90", "mobile_people_pct"] == pytest.approx(100 * 10 / 1010)
    assert found.manifest["national"]["mobile_people_pct"] == pytest.approx(100 * 10 / 1010)


def test_a_coast_that_is_declared_in_full_is_served_in_full(tmp_path: Path) -> None:
    study = drawn.country(
        tmp_path,
        boxes={"90001": (0, 0, 2.4, 4)},
        people="10 10 10 .\n" * 4,
        nodes=((1.5, 0.5),),
        lines=(drawn.line((0, 0.5), (2, 0.5)),),
        extra=drawn.NO_PLAN,
    )
    drawn.communes({"90001": (0, 0, 2.4, 4)}).to_file(tmp_path / "area.gpkg")
    text = study.read_text().replace(
        'reader = "sites"\npath = "sites.gpkg"', 'reader = "polygons"\npath = "area.gpkg"'
    )
    study.write_text(text.replace("options = { radius_km = 2.0 }", ""))
    assert dz.run(dz.Study.read(study)).communes["mobile_people_pct"].tolist() == [100.0]


def test_operators_whose_names_look_alike_are_both_kept(tmp_path: Path) -> None:
    study = drawn.country(tmp_path, extra=drawn.NO_PLAN)
    drawn.points([(0.5, 0.5), (7.5, 0.5)], operator=["Mobi-1", "Mobi 1"]).to_file(
        tmp_path / "sites.gpkg"
    )
    found = dz.run(dz.Study.read(study))
    columns = found.manifest["services"]["mobile"]["operators"]
    assert list(columns) == ["Mobi 1", "Mobi-1"]
    one, other = (found.communes[column] for column in columns.values())
    assert one.sum() > 0
    assert other.sum() > 0
    assert one.tolist() != other.tolist()


def test_a_public_study_holds_no_distance_to_a_site(plain: dz.Result, tmp_path: Path) -> None:
    study = drawn.country(tmp_path)
    study.write_text("public = true\n" + study.read_text())
    found = dz.run(dz.Study.read(study))
    assert not {"mobile_km", "fibre_km", "power_km"} & set(found.dead_zones)
    assert found.upgrades[["fibre_way_km", "power_way_km", "alone_vnd"]].isna().all(axis=None)
    assert found.network.empty
    assert found.assets.empty
    assert (plain.upgrades["cost_vnd"] % 1e8 != 0).any()
    assert (found.upgrades["cost_vnd"] % 1e7 == 0).all()
    assert found.manifest["upgrades"]["costs_rounded"]
    total = found.manifest["upgrades"]["cost_vnd"]
    assert total == found.upgrades["cost_vnd"].sum()
    exact = plain.manifest["upgrades"]["cost_vnd"]
    assert total != exact
    assert exact == pytest.approx(plain.upgrades["cost_vnd"].sum(), rel=1e-12)
    assert any("rounded" in line for line in summary.sentences(found, "en"))


def test_a_way_without_a_price_is_said(tmp_path: Path) -> None:
    """Without a layer of fibre nobody knows how far a new site is from it."""
    study = drawn.country(tmp_path, extra='[upgrades]\nkinds = ["new_site"]\nstability = false\n')
    text = study.read_text().replace('[services.fibre]\nthreshold = "3 km"\n', "")
    study.write_text(
        text.replace('role = "fibre"\nreader = "nodes"', 'role = "places"\nreader = "places"')
    )
    found = dz.run(dz.Study.read(study))
    assert found.manifest["upgrades"]["unpriced"] == ["fibre"]
    assert "Bringing fibre to where it is needed is not priced" in "\n".join(
        summary.sentences(found, "en")
    )
