"""Who does the tasks of a batch: workers that grow, are lost or absent, and ends in order."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import drawn
import lost_worker
import pytest
import typer
from spoil import call

from deadzones import _terminal
from deadzones.coverage import batch_engines
from deadzones.geodata.faults import BadInput, Fault

# --- parts ahead ----------------------------------------------------------------------------------


def test_more_parts_are_given_once_there_are_more_workers() -> None:
    given: list[int] = []
    ahead: list[int] = []
    workers = iter([1, 3, *[3] * 20])

    def submit(part: int) -> Future[int]:
        given.append(part)
        future: Future[int] = Future()
        future.set_result(part)
        return future

    def count() -> int:
        ahead.append(len(given))
        return next(workers)

    found = list(batch_engines._pooled(submit, iter(range(20)), count, {}))
    assert sorted(found) == list(range(20))
    assert ahead[:3] == [0, 2, 8]


class Cluster:
    """What is asked of a client of dask: how many threads each worker has."""

    status = "running"

    def __init__(self, *threads: int) -> None:
        self.threads = dict(enumerate(threads))

    def nthreads(self) -> dict[int, int]:
        return self.threads


def test_threads_of_workers_are_counted_anew_each_time() -> None:
    cluster = Cluster(8, 8)
    count = batch_engines._threads(cluster, pytest.fail)
    assert count() == 16
    cluster.threads[2] = 4
    assert count() == 20


def test_a_worker_is_waited_for_so_long_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    cluster, now = Cluster(), iter([0.0, 59.0, 60.0, 70.0, 129.0, 131.0])
    monkeypatch.setattr(batch_engines.time, "monotonic", lambda: next(now))
    count = batch_engines._threads(cluster, told.append)
    assert count() == count() == 1  # a task is given all the same: some clusters start with it
    cluster.threads[0] = 2
    assert count() == 2
    cluster.threads.clear()
    assert count() == count() == 1
    assert told == ["no dask worker is there; waiting 60 s for one"] * 2
    with pytest.raises(BadInput, match="--dask: found no worker for 60 s"):
        count()


# --- dask -----------------------------------------------------------------------------------------


def test_neither_task_nor_scheduler_needs_the_package_to_pass_a_part_on() -> None:
    class Pool:
        submit = staticmethod(lambda *call: call)

    sent: Any = batch_engines._sent(Pool(), lost_worker.once, Path("a"))  # pyright: ignore[reportArgumentType]
    assert sent[0] is pickle.loads
    assert isinstance(sent[1], bytes)
    there: Any = batch_engines._sent(Pool(), abs, -3)  # pyright: ignore[reportArgumentType]
    assert there[0](there[1]) == 3


@pytest.fixture
def scheduler() -> Iterator[Any]:
    """A cluster of one worker, in threads of this process."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None, protocol="tcp"
    ) as cluster:
        yield cluster


def bad(part: str) -> None:
    raise BadInput([Fault(part, "this", "that", "Mend it.")])


def full(part: str) -> None:
    raise OSError(28, part)


def lacking(part: str) -> None:
    raise ModuleNotFoundError(part)


@pytest.mark.stress
def test_what_a_task_says_is_passed_on(scheduler: Any) -> None:
    address = scheduler.scheduler_address
    assert sorted(batch_engines.run_dask(abs, [-1, -2, -3], address)) == [1, 2, 3]
    with pytest.raises(BadInput, match=r"a\.csv: found this"):
        list(batch_engines.run_dask(bad, ["a.csv"], address))
    with pytest.raises(OSError, match="28"):
        list(batch_engines.run_dask(full, ["disk"], address))
    with pytest.raises(BadInput, match=r"a worker that lacks something \(no deadzones\)"):
        list(batch_engines.run_dask(lacking, ["no deadzones"], address))


@pytest.mark.stress
def test_a_cluster_whose_workers_are_gone_is_told(
    scheduler: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_engines, "_LOOK_S", 0.1)
    monkeypatch.setattr(batch_engines, "_NO_WORKER_S", 0.5)
    address = scheduler.scheduler_address
    found = batch_engines.run_dask(time.sleep, [0.01, 4.0], address)
    next(found)
    scheduler.scale(0)
    with pytest.raises(BadInput, match="no worker for"):
        next(found)


@pytest.mark.stress
def test_a_cluster_that_scales_from_nothing_works() -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=0, dashboard_address=None) as cluster:
        cluster.adapt(minimum=0, maximum=2, interval="200ms")
        found = batch_engines.run_dask(abs, range(-9, 0), cluster.scheduler_address)
        assert sorted(found) == list(range(1, 10))


@pytest.mark.stress
def test_workers_that_die_of_each_task_are_told(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    here = str(Path(__file__).parent)
    with (
        distributed.LocalCluster(
            n_workers=1, dashboard_address=None, env={"PYTHONPATH": here}
        ) as cluster,
        pytest.raises(BadInput, match="workers that were lost"),
    ):
        list(batch_engines.run_dask(lost_worker.always, [tmp_path], cluster.scheduler_address))


SCHEDULER = """
import asyncio, distributed

async def main():
    async with distributed.Scheduler(port=0, dashboard=False) as scheduler:
        async with distributed.Worker(scheduler.address, nthreads=1, dashboard=False):
            print(scheduler.address, flush=True)
            await scheduler.finished()

asyncio.run(main())
"""


@pytest.mark.stress
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_lost_scheduler_is_told(number: signal.Signals) -> None:
    pytest.importorskip("distributed")
    with subprocess.Popen([sys.executable, "-c", SCHEDULER], stdout=subprocess.PIPE) as cluster:
        assert cluster.stdout is not None
        address = cluster.stdout.readline().decode().strip()
        found = batch_engines.run_dask(time.sleep, [0.01, 60.0], address)
        next(found)
        cluster.send_signal(number)
        with pytest.raises(BadInput, match="a scheduler that was lost"):
            next(found)


@pytest.mark.parametrize(
    "address", ["", "nowhere", "what://is:1", "tls://127.0.0.1:9", "ucx://127.0.0.1:1"]
)
def test_a_bad_address_is_told_before_layers_are_read(tmp_path: Path, address: str) -> None:
    study = drawn.country(tmp_path / "in")
    (tmp_path / "in" / "sites.gpkg").write_text("no layer")
    said = call("score", study, "--out", tmp_path / "out", "--dask", address)
    assert said.exit_code == 2
    assert said.stderr.startswith("--dask: found no ")
    assert "sites.gpkg" not in said.stderr


# --- ends -----------------------------------------------------------------------------------------

TASK = "import time; print('begun', flush=True); time.sleep(60)"
COMMAND = f"""
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where tests run in the background
from deadzones import cli
from deadzones._terminal import door
from deadzones.coverage import batch_engines

@cli.app.command()
def work():
    with door("warning"):
        list(batch_engines.run(exec, [{TASK!r}] * 4, "processes", 2))

if __name__ == "__main__":
    sys.argv = ["deadzones", "work"]
    cli.main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX")
@pytest.mark.parametrize(
    ("number", "code", "to_all"),
    [
        ("SIGKILL", -9, False),
        ("SIGTERM", 143, False),
        ("SIGTERM", 143, True),
        ("SIGINT", 130, False),
        ("SIGINT", 130, True),
    ],
)
def test_a_command_that_is_ended_leaves_no_process(number: str, code: int, to_all: bool) -> None:
    command = subprocess.Popen(
        [sys.executable, "-c", COMMAND], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    with command:
        assert command.stdout is not None
        assert [command.stdout.readline() for _ in range(2)] == ["begun\n"] * 2
        end = os.killpg if to_all else os.kill
        end(command.pid, getattr(signal, number))
        told = command.communicate(timeout=20)[1]  # to the end: nobody is left who could write
    assert command.returncode == code
    assert "Traceback" not in told


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt(), SystemExit(143)])
def test_an_interrupt_that_a_kernel_makes_an_error_is_one(interrupt: BaseException) -> None:
    message = "CPUDispatcher(<function>) returned a result with an exception set"
    with pytest.raises(type(interrupt)), _terminal.door("warning"):
        raise SystemError(message) from interrupt


def test_other_errors_pass_the_door() -> None:
    with pytest.raises(SystemError), _terminal.door("warning"):
        raise SystemError from ValueError()
    with pytest.raises(typer.Exit), _terminal.door("warning"):
        bad("a.csv")
