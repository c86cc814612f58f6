"""The real studies, each run once, and the pages that they make."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import deadzones as dz

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def nation() -> dz.Result:
    return dz.run(dz.Study.read(HERE / "nation.toml"))


WHOLE, CORNER = (105.0, 21.0, 106.0, 22.0), (105.55, 21.5, 105.6, 21.55)


@pytest.fixture(
    scope="session",
    params=[
        pytest.param(CORNER, id="corner"),
        pytest.param(WHOLE, id="whole", marks=pytest.mark.stress),
    ],
)
def box(request: pytest.FixtureRequest) -> tuple[float, float, float, float]:
    """West, south, east, north of what is analysed of the block, degrees."""
    return request.param


@pytest.fixture(scope="session")
def block(box: tuple[float, float, float, float]) -> dz.Result:
    study = dz.Study.read(HERE / "block_n21e105.toml")
    changes: dict[str, Any] = {"area": study.area.model_copy(update={"bbox": box})}
    if box == CORNER:  # prediction and plan on real ground, without what takes longest
        sites = study.layers["sites"].model_copy(
            update={"options": {"keep": {"operator": ["Ảo Tel"]}}}
        )
        changes["layers"] = {**study.layers, "sites": sites}
        short = {"stability": False, "reach": "radius"}
        changes["upgrades"] = study.upgrades.model_copy(update=short)
    return dz.run(study.model_copy(update=changes))


@pytest.fixture(scope="session")
def nation_page(nation: dz.Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return nation.write(tmp_path_factory.mktemp("nation")) / "map.html"


@pytest.fixture(scope="session")
def block_page(block: dz.Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return block.write(tmp_path_factory.mktemp("block")) / "map.html"
