"""What all tests share: how hypothesis runs, and why some tests are skipped here."""

from __future__ import annotations

import functools
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer.testing
from hypothesis import settings

import deadzones
from deadzones.coverage import refine

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[1]
REAL_DATA = ROOT.parent / "shared" / "data"

# The same examples on every run, and no time limit for one: machines differ. `make stress` draws
# many more of them, other ones each time.
settings.register_profile("deadzones", deadline=None, derandomize=True, max_examples=20)
settings.register_profile("thorough", deadline=None, max_examples=500)
settings.load_profile("deadzones")

# A made-up country is analysed once in a process: many tests look at the same one, and none changes it.
deadzones.demo = functools.cache(deadzones.demo)
# The commands are put together once in a process, as they are for who types one.
testing: Any = typer.testing
testing._get_command = functools.cache(testing._get_command)


def find_chromium() -> Path | None:
    """Find a Chromium that takes any profile folder, which the snap of it does not."""
    for name in ("chromium", "google-chrome"):
        found = shutil.which(name)
        if found and not found.startswith("/snap/"):
            return Path(found)
    downloads = Path.home() / ".cache" / "ms-playwright"
    return next(iter(sorted(downloads.glob("chromium-*/chrome-linux*/chrome"))), None)


@pytest.fixture(scope="session")
def chromium() -> Path:
    """Chromium's program, for playwright's `executable_path`."""
    found = find_chromium()
    assert found, "a test that uses a browser is marked `browser`"
    return found


@pytest.fixture(scope="session")
def browser(chromium: Path) -> Iterator[Browser]:
    """One for all tests of a process: playwright does not start twice in it."""
    from browsing import launched

    with launched(chromium) as found:
        yield found


@pytest.fixture(scope="module")
def short_search() -> Iterator[None]:
    """Try each way to better a plan, but not again and again: for tests of what stands around it.

    What is taken out repeats after three rounds, what is ordered anew after four.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(refine, "_MOST_ROUNDS", 3 * 4)
        yield


def obstacles(marker: str) -> str | None:
    """Say why the tests with a marker cannot run on this machine."""
    if marker == "real" and not REAL_DATA.is_dir():
        return "needs the shared folder of real data beside the repository"
    if marker == "browser":
        driver = [sys.executable, "-P", "-m", "playwright", "--version"]
        if (
            not find_chromium()
            or subprocess.run(driver, capture_output=True, check=False).returncode
        ):
            return "needs Chromium: `make test` says how to get it"
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, with the reason, what this machine cannot run."""
    for marker in ("browser", "real"):
        marked = [item for item in items if item.get_closest_marker(marker)]
        if marked and (reason := obstacles(marker)):
            for item in marked:
                item.add_marker(pytest.mark.skip(reason=reason))
