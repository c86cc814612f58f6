"""Weak points of the networks that a study has: pictures, laws, and what is said and written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import drawn
import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from spoil import call, state

import deadzones as dz
from deadzones.coverage import standing, standing_lines, standing_tables, standing_weak
from deadzones.coverage.analysis import Survey, survey
from deadzones.coverage.standing import Standing
from deadzones.coverage.standing_tables import Weakness
from deadzones.coverage.study import Rule
from deadzones.coverage.zones import Lacks
from deadzones.geodata import near
from deadzones.geodata.faults import BadInput
from deadzones.reports import weak_summary

pytestmark = pytest.mark.slow

Place = tuple[float, float]
S, A, B, C, T = (0.5, 2.5), (5.5, 2.5), (5.5, 6.5), (9.5, 2.5), (12.5, 2.5)
"""A substation, a junction, the end of a spur, a place along the line, the end of the line."""
SPUR = (drawn.line(S, A), drawn.line(A, T), drawn.line(A, B))
RING = (drawn.line(S, A), drawn.line(A, B), drawn.line(B, S))


def surveyed(
    lines: Sequence[shapely.LineString],
    people: Mapping[Place, float],
    nodes: Mapping[str, Place] | None = None,
    *,
    sites: Mapping[str, Place] | None = None,
    line_options: Mapping[str, Any] | None = None,
    node_options: Mapping[str, Any] | None = None,
    **more: Any,
) -> Survey:
    """A land of two communes with power lines, fed by nodes; who is within 1 km is served."""
    boxes = drawn.communes({"90001": (0, 0, 8, 10), "90002": (8, 0, 16, 10)})
    heads = drawn.points(list(people), people=list(people.values()))
    layers: dict[str, Any] = {
        "communes": {"reader": "communes", "path": boxes},
        "people": {
            "reader": "people_points",
            "path": heads,
            "options": {"cell_degrees": drawn.CELL},
        },
    }
    if lines:
        layers["lines"] = {
            "role": "power",
            "reader": "lines",
            "path": gpd.GeoDataFrame(
                {"name": [f"L{n}" for n in range(len(lines))]}, geometry=list(lines), crs=4326
            ),
            "options": dict(line_options or {}),
        }
    if nodes:
        layers["nodes"] = {
            "role": "power",
            "reader": "nodes",
            "path": drawn.points(list(nodes.values()), name=list(nodes)),
            "options": dict(node_options or {}),
        }
    if sites:
        layers["sites"] = {
            "role": "mobile",
            "reader": "sites",
            "path": drawn.points(list(sites.values()), site_id=list(sites)),
        }
    layers = {name: {"evidence": "declared", **layer} for name, layer in layers.items()}
    services: dict[str, Any] = {}
    if lines or nodes:
        services["power"] = {"type": "power", "threshold": "1 km"}
    if sites:
        services["mobile"] = {"type": "mobile"}
    return survey(dz.Study(name="drawn", layers=layers, services=services, **more))


def standing_of(found: Survey, service: str = "power") -> Standing:
    return standing.find(found.inputs, found.cells, found.state, service)


def weak(found: Survey) -> Weakness:
    return standing_tables.find(found.inputs, found.cells, found.state)


def told(found: Survey, *kinds: str) -> list[tuple[str, str, float]]:
    """Kind, name and people behind each weak point, in the order of the table."""
    table = weak(found).table
    table = table[table["kind"].isin(kinds)] if kinds else table
    return list(zip(table["kind"], table["name"], table["people_behind"], strict=True))


@cache
def spur() -> Survey:
    """30 people along the trunk, 50 along the line beyond the junction, 100 at the end of a spur."""
    return surveyed(
        SPUR,
        {(2.5, 2.5): 30.0, C: 50.0, B: 100.0},
        {"S": S},
        sites={"M1": B, "M2": C, "M3": S},
    )


# --- pictures -------------------------------------------------------------------------------------


def test_a_trunk_with_a_spur() -> None:
    assert told(spur(), "bridge", "node") == [
        ("bridge", "L0", 180.0),
        ("node", "S", 180.0),
        ("node", "", 150.0),
        ("bridge", "L2", 100.0),
        ("bridge", "L1", 50.0),
    ]


def test_whoever_lives_along_a_line_is_lost_wherever_it_breaks() -> None:
    found = surveyed([drawn.line(S, T)], {(1.5, 2.5): 7.0, (11.5, 2.5): 5.0}, {"S": S})
    assert told(found, "bridge") == [("bridge", "L0", 12.0)]


def test_a_ring_holds_until_it_is_cut_twice() -> None:
    found = surveyed(RING, {A: 10.0, B: 20.0}, {"S": S})
    assert told(found, "bridge") == []
    (ring,) = told(found, "ring")
    assert ring[2] == 30.0
    shape = weak(found).table.query("kind == 'ring'").geometry.iloc[0]
    assert shape.equals(shapely.union_all([RING[0], RING[2]]))


def test_two_sources_hold_a_line_from_both_ends() -> None:
    lines, people = [drawn.line(S, A), drawn.line(A, T)], {A: 10.0}
    both = surveyed(lines, people, {"S": S, "T": T})
    assert told(both, "bridge", "node") == []
    assert [people for _, _, people in told(both, "ring")] == [10.0]
    one = surveyed(lines, people, {"S": S, "T": T}, node_options={"sources": {"name": ["S"]}})
    assert told(one, "bridge") == [("bridge", "L0", 10.0)]


def test_lines_that_run_side_by_side_hold_each_other() -> None:
    beside = drawn.line(S, (3, 3), A)
    found = surveyed([drawn.line(S, A), beside, drawn.line(A, B)], {B: 9.0}, {"S": S})
    assert told(found, "bridge") == [("bridge", "L2", 9.0)]
    assert nx.number_of_edges(standing_graph(found)) == 4


def test_the_best_link_closes_the_longest_way() -> None:
    (link,) = weak(spur()).table.query("kind == 'link'").itertuples()
    assert link.people_freed == 130.0  # who lives beyond the junction still hangs on it
    assert np.isnan(link.people_behind)
    ends = {tuple(np.round(place, 6)) for place in link.geometry.coords}
    assert tuple(np.round(drawn.lonlat(*B), 6)) in ends


def test_a_line_that_feeds_stands_in_for_substations() -> None:
    option = {"sources": {"name": ["L0"]}}
    found = surveyed(SPUR, {C: 50.0, B: 100.0}, line_options=option)
    assert told(found, "bridge") == [("bridge", "L2", 100.0), ("bridge", "L1", 50.0)]


def test_places_and_lengths_are_told() -> None:
    row = weak(spur()).table.query("name == 'L2'").iloc[0]
    assert row["commune_code"] == "90001"
    assert row["length_km"] == pytest.approx(4 * 1.107, abs=0.01)
    assert row.geometry.equals(SPUR[2])
    assert row["evidence"] == "declared"


# --- how lines and nodes meet ---------------------------------------------------------------------


def test_lines_that_cross_without_a_vertex_do_not_meet() -> None:
    crossing = [drawn.line(S, T), drawn.line((3.5, 0.5), (3.5, 8.5))]
    found = surveyed(crossing, {(3.5, 8.5): 40.0}, {"S": S})
    there = weak(found).networks.loc["power"]
    assert (there["people_near"], there["people_fed"]) == (40.0, 0.0)
    assert "40 people are near lines that no known source reaches" in "\n".join(said(found, "en"))


@pytest.mark.parametrize(("join_m", "kinds"), [(0.0, {"bridge", "node"}), (60.0, {"ring", "node"})])
def test_gaps_are_closed_only_where_the_study_says_so(join_m: float, kinds: set[str]) -> None:
    """A ring that is open by some 50 m at two places: both are closed, or it would be none."""
    short = drawn.line((5.5, 2.55), (5.5, 6.45))
    found = surveyed(
        [RING[0], short, RING[2]],
        {A: 10.0, B: 20.0},
        {"S": S},
        line_options={"join_m": join_m},
    )
    assert {kind for kind, _, _ in told(found)} - {"link"} == kinds


@pytest.mark.parametrize(("snap_m", "isolated"), [(250.0, 1), (500.0, 0)])
def test_a_node_off_the_line_is_on_it_within_the_stated_distance(
    snap_m: float, isolated: int
) -> None:
    nodes = {"S": S, "N": (4.5, 2.8)}  # some 330 m from the line
    found = surveyed([drawn.line(S, T)], {(11.5, 2.5): 5.0}, nodes, node_options={"snap_m": snap_m})
    assert standing_of(found).isolated == isolated
    assert ("Nodes that stand alone" in "\n".join(said(found, "en"))) is bool(isolated)


def test_all_lines_that_end_in_the_yard_of_a_node_end_at_it() -> None:
    yard = [(3.4, 2.5), (3.6, 2.5), (3.5, 2.6)]
    lines = [drawn.line(S, yard[0]), drawn.line(yard[1], T), drawn.line(yard[2], (3.5, 8.5))]
    found = surveyed(lines, {T: 1.0, (3.5, 8.5): 2.0}, {"S": S, "yard": (3.5, 2.5)})
    whole = standing_of(found)
    assert len(whole.network.lon) == 4
    assert standing_of(found).isolated == 0


def test_the_order_of_rows_does_not_matter() -> None:
    lines = gpd.GeoDataFrame(
        {"name": "", "feeds": False, "join_m": 60.0},
        index=range(3),
        geometry=[RING[0], drawn.line((5.5, 2.55), (5.5, 6.45)), RING[2]],
        crs=4326,
    )
    nodes = drawn.points([S, (4.5, 2.6)], name=["S", "N"], feeds=[True, False], snap_m=[250.0] * 2)
    one = standing_lines.drawn(standing_lines.Plant(lines, nodes))
    other = standing_lines.drawn(
        standing_lines.Plant(lines.iloc[::-1].reset_index(drop=True), nodes)
    )
    assert np.array_equal(one.network.course, other.network.course)
    assert np.array_equal(one.source, other.source)


# --- laws -----------------------------------------------------------------------------------------


def standing_graph(found: Survey) -> Any:
    return standing.as_graph(standing_of(found))


class Drawing(NamedTuple):
    """What `standing.find` looks at, without a study around it."""

    inputs: Any
    cells: Any
    state: Any


places = st.tuples(st.integers(0, 15), st.integers(0, 9)).map(lambda at: (at[0] + 0.5, at[1] + 0.5))


@st.composite
def grids(draw: st.DrawFn) -> Drawing:
    """Lines between the corners of a grid, people anywhere, one or two sources."""
    corner = st.tuples(st.integers(0, 3), st.integers(0, 2)).map(
        lambda at: (4.0 * at[0] + 0.5, 4.0 * at[1] + 0.5)
    )
    pairs = draw(st.sets(st.tuples(corner, corner).filter(lambda p: p[0] < p[1]), min_size=1))
    people = draw(st.dictionaries(places, st.integers(1, 9).map(float), min_size=1, max_size=8))
    feeds = draw(st.lists(corner, min_size=1, max_size=2, unique=True))
    lines = gpd.GeoDataFrame(geometry=[drawn.line(*pair) for pair in sorted(pairs)], crs=4326)
    layers = [
        SimpleNamespace(spec=SimpleNamespace(reader=reader, options={}), table=table, label=reader)
        for reader, table in (("lines", lines), ("nodes", drawn.points(feeds)))
    ]
    study = SimpleNamespace(services={"power": Rule(type="power", threshold="1 km")})
    at = np.array([drawn.lonlat(*place) for place in people])
    lacks = np.array(draw(st.lists(st.booleans(), min_size=len(at), max_size=len(at))))
    return Drawing(
        SimpleNamespace(study=study, of=lambda _: layers),
        SimpleNamespace(people=np.array(list(people.values())), lon=at[:, 0], lat=at[:, 1]),
        Lacks(("power",), lacks.astype(np.uint8), np.zeros(len(at), dtype=np.uint8)),
    )


@given(grids())
def test_people_served_near_the_network_are_counted_once(drawing: Drawing) -> None:
    there, cells = standing.find(*drawing, "power"), drawing.cells
    geometry = [shape for layer in drawing.inputs.of("power") for shape in layer.table.geometry]
    assets = gpd.GeoDataFrame(geometry=geometry, crs=4326)
    served = drawing.state.mask == 0
    close = near.distances_m(cells.lon, cells.lat, assets) <= 1000.0
    assert np.array_equal(there.at_cell >= 0, close & served)
    assert there.people == cells.people[close & served].sum()
    assert there.people_served == cells.people[served].sum()


@given(grids())
def test_people_behind_a_line_are_those_who_lose_every_source(drawing: Drawing) -> None:
    """Line by line: without it, and without both halves of it, in the graph of networkx."""
    there = standing.find(*drawing, "power")
    graph = standing.as_graph(there)
    sources = [node for node, feeds in graph.nodes(data="source") if feeds]

    def lit(some: nx.Graph) -> set[int]:
        return set().union(*(nx.node_connected_component(some, source) for source in sources))

    def lost(ends: tuple[int, int]) -> float:
        cut = graph.copy()
        cut.remove_edge(*ends)
        return sum(graph.nodes[node]["people"] for node in lit(graph) - lit(cut))

    wanted: dict[int, float] = {}
    for one, other, line in graph.edges(data="line"):
        wanted[line] = max(wanted.get(line, 0.0), lost((one, other)))
    table = standing_weak.of(there)
    bridges = table[table["kind"] == "bridge"]
    found = dict(zip(bridges["line"], bridges["people_behind"], strict=True))
    assert found == {line: people for line, people in wanted.items() if people > 0.0}


def test_a_country_reconciles() -> None:
    prospect = dz.demo(communes=4).prospect
    assert prospect is not None
    there = standing.find(prospect.inputs, prospect.cells, prospect.state, "fibre")
    status = dz.demo(communes=4).manifest["national"]
    served = status["fibre_known_people"] - status["fibre_lacking_people"]
    assert there.people_served == pytest.approx(served)
    assert there.people == pytest.approx(served)  # no declared areas: all hang on nodes and cables


# --- sites ----------------------------------------------------------------------------------------


def test_sites_fall_silent_with_the_node_that_they_hang_on() -> None:
    there = standing_of(spur())
    at = {name: number for number, name in enumerate(there.name) if name}
    assert standing_weak.silent_sites(there, at["S"]) == ["M1", "M2", "M3"]
    junction = int(np.flatnonzero(np.bincount(there.network.tail, minlength=9) == 2)[0])
    assert standing_weak.silent_sites(there, junction) == ["M1", "M2"]
    with pytest.raises(ValueError, match="wanted one from 0 to"):
        standing_weak.silent_sites(there, len(there.name))


def test_sites_behind_are_counted_and_named() -> None:
    table = weak(spur()).table.query("kind != 'link'").set_index("name")
    assert table.at["L2", "sites_behind"] == 1
    assert table.at["L2", "sites"] == "M1"
    assert table.at["S", "sites_behind"] == 2
    assert table.at["S", "sites_there"] == 1
    assert table.at["S", "sites"] == "M1;M2;M3"


def test_a_weak_point_much_like_a_worse_one_says_so() -> None:
    table = weak(spur()).table.query("kind != 'link'")
    worst = table.index[0]
    assert table.loc[table["name"] == "S", "same_as"].tolist() == [worst]
    assert table.loc[table["name"] == "L1", "same_as"].tolist() == [""]
    named = [line for line in said(spur(), "en") if line.startswith("  ") and "." in line[:5]]
    assert len(named) == 2


# --- what cannot be told --------------------------------------------------------------------------


def test_without_sources_nothing_is_guessed() -> None:
    found = surveyed(SPUR, {B: 100.0})
    assert weak(found).table.empty
    (line,) = said(found, "en")
    assert "cannot be told" in line
    assert 'reader = "nodes"' in line
    assert "sources = {" in line
    with pytest.raises(ValueError, match="nothing that feeds them"):
        standing_of(found)


def test_without_lines_or_networks_it_is_said() -> None:
    nodes = surveyed([], {B: 100.0}, {"S": S})
    (line,) = said(nodes, "en")
    assert "the study has no layer of power lines" in line
    with pytest.raises(ValueError, match="no layer of lines"):
        standing_of(nodes)
    mobile = surveyed([], {B: 100.0}, sites={"M1": B})
    (line,) = said(mobile, "en")
    assert line.startswith("The study has no network")
    with pytest.raises(ValueError, match="a study with layers of fibre or power"):
        standing_of(mobile)


def test_a_network_without_weak_points_says_so() -> None:
    found = surveyed([drawn.line(S, T)], {S: 3.0}, {"S": S})
    assert weak(found).table.empty
    assert said(found, "en")[1:] == ["  No weak point with anybody behind it was found."]


def test_a_result_from_a_folder_has_no_layers_to_look_at() -> None:
    kept = replace(dz.demo(communes=4), prospect=None)
    with pytest.raises(ValueError, match="Run the study"):
        standing.graph(kept, "fibre")
    with pytest.raises(ValueError, match="Run the study"):
        weak_summary.of_result(kept, "vi")


@pytest.mark.parametrize(
    ("option", "found"),
    [({"kind": ["core"]}, "the columns name"), ({"name": ["X"]}, "only the values 'S'")],
)
def test_sources_that_are_not_there_are_a_fault(option: dict[str, Any], found: str) -> None:
    with pytest.raises(BadInput) as told_of:
        surveyed(SPUR, {B: 1.0}, {"S": S}, node_options={"sources": option})
    (fault,) = told_of.value.faults
    assert found in fault.found
    assert "sources = {" in fault.repair


# --- what is said and written ---------------------------------------------------------------------


def said(found: Survey, lang: Any) -> list[str]:
    return list(weak_summary.sentences(weak(found), found.inputs, lang))


def test_both_languages_name_the_worst() -> None:
    assert said(spur(), "en")[:2] == [
        (
            "Weak points of the grid power network (evidence: declared by its owner; 180 people reach a"
            " source through it):"
        ),
        "  1. Line of 5.2 km in Xã 90001: a break leaves 180 people and 2 mobile sites without power",
    ]
    assert said(spur(), "vi")[:2] == [
        (
            "Điểm yếu của mạng điện lưới (bằng chứng: đơn vị công bố; 180 người nối được tới nguồn qua"
            " mạng này):"
        ),
        "  1. Đoạn tuyến 5,2 km tại Xã 90001: đứt thì 180 người và 2 trạm di động mất điện",
    ]


STATIONS = """
[layers.stations]
role = "power"
reader = "nodes"
path = "nodes.gpkg"
evidence = "synthetic"
"""


def test_rank_says_and_writes_weak_points(tmp_path: Path) -> None:
    lines = [drawn.line((0, 2), (4, 2)), drawn.line((4, 2), (7, 1))]
    study = drawn.country(tmp_path / "in", nodes=[(0, 2)], lines=lines, extra=STATIONS)
    answer = call("rank", study, "--weak-points", "--out", tmp_path / "out", "--lang", "en")
    assert answer.exit_code == 0, answer.output
    assert "Build first" in answer.stdout
    assert "SYNTHETIC DATA" in answer.stdout
    assert "Weak points of the grid power network (evidence: synthetic;" in answer.stdout
    assert "The fibre network: its weak points cannot be told" in answer.stdout
    folder = tmp_path / "out" / "drawn"
    table = pd.read_csv(folder / "weak_points.csv")
    shown = pyogrio.read_dataframe(folder / "weak_points.gpkg")
    assert table["weak_id"].tolist() == shown["weak_id"].tolist()
    assert table["people_behind"].iloc[0] == shown["people_behind"].iloc[0] > 0
    dz.read(folder)  # the result is one as before


def test_the_same_study_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        weak_summary.write(weak(spur()), tmp_path / name)
    assert state(tmp_path / "one") == state(tmp_path / "other")


def test_a_public_study_only_counts_by_commune(tmp_path: Path) -> None:
    found = surveyed(SPUR, {(2.5, 2.5): 30.0, C: 50.0, B: 100.0}, {"S": S}, public=True)
    assert said(found, "vi") == [
        "Điểm yếu của mạng điện lưới (bằng chứng: đơn vị công bố; bản công khai, chỉ đếm theo xã):",
        "  Đoạn tuyến yếu: 3, ở 2 xã; nhiều nhất là Xã 90001 (2)",
        "  Nút yếu: 2, ở 1 xã; nhiều nhất là Xã 90001 (2)",
    ]
    weak_summary.write(weak(found), tmp_path)
    table = pd.read_csv(tmp_path / "weak_points.csv", dtype={"commune_code": str})
    assert list(table) == ["service", "kind", "commune_code", "weak_points"]
    shapes = pyogrio.read_dataframe(tmp_path / "weak_points.gpkg")
    borders = found.inputs.communes.geometry
    for row in shapes.itertuples():
        assert row.geometry.equals(borders[row.commune_code])


def test_names_run_no_formula(tmp_path: Path) -> None:
    found = surveyed(SPUR, {B: 100.0}, {"=1+1": S})
    weak_summary.write(weak(found), tmp_path)
    assert "'=1+1" in (tmp_path / "weak_points.csv").read_text(encoding="utf-8-sig")
    assert {path.name for path in tmp_path.iterdir()} == {"weak_points.csv", "weak_points.gpkg"}
