"""Predicted signal as one small picture for each service, to lie under the borders of the map.

A picture holds classes, not levels: ``STEPS_DB`` from the service's threshold. Colours go from indigo
to pale blue, so that dark means that more is lacking, as it does for communes. No commune is blue
(``measures.SAND``), to colour-blind readers neither, and lightness rises evenly, so the classes read
in grey too. Below the threshold the picture is plain grey.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import rasterio
import rasterio.features
import rasterio.transform
import rasterio.warp
from numpy.typing import NDArray
from rasterio.enums import Resampling
from rasterio.io import MemoryFile

from ..geodata import grid as grids
from ..geodata.grid import Grid
from ..geodata.rasters import Field
from .signal_files import rounded

STEPS_DB: Final = (-10, 0, 10, 20, 30)  # lower limits of the classes, from the threshold
COLORS: Final = ("#8d949b", "#33338a", "#5270bd", "#7fa3db", "#bfd8f2")  # one a class, weak first
WEAK_ALPHA: Final = 190  # of 255: what cannot be used stands back
LEVEL_PROBABILITY: Final = 0.9  # what a study asks for that does not say

MERCATOR: Final = "EPSG:3857"  # what Leaflet draws in: a picture needs no bending in the browser
MOST_PIXELS: Final = 1200  # a side; a screen shows no more at once
FINER: Final = 2  # pixels across a cell, where there is room: bending loses no cell
LIMIT_BYTES: Final = 300_000  # of PNG; a third more as text


@dataclass(frozen=True)
class Picture:
    """Classes of one service's signal as a PNG.

    Attributes
    ----------
    png
        An image with a palette; what has no class is transparent.
    bounds
        Its outer edges in degrees, ``[[south, west], [north, east]]``.
    """

    png: bytes
    bounds: list[list[float]]


def pictures(
    signal: Mapping[str, Field], communes: gpd.GeoDataFrame, manifest: Mapping[str, Any]
) -> Iterator[tuple[dict[str, Any], Picture]]:
    """Draw the predicted signal of each service within the communes.

    Parameters
    ----------
    signal
        ``result.signal``.
    communes
        Those that the page shows, EPSG:4326.
    manifest
        ``result.manifest``, for thresholds, evidence and probability.

    Yields
    ------
    tuple
        What the legend tells, and the picture. Nothing for a service of which no class is seen.

    Examples
    --------
    >>> import shapely
    >>> grid = Grid("EPSG:4326", rasterio.Affine(0.1, 0, 105, 0, -0.1, 21), (1, 1))
    >>> place = gpd.GeoDataFrame(geometry=[shapely.box(105, 20, 106, 21)], crs=4326)
    >>> found = pictures(
    ...     {"mobile": Field(np.array([[-95.0]], np.float32), grid)},
    ...     place,
    ...     {"services": {"mobile": {"threshold": -110.0, "evidence": "predicted"}}},
    ... )
    >>> [about["breaks"] for about, _ in found]
    [[-120.0, -110.0, -100.0, -90.0, -80.0]]
    """
    radio = manifest.get("study", {}).get("radio", {})
    for key, service in manifest["services"].items():  # in their order, whatever the signal's
        if key not in signal:
            continue
        breaks = [round(service["threshold"] + step, 1) for step in STEPS_DB]
        found = picture(signal[key], breaks, communes)
        if found is not None:
            about = {
                "service": key,
                "breaks": breaks,
                "colors": COLORS,
                "bounds": found.bounds,
                "probability_pct": round(100 * radio.get("probability", LEVEL_PROBABILITY), 4),
                "evidence": service.get("evidence"),
            }
            yield about, found


def picture(field: Field, breaks: list[float], communes: gpd.GeoDataFrame) -> Picture | None:
    """Draw the classes of a field, as many pixels as fit.

    Parameters
    ----------
    field
        Levels in any coordinate system.
    breaks
        Lower limits of the classes, rising.
    communes
        What lies outside of them is left out. EPSG:4326.

    Returns
    -------
    Picture or None
        None where no class is seen.

    Examples
    --------
    >>> import shapely
    >>> grid = Grid("EPSG:4326", rasterio.Affine(0.1, 0, 105, 0, -0.1, 21), (1, 1))
    >>> place = gpd.GeoDataFrame(geometry=[shapely.box(105, 20, 106, 21)], crs=4326)
    >>> picture(Field(np.array([[-95.0]], np.float32), grid), [-110.0], place).bounds
    [[20.9, 105.0], [21.0, 105.1]]
    """
    outlines = communes.geometry[communes.geometry.notna() & ~communes.geometry.is_empty]
    cut = _around(field, tuple(outlines.total_bounds)) if len(outlines) else None
    if cut is None:
        return None
    classes = _classes(cut.values, breaks)
    shapes = outlines.to_crs(MERCATOR)
    most = MOST_PIXELS
    while True:
        image, grid = _bent(classes, cut.grid, most)
        inside = rasterio.features.geometry_mask(
            shapes, image.shape, grid.transform, all_touched=True, invert=True
        )
        image[~inside] = 0
        if not image.any():
            return None
        png = _png(image, grid)
        if len(png) <= LIMIT_BYTES:
            return Picture(png, edges_deg(grid))
        most = int(max(image.shape) * 0.97 * np.sqrt(LIMIT_BYTES / len(png)))


def _around(field: Field, bounds: tuple[float, ...]) -> Field | None:
    """Cut a field to bounds in degrees."""
    own = rasterio.warp.transform_bounds(grids.WGS84, field.grid.crs, *bounds)
    block = grids.window(field.grid, own)
    if block is None:
        return None
    return rounded(Field(field.values[block], grids.part(field.grid, *block)))


def _classes(values: NDArray[np.float32], breaks: list[float]) -> NDArray[np.uint8]:
    """0 for no class, then 1 and up."""
    limits = np.array(breaks, values.dtype)  # a level of just a limit is in its class
    return np.where(np.isnan(values), 0, np.digitize(values, limits)).astype(np.uint8)


def _bent(classes: NDArray[np.uint8], grid: Grid, most: int) -> tuple[NDArray[np.uint8], Grid]:
    """Bring classes to Leaflet's projection, at most so many pixels a side.

    Pixels keep a class: that of the nearest cell, or of most cells where many make one pixel.
    """
    (rows, columns), sides = grid.shape, grid.bounds
    _, width, height = rasterio.warp.calculate_default_transform(
        grid.crs, MERCATOR, columns, rows, *sides
    )
    scale = min(FINER, most / max(width, height))
    width, height = (max(1, int(side * scale)) for side in (width, height))
    box = rasterio.warp.transform_bounds(grid.crs, MERCATOR, *sides)
    transform = rasterio.transform.from_bounds(*box, width, height)  # no strip is lost at an edge
    image = np.zeros((height, width), np.uint8)
    rasterio.warp.reproject(
        classes,
        image,
        src_transform=grid.transform,
        src_crs=grids.pinned(grid.crs),
        dst_transform=transform,
        dst_crs=MERCATOR,
        resampling=Resampling.nearest if scale >= 1 else Resampling.mode,
    )
    return image, Grid(MERCATOR, transform, (height, width))


def _png(image: NDArray[np.uint8], grid: Grid) -> bytes:
    solid = [(*bytes.fromhex(color[1:]), 255) for color in COLORS]
    palette = enumerate([(0, 0, 0, 0), (*solid[0][:3], WEAK_ALPHA), *solid[1:]])
    profile = {"driver": "PNG", "count": 1, "dtype": "uint8", "zlevel": 9}
    size = {"height": image.shape[0], "width": image.shape[1], "transform": grid.transform}
    with MemoryFile() as memory:
        with memory.open(**profile, **size) as file:
            file.write(image, 1)
            file.write_colormap(1, dict(palette))
        return memory.read()


def edges_deg(grid: Grid) -> list[list[float]]:
    """Give a grid's edges as Leaflet takes them; six decimals of a degree are 0.1 m.

    Parameters
    ----------
    grid
        In any coordinate system.

    Returns
    -------
    list of list of float
        ``[[south, west], [north, east]]``, degrees.

    Examples
    --------
    >>> edges_deg(Grid("EPSG:4326", rasterio.Affine(0.1, 0, 105, 0, -0.1, 21), (1, 2)))
    [[20.9, 105.0], [21.0, 105.2]]
    """
    west, south, east, north = rasterio.warp.transform_bounds(grid.crs, grids.WGS84, *grid.bounds)
    return [[round(south, 6), round(west, 6)], [round(north, 6), round(east, 6)]]
