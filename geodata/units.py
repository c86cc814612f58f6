"""Numbers with units, as people write them in a study."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

# Each unit as a factor of the unit that the product computes in.
_FACTORS = {
    "dBm": {"dBm": 1.0},
    "km": {"km": 1.0, "m": 0.001},
    "%": {"%": 1.0},
    "Mbit/s": {"Mbit/s": 1.0, "kbit/s": 0.001, "Gbit/s": 1000.0},
    "h/day": {"h/day": 1.0},
}

_COMMA = re.compile(r"\s*[-+]?\d*,\d+")
"""How a number begins that has a decimal comma, as Vietnamese writes it."""

# What a value can be at all. Received power lies between 0 dBm and the thermal noise (-174 dBm/Hz,
# some -132 dBm in the 15 kHz of a resource element); both bounds are wide.
_RANGES = {
    "dBm": (-200.0, 0.0),
    "km": (0.0, math.inf),
    "%": (0.0, 100.0),
    "Mbit/s": (0.0, math.inf),
    "h/day": (0.0, 24.0),
}


@dataclass(frozen=True)
class Quantity:
    """A number in a named unit.

    Examples
    --------
    >>> str(Quantity(-110.0, "dBm"))
    '-110 dBm'
    """

    value: float
    unit: str

    def __str__(self) -> str:
        return f"{self.value:.12g} {self.unit}"


def parse(text: object, unit: str) -> Quantity:
    """Read ``"-110 dBm"`` or ``"500 m"`` into the wanted unit.

    Parameters
    ----------
    text : object
        What the study says; only text with a number and a unit is taken.
    unit : str
        The unit wanted; its multiples are converted.

    Returns
    -------
    Quantity
        In ``unit``.

    Raises
    ------
    ValueError
        When there is no number, a decimal comma, no unit, a unit of another kind, or a value that
        cannot be.

    Examples
    --------
    >>> parse("500 m", "km")
    Quantity(value=0.5, unit='km')
    >>> parse("20 km", "dBm")
    Traceback (most recent call last):
    ValueError: a value in dBm, not in km
    """
    factors = _FACTORS.get(unit, {unit: 1.0})
    if isinstance(text, str) and (comma := _COMMA.match(text)):
        number = comma[0].strip()
        raise ValueError(f'a decimal point: "{number.replace(",", ".")}", not "{number}"')
    match = re.fullmatch(
        r"\s*([-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)\s*(\S.*?)\s*", str(text), re.IGNORECASE
    )
    if not isinstance(text, str) or match is None:
        raise ValueError(f'a number with its unit, such as "{_example(unit)}"')
    number, given = float(match[1]), match[2]
    if given not in factors:
        raise ValueError(f"a value in {unit}, not in {given}")
    if not math.isfinite(number):
        raise ValueError("a finite number")
    value = number * factors[given]
    low, high = _RANGES.get(unit, (-math.inf, math.inf))
    if not low <= value <= high:
        upper = "" if math.isinf(high) else f" and at most {high:g}"
        raise ValueError(f"a value of at least {low:g}{upper} {unit}")
    return Quantity(value, unit)


def _example(unit: str) -> str:
    return {"dBm": "-110 dBm", "km": "20 km"}.get(unit, f"1 {unit}")
