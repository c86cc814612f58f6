"""Zonal sums and covered areas beside exactextract, extractrs, geopandas and sedonadb: the zonal part of `make bench`.

All communes of Viet Nam on a grid of 100 m where the shared folder of real data is there, else a
made-up country. Medians and ratios of interleaved repeats in one process. Absolute figures are those
of this machine, now.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

import exactextract
import geopandas as gpd
import lines
import numpy as np
import pyproj
import radio
import rasterio
import shapely
from affine import Affine
from exactextract.raster import NumPyRasterSource
from lines import Line

from deadzones.coverage.zones import covered_area
from deadzones.geodata import synthetic
from deadzones.geodata.grid import EQUAL_AREA
from deadzones.geodata.zonal import CellFractions, fractions

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
NATION = (19_200, 9_600, 8.0 / 9_600, 102.0, 24.0)
"""Rows and columns, degrees of a cell (some 90 m), west, north."""
REPEATS = 5
POLYGONS = 20_000


def land(*, quick: bool) -> tuple[gpd.GeoDataFrame, Affine, tuple[int, int]]:
    """Communes, and the grid over them."""
    file = SHARED / "communes_vn.parquet"
    if file.is_file() and not quick:
        rows, columns, cell, west, north = NATION
        table = gpd.read_parquet(file)[["geometry"]]
        return table, Affine(cell, 0, west, 0, -cell, north), (rows, columns)
    with tempfile.TemporaryDirectory() as folder:
        synthetic.country(folder, communes=60)
        table = gpd.read_file(Path(folder, "communes.gpkg"))[["geometry"]].to_crs(4326)
    west, south, east, north = table.total_bounds
    cell = 1.0 / 1200.0
    shape = (int((north - south) / cell) + 2, int((east - west) / cell) + 2)
    return table, Affine(cell, 0, west - cell / 2, 0, -cell, north + cell / 2), shape


def zonal(*, quick: bool = False) -> list[Line]:
    """Compare the plan and its sums with exactextract, from memory and from a deflated file."""
    table, place, shape = land(quick=quick)
    values = np.random.default_rng(0).random(shape, dtype=np.float32)
    west, north = place.c, place.f
    east, south = west + shape[1] * place.a, north + shape[0] * place.e
    wkt = pyproj.CRS(4326).to_wkt()
    first, *more = (
        NumPyRasterSource(values, west, south, east, north, name=name, srs_wkt=wkt)
        for name in ("first", "second", "third", "fourth")
    )

    def planned() -> CellFractions:
        return fractions(table, transform=place, shape=shape, crs="EPSG:4326")

    def peer(source: object) -> np.ndarray:
        found = exactextract.exact_extract(source, table, ["sum"], output="pandas")
        return found.filter(regex="sum$").to_numpy()[:, 0]

    plan = planned()
    _agree("exactextract", plan.sum(values).to_numpy() / peer(first) - 1.0, 1e-4)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "people.tif")
        with rasterio.open(
            file, "w", driver="GTiff", height=shape[0], width=shape[1], count=1, dtype="float32",
            crs="EPSG:4326", transform=place, compress="deflate", tiled=True,
        ) as out:  # fmt: skip
            out.write(np.where(values < 0.8, 0.0, values).astype(np.float32), 1)

        def cold() -> object:
            with rasterio.open(file, num_threads=2) as source:
                return planned().sum(source.read(1))

        cases: dict[tuple[str, float], tuple[Callable[[], object], Callable[[], object]]] = {
            ("plan and one raster in memory", 5.0): (
                lambda: planned().sum(values),
                lambda: peer(first),
            ),
            ("each further raster, asked for later", 30.0): (
                lambda: plan.sum(values),
                lambda: peer(first),
            ),
            ("plan and one raster, deflated file", 2.0): (cold, lambda: peer(str(file))),
        }
        found: list[Line] = []
        for (work, wanted), (ours, theirs) in cases.items():
            times = radio.interleaved({"ours": ours, "theirs": theirs}, 1 if quick else REPEATS)
            both = times["ours"][:, 0], times["theirs"][:, 0]
            found.append(lines.beside(work, str(lines.release("exactextract")), *both, wanted))
        found.append(
            _at_once([first, *more], peer, lambda: plan.sum(values), 1 if quick else REPEATS)
        )
        bounds = west, south, east, north
        found.append(_beside_extractrs(table, values, bounds, plan, 1 if quick else REPEATS))
    print(f"{len(table):,} communes x {shape[0]:,} x {shape[1]:,} cells, {len(plan):,} pairs")
    return found


def _agree(peer: str, off: np.ndarray, most: float) -> None:
    """Say how far the peer's numbers are from ours; times of other numbers mean nothing."""
    largest = float(np.nanmax(np.abs(off)))
    print(f"largest difference of a commune from {peer}: {largest:.1e}")
    if not largest <= most:
        raise RuntimeError(f"{peer} finds something else: {largest:.1e} off, at most {most:.0e}")


def _at_once(
    rasters: Sequence[object],
    peer: Callable[[object], np.ndarray],
    ours: Callable[[], object],
    repeats: int,
) -> Line:
    """Compare a further raster with one of several that the peer is given in one call."""
    cases = {"ours": ours, "one": lambda: peer(rasters[0]), "all": lambda: peer(rasters)}
    times = radio.interleaved(cases, repeats)
    theirs = (times["all"][:, 0] - times["one"][:, 0]) / (len(rasters) - 1)
    name = str(lines.release("exactextract"))
    return lines.beside("each further raster, all given at once", name, times["ours"][:, 0], theirs)


def _beside_extractrs(
    table: gpd.GeoDataFrame,
    values: np.ndarray,
    bounds: tuple[float, float, float, float],
    plan: CellFractions,
    repeats: int,
) -> Line:
    """Compare a further raster with one that extractrs adds up over the shares that it keeps."""
    work, name = "each further raster, asked for later", lines.release("extractrs")
    if name is None:
        return lines.absent(work, "extractrs")
    peer = import_module("extractrs")
    wkb, numbers = table.geometry.to_wkb().tolist(), list(range(len(table)))
    across, down = (bounds[2] - bounds[0]) / values.shape[1], (bounds[3] - bounds[1]) / len(values)
    cache, wide = peer.build_cache(wkb, numbers, *bounds, across, down), values.astype(float)

    def theirs() -> np.ndarray:
        return peer.apply_stat(cache, wide, -99_999.0, "sum")

    mine, other = plan.sum(values).to_numpy(), theirs()
    print(f"extractrs gives {len(other):,} of {len(mine):,} communes")
    if len(other) == len(mine):
        _agree("extractrs", mine / other - 1.0, 1e-4)
    times = radio.interleaved({"ours": lambda: plan.sum(values), "theirs": theirs}, repeats)
    return lines.beside(work, name, times["ours"][:, 0], times["theirs"][:, 0], 3.0)


def covered(*, quick: bool = False) -> list[Line]:
    """Compare the area of communes that many discs cover together with union and overlay."""
    table, _, _ = land(quick=quick)
    count, rng = POLYGONS // (20 if quick else 1), np.random.default_rng(0)
    centre = shapely.get_coordinates(table.geometry.representative_point().to_numpy())
    where = centre[rng.integers(0, len(centre), count)] + rng.normal(0.0, 0.05, (count, 2))
    discs = shapely.buffer(shapely.points(where), rng.uniform(0.01, 0.05, count))
    areas = gpd.GeoDataFrame(geometry=discs, crs=4326)

    def theirs() -> np.ndarray:
        flat = table.to_crs(EQUAL_AREA).reset_index(names="commune")
        union = gpd.GeoDataFrame(geometry=[areas.to_crs(EQUAL_AREA).union_all()], crs=EQUAL_AREA)
        both = gpd.overlay(flat, union, how="intersection")
        by = both.area.groupby(both["commune"]).sum()
        return by.reindex(table.index, fill_value=0.0).to_numpy()

    ours_m2 = covered_area(areas, table).to_numpy()
    work, found = f"{count:,} discs united, area in each commune", list[Line]()
    cases: dict[str, Callable[[], np.ndarray]] = {
        "ours": lambda: covered_area(areas, table).to_numpy()
    }
    names = {"geopandas": (theirs, 3.5), "sedonadb": (lambda: _by_sedona(areas, table), 1.5)}
    for package, (function, _) in names.items():
        if lines.release(package) is None:
            found.append(lines.absent(work, package))
        else:
            cases[package] = function
            _agree(package, (ours_m2 - function()) / ours_m2.max(), 1e-6)
    times = radio.interleaved(cases, 1 if quick else REPEATS)
    for package in list(cases)[1:]:
        both = times["ours"][:, 0], times[package][:, 0]
        found.append(lines.beside(work, str(lines.release(package)), *both, names[package][1]))
    return found


def _by_sedona(areas: gpd.GeoDataFrame, table: gpd.GeoDataFrame) -> np.ndarray:
    """Unite the discs that meet each commune, and measure what they share with it, in SQL."""
    context = import_module("sedonadb").connect()
    flat = table[["geometry"]].to_crs(EQUAL_AREA).reset_index(drop=True)
    context.create_data_frame(flat.assign(unit=range(len(flat)))).to_view(
        "communes", overwrite=True
    )
    context.create_data_frame(areas.to_crs(EQUAL_AREA)).to_view("areas", overwrite=True)
    united = context.sql(
        "SELECT c.unit, ST_UnaryUnion(ST_Collect_Agg(a.geometry)) AS joined FROM communes c "
        "JOIN areas a ON ST_Intersects(c.geometry, a.geometry) GROUP BY c.unit"
    )
    united.to_view("united", overwrite=True)
    told = context.sql(
        "SELECT c.unit, ST_Area(ST_Intersection(c.geometry, u.joined)) AS m2 FROM communes c "
        "JOIN united u ON c.unit = u.unit"
    ).to_pandas()
    by = told.set_index("unit")["m2"]
    return by.reindex(range(len(flat)), fill_value=0.0).to_numpy()


PARTS: dict[str, Callable[..., list[Line]]] = {"zonal": zonal, "covered": covered}

if __name__ == "__main__":
    for part in PARTS.values():
        print(lines.markdown(part()))
