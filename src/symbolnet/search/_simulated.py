"""Trials that are not trained: results drawn from their seeds, to measure and test everything around the training."""

__all__ = ["SimulatedExecutor"]

import time
from collections import deque
from collections.abc import Callable

import numpy as np

from symbolnet.search._executors import Event
from symbolnet.search._records import COMPLETE, FAILED, Job, Result, TrialSpec


class SimulatedExecutor:
    """Answers each job at the next `poll`.

    Parameters
    ----------
    lanes : int
        Jobs at a time.
    seconds : float
        How long a job takes.
    lose : function (job, attempt) → bool, optional
        Whether the worker of a job is lost, half of its trials told.
    """

    def __init__(
        self, lanes: int = 2, seconds: float = 0.0, lose: Callable[[int, int], bool] = lambda *_: False
    ) -> None:
        self._lanes, self._seconds, self._lose = lanes, seconds, lose
        self._jobs: deque[Job] = deque()
        self._attempts: dict[int, int] = {}

    def free(self) -> int:
        return self._lanes - len(self._jobs)

    def submit(self, job: Job) -> None:
        self._jobs.append(job)

    def poll(self, timeout: float) -> list[Event]:
        if not self._jobs:
            time.sleep(min(timeout, 0.01))
            return []
        job = self._jobs.popleft()
        time.sleep(self._seconds)
        attempt = self._attempts.get(job.number, 0)
        self._attempts[job.number] = attempt + 1
        lost = self._lose(job.number, attempt)
        told = job.trials[: len(job.trials) // 2] if lost else job.trials
        events = [Event("result", job.number, simulated_result(spec), b"model") for spec in told]
        return [*events, Event("lost", job.number, reason="simulated") if lost else Event("done", job.number)]

    def describe(self) -> str:
        return "a simulation"

    def close(self) -> None:
        self._jobs.clear()


def simulated_result(spec: TrialSpec) -> Result:
    """What a trial of this seed and these sparsities comes to; one in fifty fails."""
    rng = np.random.default_rng(spec.seed)
    if rng.random() < 0.02:
        return Result(spec.index, FAILED, "the validation loss is not finite after 10 epochs")
    sparsity = float(spec.params.get("weight_sparsity") or 0.5)
    complexity = float(np.round(5 + 2000 * (1 - sparsity) * rng.lognormal(0, 0.3), 1))
    metric = float(1 - np.exp(-0.3 * np.log(complexity) - 0.2 * rng.random()))
    text = [f"0.1234*sin(0.5678*x{k} - {rng.random():.4f}) + 0.4321*x{k + 1}" for k in range(5)]
    return Result(
        spec.index, COMPLETE, metric=metric, loss=1 - metric, complexity=complexity, complexities=[int(complexity)] * 5,
        n_inputs=10, equations=text, digest=f"{spec.seed:064x}", epochs=200,
    )  # fmt: skip
