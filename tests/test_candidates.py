"""Candidates: everybody in a dead zone can be helped, each kind where it can be built."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import drawn
import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

import deadzones as dz
from deadzones.coverage import analysis, candidates, prediction
from deadzones.coverage.candidates import PERSONS_PER_HOUSEHOLD, Candidates
from deadzones.coverage.cells import Cells
from deadzones.coverage.services import SERVICES
from deadzones.geodata import synthetic
from deadzones.geodata.faults import BadInput

ANYWHERE = {"new_site", "fibre_extension", "grid_extension", "household_solar"}


def surveyed(study: Path) -> analysis.Survey:
    return analysis.survey(dz.Study.read(study))


def proposed(found: analysis.Survey) -> Candidates:
    return analysis.offer(found, pd.Series(dtype=float)).offers.candidates


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> analysis.Survey:
    return surveyed(synthetic.country(tmp_path_factory.mktemp("country"), communes=6, seed=2))


@pytest.fixture(scope="module")
def offers(country: analysis.Survey) -> Candidates:
    return proposed(country)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> analysis.Survey:
    return surveyed(drawn.country(tmp_path_factory.mktemp("small")))


def test_somebody_can_be_built_for_everybody_in_a_dead_zone(small: analysis.Survey) -> None:
    found, offers = small, proposed(small)
    assert len(offers.points.cell)
    anywhere = offers.table["kind"].isin(ANYWHERE).to_numpy()
    assert (offers.reach[anywhere].sum(axis=0) > 0).all()
    for bit in range(len(found.state.services)):
        target = (found.state.mask >> bit & 1 > 0) & (found.clusters.zone_of_cell >= 0)
        at = offers.points.cell[offers.points.service == bit]
        assert at.tolist() == np.flatnonzero(target).tolist()


@pytest.mark.slow
def test_a_candidate_serves_its_own_service_only(
    country: analysis.Survey, offers: Candidates
) -> None:
    services = list(country.inputs.study.services)
    pairs = offers.reach.tocoo()
    row, point = pairs.coords
    own = offers.table["service"].map(services.index).to_numpy(dtype=int)
    assert (own[row] == offers.points.service[point]).all()


def test_a_candidate_that_stands_anywhere_stands_where_its_service_lacks(
    country: analysis.Survey, offers: Candidates
) -> None:
    found, table = country, offers.table
    table = table[table["kind"].isin(ANYWHERE)]
    bit = table["service"].map(found.state.services.index).to_numpy(dtype=int)
    assert (found.state.mask[table["cell"]] >> bit & 1 == 1).all()


def test_radio_is_added_and_tuned_where_sites_stand(small: analysis.Survey) -> None:
    table = proposed(small).table
    on_sites = table[table["kind"].isin({"add_radio", "tune_site"})]
    assert set(zip(on_sites["lon"], on_sites["lat"], strict=True)) == {drawn.lonlat(0.5, 0.5)}


@pytest.mark.slow
def test_a_standing_site_is_tuned_as_one_of_its_operator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The operator of a whole layer stands in the study, and decides on its bands."""
    asked: list[pd.DataFrame] = []

    def reach(sites: pd.DataFrame, cells: Cells, *_: object) -> csr_array:
        asked.append(sites)
        return csr_array((len(sites), len(cells.number)), dtype=np.int8)

    monkeypatch.setattr(prediction, "reach", reach)
    study = synthetic.country(tmp_path, communes=2)
    text = study.read_text(encoding="utf-8")
    study.write_text(
        text.replace("[upgrades]\n", '[upgrades]\nreach = "p1812"\n'), encoding="utf-8"
    )
    found = surveyed(study)
    proposed(found)
    operators = [set(sites["operator"]) for sites in asked if "operator" in sites]
    assert operators == [{found.inputs.layers["mobile_b"].spec.operator}]


def test_a_mini_grid_needs_a_hundred_households(small: analysis.Survey) -> None:
    found, offers = small, proposed(small)
    people = offers.reach @ found.cells.people[offers.points.cell]
    grids = (offers.table["kind"] == "mini_grid").to_numpy()
    solar = (offers.table["kind"] == "household_solar").to_numpy()
    assert (people[grids] >= 100 * PERSONS_PER_HOUSEHOLD).all()
    few = people[solar] < 100 * PERSONS_PER_HOUSEHOLD
    assert grids.sum() == solar.sum() - few.sum()


def test_only_what_is_allowed_is_proposed(tmp_path: Path) -> None:
    study = drawn.country(tmp_path, extra='[upgrades]\nkinds = ["fibre_extension", "mini_grid"]\n')
    assert set(proposed(surveyed(study)).table["kind"]) <= {"fibre_extension", "mini_grid"}


def test_an_unknown_kind_is_a_fault(tmp_path: Path) -> None:
    study = drawn.country(tmp_path, extra='[upgrades]\nkinds = ["new_sit"]\n')
    with pytest.raises(BadInput, match=r"Did you mean new_site\?"):
        dz.Study.read(study)


def test_candidates_are_in_order_of_services_kinds_and_places(offers: Candidates) -> None:
    order = [(s, k) for s, k in zip(offers.table["service"], offers.table["kind"], strict=True)]
    assert len(list(dict.fromkeys(order))) == sum(a != b for a, b in pairwise(order)) + 1


def test_services_do_not_wait_for_each_other_in_a_ring() -> None:
    for name, service in SERVICES.items():
        seen, ahead = set[str](), [need for each in service.remedies for need in each.needs]
        ahead = [need for need in ahead if need != name]
        while ahead:
            needed = ahead.pop()
            assert needed != name
            if needed not in seen:
                seen.add(needed)
                more = [need for each in SERVICES[needed].remedies for need in each.needs]
                ahead += [need for need in more if need != needed]


def test_lacking_points_are_those_of_zones() -> None:
    state = candidates.Lacks(("mobile", "power"), np.array([3, 1, 0]), np.zeros(3, dtype=int))
    points = candidates.lacking(state, np.array([0, -1, 1]))
    assert points.service.tolist() == [0, 1]
    assert points.cell.tolist() == [0, 0]
