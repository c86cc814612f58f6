"""The page of two results of the tiny country in a real browser that has no network."""

import re
from pathlib import Path

import pytest
from browsing import DESKTOP, PHONE, opened
from playwright.sync_api import Page, expect
from tiny_result import XSS, tiny
from two_results import GAINED, LOST, TITLE, earlier, without

from deadzones.reports import maps, measures

pytestmark = [pytest.mark.browser, pytest.mark.slow]

GAINER = (105.5, 20.02)  # lon, lat of an empty corner of 00003
LOSER = (105.02, 20.22)  # of 00004
ALONE = (105.5, 20.55)  # of 00009, which a year ago had another code


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compared")
    maps.draw(tiny(), compare=earlier(), measure="mobile").save(folder / "two.html")
    maps.draw(tiny(), compare=tiny()).save(folder / "same.html")
    names = ("/secret/new", "/secret/old")
    maps.draw(tiny(), compare=tiny(), names=names).save(folder / "named.html")
    maps.draw(tiny(), compare=without(earlier(), "power")).save(folder / "less.html")
    return folder


def colors_at(page: Page, lon: float, lat: float) -> set[str]:
    """The colours of the communes' canvas in a small square around a place."""
    return set(
        page.evaluate(
            """([lon, lat]) => {
                const { map, sheets } = deadzones.page;
                const { _canvas: canvas, _corner: corner } = sheets.communes;
                const at = map.latLngToLayerPoint([lat, lon]).subtract(map.latLngToLayerPoint(corner));
                const { data } = canvas.getContext("2d").getImageData(at.x - 5, at.y - 5, 10, 10);
                const found = [];
                for (let k = 0; k < data.length; k += 4)
                    found.push("#" + [...data.subarray(k, k + 3)].map((v) => v.toString(16).padStart(2, "0")).join(""));
                return found;
            }""",
            [lon, lat],
        )
    )


def view(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name, exact=True).check()


def test_the_switch_recolours_without_a_reload(browser, pages):
    with opened(browser, pages / "two.html") as page:
        page.evaluate("window.stays = true")
        expect(page.get_by_role("radio", name="Thay đổi")).to_be_checked()
        assert colors_at(page, *GAINER) == {measures.BETTER[0]}  # from 25 % to 55 %
        view(page, "Trước")
        assert colors_at(page, *GAINER) == {measures.SAND[5]}
        expect(page.locator(".dz-legend li").first).to_contain_text("dưới 25\u00a0%")
        view(page, "Sau")
        assert colors_at(page, *GAINER) == {measures.SAND[4]}
        view(page, "Thay đổi")
        assert colors_at(page, *GAINER) == {measures.BETTER[0]}
        expect(page.locator(".dz-legend li").first).to_contain_text("từ +10 trở lên")
        assert page.evaluate("window.stays")


def test_what_got_worse_is_hatched_and_not_only_coloured(browser, pages):
    with opened(browser, pages / "two.html") as page:
        worse = colors_at(page, *LOSER)
        assert measures.WORSE[1] in worse
        assert len(worse) > 1
        grey = colors_at(page, *ALONE)
        assert len(grey) > 1
        assert not grey & {*measures.WORSE, *measures.BETTER, measures.SAME}


def test_the_legend_counts_changes_and_what_cannot_be_compared(browser, pages):
    with opened(browser, pages / "two.html") as page:
        rows = page.locator(".dz-legend li").all_inner_texts()
        counted = {text.split("\n")[0]: text.split("\n")[-1] for text in rows}
        assert counted == {
            "từ +10 trở lên": "2",
            "+2 đến +10": "0",
            "+0,1 đến +2": "1",
            "không đổi (dưới 0,1)": "3",
            "−2 đến −0,1": "0",
            "−10 đến −2": "1",
            "từ −10 trở xuống": "0",
            "không so sánh được": "2",
        }
        page.get_by_label("Tô màu xã theo").select_option("dead_people")
        expect(page.locator(".dz-legend li").first).to_contain_text("từ −1.000 trở xuống")


def test_the_switch_is_reached_and_turned_with_the_keyboard(browser, pages):
    with opened(browser, pages / "two.html") as page:
        page.get_by_role("radio", name="Thay đổi").focus()
        page.keyboard.press("ArrowLeft")
        expect(page.get_by_role("radio", name="Sau")).to_be_checked()
        assert page.evaluate("deadzones.page.view") == "after"
        assert page.get_by_role("radiogroup", name="Tô màu theo").count() == 1
        assert "v=after" in page.url


def test_who_gained_and_who_lost_is_listed_and_opens_by_a_click(browser, pages):
    with opened(browser, pages / "two.html", "#m=mobile") as page:
        who = page.locator("#dz-who")
        gained, lost = (who.locator(".dz-most").nth(at).locator("button") for at in (0, 1))
        assert gained.count() == len(GAINED)
        assert lost.count() == len(LOST)
        expect(gained.first).to_contain_text("+30,0\u00a0điểm\u00a0%")
        expect(lost.first).to_contain_text("Tân Hoà")
        expect(lost.first).to_contain_text("−9,0")
        lost.first.click()
        expect(page.locator("#dz-card h2")).to_have_text("Tân Hoà")
        assert page.evaluate("deadzones.page.map.getBounds().contains([20.3, 105.1])")
        assert "c=00004" in page.url


def test_totals_of_services_and_provinces_are_told(browser, pages):
    with opened(browser, pages / "two.html") as page:
        row = page.locator(".dz-totals tbody tr").first
        expect(row).to_contain_text("Sóng di động")
        expect(row).to_contain_text("−369")
        expect(row).to_contain_text("+635")
        provinces = page.locator(".dz-by-province button")
        expect(provinces).to_have_count(2)
        expect(provinces.first).to_contain_text("Bắc Mây")
        provinces.first.click()
        expect(page.locator("#dz-card h2")).to_have_text("Bắc Mây")


def test_the_card_shows_before_and_after_with_the_change(browser, pages):
    with opened(browser, pages / "two.html", "#c=00003") as page:
        card = page.locator("#dz-card")
        expect(card.locator(".dz-bar").first).to_contain_text("25,0\u00a0%")
        expect(card.locator(".dz-bar").first).to_contain_text("→ 55,0\u00a0%")
        expect(card.locator(".dz-bar").first).to_contain_text("+30,0\u00a0điểm\u00a0%")
        expect(card.locator(".dz-bar").nth(1)).to_contain_text("không đổi")
        expect(card.locator(".dz-facts").first).to_contain_text("48,1 → 58,1")
        expect(card.locator(".dz-facts").first).to_contain_text("670 → 570")


def test_a_commune_of_one_result_is_not_comparable(browser, pages):
    with opened(browser, pages / "two.html", "#c=00009") as page:
        expect(page.locator("#dz-card")).to_contain_text("không so sánh được")
        notes = page.locator("#dz-held-notes")
        expect(notes).to_contain_text("So sánh được 8 xã.")
        expect(notes).to_contain_text("1 xã chỉ có ở kết quả sau")
        expect(notes).to_contain_text("1 xã chỉ có ở kết quả trước")


@pytest.mark.parametrize("name", ["before", "change"])
def test_a_link_opens_its_view(browser, pages, name):
    with opened(browser, pages / "two.html", f"#v={name}&c=00003") as page:
        assert page.evaluate("deadzones.page.view") == name
        expect(page.locator(f"#dz-views input[value={name}]")).to_be_checked()
        assert f"v={name}" in page.url
        page.evaluate("location.hash = '#v=after'")
        page.wait_for_function("deadzones.page.view === 'after'")


def test_dead_zones_follow_the_view(browser, pages):
    with opened(browser, pages / "two.html") as page:
        fates = page.locator(".dz-fates li").all_inner_texts()
        assert [text.split("\n") for text in fates] == [
            ["Đã xóa", "1"],
            ["Mới xuất hiện", "1"],
            ["Vẫn còn", "6"],
            ["Ranh giới lúc trước"],
        ]
        shown = (
            "deadzones.zonesShown(deadzones.page).map(({ layer, row }) => layer.columns.lacks[row])"
        )
        for name in ("Trước", "Sau"):
            view(page, name)
            result = earlier() if name == "Trước" else tiny()
            assert sorted(page.evaluate(shown)) == sorted(result.dead_zones["lacks"])
            expect(page.locator(".dz-fates")).to_have_count(0)


def test_a_result_and_itself_show_no_change(browser, pages):
    with opened(browser, pages / "same.html") as page:
        tallies = page.locator(".dz-legend b").all_inner_texts()
        assert sum(map(int, tallies)) == 9
        assert tallies[3] == "7"  # the other two are unknown
        assert page.locator(".dz-most button").count() == 0
        expect(page.locator("#dz-who")).to_contain_text("Không có xã nào.")
        assert set(page.locator(".dz-totals tbody td:not([aria-hidden])").all_inner_texts()) == {
            "0"
        }


def test_other_services_are_told_and_not_compared(browser, pages):
    with opened(browser, pages / "less.html", "#c=00003") as page:
        notes = page.locator("#dz-held-notes")
        expect(notes).to_contain_text("Chỉ có ở một kết quả nên không so sánh: Điện lưới.")
        expect(notes).to_contain_text("Hai kết quả không cùng dịch vụ")
        assert page.get_by_label("Tô màu xã theo").locator("option").count() == 4
        card = page.locator("#dz-card")
        expect(card.locator(".dz-facts").first).not_to_contain_text("→ 58,1")
        expect(card.locator(".dz-bar").nth(2)).not_to_contain_text("→")
        for name in ("Trước", "Sau"):
            view(page, name)


def test_the_language_switch_leaves_no_word_behind(browser, pages):
    with opened(browser, pages / "two.html", "#c=00003") as page:
        page.locator("#dz-sources summary").click()
        for name in ("before", "after", "change"):
            page.evaluate("(name) => deadzones.page.setView(name)", name)
            page.get_by_role("button", name="English").click()
            english = page.locator("body").inner_text()
            for word in ("Trước", "Sau", "Thay đổi", "không đổi", "điểm", "Thêm", "Mất", "xã "):
                assert word not in english, (name, word)
            page.get_by_role("button", name="Tiếng Việt").click()
            text = page.locator("body").inner_text()
            for word in (
                "Before",
                "After",
                "Change",
                "change",
                "points",
                "Gained",
                "Lost",
                "commune",
            ):
                assert word not in text, (name, word)


def test_names_and_titles_from_files_stay_text(browser, pages):
    with opened(browser, pages / "two.html") as page:
        expect(page.locator("#dz-held")).to_contain_text(TITLE)
        expect(page.locator("#dz-held")).to_contain_text("dữ liệu đến 31/01/2025")
        expect(page.locator(".dz-most button").first).to_contain_text(XSS)
        page.locator("#dz-sources summary").click()
        expect(page.locator("#dz-sources-list")).to_contain_text("Nguồn của kết quả trước")
        assert page.locator("img").count() == 0


def test_hovering_tells_before_after_and_change(browser, pages):
    with opened(browser, pages / "two.html") as page:
        at = page.evaluate(
            "([lon, lat]) => deadzones.page.map.latLngToContainerPoint([lat, lon])", GAINER
        )
        page.mouse.move(at["x"], at["y"])
        expect(page.locator(".dz-tip")).to_contain_text("25,0\u00a0% → 55,0\u00a0%")
        expect(page.locator(".dz-tip")).to_contain_text("(+30,0\u00a0điểm\u00a0%)")


def test_what_is_planned_is_off_at_first(browser, pages):
    with opened(browser, pages / "two.html") as page:
        expect(page.get_by_label("Đề xuất nâng cấp")).not_to_be_checked()
        expect(page.locator(".dz-badge")).to_have_count(0)
        page.get_by_label("Đề xuất nâng cấp").check()
        expect(page.locator(".dz-badge")).not_to_have_count(0)


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_switch_is_seen_at_once_and_nothing_spills_over(browser, pages, size):
    with opened(browser, pages / "two.html", size=size) as page:
        expect(page.locator("#dz-views")).to_be_in_viewport(ratio=1)
        if size is PHONE:
            expect(page.locator("#dz-mini")).to_contain_text("kém đi")
            page.locator("#dz-mini").click()
        for lang in ("English", "Tiếng Việt"):
            page.get_by_role("button", name=lang).click()
            assert page.evaluate("document.documentElement.scrollWidth") == size["width"]
            assert (
                page.evaluate(
                    """() => {
                    const edge = document.getElementById("dz-panel").getBoundingClientRect().right;
                    return [...document.querySelectorAll("#dz-body *")]
                        .filter((node) => node.getBoundingClientRect().right > edge + 1)
                        .map((node) => node.outerHTML);
                }"""
                )
                == []
            ), lang


def test_every_control_of_a_comparison_has_a_name(browser, pages):
    with opened(browser, pages / "two.html", "#c=00005") as page:
        nameless = page.evaluate(
            """() => [...document.querySelectorAll("button, input, select, a[href], [role=button], [role=radiogroup]")]
            .filter((node) => !(node.ariaLabel || node.title || node.innerText.trim()
                || node.labels?.[0]?.innerText.trim()))
            .map((node) => node.outerHTML)"""
        )
        assert nameless == []


def test_results_of_one_title_are_told_apart(browser, pages):
    with opened(browser, pages / "named.html") as page:
        before, after = page.locator("#dz-held dd").all_inner_texts()
        assert "old" in before
        assert "new" in after
        assert "secret" not in page.content()
    with opened(browser, pages / "same.html") as page:
        expect(page.locator("#dz-held-notes")).to_contain_text("cùng tên, cùng dữ liệu")
    with opened(browser, pages / "two.html") as page:
        expect(page.locator("#dz-held-notes")).to_contain_text("Dữ liệu khác nhau")


def test_what_has_not_changed_is_written_once(browser, pages):
    with opened(browser, pages / "same.html", "#c=00005&v=change") as page:
        assert "→" not in page.locator("#dz-card").inner_text()


def test_a_print_of_a_comparison_is_one_page_that_can_be_read(browser, pages):
    with opened(browser, pages / "two.html", "#c=00003") as page:
        printed = page.pdf(prefer_css_page_size=True, print_background=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        size = page.evaluate(
            "parseFloat(getComputedStyle(document.getElementById('dz-panel')).zoom)"
        )
        assert 13 * size * 0.75 >= 7.2  # points
        assert page.evaluate(
            "(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth + 16)"
            "(document.getElementById('dz-panel'))"
        )
