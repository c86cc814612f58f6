"""From the units of one date to those of another, by the land or the people that they share."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from . import _masses, rasters, shapes
from . import grid as grids
from ._vn2000 import by_pinned_datum
from ._vn2000_datum import is_vn2000
from .faults import BadInput, Fault, of_rows
from .grid import Grid
from .rasters import Field, Raster
from .source import Source

CODE = "commune_code"
TOLERANCE = 0.01
"""Of a unit: two surveys draw the same border as differently as that."""

Weight = str | Path | Raster | Field | tuple[Grid, np.ndarray] | gpd.GeoDataFrame
"""``"area"``, the path of a raster, a raster, or points."""


def crosswalk(old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, *, weight: Weight) -> pd.DataFrame:
    """Find which share of each old unit went into which new one.

    Parameters
    ----------
    old, new : GeoDataFrame
        Valid polygons in any coordinate systems; codes as text in a column ``commune_code``, or
        else in the index.
    weight : str, Path, Raster, Field, tuple or GeoDataFrame
        What is shared out: ``"area"``; or people: a raster of persons per cell (a file, or a grid
        and its values), or points with a column ``people`` (persons; without it each counts one).

    Returns
    -------
    DataFrame
        A row for every old unit and new unit with land in common. ``old_code``; ``new_code``, null
        for the part that lies in no new unit; ``share`` of the old unit, which sum to 1;
        ``people`` or ``area_m2`` (on the ellipsoid), the mass that moves, null where no cell of
        the raster is known; ``share_by``: what the shares are of, ``"people"`` or ``"area"``.

    Raises
    ------
    BadInput
        With all faults of both layers: codes that are no text or not unique, no or invalid
        polygons; people below zero.

    Notes
    -----
    Masses are integrals in double precision, so that those of a to b and of b to a are transposes,
    and what the units of a layer hold is conserved. Land that n units of a layer claim counts 1/n
    in each. An old unit in which nobody is counted is shared out by area, and says so.

    Examples
    --------
    >>> import shapely
    >>> whole, parts = [(0, 0, 4, 1)], [(0, 0, 3, 1), (3, 0, 4, 0.5)]
    >>> old, new = (
    ...     gpd.GeoDataFrame(geometry=[shapely.box(*box) for box in boxes], crs=4326)
    ...     for boxes in (whole, parts)
    ... )
    >>> old, new = old.set_axis(["90001"]), new.set_axis(["90002", "90003"])
    >>> crosswalk(old, new, weight="area")[["new_code", "share"]].round(3).to_numpy().tolist()
    [['90002', 0.75], ['90003', 0.125], [nan, 0.125]]
    """
    here, there = _checked(old, "old"), _checked(new, "new")
    mass, table = _massed(here, there, weight)
    total = table.groupby("old")["mass"].transform("sum")
    land = table["area_m2"] / table.groupby("old")["area_m2"].transform("sum")
    counted = total > 0.0
    share = (table["mass"].fillna(0.0) / total.where(counted)).where(counted, land)
    by_area = np.full(len(table), mass == "area_m2") | ~counted.to_numpy()
    codes = np.array([*there.index, None], dtype=object)  # -1 takes the last: no unit
    return pd.DataFrame(
        {
            "old_code": here.index.to_numpy()[table["old"]],
            "new_code": pd.Series(codes[table["new"]], dtype="str"),
            "share": share,
            mass: table["mass"],
            "share_by": np.where(by_area, "area", "people"),
        }
    ).sort_values(["old_code", "new_code"], ignore_index=True)


def unchanged(crosswalk: pd.DataFrame, *, tolerance: float = TOLERANCE) -> pd.Series:
    """Find the units that went whole into a new unit of which they are the whole.

    Parameters
    ----------
    crosswalk : DataFrame
        As :func:`crosswalk` gives it.
    tolerance : float
        Share of either unit that may differ: borders are never drawn twice alike.

    Returns
    -------
    Series
        New code by old code.

    Examples
    --------
    >>> rows = {"old_code": ["1", "2", "3"], "new_code": ["7", "8", "8"], "share": [1.0, 1.0, 1.0]}
    >>> unchanged(pd.DataFrame(rows).assign(people=10.0)).to_dict()
    {'1': '7'}
    """
    moved = crosswalk[crosswalk["new_code"].notna()]
    mass = moved[mass_of(crosswalk)].fillna(0.0)
    of_new = mass / mass.groupby(moved["new_code"]).transform("sum")
    least = 1.0 - tolerance
    same = moved[(moved["share"] >= least) & (of_new >= least)]
    return same.set_index("old_code")["new_code"]


def mass_of(crosswalk: pd.DataFrame) -> str:
    """Name the column of what moves.

    Raises
    ------
    ValueError
        If the table is no crosswalk.

    Examples
    --------
    >>> columns = ["old_code", "new_code", "share", "people"]
    >>> mass_of(pd.DataFrame(columns=columns))
    'people'
    """
    for name in ("people", "area_m2"):
        if {"old_code", "new_code", "share", name} <= set(crosswalk.columns):
            return name
    raise ValueError(
        "wanted a crosswalk, with the columns old_code, new_code, share and people or area_m2; "
        f"found {', '.join(map(str, crosswalk.columns)) or 'no column'}"
    )


def _massed(
    old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, weight: Weight
) -> tuple[str, pd.DataFrame]:
    """Name the mass that moves, and measure it for every pair."""
    if isinstance(weight, str) and weight == "area":
        return "area_m2", _masses.by_area(old, new)
    if isinstance(weight, gpd.GeoDataFrame):
        people = _people_at(weight)
        return "people", _masses.by_points(old, new, _placed(weight), people)
    if isinstance(weight, str | Path):
        path = Path(weight)
        weight = rasters.open_raster(Source(path, str(weight)), low=0.0, what="people")
    if isinstance(weight, Raster):
        grid, people = _read(weight, old)
    else:
        field = weight if isinstance(weight, Field) else Field(weight[1], weight[0])
        grid, people = field.grid, field.values  # noqa: PD011
    return "people", _masses.by_raster(old, new, _counted(people, grid), grid)


def _read(raster: Raster, units: gpd.GeoDataFrame) -> tuple[Grid, np.ndarray]:
    """Read what of a raster lies around units; nothing of one that lies elsewhere."""
    west, south, east, north = units.to_crs(grids.pinned(raster.grid.crs)).total_bounds
    block = grids.window(raster.grid, (west, south, east, north)) or (slice(0, 1), slice(0, 1))
    return grids.part(raster.grid, *block), rasters.read_part(raster, *block)


def _counted(people: np.ndarray, grid: Grid) -> np.ndarray:
    counts = np.asarray(people, dtype=np.float64)
    if counts.shape != grid.shape:
        raise ValueError(
            f"people of the shape {counts.shape}; wanted that of the grid, {grid.shape}"
        )
    bad = (counts < 0.0) | np.isinf(counts)
    if bad.any():
        found, repair = f"{counts[bad].min():g}", "Make what is unknown NaN."
        raise BadInput([Fault("weight", found, "people >= 0", repair)])
    return counts


def _people_at(points: gpd.GeoDataFrame) -> np.ndarray:
    faults = shapes.check(points, {"Point"}, Source(points, "weight"))
    faults += shapes.check_present(points, "weight")
    people = np.ones(len(points))
    if "people" in points:
        told = points["people"]
        numbers = pd.to_numeric(told, errors="coerce")
        people = numbers.to_numpy(dtype=float, na_value=np.nan)
        wrong = (people < 0.0) | np.isinf(people) | (numbers.isna() & told.notna()).to_numpy()
        bad = np.flatnonzero(wrong)
        faults += of_rows(
            "weight",
            bad + 1,
            told.iloc[bad],
            column="people",
            wanted="people >= 0",
            repair="Mend the count, or leave it empty where unknown.",
        )
    if faults:
        raise BadInput(faults)
    return people


def _checked(units: gpd.GeoDataFrame, label: str) -> gpd.GeoDataFrame:
    """Index a layer by its codes, and tell all its faults."""
    table = units.set_index(CODE) if CODE in units else units
    codes = pd.Series(table.index.to_numpy(), dtype=object)
    no_text = np.flatnonzero(~codes.map(lambda code: isinstance(code, str)).to_numpy(dtype=bool))
    faults = of_rows(
        label,
        no_text + 1,
        codes.iloc[no_text],
        column=CODE,
        wanted="codes as text, such as '00004', in a column commune_code or in the index",
        repair="Store the codes as text; leading zeros are part of them.",
    )
    twice = np.flatnonzero(codes.duplicated().to_numpy())
    faults += of_rows(
        label,
        twice + 1,
        codes.iloc[twice],
        column=CODE,
        wanted="each code once",
        repair="Take the units of one date only, and dissolve a unit of several rows.",
    )
    faults += shapes.check(table, {"Polygon", "MultiPolygon"}, Source(table, label))
    faults += shapes.check_present(table, label)
    if faults:
        raise BadInput(faults)
    return _placed(table)


def _placed(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Bring a layer on VN-2000 to WGS 84: left to PROJ, it lies 0.7 m off in the south."""
    on_vn2000 = layer.crs is not None and is_vn2000(layer.crs)
    return by_pinned_datum(layer) if on_vn2000 else layer
