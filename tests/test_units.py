"""Numbers with units."""

from __future__ import annotations

import pytest

from deadzones.geodata.units import Quantity, parse


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("-110 dBm", "dBm", -110.0),
        ("-110dBm", "dBm", -110.0),
        ("20 km", "km", 20.0),
        ("500 m", "km", 0.5),
        ("1.5e1 km", "km", 15.0),
        ("35 Mbit/s", "Mbit/s", 35.0),
    ],
)
def test_a_number_with_its_unit(text: str, unit: str, value: float) -> None:
    assert parse(text, unit) == Quantity(value, unit)


@pytest.mark.parametrize(
    "text", ["-110", "dBm", "", "-110 km", "x dBm", "nan dBm", -110, None, True]
)
def test_anything_else_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match=r"a number with its unit|a value in dBm"):
        parse(text, "dBm")


@pytest.mark.parametrize(
    ("text", "told"),
    [("3,5 km", '"3.5", not "3,5"'), (" -110,5 dBm", '"-110.5", not "-110,5"'), (",5km", '".5"')],
)
def test_a_decimal_comma_is_named(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=r"a decimal point: ") as caught:
        parse(text, "km")
    assert told in str(caught.value)
