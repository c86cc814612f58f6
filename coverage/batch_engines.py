"""Who does the tasks: this process, its threads, other processes, or other machines."""

from __future__ import annotations

import importlib
import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import Any, Literal, TypeVar

from ..geodata.faults import BadInput, Fault

Engine = Literal["serial", "threads", "processes"]
_Part = TypeVar("_Part")
_Found = TypeVar("_Found")
_TRIES = 3
"""How often a task is given to a worker where workers are lost."""
_AHEAD = 2
"""Tasks a worker that are prepared: the rest wait, so that memory is bounded."""
_PATIENCE_S = 5.0
"""How long is waited for a scheduler's answer."""


def run(
    work: Callable[[_Part], _Found], parts: Iterable[_Part], engine: Engine, workers: int
) -> Iterator[_Found]:
    """Do a work for each part; yield what it gives, in the order in which it is done.

    Parameters
    ----------
    work : callable
        A function of a module, where other processes do it.
    parts : iterable
        Asked for one by one.
    engine : {"serial", "threads", "processes"}
    workers : int
        At least 1.

    Yields
    ------
    What `work` returns.

    Raises
    ------
    BadInput
        When processes are lost again and again.

    Examples
    --------
    >>> list(run(abs, [-1, -2], "serial", 1))
    [1, 2]
    """
    if engine == "serial":
        yield from map(work, parts)
    elif engine == "threads":
        with ThreadPoolExecutor(workers) as pool:
            yield from _pooled(pool, work, iter(parts), workers, {})
    else:
        yield from _on_processes(work, iter(parts), workers)


def _on_processes(
    work: Callable[[_Part], _Found], parts: Iterator[_Part], workers: int
) -> Iterator[_Found]:
    """Do the work on processes; where one is lost, what it had is given to new ones."""
    fresh = multiprocessing.get_context("spawn")  # a fork would copy threads' locks
    open_parts: dict[int, _Part] = {}
    for _ in range(_TRIES):
        try:
            with ProcessPoolExecutor(workers, mp_context=fresh) as pool:
                yield from _pooled(pool, work, parts, workers, open_parts)
        except BrokenProcessPool:
            continue
        return
    found, wanted = "worker processes that were lost", "workers that stay: is there memory enough?"
    raise BadInput([Fault("workers", found, wanted, "Start again with fewer --workers.")])


def _pooled(
    pool: Executor,
    work: Callable[[_Part], _Found],
    parts: Iterator[_Part],
    workers: int,
    open_parts: dict[int, _Part],
) -> Iterator[_Found]:
    """Keep a pool busy, with few parts ahead; ``open_parts`` are those that are not done."""
    futures: dict[Future[_Found], int] = {}
    for number, part in list(open_parts.items()):
        futures[pool.submit(work, part)] = number
    try:
        while True:
            for part in islice(parts, max(_AHEAD * workers - len(futures), 0)):
                number = max(open_parts, default=-1) + 1
                open_parts[number] = part
                futures[pool.submit(work, part)] = number
            if not futures:
                return
            for future in wait(futures, return_when=FIRST_COMPLETED).done:
                found = future.result()
                del open_parts[futures.pop(future)]
                yield found
    finally:
        for future in futures:
            future.cancel()


def run_dask(
    work: Callable[[_Part], _Found], parts: Iterable[_Part], address: str
) -> Iterator[_Found]:
    """Do a work for each part on the workers of a dask scheduler.

    Parameters
    ----------
    work : callable
    parts : iterable
    address : str
        Of the scheduler, such as ``tcp://10.0.0.1:8786``. Its workers have this package, and see
        the study's files and the folder of the work under the same names.

    Yields
    ------
    What `work` returns, in the order in which it is done.

    Raises
    ------
    BadInput
        When dask is not installed, or there is no scheduler.

    Examples
    --------
    >>> run_dask.__name__
    'run_dask'
    """
    client = _client(address)
    as_completed = importlib.import_module("distributed").as_completed

    with client:
        waiting = iter(parts)
        ahead = max(_AHEAD * len(client.nthreads()), _AHEAD)
        first = [
            client.submit(work, part, pure=False, retries=_TRIES) for part in islice(waiting, ahead)
        ]
        done: Any = as_completed(first)
        for future in done:
            found = future.result()
            for part in islice(waiting, 1):
                done.add(client.submit(work, part, pure=False, retries=_TRIES))
            yield found


def _client(address: str) -> Any:
    try:
        distributed = importlib.import_module("distributed")
    except ImportError as error:
        repair = 'Install it: pip install "deadzones[cluster]".'
        fault = Fault("--dask", "no dask.distributed here", "the package distributed", repair)
        raise BadInput([fault]) from error
    try:
        return distributed.Client(address, timeout=_PATIENCE_S)
    except (OSError, ValueError) as error:
        repair = "Start one with `dask scheduler`, or mend the address."
        fault = Fault("--dask", f"no scheduler at {address}", "the address of one", repair)
        raise BadInput([fault]) from error
