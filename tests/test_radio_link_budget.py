"""Resource blocks and the power of one resource element."""

from __future__ import annotations

import math

import numpy as np
import pytest

from deadzones.coverage.radio import element_power_dbm, resource_blocks, rsrp_dbm
from deadzones.geodata.faults import BadInput

# Minimum guard band of each carrier in kHz, 3GPP TS 38.101-1, Table 5.3.3-1: another table than
# that of the blocks, which leaves (bandwidth - blocks) / 2 less half a subcarrier.
GUARD_KHZ = {
    15: {
        5: 242.5, 10: 312.5, 15: 382.5, 20: 452.5, 25: 522.5, 30: 592.5, 35: 572.5, 40: 552.5,
        45: 712.5, 50: 692.5,
    },
    30: {
        5: 505, 10: 665, 15: 645, 20: 805, 25: 785, 30: 945, 35: 925, 40: 905, 45: 1065, 50: 1045,
        60: 825, 70: 965, 80: 925, 90: 885, 100: 845,
    },
    60: {
        10: 1010, 15: 990, 20: 1330, 25: 1310, 30: 1290, 35: 1630, 40: 1610, 45: 1590, 50: 1570,
        60: 1530, 70: 1490, 80: 1450, 90: 1410, 100: 1370,
    },
}  # fmt: skip


@pytest.mark.parametrize("scs_khz", GUARD_KHZ)
def test_blocks_leave_the_guard_bands_of_5g(scs_khz: int) -> None:
    for bandwidth_mhz, guard_khz in GUARD_KHZ[scs_khz].items():
        used_khz = resource_blocks(bandwidth_mhz, scs_khz=scs_khz) * 12 * scs_khz
        assert (1000 * bandwidth_mhz - used_khz) / 2 - scs_khz / 2 == guard_khz


def test_blocks_of_4g_fill_nine_tenths_of_the_carrier() -> None:
    for bandwidth_mhz in (3, 5, 10, 15, 20):
        assert resource_blocks(bandwidth_mhz, technology="4G") * 0.18 == pytest.approx(
            0.9 * bandwidth_mhz
        )
    assert resource_blocks(1.4, technology="4G") == 6


def test_the_power_of_all_elements_is_that_of_the_carrier() -> None:
    element_dbm = element_power_dbm(61, 20, technology="4G")
    assert element_dbm + 10 * math.log10(12 * 100) == pytest.approx(61)


def test_a_decibel_more_anywhere_is_a_decibel_more_or_less_at_the_phone() -> None:
    loss_db, gain = np.array([[100.0, np.nan]], np.float32), np.array([[-3.0, 0.0]], np.float32)
    level = rsrp_dbm(loss_db, gain, element_dbm=30)
    assert level.dtype == np.float32
    assert level[0, 0] == -73
    assert np.isnan(level[0, 1])
    assert rsrp_dbm(loss_db, gain, element_dbm=31)[0, 0] == -72
    assert rsrp_dbm(loss_db + 1, gain, element_dbm=30)[0, 0] == -74
    assert rsrp_dbm(loss_db, gain, element_dbm=30, more_loss_db=4)[0, 0] == -77


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"bandwidth_mhz": 12}, "bandwidth_mhz: found 12; wanted a channel of 5G at 30 kHz: 5, 10"),
        ({"bandwidth_mhz": 100, "technology": "4G"}, "4G at 15 kHz: 1.4, 3, 5, 10, 15, 20 MHz"),
        ({"bandwidth_mhz": 20, "technology": "3G"}, "Leave the others out"),
        ({"bandwidth_mhz": 20, "scs_khz": 120}, "15, 30 or 60 kHz"),
    ],
)
def test_a_carrier_that_does_not_exist_is_told(arguments: dict[str, float], told: str) -> None:
    with pytest.raises(BadInput) as caught:
        resource_blocks(**arguments)  # pyright: ignore[reportArgumentType]
    assert told in str(caught.value)
