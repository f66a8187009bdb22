"""Jobs on the workers of a Dask cluster, which come and go."""

__all__ = ["DaskExecutor", "jobqueue_cluster"]

import json
import logging
import threading
import time
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from symbolnet._errors import SymbolNetError
from symbolnet.search._data import ScanData
from symbolnet.search._executors import Event
from symbolnet.search._records import Job, Result
from symbolnet.search._study import versions

_LOOK = 1.0
"""Seconds between two looks at which workers are there."""


class DaskExecutor:
    """Each job is one task; the data goes to every worker once, those that join later included.

    Jobs and results travel as JSON. A job whose worker is gone is reported as lost and not left to Dask to repeat, so
    that the storage tells what happened.

    Parameters
    ----------
    data : ScanData
    address : str or cluster
        Of a scheduler, such as "tcp://127.0.0.1:8786", or a cluster object.
    timeout : float
        Seconds to wait for the scheduler.

    Raises
    ------
    SymbolNetError
        If there is no scheduler, or the extra is not installed.
    """

    def __init__(self, data: ScanData, address: Any, timeout: float = 5.0) -> None:
        distributed = _distributed()
        self._cluster = None if isinstance(address, str) else address
        try:
            self._client = distributed.Client(address, timeout=timeout, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise SymbolNetError(
                f"no Dask scheduler at {address} ({type(error).__name__}); start one (dask scheduler --host 127.0.0.1) "
                "or check host and port"
            ) from error
        self._fingerprint, self._token = data.fingerprint, uuid4().hex[:8]
        from symbolnet.search._dask_worker import DataOfTheScan

        self._client.register_plugin(DataOfTheScan(data), name=f"symbolnet-{self._fingerprint[:16]}")
        self._futures: dict[int, Any] = {}
        self._seen: dict[int, str] = {}
        self._looked, self._n_threads, self._sent = 0.0, 0, 0
        self._alive: set[str] = set()
        self._woken = threading.Event()

    def free(self) -> int:
        """How many more jobs the cluster takes: one more than it has threads, less those that it has."""
        self._look()
        # One job more than there are threads waits at the scheduler, so that no thread waits for us.
        return self._n_threads + (self._n_threads > 0) - len(self._futures)

    def submit(self, job: Job) -> None:
        """Send a job to the scheduler, as JSON."""
        from symbolnet.search._dask_worker import train_job

        self._sent += 1
        key = f"symbolnet-{self._token}-{job.number}-{self._sent}"
        text = json.dumps(job.to_json(), allow_nan=False)
        self._futures[job.number] = self._client.submit(
            train_job, text, self._fingerprint, versions(), key=key, pure=False
        )
        self._futures[job.number].add_done_callback(lambda _: self._woken.set())

    def poll(self, timeout: float) -> list[Event]:
        """What has ended, with a "lost" for each job whose worker is gone; waits for at most `timeout` seconds."""
        self._woken.wait(timeout)
        self._woken.clear()
        self._look()
        events = self._lost()
        for number, future in list(self._futures.items()):
            if future.done():
                del self._futures[number]
                self._seen.pop(number, None)
                events += self._read(number, future)
        return events

    def describe(self) -> str:
        """The number of worker threads that are there now, in a few words."""
        self._look()
        return f"Dask, {self._n_threads} worker thread{'s' * (self._n_threads != 1)}"

    def close(self) -> None:
        """Cancel what runs, and close the client and a cluster that was given as an object."""
        for future in self._futures.values():
            future.cancel(force=True)
        self._client.close()
        if self._cluster is not None:
            self._cluster.close()

    def _read(self, number: int, future: Any) -> list[Event]:
        if future.status == "finished":
            events = []
            for text, model in future.result():
                events.append(Event("result", number, Result(**json.loads(text)), model))
            return [*events, Event("done", number)]
        error = future.exception() if future.status == "error" else None
        if error is None or type(error).__name__ in ("KilledWorker", "CancelledError", "CommClosedError"):
            return [Event("lost", number, reason="its Dask worker is gone")]
        return [Event("error", number, reason=" ".join(str(error).split())[:300])]

    def _look(self) -> None:
        """See which workers there are, and which of them has which job."""
        if time.monotonic() - self._looked < _LOOK:
            return
        self._looked = time.monotonic()
        workers: Mapping[str, Any] = self._client.scheduler_info(n_workers=-1)["workers"]
        self._n_threads = sum(int(worker["nthreads"]) for worker in workers.values())
        by_key = {str(key): worker for worker, keys in self._client.processing().items() for key in keys}
        for number, future in self._futures.items():
            if future.key in by_key:
                self._seen.setdefault(number, by_key[future.key])
        self._alive = set(workers)

    def _lost(self) -> list[Event]:
        events = []
        for number, worker in list(self._seen.items()):
            future = self._futures[number]
            if worker not in self._alive and not future.done():
                future.cancel(force=True)
                del self._futures[number], self._seen[number]
                events.append(Event("lost", number, reason="its Dask worker is gone"))
        return events


def jobqueue_cluster(system: str, workers: int, host: str | None) -> Any:
    """A cluster whose workers are jobs of a batch system, set up as Dask's own configuration says.

    Parameters
    ----------
    system : {"slurm", "htcondor", "pbs", "sge", "lsf"}
    workers : int
        Jobs to submit.
    host : str or None
        The address of this machine at which the workers find the scheduler. Without it the scheduler would listen on
        the loopback alone, where no other machine reaches it.

    Raises
    ------
    SymbolNetError
        Without a host, or if the batch system or the extra is missing.
    """
    if host is None:
        raise SymbolNetError(
            f"workers on {system} reach the scheduler over the network; give --host with the address of this machine"
        )
    try:
        import dask_jobqueue
    except ImportError as error:
        raise SymbolNetError(
            f"batch systems need dask-jobqueue ({error.name} is missing); pip install 'symbolnet[search]'"
        ) from error
    kinds = {
        "slurm": "SLURMCluster",
        "htcondor": "HTCondorCluster",
        "pbs": "PBSCluster",
        "sge": "SGECluster",
        "lsf": "LSFCluster",
    }
    if system not in kinds:
        raise SymbolNetError(f"no batch system {system!r}; known: {', '.join(kinds)}")
    options = {"host": host, "dashboard_address": "127.0.0.1:0"}
    try:
        cluster = getattr(dask_jobqueue, kinds[system])(scheduler_options=options)
        cluster.scale(jobs=workers)
    except (ValueError, OSError, RuntimeError) as error:
        raise SymbolNetError(
            f"{system}: {' '.join(str(error).split())[:200]}; set its options in ~/.config/dask/jobqueue.yaml"
        ) from error
    return cluster


def _distributed() -> Any:
    try:
        import distributed
    except ImportError as error:
        raise SymbolNetError(
            f"Dask is needed for that ({error.name} is missing); pip install 'symbolnet[search]'"
        ) from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    return distributed
