"""Layers of units as faces, so that land which several units claim counts once."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from . import overlaps


@dataclass(frozen=True)
class Faces:
    """Parts of units. Where n units lie on the same land, each has it with the weight 1/n.

    Parameters
    ----------
    unit : ndarray of int64
        Position of the unit.
    shape : ndarray of geometries
    weight : ndarray of float64
    """

    unit: np.ndarray
    shape: np.ndarray
    weight: np.ndarray


def of_units(units: gpd.GeoDataFrame) -> Faces:
    """Cut the units of a layer into faces: a unit that overlaps no other is one face.

    Parameters
    ----------
    units : GeoDataFrame
        Valid polygons in any coordinate system.

    Returns
    -------
    Faces
        Overlaps of less than a square metre are passed over.

    Examples
    --------
    >>> boxes = [shapely.box(0, 0, 2, 1e4), shapely.box(1, 0, 3, 1e4)]
    >>> of_units(gpd.GeoDataFrame(geometry=boxes, crs=6933)).weight.tolist()
    [1.0, 1.0, 0.5, 0.5]
    """
    shapes = units.geometry.to_numpy()
    everyone = np.arange(len(shapes))
    pairs = overlaps.find(units) if len(units) > 1 else pd.DataFrame()
    if pairs.empty:
        return Faces(everyone, shapes, np.ones(len(shapes)))
    one, other = pairs["one"].to_numpy(), pairs["other"].to_numpy()
    several = np.unique(np.concatenate([one, other]))
    shared = _polygons(shapely.intersection(shapes[one], shapes[other]))
    face, at = shapely.STRtree(shapes[several]).query(
        shapely.point_on_surface(shared), predicate="intersects"
    )
    count = np.bincount(face, minlength=len(shared))
    claimed = count[face] > 1
    face, unit = face[claimed], several[at[claimed]]
    return Faces(
        np.concatenate([everyone, unit]),
        np.concatenate([_less(shapes, unit, shared[face]), shared[face]]),
        np.concatenate([np.ones(len(shapes)), 1.0 / count[face]]),
    )


def _polygons(land: np.ndarray) -> np.ndarray:
    """Cut overlapping land along all its borders."""
    parts = shapely.get_parts(shapely.get_parts(land))
    flat = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    lines = shapely.get_parts(shapely.union_all(shapely.boundary(flat)))
    return shapely.get_parts(shapely.polygonize(lines))


def _less(shapes: np.ndarray, unit: np.ndarray, shared: np.ndarray) -> np.ndarray:
    """Take from every shape the faces that are not its alone."""
    order = np.argsort(unit, kind="stable")
    owners, starts = np.unique(unit[order], return_index=True)
    taken = [shapely.union_all(some) for some in np.split(shared[order], starts[1:])]
    rest = shapes.copy()
    rest[owners] = shapely.difference(shapes[owners], np.array(taken, dtype=object))
    return rest
