"""The layers of a study, read and held against each other; all faults told at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from ..geodata import grid as grids
from ..geodata.faults import BadInput, Fault, of_rows
from ..geodata.rasters import Raster
from ..geodata.readers import READERS
from . import costs, study_file
from .study import Layer, Study


@dataclass(frozen=True)
class LayerData:
    """One layer: what the study says of it, and what was read.

    Parameters
    ----------
    name : str
        The layer's name in the study.
    spec : Layer
        The study's words on it.
    data : GeoDataFrame, DataFrame or Raster
        What its reader gave.
    sha256 : str
        Of the bytes read.
    """

    name: str
    spec: Layer
    data: gpd.GeoDataFrame | pd.DataFrame | Raster
    sha256: str

    @property
    def label(self) -> str:
        """The layer's name in messages: its path, or of a table in memory its name."""
        path = self.spec.path
        return self.name if isinstance(path, pd.DataFrame) else str(path)

    @property
    def table(self) -> gpd.GeoDataFrame:
        """The data of a vector layer."""
        assert isinstance(self.data, gpd.GeoDataFrame)
        return self.data

    @property
    def raster(self) -> Raster:
        """The data of a raster layer."""
        assert isinstance(self.data, Raster)
        return self.data

    @property
    def is_raster(self) -> bool:
        """Whether the data is a raster."""
        return isinstance(self.data, Raster)


@dataclass(frozen=True)
class Inputs:
    """All layers of a study, and the communes of its area.

    Parameters
    ----------
    study : Study
    layers : mapping of str to LayerData
        By name, in the study's order.
    communes : GeoDataFrame
        Those of the study's area, in EPSG:4326, by code.
    prices : DataFrame
        The cost table, by item.
    """

    study: Study
    layers: Mapping[str, LayerData]
    communes: gpd.GeoDataFrame
    prices: pd.DataFrame

    def of(self, role: str) -> list[LayerData]:
        """Return the layers of a role."""
        return _of(self.layers, role)


Step = Callable[[str], None]
"""Told what is being done, in a few words."""


def check(path: Path, tell: Step = lambda _: None) -> list[Fault]:
    """Look into a study file and every layer that it names; return all faults.

    Examples
    --------
    >>> [fault.found for fault in check(Path("absent.toml"))]
    ['no such file']
    """
    study, faults = study_file.inspect(path)
    return faults + (read_all(study, tell)[1] if study is not None else [])


def load(study: Study, tell: Step = lambda _: None) -> Inputs:
    """Read all layers of a study.

    Parameters
    ----------
    study : Study
    tell : callable
        Called with what is being done.

    Returns
    -------
    Inputs

    Raises
    ------
    BadInput
        With all faults of all layers.

    Examples
    --------
    >>> load(Study.model_construct(name="a", layers={}))
    Traceback (most recent call last):
    deadzones.geodata.faults.BadInput: ...
    """
    inputs, faults = read_all(study, tell)
    if inputs is None:
        missing = Fault(study.name, "no layer of communes", "one", "Add [layers.communes].")
        raise BadInput(faults or [missing])
    return inputs


def read_all(study: Study, tell: Step) -> tuple[Inputs | None, list[Fault]]:
    """Read what can be read, and tell all faults; there are no inputs where there is a fault.

    Examples
    --------
    >>> read_all(Study.model_construct(name="a", layers={}), print)[0] is None
    True
    """
    layers: dict[str, LayerData] = {}
    faults: list[Fault] = []
    for name, spec in study.layers.items():
        tell(f"reading {name}")
        try:
            layers[name] = _read(name, spec, study)
        except BadInput as error:
            faults += error.faults
    prices, more = _prices(study)
    faults += more
    communes, more = _communes(study, layers)
    faults += more + _apart(layers) + _strangers(layers)
    if communes is not None and not faults:
        faults += _unpeopled(layers, communes)
    if communes is None or faults:
        return None, faults
    return Inputs(study, layers, communes, prices), []


def _read(name: str, spec: Layer, study: Study) -> LayerData:
    source = study.source_of(spec)
    if isinstance(source.data, Path) and not source.data.exists():
        raise BadInput([Fault(source.label, "no such file", "a file", "Check the path.")])
    return LayerData(name, spec, READERS[spec.reader](source), source.sha256())


def _prices(study: Study) -> tuple[pd.DataFrame, list[Fault]]:
    given = study.costs.path
    path = None if given is None else study.folder / given
    try:
        return costs.read(path, study.costs.column), []
    except BadInput as error:
        return pd.DataFrame(), error.faults


def _communes(
    study: Study, layers: Mapping[str, LayerData]
) -> tuple[gpd.GeoDataFrame | None, list[Fault]]:
    """Return the communes of the study's area."""
    found = _of(layers, "communes")
    if not found:
        return None, []
    table, area, label = found[0].table, study.area, found[0].label
    if area.provinces:
        codes = table["province_code"]
        known = ", ".join(sorted(codes.unique())[:40])
        faults = [
            Fault(
                label,
                f"the provinces {known}",
                f"province {code}, which the study's area names",
                "Mend area.provinces.",
                column="province_code",
            )
            for code in area.provinces
            if code not in set(codes)
        ]
        return table[codes.isin(area.provinces)], faults
    if area.bbox is None:
        return table, []
    touched = table[table.intersects(shapely.box(*area.bbox))]
    if not touched.empty:
        return touched, []
    wanted = f"communes that touch the bbox {list(area.bbox)}"
    found_text = f"communes from {_span(table.total_bounds)}"
    return None, [Fault(label, found_text, wanted, "Mend area.bbox.", column="geometry")]


def _of(layers: Mapping[str, LayerData], role: str) -> list[LayerData]:
    return [layer for layer in layers.values() if layer.spec.role == role]


def _apart(layers: Mapping[str, LayerData]) -> list[Fault]:
    """Tell of layers that lie wholly elsewhere than the communes; or that the communes do."""
    base = _of(layers, "communes")
    if not base:
        return []
    home = base[0].table.total_bounds
    others = [(layer, _bounds(layer.data)) for layer in layers.values() if layer is not base[0]]
    placed = [(layer, bounds) for layer, bounds in others if bounds is not None]
    away = [(layer, bounds) for layer, bounds in placed if not _overlap(home, bounds)]
    repair = "Check its coordinate system and its place, or take the layer out."
    if len(away) == len(placed) > 1:
        found, wanted = f"communes from {_span(home)}", "communes that meet any other layer"
        return [Fault(base[0].label, found, wanted, repair, column="geometry")]
    return [
        Fault(
            layer.label,
            f"data from {_span(bounds)}",
            f"data that meets the communes, {_span(home)}",
            repair,
            column=None if layer.is_raster else "geometry",
        )
        for layer, bounds in away
    ]


def _unpeopled(layers: Mapping[str, LayerData], communes: gpd.GeoDataFrame) -> list[Fault]:
    """Tell of a raster of people that no commune of the study's area meets."""
    people = _of(layers, "people")[0]
    if not people.is_raster:
        return []
    grid = people.raster.grid
    west, south, east, north = communes.to_crs(grid.crs).total_bounds
    if grids.window(grid, (west, south, east, north)) is not None:
        return []
    found = "a raster that no commune of the area meets"
    repair = "Check both layers' coordinate systems, or the area."
    return [Fault(people.label, found, "people where the communes are", repair)]


def _strangers(layers: Mapping[str, LayerData]) -> list[Fault]:
    """Tell of people counted for codes that no commune has."""
    faults: list[Fault] = []
    for totals in _of(layers, "people"):
        for communes in _of(layers, "communes"):
            if isinstance(totals.data, Raster) or totals.spec.reader != "commune_totals":
                continue
            codes = totals.data.index
            unknown = ~codes.isin(communes.table.index)
            faults += of_rows(
                totals.label,
                np.flatnonzero(unknown) + 1,
                codes[unknown],
                column="commune_code",
                wanted="the code of a commune of the communes layer",
                repair="Use tables of the same date, or take the row out.",
            )
    return faults


def _bounds(data: gpd.GeoDataFrame | pd.DataFrame | Raster) -> np.ndarray | None:
    if isinstance(data, Raster):
        move = pyproj.Transformer.from_crs(data.grid.crs, grids.WGS84, always_xy=True)
        west, south, east, north = data.grid.bounds
        return np.array(move.transform_bounds(west, south, east, north))
    return data.total_bounds if isinstance(data, gpd.GeoDataFrame) and len(data) else None


def _overlap(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3])


def _span(bounds: np.ndarray) -> str:
    west, south, east, north = bounds
    return f"{west:.3f} to {east:.3f} E, {south:.3f} to {north:.3f} N"
