"""The map page of the tiny country in a real browser that has no network."""

import re
from dataclasses import replace
from pathlib import Path

import folium
import numpy as np
import pandas as pd
import pytest
import shapely
from browsing import DESKTOP, PHONE, opened
from playwright.sync_api import Page, expect
from tiny_result import SIDE, SOUTH, WEST, XSS, real_viet_nam, tiny, with_signal
from unpacked import layer, unpack

from deadzones.reports import maps, words

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHUOC_AN = (105.1, 20.18)  # lon, lat of an empty corner of the first commune


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    maps.draw(tiny()).save(folder / "tiny.html")
    maps.draw(with_signal(tiny())).save(folder / "signal.html")
    maps.draw(real_viet_nam(tiny())).save(folder / "inset.html")
    wide = tiny()
    stretched = wide.communes.geometry.affine_transform([20, 0, 0, 20, -19 * 105, -19 * 20 - 8])
    wide = replace(wide, communes=wide.communes.assign(geometry=stretched))
    maps.draw(real_viet_nam(wide)).save(folder / "wide.html")
    covered = wide.dead_zones.assign(area_km2=0.3 * wide.communes["area_km2"].sum())
    maps.draw(real_viet_nam(replace(wide, dead_zones=covered))).save(folder / "covered.html")
    maps.draw(tiny(synthetic=False, evidence="proxy")).save(folder / "proxy.html")
    maps.draw(crowded()).save(folder / "crowded.html")
    maps.draw(many()).save(folder / "many.html")
    names = ["Xã Đắk Tờ Re (một phần), Xã Kon Chiêng", None]
    named = wide.communes.assign(old_names=(names * len(wide.communes))[: len(wide.communes)])
    maps.draw(replace(tiny(), communes=named)).save(folder / "merged.html")
    return folder


def crowded():
    """The first upgrade stands where the name of the first province stands."""
    result = tiny()
    columns, _ = unpack(layer(maps.draw(result), "provinces").text)
    place = shapely.Point(columns["lon"][0], columns["lat"][0])
    moved = result.upgrades.geometry.where(result.upgrades["rank"] != 1, place)
    return replace(result, upgrades=result.upgrades.set_geometry(moved))


def many():
    """So many communes of one name that a search finds more than are listed at once; one is of a
    former province and has a code with zeros in front."""
    result = real_viet_nam(tiny())
    rows = np.arange(150) % 9
    communes = result.communes.iloc[rows].assign(
        commune_name=[f"Phường Tân {n}" for n in range(150)], province_code="08"
    )
    codes = ["00691", *(f"{2300 + n:05d}" for n in range(149))]
    communes.index = pd.Index(codes, name="commune_code")
    names = {"province_name": "Tuyên Quang"}
    provinces = result.provinces.iloc[[0]].assign(**names).set_axis(["08"])
    return replace(
        result,
        communes=communes.assign(**names),
        provinces=provinces,
        manifest=result.manifest | {"title": "Made-up land / Xứ bịa", "name": "many"},
    )


def pixel(page: Page, lon: float, lat: float) -> tuple[float, float]:
    found = page.evaluate(
        "([lon, lat]) => deadzones.page.map.latLngToContainerPoint([lat, lon])", [lon, lat]
    )
    return found["x"], found["y"]


def color_at(page: Page, lon: float, lat: float) -> str:
    """The colour of the communes' canvas at a place."""
    return page.evaluate(
        """([lon, lat]) => {
            const { map, sheets } = deadzones.page;
            const { _canvas: canvas, _corner: corner } = sheets.communes;
            const at = map.latLngToLayerPoint([lat, lon]).subtract(map.latLngToLayerPoint(corner));
            const [r, g, b] = canvas.getContext("2d").getImageData(at.x, at.y, 1, 1).data;
            return "#" + [r, g, b].map((v) => v.toString(16).padStart(2, "0")).join("");
        }""",
        [lon, lat],
    )


def find(page: Page, text: str) -> list[str]:
    page.get_by_role("combobox").first.fill(text)
    return page.locator("#dz-found li").all_inner_texts()


def test_the_page_opens_without_the_network(browser, pages):
    with opened(browser, pages / "tiny.html") as page:
        assert page.title() == "Xứ Mây (bịa ra)"
        expect(page.locator("#dz-band")).to_have_text(words.word("synthetic_band", "vi"))
        expect(page.locator("#dz-loading")).to_have_count(0)
        expect(page.locator("#dz-subtitle")).to_contain_text("9 xã, phường, đặc khu")
        expect(page.locator("#dz-headline")).to_contain_text("13.884")


def test_hovering_names_the_commune_and_its_value(browser, pages):
    with opened(browser, pages / "tiny.html") as page:
        page.mouse.move(*pixel(page, *PHUOC_AN))
        expect(page.locator(".dz-tip")).to_contain_text("Phước An")
        expect(page.locator(".dz-tip")).to_contain_text("99,9")
        page.mouse.move(*pixel(page, 105.1, 20.5))
        expect(page.locator(".dz-tip")).to_contain_text("chưa có dữ liệu")


def test_a_click_opens_the_numbers_of_the_commune(browser, pages):
    with opened(browser, pages / "tiny.html") as page:
        page.mouse.click(*pixel(page, *PHUOC_AN))
        card = page.locator("#dz-card")
        expect(card.get_by_role("heading", name="Phước An")).to_be_visible()
        expect(card).to_contain_text("12.345")
        expect(card).to_contain_text("7 trong 7")
        expect(card).to_contain_text("Toàn vùng 71,3 %".lower())
        expect(card).to_contain_text(">\u00a099,9\u00a0%")  # 99.96 is not all
        page.keyboard.press("Escape")
        expect(card).to_be_hidden()


def test_unknown_is_said_and_never_shown_as_zero(browser, pages):
    with opened(browser, pages / "tiny.html", "#c=00007") as page:
        card = page.locator("#dz-card")
        expect(card).to_contain_text("chưa có dữ liệu")
        expect(card.locator(".dz-track.dz-unknown")).to_have_count(4)
        assert not page.locator("#dz-card .dz-fill").count()
        red, green, blue = bytes.fromhex(color_at(page, 105.1, 20.55)[1:])
        assert 0 <= green - red <= 10 >= blue - green >= 0  # grey, not a colour of the palette


def test_the_measure_switch_recolours_and_the_legend_follows(browser, pages):
    with opened(browser, pages / "tiny.html") as page:
        assert color_at(page, 105.5, 20.02) == "#b9763f"  # score 58.1
        expect(page.locator(".dz-legend li").first).to_contain_text("dưới 25")
        page.get_by_label("Tô màu xã theo").select_option("power_people_pct")
        assert color_at(page, 105.5, 20.02) == "#d29c5e"  # 80 %
        expect(page.locator(".dz-legend li").first).to_contain_text("dưới 25\u00a0%")
        page.get_by_label("Tô màu xã theo").select_option("dead_people")
        expect(page.locator(".dz-legend li").first).to_contain_text("từ 5.000")
        expect(page.locator(".dz-legend li").last).to_contain_text("chưa có dữ liệu")
        expect(page.locator(".dz-legend li").last.locator("b")).to_have_text("2")


def test_every_commune_is_found_by_name_without_accents_and_by_code(browser, pages):
    with opened(browser, pages / "tiny.html") as page:
        for row, name in enumerate(tiny().communes["commune_name"]):
            code = f"{row + 1:05d}"
            plain = page.evaluate("deadzones.fold", name)
            assert any(code in hit for hit in find(page, plain)), name
            assert any(code in hit for hit in find(page, code)), name
        assert find(page, "dong van")[0].startswith("Đồng Văn")
        assert find(page, "EA MDROH")[0].startswith("Ea M'Droh")
        same = find(page, "tan hoa")
        assert len(same) == 2
        assert "Bắc Mây" in same[0]
        assert "Nam Mây" in same[1]
        assert len(find(page, "tan hoa nam may")) == 1
        assert find(page, "bac may")[0].startswith("Bắc Mây")
        assert find(page, "zzz") == []
        expect(page.locator("#dz-found-count")).to_have_text("Không tìm thấy")


def test_names_before_a_merger_are_found_and_said(browser, pages):
    with opened(browser, pages / "merged.html") as page:
        found = find(page, "dak to re")
        assert found
        assert all("gồm Xã Đắk Tờ Re cũ" in entry for entry in found)
        assert not find(page, "mot phan")  # which part of it is no name
        own = find(page, "phuoc an")
        assert own
        assert not any("cũ" in entry for entry in own)


def test_finding_works_with_the_keyboard(browser, pages):
    with opened(browser, pages / "tiny.html") as page:
        page.keyboard.press("/")
        page.keyboard.type("tan hoa")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        card = page.locator("#dz-card")
        expect(card).to_contain_text("00007")
        assert page.evaluate("document.activeElement.id") == "dz-card"
        assert page.url.endswith("#c=00007")


def test_a_link_opens_its_commune_and_measure(browser, pages):
    with opened(browser, pages / "tiny.html", "#c=00005&m=mobile_people_pct") as page:
        expect(page.locator("#dz-card")).to_contain_text("Ea M'Droh")
        expect(page.get_by_label("Tô màu xã theo")).to_have_value("mobile_people_pct")
        middle = page.evaluate("deadzones.page.map.getBounds().contains([20.3, 105.3])")
        assert middle
    with opened(browser, pages / "tiny.html", "#c=00005&m=fibre&l=en&z=11") as page:
        expect(page.get_by_label("Colour communes by")).to_have_value("fibre_people_pct")
        assert page.evaluate("deadzones.page.map.getZoom()") == 11


def test_the_language_switch_changes_words_and_numbers(browser, pages):
    with opened(browser, pages / "tiny.html", "#c=00001") as page:
        expect(page.locator("html")).to_have_attribute("lang", "vi")
        page.get_by_role("button", name="English").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.locator("#dz-card")).to_contain_text("12,345")
        expect(page.locator("#dz-subtitle")).to_contain_text("31 January 2026")
        expect(
            page.get_by_role("combobox", name="Find a commune, province or code")
        ).to_be_visible()
        text = page.locator("body").inner_text()
        for word in ("Tô màu", "Lớp bản đồ", "Vùng lõm", "chưa có dữ liệu", "Thứ tự"):
            assert word not in text
        page.get_by_role("button", name="Tiếng Việt").click()
        text = page.locator("body").inner_text()
        for word in ("Colour", "Layers", "Dead zones", "no data", "Score", "Mobile", "ynthetic"):
            assert word not in text


def test_names_from_files_stay_text(browser, pages):
    with opened(browser, pages / "tiny.html", "#c=00003") as page:
        assert page.locator("#dz-card h2").inner_text() == XSS
        assert find(page, "img src")[0].startswith(XSS)
        page.keyboard.press("Escape")
        page.mouse.move(*pixel(page, 105.5, 20.18))
        expect(page.locator(".dz-tip")).to_contain_text(XSS)
        page.evaluate("deadzones.openZone(deadzones.page, 2)")
        expect(page.locator(".dz-popup").last).to_contain_text(XSS)
        page.evaluate("deadzones.openVillage(deadzones.page, 1)")
        expect(page.locator(".dz-popup h3").last).to_have_text(XSS)
        page.locator("#dz-sources summary").click()
        expect(page.locator("#dz-sources-list")).to_contain_text(XSS)
        assert page.locator("img").count() == 0


def test_an_upgrade_tells_what_it_gives_costs_and_waits_for(browser, pages):
    with opened(browser, pages / "tiny.html") as page:
        page.get_by_role("button", name="Đề xuất 4").click()
        popup = page.locator(".dz-popup").last  # the one before fades out
        expect(popup.locator("h3")).to_have_text("4. Trạm mới")
        expect(popup).to_contain_text("900\u00a0người")
        expect(popup).to_contain_text("1,3\u00a0nghìn\u00a0tỷ\u00a0đồng")
        expect(popup).to_contain_text("Phải chờ1. Kéo dài lưới điện, 3. Kéo dài cáp quang")
        popup.get_by_role("button", name="3. Kéo dài cáp quang").click()
        expect(popup.locator("h3")).to_have_text("3. Kéo dài cáp quang")
        expect(popup).to_contain_text("Nối bằngcáp quang, 7,4\u00a0km")
        expect(popup).to_contain_text("Mở đường cho4. Trạm mới")


def test_a_dead_zone_tells_what_it_lacks(browser, pages):
    with opened(browser, pages / "tiny.html", "#z=9") as page:
        page.mouse.click(*pixel(page, 105.13, 20.265))
        popup = page.locator(".dz-popup")
        expect(popup.locator("h3")).to_have_text("Vùng lõm Z00004")
        expect(popup).to_contain_text("Điện lưới")
        expect(popup).to_contain_text("41\u00a0người")


def test_layers_are_switched_and_counted(browser, pages):
    with opened(browser, pages / "tiny.html") as page:
        assert page.locator(".dz-badge").count() == 3  # one stands too near to a better one
        expect(page.locator("[data-layer=upgrades]")).to_have_text("vẽ 3 trong 4")
        page.get_by_label("Đề xuất nâng cấp").uncheck()
        expect(page.locator(".dz-badge")).to_have_count(0)
        page.get_by_label("Xã, phường, đặc khu").uncheck()
        assert page.evaluate("deadzones.page.map.hasLayer(deadzones.page.sheets.communes)") is False
        expect(page.get_by_label("Tuyến – Điện lưới")).to_be_checked()


def test_predicted_signal_is_switched_and_explained(browser, pages):
    with opened(browser, pages / "signal.html") as page:
        picture, legend = page.locator("img.dz-pixels"), page.locator(".dz-signal")
        expect(picture).to_have_count(0)
        expect(legend).to_be_hidden()
        page.get_by_label("Sóng dự báo").check()
        expect(picture).to_be_visible()
        assert picture.evaluate("(node) => node.decode().then(() => node.naturalWidth)") > 0
        expect(legend).to_contain_text("Mức sóng (dBm) đạt được ở 90\u00a0% số điểm")
        for line in ("từ −80", "−110 đến −100", "vừa đạt ngưỡng", "dưới ngưỡng"):
            expect(legend).to_contain_text(line)
        page.get_by_role("button", name="English").click()
        expect(legend).to_be_visible()
        expect(legend).to_contain_text("Level (dBm) reached at 90% of places")
        expect(legend).to_contain_text("−80 or more")
        assert "s=mobile" in page.url
        page.get_by_label("Predicted signal").uncheck()
        expect(picture).to_have_count(0)
        expect(legend).to_be_hidden()
        assert "s=mobile" not in page.url


def test_predicted_signal_lies_on_its_communes_below_the_borders(browser, pages):
    with opened(browser, pages / "signal.html", "#s=mobile") as page:
        expect(page.get_by_label("Sóng dự báo")).to_be_checked()
        for zoom in (8, 11):
            page.evaluate("(zoom) => deadzones.page.map.setZoom(zoom, { animate: false })", zoom)
            box = page.locator("img.dz-pixels").bounding_box()
            assert box
            left, top = pixel(page, WEST, SOUTH + 3 * SIDE)
            right, bottom = pixel(page, WEST + 3 * SIDE, SOUTH)
            sides = (box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"])
            assert sides == pytest.approx((left, top, right, bottom), abs=1.5)
        order = page.evaluate(
            """() => ["communes", "signal", "zones", "borders"].map(
            (name) => Number(deadzones.page.map.getPane(`dz-${name}`).style.zIndex))"""
        )
        assert order == sorted(order)
        page.evaluate("location.hash = '#'")
        expect(page.locator("img.dz-pixels")).to_have_count(0)
        page.evaluate("location.hash = '#s=mobile'")
        expect(page.locator("img.dz-pixels")).to_have_count(1)


def test_the_small_legend_and_the_print_tell_of_the_signal(browser, pages):
    with opened(browser, pages / "signal.html", "#s=mobile&l=en", PHONE) as page:
        expect(page.locator("#dz-mini")).to_contain_text("Predicted signal")
        expect(page.locator("#dz-mini")).to_contain_text("−80 dBm or more")
    with opened(browser, pages / "signal.html", "#s=mobile") as page:
        page.emulate_media(media="print")
        expect(page.locator("img.dz-pixels")).to_be_visible()
        expect(page.locator(".dz-signal")).to_be_visible()


def test_badges_and_names_never_lie_on_each_other(browser, pages):
    with opened(browser, pages / "tiny.html") as page:
        for zoom in (6, 8, 9.5, 12):
            page.evaluate("(zoom) => deadzones.page.map.setZoom(zoom, { animate: false })", zoom)
            boxes = [box.bounding_box() for box in page.locator(".dz-badge span").all()]
            for one, a in enumerate(boxes):
                for b in boxes[:one]:
                    assert a
                    assert b
                    apart_x = abs(a["x"] - b["x"]) >= min(a["width"], b["width"])
                    assert apart_x or abs(a["y"] - b["y"]) >= a["height"]
        page.evaluate("deadzones.page.map.setZoom(13, { animate: false })")
        expect(page.locator("[data-layer=upgrades]")).to_have_text("4")


def test_the_name_of_a_province_makes_way_for_a_badge(browser, pages):
    with opened(browser, pages / "crowded.html") as page:
        page.evaluate("deadzones.page.map.setZoom(8, { animate: false })")
        names, badges = page.evaluate(
            """() => {
                const { names, badges } = deadzones.page.names.at(8);
                return [names.filter(({ font }) => font === "province"), badges];
            }"""
        )
        assert len(names) == 2
        (first,) = [badge for badge in badges if badge["row"] == 0]
        name = min(names, key=lambda each: abs(each["y"] - first["y"]))
        assert abs(first["y"] - name["y"]) >= 11 + 8 or abs(first["x"] - name["x"]) >= 40
        badge = page.get_by_role("button", name="Đề xuất 1").bounding_box()
        top = page.evaluate(
            "([x, y]) => y - deadzones.page.map.getPixelBounds().min.y", [first["x"], first["y"]]
        )
        assert badge
        assert badge["y"] + badge["height"] / 2 == pytest.approx(top, abs=1.5)


def test_dead_zones_that_cover_the_nation_are_off_at_first(browser, pages):
    with opened(browser, pages / "covered.html") as page:
        there = "deadzones.page.map.hasLayer(deadzones.page.sheets.zones)"
        box = page.get_by_label("Vùng lõm", exact=True)
        expect(box).not_to_be_checked()
        assert page.evaluate(there) is False
        expect(page.locator(".dz-layer-hint")).to_contain_text("vùng lõm phủ 100\u00a0% diện tích")
        box.check()
        assert page.evaluate(there) is True
    with opened(browser, pages / "wide.html") as page:
        expect(page.get_by_label("Vùng lõm", exact=True)).to_be_checked()
        expect(page.locator(".dz-layer-hint")).to_have_count(0)


def test_a_dead_zone_has_the_colours_of_its_legend(browser, pages):
    """Whatever the colour of the commune below it."""
    with opened(browser, pages / "tiny.html") as page:
        page.evaluate("deadzones.page.map.setView([20.265, 105.13], 12, { animate: false })")
        drawn, legend = page.evaluate(
            """() => {
                const { map, sheets, zones } = deadzones.page;
                const commonest = (canvas, x, y, width, height) => {
                    const data = canvas.getContext("2d").getImageData(x, y, width, height).data;
                    const counts = new Map();
                    for (let k = 0; k < data.length; k += 4) {
                        const key = [...data.subarray(k, k + 4)].join();
                        counts.set(key, (counts.get(key) ?? 0) + 1);
                    }
                    return [...counts].sort((a, b) => b[1] - a[1])[0][0];
                };
                const { _canvas: canvas, _corner: corner } = sheets.zones;
                const at = map.latLngToLayerPoint([20.265, 105.13]).subtract(map.latLngToLayerPoint(corner));
                const swatch = [...document.querySelectorAll(".dz-lacks li")]
                    .find((node) => node.innerText.startsWith("Điện lưới")).querySelector("canvas");
                return [commonest(canvas, at.x - 9, at.y - 9, 18, 18), commonest(swatch, 2, 2, 18, 10)];
            }"""
        )
        assert drawn == legend
        assert drawn.endswith(",255")


def test_proxies_are_said_in_the_language_of_the_page(browser, pages):
    with opened(browser, pages / "proxy.html") as page:
        band = page.locator("#dz-band")
        expect(band).to_contain_text("Ước tính gián tiếp")
        page.get_by_role("button", name="English").click()
        expect(band).to_contain_text("Proxy evidence")


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_search_says_on_a_narrow_screen_what_it_finds(browser, pages, lang):
    with opened(browser, pages / "tiny.html", f"#l={lang}", size=PHONE) as page:
        assert page.evaluate(
            """() => {
                const input = document.getElementById("dz-find");
                const pen = document.createElement("canvas").getContext("2d");
                const style = getComputedStyle(input);
                pen.font = `${style.fontSize} ${style.fontFamily}`;
                const room = input.clientWidth - 2 * parseFloat(style.paddingLeft) - 24; // the clear mark
                return pen.measureText(input.placeholder).width <= room;
            }"""
        )


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("name", ["wide", "inset"])
def test_the_archipelagos_are_named_and_seen_at_first(browser, pages, name, size):
    with opened(browser, pages / f"{name}.html", size=size) as page:
        for text in ("Quần đảo Hoàng Sa (TP. Đà Nẵng)", "Quần đảo Trường Sa (tỉnh Khánh Hòa)"):
            label = page.locator("span", has_text=text).last
            expect(label).to_be_visible()
            box = label.bounding_box()
            assert box
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= size["width"]
            at = [box["x"] + box["width"] / 2, box["y"] + box["height"] / 2]
            over = page.evaluate(
                "([x, y]) => document.elementsFromPoint(x, y).some("
                "(node) => ['dz-panel', 'dz-card', 'dz-mini'].includes(node.id))",
                at,
            )
            assert not over


def test_a_narrow_screen_shows_the_map_and_opens_the_panel_on_demand(browser, pages):
    with opened(browser, pages / "tiny.html", size=PHONE) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        expect(page.get_by_label("Tô màu xã theo")).to_be_hidden()
        page.locator("#dz-mini").click()
        expect(page.get_by_label("Tô màu xã theo")).to_be_visible()
        assert find(page, "phuoc an")
        page.keyboard.press("Enter")
        card = page.locator("#dz-card")
        expect(card).to_contain_text("Phước An")
        box = card.bounding_box()
        assert box
        assert box["width"] == PHONE["width"]
        assert box["height"] < PHONE["height"] * 0.6


def test_every_control_has_a_name(browser, pages):
    with opened(browser, pages / "tiny.html", "#c=00005") as page:
        nameless = page.evaluate(
            """() => [...document.querySelectorAll("button, input, select, a[href], [role=button]")]
            .filter((node) => !(node.ariaLabel || node.title || node.innerText.trim()
                || node.labels?.[0]?.innerText.trim()))
            .map((node) => node.outerHTML)"""
        )
        assert nameless == []


def test_the_map_opens_inside_a_notebook(browser, pages, tmp_path):
    notebook = tmp_path / "notebook.html"
    notebook.write_text(f"<!DOCTYPE html>{maps.draw(tiny())._repr_html_()}", encoding="utf-8")
    context = browser.new_context(viewport=DESKTOP, offline=True)  # pyright: ignore[reportArgumentType]
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(notebook.as_uri())
    inside = page.frame_locator("iframe")
    inside.locator("html[data-ready]").wait_for(timeout=20_000)
    inside.get_by_role("combobox").first.fill("phuoc an")
    inside.locator("#dz-found li").first.click()
    expect(inside.locator("#dz-card")).to_contain_text("12.345")
    context.close()
    assert not faults


def test_a_plain_folium_marker_shows_on_the_page(browser, tmp_path):
    drawn = maps.draw(tiny())
    folium.Marker([20.3, 105.3], popup="Hà Nội").add_to(drawn)
    drawn.save(tmp_path / "map.html")
    with opened(browser, tmp_path / "map.html") as page:
        icon = page.locator("img.leaflet-marker-icon")
        expect(icon).to_have_count(1)
        assert icon.evaluate("(node) => node.naturalWidth") > 0


@pytest.mark.parametrize("name", ["tiny.html", "wide.html"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_a_print_is_one_page_of_a4(browser, pages, name, size):
    with opened(browser, pages / name, size=size) as page:
        printed = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    box = [float(side) for side in re.findall(rb"/MediaBox\s*\[([^\]]+)\]", printed)[0].split()]
    assert sorted(box[2:]) == pytest.approx([595.3, 841.9], abs=1.0)


def test_a_link_with_a_zoom_shows_its_commune_beside_the_card(browser, pages):
    with opened(browser, pages / "tiny.html", "#c=00003&z=11", size=PHONE) as page:
        card = page.locator("#dz-card").bounding_box()
        assert card is not None
        middle = page.evaluate(
            """() => {
                const { page } = deadzones;
                const row = page.communeRow.get("00003");
                const at = page.map.latLngToContainerPoint(deadzones.middle(page.communes.shapes, row));
                return [at.x, at.y, page.map.getZoom()];
            }"""
        )
        assert middle[2] == 11
        assert 0 < middle[1] < card["y"]


def test_a_link_is_followed_in_an_open_page(browser, pages):
    with opened(browser, pages / "tiny.html") as page:
        page.evaluate("location.hash = '#c=00003&l=en'")
        expect(page.locator("#dz-card")).to_contain_text("00003")
        expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_card_names_the_zones_in_which_its_people_live(browser, tmp_path):
    """The zone belongs to another commune, and has most of its people there."""
    result = tiny()
    zones = result.dead_zones
    first = zones.index[0]
    home = zones.at[first, "commune_code"]
    other = next(code for code in result.communes.index if code not in set(zones["commune_code"]))
    shared = [
        f"{home}:90;{other}:7" if zone == first else f"{code}:5"
        for zone, code in zones["commune_code"].items()
    ]
    maps.draw(replace(result, dead_zones=zones.assign(communes=shared))).save(tmp_path / "a.html")
    with opened(browser, tmp_path / "a.html", f"#c={other}") as page:
        expect(page.get_by_role("list", name="Vùng lõm trong xã")).to_contain_text("7 người")


def test_a_badge_opens_from_the_keyboard(browser, pages):
    with opened(browser, pages / "tiny.html") as page:
        page.locator(".dz-badge").first.focus()
        page.keyboard.press("Enter")
        expect(page.locator(".leaflet-popup")).to_have_count(1)


def test_all_badges_are_one_stop_of_the_tab_key_and_arrows_lead_on(browser, pages):
    with opened(browser, pages / "tiny.html") as page:
        stops = page.locator(".dz-badge[tabindex='0']")
        expect(stops).to_have_count(1)
        stops.focus()
        ranks = [page.evaluate("document.activeElement.innerText")]
        for key in ("ArrowRight", "ArrowDown", "ArrowRight", "ArrowLeft", "Home", "End"):
            page.keyboard.press(key)
            ranks.append(page.evaluate("document.activeElement.innerText"))
        assert ranks == ["1", "3", "4", "1", "4", "1", "4"]
        expect(stops).to_have_count(1)
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        assert page.evaluate("document.activeElement.innerText") == "4"


def test_zones_and_villages_in_view_are_a_list_for_the_keyboard(browser, pages):
    with opened(browser, pages / "tiny.html") as page:
        page.locator("#dz-in-view summary").focus()
        page.keyboard.press("Enter")
        zones = page.get_by_role("list", name="Vùng lõm trong khung nhìn (7)")
        expect(zones.get_by_role("button")).to_have_count(7)
        expect(zones.get_by_role("button").first).to_contain_text("1.800\u00a0người")
        expect(page.locator("#dz-villages_in_view h3")).to_contain_text("Thôn, bản")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog", name="Vùng lõm Z00005")).to_be_focused()
        page.keyboard.press("Escape")
        page.evaluate("deadzones.page.map.setView([20.08, 105.1], 13, { animate: false })")
        expect(page.locator("#dz-zones_in_view h3")).to_have_text("Vùng lõm trong khung nhìn (1)")


def test_degrees_stand_at_the_edges_in_each_language(browser, pages):
    with opened(browser, pages / "tiny.html") as page:
        page.evaluate("deadzones.page.map.setView([20.3, 105.3], 9, { animate: false })")
        degrees = page.locator("#dz-degrees")
        expect(degrees).to_contain_text("105,5°Đ")
        expect(degrees).to_contain_text("20,5°B")
        place = page.locator(".dz-lon", has_text="105,5").bounding_box()
        assert place
        x, _ = pixel(page, 105.5, 20.3)
        assert place["x"] + place["width"] / 2 == pytest.approx(x, abs=1)
        page.get_by_role("button", name="English").click()
        expect(degrees).to_contain_text("105.5°E")
        expect(degrees).to_contain_text("20.5°N")
        page.get_by_label("Graticule").uncheck()
        expect(degrees).to_be_hidden()


def test_no_two_sets_of_lacking_services_look_alike_at_any_zoom(browser, pages):
    """What the canvas shows in the middle of each zone, plain when far and hatched when near."""
    with opened(browser, pages / "tiny.html") as page:
        for zoom in (7, 8, 12):
            colors = page.evaluate(
                """(zoom) => {
                    const { page } = deadzones;
                    const { map, zones, sheets } = page;
                    return zones.columns.lacks.map((lacks, row) => {
                        const [[ring]] = [deadzones.latLngs(zones.shapes, row)];
                        const box = L.latLngBounds(ring);
                        const at = [(box.getSouth() * 3 + box.getNorth()) / 4, (box.getWest() * 3 + box.getEast()) / 4];
                        map.setView(at, zoom, { animate: false });
                        const { _canvas: canvas, _corner: corner } = sheets.zones;
                        const spot = map.latLngToLayerPoint(at).subtract(map.latLngToLayerPoint(corner));
                        const half = zoom > 9 ? 9 : 0;
                        const { data } = canvas.getContext("2d").getImageData(spot.x - half, spot.y - half, 2 * half + 1, 2 * half + 1);
                        const counts = new Map();
                        for (let k = 0; k < data.length; k += 4) {
                            const key = [...data.subarray(k, k + 3)].join();
                            counts.set(key, (counts.get(key) ?? 0) + 1);
                        }
                        const [most] = [...counts].sort((a, b) => b[1] - a[1])[0];
                        const code = deadzones.lacksColor(page, lacks);
                        return [lacks, most, [1, 3, 5].map((k) => parseInt(code.slice(k, k + 2), 16)).join()];
                    });
                }""",
                zoom,
            )
            assert len({own for _, _, own in colors}) == 6  # seven zones, two lack the same
            for lacks, shown, own in colors:
                assert shown == own, (zoom, lacks)


def test_names_without_spaces_and_codes_without_zeros_are_found(browser, pages):
    with opened(browser, pages / "tiny.html") as page:
        assert find(page, "phuocan")[0].startswith("Phước An")
        assert find(page, "eamdroh")[0].startswith("Ea M'Droh")
        assert "00007" in find(page, "7")[0]
        assert len(find(page, "tanhoa")) == 2


def test_all_that_is_found_can_be_reached(browser, pages):
    with opened(browser, pages / "many.html") as page:
        assert len(find(page, "tan")) == 60
        expect(page.locator("#dz-found-count")).to_have_text("60 kết quả đầu trong 150")
        page.get_by_role("button", name="Xem thêm kết quả").click()
        expect(page.locator("#dz-found li")).to_have_count(120)
        page.keyboard.press("ArrowUp")
        page.keyboard.press("End")
        for _ in range(61):
            page.keyboard.press("ArrowDown")
        expect(page.locator("#dz-found li")).to_have_count(150)
        expect(page.get_by_role("button", name="Xem thêm kết quả")).to_be_hidden()


def test_a_former_province_leads_to_the_new_one_and_to_its_communes(browser, pages):
    with opened(browser, pages / "many.html") as page:
        found = find(page, "ha giang")
        assert len(found) == 2
        assert found[0].startswith("Tuyên Quang")
        assert "gồm Hà Giang cũ" in found[0]
        assert "00691" in found[1]
        assert "thuộc Hà Giang cũ" in found[1]
        assert "00691" in find(page, "tan 0 ha giang")[0]


def test_a_title_in_two_languages_is_shown_in_that_of_the_page(browser, pages):
    with opened(browser, pages / "many.html") as page:
        expect(page.locator("h1")).to_have_text("Xứ bịa")
        assert page.title() == "Xứ bịa"
        page.get_by_role("button", name="English").click()
        expect(page.locator("h1")).to_have_text("Made-up land")
        assert page.title() == "Made-up land"


def test_a_link_to_what_is_not_here_says_so_and_can_be_dismissed(browser, pages):
    with opened(browser, pages / "tiny.html", "#c=99999&m=water") as page:
        toast = page.locator("#dz-toast")
        expect(toast).to_contain_text("Trang này không có xã mã 99999.")
        expect(toast).to_contain_text("water")
        page.get_by_role("button", name="English").click()
        expect(toast).to_contain_text("This page has no commune with code 99999.")
        toast.get_by_role("button", name="Close").click()
        expect(toast).to_have_count(0)
        page.evaluate("location.hash = '#p=77'")
        expect(toast).to_contain_text("no province with code 77")
        page.evaluate("location.hash = '#p=01'")
        expect(toast).to_have_count(0)


def test_the_zoom_of_a_link_is_kept_and_follows(browser, pages):
    with opened(browser, pages / "tiny.html", "#c=00005&z=11") as page:
        assert "z=11" in page.url
        page.get_by_label("Tô màu xã theo").select_option("fibre_people_pct")
        assert "z=11" in page.url
        page.evaluate("deadzones.page.map.setZoom(12, { animate: false })")
        assert "z=12" in page.url


def test_a_print_shows_what_is_on_in_letters_that_can_be_read(browser, pages):
    with opened(browser, pages / "tiny.html") as page:
        page.get_by_label("Vùng lõm", exact=True).uncheck()
        for box in page.locator(".dz-group[data-group=existing] input").all():
            box.uncheck()
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        text = page.locator("#dz-layers").inner_text()
        assert "Vùng lõm" not in text
        assert "Hạ tầng hiện có" not in text
        assert "Sóng di động + Cáp quang" not in text
        assert "Xã, phường, đặc khu" in text
        size = page.evaluate(
            "parseFloat(getComputedStyle(document.getElementById('dz-panel')).zoom)"
        )
        assert 13 * size * 0.75 >= 7.2  # points
        page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        expect(page.get_by_label("Vùng lõm", exact=True)).to_be_visible()
