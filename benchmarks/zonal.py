"""Zonal sums and covered areas beside exactextract and geopandas: the zonal part of `make bench`.

All communes of Viet Nam on a grid of 100 m where the shared folder of real data is there, else a
made-up country. Medians and ratios of interleaved repeats in one process. Absolute figures are those
of this machine, now.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import exactextract
import geopandas as gpd
import numpy as np
import pyproj
import radio
import rasterio
import shapely
from affine import Affine
from exactextract.raster import NumPyRasterSource

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


def zonal(*, quick: bool = False) -> None:
    """Print the plan and its sums beside exactextract, from memory and from a deflated file."""
    table, place, shape = land(quick=quick)
    values = np.random.default_rng(0).random(shape, dtype=np.float32)
    west, north = place.c, place.f
    east, south = west + shape[1] * place.a, north + shape[0] * place.e
    wkt = pyproj.CRS(4326).to_wkt()
    raster = NumPyRasterSource(values, west, south, east, north, srs_wkt=wkt)

    def planned() -> CellFractions:
        return fractions(table, transform=place, shape=shape, crs="EPSG:4326")

    def peer(source: object) -> np.ndarray:
        found = exactextract.exact_extract(source, table, ["sum"], output="pandas")
        return found["sum"].to_numpy()

    plan = planned()
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

        cases: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
            "plan and one raster in memory": (lambda: planned().sum(values), lambda: peer(raster)),
            "each further raster": (lambda: plan.sum(values), lambda: peer(raster)),
            "plan and one raster, deflated file": (cold, lambda: peer(str(file))),
        }
        rows: list[tuple[str, ...]] = []
        for name, (ours, theirs) in cases.items():
            times = radio.interleaved({"ours": ours, "theirs": theirs}, 1 if quick else REPEATS)
            mine, other = times["ours"][:, 0], times["theirs"][:, 0]
            rows.append(
                (
                    name,
                    f"{np.median(mine):.3f}",
                    f"{np.median(other):.2f}",
                    f"{np.median(other / mine):.1f}",
                )
            )
    off = np.abs(plan.sum(values).to_numpy() / peer(raster) - 1.0)
    print(f"{len(table):,} communes x {shape[0]:,} x {shape[1]:,} cells, {len(plan):,} pairs")
    radio.table(("work", "ours s", f"exactextract {version('exactextract')} s", "times"), rows)
    print(f"largest difference of a commune: {np.nanmax(off):.1e}")


def covered(*, quick: bool = False) -> None:
    """Print the area of communes that many discs cover together, beside union and overlay."""
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

    times = radio.interleaved(
        {"ours": lambda: covered_area(areas, table), "theirs": theirs}, 1 if quick else 3
    )
    mine, other = times["ours"][:, 0], times["theirs"][:, 0]
    ours_m2, theirs_m2 = covered_area(areas, table).to_numpy(), theirs()
    off = np.abs(ours_m2 - theirs_m2).max() / theirs_m2.max()
    print(
        f"{count:,} discs, {len(table):,} communes: covered_area {np.median(mine):.2f} s, geopandas "
        f"{version('geopandas')} {np.median(other):.2f} s, {np.median(other / mine):.1f} times; "
        f"largest difference {off:.0e} of the largest"
    )


PARTS: dict[str, Callable[..., None]] = {"zonal": zonal, "covered": covered}

if __name__ == "__main__":
    for part in PARTS.values():
        part()
