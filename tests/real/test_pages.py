"""The maps of the real studies in a real browser that has no network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import DESKTOP, PHONE, launched, opened
from playwright.sync_api import Browser

import deadzones as dz

HERE = Path(__file__).parent
pytestmark = [pytest.mark.real, pytest.mark.browser]

FIRST_HITS = """(texts) => {
    const input = document.getElementById("dz-find");
    return texts.map((text) => {
        input.value = text;
        input.dispatchEvent(new Event("input"));
        return document.querySelector("#dz-found li code")?.textContent;
    });
}"""


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with launched(chromium) as found:
        yield found


@pytest.fixture(scope="module")
def results() -> dict[str, dz.Result]:
    names = ("nation", "block_n21e105")
    return {name: dz.run(dz.Study.read(HERE / f"{name}.toml")) for name in names}


@pytest.fixture(scope="module")
def folders(
    results: dict[str, dz.Result], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    home = tmp_path_factory.mktemp("pages")
    return {name: result.write(home / name) for name, result in results.items()}


@pytest.mark.parametrize("name", ["nation", "block_n21e105"])
def test_every_commune_is_found_by_its_code(
    browser: Browser, folders: dict[str, Path], results: dict[str, dz.Result], name: str
) -> None:
    codes = results[name].communes.index.tolist()
    with opened(browser, folders[name] / "map.html") as page:
        assert page.evaluate(FIRST_HITS, codes) == codes


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
@pytest.mark.parametrize("name", ["nation", "block_n21e105"])
def test_the_page_opens_without_network_or_error(
    browser: Browser, folders: dict[str, Path], name: str, size: dict[str, int]
) -> None:
    with opened(browser, folders[name] / "map.html", size=size) as page:
        assert page.locator("#dz-find").is_visible()


def test_the_archipelagos_stand_on_the_first_view(
    browser: Browser, folders: dict[str, Path]
) -> None:
    with opened(browser, folders["nation"] / "map.html") as page:
        for name in ("Quần đảo Hoàng Sa (TP. Đà Nẵng)", "Quần đảo Trường Sa (tỉnh Khánh Hòa)"):
            assert page.get_by_text(name).first.is_visible()


def test_made_up_layers_are_told_across_the_page(
    browser: Browser, folders: dict[str, Path]
) -> None:
    with opened(browser, folders["block_n21e105"] / "map.html") as page:
        assert page.get_by_text("synthetic data").locator("visible=true").count() > 0
