"""How kernels are compiled: on first use, and kept beside their module for the next run.

The compiled code does not notice a change in a kernel of another module: `make clean` after such a
change.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

_Function = TypeVar("_Function", bound=Callable[..., Any])


def kernel(function: _Function) -> _Function:
    """Compile a function of arrays and scalars when it is first called.

    A division by zero gives infinity, as in numpy. Other threads run meanwhile.
    """
    compiled: Any = njit(cache=True, nogil=True, error_model="numpy")(function)
    return compiled


def summing(function: _Function) -> _Function:
    """Compile as `kernel` does, where a sum may be taken several numbers at a time."""
    free = {"nsz", "reassoc", "contract"}  # NaN stays NaN: it means unknown
    compiled: Any = njit(cache=True, nogil=True, error_model="numpy", fastmath=free)(function)
    return compiled
