"""Geometries held against what a layer needs: every fault told with its row."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from pyproj.exceptions import CRSError, ProjError

from ._vn2000 import by_pinned_datum
from ._vn2000_datum import is_vn2000
from .faults import BadInput, Fault, of_rows
from .source import Source

WGS84 = "EPSG:4326"
_SYSTEM = 'Give the right coordinate system: crs = "EPSG:..." in the layer\'s options.'
_MEND = "Mend or remove the rows."
SWAP = "Swap them in the file, or say options = { swap_axes = true } for this layer."


def check(frame: gpd.GeoDataFrame, kinds: set[str], source: Source) -> list[Fault]:
    """Tell all faults of the geometries of a layer; rows without one are passed over.

    Parameters
    ----------
    frame : GeoDataFrame
        In any coordinate system, or in none.
    kinds : set of str
        Geometry types that belong here.
    source : Source
        Where it comes from.

    Returns
    -------
    list of Fault

    Examples
    --------
    >>> bow = shapely.from_wkt("POLYGON ((105 21, 106 22, 106 21, 105 22, 105 21))")
    >>> frame = gpd.GeoDataFrame(geometry=[bow], crs=4326)
    >>> check(frame, {"Polygon"}, Source(frame, "areas"))[0].found
    'Self-intersection[105.5 21.5]'
    """
    geometry = frame.geometry.to_numpy()
    finite = _is_finite(geometry)
    faults = _check_kinds(geometry, kinds, source.label)
    faults += of_rows(
        source.label,
        np.flatnonzero(~finite) + 1,
        np.repeat("a coordinate that is not a finite number", int((~finite).sum())),
        column="geometry",
        wanted="finite coordinates",
        repair=_MEND,
        in_words=True,
    )
    if frame.crs is None:
        faults.append(
            Fault(source.label, "no coordinate system", "one, such as EPSG:4326", _SYSTEM)
        )
    else:
        drawn = finite & ~(shapely.is_missing(geometry) | shapely.is_empty(geometry))
        bounds = shapely.bounds(np.where(drawn, geometry, None))
        faults += check_place(bounds, frame.crs, source.label)
    if not source.options.get("make_valid"):
        faults += _check_validity(geometry, finite, source.label)
    return faults


def check_present(frame: gpd.GeoDataFrame, file: str) -> list[Fault]:
    """Tell of the rows that have no geometry.

    Examples
    --------
    >>> frame = gpd.GeoDataFrame(geometry=[None], crs=4326)
    >>> check_present(frame, "areas.gpkg")[0].row
    1
    """
    geometry = frame.geometry.to_numpy()
    bare = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    return of_rows(
        file,
        np.flatnonzero(bare) + 1,
        np.repeat("no geometry, or one that cannot be built", int(bare.sum())),
        column="geometry",
        wanted="a geometry in every row",
        repair=_MEND,
        in_words=True,
    )


def _is_finite(geometry: np.ndarray) -> np.ndarray:
    xy, owner = shapely.get_coordinates(geometry, return_index=True)
    finite = np.ones(len(geometry), dtype=bool)
    finite[owner[~np.isfinite(xy).all(axis=1)]] = False
    return finite


def _check_kinds(geometry: np.ndarray, kinds: set[str], file: str) -> list[Fault]:
    names = gpd.GeoSeries(geometry).geom_type.to_numpy()
    bad = ~(np.isin(names.astype(str), list(kinds)) | shapely.is_missing(geometry))
    return of_rows(
        file,
        np.flatnonzero(bad) + 1,
        names[bad],
        column="geometry",
        wanted=" or ".join(sorted(kinds)),
        repair="Choose the right layer of the file, or another reader.",
        in_words=True,
    )


def check_place(bounds: np.ndarray, crs: pyproj.CRS, file: str, swap: str = SWAP) -> list[Fault]:
    """Tell of coordinates that cannot be of their system: degrees for metres, swapped axes.

    Parameters
    ----------
    bounds : ndarray, shape (n, 4)
        West, south, east, north of n things; NaN where there is nothing.
    crs : pyproj.CRS
        The system that they are said to be in.
    file : str
        The file to name in the faults.
    swap : str
        What to do about swapped axes.

    Returns
    -------
    list of Fault

    Examples
    --------
    >>> box = np.array([[21.0, 105.0, 22.0, 106.0]])
    >>> check_place(box, pyproj.CRS(4326), "a.gpkg")[0].wanted
    'x = longitude, y = latitude'
    """
    if not (crs.is_geographic or crs.is_projected):
        found = f"the system {crs.name}, which places nothing on a map"
        return [Fault(file, found, "a geographic or a projected system", _SYSTEM)]
    size = np.abs(bounds).reshape(-1, 2, 2).max(axis=1)  # of x and of y
    small = (size <= 180.0).all(axis=1)
    there = np.isfinite(size).all(axis=1)
    if not crs.is_geographic:
        unit = str(crs.axis_info[0].unit_name) if crs.axis_info else "metre"
        found = f"degrees, in {crs.name}, whose unit is the {unit}"
        wanted = "metres" if unit == "metre" else f"numbers whose unit is the {unit}"
        return _of_bounds(file, bounds, there & small, found, wanted, _SYSTEM)
    swapped = there & small & (size[:, 1] > 90.0)
    kind = "metres" if (size[there] > 360.0).any() else "degrees beyond 180"
    faults = _of_bounds(file, bounds, there & ~small, kind, "degrees from -180 to 180", _SYSTEM)
    return faults + _of_bounds(
        file,
        bounds,
        swapped,
        "latitudes beyond 90 degrees, so the axes are swapped",
        "x = longitude, y = latitude",
        swap,
    )


def _of_bounds(
    file: str, bounds: np.ndarray, bad: np.ndarray, found: str, wanted: str, repair: str
) -> list[Fault]:
    """Tell a fault once where all rows have it, else row by row."""
    if not bad.any():
        return []
    there = np.isfinite(bounds).all(axis=1)
    if (bad == there).all():
        (west, south), (east, north) = bounds[bad, :2].min(axis=0), bounds[bad, 2:].max(axis=0)
        span = f"{found} (x from {west:.6g} to {east:.6g}, y from {south:.6g} to {north:.6g})"
        return [Fault(file, span, wanted, repair, column="geometry")]
    shown = [f"{found} (x = {west:.6g}, y = {south:.6g})" for west, south in bounds[bad, :2]]
    rows = np.flatnonzero(bad) + 1
    return of_rows(
        file, rows, shown, column="geometry", wanted=wanted, repair=repair, in_words=True
    )


def _check_validity(geometry: np.ndarray, finite: np.ndarray, file: str) -> list[Fault]:
    with np.errstate(all="ignore"):  # numbers beyond all bounds are told as such
        bad = finite & ~(shapely.is_missing(geometry) | shapely.is_valid(geometry))
        reasons = shapely.is_valid_reason(geometry[bad])
    return of_rows(
        file,
        np.flatnonzero(bad) + 1,
        reasons,
        column="geometry",
        wanted="a valid geometry",
        repair="Mend them, or say options = { make_valid = true } for this layer.",
        in_words=True,
    )


def located(frame: gpd.GeoDataFrame, source: Source) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Apply the options ``swap_axes`` and ``crs``.

    Examples
    --------
    >>> frame = gpd.GeoDataFrame(geometry=[shapely.Point(21, 105)], crs=4326)
    >>> swapped, _ = located(frame, Source(frame, "a", options={"swap_axes": True}))
    >>> swapped.geometry.iloc[0].wkt
    'POINT (105 21)'
    """
    if source.options.get("swap_axes"):
        swapped = shapely.transform(frame.geometry.to_numpy(), lambda xy: xy[:, ::-1])
        frame = frame.set_geometry(gpd.GeoSeries(swapped, index=frame.index, crs=frame.crs))
    told = source.options.get("crs")
    if told is None:
        return frame, []
    try:
        return frame.set_crs(told, allow_override=True), []
    except CRSError:
        wanted = "a known code such as EPSG:4326"
        return frame, [Fault(source.label, f"crs {told!r}", wanted, _SYSTEM)]


def mended(frame: gpd.GeoDataFrame, source: Source, *, keyed: bool) -> gpd.GeoDataFrame:
    """Make geometries valid where the study asks for it, and leave a receipt.

    Parameters
    ----------
    frame : GeoDataFrame
    source : Source
    keyed : bool
        Whether no row may be lost. Else rows of which nothing is left, such as lines without
        length, are taken out.

    Raises
    ------
    BadInput
        When nothing is left of a row that may not be lost.

    Examples
    --------
    >>> bow = shapely.from_wkt("POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))")
    >>> frame = gpd.GeoDataFrame(geometry=[bow], crs=4326)
    >>> mended(frame, Source(frame, "a", options={"make_valid": True}), keyed=True).attrs
    {'receipt': '1 invalid geometries made valid'}
    """
    if not source.options.get("make_valid"):
        return frame
    invalid = ~frame.geometry.is_valid
    shapes = frame.geometry.make_valid(method="structure", keep_collapsed=False)
    gone = shapes.is_empty.to_numpy()
    if keyed and gone.any():
        found = np.repeat(
            "a geometry of which nothing is left when it is made valid", int(gone.sum())
        )
        rows, wanted = np.flatnonzero(gone) + 1, "a geometry with an area"
        raise BadInput(
            of_rows(
                source.label,
                rows,
                found,
                column="geometry",
                wanted=wanted,
                repair=_MEND,
                in_words=True,
            )
        )
    receipt = f"{int(invalid.sum())} invalid geometries made valid"
    receipt += f", {int(gone.sum())} of them left out: nothing remained" if gone.any() else ""
    whole = frame.set_geometry(shapes)[~gone]
    whole.attrs["receipt"] = receipt
    return whole


def in_wgs84(frame: gpd.GeoDataFrame, file: str) -> gpd.GeoDataFrame:
    """Bring a layer to WGS 84.

    Raises
    ------
    BadInput
        When its coordinates lie where its system does not reach.

    Examples
    --------
    >>> frame = gpd.GeoDataFrame(geometry=[shapely.Point(500000, 2322000)], crs=32648)
    >>> round(in_wgs84(frame, "a.gpkg").geometry.iloc[0].x, 9)
    105.0
    """
    assert frame.crs is not None
    system, wanted = frame.crs.name, "coordinates within the reach of their system"
    try:
        known = is_vn2000(frame.crs)
        moved = by_pinned_datum(frame) if known else frame.to_crs(WGS84)
    except ProjError as error:
        found = f"{system}, from which nothing leads to WGS 84 ({error})"
        raise BadInput([Fault(file, found, "a system on Earth", _SYSTEM)]) from error
    bad = ~_is_finite(moved.geometry.to_numpy())
    if bad.any():
        bounds = np.where(bad[:, None], frame.geometry.bounds.to_numpy(), np.nan)
        found = f"coordinates that {system} does not reach"
        raise BadInput(_of_bounds(file, bounds, bad, found, wanted, _SYSTEM))
    return moved
