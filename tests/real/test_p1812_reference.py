"""Every reference case of ITU-R P.1812-8, intermediate quantities included."""

from __future__ import annotations

import csv
import math
from dataclasses import asdict
from functools import cache
from pathlib import Path

import pytest

from deadzones.coverage import radio

REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "p1812"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not REFERENCE.is_dir(), reason="needs the reference cases beside the tree"),
]

INPUTS = {
    "f (GHz)": "f_ghz",
    "p (%)": "time_pct",
    "pL (%)": "location_pct",
    "sigmaL (dB)": "sigma_l_db",
    "htg (m)": "tx_height_m",
    "hrg (m)": "rx_height_m",
    "pol": "polarisation",
    "DN": "delta_n",
    "N0": "n0",
    "dct (km)": "dct_km",
    "dcr (km)": "dcr_km",
}
TWICE = {"Eq (85)": "hst_n", "Eq (86)": "hsr_n", "Eq (37a)": "htd", "Eq (37b)": "hrd"}
"""Quantities that a log calls by a name that another one has too, by the equation in the log."""


@cache
def cases() -> list[tuple[str, str, float]]:
    """Profile, number of the case, and the field strength in dB(uV/m)."""
    if not REFERENCE.is_dir():
        return []
    with (REFERENCE / "expected.csv").open(encoding="utf-8") as file:
        return [
            (row["profile"], row["dataset"], float(row["field_strength_dbuv_m"]))
            for row in csv.DictReader(file)
        ]


def read_log(name: str, number: str) -> tuple[dict[str, float], dict[str, float]]:
    """The inputs of a case, and its quantities under the names of `PathLoss`."""
    inputs: dict[str, float] = {}
    wanted: dict[str, float] = {}
    with (REFERENCE / "results" / f"{name}_{number}_log.csv").open(encoding="utf-8") as file:
        for row in csv.reader(file):
            label = row[0].strip() if row else ""
            if len(row) < 4 or not row[3] or row[3] == "Value" or label == "":
                continue
            if label in INPUTS or label == "Ptx (kW)":
                inputs[INPUTS.get(label, label)] = float(row[3])
            elif row[1] or label == "d (km)":
                wanted[TWICE.get(row[1], label.split()[0])] = float(row[3])
    return inputs, wanted


@pytest.mark.parametrize(("name", "number", "field_dbuv_m"), cases())
def test_a_reference_case(name: str, number: str, field_dbuv_m: float) -> None:
    inputs, wanted = read_log(name, number)
    gain_db = 10 * math.log10(inputs.pop("Ptx (kW)"))
    assert len(inputs) == 11
    assert len(wanted) == 48
    profile = radio.read_profile(REFERENCE / "profiles" / f"{name}.csv")
    loss = radio.path_loss(profile, **inputs)  # pyright: ignore[reportArgumentType]
    found = asdict(loss)
    assert loss.field_dbuv_m + gain_db == pytest.approx(field_dbuv_m, abs=1e-6)
    if loss.Lminbap <= loss.Lbd:
        # Py1812 writes Lbda into the same array before it logs Lbd (two cases).
        assert loss.Lbd == pytest.approx(wanted["Lb0p"] + wanted["Ldp"], abs=1e-6)
        wanted["Lbd"] = loss.Lbd
    assert {key: found[key] for key in wanted} == pytest.approx(wanted, abs=1e-6, rel=0)


def test_there_are_cases() -> None:
    assert len(cases()) == 39
