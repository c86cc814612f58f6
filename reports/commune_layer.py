"""Communes and provinces for the page: simplified together, then packed.

The communes are simplified as one coverage, so neighbours keep one border between them, and
rounded after that. Province outlines are dissolved from the same simplified communes and
therefore run exactly on their borders.
"""

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from . import packing

FULL_DETAIL_VERTICES = 250_000  # a province at full resolution has fewer, a nation more
NATION_TOLERANCE_DEG = 0.001  # about 110 m: a pixel or two where a commune fills the screen
NATION_PRECISION_DEG = 1e-4  # about 11 m
FULL_PRECISION_DEG = 1e-5  # about 1 m


@dataclass(frozen=True)
class Detail:
    """How far drawn shapes may lie from the given ones.

    Attributes
    ----------
    tolerance_deg
        Largest shift by simplification, degrees; 0 means that nothing was simplified.
    precision_deg
        Unit of the stored coordinates, degrees.
    """

    tolerance_deg: float
    precision_deg: float


def detail(geometry: NDArray[Any]) -> Detail:
    """Choose how closely shapes are drawn, by their number of vertices.

    Parameters
    ----------
    geometry
        Shapely objects in degrees.

    Returns
    -------
    Detail
        Full detail up to ``FULL_DETAIL_VERTICES``, the nation's detail beyond.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> detail(np.array([shapely.box(0, 0, 1, 1)])).tolerance_deg
    0.0
    """
    if shapely.get_num_coordinates(geometry).sum() <= FULL_DETAIL_VERTICES:
        return Detail(0.0, FULL_PRECISION_DEG)
    return Detail(NATION_TOLERANCE_DEG, NATION_PRECISION_DEG)


def simplify(geometry: NDArray[Any], tolerance_deg: float) -> NDArray[Any]:
    """Simplify polygons as one coverage, so that shared borders stay shared.

    Parameters
    ----------
    geometry
        Polygons and multipolygons in degrees; others come back empty.
    tolerance_deg
        Square root of the area that may be cut at a vertex, degrees, as in
        ``shapely.coverage_simplify``; 0 changes nothing.

    Returns
    -------
    numpy.ndarray
        Shapes in the same order.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> simplify(np.array([shapely.box(0, 0, 1, 1)]), 0.1)[0].area
    1.0
    """
    polygonal = np.isin(shapely.get_type_id(geometry), (3, 6))
    out = np.full(len(geometry), shapely.Polygon(), dtype=object)
    chosen = geometry[polygonal]
    out[polygonal] = shapely.coverage_simplify(chosen, tolerance_deg) if tolerance_deg else chosen
    return out


def communes(
    table: gpd.GeoDataFrame, shapes: NDArray[Any], provinces: list[str], precision: float
) -> str:
    """Pack the communes with every number that the page can colour or tell.

    Parameters
    ----------
    table
        ``result.communes``, EPSG:4326.
    shapes
        The shapes to draw, one a row.
    provinces
        Province codes in the order of the province layer.
    precision
        Unit of the stored coordinates, degrees.

    Returns
    -------
    str
        Text for ``map_data.js``.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> table = gpd.GeoDataFrame(
    ...     {
    ...         "commune_name": ["Ba Đình"],
    ...         "province_code": ["01"],
    ...         "rank": [1],
    ...         "rank_tied": [False],
    ...     },
    ...     index=["00004"],
    ...     geometry=[shapely.box(105.81, 21.02, 105.85, 21.05)],
    ... )
    >>> text = communes(table, table.geometry.to_numpy(), ["01"], 1e-4)
    >>> text[:2]  # how deflated text begins
    'eN'
    """
    place = {code: row for row, code in enumerate(provinces)}
    columns: dict[str, list[Any]] = {
        "code": packing.values(table.index.to_series()),
        "name": packing.values(table["commune_name"]),
        **({"old": packing.values(table["old_names"])} if "old_names" in table else {}),
        "province": [place.get(str(code), -1) for code in table["province_code"]],
        "rank": packing.values(table["rank"], 0),
        "tied": [bool(tied) if pd.notna(tied) else False for tied in table["rank_tied"]],
        **_anchors(shapes),
        **_numbers(table),
    }
    return packing.pack(columns, shapes, precision)


def provinces(
    table: gpd.GeoDataFrame, shapes: NDArray[Any], province_codes: NDArray[Any], precision: float
) -> str:
    """Pack the outlines and numbers of the provinces, dissolved from drawn communes.

    Parameters
    ----------
    table
        ``result.provinces``, EPSG:4326.
    shapes
        The drawn communes.
    province_codes
        The province code of each drawn commune.
    precision
        Unit of the stored coordinates, degrees.

    Returns
    -------
    str
        Text for ``map_data.js``.

    Examples
    --------
    >>> import geopandas as gpd, numpy as np, shapely
    >>> shapes = np.array([shapely.box(105.81, 21.02, 105.85, 21.05)])
    >>> table = gpd.GeoDataFrame({"province_name": ["Hà Nội"]}, index=["01"], geometry=shapes)
    >>> provinces(table, shapes, np.array(["01"]), 1e-4)[:2]
    'eN'
    """
    outlines = np.array(
        [_dissolve(shapes[province_codes == code]) for code in table.index], dtype=object
    )
    columns: dict[str, list[Any]] = {
        "code": packing.values(table.index.to_series()),
        "name": packing.values(table["province_name"]),
        **_anchors(outlines),
        **_numbers(table),
    }
    return packing.pack(columns, outlines, precision)


def _dissolve(shapes: NDArray[Any]) -> Any:
    try:
        return shapely.coverage_union_all(shapes)
    except shapely.errors.GEOSException:  # borders that do not match: slower, but takes anything
        return shapely.union_all(shapely.make_valid(shapes))


def _numbers(table: pd.DataFrame) -> dict[str, list[Any]]:
    """People, area, score and every percentage; whole people, two decimals for the rest."""
    found: dict[str, list[Any]] = {}
    for name in table.columns:
        if name.endswith("_pct") or name == "score":
            found[name] = packing.shares(table[name])
        elif name in ("people", "dead_people"):
            found[name] = packing.values(table[name], 0)
        elif name == "area_km2":
            found[name] = packing.values(table[name], 2)
    return found


def _anchors(shapes: NDArray[Any]) -> dict[str, list[Any]]:
    """A point inside the largest piece of each shape: where its name is written."""
    pieces, owner = shapely.get_parts(shapes, return_index=True)
    filled = ~shapely.is_empty(pieces)
    pieces, owner = pieces[filled], owner[filled]
    largest = (
        pd.DataFrame({"owner": owner, "area": shapely.area(pieces)})
        .sort_values(["owner", "area"], ascending=[True, False], kind="stable")
        .drop_duplicates("owner")
        .index.to_numpy()
    )
    points = np.full(len(shapes), None, dtype=object)
    points[owner[largest]] = shapely.point_on_surface(pieces[largest])
    return {
        "lon": packing.values(pd.Series(shapely.get_x(points)), 4),
        "lat": packing.values(pd.Series(shapely.get_y(points)), 4),
    }
