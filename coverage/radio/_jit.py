"""How the kernels are compiled: on first use, and kept for the next run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

_FREE = {"nnan", "nsz", "arcp", "reassoc", "contract"}
_Function = TypeVar("_Function", bound=Callable[..., Any])


def kernel(function: _Function) -> _Function:
    """Compile a function of arrays and scalars when it is first called.

    A division by zero gives infinity, as in numpy. Sums may be taken in another order, a division
    may be a multiplication by the inverse, and no value may be NaN, which lets a loop run several
    points at a time: whoever calls a kernel has checked for NaN. A kernel lets other threads run
    meanwhile. The compiled code is kept beside the module. It does not notice a change in a kernel
    of another module: `make clean` after such a change.
    """
    return _compiled(function, _nrt=True)


def scalar_kernel(function: _Function) -> _Function:
    """Compile what gives scalars or nothing and makes no array; else as `kernel` does.

    It does not count who holds its arrays, which for each pixel takes a twentieth of a sweep. So it
    must not give an array back, not even in a tuple: that would be freed while it is still in use.
    All kernels say which of the two they are, for what says nothing is compiled as its caller is.
    """
    return _compiled(function, _nrt=False)


def inlined(function: _Function) -> _Function:
    """Compile as `scalar_kernel` does, into each of its callers.

    For what is called for each pixel: a call would hand over some forty values.
    """
    return _compiled(function, _nrt=False, forceinline=True)


def _compiled(function: _Function, **options: bool) -> _Function:
    compiler: Any = njit
    how = {"cache": True, "nogil": True, "error_model": "numpy", "fastmath": _FREE}
    return compiler(**how, **options)(function)
