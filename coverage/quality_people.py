"""What is wrong with totals of people that a study gives by commune, by what its raster says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from ..geodata import grid as grids
from ..geodata import population, rasters, zonal
from ..geodata.grid import EQUAL_AREA
from ..geodata.rasters import Raster
from .inputs import Inputs, LayerData

ENOUGH: Final = 30
"""Communes of which both numbers are known: fewer do not teach how the two relate; judgement."""

SEVERITY: Final = {
    "lost_zeros": "error",
    "too_many_digits": "error",
    "thousands_separator": "error",
    "permuted_row": "error",
    "impossible_density": "error",
    "part_of_unit": "warning",
    "unsure_digits": "warning",
    "zero_for_unknown": "warning",
    "disagrees": "note",
    "missing": "note",
}
"""By the fault that :func:`deadzones.geodata.population.repair` finds."""


def faults(layer: LayerData, inputs: Inputs) -> Iterator[tuple[str, str, list[str]]]:
    """Hold totals of communes against the raster of a study: severity, fault and codes.

    Parameters
    ----------
    layer : LayerData
        Nothing is said of a layer that is no table of totals; without a raster of people in the
        study, or with few communes, only what a number tells by itself.
    inputs : Inputs

    Yields
    ------
    tuple
        Nothing is changed: the totals are used as they are.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> sites = SimpleNamespace(spec=SimpleNamespace(reader="sites"))
    >>> list(faults(sites, SimpleNamespace(of=lambda role: [])))
    []
    """
    if layer.spec.reader != "commune_totals":
        return
    counted = [each.raster for each in inputs.of("people") if each.is_raster]
    published = _as_published(pd.DataFrame(layer.data)["people"].reindex(inputs.communes.index))
    raster = _sums(counted[0], inputs.communes) if counted else published * np.nan
    if ((published > 0.0) & (raster > 0.0)).sum() < ENOUGH:
        yield from _by_themselves(published)
        return
    table = pd.DataFrame(inputs.communes[["commune_name", "province_code"]])
    area = inputs.communes.geometry.to_crs(EQUAL_AREA).area / 1e6
    evidence = pd.DataFrame({"raster": raster, "area_km2": area})
    _, receipt = population.repair(table.assign(population_raw=published), evidence)
    for fault, rows in receipt.groupby("fault", sort=True):
        # Of boundaries, too, some may be missing.
        kind = "missing_people" if fault == "missing" else str(fault)
        yield SEVERITY[str(fault)], kind, rows["code"].astype(str).to_list()


def _by_themselves(published: pd.Series) -> Iterator[tuple[str, str, list[str]]]:
    """Tell of numbers that are no counts of people, whatever others say: 39.98, and 0."""
    for fault, rows in (
        ("thousands_separator", published % 1.0 > 0.0),
        ("zero_for_unknown", published == 0.0),
    ):
        if rows.any():
            yield SEVERITY[fault], fault, published.index[rows].astype(str).to_list()


def _as_published(people: pd.Series) -> pd.Series:
    """Round counts that have parts of persons: a model's, in which no digits were lost."""
    parts = (people != people.round(3)) | ((people >= 1000.0) & (people != people.round()))
    return people.round() if bool((parts & people.notna()).any()) else people


def _sums(raster: Raster, communes: gpd.GeoDataFrame) -> pd.Series:
    there = communes[["geometry"]].to_crs(grids.pinned(raster.grid.crs))
    west, south, east, north = there.total_bounds
    block = grids.window(raster.grid, (west, south, east, north))
    if block is None:
        return pd.Series(np.nan, communes.index)
    grid = grids.part(raster.grid, *block)
    plan = zonal.fractions(there, transform=grid.transform, shape=grid.shape, crs=grid.crs)
    return plan.sum(rasters.read_part(raster, *block))
