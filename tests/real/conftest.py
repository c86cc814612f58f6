"""The real studies, each run once, and a browser for their pages."""

from __future__ import annotations

from pathlib import Path

import pytest

import deadzones as dz

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def nation() -> dz.Result:
    return dz.run(dz.Study.read(HERE / "nation.toml"))


@pytest.fixture(scope="session")
def block() -> dz.Result:
    return dz.run(dz.Study.read(HERE / "block_n21e105.toml"))


@pytest.fixture(scope="session")
def nation_page(nation: dz.Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return nation.write(tmp_path_factory.mktemp("nation")) / "map.html"


@pytest.fixture(scope="session")
def block_page(block: dz.Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return block.write(tmp_path_factory.mktemp("block")) / "map.html"
