"""Rasters: people, received signal, lights at night, terrain, land cover."""

from __future__ import annotations

from .. import schema
from ..rasters import Raster, open_raster
from ..source import Source


def read_people(source: Source) -> Raster:
    """Open a raster of persons per cell.

    Raises
    ------
    BadInput
        With all faults; counts below 0 are one.

    Examples
    --------
    >>> from pathlib import Path
    >>> read_people(Source(Path("absent.tif"), "absent.tif"))
    Traceback (most recent call last):
    deadzones.geodata.faults.BadInput: absent.tif: found ...
    """
    people = schema.columns("people_points")["people"]
    return open_raster(source, low=people.low, high=people.high, what="persons per cell")


def read_signal(source: Source) -> Raster:
    """Open a raster of received signal, dBm.

    Raises
    ------
    BadInput
        With all faults.

    Examples
    --------
    >>> from pathlib import Path
    >>> read_signal(Source(Path("absent.tif"), "absent.tif"))
    Traceback (most recent call last):
    deadzones.geodata.faults.BadInput: absent.tif: found ...
    """
    return open_raster(source, low=-200.0, high=0.0, what="received signal in dBm")


def read_lights(source: Source) -> Raster:
    """Open a raster of lights at night, nW/cm2/sr.

    Raises
    ------
    BadInput
        With all faults.

    Examples
    --------
    >>> from pathlib import Path
    >>> read_lights(Source(Path("absent.tif"), "absent.tif"))
    Traceback (most recent call last):
    deadzones.geodata.faults.BadInput: absent.tif: found ...
    """
    return open_raster(source, low=-10.0, what="radiance in nW/cm2/sr")


def read_terrain(source: Source) -> Raster:
    """Open a raster of elevations, m above sea level.

    Raises
    ------
    BadInput
        With all faults.

    Examples
    --------
    >>> from pathlib import Path
    >>> read_terrain(Source(Path("absent.tif"), "absent.tif"))
    Traceback (most recent call last):
    deadzones.geodata.faults.BadInput: absent.tif: found ...
    """
    return open_raster(source, low=-500.0, high=9000.0, what="elevation in m")


def read_land_cover(source: Source) -> Raster:
    """Open a raster of land-cover classes, as ESA WorldCover numbers them.

    Raises
    ------
    BadInput
        With all faults.

    Examples
    --------
    >>> from pathlib import Path
    >>> read_land_cover(Source(Path("absent.tif"), "absent.tif"))
    Traceback (most recent call last):
    deadzones.geodata.faults.BadInput: absent.tif: found ...
    """
    return open_raster(source, low=0.0, high=255.0, what="classes of land cover", classes=True)
