"""How long each stage of a run takes, and how much memory."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any


@contextmanager
def stage(
    name: str, timings: list[Mapping[str, Any]], tell: Callable[[str], None]
) -> Generator[None]:
    """Tell of a stage and write down how long it took.

    Examples
    --------
    >>> timings = []
    >>> with stage("thinking", timings, print):
    ...     pass
    thinking
    >>> timings[0]["stage"]
    'thinking'
    """
    tell(name)
    began = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    start = time.perf_counter()
    yield
    seconds = round(time.perf_counter() - start, 3)
    memory = _peak_memory_mb()
    timings.append({"stage": name, "start": began, "seconds": seconds, "peak_memory_mb": memory})


def _peak_memory_mb() -> float | None:
    try:
        import resource
    except ImportError:
        return None
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0, 1)
