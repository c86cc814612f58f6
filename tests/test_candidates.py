"""Candidates: everybody in a dead zone can be helped, and nothing needed is taken for granted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import drawn
import numpy as np
import pytest

import deadzones as dz
from deadzones.coverage import analysis, zones
from deadzones.coverage.services import SERVICES
from deadzones.geodata import distance, synthetic


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthetic.country(tmp_path_factory.mktemp("country"), communes=6, seed=2)


def surveyed(study: Path) -> analysis.Survey:
    return analysis.survey(dz.Study.read(study))


def test_somebody_can_be_built_for_everybody_in_a_dead_zone(country: Path) -> None:
    found = surveyed(country)
    offers = analysis.offer(found)
    helped = offers.reach.sum(axis=0) > 0
    assert helped.any()
    for bit, service in enumerate(found.state.services):
        rows = np.flatnonzero(offers.table["service"] == service)
        target = (found.state.mask >> bit & 1 > 0) & (found.clusters.zone_of_cell >= 0)
        assert (offers.reach[rows].sum(axis=0) > 0).tolist() == target.tolist()


def test_a_candidate_stands_where_its_service_lacks(country: Path) -> None:
    found = surveyed(country)
    table = analysis.offer(found).table
    bit = table["service"].map(found.state.services.index).to_numpy(dtype=int)
    assert (found.state.mask[table["cell"]] >> bit & 1 == 1).all()


def test_a_site_waits_for_power_where_it_lacks(tmp_path: Path) -> None:
    """Lights in the west, darkness in the east."""
    study = drawn.country(tmp_path, sites=((7.9, 3.9),))
    text = study.read_text().replace(
        'reader = "lines"\npath = "lines.gpkg"', 'reader = "lights_raster"\npath = "lights.tif"'
    )
    study.write_text(text)
    drawn.write_raster(tmp_path / "lights.tif", drawn.picture("\n".join(["9 9 0 0 0 0 0 0"] * 4)))
    found = surveyed(study)
    table = analysis.offer(found).table.query("service == 'mobile'")
    lit = found.cells.number[table["cell"]] % 8 < 2
    assert set(table.loc[lit, "needs"]) == {""}
    assert set(table.loc[~lit, "needs"]) == {"power"}


def test_a_site_pays_for_its_own_line_where_nobody_knows_of_power(tmp_path: Path) -> None:
    found = surveyed(drawn.country(tmp_path))
    power = np.uint8(1 << found.state.services.index("power"))
    clear = found.state.mask & ~power
    known = zones.Lacks(found.state.services, clear, np.zeros_like(clear))
    unknown = zones.Lacks(found.state.services, clear, np.full_like(clear, power))
    sure, unsure = (analysis.offer(replace(found, state=s)).table for s in (known, unknown))
    assert sure["cell"].tolist() == unsure["cell"].tolist()
    mobile = sure["service"] == "mobile"
    more = (unsure["fixed_vnd"] - sure["fixed_vnd"])[mobile]
    away = distance.nearest(
        found.cells.lon[sure["cell"]], found.cells.lat[sure["cell"]],
        found.assets[found.assets["service"] == "power"],
    )[0][mobile]  # fmt: skip
    assert (more > 0).tolist() == (away > 0).tolist()
    assert more.sum() > 0
    assert set(unsure["needs"]) == {""}


def test_services_do_not_wait_for_each_other_in_a_ring() -> None:
    for name, service in SERVICES.items():
        seen, ahead = set[str](), list(service.remedy.needs if service.remedy else ())
        while ahead:
            needed = ahead.pop()
            assert needed != name
            if needed not in seen:
                seen.add(needed)
                remedy = SERVICES[needed].remedy
                ahead += remedy.needs if remedy else ()
