"""Any vector file to a table in WGS 84, with every fault of its rows told."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from . import schema, shapes
from .faults import BadInput, Fault, of_rows
from .files import AGAIN, FILES, open_table
from .shapes import WGS84
from .source import Source

_SHOWN_VALUES, _SHOWN = 8, 40
"""Values of a column that are named in a message, and letters of each."""


def read(source: Source, table: str, kinds: set[str]) -> gpd.GeoDataFrame:
    """Read a vector layer, check it against the data dictionary, and bring it to WGS 84.

    Parameters
    ----------
    source : Source
        GeoParquet, GeoPackage, GeoJSON, shapefile, a folder of GeoJSON, a CSV with ``lon`` and
        ``lat`` in degrees, or a GeoDataFrame. Options of all of them: ``crs``, ``swap_axes``,
        ``make_valid``, ``encoding``, ``separator``, ``decimal``, ``layer``, and ``keep``, a table
        of columns and the values whose rows are kept.
    table : str
        The table's name in the data dictionary.
    kinds : set of str
        Geometry types that belong here, such as ``{"Polygon", "MultiPolygon"}``.

    Returns
    -------
    GeoDataFrame
        In EPSG:4326, documented columns under their documented names; its index is the number of
        the record in the source, 0 = first.

    Raises
    ------
    BadInput
        With all faults of the file.

    Examples
    --------
    >>> places = pd.DataFrame({"name": ["A"], "lon": [105.0], "lat": [21.0]})
    >>> read(Source(places, "places"), "places", {"Point"}).geometry.iloc[0].wkt
    'POINT (105 21)'
    """
    raw = open_table(source)
    frame = _kept(_rename(raw, source), source)
    try:
        return _checked(frame, table, kinds, source)
    except BadInput as error:
        raise BadInput(_placed(error.faults, frame, raw.attrs.get(FILES, []))) from error


def _checked(frame: pd.DataFrame, table: str, kinds: set[str], source: Source) -> gpd.GeoDataFrame:
    faults = schema.check(frame, table, source.label)
    if isinstance(frame, gpd.GeoDataFrame):
        faults += shapes.check_present(frame, source.label)
        drawn = frame
    else:
        drawn, more = _from_lonlat(frame, source.label)
        faults += more
    if drawn is not None:
        drawn, more = shapes.located(drawn, source)
        faults += more + shapes.check(drawn, kinds, source)
    if faults or drawn is None:
        raise BadInput(faults)
    mended = shapes.mended(drawn, source, keyed=table == "communes")
    if mended.empty:
        found = "geometries of which nothing is left when they are made valid"
        raise BadInput([Fault(source.label, found, "at least one", AGAIN, column="geometry")])
    return schema.typed(shapes.in_wgs84(mended, source.label), table)


def read_table(source: Source, table: str, *, may_be_empty: bool = False) -> pd.DataFrame:
    """Read a table without geometry and check it against the data dictionary.

    Parameters
    ----------
    source : Source
        A CSV file, Parquet file or DataFrame.
    table : str
        The table's name in the data dictionary.
    may_be_empty : bool
        Whether a table without rows is right.

    Returns
    -------
    DataFrame
        Its index is the number of the record in the source, 0 = first.

    Raises
    ------
    BadInput
        With all faults of the file.

    Examples
    --------
    >>> totals = pd.DataFrame({"commune_code": ["00004"], "people": [12.0]})
    >>> len(read_table(Source(totals, "totals"), "commune_totals"))
    1
    """
    raw = _rename(open_table(source), source, may_be_empty=may_be_empty)
    frame = raw if raw.empty else _kept(raw, source)
    faults = schema.check(frame, table, source.label)
    if faults:
        raise BadInput(_placed(faults, frame, []))
    return schema.typed(frame, table)


def _placed(
    faults: Sequence[Fault], frame: pd.DataFrame, parts: Sequence[tuple[str, int]]
) -> list[Fault]:
    """Name file, row and column as the source does: rows may be left out, files be parts."""
    ends = list(accumulate(rows for _, rows in parts))
    shape = "geometry" if isinstance(frame, gpd.GeoDataFrame) else "lon, lat"
    placed: list[Fault] = []
    for told in faults:
        fault = replace(told, column=shape) if told.column == "geometry" else told
        if fault.row is not None:
            record = int(frame.index[fault.row - 1])
            part = int(np.searchsorted(ends, record, side="right"))
            start = ends[part - 1] if part else 0
            name = parts[part][0] if parts else fault.file
            fault = replace(fault, file=name, row=record - start + 1)
        placed.append(fault)
    return placed


def _rename(frame: pd.DataFrame, source: Source, *, may_be_empty: bool = False) -> pd.DataFrame:
    """Give documented columns their documented names, all text its composed form (NFC)."""
    if frame.empty and not may_be_empty:
        raise BadInput([Fault(source.label, "no rows", "at least one", AGAIN)])
    faults = [
        Fault(
            source.label,
            schema.listed(frame),
            f"a column {theirs}",
            f"Mend columns = {{ {ours} = ... }} of this layer in the study.",
            column=theirs,
        )
        for ours, theirs in source.columns.items()
        if theirs not in frame
    ]
    if faults:
        raise BadInput(faults)
    named = frame.assign(**{ours: frame[theirs] for ours, theirs in source.columns.items()})
    text = named.select_dtypes(include=["object", "string"]).columns
    return named.assign(**{str(name): named[name].map(composed) for name in text})


def composed(value: Any) -> Any:
    """Write letters and their marks as one (Unicode NFC); what is no text stays.

    Examples
    --------
    >>> len(composed("e\u0301"))
    1
    """
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def _kept(frame: pd.DataFrame, source: Source) -> pd.DataFrame:
    """Keep the rows that the option ``keep = { column = [values] }`` names."""
    for name, values in source.options.get("keep", {}).items():
        if name not in frame:
            wanted = f"a column {name}, by which the study keeps rows"
            repair = f"Mend keep = {{ {name} = ... }} of this layer in the study."
            raise BadInput([Fault(source.label, schema.listed(frame), wanted, repair, column=name)])
        wanted = values if isinstance(values, list) else [values]
        rows, option = is_one_of(frame[name], wanted), f"keep = {{ {name} = ... }}"
        check_filter(frame[name], rows, source, wanted=f"one of {wanted}", option=option)
        frame = frame[rows]
    return frame


def is_one_of(values: pd.Series, wanted: list[str | float]) -> pd.Series:
    """Tell which values are wanted, whether a file has numbers as numbers or as text.

    Examples
    --------
    >>> is_one_of(pd.Series(["700", "3500", None]), [700.0]).tolist()
    [True, False, False]
    >>> is_one_of(pd.Series([4, 1]), ["4"]).tolist()
    [True, False]
    """
    numbers = [one for one in wanted if isinstance(one, int | float)]
    rows = values.isin(wanted) | values.astype(str).isin([str(one) for one in wanted])
    return rows | pd.to_numeric(values, errors="coerce").isin(numbers) if numbers else rows


def check_filter(
    values: pd.Series, rows: pd.Series, source: Source, *, wanted: str, option: str
) -> None:
    """Refuse an option that keeps no row: nothing known is not the same as nothing there.

    Parameters
    ----------
    values : Series
        The column that the option goes by.
    rows : Series of bool
        The rows that it keeps.
    source : Source
        Where the table comes from.
    wanted : str
        What the option asks for, in words.
    option : str
        The option, as it stands in the study.

    Raises
    ------
    BadInput
        When no row is kept.

    Examples
    --------
    >>> kv = pd.Series([110, 500], name="voltage_kv")
    >>> lines = Source(kv.to_frame(), "lines")
    >>> check_filter(kv, kv < 300, lines, wanted="at most 300 kV", option="max_kv")
    >>> check_filter(kv, kv < 36, lines, wanted="at most 35 kV", option="max_kv")
    Traceback (most recent call last):
    deadzones.geodata.faults.BadInput: lines, column voltage_kv: found only the values 110, 500; ...
    """
    if rows.any():
        return
    there = values.dropna().drop_duplicates()
    shown = [repr(value)[:_SHOWN] for value in there.head(_SHOWN_VALUES).tolist()]
    more = f" and {len(there) - _SHOWN_VALUES} more" if len(there) > _SHOWN_VALUES else ""
    found = f"only the values {', '.join(shown)}{more}" if shown else "no value in any row"
    repair = f"Mend {option} of this layer in the study, or take the layer out."
    asked = f"{wanted}, which the study keeps"
    raise BadInput([Fault(source.label, found, asked, repair, column=str(values.name))])


def _from_lonlat(frame: pd.DataFrame, file: str) -> tuple[gpd.GeoDataFrame | None, list[Fault]]:
    """Make points of the columns ``lon`` and ``lat``; None where one of them is not there."""
    faults: list[Fault] = []
    xy: list[np.ndarray] = []
    for name in ("lon", "lat"):
        if name not in frame:
            meaning = {"lon": "longitude, in degrees", "lat": "latitude, in degrees"}[name]
            faults += schema.absent(name, meaning, frame, file)
            continue
        numbers = pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=float)
        bad = ~np.isfinite(numbers)
        faults += of_rows(
            file,
            np.flatnonzero(bad) + 1,
            frame[name][bad],
            column=name,
            wanted="a number of degrees with a decimal point",
            repair=schema.WITH_POINT,
        )
        xy.append(np.where(bad, np.nan, numbers))
    if len(xy) < 2:
        return None, faults
    points = gpd.GeoSeries.from_xy(xy[0], xy[1], index=frame.index, crs=WGS84)
    points = points.where(np.isfinite(xy).all(axis=0))
    return gpd.GeoDataFrame(frame, geometry=points), faults
