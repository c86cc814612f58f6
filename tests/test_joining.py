"""Points joined over a distance, against every pair."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from deadzones.coverage import _joining
from deadzones.coverage._joining import groups


def by_every_pair(points: np.ndarray, label: np.ndarray, reach: float) -> np.ndarray:
    """The same from a list of all pairs: the peer."""
    pairs = KDTree(points).query_pairs(reach, output_type="ndarray")
    alike = np.flatnonzero(np.diff(np.sort(label)) == 0)
    order = np.argsort(label, kind="stable")
    one = np.concatenate([pairs[:, 0], order[alike]])
    other = np.concatenate([pairs[:, 1], order[alike + 1]])
    links = coo_matrix((np.ones(len(one)), (one, other)), shape=(len(points), len(points)))
    return connected_components(links, directed=False)[1]


def same(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two numberings part the points alike."""
    pairs = np.unique(np.column_stack([one, other]), axis=0)
    return len(pairs) == len(np.unique(one)) == len(np.unique(other))


@given(
    hnp.arrays(np.float64, (25, 3), elements=st.floats(0, 40, width=32)),
    hnp.arrays(np.int64, 25, elements=st.integers(0, 24)),
    st.floats(0.5, 30),
)
def test_groups_are_those_of_every_pair(
    points: np.ndarray, label: np.ndarray, reach: float
) -> None:
    assert same(groups(points, label, reach), by_every_pair(points, label, reach))


@pytest.mark.parametrize("most", [1, 50, 2_000_000])
@pytest.mark.parametrize("reach", [1.1, 2.9, 7.0])
def test_a_surface_is_parted_alike_however_few_pairs_are_measured_at_a_time(
    most: int, reach: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_joining, "_MOST_PAIRS", most)
    rng = np.random.default_rng(7)
    points = np.column_stack([rng.uniform(0, 90, (400, 2)), rng.uniform(0, 1, 400)])
    label = np.arange(400)
    found = groups(points, label, reach)
    assert same(found, by_every_pair(points, label, reach))


def test_memory_does_not_grow_with_the_reach() -> None:
    """Every pair of these would be 800 million."""
    x, y = np.meshgrid(np.arange(200.0), np.arange(200.0))
    points = np.column_stack([x.ravel(), y.ravel(), np.zeros(x.size)])
    assert (groups(points, np.arange(x.size), 150.0) == 0).all()
