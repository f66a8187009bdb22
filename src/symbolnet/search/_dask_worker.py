"""What runs in the workers of Dask. Only this module needs Dask when it is imported."""

__all__ = ["DataOfTheScan", "train_job"]

import json
from typing import Any

from distributed import WorkerPlugin

from symbolnet._errors import SymbolNetError
from symbolnet.search._data import ScanData
from symbolnet.search._records import Job
from symbolnet.search._study import versions
from symbolnet.search._work import Worker

_WORKERS: dict[str, Worker] = {}
"""In a worker's process: what trains on the data of a fingerprint."""


class DataOfTheScan(WorkerPlugin):  # type: ignore[misc, unused-ignore]
    """Puts the data where `train_job` finds it, on every worker as it joins.

    Parameters
    ----------
    data : ScanData
    """

    def __init__(self, data: ScanData) -> None:
        self.data = data

    def setup(self, worker: Any) -> None:  # noqa: ARG002
        """Called by Dask in the worker."""
        _WORKERS[self.data.fingerprint] = Worker(self.data)


def train_job(text: str, fingerprint: str, expected: dict[str, str]) -> list[tuple[str, bytes | None]]:
    """Train a job, given as JSON.

    Returns
    -------
    list of (result as JSON, model file or None)

    Raises
    ------
    SymbolNetError
        If this worker has other versions than the scan, whose last bits its results would not have.
    """
    here = versions()
    for name, version in expected.items():
        if here[name] != version:
            raise SymbolNetError(f"a worker has {name} {here[name]} and the scan {version}; install the same versions")
    results: list[tuple[str, bytes | None]] = []
    job = Job.from_json(json.loads(text))
    _WORKERS[fingerprint].run(job, lambda result, model: results.append((json.dumps(result.to_json()), model)))
    return results
