"""Exact shares of cells in polygons: arrays in, arrays out.

An edge of a ring covers, in each row of cells that it crosses, what lies to its right: edges that go
down add, edges that go up take away, and what remains is inside (Green's theorem). So a cell that an
edge crosses gets the trapezoid right of it, all cells further right the edge's height in the row, and
between two crossed cells nothing changes: whole cells come as spans. Places are in cells: x from the
west, y from the north.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ._jit import kernel

DUST = 1e-9
"""Share of a cell under which a polygon only grazes it, by the rounding of coordinates."""
TANGLE = 1e-6
"""Share under zero, or over one, that rounding does not make: the edges of the polygon cross."""


class Rings(NamedTuple):
    """Rings of polygons, by unit: those of ``u`` are at ``of_unit[u]`` to ``of_unit[u + 1]``.

    The places of ring ``r`` are at ``start[r]`` to ``start[r + 1]``; ``sign`` is 1 for an outer ring
    whose western side goes down, or an inner one whose western side goes up, else -1. An edge is
    ``loose`` where no other unit has it from the other side.
    """

    x: np.ndarray
    y: np.ndarray
    loose: np.ndarray
    start: np.ndarray
    sign: np.ndarray
    of_unit: np.ndarray
    top: np.ndarray
    bottom: np.ndarray


class Pieces(NamedTuple):
    """Pieces of edges: the cell of each, what it adds to all cells beyond, and to its own."""

    row: np.ndarray
    column: np.ndarray
    height: np.ndarray
    area: np.ndarray
    loose: np.ndarray


class Shared(NamedTuple):
    """Cells that are not wholly in one unit, one entry for each unit: by row, column and unit.

    ``loose`` tells where a loose edge of the unit crosses the cell.
    """

    row: np.ndarray
    column: np.ndarray
    unit: np.ndarray
    fraction: np.ndarray
    loose: np.ndarray


class Spans(NamedTuple):
    """Runs of cells wholly in one unit: columns from ``start`` to before ``stop``, by row and start."""

    row: np.ndarray
    start: np.ndarray
    stop: np.ndarray
    unit: np.ndarray


@kernel
def signs(
    x: np.ndarray, y: np.ndarray, start: np.ndarray, inner: np.ndarray, sign: np.ndarray
) -> None:
    """Write the sign of each ring, as `Rings` has it; 0 where it encloses nothing."""
    for ring in range(len(start) - 1):
        first, last = start[ring], start[ring + 1]
        area = 0.0
        for at in range(first, last - 1):
            middle = 0.5 * (x[at] + x[at + 1]) - x[first]
            area -= middle * (y[at + 1] - y[at])
        turn = 1.0 if area > 0.0 else (-1.0 if area < 0.0 else 0.0)
        sign[ring] = -turn if inner[ring] else turn


@kernel
def find_loose(
    x: np.ndarray, y: np.ndarray, start: np.ndarray, sign: np.ndarray, loose: np.ndarray
) -> None:
    """Mark the edges, by their first place, that no other ring has from the other side."""
    size = 16
    while size < 2 * len(x):
        size *= 2
    first_at, net = np.full(size, -1, np.int64), np.zeros(size, np.int64)
    slot_of = np.full(len(x), -1, np.int64)
    x_bits, y_bits = x.view(np.uint64), y.view(np.uint64)
    for ring in range(len(start) - 1):
        for at in range(start[ring], start[ring + 1] - 1):
            ahead = x[at] < x[at + 1] or (x[at] == x[at + 1] and y[at] < y[at + 1])
            low, high = (at, at + 1) if ahead else (at + 1, at)
            mixed = x_bits[low] * np.uint64(0x9E3779B97F4A7C15)
            mixed = (mixed ^ (mixed >> np.uint64(29))) + y_bits[low]
            mixed = mixed * np.uint64(0xBF58476D1CE4E5B9)
            mixed = (mixed ^ (mixed >> np.uint64(32))) + x_bits[high]
            mixed = mixed * np.uint64(0x94D049BB133111EB)
            mixed = (mixed ^ (mixed >> np.uint64(31))) + y_bits[high]
            mixed = mixed * np.uint64(0x9E3779B97F4A7C15)
            slot = np.int64(mixed >> np.uint64(33)) & (size - 1)
            while first_at[slot] >= 0:
                known = first_at[slot]
                there = x[known] < x[known + 1] or (
                    x[known] == x[known + 1] and y[known] < y[known + 1]
                )
                one, other = (known, known + 1) if there else (known + 1, known)
                if (x[one], y[one], x[other], y[other]) == (x[low], y[low], x[high], y[high]):
                    break
                slot = (slot + 1) & (size - 1)
            if first_at[slot] < 0:
                first_at[slot] = at
            slot_of[at] = slot
            net[slot] += np.int64(sign[ring]) * (1 if ahead else -1)
    for at in range(len(x)):
        loose[at] = slot_of[at] >= 0 and net[slot_of[at]] != 0


@kernel
def band(
    rings: Rings, first_row: int, last_row: int, columns: int, tangled: np.ndarray
) -> tuple[Shared, Spans]:
    """Find the shares of the cells of some rows.

    Parameters
    ----------
    rings : Rings
    first_row, last_row : int
        Rows from the first to before the last.
    columns : int
        Of the grid.
    tangled : ndarray of bool, by unit
        Set where a unit covers less than nothing of a cell, or more than all of it.

    Returns
    -------
    Shared, Spans
        By unit. Units that meet in a cell may cover it together more than once.
    """
    pieces = Pieces(
        np.empty(0, np.int32),
        np.empty(0, np.int32),
        np.empty(0),
        np.empty(0),
        np.empty(0, np.bool_),
    )
    shared = Shared(pieces.row, pieces.column, pieces.row, pieces.height, pieces.loose)
    spans = Spans(pieces.row, pieces.row, pieces.row, pieces.row)
    count_shared = count_spans = 0
    for unit in range(len(rings.of_unit) - 1):
        if rings.bottom[unit] <= first_row or rings.top[unit] >= last_row:
            continue
        pieces, count = _cut_up(rings, unit, pieces, (first_row, last_row, columns))
        order = _by_row_and_column(pieces.row[:count], pieces.column[:count])
        # Cells that edges cross, and runs between them that may have to be told cell by cell.
        shared = _more_shared(shared, count_shared + _widest(pieces, order, columns))
        spans = _more_spans(spans, count_spans + count)
        counts = (count_shared, count_spans)
        count_shared, count_spans = _swept(
            pieces, order, unit, columns, shared, spans, counts, tangled
        )
    return _first_shared(shared, count_shared), _first_spans(spans, count_spans)


@kernel
def _cut_up(
    rings: Rings, unit: int, pieces: Pieces, bounds: tuple[int, int, int]
) -> tuple[Pieces, int]:
    """Cut the edges of a unit into pieces; return these, and how many there are."""
    count, (first_row, last_row, columns) = 0, bounds
    for ring in range(rings.of_unit[unit], rings.of_unit[unit + 1]):
        for at in range(rings.start[ring], rings.start[ring + 1] - 1):
            x0, y0, x1, y1 = rings.x[at], rings.y[at], rings.x[at + 1], rings.y[at + 1]
            if y0 == y1 or max(y0, y1) <= first_row or min(y0, y1) >= last_row:
                continue
            if min(x0, x1) >= columns:
                continue
            down = min(abs(y1 - y0), float(last_row - first_row))
            across = min(max(x0, x1), float(columns)) - max(min(x0, x1), 0.0)
            pieces = _more_pieces(pieces, count + int(down) + int(max(across, 0.0)) + 8)
            before = count
            count = _crossings(x0, y0, x1, y1, rings.sign[ring], bounds, pieces, count)
            pieces.loose[before:count] = rings.loose[at]
    return pieces, count


@kernel
def _more_pieces(some: Pieces, least: int) -> Pieces:
    if least <= len(some.row):
        return some
    return Pieces(
        _longer(some.row, least),
        _longer(some.column, least),
        _longer(some.height, least),
        _longer(some.area, least),
        _longer(some.loose, least),
    )


@kernel
def _more_shared(some: Shared, least: int) -> Shared:
    if least <= len(some.row):
        return some
    return Shared(
        _longer(some.row, least),
        _longer(some.column, least),
        _longer(some.unit, least),
        _longer(some.fraction, least),
        _longer(some.loose, least),
    )


@kernel
def _more_spans(some: Spans, least: int) -> Spans:
    if least <= len(some.row):
        return some
    return Spans(
        _longer(some.row, least),
        _longer(some.start, least),
        _longer(some.stop, least),
        _longer(some.unit, least),
    )


@kernel
def _first_shared(some: Shared, count: int) -> Shared:
    return Shared(
        some.row[:count],
        some.column[:count],
        some.unit[:count],
        some.fraction[:count],
        some.loose[:count],
    )


@kernel
def _first_spans(some: Spans, count: int) -> Spans:
    return Spans(some.row[:count], some.start[:count], some.stop[:count], some.unit[:count])


@kernel
def _longer(array: np.ndarray, least: int) -> np.ndarray:
    """Return the array with more room at its end: at least twice as much."""
    longer = np.empty(max(least, 2 * len(array)), array.dtype)
    longer[: len(array)] = array
    return longer


@kernel
def _crossings(
    x0: float,
    y0: float,
    x1: float,
    y1: float,
    sign: float,
    bounds: tuple[int, int, int],
    pieces: Pieces,
    count: int,
) -> int:
    """Cut an edge at the borders of cells; write what each piece adds to its cell and beyond.

    From its upper to its lower end whichever way it goes: two units that share it cut it alike.
    """
    if y0 > y1:
        x0, y0, x1, y1, sign = x1, y1, x0, y0, -sign
    first_row, last_row, columns = bounds
    slope = (x1 - x0) / (y1 - y0)
    low, high = min(x0, x1), max(x0, x1)
    r = max(int(np.floor(y0)), first_row)
    upper = max(y0, float(r))
    xa = x0 if upper == y0 else min(max(x0 + (upper - y0) * slope, low), high)
    while upper < y1 and r < last_row:
        lower = min(y1, float(r + 1))
        xb = x1 if lower == y1 else min(max(x0 + (lower - y0) * slope, low), high)
        count = _row_crossings(xa, xb, lower - upper, sign, (r, columns), pieces, count)
        xa, upper, r = xb, lower, r + 1
    return count


@kernel
def _row_crossings(
    xa: float,
    xb: float,
    down: float,
    sign: float,
    bounds: tuple[int, int],
    pieces: Pieces,
    count: int,
) -> int:
    """Cut what an edge has in one row at the borders of columns, from west to east.

    It goes ``down`` by so much between two places in x, whichever way: heights alone count here.
    """
    r, columns = bounds
    if xa > xb:
        xa, xb = xb, xa
    passed = 0.0
    if xa < 0.0:
        # All cells of the row lie right of it.
        passed = down if xb <= 0.0 else down * (-xa / (xb - xa))
        pieces.row[count], pieces.column[count] = r, 0
        pieces.height[count] = pieces.area[count] = sign * passed
        count += 1
        if xb <= 0.0:
            return count
        xa = 0.0
    if xa >= columns:
        return count
    c = int(np.floor(xa))
    start, x = passed, xa
    rise = (down - passed) / (xb - xa) if xb > xa else 0.0
    while c < columns:
        last = xb <= c + 1
        x_next = xb if last else float(c + 1)
        reached = down if last else min(start + (x_next - xa) * rise, down)
        part = sign * (reached - passed)
        pieces.row[count], pieces.column[count] = r, c
        pieces.height[count] = part
        pieces.area[count] = part * (1.0 - (0.5 * (x + x_next) - c))
        count += 1
        if last:
            break
        x, passed, c = x_next, reached, c + 1
    return count


@kernel
def _by_row_and_column(row: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Return the order by row, then column, then as they came; in linear time."""
    return _counting(row, _counting(column, np.arange(len(row))))


@kernel
def _counting(key: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Sort an order by whole numbers, keeping that of equal ones."""
    if len(key) == 0:
        return order
    low = key[0]
    high = key[0]
    for value in key:
        low = min(low, value)
        high = max(high, value)
    place = np.zeros(int(high) - int(low) + 2, np.int64)
    for value in key:
        place[value - low + 1] += 1
    for at in range(1, len(place)):
        place[at] += place[at - 1]
    found = np.empty_like(order)
    for at in order:
        bucket = key[at] - low
        found[place[bucket]] = at
        place[bucket] += 1
    return found


@kernel
def _widest(pieces: Pieces, order: np.ndarray, columns: int) -> int:
    """Return how many cells of one unit are told one by one at most."""
    most, inside = len(order), 0.0
    for place in range(len(order)):
        at = order[place]
        inside += pieces.height[at]
        more = place + 1 < len(order) and pieces.row[order[place + 1]] == pieces.row[at]
        if DUST < inside <= 1.0 - DUST:
            end = pieces.column[order[place + 1]] if more else columns
            most += max(int(end - pieces.column[at]), 0)
        if not more:
            inside = 0.0
    return int(most)


@kernel
def _swept(
    pieces: Pieces,
    order: np.ndarray,
    unit: int,
    columns: int,
    shared: Shared,
    spans: Spans,
    counts: tuple[int, int],
    tangled: np.ndarray,
) -> tuple[int, int]:
    """Go along the rows of one unit, from west to east, and write what is inside."""
    place, (count_shared, count_spans) = 0, counts
    while place < len(order):
        r = pieces.row[order[place]]
        inside = 0.0
        while place < len(order) and pieces.row[order[place]] == r:
            c = pieces.column[order[place]]
            here, open_edge = inside, False
            while (
                place < len(order)
                and pieces.row[order[place]] == r
                and pieces.column[order[place]] == c
            ):
                here += pieces.area[order[place]]
                inside += pieces.height[order[place]]
                open_edge = open_edge or pieces.loose[order[place]]
                place += 1
            if here < -TANGLE or here > 1.0 + TANGLE:
                tangled[unit] = True
            if here > DUST:
                shared.row[count_shared], shared.column[count_shared] = r, c
                shared.unit[count_shared], shared.fraction[count_shared] = unit, min(here, 1.0)
                shared.loose[count_shared] = open_edge
                count_shared += 1
            more = place < len(order) and pieces.row[order[place]] == r
            end = pieces.column[order[place]] if more else columns
            if inside > 1.0 - DUST and end > c + 1:
                spans.row[count_spans], spans.unit[count_spans] = r, unit
                spans.start[count_spans], spans.stop[count_spans] = c + 1, end
                count_spans += 1
            elif inside > DUST and end > c + 1:
                # An edge along the row: its ends are in other cells.
                for between in range(c + 1, end):
                    shared.row[count_shared], shared.column[count_shared] = r, between
                    shared.unit[count_shared] = unit
                    shared.fraction[count_shared] = min(inside, 1.0)
                    shared.loose[count_shared] = True
                    count_shared += 1
    return count_shared, count_spans


@kernel
def sorted_shared(found: Shared) -> Shared:
    """Sort by row, column, and then as they came: by unit."""
    order = _by_row_and_column(found.row, found.column)
    return Shared(
        found.row[order],
        found.column[order],
        found.unit[order],
        found.fraction[order],
        found.loose[order],
    )


@kernel
def sorted_spans(found: Spans) -> Spans:
    """Sort by row, start, and then as they came: by unit."""
    order = _by_row_and_column(found.row, found.start)
    return Spans(found.row[order], found.start[order], found.stop[order], found.unit[order])


@kernel
def meeting_again(shared: Shared, spans: Spans) -> np.ndarray:
    """Tell which spans have a cell that is another unit's too; both are sorted."""
    again = np.zeros(len(spans.row), np.bool_)
    other = longest = 0
    for at in range(len(spans.row)):
        row, start = spans.row[at], spans.start[at]
        if spans.row[longest] == row and longest != at and spans.stop[longest] > start:
            again[longest] = again[at] = True
        if spans.row[longest] != row or spans.stop[longest] < spans.stop[at]:
            longest = at
        while other < len(shared.row) and (
            shared.row[other] < row or (shared.row[other] == row and shared.column[other] < start)
        ):
            other += 1
        if other < len(shared.row) and shared.row[other] == row:
            again[at] |= shared.column[other] < spans.stop[at]
    return again
