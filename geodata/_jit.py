"""How kernels are compiled: on first use, and kept beside their module for the next run.

The compiled code does not notice a change in a kernel of another module: `make clean` after such a
change.

A kernel writes what is as long as a grid has cells into arrays that it is given: numpy asks the system
for large pages, where memory that a kernel asks for comes in thousands of small ones, each a fault.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any, TypeVar

from numba import njit
from numba.core.dispatcher import Dispatcher

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


def load(module: ModuleType) -> None:
    """Load the kernels of a module that were compiled before, for all kinds of arrays.

    What has never been called stays for its first call. Threads that load kernels at once wait for
    each other at each of them.
    """
    for name, value in vars(module).items():
        if isinstance(value, Dispatcher) and not name.startswith("_"):
            compiled: Any = value
            cache = compiled._cache  # noqa: SLF001 - numba has no public way to what it keeps
            for key in cache._cache_file._load_index():  # noqa: SLF001
                signature = key[0]
                if key == cache._index_key(signature, compiled.targetctx.codegen()):  # noqa: SLF001
                    compiled.compile(signature)
