"""Pages opened in a Chromium that has no network and must not complain."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking"
).split()
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}

_FIRST_HITS = """(texts) => {
    const input = document.getElementById("dz-find");
    return texts.map((text) => {
        input.value = text;
        input.dispatchEvent(new Event("input"));
        return document.querySelector("#dz-found li code")?.textContent;
    });
}"""


def first_hits(page: Page, texts: list[str]) -> list[str | None]:
    """Type each text into the search and read the code of its first hit."""
    return page.evaluate(_FIRST_HITS, texts)


@contextmanager
def launched(chromium: Path) -> Generator[Browser]:
    """Start a browser; it ends with the block."""
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=chromium, args=FLAGS)
        yield found
        found.close()


@contextmanager
def opened(
    browser: Browser, path: Path, link: str = "", size: dict[str, int] = DESKTOP
) -> Generator[Page]:
    """A page that has finished loading; closing it asserts that nothing went wrong."""
    context = browser.new_context(viewport=size, offline=True, reduced_motion="reduce")  # pyright: ignore[reportArgumentType]
    page = context.new_page()
    faults: list[str] = []
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("dialog", lambda dialog: faults.append(dialog.message))
    page.on("request", lambda request: faults.append(request.url) if leaves(request.url) else None)
    page.goto(f"{path.as_uri()}{link}")
    page.wait_for_selector("html[data-ready]", timeout=20_000)
    yield page
    context.close()
    assert not faults


def leaves(url: str) -> bool:
    return not url.startswith(("file:", "data:", "blob:", "about:"))
