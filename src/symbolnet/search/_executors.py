"""Where jobs are trained: threads of this process, or worker processes on this machine."""

__all__ = ["Event", "Executor", "ProcessExecutor", "ThreadExecutor", "default_lanes", "default_width"]

import contextlib
import multiprocessing
import os
import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, Protocol, runtime_checkable

from symbolnet._machine import cores
from symbolnet.search._data import ScanData
from symbolnet.search._records import Job, Result
from symbolnet.search._work import Stopped, Worker


@dataclass(frozen=True)
class Event:
    """Something that an executor reports.

    Attributes
    ----------
    kind : {"result", "done", "error", "lost"}
        A trial has ended; all trials of a job have; the job cannot be trained (its settings, or no memory); its
        worker is gone.
    job : int
    result : Result, for "result"
    model : bytes or None
        Its model file, if it may enter the front.
    reason : str
    """

    kind: str
    job: int
    result: Result | None = None
    model: bytes | None = None
    reason: str = ""


@runtime_checkable
class Executor(Protocol):
    """What a scan asks of the place where its jobs are trained."""

    def free(self) -> int:
        """How many more jobs it takes now."""
        ...

    def submit(self, job: Job) -> None:
        """Begin a job."""
        ...

    def poll(self, timeout: float) -> list[Event]:
        """What has happened; waits for at most `timeout` seconds for something to happen."""
        ...

    def describe(self) -> str:
        """Where jobs are trained, in a few words."""
        ...

    def close(self) -> None:
        """End whatever is running."""
        ...


def default_lanes() -> int:
    """One population a device on an accelerator, else one a core."""
    import jax

    return len(jax.local_devices()) if jax.default_backend() != "cpu" else len(cores())


def default_width() -> int:
    """Trials of a population: one on a processor, whose core it keeps busy; many on an accelerator.

    On a processor, several together would save some overhead of small networks and lose more in places that are empty
    towards the end of a queue.
    """
    import jax

    return 1 if jax.default_backend() == "cpu" else 32


class ThreadExecutor:
    """Populations in this process, one a thread. XLA trains without holding Python's lock.

    Parameters
    ----------
    data : ScanData
    lanes : int, optional
        By default one a core, or one a device on an accelerator.
    """

    def __init__(self, data: ScanData, lanes: int | None = None) -> None:
        import jax

        self._lanes = lanes or default_lanes()
        self._devices = jax.local_devices() if jax.default_backend() != "cpu" else []
        self._worker = Worker(data)
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._running, self._stop = 0, threading.Event()
        self._threads = [threading.Thread(target=self._lane, args=(k,), daemon=True) for k in range(self._lanes)]
        for thread in self._threads:
            thread.start()

    def free(self) -> int:
        """How many lanes have no job."""
        return self._lanes - self._running

    def submit(self, job: Job) -> None:
        """Hand a job to the next lane that is free."""
        self._running += 1
        self._jobs.put(job)

    def poll(self, timeout: float) -> list[Event]:
        """What the lanes have reported since; waits for at most `timeout` seconds for a first event."""
        events: list[Event] = []
        with contextlib.suppress(queue.Empty):
            events.append(self._events.get(timeout=timeout))
            while True:
                events.append(self._events.get_nowait())
        self._running -= sum(event.kind != "result" for event in events)
        return events

    def describe(self) -> str:
        """The number of threads, in a few words."""
        return f"{self._lanes} thread{'s' * (self._lanes != 1)} of this process"

    def close(self) -> None:
        """Tell the lanes to stop, which they do soon, and wait for them."""
        self._stop.set()
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()

    def _lane(self, k: int) -> None:
        import jax

        device = self._devices[k % len(self._devices)] if self._devices else None
        with jax.default_device(device) if device is not None else contextlib.nullcontext():
            while (job := self._jobs.get()) is not None:
                self._events.put(_train(self._worker, job, self._events.put, self._stop.is_set))


class ProcessExecutor:
    """Worker processes on this machine, each with its share of the cores. One that dies is replaced.

    Parameters
    ----------
    data : ScanData
    workers : int
    """

    def __init__(self, data: ScanData, workers: int) -> None:
        self._data, self._context = data, multiprocessing.get_context("spawn")
        mine = cores()
        self._shares = [mine[k::workers] or mine for k in range(workers)]
        self._workers: list[_Process] = [self._start(k) for k in range(workers)]

    def free(self) -> int:
        """How many workers have no job."""
        return sum(worker.job is None for worker in self._workers)

    def submit(self, job: Job) -> None:
        """Send a job to a free worker; there must be one."""
        k = next(k for k, worker in enumerate(self._workers) if worker.job is None)
        worker = self._workers[k]
        worker.job = job.number
        with contextlib.suppress(OSError):  # it is dead; `poll` finds that out
            worker.connection.send(job.to_json())

    def poll(self, timeout: float) -> list[Event]:
        """What the workers have reported; waits for at most `timeout` seconds for a first event.

        A worker that has died is replaced, and the job that it had is reported as lost.
        """
        events: list[Event] = []
        for connection in wait([worker.connection for worker in self._workers], timeout):
            k = next(k for k, worker in enumerate(self._workers) if worker.connection is connection)
            events += self._read(k)
        return events

    def describe(self) -> str:
        """The number of worker processes, in a few words."""
        return f"{len(self._workers)} worker process{'es' * (len(self._workers) != 1)}"

    def pids(self) -> list[int]:
        """The workers' process ids."""
        return [worker.process.pid or 0 for worker in self._workers]

    def close(self) -> None:
        """Kill the workers, whatever they train."""
        for worker in self._workers:
            worker.process.kill()
            worker.process.join()
            worker.connection.close()

    def _start(self, k: int) -> "_Process":
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_serve, args=(theirs, self._data, self._shares[k]), daemon=True)
        process.start()
        theirs.close()
        return _Process(process, ours)

    def _read(self, k: int) -> list[Event]:
        worker = self._workers[k]
        events: list[Event] = []
        try:
            while worker.connection.poll():
                kind, result, model, reason = worker.connection.recv()
                assert worker.job is not None
                found = None if result is None else Result(**result)
                events.append(Event(kind, worker.job, found, model, reason))
                if kind != "result":
                    worker.job = None
        except (EOFError, OSError):
            worker.process.join()
            code = worker.process.exitcode
            worker.connection.close()
            if worker.job is not None:
                events.append(Event("lost", worker.job, reason=f"its worker process ended (exit code {code})"))
            self._workers[k] = self._start(k)
        return events


@dataclass
class _Process:
    """A worker process, its end of the pipe, and the job that it trains."""

    process: Any
    connection: "Connection[Any, Any]"
    job: int | None = None


def _serve(connection: "Connection[Any, Any]", data: ScanData, share: Sequence[int]) -> None:
    """What a worker process does: takes jobs from the pipe until that closes."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the scan's to handle; it ends its workers
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, share)  # before XLA counts its cores
    worker = Worker(data)

    def send(event: Event) -> None:
        result = None if event.result is None else event.result.to_json()
        try:
            connection.send((event.kind, result, event.model, event.reason))
        except OSError as error:  # the scan has ended, and so does its worker
            raise SystemExit from error

    with contextlib.suppress(EOFError, OSError):
        while True:
            job = Job.from_json(connection.recv())
            send(_train(worker, job, send, lambda: False))


def _train(worker: Worker, job: Job, report: Any, stopped: Any) -> Event:
    """Train a job, reporting each trial; the returned event says how it ended."""
    try:
        worker.run(job, lambda result, model: report(Event("result", job.number, result, model)), stopped)
    except Stopped:
        return Event("error", job.number, reason="stopped")
    except OSError as error:  # of this machine, say a full disk: another attempt may do better
        return Event("lost", job.number, reason=" ".join(str(error).split())[:300])
    except Exception as error:
        text = " ".join(str(error).split())[:300]
        return Event("error", job.number, reason=text if isinstance(error, ValueError) else f"{_kind(error)}: {text}")
    return Event("done", job.number)


def _kind(error: BaseException) -> str:
    return type(error).__name__
