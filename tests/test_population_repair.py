"""Counts of people spoilt in known ways, and put right without the answers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deadzones.geodata import population
from deadzones.geodata._population_rows import assign, rings

SYLLABLES = ["An", "Bình", "Cẩm", "Đông", "Gia", "Hòa", "Khánh", "Long", "Mỹ", "Phú", "Tân", "Vĩnh"]


def country(seed: int, communes: int = 60, provinces: int = 3) -> tuple[pd.DataFrame, pd.DataFrame]:
    """True counts, and what a raster and an old census say of them."""
    rng, n = np.random.default_rng(seed), communes * provinces
    names = [f"{a} {b} {c}" for a in SYLLABLES for b in SYLLABLES for c in ("Thượng", "Hạ")]
    people = np.exp(rng.normal(9.8, 0.5, n)).round()
    table = pd.DataFrame(
        {
            "commune_name": rng.permutation(names)[:n],
            "province_code": np.repeat([f"{90 + p}" for p in range(provinces)], communes),
            "population_raw": people,
        },
        index=[f"{10000 + row}" for row in range(n)],
    )
    evidence = pd.DataFrame(
        {
            "raster": people * np.exp(rng.normal(-0.2, 0.25, n)),
            "census": people * np.exp(rng.normal(-0.35, 0.1, n)),
            "area_km2": np.exp(rng.normal(4.0, 0.6, n)),
        },
        index=table.index,
    )
    return table, evidence


def without_zeros(people: pd.Series) -> pd.Series:
    """As 39.980 is stored when it was read as 39,98."""
    return people.map(lambda value: float(f"{int(value)}".rstrip("0")))


def in_order_of_names(table: pd.DataFrame, province: str) -> pd.Index:
    bare = table["commune_name"].str.replace("Đ", "D").str.normalize("NFD")
    bare = bare.str.encode("ascii", "ignore").str.decode("ascii").str.lower()
    return bare[table["province_code"] == province].sort_values(kind="stable").index


def test_a_sound_table_is_left_alone() -> None:
    table, evidence = country(1)
    repaired, receipt = population.repair(table, evidence)
    assert repaired["population"].tolist() == table["population_raw"].tolist()
    assert set(receipt["fault"]) <= {"disagrees"}
    assert len(receipt) <= 0.02 * len(table)
    assert repaired["confidence"].median() > 0.9


@pytest.mark.parametrize("seed", range(3))
def test_lost_zeros_come_back(seed: int) -> None:
    table, evidence = country(seed)
    spoilt = table.assign(population_raw=without_zeros(table["population_raw"]))
    repaired, receipt = population.repair(spoilt, evidence)
    lost = table.index[spoilt["population_raw"] != table["population_raw"]]
    assert len(lost) > 10
    assert set(receipt.loc[receipt["fault"] == "lost_zeros", "code"]) == set(lost)
    assert repaired["population"].tolist() == table["population_raw"].tolist()
    again, receipt = population.repair(
        table.assign(population_raw=repaired["population"].astype(float)), evidence
    )
    assert again["population"].equals(repaired["population"])
    assert not (receipt["fault"] == "lost_zeros").any()


@pytest.mark.parametrize("step", [1, -1])
@pytest.mark.parametrize("seed", range(3))
def test_rows_that_slipped_go_back(seed: int, step: int) -> None:
    table, evidence = country(seed)
    run = in_order_of_names(table, "91")[12:40]
    raw = without_zeros(table["population_raw"])
    spoilt = table.assign(population_raw=raw)
    spoilt.loc[run, "population_raw"] = np.roll(raw[run].to_numpy(), step)
    repaired, receipt = population.repair(spoilt, evidence)
    moved = receipt[receipt["fault"] == "permuted_row"]
    assert len(set(moved["code"]) & set(run)) >= 24
    assert set(moved["code"]) <= set(in_order_of_names(table, "91"))
    right = repaired["population"] == table["population_raw"]
    assert right[run].mean() >= 0.85
    assert right.drop(run).mean() >= 0.98
    totals = (repaired["population"], table["population_raw"])
    ours, true = (each.groupby(table["province_code"]).sum() for each in totals)
    assert ours.astype(float).to_numpy() == pytest.approx(true.to_numpy(), rel=0.001)


def test_the_area_beside_the_people_tells_any_order() -> None:
    table, evidence = country(4)
    rng = np.random.default_rng(4)
    mixed = table.assign(area_km2_raw=evidence["area_km2"].round(2))
    for province in ("90", "92"):
        here = table.index[table["province_code"] == province]
        chance = rng.permutation(here)
        for name in ("population_raw", "area_km2_raw"):
            mixed.loc[here, name] = mixed.loc[chance, name].to_numpy()
    repaired, _ = population.repair(mixed, evidence)
    assert (repaired["population"] == table["population_raw"]).mean() > 0.93


def test_separators_zero_and_nothing_are_read_as_what_they_are() -> None:
    table, evidence = country(5)
    people = table["population_raw"].astype(int)
    written = people.map(str)
    written.iloc[0] = f"{people.iloc[0]:,}".replace(",", ".")  # 12.345 as text
    written.iloc[1], written.iloc[2], written.iloc[3] = "0", "", "đang cập nhật"
    repaired, receipt = population.repair(table.assign(population_raw=written), evidence)
    faults = receipt.set_index("code")["fault"]
    assert faults[table.index[:4]].tolist() == [
        "thousands_separator", "zero_for_unknown", "missing", "missing",
    ]  # fmt: skip
    assert repaired["population"].iloc[0] == people.iloc[0]
    assert repaired["population"].iloc[1:4].isna().all()
    assert (
        repaired["expected"].iloc[1:4].between(0.6 * people.iloc[1:4], 1.6 * people.iloc[1:4]).all()
    )


def test_a_decimal_mark_among_thousands_is_told() -> None:
    table, evidence = country(6)
    thousands = table["population_raw"] / 1000.0
    repaired, receipt = population.repair(table.assign(population_raw=thousands), evidence)
    assert repaired["population"].tolist() == table["population_raw"].tolist()
    broken = thousands.map(lambda value: len(str(value).split(".")[1]) < 3)
    assert set(receipt.loc[receipt["fault"] == "thousands_separator", "code"]) >= set(
        table.index[broken]
    )


def test_a_garbled_number_is_told_and_not_mended_into_another() -> None:
    table, evidence = country(7)
    code = table.index[17]
    spoilt = table.assign(population_raw=table["population_raw"])
    spoilt.loc[code, "population_raw"] = 653_422.0
    evidence.loc[code, "area_km2"] = 4.0
    repaired, receipt = population.repair(spoilt, evidence, lang="en")
    assert pd.isna(repaired.loc[code, "population"])
    told = receipt[receipt["code"] == code]
    assert "An impossible density: above 100,000 people per km2." in set(told["reason"])


def test_a_row_about_a_part_of_its_unit_is_unknown() -> None:
    table, evidence = country(8)
    code = table.index[5]
    table = table.assign(area_km2=evidence["area_km2"])
    table.loc[code, "population_raw"] = float(int(table.loc[code, "population_raw"] * 0.35) | 1)
    table.loc[code, "area_km2"] *= 0.3
    repaired, receipt = population.repair(table, evidence)
    assert pd.isna(repaired.loc[code, "population"])
    assert receipt.set_index("code").loc[code, "fault"] == "part_of_unit"


def test_without_other_counts_a_number_stays() -> None:
    table, evidence = country(9)
    code = table.index[3]
    evidence.loc[code, ["raster", "census"]] = np.nan
    table.loc[code, "population_raw"] = 153.0
    repaired, _ = population.repair(table, evidence)
    assert repaired.loc[code, "population"] == 153


def test_codes_may_be_a_column_and_are_never_counted_as_people() -> None:
    table, evidence = country(2, communes=30, provinces=1)
    plain, receipt = population.repair(table, evidence)
    columns = [some.rename_axis("commune_code").reset_index() for some in (table, evidence)]
    ours, same = population.repair(*columns)
    pd.testing.assert_frame_equal(ours, plain, check_names=False)
    pd.testing.assert_frame_equal(same, receipt)


def test_evidence_that_is_none_is_refused() -> None:
    table, evidence = country(2, communes=30, provinces=1)
    with pytest.raises(ValueError, match="column copy of the evidence has the published numbers"):
        population.repair(table, evidence.assign(copy=table["population_raw"]))
    with pytest.raises(ValueError, match="columns that are no numbers: province_code"):
        population.repair(table, evidence.assign(province_code="90"))
    with pytest.raises(ValueError, match="no code of the table is in the evidence"):
        population.repair(table, evidence.set_axis(range(len(evidence))))
    with pytest.raises(ValueError, match="row 10003 has no province_code"):
        population.repair(table.assign(province_code=["90"] * 3 + [None] * 27), evidence)
    with pytest.raises(ValueError, match="no rows"):
        population.repair(table.iloc[:0], evidence)


def test_bad_tables_are_told() -> None:
    table, evidence = country(1, communes=4)
    with pytest.raises(ValueError, match="no column commune_name"):
        population.repair(table.drop(columns="commune_name"), evidence)
    with pytest.raises(ValueError, match="two rows"):
        population.repair(pd.concat([table, table.iloc[:1]]), evidence)
    with pytest.raises(ValueError, match="column of people"):
        population.repair(table, evidence[["area_km2"]])
    areas = [*map(str, range(1, 12)), "12,5"]
    with pytest.raises(
        ValueError, match="row 10011: found an area_km2_raw of '12,5'; wanted a num"
    ):
        population.repair(table.assign(area_km2_raw=areas), evidence)
    words = table["population_raw"].astype(object)
    words.iloc[2] = "nhiều"
    with pytest.raises(ValueError, match="row 10002: found 'nhiều'"):
        population.repair(table.assign(population_raw=words), evidence)
    with pytest.raises(ValueError, match="lang"):
        population.repair(table, evidence, lang="fr")


@given(st.integers(1, 12), st.randoms(use_true_random=False))
def test_an_assignment_is_a_permutation_and_no_worse_than_staying(n: int, chance: object) -> None:
    fit = np.random.default_rng(n).normal(-3.0, 3.0, (n, n))
    source = assign(fit)
    assert sorted(source.tolist()) == list(range(n))
    assert fit[range(n), source].sum() >= np.trace(fit) - 1e-9
    assert sum(map(len, rings(source))) == (source != np.arange(n)).sum()
