"""Predicted signal in the folder of a result: one GeoTIFF for each service."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from ..geodata import rasters
from ..geodata.rasters import Field

_PREFIX: Final = "signal_"
DIGITS: Final = 1  # of dBm: far finer than any prediction, and files stay small


def rounded(field: Field) -> Field:
    """Round levels as they are written, so that a map shows the same before and after.

    Examples
    --------
    >>> from affine import Affine
    >>> grid = rasters.Grid("EPSG:4326", Affine(1, 0, 105, 0, -1, 22), (1, 1))
    >>> rounded(Field(np.array([[-90.04]], np.float32), grid)).values.tolist()
    [[-90.0]]
    """
    return Field(np.round(field.values, DIGITS), field.grid)


def write(signal: Mapping[str, Field], folder: Path, services: Mapping[str, Any]) -> None:
    """Write ``signal_<service>.tif`` for each service.

    Parameters
    ----------
    signal
        ``result.signal``.
    folder
        Where to.
    services
        Of the manifest: names and units.

    Examples
    --------
    >>> import tempfile
    >>> from affine import Affine
    >>> grid = rasters.Grid("EPSG:4326", Affine(1, 0, 105, 0, -1, 22), (1, 1))
    >>> field = Field(np.array([[-90.04]], np.float32), grid)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write({"mobile": field}, Path(folder), {"mobile": {"name_en": "mobile"}})
    ...     [path.name for path in files(Path(folder)).values()]
    ['signal_mobile.tif']
    """
    for key, field in signal.items():
        about = services[key]
        bands = {str(about.get("name_en") or key): rounded(field)}
        unit = str(about.get("unit") or "dBm")
        rasters.write_cog(folder / f"{_PREFIX}{key}.tif", bands, unit=unit, service=key)


def files(folder: Path) -> dict[str, Path]:
    """Find the rasters of a result, by service.

    Examples
    --------
    >>> files(Path("absent"))
    {}
    """
    found = sorted(folder.glob(f"{_PREFIX}*.tif"))
    return {path.stem.removeprefix(_PREFIX): path for path in found}
