"""Training the trials of one job: what every executor runs, in a thread, a process or on another machine."""

__all__ = ["Emit", "Stopped", "Worker", "train_one"]

import hashlib
import json
import tempfile
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from symbolnet._errors import SymbolNetError
from symbolnet.search._data import ScanData, estimator_for
from symbolnet.search._hopeless import Rivals
from symbolnet.search._records import COMPLETE, FAILED, Job, Result, TrialSpec

Emit = Callable[[Result, bytes | None], None]
"""Takes each result as it comes, with the model file of a trial that may enter the front."""

_LONGEST_EQUATIONS = 2000
"""Formulas of more nodes than this are not written into the tables; their model file holds them."""


class Stopped(Exception):
    """The job was told to end before its trials were trained."""


class Worker:
    """Trains jobs on one data set, and keeps the prepared arrays from job to job."""

    def __init__(self, data: ScanData) -> None:
        self.data = data
        self._prepared: dict[str, Any] = {}

    def run(self, job: Job, emit: Emit, stopped: Callable[[], bool] = lambda: False) -> None:
        """Train every trial of `job`.

        Raises
        ------
        Stopped
            Soon after `stopped` begins to answer true.
        """
        run = self._fits if job.by_budget else self._population
        run(job, emit, stopped)

    def prepared(self, job: Job, spec: TrialSpec) -> tuple[Any, Any]:
        """An estimator with the parameters of `spec`, and its data made ready."""
        from symbolnet.estimators._halves import prepare

        estimator = estimator_for(job.task, job.settings, spec.params, job.seed)
        key = repr([estimator.get_params()[name] for name in ("loss", "standardize", "validation_fraction")])
        names = self.data.feature_names
        if names is not None:
            estimator.feature_names_in_ = np.array(names, dtype=object)
        like = self._prepared.get(key)
        ready = prepare(estimator, self.data.inputs(), self.data.y, like)
        if like is None:
            self._prepared = {key: ready}  # one is kept: the arrays are as large as the data
        return estimator, replace(ready, settings=replace(ready.settings, seed=job.order_seed))

    def _population(self, job: Job, emit: Emit, stopped: Callable[[], bool]) -> None:
        from symbolnet.estimators._halves import trial_of
        from symbolnet.training import Slots, use_compilation_cache

        use_compilation_cache()
        estimator, ready = self.prepared(job, job.trials[0])
        slots = Slots(ready.architecture, job.width, ready.data, ready.validation, ready.settings)
        queue, active = deque(job.trials), dict[int, _Active]()
        rivals = Rivals(ready.settings.max_iter, enabled=job.early_stop)
        front: list[tuple[float, float]] = []
        began = time.monotonic()
        while queue or active:
            new = {slot: queue.popleft() for slot in range(job.width) if slot not in active and queue}
            if new:
                members = {}
                for slot, spec in new.items():
                    member = estimator_for(job.task, job.settings, spec.params, job.seed)
                    members[slot] = trial_of(member, spec.seed)
                    active[slot] = _Active(spec, slots.epoch)
                slots.start(members)
            if stopped():
                raise Stopped
            curves = slots.run()
            ended = []
            for slot, trial in sorted(active.items()):
                trial.epochs += slots.epochs_per_call
                loss, kept = float(curves["val_loss"][-1, slot]), 1 - float(curves["sparsity_weight"][-1, slot])
                verdict = rivals.verdict(trial.spec.index, trial.epochs, loss, kept)
                if verdict is not None or trial.epochs >= ready.settings.max_iter:
                    ended.append((slot, trial, verdict))
            for slot, trial, verdict in ended:
                del active[slot]
                # Seconds are shared out among the trials by their epochs.
                base = Result(
                    trial.spec.index, "", epochs=trial.epochs, slot=slot, first_epoch=trial.first_epoch,
                    seconds=(time.monotonic() - began) * trial.epochs / max(slots.epoch * job.width, 1),
                )  # fmt: skip
                if verdict is not None:
                    emit(replace(base, state=verdict.state, reason=verdict.reason), None)
                else:
                    result, model = _finished(
                        estimator, ready, slots.network(slot), base, [] if job.every_model else front
                    )
                    emit(result, model)

    def _fits(self, job: Job, emit: Emit, stopped: Callable[[], bool]) -> None:
        """Trials by budget: each is a fit of its own, whose chosen model is the result."""
        for spec in job.trials:
            if stopped():
                raise Stopped
            began = time.monotonic()
            estimator = fit_by_budget(job, spec, self.data)
            model = estimator._model(None)
            base = Result(spec.index, COMPLETE, epochs=estimator.n_iter_, seconds=time.monotonic() - began)
            emit(describe(base, model), model_bytes(estimator))


@dataclass
class _Active:
    """A trial in its place, since the population's `first_epoch`."""

    spec: TrialSpec
    first_epoch: int
    epochs: int = field(default=0)


def fit_by_budget(job: Job, spec: TrialSpec, data: ScanData) -> Any:
    """The fitted estimator of a trial that `max_complexity` steers."""
    import warnings

    estimator = estimator_for(job.task, job.settings, spec.params, spec.seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        estimator.fit(data.inputs(), data.y)
    return estimator


def train_one(worker: Worker, job: Job, spec: TrialSpec, slot: int, first_epoch: int, epochs: int) -> Any:
    """Train one trial of `job` again, to the same bits, and return the fitted estimator.

    The population has its width and the trial its place and its first epoch, so the compiled program and the order of
    the samples are the same; the other places are idle.
    """
    from symbolnet.estimators._halves import keep_network, trial_of
    from symbolnet.training import Slots, use_compilation_cache

    if job.by_budget:
        return fit_by_budget(job, spec, worker.data)
    use_compilation_cache()
    estimator, ready = worker.prepared(job, spec)
    slots = Slots(ready.architecture, job.width, ready.data, ready.validation, ready.settings, first_epoch)
    slots.start({slot: trial_of(estimator, spec.seed)})
    curves = []
    while slots.epoch < first_epoch + epochs:
        curves.append(slots.run())
    keep_network(estimator, ready, slots.network(slot), epochs)
    estimator._history = {
        name: np.concatenate([part[name][:, slot : slot + 1] for part in curves]) for name in curves[0]
    }
    return estimator


def _finished(
    estimator: Any, ready: Any, network: Any, base: Result, front: list[tuple[float, float]]
) -> tuple[Result, bytes | None]:
    """The result of a trial that was trained to its end; its model file unless the job already holds a better trial."""
    from symbolnet.estimators._halves import keep_network

    try:
        model = keep_network(estimator, ready, network, base.epochs)
    except SymbolNetError as error:
        return replace(base, state=FAILED, reason=str(error)), None
    result = describe(replace(base, state=COMPLETE), model)
    own = (result.values[0], result.values[1])
    if any(metric >= own[0] and cost <= own[1] and (metric, cost) != own for metric, cost in front):
        return result, None
    front.append(own)
    return result, model_bytes(estimator)


def describe(base: Result, model: Any) -> Result:
    """`base` with the numbers and the text of a row of `equations_`."""
    expression = model.expression
    short = expression.total_complexity <= _LONGEST_EQUATIONS
    return replace(
        base,
        metric=float(model.metric),
        loss=float(model.loss),
        complexity=float(expression.complexity),
        complexities=[int(c) for c in expression.complexities],
        n_inputs=int(expression.n_inputs),
        equations=list(expression.text(digits=4)) if short else None,
        digest=digest(expression),
    )


def digest(expression: Any) -> str:
    """SHA-256 of the formulas with all their digits."""
    manifest, arrays = expression.to_dict()
    found = hashlib.sha256(json.dumps(manifest, sort_keys=True, default=str).encode())
    for name in sorted(arrays):
        found.update(name.encode())
        found.update(np.ascontiguousarray(arrays[name]).tobytes())
    return found.hexdigest()


def model_bytes(estimator: Any) -> bytes:
    """The model file of a fitted estimator."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model.symbolnet"
        estimator.save(file)
        return file.read_bytes()
