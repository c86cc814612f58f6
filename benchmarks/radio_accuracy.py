"""How far the area sweep is from each pixel's own path: `.venv/bin/python benchmarks/radio_accuracy.py`.

Prints the figures of docs/radio.md and draws its picture. All ground is made up: the fractal terrain of
`benchmarks/radio.py`, always the same. Differences are sweep less exact, in dB. With an elevation model in
degrees, `benchmarks/radio_accuracy.py TILE`, it prints those of masts on that, with `TILE LON LAT` those
of one mast there by band, and draws nothing.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure
from PIL import Image
from radio import DEGREE_M, LINK, PLACE, world

from deadzones.coverage.radio.area_sweep import Area, area
from deadzones.coverage.radio.exact import area as exact
from deadzones.coverage.radio.terrain import Terrain
from deadzones.coverage.radio.terrain_files import read_terrain

PICTURE = Path(__file__).parents[1] / "docs" / "radio_accuracy.png"
SUFFICES_DB = 140.2
"""Loss at which the default 1800 MHz carrier (30.2 dBm a resource element) is received at -110 dBm."""
LOSSES_DB = (0.0, 110.0, 125.0, SUFFICES_DB, 155.0, 170.0, 200.0)
DISTANCES_KM = (0.0, 0.25, 1.0, 5.0, 10.0, 15.0, 20.0, 25.0)
MASTS = 20
BANDS_GHZ = {700: 0.768, 1800: 1.8425, 3700: 3.75}
HEAD = "| | pixels | rms | bias | 95 % within | over 3 |\n|---|---|---|---|---|---|"
SIZE_IN, DOTS_PER_IN, COLOURS = (5.2, 7.4), 180, 96
LOSS_EDGES_DB = np.arange(100, 191, 10)
OFF_EDGES_DB = np.array([-10, -3, -1, -0.3, 0.3, 1, 3, 10])
LOSS_COLOURS = mpl.colormaps["cividis_r"].resampled(len(LOSS_EDGES_DB) + 1)
OFF_COLOURS = ListedColormap(mpl.colormaps["PuOr_r"](np.linspace(0, 1, len(OFF_EDGES_DB) + 1)))
"""Colours that people with any kind of colour vision can tell apart."""


def told(name: str, off_db: np.ndarray) -> None:
    """Print a row of the table."""
    size_db = np.abs(off_db)
    figures = f"{_rms(off_db):.2f} | {off_db.mean():+z.3f} | {np.percentile(size_db, 95):.2f}"
    print(f"| {name} | {off_db.size:,} | {figures} | {(size_db > 3.0).mean():.1%} |")


def figures(swept: Area, own: Area) -> None:
    """Print how far the two are apart: in all, by loss and by distance; and what they cover."""
    off_db, inside = swept.loss_db - own.loss_db, np.isfinite(own.loss_db)
    print(HEAD)
    told("all", off_db[inside])
    for values, edges, unit in (
        (own.loss_db, LOSSES_DB, "dB"),
        (own.distance_km, DISTANCES_KM, "km"),
    ):
        for low, high in pairwise(edges):
            told(f"{low:g} to {high:g} {unit}", off_db[inside & (values >= low) & (values < high)])
    one, other = (disc.loss_db[inside] <= SUFFICES_DB for disc in (swept, own))
    print(
        f"\nloss of {SUFFICES_DB:g} dB or less: {one.mean():.2%} by the sweep, {other.mean():.2%} exactly, "
        f"otherwise in {(one != other).mean():.2%}"
    )


def other_masts(terrain: Terrain) -> None:
    """Print the same for masts anywhere in the middle of the terrain."""
    west, south, east, north = terrain.grid.bounds
    shares = np.random.default_rng(3).uniform(0.3, 0.7, (MASTS, 2))
    spots = np.array([west, south]) + shares * [east - west, north - south]
    rms: list[tuple[float, float]] = []
    bias: list[float] = []
    for lon, lat in spots.tolist():
        own = exact(terrain, lon=lon, lat=lat, **LINK).loss_db
        off_db = area(terrain, lon=lon, lat=lat, **LINK).loss_db - own
        near = [np.isfinite(own), own <= SUFFICES_DB]
        rms.append((_rms(off_db[near[0]]), _rms(off_db[near[1]])))
        bias.append(float(np.nanmean(off_db)))
    low, high = np.min(rms, axis=0), np.max(rms, axis=0)
    print(
        f"{MASTS} masts: rms {low[0]:.2f} to {high[0]:.2f} dB, bias {min(bias):+z.2f} to {max(bias):+z.2f} dB; "
        f"rms {low[1]:.2f} to {high[1]:.2f} dB where the loss is at most {SUFFICES_DB:g} dB"
    )


def one_mast(terrain: Terrain, lon: float, lat: float) -> None:
    """Print the same for a mast on the terrain, by band."""
    print(HEAD)
    for band_mhz, f_ghz in BANDS_GHZ.items():
        mast: dict[str, Any] = {**LINK, "lon": lon, "lat": lat, "f_ghz": f_ghz}
        off_db = area(terrain, **mast).loss_db - exact(terrain, **mast).loss_db
        told(f"{band_mhz} MHz", off_db[np.isfinite(off_db)])


def _rms(off_db: np.ndarray) -> float:
    return float(np.sqrt((off_db**2).mean()))


def panel(axes: Axes, disc: Area, values: np.ndarray, colours: Any, edges: np.ndarray) -> Any:
    """Draw one map, in km from the mast."""
    west, south, east, north = disc.grid.bounds
    lon, lat = PLACE["lon"], PLACE["lat"]
    across_km, down_km = 0.001 * DEGREE_M * np.cos(np.radians(lat)), 0.001 * DEGREE_M
    left, right = (west - lon) * across_km, (east - lon) * across_km
    bottom, top = (south - lat) * down_km, (north - lat) * down_km
    axes.set(xticks=[-20, 0, 20], yticks=[-20, 0, 20], facecolor="white")
    norm = BoundaryNorm(edges, colours.N, extend="both")
    axes.plot(0, 0, marker="^", color="white", markeredgecolor="black", markersize=8)
    spread_km = left, right, bottom, top
    return axes.imshow(values, colours, norm, extent=spread_km, interpolation="nearest")


def picture(swept: Area, own: Area) -> None:
    """Draw the sweep, the exact mode, and their difference."""
    plt.rcParams.update({"font.size": 11, "axes.titlesize": 11})
    figure = plt.figure(figsize=SIZE_IN, layout="constrained")
    boxes = figure.subplot_mosaic([["sweep", "exact"], ["off", "off"]], height_ratios=[1, 1.75])
    shown = None
    for name, disc, title in (("sweep", swept, "Sweep"), ("exact", own, "Exact, each pixel")):
        shown = panel(boxes[name], disc, disc.loss_db, LOSS_COLOURS, LOSS_EDGES_DB)
        boxes[name].set_title(title)
    assert shown is not None
    sides = [boxes["sweep"], boxes["exact"]]
    bar: dict[str, Any] = {"location": "bottom", "shrink": 0.95, "aspect": 32, "pad": 0.03}
    figure.colorbar(shown, ax=sides, label="path loss, dB", ticks=LOSS_EDGES_DB[::2], **bar)
    shown = panel(boxes["off"], own, swept.loss_db - own.loss_db, OFF_COLOURS, OFF_EDGES_DB)
    boxes["off"].set(title="Difference", ylabel="km", xlabel="km from the mast")
    figure.colorbar(shown, ax=boxes["off"], label="sweep less exact, dB", format="%g", **bar)
    save(figure)


def save(figure: Figure) -> None:
    """Write few colours, and no date or version, which change the bytes."""
    raw = BytesIO()
    figure.savefig(raw, dpi=DOTS_PER_IN)
    plt.close(figure)
    whole = Image.open(raw).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    whole.save(PICTURE, optimize=True)
    size_kb = PICTURE.stat().st_size / 1000
    print(f"{PICTURE.name}: {whole.width} x {whole.height}, {size_kb:.0f} kB")


def main() -> None:
    if tile := sys.argv[1:2]:
        terrain, place = read_terrain(tile)[0], [float(each) for each in sys.argv[2:4]]
        if place:
            one_mast(terrain, *place)
        else:
            other_masts(terrain)
        return
    mpl.use("Agg")
    made_up = world(3)
    terrain = replace(made_up, h_m=made_up.h_m - made_up.h_m.min())  # all of it above the sea
    swept, own = area(terrain, **PLACE, **LINK), exact(terrain, **PLACE, **LINK)
    figures(swept, own)
    other_masts(terrain)
    picture(swept, own)


if __name__ == "__main__":
    main()
