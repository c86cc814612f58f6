"""How the kernels are compiled: on first use, and kept for the next run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

_FREE = {"nnan", "nsz", "reassoc", "contract"}
_Function = TypeVar("_Function", bound=Callable[..., Any])


def kernel(function: _Function) -> _Function:
    """Compile a function of arrays and scalars when it is first called.

    A division by zero gives infinity, as in numpy. Sums may be taken in another order and no value
    may be NaN, which lets a loop run several points at a time: whoever calls a kernel has checked
    for NaN. A kernel lets other threads run meanwhile. The compiled code is kept beside the module.
    It does not notice a change in a kernel of another module: `make clean` after such a change.
    """
    compiled: Any = njit(cache=True, nogil=True, error_model="numpy", fastmath=_FREE)(function)
    return compiled


def inlined(function: _Function) -> _Function:
    """Compile as `kernel` does, into each of its callers.

    For what is called for each pixel: a call would hand over some forty values.
    """
    compiled: Any = njit(
        cache=True, nogil=True, error_model="numpy", fastmath=_FREE, forceinline=True
    )(function)
    return compiled
