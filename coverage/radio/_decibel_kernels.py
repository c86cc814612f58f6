"""Decibels of ratios."""

from __future__ import annotations

import math

from ._jit import inlined

_PER_NEPER = 10.0 / math.log(10.0)


@inlined
def decibels(ratio: float) -> float:
    """10 log10 of a ratio, from the natural logarithm, which takes half the time of the other."""
    return _PER_NEPER * math.log(ratio)
