"""Antenna patterns: points of the tables, symmetries, tilt, bad input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from deadzones.coverage.radio import ELEMENT, ISOTROPIC, OMNI, SECTOR, Pattern, gain_db
from deadzones.geodata.faults import BadInput

ANGLES = st.floats(-180, 180, width=32)
UP = st.floats(-90, 90, width=32)


def gain(azimuth: float, elevation: float = 0.0, **changes: float | Pattern) -> float:
    arguments = {"boresight_deg": 0.0, **changes}
    found = gain_db(np.array([azimuth]), np.array([elevation]), **arguments)  # pyright: ignore[reportArgumentType]
    return float(found[0])


@pytest.mark.parametrize("pattern", [SECTOR, ELEMENT])
def test_half_the_power_is_left_at_half_the_beamwidth(pattern: Pattern) -> None:
    assert gain(0, 0, pattern=pattern) == 0
    for side in (-0.5, 0.5):
        assert gain(side * pattern.horizontal_deg, 0, pattern=pattern) == pytest.approx(-3)
        assert gain(0, side * pattern.vertical_deg, pattern=pattern) == pytest.approx(-3)


def test_the_back_loses_what_the_table_says() -> None:
    assert gain(180) == -25
    assert gain(180, 60) == -25  # both cuts together lose no more
    assert gain(0, 60) == -20
    assert gain(180, 0, pattern=ELEMENT) == -30


@given(ANGLES, UP, ANGLES)
def test_only_the_angle_from_the_boresight_counts(azimuth: float, up: float, turn: float) -> None:
    found = gain(azimuth + turn, up, boresight_deg=turn)
    assert found == pytest.approx(gain(azimuth, up), abs=1e-3)
    assert gain(-azimuth, up) == gain(azimuth, up)
    assert gain(azimuth + 360, up) == pytest.approx(gain(azimuth, up), abs=1e-3)
    assert -25 <= found <= 0


def test_azimuths_wrap_around_north() -> None:
    assert gain(350, boresight_deg=10) == pytest.approx(gain(30, boresight_deg=10))


@given(ANGLES, UP)
def test_an_isotropic_antenna_has_no_direction(azimuth: float, up: float) -> None:
    assert gain(azimuth, up, pattern=ISOTROPIC, tilt_deg=3) == 0


@given(ANGLES, ANGLES, UP)
def test_an_omnidirectional_antenna_has_no_azimuth(one: float, other: float, up: float) -> None:
    assert gain(one, up, boresight_deg=OMNI) == gain(other, up, boresight_deg=OMNI)
    assert gain(one, up, boresight_deg=OMNI) == gain(0, up)


def test_electrical_tilt_lowers_all_azimuths_and_mechanical_tilt_the_front() -> None:
    assert gain(0, -6, tilt_deg=6) == 0
    assert gain(0, -6, mechanical_tilt_deg=6) == pytest.approx(0, abs=1e-4)
    back = Pattern(70, 10, 100, 100)  # so deep that the vertical cut shows behind
    assert gain(180, -6, tilt_deg=6, pattern=back) > gain(180, 6, tilt_deg=6, pattern=back)
    wide = Pattern(1e6, 10, 100, 100)  # all azimuths alike
    assert gain(180, 6, mechanical_tilt_deg=6, pattern=wide) == pytest.approx(0, abs=1e-3)
    assert gain(90, 0, mechanical_tilt_deg=6, pattern=wide) == pytest.approx(0, abs=1e-3)


@given(ANGLES, st.floats(-80, 80, width=32), st.floats(-20, 20))
def test_a_mechanical_tilt_is_a_rotation(azimuth: float, up: float, tilt: float) -> None:
    """A ray turned about the axis across the boresight, by scipy, meets an antenna that is level."""
    turn, height = np.radians(azimuth), np.radians(up)
    ray = [np.cos(height) * np.cos(turn), np.cos(height) * np.sin(turn), np.sin(height)]
    ahead, beside, above = Rotation.from_euler("y", -tilt, degrees=True).apply(ray)
    seen = np.degrees(np.arctan2(beside, ahead)), np.degrees(np.arcsin(np.clip(above, -1, 1)))
    deep = Pattern(90, 90, 200, 200)
    found = gain(azimuth, up, mechanical_tilt_deg=tilt, pattern=deep)
    assert found == pytest.approx(gain(*seen, pattern=deep), abs=0.01)


def test_arrays_stay_float32_and_unknown_stays_unknown() -> None:
    azimuth = np.zeros((2, 3), np.float32)
    elevation = np.zeros((2, 3), np.float32)
    elevation[0, 0] = np.nan
    for boresight in (0.0, OMNI):
        found = gain_db(azimuth, elevation, boresight_deg=boresight, tilt_deg=2.0)
        assert found.dtype == np.float32
        assert np.isnan(found).sum() == 1
    assert not azimuth.any()


def test_nonsense_is_told() -> None:
    with pytest.raises(BadInput) as caught:
        gain(0, tilt_deg=100, boresight_deg=float("inf"), pattern=Pattern(0, 1, 2, 3))
    told = str(caught.value)
    assert len(caught.value.faults) == 3
    assert "tilt_deg: found 100" in told
    with pytest.raises(BadInput, match="Give tilt_deg alone"):
        gain(0, boresight_deg=OMNI, mechanical_tilt_deg=3)
