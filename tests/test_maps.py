import datetime as dt
import html
import re
from dataclasses import replace
from pathlib import Path

import folium
import geopandas as gpd
import numpy as np
import pytest
import shapely
from drawn import BOXES, country
from tiny_result import SITE, XSS, real_viet_nam, tiny
from unpacked import layer, settings, unpack

import deadzones as dz
from deadzones.coverage.study import ROLES
from deadzones.reports import (
    commune_layer,
    first_view,
    maps,
    measures,
    offline,
    overlays,
    sovereignty,
    words,
)
from deadzones.reports.map_elements import PackedLayer

REPORTS = Path(maps.__file__).parent


# --- choices ----------------------------------------------------------------------------------


def test_measures_are_offered_by_score_service_and_operator():
    keys = [choice["key"] for choice in settings(maps.draw(tiny()))["measures"]]
    assert keys[:3] == ["score", "dead_people", "all_people_pct"]
    assert "power_people_pct" in keys
    assert keys[-2:] == ["mobile_viettel_people_pct", "mobile_vnpt_people_pct"]


def test_an_operator_keeps_its_own_name():
    about = {"name_vi": "sóng di động", "operators": {"Mộng Mobile": "mobile_mong_people_pct"}}
    (found,) = measures.available(["mobile_mong_people_pct"], {"services": {"mobile": about}})
    assert found.label[0] == "Sóng di động: Mộng Mobile"


@pytest.mark.parametrize(
    ("asked", "first"),
    [("score", "score"), ("fibre", "fibre_people_pct"), ("all_people_pct", "all_people_pct")],
)
def test_a_measure_is_a_column_or_a_service(asked, first):
    assert settings(maps.draw(tiny(), measure=asked))["measure"] == first


def test_wrong_choices_are_told_with_what_there_is():
    with pytest.raises(ValueError, match=r"no measure '5g'.*score, dead_people"):
        maps.draw(tiny(), measure="5g")
    with pytest.raises(ValueError, match=r"no province '99'.*01, 02"):
        maps.draw(tiny(), province="99")
    with pytest.raises(ValueError, match=r"no language 'fr'.*vi, en"):
        maps.draw(tiny(), lang="fr")  # pyright: ignore[reportArgumentType]


def test_one_province_holds_only_its_own():
    drawn = maps.draw(tiny(), province="02")
    columns, _ = unpack(layer(drawn, "communes").text)
    assert columns["code"] == ["00007", "00008", "00009"]
    zones, _ = unpack(layer(drawn, "zones").text)
    assert zones["id"] == ["Z00007"]


def test_lightness_of_the_palette_falls_evenly():
    light = [lightness(color) for color in measures.SAND]
    falls = -np.diff(light)
    assert (falls > 5).all(), "two classes would look alike in grey"
    assert len(measures.SAND) == len(measures.SHARE_BREAKS) + 1 == len(measures.PEOPLE_BREAKS) + 1


def lightness(color):
    """CIE L*, 0-100."""
    rgb = np.array([int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return 116 * np.cbrt(linear @ [0.2126, 0.7152, 0.0722]) - 16


def seen(color):
    """OKLab under normal sight and under protanopia, deuteranopia and tritanopia (Machado 2009)."""
    rgb = np.array([int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    sights = [
        np.eye(3),
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    ]  # fmt: skip
    cones = [[0.41222, 0.53633, 0.05145], [0.21190, 0.68070, 0.10740], [0.08830, 0.28172, 0.62998]]
    lab = [[0.21045, 0.79362, -0.00407], [1.97800, -2.42859, 0.45059], [0.02590, 0.78277, -0.80868]]
    return [np.array(lab) @ np.cbrt(cones @ np.clip(sight @ linear, 0, 1)) for sight in sights]


def test_what_lacks_several_services_is_told_apart_by_every_eye():
    combined = list(measures.COMBINATION_COLORS.values())
    for color in combined:
        for other in {*combined, *measures.SERVICE_COLORS.values()} - {color}:
            apart = [np.linalg.norm(a - b) for a, b in zip(seen(color), seen(other), strict=True)]
            assert min(apart) > 0.13, (color, other)


# --- overlays ---------------------------------------------------------------------------------


def test_when_not_all_fit_those_with_most_people_stay_and_the_page_says_so(monkeypatch):
    rng = np.random.default_rng(0)
    corner = rng.uniform(0, 10, (600, 2))
    one = tiny().dead_zones.iloc[[0] * 600]
    table = gpd.GeoDataFrame(
        one.assign(people=rng.permutation(600).astype(float)),
        geometry=shapely.box(*corner.T, *(corner.T + 0.01)),
        crs=4326,
    )
    whole = overlays.dead_zones(table, commune_layer.Detail(0, 1e-5), public=False)
    assert (whole.shown, whole.total) == (600, 600)
    monkeypatch.setattr(overlays, "LIMIT_BYTES", len(whole.text) // 2)
    part = overlays.dead_zones(table, commune_layer.Detail(0, 1e-5), public=False)
    assert len(part.text) <= len(whole.text) // 2
    assert part.shown < part.total == 600
    assert min(unpack(part.text)[0]["people"]) == 600 - part.shown


def test_villages_that_lack_nothing_are_not_drawn_and_unknown_ones_are():
    columns, _ = unpack(layer(maps.draw(tiny()), "villages").text)
    assert columns["lacks"] == ["mobile", "mobile+fibre", None]


def test_the_network_has_one_layer_for_each_layer_and_kind():
    drawn = maps.draw(tiny())
    found = [
        (child.about["layer"], child.about["kind"], child.about["total"])
        for child in drawn._children.values()
        if isinstance(child, PackedLayer) and child.role == "assets"
    ]
    assert sorted(found) == [
        ("declared", "area", 1),
        ("fibre_nodes", "node", 1),
        ("grid", "line", 1),
        ("mobile_sites", "site", 2),
        ("no_satellite", "added", 1),
        ("no_satellite", "dropped", 1),
        ("plan", "planned", 1),
        ("plan", "planned", 1),
    ]


def test_a_result_without_zones_upgrades_villages_and_assets_is_drawn():
    result = tiny()
    bare = replace(
        result,
        dead_zones=result.dead_zones.iloc[:0],
        upgrades=result.upgrades.iloc[:0],
        villages=result.villages.iloc[:0],
        assets=result.assets.iloc[:0],
    )
    drawn = maps.draw(bare)
    assert layer(drawn, "zones").about == {"share": 0.0, "shown": 0, "total": 0}
    offline.page(drawn)
    offline.page(maps.draw(bare, province="01"))


# --- the page ---------------------------------------------------------------------------------


def test_a_map_is_a_folium_map_and_takes_more_layers():
    drawn = maps.draw(tiny())
    assert isinstance(drawn, folium.Map)
    folium.Marker([20.1, 105.1]).add_to(drawn)
    assert "L.marker" in offline.page(drawn)


def test_a_notebook_shows_the_inlined_page():
    drawn = maps.draw(tiny())
    shown = drawn._repr_html_()
    assert shown.startswith("<iframe")
    assert html.unescape(shown.split('srcdoc="')[1].split('" title=')[0]) == offline.page(drawn)


def test_save_writes_the_offline_page(tmp_path):
    drawn = maps.draw(tiny())
    drawn.save(tmp_path / "map.html")
    assert (tmp_path / "map.html").read_text(encoding="utf-8") == offline.page(drawn)


def test_the_same_result_gives_the_same_bytes():
    assert offline.page(maps.draw(tiny())) == offline.page(maps.draw(tiny()))


def test_text_from_data_never_becomes_html():
    title = f"</title><script>alert(1)</script>{XSS}"
    page = offline.page(maps.draw(tiny(title=title)))
    assert "<img src=x" not in page
    assert "<script>alert" not in page
    assert html.escape(title) in page


def test_paths_and_checksums_stay_at_home():
    page = offline.page(maps.draw(tiny()))
    assert "/secret/" not in page
    assert "0" * 64 not in page


def test_the_sources_are_told():
    sources = settings(maps.draw(tiny()))["sources"]
    assert sources[2] == {
        "name": "mobile_sites",
        "role": "mobile",
        "kind": "",
        "owner": ("Viettel", "Viettel"),
        "operator": "Viettel",
        "licence": "",
        "date": "2026-01-31",
        "evidence": "declared",
    }


def test_every_role_of_a_study_has_a_name():
    for role in ROLES:
        assert all(words.WORDS[f"role_{role}"])


@pytest.mark.parametrize("synthetic", [True, False])
def test_synthetic_data_is_written_across_the_page(synthetic):
    page = offline.page(maps.draw(tiny(synthetic=synthetic)))
    band = words.word("synthetic_band", "vi")
    assert (f'id="dz-band" data-word="synthetic_band">{band}' in page) is synthetic


@pytest.mark.parametrize(
    ("evidence", "synthetic", "mild"),
    [("proxy", False, True), ("proxy", True, False), ("declared", False, False)],
)
def test_proxies_are_told_on_the_page_before_anything_is_opened(evidence, synthetic, mild):
    page = offline.page(maps.draw(tiny(evidence=evidence, synthetic=synthetic)))
    assert (f'data-word="proxy_band">{words.word("proxy_band", "vi")}' in page) is mild


def test_a_service_has_one_colour_in_whatever_order_it_stands():
    result = tiny()
    about = dict(result.manifest["services"])
    turned = {key: about[key] for key in reversed(about)} | {"water": about["power"]}
    here = {each["key"]: each for each in settings(maps.draw(result))["services"]}
    there = {
        each["key"]: each
        for each in settings(maps.draw(replace(result, manifest=with_services(result, turned))))[
            "services"
        ]
    }
    for key in here:
        assert (here[key]["color"], here[key]["place"]) == (
            there[key]["color"],
            there[key]["place"],
        )
    assert len({each["color"] for each in there.values()}) == 4


def with_services(result, services):
    return dict(result.manifest) | {"services": services}


def test_the_page_knows_how_much_land_the_dead_zones_cover():
    result = tiny()
    share = result.dead_zones["area_km2"].sum() / result.communes["area_km2"].sum()
    assert layer(maps.draw(result), "zones").about["share"] == round(min(share, 1.0), 4)


def everything(drawn):
    """All that a page says, unpacked."""
    packed = [child for child in drawn._children.values() if isinstance(child, PackedLayer)]
    return offline.page(drawn) + "".join(str(unpack(each.text)) for each in packed)


def test_a_public_page_holds_no_site():
    digits = [re.compile(re.escape(f"{side:.3f}")) for side in SITE]
    private, public = everything(maps.draw(tiny())), everything(maps.draw(tiny(public=True)))
    for found in digits:
        assert found.search(private)
        assert not found.search(public)
    assert '"assets"' in private
    assert 'receive("assets"' not in public
    assert "'mobile_km'" in private
    assert "'mobile_km'" not in public
    assert "'fibre_way_km'" in private
    assert "'fibre_way_km'" not in public


def test_a_public_page_places_proposals_to_a_kilometre():
    _, shapes = unpack(layer(maps.draw(tiny(public=True)), "upgrades").text)
    places = np.array([parts[0][0] for parts in shapes])
    np.testing.assert_allclose(places, places.round(2), atol=1e-9)


# --- Viet Nam ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("manifest", "province", "real"),
    [
        ({"country": "VN"}, "xx", True),
        ({"country": "XX"}, "12", False),
        ({}, "12", True),
        ({}, "02", False),
        ({"layers": {"a": {"role": "communes", "evidence": "declared"}}}, "12", True),
        ({"layers": {"a": {"role": "communes", "evidence": "synthetic"}}}, "12", False),
        ({"layers": {"a": {"role": "people", "evidence": "synthetic"}}}, "12", True),
    ],
)
def test_the_real_viet_nam_is_told_from_a_made_up_country(manifest, province, real):
    communes = gpd.GeoDataFrame({"province_code": [province]})
    assert sovereignty.is_viet_nam(manifest, communes) is real


def test_the_archipelagos_stand_on_every_page_of_viet_nam_and_on_no_other():
    small = settings(maps.draw(real_viet_nam(tiny())))
    assert [each["name"] for each in small["archipelagos"]] == [
        "Quần đảo Hoàng Sa (TP. Đà Nẵng)",
        "Quần đảo Trường Sa (tỉnh Khánh Hòa)",
    ]
    assert small["inset"]
    made_up = settings(maps.draw(tiny()))
    assert made_up["archipelagos"] == []
    assert not made_up["inset"]
    assert made_up["aliases"] == {"former": [], "short": {}}
    assert "Hoàng Sa" not in offline.page(maps.draw(tiny()))


def test_the_names_of_the_archipelagos_hang_below_their_islands():
    """Of the islands that the name could cover, within 3 degrees of its middle, none is lower."""
    for each in settings(maps.draw(real_viet_nam(tiny())))["archipelagos"]:
        lon, lat = each["below"]
        assert lat < min(south for west, south in each["islands"] if abs(west - lon) < 3)


def test_the_first_view_of_a_nation_holds_the_archipelagos():
    result = real_viet_nam(tiny())
    wide = replace(result, communes=result.communes.assign(geometry=scaled(result.communes)))
    found = settings(maps.draw(wide))
    (south, west), (north, east) = found["bounds"]
    assert not found["inset"]
    for each in found["archipelagos"]:
        for lon, lat in [each["below"], *each["islands"]]:
            assert west <= lon <= east
            assert south <= lat <= north


def scaled(communes):
    return communes.geometry.affine_transform([20, 0, 0, 20, -19 * 105, -19 * 20 - 8])


# --- words ------------------------------------------------------------------------------------


def test_numbers_are_written_as_each_language_does():
    assert words.number(1_234_567.84, "vi", 1) == "1.234.567,8"
    assert words.number(1_234_567.84, "en", 1) == "1,234,567.8"
    assert words.word("persons", "vi", n="12") == "12 người"
    assert words.word("no_data", "vi") == "chưa có dữ liệu"


def test_the_scripts_ask_only_for_words_that_exist():
    scripts = "\n".join(path.read_text("utf-8") for path in sorted(REPORTS.glob("map_*.js")))
    asked = set(re.findall(r'(?:word|say|quantity)\(\s*"(\w+)"', scripts))
    assert len(asked) > 40
    assert asked <= set(words.WORDS)


def test_both_languages_have_the_same_places():
    for key, (vi, en) in words.WORDS.items():
        assert re.findall(r"{\w+}", vi) == re.findall(r"{\w+}", en) or set(
            re.findall(r"{\w+}", vi)
        ) == set(re.findall(r"{\w+}", en)), key


def test_dates_are_written_as_iso_for_the_page():
    source = {"layers": {"a": {"role": "people", "date": dt.date(2026, 1, 31)}}}
    assert settings(maps.draw(tiny(**source)))["sources"][0]["date"] == "2026-01-31"


def test_dead_zones_of_a_province_are_what_of_them_lies_in_it(tmp_path):
    """One zone over the border: its land is cut, and only the people of the province count."""
    boxes = BOXES | {"90002": (3, 0, 5.7, 4), "91001": (5.7, 0, 8, 4)}  # within cells
    result = dz.run(dz.Study.read(country(tmp_path, boxes=boxes)))
    codes = sorted(result.communes["province_code"].unique())
    assert codes == ["90", "91"]
    assert result.dead_zones["communes"].str.contains("90002.*91001|91001.*90002").any()
    parts = [maps._choose(result, code) for code in codes]
    for part in parts:
        people, told = part.dead_zones["people"].sum(), part.communes["dead_people"].sum()
        assert people == pytest.approx(told, abs=0.1 * len(result.communes))
        assert set(part.dead_zones["commune_code"]) <= set(part.communes.index)
    area_km2 = sum(part.dead_zones["area_km2"].sum() for part in parts)
    assert area_km2 <= result.dead_zones["area_km2"].sum() * (1 + 1e-6)


def test_far_islands_do_not_make_the_land_a_speck():
    """An empty reef of great size and an island far out, an islet near the shore."""
    result = tiny()
    shapes = result.communes.geometry.copy()
    far = shapely.box(110.0, 15.0, 114.0, 18.0)
    unknown = result.communes.index[result.communes["people"].isna()][0]
    shapes[unknown] = shapely.union_all([shapes[unknown], far])
    west, south, east, _ = shapes.drop(unknown).total_bounds
    islet = shapely.box(east + 0.2, south, east + 0.25, south + 0.05)
    first = shapes.index[0]
    shapes[first] = shapely.union_all([shapes[first], islet])
    bounds = first_view._mainland(result.communes.set_geometry(shapes))
    assert bounds[2] == pytest.approx(east + 0.25)
    assert bounds[0] == pytest.approx(min(west, shapes[unknown].bounds[0]))
    assert bounds[3] < 21
