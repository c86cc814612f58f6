"""deadzones: where people live without 5G, fibre or power, and what to build first.

The public names load when they are first used, so ``import deadzones`` is quick and this file can
be imported on its own.
"""

from typing import TYPE_CHECKING

import lazy_loader as _lazy

if TYPE_CHECKING:
    from . import coverage, geodata, reports
    from .coverage.analysis import Tables, analyse
    from .coverage.study import Study
    from .geodata.faults import BadInput, Fault
    from .reports.products import Result, demo, read, run

__version__ = "0.1.0"
__all__ = [
    "BadInput",
    "Fault",
    "Result",
    "Study",
    "Tables",
    "analyse",
    "coverage",
    "demo",
    "geodata",
    "read",
    "reports",
    "run",
]

__getattr__, __dir__, _ = _lazy.attach(
    __name__,
    submodules=["coverage", "geodata", "reports"],
    submod_attrs={
        "coverage.analysis": ["Tables", "analyse"],
        "coverage.study": ["Study"],
        "geodata.faults": ["BadInput", "Fault"],
        "reports.products": ["Result", "demo", "read", "run"],
    },
)
