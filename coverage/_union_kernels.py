"""Sets that are united pair by pair."""

from __future__ import annotations

import numpy as np

from ..geodata._jit import kernel


@kernel
def root(above: np.ndarray, at: int) -> int:
    """Give the name of a set, and shorten the way to it. CHANGES `above`."""
    while above[at] != at:
        above[at] = above[above[at]]
        at = above[at]
    return at


@kernel
def united(
    one: np.ndarray, other: np.ndarray, size: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Unite sets in the order of pairs; give which pairs do, and how large both sets were by then."""
    above, size = np.arange(len(size)), size.copy()
    does, one_size, other_size = np.zeros(len(one), np.bool_), np.copy(one), np.copy(other)
    for i in range(len(one)):
        a, b = root(above, one[i]), root(above, other[i])
        one_size[i], other_size[i] = size[a], size[b]
        if a != b:
            does[i] = True
            if size[a] > size[b]:
                a, b = b, a
            above[a] = b
            size[b] += size[a]
    return does, one_size, other_size
