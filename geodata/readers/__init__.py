"""One file a kind of source; each reader takes a :class:`Source` and gives a table or a raster.

``READERS`` is the whole list: a new one is a file here and a line below.
"""

from collections.abc import Callable

import geopandas as gpd
import pandas as pd

from ..rasters import Raster
from ..source import Source
from . import areas, communes, lines, nodes, people, places, rasters, records, sites, speed_tests

Layer = gpd.GeoDataFrame | pd.DataFrame | Raster

READERS: dict[str, Callable[[Source], Layer]] = {
    "communes": communes.read,
    "people_raster": rasters.read_people,
    "people_points": people.read_points,
    "commune_totals": people.read_totals,
    "sites": sites.read,
    "polygons": areas.read,
    "signal_raster": rasters.read_signal,
    "nodes": nodes.read,
    "lines": lines.read,
    "lights_raster": rasters.read_lights,
    "places": places.read,
    "terrain": rasters.read_terrain,
    "land_cover": rasters.read_land_cover,
    "speed_tests": speed_tests.read,
    "commune_classes": records.read_classes,
    "tasks": records.read_tasks,
    "definitions": records.read_definitions,
}
