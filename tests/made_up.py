"""The small made-up country, made once for all tests of a process: nobody writes into it."""

from __future__ import annotations

from functools import cache

import deadzones as dz


@cache
def demo(communes: int = 4) -> dz.Result:
    return dz.demo(communes=communes)
