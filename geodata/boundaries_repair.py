"""A valid coverage from boundaries that nearly are one, with a receipt."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from . import _boundary_places as places
from ._boundary_places import Floats, Ints, Shapes

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius (Moritz 2000)."""

SNAP_M = 1e-3
"""Corners that are nearer are one. Without it the cleaner can lose a whole commune (GEOS 3.14)."""

_ROUNDS = 3
_CHANGED_M2 = 1e-3


def repair(
    communes: gpd.GeoDataFrame, *, tolerance_m: float
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Make a valid coverage of communes: no overlaps, no narrow gaps, shared edges alike.

    Parameters
    ----------
    communes : GeoDataFrame
        Polygons in any coordinate system, with codes in a column ``commune_code`` or in the index.
    tolerance_m : float
        How far a border may move at most, metres. Holes that are narrower are closed; wider ones
        stay.

    Returns
    -------
    communes : GeoDataFrame
        The same rows, columns and coordinate system; what was right is not touched.
    receipt : DataFrame
        A row for each commune that changed: ``code, lost_m2, won_m2`` (on the ellipsoid),
        ``moved_m`` (the largest movement of its border), ``lost_to`` (codes, joined by ``;``) and
        ``mended``: whether it was invalid before, and is measured from what was made valid of it.

    Raises
    ------
    ValueError
        When ``tolerance_m`` is not positive, a commune has no geometry, or the repair would move a
        border by more than the tolerance or leave nothing of a commune: all are told, with the
        tolerance that they need.

    Notes
    -----
    Cleaned by GEOS's CoverageCleaner: overlaps and narrow gaps go to the commune with which they
    share the longest border. In degrees, the width of a gap is taken as at the middle latitude. A
    movement is the distance from a corner of the old border to the new one, or from a corner of the
    new to the old: the Hausdorff distance of the changed borders at their corners.

    Examples
    --------
    >>> boxes = [shapely.box(105, 21, 105.1, 21.1), shapely.box(105.09999, 21, 105.2, 21.1)]
    >>> two = gpd.GeoDataFrame({"commune_code": ["00001", "00002"]}, geometry=boxes, crs=4326)
    >>> whole, receipt = repair(two, tolerance_m=5.0)
    >>> bool(shapely.coverage_is_valid(whole.geometry.to_numpy()))
    True
    >>> print(receipt.round(1).to_string(index=False))
     code  lost_m2  won_m2  moved_m lost_to  mended
    00002  11507.5     0.0      1.0   00001   False
    """
    codes = places.codes_of(communes)
    before, crs = _checked(communes, codes, tolerance_m)
    metres = places.local_crs(communes)
    flat = gpd.GeoSeries(before, crs=crs).to_crs(metres).to_numpy()
    after = before
    for _ in range(_ROUNDS):
        if _is_whole(after, crs, metres, tolerance_m):
            break
        after = _cleaned(after, crs, tolerance_m)
    else:
        if not _is_whole(after, crs, metres, tolerance_m):
            raise ValueError(f"no valid coverage was found within {tolerance_m:g} m.")
    mended = ~shapely.is_valid(communes.geometry.to_numpy())
    changed = np.flatnonzero(mended | ~shapely.equals_exact(before, after, normalize=True))
    new = gpd.GeoSeries(after, crs=crs).to_crs(metres).to_numpy()
    moved = np.array([_moved_m(flat[row], new[row]) for row in changed])
    _check_moves(codes[changed], moved, tolerance_m)
    repaired = communes.set_geometry(gpd.GeoSeries(after, communes.index, crs=crs))
    receipt = _receipt(codes, before, after, changed, moved, crs)
    return repaired, _told(receipt.assign(mended=mended[changed]))


def _checked(
    communes: gpd.GeoDataFrame, codes: np.ndarray, tolerance_m: float
) -> tuple[Shapes, pyproj.CRS]:
    if communes.crs is None:
        raise ValueError("the communes have no coordinate system; set it: communes.set_crs(...).")
    if not (np.isfinite(tolerance_m) and tolerance_m > 0.0):
        raise ValueError(f"tolerance_m is {tolerance_m}; give metres above 0.")
    shapes = communes.geometry.to_numpy().copy()
    bare = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    if bare.any():
        raise ValueError(f"{', '.join(map(str, codes[bare][:5]))}: no geometry. Mend the rows.")
    bad = ~shapely.is_valid(shapes)
    shapes[bad] = shapely.make_valid(shapes[bad], method="structure", keep_collapsed=False)
    return shapes, communes.crs


def _is_whole(shapes: Shapes, crs: pyproj.CRS | str, metres: str, tolerance_m: float) -> bool:
    if not shapely.coverage_is_valid(shapes) or not shapely.is_valid(shapes).all():
        return False
    holes = places.gaps(shapes, shapely.coverage_invalid_edges(shapes), crs)["geometry"]
    return not (places.width_m(holes.to_numpy(), crs, metres) < tolerance_m).any()


def _cleaned(shapes: Shapes, crs: pyproj.CRS, tolerance_m: float) -> Shapes:
    """Clean in metres; what keeps its place gets back the coordinates that it came with."""
    scale, origin = _plane(shapes, crs)
    flat = shapely.transform(shapes, lambda xy: (xy - origin) * scale)
    clean = _coverage_clean(flat, tolerance_m)
    known = pd.MultiIndex.from_arrays(shapely.get_coordinates(flat).T)
    at = pd.Series(np.arange(len(known)), index=known)
    at = at[~at.index.duplicated()].reindex(
        pd.MultiIndex.from_arrays(shapely.get_coordinates(clean).T)
    )
    found = at.notna().to_numpy()
    xy = shapely.get_coordinates(clean) / scale + origin
    xy[found] = shapely.get_coordinates(shapes)[at.to_numpy()[found].astype(np.int64)]
    new = shapely.set_coordinates(clean, xy)
    bad = ~shapely.is_valid(new)
    new[bad] = shapely.make_valid(new[bad], method="structure", keep_collapsed=False)
    several = shapely.get_type_id(shapes) == shapely.GeometryType.MULTIPOLYGON
    for row in np.flatnonzero(several & (shapely.get_num_geometries(new) == 1)):
        new[row] = shapely.multipolygons(shapely.get_parts(new[row]))
    once = shapely.remove_repeated_points(shapes, 0.0)  # the cleaner leaves out the repetitions
    return np.where(shapely.equals_exact(once, new, normalize=True), shapes, new)


def _plane(shapes: Shapes, crs: pyproj.CRS) -> tuple[Floats, Floats]:
    """Metres to a unit of x and y, and their origin.

    Straight lines stay straight, so a corner on a neighbour's edge stays on it: through a
    projection it would leave it by centimetres. Degrees of longitude are those of the middle.
    """
    west, south, east, north = shapely.total_bounds(shapes)
    origin = np.array([(west + east) / 2.0, (south + north) / 2.0])
    if not crs.is_geographic:
        metres = float(crs.axis_info[0].unit_conversion_factor) if crs.axis_info else 1.0
        return np.array([metres, metres]), origin
    degree = np.pi / 180.0 * EARTH_RADIUS_M
    return np.array([degree * np.cos(np.radians(origin[1])), degree]), origin


def _coverage_clean(shapes: Shapes, gap_m: float) -> Shapes:
    cleaner = getattr(shapely, "coverage_clean", None)
    if cleaner is None:
        raise ImportError(
            "the repair of boundaries needs shapely 2.2 with GEOS 3.14, and this is shapely "
            f"{shapely.__version__}. Run: pip install 'shapely>=2.2'"
        )
    return cleaner(shapes, gap_width=gap_m, snapping_distance=min(SNAP_M, 0.1 * gap_m))


def _moved_m(old: shapely.Geometry, new: shapely.Geometry) -> float:
    """Return the largest distance of a corner of one border from the other border."""
    borders = shapely.boundary(old), shapely.boundary(new)
    corners = [np.unique(shapely.get_coordinates(shape), axis=0) for shape in (old, new)]
    return max(_farthest(corners[0], borders[1]), _farthest(corners[1], borders[0]))


def _farthest(corners: Floats, border: shapely.Geometry) -> float:
    there = shapely.get_coordinates(border)
    known = pd.MultiIndex.from_arrays(there.T)
    fresh = corners[~pd.MultiIndex.from_arrays(corners.T).isin(known)]
    if shapely.is_empty(border):
        return np.inf
    return float(shapely.distance(shapely.points(fresh), border).max(initial=0.0))


def _check_moves(codes: np.ndarray, moved: Floats, tolerance_m: float) -> None:
    far = np.flatnonzero(moved > tolerance_m)
    if not len(far):
        return
    gone = codes[np.isinf(moved)]
    if len(gone):
        raise ValueError(
            f"{', '.join(map(str, gone[:10]))}: all the land lies in other communes, so the repair "
            "would leave nothing. Take out the one that is too many, or draw it anew."
        )
    told = [f"{codes[at]} by {moved[at]:,.1f} m" for at in far[np.argsort(-moved[far])][:10]]
    more = f" and {len(far) - 10} more" if len(far) > 10 else ""
    raise ValueError(
        f"the repair would move borders by more than {tolerance_m:g} m: {', '.join(told)}{more}. "
        f"Draw these anew, or give a tolerance_m of {np.ceil(moved.max()):.0f} or more."
    )


def _receipt(
    codes: np.ndarray,
    before: Shapes,
    after: Shapes,
    changed: Ints,
    moved: Floats,
    crs: pyproj.CRS | str,
) -> pd.DataFrame:
    lost = places.dry(shapely.difference(before[changed], after[changed]))
    won = places.dry(shapely.difference(after[changed], before[changed]))
    # By the scale of each commune: through a projection, a corner put on an edge changes its area.
    scale = places.area_m2(before[changed], crs) / shapely.area(before[changed])
    lost_m2, won_m2 = scale * shapely.area(lost), scale * shapely.area(won)
    at, row = shapely.STRtree(after).query(lost, predicate="intersects")
    shared = scale[at] * shapely.area(shapely.intersection(lost[at], after[row]))
    taken = (shared > _CHANGED_M2) & (row != changed[at])
    to = [";".join(map(str, codes[row[taken & (at == one)]])) for one in range(len(changed))]
    return pd.DataFrame(
        {
            "code": codes[changed],
            "lost_m2": lost_m2,
            "won_m2": won_m2,
            "moved_m": moved,
            "lost_to": to,
        }
    )


def _told(receipt: pd.DataFrame) -> pd.DataFrame:
    """Leave out the communes of which only the order of their corners changed."""
    area = receipt[["lost_m2", "won_m2"]].max(axis=1)
    told = (area > _CHANGED_M2) | (receipt["moved_m"] > SNAP_M) | receipt["mended"]
    return receipt[told].reset_index(drop=True)
