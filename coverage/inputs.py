"""The layers of a study, read and held against each other; all faults told at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from ..geodata.faults import BadInput, Fault
from ..geodata.rasters import Raster
from ..geodata.readers import READERS
from . import costs, layer_checks, study_file
from .services import SERVICES
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
        return layer_checks.of_role(self.layers, role)


Step = Callable[[str], None]
"""Told what is being done, in a few words."""
Known = Callable[[Layer, str], bool]
"""Tells of a layer and the hash of its bytes whether they were checked before."""


def check(path: Path, tell: Step = lambda _: None) -> list[Fault]:
    """Look into a study file and every layer that it names; return all faults.

    Examples
    --------
    >>> [fault.found for fault in check(Path("absent.toml"))]
    ['no such file']
    """
    study, faults = study_file.inspect(path)
    return faults + (read_all(study, tell)[1] if study is not None else [])


def load(study: Study, tell: Step = lambda _: None, known: Known = lambda *_: False) -> Inputs:
    """Read all layers of a study.

    Parameters
    ----------
    study : Study
    tell : callable
        Called with what is being done.
    known : callable
        Told the words on a layer and the hash of its bytes: whether they were found sound before.

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
    inputs, faults = read_all(study, tell, known)
    if inputs is None:
        missing = Fault(study.name, "no layer of communes", "one", "Add [layers.communes].")
        raise BadInput(faults or [missing])
    return inputs


def read_all(
    study: Study, tell: Step, known: Known = lambda *_: False
) -> tuple[Inputs | None, list[Fault]]:
    """Read what can be read, and tell all faults; there are no inputs where there is a fault.

    Examples
    --------
    >>> read_all(Study.model_construct(name="a", layers={}), print)[0] is None
    True
    """
    layers: dict[str, LayerData] = {}
    faults: list[Fault] = []
    with ThreadPoolExecutor(1) as beside:
        hashes = {
            name: beside.submit(study.source_of(spec).sha256) for name, spec in study.layers.items()
        }
        for name, spec in study.layers.items():
            tell(f"reading {name}")
            try:
                layers[name] = _read(name, spec, study, hashes[name], known)
            except BadInput as error:
                faults += error.faults
    prices, more = _prices(study)
    faults += more
    communes, more = _communes(study, layers)
    faults += more + layer_checks.apart(layers) + layer_checks.strangers(layers)
    faults += layer_checks.unplaced(layers)
    faults += layer_checks.unpredictable(study, layers)
    if communes is not None and not faults:
        faults += layer_checks.unpeopled(layers, communes)
    if communes is None or faults:
        return None, faults
    return Inputs(study, layers, communes, prices), []


def _read(name: str, spec: Layer, study: Study, sha256: Future[str], known: Known) -> LayerData:
    source = study.source_of(spec)
    if isinstance(source.data, Path) and not (source.data.is_file() or source.data.is_dir()):
        raise BadInput([Fault(source.label, "no such file", "a file", "Check the path.")])
    # What cannot be hashed cannot be read either, and the reader tells of it in plain words.
    sound = sha256.exception() is None and known(spec, sha256.result())
    data = READERS[spec.reader](replace(source, sound=sound))
    return LayerData(name, spec, data, sha256.result())


def _prices(study: Study) -> tuple[pd.DataFrame, list[Fault]]:
    """Read the cost table; every item that the study's services may need must be in it."""
    given = study.costs.path
    path = None if given is None else study.folder / given
    try:
        prices = costs.read(path, study.costs.column)
    except BadInput as error:
        return pd.DataFrame(), error.faults
    needed: set[str] = set()
    for service in (SERVICES[rule.type] for rule in study.services.values()):
        needed |= {item for remedy in service.remedies for item in remedy.items}
        needed |= set(service.supply.items if service.supply else ())
    found = "the items " + ", ".join(map(str, prices.index[:40]))
    repair = "Add it; see coverage/costs.csv."
    return prices, [
        Fault(str(given), found, f"an item {item}", repair, column="item")
        for item in sorted(needed - set(prices.index))
    ]


def _communes(
    study: Study, layers: Mapping[str, LayerData]
) -> tuple[gpd.GeoDataFrame | None, list[Fault]]:
    """Return the communes of the study's area."""
    found = layer_checks.of_role(layers, "communes")
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
    found_text = f"communes from {layer_checks.span(table.total_bounds)}"
    return None, [Fault(label, found_text, wanted, "Mend area.bbox.", column="geometry")]
