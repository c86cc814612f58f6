"""Who does the tasks: this process, its threads, other processes, or other machines."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import pickle
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from itertools import islice
from multiprocessing.connection import Connection
from multiprocessing.connection import wait as wait_for
from threading import Thread
from typing import Any, Literal, TypeVar

from ..geodata.faults import BadInput, Fault
from .inputs import Step

Engine = Literal["serial", "threads", "processes"]
_Part = TypeVar("_Part")
_Found = TypeVar("_Found")
_TRIES = 3
"""How often a task is given to a worker where workers are lost."""
_AHEAD = 2
"""Tasks a worker that are prepared: the rest wait, so that memory is bounded."""
_LOOK_S = 1.0
"""After so long without a finished task is looked how many workers there are."""
_PATIENCE_S = 5.0
"""How long is waited for a scheduler's answer."""
_NO_WORKER_S = 60.0
"""How long is waited where a cluster has no worker: some start machines once there are tasks."""
_AGAIN = "start again: what is finished is kept."


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
            yield from _pooled(partial(pool.submit, work), iter(parts), lambda: workers, {})
    else:
        yield from _on_processes(work, iter(parts), workers)


def _on_processes(
    work: Callable[[_Part], _Found], parts: Iterator[_Part], workers: int
) -> Iterator[_Found]:
    """Do the work on processes; where one is lost, what it had is given to new ones."""
    fresh = multiprocessing.get_context("spawn")  # a fork would copy threads' locks
    open_parts: dict[int, _Part] = {}
    for _ in range(_TRIES):
        theirs, ours = fresh.Pipe(duplex=False)
        pool = ProcessPoolExecutor(workers, fresh, initializer=_stay_while, initargs=(theirs,))
        try:
            # Our end is closed first: after an error nobody waits for tasks that go on.
            with theirs, pool, ours:
                submit = partial(_started, pool, work)
                yield from _pooled(submit, parts, lambda: workers, open_parts)
        except BrokenProcessPool:
            continue
        return
    found, wanted = "worker processes that were lost", "workers that stay, with memory enough"
    raise BadInput([Fault("workers", found, wanted, "Start again with fewer --workers.")])


def _stay_while(pipe: Connection) -> None:
    """End this process once the other end of a pipe is closed: with its parent, however that ends."""

    def watch() -> None:
        wait_for([pipe])
        os._exit(1)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=watch, daemon=True).start()


def _started(pool: Executor, work: Callable[[_Part], _Found], part: _Part) -> Future[_Found]:
    """Give a part to a pool that starts processes; a Ctrl-C is for their parent alone."""
    if not hasattr(signal, "pthread_sigmask"):  # on Windows
        return pool.submit(work, part)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # processes inherit this
    try:
        return pool.submit(work, part)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _pooled(
    submit: Callable[[_Part], Future[_Found]],
    parts: Iterator[_Part],
    workers: Callable[[], int],
    open_parts: dict[int, _Part],
) -> Iterator[_Found]:
    """Keep a pool busy, with few parts ahead; ``open_parts`` are those that are not done.

    How many workers there are is asked anew from time to time.
    """
    futures: dict[Future[_Found], int] = {}
    for number, part in list(open_parts.items()):
        futures[submit(part)] = number
    try:
        while True:
            for part in islice(parts, max(_AHEAD * workers() - len(futures), 0)):
                number = max(open_parts, default=-1) + 1
                open_parts[number] = part
                futures[submit(part)] = number
            if not futures:
                return
            for future in wait(futures, _LOOK_S, FIRST_COMPLETED).done:
                found = future.result()
                del open_parts[futures.pop(future)]
                yield found
    finally:
        for future in futures:
            future.cancel()


def run_dask(
    work: Callable[[_Part], _Found],
    parts: Iterable[_Part],
    address: str,
    tell: Step = lambda _: None,
) -> Iterator[_Found]:
    """Do a work for each part on the workers of a dask scheduler.

    Parameters
    ----------
    work : callable
        A function of a module.
    parts : iterable
    address : str
        Of the scheduler, such as ``tcp://10.0.0.1:8786``. Its workers have this package, and see
        the study's files and the folder of the work under the same names.
    tell : callable
        Told when there is no worker.

    Yields
    ------
    What `work` returns, in the order in which it is done.

    Raises
    ------
    BadInput
        When dask is not installed, there is no scheduler, no worker comes for a minute, or either
        is lost.

    Examples
    --------
    >>> run_dask.__name__
    'run_dask'
    """
    with client(address) as cluster:
        submit = partial(_sent, cluster.get_executor(pure=False, retries=_TRIES), work)
        try:
            yield from _pooled(submit, iter(parts), _threads(cluster, tell), {})
        except BadInput:
            raise
        except Exception as error:
            fault = _told(error, cluster)
            if fault is None:
                raise
            raise BadInput([fault]) from error


def client(address: str) -> Any:
    """Open a client of a dask scheduler.

    Raises
    ------
    BadInput
        When dask is not installed, or there is no scheduler.

    Examples
    --------
    >>> client("nowhere")
    Traceback (most recent call last):
    deadzones.geodata.faults.BadInput: --dask: found no ...
    """
    try:
        distributed = importlib.import_module("distributed")
    except ImportError as error:
        repair = 'Install it: pip install "deadzones[cluster]".'
        fault = Fault("--dask", "no dask.distributed here", "the package distributed", repair)
        raise BadInput([fault]) from error
    try:
        _check(address, distributed)
        return distributed.Client(address, timeout=_PATIENCE_S)
    except (OSError, ValueError, TypeError, ImportError, Warning) as error:
        told, *_ = str(error).splitlines() or [""]
        found = f"no scheduler at {address} ({told})"
        repair = "Start one with `dask scheduler`, or mend the address."
        raise BadInput([Fault("--dask", found, "the address of one", repair)]) from error


def _check(address: str, distributed: Any) -> None:
    """Raise what is wrong with an address: a client that fails of it would never be closed."""
    distributed.comm.resolve_address(address)
    safe = distributed.Security().get_connection_args("client")["ssl_context"]
    if safe is None and address.startswith(("tls:", "wss:")):
        raise ValueError("dask's configuration names no certificates for TLS")


class _Call:
    """A call that is done by whoever unpickles it.

    As bytes it goes through a scheduler without this package; a worker without it can say so, where
    it would die of a task that names our functions.
    """

    def __init__(self, work: Callable[[_Part], _Found], part: _Part) -> None:
        self.call = work, (part,)

    def __reduce__(self) -> tuple[Any, ...]:
        return self.call


def _sent(pool: Executor, work: Callable[[_Part], _Found], part: _Part) -> Future[_Found]:
    return pool.submit(pickle.loads, pickle.dumps(_Call(work, part)))


def _threads(cluster: Any, tell: Step) -> Callable[[], int]:
    """Return what counts the threads of a cluster, which may grow; at least one is hoped for."""
    missed_s: float | None = None

    def count() -> int:
        nonlocal missed_s
        threads, now_s = sum(cluster.nthreads().values()), time.monotonic()
        if threads:
            missed_s = None
        elif missed_s is None:
            missed_s = now_s
            tell(f"no dask worker is there; waiting {_NO_WORKER_S:.0f} s for one")
        elif now_s - missed_s > _NO_WORKER_S:
            found = f"no worker for {_NO_WORKER_S:.0f} s"
            wanted = "one at least, with memory enough"
            raise BadInput([Fault("--dask", found, wanted, f"Start some; then {_AGAIN}")])
        return max(threads, 1)

    return count


def _told(error: Exception, cluster: Any) -> Fault | None:
    """Say what is wrong with a cluster; nothing where the work itself has failed."""
    distributed = importlib.import_module("distributed")
    if isinstance(error, distributed.KilledWorker):
        found, wanted = "workers that were lost", "workers that stay, with memory enough"
        return Fault("--dask", found, wanted, f"Look into their logs; then {_AGAIN}")
    if isinstance(error, ImportError):
        found, wanted = f"a worker that lacks something ({error})", "this package on all workers"
        return Fault("--dask", found, wanted, f"Install it there; then {_AGAIN}")
    lost = isinstance(error, CancelledError | distributed.comm.CommClosedError)
    if lost or cluster.status != "running":
        found, wanted = "a scheduler that was lost", "one that stays"
        return Fault("--dask", found, wanted, f"Look into its log; then {_AGAIN}")
    return None
