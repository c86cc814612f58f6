"""The signal and the path of docs/radio.md: `.venv/bin/python benchmarks/radio_pictures.py`.

All ground in them is made up: the fractal terrain of `benchmarks/radio.py`, the same at each run. They
are drawn narrow, so that the letters can be read on a phone, in steps of colour that people with any
kind of colour vision can tell apart.
"""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, LightSource
from matplotlib.figure import Figure
from PIL import Image
from radio import PLACE, world

from deadzones.coverage.radio import Area, Terrain, area, coverage, sweep
from deadzones.geodata.grid import Grid, part

DOCS = Path(__file__).parents[1] / "docs"
WIDTH_IN, DOTS_PER_IN = 5.0, 170
STYLE = {"font.size": 10, "axes.titlesize": 10, "figure.constrained_layout.use": True}
TALL = 1 / np.cos(np.radians(PLACE["lat"]))
"""Height of a cell over its width."""
CELL_KM = 0.0923, 0.0868
"""Height and width of a cell of 3 arc-seconds at 20.5 degrees."""
EARTH_KM = 6371.0 * 157 / (157 - 47)
"""Effective radius, ITU-R P.1812-8 (7a), where the refractivity falls by 47 N-units a km."""
F_GHZ, HEIGHT_M, RADIUS_KM = 0.768, 40.0, 12.0
"""Of the mast in the middle: the downlink of 700 MHz."""
MASTS = pd.DataFrame(
    {"lon": [105.44, 105.56, 105.50], "lat": [20.54, 20.51, 20.43], "band_mhz": 700}
)
THRESHOLD_DBM = -110.0
TRIANGLE: dict[str, Any] = {
    "marker": "^", "color": "white", "markeredgecolor": "black", "markersize": 7,
    "linestyle": "none", "zorder": 3,
}  # fmt: skip


def save(figure: Figure, name: str) -> None:
    """Write a picture with a palette of its own colours."""
    raw = BytesIO()
    figure.savefig(raw, dpi=DOTS_PER_IN)
    plt.close(figure)
    octree = Image.Quantize.FASTOCTREE  # keeps colours that few pixels have
    picture = Image.open(raw).convert("RGB").quantize(256, method=octree, dither=Image.Dither.NONE)
    picture.save(DOCS / name, optimize=True)
    print(
        f"{name}: {picture.width} x {picture.height}, {(DOCS / name).stat().st_size / 1000:.0f} kB"
    )


def painted(axes: Axes, values: np.ndarray, steps: list[float], **look: Any) -> None:
    """A map in steps of colour, and its scale below."""
    style = {"cmap": "viridis", "extend": "both", "alpha": 1.0, "title": ""} | look
    axes.set_axis_off()
    axes.set_title(style["title"])
    colours = mpl.colormaps[style["cmap"]].with_extremes(bad="0.85")
    norm = BoundaryNorm(steps, colours.N, extend=style["extend"])
    shown = axes.imshow(
        values, cmap=colours, norm=norm, alpha=style["alpha"], aspect=TALL, interpolation="none"
    )
    axes.figure.colorbar(
        shown, ax=axes, orientation="horizontal", shrink=0.95, ticks=steps[::2], format="%g"
    )


def shaded(axes: Axes, h_m: np.ndarray) -> None:
    """Light from the north-west, in a few greys."""
    light = LightSource(315, 45).hillshade(
        h_m, vert_exag=1.5, dx=1000 * CELL_KM[1], dy=1000 * CELL_KM[0]
    )
    axes.imshow(np.round(6 * light) / 6, cmap="gray", vmin=-0.1, vmax=1.1, aspect=TALL)


def cut(terrain: Terrain, half_km: float) -> Terrain:
    """The square around the middle."""
    column, row = (int(each) for each in ~terrain.grid.transform * (PLACE["lon"], PLACE["lat"]))
    down, across = (int(half_km / size) for size in CELL_KM)
    rows, columns = slice(row - down, row + down), slice(column - across, column + across)
    return Terrain(part(terrain.grid, rows, columns), terrain.h_m[rows, columns])


def marked(axes: Axes, grid: Grid, lon: Any, lat: Any) -> None:
    column, row = ~grid.transform * (np.asarray(lon), np.asarray(lat))
    axes.plot(column - 0.5, row - 0.5, **TRIANGLE)


def of_the_signal(terrain: Terrain) -> None:
    """The median signal of three masts, and the chance that it suffices."""
    square = cut(terrain, 16.0)
    signal_dbm, _ = sweep(square, MASTS)
    chance, _ = coverage(square, MASTS, threshold_dbm=THRESHOLD_DBM)
    figure, (left, right) = plt.subplots(1, 2, figsize=(WIDTH_IN, 3.3))
    for axes in (left, right):
        shaded(axes, square.h_m)
        marked(axes, square.grid, MASTS["lon"], MASTS["lat"])
    painted(left, signal_dbm, [*range(-140, -69, 10)], alpha=0.75, title="Median signal, dBm")
    painted(
        right, chance, [0, 0.1, 0.5, 0.9, 1], cmap="cividis", alpha=0.75, extend="neither",
        title=f"Probability of {THRESHOLD_DBM:g} dBm",
    )  # fmt: skip
    figure.axes[-1].set_xticks([0, 0.1, 0.5, 0.9, 1])
    save(figure, "radio_signal.png")


def eastward(terrain: Terrain, disc: Area) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distance, ground and loss of the pixels east of the mast."""
    column, row = (int(each) for each in ~disc.grid.transform * (PLACE["lon"], PLACE["lat"]))
    ground_m = cut(terrain, RADIUS_KM).h_m
    middle = ground_m.shape[0] // 2, ground_m.shape[1] // 2
    count = min(ground_m.shape[1] - middle[1], int((disc.distance_km[row] <= RADIUS_KM).sum() // 2))
    d_km, loss_db = (
        each[row, column : column + count] for each in (disc.distance_km, disc.loss_db)
    )
    return d_km, ground_m[middle[0], middle[1] : middle[1] + count], loss_db


def of_a_path(terrain: Terrain, swept: Area) -> None:
    """One way from the mast: the ground as the ray meets it, and what is lost on it."""
    d_km, ground_m, loss_db = eastward(terrain, swept)
    top_m, risen_m = ground_m[0] + HEIGHT_M, ground_m - 500 * d_km**2 / EARTH_KM
    steepest = np.maximum.accumulate((risen_m - top_m) / np.maximum(d_km, 0.01))
    seen_from_m = np.maximum(top_m + steepest * d_km, risen_m)
    figure, (above, below) = plt.subplots(2, 1, figsize=(WIDTH_IN, 4.6), sharex=True)
    above.fill_between(d_km, risen_m, risen_m.min() - 50, color="#8c7a5b", lw=0)
    above.fill_between(d_km, risen_m, seen_from_m, color="#c9d3e6", lw=0)
    above.plot([0, 0], [ground_m[0], top_m], color="black", lw=5)
    above.set_title("Ground (brown), and what the mast does not see (blue)")
    above.set_ylabel("height, m")
    free_db = 92.4 + 20 * np.log10(F_GHZ * d_km)
    below.plot(d_km, free_db, color="#e69f00", lw=2, label="free space")
    below.plot(d_km, loss_db, color="#0072b2", lw=1.5, label="predicted")
    below.invert_yaxis()
    below.set(xlim=(0, d_km[-1]), ylabel="loss, dB", xlabel="km from the mast")
    below.legend(loc="upper right")
    save(figure, "radio_path.png")


def main() -> None:
    mpl.use("Agg")
    mpl.rcParams.update(STYLE)
    made_up = world(3)
    terrain = replace(made_up, h_m=made_up.h_m - made_up.h_m.min())  # all of it above the sea
    mast = {**PLACE, "tx_height_m": HEIGHT_M, "f_ghz": F_GHZ, "radius_km": RADIUS_KM}
    of_the_signal(terrain)
    of_a_path(terrain, area(terrain, **mast))


if __name__ == "__main__":
    main()
