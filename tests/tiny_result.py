"""A hand-drawn country of nine square communes, as a result that the map can draw."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from affine import Affine
from shapely import LineString, MultiPolygon, Point, box

from deadzones.coverage import _plan_tables as plan_tables
from deadzones.coverage import scenarios
from deadzones.geodata.grid import Grid
from deadzones.geodata.rasters import Field

SERVICES = ("mobile", "fibre", "power")
XSS = "<img src=x onerror=alert(1)>"
WEST, SOUTH, SIDE = 105.0, 20.0, 0.2  # degrees
NAMES = [
    "Phước An",
    "Đồng Văn",
    XSS,
    "Tân Hoà",
    "Ea M'Droh",
    "Bản Mới",
    "Tân Hoà",
    "Mỹ Đức",
    "Cù Lao",
]


@dataclass(frozen=True)
class TinyResult:
    """What ``maps.draw`` reads of a result."""

    communes: gpd.GeoDataFrame
    provinces: gpd.GeoDataFrame
    dead_zones: gpd.GeoDataFrame
    upgrades: gpd.GeoDataFrame
    villages: gpd.GeoDataFrame
    assets: gpd.GeoDataFrame
    network: gpd.GeoDataFrame = field(default_factory=plan_tables.no_network)
    differences: gpd.GeoDataFrame = field(default_factory=scenarios.nothing)
    manifest: dict[str, Any] = field(default_factory=dict)
    signal: dict[str, Field] = field(default_factory=dict)
    relief: Field | None = None
    tasks: pd.DataFrame = field(default_factory=pd.DataFrame)
    definitions: pd.DataFrame = field(default_factory=pd.DataFrame)


def tiny(**manifest: Any) -> TinyResult:
    """Nine communes in two provinces; keywords change the manifest."""
    communes = _communes()
    return TinyResult(
        communes=communes,
        provinces=_provinces(communes),
        dead_zones=_dead_zones(),
        upgrades=_upgrades(),
        villages=_villages(),
        assets=_assets(),
        network=_network(),
        differences=_differences(),
        manifest=_manifest() | manifest,
    )


def real_viet_nam(result: TinyResult) -> TinyResult:
    """The same, said to be the real country."""
    return replace(result, manifest=result.manifest | {"country": "VN"})


def with_signal(result: TinyResult) -> TinyResult:
    """The same, with a signal of mobile that falls from the south-west corner, 10 dB in 0.1 degrees."""
    grid = Grid("EPSG:4326", Affine(0.01, 0, WEST, 0, -0.01, SOUTH + 3 * SIDE), (60, 60))
    down, across = np.indices(grid.shape)
    level = -70 - np.hypot(59 - down, across)
    return replace(result, signal={"mobile": Field(level.astype(np.float32), grid)})


def _cell(row: int, size: float = SIDE) -> Any:
    west, south = WEST + row % 3 * SIDE, SOUTH + row // 3 * SIDE
    return box(west, south, west + size, south + size)


def _codes() -> list[str]:
    return [f"{row + 1:05d}" for row in range(9)]


def _communes() -> gpd.GeoDataFrame:
    mobile = np.array([100, 98.4, 55, 91, 12.5, 0, np.nan, 77, np.nan])
    table: dict[str, Any] = {
        "commune_name": NAMES,
        "province_code": ["01"] * 6 + ["02"] * 3,
        "province_name": ["Bắc Mây"] * 6 + ["Nam Mây"] * 3,
        "people": [12_345, 8_000, 950, 4_100, 2_200, 130, np.nan, 15_000, 0],
        "area_km2": [430.0 + row for row in range(9)],
        "mobile_people_pct": mobile,
        "mobile_area_pct": mobile * 0.6,
        "mobile_viettel_people_pct": mobile * 0.9,
        "mobile_vnpt_people_pct": mobile * 0.5,
        "fibre_people_pct": [99.96, 88, 45, 60, 5, 0, np.nan, 50, np.nan],
        "fibre_area_pct": [70, 50, 20, 30, 2, 0, np.nan, 25, np.nan],
        "power_people_pct": [100, 100, 80, 99, 66, 20, np.nan, 99.5, np.nan],
        "power_area_pct": [90, 80, 40, 60, 30, 8, np.nan, 60, np.nan],
        "all_people_pct": [99.5, 87, 40, 58, 4, 0, np.nan, 45, np.nan],
        "dead_people": [60, 1_040, 570, 1_722, 2_112, 130, np.nan, 8_250, np.nan],
        "score": [99.9, 95.2, 58.1, 83.0, 27.5, 6.7, np.nan, 75.4, np.nan],
        "rank": pd.array([7, 6, 3, 5, 2, 1, None, 4, None], dtype="Int64"),
        "rank_tied": pd.array([False] * 6 + [None, True, None], dtype="boolean"),
    }
    index = pd.Index(_codes(), name="commune_code")
    shapes = [_cell(row) for row in range(9)]
    return gpd.GeoDataFrame(table, index=index, geometry=shapes, crs=4326)


def _provinces(communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    keep = ["province_code", "province_name", "people", "area_km2", "score", "geometry"]
    shares = [f"{key}_people_pct" for key in (*SERVICES, "all")]
    total = {"people": "sum", "area_km2": "sum", "score": "mean"} | dict.fromkeys(shares, "mean")
    return communes[keep + shares].dissolve(
        "province_code", aggfunc={"province_name": "first"} | total
    )


def _dead_zones() -> gpd.GeoDataFrame:
    rows = [
        ("mobile", 0, 60), ("fibre", 1, 1_040), ("mobile+fibre", 2, 570), ("power", 3, 41),
        ("mobile+fibre+power", 4, 1_800), ("mobile+fibre+power", 5, 130), ("fibre+power", 7, 900),
    ]  # fmt: skip
    shapes = []
    for lacks, row, _ in rows:
        west, south, *_ = _cell(row).bounds
        step = 0.03
        parts = [box(west + 0.05, south + 0.05, west + 0.05 + step * 3, south + 0.05 + step)]
        parts += [
            box(west + 0.05, south + 0.05 + step, west + 0.05 + step, south + 0.05 + 2 * step)
        ]
        whole = parts[0].union(parts[1])
        shapes.append(MultiPolygon([whole]) if "+" in lacks else whole)
    table = {
        "lacks": [lacks for lacks, *_ in rows],
        "people": [float(people) for *_, people in rows],
        "area_km2": 12.4,
        "commune_code": [_codes()[row] for _, row, _ in rows],
        "communes": [f"{_codes()[row]}:{people}" for _, row, people in rows],
        "nearest_place": ["Bản Suối", "Thôn Đá", XSS, "Bản Mây", "Thôn Gió", None, "Ấp Cát"],
        "nearest_place_km": [0.4, 1.2, 3.0, 0.9, 2.2, np.nan, 1.1],
        "severity": [lacks.count("+") / 3 + 1 / 3 for lacks, *_ in rows],
        "mobile_km": [4.2] * 7,
        "fibre_km": [22.5] * 7,
        "power_km": [3.9] * 7,
    }
    index = pd.Index([f"Z{row + 1:05d}" for row in range(7)], name="zone_id")
    return gpd.GeoDataFrame(table, index=index, geometry=shapes, crs=4326)


def _upgrades() -> gpd.GeoDataFrame:
    kinds = ["grid_extension", "new_site", "fibre_extension", "new_site"]
    spots = [(105.28, 20.29), (105.29, 20.28), (105.48, 20.09), (105.28, 20.49)]
    cost = np.array([4.2e9, 1.8e9, 0.65e9, 1.25e12])
    people = np.array([1_800, 1_800, 570, 900])
    table = {
        "rank": [1, 2, 3, 4],
        "kind": kinds,
        "service": ["power", "mobile", "fibre", "mobile"],
        "people_gained": people,
        "cost_vnd": cost,
        "people_per_billion_vnd": people / cost * 1e9,
        "cumulative_people": people.cumsum(),
        "cumulative_cost_vnd": cost.cumsum(),
        "depends_on": ["", "U0001", "", "U0001;U0003"],
        "unlocks": ["U0002;U0004", "", "U0004", ""],
        "fibre_way": ["", "microwave", "cable", ""],
        "fibre_way_km": [0.0, 11.0, 7.4, 0.0],
        "power_way": ["grid", "solar", "", ""],
        "power_way_km": [4.25, 0.0, 0.0, 0.0],
        "alone_vnd": [4.2e9, 6.0e9, 0.65e9, 1.25e12],
        "lost_without": [4_500.0, 1_800.0, 1_470.0, 900.0],
        "zone_id": ["Z00005", "Z00005", "Z00003", "Z00007"],
        "commune_code": ["00005", "00005", "00003", "00008"],
    }
    index = pd.Index([f"U{row + 1:04d}" for row in range(4)], name="upgrade_id")
    points = [Point(spot) for spot in spots]
    return gpd.GeoDataFrame(table, index=index, geometry=points, crs=4326)


def _villages() -> gpd.GeoDataFrame:
    table = {
        "name": ["Bản Suối", "Thôn Đá", XSS, "Ấp Cát"],
        "kind": ["village", "hamlet", "village", "village"],
        "commune_code": ["00001", "00002", "00003", "00008"],
        "lacks": ["mobile", "", "mobile+fibre", None],
    }
    points = [Point(105.07, 20.07), Point(105.35, 20.15), Point(105.49, 20.05), Point(105.3, 20.47)]
    return gpd.GeoDataFrame(table, geometry=points, crs=4326)


SITE = (105.123456, 20.154321)  # a test greps for these digits


def _assets() -> gpd.GeoDataFrame:
    line = LineString([(105.02, 20.55), (105.2, 20.3), (105.33, 20.1), (105.58, 20.02)])
    table = {
        "layer": ["mobile_sites", "mobile_sites", "fibre_nodes", "grid", "declared"],
        "service": ["mobile", "mobile", "fibre", "power", "mobile"],
        "kind": ["site", "site", "node", "line", "area"],
        "operator": ["Viettel", "VNPT", None, None, "Viettel"],
        "name": ["T-001", XSS, "N1", "110 kV", None],
    }
    shapes = [Point(SITE), Point(105.3, 20.1), Point(105.2, 20.05), line, _cell(0, 0.33)]
    return gpd.GeoDataFrame(table, geometry=shapes, crs=4326)


def _network() -> gpd.GeoDataFrame:
    table = {
        "upgrade_id": ["U0001", "U0003"],
        "layer": ["power", "fibre"],
        "way": ["grid", "cable"],
        "length_km": [4.25, 7.4],
        "cost_vnd": [3.4e9, 0.5e9],
    }
    lines = [
        LineString([(105.2, 20.3), (105.28, 20.29)]),
        LineString([(105.42, 20.05), (105.48, 20.09)]),
    ]
    return gpd.GeoDataFrame(table, geometry=lines, crs=4326)


def _differences() -> gpd.GeoDataFrame:
    table = {
        "scenario": ["no_satellite", "no_satellite"],
        "service": ["mobile", "fibre"],
        "kind": ["new_site", "fibre_extension"],
        "change": ["added", "dropped"],
        "people_gained": [700.0, 570.0],
        "cost_vnd": [2.0e9, 0.65e9],
    }
    return gpd.GeoDataFrame(table, geometry=[Point(105.4, 20.4), Point(105.48, 20.09)], crs=4326)


def _manifest() -> dict[str, Any]:
    def layer(role: str, evidence: str, owner: str = "Sở KHCN Bắc Mây") -> dict[str, Any]:
        about = {"role": role, "reader": role, "path": "/secret/place.csv", "owner": owner}
        return about | {"date": dt.date(2026, 1, 31), "evidence": evidence, "sha256": "0" * 64}

    names = [("sóng di động", "mobile"), ("cáp quang", "fibre"), ("điện lưới", "grid power")]
    operators = {name: f"mobile_{name.lower()}_people_pct" for name in ("Viettel", "VNPT")}
    limits = [(-110.0, "dBm", "higher"), (2.5, "km", "lower"), (3.0, "km", "lower")]
    return {
        "name": "tiny",
        "title": "Xứ Mây (bịa ra)",
        "public": False,
        "synthetic": True,
        "evidence": "synthetic",
        "layers": {
            "communes": layer("communes", "synthetic"),
            "people": layer("people", "synthetic"),
            "mobile_sites": layer("mobile", "declared", "Viettel") | {"operator": "Viettel"},
            "grid": layer("power", "proxy", XSS),
        },
        "services": {
            key: {
                "type": key,
                "name_vi": vi,
                "name_en": en,
                "threshold": limit,
                "unit": unit,
                "better": better,
                "operators": operators if key == "mobile" else {},
            }
            for key, (vi, en), (limit, unit, better) in zip(SERVICES, names, limits, strict=True)
        },
        "national": {
            "people": 42_725.0,
            "mobile_people_pct": 71.3,
            "fibre_people_pct": 58.2,
            "power_people_pct": 96.1,
            "all_people_pct": 55.0,
            "dead_people": 13_884.0,
        },
        "counts": {},
        "versions": {},
        "study": {},
    }
