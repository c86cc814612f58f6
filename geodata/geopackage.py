"""GeoPackages with the same bytes for the same table."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import pyogrio

_DATE = "2026-01-31T00:00:00.000Z"
"""Stands inside every GeoPackage in place of the clock."""


def write(table: gpd.GeoDataFrame, path: Path) -> None:
    """Write a table as the layer named like the file.

    Examples
    --------
    >>> import tempfile
    >>> table = gpd.GeoDataFrame({"a": [1]}, geometry=gpd.points_from_xy([105], [21]), crs=4326)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(table, Path(folder, "one.gpkg"))
    ...     write(table, Path(folder, "other.gpkg"))
    ...     len(Path(folder, "one.gpkg").read_bytes()) == len(
    ...         Path(folder, "other.gpkg").read_bytes()
    ...     )
    True
    """
    with _fixed_date():
        pyogrio.write_dataframe(table, path, driver="GPKG", layer=path.stem)


@contextmanager
def _fixed_date() -> Generator[None]:
    name = "OGR_CURRENT_DATE"
    before = pyogrio.get_gdal_config_option(name)
    pyogrio.set_gdal_config_options({name: _DATE})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({name: before})
