"""How far the crosswalk of 2009 to 2026 agrees with the old-to-new table of vietnamadminunits.

    pip download --no-deps -d /tmp/vau vietnamadminunits
    unzip -qo /tmp/vau/vietnamadminunits-*.whl -d /tmp/vau
    .venv/bin/python benchmarks/crosswalk_agreement.py /tmp/vau

The package names, for each commune of early 2025, the one that it went into, or several where it was
split. Ours goes from the borders of 2009, weighted by the people of WorldPop. Communes are matched by
province, district and name; those that were merged, split or renamed from 2009 to 2025 match nothing,
or another one of the same name, which counts against the agreement.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd

from deadzones.geodata import admin

SHARED = Path(__file__).parents[2] / "shared" / "data"
RENAMED = {admin.key("Thừa Thiên Huế"): admin.key("Huế")}
LEAST_SHARE = 0.05
"""Of an old commune: less of it in a new one is how borders were drawn."""


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "/tmp/vau") / "vietnamadminunits" / "data"
    if not folder.is_dir() or not SHARED.is_dir():
        sys.exit(f"skipped: needs {folder} (see the head of this file) and {SHARED}")
    table = package_table(folder)
    census = gpd.read_parquet(SHARED / "communes_2009_census.parquet").set_index("commune_id")
    communes = gpd.read_parquet(SHARED / "communes_vn.parquet")
    raster = SHARED / "population_worldpop2020_1km.tif"
    walk = admin.crosswalk(census, communes, weight=raster).dropna(subset="new_code")
    matched = match(census, table)
    print(f"{len(census)} communes of 2009, {len(table)} of the table, {len(matched)} matched")
    report(walk, matched)


def package_table(folder: Path) -> pd.DataFrame:
    """One row an old commune: where it was, and the codes of the new ones."""
    with sqlite3.connect(folder / "dataset.db") as file:
        old = pd.read_sql("select * from admin_units_legacy where wardKey is not null", file)
        new = pd.read_sql("select provinceKey, wardKey, wardCode from admin_units", file)
    code = new.set_index(["provinceKey", "wardKey"])["wardCode"].to_dict()
    converter = json.loads((folder / "converter_2025.json").read_text(encoding="utf-8"))
    into: dict[str, list[str]] = {}
    for province, wards in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, olds in wards.items():
            into |= {one: [code[province, ward]] for one in olds if (province, ward) in code}
    for province, olds in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for one, wards in olds.items():
            ranked = sorted(wards, key=lambda ward: not ward["isDefaultNewWard"])
            into[one] = [code[province, ward["newWardKey"]] for ward in ranked]
    old["into"] = (old["provinceKey"] + "_" + old["districtKey"] + "_" + old["wardKey"]).map(into)
    return old[old["into"].notna()]


def bare(name: object) -> str:
    text = admin.key(admin.kind_of(str(name))[1])
    return RENAMED.get(text, text)


def match(census: gpd.GeoDataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Old communes of both with the same province, district and name, each once."""
    keys = ["province", "district", "commune"]
    ours = census[["province_vn", "district_vn", "commune_vn"]].map(bare).set_axis(keys, axis=1)
    theirs = table[["province", "district", "ward"]].map(bare).set_axis(keys, axis=1)
    theirs["into"] = table["into"]
    once = [some.drop_duplicates(keys, keep=False) for some in (ours.reset_index(), theirs)]
    return once[0].merge(once[1], on=keys).set_index("commune_id")


def report(walk: pd.DataFrame, matched: pd.DataFrame) -> None:
    largest = walk.sort_values("share").drop_duplicates("old_code", keep="last")
    largest = largest.set_index("old_code")["new_code"].reindex(matched.index)
    real = walk[walk["share"] >= LEAST_SHARE].groupby("old_code")["new_code"].agg(set)
    whole = matched["into"].map(len) == 1
    first = largest == matched["into"].map(lambda codes: codes[0])
    listed = pd.Series(
        [code in codes for code, codes in zip(largest, matched["into"], strict=True)], matched.index
    )
    share = walk.set_index(["old_code", "new_code"])["share"]
    found = pd.Series(
        [share.get((one, codes[0]), 0.0) for one, codes in matched["into"].items()], matched.index
    )
    same = pd.Series(
        [set(codes) == real.get(one) for one, codes in matched["into"].items()], matched.index
    )
    print(
        f"{whole.sum()} went whole into one: our largest share is there for {first[whole].mean():.2%}"
    )
    print(f"   share of people that we put there, mean over communes: {found[whole].mean():.2%}")
    split = ~whole
    print(
        f"{split.sum()} were split: our largest share is in one of theirs for {listed[split].mean():.2%}"
    )
    print(f"   in the one that they take by default for {first[split].mean():.2%}")
    print(f"   the same set of new communes (>= {LEAST_SHARE:.0%}) for {same[split].mean():.2%}")
    print(f"all {len(matched)}: our largest share is in one of theirs for {listed.mean():.2%}")


if __name__ == "__main__":
    main()
