"""Communes by class on a window of the Earth: fill, borders, archipelagos and names, on any paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from numpy.typing import NDArray

from . import sovereignty
from ._chart_ground import Box, Ground, middle_of, path_of
from ._chart_rows import short_name
from ._chart_type import (
    FAINT,
    INK,
    UNKNOWN_EDGE,
    UNKNOWN_FACE,
    UNKNOWN_HATCH,
    halo,
    width_pt,
    write,
)
from .measures import Measure

NATION_SPAN_DEG: Final = 6.0
"""A view this wide has room for the archipelagos, as on the map page."""
_ISLANDS: Final = np.array([at for each in sovereignty.ARCHIPELAGOS for at in each["islands"]])
ISLES: Final[Box] = (
    min(sovereignty.BOUNDS[0], _ISLANDS[:, 0].min()),
    min(sovereignty.BOUNDS[1], _ISLANDS[:, 1].min()),
    max(sovereignty.BOUNDS[2], _ISLANDS[:, 0].max()),
    max(sovereignty.BOUNDS[3], _ISLANDS[:, 1].max()),
)
"""All islands of both archipelagos, degrees."""
BORDER_PT: Final = 0.45
_ISLET_PT2: Final = 30.0
"""A piece of land that covers less of the paper is an islet, square points."""
_NAMES_A_SQUARE_IN: Final = 1.5
"""More crowd the paper, even where none touches another."""


def view(communes: gpd.GeoDataFrame, *, real: bool) -> tuple[Box, bool]:
    """Choose the window, degrees, and tell whether it is a nation's.

    A province that has an archipelago is drawn without it: the inset shows it, else the mainland
    would be a corner of the sea.
    """
    if communes.geometry.is_empty.all() or communes.geometry.isna().all():
        raise ValueError("no commune of this result has a border to draw")
    west, south, east, north = ISLES
    far = among_isles(communes)
    kept = communes[~far] if real and not far.all() else communes
    left, bottom, right, top = (float(side) for side in kept.total_bounds)
    wide = max(right - left, top - bottom) >= NATION_SPAN_DEG
    if real and wide:
        return (min(left, west), min(bottom, south), max(right, east), max(top, north)), wide
    return (left, bottom, right, top), wide


def among_isles(communes: gpd.GeoDataFrame) -> NDArray[Any]:
    """Tell which communes lie among the archipelagos, by the middle of their box."""
    west, south, east, north = sovereignty.BOUNDS
    box = communes.geometry.bounds
    x, y = (box["minx"] + box["maxx"]) / 2, (box["miny"] + box["maxy"]) / 2
    return (x.between(west, east) & y.between(south, north)).to_numpy()


def framed(axes: Axes, window: Ground) -> Axes:
    """Set axes to a window, without a scale, in a thin frame."""
    left, bottom, right, top = window.frame
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set(visible=True, color=FAINT, linewidth=0.6)
    return axes


def fill(
    axes: Axes,
    window: Ground,
    communes: gpd.GeoDataFrame,
    places: NDArray[Any],
    measure: Measure,
) -> None:
    """Fill communes in the colour of their class; -1 is unknown, and hatched."""
    shapes = window.shapes(communes)
    drawn = ~shapely.is_empty(shapes)
    hair = 0.06 if len(shapes) > 500 else 0.4
    for known in (True, False):
        rows = np.flatnonzero(drawn & ((places >= 0) == known))
        if not len(rows):
            continue
        style: dict[str, Any] = (
            {"facecolors": [measure.colors[place] for place in places[rows]], "edgecolors": "white"}
            if known
            else {
                "facecolors": UNKNOWN_FACE,
                "edgecolors": UNKNOWN_EDGE,
                "hatch": UNKNOWN_HATCH,
            }
        )
        paths = [path_of(shape) for shape in shapes[rows]]
        drawn_paths = PathCollection(paths, linewidths=hair, **style)
        drawn_paths.set_gid("known" if known else "unknown")
        axes.add_collection(drawn_paths, autolim=False)


def borders(axes: Axes, window: Ground, outlines: NDArray[Any], line_pt: float = BORDER_PT) -> None:
    """Draw borders that are read on cream and on umber; islets get a hair, else they drown in it.

    Of a place that is islets alone they are all that there is, and drawn in full.
    """
    pieces = shapely.get_parts(outlines)
    large = shapely.area(pieces) > _ISLET_PT2 * window.m_per_pt**2
    large |= not large.any()
    below = line_pt + 0.65
    for which, color, width in (
        (~large, INK, 0.15),
        (large, "white", below),
        (large, INK, line_pt),
    ):
        rings = shapely.get_rings(pieces[which])
        lines = [shapely.get_coordinates(ring) for ring in rings]
        axes.add_collection(LineCollection(lines, colors=color, linewidths=width), autolim=False)


def isles(axes: Axes, window: Ground, size_pt: float = 6.4) -> list[Box]:
    """Draw Hoàng Sa and Trường Sa with their names, and tell where the names stand."""
    return [_archipelago(axes, window, each, size_pt) for each in sovereignty.ARCHIPELAGOS]


def _archipelago(axes: Axes, window: Ground, isles: Mapping[str, Any], size_pt: float) -> Box:
    """Draw one; its name stands on the side of the other, clear of its own islands."""
    dots = window.points(isles["islands"])
    axes.plot(dots[:, 0], dots[:, 1], ".", color=INK, markersize=2.2, linestyle="none")
    name, _, owner = str(isles["name"]).partition(" (")
    lines = [name, f"({owner}"]
    width, height = max(width_pt(line, size_pt) for line in lines), 2.6 * size_pt
    north = isles["label"][1] > (sovereignty.BOUNDS[1] + sovereignty.BOUNDS[3]) / 2
    y = float(dots[:, 1].min() if north else dots[:, 1].max())
    y += (-1 if north else 1) * (height / 2 + 4) * window.m_per_pt
    side = (width / 2 + 4) * window.m_per_pt
    x = float(window.points([isles["label"]])[0, 0])
    x = min(max(x, window.frame[0] + side), window.frame[2] - side)
    write(
        axes, x, y, "\n".join(lines), fontsize=size_pt, style="italic", ha="center", va="center",
        color=INK, path_effects=halo(), linespacing=1.2, zorder=5,
    )  # fmt: skip
    return _box(x, y, width, height, window.m_per_pt)


def names(
    axes: Axes,
    window: Ground,
    shapes: NDArray[Any],
    table: pd.DataFrame,
    column: str,
    *,
    taken: list[Box] | None = None,
    first: str = "",
    size_pt: float = 6.8,
) -> None:
    """Write names, that of one place first, then those of most people; none touches another.

    ``taken`` are boxes where something is written already; ``first`` is a key of the table.
    """
    held, most = list(taken or []), _NAMES_A_SQUARE_IN * window.size_in[0] * window.size_in[1]
    people = np.nan_to_num(table["people"].to_numpy(dtype=float, na_value=np.nan))
    people[(table.index == first).nonzero()[0]] = np.inf
    for row in np.argsort(-people, kind="stable"):
        spot = middle_of(shapes[row])
        if spot is None or len(held) >= most:
            continue
        name = short_name(str(table[column].iloc[row]))[:60]
        box = _box(*spot, width_pt(name, size_pt), size_pt * 1.2, window.m_per_pt)
        if not _inside(box, window.frame) or any(_touch(box, other) for other in held):
            continue
        held.append(box)
        write(
            axes, *spot, name, fontsize=size_pt, ha="center", va="center_baseline", color=INK,
            path_effects=halo(), zorder=5,
        )  # fmt: skip


def _box(x: float, y: float, width: float, height: float, m_per_pt: float) -> Box:
    across, up = (width / 2 + 2) * m_per_pt, (height / 2 + 1) * m_per_pt
    return x - across, y - up, x + across, y + up


def _inside(box: Box, frame: Box) -> bool:
    return frame[0] < box[0] and frame[1] < box[1] and box[2] < frame[2] and box[3] < frame[3]


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
