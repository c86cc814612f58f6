"""The made-up country's grid: where its cells lie, noise, enlargement, least-cost spread."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from affine import Affine
from scipy import fft, ndimage, sparse
from scipy.sparse import csgraph

Floats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.integer[Any]]
Bools = npt.NDArray[np.bool_]
Shapes = Any  # arrays of geometries; the stubs do not say that an array in gives an array out

EPSG = 9210  # VN-2000 / TM-3 105-45
CELL_M = 500.0
CENTRE_M = (500_000.0, 2_400_000.0)  # on the central meridian, near 21.7 degrees north


@dataclass(frozen=True)
class Frame:
    """A north-up grid of square cells; cells are numbered by rows from the north-west corner."""

    west_m: float
    north_m: float
    shape: tuple[int, int]
    cell_m: float

    @property
    def transform(self) -> Affine:
        """Affine of the grid, in metres."""
        return Affine(self.cell_m, 0.0, self.west_m, 0.0, -self.cell_m, self.north_m)

    @property
    def cell_km(self) -> float:
        """Side of a cell in kilometres."""
        return self.cell_m / 1000.0

    def xy(self, cells: Ints) -> Floats:
        """Return the centres of cells, metres, shape (n, 2)."""
        row, col = np.divmod(cells, self.shape[1])
        x = self.west_m + (col + 0.5) * self.cell_m
        return np.column_stack([x, self.north_m - (row + 0.5) * self.cell_m])

    def at(self, xy: Floats) -> Ints:
        """Return the cells that hold points (metres), the nearest cell for points outside."""
        col = np.clip((xy[:, 0] - self.west_m) // self.cell_m, 0, self.shape[1] - 1)
        row = np.clip((self.north_m - xy[:, 1]) // self.cell_m, 0, self.shape[0] - 1)
        return (row * self.shape[1] + col).astype(np.int64)


def square(side_km: float, cell_m: float = CELL_M) -> Frame:
    """Return the square frame around the middle of the zone, its side in whole cells."""
    n = max(24, round(side_km * 1000.0 / cell_m))
    half = n // 2 * cell_m
    return Frame(CENTRE_M[0] - half, CENTRE_M[1] + half, (n, n), cell_m)


def fractal(
    rng: np.random.Generator,
    frame: Frame,
    slope: float,
    longest_km: float,
    *,
    strike: float = 0.0,
    stretch: float = 1.0,
) -> Floats:
    """Return spectral noise with mean 0 and deviation 1.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the white noise.
    frame : Frame
        Its grid.
    slope : float
        Power falls as frequency to this power: 2 is rough, 4 is smooth.
    longest_km : float
        Waves longer than this get no more power.
    strike : float
        Direction of the grain, radians from east towards south.
    stretch : float
        How many times longer features are along the grain than across it.
    """
    # A margin, because the spectrum makes opposite edges meet.
    shape = [fft.next_fast_len(n + 16) for n in frame.shape]
    wave = fft.rfft2(rng.standard_normal(shape, dtype=np.float32))
    south = fft.fftfreq(shape[0], frame.cell_km)[:, None]
    east = fft.rfftfreq(shape[1], frame.cell_km)[None, :]
    along = east * np.cos(strike) + south * np.sin(strike)
    across = south * np.cos(strike) - east * np.sin(strike)
    frequency = np.maximum(np.hypot(along * stretch, across), 1.0 / longest_km)
    wave *= (frequency ** (-slope / 2.0)).astype(np.float32)
    noise = fft.irfft2(wave, shape)[: frame.shape[0], : frame.shape[1]]
    return ((noise - noise.mean()) / noise.std()).astype(np.float32)


def spline(n_out: int, step_out: float, n_in: int, step_in: float) -> Any:
    """Return the sparse matrix that samples a cubic B-spline of ``n_in`` values at ``n_out``."""
    position = (np.arange(n_out) + 0.5) * step_out / step_in - 0.5
    first = np.floor(position).astype(np.int64)
    f = position - first
    weights = [(1 - f) ** 3, 3 * f**3 - 6 * f**2 + 4, -3 * f**3 + 3 * f**2 + 3 * f + 1, f**3]
    values = (np.stack(weights, axis=1) / 6.0).astype(np.float32)
    columns = np.clip(first[:, None] + np.arange(-1, 3), 0, n_in - 1)
    pointer = np.arange(0, 4 * n_out + 1, 4)
    return sparse.csr_matrix((values.ravel(), columns.ravel(), pointer), shape=(n_out, n_in))


def neighbours(shape: tuple[int, int], pattern: str) -> tuple[Ints, Ints, Floats]:
    """Return the pairs of neighbouring cells and their distance in cells.

    Parameters
    ----------
    shape : tuple of int
        Rows and columns.
    pattern : {"4", "8", "planar"}
        "planar" has one diagonal in each block of four cells, so that no two links cross.
    """
    cells = np.arange(shape[0] * shape[1], dtype=np.int32).reshape(shape)
    pairs = [(cells[:, :-1], cells[:, 1:]), (cells[:-1], cells[1:])]
    falling, rising = (cells[:-1, :-1], cells[1:, 1:]), (cells[:-1, 1:], cells[1:, :-1])
    if pattern == "8":
        pairs += [falling, rising]
    if pattern == "planar":
        even = np.indices(falling[0].shape).sum(axis=0) % 2 == 0
        pairs += [(falling[0][even], falling[1][even]), (rising[0][~even], rising[1][~even])]
    one = np.concatenate([a.ravel() for a, _ in pairs])
    other = np.concatenate([b.ravel() for _, b in pairs])
    straight = pairs[0][0].size + pairs[1][0].size
    length = np.ones(one.size, dtype=np.float32)
    length[straight:] = np.sqrt(2.0)
    return one, other, length


def graph(one: Ints, other: Ints, cost: Floats, size: int) -> Any:
    """Return a sparse graph; of several links between the same two nodes the cheapest stays."""
    low, high = np.minimum(one, other).astype(np.int64), np.maximum(one, other)
    key = low * size + high
    order = np.lexsort((cost, key))
    first = order[np.r_[True, np.diff(key[order]) > 0]] if key.size else order
    shape = (size, size)
    return sparse.csr_matrix((cost[first].astype(np.float64), (low[first], high[first])), shape)


def spread(net: Any, sources: Ints, limit: float = np.inf) -> tuple[Floats, Ints, Ints]:
    """Return distance, predecessor and source of each node, by least cost from the sources.

    Nodes out of reach have an infinite distance and a negative predecessor and source.
    """
    return csgraph.dijkstra(
        net,
        directed=False,
        indices=np.unique(sources),
        min_only=True,
        return_predecessors=True,
        limit=limit,
    )


def walk(previous: Ints, starts: Ints) -> Ints:
    """Return the nodes passed on the way from the starts to the roots of a tree, roots left out."""
    seen = np.zeros(previous.size, dtype=bool)
    here = np.unique(starts)
    while here.size:
        here = here[(previous[here] >= 0) & ~seen[here]]
        seen[here] = True
        here = np.unique(previous[here])
    return np.flatnonzero(seen)


@dataclass(frozen=True)
class Wobble:
    """A smooth shift of the plane that never folds it: lines that meet only at ends stay so."""

    frame: Frame
    shift_m: Floats  # 2 x rows x columns: east, north

    @cached_property
    def _layers(self) -> list[Floats]:
        return [np.ascontiguousarray(layer) for layer in self.shift_m]

    def move(self, xy: Floats) -> Floats:
        """Return shifted points, metres, shape (n, 2)."""
        frame = self.frame
        row = (frame.north_m - xy[:, 1]) / frame.cell_m - 0.5
        col = (xy[:, 0] - frame.west_m) / frame.cell_m - 0.5
        shift = [
            ndimage.map_coordinates(layer, [row, col], order=1, mode="nearest")
            for layer in self._layers
        ]
        return xy + np.column_stack(shift)


def wobble(
    rng: np.random.Generator, frame: Frame, size_m: float, most_m: float, longest_km: float
) -> Wobble:
    """Return a shift with the given deviation and largest value by axis, kept from folding.

    Parameters
    ----------
    rng : numpy.random.Generator
        Source of the noise.
    frame : Frame
        Where it is wanted.
    size_m, most_m : float
        Deviation and largest shift by axis, metres.
    longest_km : float
        Length of the longest waves.
    """
    waves = [fractal(rng, frame, 3.2, longest_km) for _ in range(2)]
    shift = np.clip(size_m * np.stack(waves), -most_m, most_m)
    steep = max(float(np.abs(np.diff(shift, axis=axis)).max()) for axis in (1, 2)) / frame.cell_m
    # Below 1/2 for each of the four slopes, the shift is a contraction and cannot fold the plane.
    return Wobble(frame, shift * min(1.0, 0.45 / steep))
