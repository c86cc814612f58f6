"""Mountains and valleys as light and shadow: one small picture to lie over the communes' colours.

The light falls from the north-west, as on every printed map: lit from below, valleys would look like
ridges. A slope is told by the cosine of the angle between its normal and the light (Horn 1981).
"""

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
from ..geodata.grid import WGS84, Grid
from ..geodata.rasters import Field
from .signal_layer import MERCATOR, edges_deg

SUN_AZIMUTH_DEG: Final = 315.0
SUN_HEIGHT_DEG: Final = 45.0
STEEPER: Final = 2.0  # averaged over coarse cells, slopes lose about half of their steepness
STRENGTH: Final = 0.75  # most that light or shadow covers of the colour below
STEPS: Final = 12  # of light and of shadow: fewer make bands, more make a larger file
MOST_PIXELS: Final = 700  # a side
LIMIT_BYTES: Final = 300_000  # of PNG; a third more as text


def picture(heights: Field, communes: gpd.GeoDataFrame) -> tuple[bytes, list[list[float]]] | None:
    """Draw the ground within the communes.

    Parameters
    ----------
    heights
        Metres, in any coordinate system; NaN where unknown.
    communes
        What lies outside of them is left out. EPSG:4326.

    Returns
    -------
    tuple of bytes and list, or None
        A PNG of grey and opacity, and its outer edges in degrees,
        ``[[south, west], [north, east]]``. None where no slope is seen.

    Examples
    --------
    >>> import shapely
    >>> grid = Grid("EPSG:4326", rasterio.Affine(0.01, 0, 105, 0, -0.01, 21), (20, 20))
    >>> slope = Field(np.add.outer(np.arange(20.0), np.arange(20.0)) * 100, grid)
    >>> place = gpd.GeoDataFrame(geometry=[shapely.box(105, 20.8, 105.2, 21)], crs=4326)
    >>> png, bounds = picture(slope, place)
    >>> bounds[1]
    [21.0, 105.2]
    """
    outlines = communes.geometry[communes.geometry.notna() & ~communes.geometry.is_empty]
    most = MOST_PIXELS
    while len(outlines):
        values, grid = _bent(heights, tuple(outlines.total_bounds), most)
        light = shade(values, grid)
        inside = rasterio.features.geometry_mask(
            outlines.to_crs(MERCATOR), values.shape, grid.transform, all_touched=True, invert=True
        )
        light = np.where(inside, light, 0.0)
        if not np.rint(light * STEPS).any():
            return None
        png = _png(light, grid)
        if len(png) <= LIMIT_BYTES:
            return png, edges_deg(grid)
        most = int(max(values.shape) * 0.97 * np.sqrt(LIMIT_BYTES / len(png)))
    return None


def shade(heights_m: NDArray[np.float64], grid: Grid) -> NDArray[np.float64]:
    """Say how much brighter or darker than level ground each cell is.

    Parameters
    ----------
    heights_m
        In rows from the north; NaN where unknown.
    grid
        In Web Mercator, whose metres are longer than those on the ground by 1 / cos(latitude).

    Returns
    -------
    ndarray
        -1 (darkest) to 1 (brightest), 0 on level ground and where a height is unknown.

    Examples
    --------
    >>> grid = Grid("EPSG:3857", rasterio.Affine(100, 0, 0, 0, -100, 0), (3, 3))
    >>> falls_to_the_east = np.array([[200.0, 100.0, 0.0]] * 3)
    >>> bool((shade(falls_to_the_east, grid) < 0).all())
    True
    """
    y = grid.transform.f + (np.arange(heights_m.shape[0]) + 0.5) * grid.transform.e
    shrink = 1.0 / np.cosh(y / 6_378_137.0)[:, None]  # cos(latitude) of a row
    if min(heights_m.shape) < 2:
        return np.zeros(heights_m.shape)
    down, across = np.gradient(heights_m)
    east = STEEPER * across / (grid.transform.a * shrink)
    north = STEEPER * down / (grid.transform.e * shrink)
    sun, high = np.radians(SUN_AZIMUTH_DEG), np.radians(SUN_HEIGHT_DEG)
    toward = east * np.sin(sun) + north * np.cos(sun)
    light = (np.sin(high) - np.cos(high) * toward) / np.sqrt(1.0 + east**2 + north**2)
    level = np.sin(high)
    relative = np.where(light > level, (light - level) / (1.0 - level), (light - level) / level)
    return np.nan_to_num(np.where(np.isnan(heights_m), 0.0, relative.clip(-1.0, 1.0)))


def _bent(heights: Field, bounds: tuple[float, ...], most: int) -> tuple[NDArray[np.float64], Grid]:
    """Bring heights to Leaflet's projection within bounds in degrees, so many pixels a side."""
    box = rasterio.warp.transform_bounds(WGS84, MERCATOR, *bounds)
    sides = np.array([box[2] - box[0], box[3] - box[1]])
    width, height = (max(2, int(side)) for side in sides / sides.max() * most)
    transform = rasterio.transform.from_bounds(*box, width, height)
    values = np.full((height, width), np.nan)
    rasterio.warp.reproject(
        heights.values.astype(np.float64),
        values,
        src_transform=heights.grid.transform,
        src_crs=grids.pinned(heights.grid.crs),
        src_nodata=np.nan,
        dst_transform=transform,
        dst_crs=MERCATOR,
        dst_nodata=np.nan,
        resampling=Resampling.bilinear,
    )
    return values, Grid(MERCATOR, transform, (height, width))


def _png(light: NDArray[np.float64], grid: Grid) -> bytes:
    """Write light as white and shadow as black, each more or less opaque: a palette is smallest."""
    opacity = [round(255 * STRENGTH * step / STEPS) for step in range(STEPS + 1)]
    palette = [(255, 255, 255, of) for of in opacity] + [(20, 24, 34, of) for of in opacity]
    step = np.rint(np.abs(light) * STEPS).astype(np.uint8)
    image = np.where((light < 0.0) & (step > 0), step + STEPS + 1, step).astype(np.uint8)
    profile: dict[str, Any] = {"driver": "PNG", "count": 1, "dtype": "uint8", "zlevel": 9}
    size = {"height": image.shape[0], "width": image.shape[1], "transform": grid.transform}
    with MemoryFile() as memory:
        with memory.open(**profile, **size) as file:
            file.write(image, 1)
            file.write_colormap(1, dict(enumerate(palette)))
        return memory.read()
