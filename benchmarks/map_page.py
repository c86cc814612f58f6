"""The map page of the nation and of its largest province: bytes, building, opening, pointing.

In headless Chromium without network, as it is and with its processor slowed four times. Without the
shared folder of real data a made-up country of 2,000 communes stands in and is named so.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import radio
from lines import Line, within

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession, Page

    import deadzones as dz

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"
sys.path.insert(0, str(ROOT / "tests"))
SIZE = {"width": 1280, "height": 800}
OPENINGS, POINTS = 5, 40
SLOWER = 4
LIMITS_MB = (4.0, 3.0)
"""Of the nation's page and of a province's."""

_SWITCH = """async (at) => {
    const select = document.getElementById("dz-measure");
    const start = performance.now();
    select.selectedIndex = at;
    select.dispatchEvent(new Event("change"));
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return performance.now() - start;
}"""
"""Choose another measure, and wait until it is painted."""


def map_page(*, quick: bool = False) -> list[Line]:
    """Find what the pages weigh and how fast they are."""
    import deadzones as dz

    if quick:
        return [Line("the map page", note="left out in a hurry")]
    if SHARED.is_dir():
        name, result = "nation", dz.run(dz.Study.read(ROOT / "tests" / "real" / "nation.toml"))
    else:
        name, result = "made-up, 2,000 communes", dz.demo(communes=2000)
    largest = str(result.communes["province_code"].value_counts().index[0])
    with tempfile.TemporaryDirectory() as folder:
        pages = [
            _built(result, Path(folder, "whole.html"), name, None),
            _built(result, Path(folder, "province.html"), f"province {largest}", largest),
        ]
        return _opened(pages)


def _built(
    result: dz.Result, path: Path, name: str, province: str | None
) -> tuple[str, Path, float]:
    seconds: list[float] = []
    for _ in range(3):
        start = time.perf_counter()
        result.explore(province=province).save(path)
        seconds.append(time.perf_counter() - start)
    return name, path, statistics.median(seconds)


def _opened(pages: list[tuple[str, Path, float]]) -> list[Line]:
    from browsing import launched
    from conftest import find_chromium

    chromium = find_chromium()
    if chromium is None:
        return [Line("the map page opened", note="left out: it needs Chromium")]
    rows: list[tuple[str, ...]] = []
    found: list[Line] = []
    with launched(chromium) as browser:
        for name, path, built in pages:
            for slower in (1, SLOWER):
                ready, hover, switch = _timed(browser, path, slower)
                what = f"map page, {name}"
                if slower == 1:
                    weight = path.stat().st_size / 1e6
                    found.append(within(f"{what}: weight", weight, LIMITS_MB[len(rows) // 2], "MB"))
                    found.append(within(f"{what}: built", built, 6.0, "s"))
                limit, note = (
                    (2.0, "") if slower == 1 else (5.0, f"processor {slower} times slower")
                )
                found.append(within(f"{what}: interactive", ready, limit, "s", note=note))
                rows.append(
                    (
                        name if slower == 1 else f"{name}, processor {slower} times slower",
                        f"{path.stat().st_size / 1e6:.2f}",
                        f"{built:.1f}",
                        f"{ready:.2f}",
                        f"{hover:.0f}",
                        f"{switch:.0f}",
                    )
                )
    head = ("page", "MB", "built, s", "interactive, s", "pointing, ms", "other measure, ms")
    radio.table(head, rows)
    return found


def _timed(browser: Browser, path: Path, slower: int) -> tuple[float, float, float]:
    """Seconds to a page that answers, and milliseconds to point and to recolour; medians."""
    ready: list[float] = []
    hover: list[float] = []
    switch: list[float] = []
    for number in range(OPENINGS):
        page = browser.new_context(viewport=SIZE, offline=True).new_page()  # pyright: ignore[reportArgumentType]
        session = page.context.new_cdp_session(page)
        session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
        start = time.perf_counter()
        page.goto(path.as_uri(), wait_until="commit")
        page.wait_for_selector("html[data-ready]", timeout=60_000)
        page.evaluate("1")
        ready.append(time.perf_counter() - start)
        if number == 0:
            hover, switch = _pointed(session), _switched(page)
        page.context.close()
    return statistics.median(ready), statistics.median(hover), statistics.median(switch)


def _pointed(session: CDPSession) -> list[float]:
    found: list[float] = []
    for step in range(POINTS):
        start = time.perf_counter()
        place = {"x": 480 + 12 * step, "y": 120 + 14 * step}
        session.send("Input.dispatchMouseEvent", {"type": "mouseMoved", **place})
        found.append(1e3 * (time.perf_counter() - start))
    return found


def _switched(page: Page) -> list[float]:
    return [float(page.evaluate(_SWITCH, at)) for at in (1, 2, 3, 0)]


PARTS: dict[str, Callable[..., list[Line]]] = {"map": map_page}
